"""A user's own dataset is read as it is meant, or refused in a line that says why."""

import zipfile

import numpy as np
import pytest

from tuner_trials.foundation.errors import DatasetError
from tuner_trials.tasks.data.dataset_file import read_dataset

X = np.arange(24, dtype=np.float64).reshape(6, 4)
Y = np.array([0, 1, 2, 0, 1, 2])
GOOD = {"x_train": X, "y_train": Y, "x_test": X[:3], "y_test": Y[:3]}


def nothing(line):
    raise AssertionError(line)


@pytest.fixture
def write(tmp_path):
    def write(**arrays):
        path = tmp_path / "my data é.npz"
        np.savez(path, **arrays)
        return path

    return write


@pytest.mark.parametrize("shape", [(4,), (2, 2), (2, 2, 1), (1, 2, 2, 1)])
@pytest.mark.parametrize("dtype", ["uint8", "float64", "float16", ">f4", "int64", "bool"])
def test_numbers_of_any_shape_and_type_come_as_they_are(write, shape, dtype):
    x = X.reshape(6, *shape).astype(dtype)
    arrays, classes = read_dataset(write(x_train=x, y_train=Y), nothing)
    assert list(arrays) == ["x_train", "y_train"]
    np.testing.assert_array_equal(arrays["x_train"], x)
    assert arrays["x_train"].dtype == dtype
    np.testing.assert_array_equal(arrays["y_train"], Y)
    assert arrays["y_train"].dtype == np.int32 and classes == [0, 1, 2]


@pytest.mark.parametrize(
    ("labels", "classes"),
    [
        ([7, -3, 7, 500, -3, 500], [-3, 7, 500]),
        ([1, 2, 3, 1, 2, 3], [1, 2, 3]),
        ([2.0, 0.5 + 0.5, 2.0, 9.0, 1.0, 9.0], [1, 2, 9]),
        (["rose", "aster", "rose", "tulip", "aster", "tulip"], ["aster", "rose", "tulip"]),
        ([b"b", b"a", b"b", b"c", b"a", b"c"], ["a", "b", "c"]),
        (np.array([1, 0, 1, 255, 0, 255], np.uint8), [0, 1, 255]),
    ],
)
def test_other_labels_are_numbered_in_their_order_and_that_is_said(write, labels, classes):
    said = []
    y = np.array(labels)
    arrays, found = read_dataset(
        write(x_train=X, y_train=y, x_test=X[:3], y_test=y[:3]), said.append
    )
    assert found == classes
    assert all(type(label) in (int, str) for label in found)
    [line] = said
    assert line.endswith(f"in the order {', '.join(map(str, classes))}")
    named = np.array(classes)[arrays["y_train"]]
    np.testing.assert_array_equal(named, y.astype(named.dtype))
    np.testing.assert_array_equal(arrays["y_test"], arrays["y_train"][:3])


def test_names_may_be_any_words(write):
    names = {"class_names": np.array(["none", "NA", "tumour"]), "column_names": np.arange(4)}
    arrays, classes = read_dataset(write(x_train=X, y_train=Y, **names), nothing)
    assert classes == ["none", "NA", "tumour"]
    assert arrays["column_names"].tolist() == ["0", "1", "2", "3"]


def test_truth_values_are_classes(write):
    arrays, classes = read_dataset(write(x_train=X, y_train=Y > 0), nothing)
    assert classes == [0, 1] and arrays["y_train"].tolist() == [0, 1, 1, 0, 1, 1]


def test_arrays_of_other_names_are_ignored_and_that_is_said(write):
    said = []
    read_dataset(write(x_train=X, y_train=Y, X_test=X), said.append)
    assert len(said) == 1 and "ignored" in said[0] and said[0].endswith("X_test")


HOLED = np.where(X == 9, np.nan, X)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"x_train": None}, "has no x_train; it holds y_train, x_test, y_test"),
        ({"y_train": None}, "has no y_train; it holds"),
        ({"x_test": None}, "has no x_test; it holds"),
        ({"y_test": None}, "has no y_test; it holds"),
        (dict.fromkeys(GOOD), "has no x_train and no y_train; it holds nothing"),
        ({"y_train": Y[:5]}, "x_train has 6 rows, y_train has 5"),
        ({"y_test": Y[:2]}, "x_test has 3 rows, y_test has 2"),
        ({"x_train": X[:, 0]}, "x_train has shape (6,); it needs one row per sample"),
        ({"x_train": X[:0], "y_train": Y[:0]}, "x_train has shape (0, 4); it needs"),
        ({"x_test": X[:3, :3]}, "samples have shape (4,) in x_train and (3,) in x_test"),
        ({"x_test": X[:3].astype("uint8")}, "x_train holds float64 and x_test uint8"),
        ({"x_train": HOLED}, "x_train has values that are NaN, infinite or too large for float32,"
         " in 1 of 6 rows, first in row 2 "),
        ({"x_test": np.full((3, 4), -np.inf)}, "x_test has values that are NaN, infinite"),
        ({"x_train": (X + 1) * 1e300}, "x_train has values that are NaN, infinite or too large for"
         " float32, in 6 of 6 rows, first in row 0"),
        ({"x_train": X.astype(object)}, "x_train holds Python objects, which are never unpickled"),
        ({"y_train": Y.astype(object)}, "y_train holds Python objects, which are never unpickled"),
        ({"x_train": X.astype(str)}, "x_train holds words, not numbers"),
        ({"x_train": X.astype(complex)}, "x_train holds complex128, not numbers"),
        ({"y_train": Y[:, None]}, "y_train has shape (6, 1); it needs a label a sample, (n,);"
         " use .ravel()"),
        ({"y_train": np.eye(3)[Y]}, "y_train has shape (6, 3); it needs a label a sample, (n,);"
         " of one-hot rows, use .argmax(axis=1)"),
        ({"y_train": Y + 0.5}, "y_train holds numbers that are not whole"),
        (
            {"y_train": np.array([[1, 1, 0], [0, 0, 0], [0, 1, 0]] * 2)},
            "y_train has shape (6, 3); it needs a label a sample, (n,); these rows have several",
        ),
        ({"y_train": np.full((6, 2), 0.5)}, "y_train has shape (6, 2); it needs a label a sample,"
         " (n,); these are no one-hot rows"),
        ({"y_train": np.array(["a", "b", "nan", "a", "b", ""])},
         "y_train has 2 missing labels ('', 'nan'); drop these rows"),
        ({"y_train": np.array(["cat", "dog", "cat ", "dog", "cat", "dog"])},
         "y_train has labels that differ by blanks alone ('cat', 'cat '); use .strip"),
        ({"x_train": np.ones((60, 4)), "y_train": np.arange(60) * 3 // 2},
         "y_train has 60 different whole numbers from 0 to 88, which look like a quantity"),
        ({"class_names": np.array(["a", "b"])}, "class_names has 2 names for 3 classes"),
        ({"x_validation": X[:3]}, "has no y_validation; it holds"),
        ({"x_validation": X[:3], "y_validation": np.array([0, 1, 7])},
         "y_validation has classes that y_train lacks: 7"),
        ({"sample_weight_train": np.ones(5)}, "x_train has 6 rows, sample_weight_train has 5"),
        ({"sample_weight_train": -np.ones(6)}, "sample_weight_train needs finite numbers, none of"),
        ({"sample_weight_train": Y.astype(str)}, "sample_weight_train is words (6,); it needs a"),
        ({"sample_weight_train": np.full(6, 1e300)}, "sample_weight_train needs finite numbers"),
        ({"sample_weight_train": np.full(6, 1e-60)}, "sample_weight_train needs finite numbers"),
        ({"y_train": np.array([b"caf\xe9", b"caf\xe8", b"x"] * 2)}, "y_train holds bytes that are"),
        ({"y_train": np.where(Y, np.uint64(2**64 - 1), np.uint64(5))},
         "y_train holds whole numbers above 2**63"),
        ({"column_names": np.array(["a", "a", "b", "c"])}, "column_names has the same name twice"),
        ({"groups": np.arange(5)}, "x_train has 6 rows, groups has 5"),
        ({"y_train": np.where(Y == 1, np.nan, Y)}, "y_train has 2 missing labels (NaN)"),
        ({"y_train": Y.astype("datetime64[s]")}, "y_train holds datetime64[s]; classes are"),
        ({"y_train": Y * 0}, "y_train has 1 class; there is nothing to tell apart"),
        ({"y_test": np.array([0, 7, 9])}, "y_test has classes that y_train lacks: 7, 9"),
        ({"y_test": np.array(["0", "1", "2"])}, "one of y_train and y_test holds words"),
    ],
)  # fmt: skip
def test_what_cannot_be_learnt_from_is_refused_with_the_reason(write, changes, words):
    arrays = {name: array for name, array in (GOOD | changes).items() if array is not None}
    path = write(**arrays)
    with pytest.raises(DatasetError) as error:
        read_dataset(path, nothing)
    assert str(error.value).startswith(f"dataset.source: {path}: {words}")
    assert "\n" not in str(error.value)


def test_a_file_of_another_kind_is_refused(tmp_path):
    path = tmp_path / "table.npz"
    for content in (b"", b"a,b\n1,2\n", b"\x93NUMPY\x01\x00"):
        path.write_bytes(content)
        with pytest.raises(DatasetError, match=r"is no \.npz file; write one"):
            read_dataset(path, nothing)


def test_a_damaged_array_is_refused_with_its_name(write):
    path = write(**GOOD)
    content = bytearray(path.read_bytes())
    content[content.index(X.tobytes()) + 40] ^= 1
    path.write_bytes(content)
    with pytest.raises(DatasetError, match="x_train is damaged"):
        read_dataset(path, nothing)


def header(text):
    text = text.ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text.encode("latin-1")


def described(shape, dtype="<f8"):
    return header(f"{{'descr': '{dtype}', 'fortran_order': False, 'shape': {shape}, }}")


@pytest.mark.parametrize(
    "content",
    [
        described((6, 4)),
        described((6, 4)) + bytes(100),
        described((10**9, 10**9)),
        described((10**30, 4)),
        described((-6, 4)) + bytes(192),
        described((6, 4), "|O") + bytes(100),
        described((6, 4), "?!") + bytes(192),
        header("{'descr': '<f8', 'shape': (6, 4"),
        header("{'descr': '<f8'}"),
        header("[" * 60),
        header("{'descr': ((((((((('<f8'}"),
        b"\x93NUMPY\x09\x00" + bytes(100),
        b"\x93NUMPY",
        b"\x80\x04\x95pickle",
        b"",
        b"6,4\n" * 20,
    ],
)
def test_whatever_stands_in_place_of_an_array_is_refused_with_its_name(tmp_path, content):
    path = tmp_path / "mine.npz"
    np.savez(path, y_train=Y)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("x_train.npy", content)
    with pytest.raises(DatasetError, match=r"x_train (is|holds|does not|has)") as error:
        read_dataset(path, nothing)
    assert "\n" not in str(error.value)


def test_a_file_with_any_byte_damaged_is_read_or_refused(tmp_path):
    path = tmp_path / "mine.npz"
    np.savez_compressed(path, x_train=X, y_train=Y)
    content = path.read_bytes()
    for place in range(0, len(content), 3):
        for damaged in (
            content[:place],
            content[:place] + bytes([content[place] ^ 0x41]) + content[place + 1 :],
        ):
            path.write_bytes(damaged)
            try:
                read_dataset(path, lambda line: None)
            except DatasetError as error:
                assert "\n" not in str(error)  # noqa: PT017 (either may be right)


def test_groups_are_numbers_or_words(write):
    for groups in (
        np.array([0.5, 0.5, 1.25, 1.25, 7, 7]),
        np.array(["NA", "NA", "b", "b", "c", "c"]),
        np.array([b"a", b"a", b"b", b"b", b"c", b"c"]),
        np.array([2**63 + 5, 2**63 + 5, 1, 1, 2, 2], np.uint64),
    ):
        said = []
        arrays, _ = read_dataset(write(x_train=X, y_train=Y, groups=groups), said.append)
        numbers = arrays["groups"]
        assert (numbers[::2] == numbers[1::2]).all() and len(set(numbers)) == 3
        assert any("2 rows of the group 'NA' stay together" in line for line in said) == (
            "NA" in groups
        )


@pytest.mark.parametrize(
    ("groups", "words"),
    [
        ([1, 1, np.nan, 2, 2, np.nan], r"groups has 2 rows without a group \(NaN\); give each"),
        (["a", "a ", "b", "b", "c", "c"], r"groups that differ by blanks alone \('a', 'a '\)"),
        (np.eye(6), r"groups is float64 \(6, 6\); it needs a number or a word a row"),
        (np.arange(6).astype("datetime64[D]"), r"groups is datetime64\[D\] \(6,\); it needs"),
    ],
)
def test_groups_that_tell_nothing_are_refused(write, groups, words):
    with pytest.raises(DatasetError, match=words):
        read_dataset(write(x_train=X, y_train=Y, groups=np.array(groups)), nothing)
