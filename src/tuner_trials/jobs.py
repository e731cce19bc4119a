"""What the training scripts have in common: the settings of their rule, turned into a task."""

from pathlib import Path

from tuner_trials.split import read_part
from tuner_trials.training import Part, Task, load_model_builder, use_one_thread


def load_task(
    train: str | Path, validation: str | Path, model: str, batch_size: int, precision: str
) -> Task:
    """Read the parts and the model builder, in a process that has not used TensorFlow yet.

    Parameters
    ----------
    train, validation
        Files of `tuner_trials.split.write_parts`.
    model
        A Python file with ``build_model``.
    batch_size, precision
        See `tuner_trials.training.Task`.
    """
    use_one_thread()
    x, y = read_part(train)
    return Task(
        load_model_builder(model),
        Part(x, y),
        Part(*read_part(validation)),
        # Labels are 0..k-1, and stratification leaves no class out of the training part.
        classes=int(y.max()) + 1,
        batch_size=batch_size,
        precision=precision,
    )
