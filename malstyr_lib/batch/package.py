"""The reports as one file to send or lay by: a zip with the list, every form and the manifest."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import BinaryIO, Final
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

from malstyr_lib import manifest, text
from malstyr_lib.batch.listing import NOTEBOOK, listed_page, there
from malstyr_lib.disk import half
from malstyr_lib.errors import ReportError, UsageError, visible
from malstyr_lib.model import SteeringModel
from malstyr_lib.outcome import Outcome
from malstyr_lib.report.kinds import kinds_named
from malstyr_lib.workspace import Workspace

MARK: Final = b"malstyr paket"
"""What a package says of itself in its comment, so that it may be written over."""
_NAME: Final = re.compile(
    r"(?!(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$))[^\W_][\w .()-]*", re.IGNORECASE
)
"""A name of a file or folder that every system can unpack, inside the package."""
_PLAIN: Final = {ord("å"): "a", ord("ä"): "a", ord("ö"): "o", ord("é"): "e"}


@dataclass(frozen=True)
class Packed:
    """A package that lies in its place: where, how many reports and files, and its bytes."""

    path: Path
    reports: int
    files: int
    size: int


@dataclass(frozen=True)
class Content:
    """What goes into a package: the reports, as they lie there, and the names of their files.

    left: those that were chosen and don't lie there: never made whole, or taken away.
    """

    outcomes: tuple[Outcome, ...]
    files: tuple[tuple[Outcome, str], ...]
    left: tuple[Outcome, ...] = ()


def content(
    place: Workspace, *, year: int | None = None, kinds: Sequence[str] = (), notebooks: bool = False
) -> Content:
    """Return the reports that lie in output, of one year and some kinds; none means all.

    UsageError for an unknown kind, and ReportError with the cure when no report lies there.
    """
    chosen = {kind.name for kind in kinds_named(kinds)} if kinds else None
    made = [replace(one, files=there(one, place.output)) for one in manifest.read(place.output)]
    wanted = [
        one for one in made if year in (None, one.year) and (chosen is None or one.kind in chosen)
    ]
    outcomes = tuple(one for one in wanted if one.files)
    if not outcomes:
        raise ReportError(_nothing(made, place))
    files = [
        (one, name)
        for one in outcomes
        for name in (*one.files, *_notebook(one, place, wanted=notebooks))
    ]
    return Content(outcomes, tuple(files), tuple(one for one in wanted if not one.files))


def target(place: Workspace, model: SteeringModel, year: int | None, asked: Path | None) -> Path:
    """Return the file to write: the one asked for, or one in output that tells what is in it.

    UsageError when it is no zip, its folder is not there, or another file lies in its place.
    """
    parts = ("rapporter", _plain(model.municipality.name), str(year or ""))
    path = (asked or place.output / ("-".join(filter(None, parts)) + ".zip")).resolve()
    if path.suffix.lower() != ".zip":
        raise UsageError(f"Ett paket ska sluta på .zip; {path.name} gör inte det.")
    if not path.parent.is_dir():
        raise UsageError(f"Mappen {path.parent} finns inte. Skapa den, eller ange en annan fil.")
    if path.exists() and not _ours(path):
        raise UsageError(
            f"{path} finns redan och är inget paket från malstyr, och skrivs inte över."
            " Ange en annan fil med --till."
        )
    return path


def pack(
    found: Content,
    place: Workspace,
    model: SteeringModel,
    path: Path,
    *,
    on_file: Callable[[int, int], None] = lambda *_: None,
) -> Packed:
    """Write a package whole, by one rename; the same reports give the same bytes.

    on_file: told after each file how many are in, of how many. ReportError when a file of a report
    can't be read or has an unsafe name, or the package can't be written.
    """
    try:
        size, count = _write(found, place, model, path, on_file)
    except OSError as error:
        raise ReportError(
            f"Paketet {path} går inte att skriva ({error.strerror}). Se till att disken har plats"
            " och att filen inte är öppen, eller ange en annan fil med --till."
        ) from error
    return Packed(path, len(found.outcomes), count, size)


def _write(
    found: Content,
    place: Workspace,
    model: SteeringModel,
    path: Path,
    on_file: Callable[[int, int], None],
) -> tuple[int, int]:
    members = sorted(_members(found, place, model), key=lambda one: one[0])

    def zipped(file: BinaryIO) -> None:
        with ZipFile(file, "w", ZIP_DEFLATED) as packed:
            packed.comment = MARK
            for number, (member, made, source) in enumerate(members, start=1):
                packed.writestr(_info(member, made), source())
                on_file(number, len(members))

    with half(path.parent, zipped, prefix=".paket-") as written:
        written.chmod(0o644)
        size = written.stat().st_size
        written.replace(path)
    return size, len(members)


Member = tuple[str, str, Callable[[], bytes]]
"""A file of a package: its name in it, when it was made (ISO 8601), and what reads it."""


def _members(found: Content, place: Workspace, model: SteeringModel) -> Iterator[Member]:
    """Yield every file of a package: the list, the manifest, and what the reports are made of."""
    newest = max(str(one.published) for one in found.outcomes)
    page = listed_page(found.outcomes, place, model)
    yield manifest.LIST, newest, page.encode
    yield manifest.NAME, newest, manifest.text(found.outcomes).encode
    for outcome, name in found.files:
        member = _safe(f"{outcome.folder}/{name}")
        yield member, str(outcome.published), partial(_read, place.output / member)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ReportError(
            f"{path} går inte att läsa ({error.strerror}). Inget paket är skrivet. Gör rapporten"
            " igen med: malstyr rapport"
        ) from error


def _safe(member: str) -> str:
    """Return a name in a package; ReportError for one that leads out of it or can't be unpacked."""
    for part in member.split("/"):
        if not _NAME.fullmatch(part) or part.endswith((".", " ")):
            raise ReportError(
                f"{manifest.NAME} nämner filen ”{visible(member)}”, som inte kan ligga i ett paket."
                " Gör rapporten igen med: malstyr rapport"
            )
    return member


def _info(member: str, made: str) -> ZipInfo:
    """Return how a file is put into the zip: with the report's own time, the same everywhere."""
    moment = datetime.fromisoformat(made)
    when = moment.astimezone(UTC) if moment.tzinfo else moment
    info = ZipInfo(member, (max(when.year, 1980), *when.timetuple()[1:6]))
    info.compress_type = ZIP_DEFLATED
    info.create_system = 3
    info.external_attr = 0o644 << 16
    return info


def _notebook(outcome: Outcome, place: Workspace, *, wanted: bool) -> tuple[str, ...]:
    lies = (place.output / outcome.folder / NOTEBOOK).is_file()
    return (NOTEBOOK,) if wanted and lies else ()


def _nothing(made: Sequence[Outcome], place: Workspace) -> str:
    """Return that there is nothing to pack, and what there is instead or how to make it."""
    lying = [one for one in made if one.files]
    if not lying:
        return (
            f"Det finns ingen rapport att packa i {place.output}."
            " Gör dem först med: malstyr rapport"
        )
    told = sorted({f"{one.kind} {one.year}" for one in lying})
    return f"Det finns ingen sådan rapport i {place.output}. Det som finns är {text.listing(told)}."


def _ours(path: Path) -> bool:
    """Return whether a file is a package that malstyr made."""
    try:
        with ZipFile(path) as packed:
            return packed.comment == MARK
    except (BadZipFile, OSError):
        return False


def _plain(name: str) -> str:
    """Return a name as part of a file's name: small letters a to z and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", name.casefold().translate(_PLAIN)).strip("-")
