"""Colours in a follow-up: what turned, both ways alike, what is slow and what goes well."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pandas as pd

from malstyr_lib import charts, markup, tables, text
from malstyr_lib.markup import STATUS, Html
from malstyr_lib.model import Kpi, Perspective
from malstyr_lib.report import parts, wording
from malstyr_lib.report.analysis import Analysis
from malstyr_lib.report.follow_up import FollowUp
from malstyr_lib.report.goals import of_perspective
from malstyr_lib.report.wording import label
from malstyr_lib.scoring import Shift

MOST: Final = 8
"""How many key figures the list of what goes well holds."""
SLOPE_YEARS: Final = 5
FEWEST_LINES: Final = 3
_SLOPE_HINT: Final = "Kvartilbredder från medianen för alla kommuner; uppåt är bättre"


def turned(a: Analysis) -> list[Shift]:
    """Return the changes of colour since the measurement before, of KPIs that have a colour now."""
    coloured = set(a.now.loc[a.now["colour"] != tables.GREY, "kpi"])
    return [one for one in a.shifts if one.kpi in coloured]


def counted_words(a: Analysis) -> str:
    """Return how many KPIs changed colour each way, as a sentence: both ways alike."""
    found = turned(a)
    better = sum(one.better for one in found)
    worse = len(found) - better
    if not found:
        return "Inget nyckeltal har bytt färg sedan mätningen före."
    one, other = (str(amount) if amount else "inget" for amount in (better, worse))
    return f"Sedan mätningen före har {one} nyckeltal fått bättre färg och {other} sämre."


def shifts(f: FollowUp) -> Html:
    """Return what got a better colour and what got a worse, each beside how common the same was."""
    a = f.a
    if not parts.coloured(a):
        return markup.note(f"Inget nyckeltal har färg {f.year}.")
    better = [one for one in turned(a) if one.better]
    worse = [one for one in turned(a) if not one.better]
    return markup.joined(
        [
            markup.paragraph(" ".join([counted_words(a), *wording.turned_sentences(a)])),
            colour_flow(f).html,
            *_shifts(f, better, "Bättre färg"),
            *_shifts(f, worse, "Sämre färg"),
        ]
    )


def _shifts(f: FollowUp, found: Sequence[Shift], words: str) -> list[Html]:
    title = markup.heading(3, words)
    if not found:
        return [title, markup.paragraph("Inget nyckeltal.")]
    rows = [
        {
            "Nyckeltal": label(f.model.kpi(one.kpi)),
            "Förut": STATUS[one.before].label,
            "Nu": STATUS[one.after].label,
            "Vad som hände, och hur vanligt det var": wording.shift_sentence(f.a, one),
        }
        for one in found
    ]
    caption = f"{words} sedan mätningen före. {text.OWN_PROCESSING}."
    return [title, markup.table(pd.DataFrame(rows), caption)]


def moves(a: Analysis) -> pd.DataFrame:
    """Return the colour before and now of every KPI: kpi, before, after.

    Before is that of the measurement before, and grey where there is none to compare with; now is
    grey where the colour is missing or preliminary.
    """
    found = {one.kpi: one for one in turned(a)}
    now = {str(row["kpi"]): row for row in a.now.to_dict("records")}
    rows = [(kpi.id, *_move(a, now.get(kpi.id), found.get(kpi.id))) for kpi in a.kpis]
    return pd.DataFrame(rows, columns=["kpi", "before", "after"])


def _move(a: Analysis, now: dict[Any, Any] | None, shift: Shift | None) -> tuple[str, str]:
    if shift is not None:
        return shift.before, shift.after
    if now is None:
        return tables.GREY, tables.GREY
    before = _settled(a, str(now["kpi"]), int(now["period"]))
    if now["colour"] == tables.GREY or now["preliminary"]:
        return tables.GREY if before is None else before, tables.GREY
    return tables.GREY if before is None else str(now["colour"]), str(now["colour"])


def _settled(a: Analysis, kpi: str, period: int) -> str | None:
    """Return the settled colour of the measurement before a year; None when none is comparable."""
    rows = a.scores[
        (a.scores["kpi"] == kpi)
        & (a.scores["period"] < period)
        & (a.scores["colour"] != tables.GREY)
        & ~a.scores["preliminary"]
    ]
    if rows.empty:
        return None
    last = rows.iloc[-1]
    return None if a.evidence.broken(kpi, (int(last["period"]), period)) else str(last["colour"])


def colour_flow(f: FollowUp) -> charts.Chart:
    """Return the flow of colours from the measurement before to the newest one."""
    return charts.flow(
        moves(f.a),
        title=f"Färgerna i {f.a.name}, mätningen före och den senaste som var känd",
        first="Mätningen före",
        last="Senaste mätningen",
        exercise=f.a.exercise,
    )


def well(f: FollowUp) -> Html:
    """Return the short list of what goes well: surely green, or better by a secured trend."""
    found = doing_well(f.a)
    if not found:
        return markup.note("Inget nyckeltal är säkert grönt eller säkerställt bättre.")
    green = int((f.a.now["colour"] == tables.GREEN).sum())
    quarter = parts.coloured(f.a) / 4
    usual = text.number(quarter, 0 if quarter % 1 == 0 else 1)
    words = (
        f"{green} av {parts.coloured(f.a)} nyckeltal med färg är gröna; en fjärdedel vore {usual}."
        " Grönt betyder bättre än de flesta andra, inte att ett mål är nått, och också det som går"
        " bra kan ändras till nästa mätning."
    )
    shown = [_well(f.a, kpi, row) for kpi, row in found[:MOST]]
    which = f": {MOST} av de {len(found)} på listan" if len(found) > MOST else ""
    caption = f"Det går bra{which}. {text.OWN_PROCESSING}."
    return markup.joined(
        [
            markup.paragraph(words),
            markup.table(pd.DataFrame(shown), caption, numeric=("År", "Plats")),
        ]
    )


def doing_well(a: Analysis) -> list[tuple[Kpi, pd.Series]]:
    """Return the KPIs that are surely green or better by a secured trend, both of them first."""
    found = [(kpi, row) for kpi, row in parts.rows(a, a.now) if _green(a, row) or _secured(a, kpi)]
    return sorted(
        found,
        key=lambda one: (
            not (_green(a, one[1]) and _secured(a, one[0])),
            not _green(a, one[1]),
            float(np.nan_to_num(one[1]["gap_iqr"])),
        ),
    )


def _green(a: Analysis, row: pd.Series) -> bool:
    """Return whether a colour is green, not preliminary, and not uncertain by a known margin."""
    certainty = a.certainties.get(str(row["kpi"]))
    unsure = certainty is not None and certainty["certain"] is False
    return bool(row["colour"] == tables.GREEN and not row["preliminary"] and not unsure)


def _secured(a: Analysis, kpi: Kpi) -> bool:
    trend = a.trends.get(kpi.id, {})
    return bool(
        str(trend.get("verdict", "")).startswith("secured") and trend["judgement"] == "bättre"
    )


def _well(a: Analysis, kpi: Kpi, row: pd.Series) -> dict[str, object]:
    source = markup.Source(kpi.id, int(row["period"]), a.own)
    return {
        "Nyckeltal": label(kpi),
        "Färg": wording.sure_colour_words(a, row),
        "Värde": markup.number(float(row["value"]), a.decimals(kpi), source),
        "År": str(row["period"]),
        "Plats": wording.place_words(row),
        "Utveckling": text.sentence(a.trends[kpi.id]["reason"]),
    }


def slopes(f: FollowUp) -> Html:
    """Return a slope chart per perspective: where its KPIs were against the median, and are."""
    shown = [_slope(f, one) for one in f.model.perspectives]
    pieces = [piece for found in shown for piece in found]
    if not pieces:
        return markup.note("För få nyckeltal har färg två år som kan jämföras.")
    return markup.joined(pieces)


def _slope(f: FollowUp, perspective: Perspective) -> list[Html]:
    lines = _lines(f, perspective)
    if len(lines) < FEWEST_LINES:
        return []
    chart = charts.slope(
        pd.DataFrame(lines),
        title=f"Perspektivet {perspective.name}",
        name=f.a.name,
        hint=_SLOPE_HINT,
        exercise=f.a.exercise,
    )
    return [markup.heading(3, perspective.name), chart.html]


def _lines(f: FollowUp, perspective: Perspective) -> list[dict[str, Any]]:
    kpis = dict.fromkeys(kpi for goal in of_perspective(f, perspective) for kpi in goal.kpis)
    return [line for kpi in kpis if (line := _line(f.a, f.model.kpi(kpi)))]


def findings(f: FollowUp) -> dict[str, pd.DataFrame]:
    """Return what the flow of colours and the slopes show: amounts, and every slope's line."""
    flow = moves(f.a)
    told = flow.groupby(["before", "after"], sort=False).size().rename("amount").reset_index()
    same = int((flow["before"] == flow["after"]).sum())
    lines = pd.DataFrame(
        [{"perspective": one.id, **line} for one in f.model.perspectives for line in _lines(f, one)]
    )
    return {
        "flow": pd.concat([told, pd.DataFrame([{"amount": same}])], ignore_index=True),
        "slopes": lines,
        "slope_charts": _ways(lines),
    }


def _ways(lines: pd.DataFrame) -> pd.DataFrame:
    """Return how many lines of every perspective's chart go each way."""
    rows = [
        {
            "perspective": name,
            "amount": len(found),
            "better": int((found["end"] > found["start"]).sum()),
            "worse": int((found["end"] < found["start"]).sum()),
        }
        for name, found in (lines.groupby("perspective", sort=False) if len(lines) else ())
    ]
    return pd.DataFrame(rows)


def _line(a: Analysis, kpi: Kpi) -> dict[str, Any] | None:
    """Return a KPI's distance to the median in its newest year and up to five years before."""
    rows = a.scores[
        (a.scores["kpi"] == kpi.id)
        & (a.scores["colour"] != tables.GREY)
        & ~a.scores["preliminary"]
        & a.scores["gap_iqr"].notna()
    ]
    now = a.now[(a.now["kpi"] == kpi.id) & (a.now["colour"] != tables.GREY)]
    if rows.empty or now.empty or int(now["period"].iloc[0]) != int(rows["period"].iloc[-1]):
        return None
    last = rows.iloc[-1]
    year = int(last["period"])
    back = [
        row
        for _, row in rows.iterrows()
        if year - SLOPE_YEARS <= row["period"] < year
        and not a.evidence.broken(kpi.id, (int(row["period"]), year))
    ]
    if not back:
        return None
    return {
        "kpi": kpi.id,
        "label": kpi.title,
        "first": int(back[0]["period"]),
        "start": -float(back[0]["gap_iqr"]),
        "last": year,
        "end": -float(last["gap_iqr"]),
        "colour": str(last["colour"]),
    }
