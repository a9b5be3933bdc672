"""The tables that a report's sentences are written from, by name, every value unrounded.

They go into data.json, so that each number in the prose can be traced. Every table is in long form,
with the KPI's id where a row is about one; several analyses give the same tables, all their rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, TypeAlias

import numpy as np
import pandas as pd

from malstyr_lib import chain, kpi_title, own, tables
from malstyr_lib.chain import Basis
from malstyr_lib.model import Measure, SteeringModel
from malstyr_lib.questions import Case, Setting
from malstyr_lib.questions.raised import Raised
from malstyr_lib.report import days, parts, raised, thread
from malstyr_lib.report.analysis import Analysis
from malstyr_lib.report.behind import rows_behind
from malstyr_lib.scoring import Evidence, findings, overall, sureness
from malstyr_lib.scoring.counted import counted
from malstyr_lib.scoring.groups import SMALLER_GROUPS

Tables: TypeAlias = dict[str, pd.DataFrame]


def _trends(e: Evidence) -> pd.DataFrame:
    """Return the trends; beyond: the share of the others on the side that has most of them."""
    found = findings.trends(e)
    return found.assign(beyond=found["percentile"].clip(lower=1 - found["percentile"]))


OF_EVIDENCE: Final[dict[str, Callable[[Evidence], pd.DataFrame]]] = {
    "counts": counted,
    "trends": _trends,
    "moves": findings.moves,
    "shifts": findings.shifts,
    "changes": findings.changes,
    "certainties": sureness.certainties,
    "agreements": sureness.agreements,
    "mobility": findings.mobility,
    "times": findings.times,
    "breaks": findings.breaks,
    "usual": findings.usual,
    "expected": overall.expected,
}
"""The findings of a committee's evidence, by the names they have in data.json."""
_PRECEDENT: Final = ("years", "known", "reached")
_ANSWER_FIGURES: Final = ("kpi", "question", "row", "column", "value")


def committee(a: Analysis, own_values: pd.DataFrame, asked: Setting) -> Tables:
    """Return everything that a committee's report is written from; asked: where it asks."""
    return {
        **of_analysis(a),
        **of_chain(a),
        **of_questions(a, asked),
        **of_calendar(a),
        **of_measures(a, own_values),
    }


def of_calendar(a: Analysis) -> Tables:
    """Return the days to come, and how many figures each report can have, by answer."""
    found = days.ahead(a)
    answers = found.within.groupby(["report", "answer"], sort=False).size().rename("amount")
    of = found.within.groupby("report").size().rename("of")
    stops = pd.DataFrame(
        [(one.id, one.name, one.year, one.stop.isoformat()) for one in found.reports],
        columns=["report", "name", "year", "stop"],
    )
    return {
        "days": found.events.rename(columns={"about": "kpi"}),
        "reports": stops.merge(answers.reset_index(), on="report", how="left").merge(
            of.reset_index(), on="report", how="left"
        ),
    }


def together(every: Iterable[Tables]) -> Tables:
    """Return the same tables of several analyses, all their rows below each other."""
    told = list(every)
    names = dict.fromkeys(name for one in told for name in one)
    return {
        name: pd.concat([one[name] for one in told if name in one], ignore_index=True)
        for name in names
    }


def of_analysis(a: Analysis) -> Tables:
    """Return what a committee's figures say: scores, findings, colours and goals."""
    return {
        "kpis": pd.DataFrame(
            [{"kpi": one.id, "direction": one.direction, "target": one.target} for one in a.kpis]
        ),
        "now": _with_border(a),
        "scores": a.scores,
        "latest": _latest(a),
        "groups": _in_groups(a),
        **{name: table(a.evidence) for name, table in OF_EVIDENCE.items()},
        "colours": _colours(a),
        "goals": _goals(a),
        "reds": reds(a.evidence, a.committee.slug),
    }


def reds(e: Evidence, committee: str = "") -> pd.DataFrame:
    """Return between which shares of reds most municipalities lie, and the own share."""
    return pd.DataFrame([{"committee": committee, **vars(overall.band(e))}])


def _latest(a: Analysis) -> pd.DataFrame:
    """Return the newest value and the newest colour of every KPI, also from before the report."""
    known = a.scores[a.scores["value"].notna()]
    coloured = a.scores[a.scores["colour"] != tables.GREY]
    newest = [rows.groupby("kpi", sort=False).tail(1) for rows in (known, coloured)]
    return pd.concat(newest).drop_duplicates(["kpi", "period"])


def _in_groups(a: Analysis) -> pd.DataFrame:
    """Return the scores of the same KPIs and years against the smaller groups."""
    shown = a.now[["kpi", "period"]]
    scored = [a.evidence.scored(kind).merge(shown) for kind in SMALLER_GROUPS]
    return pd.concat(scored, ignore_index=True)


def _with_border(a: Analysis) -> pd.DataFrame:
    """Return the scores that the report shows, with the value at which a red one is yellow."""
    signs = {"högt": 1.0, "lågt": -1.0}
    sign = [signs.get(a.model.kpi(kpi).direction, np.nan) for kpi in a.now["kpi"]]
    return a.now.assign(border=a.now["value"] + np.array(sign) * a.now["gap_to_yellow"])


def _colours(a: Analysis) -> pd.DataFrame:
    """Return how many KPIs there are of each colour, preliminary and unreviewed ones too."""
    counts = {
        **parts.counts(a),
        "coloured": parts.coloured(a),
        "preliminary": int(a.now["preliminary"].sum()),
        "better": sum(shift.better for shift in a.shifts),
        "worse": sum(not shift.better for shift in a.shifts),
        "unreviewed": sum(kpi.reviewed is None for kpi in a.kpis),
        "kpis": len(a.kpis),
    }
    return _amounts(a, counts)


def _goals(a: Analysis) -> pd.DataFrame:
    """Return how many goals are without red, and between which shares of them."""
    table = overall.goals(a.now, {goal.id: goal.kpis for goal in a.committee.goals})
    found = vars(overall.rolled(table))
    goals = a.committee.goals
    more = {"goals": len(goals), "examples": sum(goal.example for goal in goals)}
    return _amounts(a, {**found, "known": found["met"] + found["missed"], **more})


def _amounts(a: Analysis, counts: Mapping[str, float]) -> pd.DataFrame:
    rows = {"committee": a.committee.slug, "what": [*counts], "amount": [*counts.values()]}
    return pd.DataFrame(rows)


def of_chain(a: Analysis) -> Tables:
    """Return how the goal chain stands: targets, expectations, coverage, questions that wait."""
    basis = a.basis
    whole = next(one for one in a.model.committees if one.slug == a.committee.slug)
    covered, ledger = chain.coverage(basis), chain.ledger(basis, whole)
    mine = [one for one in a.model.questions if one.committee == a.committee.slug]
    states = {
        f"expectations {state}": int(n) for state, n in ledger["state"].value_counts().items()
    }
    targets, work = _targets(a, basis), Counter(one.status for one in thread.shown_activities(a))
    levels = {f"levels {state}": int(n) for state, n in targets["state"].value_counts().items()}
    counts = {
        "levels": len(targets),
        **levels,
        "activities": work.total(),
        **{f"activities {status}": n for status, n in work.items()},
        "activities other years": thread.left_out(basis.activities(a.committee), a.day.year),
    }
    waits = {"questions": len(mine), "unanswered": sum(one.answer is None for one in mine)}
    notes = [one for one in a.model.notes if one.committee == a.committee.slug]
    return {
        "targets": targets,
        "expectations": ledger,
        "coverage": covered[covered["committee"] == a.committee.slug],
        "chain": _amounts(a, {**states, **counts, **waits, "year": basis.today.year}),
        "notes": pd.DataFrame(
            [{"kpi": one.kpi, "period": one.period, "year": int(one.period[:4])} for one in notes]
        ),
    }


def _targets(a: Analysis, basis: Basis) -> pd.DataFrame:
    """Return the targets with what is left, and how many have ever done as much in as long."""
    asked = [one for goal in a.committee.goals for one in goal.targets]
    aims = [chain.aim(basis, a.model.kpi(one.kpi), one) for one in asked]
    found = [
        chain.precedent(basis, a.model.kpi(one.kpi), aim, one.by)
        for one, aim in zip(asked, aims, strict=True)
    ]
    more = {
        "left": [abs(aim.wanted - aim.value) for aim in aims],
        **{name: [getattr(one, name, None) for one in found] for name in _PRECEDENT},
    }
    return pd.concat([chain.standings(basis, a.committee), pd.DataFrame(more)], axis=1)


def of_questions(a: Analysis, asked: Setting) -> Tables:
    """Return the questions that the red KPIs raise, their answers and what these rest on.

    answer_figures: every number of the answers' tables in long form; row: what the line is of.
    """
    chosen = [kpi for kpi, _ in parts.rows(a, a.red)]
    told = [(kpi, one, answer) for kpi in chosen for one, answer in raised.answered(a, asked, kpi)]
    answers = [{**answer.row, "why": one.why, "rule": one.rule} for _, one, answer in told]
    figures = [
        {"kpi": kpi.id, "question": answer.question.number, **figure}
        for kpi, _, answer in told
        for figure in _figures(answer.underlag)
    ]
    cases = [raised.case_of(a, asked, kpi) for kpi in chosen]
    return {
        "answers": pd.DataFrame(answers),
        "answer_figures": pd.DataFrame(figures, columns=[*_ANSWER_FIGURES]),
        **behind(cases),
    }


def of_raised(told: Iterable[tuple[Case, Raised]]) -> Tables:
    """Return questions that KPIs raise, why each is asked, and what that rests on."""
    every = list(told)
    rows = [
        {
            "kpi": case.id,
            "question": one.question.number,
            "why": one.why,
            "rule": one.rule,
            "ended": kpi_title.ended_year(case.title),
        }
        for case, one in every
    ]
    return {"raised": pd.DataFrame(rows), **behind({case.id: case for case, _ in every}.values())}


def behind(cases: Iterable[Case]) -> Tables:
    """Return what questions and answers rest on beside their tables, by name."""
    found: dict[str, list[dict[str, Any]]] = {}
    for case in cases:
        for name, row in rows_behind(case):
            found.setdefault(name, []).append(row)
    return {name: pd.DataFrame(rows) for name, rows in found.items()}


def _figures(table: pd.DataFrame) -> Iterable[dict[str, Any]]:
    """Return every number of a table, with what its row and column are called."""
    for row in table.to_dict("records"):
        first = next(iter(row.values()))
        for column, value in row.items():
            if isinstance(value, int | float | np.integer) and not isinstance(value, bool):
                yield {"row": str(first), "column": str(column), "value": float(value)}


def of_measures(a: Analysis, own_values: pd.DataFrame) -> Tables:
    """Return how the committee's own measures stand, against their targets and beside Kolada."""
    mine = [one for one in a.model.measures if one.committee == a.committee.code]
    alone = of_own(a.model, mine, own_values)
    return alone | together(_beside(a, one, own_values) for one in mine)


def of_own(model: SteeringModel, measures: Iterable[Measure], own_values: pd.DataFrame) -> Tables:
    """Return how own measures stand against their targets, and what their averages hide."""
    names = own.part_names(model)
    return together(_measure(model, one, own_values, names) for one in measures)


def _measure(
    model: SteeringModel, one: Measure, own_values: pd.DataFrame, names: Mapping[str, str]
) -> Tables:
    history = own.with_history(model, own_values[own_values["measure"] == one.id])
    values = history.values
    standings = own.standings(one, values, names=names, breaks=history.breaks)
    return {
        "own_values": values,
        "own_standings": standings.assign(target=one.level.value if one.level else None),
        "own_parts": own.hidden_by_average(one, values, names=names),
    }


def _beside(a: Analysis, one: Measure, own_values: pd.DataFrame) -> Tables:
    """Return a measure's years beside Kolada's of the KPI that it names, where there is one."""
    if one.kpi not in set(a.evidence.observations["kpi"]):
        return {}
    kpi, code = a.model.kpi(str(one.kpi)), a.own
    values = own.with_history(a.model, own_values[own_values["measure"] == one.id]).values
    beside = own.two_speeds(one, values, a.evidence.observations, kpi=kpi, municipality=code)
    about = {"measure": one.id, "kpi": kpi.id}
    usual = {name: getattr(beside, name) for name in ("usual", "lowest", "highest", "common")}
    begun = vars(beside.so_far) if beside.so_far else {}
    return {
        "beside_kolada": beside.years.assign(**about),
        "beside_usual": pd.DataFrame([about | usual | begun]),
    }
