"""The manifest of all reports in output: what was run, on what, with what result."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Final

from malstyr_lib.errors import ReportError
from malstyr_lib.outcome import COMMITTEE, Outcome

NAME: Final = "manifest.json"
LIST: Final = "index.html"
"""The page beside it that leads to the reports."""
_MANY: Final = ("files", "committees")


def read(output: Path) -> list[Outcome]:
    """Return the outcomes that an output folder's manifest keeps; none when there is no file."""
    path = output / NAME
    if not path.exists():
        return []
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))["reports"]
        return [Outcome(**one | {name: tuple(one.get(name, ())) for name in _MANY}) for one in kept]
    except (ValueError, KeyError, TypeError) as error:
        raise ReportError(
            f"{path} går inte att läsa ({error}). Flytta undan filen och kör igen; rapporterna"
            " ligger kvar."
        ) from error


def last_told(
    outcomes: Iterable[Outcome], earlier: Callable[[Outcome], bool]
) -> dict[str, Outcome]:
    """Return the last of every committee's reports that told of its KPIs' colours, by its slug.

    earlier: which of them are looked back at. The last is the one of the newest year.
    """
    told = [
        one
        for one in sorted(outcomes, key=lambda one: one.year)
        if one.kind == COMMITTEE and one.published and "focus" in one.found and earlier(one)
    ]
    return {one.slug: one for one in told}


def merged(kept: Iterable[Outcome], new: Iterable[Outcome]) -> list[Outcome]:
    """Return the outcomes kept with the new ones in their place, newest year first."""
    by_key = {one.key: one for one in (*kept, *new)}
    return sorted(by_key.values(), key=lambda one: (-one.year, one.kind, one.slug))


def text(outcomes: Sequence[Outcome]) -> str:
    """Return the manifest as JSON text."""
    content = {"malstyr": version("malstyr"), "reports": [asdict(one) for one in outcomes]}
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"
