"""What `bedom` prints: any view of KPIs, or of all of them together, as a table or as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from malstyr_lib import text
from malstyr_lib.cli import show
from malstyr_lib.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd

    from malstyr_lib.model import Committee, SteeringModel
    from malstyr_lib.report.views import View
    from malstyr_lib.scoring.evidence import Evidence
    from malstyr_lib.store import Snapshot


@dataclass(frozen=True)
class Question:
    """What is asked of `bedom`; group and gender only for colours."""

    what: str
    kpis: Sequence[str]
    committee: str | None
    municipality: str | None
    years: str | None
    group: str | None
    gender: str | None


def say(
    asked: Question,
    model: SteeringModel,
    snapshot: Snapshot,
    earlier: Snapshot | None,
    *,
    json: bool,
) -> None:
    """Print the answer. UsageError for a question that can't be asked, with all that is wrong."""
    from malstyr_lib.report import views

    what = asked.what.casefold()
    _refuse(asked, what, earlier)
    if what == "blinda":
        _say_blind(asked, model, snapshot, json=json)
    elif what == "farg":
        _say_colours(asked, model, snapshot, json=json)
    elif what in ("vantat", "mal"):
        _say_whole(what, asked, model, snapshot, json=json)
    else:
        _say_view(views.named(what), asked, model, snapshot, earlier, json=json)


def _refuse(asked: Question, what: str, earlier: Snapshot | None) -> None:
    """Refuse options that the view has no use for, rather than pass over them in silence."""
    wrong = []
    if what != "farg" and (asked.group or asked.gender):
        wrong.append("--grupp och --kon gäller bara färg (--vad farg).")
    if what in ("blinda", "mal") and asked.kpis:
        wrong.append(f"--vad {what} gäller alla nyckeltal; skriv inga id.")
    if what == "blinda" and asked.committee:
        wrong.append("--vad blinda gäller det som ingen nämnd följer; skriv ingen --namnd.")
    if earlier is not None and what in ("farg", "vantat", "mal", "blinda"):
        wrong.append(f"--forra har ingen betydelse för --vad {what}.")
    if asked.committee and asked.kpis:
        wrong.append("Skriv antingen nyckeltal eller --namnd.")
    if wrong:
        raise UsageError(" ".join(wrong))


def _chosen(asked: Question, model: SteeringModel, snapshot: Snapshot) -> list[str]:
    """Return the KPIs asked about: those named, a committee's, or all committees'.

    Of a committee's, those that the snapshot has values of.
    """
    if asked.kpis:
        return list(asked.kpis)
    focus = dict.fromkeys(kpi for one in _committees(asked, model) for kpi in one.kpis)
    return [kpi for kpi in focus if kpi in snapshot.manifest["values"]]


def _committees(asked: Question, model: SteeringModel) -> Sequence[Committee]:
    """Return the committee asked about, or all of them."""
    from malstyr_lib.report.analysis import committee_named

    return [committee_named(model, asked.committee)] if asked.committee else model.committees


def _span(words: str | None) -> tuple[int, int] | None:
    """Return the first and last year asked for, if any."""
    from malstyr_lib.grounds.named import years_of

    years = years_of(words)
    return (years[0], years[-1]) if years else None


def _evidence(
    asked: Question, model: SteeringModel, snapshot: Snapshot, earlier: Snapshot | None = None
) -> Evidence:
    from malstyr_lib.grounds.basis import evidence_of

    span = _span(asked.years)
    return evidence_of(
        model,
        snapshot,
        _chosen(asked, model, snapshot),
        municipality=asked.municipality,
        year=span[1] if span else None,
        earlier=earlier,
    )


def _say_view(
    view: View,
    asked: Question,
    model: SteeringModel,
    snapshot: Snapshot,
    earlier: Snapshot | None,
    *,
    json: bool,
) -> None:
    from malstyr_lib.report import views

    found = _evidence(asked, model, snapshot, earlier)
    table = view.table(found, _span(asked.years))
    if json:
        show.as_json(show.records(table))
        return
    show.snapshot_line(snapshot)
    for kpi in found.kpis:
        rows = views.rows(view, table[table["kpi"] == kpi.id], found.decimals(kpi.id))
        _say_kpi(kpi.id, found.titles, list(view.columns), rows or view.nothing)


def _say_kpi(
    kpi: str, titles: dict[str, str], headings: Sequence[str], rows: list[list[str]] | str
) -> None:
    print(f"\n{kpi} {titles.get(kpi, '')}")
    if isinstance(rows, str):
        print(rows)
    else:
        show.as_table(headings, rows)


def _say_colours(asked: Question, model: SteeringModel, snapshot: Snapshot, *, json: bool) -> None:
    from malstyr_lib.report.judge import HEADINGS, decimals_of, judge, judged_rows

    scores = judge(
        model,
        snapshot,
        _chosen(asked, model, snapshot),
        municipality=asked.municipality,
        years=asked.years,
        group=asked.group or "alla",
        gender=asked.gender or "T",
    )
    if json:
        show.as_json(show.records(scores))
        return
    titles = dict(zip(snapshot.kpis["id"], snapshot.kpis["title"], strict=True))
    show.snapshot_line(snapshot)
    for one in dict.fromkeys(scores["kpi"]):
        rows = judged_rows(scores[scores["kpi"] == one], decimals_of(snapshot, one))
        _say_kpi(one, titles, HEADINGS, rows)
    if scores.empty:
        print("Inget värde att bedöma.")


def _say_whole(
    what: str, asked: Question, model: SteeringModel, snapshot: Snapshot, *, json: bool
) -> None:
    """Print the reds and shifts beside what to expect, or how the goals stand."""
    from malstyr_lib.scoring import overall

    found = _evidence(asked, model, snapshot)
    table = overall.expected(found)
    if what == "mal":
        table = overall.goals(found.now, _goals(asked, model))
    if json:
        show.as_json(show.records(table))
        return
    show.snapshot_line(snapshot)
    if what == "vantat":
        for row in table.to_dict("records"):
            print(f"\n{str(row['what']).capitalize()}: {row['reason']}.")
        return
    print(f"\n{overall.rolled_words(overall.rolled(table))}.")
    state = {"met": "utan rött", "missed": "med rött", "unknown": "går inte att säga"}
    rows = [
        [str(row[name]) for name in ("goal", "kpis", "red", "coloured")] + [state[row["state"]]]
        for row in table.to_dict("records")
    ]
    show.as_table(("Mål", "Nyckeltal", "Röda", "Med färg", "Läge"), rows)


def _goals(asked: Question, model: SteeringModel) -> dict[str, Sequence[str]]:
    return {goal.id: goal.kpis for one in _committees(asked, model) for goal in one.goals}


def _say_blind(asked: Question, model: SteeringModel, snapshot: Snapshot, *, json: bool) -> None:
    from malstyr_lib.grounds.basis import blind
    from malstyr_lib.grounds.named import own_of
    from malstyr_lib.report.analysis import report_year

    span = _span(asked.years)
    year = span[1] if span else report_year(model, snapshot)
    own = own_of(model, snapshot, asked.municipality)
    with show.progress(quiet=json) as steps:
        steps.step("Söker igenom alla nyckeltal i lagret")
        table = blind(model, snapshot, municipality=own, year=year, on_part=steps.advance)
    if json:
        show.as_json(show.records(table))
        return
    show.snapshot_line(snapshot)
    red = table["kind"] == "red"
    _say_spots("Röda som ingen nämnd följer", table[red])
    _say_spots("Utmärker sig, men saknar riktning och färg", table[~red])


def _say_spots(heading: str, spots: pd.DataFrame) -> None:
    print(f"\n{heading}: {len(spots)}")
    rows = [
        [
            row["kpi"],
            str(row["period"]),
            text.number(row["value"], text.decimals_for([row["value"]])),
            row["title"],
            row["reason"],
        ]
        for row in spots.to_dict("records")
    ]
    if rows:
        show.as_table(("Id", "År", "Värde", "Nyckeltal", "Varför"), rows)
