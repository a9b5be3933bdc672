"""JSON schemas of the parameter files, by which an editor completes and explains their keys.

Made from the very types that the loader checks with, but for how an editor reads a file: typed,
so that a code without quotes is a number. A schema accepts all that the loader accepts, but for a
text that is written as true, false or null; the loader, which sees all files, refuses more.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeAlias

from malstyr_lib.disk import put
from malstyr_lib.model import CODE_PATTERN, FILE_NAME
from malstyr_lib.params import MODELS
from malstyr_lib.params._words import DESCRIPTIONS
from malstyr_lib.params.files import (
    ACTIVITIES,
    COMMITTEES,
    MEASURES,
    NOTES,
    QUESTIONS,
    REGISTRY,
    STEERING,
)
from malstyr_lib.workspace import MUNICIPALITY

Schema: TypeAlias = dict[str, Any]

FOLDER: Final = "schema"
NAMES: Final = {
    MUNICIPALITY: "kommun",
    STEERING: "styrmodell",
    REGISTRY: "nyckeltal",
    COMMITTEES: "namnd",
    ACTIVITIES: "aktiviteter",
    MEASURES: "egna",
    NOTES: "anteckningar",
    QUESTIONS: "fragor",
}
"""The schema of each file, and of each file in a folder."""

_DIALECT: Final = "http://json-schema.org/draft-07/schema#"
_KEPT: Final = ("type", "enum", "format", "pattern", "examples", "minItems", "minLength")
_WRITTEN_NUMBER: Final = r"^[-+0-9.,eE_\s]+$"


def schemas() -> dict[str, str]:
    """Return every schema as JSON text, by the name of its file."""
    return {f"{name}.json": _written(kind, name) for kind, name in NAMES.items()}


@cache
def _written(kind: str, name: str) -> str:
    return json.dumps(_schema(kind, name), ensure_ascii=False, indent=2) + "\n"


def modeline(kind: str) -> str:
    """Return the first line, by which an editor finds the schema of a file or a folder's files."""
    up = "" if kind.endswith(".yaml") else "../"
    return f"# yaml-language-server: $schema={up}{FOLDER}/{NAMES[kind]}.json\n"


def write(folder: Path, *, again: bool = True) -> list[Path]:
    """Write the schemas into a params folder, and return the files that were not so already.

    again: write over those that are there; otherwise they are left as they are.
    """
    place = folder / FOLDER
    place.mkdir(exist_ok=True)
    written = []
    for name, content in schemas().items():
        file = place / name
        told = file.read_bytes() if file.exists() else None
        if told is None or (again and told != content.encode()):
            put(place, {name: content})
            written.append(file)
    return written


def _schema(kind: str, name: str) -> Schema:
    made = MODELS[kind].model_json_schema(by_alias=True)
    return {"$schema": _DIALECT, **_typed(made, made.get("$defs", {}), (name, ()))}


def _typed(node: Schema, known: dict[str, Schema], at: tuple[str, tuple[str, ...]]) -> Schema:
    """Return a part of pydantic's schema as an editor needs it, with the words of its place."""
    node = _plain(node, known)
    typed = {key: node[key] for key in _KEPT if key in node} | _widened(node)
    name, keys = at
    words = DESCRIPTIONS[name].get(".".join(keys))
    if words:
        typed["description"] = words
    if "items" in node:
        typed["items"] = _item(node["items"], known, at)
    if "properties" in node:
        typed["properties"] = {
            key: _typed(one, known, (name, (*keys, key)))
            for key, one in node["properties"].items()
            if key != FILE_NAME
        }
        typed["required"] = [key for key in node.get("required", []) if key != FILE_NAME]
        typed["additionalProperties"] = False
    return typed


def _item(node: Schema, known: dict[str, Schema], at: tuple[str, tuple[str, ...]]) -> Schema:
    """Return what a list holds; the words stand at the list."""
    return {k: v for k, v in _typed(node, known, at).items() if k != "description"}


def _plain(node: Schema, known: dict[str, Schema]) -> Schema:
    """Return a part without references and without null, which no file can hold."""
    if "anyOf" in node:
        (node,) = (one for one in node["anyOf"] if one.get("type") != "null")
    if "$ref" in node:
        node = known[node["$ref"].rpartition("/")[2]]
    return node


def _widened(node: Schema) -> Schema:
    """Return what must be said otherwise, where a text can look like a number to an editor."""
    if "enum" in node:
        return {"enum": [word for word in node["enum"] if isinstance(word, str)], "type": "string"}
    if node.get("type") == "number":
        return {"type": ["number", "string"], "pattern": _WRITTEN_NUMBER}
    if node.get("type") != "string" or "format" in node or "examples" in node:
        return {}
    pattern = node.get("pattern", "")
    if pattern == CODE_PATTERN:
        return {"type": ["string", "integer"], "minimum": 0, "maximum": 9999}
    return {"type": ["string", "number"]} if re.search(pattern, "1") else {}
