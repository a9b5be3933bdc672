"""The days to come as an iCalendar file (RFC 5545) that any calendar program can take in."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid5

import pandas as pd
from icalendar import Calendar, Event

from malstyr_lib import text

_SPACE: Final = UUID("5b7bb1a7-6f0c-4c6e-9d54-0d5f6c2f1a20")
"""The name space of the events' ids: one and the same event keeps its id when its day moves."""
_SUMMARIES: Final = {
    "stop": "Stoppdag: {title}",
    "preliminary": "Preliminärt i Kolada: {about} {title}, för {period}",
    "final": "Kolada: {about} {title}, för {period}",
}


def ics(
    events: pd.DataFrame, *, municipality: str, name: str, stamp: datetime, exercise: bool = False
) -> bytes:
    """Return the events (EVENTS) as an iCalendar file, one all-day event for each.

    municipality: its code, by which its events differ from another's. name: the calendar's. stamp:
    the aware moment when the file is made.
    """
    made = Calendar()
    made.add("prodid", "-//malstyr//kalender//SV")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", f"ÖVNING: {name}" if exercise else name)
    for row in events.to_dict("records"):
        made.add_component(_event(row, municipality, stamp, exercise=exercise))
    return bytes(made.to_ical())


def _event(row: dict[Any, Any], municipality: str, stamp: datetime, *, exercise: bool) -> Event:
    day = date.fromisoformat(row["day"])
    key = f"{municipality}/{row['kind']}/{row['about']}/{row['period']}"
    mark = "ÖVNING: " if exercise else ""
    told = row | {"period": "okänt år" if pd.isna(row["period"]) else row["period"]}
    event = Event()
    event.add("uid", f"{uuid5(_SPACE, key)}@malstyr")
    event.add("dtstamp", stamp)
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    event.add("summary", mark + _SUMMARIES[row["kind"]].format(**told))
    event.add("description", _description(row, exercise=exercise))
    event.add("status", "CONFIRMED" if row["kind"] == "stop" else "TENTATIVE")
    event.add("transp", "TRANSPARENT")
    return event


def _description(row: dict[Any, Any], *, exercise: bool) -> str:
    reason = str(row["reason"])
    first = f"{text.capital(reason)}."
    if row["kind"] == "stop":
        return first
    return (
        f"{first}\nFöljs av {row['committees']}.\nDagen är den som var angiven vid hämtningen, och"
        f" kan flyttas.\n{text.source(exercise=exercise)}"
    )
