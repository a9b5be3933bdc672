"""Imports go strictly down the levels, and each third-party package has its own place."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ROOT
from rooms import (
    EVERYWHERE,
    FILES,
    LEVELS,
    PACKAGE,
    PLACES,
    drawing,
    imports,
    module_of,
    table,
    tree,
)


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
    first = (ast.get_docstring(tree(path)) or "").partition("\n")
    assert first[0].endswith(".")


def functions(path: Path) -> Iterator[ast.FunctionDef]:
    for node in ast.walk(tree(path)):
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


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_fits_in_four_hundred_lines(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


def public(node: ast.AST, *, within: bool = False) -> Iterator[ast.FunctionDef | ast.ClassDef]:
    """Every public function, class and method of a module; what lies in a function is its own."""
    for one in ast.iter_child_nodes(node):
        if isinstance(one, ast.FunctionDef | ast.ClassDef) and not one.name.startswith("_"):
            yield one
            if isinstance(one, ast.ClassDef):
                yield from public(one, within=True)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_every_public_name_says_what_it_is(path: Path) -> None:
    assert [one.name for one in public(tree(path)) if ast.get_docstring(one) is None] == []


def module_imports(path: Path) -> set[str]:
    """The modules of ours that a module imports when it is itself imported."""
    names = {".".join(one.relative_to(PACKAGE.parent).with_suffix("").parts) for one in FILES}
    found: set[str] = set()
    for node in tree(path).body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("malstyr_lib"):
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                found |= {one for one in (whole, f"{whole}.__init__") if one in names} or {
                    one for one in (node.module, f"{node.module}.__init__") if one in names
                }
    return found


def test_no_modules_import_each_other_in_a_circle() -> None:
    name = {
        path: ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts) for path in FILES
    }
    left = {name[path]: module_imports(path) - {name[path]} for path in FILES}
    while free := {one for one, needed in left.items() if not needed & left.keys()}:
        for one in free:
            del left[one]
    assert sorted(left) == []


DRAWN = ROOT / "docs" / "arkitektur.md"


@pytest.mark.parametrize(
    ("mark", "made"), [("drawing", lambda: f"```mermaid\n{drawing()}\n```"), ("rooms", table)]
)
def test_the_drawing_is_of_the_code_as_it_is(
    mark: str, made: object, pytestconfig: pytest.Config
) -> None:
    """Written anew with `pytest tests/test_architecture.py --golden`."""
    text = DRAWN.read_text(encoding="utf-8")
    now = f"<!-- {mark} -->\n{made()}\n<!-- end of {mark} -->"  # type: ignore[operator]
    between = re.compile(f"<!-- {mark} -->.*?<!-- end of {mark} -->", re.DOTALL)
    if pytestconfig.getoption("--golden"):
        text = between.sub(lambda _: now, text)
        DRAWN.write_text(text, encoding="utf-8")
    assert now in text
