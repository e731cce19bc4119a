"""Every export, opened by the tool that it is for."""

import csv
import json
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from types import ModuleType
from urllib.request import urlopen

import made_up
import optuna
import pandas as pd
import pyarrow.parquet
import pytest
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.trial import TrialState
from PIL import Image

from tuner_trials.export import searches
from tuner_trials.export.optuna_storage import optuna_storage
from tuner_trials.export.parquet import parquet_file
from tuner_trials.export.tensorboard_log import write_tensorboard_log
from tuner_trials.objectives import OBJECTIVES
from tuner_trials.results.tables import read_table, write_table
from tuner_trials.space.search_space import SearchSpace

SPACE = {
    "learning_rate": {"type": "float", "low": 1e-4, "high": 1e-2, "scale": "log"},
    "dropout_rate": {"type": "float", "low": 0.0, "high": 0.5, "step": 0.2},
    "units": {"type": "int", "low": 8, "high": 64, "scale": "log"},
    "hidden_layers": {"type": "int", "low": 1, "high": 6, "step": 2},
    "batch_size": {"type": "choice", "values": [32, 64]},
    "activation": {"type": "choice", "values": ["relu", "None", "1"]},
    "batch_normalization": {"type": "boolean"},
}
EXPERIMENT = made_up.experiment(space=SPACE, pool=10)
CURVES = ["train_loss", "validation_loss", "validation"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """All exports of a made-up experiment, in which not every trial has every hyperparameter."""
    folder = tmp_path_factory.mktemp("export")
    tables = made_up.make_tables(EXPERIMENT)
    trials = tables["trials"]
    for name in ("units", "batch_size", "batch_normalization", "activation"):
        # An empty cell, which turns the whole numbers of its column into real ones.
        trials[f"hp_{name}"] = trials[f"hp_{name}"].where(trials["hp_hidden_layers"] > 1)
    for name, table in tables.items():
        write_table(folder / "tables" / f"{name}.csv", table)
    made_up.write_columns(folder / "tables", EXPERIMENT)
    export(folder, folder)
    return folder


def export(folder, target):
    """What the rules do, without Snakemake."""
    space = SearchSpace(made_up.definition(EXPERIMENT))
    names = ("trials", "epochs", "timings", "test_scores")
    tables = {name: read_table(folder / "tables" / f"{name}.csv") for name in names}
    found = searches(tables)
    (target / "optuna.db").write_bytes(optuna_storage(found, space, OBJECTIVES["accuracy"]))
    write_tensorboard_log(target / "tensorboard", found, space)
    (target / "epochs.parquet").write_bytes(parquet_file(tables))


@pytest.fixture(scope="module")
def rows(folder):
    """The trials as they stand in the file, cell by cell."""
    with (folder / "tables/trials.csv").open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def curves(folder):
    """The curves as they stand in the file: numbers by trial, metric and epoch."""
    found = {}
    with (folder / "tables/epochs.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            trial = found.setdefault(who(row), {name: {} for name in CURVES})
            for name in CURVES:
                if row[name]:
                    trial[name][int(row["epoch"])] = float(row[name])
    return found


def who(row):
    return row["strategy"], int(row["repeat"]), int(row["trial"])


def search_name(row):
    return "random" if row["strategy"] == "random" else f"{row['strategy']}/repeat-{row['repeat']}"


def configuration(row):
    """A trial's configuration, read from its cells in the most literal way."""
    read = {"float": float, "int": lambda cell: int(float(cell)), "boolean": json.loads}
    found = {}
    for name, definition in SPACE.items():
        cell = row[f"hp_{name}"]
        if cell == "":
            continue
        if definition["type"] == "choice":
            [found[name]] = [
                value for value in definition["values"] if cell in (str(value), f"{value}.0")
            ]
        else:
            found[name] = read[definition["type"]](cell.lower())
    return found


# Optuna


@pytest.fixture(scope="module")
def studies(folder):
    url = f"sqlite:///{folder / 'optuna.db'}"
    names = optuna.get_all_study_names(url)
    return {name: optuna.load_study(study_name=name, storage=url) for name in names}


def test_every_search_is_a_study_that_maximizes(studies, rows):
    assert set(studies) == {search_name(row) for row in rows}
    assert {"random", "bayesian/repeat-1", "hyperband/repeat-0"} < set(studies)
    for study in studies.values():
        assert study.direction == optuna.study.StudyDirection.MAXIMIZE
        assert study.metric_names == ["accuracy"]


def test_the_best_of_a_study_is_that_of_the_summary(studies, folder):
    summary = pd.read_csv(folder / "tables/summary.csv").set_index("strategy")
    for strategy, row in summary.iterrows():
        best = [s.best_value for name, s in studies.items() if name.split("/")[0] == strategy]
        assert len(best) == row["repeats"]
        assert max(best) == pytest.approx(row["best_highest"], abs=1e-15)
        assert min(best) == pytest.approx(row["best_lowest"], abs=1e-15)


def test_every_trial_of_a_study_is_that_of_the_tables(studies, rows, curves):
    for row in rows:
        trial = studies[search_name(row)].trials[int(row["trial"])]
        assert trial.params == configuration(row)
        assert {name: type(value) for name, value in trial.params.items()} == {
            name: type(value) for name, value in configuration(row).items()
        }
        assert trial.intermediate_values == curves.get(who(row), {}).get("validation", {})
        if row["status"] == "completed":
            assert (trial.state, trial.value) == (TrialState.COMPLETE, float(row["score"]))
        else:
            assert (trial.state, trial.value) == (TrialState.FAIL, None)
        for name in ("strategy", "status"):
            assert trial.user_attrs[name] == row[name]
        for name in ("repeat", "trial", "epochs", "epochs_charged", "seed"):
            assert trial.user_attrs[name] == int(row[name])
        assert trial.user_attrs.get("message", "") == row["message"]
    assert {row["status"] for row in rows} == {"completed", "diverged", "failed"}
    assert sum(len(study.trials) for study in studies.values()) == len(rows)


def test_distributions_are_those_of_the_search_space(studies):
    [whole] = {
        tuple(trial.distributions.items())
        for trial in studies["random"].trials
        if len(trial.params) == len(SPACE)
    }
    assert dict(whole) == {
        "learning_rate": FloatDistribution(1e-4, 1e-2, log=True),
        "dropout_rate": FloatDistribution(0.0, 0.4, step=0.2),
        "units": IntDistribution(8, 64, log=True),
        "hidden_layers": IntDistribution(1, 5, step=2),
        "batch_size": CategoricalDistribution([32, 64]),
        "activation": CategoricalDistribution(["relu", "None", "1"]),
        "batch_normalization": CategoricalDistribution([False, True]),
    }


def test_the_incumbents_know_their_test_accuracies(studies, folder):
    scores = pd.read_csv(folder / "tables/test_scores.csv")
    for name, study in studies.items():
        strategy, _, repeat = name.partition("/repeat-")
        own = scores[(scores["strategy"] == strategy) & (scores["repeat"] == int(repeat or 0))]
        tested = {t.number: t.user_attrs.get("test") for t in study.trials}
        assert tested.pop(study.best_trial.number) == own["test"].tolist()
        assert set(tested.values()) == {None}


def test_dates_tell_the_seconds_of_a_search(folder):
    timings = pd.read_csv(folder / "tables/timings.csv")
    own = timings[(timings["strategy"] == "bayesian") & (timings["repeat"] == 1)]
    ends = (own["suggest_seconds"] + own["train_seconds"]).cumsum()
    # As they are stored: Optuna gives them in the time of the place.
    query = """select datetime_start, datetime_complete from trials join studies using (study_id)
        where study_name = 'bayesian/repeat-1' order by number"""
    with closing(sqlite3.connect(folder / "optuna.db")) as connection:
        dates = pd.DataFrame(connection.execute(query), columns=["start", "end"])
    seconds = dates.apply(pd.to_datetime).sub(pd.Timestamp("1970-01-01")) / pd.Timedelta("1s")
    assert seconds["end"].tolist() == pytest.approx(ends.tolist(), abs=1e-5)
    duration = seconds["end"] - seconds["start"]
    assert duration.tolist() == pytest.approx(own["train_seconds"].tolist(), abs=1e-5)


# TensorBoard


@pytest.fixture(scope="module")
def tensorboard():
    """TensorBoard's own readers, which need no TensorFlow if they are told so before they look."""
    if "tensorflow" not in sys.modules:
        sys.modules["tensorboard.compat.notf"] = ModuleType("tensorboard.compat.notf")
    from tensorboard.backend.event_processing import data_provider, plugin_event_multiplexer

    def read(folder):
        runs = plugin_event_multiplexer.EventMultiplexer()
        runs.AddRunsFromDirectory(str(folder)).Reload()
        return runs, data_provider.MultiplexerDataProvider(runs, str(folder))

    return read


@pytest.fixture(scope="module")
def runs(tensorboard, folder):
    return tensorboard(folder / "tensorboard")


@pytest.fixture(scope="module")
def session_groups(runs):
    """What the HParams page asks for: the rows of its table, by name."""
    from tensorboard.context import RequestContext
    from tensorboard.plugins.base_plugin import TBContext
    from tensorboard.plugins.hparams import api_pb2, backend_context, list_session_groups

    context = backend_context.Context(TBContext(data_provider=runs[1]))
    request = api_pb2.ListSessionGroupsRequest(
        start_index=0,
        slice_size=10_000,
        allowed_statuses=[api_pb2.STATUS_SUCCESS, api_pb2.STATUS_FAILURE],
    )
    handler = list_session_groups.Handler(RequestContext(), context, "", request)
    return {group.name: group for group in handler.run().session_groups}


def run_name(row):
    return f"{search_name(row)}/trial-{int(row['trial']):03d}"


def test_every_trial_is_a_run_with_its_curves(runs, rows, curves):
    multiplexer, _ = runs
    assert set(multiplexer.Runs()) == {".", *map(run_name, rows)}
    for row in rows:
        tensors = multiplexer.GetAccumulator(run_name(row))
        expected = {n: v for n, v in curves.get(who(row), {}).items() if v}
        if row["status"] == "completed":
            expected["best_validation"] = {int(row["best_epoch"]): float(row["score"])}
        tags = set(tensors.Tags()["tensors"]) - {"test"}
        assert {tag for tag in tags if not tag.startswith("_hparams_")} == set(expected)
        for tag, values in expected.items():
            events = tensors.Tensors(tag)
            found = {event.step: event.tensor_proto.float_val[0] for event in events}
            assert found == pytest.approx(values, rel=1e-6)  # TensorBoard keeps single precision


def test_hparams_shows_a_row_a_trial(session_groups, rows):
    from tensorboard.plugins.hparams import api_pb2

    statuses = {True: api_pb2.STATUS_SUCCESS, False: api_pb2.STATUS_FAILURE}
    assert set(session_groups) == set(map(run_name, rows))
    for row in rows:
        group = session_groups[run_name(row)]
        completed = row["status"] == "completed"
        values = {
            name: getattr(value, value.WhichOneof("kind")) for name, value in group.hparams.items()
        }
        assert values == configuration(row) | {
            "search.strategy": row["strategy"],
            "search.repeat": int(row["repeat"]),
        }
        assert {type(values[name]) for name in values if name == "batch_normalization"} <= {bool}
        [session] = group.sessions
        assert session.status == statuses[completed]
        metrics = {metric.name.tag: metric.value for metric in group.metric_values}
        assert ("best_validation" in metrics) == completed
        if completed:
            assert metrics["best_validation"] == pytest.approx(float(row["score"]), rel=1e-6)
            assert set(metrics) == {"best_validation", *CURVES}


def test_hparams_knows_the_search_space(runs):
    from tensorboard.context import RequestContext
    from tensorboard.plugins.base_plugin import TBContext
    from tensorboard.plugins.hparams import backend_context

    context = backend_context.Context(TBContext(data_provider=runs[1]))
    request = RequestContext()
    tags = context.hparams_metadata(request, "")
    experiment = context.experiment_from_metadata(request, "", True, tags, [])
    domains = {info.name: info for info in experiment.hparam_infos}
    assert set(domains) == {*SPACE, "search.strategy", "search.repeat"}
    interval = domains["units"].domain_interval
    assert (interval.min_value, interval.max_value) == (8, 64)
    assert list(domains["activation"].domain_discrete) == ["1", "None", "relu"]
    assert list(domains["search.strategy"].domain_discrete) == [
        *("bayesian", "hyperband", "random", "random, same budget")
    ]


def test_tensorboards_log_is_written_without_tensorflow():
    check = "import tuner_trials.export.tensorboard_log, sys; sys.exit('tensorflow' in sys.modules)"
    subprocess.run([sys.executable, "-c", check], check=True)


# Parquet


def test_parquet_is_a_row_an_epoch_with_its_trial(folder, rows, curves):
    table = pyarrow.parquet.read_table(folder / "epochs.parquet")
    types = {name: str(table.schema.field(name).type) for name in table.column_names}
    assert {types[f"hp_{name}"] for name in ("learning_rate", "dropout_rate")} == {"double"}
    assert {types[f"hp_{name}"] for name in ("units", "hidden_layers", "batch_size")} == {"int64"}
    assert types["hp_batch_normalization"] == "bool"
    assert "string" in types["hp_activation"]
    found = {}
    for row in table.to_pylist():
        found.setdefault(who(row), []).append(row)
    assert list(found) == [who(row) for row in rows]
    for row in rows:
        epochs = found[who(row)]
        expected = curves.get(who(row), {})
        for name in CURVES:
            values = {e["epoch"]: e[name] for e in epochs if e[name] is not None}
            assert values == expected.get(name, {})
        for epoch in epochs:
            own = {n: epoch[f"hp_{n}"] for n in SPACE if epoch[f"hp_{n}"] is not None}
            assert own == configuration(row)
            assert (epoch["status"], epoch["score"]) == (row["status"], float(row["score"]))
            assert (epoch["message"] or "") == row["message"]


def test_parquet_opens_in_pandas(folder, rows, curves):
    table = pd.read_parquet(folder / "epochs.parquet")
    failed = sum(who(row) not in curves for row in rows)
    assert failed > 0
    assert len(table) == len(pd.read_csv(folder / "tables/epochs.csv")) + failed
    best = table[table["status"] == "completed"].groupby(["strategy", "repeat", "trial"])
    assert (best["validation"].max() == best["score"].first()).all()


# All of them


def test_exporting_again_gives_the_same_content(folder, tmp_path):
    export(folder, tmp_path)
    databases = []
    for place in (folder, tmp_path):
        with closing(sqlite3.connect(place / "optuna.db")) as connection:
            databases.append(list(connection.iterdump()))
    assert databases[0] == databases[1]
    for first in folder.rglob("*tfevents*"):
        assert first.read_bytes() == (tmp_path / first.relative_to(folder)).read_bytes()
    assert (folder / "epochs.parquet").read_bytes() == (tmp_path / "epochs.parquet").read_bytes()


# The dashboard, for real

# As the browser of a machine: quiet, without a screen, and also for root.
FLAGS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--hide-scrollbars", "--window-size=1280,900", "--virtual-time-budget=20000"),
]


@pytest.fixture(scope="module")
def dashboard(folder):
    """The address of a running optuna-dashboard."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    program = Path(sys.executable).with_name("optuna-dashboard")
    command = [program, f"sqlite:///{folder / 'optuna.db'}", "--host", "127.0.0.1"]
    with (folder / "dashboard.log").open("w") as log:
        server = subprocess.Popen([*command, "--port", str(port)], stdout=log, stderr=log)
    try:
        wait_for(server, port)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(10)


def wait_for(server, port):
    """Until the server answers."""
    for _ in range(300):
        assert server.poll() is None, "optuna-dashboard ended"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError("optuna-dashboard does not answer")


def browse(chromium, address, profile, *arguments):
    """Open a page in headless Chromium, which runs its scripts."""
    command = [chromium, *FLAGS, f"--user-data-dir={profile}", *arguments, address]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_optuna_dashboard_opens_the_storage(dashboard, studies):
    with urlopen(f"{dashboard}/api/studies") as answer:
        summaries = json.load(answer)["study_summaries"]
    assert {summary["study_name"] for summary in summaries} == set(studies)


def test_optuna_dashboard_shows_all_studies_in_a_browser(dashboard, chromium, studies, tmp_path):
    page = browse(chromium, f"{dashboard}/dashboard", tmp_path / "profile", "--dump-dom")
    for name in studies:
        assert name in page
    picture = tmp_path / "dashboard.png"
    browse(chromium, f"{dashboard}/dashboard", tmp_path / "profile", f"--screenshot={picture}")
    with Image.open(picture) as image:
        colours = image.convert("RGB").getcolors(maxcolors=2**24)
    assert len(colours) > 20  # not an empty page
