"""What one report rests on, kept beside it: what it read of a snapshot, and why it is old."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from malstyr_lib import text
from malstyr_lib.batch.inputs import BEFORE, NOTEBOOK, PARAMS, PUBLISHED, SNAPSHOT
from malstyr_lib.program import PROGRAM
from malstyr_lib.store import Snapshot

NAME: Final = "underlag.json"
_VALUES: Final = "values/"
_SHOWN: Final = 3


def written(snapshot: str, reads: Mapping[str, str]) -> str:
    """Return what a report has read, as JSON text."""
    content = {"bild": snapshot, "läst": reads}
    return json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def read(folder: Path) -> dict[str, str]:
    """Return what the report in a folder has read; nothing when that is not known."""
    try:
        found: dict[str, str] = json.loads((folder / NAME).read_text(encoding="utf-8"))["läst"]
        return found
    except (OSError, ValueError, KeyError):
        return {}


def news(reads: Mapping[str, str], snapshot: Snapshot) -> list[str]:
    """Return the parts that a report has read and that a snapshot has otherwise, by name."""
    return [name for name, digest in reads.items() if snapshot.part(name) != digest]


def because(before: Mapping[str, str], decided: Mapping[str, str], new: Iterable[str]) -> str:
    """Return why a report is to be made again, in words.

    before, decided: the digests that decided it then and decide it now. new: see `news`.
    """
    changed = [name for name in {**before, **decided} if before.get(name) != decided.get(name)]
    plain = [name for name in changed if name != SNAPSHOT and not name.startswith(PARAMS)]
    told = [_CHANGED.get(name, f"ändrat underlag: {name}") for name in plain]
    files = [name.removeprefix(PARAMS) for name in changed if name.startswith(PARAMS)]
    told += [f"ändrat i {_listing(files)}"] if files else []
    return ", ".join([*told, *_of_data([*new])])


def newer(before: Mapping[str, str], decided: Mapping[str, str]) -> str:
    """Return that there is another snapshot than a report was made of, or nothing."""
    return "" if before.get(SNAPSHOT) == decided.get(SNAPSHOT) else "ny ögonblicksbild"


_CHANGED: Final = {
    PROGRAM: "ny version av malstyr eller ett paket",
    BEFORE: "en annan hämtning att jämföra med",
    PUBLISHED: "andra rapporter från tidigare år",
    NOTEBOOK: "ny notebook",
}


def _of_data(new: list[str]) -> list[str]:
    kpis = [name.removeprefix(_VALUES) for name in new if name.startswith(_VALUES)]
    units = [name.partition("/")[2] for name in new if name.startswith("ou_values/")]
    told = [f"nya eller ändrade värden för {_listing(kpis)}"] if kpis else []
    told += [f"nya eller ändrade värden för enheter i {_listing(units)}"] if units else []
    told += ["ändrat i Koladas uppgifter"] if any(n.startswith("tables/") for n in new) else []
    told += ["fler eller färre nyckeltal är hämtade"] if {"values", "ou_values"} & {*new} else []
    return told


def _listing(names: list[str]) -> str:
    more = len(names) - _SHOWN
    return text.listing(names[:_SHOWN] + ([f"{more} till"] if more > 0 else []))
