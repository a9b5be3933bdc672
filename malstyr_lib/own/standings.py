"""Where an own measure stands: newest value against target, the year before, and the usual."""

from __future__ import annotations

from collections.abc import Mapping
from math import isnan
from typing import Any, Final, NamedTuple

import pandas as pd

from malstyr_lib import markup, periods, tables, text
from malstyr_lib.model import Measure
from malstyr_lib.own.lines import Line, called, changed_words, in_a_row, lines, yearly_changes
from malstyr_lib.scoring.limits import FEWEST, NOISE, limits

STANDINGS: Final = {
    "measure": "str",
    "part": "str",
    "name": "str",
    "gender": "str",
    "period": "str",
    "value": "float64",
    "provisional": "bool",
    "status": "str",
    "before": "float64",
    "change": "float64",
    "earlier": "int64",
    "usual_low": "float64",
    "usual_high": "float64",
    "unusual": "bool",
    "reason": "str",
}
MOST_DECIMALS: Final = 9
_NAN: Final = float("nan")


class Usual(NamedTuple):
    """The limits that the newest change (the newest value, of a yearly measure) is held against.

    known: how many earlier ones they rest on; NaN limits where those are fewer than ten. noise:
    less than this beyond a limit is floating noise.
    """

    low: float
    high: float
    at: float
    known: int
    noise: float = 0.0

    @property
    def unusual(self) -> bool:
        """Whether the newest lies strictly outside; False where nothing can be said."""
        return bool(self.at < self.low - self.noise or self.at > self.high + self.noise)


def standings(
    measure: Measure,
    values: pd.DataFrame,
    *,
    names: Mapping[str, str],
    breaks: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return how every part and gender stands at its newest value (STANDINGS).

    values: tables.OWN_VALUES, of any measures. names: the parts' names, in the order wanted.
    breaks: those of `with_history`. The newest value is held against the measure's own level; of
    monthly and quarterly measures its change from the same period the year before is held against
    the limits (XmR) of at least ten earlier such changes, which the seasons are not in; of yearly
    ones the value itself. Nothing is compared with the month or quarter just before.
    """
    found = lines(measure, values, names)
    decimals = text.decimals_for(value for one in found for value in one.values.values())
    latest = max((period for one in found for period in one.values), default="")
    rows = [_row(measure, one, latest, decimals) for one in found]
    for row, one in zip(rows, found, strict=True):
        row["name"] = called(one, names)
        row["reason"] += _broken(measure, one, breaks)
    return tables.of_rows(STANDINGS, rows)


def usual(measure: Measure, line: Line, period: str) -> Usual:
    """Return what is usual before a period, from settled values alone, and what it is at."""
    by_value = measure.pace == "år"
    told = line.values if by_value else yearly_changes(measure.pace, line.values)
    settled = line.settled if by_value else yearly_changes(measure.pace, line.settled)
    before = {one: value for one, value in settled.items() if one < period}
    found = limits(in_a_row(measure.pace, before, max(before))) if before else None
    low, high = (found.low, found.high) if found else (_NAN, _NAN)
    noise = NOISE * max(abs(value) for value in line.values.values())
    return Usual(low, high, told.get(period, _NAN), len(before), noise)


def _row(measure: Measure, line: Line, latest: str, decimals: int) -> dict[str, Any]:
    period = max(line.values, default="")
    value = line.values.get(period, _NAN)
    before = line.values.get(periods.year_before(measure.pace, period), _NAN) if period else _NAN
    kept = usual(measure, line, period) if period else Usual(_NAN, _NAN, _NAN, 0)
    row = {
        "measure": measure.id,
        "part": line.part,
        "gender": line.gender,
        "period": period,
        "value": value,
        "provisional": period in line.provisional,
        "status": status(measure, value),
        "before": before,
        "change": value - before,
        "earlier": kept.known,
        "usual_low": kept.low,
        "usual_high": kept.high,
        "unusual": kept.unusual,
    }
    return row | {"reason": _reason(measure, row, kept, latest, decimals)}


def status(measure: Measure, value: float) -> str:
    """Return whether a value reaches the measure's own level, as a key of markup.OWN_STATUS."""
    level = measure.level
    if isnan(value):
        return markup.UNKNOWN
    if level is None or level.value is None:
        return markup.UNTARGETED
    return markup.MET if level.reached(value) else markup.MISSED


def target_words(measure: Measure) -> str:
    """Return the measure's own level in words, as "högst 6"; "" when it has none of its own."""
    level = measure.level
    return "" if level is None or level.value is None else str(level)


def shown(measure: Measure, value: float, decimals: int) -> str:
    """Return a value with the decimals it takes to be on its own side of the measure's level."""

    def same(places: int) -> bool:
        return status(measure, value) == status(measure, float(text.rounded(value, places)))

    return text.number(value, text.enough(decimals, MOST_DECIMALS, same))


def _reason(
    measure: Measure, row: Mapping[str, Any], kept: Usual, latest: str, decimals: int
) -> str:
    if not row["period"]:
        return "inget värde ännu"
    when = periods.words(row["period"]) + (", preliminärt" if row["provisional"] else "")
    said = [f"{shown(measure, row['value'], decimals)} ({when})", _against_target(measure, row)]
    said += [_against_before(measure, row, decimals), _against_usual(measure, kept)]
    if row["provisional"]:
        said.append("ett preliminärt värde kan ändras, så inget av detta är säkert")
    if row["period"] < latest:
        said.append(f"andra har värden till och med {periods.words(latest)}")
    return "; ".join(said)


def _against_target(measure: Measure, row: Mapping[str, Any]) -> str:
    if measure.level is None:
        return "utan mål"
    if measure.level.value is None:
        return (
            f"målnivån {measure.level.kind} jämför med andra kommuner, så den prövas i Kolada och"
            " inte här"
        )
    reached = "når målet" if row["status"] == markup.MET else "når inte målet"
    return f"{reached} {target_words(measure)}"


def _against_before(measure: Measure, row: Mapping[str, Any], decimals: int) -> str:
    same = periods.SAME[measure.pace]
    if isnan(row["before"]):
        return f"inget värde för {same}, så ändringen är okänd"
    was = text.number(row["before"], decimals)
    if abs(row["change"]) < 1e-9:
        return f"samma som {same} ({was})"
    better = {"högt": row["change"] > 0, "lågt": row["change"] < 0}.get(measure.direction)
    grade = "" if better is None else ", bättre" if better else ", sämre"
    return f"{changed_words(row['change'], decimals)} än {same} ({was}){grade}"


def _against_usual(measure: Measure, kept: Usual) -> str:
    what = "värdet" if measure.pace == "år" else "ändringen från året före"
    known = "värden" if measure.pace == "år" else "sådana ändringar"
    if isnan(kept.low):
        return (
            f"för få tidigare {known} för att säga vad som är vanligt ({kept.known} av minst"
            f" {FEWEST})"
        )
    if isnan(kept.at):
        return f"{what} är okänd, så det går inte att säga om den är vanlig"
    return f"{what} är {'utanför' if kept.unusual else 'inom'} det vanliga"


def _broken(measure: Measure, line: Line, breaks: pd.DataFrame | None) -> str:
    """Return why a part's history is cut, where it is."""
    if breaks is None:
        return ""
    own = breaks[(breaks["measure"] == measure.id) & (breaks["part"] == line.part)]
    return "".join(f"; brott {one.since}: {one.reason}" for one in own.itertuples())
