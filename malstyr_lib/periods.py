"""Periods of own measures, 2026-03, 2026-K1 and 2026: their order, the year before, their words."""

from __future__ import annotations

from typing import Final

from malstyr_lib.model import MONTHS, Pace, pace_of

PER_YEAR: Final[dict[Pace, int]] = {"månad": 12, "kvartal": 4, "år": 1}
SAME: Final[dict[Pace, str]] = {
    "månad": "samma månad året före",
    "kvartal": "samma kvartal året före",
    "år": "året före",
}
"""What the period is called that one is compared with."""
_COUNTED: Final[dict[Pace, tuple[str, str]]] = {
    "månad": ("månad", "månader"),
    "kvartal": ("kvartal", "kvartal"),
    "år": ("år", "år"),
}


def year_of(period: str) -> int:
    """Return the calendar year of a period."""
    return int(period[:4])


def place(period: str) -> int:
    """Return a period's number in its pace, so that the next one's is one more."""
    pace = pace_of(period)
    if pace is None:
        raise ValueError(f"{period!r} is no period")
    within = int(period[5:].lstrip("K")) - 1 if pace != "år" else 0
    return year_of(period) * PER_YEAR[pace] + within


def at(pace: Pace, number: int) -> str:
    """Return the period with a number of its pace: the inverse of `place`."""
    year, within = divmod(number, PER_YEAR[pace])
    return {
        "månad": f"{year}-{within + 1:02}",
        "kvartal": f"{year}-K{within + 1}",
        "år": f"{year}",
    }[pace]


def back(pace: Pace, period: str, steps: int) -> str:
    """Return the period so many steps before one."""
    return at(pace, place(period) - steps)


def year_before(pace: Pace, period: str) -> str:
    """Return the same month or quarter of the year before, or the year before."""
    return back(pace, period, PER_YEAR[pace])


def of_year(pace: Pace, year: int) -> tuple[str, ...]:
    """Return a year's periods, in order."""
    return tuple(at(pace, year * PER_YEAR[pace] + step) for step in range(PER_YEAR[pace]))


def words(period: str) -> str:
    """Return a period in words, as "mars 2026", "kvartal 1 2026" or "2026"."""
    pace = pace_of(period)
    if pace == "månad":
        return f"{MONTHS[int(period[5:]) - 1]} {period[:4]}"
    return f"kvartal {period[6:]} {period[:4]}" if pace == "kvartal" else period


def counted(pace: Pace, amount: int) -> str:
    """Return an amount of periods with its noun, as "12 månader"."""
    one, many = _COUNTED[pace]
    return f"{amount} {one if amount == 1 else many}"
