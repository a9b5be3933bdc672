"""The sentences that a committee report says about a KPI: numbers, places and borders in words."""

from __future__ import annotations

import pandas as pd

from malstyr_lib import text
from malstyr_lib.markup import STATUS
from malstyr_lib.model import Kpi
from malstyr_lib.report.analysis import Analysis
from malstyr_lib.scoring import Shift


def label(kpi: Kpi) -> str:
    """Return how a KPI is named to readers: its title and id."""
    return f"{' '.join(kpi.title.split())} ({kpi.id})"


def direction_words(kpi: Kpi) -> str:
    """Return which way is good, and whether anyone has reviewed that."""
    words = {
        "högt": "Högre är bättre",
        "lågt": "Lägre är bättre",
        "mål": f"Närmare {_target(kpi)} är bättre",
        "ingen": "Varken högt eller lågt är bra i sig",
    }[kpi.direction]
    return words if kpi.reviewed else f"{words} (ej granskad)"


def _target(kpi: Kpi) -> str:
    target = kpi.target or 0.0
    return text.number(target, text.decimals_for([target]))


def value_words(a: Analysis, kpi: Kpi, row: pd.Series) -> str:
    """Return a value with its year, colour and place: "19,0 år 2022, ▼ Röd, plats 193 av 233"."""
    value = text.number(row["value"], a.decimals(kpi))
    status = STATUS[row["colour"]].label
    return f"{value} år {row['period']}, {status}, plats {row['rank']} av {row['n']}"


def standing_sentence(a: Analysis, kpi: Kpi, row: pd.Series) -> str:
    """Return what the value is, where it stands and what its colour rests on."""
    value = text.number(row["value"], a.decimals(kpi))
    return (
        f"{a.name} hade {value} år {row['period']}, plats {row['rank']} av {row['n']}"
        f" kommuner med värde: {row['reason']}."
    )


def border_sentence(a: Analysis, kpi: Kpi, row: pd.Series) -> str:
    """Return what it would have taken not to be red, the others unchanged."""
    decimals = a.decimals(kpi)
    if round(row["gap_to_yellow"], decimals) == 0:
        decimals += 1
    gap = text.number(row["gap_to_yellow"], decimals)
    if kpi.direction == "mål":
        return f"Gränsen till gult låg {gap} närmare {_target(kpi)}."
    sign, word = (1, "högre") if kpi.direction == "högt" else (-1, "lägre")
    border = text.number(row["value"] + sign * row["gap_to_yellow"], decimals)
    return f"Gränsen till gult gick det året vid {border}, alltså {gap} {word}."


def shift_sentence(a: Analysis, shift: Shift) -> str:
    """Return a change of colour with the values, and how common it was among the others."""
    decimals = a.decimals(a.model.kpi(shift.kpi))
    before, after = (text.number(value, decimals) for value in (shift.value_before, shift.value))
    way = "bättre" if shift.better else "sämre"
    moved = f"{before} år {shift.period_before}, {after} år {shift.period}."
    if not shift.peers:
        return f"{moved} Ingen annan kommun hade samma färg {shift.period_before}."
    share = text.number(100 * shift.moved / shift.peers, 0)
    colour = {"red": "röda", "yellow": "gula", "green": "gröna"}[shift.before]
    return (
        f"{moved} Av {shift.peers} andra kommuner som var {colour} {shift.period_before}"
        f" fick {shift.moved} {way} färg ({share} %)."
    )
