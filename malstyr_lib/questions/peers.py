"""Theme C, is it only us: others, other groups, who moved, conditions, the next colour (15–20)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from malstyr_lib import tables, text
from malstyr_lib.markup import STATUS
from malstyr_lib.questions.answer import Question, Reply, likely, sure, unsure
from malstyr_lib.questions.border import next_colour
from malstyr_lib.questions.chance import doubt
from malstyr_lib.questions.compared import (
    Beside,
    changes_beside,
    newest_pair,
    no_pair,
    older,
    whose,
)
from malstyr_lib.questions.conditions import conditions
from malstyr_lib.questions.movers import who_moved, why_turned
from malstyr_lib.questions.needs import COLOUR, DIRECTION, TWO_VALUES, VALUE, Need
from malstyr_lib.questions.pictures import change_chart
from malstyr_lib.scoring import sureness
from malstyr_lib.scoring.agreement import COMPARATORS, LEAVE_ONE_OUT
from malstyr_lib.scoring.compare import Change, compared_change
from malstyr_lib.scoring.groups import GROUP_WORDS

if TYPE_CHECKING:
    from malstyr_lib.questions.case import Case

_GROUPS: Final = {"alla": "Alla kommuner", "liknande": "Liknande kommuner", "län": "Länet"}
MOST: Final = 2 / 3
"""The share that moves the same way from which it is most of the others."""
SEVERAL: Final = 4
"""From how many comparisons it says something that all but one are red."""
COLOURED: Final = Need(
    "färg",
    COLOUR.lacking,
    COLOUR.cure,
    lambda case: not (case.judged and case.series) or COLOUR.met(case),
)
"""A colour, told as lacking only where nothing else that it takes is lacking."""
_COMPARED: Final = GROUP_WORDS | {LEAVE_ONE_OUT: "liknande, en i taget utanför"}


def only_us(case: Case) -> Reply:
    """Answer whether the others moved the same way: ja where most of them did, or most did not."""
    pair = newest_pair(case)
    if pair is None:
        return unsure(no_pair(case))
    changes = {kind: _change(case, kind, pair) for kind in _GROUPS}
    every = changes["alla"]
    if not every.n:
        return unsure(f"Ingen annan kommun har värden för både {pair[0]} och {pair[1]}.")
    said = f"{_moved(case, every, pair)} {_verdict(case, changes, pair)}"
    within = doubt(case).words(pair)
    clear = not (1 - MOST < every.same_way < MOST or within or (every.own and _tiny(case, every)))
    return (sure if clear and not older(case, pair) else likely)(
        said,
        _why_only(case, pair, within) + older(case, pair),
        underlag=_changes_table(case, changes),
        drawing=partial(change_chart, case, pair),
    )


def _change(case: Case, kind: str, pair: tuple[int, int]) -> Change:
    """Return the own change beside those of a group's others."""
    at = [case.evidence.at, *case.peers(kind)]
    before, after = (case.everyone(year)[at] for year in pair)
    return compared_change(before, after, 0)


def _moved(case: Case, every: Change, pair: tuple[int, int]) -> str:
    """Return the own change, and how many of the others moved the same way."""
    before, after = pair
    others = text.count(every.n, "annan kommun", "andra kommuner")
    share = f"{text.percent(every.same_way)} av {others}"
    if not every.own:
        return f"{whose(case.name)} värde är detsamma {after} som {before}, liksom i {share}."
    if _tiny(case, every):
        return f"{whose(case.name)} värde är nästan detsamma {after} som {before}."
    way = "högre" if every.own > 0 else "lägre"
    return (
        f"{whose(case.name)} värde är {case.far(every.own)} {way} {after} än {before},"
        f" och {share} rörde sig åt samma håll."
    )


def _tiny(case: Case, every: Change) -> bool:
    """Return whether a change is too small to be seen with the decimals that are shown."""
    return not text.rounded(every.own, case.decimals)


def _verdict(case: Case, changes: dict[str, Change], pair: tuple[int, int]) -> str:
    """Return whether it is only the own, with the median changes of those that have one."""
    names = {"alla": "alla andra", "liknande": "de liknande", "län": "de andra i länet"}
    medians = [
        f"{text.signed(one.median, case.decimals)} för {names[kind]}"
        for kind, one in changes.items()
        if one.n
    ]
    return f"{_head(case, changes['alla'], pair)}: ändringens median är {text.listing(medians)}."


def _head(case: Case, every: Change, pair: tuple[int, int]) -> str:
    """Return whether it is only the own, by how many of the others moved the same way."""
    if _tiny(case, every):
        still = _still(case, pair) if every.own else every.same_way
        if still >= MOST:
            return "De flesta andra står också stilla"
        if still <= 1 - MOST:
            return "De andra står inte lika stilla"
        return "En del av de andra står också stilla"
    if every.same_way >= MOST:
        return f"Det är alltså inte bara {case.name}"
    if every.same_way <= 1 - MOST:
        return f"Det är alltså mest {case.name}"
    return "De andra rörde sig inte åt ett och samma håll"


def _still(case: Case, pair: tuple[int, int]) -> float:
    """Return the share of the others whose change can't be seen with the decimals shown."""
    before, after = (case.everyone(year) for year in pair)
    changes = case.known_others(after - before)
    return float(np.mean([not text.rounded(float(one), case.decimals) for one in changes]))


def _why_only(case: Case, pair: tuple[int, int], within: str) -> str:
    rank = _rank_words(case, changes_beside(case, pair))
    if within:
        return f"{rank}{within}".strip()
    return f"{rank} Inget brott i serien är känt mellan åren.".strip()


def _rank_words(case: Case, found: Beside) -> str:
    """Return where the own change lies among the others', as a sentence; "" where all are alike."""
    if found.same == found.n:
        return ""
    led = f"{whose(case.name)} ändring är"
    if found.n in (found.lower, found.higher):
        return f"{led} {'högre' if found.lower else 'lägre'} än alla de andras."
    told = [
        f"{words} {amount}"
        for words, amount in (
            ("högre än", found.lower),
            ("densamma som", found.same),
            ("lägre än", found.higher),
        )
        if amount
    ]
    return f"{led} {text.listing(told)} av de {found.n} andras."


def _changes_table(case: Case, changes: dict[str, Change]) -> pd.DataFrame:
    own: dict[str, Any] = {"Grupp": case.name, "Andra": None, "Ändring": changes["alla"].own}
    rows = [own | {"Åt samma håll, %": np.nan}]
    rows += [
        {
            "Grupp": f"{_GROUPS[kind]}, median",
            "Andra": one.n,
            "Ändring": one.median,
            "Åt samma håll, %": 100 * one.same_way,
        }
        for kind, one in changes.items()
    ]
    return pd.DataFrame(rows).astype({"Andra": "Int64"})


def against_all(case: Case) -> Reply:
    """Answer whether the value is red whoever it is compared with; mixed colours are no ja."""
    row = case.finding(sureness.agreements)
    if row is None or not row["of"]:
        return unsure("Ingen av jämförelserna ger någon färg: grupperna är för små.")
    table = pd.DataFrame(
        {
            "Jämförelse": [text.capital(_COMPARED[name]) for name in COMPARATORS],
            "Färg": [STATUS[row[name] or tables.GREY].label for name in COMPARATORS],
        }
    )
    why = (
        "Samma års värden jämförs i varje grupp, och liknande prövas också med en i taget utanför."
    )
    said = f"{_counted(case, row)}{_against(row)}"
    doubts = doubt(case).colour_words
    carried = row["red"] in (0, row["of"]) and row["of"] > 1 and not doubts
    return (sure if carried else likely)(said, f"{why} {doubts}".strip(), underlag=table)


def _counted(case: Case, row: dict[Any, Any]) -> str:
    red, of = int(row["red"]), int(row["of"])
    if of == 1:
        return f"{case.name} kan bara jämföras med en grupp {row['period']}"
    if not red:
        return f"{case.name} är inte röd i någon av {of} jämförelser {row['period']}"
    return f"{case.name} är röd i {red} av {of} jämförelser {row['period']}"


def _against(row: dict[Any, Any]) -> str:
    """Return what the count says: the same colour everywhere, or red against some only."""
    judged = {name: row[name] for name in COMPARATORS if row[name] not in ("", tables.GREY)}
    found = sorted(set(judged.values()))
    if len(found) == 1 and len(judged) == 1:
        (name, colour) = next(iter(judged.items()))
        return f": {text.ONE[colour]} mot {named([name])}."
    if len(found) == 1:
        return f": färgen är {text.ONE[found[0]]} vilka vi än jämför med."
    if tables.RED not in found:
        green = [name for name, colour in judged.items() if colour == tables.GREEN]
        return f": den är grön mot {named(green)}, annars gul."
    if apart := but_one(row):
        return f": alla utom {apart[0]}, där den är {apart[1]}."
    red = [name for name, colour in judged.items() if colour == tables.RED]
    return f", mot {named(red)}: rött hänger på vilka vi jämför med."


def but_one(row: dict[Any, Any]) -> tuple[str, str] | None:
    """Return the only comparison of several that is not red, and its colour, in words."""
    judged = {name: row[name] for name in COMPARATORS if row[name] not in ("", tables.GREY)}
    apart = [(name, colour) for name, colour in judged.items() if colour != tables.RED]
    if len(judged) < SEVERAL or len(apart) != 1:
        return None
    return named([apart[0][0]]), text.ONE[apart[0][1]]


def named(comparisons: Sequence[str]) -> str:
    """Return comparisons in running words."""
    one = "liknande"
    told = [_COMPARED[name] for name in comparisons if name != LEAVE_ONE_OUT]
    if LEAVE_ONE_OUT not in comparisons:
        return text.listing(told)
    if one not in comparisons:
        return text.listing([*told, "liknande kommuner när en i taget lämnas utanför"])
    told.remove(_COMPARED[one])
    return text.listing([*told, f"{_COMPARED[one]} (också när en i taget lämnas utanför)"])


QUESTIONS: Final[tuple[Question, ...]] = (
    Question(15, "bara vi", "Är det bara vi?", only_us, needs=(TWO_VALUES,)),
    Question(
        16,
        "röda mot alla",
        "Är vi röda mot alla, eller bara mot våra liknande?",
        against_all,
        needs=(VALUE, DIRECTION, COLOURED),
    ),
    Question(
        17,
        "vi eller de andra",
        "Är det vi som blivit sämre eller de andra som blivit bättre?",
        who_moved,
        needs=(TWO_VALUES,),
    ),
    Question(
        18,
        "varför bytt färg",
        "Varför bytte rutan färg?",
        why_turned,
        needs=(TWO_VALUES, DIRECTION),
    ),
    Question(19, "förutsättningar", "Är våra förutsättningar sämre?", conditions, needs=(VALUE,)),
    Question(
        20,
        "till nästa färg",
        "Hur långt är det till nästa färg?",
        next_colour,
        needs=(VALUE, DIRECTION, COLOURED),
    ),
)
