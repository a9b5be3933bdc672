"""The five questions that a key figure's own values raise: which, in what order, and why."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from asking import ladder, planted
from prose import sentence_faults
from small_land import codes_of, kpi, observed

from malstyr_lib.questions import THEME_OF, Case, Setting
from malstyr_lib.questions.raised import ALWAYS, PER_THEME, RULES, fragelista


def land(folder: Path, own: list[float], **more: Any) -> Case:
    """Forty municipalities, the others 1, 2 … 39 every year; high is good."""
    return planted(folder, [ladder(40, len(own), own=own)], [kpi(1)], **more).case("N00001")


def why(case: Case, number: int) -> str:
    """Why a question is raised by the figures themselves; "" when it isn't."""
    found = fragelista(case, how_many=99)
    return next((one.why for one in found if one.question.number == number and one.rule), "")


def focus(asked: Setting) -> list[str]:
    """The KPIs that any committee follows."""
    return list(dict.fromkeys(one for committee in asked.committees for one in committee.kpis))


def numbers(case: Case) -> list[int]:
    return [one.question.number for one in fragelista(case)]


def test_there_are_always_five_at_most_two_of_a_theme_and_each_says_why(
    asked: Setting,
) -> None:
    for kpi_id in focus(asked):
        found = fragelista(asked.case(kpi_id))
        themes = [THEME_OF[one.question.number] for one in found]
        assert len(themes) == 5
        assert max(themes.count(theme) for theme in themes) <= PER_THEME
        for one in found:
            assert not sentence_faults(one.why, secured=False), one.why


def test_a_figure_that_raises_nothing_gets_the_questions_that_are_always_worth_asking(
    tmp_path: Path,
) -> None:
    case = land(tmp_path, [20.5, 20.5, 20.5])
    assert numbers(case) == list(ALWAYS)
    assert all(one.rule == 0 for one in fragelista(case))


def test_the_rules_are_tried_in_the_order_that_is_told(asked: Setting) -> None:
    for kpi_id in ("N15428", "N15505", "U21401", "N31816"):
        rules = [one.rule for one in fragelista(asked.case(kpi_id)) if one.rule]
        assert rules == sorted(rules)


def test_a_value_that_others_have_and_we_lack_is_asked_about_first(tmp_path: Path) -> None:
    case = land(tmp_path, [5.0, 5.0, np.nan])
    assert numbers(case)[0] == 9
    assert why(case, 9) == "Andra har värden för 2018, men Ort 0110 har inget efter 2017."


def test_a_value_that_nobody_has_yet_is_not_asked_about(tmp_path: Path) -> None:
    assert why(land(tmp_path, [5.0, 5.0, 5.0]), 9) == ""


def test_a_series_that_has_ended_is_asked_about(tmp_path: Path) -> None:
    ended = kpi(1, title="Mått, andel (%) (-2018)")
    case = planted(tmp_path, [ladder(40, 3, own=[5.0] * 3)], [ended]).case("N00001")
    assert why(case, 5) == "Rubriken säger att serien upphörde 2018."


def test_few_persons_are_asked_about_and_many_are_not(tmp_path: Path) -> None:
    base = kpi(2, "ingen", title="Elever, antal")
    for persons, raised in ((12.0, True), (120.0, False)):
        values = [ladder(40, 3, own=[5.0] * 3), np.full((40, 3), persons)]
        registry = [kpi(1, underlag="N00002"), base]
        case = planted(tmp_path / str(persons), values, registry).case("N00001")
        assert bool(why(case, 2)) is raised


def test_a_fall_that_we_are_alone_in_is_asked_about_and_a_common_one_is_not(
    tmp_path: Path,
) -> None:
    rng = np.random.default_rng(3)
    start = rng.normal(50, 5, 60)
    still = np.column_stack([start, start + rng.normal(0, 1, 60)])
    alone = still.copy()
    alone[0] = 50, 30
    case = planted(tmp_path / "ensam", [alone], [kpi(1)]).case("N00001")
    assert why(case, 15) == (
        "Ändringen från 2016 till 2017 är ovanlig: 59 av 59 andra rörde sig mer uppåt eller mindre"
        " nedåt."
    )
    fallen = np.column_stack([start, start - 20 + rng.normal(0, 1, 60)])
    case = planted(tmp_path / "alla", [fallen], [kpi(1)]).case("N00001")
    assert why(case, 15) == ""


def test_a_change_of_colour_is_asked_about_with_how_common_it_was(tmp_path: Path) -> None:
    case = land(tmp_path, [20.5, 20.5, 0.5])
    assert why(case, 18) == (
        "Färgen gick från gul 2017 till röd 2018; av 19 andra som var gula gjorde 0 samma byte."
    )
    assert why(land(tmp_path / "stilla", [0.5, 0.5, 0.5]), 18) == ""


def test_a_better_colour_is_beside_a_common_base_rate_and_a_worse_one_is_not(
    asked: Setting,
) -> None:
    chance = replace(asked, year=2023, at_hand={}).case("U21468")
    assert why(chance, 18).startswith("Färgen gick från röd 2022 till gul 2023")
    assert bool(why(chance, 35)) == (chance.evidence.shifts[-1].base_rate >= 0.2)
    worse = replace(asked, year=2024, at_hand={}).case("U21468")
    assert why(worse, 35) == ""


def test_barely_red_is_asked_about_with_the_distance(tmp_path: Path) -> None:
    case = land(tmp_path, [9.5, 9.5, 9.5])
    assert "knappt röd" in why(case, 20)
    assert why(land(tmp_path / "djupt", [-50.0] * 3), 20) == ""


def test_a_gap_between_women_and_men_twice_the_usual_is_asked_about(asked: Setting) -> None:
    assert why(asked.case("N15505"), 21)


@pytest.mark.parametrize(("gap", "raised"), [(12.0, True), (2.0, False)])
def test_a_gap_like_everybody_elses_is_not_asked_about(
    tmp_path: Path, gap: float, raised: bool
) -> None:
    areas, values = codes_of(40), ladder(40, 3, own=[20.5] * 3)
    genders = []
    for gender, sign in (("K", 1), ("M", -1)):
        away = np.full((40, 3), 1.0)
        away[0] = gap / 2
        told = observed([values + sign * away], ["N00001"], areas)
        genders.append(told.assign(gender=gender))
    case = planted(tmp_path, [values], [kpi(1)], more_values=pd.concat(genders)).case("N00001")
    assert bool(why(case, 21)) is raised


def test_a_slow_measure_that_is_red_is_asked_about(asked: Setting) -> None:
    assert why(asked.case("N31816"), 36).startswith("Måttet är trögrörligt")


def test_red_for_five_measurements_is_long_and_four_is_not(tmp_path: Path) -> None:
    assert why(land(tmp_path / "fem", [0.5] * 5), 10) == "Värdet har varit rött 5 mätningar i rad."
    assert why(land(tmp_path / "fyra", [0.5] * 4), 10) == ""


def test_reds_before_a_break_are_not_counted_as_in_a_row(tmp_path: Path) -> None:
    words = {"N00001": "Från och med 2019 gäller en ny definition."}
    assert why(land(tmp_path, [0.5] * 6, described=words), 10) == ""


def test_every_rule_is_told_in_the_method_in_its_order() -> None:
    method = (Path(__file__).parent.parent / "docs" / "metod.md").read_text(encoding="utf-8")
    for place, (number, _) in enumerate(RULES, 1):
        assert f"\n| {place} | {number} |" in method
