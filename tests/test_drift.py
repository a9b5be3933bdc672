"""What Kolada changed between two retrievals: the rules, the real catalogues, the command."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest

from malstyr_lib import drift, kpi_title, tables
from malstyr_lib.cli import run
from malstyr_lib.model import SteeringModel
from malstyr_lib.ovning.dataset import Dataset
from malstyr_lib.ovning.world import exercise_world
from malstyr_lib.store import CHANGES, Store

Printed = pytest.CaptureFixture[str]


def catalogue(**titles: str | tuple[str, str]) -> pd.DataFrame:
    """KPIs by id: a title, or a title and a description."""
    told = {
        kpi: (one, "Källa: SCB.") if isinstance(one, str) else one for kpi, one in titles.items()
    }
    columns = {name: [""] * len(told) for name in tables.KPIS}
    columns |= {
        "id": list(told),
        "title": [title for title, _ in told.values()],
        "description": [description for _, description in told.values()],
        "municipality_type": ["K"] * len(told),
    }
    flags = {"is_divided_by_gender": [False] * len(told), "has_ou_data": [False] * len(told)}
    return tables.frame(tables.KPIS, columns | flags)


def groups(**members: tuple[str, list[str]]) -> pd.DataFrame:
    """Groups by id: a title, and members who are named after their ids."""
    return tables.frame(
        tables.GROUPS,
        {
            "id": list(members),
            "title": [title for title, _ in members.values()],
            "members": [
                [{"member_id": one, "member_title": f"Kommun {one}"} for one in ids]
                for _, ids in members.values()
            ],
        },
    )


def changes(
    before: str | tuple[str, str], after: str | tuple[str, str]
) -> list[tuple[str, str, str]]:
    found = drift.kpi_changes(catalogue(N1=before), catalogue(N1=after))
    return [tuple(row[1:]) for row in found.to_numpy().tolist()]


# --- key figures -----------------------------------------------------------------------------


def test_a_kpi_in_one_catalogue_only_is_gone_or_new_with_its_title() -> None:
    found = drift.kpi_changes(catalogue(N1="Gammal"), catalogue(N2="Färsk"))
    assert found.to_numpy().tolist() == [["N1", "gone", "Gammal", ""], ["N2", "new", "", "Färsk"]]
    assert list(found) == list(drift.KPI_CHANGES)


def test_equal_catalogues_have_no_changes() -> None:
    found = drift.kpi_changes(catalogue(N1="Elever, antal"), catalogue(N1="Elever, antal"))
    assert found.empty
    assert list(found) == list(drift.KPI_CHANGES)


@pytest.mark.parametrize("mark", ["(-2024)", "(- 2024)", "(–2024)"])
def test_a_new_mark_at_the_end_is_ended_and_not_renamed(mark: str) -> None:
    now = f"Elever, antal {mark}"
    assert changes("Elever, antal", now) == [("ended", "Elever, antal", now)]


def test_a_mark_inside_a_title_is_not_an_end() -> None:
    now = "Pensioner (-1997) region, kr/inv"
    assert changes("Pensioner region, kr/inv", now) == [
        ("renamed", "Pensioner region, kr/inv", now)
    ]


def test_an_ended_kpi_can_be_renamed_at_the_same_time() -> None:
    found = changes("Köp av förskola, andel (%)", "Kommunens köp av förskola, andel (%) (-2024)")
    assert [change for change, *_ in found] == ["ended", "renamed"]


@pytest.mark.parametrize("now", ["Elever, antal", "Elever, antal (-2024)"])
def test_a_mark_taken_away_or_moved_is_a_renaming(now: str) -> None:
    assert changes("Elever, antal (-2023)", now) == [("renamed", "Elever, antal (-2023)", now)]


def test_blanks_are_no_change_of_title_or_description() -> None:
    assert changes(("Elever,  antal ", "Källa:  SCB."), ("Elever, antal", "Källa: SCB. ")) == []


def test_another_description_is_redescribed() -> None:
    found = changes(("Elever, antal", "Avser egen regi."), ("Elever, antal", "Avser all regi."))
    assert found == [("redescribed", "Avser egen regi.", "Avser all regi.")]


def test_another_unit_under_the_same_id_is_said_beside_the_new_title() -> None:
    assert changes("Inkomst (median), tkr", "Inkomst (median), kr") == [
        ("unit", "tkr", "kr"),
        ("renamed", "Inkomst (median), tkr", "Inkomst (median), kr"),
    ]


def test_a_unit_spelt_otherwise_or_not_said_is_no_change_of_unit() -> None:
    assert "unit" not in [change for change, *_ in changes("Skatt, andel (%)", "Skatt, procent")]
    assert "unit" not in [change for change, *_ in changes("Har rutin?", "Har rutin, andel (%)")]


@pytest.mark.parametrize(
    ("title", "unit"),
    [
        ("Elever som nått målen, andel (%)", "%"),
        ("Skattesats, totalt, (%)", "%"),
        ("Arbetslöshet 16-24 år, årsmedelvärde, andel (%) av bef. (-2024)", "%"),
        ("Befolkningsförändring sedan föregående år, procent", "%"),
        ("Avvikelse, procentenheter", "procentenheter"),
        ("Inkomstutjämning, kr/inv 1 nov fg år", "kr/inv"),
        ("Kostnad, kr per invånare", "kr/inv"),
        ("Lön (median), tkr", "tkr"),
        ("Investeringar, mkr", "mnkr"),
        ("Investeringar, miljoner kronor", "mnkr"),
        ("Fallskador 80+, 3-årsm, antal slutenvårdstillfällen /100 000 inv", "antal/100000 inv"),
        ("Fallskador 80+, 3-årsm, antal/100 000 invånare", "antal/100000 inv"),
        ("Väntetid, antal dagar, medelvärde", "dagar"),
        ("Sjukpenningtalet, dagar/registrerad försäkrad", "dagar/registrerad"),
        ("Medelålder, år", "år"),
        ("Invånare 16-24 år, antal", "antal"),
        ("Invånare per kvadratkilometer, inv/kvm", "inv/kvm"),
        ("Nöjd region, index (max = 100)", "index"),
        ("Betygspoäng, hemkommun, genomsnitt", ""),
    ],
)
def test_the_unit_is_read_from_the_title_in_one_spelling(title: str, unit: str) -> None:
    assert kpi_title.unit(title) == unit


# --- similar municipalities ------------------------------------------------------------------


def test_similar_municipalities_changed_under_the_same_id_are_told_by_who_left_and_joined() -> None:
    before = groups(G1=("Liknande kommuner LSS, Ale, 2022", ["0114", "0115", "0117"]))
    after = groups(G1=("Liknande kommuner LSS, Ale, 2024", ["0117", "0114", "0120"]))
    assert drift.similar_changes(before, after).to_numpy().tolist() == [
        ["G1", "Liknande kommuner LSS, Ale, 2024", "Kommun 0115", "Kommun 0120"]
    ]


def test_the_order_of_members_other_groups_and_new_groups_are_no_change_of_members() -> None:
    similar = "Liknande kommuner LSS, Ale, 2022"
    before = groups(G1=(similar, ["0114", "0115"]), G2=("Norrland", ["2580"]))
    after = groups(
        G1=(similar, ["0115", "0114"]), G2=("Norrland", ["2480"]), G3=(similar, ["0120"])
    )
    assert drift.similar_changes(before, after).empty


# --- the summary -----------------------------------------------------------------------------


def test_the_summary_counts_only_municipal_kpis_as_municipal() -> None:
    before = catalogue(N1="Ett, antal", N2="Två, antal", N3="Tre, antal")
    before["municipality_type"] = ["K", "A", "L"]
    found = drift.kpi_changes(before, catalogue(N1="Ett, antal"))
    cells = tables.empty(CHANGES)
    same = tables.empty(drift.SIMILAR_CHANGES)
    told = drift.summary(cells, found, same, before=before)
    assert dict(told.kpis)["gone"] == 2
    assert (told.municipal_gone, told.municipal_before) == (1, 2)
    assert "Av de kommunala nyckeltalen är 1 av 2 borta." in told.sentence


def test_the_summary_of_nothing_says_so() -> None:
    one = catalogue(N1="Ett, antal")
    nothing = drift.kpi_changes(one, one)
    cells, same = tables.empty(CHANGES), tables.empty(drift.SIMILAR_CHANGES)
    told = drift.summary(cells, nothing, same, before=one).sentence
    assert told == "Inget skiljer: samma värden, nyckeltal och grupper."


# --- the real catalogues ---------------------------------------------------------------------


@pytest.fixture(scope="module")
def catalogues(real_figures: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    before = pd.read_csv(real_figures / "kpi_2024-04.csv", dtype="str")
    after = json.loads((real_figures / "kpi.json").read_text(encoding="utf-8"))
    return before.rename(columns={"auspices": "auspice"}), pd.DataFrame(after)


@pytest.mark.real
def test_730_of_5122_municipal_kpis_were_gone_two_years_later(
    catalogues: tuple[pd.DataFrame, pd.DataFrame],
) -> None:
    before, after = catalogues
    found = drift.kpi_changes(before, after)
    cells, same = tables.empty(CHANGES), tables.empty(drift.SIMILAR_CHANGES)
    told = drift.summary(cells, found, same, before=before)
    assert (told.municipal_gone, told.municipal_before) == (730, 5122)
    assert "730 av 5\u00a0122 borta" in told.sentence


@pytest.mark.real
def test_the_real_changes_of_unit_are_these_nine(
    catalogues: tuple[pd.DataFrame, pd.DataFrame],
) -> None:
    found = drift.kpi_changes(*catalogues)
    units = found[found["change"] == "unit"][["kpi", "before", "after"]]
    assert units.to_numpy().tolist() == [
        ["N00885", "kr", "tkr"],
        ["N00887", "kr", "tkr"],
        ["N02937", "inv/antal", "inv/kvm"],
        ["N09809", "antal/1000 inv", "%"],
        ["N28892", "%", "antal/10000 inv"],
        ["N79171", "%", "index"],
        ["N79174", "%", "index"],
        ["N79178", "%", "index"],
        ["U71451", "%", "index"],
    ]


@pytest.mark.real
def test_2809_of_2899_groups_of_similar_changed_members_under_the_same_id(
    real_figures: Path,
) -> None:
    lines = pd.read_csv(real_figures / "similar_municipalities.csv", dtype="str")
    before, after = (
        groups(
            **{
                one: (f"Liknande kommuner {area}, {name}, {year}", members.split())
                for one, area, name, year, members in part[
                    ["group_id", "area", "title", "year", "members"]
                ].to_numpy()
            }
        )
        for _, part in lines.groupby("vintage")
    )
    assert len({*before["id"]} & {*after["id"]}) == 2899
    assert len(drift.similar_changes(before, after)) == 2809


# --- the command -----------------------------------------------------------------------------


def written(store: Store, world: Dataset, day: int) -> str:
    return store.write(
        world.values,
        kpis=world.kpis,
        municipalities=world.municipalities,
        municipality_groups=world.municipality_groups,
        base_url="http://127.0.0.1/v3",
        fetched=datetime(2026, 11, day, 12, tzinfo=UTC),
    )


@pytest.fixture(scope="module")
def fetched(
    tmp_path_factory: pytest.TempPathFactory, steering_model: SteeringModel
) -> tuple[Store, str, str]:
    """A store of two retrievals; by the second, a KPI has ended."""
    store = Store(tmp_path_factory.mktemp("lager"))
    kpis = steering_model.kpis[:3]
    first, second = exercise_world(kpis), exercise_world(kpis, retrieval=2)
    titles = second.kpis["title"].to_list()
    for place, kpi in enumerate(second.kpis["id"]):
        if kpi == kpis[0].id:
            titles[place] += " (-2025)"
    later = Dataset(**(vars(second) | {"kpis": second.kpis.assign(title=titles)}))
    return store, written(store, first, 1), written(store, later, 23)


def test_skillnad_as_json_is_flat_and_holds_every_change(
    fetched: tuple[Store, str, str], steering_model: SteeringModel, capsys: Printed
) -> None:
    store, a, b = fetched
    assert run(["skillnad", "--lager", str(store.path), "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert {tuple(row) for row in rows} == {drift.FLAT}
    cells = [row for row in rows if row["kind"] in ("revised", "new", "removed")]
    assert len(cells) == len(store.diff(a, b)) > 0
    assert isinstance(cells[0]["period"], int)
    (ended,) = [row for row in rows if row["kind"] == "ended"]
    assert ended["kpi"] == steering_model.kpis[0].id
    assert ended["after"] == ended["before"] + " (-2025)"
    similar = [row for row in rows if row["kind"] == "similar"]
    assert similar[0]["kpi"] is None
    assert similar[0]["group"].startswith("G1")
    assert len(similar[0]["before"].split(", ")) == len(similar[0]["after"].split(", ")) == 2


def test_skillnad_for_people_is_a_summary_then_tables_of_at_most_20_rows(
    fetched: tuple[Store, str, str], steering_model: SteeringModel, capsys: Printed
) -> None:
    store, a, b = fetched
    assert run(["skillnad", a, b, "--lager", str(store.path)]) == 0
    printed = capsys.readouterr().out
    lines = printed.splitlines()
    assert lines[0] == f"Från {a} (1 november 2026) till {b} (23 november 2026)."
    assert lines[1] == (
        "84 ändrade värden. Nyckeltal: 1 avslutat."
        " 361 grupper av liknande kommuner har bytt medlemmar."
    )
    assert "Nyckeltal som har avslutats (1)" in lines
    assert steering_model.kpis[0].id in printed
    assert "till; hela listan med --json" in printed


def test_a_kpi_fetched_only_once_is_not_passed_off_as_koladas_change(
    fetched: tuple[Store, str, str], tmp_path: Path, capsys: Printed
) -> None:
    source = fetched[0].open(fetched[1])
    store, one = Store(tmp_path), sorted(source.manifest["values"])[:1]
    for day, kpis in ((1, None), (2, one)):
        store.write(
            source.values(kpis),
            kpis=source.kpis,
            municipalities=source.municipalities,
            municipality_groups=source.municipality_groups,
            base_url=source.base_url,
            fetched=datetime(2026, 11, day, tzinfo=UTC),
        )
    amount = len(source.manifest["values"]) - 1
    assert run(["skillnad", "--lager", str(tmp_path)]) == 0
    printed = capsys.readouterr().out
    assert f"{amount} nyckeltal hämtades bara den ena gången; deras värden jämförs inte" in printed
    assert "Borttagna värden" not in printed


def test_skillnad_backwards_tells_the_changes_backwards(
    fetched: tuple[Store, str, str], capsys: Printed
) -> None:
    store, a, b = fetched
    assert run(["skillnad", b, a, "--lager", str(store.path), "--json"]) == 0
    kinds = {row["kind"] for row in json.loads(capsys.readouterr().out)}
    assert "renamed" in kinds
    assert "ended" not in kinds


def test_a_snapshot_compared_with_itself_does_not_differ(
    fetched: tuple[Store, str, str], capsys: Printed
) -> None:
    store, _, b = fetched
    assert run(["skillnad", b, "--lager", str(store.path)]) == 0
    assert "Inget skiljer" in capsys.readouterr().out


def test_one_snapshot_or_none_is_exit_code_3_with_the_cure(
    fetched: tuple[Store, str, str], tmp_path: Path, capsys: Printed
) -> None:
    assert run(["skillnad", "--lager", str(tmp_path)]) == 3
    assert "är tomt" in capsys.readouterr().err
    source = fetched[0].open(fetched[1])
    Store(tmp_path).write(
        source.values(),
        kpis=source.kpis,
        municipalities=source.municipalities,
        municipality_groups=source.municipality_groups,
        base_url=source.base_url,
    )
    assert run(["skillnad", "--lager", str(tmp_path)]) == 3
    assert "en skillnad behöver två. Hämta en till med: malstyr hamta" in capsys.readouterr().err


def test_an_unknown_snapshot_is_exit_code_3_and_names_the_newest(
    fetched: tuple[Store, str, str], capsys: Printed
) -> None:
    store, _, b = fetched
    assert run(["skillnad", "i fjol", "--lager", str(store.path)]) == 3
    assert f"finns inte i lagret {store.path}; den senaste är '{b}'" in capsys.readouterr().err
