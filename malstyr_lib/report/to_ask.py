"""What to ask across committees: reds that share a goal, an area or a year, and the agenda.

All of it is questions. That figures share something says nothing of why.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import pandas as pd

from malstyr_lib import markup, tables, text
from malstyr_lib.markup import Html
from malstyr_lib.questions import Case, Question
from malstyr_lib.questions.raised import Raised, fragelista
from malstyr_lib.report.across import Across
from malstyr_lib.report.wording import label
from malstyr_lib.scoring import Shift, phrases

BACK: Final = 5
"""How many years back KPIs that became red in the same year are looked for."""
MOST_QUESTIONS: Final = 10
SHARED: Final = {
    "what": "str",
    "shared": "str",
    "year": "Int64",
    "kpis": "str",
    "committees": "str",
}
"""What `shared_table` returns; what is mål, område or år; kpis and committees parted by blanks."""
AGENDA: Final = {"question": "int64", "words": "str", "amount": "int64", "kpis": "str"}
"""What `agenda_table` returns, the question that most KPIs raise first."""


@dataclass(frozen=True)
class Shared:
    """Red KPIs of several committees that share something: what kind, which, and the question."""

    what: str
    name: str
    kpis: tuple[str, ...]
    question: str
    year: int | None = None


def _committees(x: Across, kpis: Sequence[str]) -> list[str]:
    """Return the committees that follow any of some KPIs, in order."""
    there = {one.code for kpi in kpis for one in x.following(kpi)}
    return [one.code for one in x.committees if one.code in there]


def _several(x: Across, kpis: Sequence[str]) -> bool:
    """Return whether some KPIs are at least two, and of at least two committees."""
    return len(kpis) > 1 and len(_committees(x, kpis)) > 1


def shared(x: Across) -> list[Shared]:
    """Return what reds of several committees share: a council goal, an area, or a year."""
    return [*_goals(x), *_areas(x), *_years(x)]


def _goals(x: Across) -> Iterator[Shared]:
    red = {*x.red["kpi"]}
    for goal in x.model.council_goals:
        under = [
            kpi
            for committee in x.committees
            for one in committee.goals
            if one.council_goal == goal.id
            for kpi in one.kpis
            if kpi in red
        ]
        kpis = tuple(dict.fromkeys(under))
        if _several(x, kpis):
            yield Shared(
                "mål",
                f"Fullmäktiges mål {goal.id}: {goal.text}{' (exempel)' if goal.example else ''}",
                kpis,
                "Vem ser helheten i målet, och vet nämnderna vad de andra gör?",
            )


def _areas(x: Across) -> Iterator[Shared]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for kpi in x.red["kpi"]:
        entry = x.setting.catalogue.get(kpi)
        area = str(entry["operating_area"] or "") if entry else ""
        if area:
            found[area].append(str(kpi))
    for area, kpis in sorted(found.items()):
        if _several(x, kpis):
            yield Shared(
                "område",
                f"Koladas område {area}",
                tuple(kpis),
                "Är det samma personer som räknas, och har nämnderna talat med varandra om det?",
            )


def _years(x: Across) -> Iterator[Shared]:
    """Yield the years in which KPIs of several committees became red."""
    for year, turned in sorted(became_red(x).items(), reverse=True):
        kpis = tuple(one.kpi for one in turned)
        if _several(x, kpis):
            yield Shared(
                "år",
                f"Blev röda {year}",
                kpis,
                f"Hände något {year} som rör flera nämnder? Titta först på hur vanligt samma byte"
                " var i andra kommuner.",
                year,
            )


def became_red(x: Across) -> dict[int, list[Shift]]:
    """Return the changes to red of the last years, by year, each KPI once a year."""
    found: defaultdict[int, dict[str, Shift]] = defaultdict(dict)
    for a in x.analyses:
        for one in a.evidence.shifts:
            if one.after == tables.RED and one.period > x.year - BACK:
                found[one.period].setdefault(one.kpi, one)
    return {year: list(of.values()) for year, of in found.items()}


def shared_table(x: Across) -> pd.DataFrame:
    """Return what reds of several committees share (`SHARED`)."""
    rows = [
        (one.what, one.name, one.year, " ".join(one.kpis), " ".join(_committees(x, one.kpis)))
        for one in shared(x)
    ]
    columns = zip(*rows, strict=True) if rows else [[] for _ in SHARED]
    return tables.frame(SHARED, dict(zip(SHARED, map(list, columns), strict=True)))


def causes_to_ask(x: Across) -> Html:
    """Return what the committees' reds have in common, each with a question to ask about it."""
    found = shared(x)
    if not found:
        words = (
            "Inget rött delar fullmäktigemål, område i Kolada eller år med ett rött hos en annan"
            " nämnd."
        )
        return markup.note(words if len(x.red) else "Inget nyckeltal är rött.")
    return markup.joined(piece for one in found for piece in _asking(x, one))


def _asking(x: Across, one: Shared) -> list[Html]:
    return [
        markup.heading(3, one.name),
        markup.bullets([_line(x, one, kpi) for kpi in one.kpis]),
        markup.paragraph(f"Fråga: {one.question}"),
    ]


def _line(x: Across, one: Shared, kpi: str) -> str:
    """Return a KPI with its committees; one that became red in a year with how common that was."""
    said = f"{label(x.kpi(kpi))}, {x.committees_of(kpi)}"
    if one.year is None:
        return said
    (turned,) = [shift for shift in became_red(x)[one.year] if shift.kpi == kpi]
    return f"{said}: {phrases.base_rate_words(turned)}"


@dataclass(frozen=True)
class Asked:
    """A question, and how each KPI that raises it does, by KPI."""

    question: Question
    by: dict[str, Raised]


def became_red_table(x: Across) -> pd.DataFrame:
    """Return the changes to red of the last years, each beside how common the same was."""
    rows = [
        {
            "kpi": one.kpi,
            "period_before": one.period_before,
            "before": one.before,
            "period": one.period,
            "peers": sum(one.peers.values()),
            "peers_same": one.peers[one.after],
            "base_rate": one.base_rate,
        }
        for turned in became_red(x).values()
        for one in turned
    ]
    return pd.DataFrame(rows)


def asked(x: Across) -> list[Asked]:
    """Return the questions that the reds and the greys raise, the one that most raise first."""
    found: dict[int, Asked] = {}
    grey = [kpi for kpi in x.ids if x.colour(kpi) == tables.GREY]
    for kpi in (*x.red["kpi"], *grey):
        for one in fragelista(x.setting.case(kpi)):
            if one.rule:
                found.setdefault(one.question.number, Asked(one.question, {})).by[kpi] = one
    return sorted(found.values(), key=lambda one: (-len(one.by), one.question.number))


def agenda_table(asked: Sequence[Asked]) -> pd.DataFrame:
    """Return the questions that the figures raise, with which KPIs raise each (`AGENDA`)."""
    return tables.frame(
        AGENDA,
        {
            "question": [one.question.number for one in asked],
            "words": [one.question.words for one in asked],
            "amount": [len(one.by) for one in asked],
            "kpis": [" ".join(one.by) for one in asked],
        },
    )


def agenda(x: Across, asked: Sequence[Asked]) -> Html:
    """Return an agenda: the dumb questions that most KPIs raise, each with one that does."""
    if not asked:
        return markup.note("Siffrorna väcker inga frågor utöver dem som alltid ställs.")
    rows = [_point(x, number, one) for number, one in enumerate(asked[:MOST_QUESTIONS], 1)]
    caption = f"Dagordning: de frågor som flest nyckeltal väcker. {text.OWN_PROCESSING}."
    return markup.table(pd.DataFrame(rows), caption)


def examples(x: Across, asked: Sequence[Asked]) -> list[tuple[Case, Raised]]:
    """Return how the example of each point of the agenda raises its question."""
    first = [next(iter(one.by.items())) for one in asked[:MOST_QUESTIONS]]
    return [(x.setting.case(kpi), raised) for kpi, raised in first]


def _point(x: Across, number: int, one: Asked) -> dict[str, object]:
    """Return a point of the agenda; its example is the red farthest from the median, if any."""
    kpi, raised = next(iter(one.by.items()))
    return {
        "Punkt": f"{number}. {one.question.words}",
        "Väcks av": text.count(len(one.by), "nyckeltal", "nyckeltal"),
        "Till exempel": f"{label(x.kpi(kpi))}, {x.committees_of(kpi)}: {raised.why}",
        "Vilka": text.listing(list(one.by)),
        "Dum fråga": f"nummer {one.question.number}",
    }
