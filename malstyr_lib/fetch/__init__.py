"""Kolada fetched into one new snapshot or nothing: what params need, everything or changes."""

from malstyr_lib.fetch.job import Fetched, remarks_of
from malstyr_lib.fetch.plan import AREAS, MUNICIPAL_KPIS, SINCE, Plan, plan, plan_changes
from malstyr_lib.fetch.retrieval import (
    WHOLE_WITHIN,
    fetch,
    fetch_changes,
    fetch_everything,
    last_whole,
)

__all__ = [
    "AREAS",
    "MUNICIPAL_KPIS",
    "SINCE",
    "WHOLE_WITHIN",
    "Fetched",
    "Plan",
    "fetch",
    "fetch_changes",
    "fetch_everything",
    "last_whole",
    "plan",
    "plan_changes",
    "remarks_of",
]
