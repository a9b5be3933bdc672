"""A stand-in Kolada on 127.0.0.1: a data set in, the v3 API over HTTP out, until it is closed."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Final

from malstyr_lib.ovning.answers import respond
from malstyr_lib.ovning.dataset import Dataset
from malstyr_lib.ovning.holdings import Holdings, holdings

HOST: Final = "127.0.0.1"


@dataclass(frozen=True)
class Server:
    """A running server: `url` is the base to give a client, ending in /v3."""

    url: str
    port: int


@contextmanager
def serve(dataset: Dataset, port: int = 0) -> Iterator[Server]:
    """Serve a data set in the background while the context lasts; port 0 takes a free port."""
    with _Http(holdings(dataset), port) as http:
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

    def __init__(self, held: Holdings, port: int) -> None:
        self.held = held
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
        answer = respond(
            self.server.held, self.path, base=f"http://{self.headers.get('Host', own)}"
        )
        self.send_response(answer.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the client tells how it went."""
