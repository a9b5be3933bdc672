"""The counts that a score's words are written from: how many are better, alike and worse.

Docs: docs/metod.md sections 1 and 5.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd

from malstyr_lib import tables
from malstyr_lib.scoring.evidence import Evidence
from malstyr_lib.scoring.scores import usual_n

COUNTED: Final = {
    "kpi": "str",
    "period": "int64",
    "better": "int64",
    "alike": "int64",
    "worse": "int64",
    "n": "int64",
    "usual": "float64",
}
"""better, alike, worse: of the others, 0 without an own value or a direction. n: all with a value.
usual: how many used to have one, NaN for the first year."""


def counted(e: Evidence) -> pd.DataFrame:
    """Return the counts behind every score against all municipalities (`COUNTED`)."""
    rows = [
        _row(e, str(kpi), int(period))
        for kpi, period in zip(e.scores["kpi"], e.scores["period"], strict=True)
    ]
    return tables.of_rows(COUNTED, rows)


def _row(e: Evidence, kpi: str, period: int) -> dict[str, Any]:
    number, at = e.number[kpi], e.whole.periods.index(period)
    reported = (~np.isnan(e.values(kpi))).sum(axis=0)
    better = int(e.swept.rank[number, e.at, at]) - 1
    worse, n = int(e.swept.worse[number, e.at, at]), int(reported[at])
    return {
        "kpi": kpi,
        "period": period,
        "better": max(better, 0),
        "alike": n - better - worse - 1 if better >= 0 else 0,
        "worse": max(worse, 0),
        "n": n,
        "usual": float(usual_n(reported)[at]),
    }
