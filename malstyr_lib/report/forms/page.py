"""A finished page, as the other forms read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


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
