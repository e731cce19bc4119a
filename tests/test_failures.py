"""A run with too many failures says so."""

import pytest

from tuner_trials.foundation.errors import UserError
from tuner_trials.results.failures import check_failures
from tuner_trials.workflow.results_folder import ResultsFolder


def record(trial, status="completed", message="", strategy="random"):
    return {
        "strategy": strategy,
        "repeat": 0,
        "trial": trial,
        "status": status,
        "message": message,
        "configuration": {},
    }


RECORDS = [
    *(record(trial) for trial in range(8)),
    record(8, "failed", "ValueError: no\nwhere it came from"),
    record(3, "diverged", "a loss was not finite in epoch 2", "hyperband"),
]


@pytest.mark.parametrize("share", [0.2, 0.5, 1.0])
def test_a_share_that_is_accepted_says_nothing(share):
    check_failures(RECORDS, share, ResultsFolder("results/mine").trial_file)


def test_more_are_counted_by_status_and_the_first_is_shown():
    with pytest.raises(UserError) as error:
        check_failures(RECORDS, 0.1, ResultsFolder("results/mine").trial_file)
    lines = str(error.value).splitlines()
    assert lines[0] == (
        "2 of 10 trials were not completed (1 diverged, 1 failed), but max_failed_share is 0.1."
    )
    assert lines[1] == "The first: random, repeat 0, trial 8: failed, ValueError: no"
    assert lines[2].startswith("Its record is results/mine/random/trials/0008.json; all are kept")


def test_the_record_of_a_search_is_named():
    with pytest.raises(UserError) as error:
        check_failures(RECORDS[9:], 0.0, ResultsFolder("results/mine").trial_file)
    assert "diverged, a loss was not finite in epoch 2" in str(error.value)
    assert "results/mine/hyperband/repeat-0/trials.json" in str(error.value)
