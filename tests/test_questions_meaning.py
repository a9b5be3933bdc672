"""Theme E: what does it mean?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from asked_committee import committee, goal
from asking import ladder, planted
from small_land import kpi

from malstyr_lib.model import Kpi
from malstyr_lib.questions import Answer, Setting, answer

PERSONS = kpi(1951, "ingen", title="Invånare totalt, antal")
WORST = ladder(40, 3, own=[0.0] * 3)
BEST = ladder(40, 3, own=[50.0] * 3)


def everywhere(amount: float) -> np.ndarray:
    """The same value in all municipalities and years."""
    return np.full((40, 3), amount)


def asked_of(folder: Path, one: Kpi, values: Any, number: int, **more: Any) -> Answer:
    """The answer about the first KPI of a land with 1 000 inhabitants everywhere."""
    setting = planted(
        folder, [values, everywhere(1000.0)], [one, PERSONS], registered=[one], **more
    )
    return answer(setting.case(one.id), number)


# --- 27: in persons and kronor --------------------------------------------------------------------


def test_a_gap_in_per_cent_of_known_persons_is_told_in_persons_nearest_first(tmp_path: Path):
    found = asked_of(tmp_path, kpi(1, underlag="N01951"), WORST, 27)
    assert found.svar == (
        "I Ort 0110 fattas 70 invånare till den bästa liknande kommunen, 100 till gult"
        " och 195 till medianen (2018)."
    )
    assert found.sakerhet == "ja"
    assert found.underlag["Invånare"].tolist() == [100, 195, 70]
    assert found.underlag["Nivå"].iloc[-1] == "Den bästa liknande kommunen (Ort 0211)"
    assert "N01951: 1\u00a0000 invånare (2018)" in found.varfor


def test_where_low_is_good_they_are_too_many(tmp_path: Path):
    found = asked_of(tmp_path, kpi(1, "lågt", underlag="N01951"), BEST, 27)
    assert found.svar == (
        "I Ort 0110 behövs 200 färre för gult, 295 färre för medianen och 490 färre för den bästa"
        " liknande kommunen, av 1\u00a0000 invånare (2018)."
    )


def test_who_is_past_the_median_and_the_best_similar_has_no_distance_left(tmp_path: Path):
    found = asked_of(tmp_path, kpi(1, underlag="N01951"), BEST, 27)
    assert found.svar == (
        "Ort 0110 har redan nått medianen och den bästa liknande kommunen 2018,"
        " så inget avstånd återstår."
    )
    assert found.sakerhet == "ja"


def test_with_only_the_best_similar_left_it_is_said_that_the_median_is_reached(tmp_path: Path):
    values = BEST.copy()
    values[1], values[0] = 60.0, 50.0
    found = asked_of(tmp_path, kpi(1, underlag="N01951"), values, 27)
    assert found.svar == (
        "I Ort 0110 fattas 100 invånare till den bästa liknande kommunen (2018)."
        " Medianen är redan nådd."
    )


def test_a_result_in_kronor_with_a_direction_is_no_cost(tmp_path: Path):
    result = kpi(1, title="Balanskravsresultat, kr/inv")
    found = asked_of(tmp_path, result, WORST, 30)
    assert "Registret har inget kostnadsmått" in found.varfor


def test_kronor_are_told_only_with_a_local_cost(tmp_path: Path):
    found = asked_of(tmp_path, kpi(1, underlag="N01951", kronor=12_000), WORST, 27)
    assert found.svar.endswith(
        "Med schablonen 12\u00a0000 kronor per invånare är det omkring 2,3 mnkr till medianen."
    )
    assert found.underlag["Kronor"].tolist() == [1_200_000, 2_340_000, 840_000]


def test_another_municipality_does_not_get_the_local_cost_of_this_one(tmp_path: Path):
    one = kpi(1, underlag="N01951", kronor=12_000)
    found = asked_of(tmp_path, one, WORST, 27, own="0111")
    assert "kronor" not in found.svar
    assert "Kronor" not in found.underlag


def test_without_a_base_the_gap_is_told_in_its_unit_with_what_would_make_it_persons(tmp_path: Path):
    found = asked_of(tmp_path, kpi(1), WORST, 27)
    assert found.svar == (
        "Ort 0110 har 7 procentenheter kvar till den bästa liknande kommunen, 10 till"
        " gult och 20 till medianen (2018); vad det är i antal går inte att säga."
    )
    assert found.sakerhet == "går inte att säga"
    assert "Skriv nyckeltalet med antalet som underlag i nyckeltal.yaml" in found.varfor


def test_sick_leave_is_told_in_full_years_of_work_and_no_more_than_likely(tmp_path: Path):
    one = kpi(1, "lågt", underlag="N01951", title="Sjukfrånvaro, kommun, andel (%)")
    found = asked_of(tmp_path, one, BEST, 27)
    assert found.svar.startswith("I Ort 0110 behövs 200 färre för gult")
    assert found.svar.endswith(", av 1\u00a0000 årsarbetare (2018).")
    assert found.sakerhet == "troligen"
    assert "som om alla arbetade lika mycket" in found.varfor


def test_a_number_per_inhabitant_is_told_in_cases_by_the_population(tmp_path: Path):
    one = kpi(1, "lågt", title="Anmälda brott, antal/1 000 inv")
    found = asked_of(tmp_path, one, BEST, 27)
    assert found.svar.startswith("För Ort 0110 motsvarar avståndet omkring 20 fall till gult")
    assert found.sakerhet == "troligen"


def test_what_only_the_title_names_is_no_case(tmp_path: Path):
    one = kpi(1, "lågt", title="Bilar i trafik, antal/1 000 inv")
    found = asked_of(tmp_path, one, BEST, 27)
    assert "motsvarar avståndet omkring 20 i antal till gult" in found.svar
    assert "fall" not in found.svar
    assert "Antal" in found.underlag


def test_a_share_of_some_ages_is_counted_in_those_as_question_2_does(tmp_path: Path):
    """Three questions on one page know the same persons, and are as sure of them."""
    one = kpi(1, title="Invånare 80+ i särskilt boende, andel (%)")
    old = kpi(1957, "ingen", title="Invånare 80+, antal")
    setting = planted(
        tmp_path, [WORST + 1, everywhere(200.0), everywhere(1000.0)], [one, old, PERSONS]
    )
    said = [answer(setting.case("N00001"), number) for number in (2, 27, 28)]
    assert "omkring 2 av 200 invånare 80+" in said[0].svar
    assert "fattas 14 invånare 80+ till den bästa liknande kommunen" in said[1].svar
    assert said[2].svar.startswith("Talet räknas på 200 invånare 80+ och ligger ")
    assert said[1].sakerhet == said[0].sakerhet == "troligen"


def test_persons_of_another_year_are_no_surer_than_in_question_2(tmp_path: Path):
    base = everywhere(1000.0)
    base[:, -1] = np.nan
    one = kpi(1, underlag="N01951")
    case = planted(tmp_path, [WORST, base], [one, PERSONS], registered=[one]).case("N00001")
    two, found = answer(case, 2), answer(case, 27)
    assert "fattas 70 invånare" in found.svar
    assert found.sakerhet == two.sakerhet == "troligen"
    assert "Antalet är från 2017 (N01951), inte från samma år" in found.varfor


def test_answers_to_a_survey_are_told_and_are_no_persons(tmp_path: Path):
    kpis = [
        kpi(1, title="Enkäten - Nöjda, andel (%)"),
        kpi(2, "ingen", title="Enkäten - antal svar"),
    ]
    setting = planted(tmp_path, [WORST, everywhere(90.0)], kpis, registered=kpis[:1])
    found = answer(setting.case("N00001"), 27)
    assert found.sakerhet == "går inte att säga"
    assert found.varfor.startswith("Värdet bygger på 90 svar, och hur många alla är")


def test_an_adjusted_number_per_inhabitant_is_counted_in_nothing(tmp_path: Path):
    one = kpi(1, "lågt", title="Skadade, åldersjusterat, antal/1 000 inv")
    setting = planted(tmp_path, [BEST, everywhere(1000.0)], [one, PERSONS], registered=[one])
    for number in (2, 27, 28):
        assert answer(setting.case("N00001"), number).sakerhet == "går inte att säga"


def test_a_number_per_inhabitant_of_some_ages_is_not_counted_on_the_whole_population(
    tmp_path: Path,
):
    one = kpi(1, "lågt", title="Barn 0-20 år som placerats, antal/1 000 inv")
    found = asked_of(tmp_path, one, BEST, 27)
    assert found.sakerhet == "går inte att säga"
    assert "varken en andel av ett känt antal personer eller ett tal per invånare" in found.varfor


def test_kronor_per_inhabitant_without_direction_are_over_or_under_the_median_and_no_better(
    tmp_path: Path,
):
    one = kpi(1, "ingen", title="Kostnad bibliotek, kr/inv")
    under = ladder(40, 3, own=[0.0] * 3, step=1000.0)
    found = asked_of(tmp_path, one, under, 27)
    assert found.svar == (
        "Ort 0110 ligger omkring 19,5 mnkr under medianen för alla kommuner 2018."
    )
    assert "bättre" not in found.text
    assert "sämre" not in found.text


def test_a_net_cost_deviation_is_told_beside_the_expected_and_not_beside_others(tmp_path: Path):
    over = kpi(1, "ingen", title="Nettokostnadsavvikelse skola, (%)")
    kronor = kpi(2, "ingen", title="Nettokostnadsavvikelse skola, miljoner kronor")
    setting = planted(
        tmp_path, [WORST + 3, ladder(40, 3, own=[6.5] * 3)], [over, kronor], registered=[over]
    )
    said = "Ort 0110 hade en nettokostnad som var 6,5 mnkr högre än den förväntade 2018."
    assert answer(setting.case("N00001"), 27).svar == said
    assert answer(setting.case("N00002"), 27).svar == said


def test_a_deviation_in_per_cent_alone_says_which_figure_would_give_kronor(tmp_path: Path):
    over = kpi(1, "ingen", title="Nettokostnadsavvikelse skola, (%)")
    found = asked_of(tmp_path, over, WORST + 3, 27)
    assert found.svar.startswith("Ort 0110 ligger 3\u00a0% över den förväntade kostnaden 2018")
    assert "slutar på miljoner kronor" in found.varfor


def test_a_series_that_has_ended_is_told_but_no_more_than_likely(tmp_path: Path):
    one = kpi(1, underlag="N01951", title="Mått, andel (%) (- 2017)")
    found = asked_of(tmp_path, one, BEST, 27)
    assert found.sakerhet == "troligen"
    assert found.varfor.endswith("Talet har ingen färg nu: serien upphörde 2017.")


def test_without_a_value_the_question_says_where_to_look(tmp_path: Path):
    found = asked_of(tmp_path, kpi(1), ladder(40, 3, own=[np.nan] * 3), 27)
    assert found.varfor == (
        "Ort 0110 har inget värde för N00001. Se fråga 9 om varför rutan är tom."
    )


# --- 28: does it matter ---------------------------------------------------------------------------


def two_reds(folder: Path, one: Kpi, other: Kpi, *, less: float = 100.0) -> Setting:
    """One of 1 000 inhabitants and another of fewer employees, both red in one committee."""
    staff = kpi(53, "ingen", title="Månadsavlönade totalt, antal")
    return planted(
        folder,
        [WORST, WORST, everywhere(1000.0), everywhere(less)],
        [one, other, PERSONS, staff],
        registered=[one, other],
        model=committee(goal("SN1", [one.id, other.id])),
    )


def test_the_heaviest_red_is_the_one_that_most_persons_are_touched_by(tmp_path: Path):
    setting = two_reds(tmp_path, kpi(1, underlag="N01951"), kpi(2, underlag="N00053"))
    found = answer(setting.case("N00001"), 28)
    assert found.svar == (
        "Talet räknas på 1\u00a0000 invånare och ligger en kvartilbredd sämre än medianen 2018;"
        " det är tyngst av Skolnämndens 2 röda."
    )
    assert found.sakerhet == "ja"
    assert "= 1\u00a0000 × 1,00 × 1 × 2 = 2\u00a0000" in found.varfor
    assert found.underlag["Tyngd"].tolist() == [2000, 200]
    assert "det är näst tyngst av Skolnämndens 2 röda" in answer(setting.case("N00002"), 28).svar


def test_a_place_that_hangs_on_the_weights_is_only_likely(tmp_path: Path):
    law = kpi(2, underlag="N00053", lagkrav=True)
    setting = two_reds(tmp_path, kpi(1, underlag="N01951"), law, less=600.0)
    found = answer(setting.case("N00002"), 28)
    assert "det är tyngst av Skolnämndens 2 röda" in found.svar
    assert found.sakerhet == "troligen"
    assert found.underlag["Lagkrav"].tolist() == ["ja (× 2)", "inte bedömt (× 1)"]


def test_better_than_the_median_weighs_nothing(tmp_path: Path):
    found = asked_of(tmp_path, kpi(1, underlag="N01951"), BEST, 28)
    assert found.svar == (
        "Ort 0110 ligger vid medianen eller bättre 2018, så det finns inget avstånd att väga."
    )
    assert found.sakerhet == "ja"


def test_with_persons_unknown_the_distance_and_its_place_are_told_but_no_weight(tmp_path: Path):
    setting = two_reds(tmp_path, kpi(1), kpi(2))
    found = answer(setting.case("N00001"), 28)
    assert found.svar == (
        "Ort 0110 ligger en kvartilbredd sämre än medianen 2018, delat längst från medianen av"
        " Skolnämndens 2 röda; hur många det räknas på är inte känt, så tyngden går inte att säga."
    )
    assert found.sakerhet == "går inte att säga"
    assert "Skriv nyckeltalet med antalet som underlag" in found.varfor


def test_the_distance_does_not_end_at_five_widths(tmp_path: Path):
    """What is farther away than the scores tell is told as far as it is, and is farther."""
    setting = planted(
        tmp_path,
        [ladder(40, 3, own=[own] * 3) for own in (-300.0, -200.0)],
        [kpi(1), kpi(2)],
        model=committee(goal("SN1", ["N00001", "N00002"])),
    )
    far, near = (answer(setting.case(one), 28) for one in ("N00001", "N00002"))
    assert "ligger 16,4 kvartilbredder sämre" in far.svar
    assert "ligger 11,3 kvartilbredder sämre" in near.svar
    assert "2018, längst från medianen av Skolnämndens 2 röda" in far.svar
    assert "2018, näst längst från medianen av Skolnämndens 2 röda" in near.svar


@pytest.mark.parametrize("base", [None, "N01951"])
def test_another_municipality_is_not_given_the_committee_of_this_one(
    tmp_path: Path, base: str | None
):
    setting = planted(
        tmp_path,
        [WORST, WORST, everywhere(1000.0)],
        [kpi(1, underlag=base), kpi(2, underlag=base), PERSONS],
        registered=[kpi(1, underlag=base), kpi(2, underlag=base)],
        model=committee(goal("SN1", ["N00001", "N00002"])),
        own="0111",
    )
    found = answer(setting.case("N00001"), 28)
    assert "av de 2 röda som Skolnämnden i Ort 0110 följer" in found.svar


def test_the_persons_are_those_that_it_is_counted_on_and_not_those_that_it_counts(tmp_path: Path):
    one = kpi(1, "lågt", underlag="N01951", title="Invånare med bistånd, andel (%)")
    found = asked_of(tmp_path, one, BEST, 28)
    assert found.svar.startswith("Talet räknas på 1\u00a0000 invånare och ligger ")
    assert "berör" not in found.text


# --- 29: can we do anything about it --------------------------------------------------------------


def test_influence_is_told_as_people_have_set_it_and_by_whom(tmp_path: Path):
    one = kpi(1, påverkbarhet=3, granskad="2026-11-23 Anna Berg")
    found = asked_of(tmp_path, one, WORST, 29)
    assert found.svar == (
        "I styrparametrarna för Ort 0110 är möjligheten att påverka talet satt till stor,"
        " 3 på skalan 1–3."
    )
    assert found.sakerhet == "ja"
    assert "granskad 2026-11-23 Anna Berg" in found.varfor


def test_an_assessment_that_nobody_has_signed_is_only_likely(tmp_path: Path):
    found = asked_of(tmp_path, kpi(1, påverkbarhet=1), WORST, 29)
    assert "satt till liten, 1 på" in found.svar
    assert found.sakerhet == "troligen"
    assert "ingen har skrivit under" in found.varfor


def test_a_held_figure_of_the_conditions_is_pointed_to(tmp_path: Path):
    one = kpi(1, påverkbarhet=2, title="Elever i åk 9 som är behöriga till yrkesprogram, andel (%)")
    model = kpi(
        2,
        title="Elever i åk 9 behöriga till yrkesprogram, avvikelse från modellberäknat värde",
    )
    setting = planted(tmp_path, [WORST, WORST], [one, model], registered=[one])
    assert answer(setting.case("N00001"), 29).varfor.endswith("i svaret på fråga 19 (N00002).")


def test_question_19_is_pointed_to_only_where_it_has_an_answer(tmp_path: Path):
    """Words in common are no model of the same thing."""
    one = kpi(1, påverkbarhet=2, title="Vuxna med långvarigt ekonomiskt bistånd, andel (%)")
    model = kpi(2, "ingen", title="Modellberäknad nettokostnad ekonomiskt bistånd, kr/inv")
    case = planted(tmp_path, [WORST, WORST], [one, model], registered=[one]).case("N00001")
    assert answer(case, 19).sakerhet == "går inte att säga"
    assert "fråga 19" not in answer(case, 29).varfor


def test_without_an_assessment_it_is_said_where_to_write_one(tmp_path: Path):
    found = asked_of(tmp_path, kpi(1), WORST, 29)
    assert found.varfor == (
        "Ingen har bedömt hur mycket Ort 0110 kan påverka N00001."
        " Skriv påverkbarhet 1, 2 eller 3 på nyckeltalet i nyckeltal.yaml."
    )


def test_another_municipality_has_no_assessment_here(tmp_path: Path):
    found = asked_of(tmp_path, kpi(1, påverkbarhet=3), WORST, 29, own="0111")
    assert "Styrparametrarna gäller en annan kommun än Ort 0111." in found.varfor


# --- 30: what does green cost ---------------------------------------------------------------------

COST = kpi(2, "ingen", title="Kostnad skola, kr/elev")


def beside(folder: Path, quality: Any, cost: Any) -> Setting:
    return planted(
        folder, [quality, cost], [kpi(1), COST], model=committee(goal("SN1", ["N00001"]))
    )


def test_red_quality_beside_a_low_cost_is_told_with_how_usual_that_is(tmp_path: Path):
    found = answer(beside(tmp_path, WORST, WORST).case("N00001"), 30)
    assert found.svar == (
        "Talet är rött 2018, samtidigt som kostnaden (N00002) ligger under medianen:"
        " 0 mot 20 kr/elev."
    )
    assert found.varfor.startswith(
        "Av 9 andra kommuner med samma färg ligger 9 också under medianen i N00002."
    )
    assert found.sakerhet == "ja"


def test_green_quality_beside_a_high_cost_is_the_opposite(tmp_path: Path):
    found = answer(beside(tmp_path, BEST, BEST).case("N00001"), 30)
    assert "Talet är grönt 2018, samtidigt som kostnaden (N00002) ligger över" in found.svar
    assert "inte att det ena ger det andra" in found.varfor


def test_red_quality_beside_a_high_cost_is_one_that_no_other_red_has(tmp_path: Path):
    found = answer(beside(tmp_path, WORST, BEST).case("N00001"), 30)
    assert "rött 2018, samtidigt som kostnaden (N00002) ligger över medianen" in found.svar
    assert "Av 9 andra kommuner med samma färg ligger ingen också över" in found.varfor


def test_a_cost_at_the_median_is_near_it_and_nothing_more(tmp_path: Path):
    middle = ladder(40, 3, own=[20.5] * 3)
    found = answer(beside(tmp_path, WORST, middle).case("N00001"), 30)
    assert "ligger nära medianen" in found.svar


def test_a_cost_is_told_beside_the_colours_of_its_area(tmp_path: Path):
    found = answer(beside(tmp_path, WORST, BEST).case("N00002"), 30)
    assert found.svar == (
        "Kostnaden (N00002) ligger över medianen: 50 mot 21 kr/elev 2018, samtidigt som det enda"
        " nyckeltalet med färg i samma verksamhet är rött."
    )


def test_without_a_cost_of_the_area_it_is_said_what_to_add(tmp_path: Path):
    found = asked_of(tmp_path, kpi(1), WORST, 30)
    assert found.sakerhet == "går inte att säga"
    assert "inget kostnadsmått med värde för samma verksamhet som N00001" in found.varfor
    assert "Lägg till ett i nyckeltal.yaml" in found.varfor


# --- all ------------------------------------------------------------------------------------------


def test_in_the_exercise_a_share_of_all_inhabitants_is_told_in_inhabitants(asked: Setting) -> None:
    found = answer(asked.case("N31807"), 27)
    assert found.sakerhet == "ja"
    assert "invånare" in found.varfor
