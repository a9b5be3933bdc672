"""The store over the years: what there is, whether it is whole, and what may go."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from malstyr_lib.errors import StoreDamaged
from malstyr_lib.store import journal
from malstyr_lib.store.objects import digest_of, place_of
from malstyr_lib.store.refusal import refused
from malstyr_lib.store.snapshots import Store
from malstyr_lib.store.writing import loose, manifest_of, parts, writing


@dataclass(frozen=True)
class Entry:
    """A snapshot as a list shows it. size: bytes of its objects, those it shares included.

    damage: what is wrong with it, empty when nothing was found.
    """

    snapshot: str
    fetched: datetime | None
    base_url: str
    kpis: int
    rows: int
    size: int
    damage: tuple[str, ...] = ()


def survey(store: Store, *, verify: bool = False) -> list[Entry]:
    """Return every snapshot of a store, oldest first; with `verify` every byte is checked.

    A damaged snapshot is named, never left out: a manifest that can't be read has no moment.
    """
    checked: dict[str, str] = {}
    return [_entry(store, name, checked, verify=verify) for name in store.snapshots()]


def interrupted(store: Store, now: datetime) -> list[journal.Journal]:
    """Return the journals of the fetches that are not done and can go on at a moment."""
    return [one for one in journal.found(store.path) if one.fresh(now)]


def _entry(store: Store, name: str, checked: dict[str, str], *, verify: bool) -> Entry:
    try:
        snapshot = store.open(name)
    except StoreDamaged as damage:
        return Entry(name, None, "", 0, 0, 0, (str(damage),))
    told = list(parts(snapshot.manifest))
    for _, digest in told if verify else ():
        checked.setdefault(digest, _fault(store, digest))
    return Entry(
        snapshot=name,
        fetched=snapshot.fetched,
        base_url=snapshot.base_url,
        kpis=len(snapshot.manifest["values"]),
        rows=sum(entry["rows"] for entry in snapshot.manifest["values"].values()),
        size=sum(_size(store, digest) for digest in {digest for _, digest in told}),
        damage=tuple(f"{what} {checked[d]}" for what, d in told if checked.get(d)),
    )


def _fault(store: Store, digest: str) -> str:
    """Return what is wrong with an object, or nothing."""
    try:
        whole = digest_of(place_of(store.path, digest).read_bytes()) == digest
    except OSError:
        return "saknas"
    return "" if whole else "är skadat"


def _size(store: Store, digest: str) -> int:
    try:
        return place_of(store.path, digest).stat().st_size
    except OSError:
        return 0


def superfluous(store: Store, keep: int) -> list[str]:
    """Return the snapshots that the rule lets go: all but the `keep` newest and each year's last.

    A year's last is kept, since reports of that year may have been made on it. StoreDamaged when
    a snapshot can't be read: then nothing should be let go.
    """
    snapshots = [store.open(name) for name in store.snapshots()]
    kept = {one.id for one in snapshots[max(0, len(snapshots) - keep) :]}
    kept |= {*{one.fetched.year: one.id for one in snapshots}.values()}
    return [one.id for one in snapshots if one.id not in kept]


def prune(store: Store, snapshots: Iterable[str]) -> int:
    """Remove snapshots, and every object that no other snapshot holds; return the bytes freed.

    A snapshot ceases to exist before its objects do, so that a reader never meets half of one.
    StoreDamaged, and nothing removed, when a snapshot that stays can't be read.
    """
    gone = set(snapshots)
    with writing(store.path):
        unheld = loose(store.path, gone)
        with refused(store.path):
            for name in gone:
                manifest_of(store.path, name).unlink(missing_ok=True)
        return sum(_removed(path) for path in unheld)


def _removed(path: Path) -> int:
    """Remove an object and return the bytes freed: 0 when another program has it open."""
    size = path.stat().st_size
    try:
        path.unlink()
    except OSError:
        return 0  # nobody needs it, and the next pruning tries again
    return size
