"""What several parts of a committee report share: counts, labels, and what to say of no red."""

from __future__ import annotations

import pandas as pd

from malstyr_lib import markup, scoring, tables, text
from malstyr_lib.markup import Html
from malstyr_lib.model import Kpi
from malstyr_lib.report.analysis import Analysis
from malstyr_lib.report.wording import label
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


def linked(a: Analysis, kpi: Kpi) -> Html | str:
    """Return a KPI's label, as a link to its own part when it is red."""
    if kpi.id in set(a.red["kpi"]):
        return markup.link(f"#{kpi.id}", label(kpi))
    return label(kpi)


def exercise_note(a: Analysis) -> list[Html]:
    """Return the mark of invented figures, or nothing."""
    return [markup.note(text.EXERCISE, kind="ovning")] if a.exercise else []


def rows(a: Analysis, scores: pd.DataFrame) -> list[tuple[Kpi, pd.Series]]:
    """Return scores row by row, each beside its KPI."""
    return [(a.model.kpi(row["kpi"]), row) for _, row in scores.iterrows()]
