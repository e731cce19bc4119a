"""A TensorBoard log: a run a trial, with its curves as scalars and its row in HParams."""

from collections.abc import Iterator
from pathlib import Path

from tuner_trials.export import INSTALL, ExportedTrial, ExportError, discrete_values
from tuner_trials.space.search_space import Float, Hyperparameter, Int, SearchSpace

try:
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.compat.proto.summary_pb2 import Summary
    from tensorboard.plugins.hparams import metadata
    from tensorboard.plugins.hparams.api_pb2 import STATUS_FAILURE, STATUS_SUCCESS
    from tensorboard.plugins.hparams.plugin_data_pb2 import HParamsPluginData, SessionEndInfo

    # What tensorboard.plugins.hparams.api exports; but that imports TensorFlow.
    from tensorboard.plugins.hparams.summary_v2 import (
        Discrete,
        Domain,
        HParam,
        IntInterval,
        Metric,
        RealInterval,
        hparams_config_pb,
        hparams_pb,
    )
    from tensorboard.summary.writer.record_writer import RecordWriter
except ModuleNotFoundError as error:
    raise ExportError(INSTALL.format(error.name)) from None

VERSION = "brain.Event:2"  # of the format, as every event file begins
METRICS = {
    "best_validation": Metric.VALIDATION,
    "validation": Metric.VALIDATION,
    "validation_loss": Metric.VALIDATION,
    "train_loss": Metric.TRAINING,
}
# Who tried a configuration, to filter by. The dots keep them apart from any hyperparameter.
SEARCH = {"search.strategy": "strategy", "search.repeat": "repeat"}


def write_tensorboard_log(
    folder: Path, searches: dict[str, list[ExportedTrial]], space: SearchSpace
) -> None:
    """Write an event file for the experiment, and one a trial (``bayesian/repeat-0/trial-007``).

    The scalars of a trial are its curves by epoch; ``best_validation``, the best value of the
    objective, at its epoch; and ``test``, one step per retraining, if it is the incumbent that was
    tested. A trial that diverged or failed has the status *failure* and no value.

    TensorBoard wants times, which the tables know as seconds since a search began: so all searches
    begin at 0, which is 1 January 1970. The epochs of a trial have no times of their own and all
    stand at its end. The content follows from the tables.
    """
    strategies = sorted(
        {trial.facts["strategy"] for trials in searches.values() for trial in trials}
    )
    repeats = max(trial.facts["repeat"] for trials in searches.values() for trial in trials)
    columns = [
        HParam("search.strategy", Discrete(strategies)),
        HParam("search.repeat", IntInterval(0, repeats)),
        *(HParam(name, _domain(hyperparameter)) for name, hyperparameter in space.items()),
    ]
    metrics = [Metric(tag, dataset_type=part) for tag, part in METRICS.items()]
    experiment = hparams_config_pb(columns, metrics, time_created_secs=0.0)
    _write(folder, [Event(summary=experiment)])
    for name, trials in searches.items():
        for trial in trials:
            run = f"{name}/trial-{trial.number:03d}"
            _write(folder / run, _events(trial, run))


def _events(trial: ExportedTrial, run: str) -> Iterator[Event]:
    who = {name: trial.facts[fact] for name, fact in SEARCH.items()}
    # A row of its own, also where another trial has the same configuration.
    start = hparams_pb(who | trial.configuration, trial_id=run, start_time_secs=trial.started)
    yield Event(wall_time=trial.started, summary=start)
    for row in trial.curves.to_dict("records"):
        epoch = row.pop("epoch")
        for tag, value in row.items():
            if value == value:  # the loss of a trial that diverged is missing
                yield _scalar(trial, tag, epoch, value)
    completed = trial.facts["status"] == "completed"
    if completed:
        best_epoch, best = trial.facts["best_epoch"], trial.facts["validation"]
        yield _scalar(trial, "best_validation", best_epoch, best)
    for retraining, value in enumerate(trial.test_values):
        yield _scalar(trial, "test", retraining, value)
    status = STATUS_SUCCESS if completed else STATUS_FAILURE
    end = SessionEndInfo(status=status, end_time_secs=trial.ended)
    value = Summary.Value(
        tag=metadata.SESSION_END_INFO_TAG,
        metadata=metadata.create_summary_metadata(HParamsPluginData(session_end_info=end)),
    )
    yield Event(wall_time=trial.ended, summary=Summary(value=[value]))


def _scalar(trial: ExportedTrial, tag: str, step: int, value: float) -> Event:
    values = [Summary.Value(tag=tag, simple_value=value)]
    return Event(wall_time=trial.ended, step=step, summary=Summary(value=values))


def _write(folder: Path, events: list[Event] | Iterator[Event]) -> None:
    """Write a run's event file; TensorBoard's own writer would put time and host into its name."""
    folder.mkdir(parents=True)
    with (folder / "events.out.tfevents").open("wb") as file:
        writer = RecordWriter(file)
        for event in [Event(file_version=VERSION), *events]:
            writer.write(event.SerializeToString())


def _domain(hyperparameter: Hyperparameter) -> Domain:
    match hyperparameter:
        case Int(low=low, high=high):
            return IntInterval(low, high)
        case Float(low=low, high=high):
            return RealInterval(low, high)
    return Discrete(discrete_values(hyperparameter))
