"""The API page, made from the docstrings of what is public."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator
from typing import Any, Final

import malstyr_lib as ms
from malstyr_lib import scoring, tables
from malstyr_lib.kolada import KoladaClient
from malstyr_lib.store import Snapshot, Store

FACE: Final = tuple(getattr(ms, name) for name in ms.__all__)
SCIENCE: Final = (
    scoring.colours,
    scoring.trend,
    scoring.kaplan_meier,
    scoring.decompose_shift,
)
CLASSES: Final = (KoladaClient, Store, Snapshot)
TABLES: Final = (
    "OBSERVATIONS",
    "OU_OBSERVATIONS",
    "CHANGED_OBSERVATIONS",
    "SCORES",
    "KPIS",
    "MUNICIPALITIES",
    "GROUPS",
    "OUS",
)
HEAD: Final = """# API

Made from the docstrings by `pytest tests/test_api.py --golden`, and its examples are run as tests.
All else in the library may change without notice. How it hangs together:
[arkitektur.md](arkitektur.md).
"""


def page() -> str:
    """Return the whole page as Markdown."""
    parts = [HEAD, "## In a notebook: `import malstyr_lib as ms`", ""]
    parts += [_function(one, f"ms.{one.__name__}") for one in FACE]
    parts += ["## Scoring: `from malstyr_lib.scoring import …`", ""]
    parts += [_function(one, one.__name__) for one in SCIENCE]
    for kind in CLASSES:
        parts += [f"## `{kind.__module__.rpartition('.')[0]}.{kind.__name__}`", "", *_class(kind)]
    parts += ["## Tables", "", "Long form; ids are text, a missing value is NaN.", "", *_tables()]
    return "\n".join(parts).rstrip() + "\n"


def _function(function: Any, name: str) -> str:
    return f"### `{name}{_signature(function)}`\n\n{_doc(function)}\n"


def _class(kind: type) -> Iterator[str]:
    if kind is not Snapshot:
        yield f"`{kind.__name__}{_signature(kind)}`\n"
    yield f"{_doc(kind)}\n"
    for name, member in vars(kind).items():
        shown = inspect.isfunction(member) or isinstance(member, property)
        if shown and not name.startswith("_"):
            told = name if isinstance(member, property) else f"{name}{_signature(member)}"
            yield f"### `.{told}`\n\n{_doc(member)}\n"


def _tables() -> Iterator[str]:
    yield "| Table | Columns |\n|---|---|"
    for name in TABLES:
        columns = ", ".join(f"`{column}` {kind}" for column, kind in getattr(tables, name).items())
        yield f"| `tables.{name}` | {columns} |"


def _signature(found: Any) -> str:
    told = inspect.signature(found)
    kept = [one for one in told.parameters.values() if one.name != "self"]
    words = [_parameter(one) for one in kept]
    named = [number for number, one in enumerate(kept) if one.kind is one.KEYWORD_ONLY]
    if named:
        words.insert(named[0], "*")
    gives = told.return_annotation
    arrow = f" -> {gives}" if isinstance(gives, str) and gives != "None" else ""
    return f"({', '.join(words)}){arrow}"


def _parameter(one: inspect.Parameter) -> str:
    if one.default is one.empty:
        return f"{one.name}: {one.annotation}"
    default = getattr(one.default, "__name__", None) or json.dumps(one.default)
    given = {"null": "None", "true": "True", "false": "False"}.get(default, default)
    return f"{one.name}: {one.annotation} = {given}"


def _doc(found: Any) -> str:
    return inspect.getdoc(found) or ""
