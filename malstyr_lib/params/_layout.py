"""How a workbook of activities is laid out: what the writer makes, and the reader looks for."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from malstyr_lib.model import Activity

HELP_SHEET: Final = "Så här gör du"
LIST_SHEET: Final = "Listor"
UNIT_LABEL: Final = "Enhetens id"
LONGEST_CELL: Final = 32_767
MAX_ROWS: Final = 5_000


class Column(NamedTuple):
    """A column of a unit's sheet: its YAML key, its width in characters, and what to write."""

    key: str
    width: int
    help: str

    @property
    def heading(self) -> str:
        """The heading of its column."""
        return self.key.capitalize()


COLUMNS: Final = (
    Column("id", 14, "Ett eget kort id, som läs-1: bokstäver, siffror, - och _, inga blanksteg."),
    Column("mål", 9, "Id för nämndens mål som aktiviteten hör till. Välj i listan."),
    Column(
        "nyckeltal", 13, "Id för de nyckeltal som ska påverkas, med komma emellan. Får vara tom."
    ),
    Column("vad", 42, "Vad som ska göras, högst 2 000 tecken. Ny rad i cellen: Alt+Enter."),
    Column("vem", 18, "Vem som ansvarar: skriv rollen, som rektor, inte personens namn."),
    Column("start", 11, "Första dagen, som 2026-08-17."),
    Column("slut", 11, "Sista dagen, som 2027-06-11. Samma dag som start eller senare."),
    Column("status", 10, "planerad, pågår, klar, pausad eller avbruten. Välj i listan."),
    Column("resultat", 42, "Vad det gav, högst 2 000 tecken. Får vara tom."),
    Column("kontroll", 11, "Dagen då ni ska se efter om det hjälpte. Får vara tom."),
    Column("exempel", 9, "ja om aktiviteten är påhittad; annars tom."),
)
REQUIRED: Final = frozenset(
    field.alias or name for name, field in Activity.model_fields.items() if field.is_required()
) - {"enhet"}

_UNWRITABLE: Final = r"[\x00-\x08\x0b-\x1f\ufffe\uffff]"
_LIKE_AN_ESCAPE: Final = re.compile(rf"_(?=x[0-9A-Fa-f]{{4}}(?:_|{_UNWRITABLE}))")
_ESCAPE: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")


def escaped(text: str) -> str:
    """Return a text as a cell stores it, with what XML can't hold as _xHHHH_.

    Source: ECMA-376 part 1, 22.9.2.19 (ST_Xstring).
    """
    text = _LIKE_AN_ESCAPE.sub("_x005F_", text)
    return re.sub(_UNWRITABLE, lambda sign: f"_x{ord(sign[0]):04X}_", text)


def unescaped(text: str) -> str:
    """Return the text that a cell stores, as it is shown."""
    return _ESCAPE.sub(lambda code: chr(int(code[1], 16)), text)
