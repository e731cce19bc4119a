"""Splits are stratified, disjoint, fixed by the seed, and leave a given test part alone."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tuner_trials.foundation.errors import DatasetError
from tuner_trials.tasks.data.arrays import hash_array, load_arrays
from tuner_trials.tasks.data.datasets import fetch_fashion_mnist, load_digits
from tuner_trials.tasks.data.split import resize_images, split, write_parts


def numbered(class_counts: list[int]) -> dict[str, np.ndarray]:
    """A dataset in which each row's only value is its number."""
    y = np.repeat(np.arange(len(class_counts)), class_counts)
    return {"x_train": np.arange(len(y), dtype=np.float64)[:, None], "y_train": y}


@settings(deadline=None)
@given(
    class_counts=st.lists(st.integers(40, 80), min_size=2, max_size=5),
    validation_fraction=st.floats(0.1, 0.5),
    test_fraction=st.floats(0.1, 0.5),
    seed=st.integers(0, 2**32 - 1),
)
def test_every_row_is_in_one_part_with_its_label_and_classes_keep_their_proportions(
    class_counts, validation_fraction, test_fraction, seed
):
    arrays = numbered(class_counts)
    parts, _ = split(arrays, validation_fraction, test_fraction, seed, scale="none")
    rows = {name: x[:, 0].astype(int) for name, (x, _) in parts.items()}
    assert list(parts) == ["train", "validation", "test"]
    assert sorted(np.concatenate(list(rows.values()))) == list(range(len(arrays["y_train"])))
    proportions = np.array(class_counts) / sum(class_counts)
    for name, (x, y) in parts.items():
        assert (x.dtype, y.dtype) == (np.float32, np.int32)
        np.testing.assert_array_equal(y, arrays["y_train"][rows[name]])
        counts = np.bincount(y, minlength=len(class_counts))
        assert np.abs(counts - proportions * len(y)).max() < 2


def test_fractions_give_the_sizes():
    parts, _ = split(
        numbered([50, 50]), validation_fraction=0.25, test_fraction=0.2, seed=0, scale="none"
    )
    assert [len(y) for _, y in parts.values()] == [60, 20, 20]


def test_same_seed_gives_the_same_split_and_another_seed_another():
    digits = load_digits()
    one, other, third = (split(digits, 0.2, 0.2, seed)[1]["parts"] for seed in (7, 7, 8))
    assert one == other
    for name in one:
        assert one[name]["sha256"] != third[name]["sha256"]


def test_given_test_part_stays_untouched_and_out_of_the_others():
    arrays = numbered([30, 30])
    arrays |= {"x_test": -np.arange(5.0)[::-1, None] - 1, "y_test": np.array([1, 1, 1, 0, 1])}
    parts, summary = split(arrays, 0.2, 0.5, seed=0, scale="none")
    np.testing.assert_array_equal(parts["test"][0], arrays["x_test"])
    np.testing.assert_array_equal(parts["test"][1], arrays["y_test"])
    assert [len(y) for _, y in parts.values()] == [48, 12, 5]
    assert min(parts["train"][0].min(), parts["validation"][0].min()) >= 0
    assert summary["test_fraction"] is None


def test_bytes_stay_bytes_and_image_size_resizes_every_part():
    parts, _ = split(load_digits(), 0.2, 0.2, seed=0)
    small, summary = split(load_digits(), 0.2, 0.2, seed=0, image_size=4)
    for name in parts:
        assert parts[name][0].shape[1:] == (8, 8) and parts[name][0].dtype == np.uint8
        assert small[name][0].shape[1:] == (4, 4) and small[name][0].dtype == np.uint8
        np.testing.assert_array_equal(parts[name][1], small[name][1])
        assert summary["parts"][name]["shape"] == [4, 4]


def test_image_size_without_images_is_refused():
    with pytest.raises(DatasetError, match=r"image_size: .* float64"):
        split(numbered([30, 30]), 0.2, 0.2, seed=0, scale="none", image_size=8)


def test_smaller_image_has_the_means_of_boxes():
    x = np.random.default_rng(0).integers(0, 256, (3, 8, 8), np.uint8)
    means = x.reshape(3, 4, 2, 4, 2).mean((2, 4))
    resized = resize_images(x, 4)
    assert resized.shape == (3, 4, 4) and resized.dtype == np.uint8
    assert np.abs(resized - means).max() <= 1  # Pillow rounds after each of the two directions


def test_colours_are_resized_each_for_itself():
    x = np.random.default_rng(0).integers(0, 256, (3, 8, 8, 3), np.uint8)
    resized = resize_images(x, 4)
    for colour in range(3):
        np.testing.assert_array_equal(
            resized[..., colour], resize_images(np.ascontiguousarray(x[..., colour]), 4)
        )


@pytest.mark.parametrize("size", [1, 8, 28, 40])
def test_every_pixel_counts_in_a_resized_image(size):
    pixels = np.zeros((28 * 28, 28, 28), np.uint8)
    pixels.reshape(28 * 28, -1)[np.diag_indices(28 * 28)] = 255
    resized = resize_images(pixels, size)
    assert resized.shape == (28 * 28, size, size)
    if size > 1:  # 255 / 784 rounds to nothing
        assert resized.any((1, 2)).all()
    assert (resize_images(np.full((1, 28, 28), 77, np.uint8), size) == 77).all()


def table(rows: int = 200) -> dict[str, np.ndarray]:
    """Three columns of very different size, the last one constant."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(rows, 3)) * [1e-3, 1e6, 0] + [0, 1.7e9, 5]
    return {"x_train": x, "y_train": np.arange(rows) % 2}


def test_columns_are_standardised_by_the_training_part_alone():
    parts, summary = split(table(), 0.2, 0.2, seed=0)
    raw, none = split(table(), 0.2, 0.2, seed=0, scale="none")
    assert none["standardized"] is None
    x = parts["train"][0]
    np.testing.assert_allclose(x[:, :2].mean(0), 0, atol=1e-5)
    np.testing.assert_allclose(x[:, :2].std(0), 1, rtol=1e-4)
    assert (x[:, 2] == 0).all()
    mean, scale = (np.array(summary["standardized"][name]) for name in ("mean", "scale"))
    assert scale[2] == 1
    for name, (scaled, y) in parts.items():
        assert scaled.dtype == np.float32
        np.testing.assert_array_equal(y, raw[name][1])
        if name != "train":  # what is not standardised is rounded to float32 before
            expected = (raw[name][0] - mean) / scale
            np.testing.assert_allclose(scaled, expected, atol=1e-3)


def test_validation_and_test_rows_do_not_touch_the_scaling():
    arrays = table()
    one, summary = split(arrays, 0.2, 0.2, seed=0)
    row_numbers = arrays | {"x_train": np.arange(200.0)[:, None]}
    numbers, _ = split(row_numbers, 0.2, 0.2, seed=0, scale="none")
    others = np.concatenate([numbers[name][0][:, 0] for name in ("validation", "test")]).astype(int)
    arrays["x_train"][others] *= 1000
    other, changed = split(arrays, 0.2, 0.2, seed=0)
    assert changed["standardized"] == summary["standardized"]
    np.testing.assert_array_equal(one["train"][0], other["train"][0])
    assert not np.allclose(one["test"][0], other["test"][0])


def test_large_data_are_scaled_in_pieces_as_if_at_once(monkeypatch):
    whole, _ = split(table(), 0.2, 0.2, seed=0, scale="standardize")
    monkeypatch.setattr("tuner_trials.tasks.data.readings.ROWS_AT_ONCE", 7)
    pieces, _ = split(table(), 0.2, 0.2, seed=0, scale="standardize")
    for name in whole:
        np.testing.assert_allclose(whole[name][0], pieces[name][0], rtol=1e-5, atol=1e-6)


def test_classes_are_called_what_the_user_calls_them():
    with pytest.raises(DatasetError, match="test_fraction: class tulip has 1 rows, too few"):
        split(numbered([40, 1]), 0.2, 0.2, seed=0, scale="none", classes=["rose", "tulip"])


@pytest.mark.parametrize("class_counts", [[40, 1], [40, 4], [1, 1]])
def test_class_with_too_few_rows_is_refused_with_its_name(class_counts):
    with pytest.raises(DatasetError, match=r"test_fraction: class [01] has [14] rows, too few"):
        split(numbered(class_counts), 0.2, 0.2, seed=0, scale="none")


def test_class_that_the_test_part_leaves_too_small_is_refused():
    with pytest.raises(DatasetError, match=r"validation_fraction: class 1 has 4 rows, too few"):
        split(numbered([40, 5]), 0.2, 0.2, seed=0, scale="none")


@settings(deadline=None)
@given(
    class_counts=st.lists(st.integers(1, 12), min_size=1, max_size=6),
    fraction=st.floats(0.01, 0.99),
)
def test_small_classes_are_refused_or_in_every_part(class_counts, fraction):
    try:
        parts, _ = split(numbered(class_counts), fraction, fraction, seed=0, scale="none")
    except DatasetError as error:
        assert "too few" in str(error)  # noqa: PT017 (either may be right)
    else:
        for _, y in parts.values():
            assert len(np.unique(y)) == len(class_counts)


@pytest.mark.parametrize("fraction", [0, 1, -0.1, 1.5, float("nan")])
def test_impossible_fraction_is_refused_with_its_key(fraction):
    with pytest.raises(ValueError, match=r"validation_fraction: .* is not between 0 and 1"):
        split(numbered([30, 30]), fraction, 0.2, seed=0, scale="none")


def test_written_parts_come_back_with_the_sums_of_the_summary(tmp_path):
    parts, summary = split(load_digits(), 0.2, 0.2, seed=0)
    write_parts(tmp_path / "data", parts, summary)
    stored = json.loads((tmp_path / "data" / "split.json").read_text())
    assert stored == summary
    for name, part in stored["parts"].items():
        x, y = load_arrays(tmp_path / "data" / f"{name}.npz").values()
        assert part["rows"] == len(x) == len(y)
        assert part["sha256"] == {"x": hash_array(x), "y": hash_array(y)}
        assert sum(part["class_counts"].values()) == len(y)


def test_same_split_is_written_as_the_same_bytes(tmp_path):
    for folder in ("one", "two"):
        write_parts(tmp_path / folder, *split(load_digits(), 0.2, 0.2, seed=0))
    written = [{f.name: f.read_bytes() for f in (tmp_path / d).iterdir()} for d in ("one", "two")]
    assert sorted(written[0]) == ["split.json", "test.npz", "train.npz", "validation.npz"]
    assert written[0] == written[1]


@pytest.mark.network
def test_fashion_mnist_splits_into_48000_12000_and_10000(tmp_path: Path):
    try:
        arrays = fetch_fashion_mnist(None)
    except DatasetError as error:
        pytest.skip(f"no source of Fashion-MNIST works on this machine: {error}")
    parts, summary = split(arrays, validation_fraction=0.2, test_fraction=0.1, seed=0)
    rows = {name: len(y) for name, (_, y) in parts.items()}
    assert rows == {"train": 48_000, "validation": 12_000, "test": 10_000}
    for name, (x, _) in parts.items():
        assert x.shape[1:] == (28, 28) and x.dtype == np.uint8
        counts = summary["parts"][name]["class_counts"]
        assert counts == {str(label): rows[name] // 10 for label in range(10)}
