"""Goals followed up to a stop day: what is reached, what is not, and what nobody can know."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from conftest import Exercise
from following import committee, followed, goal, planted, stops
from hypothesis import strategies as st
from properties import property_test
from small_land import catalogue

from malstyr_lib import tables
from malstyr_lib.report import goals, work
from malstyr_lib.report.kinds import KINDS, subjects
from malstyr_lib.report.levels import reached_words, rolled
from malstyr_lib.report.stop_day import ANNUAL, INTERIM, AtStop, stop_of

ALL_KNOWN = date(2026, 12, 1)
"""A stop day after the fetch: whatever was fetched was known."""


def state_of(exercise: Exercise, *level: Any, **more: Any) -> str:
    """How one planted level stands in 2025 with everything known."""
    model = planted(
        exercise, committee("bn", goal("BN1", level)), **stops("ars", 2025, ALL_KNOWN), **more
    )
    (state,) = followed(exercise, model).standings["this_year"]
    return str(state)


# --- levels ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "words"), [("ars", "Årsredovisning"), ("delar", "Delårsrapport")])
def test_a_follow_up_is_one_for_the_whole_municipality(
    exercise: Exercise, kind: str, words: str
) -> None:
    (one,) = subjects(KINDS[kind], exercise.model, 2025)
    assert (one.slug, one.name) == ("kommunen", "Övninge")
    assert KINDS[kind].titled(one, 2025, "Övninge") == f"{words} 2025 – Övninge"


@pytest.mark.parametrize(
    ("level", "state"),
    [
        (("N15428", "bli grönt", 2028), "met"),  # green in 2025 by its own effort
        (("N31816", "lämna rött", 2028), "not_yet"),  # red every year
        (("N31816", "lämna rött", 2025), "late"),
        (("N00090", "högst 8,8", 2025), "met"),  # 8.8 in 2025
        (("N00090", "högst 8,7", 2025), "late"),
        (("U21401", "bli grönt", 2028), "unknown"),  # the series ended in 2024
    ],
)
def test_a_level_is_met_not_met_in_time_or_not_known_as_it_was_planted(
    exercise: Exercise, level: tuple[str, str, int], state: str
) -> None:
    assert state_of(exercise, *level) == state


def test_an_older_value_is_never_counted_as_the_years_own(exercise: Exercise) -> None:
    model = planted(exercise, committee("ks", goal("KS1", ("N00090", "högst 8,8", 2028))))
    f = followed(exercise, model)  # it comes in June, after the assumed stop day in March
    (row,) = f.standings.to_dict("records")
    assert (row["state"], row["period"], row["this_year"]) == ("met", 2024, "unknown")
    assert goals.levels_words(f, [one for _, one in f.in_force]) == (
        "Den enda målnivån går inte att pröva med ett värde för 2025."
        " Med det senaste kända värdet, som är äldre, är den nådd."
    )
    assert "● Nådd (värdet för 2024)" in goals.council_goals(f).html


def test_a_value_too_old_to_say_anything_reaches_no_level(exercise: Exercise) -> None:
    model = planted(exercise, committee("bn", goal("BN1", ("N15428", "minst 1", 2030))))
    f = followed(exercise, model)
    seen = f.a.evidence.observations
    early = replace(f.a.evidence, observations=seen[seen["period"] < 2019])
    f.__dict__["a"] = replace(f.a, evidence=early)
    (row,) = f.standings.to_dict("records")
    assert row["state"] == "unknown"
    assert row["reason"] == (
        "minst 1 senast 2030: senaste uppgiften är från 2018, för gammal för att pröva"
    )


# --- goals -----------------------------------------------------------------------------------


def test_goals_in_force_the_reports_year_are_followed_and_no_others(exercise: Exercise) -> None:
    kept = [
        goal("A", kpis=("N15428",), until=2025),
        goal("B", kpis=("N15505",), until=2024),
        goal("C", kpis=("N31816",), since=2026),
    ]
    f = followed(exercise, planted(exercise, committee("bn", *kept)))
    assert [one.id for _, one in f.in_force] == ["A"]
    assert [kpi.id for kpi in f.a.kpis] == ["N15428"]


def test_a_goal_without_figures_levels_or_committee_is_said_to_be_so_and_never_reached(
    exercise: Exercise,
) -> None:
    bare = committee("bn", goal("BN1"), goal("BN2", kpis=("N15428",), council_goal="KF2"))
    model = planted(exercise, bare, committee("ks"))
    page = repr(goals.council_goals(followed(exercise, model)))
    assert "Målen under har inga nyckeltal, så de går inte att följa i siffror." in page
    assert "Inga målnivåer är satta, så det går inte att säga hur långt målet har nått." in page
    assert not re.search(r"\buppfyllt\b(?! bedömer)|\bnådda?\b(?!:)", page.partition("KF1")[2])


def test_a_council_goal_that_no_committee_serves_is_said_to_be_so(exercise: Exercise) -> None:
    model = planted(exercise, committee("bn", goal("BN1", kpis=("N15428",))))
    page = repr(goals.council_goals(followed(exercise, model)))
    assert "Ingen nämnd har ett mål under fullmäktigemålet 2025, så det följs inte här." in page


def test_a_committee_without_goals_is_named_in_every_perspective(exercise: Exercise) -> None:
    model = planted(exercise, committee("bn", goal("BN1", kpis=("N15428",))), committee("ks"))
    page = repr(goals.perspectives(followed(exercise, model)))
    assert "Inget mål i perspektivet Invånare 2025: Nämnden KS." in page
    assert "Inget mål i perspektivet Ekonomi 2025: Nämnden BN och Nämnden KS." in page


def test_financial_goals_are_those_of_the_perspective_called_ekonomi(exercise: Exercise) -> None:
    money = goal("KS1", ("N03102", "minst 99", 2025), perspective="ekonomi")
    school = goal("BN1", ("N15428", "bli grönt", 2028))
    model = planted(
        exercise,
        committee("ks", money),
        committee("bn", school),
        **stops("ars", 2025, ALL_KNOWN),
    )
    first, _, second = repr(goals.economy(followed(exercise, model))).partition("Verksamhetsmål")
    assert "Den enda målnivån blev inte nådd i tid, med värdet för 2025." in first
    assert "KS1" in first
    assert "BN1" not in first
    assert "Den enda målnivån är nådd, med värdet för 2025." in second


def test_without_a_perspective_called_ekonomi_no_goal_is_called_financial(
    exercise: Exercise,
) -> None:
    kept = tuple(one for one in exercise.model.perspectives if one.id != "ekonomi")
    model = planted(exercise, committee("bn", goal("BN1", kpis=("N15428",))), perspectives=kept)
    page = repr(goals.economy(followed(exercise, model)))
    assert "Inget perspektiv heter Ekonomi i styrmodell.yaml" in page


# --- what was known --------------------------------------------------------------------------


def test_without_a_decided_stop_day_one_is_assumed_and_said(exercise: Exercise) -> None:
    model = planted(exercise, committee("bn"))
    assert stop_of(model, INTERIM, 2025).day == date(2025, 8, 31)
    assert stop_of(model, ANNUAL, 2025).day == date(2026, 3, 31)
    assert "Här antas den 31 augusti 2025" in stop_of(model, INTERIM, 2025).words


def test_a_decided_stop_day_is_found_by_its_kind_and_year_and_nothing_is_assumed(
    exercise: Exercise,
) -> None:
    found = stop_of(exercise.model, INTERIM, 2026)
    assert (found.day, found.words) == (date(2026, 9, 11), "")
    assert stop_of(exercise.model, ANNUAL, 2026).day == date(2027, 2, 12)


def test_what_came_after_the_stop_day_was_not_known_and_what_came_before_it_was(
    exercise: Exercise,
) -> None:
    kpis = ("N15428", "N00090", "U00200", "U21401")
    f = followed(exercise, planted(exercise, committee("bn", goal("BN1", kpis=kpis))))
    rows = {row["kpi"]: (row["newest"], row["answer"]) for row in f.known.to_dict("records")}
    assert rows == {
        "N15428": (2025, "there"),  # September 2025
        "N00090": (2024, "after"),  # June 2026
        "U00200": (2025, "undated"),
        "U21401": (2024, "ended"),
    }
    newest = f.a.evidence.observations.groupby("kpi")["period"].max()
    assert newest["N15428"] == 2025
    assert newest["N00090"] == 2024


def test_what_was_fetched_by_the_stop_day_was_known_whatever_its_day(exercise: Exercise) -> None:
    bn = committee("bn", goal("BN1", kpis=("N00090", "N15428")))
    f = followed(exercise, planted(exercise, bn, **stops("ars", 2025, ALL_KNOWN)))
    assert f.known["answer"].tolist() == ["there", "there"]
    assert f.then == "när värdena hämtades"


def test_a_yearly_value_of_no_told_day_is_not_known_before_the_year_is_over(
    exercise: Exercise,
) -> None:
    bn = committee("bn", goal("BN1", kpis=("U00200",)))
    (row,) = followed(exercise, planted(exercise, bn), INTERIM).known.to_dict("records")
    assert (row["newest"], row["answer"]) == (2024, "unclear")


def at_stop(published: date, year: int, stop: date, early: date | None = None) -> AtStop:
    """A snapshot fetched long after, of one KPI whose value of a year came on a day."""
    told = {
        "publication_date": published.isoformat(),
        "prel_publication_date": early.isoformat() if early else None,
        "publ_period": str(year),
    }
    rows = catalogue({"N00001": "Mått"}).assign(**told)
    snapshot = SimpleNamespace(kpis=rows, fetched=datetime(2040, 1, 1, tzinfo=UTC))
    return AtStop(snapshot, stop)  # type: ignore[arg-type]


def every_year() -> pd.DataFrame:
    years = list(range(2010, 2031))
    cells: dict[str, Any] = {name: ["x"] * len(years) for name in tables.OBSERVATIONS}
    cells |= {"kpi": ["N00001"] * len(years), "period": years, "value": [1.0] * len(years)}
    return tables.frame(tables.OBSERVATIONS, cells)


DAYS = st.dates(date(2019, 1, 1), date(2023, 12, 27))


@property_test(DAYS, st.integers(2018, 2023), DAYS)
def test_exactly_the_years_whose_day_had_come_are_known(
    published: date, year: int, stop: date
) -> None:
    published = min(published, published.replace(day=28))
    seen = set(at_stop(published, year, stop).seen(every_year())["period"])
    for period in range(2010, 2031):
        day = published.replace(year=published.year + period - year)
        assert (period in seen) == (day <= stop)


@property_test(DAYS, st.integers(1, 300), DAYS)
def test_a_preliminary_value_is_known_from_its_own_day(
    published: date, days: int, stop: date
) -> None:
    published = min(published, published.replace(day=28))
    early = published - timedelta(days=days)
    with_early = at_stop(published, 2020, stop, early).seen(every_year())
    without = at_stop(published, 2020, stop).seen(every_year())
    assert set(without["period"]) <= set(with_early["period"])


# --- bounds ----------------------------------------------------------------------------------

STATES = st.lists(st.sampled_from(["met", "not_yet", "late", "unknown"]), max_size=40)


@property_test(STATES, st.randoms())
def test_the_bounds_hold_whatever_the_unknown_turn_out_to_be(found: list[str], random: Any) -> None:
    if not found:
        return
    told = rolled(found)
    turned = [random.choice(["met", "late"]) if one == "unknown" else one for one in found]
    share = turned.count("met") / len(found)
    assert told.lower - 1e-9 <= share <= told.upper + 1e-9


@property_test(STATES)
def test_never_one_figure_when_anything_is_unknown_and_coverage_first(found: list[str]) -> None:
    words = reached_words(2025, found, found)
    unknown = found.count("unknown")
    if len(found) < 2 or unknown == len(found):
        assert "Nådda är" not in words
        return
    assert bool(re.search(r"mellan|\d eller \d", words)) == (unknown > 0)
    if unknown:
        assert words.startswith(f"{len(found) - unknown} av {len(found)} målnivåer går att pröva")


def test_the_bounds_of_many_levels_are_said_as_shares() -> None:
    found = ["met"] * 5 + ["not_yet"] * 6 + ["late"] + ["unknown"] * 14
    assert reached_words(2025, found, found) == (
        "12 av 26 målnivåer går att pröva med värden för 2025: 5 är nådda, 6 är inte nådda än och"
        " 1 blev inte nådd i tid. Nådda är mellan 19 och 73\u00a0% av målnivåerna."
    )


# --- work ------------------------------------------------------------------------------------


def test_what_should_have_been_done_is_late_from_the_day_after(exercise: Exercise) -> None:
    one = exercise.model.activities[0]
    stop = {"start": date(2025, 2, 1), "stop": date(2025, 8, 31), "status": "pågår"}
    given = [
        one.model_copy(update=stop | {"id": "A1"}),
        one.model_copy(update=stop | {"id": "A2", "stop": date(2025, 8, 30)}),
        one.model_copy(update=stop | {"id": "A3", "status": "klar"}),
        one.model_copy(update=stop | {"id": "A4", "start": date(2026, 1, 1)}),
    ]
    bn = committee("bn", goal(one.goal, kpis=("N15428",)))
    model = planted(exercise, bn, activities=tuple(given))
    f = followed(exercise, model, INTERIM)
    assert [one.id for one in f.activities if one.late(f.day)] == ["A2"]
    assert work.activities_words(f) == (
        "3 aktiviteter 2025: 1 klar och 2 pågår. Den 31 augusti 2025 var 1 försenad."
    )


def test_activities_of_other_years_are_counted_and_not_passed_over(exercise: Exercise) -> None:
    one = exercise.model.activities[0]
    later = {"start": date(2026, 1, 1), "stop": date(2026, 8, 31), "status": "planerad"}
    done = {"start": date(2024, 1, 1), "stop": date(2024, 8, 31), "status": "klar"}
    given = [
        one.model_copy(update=later | {"id": "A1"}),
        one.model_copy(update=done | {"id": "A2"}),
    ]
    bn = committee("bn", goal(one.goal, kpis=("N15428",)))
    for amount, said in ((1, "1 aktivitet hör till ett annat år."), (2, "2 aktiviteter hör till")):
        f = followed(exercise, planted(exercise, bn, activities=tuple(given[:amount])))
        assert work.activities_words(f).startswith("Inga aktiviteter 2025 är inskrivna")
        assert said in work.activities_words(f)


def test_a_year_without_work_or_expectations_says_so(exercise: Exercise) -> None:
    f = followed(exercise, planted(exercise, committee("bn", goal("BN1", kpis=("N15428",)))))
    assert "Inga aktiviteter 2025 är inskrivna" in repr(work.activities(f))
    assert "andra år" not in repr(work.activities(f))
    assert "Ingen har skrivit ner vad som väntades för 2025" in repr(work.expectations(f))
