"""Where a command works: the folders, and copies of those that are named by an address."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from malstyr_lib import workspace
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
        return str(path) if self.far is None else self.far.shown(path)


@contextmanager
def opened(params: Path | None, store: str | None, output: str | None = None) -> Iterator[At]:
    """Give the place to work in; what has become of copies is put back, whatever ends the command.

    store, output: a folder or an address each. Errors as `workspace.find`, and ReportError for an
    address that can't be read or written.
    """
    from malstyr_lib.params import load

    store, store_at = _either(store, STORE_VARIABLE)
    output, output_at = _either(output, OUTPUT_VARIABLE)
    place = workspace.find(params=params, store=_path(store), output=_path(output))
    model = load(place.params)
    if not store_at and not output_at:
        yield At(place, model)
        return
    from malstyr_lib.batch.mirrored import mirrored

    with mirrored(store_at, output_at) as far:
        copies = replace(place, store=far.store or place.store, output=far.output or place.output)
        yield At(copies, model, far)


def _either(given: str | None, variable: str) -> tuple[str | None, str | None]:
    """Return what is given, or else the environment says, as a folder or as an address."""
    found = given or os.environ.get(variable)
    return (None, found) if found and workspace.is_address(found) else (given, None)


def _path(given: str | None) -> Path | None:
    return Path(given) if given else None
