"""One municipality's season, made in processes of this machine, as the commands make it."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from malstyr_lib.batch import Followed, Home, Outcome, Wanted, make_everywhere, workers
from malstyr_lib.model import SteeringModel
from malstyr_lib.workspace import Workspace


def make_reports(
    model: SteeringModel,
    place: Workspace,
    wanted: Wanted | None = None,
    *,
    at_once: int = 1,
    followed: Followed | None = None,
) -> list[Outcome]:
    """How each report that is wanted went; at_once: how many are made at a time."""
    carry = partial(workers.done, workers=at_once)
    return make_everywhere([Home(model, place)], wanted or Wanted(), carry, followed=followed)


def bytes_of(output: Path) -> dict[str, bytes]:
    """Every report's page by its place in output."""
    return {
        path.relative_to(output).as_posix(): path.read_bytes()
        for path in sorted(output.rglob("rapport.html"))
    }
