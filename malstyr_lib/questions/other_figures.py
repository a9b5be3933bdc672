"""How the better ones' other figures look: the committee's other KPIs beside the own ones."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from malstyr_lib import kpi_title, tables, text
from malstyr_lib.markup import STATUS
from malstyr_lib.model import Kpi
from malstyr_lib.questions.answer import Reply, likely, unsure
from malstyr_lib.questions.followers import evidence_of, theirs
from malstyr_lib.scoring.colour import CODES, WORDS

if TYPE_CHECKING:
    from malstyr_lib.questions.case import Case
    from malstyr_lib.scoring.evidence import Evidence

AT_MOST: Final = 3
"""How many municipalities are set beside the own one."""
ROWS: Final = 40
ALIKE: Final = 2
"""How many words of the titles a measure of money or staff shares with the KPI to be named."""
OLDEST: Final = 3
"""How many years older than the KPI itself the other figures may be."""
_RESOURCE: Final = re.compile(
    r"kostnad|årsarbetare|heltidstjänst|bemanning|legitimation|undersköterska|resursindex"
    r"|personalkontinuitet|timavlönade|sjukfrånvaro",
    re.I,
)
"""Titles of what a committee has to work with: money and staff."""


@dataclass(frozen=True)
class _Other:
    """Another KPI in its newest year with an own value: the own and the others' values, colours."""

    kpi: Kpi
    year: int
    values: tuple[float, ...]
    colours: tuple[str, ...]

    @property
    def resource(self) -> bool:
        return bool(_RESOURCE.search(self.kpi.title))


def other_figures(case: Case) -> Reply:
    """Answer how the other KPIs of those who do better look; never ja: they explain nothing."""
    whom = _whom(case)
    if not whom:
        return unsure(
            f"Ingen liknande kommun har bättre värde än {case.name} {case.period}, så det finns"
            " inga andras siffror att ställa bredvid."
        )
    e = evidence_of(case)
    others = [one for kpi in e.kpis if (one := _other(case, e, kpi, whom))]
    if not others:
        return unsure(_nothing_else(case))
    names = [case.name_of(at) for at in whom]
    return likely(
        f"{_counted(case, others, names)} {_resources(case, others, names)}",
        "Siffrorna visar vad som skiljer, inte varför. Varje nyckeltal gäller sitt senaste år med"
        f" eget värde, högst {OLDEST} år före {case.period}.",
        underlag=_table(case, others, names),
    )


def _nothing_else(case: Case) -> str:
    """Return that nothing else is followed, and the cure that only the own parameters have."""
    lacking = f"Bland {theirs(case, 'nyckeltal')} finns inget annat som både {case.name} och de"
    cure = " Lägg fler nyckeltal under nämndens mål, så går frågan att besvara."
    return f"{lacking} bättre har värden i.{cure if case.setting.home else ''}"


def _whom(case: Case) -> list[int]:
    """Return the similar ones with the best values of those that are better than the own."""
    if case.period is None:
        return []
    good = case.good(case.everyone(case.period))
    for kind in ("liknande", "kommungrupp"):
        found = [at for at in case.peers(kind) if good[at] > good[case.evidence.at]]
        if found:
            best = sorted(found, key=lambda at: -good[at])[:AT_MOST]
            return sorted(best, key=lambda at: text.by_name(case.name_of(at)))
    return []


def _other(case: Case, e: Evidence, kpi: Kpi, whom: Sequence[int]) -> _Other | None:
    """Return another KPI beside the others'; None for the KPI itself and without any value."""
    known = np.flatnonzero(~np.isnan(e.series(kpi.id)))
    if kpi.id == case.id or not len(known):
        return None
    at, column, areas = e.number[kpi.id], int(known[-1]), [e.at, *whom]
    values = tuple(float(e.whole.values[at, area, column]) for area in areas)
    year = e.whole.periods[column]
    if np.isnan(values[1:]).all() or year < (case.period or 0) - OLDEST:
        return None
    codes = e.swept.colour[at, areas, column]
    return _Other(kpi, e.whole.periods[column], values, tuple(WORDS[int(code)] for code in codes))


def _counted(case: Case, others: list[_Other], names: list[str]) -> str:
    """Return in how many of the other KPIs each of them has a better or a worse colour."""
    told = []
    for at, name in enumerate(names, start=1):
        pairs = [
            (CODES[one.colours[at]], CODES[one.colours[0]])
            for one in others
            if tables.GREY not in (one.colours[at], one.colours[0])
        ]
        better, worse = sum(a > b for a, b in pairs), sum(a < b for a, b in pairs)
        told.append(f"{name} bättre färg i {better} av {len(pairs)} och sämre i {worse}")
    other = "andra nyckeltal" if case.committee else "nyckeltal"
    return f"Bland {theirs(case, other)} har {text.listing(told)}."


def _resources(case: Case, others: list[_Other], names: list[str]) -> str:
    """Return the measure of money or staff that is nearest to the KPI, with everybody's values."""
    some = [one for one in others if one.resource and not np.isnan(one.values).any()]
    if not some:
        return "Inget av deras mått på kostnad och bemanning går att jämföra."
    one = max(some, key=lambda other: _shared(case, other))
    if _shared(case, one) < ALIKE:
        return "Måtten på kostnad och bemanning står överst i underlaget."
    e = evidence_of(case)
    decimals = e.decimals(one.kpi.id)
    told = [
        f"{name} {text.number(value, decimals)}"
        for name, value in zip([case.name, *names], one.values, strict=True)
    ]
    return f"I ”{kpi_title.plain(one.kpi.title)}” ({one.year}) har {text.listing(told)}."


def _shared(case: Case, other: _Other) -> int:
    """Return how many words another KPI's title has in common with the case's."""
    return len(_words(other.kpi.title) & _words(case.title))


def _words(title: str) -> set[str]:
    """Return the beginnings of a title's longer words."""
    found = {word[:6] for word in re.findall(r"\w{4,}", title.casefold())}
    return found - {"andel", "antal", "kommun", "total", "totalt"}


def _table(case: Case, others: list[_Other], names: list[str]) -> pd.DataFrame:
    """Return values and colours side by side, the measures of money and staff first."""
    shown = sorted(others, key=lambda one: not one.resource)[:ROWS]
    columns: dict[str, list[object]] = {
        "Nyckeltal": [kpi_title.labelled(one.kpi.title, one.kpi.id) for one in shown],
        "År": [one.year for one in shown],
    }
    for at, name in enumerate([case.name, *names]):
        columns[name] = [one.values[at] for one in shown]
        columns[f"{name}, färg"] = [STATUS[one.colours[at]].label for one in shown]
    return pd.DataFrame(columns)
