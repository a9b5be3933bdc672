"""Opens a notebook in JupyterLab: a copy of one's own, on 127.0.0.1 behind a token."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Final

import nbformat

from malstyr_lib import text
from malstyr_lib.errors import UsageError
from malstyr_lib.model import Committee
from malstyr_lib.workspace import Workspace, packaged

COMMITTEE: Final = "namnd"
"""The notebook that is a committee's; every other one is the municipality's."""


def open_lab(
    place: Workspace, committee: Committee, *, browser: bool, notebook: str = COMMITTEE
) -> int:
    """Run JupyterLab on the own copy of a notebook until the user stops it; return its exit code.

    The notebook finds the same folders as the command was given.
    """
    environment = os.environ | place.environment()
    return subprocess.run(
        command(own_copy(place, committee, notebook=notebook), browser=browser),
        env=environment,
        check=False,
    ).returncode


def own_copy(place: Workspace, committee: Committee, *, notebook: str = COMMITTEE) -> Path:
    """Return a notebook to work in, made on the first call and then left as it is.

    The batch runs the original, so whatever is tried out here changes no report. A committee's
    notebook names the committee. UsageError for a notebook that does not come along.
    """
    original = _original(notebook)
    mine = f"{notebook}-{committee.slug}" if notebook == COMMITTEE else notebook
    path = place.output / "labb" / f"{mine}.ipynb"
    if not path.exists():
        copied = nbformat.read(original, as_version=4)
        for cell in copied.cells:
            if "parameters" in cell.metadata.get("tags", []):
                cell.source = re.sub('^(namnd: str = )".*?"', rf'\1"{committee.slug}"', cell.source)
        path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(copied, path)
    return path


def _original(notebook: str) -> Path:
    """Return the notebook with a name, among those that come along."""
    there = {path.stem: path for path in sorted(packaged("notebooks").glob("*.ipynb"))}
    if notebook not in there:
        near = text.did_you_mean(notebook, there) or f". Välj {' eller '.join(there)}."
        raise UsageError(f"Det finns ingen notebook '{notebook}'{near}")
    return there[notebook]


def command(notebook: Path, *, browser: bool) -> list[str]:
    """Return the command that opens a notebook; Jupyter makes a new token at every start."""
    return [
        *(sys.executable, "-m", "jupyterlab", str(notebook)),
        f"--LabApp.default_url=/lab/tree/{notebook.name}",  # also at the address that is printed
        "--ServerApp.ip=127.0.0.1",
        "--ServerApp.allow_remote_access=False",
        *([] if browser else ["--no-browser"]),
    ]
