"""Whether a run would make nothing: it asks what the last one did, of the very same files."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from malstyr_lib import manifest
from malstyr_lib.disk import put
from malstyr_lib.lock import HOLDER
from malstyr_lib.outcome import DONE, Outcome
from malstyr_lib.program import digest, program
from malstyr_lib.workspace import SNAPSHOTS, Workspace, packaged, parameter_files

NAME: Final = "senaste.json"
"""What the last run asked for and of which files, in the folder that a run holds."""


def standing(place: Workspace, asked: str) -> list[Outcome]:
    """Return the outcomes of the last run when the same one now would make nothing.

    asked: the choices, in words. Nothing when it asked for something else, when a file that a
    report may rest on is not the same, when a report's file is gone, or when a run is at work or
    died: then a plan has to tell.
    """
    try:
        last = json.loads((place.held / NAME).read_bytes())
        if (place.held / HOLDER).exists() or last["of"] != _grounds(place, asked):
            return []
        made = {one.key: one for one in manifest.read(place.output)}
        found = [made[kind, year, slug] for kind, year, slug in last["reports"]]
    except (OSError, ValueError, KeyError, TypeError):
        return []
    return found if all(_whole(one, place.output) for one in found) else []


def remember(place: Workspace, asked: str, outcomes: Sequence[Outcome], before: str) -> None:
    """Keep what a run asked for when all its reports stand: no more than a later one's time.

    before: what it was begun on (`begun`). What has changed meanwhile is in no report, so then
    nothing is kept.
    """
    same = before == begun(place)
    if same and outcomes and all(one.status == DONE for one in outcomes):
        last = {"of": _grounds(place, asked), "reports": [one.key for one in outcomes]}
        with suppress(OSError):
            put(place.held, {NAME: json.dumps(last, indent=1)})


def begun(place: Workspace) -> str:
    """Return the digest of all that reports are made of: program, notebooks, parameters, store."""
    snapshots = sorted(path.name for path in (place.store / SNAPSHOTS).glob("*.json"))
    notebooks = sorted(packaged("notebooks").glob("*.ipynb"))
    files = [*parameter_files(place.params), *_read(notebooks)]
    told = [program(), *(f"{name} {digest(body)}" for name, body in files)]
    return digest("\n".join([*told, *snapshots]).encode())


def _grounds(place: Workspace, asked: str) -> str:
    """Return the digest of all that a plan looks at: that, and what lies in output."""
    listed = _read([place.output / name for name in (manifest.NAME, manifest.LIST)])
    told = [asked, begun(place), *(f"{name} {digest(body)}" for name, body in listed)]
    return digest("\n".join(told).encode())


def _read(paths: Sequence[Path]) -> Iterator[tuple[str, bytes]]:
    yield from ((path.name, path.read_bytes()) for path in paths)


def _whole(outcome: Outcome, output: Path) -> bool:
    return all((output / outcome.folder / name).is_file() for name in outcome.files)
