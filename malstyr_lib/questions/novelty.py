"""Theme B, is it new: how long, which way, beyond the usual, when it turned, last year (10–14)."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from malstyr_lib import text
from malstyr_lib.questions.answer import Question, Reply, likely, sure, unsure
from malstyr_lib.questions.last_year import same_as_last_year
from malstyr_lib.questions.needs import DIRECTION, VALUE
from malstyr_lib.questions.pictures import trend_chart
from malstyr_lib.questions.red_run import since_when
from malstyr_lib.questions.turned import when_it_turned
from malstyr_lib.scoring import findings, phrases
from malstyr_lib.scoring.limits import FEWEST, NOISE, REACH
from malstyr_lib.scoring.trend import FEWEST_YEARS
from malstyr_lib.scoring.turning import turning

if TYPE_CHECKING:
    from malstyr_lib.questions.case import Case

_VERDICTS: Final = {
    "secured": "säkerställd",
    "direction": "riktning, inte säkerställd",
    "none": "ingen säkerställd trend",
    "too_few": "för få år",
    "slow": "trögrörligt mått, prövas inte",
}
_BETTER: Final = "bättre"
_WORSE: Final = "sämre"
_LED: Final = {
    _WORSE: "Ja, det är sämre än vanligt: v",
    _BETTER: "Nej, det är ovanligt bra: v",
    "": "V",
}


def better_or_worse(case: Case) -> Reply:
    """Answer which way the values go, and apart from that whether it is better or worse."""
    row = case.finding(findings.trends)
    if row is None or row["verdict"] == "too_few":
        return _too_few(case, 0 if row is None else int(row["years"]))
    grade = str(row["verdict"]).partition("_")[0]
    more: dict[str, Any] = {
        "underlag": _trend_table(row, grade),
        "drawing": partial(trend_chart, case),
    }
    span = f"{row['first']}–{row['last']} ({row['years']} år)"
    replies = {"secured": _secured, "direction": _direction, "slow": _slow}
    if grade in replies:
        found = replies[grade](case, row, span, more)
        return replace(found, varfor=f"{found.varfor}{_turned(case)}")
    swings = f"en så stor ändring som omkring {_a_year(case, row)} kan vara slump"
    flat = "serien lutar inte åt något håll"
    return unsure(
        f"Värdena går upp och ned: {swings if row['slope_per_year'] else flat}."
        " Det behövs fler år, eller en tydligare ändring.",
        f"Ingen säkerställd trend syns för {case.name} {span}: det går inte att säga om det blir"
        " bättre eller sämre.",
        **more,
    )


def _too_few(case: Case, years: int) -> Reply:
    missing = FEWEST_YEARS - years
    return unsure(
        f"{case.name} har {text.count(years, 'år som går', 'år som går')} att jämföra"
        f"{_since(case)}, och en trend kräver minst {FEWEST_YEARS}. Det går att svara när"
        f" {text.count(missing, 'år till', 'år till')} är mätt.",
        drawing=partial(trend_chart, case) if years else None,
    )


def _turned(case: Case) -> str:
    """Return that the series turned, so that a trend over all of it says little; "" if not."""
    years = case.evidence.points(case.id)
    found = turning(years, [case.series[year] for year in years])
    if found is None or not found.reversed:
        return ""
    return f" Värdet tycks ha vänt {found.year}, så hela tiden säger lite om nu: se fråga 13."


def _since(case: Case) -> str:
    return phrases.since_words(case.evidence.cut(case.id))


def _a_year(case: Case, row: dict[Any, Any]) -> str:
    return f"{case.far(row['slope_per_year'])} om året"


def _secured(case: Case, row: dict[Any, Any], span: str, more: dict[str, Any]) -> Reply:
    moved = "ökat" if row["way"] == "upp" else "minskat"
    said = f"Värdet för {case.name} har {moved} med omkring {_a_year(case, row)} {span}"
    return sure(
        f"{said}{_judged(row['judgement'], '. Det är ')}.",
        f"Ändringen är säkerställd bland alla nyckeltal som prövas tillsammans. {_two_things()}",
        **more,
    )


def _direction(case: Case, row: dict[Any, Any], span: str, more: dict[str, Any]) -> Reply:
    moved = "ökat" if row["way"] == "upp" else "minskat"
    said = f"Värdet för {case.name} tycks ha {moved}, omkring {_a_year(case, row)} {span}"
    return likely(
        f"{said}{_judged(row['judgement'], '. Det är i så fall ')}.",
        "Riktningen är densamma vilket år man än utelämnar, men ändringen är inte säkerställd."
        f" {_two_things()}",
        **more,
    )


def _judged(judgement: str, words: str) -> str:
    return f"{words}{judgement}" if judgement else ""


def _two_things() -> str:
    return "Vart talen går och om det är bättre eller sämre står i var sin kolumn."


def _slow(case: Case, row: dict[Any, Any], span: str, more: dict[str, Any]) -> Reply:
    words = _beside(case, row)
    return likely(
        f"Måttet rör sig trögt: för {case.name} är lutningen {words} {span}.",
        "För ett trögrörligt mått prövas ingen trend; lutningen jämförs med de andra"
        " kommunernas, och det säger inte om nivån är bra.",
        **more,
    )


def _beside(case: Case, row: dict[Any, Any]) -> str:
    """Return the own slope, and of how many of the others it is better, or worse, than."""
    share = float(row["percentile"])
    size = f"{text.signed(float(row['slope_per_year']), case.decimals)} om året"
    return phrases.slope_words(case.kpi, size, None if share != share else share)


def _trend_table(row: dict[Any, Any], grade: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Period": [f"{row['first']}–{row['last']}"],
            "År": [int(row["years"])],
            "Ändring per år": [float(row["slope_per_year"])],
            "Riktning i tal": [row["way"] or text.NO_VALUE],
            "Bedömning": [row["judgement"] or text.NO_VALUE],
            "Utslag": [_VERDICTS[grade]],
            "p-värde": [float(row["p_value"])],
        }
    )


def worse_than_usual(case: Case) -> Reply:
    """Answer whether the newest value lies outside what is usual for the own series."""
    row, points = case.finding(findings.usual), case.evidence.points(case.id)
    if row is None:
        return unsure(
            f"{case.name} har {len(points)} år som går att jämföra{_since(case)}. Det krävs minst"
            f" {FEWEST} för att säga vad som är vanligt.",
        )
    outside = [int(year) for year in str(row["outside"]).split()]
    span = f"{case.said(row['low'])} till {case.said(row['high'])}"
    year = points[-1]
    value = case.series[year]
    told = text.apart(value, [row["low"], row["high"]], case.decimals)
    shown = f"{told}\u00a0%" if case.unit == "%" else told
    among = f"det vanliga för {case.name}, {span} ({row['n']} år)"
    if row["high"] - row["low"] <= NOISE * abs(row["mean"]):
        svar = f"Nej, värdet {shown} för {year} är detsamma som alla {row['n']} år."
    elif year in outside:
        side = "högre" if value > row["mean"] else "lägre"
        worse = _side(case, value, row["mean"])
        svar = f"{_LED[worse]}ärdet {shown} för {year} är {side} än {among}."
    else:
        svar = f"Nej, värdet {shown} för {year} ligger inom {among}."
    return _limited(case, row, outside, svar)


def _side(case: Case, value: float, mean: float) -> str:
    """Return whether a value beyond the limits is better or worse; nothing without direction."""
    if not case.judged or case.better(value, mean) == case.better(mean, value):
        return ""
    return _BETTER if case.better(value, mean) else _WORSE


def _limited(case: Case, row: dict[Any, Any], outside: list[int], svar: str) -> Reply:
    """Return a reply of limits, as sure as they are."""
    points = case.evidence.points(case.id)
    why = (
        f"Gränserna är medelvärdet {case.said(row['mean'])} plus och minus"
        f" {text.number(REACH, 2)} gånger den genomsnittliga ändringen från år till år."
    )
    values = [case.series[year] for year in points]
    table = pd.DataFrame(
        {
            "År": [str(year) for year in points],
            "Värde": values,
            "Nedre gräns": [float(row["low"])] * len(points),
            "Övre gräns": [float(row["high"])] * len(points),
            "Läge": [
                "inom" if year not in outside else "över" if value > row["mean"] else "under"
                for year, value in zip(points, values, strict=True)
            ],
        }
    ).tail(40)
    more: dict[str, Any] = {"underlag": table, "drawing": partial(trend_chart, case)}
    if 2 * len(outside) >= len(points):
        return unsure(
            f"Serien håller sig inte kring en nivå: {len(outside)} av {len(points)} år ligger"
            " utanför de gränser som räknas fram, så inget är vanligt. Se fråga 11 om"
            " utvecklingen.",
            f"Det går inte att säga vad som är vanligt för {case.name}.",
            **more,
        )
    if 3 * len(outside) >= len(points):
        years = text.count(len(outside), "år", "år")
        drifts = f"{years} ligger utanför, så serien driver och gränserna säger mindre."
        return likely(svar, f"{why} {drifts}", **more)
    if row["preliminary"]:
        return likely(svar, f"{why} Serien är kort, så de är preliminära.", **more)
    return sure(svar, why, **more)


QUESTIONS: Final[tuple[Question, ...]] = (
    Question(
        10,
        "är det nytt",
        "Är det nytt eller har det alltid varit så?",
        since_when,
        needs=(VALUE, DIRECTION),
    ),
    Question(
        11, "bättre eller sämre", "Blir det bättre eller sämre?", better_or_worse, needs=(VALUE,)
    ),
    Question(
        12, "värre än vanligt", "Är det värre än vi brukar?", worse_than_usual, needs=(VALUE,)
    ),
    Question(
        13, "när det vände", "När vände det, och vad hände då?", when_it_turned, needs=(VALUE,)
    ),
    Question(
        14,
        "samma sak förra året",
        "Hade vi sagt samma sak förra året?",
        same_as_last_year,
        needs=(VALUE, DIRECTION),
    ),
)
