"""The views of `bedom`: which findings there are to ask for, and how each is written for people."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from malstyr_lib import text
from malstyr_lib.errors import UsageError
from malstyr_lib.markup import STATUS
from malstyr_lib.scoring import findings, sureness
from malstyr_lib.scoring.evidence import Evidence

Row = Mapping[Any, Any]
Asked = tuple[int, int] | None
"""The first and last year asked for, if any."""


@dataclass(frozen=True)
class View:
    """One view of KPIs: its table, and its columns for people by heading."""

    sentence: str
    table: Callable[[Evidence, Asked], pd.DataFrame]
    columns: Mapping[str, Callable[[Row, int], str]]
    nothing: str = "Inget att säga: värden saknas."


def named(name: str) -> View:
    """Return the view with a name; UsageError that lists them all."""
    found = VIEWS.get(name.casefold())
    if found is None:
        near = text.did_you_mean(name, NAMES) or "."
        raise UsageError(f"Det finns ingen bedömning '{name}'{near} Välj {_either(NAMES)}.")
    return found


def rows(view: View, table: pd.DataFrame, decimals: int) -> list[list[str]]:
    """Return one KPI's rows of a view as text, under the headings of its columns."""
    return [
        [cell(row, decimals) for cell in view.columns.values()] for row in table.to_dict("records")
    ]


def _either(names: tuple[str, ...]) -> str:
    return f"{', '.join(names[:-1])} eller {names[-1]}"


def _number(name: str) -> Callable[[Row, int], str]:
    return lambda row, decimals: text.gap(row[name], decimals)


def _share(name: str) -> Callable[[Row, int], str]:
    return lambda row, _: (
        text.NO_VALUE if pd.isna(row[name]) else f"{text.number(100 * row[name], 0)} %"
    )


def _plain(name: str) -> Callable[[Row, int], str]:
    return lambda row, _: text.NO_VALUE if pd.isna(row[name]) else str(row[name])


def _fixed(name: str, places: int) -> Callable[[Row, int], str]:
    return lambda row, _: text.number(row[name], places)


def _colour(name: str) -> Callable[[Row, int], str]:
    return lambda row, _: STATUS[row[name]].label


def _years(row: Row, _: int) -> str:
    return f"{row['period_before']}–{row['period']}"


def _from_to(row: Row, _: int) -> str:
    return f"{STATUS[row['before']].label} → {STATUS[row['after']].label}"


def _span(row: Row, _: int) -> str:
    return text.NO_VALUE if pd.isna(row["first"]) else f"{row['first']}–{row['last']}"


def _within(table: pd.DataFrame, asked: Asked) -> pd.DataFrame:
    """Return the rows whose year was asked for."""
    if asked is None:
        return table
    return table[table["period"].between(*asked)].reset_index(drop=True)


def _pair(asked: Asked) -> Asked:
    """Return two years asked for; a single one is the last, and the first is then not asked for."""
    return asked if asked and asked[0] < asked[1] else None


_WHY: Final = {"Vad det säger": _plain("reason")}

VIEWS: Final[Mapping[str, View]] = {
    "trend": View(
        "om serien går åt något håll",
        lambda e, _: findings.trends(e),
        {"År": _span, "Per år": _number("slope_per_year"), "p": _fixed("p_value", 3)} | _WHY,
    ),
    "vanligt": View(
        "vad som är vanligt för serien",
        lambda e, _: findings.usual(e),
        {"Medel": _number("mean"), "Från": _number("low"), "Till": _number("high")} | _WHY,
        "Färre än tio år att räkna på.",
    ),
    "trog": View(
        "hur trögrörligt måttet är i alla kommuner",
        lambda e, _: findings.mobility(e),
        {
            "Slag": _plain("grade"),
            "Samband": _fixed("rho", 2),
            "Fortsatt röda": _share("red_to_red"),
        }
        | _WHY,
    ),
    "byten": View(
        "varje färgbyte, hur vanligt det var och vad det består av",
        lambda e, asked: _within(findings.shifts(e), asked),
        {"År": _years, "Byte": _from_to} | _WHY,
        "Inget färgbyte.",
    ),
    "avstand": View(
        "vad avståndet till den röda gränsen ändrades av mellan två år",
        lambda e, asked: findings.moves(e, _pair(asked)),
        {"År": _years, "Färg": _from_to} | _WHY,
        "Inget att säga: värde eller färg saknas i något av åren, eller serien bröts mellan dem.",
    ),
    "andring": View(
        "om den senaste ändringen är vår eller allas",
        lambda e, _: findings.changes(e),
        {"År": _years, "Ändring": _number("change"), "z": _fixed("z", 1)} | _WHY,
    ),
    "tid": View(
        "hur lång tid det tog för andra från rött till grönt",
        lambda e, _: findings.times(e),
        {"Inom 1 år": _share("within_1"), "3 år": _share("within_3"), "5 år": _share("within_5")}
        | _WHY,
    ),
    "grupper": View(
        "i hur många av fem jämförelser värdet är rött",
        lambda e, _: sureness.agreements(e),
        {"År": _plain("period"), "Mot alla": _colour("alla"), "Länet": _colour("län")}
        | {"Liknande": _colour("liknande"), "Kommungrupp": _colour("kommungrupp")}
        | _WHY,
    ),
    "sakerhet": View(
        "om färgen är osäker, och hur många personer det gäller",
        lambda e, _: sureness.certainties(e),
        {"År": _plain("period"), "Färg": _colour("colour"), "Felmarginal": _number("margin")}
        | _WHY,
    ),
    "brott": View(
        "var serien inte kan jämföras bakåt",
        lambda e, _: findings.breaks(e),
        {"Från": _plain("period")} | _WHY,
        "Inget brott i serien är känt.",
    ),
}
NAMES: Final = ("farg", *VIEWS, "vantat", "mal", "blinda")
