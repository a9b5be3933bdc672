"""Where a command works: the folders, and copies of those that are named by an address."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from malstyr_lib import workspace
from malstyr_lib.errors import MalstyrError
from malstyr_lib.workspace import OUTPUT_VARIABLE, STORE_VARIABLE, Workspace

if TYPE_CHECKING:
    from malstyr_lib.batch.mirrored import Mirrored
    from malstyr_lib.model import SteeringModel


@dataclass(frozen=True)
class At:
    """The folders to work in, the checked parameters, and which folders are copies, if any is."""

    place: Workspace
    model: SteeringModel
    far: Mirrored | None = None

    def shown(self, path: Path) -> str:
        """Return what a user finds a path as."""
        return str(path) if self.far is None else self.far.shown(str(path))


@contextmanager
def opened(
    params: Path | None, store: str | None, output: str | None = None, *, everywhere: bool = False
) -> Iterator[At]:
    """Give the place to work in; what has become of copies is put back, whatever ends the command.

    store, output: a folder or an address each. everywhere: other municipalities' output too. Errors
    as `workspace.find`, and ReportError for an address that can't be read or written.
    """
    from malstyr_lib.params import load

    near, store_at = _either(store, STORE_VARIABLE)
    out, output_at = _either(output, OUTPUT_VARIABLE)
    place = workspace.find(params=params, store=near, output=out)
    model = load(place.params)
    if not store_at and not output_at:
        yield At(place, model)
        return
    from malstyr_lib.batch.mirrored import mirrored

    with mirrored(store_at, output_at, everywhere=everywhere) as far, _told(far):
        copies = replace(
            place,
            store=far.store.folder if far.store else place.store,
            output=far.output.folder if far.output else place.output,
        )
        yield At(copies, model, far)


def here(params: Path | None, store: str | None, output: str | None) -> Workspace | None:
    """Return the folders to work in; None when one of them is named by an address."""
    near, store_at = _either(store, STORE_VARIABLE)
    out, output_at = _either(output, OUTPUT_VARIABLE)
    if store_at or output_at:
        return None
    return workspace.find(params=params, store=near, output=out)


@contextmanager
def _told(far: Mirrored) -> Iterator[None]:
    """Tell of addresses, not of copies, in what goes wrong."""
    try:
        yield
    except MalstyrError as error:
        error.args = tuple(far.shown(str(one)) for one in error.args)
        raise


def _either(given: str | None, variable: str) -> tuple[Path | None, str | None]:
    """Return what is given, or else the environment says, as a folder and as an address.

    With an address the folder is one that nothing is done in.
    """
    found = given or os.environ.get(variable)
    if found and workspace.is_address(found):
        return Path(), found
    return Path(given) if given else None, None
