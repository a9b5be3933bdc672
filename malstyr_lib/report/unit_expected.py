"""The part of a unit's sheet that says what to expect, and when: nothing is promised here."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd

from malstyr_lib import chain, markup, publication, tables, text
from malstyr_lib.markup import Html
from malstyr_lib.questions import Case
from malstyr_lib.report.unit_basis import UnitBasis
from malstyr_lib.report.unit_wording import NAME, cut
from malstyr_lib.scoring import findings


def expected(b: UnitBasis) -> Html:
    """Return what the committee wants, when the next figure comes, and how long others took."""
    if not b.cases:
        return markup.note("Utan en siffra går det inte att säga.")
    coming_words, wanted = _coming(b), _wanted(b)
    rows = [
        {
            "Siffra": f"{cut(case.kpi.title, NAME)} ({case.id})",
            "Vad nämnden har bestämt och väntar sig": wanted.get(case.id, "Inget mål är satt."),
            "Nästa siffra": coming_words[case.id],
        }
        for case in b.cases
    ]
    table = markup.table(pd.DataFrame(rows), f"Hela kommunens siffror. {text.OWN_PROCESSING}.")
    return markup.joined([table, *map(markup.paragraph, _times(b))])


def _wanted(b: UnitBasis) -> dict[str, str]:
    """Return the committee's levels and what it expects next, by key figure."""
    said: dict[str, list[str]] = {}
    for row in chain.standings(b.basis, b.committee).to_dict("records"):
        how = _REACHED.get(row["state"], "Det går inte att säga än om det är nått.")
        said.setdefault(row["kpi"], []).append(
            f"Mål senast {row['by']}: {_level(row['level'])}. {how}"
        )
    ledger = chain.ledger(b.basis, b.committee)
    for row in ledger[ledger["state"] == "waiting"].to_dict("records"):
        ends = f"{text.exact(row['low'])}–{text.exact(row['high'])}"
        said.setdefault(row["kpi"], []).append(f"Väntar sig {ends} för {row['year']}.")
    return {kpi: " ".join(words) for kpi, words in said.items()}


_REACHED: Final = {
    "met": "Det är nått.",
    "not_yet": "Det är inte nått än.",
    "late": "Det nåddes inte i tid.",
}


def _level(words: str) -> str:
    """Return a level as it is said aloud, since a key figure alone is not "green"."""
    said = {"lämna rött": "kommunen är inte röd längre", "bli grönt": "kommunen är grön"}
    return said.get(words, f"{words} kommuner" if words.endswith((" alla", " liknande")) else words)


def _coming(b: UnitBasis) -> dict[str, str]:
    """Return when the next figure comes, in words, by key figure."""
    found = coming(b)
    return {str(row["kpi"]): _coming_words(row) for row in found.to_dict("records")}


def coming(b: UnitBasis) -> pd.DataFrame:
    """Return when the next figure of the sheet's key figures comes (publication.FIGURES)."""
    snapshot = b.opened.snapshot
    return publication.figures(
        b.evidence.catalogue,
        b.evidence.observations,
        kpis=[case.kpi for case in b.cases],
        municipality=b.opened.model.municipality.code,
        areas=b.evidence.everyone,
        asked=set(snapshot.manifest["values"]),
        fetched=text.swedish(snapshot.fetched).date(),
        today=b.today,
    )


def _coming_words(row: dict[Any, Any]) -> str:
    day = next((one for one in (row["day"], row["preliminary_day"]) if isinstance(one, str)), None)
    if row["state"] == "coming" and day:
        about = [] if isinstance(row["day"], str) else ["preliminärt"]
        about += [f"för {row['period']}"] if row["period"] == row["period"] else []
        return f"{text.day(day)} ({', '.join(about)})" if about else text.day(day)
    if row["state"] == "ended":
        return "Siffran har upphört"
    return "Ingen dag är sagd"


def _times(b: UnitBasis) -> list[str]:
    """Return how long it takes from red to green, and where to hold on, of the red ones."""
    red = [case for case in b.cases if case.colour == tables.RED]
    found = findings.times(b.evidence).to_dict("records") if red else []
    by_kpi = {str(row["kpi"]): row for row in found}
    return [f"{cut(one.kpi.title, NAME)}: {_time_words(one, by_kpi[one.id])}" for one in red]


def _time_words(case: Case, row: dict[Any, Any]) -> str:
    slow = case.evidence.mobilities[case.id].grade == "trögrörlig"
    hold = "Håll i och håll ut, siffran rör sig långsamt i alla kommuner. " if slow else ""
    shares = [
        f"inom {years} år i {text.percent(row[f'within_{years}'])}"
        for years in (3, 5)
        if row[f"within_{years}"] == row[f"within_{years}"]
    ]
    if not shares:
        return f"{hold}Hur lång tid det brukar ta går inte att säga än."
    return f"{hold}När en kommun har blivit röd, blev den grön {text.listing(shares)} av fallen."
