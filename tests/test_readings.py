"""What the numbers of a dataset are taken for is said, and what has two readings is refused."""

import numpy as np
import pytest
import yaml
from sklearn.datasets import load_digits

from tuner_trials.foundation.errors import DatasetError
from tuner_trials.tasks.data.dataset_file import read_dataset
from tuner_trials.tasks.data.split import split

RNG = np.random.default_rng(0)
N = 300
Y = np.arange(N) % 2
BYTES = RNG.integers(0, 256, (N, 8, 8))
BYTES[0, 0, 0] = 255
MEASURED = RNG.normal(size=(N, 3)) * [1, 100, 1e4] + [0, 500, 1e5]
CODES = RNG.integers(0, 7, N)
MIXED = np.column_stack([MEASURED, CODES])


def prepared(x, y=Y, **options):
    """The parts, the summary and what is said."""
    said = []
    arrays = {"x_train": x, "y_train": y}
    arrays |= {name: options.pop(name) for name in list(options) if name.endswith("validation")}
    arrays |= {name: options.pop(name) for name in list(options) if name == "groups"}
    parts, summary = split(arrays, 0.25, 0.2, seed=0, say=said.append, **options)
    return parts, summary, said


@pytest.mark.parametrize("dtype", ["uint8", "int64", "float32", "float64", "uint16"])
def test_images_of_bytes_are_bytes_in_whatever_type_they_come(dtype):
    parts, _, said = prepared(BYTES.astype(dtype))
    assert parts["train"][0].dtype == np.uint8
    assert any("taken for bytes, divided by 255" in line for line in said)


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
@pytest.mark.parametrize("dtype", ["uint8", "int64"])
def test_images_with_any_channels_can_be_resized(channels, dtype):
    x = np.repeat(BYTES[..., None], channels, axis=3).astype(dtype)
    parts, _, _ = prepared(x, image_size=4)
    small, _, _ = prepared(BYTES.astype("uint8"), image_size=4)
    for channel in range(channels):
        np.testing.assert_array_equal(parts["train"][0][..., channel], small["train"][0])


def test_only_zeros_and_ones_are_left_as_they_are():
    for dtype in ("uint8", "bool", "float64"):
        for shape in ((N, 9), (N, 3, 3)):
            parts, _, said = prepared((RNG.random(shape) > 0.5).astype(dtype))
            assert set(np.unique(parts["train"][0])) == {0.0, 1.0}
            assert any("there are only 0 and 1" in line for line in said)


@pytest.mark.parametrize(
    "x",
    [
        load_digits().images[:N].astype("uint8"),  # 0 to 16
        load_digits().images[:N],
        BYTES * 257,  # of 16 bits
        BYTES + 0.5,
        BYTES - 100,
        RNG.integers(0, 1000, (N, 20)),  # numbers of words
        RNG.integers(-1, 1000, (N, 20)),
        RNG.integers(0, 200, (N, 20)).astype("uint8"),
        load_digits().data[:N],
    ],
    ids=[
        "0..16",
        "0..16 float",
        "16 bits",
        "fractions",
        "shifted",
        "words",
        "-1 for none",
        "uint8 words",
        "flat",
    ],
)
def test_what_has_two_readings_is_refused_until_it_is_said(x):
    with pytest.raises(DatasetError, match=r"Say what .*dataset.scale: ") as error:
        prepared(x)
    assert "\n" not in str(error.value)
    parts, _, _ = prepared(x, scale="none")
    assert parts["train"][0].dtype == np.float32
    assert set(np.unique(parts["train"][0])) <= set(np.unique(x.astype(np.float32)))
    parts, _, _ = prepared(x, scale="standardize")
    assert abs(parts["train"][0].mean()) < 1e-5


def test_bytes_that_are_none_are_refused():
    with pytest.raises(DatasetError, match="bytes are whole numbers from 0 to 255, not int64 from"):
        prepared(BYTES * 2, scale="bytes")


def test_a_part_of_ones_own_is_prepared_like_the_training_part():
    for x, other in (
        (BYTES / 255, BYTES),
        (BYTES, BYTES / 255),
        (BYTES, BYTES + 1),
        (BYTES / 255, BYTES + 0.5),
    ):
        with pytest.raises(DatasetError, match=r"x_validation holds numbers|bytes are whole"):
            prepared(x, x_validation=other[:9], y_validation=Y[:9])
    prepared(BYTES, x_validation=BYTES[:9].astype(float), y_validation=Y[:9])
    with pytest.raises(DatasetError, match="bytes are whole numbers from 0 to 255"):
        prepared(BYTES, x_validation=BYTES[:9] + 256, y_validation=Y[:9], image_size=4)


def test_channels_first_are_refused_with_what_to_save():
    x = RNG.integers(0, 256, (N, 3, 8, 8), np.uint8)
    with pytest.raises(DatasetError, match=r"channels first.*numpy.moveaxis\(x, 1, -1\)"):
        prepared(x)
    prepared(np.moveaxis(x, 1, -1))
    with pytest.raises(DatasetError, match="channels first"):
        prepared(RNG.random((N, 3, 8, 8, 8)))


def test_axes_that_are_none_of_channels_are_named(tmp_path):
    x = RNG.integers(0, 256, (N, 3, 8, 8), np.uint8)
    path = tmp_path / "videos.npz"
    for names, words in (
        (["frame", "row", "column"], None),
        (["channel", "row", "column"], "channels first"),
        (["frame", "row"], r"axis_names has 2 names for samples of shape \(3, 8, 8\)"),
    ):
        np.savez(path, x_train=x, y_train=Y, axis_names=np.array(names))
        if words is None:
            arrays, _ = read_dataset(path, lambda line: None)
            parts, _ = split(arrays, 0.25, 0.2, seed=0, say=lambda line: None)
            assert parts["train"][0].shape[1:] == (3, 8, 8)
        else:
            with pytest.raises(DatasetError, match=words):
                split(read_dataset(path, lambda line: None)[0], 0.25, 0.2, seed=0)


SMALL = RNG.random((N, 6, 4))


@pytest.mark.parametrize("x", [SMALL * 1e-5, (SMALL - 0.5) * 0.01, SMALL * 0.01 + 1])
def test_numbers_that_hardly_differ_are_not_of_the_order_of_one(x):
    with pytest.raises(DatasetError, match=r"nor numbers of the order of one. Say what"):
        prepared(x)
    prepared(x, scale="standardize")
    prepared(SMALL)


@pytest.mark.parametrize(
    ("x", "offered"),
    [
        (BYTES * 257, False),
        (BYTES + 0.5, False),
        (BYTES - 100, False),
        (BYTES // 16, True),
        ((BYTES // 16).reshape(N, -1), True),
        (BYTES.reshape(N, -1) * 3, False),
        (MIXED, False),
    ],
)
def test_bytes_are_offered_where_they_fit(x, offered):
    with pytest.raises(DatasetError, match="Say ") as error:
        prepared(x)
    assert ("bytes (" in str(error.value)) == offered
    if offered:
        prepared(x, scale="bytes")
    else:
        with pytest.raises(DatasetError, match="bytes are whole numbers from 0 to 255"):
            prepared(x, scale="bytes")


ONES = (BYTES > 127).astype("uint8")


@pytest.mark.parametrize(
    ("train", "other"),
    [
        (BYTES, BYTES / 255),
        (BYTES, ONES),
        (BYTES, BYTES // 16),
        (BYTES / 255, BYTES / 127.5 - 1),
        (BYTES / 127.5 - 1, BYTES / 255),
        (BYTES / 255, BYTES.astype(float)),
        (ONES, BYTES),
        (ONES, BYTES / 255),
        (ONES.reshape(N, -1), BYTES.reshape(N, -1)),
    ],
)
@pytest.mark.parametrize("part", ["validation", "test"])
def test_a_part_of_ones_own_in_another_unit_is_refused_or_said(train, other, part):
    arrays = {"x_train": train, "y_train": Y, f"x_{part}": other[:60], f"y_{part}": Y[:60]}
    with pytest.raises(DatasetError, match=rf"x_{part} holds numbers|bytes are whole numbers"):
        split(arrays, 0.25, 0.2, seed=0, say=lambda line: None)
    said = []
    split(arrays, 0.25, 0.2, seed=0, scale="none", say=said.append)
    assert any(f"x_{part} holds numbers" in line and "in the same way" in line for line in said)
    arrays[f"x_{part}"] = train[:60]
    said = []
    split(arrays, 0.25, 0.2, seed=0, say=said.append)
    assert not any("in the same way" in line for line in said)


@pytest.mark.parametrize("factor", [0.01, 100])
def test_a_table_of_ones_own_in_another_unit_is_refused_or_said(factor):
    standard = (MEASURED[:60] - MEASURED.mean(0)) / MEASURED.std(0)
    arrays = {"x_train": MEASURED, "y_train": Y, "y_test": Y[:60]}
    for other in (standard, MEASURED[:60] * [1, factor, factor]):
        with pytest.raises(DatasetError, match="columns 1, 2 lie elsewhere in x_test than"):
            split(arrays | {"x_test": other}, 0.25, 0.2, seed=0, say=lambda line: None)
    one = MEASURED[:60] * [1, 1, factor]
    for other, scale in ((one, None), (standard, "standardize")):
        said = []
        split(arrays | {"x_test": other}, 0.25, 0.2, seed=0, scale=scale, say=said.append)
        assert any("lie elsewhere in x_test" in line for line in said)
    said = []
    split(arrays | {"x_test": MEASURED[:60]}, 0.25, 0.2, seed=0, say=said.append)
    assert not any("lie elsewhere" in line for line in said)


def test_images_that_cannot_be_resized_are_refused_with_how_to_save_them():
    for x in (ONES, ONES.astype(float), BYTES / 255):
        with pytest.raises(DatasetError, match=r"image_size: only images.*255 \* x") as error:
            prepared(x, image_size=4)
        assert "\n" not in str(error.value)
        prepared(np.uint8(np.round(255 * x)), image_size=4)
    with pytest.raises(DatasetError, match="image_size: the samples are no images"):
        prepared(MEASURED, image_size=4)


ORDER = np.random.default_rng(3).permutation(N)


@pytest.mark.parametrize(
    ("column", "name", "why"),
    [
        (np.cumsum(RNG.integers(1, 9, N)), "record", "rise or fall from row to row"),
        (-np.arange(N), "record", "rise or fall from row to row"),
        (np.arange(N) + 5000, "record", "rise or fall from row to row"),
        (ORDER + 100, "record", "run from 100 to 399 without a gap"),
        (ORDER * 17, "patient_id", "are different in all rows"),
        (ORDER * 17, "patientID", "are different in all rows"),
        (ORDER * 17, "ID", "are different in all rows"),
    ],
)
def test_columns_that_name_the_rows_are_refused_until_they_are_said_to_be_sizes(column, name, why):
    x = np.column_stack([MEASURED, column])
    arrays = {"x_train": x, "y_train": Y, "column_names": np.array(["a", "b", "c", name])}
    with pytest.raises(DatasetError, match=f"column {name} looks like an identifier.*{why}"):
        split(arrays, 0.25, 0.2, seed=0, say=lambda line: None)
    columns = {name: "standardize"}
    split(arrays, 0.25, 0.2, seed=0, columns=columns, say=lambda line: None)
    if "id" not in name.lower():
        with pytest.raises(DatasetError, match="column 3 looks like an identifier"):
            prepared(x)


def test_measurements_that_differ_in_all_rows_are_no_identifiers():
    x = np.column_stack([MEASURED, ORDER * 17, np.sort(MEASURED[:, 0])])
    prepared(x)


@pytest.mark.parametrize("name", ["No", "yes", "on", "null", "y z", "12", "é", "a"])
def test_a_column_is_named_as_yaml_reads_it(name):
    arrays = {"x_train": MIXED, "y_train": Y, "column_names": np.array(["p", "q", "r", name])}
    with pytest.raises(DatasetError, match=r"dataset\.columns: ") as error:
        split(arrays, 0.25, 0.2, seed=0)
    advice = str(error.value).partition("dataset.columns: ")[2].partition(" gives")[0]
    assert yaml.safe_load(advice) == {"codes": [name]}


def test_values_that_hardly_differ_for_their_size_are_named():
    x = np.column_stack([MEASURED, 1e9 + RNG.random(N) * 1e-5])
    _, _, said = prepared(x)
    assert any("columns 3 hardly differ for their size" in line for line in said)
    _, _, said = prepared(np.where(np.arange(64).reshape(8, 8) < 9, 7, BYTES), scale="standardize")
    assert any("9 of 64 values of a sample have one value" in line for line in said)


@pytest.mark.parametrize(("mark", "said_so"), [(-9, True), (9999, True), (-1, False), (8, False)])
def test_numbers_that_may_stand_for_missing_values_are_named(mark, said_so):
    x = np.column_stack([MEASURED, np.where(np.arange(N) % 9, RNG.integers(1, 6, N) * 1.0, mark)])
    _, summary, said = prepared(x, columns={3: "standardize"})
    found = [line for line in said if "if it means that a value is missing" in line]
    assert bool(found) == said_so
    assert all(f"columns 3 ({mark} in " in line for line in found)
    assert set(found) <= set(summary["notes"])


def test_columns_that_are_the_labels_are_named():
    x = np.column_stack([MEASURED, 7.5 - Y, np.where(np.arange(N) % 9, Y, 1)])
    _, _, said = prepared(x)
    assert any("columns 3 have one value for each class, and so give the labels" in s for s in said)
    _, _, said = prepared(MIXED, columns={3: "codes"})
    assert not any("give the labels away" in line for line in said)


def test_samples_of_one_value_are_refused():
    for x in (np.zeros((N, 3)), np.full((N, 8, 8), 7, np.uint8)):
        with pytest.raises(DatasetError, match=r"x_train holds \d alone"):
            prepared(x, scale="none")


def test_half_precision_does_not_overflow():
    parts, _, _ = prepared((MEASURED / [1, 1, 10]).astype("float16"))
    for x, _ in parts.values():
        assert np.isfinite(x).all()
    np.testing.assert_allclose(parts["train"][0].std(0), 1, rtol=1e-2)


def test_codes_among_measurements_are_refused_until_they_are_said():
    with pytest.raises(
        DatasetError, match=r"columns 3 hold whole numbers.*dataset.columns: {codes: \[3\]}"
    ):
        prepared(MIXED)
    parts, summary, said = prepared(MIXED, columns={3: "codes"})
    x = parts["train"][0]
    assert x.shape[1] == 3 + 7
    np.testing.assert_allclose(x[:, :3].mean(0), 0, atol=1e-5)
    assert (x[:, 3:].sum(1) == 1).all() and set(np.unique(x[:, 3:])) == {0.0, 1.0}
    assert summary["parts"]["train"]["shape"] == [10]
    assert any("columns 3 (float64, 0 to 6) are taken for codes of categories" in s for s in said)
    sizes, _, _ = prepared(MIXED, columns={3: "standardize"})
    np.testing.assert_allclose(sizes["train"][0].mean(0), 0, atol=1e-5)
    kept, _, _ = prepared(MIXED, columns={3: "none"})
    assert set(np.unique(kept["train"][0][:, 3])) == set(range(7))
    np.testing.assert_array_equal(kept["train"][0][:, :3], sizes["train"][0][:, :3])
    everything, _, _ = prepared(MIXED, scale="standardize")
    np.testing.assert_array_equal(everything["train"][0], sizes["train"][0])


def test_a_code_that_the_training_part_lacks_is_no_category():
    x = MIXED.copy()
    parts, _, _ = prepared(x, columns={3: "codes"}, x_validation=np.full((4, 4), 99.0),
                           y_validation=np.array([0, 1, 0, 1]))  # fmt: skip
    assert (parts["validation"][0][:, 3:] == 0).all()


def test_columns_that_are_not_there_or_no_columns_are_refused():
    with pytest.raises(DatasetError, match="there is no column 4; they are 0 to 3"):
        prepared(MIXED, columns={4: "codes"})
    with pytest.raises(DatasetError, match=r"with dataset.scale: bytes, all columns are bytes"):
        prepared(BYTES.reshape(N, -1), columns={0: "codes"}, scale="bytes")
    with pytest.raises(DatasetError, match="the samples are no table"):
        prepared(BYTES, columns={0: "codes"})


def test_columns_that_say_next_to_nothing_are_named():
    x = np.column_stack([MEASURED, np.full(N, 5.5), np.zeros(N), np.arange(N) + 0.5])
    _, _, said = prepared(x)
    assert any("columns 3, 4 have one value in all training rows" in line for line in said)
    untouched, _, _ = prepared(x, scale="none")
    x[int(untouched["train"][0][0, 5]), 4] = 1.5
    _, _, said = prepared(x)
    assert any("columns 3 have one value in all training rows" in line for line in said)
    assert any("columns 4 have one value in all training rows but one" in line for line in said)


def test_rows_of_a_group_stay_together():
    groups = np.repeat(np.arange(60), 5)
    y = (np.arange(N) // 5) % 2
    x = np.column_stack([groups + 0.5, RNG.normal(size=N)])
    parts, summary, _ = prepared(x, y, groups=groups, scale="none")
    found = [set(np.unique(p[0][:, 0])) for p in parts.values()]
    assert sum(map(len, found)) == 60 and len(set.union(*found)) == 60
    assert summary["groups"]
    sizes = [len(part[1]) for part in parts.values()]
    assert sum(sizes) == N and 40 <= sizes[2] <= 80 and 40 <= sizes[1] <= 80
    for _, labels in parts.values():
        assert 0.3 < labels.mean() < 0.7


def test_a_class_in_too_few_groups_is_refused():
    groups = np.concatenate([np.zeros(N // 2, int), np.arange(1, N // 2 + 1)])
    y = np.repeat([0, 1], N // 2)
    with pytest.raises(DatasetError, match=r"test_fraction: .* no row of class 0"):
        prepared(MEASURED, y, groups=groups)


@pytest.mark.parametrize("fraction", [0.02, 0.07, 0.1, 0.2, 1 / 3, 0.5, 0.8])
@pytest.mark.parametrize("count", [20, 60, 300])
def test_parts_of_whole_groups_have_the_size_that_is_asked_for_or_are_refused(fraction, count):
    rows = 3000
    groups = np.random.default_rng(1).integers(0, count, rows)
    arrays = {"x_train": RNG.normal(size=(rows, 3)), "y_train": np.arange(rows) % 2}
    try:
        parts, _ = split(arrays | {"groups": groups}, 0.25, fraction, seed=0, say=lambda line: None)
    except DatasetError as error:
        assert fraction * count < 1
        assert "dataset.test_fraction: 0.0" in str(error)  # noqa: PT017
    else:
        share = len(parts["test"][1]) / rows
        assert fraction / 1.5 <= share <= fraction * 1.5


@pytest.mark.parametrize(
    ("sizes", "words"),
    [
        (
            [150, 150],
            r"test_fraction: whole groups leave 0\.5 of the rows.*test_fraction: 0\.5, or",
        ),
        ([100] * 3, r"whole groups leave 0\.333 of the rows for the test part, not 0\.2"),
        ([280, 10, 10], "whole groups leave"),
        ([300], "one group, or one row of a class, cannot be split"),
    ],
)
def test_groups_too_few_or_too_unequal_are_refused_with_a_fraction_that_fits(sizes, words):
    groups = np.repeat(np.arange(len(sizes)), sizes)
    with pytest.raises(DatasetError, match=words) as error:
        prepared(MEASURED, groups=groups)
    assert "\n" not in str(error.value)


def test_samples_in_two_parts_are_counted():
    x = MEASURED.copy()
    x[150:] = x[:150]
    _, summary, said = prepared(x)
    assert any("samples of the validation part are in an earlier part, too" in s for s in said)
    assert any("samples of the test part are in an earlier part, too" in s for s in said)
    assert summary["notes"] == said
    _, _, said = prepared(MEASURED)
    assert not any("earlier part" in line for line in said)


def test_a_validation_part_of_ones_own_is_kept():
    x, y = MEASURED[:40], Y[:40]
    parts, summary, _ = prepared(
        MEASURED[40:], Y[40:], x_validation=x, y_validation=y, scale="none"
    )
    np.testing.assert_array_equal(parts["validation"][0], x.astype(np.float32))
    assert summary["validation_fraction"] is None
    assert len(parts["train"][1]) == 260 - 52


def test_weights_go_with_their_rows():
    arrays = {"x_train": MEASURED, "y_train": Y, "sample_weight_train": MEASURED[:, 0] + 100}
    parts, summary = split(arrays, 0.25, 0.2, seed=0, scale="none", say=lambda line: None)
    x, _, weights = parts["train"]
    np.testing.assert_allclose(weights, x[:, 0] + 100, rtol=1e-6)
    assert [len(part) for part in parts.values()] == [3, 2, 2]
    assert set(summary["parts"]["train"]["sha256"]) == {"x", "y", "weights"}
