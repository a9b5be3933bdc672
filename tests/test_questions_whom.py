"""Theme D: whom is it about?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from asking import ladder, planted
from conftest import TODAY, Exercise
from small_land import FIRST, codes_of, kpi

from malstyr_lib import tables
from malstyr_lib.model import Administration, Committee, CommitteeGoal, Kpi, Measure
from malstyr_lib.ovning.dataset import Dataset
from malstyr_lib.questions import UNSURE, Answer, Setting, answer, averages
from malstyr_lib.questions.answer import LIKELY, SURE
from malstyr_lib.store import Store

NAN = float("nan")
YEARS = 4
LAST = FIRST + YEARS - 1
OWN = "Ort 0110"


def said(found: Answer) -> str:
    """What is answered, with plain blanks."""
    return found.svar.replace("\u00a0", " ")


def genders(women: Sequence[Sequence[float]], men: Sequence[Sequence[float]]) -> pd.DataFrame:
    """Women's and men's values (area × year) of the first KPI; areas beyond those given differ by
    two."""
    rows = [
        ("N00001", area, FIRST + year, gender, value, "")
        for gender, table in (("K", women), ("M", men))
        for area, values in zip(codes_of(len(table)), table, strict=True)
        for year, value in enumerate(values)
    ]
    columns = dict(zip(tables.OBSERVATIONS, zip(*rows, strict=True), strict=True))
    return tables.frame(tables.OBSERVATIONS, columns)


def split(
    tmp_path: Path, women: list[float], men: list[float], direction: str = "högt", **more: Any
) -> Setting:
    """A land of 40 where the others' women have two more than their men, and the own as given."""
    total = ladder(40, YEARS, own=[10.5] * YEARS)
    rows = genders([women, *(total[1:] + 1)], [men, *(total[1:] - 1)])
    return planted(tmp_path, [total], [kpi(1, direction)], more_values=rows, **more)


# --- 21 women and men ----------------------------------------------------------------------------


def test_the_planted_boys_are_red_while_the_girls_are_green(asked: Setting) -> None:
    found = answer(asked.case("N15505"), 21)
    assert said(found) == (
        "Nej: pojkar (186,2) är röda, men flickor (246,1) är gröna i Övninge 2025. Skillnaden är"
        " 59,9, mot vanligen 28,9 i de andra kommunerna; 0 av 255 har en större."
    )
    assert found.sakerhet == SURE
    assert found.underlag["År"].iloc[0] == "2025"
    assert found.diagram is not None
    assert found.diagram.alt.startswith("Hantelbild över")


def test_where_women_and_men_are_both_red_the_answer_is_yes(tmp_path: Path) -> None:
    found = answer(split(tmp_path, [4.0] * YEARS, [2.0] * YEARS).case("N00001"), 21)
    assert said(found).startswith(
        f"Ja: både kvinnor (4,0 %) och män (2,0 %) är röda i {OWN} {LAST}"
    )
    assert "mot vanligen 2,0 procentenheter i de andra kommunerna; 0 av 39" in said(found)
    assert found.sakerhet == SURE


def test_a_difference_that_turns_from_year_to_year_is_only_likely(tmp_path: Path) -> None:
    found = answer(split(tmp_path, [4.0, 2.0] * 2, [2.0, 4.0] * 2).case("N00001"), 21)
    assert found.sakerhet == LIKELY
    assert "alltså inte alltid åt samma håll" in found.varfor


def test_others_who_differ_the_other_way_are_said_to(tmp_path: Path) -> None:
    found = answer(split(tmp_path, [18.0] * YEARS, [21.0] * YEARS).case("N00001"), 21)
    assert "mot vanligen 2,0 procentenheter åt andra hållet" in said(found)


def test_without_direction_the_values_are_told_without_better_and_worse(tmp_path: Path) -> None:
    found = answer(split(tmp_path, [18.0] * YEARS, [21.0] * YEARS, "ingen").case("N00001"), 21)
    assert said(found).startswith(
        f"Värdet är 18,0 % för kvinnor och 21,0 % för män i {OWN} {LAST}."
    )
    assert not {"röd", "gul", "bättre"} & set(said(found).split())


def test_when_one_gender_is_hidden_neither_is_shown_anywhere(tmp_path: Path) -> None:
    found = answer(split(tmp_path, [4.0] * YEARS, [NAN] * YEARS).case("N00001"), 21)
    assert found.sakerhet == UNSURE
    assert f"N00001 har inget värde för både kvinnor och män i {OWN}." in found.varfor
    assert "4,0" not in repr(found)


def test_when_the_total_is_hidden_the_genders_that_would_tell_it_are_not_shown(
    tmp_path: Path,
) -> None:
    total = ladder(40, YEARS, own=[10.5, NAN, NAN, NAN])
    women, men = [NAN, 4.0, 4.0, 4.0], [2.0, 2.0, 2.0, 2.0]
    rows = genders([women, *(total[1:] + 1)], [men, *(total[1:] - 1)])
    setting = planted(tmp_path, [total], [kpi(1)], more_values=rows)
    found = answer(setting.case("N00001"), 21)
    assert found.sakerhet == UNSURE
    assert "eller totalen, är dolt eller saknas" in found.varfor
    assert found.underlag.empty


def test_a_year_in_which_one_is_hidden_is_no_row(tmp_path: Path) -> None:
    found = answer(split(tmp_path, [4.0, NAN, 4.0, 4.0], [2.0] * YEARS).case("N00001"), 21)
    assert list(found.underlag["År"]) == [str(FIRST + year) for year in (3, 2, 0)]


def test_a_newest_year_without_both_is_said_and_the_answer_is_of_the_year_before(
    tmp_path: Path,
) -> None:
    found = answer(split(tmp_path, [4.0] * YEARS, [2.0] * (YEARS - 1) + [NAN]).case("N00001"), 21)
    assert said(found).startswith(
        f"För {LAST} finns inga värden per kön att visa, så svaret gäller {LAST - 1}. Ja:"
    )
    assert found.sakerhet == LIKELY


def test_women_and_men_of_years_ago_say_nothing_of_now(tmp_path: Path) -> None:
    hidden = [NAN] * 2
    found = answer(split(tmp_path, [4.0] * YEARS, [2.0] * (YEARS - 2) + hidden).case("N00001"), 21)
    assert found.sakerhet == UNSURE
    assert said(found) == (
        f"För {LAST} går det inte att säga: de senaste värdena för både kvinnor och män i {OWN} är"
        f" från {LAST - 2}."
    )


@pytest.mark.parametrize(
    ("title", "compared"),
    [
        ("Elever, antal", False),
        ("Elever, antal/1000 inv", True),
        ("Elever per lärare, antal", True),
    ],
)
def test_a_plain_count_is_not_set_beside_that_of_larger_municipalities(
    tmp_path: Path, title: str, compared: bool
) -> None:
    total = ladder(40, YEARS, own=[10.5] * YEARS)
    rows = genders([[9.0] * YEARS, *(total[1:] + 1)], [[2.0] * YEARS, *(total[1:] - 1)])
    setting = planted(tmp_path, [total], [kpi(1, "ingen", title=title)], more_values=rows)
    found = answer(setting.case("N00001"), 21)
    assert ("i de andra kommunerna" in said(found)) is compared
    assert ("Skillnaden är 7,0, och ett antal jämförs inte med andras." in said(found)) is (
        not compared
    )
    assert ("följer hur stor en kommun är" in found.varfor) is not compared


def test_an_own_measure_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []
    true = averages.with_history
    monkeypatch.setattr(averages, "with_history", lambda *a: read.append(1) or true(*a))
    answer(of_parts(tmp_path, {"vard": 4.0, "stab": -2.0}).case("N00001"), 25)
    assert len(read) == 1


def test_who_weighs_most_is_told_only_where_the_number_of_both_is_known(asked: Setting) -> None:
    known, unknown = (answer(asked.case(kpi), 21) for kpi in ("N00206", "N00090"))
    assert "personer, så deras värde väger tyngst i totalen." in known.varfor
    assert "väger" not in unknown.varfor


# --- 22 units ------------------------------------------------------------------------------------


def units(values: dict[str, list[float]], kpi_id: str = "N00001", own: str = "0110") -> Any:
    """Units of the own municipality, by id, with a value for each of the last years."""
    first = FIRST + YEARS - max(len(one) for one in values.values())
    rows = [
        (kpi_id, own, ou, first + year, "T", value, "")
        for ou, series in values.items()
        for year, value in enumerate(series)
    ]
    columns = dict(zip(tables.OU_OBSERVATIONS, zip(*rows, strict=True), strict=True))
    return tables.frame(tables.OU_OBSERVATIONS, columns)


def named(values: dict[str, list[float]]) -> pd.DataFrame:
    titles = [f"Enhet {ou[-1]}" for ou in values]
    columns = {"id": list(values), "title": titles, "municipality": ["0110"] * len(values)}
    return tables.frame(tables.OUS, columns)


def with_units(
    tmp_path: Path,
    values: dict[str, list[float]],
    persons: dict[str, float] | None = None,
    **more: Any,
) -> Setting:
    """A land whose own share is 50 per cent; persons: how many each unit has, every year."""
    total = ladder(40, YEARS, own=[50.0] * YEARS, step=2.1)
    base = {"underlag": "N00002"} if persons else {}
    told = units(values)
    if persons:
        length = max(len(one) for one in values.values())
        sizes = units({ou: [n] * length for ou, n in persons.items()}, "N00002")
        told = pd.concat([told, sizes], ignore_index=True).astype(tables.OU_OBSERVATIONS)
    kpis = [kpi(1, **base), kpi(2, "ingen", title="Personer, antal")]
    return planted(tmp_path, [total, total], kpis, ous=named(values), ou_values=told, **more)


SIZES = {"V15E1": 400.0, "V15E2": 300.0, "V15E3": 200.0, "V15E4": 12.0}


def test_the_planted_small_school_is_not_singled_out_for_noise(asked: Setting) -> None:
    found = answer(asked.case("N15505"), 22)
    assert "Lillåns" not in said(found)
    rows = found.underlag.set_index("Enhet")
    assert rows["Värde 2025"].idxmin() == "Lillåns skola"
    assert rows.loc["Lillåns skola", "Läge"] == "inom det som slumpen brukar ge"
    assert found.diagram is not None
    assert "Lillåns" not in found.diagram.alt
    assert "Antalet personer per enhet är inte känt" in found.varfor


def stored(exercise: Exercise, folder: Path, ou_values: pd.DataFrame | None = None) -> Setting:
    """The exercise municipality with the grades alone, and these values of units."""
    there = Store(exercise.place.store).open()
    lists = {name: getattr(there, name) for name in there.manifest["tables"]}
    url, store = there.base_url, Store(folder)
    store.write(there.values("N15505"), **lists, ou_values=ou_values, base_url=url)
    return Setting(exercise.model, store.open(), "9001", TODAY)


def test_nor_where_it_is_known_that_it_has_twelve_pupils(
    exercise: Exercise, world: Dataset, tmp_path: Path
) -> None:
    setting = stored(exercise, tmp_path, world.ou_values.query("municipality == '9001'"))
    case = setting.case("N15505")
    sized = replace(case, kpi=case.kpi.model_copy(update={"base": "N15809"}))
    found = answer(sized, 22)
    rows = found.underlag.set_index("Enhet")
    assert rows.loc["Lillåns skola", "Antal personer"] == 12
    assert rows.loc["Lillåns skola", "Läge"] == "inom det som slumpen brukar ge"
    assert "Lillåns" not in said(found)
    assert "Störst del av avståndet till medianen har Lärkskolan" in found.varfor
    apart = sized.value - np.nanmedian(sized.everyone(2025))
    assert rows["Del av avståndet till medianen"].sum() == pytest.approx(apart, abs=0.1)


def test_a_large_unit_far_away_is_named_but_a_small_one_as_far_away_is_not(tmp_path: Path) -> None:
    values = {"V15E1": [50.0] * 2, "V15E2": [51.0] * 2, "V15E3": [30.0] * 2, "V15E4": [30.0] * 2}
    found = answer(with_units(tmp_path, values, SIZES).case("N00001"), 22)
    assert said(found) == (
        "Enhet 3 (30,0 %, 200 personer) ligger lägre (sämre) än slumpen brukar ge. De 4 enheter i"
        f" {OWN} som kan visas ligger mellan 30,0 och 51,0 % {LAST}, och kommunen som helhet på"
        " 50,0 %."
    )
    assert found.sakerhet == SURE  # it was so the year before too


def test_a_unit_that_stands_out_for_the_first_time_is_only_likely(tmp_path: Path) -> None:
    values = {"V15E1": [50.0] * 2, "V15E2": [51.0] * 2, "V15E3": [50.0, 30.0]}
    found = answer(with_units(tmp_path, values, SIZES).case("N00001"), 22)
    assert said(found).startswith("Enhet 3 (30,0 %, 200 personer) ligger lägre")
    assert found.sakerhet == LIKELY


def test_units_within_what_chance_gives_are_not_named(tmp_path: Path) -> None:
    values = {"V15E1": [50.0] * 2, "V15E2": [53.0] * 2, "V15E3": [46.0] * 2}
    persons = {ou: SIZES[ou] for ou in values}
    found = answer(with_units(tmp_path, values, persons).case("N00001"), 22)
    assert said(found).startswith("Ingen enhet kan pekas ut: de 3 enheter")
    assert "Enhet 1" not in said(found)


def test_the_limits_are_those_of_the_number_of_persons(tmp_path: Path) -> None:
    values = {"V15E1": [50.0] * 2, "V15E2": [50.0] * 2}
    persons = {"V15E1": 400.0, "V15E2": 100.0}
    rows = answer(with_units(tmp_path, values, persons).case("N00001"), 22).underlag
    z = 2.241402727604947  # 5 % shared by two units, both ways
    assert list(rows["Övre gräns"]) == pytest.approx([50 + z * 2.5, 50 + z * 5.0])


def test_a_unit_of_nine_persons_is_not_shown_and_neither_is_one_more(tmp_path: Path) -> None:
    values = {ou: [50.0] * 2 for ou in SIZES}
    found = answer(with_units(tmp_path, values, SIZES | {"V15E4": 9.0}).case("N00001"), 22)
    assert list(found.underlag["Enhet"]) == ["Enhet 2", "Enhet 3"]
    assert found.varfor.count("2 enheter visas inte") == 1
    assert "färre än 10 personer" in found.varfor
    ten = with_units(tmp_path / "tio", values, SIZES | {"V15E4": 10.0})
    assert len(answer(ten.case("N00001"), 22).underlag) == 4


def test_a_unit_with_persons_but_without_a_row_can_not_be_worked_out(tmp_path: Path) -> None:
    values = {"V15E1": [60.0] * 2, "V15E2": [65.0] * 2, "V15E4": [62.0] * 2}
    persons = {"V15E1": 100.0, "V15E2": 100.0, "V15E3": 6.0, "V15E4": 100.0}
    found = answer(with_units(tmp_path, values, persons).case("N00001"), 22)
    assert list(found.underlag["Enhet"]) == ["Enhet 2", "Enhet 4"]
    assert "2 enheter visas inte" in found.varfor


def test_where_persons_are_unknown_a_unit_hidden_of_late_is_not_shown(tmp_path: Path) -> None:
    steady = {"V15E1": [50.0, 52.0, 50.0, 52.0], "V15E2": [51.0, 49.0, 51.0, 49.0]}
    values = steady | {"V15E3": [49.0, 50.0, 49.0, 50.0], "V15E4": [20.0, 21.0, NAN, 20.0]}
    found = answer(with_units(tmp_path, values).case("N00001"), 22)
    assert "Enhet 4" not in repr(found)
    assert list(found.underlag["Enhet"]) == ["Enhet 3", "Enhet 2"]
    assert found.sakerhet == LIKELY


def test_without_persons_a_unit_is_held_against_its_own_moves(tmp_path: Path) -> None:
    steady = {"V15E1": [50.0, 50.5, 50.0, 50.5], "V15E2": [51.0, 50.5, 51.0, 50.5]}
    restless = {"V15E3": [50.0, 70.0, 45.0, 35.0], "V15E4": [40.0, 40.5, 40.0, 40.5]}
    found = answer(with_units(tmp_path, steady | restless).case("N00001"), 22)
    assert said(found).startswith("Enhet 4 (40,5 %) ligger lägre (sämre)")
    assert "Enhet 3" not in said(found)


def test_too_few_years_say_nothing_and_how_many_it_takes(tmp_path: Path) -> None:
    found = answer(with_units(tmp_path, {"V15E1": [50.0], "V15E2": [20.0]}).case("N00001"), 22)
    assert found.sakerhet == UNSURE
    assert "det går inte att säga om någon av dem avviker" in said(found)
    assert "Med fyra år av värden går det att säga." in found.varfor


def test_one_unit_has_nobody_to_be_compared_with(tmp_path: Path) -> None:
    found = answer(with_units(tmp_path, {"V15E1": [50.0]}).case("N00001"), 22)
    assert f"Bara en enhet kan visas i {OWN} {LAST}, så det finns ingen att" in found.varfor


def test_the_municipalitys_own_name_of_a_unit_is_used(tmp_path: Path) -> None:
    school = {"id": "backa", "namn": "Backa skola", "kolada": "V15E1"}
    administration = Administration.model_validate(
        {"id": "bf", "namn": "Bildning", "enheter": [school]}
    )
    one = Committee.model_validate(
        {"(filens namn)": "bn", "kod": "BN", "namn": "BN", "förvaltningar": [administration]}
    )
    values = {"V15E1": [50.0] * 2, "V15E2": [53.0] * 2}
    setting = with_units(tmp_path, values, SIZES, model={"committees": (one,)})
    found = answer(setting.case("N00001"), 22)
    assert list(found.underlag["Enhet"]) == ["Backa skola", "Enhet 2"]


def test_a_kpi_that_kolada_has_no_units_of_says_so_and_what_can_be_done(asked: Setting) -> None:
    found = answer(asked.case("N00090"), 22)
    assert found.sakerhet == UNSURE
    assert found.varfor == (
        "Kolada har inte N00090 för enheter, bara för kommuner. Verksamheten kan ha uppgiften för"
        " sina enheter; den kan då följas som ett eget mått."
    )


def test_units_that_nobody_has_fetched_are_told_with_the_cure(
    exercise: Exercise, tmp_path: Path
) -> None:
    setting = stored(exercise, tmp_path)
    found = answer(setting.case("N15505"), 22)
    assert found.varfor == (
        "Lagret har inte N15505 för enheter i Övninge. Står nyckeltalet i nyckeltal.yaml hämtar"
        " kommandot malstyr hamta de egna enheterna."
    )


def test_another_municipalitys_units_are_not_there_to_be_asked_about(asked: Setting) -> None:
    found = answer(replace(asked, own="9002").case("N15505"), 22)
    assert found.sakerhet == UNSURE
    assert "Styrparametrarna gäller en annan kommun" in found.varfor


# --- 23 schools or pupils ------------------------------------------------------------------------

PUPILS = "Elever i åk 9 som är behöriga, hemkommun, andel (%)"
SCHOOLS = "Elever i åk 9 som är behöriga, kommunala skolor, andel (%)"
FREE = "Elever i åk 9 som är behöriga, fristående skolor, andel (%)"


def family(tmp_path: Path, pupils: float, schools: float, direction: str = "högt") -> Setting:
    values = [ladder(40, YEARS, own=[one] * YEARS) for one in (pupils, schools)]
    return planted(
        tmp_path,
        values,
        [kpi(1, direction, title=PUPILS), kpi(2, direction, title=SCHOOLS)],
    )


@pytest.mark.parametrize(
    ("pupils", "schools", "told"),
    [
        (20.5, 2.5, f"Skolorna: de kommunala skolorna (2,5 %) är röda {LAST}, men eleverna som bor"
         f" i {OWN} (20,5 %) är gula."),
        (2.5, 35.5, f"Eleverna: eleverna som bor i {OWN} (2,5 %) är röda {LAST}, men de kommunala"
         " skolorna (35,5 %) är gröna."),
        (2.5, 3.5, f"Båda: både eleverna som bor i {OWN} (2,5 %) och de kommunala skolorna (3,5 %)"
         f" är röda {LAST}."),
        (20.5, 21.5, f"Ingetdera är rött: både eleverna som bor i {OWN} (20,5 %) och de kommunala"
         f" skolorna (21,5 %) är gula {LAST}."),
    ],
)  # fmt: skip
def test_schools_and_pupils_are_told_apart_by_their_colours(
    tmp_path: Path, pupils: float, schools: float, told: str
) -> None:
    setting = family(tmp_path, pupils, schools)
    for asked_of in ("N00001", "N00002"):
        found = answer(setting.case(asked_of), 23)
        assert said(found) == told
        assert found.sakerhet == SURE


def test_without_direction_the_values_are_compared_without_colours(tmp_path: Path) -> None:
    found = answer(family(tmp_path, 20.5, 18.5, "ingen").case("N00001"), 23)
    assert said(found) == (
        "Värdet för de kommunala skolorna (18,5 %) är 2,0 procentenheter lägre än eleverna som bor"
        f" i {OWN} (20,5 %) {LAST}."
    )
    assert found.sakerhet == LIKELY


def test_the_exercise_municipalitys_schools_are_red_and_its_pupils_are_not(asked: Setting) -> None:
    found = answer(asked.case("N15428"), 23)
    assert said(found).startswith("Skolorna: de kommunala skolorna (74,9 %) är röda 2025, men")
    assert list(found.underlag["Nyckeltal"]) == ["N15428", "N15436"]


def test_the_missing_of_the_family_are_named_with_the_cure(tmp_path: Path) -> None:
    setting = planted(
        tmp_path,
        [ladder(40, YEARS, own=[2.5] * YEARS)],
        [kpi(1, title=PUPILS)],
        titled={"N00002": SCHOOLS, "N00003": FREE},
    )
    found = answer(setting.case("N00001"), 23)
    assert found.sakerhet == UNSURE
    assert found.varfor == (
        "Lagret har bara N00001 av nyckeltalen som mäter samma sak; det saknar N00002 (kommunal)"
        " och N00003 (fristående). Kommandot malstyr hamta --allt hämtar alla."
    )


def test_where_kolada_has_no_kpi_of_the_pupils_it_is_said_beside_the_others_values(
    tmp_path: Path,
) -> None:
    values = [ladder(40, YEARS, own=[one] * YEARS) for one in (20.5, 3.5)]
    kpis = [kpi(1, title=SCHOOLS), kpi(2, title=FREE)]
    found = answer(planted(tmp_path, values, kpis).case("N00001"), 23)
    assert found.sakerhet == UNSURE
    assert "20,5 % för de kommunala skolorna och 3,5 % för de fristående" in said(found)
    assert found.varfor.startswith("Kolada har inget sådant nyckeltal för eleverna som bor i")


def test_a_kpi_without_family_is_told_to_be_alone(asked: Setting) -> None:
    found = answer(asked.case("N00090"), 23)
    assert found.varfor.startswith("Kolada har N00090 bara i en form")


# --- 24 ages and groups --------------------------------------------------------------------------

AGES = (
    "Sjukfrånvaro bland anställda <30 år, andel (%)",
    "Sjukfrånvaro bland anställda >49 år, andel (%)",
)


def ages(tmp_path: Path, young: float, old: float, direction: str = "lågt", **more: Any) -> Setting:
    values = [ladder(40, YEARS, own=[one] * YEARS) for one in (young, old)]
    kpis = [kpi(at + 1, direction, title=title) for at, title in enumerate(AGES)]
    return planted(tmp_path, values, kpis, **more)


def test_the_red_age_is_named_and_the_others_colour_too(tmp_path: Path) -> None:
    found = answer(ages(tmp_path, 20.5, 35.5).case("N00001"), 24)
    assert said(found) == (
        f"Gruppen över 49 år (35,5 %) är röd i {OWN} {LAST}, men under 30 år (20,5 %) är gul."
    )
    assert found.sakerhet == SURE


def test_when_no_age_is_red_none_is_blamed(tmp_path: Path) -> None:
    found = answer(ages(tmp_path, 20.5, 2.5).case("N00001"), 24)
    assert said(found).startswith(f"Ingen av grupperna är röd i {OWN} {LAST}: under 30 år (20,5 %)")


def test_when_every_age_is_red_it_is_all_of_them(tmp_path: Path) -> None:
    found = answer(ages(tmp_path, 36.5, 35.5).case("N00001"), 24)
    assert said(found) == (
        f"Båda grupperna är röda i {OWN} {LAST}: under 30 år (36,5 %) och över 49 år (35,5 %)."
    )


def aging(tmp_path: Path, until: int) -> Setting:
    """A total with values to the last year and two ages whose own ones end some years earlier."""
    total = ladder(40, YEARS, own=[20.5] * YEARS)
    young = ladder(40, YEARS, own=[20.5] * (YEARS - until) + [NAN] * until)
    titles = ("Sjukfrånvaro totalt bland anställda, andel (%)", *AGES)
    kpis = [kpi(at + 1, "lågt", title=title) for at, title in enumerate(titles)]
    return planted(tmp_path, [total, young, young], kpis)


def test_groups_whose_values_end_two_years_before_tell_nothing_of_now(tmp_path: Path) -> None:
    found = answer(aging(tmp_path, 2).case("N00001"), 24)
    assert found.sakerhet == UNSURE
    assert found.varfor.startswith(
        f"Grupperna har inte värden för samma år efter {LAST - 2}, men {OWN} har värde för {LAST}."
    )


def test_groups_of_the_year_before_are_only_likely_and_the_year_is_said(tmp_path: Path) -> None:
    found = answer(aging(tmp_path, 1).case("N00001"), 24)
    assert f"i {OWN} {LAST - 1}" in said(found)
    assert found.sakerhet == LIKELY
    assert f"{LAST - 1} är senaste året som de flesta av grupperna har värden." in found.varfor


def test_without_direction_the_highest_and_lowest_groups_are_told(tmp_path: Path) -> None:
    found = answer(ages(tmp_path, 20.5, 35.5, "ingen").case("N00001"), 24)
    assert said(found) == (
        f"Värdet är högst för över 49 år (35,5 %) och lägst för under 30 år (20,5 %) i {OWN}"
        f" {LAST}."
    )


def test_ages_that_nobody_has_fetched_are_named_with_the_cure(tmp_path: Path) -> None:
    total = kpi(1, "lågt", title="Sjukfrånvaro totalt bland anställda, andel (%)")
    listed = {"N00092": AGES[0], "N00094": AGES[1]}
    values = [ladder(40, YEARS, own=[35.5] * YEARS)]
    found = answer(planted(tmp_path, values, [total], titled=listed).case("N00001"), 24)
    assert found.sakerhet == UNSURE
    assert "saknar N00092 (under 30 år) och N00094 (över 49 år). Kommandot" in found.varfor


def test_the_exercise_municipality_has_ages_and_origins(asked: Setting) -> None:
    by_age, by_origin = (answer(asked.case(kpi), 24) for kpi in ("N00090", "N02281"))
    assert "under 30 år (7,9 %) är gul, 30–49 år (6,5 %) är grön" in said(by_age)
    assert "inrikes födda (2,9 %)" in said(by_origin)
    assert "utrikes födda (11,1 %)" in said(by_origin)


def test_a_kpi_without_groups_says_so(asked: Setting) -> None:
    found = answer(asked.case("N15505"), 24)
    assert found.varfor == "Kolada har inte N15505 uppdelat på åldrar, årskurser eller födelseland."


# --- 25 averages ---------------------------------------------------------------------------------


def measured(pace: str = "månad") -> Measure:
    return Measure.model_validate(
        {
            "(filens namn)": "franvaro",
            "rubrik": "Frånvaro",
            "måttenhet": "%",
            "takt": pace,
            "riktning": "lågt",
            "nämnd": "KS",
            "perspektiv": "medarbetare",
            "källa": "Personalsystemet",
            "kolada": "N00001",
        }
    )


def own_values(parts: dict[str, float]) -> pd.DataFrame:
    """Two years of months: every part as far from the whole as said, which is six."""
    months = [f"{year}-{month:02d}" for year in (2024, 2025) for month in range(1, 13)]
    rows = [
        ("franvaro", part, month, "T", 6.0 + away, False)
        for part, away in {"": 0.0, **parts}.items()
        for month in months
    ]
    columns = dict(zip(tables.OWN_VALUES, zip(*rows, strict=True), strict=True))
    return tables.frame(tables.OWN_VALUES, columns)


def of_parts(tmp_path: Path, parts: dict[str, float]) -> Setting:
    values = [ladder(40, YEARS, own=[6.0] * YEARS)]
    more = {"model": {"measures": (measured(),)}, "own_values": own_values(parts)}
    return planted(tmp_path, values, [kpi(1, "lågt")], **more)


def test_parts_that_always_lie_apart_are_what_the_average_hides(tmp_path: Path) -> None:
    found = answer(of_parts(tmp_path, {"vard": 4.0, "skola": 0.0, "stab": -2.0}).case("N00001"), 25)
    assert said(found) == (
        "Ja: under 12 månader till och med december 2025 är helheten 6 %, och delarna går från 4"
        " (stab) till 10 (vard). vard och stab skiljer sig från helheten."
    )
    assert found.sakerhet == SURE
    assert "Eget mått: Personalsystemet." in found.kalla


def test_a_year_that_is_set_cuts_the_own_values_too(tmp_path: Path) -> None:
    setting = replace(of_parts(tmp_path, {"vard": 4.0, "stab": -2.0}), year=2024)
    assert {*setting.own_values["period"]} == {f"2024-{month:02d}" for month in range(1, 13)}
    assert "till och med december 2024" in said(answer(setting.case("N00001"), 25))


def test_a_year_before_every_own_value_is_answered_without_them(tmp_path: Path) -> None:
    setting = replace(of_parts(tmp_path, {"vard": 4.0, "stab": -2.0}), year=LAST)
    assert setting.own_values.empty
    for number in (7, 25):
        assert answer(setting.case("N00001"), number).sakerhet == UNSURE


def test_parts_like_the_whole_hide_nothing(tmp_path: Path) -> None:
    found = answer(of_parts(tmp_path, {"vard": 0.0, "skola": 0.0}).case("N00001"), 25)
    assert said(found).endswith("men ingen del skiljer sig säkert.")
    assert found.sakerhet == LIKELY


def test_the_planted_departments_lie_apart(asked: Setting) -> None:
    found = answer(asked.case("N00090"), 25)
    assert said(found).endswith(
        "till 10,9 (Vård och omsorg). Alla delar skiljer sig från helheten."
    )
    assert "Vård och omsorg" in list(found.underlag["Del"])


def test_units_are_looked_at_where_there_is_no_own_measure(asked: Setting) -> None:
    schools, homes = (answer(asked.case(kpi), 25) for kpi in ("N15505", "U23471"))
    assert said(schools).endswith("1 enhet ligger längre från helheten än slumpen brukar ge.")
    assert said(homes).startswith("Inget säkert: de 2 enheter")
    assert homes.sakerhet == LIKELY


def test_without_parts_and_units_the_cure_is_an_own_measure(asked: Setting) -> None:
    found = answer(asked.case("N15428"), 25)
    assert found.sakerhet == UNSURE
    assert "Följ det som ett eget mått med värden per förvaltning eller enhet" in found.varfor


# --- 26 neighbours -------------------------------------------------------------------------------


def committee(kpis: Sequence[Kpi]) -> Committee:
    goal = CommitteeGoal.model_validate(
        {
            "id": "m1",
            "text": "Ett mål",
            "fullmäktigemål": "f1",
            "perspektiv": "p1",
            "nyckeltal": [one.id for one in kpis],
        }
    )
    return Committee.model_validate(
        {"(filens namn)": "bn", "kod": "BN", "namn": "Nämnden", "mål": [goal]}
    )


def neighbours(tmp_path: Path, own: list[float]) -> Setting:
    """KPIs of the same goal with these own values among 40, where 2.5 is red and 35.5 green."""
    kpis = [kpi(at + 1) for at in range(len(own))]
    values = [ladder(40, YEARS, own=[one] * YEARS) for one in own]
    return planted(tmp_path, values, kpis, model={"committees": (committee(kpis),)})


@pytest.mark.parametrize(
    ("own", "told", "sure"),
    [
        ([2.5, 2.5, 3.5, 20.5], "Ja: N00001 är röd i {}, och 2 av 3 närliggande nyckeltal är röda"
         " också. Det andra är gult.", SURE),
        ([2.5, 2.5, 20.5, 35.5, 35.5], "Nej, inte fler än väntat: N00001 är röd i {}, och 1 av 4"
         " närliggande nyckeltal är rött också. Av de andra är 1 gult och 2 gröna.", SURE),
        ([2.5, 2.5, 20.5, 35.5], "Delvis: N00001 är röd i {}, och 1 av 3 närliggande nyckeltal är"
         " rött också. Av de andra är 1 gult och 1 grönt.", SURE),
        ([20.5, 2.5, 35.5], "Kanske, men de är få: N00001 är gul i {}, men 1 av 2 närliggande"
         " nyckeltal är rött. Det andra är grönt.", LIKELY),
        ([2.5, 2.5], "Kanske, men de är få: N00001 är röd i {}, och det enda närliggande"
         " nyckeltalet som har färg är rött.", LIKELY),
        ([2.5, 20.5, 35.5, 35.5], "Nej: N00001 är röd i {}, men inget av 3 närliggande nyckeltal"
         " är rött. Av de andra är 1 gult och 2 gröna.", SURE),
        ([35.5, 2.5, 3.5, 2.5], "Ja: N00001 är grön i {}, men 3 av 3 närliggande nyckeltal är"
         " röda.", SURE),
        ([35.5, 20.5], "Nej: N00001 är grön i {}, och det enda närliggande nyckeltalet som har"
         " färg är gult.", LIKELY),
    ],
)  # fmt: skip
def test_the_red_among_those_of_the_same_goal_are_counted(
    tmp_path: Path, own: list[float], told: str, sure: str
) -> None:
    found = answer(neighbours(tmp_path, own).case("N00001"), 26)
    assert said(found) == told.format(OWN)
    assert found.sakerhet == sure
    assert len(found.underlag) == len(own) - 1


def test_another_municipality_is_told_whose_choice_the_neighbours_are(tmp_path: Path) -> None:
    setting = replace(neighbours(tmp_path, [2.5, 2.5, 3.5, 20.5]), own="0111")
    found = answer(setting.case("N00001"), 26)
    assert f"Närliggande är de nyckeltal som Nämnden i {OWN} följer under samma" in found.varfor
    assert "nämndens" not in repr(found)


def test_a_goal_with_a_single_kpi_tells_no_story_beside_it(tmp_path: Path) -> None:
    found = answer(neighbours(tmp_path, [2.5]).case("N00001"), 26)
    assert found.sakerhet == UNSURE
    assert "Lägg till ett nyckeltal under målet" in found.varfor


def test_a_kpi_that_no_committee_follows_has_no_neighbours(asked: Setting) -> None:
    found = answer(asked.case("U23471"), 26)
    assert "Ingen nämnd följer U23471." in found.varfor


# --- all of them ---------------------------------------------------------------------------------
