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
from dataclasses import asdict, fields
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from tuner_trials import training
from tuner_trials.contract import training_versions
from tuner_trials.data.arrays import hash_array
from tuner_trials.files import atomic_writer
from tuner_trials.fingerprints import fingerprint, hash_file
from tuner_trials.imports import imported_files
from tuner_trials.search_space import Configuration
from tuner_trials.training import State, Task
from tuner_trials.trials import Outcome, Trial, train


def circumstances(task: Task, model_files: Iterable[str | Path]) -> dict[str, Any]:
    """What all trainings of a task depend on, besides configuration, epochs and seed.

    Parameters
    ----------
    model_files
        The model's own file, and all that it imports or reads.
    """
    by_content = {"build_model", "train", "validation"}
    settings = {
        field.name: getattr(task, field.name)
        for field in fields(task)
        if field.name not in by_content
    }
    return settings | {
        "data": [
            hash_array(np.asarray(array))
            for part in (task.train, task.validation)
            for array in (part.x, part.y, part.weights)
            if array is not None
        ],
        "model": [hash_file(file) for file in model_files],
        "keras": training.KERAS_SETTINGS,
        "source": fingerprint(imported_files(PACKAGE, PACKAGE / "trials.py")),
        "versions": training_versions(),
        "onednn": os.environ.get("TF_ENABLE_ONEDNN_OPTS"),
        "devices": training.device_kinds(),
    }


PACKAGE = Path(__file__).parent


class Store:
    """Answers to questions, a file each. A question holds all that its answer depends on.

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

    def path(self, question: Any) -> Path:
        """The file of an answer to anything that JSON can write."""
        key = hashlib.sha256(json.dumps(question, sort_keys=True).encode()).hexdigest()
        return self.folder / key[:2] / f"{key}.trial"

    def read(self, question: Any) -> tuple[dict[str, Any], State] | None:
        """The answer and the state that goes with it, if they are there and whole."""
        path = self.path(question)
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
            return json.loads(bytes(arrays["answer"])), [arrays[name] for name in states]

    def write(self, question: Any, answer: dict[str, Any], state: State | None = None) -> None:
        """Keep a line with the SHA-256 of the rest; then question, answer and state as .npz."""
        path = self.path(question)
        content = io.BytesIO()
        np.savez(
            content,
            allow_pickle=False,
            question=_bytes(question),
            answer=_bytes(answer),
            **{str(i): array for i, array in enumerate(state or [])},
        )
        try:
            with atomic_writer(path) as file:
                file.write(_checksum(content.getvalue()) + b"\n" + content.getvalue())
        except OSError as error:
            self.say(f"{path} cannot be written ({error}): this training is not kept")


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
        question = self.question(configuration, epochs, seed)
        if stored := self.store.read(question):
            return Outcome(**stored[0])
        start = None
        if continues:
            start = self.store.read(self.question(configuration, continues, seed))
        # Without the state to start from, the training begins anew: the outcome is the same.
        history, state = (start[0]["history"], start[1]) if start and start[1] else (None, None)
        outcome, state = train(self.task, configuration, epochs, seed, history, state)
        self.trained += 1
        # Why a training failed may lie outside of it: memory, say. It gets another chance.
        if outcome.status != "failed":
            self.store.write(question, asdict(outcome), state if epochs < self.epochs else None)
        return outcome

    def begin(
        self, configuration: Configuration, epochs: int, seed: int, continues: int = 0
    ) -> Callable[[], Outcome]:
        """The same training, which takes place when its outcome is asked for."""
        return partial(self, configuration, epochs, seed, continues)

    def drop_states(self, trials: Iterable[Trial]) -> None:
        """Keep the outcomes of a search that is over, but not the states it might have needed."""
        for trial in trials:
            question = self.question(trial.configuration, trial.epochs, trial.seed)
            stored = self.store.read(question)
            if stored and stored[1]:
                self.store.write(question, stored[0])

    def question(self, configuration: Configuration, epochs: int, seed: int) -> list[Any]:
        """All that a training depends on."""
        return [self.circumstances, configuration, epochs, seed]


def _checksum(content: bytes) -> bytes:
    return hashlib.sha256(content).hexdigest().encode()


def _bytes(value: Any) -> np.ndarray:
    return np.frombuffer(json.dumps(value).encode(), np.uint8)
