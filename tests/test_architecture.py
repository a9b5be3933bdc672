"""Imports go strictly down the levels, and each third-party package has its own place."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ROOT

PACKAGE = ROOT / "malstyr_lib"
LEVELS = {
    "clock": 0,
    "errors": 0,
    "text": 0,
    "kpi_title": 0,
    "prose": 0,
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


def module_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> Iterator[str]:
    """Every dotted name that a file imports, names imported from the package's root included."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_strictly_down_the_levels(path: Path) -> None:
    own = module_of(path)
    for name in imports(path):
        root, _, rest = name.partition(".")
        other = rest.partition(".")[0]
        if root == "malstyr_lib" and other != own:
            assert LEVELS[other] < LEVELS[own], f"{own} imports {other}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_third_party_package_is_imported_only_in_its_place(path: Path) -> None:
    for name in imports(path):
        root = name.partition(".")[0]
        if root in sys.stdlib_module_names or root in EVERYWHERE or root == "malstyr_lib":
            continue
        assert module_of(path) in PLACES.get(root, set()), f"{root} in {path.name}"


def test_no_module_has_a_name_that_says_nothing() -> None:
    nothing = {"utils", "util", "helpers", "common", "manager", "misc"}
    assert not nothing & {path.stem for path in FILES}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_says_in_its_first_line_what_it_is_for(path: Path) -> None:
    first = (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").partition("\n")
    assert first[0].endswith(".")


def functions(path: Path) -> Iterator[ast.FunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef):
            yield node


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_function_is_longer_than_forty_lines(path: Path) -> None:
    for function in functions(path):
        doc = ast.get_docstring(function, clean=False) or ""
        length = (function.end_lineno or 0) - function.body[0].lineno + 1 - doc.count("\n")
        assert length <= 40, f"{function.name}: {length} lines"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_nothing_is_pickled(path: Path) -> None:
    roots = {name.partition(".")[0] for name in imports(path)}
    assert not {"pickle", "shelve", "marshal", "joblib"} & roots
