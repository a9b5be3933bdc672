"""The three questions of a unit's sheet: chosen by stated rules, for those who do the work.

One of each kind first: what the analysis group waits for, what is done here, own figures, and the
key figure; then what is left of them; then those that can always be asked. Blames nobody, and asks
for no cause.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from malstyr_lib import markup, tables, text
from malstyr_lib.model import OPEN, Activity
from malstyr_lib.questions import Case, genders
from malstyr_lib.questions.raised import fragelista
from malstyr_lib.report.unit_basis import UnitBasis
from malstyr_lib.report.unit_wording import cut, short

HOW_MANY: Final = 3
GROUP: Final = "analysgruppen"
DONE: Final = "det vi gör"
OWN: Final = "våra egna siffror"
FIGURE: Final = "siffran"
ALWAYS: Final = "alltid"
_MANY: Final = 24
"""As many as all of the questions that figures can raise."""


@dataclass(frozen=True)
class ToTalk:
    """A question to talk about, why it is asked, and of which kind it is."""

    words: str
    why: str
    kind: str


def three(b: UnitBasis) -> list[ToTalk]:
    """Return the three questions of a unit, all different."""
    raised = [*_of_group(b), *_of_activities(b), *_of_own(b), *_of_figures(b)]
    first = {one.kind: one for one in reversed(raised)}
    kinds = (GROUP, DONE, OWN, FIGURE)
    ordered = [first[kind] for kind in kinds if kind in first] + raised + _always(b)
    return list({one.words: one for one in ordered}.values())[:HOW_MANY]


def _of_group(b: UnitBasis) -> Iterator[ToTalk]:
    for one in b.unanswered:
        due = f"Svaret ska finnas {text.day(one.due)}." if one.due else "Den väntar på svar."
        yield ToTalk(
            f"Analysgruppen undrar: ”{cut(one.asked, 180)}” Vad kan vi bidra med till svaret?",
            f"Frågan ställdes {text.day(one.day)} till {one.to}. {due}",
            GROUP,
        )


def _of_activities(b: UnitBasis) -> Iterator[ToTalk]:
    """Yield a question for every activity, what is not as planned first."""
    asked = sorted((_of_activity(b, one) for one in b.activities), key=lambda told: told[0])
    for _, words, why in asked:
        yield ToTalk(words, why, DONE)


def _of_activity(b: UnitBasis, one: Activity) -> tuple[int, str, str]:
    """Return how soon to ask about an activity, the question, and why."""
    what, day = f"”{cut(one.what.partition('. ')[0].rstrip('.'), 90)}”", b.today
    if one.late(day):
        why = f"Aktiviteten skulle vara klar {text.day(one.stop)} men är inte klar."
        return 0, f"{what}: vad återstår, och när kan vi vara klara?", why
    if one.status == "planerad" and one.start < day:
        why = f"Aktiviteten skulle börja {text.day(one.start)} men är inte påbörjad."
        return 1, f"{what}: vad behöver vi för att komma i gång?", why
    if one.status == "pausad":
        words = f"{what}: ska vi ta upp det igen, och vad behöver vi i så fall?"
        return 2, words, "Aktiviteten är pausad."
    if one.status in OPEN and one.check and one.check <= day:
        words = f"{what}: vad har vi sett så långt, och ska vi ändra något?"
        return 3, words, f"Aktiviteten skulle följas upp {text.day(one.check)}."
    if one.status in OPEN and one.check:
        words = (
            f"{what}: vad vill vi ha sett vid uppföljningen {text.day(one.check)}, för att"
            " fortsätta på samma sätt?"
        )
        return 4, words, f"Aktiviteten {_GOES_ON[one.status]} och följs upp då."
    if one.status == "klar":
        words = f"{what}: vad finns kvar i vardagen, och hur ser vi till att det håller i sig?"
        return 6, words, f"Aktiviteten är klar sedan {text.day(one.stop)}."
    if one.status == "avbruten":
        return 7, f"{what}: vad tar vi med oss till nästa gång?", "Aktiviteten är avbruten."
    words = f"{what}: vad fungerar bra, och vad vill vi göra på ett annat sätt?"
    return 5, words, f"Aktiviteten {_GOES_ON[one.status]}."


_GOES_ON: Final = {"pågår": "pågår", "planerad": "är planerad"}


def _of_own(b: UnitBasis) -> Iterator[ToTalk]:
    for title, row in b.own_standings:
        missed, odd = row["status"] == markup.MISSED, bool(row["unusual"])
        if not missed and not odd:
            continue
        what = "når inte målet" if missed else "är utanför det vanliga"
        why = f"Vårt senaste värde {what}."
        if row["provisional"]:
            why = f"{why[:-1]}, men värdet är preliminärt."
        yield ToTalk(
            f"{title}: känner vi igen bilden, och vad skulle vi själva vilja pröva?", why, OWN
        )


def _of_figures(b: UnitBasis) -> Iterator[ToTalk]:
    """Yield what a key figure raises, the first one's first, in words for those who do the work."""
    for case in b.cases[:1]:
        for one in fragelista(case, _MANY):
            words = _STAFF.get(one.question.number)
            if words and one.rule:
                young, old = genders.called(case)
                said = words.format(women=young, men=old)
                yield ToTalk(f"{short(case.kpi)}: {said}", one.why, FIGURE)
        if case.colour == tables.RED:
            yield _of_red(case)


def _of_red(case: Case) -> ToTalk:
    return ToTalk(
        f"{short(case.kpi)}: vad kan vi se hos oss redan i år, som visar om vi är på väg?",
        f"Kommunen är röd {case.period}.",
        FIGURE,
    )


_STAFF: Final = {
    9: "vad ser vi själva, som säger hur det går när siffran saknas?",
    5: "hur följer vi det själva, när serien har upphört?",
    4: "vad följer vi själva, som går att jämföra över åren?",
    3: "stämmer siffran med det vi själva ser?",
    1: "stämmer siffran med det vi själva ser?",
    15: "känner vi igen ändringen från vår egen vardag?",
    18: "känner vi igen ändringen från vår egen vardag?",
    21: "ser vi samma skillnad hos oss, och når det vi gör både {women} och {men}?",
    36: "vad kan vi se hos oss redan i år, som visar om vi är på väg?",
    10: "vad kan vi se hos oss redan i år, som visar om vi är på väg?",
}
"""How what figures raise is asked of those who do the work; the other questions are not theirs."""


def _always(b: UnitBasis) -> list[ToTalk]:
    """Return the questions that can always be asked, in order."""
    without = f"Enheten har ingen aktivitet {b.today.year} i nämndens plan."
    usual = "Frågas alltid."
    why = usual if b.activities else without
    return [
        ToTalk("Vilket av nämndens mål ligger närmast det vi gör varje dag?", why, ALWAYS),
        ToTalk("Vad vill vi pröva det närmaste året, och vem håller i det?", usual, ALWAYS),
        ToTalk(
            "Vilka egna uppgifter har vi redan, som visar hur det går?",
            usual if b.cases else "Ingen siffra är kopplad till det som enheten gör.",
            ALWAYS,
        ),
    ]
