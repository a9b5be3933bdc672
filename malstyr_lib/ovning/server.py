"""A stand-in Kolada on 127.0.0.1: a data set in, the v3 API over HTTP out, and faults by name."""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from malstyr_lib.ovning.answers import respond
from malstyr_lib.ovning.dataset import Dataset
from malstyr_lib.ovning.fault import Fault, Player, Reply
from malstyr_lib.ovning.faults import named
from malstyr_lib.ovning.holdings import Holdings, holdings
from malstyr_lib.ovning.wires import HOST, Wire, dead, tls


@dataclass(frozen=True)
class Server:
    """A running server: `url` is the base to give a client, ending in /v3."""

    url: str
    port: int


@contextmanager
def serve(dataset: Dataset, port: int = 0, fault: str | None = None) -> Iterator[Server]:
    """Serve a data set in the background while the context lasts; port 0 takes a free port.

    `fault` is the name of a fault to play (`faults.FAULTS`); UsageError when there is none such.
    """
    played = None if fault is None else named(fault)
    wire: Wire = "plain" if played is None else played.wire
    if wire in ("unknown", "closed", "deaf"):
        with dead(wire, port) as (host, taken):
            yield Server(f"http://{host}:{taken}/v3", taken)
    else:
        with _answering(_Http(holdings(dataset), port, played)) as server:
            yield server


@contextmanager
def _answering(http: _Http) -> Iterator[Server]:
    with http:
        thread = Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield http.server
        finally:
            http.shutdown()
            thread.join()


class _Http(ThreadingHTTPServer):
    """The listening socket and its open connections, which are hung up when it is closed."""

    daemon_threads = False

    def __init__(self, held: Holdings, port: int, played: Fault | None) -> None:
        self.held = held
        self.player = Player(played)
        self._open: set[socket.socket] = set()
        super().__init__((HOST, port), _Handler)
        context = tls(played.wire) if played else None
        self.scheme = "https" if context else "http"
        if context:  # the handshake is left to each connection's own thread
            self.socket = context.wrap_socket(
                self.socket, server_side=True, do_handshake_on_connect=False
            )
        self.server = Server(f"{self.scheme}://{HOST}:{self.server_port}/v3", self.server_port)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Let a client that hangs up in the middle go in silence."""

    def server_close(self) -> None:
        for connection in list(self._open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        super().server_close()


class _Handler(BaseHTTPRequestHandler):
    """One connection, kept open between requests."""

    protocol_version = "HTTP/1.1"
    server_version = "malstyr-ovning"
    wbufsize = -1
    disable_nagle_algorithm = True
    server: _Http

    def do_GET(self) -> None:
        own = f"{HOST}:{self.server.server_port}"
        base = f"{self.server.scheme}://{self.headers.get('Host', own)}"

        def right(target: str) -> Reply:
            answer = respond(self.server.held, target, base=base)
            return Reply(answer.status, answer.body)

        reply = self.server.player.reply(self.path, base, right)
        if reply.reset:
            self._hang_up()
        elif reply.silent:
            self._wait()
        else:
            self._send(reply)

    def _send(self, reply: Reply) -> None:
        length = len(reply.body) if reply.length is None else reply.length
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(length))
        self.end_headers()
        if reply.seconds_per_byte:
            self._drip(reply)
        else:
            self.wfile.write(reply.body)
        self.close_connection = self.close_connection or length != len(reply.body)

    def _drip(self, reply: Reply) -> None:
        """Send a body byte by byte, until the client has had enough."""
        for byte in reply.body:
            self.wfile.write(bytes([byte]))
            self.wfile.flush()
            time.sleep(reply.seconds_per_byte)

    def _wait(self) -> None:
        """Say nothing, until the client has had enough."""
        self.connection.recv(1)
        self.close_connection = True

    def _hang_up(self) -> None:
        """Break the connection in the middle of the answer's first line."""
        self.wfile.write(b"HTTP/1.1 2")
        self.wfile.flush()
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the client tells how it went."""
