"""pandoc, run the same way on every machine: from HTML, in a folder that holds the pictures."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from malstyr_lib.errors import ReportError


def converted(html: str, form: str, folder: Path, *options: str, stamp: int = 0) -> bytes:
    """Return HTML as another form.

    folder: where the pictures lie; a user's own settings for pandoc are not read. stamp: when the
    file says that it was made, in seconds since 1970. ReportError when pandoc gives up.
    """
    done = subprocess.run(
        [_program(), "--from=html", f"--to={form}", f"--data-dir={folder}", *options, "--output=-"],
        input=html.encode("utf-8"),
        capture_output=True,
        cwd=folder,
        env={**os.environ, "SOURCE_DATE_EPOCH": str(stamp)},
        check=False,
    )
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip()
        raise ReportError(f"Pandoc kunde inte göra om rapporten till {form}: {said}")
    return done.stdout


def data_file(name: str) -> bytes:
    """Return one of the files that pandoc brings along, as "reference.docx"."""
    asked = [_program(), "--print-default-data-file", name]
    return subprocess.run(asked, capture_output=True, check=True).stdout


def _program() -> str:
    import pypandoc

    program: str = pypandoc.get_pandoc_path()
    return program
