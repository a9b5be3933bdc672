"""What an average hides: parts that go another way than the whole; never a total from parts.

Docs: docs/metod.md section 15.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import comb, isnan
from typing import Any, Final, NamedTuple

import pandas as pd

from malstyr_lib import periods, tables, text
from malstyr_lib.model import Measure, Pace
from malstyr_lib.own.lines import GENDER_WORDS, WHOLE, Line, called, lines, whole_of, yearly_changes
from malstyr_lib.own.standings import MOST_DECIMALS, usual

HIDDEN: Final = {
    "measure": "str",
    "part": "str",
    "name": "str",
    "gender": "str",
    "last": "str",
    "now": "float64",
    "before": "float64",
    "change": "float64",
    "up": "int64",
    "down": "int64",
    "of": "int64",
    "grade": "str",
    "unusual": "bool",
    "way": "str",
    "hidden": "bool",
    "reason": "str",
}
CLEAR: Final = "tydlig"
WEAK: Final = "svag"
STILL: Final = "ingen"
TOO_FEW: Final = "för få"
CLEAR_AT: Final = 0.05
WEAK_AT: Final = 0.25
"""How often chance alone would give as many of the same sign, both ways."""
ENOUGH: Final = 0.75
"""The share of a year's periods that must have a value both years."""
MANY_PARTS: Final = 10
ONE_YEAR: Final = "ett enda år kan inte säga om det är slump"
_NAN: Final = float("nan")
_VERBS: Final = {"upp": "stigit", "ned": "sjunkit"}


class Year(NamedTuple):
    """A line's newest year against the year before, over the periods that are known in both."""

    now: float
    before: float
    up: int
    down: int
    of: int

    @classmethod
    def of_pairs(cls, pairs: Sequence[tuple[float, float]]) -> Year:
        """Return the means of pairs, none empty, and how many go up and down to the first."""
        now, before = (sum(side) / len(pairs) for side in zip(*pairs, strict=True))
        up, down = sum(a > b for a, b in pairs), sum(a < b for a, b in pairs)
        return cls(now, before, up, down, len(pairs))

    @property
    def change(self) -> float:
        """How much it has changed, in its own unit."""
        return self.now - self.before

    @property
    def grade(self) -> str:
        """How clearly it moved: by how often chance gives as many of the same sign."""
        chance = chance_of(self.up, self.down)
        agrees = (self.up > self.down) == (self.change > 0)
        if isnan(self.change):
            return TOO_FEW
        if not agrees or chance > WEAK_AT:
            return STILL
        return CLEAR if chance <= CLEAR_AT else WEAK


def chance_of(up: int, down: int) -> float:
    """Return how often at least as many of `up + down` fair throws fall the same way, both ways."""
    n, most = up + down, max(up, down)
    if up == down:
        return 1.0
    return float(2 * sum(comb(n, k) for k in range(most, n + 1)) / 2**n)


def hidden_by_average(
    measure: Measure, values: pd.DataFrame, *, names: Mapping[str, str]
) -> pd.DataFrame:
    """Return the whole, its parts, women and men, over the whole's newest year (HIDDEN).

    values, names: as for `standings`. Each of the last twelve months (four quarters, one year) is
    held against the same one the year before; provisional values are left out. `hidden`: it moved,
    or its newest change is unusual, in a way that the whole did not; never of a yearly measure,
    whose one pair of years can't tell a move from chance. The first row is the whole; no rows when
    the whole has no values, since a total is never made from parts.
    """
    found = lines(measure, values, names)
    whole = whole_of(found)
    if whole is None or not whole.settled:
        return tables.empty(HIDDEN)
    last = max(whole.settled)
    decimals = text.decimals_for(value for one in found for value in one.values.values())
    chosen = [one for one in found if one is whole or (one.gender == "T") == bool(one.part)]
    rows = [_row(measure, one, last) for one in chosen]
    for row, one in zip(rows, chosen, strict=True):
        row["name"] = called(one, names)
        other = row["way"] not in ("", rows[0]["way"])
        row["hidden"] = other and measure.pace != "år" and rows[0]["grade"] != TOO_FEW
        row["reason"] = _reason(measure.pace, row, decimals)
    return tables.of_rows(HIDDEN, rows)


def _row(measure: Measure, line: Line, last: str) -> dict[str, Any]:
    year = compared(measure.pace, line.settled, last)
    kept = usual(measure, line, last)
    unusual = kept.unusual and last in line.settled
    moved = year.grade in (CLEAR, WEAK)
    newest = yearly_changes(measure.pace, line.settled).get(last, 0.0)
    turn = year.change if moved else newest if unusual else 0.0
    return {
        "measure": measure.id,
        "part": line.part,
        "gender": line.gender,
        "last": last,
        **year._asdict(),
        "change": year.change,
        "grade": year.grade,
        "unusual": unusual,
        "way": "upp" if turn > 0 else "ned" if turn < 0 else "",
    }


def compared(pace: Pace, values: Mapping[str, float], last: str) -> Year:
    """Return the year up to a period against the year before, where enough is known of both."""
    n = periods.PER_YEAR[pace]
    span = [periods.back(pace, last, step) for step in range(n)]
    pairs = [
        (values[one], values[periods.year_before(pace, one)])
        for one in span
        if one in values and periods.year_before(pace, one) in values
    ]
    if not pairs or len(pairs) < ENOUGH * n:
        return Year(_NAN, _NAN, 0, 0, len(pairs))
    return Year.of_pairs(pairs)


def _reason(pace: Pace, row: Mapping[str, Any], decimals: int) -> str:
    if row["grade"] == TOO_FEW:
        have = f"{row['of']} av {periods.counted(pace, periods.PER_YEAR[pace])}"
        said = [f"för få värden båda åren för att säga något om året: {have}"]
    elif pace == "år":
        said = [_means(row, decimals), ONE_YEAR]
    else:
        said = [_moved(row), _means(row, decimals), _counted(pace, row)]
    if row["unusual"]:
        what = "värdet" if pace == "år" else f"ändringen i {periods.words(row['last'])}"
        said.append(f"{what} är utanför det vanliga")
    return "; ".join(filter(None, said))


def _moved(row: Mapping[str, Any]) -> str:
    verb = _VERBS["upp" if row["change"] > 0 else "ned"]
    return {CLEAR: f"har {verb}", WEAK: f"tycks ha {verb}"}.get(
        row["grade"], "ingen tydlig ändring"
    )


def _means(row: Mapping[str, Any], decimals: int) -> str:
    """Return both years' means; those that moved are never shown as the same number."""
    most = MOST_DECIMALS if row["grade"] in (CLEAR, WEAK) else decimals
    now, before = text.told_apart((row["now"], row["before"]), decimals, most)
    return f"{now} mot {before} året före"


def _counted(pace: Pace, row: Mapping[str, Any]) -> str:
    """Return in how many of the periods it was higher or lower, whichever is most."""
    if row["of"] == 1:
        return ""
    most, way = max((row["up"], "högre"), (row["down"], "lägre"))
    missing = periods.PER_YEAR[pace] - row["of"]
    said = f"{way} i {most} av {periods.counted(pace, row['of'])}"
    return f"{said} ({periods.counted(pace, missing)} saknas)" if missing else said


def main_point(measure: Measure, hidden: pd.DataFrame) -> str:
    """Return in one or two sentences what the whole did and which parts went another way."""
    if hidden.empty:
        return "Det finns inget värde för helheten, och den räknas inte ut ur delarna."
    whole: dict[Any, Any] = hidden.iloc[0].to_dict()
    parts = hidden.iloc[1:]
    decimals = text.decimals_for([*hidden["now"], *hidden["before"]])
    if measure.pace == "år":
        return _one_year(whole, decimals)
    span = periods.counted(measure.pace, periods.PER_YEAR[measure.pace])
    if whole["grade"] == TOO_FEW:
        return f"{WHOLE} har för få värden för att jämföra de senaste {span} med året före."
    until = f"året till och med {periods.words(whole['last'])}"
    start = f"{WHOLE} {_whole_words(whole)} {until} ({_means(whole, decimals)})"
    told = _others(parts)
    if len(parts) == 0:
        return f"{start}. Det finns inga delar att jämföra med."
    if not told:
        return f"{start}, och ingen del går tydligt åt ett annat håll."
    many = (
        f" Bland {len(parts)} delar kan någon sticka ut av en slump."
        if len(parts) >= MANY_PARTS
        else ""
    )
    return f"{start}, men {text.listing(told)}. Siffrorna säger inte varför.{many}"


def _whole_words(whole: Mapping[str, Any]) -> str:
    moved = whole["grade"] in (CLEAR, WEAK)
    return _moved(whole) if moved else f"har {_moved(whole)}"


def _one_year(whole: Mapping[str, Any], decimals: int) -> str:
    """Return what a yearly measure's whole did: one pair of years, of which no more is known."""
    if whole["grade"] == TOO_FEW:
        return f"{WHOLE} har ett värde för {whole['last']} men inget för året före."
    return f"{WHOLE} {whole['last']}: {_means(whole, decimals)}; {ONE_YEAR}."


def _others(parts: pd.DataFrame) -> list[str]:
    """Return what the hidden parts did, the clear before the weak and the single odd months."""
    odd = parts[parts["hidden"]]
    told = []
    for grade in (CLEAR, WEAK):
        for way, verb in _VERBS.items():
            names = _names(odd[(odd["grade"] == grade) & (odd["way"] == way)])
            told += [f"{names} {'har' if grade == CLEAR else 'tycks ha'} {verb}"] if names else []
    single = odd[~odd["grade"].isin((CLEAR, WEAK))]
    for way in _VERBS:
        names = _names(single[single["way"] == way])
        told += [f"{names} hade en ovanlig ändring {way}åt"] if names else []
    return told


def _names(rows: pd.DataFrame) -> str:
    """Return what parts are called in running text: women and men of the whole by that alone."""
    listed: Sequence[str] = [
        row["name"] if row["part"] else GENDER_WORDS[row["gender"]]
        for row in rows.to_dict("records")
    ]
    return text.listing(listed)
