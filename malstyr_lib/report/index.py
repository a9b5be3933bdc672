"""The list of all reports: what there is, in what state, what each found, and every form of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import PurePosixPath
from typing import Final
from urllib.parse import quote

import pandas as pd

from malstyr_lib import markup, tables, text
from malstyr_lib.markup import STATUS, Html
from malstyr_lib.report import choosing
from malstyr_lib.report.choosing import HOLDER, ROW, Choice
from malstyr_lib.report.frame import plain_page

WHOLE: Final = "Hela kommunen"
FORMS: Final = {
    ".html": "webbsida",
    ".docx": "Word",
    ".pdf": "PDF",
    ".xlsx": "Excel",
    ".json": "data",
}
"""What a form is called, by the ending of its file."""


@dataclass(frozen=True)
class Entry:
    """One line of the list.

    kind: what readers call it. folder: where its files lie, relative to the list. published: when
    the report that lies there was made, ISO 8601. error: why the latest run failed, None when it
    did not. files: the names of its forms that lie there, the page first; none when none does.
    committees: the names of those that it belongs to, none for the whole municipality. colours:
    number of KPIs by colour, of which so many preliminary.
    """

    year: int
    kind: str
    name: str
    folder: str
    published: str | None
    error: str | None = None
    exercise: bool = False
    preliminary: int = 0
    files: tuple[str, ...] = ()
    committees: tuple[str, ...] = ()
    colours: Mapping[str, int] = field(default_factory=dict)

    @property
    def belongs(self) -> tuple[str, ...]:
        """Where it belongs: to its committees, or to the whole municipality."""
        return self.committees or (WHOLE,)


def list_page(entries: Sequence[Entry], municipality: str) -> str:
    """Return the page that lists all reports, newest year first, kinds in the order given."""
    title = f"Alla rapporter – {municipality}"
    choices = _choices(entries)
    marks = {id(entry): _marks(entry, choices) for entry in entries}
    pieces = [markup.heading(1, title), _told(entries), choosing.offered(choices)]
    ordered = sorted(entries, key=lambda one: -one.year)
    pieces += [_year(found, marks) for found in _parted(ordered, lambda one: one.year)]
    return plain_page(
        markup.joined(pieces),
        title=title,
        exercise=any(entry.exercise for entry in entries),
        style=choosing.style(choices, [*marks.values()]),
    )


def _choices(entries: Sequence[Entry]) -> tuple[Choice, Choice, Choice]:
    years = sorted({str(entry.year) for entry in entries}, reverse=True)
    kinds = list(dict.fromkeys(entry.kind for entry in entries))
    places = {name for entry in entries for name in entry.belongs}
    committees = sorted(places - {WHOLE}, key=text.by_name)
    committees += [WHOLE] if WHOLE in places else []
    return (
        Choice("ar", "År", tuple(years)),
        Choice("typ", "Typ av rapport", tuple(kinds)),
        Choice("namnd", "Nämnd", tuple(committees)),
    )


def _marks(entry: Entry, choices: tuple[Choice, Choice, Choice]) -> tuple[str, ...]:
    years, kinds, committees = choices
    places = [committees.mark(name) for name in entry.belongs]
    return (years.mark(str(entry.year)), kinds.mark(entry.kind), *places)


def _told(entries: Sequence[Entry]) -> Html:
    """Return how many reports there are, when the newest was made, and how many failed."""
    if not entries:
        return markup.note("Ingen rapport är gjord ännu. Gör dem med: malstyr rapport")
    lying = [entry for entry in entries if entry.files]
    newest = max((str(entry.published) for entry in lying), default="")
    made = f", den senaste gjord {text.day(newest)}" if newest else ""
    failed = sum(entry.error is not None for entry in entries)
    told = f"{text.count(len(lying), 'rapport', 'rapporter')}{made}."
    if failed:
        told += f" {text.count(failed, 'körning', 'körningar')} misslyckades, se under Läge."
    return markup.paragraph(told)


def _year(entries: Sequence[Entry], marks: Mapping[int, tuple[str, ...]]) -> Html:
    pieces = [markup.heading(2, str(entries[0].year))]
    pieces += [_kind(found, marks) for found in _parted(entries, lambda one: one.kind)]
    return _held(pieces)


def _kind(entries: Sequence[Entry], marks: Mapping[int, tuple[str, ...]]) -> Html:
    """Return the reports of one kind: in one table, or folded where a committee has several."""
    kind, year = entries[0].kind, entries[0].year
    heading = markup.heading(3, kind)
    places = _parted(entries, lambda one: one.belongs[0])
    if len(entries) == len(places):
        return _held([heading, _table(entries, f"{kind} {year}", marks)])
    places.sort(key=lambda found: text.by_name(found[0].belongs[0]))
    return _held([heading, *(_folded(found, marks) for found in places)])


def _folded(entries: Sequence[Entry], marks: Mapping[int, tuple[str, ...]]) -> Html:
    """Return a committee's reports of one kind, folded away behind how many they are."""
    first = entries[0]
    place = first.belongs[0]
    failed = sum(entry.error is not None for entry in entries)
    told = f"{place}: {text.count(len(entries), 'rapport', 'rapporter')}"
    told += f", {text.number(failed, 0)} misslyckades" if failed else ""
    table = _table(entries, f"{first.kind} {first.year}, {place}", marks)
    summary = f"<summary>{escape(told)}</summary>"
    return Html(f'<details class="{HOLDER}">{summary}{table.html}</details>')


def _held(pieces: Iterable[Html]) -> Html:
    return Html(f'<section class="{HOLDER}">{markup.joined(pieces).html}</section>')


def _parted(entries: Sequence[Entry], by: Callable[[Entry], object]) -> list[list[Entry]]:
    """Return the entries in parts that are alike in something, in the order of their first."""
    parts: dict[object, list[Entry]] = {}
    for entry in entries:
        parts.setdefault(by(entry), []).append(entry)
    return list(parts.values())


def _table(entries: Sequence[Entry], about: str, marks: Mapping[int, tuple[str, ...]]) -> Html:
    coloured = any(entry.colours for entry in entries)
    rows = [_row(entry, coloured=coloured) for entry in entries]
    counted = f", antal nyckeltal per färg. {text.OWN_PROCESSING}." if coloured else "."
    return markup.table(
        pd.DataFrame(rows),
        f"{about}{counted}",
        numeric=[STATUS[colour].label for colour in tables.COLOURS],
        row_kinds=[" ".join((ROW, *marks[id(entry)])) for entry in entries],
    )


def _row(entry: Entry, *, coloured: bool) -> dict[str, object]:
    counts: dict[str, object] = {
        STATUS[colour].label: str(entry.colours.get(colour, text.NO_VALUE))
        for colour in tables.COLOURS
    }
    name = _link(entry, entry.files[0], entry.name) if entry.files else entry.name
    told: dict[str, object] = {"Rapport": name, "Läge": _state(entry)}
    return told | (counts if coloured else {}) | {"Former": _forms(entry)}


def _forms(entry: Entry) -> Html | str:
    """Return a link to each form, named for those who hear it without its row."""
    if not entry.files:
        return text.NO_VALUE
    links = (_link(entry, name, _form(name), hidden=_called(entry)) for name in entry.files)
    return markup.listed(links, "former")


def _form(name: str) -> str:
    ending = PurePosixPath(name).suffix
    return FORMS.get(ending, ending.lstrip("."))


def _called(entry: Entry) -> str:
    return f"{entry.kind} {entry.name} {entry.year} som "


def _link(entry: Entry, name: str, words: str, *, hidden: str = "") -> Html:
    """Return a link to one of a report's files; hidden: words before it that are only heard."""
    heard = f'<span class="dold">{escape(hidden)}</span>' if hidden else ""
    return Html(f'<a href="{quote(f"{entry.folder}/{name}")}">{heard}{escape(words)}</a>')


def _state(entry: Entry) -> str:
    """Return whether a report is done, and if not why, and which one lies there instead."""
    made = text.day(entry.published) if entry.published else ""
    if entry.published and not entry.files:
        return "Rapporten är borttagen. Gör den igen med: malstyr rapport"
    if entry.error is None:
        early = f", {_early(entry.preliminary)}" if entry.preliminary else ""
        return f"Klar {made}{early}"
    kept = f" Rapporten som visas är från {made}." if made else ""
    why = entry.error if entry.error.endswith((".", "?")) else f"{entry.error}."
    return f"Misslyckades: {why}{kept}"


def _early(count: int) -> str:
    return text.count(count, "preliminär färg", "preliminära färger")
