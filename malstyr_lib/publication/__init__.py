"""When Kolada's next figures come, and which reports they can be in: tables in, tables out.

Kolada's days are what it meant at the fetch: they move, and a preliminary day is not a final one.
"""

from malstyr_lib.publication.events import EVENT_WORDS, EVENTS, events
from malstyr_lib.publication.figures import FIGURES, STATES, figures, first_day
from malstyr_lib.publication.ics import ics
from malstyr_lib.publication.in_reports import (
    ANSWER_WORDS,
    ANSWERS,
    IN_REPORTS,
    in_report,
    in_reports,
)

__all__ = [
    "ANSWERS",
    "ANSWER_WORDS",
    "EVENTS",
    "EVENT_WORDS",
    "FIGURES",
    "IN_REPORTS",
    "STATES",
    "events",
    "figures",
    "first_day",
    "ics",
    "in_report",
    "in_reports",
]
