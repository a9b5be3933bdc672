"""The colour rule: red when at least three quarters are strictly better, green when worse.

Own processing, like Kolada's colours but not Kolada's. Docs: docs/metod.md section 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from malstyr_lib.errors import UsageError
from malstyr_lib.tables import GREEN, GREY, RED, YELLOW

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FEWEST = 4


def colours(
    values: Sequence[float | None] | ArrayLike,
    direction: str,
    target: float | None = None,
    known: Sequence[bool] | None = None,
) -> list[str]:
    """Return the colour of every value within its group: red, yellow, green or grey.

    values: one group in one year, in the KPI's unit; None or NaN is a missing value.
    direction: högt, lågt, mål (closeness to `target`) or ingen (everything is grey).
    known: which values count as known; None means all that are not missing.
    A value is grey when it is missing or when fewer than four are known; UsageError for an
    unknown direction or a missing target. Source: metod.md section 1.
    """
    numbers = np.array([np.nan if v is None else v for v in np.asarray(values)], dtype=np.float64)
    if known is not None:
        numbers = np.where(np.asarray(known, dtype=bool), numbers, np.nan)
    return [str(one) for one in colour_of(standing(goodness(numbers, direction, target)))]


def goodness(values: Floats, direction: str, target: float | None = None) -> Floats:
    """Return values turned so that more is better; all NaN when there is no direction.

    Rounded to 9 significant digits first, so that 0.1 + 0.2 ties with 0.3.
    """
    rounded = significant(values)
    if direction == "högt":
        return rounded
    if direction == "lågt":
        return -rounded
    if direction == "mål" and target is not None:
        return -significant(np.abs(rounded - target))
    if direction == "ingen":
        return np.full_like(rounded, np.nan)
    raise UsageError(_bad_direction(direction))


def _bad_direction(direction: str) -> str:
    if direction == "mål":
        return "Riktningen 'mål' behöver ett målvärde: ange target."
    return f"Okänd riktning '{direction}'. Välj högt, lågt, mål eller ingen."


def significant(values: Floats, digits: int = 9) -> Floats:
    """Return values rounded to a number of significant digits; zero, NaN and sign are kept."""
    size = np.abs(values)
    has_size = (size > 0) & np.isfinite(size)
    power = digits - 1 - np.floor(np.log10(np.where(has_size, size, 1.0)))
    up, down = 10.0 ** np.maximum(power, 0), 10.0 ** np.maximum(-power, 0)
    return np.where(has_size, np.rint(values * up / down) / up * down, values)


@dataclass(frozen=True)
class Standing:
    """How each value stands in its group, same shape as the values: strictly better and worse.

    `n` is the number with a value, shaped to broadcast; `known` says where there is a value.
    """

    better: Ints
    worse: Ints
    n: Ints
    known: NDArray[np.bool_]


def standing(good: Floats, axis: int = 0) -> Standing:
    """Return how many of the others along `axis` are strictly better and strictly worse.

    good: goodness (more is better), NaN where missing. Exact ties are neither better nor worse.
    """
    good = np.moveaxis(good, axis, -1)
    order = np.argsort(good, axis=-1)  # NaN sorts last
    ranked = np.take_along_axis(good, order, axis=-1)
    worse = _unsort(_run_start(ranked), order)
    after = _unsort(_run_end(ranked), order)
    known = ~np.isnan(good)
    n = known.sum(axis=-1, keepdims=True)
    better = np.where(known, n - after - 1, 0)
    worse = np.where(known, worse, 0)
    return Standing(
        better=np.moveaxis(better, -1, axis),
        worse=np.moveaxis(worse, -1, axis),
        n=np.moveaxis(n, -1, axis),
        known=np.moveaxis(known, -1, axis),
    )


def _run_start(ranked: Floats) -> Ints:
    """Return, for each place of a sorted array, the place where its run of equals begins."""
    place = np.broadcast_to(np.arange(ranked.shape[-1]), ranked.shape)
    begins = np.ones(ranked.shape, dtype=bool)
    begins[..., 1:] = ranked[..., 1:] != ranked[..., :-1]
    starts: Ints = np.maximum.accumulate(np.where(begins, place, 0), axis=-1)
    return starts


def _run_end(ranked: Floats) -> Ints:
    """Return, for each place of a sorted array, the place where its run of equals ends."""
    last = ranked.shape[-1] - 1
    ends: Ints = last - _run_start(ranked[..., ::-1])[..., ::-1]
    return ends


def _unsort(ranked: Ints, order: Ints) -> Ints:
    """Return sorted positions' figures back at the places that they were sorted from."""
    back = np.empty_like(ranked)
    np.put_along_axis(back, order, ranked, axis=-1)
    return back


def colour_of(stand: Standing) -> NDArray[np.str_]:
    """Return the colours of a standing: the quarter rule, and grey below four known values."""
    quarter = 3 * stand.n
    judged = stand.known & (stand.n >= FEWEST)
    return np.select(
        [~judged, 4 * stand.better >= quarter, 4 * stand.worse >= quarter],
        [GREY, RED, GREEN],
        YELLOW,
    )
