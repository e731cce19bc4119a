"""Locks of the dead go, those of the living stay."""

import socket
import subprocess
import sys

import pytest

from tuner_trials.locks import alone, clear_stale_locks

ALIVE = """
import sys, time
from tuner_trials.locks import clear_stale_locks
alive = clear_stale_locks(sys.argv[1])
print("alive", flush=True)
time.sleep(60)
"""


@pytest.fixture
def folder(tmp_path):
    return tmp_path / ".snakemake"


@pytest.fixture
def another(folder):
    """Another process that runs in the folder and has locked a file there."""
    process = subprocess.Popen([sys.executable, "-c", ALIVE, folder], stdout=subprocess.PIPE)
    assert process.stdout.readline() == b"alive\n"
    (folder / "locks").mkdir()
    (folder / "locks/0.output.lock").write_text("results/mine/report.html\n")
    yield process
    process.kill()
    process.communicate()


def test_locks_of_a_run_that_was_killed_are_removed(folder, another):
    another.kill()
    another.wait()
    with clear_stale_locks(folder):
        assert not (folder / "locks").exists()


def test_locks_stay_while_anybody_is_alive(folder, another):
    with clear_stale_locks(folder), clear_stale_locks(folder):
        another.kill()
        another.wait()
        with clear_stale_locks(folder):  # the two above are
            assert (folder / "locks/0.output.lock").exists()
    with clear_stale_locks(folder):
        assert not (folder / "locks").exists()


def test_locks_stay_while_another_machine_may_be_alive(folder, another, monkeypatch, capfd):
    """Where the file system's locks are known to one machine alone, the other's are free here."""
    another.kill()
    another.wait()
    monkeypatch.setattr(socket, "gethostname", lambda: "login2")
    with clear_stale_locks(folder) as alive, alone(alive) as nobody_else:
        assert not nobody_else  # so that the other's cluster jobs stay, too
    assert (folder / "locks/0.output.lock").exists()
    [mark] = [path for path in folder.glob("alive-on-*") if "login2" not in path.name]
    assert f"{mark} says so. If none is, remove that file" in capfd.readouterr().err
    mark.unlink()
    with clear_stale_locks(folder) as alive, alone(alive) as nobody_else:
        assert nobody_else
    assert not (folder / "locks").exists()
    assert capfd.readouterr().err == ""


def test_the_machine_s_name_goes_with_its_last_run(folder, another):
    subprocess.run([sys.executable, "-c", ALIVE.replace("60", "0"), folder], check=True)
    [mark] = folder.glob("alive-on-*")  # the other run is still there
    another.kill()
    another.wait()
    assert mark.exists()
    subprocess.run([sys.executable, "-c", ALIVE.replace("60", "0"), folder], check=True)
    assert not mark.exists()
