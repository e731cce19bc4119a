"""Where a run takes place, and on how much, changes nothing."""

import csv
import os
from io import StringIO

import pytest

from faults.project_copy import FCNN, RESULTS, SUMMARY

pytestmark = pytest.mark.long


def test_trials_are_the_same_in_jobs_of_their_own(copy, undisturbed):
    rules = copy.folder / "rules/random_search.smk"
    ten_a_job = rules.read_text()
    numbers = "REST = ["
    rules.write_text(
        ten_a_job.replace(numbers, 'TENS, BELOW_1000 = ["{start}"], r"\\d{4}"\n' + numbers)
    )
    assert rules.read_text() != ten_a_job
    copy.run("tables")
    assert len(list((copy.folder / RESULTS / "logs/train_trials").iterdir())) == 10
    assert copy.tables() == undisturbed.tables()


def test_without_a_store_the_results_are_the_same(copy, undisturbed):
    copy.run("tables", "--config", "trial_store=false")
    assert copy.tables() == undisturbed.tables()
    assert not (copy.folder / "results/trial_store").exists()


def test_nobody_on_one_core_gets_what_everybody_gets_on_two_and_verify_agrees(make_copy, tmp_path):
    """Not root, a home that cannot be written, no UTF-8, and a path that is no plain word."""
    first, copy = make_copy(), make_copy(tmp_path / "Prüfung, zweiter Teil 名前")
    first.run("tables", *FCNN)
    reference = copy.folder / "reference/tiny/tables"
    reference.mkdir(parents=True)
    for name, table in first.tables().items():
        (reference / f"{name}.csv").write_text(table)
    home = tmp_path / "home"
    home.mkdir(mode=0o555)
    places = {"HOME": str(home), "LC_ALL": "C", "LANG": "C", "TMPDIR": "/tmp"}
    nobody = []
    if os.geteuid() == 0:
        # May read everything, the interpreter in root's home say, but write only what is its own.
        only = "-all,+dac_read_search"
        nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
        nobody += [f"--inh-caps={only}", f"--ambient-caps={only}", f"--bounding-set={only}"]
        for path in [copy.folder, *copy.folder.rglob("*")]:
            os.chown(path, 65534, 65534)
    agreed = copy.run("all", "verify", *FCNN, cores=1, before=nobody, environment=places).text
    assert copy.tables() == first.tables()
    assert "Geprüft wird auch, was kein ASCII ist. 名前" in (
        copy.folder / RESULTS / "report.html"
    ).read_text(encoding="utf-8")
    assert list(home.iterdir()) == []

    assert "the run agrees with the reference" in agreed
    rows = (copy.folder / RESULTS / "verification.csv").read_text().splitlines()[1:]
    assert len(rows) == sum(table.count("\n") - 1 for table in first.tables().values())
    assert all(",to the bit," in row for row in rows)
    summary = csv.DictReader(StringIO(first.tables()["summary"]))
    [score] = [row["best_mean"] for row in summary if row["strategy"] == "bayesian"]
    changed = copy.folder / SUMMARY
    changed.write_text(changed.read_text().replace(score, "0.5"))
    disagreed = copy.fail("verify", *FCNN).text
    assert f"summary, strategy bayesian: best_mean is 0.5, expected is {score}" in disagreed
