"""The report: one page that tells everything, opens anywhere, and needs nobody's home folder."""

import base64
import json
import re
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import made_up
import nbformat
import pytest

from tuner_trials.descriptions import ALGORITHMS
from tuner_trials.exhibits import Exhibits
from tuner_trials.figures import FIGURES
from tuner_trials.html_table import MISSING
from tuner_trials.report import NotebookError, execute_notebook, export_page
from tuner_trials.strategies import Strategy

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
        execute_notebook(SOURCE, results, results / "report.ipynb", results / "partial.ipynb")
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
    drawings = [drawing for name, drawing in FIGURES.items() if name != "ranks_over_time"]
    assert "with 2 repeats they would be mostly luck" in page
    images = Page(page).all("img")
    assert [attributes["alt"] for attributes in images] == [d.title for d in drawings]
    for drawing in drawings:
        assert f"<figcaption>{drawing.caption}</figcaption>" in unescape(page)


def test_page_is_one_for_people(page):
    parsed = Page(page)
    assert parsed.all("html") == [{"lang": "en"}]
    assert "<title>Tuner Trials: &lt;made up&gt;</title>" in page
    assert {"name": "viewport", "content": "width=device-width, initial-scale=1"} in parsed.all(
        "meta"
    )
    assert "Exhibits" not in page  # the code is left out
    assert "Traceback" not in page
    # Every table of numbers scrolls in a box of its own.
    assert page.count("<table") - page.count('<div class="table') == 1  # the assignment's


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
    assert "provenance.json" in message
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
    assert shown == [f'show.figure("{name}")' for name in FIGURES]


def test_every_algorithm_is_described():
    for kind in Strategy.__subclasses__():
        options = kind(algorithm=kind.__name__).model_dump()
        assert ALGORITHMS[kind.__name__].format(**options)


def test_strategies_that_are_not_compared_are_not_described(results):
    text = Exhibits(results).strategies().data
    assert "Garnett" in text
    assert "JMLR 18:185, 2018" in text
    assert "JMLR 13, 2012" in text
    assert "three for each hyperparameter" in text  # keras-tuner's own default
    assert "combinations" not in text  # GridSearch


def test_overhead_is_what_the_jobs_took_beyond_training_and_suggesting(results):
    exhibits = Exhibits(results)
    timings = exhibits.table("timings").query("strategy == 'bayesian'")
    busy = timings[["suggest_seconds", "train_seconds"]].sum().sum() / 2  # of two repeats
    assert f">{made_up.JOB_SECONDS - busy:.1f}<" in exhibits.costs().data


def test_overhead_is_missing_where_trials_came_from_the_store(results, monkeypatch):
    exhibits = Exhibits(results)
    monkeypatch.setattr(exhibits, "_wall_seconds", lambda strategy: 1.0)
    assert exhibits.costs().data.count(f">{MISSING}<") == 3


def test_trials_at_a_time_are_told_and_leave_the_overhead_open(results):
    exhibits = Exhibits(results)
    assert "at a time" not in exhibits.headline().data
    exhibits.experiment["parallel_trials"] = 3
    assert "keeps 3 trials in training at a time" in exhibits.headline().data
    assert exhibits.costs().data.count(f">{MISSING}<") == 2  # of the searches; the pool keeps its


def test_a_choice_called_none_is_no_missing_value(results):
    activations = Exhibits(results).table("trials")["hp_activation"]
    assert set(activations) == {"relu", "None", "tanh"}
