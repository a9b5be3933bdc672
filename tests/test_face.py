"""The face for analysts: what `import malstyr_lib as ms` brings."""

from __future__ import annotations

import ast
import inspect
import io
import os
import re
import shutil
import subprocess
import sys
from contextlib import redirect_stdout
from pathlib import Path

import pandas as pd
import pytest
from asking import ladder, planted
from conftest import Exercise
from IPython.core.interactiveshell import InteractiveShell
from small_land import kpi

import malstyr_lib as ms
from malstyr_lib import tables
from malstyr_lib.errors import UsageError
from malstyr_lib.face import unwatched
from malstyr_lib.face.comparing import Comparison
from malstyr_lib.face.desk import desk
from malstyr_lib.questions import Case, Question, catalogue
from malstyr_lib.questions.answer import Reply, sure
from malstyr_lib.report.kinds import KINDS
from malstyr_lib.store import Store
from malstyr_lib.workspace import packaged


@pytest.fixture(autouse=True)
def _at_home(exercise: Exercise, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in the exercise municipality's folders, as a notebook does."""
    for name, value in exercise.place.environment().items():
        monkeypatch.setenv(name, value)


def test_tab_completion_shows_the_face_and_nothing_else() -> None:
    assert dir(ms) == ms.__all__ == sorted(ms.__all__)
    assert {"sok", "nyckeltal", "fraga", "namndrapport"} <= {*dir(ms)}
    assert all(inspect.isfunction(getattr(ms, name)) for name in dir(ms))


def test_an_editor_that_runs_nothing_finds_the_same_functions_in_the_same_places() -> None:
    source = ast.parse(Path(str(ms.__file__)).read_text(encoding="utf-8"))
    told = [one for one in ast.walk(source) if isinstance(one, ast.ImportFrom) and one.module]
    found = {
        alias.asname: one.module
        for one in told
        for alias in one.names
        if str(one.module).startswith("malstyr_lib.face")
    }
    assert found == {name: getattr(ms, name).__module__ for name in dir(ms)}


def test_every_kind_of_report_is_opened_by_a_function_of_the_face() -> None:
    for kind in KINDS.values():
        source = (packaged("notebooks") / kind.notebook).read_text(encoding="utf-8")
        opens = re.findall(r"from malstyr_lib import (\w+)", source)
        assert opens, kind.notebook
        assert {*opens} <= {*dir(ms)}, kind.notebook


def test_nothing_heavy_is_loaded_before_it_is_used() -> None:
    heavy = ("numpy", "pandas", "matplotlib", "malstyr_lib.face", "malstyr_lib.questions")
    words = f"import sys, malstyr_lib; dir(malstyr_lib); print({heavy!r} & sys.modules.keys())"
    words = words.replace(f"{heavy!r}", f"set({heavy!r})")
    done = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_a_name_that_is_not_there_is_no_part_of_the_module() -> None:
    with pytest.raises(AttributeError, match="'sokk'"):
        _ = ms.sokk


@pytest.mark.parametrize("name", ms.__all__)
def test_every_function_explains_itself_in_swedish_with_an_example(name: str) -> None:
    told = inspect.getdoc(getattr(ms, name)) or ""
    first, _, example = told.splitlines()[0], *told.partition("Exempel: ")[1:]
    assert first.endswith(".")
    ast.parse(example.splitlines()[0].replace(" eller ", "; "))
    assert all(f"{one}:" in told for one in inspect.signature(getattr(ms, name)).parameters)


@pytest.mark.parametrize("name", ms.__all__)
def test_every_example_can_be_run_as_it_stands(name: str) -> None:
    _, _, example = (inspect.getdoc(getattr(ms, name)) or "").partition("Exempel: ")
    for call in example.splitlines()[0].split(" eller "):
        assert eval(call, {"ms": ms}) is not None


def test_a_search_shows_who_follows_it_and_how_it_stands() -> None:
    found = ms.sok("sjukfrånvaro totalt")
    row = found.tabell.set_index("id").loc["N00090"]
    assert tuple(row[["namnd", "riktning", "ar", "varde", "farg"]]) == (
        "Kommunstyrelsen",
        "lågt",
        2025,
        8.8,
        "Gul",
    )
    assert "8,8 (2025)" in repr(found)
    assert "◆ Gul" in found._repr_html_()


def test_a_search_shows_at_most_what_was_asked_for_and_says_how_many_there_are() -> None:
    found = ms.sok("andel", antal=3)
    assert len(found.tabell) == 3
    assert found.antal > 3
    assert f"{found.antal} nyckeltal passar. De 3 som passar bäst visas." in repr(found)


def test_a_search_without_a_match_says_what_to_do() -> None:
    found = ms.sok("xyzzy")
    assert found.tabell.empty
    assert "Inget nyckeltal passar. Pröva färre eller andra ord." in repr(found)
    assert "<table" not in found._repr_html_()
    assert "Inget nyckeltal passar; menade du 'sjukfrånvaro'?" in repr(ms.sok("sjukfrånvro"))


def test_a_key_figure_tells_what_it_is_and_where_it_stands() -> None:
    found = ms.nyckeltal("n00090")
    assert (found.id, found.kommun, found.namnd) == ("N00090", "Övninge", "Kommunstyrelsen")
    assert (found.ar, found.varde, found.farg, found.plats) == (2025, 8.8, "Gul", "125 av 275")
    assert found.riktning == "Lägre är bättre (ej granskad)"
    assert found.lage.startswith("År 2025 hade Övninge 8,8\u00a0%: ◆\u00a0Gul, plats 125 av 275")
    assert found.trend == "Har ökat med 0,1 om året 2010–2025: säkerställd försämring."


def test_a_key_figure_has_its_years_its_charts_and_its_values() -> None:
    found = ms.nyckeltal("N00090")
    row = found.tabell.set_index("ar").loc[2022]
    assert (row["varde"], row["farg"], row["plats"], row["antal"]) == (8.8, "Röd", 233, 275)
    assert found.diagram.alt.startswith("Linjediagram över Sjukfrånvaro totalt")
    assert found.alla_kommuner.alt.startswith("Punktdiagram över Sjukfrånvaro totalt")
    assert found.varden(ar=2025).tabell["value"].tolist() == [8.8]
    assert found.fraga(16).svar == ms.fraga("N00090", 16).svar
    assert repr(found.diagram).startswith("Linjediagram")


def test_a_series_that_has_ended_keeps_its_value_and_says_why_it_has_no_colour() -> None:
    found = ms.nyckeltal("U21401")
    assert found.lage == "År 2024 hade Övninge 16, utan färg: serien upphörde 2024."


def test_a_key_figure_is_found_by_its_title_or_by_words_that_only_one_has() -> None:
    title = "sjukfrånvaro totalt  bland anställda, kommun, andel (%)"
    assert ms.nyckeltal(title).id == "N00090"
    assert ms.nyckeltal("sjukfrånvaro totalt bland").id == "N00090"


def test_words_of_several_titles_are_answered_with_some_of_them() -> None:
    words = "'sjukfrånvaro' kan vara flera nyckeltal: N00090 Sjukfrånvaro totalt"
    with pytest.raises(UsageError, match=words):
        ms.nyckeltal("sjukfrånvaro")


def test_a_title_that_is_nearly_right_is_suggested() -> None:
    near = "menade du 'sjukfrånvaro totalt bland anställda kommun'"
    with pytest.raises(UsageError, match=near):
        ms.nyckeltal("Sjukfrånvro totalt bland anstälda, kommun")
    with pytest.raises(UsageError, match="N99999 finns inte i Kolada"):
        ms.nyckeltal("N99999")
    with pytest.raises(UsageError, match="Det finns inget nyckeltal"):
        ms.nyckeltal(" ")


def test_values_are_a_table_that_keeps_its_contract() -> None:
    found = ms.varden("N00090", ar="2021-2022").tabell
    assert found.dtypes.astype("str").to_dict() == tables.OBSERVATIONS
    assert found[["municipality", "period", "gender", "value"]].to_numpy().tolist() == [
        ["9001", 2021, "T", 8.5],
        ["9001", 2022, "T", 8.8],
    ]


@pytest.mark.parametrize("years", ["2021-2022", [2021, 2022], range(2021, 2023), "2021,2022"])
def test_years_are_said_in_any_way_that_is_clear(years: object) -> None:
    assert ms.varden("N00090", ar=years).tabell["period"].tolist() == [2021, 2022]  # type: ignore[arg-type]


def test_values_of_several_stand_side_by_side_in_the_order_they_were_named() -> None:
    others = desk().setting().case("N00090").members("län")[:2]
    names = [desk().setting().names[one] for one in others]
    found = ms.varden("N00090", kommun=["Riket", "övninge", *others], ar=2022)
    assert list(found.bred.columns) == list(dict.fromkeys(["Riket", "Övninge", *names]))
    assert found.bred.loc[2022, "Övninge"] == 8.8
    several = ms.varden(["N00090", "N15428"], ar=2022)
    assert list(several.bred.columns) == ["N00090 Övninge", "N15428 Övninge"]


def test_a_gender_whose_other_is_hidden_is_hidden_too() -> None:
    found = ms.varden("N15505", kommun="alla", ar=2025, kon=["K", "M"]).tabell
    both = found.assign(known=found["value"].notna()).groupby("municipality")["known"].sum()
    assert set(both) == {0, 2}
    assert "Ett värde för bara det ena könet visas inte" in repr(
        ms.varden("N15505", "alla", 2025, None)
    )


def test_what_was_asked_for_and_is_not_there_is_said() -> None:
    assert "Inget värde passar." in repr(ms.varden("N00090", ar=1990))
    with pytest.raises(UsageError, match="Okänt kön 'flicka'"):
        ms.varden("N00090", kon="flicka")
    with pytest.raises(UsageError, match="År 'i fjol' går inte att läsa"):
        ms.varden("N00090", ar="i fjol")
    with pytest.raises(UsageError, match="menade du 'Övninge'"):
        ms.varden("N00090", kommun="Övninga")


def test_a_comparison_has_the_own_first_and_the_others_by_name() -> None:
    found = ms.jamfor("N00090", "liknande").tabell
    assert found["kommun"].iloc[0] == "Övninge"
    others = list(found["kommun"].iloc[1:])
    assert len(others) == 7
    assert others == sorted(others)
    assert set(found["ar"]) == {2025}


def test_swedish_letters_come_last_in_a_comparison() -> None:
    others = list(ms.jamfor("N00090", "alla").tabell["kommun"].iloc[1:])
    assert others.index("Ädelmåla") > others.index("Vadarfors")


def test_the_others_colours_are_those_that_they_have_themselves() -> None:
    found = ms.jamfor("N00090", "län", ar=2022).tabell
    for row in found.head(6).to_dict("records"):
        own = ms.nyckeltal("N00090", kommun=row["kod"], ar=2022).tabell.set_index("ar")
        if 2022 in own.index:
            assert row["farg"] == own.loc[2022, "farg"], row["kommun"]
        else:
            assert row["farg"] == "Ingen färg"


def test_named_municipalities_are_compared_as_chosen_and_riket_has_no_colour() -> None:
    other = ms.jamfor("N00090", "län").tabell["kommun"].iloc[1]
    found = ms.jamfor("N00090", [other, "Riket"], ar=2022)
    assert list(found.tabell["kommun"]) == ["Övninge", other, "Riket"]
    assert found.tabell["farg"].iloc[2] == "Ingen färg"
    assert "valda kommuner 2022" in repr(found)
    assert found.diagram is not None
    assert "Valda kommuner" in [one.get_text() for one in found.diagram.figure.legends[0].texts]


def test_a_comparison_shows_its_numbers_its_chart_and_its_source() -> None:
    found = ms.jamfor("N00090")
    page = found._repr_html_()
    assert '<th scope="col"' in page
    assert "<caption" in page
    assert 'alt="Punktdiagram' in page
    assert "ÖVNINGSDATA" in page
    assert "Källa: övningsvärlden (värden hämtade 23 november 2026)." in page
    assert "De andra hade från " in repr(found)


def test_a_year_without_any_value_is_said_and_nothing_is_drawn() -> None:
    found = ms.jamfor("N00090", "län", ar=1999)
    assert found.diagram is None
    assert "Övninge saknar värde 1999." in repr(found)
    assert "Färg saknas: ingen kommun har värde 1999." in found._repr_html_()


def test_a_key_figure_without_similar_ones_says_whom_to_compare_with_instead(
    tmp_path: Path,
) -> None:
    setting = planted(tmp_path, [ladder(9, 2, own=[1, 2])], [kpi(1, liknande=None)])
    case = setting.case("N00001")
    found = Comparison(case, 2017, "liknande", tuple(case.members("liknande")))
    assert list(found.tabell["kommun"]) == [case.name]
    assert "N00001 har inget område för liknande kommuner i nyckeltal.yaml." in repr(found)
    assert 'Jämför med "län" eller med namn i stället.' in repr(found)


def test_a_question_is_asked_by_its_number_or_its_words() -> None:
    by_number = ms.fraga("N00090", 16)
    by_words = ms.fraga("sjukfrånvaro totalt bland", "Är vi röda mot alla")
    assert by_number.svar == by_words.svar
    assert by_number.question.number == by_words.question.number == 16


def test_several_questions_are_a_table_with_an_answer_each() -> None:
    found = ms.fraga("N00090", [16, 16])
    assert found.tabell["question"].tolist() == [16, 16]
    assert len(ms.fraga("N00090", "alla")) == len(ms.fragor().tabell)
    assert found[0].svar in found._repr_html_()


def test_without_a_question_it_is_told_which_can_be_asked_and_what_the_others_lack() -> None:
    found = ms.fraga("N00090")
    assert found.tabell.set_index("nummer").loc[16, "gar"]
    ungraded = next(one.id for one in desk().model.kpis if one.direction == "ingen")
    rows = ms.fraga(ungraded).tabell.set_index("nummer")
    assert not rows.loc[16, "gar"]
    assert "har ingen riktning i nyckeltal.yaml" in rows.loc[16, "saknas"]
    assert any("har ingen riktning" in words for words in ms.nyckeltal(ungraded).saknas)


def test_a_question_about_another_municipality_and_year_is_answered_for_them() -> None:
    other = ms.jamfor("N00090", "län").tabell["kommun"].iloc[1]
    found = ms.fraga("N00090", 16, kommun=other, ar=2022)
    assert other in found.svar
    assert "2022" in found.svar


def test_a_question_about_a_key_figure_is_not_asked_of_a_report() -> None:
    for asked in ((16,), ("BN", 16), ("Bildningsnämnden", [16])):
        with pytest.raises(UsageError, match=r"Fråga 16 ställs om ett nyckeltal: ms\.fraga\("):
            ms.fraga(*asked)


def test_a_question_to_the_report_is_asked_of_a_committee_or_of_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def reply(case: Case) -> Reply:
        return sure(f"{case.committee.name} svarar.", "Så är det.")  # type: ignore[union-attr]

    whole = Question(99, "hela", "Vad säger rapporten?", reply, about="rapport")
    monkeypatch.setattr(catalogue, "QUESTIONS", (*catalogue.QUESTIONS, whole))
    assert ms.fraga("bn", 99).svar == "Bildningsnämnden svarar."
    every = ms.fraga(99)
    assert [one.svar.split()[0] for one in every.svar] == [
        one.name.split()[0] for one in desk().model.committees
    ]
    assert "Nämnd" in repr(every)


def test_all_questions_are_listed_with_their_themes() -> None:
    found = ms.fragor().tabell
    assert found.loc[found["nummer"] == 16, "tema"].item() == "Är det bara vi?"
    assert 'ms.fraga("N00090", 16)' in repr(ms.fragor())


def test_blind_spots_are_the_reds_that_nobody_follows() -> None:
    found = ms.blinda_flackar()
    watched = {each for one in desk().model.committees for each in one.kpis}
    assert len(found.roda) > 5
    assert not watched & set(found.tabell["kpi"])
    assert len(found.roda) + len(found.utmarker_sig) == len(found.tabell)
    assert f"är {len(found.roda)} röda utan att någon nämnd följer dem." in repr(found)
    assert "<table" in found._repr_html_()


def test_a_long_search_tells_how_far_it_has_come_and_leaves_no_trace(
    capsys: pytest.CaptureFixture[str],
) -> None:
    unwatched._progress(200, 4800)
    assert "Söker igenom 4\u00a0800 nyckeltal: 4 %" in capsys.readouterr().out
    unwatched._progress(4800, 4800)
    assert not capsys.readouterr().out.strip()
    unwatched._progress(100, 100)
    assert not capsys.readouterr().out


def test_the_folders_are_opened_once_until_something_is_new(
    exercise: Exercise, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(exercise.place.params, tmp_path / "params")
    monkeypatch.setenv("MALSTYR_PARAMS", str(tmp_path / "params"))
    first = desk()
    assert desk() is first
    assert first.setting("9001") is first.setting("övninge")
    municipality = tmp_path / "params" / "kommun.yaml"
    municipality.write_text(municipality.read_text("utf-8") + "# nytt\n", encoding="utf-8")
    assert desk() is not first


def test_a_new_fetch_is_seen_at_once(
    exercise: Exercise, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(exercise.place.store, tmp_path / "lager")
    monkeypatch.setenv("MALSTYR_STORE", str(tmp_path / "lager"))
    store, before = Store(tmp_path / "lager"), ms.varden("N00090", ar=2025).tabell
    now = store.open()
    store.write(
        before.assign(value=5.5),
        kpis=now.kpis,
        municipalities=now.municipalities,
        municipality_groups=now.municipality_groups,
        base_url=now.base_url,
    )
    assert ms.varden("N00090", ar=2025).tabell["value"].tolist() == [5.5]


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ('ms.nyckeltal("N99999")', "N99999 finns inte i Kolada."),
        ('ms.varden("N00090", kommun="Ovninge")', "menade du 'Övninge'?"),
        ('ms.fraga("N00090", 4711)', "Det finns ingen fråga 4711"),
    ],
)
def test_in_a_notebook_an_error_is_its_sentence_and_no_traceback(cell: str, said: str) -> None:
    shell, shown = InteractiveShell.instance(), io.StringIO()
    with redirect_stdout(shown):
        done = shell.run_cell(f"import malstyr_lib as ms\n{cell}")
    assert isinstance(done.error_in_exec, UsageError)
    assert shown.getvalue().strip() == str(done.error_in_exec)
    assert said in shown.getvalue()


def test_an_empty_store_says_how_to_fill_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MALSTYR_STORE", os.fspath(tmp_path / "tomt"))
    with pytest.raises(Exception, match="Hämta värden med: malstyr hamta"):
        ms.sok("sjukfrånvaro")


def test_everything_that_is_returned_has_a_table() -> None:
    shown = [
        ms.sok("skola"),
        ms.nyckeltal("N15428"),
        ms.varden("N15428"),
        ms.jamfor("N15428"),
        ms.fraga("N15428"),
        ms.fraga("N15428", [16]),
        ms.fragor(),
        ms.blinda_flackar(),
    ]
    for one in shown:
        assert isinstance(one.tabell, pd.DataFrame)
        assert "<h3>" in one._repr_html_()
        assert "DataFrame" not in repr(one)
