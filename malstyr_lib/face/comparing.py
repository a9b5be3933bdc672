"""A key figure beside some other municipalities' the same year: own first, the others by name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import pandas as pd

from malstyr_lib import text
from malstyr_lib.charts import Chart
from malstyr_lib.face.desk import desk
from malstyr_lib.face.named import Years, areas_named, years_named
from malstyr_lib.face.shown import LABELS, Sheet, Shown, source_of
from malstyr_lib.markup import STATUS
from malstyr_lib.questions import Case, pictures
from malstyr_lib.report import wording
from malstyr_lib.scoring.groups import GROUP_WORDS
from malstyr_lib.tables import NATION

_KINDS: Final = {
    "alla": "alla",
    "län": "län",
    "lan": "län",
    "länet": "län",
    "liknande": "liknande",
    "kommungrupp": "kommungrupp",
    "kommungruppen": "kommungrupp",
}
CHOSEN: Final = "valda kommuner"


def jamfor(
    nyckeltal: str,
    med: str | Iterable[str] = "liknande",
    ar: Years = None,
    kommun: str | None = None,
) -> Comparison:
    """Jämför ett nyckeltal med andra kommuner samma år.

    nyckeltal: id eller rubrik. med: namn på kommuner i en lista, eller "liknande", "län",
    "kommungrupp" eller "alla". ar: året, det nyaste egna om inget sägs. kommun: en annan kommun än
    den egna att jämföra från. Den egna står först och de andra i bokstavsordning: det är ingen
    topplista. Färgen är var och ens mot alla kommuner. `.tabell` är en DataFrame, `.diagram` visar
    alla kommuner med de jämförda markerade.

    Exempel: ms.jamfor("N00090", med="liknande")
    """
    at = desk()
    years = years_named(ar)
    setting = at.setting(kommun, max(years) if years else None)
    case = setting.case(at.kpi(nyckeltal))
    kind = _KINDS.get(med.strip().casefold()) if isinstance(med, str) else None
    others = case.members(kind) if kind else areas_named(at.snapshot, med)
    year = max(years) if years else (case.period or case.evidence.year)
    return Comparison(case, year, kind or CHOSEN, tuple(others))


@dataclass(frozen=True, repr=False)
class Comparison(Shown):
    """Den egna kommunen bredvid andra samma år: `.tabell` är en DataFrame, `.diagram` en bild."""

    _case: Case = field(repr=False)
    ar: int
    grupp: str
    _others: Sequence[str] = field(repr=False)

    @cached_property
    def tabell(self) -> pd.DataFrame:
        """Kommun, värde och färg, den egna först och de andra i bokstavsordning."""
        found = pictures.of_year(self._case, self.ar).set_index("municipality")
        areas, names = self._areas, self._case.setting.names
        values = found["value"].to_dict() | self._nation
        colours = found["colour"].to_dict()
        return pd.DataFrame(
            {
                "kommun": [names[area] for area in areas],
                "kod": areas,
                "ar": pd.Series([self.ar] * len(areas), dtype="int64"),
                "varde": pd.Series([values.get(area) for area in areas], dtype="float64"),
                "farg": [STATUS[colours.get(area, "grey")].word for area in areas],
            }
        )

    @property
    def _areas(self) -> list[str]:
        """The ids that are compared: the own first, the others by name as Swedes order them."""
        own, names = self._case.setting.own, self._case.setting.names
        return [own, *sorted({*self._others} - {own}, key=lambda area: text.by_name(names[area]))]

    @property
    def _nation(self) -> dict[str, float]:
        """Riket's value, if it is asked for and there is one."""
        rows = self._case.rows
        mine = rows[
            (rows["municipality"] == NATION) & (rows["period"] == self.ar) & (rows["gender"] == "T")
        ]
        return dict(zip(mine["municipality"], mine["value"], strict=True))

    @cached_property
    def diagram(self) -> Chart | None:
        """Alla kommuner som punkter, de jämförda markerade; None utan värden det året."""
        if pictures.of_year(self._case, self.ar).empty:
            return None
        marked = [] if self.grupp == "alla" else [one for one in self._others if one != NATION]
        words = GROUP_WORDS.get(self.grupp, CHOSEN)
        return pictures.strip_chart(self._case, self.ar, marked, words=text.capital(words))

    def _sheet(self) -> Sheet:
        case, table = self._case, self.tabell
        return Sheet(
            f"{case.label}: {case.name} och {GROUP_WORDS.get(self.grupp, CHOSEN)} {self.ar}",
            source_of(case.setting),
            self._sentences,
            _written(case, table),
            f"{wording.label(case.kpi)} {self.ar}, i bokstavsordning efter {case.name}",
            numeric=("Värde",),
            draw=lambda: self.diagram,
            exercise=case.setting.exercise,
        )

    @property
    def _sentences(self) -> list[str]:
        case, table = self._case, self.tabell
        why = pictures.unjudged(case, self.ar)
        others = table[(table.index > 0) & (table["kod"] != NATION)]
        value = table["varde"].iloc[0]
        told = [self._own_words(float(value)), self._others_words(others["varde"].dropna())]
        grey = f"Färg saknas: {why}." if why else "Färgen är var och ens mot alla kommuner."
        alone = "" if len(table) > 1 else _alone(self.grupp, case)
        return [one for one in (" ".join(filter(None, told)), alone, grey) if one]

    def _own_words(self, value: float) -> str:
        case = self._case
        if pd.isna(value):
            return f"{case.name} saknar värde {self.ar}."
        return f"{case.had(value, self.ar)}."

    def _others_words(self, known: pd.Series) -> str:
        """Return the others' spread, without saying who."""
        if len(known) < 2:
            return ""
        low, middle, high = (self._case.said(float(known.quantile(at))) for at in (0, 0.5, 1))
        return f"De andra hade från {low} till {high}, med medianen {middle}."


def _alone(kind: str, case: Case) -> str:
    """Return that there is nobody to compare with, and what to do."""
    if kind == "liknande" and not case.kpi.similar_area:
        return (
            f"{case.id} har inget område för liknande kommuner i nyckeltal.yaml. Jämför med"
            ' "län" eller med namn i stället.'
        )
    return 'Ingen att jämföra med fanns. Jämför med "län" eller med namn i stället.'


def _written(case: Case, table: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Kommun": table["kommun"],
            "Värde": [text.number(value, case.decimals) for value in table["varde"]],
            "Färg": table["farg"].map(LABELS),
        }
    )
