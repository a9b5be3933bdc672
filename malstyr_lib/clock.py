"""What day it is in Sweden, where the committees are, wherever the computer stands."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

SWEDEN: Final = ZoneInfo("Europe/Stockholm")


def today() -> date:
    """Return the present day in Sweden."""
    return datetime.now(SWEDEN).date()


def in_year(day: date, year: int) -> date:
    """Return the same day of another year; 28 February for a leap day."""
    leap_day = (day.month, day.day) == (2, 29)
    return (day.replace(day=28) if leap_day else day).replace(year=year)
