"""Runs one report's notebook through papermill and judges by itself whether it succeeded."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import papermill
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from papermill.exceptions import PapermillExecutionError

from malstyr_lib import errors
from malstyr_lib.batch import kernel, scratch
from malstyr_lib.errors import ReportError
from malstyr_lib.report.ending import END_MARKER, FINDINGS, READS

KERNEL = "python3"
CELL_TIMEOUT_S = 600


@dataclass(frozen=True)
class Done:
    """A notebook that came to its end, what its end marker found, and what lay beside it.

    findings: tables as records, by name. reads: the digests of what it read of the snapshot. They
    are no longer in the notebook.
    """

    notebook: NotebookNode
    found: dict[str, Any]
    findings: dict[str, list[dict[str, Any]]]
    reads: dict[str, str]


def execute(
    path: Path, parameters: Mapping[str, str | int], environment: Mapping[str, str]
) -> Done:
    """Return a notebook, run from beginning to end, with what its end marker says.

    A kernel that does not start is tried once more; nothing else is.

    The parameters' names are fixed by the caller and must all be among the notebook's own.
    environment: variables that the kernel gets besides its own. ReportError, with the cell and
    the cause, when a cell fails, the kernel dies, time runs out or the end marker is absent.
    """
    notebook = nbformat.read(path, as_version=4)
    _check(notebook, path, parameters)
    with scratch.folder() as own, _with({**environment, "IPYTHONDIR": str(own)}):
        try:
            return done(_run(notebook, parameters, own))
        except _NotStarted:
            return done(_run(notebook, parameters, own))


def _check(notebook: NotebookNode, path: Path, parameters: Mapping[str, str | int]) -> None:
    tagged = [one for one in notebook.cells if "parameters" in one.metadata.get("tags", [])]
    if len(tagged) != 1:
        raise ReportError(f"{path.name} ska ha precis en cell märkt 'parameters'.")
    missing = [name for name in parameters if f"\n{name}: " not in f"\n{tagged[0].source}"]
    if missing:
        raise ReportError(f"{path.name} saknar parametern {missing[0]}.")


class _NotStarted(ReportError):
    """The kernel never answered: nothing has been run."""


def _run(notebook: NotebookNode, parameters: Mapping[str, str | int], own: Path) -> NotebookNode:
    """Run the notebook in an own kernel; only the exception tells, never the file."""
    try:
        ran: NotebookNode = papermill.execute_notebook(
            deepcopy(notebook),
            None,
            parameters=dict(parameters),
            kernel_name=KERNEL,
            language="python",
            kernel_manager_class=kernel.manager(own),
            extra_arguments=["--IPKernelApp.log_level=50", "--HistoryManager.enabled=False"],
            progress_bar=False,
            cwd=str(own),
            execution_timeout=CELL_TIMEOUT_S,
            shutdown_kernel="immediate",  # it has nothing to put in order: all of it was its own
        )
        return ran
    except PapermillExecutionError as error:
        raise ReportError(_said(error)) from error
    except CellTimeoutError as error:
        raise ReportError(f"En cell tog mer än {CELL_TIMEOUT_S} sekunder.") from error
    except DeadKernelError as error:
        raise ReportError(f"Notebookens kärna dog: {error}") from error
    except RuntimeError as error:
        raise _NotStarted(f"Notebookens kärna startade inte: {error}") from error


def _said(error: PapermillExecutionError) -> str:
    """Return what a cell's error says: our own sentences as they are, others with their place."""
    if issubclass(getattr(errors, error.ename, Exception), errors.MalstyrError):
        return str(error.evalue)
    return f"Cell {error.cell_index + 1} stannade: {error.ename}: {error.evalue}."


def done(notebook: NotebookNode) -> Done:
    """Return a notebook that has been run, with what its last output found taken out of it.

    Without an end marker the notebook did not come to its end.
    """
    for output in notebook.cells[-1].get("outputs", []):
        data = output.get("data", {})
        if END_MARKER in data:
            taken = (dict(data.pop(kind, {})) for kind in (FINDINGS, READS))
            return Done(notebook, dict(data[END_MARKER]), *taken)
    raise ReportError("Notebooken slutade utan slutmärke: den kom inte till sitt slut.")


@contextmanager
def _with(environment: Mapping[str, str]) -> Iterator[None]:
    """Set environment variables for a while, since a kernel inherits them."""
    before = {name: os.environ.get(name) for name in environment}
    os.environ.update(environment)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
