"""A table with named columns and a target is read as it is meant, or refused by its columns."""

import json
import os
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
import yaml
from faults.project_copy import copy_project

from tuner_trials.data.dataset_file import read_dataset
from tuner_trials.data.split import split
from tuner_trials.errors import DatasetError

N = 120
RNG = np.random.default_rng(0)
TABLE = pd.DataFrame(
    {
        "size": RNG.normal(100, 20, N),
        "colour": np.array(["red", "green", "blue"])[RNG.integers(0, 3, N)],
        "member": RNG.random(N) > 0.5,
        "weight": RNG.normal(size=N),
        "kind": np.array(["good", "bad"])[np.arange(N) % 2],
    }
)


def read(tmp_path, table=TABLE, target="kind", suffix=".csv"):
    path = tmp_path / f"my table{suffix}"
    table.to_csv(path, index=False) if suffix == ".csv" else table.to_parquet(path)
    return read_dataset(path, lambda line: None, target)


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_words_are_categories_and_the_rest_numbers(tmp_path, suffix):
    if suffix == ".parquet":
        pytest.importorskip("pyarrow")
    arrays, classes = read(tmp_path, suffix=suffix)
    assert classes == ["bad", "good"]
    assert arrays["column_names"].tolist() == ["size", "colour", "member", "weight"]
    said = []
    parts, summary = split(arrays, 0.25, 0.2, seed=0, classes=classes, say=said.append)
    x = parts["train"][0]
    assert x.shape[1] == 3 + 3 and x.dtype == np.float32
    np.testing.assert_allclose(x[:, 0].mean(), 0, atol=1e-5)
    assert (x[:, 3:].sum(1) == 1).all()
    assert any(
        "columns colour (float64, 0 to 2) are taken for codes of categories" in line
        for line in said
    )
    assert any("words; the model sees 0 to 1" in line for line in said)
    assert any("columns size, member, weight" in line for line in said)
    sizes = np.sort(np.concatenate([part[0][:, 0] for part in parts.values()]))
    expected = np.sort(TABLE["size"].to_numpy())
    mean, scale = summary["standardized"]["mean"][0], summary["standardized"]["scale"][0]
    np.testing.assert_allclose(sizes * scale + mean, expected, rtol=1e-5)


def test_columns_are_called_by_their_names(tmp_path):
    table = TABLE.assign(rooms=RNG.integers(1, 6, N))
    arrays, _ = read(tmp_path, table)
    with pytest.raises(DatasetError, match=r"columns rooms hold .*{codes: \[rooms\]}"):
        split(arrays, 0.25, 0.2, seed=0)
    parts, _ = split(arrays, 0.25, 0.2, seed=0, columns={"rooms": "codes"})
    assert parts["train"][0].shape[1] == 3 + 3 + 5
    with pytest.raises(DatasetError, match="no column room; they are size, colour"):
        split(arrays, 0.25, 0.2, seed=0, columns={"room": "codes"})
    with pytest.raises(DatasetError, match="column colour holds words, which are codes"):
        split(arrays, 0.25, 0.2, seed=0, columns={"colour": "none"})


@pytest.mark.parametrize(
    ("table", "target", "words"),
    [
        (TABLE, "sort", "dataset.target: there is no column sort; they are size, colour"),
        (TABLE.assign(size=TABLE["size"].where(TABLE["size"] > 80)), "kind", "missing in size ("),
        (TABLE.assign(colour=TABLE["colour"].where(TABLE["size"] > 80)), "kind", "in colour ("),
        (TABLE.assign(kind=TABLE["kind"].where(TABLE["size"] > 80)), "kind", "are missing in kind"),
        (
            TABLE.assign(colour=TABLE["colour"].where(TABLE["size"] > 80, "red ")),
            "kind",
            "column colour has words that differ by blanks alone",
        ),
        (
            TABLE.assign(name=[f"n{i}" for i in range(N)]),
            "kind",
            "column name has 120 different words in 120 rows, which are no categories",
        ),
        (
            TABLE.reset_index(names="Unnamed: 0"),
            "kind",
            "column Unnamed: 0 numbers the rows, which may give the labels away",
        ),
        (TABLE, "size", "column size holds numbers that are not whole"),
        (TABLE[["kind"]], "kind", "no columns beside the labels"),
    ],
)
def test_what_cannot_be_learnt_from_is_refused_by_its_column(tmp_path, table, target, words):
    with pytest.raises(DatasetError) as error:
        read(tmp_path, table, target)
    assert words in str(error.value) and "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("header", "row", "words"),
    [
        ("a,kind,kind", "{i}.5,{k},{k}", "two columns have the name kind"),
        ("a,b,kind", "{i},{i}.5,{i}.25,{k}", "its rows have more fields than the 3 names above"),
        ("Unnamed: 0,a,kind", "{i}7,{i}.5,{k}", "column Unnamed: 0 numbers the rows"),
    ],
)
def test_a_csv_is_read_as_it_stands_or_refused(tmp_path, header, row, words):
    path = tmp_path / "t.csv"
    lines = [row.format(i=i, k="xy"[i % 2]) for i in range(60)]
    path.write_text("\n".join([header, *lines]))
    with pytest.raises(DatasetError, match=words):
        read_dataset(path, print, "kind")


def test_a_name_that_is_a_number_is_a_name(tmp_path):
    table = TABLE[["size", "weight", "kind"]].assign(n=RNG.integers(0, 4, N))
    table = table.rename(columns={"size": "1", "weight": "3", "n": "2"})
    arrays, _ = read(tmp_path, table)
    with pytest.raises(DatasetError, match=r'columns "2" hold .*{codes: \["2"\]}'):
        split(arrays, 0.25, 0.2, seed=0)
    for column in (2, "2"):
        parts, _ = split(arrays, 0.25, 0.2, seed=0, columns={column: "codes"})
        assert parts["train"][0].shape[1] == 2 + 4


def test_an_experiment_may_name_a_table_its_target_and_its_codes(tmp_path):
    folder = tmp_path / "project"
    copy_project(folder)
    TABLE.assign(rooms=RNG.integers(1, 6, N)).to_csv(folder / "mine.csv", index=False)
    config = yaml.safe_load((folder / "tests/faults/tiny.yaml").read_text("utf-8"))
    config["dataset"] = {"source": "mine.csv", "target": "kind"}

    def run():
        (folder / "mine.yaml").write_text(yaml.safe_dump(config), "utf-8")
        return subprocess.run(
            [
                sys.executable,
                *["-m", "snakemake", "check_model", "--cores", "1", "--configfile", "mine.yaml"],
            ],
            cwd=folder,
            env=os.environ | {"PYTHONPATH": str(folder / "src")},
            capture_output=True,
            text=True,
        )

    refused = run()
    assert refused.returncode != 0
    assert "columns rooms hold whole numbers from 0 or 1 on" in refused.stderr
    config["dataset"]["columns"] = {"codes": ["rooms"]}
    done = run()
    assert done.returncode == 0, done.stderr
    split = json.loads((folder / "results/tiny/data/split.json").read_text("utf-8"))
    assert split["parts"]["train"]["shape"] == [3 + 3 + 5] and split["classes"] == ["bad", "good"]
    assert [line["columns"] for line in split["inputs"]] == [
        ["size", "member", "weight"],
        ["colour"],
        ["rooms"],
    ]
    np.savez(folder / "mine.npz", x_train=RNG.normal(size=(N, 3)), y_train=np.arange(N) % 2,
             sample_weight_train=np.arange(N))  # fmt: skip
    config["dataset"] = {"source": "mine.npz"}
    done = run()
    assert done.returncode == 0, done.stderr
    with np.load(folder / "results/tiny/data/train.npz") as train:
        assert train["weights"].shape == train["y"].shape
    older = folder / "older.npz"
    np.savez(older, x_train=RNG.normal(size=(N, 4)), y_train=np.arange(N) % 2)
    os.utime(older, (1, 1))
    older.replace(folder / "mine.npz")
    run()
    split = json.loads((folder / "results/tiny/data/split.json").read_text("utf-8"))
    assert split["parts"]["train"]["shape"] == [4]
    config["dataset"] = {"source": "mine.csv"}
    assert "target is missing: the column of the labels" in run().stderr
