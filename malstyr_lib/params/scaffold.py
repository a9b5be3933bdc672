"""Begins a new committee's file or a new municipality's folder: all of it or nothing, never over.

What is written is read back by the loader before it is put in its place.
"""

from __future__ import annotations

import re
import shutil
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

import pandas as pd

from malstyr_lib import tables
from malstyr_lib.disk import put_new
from malstyr_lib.errors import UsageError
from malstyr_lib.model import CODE_PATTERN, FILE_NAME, ID_PATTERN, Committee, SteeringModel
from malstyr_lib.params import load, schema
from malstyr_lib.params._checks import usable_as_folder
from malstyr_lib.params._problems import checked
from malstyr_lib.params._templates import COMMITTEE_FILE, MUNICIPALITY_FILE, READ_ME
from malstyr_lib.params._yaml import read
from malstyr_lib.params.files import COMMITTEES, REGISTRY, STEERING
from malstyr_lib.workspace import MUNICIPALITY, PARAMS

READ_ME_FILE: Final = "LASMIG.txt"
LONGEST: Final = 200

_PLAIN: Final = re.compile(r"[A-Za-zÅÄÖåäö](?:[A-Za-zÅÄÖåäöÉéÜü0-9 /().,_-]*[A-Za-zåäöÅÄÖ0-9)])?")
_EXPECTED: Final = re.compile(r"^( +)förväntningar:\n(?:\1 .*\n|\n(?=\1 ))*", re.MULTILINE)
"""A goal's expectations: what somebody has said, with day and reason, of one municipality."""
_WORDS: Final = {"true", "false", "null", "yes", "no", "on", "off", "y", "n", "ja", "nej"}


def committee(folder: Path, *, code: str, name: str) -> list[Path]:
    """Write a committee's file into a params folder, and return the files that were written.

    ParamsError when the folder is not right as it is; UsageError for a code or a name that can't
    be used, or that is taken.
    """
    model = load(folder)
    code, named = unicodedata.normalize("NFC", code.strip()), one_line(name)
    slug = _free_slug(model, code, folder)
    inside = f"{COMMITTEES}/{slug}.yaml"
    with _beside(folder) as place:
        content = _committee_text(model, code, named, slug)
        _write(place / inside, schema.modeline(COMMITTEES) + content)
        made = checked(Committee, read(place, inside), {FILE_NAME: slug}).value
        _same((made.code, made.name) if made else None, (code, named))
        _put(folder / inside, (place / inside).read_bytes())
    return [folder / inside, *schema.write(folder, again=False)]


def municipality(home: Path, *, code: str, name: str, source: Path) -> list[Path]:
    """Write a whole params folder into a municipality's folder, and return the files in it.

    source: the params folder whose registry, steering model and committees are the examples to
    begin with. UsageError when there is a params folder already, or for a code or a name that
    can't be used.
    """
    if not re.fullmatch(CODE_PATTERN, code):
        raise UsageError(
            f"'{code}' är ingen kommunkod. Skriv fyra siffror, till exempel --kod 0114."
        )
    named, target = one_line(name), home / PARAMS
    if target.exists():
        raise UsageError(f"{target} finns redan, och inget skrivs över. Ange en annan mapp.")
    with _beside(home) as place:
        new = place / PARAMS
        _fill(new, source, code, named)
        made = load(new).municipality
        _same((made.code, made.name), (code, named))
        new.rename(target)
    return sorted(file for file in target.rglob("*") if file.is_file())


def name_of(code: str, areas: pd.DataFrame | None) -> str | None:
    """Return a municipality's name by its code, as fetched or else as it is known; None for none.

    areas: tables.MUNICIPALITIES, or None when nothing has been fetched.
    """
    if areas is not None and code in tables.municipalities_only(areas):
        return str(areas.loc[areas["id"] == code, "title"].iloc[0])
    return _known().get(code)


def codes() -> dict[str, str]:
    """Return the codes of the known municipalities by their names in lower case."""
    return {name.casefold(): code for code, name in _known().items()}


def _known() -> dict[str, str]:
    """Return the names of Sweden's municipalities by code (SCB's list, the names as in Kolada)."""
    lines = Path(__file__).with_name("kommuner.txt").read_text(encoding="utf-8").splitlines()
    return {code: name for code, _, name in (line.partition(" ") for line in lines)}


def slug_of(code: str) -> str:
    """Return a committee's file name without its ending: its code in a-z, 0-9, - and _."""
    plain = unicodedata.normalize("NFKD", code.lower())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def one_line(name: str) -> str:
    """Return a name as it is stored: composed, on one line, without blanks around it.

    UsageError when nothing is left, when it is too long, or for what can't be seen.
    """
    blanks = "".join(" " if letter.isspace() else letter for letter in name)
    plain = unicodedata.normalize("NFC", blanks.strip())
    if not plain:
        raise UsageError(
            "Namnet är tomt. Skriv det inom citattecken: 'Kultur- och fritidsnämnden'."
        )
    if len(plain) > LONGEST:
        raise UsageError(f"Namnet är för långt: {len(plain)} tecken, högst {LONGEST}.")
    if not plain.isprintable():
        raise UsageError("Namnet innehåller ett tecken som inte går att visa. Skriv om det.")
    return plain


def scalar(value: str) -> str:
    """Return one line of text as a YAML value that any reader takes for that very text."""
    if _PLAIN.fullmatch(value) and value.casefold() not in _WORDS:
        return value
    return "'" + value.replace("'", "''") + "'"


def _free_slug(model: SteeringModel, code: str, folder: Path) -> str:
    """Return the slug of a code that no committee has; UsageError when it can't be used."""
    if not re.fullmatch(ID_PATTERN, code):
        raise UsageError(
            f"'{code}' kan inte vara en nämnds kod. Använd högst 40 bokstäver, siffror, - och _,"
            " till exempel KFN."
        )
    for one in model.committees:
        if one.code.casefold() == code.casefold():
            raise UsageError(f"Koden {code} har redan {one.name}, i {COMMITTEES}/{one.slug}.yaml.")
    slug = slug_of(code)
    if not usable_as_folder(slug):
        raise UsageError(
            f"Koden {code} ger filnamnet {slug}, som är upptaget i Windows. Välj en annan."
        )
    taken = [one.name for one in (folder / COMMITTEES).iterdir() if one.stem.casefold() == slug]
    if taken:
        raise UsageError(
            f"{COMMITTEES}/{taken[0]} finns redan, och inget skrivs över. Välj en annan kod."
        )
    return slug


def _committee_text(model: SteeringModel, code: str, name: str, slug: str) -> str:
    """Return a committee's file with a goal to begin with, as comments."""
    goal = model.council_goals[0]
    ids = {one.id.casefold() for committee in model.committees for one in committee.goals}
    numbered = (f"{code[:30]}{number}" for number in range(1, len(ids) + 2))
    return COMMITTEE_FILE.format(
        title=name,
        slug=slug,
        code=scalar(code),
        name=scalar(name),
        administration=f"{slug[:26]}-forvaltningen",
        unit=f"{slug[:26]}-enhet-1",
        goal=scalar(next(one for one in numbered if one.casefold() not in ids)),
        council_goal=scalar(goal.id),
        perspective=scalar(goal.perspective),
        kpi=model.kpis[0].id,
    )


def _fill(new: Path, source: Path, code: str, name: str) -> None:
    """Write all of a new params folder, without what somebody else has expected of the values."""
    new.mkdir()
    kommun = MUNICIPALITY_FILE.format(code=f"'{code}'", name=scalar(name))
    _write(new / MUNICIPALITY, schema.modeline(MUNICIPALITY) + kommun)
    committees = sorted((source / COMMITTEES).glob("*.yaml"))
    for file in (source / STEERING, source / REGISTRY, *committees):
        text = _EXPECTED.sub("", file.read_text(encoding="utf-8"))
        _write(new / file.relative_to(source), text)
    for inside, words in READ_ME.items():
        _write(new / inside / READ_ME_FILE, words)
    schema.write(new)


@contextmanager
def _beside(folder: Path) -> Iterator[Path]:
    """Give a folder on the same disk to prepare things in, which is gone afterwards.

    The folder it stands in is made when it is not there, and is gone too when nothing came of it.
    """
    made = [one for one in (folder, *folder.parents) if not one.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    place = Path(mkdtemp(prefix=".ny-", dir=folder))
    try:
        yield place
    except BaseException:
        shutil.rmtree(place, ignore_errors=True)
        with suppress(OSError):
            for one in made:
                one.rmdir()
        raise
    shutil.rmtree(place, ignore_errors=True)


def _write(file: Path, content: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content, encoding="utf-8", newline="\n")


def _put(file: Path, content: bytes) -> None:
    """Put a whole file in its place; UsageError when something has come there meanwhile."""
    try:
        put_new(file, content)
    except FileExistsError:
        raise UsageError(f"{file} finns redan, och inget skrivs över.") from None


def _same(made: tuple[str, str] | None, wanted: tuple[str, str]) -> None:
    if made != wanted:
        raise UsageError(
            f"'{wanted[1]}' går inte att skriva i en fil. Skriv namnet på ett annat sätt."
        )
