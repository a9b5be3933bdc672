"""What can be known when a report stops taking in figures: which values are there, which are not.

Kolada tells the day of one year's value; that of another year is counted from it, as many years
before or after. Docs: docs/metod.md section 17.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import pandas as pd

from malstyr_lib import publication, tables, text
from malstyr_lib.kolada_days import days, from_iso
from malstyr_lib.model import Kpi, Report, SteeringModel
from malstyr_lib.questions.arrival import in_words
from malstyr_lib.report import kinds
from malstyr_lib.store import Snapshot

INTERIM: Final = kinds.INTERIM.name
ANNUAL: Final = kinds.ANNUAL.name
_NAMED: Final = {INTERIM: ("delar", "delår"), ANNUAL: ("ars", "årsredov")}
_ASSUMED: Final = {
    INTERIM: "Ingen stoppdag för delårsrapporten {year} står i styrmodell.yaml. Här antas {day},"
    " den sista dag som en delårsrapport får omfatta.",
    ANNUAL: "Ingen stoppdag för årsredovisningen {year} står i styrmodell.yaml. Här antas {day},"
    " två veckor innan årsredovisningen senast ska lämnas till fullmäktige och revisorerna.",
}

KNOWN: Final = {
    "kpi": "str",
    "period": "int64",
    "newest": "Int64",
    "others": "int64",
    "day": "str",
    "counted": "bool",
    "answer": "str",
    "reason": "str",
}
"""A row per key figure: what can be known of the report year's value at the stop day.

period: the report's year. newest: the year of the newest own value known then. others: how many
other municipalities have a value of the report's year. day: when the report year's value came or
comes (ISO), the preliminary one where only that is in time; missing where nobody tells. counted:
whether the day is counted from that of another year. answer: one of `ANSWERS`."""
ANSWERS: Final = (
    "there",
    "preliminary",
    "undated",
    "coming",
    "after",
    "missing",
    "ended",
    "unclear",
)
"""there: known at the stop day. preliminary: then only preliminarily. undated: it is there, and
the year was over, but when it came can't be told. coming: can still come in time. after: came or
comes after. missing: its day has passed without it. ended: none comes. unclear: it can't be told.
"""
HELD: Final = ("there", "preliminary", "undated")
"""The answers that say that the report year's value is there to be used."""


@dataclass(frozen=True)
class Stop:
    """A report's stop day; words: what to say when nobody has decided it, else ""."""

    day: date
    words: str = ""


def stop_of(model: SteeringModel, kind: str, year: int) -> Stop:
    """Return the stop day of a kind's report of a year, as decided or else as assumed."""
    for one in model.reports:
        if one.year == year and _is(one, kind):
            return Stop(one.stop)
    day = date(year, 8, 31) if kind == INTERIM else date(year + 1, 3, 31)
    return Stop(day, _ASSUMED[kind].format(year=year, day=f"den {text.day(day)}"))


def _is(report: Report, kind: str) -> bool:
    """Return whether a report is of a kind, by its id or its name."""
    start, within = _NAMED[kind]
    return report.id.casefold().startswith(start) or within in report.name.casefold()


@dataclass(frozen=True, eq=False)
class AtStop:
    """A snapshot seen from a stop day: which values were known then.

    A snapshot that was fetched by the stop day holds nothing else.
    """

    snapshot: Snapshot
    stop: date

    @property
    def fetched(self) -> date:
        """The day in Sweden that the figures were fetched."""
        return text.swedish(self.snapshot.fetched).date()

    def seen(self, observed: pd.DataFrame) -> pd.DataFrame:
        """Return the observations that were known at the stop day.

        Where no day is told, those of the years that were over by then.
        """
        if self.fetched <= self.stop:
            return observed
        last = observed["kpi"].map(self._last()).astype("float64").fillna(self.stop.year - 1)
        return observed[observed["period"] <= last].reset_index(drop=True)

    def _last(self) -> dict[str, int]:
        """Return the last year whose value was out, at least preliminarily, where it is told."""
        kpis = self.snapshot.kpis.to_dict("records")
        told = {str(row["id"]): days(row).reached(self.stop) for row in kpis}
        return {kpi: year for kpi, year in told.items() if year is not None}

    def known(
        self, kpis: tuple[Kpi, ...], year: int, *, municipality: str, observed: pd.DataFrame
    ) -> pd.DataFrame:
        """Return what can be known of the year's value of each KPI (`KNOWN`).

        observed: tables.OBSERVATIONS up to the year, those that came after the stop day included.
        """
        catalogue = pd.DataFrame(
            [_of_year(row, year) for row in self.snapshot.kpis.to_dict("records")],
            columns=[*tables.KPIS, "counted"],
        )
        figures = publication.figures(
            catalogue[[*tables.KPIS]],
            observed,
            kpis=kpis,
            municipality=municipality,
            areas=tables.municipalities_only(self.snapshot.municipalities),
            asked=self.snapshot.asked_kpis,
            fetched=self.fetched,
            today=self.fetched,
        )
        counted = dict(zip(catalogue["id"], catalogue["counted"], strict=True))
        newest = _newest(self.seen(observed), municipality)
        rows = [
            self._row(row, year) | {"counted": counted.get(row["kpi"], False)}
            for row in figures.to_dict("records")
        ]
        rows = [row | {"newest": newest.get(row["kpi"])} for row in rows]
        return tables.of_rows(KNOWN, rows)

    def _row(self, row: dict[Any, Any], year: int) -> dict[str, Any]:
        answer, why = self._answer(row, year)
        early = answer == "preliminary" and isinstance(row["preliminary_day"], str)
        day = row["preliminary_day"] if early or not isinstance(row["day"], str) else row["day"]
        said = in_words(why).removeprefix(f"värdet för {year} ")
        told = {"kpi": row["kpi"], "period": year, "others": row["others"], "day": day}
        return told | {"answer": answer, "reason": said}

    def _answer(self, row: dict[Any, Any], year: int) -> tuple[str, str]:
        """Return what can be known of one figure of the year (publication.FIGURES), and why."""
        there = bool(row["newest"] == year) if pd.notna(row["newest"]) else False
        if there:
            return self._of_there(row, year)
        if row["state"] == "ended":
            return "ended", row["reason"]
        if row["state"] in ("late", "without_us"):
            late = (publication.first_day(row) or self.stop) > self.stop
            return ("after" if late else "missing"), _missing(row, year)
        said, why = publication.in_report(row, self.stop, fetched=self.fetched, today=self.fetched)
        if said in ("yes", "preliminary"):
            return "coming", why
        late = (publication.first_day(row) or self.stop) > self.stop
        return ("after", row["reason"]) if late else ("unclear", row["reason"])

    def _of_there(self, row: dict[Any, Any], year: int) -> tuple[str, str]:
        """Answer for a value that is in the snapshot: it may have come after the stop day."""
        final, early = from_iso(row["day"]), from_iso(row["preliminary_day"])
        in_hand = self.fetched <= self.stop
        if final and final > self.stop:
            if in_hand or (early and early <= self.stop):
                return "preliminary", f"fanns bara preliminärt; kommer slutligt {final}"
            first = f"preliminärt {early} och slutligt " if early else ""
            return "after", f"kommer {first}{final}"
        if in_hand or final:
            return "there", f"kom {final}" if final else f"fanns när det hämtades {self.fetched}"
        if self.stop.year > year:
            return "undated", "finns, men Kolada anger inte när det kom"
        return "unclear", "Kolada anger ingen dag, så det räknas inte som känt"


def _missing(row: dict[Any, Any], year: int) -> str:
    day = publication.first_day(row)
    others = text.count(row["others"], "annan kommun", "andra kommuner")
    whose = (
        f"{others} har värde för {year}, men inte vi"
        if row["others"]
        else (f"ingen kommun har värde för {year}")
    )
    return f"skulle komma {day}; {whose}"


def _newest(observed: pd.DataFrame, municipality: str) -> dict[str, int]:
    """Return the year of the newest own value of each KPI, women and men together."""
    own = observed[
        (observed["municipality"] == municipality)
        & (observed["gender"] == "T")
        & observed["value"].notna()
    ]
    return {str(kpi): int(year) for kpi, year in own.groupby("kpi")["period"].max().items()}


def _of_year(row: dict[Any, Any], year: int) -> dict[str, Any]:
    """Return a KPI of the catalogue with its days moved to another year's value."""
    told = days(row)
    if told.year is None or not told.told:
        return row | {"counted": False}
    return row | told.of(year).columns() | {"counted": told.year != year}
