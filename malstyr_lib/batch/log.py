"""The log of one report's last run: when, on what, how long each cell took, and what went wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from nbformat import NotebookNode

from malstyr_lib import text
from malstyr_lib.outcome import Outcome

NAME: Final = "logg.txt"
_COLOURS: Final = re.compile(r"\x1b\[[0-9;]*m")


def written(outcome: Outcome, notebook: NotebookNode | None, trace: str = "") -> str:
    """Return the log as text. notebook: as it was run, if it was; trace: of what went wrong."""
    said = "klar" if outcome.error is None else f"misslyckades: {outcome.error}"
    lines = [
        f"{outcome.ran} {outcome.kind} {outcome.name} {outcome.year}",
        f"ögonblicksbild {outcome.snapshot}",
        *(_cells(notebook) if notebook else ()),
        f"{said} efter {text.number(outcome.seconds, 1)} s",
        *(["", _COLOURS.sub("", trace).rstrip()] if trace else ()),
    ]
    return "\n".join(lines) + "\n"


def _cells(notebook: NotebookNode) -> Iterator[str]:
    """Yield a line per code cell with its time, and what it wrote beside its result."""
    for number, cell in enumerate(notebook.cells, start=1):
        if cell.cell_type == "code":
            seconds = cell.metadata.get("papermill", {}).get("duration") or 0.0
            (*_, last) = cell.source.strip().splitlines() or [""]
            yield f"cell {number:>2}  {text.number(seconds, 2):>6} s  {last}"
            yield from (f"  {line}" for line in _streams(cell))


def _streams(cell: Any) -> Iterator[str]:
    for output in cell.outputs:
        if output.output_type == "stream":
            yield from output.text.splitlines()
