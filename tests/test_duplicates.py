"""Samples that are in two parts, or nearly so, are counted; what is near by chance is not."""

import numpy as np
import pytest
from sklearn import datasets

from tuner_trials.tasks.data.duplicates import shared_samples

RNG = np.random.default_rng(0)
DIGITS = np.uint8(datasets.load_digits().images * 255 / 16)
N = 2000


def standardized(x):
    deviation = x.std(0)
    return ((x - x.mean(0)) / np.where(deviation == 0, 1, deviation)).astype(np.float32)


def said(x, seed=0):
    """What is said of three parts of the rows."""
    order = np.random.default_rng(seed).permutation(len(x))
    train, validation, test = np.split(x[order], [len(x) * 3 // 5, len(x) * 4 // 5])
    return list(shared_samples({"train": train, "validation": validation, "test": test}))


def noisy(x, deviation, share=0.3):
    """The rows, and of some a copy with noise."""
    copies = (
        x[: int(share * len(x))] + RNG.normal(size=(int(share * len(x)), *x.shape[1:])) * deviation
    )
    if x.dtype == np.uint8:
        copies = np.clip(np.rint(copies), 0, 255)
    return np.concatenate([x, copies.astype(x.dtype)])


def categories(count):
    return np.eye(count, dtype=np.float32)[RNG.integers(0, count, N)]


TUMOURS = standardized(datasets.load_breast_cancer().data)
MIXED = np.hstack([categories(5), categories(8), standardized(RNG.normal(size=(N, 6)))])


@pytest.mark.parametrize(
    "x",
    [
        noisy(DIGITS, 1),
        noisy(DIGITS, 5),
        noisy(DIGITS.reshape(len(DIGITS), -1), 3),
        noisy(DIGITS / np.float32(255), 0.01),
        noisy(np.repeat(DIGITS[..., None], 3, axis=3), 4),
        np.concatenate([DIGITS, np.clip(DIGITS[:600] + 4.0, 0, 255).astype("uint8")]),  # brighter
        noisy(TUMOURS, 1e-5),
        noisy(TUMOURS, 0.03),
        noisy(standardized(datasets.load_wine().data), 0.02),
        noisy(standardized(RNG.normal(size=(N, 10))), 0.01, share=1),
        np.vstack([MIXED, MIXED[:600].round(3)]),
        noisy(RNG.normal(size=(N, 40, 2)).astype("float32"), 0.05),
    ],
)
def test_copies_that_are_nearly_the_same_are_counted(x):
    lines = said(x)
    assert len(lines) == 2, lines
    for line, part in zip(lines, ("validation", "test"), strict=True):
        count, of, rows = line.split()[:3]
        assert f"samples of the {part} part are nearly the same" in line and of == "of"
        assert 0.1 < int(count) / int(rows) <= 1, line


def rows_of_few(different, columns):
    return standardized(RNG.normal(size=(different, columns)))[RNG.integers(0, different, N)]


@pytest.mark.parametrize(
    "x",
    [
        DIGITS,
        DIGITS.reshape(len(DIGITS), -1),
        TUMOURS,
        *(
            standardized(getattr(datasets, f"load_{n}")().data)
            for n in ("iris", "wine", "diabetes")
        ),
        *(standardized(RNG.normal(size=(N, columns))) for columns in (1, 2, 3, 5, 10, 30)),
        *(standardized(RNG.normal(size=(N, columns)).round(1)) for columns in (1, 2, 3, 5, 10)),
        standardized(np.exp(RNG.normal(0, 2, (N, 4)))),
        standardized(RNG.poisson(3, (N, 12)).astype(float)),
        standardized(np.where(RNG.random((N, 12)) < 0.7, 0, np.exp(RNG.normal(size=(N, 12))))),
        np.hstack([categories(5), categories(8), standardized(RNG.normal(size=(N, 1)))]),
        np.hstack([categories(6), categories(6), standardized(RNG.normal(size=(N, 3)))]),
        np.hstack([rows_of_few(30, 6), standardized(RNG.normal(size=(N, 1)))]),
        np.hstack([rows_of_few(100, 6), standardized(RNG.normal(size=(N, 1)))]),
        standardized(datasets.make_blobs(N, 20, centers=30, cluster_std=0.05, random_state=0)[0]),
        standardized(datasets.make_moons(N, noise=0.05, random_state=0)[0]),
        np.lib.stride_tricks.sliding_window_view(np.cumsum(RNG.normal(size=N)), 50)[..., None],
        np.zeros((50, 3)) + np.arange(50)[:, None],
    ],
)
def test_what_is_near_by_chance_is_not_counted(x):
    assert not [line for line in said(x) if "nearly" in line]


@pytest.mark.parametrize(
    "x",
    [
        (RNG.random((N, 30)) > 0.5).astype(np.float32),
        (RNG.random((N, 9, 9)) > 0.9).astype(np.float32),
        rows_of_few(20, 5),
        RNG.integers(0, 4, (N, 4)).astype(np.float32),
    ],
)
def test_tables_of_few_different_numbers_or_rows_have_no_near_copies(x):
    assert not [line for line in said(x) if "nearly" in line]


def test_of_a_large_part_a_thousand_samples_are_looked_at():
    lines = said(noisy(standardized(RNG.normal(size=(6000, 8))), 1e-3, share=1))
    assert all(
        " of 1000 samples of the " in line and "that were looked at" in line for line in lines
    )
    assert len(lines) == 2


def test_exact_copies_are_no_near_ones():
    lines = said(np.concatenate([TUMOURS, TUMOURS[:100]]))
    assert len(lines) == 2 and all("are in an earlier part, too" in line for line in lines)
