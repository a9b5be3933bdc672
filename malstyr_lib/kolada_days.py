"""Kolada's days: when the value of one year is published, and by that those of other years."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from malstyr_lib.model.fields import day_of


@dataclass(frozen=True)
class Days:
    """The days that Kolada tells of a KPI's value of a year; None for what it does not tell."""

    year: int | None
    final: date | None
    preliminary: date | None

    @property
    def told(self) -> list[date]:
        """Those that are told, the final one first."""
        return [day for day in (self.final, self.preliminary) if day]

    def of(self, year: int) -> Days:
        """Return the days of another year's value: as many years before or after."""
        if self.year is None:
            return Days(year, None, None)
        later = year - self.year
        return Days(year, years_on(self.final, later), years_on(self.preliminary, later))

    def reached(self, day: date) -> int | None:
        """Return the last year whose value was out on a day, at least preliminarily."""
        if self.year is None or not self.told:
            return None
        return max(
            self.year + day.year - one.year - ((one.month, one.day) > (day.month, day.day))
            for one in self.told
        )

    def columns(self) -> dict[str, str | None]:
        """Return them as `tables.KPIS` has them."""
        return {
            "publ_period": None if self.year is None else str(self.year),
            "publication_date": iso(self.final),
            "prel_publication_date": iso(self.preliminary),
        }


def days(kpi: Mapping[Any, Any]) -> Days:
    """Return the days of a KPI of the catalogue (a row of `tables.KPIS`)."""
    year = re.fullmatch(r"\s*((?:19|20)[0-9]{2})\s*", _text(kpi.get("publ_period")))
    final, preliminary = (
        day_of(_text(kpi.get(name)).strip()[:10])
        for name in ("publication_date", "prel_publication_date")
    )
    return Days(int(year[1]) if year else None, final, preliminary)


def years_on(day: date | None, years: int) -> date | None:
    """Return the same day so many years later, or earlier; the last of February where need be."""
    if day is None:
        return None
    there = day.replace(day=28) if (day.month, day.day) == (2, 29) else day
    return there.replace(year=day.year + years)


def iso(day: date | None) -> str | None:
    """Return a day as a table has it."""
    return day.isoformat() if day else None


def from_iso(written: object) -> date | None:
    """Return a day that a table has, or None for a missing one."""
    return date.fromisoformat(written) if isinstance(written, str) else None


def _text(written: object) -> str:
    return written if isinstance(written, str) else ""
