"""How large a KPI's exercise figures are, how far apart, how lasting and how written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

import numpy as np

from malstyr_lib.ovning.land import Array

# Round sizes of such figures: centre, spread (SD), persistence from year to year, women minus men.
_KNOWN: Final[dict[str, tuple[float, float, float, float]]] = {
    "N00090": (7.9, 0.89, 0.83, 3),
    "N00091": (38, 7, 0.6, 0),
    "N00092": (6.9, 1.3, 0.55, 0),
    "N00093": (7.6, 1.1, 0.7, 0),
    "N00094": (8.4, 1.1, 0.7, 0),
    "N00097": (2.9, 5.7, 0.88, 0),
    "N00205": (6.7, 1.9, 0.84, -0.52),
    "N00206": (81, 9.7, 0.97, -16),
    "N00209": (71, 7.7, 0.97, -22),
    "N00216": (10, 2.4, 0.7, -0.6),
    "N00217": (1, 0.2, 0.94, 0),
    "N00401": (4.4, 2.2, 0.99, 0),
    "N00610": (80, 9.3, 0.93, -9.8),
    "N00664": (44, 12, 0.89, 0.76),
    "N00667": (93, 3.7, 0.88, 1.5),
    "N00670": (64, 12, 0.94, 0.54),
    "N00671": (84, 5, 0.6, 0),
    "N00820": (63, 22, 0.6, 0),
    "N00821": (29, 12, 0.55, 0),
    "N00900": (33, 1.1, 0.99, 0),
    "N00923": (81, 1.2, 0.93, 0),
    "N00925": (84, 1, 0.9, 0),
    "N00943": (29, 2.3, 0.72, 0),
    "N00951": (440, 1000, 0.85, 0),
    "N00952": (80, 3, 0.96, 0),
    "N00953": (98, 3, 0.85, 0),
    "N00957": (26, 5, 0.99, 15),
    "N00973": (31, 15, 0.46, -16),
    "N00999": (10, 2.1, 0.71, 0),
    "N01452": (8.1, 2, 0.8, 2.5),
    "N02281": (2.6, 0.8, 0.95, -0.4),
    "N02282": (11, 3, 0.9, 1.4),
    "N02797": (5.8, 1.5, 0.83, -0.15),
    "N03002": (28, 14, 0.98, 0),
    "N03016": (99, 3, 0.5, 0),
    "N03102": (4.7, 2.8, 0.43, 0),
    "N03103": (94, 56, 0.36, 0),
    "N03104": (9.5, 4.5, 0.6, 0),
    "N03106": (45, 14, 0.97, 0),
    "N03139": (1900, 1700, 0.45, 0),
    "N03920": (5, 1.8, 0.97, -0.65),
    "N05401": (82, 3, 0.99, 2.4),
    "N05816": (36, 19, 0.99, 0),
    "N05831": (69, 8.8, 0.99, 0),
    "N07403": (820, 260, 0.89, 0),
    "N07418": (67, 21, 0.98, 1.6),
    "N07900": (84, 11, 0.96, 0),
    "N09805": (34, 28, 0.8, 0),
    "N09890": (16, 6, 0.93, 7),
    "N11008": (170000, 12000, 0.84, 0),
    "N11010": (5.1, 0.48, 0.7, 0),
    "N11024": (0.58, 8.9, 0.84, 0),
    "N11102": (5, 0.44, 0.7, 0),
    "N11800": (86, 3.4, 0.83, 0),
    "N11810": (46, 11, 0.93, 0),
    "N15027": (120000, 12000, 0.92, 0),
    "N15034": (11, 1.1, 0.84, 0),
    "N15045": (2.5, 17, 0.87, 0),
    "N15419": (70, 9.6, 0.64, 7.3),
    "N15428": (84, 6.6, 0.6, 3.4),
    "N15436": (82, 6.9, 0.59, 3.7),
    "N15452": (67, 8.4, 0.5, 14),
    "N15454": (64, 10, 0.42, 1.2),
    "N15485": (86, 5, 0.61, 1.9),
    "N15505": (220, 13, 0.7, 29),
    "N15508": (71, 9.4, 0.64, 6.7),
    "N15540": (72, 8, 0.6, 6),
    "N15613": (85, 4.8, 0.8, -8.1),
    "N15643": (79, 5.9, 0.8, -12),
    "N15722": (92, 3.4, 0.55, 0.5),
    "N15814": (70, 7.6, 0.88, 0),
    "N17005": (150000, 17000, 0.85, 0),
    "N17445": (68, 7.3, 0.55, 7.2),
    "N17461": (73, 6.7, 0.58, 7.6),
    "N17467": (69, 12, 0.76, 6.6),
    "N17625": (7.5, 2.6, 0.75, -1.2),
    "N18409": (39, 12, 0.64, 6.5),
    "N18961": (68, 7.2, 0.69, 8.4),
    "N20029": (7, 22, 0.89, 0),
    "N20402": (5400, 800, 0.86, 1900),
    "N20509": (6.5, 2.4, 0.7, 0),
    "N21006": (370000, 83000, 0.89, 0),
    "N21497": (86, 6, 0.6, -0.5),
    "N21608": (62, 12, 0.85, 0),
    "N23009": (1_000_000, 150000, 0.79, 0),
    "N23588": (73, 10, 0.85, 0),
    "N28018": (-1, 5.9, 0.83, 0),
    "N30001": (9.5, 23, 0.84, 0),
    "N31009": (1400, 700, 0.95, 0),
    "N31807": (2.7, 1.4, 0.96, 0),
    "N31816": (0.8, 0.45, 0.93, -0.051),
    "N33818": (9.8, 3.4, 0.85, -0.8),
    "N45930": (98, 4, 0.82, 0),
    "N66077": (18, 6.7, 0.98, 0),
    "N85051": (35, 39, 0.99, 0),
    "N85054": (3.7, 4.9, 0.99, 0),
    "N85073": (2.1, 1, 0.98, 0),
    "U00200": (80, 2.2, 0.81, 1.5),
    "U00202": (79, 2.6, 0.75, 1.1),
    "U00203": (80, 2.4, 0.75, 1.6),
    "U00306": (82, 2.6, 0.7, 0),
    "U00307": (74, 3.2, 0.7, 0),
    "U00502": (47, 27, 0.95, 0),
    "U01411": (20, 4.6, 0.89, 0.29),
    "U01413": (28, 4.5, 0.92, -0.62),
    "U01420": (24, 7.6, 0.97, 25),
    "U01421": (56, 5, 0.52, 8.4),
    "U07414": (38, 6.7, 0.85, 0),
    "U07447": (72, 9.9, 0.65, 0),
    "U07449": (72, 6.9, 0.44, 0),
    "U07453": (72, 5.5, 0.75, 0),
    "U07455": (79, 4.8, 0.49, 0),
    "U07480": (49, 18, 0.91, 0),
    "U07514": (28, 8.9, 0.89, 0),
    "U07801": (460, 87, 0.84, 0),
    "U09800": (25, 8, 0.96, -8.9),
    "U15010": (54, 24, 0.79, 0),
    "U15401": (51, 23, 0.57, 0),
    "U15414": (0, 7, 0.5, 0),
    "U15416": (0, 9, 0.5, 0),
    "U15900": (49, 26, 0.71, 0),
    "U20404": (54, 22, 0.78, 0),
    "U20462": (3000, 610, 0.93, 1200),
    "U21401": (16, 3, 0.74, 0.071),
    "U21402": (16, 3, 0.74, 0.1),
    "U21436": (18, 13, 0.7, 0.5),
    "U21461": (81, 5.9, 0.64, -1.5),
    "U21466": (72, 7.4, 0.62, 0),
    "U21467": (46, 8.1, 0.59, 0),
    "U21468": (89, 5.2, 0.58, -0.38),
    "U21475": (83, 6.5, 0.59, -1.3),
    "U23401": (46, 28, 0.57, 5.1),
    "U23464": (49, 8.3, 0.53, 0),
    "U23467": (73, 8.1, 0.59, -1.7),
    "U23471": (78, 7.4, 0.56, 1),
    "U28518": (79, 9.6, 0.21, -2),
    "U28524": (84, 9.6, 0.38, -3.3),
    "U28532": (76, 7.4, 0.48, -0.12),
    "U30453": (77, 10, 0.29, -1.1),
    "U31401": (52, 33, 0.63, 0),
    "U31402": (14, 7.4, 0.67, 0.55),
    "U31462": (80, 8.9, 0.37, 0.16),
    "U31804": (5.6, 3, 0.94, -1.3),
    "U33401": (98, 13, 0.5, 3.2),
}
# What a unit in the title says when the KPI itself is not known; the first that is found counts.
_BY_UNIT: Final[tuple[tuple[str, tuple[float, float, float, float]], ...]] = (
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
    centre, spread, persistence, gap = _KNOWN.get(kpi) or _of_unit(title)
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


def _of_unit(title: str) -> tuple[float, float, float, float]:
    """Return the usual size of figures in the unit that a title names."""
    return next(size for unit, size in _BY_UNIT if re.search(unit, title))


def _bounds(title: str) -> tuple[float, float]:
    """Return the lowest and highest value that a KPI can have."""
    if re.search(_BOTH_SIGNS, title):
        return -np.inf, np.inf
    share = "%" in title or "ndex" in title
    return 0.0, 100.0 if share and not re.search(_NO_CEILING, title) else np.inf


def _decimals(title: str, spread: float) -> int:
    """Return with how many decimals a KPI is published."""
    if re.search(_WHOLE, title) or re.search(_WHOLE_COUNT, title):
        return 0
    return 2 if spread < 0.6 else 1
