"""Blind spots: what is red, or stands out, and no committee follows."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field

import pandas as pd

from malstyr_lib import tables, text
from malstyr_lib.face.desk import desk
from malstyr_lib.face.named import Years, last_named
from malstyr_lib.face.shown import MOST_ROWS, Sheet, Shown, source_of
from malstyr_lib.grounds.basis import AT_A_TIME, blind
from malstyr_lib.markup import STATUS
from malstyr_lib.questions import Setting
from malstyr_lib.report.analysis import report_year


def blinda_flackar(kommun: str | None = None, ar: Years = None) -> BlindSpots:
    """Visa det röda som ingen nämnd följer, och det som utmärker sig utan riktning.

    Söker igenom alla nyckeltal i lagret, också dem som hämtats med `malstyr hamta --allt`; då tar
    det några sekunder. kommun: namn eller kod, den egna om inget sägs. ar: senaste år att se till.
    `.tabell` är en DataFrame, `.roda` de röda och `.utmarker_sig` de andra.

    Exempel: ms.blinda_flackar().roda
    """
    at = desk()
    setting = at.setting(kommun)
    year = last_named(ar) or report_year(at.model, at.snapshot)
    found = blind(at.model, at.snapshot, municipality=setting.own, year=year, on_part=_progress)
    return BlindSpots(setting, year, found)


@dataclass(frozen=True, repr=False)
class BlindSpots(Shown):
    """Blinda fläckar för en kommun, de röda först. `.tabell` är en DataFrame."""

    _setting: Setting = field(repr=False)
    ar: int
    tabell: pd.DataFrame = field(repr=False)

    @property
    def roda(self) -> pd.DataFrame:
        """De röda som ingen nämnd följer, längst från medianen först (en DataFrame)."""
        return self.tabell[self.tabell["colour"] == tables.RED].reset_index(drop=True)

    @property
    def utmarker_sig(self) -> pd.DataFrame:
        """De som är bland de högsta eller lägsta men saknar riktning (en DataFrame)."""
        return self.tabell[self.tabell["colour"] != tables.RED].reset_index(drop=True)

    @property
    def _apart(self) -> list[str]:
        amount = len(self.utmarker_sig)
        if not amount:
            return []
        return [
            f"{text.count(amount, 'nyckeltal', 'nyckeltal')} utmärker sig men saknar riktning och"
            " därför färg. Det behöver inte vara dåligt: ingen har sagt vad som är bra."
        ]

    def _sheet(self) -> Sheet:
        red, whole = len(self.roda), len(self._setting.snapshot.manifest["values"])
        searched = text.count(whole, "nyckeltal", "nyckeltal")
        return Sheet(
            f"Blinda fläckar, {self._setting.name}",
            source_of(self._setting),
            [
                f"Av {searched} i lagret är {red} röda utan att någon nämnd följer dem.",
                *self._apart,
            ],
            _written(self.tabell.head(MOST_ROWS + 1)) if len(self.tabell) else pd.DataFrame(),
            f"Vad ingen nämnd följer, till och med {self.ar}",
            numeric=("År", "Värde"),
            exercise=self._setting.exercise,
        )


def _written(spots: pd.DataFrame) -> pd.DataFrame:
    rows = spots.to_dict("records")
    return pd.DataFrame(
        {
            "Id": [row["kpi"] for row in rows],
            "Nyckeltal": [" ".join(row["title"].split()) for row in rows],
            "Färg": [STATUS[row["colour"]].label for row in rows],
            "År": [str(row["period"]) for row in rows],
            "Värde": [text.number(row["value"], text.decimals_for([row["value"]])) for row in rows],
            "Varför": [f"{row['reason'][:1].upper()}{row['reason'][1:]}." for row in rows],
        }
    )


def _progress(done: int, total: int) -> None:
    """Say how far a long search has come, on one line that goes away."""
    if total <= AT_A_TIME:
        return
    words = f"Söker igenom {text.count(total, 'nyckeltal', 'nyckeltal')}: {100 * done // total} %"
    ended = done >= total
    sys.stdout.write("\r" + (" " * len(words) + "\r" if ended else words))
    sys.stdout.flush()
