"""Writes a note from a notebook into the parameters, with the value that it rests on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

from malstyr_lib import clock, markup, text, workspace
from malstyr_lib.errors import UsageError
from malstyr_lib.markup import Html
from malstyr_lib.model import pace_of
from malstyr_lib.params.notes import add_note, note_of
from malstyr_lib.report.analysis import Analysis

Causes: TypeAlias = Sequence[tuple[str, str] | tuple[str, str, str]]


def write(a: Analysis, kpi: str, period: str, said: tuple[str, str, Causes]) -> Html:
    """Put a note last in the committee's file of notes; return where it is, in words.

    said: the comment, who writes, and the causes considered. UsageError, with all that is wrong,
    for something that can't be a note of this committee.
    """
    comment, who, causes = said
    name, value = _named(a, kpi), _value(a, kpi.strip().upper(), period.strip())
    keys = ("orsak", "bedömning", "varför")
    listed: list[Any] = [dict(zip(keys, one, strict=False)) for one in causes]
    note = note_of(
        {
            "nyckeltal": name,
            "period": period,
            "kommentar": comment,
            "skriven": f"{clock.today().isoformat()} {who}",
            **({"värde": value} if value else {}),
            **({"orsaker": listed} if listed else {}),
        }
    )
    file = add_note(workspace.find().params, a.committee.slug, note)
    return markup.note(
        f"Anteckningen om {note.kpi} {note.period} finns nu i {file}, och kommer med i rapporten"
        " nästa gång den görs."
    )


def _named(a: Analysis, kpi: str) -> str:
    """Return the id of one of the committee's KPIs or the municipality's own measures."""
    known = [one.id for one in a.kpis] + [one.id for one in a.model.measures]
    found = {one.casefold(): one for one in known}.get(kpi.strip().casefold())
    if found is None:
        near = text.did_you_mean(kpi, known) or "."
        raise UsageError(
            f"{a.committee.code} har inget nyckeltal eller eget mått '{kpi}'{near} Nämndens"
            f" nyckeltal är {text.listing(known)}."
        )
    return found


def _value(a: Analysis, kpi: str, period: str) -> str:
    """Return the own value of a KPI in a year as it is shown, or nothing."""
    if pace_of(period) != "år" or kpi not in a.evidence.number:
        return ""
    if int(period) not in a.evidence.whole.periods:
        return ""
    value = float(a.evidence.series(kpi)[a.evidence.whole.periods.index(int(period))])
    return (
        "" if value != value else text.gap(value, a.evidence.decimals(kpi)).replace(text.MINUS, "-")
    )
