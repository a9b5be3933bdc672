"""How long a call may take and wait: its deadline, its pauses and the pace of all calls."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from malstyr_lib.errors import KoladaError, KoladaUnavailable

LATER: Final = "Försök igen senare, eller kör rapporten på en tidigare ögonblicksbild."

POLITE_PER_S: Final = 5.0
"""How many requests per second Kolada is sent at the most, over all connections."""

_FIRST_BACKOFF_S: Final = 0.5
_LONGEST_BACKOFF_S: Final = 30.0


class _GivenUp(KoladaError):
    """The call has already failed elsewhere; that failure is the one the caller sees."""


class Call:
    """One public call: its deadline, its count of requests and whether it has been given up."""

    def __init__(
        self,
        deadline_s: float,
        clock: Callable[[], float],
        sleep: Callable[[float], object] | None,
    ) -> None:
        self.requests = 0
        self.found: set[str] = set()
        self.looked_up: set[str] = set()
        self._failure: BaseException | None = None
        self._given_up = threading.Event()
        self._deadline_s = deadline_s
        self._clock = clock
        self._ends = clock() + deadline_s
        self._sleep = sleep or self._given_up.wait
        self._lock = threading.Lock()

    def count(self) -> None:
        """Count one request."""
        with self._lock:
            self.requests += 1

    def give_up(self, failure: BaseException) -> BaseException:
        """End the call in every thread and return its first failure."""
        with self._lock:
            if self._failure is None and not isinstance(failure, _GivenUp):
                self._failure = failure
            self._given_up.set()
            return self._failure or failure

    def left(self, path: str, why: str = "") -> float:
        """Return the seconds left; raises KoladaUnavailable when there are none."""
        if self._given_up.is_set():
            raise _GivenUp
        left = self._ends - self._clock()
        if left <= 0:
            raise self.too_late(path, why)
        return left

    def pause(self, seconds: float, path: str, why: str = "") -> None:
        """Wait; raises KoladaUnavailable at once when the deadline would pass meanwhile."""
        if seconds >= self.left(path, why):
            raise self.too_late(path, why)
        if seconds > 0:
            self._sleep(seconds)
            self.left(path, why)

    def too_late(self, path: str, why: str = "") -> KoladaUnavailable:
        """Return the error of a call that has used its time, with the last fault seen."""
        last = f"; senast: {why}" if why else ""
        return KoladaUnavailable(
            f"Kolada hinner inte svara inom {self._deadline_s:g} s "
            f"(på {short(path)}{last}). {LATER}"
        )


class Pace:
    """Spreads requests evenly over time, over all threads."""

    def __init__(self, per_s: float | None, clock: Callable[[], float]) -> None:
        self._step_s = 1 / per_s if per_s else 0.0
        self._clock = clock
        self._free = clock()
        self._lock = threading.Lock()

    def wait_s(self) -> float:
        """Take the next free moment and return the seconds until it."""
        with self._lock:
            now = self._clock()
            moment = max(now, self._free)
            self._free = moment + self._step_s
            return moment - now


def backoff_s(attempt: int) -> float:
    """Return seconds to wait after an attempt, counted from 1: exponential, with full jitter."""
    longest = min(_LONGEST_BACKOFF_S, _FIRST_BACKOFF_S * 2 ** (attempt - 1))
    return random.uniform(0, longest)


def retry_after_s(retry_after: str, answered: str) -> float | None:
    """Return the seconds a Retry-After asks for, from a number or a date, or None (RFC 9110).

    A date is counted from the answer's own Date, so that a wrong clock here does no harm.
    """
    asked = retry_after.strip()
    if asked.isascii() and asked.isdigit():
        return float(asked)
    moment = _http_date(asked)
    if moment is None:
        return None
    now = _http_date(answered) or datetime.now(UTC)
    return max(0.0, (moment - now).total_seconds())


def short(path: str) -> str:
    """Return a path as an error sentence shows it: its first 60 characters."""
    return path if len(path) <= 60 else path[:59] + "…"


def _http_date(raw: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(raw)
    except (ValueError, TypeError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
