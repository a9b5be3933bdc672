"""Faults by name, of the network and of the data: each turns an answer into what goes out.

A fault is pure: what was asked, and for which time, and the right answer in; a reply out. Faults
that stay strike the data only, so that a fetch has come far when it meets them.
"""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import cache
from threading import Lock
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from malstyr_lib import text
from malstyr_lib.errors import UsageError

JSON: Final = "application/json"
GONE: Final = "5"  # the last figure of the ids of the KPIs that a fault withdraws
NEW_AREA: Final = "9998"
_PAGE: Final = 400
_BOMB_MB: Final = 300


@dataclass(frozen=True)
class Asked:
    """A request: path and query, scheme and host, and how many times it has come, from 1."""

    address: str
    base: str
    number: int

    @property
    def is_data(self) -> bool:
        """Whether it asks for observations of areas."""
        return self.address.startswith("/v3/data/")

    @property
    def page(self) -> int:
        """Which page it asks for."""
        return int(parse_qs(urlsplit(self.address).query).get("page", ["1"])[-1])


@dataclass(frozen=True)
class Reply:
    """What goes out on the wire; `length` is what Content-Length says, None the truth."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": JSON})
    length: int | None = None
    seconds_per_byte: float = 0.0
    reset: bool = False


Play = Callable[[Asked, Reply], Reply]
Row = dict[str, Any]


@dataclass(frozen=True)
class Fault:
    """A fault by name, said in a sentence; `per_page` cuts every answer into shorter pages."""

    name: str
    sentence: str
    play: Play = field(repr=False)
    per_page: int | None = None


class Player:
    """Plays one fault, or none, and remembers how many times each address has been asked for."""

    def __init__(self, fault: Fault | None) -> None:
        self._fault = fault
        self._asked: Counter[str] = Counter()
        self._lock = Lock()

    def target(self, address: str) -> str:
        """Return the address to answer, with the shorter pages that some faults need."""
        if self._fault is None or not self._fault.per_page or "per_page=" in address:
            return address
        return f"{address}{'&' if '?' in address else '?'}per_page={self._fault.per_page}"

    def reply(self, address: str, base: str, right: Reply) -> Reply:
        """Return what goes out in place of the right answer."""
        if self._fault is None:
            return right
        with self._lock:
            self._asked[address] += 1
            asked = Asked(address, base, self._asked[address])
        return self._fault.play(asked, right)


def named(name: str) -> Fault:
    """Return the fault with a name, or a UsageError that lists them all."""
    if name not in FAULTS:
        raise UsageError(
            f"Felläget '{name}' finns inte{text.did_you_mean(name, FAULTS)}\n"
            f"Välj ett av:\n{sentences()}"
        )
    return FAULTS[name]


def sentences() -> str:
    """Return every fault on a line of its own: its name and what it does."""
    return "\n".join(f"  {fault.name:<10} {fault.sentence}" for fault in FAULTS.values())


# --- when a fault strikes ------------------------------------------------------------------------


def _first(times: int, play: Play) -> Play:
    """Strike the first times that an address is asked for."""
    return lambda asked, right: play(asked, right) if asked.number <= times else right


def _data(play: Play) -> Play:
    """Strike every answer with observations."""
    return lambda asked, right: play(asked, right) if asked.is_data else right


def _second_page(play: Play) -> Play:
    """Strike the second page of observations."""
    return _data(lambda asked, right: play(asked, right) if asked.page == 2 else right)


# --- the network ---------------------------------------------------------------------------------


def _status(status: int, **headers: str) -> Play:
    """Answer with a status and no values."""
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    body = json.dumps({"detail": f"fault {status}"}).encode()
    return lambda _, right: Reply(status, body, right.headers | told)


def _too_many_until_a_date(asked: Asked, right: Reply) -> Reply:
    moment = datetime.now(UTC) + timedelta(seconds=2)
    return _status(429, Retry_After=format_datetime(moment, usegmt=True))(asked, right)


def _half_json(_: Asked, right: Reply) -> Reply:
    return replace(right, body=right.body[: len(right.body) // 2])


def _half_body(asked: Asked, right: Reply) -> Reply:
    return replace(_half_json(asked, right), length=len(right.body))


def _hung_up(_: Asked, right: Reply) -> Reply:
    return replace(right, reset=True)


def _maintenance(_: Asked, right: Reply) -> Reply:
    body = "<!doctype html><title>Underhåll</title><h1>Vi är snart tillbaka</h1>".encode()
    return Reply(200, body, right.headers | {"Content-Type": "text/html; charset=utf-8"})


def _bomb(_: Asked, right: Reply) -> Reply:
    return replace(right, body=_blanks(), headers=right.headers | {"Content-Encoding": "gzip"})


@cache
def _blanks() -> bytes:
    """Return 300 MB of blanks as 300 kB of gzip."""
    return gzip.compress(b" " * 1_000_000, mtime=0) * _BOMB_MB


def _dripping(_: Asked, right: Reply) -> Reply:
    return replace(right, seconds_per_byte=0.2)


# --- pages ---------------------------------------------------------------------------------------


def _changed(right: Reply, **fields: Any) -> Reply:
    """Return the answer with other fields in its envelope; what is no envelope stays."""
    if right.status != 200:
        return right
    return replace(right, body=json.dumps(json.loads(right.body) | fields).encode())


def _led(right: Reply, next_url: str) -> Reply:
    """Return a page with rows as one that leads elsewhere; a page without any is right as it is."""
    rows = right.status == 200 and json.loads(right.body)["values"]
    return _changed(right, next_url=next_url) if rows else right


def _ring(asked: Asked, right: Reply) -> Reply:
    return _led(right, asked.base + asked.address)


def _other_host(asked: Asked, right: Reply) -> Reply:
    if asked.page > 1:
        return right
    here = urlsplit(asked.base)
    host = "127.0.0.1" if here.hostname == "localhost" else "localhost"
    query = "&" if "?" in asked.address else "?"
    return _led(right, f"http://{host}:{here.port}{asked.address}{query}page=2")


def _empty(asked: Asked, right: Reply) -> Reply:
    return _changed(
        right, values=[], count=0, next_url=asked.base + asked.address.replace("page=2", "page=3")
    )


def _ten_times(_: Asked, right: Reply) -> Reply:
    return _changed(right, count=10 * len(_values(right)))


def _one_short(_: Asked, right: Reply) -> Reply:
    return _changed(right, values=_values(right)[1:])


def _again(_: Asked, right: Reply) -> Reply:
    values = _values(right)
    return _changed(right, values=[*values, *values[:50]], count=len(values) + len(values[:50]))


def _again_but_other(_: Asked, right: Reply) -> Reply:
    values = _values(right)
    other = [_with_total(row, value=-1.0) for row in values if _total(row)][:1]
    return _changed(right, values=values + other, count=len(values + other))


def _values(right: Reply) -> list[Row]:
    values: list[Row] = json.loads(right.body).get("values", [])
    return values


# --- the data ------------------------------------------------------------------------------------


def _rows(change: Callable[[list[Row]], list[Row]]) -> Play:
    """Change the rows or objects of an answer, whose count stays true."""

    def play(_: Asked, right: Reply) -> Reply:
        values = change(_values(right))
        return _changed(right, values=values, count=len(values))

    return play


def _one_row(change: Callable[[Row], Row]) -> Play:
    """Change the first row of observations that has a total, in every answer."""

    def changed(rows: list[Row]) -> list[Row]:
        struck = next((place for place, row in enumerate(rows) if _total(row)), None)
        return [change(row) if place == struck else row for place, row in enumerate(rows)]

    return _data(_rows(changed))


def _total(row: Row) -> bool:
    """Return whether a row has a total with a value."""
    return any(cell["gender"] == "T" and cell["value"] is not None for cell in row["values"])


def _with_total(row: Row, **fields: Any) -> Row:
    """Return a row whose total has other fields."""
    cells = [cell | fields if cell["gender"] == "T" else cell for cell in row["values"]]
    return row | {"values": cells}


def _lower(row: Row) -> Row:
    (value,) = [cell["value"] for cell in row["values"] if cell["gender"] == "T"]
    return _with_total(row, value=value - 1)


def _third_gender(row: Row) -> Row:
    return row | {"values": [*row["values"], row["values"][0] | {"gender": "X", "value": 1.0}]}


def _no_total(row: Row) -> Row:
    return row | {"values": [cell for cell in row["values"] if cell["gender"] != "T"]}


def _withdrawn(rows: list[Row]) -> list[Row]:
    return [row for row in rows if not str(row.get("kpi", row.get("id"))).endswith(GONE)]


def _withdraw(asked: Asked, right: Reply) -> Reply:
    struck = asked.is_data or f"{urlsplit(asked.address).path}/".startswith("/v3/kpi/")
    return _rows(_withdrawn)(asked, right) if struck else right


def _unknown_is_404(asked: Asked, right: Reply) -> Reply:
    parts = urlsplit(asked.address).path.split("/")
    ids = parts[parts.index("kpi") + 1 :][:1] if "kpi" in parts else []
    unknown = any(one.endswith(GONE) for one in ",".join(ids).split(","))
    return _status(404)(asked, right) if unknown else _withdraw(asked, right)


def _new_area(asked: Asked, right: Reply) -> Reply:
    new = {"id": NEW_AREA, "title": "Nyby", "type": "K"}
    listed = urlsplit(asked.address).path == "/v3/municipality"
    return _rows(lambda rows: [*rows, new])(asked, right) if listed else right


def _with_strangers(rows: list[Row]) -> list[Row]:
    """Return rows with rows of a group and of a region that nobody asked for."""
    cell = {"gender": "T", "count": 1, "status": "", "value": 1e6, "isdeleted": False}
    strange = [row | {"values": [cell]} for row in rows[:1]]
    return rows + [row | {"municipality": area} for row in strange for area in ("G99999", "0098")]


# --- the table -----------------------------------------------------------------------------------

_NETWORK: Final = (
    Fault("e500once", "500 första gången en adress frågas", _first(1, _status(500))),
    Fault("e503burst", "503 tre gånger, med Retry-After", _first(3, _status(503, Retry_After="1"))),
    Fault("e500p2", "500 varje gång på sida 2", _second_page(_status(500)), _PAGE),
    Fault(
        "e429sec",
        "429 en gång, med Retry-After i sekunder",
        _first(1, _status(429, Retry_After="2")),
    ),
    Fault("e429date", "429 en gång, med Retry-After som datum", _first(1, _too_many_until_a_date)),
    Fault(
        "e429day", "429 varje gång, med ett dygns väntan", _data(_status(429, Retry_After="86400"))
    ),
    Fault("truncjson", "avhuggen JSON första gången", _first(1, _half_json)),
    Fault("shortbody", "kortare svar än Content-Length första gången", _first(1, _half_body)),
    Fault("reset", "förbindelsen bryts första gången", _first(1, _hung_up)),
    Fault("html200", "en underhållssida med 200 två gånger", _first(2, _maintenance)),
    Fault("html", "en underhållssida med 200 varje gång", _data(_maintenance)),
    Fault("gzbomb", "300 MB packade till 300 kB", _data(_bomb)),
    Fault("slow", "en byte i taget, långsamt", _data(_dripping)),
    Fault("gone410", "API:et är nedlagt: 410 på allt", _status(410)),
    Fault("gone404", "API:ets adress finns inte: 404 på allt", _status(404)),
    Fault(
        "moved301",
        "API:et har flyttat: 301 på allt",
        _status(301, Location="http://127.0.0.1:9/v4"),
    ),
    Fault("over25", "400 på alla värden, som för en för lång lista", _data(_status(400))),
    Fault("toolong414", "414 på alla värden, som för en för lång adress", _data(_status(414))),
)
_PAGES: Final = (
    Fault("nextloop", "nästa sida är samma sida", _data(_ring)),
    Fault("nexthost", "nästa sida ligger på en annan värd", _data(_other_host), _PAGE),
    Fault("duppage", "rader upprepas, lika", _data(_again), _PAGE),
    Fault("dupdiff", "en rad upprepas, med ett annat värde", _data(_again_but_other)),
    Fault(
        "shrink",
        "en rad försvinner från sida 2 en gång",
        _second_page(_first(1, _one_short)),
        _PAGE,
    ),
    Fault("emptymid", "sida 2 är tom men inte den sista", _second_page(_empty), _PAGE),
    Fault("countlie", "count säger tio gånger för mycket", _data(_ten_times)),
)
_DATA: Final = (
    Fault("withdrawn", f"nyckeltal som slutar på {GONE} är borttagna", _withdraw),
    Fault("unknown404", "som withdrawn, men frågor om dem ger 404", _unknown_is_404),
    Fault("revised", "ett värde är ett lägre", _one_row(_lower)),
    Fault(
        "deleted",
        "ett värde är borttaget",
        _one_row(lambda row: _with_total(row, value=None, isdeleted=True)),
    ),
    Fault("nan", "ett värde är NaN", _one_row(lambda row: _with_total(row, value=float("nan")))),
    Fault(
        "strnum",
        "ett värde är text med komma",
        _one_row(lambda row: _with_total(row, value="12,5")),
    ),
    Fault("gender", "en cell har ett okänt kön", _one_row(_third_gender)),
    Fault("onlykm", "en rad saknar totalen", _one_row(_no_total)),
    Fault("newarea", f"en ny kommun {NEW_AREA} utan värden finns i listan", _new_area),
    Fault(
        "strangers",
        "rader för grupper och regioner som ingen frågat om",
        _data(_rows(_with_strangers)),
    ),
)
FAULTS: Final = {fault.name: fault for fault in (*_NETWORK, *_PAGES, *_DATA)}
