"""What Snakemake keeps about the files of a large pool stays small."""

import json
import re

import pytest
from test_another_folder import TINY, snakemake, write


@pytest.mark.parametrize(
    ("pool", "megabytes"),
    [(1_100, 6), pytest.param(10_000, 40, marks=pytest.mark.long)],
    ids=str,
)
def test_the_records_of_a_large_pool_stay_small(tmp_path, pool, megabytes):
    config = write(tmp_path / "mine.yaml", TINY | {"random_configurations": pool})
    arguments = ["results/tiny/tables/trials.csv", "--forceall", "--configfile", str(config)]
    plan = snakemake(tmp_path, "-n", *arguments).stdout
    # Files of the right names will do: with --touch Snakemake takes them for made by the jobs.
    for outputs in re.findall(r"^    (?:output|benchmark): (.*)$", plan, re.M):
        for path in outputs.split(", "):
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text(path, "utf-8")
    touched = snakemake(tmp_path, "--touch", *arguments)
    assert touched.returncode == 0, touched.stderr[-3000:]
    records = [path for path in (tmp_path / ".snakemake/metadata").rglob("*") if path.is_file()]
    assert len(records) > 2 * pool
    assert sum(path.stat().st_size for path in records) < megabytes * 1e6


@pytest.mark.long
def test_a_large_batch_leaves_a_file_for_each_trial(tmp_path):
    own = {"random_configurations": 1_103, "epochs": 2, "trial_store": False}
    config = write(tmp_path / "mine.yaml", TINY | own)
    trials = "results/tiny/random/trials"
    # One of a whole batch of a hundred, and one of the rest.
    targets = [f"{trials}/1007.json", f"{trials}/1102.json", "--configfile", str(config)]
    run = snakemake(tmp_path, *targets)
    assert run.returncode == 0, run.stderr[-3000:]
    files = sorted((tmp_path / trials).iterdir())
    assert [path.stem for path in files] == [str(number) for number in range(1_000, 1_103)]
    for path in files:
        trial = json.loads(path.read_text("utf-8"))
        configuration = tmp_path / f"results/tiny/random/configurations/{path.name}"
        assert trial["trial"] == int(path.stem)
        assert trial["configuration"] == json.loads(configuration.read_text("utf-8"))
    again = snakemake(tmp_path, "-n", *targets)
    assert "Nothing to be done" in again.stdout + again.stderr
