"""Carries out jobs on a Dask cluster: the same jobs, on whatever machines its workers are.

A worker needs this package, and the folders of the jobs: under the same paths as here, or at
addresses on object storage.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from malstyr_lib.batch import warm, workers
from malstyr_lib.batch.job import Job
from malstyr_lib.errors import ReportError, UsageError
from malstyr_lib.outcome import Outcome

if TYPE_CHECKING:
    from distributed import Client

ANSWERS_WITHIN_S: Final = 30
_ONE_AT_A_TIME: Final = Lock()
"""A worker makes one report at a time: its folder and environment are the whole process'."""
_LOST: Final = "arbetarna som fick den försvann en efter en, kanske för att minnet tog slut"


def done(
    todo: Iterable[Job], on_start: Callable[[Job], None], *, address: str
) -> Iterator[tuple[Job, Outcome]]:
    """Yield each job with its outcome as a worker of the cluster is done with it.

    address: the scheduler's, as tcp://10.0.0.5:8786. A job whose worker is lost is done by another
    one. UsageError without the extra that it takes, ReportError when nobody answers.
    """
    waiting = list(todo)
    if not waiting:
        return
    with _client(address) as client:
        under_way = {}
        for job in waiting:
            on_start(job)
            under_way[client.submit(on_worker, job, pure=False)] = job
        for future in _as_completed(under_way, client):
            yield under_way[future], _outcome(future, under_way[future])


def on_worker(job: Job) -> Outcome:
    """Carry a job out in a worker's process."""
    with _ONE_AT_A_TIME:
        multiprocessing.current_process()._config["daemon"] = False  # type: ignore[attr-defined]
        warm.warm_up()
        return workers.carried_out(job)


def _outcome(future: Any, job: Job) -> Outcome:
    from distributed import KilledWorker

    try:
        found: Outcome = future.result()
    except KilledWorker:
        return replace(job.outcome(), error=_LOST)
    return found


def _as_completed(futures: Iterable[Any], client: Client) -> Iterable[Any]:
    from distributed import as_completed

    found: Iterable[Any] = as_completed(list(futures), loop=client.loop)
    return found


def _client(address: str) -> Client:
    """Return a client of a cluster that has a worker at least."""
    try:
        from distributed import Client
    except ImportError:
        raise UsageError(
            "Ett kluster kräver tillägget kluster. Installera det med: uv sync --extra kluster"
        ) from None
    try:
        client = Client(address, timeout=ANSWERS_WITHIN_S, set_as_default=False)
        client.wait_for_workers(1, timeout=ANSWERS_WITHIN_S)
    except (OSError, ValueError, TimeoutError) as error:
        raise ReportError(
            f"Inget kluster med arbetare svarar på {address} inom {ANSWERS_WITHIN_S} s ({error})."
            " Se till att schemaläggaren och minst en arbetare är igång, och att adressen är den"
            " som schemaläggaren skrev ut."
        ) from error
    return client
