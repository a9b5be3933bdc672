"""What stands between us and Kolada: proxy, login page, certificate; each as an error with a cure.

None of these is Kolada's own, and no other attempt cures them: the one who can is the network's.
"""

from __future__ import annotations

import os
import re
from typing import Final
from urllib.parse import urljoin, urlsplit

import requests

from malstyr_lib.errors import KoladaUnavailable
from malstyr_lib.kolada.patience import short

_LOGIN: Final = frozenset({302, 303, 307})
_BUNDLES: Final = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
_PROXIES: Final = "HTTPS_PROXY, HTTP_PROXY eller ALL_PROXY"
_TUNNEL: Final = re.compile(r"Tunnel connection failed: (4\d\d)")
_UNREADABLE: Final = ("invalid path", "NO_CERTIFICATE_OR_CRL_FOUND", "PEM lib")


def answered(response: requests.Response, url: str, path: str) -> KoladaUnavailable | None:
    """Return the error when it was the network that answered in Kolada's stead."""
    status = response.status_code
    if status == 407:
        return _proxy_login(path)
    target = urljoin(url, response.headers.get("Location", ""))
    elsewhere = status in _LOGIN and _host(target) != _host(url)
    if status != 511 and not elsewhere:
        return None
    where = f", vidare till {target[:60]!r}" if elsewhere else ""
    return KoladaUnavailable(
        f"Nätet svarar i Koladas ställe ({status} på {short(path)}{where}). "
        "Försök igen när du har loggat in på nätet i en webbläsare, eller fråga IT."
    )


def failed(fault: Exception, url: str, path: str) -> KoladaUnavailable | None:
    """Return the error when it was the network, or its settings here, that let nothing through."""
    words = str(fault)
    if any(sign in words for sign in _UNREADABLE):
        return _no_bundle(path)
    if isinstance(fault, requests.exceptions.SSLError):
        return _untrusted(path) if "certificate" in words.lower() else None
    tunnel = _TUNNEL.search(words)
    if tunnel:
        return _proxy_login(path) if tunnel[1] == "407" else _proxy_closed(tunnel[1], path)
    invalid = requests.exceptions.InvalidURL | requests.exceptions.InvalidSchema
    if isinstance(fault, invalid) and requests.utils.get_environ_proxies(url):
        return KoladaUnavailable(
            f"Proxyn för nätet går inte att använda (på {short(path)}): {words[:120]}. "
            f"Kontrollera miljövariabeln {_PROXIES}; den skrivs som http://proxy.example.se:8080."
        )
    return None


def _host(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc


def _proxy_login(path: str) -> KoladaUnavailable:
    return KoladaUnavailable(
        f"Nätets proxy kräver inloggning (407 på {short(path)}). Försök igen när IT har släppt "
        "fram Kolada utan inloggning, eller ange proxy och inloggning i miljövariabeln HTTPS_PROXY."
    )


def _proxy_closed(status: str, path: str) -> KoladaUnavailable:
    return KoladaUnavailable(
        f"Nätets proxy släpper inte fram frågor till Kolada ({status} på {short(path)}). "
        "Försök igen när IT har öppnat för Koladas adress."
    )


def _no_bundle(path: str) -> KoladaUnavailable:
    name = next((name for name in _BUNDLES if os.environ.get(name)), _BUNDLES[0])
    return KoladaUnavailable(
        f"Kolada kunde inte nås säkert på {short(path)}: filen med certifikat går inte att läsa. "
        f"Kontrollera miljövariabeln {name}, som ska peka ut en PEM-fil."
    )


def _untrusted(path: str) -> KoladaUnavailable:
    return KoladaUnavailable(
        f"Kolada kunde inte nås säkert på {short(path)}: certifikatet godkänns inte. "
        "Kontrollera datorns klocka; sätter kommunens nät in ett eget certifikat, be IT om det "
        f"som PEM-fil och peka ut den med {_BUNDLES[0]}. Annars: ingen osäker väg prövas."
    )
