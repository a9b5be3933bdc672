"""The five questions that the data itself raises for a KPI, each with why, by stated rules.

The rules stand in the order that decides: first what may make the figure wrong, then what is
unusual, whom it is about, and last what is done. At most two come from the same theme. Where fewer
are raised, those that are always worth asking fill up. Docs: docs/metod.md section 16.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from malstyr_lib import kpi_title, tables, text
from malstyr_lib.chain import Basis
from malstyr_lib.questions import genders, persons, units
from malstyr_lib.questions.answer import Question
from malstyr_lib.questions.case import Case
from malstyr_lib.questions.catalogue import THEME_OF, question
from malstyr_lib.questions.compared import changes_beside
from malstyr_lib.questions.peers import but_one
from malstyr_lib.questions.red_run import run_of
from malstyr_lib.scoring import findings, sureness
from malstyr_lib.scoring.scores import BARELY_RED
from malstyr_lib.scoring.shift import Shift

HOW_MANY: Final = 5
PER_THEME: Final = 2
RECENT_YEARS: Final = 3
LONG_RED: Final = 5
UNUSUAL_Z: Final = 2.0
OUTERMOST: Final = 0.05
COMMON_SHIFT: Final = 0.2
WIDE_GAP: Final = 2.0
"""How many times the others' usual gap between women and men an own gap is to be asked about."""
FEWEST_GAPS: Final = 20

ALWAYS: Final = {
    10: "Frågas alltid: ett rött år är inte detsamma som tio.",
    27: "Frågas alltid: ett avstånd blir begripligt först i personer eller kronor.",
    39: "Frågas alltid: någon ska äga frågan.",
    34: "Frågas alltid: tiden det brukar ta avgör vad som går att vänta sig.",
    42: "Frågas alltid: nästa siffra avgör när det går att veta mer.",
}
"""The questions that fill up, in order, and why."""


@dataclass(frozen=True)
class Raised:
    """A question that a KPI's figures raise; why is a sentence. rule: 0 for one always asked."""

    question: Question
    why: str
    rule: int


def fragelista(case: Case, how_many: int = HOW_MANY) -> list[Raised]:
    """Return the questions that the data raises for a KPI, in the order to ask them."""
    return case.once(_raised)[:how_many]


def _raised(case: Case) -> list[Raised]:
    chosen: list[Raised] = []
    themes: Counter[str] = Counter()
    for one in _candidates(case):
        theme = THEME_OF[one.question.number]
        asked = {before.question.number for before in chosen}
        if themes[theme] < PER_THEME and one.question.number not in asked:
            chosen.append(one)
            themes[theme] += 1
    return chosen


def _candidates(case: Case) -> Iterator[Raised]:
    for rule, (number, raises) in enumerate(RULES, 1):
        if why := raises(case):
            yield Raised(question(number), why, rule)
    for number, why in ALWAYS.items():
        yield Raised(question(number), why, 0)


def _empty(case: Case) -> str:
    half = len(case.evidence.everyone) / 2
    newest = max((year for year, n in case.reported.items() if n >= half), default=None)
    if newest is None or case.period is None or newest <= case.period:
        return "" if case.series else f"{case.name} har inget värde."
    return f"Andra har värden för {newest}, men {case.name} har inget efter {case.period}."


def _ended(case: Case) -> str:
    year = kpi_title.ended_year(case.title)
    return f"Rubriken säger att serien upphörde {year}." if year else ""


def _uncertain(case: Case) -> str:
    row = case.finding(sureness.certainties)
    if row is None or row["certain"] is not False:
        return ""
    others = [text.ONE[one] for one in row["colours"].split() if one != row["colour"]]
    return (
        f"Inom ±{text.gap(row['margin'])} kan färgen {row['period']} också vara"
        f" {' eller '.join(others)}."
    )


def _few_persons(case: Case) -> str:
    base = case.evidence.bases.get(case.id, {}).get(case.period or 0)
    if base is None or not 0 < base < persons.FEW:
        return ""
    return f"Siffran gäller bara {text.count(round(base), 'person', 'personer')}."


def _early(case: Case) -> str:
    if not case.now or not case.now["preliminary"]:
        return ""
    return f"Färgen är preliminär: bara {case.now['n']} kommuner har lämnat uppgift."


def _broken(case: Case) -> str:
    if case.period is None:
        return ""
    since = case.period - RECENT_YEARS
    broken = case.evidence.broken(case.id, (since, case.period))
    return f"Serien tycks brytas {broken.period}: {broken.reason}." if broken else ""


def _newest_shift(case: Case) -> Shift | None:
    """Return the change of colour that the newest value made, if it made one."""
    shift = next(reversed(case.shifts), None)
    return shift if shift is not None and shift.period == case.period else None


def _turned(case: Case) -> str:
    shift = _newest_shift(case)
    if shift is None:
        return ""
    return (
        f"Färgen gick från {text.ONE[shift.before]} {shift.period_before} till"
        f" {text.ONE[shift.after]} {shift.period}; av {sum(shift.peers.values())} andra som var"
        f" {text.MANY[shift.before]} gjorde {shift.peers[shift.after]} samma byte."
    )


def _common_turn(case: Case) -> str:
    shift = _newest_shift(case)
    if shift is None or not shift.better or not shift.base_rate >= COMMON_SHIFT:
        return ""
    share = text.number(100 * shift.base_rate, 0)
    return f"Samma byte gjorde {share}\u00a0% av de andra som stod på samma ställe."


def _alone(case: Case) -> str:
    row = case.finding(findings.changes)
    if row is None or not abs(row["z"]) > UNUSUAL_Z:
        return ""
    beyond = min(row["percentile"], 1 - row["percentile"])
    if not beyond <= OUTERMOST:
        return ""
    years = (int(row["period_before"]), int(row["period"]))
    span = f"från {years[0]} till {years[1]}"
    below, found = row["percentile"] < 0.5, changes_beside(case, years)
    many = found.higher if below else found.lower
    way = "mer uppåt eller mindre nedåt" if below else "mindre uppåt eller mer nedåt"
    return f"Ändringen {span} är ovanlig: {many} av {found.n} andra rörde sig {way}."


def _others_moved(case: Case) -> str:
    if case.period is None or case.before is None or not case.judged:
        return ""
    moved = case.evidence.moved(case.kpi, (case.before, case.period))
    if moved is None or moved.parts is None:
        return ""
    own, others = abs(moved.parts.own), abs(moved.parts.others)
    if not others > 2 * own or moved.before == moved.after:
        return ""
    return "Läget mot färggränsen har ändrats mer genom de andras värden än genom det egna."


def _mixed(case: Case) -> str:
    row = case.finding(sureness.agreements)
    if row is None or not 0 < row["red"] < row["of"]:
        return ""
    led = f"Röd i {row['red']} av {row['of']} jämförelser"
    if apart := but_one(row):
        return f"{led}: alla utom {apart[0]}, där färgen är {apart[1]}."
    return f"{led}: färgen hänger på vilka som jämförs."


def _special(case: Case) -> str:
    row = case.finding(findings.usual)
    outside = str(row["outside"]).split() if row else []
    if row is None or str(case.period) not in outside or 2 * len(outside) >= row["n"]:
        return ""
    return f"Värdet {case.period} ligger utanför det vanliga för serien."


def _worsening(case: Case) -> str:
    row = case.finding(findings.trends)
    if row is None or row["judgement"] != "sämre" or not str(row["verdict"]).startswith("secured"):
        return ""
    return f"Utvecklingen {row['first']}–{row['last']} är en säkerställd försämring."


def _bare(case: Case) -> str:
    if not case.now or case.colour != tables.RED or BARELY_RED not in case.reason:
        return ""
    return f"Färgen är knappt röd: {case.far(case.now['gap_to_yellow'])} till gult."


def _gender(case: Case) -> str:
    if not genders.BOTH.met(case):
        return ""
    gaps = genders.gaps_of(case)
    if gaps.empty or int(gaps["period"].iloc[-1]) != case.period:
        return ""
    now, (women, men) = gaps.iloc[-1].to_dict(), genders.called(case)
    colours = {women: now["women_colour"], men: now["men_colour"]}
    red = [who for who, colour in colours.items() if colour == tables.RED]
    if len(red) == 1 and tables.GREY not in colours.values():
        return f"Värdet är rött för {red[0]} {case.period} men inte för det andra könet."
    usual = abs(now["usual"])
    if now["of"] < FEWEST_GAPS or not usual or not abs(now["gap"]) >= WIDE_GAP * usual:
        return ""
    return (
        f"Skillnaden mellan {women} och {men} är {case.far(now['gap'])} {case.period}, mot"
        f" {case.far(usual)} i mediankommunen."
    )


def _units(case: Case) -> str:
    if case.colour != tables.RED or not units.held(case):
        return ""
    return "De egna enheternas värden finns, så det går att se om det röda gäller alla."


def _long(case: Case) -> str:
    found = run_of(case)
    if found is None or found.newest != tables.RED or len(found.current) < LONG_RED:
        return ""
    return f"Värdet har varit rött {len(found.current)} mätningar i rad."


def _slow(case: Case) -> str:
    if case.colour != tables.RED or case.evidence.mobilities[case.id].grade != "trögrörlig":
        return ""
    return "Måttet är trögrörligt: de flesta som är röda är det också året efter."


def _undone(case: Case) -> str:
    if case.colour != tables.RED or case.committee is None or not case.setting.home:
        return ""
    today = case.setting.today
    if case.id in Basis(case.setting.model, today).worked(case.committee):
        return ""
    return f"Värdet är rött, och planerna har ingen aktivitet {today.year}."


RULES: Final[tuple[tuple[int, Callable[[Case], str]], ...]] = (
    (9, _empty),
    (5, _ended),
    (4, _broken),
    (3, _early),
    (1, _uncertain),
    (2, _few_persons),
    (15, _alone),
    (18, _turned),
    (35, _common_turn),
    (17, _others_moved),
    (12, _special),
    (11, _worsening),
    (16, _mixed),
    (20, _bare),
    (21, _gender),
    (22, _units),
    (39, _undone),
    (36, _slow),
    (10, _long),
)
"""Which question is raised by what, in the order that decides."""
