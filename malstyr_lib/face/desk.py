"""The desk that an analyst works at: folders, parameters and newest figures, kept between calls."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from malstyr_lib import clock, manifest, params, workspace
from malstyr_lib.errors import UsageError
from malstyr_lib.grounds.named import own_of
from malstyr_lib.grounds.search import kpi_in
from malstyr_lib.model import SteeringModel
from malstyr_lib.questions import Setting
from malstyr_lib.report.asking import setting_of
from malstyr_lib.store import Snapshot, Store
from malstyr_lib.workspace import Workspace

Stamp = tuple[tuple[str, int, int], ...]
"""What tells whether files have been edited: each with its time and size."""


@dataclass(frozen=True, eq=False)
class Desk:
    """What every call of the face starts from; the same one until something has changed."""

    place: Workspace
    model: SteeringModel
    snapshot: Snapshot
    today: date

    def kpi(self, words: str) -> str:
        """Return the id of the key figure with this id, title or part of a title."""
        if not isinstance(words, str):
            raise UsageError(
                f"Ett nyckeltal anges med id eller rubrik inom citattecken, inte {words!r}."
            )
        return kpi_in(self.model, self.snapshot, words)

    def setting(self, municipality: str | None = None, year: int | None = None) -> Setting:
        """Return where questions are asked of a municipality, the own unless another is named.

        year: the last to look at. UsageError, with the nearest name, for an unknown municipality.
        """
        own = own_of(self.model, self.snapshot, text_of(municipality))
        return _setting(self, own, year)


def desk() -> Desk:
    """Return the desk on the folders that `workspace.find` finds and their newest snapshot.

    It is opened once, and again when there is a newer snapshot, when parameters have been edited,
    when reports have been made or when it is another day. StoreEmpty with the cure, ParamsError
    with every problem.
    """
    place = workspace.find()
    newest = Store(place.store).snapshots()[-1:]
    return _opened(place, *newest, stamp=_stamp(place), today=clock.today())


def text_of(name: str | int | None) -> str:
    """Return a name or a code as it was meant: without blanks around; "" for none."""
    return "" if name is None else str(name).strip()


@lru_cache(maxsize=1)
def _opened(place: Workspace, newest: str | None = None, *, stamp: Stamp, today: date) -> Desk:
    """Return a desk; `stamp` is what it was opened on, so that a change opens another."""
    return Desk(place, params.load(place.params), Store(place.store).open(newest), today)


@lru_cache(maxsize=16)
def _setting(one: Desk, own: str, year: int | None) -> Setting:
    return setting_of(
        one.place,
        one.model,
        Store(one.place.store),
        today=one.today,
        municipality=own,
        year=year,
        snapshot=one.snapshot.id,
    )


def _stamp(place: Workspace) -> Stamp:
    """Return what tells whether the parameters or the list of reports have been written anew."""
    files = [*place.params.rglob("*"), place.output / manifest.NAME]
    return tuple(sorted(_seen(path) for path in files if path.is_file()))


def _seen(path: Path) -> tuple[str, int, int]:
    found = path.stat()
    return str(path), found.st_mtime_ns, found.st_size
