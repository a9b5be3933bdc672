"""What Kolada says only in the titles of key figures: their unit, and that they have ended."""

from __future__ import annotations

import re
from typing import Final

_ENDED: Final = re.compile(r"\s*\(\s*[-–]\s*(\d{4})\s*\)\s*$")
_PER: Final = r"(?P<per>/(?:[\d\s]*\d )?[^\W\d]+(?:-[^\W\d]+)*)?"
_UNITS: Final = (
    (r"procentenhet(?:er)?\b", "procentenheter"),
    (r"(?:procent\b|[^()]*\(%\))", "%"),
    (r"promille\b", "promille"),
    (r"(?:tkr|tusen kronor)\b", "tkr"),
    (r"(?:mnkr|mkr|milj(?:oner)?\.? kr(?:onor)?)\b", "mnkr"),
    (r"(?:kr|kronor)\b", "kr"),
    (r"index\b", "index"),
    (r"(?:antal )?dagar\b", "dagar"),
    (r"(?:antal )?timmar\b", "timmar"),
    (r"(?:antal )?minuter\b", "minuter"),
    (r"(?:antal )?månader\b", "månader"),
    (r"(?:antal )?år$", "år"),
    (r"antal\b(?: \w+(?=/))?", "antal"),
    (r"inv(?:ånare)?(?=/)", "inv"),
    (r"kg\b", "kg"),
    (r"ton\b", "ton"),
    (r"MWh\b", "MWh"),
    (r"kWh\b", "kWh"),
    (r"meter\b", "meter"),
    (r"liter\b", "liter"),
    (r"hektar\b", "hektar"),
)
_READERS: Final = tuple((re.compile(what + _PER, re.IGNORECASE), name) for what, name in _UNITS)


def labelled(title: str, kpi: str) -> str:
    """Return how a KPI is named to readers: its title with single blanks, and its id."""
    return f"{' '.join(title.split())} ({kpi})"


def same(title: str, other: str) -> bool:
    """Return whether two titles are the same, however they are spaced."""
    return title.split() == other.split()


def plain(title: str) -> str:
    """Return a title with single blanks and without its mark of having ended."""
    return _ENDED.sub("", " ".join(title.split()))


def ended_year(title: str) -> int | None:
    """Return the year that a series ended, which Kolada marks only at the end of its title."""
    found = _ENDED.search(title)
    return int(found[1]) if found else None


def unit(title: str) -> str:
    """Return the unit that a KPI's title says, in one spelling, or "" when it says none.

    The parts between commas are read from the last to the first, and the first that begins with a
    unit decides: "Kostnad, kr/inv 1 nov fg år" is kr/inv. "andel (%)", "(%)" and "procent" are %;
    "mkr" and "miljoner kronor" are mnkr; "antal dagar" is dagar; "ton per invånare" is ton/inv.
    A part that begins otherwise ("median", "lägeskommun") is passed over.
    """
    for part in reversed(re.sub(r" ?/ ?| per ", "/", plain(title)).split(", ")):
        for pattern, name in _READERS:
            if found := pattern.match(part.strip()):
                return name + _per(found["per"])
    return ""


def changed_unit(title: str, other: str) -> tuple[str, str] | None:
    """Return the units that two titles say when both say one and they differ, else None."""
    units = unit(title), unit(other)
    return units if all(units) and units[0] != units[1] else None


def _per(words: str | None) -> str:
    """Return what a unit is per, in one spelling: "/10 000 invånare" is /10000 inv."""
    if not words:
        return ""
    return re.sub(r"(?<=\d)\s(?=\d)", "", words).replace("invånare", "inv")
