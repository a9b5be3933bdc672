"""What day it is in Sweden, where the committees are, wherever the computer stands."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

SWEDEN: Final = ZoneInfo("Europe/Stockholm")


def today() -> date:
    """Return the present day in Sweden."""
    return datetime.now(SWEDEN).date()
