"""Comparison groups, and in how many of them a value is red: docs/metod.md section 2."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import numpy as np
import pandas as pd
import pytest
from conftest import Exercise
from hypothesis import given, settings
from hypothesis import strategies as st

from malstyr_lib.errors import UsageError
from malstyr_lib.model import Kpi
from malstyr_lib.ovning.dataset import Dataset
from malstyr_lib.ovning.stories import OWN
from malstyr_lib.report.judge import judge
from malstyr_lib.scoring import Group, colours, groups_of
from malstyr_lib.scoring.agreement import COMPARATORS, LEAVE_ONE_OUT, Agreement, agreement
from malstyr_lib.scoring.groups import GROUPS, SKR_GROUPS, group, pinned
from malstyr_lib.store import Store

Members = dict[str, list[int]]
MIRROR = {"red": "green", "green": "red", "yellow": "yellow", "grey": "grey"}
DIRECTIONS = st.sampled_from(["högt", "lågt"])
FLIPPED = {"högt": "lågt", "lågt": "högt"}


def agreed(
    values: list[float | None],
    members: Mapping[str, list[int]],
    direction: str = "högt",
    **more: float,
) -> Agreement:
    """The agreement about the first of the values."""
    numbers = np.array([np.nan if value is None else value for value in values])
    places = {kind: np.array(at, dtype=np.int64) for kind, at in members.items()}
    return agreement(numbers, 0, places, direction=direction, **more)


def everywhere(*places: int) -> Members:
    return {kind: list(places) for kind in GROUPS}


def outcome(colours: str) -> dict[str, str]:
    """Colours by comparator, from a letter each."""
    names = {"R": "red", "·": "yellow", "G": "green", "-": "grey"}
    return {kind: names[letter] for kind, letter in zip(COMPARATORS, colours, strict=True)}


# --- how many are red ------------------------------------------------------------------------

EIGHT = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]


def test_the_worst_of_all_is_red_in_five_of_five() -> None:
    found = agreed(EIGHT, everywhere(*range(8)))
    assert found == Agreement(red=5, of=5, colours=outcome("RRRRR"))
    assert found.sentence == "röd i 5 av 5"


def test_the_comparators_that_are_red_are_named_when_only_some_are() -> None:
    members = {"alla": range(8), "län": [0, 4, 5, 6], "liknande": [0, 1, 2], "kommungrupp": []}
    members["kommungrupp"] = [0, 8, 9, 10]
    found = agreed([*EIGHT, 0.0, 0.5, 0.6], {kind: list(at) for kind, at in members.items()})
    assert found == Agreement(red=2, of=3, colours=outcome("RR-G-"))
    assert found.sentence == "röd i 2 av 3: mot alla och länet"


def test_every_comparator_has_a_name_for_readers() -> None:
    found = Agreement(red=4, of=5, colours=outcome("R·RRR"))
    assert found.sentence == "röd i 4 av 5: mot alla, liknande, kommungruppen och liknande utom en"


def test_none_red_is_said_as_none() -> None:
    assert agreed(EIGHT[::-1], everywhere(*range(8))).sentence == "röd i 0 av 5"


@pytest.mark.parametrize(
    ("values", "direction"),
    [([None, *EIGHT], "högt"), (EIGHT, "ingen"), ([1.0, 2.0, 3.0], "högt")],
    ids=["no own value", "no direction", "too few"],
)
def test_without_any_colour_nothing_is_said(values: list[float | None], direction: str) -> None:
    found = agreed(values, everywhere(*range(len(values))), direction)
    assert found == Agreement(red=0, of=0, colours=outcome("-----"))
    assert found.sentence == "går inte att säga: ingen jämförelse ger en färg"


def test_a_kind_of_group_that_is_left_out_is_not_counted() -> None:
    assert agreed(EIGHT, {"alla": list(range(8))}).colours == outcome("R----")


def test_closeness_to_a_target_is_judged_too() -> None:
    found = agreed([90.0, 50, 51, 49, 52, 48], everywhere(*range(6)), "mål", target=50.0)
    assert found.sentence == "röd i 5 av 5"


def test_red_against_six_of_seven_similar_does_not_stand_when_one_is_left_out() -> None:
    six_better = [
        1.0,
        0.0,
        2.0,
        3.0,
        4.0,
        5.0,
        6.0,
        7.0,
    ]  # 6 of 8 is a quarter's border, 5 of 7 not
    assert agreed(six_better, everywhere(*range(8))).colours == outcome("RRRR·")


def test_four_similar_are_too_few_when_one_is_left_out() -> None:
    assert agreed([1.0, 2.0, 3.0, 4.0], everywhere(*range(4))).colours == outcome("RRRR-")


def test_a_target_is_asked_for_when_it_is_needed() -> None:
    with pytest.raises(UsageError, match="behöver ett värde att vara nära"):
        agreed(EIGHT, everywhere(0, 1, 2, 3), "mål")


# --- what always holds -----------------------------------------------------------------------


@st.composite
def worlds(draw: st.DrawFn) -> tuple[list[float | None], Members]:
    """Values of up to 16 areas, the own first, and four groups of them."""
    number = st.integers(-8, 8).map(lambda n: n / 4)
    values = draw(st.lists(st.one_of(number, number, st.none()), min_size=4, max_size=16))
    places = st.lists(st.integers(0, len(values) - 1), unique=True, max_size=9)
    return values, {kind: draw(places) for kind in GROUPS}


few = settings(max_examples=60, deadline=None)


@few
@given(worlds(), DIRECTIONS)
def test_no_more_are_red_than_have_a_colour_and_no_more_than_five_have(
    world: tuple[list[float | None], Members], direction: str
) -> None:
    found = agreed(*world, direction)
    assert 0 <= found.red <= found.of <= 5
    assert tuple(found.colours) == COMPARATORS
    assert found.red == list(found.colours.values()).count("red")
    assert found.of == 5 - list(found.colours.values()).count("grey")


@few
@given(worlds(), DIRECTIONS)
def test_each_group_gives_the_colour_of_the_rule(
    world: tuple[list[float | None], Members], direction: str
) -> None:
    values, members = world
    found = agreed(values, members, direction)
    for kind, places in members.items():
        peers = [values[0], *(values[at] for at in places if at)]
        assert found.colours[kind] == colours(peers, direction)[0], kind


def slow_without_one(values: list[float | None], similar: list[int], direction: str) -> str:
    """The rule counted one municipality at a time."""
    others = [at for at in similar if at and values[at] is not None]
    votes = Counter(
        colours([values[0], *(values[at] for at in others if at != left)], direction)[0]
        for left in others
    )
    for colour in ("grey", "red", "green"):
        if votes[colour] > len(others) / 2:
            return colour
    return "yellow" if votes else "grey"


@few
@given(worlds(), DIRECTIONS)
def test_leaving_one_out_is_what_a_slow_count_says(
    world: tuple[list[float | None], Members], direction: str
) -> None:
    values, members = world
    found = agreed(values, members, direction).colours[LEAVE_ONE_OUT]
    assert found == slow_without_one(values, members["liknande"], direction)


@few
@given(worlds(), DIRECTIONS)
def test_leaving_one_out_is_never_red_or_green_where_the_similar_are_not(
    world: tuple[list[float | None], Members], direction: str
) -> None:
    found = agreed(*world, direction).colours
    assert found[LEAVE_ONE_OUT] in (found["liknande"], "yellow", "grey")


@few
@given(worlds(), DIRECTIONS)
def test_one_group_in_every_place_gives_all_or_nothing_but_for_leaving_one_out(
    world: tuple[list[float | None], Members], direction: str
) -> None:
    values, members = world
    found = agreed(values, everywhere(*members["alla"]), direction)
    assert found.red in (0, 4, found.of)
    assert found.of in (0, 4, 5)
    assert len({found.colours[kind] for kind in GROUPS}) == 1


@few
@given(worlds(), DIRECTIONS)
def test_a_member_without_a_value_changes_nothing(
    world: tuple[list[float | None], Members], direction: str
) -> None:
    values, members = world
    more = {kind: [*places, len(values)] for kind, places in members.items()}
    assert agreed([*values, None], more, direction) == agreed(values, members, direction)


@few
@given(worlds(), DIRECTIONS)
def test_the_other_direction_is_the_mirror_image(
    world: tuple[list[float | None], Members], direction: str
) -> None:
    found, flipped = agreed(*world, direction), agreed(*world, FLIPPED[direction])
    assert flipped.of == found.of
    assert flipped.colours == {kind: MIRROR[colour] for kind, colour in found.colours.items()}


@few
@given(worlds(), st.randoms())
def test_the_order_of_the_members_and_naming_the_own_change_nothing(
    world: tuple[list[float | None], Members], random: np.random.RandomState
) -> None:
    values, members = world
    other = {kind: [*places, *places, 0] for kind, places in members.items()}
    for places in other.values():
        random.shuffle(places)
    assert agreed(values, other) == agreed(values, members)


def test_what_is_passed_in_is_left_as_it_was() -> None:
    values, places = np.array(EIGHT), {"liknande": np.array([3, 2, 1, 0, 5])}
    agreement(values, 0, places, direction="lågt")
    assert values.tolist() == EIGHT
    assert {kind: at.tolist() for kind, at in places.items()} == {"liknande": [3, 2, 1, 0, 5]}


# --- the municipality groups of SKR ----------------------------------------------------------

PLACES = pd.DataFrame(
    {
        "id": ["0000", "0020", "2081", "2083", "2084", "0114"],
        "title": ["Riket", "Region Dalarna", "Borlänge", "Hedemora", "Avesta", "Upplands Väsby"],
        "type": ["L", "L", "K", "K", "K", "K"],
    }
)


def found_in(groups: dict[str, list[str]], kind: str = "kommungrupp") -> Group:
    """Hedemora's group among groups given by title."""
    members = [[{"member_id": one, "member_title": one} for one in ids] for ids in groups.values()]
    table = pd.DataFrame({"id": list(groups), "title": list(groups), "members": members})
    return group(
        kind,
        "2083",
        municipalities=PLACES,
        municipality_groups=table,
        similar_area="grundskola",
    )


@pytest.mark.parametrize("name", SKR_GROUPS)
@pytest.mark.parametrize("written", ["{} (ovägt medel)", "{}", "{} (Ovägt medel) "])
def test_the_group_of_skr_is_found_however_its_title_ends(name: str, written: str) -> None:
    found = found_in({"SmåKom (ovägt medel)": ["2083"], written.format(name): ["2084", "2083"]})
    assert found == Group("kommungrupp", f"SKR-gruppen {name}", ("2083", "2084"))


def test_a_comma_more_or_less_is_the_same_group() -> None:
    found = found_in({"Landsbygdskommun ej nära större stad (ovägt medel)": ["2083", "2081"]})
    assert found.title == "SKR-gruppen Landsbygdskommun, ej nära större stad"


def test_other_groups_of_kolada_are_not_skrs() -> None:
    others = ["Stor-Stockholm (ovägt medel)", "Alla kommuner (ovägt medel)", "Större stad, södra"]
    alone = Group("kommungrupp", "SKR:s kommungrupp", ("2083",))
    assert found_in({title: ["2083", "2084"] for title in others}) == alone
    assert found_in({"Storstäder (ovägt medel)": ["2084", "2081"]}) == alone


@pytest.mark.parametrize(
    ("kind", "title"),
    [
        ("kommungrupp", "Mindre stad/tätort (ovägt medel)"),
        ("liknande", "Liknande kommuner grundskola, Hedemora, 2024"),
    ],
)
def test_the_nation_and_the_regions_are_never_members(kind: str, title: str) -> None:
    assert found_in({title: ["0000", "0020", "2083", "2084"]}, kind).members == ("2083", "2084")


def test_an_unknown_kind_names_all_four() -> None:
    with pytest.raises(
        UsageError, match=r"'grannar'\. Välj alla, län, liknande eller kommungrupp\."
    ):
        found_in({}, "grannar")


def test_the_similar_are_the_newest_of_the_area() -> None:
    by_title = {
        "Liknande kommuner grundskola, Hedemora, 2024": ["2084"],
        "Liknande kommuner grundskola, Hedemora, 2025": ["0114"],
        "Liknande kommuner grundskola, Hedemora, 2022": ["2081"],
        "Liknande kommuner äldreomsorg, Hedemora, 2026": ["2084"],
    }
    assert found_in(by_title, "liknande").members == ("0114", "2083")


def test_the_exercise_municipality_has_a_group_of_every_kind(world: Dataset) -> None:
    kpi = Kpi(id="N15419", title="Elever", direction="högt", similar_area="grundskola")
    known = {
        "municipalities": world.municipalities,
        "municipality_groups": world.municipality_groups,
    }
    sizes = {kind: len(groups_of(kind, OWN, [kpi], **known)["N15419"].members) for kind in GROUPS}
    assert sizes.pop("kommungrupp") >= 12
    assert sizes == {"alla": 290, "län": 29, "liknande": 8}


def test_a_fetched_kpi_is_judged_within_its_group_of_skr(exercise: Exercise) -> None:
    snapshot = Store(exercise.place.store).open()
    table = judge(exercise.model, snapshot, ["N15428"], group="kommungrupp")
    assert table["group"].tolist() == ["kommungrupp"]
    assert 12 <= table["n"].iloc[0] <= 63


# --- members kept for a later report ---------------------------------------------------------


def test_a_kept_group_is_one_flat_row() -> None:
    assert pinned({"N15419": Group("län", "kommunerna i länet", ("2081", "2083"))}) == [
        {"kpi": "N15419", "kind": "län", "title": "kommunerna i länet", "members": "2081 2083"}
    ]
