"""The commands: what they print, their exit codes, and what they say to wrong use."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import tomllib
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from conftest import ROOT, Exercise
from pages import executed

from malstyr_lib import tables
from malstyr_lib.batch import making
from malstyr_lib.chain.basis import REMARKS
from malstyr_lib.cli import fetching, run, show
from malstyr_lib.errors import UsageError
from malstyr_lib.ovning.dataset import Dataset
from malstyr_lib.ovning.demo import prepare
from malstyr_lib.ovning.server import serve

COMMANDS = [
    "demo",
    "hamta",
    "kontrollera",
    "rapport",
    "paket",
    "bedom",
    "fraga",
    "sok",
    "lager",
    "skillnad",
    "labb",
    "app",
    "mall",
    "ovning",
    "kalender",
    "ny",
]


@pytest.fixture
def at(exercise: Exercise, monkeypatch: pytest.MonkeyPatch) -> Exercise:
    """The exercise municipality, found by the commands through the environment."""
    for name, value in exercise.place.environment().items():
        monkeypatch.setenv(name, value)
    return exercise


Printed = pytest.CaptureFixture[str]
CHECK = ("kontrollera", "--datum", "2026-11-23")


# --- help and start-up -----------------------------------------------------------------------


def test_help_names_every_command(capsys: Printed) -> None:
    assert run(["--help"]) == 0
    printed = capsys.readouterr().out
    assert all(f"  {command} " in printed for command in COMMANDS)


def test_a_command_alone_shows_the_help_and_is_wrong_use(capsys: Printed) -> None:
    assert run([]) == 2
    assert "Usage: malstyr" in capsys.readouterr().err


def test_help_loads_nothing_heavy() -> None:
    heavy = {
        "babel",
        "pandas",
        "numpy",
        "matplotlib",
        "papermill",
        "nbconvert",
        "requests",
        "pyarrow",
    }
    code = (
        "import sys; from malstyr_lib.cli import run; run(['--help']);"
        f"print(sorted({heavy!r} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_the_version_comes_from_the_package(capsys: Printed) -> None:
    assert run(["--version"]) == 0
    lines = capsys.readouterr().out.splitlines()
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    assert lines[0] == f"malstyr {declared}"
    told = dict(line.split(" ", 1) for line in lines)
    assert told["pandas"] == pd.__version__
    assert {"Python", "papermill", "nbconvert", "matplotlib"} <= told.keys()


# --- wrong use -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["raport"], "Kommandot 'raport' finns inte; menade du 'rapport'? Se: malstyr --help"),
        (["xyzzy"], "Kommandot 'xyzzy' finns inte. Se: malstyr --help"),
        (["rapport", "--aar", "2022"], "Flaggan --aar finns inte; menade du '--ar'?"),
        (["rapport", "--år", "2022"], "menade du '--ar'? Se: malstyr rapport --help"),
        (["rapport", "--namnd", "BN"], "Flaggan --namnd finns inte; skriv värdet utan --namnd."),
        (["rapport", "--qqqq"], "Flaggan --qqqq finns inte. Se: malstyr rapport --help"),
        (["ovning", "srve"], "menade du 'serve'? Se: malstyr ovning --help"),
        (["rapport", "BN", "2025"], "'2025' är ingen nämnd. Ett år skrivs så här: --ar 2025"),
        (["rapport", "BN", "--typ", "delar"], "Ingen rapport av typen delar finns för BN."),
        (["rapport", "--typ", "årsredovisning"], "menade du 'ars'?"),
        (["paket", "--ut", "mina.zip"], "Filen att skriva anges med: --till mina.zip"),
        (["ny", "kommun", "--kod", "avesta"], "koden avesta; menade du '2084'?"),
        (["ny", "kommun", "--kod", "84"], "koden 84. Koden har fyra siffror."),
        (["rapport", "--ar"], "Flaggan --ar behöver ett värde"),
        (["rapport", "--ar", "i fjol"], "Värdet för --ar ska vara ett heltal"),
        (["rapport", "--ar", "22"], "--ar ska vara minst 1990"),
        (["hamta", "allt"], "För många ord: allt; skriv citattecken om text med blanksteg"),
        (["rapport", "--typ", "arss"], "Rapporttypen 'arss' finns inte"),
        (["rapport", "--form", "doc"], "Formen 'doc' finns inte"),
    ],
)
def test_wrong_use_is_one_swedish_sentence_and_exit_code_2(
    at: Exercise, capsys: Printed, words: list[str], said: str
) -> None:
    assert run(words) == 2
    printed = capsys.readouterr().err
    assert said in printed
    assert len(printed.strip().splitlines()) == 1


def test_wrong_params_give_every_problem_with_file_and_line_and_run_nothing(
    tmp_path: Path, capsys: Printed
) -> None:
    params = tmp_path / "params"
    shutil.copytree(ROOT / "params", params)
    (params / "kommun.yaml").write_text("kod: 0114x\nnamnn: Väsby\n", encoding="utf-8")
    bn = params / "namnder" / "bn.yaml"
    text = bn.read_text(encoding="utf-8").replace("fullmäktigemål:", "fullmaktigemål:", 1)
    bn.write_text(text.replace("N15428", "N99999"), encoding="utf-8")
    assert run(["rapport", "--params", str(params), "--ut", str(tmp_path / "ut")]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert "Inget har körts" in lines[0]
    assert any("kommun.yaml rad 1" in line for line in lines)
    assert any(
        "kommun.yaml rad 2: okänd nyckel 'namnn'; menade du 'namn'?" in line for line in lines
    )
    assert any(
        "okänd nyckel 'fullmaktigemål'; menade du 'fullmäktigemål'?" in line for line in lines
    )
    assert any("N99999" in line and "namnder/bn.yaml rad" in line for line in lines)
    assert not (tmp_path / "ut").exists()


def test_a_code_that_begins_with_zero_keeps_it_unquoted(tmp_path: Path, capsys: Printed) -> None:
    params = tmp_path / "params"
    shutil.copytree(ROOT / "params", params)
    (params / "kommun.yaml").write_text("kod: 0114\nnamn: Upplands Väsby\n", encoding="utf-8")
    run(["kontrollera", "--params", str(params)])
    assert "Upplands Väsby (0114)" in capsys.readouterr().out


def test_an_empty_store_is_exit_code_3_with_the_cure(
    at: Exercise, tmp_path: Path, capsys: Printed
) -> None:
    assert run(["rapport", "--lager", str(tmp_path)]) == 3
    assert "Hämta värden med: malstyr hamta" in capsys.readouterr().err


def test_a_server_that_is_not_there_is_exit_code_3_and_writes_nothing(
    at: Exercise, tmp_path: Path, capsys: Printed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("malstyr_lib.kolada.patience.random.uniform", lambda *_: 0.0)
    assert run(["hamta", "--url", "http://127.0.0.1:9/v3", "--lager", str(tmp_path / "lager")]) == 3
    assert "Kolada svarar inte efter 5 försök" in capsys.readouterr().err
    assert not (tmp_path / "lager").exists()


# --- results ---------------------------------------------------------------------------------


def test_kontrollera_says_what_to_look_over_and_exits_with_remarks(
    at: Exercise, capsys: Printed
) -> None:
    assert run([*CHECK, "--datum", "2030-11-23"]) == 4
    printed = capsys.readouterr().out
    assert "Övninge (9001): 4 nämnder, 8 mål från fullmäktige, 144 nyckeltal" in printed
    assert "Anmärkning MS103 (BN-A1) aktiviteter/bn.yaml rad" in printed
    assert run([*CHECK, "--datum", "2030-11-23", "--strikt"]) == 2
    capsys.readouterr()
    assert run([*CHECK, "--datum", "2030-11-23", "--json"]) == 4
    assert set(REMARKS) == set(json.loads(capsys.readouterr().out)[0])
    assert run(["kontrollera", "--datum", "i går"]) == 2
    assert "'i går' är ingen dag" in capsys.readouterr().err


def test_kontrollera_is_clean_on_the_exercise_and_says_how_many_are_waived(
    at: Exercise, capsys: Printed
) -> None:
    assert run([*CHECK, "--strikt"]) == 0
    assert "anmärkningar är undantagna med skäl" in capsys.readouterr().out
    assert run([*CHECK, "--undantag"]) == 0
    assert "Undantaget: " in capsys.readouterr().out


@pytest.mark.parametrize(
    ("there", "written", "said"),
    [
        (
            "Ohälsotal, dagar",
            "Ohälsotal, timmar",
            "N00957 har ändrats i Kolada och färgsätts inte. I nyckeltal.yaml: ”Ohälsotal, timmar”."
            " I Kolada: ”Ohälsotal, dagar”. Enheten har ändrats från timmar till dagar."
            " Granska riktningen och skriv in den nya rubriken.",
        ),
        (
            "underlag: N01951",
            "underlag: N01591",
            "N31807 har underlaget N01591 i nyckeltal.yaml, men det nyckeltalet finns inte i"
            " Kolada. Avstånd sägs inte i antal personer. Rätta underlaget eller ta bort raden.",
        ),
    ],
    ids=["rubrik", "underlag"],
)
def test_kontrollera_tells_where_the_registry_and_kolada_differ(
    at: Exercise, tmp_path: Path, capsys: Printed, there: str, written: str, said: str
) -> None:
    params = shutil.copytree(at.place.params, tmp_path / "params")
    registry = params / "nyckeltal.yaml"
    text = registry.read_text(encoding="utf-8").replace(there, written)
    registry.write_text(text, encoding="utf-8")
    assert run([*CHECK, "--params", str(params)]) == 4
    assert said in capsys.readouterr().out
    assert run([*CHECK, "--params", str(at.place.params)]) == 0
    told = capsys.readouterr().out
    assert "har ändrats i Kolada" not in told
    assert "underlag" not in told


@pytest.mark.parametrize(
    "words", [("kontrollera",), ("bedom", "N00090"), ("fraga", "N00090"), ("sok", "andel")]
)
def test_no_command_tells_another_s_figures_under_the_own_name(
    at: Exercise, tmp_path: Path, capsys: Printed, words: tuple[str, ...]
) -> None:
    params = shutil.copytree(at.place.params, tmp_path / "params")
    own = params / "kommun.yaml"
    wrong = own.read_text(encoding="utf-8").replace("Övninge", "Avesta")
    own.write_text(wrong, encoding="utf-8")
    assert run([*words, "--params", str(params)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "kommun.yaml: kod 9001 är Övninge i Kolada, men namn är Avesta." in said.err


def test_bedom_as_json_has_the_columns_of_the_scores_table(at: Exercise, capsys: Printed) -> None:
    assert run(["bedom", "U21401", "--ar", "2018", "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert list(row) == list(tables.SCORES)
    assert (row["kpi"], row["period"], row["gender"]) == ("U21401", 2018, "T")
    assert (row["value"], row["colour"]) == (22.0, "red")
    assert isinstance(row["rank"], int)
    assert row["preliminary"] is False


def test_bedom_without_a_year_is_the_newest_and_a_missing_figure_is_null(
    at: Exercise, capsys: Printed
) -> None:
    assert run(["bedom", "U33401", "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["period"], row["colour"], row["rank"]) == (2025, "grey", None)


def test_bedom_for_people_says_value_colour_place_and_why(at: Exercise, capsys: Printed) -> None:
    assert run(["bedom", "U21401", "--ar", "2018,2024"]) == 0
    printed = " ".join(capsys.readouterr().out.split())
    assert "U21401 Personalkontinuitet" in printed
    assert "2018 22 ▼ Röd" in printed
    assert "har bättre värde" in printed


@pytest.fixture(scope="module")
def late(world: Dataset) -> Dataset:
    """The exercise world's last years."""
    return replace(world, values=world.values[world.values["period"] >= 2022])


def test_hamta_fetches_into_a_new_snapshot_and_says_what_it_holds(
    at: Exercise, late: Dataset, tmp_path: Path, capsys: Printed
) -> None:
    with serve(late) as server:
        words = ["hamta", "--url", server.url, "--lager", str(tmp_path), "--json"]
        assert run(words) == 0
    (fetched,) = json.loads(capsys.readouterr().out)
    assert fetched["kpis"] == 147  # the registry's 144, a margin of error and two bases
    assert (fetched["first_year"], fetched["last_year"]) == (2022, 2025)
    assert fetched["remarks"] == 0
    assert (tmp_path / "snapshots" / f"{fetched['snapshot']}.json").is_file()


def test_hamta_names_what_kolada_did_not_answer_and_exits_with_remarks(
    at: Exercise, late: Dataset, tmp_path: Path, capsys: Printed
) -> None:
    gone = replace(
        late,
        kpis=late.kpis[late.kpis["id"] != "N15428"],
        values=late.values[~late.values["kpi"].isin(["N15428", "N00090"])],
    )
    with serve(gone) as server:
        assert run(["hamta", "--url", server.url, "--lager", str(tmp_path)]) == 4
    printed = capsys.readouterr().out
    assert "Anmärkning: N15428" in printed
    assert "finns inte längre i Kolada" in printed
    assert "Anmärkning: N00090 Sjukfrånvaro" in printed


def test_a_wrong_municipality_or_year_is_wrong_use_and_runs_nothing(
    at: Exercise, tmp_path: Path, capsys: Printed
) -> None:
    params = tmp_path / "params"
    shutil.copytree(at.place.params, params)
    (params / "kommun.yaml").write_text('kod: "9002"\nnamn: Övninge\n', encoding="utf-8")
    words = ["rapport", "--ut", str(tmp_path / "ut")]
    assert run([*words, "--params", str(params)]) == 2
    assert "kommun.yaml: kod 9002 är " in capsys.readouterr().err
    assert run([*words, "--ar", "2030"]) == 2
    assert "Rapportår 2030 finns inte" in capsys.readouterr().err
    assert not (tmp_path / "ut").exists()


def test_a_file_in_the_way_is_a_sentence_not_a_traceback(
    at: Exercise, tmp_path: Path, capsys: Printed
) -> None:
    (tmp_path / "fil").write_text("x", encoding="utf-8")
    assert run(["rapport", "--ut", str(tmp_path / "fil" / "ut")]) == 1
    assert "Det går inte att skriva i" in capsys.readouterr().err


def test_a_port_that_is_taken_is_a_sentence_not_a_traceback(capsys: Printed) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert run(["ovning", "serve", "--port", port, "--params", str(ROOT / "params")]) == 2
    assert "Det gick inte" in capsys.readouterr().err


def test_rapport_makes_the_committees_asked_for(
    at: Exercise, tmp_path: Path, capsys: Printed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making.notebook, "execute", executed)
    words = ["rapport", "MSN", "--typ", "namnd", "--form", "html", "--ar", "2024"]
    assert run([*words, "--ut", str(tmp_path), "--json"]) == 0
    (made,) = json.loads(capsys.readouterr().out)
    assert (made["slug"], made["year"], made["status"]) == ("msn", 2024, "klar")
    assert (tmp_path / "2024" / "namnd" / "msn" / "rapport.html").is_file()
    assert (tmp_path / "index.html").is_file()


def test_demo_writes_nothing_into_a_municipalitys_own_folder(
    tmp_path: Path, capsys: Printed
) -> None:
    shutil.copytree(ROOT / "params", tmp_path / "params")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert run(["demo", "--ut", str(tmp_path)]) == 2
    assert "hör till Hedemora. Övningen skriver inget där" in capsys.readouterr().err
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_the_exercise_keeps_what_was_edited_in_it(tmp_path: Path) -> None:
    place, _ = prepare(tmp_path)
    edited = place.params / "namnder" / "bn.yaml"
    edited.write_text(edited.read_text("utf-8") + "# min anteckning\n", encoding="utf-8")
    prepare(tmp_path)
    assert edited.read_text("utf-8").endswith("# min anteckning\n")


def test_an_interrupt_is_said_in_a_sentence_that_tells_what_is_kept(
    at: Exercise, capsys: Printed, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("malstyr_lib.params.load_with_places", interrupted)
    assert run(["kontrollera"]) == 130
    assert "Avbrutet. Det som redan var klart finns kvar" in capsys.readouterr().err


def test_progress_tells_questions_rows_the_pace_of_late_and_the_time_left() -> None:
    now = [0.0]
    pace = show.Pace(clock=lambda: now[0])
    for moment, done in ((0.1, 5000), (1.0, 5000), (60.0, 5100), (100.0, 5300)):
        now[0] = moment
        pace.note(done)
    assert pace.words(5300, 9300, 1_234_567) == (
        "5\u00a0300 av 9\u00a0300 frågor, 1\u00a0234\u00a0567 rader, 5,0/s, 13 min kvar"
    )
    assert pace.words(9300, 9300, 2_000_000).endswith("rader, 5,0/s")
    assert len("Hämtar värden ━━━━━━ " + pace.words(5300, 9300, 12_345_678)) <= 80


def test_a_pace_is_written_with_comma_or_point_and_has_a_roof(capsys: Printed) -> None:
    assert (fetching.pace("0,5"), fetching.pace("2"), fetching.pace(None)) == (0.5, 2.0, None)
    for bad in ("0", "-1", "x", "inf"):
        with pytest.raises(UsageError, match="--takt ska vara ett tal över 0"):
            fetching.pace(bad)
    assert run(["hamta", "--plan", "--takt", "6"]) == 2
    assert "Högst 5 frågor i sekunden" in capsys.readouterr().err
