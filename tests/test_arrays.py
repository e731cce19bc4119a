"""Arrays are written whole or not at all, and always the same way."""

import io
import time

import numpy as np
import pytest

from tuner_trials.tasks.data.arrays import hash_array, load_arrays, save_arrays


def test_saved_arrays_come_back_and_equal_arrays_give_equal_bytes(tmp_path, monkeypatch):
    arrays = {"x": np.arange(12, dtype=np.uint8).reshape(3, 4), "y": np.arange(3)}
    save_arrays(tmp_path / "new" / "one.npz", arrays)
    monkeypatch.setattr(time, "time", lambda: 2e9)
    same = {"x": np.asfortranarray(arrays["x"]), "y": arrays["y"].copy()}
    save_arrays(tmp_path / "two.npz", same)
    loaded = load_arrays(tmp_path / "two.npz")
    assert list(loaded) == list(arrays)
    for name, array in arrays.items():
        assert loaded[name].dtype == array.dtype
        np.testing.assert_array_equal(loaded[name], array)
    assert (tmp_path / "new" / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()


def test_interrupted_write_leaves_the_older_file_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "part.npz"
    save_arrays(path, {"x": np.zeros(3)})
    older = path.read_bytes()

    def interrupted(file: io.BufferedWriter, **_):
        file.write(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr(np, "savez", interrupted)
    with pytest.raises(KeyboardInterrupt):
        save_arrays(path, {"x": np.ones(3)})
    assert path.read_bytes() == older
    assert list(tmp_path.iterdir()) == [path]


def test_sum_of_an_array_depends_on_type_shape_and_values():
    x = np.arange(6, dtype=np.uint8)
    variants = [x, x.reshape(2, 3), x.astype(np.int8), x[::-1]]
    assert len({hash_array(variant) for variant in variants}) == 4
    assert hash_array(x) == hash_array(np.arange(12, dtype=np.uint8)[::2] // 2)
