"""A land small enough to write out: values in, the evidence of its first municipality out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from malstyr_lib import tables
from malstyr_lib.model import Kpi
from malstyr_lib.scoring.evidence import Evidence

FIRST = 2016


def codes_of(amount: int) -> list[str]:
    """The codes of so many municipalities, six to a county."""
    return [f"{1 + at // 6:02d}{10 + at % 6}" for at in range(amount)]


def kpi(at: int, direction: str = "högt", *, title: str = "", **more: Any) -> Kpi:
    """The KPI with a number."""
    words = {"id": f"N{at:05d}", "rubrik": title or f"Mått {at}, andel (%)", "riktning": direction}
    return Kpi.model_validate(words | {"liknande": "grundskola"} | more)


def catalogue(titles: dict[str, str], described: dict[str, str] | None = None) -> pd.DataFrame:
    """Kolada's KPIs with these titles and descriptions, and nothing else."""
    columns: dict[str, Any] = {
        name: [kind != "bool" and None] * len(titles) for name, kind in tables.KPIS.items()
    }
    told = [(described or {}).get(one) for one in titles]
    columns |= {"id": list(titles), "title": list(titles.values()), "description": told}
    return tables.frame(tables.KPIS, columns)


def observed(
    values: ArrayLike, kpis: Sequence[str], areas: Sequence[str], first: int = FIRST
) -> pd.DataFrame:
    """Values (kpi × area × year) as observations of the total; NaN is a null row."""
    cells = np.asarray(values, dtype=np.float64)
    kpi_at, area_at, year = (axis.ravel() for axis in np.indices(cells.shape))
    return tables.frame(
        tables.OBSERVATIONS,
        {
            "kpi": [kpis[at] for at in kpi_at],
            "municipality": [areas[at] for at in area_at],
            "period": year + first,
            "gender": ["T"] * cells.size,
            "value": cells.ravel(),
            "status": [""] * cells.size,
        },
    )


def evidence(
    values: ArrayLike, kpis: Sequence[Kpi], *, first: int = FIRST, extra: int = 0, **more: Any
) -> Evidence:
    """The first municipality's evidence; values: kpi × area × year.

    extra: how many municipalities there are that have no values at all.
    """
    cells = np.asarray(values, dtype=np.float64)
    areas = codes_of(cells.shape[1])
    known = [*areas, *(f"99{10 + at}" for at in range(extra))]
    alike = [{"member_id": area, "member_title": area} for area in areas[1:8]]
    given: dict[str, Any] = {
        "kpis": tuple(kpis),
        "own": areas[0],
        "year": first + cells.shape[2] - 1,
        "observations": observed(cells, [one.id for one in kpis], areas, first),
        "catalogue": catalogue({one.id: one.title for one in kpis}),
        "municipalities": tables.frame(
            tables.MUNICIPALITIES, {"id": known, "title": known, "type": ["K"] * len(known)}
        ),
        "municipality_groups": tables.frame(
            tables.GROUPS,
            {
                "id": ["G1"],
                "title": [f"Liknande kommuner grundskola, {areas[0]}, 2024"],
                "members": [alike],
            },
        ),
    }
    return Evidence(**given | more)
