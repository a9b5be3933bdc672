"""The list of all reports: what there is, in what state, and what each found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from malstyr_lib import markup, tables, text
from malstyr_lib.markup import STATUS, Html
from malstyr_lib.report.export import plain_page


@dataclass(frozen=True)
class Entry:
    """One line of the list. link: relative to the list, None when no report lies there.

    kind: what readers call it. files: the names of its forms, which lie beside the page.

    published: when the report that lies there was made, ISO 8601. error: why the latest run
    failed, None when it did not. colours: number of KPIs by colour, of which so many preliminary.
    """

    year: int
    kind: str
    name: str
    link: str | None
    published: str | None
    error: str | None = None
    exercise: bool = False
    preliminary: int = 0
    files: tuple[str, ...] = ()
    colours: Mapping[str, int] = field(default_factory=dict)


def list_page(entries: Sequence[Entry], municipality: str) -> str:
    """Return the page that lists all reports, newest year first."""
    title = f"Alla rapporter – {municipality}"
    years = sorted({entry.year for entry in entries}, reverse=True)
    pieces = [markup.heading(1, title)]
    for year in years:
        pieces += [markup.heading(2, str(year)), _table(entries, year)]
    if not entries:
        pieces.append(markup.note("Ingen rapport är gjord ännu. Gör dem med: malstyr rapport"))
    exercise = any(entry.exercise for entry in entries)
    return plain_page(markup.joined(pieces), title=title, exercise=exercise)


def _table(entries: Sequence[Entry], year: int) -> Html:
    rows = [_row(entry) for entry in entries if entry.year == year]
    numeric = [STATUS[colour].label for colour in tables.COLOURS]
    caption = f"Nämndanalyser {year}, antal nyckeltal per färg. {text.OWN_PROCESSING}."
    return markup.table(pd.DataFrame(rows), caption, numeric=numeric)


def _row(entry: Entry) -> dict[str, object]:
    counts: dict[str, object] = {
        STATUS[colour].label: str(entry.colours.get(colour, text.NO_VALUE))
        for colour in tables.COLOURS
    }
    name = markup.link(entry.link, entry.name) if entry.link else entry.name
    return {"Rapport": name, "Läge": _state(entry)} | counts


def _state(entry: Entry) -> str:
    made = f"klar {text.day(entry.published)}" if entry.published else ""
    if entry.published and entry.link is None:
        return "Rapporten är borttagen. Gör den igen med: malstyr rapport"
    if entry.error is None:
        early = f", {entry.preliminary} preliminär färg" if entry.preliminary else ""
        return made.capitalize() + early
    kept = f" Rapporten som visas är från {text.day(entry.published)}." if entry.published else ""
    return f"Misslyckades: {entry.error}{kept}"
