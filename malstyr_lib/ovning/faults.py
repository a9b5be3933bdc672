"""Faults by name, of the network and of the data: each turns an answer into what goes out.

A fault is pure: what was asked, and for which time, and the right answer in; a reply out. Faults
that stay strike the data only, so that a fetch has come far when it meets them, unless they are
by nature a fault of the whole way there. Numbers are those of the project's list of faults: N1 to
N17 of the network, D1 to D8 of the data.
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
from urllib.parse import parse_qs, urlencode, urlsplit

from malstyr_lib import text
from malstyr_lib.errors import UsageError
from malstyr_lib.ovning.wires import Wire

JSON: Final = "application/json"
GONE: Final = "5"  # the last figure of the ids of the KPIs that a fault withdraws
NEW_AREA: Final = "9998"
_PAGE: Final = 400
_BOMB_MB: Final = 300


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
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": JSON})
    length: int | None = None
    seconds_per_byte: float = 0.0
    reset: bool = False
    silent: bool = False


Play = Callable[[Asked, Reply], Reply]
Row = dict[str, Any]


@dataclass(frozen=True)
class Fault:
    """A fault by name: its numbers in the list of faults, and what it does in a sentence.

    `per_page` cuts every answer into shorter pages; `wire` is what it does below HTTP.
    """

    name: str
    numbers: str
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


def named(name: str) -> Fault:
    """Return the fault with a name, or a UsageError that lists them all, or those of a number."""
    if name in FAULTS:
        return FAULTS[name]
    playing = [fault.name for fault in FAULTS.values() if name.upper() in fault.numbers.split()]
    if playing:
        raise UsageError(
            f"{name.upper()} är ett nummer i fellistan, inget felläge. "
            f"Välj ett läge som spelar det: {text.listing(playing)}."
        )
    raise UsageError(
        f"Felläget '{name}' finns inte{text.did_you_mean(name, FAULTS)}\n"
        f"Välj ett av:\n{sentences()}"
    )


def sentences() -> str:
    """Return every fault on a line of its own: its name, its numbers and what it does."""
    return "\n".join(
        f"  {fault.name:<12} {fault.numbers:<4} {fault.sentence}" for fault in FAULTS.values()
    )


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


def _right(_: Asked, right: Reply) -> Reply:
    """Answer as one should: the fault lies below HTTP."""
    return right


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


def _web_page(title: str, heading: str) -> Play:
    """Answer with a page for people."""
    body = f"<!doctype html><title>{title}</title><h1>{heading}</h1>".encode()
    kind = {"Content-Type": "text/html; charset=utf-8"}
    return lambda _, right: Reply(200, body, right.headers | kind)


_maintenance = _web_page("Underhåll", "Vi är snart tillbaka")
_login = _web_page("Logga in", "Logga in på nätet")


def _bomb(_: Asked, right: Reply) -> Reply:
    return replace(right, body=_blanks(), headers=right.headers | {"Content-Encoding": "gzip"})


@cache
def _blanks() -> bytes:
    """Return 300 MB of blanks as 300 kB of gzip."""
    return gzip.compress(b" " * 1_000_000, mtime=0) * _BOMB_MB


def _dripping(_: Asked, right: Reply) -> Reply:
    return replace(right, seconds_per_byte=0.2)


def _mute(_: Asked, right: Reply) -> Reply:
    return replace(right, silent=True)


def _to_login(asked: Asked, right: Reply) -> Reply:
    here = urlsplit(asked.base)
    return _status(302, Location=f"http://localhost:{here.port}/login")(asked, right)


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


def _ever_on(asked: Asked, right: Reply) -> Reply:
    first = asked.right(asked.at_page(1))
    return _led(first, asked.base + asked.at_page(asked.page + 1))


def _empty(asked: Asked, right: Reply) -> Reply:
    return _changed(
        right, values=[], count=0, next_url=asked.base + asked.address.replace("page=2", "page=3")
    )


def _ten_times(_: Asked, right: Reply) -> Reply:
    return _changed(right, count=10 * len(_values(right)))


def _one_short(_: Asked, right: Reply) -> Reply:
    return _changed(right, values=_values(right)[1:])


def _shifting(asked: Asked, right: Reply) -> Reply:
    """Let the first row of page 1 vanish once page 1 has been read."""
    return _moved_up(asked, right, by=int(asked.page > 1 or asked.number > 1))


def _restless(asked: Asked, right: Reply) -> Reply:
    """Let another row of page 1 vanish every time that page 1 has been read."""
    return _moved_up(asked, right, by=asked.number - int(asked.page == 1))


def _moved_up(asked: Asked, right: Reply, *, by: int) -> Reply:
    """Return a page as it is when so many rows before it, or first on page 1, have vanished."""
    own, following = _values(right), _values(asked.right(asked.at_page(asked.page + 1)))
    values = [*own, *following][by : by + len(own)]
    return _changed(right, values=values, count=len(values))


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


def _one_row(change: Callable[[Row], Row], cells: int = 1) -> Play:
    """Change the first row with a total, and with so many cells, in every answer of values."""

    def changed(rows: list[Row]) -> list[Row]:
        struck = next(
            (at for at, row in enumerate(rows) if _total(row) and len(row["values"]) >= cells), None
        )
        return [change(row) if place == struck else row for place, row in enumerate(rows)]

    return _data(_rows(changed))


def _total(row: Row) -> bool:
    """Return whether a row has a total with a value."""
    return any(cell["gender"] == "T" and cell["value"] is not None for cell in row["values"])


def _valued(value: Any) -> Play:
    """Give the first total of every answer another value."""
    return _one_row(lambda row: _with_total(row, value=value))


def _beyond_all(asked: Asked, right: Reply) -> Reply:
    """Give a total the value 1e309, which JSON can write and no float can hold."""
    marked = _valued("1e309")(asked, right)
    return replace(marked, body=marked.body.replace(b'"1e309"', b"1e309"))


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
    Fault("nohost", "N1", "värden kolada.invalid finns inte", _right, wire="unknown"),
    Fault("closed", "N1", "ingen lyssnar på porten", _right, wire="closed"),
    Fault("conntimeout", "N2", "ingen förbindelse kommer till stånd", _right, wire="deaf"),
    Fault("readtimeout", "N2", "frågan tas emot men inget svar kommer", _data(_mute)),
    Fault("slow", "N2", "en byte i taget, långsamt", _data(_dripping)),
    Fault("e500once", "N3", "500 första gången en adress frågas", _first(1, _status(500))),
    Fault(
        "e503burst",
        "N4",
        "503 tre gånger, med Retry-After",
        _first(3, _status(503, Retry_After="1")),
    ),
    Fault("e500p2", "N5", "500 varje gång på sida 2", _second_page(_status(500)), _PAGE),
    Fault(
        "e429sec",
        "N6",
        "429 en gång, med Retry-After i sekunder",
        _first(1, _status(429, Retry_After="2")),
    ),
    Fault(
        "e429date",
        "N6",
        "429 en gång, med Retry-After som datum",
        _first(1, _too_many_until_a_date),
    ),
    Fault(
        "e429day",
        "N6",
        "429 varje gång, med ett dygns väntan",
        _data(_status(429, Retry_After="86400")),
    ),
    Fault("truncjson", "N7", "avhuggen JSON första gången", _first(1, _half_json)),
    Fault("shortbody", "N7", "kortare svar än Content-Length första gången", _first(1, _half_body)),
    Fault("reset", "N7", "förbindelsen bryts första gången", _first(1, _hung_up)),
    Fault("html200", "N8", "en underhållssida med 200 två gånger", _first(2, _maintenance)),
    Fault("html", "N8", "en underhållssida med 200 varje gång", _data(_maintenance)),
    Fault("gzbomb", "N9", "300 MB packade till 300 kB", _data(_bomb)),
    Fault("proxy407", "N15", "nätets proxy kräver inloggning: 407 på allt", _status(407)),
    Fault("portal302", "N15", "nätets inloggningssida: 302 dit på allt", _to_login),
    Fault("portal200", "N15", "nätets inloggningssida som svar, med 200 på allt", _login),
    Fault(
        "selfsigned", "N15", "ett certifikat som ingen går i god för", _right, wire="self-signed"
    ),
    Fault("expired", "N15", "ett certifikat som har gått ut", _right, wire="expired"),
    Fault("gone410", "N16", "API:et är nedlagt: 410 på allt", _status(410)),
    Fault("gone404", "N16", "API:ets adress finns inte: 404 på allt", _status(404)),
    Fault(
        "moved301",
        "N16",
        "API:et har flyttat: 301 på allt",
        _status(301, Location="http://127.0.0.1:9/v4"),
    ),
    Fault("over25", "N17", "400 på alla värden, som för en för lång lista", _data(_status(400))),
    Fault(
        "toolong414", "N17", "414 på alla värden, som för en för lång adress", _data(_status(414))
    ),
)
_PAGES: Final = (
    Fault("nextloop", "N10", "nästa sida är samma sida", _data(_ring)),
    Fault("nextendless", "N10", "det finns alltid en sida till", _data(_ever_on), _PAGE),
    Fault("nexthost", "N11", "nästa sida ligger på en annan värd", _data(_other_host), _PAGE),
    Fault("duppage", "N12", "rader upprepas, lika", _data(_again), _PAGE),
    Fault("dupdiff", "N12", "en rad upprepas, med ett annat värde", _data(_again_but_other)),
    Fault(
        "shrink",
        "N13",
        "en rad försvinner från sida 2 en gång",
        _second_page(_first(1, _one_short)),
        _PAGE,
    ),
    Fault(
        "shift",
        "N13",
        "en rad försvinner när sida 1 har lästs, så att en rad på sida 2 hamnar på sida 1",
        _data(_shifting),
        _PAGE,
    ),
    Fault(
        "restless", "N13", "en rad försvinner varje gång sida 1 har lästs", _data(_restless), _PAGE
    ),
    Fault("emptymid", "N13", "sida 2 är tom men inte den sista", _second_page(_empty), _PAGE),
    Fault("countlie", "N14", "count säger tio gånger för mycket", _data(_ten_times)),
)
_DATA: Final = (
    Fault("withdrawn", "D1", f"nyckeltal som slutar på {GONE} är borttagna", _withdraw),
    Fault("unknown404", "D1", "som withdrawn, men frågor om dem ger 404", _unknown_is_404),
    Fault("revised", "D2", "ett värde är ett lägre", _one_row(_lower)),
    Fault(
        "deleted",
        "D3",
        "ett värde är borttaget",
        _one_row(lambda row: _with_total(row, value=None, isdeleted=True)),
    ),
    Fault("nan", "D4", "ett värde är NaN", _valued(float("nan"))),
    Fault("infinity", "D4", "ett värde är Infinity", _valued(float("inf"))),
    Fault("huge", "D4", "ett värde är 1e309, större än något tal", _data(_beyond_all)),
    Fault("strnum", "D5", "ett värde är text med komma: 12,5", _valued("12,5")),
    Fault("strdot", "D5", "ett värde är text med punkt: 12.5", _valued("12.5")),
    Fault("strblank", "D5", "ett värde är text med mellanrum: 1 234", _valued("1 234")),
    Fault("strempty", "D5", "ett värde är tom text", _valued("")),
    Fault("gender", "D6", "en cell har ett okänt kön", _one_row(_third_gender)),
    Fault(
        "onlykm", "D7", "en rad har bara kvinnor och män, ingen total", _one_row(_no_total, cells=3)
    ),
    Fault("newarea", "D8", f"en ny kommun {NEW_AREA} utan värden finns i listan", _new_area),
    Fault(
        "strangers",
        "D8",
        "rader för grupper och regioner som ingen frågat om",
        _data(_rows(_with_strangers)),
    ),
)
FAULTS: Final = {fault.name: fault for fault in (*_NETWORK, *_PAGES, *_DATA)}
