"""The rooms of the code: the level of each, what each alone may import, and how they are drawn."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from conftest import ROOT

PACKAGE = ROOT / "malstyr_lib"
LEVELS = {
    "disk": 0,
    "errors": 0,
    "text": 0,
    "kpi_title": 0,
    "clock": 1,
    "lock": 1,
    "tables": 1,
    "model": 1,
    "outcome": 1,
    "program": 1,
    "workspace": 1,
    "companions": 2,
    "manifest": 2,
    "markup": 2,
    "params": 2,
    "periods": 2,
    "kolada": 2,
    "kolada_days": 2,
    "store": 2,
    "scoring": 2,
    "chain": 3,
    "charts": 3,
    "drift": 3,
    "own": 3,
    "publication": 3,
    "standing": 3,
    "fetch": 4,
    "grounds": 4,
    "questions": 5,
    "report": 6,
    "batch": 7,
    "face": 7,
    "ovning": 7,
    "cli": 8,
    "__init__": 8,
}
EVERYWHERE = {"numpy", "pandas"}
PLACES = {
    "babel": {"text"},
    "pydantic": {"model", "params"},
    "pydantic_core": {"model", "params"},
    "ruamel": {"params"},
    "yaml": {"params"},
    "openpyxl": {"params"},
    "defusedxml": {"params"},
    "requests": {"kolada"},
    "urllib3": {"kolada"},
    "msgspec": {"kolada", "ovning"},
    "pyarrow": {"store", "ovning"},
    "matplotlib": {"charts"},
    "seaborn": {"charts"},
    "scipy": {"scoring"},
    "bs4": {"report"},
    "nbconvert": {"report"},
    "jinja2": {"report"},
    "pypandoc": {"report"},
    "xlsxwriter": {"report"},
    "ipywidgets": {"face"},
    "nbformat": {"report", "batch"},
    "papermill": {"batch"},
    "nbclient": {"batch"},
    "ipykernel": {"batch"},
    "distributed": {"batch"},
    "fsspec": {"batch"},
    "jupyter_client": {"batch"},
    "icalendar": {"publication"},
    "typer": {"cli"},
    "typst": {"report"},
    "rich": {"cli"},
}
FILES = sorted(PACKAGE.rglob("*.py"))


@cache
def tree(path: Path) -> ast.Module:
    """A file's syntax, read once for all rules."""
    return ast.parse(path.read_text(encoding="utf-8"))


def module_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> Iterator[str]:
    """Every dotted name that a file imports, names imported from the package's root included."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def room_edges() -> set[tuple[str, str]]:
    """Every (importer, imported) pair of rooms."""
    return {
        (module_of(path), other)
        for path in FILES
        for name in imports(path)
        for other in [name.split(".")[1] if name.startswith("malstyr_lib.") else ""]
        if other in LEVELS and other != module_of(path)
    }


def drawing() -> str:
    """The rooms as a chart in Mermaid: data and names flow along the arrows, from low to high.

    An arrow that a longer way already shows is left out.
    """
    edges = room_edges()
    above = {room: {one for one, below in edges if below == room} for room in LEVELS}
    shown = [
        (below, room)
        for below in sorted(LEVELS)
        for room in sorted(above[below])
        if not any(room in _reached(other, above) for other in above[below] - {room})
    ]
    lines = ["flowchart BT"]
    for level in sorted(set(LEVELS.values())):
        named = sorted(room for room in LEVELS if LEVELS[room] == level and room != "__init__")
        lines.append(f'  subgraph n{level} ["nivå {level}"]')
        lines += [f"    {room}" for room in named]
        lines.append("  end")
    lines += [f"  {below} --> {room}" for below, room in shown if room != "__init__"]
    return "\n".join(lines)


def _reached(room: str, above: dict[str, set[str]]) -> set[str]:
    found: set[str] = set()
    waiting = [room]
    while waiting:
        new = above[waiting.pop()] - found
        found |= new
        waiting += new
    return found


def _heads(room: str) -> tuple[Path, Path]:
    return PACKAGE / room / "__init__.py", PACKAGE / f"{room}.py"


def table() -> str:
    """The rooms as a table: what each is for by its own first line, and what it alone imports."""
    lines = ["| Level | Room | What it is for | Third party |", "|---|---|---|---|"]
    for room, level in sorted(LEVELS.items(), key=lambda one: (one[1], one[0])):
        if room == "__init__":
            continue
        file = next(one for one in FILES if one in _heads(room))
        doc = ast.get_docstring(tree(file)) or ""
        theirs = ", ".join(sorted(name for name, places in PLACES.items() if room in places))
        lines.append(f"| {level} | `{room}` | {doc.partition(chr(10))[0]} | {theirs} |")
    return "\n".join(lines)
