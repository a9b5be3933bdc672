"""The figures themselves: of some key figures and municipalities, as a table to work on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import pandas as pd

from malstyr_lib import scoring, text
from malstyr_lib.face.desk import Desk, desk
from malstyr_lib.face.named import (
    Years,
    areas_named,
    genders_named,
    held_titles,
    years_named,
)
from malstyr_lib.face.shown import Sheet, Shown, figures_of
from malstyr_lib.grounds.named import known
from malstyr_lib.questions import Setting

Named = str | Iterable[str] | None
_WIDEST = 8
_OF = {"T": "", "K": ", kvinnor", "M": ", män"}
_HIDDEN = "Ett värde för bara det ena könet visas inte, så att det andra inte kan räknas fram."


def varden(
    nyckeltal: str | Iterable[str],
    kommun: Named = None,
    ar: Years = None,
    kon: str | Iterable[str] | None = "T",
) -> Figures:
    """Hämta värden ur lagret som en tabell att räkna vidare på.

    nyckeltal: id eller rubrik, eller flera i en lista. kommun: namn eller koder, "alla" eller
    "Riket"; den egna om inget sägs. ar: 2022, "2018-2022" eller [2018, 2020]; alla år om inget
    sägs. kon: "T" totalt, "K" kvinnor, "M" män, eller None för alla tre.

    `.tabell` är en DataFrame i lång form (kpi, municipality, period, gender, value, status) och
    `.bred` samma värden med år som rader.

    Exempel: ms.varden("N00090", ar="2018-2022").bred
    """
    at = desk()
    asked = [nyckeltal] if isinstance(nyckeltal, str) else list(nyckeltal)
    ids = known(at.snapshot, [at.kpi(one) for one in asked])
    return figures(at, ids, kommun, ar, kon)


def figures(
    at: Desk, kpis: Sequence[str], kommun: Named, ar: Years, kon: str | Iterable[str] | None
) -> Figures:
    """Return the figures of key figures by their ids; the rest as `varden` takes it."""
    setting = at.setting()
    areas = areas_named(at.snapshot, setting.own if kommun is None else kommun)
    genders, years = genders_named(kon), years_named(ar)
    every = scoring.paired(at.snapshot.values(kpis))
    decimals = {str(kpi): text.decimals_for(rows["value"]) for kpi, rows in every.groupby("kpi")}
    kept = every["municipality"].isin(areas) & every["gender"].isin(genders)
    kept &= True if years is None else every["period"].isin(years)
    found = every[kept].sort_values("municipality", key=lambda ids: ids.map(areas.index))
    return Figures(tuple(kpis), setting, found.reset_index(drop=True), decimals)


@dataclass(frozen=True, repr=False)
class Figures(Shown):
    """Värden ur lagret. `.tabell` är lång form, `.bred` har år som rader; båda är DataFrame."""

    nyckeltal: tuple[str, ...]
    _setting: Setting = field(repr=False)
    tabell: pd.DataFrame = field(repr=False)
    _decimals: dict[str, int] = field(repr=False)

    @property
    def bred(self) -> pd.DataFrame:
        """Värdena med ett år per rad och en kolumn per kommun (och nyckeltal och kön)."""
        named = self.tabell.assign(column=self._columns)
        wide = named.pivot(index="period", columns="column", values="value")
        in_order = wide[list(dict.fromkeys(named["column"]))]
        return in_order.rename_axis(index="år", columns=None)

    @property
    def _columns(self) -> pd.Series:
        """What the column of every value is called."""
        names = self.tabell["municipality"].map(self._setting.names)
        what = self.tabell["kpi"] + " " if len(self.nyckeltal) > 1 else ""
        return what + names + self.tabell["gender"].map(_OF)

    def _sheet(self) -> Sheet:
        titles = held_titles(self._setting.snapshot)
        labels = [f"{titles[kpi]} ({kpi})" for kpi in self.nyckeltal]
        shown = self._written()
        title = labels[0] if len(labels) == 1 else f"Värden för {text.listing(self.nyckeltal)}"
        return Sheet(
            title,
            figures_of(self._setting),
            [*(f"{words}." for words in labels if len(labels) > 1), *self._remarks],
            shown,
            title,
            numeric=list(shown.columns[1:]),
            exercise=self._setting.exercise,
        )

    @property
    def _remarks(self) -> list[str]:
        """Return what is not shown, and why."""
        more = self._columns.nunique() - _WIDEST
        parted = self.tabell.loc[self.tabell["gender"] != "T", "value"]
        return [
            *([] if len(self.tabell) else ["Inget värde passar. Pröva andra år eller kommuner."]),
            *(
                [f"{text.count(more, 'kolumn', 'kolumner')} till finns i .bred."]
                if more > 0
                else []
            ),
            *([_HIDDEN] if parted.isna().any() else []),
        ]

    def _written(self) -> pd.DataFrame:
        """Return the wide table as readers see it, the newest year first."""
        if self.tabell.empty:
            return pd.DataFrame()
        kpi_of = dict(zip(self._columns, self.tabell["kpi"], strict=True))
        shown = self.bred.iloc[::-1, :_WIDEST]
        columns = {
            str(name): [text.number(one, self._decimals[kpi_of[name]]) for one in shown[name]]
            for name in shown.columns
        }
        return pd.DataFrame({"År": [str(year) for year in shown.index], **columns})
