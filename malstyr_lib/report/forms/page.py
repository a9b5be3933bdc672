"""A finished page, as the other forms read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

_NO_TIME: Final = 315_532_800
"""The first day that a docx can say, for a page that is not of any fetch."""


@dataclass(frozen=True)
class Page:
    """A report as it is published.

    html: the whole page. title: what the document is called. about: what it is made of (kind,
    slug, name, year, snapshot, fetched), for data.json. findings: the tables that its sentences are
    written from, as records by name. reference: the municipality's own Word template, if any.
    exercise: whether its figures are invented.
    """

    html: str
    title: str
    exercise: bool
    about: Mapping[str, Any] = field(default_factory=dict)
    findings: Mapping[str, list[dict[str, Any]]] = field(default_factory=dict)
    reference: Path | None = None

    @property
    def made_at(self) -> int:
        """When its files say they were made: as its figures were fetched, in seconds since 1970."""
        fetched = self.about.get("fetched")
        return int(datetime.fromisoformat(fetched).timestamp()) if fetched else _NO_TIME
