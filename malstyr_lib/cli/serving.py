"""`malstyr app`: starts the page, says where it is, and opens it."""

from __future__ import annotations

import webbrowser

from malstyr_lib.face.server import run_until_stopped
from malstyr_lib.store import Store
from malstyr_lib.workspace import Workspace


def serve(place: Workspace, port: int | None, *, browser: bool) -> None:
    """Serve the page until Ctrl+C. StoreEmpty with the cure when nothing has been fetched."""
    Store(place.store).open()
    print("Startar sidan …", flush=True)

    def started(address: str) -> None:
        print(f"Sidan finns på {address}")
        print("Den nås bara från den här datorn. Avsluta med Ctrl+C.", flush=True)
        if browser:
            webbrowser.open(address)

    run_until_stopped(place, port, started)
    print("Sidan är avslutad.")
