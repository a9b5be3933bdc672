"""A municipality's KPIs taken together: reds and shifts beside what to expect, and goals.

Docs: docs/metod.md section 11.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from malstyr_lib import tables, text
from malstyr_lib.scoring.colour import CODES, codes_of_both
from malstyr_lib.scoring.evidence import Evidence
from malstyr_lib.scoring.expected import (
    RedBand,
    RollUp,
    ShiftBand,
    State,
    red_band,
    rolled_up,
    shift_band,
)

EXPECTED: Final = {
    "what": "str",
    "amount": "int64",
    "of": "int64",
    "expected": "float64",
    "low": "float64",
    "high": "float64",
    "verdict": "str",
    "reason": "str",
}
"""What `expected` returns: what is röda, lämnade rött or blev röda; low and high are amounts, the
5th and 95th percentile; verdict is fler, färre, inom or "" when it can't be said."""
GOALS: Final = {"goal": "str", "kpis": "int64", "red": "int64", "coloured": "int64", "state": "str"}
"""What `goals` returns; state is met (no KPI is red), missed (one is) or unknown."""
_VERDICTS: Final = {"more": "fler", "fewer": "färre", "within": "inom", None: ""}
_THAN_USUAL: Final = {
    "fler": "fler än vanligt",
    "färre": "färre än vanligt",
    "inom": "inom det vanliga",
    "": "för få färger att jämföra",
}


def reds(now: pd.DataFrame) -> pd.DataFrame:
    """Return the red scores, the one farthest from the median (in quartile widths) first."""
    found = now[now["colour"] == tables.RED]
    return found.sort_values("gap_iqr", ascending=False, na_position="last", kind="stable")


def expected(e: Evidence) -> pd.DataFrame:
    """Return the reds, and the shifts to and from red, beside what to expect (`EXPECTED`).

    Reds: over the KPIs that have a colour now, beside the red shares of all municipalities on the
    same KPIs and years. Shifts: since each KPI's colour before, beside the rates of the others
    with the same colour then, taken as independent of each other.
    """
    rows = [_reds(e), *(_turned(e, red=red) for red in (True, False))]
    return tables.of_rows(EXPECTED, rows)


def band(e: Evidence) -> RedBand:
    """Return the own reds beside all municipalities' on the KPIs that have a colour now."""
    rows = e.now[e.now["colour"] != tables.GREY]
    codes = [
        e.swept.colour[e.number[kpi], :, e.whole.periods.index(period)]
        for kpi, period in zip(rows["kpi"], rows["period"], strict=True)
    ]
    return red_band(np.array(codes, dtype=np.int8).reshape(-1, len(e.everyone)), e.at)


def _reds(e: Evidence) -> dict[str, Any]:
    found = band(e)
    verdict = _VERDICTS[found.beyond]
    low, high = (share * found.coloured for share in (found.low, found.high))
    return {
        "what": "röda",
        "amount": found.reds,
        "of": found.coloured,
        "expected": found.expected,
        "low": low,
        "high": high,
        "verdict": verdict,
        "reason": _red_words(found, verdict),
    }


def _red_words(found: RedBand, verdict: str) -> str:
    if not found.coloured:
        return "inget nyckeltal har färg"
    quarter = text.number(found.expected, 0 if found.expected % 1 == 0 else 1)
    said = f"{found.reds} av {found.coloured} med färg är röda; en fjärdedel vore {quarter}"
    if not verdict:
        return f"{said}; {_THAN_USUAL[verdict]}"
    low, high, share = (text.number(100 * one, 0) for one in (found.low, found.high, found.share))
    return (
        f"{said}. I nio av tio kommuner är {low}–{high}\u00a0% av samma nyckeltal röda, här"
        f" {share}\u00a0%: {_THAN_USUAL[verdict]}"
    )


@dataclass(frozen=True)
class _Chance:
    """One KPI that could turn: whether it did, and the share of the others that did."""

    turned: bool
    rate: float


def _turned(e: Evidence, *, red: bool) -> dict[str, Any]:
    """Return how many KPIs left red, or became red, since each one's colour before."""
    chances = [
        one for kpi, before, after in _pairs(e) if (one := _chance(e, kpi, before, after, red=red))
    ]
    found = shift_band([one.rate for one in chances])
    amount = sum(one.turned for one in chances)
    verdict = "fler" if amount > found.high else "färre" if amount < found.low else "inom"
    return {
        "what": "lämnade rött" if red else "blev röda",
        "amount": amount,
        "of": len(chances),
        "expected": found.expected,
        "low": float(found.low),
        "high": float(found.high),
        "verdict": verdict if chances else "",
        "reason": _turned_words(amount, len(chances), found, red=red),
    }


def _pairs(e: Evidence) -> Iterable[tuple[str, int, int]]:
    """Yield the newest settled year and the settled one before it of each KPI with a colour now.

    None whose series breaks between them.
    """
    settled = e.scores[(e.scores["colour"] != tables.GREY) & ~e.scores["preliminary"]]
    now = e.now[e.now["colour"] != tables.GREY]
    newest = dict(zip(now["kpi"], now["period"], strict=True))
    for kpi, years in settled.groupby("kpi", sort=False)["period"]:
        before, after = (int(year) for year in years.iloc[[max(-2, -len(years)), -1]])
        if before < after == newest.get(kpi) and not e.broken(str(kpi), (before, after)):
            yield str(kpi), before, after


def _chance(e: Evidence, kpi: str, before: int, after: int, *, red: bool) -> _Chance | None:
    """Return the chance that a KPI turned, or None when it could not or nobody else could."""
    one, columns = e.kpi(kpi), [e.whole.periods.index(year) for year in (before, after)]
    start, end = codes_of_both(e.values(kpi)[:, columns], one.direction, one.target).T
    could = (start == CODES[tables.RED]) == red
    could &= (start >= 0) & (end >= 0)
    others = np.delete(could, e.at)
    did = (end == CODES[tables.RED]) != red
    if not could[e.at] or not others.any():
        return None
    return _Chance(bool(did[e.at]), float(np.delete(did, e.at)[others].mean()))


def _turned_words(amount: int, could: int, found: ShiftBand, *, red: bool) -> str:
    if not could:
        return "inget nyckeltal kunde byta"
    start = "röda" if red else "gula och gröna"
    turned = f"lämnade {amount or 'inget'} rött" if red else f"blev {amount or 'inget'} "
    turned += "" if red else "röda" if amount > 1 else "rött"
    if could == 1:
        start = "rött" if red else "gult eller grönt"
    span = f"{found.low}–{found.high}" if found.low < found.high else str(found.low)
    return (
        f"av {could} {start} {turned}; hade de rört sig som i andra kommuner med samma färg,"
        f" var och en för sig, vore det {text.number(found.expected, 1)} ({span} i nio av tio fall)"
    )


def goals(now: pd.DataFrame, kpis_of: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """Return how every goal stands by the colours of its KPIs (`GOALS`).

    now: newest scores (tables.SCORES). kpis_of: KPI ids by goal. A goal is missed when a KPI is
    red, met when all have a colour and none is red, else unknown; so is one without KPIs.
    """
    colours = dict(zip(now["kpi"], now["colour"], strict=True))
    rows = [
        _goal(goal, [colours.get(kpi, tables.GREY) for kpi in kpis])
        for goal, kpis in kpis_of.items()
    ]
    return tables.of_rows(GOALS, rows)


def _goal(goal: str, colours: Sequence[str]) -> dict[str, Any]:
    red, coloured = colours.count(tables.RED), sum(one != tables.GREY for one in colours)
    known: State = "met" if colours and coloured == len(colours) else "unknown"
    return {
        "goal": goal,
        "kpis": len(colours),
        "red": red,
        "coloured": coloured,
        "state": "missed" if red else known,
    }


def rolled(table: pd.DataFrame) -> RollUp:
    """Return the goals rolled up, with bounds for those that are not known."""
    return rolled_up(table["state"].tolist())


def rolled_words(found: RollUp) -> str:
    """Return how many goals are without red: coverage first, and bounds when any is unknown."""
    whole = found.met + found.missed + found.unknown
    if not whole:
        return "det finns inga mål"
    known = found.met + found.missed
    said = f"{known} av {text.count(whole, 'mål', 'mål')} går att bedöma"
    split = f"{found.met} utan och {found.missed} med rött nyckeltal"
    low, high = (text.number(100 * share, 0) for share in (found.lower, found.upper))
    span = f"{low}\u00a0%" if found.certain else f"mellan {low} och {high}\u00a0%"
    return f"{said}: {split}. Utan rött är {span} av målen"
