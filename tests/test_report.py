"""The report: one page that tells everything, opens anywhere, and needs nobody's home folder."""

import base64
import json
import math
import re
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import made_up
import nbformat
import pytest

from tuner_trials.extras.chapters import figures_for
from tuner_trials.figures import caption
from tuner_trials.report.descriptions import ALGORITHMS, how_it_works
from tuner_trials.report.html_table import MISSING
from tuner_trials.report.page import NotebookError, execute_notebook, export_page
from tuner_trials.report.sections import Sections
from tuner_trials.search.strategies.registry import NAMED_STRATEGIES

SOURCE = Path(__file__).parents[1] / "notebooks/analysis.ipynb"


class Page(HTMLParser):
    """The tags of a page with their attributes, and its style."""

    def __init__(self, text):
        super().__init__()
        self.tags = []
        self.feed(text)
        self.style = "".join(re.findall(r"<style>(.*?)</style>", text, re.DOTALL))

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def all(self, *names):
        return [attributes for tag, attributes in self.tags if tag in names]


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """A finished experiment, in a folder whose name has a space and letters beyond ASCII."""
    folder = tmp_path_factory.mktemp("results") / "ein Übungs experiment"
    made_up.write_results(folder, made_up.experiment())
    return folder


@pytest.fixture(scope="module")
def report(results, tmp_path_factory):
    """The executed notebook and the page, made without a home folder, beside a broken kernel."""
    elsewhere = tmp_path_factory.mktemp("jupyter")
    kernel = elsewhere / "kernels/python3/kernel.json"
    kernel.parent.mkdir(parents=True)
    kernel.write_text(json.dumps({"argv": ["false"], "display_name": "broken"}))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", "/dev/null/nobody")  # not even root can write there
        patch.setenv("JUPYTER_PATH", str(elsewhere))
        for name in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "IPYTHONDIR", "MPLCONFIGDIR"):
            patch.delenv(name, raising=False)
        files = results / "report.ipynb", results / "partial.ipynb"
        execute_notebook(SOURCE, results, *files, ["leak", "assignment"])
        export_page(results / "report.ipynb", results / "report.html", "Tuner Trials: <made up>")
    return results


@pytest.fixture(scope="module")
def page(report):
    return (report / "report.html").read_text(encoding="utf-8")


def test_page_loads_nothing_from_a_network(page):
    parsed = Page(page)
    assert not parsed.all("script", "link", "iframe", "object", "embed", "base")
    for attributes in parsed.all("img", "source", "video", "audio"):
        assert attributes["src"].startswith("data:")
        assert "srcset" not in attributes
    assert "@import" not in parsed.style
    assert "url(" not in parsed.style
    for attributes in (attributes for _, attributes in parsed.tags):
        assert "url(" not in (attributes.get("style") or "")


def test_drawings_load_nothing_from_a_network(page):
    for data in re.findall(r"data:image/svg\+xml;base64,([^\"]+)", page):
        drawing = base64.b64decode(data).decode()
        links = re.findall(r'(?:href|src)="([^"]*)"', drawing) + re.findall(
            r"url\((.*?)\)", drawing
        )
        assert all(link.startswith(("#", "data:")) for link in links)


def test_page_shows_every_figure_and_describes_it(page):
    # Two repeats are too few for ranks: there is a sentence instead of the figure.
    drawings = figures_for(["leak"])
    del drawings["ranks_over_time"]
    assert "with 2 repeats they would be mostly luck" in page
    images = Page(page).all("img")
    alternatives = [f"{drawing.title}. {drawing.alternative}" for drawing in drawings.values()]
    assert [attributes["alt"] for attributes in images] == alternatives
    for name, drawing in drawings.items():
        assert f"<figcaption>{caption(name, drawing.room)}</figcaption>" in unescape(page)


def test_figures_point_to_chapters_that_are_there(page):
    headings = re.findall(r"<h[1-6][^>]*>([^<]*)", page)
    named = [
        name
        for drawing in figures_for(["leak"]).values()
        for name in re.findall('"(.*?)"', drawing.alternative)
    ]
    assert named
    assert set(named) <= set(headings)


def boxes(page):
    """The boxes that tables scroll in."""
    return [box for box in Page(page).all("div") if "table" in (box.get("class") or "").split()]


def test_every_table_of_numbers_has_a_name_of_its_own(page):
    names = [box["aria-label"] for box in boxes(page)]
    assert len(set(names)) == len(names) > 10
    assert names == [table["aria-label"] for table in Page(page).all("table") if table]
    for box in boxes(page):
        assert box["role"] == "region" and box["tabindex"] == "0"


def test_page_is_one_for_people(page):
    parsed = Page(page)
    assert parsed.all("html") == [{"lang": "en"}]
    assert "<title>Tuner Trials: &lt;made up&gt;</title>" in page
    assert {"name": "viewport", "content": "width=device-width, initial-scale=1"} in parsed.all(
        "meta"
    )
    assert "Sections" not in page  # the code is left out
    assert "Traceback" not in page
    # Every table of numbers scrolls in a box of its own.
    assert len(parsed.all("table")) - len(boxes(page)) == 1  # the assignment's


def test_contents_lead_to_their_chapters(page):
    parsed = Page(page)
    places = {attributes.get("id") for _, attributes in parsed.tags}
    links = [a["href"] for a in parsed.all("a") if a["href"].startswith("#")]
    assert len(links) > 5
    assert {link[1:] for link in links} <= places


def test_what_the_experimenter_wrote_is_shown_as_it_was_written(page):
    for text in ("A model wrote &lt;this&gt;.", "It decides &lt;much&gt; &amp; more."):
        assert text in page


def test_executed_notebook_tells_nothing_of_the_run_itself(report):
    notebook = nbformat.read(report / "report.ipynb", as_version=4)
    nbformat.validate(notebook)
    assert "papermill" not in notebook.metadata
    for cell in notebook.cells:
        assert not {"papermill", "execution"} & set(cell.metadata)
    assert "start_time" not in (report / "report.ipynb").read_text(encoding="utf-8")


def test_failing_cell_is_named_with_its_exception(tmp_path):
    with pytest.raises(NotebookError) as caught:
        execute_notebook(SOURCE, tmp_path, tmp_path / "out.ipynb", tmp_path / "partial.ipynb")
    message = str(caught.value)
    assert "cell 'headline' failed\n  show.headline()\n  FileNotFoundError: " in message
    assert "experiment.json" in message
    assert len(message.splitlines()) == 4
    assert not (tmp_path / "out.ipynb").exists()
    assert (tmp_path / "partial.ipynb").exists()


def test_unreadable_notebook_is_named(tmp_path):
    with pytest.raises(NotebookError, match=r"missing\.ipynb could not be executed: .*missing"):
        execute_notebook(
            tmp_path / "missing.ipynb", tmp_path, tmp_path / "out.ipynb", tmp_path / "partial.ipynb"
        )


def test_notebook_asks_and_computes_nothing():
    notebook = nbformat.read(SOURCE, as_version=4)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert not any(cell.outputs or cell.execution_count for cell in code)
    assert [cell.id for cell in code if "parameters" in cell.metadata.get("tags", [])]
    for cell in code[2:]:  # after the parameters and the import
        assert re.fullmatch(r'show\.\w+\(("\w+")?\)', cell.source)
    shown = [cell.source for cell in code if "show.figure(" in cell.source]
    assert shown == [f'show.figure("{name}")' for name in figures_for(["leak"])]


def test_every_algorithm_is_described():
    for kind in NAMED_STRATEGIES:
        options = kind(algorithm=kind.__name__).model_dump()
        assert ALGORITHMS[kind.__name__].format(**options)


def test_of_an_algorithm_that_somebody_brought_the_report_says_where_it_is_written():
    text = how_it_works({"algorithm": "tuners/climb.py", "kept_share": 0.5})
    assert "tuners/climb.py" in text and "kept_share: 0.5" in text


def test_strategies_that_are_not_compared_are_not_described(results):
    text = Sections(results).strategies().data
    assert "Garnett" in text
    assert "JMLR 18:185, 2018" in text
    assert "JMLR 13, 2012" in text
    assert "three for each hyperparameter" in text  # keras-tuner's own default
    assert "combinations" not in text  # GridSearch


def test_overhead_is_what_the_jobs_took_beyond_training_and_suggesting(results):
    sections = Sections(results)
    timings = sections.table("timings").query("strategy == 'bayesian'")
    busy = timings[["suggest_seconds", "train_seconds"]].sum().sum() / 2  # of two repeats
    assert f">{made_up.JOB_SECONDS - busy:.1f}<" in sections.costs().data


def test_overhead_is_missing_where_trials_came_from_the_store(results, monkeypatch):
    sections = Sections(results)
    monkeypatch.setattr(sections.files, "job_seconds", lambda strategy: 1.0)
    assert sections.costs().data.count(f">{MISSING}<") == 4


def test_page_shows_how_sure_each_comparison_is(page, results):
    for head in ("verdict", "interval", "for equivalence", "A12"):
        assert re.search(f"<th[^>]*>{head}</th>", page)
    for name in ("comparisons", "retrained_comparisons"):
        comparisons = Sections(results).table(name)
        for kind in ("", "equivalence_"):
            ends = zip(comparisons[f"{kind}lower"], comparisons[f"{kind}upper"], strict=True)
            for low, high in ends:
                assert f">{low:+.4f} to {high:+.4f}<" in page


def test_page_shows_each_mean_and_its_range(page, results):
    summary = Sections(results).table("summary").query("strategy != 'random'")
    assert len(summary) == 3
    for row in summary.itertuples():
        span = f"{row.best_lowest:.4f} to {row.best_highest:.4f}"
        assert f">{row.best_mean:.4f}<" in page and f">{span}<" in page


def test_the_bootstrap_is_shown_from_eight_repeats_on(page, tmp_path):
    assert not re.search("<th[^>]*>[^<]*bootstrap", page)
    made_up.write_results(tmp_path, made_up.experiment(repeats=8))
    sections = Sections(tmp_path)
    assert "bootstrap" in sections.summary().data


def test_page_says_how_soon_targets_are_reached(page, results):
    sections = Sections(results)
    targets, seconds = sections.table("targets"), sections.table("timings")
    assert set(targets["random_trials"]) == {5, 10, 20}
    spent = seconds.groupby("strategy")[["suggest_seconds", "train_seconds"]].sum().sum(axis=1)
    epochs = sections.table("trials").groupby("strategy")["epochs_charged"].sum()
    for row in targets.itertuples():
        expected = row.expected_epochs
        written = f"{expected:,.0f}" if math.isfinite(expected) else "never"
        assert f">{row.reached} of {row.searches}<" in page
        assert f">{written}<" in page
        if math.isfinite(expected):
            assert f">{expected * (spent / epochs)[row.strategy]:,.0f}<" in page


def test_page_says_what_would_decide_the_rest(results, tmp_path):
    needed = Sections(results).table("repeats_needed")
    undecided = needed[needed["verdict"] == "undecided"]
    assert len(undecided)
    answer = Sections(results).answer().data
    for row in undecided.itertuples():
        assert f"{row.strategy} is undecided after 2 repeats" in answer
        assert f"{row.trainings:.0f} more full trainings" in answer
    assert "core minutes" in answer or "core hours" in answer


def test_costs_can_be_compared_with_those_of_the_whole_pool(results):
    sections = Sections(results)
    page, timings = sections.costs().data, sections.table("timings")
    charged = sections.table("trials").groupby("strategy")["epochs_charged"].sum()
    seconds = timings.groupby("strategy")[["suggest_seconds", "train_seconds"]].sum().sum(axis=1)
    assert ">random, whole pool<" in page
    for strategy, spent in seconds.items():
        assert f">{spent / (charged[strategy] / 6):.1f}<" in page  # six epochs are a full training


def test_trials_that_failed_or_diverged_are_listed_with_the_first_line_of_their_message(results):
    sections = Sections(results)
    trials = sections.table("trials")
    page, missed = sections.failures().data, trials[trials["status"] != "completed"]
    assert f"{len(missed)} of {len(trials)} trials failed or diverged." in page
    assert page.count('<th scope="row">') == len(missed)
    for status, count in missed["status"].value_counts().items():
        assert page.count(f"<td>{status}</td>") == count
    assert page.count("<td>ValueError: made up</td>") == (missed["status"] == "failed").sum()


def test_a_message_of_several_lines_is_cut_and_escaped(results, monkeypatch):
    sections = Sections(results)
    trials = sections.table("trials")
    trials.loc[trials["status"] == "failed", "message"] = "\nno <b>\nmore of it"
    monkeypatch.setattr(sections, "table", lambda name: trials)
    page = sections.failures().data
    assert "<td>no &lt;b&gt;</td>" in page and "more of it" not in page


def test_nothing_is_listed_where_all_trials_completed(results, monkeypatch):
    sections = Sections(results)
    trials = sections.table("trials").assign(status="completed")
    monkeypatch.setattr(sections, "table", lambda name: trials)
    assert sections.failures() is None


def test_a_configuration_tried_twice_by_its_search_is_a_duplicate():
    """A repeat of its own, another strategy and a Hyperband promotion are none."""
    plan = made_up.experiment()
    records = made_up.make_records(plan, faults=False)
    assert set(made_up.make_tables(plan, records)["summary"]["duplicates"]) == {0}

    def search(strategy, repeat):
        return [r for r in records if (r["strategy"], r["repeat"]) == (strategy, repeat)]

    first, second = search("bayesian", 0), search("bayesian", 1)
    for record in (first[4], first[7], second[0]):  # twice more in its search, once in another
        record["configuration"] = first[1]["configuration"]
    search("hyperband", 0)[0]["configuration"] = first[1]["configuration"]
    band = search("hyperband", 1)
    promoted = next(place for place, r in enumerate(band) if r["epochs_charged"] < r["epochs"])
    band[promoted]["configuration"] = band[promoted - 1]["configuration"]
    duplicates = made_up.make_tables(plan, records)["summary"].set_index("strategy")["duplicates"]
    assert duplicates[duplicates > 0].to_dict() == {"bayesian": 2}
    again = next(r for r in band[promoted + 1 :] if r["epochs_charged"] == r["epochs"])
    again["configuration"] = band[0]["configuration"]
    summary = made_up.make_tables(plan, records)["summary"].set_index("strategy")
    assert summary.loc["hyperband", "duplicates"] == 1


def test_trials_at_a_time_are_told_and_leave_the_overhead_open(results):
    sections = Sections(results)
    assert "at a time" not in sections.headline().data
    sections.experiment["parallel_trials"] = 3
    assert "keeps 3 trials in training at a time" in sections.headline().data
    assert sections.costs().data.count(f">{MISSING}<") == 3  # of the searches; the pool keeps its


def test_a_choice_called_none_is_no_missing_value(results):
    activations = Sections(results).table("trials")["hp_activation"]
    assert set(activations) == {"relu", "None", "tanh"}


def test_fixed_and_conditional_hyperparameters_are_told_in_words(tmp_path):
    experiment = made_up.experiment(space=made_up.CONDITIONAL_SPACE)
    made_up.write_results(tmp_path, experiment)
    sections = Sections(tmp_path)
    space = sections.search_space().data
    for words in (
        "always 10",
        "0 to 0.5; only if batch_normalization is false",
        "one of 0.5, 0.9; only if activation is relu or None and hidden_layers is 2 or 3",
    ):
        assert words in space
    assert "Each among the trials that have it: " in sections.finding("importance").data
    for table in (sections.incumbents().data, sections.effects().data):
        assert MISSING in table
        assert "nan" not in table.lower() and "<na>" not in unescape(table).lower()
        assert "classes" not in table
