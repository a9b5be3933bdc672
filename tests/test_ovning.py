"""The exercise world keeps its promises, and the stand-in server speaks Kolada's v3."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import requests
from koladapy import KoladaAPI

from malstyr_lib import tables
from malstyr_lib.errors import UsageError
from malstyr_lib.kolada import KoladaClient
from malstyr_lib.model import Kpi, SteeringModel
from malstyr_lib.ovning.dataset import Dataset
from malstyr_lib.ovning.real import real_figures
from malstyr_lib.ovning.server import Server, serve
from malstyr_lib.ovning.stories import OWN, STORIES, Story
from malstyr_lib.ovning.world import exercise_world

SOME_REAL_NAMES = {
    "Hedemora",
    "Säter",
    "Avesta",
    "Falun",
    "Älmhult",
    "Ljungby",
    "Sandviken",
    "Ängelholm",
}
KEY = ["kpi", "municipality", "period", "gender"]
COLOURED = [story for story in STORIES if story.colours]


@pytest.fixture(scope="session")
def kpis(steering_model: SteeringModel) -> tuple[Kpi, ...]:
    return steering_model.kpis


@pytest.fixture(scope="session")
def later(kpis: tuple[Kpi, ...]) -> Dataset:
    return exercise_world(kpis, retrieval=2)


@pytest.fixture(scope="session")
def worlds(kpis: tuple[Kpi, ...], world: Dataset) -> dict[int, Dataset]:
    return {2026: world, 7: exercise_world(kpis, 7), 4711: exercise_world(kpis, 4711)}


@pytest.fixture(scope="session")
def server(world: Dataset) -> Iterator[Server]:
    with serve(world) as running:
        yield running


@pytest.fixture(scope="session")
def http() -> Iterator[requests.Session]:
    with requests.Session() as session:
        yield session


@pytest.fixture(scope="session")
def real(request: pytest.FixtureRequest) -> Dataset:
    return real_figures(request.getfixturevalue("real_figures"))


@pytest.fixture(scope="session")
def real_server(real: Dataset) -> Iterator[Server]:
    with serve(real) as running:
        yield running


class Asking:
    """What the tests ask a server, in one word each."""

    def __init__(self, url: str, session: requests.Session) -> None:
        self.url, self.session = url, session

    def raw(self, path: str, **query: Any) -> requests.Response:
        return self.session.get(self.url + path, params=query, timeout=30)

    def page(self, path: str, **query: Any) -> dict[str, Any]:
        response = self.raw(path, **query)
        assert response.status_code == 200, (path, response.text[:200])
        assert response.headers["Content-Type"].startswith("application/json")
        body: dict[str, Any] = response.json()
        assert body["count"] == len(body["values"])
        return body

    def all(self, path: str, **query: Any) -> list[dict[str, Any]]:
        page = self.page(path, **query)
        found = list(page["values"])
        while page["next_url"]:
            page = self.session.get(page["next_url"], timeout=30).json()
            found += page["values"]
        return found


@pytest.fixture(scope="session")
def ask(server: Server, http: requests.Session) -> Asking:
    return Asking(server.url, http)


@pytest.fixture(scope="session")
def ask_real(real_server: Server, http: requests.Session) -> Asking:
    return Asking(real_server.url, http)


def colour(values: Sequence[float], own: float, *, high_is_good: bool) -> str:
    """The rule of the method: a quarter at either end, counted strictly."""
    higher, lower = sum(v > own for v in values), sum(v < own for v in values)
    better, worse = (higher, lower) if high_is_good else (lower, higher)
    if 4 * better >= 3 * len(values):
        return "red"
    return "green" if 4 * worse >= 3 * len(values) else "yellow"


def of_kpi(dataset: Dataset, kpi: str, gender: str = "T") -> pd.DataFrame:
    """Municipality × year, without Riket and the regions; NaN for a null and for no row."""
    values = dataset.values
    part = values[(values["kpi"] == kpi) & (values["gender"] == gender)]
    wide = part.astype({"municipality": "str"}).pivot(
        index="municipality", columns="period", values="value"
    )
    return wide[wide.index.isin(tables.municipalities_only(dataset.municipalities))]


def colours_of(dataset: Dataset, kpi: Kpi, gender: str = "T") -> dict[int, str]:
    wide = of_kpi(dataset, kpi.id, gender)
    good = kpi.direction == "högt"
    return {
        year: colour(wide[year].dropna().tolist(), own, high_is_good=good)
        for year, own in wide.loc[OWN].dropna().items()
    }


def digest(table: pd.DataFrame) -> str:
    return hashlib.sha256(table.to_csv(index=False).encode()).hexdigest()


def cells(rows: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """Rows of the API in long form, groups left out, sorted."""
    long = pd.DataFrame(
        [
            {**{name: row[name] for name in row if name != "values"}, **cell}
            for row in rows
            for cell in row["values"]
        ]
    )
    long = long.astype({"value": "float64"})[[*KEY, "value", "status"]]
    return long.sort_values(KEY, ignore_index=True)


def slice_of(
    dataset: Dataset, kpis: Sequence[str], areas: Sequence[str], years: Sequence[int]
) -> pd.DataFrame:
    """The same cells taken straight from the data set."""
    values = dataset.values
    part = values[
        values["kpi"].isin(kpis) & values["municipality"].isin(areas) & values["period"].isin(years)
    ]
    plain = part.astype(dict.fromkeys(("kpi", "municipality", "gender", "status"), "str"))
    return plain.astype({"status": object}).sort_values(KEY, ignore_index=True)


def equal(a: pd.DataFrame, b: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(a, b, check_dtype=False, check_exact=True)


# --- the world ---------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_bytes(kpis: tuple[Kpi, ...], world: Dataset) -> None:
    again = exercise_world(kpis)
    for name in ("kpis", "kpi_groups", "municipalities", "municipality_groups", "ous", "ou_values"):
        assert digest(getattr(again, name)) == digest(getattr(world, name)), name
    pd.testing.assert_frame_equal(again.values, world.values, check_exact=True)


def test_a_seed_gives_the_same_figures_on_every_machine() -> None:
    passed = Kpi(id="N15419", title="Elever som nått målen, andel (%)", direction="högt")
    found = of_kpi(exercise_world([passed]), "N15419")
    assert found.loc[["9002", "9929"], [2010, 2024, 2025]].to_numpy().tolist() == [
        [75.1, 54.2, 59.3],
        [63.9, 65.6, 64.8],
    ]


def test_another_seed_gives_other_values_in_the_same_places(worlds: dict[int, Dataset]) -> None:
    assert worlds[7].municipalities.equals(worlds[2026].municipalities)
    assert not of_kpi(worlds[7], "N15419").equals(of_kpi(worlds[2026], "N15419"))


def test_a_kpis_figures_do_not_depend_on_which_others_there_are(
    kpis: tuple[Kpi, ...], world: Dataset
) -> None:
    alone = exercise_world([kpi for kpi in kpis if kpi.id == "N15428"])
    pd.testing.assert_frame_equal(of_kpi(alone, "N15428"), of_kpi(world, "N15428"))
    assert alone.kpis["id"].tolist() == ["N15428"]
    assert alone.ous.empty
    assert alone.ou_values.columns.tolist() == list(tables.OU_OBSERVATIONS)


def test_there_are_290_municipalities_in_ten_counties(world: Dataset) -> None:
    areas = world.municipalities
    codes = areas.loc[areas["type"] == "K", "id"].tolist()
    large = areas[areas["type"] == "L"]
    assert codes == [f"9{county}{n:02d}" for county in range(10) for n in range(1, 30)]
    assert large["id"].tolist() == ["0000", *[f"009{n}" for n in range(10)]]
    assert large["title"].iloc[0] == "Riket"
    assert large["title"].iloc[1:].str.startswith("Region ").all()
    assert areas.set_index("id").loc[OWN, "title"] == "Övninge"
    assert tables.is_exercise(codes)


def test_names_all_differ_and_have_swedish_letters(world: Dataset) -> None:
    titles = world.municipalities["title"]
    assert titles.is_unique
    for letter in "åäö":
        assert titles.str.contains(letter).sum() >= 10, letter


def test_no_name_is_borne_by_a_swedish_municipality(world: Dataset) -> None:
    assert not SOME_REAL_NAMES & set(world.municipalities["title"])


def test_no_name_is_borne_by_any_published_area_but_riket(world: Dataset, real: Dataset) -> None:
    shared = set(world.municipalities["title"]) & set(real.municipalities["title"])
    assert shared == {"Riket"}
    assert not set(world.municipalities["id"][1:]) & set(real.municipalities["id"])


def test_ids_and_titles_are_the_registrys_and_those_that_belong_to_them(
    kpis: tuple[Kpi, ...], world: Dataset
) -> None:
    made = dict(zip(world.kpis["id"], world.kpis["title"], strict=True))
    assert {kpi.id: kpi.title for kpi in kpis}.items() <= made.items()
    assert set(made) - {kpi.id for kpi in kpis} == {"N01453", "N15809", "N01951", "N00053"}


def test_every_description_says_that_it_is_exercise_data(world: Dataset) -> None:
    assert world.kpis["description"].str.startswith("ÖVNINGSDATA.").all()
    assert world.kpis["description"].str.endswith("Källa: påhittad.").all()
    assert world.filled_in[0].startswith("ÖVNINGSDATA")


def test_every_table_keeps_its_contract(world: Dataset) -> None:
    contracts = {
        "kpis": tables.KPIS,
        "kpi_groups": tables.GROUPS,
        "municipalities": tables.MUNICIPALITIES,
        "municipality_groups": tables.GROUPS,
        "ous": tables.OUS,
        "values": tables.OBSERVATIONS,
        "ou_values": tables.OU_OBSERVATIONS,
    }
    for name, contract in contracts.items():
        table = getattr(world, name)
        assert table.columns.tolist() == list(contract), name
        long = {column: contract[column] for column in contract if contract[column] != "str"}
        assert {column: str(table[column].dtype) for column in long} == long, name


def test_a_cell_is_given_once_and_is_missing_exactly_when_null(world: Dataset) -> None:
    values = world.values
    assert not values.duplicated(KEY).any()
    assert set(values["status"].unique()) == {"", "Missing"}
    assert (values["value"].isna() == (values["status"] == "Missing")).all()
    assert 0.02 < values["value"].isna().mean() < 0.08


def test_half_of_the_kpis_are_divided_by_gender_and_only_those(world: Dataset) -> None:
    divided = world.kpis.set_index("id")["is_divided_by_gender"]
    genders = world.values.groupby("kpi", observed=True)["gender"].nunique()
    assert 0.4 < divided.mean() < 0.6
    assert genders[divided[divided].index].eq(3).all()
    assert genders[divided[~divided].index].eq(1).all()


def test_the_total_lies_between_women_and_men(world: Dataset) -> None:
    others = ["N01453", "N01951", "N00053"]  # a margin is wider by gender, and counts are sums
    values = world.values[~world.values["kpi"].isin(others)]
    wide = values.dropna().pivot_table(
        index=KEY[:3], columns="gender", values="value", observed=True
    )
    whole = wide.dropna()
    assert len(whole) > 200_000
    assert (whole["T"] >= whole[["K", "M"]].min(axis=1) - 1e-9).all()
    assert (whole["T"] <= whole[["K", "M"]].max(axis=1) + 1e-9).all()
    assert wide["T"].isna().any(), "some rows have women and men but no total"


def test_shares_stay_between_0_and_100_and_have_at_most_two_decimals(world: Dataset) -> None:
    shares = [i for i, t in zip(world.kpis["id"], world.kpis["title"], strict=True) if "Bruka" in t]
    found = world.values[world.values["kpi"].isin(shares)]["value"].dropna()
    assert found.between(0, 100).all()
    known = world.values["value"].dropna().to_numpy()
    assert np.allclose(known, np.round(known, 2), rtol=0, atol=1e-9)


def test_municipalities_differ_lastingly(world: Dataset) -> None:
    slow, lively = of_kpi(world, "N31816").rank(), of_kpi(world, "U28518").rank()
    assert slow[2023].corr(slow[2024]) > 0.85
    assert lively[2023].corr(lively[2024]) < 0.6


def test_neighbouring_kpis_tell_similar_stories(world: Dataset) -> None:
    grades, passed = of_kpi(world, "N15419").mean(axis=1), of_kpi(world, "N15436").mean(axis=1)
    assert grades.corr(passed) > 0.2


# --- what is planted ---------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [2026, 7, 4711])
@pytest.mark.parametrize("story", COLOURED, ids=lambda story: f"{story.kpi}")
def test_a_story_has_the_colours_it_says(
    story: Story, seed: int, worlds: dict[int, Dataset], kpis: tuple[Kpi, ...]
) -> None:
    kpi = next(kpi for kpi in kpis if kpi.id == story.kpi)
    found = colours_of(worlds[seed], kpi)
    assert {year: found[year] for year in story.colours} == dict(story.colours)


def test_own_effort_is_own_for_the_others_stand_still(world: Dataset) -> None:
    values = of_kpi(world, "N15428")
    assert values.loc[OWN, 2025] - values.loc[OWN, 2021] > 10
    assert abs(values.drop(OWN)[2025].median() - values.drop(OWN)[2021].median()) < 2


def test_the_others_fell_while_the_own_value_stayed(world: Dataset) -> None:
    values = of_kpi(world, "N00090")
    assert values.loc[OWN, [2022, 2023, 2024, 2025]].tolist() == [8.8, 8.8, 8.8, 8.8]
    assert values.drop(OWN)[2025].median() - values.drop(OWN)[2022].median() > 0.7


def test_the_slow_measure_improves_a_little_every_year(world: Dataset) -> None:
    own = of_kpi(world, "N31816").loc[OWN, 2015:2025]
    assert (own.diff().iloc[1:] < 0).all()
    assert own[2015] - own[2025] == pytest.approx(0.3)


def test_women_lie_far_above_men_who_are_red(world: Dataset, kpis: tuple[Kpi, ...]) -> None:
    gap = of_kpi(world, "N15505", "K") - of_kpi(world, "N15505", "M")
    marks = next(kpi for kpi in kpis if kpi.id == "N15505")
    assert gap.loc[OWN, 2025] > 1.8 * gap[2025].median()
    assert colours_of(world, marks, "M")[2025] == "red"


def test_the_small_school_has_twelve_pupils_and_the_lowest_grades(world: Dataset) -> None:
    units = world.ou_values[(world.ou_values["municipality"] == OWN)]
    last = units[units["period"] == 2025].pivot(index="ou", columns="kpi", values="value")
    school = world.ous.set_index("id")["title"].loc[last["N15505"].idxmin()]
    others = last["N15505"].drop(last["N15505"].idxmin())
    assert school == "Lillåns skola"
    assert last["N15809"].min() == last.loc[last["N15505"].idxmin(), "N15809"] == 12
    assert others.min() - last["N15505"].min() > 20


def test_the_continuity_series_went_from_22_to_16_and_ended(world: Dataset) -> None:
    values = of_kpi(world, "U21401")
    assert values.loc[OWN, [2018, 2024]].tolist() == [22, 16]
    assert values.columns.max() == 2024


def test_every_series_whose_title_says_so_has_ended(world: Dataset) -> None:
    ended = world.kpis[world.kpis["title"].str.contains(r"\(- ?2024\)$")]
    last = world.values.groupby("kpi", observed=True)["period"].max()
    assert len(ended) == 4
    assert last[ended["id"]].eq(2024).all()
    assert ended["publication_date"].isna().all()


@pytest.mark.parametrize(("kpi", "share"), [("U33401", 0.35), ("U23401", 0.65)])
def test_the_last_year_is_half_collected(world: Dataset, kpi: str, share: float) -> None:
    values = of_kpi(world, kpi)
    answered = values.notna().sum()
    assert answered[2025] / answered[[2022, 2023, 2024]].median() == pytest.approx(share, abs=0.07)
    assert not np.isnan(values.loc[OWN, 2025])


def test_a_new_definition_moves_everybody_at_once(world: Dataset) -> None:
    median = of_kpi(world, "U07453").median()
    moves = median.diff().abs()
    assert moves[2024] > 4 * moves.median()
    assert moves.drop(2024).max() < 2.5
    described = world.kpis.set_index("id").loc["U07453", "description"]
    assert "Ny definition fr.o.m. 2024" in described


def test_a_survey_comes_with_its_margin_of_error(world: Dataset) -> None:
    survey, margin = of_kpi(world, "N01452"), of_kpi(world, "N01453")
    assert survey.notna().equals(margin.notna())
    assert margin.stack().dropna().between(0.1, 8).all()


def test_some_surveys_come_every_second_or_fourth_year(world: Dataset) -> None:
    assert of_kpi(world, "N15643").columns.tolist() == list(range(2011, 2026, 2))
    assert of_kpi(world, "N05831").columns.tolist() == [2010, 2014, 2018, 2022]


def test_some_municipalities_never_answer_what_they_collect_themselves(world: Dataset) -> None:
    assert 200 <= len(of_kpi(world, "U28524")) <= 250
    assert len(of_kpi(world, "N15027")) == 290


def test_every_municipality_has_schools_and_homes_from_2018_on(world: Dataset) -> None:
    kinds = world.ous["id"].str[:4]
    assert set(kinds) == {"V15E", "V23E"}
    for kind in ("V15E", "V23E"):
        assert world.ous.loc[kinds == kind, "municipality"].nunique() == 290
    assert (world.ous["id"].str[4:8] == world.ous["municipality"]).all()
    assert world.ou_values["period"].unique().tolist() == list(range(2018, 2026))
    assert world.ou_values["gender"].unique().tolist() == ["T"]
    assert set(world.ou_values["kpi"].unique()) == {"N15505", "N15809", "U23471"}
    assert set(world.ou_values["ou"].unique()) == set(world.ous["id"])


def test_the_schools_weigh_up_to_the_municipality(world: Dataset) -> None:
    last = world.ou_values[world.ou_values["period"] == 2025]
    wide = last.pivot(index=["municipality", "ou"], columns="kpi", values="value")
    own = wide.loc[OWN]
    mean = (own["N15505"] * own["N15809"]).sum() / own["N15809"].sum()
    assert mean == pytest.approx(of_kpi(world, "N15505").loc[OWN, 2025], abs=0.2)


def test_groups_of_similar_have_seven_others(world: Dataset) -> None:
    everything = world.municipality_groups
    assert everything["id"].is_unique
    assert everything["id"].str.fullmatch(r"G1\d{5}").all()
    groups = everything[everything["title"].str.startswith("Liknande")]
    assert len(groups) == 12 * 290
    titles = set(groups["title"])
    assert "Liknande kommuner grundskola, Övninge, 2025" in titles
    assert "Liknande kommuner, övergripande, Övninge, 2025" in titles
    for title, members in zip(groups["title"], groups["members"], strict=True):
        names = {member["member_title"] for member in members}
        assert len(names) == 7
        assert title.split(", ")[-2] not in names


SKR_SIZES = {
    "Storstäder": 3,
    "Pendlingskommun nära storstad": 43,
    "Större stad": 23,
    "Pendlingskommun nära större stad": 63,
    "Lågpendlingskommun nära större stad": 24,
    "Mindre stad/tätort": 27,
    "Pendlingskommun nära mindre tätort": 51,
    "Landsbygdskommun, ej nära större stad": 35,
    "Landsbygdskommun med besöksnäring": 21,
}


def skr_groups(dataset: Dataset) -> dict[str, list[str]]:
    """The municipalities of SKR's groups, by title."""
    groups = dataset.municipality_groups[dataset.municipality_groups["id"] >= "G199"]
    return {
        title: [member["member_id"] for member in members]
        for title, members in zip(groups["title"], groups["members"], strict=True)
    }


@pytest.mark.parametrize("seed", [2026, 7, 4711])
def test_skrs_nine_groups_are_as_large_as_in_sweden_and_hold_everyone_once(
    seed: int, worlds: dict[int, Dataset]
) -> None:
    world = worlds[seed]
    groups = skr_groups(world)
    assert {title: len(codes) for title, codes in groups.items()} == {
        f"{title} (ovägt medel)": size for title, size in SKR_SIZES.items()
    }
    everyone = [code for codes in groups.values() for code in codes]
    assert sorted(everyone) == tables.municipalities_only(world.municipalities)
    assert next(len(codes) for codes in groups.values() if OWN in codes) >= 12


def test_another_seed_groups_the_municipalities_in_another_way(worlds: dict[int, Dataset]) -> None:
    assert skr_groups(worlds[7]) != skr_groups(worlds[2026])


def test_a_later_retrieval_has_the_same_skr_groups(world: Dataset, later: Dataset) -> None:
    assert skr_groups(world) == skr_groups(later)


def test_a_later_retrieval_has_other_members_under_the_same_ids(
    world: Dataset, later: Dataset
) -> None:
    before, after = world.municipality_groups, later.municipality_groups
    assert before[["id", "title"]].equals(after[["id", "title"]])
    changed = [a != b for a, b in zip(before["members"], after["members"], strict=True)]
    assert 0.07 < np.mean(changed) < 0.13
    assert before.loc[changed, "title"].str.contains("grundskola, Övninge,").any()


def test_a_later_retrieval_has_revised_a_few_values_of_others(
    world: Dataset, later: Dataset
) -> None:
    assert world.values[KEY].equals(later.values[KEY])
    moved = world.values[
        (world.values["value"] != later.values["value"]) & world.values["value"].notna()
    ]
    assert 100 < len(moved) < 1000
    assert moved["period"].min() == 2024
    assert OWN not in set(moved["municipality"])


def test_kpi_groups_hold_kpis_of_the_world(world: Dataset) -> None:
    members = [member["member_id"] for group in world.kpi_groups["members"] for member in group]
    assert 5 <= len(world.kpi_groups) <= 15
    assert set(members) <= set(world.kpis["id"])


# --- the server --------------------------------------------------------------------------------

LISTS = {
    "kpi": ("kpis", "N15428", "personalkontinuitet", 3),
    "kpi_groups": ("kpi_groups", "G2KPI900000", "grundskola", 1),
    "municipality": ("municipalities", "9001", "övning", 1),
    "municipality_groups": ("municipality_groups", "G105000", "övninge, 2025", 12),
    "ou": ("ous", "V15E900100501", "lillåns", 1),
}


@pytest.mark.parametrize("name", LISTS)
def test_every_list_gives_all_its_objects(name: str, ask: Asking, world: Dataset) -> None:
    table = getattr(world, LISTS[name][0])
    found = ask.all(f"/{name}")
    assert [one["id"] for one in found] == table["id"].tolist()
    assert list(found[0]) == table.columns.tolist()


@pytest.mark.parametrize("name", LISTS)
def test_every_list_is_searched_by_title_and_by_id(name: str, ask: Asking) -> None:
    _, one, word, hits = LISTS[name]
    assert [found["id"] for found in ask.all(f"/{name}/{one},nothing")] == [one]
    assert len(ask.all(f"/{name}", title=word)) == hits
    assert ask.all(f"/{name}/N99999") == []


def test_areas_are_selected_by_type_and_units_by_municipality(ask: Asking) -> None:
    assert len(ask.all("/municipality", region_type="K")) == 290
    assert len(ask.all("/municipality", type="L")) == 11
    assert {unit["municipality"] for unit in ask.all("/ou", municipality=OWN)} == {OWN}


def test_unknown_parameters_are_ignored_and_unknown_ids_give_nothing(ask: Asking) -> None:
    assert ask.page("/municipality", regiontype="K")["count"] == 301
    assert ask.page("/data/kpi/N99999/municipality/9001")["values"] == []
    assert ask.page("/data/kpi/N15428/municipality/9001/year/1890,abc")["values"] == []


def test_a_missing_field_of_an_object_is_null(ask: Asking) -> None:
    ended = ask.page("/kpi/U21401")["values"][0]
    assert ended["publication_date"] is None
    assert ended["publ_period"] is None
    assert ask.page("/kpi/N15428")["values"][0]["publ_period"] == "2026"


ASKED = {
    "kpi": ["N15505", "U21401"],
    "municipality": ["9001", "9002", "0000"],
    "year": [2018, 2024],
}
DATA = [
    ("/data/kpi/{kpi}/municipality/{municipality}/year/{year}", {}),
    ("/data/kpi/{kpi}/municipality/{municipality}", {}),
    ("/data/kpi/{kpi}/year/{year}", {}),
    ("/data/municipality/{municipality}/year/{year}", {}),
    ("/data/", {"kpi_id": "kpi", "municipality_id": "municipality", "year": "year"}),
    ("/data", {"kpi_id": "kpi", "municipality_id": "municipality"}),
]


@pytest.mark.parametrize(("path", "query"), DATA)
def test_every_data_path_gives_exactly_the_values(
    path: str, query: dict[str, str], ask: Asking, world: Dataset
) -> None:
    lists = {name: ",".join(map(str, values)) for name, values in ASKED.items()}
    rows = ask.all(path.format(**lists), **{name: ASKED[query[name]] for name in query})
    named = {name for name in ASKED if f"{{{name}}}" in path or name in query.values()}
    expected = slice_of(
        world,
        ASKED["kpi"] if "kpi" in named else world.kpis["id"].tolist(),
        ASKED["municipality"] if "municipality" in named else world.municipalities["id"].tolist(),
        ASKED["year"] if "year" in named else list(range(2010, 2026)),
    )
    equal(cells([row for row in rows if not row["municipality"].startswith("G")]), expected)


UNIT_DATA = [
    ("/oudata/kpi/N15505/ou/V15E900100101,V15E900100501/year/2024,2025", {}, 4),
    ("/oudata/kpi/N15505,U23471/ou/V15E900100501", {}, 8),
    ("/oudata/ou/V15E900100501/year/2025", {}, 2),
    ("/oudata/", {"kpi_id": "N15505", "ou_id": ["V15E900100501", "nothing"]}, 8),
]


@pytest.mark.parametrize(("path", "query", "rows"), UNIT_DATA)
def test_every_unit_path_gives_rows_of_units(
    path: str, query: dict[str, Any], rows: int, ask: Asking, world: Dataset
) -> None:
    found = ask.all(path, **query)
    assert len(found) == rows
    assert list(found[0]) == ["kpi", "period", "ou", "values"]
    held = world.ou_values.astype("object").set_index(["kpi", "ou", "period"])["value"]
    for row in found:
        assert [cell["gender"] for cell in row["values"]] == ["T"]
        assert row["values"][0]["value"] == held.loc[(row["kpi"], row["ou"], row["period"])]


def test_a_year_of_a_kpi_gives_every_unit(ask: Asking, world: Dataset) -> None:
    found = ask.all("/oudata/kpi/N15505/year/2025")
    assert len(found) == world.ous["id"].str.startswith("V15E").sum()


def test_paging_gives_every_row_once_and_ends_on_null(ask: Asking) -> None:
    path = "/data/kpi/N15505/year/2025"
    whole = ask.page(path)
    assert whole["next_url"] is None
    assert whole["previous_url"] is None
    paged = ask.all(path, per_page=700, title="is kept")
    assert paged == whole["values"]
    second = ask.page(path, per_page=700, page=2)
    assert second["next_url"].startswith(f"{ask.url}{path}?")
    assert "page=1" in second["previous_url"]
    assert ask.page(path, page=999) == {
        "values": [],
        "count": 0,
        "next_url": None,
        "previous_url": f"{ask.url}{path}?page=998&per_page=5000",
    }


def test_pages_are_5000_rows_at_most_and_more_is_cut_silently(ask: Asking) -> None:
    path = "/data/municipality/" + ",".join(f"90{n:02d}" for n in range(1, 26)) + "/year/2023,2024"
    assert ask.page(path)["count"] == 5000
    assert ask.page(path, per_page=9000)["count"] == 5000
    assert len(ask.all(path)) > 5000


def test_the_next_page_is_on_the_host_that_was_asked(
    server: Server, http: requests.Session
) -> None:
    named = Asking(server.url.replace("127.0.0.1", "localhost"), http)
    assert named.page("/kpi", per_page=50)["next_url"].startswith("http://localhost:")


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/kpi/" + ",".join(f"N{n:05d}" for n in range(26)), {}),
        ("/data/kpi/N15505/year/" + ",".join(str(1995 + n) for n in range(26)), {}),
        ("/data/", {"kpi_id": "N15505", "municipality_id": [f"9{n:03d}" for n in range(26)]}),
        ("/kpi", {"page": "0"}),
        ("/data/kpi/N15505/year/2025", {"from_date": "i går"}),
    ],
)
def test_what_is_not_allowed_gives_400(path: str, query: dict[str, Any], ask: Asking) -> None:
    assert ask.raw(path, **query).status_code == 400


@pytest.mark.parametrize(
    "path",
    [
        "/data/kpi/N15505",
        "/data/municipality/9001",
        "/data/?kpi_id=N15505",
        "/oudata/ou/V15E900100101",
        "/data/kpi/N15505/ou/V15E900100101",
        "/nothing",
        "",
    ],
)
def test_fewer_than_two_dimensions_or_an_unknown_path_gives_404(path: str, ask: Asking) -> None:
    answer = ask.raw(path)
    assert (answer.status_code, answer.json()) == (404, {"detail": "Not Found"})


def test_v2_is_gone(server: Server, http: requests.Session) -> None:
    assert http.get(f"http://127.0.0.1:{server.port}/v2/kpi", timeout=5).status_code == 410


def test_group_rows_come_with_a_kpis_year_and_when_named_and_else_not(ask: Asking) -> None:
    def groups(path: str, **query: Any) -> int:
        return sum(row["municipality"].startswith("G") for row in ask.all(path, **query))

    assert groups("/data/kpi/N15505/year/2025") == 3489
    assert groups("/data/kpi/N15505/municipality/G105000,9001/year/2024,2025") == 2
    assert groups("/data/kpi/N15505/municipality/9001/year/2025") == 0
    assert groups("/data/municipality/9001/year/2025") == 0
    assert groups("/data/kpi/N15505/year/2025", region_type="K") == 0
    assert groups("/data/kpi/N15505/year/2025", page=1, per_page=5000) == 3489


def test_a_group_row_is_the_unweighted_mean_of_members_with_a_value(
    ask: Asking, world: Dataset
) -> None:
    group = ask.page("/municipality_groups/G105000")["values"][0]
    members = [member["member_id"] for member in group["members"]]
    row = ask.page("/data/kpi/N15505/municipality/G105000/year/2025")["values"][0]
    got = {cell["gender"]: cell for cell in row["values"]}
    for gender in "TKM":
        values = of_kpi(world, "N15505", gender).reindex(members)[2025]
        assert got[gender]["value"] == pytest.approx(values.mean(), abs=1e-9)
        assert got[gender]["count"] == values.notna().sum()


def test_gender_cells_lie_in_no_certain_order_but_always_the_same(ask: Asking) -> None:
    path = "/data/kpi/N15505/year/2025"
    rows = ask.all(path, region_type="K")
    orders = {"".join(cell["gender"] for cell in row["values"]) for row in rows}
    assert {"TKM", "KMT", "MTK", "MKT", "TMK", "KTM"} <= orders
    assert {len(order) for order in orders} == {1, 2, 3}
    assert ask.all(path, region_type="K") == rows


def test_a_null_is_a_null_with_a_status_and_no_count(ask: Asking) -> None:
    rows = ask.all("/data/kpi/N15505/year/2025", region_type="K")
    found = [cell for row in rows for cell in row["values"]]
    nulls = [cell for cell in found if cell["value"] is None]
    assert list(found[0]) == ["gender", "count", "status", "value", "isdeleted"]
    assert nulls
    assert all(cell["status"] == "Missing" and cell["count"] == 0 for cell in nulls)
    assert all(not cell["isdeleted"] for cell in found)


def test_from_date_gives_the_years_published_since_then(ask: Asking) -> None:
    path = "/data/kpi/N15428/municipality/9001"  # a year's grades come on 25 September
    assert [row["period"] for row in ask.all(path, from_date="2024-09-25")] == [2024, 2025]
    assert [row["period"] for row in ask.all(path, from_date="2024-09-26")] == [2025]
    assert ask.all(path, from_date="2030-01-01") == []


def test_a_closed_server_does_not_wait_for_clients_that_stay_connected(world: Dataset) -> None:
    with requests.Session() as session:
        with serve(world) as running:
            assert session.get(f"{running.url}/kpi/N15428", timeout=5).status_code == 200
        with pytest.raises(requests.ConnectionError):
            session.get(f"{running.url}/kpi/N15428", timeout=5)


@pytest.fixture
def koladapy(server: Server) -> Iterator[KoladaAPI]:
    api = KoladaAPI(base_url=f"{server.url}/", max_requests_per_second=1000)
    yield api
    api.session.close()


def test_koladapy_gets_exactly_the_values(koladapy: KoladaAPI, world: Dataset) -> None:
    kpis, areas = ["N15428", "U21401", "N00090"], [f"9{n:03d}" for n in range(1, 30)]
    years = list(range(2016, 2026))
    got = koladapy.get_values(kpi_id=kpis, municipality_id=areas, years=years)
    equal(cells(got), slice_of(world, kpis, areas, years))


def test_koladapy_and_our_own_client_get_the_same_values(
    koladapy: KoladaAPI, server: Server
) -> None:
    kpis, areas, years = (
        ["N15428", "N01453", "U23401"],
        ["9001", "9105", "0000"],
        [2023, 2024, 2025],
    )
    theirs = cells(koladapy.get_values(kpi_id=kpis, municipality_id=areas, years=years))
    with KoladaClient(server.url, requests_per_s=None) as client:
        ours = client.values(kpis, areas, years)
    assert len(ours) > 20
    equal(ours.sort_values(KEY, ignore_index=True)[theirs.columns], theirs)


def test_koladapy_gets_objects_and_units(koladapy: KoladaAPI, world: Dataset) -> None:
    assert koladapy.get_kpi("N15428")["title"].startswith("Elever i åk 9")
    assert len(koladapy.get_municipalities(municipality_type="K")) == 290
    assert len(koladapy.get_municipality_groups()) == len(world.municipality_groups)
    assert len(koladapy.get_values(kpi_id="N15505", ou_id="V15E900100501")) == 8


# --- the real figures --------------------------------------------------------------------------


def test_a_folder_without_the_files_is_refused_with_all_their_names(tmp_path: Path) -> None:
    (tmp_path / "kpi.json").write_text("[]")
    missing = (
        "saknas municipality.json, municipality_groups.json, kpi_groups.csv, values.parquet och "
        "ou_values.parquet. Ange en mapp"
    )
    with pytest.raises(UsageError, match=missing):
        real_figures(tmp_path)


def test_the_real_figures_say_what_was_filled_in(real: Dataset) -> None:
    assert len(real.values) == 7_839_400
    assert any(sentence.startswith("Status är ifylld") for sentence in real.filled_in)
    assert any("isdeleted" in sentence for sentence in real.filled_in)


@pytest.mark.parametrize(
    ("kpi", "values"),
    [
        ("U21401", {2018: 22, 2019: 16, 2020: 18, 2022: 19}),
        ("N00090", {2016: 8.9, 2019: 7.0, 2022: 8.8}),
    ],
)
def test_the_server_gives_the_published_values_of_hedemora(
    kpi: str, values: dict[int, float], ask_real: Asking
) -> None:
    rows = ask_real.all(f"/data/kpi/{kpi}/municipality/2083/year/{','.join(map(str, values))}")
    totals = {
        row["period"]: cell["value"]
        for row in rows
        for cell in row["values"]
        if cell["gender"] == "T"
    }
    assert totals == pytest.approx(values, abs=0.05)


def test_the_real_catalogue_takes_two_pages(ask_real: Asking, real: Dataset) -> None:
    assert ask_real.page("/kpi")["count"] == 5000
    assert [one["id"] for one in ask_real.all("/kpi")] == real.kpis["id"].tolist()


def test_a_year_of_a_real_kpi_fits_a_page_with_its_groups(ask_real: Asking) -> None:
    page = ask_real.page("/data/kpi/N00090/year/2022")
    assert 3_500 < page["count"] < 5_000
    assert page["next_url"] is None
    assert len({row["municipality"] for row in page["values"]}) == page["count"]
