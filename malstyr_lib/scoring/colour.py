"""The colour rule: red when at least three quarters are strictly better, green when worse.

Own processing, like Kolada's colours but not Kolada's. Docs: docs/metod.md section 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from malstyr_lib.errors import UsageError
from malstyr_lib.scoring.arrays import Codes, Floats, Ints, Marks
from malstyr_lib.tables import GREEN, GREY, RED, YELLOW

FEWEST = 4
DIGITS: Final = 9
"""How many digits of a value count: what differs beyond them is noise."""
CODES: Final = {GREY: -1, RED: 0, YELLOW: 1, GREEN: 2}
"""The colours as numbers (int8), for arrays over all municipalities; a better colour is higher."""
WORDS: Final = {code: colour for colour, code in CODES.items()}
_NAMES: Final = np.array([RED, YELLOW, GREEN, GREY])
_SMALL: Final = 10_000
"""Places within a group up to this size, and three times them, fit a small number: it is quick."""
_NEAR: Final = 1.1e-8
"""Two numbers that are equal to 9 significant digits differ by less than this share of them."""


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
    unknown direction or a missing target.

    >>> colours([6.1, 7.0, 8.8, 7.2, 5.9], "lågt")
    ['yellow', 'yellow', 'red', 'yellow', 'green']
    >>> colours([6.1, None, 8.8, 7.2], "lågt")
    ['grey', 'grey', 'grey', 'grey']
    """
    numbers = np.array([np.nan if v is None else v for v in np.asarray(values)], dtype=np.float64)
    if known is not None:
        numbers = np.where(np.asarray(known, dtype=bool), numbers, np.nan)
    return [str(one) for one in colour_of(standing(goodness(numbers, direction, target)))]


def goodness(values: Floats, direction: str, target: float | None = None) -> Floats:
    """Return values turned so that more is better; all NaN when there is no direction."""
    if direction == "högt":
        return values
    if direction == "lågt":
        return -values
    if direction == "mål" and target is not None:
        return -np.abs(significant(values) - target)  # so that noise at the target is no gap
    if direction == "ingen":
        return np.full(np.shape(values), np.nan)
    raise UsageError(_bad_direction(direction))


def _bad_direction(direction: str) -> str:
    if direction == "mål":
        return "Riktningen 'mål' behöver ett värde att vara nära: ange target."
    return f"Okänd riktning '{direction}'. Välj högt, lågt, mål eller ingen."


def significant(values: Floats) -> Floats:
    """Return values rounded to `DIGITS` significant digits; zero, NaN and sign are kept."""
    size = np.abs(values)
    has_size = (size > 0) & np.isfinite(size)
    power = DIGITS - 1 - np.floor(np.log10(np.where(has_size, size, 1.0)))
    up, down = 10.0 ** np.maximum(power, 0), 10.0 ** np.maximum(-power, 0)
    return np.where(has_size, np.rint(values * up / down) / up * down, values)


def in_order(good: Floats) -> tuple[Floats, Ints]:
    """Return goodness sorted along its last axis (missing last), and where each stood before.

    Where is a place in the whole array, row after row. Numbers that are equal to 9 significant
    digits come out equal, so that 0.1 + 0.2 ties with 0.3; only rows that hold two such numbers
    are rounded.
    """
    places = np.argsort(np.fmin(good, np.inf), axis=-1)  # sorting is slow where there are NaN
    rows, width = good.shape[:-1], good.shape[-1]
    places += np.arange(prod(rows)).reshape(*rows, 1) * width
    ranked = good.reshape(-1)[places]
    noisy = _nearly_tied(ranked)
    if noisy.any():
        ranked[noisy] = significant(ranked[noisy])
    return ranked, places


def one_placed(good: Floats, at: int) -> tuple[Floats, Standing]:
    """Return goodness sorted along its last axis as by `in_order`, and how one of each row stands.

    As `placed` says it, but quicker, since only one is to be placed.
    """
    ranked, own = np.sort(good, axis=-1), good[..., at : at + 1]
    noisy = _nearly_tied(ranked)
    if noisy.any():
        ranked[noisy] = significant(ranked[noisy])
        own = np.where(np.expand_dims(noisy, -1), significant(own), own)
    counted = (ranked > own, ranked < own, ~np.isnan(ranked))
    better, worse, n = (which.sum(axis=-1, dtype=_place(ranked)) for which in counted)
    return ranked, Standing(better, worse, n, ~np.isnan(own[..., 0]))


def _nearly_tied(ranked: Floats) -> Marks:
    """Return which rows hold two numbers that differ by less than rounding can tell apart."""
    size = np.abs(ranked)
    step = ranked[..., 1:] - ranked[..., :-1]
    near = step < _NEAR * np.maximum(size[..., 1:], size[..., :-1])
    return np.asarray((near & (step > 0)).any(axis=-1))


@dataclass(frozen=True)
class Standing:
    """How each value stands in its group, same shape as the values: strictly better and worse.

    `n` is the number with a value, shaped to broadcast; `known` says where there is a value.
    """

    better: Ints
    worse: Ints
    n: Ints
    known: Marks


def standing(good: Floats, axis: int = 0) -> Standing:
    """Return how many of the others along `axis` are strictly better and strictly worse.

    good: goodness (more is better), NaN where missing. What is equal to 9 significant digits is
    neither better nor worse.
    """
    good = np.moveaxis(good, axis, -1)
    found = placed(good, *in_order(good))
    return Standing(
        better=np.moveaxis(found.better, -1, axis),
        worse=np.moveaxis(found.worse, -1, axis),
        n=np.moveaxis(found.n, -1, axis),
        known=np.moveaxis(found.known, -1, axis),
    )


def placed(good: Floats, ranked: Floats, places: Ints) -> Standing:
    """Return the standing along the last axis of goodness that is `in_order` already."""
    known = ~np.isnan(good)
    n = known.sum(axis=-1, keepdims=True, dtype=_place(known))
    begins = np.ones(ranked.shape, dtype=bool)
    np.not_equal(ranked[..., 1:], ranked[..., :-1], out=begins[..., 1:])
    worse, after = _back(_run_start(begins), places), _back(_run_end(begins), places)
    return Standing(better=(n - 1 - after) * known, worse=worse * known, n=n, known=known)


def _place(rows: NDArray[Any]) -> type[np.int16] | type[np.int32]:
    """Return the type of places along the last axis: a small one for 290 municipalities."""
    return np.int16 if rows.shape[-1] <= _SMALL else np.int32


def _run_start(begins: Marks) -> Ints:
    """Return, for each place of a sorted array, the place where its run of equals begins."""
    place = np.arange(begins.shape[-1], dtype=_place(begins))
    starts: Ints = np.maximum.accumulate(place * begins, axis=-1)
    return starts


def _run_end(begins: Marks) -> Ints:
    """Return, for each place of a sorted array, the place where its run of equals ends."""
    last = _place(begins)(begins.shape[-1] - 1)
    ends = np.ones(begins.shape, dtype=bool)
    ends[..., :-1] = begins[..., 1:]
    found: Ints = last - _run_start(ends[..., ::-1])[..., ::-1]
    return found


def _back(ranked: Ints, places: Ints) -> Ints:
    """Return sorted positions' figures back at the places that they were sorted from."""
    back = np.empty_like(ranked)
    back.reshape(-1)[places] = ranked
    return back


def three_quarters(n: Any) -> Any:
    """Return the fewest that are at least three quarters of n: so many better make a value red."""
    return -(-3 * n // 4)


def colour_codes(stand: Standing) -> Codes:
    """Return the colours of a standing as `CODES`: the quarter rule; grey below four known."""
    most = three_quarters(stand.n)
    judged = stand.known & (stand.n >= FEWEST)
    codes = (stand.worse >= most).view(np.int8) - (stand.better >= most).view(np.int8)
    return np.where(judged, codes + np.int8(CODES[YELLOW]), np.int8(CODES[GREY]))


def codes_of_both(values: Floats, direction: str, target: float | None) -> Codes:
    """Return the colours (`CODES`) of area × year among those with a value in every year."""
    known = np.logical_not(np.isnan(values).any(axis=1, keepdims=True))
    return colour_codes(standing(goodness(np.where(known, values, np.nan), direction, target)))


def colour_of(stand: Standing) -> NDArray[np.str_]:
    """Return the colours of a standing in words: the quarter rule, and grey below four known."""
    return _NAMES[colour_codes(stand)]
