"""What a fault is, and how it is played: a right answer in, what goes out instead.

A fault is pure: what was asked, and for which time, and the right answer in; a reply out.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Final
from urllib.parse import parse_qs, urlencode, urlsplit

from malstyr_lib.ovning.wires import Wire

_JSON: Final = "application/json"
SHORT_PAGE: Final = 400
"""How many rows a page has where a fault needs several pages."""


@dataclass(frozen=True)
class Asked:
    """A request: path and query, scheme and host, and how many times it has come, from 1.

    `right` gives the right answer to another address.
    """

    address: str
    base: str
    number: int
    right: Callable[[str], Reply] = field(repr=False)

    @property
    def is_data(self) -> bool:
        """Whether it asks for observations of areas."""
        return self.address.startswith("/v3/data/")

    @property
    def page(self) -> int:
        """Which page it asks for."""
        return int(parse_qs(urlsplit(self.address).query).get("page", ["1"])[-1])

    def at_page(self, page: int) -> str:
        """Return the address of another page of the same question."""
        address = urlsplit(self.address)
        query = parse_qs(address.query) | {"page": [str(page)]}
        return f"{address.path}?{urlencode(query, doseq=True)}"


@dataclass(frozen=True)
class Reply:
    """What goes out on the wire; `length` is what Content-Length says, None the truth."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": _JSON})
    length: int | None = None
    seconds_per_byte: float = 0.0
    reset: bool = False
    silent: bool = False


Play = Callable[[Asked, Reply], Reply]


@dataclass(frozen=True)
class Fault:
    """A fault by name: its number in the list of faults, and what it does in a sentence.

    `per_page` cuts every answer into shorter pages; `wire` is what it does below HTTP.
    """

    name: str
    number: str
    sentence: str
    play: Play = field(repr=False)
    per_page: int | None = None
    wire: Wire = "plain"


class Player:
    """Plays one fault, or none, and remembers how many times each address has been asked for."""

    def __init__(self, fault: Fault | None) -> None:
        self._fault = fault
        self._asked: Counter[str] = Counter()
        self._lock = Lock()

    def reply(self, address: str, base: str, answer: Callable[[str], Reply]) -> Reply:
        """Return what goes out to an address, from what gives the right answer to any."""

        def right(asked_for: str) -> Reply:
            return answer(self._paged(asked_for))

        if self._fault is None:
            return right(address)
        with self._lock:
            self._asked[address] += 1
            asked = Asked(address, base, self._asked[address], right)
        return self._fault.play(asked, right(address))

    def _paged(self, address: str) -> str:
        """Return the address to answer, with the shorter pages that some faults need."""
        if self._fault is None or not self._fault.per_page or "per_page=" in address:
            return address
        return f"{address}{'&' if '?' in address else '?'}per_page={self._fault.per_page}"


def first(times: int, play: Play) -> Play:
    """Strike the first times that an address is asked for."""
    return lambda asked, right: play(asked, right) if asked.number <= times else right


def data(play: Play) -> Play:
    """Strike every answer with observations."""
    return lambda asked, right: play(asked, right) if asked.is_data else right


def second_page(play: Play) -> Play:
    """Strike the second page of observations."""
    return data(lambda asked, right: play(asked, right) if asked.page == 2 else right)


def status(code: int, **headers: str) -> Play:
    """Answer with a status and no values."""
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    body = json.dumps({"detail": f"fault {code}"}).encode()
    return lambda _, right: Reply(code, body, right.headers | told)
