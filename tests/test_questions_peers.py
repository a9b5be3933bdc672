"""Theme C: is it only us?"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from asking import ladder, planted
from small_land import kpi

from malstyr_lib.questions import Case, Setting, answer
from malstyr_lib.questions.peers import but_one
from malstyr_lib.scoring.agreement import COMPARATORS

LEFT_SCHOOL = "Elever i åk 9 som är behöriga till yrkesprogram, kommunala skolor, andel (%)"
EXPECTED = (
    "Elever i åk. 9 som är behöriga till yrkesprogram kommunala skolor (modellberäknat värde),"
    " andel (%)"
)
DEVIATION = (
    "Elever i åk 9 som är behöriga till yrkesprogram avvikelse från modellberäknat värde"
    " kommunala skolor, procentenheter"
)


def rising(own: list[float], step: float) -> np.ndarray:
    """Forty municipalities of whom all but the first move the same step every year."""
    values = ladder(40, len(own), own=own)
    values[1:] += step * np.arange(len(own))
    return values


def test_a_change_that_all_others_make_too_is_not_only_ours(tmp_path: Path) -> None:
    setting = planted(tmp_path, [rising([5.0, 6.0, 7.0], 1.0)], [kpi(1)])
    found = answer(setting.case("N00001"), "bara vi")
    assert found.sakerhet == "ja"
    assert found.svar == (
        "Ort 0110s värde är 1 procentenhet högre 2018 än 2017, och 100\u00a0% av 39 andra kommuner"
        " rörde sig åt samma håll. Det är alltså inte bara Ort 0110: ändringens median är +1 för"
        " alla andra, +1 för de liknande och +1 för de andra i länet."
    )
    assert found.underlag["Andra"].tolist()[1:] == [39, 7, 5]


def test_a_change_that_nobody_else_makes_is_mostly_ours(tmp_path: Path) -> None:
    setting = planted(tmp_path, [rising([4.0, 5.0, 7.0], 0.0)], [kpi(1, "ingen")])
    found = answer(setting.case("N00001"), 15)
    assert found.sakerhet == "ja"
    assert "2 procentenheter högre 2018 än 2017, och 0\u00a0% av 39 andra" in found.svar
    assert "Det är alltså mest Ort 0110: ändringens median är 0 för alla andra" in found.svar


def test_others_who_move_apart_make_it_no_ja(tmp_path: Path) -> None:
    values = rising([5.0, 5.0, 7.0], 0.0)
    values[1:21, 2] += 1
    found = answer(planted(tmp_path, [values], [kpi(1)]).case("N00001"), 15)
    assert found.sakerhet == "troligen"
    assert "De andra rörde sig inte åt ett och samma håll" in found.svar


def test_a_change_that_can_not_be_seen_is_almost_none_and_no_ja(tmp_path: Path) -> None:
    setting = planted(tmp_path, [rising([5.5, 5.5001], 1.0)], [kpi(1)])
    found = answer(setting.case("N00001"), 15)
    assert found.sakerhet == "troligen"
    assert found.svar.startswith(
        "Ort 0110s värde är nästan detsamma 2017 som 2016. De andra står inte lika stilla: "
    )
    values = rising([5.5, 5.5001], 0.0001)
    found = answer(planted(tmp_path / "stilla", [values], [kpi(1)]).case("N00001"), 15)
    assert "De flesta andra står också stilla: " in found.svar


def test_a_change_over_a_break_is_not_compared_and_the_break_is_told(tmp_path: Path) -> None:
    words = {"N00001": "Från och med 2017 gäller en ny definition."}
    setting = planted(tmp_path, [rising([5.0, 6.0], 1.0)], [kpi(1)], described=words)
    for number in (15, 17):
        found = answer(setting.case("N00001"), number)
        assert found.sakerhet == "går inte att säga"
        assert found.varfor.startswith("Åren kan inte jämföras: ")
        assert "Vänta tills två år är mätta på samma sätt" in found.varfor


def test_years_before_a_break_are_compared_and_said_to_be_older(tmp_path: Path) -> None:
    words = {"N00001": "Från och med 2018 gäller en ny definition."}
    setting = planted(tmp_path, [rising([5.0, 6.0, 9.0], 1.0)], [kpi(1)], described=words)
    found = answer(setting.case("N00001"), 15)
    assert "högre 2017 än 2016" in found.svar
    assert found.sakerhet == "troligen"
    assert "Nyare år kan inte jämföras med åren före" in found.varfor


def test_red_in_every_comparison_is_said_to_be_red_whoever_we_compare_with(tmp_path: Path) -> None:
    setting = planted(tmp_path, [ladder(40, 3, own=[0.0, 0.0, 0.0])], [kpi(1)])
    found = answer(setting.case("N00001"), 16)
    assert found.sakerhet == "ja"
    assert found.svar == (
        "Ort 0110 är röd i 4 av 4 jämförelser 2018: färgen är röd vilka vi än jämför med."
    )


def test_red_in_none_is_the_same_colour_only_where_it_is(tmp_path: Path) -> None:
    setting = planted(tmp_path, [ladder(40, 3, own=[20.5, 20.5, 20.5])], [kpi(1)])
    found = answer(setting.case("N00001"), 16)
    assert found.svar == (
        "Ort 0110 är inte röd i någon av 4 jämförelser 2018: den är grön mot kommunerna i länet"
        " och liknande kommuner (också när en i taget lämnas utanför), annars gul."
    )


def test_red_against_some_only_is_no_ja(tmp_path: Path) -> None:
    setting = planted(tmp_path, [ladder(40, 3, own=[5.5, 5.5, 5.5])], [kpi(1)])
    found = answer(setting.case("N00001"), 16)
    assert found.sakerhet == "troligen"
    assert found.svar.endswith("mot alla kommuner: rött hänger på vilka vi jämför med.")


@pytest.mark.parametrize("number", [16, 18, 20])
def test_without_a_direction_the_question_says_what_it_needs(tmp_path: Path, number: int) -> None:
    setting = planted(tmp_path, [ladder(40, 3, own=[0.0, 0.0, 0.0])], [kpi(1, "ingen")])
    found = answer(setting.case("N00001"), number)
    assert found.sakerhet == "går inte att säga"
    assert "har ingen riktning i nyckeltal.yaml" in found.varfor
    assert found.svar == "Det går inte att säga."


def test_without_a_direction_only_that_is_said_to_be_lacking(tmp_path: Path) -> None:
    setting = planted(tmp_path, [ladder(40, 3, own=[0.0, 0.0, 0.0])], [kpi(1, "ingen")])
    assert "har ingen färg nu" not in answer(setting.case("N00001"), 20).varfor


def test_it_is_the_others_when_only_they_have_moved(asked: Setting) -> None:
    found = answer(asked.case("N00090"), 17)
    assert found.svar.startswith("Det är mest de andra som har sämre värden 2025 än 2024. Läget")
    assert "bättre, allt genom de andras värden" in found.svar
    assert "Rutan är gul båda åren." in found.svar


def test_it_is_us_when_only_we_have_moved_and_a_turn_has_its_base_rate(asked: Setting) -> None:
    found = answer(asked.case("N15428"), 17)
    assert found.svar.startswith("Det är mest Övninge som har bättre värde 2025 än 2024. Läget")
    assert "Rutan gick från gul till grön; av " in found.svar
    assert "som var gula 2024 var" in found.svar
    assert "Med det egna värdet från 2024 hade rutan varit gul 2025" in found.varfor
    assert found.underlag["Färg"].tolist() == ["◆ Gul", "▲ Grön", "◆ Gul", "▲ Grön"]


def test_without_direction_both_changes_are_told_in_numbers_alone(tmp_path: Path) -> None:
    setting = planted(tmp_path, [rising([5.0, 6.0], 2.0)], [kpi(1, "ingen")])
    found = answer(setting.case("N00001"), 17)
    assert found.sakerhet == "går inte att säga"
    assert found.svar == (
        "Ort 0110s värde är 1 procentenhet högre 2017 än 2016; i mitten av 39 andra kommuner är"
        " ändringen 2 procentenheter uppåt."
    )


def test_the_newest_turn_is_told_with_its_sum_and_its_base_rate(tmp_path: Path) -> None:
    setting = planted(tmp_path, [rising([0.0, 0.0, 14.0], 1.0)], [kpi(1)])
    found = answer(setting.case("N00001"), 18)
    assert found.sakerhet == "ja"
    assert found.svar == (
        "Rutan bytte senast färg mellan 2017 och 2018, från röd till gul. Läget mot den röda"
        " gränsen blev 13 bättre: det egna värdet gjorde det 14 bättre, men de andras värden gjorde"
        " det 1 sämre. Av 9 andra kommuner som var röda 2017 var 0 gula 2018 (0\u00a0%)."
    )
    assert found.underlag.iloc[-1].tolist() == ["Summa", 13.0]


def test_parts_are_told_with_decimals_enough_to_sum(tmp_path: Path) -> None:
    values = ladder(40, 2, own=[0.0, 1.04])
    values[1:, 1] += 1.0
    found = answer(planted(tmp_path, [values], [kpi(1)]).case("N00001"), 17)
    assert (
        "blev 0,04 bättre: det egna värdet gjorde det 1,04 bättre, men de andras värden gjorde det"
        " 1,00 sämre" in found.svar
    )


def test_a_turn_by_chance_that_did_not_last_is_followed_by_its_return(asked: Setting) -> None:
    found = answer(asked.case("U21468"), 18)
    assert "mellan 2023 och 2024, från gul till röd" in found.svar


def test_a_box_that_never_turned_tells_its_newest_change_instead(asked: Setting) -> None:
    found = answer(asked.case("N31816"), 18)
    assert found.svar.startswith("Rutan har inte bytt färg mellan år som går att jämföra 20")
    assert "Mellan 2024 och 2025: läget mot den röda gränsen" in found.svar


def test_one_year_can_not_tell_of_a_turn(tmp_path: Path) -> None:
    setting = planted(tmp_path, [ladder(40, 1, own=[0.0])], [kpi(1)])
    for number in (15, 17, 18):
        found = answer(setting.case("N00001"), number)
        assert found.sakerhet == "går inte att säga"
        assert "har inte värden för två år av N00001. Vänta på nästa publ" in found.varfor


def modelled(expected: float, deviation: float, tmp_path: Path) -> Setting:
    """A school KPI whose model expects a value, beside a ladder of others."""
    kpis = [
        kpi(1, title=LEFT_SCHOOL),
        kpi(2, "ingen", title=EXPECTED),
        kpi(3, "ingen", title=DEVIATION),
    ]
    values = [ladder(40, 2, own=[own, own]) for own in (20.0, expected, deviation)]
    return planted(tmp_path, values, kpis, registered=kpis[:1])


def test_conditions_are_worse_where_the_model_expects_less_than_of_most(tmp_path: Path) -> None:
    found = answer(modelled(0.5, 2.5, tmp_path).case("N00001"), "förutsättningar")
    assert found.sakerhet == "troligen"
    assert found.svar == (
        "Förutsättningarna är sämre än i de flesta kommuner: modellens värde för Ort 0110 är"
        " 0,5\u00a0% 2017, mot 20,0\u00a0% i mitten av 39 andra kommuner. Utfallet 2017 är"
        " 2,5 procentenheter högre än modellen väntar."
    )
    assert "(N00002) och väger bara in" in found.varfor


def test_conditions_are_better_where_the_model_expects_more(tmp_path: Path) -> None:
    found = answer(modelled(50.0, -4.0, tmp_path).case("N00001"), 19)
    assert found.svar.startswith("Förutsättningarna är bättre än i de flesta kommuner")
    assert "4 procentenheter lägre än modellen väntar" in found.svar


def test_what_is_expected_is_worked_out_where_only_the_deviation_is_held(tmp_path: Path) -> None:
    kpis = [kpi(1, title=LEFT_SCHOOL), kpi(3, "ingen", title=DEVIATION)]
    values = [ladder(40, 1, own=[20.0]), np.full((40, 1), 1.0)]
    values[1][0] = 18.0
    found = answer(planted(tmp_path, values, kpis).case("N00001"), 19)
    assert "modellens värde för Ort 0110 är 2\u00a0% 2016" in found.svar
    assert "uträknat som utfallet minus avvikelsen" in found.varfor


def test_a_model_that_is_not_fetched_is_named_with_the_cure(tmp_path: Path) -> None:
    setting = planted(
        tmp_path,
        [ladder(40, 1, own=[20.0])],
        [kpi(1, title=LEFT_SCHOOL)],
        titled={"U15460": EXPECTED, "U15461": DEVIATION},
    )
    found = answer(setting.case("N00001"), 19)
    assert found.sakerhet == "går inte att säga"
    assert "Kolada har en modell (U15460 och U15461), men den är inte hämtad." in found.varfor
    assert "malstyr hamta --allt" in found.varfor
    assert found.svar == (
        "Det går inte att säga, men de 7 kommuner som Kolada räknar som liknande har medianen"
        " 4\u00a0%, alla andra 20\u00a0% och Ort 0110 20\u00a0% (2016)."
    )


def test_a_kpi_that_nobody_has_a_model_of_says_so(tmp_path: Path) -> None:
    setting = planted(tmp_path, [ladder(40, 1, own=[20.0])], [kpi(1)])
    found = answer(setting.case("N00001"), 19)
    assert found.sakerhet == "går inte att säga"
    assert "Kolada har inget väntat värde, ingen referenskostnad och ingen modell" in found.varfor


def test_pupils_of_another_year_or_half_the_words_are_no_model(tmp_path: Path) -> None:
    titles = {
        "U00001": EXPECTED.replace("åk. 9", "åk. 6"),
        "U00002": "Framskrivning, förväntat antal invånare 0 år om 5 år",
        "U00003": "Referenskostnad grundskola F-9, kr/elev",
    }
    one = kpi(1, title=LEFT_SCHOOL)
    found = answer(
        planted(tmp_path, [ladder(40, 1, own=[20.0])], [one], titled=titles).case("N00001"), 19
    )
    assert "ingen modell för N00001" in found.varfor


@pytest.mark.parametrize(
    ("own", "other"),
    [
        ("Studerande skyddsbehövande", "förvärvsarbetande skyddsbehövande"),
        ("Gymnasieelever med examen eller studiebevis", "gymnasieelever med examen"),
        ("Gymnasieelever med examen", "gymnasieelever med examen, högskoleförberedande"),
        ("Gymnasieelever med examen, högskoleförberedande", "gymnasieelever med examen"),
    ],
)
def test_a_model_of_another_thing_is_no_model(tmp_path: Path, own: str, other: str) -> None:
    """What is expected of those who work says nothing of those who study."""
    titles = [
        f"{own} och anhöriga 20-64 år, andel (%)",
        f"Förväntat värde {other} och anhöriga 20-64 år, andel (%)",
        f"Avvikelse från förväntat värde, {other} och anhöriga 20-64 år, andel (%)",
    ]
    kpis = [kpi(at, title=title) for at, title in enumerate(titles, 1)]
    values = [ladder(40, 1, own=[20.0])] * 3
    case = planted(tmp_path, values, kpis, registered=kpis[:1]).case("N00001")
    found = answer(case, 19)
    assert found.sakerhet == "går inte att säga"
    assert "Utfallet" not in found.svar
    assert "ingen modell för N00001" in found.varfor


def test_a_model_of_all_is_only_near_those_that_leave_some_out(tmp_path: Path) -> None:
    titles = ["Elever i åk 9 med meritvärde (exkl. nyinvandrade), andel (%)"]
    titles.append("Elever i åk 9 med meritvärde, modellberäknat värde, andel (%)")
    kpis = [kpi(at, title=title) for at, title in enumerate(titles, 1)]
    values = [ladder(40, 1, own=[20.0])] * 2
    case = planted(tmp_path, values, kpis, registered=kpis[:1]).case("N00001")
    assert "Den gäller inte precis samma sak" in answer(case, 19).varfor


def test_a_cost_is_set_beside_the_reference_cost_of_the_whole(tmp_path: Path) -> None:
    kpis = [
        kpi(1, "ingen", title="Kostnad hemtjänst äldreomsorg, kr/hemtjänsttagare"),
        kpi(2, "ingen", title="Referenskostnad äldreomsorg, kr/inv"),
        kpi(3, "ingen", title="Nettokostnadsavvikelse äldreomsorg, (%)"),
    ]
    values = [ladder(40, 1, own=[own]) for own in (20.0, 90.0, -3.0)]
    found = answer(planted(tmp_path, values, kpis).case("N00001"), 19)
    assert found.svar == (
        "Förutsättningarna är mer kostsamma än i de flesta kommuner: modellens värde för Ort 0110"
        " är 90\u00a0kr/inv 2016, mot 20\u00a0kr/inv i mitten av 39 andra kommuner. Nettokostnaden"
        " 2016 är 3\u00a0% lägre än modellen väntar."
    )
    assert "Den gäller inte precis samma sak" in found.varfor


@pytest.mark.parametrize(
    ("own", "words"),
    [
        (0.0, "är röd 2018: det är 10 procentenheter till gult (10 platser)."),
        (9.5, "är knappt röd 2018: det är 0,5 procentenheter till gult (1 plats)."),
        (-30.0, "är djupt röd 2018: det är 40 procentenheter till gult (10 platser)."),
        (
            20.0,
            "är gul 2018: det är 10 procentenheter till grönt (11 platser) och"
            " 10 procentenheter till rött (11 platser).",
        ),
        (
            40.0,
            "är grön 2018: det är 10 procentenheter till gult (10 platser), alltså så mycket som"
            " kan förloras innan rutan blir gul.",
        ),
    ],
)
def test_the_way_to_the_next_colour_is_told_in_units_and_places(
    tmp_path: Path, own: float, words: str
) -> None:
    setting = planted(tmp_path, [ladder(40, 3, own=[own] * 3)], [kpi(1)])
    found = answer(setting.case("N00001"), 20)
    assert found.sakerhet == "ja"
    assert found.svar == f"Ort 0110 {words}"


def test_the_way_is_told_in_persons_where_their_number_is_known(tmp_path: Path) -> None:
    one, base = kpi(1, underlag="N00002"), kpi(2, "ingen", title="Elever i åk 9, antal")
    values = [ladder(40, 2, own=[0.0, 0.0]), np.full((40, 2), 50.0)]
    found = answer(planted(tmp_path, values, [one, base]).case("N00001"), 20)
    assert "I personer är det 5 personer till gult." in found.svar
    assert found.underlag["Personer"].tolist() == [5]


def test_green_beyond_a_hundred_per_cent_can_not_be_reached(tmp_path: Path) -> None:
    values = np.full((40, 2), 100.0)
    values[0], values[1:12] = 90.0, 80.0
    found = answer(planted(tmp_path, [values], [kpi(1)]).case("N00001"), 20)
    assert "medan grönt inte går att nå" in found.svar


def test_the_distance_is_drawn_only_when_it_is_looked_at(asked: Setting) -> None:
    found = answer(asked.case("U21468"), 20)
    assert found.diagram is not None
    assert "2025" in found.diagram.caption
    only = answer(asked.case("U21468"), 15)
    assert only.diagram is not None
    assert "Ändring från 2024 till 2025" in only.diagram.caption


def left_behind(own: float) -> np.ndarray:
    """Six of forty municipalities leave out 2018; the first is red only beside them in 2017."""
    values = ladder(40, 3, own=[own] * 3) + np.array([0.0, 0.01, 0.02])
    values[34:, 2] = np.nan
    return values


def test_a_change_that_only_those_without_both_years_make_is_what_the_box_shows(
    tmp_path: Path,
) -> None:
    case = planted(tmp_path, [left_behind(9.5)], [kpi(1)]).case("N00001")
    assert [case.colours[year] for year in (2016, 2017, 2018)] == ["red", "red", "yellow"]
    turned = answer(case, 18)
    assert turned.sakerhet == "troligen"
    assert turned.svar == (
        "Rutan gick från röd 2017 till gul 2018; av 9 andra kommuner som var röda 2017 var 1 gul"
        " 2018 (11\u00a0%). Bland de 34 kommuner som har värden båda åren är färgen gul båda åren."
    )
    moved = answer(case, 17)
    assert moved.sakerhet == "troligen"
    assert "Rutan gick från röd 2017 till gul 2018; av 9 andra" in moved.svar
    for number in (10, 14):
        assert "v 9 andra kommuner som var röda 2017 var 1 gul" in answer(case, number).svar


def test_a_change_over_a_break_is_no_older_change(tmp_path: Path) -> None:
    words = {"N00001": "Från och med 2018 gäller en ny definition."}
    values = [ladder(40, 3, own=[20.0, 0.0, 20.0])]
    found = answer(planted(tmp_path, values, [kpi(1)], described=words).case("N00001"), 18)
    assert found.sakerhet == "går inte att säga"
    assert found.svar.startswith("Rutan gick från röd 2017 till gul 2018; av 9 andra")
    assert found.svar.endswith("Serien bröts 2018, så de två åren går inte att jämföra.")


@pytest.mark.parametrize("own", [[20.0, 0.0, 0.5], [20.0, 20.5, 21.0]], ids=["över", "aldrig"])
def test_a_box_that_never_turned_but_over_a_break_is_told_since_the_break(
    tmp_path: Path, own: list[float]
) -> None:
    words = {"N00001": "Från och med 2017 gäller en ny definition."}
    values = [ladder(40, 3, own=own)]
    found = answer(planted(tmp_path, values, [kpi(1)], described=words).case("N00001"), 18)
    assert found.svar.startswith(
        "Rutan har inte bytt färg mellan år som går att jämföra 2017–2018."
    )


def swinging(folder: Path) -> Case:
    """An own value that goes up and down as much every year, the others' by a little."""
    values = ladder(40, 6, own=[5.0, 8.0, 5.0, 8.0, 5.0, 8.0])
    values[1:] += np.resize([0.0, 0.3], 6)
    return planted(folder, [values], [kpi(1)]).case("N00001")


def test_a_change_that_question_1_calls_chance_is_no_ja_anywhere(tmp_path: Path) -> None:
    case = swinging(tmp_path)
    assert "kan vara slump" in answer(case, 1).svar
    for number in (15, 17):
        found = answer(case, number)
        assert (found.sakerhet, "kan vara slump" in found.varfor) == ("troligen", True)


def test_a_colour_that_question_1_calls_uncertain_is_no_ja_anywhere(tmp_path: Path) -> None:
    case = swinging(tmp_path)
    assert "kan färgen röd också bli gul" in answer(case, 1).svar
    for number in (10, 16, 20):
        found = answer(case, number)
        assert found.sakerhet == "troligen"
        assert "inom osäkerheten kan den också vara gul" in found.varfor or number == 16


def test_a_change_by_answers_is_no_ja_when_it_may_be_chance(tmp_path: Path) -> None:
    first = kpi(1, title="Enkäten - Nöjda elever, andel (%)")
    second = kpi(2, "ingen", title="Enkäten - antal svar")
    values = [ladder(40, 2, own=[60.0, 63.0], step=2.0), ladder(40, 2, own=[80.0, 90.0])]
    setting = planted(tmp_path, values, [first, second], registered=[first])
    assert "efter antalet svar" in answer(setting.case("N00001"), 1).svar
    assert answer(setting.case("N00001"), 15).sakerhet == "troligen"
    assert answer(setting.case("N00001"), 17).sakerhet == "troligen"


def test_a_place_among_changes_is_counted_and_never_rounded_to_all(tmp_path: Path) -> None:
    start = np.random.default_rng(1).normal(50, 5, 290)
    values = np.column_stack([start, start + np.arange(290) / 100])
    values[0] = 50.0, 50.0 + 2.885
    found = answer(planted(tmp_path, [values], [kpi(1)]).case("N00001"), 15)
    assert "ändring är högre än 288 och lägre än 1 av de 289 andras." in found.varfor


def test_a_place_among_changes_that_are_all_the_same_is_none(tmp_path: Path) -> None:
    case = planted(tmp_path, [np.full((40, 3), 50.0)], [kpi(1, "ingen")]).case("N00001")
    assert "högre än" not in answer(case, 15).varfor
    case = planted(tmp_path / "en", [rising([5.0, 6.0], 1.0)], [kpi(1)]).case("N00001")
    assert "högre än" not in answer(case, 15).varfor


def test_red_in_all_but_one_comparison_names_the_one() -> None:
    row = {"alla": "red", "län": "yellow", "liknande": "red", "liknande utom en": "red"}
    assert but_one({name: row.get(name, "") for name in COMPARATORS}) == (
        "kommunerna i länet",
        "gul",
    )
    row["liknande"] = "yellow"
    assert but_one({name: row.get(name, "") for name in COMPARATORS}) is None


def test_where_all_have_the_same_value_every_change_turns_the_box(tmp_path: Path) -> None:
    case = planted(tmp_path, [np.full((40, 3), 50.0)], [kpi(1)]).case("N00001")
    found = answer(case, 20)
    assert found.svar == (
        "Ort 0110 är gul 2018: de flesta har samma värde, så varje ändring byter färg."
    )


@pytest.mark.parametrize(("step", "told"), [(0.5, "1,5 bättre: det egna"), (0.0005, "nästan allt")])
def test_a_part_that_is_next_to_nothing_is_not_told(tmp_path: Path, step: float, told: str) -> None:
    values = ladder(40, 2, own=[0.0, 2.0])
    values[1:, 1] += step
    case = planted(tmp_path, [values], [kpi(1)]).case("N00001")
    assert told in answer(case, 17).svar
    assert "0,0005" not in answer(case, 17).svar


@pytest.mark.parametrize(
    ("own", "step", "words"),
    [
        (4.0, -1.0, "Både Ort 0110 och de andra har fått sämre värden 2017. Läget"),
        (6.0, 1.0, "Både Ort 0110 och de andra har fått bättre värden 2017. Läget"),
        (6.0, -1.0, "Ort 0110 har fått bättre värde 2017, och de andra sämre värden. Läget"),
    ],
)
def test_both_who_move_are_told_in_words_that_can_be_read(
    tmp_path: Path, own: float, step: float, words: str
) -> None:
    case = planted(tmp_path, [rising([5.0, own], step)], [kpi(1)]).case("N00001")
    assert answer(case, 17).svar.startswith(words)
