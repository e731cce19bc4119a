"""Train several trials of a search at once, in processes that load the task once each.

Snakemake runs jobs in parallel, but a search is one job. Where it keeps several trials open, their
trainings run in processes of its own.
"""

import multiprocessing
import os
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, nullcontext
from functools import cache, partial
from pathlib import Path
from typing import Any

from tuner_trials.foundation.errors import UserError
from tuner_trials.space.search_space import Configuration
from tuner_trials.trials.store import Store, StoringTrainer
from tuner_trials.trials.trainer_factory import load_trainer
from tuner_trials.trials.trial import Outcome, Trial

DIED = (
    "A process that trained has died; most often the system killed it because memory ran out. Start"
    " the run again: what was finished comes back from the trial store. With fewer cores fewer"
    " trials are trained at once, and the outcome is the same."
)


def load_trainers(
    threads: int, gpu_jobs: int, inputs: Any, settings: dict[str, Any], store: Store
) -> "AbstractContextManager[StoringTrainer | Workers]":
    """A trainer for as many trials at once as allowed: this process for one, else `Workers`.

    Parameters
    ----------
    threads, gpu_jobs
        Cores of the job, and trainings that may share the GPU; the smaller number counts.
    inputs, settings
        See `tuner_trials.tasks.loading.load_task`.
    store
        Shared by all, even if it is temporary: a trial may be continued by another process.
    """
    count = min(threads, gpu_jobs)
    if count == 1:
        return nullcontext(load_trainer(inputs, settings, store))
    return Workers(count, inputs, settings, store)


class Workers:
    """A `StoringTrainer` in each of ``count`` processes, used like one of them.

    To be used in a ``with`` statement. If that ends by an exception, the open trainings end, too.

    Raises
    ------
    UserError
        At the end of the ``with`` statement, if a process has died.

    Attributes
    ----------
    trained
        Number of trainings, of those whose outcome was asked for, that the store did not know.
    """

    def __init__(self, count: int, inputs: Any, settings: dict[str, Any], store: Store):
        self.store, self.trained = store, 0
        self._pool = ProcessPoolExecutor(
            count,
            multiprocessing.get_context("spawn"),  # TensorFlow does not survive a fork
            initializer=_prepare,
            initargs=(inputs, settings, self.store.folder),
        )
        others = set(multiprocessing.active_children())
        for _ in range(count):  # They load while the strategy starts.
            self._pool.submit(_load)
        # A tuner may have processes of its own, which are none of ours to end.
        self._processes = set(multiprocessing.active_children()) - others

    def __enter__(self) -> "Workers":
        return self

    def __exit__(self, kind: Any, error: BaseException | None, traceback: Any) -> None:
        if error:
            for process in self._processes:
                process.terminate()
        self._pool.shutdown()
        if isinstance(error, BrokenProcessPool):
            raise UserError(DIED) from error

    def begin(
        self, configuration: Configuration, epochs: int, seed: int, continues: int = 0
    ) -> Callable[[], Outcome]:
        """Begin a training; see `StoringTrainer`."""
        return self._submit("__call__", configuration, epochs, seed, continues)

    def drop_states(self, trials: Iterable[Trial]) -> None:
        """See `StoringTrainer.drop_states`."""
        self._submit("drop_states", list(trials))()

    def _submit(self, method: str, *arguments: Any) -> Callable[[], Any]:
        return partial(self._result, self._pool.submit(_call, method, *arguments))

    def _result(self, future: Future[Any]) -> Any:
        result, trained, said = future.result()
        self.trained += trained
        for line in said:
            self.store.say(line)
        return result


# What follows happens in a worker.

_arguments: tuple[Any, Any, Path]


def _prepare(*arguments: Any) -> None:
    global _arguments  # noqa: PLW0603 (a process's own)
    _arguments = arguments
    # A job that is killed cannot end its workers, which would wait for it forever.
    threading.Thread(target=_end_with_the_job, daemon=True).start()


def _end_with_the_job() -> None:
    if parent := multiprocessing.parent_process():
        parent.join()
    os._exit(1)


@cache
def _trainer() -> tuple[StoringTrainer, list[str]]:
    """The process's trainer, and the messages of its store."""
    inputs, settings, folder = _arguments
    said: list[str] = []
    return load_trainer(inputs, settings, Store(folder, said.append)), said


def _load() -> None:
    _trainer()


def _call(method: str, *arguments: Any) -> tuple[Any, int, list[str]]:
    """A method's result, the number of trainings that it took, and what was said."""
    trainer, said = _trainer()
    trained = trainer.trained
    result = getattr(trainer, method)(*arguments)
    lines = said.copy()
    said.clear()
    return result, trainer.trained - trained, lines
