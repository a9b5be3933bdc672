"""One page of an answer: what every envelope must be, and the error for one that is not."""

from __future__ import annotations

import json
import logging
import math
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

import msgspec

from malstyr_lib.errors import KoladaContractBroken

T = TypeVar("T")
_log = logging.getLogger(__name__)

CURE: Final = (
    "Hela svaret avvisades. Försök igen senare, och hör av dig till RKA om felet består; "
    "rapporter kan köras på en tidigare ögonblicksbild."
)


class BrokenPage(Exception):
    """A page that another attempt may cure: not JSON, not the envelope, or not its own count."""


@dataclass(frozen=True)
class Page(Generic[T]):
    """One checked page: its content, how many objects or cells it holds and where the next is."""

    content: T
    rows: int
    next_url: str | None


class Envelope(msgspec.Struct, Generic[T], gc=False):
    """What every answer lies in: the rows or objects of a page, and their number."""

    values: list[T]
    count: int
    next_url: str | None = None


def read(body: bytes, decoder: msgspec.json.Decoder[Envelope[T]]) -> Page[list[T]]:
    """Return a body as a page; BrokenPage, or KoladaContractBroken for what no attempt cures."""
    try:
        envelope = decoder.decode(body.decode())
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as fault:
        raise _explained(body, fault) from fault
    received = len(envelope.values)
    if received != envelope.count:
        raise BrokenPage(f"fick {received} av {envelope.count} rader")
    if not received and envelope.next_url:
        raise BrokenPage("en tom sida mitt i svaret")
    return Page(envelope.values, received, envelope.next_url)


def _explained(body: bytes, fault: Exception) -> Exception:
    """Return the error for a page that could not be decoded, naming the cell when there is one."""
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return BrokenPage("oläsbar JSON")
    if not isinstance(answer, dict) or not isinstance(answer.get("values"), list):
        return BrokenPage("values är inte en lista")
    cell = next(filter(None, map(_bad_cell, answer["values"])), None)
    if cell:
        return KoladaContractBroken(f"Kolada gav ett värde som inte är ett tal: {cell}. {CURE}")
    return KoladaContractBroken(f"Koladas svar har inte den form det ska ha ({fault}). {CURE}")


def _bad_cell(row: Any) -> str | None:
    """Return where and what a row's first value that is not a number is, or None."""
    cells = row.get("values") if isinstance(row, dict) else None
    for cell in cells if isinstance(cells, list) else []:
        if not (isinstance(cell, dict) and _is_value(cell.get("value", ""))):
            cell = cell if isinstance(cell, dict) else {"value": cell}
            found = repr(cell["value"]) if "value" in cell else "saknas"
            place = row.get("ou", row.get("municipality"))
            return (
                place_of(row.get("kpi"), place, row.get("period"), cell.get("gender"))
                + f": {found[:40]}"
            )
    return None


def _is_value(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float | None):
        return False
    return value is None or isinstance(value, int) or math.isfinite(value)


def place_of(kpi: object, place: object, period: object, gender: object) -> str:
    """Return a cell's place as an error names it."""
    return f"nyckeltal {kpi}, område {place}, år {period}, kön {gender}"


def left_out(what: str, amount: int) -> int:
    """Log how much of an answer is left out, and return it."""
    if amount:
        _log.info("Kolada: %d %s lämnades utanför", amount, what)
    return amount
