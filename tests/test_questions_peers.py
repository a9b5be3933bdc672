"""Theme C: is it only us?"""

from __future__ import annotations

from pathlib import Path

import pytest
from asking import ladder, planted
from small_land import kpi

from malstyr_lib.prose import sentence_faults
from malstyr_lib.questions import Setting, answer


def test_red_in_every_comparison_is_said_to_be_red_whoever_we_compare_with(tmp_path: Path) -> None:
    setting = planted(tmp_path, [ladder(40, 3, own=[0.0, 0.0, 0.0])], [kpi(1)])
    found = answer(setting.case("N00001"), 16)
    assert found.sakerhet == "ja"
    assert found.svar.startswith("Ort 0110 är röd i 4 av 4 jämförelser 2018: färgen är densamma")


def test_without_a_direction_the_question_says_what_it_needs(tmp_path: Path) -> None:
    setting = planted(tmp_path, [ladder(40, 3, own=[0.0, 0.0, 0.0])], [kpi(1, "ingen")])
    found = answer(setting.case("N00001"), 16)
    assert found.sakerhet == "går inte att säga"
    assert "har ingen riktning i nyckeltal.yaml" in found.varfor
    assert found.svar == "Det går inte att säga."


@pytest.mark.parametrize("kpi_id", ["N15428", "N00090"])
def test_the_exercise_municipality_is_answered_in_sentences(asked: Setting, kpi_id: str) -> None:
    found = answer(asked.case(kpi_id), 16)
    assert not sentence_faults(found.svar, secured=found.sakerhet == "ja")
