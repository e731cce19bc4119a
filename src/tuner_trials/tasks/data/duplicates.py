"""Samples that a part shares with an earlier one: to the bit, or nearly.

A copy that was saved again, rounded or blurred is as good as the sample itself for a model that
learned from that, and none of its numbers need to be the same. What "nearly" means is taken from
the data: how near the nearest sample lies, compared to the fiftieth. Where samples lie in D
dimensions, chance brings the nearest within a share f of that distance with probability 50 f^D. D
is estimated from the neighbours themselves (Levina and Bickel, 2004, "Maximum likelihood estimation
of intrinsic dimension"), and f is such that chance makes less than one copy in a part. So the rows
of a table with one or two columns, which are near to each other anyway, are no copies.
"""

import hashlib
from collections.abc import Iterator, Mapping

import numpy as np

LOOKED_AT = 1000  # samples of a part at most: the distances to 56,000 images take a second
NEIGHBOURS = 50
NEAREST = 6  # of which the dimension close to a sample is estimated
LARGEST_SHARE = 0.2  # of the distance to the fiftieth
WIDTH = 128  # numbers of a sample that are compared: means over what stands side by side
LEVELS = 10  # a column of fewer different numbers is a code, and no sample is known by it
SHARE, SURE_SHARE = 0.02, 0.05  # of the samples of a part must be copies to be said
AT_ONCE = 100


def shared_samples(parts: Mapping[str, np.ndarray]) -> Iterator[str]:
    """Sentences on the samples of a part that are in an earlier part, too, or nearly so.

    Parameters
    ----------
    parts
        The samples of each, ``(n, ...)``, as the model sees them; the training part first.
    """
    names = list(parts)
    seen: set[bytes] = set()
    own = {}
    for name in names:
        own[name] = _digests(parts[name])
        if count := sum(digest in seen for digest in own[name]):
            of = f"of {len(own[name])} samples of the {name} part"
            yield f"{count} {of} are in an earlier part, too"
        seen.update(own[name])
    sketches = _sketches(parts)
    for place, name in enumerate(names[1:], 1):
        if not sketches:
            return
        earlier = np.concatenate([sketches[other] for other in names[:place]])
        near, looked_at = _nearly(sketches[name], earlier)
        if near:
            of = f"of {looked_at} samples of the {name} part"
            if looked_at < len(parts[name]):
                of += " that were looked at"
            yield (
                f"{near} {of} are nearly the same as one in an earlier part: copies that were"
                " rounded, saved again or changed a little? Then say by an array groups what"
                " belongs together"
            )


def _digests(x: np.ndarray) -> list[bytes]:
    return [hashlib.blake2b(row.tobytes(), digest_size=16).digest() for row in x]


def _sketches(parts: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The samples as rows of at most `WIDTH` numbers; nothing where these tell none apart."""
    first = next(iter(parts.values()))
    flat = first[:2000].reshape(min(len(first), 2000), -1)
    kept = np.ones(flat.shape[1], bool)
    if first.ndim == 2:
        kept = np.array([len(np.unique(column)) > LEVELS for column in flat.T])
    elif len(np.unique(flat[:AT_ONCE])) <= LEVELS:
        kept[:] = False
    if not kept.any():
        return {}
    return {name: _sketch(x.reshape(len(x), -1), kept) for name, x in parts.items()}


def _sketch(x: np.ndarray, kept: np.ndarray) -> np.ndarray:
    width = int(kept.sum())
    starts = np.arange(min(width, WIDTH)) * width // min(width, WIDTH)
    sketch = np.empty((len(x), len(starts)), np.float32)
    for start in range(0, len(x), AT_ONCE):
        rows = x[start : start + AT_ONCE, kept].astype(np.float32)
        sketch[start : start + AT_ONCE] = np.add.reduceat(rows, starts, axis=1)
    return sketch / np.diff([*starts, width]).astype(np.float32)


def _nearly(own: np.ndarray, earlier: np.ndarray) -> tuple[int, int]:
    """How many rows are near copies of earlier ones, 0 where chance may explain it; of how many."""
    different = dict(zip(_digests(earlier), range(len(earlier)), strict=True))
    new = [row for row, digest in enumerate(_digests(own)) if digest not in different]
    looked_at = np.random.default_rng(0).permutation(len(own))[:LOOKED_AT]
    rows = own[np.intersect1d(looked_at, np.array(new, int))]
    count = min(NEIGHBOURS, len(different) // 5)
    if count <= NEAREST or not len(rows):
        return 0, len(looked_at)
    distances = _neighbours(rows, earlier[sorted(different.values())], count)
    nearest, farthest = distances[:, 0], distances[:, -1]
    with np.errstate(divide="ignore"):
        # Of the logarithm of a distance to the next, times its place, the mean is 1 / D. Beyond the
        # last of several copies there is a step, so the largest of four is left out; the others of
        # four such numbers by chance have 0.64 of their mean.
        place = np.arange(2, NEAREST)
        steps = place * np.log(distances[:, 2:NEAREST] / distances[:, 1 : NEAREST - 1])
        close_by = 0.64 / np.sort(steps, axis=1)[:, :-1].mean()
        # Around each row, as far as the fiftieth.
        around = 1 / np.log(farthest[:, None] / distances[:, count // 5 : -1]).mean(1)
    dimension = np.minimum(np.minimum(close_by, around), own.shape[1])
    share = np.minimum(LARGEST_SHARE, (0.1 / (len(rows) * count)) ** (1 / dimension))
    near = int((nearest < share * farthest).sum())
    # Copies are much nearer than that; of what is near by chance, half is about as near as allowed.
    much_nearer = int((nearest < share * farthest / 2).sum())
    sure = near >= SURE_SHARE * len(looked_at) or (
        near >= SHARE * len(looked_at) and much_nearer >= 0.75 * near
    )
    return near if near >= 3 and sure else 0, len(looked_at)


def _neighbours(rows: np.ndarray, others: np.ndarray, count: int) -> np.ndarray:
    """The distances from each row to the ``count`` nearest others, in their order."""
    middle = others[:LOOKED_AT].mean(0)  # or large numbers would cancel each other
    rows, others = rows - middle, others - middle
    squares = np.einsum("ij,ij->i", others, others)
    distances = np.empty((len(rows), count))
    for start in range(0, len(rows), AT_ONCE):
        some = rows[start : start + AT_ONCE]
        about = squares - 2 * (some @ others.T)  # less each row's own square
        nearest = np.argpartition(about, count - 1, axis=1)[:, :count]
        exact = others[nearest].astype(np.float64) - some[:, None]
        distances[start : start + AT_ONCE] = np.sqrt((exact**2).sum(2))
    return np.sort(np.maximum(distances, np.finfo(np.float32).tiny), axis=1)
