"""What `malstyr mall` does and says: an Excel file to fill in, never over one that is there."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from malstyr_lib import text
from malstyr_lib.cli import show
from malstyr_lib.errors import UsageError
from malstyr_lib.model import SteeringModel
from malstyr_lib.params.template import activities_workbook
from malstyr_lib.report.analysis import committee_named
from malstyr_lib.workspace import Workspace

FOLDER = "aktiviteter"


@dataclass(frozen=True)
class Written:
    """A file that was written, what is in it, and the file whose activities it takes over."""

    file: Path
    committee: str
    activities: int
    taken_over: Path | None


def write_activities(
    model: SteeringModel, place: Workspace, name: str, out: Path | None, today: date
) -> Written:
    """Write a committee's activities as an Excel file, and return what was written.

    UsageError when there is no such committee, or a file is there already.
    """
    committee = committee_named(model, name)
    own = place.params / FOLDER / f"{committee.slug}.xlsx"
    file = _allowed((out or own).absolute(), default=out is None)
    put_new(file, activities_workbook(model, committee, today.year))
    activities = [one for one in model.activities if one.committee == committee.slug]
    earlier = [own.with_suffix(".yaml"), own]
    taken = next((one for one in earlier if one.exists() and one != file), None)
    return Written(file, committee.code, len(activities), taken)


def say(written: Written, *, json: bool) -> bool:
    """Say what was written; return whether there is something more to be done about it."""
    if json:
        earlier = str(written.taken_over) if written.taken_over else None
        flat = {"file": str(written.file), "committee": written.committee}
        show.as_json([flat | {"activities": written.activities, "taken_over": earlier}])
        return bool(written.taken_over)
    amount = text.count(written.activities, "aktivitet är ifylld", "aktiviteter är ifyllda")
    print(f"{written.file} är skriven för {written.committee}: {amount}. Öppna den i Excel.")
    if written.taken_over:
        print(
            f"Anmärkning: aktiviteterna i {written.taken_over} är nu också i Excelfilen. När"
            f" den ska gälla: flytta bort {written.taken_over.name} ur mappen {FOLDER}; en nämnd"
            " har en enda fil."
        )
    return bool(written.taken_over)


def _allowed(file: Path, *, default: bool) -> Path:
    if file.is_dir():
        raise UsageError(f"{file} är en mapp. Ange en fil, som --ut {file / 'plan.xlsx'}.")
    if file.suffix != ".xlsx":
        raise UsageError(f"{file.name} slutar inte på .xlsx. Ange en Excelfil med --ut.")
    if default:
        file.parent.mkdir(exist_ok=True)
    if not file.parent.is_dir():
        raise UsageError(f"Mappen {file.parent} finns inte. Gör den, eller ange en annan med --ut.")
    if file.exists():
        raise _there(file)
    return file


def _there(file: Path) -> UsageError:
    return UsageError(f"{file} finns redan och skrivs inte över. Ange en annan fil med --ut FIL.")


def put_new(file: Path, content: bytes) -> None:
    """Put a whole file in its place by one step; UsageError when one is there, however late."""
    handle, beside = tempfile.mkstemp(dir=file.parent, prefix=".ny-", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as half:
            half.write(content)
            half.flush()
            os.fsync(half.fileno())
        Path(beside).chmod(0o644)
        _name(Path(beside), file)
    finally:
        Path(beside).unlink(missing_ok=True)


def _name(half: Path, file: Path) -> None:
    """Give a written file its name unless that is taken; a disk without links is asked first."""
    try:
        file.hardlink_to(half)
    except FileExistsError:
        raise _there(file) from None
    except OSError:
        if file.exists():
            raise _there(file) from None
        half.replace(file)
