"""One report as a job: pure data that any process can carry out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from malstyr_lib.outcome import FAILED, Outcome, folder_of
from malstyr_lib.report.kinds import KINDS, Kind, Subject
from malstyr_lib.workspace import Workspace, packaged


@dataclass(frozen=True)
class Afar:
    """What a job's folders are where they lie at addresses, and what else it takes to do it there.

    store: the store's address, None for a folder. output: that of the folder that the report's own
    goes into, None for a folder; then files has the parameters and the manifest, by path.
    """

    store: str | None
    output: str | None
    files: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class Job:
    """One report to make, as text and numbers only, so that it can be sent to another process.

    kind: its name. snapshot: its id. forms: the forms to make, by name. inputs: the digests of all
    that decides what the report becomes, by name; they go into its outcome. because: why it is
    made, in words, once that is planned. afar: set when a folder of its place is a copy only.
    municipality: whose it is, by name.
    """

    kind: str
    subject: Subject
    year: int
    snapshot: str
    place: Workspace
    forms: tuple[str, ...]
    inputs: Mapping[str, str] = field(default_factory=dict, compare=False)
    because: str = field(default="", compare=False)
    afar: Afar | None = field(default=None, compare=False)
    municipality: str = ""

    @property
    def of(self) -> Kind:
        """The kind itself."""
        return KINDS[self.kind]

    @property
    def name(self) -> str:
        """What the report is called while it is made: "Nämndanalys Bildningsnämnden"."""
        return f"{self.of.words} {self.subject.name}"

    @property
    def notebook(self) -> Path:
        """The notebook that makes it."""
        return packaged("notebooks") / self.of.notebook

    @property
    def key(self) -> tuple[str, int, str]:
        """What its outcome's key will be."""
        return self.kind, self.year, self.subject.slug

    @property
    def folder(self) -> str:
        """The folder below output that it is made into."""
        return folder_of(*self.key)

    def outcome(self) -> Outcome:
        """Return its outcome as long as nothing has been made."""
        return Outcome(
            kind=self.kind,
            slug=self.subject.slug,
            code=self.subject.code,
            name=self.subject.name,
            year=self.year,
            status=FAILED,
            seconds=0.0,
            snapshot=self.snapshot,
            ran=datetime.now(UTC).isoformat(timespec="seconds"),
            committees=self.subject.committees if self.of.parameter else (),
            municipality=self.municipality,
        )
