"""What `fraga` and `sok` print: the dumb questions and their answers, and KPIs by their words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from malstyr_lib import text
from malstyr_lib.cli import show
from malstyr_lib.errors import UsageError

if TYPE_CHECKING:
    from malstyr_lib.model import SteeringModel
    from malstyr_lib.questions import Answer, Answerable, Case, Setting
    from malstyr_lib.questions.raised import Raised
    from malstyr_lib.store import Store
    from malstyr_lib.workspace import Workspace


@dataclass(frozen=True)
class Asked:
    """What is asked of `fraga`: a KPI, a question or all of them, of whom, up to when and on what.

    every: all questions. rows: the numbers behind the answers instead of the words; only as JSON.
    """

    kpi: str | None
    question: str | None
    municipality: str | None
    year: int | None
    snapshot: str | None
    today: date
    every: bool
    rows: bool


def refuse(asked: Asked, *, listed: bool, json: bool) -> None:
    """Refuse what can't be asked together, rather than pass over it in silence."""
    wrong = []
    if listed and (asked.kpi or asked.every or asked.rows):
        wrong.append("--lista visar alla frågor; skriv inget mer än --json.")
    if not listed and asked.kpi is None:
        wrong.append("Ange ett nyckeltal, som U21401, eller --lista för att se frågorna.")
    if asked.every and asked.question:
        wrong.append("Skriv antingen en fråga eller --alla.")
    if asked.rows and not json:
        wrong.append("--underlag visas redan för läsare; flaggan gäller bara med --json.")
    if asked.rows and not (asked.every or asked.question) and not listed:
        wrong.append("--underlag gäller en fråga eller --alla.")
    if wrong:
        raise UsageError(" ".join(wrong))


def say_list(*, json: bool) -> None:
    """Print all questions by theme, with their numbers and short names."""
    from malstyr_lib.questions import QUESTIONS, THEME_OF, THEMES

    if json:
        show.as_json(
            [
                {"question": one.number, "name": one.name, "fraga": one.words}
                | {"theme": THEMES[THEME_OF[one.number]], "about": one.about}
                for one in QUESTIONS
            ]
        )
        return
    for letter, theme in THEMES.items():
        mine = [one for one in QUESTIONS if THEME_OF[one.number] == letter]
        rows = [[str(one.number), one.words, one.name] for one in mine]
        if rows:
            print(f"\n{letter}. {theme}")
            show.as_table(("Nr", "Fråga", "Kort namn"), rows)


def say(asked: Asked, place: Workspace, model: SteeringModel, store: Store, *, json: bool) -> None:
    """Print the answers, or what can be answered where no question is asked."""
    from malstyr_lib.questions import question

    one = question(asked.question) if asked.question else None
    case = _case(asked, place, model, store)
    if one is None and not asked.every:
        _say_overview(case, json=json)
        return
    answers = _all(case, quiet=json) if one is None else _answers(case, [one.number])
    if not json:
        _say_answers(case, list(answers))
    elif asked.rows:
        show.as_json([row for answer in answers for row in _rows(answer)])
    else:
        show.as_json([answer.row for answer in answers])


def _case(asked: Asked, place: Workspace, model: SteeringModel, store: Store) -> Case:
    """Return the case that is asked about; UsageError for an unknown KPI or municipality."""
    from malstyr_lib.grounds.search import kpi_in
    from malstyr_lib.report.asking import setting_of

    setting = setting_of(
        place,
        model,
        store,
        today=asked.today,
        municipality=asked.municipality,
        year=asked.year,
        snapshot=asked.snapshot,
    )
    return setting.case(kpi_in(model, setting.snapshot, asked.kpi or ""))


def _answers(case: Case, numbers: Sequence[int]) -> Iterator[Answer]:
    from malstyr_lib.questions import answer

    return (answer(case, number) for number in numbers)


def _all(case: Case, *, quiet: bool) -> list[Answer]:
    """Return the answers to all questions, and show how far it has come."""
    from malstyr_lib.questions import QUESTIONS

    numbers, found = [one.number for one in QUESTIONS], []
    with show.progress(quiet=quiet) as steps:
        steps.step(f"Svarar på {len(numbers)} frågor om {case.id}")
        for done, answer in enumerate(_answers(case, numbers), start=1):
            found.append(answer)
            steps.advance(done, len(numbers))
    return found


def _say_heading(case: Case) -> None:
    snapshot = case.setting.snapshot
    show.snapshot_line(snapshot)
    print(f"\n{case.id} {case.title}\n{case.name}{_now_words(case)}")


def _now_words(case: Case) -> str:
    """Return the newest value and colour in short."""
    from malstyr_lib.markup import STATUS

    if case.period is None:
        return ", inget värde"
    return f" {case.period}: {case.said(case.value)}, {STATUS[case.colour].label}"


def _say_answers(case: Case, answers: Sequence[Answer]) -> None:
    """Print answers in words, each with its numbers and what it rests on beside Kolada."""
    _say_heading(case)
    for one in answers:
        print(f"\n{one.question.number}. {one.question.words}\n{one.svar}")
        print(f"{one.sure_words}: {one.varfor}")
        _say_rows(one)
        more = one.kalla.removeprefix(case.source).strip()
        if more:
            print(more)
    print(f"\n{case.source}")


def _say_rows(one: Answer) -> None:
    from malstyr_lib.questions.answer import written

    if len(one.underlag):
        told = written(one.underlag, one.decimals)
        cells = [[_bare(cell) for cell in row] for row in told.itertuples(index=False)]
        show.as_table([str(name) for name in told.columns], cells)


def _rows(one: Answer) -> list[dict[str, Any]]:
    """Return the numbers behind an answer as flat objects that say whose they are."""
    whose = {"kpi": one.kpi, "municipality": one.municipality, "question": one.question.number}
    bare = one.underlag.map(lambda cell: _bare(cell) if hasattr(cell, "html") else cell)
    return [whose | row for row in show.records(bare)]


def _bare(cell: Any) -> str:
    """Return a cell as plain text, also where it is a piece of a page."""
    return repr(cell) if hasattr(cell, "html") else str(cell)


def _say_overview(case: Case, *, json: bool) -> None:
    """Print what can be answered now, theme by theme, and what would make the rest answerable."""
    from malstyr_lib.questions import answerable
    from malstyr_lib.questions.raised import fragelista

    found, raised = answerable(case), fragelista(case)
    if json:
        show.as_json([_flat(case, one, raised) for one in found])
        return
    _say_heading(case)
    print("\nFrågor som siffrorna väcker:")
    for one in raised:
        print(f"{one.question.number:>2}  {one.question.words}\n      {one.why}")
    _say_themes(case, found)
    print(f"\nFråga med till exempel: malstyr fraga {case.id} {raised[0].question.number}")


def _say_themes(case: Case, found: Sequence[Answerable]) -> None:
    from malstyr_lib.questions import THEME_OF, THEMES

    now = sum(one.now for one in found)
    print(f"\n{now} av {len(found)} frågor går att besvara nu. ✓ går, – saknar något.")
    for letter, theme in THEMES.items():
        mine = [one for one in found if THEME_OF[one.question.number] == letter]
        if mine:
            print(f"\n{letter}. {theme}")
        for one in mine:
            print(f"{'✓' if one.now else '–'} {one.question.number:>2}  {one.question.words}")
            for need in one.lacking:
                print(f"      {need.words(case)}")


def _flat(case: Case, one: Answerable, raised: Sequence[Raised]) -> dict[str, Any]:
    """Return whether a question can be answered, and its place among those the figures raise."""
    asked = {other.question.number: at for at, other in enumerate(raised, start=1)}
    place = asked.get(one.question.number)
    return {
        "kpi": case.id,
        "municipality": case.setting.own,
        "question": one.question.number,
        "name": one.question.name,
        "fraga": one.question.words,
        "now": one.now,
        "lacking": " ".join(need.words(case) for need in one.lacking) or None,
        "raised": place,
        "why": raised[place - 1].why if place else None,
    }


def say_found(words: str, setting: Setting, *, most: int, every: bool, json: bool) -> None:
    """Print the KPIs that words match, best first; every: of all in Kolada, not only the store.

    UsageError with the nearest words when there is none.
    """
    from malstyr_lib.grounds.search import matches, near

    catalogue = setting.snapshot.kpis
    if not every:
        catalogue = catalogue[catalogue["id"].map(setting.held)]
    ids = matches(catalogue, words)
    if not ids:
        also = "" if every else " Sök bland alla i Kolada med --alla-register."
        meant = near(catalogue, words) or "."
        where = "Kolada" if every else "lagret"
        raise UsageError(f"Inget nyckeltal i {where} passar '{words}'{meant}{also}")
    found = [_described(kpi, setting) for kpi in ids[:most]]
    if json:
        show.as_json(found)
        return
    more = 0 if every else len(matches(setting.snapshot.kpis, words)) - len(ids)
    wider = f" {more} till finns i Kolada: --alla-register." if more else ""
    print(f"{text.count(len(ids), 'nyckeltal', 'nyckeltal')} passar '{words}'.{wider}\n")
    _say_found(found)
    if len(ids) > most:
        print(f"\nDe {most} bästa visas. Skriv fler ord, eller --antal {len(ids)}.")


def _described(kpi: str, setting: Setting) -> dict[str, Any]:
    """Return a KPI as a flat object: title, who follows it, direction, newest value and colour."""
    direction = next((one.direction for one in setting.model.kpis if one.id == kpi), None)
    case = setting.case(kpi) if setting.held(kpi) else None
    known = case is not None and case.period is not None
    return {
        "kpi": kpi,
        "title": setting.told(kpi, "title"),
        "committees": ", ".join(one.code for one in setting.committees if kpi in one.kpis) or None,
        "direction": direction,
        "period": case.period if case and known else None,
        "value": case.value if case and known else None,
        "colour": case.newest_colour if case and known else None,
    }


def _say_found(found: Sequence[dict[str, Any]]) -> None:
    from malstyr_lib.markup import STATUS

    rows = [
        [
            row["kpi"],
            row["title"],
            row["committees"] or text.NO_VALUE,
            row["direction"] or text.NO_VALUE,
            str(row["period"] or text.NO_VALUE),
            text.number(row["value"], text.decimals_for([row["value"]])),
            STATUS[row["colour"]].label if row["colour"] else text.NO_VALUE,
        ]
        for row in found
    ]
    headings = ("Id", "Nyckeltal", "Nämnd", "Riktning", "År", "Värde", "Färg")
    show.as_table(headings, rows)
