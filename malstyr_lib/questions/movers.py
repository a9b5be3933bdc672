"""Who moved: the own value or the others', and what the newest change of colour is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from malstyr_lib import scoring, tables, text
from malstyr_lib.markup import STATUS
from malstyr_lib.questions.answer import Reply, likely, sure, unsure
from malstyr_lib.questions.chance import doubt
from malstyr_lib.questions.compared import newest_pair, no_pair, older, whose
from malstyr_lib.questions.red_run import run_of
from malstyr_lib.questions.turns import among_all, as_shown, newest_turn, unsettled
from malstyr_lib.scoring import phrases
from malstyr_lib.scoring.arrays import Floats
from malstyr_lib.scoring.decompose import Decomposition
from malstyr_lib.scoring.shift import Shift

if TYPE_CHECKING:
    from malstyr_lib.questions.case import Case

MOST: Final = 2 / 3
"""The part of the two changes from which one of them is most of it."""
NOISE: Final = 1e-9
"""What is less than this share of the values is only how they are written."""
_PARTS: Final = {
    "own": "Eget värde",
    "others": "De andras värden",
    "members": "Vilka som jämförs",
    "revision": "Ändrade uppgifter för det tidigare året",
    "total": "Summa",
}


@dataclass(frozen=True)
class _Frozen:
    """Two years of those with a value in both: the own ones, the others', and four colours."""

    own: tuple[float, float]
    others: tuple[Floats, Floats]
    colours: tuple[str, str, str, str]


def who_moved(case: Case) -> Reply:
    """Answer whose change is the larger in the newest pair of years; ja when its sum is exact."""
    pair = newest_pair(case)
    if pair is None:
        return unsure(no_pair(case))
    if not case.judged:
        return _unjudged(case, pair)
    move = case.evidence.moved(case.kpi, pair)
    if move is None or move.parts is None:
        return unsure(f"För få kommuner har värden för både {pair[0]} och {pair[1]}.")
    frozen = _frozen(case, pair)
    certain = not (older(case, pair) or doubt(case).of(pair)) and as_shown(case, move)
    return (sure if certain else likely)(
        f"{_larger(case, move, move.parts)} {_colours_said(case, move)}",
        _if_still(frozen, pair) + older(case, pair) + doubt(case).words(pair),
        underlag=_frozen_table(frozen, pair),
    )


def _larger(case: Case, move: Shift, parts: Decomposition) -> str:
    """Return whose part of the change is the larger, with all parts."""
    size = NOISE * max(abs(move.value), abs(move.value_before), 1e-9)
    rest = abs(parts.members) + abs(parts.revision)
    span = f"{move.period_before}–{move.period}"
    if max(abs(parts.own), abs(parts.others), rest) <= size:
        return f"Varken {case.name} eller de andra har flyttat sig {span}."
    head = _whose_part(case, parts, rest, years=f"{move.period} än {move.period_before}")
    return f"{head}. {text.sentence(phrases.made_words(move, case.decimals))}"


def _whose_part(case: Case, parts: Decomposition, rest: float, *, years: str) -> str:
    """Return which side has moved the most, and whether to better or worse values."""
    own, others = abs(parts.own), abs(parts.others)
    ours = "bättre" if parts.own > 0 else "sämre"
    theirs = "sämre" if parts.others > 0 else "bättre"
    if rest > own + others:
        return "Det är mest vilka kommuner som har lämnat uppgift som skiljer åren"
    if own >= MOST * (own + others):
        return f"Det är mest {case.name} som har {ours} värde {years}"
    if others >= MOST * (own + others):
        return f"Det är mest de andra som har {theirs} värden {years}"
    year = years.partition(" ")[0]
    if ours == theirs:
        return f"Både {case.name} och de andra har fått {ours} värden {year}"
    return f"{case.name} har fått {ours} värde {year}, och de andra {theirs} värden"


def _colours_said(case: Case, move: Shift) -> str:
    """Return what became of the colour, a changed one with how common the same change was."""
    years = (move.period_before, move.period)
    if not as_shown(case, move):
        return f"{_shown(case, years)} {unsettled(case, years)}"
    if move.before == move.after:
        return f"Rutan är {text.ONE[move.after]} båda åren."
    turned = f"rutan gick från {text.ONE[move.before]} till {text.ONE[move.after]}"
    return text.sentence(f"{turned}; {phrases.base_rate_words(move)}")


def _shown(case: Case, years: tuple[int, int]) -> str:
    """Return the colours of the box itself in two years, with how common a change was."""
    before, after = (case.colours.get(year, tables.GREY) for year in years)
    if before == after:
        return f"Rutan är {text.ONE[after]} båda åren."
    turned = f"rutan gick från {text.ONE[before]} {years[0]} till {text.ONE[after]} {years[1]}"
    if tables.GREY in (before, after):
        return text.sentence(turned)
    return text.sentence(f"{turned}; {among_all(case, years)}")


def _if_still(frozen: _Frozen, pair: tuple[int, int]) -> str:
    """Return what the colour had been if only one side had moved."""
    _, only_own, only_others, _ = (text.ONE[colour] for colour in frozen.colours)
    if only_own == only_others:
        return (
            f"Rutan hade varit {only_own} {pair[1]} både om det egna värdet och om de andras värden"
            f" hade stått still sedan {pair[0]}."
        )
    return (
        f"Med det egna värdet från {pair[0]} hade rutan varit {only_others} {pair[1]},"
        f" och med de andras värden från {pair[0]} hade den varit {only_own}."
    )


def _frozen(case: Case, pair: tuple[int, int]) -> _Frozen:
    """Return the colours with each side as it was and as it became, among those with both."""
    values = np.column_stack([case.everyone(year) for year in pair])
    known = np.logical_not(np.isnan(values).any(axis=1))
    known[case.evidence.at] = False
    own = (case.series[pair[0]], case.series[pair[1]])
    others = (values[known, 0], values[known, 1])
    colours = tuple(
        scoring.colours([own[mine], *others[theirs]], case.kpi.direction, case.kpi.target)[0]
        for mine, theirs in ((0, 0), (1, 0), (0, 1), (1, 1))
    )
    return _Frozen(own, others, (colours[0], colours[1], colours[2], colours[3]))


def _frozen_table(frozen: _Frozen, pair: tuple[int, int]) -> pd.DataFrame:
    cases = (
        (f"Som det var {pair[0]}", 0, 0),
        ("Bara eget värde flyttat", 1, 0),
        ("Bara de andras värden flyttade", 0, 1),
        (f"Som det är {pair[1]}", 1, 1),
    )
    return pd.DataFrame(
        {
            "Läge": [words for words, _, _ in cases],
            "Eget värde": [frozen.own[mine] for _, mine, _ in cases],
            "De andras median": [float(np.median(frozen.others[at])) for _, _, at in cases],
            "Andra kommuner": [len(frozen.others[0])] * 4,
            "Färg": [STATUS[colour].label for colour in frozen.colours],
        }
    )


def _unjudged(case: Case, pair: tuple[int, int]) -> Reply:
    """Return both sides' numeric change for a KPI without better and worse."""
    values = np.column_stack([case.everyone(year) for year in pair])
    change = case.known_others(values[:, 1] - values[:, 0])
    if not len(change):
        return unsure(f"Ingen annan kommun har värden för både {pair[0]} och {pair[1]}.")
    own, median = case.series[pair[1]] - case.series[pair[0]], float(np.median(change))
    than = "än" if own else "som"
    said = (
        f"{whose(case.name)} värde är {_way(case, own)} {pair[1]} {than} {pair[0]}; i mitten"
        f" av {len(change)} andra kommuner är ändringen {_middle(case, median)}."
    )
    why = f"{case.id} har ingen riktning, så det finns inget bättre eller sämre att skilja åt."
    table = pd.DataFrame(
        {
            "Vem": [case.name, "De andras median"],
            "Ändring": [own, median],
            "Andra kommuner": pd.array([None, len(change)], dtype="Int64"),
        }
    )
    return unsure(why, said, underlag=table)


def _way(case: Case, change: float) -> str:
    if not change:
        return "detsamma"
    return f"{case.far(change)} {'högre' if change > 0 else 'lägre'}"


def _middle(case: Case, median: float) -> str:
    return f"{case.far(median)} {'uppåt' if median > 0 else 'nedåt'}" if median else "noll"


def why_turned(case: Case) -> Reply:
    """Answer what the newest change of colour is made of; the newest change where there is none."""
    turned = case.shifts
    seen = newest_turn(case)
    run = run_of(case)
    if seen and run and len(run.years) > 1 and case.evidence.broken(case.id, seen):
        return _never_turned(case)
    if seen is not None and (not turned or turned[-1].period < seen[1]):
        return _unsettled(case, seen)
    if turned and not as_shown(case, turned[-1]):
        return _unsettled(case, (turned[-1].period_before, turned[-1].period))
    return _turned(case, turned[-1]) if turned else _never_turned(case)


def _unsettled(case: Case, years: tuple[int, int]) -> Reply:
    """Return a change of colour that the box shows, although the two years do not compare."""
    move = case.evidence.moved(case.kpi, years)
    said = f"{_shown(case, years)} {unsettled(case, years)}"
    if move is None or move.parts is None:
        return unsure("Bytet går inte att dela upp: vänta på nästa år med värden.", said)
    return likely(
        said,
        f"Bland de {move.n} kommuner som har värden båda åren gäller detta:"
        f" {phrases.made_words(move, case.decimals)}.",
        underlag=_parts_table(move),
    )


def _turned(case: Case, one: Shift) -> Reply:
    """Return a change of colour: its parts, how common it was, and whether it lasted."""
    years = (one.period_before, one.period)
    head = (
        f"Rutan bytte senast färg mellan {one.period_before} och {one.period},"
        f" från {text.ONE[one.before]} till {text.ONE[one.after]}"
    )
    parts = f" {text.sentence(phrases.made_words(one, case.decimals))}" if one.parts else ""
    said = f"{head}.{parts} {text.sentence(phrases.base_rate_words(one))}"
    if one.parts is None:
        why = "Det tidigare årets värde var inte känt från början, så ändringen går inte att dela."
        return unsure(why, said)
    lasted = "".join(f" Det {words}." for words in phrases.lasted_words(one))
    why = f"Delarna är räknade på {one.n} kommuner med värden båda åren och summerar exakt.{lasted}"
    found = doubt(case)
    return (likely if found.of(years) else sure)(
        said, why + found.words(years), underlag=_parts_table(one)
    )


def _never_turned(case: Case) -> Reply:
    """Return that the colour is the same, and what the newest pair of years is made of."""
    pair = newest_pair(case)
    move = case.evidence.moved(case.kpi, pair) if pair else None
    if pair is None or move is None:
        return unsure(
            no_pair(case) if pair is None else "Det finns inga två år med färg att jämföra."
        )
    parts = phrases.made_words(move, case.decimals) if move.parts else "går läget inte att jämföra"
    said = f"{_same(case)} Mellan {move.period_before} och {move.period}: {parts}."
    why = (
        "Färgen är den som rutan har visat varje år, och läget är räknat bland dem som har värden"
        " båda åren."
    )
    table = _parts_table(move) if move.parts else pd.DataFrame()
    doubts = older(case, pair) + doubt(case).words(pair)
    return (likely if doubts else sure)(said, why + doubts, underlag=table)


def _same(case: Case) -> str:
    """Return that no colour has changed, since the last break in the series."""
    run = run_of(case)
    span = f" {run.span}" if run is not None and len(run.years) > 1 else ""
    return f"Rutan har inte bytt färg mellan år som går att jämföra{span}."


def _parts_table(one: Shift) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Del": list(_PARTS.values()),
            "Läget mot gränsen, + är bättre": [getattr(one.parts, name) for name in _PARTS],
        }
    )
