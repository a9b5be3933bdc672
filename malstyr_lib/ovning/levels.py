"""How large a KPI's exercise figures are, how far apart, how lasting and how written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np

from malstyr_lib.ovning.land import Array

Size = tuple[float, float, float, float]
"""Centre, spread (SD), persistence from year to year, women minus men."""

# What a unit in the title says when the KPI itself is not known; the first that is found counts.
_BY_UNIT: Final[tuple[tuple[str, Size], ...]] = (
    (r"avvikelse", (0.0, 9.0, 0.8, 0.0)),
    (r"miljoner kronor", (3.0, 18.0, 0.85, 0.0)),
    (r"kr/inv", (4_500.0, 1_100.0, 0.85, 0.0)),
    (r"kr/", (150_000.0, 18_000.0, 0.85, 0.0)),
    (r"\bkr\b", (400.0, 900.0, 0.85, 0.0)),
    (r"[Ii]ndex", (70.0, 7.0, 0.65, 0.0)),
    (r"%", (50.0, 10.0, 0.75, 0.0)),
    (r"/100 ?000", (900.0, 220.0, 0.85, 0.0)),
    (r"/1000", (12.0, 4.0, 0.8, 0.0)),
    (r"dagar", (40.0, 14.0, 0.6, 0.0)),
    (r", år", (82.0, 1.2, 0.9, 0.0)),
    (r"", (12.0, 3.0, 0.75, 0.0)),
)
_PEOPLE: Final = (
    r"^(Invånare|Unga|Vuxna|Elever|Gymnasieelever|Barn och unga|Brukarbedömning|Väntetid|"
    r"Utredningstid|Personalkontinuitet|Ej återaktualiserade|Medborgarundersökningen)"
)
_BOTH_SIGNS: Final = r"avvikelse|[Rr]esultat som andel|Balanskravsresultat|Soliditet|Lönegap"
_NO_CEILING: Final = r"Självfinansieringsgrad|som andel av män|som andel av mäns"
_WHOLE: Final = r"\bkr\b|kr/|Brukarbedömning|Väntetid|Utredningstid|Handläggningstid|fler än 20"
_WHOLE_COUNT: Final = r"antal personal som|antal slutenvårdstillfällen|Anmälda|kg/inv"


@dataclass(frozen=True)
class Level:
    """The size of a KPI's figures in its own unit, and how they are written."""

    centre: float
    spread: float
    persistence: float
    gap: float
    low: float
    high: float
    decimals: int
    divided: bool


def level_of(kpi: str, title: str) -> Level:
    """Return the level of a KPI: by its id where such figures are known, else by its unit."""
    centre, spread, persistence, gap = _known().get(kpi) or _of_unit(title)
    low, high = _bounds(title)
    divided = gap != 0 or re.search(_PEOPLE, title) is not None
    decimals = _decimals(title, spread)
    return Level(centre, spread, persistence, gap, low, high, decimals, divided)


def values_at(level: Level, scores: Array) -> Array:
    """Return standard scores as values of a KPI: skewed where the level lies near a bound."""
    if np.isfinite(level.low) and level.centre - level.low < 3 * level.spread:
        return level.low + _skewed(level.centre - level.low, level.spread, scores=scores)
    if np.isfinite(level.high) and level.high - level.centre < 2 * level.spread:
        return level.high - _skewed(level.high - level.centre, level.spread, scores=-scores)
    return level.centre + level.spread * scores


def published(level: Level, values: Array) -> Array:
    """Return values inside the KPI's bounds, rounded as they are published."""
    return np.round(np.clip(values, level.low, level.high), level.decimals) + 0.0


def _skewed(centre: float, spread: float, *, scores: Array) -> Array:
    """Return positive values with a median at centre and a long upper tail."""
    return np.asarray(centre * np.exp(np.log1p(spread / centre) * scores))


@cache
def _known() -> dict[str, Size]:
    """Return the round sizes of the figures that are known, by KPI."""
    _, *lines = Path(__file__).with_name("levels.csv").read_text(encoding="utf-8").splitlines()
    rows = (line.split(",") for line in lines)
    return {kpi: (float(a), float(b), float(c), float(d)) for kpi, a, b, c, d in rows}


def _of_unit(title: str) -> Size:
    return next(size for unit, size in _BY_UNIT if re.search(unit, title))


def _bounds(title: str) -> tuple[float, float]:
    if re.search(_BOTH_SIGNS, title):
        return -np.inf, np.inf
    share = "%" in title or "ndex" in title
    return 0.0, 100.0 if share and not re.search(_NO_CEILING, title) else np.inf


def _decimals(title: str, spread: float) -> int:
    if re.search(_WHOLE, title) or re.search(_WHOLE_COUNT, title):
        return 0
    return 2 if spread < 0.6 else 1
