"""Why a cell is empty, or which cells are when the newest one is not: question 9."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import pandas as pd

from malstyr_lib import kpi_title, tables, text
from malstyr_lib.questions.answer import Question, Reply, likely, sure, unsure
from malstyr_lib.scoring.sentences import quote, sentences

if TYPE_CHECKING:
    from malstyr_lib.questions.case import Case

_SHOWN: Final = 12
_PUPILS: Final = re.compile(r"antalet (?:som )?EJ .*\b1-4 elever", re.I)
"""Words of grades in which nearly all have passed, and the share is hidden for that."""
_HIDING: Final = re.compile(
    r"sekretess|färre än \w+ \w*svar|minst \w+ svar|\(\.\.\)|markera\w* (?:detta )?som bortfall",
    re.I,
)
_SAID: Final = ("", "Missing")
"""What Kolada says of a cell's status when it says no more than whether there is a value."""


def why_empty(case: Case) -> Reply:
    """Answer why the newest cell is empty; where it is not, which earlier ones are."""
    have = case.reported
    if not have:
        said = f"Ingen kommun har något värde för {case.id} i det hämtade."
        why = "Nyckeltalet är ännu inte publicerat, eller upphört; fråga 5 säger om måttet lever."
        return sure(said, why)
    year = int(case.now["period"]) if case.now and case.now["period"] in have else max(have)
    if year in case.series:
        return _filled(case, year, have)
    return _empty(case, year, have)


def _filled(case: Case, year: int, have: dict[int, int]) -> Reply:
    """Answer for a cell that has a value, with why it has no colour and what else is empty."""
    said = f"Rutan är inte tom: {case.name} hade {case.said(case.series[year])} för {year}."
    if case.judged and case.now and case.colour == tables.GREY:
        said += f" Den är ändå utan färg: {case.now['reason']}."
    holes = [one for one in have if min(case.series) < one < year and one not in case.series]
    if holes:
        others = "fast andra kommuner har värden"
        why = f"Däremot saknas {text.listing([str(one) for one in holes[-5:]])}, {others}."
    else:
        first = min(case.series)
        why = f"Sedan {first} saknas inget av de år då andra kommuner har värden."
    return sure(said, f"{why}{_genders(case, year)}", underlag=_table(case, have))


def _genders(case: Case, year: int) -> str:
    """Return that women's and men's values are hidden although the KPI is divided by gender."""
    if not case.entry or not case.entry["is_divided_by_gender"]:
        return ""
    absent = [year not in case.own(case.id, gender) for gender in ("K", "M")]
    if not any(absent):
        return ""
    which = "Kvinnor och män" if all(absent) else "Kvinnor" if absent[0] else "Män"
    return f" {which} har inget eget värde för {year}, så inget av könen visas."


def _empty(case: Case, year: int, have: dict[int, int]) -> Reply:
    """Answer for an empty cell: ended, hidden, or not told; only Kolada's page has the sign."""
    table = _table(case, have)
    of = text.count(len(case.evidence.everyone), "kommun", "kommuner")
    said = f"{case.name} saknar värde för {year}, fast {have[year]} av {of} har ett."
    ended = kpi_title.ended_year(case.title)
    if ended is not None and ended < year:
        return sure(f"Serien upphörde {ended}.", "Så säger rubriken i Kolada.", underlag=table)
    status = _statuses(case).get(year)
    if status not in (None, *_SAID):
        return sure(said, f"Koladas uppgift om rutan är ”{status}”.", underlag=table)
    told = _told(case.description)
    if told:
        return likely(f"{said} {told}", _row_words(case, status), underlag=table)
    ask = "Koladas webbplats visar tecknet för rutan: bortfall, ej tillämplig eller sekretess."
    return unsure(f"{_row_words(case, status)} {ask}", said, underlag=table)


def _told(description: str) -> str:
    """Return what the description says that an empty cell can mean."""
    for sentence in sentences(description):
        if _PUPILS.search(sentence):
            meant = "Tomt kan här betyda att nästan alla elever klarade sig"
            return f"{meant}: ”{quote(sentence).rstrip('.')}”."
        if found := _HIDING.search(sentence):
            quoted = quote(sentence, found.start(), found.end()).rstrip(".")
            return f"Beskrivningen säger när det blir så: ”{quoted}”."
    return ""


def _row_words(case: Case, status: str | None) -> str:
    """Return whether the cell has an empty row, or none, and what can be meant by that."""
    if status is not None:
        last = f" Senast {case.name} hade ett värde var {case.period}." if case.period else ""
        return (
            "Raden finns i Kolada men är tom: kommunen var inte med det året, uppgiften saknas,"
            f" eller så döljs den.{last}"
        )
    if not case.series:
        return (
            f"{case.name} har inga rader alls: kommunen har inte deltagit, eller måttet gäller den"
            " inte."
        )
    return (
        f"Raden saknas helt, fast {case.name} hade ett värde för {case.period}: uppgiften är inte"
        " lämnad, eller inte efterfrågad."
    )


def _statuses(case: Case) -> dict[int, str]:
    """Return the status of the own total's row by year; a year without a row is not there."""
    rows = case.rows
    mine = rows[(rows["municipality"] == case.setting.own) & (rows["gender"] == "T")]
    return dict(zip(mine["period"], mine["status"].fillna(""), strict=True))


def _table(case: Case, have: dict[int, int]) -> pd.DataFrame:
    years, status = list(have)[-_SHOWN:], _statuses(case)
    words = {True: "har värde", False: "tom rad"}
    return pd.DataFrame(
        {
            "År": years,
            case.name: [case.series.get(year, float("nan")) for year in years],
            "Rutan": [
                words[year in case.series] if year in status else "ingen rad" for year in years
            ],
            "Kommuner med värde": [have[year] for year in years],
        }
    )


WHY_EMPTY: Final = Question(9, "tom ruta", "Varför är rutan tom?", why_empty)
