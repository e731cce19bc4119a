"""A job that fails by chance is done again where Snakemake is told so."""

import pytest
from test_another_folder import TINY, snakemake, write

# A tuner whose first start of all fails, as one may that asks another machine.
FLAKY = """
from pathlib import Path

from tuner_trials.search.strategies import Strategy
from tuner_trials.search.strategies.successive_halving import SuccessiveHalving


class Flaky(Strategy):
    def start(self, space, budget, epochs, seed):
        if not Path("tried").exists():
            Path("tried").touch()
            raise ConnectionError("the other machine does not answer")
        return SuccessiveHalving(algorithm="SuccessiveHalving").start(space, budget, epochs, seed)
"""


@pytest.mark.long
def test_a_search_that_fails_once_is_run_again_with_retries_and_only_then(tmp_path):
    (tmp_path / "flaky.py").write_text(FLAKY, "utf-8")
    strategies = {"flaky": {"algorithm": "flaky.py"}}
    config = write(tmp_path / "mine.yaml", TINY | {"strategies": strategies})
    arguments = ["flaky", "--configfile", str(config)]
    run = snakemake(tmp_path, *arguments)
    assert run.returncode != 0 and "ConnectionError: the other machine" in run.stderr
    (tmp_path / "tried").unlink()
    run = snakemake(tmp_path, *arguments, "--retries", "1")
    assert run.returncode == 0, run.stderr
    assert run.stderr.count("ConnectionError: the other machine") >= 1
    assert (tmp_path / "results/tiny/flaky/repeat-0/trials.json").exists()
