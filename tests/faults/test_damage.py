"""Files that are cut, changed or cannot be written are noticed, and made again."""

import gzip
import hashlib
import resource
import shutil
import subprocess
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from faults.project_copy import RESULTS, TRIALS
from tuner_trials.tasks.data.arrays import load_arrays
from tuner_trials.tasks.data.datasets import ARRAYS, FASHION_MNIST

pytestmark = pytest.mark.long


def test_damaged_files_of_the_store_are_reported_and_trained_again(finished, undisturbed):
    stored = sorted(finished.folder.glob("results/trial_store/*/*.trial"))
    # Those of trials, which have a learning curve; others are of retrained winners.
    truncated, flipped, *_ = (path for path in stored if b'"history"' in path.read_bytes())
    truncated.write_bytes(truncated.read_bytes()[:-100])
    content = bytearray(flipped.read_bytes())
    content[len(content) // 2] ^= 1
    flipped.write_bytes(content)
    for folder in ("random", "bayesian", "hyperband", "tables"):
        shutil.rmtree(finished.folder / RESULTS / folder)
    run = finished.run("tables")
    for file in (truncated, flipped):
        name = file.relative_to(finished.folder)
        assert f"{name} is damaged: its training is done again" in run.text
    assert len(run.trials()) == 2
    first = undisturbed.runs[0]
    everything = len(first.trials()) + len(first.trials(stored=True))
    assert len(run.trials(stored=True)) == everything - 2
    assert finished.tables() == undisturbed.tables()


@pytest.fixture
def upstream(tmp_path):
    """A server of its folder, which breaks off in the middle of a file while it is told to."""

    class Handler(SimpleHTTPRequestHandler):
        def copyfile(self, source, outputfile):
            content = source.read()
            outputfile.write(content[: len(content) // (2 if server.breaks_off else 1)])

    folder = tmp_path / "upstream"
    folder.mkdir()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=folder))
    server.folder, server.breaks_off = folder, False
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_a_download_that_breaks_off_leaves_nothing_and_is_made_again(copy, upstream):
    images = np.arange(0, 240, 5, dtype=np.uint8).reshape(12, 2, 2)
    classes = np.arange(12, dtype=np.uint8) % 2
    arrays = dict(zip(ARRAYS, [images, classes] * 2, strict=True))
    sums = {}
    for name, array in zip(FASHION_MNIST, arrays.values(), strict=True):
        header = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">i4").tobytes()
        content = header + array.tobytes()
        (upstream.folder / f"{name}.gz").write_bytes(gzip.compress(content))
        sums[name] = hashlib.sha256(content).hexdigest()
    # The copy looks for these files, there and nowhere else.
    with (copy.folder / "src/tuner_trials/tasks/data/datasets.py").open("a") as module:
        module.write(
            f"\nFASHION_MNIST, SYSTEM_ROOT = {sums}, Path('nowhere')\n"
            f"MIRRORS = ['http://127.0.0.1:{upstream.server_port}/']\n"
            "def _download_debian_package(folder):\n    raise DatasetError('none here')\n"
        )
    dataset = "results/datasets/fashion_mnist.npz"
    split = f"{RESULTS}/data/split.json"
    command = (split, "--config", "dataset={source: fashion_mnist}")

    upstream.breaks_off = True
    refused = copy.fail(*command).text
    assert "Fashion-MNIST cannot be had" in refused and "Traceback" not in refused
    assert [path.name for path in (copy.folder / "results").rglob("*.npz*")] == []
    upstream.breaks_off = False
    copy.run(*command)
    for key, array in load_arrays(copy.folder / dataset).items():
        np.testing.assert_array_equal(array, arrays[key])


@pytest.fixture
def disk(tmp_path):
    """A folder on a disk of its own; None where that is not allowed."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True).returncode:
        yield None
    else:
        yield folder
        subprocess.run(["umount", "--lazy", folder], check=True)


def test_a_run_on_a_full_disk_stops_and_goes_on_where_there_is_space(
    make_copy, undisturbed, disk, tmp_path
):
    copy = make_copy((disk or tmp_path) / "project")
    if disk:
        resize(disk, shutil.disk_usage(disk).used + 500_000)
        full = copy.fail(TRIALS)
        assert "No space left on device" in full.text
        resize(disk, 64_000_000)
    else:  # the next best: no file may be larger
        full = copy.fail(TRIALS, preexec_fn=partial(limit, resource.RLIMIT_FSIZE, 50_000))
        assert "File too large" in full.text
    copy.run("tables")
    assert copy.tables() == undisturbed.tables()


def resize(disk, size):
    subprocess.run(["mount", "-o", f"remount,size={size}", disk], check=True)


def limit(kind, size):
    resource.setrlimit(kind, (size, size))
