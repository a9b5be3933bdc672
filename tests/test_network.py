"""The network's own settings: which variables steer proxy and certificates, and how errors sound.

A tiny proxy on the loopback stands between the client and the stand-in server. The handbook may
name the variables that are listed here, and no others.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import pytest

from malstyr_lib.errors import KoladaError, KoladaRefused, KoladaUnavailable
from malstyr_lib.kolada import KoladaClient
from malstyr_lib.model import SteeringModel
from malstyr_lib.ovning.certificates import SELF_SIGNED
from malstyr_lib.ovning.dataset import Dataset
from malstyr_lib.ovning.server import Server, serve
from malstyr_lib.ovning.world import exercise_world

PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
NOT_READ = ("SSL_CERT_FILE", "SSL_CERT_DIR")
EVERY = 301  # areas of the exercise world


@pytest.fixture(autouse=True)
def _own_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep this computer's proxy and certificates out of the tests."""
    for name in (*PROXIES, *BUNDLES, *NOT_READ):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture(scope="module")
def small(steering_model: SteeringModel) -> Dataset:
    return exercise_world(steering_model.kpis[:1])


@pytest.fixture
def plain(small: Dataset) -> Iterator[Server]:
    with serve(small) as server:
        yield server


@pytest.fixture
def self_signed(small: Dataset) -> Iterator[Server]:
    with serve(small, fault="selfsigned") as server:
        yield server


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """The self-signed server's certificate as a file, as IT would hand it out."""
    path = tmp_path / "nätets rot.pem"
    path.write_text(SELF_SIGNED, encoding="ascii")
    return path


def areas(url: str) -> int:
    """How many areas a client gets from an address, tried as often as it likes, without sleep."""
    with KoladaClient(url, requests_per_s=None, sleep=lambda _: None) as client:
        return len(client.municipalities())


# --- a tiny proxy --------------------------------------------------------------------------------


@dataclass
class Proxy:
    """A running proxy: where, what it was asked to pass on, and what it answers instead, if so."""

    url: str
    refuses: int | None = None
    sends_to: str = ""
    passed: list[str] = field(default_factory=list)
    logins: list[str | None] = field(default_factory=list)


class _Passing(BaseHTTPRequestHandler):
    """Passes GET on as it stands and joins the two ends of CONNECT; every host is the loopback."""

    server: Any

    def do_GET(self) -> None:
        target = urlsplit(self.path)
        if self._refused(f"GET {target.hostname}"):
            return
        there = HTTPConnection("127.0.0.1", target.port or 80, timeout=10)
        there.request("GET", target.path, headers={"Host": target.netloc})
        answer = there.getresponse()
        body = answer.read()
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.getheader("Content-Type") or "")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        there.close()

    def do_CONNECT(self) -> None:
        host, _, port = self.path.rpartition(":")
        if self._refused(f"CONNECT {host}"):
            return
        with socket.create_connection(("127.0.0.1", int(port)), timeout=10) as there:
            self.send_response(200)
            self.end_headers()
            back = Thread(target=poured, args=(there, self.connection))
            back.start()
            poured(self.connection, there)
            back.join()
        self.close_connection = True

    def _refused(self, asked: str) -> bool:
        proxy: Proxy = self.server.proxy
        proxy.passed.append(asked)
        proxy.logins.append(self.headers.get("Proxy-Authorization"))
        if proxy.refuses is None:
            return False
        self.send_response(proxy.refuses)
        self.send_header("Proxy-Authenticate", 'Basic realm="kommunen"')
        self.send_header("Location", proxy.sends_to)
        self.send_header("Content-Length", "0")
        self.end_headers()
        return True

    def log_message(self, *_: object) -> None:
        pass


def poured(one: socket.socket, other: socket.socket) -> None:
    """Carry bytes from one end to the other until there are no more."""
    try:
        while piece := one.recv(65536):
            other.sendall(piece)
        other.shutdown(socket.SHUT_WR)
    except OSError:
        pass


class _Quiet(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        pass


@contextmanager
def proxying(refuses: int | None = None, sends_to: str = "") -> Iterator[Proxy]:
    with _Quiet(("127.0.0.1", 0), _Passing) as http:
        proxy = Proxy(f"http://127.0.0.1:{http.server_port}", refuses, sends_to)
        http.proxy = proxy  # type: ignore[attr-defined]
        thread = Thread(target=http.serve_forever, args=(0.01,))
        thread.start()
        yield proxy
        http.shutdown()
        thread.join()


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    with proxying() as running:
        yield running


# --- proxy ---------------------------------------------------------------------------------------

SPELLINGS = [str.upper, str.lower]


@pytest.mark.parametrize("spelt", SPELLINGS)
@pytest.mark.parametrize("name", ["HTTP_PROXY", "ALL_PROXY"])
def test_a_plain_address_goes_by_the_proxy_of_the_environment(
    name: str,
    spelt: Callable[[str], str],
    plain: Server,
    proxy: Proxy,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(spelt(name), proxy.url)
    assert areas(f"http://kolada.invalid:{plain.port}/v3") == EVERY
    assert proxy.passed == ["GET kolada.invalid"]


@pytest.mark.parametrize("spelt", SPELLINGS)
@pytest.mark.parametrize("name", ["HTTPS_PROXY", "ALL_PROXY"])
def test_a_safe_address_goes_through_the_proxy_of_the_environment(
    name: str,
    spelt: Callable[[str], str],
    self_signed: Server,
    proxy: Proxy,
    bundle: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(spelt(name), proxy.url)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(bundle))
    assert areas(self_signed.url) == EVERY
    assert proxy.passed == ["CONNECT 127.0.0.1"]


def test_the_certificate_is_checked_through_a_proxy_too(
    self_signed: Server, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy.url)
    with pytest.raises(KoladaUnavailable, match="certifikatet godkänns inte"):
        areas(self_signed.url)
    assert proxy.passed == ["CONNECT 127.0.0.1"]


def test_a_proxy_may_be_written_without_http_in_front(
    plain: Server, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", proxy.url.removeprefix("http://"))
    assert areas(plain.url) == EVERY
    assert len(proxy.passed) == 1


def test_a_login_in_the_proxys_address_is_sent(
    plain: Server, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", proxy.url.replace("//", "//anna:hemligt@"))
    assert areas(plain.url) == EVERY
    assert proxy.logins == ["Basic YW5uYTpoZW1saWd0"]


@pytest.mark.parametrize("spelt", SPELLINGS)
@pytest.mark.parametrize("hosts", ["127.0.0.1", "example.org, 127.0.0.1", "127.0.0.0/8", "*"])
def test_hosts_of_no_proxy_are_asked_straight(
    hosts: str,
    spelt: Callable[[str], str],
    plain: Server,
    proxy: Proxy,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTP_PROXY", proxy.url)
    monkeypatch.setenv(spelt("NO_PROXY"), hosts)
    assert areas(plain.url) == EVERY
    assert proxy.passed == []


def test_a_domain_of_no_proxy_holds_for_its_hosts(
    plain: Server, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", proxy.url)
    monkeypatch.setenv("NO_PROXY", ".kolada.invalid")
    with pytest.raises(KoladaUnavailable, match="ingen förbindelse"):
        areas(f"http://api.kolada.invalid:{plain.port}/v3")
    assert proxy.passed == []


def test_a_safe_address_does_not_go_by_the_proxy_for_plain_ones(
    self_signed: Server, proxy: Proxy, bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", proxy.url)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(bundle))
    assert areas(self_signed.url) == EVERY
    assert proxy.passed == []


# --- a proxy that says no ------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_that_wants_login_is_named_at_once_with_the_cure(
    scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with proxying(refuses=407) as proxy:
        monkeypatch.setenv("ALL_PROXY", proxy.url)
        with pytest.raises(KoladaUnavailable) as caught:
            areas(f"{scheme}://kolada.invalid/v3")
    assert str(caught.value) == (
        "Nätets proxy kräver inloggning (407 på /municipality). Försök igen när IT har släppt fram "
        "Kolada utan inloggning, eller ange proxy och inloggning i miljövariabeln HTTPS_PROXY."
    )
    assert len(proxy.passed) == 1


def test_a_proxy_that_stops_kolada_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with proxying(refuses=403) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        with pytest.raises(KoladaUnavailable, match=r"proxy släpper inte fram.*\(403 på /muni.*IT"):
            areas("https://kolada.invalid/v3")
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        with pytest.raises(KoladaRefused, match="403"):  # said by the proxy, or by Kolada itself
            areas("http://kolada.invalid/v3")
    assert len(proxy.passed) == 2


def test_a_proxy_that_is_busy_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    with proxying(refuses=503) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        with pytest.raises(KoladaUnavailable, match=r"5 försök \(ingen förbindelse\).*proxy"):
            areas("https://kolada.invalid/v3")
    assert len(proxy.passed) == 5


@pytest.mark.parametrize(
    "setting", ["http://", "http://[", "ftp://127.0.0.1:9", "socks5://127.0.0.1:9", " http://x:9"]
)
def test_a_proxy_that_cannot_be_used_is_told_by_its_variable(
    setting: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", setting)
    with pytest.raises(KoladaUnavailable, match=r"Proxyn för nätet går inte.*HTTPS_PROXY, HTTP_P"):
        areas("https://kolada.invalid/v3")


# --- certificates --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", BUNDLES)
def test_a_certificate_of_the_bundle_is_accepted(
    name: str, self_signed: Server, bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(KoladaUnavailable, match="certifikatet godkänns inte"):
        areas(self_signed.url)
    monkeypatch.setenv(name, str(bundle))
    assert areas(self_signed.url) == EVERY


def test_the_bundle_may_be_a_folder_only_as_openssl_hashes_it(
    self_signed: Server, bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(bundle.parent))
    with pytest.raises(KoladaUnavailable, match="certifikatet godkänns inte"):
        areas(self_signed.url)


@pytest.mark.parametrize("name", NOT_READ)
def test_other_variables_for_certificates_are_not_read(
    name: str, self_signed: Server, bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, str(bundle if name.endswith("FILE") else bundle.parent))
    with pytest.raises(KoladaUnavailable, match="certifikatet godkänns inte"):
        areas(self_signed.url)


def test_an_expired_certificate_is_refused_even_if_it_is_vouched_for(
    small: Dataset, bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(bundle))
    with (
        serve(small, fault="expired") as server,
        pytest.raises(KoladaUnavailable, match=r"certifikatet godkänns inte\. .*datorns klocka"),
    ):
        areas(server.url)


def test_a_certificate_for_another_host_is_refused(
    self_signed: Server, proxy: Proxy, bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(bundle))
    monkeypatch.setenv("HTTPS_PROXY", proxy.url)
    with pytest.raises(KoladaUnavailable, match="certifikatet godkänns inte"):
        areas(f"https://api.kolada.invalid:{self_signed.port}/v3")


@pytest.mark.parametrize("there", [True, False])
@pytest.mark.parametrize("name", BUNDLES)
def test_a_bundle_that_cannot_be_read_is_told_by_its_variable(
    name: str, there: bool, self_signed: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "rot.pem"
    if there:
        path.write_text("inget certifikat", encoding="utf-8")
    monkeypatch.setenv(name, str(path))
    with pytest.raises(KoladaUnavailable, match=rf"går inte att läsa\. .*variabeln {name}"):
        areas(self_signed.url)


def test_a_handshake_that_breaks_off_is_tried_again(plain: Server) -> None:
    with pytest.raises(KoladaUnavailable, match=r"5 försök \(ingen säker förbindelse\).*proxy"):
        areas(plain.url.replace("http:", "https:"))


# --- login pages ---------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [302, 303, 307, 511])
def test_a_login_page_of_the_network_is_told_as_the_networks_own(
    status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with proxying(status, "http://login.example.org/") as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        with pytest.raises(KoladaUnavailable, match=rf"Nätet svarar i Koladas ställe \({status} p"):
            areas("http://kolada.invalid/v3")
    assert proxy.passed == ["GET kolada.invalid"]


def test_a_new_path_on_the_same_host_is_told_as_moved(monkeypatch: pytest.MonkeyPatch) -> None:
    with proxying(refuses=307) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        with pytest.raises(KoladaError, match="har flyttat eller lagts"):
            areas("http://kolada.invalid/v3")
