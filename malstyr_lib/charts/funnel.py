"""The funnel on its side: a line per unit, with how far from the whole chance alone can reach."""

from __future__ import annotations

from typing import Any, Final

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes

from malstyr_lib import text
from malstyr_lib.charts.chart import (
    BAND,
    LOOK,
    NATION,
    OWN,
    SIMILAR,
    Chart,
    SwedishTicks,
    canvas,
    finish,
)

WITHIN: Final = "inom det som slumpen brukar ge"
BEYOND: Final = "utanför det som slumpen brukar ge"
UNJUDGED: Final = "går inte att säga"
NAME_WIDTH: Final = 34
"""How many letters of a unit's name are written beside its line."""


def funnel(
    units: pd.DataFrame,
    *,
    title: str,
    name: str,
    centre: float,
    period: int,
    hint: str,
    decimals: int,
    exercise: bool = False,
) -> Chart:
    """Return a line per unit of one year, in the KPI's unit, about the municipality's own value.

    units: name, persons, value, low and high, a row per unit that may be shown; low and high are
    how far chance reaches for a unit of that size, NaN where that is not known. By persons, most
    on top, where all are known, so that the limits widen downwards; else by value. centre: the
    value of the whole. hint: which way is good, in words.
    """
    rows = _in_order(units).to_dict("records")
    with mpl.rc_context(LOOK):
        figure, axes = canvas(7.4, 1.4 + 0.28 * max(len(rows), 1))
        _draw_limits(axes, rows)
        axes.axvline(centre, color=NATION, lw=1.2, ls=":", zorder=2, label=f"{name} som helhet")
        _draw_units(axes, rows)
        axes.set_yticks([-at for at in range(len(rows))], [_label(row) for row in rows])
        axes.set_ylim(-len(rows) + 0.4, 0.6)
        axes.xaxis.set_major_formatter(SwedishTicks())
        axes.margins(x=0.06)
        finish(figure, axes, hint, exercise=exercise)
    source = text.source(exercise=exercise)
    caption = f"{title}, enheter i {name} {period}. {source}; gränser: egen bearbetning."
    alt = _alt(rows, title, name, centre, period, decimals)
    return Chart(figure, alt, caption, _table(rows), decimals)


def _in_order(units: pd.DataFrame) -> pd.DataFrame:
    """Return the units with the most persons first, or with the highest value where unknown."""
    by = "persons" if len(units) and units["persons"].notna().all() else "value"
    return units.sort_values([by, "name"], ascending=[False, True])


def beyond(row: Any) -> bool | None:
    """Return whether a unit's value is outside its limits; None where there are none."""
    if row["low"] != row["low"]:
        return None
    return bool(row["value"] < row["low"] or row["value"] > row["high"])


def _draw_limits(axes: Axes, rows: list[dict[Any, Any]]) -> None:
    label = "Så långt slumpen brukar nå"
    for at, row in enumerate(rows):
        if row["low"] == row["low"]:
            axes.plot(
                [row["low"], row["high"]],
                [-at, -at],
                color=BAND,
                lw=7,
                solid_capstyle="butt",
                zorder=1,
                label=label,
            )
            label = "_nolegend_"


def _draw_units(axes: Axes, rows: list[dict[Any, Any]]) -> None:
    out = [(row["value"], -at) for at, row in enumerate(rows) if beyond(row)]
    inside = [(row["value"], -at) for at, row in enumerate(rows) if not beyond(row)]
    for places, marker, colour, label in (
        (out, "D", SIMILAR, BEYOND),
        (inside, "o", OWN, "Enhet"),
    ):
        if places:
            xs, ys = zip(*places, strict=True)
            axes.plot(xs, ys, marker, color=colour, ms=6, zorder=4, label=text.capital(label))


def _label(row: dict[Any, Any]) -> str:
    name = str(row["name"])
    short = name if len(name) <= NAME_WIDTH else f"{name[: NAME_WIDTH - 1]}…"
    known = row["persons"] == row["persons"]
    return f"{short} ({text.number(row['persons'], 0)})" if known else short


def _alt(
    rows: list[dict[Any, Any]], title: str, name: str, centre: float, period: int, decimals: int
) -> str:
    """Return what the chart shows in words: how many units, from where to where, and who is out."""
    if not rows:
        return f"Diagram över enheter i {name}, {title}, utan värden."
    values = [row["value"] for row in rows]
    low, high = (text.number(one, decimals) for one in (min(values), max(values)))
    out = [f"{row['name']} {text.number(row['value'], decimals)}" for row in rows if beyond(row)]
    said = f" Utanför det som slumpen brukar ge: {text.listing(out)}." if out else ""
    judged = any(beyond(row) is not None for row in rows)
    none = f" Ingen är {BEYOND}." if judged else ""
    return (
        f"Diagram över {title}, {text.count(len(rows), 'enhet', 'enheter')} i {name} {period}, från"
        f" {low} till {high}; helheten är {text.number(centre, decimals)}.{said or none}"
    )


def _table(rows: list[dict[Any, Any]]) -> pd.DataFrame:
    """Return the chart's numbers under the headings that readers see."""
    places = {True: BEYOND, False: WITHIN, None: UNJUDGED}
    columns: dict[str, list[Any]] = {"Enhet": [row["name"] for row in rows]}
    if any(row["persons"] == row["persons"] for row in rows):
        columns["Antal personer"] = [text.number(row["persons"], 0) for row in rows]
    columns |= {
        "Värde": [float(row["value"]) for row in rows],
        "Undre gräns": [float(row["low"]) for row in rows],
        "Övre gräns": [float(row["high"]) for row in rows],
        "Läge": [places[beyond(row)] for row in rows],
    }
    return pd.DataFrame(columns)
