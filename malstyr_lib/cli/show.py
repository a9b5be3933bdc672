"""What commands show while they work and when they are done: progress, tables and JSON."""

from __future__ import annotations

import json
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, Protocol

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console

    from malstyr_lib.store import Snapshot


PACE_OVER_S: Final = 30.0


class Steps(Protocol):
    """Progress of a long job: what is going on, and how far it has come.

    moves: whether it is shown in one place, as a bar, so that every step of the way may be told.
    """

    moves: bool

    def step(self, words: str) -> None:
        """Begin a step, in words."""

    def advance(self, done: int, total: int) -> None:
        """Tell how much of the step is done."""

    def fetched(self, done: int, total: int, rows: int) -> None:
        """Tell how many questions are answered, and the rows that have come."""


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
    from rich.progress import BarColumn, Progress, TextColumn

    words, said = TextColumn("{task.description}"), TextColumn("{task.fields[said]}")
    with Progress(words, BarColumn(bar_width=6), said, console=screen, transient=True) as bar:
        yield _Bar(bar)


class _Lines:
    """Plain lines: each step, and every fifth of the way."""

    moves = False

    def __init__(self, screen: Console, *, quiet: bool) -> None:
        self._screen, self._quiet, self._fifth, self._pace = screen, quiet, 0, Pace()

    def step(self, words: str) -> None:
        self._fifth, self._pace = 0, Pace()
        self._say(words)

    def advance(self, done: int, total: int) -> None:
        if self._far(done, total):
            self._say(f"  {done} av {total}")

    def fetched(self, done: int, total: int, rows: int) -> None:
        self._pace.note(done)
        if self._far(done, total):
            self._say(f"  {self._pace.words(done, total, rows)}")

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

    moves = True

    def __init__(self, bar: Any) -> None:
        self._bar, self._task, self._pace = bar, None, Pace()

    def step(self, words: str) -> None:
        from rich.markup import escape

        if self._task is not None:
            self._bar.remove_task(self._task)
        self._task = self._bar.add_task(escape(words), total=None, said="")
        self._pace = Pace()

    def advance(self, done: int, total: int) -> None:
        self._show(done, total, f"{done} av {total}")

    def fetched(self, done: int, total: int, rows: int) -> None:
        self._pace.note(done)
        self._show(done, total, self._pace.words(done, total, rows) if total > 1 else "")

    def _show(self, done: int, total: int, said: str) -> None:
        if self._task is not None:
            self._bar.update(self._task, completed=done, total=total, said=said)


class Pace:
    """How fast questions are answered of late; `clock` is seconds.

    Of the last half minute, so that answers kept from before don't count for long.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._seen = deque([(clock(), 0)])

    def note(self, done: int) -> None:
        """Note how many questions have been answered by now."""
        now = self._clock()
        if done < self._seen[-1][1]:
            self._seen.clear()
        self._seen.append((now, done))
        while len(self._seen) > 2 and self._seen[1][0] < now - PACE_OVER_S:
            self._seen.popleft()

    def words(self, done: int, total: int, rows: int) -> str:
        """Return how far it has come: questions, rows, questions a second and the time left."""
        from malstyr_lib.text import number

        (began, from_), (now, to) = self._seen[0], self._seen[-1]
        per_s = (to - from_) / (now - began) if now > began else 0.0
        left = f", {duration((total - done) / per_s)} kvar" if per_s and done < total else ""
        counted = f"{number(done, 0)} av {number(total, 0)} frågor, {number(rows, 0)} rader"
        return f"{counted}, {number(per_s, 1)}/s{left}"


def duration(seconds: float) -> str:
    """Return a length of time in words: seconds, or minutes when it is more than a few."""
    from malstyr_lib.text import number

    if seconds < 90:
        return f"{number(seconds, 0)} s"
    return f"{number(seconds / 60, 0)} min"


def snapshot_line(snapshot: Snapshot) -> None:
    """Print which snapshot an answer rests on, before anything of the answer."""
    from malstyr_lib.text import day

    print(f"Ögonblicksbild {snapshot.id}, hämtad {day(snapshot.fetched)}.")


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
