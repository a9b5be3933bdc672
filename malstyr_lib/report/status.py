"""A committee's status: goals, every perspective, greys, turns and sources."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from malstyr_lib import markup, tables, text
from malstyr_lib.markup import STATUS, Html, Number, Source
from malstyr_lib.model import Kpi, Perspective
from malstyr_lib.report import parts, wording
from malstyr_lib.report.analysis import Analysis
from malstyr_lib.report.wording import label
from malstyr_lib.scoring import phrases

_NUMERIC = ("År", "Värde", "Plats", "Median")


def goals(a: Analysis) -> Html:
    """Return the thread from council goal to the committee's goals and their KPIs."""
    council = {goal.id: goal for goal in a.model.council_goals}
    names = {one.id: one.name for one in a.model.perspectives}
    rows = [
        {
            "Nämndens mål": f"{goal.id} {goal.text}" + (text.EXAMPLE if goal.example else ""),
            "Fullmäktiges mål": council[goal.council_goal].text
            + (text.EXAMPLE if council[goal.council_goal].example else ""),
            "Perspektiv": names[goal.perspective],
            "Nyckeltal": text.listing([label(a.model.kpi(kpi)) for kpi in goal.kpis])
            or text.NO_VALUE,
        }
        for goal in a.committee.goals
    ]
    if not rows:
        return markup.note("Nämnden har inga mål i styrparametrarna.")
    return markup.table(pd.DataFrame(rows), "Från fullmäktiges mål till nämndens nyckeltal")


def perspectives(a: Analysis) -> Html:
    """Return the status of every KPI, perspective by perspective, the empty ones too."""
    return markup.joined(
        piece for perspective in a.model.perspectives for piece in _perspective(a, perspective)
    )


def _perspective(a: Analysis, perspective: Perspective) -> list[Html]:
    ids = parts.in_perspective([a.committee], perspective)
    title = markup.heading(3, perspective.name)
    if not ids:
        return [title, markup.note(wording.empty_perspective(a, perspective))]
    rows = [_row(a, a.model.kpi(kpi)) for kpi in ids]
    caption = f"Läget i perspektivet {perspective.name}. {text.OWN_PROCESSING}."
    return [title, markup.table(pd.DataFrame(rows), caption, numeric=_NUMERIC)]


def _row(a: Analysis, kpi: Kpi) -> dict[str, object]:
    found = a.now[a.now["kpi"] == kpi.id]
    nothing = dict.fromkeys(("Färg", "Värde", "År", "Plats", "Median", "Utveckling"), text.NO_VALUE)
    row: dict[str, object] = {"Nyckeltal": parts.linked(a, kpi), **nothing}
    if found.empty:
        colour = {"Färg": STATUS[tables.GREY].label}
        return row | colour | {"Riktning": phrases.direction_words(kpi)}
    score, places = found.iloc[0], a.decimals(kpi)
    return row | {
        "Färg": wording.sure_colour_words(a, score),
        "Värde": _value(a, kpi, score),
        "År": str(score["period"]),
        "Plats": wording.place(score),
        "Median": markup.number(parts.median(a, kpi, score["period"]), places, _of_all(score)),
        "Utveckling": wording.trend_label(a.trends.get(kpi.id)),
        "Riktning": phrases.direction_words(kpi),
    }


def _value(a: Analysis, kpi: Kpi, score: pd.Series) -> Number | str:
    """Return a value for a table; a missing one with the last known."""
    places = a.decimals(kpi)
    if pd.notna(score["value"]):
        return markup.number(score["value"], places, wording.of(score))
    return wording.missing_value(parts.known(a, kpi), places)


def _of_all(score: pd.Series) -> Source:
    """Return which of Kolada's values a figure of all municipalities is of: no single one's."""
    return replace(wording.of(score), area="")


def greys(a: Analysis) -> Html:
    """Return the KPIs without a colour, and why; and the colours that are preliminary."""
    rows = [parts.grey_row(a, one, {}) for one in a.kpis if parts.colour(a, one) == tables.GREY]
    none = "Alla nämndens nyckeltal har en färg." if a.kpis else parts.nothing(a)
    return parts.greys(rows, parts.rows(a, a.now[a.now["preliminary"]]), none=none)


def turns(a: Analysis) -> Html:
    """Return what changed colour since the measurement before, both ways, beside the base rate."""
    if not a.shifts:
        return parts.no_red(a, "Inget nyckeltal har bytt färg sedan den förra mätningen.")
    rows = [parts.shift_row(a, one, {}) for one in sorted(a.shifts, key=lambda one: one.better)]
    caption = f"Färgbyten sedan den förra mätningen. {text.OWN_PROCESSING}."
    usual = markup.bullets(wording.turned_sentences(a))
    return markup.joined([markup.table(pd.DataFrame(rows), caption), usual])


def sources(a: Analysis) -> Html:
    """Return sources, snapshot, method and versions: enough to compute the same again."""
    mark, rows = markup.exercise(invented=a.exercise), [parts.source_row(a, kpi) for kpi in a.kpis]
    return markup.joined([*mark, *parts.sources(a, rows)])
