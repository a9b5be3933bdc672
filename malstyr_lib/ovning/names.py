"""Invented names: ten counties, 290 municipalities, schools and homes, all built from syllables."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

PER_COUNTY: Final = 29
OWN_NAME: Final = "Övninge"
SMALL_SCHOOL: Final = "Lillåns skola"


def counties() -> dict[str, str]:
    """Return the ten counties: region code → title."""
    return {f"009{number}": f"Region {name}" for number, name in enumerate(_words()["county"])}


def municipalities() -> dict[str, str]:
    """Return the 290 municipalities: code → name, sorted; the first is the exercise municipality.

    The first two digits of a code name the county, as in Sweden.
    """
    codes = [f"9{county}{n:02d}" for county in range(10) for n in range(1, PER_COUNTY + 1)]
    return dict(zip(codes, [OWN_NAME, *map(_built, range(1, len(codes)))], strict=True))


def _built(number: int) -> str:
    """Return a name of two syllable groups; every number below 400 gives its own pair."""
    firsts, lasts = _words()["first"], _words()["last"]
    turn, first = divmod(number, len(firsts))
    return firsts[first] + lasts[(turn + 7 * first) % len(lasts)]


def school(number: int) -> str:
    """Return the name of a municipality's school number 0, 1, 2 ... (14 different)."""
    return f"{_words()['school'][number]}skolan"


def home(number: int) -> str:
    """Return the name of a municipality's home number 0, 1, 2 ... (10 different)."""
    return _words()["home"][number]


@cache
def _words() -> dict[str, list[str]]:
    """Return what names are built from, by kind."""
    lines = Path(__file__).with_name("names.csv").read_text(encoding="utf-8").splitlines()
    return {kind: words for kind, *words in (line.split(",") for line in lines)}
