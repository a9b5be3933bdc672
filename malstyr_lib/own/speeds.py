"""Two speeds of the same thing: the own fresh figure beside Kolada's, which is a year or more old.

The own figure of a year that Kolada has not published points somewhere; it is never a forecast.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan
from statistics import median
from typing import Any, Final

import pandas as pd

from malstyr_lib import periods, tables, text
from malstyr_lib.model import Kpi, Measure
from malstyr_lib.own.lines import WHOLE, Line, lines, whole_of

TWO_SPEEDS: Final = {
    "year": "int64",
    "own": "float64",
    "known": "int64",
    "provisional": "bool",
    "kolada": "float64",
    "difference": "float64",
    "low": "float64",
    "high": "float64",
    "reason": "str",
}
FEWEST_YEARS: Final = 3
_NAN: Final = float("nan")


@dataclass(frozen=True)
class SoFar:
    """The mean of the periods that there are of a year, and of the same periods the year before."""

    year: int
    known: int
    now: float
    before: float


@dataclass(frozen=True)
class TwoSpeeds:
    """An own measure beside Kolada's KPI, a row per year (TWO_SPEEDS), and what can be said.

    usual: the median of own minus Kolada over the common years, with the `lowest` and `highest`;
    NaN with fewer than three. A row's low and high: what an own year points to in Kolada. so_far:
    the newest year where it is not over and can be told beside the one before.
    """

    years: pd.DataFrame
    usual: float
    lowest: float
    highest: float
    common: int
    sentences: tuple[str, ...]
    so_far: SoFar | None = None


def two_speeds(
    measure: Measure,
    values: pd.DataFrame,
    observations: pd.DataFrame,
    *,
    kpi: Kpi,
    municipality: str,
) -> TwoSpeeds:
    """Return the own measure's years beside Kolada's, of the whole and both genders together.

    values: tables.OWN_VALUES. observations: tables.OBSERVATIONS, of which the KPI's and the own
    municipality's total is used. A year's own figure is the plain mean of its months or quarters,
    and only when all are there.
    """
    found = whole_of(lines(measure, values, {"": WHOLE}))
    own = found or Line("", "T", {}, frozenset())
    published = tables.series(observations, kpi.id, municipality)
    rows = [_year(measure, own, year, published) for year in _years(own, published)]
    settled = [
        row["difference"] for row in rows if not isnan(row["difference"]) and not row["provisional"]
    ]
    enough = len(settled) >= FEWEST_YEARS
    usual, low, high = (
        (median(settled), min(settled), max(settled)) if enough else (_NAN, _NAN, _NAN)
    )
    newest = max(published, default=0)
    decimals = text.decimals_for([*own.values.values(), *published.values()])
    told = [_pointed(row, newest, (low, high), len(settled), decimals, measure) for row in rows]
    table = tables.of_rows(TWO_SPEEDS, told)
    said = _sentences(kpi, table, published, (usual, low, high), len(settled), decimals)
    begun = _so_far(measure, own)
    said += _so_far_words(measure, own, begun, decimals) if begun else []
    return TwoSpeeds(table, usual, low, high, len(settled), tuple(said), begun)


def _years(own: Line, published: dict[int, float]) -> list[int]:
    """Return the years from the first own value on."""
    first = min((periods.year_of(one) for one in own.values), default=None)
    if first is None:
        return []
    seen = {periods.year_of(one) for one in own.values} | set(published)
    return sorted(year for year in seen if year >= first)


def _year(measure: Measure, own: Line, year: int, published: dict[int, float]) -> dict[str, Any]:
    span = periods.of_year(measure.pace, year)
    known = [own.values[one] for one in span if one in own.values]
    mean = sum(known) / len(known) if len(known) == len(span) else _NAN
    kolada = published.get(year, _NAN)
    return {
        "year": year,
        "own": mean,
        "known": len(known),
        "provisional": any(one in own.provisional for one in span),
        "kolada": kolada,
        "difference": mean - kolada,
    }


def _pointed(
    row: dict[str, Any],
    newest: int,
    reach: tuple[float, float],
    common: int,
    decimals: int,
    measure: Measure,
) -> dict[str, Any]:
    """Return a year with what it points to in Kolada, or why it points to nothing."""
    unpublished = row["year"] > newest and not isnan(row["own"])
    low, high = (row["own"] - reach[1], row["own"] - reach[0]) if unpublished else (_NAN, _NAN)
    return row | {
        "low": low,
        "high": high,
        "reason": _reason(row | {"low": low, "high": high}, newest, common, decimals, measure),
    }


def _reason(row: dict[str, Any], newest: int, common: int, decimals: int, measure: Measure) -> str:
    of = periods.PER_YEAR[measure.pace]
    if isnan(row["own"]):
        have = f"{row['known']} av {periods.counted(measure.pace, of)}"
        return f"året är inte komplett hos oss: {have}"
    mark = "; egna värden är preliminära" if row["provisional"] else ""
    if not isnan(row["difference"]):
        return f"båda har värde{mark}"
    if row["year"] <= newest:
        return f"Kolada har inget värde för året{mark}"
    if isnan(row["low"]):
        return f"för få gemensamma år: {common} av minst {FEWEST_YEARS}{mark}"
    return f"ännu inte i Kolada; pekar mot {_span(row['low'], row['high'], decimals)}{mark}"


def _span(low: float, high: float, decimals: int) -> str:
    ends = [text.number(low, decimals), text.number(high, decimals)]
    return ends[0] if ends[0] == ends[1] else f"{ends[0]}–{ends[1]}"


def _sentences(
    kpi: Kpi,
    table: pd.DataFrame,
    published: dict[int, float],
    usual: tuple[float, float, float],
    common: int,
    decimals: int,
) -> list[str]:
    if not published:
        return [f"Kolada har inget värde för {kpi.id} i kommunen, så inget kan ställas bredvid."]
    newest = max(published)
    has = f"Kolada har {text.number(published[newest], decimals)} för {newest}"
    if isnan(usual[0]):
        years = text.count(common, "gemensamt år", "gemensamma år")
        return [
            f"{has}. {years}, och det behövs minst {FEWEST_YEARS} för att säga hur egna siffror och"
            " Koladas brukar skilja sig."
        ]
    said = [f"{has}. {_difference_words(usual, common, decimals)}"]
    for row in table[table["low"].notna()].to_dict("records"):
        said.append(_points(row, published[newest], newest, decimals))
    return said


def _difference_words(usual: tuple[float, float, float], common: int, decimals: int) -> str:
    middle, low, high = usual
    if not round(middle, decimals + 1):
        start = "Egna siffror brukar ligga i nivå med Koladas"
    else:
        way = "över" if middle > 0 else "under"
        start = f"Egna siffror brukar ligga {text.number(abs(middle), decimals + 1)} {way} Koladas"
    ends = f"mellan {text.number(low, decimals + 1)} och {text.number(high, decimals + 1)}"
    return f"{start} ({ends} de {common} år som båda har)."


def _points(row: dict[Any, Any], last: float, newest: int, decimals: int) -> str:
    span = _span(row["low"], row["high"], decimals)
    was = f"{newest} års {text.number(last, decimals)}"
    if round(row["low"], decimals) > round(last, decimals):
        way = f"högre än {was}"
    elif round(row["high"], decimals) < round(last, decimals):
        way = f"lägre än {was}"
    else:
        way = f"varken säkert högre eller lägre än {was}"
    own = text.number(row["own"], decimals)
    mark = ", preliminärt" if row["provisional"] else ""
    return (
        f"Egna {own} för {row['year']}{mark} pekar mot {span} i Kolada, {way}. Det är ingen"
        " prognos: Koladas värde kan bli ett annat."
    )


def _so_far(measure: Measure, own: Line) -> SoFar | None:
    """Return a year that is not over beside the same part of the year before, if there is one."""
    if not own.values or measure.pace == "år":
        return None
    year = periods.year_of(max(own.values))
    span = [one for one in periods.of_year(measure.pace, year) if one in own.values]
    earlier = [periods.year_before(measure.pace, one) for one in span]
    if len(span) == periods.PER_YEAR[measure.pace] or any(one not in own.values for one in earlier):
        return None
    now, before = (sum(own.values[one] for one in side) / len(span) for side in (span, earlier))
    return SoFar(year, len(span), now, before)


def _so_far_words(measure: Measure, own: Line, found: SoFar, decimals: int) -> list[str]:
    span = periods.of_year(measure.pace, found.year)
    mark = ", delvis preliminärt" if set(span) & own.provisional else ""
    now, before = (text.number(one, decimals) for one in (found.now, found.before))
    return [
        f"Hittills {found.year} ({periods.counted(measure.pace, found.known)}{mark}) är medelvärdet"
        f" {now}, mot {before} samma del av {found.year - 1}."
        " Det är för lite av året för att ställas mot Kolada."
    ]
