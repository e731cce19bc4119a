"""Get a dataset: find it, verify it, and give it as arrays.

A dataset is a dictionary of arrays: ``x_train`` (uint8, ``(n, height, width)``, 0..255) and
``y_train`` (class numbers, uint8, ``(n,)``); and where its authors set a test part apart,
``x_test`` and ``y_test``.
"""

import gzip
import hashlib
import os
import queue
import shutil
import subprocess
import tempfile
import threading
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pooch
import sklearn.datasets
from tqdm import tqdm

from tuner_trials.data.arrays import load_arrays, save_arrays
from tuner_trials.errors import DatasetError


class IdxFile(NamedTuple):
    """A file of upstream's and the SHA-256 of its content, decompressed.

    Distributors compress the same content to different bytes, so the archives' sums are no use.
    """

    name: str
    sha256: str


FASHION_MNIST = {
    "x_train": IdxFile(
        "train-images-idx3-ubyte",
        "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
    ),
    "y_train": IdxFile(
        "train-labels-idx1-ubyte",
        "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
    ),
    "x_test": IdxFile(
        "t10k-images-idx3-ubyte",
        "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
    ),
    "y_test": IdxFile(
        "t10k-labels-idx1-ubyte",
        "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
    ),
}
UPSTREAM = "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"
UPSTREAM_SECONDS = 10
DEBIAN_PACKAGE = "dataset-fashion-mnist"
DEBIAN_FOLDER = "usr/share/datasets/fashion-mnist"
SYSTEM_ROOT = Path("/")
APT_SECONDS = 300


def fetch(source: str, path: str | None, scratch: Path) -> dict[str, np.ndarray]:
    """Get one of the `tuner_trials.data.named.NAMED_DATASETS`.

    ``path`` and ``scratch`` are those of `fetch_fashion_mnist`. Raises `DatasetError` where the
    dataset cannot be had.
    """
    match source:
        case "fashion_mnist":
            return fetch_fashion_mnist(path, scratch)
        case "digits":
            return load_digits()
    raise ValueError(f"{source} is no dataset that can be fetched")


def cached(source: str, path: str | None, folder: Path, say: Callable[[str], None]) -> Path:
    """One of the named datasets as an ``.npz`` in a folder that experiments share.

    It is got if it is not there, or cannot be read; a file appears once it is whole, so that any
    number of experiments may look at once. ``path`` is that of `fetch_fashion_mnist`.
    """
    file = folder / f"{source}.npz"
    try:
        load_arrays(file)
    except FileNotFoundError:
        pass
    except (OSError, ValueError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        say(f"{file} is damaged ({error}): it is made again")
    else:
        return file
    with tempfile.TemporaryDirectory() as scratch:
        arrays = fetch(source, path, Path(scratch))
    save_arrays(file, arrays)
    say(f"{source}: {len(arrays['y_train'])} training samples, kept as {file}")
    return file


def load_digits() -> dict[str, np.ndarray]:
    """Give scikit-learn's 1,797 handwritten digits, 8x8, their 0..16 spread over uint8's 0..255.

    There is no test part: `tuner_trials.data.split.split` sets one apart.
    """
    digits = sklearn.datasets.load_digits()
    return {
        "x_train": np.rint(digits.images * 255 / 16).astype(np.uint8),
        "y_train": digits.target.astype(np.uint8),
    }


def fetch_fashion_mnist(path: str | None, scratch: Path) -> dict[str, np.ndarray]:
    """Get Fashion-MNIST, 60,000 images of 28x28 for training and 10,000 for testing, all uint8.

    Parameters
    ----------
    path
        A folder with upstream's four files, gzipped or not: then no other source is tried. None
        tries the system's copy, the upstream download, and Debian's package, in this order.
    scratch
        A folder for downloads, made if it is missing, and left as it was.

    Raises `DatasetError` if no source has the four files with their SHA-256 sums; the message has
    the reason of each, and what the user can do.
    """
    if path is not None:
        try:
            return read_folder(Path(path).expanduser())
        except (DatasetError, OSError) as error:
            raise DatasetError(f"dataset.path: {error}") from error

    sources = {
        f"the system's copy (Debian's package {DEBIAN_PACKAGE})": _read_system_copy,
        f"download from {UPSTREAM}": _download_upstream,
        f"apt-get download {DEBIAN_PACKAGE}": _download_debian_package,
    }
    reasons = []
    for name, get in sources.items():
        try:
            return get(scratch)
        except (DatasetError, OSError) as error:
            reasons.append(f"- {name}: {error}")
    names = ", ".join(file.name for file in FASHION_MNIST.values())
    advice = (
        f"Put {names} (each as it is or with .gz) into a folder, and name the folder in the "
        "configuration: dataset.path"
    )
    raise DatasetError("\n".join(["Fashion-MNIST cannot be had. Tried:", *reasons, advice]))


def read_folder(folder: Path) -> dict[str, np.ndarray]:
    """Read and verify Fashion-MNIST's four files; raise `DatasetError` if one is not right."""
    if not folder.is_dir():
        raise DatasetError(f"{folder} is not a folder")
    files = {key: _plain_or_gzipped(folder, file.name) for key, file in FASHION_MNIST.items()}
    if missing := [FASHION_MNIST[key].name for key, found in files.items() if found is None]:
        raise DatasetError(f"{folder} lacks {', '.join(missing)} (or the same with .gz)")
    return {
        key: read_idx(found, FASHION_MNIST[key].sha256) for key, found in files.items() if found
    }


def read_idx(path: Path, sha256: str) -> np.ndarray:
    """Read a file in the IDX format of MNIST into a uint8 array, after verifying its content.

    The format: two zero bytes, the code of the type (8: uint8), the number of axes, each axis'
    length as a big-endian int32, the values. Raises `DatasetError` if the file cannot be read or
    decompressed, or if its content has not the sum ``sha256``.
    """
    try:
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    except (OSError, EOFError, zlib.error) as error:
        raise DatasetError(f"{path} is damaged or cannot be read: {error}") from error
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise DatasetError(f"{path} is damaged: its content has SHA-256 {found}, not {sha256}")
    axes = content[3]
    shape = np.frombuffer(content, ">i4", count=axes, offset=4)
    return np.frombuffer(content, np.uint8, offset=4 + 4 * axes).reshape(shape).copy()


def _plain_or_gzipped(folder: Path, name: str) -> Path | None:
    candidates = (folder / name, folder / f"{name}.gz")
    return next((path for path in candidates if path.is_file()), None)


@contextmanager
def _temporary_folder(scratch: Path) -> Iterator[Path]:
    scratch.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=scratch, prefix="fashion-mnist-") as folder:
        yield Path(folder).resolve()


def _read_system_copy(scratch: Path) -> dict[str, np.ndarray]:
    return read_folder(SYSTEM_ROOT / DEBIAN_FOLDER)


def _download_upstream(scratch: Path) -> dict[str, np.ndarray]:
    _check_upstream()
    with _temporary_folder(scratch) as folder:
        for file in FASHION_MNIST.values():
            name = f"{file.name}.gz"
            # Pooch takes no bar without a total, and sets the right one when the server says it.
            with tqdm(desc=name, total=1, unit="B", unit_scale=True) as progress:
                download = pooch.HTTPDownloader(
                    progressbar=progress, chunk_size=2**16, timeout=UPSTREAM_SECONDS
                )
                download(UPSTREAM + name, str(folder / name), None)
        return read_folder(folder)


def _check_upstream() -> None:
    """Raise `DatasetError` unless upstream answers within ``UPSTREAM_SECONDS``.

    It is asked from a thread, since no timeout covers the lookup of its name, and the one for
    connecting starts anew with each of its addresses: a blocked network would cost a minute.
    """
    answers: queue.Queue[str | None] = queue.Queue()

    def ask() -> None:
        url = f"{UPSTREAM}{FASHION_MNIST['y_test'].name}.gz"
        head = pooch.HTTPDownloader(timeout=UPSTREAM_SECONDS)
        try:
            there = head(url, None, None, check_only=True)
            answers.put(None if there else f"{url} is not there")
        except OSError as error:
            # The reason proper, without the two exceptions that requests and urllib3 wrap it in.
            reason = getattr(next(iter(error.args), None), "reason", error)
            answers.put(f"no connection: {reason}")

    threading.Thread(target=ask, daemon=True).start()
    try:
        complaint = answers.get(timeout=UPSTREAM_SECONDS)
    except queue.Empty:
        complaint = f"no answer within {UPSTREAM_SECONDS} seconds"
    if complaint:
        raise DatasetError(complaint)


def _download_debian_package(scratch: Path) -> dict[str, np.ndarray]:
    for tool in ("apt-get", "dpkg-deb"):
        if shutil.which(tool) is None:
            raise DatasetError(f"there is no {tool} on this machine")
    with _temporary_folder(scratch) as folder:
        apt = ["apt-get", "-qq", *_apt_options(folder)]
        # `update` also fails for a broken source that does not matter here: `download` decides.
        updated = _run([*apt, "update"], folder)
        downloaded = _run([*apt, "download", DEBIAN_PACKAGE], folder)
        packages = sorted(folder.glob("*.deb"))
        if downloaded.returncode or not packages:
            raise DatasetError(_complaint(updated, downloaded))
        unpacked = _run(["dpkg-deb", "-x", str(packages[0]), str(folder)], folder)
        if unpacked.returncode:
            raise DatasetError(_complaint(unpacked))
        return read_folder(folder / DEBIAN_FOLDER)


def _apt_options(folder: Path) -> list[str]:
    """Make apt write in ``folder`` alone, so that it needs no root and changes nothing else."""
    for name in ("lists", "cache/archives"):
        (folder / name / "partial").mkdir(parents=True)
    options = {
        "Dir::State::Lists": folder / "lists",
        "Dir::Cache": folder / "cache",
        "Debug::NoLocking": 1,
        # As root, apt downloads as a user of its own, who may not enter the folder.
        "APT::Sandbox::User": "root",
        # Without this, an update without a network succeeds, and the reason is lost.
        "APT::Update::Error-Mode": "any",
        "Acquire::Languages": "none",
        "Acquire::Retries": 1,
        "Acquire::http::Timeout": 10,
        "Acquire::https::Timeout": 10,
    }
    return [word for key, value in options.items() for word in ("-o", f"{key}={value}")]


def _run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            command,
            check=False,
            cwd=folder,
            env=os.environ | {"LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=APT_SECONDS,
        )
    except subprocess.TimeoutExpired as error:
        raise DatasetError(f"{command[0]} took more than {APT_SECONDS} seconds") from error


def _complaint(*commands: subprocess.CompletedProcess[str]) -> str:
    """Give the first error that each of the commands reported."""
    lines = [
        next((line for line in command.stderr.splitlines() if "E:" in line or "error:" in line), "")
        for command in commands
    ]
    return "; ".join(filter(None, lines)) or f"{commands[-1].args[0]} failed without a word"
