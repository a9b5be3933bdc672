"""The files of a params folder: what they are called, and what they hold, whoever saved them."""

from __future__ import annotations

import codecs
import unicodedata
from pathlib import Path
from typing import Final

from malstyr_lib import workspace
from malstyr_lib.errors import Problem, visible

STEERING: Final = "styrmodell.yaml"
REGISTRY: Final = "nyckeltal.yaml"
COMMITTEES: Final = "namnder"
ACTIVITIES: Final = "aktiviteter"
MEASURES: Final = "egna"
NOTES: Final = "anteckningar"
QUESTIONS: Final = "fragor"
PER_COMMITTEE: Final = (ACTIVITIES, NOTES, QUESTIONS)
"""The folders with a file for each committee, named as the committee's own."""

MAX_BYTES: Final = 1_000_000
_LARGE: Final = "filen är större än 1 MB; är det rätt fil?"
SHUT: Final = "filen går inte att öppna; stäng den i andra program"


class Refused(Exception):
    """A file that is not read: the sentence why, and the line and sheet where there is one.

    Line 0 means the file as a whole.
    """

    def __init__(self, text: str, line: int = 0, sheet: str = "") -> None:
        super().__init__(text)
        self.text, self.line, self.sheet = text, line, sheet

    def problem(self, file: str) -> Problem:
        """Return it as a problem of a file."""
        return Problem(in_sheet(file, self.sheet), self.line, self.text)


def lying_in(folder: Path, inside: str) -> list[Path]:
    """Return what lies in a folder of a params folder, in order, but for what is nobody's own."""
    found = sorted((folder / inside).iterdir()) if (folder / inside).is_dir() else []
    return [path for path in found if workspace.is_own(path)]


def content(path: Path, most: int = MAX_BYTES, *, large: str = _LARGE, shut: str = SHUT) -> bytes:
    """Return what a file holds; raises Refused when it holds more than it may or can't be opened.

    large, shut: the sentences for that.
    """
    try:
        with path.open("rb") as stream:
            held = stream.read(most + 1)
    except OSError:
        raise Refused(shut) from None
    if len(held) > most:
        raise Refused(large)
    return held


def decoded(held: bytes, cure: str) -> str:
    """Return what a file holds as text; raises Refused with the cure when it is not UTF-8.

    Composed (NFC), since macOS may write å as two characters.
    """
    if held.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in held:
        raise Refused(cure)
    try:
        return unicodedata.normalize("NFC", held.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise Refused(cure, held.count(b"\n", 0, error.start) + 1) from None


def in_sheet(file: str, sheet: str) -> str:
    """Return a file, or a sheet of it, as problems name it."""
    return f"{file} blad {shown(sheet)}" if sheet else file


def shown(word: str) -> str:
    """Return a word from a file as it can be printed: short, and with nothing invisible in it."""
    seen = visible(word, kept="")
    return seen if len(seen) <= 60 else f"{seen[:59]}…"
