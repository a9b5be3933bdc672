"""What an analyst names, found: a key figure by id or title, municipalities, years, a gender."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from malstyr_lib import tables
from malstyr_lib.errors import UsageError
from malstyr_lib.face.desk import text_of
from malstyr_lib.grounds.named import municipality_of, years_of
from malstyr_lib.store import Snapshot

Years = str | int | Iterable[int] | None
_NATION: Final = "riket"
_EVERYONE: Final = ("alla", "alla kommuner")
_GENDERS: Final = {
    "t": "T",
    "totalt": "T",
    "alla": "T",
    "k": "K",
    "kvinnor": "K",
    "flickor": "K",
    "m": "M",
    "män": "M",
    "pojkar": "M",
}


def held_titles(snapshot: Snapshot) -> dict[str, str]:
    """Return the titles of the key figures that the snapshot has values of, by id."""
    held, live = snapshot.manifest["values"], snapshot.kpis
    every = zip(live["id"], live["title"].fillna(""), strict=True)
    return {kpi: " ".join(title.split()) for kpi, title in every if kpi in held}


def areas_named(snapshot: Snapshot, names: str | Iterable[str]) -> list[str]:
    """Return the ids of the areas named: municipalities, Riket, or alla for every municipality."""
    several = [names] if isinstance(names, str | int) else list(names)
    found: list[str] = []
    for name in map(text_of, several):
        if name.casefold() in _EVERYONE:
            found += tables.municipalities_only(snapshot.municipalities)
        elif name.casefold() == _NATION or name == tables.NATION:
            found.append(tables.NATION)
        else:
            found.append(municipality_of(snapshot, name))
    return list(dict.fromkeys(found))


def years_named(years: Years) -> list[int] | None:
    """Return the years asked for: 2022, "2018-2022" or [2018, 2020]; None for every year."""
    if years is None or isinstance(years, str):
        return years_of(years)
    several = [years] if isinstance(years, int) else list(years)
    return years_of(",".join(str(year) for year in several)) or []


def last_named(years: Years) -> int | None:
    """Return the last of the years asked for; None for the newest."""
    return max(years_named(years) or [], default=None)


def genders_named(gender: str | Iterable[str] | None) -> list[str]:
    """Return the genders asked for: T, K or M, or in words; None is all three."""
    if gender is None:
        return list(tables.GENDERS)
    several = [gender] if isinstance(gender, str) else list(gender)
    found = [_GENDERS.get(one.strip().casefold()) for one in several]
    for one, code in zip(several, found, strict=True):
        if code is None:
            raise UsageError(f"Okänt kön '{one}'. Välj T (totalt), K (kvinnor) eller M (män).")
    return [code for code in dict.fromkeys(found) if code]
