"""What can be wrong with goals: no decision, beyond reach, nobody who answers for them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from malstyr_lib import text
from malstyr_lib.chain.basis import Basis, Remark, goals, of_committee
from malstyr_lib.chain.expectations import written_after
from malstyr_lib.chain.targets import FEWEST_KNOWN, aim, precedent

FEWEST, MOST = 8, 12
_FEW: Final = f"{FEWEST}–{MOST} brukar vara lagom"
_STEERING: Final = "styrmodell.yaml"


def beyond_reach(basis: Basis) -> Iterator[Remark]:
    """Yield MS111: targets that would take more than any municipality has done in the time."""
    for committee, number, goal in goals(basis):
        for at, target in enumerate(goal.targets):
            kpi = basis.registry[target.kpi]
            found = precedent(basis, kpi, aim(basis, kpi, target), target.by)
            if found and found.known >= FEWEST_KNOWN and not found.reached:
                years = text.count(found.years, "år", "år")
                said = (
                    f"{kpi.id}: {target.level} senast {target.by} kräver mer än någon"
                    f" kommun har gjort på {years} (0 av {text.number(found.known, 0)} kommuner)"
                )
                cure = "sätt en nivå som har nåtts, eller ge målet fler år"
                loc = ("mål", number, "målnivåer", at)
                yield of_committee(committee, loc, ("MS111", kpi.id), said, cure)


def past_year(basis: Basis) -> Iterator[Remark]:
    """Yield MS112: targets whose year has passed."""
    for committee, number, goal in goals(basis):
        for at, target in enumerate(goal.targets):
            if target.by < basis.year:
                said = f"{target.kpi}: målnivån skulle nås senast {target.by}"
                cure = "skriv hur det gick, och sätt en ny nivå eller ett nytt år"
                loc = ("mål", number, "målnivåer", at)
                yield of_committee(committee, loc, ("MS112", target.kpi), said, cure)


def undecided(basis: Basis) -> Iterator[Remark]:
    """Yield MS117: the goals that are neither an example nor rest on a stated decision."""
    cure = "skriv beslut: vem, dag och paragraf"
    for number, council in enumerate(basis.model.council_goals):
        if not council.example and council.decision is None:
            said = f"Fullmäktiges mål {council.id} saknar beslut"
            yield Remark("MS117", council.id, _STEERING, ("mål", number), said, cure)
    for committee, number, goal in goals(basis):
        if not goal.example and goal.decision is None:
            said = f"Målet {goal.id} saknar beslut"
            yield of_committee(committee, ("mål", number), ("MS117", goal.id), said, cure)


def hindsight(basis: Basis) -> Iterator[Remark]:
    """Yield MS123: the expectations that were written when the value was already published."""
    for committee, number, goal in goals(basis):
        for at, one in enumerate(goal.expectations):
            if written_after(basis, one):
                said = (
                    f"{one.kpi}: förväntan på {one.year} skrevs {text.day(one.written)}, när värdet"
                    " redan var känt; den räknas inte"
                )
                cure = "skriv förväntan för nästa år innan värdet kommer"
                loc = ("mål", number, "förväntningar", at)
                yield of_committee(committee, loc, ("MS123", one.kpi), said, cure)


def too_few_or_many(basis: Basis) -> Iterator[Remark]:
    """Yield MS124: the committees with fewer or more focus KPIs than can be steered by."""
    for committee in basis.model.committees:
        amount = len(committee.in_force(basis.year).kpis)
        if not FEWEST <= amount <= MOST:
            said, cure = f"{committee.code} har {amount} fokusnyckeltal", _FEW
            yield of_committee(committee, ("mål",), ("MS124", committee.code), said, cure)


def unanswered(basis: Basis) -> Iterator[Remark]:
    """Yield MS125: the council's goals that no committee answers for."""
    served = {goal.council_goal for _, _, goal in goals(basis)}
    for number, goal in enumerate(basis.model.council_goals):
        if goal.id not in served:
            said = f"Fullmäktiges mål {goal.id} har ingen nämnd som svarar för det"
            cure = "lägg ett nämndmål som pekar på det"
            yield Remark("MS125", goal.id, _STEERING, ("mål", number), said, cure)


def examples(basis: Basis) -> Iterator[Remark]:
    """Yield MS127: how many goals are only examples."""
    marks = [goal.example for goal in basis.model.council_goals]
    marks += [goal.example for _, _, goal in goals(basis)]
    if any(marks):
        said = f"{sum(marks)} av {len(marks)} mål är exempel som kommunen inte har beslutat om"
        cure = "skriv in de beslutade målen, och ta bort raden exempel"
        yield Remark("MS127", "exempel", _STEERING, ("mål",), said, cure)
