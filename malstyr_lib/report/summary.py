"""The first page of a committee's report: what is red, what turned, what is asked and decided."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from malstyr_lib import chain, markup, tables, text
from malstyr_lib.markup import STATUS, Html
from malstyr_lib.model import Kpi
from malstyr_lib.questions import Setting
from malstyr_lib.questions.action import STATUS_WORDS
from malstyr_lib.questions.raised import fragelista
from malstyr_lib.report import parts, raised, thread, wording
from malstyr_lib.report.analysis import Analysis
from malstyr_lib.report.wording import label
from malstyr_lib.scoring import Shift, phrases

_MANY: Final = 3
"""How many of a kind are told one by one here; all of them stand in their own step."""


def summary(a: Analysis, asked: Setting) -> Html:
    """Return the situation on one page, with what it can't carry."""
    return markup.joined(
        [
            markup.heading(3, "Det som är rött"),
            *_red(a),
            markup.heading(3, "Det som har bytt färg"),
            *_turned(a),
            markup.heading(3, "Det som frågas"),
            *_asked(a, asked),
            markup.heading(3, "Det som är bestämt och görs"),
            *_decided(a),
        ]
    )


def _red(a: Analysis) -> list[Html]:
    """Return how many are red beside how many are usual, and those farthest from the median."""
    ungraded = wording.ungraded_sentence(a)
    return [
        markup.paragraph(_situation(a)),
        *_worst(a),
        *([markup.paragraph(wording.expected_sentence(a))] if parts.coloured(a) else []),
        *([markup.paragraph(ungraded)] if ungraded else []),
        *([] if parts.coloured(a) else [markup.note(parts.nothing(a))]),
    ]


def _situation(a: Analysis) -> str:
    """Return how many KPIs have each colour, and how many have none."""
    if not a.kpis:
        return "Nämnden har inga nyckeltal."
    counts = parts.counts(a)
    grey, early = counts[tables.GREY], int(a.now["preliminary"].sum())
    among = f", varav {early} {'preliminärt' if early == 1 else 'preliminära'}" if early else ""
    left = f" {grey} nyckeltal saknar färg, se steg 4." if grey else ""
    words = wording.counted_colours(counts)
    return f"Av nämndens {len(a.kpis)} nyckeltal är {words}{among}.{left}"


def _worst(a: Analysis) -> list[Html]:
    """Return the reds that lie farthest from the median."""
    red = a.red
    if red.empty:
        return []
    which = "Det röda:" if len(red) == 1 else "De röda:"
    if len(red) > _MANY:
        which = f"De tre som ligger längst från medianen, av {len(red)} röda:"
    lines = [
        f"{label(kpi)}: {wording.value_words(a, kpi, row)}"
        for kpi, row in parts.rows(a, red.head(_MANY))
    ]
    return [markup.paragraph(which), markup.bullets(lines)]


def _turned(a: Analysis) -> list[Html]:
    """Return what changed colour, both ways, each beside how common the same change was."""
    better = sum(shift.better for shift in a.shifts)
    words = wording.shifts_sentence(better, len(a.shifts) - better)
    if not a.shifts:
        return [markup.paragraph(words if parts.coloured(a) else parts.nothing(a))]
    shown = _both_ways(a.shifts)
    if len(shown) < len(a.shifts):
        words = f"{words} Här visas {len(shown)} av de {len(a.shifts)}."
    return [markup.paragraph(words), markup.bullets([_shift_words(a, one) for one in shown])]


def _both_ways(shifts: Sequence[Shift]) -> list[Shift]:
    """Return some shifts for the worse and as many for the better, so that neither hides."""
    worse = [one for one in shifts if not one.better]
    better = [one for one in shifts if one.better]
    return [*worse[:_MANY], *better[:_MANY]]


def _shift_words(a: Analysis, one: Shift) -> str:
    kpi = a.model.kpi(one.kpi)
    places = a.decimals(kpi)
    before, after = (
        f"{STATUS[colour].label} {period} ({text.number(value, places)})"
        for colour, value, period in (
            (one.before, one.value_before, one.period_before),
            (one.after, one.value, one.period),
        )
    )
    return (
        f"{label(kpi)}: från {before} till {after}. {text.sentence(phrases.base_rate_words(one))}"
    )


def _asked(a: Analysis, asked: Setting) -> list[Html]:
    """Return the group's unanswered questions, and what the figures of the worst reds ask first."""
    mine = [one for one in a.model.questions if one.committee == a.committee.slug]
    silent = [one for one in mine if one.answer is None]
    waits = text.count(len(silent), "fråga väntar", "frågor väntar")
    group = f"Analysgruppen: {waits} på svar." if silent else thread.all_answered(mine)
    pieces = [markup.paragraph(group)]
    if silent:
        lines = [f"{one.id} {one.asked}{text.EXAMPLE * one.example}" for one in silent[:_MANY]]
        pieces.append(markup.bullets(lines))
    first = [_raised(a, asked, kpi) for kpi, _ in parts.rows(a, a.red.head(_MANY))]
    if first:
        pieces += [markup.paragraph("Siffrorna själva väcker först:"), markup.bullets(first)]
    return pieces


def _raised(a: Analysis, asked: Setting, kpi: Kpi) -> str:
    first = fragelista(raised.case_of(a, asked, kpi), 1)[0]
    return f"{label(kpi)}: {first.question.words} {first.why}"


def _decided(a: Analysis) -> list[Html]:
    """Return how the targets stand, what is being done, and which reds nobody has taken on."""
    said = [_targets(a), _activities(a), wording.example_sentence(a)]
    return [
        markup.paragraph(" ".join(filter(None, said))),
        thread.red_without(a),
    ]


def _targets(a: Analysis) -> str:
    """Return how many targets are met, coverage first, and never one figure for the unknown."""
    states = Counter(chain.standings(a.basis, a.committee)["state"])
    whole, known = sum(states.values()), sum(states.values()) - states["unknown"]
    if not whole:
        return "Nämndens mål har inga målnivåer."
    late = f" och {states['late']} nåddes inte i tid" if states["late"] else ""
    reached = f"är {states['met']} {'nådd' if states['met'] == 1 else 'nådda'}{late}"
    if known == whole:
        return f"Av nämndens {text.count(whole, 'målnivå', 'målnivåer')} {reached}."
    if not known:
        return f"Ingen av nämndens {text.count(whole, 'målnivå', 'målnivåer')} går att bedöma."
    return f"{known} av nämndens {whole} målnivåer går att bedöma. Av dem {reached}."


def _activities(a: Analysis) -> str:
    """Return how many activities there are this year, by how they go."""
    shown, day = thread.shown_activities(a), a.day
    if not shown:
        outside = thread.other_years(a.basis.activities(a.committee), day.year)
        return f"Nämnden har inga aktiviteter {day.year}.{outside}"
    states: Counter[str] = Counter(one.status for one in shown)
    told = [
        f"{states[status]} {one if states[status] == 1 else many}"
        for status, (one, many) in STATUS_WORDS.items()
        if states[status]
    ]
    late = sum(one.late(day) for one in shown)
    after = f" {late} skulle redan ha varit {'klar' if late == 1 else 'klara'}." if late else ""
    amount = text.count(len(shown), "aktivitet", "aktiviteter")
    return f"Nämnden har {amount} {day.year}: {text.listing(told)}.{after}"
