"""The last output of a report: that it came to its end, what it found, and what it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import pandas as pd

from malstyr_lib import markup

END_MARKER: Final = "application/vnd.malstyr.slut+json"
FINDINGS: Final = "application/vnd.malstyr.underlag+json"
READS: Final = "application/vnd.malstyr.last+json"


@dataclass(frozen=True)
class EndMarker:
    """The mark that a report came to its end, with what it found for the manifest.

    words: what the reader is told. findings: the tables that the report's sentences are written
    from, by name; they go into data.json, so that every number in the prose can be traced. reads:
    what has been read of the snapshot (`Snapshot.reads`), all of it by the time this is shown.
    """

    found: Mapping[str, Any]
    words: str
    findings: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    reads: Mapping[str, str] = field(default_factory=dict)

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        return {
            "text/html": markup.note(self.words, kind="slut").html,
            END_MARKER: dict(self.found),
            FINDINGS: {name: records(table) for name, table in self.findings.items()},
            READS: dict(sorted(self.reads.items())),
        }


def all_told(kpis: int, *, grey: int, preliminary: int) -> str:
    """Return that all KPIs came with, for the last line of a report."""
    return (
        f"Alla {kpis} nyckeltal finns med i rapporten, {grey} utan färg och {preliminary} med"
        " preliminär färg."
    )


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return a table as plain JSON objects, every number as it is, a missing value as null."""
    return [
        {str(name): _plain(value) for name, value in row.items()}
        for row in table.to_dict("records")
    ]


def _plain(value: Any) -> Any:
    """Return a value as JSON knows it."""
    plain = value.item() if isinstance(value, np.generic) else value
    missing = plain is None or plain is pd.NA or (isinstance(plain, float) and plain != plain)
    return None if missing else plain
