"""Theme A: is the figure true?"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from asking import ladder, planted
from small_land import FIRST, codes_of, kpi, observed

from malstyr_lib import tables
from malstyr_lib.model import Kpi, Measure
from malstyr_lib.questions import Answer, Setting, answer
from malstyr_lib.questions.alive import _counted_apart
from malstyr_lib.questions.sources import source_of
from malstyr_lib.scoring.breaks import Break

SURVEY = "Enkäten - Nöjda elever, andel (%)"
CALM = [50.0, 50.1, 49.9, 50.0, 50.1]
"""Five years that hardly move: the swings of the next are held against them."""


def asked_of(setting: Setting, number: int, kpi_id: str = "N00001") -> Answer:
    return answer(setting.case(kpi_id), number)


def moving(own: list[float]) -> Any:
    """Values that are measured anew every year: the others go up and down by a little."""
    values = ladder(40, len(own), own=own)
    values[1:] += np.resize([0.0, 0.3], len(own))
    return values


def with_another(folder: Path, own: list[float], other: list[float], **more: Any) -> Setting:
    """A share beside another KPI of the own municipality: its base, margin or number of answers."""
    titles = more.pop("titles")
    base = more.pop("base", None)
    first = kpi(1, title=titles[0], **({"underlag": base} if base else {}))
    second = kpi(2, "ingen", title=titles[1])
    values = [ladder(40, len(own), own=own, step=2.0), ladder(40, len(own), own=other)]
    return planted(folder, values, [first, second], registered=[first], **more)


# 1. Är det slump?


def test_a_change_within_kolada_s_margin_may_be_chance(tmp_path: Path) -> None:
    titles = ["Nöjda, andel (%)", "Osäkerhetstal - Nöjda, andel (%)"]
    found = asked_of(with_another(tmp_path, [60.0, 63.0], [3.0, 4.0], titles=titles), 1)
    assert found.sakerhet == "ja"
    assert "från 60\u00a0% (2016) till 63\u00a0% (2017) kan vara slump" in found.svar
    assert "ryms i felmarginalen" in found.svar
    assert "±3 (2016) och ±4 (2017), för ändringen ±5" in found.varfor


def test_a_change_beyond_kolada_s_margin_is_hardly_chance(tmp_path: Path) -> None:
    titles = ["Nöjda, andel (%)", "Osäkerhetstal - Nöjda, andel (%)"]
    found = asked_of(with_another(tmp_path, [60.0, 66.0], [3.0, 4.0], titles=titles), 1)
    assert "är knappast slump: den är större än felmarginalen" in found.svar


def test_with_the_number_of_pupils_the_way_to_yellow_is_counted_in_pupils(tmp_path: Path) -> None:
    titles = ["Behöriga, andel (%)", "Elever i åk 9, antal"]
    setting = with_another(tmp_path, [6.0, 4.0], [100.0, 100.0], titles=titles, base="N00002")
    found = asked_of(setting, 1)
    assert "kan vara slump: den ryms i osäkerheten efter antalet personer" in found.svar
    assert "Med 16 elever till hade färgen varit gul." in found.svar
    assert "Newcombes intervall" in found.varfor


def test_with_many_persons_the_same_change_is_hardly_chance(tmp_path: Path) -> None:
    titles = ["Behöriga, andel (%)", "Elever i åk 9, antal"]
    setting = with_another(tmp_path, [60.0, 57.0], [9e4, 9e4], titles=titles, base="N00002")
    found = asked_of(setting, 1)
    assert "är knappast slump" in found.svar
    assert "Ändringen motsvarar 2\u00a0700 av 90\u00a0000 elever." in found.svar


def test_a_survey_s_number_of_answers_tells_its_chance(tmp_path: Path) -> None:
    titles = [SURVEY, "Enkäten - antal svar"]
    found = asked_of(with_another(tmp_path, [60.0, 63.0], [80.0, 90.0], titles=titles), 1)
    assert "ryms i osäkerheten efter antalet svar" in found.svar
    assert "80 svar 2016 och 90 svar 2017" in found.varfor


@pytest.mark.parametrize(
    ("newest", "said"),
    [(50.2, "inte större än värdet brukar svänga"), (58.0, "är knappast slump")],
)
def test_without_margin_or_persons_the_own_swings_decide(
    tmp_path: Path, newest: float, said: str
) -> None:
    own = [*CALM, newest]
    found = asked_of(planted(tmp_path, [moving(own)], [kpi(1)]), 1)
    assert (found.sakerhet, said in found.svar) == ("troligen", True)
    assert "de 4 tidigare ändringarna i serien" in found.varfor


def test_an_unchanged_value_leaves_nothing_to_chance(tmp_path: Path) -> None:
    found = asked_of(planted(tmp_path, [ladder(40, 2, own=[5.0, 5.0])], [kpi(1)]), 1)
    assert found.sakerhet == "ja"
    assert "både 2016 och 2017, så ingen ändring kan prövas" in found.svar


def test_with_few_years_chance_can_t_be_told_and_the_cure_is(tmp_path: Path) -> None:
    found = asked_of(planted(tmp_path, [moving([5.0, 6.0, 9.0])], [kpi(1)]), 1)
    assert found.sakerhet == "går inte att säga"
    assert "3 jämförbara värden där det behövs 6" in found.varfor
    assert "Skriv antalet personer som underlag i nyckeltal.yaml" in found.varfor


def test_years_that_a_break_parts_are_not_tested_for_chance(tmp_path: Path) -> None:
    told = {"N00001": "Från och med 2018 ingår fristående skolor. Källa: SCB."}
    values = [ladder(40, 3, own=[5.0, 6.0, 9.0])]
    found = asked_of(planted(tmp_path, values, [kpi(1)], described=told), 1)
    assert found.svar == "Det går inte att säga, för 2017 och 2018 kan inte jämföras."


# 2. Hur många personer handlar det om?


def test_the_base_of_the_same_year_tells_how_many_surely(tmp_path: Path) -> None:
    titles = ["Behöriga, andel (%)", "Elever i åk 9, antal"]
    setting = with_another(tmp_path, [70.0, 75.0], [120.0, 160.0], titles=titles, base="N00002")
    found = asked_of(setting, 2)
    assert found.sakerhet == "ja"
    assert "motsvarar omkring 120 av 160 elever i Ort 0110" in found.svar
    assert found.underlag["Därav"].tolist() == [84, 120]


def test_a_base_of_another_year_tells_it_likely_only(tmp_path: Path) -> None:
    titles = ["Behöriga, andel (%)", "Elever i åk 9, antal"]
    setting = with_another(tmp_path, [70.0, 75.0], [20.0, np.nan], titles=titles, base="N00002")
    found = asked_of(setting, 2)
    assert found.sakerhet == "troligen"
    assert "Antalet är från 2016 (N00002), inte från samma år" in found.varfor
    assert "varje elev 5,0 procentenheter" in found.varfor


def test_a_share_of_the_inhabitants_is_counted_from_the_population(tmp_path: Path) -> None:
    titles = ["Invånare nära hållplats, andel (%)", "Invånare totalt, antal"]
    found = asked_of(with_another(tmp_path, [20.0, 25.0], [8e3, 8e3], titles=titles), 2)
    assert found.sakerhet == "troligen"
    assert "motsvarar omkring 2\u00a0000 av 8\u00a0000 invånare" in found.svar


def test_a_share_of_some_ages_is_never_counted_from_all_inhabitants(tmp_path: Path) -> None:
    titles = ["Invånare 16-84 år med tillit, andel (%)", "Invånare totalt, antal"]
    found = asked_of(with_another(tmp_path, [20.0, 25.0], [8e3, 8e3], titles=titles), 2)
    assert found.sakerhet == "går inte att säga"


def test_a_rate_is_told_as_events(tmp_path: Path) -> None:
    titles = ["Anmälda brott, antal/1000 inv", "Invånare totalt, antal"]
    found = asked_of(with_another(tmp_path, [20.0, 25.0], [8e3, 8e3], titles=titles), 2)
    assert "motsvarar omkring 200 fall på 8\u00a0000 invånare" in found.svar


def test_things_per_inhabitant_are_no_cases(tmp_path: Path) -> None:
    titles = ["Bilar i trafik, antal/1000 inv", "Invånare totalt, antal"]
    found = asked_of(with_another(tmp_path, [20.0, 25.0], [8e3, 8e3], titles=titles), 2)
    assert "motsvarar omkring 200 (antal enligt rubriken) på 8\u00a0000 invånare" in found.svar


def test_sick_leave_is_no_share_of_persons_and_only_likely(tmp_path: Path) -> None:
    titles = ["Sjukfrånvaro, kommun, andel (%)", "Månadsavlönade, antal"]
    setting = with_another(tmp_path, [7.0, 8.0], [900.0, 1e3], titles=titles, base="N00002")
    found = asked_of(setting, 2)
    assert found.sakerhet == "troligen"
    assert "motsvarar omkring 80 av 1\u00a0000 årsarbetare" in found.svar
    assert "som om alla arbetade lika mycket" in found.varfor


def test_a_survey_rests_on_its_answers(tmp_path: Path) -> None:
    titles = [SURVEY, "Enkäten - antal svar"]
    found = asked_of(with_another(tmp_path, [60.0, 63.0], [80.0, 90.0], titles=titles), 2)
    assert "Värdet 63\u00a0% 2017 bygger på 90 svar i Ort 0110." in found.svar


def test_an_unknown_number_of_persons_is_told_with_its_cure(tmp_path: Path) -> None:
    found = asked_of(planted(tmp_path, [ladder(40, 2, own=[5.0, 6.0])], [kpi(1)]), 2)
    assert found.svar == "Det går inte att säga."
    assert "Hur många personer N00001 gäller är inte känt för Ort 0110." in found.varfor
    assert "underlag i nyckeltal.yaml" in found.varfor


# 3. Hur många kommuner har lämnat uppgift?


def without(values: Any, year: int, amount: int) -> Any:
    """The same values, with none in a year for so many of the last municipalities."""
    fewer = values.copy()
    fewer[-amount:, year] = np.nan
    return fewer


def test_full_coverage_is_told_against_the_year_before(tmp_path: Path) -> None:
    found = asked_of(planted(tmp_path, [ladder(40, 3, own=[5.0, 6.0, 7.0])], [kpi(1)]), 3)
    assert found.svar == "40 av 40 kommuner har lämnat uppgift för 2018, mot 40 för 2017."


@pytest.mark.parametrize(
    ("absent", "said"),
    [(16, "60\u00a0% av det vanliga antalet, 40, så färgen är preliminär"), (24, "så ingen färg")],
)
def test_low_coverage_says_what_it_does_to_the_colour(
    tmp_path: Path, absent: int, said: str
) -> None:
    values = without(ladder(40, 3, own=[5.0, 6.0, 7.0]), 2, absent)
    assert said in asked_of(planted(tmp_path, [values], [kpi(1)]), 3).svar


def test_when_nobody_has_a_value_coverage_can_t_be_told(tmp_path: Path) -> None:
    values = np.full((40, 2), np.nan)
    found = asked_of(planted(tmp_path, [values], [kpi(1)]), 3)
    assert found.sakerhet == "går inte att säga"
    assert "Ingen kommun har något värde för N00001" in found.varfor


# 4. Har definitionen ändrats?


def test_a_description_that_tells_of_a_change_is_quoted_with_its_year(tmp_path: Path) -> None:
    told = {"N00001": "Från och med 2018 ingår fristående skolor. Källa: SCB."}
    values = [ladder(40, 4, own=[5.0, 6.0, 9.0, 9.0])]
    found = asked_of(planted(tmp_path, values, [kpi(1)], described=told), 4)
    assert found.sakerhet == "ja"
    assert found.svar == (
        "Ja, från 2018 enligt beskrivningen: ”Från och med 2018 ingår fristående skolor”."
    )
    assert "Värden före 2018 går inte att jämföra" in found.varfor


def test_a_year_that_was_counted_otherwise_begins_the_series_anew() -> None:
    one = Break("N00001", 2017, "text", "beskrivningen säger: ”2016 exkluderades elever”")
    assert _counted_apart(one) == (
        "Ja, 2016 räknades annorlunda enligt beskrivningen: ”2016 exkluderades elever”, så serien"
        " börjar om 2017."
    )
    until = Break("N00001", 2017, "text", "beskrivningen säger: ”Till och med 2016 ingick alla”")
    assert _counted_apart(until) == ""


def test_fewer_are_what_it_takes_where_low_is_good(tmp_path: Path) -> None:
    one = kpi(1, "lågt", title="Sjuka, andel (%)", underlag="N00002")
    two = kpi(2, "ingen", title="Elever i åk 9, antal")
    values = [ladder(40, 2, own=[35.0, 36.0]), ladder(40, 2, own=[100.0, 100.0])]
    setting = planted(tmp_path, values, [one, two], registered=[one])
    assert re.search(r"Med \d+ färre hade färgen varit gul\.", asked_of(setting, 1).svar)


def test_a_change_that_the_decimals_hide_is_told_with_more(tmp_path: Path) -> None:
    titles = ["Nöjda, andel (%)", "Osäkerhetstal - Nöjda, andel (%)"]
    setting = with_another(tmp_path, [60.0, 60.001], [3.0, 4.0], titles=titles)
    assert "från 60,000\u00a0% (2016) till 60,001\u00a0% (2017)" in asked_of(setting, 1).svar


def test_a_leap_of_the_median_is_only_a_hint(tmp_path: Path) -> None:
    own = [5.0] * 8
    values = ladder(41, 8, own=own) + np.array([0, 0.5, 0, 0.5, 0, 0.5, 60, 60.5])
    found = asked_of(planted(tmp_path, [values], [kpi(1)]), 4)
    assert found.sakerhet == "troligen"
    assert "Det kan den ha gjort: medianen för alla kommuner ändrades 2022" in found.svar


def test_when_nothing_tells_of_a_change_what_was_looked_at_is_told(tmp_path: Path) -> None:
    found = asked_of(planted(tmp_path, [ladder(40, 8, own=[5.0] * 8)], [kpi(1)]), 4)
    assert found.svar == "Inget tyder på att definitionen har ändrats."
    assert "Lagret har ingen hämtning från ett tidigare år att jämföra texten med." in found.varfor


def test_too_few_years_for_the_median_are_told(tmp_path: Path) -> None:
    found = asked_of(planted(tmp_path, [ladder(40, 2, own=[5.0, 6.0])], [kpi(1)]), 4)
    assert "åren är för få för medianen" in found.varfor


# 5. Lever måttet?


def test_an_ended_measure_is_dead_and_its_living_relatives_are_named(tmp_path: Path) -> None:
    ended = kpi(1, title="Personal per hemtjänsttagare, medelvärde (-2017)")
    relative = kpi(2, title="Personal per hemtjänsttagare, median")
    values = [ladder(40, 2, own=[5.0, 6.0])] * 2
    found = asked_of(planted(tmp_path, values, [ended, relative], registered=[ended]), 5)
    assert (found.sakerhet, found.svar) == ("ja", "Nej, serien upphörde 2017.")
    assert found.underlag["Nyckeltal"].tolist() == ["N00002"]
    assert "inget byts av sig självt" in found.varfor


def test_a_measure_with_a_coming_day_lives(asked: Setting) -> None:
    found = answer(asked.case("N00090"), 5)
    assert found.sakerhet == "ja"
    assert found.svar.startswith("Ja, värdet för 2026 väntas den ")


def test_an_ended_story_of_the_exercise_world_is_dead(asked: Setting) -> None:
    assert answer(asked.case("U21401"), 5).svar == "Nej, serien upphörde 2024."


def test_a_measure_that_nobody_has_told_for_long_is_likely_dead(tmp_path: Path) -> None:
    setting = planted(tmp_path, [ladder(40, 2, own=[5.0, 6.0])], [kpi(1)], year=2026)
    found = asked_of(setting, 5)
    assert found.svar == "Troligen inte: ingen kommun har något värde senare än 2017."


def test_without_any_value_or_day_it_can_t_be_told_whether_a_measure_lives(tmp_path: Path) -> None:
    found = asked_of(planted(tmp_path, [np.full((40, 2), np.nan)], [kpi(1)]), 5)
    assert found.sakerhet == "går inte att säga"
    assert "Ingen kommun har något värde" in found.varfor


# 6. Är det samma mätning upprepad?


def test_the_same_values_everywhere_are_one_measurement(tmp_path: Path) -> None:
    found = asked_of(planted(tmp_path, [ladder(40, 2, own=[5.0, 6.0])], [kpi(1)]), 6)
    assert found.sakerhet == "ja"
    assert "Ja: 39 av 40 kommuner har exakt samma värde 2017 som 2016." in found.svar


def test_new_values_are_a_new_measurement(tmp_path: Path) -> None:
    values = ladder(40, 2, own=[5.0, 6.0]) + np.array([0.0, 0.3])
    found = asked_of(planted(tmp_path, [values], [kpi(1)]), 6)
    assert "Nej, 2017 är mätt på nytt: 0 av 40 kommuner" in found.svar


@pytest.mark.parametrize("years", [2, 3, 8, 11])
def test_every_year_is_set_beside_the_one_before_and_the_newest_is_there(
    tmp_path: Path, years: int
) -> None:
    values = ladder(40, years, own=[5.0 + at for at in range(years)]) + 0.3 * np.arange(years)
    found = asked_of(planted(tmp_path, [values], [kpi(1)]), 6).underlag
    newest = found["År"].iloc[-1]
    assert newest == 2016 + years - 1
    assert found["År"].tolist() == list(range(newest - len(found) + 1, newest + 1))
    assert (found["År"] - found["Jämfört med"] == 1).all()
    assert len(found) == years - 1
    assert (found["Samma värde"] == 0).all()


def test_a_mean_of_three_years_shares_two_with_the_one_before(tmp_path: Path) -> None:
    values = ladder(40, 2, own=[5.0, 6.0]) + np.array([0.0, 0.3])
    one = kpi(1, title="Fallskador, treårsmedelvärde, antal")
    found = asked_of(planted(tmp_path, [values], [one]), 6)
    assert "2016 och 2017 har 2 av 3 år gemensamma" in found.svar


def test_a_single_year_can_t_be_a_repetition_or_not(tmp_path: Path) -> None:
    found = asked_of(planted(tmp_path, [ladder(40, 1, own=[5.0])], [kpi(1)]), 6)
    assert found.sakerhet == "går inte att säga"
    assert "Bara 2016 har värden. Vänta på nästa mätning" in found.varfor


# 7. Mäter olika källor samma sak?


def measured(rows: dict[str, float]) -> pd.DataFrame:
    return tables.frame(
        tables.OWN_VALUES,
        {
            "measure": ["franvaro"] * len(rows),
            "part": [""] * len(rows),
            "period": list(rows),
            "gender": ["T"] * len(rows),
            "value": list(rows.values()),
            "provisional": [False] * len(rows),
        },
    )


def with_own(folder: Path, rows: dict[str, float], **more: Any) -> Setting:
    words = {
        "(filens namn)": "franvaro",
        "rubrik": "Frånvaro",
        "måttenhet": "%",
        "takt": "år",
        "riktning": "lågt",
        "nämnd": "KS",
        "perspektiv": "medarbetare",
        "källa": "Personalsystemet",
        "kolada": "N00001",
    }
    measure = Measure.model_validate(words | more)
    values = [ladder(40, 3, own=[5.0, 6.0, 7.0])]
    return planted(
        folder, values, [kpi(1)], model={"measures": (measure,)}, own_values=measured(rows)
    )


def test_own_figures_are_set_beside_kolada_s_and_the_newer_is_named(tmp_path: Path) -> None:
    rows = {"2016": 5.2, "2017": 6.2, "2018": 7.2, "2019": 7.5}
    found = asked_of(with_own(tmp_path, rows), 7)
    assert found.sakerhet == "ja"
    assert "Egna siffror gav 7,2 för 2018 och Kolada 7,0:" in found.svar
    assert "0,2 procentenheter högre" in found.svar
    assert "De egna är nyare och når 2019." in found.svar


def test_sources_without_a_common_year_can_t_be_compared(tmp_path: Path) -> None:
    found = asked_of(with_own(tmp_path, {"2019": 7.5}), 7)
    assert found.sakerhet == "går inte att säga"
    assert "inget år gemensamt" in found.varfor


def test_invented_example_figures_say_nothing_of_the_real_ones(tmp_path: Path) -> None:
    found = asked_of(with_own(tmp_path, {"2018": 7.2}, exempel=True), 7)
    assert found.sakerhet == "går inte att säga"
    assert "påhittat exempel" in found.varfor


def test_without_an_own_measure_the_cure_is_told(asked: Setting) -> None:
    found = answer(asked.case("N15428"), 7)
    assert "Inget eget mått säger att det mäter samma sak som N15428." in found.varfor
    assert "i mappen egna" in found.varfor


def test_the_exercise_municipality_s_own_absence_is_beside_kolada_s(asked: Setting) -> None:
    assert "Egna siffror gav" in answer(asked.case("N00090"), 7).svar


# 8. Vem har räknat?


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ("Källa: Egen undersökning i kommunen.", "Kommunerna har räknat själva"),
        ("Källa: SCBs medborgarundersökning.", "Siffran kommer ur en enkät"),
        ("Källa: SCB och Skolverket.", "Siffran är nationell statistik"),
        ("Källa: SCB:s valdeltagandeundersökning", "Siffran är nationell statistik"),
        ("Källa: RKA:s beräkningar", "Siffran är framräknad"),
        ("Källa: Avfall Sverige.", "En organisation utanför kommunen"),
    ],
)
def test_the_source_in_the_description_tells_who_has_counted(
    tmp_path: Path, told: str, said: str
) -> None:
    values = [ladder(40, 2, own=[5.0, 6.0])]
    found = asked_of(planted(tmp_path, values, [kpi(1)], described={"N00001": told}), 8)
    assert (found.sakerhet, found.svar.startswith(said)) == ("ja", True)
    assert f"”{source_of(told)}”." in found.svar


def test_a_description_without_source_can_t_tell_who_has_counted(tmp_path: Path) -> None:
    found = asked_of(planted(tmp_path, [ladder(40, 2, own=[5.0, 6.0])], [kpi(1)]), 8)
    assert found.sakerhet == "går inte att säga"
    assert "Fråga RKA" in found.varfor


# 9. Varför är rutan tom?


def test_a_cell_with_a_value_is_not_empty_and_earlier_holes_are_named(tmp_path: Path) -> None:
    values = [ladder(40, 4, own=[5.0, np.nan, 6.0, 7.0])]
    found = asked_of(planted(tmp_path, values, [kpi(1)]), 9)
    assert (found.sakerhet, found.svar) == (
        "ja",
        "Rutan är inte tom: Ort 0110 hade 7\u00a0% för 2019.",
    )
    assert "Däremot saknas 2017, fast andra kommuner har värden." in found.varfor


def test_an_empty_grade_may_mean_that_nearly_all_passed(tmp_path: Path) -> None:
    told = {
        "N00001": "Om det totala antalet elever är 40 eller fler och antalet EJ med lägst betyget E"
        " är 1-4 elever, så visas det som sekretess. Källa: Skolverket"
    }
    values = [ladder(40, 2, own=[5.0, np.nan])]
    found = asked_of(planted(tmp_path, values, [kpi(1)], described=told, year=2017), 9)
    assert found.sakerhet == "troligen"
    assert "Ort 0110 saknar värde för 2017, fast 39 av 40 kommuner har ett." in found.svar
    assert "nästan alla elever klarade sig" in found.svar


def test_an_empty_row_without_a_word_can_t_be_explained(tmp_path: Path) -> None:
    values = [ladder(40, 2, own=[5.0, np.nan])]
    found = asked_of(planted(tmp_path, values, [kpi(1)], year=2017), 9)
    assert found.sakerhet == "går inte att säga"
    assert "saknar värde för 2017" in found.svar
    assert "Raden finns i Kolada men är tom" in found.varfor
    assert "Koladas webbplats visar tecknet" in found.varfor


def test_kolada_s_own_word_of_a_cell_is_quoted(tmp_path: Path) -> None:
    told = (
        observed(np.array([[[np.nan]]]), ["N00001"], codes_of(40)[:1], FIRST + 1)
        .assign(status="Sekretess")
        .astype(tables.OBSERVATIONS)
    )
    values = ladder(40, 2, own=[5.0, 5.0])
    setting = planted(tmp_path, [values], [kpi(1)], year=2017)
    rows = setting.values("N00001")
    mine = (rows["municipality"] == setting.own) & (rows["period"] == FIRST + 1)
    changed = pd.concat([rows[~mine], told], ignore_index=True).astype(tables.OBSERVATIONS)
    case = setting.case("N00001")
    object.__setattr__(case.evidence, "observations", changed)
    assert "”Sekretess”" in answer(case, 9).varfor


def test_a_value_that_nobody_has_is_not_missing_here_alone(tmp_path: Path) -> None:
    found = asked_of(planted(tmp_path, [np.full((40, 2), np.nan)], [kpi(1)]), 9)
    assert found.svar == "Ingen kommun har något värde för N00001 i det hämtade."


# Alla


def test_a_renamed_measure_and_an_earlier_fetch_are_told(tmp_path: Path) -> None:
    values = ladder(40, 2, own=[5.0, 6.0])
    before = observed(np.array([values]), ["N00001"], codes_of(40))
    fetched = datetime(2026, 11, 23, 12, tzinfo=UTC)
    setting = planted(tmp_path, [values], [kpi(1)], earlier=before, fetched=fetched)
    assert "jämförd med hämtningen 23 november 2025" in asked_of(setting, 4).varfor
    other = Kpi.model_validate(
        {"id": "N00001", "rubrik": "Ett annat namn, andel (%)", "riktning": "högt"}
    )
    renamed = planted(tmp_path / "ny", [values], [kpi(1)], registered=[other])
    assert "Rubriken har ändrats i Kolada" in asked_of(renamed, 4).svar
    assert date(2026, 11, 26) == setting.today
