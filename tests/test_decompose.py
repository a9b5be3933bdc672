"""Why a colour turned: the parts against all 24 orders, and the margins against the colours."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import astuple, dataclass, replace
from decimal import Decimal
from random import Random
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import strategies as st
from properties import property_test

from malstyr_lib.errors import UsageError
from malstyr_lib.scoring import colours
from malstyr_lib.scoring.decompose import PARTS, Border, Decomposition, decompose_shift
from malstyr_lib.scoring.distance import distance
from malstyr_lib.scoring.phrases import made_words, parts_words
from malstyr_lib.scoring.shift import Shift

OWN = "2083"
OTHERS = [f"{number:04}" for number in range(101, 111)]
SURE = OTHERS[:4]
"""Those who have a value and are compared every year, so that there is always a colour."""
NOISE = 1e-9

Values = dict[str, float]


@dataclass(frozen=True)
class Case:
    """All that a shift is decomposed from."""

    before: Values
    after: Values
    direction: str = "högt"
    border: Border = "red"
    members_before: frozenset[str] | None = None
    members_after: frozenset[str] | None = None
    published: Values | None = None

    def decomposed(self, **changes: Any) -> Decomposition:
        asked: dict[str, Any] = {
            "border": self.border,
            "members_before": self.members_before,
            "members_after": self.members_after,
            "published": self.published,
            "target": 0.6 if self.direction == "mål" else None,
        }
        return decompose_shift(self.before, self.after, OWN, self.direction, **asked | changes)


def a_value(chance: Random) -> float:
    """A tenth of few, so that there are ties, or with floating noise: 0.3 and 3 · 0.1."""
    n = chance.randint(-3, 12)
    return chance.choice([n / 10, n * 0.1])


def a_year(chance: Random) -> Values:
    areas = [OWN, *SURE, *chance.sample(OTHERS[4:], chance.randint(0, 6))]
    return {area: a_value(chance) for area in areas}


def a_group(chance: Random) -> frozenset[str] | None:
    some = frozenset([*SURE, *chance.sample(OTHERS[4:], chance.randint(0, 6))])
    return chance.choice([None, some])


def a_case(seed: int) -> Case:
    """Two years that nothing is revised in; drawn by seed, since ten thousand are drawn."""
    chance = Random(seed)
    return Case(
        a_year(chance),
        a_year(chance),
        chance.choice(["högt", "lågt", "mål"]),
        chance.choice(["red", "green"]),
        a_group(chance),
        a_group(chance),
    )


SEED = st.integers(0, 2**64)
CASES = SEED.map(lambda seed: replace(a_case(seed), published=a_year(Random(seed + 1))))
UNREVISED = SEED.map(a_case)


def goodness(value: float, direction: str) -> float:
    value = float(f"{value:.8e}")
    turned = {"högt": value, "lågt": -value, "mål": -abs(value - 0.6)}[direction]
    return float(f"{turned:.8e}")


def slow_margin(case: Case, parts: frozenset[str]) -> float:
    """The distance to the border with some parts as they became, counted in loops."""
    start = case.before if "revision" in parts or case.published is None else case.published
    values = case.after if "others" in parts else start
    spare = start if "others" in parts else case.after
    own = (case.after if "own" in parts else start)[OWN]
    told, members = (
        (case.after, case.members_after) if "members" in parts else (start, case.members_before)
    )
    who = [area for area in told if area != OWN and (members is None or area in members)]
    good = [goodness(values.get(area, spare.get(area, math.nan)), case.direction) for area in who]
    n = len(good) + 1
    if case.border == "red":
        enough = [one for one in good if 4 * sum(other > one for other in good) < 3 * n]
    else:
        enough = [one for one in good if 4 * sum(other <= one for other in good) >= 3 * n]
    return goodness(own, case.direction) - min(enough)


def mean_over_orders(case: Case) -> dict[str, float]:
    """Each part's contribution in every one of the 24 orders, and the mean of them."""
    total = dict.fromkeys(PARTS, 0.0)
    for order in itertools.permutations(PARTS):
        for at, part in enumerate(order):
            sooner = frozenset(order[:at])
            total[part] += slow_margin(case, sooner | {part}) - slow_margin(case, sooner)
    return {part: amount / 24 for part, amount in total.items()}


def parts_of(found: Decomposition) -> tuple[float, float, float, float]:
    return found.own, found.others, found.members, found.revision


# --- what any decomposition keeps ----------------------------------------------------------------


@property_test(CASES)
def test_the_parts_are_the_mean_over_all_orders_and_sum_to_the_whole(case: Case) -> None:
    found = case.decomposed()
    assert found.before == pytest.approx(slow_margin(case, frozenset()), abs=NOISE)
    assert found.after == pytest.approx(slow_margin(case, frozenset(PARTS)), abs=NOISE)
    assert parts_of(found) == pytest.approx(tuple(mean_over_orders(case).values()), abs=NOISE)
    assert sum(parts_of(found)) == pytest.approx(found.total, abs=NOISE)


def colour(case: Case, values: Mapping[str, float], members: frozenset[str] | None) -> str:
    """The own colour among those compared in one year."""
    among = [area for area in values if area != OWN and (members is None or area in members)]
    told = [values[area] for area in (OWN, *among)]
    return colours(told, case.direction, target=0.6 if case.direction == "mål" else None)[0]


@property_test(CASES)
def test_the_sign_of_the_distance_is_the_colour(case: Case) -> None:
    first = case.before if case.published is None else case.published
    sooner = colour(case, first, case.members_before)
    later = colour(case, case.after, case.members_after)
    red, green = case.decomposed(border="red"), case.decomposed(border="green")
    assert (red.before >= 0, red.after >= 0) == (sooner != "red", later != "red")
    assert (green.before > 0, green.after > 0) == (sooner == "green", later == "green")


@property_test(UNREVISED)
def test_the_distance_of_a_red_is_its_gap_to_yellow(case: Case) -> None:
    if colour(case, case.before, case.members_before) != "red":
        return
    group = case.members_before or set(case.before)
    others = [value for area, value in case.before.items() if area in group - {OWN}]
    good = [goodness(value, case.direction) for value in (case.before[OWN], *others)]
    gap = distance(np.array(good)).to_yellow[0]
    assert case.decomposed(border="red").before == pytest.approx(-gap, abs=NOISE)


@property_test(UNREVISED)
def test_swapped_years_change_the_sign_of_every_part(case: Case) -> None:
    back = replace(
        case,
        before=case.after,
        after=case.before,
        members_before=case.members_after,
        members_after=case.members_before,
    ).decomposed()
    found = case.decomposed()
    assert (back.before, back.after) == pytest.approx((found.after, found.before), abs=NOISE)
    assert parts_of(back) == pytest.approx([-part for part in parts_of(found)], abs=NOISE)


@property_test(CASES)
def test_an_own_value_that_is_the_same_is_no_part_of_it(case: Case) -> None:
    own = case.before[OWN]
    published = None if case.published is None else case.published | {OWN: own}
    still = replace(case, after=case.after | {OWN: own}, published=published)
    assert still.decomposed().own == pytest.approx(0.0, abs=NOISE)


@property_test(UNREVISED)
def test_when_only_the_own_value_changes_it_is_everything(case: Case) -> None:
    value, year = case.after[OWN], case.before
    moved = replace(case, after=year | {OWN: value}, members_after=case.members_before)
    found = moved.decomposed()
    assert parts_of(found) == pytest.approx((found.total, 0, 0, 0), abs=NOISE)
    expected = goodness(value, case.direction) - goodness(year[OWN], case.direction)
    assert found.own == pytest.approx(expected, abs=NOISE)


@property_test(UNREVISED)
def test_the_same_members_and_no_revision_are_no_parts_of_it(case: Case) -> None:
    same = {area: case.after[area] for area in case.before if area in case.after}
    before = {area: case.before[area] for area in same}
    still = replace(case, before=before, after=same, members_after=case.members_before)
    found = still.decomposed()
    assert (found.members, found.revision) == pytest.approx((0, 0), abs=NOISE)
    assert found.own + found.others == pytest.approx(found.total, abs=NOISE)


@property_test(CASES)
def test_without_revision_the_revised_part_is_nothing(case: Case) -> None:
    found, told = replace(case, published=None).decomposed(), case.before
    assert found.revision == pytest.approx(0.0, abs=NOISE)
    assert case.decomposed(published=told) == found


@property_test(CASES)
def test_the_end_is_the_same_however_the_start_was_revised(case: Case) -> None:
    assert case.published is not None
    still = replace(case, after=case.before, members_after=case.members_before)
    found, unrevised = still.decomposed(), replace(still, published=None).decomposed()
    assert found.after == pytest.approx(unrevised.before, abs=NOISE)
    assert parts_of(unrevised) == pytest.approx((0, 0, 0, 0), abs=NOISE)


@property_test(CASES)
def test_negated_values_and_the_other_direction_are_the_same(case: Case) -> None:
    other = {"högt": "lågt", "lågt": "högt", "mål": "mål"}[case.direction]
    turned = replace(
        case,
        before={area: -value for area, value in case.before.items()},
        after={area: -value for area, value in case.after.items()},
        published=case.published and {area: -value for area, value in case.published.items()},
        direction=other,
    )
    target = -0.6 if other == "mål" else None
    assert turned.decomposed(target=target) == case.decomposed()


@property_test(CASES, st.sampled_from([0.01, 7.0, 1000.0]))
def test_another_unit_scales_every_part(case: Case, unit: float) -> None:
    scaled = replace(
        case,
        before={area: value * unit for area, value in case.before.items()},
        after={area: value * unit for area, value in case.after.items()},
        published=case.published and {area: v * unit for area, v in case.published.items()},
    )
    target = 0.6 * unit if case.direction == "mål" else None
    expected = [figure * unit for figure in astuple(case.decomposed())]
    assert astuple(scaled.decomposed(target=target)) == pytest.approx(expected, abs=1e-7 * unit)


@property_test(CASES, st.randoms(use_true_random=False))
def test_order_and_members_without_a_value_change_nothing(case: Case, random: object) -> None:
    def mixed(values: Values) -> pd.Series:
        pairs = list(values.items())
        random.shuffle(pairs)  # type: ignore[attr-defined]
        return pd.Series({**dict(pairs), "0999": math.nan})

    found = decompose_shift(
        mixed(case.before),
        mixed(case.after),
        OWN,
        case.direction,
        target=0.6 if case.direction == "mål" else None,
        border=case.border,
        members_before=case.members_before and [*case.members_before, "0998", "0999"],
        members_after=case.members_after and [*case.members_after, OWN],
        published=None if case.published is None else mixed(case.published),
    )
    assert found == case.decomposed()


# --- by hand -------------------------------------------------------------------------------------

YEAR_ONE = {OWN: 1.0, "0101": 2.0, "0102": 3.0, "0103": 4.0}


def test_four_municipalities_counted_by_hand() -> None:
    """With three others, the border to leave red is the worst of them: 2 and then 3."""
    after = {OWN: 4.0, "0101": 3.0, "0102": 3.0, "0103": 9.0}
    found = decompose_shift(YEAR_ONE, after, OWN, "högt")
    assert astuple(found) == pytest.approx((-1, 1, 3, -1, 0, 0))
    green = decompose_shift(YEAR_ONE, after, OWN, "högt", border="green")  # the best: 4, then 9
    assert astuple(green) == pytest.approx((-3, -5, 3, -5, 0, 0))


def test_one_who_is_compared_no_more_is_a_change_of_members() -> None:
    """0101 is gone: the border is then the worst of 3, 4 and 5."""
    before = YEAR_ONE | {"0104": 5.0, "0105": 6.0}
    after = {area: value for area, value in before.items() if area != "0101"}
    found = decompose_shift(before, after, OWN, "högt")
    assert found == Decomposition(before=-1, after=-2, own=0, others=0, members=-1, revision=0)


def test_a_revised_own_value_is_a_revision_and_no_work_of_ours() -> None:
    found = decompose_shift(YEAR_ONE | {OWN: 2.5}, YEAR_ONE | {OWN: 2.5}, OWN, "högt",
                            published=YEAR_ONE)  # fmt: skip
    assert found.total == 1.5
    assert found.own + found.revision == 1.5


def test_noise_is_neither_red_nor_green() -> None:
    noisy = {OWN: 0.3, "0101": 0.1 + 0.2, "0102": 0.1 + 0.2, "0103": 0.1 + 0.2}
    assert decompose_shift(noisy, noisy, OWN, "högt").before == 0
    assert decompose_shift(noisy, noisy, OWN, "lågt", border="green").before == 0


@pytest.mark.parametrize("told", [iter, list, set, pd.Index])
def test_members_may_be_told_in_any_way(told: Callable[[list[str]], Any]) -> None:
    group = ["0101", "0102", "0103"]
    found = decompose_shift(
        YEAR_ONE, YEAR_ONE, OWN, "högt", members_before=told(group), members_after=told(group)
    )
    assert found == Decomposition(before=-1, after=-1, own=0, others=0, members=0, revision=0)


def test_nothing_that_is_given_is_changed() -> None:
    before, after = dict(YEAR_ONE), pd.Series(YEAR_ONE)
    decompose_shift(before, after, OWN, "lågt", published=YEAR_ONE)
    assert before == YEAR_ONE
    assert dict(after) == YEAR_ONE


@pytest.mark.parametrize(
    "values", [{OWN: math.nan}, {"0101": math.nan}], ids=["no own value", "three compared"]
)
@pytest.mark.parametrize("which", ["before", "after", "published"])
def test_without_a_colour_in_a_year_there_is_nothing_to_explain(which: str, values: Values) -> None:
    years = {"before": YEAR_ONE, "after": YEAR_ONE, "published": YEAR_ONE}
    years[which] = YEAR_ONE | values
    match = "saknar värde" if OWN in values else "Färre än fyra kommuner"
    with pytest.raises(UsageError, match=match):
        decompose_shift(years["before"], years["after"], OWN, "högt", published=years["published"])


def test_without_direction_or_with_a_small_group_there_is_no_colour_to_explain() -> None:
    with pytest.raises(UsageError, match="eller så saknas riktning"):
        decompose_shift(YEAR_ONE, YEAR_ONE, OWN, "ingen")
    with pytest.raises(UsageError, match="Färre än fyra kommuner"):
        decompose_shift(YEAR_ONE, YEAR_ONE, OWN, "högt", members_after=["0101", "0102"])


# --- in words ------------------------------------------------------------------------------------

AMOUNT = re.compile(r"(\d+(?:,\d+)?) (bättre|sämre)")


def told_amounts(words: str) -> list[Decimal]:
    """The whole and then its parts as a sentence says them, worse below nothing."""
    return [
        Decimal(number.replace(",", ".")) * (1 if way == "bättre" else -1)
        for number, way in AMOUNT.findall(words)
    ]


def turn(found: Decomposition) -> Shift:
    return Shift("N00001", 2021, 1.0, "red", 2022, 2.0, "yellow", parts=found)


PART = st.one_of(st.just(0.0), st.floats(-20, 20), st.floats(-0.2, 0.2))


@property_test(st.tuples(PART, PART, PART, PART), st.sampled_from([0, 1, 2]))
def test_the_parts_as_they_are_read_sum_to_the_whole_or_are_said_to_be_about_it(
    parts: tuple[float, ...], decimals: int
) -> None:
    one = turn(Decomposition(0.0, sum(parts), *parts))
    for words in (made_words(one, decimals), *parts_words(one, decimals)):
        whole, *told = told_amounts(words) or [Decimal(0)]
        if "oförändrat" in words:
            whole, told = Decimal(0), told_amounts(words)
        assert 0 not in told
        assert all(-number.as_tuple().exponent <= decimals + 1 for number in [whole, *told])  # type: ignore[operator]
        if told and "ungefär" not in words and "nästan" not in words:
            assert sum(told) == whole


def test_parts_that_sum_only_with_four_decimals_are_told_with_the_figures_own() -> None:
    found = Decomposition(0.0, -7.8108, -8.1353, 0.4548, -0.1303, 0.0)
    assert made_words(turn(found), 1) == (
        "läget mot den röda gränsen blev ungefär 7,8 sämre: det egna värdet gjorde det 8,1"
        " sämre, men de andras värden gjorde det 0,5 bättre, och vilka som jämförs gjorde det 0,1"
        " sämre"
    )


def test_a_part_that_would_be_read_as_nothing_is_not_told() -> None:
    found = Decomposition(0.0, 0.014, 0.009, 0.004, 0.001, 0.0)
    assert made_words(turn(found), 0) == "läget mot den röda gränsen är nästan oförändrat"
    assert made_words(turn(found), 1) == (
        "läget mot den röda gränsen blev ungefär 0,01 bättre, mest genom eget värde"
    )
