"""The colours of an earlier report as published, and as the same year is counted today.

Where they differ, the snapshot that the report rested on is opened, if it is still in the store,
so that what has changed can be told: a newer or a revised value, the others', a definition.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from malstyr_lib import drift, manifest, scoring, tables, text
from malstyr_lib.grounds.basis import gathered
from malstyr_lib.model import Kpi
from malstyr_lib.outcome import Outcome
from malstyr_lib.report.across import Across
from malstyr_lib.report.analysis import Analysis
from malstyr_lib.scoring import Shift, decompose_shift, phrases
from malstyr_lib.scoring.colour import FEWEST
from malstyr_lib.scoring.distance import Border
from malstyr_lib.scoring.evidence import Evidence
from malstyr_lib.store import Snapshot, Store

COMPARED: Final = {
    "committee": "str",
    "kpi": "str",
    "report": "Int64",
    "published": "str",
    "recomputed": "str",
    "period_then": "Int64",
    "now": "str",
    "period": "Int64",
    "state": "str",
    "why": "str",
}
"""What `compared` returns. report: the year of the earlier report, missing where none was
published; published: "" where it did not have the KPI; recomputed: the same report's year (last
year where there was none) counted today; state: same, differs, new, left or none."""
_LOST: Final = (
    "Hämtningen som rapporten byggde på finns inte kvar i lagret, så det går inte att säga vad som"
    " har ändrats."
)
_TITLE: Final = {
    "unit": "Kolada har ändrat enheten.",
    "renamed": "Kolada har ändrat rubriken.",
    "redescribed": "Kolada har ändrat beskrivningen.",
    "ended": "Kolada har avslutat serien.",
    "gone": "Kolada har tagit bort nyckeltalet.",
}


@dataclass(frozen=True, eq=False)
class Before:
    """One committee's report of an earlier year, if there is one, beside that year as of today."""

    across: Across
    analysis: Analysis

    @cached_property
    def report(self) -> Outcome | None:
        """The newest report of an earlier year that was published of the committee."""
        told = manifest.last_told(self.across.reported, lambda one: one.year < self.across.year)
        return told.get(self.analysis.committee.slug)

    @property
    def year(self) -> int:
        """The year of that report; last year where there was none."""
        return self.report.year if self.report else self.across.year - 1

    @property
    def focus(self) -> Mapping[str, str]:
        """The colours that were published, by KPI; none where there was no report."""
        return self.report.found["focus"] if self.report else {}

    @cached_property
    def today(self) -> dict[str, dict[Any, Any]]:
        """The scores that a report of that year would show today, by KPI (tables.SCORES)."""
        a = self.analysis
        return _by_kpi(scoring.latest(a.scores, self.year, a.kpis))

    @cached_property
    def snapshot(self) -> Snapshot | None:
        """The snapshot that the report rested on, if the store still has it."""
        store = Store(self.across.opened.place.store)
        if self.report is None or self.report.snapshot not in store.snapshots():
            return None
        return store.open(self.report.snapshot)

    def told(self, kpi: Kpi) -> Evidence | None:
        """Return a KPI's evidence on that snapshot; None where the snapshot lacks it."""
        then = self.snapshot
        if then is None or kpi.id not in then.manifest["values"]:
            return None
        return gathered((kpi,), then, own=self.analysis.own, year=self.year)


def _by_kpi(scores: pd.DataFrame) -> dict[str, dict[Any, Any]]:
    return {str(row["kpi"]): row for row in scores.to_dict("records")}


def compared(x: Across) -> pd.DataFrame:
    """Return every committee's KPIs with their colours before, as published and today (`COMPARED`).

    A KPI that several committees follow has a row for each; one that a report had and the
    committee has left since has a row too.
    """
    rows = [row for a in x.analyses for row in _rows(Before(x, a))]
    return tables.of_rows(COMPARED, rows)


def _rows(before: Before) -> Iterator[dict[str, Any]]:
    a = before.analysis
    now = _by_kpi(a.now)
    for kpi in a.kpis:
        published = before.focus.get(kpi.id, "")
        then = before.today.get(kpi.id)
        recomputed = str(then["colour"]) if then else tables.GREY
        state = _state(before, published, recomputed)
        yield _row(before, kpi.id) | {
            "published": published,
            "recomputed": recomputed,
            "period_then": then["period"] if then else None,
            "now": str(now[kpi.id]["colour"]) if kpi.id in now else tables.GREY,
            "period": now[kpi.id]["period"] if kpi.id in now else None,
            "state": state,
            "why": " ".join(_why(before, kpi, published)) if state == "differs" else "",
        }
    for gone, colour in before.focus.items():
        if gone not in a.committee.kpis:
            yield _row(before, gone) | {"published": colour, "state": "left"}


def _row(before: Before, kpi: str) -> dict[str, Any]:
    return {
        "committee": before.analysis.committee.slug,
        "kpi": kpi,
        "report": before.report.year if before.report else None,
        "published": "",
        "recomputed": "",
        "period_then": None,
        "now": "",
        "period": None,
        "state": "",
        "why": "",
    }


def _state(before: Before, published: str, recomputed: str) -> str:
    if before.report is None:
        return "none"
    if not published:
        return "new"
    return "same" if published == recomputed else "differs"


def _why(before: Before, kpi: Kpi, published: str) -> Iterator[str]:
    """Yield what has changed since a report, as sentences; why is left to those who ask."""
    if before.snapshot is None:
        yield _LOST
        return
    told = before.told(kpi)
    if told is None:
        yield "Hämtningen som rapporten byggde på saknar nyckeltalet i dag."
        return
    then = _by_kpi(told.now).get(kpi.id)
    colour = str(then["colour"]) if then else tables.GREY
    said = [
        *_rules(published, colour),
        *_defined(before, kpi),
        *_values(before, kpi, told, then),
    ]
    yield from said or ["Det går inte att säga vad som har ändrats."]


def _rules(published: str, colour: str) -> Iterator[str]:
    """Yield that the rules or parameters have changed, where the same figures give another."""
    if published != colour:
        yield (
            "Räknat på rapportens uppgifter med dagens regler och styrparametrar är det"
            f" {text.NEUTER[colour]}: reglerna eller styrparametrarna har ändrats sedan rapporten."
        )


def _defined(before: Before, kpi: Kpi) -> Iterator[str]:
    """Yield what Kolada has changed in the KPI itself."""
    if before.snapshot is None:
        return
    mine = [
        catalogue[catalogue["id"] == kpi.id]
        for catalogue in (before.snapshot.kpis, before.analysis.evidence.catalogue)
    ]
    for change in drift.kpi_changes(*mine)["change"]:
        if change in _TITLE:
            yield _TITLE[change]


def _values(before: Before, kpi: Kpi, told: Evidence, then: dict[Any, Any] | None) -> Iterator[str]:
    """Yield what differs in the values: another year, the own, the others', who is compared."""
    now = before.today.get(kpi.id)
    if then is None or now is None:
        yield "Uppgifter som saknades har kommit." if now else "Uppgifter som fanns är borttagna."
        return
    if then["period"] != now["period"]:
        yield (
            f"Rapporten byggde på uppgifter för {then['period']}; nu är {now['period']} det senaste"
            " året."
        )
        return
    if tables.GREY in (then["colour"], now["colour"]):
        for row, when in ((then, "Då"), (now, "Nu")):
            if row["colour"] == tables.GREY:
                yield f"{when}: {row['reason']}."
    yield from _same_year(before, kpi, told, int(now["period"]))


def _same_year(before: Before, kpi: Kpi, told: Evidence, year: int) -> Iterator[str]:
    """Yield what differs between one year's values then and now."""
    e, places = before.analysis.evidence, before.analysis.decimals(kpi)
    old, new = _column(told, kpi, year), _column(e, kpi, year)
    areas = sorted({*old, *new} - {e.own})
    mine = old.get(e.own), new.get(e.own)
    if None not in mine and mine[0] != mine[1]:
        first, last = text.told_apart(mine, places, places + 6)
        yield f"Det egna värdet för {year} är ändrat från {first} till {last}."
    revised = sum(old[one] != new[one] for one in areas if one in old and one in new)
    if revised:
        yield f"Värdet är ändrat i {text.count(revised, 'annan kommun', 'andra kommuner')}."
    if len(old) != len(new):
        yield f"Då hade {text.count(len(old), 'kommun', 'kommuner')} värde, nu {len(new)}."
    yield from _parts(before, kpi, year, (old, new))


def _column(e: Evidence, kpi: Kpi, year: int) -> dict[str, float]:
    """Return the known values of all municipalities in a year."""
    if year not in e.whole.periods:
        return {}
    values: NDArray[np.float64] = e.whole.values[e.number[kpi.id]][:, e.whole.periods.index(year)]
    return {
        area: float(value)
        for area, value in zip(e.everyone, values, strict=True)
        if not np.isnan(value)
    }


def _parts(
    before: Before, kpi: Kpi, year: int, sides: tuple[dict[str, float], dict[str, float]]
) -> Iterator[str]:
    """Yield what the change of the distance to the border is made of, where there are colours."""
    a, now = before.analysis, before.today[kpi.id]
    published, colour = before.focus[kpi.id], str(now["colour"])
    known = all(len(side) >= FEWEST and a.own in side for side in sides)
    if not known or tables.GREY in (published, colour):
        return
    border: Border = "red" if tables.RED in (published, colour) else "green"
    parts = decompose_shift(*sides, a.own, kpi.direction, target=kpi.target, border=border)
    if not parts.total:
        return
    shift = Shift(kpi.id, year, sides[0][a.own], published, year, sides[1][a.own], colour)
    said = phrases.made_words(replace(shift, parts=parts), a.decimals(kpi))
    yield text.sentence(said)
