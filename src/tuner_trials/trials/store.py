"""The trial store: every finished training, keyed by everything that it depends on.

A search that was killed is simply run again. The strategy makes the same suggestions, their
outcomes are read from the store, and nothing is trained twice. The store only saves time: without
it every result is the same. Any number of processes may use it at once, also over a network file
system: a file is written under a temporary name and renamed, and if two processes need the same
training, one waits for the other.
"""

import fcntl
import hashlib
import io
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from functools import partial
from inspect import getfile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from tuner_trials.foundation.files import atomic_writer
from tuner_trials.foundation.fingerprints import fingerprint, hash_file
from tuner_trials.foundation.paths import PACKAGE
from tuner_trials.space.search_space import Configuration
from tuner_trials.tasks.base import State, Task
from tuner_trials.tasks.data.arrays import hash_array
from tuner_trials.trials.trial import Outcome, Trial, train
from tuner_trials.user_code.imports import imported_files


def circumstances(
    task: Task, model_files: Iterable[str | Path], versions: dict[str, str]
) -> dict[str, Any]:
    """What all trainings of a task depend on, besides configuration, epochs and seed.

    Parameters
    ----------
    model_files
        The model's own file, and all that it imports or reads.
    versions
        Of the packages that a training depends on.
    """
    objective = task.objective
    code = imported_files(
        PACKAGE, PACKAGE / "trials/trial.py", PACKAGE / "tasks/loading.py", getfile(type(task))
    )
    return task.key() | {
        "objective": objective.described() | {"file": hash_file(objective.file)}
        if objective.file
        else objective.name,
        "outputs": task.outputs,
        "data": [
            hash_array(np.asarray(array))
            for part in (task.train, task.validation)
            for array in (part.x, part.labels, part.weights)
            if array is not None
        ],
        "model": [hash_file(file) for file in model_files],
        "source": fingerprint(code),
        "versions": versions,
    }


class Store:
    """Values by key, one file each. A key contains all that its value depends on.

    Parameters
    ----------
    folder
        Of the store; None for one that goes with this object.
    say
        Told about files that are damaged, or cannot be read or written.
    """

    def __init__(self, folder: str | Path | None, say: Callable[[str], None]):
        self.say = say
        if folder is None:
            self._scratch = TemporaryDirectory(prefix="tuner-trials-")
            folder = self._scratch.name
        self.folder = Path(folder)

    def path(self, key: Any) -> Path:
        """The file of a key, which is anything that JSON can write."""
        digest = hashlib.sha256(json.dumps(key, sort_keys=True).encode()).hexdigest()
        return self.folder / digest[:2] / f"{digest}.trial"

    def read(self, key: Any) -> tuple[dict[str, Any], State] | None:
        """The value and its state, if they are stored and undamaged; else None."""
        path = self.path(key)
        try:
            checksum, _, content = path.read_bytes().partition(b"\n")
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            self.say(f"{path} cannot be read ({error}): its training is done again")
            return None
        if checksum != _checksum(content):
            self.say(f"{path} is damaged: its training is done again")
            return None
        with np.load(io.BytesIO(content)) as arrays:
            states = sorted((name for name in arrays.files if name.isdigit()), key=int)
            return json.loads(bytes(arrays["value"])), [arrays[name] for name in states]

    def write(self, key: Any, value: dict[str, Any], state: State | None = None) -> None:
        """Keep a line with the SHA-256 of the rest; then key, value and state as .npz."""
        path = self.path(key)
        content = io.BytesIO()
        np.savez(
            content,
            allow_pickle=False,
            key=_bytes(key),
            value=_bytes(value),
            **{str(i): array for i, array in enumerate(state or [])},
        )
        try:
            with atomic_writer(path) as file:
                file.write(_checksum(content.getvalue()) + b"\n" + content.getvalue())
        except OSError as error:
            self.say(f"{path} cannot be written ({error}): this training is not kept")

    @contextmanager
    def alone(self, key: Any) -> Iterator[None]:
        """Lock a key against other processes; without effect where files cannot be locked.

        The operating system releases the lock when the process ends, however it ends.
        """
        path = self.path(key).with_suffix(".lock")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            file = path.open("w")
        except OSError:
            yield
            return
        with file:
            with suppress(OSError):
                fcntl.flock(file, fcntl.LOCK_EX)
            try:
                yield
            finally:
                with suppress(OSError):
                    path.unlink()


class StoringTrainer:
    """A trainer that asks the store first, and leaves there what it had to train.

    Parameters
    ----------
    task
        What is trained.
    circumstances
        See `circumstances`.
    store
        Where trainings are kept.
    epochs
        Of a full training. A shorter one may be continued, so its state is stored, too.

    Attributes
    ----------
    trained
        Number of trainings that the store did not know.
    """

    def __init__(self, task: Task, circumstances: dict[str, Any], store: Store, epochs: int):
        self.task, self.circumstances, self.store, self.epochs = task, circumstances, store, epochs
        self.trained = 0

    def __call__(
        self, configuration: Configuration, epochs: int, seed: int, continues: int = 0
    ) -> Outcome:
        key = self.key(configuration, epochs, seed)
        with self.store.alone(key):
            if stored := self.store.read(key):
                return Outcome(**stored[0])
            return self._train(key, configuration, epochs, seed, continues)

    def _train(
        self, key: Any, configuration: Configuration, epochs: int, seed: int, continues: int
    ) -> Outcome:
        start = None
        if continues:
            start = self.store.read(self.key(configuration, continues, seed))
        # Without the state to start from, the training begins anew: the outcome is the same.
        earlier = start[0] if start and start[1] else {}
        outcome, state = train(
            self.task,
            configuration,
            epochs,
            seed,
            earlier.get("history"),
            start[1] if start else None,
            earlier.get("epoch_seconds"),
        )
        self.trained += 1
        # A failure may have an external cause, such as a lack of memory, so it is not stored.
        if outcome.status != "failed":
            self.store.write(key, asdict(outcome), state if epochs < self.epochs else None)
        return outcome

    def begin(
        self, configuration: Configuration, epochs: int, seed: int, continues: int = 0
    ) -> Callable[[], Outcome]:
        """The same training, which takes place when its outcome is asked for."""
        return partial(self, configuration, epochs, seed, continues)

    def drop_states(self, trials: Iterable[Trial]) -> None:
        """Delete the stored states of a search that has ended, but keep its outcomes."""
        for trial in trials:
            key = self.key(trial.configuration, trial.epochs, trial.seed)
            stored = self.store.read(key)
            if stored and stored[1]:
                self.store.write(key, stored[0])

    def key(self, configuration: Configuration, epochs: int, seed: int) -> list[Any]:
        """All that a training depends on."""
        return [self.circumstances, configuration, epochs, seed]


def _checksum(content: bytes) -> bytes:
    return hashlib.sha256(content).hexdigest().encode()


def _bytes(value: Any) -> np.ndarray:
    return np.frombuffer(json.dumps(value).encode(), np.uint8)
