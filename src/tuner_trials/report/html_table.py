"""A table on the report's page."""

from collections.abc import Callable
from html import escape
from typing import Any

import pandas as pd
from IPython.display import HTML

MISSING = "\N{EN DASH}"
Formats = dict[str, str | Callable[[float], str]]


def html_table(
    frame: pd.DataFrame, label: str, formats: Formats | None = None, css_class: str = ""
) -> HTML:
    """A table in a box of its own that scrolls where the page is narrow.

    ``label`` is its name for who does not see it: a screen reader says it, and lists the page's
    tables by it. ``formats`` names the columns of numbers, which are set flush right, and how to
    write them: a format, or a function.
    """
    formats = formats or {}
    number = {name: ' class="number"' if name in formats else "" for name in frame}

    def cell(tag: str, name: str, text: str) -> str:
        return f"<{tag}{number[name]}>{text}</{tag.split()[0]}>"

    # A long name at the head of a narrow column is broken where a person would break it.
    heads = {name: escape(name).replace("_", "_<wbr>") for name in frame}
    head = "".join(cell('th scope="col"', name, text) for name, text in heads.items())
    body = ""
    for row in frame.itertuples(index=False, name=None):
        texts = [
            escape(_written(value, formats.get(name)))
            for name, value in zip(frame, row, strict=True)
        ]
        cells = [
            cell('th scope="row"' if place == 0 else "td", name, text)
            for place, (name, text) in enumerate(zip(frame, texts, strict=True))
        ]
        body += f"<tr>{''.join(cells)}</tr>\n"
    # Keys scroll a box only where it can have the focus.
    name = f'aria-label="{escape(label)}"'
    return HTML(
        f'<div class="{" ".join(["table", css_class]).strip()}" role="region" {name} tabindex="0">'
        f"<table {name}><thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody></table></div>"
    )


def _written(value: Any, form: str | Callable[[float], str] | None) -> str:
    if pd.isna(value):
        return MISSING
    if callable(form):
        return form(value)
    return format(value, form) if form and not isinstance(value, str) else str(value)
