"""What ends a job is said in words if the user can put it right, else with a traceback."""

import pytest

from tuner_trials.foundation.errors import DatasetError
from tuner_trials.workflow.job_log import job_log


def test_a_mistake_of_the_users_ends_the_job_in_words(tmp_path):
    def job():
        with job_log(tmp_path / "log") as say:
            say("begun")
            raise DatasetError("no data")

    with pytest.raises(SystemExit, match=r"^no data$") as end:
        job()
    assert end.value.code == "no data"  # a text, which Python prints before it exits with 1
    assert (tmp_path / "log").read_text() == "begun\nno data\n"


def test_a_mistake_of_ours_leaves_a_traceback(tmp_path):
    with pytest.raises(ValueError, match="axis 3"), job_log(tmp_path / "log"):
        raise ValueError("axis 3")
    assert (tmp_path / "log").read_text().startswith("Traceback")
