"""Faults of what is answered: pages that do not hang together, and values that can't be."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final
from urllib.parse import urlsplit

from malstyr_lib.ovning.fault import (
    SHORT_PAGE,
    Asked,
    Fault,
    Play,
    Reply,
    data,
    first,
    second_page,
    status,
)

GONE: Final = "5"  # the last figure of the ids of the KPIs that a fault withdraws
NEW_AREA: Final = "9998"

Row = dict[str, Any]


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

    return data(_rows(changed))


def _total(row: Row) -> bool:
    return any(cell["gender"] == "T" and cell["value"] is not None for cell in row["values"])


def _valued(value: Any) -> Play:
    return _one_row(lambda row: _with_total(row, value=value))


def _beyond_all(asked: Asked, right: Reply) -> Reply:
    """Give a total the value 1e309, which JSON can write and no float can hold."""
    marked = _valued("1e309")(asked, right)
    return replace(marked, body=marked.body.replace(b'"1e309"', b"1e309"))


def _with_total(row: Row, **fields: Any) -> Row:
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
    return status(404)(asked, right) if unknown else _withdraw(asked, right)


def _new_area(asked: Asked, right: Reply) -> Reply:
    new = {"id": NEW_AREA, "title": "Nyby", "type": "K"}
    listed = urlsplit(asked.address).path == "/v3/municipality"
    return _rows(lambda rows: [*rows, new])(asked, right) if listed else right


def _with_strangers(rows: list[Row]) -> list[Row]:
    """Return rows with rows of a group and of a region that nobody asked for."""
    cell = {"gender": "T", "count": 1, "status": "", "value": 1e6, "isdeleted": False}
    strange = [row | {"values": [cell]} for row in rows[:1]]
    return rows + [row | {"municipality": area} for row in strange for area in ("G99999", "0098")]


PAGES: Final = (
    Fault("nextloop", "N10", "nästa sida är samma sida", data(_ring)),
    Fault("nextendless", "N10", "det finns alltid en sida till", data(_ever_on), SHORT_PAGE),
    Fault("nexthost", "N11", "nästa sida ligger på en annan värd", data(_other_host), SHORT_PAGE),
    Fault("duppage", "N12", "rader upprepas, lika", data(_again), SHORT_PAGE),
    Fault("dupdiff", "N12", "en rad upprepas, med ett annat värde", data(_again_but_other)),
    Fault(
        "shrink",
        "N13",
        "en rad försvinner från sida 2 en gång",
        second_page(first(1, _one_short)),
        SHORT_PAGE,
    ),
    Fault(
        "shift",
        "N13",
        "en rad försvinner när sida 1 har lästs, så att en rad på sida 2 hamnar på sida 1",
        data(_shifting),
        SHORT_PAGE,
    ),
    Fault(
        "restless",
        "N13",
        "en rad försvinner varje gång sida 1 har lästs",
        data(_restless),
        SHORT_PAGE,
    ),
    Fault("emptymid", "N13", "sida 2 är tom men inte den sista", second_page(_empty), SHORT_PAGE),
    Fault("countlie", "N14", "count säger tio gånger för mycket", data(_ten_times)),
)
DATA: Final = (
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
    Fault("huge", "D4", "ett värde är 1e309, större än något tal", data(_beyond_all)),
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
        data(_rows(_with_strangers)),
    ),
)
