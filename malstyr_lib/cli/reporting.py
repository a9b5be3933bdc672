"""What the commands that make reports show: a line per report, the time left, and the end of it."""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from malstyr_lib import text
from malstyr_lib.cli import places, show
from malstyr_lib.cli.exits import REMARKS, SOME_FAILED

if TYPE_CHECKING:
    from pathlib import Path

    from malstyr_lib.batch import Home, Job, Outcome, Plan, Wanted
    from malstyr_lib.batch.mirrored import Mirrored
    from malstyr_lib.batch.season import Carry
    from malstyr_lib.cli.places import At


@dataclass(frozen=True)
class Carried:
    """How reports are carried out: how many at a time here, or on a cluster by its address.

    far: which of the folders are copies of what lies at an address, if any is.
    """

    at_once: int | None = None
    cluster: str | None = None
    far: Mirrored | None = None

    def carry(self) -> Carry:
        """Return what carries jobs out."""
        return self._near() if self.far is None else self.far.carry(self._near())

    def _near(self) -> Carry:
        from malstyr_lib.batch import workers

        if self.cluster is not None:
            from malstyr_lib.batch import cluster

            return partial(cluster.done, address=self.cluster)
        number = workers.usual() if self.at_once is None else self.at_once
        return partial(workers.done, workers=number)


def reports(
    homes: Sequence[Home],
    wanted: Wanted,
    *,
    carried: Carried,
    as_json: bool,
    on_plan: Callable[[Plan], None] = lambda _: None,
    whose: bool = False,
) -> list[Outcome]:
    """Make the reports with a line for each as it is done; as_json: an event for each instead.

    on_plan: told what is to be made. whose: say which municipality each is of.
    """
    carry = carried.carry()
    from malstyr_lib.batch import Followed, make_everywhere

    with show.progress(quiet=as_json) as steps:
        told: _Told = _Events() if as_json else _Lines(steps, whose=whose)

        def planned(plan: Plan) -> None:
            told.plan(plan)
            on_plan(plan)

        followed = Followed(planned, told.start, told.done)
        return make_everywhere(homes, wanted, carry, followed=followed)


def stand(
    params: Path | None, store: str | None, output: str | None, asked: str, *, as_json: bool
) -> bool:
    """Say that all reports asked for stand as they are, if that can be told without a plan.

    asked: the choices, in words. Folders only: what lies at an address is not looked through.
    """
    from malstyr_lib import manifest, standing

    place = places.here(params, store, output)
    ready = standing.standing(place, asked) if place else []
    if place is None or not ready:
        return False
    if as_json:
        _event("plan", todo=0, ready=len(ready))
    else:
        print(_ready_words(len(ready), len(ready)), file=sys.stderr)
    _finish(ready, str(place.output / manifest.LIST), as_json=as_json)
    return True


def own(
    at: At,
    wanted: Wanted,
    *,
    carried: Carried,
    as_json: bool,
    asked: str = "",
    to_open: bool = False,
) -> int:
    """Make the own municipality's reports, say how it went, and return the exit code.

    asked: the choices, in words, by which a later run sees that it would make nothing. to_open:
    open the list of them in the browser too.
    """
    from malstyr_lib import manifest, standing
    from malstyr_lib.batch import Home

    kept = asked if at.far is None else ""
    before = standing.begun(at.place) if kept else ""
    outcomes = reports([Home(at.model, at.place)], wanted, carried=carried, as_json=as_json)
    if kept:
        standing.remember(at.place, kept, outcomes, before)
    listed = at.place.output / manifest.LIST
    code = _finish(outcomes, at.shown(listed), as_json=as_json)
    if to_open:
        import webbrowser

        webbrowser.open(listed.as_uri())
    return code


def elsewhere(asked: str, at: At, wanted: Wanted, *, carried: Carried, as_json: bool) -> int:
    """Make other municipalities' reports, with a list of them all, and return the exit code.

    A municipality whose reports can't be made hinders no other, and is told of last.
    """
    from malstyr_lib.batch import homes

    with show.progress(quiet=as_json) as steps:
        codes = homes.codes(asked, at.place)
        steps.step(f"Gör i ordning {text.count(len(codes), 'kommun', 'kommuner')}")
        found, left_out = homes.able(homes.homes(codes, at.place), wanted)
    outcomes = reports(found, wanted, carried=carried, as_json=as_json, whose=True)
    listed = at.shown(homes.listed(found, at.place))
    code = _finish(outcomes, listed, as_json=as_json, whose=True)
    for why in left_out:
        _event("left out", because=why) if as_json else print(f"Anmärkning: {why}")
    return code or (REMARKS if left_out else 0)


def _finish(outcomes: Sequence[Outcome], listed: str, *, as_json: bool, whose: bool = False) -> int:
    """Say where the list of the reports is, what failed and why, and return the exit code."""
    failed = [one for one in outcomes if one.error is not None]
    if as_json:
        show.as_json([_flat(outcome) for outcome in outcomes])
    else:
        print(_summary(outcomes, failed, listed, whose=whose))
    return SOME_FAILED if failed else 0


def _summary(
    outcomes: Sequence[Outcome], failed: Sequence[Outcome], listed: str, *, whose: bool
) -> str:
    """Return how many are done and where, and below it each that failed, with why."""
    done = len(outcomes) - len(failed)
    made = f"{done} av {text.count(len(outcomes), 'rapport', 'rapporter')}"
    made = "Rapporten är klar" if done == len(outcomes) == 1 else f"{made} klara"
    lines = [f"{made}. Listan: {listed}"]
    if failed:
        lines.append("Misslyckade, med logg.txt i rapportens mapp:")
        lines += [f"  {_name(one, whose=whose)}: {one.error}" for one in failed]
    return "\n".join(lines)


class _Told:
    """Is told how it goes."""

    def plan(self, plan: Plan) -> None:
        """Hear which reports are to be made."""

    def start(self, job: Job) -> None:
        """Hear that one is begun."""

    def done(self, outcome: Outcome) -> None:
        """Hear how one went."""


class _Lines(_Told):
    """Tells people: a line per report, and how much time is left."""

    def __init__(self, steps: show.Steps, *, whose: bool) -> None:
        self._steps, self._whose = steps, whose
        self._total = self._done = 0
        self._began = time.monotonic()
        self._left: Counter[str] = Counter()
        self._took: dict[str, list[float]] = {}

    def plan(self, plan: Plan) -> None:
        self._total, self._began = len(plan.todo), time.monotonic()
        self._left = Counter(job.kind for job in plan.todo)
        if plan.ready:
            _say(_ready_words(len(plan.ready), len(plan.ready) + len(plan.todo)))
        if plan.todo:
            amount = text.count(len(plan.todo), "rapport", "rapporter")
            self._steps.step(f"Gör {amount}")

    def done(self, outcome: Outcome) -> None:
        self._done += 1
        self._left[outcome.kind] -= 1
        self._took.setdefault(outcome.kind, []).append(outcome.seconds)
        if self._steps.moves:
            self._steps.advance(self._done, self._total)
        _say(_line(outcome, whose=self._whose) + self._left_words())

    def _left_words(self) -> str:
        """Return how many are left, and for how long once one of every kind left is done."""
        left = +self._left
        if not left:
            return ""
        said = f"; {left.total()} kvar"
        if not left.keys() <= self._took.keys():
            return said
        spent = sum(sum(took) for took in self._took.values())
        work = sum(n * sum(self._took[kind]) / len(self._took[kind]) for kind, n in left.items())
        seconds = work * (time.monotonic() - self._began) / max(spent, 1e-3)
        return f"{said}, ungefär {show.duration(seconds)}"


def _ready_words(ready: int, all_of: int) -> str:
    """Return how many reports stand as they are, and how to make them again all the same."""
    if all_of == 1:
        return "Rapporten är redan gjord på samma underlag (gör om den med --om)."
    which = f"Alla {ready}" if ready == all_of else f"{ready} av {all_of}"
    return f"{which} rapporter är redan gjorda på samma underlag (gör om dem med --om)."


class _Events(_Told):
    """Tells machines: a JSON object per line on stderr."""

    def plan(self, plan: Plan) -> None:
        _event("plan", todo=len(plan.todo), ready=len(plan.ready))

    def start(self, job: Job) -> None:
        _event("start", kind=job.kind, slug=job.subject.slug, year=job.year)

    def done(self, outcome: Outcome) -> None:
        _event("done" if outcome.error is None else "failed", **_flat(outcome))


def _event(what: str, **told: Any) -> None:
    print(json.dumps({"event": what, **told}, ensure_ascii=False), file=sys.stderr, flush=True)


def _say(line: str) -> None:
    show.console().print(line, markup=False)


def _name(outcome: Outcome, *, whose: bool) -> str:
    of_committee = outcome.committees == (outcome.slug,)
    name = f"{outcome.kind} {outcome.code if of_committee else outcome.name} {outcome.year}"
    return f"{outcome.municipality}: {name}" if whose else name


def _line(outcome: Outcome, *, whose: bool) -> str:
    name = _name(outcome, whose=whose)
    if outcome.error is None:
        return f"✓ {name} klar på {text.number(outcome.seconds, 1)} s"
    kept = " Den tidigare rapporten ligger kvar." if outcome.published else ""
    return f"✗ {name} misslyckades: {outcome.error}{kept}"


def _flat(outcome: Outcome) -> dict[str, object]:
    """Return an outcome as one flat object: what was found, by colour."""
    left = {"found", "inputs"}
    fields = {name: value for name, value in asdict(outcome).items() if name not in left}
    colours = outcome.found.get("colours", {})
    return fields | {colour: colours.get(colour) for colour in ("red", "yellow", "green", "grey")}
