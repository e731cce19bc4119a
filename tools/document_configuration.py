"""Write what explains the configuration from the models that check it.

    uv run tools/document_configuration.py

The docstrings and descriptions of the models in src/tuner_trials (experiment.py, search_space.py,
strategies/) become three things, which tests/test_configuration_documents.py holds up to date:

- the comments of config.yaml, of each text the first paragraph. Keys, values and blank lines are
  written there by hand, and stay;
- config.schema.json, by which editors complete keys and mark mistakes;
- docs/configuration.md.
"""

import json
import os
import re
import textwrap
from collections.abc import Collection, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import yaml
from pydantic.json_schema import GenerateJsonSchema

from tuner_trials.experiment import Experiment

ROOT = Path(__file__).resolve().parent.parent
WIDTH = 100  # columns of config.yaml
TYPES = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "null": "`null`",
    "array": "list",
    "object": "section",
}

FILE_HEAD = """\
# yaml-language-server: $schema=config.schema.json

{about}
#
# Every key, also those that are left out here: docs/configuration.md. The comments are written
# from the same words, by `uv run tools/document_configuration.py`.
"""
PAGE_HEAD = """\
<!-- Written by `uv run tools/document_configuration.py` from the models in src/tuner_trials. -->

# Configuration

{about}

Editors that know JSON schemas for YAML (VS Code with its YAML extension, for one) complete the
keys, explain them and mark mistakes: the first line of config.yaml names config.schema.json for
them. What depends on several keys at once is checked when the workflow starts.

## All keys
"""


class Schema(GenerateJsonSchema):
    """pydantic's JSON schema, without titles, and with no names but those that are allowed."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False

    def dict_schema(self, schema: Any) -> dict[str, Any]:
        return {"additionalProperties": False} | super().dict_schema(schema)


SCHEMA = Experiment.model_json_schema(schema_generator=Schema)


def documents() -> dict[Path, str]:
    """What each of the three files is to hold."""
    config = ROOT / "config.yaml"
    return {
        config: commented(config.read_text("utf-8")),
        ROOT / "config.schema.json": json.dumps(SCHEMA, indent=2, ensure_ascii=False) + "\n",
        ROOT / "docs/configuration.md": page(),
    }


def resolved(part: dict[str, Any]) -> dict[str, Any]:
    """A part of the schema, with what it refers to."""
    name = part.get("$ref", "").removeprefix("#/$defs/")
    return SCHEMA["$defs"][name] | part if name else part


def named_parts(part: dict[str, Any]) -> list[dict[str, Any]]:
    """What may stand under names that the user chooses."""
    return [
        inner
        for inner in (part.get("additionalProperties"), *part.get("patternProperties", {}).values())
        if inner
    ]


# config.yaml


def commented(text: str) -> str:
    """The text of config.yaml with its comments written anew."""
    comments = dict(comments_of(yaml.compose(text), yaml.safe_load(text), SCHEMA))
    lines = [FILE_HEAD.format(about=comment(SCHEMA["description"]))]
    # Neighbours of one indentation have their comments in one column.
    for indent, block in groupby(without_comments(text), lambda line: indentation(line[1])):
        explained = [(line, comments.get(number, ("", False))) for number, line in block]
        column = max((len(line) for line, (words, _) in explained if words), default=0) + 2
        for line, (words, ends) in explained:
            if not words:
                lines.append(line)
            elif ends and column + len("# ") + len(words) <= WIDTH:
                lines.append(f"{line:{column}}# {words}")
            else:
                lines += [comment(words, indent or ""), line]
    return "\n".join(lines)


def comments_of(
    section: yaml.MappingNode, data: dict[str, Any], part: dict[str, Any]
) -> Iterator[tuple[int, tuple[str, bool]]]:
    """The lines of the keys in a section and below it, with the comment of each.

    Beside the comment stands whether the key's value ends on the same line.
    """
    for key, node in section.value:
        name, value = key.value, data[key.value]
        inner = resolved(part["properties"][name] if "properties" in part else named_parts(part)[0])
        if "discriminator" in inner:
            choice = inner["discriminator"]
            inner = resolved({"$ref": choice["mapping"][value[choice["propertyName"]]]})
        if "description" in inner:
            words = " ".join(inner["description"].split("\n\n")[0].split())
            line = key.start_mark.line
            yield line, (words, node.end_mark.line == line)
        # A hyperparameter's keys would say the same each time: they are explained above them all.
        if isinstance(value, dict) and name != "search_space":
            yield from comments_of(node, value, inner)


def without_comments(text: str) -> list[tuple[int, str]]:
    """The lines with their numbers; without the head of the file, and without its comments."""
    lines = text.split("\n")
    kept: dict[int, str] = {}
    for token in yaml.scan(text):  # comments are no tokens
        start, end = token.start_mark, token.end_mark
        kept |= {number: lines[number] for number in range(start.line, end.line)}
        if (line := lines[end.line][: end.column]).strip():
            kept[end.line] = line
    found: list[tuple[int, str]] = []
    for number in range(min(kept), len(lines)):
        if number in kept:
            found.append((number, kept[number]))
        elif not lines[number].strip() and found[-1][1]:  # two where a comment was between them
            found.append((number, ""))
    return found


def indentation(line: str) -> str | None:
    """What a line begins with; None for a blank line, which ends a block."""
    return line[: len(line) - len(line.lstrip())] if line else None


def comment(text: str, indent: str = "") -> str:
    """A text as comment lines; what is indented in it keeps its lines."""
    paragraphs = [
        textwrap.indent(paragraph, "# ")
        if paragraph.startswith(" ")
        else textwrap.fill(
            " ".join(paragraph.split()),
            WIDTH - len(indent),
            initial_indent="# ",
            subsequent_indent="# ",
            break_on_hyphens=False,
        )
        for paragraph in text.split("\n\n")
    ]
    return textwrap.indent("\n#\n".join(paragraphs), indent)


# docs/configuration.md


def page() -> str:
    """The page of the docs."""
    lines = [PAGE_HEAD.format(about=SCHEMA["description"]), *table(SCHEMA, SCHEMA["properties"])]
    for name, part in SCHEMA["properties"].items():
        if models := models_below(part):
            lines += ["", f"## `{name}`", "", *section(resolved(part), models)]
    return linked("\n".join(lines)) + "\n"


def section(part: dict[str, Any], models: list[dict[str, Any]]) -> Iterator[str]:
    """The lines about a section: what it is, then the keys of its model, or of each to choose."""
    yield part["description"]
    keys = [model["properties"] for model in models]
    if len(models) == 1:
        if part != models[0]:
            yield from ("", models[0]["description"])
        yield from ("", *table(models[0], keys[0]))
        return
    shared = [name for name in keys[0] if all(keys[0][name] == others.get(name) for others in keys)]
    if shared:
        yield from ("", "Keys of all types:", "", *table(models[0], shared))
    for model in models:
        [(kind, value)] = [(x, y["const"]) for x, y in model["properties"].items() if "const" in y]
        own = [name for name in model["properties"] if name not in (kind, *shared)]
        yield from ("", f"### `{kind}: {value}`", "", model["description"], "")
        yield from table(model, own) if own else ["It has no further keys."]


def models_below(part: dict[str, Any]) -> list[dict[str, Any]]:
    """The models that a key leads to: one, or those among which a user chooses."""
    part = resolved(part)
    if "properties" in part:
        return [part] if "description" in part else []
    choices = (*named_parts(part), *part.get("oneOf", []))
    return [model for choice in choices for model in models_below(choice)]


def table(model: dict[str, Any], names: Collection[str]) -> Iterator[str]:
    """The lines of a table of some of a model's keys."""
    yield from ("| key | allowed | default | |", "|---|---|---|---|")
    for name in names:
        part = resolved(model["properties"][name])
        key, words = f"`{name}`", " ".join(part["description"].split())
        if models_below(part):  # explained in a section of its own
            key, words = f"[{key}](#{name})", words.split(". ")[0].rstrip(".") + "."
        default = "required" if name in model["required"] else shown(part["default"])
        yield f"| {key} | {allowed(part)} | {default} | {words} |"


def allowed(part: dict[str, Any]) -> str:
    """What values a key may have, in words."""
    *choices, last = choices_of(part)
    return f"{', '.join(choices)} or {last}" if choices else last


def choices_of(part: dict[str, Any]) -> Iterator[str]:
    """Each of the values, or kinds of values, that a key may have."""
    if "anyOf" in part:
        for choice in part["anyOf"]:
            yield from choices_of({"type": part.get("type")} | choice)
    elif "const" in part or "enum" in part:
        yield from map(shown, part.get("enum") or [part["const"]])
    elif isinstance(part["type"], list):
        for kind in part["type"]:
            yield from choices_of({"type": kind})
    elif part["type"] == "boolean":
        yield from ("`true`", "`false`")
    else:
        yield ", ".join([TYPES[part["type"]], *limits(part)])


def limits(part: dict[str, Any]) -> Iterator[str]:
    """The limits of a number or a text, in words."""
    low, high = part.get("minimum"), part.get("maximum")
    if low is not None and high is not None:
        yield f"{low:,} to {high:,}"
    elif low is not None:
        yield f"at least {low:,}"
    elif high is not None:
        yield f"at most {high:,}"
    if "exclusiveMinimum" in part:
        yield f"above {part['exclusiveMinimum']:,}"
    if "exclusiveMaximum" in part:
        yield f"below {part['exclusiveMaximum']:,}"
    if "multipleOf" in part:
        yield f"a multiple of {part['multipleOf']:,}"
    if "maxLength" in part:
        yield f"at most {part['maxLength']:,} characters"


def shown(value: Any) -> str:
    """A value as the file has it."""
    if value in ("", {}):
        return "empty"
    return f"`{value if isinstance(value, str) else json.dumps(value)}`"


def linked(text: str) -> str:
    """A text in which the files of the project are links."""
    return re.sub(
        r"(?<![/\w`])(?:(?:docs|models|experiments)/\w+|config)\.(?:schema\.)?\w+\b",
        lambda match: f"[{match[0]}]({os.path.relpath(match[0], 'docs')})",
        text,
    )


if __name__ == "__main__":
    for path, text in documents().items():
        path.write_text(text, "utf-8")
