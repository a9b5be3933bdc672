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
from typing import Any, Final

from malstyr_lib.ovning.answers import respond
from malstyr_lib.ovning.dataset import Dataset
from malstyr_lib.ovning.faults import Player, Reply, named
from malstyr_lib.ovning.holdings import Holdings, holdings

HOST: Final = "127.0.0.1"


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
    player = Player(None if fault is None else named(fault))
    with _Http(holdings(dataset), port, player) as http:
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

    def __init__(self, held: Holdings, port: int, player: Player) -> None:
        self.held = held
        self.player = player
        self._open: set[socket.socket] = set()
        super().__init__((HOST, port), _Handler)
        self.server = Server(f"http://{HOST}:{self.server_port}/v3", self.server_port)

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
        base = f"http://{self.headers.get('Host', own)}"
        player = self.server.player
        answer = respond(self.server.held, player.target(self.path), base=base)
        reply = player.reply(self.path, base, Reply(answer.status, answer.body))
        if reply.reset:
            self._hang_up()
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

    def _hang_up(self) -> None:
        """Break the connection in the middle of the answer's first line."""
        self.wfile.write(b"HTTP/1.1 2")
        self.wfile.flush()
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the client tells how it went."""
