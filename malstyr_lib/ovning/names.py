"""Invented names: ten counties, 290 municipalities, schools and homes, all built from syllables."""

from __future__ import annotations

from typing import Final

PER_COUNTY: Final = 29
OWN_NAME: Final = "Övninge"
_COUNTIES: Final = (
    "Övermark",
    "Grandal",
    "Sjömark",
    "Åslanda",
    "Östanvik",
    "Klarskog",
    "Dimsjö",
    "Högmo",
    "Tallanda",
    "Ljusmark",
)
_FIRST: Final = (
    "Bräk",
    "Dimla",
    "Eldar",
    "Flint",
    "Glim",
    "Häger",
    "Islar",
    "Jämt",
    "Klöv",
    "Lärk",
    "Mård",
    "Näver",
    "Orr",
    "Pors",
    "Råg",
    "Snäck",
    "Tranar",
    "Urd",
    "Vadar",
    "Ädel",
)
_LAST: Final = (
    "torp",
    "ryd",
    "hult",
    "stad",
    "vik",
    "sund",
    "fors",
    "bro",
    "näs",
    "ås",
    "berga",
    "sele",
    "bo",
    "måla",
    "lösa",
    "ånger",
    "hög",
    "tuna",
    "löv",
    "marö",
)
_SCHOOLS: Final = (
    "Lärk",
    "Björk",
    "Bäcka",
    "Ängs",
    "Höjd",
    "Strand",
    "Park",
    "Lund",
    "Kvarn",
    "Sol",
    "Ås",
    "Sjö",
    "Gran",
    "Bro",
)
_HOMES: Final = (
    "Solgläntan",
    "Björkbacken",
    "Åkanten",
    "Lindgården",
    "Rosenhill",
    "Ängslyckan",
    "Hagalund",
    "Mogården",
    "Sjöglimten",
    "Kastanjen",
)
SMALL_SCHOOL: Final = "Lillåns skola"


def counties() -> dict[str, str]:
    """Return the ten counties: region code → title."""
    return {f"009{number}": f"Region {name}" for number, name in enumerate(_COUNTIES)}


def municipalities() -> dict[str, str]:
    """Return the 290 municipalities: code → name, sorted; the first is the exercise municipality.

    The first two digits of a code name the county, as in Sweden.
    """
    codes = [f"9{county}{n:02d}" for county in range(10) for n in range(1, PER_COUNTY + 1)]
    return dict(zip(codes, [OWN_NAME, *map(_built, range(1, len(codes)))], strict=True))


def _built(number: int) -> str:
    """Return a name of two syllable groups; every number below 400 gives its own pair."""
    first, turn = number % len(_FIRST), number // len(_FIRST)
    return _FIRST[first] + _LAST[(turn + 7 * first) % len(_LAST)]


def school(number: int) -> str:
    """Return the name of a municipality's school number 0, 1, 2 ... (14 different)."""
    return f"{_SCHOOLS[number]}skolan"


def home(number: int) -> str:
    """Return the name of a municipality's home number 0, 1, 2 ... (10 different)."""
    return _HOMES[number]
