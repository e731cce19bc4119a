"""What the numbers of a dataset are taken for is said, and what has two readings is refused."""

import numpy as np
import pytest
from sklearn.datasets import load_digits

from tuner_trials.data.split import split
from tuner_trials.errors import DatasetError

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
        RNG.integers(0, 200, (N, 20)).astype("uint8"),
        load_digits().data[:N],
    ],
    ids=["0..16", "0..16 float", "16 bits", "fractions", "shifted", "words", "uint8 words", "flat"],
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
