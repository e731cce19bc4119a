"""Get a dataset: find it, verify it, and give it as arrays.

A dataset is a dictionary of arrays: ``x_train`` (uint8, ``(n, height, width)``, 0..255) and
``y_train`` (class numbers, uint8, ``(n,)``); and where its authors set a test part apart,
``x_test`` and ``y_test``.
"""

import gzip
import hashlib
import os
import subprocess
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pooch
import sklearn.datasets

from tuner_trials.foundation.errors import DatasetError
from tuner_trials.tasks.data.arrays import load_arrays, save_arrays

# Upstream's files, and the SHA-256 of what is in them: distributors compress the same content to
# different bytes, so sums of the archives are no use.
FASHION_MNIST = {
    "train-images-idx3-ubyte": "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
    "train-labels-idx1-ubyte": "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
    "t10k-images-idx3-ubyte": "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
    "t10k-labels-idx1-ubyte": "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
}
ARRAYS = ("x_train", "y_train", "x_test", "y_test")  # one in each of them
MIRRORS = (
    "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
    "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/",
)
DOWNLOAD_SECONDS = 5  # within which a mirror must answer, and send more
DEBIAN_PACKAGE = "dataset-fashion-mnist"
DEBIAN_FOLDER = "usr/share/datasets/fashion-mnist"
SYSTEM_ROOT = Path("/")
APT_SECONDS = 300


def fetch(source: str, path: str | None) -> dict[str, np.ndarray]:
    """Fetch one of the `tuner_trials.tasks.data.registry.NAMED_DATASETS`.

    ``path`` is that of `fetch_fashion_mnist`. Raises `DatasetError` if the dataset cannot be
    obtained.
    """
    match source:
        case "fashion_mnist":
            return fetch_fashion_mnist(path)
        case "digits":
            return load_digits()
        case "breast_cancer" | "diabetes":
            table = getattr(sklearn.datasets, f"load_{source}")()
            return {
                "x_train": table.data,
                "y_train": table.target,
                "column_names": np.array(table.feature_names),
            }
    raise ValueError(f"{source} is no dataset that can be fetched")


def cached(source: str, path: str | None, folder: Path, say: Callable[[str], None]) -> Path:
    """One of the named datasets as an ``.npz`` in a folder that experiments share.

    It is fetched if it is missing or cannot be read; a file appears only once it is complete, so
    any number of experiments may use it at once. ``path`` is that of `fetch_fashion_mnist`.
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
    arrays = fetch(source, path)
    save_arrays(file, arrays)
    say(f"{source}: {len(arrays['y_train'])} training samples, kept as {file}")
    return file


def load_digits() -> dict[str, np.ndarray]:
    """Give scikit-learn's 1,797 handwritten digits, 8x8, their 0..16 spread over uint8's 0..255.

    There is no test part: `tuner_trials.tasks.data.split.split` sets one apart.
    """
    digits = sklearn.datasets.load_digits()
    return {
        "x_train": np.rint(digits.images * 255 / 16).astype(np.uint8),
        "y_train": digits.target.astype(np.uint8),
    }


def fetch_fashion_mnist(path: str | None) -> dict[str, np.ndarray]:
    """Get Fashion-MNIST, 60,000 images of 28x28 for training and 10,000 for testing, all uint8.

    Parameters
    ----------
    path
        A folder with upstream's four files, gzipped or not: then no other source is tried. None
        tries the system's copy, the mirrors, and Debian's package, in this order.

    Raises `DatasetError` if no source has the four files with their SHA-256 sums; the message has
    the reason of each, and what the user can do.
    """
    if path is not None:
        try:
            return read_folder(Path(path).expanduser())
        except (DatasetError, OSError) as error:
            raise DatasetError(f"dataset.path: {error}") from error

    sources: dict[str, Callable[[Path], Path]] = {
        f"the system's copy (Debian's package {DEBIAN_PACKAGE})": lambda _: (
            SYSTEM_ROOT / DEBIAN_FOLDER
        ),
        **{f"download from {mirror}": partial(_download, mirror) for mirror in MIRRORS},
        f"apt-get download {DEBIAN_PACKAGE}": _download_debian_package,
    }
    reasons = []
    for name, get in sources.items():
        with tempfile.TemporaryDirectory() as scratch:
            try:
                return read_folder(get(Path(scratch)))
            except (DatasetError, OSError) as error:
                # The reason proper, without the exceptions that requests and urllib3 wrap it in.
                reason = getattr(next(iter(error.args), None), "reason", error)
                reasons.append(f"- {name}: {reason}")
    advice = (
        f"Put {', '.join(FASHION_MNIST)} (each as it is or with .gz) into a folder, and name the"
        " folder in the configuration: dataset.path"
    )
    raise DatasetError("\n".join(["Fashion-MNIST cannot be had. Tried:", *reasons, advice]))


def read_folder(folder: Path) -> dict[str, np.ndarray]:
    """Read and verify Fashion-MNIST's four files; raise `DatasetError` if one is not right."""
    if not folder.is_dir():
        raise DatasetError(f"{folder} is not a folder")
    files = {
        name: [path for path in (folder / name, folder / f"{name}.gz") if path.is_file()]
        for name in FASHION_MNIST
    }
    if missing := [name for name, found in files.items() if not found]:
        raise DatasetError(f"{folder} lacks {', '.join(missing)} (or the same with .gz)")
    arrays = [read_idx(found[0], FASHION_MNIST[name]) for name, found in files.items()]
    return dict(zip(ARRAYS, arrays, strict=True))


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


def _download(mirror: str, folder: Path) -> Path:
    files = pooch.create(folder, mirror, registry=dict.fromkeys(f"{n}.gz" for n in FASHION_MNIST))
    for name in files.registry:
        files.fetch(
            name, downloader=pooch.HTTPDownloader(progressbar=True, timeout=DOWNLOAD_SECONDS)
        )
    return folder


def _download_debian_package(folder: Path) -> Path:
    """Let apt and dpkg-deb write in ``folder`` alone: that needs no root, and installs nothing."""
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
        "Acquire::http::Timeout": 10,  # also of https
    }
    apt = ["apt-get", "-qq", *(f"-o{key}={value}" for key, value in options.items())]
    # `update` also fails for a broken source that does not matter here: `download` decides.
    problems = [_run([*apt, "update"], folder), _run([*apt, "download", DEBIAN_PACKAGE], folder)]
    for package in folder.glob("*.deb"):
        problems = [_run(["dpkg-deb", "-x", str(package), str(folder)], folder)]
    if problems[-1]:
        raise DatasetError("; ".join(filter(None, problems)))
    return folder / DEBIAN_FOLDER


def _run(command: list[str], folder: Path) -> str:
    """Run a command and give its first error; none if it succeeds."""
    try:
        done = subprocess.run(
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
    errors = [line for line in done.stderr.splitlines() if "E:" in line or "error:" in line]
    return (errors or [f"{command[0]} failed without a word"])[0] if done.returncode else ""
