"""Carries out jobs, one after another here or several at once in processes of their own."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import replace
from typing import Final

from malstyr_lib.batch import warm
from malstyr_lib.batch.job import Job
from malstyr_lib.outcome import Outcome

MOST: Final = 2
"""How many work at once unless another number is asked for: each takes a core and its memory."""
_LOST: Final = "arbetsprocessen dog två gånger, kanske för att minnet tog slut"

OnStart = Callable[[Job], None]


def usual() -> int:
    """Return how many work at once on this machine unless told otherwise."""
    return min(MOST, os.cpu_count() or 1)


def done(todo: Iterable[Job], on_start: OnStart, *, workers: int) -> Iterator[tuple[Job, Outcome]]:
    """Yield each job with its outcome as it is done; with one worker in order, in this process.

    A worker that dies takes no job with it: what it worked on is done once more by a new one.
    When the caller stops, by an error or Ctrl+C, workers and their kernels are ended.
    """
    waiting = list(todo)
    number = min(workers, len(waiting))
    if number:
        warm.warm_up()
    if number > 1:
        yield from _side_by_side(waiting, number, on_start)
        return
    for job in waiting:
        on_start(job)
        yield job, carried_out(job)


def _side_by_side(
    waiting: list[Job], workers: int, on_start: OnStart
) -> Iterator[tuple[Job, Outcome]]:
    lost: set[Job] = set()
    while waiting:
        under_way: dict[Future[Outcome], Job] = {}
        try:
            with _pool(workers) as pool:
                yield from _one_pool(pool, waiting, under_way, workers, on_start)
        except BrokenProcessPool:
            again = [job for job in under_way.values() if job not in lost]
            yield from ((job, _given_up(job)) for job in under_way.values() if job in lost)
            lost |= {*again}
            waiting[:0] = again


def _one_pool(
    pool: ProcessPoolExecutor,
    waiting: list[Job],
    under_way: dict[Future[Outcome], Job],
    workers: int,
    on_start: OnStart,
) -> Iterator[tuple[Job, Outcome]]:
    """Yield outcomes as long as no worker dies; what is neither done nor begun stays in waiting."""
    while waiting or under_way:
        while waiting and len(under_way) < workers:
            on_start(waiting[0])
            future = pool.submit(carried_out, waiting[0])
            under_way[future] = waiting.pop(0)
        finished, _ = wait(under_way, return_when=FIRST_COMPLETED)
        for future in finished:
            outcome = future.result()
            yield under_way.pop(future), outcome


@contextmanager
def _pool(workers: int) -> Iterator[ProcessPoolExecutor]:
    """Give workers that end with the caller, whatever ends it."""
    warm.warm_up()  # anew if what they are forked from has died
    pool = ProcessPoolExecutor(
        workers, mp_context=warm.context(), initializer=_begin, initargs=(warm.shared(),)
    )
    try:
        yield pool
    except BaseException:
        for process in list((pool._processes or {}).values()):
            process.kill()
        pool.shutdown(wait=True, cancel_futures=True)
        raise
    pool.shutdown(wait=True)


def carried_out(job: Job) -> Outcome:
    """Carry a job out here; what that takes is imported by whoever does it, not by who asks."""
    if job.afar is not None:
        from malstyr_lib.batch import courier

        return courier.carried_out(job, job.afar)
    from malstyr_lib.batch import making

    return making.carried_out(job)


def _begin(address: str | None) -> None:
    """Leave Ctrl+C to the process that leads, fork kernels from where it does, end when it does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    warm.share(address)
    warm.outlive_nobody()


def _given_up(job: Job) -> Outcome:
    return replace(job.outcome(), error=_LOST)
