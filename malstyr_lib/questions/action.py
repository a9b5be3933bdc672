"""Theme H, do we do anything about it: who, when it shows, the next figure, last time (39–44)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

import pandas as pd

from malstyr_lib import chain, periods, tables, text
from malstyr_lib.chain.basis import is_active
from malstyr_lib.model import OPEN, Activity, Cause, Committee, CommitteeGoal, Note
from malstyr_lib.questions.answer import Question, Reply, likely, sure, unsure
from malstyr_lib.questions.arrival import REPORTS, arrives, next_figure
from malstyr_lib.questions.in_time import WORK, in_time
from malstyr_lib.questions.needs import COMMITTEE, HOME, Need

if TYPE_CHECKING:
    from malstyr_lib.questions.case import Case

MOST_NAMED: Final = 2
"""How many activities a sentence names; more are counted by how they go."""
STATUS_WORDS: Final = {
    "pågår": ("pågår", "pågår"),
    "planerad": ("är planerad", "är planerade"),
    "klar": ("är klar", "är klara"),
    "pausad": ("är pausad", "är pausade"),
    "avbruten": ("är avbruten", "är avbrutna"),
}
"""How an activity goes, of one and of several, those that are told first first."""
_CAME: Final = {
    "within": "Som väntat",
    "better": "Bättre än väntat",
    "worse": "Sämre än väntat",
    "above": "Högre än väntat",
    "below": "Lägre än väntat",
    "waiting": "Värdet har inte kommit",
    "hindsight": "Räknas inte, skrevs i efterhand",
    "left": "Målet har lämnats",
}
_JUDGED: Final = {
    "utesluten": ("är utesluten", "är uteslutna"),
    "möjlig": ("är möjlig", "är möjliga"),
    "trolig": ("är trolig", "är troliga"),
}
EXPECTED: Final = Need(
    "förväntan",
    "Ingen förväntan på {kpi} är skriven.",
    "Skriv en under målet i nämndens fil, innan nästa värde kommer.",
    lambda case: any(True for _ in _expecting(case)),
)
NOTED: Final = Need(
    "anteckning",
    "Ingen har skrivit någon anteckning om {kpi}.",
    "Skriv vilka orsaker som har prövats i nämndens fil i mappen anteckningar.",
    lambda case: bool(_notes(case)),
)


def owner(case: Case) -> Reply:
    """Answer which committee answers for the KPI, and what its units do for it this year."""
    held, mine = list(_held(case)), _activities(case)
    follow = text.listing([f"{committee.name} (mål {goal.id})" for committee, goal in held])
    said = f"{follow} följer nyckeltalet. {_work_words(case, mine)}"
    why = f"Så står det i styrparametrarna den {text.day(case.setting.today)}."
    goals, more = [goal for _, goal in held], {"underlag": _work_table(case, mine)}
    made_up = _made_up(goals, mine)
    if made_up:
        return likely(f"{made_up} {said}", f"{why}{_beside(case, held, mine)}", **more)
    why = f"{why}{_example_words([*mine, *goals])}"
    return sure(said, f"{why}{_beside(case, held, mine)}", **more)


def _made_up(goals: list[CommitteeGoal], mine: list[Activity]) -> str:
    """Return that all that is shown, or all of the work, is only an example; "" when it isn't."""
    work = all(one.example for one in mine)
    if work and all(one.example for one in goals):
        return "Det som visas är exempel, som ingen har beslutat."
    if mine and work:
        return "Aktiviteterna som visas är exempel, som ingen har beslutat."
    return ""


def _held(case: Case) -> Iterator[tuple[Committee, CommitteeGoal]]:
    """Yield the committees that follow the KPI, each with its first goal that names it."""
    for committee in case.setting.committees:
        goal = next((one for one in committee.goals if case.id in one.kpis), None)
        if goal:
            yield committee, goal


def _activities(case: Case) -> list[Activity]:
    """Return the activities for the KPI that are of this year, or left open from earlier ones."""
    year = case.setting.today.year
    return [
        one
        for one in case.setting.model.activities
        if case.id in one.kpis
        and (one.start.year <= year <= one.stop.year or one.late(case.setting.today))
    ]


def _work_words(case: Case, mine: list[Activity]) -> str:
    """Return what is done for the KPI this year; that nobody does anything for a red is said."""
    year = case.setting.today.year
    now = case.now
    red = f"Nyckeltalet är rött {now['period']}" if now and now["colour"] == tables.RED else ""
    if not mine:
        none = f"ngen aktivitet är inskriven för det {year}."
        return f"{red}, men i{none}" if red else f"I{none}"
    amount = text.count(len(mine), "aktivitet är inskriven", "aktiviteter är inskrivna")
    said = f"{amount} för det {year}: {_named(case, mine)}"
    if red and not any(one.status in (*OPEN, "klar") for one in mine):
        return f"{red}, och inget arbete pågår: {said}."
    return f"{said}."


def _named(case: Case, mine: list[Activity]) -> str:
    """Return a few activities by name and role, more of them by how they go."""
    if len(mine) <= MOST_NAMED:
        return text.listing([_briefly(case, one) for one in mine])
    counts = Counter(one.status for one in mine)
    return text.listing([f"{of} {STATUS_WORDS[status][of > 1]}" for status, of in counts.items()])


def _briefly(case: Case, one: Activity) -> str:
    late = f", fast den skulle vara klar den {text.day(one.stop)}"
    over = late if one.late(case.setting.today) else ""
    how = STATUS_WORDS[one.status][0]
    return f"{one.id} {how} vid {_unit(case, one)} med {one.who} som ansvarig{over}"


def _unit(case: Case, one: Activity) -> str:
    parts = case.setting.model.parts
    return parts[one.unit].name if one.unit in parts else f"{one.unit} som inte finns"


def _beside(case: Case, held: list[tuple[Committee, CommitteeGoal]], mine: list[Activity]) -> str:
    """Return how much is done for the same goals without naming the KPI, or the cure."""
    goals = {(committee.slug, goal.id) for committee, goal in held}
    year = case.setting.today.year
    others = [
        one
        for one in case.setting.model.activities
        if (one.committee, one.goal) in goals and case.id not in one.kpis and is_active(one, year)
    ]
    if others:
        return f" För samma mål finns {text.count(len(others), 'aktivitet', 'aktiviteter')} till."
    return "" if mine else " Görs något, skriv det i nämndens fil i mappen aktiviteter."


def _example_words(every: Iterable[Activity | CommitteeGoal | Note]) -> str:
    """Return that something is only an example, as a sentence to add."""
    made_up = any(one.example for one in every)
    return " En del av det är exempel, som ingen har beslutat." if made_up else ""


def _work_table(case: Case, mine: list[Activity]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Aktivitet": [f"{one.id} {one.what}{text.EXAMPLE * one.example}" for one in mine],
            "Enhet": [_unit(case, one) for one in mine],
            "Ansvarig": [one.who for one in mine],
            "Mål": [one.goal for one in mine],
            "Tid": [text.months(one.start, one.stop) for one in mine],
            "Status": [one.status.capitalize() for one in mine],
            "Resultat så långt": [one.result or text.NO_VALUE for one in mine],
        }
    )


def last_time(case: Case) -> Reply:
    """Answer what was expected of the KPI the last time, and whether it came so."""
    rows = _ledger(case)
    scored = rows[rows["state"].isin(chain.SCORED)]
    more = {"underlag": _ledger_table(rows)}
    goals = [goal for _, goal in _expecting(case)]
    if scored.empty:
        last = rows.to_dict("records")[-1]
        why = "En förväntan räknas bara om den skrevs innan värdet var känt."
        said = f"Ingen förväntan har kunnat prövas än: {last['reason']}."
        return unsure(f"{why}{_example_words(goals)}", said, **more)
    said = f"{text.capital(scored.to_dict('records')[-1]['reason'])}."
    if len(rows) > 1:
        said += f" {chain.ledger_words(rows)}"
    why = "Förväntan skrevs innan värdet var känt, och står vid målet i nämndens fil."
    return sure(said, f"{why}{_example_words(goals)}", **more)


def _expecting(case: Case) -> Iterator[tuple[Committee, CommitteeGoal]]:
    """Yield the goals with an expectation of the KPI, those that have ended too."""
    for committee in case.setting.model.committees:
        for goal in committee.goals:
            if any(one.kpi == case.id for one in goal.expectations):
                yield committee, goal


def _ledger(case: Case) -> pd.DataFrame:
    """Return the expectations of the KPI beside what came, by year (chain.LEDGER)."""
    committees = {committee.slug: committee for committee, _ in _expecting(case)}
    rows = pd.concat([chain.ledger(case.basis, one) for one in committees.values()])
    return rows[rows["kpi"] == case.id].sort_values("year", kind="stable", ignore_index=True)


def _ledger_table(rows: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "År": rows["year"].astype(str),
            "Mål": rows["goal"],
            "Väntat": [
                f"{text.exact(low)}–{text.exact(high)}"
                for low, high in zip(rows["low"], rows["high"], strict=True)
            ],
            "Blev": rows["value"].where(~rows["state"].isin(("hindsight", "left"))),
            "Utfall": [_CAME[state] for state in rows["state"]],
            "Varför det väntades": rows["why"],
        }
    )


def ruled_out(case: Case) -> Reply:
    """Answer which causes people have considered and ruled out; their judgement, and quoted."""
    notes = _notes(case)
    newest = notes[-1]
    every = [cause for note in notes for cause in note.causes]
    day, _, who = newest.written.partition(" ")
    why = f"Det är bedömningar av dem som har skrivit, senast {who} den {text.day(day)}."
    why = f"{why} Siffrorna säger inget om orsaker.{_moved(case, notes)}"
    more = {"underlag": _cause_table(notes)}
    if not every:
        said = f"En anteckning finns om {periods.words(newest.period)}, men ingen orsak är prövad."
        return unsure(f"{why} Skriv i anteckningen vilka orsaker som har prövats.", said, **more)
    return likely(_cause_words(every), f"{why}{_example_words(notes)}", **more)


def _notes(case: Case) -> list[Note]:
    """Return the notes of the KPI, the period before first."""
    mine = [one for one in case.setting.model.notes if one.kpi == case.id]
    return sorted(mine, key=lambda one: (one.period, one.written))


def _cause_words(every: list[Cause]) -> str:
    """Return how many causes were considered, and those that were ruled out, quoted."""
    out = [f"”{one.what.rstrip('.')}”" for one in every if one.judged == "utesluten"]
    counts = Counter(one.judged for one in every)
    left = [
        f"{counts[name]} {_JUDGED[name][counts[name] > 1]}"
        for name in ("möjlig", "trolig")
        if counts[name]
    ]
    amount = text.count(len(every), "orsak har prövats", "orsaker har prövats")
    if len(every) == 1 and not out:
        return f"{amount}, ”{every[0].what.rstrip('.')}”, och den {left[0][2:]}."
    rest = f" {text.capital(text.listing(left))}." if left else ""
    if not out:
        return f"{amount}, och ingen är utesluten.{rest}"
    are = _JUDGED["utesluten"][len(out) > 1]
    named = text.listing(out[:MOST_NAMED]) if len(out) <= MOST_NAMED else f"{len(out)}"
    return f"{amount}, och {named} {are}.{rest}"


def _moved(case: Case, notes: list[Note]) -> str:
    """Return that the ground of a note has moved since, as a sentence to add."""
    for note in reversed(notes):
        now = chain.moved_ground(case.basis, note)
        if now is not None:
            return f" Anteckningen {chain.moved_words(note, now)}."
    return ""


def _cause_table(notes: list[Note]) -> pd.DataFrame:
    told = [(note, cause) for note in reversed(notes) for cause in note.causes]
    return pd.DataFrame(
        {
            "Orsak": [cause.what for _, cause in told],
            "Bedömning": [cause.judged.capitalize() for _, cause in told],
            "Varför": [cause.why or text.NO_VALUE for _, cause in told],
            "Gäller": [periods.words(note.period) for note, _ in told],
            "Skriven": [note.written for note, _ in told],
        }
    )


QUESTIONS: Final[tuple[Question, ...]] = (
    Question(
        39, "ägare och arbete", "Vem äger frågan, och vad gör ni?", owner, needs=(HOME, COMMITTEE)
    ),
    Question(40, "hinner synas", "Hinner åtgärden synas?", in_time, needs=(HOME, WORK, REPORTS)),
    Question(41, "hinner siffran", "Kommer siffran hinna fram?", arrives, needs=(HOME, REPORTS)),
    Question(42, "nästa siffra", "När kommer nästa siffra?", next_figure),
    Question(
        43,
        "förra förväntan",
        "Vad sa vi förra gången, och blev det så?",
        last_time,
        needs=(HOME, EXPECTED),
    ),
    Question(
        44, "uteslutna orsaker", "Vad har ni redan uteslutit?", ruled_out, needs=(HOME, NOTED)
    ),
)
