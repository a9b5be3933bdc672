"""What several parts of reports share: counts, labels, rows, and what to say of no red."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from malstyr_lib import markup, scoring, tables, text
from malstyr_lib.markup import STATUS, Html
from malstyr_lib.model import Committee, Kpi, Perspective
from malstyr_lib.report import wording
from malstyr_lib.report.analysis import Analysis
from malstyr_lib.report.wording import Row, label
from malstyr_lib.scoring import Shift
from malstyr_lib.scoring.groups import SMALLER_GROUPS


def nothing(a: Analysis) -> str:
    """Return that nothing could be judged, and where the reasons are."""
    if not a.kpis:
        return "Nämnden har inga nyckeltal i styrparametrarna, så inget kan bedömas."
    return f"Inget av nämndens {len(a.kpis)} nyckeltal har färg {a.year}. Skälen står i steg 4."


def counts(a: Analysis) -> dict[str, int]:
    """Return how many KPIs have each colour; those without any score are grey."""
    now = a.now["colour"]
    found = {colour: int((now == colour).sum()) for colour in tables.COLOURS}
    return found | {tables.GREY: len(a.kpis) - coloured(a)}


def colour(a: Analysis, kpi: Kpi) -> str:
    """Return the newest colour of a KPI; one without any score is grey."""
    found = a.now.loc[a.now["kpi"] == kpi.id, "colour"]
    return str(found.iloc[0]) if len(found) else tables.GREY


def coloured(a: Analysis) -> int:
    """Return how many of the committee's KPIs have a colour."""
    return int((a.now["colour"] != tables.GREY).sum())


def pinned(a: Analysis) -> list[dict[str, str]]:
    """Return the members of the groups that the report compares with, to be kept with it.

    All municipalities are not listed: they are those of the snapshot.
    """
    return [row for kind in SMALLER_GROUPS for row in scoring.pinned(a.evidence.groups[kind])]


def no_red(a: Analysis, words: str) -> Html:
    """Return that there is no red, or that nothing could be judged: two different things."""
    grey = counts(a)[tables.GREY]
    left = f" {text.count(grey, 'nyckeltal', 'nyckeltal')} saknar färg, se steg 4." if grey else ""
    return markup.note(words + left if coloured(a) else nothing(a))


def known(a: Analysis, kpi: Kpi) -> pd.DataFrame:
    """Return the scores of the years in which the own municipality has a value."""
    return a.scores[(a.scores["kpi"] == kpi.id) & a.scores["value"].notna()]


def in_perspective(committees: Iterable[Committee], perspective: Perspective) -> list[str]:
    """Return the ids of the KPIs that the goals of a perspective name, each once."""
    goals = (goal for one in committees for goal in one.goals)
    named = (kpi for one in goals if one.perspective == perspective.id for kpi in one.kpis)
    return list(dict.fromkeys(named))


def median(a: Analysis, kpi: Kpi, period: int) -> float:
    """Return the median of all municipalities that have a value; NaN where none is known."""
    series = a.histories[kpi.id]
    at = series.loc[series["period"] == period, "median"]
    return float(at.iloc[0]) if len(at) else float("nan")


def grey_row(a: Analysis, kpi: Kpi, beside: dict[str, object]) -> dict[str, object]:
    """Return a KPI without a colour: what is said beside it, why it has none, and the latest."""
    scores, now = a.scores[a.scores["kpi"] == kpi.id], a.now[a.now["kpi"] == kpi.id]
    return {
        "Nyckeltal": label(kpi),
        **beside,
        "Varför ingen färg": now["reason"].iloc[0] if len(now) else wording.no_values(a, kpi),
        "Senaste värde": wording.latest_value(known(a, kpi), a.decimals(kpi)),
        "Senaste färg": wording.latest_colour(scores[scores["colour"] != tables.GREY]),
    }


def greys(rows: list[dict[str, object]], early: Iterable[tuple[Kpi, Row]], *, none: str) -> Html:
    """Return the rows of KPIs without a colour, or that there are none, and the preliminary."""
    caption = f"Nyckeltal utan färg, och varför. {text.OWN_PROCESSING}."
    table = markup.table(pd.DataFrame(rows), caption) if rows else markup.note(none)
    notes = [markup.note(f"Preliminär färg: {label(kpi)}: {row['reason']}.") for kpi, row in early]
    return markup.joined([table, *notes])


def shift_row(a: Analysis, one: Shift, beside: dict[str, object]) -> dict[str, object]:
    """Return a change of colour, with what is said beside the KPI."""
    return {
        "Nyckeltal": label(a.model.kpi(one.kpi)),
        **beside,
        "Förut": STATUS[one.before].label,
        "Nu": STATUS[one.after].label,
        "Vad som hände": wording.shift_sentence(a, one),
    }


def source_row(a: Analysis, kpi: Kpi, beside: dict[str, object] | None = None) -> dict[str, object]:
    """Return who lets a KPI's figures be known, with what is said beside it."""
    return {
        "Nyckeltal": label(kpi),
        **(beside or {}),
        "Uppgiftslämnare": wording.producer(a, kpi),
        "Att veta": kpi.note or text.NO_VALUE,
    }


def sources(a: Analysis, rows: list[dict[str, object]]) -> list[Html]:
    """Return what it takes to compute the same, and the rows of who told the KPIs' figures."""
    caption = "Nyckeltalen och vem som lämnat uppgifterna"
    told = [markup.table(pd.DataFrame(rows), caption)] if rows else []
    return [markup.bullets(wording.documentation(a)), *told]


def linked(a: Analysis, kpi: Kpi) -> Html | str:
    """Return a KPI's label, as a link to its own part when it is red."""
    if kpi.id in set(a.red["kpi"]):
        return markup.link(f"#{kpi.id}", label(kpi))
    return label(kpi)


def rows(a: Analysis, scores: pd.DataFrame) -> list[tuple[Kpi, pd.Series]]:
    """Return scores row by row, each beside its KPI."""
    return [(a.model.kpi(row["kpi"]), row) for _, row in scores.iterrows()]
