"""Immutable snapshots on disk, one object per key figure, and the differences between them.

    <store>/objects/ab/<sha256>.parquet       observations of one KPI, or a table of objects
    <store>/snapshots/<UTC time>-<hash>.json  what was fetched, when and from where
    <store>/pending/                          answers of a fetch that was interrupted, for a day
    <store>/tmp/                              files being written; swept by the next write
    <store>/lock, writer.json                 the writer's lock, and who holds it

A snapshot exists only when its manifest does. Equal values are equal bytes, so snapshots share
the objects of every KPI that has not changed.
"""

from malstyr_lib.store.changes import CHANGES
from malstyr_lib.store.drafts import Draft
from malstyr_lib.store.snapshots import Snapshot, Store, moment_of

__all__ = ["CHANGES", "Draft", "Snapshot", "Store", "moment_of"]
