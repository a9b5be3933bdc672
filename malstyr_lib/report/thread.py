"""The red thread in a committee's report: coverage, levels, activities, expectations, notes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import pandas as pd

from malstyr_lib import chain, markup, periods, text
from malstyr_lib.markup import STATUS, Html, Number
from malstyr_lib.model import Activity, Note, Question
from malstyr_lib.report import parts
from malstyr_lib.report.analysis import Analysis
from malstyr_lib.report.wording import label

TARGET_WORDS: Final = {
    "met": "● Nådd",
    "not_yet": "○ Inte nådd än",
    "late": "○ Inte nådd i tid",
    "unknown": "– Går inte att säga",
}
EXPECTED_WORDS: Final = {
    "within": "● Som väntat",
    "better": "▲ Bättre än väntat",
    "worse": "▼ Sämre än väntat",
    "above": "Högre än väntat",
    "below": "Lägre än väntat",
    "waiting": "– Väntar på värdet",
    "hindsight": "– Räknas inte",
    "left": "– Målet har lämnats",
}


def coverage(a: Analysis) -> Html:
    """Return what the committee has in every perspective, empty cells with their reason."""
    table = chain.coverage(a.basis)
    mine = table[table["committee"] == a.committee.slug]
    rows = []
    for perspective in a.model.perspectives:
        cells = mine[mine["perspective"] == perspective.id].to_dict("records")
        row: dict[str, Number | str] = {"Perspektiv": perspective.name}
        rows.append(row | {str(cell["what"]).capitalize(): _cell(cell) for cell in cells})
    caption = f"Vad nämnden har i varje perspektiv, {text.day(a.day)}"
    return markup.table(pd.DataFrame(rows), caption)


def _cell(cell: Mapping[Any, Any]) -> Number | str:
    if cell["amount"]:
        return markup.number(cell["amount"], 0)
    return f"– {cell['waived']}" if cell["waived"] else "○ Saknas"


def levels(a: Analysis) -> Html:
    """Return how far the goals are to reach, and how the newest values stand to that."""
    found = chain.standings(a.basis, a.committee)
    if found.empty:
        return markup.note("Nämndens mål har inga målnivåer i styrparametrarna.")
    rows = [
        {
            "Mål": row["goal"],
            "Nyckeltal": label(a.model.kpi(row["kpi"])),
            "Läge": TARGET_WORDS[row["state"]],
            "Målnivå och värde": text.capital(row["reason"]),
        }
        for row in found.to_dict("records")
    ]
    return markup.table(pd.DataFrame(rows), "Målnivåer och senaste värden")


def activities(a: Analysis) -> Html:
    """Return what the units do, goal by goal, and which red KPIs nobody does anything about."""
    shown, day = shown_activities(a), a.day
    outside = other_years(a.basis.activities(a.committee), day.year)
    pieces = [red_without(a)]
    if not shown:
        said = f"Nämndens enheter har inga aktiviteter {day.year} i styrparametrarna.{outside}"
        return markup.joined([markup.note(said), *pieces])
    units = {part: one.name for part, one in a.committee.parts.items()}
    rows = [_activity(a, one, units.get(one.unit, f"{one.unit} (finns inte)")) for one in shown]
    caption = f"Aktiviteter {day.year}. Förseningar räknas till {text.day(day)}.{outside}"
    return markup.joined([markup.table(pd.DataFrame(rows), caption), *pieces])


def shown_activities(a: Analysis) -> list[Activity]:
    """Return the activities of the day's year, and earlier ones that nobody has finished."""
    return [one for one in a.basis.activities(a.committee) if one.counts_in(a.day.year)]


def left_out(every: Iterable[Activity], year: int) -> int:
    """Return how many activities a report about a year leaves out for their years."""
    return sum(not one.counts_in(year) for one in every)


def other_years(every: Iterable[Activity], year: int) -> str:
    """Return the same as a sentence with a blank before it, or nothing."""
    left = left_out(every, year)
    verb = "hör till ett annat år" if left == 1 else "hör till andra år"
    return f" {text.count(left, 'aktivitet', 'aktiviteter')} {verb}." if left else ""


def _activity(a: Analysis, one: Activity, unit: str) -> dict[str, object]:
    day = a.day
    late = f", skulle vara klar {text.day(one.stop)}"
    status = one.status.capitalize() + (late if one.late(day) else "")
    return {
        "Aktivitet": f"{one.id} {one.what}{text.EXAMPLE if one.example else ''}",
        "Enhet, ansvarig": f"{unit}, {one.who}",
        "Mål, nyckeltal": ", ".join([one.goal, *(_coloured(a, kpi) for kpi in one.kpis)]),
        "Tid, status": f"{text.months(one.start, one.stop)}. {status}",
        "Resultat så långt": one.result or text.NO_VALUE,
    }


def _coloured(a: Analysis, kpi: str) -> str:
    """Return a KPI's id with its colour, where it is one of the report's."""
    known = {one.id: one for one in a.kpis}
    return f"{kpi} ({STATUS[parts.colour(a, known[kpi])].label})" if kpi in known else kpi


def red_without(a: Analysis) -> Html:
    """Return the red KPIs that the committee has no activity for, or that there are none."""
    worked = a.basis.worked(a.committee)
    left = [kpi for kpi, _ in parts.rows(a, a.red) if kpi.id not in worked]
    if not left:
        return (
            markup.paragraph("Alla röda nyckeltal har minst en aktivitet i nämnden.")
            if len(a.red)
            else Html("")
        )
    heads = markup.paragraph("Röda nyckeltal som nämnden inte har någon aktivitet för:")
    return markup.joined([heads, markup.bullets([label(kpi) for kpi in left])])


def expectations(a: Analysis) -> Html:
    """Return what was expected beside what came, and what is expected next."""
    whole = next(one for one in a.model.committees if one.slug == a.committee.slug)
    found = chain.ledger(a.basis, whole)  # with the goals that have ended
    if found.empty:
        return markup.note("Nämnden har inte skrivit ner några förväntningar.")
    rows = [
        {
            "Nyckeltal": label(a.model.kpi(row["kpi"])),
            "Utfall": EXPECTED_WORDS[row["state"]],
            "Förväntan": text.capital(row["reason"]),
            "Varför": row["why"],
        }
        for row in found.to_dict("records")
    ]
    words = markup.paragraph(chain.ledger_words(found))
    return markup.joined([words, markup.table(pd.DataFrame(rows), "Förväntningar, år för år")])


def notes(a: Analysis) -> Html:
    """Return what people have written of the committee's KPIs, and whether the ground has moved."""
    known = {kpi.id for kpi in a.kpis} | {one.id for one in a.model.measures}
    mine = [one for one in a.model.notes if one.committee == a.committee.slug and one.kpi in known]
    if not mine:
        return markup.note("Ingen har skrivit någon anteckning om nämndens nyckeltal.")
    return markup.joined(piece for one in mine for piece in _note(a, one))


def _note(a: Analysis, one: Note) -> list[Html]:
    names = {kpi.id: label(kpi) for kpi in a.kpis} | {m.id: m.title for m in a.model.measures}
    example = text.EXAMPLE if one.example else ""
    title = markup.heading(3, f"{names[one.kpi]}, {periods.words(one.period)}{example}")
    now = chain.moved_ground(a.basis, one)
    moved = [markup.note(f"Anteckningen {chain.moved_words(one, now)}.")] if now is not None else []
    said = [markup.paragraph(one.comment)] if one.comment else []
    causes = [
        f"{cause.what.rstrip('.')}: {cause.judged}" + (f". {cause.why}" if cause.why else "")
        for cause in one.causes
    ]
    listed = (
        [markup.paragraph("Orsaker som har prövats:"), markup.bullets(causes)] if causes else []
    )
    return [title, *moved, *said, *listed, markup.paragraph(f"Skrivet {_signed(one.written)}.")]


def _signed(written: str) -> str:
    day, _, who = written.partition(" ")
    return f"{text.day(day)} av {who}"


def questions(a: Analysis) -> Html:
    """Return the analysis group's questions to the committee, the unanswered ones first."""
    mine = [one for one in a.model.questions if one.committee == a.committee.slug]
    if not mine:
        return markup.note(all_answered(mine))
    ordered = sorted(mine, key=lambda one: (one.answer is not None, one.day))
    silent = sum(one.answer is None for one in mine)
    waits = text.count(silent, "fråga väntar", "frågor väntar")
    carried = f"{waits} på svar och tas med till nästa rapport."
    words = carried if silent else all_answered(mine)
    rows = pd.DataFrame([_question(one) for one in ordered])
    return markup.joined(
        [markup.paragraph(words), markup.table(rows, "Analysgruppens frågor till nämnden")]
    )


def all_answered(mine: Sequence[Question]) -> str:
    """Return that nothing waits for an answer: there are no questions, or all have one."""
    if not mine:
        return "Analysgruppen har inga frågor till nämnden."
    return "Alla analysgruppens frågor till nämnden är besvarade."


def _question(one: Question) -> dict[str, str]:
    due = f", svar senast {text.day(one.due)}" if one.due and one.answer is None else ""
    done = f"Klart {text.day(one.done)}. " if one.done else ""
    by = f" (senast {text.day(one.by)})" if one.by and not one.done else ""
    return {
        "Fråga": f"{one.id} {one.asked}{text.EXAMPLE if one.example else ''}",
        "Till": one.to,
        "Ställd": f"{text.day(one.day)}{due}",
        "Svar": one.answer or "○ Inget svar än",
        "Det som görs": f"{done}{one.action}{by}" if one.action else text.NO_VALUE,
    }
