"""Faults of the network and of who answers: no answer, another's, half of one or a refusal."""

from __future__ import annotations

import gzip
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import cache
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

_BOMB_MB: Final = 300


def _right(_: Asked, right: Reply) -> Reply:
    """Answer as one should: the fault lies below HTTP."""
    return right


def _too_many_until_a_date(asked: Asked, right: Reply) -> Reply:
    moment = datetime.now(UTC) + timedelta(seconds=2)
    return status(429, Retry_After=format_datetime(moment, usegmt=True))(asked, right)


def _half_json(_: Asked, right: Reply) -> Reply:
    return replace(right, body=right.body[: len(right.body) // 2])


def _half_body(asked: Asked, right: Reply) -> Reply:
    return replace(_half_json(asked, right), length=len(right.body))


def _web_page(title: str, heading: str) -> Play:
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


def _sent(**how: Any) -> Play:
    """Answer as one should, but send it in another way."""
    return lambda _, right: replace(right, **how)


def _to_login(asked: Asked, right: Reply) -> Reply:
    here = urlsplit(asked.base)
    return status(302, Location=f"http://localhost:{here.port}/login")(asked, right)


NETWORK: Final = (
    Fault("nohost", "N1", "värden kolada.invalid finns inte", _right, wire="unknown"),
    Fault("closed", "N1", "ingen lyssnar på porten", _right, wire="closed"),
    Fault("conntimeout", "N2", "ingen förbindelse kommer till stånd", _right, wire="deaf"),
    Fault("readtimeout", "N2", "frågan tas emot men inget svar kommer", data(_sent(silent=True))),
    Fault("slow", "N2", "en byte i taget, långsamt", data(_sent(seconds_per_byte=0.2))),
    Fault("e500once", "N3", "500 första gången en adress frågas", first(1, status(500))),
    Fault(
        "e503burst",
        "N4",
        "503 tre gånger, med Retry-After",
        first(3, status(503, Retry_After="1")),
    ),
    Fault("e500p2", "N5", "500 varje gång på sida 2", second_page(status(500)), SHORT_PAGE),
    Fault(
        "e429sec",
        "N6",
        "429 en gång, med Retry-After i sekunder",
        first(1, status(429, Retry_After="2")),
    ),
    Fault(
        "e429date",
        "N6",
        "429 en gång, med Retry-After som datum",
        first(1, _too_many_until_a_date),
    ),
    Fault(
        "e429day",
        "N6",
        "429 varje gång, med ett dygns väntan",
        data(status(429, Retry_After="86400")),
    ),
    Fault("truncjson", "N7", "avhuggen JSON första gången", first(1, _half_json)),
    Fault("shortbody", "N7", "kortare svar än Content-Length första gången", first(1, _half_body)),
    Fault("reset", "N7", "förbindelsen bryts första gången", first(1, _sent(reset=True))),
    Fault("html200", "N8", "en underhållssida med 200 två gånger", first(2, _maintenance)),
    Fault("html", "N8", "en underhållssida med 200 varje gång", data(_maintenance)),
    Fault("gzbomb", "N9", "300 MB packade till 300 kB", data(_bomb)),
    Fault("proxy407", "N15", "nätets proxy kräver inloggning: 407 på allt", status(407)),
    Fault("portal302", "N15", "nätets inloggningssida: 302 dit på allt", _to_login),
    Fault("portal200", "N15", "nätets inloggningssida som svar, med 200 på allt", _login),
    Fault(
        "selfsigned", "N15", "ett certifikat som ingen går i god för", _right, wire="self-signed"
    ),
    Fault("expired", "N15", "ett certifikat som har gått ut", _right, wire="expired"),
    Fault("gone410", "N16", "API:et är nedlagt: 410 på allt", status(410)),
    Fault("gone404", "N16", "API:ets adress finns inte: 404 på allt", status(404)),
    Fault(
        "moved301",
        "N16",
        "API:et har flyttat: 301 på allt",
        status(301, Location="http://127.0.0.1:9/v4"),
    ),
    Fault("over25", "N17", "400 på alla värden, som för en för lång lista", data(status(400))),
    Fault("toolong414", "N17", "414 på alla värden, som för en för lång adress", data(status(414))),
)
