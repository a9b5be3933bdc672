"""Theme F: who does better?"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from asked_committee import committee, goal
from asking import ladder, planted
from small_land import kpi

from malstyr_lib.model import Municipality
from malstyr_lib.questions import Setting, answer

MINE = (31, 32, 33)


def test_the_similar_ones_that_are_ahead_are_named_and_who_has_been_here(tmp_path: Path) -> None:
    values = ladder(40, 3, own=[3.5, 3.5, 3.5])
    values[4, 0] = 2.0
    found = answer(planted(tmp_path, [values], [kpi(1)]).case("N00001"), "vem lyckas bättre")
    assert found.sakerhet == "ja"
    assert found.svar == (
        "Av 7 liknande kommuner med värde 2018 har 4 bättre värde än Ort 0110: Ort 0114, Ort 0115,"
        " Ort 0210 och Ort 0211. På Ort 0110s nivå eller sämre låg tidigare Ort 0114 (2016)."
    )
    assert found.underlag["Kommun"].tolist()[0] == "Ort 0114"
    assert found.underlag["Senast på samma nivå eller sämre"].tolist()[0] == 2016
    assert found.underlag["Bättre än Ort 0110 med"].tolist()[0] == 0.5
    assert "ingen rangordning" in found.varfor


def test_low_is_better_where_the_direction_says_so(tmp_path: Path) -> None:
    setting = planted(tmp_path, [ladder(40, 2, own=[1.5, 1.5])], [kpi(1, "lågt")])
    found = answer(setting.case("N00001"), 31)
    assert found.svar == (
        "Av 7 liknande kommuner med värde 2017 har 1 bättre värde än Ort 0110: Ort 0111."
        " Den kommunen har inte legat på Ort 0110s nivå tidigare under jämförbara år."
    )


def test_the_best_of_all_has_nobody_to_ring(tmp_path: Path) -> None:
    setting = planted(tmp_path, [ladder(40, 3, own=[99.0] * 3)], [kpi(1)])
    found = answer(setting.case("N00001"), 31)
    assert found.sakerhet == "ja"
    assert found.svar == "Ingen av 7 liknande kommuner har bättre värde än Ort 0110 2018."
    others = answer(setting.case("N00001"), 33)
    assert others.sakerhet == "går inte att säga"
    assert "Ingen liknande kommun har bättre värde än Ort 0110 2018" in others.varfor


def test_a_year_across_a_break_is_no_year_when_they_were_here(tmp_path: Path) -> None:
    values = ladder(40, 3, own=[3.5, 3.5, 3.5])
    values[4, 0] = 2.0
    words = {"N00001": "Från och med 2018 gäller en ny definition."}
    setting = planted(tmp_path, [values], [kpi(1)], described=words)
    found = answer(setting.case("N00001"), 31)
    assert found.svar.endswith(
        "Ingen av dem har legat på Ort 0110s nivå tidigare under jämförbara år."
    )


def test_without_any_similar_the_cure_is_told(tmp_path: Path) -> None:
    setting = planted(tmp_path, [ladder(40, 2, own=[0.0, 0.0])], [kpi(1, liknande="förskola")])
    for number in (31, 33):
        found = answer(setting.case("N00001"), number)
        assert found.sakerhet == "går inte att säga"
        assert "på raden liknande i nyckeltal.yaml" in found.varfor


def journeys(back: int | None) -> np.ndarray:
    """Seven years of forty; the second of them leaves the bottom in 2020, and may fall back."""
    values = ladder(40, 7, own=[0.0] * 7) + np.arange(7) * 0.01
    values[1, 4:] = 100.0
    if back is not None:
        values[1, back:] = 1.0
    return values


def test_who_came_from_red_to_green_and_stayed_is_counted_and_named(tmp_path: Path) -> None:
    found = answer(planted(tmp_path, [journeys(None)], [kpi(1)]).case("N00001"), 32)
    assert found.sakerhet == "ja"
    assert found.svar == (
        "Av 9 andra kommuner som var röda något av åren 2016–2019 och har värden 2021 och 2022 är 1"
        " grön båda åren (11\u00a0%): Ort 0111."
    )
    assert "finns inte i Kolada" in found.varfor
    heads = found.underlag["Att ringa, och att fråga"].tolist()
    assert heads[0] == "Ort 0111"
    assert heads[1].startswith("Att fråga i samtalet: Vad bestämde ni er för")
    assert found.underlag["Senast röd"].tolist()[0] == 2019


def test_those_who_made_it_stand_in_the_order_of_the_alphabet(tmp_path: Path) -> None:
    values = journeys(None)
    values[[8, 9], 4:] = 100.0  # beyond the seven similar ones, and renamed before them
    setting = planted(tmp_path, [values], [kpi(1)])
    setting.names.update({"0111": "Älvby", "0213": "Årby"})
    found = answer(setting.case("N00001"), 32)
    names = found.svar.rpartition(": ")[2].rstrip(".").replace(" och ", ", ").split(", ")
    assert names == ["Ort 0212", "Årby", "Älvby"]  # though Älvby alone is a similar one
    assert found.underlag["Att ringa, och att fråga"].tolist()[:3] == names


def test_green_that_did_not_last_is_no_journey(tmp_path: Path) -> None:
    found = answer(planted(tmp_path, [journeys(6)], [kpi(1)]).case("N00001"), 32)
    assert found.svar == (
        "Av 9 andra kommuner som var röda något av åren 2016–2019 och har värden 2021 och 2022 är"
        " ingen grön båda åren."
    )


def test_too_few_years_can_not_show_a_journey(tmp_path: Path) -> None:
    values = journeys(None)[:, 4:]
    found = answer(planted(tmp_path, [values], [kpi(1)]).case("N00001"), 32)
    assert found.sakerhet == "går inte att säga"
    assert "inga värden 3–6 år före 2018. Hämta fler år, eller vänta." in found.varfor


def test_a_journey_does_not_cross_a_break(tmp_path: Path) -> None:
    words = {"N00001": "Från och med 2021 gäller en ny definition."}
    setting = planted(tmp_path, [journeys(None)], [kpi(1)], described=words)
    found = answer(setting.case("N00001"), 32)
    assert found.sakerhet == "går inte att säga"
    assert "Vänta på fler år efter brottet." in found.varfor


def test_the_better_ones_other_figures_stand_beside_ours(asked: Setting) -> None:
    found = answer(asked.case("U21468"), "deras andra siffror")
    assert found.sakerhet == "troligen"
    assert found.svar.startswith("Bland Omsorgsnämndens andra nyckeltal har ")
    assert " bättre färg i " in found.svar
    assert "Siffrorna visar vad som skiljer, inte varför." in found.varfor
    assert found.underlag.columns.tolist()[:4] == ["Nyckeltal", "År", "Övninge", "Övninge, färg"]
    assert not found.underlag["Nyckeltal"].str.contains("U21468").any()


def followed(folder: Path, *, by: str) -> Setting:
    """Two KPIs that a municipality's committee follows, asked of the first one."""
    values = [ladder(40, 2, own=[3.5, 3.5])] * 2
    fields = committee(goal("SN1", ["N00001", "N00002"]))
    fields["municipality"] = Municipality(kod=by, namn=f"Ort {by}")
    return planted(folder, values, [kpi(1), kpi(2)], model=fields)


@pytest.mark.parametrize(
    ("by", "said"),
    [
        ("0110", "Bland Skolnämndens andra nyckeltal har "),
        ("0111", "Bland de andra nyckeltal som Skolnämnden i Ort 0111 följer har "),
    ],
)
def test_another_municipality_is_not_given_the_committee_of_this_one(
    tmp_path: Path, by: str, said: str
) -> None:
    assert answer(followed(tmp_path, by=by).case("N00001"), 33).svar.startswith(said)


def test_a_kpi_of_no_committee_is_set_beside_those_that_committees_follow(tmp_path: Path) -> None:
    setting = planted(tmp_path, [ladder(40, 2, own=[0.0, 0.0])], [kpi(1)])
    found = answer(setting.case("N00001"), 33)
    assert found.sakerhet == "går inte att säga"
    assert "Lägg fler nyckeltal under nämndens mål" in found.varfor


def test_without_a_direction_nobody_is_better(tmp_path: Path) -> None:
    setting = planted(tmp_path, [ladder(40, 7, own=[0.0] * 7)], [kpi(1, "ingen")])
    for number in MINE:
        found = answer(setting.case("N00001"), number)
        assert found.sakerhet == "går inte att säga"
        assert "har ingen riktning i nyckeltal.yaml" in found.varfor
