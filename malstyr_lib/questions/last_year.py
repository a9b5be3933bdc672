"""Question 14, the same last year: the colour that was published then, and what has changed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from malstyr_lib import manifest, tables, text
from malstyr_lib.markup import STATUS
from malstyr_lib.questions.answer import Reply, likely, sure, unsure
from malstyr_lib.questions.turns import how_common
from malstyr_lib.scoring import phrases
from malstyr_lib.scoring.shift import Shift

if TYPE_CHECKING:
    from malstyr_lib.outcome import Outcome
    from malstyr_lib.questions.case import Case

_PARTS: Final = {
    "own": "varav eget värde",
    "others": "varav de andras värden",
    "members": "varav vilka som jämförs",
    "revision": "varav ändrade uppgifter",
}
_NAN: Final = float("nan")


@dataclass(frozen=True)
class Before:
    """What was said before: the colour of a published report, and the year's colour as of now.

    report: the year of the report, None where none was published. year, colour: the newest year
    before the present with a colour, up to the report's year, and its colour computed today.
    """

    report: int | None
    published: str
    year: int | None
    colour: str


def same_as_last_year(case: Case) -> Reply:
    """Answer whether the last report gave the same colour, and what has changed since then."""
    before, now = _before(case), int(case.now["period"]) if case.now else 0
    if case.colour == tables.GREY:
        return _grey(case, before)
    if before.report is not None and now <= before.report:
        return _nothing_new(case, before, now)
    if before.year is None:
        return _only_published(case, before, now)
    parted = case.evidence.broken(case.id, (before.year, now))
    if parted is not None:
        return unsure(
            f"Serien bröts {parted.period}: {parted.reason}. Färgerna före och efter går inte att"
            " jämföra; vänta på ett år till.",
            underlag=_table(case, before, now, None),
        )
    moved = case.evidence.moved(case.kpi, (before.year, now))
    table = _table(case, before, now, moved)
    if before.report is None:
        return likely(
            f"{_recomputed(case, before, now)}{_how_common(case, before, now)}",
            f"Ingen publicerad rapport från ett tidigare år har med {case.id}, så {before.year}"
            f" års färg är räknad på dagens uppgifter.{_parts(case, moved)}",
            underlag=table,
        )
    return _against_report(case, before, now, moved)


def _against_report(case: Case, before: Before, now: int, moved: Shift | None) -> Reply:
    """Return the answer where a report was published."""
    table = _table(case, before, now, moved)
    said = f"i rapporten för {before.report} var {case.name} {text.ONE[before.published]}"
    is_now = f"{text.ONE[case.colour]} ({now})"
    revised = ""
    if before.published != before.colour:
        revised = (
            f" Räknat på dagens uppgifter är {before.year} {text.NEUTER[before.colour]}: uppgifter,"
            " regler eller vilka som har lämnat uppgift har ändrats sedan rapporten, eller så"
            " gällde den ett äldre värde."
        )
    why = f"Rapportens färg är den som publicerades.{revised}{_parts(case, moved)}"
    graded = likely if case.early or revised else sure
    if case.early:
        why = f"{why} Den nyaste färgen är preliminär."
    if before.published == case.colour:
        return graded(f"Ja: {said}, och nu är färgen också {is_now}.", why, underlag=table)
    common = _how_common(case, before, now)
    return graded(f"Nej: {said}, och nu är färgen {is_now}.{common}", why, underlag=table)


def _nothing_new(case: Case, before: Before, now: int) -> Reply:
    """Return the answer where the newest value is of a year that the report could already tell."""
    said = f"i rapporten för {before.report} var {case.name} {text.ONE[before.published]}"
    why = f"Inget värde för ett senare år än {now} har kommit sedan rapporten för {before.report}"
    table = _table(case, replace(before, year=None), now, None)
    early = " Färgen är preliminär." if case.early else ""
    if before.published == case.colour:
        svar = f"Ja: {said}, och nu är färgen också {text.ONE[case.colour]} ({now})."
        return (likely if case.early else sure)(svar, f"{why}.{early}", underlag=table)
    return likely(
        f"Nej: {said}, och räknat på dagens uppgifter är {now} {text.NEUTER[case.colour]}.",
        f"{why}: antingen fanns inte värdet för {now} när rapporten skrevs, eller så har uppgifter,"
        f" regler eller vilka som har lämnat uppgift ändrats.{early}",
        underlag=table,
    )


def _grey(case: Case, before: Before) -> Reply:
    """Return the answer where there is no colour now to compare with."""
    svar = "Det går inte att säga."
    if before.report is not None:
        then = f"I rapporten för {before.report} var {case.name} {text.ONE[before.published]}"
        svar = f"{then}, och nu finns ingen färg."
    none = f"{case.id} har ingen färg nu"
    why = f"Nu finns ingen färg: {case.reason}" if case.reason else none
    return unsure(f"{why}. Se fråga 9 om varför rutan är tom.", svar)


def _only_published(case: Case, before: Before, now: int) -> Reply:
    """Return the answer where no earlier year has a colour to count from."""
    if before.report is None:
        return unsure(
            f"{case.name} har ingen färg före {now}, och ingen publicerad rapport att jämföra"
            " med. Frågan går att besvara när nästa års värde har kommit."
        )
    said = f"I rapporten för {before.report} var {case.name} {text.ONE[before.published]}"
    return likely(
        f"{said}, och nu är färgen {text.ONE[case.colour]} ({now}).",
        "Rapportens färg är den som publicerades; inget tidigare år har en färg som går att räkna"
        " om, så det går inte att säga vad som har ändrats.",
        underlag=_table(case, before, now, None),
    )


def _before(case: Case) -> Before:
    """Return what was said before, in the newest report of an earlier year."""
    reported = _published(case)
    now = int(case.now["period"]) if case.now else 0
    last = now if reported is None else min(now, reported.year + 1)
    year = max((one for one in case.coloured if one < last), default=None)
    return Before(
        report=None if reported is None else reported.year,
        published="" if reported is None else str(reported.found["focus"][case.id]),
        year=year,
        colour=case.colours[year] if year is not None else tables.GREY,
    )


def _published(case: Case) -> Outcome | None:
    """Return the newest published report of an earlier year in which the KPI has a colour."""
    if not case.setting.home:
        return None
    told = manifest.last_told(
        case.setting.reported,
        lambda one: one.year < case.evidence.year and case.id in one.found["focus"],
    )
    return None if case.committee is None else told.get(case.committee.slug)


def _recomputed(case: Case, before: Before, now: int) -> str:
    """Return both years' colours as they are counted today."""
    led = "Ja" if before.colour == case.colour else "Nej"
    then, today = text.ONE[before.colour], text.ONE[case.colour]
    said = f"{case.name} var {then} {before.year} och är {today} {now}"
    return f"{led}, så vitt det går att räkna ut: {said}."


def _how_common(case: Case, before: Before, now: int) -> str:
    """Return how common a change of colour was among the others; "" where there is none."""
    if before.year is None or before.colour == case.colour:
        return ""
    return f" {how_common(case, (before.year, now))}"


def _parts(case: Case, moved: Shift | None) -> str:
    """Return what the change of the distance to the border is made of, as a sentence."""
    if moved is None or moved.parts is None:
        return ""
    return f" {text.sentence(phrases.made_words(moved, case.decimals))}"


def _table(case: Case, before: Before, now: int, moved: Shift | None) -> pd.DataFrame:
    """Return the colours then and now, and the parts of the change of the distance."""
    rows: list[tuple[str, str, str, float, float]] = []
    if before.report is not None:
        label = STATUS[before.published].label
        rows.append(("Förra rapporten", str(before.report), label, _NAN, _NAN))
    if before.year is not None:
        rows.append(("Räknat i dag", *_year(case, before.year), _NAN))
    total = _NAN if moved is None or moved.parts is None else moved.parts.total
    rows.append(("Nu", *_year(case, now), total))
    if moved is not None and moved.parts is not None:
        for part, words in _PARTS.items():
            rows.append((words, "", "", _NAN, float(getattr(moved.parts, part))))
    names = ("Vad", "År", "Färg", "Värde", "Ändrat avstånd (plus är bättre)")
    return pd.DataFrame(dict(zip(names, map(list, zip(*rows, strict=True)), strict=True)))


def _year(case: Case, year: int) -> tuple[str, str, float]:
    colour: Any = case.colours.get(year, tables.GREY)
    return str(year), STATUS[colour].label, case.series.get(year, _NAN)
