"""Theme B: is it new?"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from asking import ladder, planted
from hypothesis import given
from hypothesis import strategies as st
from small_land import kpi

from malstyr_lib.errors import UsageError
from malstyr_lib.model import FILE_NAME, Activity, Committee, Note
from malstyr_lib.outcome import Outcome
from malstyr_lib.questions import Setting, answer
from malstyr_lib.scoring.turning import Turn, turning

QUESTIONS = (10, 11, 12, 13, 14)
VEE = [10.0, 9.0, 8.0, 7.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0]
TURN = date(2020, 3, 1)


def land(folder: Path, own: list[float], direction: str = "högt", **more: Any) -> Setting:
    """Forty municipalities; the others have 1–39 every year, so that red is 10 or less."""
    return planted(folder, [ladder(40, len(own), own=own)], [kpi(1, direction)], **more)


def said(setting: Setting, number: int) -> Any:
    return answer(setting.case("N00001"), number)


# 10. Är det nytt eller har det alltid varit så?


def test_the_first_red_year_is_new_and_told_with_how_common_it_was(tmp_path: Path) -> None:
    found = said(land(tmp_path, [20.0, 20, 20, 20, 20, 1]), 10)
    assert found.svar == (
        "Det är nytt: Ort 0110 är röd 2021 för första gången av de 6 åren med färg 2016–2021."
        " Av 19 andra kommuner som var gula 2020 var 0 röda 2021 (0\u00a0%)."
    )
    assert found.sakerhet == "ja"
    assert found.underlag["Färg"].tolist() == ["◆ Gul"] * 5 + ["▼ Röd"]
    assert found.underlag["Plats"].iloc[-1] == "39 av 40"
    assert "Linjediagram" in found.diagram.alt


def test_a_colour_that_was_always_red_is_not_new(tmp_path: Path) -> None:
    found = said(land(tmp_path, [0.0] * 6), 10)
    assert found.svar == (
        "Det är inte nytt: Ort 0110 är röd alla 6 år som går att jämföra, 2016–2021."
    )


@pytest.mark.parametrize(
    ("own", "words"),
    [
        ([0, 20, 0, 20, 20, 0], "är röd 2021, som 2 av de 5 tidigare åren med färg sedan 2016."),
        ([20, 20, 0, 20, 0, 0], "röd sedan 2020, 2 år i rad; av de 6 åren med färg 2016–2021 är 3"),
        ([20, 20, 0, 20, 20, 20], "gul 2021 och var senast röd 2018; av de 6 åren med färg 2016–2"),
        ([20] * 6, "gul 2021, och inget av de 6 åren med färg 2016–2021 är rött"),
    ],
)
def test_what_comes_and_goes_is_counted(tmp_path: Path, own: list[float], words: str) -> None:
    assert words in said(land(tmp_path, own), 10).svar


def test_a_few_years_of_colour_are_only_likely(tmp_path: Path) -> None:
    found = said(land(tmp_path, [0.0] * 3), 10)
    assert (found.sakerhet, found.varfor.endswith("Det är bara 3 år.")) == ("troligen", True)


def test_one_year_of_colour_is_neither_new_nor_old(tmp_path: Path) -> None:
    found = said(land(tmp_path, [0.0]), 10)
    assert found.sakerhet == "går inte att säga"
    assert found.svar == "Ort 0110 är röd 2016, det enda år som går att jämföra."
    assert found.varfor == "Det behövs fler år med färg."


def test_the_years_before_a_break_are_not_counted(tmp_path: Path) -> None:
    values = ladder(60, 9, own=[0.0] * 9)
    values[:, 6:] += 80
    values += np.arange(9) * 0.1
    found = said(planted(tmp_path, [values], [kpi(1)]), 10)
    assert "röd alla 3 år som går att jämföra, 2022–2024" in found.svar
    assert "serien bröts 2022, och äldre år jämförs inte" in found.varfor


def test_an_ended_series_has_no_colour_now_but_had_one(asked: Setting) -> None:
    found = answer(asked.case("U21401"), 10)
    assert found.sakerhet == "går inte att säga"
    assert "har ingen färg nu; 2024, det senaste året med färg, var den gul" in found.svar
    assert found.varfor == "Serien upphörde 2024."


def test_the_story_of_the_slow_measure_is_not_new(asked: Setting) -> None:
    assert "röd alla 16 år som går att jämföra, 2010–2025" in answer(asked.case("N31816"), 10).svar


# 11. Blir det bättre eller sämre?


@pytest.mark.parametrize(
    ("direction", "own", "moved", "judged"),
    [
        ("högt", range(20, 30), "ökat", "bättre"),
        ("högt", range(30, 20, -1), "minskat", "sämre"),
        ("lågt", range(20, 30), "ökat", "sämre"),
    ],
)
def test_a_secured_trend_says_the_way_and_the_judgement_apart(
    tmp_path: Path, direction: str, own: range, moved: str, judged: str
) -> None:
    found = said(noisy(tmp_path, [float(one) for one in own], direction), 11)
    assert found.sakerhet == "ja"
    assert found.svar == (
        f"Värdet för Ort 0110 har {moved} med omkring 1 procentenhet om året 2016–2025"
        f" (10 år). Det är {judged}."
    )
    row = found.underlag.iloc[0]
    assert (row["Riktning i tal"], row["Bedömning"]) == (
        "upp" if moved == "ökat" else "ned",
        judged,
    )


def noisy(folder: Path, own: list[float], direction: str = "högt", **more: Any) -> Setting:
    """As `land`, but the others change places every year, so that the measure is not slow."""
    chance = np.random.default_rng(7)
    others = chance.permuted(np.repeat(np.arange(1.0, 80)[:, None], len(own), axis=1), axis=0)
    values = np.vstack([np.array(own), others])
    return planted(folder, [values], [kpi(1, direction)], **more)


def test_what_goes_up_and_down_is_no_trend(tmp_path: Path) -> None:
    found = said(noisy(tmp_path, [20.0, 24, 19, 25, 21, 24, 20, 23]), 11)
    assert found.sakerhet == "går inte att säga"
    assert found.svar.startswith("Ingen säkerställd trend syns för Ort 0110 2016–2023 (8 år)")


def test_without_a_direction_only_the_way_is_told(tmp_path: Path) -> None:
    found = said(noisy(tmp_path, [float(one) for one in range(10)], "ingen"), 11)
    assert found.svar.endswith("om året 2016–2025 (10 år).")
    assert found.underlag["Bedömning"].tolist() == ["–"]


def test_too_few_years_say_how_many_more_it_takes(tmp_path: Path) -> None:
    found = said(noisy(tmp_path, [1.0, 2.0, 3.0]), 11)
    assert found.svar == "Det går inte att säga."
    assert "3 år som går att jämföra" in found.varfor
    assert "en trend kräver minst 5. Det går att svara när 2 år till är mätt." in found.varfor


def test_a_slow_measure_is_set_beside_the_others_and_not_judged(asked: Setting) -> None:
    found = answer(asked.case("N31816"), 11)
    assert found.sakerhet == "troligen"
    assert found.svar.startswith("Måttet rör sig trögt: för Övninge är lutningen −0,03 om året")
    assert found.underlag["Bedömning"].tolist() == ["–"]


def test_a_slow_slope_is_told_from_the_side_that_most_are_on(asked: Setting) -> None:
    for one in asked.model.kpis[::6]:
        found = said_of(asked, one.id)
        if share := re.search(r"utveckling än i (\d+)\u00a0% av de andra", found):
            assert int(share[1]) >= 50, found


def said_of(asked: Setting, kpi_id: str) -> str:
    return answer(asked.case(kpi_id), 11).svar


def test_a_trend_over_a_series_that_turned_says_so(asked: Setting) -> None:
    found = answer(asked.case("N15428"), 11)
    assert "Värdet tycks ha vänt 2022, så hela tiden säger lite om nu" in found.varfor


# 12. Är det värre än vi brukar?


@pytest.mark.parametrize(
    ("direction", "led", "end"),
    [
        ("lågt", "Ja, det är sämre än vanligt: värdet 30", "(14 år)."),
        ("högt", "Nej, det är ovanligt bra: värdet 30", "(14 år)."),
        ("ingen", "Värdet 30", "(14 år)."),
    ],
)
def test_a_value_beyond_the_limits_is_not_what_is_usual(
    tmp_path: Path, direction: str, led: str, end: str
) -> None:
    own = [20.0, 21, 20, 19, 20, 21, 20, 19, 20, 21, 20, 19, 20, 30]
    found = said(noisy(tmp_path, own, direction, first=2012), 12)
    assert found.svar.startswith(f"{led}\u00a0% för 2025 är högre än det vanliga för Ort 0110")
    assert found.svar.endswith(end)
    assert found.sakerhet == "ja"
    assert found.underlag["Läge"].tolist() == ["inom"] * 13 + ["över"]


def test_a_value_within_the_limits_is_not_worse_than_usual(tmp_path: Path) -> None:
    found = said(noisy(tmp_path, [20.0, 21, 20, 19, 20, 21, 20, 19, 20, 21]), 12)
    assert found.svar.startswith("Nej, värdet 21\u00a0% för 2025 ligger inom det vanliga")
    assert (found.sakerhet, "preliminära" in found.varfor) == ("troligen", True)


def test_values_that_are_all_the_same_have_no_width(tmp_path: Path) -> None:
    found = said(noisy(tmp_path, [20.0] * 12, first=2012), 12)
    assert found.svar == "Nej, värdet 20\u00a0% för 2023 är detsamma som alla 12 år."


def test_below_ten_years_nothing_is_usual(tmp_path: Path) -> None:
    found = said(noisy(tmp_path, [20.0] * 9), 12)
    assert found.sakerhet == "går inte att säga"
    assert "9 år som går att jämföra. Det krävs minst 10" in found.varfor


def test_a_series_that_is_mostly_beyond_its_limits_has_nothing_usual(tmp_path: Path) -> None:
    found = said(noisy(tmp_path, [float(one) for one in range(14)], first=2012), 12)
    assert found.sakerhet == "går inte att säga"
    assert found.svar == "Det går inte att säga vad som är vanligt för Ort 0110."
    assert "av 14 år ligger utanför" in found.varfor


# 13. När vände det, och vad hände då?


def test_a_series_that_turns_has_its_year() -> None:
    assert turning(range(2016, 2026), VEE) == Turn(
        2020, "slope", pytest.approx(-1), pytest.approx(1), 10
    )


def test_a_series_that_leaps_has_two_levels() -> None:
    found = turning(range(2010, 2018), [5, 5.1, 4.9, 5, 8, 8.1, 7.9, 8])
    assert found == Turn(2014, "level", pytest.approx(5), pytest.approx(8), 8)


@pytest.mark.parametrize(
    "values", [[5.0] * 9, [0.0] * 9, list(range(9)), [1, 2, 1, 2, 1, 2, 1, 2], [1, 2, 3, 2, 1]]
)
def test_what_stands_still_goes_straight_swings_or_is_short_does_not_turn(values: Any) -> None:
    assert turning(range(len(values)), values) is None


def test_at_most_one_series_of_noise_in_twenty_turns() -> None:
    chance = np.random.default_rng(1)
    for n, slope in ((6, 0.0), (10, 0.5), (16, 0.0)):
        series = chance.normal(size=(300, n)) + slope * np.arange(n)
        assert sum(turning(range(n), one) is not None for one in series) <= 24


@given(st.lists(st.integers(-50, 50), min_size=6, max_size=14), st.sampled_from([-7.0, 3.0]))
def test_a_turn_stays_where_it_is_in_another_unit_and_on_its_head(
    values: list[int], scale: float
) -> None:
    found, other = (
        turning(range(len(values)), [scale * one + shift for one in values])
        for scale, shift in ((1.0, 0.0), (scale, 40.0))
    )
    assert (found is None) == (other is None)


def test_a_stop_is_no_way_back() -> None:
    assert not Turn(2016, "slope", 1.0, -0.05, 9).reversed
    assert Turn(2016, "slope", 1.0, -0.5, 9).reversed


def test_a_series_needs_a_value_a_year() -> None:
    with pytest.raises(UsageError, match="3 år, 2 värden"):
        turning([1, 2, 3], [1.0, 2.0])


def started(day: date) -> Activity:
    return Activity.model_validate(
        {
            "id": "A1",
            "enhet": "skola",
            "mål": "M1",
            "nyckeltal": ["N00001"],
            "vad": "Läsgrupper fyra gånger i veckan.",
            "vem": "rektor",
            "start": day.isoformat(),
            "slut": "2027-06-11",
            "status": "pågår",
        }
    )


def noted(year: int) -> Note:
    return Note.model_validate(
        {
            "nyckeltal": "N00001",
            "period": str(year),
            "kommentar": "Ny rektor.",
            "skriven": "2026-11-01 Anna Berg",
        }
    )


def test_a_turn_is_told_with_what_it_coincides_with(tmp_path: Path) -> None:
    work = {"activities": (started(TURN),), "notes": (noted(2021), noted(2024))}
    found = said(noisy(tmp_path, VEE, model=work), 13)
    assert found.svar == (
        "Värdet för Ort 0110 tycks ha vänt 2020: ned omkring 1 procentenhet om året före och"
        " upp omkring 1 procentenhet om året efter, till det bättre. Det sammanfaller med"
        " 1 påbörjad aktivitet och 1 anteckning i parametrarna inom ett år."
    )
    assert found.sakerhet == "troligen"
    told = dict(zip(found.underlag["År"], found.underlag["Händelser"], strict=True))
    assert told["2020"] == "Aktivitet: ”Läsgrupper fyra gånger i veckan.”"
    assert told["2021"] == "Anteckning: ”Ny rektor.”"
    assert told["2024"] == ""


def test_what_happened_is_not_told_of_another_municipality(tmp_path: Path) -> None:
    values = np.vstack([np.arange(10.0), np.array(VEE), *np.repeat([np.arange(10.0)], 38, axis=0)])
    work = {"activities": (started(TURN),)}
    setting = planted(tmp_path, [values], [kpi(1)], model=work, own="0111")
    found = said(setting, 13)
    assert "tycks ha vänt 2020" in found.svar
    assert found.svar.endswith("Vad som hände lokalt då är inte känt här.")
    assert not any(found.underlag["Händelser"])


def test_a_level_that_shifts_is_no_turn(tmp_path: Path) -> None:
    found = said(noisy(tmp_path, [5.0, 5.5, 5, 5.5, 9, 9.5, 9, 9.5], "lågt"), 13)
    assert found.svar.startswith(
        "Nivån för Ort 0110 tycks ha skiftat 2020, från i snitt 5,3\u00a0% före till 9,3\u00a0%"
        " efter, till det sämre."
    )
    assert "Ingen daterad händelse" in found.svar


def test_a_turn_that_the_decimals_do_not_show_is_none(tmp_path: Path) -> None:
    own = [5.0, 5.001, 5, 5.001, 5.02, 5.021, 5.02, 5.021]
    found = said(noisy(tmp_path, own), 13)
    assert found.sakerhet == "går inte att säga"
    assert "syns inte med de decimaler som visas" in found.varfor


def test_no_turn_is_said_to_be_none_that_is_clear(tmp_path: Path) -> None:
    found = said(noisy(tmp_path, [20.0, 21, 20, 19, 20, 21, 20]), 13)
    assert found.sakerhet == "går inte att säga"
    assert found.svar == "Ingen tydlig vändning syns för Ort 0110 2016–2022 (7 år)."


def test_too_few_years_to_look_for_a_turn(tmp_path: Path) -> None:
    found = said(noisy(tmp_path, [20.0, 21, 20]), 13)
    assert "har 3 år som går att jämföra. Det krävs minst 6" in found.varfor


# 14. Hade vi sagt samma sak förra året?


def committee() -> Committee:
    goal = {
        "id": "M1",
        "text": "Ett mål.",
        "fullmäktigemål": "KF1",
        "perspektiv": "invånare",
        "nyckeltal": ["N00001"],
    }
    return Committee.model_validate({FILE_NAME: "bn", "kod": "BN", "namn": "Nämnd", "mål": [goal]})


def reported(colour: str, year: int = 2018, **more: Any) -> Outcome:
    given: dict[str, Any] = {
        "kind": "namnd",
        "slug": "bn",
        "code": "BN",
        "name": "Nämnd",
        "year": year,
        "status": "klar",
        "seconds": 1.0,
        "snapshot": "S",
        "ran": "2019-06-01T10:00:00Z",
        "published": "2019-06-01T10:00:00Z",
        "found": {"focus": {"N00001": colour}},
    }
    return Outcome(**given | more)


def with_report(folder: Path, own: list[float], *reports: Outcome) -> Setting:
    return land(folder, own, model={"committees": (committee(),)}, reported=reports, year=2019)


def test_the_same_colour_as_in_last_years_report_is_said_to_be_so(tmp_path: Path) -> None:
    found = said(with_report(tmp_path, [0.0, 0, 0, 0], reported("red")), 14)
    assert (
        found.svar
        == "Ja: i rapporten för 2018 var Ort 0110 röd, och nu är färgen också röd (2019)."
    )
    assert found.sakerhet == "ja"
    assert found.underlag["Vad"].tolist()[:3] == ["Förra rapporten", "Räknat i dag", "Nu"]


def test_another_colour_is_told_with_how_common_and_what_it_is_made_of(tmp_path: Path) -> None:
    found = said(with_report(tmp_path, [0.0, 0, 0, 20], reported("red")), 14)
    assert found.svar == (
        "Nej: i rapporten för 2018 var Ort 0110 röd, och nu är färgen gul (2019). Av 9 andra"
        " kommuner som var röda 2018 var 0 gula 2019 (0\u00a0%)."
    )
    assert "blev 20 bättre, allt genom eget värde" in found.varfor


def every_other_year(folder: Path, colour: str) -> Any:
    values = ladder(40, 4, own=[30.0, 30.0, 0.0, np.nan])
    values[:, 3] = np.nan
    setting = planted(
        folder,
        [values],
        [kpi(1)],
        model={"committees": (committee(),)},
        reported=(reported(colour),),
        year=2019,
    )
    return said(setting, 14)


def test_a_value_that_is_not_measured_anew_since_the_report_has_not_changed(
    tmp_path: Path,
) -> None:
    found = every_other_year(tmp_path, "red")
    assert found.sakerhet == "ja"
    assert found.svar == (
        "Ja: i rapporten för 2018 var Ort 0110 röd, och nu är färgen också röd (2018)."
    )
    assert found.varfor == (
        "Inget värde för ett senare år än 2018 har kommit sedan rapporten för 2018."
    )


def test_another_colour_for_the_same_value_is_told_without_claiming_which_it_is(
    tmp_path: Path,
) -> None:
    found = every_other_year(tmp_path, "green")
    assert found.sakerhet == "troligen"
    assert found.svar.startswith("Nej: i rapporten för 2018 var Ort 0110 grön, och räknat på dag")
    assert "antingen fanns inte värdet för 2018 när rapporten skrevs" in found.varfor
    assert "bättre" not in found.varfor


def test_a_colour_that_is_another_when_counted_anew_is_said_to_be(tmp_path: Path) -> None:
    found = said(with_report(tmp_path, [0.0, 0, 20, 20], reported("red")), 14)
    assert "Räknat på dagens uppgifter är 2018 gult" in found.varfor
    assert found.sakerhet == "troligen"


@pytest.mark.parametrize(
    "report",
    [
        reported("red", kind="annat"),
        reported("red", slug="ks"),
        reported("red", year=2019),
        reported("red", published=None),
        reported("red", found={}),
    ],
)
def test_without_a_published_report_the_year_before_is_counted_anew(
    tmp_path: Path, report: Outcome
) -> None:
    found = said(with_report(tmp_path, [20.0, 20, 20, 0], report), 14)
    assert found.svar.startswith(
        "Nej, så vitt det går att räkna ut: Ort 0110 var gul 2018 och är röd 2019. Av 19 andra"
    )
    assert found.sakerhet == "troligen"
    assert found.varfor.startswith("Ingen publicerad rapport från ett tidigare år har med N00001")


def test_a_first_year_can_not_be_set_beside_the_year_before(tmp_path: Path) -> None:
    found = said(land(tmp_path, [0.0]), 14)
    assert found.sakerhet == "går inte att säga"
    assert "ingen färg före 2016" in found.varfor
    assert "när nästa års värde har kommit" in found.varfor


def test_no_shift_is_told_across_a_break(tmp_path: Path) -> None:
    values = ladder(60, 8, own=[0.0] * 7 + [140.0]) + np.arange(8) * 0.1
    values[1:, 7] += 80
    found = said(planted(tmp_path, [values], [kpi(1)]), 14)
    assert found.sakerhet == "går inte att säga"
    assert found.varfor.startswith("Serien bröts 2023")


def test_without_a_colour_now_there_is_nothing_to_compare(asked: Setting) -> None:
    found = answer(asked.case("U21401"), 14)
    assert (
        found.varfor
        == "Nu finns ingen färg: serien upphörde 2024. Se fråga 9 om varför rutan är tom."
    )


# Alla fem


def test_without_a_value_every_question_says_what_it_lacks(tmp_path: Path) -> None:
    case = land(tmp_path, [np.nan] * 4).case("N00001")
    for number in QUESTIONS:
        found = answer(case, number)
        assert found.sakerhet == "går inte att säga"
        assert "Ort 0110 har inget värde för N00001." in found.varfor


@pytest.mark.parametrize("own", [[-3.0, -2, -9, -1], [5.0], [7.0] * 12, [np.nan, 3, np.nan, 4]])
def test_odd_series_are_answered_too(tmp_path: Path, own: list[float]) -> None:
    kpis = [kpi(1, "mål", mål=5.0), kpi(2, "ingen"), kpi(3, "lågt")]
    setting = planted(tmp_path, [ladder(40, len(own), own=own)] * 3, kpis)
    for one in kpis:
        for number in QUESTIONS:
            found = answer(setting.case(one.id), number)
            assert found.svar.endswith(".")
            assert found.varfor.endswith(".")
