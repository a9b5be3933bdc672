"""What commands show while they work and when they are done: progress, tables and JSON."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

from malstyr_lib.text import number

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console


class Steps(Protocol):
    """Progress of a long job: what is going on, and how far it has come."""

    def step(self, words: str) -> None: ...
    def advance(self, done: int, total: int) -> None: ...
    def fetched(self, done: int, total: int, rows: int) -> None: ...


def console() -> Console:
    """Return the console for people: stderr, so that stdout holds nothing but results."""
    from rich.console import Console

    return Console(stderr=True, highlight=False, soft_wrap=True)


@contextmanager
def progress(*, quiet: bool = False) -> Iterator[Steps]:
    """Show progress as a bar in a terminal, and as plain lines elsewhere."""
    screen = console()
    if quiet or not screen.is_terminal:
        yield _Lines(screen, quiet=quiet)
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
    from rich.progress import TimeRemainingColumn as Left

    said = TextColumn("{task.fields[said]}")
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), said, Left())
    with Progress(*columns, console=screen, transient=True) as bar:
        yield _Bar(bar)


class _Lines:
    """Plain lines: each step, and every fifth of the way."""

    def __init__(self, screen: Console, *, quiet: bool) -> None:
        self._screen, self._quiet, self._fifth, self._pace = screen, quiet, 0, Rate()

    def step(self, words: str) -> None:
        self._fifth, self._pace = 0, Rate()
        self._say(words)

    def advance(self, done: int, total: int) -> None:
        if self._far(done, total):
            self._say(f"  {done} av {total}")

    def fetched(self, done: int, total: int, rows: int) -> None:
        self._pace.begin(done)
        if self._far(done, total):
            left = self._pace.left_s(done, total)
            self._say(f"  {done} av {total} {self._pace.words(done, rows)}, {_time(left)} kvar")

    def _far(self, done: int, total: int) -> bool:
        """Return whether one more fifth of the way has been made."""
        fifth = done * 5 // total if total > 5 else 0
        further, self._fifth = fifth > self._fifth, max(fifth, self._fifth)
        return further

    def _say(self, words: str) -> None:
        if not self._quiet:
            self._screen.print(words, markup=False)


class _Bar:
    """A bar per step."""

    def __init__(self, bar: Any) -> None:
        self._bar, self._task, self._pace = bar, None, Rate()

    def step(self, words: str) -> None:
        from rich.markup import escape

        if self._task is not None:
            self._bar.remove_task(self._task)
        self._task = self._bar.add_task(escape(words), total=None, said="")
        self._pace = Rate()

    def advance(self, done: int, total: int) -> None:
        if self._task is not None:
            self._bar.update(self._task, completed=done, total=total)

    def fetched(self, done: int, total: int, rows: int) -> None:
        self._pace.begin(done)
        if self._task is not None:
            said = self._pace.words(done, rows)
            self._bar.update(self._task, completed=done, total=total, said=said)


class Rate:
    """How fast questions are answered since the first word of a step; `clock` is seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._began = clock, clock()

    def begin(self, done: int) -> None:
        """Count from here when a new round of questions begins."""
        if done == 0:
            self._began = self._clock()

    def words(self, done: int, rows: int) -> str:
        """Return how many questions, rows and questions a second there are so far."""
        per_s = number(self._per_s(done), 1)
        return f"frågor, {number(rows, 0)} rader, {per_s} frågor i sekunden"

    def left_s(self, done: int, total: int) -> float:
        """Return about how many seconds are left."""
        per_s = self._per_s(done)
        return (total - done) / per_s if per_s else 0.0

    def _per_s(self, done: int) -> float:
        elapsed = self._clock() - self._began
        return done / elapsed if elapsed > 0 else 0.0


def _time(seconds: float) -> str:
    if seconds < 90:
        return f"omkring {number(seconds, 0)} s"
    return f"omkring {number(seconds / 60, 0)} min"


def as_json(rows: list[dict[str, Any]]) -> None:
    """Print a result as a JSON list of flat objects; missing values are null."""
    print(json.dumps(rows, ensure_ascii=False, indent=2, allow_nan=False))


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return a table's rows as plain objects: NaN and NA become None, numbers Python's own."""
    import pandas as pd

    return [
        {
            str(name): None if pd.isna(value) else getattr(value, "item", lambda v=value: v)()
            for name, value in row.items()
        }
        for row in table.to_dict("records")
    ]


def as_table(headings: Sequence[str], rows: list[list[str]]) -> None:
    """Print rows as a table for people, on stdout."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*headings, box=None, pad_edge=False)
    table.columns[0].min_width = max((len(row[0]) for row in rows), default=0)  # ids stay whole
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    Console(highlight=False).print(table)
