"""Every KPI, area and period of a cube at once: places, colours and distances.

The same rules as for one KPI (`colour`, `distance`), some KPIs at a time on as many threads as
there are processors. Docs: docs/metod.md sections 1 and 3.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from malstyr_lib.model import Kpi
from malstyr_lib.scoring.arrays import Codes, Floats
from malstyr_lib.scoring.colour import colour_codes, goodness
from malstyr_lib.scoring.cube import Cube
from malstyr_lib.scoring.distance import stand_and_distance

CELLS: Final = 60_000
"""How many cells are worked on at a time, about: they and what is made of them fit a cache."""
_THREADS: Final = 4


@dataclass(frozen=True)
class Sweep:
    """What `sweep` found, as arrays kpi × area × period; `n` is kpi × period.

    `colour` is `colour.CODES`. `rank` is 1 for the best and 0 where there is no value; `worse` is
    how many are strictly worse. `to_median` (in the KPI's unit) and `in_iqr` (in interquartile
    ranges, within ±5) are positive when worse than the median, and NaN where there is none.
    """

    colour: Codes
    rank: NDArray[np.int16]
    worse: NDArray[np.int16]
    n: NDArray[np.int16]
    to_median: Floats
    in_iqr: Floats


def sweep(whole: Cube, kpis: Mapping[str, Kpi]) -> Sweep:
    """Return the standing of every area in every KPI and period, compared with all in the cube.

    kpis: their directions by id; one that is not there has none, and its cells are all grey.
    """
    shape = whole.values.shape
    found = Sweep(
        colour=by_period(shape, np.int8),
        rank=by_period(shape, np.int16),
        worse=by_period(shape, np.int16),
        n=np.empty((shape[0], shape[2]), dtype=np.int16),
        to_median=by_period(shape, np.float64),
        in_iqr=by_period(shape, np.float64),
    )

    def part(at: slice) -> None:
        good = turned(whole, kpis, at).transpose(0, 2, 1)
        _fill(found, at, np.ascontiguousarray(good))

    side_by_side(part, whole.values.shape)
    return found


def by_period(shape: tuple[int, ...], kind: type[Any]) -> NDArray[Any]:
    """Return an unfilled array kpi × area × period whose areas lie side by side in memory."""
    return np.empty((shape[0], shape[2], shape[1]), dtype=kind).transpose(0, 2, 1)


def turned(whole: Cube, kpis: Mapping[str, Kpi], at: slice) -> Floats:
    """Return some KPIs' values turned so that more is better; NaN for one without direction."""
    good = np.full_like(whole.values[at], np.nan)
    for number, kpi in enumerate(whole.kpis[at]):
        if kpi in kpis:
            one = kpis[kpi]
            good[number] = goodness(whole.values[at][number], one.direction, one.target)
    return good


def _fill(found: Sweep, at: slice, good: Floats) -> None:
    """Put what some KPIs' goodness (kpi × period × area) says into its place."""
    stand, far = stand_and_distance(good)
    found.colour[at] = colour_codes(stand).transpose(0, 2, 1)
    found.rank[at] = np.where(stand.known, stand.better + 1, 0).transpose(0, 2, 1)
    found.worse[at] = stand.worse.transpose(0, 2, 1)
    found.n[at] = stand.n[..., 0]
    found.to_median[at] = far.to_median.transpose(0, 2, 1)
    found.in_iqr[at] = far.in_iqr.transpose(0, 2, 1)


def side_by_side(part: Callable[[slice], None], shape: tuple[int, ...]) -> None:
    """Do a part of the work for every few KPIs of a cube's shape, on all processors.

    The work is in numpy, which lets other threads run; the parts write to different places.
    """
    at_once = min(_THREADS, os.cpu_count() or 1)
    with ThreadPoolExecutor(at_once, "svep") as pool:
        for _ in pool.map(part, _slices(shape)):
            pass


def _slices(shape: tuple[int, ...]) -> Iterator[slice]:
    step = max(1, CELLS // max(1, int(np.prod(shape[1:]))))
    return (slice(start, start + step) for start in range(0, shape[0], step))
