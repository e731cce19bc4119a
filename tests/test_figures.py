"""The figures: drawn from tables alone, the same every time, and for every kind of experiment."""

import subprocess
import sys
from importlib import import_module
from itertools import combinations

import made_up
import matplotlib
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import same_color, to_rgb

from tuner_trials.analysis.incumbent_curves import median_over_repeats
from tuner_trials.analysis.incumbents import best_trials
from tuner_trials.extras.chapters import figures_for
from tuner_trials.figures import caption, draw
from tuner_trials.figures.style import COLOURS, RANDOM_COLOUR, colours, save

FIGURES = figures_for(["leak"])

BAYESIAN = made_up.STRATEGIES["bayesian"]
EXPERIMENTS = {
    "usual": made_up.experiment(),
    "nine strategies": made_up.experiment({f"tuner_{i}": BAYESIAN for i in range(9)}, repeats=1),
    "one of everything": made_up.experiment(
        {"bayesian": BAYESIAN},
        {"learning_rate": made_up.SPACE["learning_rate"]},
        pool=10,
        repeats=1,
        retrainings=1,
        budget=2,
    ),
    "conditional": made_up.experiment(space=made_up.CONDITIONAL_SPACE),
    "many repeats": made_up.experiment(repeats=8, pool=10, budget=4),
    "all failed": made_up.experiment(repeats=1, pool=10, budget=4),
}


@pytest.fixture(scope="module")
def tables():
    made = {name: made_up.make_tables(plan) for name, plan in EXPERIMENTS.items()}
    plan = EXPERIMENTS["all failed"]
    failed = {"status": "failed", "score": 0.1, "best_epoch": 0, "leaky_score": None}
    records = [record | failed | {"history": {}} for record in made_up.make_records(plan)]
    return made | {"all failed": made_up.make_tables(plan, records)}


def drawn(name, kind, tables):
    return draw(
        name,
        FIGURES[name].title,
        tables[kind],
        made_up.settings(EXPERIMENTS[kind]),
        FIGURES[name].room,
    )


@pytest.mark.parametrize("kind", EXPERIMENTS)
@pytest.mark.parametrize("name", FIGURES)
def test_figure_is_drawn_for_every_kind_of_experiment(name, kind, tables):
    figure = drawn(name, kind, tables)
    figure.draw_without_rendering()
    assert figure.get_suptitle() == FIGURES[name].title
    if not figure.axes:  # there is nothing to draw: then it is said in words
        assert any(words.get_text().endswith(".") for words in figure.texts)
        return
    assert figure.legends or name == "importance"
    if name == "parallel_coordinates":  # whose axes are the rows, named at their left ends
        rows = [label.get_text() for label in figure.axes[0].get_yticklabels()]
        hyperparameters = [f"hp_{name}" for name in made_up.definition(EXPERIMENTS[kind])]
        assert rows == [*(column.removeprefix("hp_") for column in hyperparameters), "accuracy"]
        return
    assert any(axes.get_xlabel() or axes.get_title() for axes in figure.axes)
    assert figure.axes[0].get_ylabel() or figure.axes[0].get_yticklabels()


def test_figures_are_words_only_where_there_is_nothing_to_draw(tables):
    wordy = {
        kind: {name for name in FIGURES if not drawn(name, kind, tables).axes}
        for kind in EXPERIMENTS
    }
    assert wordy == {
        "usual": {"ranks_over_time"},
        "nine strategies": {"ranks_over_time"},
        "one of everything": {"ranks_over_time"},
        "conditional": {"ranks_over_time"},
        "many repeats": set(),
        "all failed": {"ranks_over_time", "early_stopping", "leak"},
    }


@pytest.mark.parametrize("name", FIGURES)
def test_figure_reads_only_the_tables_that_it_names(name, tables):
    own = {table: tables["usual"][table] for table in FIGURES[name].tables}
    draw(name, FIGURES[name].title, own, made_up.settings(EXPERIMENTS["usual"]), FIGURES[name].room)


@pytest.mark.parametrize("name", FIGURES)
def test_figure_leaves_its_tables_as_they_are(name, tables):
    own = {table: tables["usual"][table].copy() for table in FIGURES[name].tables}
    draw(name, FIGURES[name].title, own, made_up.settings(EXPERIMENTS["usual"]), FIGURES[name].room)
    for table, content in own.items():
        pd.testing.assert_frame_equal(content, tables["usual"][table])


@pytest.mark.parametrize("name", FIGURES)
def test_same_tables_give_the_same_bytes_whatever_the_users_settings(name, tables, tmp_path):
    for run, size in (("first", 10), ("second", 30)):
        with matplotlib.rc_context({"font.size": size, "svg.hashsalt": run}):
            figure = drawn(name, "usual", tables)
            save(figure, tmp_path / f"{run}.svg", tmp_path / f"{run}.png")
    for kind in ("svg", "png"):
        first, second = (tmp_path / f"{run}.{kind}" for run in ("first", "second"))
        assert first.read_bytes() == second.read_bytes()
    assert "<dc:date>" not in (tmp_path / "first.svg").read_text()


@pytest.mark.parametrize("name", FIGURES)
def test_caption_is_prose(name):
    drawing = FIGURES[name]
    assert drawing.title
    text = caption(name, drawing.room)
    assert text.endswith(".")
    assert not {"*", "`", "|"} & set(text)  # Snakemake reads it as reStructuredText
    assert import_module(f"tuner_trials.{FIGURES[name].room}.{name}").__doc__


def test_the_list_of_figures_costs_no_import_of_matplotlib():
    code = "import sys, tuner_trials.figures; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_colours_are_fixed_distinct_and_neutral_for_random_search():
    names = [f"tuner_{i}" for i in range(14)]
    chosen = colours(["random", *names, *names])
    assert chosen["random"] == RANDOM_COLOUR
    assert len(set(chosen.values())) == 15
    assert colours([*names[:3], "random"]) == {
        name: chosen[name] for name in ("random", *names[:3])
    }


# What is left of red, green and blue light: Machado, Oliveira, Fernandes, IEEE TVCG 15(6), 2009.
COLOUR_VISION = {
    "usual": np.eye(3),
    "no red": [[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]],
    "no green": [[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]],
    "no blue": [[1.256, -0.077, -0.179], [-0.078, 0.931, 0.148], [0.005, 0.691, 0.304]],
}


def light(colour):
    """Red, green and blue of a colour, each linear in its light (0..1)."""
    channels = np.array(to_rgb(colour))
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def lab(colour, vision):
    """A colour as it is seen, in CIE 1976 L*a*b*, where distances are about equally visible."""
    seen = np.clip(np.array(vision) @ light(colour), 0, 1)
    to_xyz = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    x, y, z = np.cbrt(np.maximum(to_xyz @ seen / [0.9505, 1, 1.089], 0.008856))
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("vision", COLOUR_VISION)
def test_the_colour_blind_can_tell_eight_strategies_and_random_search_apart(vision):
    seen = [lab(colour, COLOUR_VISION[vision]) for colour in (RANDOM_COLOUR, *COLOURS)]
    distances = [np.linalg.norm(one - other) for one, other in combinations(seen, 2)]
    assert len(COLOURS) == 8
    assert min(distances) > 15  # 2 is just visible side by side


@pytest.mark.parametrize("colour", [RANDOM_COLOUR, *COLOURS])
def test_a_line_stands_out_from_the_page(colour):
    luminance = light(colour) @ [0.2126, 0.7152, 0.0722]
    assert 1.05 / (luminance + 0.05) >= 3  # WCAG 2.2, 1.4.11


@pytest.mark.parametrize("name", ["score_over_epochs", "score_over_seconds"])
def test_every_strategy_is_in_the_legend_in_its_colour(name, tables):
    [legend] = drawn(name, "nine strategies", tables).legends
    by_label = {
        text.get_text(): line
        for text, line in zip(legend.get_texts(), legend.legend_handles, strict=True)
    }
    chosen = colours(f"tuner_{i}" for i in range(9))
    for strategy in EXPERIMENTS["nine strategies"]["strategies"]:
        assert same_color(by_label[strategy].get_color(), chosen[strategy])
    assert {"random: middle half", "random: median best of n"} <= set(by_label)


@pytest.mark.parametrize("name", ["score_over_epochs", "score_over_seconds"])
def test_every_best_score_is_inside_the_frame(name, tables):
    [axes] = drawn(name, "usual", tables).axes
    low, high = axes.get_ylim()
    best = tables["usual"]["trials"].groupby(["strategy", "repeat"])["score"].max()
    assert best.between(low, high).all()


def test_every_random_trial_is_shown_across_every_hyperparameter(tables):
    figure = drawn("hyperparameter_scores", "usual", tables)
    assert len(figure.axes) == len(made_up.SPACE)
    pool = tables["usual"]["trials"].query("strategy == 'random'")
    assert set(pool["status"]) == {"completed", "diverged", "failed"}
    for axes in figure.axes:
        points = [line for line in axes.lines if same_color(line.get_color(), RANDOM_COLOUR)]
        x, y = np.concatenate([line.get_xydata() for line in points]).T
        assert len(x) == len(pool)
        assert np.isfinite(x).all()
        low, high = axes.get_ylim()
        assert ((low < y) & (y < high)).all()


def test_importances_stand_in_the_order_of_the_table(tables):
    [axes] = drawn("importance", "usual", tables).axes
    table = tables["usual"]["importance"]
    assert [label.get_text() for label in axes.get_yticklabels()] == list(table["hyperparameter"])
    widths = [bar.get_width() for bar in axes.patches]
    assert widths == pytest.approx(list(100 * table["importance"]))


def test_parallel_coordinates_show_every_random_trial_and_the_ten_best_on_top(tables):
    [axes] = drawn("parallel_coordinates", "usual", tables).axes
    pool = tables["usual"]["trials"].query("strategy == 'random'")
    completed = (pool["status"] == "completed").sum()
    *trials, _ = axes.collections  # the last is the coloured axis
    counts = [len(lines.get_segments()) for lines in trials]
    assert counts == [len(pool) - completed, completed - 10, 10]
    for lines in trials:
        for line in lines.get_segments():
            assert len(line) == len(made_up.SPACE) + 1
            assert ((line[:, 0] >= 0) & (line[:, 0] <= 1)).all()
    best = [line[-1, 0] for line in trials[-1].get_segments()]
    assert best == sorted(best)
    assert best[-1] == pytest.approx(1)


def test_leak_marks_both_choices(tables):
    axes = drawn("leak", "usual", tables).axes[0]
    marks = {line.get_label(): line.get_xydata()[0] for line in axes.lines[2:]}
    row = tables["usual"]["leak"].iloc[0]
    assert marks["honest choice"][0] == row["selected_score"]
    assert marks["leaky choice"] == pytest.approx(
        [row["leaky_selected_score"], row["leaky_selected_reported"]]
    )


def test_of_equal_trials_the_earliest_is_the_incumbent():
    trials = pd.DataFrame(
        {
            "strategy": ["b", "b", "b", "a", "a"],
            "repeat": [0, 0, 1, 0, 0],
            "trial": [0, 1, 0, 0, 1],
            "score": [0.7, 0.7, 0.5, 0.1, 0.2],
            "status": "completed",
        }
    )
    assert list(best_trials(trials).index) == [0, 2, 4]


def test_median_curve_starts_with_the_last_search_and_keeps_what_was_found():
    curves = pd.DataFrame(
        {
            "repeat": [0, 0, 1, 1, 2, 2],
            "seconds": [1.0, 5.0, 2.0, 3.0, 2.5, 9.0],
            "best_score": [0.5, 0.8, 0.6, 0.7, 0.1, 0.9],
        }
    )
    median = median_over_repeats(curves, "seconds")
    assert median.to_dict() == {2.5: 0.5, 3.0: 0.5, 5.0: 0.7, 9.0: 0.8}
