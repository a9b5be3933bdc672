"""What day it is in Sweden, where the committees are, wherever the computer stands."""

from __future__ import annotations

from datetime import UTC, date, datetime

from malstyr_lib import text


def today() -> date:
    """Return the present day in Sweden."""
    return text.swedish(datetime.now(UTC)).date()
