"""Whether a run would make nothing: it asks what the last one did, of the very same files."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from malstyr_lib import manifest
from malstyr_lib.outcome import DONE, Outcome
from malstyr_lib.program import digest, program
from malstyr_lib.workspace import Workspace, packaged, parameter_files

NAME: Final = "senaste.json"
"""What the last run asked for and of which files, in the folder that a run holds."""
HOLDER: Final = "writer.json"
"""Lies in that folder while a run is at work, and after one that died."""


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


def remember(place: Workspace, asked: str, outcomes: Sequence[Outcome]) -> None:
    """Keep what a run asked for when all its reports stand: no more than a later one's time."""
    if outcomes and all(one.status == DONE for one in outcomes):
        last = {"of": _grounds(place, asked), "reports": [one.key for one in outcomes]}
        with suppress(OSError):
            (place.held / NAME).write_text(json.dumps(last, indent=1), encoding="utf-8")


def _grounds(place: Workspace, asked: str) -> str:
    """Return the digest of all that a plan looks at."""
    told = [program(), asked, *(f"{name} {digest(body)}" for name, body in _files(place))]
    snapshots = sorted(path.name for path in (place.store / "snapshots").glob("*.json"))
    return digest("\n".join([*told, *snapshots]).encode())


def _files(place: Workspace) -> Iterator[tuple[str, bytes]]:
    yield from parameter_files(place.params)
    listed = [place.output / name for name in (manifest.NAME, "index.html")]
    read = [*packaged("notebooks").glob("*.ipynb"), *listed]
    yield from ((path.name, path.read_bytes()) for path in sorted(read))


def _whole(outcome: Outcome, output: Path) -> bool:
    return all((output / outcome.folder / name).is_file() for name in outcome.files)
