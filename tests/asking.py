"""A planted land in a real store, asked questions: values in, the setting of its first one out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from small_land import FIRST, catalogue, codes_of, observed

from malstyr_lib import tables
from malstyr_lib.model import Kpi, Municipality, SteeringModel
from malstyr_lib.questions import Setting
from malstyr_lib.store import Store

TODAY = date(2026, 11, 26)


def planted(
    folder: Path,
    values: ArrayLike,
    kpis: Sequence[Kpi],
    *,
    first: int = FIRST,
    registered: Sequence[Kpi] | None = None,
    described: dict[str, str] | None = None,
    listed: dict[str, str] | None = None,
    more_values: pd.DataFrame | None = None,
    ous: pd.DataFrame | None = None,
    ou_values: pd.DataFrame | None = None,
    earlier: pd.DataFrame | None = None,
    fetched: datetime = datetime(2026, 11, 23, 12, tzinfo=UTC),
    model: dict[str, Any] | None = None,
    **given: Any,
) -> Setting:
    """The first municipality's setting; values: kpi × area × year, totals; the year after the last
    is not looked at.

    registered: the KPIs of the registry, all by default. listed: titles of KPIs that Kolada has
    but nobody has fetched. more_values: observations beside them,
    such as women's and men's. earlier: what the same KPIs were a year before, told first. model:
    fields of the SteeringModel (English names), such as activities. given: the rest of `Setting`.
    """
    cells = np.asarray(values, dtype=np.float64)
    areas = codes_of(cells.shape[1])
    told = observed(cells, [one.id for one in kpis], areas, first)
    if more_values is not None:
        told = pd.concat([told, more_values], ignore_index=True).astype(tables.OBSERVATIONS)
    alike = [{"member_id": area, "member_title": f"Ort {area}"} for area in areas[1:8]]
    lists: dict[str, Any] = {
        "kpis": catalogue({one.id: one.title for one in kpis} | (listed or {}), described),
        "municipalities": tables.frame(
            tables.MUNICIPALITIES,
            {"id": areas, "title": [f"Ort {area}" for area in areas], "type": ["K"] * len(areas)},
        ),
        "municipality_groups": tables.frame(
            tables.GROUPS,
            {
                "id": ["G1"],
                "title": [f"Liknande kommuner grundskola, Ort {areas[0]}, 2024"],
                "members": [alike],
            },
        ),
        "ous": ous,
        "ou_values": ou_values,
        "base_url": "http://127.0.0.1/v3",
    }
    store, before = Store(folder / "lager"), None
    if earlier is not None:
        then = fetched.replace(year=fetched.year - 1)
        before = store.write(earlier, fetched=then, **lists)
    now = store.write(told, fetched=fetched, **lists)
    steering = SteeringModel(
        **{
            "municipality": Municipality(kod=areas[0], namn=f"Ort {areas[0]}"),
            "perspectives": (),
            "focus_areas": (),
            "council_goals": (),
            "kpis": tuple(kpis if registered is None else registered),
            "committees": (),
        }
        | (model or {})
    )
    setting: dict[str, Any] = {
        "model": steering,
        "snapshot": store.open(now),
        "own": areas[0],
        "today": TODAY,
        "earlier": None if before is None else store.open(before),
    }
    return Setting(**setting | given)


def ladder(amount: int, years: int, *, own: Sequence[float], step: float = 1.0) -> Any:
    """Values (area × year): others 1, 2, 3 … times a step, the same every year; own as given."""
    others = np.repeat(np.arange(1.0, amount)[:, None] * step, years, axis=1)
    return np.vstack([np.asarray(own, dtype=np.float64), others])
