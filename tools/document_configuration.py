"""Write what explains the configuration from the models that check it.

    uv run tools/document_configuration.py

The docstrings and descriptions of the models in src/tuner_trials (experiment.py, search_space.py,
strategies/) become two files, which tests/test_configuration_documents.py holds up to date:

- config.schema.json, by which editors complete keys and mark mistakes;
- docs/configuration.md.

The comments of config.yaml are the first paragraphs of the same texts, put there by hand: the test
names what is missing.
"""

import json
import os
import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from tuner_trials.experiment import Experiment

ROOT = Path(__file__).resolve().parent.parent
TYPES = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "null": "`null`",
    "array": "list",
    "object": "section",
}

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
    """What each of the files is to hold."""
    return {
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
