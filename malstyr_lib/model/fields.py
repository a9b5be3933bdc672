"""The fields that the steering model's types are made of, each read from one Swedish line of text.

A field that is written in one line of its own kind (a decision, a level, a range) raises
PydanticCustomError with a name that `params` has a sentence for.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Final

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

CODE_PATTERN: Final = r"^[0-9]{4}$"
KPI_PATTERN: Final = r"^[NU][0-9]{5}$"
ID_PATTERN: Final = r"^[A-Za-zÅÄÖåäö0-9][A-Za-zÅÄÖåäö0-9_-]{0,39}$"
LINT_PATTERN: Final = r"^MS[0-9]{3}$"
DAY_PATTERN: Final = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
LONGEST_NUMBER: Final = 25
FIRST_YEAR: Final = 1970
LAST_YEAR: Final = 2100
_NUMBER: Final = re.compile(r"-?(?:[0-9]{1,3}(?: [0-9]{3})+|[0-9]+)(?:[.,][0-9]+)?")
_THOUSANDS: Final = re.compile(r"-?[1-9][0-9]{0,2}(?:\.[0-9]{3})+")

MunicipalityCode = Annotated[str, StringConstraints(pattern=CODE_PATTERN)]
KpiId = Annotated[str, StringConstraints(pattern=KPI_PATTERN)]
Id = Annotated[str, StringConstraints(pattern=ID_PATTERN)]
LintCode = Annotated[str, StringConstraints(pattern=LINT_PATTERN)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=2000, strip_whitespace=True)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]


class Frozen(BaseModel):
    """A value that cannot change and refuses keys it does not know; read by its Swedish keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_by_name=True)


def refused(kind: str) -> PydanticCustomError:
    """Return the refusal of a field by the name that `params` has a sentence for."""
    return PydanticCustomError("malstyr", "{kind}", {"kind": kind})


def one_line(kind: str, read: Callable[[str], Any]) -> BeforeValidator:
    """Return a validator that reads one line of text, and nothing else that a file can hold.

    read: returns the value, or None when the line is not of the kind.
    """

    def validate(value: object) -> object:
        if isinstance(value, (dict, list)):
            raise refused(kind)
        if not isinstance(value, str) or not value.strip():
            return value
        found = read(" ".join(value.split()))
        if found is None:
            raise refused(kind)
        return found

    return BeforeValidator(validate)


def plain_number(text: str) -> str:
    """Return a text with the minus and the blanks that a number is read by."""
    return re.sub("[\u00a0\u202f\u2009]", " ", text.strip()).replace("\u2212", "-")


def number_of(text: str) -> float | None:
    """Return a number written with a decimal comma or point, a blank between thousands or none.

    None for 1.200 too, of which `two_readings` tells why.
    """
    plain = plain_number(text)
    if len(plain) > LONGEST_NUMBER or not _NUMBER.fullmatch(plain) or _THOUSANDS.fullmatch(plain):
        return None
    return float(plain.replace(" ", "").replace(",", "."))


def written_of(text: str) -> Decimal | None:
    """Return a number with the decimals that it was written with: 81,0 is not 81."""
    if clear_number(text) is None:
        return None
    return Decimal(plain_number(text).replace(" ", "").replace(",", "."))


def two_readings(text: str) -> str:
    """Return why 1.200 is no number, 1200 or 1,2 as it may be, and the cure; "" for all others."""
    plain = plain_number(text)
    if len(plain) > LONGEST_NUMBER or not _THOUSANDS.fullmatch(plain):
        return ""
    readings = [plain.replace(".", "")]
    readings += [plain.replace(".", ",")] if plain.count(".") == 1 else []
    return f"'{plain}' kan läsas på två sätt; skriv {' eller '.join(readings)}, utan punkt"


def clear_number(text: str) -> float | None:
    """Return a number, or None for what is none; refuses 1.200 by saying both readings."""
    said = two_readings(text)
    if said:
        raise PydanticCustomError("malstyr", "{kind}", {"kind": "two_readings", "said": said})
    return number_of(text)


def day_of(text: str) -> date | None:
    """Return a day written 2026-11-23, or None for one that there is not."""
    if not re.fullmatch(DAY_PATTERN, text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _year_of(text: str) -> int | None:
    found = int(text) if re.fullmatch(r"[0-9]{4}", text) else 0
    return found if FIRST_YEAR <= found <= LAST_YEAR else None


def _influence_of(text: str) -> int | None:
    return int(text) if text in ("1", "2", "3") else None


def _yes_or_no(value: object) -> object:
    """Read the words ja and nej; anything else is left for pydantic to refuse."""
    return {"ja": True, "nej": False}.get(value, value) if isinstance(value, str) else value


def _decimal_comma(value: object) -> object:
    """Read 99,5 and 1 200 as well as 99.5, since the files are edited by Swedish hands."""
    found = clear_number(value) if isinstance(value, str) else None
    return value if found is None else found


def _reviewed(value: object) -> object:
    """Read nej as nobody yet, and otherwise ask for the day and who: "2026-11-23 Anna Berg"."""
    if not isinstance(value, str) or not value.strip():
        return value
    if value == "nej":
        return None
    if _signed(value.strip()) is None:
        raise refused("reviewed")
    return value


def _signed(text: str) -> str | None:
    day, _, who = text.partition(" ")
    return text if who and day_of(day) is not None else None


_YES_OR_NO_SCHEMA: Final = {"enum": ["ja", "nej", True, False]}
YesNo = Annotated[StrictBool, BeforeValidator(_yes_or_no), WithJsonSchema(_YES_OR_NO_SCHEMA)]
Reviewed = Annotated[Name | None, BeforeValidator(_reviewed)]
Number = Annotated[float, BeforeValidator(_decimal_comma), Field(allow_inf_nan=False)]
Positive = Annotated[float, BeforeValidator(_decimal_comma), Field(gt=0, allow_inf_nan=False)]
Influence = Annotated[
    int,
    one_line("influence", _influence_of),
    WithJsonSchema({"type": ["integer", "string"], "examples": [2]}),
]
"""How much the municipality itself can do about a figure: 1 little, 2 some, 3 much."""
Signed = Annotated[Name, one_line("signed", _signed)]
"""The day and who wrote, in one line: 2026-11-23 Anna Berg."""
Day = Annotated[
    date,
    one_line("day", day_of),
    WithJsonSchema({"type": "string", "format": "date", "examples": ["2026-11-23"]}),
]
Year = Annotated[
    int,
    one_line("year", _year_of),
    WithJsonSchema({"type": ["integer", "string"], "examples": [2026]}),
]

Written = Annotated[
    Decimal,
    one_line("number", written_of),
    WithJsonSchema({"type": ["number", "string"], "examples": ["81,2"]}),
]
"""A number with the decimals that it was written with."""
