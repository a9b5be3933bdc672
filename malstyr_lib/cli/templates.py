"""What `malstyr mall` does and says: a file to fill in or change, never over one that is there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from malstyr_lib import text
from malstyr_lib.cli import show
from malstyr_lib.disk import put_new
from malstyr_lib.errors import UsageError
from malstyr_lib.model import SteeringModel
from malstyr_lib.params.files import ACTIVITIES
from malstyr_lib.params.template import activities_workbook
from malstyr_lib.report.analysis import committee_named
from malstyr_lib.workspace import Workspace


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

    It is put where it is read, but beside the parameters while a YAML file holds the activities:
    with two files of a committee nothing could be run. UsageError when there is no such committee,
    or a file is there already.
    """
    committee = committee_named(model, name)
    own = place.params / ACTIVITIES / f"{committee.slug}.xlsx"
    beside = place.params.absolute().parent / f"{ACTIVITIES}-{committee.slug}.xlsx"
    usual = beside if own.with_suffix(".yaml").exists() else own
    file = _allowed((out or usual).absolute(), default=out is None)
    _put(file, activities_workbook(model, committee, today.year))
    activities = [one for one in model.activities if one.committee == committee.slug]
    earlier = [own.with_suffix(".yaml"), own]
    taken = next((one for one in earlier if one.exists() and one != file), None)
    return Written(file, committee.code, len(activities), taken)


def write_reference(place: Workspace) -> Path:
    """Write the packaged Word template where the municipality's own is read; return the file.

    UsageError when a template is there already.
    """
    from malstyr_lib.report.forms.template import word_template

    file = place.reference
    file.parent.mkdir(exist_ok=True)
    if file.exists():
        raise UsageError(
            f"{file} finns redan och skrivs inte över. Vill du börja om: flytta bort den först."
        )
    _put(file, word_template())
    return file


def say_reference(file: Path, *, json: bool) -> None:
    """Say where the Word template is, and what to do with it."""
    if json:
        show.as_json([{"file": str(file)}])
        return
    print(f"{file} är skriven. Öppna den i Word och ändra formatmallar, sidhuvud och sidfot.")
    print("Texten i den kommer inte med. Nästa rapport som görs får mallens utseende.")


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
        print(_taking_over(written.file, written.taken_over))
    return bool(written.taken_over)


def _taking_over(file: Path, old: Path) -> str:
    """Return how the new file takes over from the one that is read until then."""
    start = f"Anmärkning: aktiviteterna i {old} är nu också i Excelfilen."
    if file.resolve().parent == old.resolve().parent:
        return (
            f"{start} Flytta bort {old.name} ur mappen {ACTIVITIES}. Fram till dess stannar"
            " malstyr, eftersom en nämnd bara får ha en fil."
        )
    return (
        f"{start} {old.name} gäller tills du byter: flytta bort {old.name} ur mappen {ACTIVITIES},"
        f" och lägg Excelfilen där som {old.stem}.xlsx."
    )


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


def _put(file: Path, content: bytes) -> None:
    """Put a whole file in its place; UsageError when one is there, however late."""
    try:
        put_new(file, content)
    except FileExistsError:
        raise _there(file) from None
