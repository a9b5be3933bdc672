"""Whether a measure is still the same, and still published: questions 4 and 5."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from malstyr_lib import drift, kpi_title, text
from malstyr_lib.questions.answer import Question, Reply, likely, sure, unsure
from malstyr_lib.questions.arrival import figure
from malstyr_lib.scoring.breaks import FEWEST_MOVES, Break, changed_breaks
from malstyr_lib.scoring.scores import too_old

if TYPE_CHECKING:
    from malstyr_lib.questions.case import Case

_KINDS: Final = {
    "level": "Medianen hoppar",
    "text": "Texten säger det",
    "title": "Ny rubrik",
    "unit": "Ny enhet",
}
_RELATIVES: Final = 3
_ALIKE: Final = 0.4
"""The least share of words that two titles have in common to be called related."""
_WORD: Final = re.compile(r"\w{3,}")
_AREA: Final = 3
"""How many signs of a KPI's id tell its area in Kolada, as N15 for the compulsory school."""
_DAY: Final = re.compile(r"\b\d{4}-\d\d-\d\d\b")
_YEAR: Final = re.compile(r"\b(?:19|20)\d\d\b")
_UNTIL: Final = re.compile(r"till och med|t\.?o\.?m|före|innan|tidigare|fram till", re.I)
_SAYS: Final = re.compile(r"^: (beskrivningen|titeln) säger:")
_DEAD: Final = ("ended", "unknown")
_PROMISED: Final = ("coming", "due")


def definition(case: Case) -> Reply:
    """Answer whether the measure has changed its definition, and from which year."""
    found = case.evidence.breaks[case.id]
    told = [one for one in found if one.kind != "level" and one.period is not None]
    if told:
        return _told(told, found)
    if not kpi_title.same(case.kpi.title, case.title):
        said = f"Rubriken har ändrats i Kolada sedan den skrevs in: den är nu ”{case.title}”."
        why = f"I nyckeltal.yaml står ”{case.kpi.title}”. Läs beskrivningen och pröva riktningen."
        return sure(said, why, underlag=_breaks(found))
    if found:
        return _hinted(case, found)
    return _unchanged(case)


def _told(told: list[Break], every: list[Break]) -> Reply:
    last = told[-1]
    others = sorted({one.period for one in every if one.period} - {last.period})
    years = text.listing([str(year) for year in others])
    more = f" Serien har brott också {years}." if others else ""
    said = (
        _counted_apart(last)
        or f"Ja, från {last.period}{_ended(_SAYS.sub(_by, f': {last.reason}'))}"
    )
    why = f"Värden före {last.period} går inte att jämföra med senare.{more}"
    return sure(said, why, underlag=_breaks(every))


def _counted_apart(one: Break) -> str:
    """Return that the year before alone was counted in another way; "" where it wasn't so."""
    source, _, quoted = one.reason.partition(" säger: ”")
    year = (one.period or 0) - 1
    years = set(_YEAR.findall(quoted))
    if not quoted or years != {str(year)} or _UNTIL.search(quoted):
        return ""
    where = "rubriken" if source == "titeln" else source
    told = _ended(f"Ja, {year} räknades annorlunda enligt {where}: ”{quoted}")
    return f"{told[:-1]}, så serien börjar om {one.period}."


def _by(found: re.Match[str]) -> str:
    """Return who says it, as "enligt beskrivningen:"."""
    return f" enligt {'rubriken' if found[1] == 'titeln' else found[1]}:"


def _hinted(case: Case, found: list[Break]) -> Reply:
    """Answer where only the median, or words without a year, tell of a change."""
    levels = [one for one in found if one.period is not None]
    if not levels:
        said = f"Troligen, men det sägs inte när: {_ended(found[0].reason)}"
        return likely(said, f"Serien delas inte, för inget år är känt.{_seen(case)}")
    said = f"Det kan den ha gjort: {_ended(levels[-1].reason)}"
    why = (
        "Ingen text säger det, så hoppet kan också vara en verklig händelse som gällt alla."
        f" Fråga den som ansvarar för källan.{_seen(case)}"
    )
    return likely(said, why, underlag=_breaks(found))


def _unchanged(case: Case) -> Reply:
    years = list(case.series)
    span = f" {years[0]}–{years[-1]}" if len(years) > 1 else ""
    rewritten = _rewritten(case)
    if len(case.reported) > FEWEST_MOVES + 1:
        looked = (
            f"Varken rubriken, beskrivningen eller medianen för alla kommuner visar ett brott{span}"
        )
    else:
        looked = (
            "Varken rubriken eller beskrivningen visar ett brott, och åren är för få för medianen"
        )
    why = f"{looked}; en ändring som inte syns där hittas inte.{_seen(case)}"
    if rewritten:
        said = f"Inget tyder på en ny definition, men {_ended(rewritten)}"
        return likely(said, why)
    return likely("Inget tyder på att definitionen har ändrats.", why)


def _rewritten(case: Case) -> str:
    """Return what is new in the description since the earlier snapshot, "" when nothing is."""
    if case.setting.earlier is None or case.entry is None:
        return ""
    before, now = (
        catalogue[catalogue["id"] == case.id]
        for catalogue in (case.setting.earlier.kpis, case.evidence.catalogue)
    )
    found = drift.kpi_changes(before, now)
    told = changed_breaks(found[found["change"] == "redescribed"], case.evidence.year)
    return told[0].reason if told else ""


def _seen(case: Case) -> str:
    """Return which earlier fetch the words are compared with."""
    if case.setting.earlier is None:
        return " Lagret har ingen hämtning från ett tidigare år att jämföra texten med."
    return f" Texten är jämförd med hämtningen {text.day(case.setting.earlier.fetched)}."


def _breaks(found: list[Break]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Första året efter": [str(one.period or "okänt") for one in found],
            "Slag": [_KINDS[one.kind] for one in found],
            "Skäl": [_ended(text.capital(one.reason)) for one in found],
        }
    )


def _ended(reason: str) -> str:
    """Return a reason with its full stop; a quote keeps none of its own before that."""
    return f"{reason.replace('.”', '”')}."


def alive(case: Case) -> Reply:
    """Answer whether the measure is still published, with its relatives where it is not."""
    row, years = figure(case), list(case.reported)
    state, reason = str(row["state"]), _dated(str(row["reason"]))
    if state in _DEAD:
        return _dead(case, state, reason)
    if not years:
        return unsure(f"Ingen kommun har något värde i det hämtade, och Kolada: {reason}.")
    said = f"Kommunerna har värden till och med {years[-1]}.{_renamed(case)}"
    if too_old(np.array(years), case.evidence.year):
        old = f"Troligen inte: ingen kommun har något värde senare än {years[-1]}."
        return likely(old, f"I Kolada: {reason}.{_renamed(case)}", **_relatives(case))
    if state in _PROMISED:
        return sure(f"Ja, {reason}.", f"Dagen är Koladas, och den kan flyttas. {said}")
    why = "Kolada anger ingen kommande dag som går att lita på; fråga den som svarar för källan."
    joined = "Troligen:" if state == "here" else "Troligen, men"
    return likely(f"{joined} {reason}.", f"{said} {why}")


def _dead(case: Case, state: str, reason: str) -> Reply:
    """Answer for a measure that has ended, or that Kolada no longer lists."""
    said = f"Nej, {reason}." if state == "ended" else "Nej, nyckeltalet finns inte längre i Kolada."
    last = f"{case.name} har värden till och med {case.period}. " if case.period else ""
    told = _relatives(case)
    if told:
        last += "Besläktade nyckeltal som lever står i underlaget; inget byts av sig självt."
    else:
        last += "Inget besläktat nyckeltal som lever hittades i Kolada."
    return sure(said, last, **told)


def _renamed(case: Case) -> str:
    if kpi_title.same(case.kpi.title, case.title):
        return ""
    return f" Rubriken har ändrats i Kolada: den är nu ”{case.title}”."


def _dated(words: str) -> str:
    """Return a reason with its days in words."""
    return _DAY.sub(lambda found: f"den {text.day(found[0])}", words)


def _relatives(case: Case) -> dict[str, pd.DataFrame]:
    """Return the living KPIs of the same area with the most words in common, as `underlag`."""
    mine, area = _words(case.title), case.id[:_AREA]
    alike = [
        (len(mine & words) / len(mine | words), kpi, str(row["title"]))
        for kpi, row in case.setting.catalogue.items()
        if kpi != case.id
        and kpi[1:_AREA] == area[1:]
        and kpi_title.ended_year(str(row["title"])) is None
        and (words := _words(str(row["title"])))
    ]
    near = sorted((one for one in alike if one[0] >= _ALIKE), reverse=True)[:_RELATIVES]
    if not near:
        return {}
    table = {
        "Nyckeltal": [kpi for _, kpi, _ in near],
        "Rubrik": [title for _, _, title in near],
        "Gemensamma ord (%)": [100 * share for share, _, _ in near],
    }
    return {"underlag": pd.DataFrame(table)}


def _words(title: str) -> frozenset[str]:
    return frozenset(_WORD.findall(kpi_title.plain(title).casefold()))


DEFINITION: Final = Question(4, "ny definition", "Har definitionen ändrats?", definition)
ALIVE: Final = Question(5, "lever måttet", "Lever måttet?", alive)
