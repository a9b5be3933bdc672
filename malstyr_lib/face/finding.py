"""Searching for key figures: words in, those that match out, with who follows them and colour."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import pandas as pd

from malstyr_lib import kpi_title, tables, text
from malstyr_lib.face.desk import desk
from malstyr_lib.face.shown import Sheet, Shown, source_of
from malstyr_lib.markup import STATUS
from malstyr_lib.questions import Case, Setting

FOUND = {
    "id": "str",
    "rubrik": "str",
    "namnd": "str",
    "riktning": "str",
    "ar": "Int64",
    "varde": "float64",
    "farg": "str",
}
"""What a search gives: a row per key figure, the best match first."""
NOT_FETCHED = "inte hämtat"


def sok(ord: str, antal: int = 20) -> Hits:
    """Sök nyckeltal på ord i rubriken och beskrivningen.

    ord: ett eller flera ord, som "sjukfrånvaro" eller "personal hemtjänst"; början av ord räcker.
    antal: hur många som visas högst. De som har värden i lagret kommer först.
    Svaret visar id, rubrik, nämnd, riktning, senaste värde och
    färg för den egna kommunen; `.tabell` är samma sak som en DataFrame.

    Exempel: ms.sok("sjukfrånvaro")
    """
    setting = desk().setting()
    ids = sorted(search(setting.snapshot.kpis, ord), key=lambda kpi: not setting.held(kpi))
    rows = [_row(setting, kpi) for kpi in ids[:antal]]
    columns = {name: [row[name] for row in rows] for name in FOUND}
    return Hits(ord, len(ids), setting, tables.frame(FOUND, columns))


@dataclass(frozen=True, repr=False)
class Hits(Shown):
    """Vad en sökning gav. `.tabell` är en DataFrame, `.antal` hur många som passar i allt."""

    ord: str
    antal: int
    _setting: Setting = field(repr=False)
    tabell: pd.DataFrame = field(repr=False)

    def _sheet(self) -> Sheet:
        found = text.count(self.antal, "nyckeltal", "nyckeltal")
        fewer = len(self.tabell) < self.antal
        shown = f" De {len(self.tabell)} som passar bäst visas." if fewer else ""
        said = f"{found} passar.{shown}"
        return Sheet(
            f"Sökning: {self.ord}",
            source_of(self._setting),
            [said if self.antal else "Inget nyckeltal passar. Pröva färre eller andra ord."],
            _written(self.tabell),
            f"Nyckeltal som passar på {self.ord}, det som passar bäst först",
            numeric=("Senaste värde",),
            exercise=self._setting.exercise,
        )


def search(catalogue: pd.DataFrame, words: str) -> list[str]:
    """Return the ids whose id, title or description hold every word, those in the title first."""
    asked = re.findall(r"\w+", words.casefold())
    told = catalogue[["id", "title", "description"]].fillna("")
    ranked = []
    for kpi, title, description in told.itertuples(index=False):
        head = f"{kpi} {_bare(title)}".casefold()
        whole = f"{head} {description}".casefold()
        if asked and all(word in whole for word in asked):
            in_title = sum(word in head for word in asked)
            ranked.append((-in_title, kpi_title.ended_year(head) or 0, kpi))
    return [kpi for *_, kpi in sorted(ranked)]


def _row(setting: Setting, kpi: str) -> dict[str, object]:
    if not setting.held(kpi):
        entry = setting.catalogue[kpi]
        blank = {"namnd": "", "riktning": "", "ar": None, "varde": float("nan")}
        return {"id": kpi, "rubrik": _bare(entry["title"]), **blank, "farg": NOT_FETCHED}
    case = setting.case(kpi)
    return {
        "id": kpi,
        "rubrik": _bare(case.title),
        "namnd": case.committee.name if case.committee else "",
        "riktning": case.kpi.direction,
        "ar": case.period,
        "varde": case.value,
        "farg": STATUS[_colour(case)].word,
    }


def _colour(case: Case) -> str:
    """Return the colour of the newest own value; grey when the newest score has no value."""
    return case.colour if case.now and case.now["period"] == case.period else tables.GREY


def _bare(title: object) -> str:
    return " ".join(str(title).split())


def _written(found: pd.DataFrame) -> pd.DataFrame:
    """Return what was found as readers see it."""
    labels = {status.word: status.label for status in STATUS.values()}
    values = [
        text.NO_VALUE if pd.isna(row["ar"]) else f"{_value(row['varde'])} ({row['ar']})"
        for row in found.to_dict("records")
    ]
    return pd.DataFrame(
        {
            "Id": found["id"],
            "Rubrik": found["rubrik"],
            "Nämnd": found["namnd"].where(found["namnd"] != "", text.NO_VALUE),
            "Riktning": found["riktning"].where(found["riktning"] != "", text.NO_VALUE),
            "Senaste värde": values,
            "Färg": found["farg"].map(lambda word: labels.get(word, word)),
        }
    )


def _value(value: float) -> str:
    return text.number(value, text.decimals_for([value]))
