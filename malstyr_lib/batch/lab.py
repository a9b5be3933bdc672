"""Opens a committee's notebook in JupyterLab: a copy of one's own, on 127.0.0.1 behind a token."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat

from malstyr_lib.model import Committee
from malstyr_lib.workspace import Workspace, packaged


def open_lab(place: Workspace, committee: Committee, *, browser: bool) -> int:
    """Run JupyterLab on the committee's copy until the user stops it; return its exit code.

    The notebook finds the same folders as the command was given.
    """
    environment = os.environ | place.environment()
    return subprocess.run(
        command(own_copy(place, committee), browser=browser), env=environment, check=False
    ).returncode


def own_copy(place: Workspace, committee: Committee) -> Path:
    """Return the committee's notebook to work in, made on the first call and then left as it is.

    The batch runs the original, so whatever is tried out here changes no report.
    """
    path = place.output / "labb" / f"namnd-{committee.slug}.ipynb"
    if not path.exists():
        notebook = nbformat.read(packaged("notebooks") / "namnd.ipynb", as_version=4)
        for cell in notebook.cells:
            if "parameters" in cell.metadata.get("tags", []):
                cell.source = re.sub('^(namnd: str = )".*?"', rf'\1"{committee.slug}"', cell.source)
        path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, path)
    return path


def command(notebook: Path, *, browser: bool) -> list[str]:
    """Return the command that opens a notebook; Jupyter makes a new token at every start."""
    return [
        *(sys.executable, "-m", "jupyterlab", str(notebook)),
        "--ServerApp.ip=127.0.0.1",
        "--ServerApp.allow_remote_access=False",
        *([] if browser else ["--no-browser"]),
    ]
