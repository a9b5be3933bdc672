"""Reports made in the test's own process: the notebook's cells run in order, without a kernel."""

from __future__ import annotations

import ast
import os
from collections.abc import Callable, Mapping
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import mock

import nbformat
import pytest
from nbformat import NotebookNode

from malstyr_lib.batch import Job, Wanted, jobs, making
from malstyr_lib.batch.making import finished
from malstyr_lib.batch.notebook import Done, done
from malstyr_lib.report.forms import Page

if TYPE_CHECKING:
    from conftest import Exercise


def made_page(exercise: Exercise, kind: str, slug: str | None = None, year: int = 2025) -> Page:
    """The finished page of one report; slug: of its subject, the first there is unless given."""
    todo = jobs(exercise.model, exercise.place, Wanted([kind], year=year))
    job = next(one for one in todo if slug in (None, one.subject.slug))
    return finished(job, exercise.model, run_here(job))


def run_here(job: Job) -> Done:
    """A job's notebook run in this process."""
    given = job.of.given(job.subject, job.year, job.snapshot)
    return executed(job.notebook, given, job.place.environment())


def executed(path: Path, given: Mapping[str, Any], environment: Mapping[str, str]) -> Done:
    """A notebook run to its end in this process: as `malstyr_lib.batch.notebook.execute`."""
    notebook = nbformat.read(path, as_version=4)
    with mock.patch.dict(os.environ, environment):
        run(notebook, given)
    return done(notebook)


def remembered() -> Callable[..., Done]:
    """As `executed`, but a notebook is run once for the same parameters, wherever its folders are.

    For what is done with the reports and not what is in them.
    """
    known: dict[str, Done] = {}

    def found(path: Path, given: Mapping[str, Any], environment: Mapping[str, str]) -> Done:
        key = f"{path} {sorted(given.items())}"
        if key not in known:
            known[key] = executed(path, given, environment)
        return deepcopy(known[key])

    return found


def make_quickly(patch: pytest.MonkeyPatch, execute: Callable[..., Done]) -> None:
    """Let every report be made once, however often it is asked for: run, page and forms.

    For what is done with the files alone. execute: what runs a notebook, such as `remembered()`.
    """
    finished, made = making.finished, making.made
    pages: dict[str, Page] = {}
    forms: dict[tuple[str, tuple[str, ...]], dict[str, bytes]] = {}

    def page_of(job: Job, *given: Any) -> Page:
        return pages.get(job.name) or pages.setdefault(job.name, finished(job, *given))

    def forms_of(page: Page, wanted: tuple[str, ...]) -> dict[str, bytes]:
        key = (page.title, wanted)
        return forms.get(key) or forms.setdefault(key, made(page, wanted))

    patch.setattr(making.notebook, "execute", execute)
    patch.setattr(making, "finished", page_of)
    patch.setattr(making, "made", forms_of)


def run(notebook: NotebookNode, given: Mapping[str, Any]) -> None:
    """Run a notebook's code cells with the parameters given, each value shown where it stands."""
    names: dict[str, Any] = {}
    for cell in notebook.cells:
        if cell.cell_type == "code":
            shown = _value(cell.source, names)
            if "parameters" in cell.metadata.get("tags", []):
                names |= given
            if shown is not None:
                cell.outputs = [nbformat.v4.new_output("execute_result", _bundle(shown))]


def _value(source: str, names: dict[str, Any]) -> object:
    """Run a cell; return the value of its last expression, if it ends with one."""
    body = ast.parse(source).body
    last = body.pop() if body and isinstance(body[-1], ast.Expr) else None
    exec(compile(ast.Module(body, []), "cell", "exec"), names)
    if last is None:
        return None
    value: object = eval(compile(ast.Expression(last.value), "cell", "eval"), names)
    return value


def _bundle(shown: Any) -> dict[str, Any]:
    """Return what a kernel would send of a value."""
    if hasattr(shown, "_repr_mimebundle_"):
        bundle: dict[str, Any] = shown._repr_mimebundle_()
        return bundle
    return {"text/html": shown._repr_html_(), "text/plain": repr(shown)}
