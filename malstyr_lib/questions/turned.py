"""Question 13, when it turned and what happened then: a turn, and what it coincides with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

import pandas as pd

from malstyr_lib import text
from malstyr_lib.questions.answer import Reply, likely, unsure
from malstyr_lib.questions.pictures import trend_chart
from malstyr_lib.scoring import phrases
from malstyr_lib.scoring.sentences import quote
from malstyr_lib.scoring.turning import FEWEST, Turn, turning

if TYPE_CHECKING:
    from malstyr_lib.questions.case import Case

NEAR: Final = 1
"""How many years an event may lie from a turn to coincide with it."""


@dataclass(frozen=True)
class Event:
    """Something with a date that people have written down of the KPI."""

    year: int
    kind: str
    words: str


def when_it_turned(case: Case) -> Reply:
    """Answer in which year the values turned, if clearly, and which local events are near it."""
    years = case.evidence.points(case.id)
    values = [case.series[year] for year in years]
    if len(years) < FEWEST:
        return unsure(
            f"{case.name} har {len(years)} år som går att jämföra"
            f"{phrases.since_words(case.evidence.cut(case.id))}. Det krävs"
            f" minst {FEWEST} för att leta efter en vändning."
        )
    found = turning(years, values)
    if found is None or _unseen(case, found):
        return unsure(
            "En rät linje eller en jämn nivå beskriver åren nästan lika bra som en serie med en"
            " vändning."
            if found is None
            else "Det som skiljer åren före och efter syns inte med de decimaler som visas.",
            f"Ingen tydlig vändning syns för {case.name} {years[0]}–{years[-1]} ({len(years)} år).",
            underlag=_table(years, values, None, []),
            drawing=partial(trend_chart, case),
        )
    near = [one for one in events(case) if abs(one.year - found.year) <= NEAR]
    return likely(
        f"{_turned(case, found)} {_coincides(case, near)}",
        f"En vändning beskriver de {found.years} åren tydligt bättre än en rät linje eller en jämn"
        " nivå. En serie som driver långsamt kan ändå se ut att vända, och att två saker"
        " sammanfaller säger inget om orsaken.",
        underlag=_table(years, values, found, near),
        drawing=partial(trend_chart, case),
    )


def _unseen(case: Case, one: Turn) -> bool:
    """Return whether before and after are the same with the decimals that are shown."""
    if one.kind == "level":
        return case.said(one.before) == case.said(one.after)
    before, after = (text.signed(slope, case.decimals) for slope in (one.before, one.after))
    return not one.reversed and before == after


def _turned(case: Case, one: Turn) -> str:
    """Return what turned and when, numbers first and the judgement after."""
    if one.kind == "level":
        levels = f"från i snitt {case.said(one.before)} före till {case.said(one.after)} efter"
        return f"Nivån för {case.name} tycks ha skiftat {one.year}, {levels}{_good(case, one)}."
    if one.reversed:
        ways = ("ned", "upp") if one.before < 0 else ("upp", "ned")
        slopes = (
            f"{way} omkring {case.far(slope)} om året {when}"
            for way, slope, when in zip(
                ways, (one.before, one.after), ("före", "efter"), strict=True
            )
        )
        told = " och ".join(slopes)
        return f"Värdet för {case.name} tycks ha vänt {one.year}: {told}{_good(case, one)}."
    slopes = (text.signed(slope, case.decimals) for slope in (one.before, one.after))
    rates = " till ".join(slopes)
    return (
        f"Värdet för {case.name} tycks ha bytt takt {one.year}, från {rates} om"
        f" året{_good(case, one)}."
    )


def _good(case: Case, one: Turn) -> str:
    """Return whether a turn is for the better; nothing without a direction or with a target."""
    if case.kpi.direction not in ("högt", "lågt"):
        return ""
    up = one.after > one.before
    return f", till det {'bättre' if up == (case.kpi.direction == 'högt') else 'sämre'}"


def _coincides(case: Case, near: list[Event]) -> str:
    if not case.setting.home:
        return "Vad som hände lokalt då är inte känt här."
    if not near:
        return "Ingen daterad händelse i parametrarna ligger inom ett år från det."
    starts = sum(one.kind == "Aktivitet" for one in near)
    told = [
        text.count(amount, one, many)
        for amount, one, many in (
            (starts, "påbörjad aktivitet", "påbörjade aktiviteter"),
            (len(near) - starts, "anteckning", "anteckningar"),
        )
        if amount
    ]
    return f"Det sammanfaller med {text.listing(told)} i parametrarna inom ett år."


def events(case: Case) -> Iterator[Event]:
    """Yield the dated events of the KPI, if the parameters are the municipality's own."""
    if not case.setting.home:
        return
    for one in case.setting.model.activities:
        if case.id in one.kpis:
            yield Event(one.start.year, "Aktivitet", _told(one.what, example=one.example))
    for note in case.setting.model.notes:
        if note.kpi == case.id:
            words = note.comment or text.listing([cause.what for cause in note.causes])
            yield Event(int(note.period[:4]), "Anteckning", _told(words, example=note.example))


def _told(words: str, *, example: bool) -> str:
    return f"”{quote(words)}”{' (påhittat exempel)' if example else ''}"


def _table(
    years: list[int], values: list[float], turn: Turn | None, near: list[Event]
) -> pd.DataFrame:
    """Return the years with their values, on which side of the turn they lie, and the events."""
    by_year = dict(zip(years, values, strict=True))
    every = sorted({*years, *(one.year for one in near)})[-40:]
    columns: dict[str, list[object]] = {
        "År": [str(year) for year in every],
        "Värde": [by_year.get(year, float("nan")) for year in every],
    }
    if turn is not None:
        columns["Läge"] = [_side(year, turn) for year in every]
        columns["Händelser"] = [
            "; ".join(f"{one.kind}: {one.words}" for one in near if one.year == year)
            for year in every
        ]
    return pd.DataFrame(columns)


def _side(year: int, turn: Turn) -> str:
    if year == turn.year:
        return "vändningen"
    return "före" if year < turn.year else "efter"
