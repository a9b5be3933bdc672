"""Serves the page on 127.0.0.1 behind a token that is new every time; Voilà runs it."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from malstyr_lib.errors import ReportError, UsageError
from malstyr_lib.workspace import Workspace, packaged

HOST: Final = "127.0.0.1"
NOTEBOOK: Final = "dumma_fragor_app.ipynb"
SETTINGS: Final = Path(__file__).parent / "mall"
"""Where the page's template lies, and voila.json, instead of what the user has set for Voilà."""
PATIENCE_S: Final = 120.0
"""How long the server may take to start, on a slow computer."""
_LAST_WORDS_S: Final = 10.0


@dataclass(frozen=True)
class Served:
    """A page that is being served: its server and the address with its token."""

    process: subprocess.Popen[bytes]
    port: int
    token: str

    @property
    def address(self) -> str:
        """The address to open; whoever has it can use the page, on this computer only."""
        return f"http://{HOST}:{self.port}/?token={self.token}"

    def wait(self) -> int:
        """Return the server's exit code when it ends by itself."""
        return self.process.wait()


@contextmanager
def serving(place: Workspace, *, port: int | None = None) -> Iterator[Served]:
    """Serve the page of a municipality's folders until the block ends.

    port: None is any that is free. UsageError with the cure when Voilà is not installed or the
    port is taken, ReportError when the server ends before it answers.
    """
    if find_spec("voila") is None:
        raise UsageError(
            "Sidan behöver Voilà, som inte är installerat. Installera det med:"
            " uv sync --extra app (eller: pip install 'malstyr[app]')"
        )
    token, chosen = secrets.token_urlsafe(24), _free(port)
    environment = os.environ | place.environment() | _jupyter(token)
    process = subprocess.Popen(command(chosen), env=environment)
    try:
        _answering(process, chosen)
        yield Served(process, chosen, token)
    finally:
        _end(process)


def command(port: int) -> list[str]:
    """Return the command that serves the page; the token is not in it, where others can see it."""
    return [
        *(sys.executable, "-m", "voila", str(packaged("notebooks") / NOTEBOOK)),
        *("--token", "--no-browser", f"--Voila.ip={HOST}", f"--port={port}"),
        f"--Voila.config_file_paths={SETTINGS}",
        *(["--KernelManager.transport=ipc"] if os.name == "posix" else []),
    ]


def _jupyter(token: str) -> dict[str, str]:
    """Return how Voilà is told the token and where the page's template lies."""
    paths = [str(SETTINGS), *filter(None, [os.environ.get("JUPYTER_PATH")])]
    return {"JUPYTER_TOKEN": token, "JUPYTER_PATH": os.pathsep.join(paths)}


def _free(port: int | None) -> int:
    """Return a port that nobody listens to: the one given or, for None, any."""
    with socket.socket() as asked:
        try:
            asked.bind((HOST, port or 0))
        except OSError:
            raise UsageError(
                f"Port {port} är upptagen. Välj en annan med --port, eller utelämna flaggan."
            ) from None
        return int(asked.getsockname()[1])


def _answering(process: subprocess.Popen[bytes], port: int) -> None:
    """Wait until the server answers."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        if process.poll() is not None:
            raise ReportError("Sidan kunde inte starta. Skälet står ovanför.")
        with socket.socket() as asked:
            if asked.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.1)
    raise ReportError(f"Sidan svarade inte på {PATIENCE_S:.0f} sekunder. Försök igen.")


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the server and its kernels; on Windows it has got the same Ctrl+C by itself."""
    if os.name == "posix":
        process.terminate()
    try:
        process.wait(_LAST_WORDS_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def run_until_stopped(place: Workspace, port: int | None, on_start: Callable[[str], None]) -> None:
    """Serve the page until Ctrl+C, or until this process is asked to end.

    on_start: is given the address when the page answers. ReportError when the server ends first.
    """
    ends = (signal.SIGINT, signal.SIGTERM)  # a shell's background job has Ctrl+C turned off
    before = {one: signal.signal(one, signal.default_int_handler) for one in ends}
    try:
        with serving(place, port=port) as served:
            on_start(served.address)
            if served.wait():
                raise ReportError("Sidan slutade oväntat. Starta den igen med: malstyr app")
    except KeyboardInterrupt:
        return
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
