"""The commands fraga and sok: the dumb questions asked of a KPI, and KPIs found by their words."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from conftest import Exercise
from small_land import catalogue

from malstyr_lib.cli import run
from malstyr_lib.errors import UsageError
from malstyr_lib.grounds.search import kpi_named, matches, near
from malstyr_lib.questions import QUESTIONS
from malstyr_lib.questions.answer import ANSWERS
from malstyr_lib.report.asking import setting_of, told_before
from malstyr_lib.store import Store

Printed = pytest.CaptureFixture[str]
DAY = ("--datum", "2026-11-26")
LIVE = catalogue(
    {
        "N00001": "Sjukfrånvaro totalt, kommun, andel (%)",
        "N00002": "Sjukfrånvaro kvinnor, kommun, andel (%)",
        "N00003": "Elever med frånvaro, andel (%)",
        "N00004": "Meritvärde i åk 9",
        "N00005": "Behöriga till yrkesprogram, andel (%)",
    },
    {"N00005": "Andel elever med godkänt betyg. Se också sjukfrånvaro."},
)


@pytest.fixture
def at(exercise: Exercise, monkeypatch: pytest.MonkeyPatch) -> Exercise:
    """The exercise municipality, found by the commands through the environment."""
    for name, value in exercise.place.environment().items():
        monkeypatch.setenv(name, value)
    return exercise


def printed(capsys: Printed, *words: str) -> str:
    assert run([*words]) == 0
    return capsys.readouterr().out


def rows(capsys: Printed, *words: str) -> list[dict[str, Any]]:
    found = json.loads(printed(capsys, *words, "--json"))
    assert all(not isinstance(cell, (dict, list)) for row in found for cell in row.values())
    return list(found)


def refused(capsys: Printed, *words: str) -> str:
    assert run([*words]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    return said.err


# --- fraga ------------------------------------------------------------------------------------


def test_a_question_is_answered_in_words_with_its_numbers_and_source(
    at: Exercise, capsys: Printed
) -> None:
    said = printed(capsys, "fraga", "N00090", "39", *DAY)
    assert "N00090 Sjukfrånvaro totalt" in said
    assert "\n39. Vem äger frågan, och vad gör ni?\nDet som visas är exempel" in said
    assert "Kommunstyrelsen (mål KS3) följer" in said
    assert "Troligen: Så står det i styrparametrarna den 26 november 2026." in said
    assert "KS-A6" in said
    assert "Värden ur den påhittade övningsvärlden (N00090)" in said


@pytest.mark.parametrize("words", ["42", "nästa siffra", "När kommer nästa siffra?", "nästa sifra"])
def test_a_question_is_found_by_number_name_and_words(
    at: Exercise, capsys: Printed, words: str
) -> None:
    (row,) = rows(capsys, "fraga", "N00090", words, *DAY)
    assert row["question"] == 42


def test_as_json_an_answer_is_a_flat_object_with_the_columns_of_answers(
    at: Exercise, capsys: Printed
) -> None:
    (row,) = rows(capsys, "fraga", "n00090", "42", *DAY)
    assert list(row) == list(ANSWERS)
    assert (row["kpi"], row["municipality"]) == ("N00090", "9001")


def test_the_numbers_behind_an_answer_are_flat_objects_too(at: Exercise, capsys: Printed) -> None:
    found = rows(capsys, "fraga", "N00090", "41", "--underlag", *DAY)
    assert [row["question"] for row in found] == [41] * len(found)
    assert found[0]["Rapport"] == "Årsredovisning 2026"


def test_all_questions_are_answered_in_order_and_the_source_is_said_once(
    at: Exercise, capsys: Printed
) -> None:
    said = printed(capsys, "fraga", "N00090", "--alla", *DAY)
    places = [said.index(f"\n{one.number}. {one.words}\n") for one in QUESTIONS]
    assert places == sorted(places)
    assert said.count("svaret är egen bearbetning.") == 1


def test_all_answers_as_json_are_all_questions(at: Exercise, capsys: Printed) -> None:
    found = rows(capsys, "fraga", "N00090", "--alla", *DAY)
    assert [row["question"] for row in found] == [one.number for one in QUESTIONS]


def test_the_list_of_questions_needs_neither_parameters_nor_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Printed
) -> None:
    monkeypatch.chdir(tmp_path)
    said = printed(capsys, "fraga", "--lista")
    assert "H. Gör vi något åt det?" in said
    found = rows(capsys, "fraga", "--lista")
    assert [row["question"] for row in found] == [one.number for one in QUESTIONS]
    assert found[-1].keys() == {"question", "name", "fraga", "theme", "about"}


def test_without_a_question_it_says_what_can_be_answered_now_and_the_cure_of_the_rest(
    at: Exercise, capsys: Printed
) -> None:
    said = printed(capsys, "fraga", "N15505", *DAY)
    assert f"av {len(QUESTIONS)} frågor går att besvara nu" in said
    assert "✓ 39  Vem äger frågan, och vad gör ni?" in said
    assert "– 43  Vad sa vi förra gången, och blev det så?" in said
    assert "Ingen förväntan på N15505 är skriven. Skriv en under målet" in said


def test_what_can_be_answered_is_a_flat_object_a_question_as_json(
    at: Exercise, capsys: Printed
) -> None:
    found = {row["question"]: row for row in rows(capsys, "fraga", "N15505", *DAY)}
    assert (found[39]["now"], found[39]["lacking"]) == (True, None)
    assert found[43]["now"] is False
    assert found[43]["lacking"].startswith("Ingen förväntan på N15505")


def test_a_kpi_is_found_by_a_part_of_its_title(at: Exercise, capsys: Printed) -> None:
    (row,) = rows(capsys, "fraga", "sjukfrånvaro totalt anst", "42", *DAY)
    assert row["kpi"] == "N00090"


def test_another_municipality_is_asked_about_by_name(at: Exercise, capsys: Printed) -> None:
    other = Store(at.place.store).open().municipalities
    name = other.loc[(other["type"] == "K") & (other["id"] != "9001"), "title"].iloc[0]
    found = rows(capsys, "fraga", "N00090", "39", "--kommun", name.upper(), *DAY)
    assert found[0]["sakerhet"] == "går inte att säga"
    assert f"Styrparametrarna gäller en annan kommun än {name}." in found[0]["varfor"]


def test_a_year_before_there_was_any_value_is_answered_all_the_same(
    at: Exercise, capsys: Printed
) -> None:
    found = rows(capsys, "fraga", "N00090", "--alla", "--ar", "1995", *DAY)
    assert len(found) == len(QUESTIONS)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "Ange ett nyckeltal, som U21401, eller --lista"),
        (["N00090", "42", "--alla"], "Skriv antingen en fråga eller --alla."),
        (["N00090", "42", "--underlag"], "--underlag visas redan för läsare"),
        (["N00090", "--underlag", "--json"], "--underlag gäller en fråga eller --alla."),
        (["N00090", "--lista"], "--lista visar alla frågor; skriv inget mer än --json."),
        (["N00090", "99"], "Det finns ingen fråga 99"),
        (["N00090", "qwxz"], "Det finns ingen fråga 'qwxz'. Alla 48 visas med"),
        (["N99999", "42"], "N99999 finns inte i Kolada."),
        (["N00090", "42", "--ar", "2090"], "År 2090 hade inte börjat när värdena hämtades"),
        (["N0009", "42"], "inget nyckeltal 'N0009'; menade du 'N00090'?"),
        (["sjukfrånvro", "42"], "inget nyckeltal 'sjukfrånvro'; menade du 'sjukfrånvaro'?"),
        (["N00090", "42", "--kommun", "Övnige"], "menade du 'Övninge'?"),
        (["N00090", "42", "--datum", "i morgon"], "'i morgon' är ingen dag."),
        (["N00090", "42", "--ar", "22"], "--ar ska vara minst 1990"),
    ],
)
def test_wrong_use_of_fraga_is_one_swedish_sentence(
    at: Exercise, capsys: Printed, words: list[str], said: str
) -> None:
    assert said in refused(capsys, "fraga", *words)


def test_an_empty_store_is_exit_code_3_with_the_cure(
    at: Exercise, tmp_path: Path, capsys: Printed
) -> None:
    assert run(["fraga", "N00090", "42", "--lager", str(tmp_path)]) == 3
    assert "Hämta värden med: malstyr hamta" in capsys.readouterr().err


# --- the setting that the folders give -----------------------------------------------------------


def test_the_setting_has_own_values_at_home_and_none_for_another(exercise: Exercise) -> None:
    store, day = Store(exercise.place.store), pd.Timestamp("2026-11-26").date()
    home = setting_of(exercise.place, exercise.model, store, today=day)
    other = setting_of(exercise.place, exercise.model, store, today=day, municipality="9002")
    assert (home.home, len(home.own_values) > 0) == (True, True)
    assert (other.home, len(other.own_values), other.reported) == (False, 0, ())


def test_what_was_told_before_is_the_last_snapshot_of_an_earlier_year(
    exercise: Exercise, tmp_path: Path
) -> None:
    whole = Store(exercise.place.store).open()
    store = Store(tmp_path)

    def write(day: str) -> str:
        return store.write(
            whole.values("N00090"),
            kpis=whole.kpis,
            municipalities=whole.municipalities,
            municipality_groups=whole.municipality_groups,
            base_url=whole.base_url,
            fetched=pd.Timestamp(day, tz="UTC").to_pydatetime(),
        )

    first, last_year, _, now = map(write, ("2024-02-01", "2025-02-01", "2026-02-01", "2026-11-01"))
    found = told_before(store, store.open(now))
    assert found is not None
    assert found.id == last_year
    assert told_before(store, store.open(first)) is None


# --- sok ----------------------------------------------------------------------------------------


def test_the_title_counts_before_the_description_and_the_short_title_first() -> None:
    assert matches(LIVE, "sjukfrånvaro") == ["N00001", "N00002", "N00005"]


def test_every_word_must_be_there_and_a_beginning_is_enough() -> None:
    assert matches(LIVE, "sjuk kvin") == ["N00002"]
    assert matches(LIVE, "sjuk elever") == ["N00005"]


def test_a_compound_is_found_by_its_inside_after_the_word_itself() -> None:
    assert matches(LIVE, "frånvaro") == ["N00003", "N00001", "N00002"]


def test_case_does_not_count_but_rings_and_dots_do() -> None:
    assert matches(LIVE, "MERITVÄRDE") == ["N00004"]
    assert matches(LIVE, unicodedata.normalize("NFD", "meritvärde")) == ["N00004"]
    assert matches(LIVE, "meritvarde") == []
    assert near(LIVE, "meritvarde") == "; menade du 'meritvärde'?"


def test_an_id_or_its_beginning_finds_in_order() -> None:
    assert matches(LIVE, "n00002") == ["N00002"]
    assert matches(LIVE, "N0000") == ["N00001", "N00002", "N00003", "N00004", "N00005"]


@pytest.mark.parametrize("words", ["", "%", "()", "xyzzy"])
def test_what_is_no_word_of_any_finds_nothing(words: str) -> None:
    assert matches(LIVE, words) == []
    assert near(LIVE, words) == ""


def test_a_kpi_is_named_by_what_only_it_has_and_else_all_it_can_be_are_told() -> None:
    assert kpi_named(LIVE, " n00004 ") == "N00004"
    assert kpi_named(LIVE, "meritv") == "N00004"
    assert kpi_named(LIVE, "sjukfrånvaro", registered=["N00002"]) == "N00002"
    with pytest.raises(UsageError, match=r"kan vara flera nyckeltal: N00001 Sjuk.* och N00002 "):
        kpi_named(LIVE, "sjukfrånvaro")
    with pytest.raises(UsageError, match="inget nyckeltal 'N000044'; menade du 'N00004'"):
        kpi_named(LIVE, "N000044")


def test_sok_shows_who_follows_it_the_direction_and_the_newest_colour(
    at: Exercise, capsys: Printed
) -> None:
    found = rows(capsys, "sok", "sjukfrånvaro", "totalt")
    assert found[0] == {
        "kpi": "N00090",
        "title": "Sjukfrånvaro totalt bland anställda, kommun, andel (%)",
        "committees": "KS",
        "direction": "lågt",
        "period": 2025,
        "value": 8.8,
        "colour": "yellow",
    }
    said = printed(capsys, "sok", "sjukfrånvaro", "totalt")
    assert "passar 'sjukfrånvaro totalt'." in said
    assert "◆ Gul" in said


def test_sok_shows_as_many_as_are_asked_for_and_says_that_there_are_more(
    at: Exercise, capsys: Printed
) -> None:
    said = printed(capsys, "sok", "andel", "--antal", "2")
    assert "De 2 bästa visas. Skriv fler ord, eller --antal" in said
    assert len(rows(capsys, "sok", "andel", "--antal", "2")) == 2


def test_sok_in_all_of_kolada_finds_what_the_store_has_no_values_of(
    at: Exercise, capsys: Printed
) -> None:
    snapshot = Store(at.place.store).open()
    live = snapshot.kpis
    absent = live.loc[~live["id"].isin([*snapshot.manifest["values"]]), "id"]
    if absent.empty:
        pytest.skip("övningsvärlden har värden för alla sina nyckeltal")
    assert "Sök bland alla i Kolada" in refused(capsys, "sok", absent.iloc[0])
    (row,) = rows(capsys, "sok", absent.iloc[0], "--alla-register")
    assert (row["period"], row["value"], row["colour"]) == (None, None, None)


def test_what_is_not_found_is_answered_with_the_nearest_word(at: Exercise, capsys: Printed) -> None:
    assert "menade du 'sjukfrånvaro'?" in refused(capsys, "sok", "sjukfranvaro")
