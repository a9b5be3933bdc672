"""Blind spots: the red and the outermost that nobody watches, the same as one KPI at a time."""

from __future__ import annotations

import numpy as np
import pytest
from conftest import Exercise
from hypothesis import strategies as st
from numpy.typing import NDArray
from properties import property_test
from small_land import FIRST, codes_of, kpi, observed

from malstyr_lib import scoring
from malstyr_lib.grounds import basis
from malstyr_lib.model import Kpi
from malstyr_lib.ovning.stories import STORIES
from malstyr_lib.scoring import Group, cube, latest, score
from malstyr_lib.scoring.blind import BLIND_SPOTS, blind_spots
from malstyr_lib.scoring.cube import Cube
from malstyr_lib.store import Snapshot, Store

Floats = NDArray[np.float64]
NAN = float("nan")
AREAS = codes_of(24)
LAST = FIRST + 5


def whole(values: Floats) -> Cube:
    ids = [f"N{at:05d}" for at in range(1, len(values) + 1)]
    return cube(observed(values, ids, AREAS), kpis=ids, areas=AREAS)


def spots(
    values: Floats,
    directions: dict[str, Kpi] | None = None,
    *,
    titles: dict[str, str] | None = None,
    watched: tuple[str, ...] = (),
    year: int = LAST,
) -> list[tuple[str, str]]:
    """The blind spots of the first municipality, as KPI and kind."""
    there = whole(values)
    table = blind_spots(
        there,
        AREAS[0],
        titles=titles or {one: f"Mått {int(one[1:])}, andel (%)" for one in there.kpis},
        directions=directions or {},
        watched=watched,
        year=year,
    )
    assert {name: str(kind) for name, kind in table.dtypes.items()} == BLIND_SPOTS
    return list(zip(table["kpi"], table["kind"], strict=True))


def ladder(own: float) -> Floats:
    """Twenty-four municipalities with 0, 1, 2 … 23 every year, but for the first's own value."""
    values = np.arange(24.0)[:, None] * np.ones(6)
    values[0] = own
    return values[None]


# --- rules ----------------------------------------------------------------------------------------


def test_red_by_direction_and_outermost_without_one() -> None:
    assert spots(ladder(0.5), {"N00001": kpi(1, "högt")}) == [("N00001", "red")]
    assert spots(ladder(0.5), {"N00001": kpi(1, "lågt")}) == []
    assert spots(ladder(0.5), {"N00001": kpi(1, "ingen")}) == [("N00001", "low")]
    assert spots(ladder(0.5)) == [("N00001", "low")]
    assert spots(ladder(99.0)) == [("N00001", "high")]
    assert spots(ladder(12.5)) == []


def test_a_tie_for_the_outermost_place_must_fit_within_the_share_too() -> None:
    """Five per cent of twenty-four is one: two that share the lowest place are one too many."""
    assert spots(ladder(1.0)) == []


def test_what_a_committee_watches_is_left_out() -> None:
    assert spots(ladder(0.5), watched=("N00001",)) == []


@pytest.mark.parametrize(
    ("live", "found"),
    [
        ("Mått 1, andel (%)", ["red"]),
        ("Mått  1,  andel (%)", ["red"]),
        ("Mått 1, andel (promille)", []),
        ("Mått 1, andel (%) (-2020)", []),
        ("", []),
    ],
)
def test_a_title_that_is_not_the_pinned_one_is_not_judged(live: str, found: list[str]) -> None:
    said = spots(ladder(0.5), {"N00001": kpi(1)}, titles={"N00001": live})
    assert [kind for _, kind in said] == found


def test_what_is_too_old_ended_or_barely_reported_is_not_judged() -> None:
    assert spots(ladder(0.5), year=LAST + 3) == [("N00001", "low")]
    assert spots(ladder(0.5), year=LAST + 4) == []
    ended = {"N00001": f"Mått (-{LAST})"}
    assert spots(ladder(0.5), titles=ended) == [("N00001", "low")]
    assert spots(ladder(0.5), titles=ended, year=LAST + 1) == []
    few = ladder(0.5)
    few[0, 11:, -1] = NAN  # eleven of twenty-four
    assert spots(few) == []
    few[0, 0, -1] = NAN  # and not the own: the year before counts
    assert spots(few) == [("N00001", "low")]


def test_a_preliminary_place_is_said_to_be_so() -> None:
    some = ladder(0.5)
    some[0, 18:, -1] = NAN  # eighteen of twenty-four
    table = blind_spots(
        whole(some),
        AREAS[0],
        titles={"N00001": "Mått 1, andel (%)"},
        directions={"N00001": kpi(1)},
        watched=(),
        year=LAST,
    )
    (row,) = table.to_dict("records")
    assert row["preliminary"]
    assert row["reason"] == ("17 av 18 har bättre värde; preliminärt, färre än vanligt har värde")


def test_no_years_or_no_kpis_give_no_spots_and_no_fault() -> None:
    assert spots(ladder(0.5), year=1800) == []
    assert spots(np.full((1, 24, 6), NAN)) == []
    assert spots(np.empty((0, 24, 6))) == []


# --- beside a slow reader -------------------------------------------------------------------------


@st.composite
def lands(draw: st.DrawFn) -> Floats:
    """One to three KPIs of twenty-four municipalities, the own often far out; some have no value.

    The newest year has often been reported by fewer, and sometimes not by the own.
    """
    chance = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    values = chance.integers(-12, 13, (draw(st.integers(1, 3)), 24, 6)) / 1.0
    values[:, 0] = draw(st.sampled_from([-14, 14, 13, -13, -12, 12, 9, -9, 3]))
    values[chance.random(values.shape) < draw(st.sampled_from([0.0, 0.02, 0.1]))] = NAN
    for cells in values:
        cells[draw(st.sampled_from([24, 24, 24, 20, 19, 18, 12, 11, 3])) :, -1] = NAN
        cells[0, 6 - draw(st.sampled_from([0, 0, 0, 1, 2])) :] = NAN
    return values


ways = st.lists(st.sampled_from(["högt", "lågt", "mål", "ingen", ""]), min_size=3, max_size=3)
endings = st.lists(
    st.sampled_from([*[""] * 6, f" (-{LAST - 1})", f" (-{LAST})", "!"]), min_size=3, max_size=3
)


def of_the_registry(given: list[str]) -> dict[str, Kpi]:
    return {
        f"N{at:05d}": kpi(at, way, **({"mål": 1.0} if way == "mål" else {}))
        for at, way in enumerate(given, 1)
        if way
    }


def read_slowly(
    values: Floats, registry: dict[str, Kpi], titles: dict[str, str], year: int
) -> set[tuple[str, str]]:
    """The same by `score` and `latest`, KPI by KPI, and by counting who is beyond."""
    found = set()
    everyone = Group("alla", "alla", tuple(AREAS))
    for cells, one in zip(values, titles, strict=True):
        known = registry.get(one) or Kpi.model_validate(
            {"id": one, "rubrik": titles[one], "riktning": "ingen"}
        )
        way = known.direction
        judged = known.model_copy(update={"direction": "högt"}) if way == "ingen" else known
        rows = score(
            observed(cells[None], [one], AREAS),
            [judged],
            AREAS[0],
            everyone=AREAS,
            groups={one: everyone},
            titles=titles,
        )
        for row in latest(rows, year, [judged]).to_dict("records"):
            if row["colour"] == "grey":
                continue
            if way != "ingen":
                found |= {(one, "red")} if row["colour"] == "red" else set()
                continue
            column = cells[:, row["period"] - FIRST]
            amount = int((~np.isnan(column)).sum())
            for kind, beyond in (("high", column >= column[0]), ("low", column <= column[0])):
                found |= {(one, kind)} if beyond.sum() <= int(0.05 * amount) else set()
    return found


@property_test(
    lands(),
    ways,
    endings,
    st.sampled_from([LAST - 1, *[LAST] * 5, LAST + 1, LAST + 3, LAST + 5]),
)
def test_blind_spots_are_those_that_a_slow_reader_finds(
    values: Floats, given: list[str], ends: list[str], year: int
) -> None:
    ids = [f"N{at:05d}" for at in range(1, len(values) + 1)]
    titles = {
        one: f"Mått {int(one[1:])}, andel (%){end}" for one, end in zip(ids, ends, strict=False)
    }
    registry = of_the_registry(given[: len(values)])
    expected = read_slowly(values, registry, titles, year)
    assert set(spots(values, registry, titles=titles, year=year)) == expected


# --- the exercise world ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def small(exercise: Exercise, tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """A snapshot of the exercise world with the planted KPIs and some without direction."""
    whole = Store(exercise.place.store).open()
    more = ["N01452", "N01453", "N01951", "N30001"]
    chosen = [*dict.fromkeys([story.kpi for story in STORIES] + more)]
    store = Store(tmp_path_factory.mktemp("blint") / "lager")
    store.write(
        whole.values(chosen),
        kpis=whole.kpis,
        municipalities=whole.municipalities,
        municipality_groups=whole.municipality_groups,
        base_url=whole.base_url,
        fetched=whole.fetched,
    )
    return store.open()


def test_the_planted_greens_are_never_blind_and_the_planted_reds_are_when_nobody_watches(
    exercise: Exercise, small: Snapshot
) -> None:
    unwatched = exercise.model.model_copy(update={"committees": ()})
    table = basis.blind(unwatched, small, year=2025)
    kinds = dict(zip(table["kpi"], table["kind"], strict=True))
    assert not {story.kpi for story in STORIES if story.kind == "green"} & set(kinds)
    assert kinds["N31816"] == kinds["N85054"] == kinds["U21468"] == "red"
    assert "N01453" not in kinds  # a margin of error is no measure of its own
    assert "U21401" not in kinds  # ended
    watching = basis.blind(exercise.model, small, year=2025)
    focus = {one for each in exercise.model.committees for one in each.kpis}
    assert not focus & set(watching["kpi"])


def test_reds_come_first_and_the_farthest_of_each_kind_first(
    exercise: Exercise, small: Snapshot
) -> None:
    unwatched = exercise.model.model_copy(update={"committees": ()})
    table = basis.blind(unwatched, small, year=2025)
    red = table["kind"] == "red"
    assert red.tolist() == sorted(red, reverse=True)
    for part in (table[red], table[~red]):
        far = part["gap_iqr"].dropna()
        assert far.tolist() == sorted(far, reverse=True)


def test_a_few_at_a_time_finds_the_same(
    exercise: Exercise, small: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    unwatched = exercise.model.model_copy(update={"committees": ()})
    told: list[tuple[int, int]] = []
    at_once = basis.blind(unwatched, small, year=2025)
    monkeypatch.setattr(basis, "AT_A_TIME", 5)
    parts = basis.blind(
        unwatched, small, year=2025, on_part=lambda done, total: told.append((done, total))
    )
    assert parts.equals(at_once)
    assert told == [(5, 15), (10, 15), (15, 15)]  # sixteen, of which one is a margin


def test_the_snapshot_is_read_as_the_plain_values_would_be(small: Snapshot) -> None:
    kpis = sorted(small.manifest["values"])
    everyone = sorted(set(small.values("N31816")["municipality"]))
    one, other = (
        scoring.cube(rows, kpis=kpis, areas=everyone)
        for rows in (small.values(kpis), small.coded_values(kpis))
    )
    assert np.array_equal(one.values, other.values, equal_nan=True)
    assert one.periods == other.periods
