"""Searching for key figures: words in, those that match out, with who follows them and colour."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from malstyr_lib import tables, text
from malstyr_lib.face.desk import desk
from malstyr_lib.face.shown import LABELS, Sheet, Shown, source_of
from malstyr_lib.grounds.search import matches, near
from malstyr_lib.markup import STATUS
from malstyr_lib.questions import Setting

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
NOT_FETCHED, EMPTY = "inte hämtat", "utan värden"


def sok(ord: str, antal: int = 20) -> Hits:
    """Sök nyckeltal på ord i rubriken och beskrivningen.

    ord: ett eller flera ord, som "sjukfrånvaro" eller "personal hemtjänst"; början av ord räcker.
    antal: hur många som visas högst. De som har värden i lagret kommer först, med nämnd, riktning,
    senaste värde och färg för den egna kommunen. `.tabell` är samma sak som en DataFrame.

    Exempel: ms.sok("sjukfrånvaro")
    """
    setting = desk().setting()
    ids = sorted(matches(setting.snapshot.kpis, ord), key=lambda kpi: not setting.held(kpi))
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

    @property
    def _nothing(self) -> str:
        meant = near(self._setting.snapshot.kpis, self.ord) or ". Pröva färre eller andra ord."
        return f"Inget nyckeltal passar{meant}"

    def _sheet(self) -> Sheet:
        found = text.count(self.antal, "nyckeltal", "nyckeltal")
        fewer = len(self.tabell) < self.antal
        shown = f" De {len(self.tabell)} som passar bäst visas." if fewer else ""
        said = f"{found} passar.{shown}"
        return Sheet(
            f"Sökning: {self.ord}",
            source_of(self._setting),
            [said if self.antal else self._nothing],
            _written(self.tabell),
            f"Nyckeltal som passar på {self.ord}, det som passar bäst först",
            numeric=("Senaste värde",),
            exercise=self._setting.exercise,
        )


def _row(setting: Setting, kpi: str) -> dict[str, object]:
    if not setting.held(kpi):
        entry = setting.catalogue[kpi]
        blank = {"namnd": "", "riktning": "", "ar": None, "varde": float("nan")}
        state = EMPTY if kpi in setting.snapshot.asked_kpis else NOT_FETCHED
        return {"id": kpi, "rubrik": _bare(entry["title"]), **blank, "farg": state}
    case = setting.case(kpi)
    return {
        "id": kpi,
        "rubrik": _bare(case.title),
        "namnd": case.committee.name if case.committee else "",
        "riktning": case.kpi.direction,
        "ar": case.period,
        "varde": case.value,
        "farg": STATUS[case.newest_colour].word,
    }


def _bare(title: object) -> str:
    return " ".join(str(title).split())


def _written(found: pd.DataFrame) -> pd.DataFrame:
    """Return what was found as readers see it."""
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
            "Färg": found["farg"].map(lambda word: LABELS.get(word, word)),
        }
    )


def _value(value: float) -> str:
    return text.number(value, text.decimals_for([value]))
