"""Killing a fetch at a random moment: what the child does, and what must hold afterwards."""

from __future__ import annotations

import multiprocessing
import os
import random
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import requests

from malstyr_lib import fetch, params
from malstyr_lib.kolada import KoladaClient
from malstyr_lib.model import Municipality, SteeringModel
from malstyr_lib.ovning.dataset import Dataset
from malstyr_lib.ovning.server import serve
from malstyr_lib.ovning.world import exercise_world
from malstyr_lib.store import Store, upkeep
from malstyr_lib.store.journal import Journal
from malstyr_lib.workspace import packaged

WAYS = ("fetch", "fetch_everything", "fetch_changes")
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
KPIS = ("N00090", "N01452", "N15428", "U21401")


@cache
def steering() -> SteeringModel:
    """A model of four KPIs for the exercise municipality."""
    model = params.load(packaged("params"))
    own = Municipality(kod="9001", namn="Övninge")  # type: ignore[call-arg]
    kpis = tuple(kpi for kpi in model.kpis if kpi.id in KPIS)
    return model.model_copy(update={"kpis": kpis, "municipality": own})


def worlds() -> tuple[Dataset, Dataset]:
    """The same small world before and after every value was revised and the last year came."""
    whole = exercise_world(steering().kpis)
    areas = [*whole.municipalities["id"][:2], *(f"{n}" for n in range(9001, 9031))]
    kept = whole.values["municipality"].isin(areas) & (whole.values["period"] >= 2015)
    values = whole.values[kept].reset_index(drop=True)
    old = values[values["period"] < values["period"].max()].reset_index(drop=True)
    revised = old.assign(value=old["value"] + 1)
    return replace(whole, values=revised), replace(whole, values=values)


class Counting(requests.Session):
    """A session that notes every address it has got an answer from."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def send(self, request: requests.PreparedRequest, **given: Any) -> requests.Response:
        self.asked.append(str(request.url))
        return super().send(request, **given)


@contextmanager
def client(url: str, session: requests.Session | None = None) -> Iterator[KoladaClient]:
    """A client slow enough to be killed between any two answers."""
    with KoladaClient(url, session, requests_per_s=40) as made:
        yield made


def victim(way: str, url: str, folder: str, told: Connection) -> None:
    """Fetch, and tell every answer that is kept and the snapshot that is there, when they are."""
    put = Journal.put

    def telling(self: Journal, address: str, bodies: list[bytes]) -> None:
        put(self, address, bodies)
        told.send(("kept", address))

    Journal.put = telling  # type: ignore[method-assign]
    model = steering()
    told.send(("began", ""))
    with client(url) as kolada:
        done = getattr(fetch, way)(model, kolada, Store(folder), now=NOW)
    told.send(("snapshot", done.snapshot))


@dataclass(frozen=True)
class Trial:
    """What one killing found: how far it had come, and every law that did not hold."""

    way: str
    killed: bool
    kept: int
    acknowledged: bool
    broken: tuple[str, ...]


def kill_once(way: str, url: str, base: Store, right: tuple[Store, float]) -> Trial:
    """Kill a fetch after a random time, and see that the store and the next fetch are whole.

    right: what it gives undisturbed, and the seconds it takes.
    """
    whole, took_s = right
    store = Store(shutil.copytree(base.path, base.path.parent / f"{way}-{os.urandom(4).hex()}"))
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["killing"])
    here, there = context.Pipe(duplex=False)
    child = context.Process(target=victim, args=(way, url, str(store.path), there))
    child.start()
    there.close()
    here.recv()  # it has begun
    time.sleep(random.uniform(0, 1.1 * took_s))
    if child.pid and child.is_alive():
        os.kill(child.pid, signal.SIGKILL)
    child.join()
    told = list(_said(here))
    kept = [address for what, address in told if what == "kept"]
    snapshots = [name for what, name in told if what == "snapshot"]
    broken = tuple(_broken(way, url, store, base, whole, kept, snapshots))
    shutil.rmtree(store.path)
    return Trial(way, child.exitcode == -signal.SIGKILL, len(kept), bool(snapshots), broken)


def _said(pipe: Connection) -> Iterator[tuple[str, str]]:
    try:
        while True:
            yield pipe.recv()
    except EOFError:
        return


def _broken(
    way: str,
    url: str,
    store: Store,
    base: Store,
    right: Store,
    kept: list[str],
    snapshots: list[str],
) -> Iterator[str]:
    """Yield the laws that do not hold, after the kill and after the next fetch."""
    (first,) = base.snapshots()
    if not store.open(first).values().equals(base.open(first).values()):
        yield "the earlier snapshot has changed"
    if any(entry.damage for entry in upkeep.survey(store, verify=True)):
        yield "a snapshot that exists is damaged"
    if not set(snapshots) <= set(store.snapshots()):
        yield "a snapshot that was told of is gone"
    there = store.snapshots() != base.snapshots()  # it may be there and not yet told of
    session = Counting()
    with client(url, session) as kolada:
        getattr(fetch, way)(steering(), kolada, store, now=NOW + timedelta(hours=1))
    if not there and set(session.asked) & set(kept):
        yield "an answer that was kept was asked for again"
    if not store.open().values().equals(right.open().values()):
        yield "the next fetch did not give what an undisturbed one gives"
    strays = {path.name for path in store.path.rglob("*.*")} - named_by(store)
    if strays:
        yield f"stray files: {sorted(strays)[:3]}"


def named_by(store: Store) -> set[str]:
    """Return the names of the files that a store with nothing under way consists of."""
    names = {f"{one}.json" for one in store.snapshots()}
    for one in store.snapshots():
        manifest = store.open(one).manifest
        for kind in ("values", "ou_values", "tables"):
            names |= {f"{entry['object']}.parquet" for entry in manifest[kind].values()}
    return names


@contextmanager
def stage(folder: Path) -> Iterator[tuple[str, Store, dict[str, tuple[Store, float]]]]:
    """Prepare a store with an old snapshot, and by way what an undisturbed fetch gives and takes.

    The time is that of a second fetch, when everything is warm.
    """
    old, new = worlds()
    base = Store(folder / "grund")
    with serve(old) as server, client(server.url) as kolada:
        fetch.fetch(steering(), kolada, base, now=datetime(2026, 1, 5, tzinfo=UTC))
        port = server.port
    with serve(new, port) as server:
        right = {}
        for name, way in [("varm", way) for way in WAYS] + [("rätt", way) for way in WAYS]:
            store = Store(shutil.copytree(base.path, folder / f"{name}-{way}"))
            began = time.perf_counter()
            with client(server.url) as kolada:
                getattr(fetch, way)(steering(), kolada, store, now=NOW)
            right[way] = (store, time.perf_counter() - began)
        yield server.url, base, right
