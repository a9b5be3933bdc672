"""What a fault does below HTTP: no such host, nobody there, nobody answering, a bad certificate."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, Literal

from malstyr_lib.errors import UsageError
from malstyr_lib.ovning import certificates

Wire = Literal["plain", "unknown", "closed", "deaf", "self-signed", "expired"]

HOST: Final = "127.0.0.1"
NO_HOST: Final = "kolada.invalid"
"""A name that no host will ever have (RFC 2606)."""

_CERTIFICATES: Final[dict[Wire, str]] = {
    "self-signed": certificates.SELF_SIGNED,
    "expired": certificates.EXPIRED,
}
_CONNECT_S: Final = 0.3
_QUEUE_MOST: Final = 8


def tls(wire: Wire) -> ssl.SSLContext | None:
    """Return how a server encrypts on this wire, or None when it does not."""
    if wire not in _CERTIFICATES:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with TemporaryDirectory() as folder:
        chain = Path(folder) / "chain.pem"
        chain.write_text(certificates.KEY + _CERTIFICATES[wire], encoding="ascii")
        context.load_cert_chain(chain)
    return context


@contextmanager
def dead(wire: Wire, port: int) -> Iterator[tuple[str, int]]:
    """Keep a host and port where no server answers, in the way of the wire, while it lasts.

    UsageError where the system cannot play it: only Linux lets a full queue keep callers waiting.
    """
    with socket.socket() as listener, ExitStack() as held:
        listener.bind((HOST, port))  # bound, but refusing until it listens
        if wire == "deaf":
            listener.listen(0)
            _fill(listener.getsockname(), held)
        yield NO_HOST if wire == "unknown" else HOST, listener.getsockname()[1]


def _fill(address: tuple[str, int], held: ExitStack) -> None:
    """Call until nobody gets through."""
    for _ in range(_QUEUE_MOST):
        caller = held.enter_context(socket.socket())
        caller.settimeout(_CONNECT_S)
        try:
            caller.connect(address)
        except TimeoutError:
            return
        except OSError:
            break
    raise UsageError(
        "Felläget kan bara spelas på Linux: här svarar systemet själv när kön till servern är full."
    )
