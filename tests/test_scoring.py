"""The colour rule, the gaps and the reasons: docs/metod.md sections 1–3."""

from __future__ import annotations

import math
from operator import add

import numpy as np
import pandas as pd
import pytest
from hypothesis import strategies as st
from properties import property_test

from malstyr_lib import tables
from malstyr_lib.errors import UsageError
from malstyr_lib.model import Kpi
from malstyr_lib.scoring import Group, Shift, colours, cube, history, latest, paired, score
from malstyr_lib.scoring.colour import (
    goodness,
    in_order,
    one_placed,
    placed,
    significant,
    standing,
)
from malstyr_lib.scoring.distance import distance
from malstyr_lib.scoring.groups import group
from malstyr_lib.scoring.shift import every_shift

LETTER = {"red": "R", "yellow": "·", "green": "G", "grey": "-"}
DIRECTIONS = st.sampled_from(["högt", "lågt"])
NUMBERS = st.integers(-40, 40).map(lambda n: n / 4)
VALUES = st.lists(st.one_of(st.none(), NUMBERS), min_size=1, max_size=40)


def letters(values: list[float | None], direction: str = "högt", **more: object) -> str:
    return "".join(LETTER[colour] for colour in colours(values, direction, **more))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([1, 2, 3, 4, 5, 6, 7, 8], "RR····GG"),
        ([1, 2, 3, 4, 5, 6, 7, 8, 9], "RR·····GG"),
        ([1, 2, 2, 2, 5, 6, 7, 8], "R·····GG"),
        ([5] * 12, "·" * 12),
        ([1, 2, 3, 4], "R··G"),
        ([1, 2, 3], "---"),
        ([None, 1, 2, 3, 4], "-R··G"),
        ([], ""),
    ],
)
def test_the_worked_examples_of_the_method(values: list[float | None], said: str) -> None:
    assert letters(values) == said


def test_low_is_good_mirrors_high_is_good() -> None:
    assert letters([1, 2, 3, 4, 5, 6, 7, 8], "lågt") == "GG····RR"


def test_a_target_is_good_to_be_close_to_from_either_side() -> None:
    assert letters([30, 45, 49, 50, 51, 55, 60, 90], "mål", target=50.0) == "R··G··" + "·R"


def test_without_direction_everything_is_grey() -> None:
    assert letters([1, 2, 3, 4, 5], "ingen") == "-----"


def test_what_is_not_known_is_neither_coloured_nor_counted() -> None:
    known = [True, True, True, True, False]
    assert letters([1, 2, 3, 4, 99], known=known) == "R··G-"


def test_floating_noise_does_not_break_a_tie() -> None:
    assert letters([0.1 + 0.2, 0.3, 0.3, 0.3]) == "····"


def test_floating_noise_does_not_break_a_tie_at_the_target() -> None:
    assert letters([0.1 + 0.2, 0.3, 0.5, 0.6], "mål", target=0.3) == "··" + "·R"


@pytest.mark.parametrize("n", [290, 10_922, 10_923, 32_768, 40_000])
def test_a_group_may_be_of_any_size(n: int) -> None:
    said = colours(np.arange(n), "högt")
    assert (said.count("red"), said.count("green")) == (n // 4, n // 4)


NOISE = st.sampled_from([0.0, 1e-12, -1e-12])


@property_test(st.lists(st.one_of(st.just(math.nan), st.builds(add, NUMBERS, NOISE)), min_size=1))
def test_one_is_placed_alone_as_among_all(values: list[float]) -> None:
    good = np.array([values, values[::-1]])
    ranked, places = in_order(good)
    every = placed(good, ranked, places)
    for at in range(len(values)):
        again, one = one_placed(good, at)
        assert np.array_equal(again, ranked, equal_nan=True)
        for name in ("better", "worse"):
            assert getattr(one, name)[one.known].tolist() == (
                getattr(every, name)[:, at][one.known].tolist()
            )
        assert one.known.tolist() == every.known[:, at].tolist()
        assert one.n.tolist() == every.n[:, 0].tolist()


def test_zero_is_a_value() -> None:
    assert letters([0.0, 1, 2, 3]) == "R··G"


def test_an_unknown_direction_is_named_with_the_cure() -> None:
    with pytest.raises(UsageError, match="Okänd riktning 'hög'"):
        colours([1, 2, 3, 4], "hög")
    with pytest.raises(UsageError, match="behöver ett värde att vara nära"):
        colours([1, 2, 3, 4], "mål")


@property_test(VALUES)
def test_a_flipped_direction_is_the_mirror_image(values: list[float | None]) -> None:
    mirror = {"red": "green", "green": "red", "yellow": "yellow", "grey": "grey"}
    assert colours(values, "lågt") == [mirror[colour] for colour in colours(values, "högt")]


@property_test(VALUES, DIRECTIONS)
def test_never_more_than_a_quarter_is_red_or_green(
    values: list[float | None], direction: str
) -> None:
    said = colours(values, direction)
    n = sum(value is not None for value in values)
    assert 4 * said.count("red") <= n
    assert 4 * said.count("green") <= n


@property_test(VALUES, DIRECTIONS)
def test_each_colour_agrees_with_a_plain_count(values: list[float | None], direction: str) -> None:
    sign = 1 if direction == "högt" else -1
    known = [sign * value for value in values if value is not None]
    for value, colour in zip(values, colours(values, direction), strict=True):
        if value is None or len(known) < 4:
            assert colour == "grey"
            continue
        better = sum(other > sign * value for other in known)
        worse = sum(other < sign * value for other in known)
        red, green = 4 * better >= 3 * len(known), 4 * worse >= 3 * len(known)
        assert colour == ("red" if red else "green" if green else "yellow")


@property_test(VALUES, DIRECTIONS, st.randoms(use_true_random=False))
def test_order_and_unit_change_nothing(
    values: list[float | None], direction: str, random: object
) -> None:
    places = list(range(len(values)))
    random.shuffle(places)  # type: ignore[attr-defined]
    said = colours(values, direction)
    assert colours([values[at] for at in places], direction) == [said[at] for at in places]
    thousandths = [None if value is None else value * 1000 + 7 for value in values]
    assert colours(thousandths, direction) == said


@property_test(VALUES, DIRECTIONS, st.integers(0, 3))
def test_an_increasing_transform_changes_nothing(
    values: list[float | None], direction: str, bend: int
) -> None:
    bent = [None if value is None else value**3 + bend * value - 5 for value in values]
    assert colours(bent, direction) == colours(values, direction)


@property_test(NUMBERS, st.integers(0, 40), st.sampled_from(["högt", "lågt", "mål"]))
def test_all_equal_gives_no_red_and_no_green(value: float, n: int, direction: str) -> None:
    assert colours([value] * n, direction, target=2.0) == ["yellow" if n >= 4 else "grey"] * n


@property_test(VALUES, DIRECTIONS)
def test_a_municipality_without_a_value_changes_nothing(
    values: list[float | None], direction: str
) -> None:
    assert colours([*values, None], direction)[:-1] == colours(values, direction)


@property_test(st.lists(NUMBERS, min_size=4, max_size=40))
def test_a_red_that_gains_its_gap_is_no_longer_red_and_half_of_it_is_not_enough(
    values: list[float],
) -> None:
    good = goodness(np.array(values), "högt")
    gaps = distance(good).to_yellow
    for at, colour in enumerate(colours(values, "högt")):
        if colour != "red":
            continue
        assert gaps[at] > 0
        enough = [*values[:at], values[at] + gaps[at], *values[at + 1 :]]
        assert colours(enough, "högt")[at] != "red"
        short = [*values[:at], values[at] + gaps[at] - 0.001, *values[at + 1 :]]
        assert colours(short, "högt")[at] == "red"


@property_test(st.lists(NUMBERS, min_size=1, max_size=40))
def test_quartile_distances_agree_with_numpy(values: list[float]) -> None:
    good = np.array(values)
    q1, median, q3 = np.quantile(good, (0.25, 0.5, 0.75))
    far = distance(good)
    assert far.to_median == pytest.approx(median - good)
    if q3 > q1:
        assert far.in_iqr == pytest.approx(np.clip((median - good) / (q3 - q1), -5, 5))
    else:
        assert np.isnan(far.in_iqr).all()


@property_test(st.lists(st.one_of(st.none(), NUMBERS), min_size=1, max_size=12))
def test_standing_counts_strictly_better_and_worse(values: list[float | None]) -> None:
    good = np.array([math.nan if value is None else value for value in values])
    stand = standing(good)
    known = [value for value in values if value is not None]
    for at, value in enumerate(values):
        if value is not None:
            assert stand.better[at] == sum(other > value for other in known)
            assert stand.worse[at] == sum(other < value for other in known)


def test_nine_digits_are_kept_at_any_size() -> None:
    numbers = np.array([1.23456789012e12, -4.56789012345e-7, 0.0, math.nan, 9.9999999999])
    assert significant(numbers)[:3].tolist() == [1.23456789e12, -4.56789012e-7, 0.0]
    assert significant(numbers)[4] == 10.0
    assert math.isnan(significant(numbers)[3])


# --- the scores table ------------------------------------------------------------------------

AREAS = [f"{9000 + number}" for number in range(1, 41)]
OWN = AREAS[0]


def kpi(title: str = "Andel (%)", direction: str = "högt", **more: object) -> Kpi:
    return Kpi(id="N00001", rubrik=title, riktning=direction, **more)  # type: ignore[arg-type]


def observations(years: dict[int, dict[str, float]]) -> pd.DataFrame:
    """A KPI's values by year and area."""
    rows = [
        ("N00001", area, year, "T", value, "")
        for year, values in years.items()
        for area, value in values.items()
    ]
    columns = [list(column) for column in zip(*rows, strict=True)] or [[]] * 6
    return tables.frame(tables.OBSERVATIONS, dict(zip(tables.OBSERVATIONS, columns, strict=True)))


def everybody(own: float | None, n: int = 40) -> dict[str, float]:
    """Values 1, 2, 3 … for the others and `own` for the own municipality, n in all."""
    others = {area: float(at) for at, area in enumerate(AREAS[1:n], start=1)}
    return others if own is None else {OWN: own, **others}


def scored(
    values: dict[int, dict[str, float]], one: Kpi | None = None, **more: object
) -> pd.DataFrame:
    one = one or kpi()
    table = score(
        observations(values),
        [one],
        OWN,
        everyone=AREAS,
        groups={one.id: Group("alla", "alla kommuner", tuple(AREAS))},
        **more,  # type: ignore[arg-type]
    )
    return table.set_index("period")


def test_a_row_says_value_place_count_gap_and_reason() -> None:
    row = scored({2022: everybody(own=0.5)}).loc[2022]
    assert (row["value"], row["n"], row["rank"], row["colour"]) == (0.5, 40, 40, "red")
    assert row["reason"] == "39 av 40 har bättre värde, 0 sämre"
    assert row["gap_to_yellow"] == 9.5  # the 30th best of 40 has the value 10
    assert row["gap_to_median"] == 19.0  # the median of 0,5 and 1…39 is 19,5
    assert not row["preliminary"]


def test_those_with_the_same_value_are_counted_apart() -> None:
    row = scored({2022: everybody(5.0)}).loc[2022]
    assert row["reason"] == "34 av 40 har bättre värde, 4 sämre och 1 lika"


def test_only_a_red_has_a_gap_to_yellow() -> None:
    row = scored({2022: everybody(own=20.5)}).loc[2022]
    assert row["colour"] == "yellow"
    assert math.isnan(row["gap_to_yellow"])


def test_barely_and_deeply_red_are_said() -> None:
    assert scored({2022: everybody(own=9.5)}).loc[2022, "reason"].endswith("; knappt röd")
    assert scored({2022: everybody(own=-30.0)}).loc[2022, "reason"].endswith("; djupt röd")


@pytest.mark.parametrize(
    ("one", "own", "reason"),
    [
        (kpi(), None, "eget värde saknas för 2022"),
        (kpi(direction="ingen"), 1.0, "nyckeltalet har ingen riktning och färgsätts inte"),
        (kpi("Andel (%) (- 2021)"), 1.0, "serien upphörde 2021"),
    ],
)
def test_a_grey_says_why(one: Kpi, own: float | None, reason: str) -> None:
    row = scored({2022: everybody(own)}, one).loc[2022]
    assert (row["colour"], row["reason"]) == ("grey", reason)
    assert pd.isna(row["rank"])


def test_a_missing_own_value_is_never_red() -> None:
    values = everybody(own=None) | {OWN: math.nan}
    assert scored({2022: values}).loc[2022, "colour"] == "grey"


def test_an_ended_series_keeps_the_colours_of_its_own_years() -> None:
    table = scored({2021: everybody(0.5), 2022: everybody(0.5)}, kpi("Andel (%) (-2021)"))
    assert table["colour"].to_dict() == {2021: "red", 2022: "grey"}


def test_a_changed_title_takes_the_colour_away() -> None:
    row = scored({2022: everybody(0.5)}, titles={"N00001": "Andel, ny definition (%)"}).loc[2022]
    assert row["reason"] == "rubriken har ändrats i Kolada sedan riktningen bestämdes"


def test_a_changed_unit_takes_the_colour_away_and_is_told() -> None:
    pinned, live = kpi("Kostnad, tkr/inv"), {"N00001": "Kostnad, kr/inv"}
    row = scored({2022: everybody(0.5)}, pinned, titles=live).loc[2022]
    reason = "rubriken har ändrats i Kolada: enheten var tkr/inv och är nu kr/inv"
    assert (row["colour"], row["reason"]) == ("grey", reason)


def test_a_double_blank_in_a_title_is_no_change() -> None:
    assert (
        scored({2022: everybody(0.5)}, titles={"N00001": "Andel  (%)"}).loc[2022, "colour"] == "red"
    )


def test_fewer_than_four_with_a_value_give_no_colour() -> None:
    row = scored({2022: everybody(0.5, n=3)}).loc[2022]
    assert row["reason"] == "för få jämförbara: 3 kommuner har värde"


def test_a_year_that_most_have_reported_is_preliminary() -> None:
    years = {year: everybody(0.5) for year in (2019, 2020, 2021)} | {2022: everybody(0.5, n=30)}
    row = scored(years).loc[2022]
    assert (row["colour"], row["preliminary"]) == ("red", True)
    assert row["reason"].endswith("preliminär färg: 30 kommuner har värde, normalt 40")


def test_a_year_that_less_than_half_have_reported_is_grey() -> None:
    years = {year: everybody(0.5) for year in (2019, 2020, 2021)} | {2022: everybody(0.5, n=19)}
    row = scored(years).loc[2022]
    assert (row["colour"], row["preliminary"]) == ("grey", False)
    assert row["reason"] == "för få har lämnat uppgift: 19 kommuner har värde, normalt 40"


def test_eighty_percent_is_enough_and_later_years_never_change_an_earlier_one() -> None:
    years = {2019: everybody(0.5, n=32), 2020: everybody(0.5), 2021: everybody(0.5, n=32)}
    assert not scored(years)["preliminary"].any()
    early = scored({2019: years[2019]}).loc[2019]
    pd.testing.assert_series_equal(scored(years).loc[2019], early)


def test_a_year_hardly_begun_without_an_own_value_is_passed_over() -> None:
    years = {2020: everybody(0.5), 2021: everybody(0.5), 2022: everybody(None, n=5)}
    table = scored(years).reset_index()
    assert latest(table, 2022, [kpi()])["period"].tolist() == [2021]


def test_a_year_asked_for_gets_an_answer_even_without_values() -> None:
    row = scored({2020: everybody(0.5)}, years=[2024]).loc[2024]
    assert (row["colour"], row["reason"]) == ("grey", "eget värde saknas för 2024")


def newest(values: dict[int, dict[str, float]], year: int, one: Kpi | None = None) -> pd.Series:
    one = one or kpi()
    return latest(scored(values, one).reset_index(), year, [one]).iloc[0]


def test_an_ended_series_has_its_colour_in_its_own_years_reports_only() -> None:
    ended = kpi("Andel (%) (- 2022)")
    years = {year: everybody(0.5) for year in (2020, 2021, 2022)}
    assert newest(years, 2022, ended)["colour"] == "red"
    row = newest(years, 2023, ended)
    assert (row["colour"], row["reason"]) == ("grey", "serien upphörde 2022")
    assert (row["value"], row["period"]) == (0.5, 2022)
    assert pd.isna(row["rank"])
    assert math.isnan(row["gap_to_yellow"])


def test_a_value_older_than_three_years_has_no_colour() -> None:
    years = {year: everybody(0.5) for year in (2017, 2018)}
    assert newest(years, 2021)["colour"] == "red"
    row = newest(years, 2022)
    assert (row["colour"], row["reason"]) == ("grey", "senaste uppgiften är från 2018")


def test_a_measure_every_fourth_year_keeps_its_colour_until_the_next() -> None:
    years = {year: everybody(0.5) for year in (2010, 2014, 2018, 2022)}
    assert newest(years, 2026)["colour"] == "red"
    assert newest(years, 2028)["colour"] == "grey"


def test_comparators_are_always_of_the_same_year() -> None:
    before, after = {2021: everybody(20.5)}, {2022: everybody(20.5)}
    moved = {area: value + 100 for area, value in everybody(None).items()}
    both = scored(before | {2022: moved | {OWN: 20.5}})
    pd.testing.assert_series_equal(both.loc[2021], scored(before).loc[2021])
    assert both.loc[2022, "colour"] == "red"
    assert scored(after).loc[2022, "colour"] == "yellow"


def test_regions_and_riket_are_never_ranked() -> None:
    values = everybody(0.5) | {"0000": -5.0, "0020": -6.0, "G123456": -7.0}
    assert scored({2022: values}).loc[2022, "n"] == 40


def test_scoring_leaves_its_tables_as_they_were() -> None:
    table = observations({2022: everybody(0.5)})
    before = table.copy(deep=True)
    one = kpi()
    score(table, [one], OWN, everyone=AREAS, groups={one.id: Group("alla", "", tuple(AREAS))})
    pd.testing.assert_frame_equal(table, before)


def test_a_kpi_without_any_value_has_no_row_and_no_crash() -> None:
    assert scored({}).empty


# --- genders ---------------------------------------------------------------------------------


def test_women_and_men_are_known_together_or_not_at_all() -> None:
    rows = [
        ("N00001", "9001", 2022, "K", 60.0, ""),
        ("N00001", "9001", 2022, "M", math.nan, "Missing"),
        ("N00001", "9001", 2022, "T", 58.0, ""),
        ("N00001", "9002", 2022, "K", 61.0, ""),
        ("N00001", "9002", 2022, "M", 51.0, ""),
        ("N00001", "9002", 2022, "T", 56.0, ""),
        ("N00001", "9003", 2022, "M", 52.0, ""),
    ]
    columns = dict(zip(tables.OBSERVATIONS, map(list, zip(*rows, strict=True)), strict=True))
    table = tables.frame(tables.OBSERVATIONS, columns)
    shown = paired(table)["value"]
    assert shown.isna().tolist() == [True, True, False, False, False, False, True]
    assert table["value"].notna().sum() == 6


def test_a_gender_that_stands_alone_is_neither_shown_nor_counted() -> None:
    women = observations({2022: everybody(0.5)}).assign(gender="K")
    men = women[women["municipality"] != OWN].assign(gender="M")
    one = kpi()
    table = score(
        pd.concat([women, men]),
        [one],
        OWN,
        everyone=AREAS,
        groups={one.id: Group("alla", "", tuple(AREAS))},
        gender="K",
    )
    row = table.iloc[0]
    assert (row["colour"], row["n"]) == ("grey", 39)
    assert math.isnan(row["value"])
    assert row["reason"] == (
        "värdet för 2022 saknas, eller visas inte eftersom det andra könets eller det totala saknas"
    )


# --- shifts ----------------------------------------------------------------------------------


def shifts(years: dict[int, dict[str, float]], scores: pd.DataFrame) -> list[Shift]:
    one = kpi()
    return every_shift(cube(observations(years), kpis=[one.id], areas=AREAS), [one], scores)


def test_a_shift_stands_beside_how_many_others_made_the_same() -> None:
    before = everybody(0.5)  # red: 0.5 and the nine below 10
    after = before | {OWN: 20.5, AREAS[1]: 30.5}  # own and one more leave red
    years = {2021: before, 2022: after}
    (found,) = shifts(years, scored(years).reset_index())
    assert (found.before, found.after, found.better) == ("red", "yellow", True)
    assert (found.value_before, found.value) == (0.5, 20.5)
    assert found.peers == {"red": 8, "yellow": 0, "green": 1}
    assert found.n == 40


def test_no_shift_is_stated_when_only_those_who_report_differ() -> None:
    before = everybody(0.5)
    worse = {area: -float(at) for at, area in enumerate(AREAS[20:], start=1)}
    half = {area: value for area, value in before.items() if area not in worse}
    years = {2021: half, 2022: half | worse}
    scores = scored(years).reset_index()
    assert scores["colour"].tolist() == ["red", "yellow"]
    assert shifts(years, scores) == []


def test_no_shift_is_stated_to_a_preliminary_colour() -> None:
    years = {year: everybody(0.5) for year in (2019, 2020, 2021)} | {2022: everybody(20.5, n=30)}
    scores = scored(years).reset_index()
    assert scores["preliminary"].tolist() == [False, False, False, True]
    assert shifts(years, scores) == []


def test_no_shift_is_stated_from_or_to_grey() -> None:
    years = {2020: everybody(0.5), 2021: everybody(None) | {OWN: math.nan}, 2022: everybody(0.5)}
    scores = scored(years).reset_index()
    assert shifts(years, scores) == []


# --- groups and history ----------------------------------------------------------------------

PLACES = pd.DataFrame(
    {
        "id": ["0000", "0020", "2081", "2083", "2084", "0114"],
        "title": ["Riket", "Region Dalarna", "Borlänge", "Hedemora", "Avesta", "Upplands Väsby"],
        "type": ["L", "L", "K", "K", "K", "K"],
    }
)


def similar_groups(*titles: str) -> pd.DataFrame:
    members = [{"member_id": "2084", "member_title": "Avesta"}]
    return pd.DataFrame(
        {"id": list(titles), "title": list(titles), "members": [members] * len(titles)}
    )


def grouped(kind: str, *titles: str, area: str | None = "grundskola") -> Group:
    return group(
        kind,
        "2083",
        municipalities=PLACES,
        municipality_groups=similar_groups(*titles),
        similar_area=area,
    )


def test_alla_is_every_municipality_and_no_region() -> None:
    assert grouped("alla").members == ("0114", "2081", "2083", "2084")


def test_the_county_is_the_first_two_digits_of_the_code() -> None:
    assert grouped("län").members == ("2081", "2083", "2084")


def test_liknande_is_the_newest_group_of_the_kpis_own_area_with_the_own() -> None:
    found = grouped(
        "liknande",
        "Liknande kommuner grundskola, Hedemora, 2023",
        "Liknande kommuner grundskola, Hedemora, 2024",
        "Liknande kommuner äldreomsorg, Hedemora, 2025",
        "Liknande kommuner grundskola, Avesta, 2025",
    )
    assert found.title == "Liknande kommuner grundskola, Hedemora, 2024"
    assert found.members == ("2083", "2084")


def test_both_ways_that_kolada_writes_the_title_are_read() -> None:
    title = "Liknande kommuner, övergripande, Hedemora, 2025"
    assert grouped("liknande", title, area="övergripande").title == title


def test_without_a_similar_group_the_municipality_stands_alone() -> None:
    assert grouped("liknande", area=None).members == ("2083",)


def test_an_unknown_group_is_named_with_the_cure() -> None:
    cure = r"Okänd jämförelsegrupp 'grannar'\. Välj alla, län, liknande eller kommungrupp\."
    with pytest.raises(UsageError, match=cure):
        grouped("grannar")


def test_history_keeps_every_year_between_the_first_and_the_last() -> None:
    years = {2019: everybody(5.0), 2021: everybody(7.0) | {"0000": 12.5}}
    similar = Group("liknande", "", (OWN, *AREAS[1:5]))
    series = history(observations(years), "N00001", OWN, everyone=AREAS, similar=similar)
    assert series["period"].tolist() == [2019, 2020, 2021]
    assert series["own"].tolist()[::2] == [5.0, 7.0]
    assert series.loc[2, "nation"] == 12.5
    assert series.loc[0, "similar"] == 2.5  # the mean of 1, 2, 3, 4, the own left out
    assert series.loc[1].isna().sum() == 6


def test_a_cube_holds_exactly_the_kpis_and_areas_asked_for() -> None:
    table = observations({2020: {"9001": 1.0, "9002": 2.0, "0000": 3.0}})
    filled = cube(table, kpis=["N00001", "N00002"], areas=["9002", "9001", "9003"])
    assert filled.periods == (2020,)
    assert filled.values[0, :2, 0].tolist() == [2.0, 1.0]
    assert np.isnan(filled.values[1]).all()
