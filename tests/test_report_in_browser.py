"""The report's page in a browser: on a phone, by keyboard, on paper, and checked by axe-core."""

from importlib.resources import files
from pathlib import Path

import made_up
import pytest
from playwright.sync_api import sync_playwright

from tuner_trials.report.page import execute_notebook, export_page

SOURCE = Path(__file__).parents[1] / "notebooks/analysis.ipynb"
PHONE, DESKTOP, A4 = 375, 1280, 695  # pixels; A4 between its margins, 184 mm, of 96 an inch
# WCAG 2.0 to 2.2, levels A and AA, and what axe-core advises beyond them.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
APPLICABLE = {  # of over forty that find something to check on the page
    *("color-contrast", "image-alt", "link-name", "heading-order", "region", "landmark-unique"),
    *("scrollable-region-focusable", "target-size", "list", "meta-viewport", "summary-name"),
}


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """The page of an experiment that has everything: ranks, failures, conditions, publications."""
    folder = tmp_path_factory.mktemp("results")
    space = {name: d for name, d in made_up.CONDITIONAL_SPACE.items() if name != "skip"}
    experiment = made_up.experiment(
        space=space, pool=10, budget=4, repeats=8, published=made_up.PUBLISHED
    )
    made_up.write_results(folder, experiment)
    files = folder / "report.ipynb", folder / "partial.ipynb"
    execute_notebook(SOURCE, folder, *files, ["leak", "assignment"])
    export_page(folder / "report.ipynb", folder / "report.html", "Tuner Trials: made up")
    return folder / "report.html"


@pytest.fixture(scope="module")
def browser(report, chromium):  # the report first: while a browser is open, an event loop runs
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture
def opened(browser, report):
    """Open the page so many pixels wide, on a screen or in print."""
    contexts = []

    def opened(width, media="screen", path=report):
        contexts.append(browser.new_context(viewport={"width": width, "height": 800}))
        page = contexts[-1].new_page()
        page.emulate_media(media=media)
        page.goto(path.as_uri())
        return page

    yield opened
    for context in contexts:
        context.close()


def check(page):
    """What axe-core found, as ``violations``, ``incomplete`` and ``passes``."""
    page.evaluate(files("axe_playwright_python").joinpath("axe.min.js").read_text())
    options = {"runOnly": RULES, "resultTypes": ["violations", "incomplete"]}
    return page.evaluate("options => axe.run(options)", options)


def open_details(page):
    page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")


@pytest.mark.parametrize("details", ["closed", "open"])
@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_axe_finds_nothing_on_a_screen(width, details, opened):
    page = opened(width)
    assert page.locator("details").count() == 2
    if details == "open":
        open_details(page)
    found = check(page)
    assert found["violations"] == []
    assert {rule["id"] for rule in found["passes"]} > APPLICABLE
    # Over the shadows at a table's edge axe-core cannot tell the contrast; in print are none.
    assert {rule["id"] for rule in found["incomplete"]} == {"color-contrast"}


def test_axe_finds_nothing_in_print_and_is_sure_of_it(opened):
    found = check(opened(A4, "print"))
    assert found["violations"] == found["incomplete"] == []
    assert {rule["id"] for rule in found["passes"]} > APPLICABLE - {"scrollable-region-focusable"}


def test_axe_finds_what_is_wrong(opened, report, tmp_path):
    """So that its silence means something."""
    text = report.read_text(encoding="utf-8")
    for right, wrong in (
        (' alt="', ' data-alt="'),
        (' tabindex="0"', ""),
        ("color: #4b535b", "color: #9aa3ac"),
        ("<h4>", "<h6>"),
        ("Size and classes of the three parts", "Failed and diverged trials"),
    ):
        assert right in text
        text = text.replace(right, wrong)
    path = tmp_path / "wrong.html"
    path.write_text(text, encoding="utf-8")
    found = {rule["id"] for rule in check(opened(PHONE, path=path))["violations"]}
    assert found == {
        *("image-alt", "color-contrast", "heading-order", "landmark-unique"),
        "scrollable-region-focusable",
    }


@pytest.mark.parametrize("width", [320, PHONE, DESKTOP])
def test_only_tables_scroll_sideways(width, opened):
    page = opened(width)
    open_details(page)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    scrolling = page.evaluate(
        """[...document.querySelectorAll('body, body *')]
        .filter(part => part.scrollWidth > part.clientWidth && part.clientWidth)
        .filter(part => getComputedStyle(part).overflowX != 'visible')
        .map(part => part.className || part.localName)"""
    )
    assert {name.split()[0] for name in scrolling} <= {"table", "pre"}
    assert scrolling.count("table") > 5 if width < 400 else scrolling


def test_text_is_large_enough_on_a_phone(opened):
    page = opened(PHONE)
    open_details(page)
    sizes = page.evaluate(
        """[...document.querySelectorAll('body *')]
        .filter(part => [...part.childNodes].some(node => node.nodeType == 3 && node.data.trim()))
        .map(part => parseFloat(getComputedStyle(part).fontSize))"""
    )
    assert len(sizes) > 100
    assert min(sizes) > 11
    widths = page.evaluate("[...document.images].map(image => image.clientWidth)")
    assert len(widths) == 11 and set(widths) == {PHONE}


def test_keys_reach_and_scroll_everything(opened):
    page = opened(PHONE)
    wanted = page.locator("a, summary, .table, pre[role=img]").count()
    page.evaluate("window.seen = new Set()")
    for _ in range(wanted):
        page.keyboard.press("Tab")
        outline = page.evaluate(
            """(() => {
                const part = document.activeElement, {outlineStyle, outlineWidth}
                    = getComputedStyle(part);
                window.seen.add(part);
                return [part.localName, outlineStyle, parseFloat(outlineWidth)];
            })()"""
        )
        assert outline[1] == "solid" and outline[2] >= 2, outline
    assert page.evaluate("window.seen.size") == wanted
    assert page.evaluate("!window.seen.has(document.body)")

    table = page.locator(".table").filter(has_text="A12")
    table.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("box => box.scrollLeft > 0", arg=table.element_handle())


def test_details_are_opened_by_a_key(opened):
    page = opened(PHONE)
    details = page.locator(".answer details")
    details.locator("summary").focus()
    assert not details.locator("p").first.is_visible()
    page.keyboard.press("Enter")
    assert details.locator("p").first.is_visible()


def test_print_shows_the_details_and_cuts_no_table(opened):
    page = opened(A4, "print")
    for folded in (*page.locator(".answer details p").all(), page.locator("details pre")):
        assert folded.is_visible()
    ends = page.locator("table, pre, figure").evaluate_all(
        "parts => parts.map(part => part.getBoundingClientRect().right)"
    )
    assert len(ends) > 20
    assert max(ends) <= A4
    kept = page.locator("figure, tr").evaluate_all(
        "parts => parts.map(part => getComputedStyle(part).breakInside)"
    )
    assert set(kept) == {"avoid"}
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")
