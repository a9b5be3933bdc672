"""A season of reports: those that are not made already, and the list of them all."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, TypeAlias

from malstyr_lib import manifest
from malstyr_lib.batch import scratch
from malstyr_lib.batch.job import Job
from malstyr_lib.batch.listing import listed_page
from malstyr_lib.batch.planning import Home, Key, Plan, Wanted, jobs, planned
from malstyr_lib.disk import put, sweep
from malstyr_lib.errors import ReportError
from malstyr_lib.lock import locked
from malstyr_lib.outcome import FAILED, Outcome
from malstyr_lib.program import program
from malstyr_lib.workspace import Workspace

LISTED_EVERY_S: Final = 2.0
"""How often at most the list is written while reports are made."""

Carry: TypeAlias = Callable[[Iterable[Job], Callable[[Job], None]], Iterator[tuple[Job, Outcome]]]
"""What carries jobs out: told of each that starts, it gives each with its outcome as it is done."""


@dataclass(frozen=True)
class Followed:
    """Who is told how it goes: of the plan, of each job that starts, of each outcome."""

    on_plan: Callable[[Plan], None] = lambda _: None
    on_start: Callable[[Job], None] = lambda _: None
    on_done: Callable[[Outcome], None] = lambda _: None


def make_everywhere(
    homes: Sequence[Home], wanted: Wanted, carry: Carry, *, followed: Followed | None = None
) -> list[Outcome]:
    """Make the wanted reports of some municipalities, each with a list of its own; return how
    each went, municipality by municipality.

    What is made already on the same snapshot, parameters, notebook and program is left as it is. A
    report that fails leaves the earlier one in place and stops no other. Errors as `jobs`, and
    ReportError, before anything is run, when output can't be written or another run is at work in
    it.
    """
    followed = followed or Followed()
    asked = [jobs(home.model, home.place, wanted) for home in homes]
    with ExitStack() as stack:
        shelves, by = [stack.enter_context(_shelf(home)) for home in homes], program()
        plans = [
            planned(shelf.home, its, shelf.earlier, wanted, by)
            for shelf, its in zip(shelves, asked, strict=True)
        ]
        plan = Plan(
            tuple(job for one in plans for job in one.todo),
            tuple(outcome for one in plans for outcome in one.ready),
        )
        followed.on_plan(plan)
        by_place = {shelf.home.place: shelf for shelf in shelves}
        for job, made in carry(plan.todo, followed.on_start):
            followed.on_done(by_place[job.place].put(made))
    return [
        shelf.outcomes[job.key]
        for shelf, its in zip(shelves, asked, strict=True)
        for job in dict.fromkeys(its)
    ]


@dataclass
class Shelf:
    """One municipality's output while reports are put into it, and what it holds of them."""

    home: Home
    earlier: dict[Key, Outcome]
    new: dict[Key, Outcome] = field(default_factory=dict)
    written: float = field(default_factory=time.monotonic)

    @property
    def outcomes(self) -> dict[Key, Outcome]:
        """Every report's outcome, the newest."""
        return self.earlier | self.new

    def put(self, made: Outcome) -> Outcome:
        """Take an outcome in, and write the list if it was long ago; return it as it is listed.

        That of a report that failed tells what still lies there.
        """
        kept = self.earlier.get(made.key)
        if made.status == FAILED and kept is not None:
            made = replace(made, published=kept.published, found=kept.found, files=kept.files)
        self.new[made.key] = made
        if time.monotonic() - self.written > LISTED_EVERY_S:
            with suppress(ReportError):  # tried again at the end
                self.list()
            self.written = time.monotonic()
        return made

    def list(self) -> None:
        """Write the manifest and the list of all reports; ReportError when that can't be done."""
        _listed(self.home, [*self.new.values()])


@contextmanager
def _shelf(home: Home) -> Iterator[Shelf]:
    """Hold a municipality's output for one run, swept, and list it whatever ends the run."""
    with _alone(home.place):
        sweep(home.place.output)
        scratch.sweep()
        shelf = Shelf(home, {one.key: one for one in _listed(home, [])})
        try:
            yield shelf
        finally:
            if shelf.new:
                shelf.list()


def _listed(home: Home, new: Sequence[Outcome]) -> list[Outcome]:
    """Put the manifest and the list of all reports into output; return what they now hold.

    What others have put there meanwhile is kept. ReportError when the folder can't be written.
    """
    output = home.place.output
    outcomes = manifest.merged(manifest.read(output), new)
    page = listed_page(outcomes, home.place, home.model)
    with _writable(output):
        put(output, {manifest.NAME: manifest.text(outcomes), manifest.LIST: page})
    return outcomes


@contextmanager
def _alone(place: Workspace) -> Iterator[None]:
    """Hold output for one run; ReportError when another one is at work in it."""

    def busy(who: str) -> ReportError:
        return ReportError(
            f"I {place.output} görs rapporter just nu av {who}. Vänta tills de är klara, eller"
            " avbryt den körningen med Ctrl+C i dess fönster."
        )

    with ExitStack() as stack:
        with _writable(place.output):
            stack.enter_context(locked(place.held, busy=busy))
        yield


@contextmanager
def _writable(output: Path) -> Iterator[None]:
    """Turn what the disk refuses within into a ReportError with the cure."""
    try:
        yield
    except OSError as error:
        raise ReportError(
            f"Det går inte att skriva i {output} ({error.strerror}). Stäng filer därifrån som"
            " är öppna, eller ange en annan mapp med --ut."
        ) from error
