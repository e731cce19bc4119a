"""Arrays in files, and what tells one array from another."""

import hashlib
from pathlib import Path

import numpy as np

from tuner_trials.foundation.files import atomic_writer


def save_arrays(path: str | Path, arrays: dict[str, np.ndarray]) -> None:
    """Write an uncompressed ``.npz``, atomically; the same arrays give the same bytes."""
    with atomic_writer(path) as file:
        contiguous = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
        np.savez(file, allow_pickle=False, **contiguous)


def load_arrays(path: str | Path) -> dict[str, np.ndarray]:
    """Read what `save_arrays` wrote."""
    with np.load(path) as arrays:
        return dict(arrays)


def hash_array(array: np.ndarray) -> str:
    """Give the SHA-256 of an array's dtype, shape and bytes, in hexadecimal."""
    digest = hashlib.sha256(f"{array.dtype.str} {array.shape} ".encode())
    if array.size:
        flat = np.ascontiguousarray(array).reshape(-1)
        digest.update(flat.view(np.uint8).data)  # without a copy
    return digest.hexdigest()
