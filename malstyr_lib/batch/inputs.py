"""What decides a report, as digests by name: equal digests give an equal report."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from malstyr_lib.outcome import COMMITTEE, Outcome
from malstyr_lib.program import digest
from malstyr_lib.store import Snapshot
from malstyr_lib.workspace import parameter_files

if TYPE_CHECKING:
    from malstyr_lib.batch.job import Job

PARAMS: Final = "params/"
SNAPSHOT: Final = "bild"
BEFORE: Final = "tidigare bild"
PUBLISHED: Final = "publicerat"
NOTEBOOK: Final = "notebook"


def of_job(job: Job, slugs: Iterable[str], known: Mapping[str, str]) -> dict[str, str]:
    """Return the digests of a job. slugs: those of all committees; known: what all jobs share.

    A file that is another committee's own decides nothing in a report that is not about it.
    """
    others = {*slugs} - {*job.subject.committees} if job.of.parameter else set()
    shared = {
        name: digest
        for name, digest in known.items()
        if not (name.startswith(PARAMS) and Path(name).name.partition(".")[0] in others)
    }
    return {**shared, NOTEBOOK: digest(job.notebook.read_bytes())}


def shared(
    params: Path,
    snapshot: Snapshot,
    earlier: Snapshot | None,
    reported: Sequence[Outcome],
    year: int,
) -> dict[str, str]:
    """Return the digests that jobs of one year have in common, but for the program's.

    earlier: the snapshot that is compared with, if any. reported: the outcomes in output.
    """
    return {
        SNAPSHOT: snapshot.id,
        BEFORE: earlier.id if earlier else "",
        PUBLISHED: _published(reported, year, snapshot),
        **{f"{PARAMS}{name}": digest(body) for name, body in parameter_files(params)},
    }


def _published(reported: Sequence[Outcome], year: int, snapshot: Snapshot) -> str:
    """Return the digest of what committees' reports of earlier years have told.

    By year, or by when they were published: those that a report of this year may look back at.
    """
    told: list[Any] = [
        [one.slug, one.year, one.published, one.snapshot, one.found.get("focus")]
        for one in sorted(reported, key=lambda one: one.key)
        if one.kind == COMMITTEE and (one.year < year or one.made < snapshot.fetched.year)
    ]
    return digest(json.dumps(told, ensure_ascii=False, sort_keys=True).encode())
