"""Which years of a series a trend may stand on: after its breaks, and independent of each other.

Docs: docs/metod.md sections 7 and 8.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable


def independent(
    periods: Iterable[int],
    *,
    breaks: Iterable[int] = (),
    repeated: Collection[int] = frozenset(),
    window: int = 1,
) -> list[int]:
    """Return the years that a trend may stand on, rising.

    periods: the years with own values. From the last break up to the newest of them on,
    without the repeated years; of values that cover several years, counted back from the newest,
    only those whose windows do not overlap. A break after the newest own value cuts nothing.
    """
    own = sorted(set(periods))
    start = max((year for year in breaks if own and year <= own[-1]), default=None)
    kept: list[int] = []
    for year in reversed(own):
        if start is not None and year < start:
            break
        if year not in repeated and (not kept or kept[-1] - year >= window):
            kept.append(year)
    return kept[::-1]
