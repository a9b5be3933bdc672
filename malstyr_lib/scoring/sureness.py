"""How sure every newest colour is: against other groups, and within its margin of error.

Evidence in, tables out, as `findings`. Docs: docs/metod.md sections 2 and 13.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import nan
from typing import Any, Final

import numpy as np
import pandas as pd

from malstyr_lib import tables
from malstyr_lib.model import Kpi
from malstyr_lib.scoring import phrases
from malstyr_lib.scoring.agreement import COMPARATORS, agreement
from malstyr_lib.scoring.evidence import Evidence
from malstyr_lib.scoring.groups import GROUPS
from malstyr_lib.scoring.margin import in_percent, of_share, persons, uncertain

AGREEMENTS: Final = {
    "kpi": "str",
    "municipality": "str",
    "period": "int64",
    **dict.fromkeys(COMPARATORS, "str"),
    "red": "int64",
    "of": "int64",
    "reason": "str",
}
CERTAINTIES: Final = {
    "kpi": "str",
    "municipality": "str",
    "period": "int64",
    "value": "float64",
    "colour": "str",
    "margin": "float64",
    "margin_from": "str",
    "colours": "str",
    "certain": "boolean",
    "persons": "Int64",
    "reason": "str",
}
"""margin_from: Kolada (its own margin of error) or antal (Wilson's interval from the number of
persons), else empty. persons: how many more it would have taken not to be red, if known."""


def agreements(e: Evidence) -> pd.DataFrame:
    """Return against how many of five comparators the newest value is red (`AGREEMENTS`)."""
    return tables.of_rows(AGREEMENTS, (_agreement(e, kpi, row) for kpi, row in _coloured(e)))


def _coloured(e: Evidence) -> Iterator[tuple[Kpi, Mapping[Any, Any]]]:
    """Yield the KPIs that have a colour now, each with its newest score."""
    for row in e.now[e.now["colour"] != tables.GREY].to_dict("records"):
        yield e.kpi(str(row["kpi"])), row


def _agreement(e: Evidence, kpi: Kpi, row: Mapping[Any, Any]) -> dict[str, Any]:
    period = int(row["period"])
    members = {kind: np.array(e.places_of(kind, kpi.id)) for kind in GROUPS}
    values = e.values(kpi.id)[:, e.whole.periods.index(period)]
    found = agreement(values, e.at, members, direction=kpi.direction, target=kpi.target)
    return {
        "kpi": kpi.id,
        "municipality": e.own,
        "period": period,
        **found.colours,
        "red": found.red,
        "of": found.of,
        "reason": found.sentence,
    }


def certainties(e: Evidence) -> pd.DataFrame:
    """Return how sure the newest colour of every KPI is, and its gap in persons (`CERTAINTIES`)."""
    return tables.of_rows(CERTAINTIES, (_certainty(e, kpi, row) for kpi, row in _coloured(e)))


def _certainty(e: Evidence, kpi: Kpi, row: Mapping[Any, Any]) -> dict[str, Any]:
    period, value = int(row["period"]), float(row["value"])
    base = e.bases.get(kpi.id, {}).get(period) if in_percent(kpi.title) else None
    error, source = _error(value, e.margins.get(kpi.id, {}).get(period), base)
    values = e.values(kpi.id)[:, e.whole.periods.index(period)]
    found = uncertain(values, e.at, error, direction=kpi.direction, target=kpi.target)
    more = persons(row["gap_to_yellow"], base)
    return {
        "kpi": kpi.id,
        "municipality": e.own,
        "period": period,
        "value": value,
        "colour": row["colour"],
        "margin": error,
        "margin_from": source,
        "colours": " ".join(found.colours),
        "certain": found.certain,
        "persons": more,
        "reason": phrases.certainty_words(found, source, error=error, more=more),
    }


def _error(value: float, told: float | None, base: float | None) -> tuple[float, str]:
    """Return the margin of a value in per cent, Kolada's own before one from the persons."""
    if told is not None:
        return told, "Kolada"
    if base is None or not 0 <= value <= 100 or base < 1:
        return nan, ""
    return of_share(value, base), "antal"
