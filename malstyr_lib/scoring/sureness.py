"""How sure every newest colour is: against other groups, and within its margin of error.

Evidence in, tables out, as `findings`. Docs: docs/metod.md sections 2 and 13.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import nan
from typing import Any, Final

import numpy as np
import pandas as pd

from malstyr_lib import tables
from malstyr_lib.model import Kpi
from malstyr_lib.scoring import phrases
from malstyr_lib.scoring.agreement import COMPARATORS, agreement
from malstyr_lib.scoring.evidence import Evidence
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
    kpis = {kpi.id: kpi for kpi in e.kpis}
    rows = [
        _agreement(e, kpis[str(row["kpi"])], int(row["period"]))
        for row in e.now.to_dict("records")
        if row["colour"] != tables.GREY
    ]
    return tables.of_rows(AGREEMENTS, rows)


def _agreement(e: Evidence, kpi: Kpi, period: int) -> dict[str, Any]:
    place = {area: at for at, area in enumerate(e.everyone)}
    members = {
        kind: np.array([place[area] for area in groups[kpi.id].members])
        for kind, groups in e.groups.items()
    }
    values = e.whole.values[e.number[kpi.id]][:, e.whole.periods.index(period)]
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
    kpis = {kpi.id: kpi for kpi in e.kpis}
    rows = e.now[e.now["colour"] != tables.GREY].to_dict("records")
    return tables.of_rows(CERTAINTIES, (_certainty(e, kpis[str(row["kpi"])], row) for row in rows))


def _certainty(e: Evidence, kpi: Kpi, row: Mapping[Any, Any]) -> dict[str, Any]:
    period, value = int(row["period"]), float(row["value"])
    base = e.bases.get(kpi.id, {}).get(period) if in_percent(kpi.title) else None
    error, source = _error(value, e.margins.get(kpi.id, {}).get(period), base)
    values = e.whole.values[e.number[kpi.id]][:, e.whole.periods.index(period)]
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
