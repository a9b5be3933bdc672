"""What came of one report, as a value that the manifest keeps and the list of reports shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

COMMITTEE = "namnd"
"""The kind of report that is one committee's."""
DONE = "klar"
FAILED = "misslyckad"


def folder_of(kind: str, year: int, slug: str) -> str:
    """Return a report's folder below output, with forward slashes."""
    return f"{year}/{kind}/{slug}"


@dataclass(frozen=True)
class Outcome:
    """One report's run. `found` is what its end marker says, empty when it failed.

    `published` tells when the report that lies in output was made (UTC, ISO 8601): for a failed
    run that of the earlier report, which is kept, or None when there is none. `files`: the names of
    the files that lie in its folder, the page first. `committees`: the slugs of those that it
    belongs to, none for a report of the whole municipality. `inputs`: the digests of all that
    decided what it became, by name; none when it failed. `municipality`: its name.
    """

    kind: str
    slug: str
    code: str
    name: str
    year: int
    status: str
    seconds: float
    snapshot: str
    ran: str
    published: str | None = None
    error: str | None = None
    found: dict[str, Any] = field(default_factory=dict)
    files: tuple[str, ...] = ()
    committees: tuple[str, ...] = ()
    inputs: dict[str, str] = field(default_factory=dict)
    municipality: str = ""

    @property
    def folder(self) -> str:
        """The report's folder below output, with forward slashes."""
        return folder_of(*self.key)

    @property
    def made(self) -> int:
        """The year in which what lies there was published; that of the run where nothing was."""
        return int((self.published or self.ran)[:4])

    @property
    def key(self) -> tuple[str, int, str]:
        """What makes it the same report as one made before."""
        return self.kind, self.year, self.slug
