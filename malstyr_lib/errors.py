"""Every error malstyr raises, as one tree; a message says what, where and the cure, in Swedish.

MalstyrError                      exit code
├── ParamsError                   2  a parameter file is wrong: every problem, by file and line
├── UsageError                    2  a command or a call was given something that does not exist
├── KoladaError                   3
│   ├── KoladaUnavailable            no answer, or only 429/5xx, after every attempt
│   ├── KoladaRefused                a 4xx that no retry can cure
│   └── KoladaContractBroken         an answer that does not keep the contract
│       └── KoladaContradiction      two answers, each right alone, that can't both be
├── StoreError                    3
│   ├── StoreEmpty                   no snapshot yet
│   └── StoreDamaged                 an object is missing or does not match its digest
└── ReportError                   1  a report could not be made
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


def visible(words: str, kept: str = "\u00a0") -> str:
    """Return words with what can't be seen as codes, so that no file's name steers a terminal."""
    return "".join(c if c.isprintable() or c in kept else f"\\u{ord(c):04x}" for c in words)


class MalstyrError(Exception):
    """Any failure that malstyr knows the cure for; `str()` of it is the sentence for the user."""

    exit_code = 1

    def __str__(self) -> str:
        return visible(super().__str__(), kept="\n\u00a0")

    def _render_traceback_(self) -> list[str]:
        """Return the lines a notebook shows: the sentence, never a traceback (IPython's hook)."""
        return [str(self)]


@dataclass(frozen=True, order=True)
class Problem:
    """One thing wrong in one place of a parameter file; line 0 means the file as a whole."""

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        place = f"{self.file} rad {self.line}" if self.line else self.file
        return visible(f"{place}: {self.text}")


class ParamsError(MalstyrError):
    """Parameter files are wrong; `.problems` holds every one, sorted by file and line."""

    exit_code = 2

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        count = len(self.problems)
        head = "1 fel" if count == 1 else f"{count} fel"
        lines = [f"{head} i styrparametrarna. Inget har körts. Rätta och kör igen:"]
        super().__init__("\n".join(lines + [f"  {problem}" for problem in self.problems]))


class UsageError(MalstyrError):
    """A command or call names something that does not exist."""

    exit_code = 2


class KoladaError(MalstyrError):
    """Kolada did not give a complete, correct answer; nothing of the request is returned."""

    exit_code = 3


class KoladaUnavailable(KoladaError):
    """No usable answer after every attempt, or the total deadline passed."""


class KoladaRefused(KoladaError):
    """A status that no retry can cure (4xx other than 429)."""


class KoladaContractBroken(KoladaError):
    """An answer came but does not keep the contract: wrong shape, count, value or address."""


class KoladaContradiction(KoladaContractBroken):
    """Two answers or rows that each keep the contract say different things of the same thing."""


class StoreError(MalstyrError):
    """The store cannot be read or written."""

    exit_code = 3


class StoreEmpty(StoreError):
    """There is no snapshot to read."""


class StoreDamaged(StoreError):
    """A stored object is missing or does not match its digest."""


class ReportError(MalstyrError):
    """A report could not be made."""
