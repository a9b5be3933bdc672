"""What is missing from the exercise world, and how: no row, a null cell, or no gender cell."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from malstyr_lib import kpi_title
from malstyr_lib.ovning import stories
from malstyr_lib.ovning.land import YEARS, Land, Mask, kpi_number, stream
from malstyr_lib.ovning.series import Series

# Half-collected last year: the share of the usual municipalities that have answered so far.
HALF_COLLECTED: Final = {"U33401": 0.35, "U23401": 0.65}
# Not every year: every so many years, counted from a year.
RHYTHM: Final = {"N15643": (2, 2011), "N15613": (2, 2011), "N05401": (4, 2010), "N05831": (4, 2010)}
_NEVER_ANSWER: Final = 0.2
_NULLS: Final = 0.035
_SMALL: Final = 6_000
_SMALL_NULLS: Final = 0.15
_HOLES: Final = 2


def with_holes(series: Series, title: str, *, land: Land) -> Series:
    """Return the series as it was collected: rows never asked for, null cells, lone totals."""
    rng = stream(land.seed, kpi_number(series.kpi), _HOLES)
    asked = _asked(series.kpi, title, rng=rng, shape=series.total.shape)
    null = rng.random(series.total.shape) < _NULLS
    if any(story.kpi == series.kpi for story in stories.STORIES):
        null[0] = False
    hidden = null | (rng.random(null.shape) < _SMALL_NULLS) & (land.population < _SMALL)[:, None]
    return replace(
        series,
        total=np.where(null, np.nan, series.total),
        women=np.where(hidden, np.nan, series.women),
        men=np.where(hidden, np.nan, series.men),
        there=series.there & asked[:, :, None] & _cells(series),
    )


def _cells(series: Series) -> Mask:
    """Return the gender cells that rows have: most have all, some municipalities leave some out.

    Every 37th has a total only, every 41st no men, every 97th no total; never the first.
    """
    number, own = np.arange(len(series.total)), kpi_number(series.kpi)
    if not series.there[:, :, 0].any():
        return np.ones((len(number), 1, 3), dtype=bool)
    alone, no_men, no_total = ((number + own) % every == 3 for every in (37, 41, 97))
    kept = np.stack([~alone, ~(alone | no_men), alone | no_men | ~no_total], axis=1)
    kept[0] = True
    return kept[:, None, :]


def _asked(kpi: str, title: str, *, rng: np.random.Generator, shape: tuple[int, ...]) -> Mask:
    """Return where there are rows; the exercise municipality always answers."""
    order = rng.random(shape[0])
    order[0] = 1.0
    usual = order >= (_NEVER_ANSWER if kpi.startswith("U") else 0.0)
    asked: Mask = usual[:, None] & _measured(kpi, title)
    if kpi in HALF_COLLECTED:
        asked[:, -1] &= order >= 1 - HALF_COLLECTED[kpi] * (1 - _NEVER_ANSWER)
    return asked


def _measured(kpi: str, title: str) -> Mask:
    """Return in which years a KPI was measured at all."""
    years = np.array(YEARS)
    every, first = RHYTHM.get(kpi, (1, YEARS[0]))
    last = kpi_title.ended_year(title) or YEARS[-1]
    return np.asarray(((years - first) % every == 0) & (years <= last))
