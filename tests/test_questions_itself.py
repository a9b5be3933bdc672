"""Theme I: questions to the report itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from asked_committee import committee, goal
from asking import ladder, planted
from small_land import kpi

from malstyr_lib.model import Waiver
from malstyr_lib.outcome import Outcome
from malstyr_lib.questions import Setting, answer

WORST = ladder(40, 3, own=[0.0] * 3)
BEST = ladder(40, 3, own=[50.0] * 3)
THREE = [kpi(1), kpi(2), kpi(3, "ingen")]


def three_goals(folder: Path, **more: Any) -> Setting:
    """A red, a green and an ungraded KPI, with a goal each."""
    goals = [goal(f"SN{at}", [f"N0000{at}"]) for at in (1, 2, 3)]
    return planted(folder, [WORST, BEST, BEST], THREE, model=committee(*goals), **more)


# --- 45: of how many goals is anything known ------------------------------------------------------


def test_an_unknown_goal_gives_two_bounds_and_never_one_figure(tmp_path: Path) -> None:
    found = answer(three_goals(tmp_path).case("N00001"), 45)
    assert found.svar == (
        "Av Skolnämndens 3 mål går 2 att bedöma: 1 utan rött nyckeltal och 1 med."
        " Utan rött är mellan 33 och 67\u00a0% av målen."
    )
    assert found.sakerhet == "ja"
    assert "Mål saknas i Ekonomi." in found.varfor
    assert found.underlag["Läge"].tolist() == ["med rött", "utan rött", "går inte att bedöma"]


def test_when_all_is_known_there_is_one_figure(tmp_path: Path) -> None:
    goals = [goal("SN1", ["N00001"]), goal("SN2", ["N00002"])]
    setting = planted(tmp_path, [WORST, BEST], THREE[:2], model=committee(*goals))
    assert answer(setting.case("N00002"), 45).svar == (
        "Av Skolnämndens 2 mål går alla att bedöma: 1 utan rött nyckeltal och 1 med."
        " Utan rött är 50\u00a0% av målen."
    )


def test_the_answer_is_the_same_whichever_kpi_is_asked_about(tmp_path: Path) -> None:
    setting = three_goals(tmp_path)
    for number in (45, 46, 47, 48):
        said = {answer(setting.case(one.id), number).svar for one in THREE}
        assert len(said) == 1


def test_a_kpi_without_committee_is_answered_for_all_of_them(tmp_path: Path) -> None:
    setting = planted(tmp_path, [WORST, BEST], THREE[:2], model=committee(goal("SN1", ["N00001"])))
    assert answer(setting.case("N00002"), 45).svar.startswith("Av nämndernas 1 mål går 1 att")


def test_without_goals_it_is_said_what_to_write(tmp_path: Path) -> None:
    found = answer(planted(tmp_path, [WORST], [kpi(1)]).case("N00001"), 45)
    assert found.sakerhet == "går inte att säga"
    assert "Det finns inga mål i styrparametrarna" in found.varfor
    assert "Skriv nämndens mål" in found.varfor


def test_another_municipality_has_no_goals_here(tmp_path: Path) -> None:
    found = answer(three_goals(tmp_path, own="0111").case("N00001"), 45)
    assert "Styrparametrarna gäller en annan kommun än Ort 0111." in found.varfor


# --- 46: redder than expected ---------------------------------------------------------------------


def ten(folder: Path, value: float, **more: Any) -> Setting:
    """Ten KPIs in which the others stand in any order, and the own is where it is said."""
    values = np.random.default_rng(46).uniform(10, 90, (10, 40, 3))
    values[:, 0] = value
    kpis = [kpi(at) for at in range(1, 11)]
    fields = committee(goal("SN1", [one.id for one in kpis]))
    return planted(folder, values, kpis, model=fields, **more)


def test_all_red_is_more_than_in_nine_of_ten(tmp_path: Path) -> None:
    found = answer(ten(tmp_path, 0.0).case("N00001"), 46)
    assert found.svar.startswith(
        "Ja, fler är röda än vanligt: av Skolnämndens 10 nyckeltal med färg är 10 röda, 100\u00a0%."
    )
    assert found.sakerhet == "ja"
    assert "En fjärdedel vore 2,5 av 10; bandet är räknat på 40 kommuner" in found.varfor


def test_many_reds_of_few_are_told_to_be_nothing_unusual(tmp_path: Path) -> None:
    """Half of four is more than a quarter, and still within what chance gives others."""
    values = np.random.default_rng(46).uniform(10, 90, (4, 40, 3))
    values[:2, 0], values[2:, 0] = 0.0, 100.0
    kpis = [kpi(at) for at in range(1, 5)]
    fields = committee(goal("SN1", [one.id for one in kpis]))
    found = answer(planted(tmp_path, values, kpis, model=fields).case("N00001"), 46)
    assert found.svar.startswith("Nej, det är inom det vanliga: ")
    assert found.svar.endswith("röda, så 50\u00a0% är inget ovanligt med så få nyckeltal.")


def test_none_red_is_no_more_than_usual(tmp_path: Path) -> None:
    found = answer(ten(tmp_path, 100.0).case("N00001"), 46)
    assert found.svar.startswith("Nej, ")
    assert "av Skolnämndens 10 nyckeltal med färg är inget rött, 0\u00a0%." in found.svar


def test_another_municipality_is_told_on_the_kpis_that_this_one_follows(tmp_path: Path) -> None:
    found = answer(ten(tmp_path, 50.0, own="0111").case("N00001"), 46)
    assert "nyckeltal med färg som Skolnämnden i Ort 0110 följer" in found.svar


def test_without_any_colour_it_cannot_be_said(tmp_path: Path) -> None:
    fields = committee(goal("SN1", ["N00003"]))
    setting = planted(tmp_path, [WORST], [kpi(3, "ingen")], model=fields)
    found = answer(setting.case("N00003"), 46)
    assert found.sakerhet == "går inte att säga"
    assert "För få av Skolnämndens nyckeltal har färg" in found.varfor
    assert "steg 4" in found.varfor


# --- 47: have we chosen the ones that suit --------------------------------------------------------


def reported(focus: dict[str, str], year: int = 2025) -> Outcome:
    """Last year's published report of the committee, with the colours that its KPIs had."""
    ran = f"{year}-06-01T10:00:00+00:00"
    who = ("namnd", "sn", "SN", "Skolnämnden", year)
    return Outcome(*who, "klar", 1.0, "x", ran, published=ran, found={"focus": focus})


def test_a_red_kpi_that_was_dropped_is_told_with_its_colour_then(tmp_path: Path) -> None:
    last = reported({"N00001": "red", "N00008": "red", "N00009": "green"})
    setting = three_goals(tmp_path, reported=(last,))
    found = answer(setting.case("N00001"), 47)
    assert found.svar == (
        "Av Skolnämndens nyckeltal har 2 lämnats och 2 kommit till sedan förra rapporten,"
        " 1 juni 2025; 1 av de lämnade var rött då."
    )
    assert found.sakerhet == "ja"
    assert found.varfor == (
        "Av 3 nyckeltal i förra rapporten var 2 röda."
        " Varför N00008 och N00009 lämnades står inte i styrparametrarna."
    )
    assert found.underlag["Ändring"].tolist() == ["lämnat", "lämnat", "nytt", "nytt"]
    assert found.underlag["Färg i förra rapporten"].tolist()[:2] == ["▼ Röd", "▲ Grön"]


def test_nothing_dropped_is_said_so(tmp_path: Path) -> None:
    setting = three_goals(tmp_path, reported=(reported({"N00001": "red"}),))
    assert answer(setting.case("N00001"), 47).svar == (
        "Inget av Skolnämndens nyckeltal har lämnats sedan förra rapporten, 1 juni 2025,"
        " och 2 är nya."
    )


def test_why_a_kpi_was_dropped_is_told_as_the_waiver_says_it(tmp_path: Path) -> None:
    why = Waiver(code="MS110", about="N00009", why="Ett bättre mått finns.")
    fields = committee(goal("SN1", ["N00001"]), waivers=(why,))
    last = reported({"N00001": "red", "N00009": "red"})
    setting = planted(tmp_path, [WORST], [kpi(1)], model=fields, reported=(last,))
    found = answer(setting.case("N00001"), 47)
    assert found.svar.endswith("; det lämnade var rött då.")
    assert found.underlag["Varför"].tolist() == ["Ett bättre mått finns."]


def test_this_years_report_is_no_earlier_one(tmp_path: Path) -> None:
    setting = three_goals(tmp_path, reported=(reported({"N00009": "red"}, 2026),))
    assert answer(setting.case("N00001"), 47).sakerhet == "går inte att säga"


def test_without_a_report_the_goals_that_have_ended_tell_what_was_dropped(tmp_path: Path) -> None:
    goals = [goal("SN1", ["N00001"]), goal("SN2", ["N00002"], until=2024)]
    setting = planted(
        tmp_path, [WORST, BEST], THREE[:2], model=committee(*goals), year=2025, first=2023
    )
    found = answer(setting.case("N00001"), 47)
    assert "har Skolnämndens rapport lämnat 1 nyckeltal" in found.svar
    assert found.sakerhet == "går inte att säga"
    assert "Spara årets rapport i output" in found.varfor


# --- 48: can somebody else compute the same -------------------------------------------------------


def test_what_is_needed_to_compute_the_same_is_told_whole(tmp_path: Path) -> None:
    setting = three_goals(tmp_path)
    found = answer(setting.case("N00001"), 48)
    assert found.sakerhet == "ja"
    assert f"Ja, med ögonblicksbilden {setting.snapshot.id} från 23 november 2026" in found.svar
    facts = dict(zip(found.underlag["Vad"], found.underlag["Värde"], strict=True))
    assert facts["Kommun"] == "Ort 0110 (0110)"
    assert facts["Till och med år"] == "2018"
    assert facts["Nyckeltal med fastlagda liknande kommuner"] == "3"
    assert facts["Ögonblicksbild från ett tidigare år"] == "ingen"


def test_other_parameters_have_another_checksum(tmp_path: Path) -> None:
    one = planted(tmp_path / "a", [WORST], [kpi(1)])
    other = planted(tmp_path / "b", [WORST], [kpi(1, påverkbarhet=2)])
    sums = {
        answer(setting.case("N00001"), 48).underlag["Värde"].iloc[-1] for setting in (one, other)
    }
    assert len(sums) == 2


# --- all ------------------------------------------------------------------------------------------
