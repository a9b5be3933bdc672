"""Units that took over from others: a series follows the work, or breaks where nobody knows how."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

import pandas as pd

from malstyr_lib import periods, tables, text
from malstyr_lib.model import Part, SteeringModel

BREAKS: Final = {"measure": "str", "part": "str", "since": "str", "reason": "str"}


class History(NamedTuple):
    """Own values where a part has its forerunner's (OWN_VALUES), and the breaks (BREAKS)."""

    values: pd.DataFrame
    breaks: pd.DataFrame


def with_history(model: SteeringModel, values: pd.DataFrame) -> History:
    """Return the values with every part's inherited series, and where a series breaks instead.

    A part inherits only when it replaces exactly one, that one is replaced by no other, and the
    two have no value in the same period. Otherwise the values stay where they were.
    """
    parts = model.parts
    heirs = _heirs(parts)
    pieces, breaks = [], []
    for measure, rows in values.groupby("measure", sort=False):
        follow = {old: new for old, new in heirs.items() if not _overlap(rows, old, new)}
        pieces.append(rows.assign(part=[_last(part, follow) for part in rows["part"]]))
        breaks += list(_breaks(str(measure), rows, parts, follow))
    told = pd.concat(pieces, ignore_index=True) if pieces else tables.empty(tables.OWN_VALUES)
    return History(
        told.astype({"part": "str"})[list(tables.OWN_VALUES)], tables.of_rows(BREAKS, breaks)
    )


def _successors(parts: Mapping[str, Part]) -> dict[str, list[str]]:
    """Return who says that they replace each part."""
    found: dict[str, list[str]] = {}
    for one in parts.values():
        for old in dict.fromkeys(one.replaces):
            found.setdefault(old, []).append(one.id)
    return found


def _heirs(parts: Mapping[str, Part]) -> dict[str, str]:
    """Return who inherits each part that is replaced one to one; circles inherit nothing."""
    one_to_one = {
        old: new[0]
        for old, new in _successors(parts).items()
        if len(new) == 1 and len(set(parts[new[0]].replaces)) == 1
    }
    return {old: new for old, new in one_to_one.items() if not _circular(old, one_to_one)}


def _circular(part: str, heirs: Mapping[str, str]) -> bool:
    seen = {part}
    while part in heirs:
        part = heirs[part]
        if part in seen:
            return True
        seen.add(part)
    return False


def _last(part: str, heirs: Mapping[str, str]) -> str:
    while part in heirs:
        part = heirs[part]
    return part


def _cells(rows: pd.DataFrame, part: str) -> set[tuple[str, str]]:
    own = rows[rows["part"] == part]
    return set(zip(own["period"], own["gender"], strict=True))


def _overlap(rows: pd.DataFrame, old: str, new: str) -> set[tuple[str, str]]:
    return _cells(rows, old) & _cells(rows, new)


def _breaks(
    measure: str, rows: pd.DataFrame, parts: Mapping[str, Part], follow: Mapping[str, str]
) -> Iterator[dict[str, str]]:
    """Yield the parts with values that replace something without inheriting it, and why."""
    for one in parts.values():
        own = rows.loc[(rows["part"] == one.id) & rows["value"].notna(), "period"]
        left = [old for old in dict.fromkeys(one.replaces) if follow.get(old) != one.id]
        if own.empty or not left:
            continue
        since = str(one.since or own.min())
        reason = _reason(one, left, rows, parts)
        yield {"measure": measure, "part": one.id, "since": since, "reason": reason}


def _reason(one: Part, left: list[str], rows: pd.DataFrame, parts: Mapping[str, Part]) -> str:
    names = [parts[old].name if old in parts else old for old in left]
    start = f"{one.name} ersätter {text.listing(names)}"
    if len(left) > 1:
        return f"{start}: deras värden går inte att lägga ihop, eftersom vikterna är okända"
    others = [parts[new].name for new in _successors(parts)[left[0]] if new != one.id]
    if others:
        return f"{start}, som också ersätts av {text.listing(others)}: ingen av dem kan ärva serien"
    both = sorted(_overlap(rows, left[0], one.id))
    if both:
        return f"{start}, men båda har värden för {periods.words(both[0][0])}"
    return f"{start} i en cirkel: rätta ersätter i nämndens fil"
