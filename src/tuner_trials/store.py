"""The trial store: every training that was ever finished, found again by what it depends on.

A search that was killed is simply run again. The strategy asks the same questions, the store has
the answers, and nothing is trained twice. The store only saves time: without it every result is the
same. Any number of processes may use it at once, also over a network file system: a file is written
to a name of its own and renamed, and two that train the same write the same.
"""

import hashlib
import io
import json
import os
from collections.abc import Callable, Iterable
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from tuner_trials import seeds, training, trials
from tuner_trials.files import atomic_writer
from tuner_trials.search_space import Configuration
from tuner_trials.split import hash_array
from tuner_trials.training import State, Task
from tuner_trials.trials import Outcome, Trial, train

# A training depends on what these files say.
SOURCE = (training.__file__, trials.__file__, seeds.__file__)


def circumstances(task: Task, model: str | Path) -> dict[str, Any]:
    """What all trainings of a task depend on, besides configuration, epochs and seed."""
    return {
        "data": [
            hash_array(array.numpy())
            for part in (task.train, task.validation)
            for array in (part.x, part.y)
        ],
        "classes": task.classes,
        "batch_size": task.batch_size,
        "precision": task.precision,
        "model": _hash_file(model),
        "source": [_hash_file(path) for path in SOURCE],
        "versions": {name: version(name) for name in ("tensorflow", "keras", "numpy")},
        "onednn": os.environ.get("TF_ENABLE_ONEDNN_OPTS"),
        "devices": training.device_kinds(),
    }


class StoringTrainer:
    """A trainer that asks the store first, and leaves there what it had to train.

    Parameters
    ----------
    task
        What is trained.
    circumstances
        See `circumstances`.
    folder
        Of the store; None for one that goes with the trainer.
    epochs
        Of a full training. A shorter one may be continued, so its state is stored, too.
    say
        Told about files that are damaged or cannot be written.

    Attributes
    ----------
    trained
        Number of trainings that the store did not know.
    """

    def __init__(
        self,
        task: Task,
        circumstances: dict[str, Any],
        folder: str | Path | None,
        epochs: int,
        say: Callable[[str], None],
    ):
        self.task, self.circumstances, self.epochs, self.say = task, circumstances, epochs, say
        self.trained = 0
        self._scratch = None if folder else TemporaryDirectory(prefix="tuner-trials-")
        self.folder = Path(folder or self._scratch.name)

    def __call__(
        self, configuration: Configuration, epochs: int, seed: int, continues: int = 0
    ) -> Outcome:
        stored = self._read(configuration, epochs, seed)
        if stored:
            return stored[0]
        start = self._read(configuration, continues, seed) if continues else None
        # Without the state to start from, the training begins anew: the outcome is the same.
        history, state = (start[0].history, start[1]) if start and start[1] else (None, None)
        outcome, state = train(self.task, configuration, epochs, seed, history, state)
        self.trained += 1
        # Why a training failed may lie outside of it: memory, say. It gets another chance.
        if outcome.status != "failed":
            state = state if epochs < self.epochs else []
            self._write(configuration, epochs, seed, outcome, state)
        return outcome

    def drop_states(self, trials: Iterable[Trial]) -> None:
        """Keep the outcomes of a search that is over, but not the states it might have needed."""
        for trial in trials:
            stored = self._read(trial.configuration, trial.epochs, trial.seed)
            if stored and stored[1]:
                self._write(trial.configuration, trial.epochs, trial.seed, stored[0], [])

    def path(self, configuration: Configuration, epochs: int, seed: int) -> Path:
        """The file of a training."""
        question = [self.circumstances, configuration, epochs, seed]
        key = hashlib.sha256(json.dumps(question, sort_keys=True).encode()).hexdigest()
        return self.folder / key[:2] / f"{key}.trial"

    def _read(
        self, configuration: Configuration, epochs: int, seed: int
    ) -> tuple[Outcome, State] | None:
        path = self.path(configuration, epochs, seed)
        if not path.exists():
            return None
        checksum, _, content = path.read_bytes().partition(b"\n")
        if checksum != _checksum(content):
            self.say(f"{path} is damaged: its training is done again")
            return None
        with np.load(io.BytesIO(content)) as arrays:
            states = sorted((name for name in arrays.files if name.isdigit()), key=int)
            return Outcome(**json.loads(bytes(arrays["outcome"]))), [arrays[i] for i in states]

    def _write(
        self, configuration: Configuration, epochs: int, seed: int, outcome: Outcome, state: State
    ) -> None:
        """A line with the SHA-256 of the rest; then the outcome and the state as .npz."""
        path = self.path(configuration, epochs, seed)
        content = io.BytesIO()
        np.savez(
            content,
            configuration=_bytes(configuration),
            outcome=_bytes(asdict(outcome)),
            **{str(i): array for i, array in enumerate(state)},
        )
        try:
            with atomic_writer(path) as file:
                file.write(_checksum(content.getvalue()) + b"\n" + content.getvalue())
        except OSError as error:
            self.say(f"{path} cannot be written ({error}): this training is not kept")


def _checksum(content: bytes) -> bytes:
    return hashlib.sha256(content).hexdigest().encode()


def _bytes(value: Any) -> np.ndarray:
    return np.frombuffer(json.dumps(value).encode(), np.uint8)


def _hash_file(path: str | Path) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()
