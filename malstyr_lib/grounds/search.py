"""Key figures by their words: a catalogue and words in, the ids that match out, best first."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Final

import pandas as pd

from malstyr_lib import text
from malstyr_lib.errors import UsageError
from malstyr_lib.model import SteeringModel
from malstyr_lib.store import Snapshot

_ID: Final = re.compile(r"[nu][0-9]{5}", re.IGNORECASE)
_LIKE_AN_ID: Final = re.compile(r"[nu][0-9]{2,}", re.IGNORECASE)
_POINTS: Final = {"id": 100, "title": 10, "begins": 6, "within": 3, "description": 1}
"""What a word is worth by where it stands: the id, a word of the title, the beginning of one, the
inside of one (a compound), the description."""
SHORTEST_WITHIN: Final = 4
"""How many letters a word must have to be looked for inside others."""
MOST_NAMED: Final = 5
"""How many KPIs a question names that fits more than one."""


def matches(catalogue: pd.DataFrame, words: str) -> list[str]:
    """Return the ids of the KPIs (tables.KPIS) that all the words match, the best match first.

    A word matches the beginning of the id or of a word in the title or the description, or the
    inside of a word in the title; whatever its case, but å, ä and ö are letters of their own. Those
    alike come with the shortest title first.
    """
    asked = _words(words)
    found = [
        (-points, len(title) if points < _POINTS["id"] else 0, kpi)
        for kpi, title, told in _rows(catalogue)
        if asked and (points := _points(asked, kpi, title, told))
    ]
    return [kpi for *_, kpi in sorted(found)]


def near(catalogue: pd.DataFrame, words: str) -> str:
    """Return "; menade du 'x'?" with the unknown words as the titles have them, or nothing."""
    known = sorted({one for _, title, _ in _rows(catalogue) for one in _words(title)})
    meant = [_nearest(one, known) for one in _words(words)]
    if not meant or None in meant:
        return ""
    said = " ".join(one for one in meant if one)
    return f"; menade du '{said}'?" if said != " ".join(_words(words)) else ""


def near_id(word: str, ids: Iterable[str]) -> str:
    """Return "; menade du 'x'?" with the first id that a word begins, or that differs by a sign."""
    known = sorted(ids)
    begun = next((kpi for kpi in known if kpi.startswith(word.upper())), None)
    alike = difflib.get_close_matches(word.upper(), known, n=1, cutoff=0.8)
    meant = begun or next(iter(alike), None)
    return f"; menade du '{meant}'?" if meant else ""


def kpi_named(catalogue: pd.DataFrame, words: str, *, registered: Iterable[str] = ()) -> str:
    """Return the id that somebody names by the id itself, the title or a part of the title.

    registered: the ids that win where a part of a title fits others too. UsageError that names
    those it can be, or the nearest words.
    """
    if _ID.fullmatch(words.strip()):
        return words.strip().upper()
    titles = catalogue.assign(description="")
    if _LIKE_AN_ID.fullmatch(words.strip()):
        raise UsageError(_unknown(titles, words))
    found = matches(titles, words)
    named = dict(zip(catalogue["id"], catalogue["title"].fillna(""), strict=True))
    mine = [kpi for kpi in found if kpi in {*registered}]
    whole = [kpi for kpi in found if _words(named[kpi]) == _words(words)]
    for some in (whole, found, mine):
        if len(some) == 1:
            return some[0]
    raise UsageError(_unclear(words, mine or found, named) if found else _unknown(titles, words))


def kpi_in(model: SteeringModel, snapshot: Snapshot, words: str) -> str:
    """Return the id that somebody names, among the KPIs that a snapshot holds; see `kpi_named`."""
    live = snapshot.kpis
    held = live[live["id"].isin([*snapshot.manifest["values"]])]
    return kpi_named(held, words, registered=[kpi.id for kpi in model.kpis])


def _unclear(words: str, found: Sequence[str], named: dict[str, str]) -> str:
    told = text.listing([f"{kpi} {named[kpi]}" for kpi in found[:MOST_NAMED]])
    more = f" och {len(found) - MOST_NAMED} till" if len(found) > MOST_NAMED else ""
    return f"'{words}' kan vara flera nyckeltal: {told}{more}. Skriv id, eller fler ord."


def _unknown(catalogue: pd.DataFrame, words: str) -> str:
    if _LIKE_AN_ID.fullmatch(words.strip()):
        meant = near_id(words.strip(), catalogue["id"])
    else:
        meant = near(catalogue, words)
    return f"Det finns inget nyckeltal '{words}'{meant or '.'} Sök med: malstyr sok ORD"


def _rows(catalogue: pd.DataFrame) -> Iterable[tuple[str, str, str]]:
    columns = (catalogue[name].fillna("") for name in ("id", "title", "description"))
    return zip(*columns, strict=True)


def _points(asked: Sequence[str], kpi: str, title: str, told: str) -> int:
    """Return how well a KPI matches, 0 when a word of those asked is nowhere in it."""
    heads, rest = _words(title), None
    points = 0
    for word in asked:
        if kpi.casefold().startswith(word):
            points += _POINTS["id"]
        elif word in heads:
            points += _POINTS["title"]
        elif any(one.startswith(word) for one in heads):
            points += _POINTS["begins"]
        elif len(word) >= SHORTEST_WITHIN and any(word in one for one in heads):
            points += _POINTS["within"]
        else:
            rest = _words(told) if rest is None else rest
            if not any(one.startswith(word) for one in rest):
                return 0
            points += _POINTS["description"]
    return points


def _words(written: str) -> list[str]:
    """Return the words of a text in lower case, each letter with its ring or dots as one."""
    return re.findall(r"\w+", unicodedata.normalize("NFC", written).casefold())


def _nearest(word: str, known: Sequence[str]) -> str | None:
    """Return the known word that a word begins or is nearest to; None when none is near."""
    if any(one.startswith(word) for one in known):
        return word
    alike = difflib.get_close_matches(word, known, n=1, cutoff=0.7)
    return alike[0] if alike else None
