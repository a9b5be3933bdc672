"""What `malstyr paket` does and says: how far it has come, what is in it, and what is not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from malstyr_lib import text
from malstyr_lib.cli import show
from malstyr_lib.errors import UsageError

if TYPE_CHECKING:
    from malstyr_lib.batch.package import Content, Packed
    from malstyr_lib.model import SteeringModel
    from malstyr_lib.workspace import Workspace

_MB: Final = 1_000_000


@dataclass(frozen=True)
class Asked:
    """What to pack: a year, kinds by name (none means all), whether with notebooks; and where."""

    year: int | None
    kinds: Sequence[str]
    path: Path | None
    notebooks: bool = False


def say(asked: Asked, place: Workspace, model: SteeringModel, *, json: bool) -> None:
    """Write the package that is asked for, and tell what is in it and where it lies."""
    from malstyr_lib.batch import package

    if place.output.suffix == ".zip":
        raise UsageError(
            "--ut är mappen där rapporterna ligger. Filen att skriva anges med: --till"
            f" {place.output.name}"
        )
    found = package.content(place, year=asked.year, kinds=asked.kinds, notebooks=asked.notebooks)
    path = package.target(place, model, asked.year, asked.path)
    with show.progress(quiet=json) as steps:
        steps.step(f"Packar {_reports(len(found.outcomes))}")
        done = package.pack(found, place, model, path, on_file=steps.advance)
    if json:
        rows = {"file": str(done.path), "reports": done.reports, "files": done.files}
        show.as_json([rows | {"bytes": done.size, "left_out": len(found.left)}])
    else:
        print("\n".join(_lines(done, found)))


def _lines(done: Packed, found: Content) -> list[str]:
    files, size = text.count(done.files, "fil", "filer"), text.number(_size(done.size), 1)
    told = [f"Paketet har {_reports(done.reports)}, {files} och {size} MB: {done.path}"]
    if found.left:
        names = text.listing([f"{one.kind} {one.code} {one.year}" for one in found.left])
        told.append(f"Inte med, eftersom ingen färdig rapport ligger där: {names}.")
    return told


def _size(count: int) -> float:
    """Return bytes as megabytes, never less than the smallest that is shown."""
    return max(count / _MB, 0.1)


def _reports(count: int) -> str:
    return text.count(count, "rapport", "rapporter")
