"""A run whose store or output lies at an address: planned and listed in copies here."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from malstyr_lib import manifest
from malstyr_lib.batch import homes, rests, scratch
from malstyr_lib.batch.faraway import Faraway, store_copied, store_put
from malstyr_lib.batch.job import Afar, Job
from malstyr_lib.batch.season import Carry
from malstyr_lib.errors import ReportError
from malstyr_lib.outcome import Outcome
from malstyr_lib.workspace import MUNICIPALITY, OUTPUT, PARAMS, STORE, parameter_files

_READ: Final = (manifest.NAME, rests.NAME)
"""What a run reads of earlier reports. Of their other files it needs only the names."""
_PUT_EVERY_S: Final = 10.0
"""How often at most the list is put in its place while reports are made."""


@dataclass
class Copy:
    """A copy of a folder, and where it belongs. known: what it had of it, by name."""

    folder: Path
    far: Faraway
    known: dict[str, int] = field(default_factory=dict)

    def shown(self, text: str) -> str:
        """Return a text with the address for where the copy lies."""
        return text.replace(str(self.folder), self.far.address)


@dataclass
class Mirrored:
    """Copies of a store, of an output folder, or of both; None for one that is a folder as usual.

    The output's copy has what is read of earlier reports, and of their other files the names.
    """

    store: Copy | None = None
    output: Copy | None = None
    _params: dict[Path, Mapping[str, bytes]] = field(default_factory=dict)

    def shown(self, text: str) -> str:
        """Return a text with addresses, which a user knows, for where the copies lie."""
        for copy in (self.store, self.output):
            text = text if copy is None else copy.shown(text)
        return text

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
                    with suppress(ReportError):  # tried again at the end
                        self._put_output()
                    put = time.monotonic()

        return carried

    def put(self) -> None:
        """Put what has become of the copies where they belong."""
        self._put_output()
        if self.store is not None:
            self.store.known = store_put(self.store.folder, self.store.far, self.store.known)

    def _put_output(self) -> None:
        if self.output is None:
            return
        now = _written(self.output.folder)
        new = [name for name, when in now.items() if self.output.known.get(name) != when]
        self.output.far.put(sorted(new, key=_whole_last), self.output.folder)
        self.output.known |= {name: now[name] for name in new}

    def _sent(self, job: Job) -> Job:
        """Return a job with all that it takes to do it on another machine."""
        store, place = self.store.far.address if self.store else None, job.place
        if self.output is None:
            return replace(job, afar=Afar(store, None))
        if place.params not in self._params:
            found = parameter_files(place.params)
            self._params[place.params] = {f"{PARAMS}/{name}": body for name, body in found}
        files, told = dict(self._params[place.params]), place.output / manifest.NAME
        if told.is_file():
            files[f"{OUTPUT}/{manifest.NAME}"] = told.read_bytes()
        return replace(job, afar=Afar(store, self.shown(str(place.output)), files))

    def _hold_places(self, job: Job, outcome: Outcome) -> None:
        """Let the copy of output have the names of what was made."""
        if self.output is not None:
            for name in outcome.files:
                _empty(job.place.output / outcome.folder / name)


@contextmanager
def mirrored(store: str | None, output: str | None, *, everywhere: bool) -> Iterator[Mirrored]:
    """Give copies of what lies at addresses, and at the end put back what has become of them.

    store, output: addresses, None for a folder as usual. everywhere: other municipalities' output
    too. Errors as `Faraway`. What can't be put back is kept, and the error says where.
    """
    with scratch.folder() as here:
        far = Mirrored(_store(store, here / STORE), _output(output, here / OUTPUT, everywhere))
        try:
            yield far
        finally:
            try:
                far.put()
            except ReportError as error:
                raise ReportError(
                    f"{error} Det som är klart ligger kvar i {_kept(here)}."
                ) from error


def _store(address: str | None, folder: Path) -> Copy | None:
    if address is None:
        return None
    folder.mkdir()
    copy = Copy(folder, Faraway(address))
    copy.known = store_copied(copy.far, folder)
    return copy


def _output(address: str | None, folder: Path, everywhere: bool) -> Copy | None:
    if address is None:
        return None
    folder.mkdir()
    copy = Copy(folder, Faraway(address))
    copy.far.writable()
    names = [name for name in copy.far.sizes() if everywhere or not _elsewhere(name)]
    read = [name for name in names if _is_read(name) and _is_whole(name, {*names})]
    copy.far.copied(read, folder)
    for name in names:
        if not _is_read(name):
            _empty(folder / name)
    copy.known = _written(folder)
    return copy


def _elsewhere(name: str) -> bool:
    return name.startswith(f"{homes.FOLDER}/")


def _is_read(name: str) -> bool:
    """Return whether a run reads a file in output: manifests, grounds, municipalities' params."""
    path = Path(name)
    return path.name in _READ or PARAMS in path.parts


def _is_whole(name: str, names: set[str]) -> bool:
    """Return whether a file is of a params folder that was put whole, or of none at all."""
    above, found, _ = name.partition(f"/{PARAMS}/")
    return not found or f"{above}/{PARAMS}/{MUNICIPALITY}" in names


def _whole_last(name: str) -> tuple[bool, str]:
    """Return what sorts the file that tells that a params folder is whole after all others."""
    return name.endswith(f"/{PARAMS}/{MUNICIPALITY}"), name


def _kept(here: Path) -> Path:
    """Move what could not be put back to where nothing sweeps it away."""
    kept = Path(tempfile.mkdtemp(prefix="malstyr-kvar-"))
    for path in here.iterdir():
        shutil.move(path, kept)
    return kept


def _empty(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()


def _written(folder: Path) -> dict[str, int]:
    """Return when a folder's files were written, by name, but for empty and hidden ones."""
    found = {}
    for path in folder.rglob("*"):
        name, about = path.relative_to(folder), path.stat()
        if path.is_file() and about.st_size and not any(part[0] == "." for part in name.parts):
            found[name.as_posix()] = about.st_mtime_ns
    return found
