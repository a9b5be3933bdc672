"""Opens a committee's notebook in JupyterLab: on 127.0.0.1 only, behind a token."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from pathlib import Path

from malstyr_lib.model import SteeringModel
from malstyr_lib.report.analysis import committee_named
from malstyr_lib.workspace import Workspace, packaged


def open_lab(
    place: Workspace, model: SteeringModel, *, committee: str | None, browser: bool
) -> int:
    """Run JupyterLab until the user stops it; return its exit code.

    The notebook finds the same folders as the command was given. UsageError for an unknown
    committee.
    """
    if committee:
        print(f'Skriv namnd = "{committee_named(model, committee).slug}" i den första rutan.')
    environment = os.environ | place.environment() | {"JUPYTER_TOKEN": secrets.token_urlsafe(24)}
    return subprocess.run(
        command(packaged("notebooks") / "namnd.ipynb", browser), env=environment
    ).returncode


def command(notebook: Path, browser: bool) -> list[str]:
    """Return the command that opens a notebook; the token goes by the environment, unseen."""
    return [
        *(sys.executable, "-m", "jupyterlab", str(notebook)),
        "--ServerApp.ip=127.0.0.1",
        "--ServerApp.allow_remote_access=False",
        *([] if browser else ["--no-browser"]),
    ]
