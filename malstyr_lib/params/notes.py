"""Adds a note to a committee's file; what people have written there before stays as it is."""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML

from malstyr_lib.disk import half
from malstyr_lib.errors import ParamsError, Problem, UsageError
from malstyr_lib.model import Note
from malstyr_lib.params import NoteFile
from malstyr_lib.params._problems import checked
from malstyr_lib.params._yaml import Document, Tree, composed, read
from malstyr_lib.params.files import NOTES

_HEAD: Final = """\
# yaml-language-server: $schema=../schema/anteckningar.json
# Anteckningar: vad människor säger om nyckeltalen, och vilka orsaker de har prövat.
#
# Så ändrar du:
# - Varje anteckning börjar med en rad "- nyckeltal:" och gäller ett nyckeltal eller eget mått, och
#   en period: 2025, 2025-K3 eller 2025-03.
# - värde är vad det var när anteckningen skrevs. Blir det ett annat säger rapporten till.
# - bedömning av en orsak är trolig, möjlig eller utesluten.
# - skriven är dag och namn. Ingen körning ändrar det som står här.
#
# Indrag görs med blanksteg, aldrig med tabb. Kontrollera efteråt med: malstyr kontrollera

anteckningar:
"""


def note_of(tree: Mapping[str, Tree]) -> Note:
    """Return a note from its Swedish keys; UsageError with all that is wrong in it."""
    found = checked(Note, Document("anteckning", composed(dict(tree))))
    if found.value is None:
        wrong = "; ".join(problem.text for problem in found.problems)
        raise UsageError(f"Anteckningen skrevs inte: {wrong}.")
    return found.value


def add_note(folder: Path, committee: str, note: Note) -> Path:
    """Write a note last in a committee's file of a params folder, and return the file.

    committee: its slug. All that the file held is left to the letter, its line ends and its mode
    too, and a link stays a link; the new file is read back before it takes the old one's place.
    ParamsError when the file can't be read as it is; UsageError when it is not written so that a
    note can be put last, or somebody else saved it meanwhile.
    """
    path = folder / NOTES / f"{committee}.yaml"
    before = path.read_bytes() if path.exists() else _HEAD.encode()
    kept = _read(path.parent, path.name) if path.exists() else ()
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with half(path.resolve().parent, before + _addition(before, note)) as written:
            if _read(written.parent, written.name) != (*kept, note):
                raise ParamsError([Problem(path.name, 0, "")])
            _replace(path, written, before)
    except ParamsError:
        raise UsageError(
            f"Anteckningen går inte att lägga sist i {path}: listan anteckningar ska stå sist i"
            " filen, med ett streck framför varje anteckning. Skriv in den för hand."
        ) from None
    return path


def _addition(before: bytes, note: Note) -> bytes:
    """Return what is put last in a file, with the line end that the file itself has."""
    content = before.decode("utf-8-sig").replace("\r\n", "\n")
    added = ("" if content.endswith("\n") else "\n") + _block(note, _indent(content))
    end = "\r\n" if b"\r\n" in before else "\n"
    return added.replace("\n", end).encode()


def _replace(path: Path, new: Path, before: bytes) -> None:
    """Give the new file the old one's place and mode, unless that holds something else by now."""
    if (path.read_bytes() if path.exists() else _HEAD.encode()) != before:
        raise UsageError(f"{path}: filen ändrades samtidigt; kör igen.")
    if path.exists():
        shutil.copymode(path, new)
    new.replace(path.resolve())


def _read(folder: Path, name: str) -> tuple[Note, ...]:
    found = checked(NoteFile, read(folder, name))
    if found.value is None:
        raise ParamsError(found.problems)
    return found.value.items


def _indent(content: str) -> str:
    """Return how far the items of the list are set in, two blanks where there are none yet."""
    found = re.search(r"^anteckningar:\s*(?:#.*)?\n(?:\s*(?:#.*)?\n)*( *)- ", content, re.MULTILINE)
    return found[1] if found else "  "


def _block(note: Note, indent: str) -> str:
    """Return a note as the last item of a list, a blank line before it."""
    plain: dict[str, Any] = note.model_dump(
        by_alias=True, exclude_none=True, exclude_defaults=True, exclude={"committee"}
    )
    if note.value is not None:
        plain["värde"] = str(note.value).replace(".", ",")  # with the decimals it was written with
    writer, made = YAML(), io.StringIO()
    writer.width, writer.allow_unicode = 96, True
    writer.indent(mapping=2, sequence=4, offset=2)
    writer.dump([plain], made)
    lines = [line.removeprefix("  ") for line in made.getvalue().splitlines()]
    return "\n" + "".join(f"{indent}{line}\n" if line else "\n" for line in lines)
