"""What can be wrong with what is done and said: late activities, lost units, moved ground."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Final, TypeVar

import numpy as np

from malstyr_lib import text
from malstyr_lib.chain.basis import Basis, Loc, Remark, committee_file
from malstyr_lib.model import (
    OPEN,
    Activity,
    Frozen,
    Note,
    Question,
    in_force,
    pace_of,
)

_PERSON: Final = re.compile(
    r"(?<!\d)(?:19|20)?\d{2}(?:0[1-9]|1[0-2])"
    r"(?:0[1-9]|[12]\d|3[01]|[6-8]\d|9[01])[-–+ ]?\d{4}(?!\d)"
)
One = TypeVar("One", Activity, Note, Question)


def _numbered(every: Iterable[One], folder: str, key: str) -> Iterator[tuple[One, str, Loc]]:
    """Yield what lies in files per committee, each with its file and its place there."""
    numbers: dict[str, int] = {}
    for one in every:
        number = numbers[one.committee] = numbers.get(one.committee, -1) + 1
        yield one, f"{folder}/{one.committee}", (key, number)


def _activities(basis: Basis) -> Iterator[tuple[Activity, str, Loc]]:
    yield from _numbered(basis.model.activities, "aktiviteter", "aktiviteter")


def _of(one: Activity, place: tuple[str, Loc], code: str, said: str, cure: str) -> Remark:
    file, loc = place
    return Remark(code, one.id, file, loc, f"Aktiviteten {one.id} {said}", cure, one.committee)


def without_kpi(basis: Basis) -> Iterator[Remark]:
    """Yield MS102: the activities that name no KPI to be seen in."""
    for one, file, loc in _activities(basis):
        if not one.kpis:
            cure = "skriv det nyckeltal som aktiviteten ska synas i"
            yield _of(one, (file, loc), "MS102", "har inget nyckeltal", cure)


def past_its_day(basis: Basis) -> Iterator[Remark]:
    """Yield MS103: the activities that should have been ready and are not."""
    for one, file, loc in _activities(basis):
        if one.late(basis.today):
            said = f"skulle vara klar {text.day(one.stop)} men har status {one.status}"
            cure = "skriv resultatet och sätt status klar, eller ett nytt slut"
            yield _of(one, (file, (*loc, "slut")), "MS103", said, cure)


def past_its_check(basis: Basis) -> Iterator[Remark]:
    """Yield MS104: the activities whose next check has passed, and that are not past their end."""
    for one, file, loc in _activities(basis):
        due = one.check is not None and one.check < basis.today <= one.stop
        if due and one.status in OPEN and one.check is not None:
            said = f"skulle ha kontrollerats {text.day(one.check)}"
            cure = "skriv resultat så långt och nästa kontroll"
            yield _of(one, (file, (*loc, "kontroll")), "MS104", said, cure)


def lost_units(basis: Basis) -> Iterator[Remark]:
    """Yield MS118 for a unit that the committee does not have, MS119 for one not there in the time.

    An administration counts as a unit of its own, for what it does as a whole.
    """
    every = {part: one.slug for one in basis.model.committees for part in one.parts}
    for one, file, loc in _activities(basis):
        place, owner = (file, (*loc, "enhet")), every.get(one.unit)
        if owner is None:
            said = f"hör till {one.unit}, som inte finns{text.did_you_mean(one.unit, every)}"
            cure = f"rätta enheten, eller lägg till den i namnder/{one.committee}.yaml"
            yield replace(_of(one, place, "MS118", said, cure), about=one.unit, severity="fel")
        elif owner != one.committee:
            said = f"hör till {one.unit}, som en annan nämnd har"
            cure = "flytta aktiviteten till den nämndens fil, eller rätta enheten"
            yield replace(_of(one, place, "MS118", said, cure), about=one.unit, severity="fel")
        elif (name := _not_there(basis, one)) is not None:
            said = f"ligger {_years(one)}, när {name} inte finns"
            cure = "rätta dagarna, eller välj den enhet som tog över"
            yield _of(one, place, "MS119", said, cure)


def _not_there(basis: Basis, one: Activity) -> str | None:
    """Return the name of an activity's unit when it is not there in any year of the activity."""
    part = basis.model.parts[one.unit]
    there = any(in_force(part, year) for year in range(one.start.year, one.stop.year + 1))
    return None if there else part.name


def _years(one: Activity) -> str:
    first, last = one.start.year, one.stop.year
    return str(first) if first == last else f"{first}–{last}"


def silence(basis: Basis) -> Iterator[Remark]:
    """Yield MS120: the questions without an answer on their day."""
    for question, file, loc in _questions(basis):
        if question.answer is None and question.due and question.due < basis.today:
            said = (
                f"Frågan {question.id} till {question.to} skulle ha svar {text.day(question.due)}"
            )
            cure = "fråga igen, och skriv svaret eller en ny dag"
            yield Remark("MS120", question.id, file, loc, said, cure, question.committee)


def not_done(basis: Basis) -> Iterator[Remark]:
    """Yield MS121: what the answer to a question promised, past its day."""
    for question, file, loc in _questions(basis):
        if question.action and question.by and not question.done and question.by < basis.today:
            said = f"Åtgärden efter frågan {question.id} skulle vara klar {text.day(question.by)}"
            cure = "skriv när den blev klar, eller en ny dag"
            yield Remark("MS121", question.id, file, loc, said, cure, question.committee)


def _questions(basis: Basis) -> Iterator[tuple[Question, str, Loc]]:
    yield from _numbered(basis.model.questions, "fragor", "frågor")


def moved_ground(basis: Basis, note: Note) -> float | None:
    """Return a KPI's value of a note's year when it is another than when the note was written.

    None when it is the same to as many decimals as it was written with, or when either is unknown.
    """
    if note.value is None or pace_of(note.period) != "år":
        return None
    now = basis.value(note.kpi, int(note.period))
    half = Decimal(5).scaleb(int(note.value.as_tuple().exponent) - 1)
    alike = np.isnan(now) or abs(Decimal(repr(now)) - note.value) <= half
    return None if alike else now


def moved(basis: Basis) -> Iterator[Remark]:
    """Yield MS122: the notes whose value is now another than when they were written."""
    for note, file, loc in _notes(basis):
        now = moved_ground(basis, note)
        if now is not None:
            said = f"Anteckningen om {note.kpi} {note.period} {moved_words(note, now)}"
            cure = "läs om den: stämmer den fortfarande, skriv det nya värdet"
            yield Remark("MS122", note.kpi, file, (*loc, "värde"), said, cure, note.committee)


def _notes(basis: Basis) -> Iterator[tuple[Note, str, Loc]]:
    yield from _numbered(basis.model.notes, "anteckningar", "anteckningar")


def moved_words(note: Note, now: float) -> str:
    """Return that a note was written on other ground, the new value apart from the old one."""
    written = float(note.value or 0)
    places = max(0, -int(note.value.as_tuple().exponent)) if note.value is not None else 0
    shown = text.apart(now, [written], places)
    return f"skrevs när värdet var {text.number(written, places)}, nu {shown}"


def persons(basis: Basis) -> Iterator[Remark]:
    """Yield MS130: texts with what looks like a personal identity number, checked by its digit."""
    for about, one, (file, loc, committee) in _written(basis):
        if any(_is_person(number) for number in _PERSON.findall(one.model_dump_json())):
            said = "En text ser ut att innehålla ett personnummer"
            cure = "ta bort det: uppgifter om enskilda hör inte hemma i styrparametrarna"
            yield Remark("MS130", about, file, loc, said, cure, committee, severity="fel")


def _written(basis: Basis) -> Iterator[tuple[str, Frozen, tuple[str, Loc, str]]]:
    """Yield all that people write, with what it is about, and its file, place and committee."""
    model, steering = basis.model, "styrmodell.yaml"
    for note, file, loc in _notes(basis):
        yield note.kpi, note, (file, loc, note.committee)
    for activity, file, loc in _activities(basis):
        yield activity.id, activity, (file, loc, activity.committee)
    for question, file, loc in _questions(basis):
        yield question.id, question, (file, loc, question.committee)
    for number, council in enumerate(model.council_goals):
        yield council.id, council, (steering, ("mål", number), "")
    for number, waiver in enumerate(model.waivers):
        yield waiver.code, waiver, (steering, ("undantag", number), "")
    for number, kpi in enumerate(model.kpis):
        yield kpi.id, kpi, ("nyckeltal.yaml", ("nyckeltal", number), "")
    for measure in model.measures:
        yield measure.id, measure, (f"egna/{measure.id}.yaml", (), "")
    for committee in model.committees:
        yield committee.code, committee, (committee_file(committee), (), committee.slug)


def _is_person(digits: str) -> bool:
    """Return whether ten digits end in the check digit of a personal identity number (Luhn)."""
    plain = re.sub(r"\D", "", digits)[-10:]
    doubled = [int(d) * (2 - at % 2) for at, d in enumerate(plain)]
    return sum(n // 10 + n % 10 for n in doubled) % 10 == 0
