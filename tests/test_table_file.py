"""A table with named columns and a target is read as it is meant, or refused by its columns."""

import decimal
import json
import os
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
import yaml
from faults.project_copy import copy_project

from tuner_trials.foundation.errors import DatasetError
from tuner_trials.tasks.data.dataset_file import read_dataset
from tuner_trials.tasks.data.split import split

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
        (TABLE.assign(size=TABLE["size"].where(TABLE["size"] > 80)), "kind", "column size ("),
        (TABLE.assign(colour=TABLE["colour"].where(TABLE["size"] > 80)), "kind", "column colour ("),
        (TABLE.assign(kind=TABLE["kind"].where(TABLE["size"] > 80)), "kind", "column kind has"),
        (
            TABLE.assign(colour=TABLE["colour"].where(TABLE["size"] > 80, "red ")),
            "kind",
            "column colour has words that differ by blanks alone",
        ),
        (
            TABLE.assign(name=[f"n{i}" for i in range(N)]),
            "kind",
            "column name (120 different in 120 rows) has different words in nearly all rows",
        ),
        (
            TABLE.reset_index(names="Unnamed: 0"),
            "kind",
            "column Unnamed: 0 has no name, as numbers of the rows, which may give the labels away",
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
        (
            "Unnamed: 0,a,kind",
            "{i}7,{i}.5,{k}",
            "column Unnamed: 0 has no name, as numbers of the rows",
        ),
    ],
)
def test_a_csv_is_read_as_it_stands_or_refused(tmp_path, header, row, words):
    path = tmp_path / "t.csv"
    lines = [row.format(i=i, k="xy"[i % 2]) for i in range(60)]
    path.write_text("\n".join([header, *lines]))
    with pytest.raises(DatasetError, match=words):
        read_dataset(path, print, "kind")


def write_csv(tmp_path, separator=",", encoding="utf-8", rows=N, labels=("good", "bad"), **columns):
    """A file with a column of measurements, the given ones (texts, taken in turn), and labels."""
    path = tmp_path / "mine.csv"
    fields = {"size": [f"{RNG.normal():.6f}" for _ in range(rows)]} | columns | {"kind": labels}
    lines = [separator.join(fields)]
    lines += [separator.join(c[i % len(c)] for c in fields.values()) for i in range(rows)]
    path.write_text("\n".join(lines), encoding)
    return path


def read_csv(tmp_path, columns=None, **options):
    said = []
    path = write_csv(tmp_path, **options)
    arrays, classes = read_dataset(path, said.append, "kind", columns)
    return arrays, classes, said


SIZES = [f"{7 * i % 41}.5" for i in range(40)]


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        ([*SIZES, "?"], r"column a \('\?' in \d rows?\) has missing values; fill them in"),
        ([*SIZES, "-"], r"column a \('-' in \d rows?\) has missing values"),
        (["unknown", "unknown", "7"], r"column a \('unknown' in 80 rows\) has missing values"),
        ([*SIZES, ""], r"column a \(nothing in \d rows?\) has missing values"),
        ([*SIZES, "nan", "NA"], r"'nan' in \d rows?, 'NA' in \d rows?\) has missing values"),
        (
            ["red", "None", "blue"],
            r"\('None' in 40 rows\) has missing values; .* write another word, or say"
            r" dataset.columns: {codes: \[a\]}",
        ),
        ([*SIZES, "soon"], r"\('soon' in \d rows?\) has numbers mixed with other texts; replace"),
        (["2", "3", "5more"], r"\('5more' in 40 rows\) has numbers mixed .*{codes: \[a\]}"),
        (['"' + s.replace(".", ",") + '"' for s in SIZES], "has numbers with commas.*decimal=','"),
        (["7", '"1,234"', "8"], r"a \('1,234' in 40 rows\) has numbers with commas.*thousands"),
        ([f"{s}%" for s in SIZES], r"column a \('\d+\.5%'\) has numbers with signs or units"),
        ([f"${s}" for s in SIZES], "has numbers with signs or units"),
        ([f"{s} kg" for s in SIZES], "has numbers with signs or units"),
        (["2024-01-05", "2024-02-07"], "column a .* has dates or times; turn them into numbers"),
        (["05.01.2024", "7.2.2024"], "has dates or times"),
        (["12:30", "8:05:11"], "has dates or times"),
        (["Jan 2024", "February 2024"], "has dates or times"),
        (["20240105", "20241231"], r"column a \(20240105\) has dates or times"),
        ([f"−{s}" for s in SIZES], "has numbers with signs or units"),  # noqa: RUF001
        (["1 200", "1\u00a0300"], "has numbers with signs or units"),
        ([f"{i:05}" for i in range(N)], r"has numbers with leading zeros, too many"),
        ([f"a comment of {i} words" for i in range(N)], "has texts; turn each into"),
        ([f"a comment of {i} words" for i in range(30)], "has texts; turn each into"),
        ([*SIZES, "inf"], "column a has numbers that are infinite"),
    ],
)  # fmt: skip
def test_texts_that_are_no_categories_are_refused_with_the_column_and_an_example(
    tmp_path, texts, words
):
    with pytest.raises(DatasetError, match=words) as error:
        read_csv(tmp_path, a=texts)
    assert "\n" not in str(error.value) and "astype" not in str(error.value)


@pytest.mark.parametrize("texts", [["2", "3", "5more"], ["red", "None", "blue"], ["1%", "5%"]])
def test_whatever_is_said_to_be_codes_is(tmp_path, texts):
    arrays, _, said = read_csv(tmp_path, a=texts, columns={"a": "codes"})
    assert arrays["word_columns"].tolist() == [1]
    assert len(np.unique(arrays["x_train"][:, 1])) == len(texts)
    assert any("column a: 'None' in 40 rows is a category" in s for s in said) == ("None" in texts)
    with pytest.raises(DatasetError, match=r"column a .* has missing values"):
        read_csv(tmp_path, a=[*texts, ""], columns={1: "codes"})


def test_all_columns_that_cannot_be_read_are_named_at_once(tmp_path):
    with pytest.raises(DatasetError) as error:
        read_csv(tmp_path, a=[*SIZES, "?"], b=["x", ""], c=["2024-01-05", "2024-02-07"])
    assert "columns a ('?' in 2 rows), b (nothing in 60 rows) have missing values" in str(
        error.value
    )
    assert "column c ('2024-01-05') has dates or times" in str(error.value)


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        (["red", "?"], "column a: '?' in 60 rows is a category like the others"),
        (["red", "unknown"], "column a: 'unknown' in 60 rows is a category like the others"),
        (["01234", "01235", "99999"], "numbers with leading zeros (01234) are categories"),
        (["red"], "column a: red stands in all rows, which tells nothing"),
        (["Red", "red", "blue"], "that differ by case alone are different ones: Red, red"),
    ],
)
def test_categories_that_may_be_meant_otherwise_are_said(tmp_path, texts, words):
    arrays, _, said = read_csv(tmp_path, a=texts)
    assert any(words in line for line in said)
    assert len(np.unique(arrays["x_train"][:, 1])) == len(texts)


def test_leading_zeros_of_sizes_are_none(tmp_path):
    arrays, _, _ = read_csv(tmp_path, a=["05", "10", "15"], columns={"a": "standardize"})
    assert set(arrays["x_train"][:, 1]) == {5, 10, 15}


@pytest.mark.parametrize(
    ("labels", "classes"),
    [
        (["01234", "01235"], ["01234", "01235"]),
        (["3", "10"], [3, 10]),
        (["1.0", "2.0"], [1, 2]),
        (["True", "False"], ["False", "True"]),
        (["+", "-"], ["+", "-"]),
        (["unknown", "yes"], ["unknown", "yes"]),
        (["99999999999999999999", "1"], ["1", "99999999999999999999"]),
    ],
)
def test_labels_are_what_they_look_like(tmp_path, labels, classes):
    arrays, found, said = read_csv(tmp_path, labels=labels)
    assert found == classes
    assert [classes[y] for y in arrays["y_train"][:2]] == [
        label if type(classes[0]) is str else float(label) for label in labels
    ]
    assert any("labels have leading zeros (01234)" in line for line in said) == ("01234" in labels)


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        (["1234", "01234"], r"labels that differ by leading zeros alone \(01234, 1234\)"),
        (["a", "?"], r"column kind has 60 missing labels \('\?'\)"),
        (["1", "2", "?"], r"column kind has 40 missing labels \('\?'\)"),
        (["a", "-"], r"column kind has 60 missing labels \('-'\)"),
        (["a", "NA"], r"missing labels \('NA'\).*if it is a class, write another word"),
        (["a", "b", ""], r"column kind has 40 missing labels \(''\)"),
        (["a", "a ", "b"], r"labels that differ by blanks alone \('a', 'a '\); remove the blanks"),
        ([str(3 * i) for i in range(30)], r"like a quantity.*a letter before each \(c0\)"),
    ],
)  # fmt: skip
def test_labels_that_are_none_are_refused_with_what_to_write(tmp_path, labels, words):
    with pytest.raises(DatasetError, match=words) as error:
        read_csv(tmp_path, labels=labels)
    assert "\n" not in str(error.value) and "astype" not in str(error.value)


@pytest.mark.parametrize(
    ("separator", "name"), [(";", "semicolons"), ("\t", "tabs"), ("|", "vertical bars")]
)
def test_other_separators_are_read_and_that_is_said(tmp_path, separator, name):
    arrays, classes, said = read_csv(tmp_path, separator=separator, a=["x", "y"])
    assert classes == ["bad", "good"] and arrays["column_names"].tolist() == ["size", "a"]
    assert any(line.endswith(f"read with {name} between the fields") for line in said)


def test_blanks_after_commas_and_around_names_say_nothing(tmp_path):
    arrays, _, _ = read_csv(tmp_path, separator=" , ", a=["x", "y"])
    assert arrays["column_names"].tolist() == ["size", "a"]
    assert arrays["x_train"].shape == (N, 2)
    with pytest.raises(DatasetError, match="two columns have the name a"):
        read_csv(tmp_path, **{"a": ["1.5"], "a ": ["2.5"]})


@pytest.mark.parametrize(
    ("encoding", "words"),
    [
        ("latin-1", r"is no UTF-8 text \(byte 0xe9 in line 2\); .*encoding='latin-1'"),
        ("utf-16", r"is no UTF-8 text \(byte order mark of UTF-16\); .*encoding='utf-16'"),
    ],
)
def test_texts_in_another_encoding_are_refused_with_what_to_do(tmp_path, encoding, words):
    with pytest.raises(DatasetError, match=words):
        read_csv(tmp_path, encoding=encoding, a=["café", "thé"])
    for fine in ("utf-8", "utf-8-sig"):
        arrays, _, _ = read_csv(tmp_path, encoding=fine, a=["café", "thé"])
        assert arrays["column_names"].tolist() == ["size", "a"]


@pytest.mark.parametrize("values", [["x", "y"], ["3", "4"], [""]])
def test_a_column_without_a_name_is_refused(tmp_path, values):
    with pytest.raises(DatasetError, match=r"column Unnamed: 1 has no name.*; leave it out"):
        read_csv(tmp_path, **{"": values})


def test_whole_numbers_of_any_size_are_numbers(tmp_path):
    arrays, _, _ = read_csv(tmp_path, a=["12345678901234567890123", "4", "5"])
    assert set(arrays["x_train"][:, 1]) == {12345678901234567890123.0, 4, 5}


def test_a_first_line_without_names_is_noticed(tmp_path):
    path = tmp_path / "iris.csv"
    path.write_text("5.1,3.5,1.4,0.2,setosa\n" * 30)
    with pytest.raises(DatasetError, match="the first line must hold the names of the columns"):
        read_dataset(path, print, "kind")


@pytest.mark.parametrize("content", [b"", b"\n\n", b"a,kind", b"\x00\x01\x02", b'a,kind\n"1,2\n'])
@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_a_file_that_is_no_table_is_refused(tmp_path, content, suffix):
    if suffix == ".parquet":
        pytest.importorskip("pyarrow")
    path = tmp_path / f"mine{suffix}"
    path.write_bytes(content)
    with pytest.raises(DatasetError):
        read_dataset(path, print, "kind")


@pytest.mark.parametrize(
    ("labels", "classes"),
    [
        (pd.array([True, False], dtype="boolean"), ["False", "True"]),
        ("bool[pyarrow]", ["False", "True"]),
        (pd.array([3, 10], dtype="Int64"), [3, 10]),
        (pd.Categorical(["b", "a"]), ["a", "b"]),
        (pd.Categorical([10, 9]), [9, 10]),
        (["7", "11"], ["11", "7"]),
        ([decimal.Decimal(1), decimal.Decimal(2)], r"column kind holds Decimal; labels are whole"),
        ([[1], [2]], "column kind holds (ndarray|list); labels are whole numbers or words"),
        (pd.to_datetime(["2024-01-05", "2024-02-07"]), "column kind holds datetime64"),
        ([1.5, 2.5], "column kind holds numbers that are not whole"),
        ([1.0, None], "1 labels are missing in kind"),
    ],
)
def test_labels_of_a_parquet_are_read_by_their_type_or_refused(tmp_path, labels, classes):
    pytest.importorskip("pyarrow")
    path = tmp_path / "mine.parquet"
    if isinstance(labels, str):
        labels = pd.array([True, False], dtype=labels)
    pd.DataFrame({"a": [0.5, 1.5], "kind": labels}).to_parquet(path)
    if isinstance(classes, str):
        with pytest.raises(DatasetError, match=classes):
            read_dataset(path, print, "kind")
    else:
        assert read_dataset(path, print, "kind")[1] == classes


COLUMNS = {
    "bool[pyarrow]": pd.array([True, False] * 60, dtype="bool[pyarrow]"),
    "string[pyarrow]": pd.array(["x", "y"] * 60, dtype="string[pyarrow]"),
    "Int64": pd.array([3, 7] * 60, dtype="Int64"),
    "double[pyarrow]": pd.array([0.5, 7] * 60, dtype="double[pyarrow]"),
    "missing": pd.array([3, None] * 60, dtype="Int64"),
    "missing words": [None, "y"] * 60,
    "list": [[1], [2]] * 60,
    "Decimal": [decimal.Decimal("1.5"), decimal.Decimal(2)] * 60,
    "datetime64": pd.to_datetime(["2024-01-05", "2024-02-07"] * 60),
    "days": [20240105, 20241231] * 60,
}


@pytest.mark.parametrize("kind", COLUMNS)
def test_columns_of_a_parquet_are_read_by_their_type_or_refused(tmp_path, kind):
    pytest.importorskip("pyarrow")
    path = tmp_path / "mine.parquet"
    table = pd.DataFrame({"size": RNG.normal(size=N), "a": COLUMNS[kind], "kind": TABLE["kind"]})
    table.to_parquet(path)
    refused = {
        "missing": r"column a \(60 rows\) has missing values",
        "missing words": r"column a \(nothing in 60 rows\) has missing values",
        "list": r"column a \((ndarray|list)\) has neither numbers nor words",
        "Decimal": r"column a \(Decimal\) has neither numbers nor words",
        "datetime64": r"column a \(datetime64.*\) has neither numbers nor words",
        "days": r"column a \(20240105\) has dates or times",
    }
    if kind in refused:
        with pytest.raises(DatasetError, match=refused[kind]):
            read_dataset(path, print, "kind")
        return
    arrays, _ = read_dataset(path, lambda line: None, "kind")
    assert len(np.unique(arrays["x_train"][:, 1])) == 2
    words = kind == "string[pyarrow]"
    assert arrays["word_columns"].tolist() == [1] * words


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
