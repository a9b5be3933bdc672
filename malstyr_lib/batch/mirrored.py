"""A run whose store or output lies at an address: planned and listed in copies here."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from malstyr_lib import manifest
from malstyr_lib.batch import grounds, scratch
from malstyr_lib.batch.courier import OUTPUT, PARAMS
from malstyr_lib.batch.faraway import Faraway, store_copied, store_put
from malstyr_lib.batch.job import Afar, Job
from malstyr_lib.batch.program import digest
from malstyr_lib.batch.season import Carry
from malstyr_lib.outcome import Outcome

_READ: Final = (manifest.NAME, grounds.NAME)
"""What a run reads of earlier reports. Of their other files it needs only the names."""
_PUT_EVERY_S: Final = 10.0
"""How often at most the list is put in its place while reports are made."""


@dataclass
class Mirrored:
    """Copies of a store, of an output folder, or of both, and where they belong.

    store, output: the copies, None for one that is a folder as usual. The output's copy has what
    is read of earlier reports, and of their other files nothing but the names.
    """

    store: Path | None = None
    output: Path | None = None
    _store: Faraway | None = None
    _output: Faraway | None = None
    _known: dict[str, str] = field(default_factory=dict)

    def shown(self, path: Path) -> str:
        """Return what a user finds a path as: at its address, if it is in a copy."""
        for copy, far in ((self.store, self._store), (self.output, self._output)):
            if copy is not None and far is not None and path.is_relative_to(copy):
                return "/".join([far.address, *path.relative_to(copy).parts])
        return str(path)

    def carry(self, by: Carry) -> Carry:
        """Return what carries jobs out as another does, with the reports put where they belong."""

        def carried(
            todo: Iterable[Job], on_start: Callable[[Job], None]
        ) -> Iterator[tuple[Job, Outcome]]:
            put = time.monotonic()
            for job, outcome in by([self._sent(job) for job in todo], on_start):
                self._hold_places(job, outcome)
                yield job, outcome
                if time.monotonic() - put > _PUT_EVERY_S:
                    self.put()
                    put = time.monotonic()

        return carried

    def put(self) -> None:
        """Put what has become of the copies where they belong."""
        if self._store is not None and self.store is not None:
            store_put(self.store, self._store)
        if self._output is not None and self.output is not None:
            new = {
                name: said
                for name, said in _digests(self.output).items()
                if self._known.get(name) != said
            }
            self._output.put(new, self.output)
            self._known |= new

    def _sent(self, job: Job) -> Job:
        """Return a job with all that it takes to do it on another machine."""
        store = self._store.address if self._store else None
        if self._output is None:
            return replace(job, afar=Afar(store, None))
        place = job.place
        told = place.output / manifest.NAME
        files = {
            f"{PARAMS}/{path.relative_to(place.params).as_posix()}": path.read_bytes()
            for path in sorted(place.params.rglob("*"))
            if path.is_file()
        }
        if told.is_file():
            files[f"{OUTPUT}/{manifest.NAME}"] = told.read_bytes()
        return replace(job, afar=Afar(store, self.shown(place.output), files))

    def _hold_places(self, job: Job, outcome: Outcome) -> None:
        """Let the copy of output have the names of what was made."""
        if self._output is not None:
            for name in outcome.files:
                _empty(job.place.output / outcome.folder / name)


@contextmanager
def mirrored(store: str | None, output: str | None) -> Iterator[Mirrored]:
    """Give copies of what lies at addresses, and at the end put back what has become of them.

    store, output: addresses, None for a folder as usual. Errors as `Faraway`.
    """
    with scratch.folder() as here:
        far = Mirrored(
            here / "lager" if store else None,
            here / OUTPUT if output else None,
            Faraway(store) if store else None,
            Faraway(output) if output else None,
        )
        _fetch(far)
        try:
            yield far
        finally:
            far.put()


def _fetch(far: Mirrored) -> None:
    if far.store is not None and far._store is not None:
        store_copied(far._store, far.store)
    if far.output is not None and far._output is not None:
        names = far._output.names()
        read = [name for name in names if _is_read(name)]
        far._output.copied(read, far.output)
        for name in {*names} - {*read}:
            _empty(far.output / name)
        far._known = _digests(far.output)


def _is_read(name: str) -> bool:
    """Return whether a run reads a file in output: manifests, grounds, municipalities' params."""
    path = Path(name)
    return path.name in _READ or PARAMS in path.parts


def _empty(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()


def _digests(folder: Path) -> dict[str, str]:
    """Return the digests of a folder's files by name, but for empty and hidden ones."""
    return {
        path.relative_to(folder).as_posix(): digest(path.read_bytes())
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name[0] != "." and path.stat().st_size
    }
