"""Question 21, women and men: the colour of each, how far apart, and how far others are."""

from __future__ import annotations

import re
from functools import partial
from math import hypot
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from malstyr_lib import charts, tables, text
from malstyr_lib.markup import STATUS
from malstyr_lib.questions.answer import Reply, likely, sure, unsure
from malstyr_lib.questions.needs import Need, plain_count
from malstyr_lib.scoring import cube, paired, phrases, score
from malstyr_lib.scoring.arrays import Floats

if TYPE_CHECKING:
    from malstyr_lib.questions.case import Case

YEARS: Final = 8
"""How many years are shown at most."""
ALIKE: Final = 3
"""Over how many years the difference must go the same way to be told as more than a chance."""
_CHILDREN: Final = re.compile(r"\båk\b|\bbarn\b|grundskola|\bbarn och unga\b", re.IGNORECASE)

BOTH: Final = Need(
    "kvinnor och män",
    "{kpi} har inget värde för både kvinnor och män i {name}.",
    "Är det ena könets värde dolt visas inget av dem; annars kan verksamheten ha dem i egna"
    " system.",
    lambda case: bool(_both(case)),
)


def _both(case: Case) -> set[int]:
    """Return the years with an own value of each gender."""
    return case.own(case.id, "K").keys() & case.own(case.id, "M").keys()


def women_and_men(case: Case) -> Reply:
    """Answer whether it is about both women and men: by colour, and by how far apart they are."""
    gaps = gaps_of(case)
    if gaps.empty:
        return _hidden(case)
    now, words = gaps.iloc[-1].to_dict(), called(case)
    more: dict[str, Any] = {
        "underlag": _table(gaps, words),
        "drawing": partial(_drawn, case, gaps, words),
    }
    behind = (case.period or 0) - int(now["period"])
    if behind > 1:
        return _too_old(case, int(now["period"]), more)
    said = f"{_since(case, now, behind)}{_who(case, now, words)} {_apart(case, now)}"
    why = " ".join(
        filter(None, [_steady_words(case, gaps, words), _weight_words(case, now, words)])
    )
    return (sure if _steady(case, gaps) and not behind else likely)(said, why, **more)


def _since(case: Case, now: dict[Any, Any], behind: int) -> str:
    """Return that the newest year lacks the genders, or nothing."""
    if behind < 1:
        return ""
    return (
        f"För {case.period} finns inga värden per kön att visa, så svaret gäller {now['period']}. "
    )


def _too_old(case: Case, year: int, more: dict[str, Any]) -> Reply:
    """Return that women's and men's values are too old to say how it is now."""
    return unsure(
        f"Det ena könets värde av {case.id} är dolt eller saknas för åren därefter, och {year} är"
        " för länge sedan för att säga hur det är nu. Verksamheten kan ha uppgiften i egna"
        " system.",
        f"För {case.period} går det inte att säga: de senaste värdena för både {called(case)[0]}"
        f" och {called(case)[1]} i {case.name} är från {year}.",
        **more,
    )


def called(case: Case) -> tuple[str, str]:
    """Return what women and men are called: girls and boys where the title is about children."""
    young = _CHILDREN.search(case.title) and not re.search("vuxen|SFI|Lärare", case.title)
    return ("flickor", "pojkar") if young else ("kvinnor", "män")


def _hidden(case: Case) -> Reply:
    """Return that both are hidden, since one of them is, or the total."""
    why = (
        f"Det ena könets värde av {case.id}, eller totalen, är dolt eller saknas för {case.name}"
        " varje år, och då visas inget av dem. Verksamheten kan ha uppgiften i egna system."
    )
    return unsure(why)


def gaps_of(case: Case) -> pd.DataFrame:
    """Return a row per year with both genders, since the last break: see `charts.dumbbell`.

    usual: the others' median of women minus men; of: how many they are, none of a plain count,
    which follows how large they are; wider: how many of them are farther apart, whichever way.
    """
    return case.once(_gaps_of)


def _gaps_of(case: Case) -> pd.DataFrame:
    years = _years(case)
    rows = case.rows[case.rows["period"].isin(years)]
    shown, everyone = paired(rows), case.evidence.everyone
    women, men = (
        cube(shown, kpis=[case.id], areas=everyone, gender=gender).values[0] for gender in "KM"
    )
    colours = {gender: _colours(case, rows, gender) for gender in "KM"}
    found = (
        _year(case, year, (women[:, year - min(years)], men[:, year - min(years)]), colours)
        for year in years
    )
    return pd.DataFrame([row for row in found if row["gap"] == row["gap"]])


def _years(case: Case) -> list[int]:
    """Return the years to look at: the last ones with both genders, none before a break."""
    both = sorted(_both(case))
    return [year for year in both if not case.evidence.broken(case.id, (year, both[-1]))][-YEARS:]


def _year(
    case: Case, year: int, values: tuple[Floats, Floats], colours: dict[str, dict[int, str]]
) -> dict[str, Any]:
    women, men = values
    gaps, at = women - men, case.evidence.at
    others = case.known_others(gaps)[: 0 if plain_count(case) else None]
    return {
        "period": year,
        "women": float(women[at]),
        "men": float(men[at]),
        "gap": float(gaps[at]),
        "usual": float(np.median(others)) if len(others) else float("nan"),
        "of": len(others),
        "wider": int((np.abs(others) > abs(gaps[at]) + 1e-9).sum()),
        "women_colour": colours["K"].get(year, tables.GREY),
        "men_colour": colours["M"].get(year, tables.GREY),
    }


def _colours(case: Case, rows: pd.DataFrame, gender: str) -> dict[int, str]:
    """Return one gender's colour against the same gender of all municipalities, by year."""
    found = score(
        rows,
        [case.kpi],
        case.setting.own,
        everyone=case.evidence.everyone,
        groups=case.evidence.groups["alla"],
        titles=case.evidence.titles,
        gender=gender,
    )
    return dict(zip(found["period"], found["colour"], strict=True))


def _who(case: Case, now: dict[Any, Any], words: tuple[str, str]) -> str:
    """Return who is red, or the two values where there are no colours."""
    women, men = (f"{word} ({case.said(now[at])})" for word, at in zip(words, _AT, strict=True))
    colours = [now["women_colour"], now["men_colour"]]
    first, second = (text.MANY[one] for one in colours)
    where = f"i {case.name} {now['period']}."
    if tables.GREY in colours:
        values = (f"{case.said(now[at])} för {word}" for word, at in zip(words, _AT, strict=True))
        return f"Värdet är {text.listing([*values])} {where}"
    if first == second:
        return f"Ja: både {women} och {men} är {first} {where}"
    if tables.RED not in colours:
        return f"Ingen av dem är röd: {women} är {first} och {men} {second} {where}"
    if colours[0] == tables.RED:
        return f"Nej: {women} är röda, men {men} är {second} {where}"
    return f"Nej: {men} är röda, men {women} är {first} {where}"


_AT: Final = ("women", "men")


def _apart(case: Case, now: dict[Any, Any]) -> str:
    """Return how far apart they are, and how far apart others usually are."""
    far = case.far(now["gap"])
    if not now["of"]:
        size = plain_count(case)
        return f"Skillnaden är {far}{', och ett antal jämförs inte med andras' if size else ''}."
    of, wider = int(now["of"]), int(now["wider"])
    return (
        f"Skillnaden är {far}, mot vanligen {_usual(case, now)} i de andra kommunerna; {wider} av"
        f" {of} har en större."
    )


def _usual(case: Case, now: dict[Any, Any]) -> str:
    """Return the others' usual difference: its size, and whether it goes the other way."""
    if not text.rounded(now["usual"], case.decimals):
        return "nästan ingen"
    way = " åt andra hållet" if now["gap"] * now["usual"] < 0 else ""
    return f"{case.far(now['usual'])}{way}"


def _steady(case: Case, gaps: pd.DataFrame) -> bool:
    """Return whether the difference has gone the same way long enough, and is beyond a margin."""
    signs = np.sign(gaps["gap"].to_numpy()[-ALIKE:])
    return len(signs) == ALIKE and abs(signs.sum()) == ALIKE and not _within_margin(case, gaps)


def _within_margin(case: Case, gaps: pd.DataFrame) -> bool:
    """Return whether a survey's margins of error hold the newest difference."""
    margin, now = case.evidence.margin_of.get(case.id), gaps.iloc[-1]
    if margin is None:
        return False
    known = [case.own(margin, gender).get(int(now["period"])) for gender in ("K", "M")]
    found = [one for one in known if one is not None]
    return len(found) == 2 and abs(now["gap"]) <= hypot(*found)


def _steady_words(case: Case, gaps: pd.DataFrame, words: tuple[str, str]) -> str:
    """Return what the answer rests on: both genders' colours and the years before."""
    first, last = int(gaps["period"].iloc[0]), int(gaps["period"].iloc[-1])
    if _within_margin(case, gaps):
        return "Skillnaden ryms i enkätens felmarginal."
    compared = _compared_words(case)
    if len(gaps) < ALIKE:
        return f"{compared}; bara {text.count(len(gaps), 'år', 'år')} kan jämföras."
    low, high = (text.number(one, case.decimals) for one in (gaps["gap"].min(), gaps["gap"].max()))
    women = words[0].capitalize()
    turned = "" if _steady(case, gaps) else ", alltså inte alltid åt samma håll"
    return (
        f"{compared}. {women}s värde minus {words[1]}s har"
        f" legat mellan {low} och {high} åren {first}–{last}{turned}."
    )


def _compared_words(case: Case) -> str:
    if plain_count(case):
        return "Ett antal följer hur stor en kommun är, så skillnaden ställs inte mot de andras"
    return "Varje kön jämförs med samma kön i andra kommuner"


def _weight_words(case: Case, now: dict[Any, Any], words: tuple[str, str]) -> str:
    """Return who weighs most in the total, only where the number of both is known."""
    base, year = case.kpi.base, int(now["period"])
    if not base or year not in case.evidence.bases.get(case.id, {}):
        return ""
    women, men = (case.own(base, gender).get(year, 0.0) for gender in ("K", "M"))
    if not (women > 0 and men > 0):
        return ""
    share = 100 * women / (women + men)
    who, most = (words[0], share) if share >= 50 else (words[1], 100 - share)
    return (
        f"{who.capitalize()} är {text.number(most, 0)}\u00a0% av {text.number(women + men, 0)}"
        " personer, så deras värde väger tyngst i totalen."
    )


def _table(gaps: pd.DataFrame, words: tuple[str, str]) -> pd.DataFrame:
    women, men = (word.capitalize() for word in words)
    newest = gaps.iloc[::-1]
    return pd.DataFrame(
        {
            "År": [str(year) for year in newest["period"]],
            women: newest["women"].to_numpy(),
            men: newest["men"].to_numpy(),
            "Skillnad": newest["gap"].to_numpy(),
            "De andras vanliga skillnad": newest["usual"].to_numpy(),
            "Andra kommuner": newest["of"].to_numpy(),
            f"Färg, {words[0]}": [STATUS[one].label for one in newest["women_colour"]],
            f"Färg, {words[1]}": [STATUS[one].label for one in newest["men_colour"]],
        }
    )


def _drawn(case: Case, gaps: pd.DataFrame, words: tuple[str, str]) -> charts.Chart:
    return charts.dumbbell(
        gaps,
        title=case.label,
        name=case.name,
        hint=phrases.direction_words(case.kpi),
        decimals=case.decimals,
        words=words,
        exercise=case.setting.exercise,
    )
