"""The goals of the council, and how far they are reached: coverage first, and bounds.

A level is reached, not reached or not known. A colour compares with others and reaches nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import pandas as pd

from malstyr_lib import markup, tables, text
from malstyr_lib.markup import Html, Source
from malstyr_lib.model import Committee, CommitteeGoal, CouncilGoal, Perspective
from malstyr_lib.report import wording, work
from malstyr_lib.report.follow_up import FollowUp
from malstyr_lib.report.levels import STATES, reached_words, rolled
from malstyr_lib.report.thread import TARGET_WORDS
from malstyr_lib.report.wording import label
from malstyr_lib.scoring.expected import RollUp

_SPANS: Final = ("Nådda, med det okända", "Nådda på senaste kända värde")
_ECONOMY: Final = "ekonomi"
COLOURS_ARE_NOT_GOALS: Final = (
    "Färgen jämför med andra kommuner. Den säger inte om ett mål är nått: det gör målnivån, och om"
    " målet därmed är uppfyllt bedömer fullmäktige."
)


def levels_words(f: FollowUp, goals: Iterable[CommitteeGoal]) -> str:
    """Return how many of the levels of some goals are reached, as sentences."""
    rows = _levels(f, goals)
    return reached_words(f.year, rows["this_year"].tolist(), rows["state"].tolist())


def _levels(f: FollowUp, goals: Iterable[CommitteeGoal]) -> pd.DataFrame:
    return f.standings[f.standings["goal"].isin({goal.id for goal in goals})]


def council_goals(f: FollowUp) -> Html:
    """Return every goal of the council: whose goals serve it, their levels, figures and work."""
    names = {one.id: one.name for one in f.model.perspectives}
    pieces = [_council_goal(f, one, names) for one in f.model.council_goals]
    if not pieces:
        return markup.note("Fullmäktige har inga mål i styrparametrarna.")
    return markup.joined([markup.paragraph(COLOURS_ARE_NOT_GOALS), *pieces])


def _council_goal(f: FollowUp, council: CouncilGoal, names: dict[str, str]) -> Html:
    mine = f.goals_of(council)
    start = [
        markup.heading(3, f"{council.id} {council.text}{text.EXAMPLE if council.example else ''}"),
        markup.paragraph(f"Perspektiv: {names[council.perspective]}. {_resting(council)}"),
    ]
    if not mine:
        words = f"Ingen nämnd har ett mål under fullmäktigemålet {f.year}, så det följs inte här."
        return markup.joined([*start, markup.note(words)])
    listed = [
        f"{goal.id} ({committee.name}): {goal.text}{text.EXAMPLE if goal.example else ''}"
        for committee, goal in mine
    ]
    goals = [goal for _, goal in mine]
    return markup.joined(
        [
            *start,
            markup.bullets(listed),
            markup.paragraph(" ".join(filter(None, _said(f, goals)))),
            *_figures(f, goals, f"Nyckeltalen under {council.id}"),
        ]
    )


def _resting(council: CouncilGoal) -> str:
    return f"Beslut: {council.decision}." if council.decision else "Inget beslut är inskrivet."


def _said(f: FollowUp, goals: Sequence[CommitteeGoal]) -> list[str]:
    """Return the sentences on some goals: figures to follow, levels reached, and the work."""
    if not any(goal.kpis for goal in goals):
        follows = "Målen under har inga nyckeltal, så de går inte att följa i siffror."
        return [follows, work_words(f, goals)]
    return [levels_words(f, goals), work_words(f, goals)]


def work_words(f: FollowUp, goals: Iterable[CommitteeGoal]) -> str:
    """Return how many activities there are for some goals and how they go, as a sentence."""
    ids = {goal.id for goal in goals}
    mine = [one for one in f.activities if one.goal in ids]
    if not mine:
        none = f"Ingen aktivitet {f.year} är inskriven för målet."
        return none if f.activities else ""  # where there are none at all that is said once
    late = sum(one.late(f.day) for one in mine)
    counts = [f"{amount} {word}" for word, amount in work.statuses(mine).items() if amount]
    behind = f" Den {text.day(f.day)} var {late} {'försenade' if late > 1 else 'försenad'}."
    amount = text.count(len(mine), "aktivitet", "aktiviteter")
    return f"{amount} för målet: {text.listing(counts)}.{behind if late else ''}"


def _figures(f: FollowUp, goals: Sequence[CommitteeGoal], caption: str) -> list[Html]:
    """Return the goals' KPIs with newest value, its year, colour, level and how it stands."""
    rows = [_row(f, goal, kpi) for goal in goals for kpi in goal.kpis]
    if not rows:
        return []
    words = f"{caption}: senaste kända värde och målnivå. {text.OWN_PROCESSING}."
    return [markup.table(pd.DataFrame(rows), words, numeric=("År",))]


def _row(f: FollowUp, goal: CommitteeGoal, kpi_id: str) -> dict[str, object]:
    kpi, a = f.model.kpi(kpi_id), f.a
    rows = f.standings
    level = rows[(rows["goal"] == goal.id) & (rows["kpi"] == kpi_id)].to_dict("records")
    aims = "; ".join(f"{one['level']} senast {one['by']}" for one in level)
    states = "; ".join(_state_words(one, f.year) for one in level)
    start: dict[str, object] = {"Nyckeltal": label(kpi), "Mål": goal.id}
    end = {"Målnivå": aims or "ingen satt", "Läge": states or text.NO_VALUE}
    now = f.newest(kpi_id)
    if now is None:
        nothing = {"Värde": text.NO_VALUE, "År": text.NO_VALUE}
        return start | nothing | {"Färg": markup.STATUS[tables.GREY].label} | end
    source = Source(kpi_id, int(now["period"]), a.own)
    return (
        start
        | {
            "Värde": markup.number(float(now["value"]), a.decimals(kpi), source),
            "År": str(now["period"]),
            "Färg": wording.sure_colour_words(a, now),
        }
        | end
    )


def _state_words(level: Mapping[Any, Any], year: int) -> str:
    """Return how a level stands, and by which year's value where it is not the report's."""
    words = TARGET_WORDS[level["state"]]
    if level["state"] == "unknown" or level["period"] == year:
        return words
    return f"{words} (värdet för {level['period']})"


def perspectives(f: FollowUp) -> Html:
    """Return every perspective in a row: goals, KPIs, levels, and how many of them are reached."""
    rows = [_perspective(f, one) for one in f.model.perspectives]
    every = [goal for one in f.committees for goal in one.goals]
    rows.append({"Perspektiv": "Alla", **_amounts(f, every)})
    caption = f"Perspektiven {f.year}: mål, nyckeltal och målnivåer. {text.OWN_PROCESSING}."
    lacking = [one for row in (_lacking(f, one) for one in f.model.perspectives) for one in row]
    return markup.joined(
        [
            markup.table(pd.DataFrame(rows), caption, numeric=_SPANS),
            *([markup.bullets(lacking)] if lacking else []),
        ]
    )


def of_perspective(f: FollowUp, perspective: Perspective) -> list[CommitteeGoal]:
    """Return the committees' goals in force in a perspective."""
    return [goal for goal in f.goals if goal.perspective == perspective.id]


def _perspective(f: FollowUp, perspective: Perspective) -> dict[str, object]:
    return {"Perspektiv": perspective.name, **_amounts(f, of_perspective(f, perspective))}


def _amounts(f: FollowUp, goals: Sequence[CommitteeGoal]) -> dict[str, object]:
    levels = _levels(f, goals)
    found, newest = rolled(levels["this_year"]), rolled(levels["state"])
    return {
        "Mål": len(goals),
        "Nyckeltal": len({kpi for goal in goals for kpi in goal.kpis}),
        "Målnivåer": len(levels),
        f"Prövade med värden för {f.year}": found.met + found.missed,
        "Av dem nådda": found.met,
        _SPANS[0]: _span(found),
        _SPANS[1]: _span(newest),
        "Aktiviteter": sum(one.goal in {goal.id for goal in goals} for one in f.activities),
    }


def _span(found: RollUp) -> str:
    """Return how many levels are reached, between bounds where some are unknown."""
    if not found.met + found.missed + found.unknown:
        return text.NO_VALUE
    return f"{found.met}–{found.met + found.unknown}" if found.unknown else str(found.met)


def _lacking(f: FollowUp, perspective: Perspective) -> list[str]:
    """Return which committees have no goal in a perspective, as a sentence, or nothing."""
    without: list[Committee] = [
        one
        for one in f.committees
        if not any(goal.perspective == perspective.id for goal in one.goals)
    ]
    if not without:
        return []
    names = text.listing([one.name for one in without])
    return [f"Inget mål i perspektivet {perspective.name} {f.year}: {names}."]


def economy(f: FollowUp) -> Html:
    """Return god ekonomisk hushållning: the financial goals, then the operational ones."""
    money = [one for one in f.model.perspectives if is_financial(one)]
    rest = [one for one in f.model.perspectives if not is_financial(one)]
    return markup.joined(
        [
            markup.heading(3, "Finansiella mål"),
            *_financial(f, money),
            markup.heading(3, "Verksamhetsmål"),
            *_operational(f, rest),
        ]
    )


def is_financial(perspective: Perspective) -> bool:
    """Return whether a perspective's goals are the financial ones: it is called ekonomi."""
    return _ECONOMY in (perspective.id.casefold(), perspective.name.casefold())


def _financial(f: FollowUp, money: Sequence[Perspective]) -> list[Html]:
    if not money:
        words = (
            "Inget perspektiv heter Ekonomi i styrmodell.yaml, så det går inte att säga vilka mål"
            " som är finansiella."
        )
        return [markup.note(words)]
    goals = of_economy(f, financial=True)
    if not goals:
        return [markup.note(f"Ingen nämnd har ett finansiellt mål {f.year}.")]
    listed = [f"{goal.id} {goal.text}{text.EXAMPLE if goal.example else ''}" for goal in goals]
    return [
        markup.bullets(listed),
        markup.paragraph(" ".join(filter(None, _said(f, goals)))),
        *_figures(f, goals, "Finansiella mål"),
    ]


def _operational(f: FollowUp, rest: Sequence[Perspective]) -> list[Html]:
    goals = of_economy(f, financial=False)
    if not goals:
        return [markup.note(f"Ingen nämnd har ett verksamhetsmål {f.year}.")]
    lines = [f"{one.name}: {_short(f, of_perspective(f, one))}" for one in rest]
    return [
        markup.paragraph(
            f"{text.count(len(goals), 'verksamhetsmål', 'verksamhetsmål')} gällde {f.year}."
            f" {levels_words(f, goals)}"
        ),
        markup.bullets(lines),
    ]


def _short(f: FollowUp, goals: Sequence[CommitteeGoal]) -> str:
    if not goals:
        return "Inga mål."
    return levels_words(f, goals)


def counted(f: FollowUp) -> list[dict[str, Any]]:
    """Return every number of levels that the sentences say: what, for which goals, how many."""
    groups = {
        "alla": f.goals,
        "finansiella mål": of_economy(f, financial=True),
        "verksamhetsmål": of_economy(f, financial=False),
        **{f"perspektiv {one.id}": of_perspective(f, one) for one in f.model.perspectives},
        **{one.id: [goal for _, goal in f.goals_of(one)] for one in f.model.council_goals},
    }
    return [_counted(f, name, goals) for name, goals in groups.items()]


def of_economy(f: FollowUp, *, financial: bool) -> list[CommitteeGoal]:
    """Return the goals of the financial perspectives, or of the others."""
    chosen = [one for one in f.model.perspectives if is_financial(one) == financial]
    return [goal for one in chosen for goal in of_perspective(f, one)]


def _counted(f: FollowUp, name: str, goals: Sequence[CommitteeGoal]) -> dict[str, Any]:
    levels = _levels(f, goals)
    states = levels["state"].tolist()
    found, newest = rolled(levels["this_year"]), rolled(levels["state"])
    mine = [one for one in f.activities if one.goal in {goal.id for goal in goals}]
    return {
        "group": name,
        "goals": len(goals),
        "kpis": len({kpi for goal in goals for kpi in goal.kpis}),
        "levels": len(states),
        "known": found.met + found.missed,
        "most": found.met + found.unknown,
        "newest_most": newest.met + newest.unknown,
        **{one: levels["this_year"].tolist().count(one) for one in STATES},
        **{f"newest_{one}": states.count(one) for one in STATES},
        "lower": 100 * found.lower,
        "upper": 100 * found.upper,
        "activities": len(mine),
        "activities_late": sum(one.late(f.day) for one in mine),
    }
