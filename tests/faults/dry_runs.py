"""Dry runs in processes forked from one that has imported Snakemake, which takes half of each."""

import multiprocessing
import os
import sys
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile

from snakemake.cli import main


@contextmanager
def two_processes() -> Iterator[Executor]:
    """An executor for `plan`."""
    forked = multiprocessing.get_context("forkserver")
    forked.set_forkserver_preload([__name__])
    with ProcessPoolExecutor(2, mp_context=forked, max_tasks_per_child=1) as executor:
        yield executor


def plan(folder: Path, *arguments: str) -> tuple[int, str]:
    """Plan in a folder: exit status and output. It wants a process of its own."""
    os.chdir(folder)
    with TemporaryFile("w+") as output:
        for stream in (1, 2):
            os.dup2(output.fileno(), stream)
        status = 0
        try:
            main(["-n", "--nolock", "--cores", "1", *arguments])
        except SystemExit as end:
            status = int(end.code or 0)
        sys.stdout.flush()
        output.seek(0)
        return status, output.read()
