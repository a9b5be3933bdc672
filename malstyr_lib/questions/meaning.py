"""Theme E, what it means: in persons and kronor, whether it matters, what it costs (27–30)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from malstyr_lib import tables, text
from malstyr_lib.questions import worth
from malstyr_lib.questions.answer import Question, Reply, likely, sure, sure_unless, unsure
from malstyr_lib.questions.needs import BASE, DIRECTION, HOME, VALUE, Need
from malstyr_lib.questions.persons import counted
from malstyr_lib.questions.structure import over_expected, structural
from malstyr_lib.questions.tradeoff import beside_costs
from malstyr_lib.questions.weight import INFLUENCE_WORDS, matters
from malstyr_lib.questions.worth import Mark, Unit

if TYPE_CHECKING:
    from malstyr_lib.questions.case import Case

_HEADS: Final = {"mnkr": "Miljoner kronor", worth.IN_NUMBER: "Antal"}
_NOT_COUNTED: Final = (
    "{kpi} är varken en andel av ett känt antal personer eller ett tal per invånare."
    " Skriv er egen schablon på raden kronor i nyckeltal.yaml om avståndet ska räknas i pengar."
)
_WORTH_A_SHARE: Final = f"{BASE.lacking} {BASE.cure}"
INFLUENCE: Final = Need(
    "påverkbarhet",
    "Ingen har bedömt hur mycket {name} kan påverka {kpi}.",
    "Skriv påverkbarhet 1, 2 eller 3 på nyckeltalet i nyckeltal.yaml.",
    lambda case: case.kpi.influence is not None,
)


def in_numbers(case: Case) -> Reply:
    """Answer what the distance to yellow, the median and the best similar is, counted."""
    over = over_expected(case)
    if over is not None:
        return over
    year = int(case.period or 0)
    reached = worth.marks(case, year)
    if not reached:
        return unsure(
            f"Färre än fyra kommuner har ett värde {year}, så det finns ingen median att nå."
            " Vänta på att fler kommuner lämnar sina uppgifter."
        )
    unit = worth.unit_of(case)
    table = _table(case, reached, unit)
    left = sorted((one for one in reached if one.gap > 0), key=lambda one: one.gap)
    if case.judged and not left:
        return _there(case, reached, table)
    if unit is None:
        return _uncounted(case, left or reached, table)
    return _counted(case, left or reached, unit, table)


def _there(case: Case, reached: list[Mark], table: pd.DataFrame) -> Reply:
    """Return that there is no distance left."""
    best = " och den bästa liknande kommunen" if len(reached) > 1 else ""
    said = f"{case.name} har redan nått medianen{best} {case.period}, så inget avstånd återstår."
    return sure_unless(_grey(case), said, _compared(case), underlag=table)


def _grey(case: Case) -> str:
    """Return why there is no colour now, "" when there is one or none is asked for."""
    if not case.judged or case.colour != tables.GREY or case.now is None:
        return ""
    return f"Talet har ingen färg nu: {case.now['reason']}."


def _counted(case: Case, left: list[Mark], unit: Unit, table: pd.DataFrame) -> Reply:
    """Return the distances in what they can be counted in, and in kronor where that is told."""
    said = f"{_amounts(case, left, unit)}{_in_kronor(case, left, unit)}{_reached(case, left)}"
    why = f"Avståndet är omräknat med {unit.told}." if unit.base == unit.base else unit.told
    doubt = _doubt(case, left, unit)
    if doubt:
        return likely(said, f"{why} {doubt}", underlag=table)
    return sure(said, f"{why} {_compared(case)}", underlag=table)


def _amounts(case: Case, left: list[Mark], unit: Unit) -> str:
    about = "" if unit.exact or (unit.one == "mnkr" and unit.base != unit.base) else "omkring "
    amounts = [unit.amount(one.gap) for one in left]
    first = f"{about}{unit.said(amounts[0])} {unit.noun(amounts[0])}"
    if not case.judged:
        where = "under" if left[0].gap > 0 else "över"
        if not amounts[0]:
            return f"{case.name} ligger på medianen för alla kommuner {case.period}."
        return f"{case.name} ligger {first} {where} medianen för alla kommuner {case.period}."
    rest = [
        f"{unit.said(amount)} till {_to(one)}"
        for one, amount in zip(left[1:], amounts[1:], strict=True)
    ]
    steps = text.listing([f"{first} till {_to(left[0])}", *rest])
    if case.kpi.direction == "högt" and unit.exact:
        return f"I {case.name} fattas {steps} ({case.period})."
    if case.kpi.direction == "lågt" and unit.exact:
        fewer = [
            f"{unit.said(amount)} färre för {_to(one)}"
            for one, amount in zip(left, amounts, strict=True)
        ]
        of = f"{text.number(unit.base, 0)} {unit.people}"
        return f"I {case.name} behövs {text.listing(fewer)}, av {of} ({case.period})."
    return f"För {case.name} motsvarar avståndet {steps} ({case.period})."


def _to(one: Mark) -> str:
    return "den bästa liknande kommunen" if one.who else one.to


def _reached(case: Case, left: list[Mark]) -> str:
    """Return that the median is reached already, where only the best similar is left."""
    done = case.judged and all(one.to != worth.MEDIAN for one in left)
    return " Medianen är redan nådd." if done else ""


def _in_kronor(case: Case, left: list[Mark], unit: Unit | None) -> str:
    """Return a sentence of what the distance to the median costs by the local cost, or nothing."""
    cost = _cost(case)
    middle = next((one for one in left if one.to == worth.MEDIAN), None)
    if cost is None or middle is None:
        return ""
    what = unit.one if unit and unit.one != worth.IN_NUMBER else "enhet"
    return (
        f" Med schablonen {text.exact(cost)} kronor per {what} är det omkring"
        f" {_kronor(_costs(middle, unit, cost))} till medianen."
    )


def _cost(case: Case) -> float | None:
    """Return the local cost; only the municipality that wrote it has it."""
    return case.kpi.cost if case.setting.home else None


def _costs(one: Mark, unit: Unit | None, cost: float) -> float:
    return (unit.amount(one.gap) if unit else abs(one.gap)) * cost


def _kronor(amount: float) -> str:
    """Return kronor as readers say them: millions from one million."""
    if amount >= 1e6:
        return f"{text.number(amount / 1e6, 1)} mnkr"
    return f"{text.number(round(amount, -3) if amount >= 10_000 else amount, 0)} kronor"


def _uncounted(case: Case, left: list[Mark], table: pd.DataFrame) -> Reply:
    """Return the distances in the KPI's unit, and why they can't be counted in anything else."""
    said = _in_unit(case, left)
    if _cost(case) is not None:
        said = f"{said}.{_in_kronor(case, left, None)}{_reached(case, left)}"
        return likely(said, "Schablonen är kommunens egen, ur nyckeltal.yaml.", underlag=table)
    survey = counted(case)
    if survey is not None:
        lacking = f"Värdet bygger på {survey.words}, och hur många alla är står inte i Kolada."
    else:
        lacking = _WORTH_A_SHARE if case.unit == "%" else _NOT_COUNTED
    said = f"{said}; vad det är i antal går inte att säga.{_reached(case, left)}"
    why = f"{lacking.format(kpi=case.id)} {_grey(case)}".strip()
    return unsure(why, said, underlag=table)


def _in_unit(case: Case, left: list[Mark]) -> str:
    """Return the distances in the KPI's own unit, which is told once; no full stop."""
    first = worth.far(case, left[0].gap)
    if not case.judged:
        where = "under" if left[0].gap > 0 else "över"
        if not left[0].gap:
            return f"{case.name} ligger på medianen för alla kommuner {case.period}"
        return f"{case.name} ligger {first} {where} medianen för alla kommuner {case.period}"
    rest = [f"{text.gap(abs(one.gap), case.decimals)} till {_to(one)}" for one in left[1:]]
    steps = text.listing([f"{first} kvar till {_to(left[0])}", *rest])
    return f"{case.name} har {steps} ({case.period})"


def _compared(case: Case) -> str:
    n = len(case.others(int(case.period or 0))) + 1
    return f"Medianen är den för {text.count(n, 'kommun', 'kommuner')} {case.period}."


def _doubt(case: Case, left: list[Mark], unit: Unit) -> str:
    """Return why a distance is less than sure, "" when nothing says so."""
    grey = _grey(case)
    if grey:
        return grey
    margin = case.evidence.margins.get(case.id, {}).get(int(case.period or 0), 0.0)
    if margin > abs(left[0].gap):
        return f"Avståndet till {left[0].to} är mindre än felmarginalen ±{text.gap(margin)}."
    if case.early:
        return "Alla kommuner har inte lämnat uppgift än, så medianen kan flytta sig."
    return unit.doubt


def _table(case: Case, reached: list[Mark], unit: Unit | None) -> pd.DataFrame:
    """Return every level, its distance, and what that is in what can be counted."""
    columns: dict[str, list[object]] = {
        "Nivå": [_level(one) for one in reached],
        f"Värde {case.period}": [one.value for one in reached],
        "Avstånd": [one.gap if one.gap > 0 or not case.judged else 0.0 for one in reached],
    }
    if unit is not None:
        amounts = [unit.amount(one.gap) if _counts(case, one) else 0.0 for one in reached]
        name = _HEADS.get(unit.many, unit.many.capitalize())
        columns[name] = [int(one) if unit.exact else one for one in amounts]
    cost = _cost(case)
    if cost is not None:
        columns["Kronor"] = [
            _costs(one, unit, cost) if _counts(case, one) else 0.0 for one in reached
        ]
    return pd.DataFrame(columns)


def _level(one: Mark) -> str:
    """Return a level for the table, with who is there."""
    said = text.capital(_to(one))
    return f"{said} ({one.who})" if one.who else said


def _counts(case: Case, one: Mark) -> bool:
    return one.gap > 0 or not case.judged


def in_our_hands(case: Case) -> Reply:
    """Answer how much the municipality can do about it, as people have judged it, and who did."""
    kpi, level = case.kpi, int(case.kpi.influence or 0)
    said = (
        f"I styrparametrarna för {case.name} är möjligheten att påverka talet satt till"
        f" {INFLUENCE_WORDS[level]}, {level} på skalan 1–3."
    )
    table = pd.DataFrame(
        {
            "Påverkbarhet": [f"{number} ({words})" for number, words in INFLUENCE_WORDS.items()],
            "Bedömning": ["vald" if number == level else "" for number in INFLUENCE_WORDS],
        }
    )
    also = structural(case)
    if kpi.reviewed is None:
        why = (
            "Bedömningen står i nyckeltal.yaml, men ingen har skrivit under den på raden granskad."
        )
        return likely(said, f"{why}{also}", underlag=table, sources=_PEOPLE)
    why = f"Bedömningen är gjord av människor och granskad {kpi.reviewed}; den är ingen beräkning."
    return sure(said, f"{why}{also}", underlag=table, sources=_PEOPLE)


_PEOPLE: Final = ("Bedömningen är hämtad ur nyckeltal.yaml.",)

QUESTIONS: Final[tuple[Question, ...]] = (
    Question(
        27,
        "antal och kronor",
        "Vad skulle det betyda i antal elever, brukare, årsarbetare eller kronor att nå medianen,"
        " gult eller den bästa liknande?",
        in_numbers,
        needs=(VALUE,),
    ),
    Question(28, "spelar det roll", "Spelar det roll?", matters, needs=(VALUE, DIRECTION)),
    Question(29, "kan vi påverka", "Kan vi påverka det?", in_our_hands, needs=(HOME, INFLUENCE)),
    Question(
        30,
        "vad grönt kostar",
        "Vad kostar det oss att vara gröna någon annanstans?",
        beside_costs,
        needs=(VALUE,),
    ),
)
