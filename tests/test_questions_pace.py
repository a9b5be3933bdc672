"""Theme G: how fast can it go?"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from asking import ladder, planted
from small_land import FIRST, kpi

from malstyr_lib.model import FILE_NAME, Committee
from malstyr_lib.questions import Setting, answer, pace
from malstyr_lib.scoring.starters import similar_starters

QUESTIONS = (34, 35, 36, 37, 38)
AMONG = 80


def planted_in(folder: Path, values: Any, kpis: Any, **more: Any) -> Setting:
    """A land that is asked about at the end of its last year, so that no value is an old one."""
    last = FIRST + np.asarray(values).shape[2] - 1
    return planted(folder, values, kpis, **{"today": date(last, 12, 31)} | more)


def still(folder: Path, own: list[float], direction: str = "högt", **more: Any) -> Setting:
    """Eighty municipalities in which only the own value moves."""
    return planted_in(folder, [ladder(AMONG, len(own), own=own)], [kpi(1, direction)], **more)


def shuffled(folder: Path, own: list[float], direction: str = "högt", **more: Any) -> Setting:
    """Eighty municipalities that change places with each other by chance every year."""
    values = np.repeat(np.arange(1.0, AMONG)[:, None], len(own), axis=1)
    others = np.random.default_rng(3).permuted(values, axis=0)
    return planted_in(folder, [np.vstack([np.array(own), others])], [kpi(1, direction)], **more)


def waves(folder: Path, mine: list[float], rate: float = 1.0, **more: Any) -> Setting:
    """Eighty municipalities that all rise by as much every year, so that places stand still."""
    others = np.arange(1.0, AMONG)[:, None] + rate * np.arange(len(mine))
    return planted_in(folder, [np.vstack([np.array(mine), others])], [kpi(1)], **more)


def said(setting: Setting, number: int) -> Any:
    return answer(setting.case("N00001"), number)


# 34. Hur lång tid tog det för andra att gå från rött till grönt?


def test_the_time_to_green_is_that_of_all_red_spells(tmp_path: Path) -> None:
    found = said(shuffled(tmp_path, [40.0] * 8), 34)
    assert found.sakerhet == "ja"
    assert "röda perioder i alla kommuner 2016–2023 blev" in found.svar
    assert "% gröna inom 1 år, " in found.svar
    assert found.svar.endswith("; hälften inom 3 år.")
    assert found.underlag["Inom (år)"].tolist()[:2] == [1, 2]
    assert found.underlag["Blev gröna (%)"].is_monotonic_increasing
    assert "Trappdiagram" in found.diagram.alt


def test_where_nobody_has_become_green_it_is_said(tmp_path: Path) -> None:
    found = said(still(tmp_path, [40.0] * 6), 34)
    assert found.svar == (
        "Av 20 röda perioder i alla kommuner 2016–2021 har ingen setts bli grön; den längsta har"
        " följts i 5 år."
    )
    assert found.sakerhet == "troligen"


@pytest.mark.parametrize(
    ("values", "why"),
    [
        (np.full((40, 3), 5.0), "Ingen kommun har varit röd"),
        (ladder(40, 1, own=[0.0]), "röda perioder har följts, och ingen så länge som ett år"),
    ],
)
def test_without_a_spell_to_follow_there_is_no_time(tmp_path: Path, values: Any, why: str) -> None:
    found = said(planted(tmp_path, [values], [kpi(1)]), 34)
    assert found.sakerhet == "går inte att säga"
    assert why in found.varfor


def test_shares_that_are_written_alike_are_said_once() -> None:
    assert pace._shares([(1, 0.0), (2, 0.0), (3, 0.01), (5, 0.012)]) == [
        "ingen grön inom 2 år",
        "1\u00a0% gröna inom 3–5 år",
    ]
    assert pace._shares([(1, 0.1), (2, 0.2)]) == [
        "10\u00a0% gröna inom 1 år",
        "20\u00a0% inom 2 år",
    ]


BROKEN = {"N00001": "Från och med 2019 gäller en ny definition."}


@pytest.mark.parametrize("number", [34, 36])
def test_what_goes_over_a_break_says_so_and_is_only_likely(tmp_path: Path, number: int) -> None:
    found = said(waves(tmp_path, [float(year) for year in range(8)], described=BROKEN), number)
    assert found.sakerhet == "troligen"
    assert "Serien bröts 2019, och " in found.varfor
    whole = said(waves(tmp_path / "hel", [float(year) for year in range(8)]), number)
    assert "bröts" not in whole.varfor


# 35. Hade det blivit gult ändå?


def test_leaving_red_where_most_do_may_well_have_come_anyway(tmp_path: Path) -> None:
    found = said(shuffled(tmp_path, [5.0, 5, 5, 5, 40]), 35)
    assert found.svar.startswith(
        "Det kan mycket väl ha blivit så ändå: Ort 0110 lämnade rött 2020. Av andra kommuners röda"
        " år 2016–2020 följdes "
    )
    assert found.sakerhet == "troligen"
    assert "andra kommuner som var röda 2019 var" in found.varfor
    total = found.underlag.iloc[-1]
    assert total["Mellan"] == "Alla år"
    assert total["Röda före"] == found.underlag["Röda före"].iloc[:-1].sum()


def test_leaving_red_where_nobody_does_is_unusual(tmp_path: Path) -> None:
    values = ladder(AMONG, 5, own=[5.0, 5, 5, 5, 40]) + np.arange(5)
    found = said(planted(tmp_path, [values], [kpi(1)]), 35)
    assert found.svar.startswith("Det är ovanligt, men inte uteslutet: Ort 0110 lämnade rött 2020.")
    assert "följdes 0\u00a0% av ett år som inte var rött (0 av 76)" in found.svar


def test_the_base_rate_is_told_also_of_one_who_is_red(tmp_path: Path) -> None:
    assert said(shuffled(tmp_path, [5.0] * 5), 35).svar.startswith("Ort 0110 är röd 2020. Av andra")


def test_one_who_has_not_been_red_is_told_that_it_is_about_others(tmp_path: Path) -> None:
    found = said(shuffled(tmp_path, [5.0, 5, 40, 40, 40]), 35)
    assert found.svar.startswith(
        "Ort 0110 har inte varit röd 2018–2020, så svaret gäller andra kommuner. Av andra"
    )


def test_too_few_reds_have_no_base_rate(tmp_path: Path) -> None:
    found = said(planted(tmp_path, [ladder(10, 3, own=[0.0, 1, 2])], [kpi(1)]), 35)
    assert found.sakerhet == "går inte att säga"
    assert "Det krävs minst 20." in found.varfor


def test_the_story_of_chance_has_a_base_rate_beside_it(asked: Setting) -> None:
    found = answer(asked.case("U21468"), 35)
    assert "När Övninge lämnade rött 2022–2023 gällde detta: av 47 andra kommuner" in found.varfor
    assert "Det höll inte i sig: röd igen 2024." in found.varfor


# 36. Är måttet trögrörligt?


def test_places_that_stand_still_are_slow(tmp_path: Path) -> None:
    found = said(waves(tmp_path, [float(year) for year in range(8)]), 36)
    assert found.svar == (
        "Ja, måttet är trögrörligt: 100\u00a0% av de röda är röda också året efter. Räkna med mer"
        " än 20 år innan hälften av en skillnad i placering är borta."
    )
    assert found.sakerhet == "ja"
    assert "i 7 årspar; rangkorrelationen är i snitt 1,00" in found.varfor


def test_places_that_change_by_chance_are_quick(tmp_path: Path) -> None:
    found = said(shuffled(tmp_path, [40.0] * 8), 36)
    assert found.svar.startswith("Nej, platserna byts snabbt: ")


def test_the_story_of_the_slow_measure_counts_in_years(asked: Setting) -> None:
    found = answer(asked.case("N31816"), 36)
    assert "Räkna med omkring 9 år innan hälften" in found.svar
    assert found.underlag["Tal"].iloc[0] == pytest.approx(80, abs=1)


def test_a_mean_of_three_years_takes_three_years(tmp_path: Path) -> None:
    one = kpi(1, title="Skador, treårsmedelvärde, andel (%)")
    values = np.random.default_rng(3).normal(size=(AMONG, 8))
    found = answer(planted(tmp_path, [values], [one]).case("N00001"), 36)
    assert "Varje värde gäller 3 år tillsammans." in found.varfor


def test_too_few_years_are_neither_slow_nor_quick(tmp_path: Path) -> None:
    found = said(shuffled(tmp_path, [40.0] * 3), 36)
    assert found.sakerhet == "går inte att säga"
    assert "Det krävs minst fyra årspar med femtio kommuner." in found.varfor


# 37. Är målet rimligt?


def aiming(level: str, by: int) -> dict[str, Any]:
    """A committee whose goal has a target for the KPI."""
    goal = {
        "id": "M1",
        "text": "Ett mål.",
        "fullmäktigemål": "KF1",
        "perspektiv": "invånare",
        "nyckeltal": ["N00001"],
        "målnivåer": [{"nyckeltal": "N00001", "nivå": level, "senast": by}],
    }
    whole = {FILE_NAME: "bn", "kod": "BN", "namn": "Nämnd", "mål": [goal]}
    return {"model": {"committees": (Committee.model_validate(whole),)}}


def test_a_target_is_set_beside_what_has_ever_been_done(tmp_path: Path) -> None:
    found = said(waves(tmp_path, [10.0] * 6, **aiming("minst 12", 2023)), 37)
    assert found.svar.startswith("Målet ”minst 12” till 2023 kräver 2 procentenheter på 2 år. Av ")
    assert " fall där andra låg lika till som Ort 0110 blev det så i " in found.svar
    assert found.svar.endswith(
        ". 79 av 80 kommuner har någon gång, från vilken nivå som helst, förbättrats lika mycket på"
        " lika många år (99\u00a0%)."
    )
    assert found.sakerhet == "ja"
    assert found.underlag["Kvar"].tolist() == [2.0]


def test_a_target_that_nobody_has_reached_is_said_to_be_one(tmp_path: Path) -> None:
    found = said(waves(tmp_path, [10.0] * 6, **aiming("minst 40", 2023)), 37)
    assert "kräver 30 procentenheter på 2 år. Av " in found.svar
    assert "blev det så i inget. Ingen av 80 kommuner har någon gång" in found.svar


def test_a_target_that_none_who_stood_alike_tells_of_is_only_likely(tmp_path: Path) -> None:
    values = np.vstack([np.full(6, -900.0), np.arange(1.0, AMONG)[:, None] + np.arange(6)])
    setting = planted_in(tmp_path, [values], [kpi(1)], **aiming("minst -899", 2023))
    found = said(setting, 37)
    assert found.sakerhet == "troligen"
    assert "Färre än 20 fall låg lika till som Ort 0110." in found.varfor


def test_a_target_that_is_met_asks_for_nothing(tmp_path: Path) -> None:
    found = said(waves(tmp_path, [10.0] * 6, **aiming("minst 9", 2023)), 37)
    assert found.svar == (
        "Målet ”minst 9” till 2023 är redan nått: Ort 0110 har 10\u00a0% (2021), så det kräver"
        " ingen förbättring."
    )


def test_to_become_green_is_tried_by_todays_border(tmp_path: Path) -> None:
    found = said(waves(tmp_path, [10.0] * 6, **aiming("bli grönt", 2023)), 37)
    assert "Målet ”bli grönt” till 2023 kräver 55 procentenheter på 2 år." in found.svar


def test_a_target_whose_year_has_passed_has_no_time_left(tmp_path: Path) -> None:
    found = said(waves(tmp_path, [10.0] * 6, **aiming("minst 12", 2021)), 37)
    assert found.sakerhet == "går inte att säga"
    assert found.svar.startswith("Målet ”minst 12” till 2021 är inte nått")
    assert "ingen tid kvar" in found.varfor


def test_without_a_target_leaving_red_in_three_years_is_supposed(tmp_path: Path) -> None:
    found = said(waves(tmp_path, [0.0] * 6), 37)
    assert found.sakerhet == "troligen"
    assert found.svar.startswith("Om målet vore ”lämna rött” till 2024 skulle det kräva ")
    assert "Inget mål som gäller nu har en målnivå för N00001." in found.varfor
    assert "bara antagna" in found.varfor


def test_better_than_the_median_and_without_a_target_there_is_nothing_to_try(
    tmp_path: Path,
) -> None:
    found = said(waves(tmp_path, [70.0] * 6), 37)
    assert found.sakerhet == "går inte att säga"
    assert found.varfor.endswith("Skriv en målnivå under nämndens mål.")


def test_another_municipality_is_not_held_to_our_target(tmp_path: Path) -> None:
    target = aiming("minst 90", 2023)
    found = said(waves(tmp_path, [10.0] * 6, own="0111", **target), 37)
    assert "Målen för Ort 0111 är inte kända här." in found.varfor
    assert "minst 90" not in found.svar


# 38. Vad händer om vi inte gör något?


def test_similar_starters_are_those_as_far_from_their_years_median() -> None:
    values = np.arange(41.0)[:, None] + 3.0 * np.arange(6)
    one, two, three = similar_starters(values, 20, 5, periods=range(2016, 2022))
    assert [len(found.changes) for found in (one, two, three)] == [5 * 20, 4 * 20, 3 * 20]
    assert (one.at(0.1), two.at(0.5), three.at(0.9)) == (3.0, 6.0, 9.0)
    assert one.areas == 20


def test_no_change_goes_over_a_break_or_to_a_repeated_year() -> None:
    values = np.arange(41.0)[:, None] + 3.0 * np.arange(6)
    years = range(2016, 2022)
    one, two, _ = similar_starters(values, 20, 5, periods=years, breaks=[2018], repeated={2021})
    assert len(one.changes) == 3 * 20
    assert len(two.changes) == 1 * 20


def test_those_who_all_stand_alike_have_no_similar_starters() -> None:
    found = similar_starters(np.full((30, 4), 5.0), 0, 3, periods=range(4))
    assert [len(one.changes) for one in found] == [0, 0, 0]


def test_if_nothing_is_done_it_goes_as_for_those_who_stood_alike(tmp_path: Path) -> None:
    found = said(waves(tmp_path, [float(40 + year) for year in range(8)]), 38)
    assert found.svar == (
        "Ort 0110 har 47\u00a0% (2023). Om det går som för andra som låg lika till är värdet 2026"
        " omkring 50\u00a0%, och i åtta fall av tio mellan 50\u00a0% och 50\u00a0%."
    )
    assert found.sakerhet == "troligen"
    assert "ingen rät linje" in found.varfor
    assert found.underlag["År"].tolist() == ["2023 (nu)", "2024", "2025", "2026"]


def test_the_worst_are_expected_to_move_towards_the_middle(tmp_path: Path) -> None:
    found = said(shuffled(tmp_path, [5.0] * 8), 38).underlag
    assert found["Mitten"].iloc[1] > 20
    assert (found["Nio av tio över"] <= found["Mitten"]).all()
    assert (found["Mitten"] <= found["Nio av tio under"]).all()


def test_a_share_is_never_more_than_all_or_less_than_none(tmp_path: Path) -> None:
    found = said(waves(tmp_path, [float(75 + 3 * year) for year in range(8)], rate=3.0), 38)
    assert found.underlag["Nio av tio under"].max() <= 100


def test_too_few_who_stood_alike_say_how_many_it_takes(tmp_path: Path) -> None:
    found = said(planted_in(tmp_path, [ladder(8, 3, own=[2.0, 3, 2])], [kpi(1)]), 38)
    assert found.sakerhet == "går inte att säga"
    assert "Det krävs minst 20" in found.varfor


def stale(folder: Path, **more: Any) -> Setting:
    """A land whose first municipality has no value after 2020, while the others have theirs."""
    mine = [0.0] * 5 + [np.nan] * 5
    return waves(folder, mine, **more)


@pytest.mark.parametrize("number", [37, 38])
def test_nothing_is_foretold_from_a_value_that_is_five_years_old(
    tmp_path: Path, number: int
) -> None:
    found = said(stale(tmp_path), number)
    assert found.sakerhet == "går inte att säga"
    assert "har inget värde av N00001 efter 2020" in found.varfor
    assert "2023" not in found.svar


def test_nor_is_a_target_that_is_set_tried_against_one(tmp_path: Path) -> None:
    found = said(stale(tmp_path, **aiming("minst 12", 2027)), 37)
    assert found.sakerhet == "går inte att säga"
    assert found.svar.startswith("Målet ”minst 12” till 2027 är inte nått")


@pytest.mark.parametrize("number", [37, 38])
def test_a_series_that_ended_with_its_newest_value_has_no_more(tmp_path: Path, number: int) -> None:
    one = kpi(1, title="Mått 1, andel (%) (-2023)")
    values = np.arange(1.0, AMONG)[:, None] + np.arange(8)
    land = np.vstack([np.arange(8.0), values])
    found = answer(planted(tmp_path, [land], [one]).case("N00001"), number)
    assert found.sakerhet == "går inte att säga"
    assert "Serien upphörde 2023" in found.varfor


def test_a_supposed_target_lies_ahead_of_the_day_that_it_is_asked(tmp_path: Path) -> None:
    day = date(2023, 11, 26)
    assert "till 2026 skulle" in said(waves(tmp_path, [0.0] * 7, today=day), 37).svar


def test_a_value_that_could_be_there_already_is_not_foretold(tmp_path: Path) -> None:
    mine = [float(40 + year) for year in range(8)] + [np.nan]
    years = said(waves(tmp_path, mine), 38).underlag["År"].tolist()
    assert years == ["2023 (nu)", "2025", "2026"]


def test_others_counts_foretell_nothing_of_ours(tmp_path: Path) -> None:
    land = np.arange(float(AMONG))[:, None] + np.arange(8)
    setting = planted_in(tmp_path, [land], [kpi(1, title="Elever, antal")])
    found = answer(setting.case("N00001"), 38)
    assert found.sakerhet == "går inte att säga"
    assert "N00001 är ett antal, som följer hur stor en kommun är" in found.varfor


def test_an_ended_series_has_no_next_value(asked: Setting) -> None:
    found = answer(asked.case("U21401"), 38)
    assert found.varfor.startswith("Serien upphörde 2024")


# Alla fem


def test_without_a_direction_the_colour_questions_say_what_they_need(tmp_path: Path) -> None:
    case = shuffled(tmp_path, [40.0] * 5, "ingen").case("N00001")
    for number in (34, 35, 36, 37):
        assert "har ingen riktning i nyckeltal.yaml" in answer(case, number).varfor
    assert answer(case, 38).svar != "Det går inte att säga."


@pytest.mark.parametrize("own", [[-3.0, -2, -9, -1], [5.0], [7.0] * 9, [np.nan, 3, np.nan, 4]])
def test_odd_series_are_answered_too(tmp_path: Path, own: list[float]) -> None:
    kpis = [kpi(1, "mål", mål=5.0), kpi(2, "ingen"), kpi(3, "lågt")]
    setting = planted_in(tmp_path, [ladder(40, len(own), own=own)] * 3, kpis)
    for one in kpis:
        for number in QUESTIONS:
            found = answer(setting.case(one.id), number)
            assert found.svar.endswith(".")
            assert found.varfor.endswith(".")
