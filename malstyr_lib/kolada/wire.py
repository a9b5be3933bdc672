"""The only HTTP: one page of one question, checked, or an error after every attempt."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from importlib.metadata import version
from typing import Final, TypeVar
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter

from malstyr_lib.errors import (
    KoladaContractBroken,
    KoladaError,
    KoladaRefused,
    KoladaUnavailable,
    UsageError,
)
from malstyr_lib.kolada import obstacles
from malstyr_lib.kolada.envelope import BrokenPage, Page
from malstyr_lib.kolada.patience import LATER, Call, Pace, backoff_s, retry_after_s, short
from malstyr_lib.kolada.query import Request

BASE_URL: Final = "https://api.kolada.se/v3"
ATTEMPTS: Final = 5
MAX_BYTES: Final = 50_000_000
CONNECT_S: Final = 10.0
READ_S: Final = 60.0
SLOW_READ_S: Final = 120.0
"""How long a question for every key figure of an area may take to begin its answer."""

_READ_BYTES: Final = 1_048_576
_MOVED: Final = frozenset({301, 302, 303, 307, 308, 410})
_TRANSPORT: Final = (
    requests.RequestException,
    requests.exceptions.BaseHTTPError,  # type: ignore[attr-defined]
    OSError,
)

NO_CONNECTION: Final = "ingen förbindelse"
_UNSAFE: Final = "ingen säker förbindelse"
_TOO_SLOW: Final = "tiden för svar gick ut"
_WEB_PAGE: Final = "svaret är text/html, inte JSON"
_NETWORK: Final = (
    "Kontrollera internet; på kommunens nät kan brandvägg eller proxy stoppa, fråga IT. "
)
_CURES: Final = dict.fromkeys((NO_CONNECTION, _UNSAFE, _TOO_SLOW), _NETWORK) | {
    _WEB_PAGE: "Kolada kan ha underhåll, eller nätet kräva inloggning: öppna kolada.se i en "
    "webbläsare. "
}

T = TypeVar("T")
Decode = Callable[[bytes], Page[T]]


class Wire:
    """The connections to one base address: how many, how fast, and what an answer must be."""

    def __init__(
        self,
        base_url: str,
        session: requests.Session | None,
        connections: int,
        pace: Pace,
        max_bytes: int,
    ) -> None:
        self.base_url = _checked_base(base_url)
        self._own = session is None
        self._headers = {
            "User-Agent": f"malstyr/{version('malstyr')} (+reports for Swedish municipalities)",
            "Accept": "application/json",
            "Accept-Encoding": "gzip",
        }
        self._session = session or _session(connections)
        self._slots = threading.Semaphore(connections)
        self._decoding = threading.Lock()
        self._pace = pace
        self._max_bytes = max_bytes

    def close(self) -> None:
        """Close the connections, unless the session was given from outside."""
        if self._own:
            self._session.close()

    def decoded(self, decoder: Decode[T], body: bytes) -> Page[T]:
        """Return a body as a page; one at a time, since more would only wait for each other."""
        with self._decoding:
            return decoder(body)

    def page(
        self, call: Call, url: str, request: Request, decoder: Decode[T], *, first: bool
    ) -> tuple[Page[T], bytes]:
        """Return one page and its body, whatever attempts it takes within the deadline."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                body = self._body(call, url, request)
                return self.decoded(decoder, body), body
            except BrokenPage as broken:
                fault = _Passing(str(broken), broken=True)
            except _Passing as passing:
                fault = passing
            except NotFound:
                if first:
                    raise
                raise _refused("404", request.path) from None
            if attempt < ATTEMPTS:
                wait_s = backoff_s(attempt) if fault.wait_s is None else fault.wait_s
                call.pause(wait_s, request.path, str(fault))
        raise _final(fault, request.path) from fault

    def following(self, url: str, next_url: str, path: str) -> str:
        """Return the address of the next page, which must have the base's scheme, host and port."""
        try:
            following = urljoin(url, next_url)
            same = origin(following) == origin(self.base_url)
        except ValueError:
            same = False
        if not same:  # following it would let an answer choose whom we talk to
            raise broken(f"nästa sida ligger på en annan adress, {next_url[:80]!r}", path)
        return following

    def moved(self, status: str, path: str) -> KoladaRefused:
        """Return the error for an API that answers as one that has moved or been closed down."""
        return KoladaRefused(
            f"Koladas API har flyttat eller lagts ned ({status} på {short(path)} "
            f"under {self.base_url}). Kontrollera adressen och om det finns en nyare malstyr; "
            "rapporter kan köras på en tidigare ögonblicksbild."
        )

    def _body(self, call: Call, url: str, request: Request) -> bytes:
        """Return the decoded body of one attempt, whose status and content type are right."""
        path = request.path
        try:
            with self._slots:
                return self._got(call, url, path, SLOW_READ_S if request.is_slow else READ_S)
        except _TRANSPORT as fault:
            obstacle = obstacles.failed(fault, url, path)
            if obstacle:
                raise obstacle from fault
            reason = _transport_reason(fault)
            call.left(path, reason)
            raise _Passing(reason) from fault

    def _got(self, call: Call, url: str, path: str, read_s: float) -> bytes:
        """Return the decoded body of one request, sent when the pace allows."""
        call.pause(self._pace.wait_s(), path)
        left = call.left(path)
        call.count()
        with self._session.get(
            url,
            headers=self._headers,
            timeout=(min(CONNECT_S, left), min(read_s, left)),
            allow_redirects=False,
            stream=True,
        ) as response:
            self._check(response, url, path)
            return b"".join(self._pieces(call, response, path))

    def _check(self, response: requests.Response, url: str, path: str) -> None:
        """Raise unless the answer is a 200 with JSON."""
        status = response.status_code
        obstacle = obstacles.answered(response, url, path)
        if obstacle:
            raise obstacle
        if status == 429 or status >= 500:
            headers = response.headers
            asked_s = retry_after_s(headers.get("Retry-After", ""), headers.get("Date", ""))
            raise _Passing(str(status), wait_s=asked_s)
        if status == 404:
            raise NotFound
        if status in _MOVED:
            raise self.moved(str(status), path)
        if status != 200:
            raise _refused(str(status), path)
        kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if kind != "application/json":
            raise _Passing(f"svaret är {kind or 'av okänd typ'}, inte JSON")

    def _pieces(self, call: Call, response: requests.Response, path: str) -> Iterator[bytes]:
        """Yield the decoded body as it arrives, within the deadline and the size limit."""
        size = 0
        while piece := response.raw.read1(_READ_BYTES, decode_content=True):
            size += len(piece)
            if size > self._max_bytes:
                raise broken(f"svaret är större än {self._max_bytes} byte", path)
            call.left(path)
            yield piece


class NotFound(Exception):
    """Kolada answered 404."""


class _Passing(Exception):
    """A fault that another attempt may cure, after `wait_s` seconds if Kolada said so."""

    def __init__(self, reason: str, *, wait_s: float | None = None, broken: bool = False) -> None:
        super().__init__(reason)
        self.wait_s = wait_s
        self.broken = broken


def _session(connections: int) -> requests.Session:
    session = requests.Session()
    for scheme in ("https://", "http://"):
        session.mount(scheme, HTTPAdapter(pool_maxsize=connections, max_retries=0))
    return session


def _checked_base(base_url: str) -> str:
    base = base_url.rstrip("/")
    try:
        scheme, host, _ = origin(base)
    except ValueError:
        scheme, host = "", None
    if scheme not in ("http", "https") or not host or "?" in base or "#" in base:
        raise UsageError(f"Adressen {base_url!r} är ingen Kolada-adress; skriv som {BASE_URL}.")
    return base


def origin(url: str) -> tuple[str, str | None, int | None]:
    """Return an address's scheme, host and port: what has to be the same for it to be followed."""
    parts = urlsplit(url)
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    return parts.scheme, parts.hostname, port


def _transport_reason(fault: BaseException) -> str:
    if isinstance(fault, requests.exceptions.ConnectTimeout | requests.exceptions.ReadTimeout):
        return _TOO_SLOW
    if isinstance(fault, requests.exceptions.SSLError):
        return _UNSAFE
    if isinstance(fault, requests.exceptions.ConnectionError):
        return NO_CONNECTION
    return "svaret avbröts"


def _final(fault: _Passing, path: str) -> KoladaError:
    """Return the error for a fault that no attempt cured."""
    if fault.broken:
        return KoladaContractBroken(
            f"Kolada svarar fel efter {ATTEMPTS} försök ({fault}) på {short(path)}. {LATER}"
        )
    cure = _CURES.get(str(fault), "")
    return KoladaUnavailable(
        f"Kolada svarar inte efter {ATTEMPTS} försök ({fault}) på {short(path)}. {cure}{LATER}"
    )


def _refused(status: str, path: str) -> KoladaRefused:
    return KoladaRefused(
        f"Kolada avvisar frågan ({status}) på {short(path)}. Kontrollera nyckeltal, områden och "
        "år; går de att öppna på kolada.se behöver malstyr rättas."
    )


def broken(what: str, path: str) -> KoladaContractBroken:
    """Return the error for an answer that is not what the contract says."""
    return KoladaContractBroken(f"Koladas svar är fel: {what} (på {short(path)}). {LATER}")
