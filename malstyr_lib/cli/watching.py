"""What `malstyr vakt` does and says: fetch, and make only the reports that the fetch changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from malstyr_lib import text
from malstyr_lib.cli import fetching, reporting, show
from malstyr_lib.cli.exits import REMARKS, SOME_FAILED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from malstyr_lib.batch import Outcome, Plan, Wanted
    from malstyr_lib.cli.places import At
    from malstyr_lib.fetch import Fetched


@dataclass(frozen=True)
class Watch:
    """A watch: where to fetch, which reports, and how many of them at a time."""

    url: str | None
    wanted: Wanted
    at_once: int | None


def say(asked: Watch, at: At, *, as_json: bool) -> int:
    """Fetch, make what is changed, say which that was and why, and return the exit code."""
    from malstyr_lib.batch import Home

    with show.progress(quiet=as_json) as steps:
        done = fetching.fetched(fetching.NEEDED, at.model, at.place, asked.url, None, steps)
    plans: list[Plan] = []
    outcomes = reporting.reports(
        [Home(at.model, at.place)],
        asked.wanted,
        carried=reporting.Carried(asked.at_once, far=at.far),
        as_json=as_json,
        on_plan=plans.append,
    )
    (plan,) = plans
    new = _new(done, at)
    if as_json:
        show.as_json(_rows(plan, outcomes))
    else:
        print(f"Ögonblicksbild {done.snapshot}. {_words(plan, outcomes)}")
        for remark in fetching.gathered(new):
            print(f"Anmärkning: {remark}")
        if stood := len(done.remarks) - len(new):
            amount = text.count(stood, "anmärkning", "anmärkningar")
            print(f"{amount} från förra hämtningen står kvar; malstyr hamta visar alla.")
    failed = any(one.error for one in outcomes)
    return SOME_FAILED if failed else REMARKS if new else 0


def _new(done: Fetched, at: At) -> list[str]:
    """Return the remarks that the fetch before did not have: only what is new is an alarm."""
    from malstyr_lib.fetch import remarks_of
    from malstyr_lib.store import Store

    if done.before is None:
        return [*done.remarks]
    known = {*remarks_of(at.model, Store(at.place.store).open(done.before))}
    return [one for one in done.remarks if one not in known]


def _words(plan: Plan, outcomes: Sequence[Outcome]) -> str:
    """Return which reports were made and why, a line for each, and how many stand."""
    stands = len(plan.ready)
    if not plan.todo:
        return f"Den ändrar ingen rapport: alla {stands} står kvar som de är."
    by_key = {one.key: one for one in outcomes}
    lines = [f"{len(plan.todo)} rapporter gjordes om, {stands} står kvar som de är."]
    for job in plan.todo:
        outcome = by_key[job.key]
        failed = f" Misslyckades: {outcome.error}" if outcome.error else ""
        lines.append(f"  {job.name} {job.year}: {job.because}.{failed}")
    return "\n".join(lines)


def _rows(plan: Plan, outcomes: Sequence[Outcome]) -> list[dict[str, object]]:
    why = {job.key: job.because for job in plan.todo}
    return [
        {
            "kind": one.kind,
            "year": one.year,
            "slug": one.slug,
            "snapshot": one.snapshot,
            "status": one.status,
            "made": one.key in why,
            "because": why.get(one.key, ""),
            "error": one.error,
        }
        for one in outcomes
    ]
