"""Datasets are found, verified, and refused with a reason; on files of a few images."""

import gzip
import hashlib
import http.server
import re
import socket
import tempfile
import threading
import time
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from tuner_trials.foundation.errors import DatasetError
from tuner_trials.tasks.data import datasets
from tuner_trials.tasks.data.datasets import fetch, fetch_fashion_mnist
from tuner_trials.tasks.data.registry import NAMED_DATASETS

NAMES = list(datasets.FASHION_MNIST)


def idx(array: np.ndarray) -> bytes:
    header = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">i4").tobytes()
    return header + array.tobytes()


def write_files(folder: Path, arrays: dict[str, np.ndarray], gzipped: bool = True) -> Path:
    folder.mkdir(parents=True)
    for name, array in zip(NAMES, arrays.values(), strict=True):
        if gzipped:
            (folder / f"{name}.gz").write_bytes(gzip.compress(idx(array)))
        else:
            (folder / name).write_bytes(idx(array))
    return folder


def assert_same(one: dict[str, np.ndarray], other: dict[str, np.ndarray]) -> None:
    assert list(one) == list(other)
    for name, array in one.items():
        assert array.dtype == other[name].dtype
        np.testing.assert_array_equal(array, other[name])


@pytest.fixture
def small(monkeypatch) -> dict[str, np.ndarray]:
    """Six images of 4x5 in the place of Fashion-MNIST: the sums are theirs from here on."""
    random = np.random.default_rng(0)
    arrays = {
        "x_train": random.integers(0, 256, (4, 4, 5), np.uint8),
        "y_train": np.array([3, 0, 9, 1], np.uint8),
        "x_test": random.integers(0, 256, (2, 4, 5), np.uint8),
        "y_test": np.array([2, 2], np.uint8),
    }
    sums = (hashlib.sha256(idx(array)).hexdigest() for array in arrays.values())
    monkeypatch.setattr(datasets, "FASHION_MNIST", dict(zip(NAMES, sums, strict=True)))
    return arrays


@pytest.fixture
def island(monkeypatch, tmp_path) -> Path:
    """A machine without the system's copy, network or apt; gives the folder that is its root.

    A download leaves nothing behind there.
    """
    root = tmp_path / "root"
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    (root / "bin").mkdir(parents=True)
    monkeypatch.setattr(datasets, "SYSTEM_ROOT", root)
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.setenv("PATH", str(root / "bin"))
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        monkeypatch.setattr(datasets, "MIRRORS", [f"http://127.0.0.1:{closed.getsockname()[1]}/"])
        yield root
    assert list(scratch.iterdir()) == []


@pytest.fixture
def serve(monkeypatch, island):
    """Serve a folder as one more mirror."""
    servers = []

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    def start(folder: Path) -> None:
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder))
        servers.append(server)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        mirrors = [*datasets.MIRRORS, f"http://127.0.0.1:{server.server_port}/"]
        monkeypatch.setattr(datasets, "MIRRORS", mirrors)

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def put_program(root: Path, name: str, script: str) -> None:
    program = root / "bin" / name
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)


@pytest.mark.parametrize("gzipped", [True, False])
def test_files_from_the_configured_folder_are_read_gzipped_or_not(small, tmp_path, gzipped):
    folder = write_files(tmp_path / "mine", small, gzipped)
    assert_same(fetch("fashion_mnist", str(folder)), small)


def test_arrays_from_files_can_be_written_to(small, tmp_path):
    arrays = fetch_fashion_mnist(str(write_files(tmp_path / "mine", small)))
    arrays["x_train"][0] = 0


def test_configured_folder_is_the_only_one_tried(small, island, tmp_path):
    write_files(island / datasets.DEBIAN_FOLDER, small)
    with pytest.raises(DatasetError, match=r"dataset\.path: .*nowhere is not a folder"):
        fetch_fashion_mnist(str(tmp_path / "nowhere"))


def test_missing_files_are_named(small, tmp_path):
    folder = write_files(tmp_path / "mine", small)
    (folder / f"{NAMES[1]}.gz").unlink()
    (folder / f"{NAMES[2]}.gz").unlink()
    with pytest.raises(DatasetError, match=f"{folder} lacks {NAMES[1]}, {NAMES[2]} "):
        fetch_fashion_mnist(str(folder))


def damage_content(archive: bytes) -> bytes:
    content = bytearray(gzip.decompress(archive))
    content[-1] ^= 1
    return gzip.compress(bytes(content))


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(damage_content, id="another image"),
        pytest.param(lambda archive: archive[:-20], id="truncated"),
        pytest.param(lambda archive: archive[:20] + bytes(9) + archive[29:], id="bytes lost"),
        pytest.param(lambda archive: b"<html>Please log in</html>", id="no archive"),
        pytest.param(lambda archive: b"", id="empty"),
    ],
)
def test_damaged_file_is_refused_with_its_name(small, tmp_path, damage):
    folder = write_files(tmp_path / "mine", small)
    file = folder / f"{NAMES[2]}.gz"
    file.write_bytes(damage(file.read_bytes()))
    with pytest.raises(DatasetError, match=f"dataset.path: {file} is damaged"):
        fetch_fashion_mnist(str(folder))


def test_system_copy_is_taken_where_it_is_installed(small, island, tmp_path):
    write_files(island / datasets.DEBIAN_FOLDER, small)
    assert_same(fetch_fashion_mnist(None), small)


def test_first_mirror_that_answers_is_downloaded_with_progress(small, serve, tmp_path, capsys):
    serve(write_files(tmp_path / "upstream", small))
    assert_same(fetch_fashion_mnist(None), small)
    assert "100%" in capsys.readouterr().err


def test_damaged_system_copy_and_mirror_give_way_to_the_next(small, island, serve, tmp_path):
    system = write_files(island / datasets.DEBIAN_FOLDER, small)
    (system / f"{NAMES[0]}.gz").write_bytes(b"")
    serve(system)
    serve(write_files(tmp_path / "upstream", small))
    assert_same(fetch_fashion_mnist(None), small)


def test_truncated_download_is_refused_with_its_name(small, serve, tmp_path):
    upstream = write_files(tmp_path / "upstream", small)
    file = upstream / f"{NAMES[0]}.gz"
    file.write_bytes(file.read_bytes()[:-9])
    serve(upstream)
    with pytest.raises(DatasetError, match=rf"- download from .*{NAMES[0]}\.gz is damaged"):
        fetch_fashion_mnist(None)


def test_mirror_without_the_files_is_a_reason(small, serve, tmp_path):
    (tmp_path / "empty").mkdir()
    serve(tmp_path / "empty")
    with pytest.raises(DatasetError, match=rf"404 .*{NAMES[0]}\.gz"):
        fetch_fashion_mnist(None)


def test_silent_network_does_not_hang(small, island, monkeypatch, tmp_path):
    monkeypatch.setattr(datasets, "DOWNLOAD_SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        monkeypatch.setattr(datasets, "MIRRORS", [f"http://127.0.0.1:{port}/"])
        start = time.monotonic()
        with pytest.raises(DatasetError, match=r"- download from .*timed out"):
            fetch_fashion_mnist(None)
    assert time.monotonic() - start < 5


def test_error_says_what_was_tried_and_where_to_put_the_files(small, island, tmp_path):
    with pytest.raises(DatasetError) as raised:
        fetch_fashion_mnist(None)
    first, system, upstream, apt, last = str(raised.value).splitlines()
    assert first.startswith("Fashion-MNIST cannot be had")
    assert system.endswith(f"{island / datasets.DEBIAN_FOLDER} is not a folder")
    assert datasets.MIRRORS[0] in upstream and "Connection refused" in upstream
    assert "No such file" in apt and apt.endswith("'apt-get'")
    assert all(name in last for name in NAMES) and last.endswith("dataset.path")


def test_errors_of_apt_are_a_reason(small, island, tmp_path):
    put_program(island, "apt-get", "echo W: old >&2; echo E: Unable to locate it >&2; exit 100")
    put_program(island, "dpkg-deb", "exit 1")
    with pytest.raises(DatasetError, match=r"- apt-get download .*: E: Unable to locate it; E:"):
        fetch_fashion_mnist(None)


def test_apt_that_never_ends_is_stopped(small, island, monkeypatch, tmp_path):
    monkeypatch.setattr(datasets, "APT_SECONDS", 0.3)
    put_program(island, "apt-get", "while :; do :; done")
    put_program(island, "dpkg-deb", "")
    with pytest.raises(DatasetError, match=r"apt-get took more than 0.3 seconds"):
        fetch_fashion_mnist(None)


def test_damaged_debian_package_is_a_reason(small, island, tmp_path):
    # A real package's download may be cut: dpkg-deb complains, or the sums do.
    put_program(island, "apt-get", ": > dataset-fashion-mnist_1_all.deb")
    put_program(island, "dpkg-deb", "echo 'dpkg-deb: error: unexpected end of file' >&2; exit 2")
    with pytest.raises(DatasetError, match="dpkg-deb: error: unexpected end of file"):
        fetch_fashion_mnist(None)


@pytest.mark.network
def test_debian_package_is_fetched_without_touching_the_system(monkeypatch, tmp_path):
    monkeypatch.setattr(datasets, "SYSTEM_ROOT", tmp_path)
    monkeypatch.setattr(datasets, "MIRRORS", [])
    try:
        arrays = fetch_fashion_mnist(None)
    except DatasetError as error:
        if not re.search("No such file|E: |took more than", str(error)):
            raise
        pytest.skip(f"this machine cannot fetch the package: {error}")
    assert arrays["x_train"].shape == (60_000, 28, 28)


def test_digits_span_the_bytes_and_have_no_test_part():
    digits = fetch("digits", None)
    assert list(digits) == ["x_train", "y_train"]
    assert digits["x_train"].shape == (1797, 8, 8) and digits["x_train"].dtype == np.uint8
    assert digits["x_train"].min() == 0 and digits["x_train"].max() == 255
    assert len(np.unique(digits["x_train"])) == 17
    assert digits["y_train"].dtype == np.uint8 and set(digits["y_train"]) == set(range(10))


def test_every_named_dataset_can_be_fetched(small, tmp_path):
    paths = {"fashion_mnist": str(write_files(tmp_path / "mine", small))}
    for name, dataset in NAMED_DATASETS.items():
        assert (name in paths) == dataset.takes_path
        assert "x_train" in fetch(name, paths.get(name))
