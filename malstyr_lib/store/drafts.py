"""A snapshot being written: values as they come, in parts, and at the end the manifest."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import pandas as pd

from malstyr_lib import tables
from malstyr_lib.errors import UsageError
from malstyr_lib.store import journal
from malstyr_lib.store.objects import catalogue
from malstyr_lib.store.writing import Writer

FORMAT: Final = 1
CATALOGUES: Final = {
    "kpis": tables.KPIS,
    "municipalities": tables.MUNICIPALITIES,
    "municipality_groups": tables.GROUPS,
    "kpi_groups": tables.GROUPS,
    "ous": tables.OUS,
}
OBSERVED: Final = {"values": tables.OBSERVATIONS, "ou_values": tables.OU_OBSERVATIONS}


class Draft:
    """What a fetch has put in place so far; nobody sees any of it before `commit`."""

    def __init__(self, root: Path, writer: Writer) -> None:
        self._root = root
        self._writer = writer
        self._entries: dict[str, dict[str, Any]] = {kind: {} for kind in OBSERVED}

    def put(self, frame: pd.DataFrame, kind: str = "values") -> None:
        """Put the observations of some KPIs in place, all of their rows at once.

        kind: values (`tables.OBSERVATIONS`) or ou_values (`tables.OU_OBSERVATIONS`). UsageError
        for a table that breaks its contract or a KPI that has been put before.
        """
        entries = self._writer.put_kpis(frame, OBSERVED[kind])
        if doubled := sorted(entries.keys() & self._entries[kind].keys()):
            raise UsageError(f"Nyckeltalet {doubled[0]} skrevs två gånger i samma hämtning.")
        self._entries[kind] |= entries

    def keep(self, entries: Mapping[str, Any]) -> None:
        """Take over KPIs' values from an earlier snapshot's manifest, with objects and all."""
        self._entries["values"] |= entries

    def journal(self, what: str, now: datetime) -> journal.Journal:
        """Return the journal of an interrupted fetch of the same thing, or a new one."""
        return journal.opened(self._root, what, now)

    def commit(
        self,
        catalogues: Mapping[str, pd.DataFrame | None],
        *,
        base_url: str,
        asked: Mapping[str, Any] | None = None,
        fetched: datetime | None = None,
        notes: Mapping[str, Any] | None = None,
    ) -> str:
        """Write the manifest, which makes the snapshot exist; return its id.

        catalogues: tables by name (`CATALOGUES`). notes: how it went, in JSON: `fetch` (what was
        left out, counted) and `missing` (what was asked for in vain).
        """
        head = _head(base_url, asked, fetched, notes or {})
        contents = {
            name: catalogue(frame, CATALOGUES[name])
            for name, frame in catalogues.items()
            if frame is not None
        }
        entries = {name: self._writer.put_object(table) for name, table in contents.items()}
        return self._writer.put_manifest(head | {"tables": entries} | self._entries)


def _head(
    base_url: str,
    asked: Mapping[str, Any] | None,
    fetched: datetime | None,
    notes: Mapping[str, Any],
) -> dict[str, Any]:
    """Return the part of a manifest that says what was fetched, when, from where and by what."""
    moment = datetime.now(UTC) if fetched is None else fetched
    if moment.tzinfo is None:
        raise UsageError("Tiden för hämtningen (fetched) saknar tidszon; ange den i UTC.")
    return {
        "format": FORMAT,
        "fetched": moment.astimezone(UTC).isoformat(),
        "base_url": base_url,
        "asked": dict(asked or {}),
        "fetch": notes.get("fetch", {}),
        "missing": notes.get("missing", {}),
        "versions": {name: version(name) for name in ("malstyr", "pandas", "pyarrow")}
        | {"python": platform.python_version()},
    }
