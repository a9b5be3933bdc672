"""The command bedom: every view, for people and as JSON, and nothing that is hidden in any."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from conftest import Exercise

from malstyr_lib import tables
from malstyr_lib.cli import run
from malstyr_lib.grounds.basis import evidence_of
from malstyr_lib.model import SteeringModel
from malstyr_lib.report.analysis import analyse
from malstyr_lib.report.committee import CommitteeReport
from malstyr_lib.report.judge import judge
from malstyr_lib.report.views import NAMES, VIEWS
from malstyr_lib.scoring import findings, overall, sureness
from malstyr_lib.scoring.blind import BLIND_SPOTS
from malstyr_lib.store import Snapshot, Store

Printed = pytest.CaptureFixture[str]
PLANTED = ("N15428", "N00090", "U21468", "N31816", "N85054", "U21401", "N15505", "U07453")
ASKED = ("N15428", "N00090", "U21468")
CONTRACTS = {
    "farg": tables.SCORES,
    "trend": findings.TRENDS,
    "vanligt": findings.LIMITS,
    "trog": findings.MOBILITY,
    "byten": findings.SHIFTS,
    "avstand": findings.SHIFTS,
    "andring": findings.CHANGES,
    "tid": findings.TIMES,
    "grupper": sureness.AGREEMENTS,
    "sakerhet": sureness.CERTAINTIES,
    "brott": findings.BREAKS,
    "vantat": overall.EXPECTED,
    "mal": overall.GOALS,
    "blinda": BLIND_SPOTS,
}
WHOLE = ("mal", "blinda")


@dataclass(frozen=True)
class Small:
    """A store of few KPIs: the one before as it was told first, and the newest."""

    path: Path
    first: str
    last: str
    model: SteeringModel


def few_groups(whole: Snapshot) -> pd.DataFrame:
    """The groups of municipalities like the two that are asked about, and those of all."""
    areas, groups = whole.municipalities.query("type == 'K'"), whole.municipality_groups
    names = "|".join([*areas.query("id == '9001'")["title"], *areas["title"].head(2)])
    wanted = groups["title"].str.contains(f", (?:{names}), ")
    return groups[wanted | ~groups["title"].str.startswith("Liknande")].reset_index(drop=True)


def write(path: Path, whole: Snapshot, values: pd.DataFrame, *, hours: int, **more: Any) -> str:
    given: dict[str, Any] = {
        "kpis": whole.kpis,
        "municipalities": whole.municipalities,
        "municipality_groups": few_groups(whole),
        "base_url": whole.base_url,
        "fetched": whole.fetched + timedelta(hours=hours),
    }
    return Store(path).write(values, **given | more)


def changed(values: pd.DataFrame, kpi: str, year: int, **told: float) -> pd.DataFrame:
    """Values with the own ones of a KPI and year as told, by gender."""
    cells = (values["kpi"] == kpi) & (values["municipality"] == "9001")
    cells &= values["period"] == year
    done = values["value"].copy()
    for gender, value in told.items():
        done[cells & (values["gender"] == gender)] = value
    return values.assign(value=done)


@pytest.fixture(scope="module")
def small(exercise: Exercise, tmp_path_factory: pytest.TempPathFactory) -> Small:
    """The exercise world's planted KPIs and two blind ones; a value was revised in between."""
    whole = Store(exercise.place.store).open()
    path = tmp_path_factory.mktemp("bedom") / "lager"
    values = whole.values(
        [*PLANTED, "N00670", "N85073", "N01452", "N01453", "N30001", "N01951", "N00053"]
    )
    old = whole.kpis.assign(
        title=whole.kpis["title"].mask(whole.kpis["id"] == "N31816", "Ett helt annat mått, antal")
    )
    then = changed(values, "N15428", 2024, T=70.0)
    first = write(path, whole, then[then["period"] < 2025], hours=-1, kpis=old)
    return Small(path, first, write(path, whole, values, hours=0), exercise.model)


@pytest.fixture
def at(exercise: Exercise, small: Small, monkeypatch: pytest.MonkeyPatch) -> Small:
    monkeypatch.setenv("MALSTYR_PARAMS", str(exercise.place.params))
    monkeypatch.setenv("MALSTYR_STORE", str(small.path))
    monkeypatch.setenv("COLUMNS", "400")
    return small


def said(capsys: Printed, *words: str) -> str:
    assert run(["bedom", *words]) == 0
    return capsys.readouterr().out


def rows(capsys: Printed, *words: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(
        said(capsys, *words, "--json"), parse_constant=lambda word: pytest.fail(word)
    )
    return found


def of(view: str) -> list[str]:
    return ["--vad", view, *([] if view in WHOLE else ASKED)]


# --- every view -----------------------------------------------------------------------------------


def test_the_views_that_are_tested_are_all_there_are() -> None:
    assert set(CONTRACTS) == set(NAMES) == {*VIEWS, "farg", "vantat", "mal", "blinda"}


@pytest.mark.parametrize("view", CONTRACTS)
def test_every_view_as_json_has_the_columns_of_its_contract(
    at: Small, capsys: Printed, view: str
) -> None:
    found = rows(capsys, *of(view))
    assert found or view == "brott"
    assert all(list(row) == list(CONTRACTS[view]) for row in found)


@pytest.mark.parametrize("view", CONTRACTS)
def test_every_view_for_people_names_the_snapshot_and_writes_no_missing_value(
    at: Small, capsys: Printed, view: str
) -> None:
    printed = said(capsys, *of(view))
    assert printed.startswith(f"Ögonblicksbild {at.last}, hämtad 23 november 2026.\n")
    assert not re.search(r"\bnan\b|\bNone\b|<NA>|\binf\b", printed)
    if view not in (*WHOLE, "vantat"):
        assert [re.search(rf"^{one} ", printed, re.M) is not None for one in ASKED] == [True] * 3


MORE_YEARS = [
    pytest.param(years, marks=pytest.mark.slow) for years in ("1800", "2012", "2018,2020", "2035")
]


@pytest.mark.parametrize("years", ["2018-2022", "A", *MORE_YEARS])
@pytest.mark.parametrize("view", CONTRACTS)
def test_every_view_takes_any_year(at: Small, capsys: Printed, view: str, years: str) -> None:
    found = rows(capsys, *of(view), "--ar", years)
    last = {"1800": 1800, "2012": 2012, "2018-2022": 2022, "2018,2020": 2020}.get(years, 2025)
    seen = [row.get("period", row.get("last")) for row in found]
    asked = view == "farg" and years == "2035"
    assert all(year <= last for year in seen if year is not None) or asked
    assert said(capsys, *of(view), "--ar", years)


@pytest.mark.parametrize("view", CONTRACTS)
def test_every_view_takes_another_municipality_by_name_or_code(
    at: Small, capsys: Printed, view: str
) -> None:
    area = Store(at.path).open().municipalities.query("type == 'K' and id != '9001'").iloc[0]
    by_name, by_code = (
        rows(capsys, *of(view), "--kommun", str(word)) for word in (area["title"], area["id"])
    )
    assert by_name == by_code
    assert {row["municipality"] for row in by_code if "municipality" in row} <= {area["id"]}


@pytest.mark.parametrize("view", [one for one in CONTRACTS if one != "blinda"])
def test_every_view_takes_a_committee_and_looks_at_its_kpis_alone(
    at: Small, capsys: Printed, view: str
) -> None:
    found = rows(capsys, "--vad", view, "--namnd", "BN")
    focus = next(one for one in at.model.committees if one.code == "BN")
    assert {row["kpi"] for row in found if "kpi" in row} <= set(focus.kpis)
    if view == "mal":
        assert [row["goal"] for row in found] == [goal.id for goal in focus.goals]


def test_without_kpis_all_committees_are_looked_at(at: Small, capsys: Printed) -> None:
    found = {row["kpi"] for row in rows(capsys, "--vad", "trend")}
    focus = {one for each in at.model.committees for one in each.kpis}
    assert found == focus & set(Store(at.path).open().manifest["values"])


@pytest.mark.parametrize("view", ["trend", "BYTEN", "Farg"])
def test_a_view_is_known_whatever_its_case(at: Small, capsys: Printed, view: str) -> None:
    assert rows(capsys, "n15428", "--vad", view)[0]["kpi"] == "N15428"


# --- what single views say ------------------------------------------------------------------------


def test_colours_take_a_group_and_a_gender(at: Small, capsys: Printed) -> None:
    (row,) = rows(capsys, "N15505", "--kon", "M", "--grupp", "län")
    assert (row["gender"], row["group"], row["period"]) == ("M", "län", 2025)
    (boys,) = rows(capsys, "N15505", "--kon", "M")
    assert boys["colour"] == "red"
    (all_of_them,) = rows(capsys, "N15505")
    assert all_of_them["colour"] == "yellow"


def test_shifts_are_only_of_the_years_asked_for(at: Small, capsys: Printed) -> None:
    found = rows(capsys, "U21468", "--vad", "byten", "--ar", "2023-2024")
    assert [(row["period"], row["lasted"]) for row in found] == [(2023, False), (2024, None)]


def test_a_distance_is_between_the_years_asked_for(at: Small, capsys: Printed) -> None:
    (row,) = rows(capsys, "N00090", "--vad", "avstand", "--ar", "2022-2025")
    assert (row["period_before"], row["period"], row["own"]) == (2022, 2025, 0.0)


def test_a_single_year_is_the_last_of_a_distance_and_not_both(at: Small, capsys: Printed) -> None:
    (row,) = rows(capsys, "N15428", "--vad", "avstand", "--ar", "2023")
    assert (row["period_before"], row["period"]) == (2019, 2023)


def test_an_earlier_snapshot_tells_what_was_revised_and_renamed(at: Small, capsys: Printed) -> None:
    words = ["N15428", "--vad", "avstand", "--ar", "2024-2025"]
    (without,), (row,) = (rows(capsys, *words), rows(capsys, *words, "--forra", at.first))
    assert without["revision"] == 0.0
    assert row["revision"] > 1
    assert row["total"] == pytest.approx(without["total"] + row["value_before"] - 70.0)
    assert "ändrade uppgifter för det tidigare året" in row["reason"]
    renamed = rows(capsys, "N31816", "--vad", "brott", "--forra", at.first)
    assert {one["period"] for one in renamed} == {2025}
    assert {one["kind"] for one in renamed} >= {"unit"}
    assert rows(capsys, "N31816", "--vad", "brott") == []


def test_an_earlier_snapshot_may_lack_the_kpi(
    at: Small, exercise: Exercise, capsys: Printed, tmp_path: Path
) -> None:
    whole = Store(at.path).open()
    path = tmp_path / "lager"
    first = write(path, whole, whole.values("N00090"), hours=-1)
    write(path, whole, whole.values(["N00090", "N15428"]), hours=0)
    words = ["N15428", "--vad", "byten", "--lager", str(path)]
    assert rows(capsys, *words, "--forra", first) == rows(capsys, *words)


def test_the_goals_are_rolled_up_with_coverage_first(at: Small, capsys: Printed) -> None:
    printed = said(capsys, "--vad", "mal")
    assert re.search(r"^\d+ av \d+ mål går att bedöma: ", printed, re.M)
    assert re.search(r"Utan rött är mellan \d+ och \d+\u00a0% av målen\.", printed)


def test_every_goal_of_every_committee_has_a_row(at: Small, capsys: Printed) -> None:
    found = [row["goal"] for row in rows(capsys, "--vad", "mal")]
    assert found == [goal.id for one in at.model.committees for goal in one.goals]


def test_the_blind_are_listed_under_two_headings(at: Small, capsys: Printed) -> None:
    printed = said(capsys, "--vad", "blinda")
    assert re.search(r"^Röda som ingen nämnd följer: \d+$", printed, re.M)
    assert re.search(r"^Utmärker sig, men saknar riktning och färg: \d+$", printed, re.M)


def test_progress_is_never_on_the_channel_of_results(at: Small, capsys: Printed) -> None:
    assert run(["bedom", "--vad", "blinda", "--json"]) == 0
    printed = capsys.readouterr()
    assert json.loads(printed.out) is not None
    assert printed.err == ""


# --- wrong use ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--vad", "trand"], "Det finns ingen bedömning 'trand'; menade du 'trend'? Välj farg,"),
        (["--vad", ""], "Det finns ingen bedömning ''. Välj farg,"),
        (["--vad", "trend", "--kon", "K"], "--grupp och --kon gäller bara färg (--vad farg)."),
        (["--vad", "tid", "--grupp", "län"], "--grupp och --kon gäller bara färg (--vad farg)."),
        (["--kon", "X"], "Okänt kön 'X'. Välj T (totalt), K (kvinnor) eller M (män)."),
        (["--grupp", "landet"], "Okänd jämförelsegrupp 'landet'. Välj alla, län, liknande eller"),
        (["--namnd", "XX"], "Det finns ingen nämnd 'XX'. Nämnderna är BN, KS, MSN och ON."),
        (["--vad", "mal", "--namnd", "XX"], "Det finns ingen nämnd 'XX'."),
        (["--kommun", "Atlantis"], "Det finns ingen kommun 'Atlantis' i ögonblicksbilden."),
        (["--vad", "trend", "--kommun", "Atlantis"], "Det finns ingen kommun 'Atlantis'"),
        (["--vad", "blinda", "--kommun", "Atlantis"], "Det finns ingen kommun 'Atlantis'"),
        (["--vad", "mal", "--kommun", "0001"], "Det finns ingen kommun '0001'"),
        (["--ar", "i fjol"], "År 'i fjol' går inte att läsa."),
        (["--vad", "byten", "--ar", "22"], "År '22' går inte att läsa."),
        (["--vad", "blinda", "--ar", "2022-"], "År '2022-' går inte att läsa."),
        (["--vad", "trend", "--ar", "0001-9999"], "År '0001-9999' går inte att läsa."),
        (["N1542"], "N1542 finns inte i Kolada; menade du 'N15428'?"),
        (["N99999", "n15428"], "N99999 finns inte i Kolada."),
        (["--vad", "trend", "N99999", "U99999"], "N99999 och U99999 finns inte i Kolada."),
        (["--vad", "mal", "N15428"], "--vad mal gäller alla nyckeltal; skriv inga id."),
        (["--vad", "blinda", "N15428"], "--vad blinda gäller alla nyckeltal; skriv inga id."),
        (
            ["--vad", "blinda", "--namnd", "BN"],
            "--vad blinda gäller det som ingen nämnd följer; skriv ingen --namnd.",
        ),
        (["N15428", "--namnd", "BN"], "Skriv antingen nyckeltal eller --namnd."),
        (["--vad"], "Flaggan --vad behöver ett värde"),
    ],
)
def test_wrong_use_is_one_swedish_sentence_and_exit_code_2(
    at: Small, capsys: Printed, words: list[str], told: str
) -> None:
    assert run(["bedom", *words]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith(told)
    assert len(printed.err.strip().splitlines()) == 1


@pytest.mark.parametrize("view", ["farg", "vantat", "mal", "blinda"])
def test_an_earlier_snapshot_that_a_view_has_no_use_for_is_refused(
    at: Small, capsys: Printed, view: str
) -> None:
    assert run(["bedom", "--vad", view, "--forra", at.first]) == 2
    assert capsys.readouterr().err == f"--forra har ingen betydelse för --vad {view}.\n"


def test_a_snapshot_that_does_not_exist_is_the_stores_fault(at: Small, capsys: Printed) -> None:
    for option in ("--bild", "--forra"):
        assert run(["bedom", "N15428", "--vad", "byten", option, "x"]) == 3
        assert capsys.readouterr().err.startswith("Ögonblicksbilden 'x' finns inte i lagret ")


# --- nothing hidden is shown ----------------------------------------------------------------------

HIDDEN = {  # year: what is planted of women, men and all, of which one is then hidden
    2025: {"K": 940.1234, "M": 810.7654, "T": 25.4321},
    2024: {"K": 941.2345, "M": 811.3456, "T": 26.1987},
}


def secrets() -> Iterator[float]:
    """What may not be told: women and men of both years, and the total of the year before."""
    for year, cells in HIDDEN.items():
        yield from (cells["K"], cells["M"], cells["K"] - cells["M"])
        yield from ([cells["T"]] if year == 2024 else [])


@pytest.fixture(scope="module")
def hiding(small: Small, tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """N15505: men are hidden in 2025, and the total in 2024."""
    whole = Store(small.path).open()
    path = tmp_path_factory.mktemp("dolt") / "lager"
    values = whole.values()
    for year, cells in HIDDEN.items():
        lone = {"M": np.nan} if year == 2025 else {"T": np.nan}
        values = changed(values, "N15505", year, **cells | lone)
    write(path, whole, values, hours=0)
    return Store(path).open()


def numbers_in(told: Any) -> Iterator[float]:
    """Every number in rows of JSON, those within texts too."""
    if isinstance(told, dict | list):
        for part in told.values() if isinstance(told, dict) else told:
            yield from numbers_in(part)
    elif isinstance(told, str):
        for found in re.findall(r"\d+(?:[.,]\d+)?", told):
            yield float(found.replace(",", "."))
    elif isinstance(told, int | float) and not isinstance(told, bool):
        yield abs(float(told))


def tells(told: Any, *, digits: int = 2) -> list[float]:
    """What is told that may not be, as far as so many decimals tell it."""
    known = {round(one, digits) for one in numbers_in(told)}
    return [one for one in secrets() if round(one, digits) in known]


def as_rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(table.to_json(orient="records", double_precision=12))
    return found


TABLES: dict[str, Callable[..., pd.DataFrame]] = {
    "trends": findings.trends,
    "mobility": findings.mobility,
    "shifts": findings.shifts,
    "moves": findings.moves,
    "changes": findings.changes,
    "times": findings.times,
    "agreements": sureness.agreements,
    "certainties": sureness.certainties,
    "usual": findings.usual,
    "expected": overall.expected,
}


def test_what_is_planted_would_be_seen_if_it_were_told(hiding: Snapshot) -> None:
    """The check itself sees a value and a text that tells it."""
    assert tells([{"value": 940.1234}]) == [940.1234]
    assert tells([{"reason": "från 940,12 (2025)"}]) == [940.1234]
    values = hiding.values("N15505")
    assert tells(as_rows(values[values["municipality"] == "9001"])) == [
        HIDDEN[2025]["K"],
        HIDDEN[2024]["K"],
        HIDDEN[2024]["M"],
    ]


@pytest.mark.parametrize("name", TABLES)
def test_no_finding_tells_what_is_hidden(small: Small, hiding: Snapshot, name: str) -> None:
    e = evidence_of(small.model, hiding, ["N15505", "N15428"], year=2025)
    assert tells(as_rows(TABLES[name](e))) == []


@pytest.mark.parametrize("group", ["alla", "län", "liknande", "kommungrupp"])
@pytest.mark.parametrize("gender", tables.GENDERS)
def test_no_score_tells_what_is_hidden(
    small: Small, hiding: Snapshot, gender: str, group: str
) -> None:
    found = judge(small.model, hiding, ["N15505"], years="A", group=group, gender=gender)
    assert tells(as_rows(found)) == []
    hidden = found[found["period"].isin([2024] if gender == "T" else [2024, 2025])]
    assert (hidden["colour"] == "grey").all()
    assert (
        hidden[["value", "rank", "gap_to_yellow", "gap_to_median", "gap_iqr"]]
        .isna()
        .to_numpy()
        .all()
    )


@pytest.mark.parametrize(
    "words",
    [[*(["N15505"] if view not in WHOLE else []), "--vad", view] for view in CONTRACTS]
    + [["N15505", "--kon", gender, "--ar", "A"] for gender in tables.GENDERS]
    + [["N15505", "--vad", "avstand", "--ar", "2024-2025"]]
    + [["N15505", "--vad", "byten", "--ar", "2023-2025"]],
    ids=" ".join,
)
def test_no_answer_tells_what_is_hidden(
    at: Small,
    hiding: Snapshot,
    capsys: Printed,
    words: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MALSTYR_STORE", str(hiding._root))
    assert tells(rows(capsys, *words)) == []
    assert tells(said(capsys, *words), digits=1) == []


def test_the_report_hides_both_when_one_is_hidden(small: Small, hiding: Snapshot) -> None:
    for year in HIDDEN:
        report = CommitteeReport(analyse(small.model, hiding, "BN", year))
        assert "N15505" in set(report.analysis.now["kpi"])
        assert tells(report.kon._repr_html_(), digits=1) == []
    newest = str(CommitteeReport(analyse(small.model, hiding, "BN", 2025)).kon)
    (row,) = [line for line in newest.splitlines() if "(N15505)" in line]
    assert row.endswith("\t2025\tvisas inte\tvisas inte\t25,4")
