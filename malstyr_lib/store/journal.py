"""The answers of a fetch that is not done yet: after an interruption none is asked for twice."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Final
from uuid import uuid4

import pyarrow as pa

from malstyr_lib.disk import put
from malstyr_lib.store.refusal import refused

KEPT_FOR: Final = timedelta(hours=24)
"""How long an interrupted fetch can go on: a snapshot should not hold answers of many days."""

_FOLDER: Final = "pending"
_NAME: Final = "fetch.json"
_DIGEST_BYTES: Final = 32
_SIZE_BYTES: Final = 8


@dataclass(frozen=True)
class Journal:
    """Answers by address in a folder of their own; `started` is when the first was asked for.

    An answer is written whole under its name or not at all, with its digest: a damaged or half
    written one counts as not answered. Safe from several threads.
    """

    folder: Path
    started: datetime
    what: str

    def get(self, address: str) -> list[bytes] | None:
        """Return the bodies of the pages of an answer, or None when there is none that is whole."""
        try:
            return _unpacked(self._place(address).read_bytes())
        except (OSError, ValueError):
            return None

    def put(self, address: str, bodies: Sequence[bytes]) -> None:
        """Keep the bodies of the pages of an answer; StoreError when the disk refuses."""
        place = self._place(address)
        half = place.with_suffix(f".{uuid4().hex}.tmp")  # another thread may keep the same answer
        with refused(self.folder.parent.parent):
            half.write_bytes(_packed(bodies))  # its digest tells whether it came to the disk
            half.replace(place)

    def fresh(self, now: datetime) -> bool:
        """Return whether it is not too old to go on with at a moment, nor from the future."""
        return timedelta(0) <= now - self.started <= KEPT_FOR

    def answers(self) -> int:
        """Return how many answers are kept."""
        return sum(1 for _ in self.folder.glob("*.page"))

    def discard(self) -> None:
        """Remove the journal and every answer in it."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _place(self, address: str) -> Path:
        return self.folder / f"{sha256(address.encode()).hexdigest()}.page"


def opened(root: Path, what: str, now: datetime) -> Journal:
    """Return the journal of an interrupted fetch of the same thing, or a new one.

    what: says what is fetched and from where, in text. One older than a day is thrown away.
    """
    for journal in found(root):
        if journal.what == what and journal.fresh(now):
            return journal
    folder = root / _FOLDER / sha256(what.encode()).hexdigest()[:16]
    with refused(root):
        shutil.rmtree(folder, ignore_errors=True)
        put(folder, {_NAME: json.dumps({"started": now.isoformat(), "what": what})})
    return Journal(folder, now, what)


def found(root: Path) -> list[Journal]:
    """Return the journals of the fetches that were interrupted and may go on."""
    journals = []
    for file in sorted((root / _FOLDER).glob(f"*/{_NAME}")):
        try:
            told = json.loads(file.read_text(encoding="utf-8"))
            started = datetime.fromisoformat(told["started"])
            journals.append(Journal(file.parent, started, str(told["what"])))
        except (OSError, ValueError, LookupError, TypeError):
            continue
    return journals


def sweep(root: Path, now: datetime) -> None:
    """Remove journals that are too old to go on or can't be read, and half-written answers."""
    fresh = {one.folder for one in found(root) if one.fresh(now)}
    for folder in (root / _FOLDER).glob("*"):
        if folder not in fresh:
            shutil.rmtree(folder, ignore_errors=True)
    for half in (root / _FOLDER).glob("*/*.tmp"):
        half.unlink(missing_ok=True)


def _packed(bodies: Sequence[bytes]) -> bytes:
    plain = b"".join(_told(len(body)) + body for body in bodies)
    packed: bytes = pa.compress(plain, codec="zstd", asbytes=True)
    sized = _told(len(plain)) + packed
    return sha256(sized).digest() + sized


def _unpacked(file: bytes) -> list[bytes]:
    """Return the bodies of a packed answer; ValueError when it is not whole."""
    digest, sized = file[:_DIGEST_BYTES], file[_DIGEST_BYTES:]
    if sha256(sized).digest() != digest:
        raise ValueError(digest)
    size = int.from_bytes(sized[:_SIZE_BYTES])
    plain = pa.decompress(sized[_SIZE_BYTES:], size, codec="zstd", asbytes=True)
    bodies, at = [], 0
    while at < len(plain):
        end = at + _SIZE_BYTES + int.from_bytes(plain[at : at + _SIZE_BYTES])
        bodies.append(plain[at + _SIZE_BYTES : end])
        at = end
    return bodies


def _told(number: int) -> bytes:
    return number.to_bytes(_SIZE_BYTES)
