"""What is said of a municipality's KPIs: figures, reasons in plain Swedish, and nothing hidden."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from conftest import Exercise
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from properties import heavy_property_test, property_test
from small_land import FIRST, codes_of, evidence, kpi, observed

from malstyr_lib.grounds.basis import evidence_of
from malstyr_lib.ovning.stories import STORIES
from malstyr_lib.scoring import findings, overall, sureness
from malstyr_lib.scoring.breaks import Break
from malstyr_lib.scoring.decompose import decompose_shift
from malstyr_lib.scoring.evidence import Evidence
from malstyr_lib.store import Snapshot, Store

Floats = NDArray[np.float64]
NAN = float("nan")

EVERY: dict[str, Callable[[Evidence], pd.DataFrame]] = {
    "trends": findings.trends,
    "mobility": findings.mobility,
    "shifts": findings.shifts,
    "moves": findings.moves,
    "changes": findings.changes,
    "times": findings.times,
    "agreements": sureness.agreements,
    "certainties": sureness.certainties,
    "breaks": findings.breaks,
    "usual": findings.usual,
    "expected": overall.expected,
}


@pytest.fixture(scope="module")
def snapshot(exercise: Exercise) -> Snapshot:
    return Store(exercise.place.store).open()


@pytest.fixture(scope="module")
def everything(exercise: Exercise, snapshot: Snapshot) -> Evidence:
    """The evidence of the committees' KPIs in the exercise world, and of the planted ones."""
    focus = [one for each in exercise.model.committees for one in each.kpis]
    planted = [story.kpi for story in STORIES]
    return evidence_of(exercise.model, snapshot, list(dict.fromkeys([*focus, *planted])))


def only(table: pd.DataFrame, kpi_id: str, **wanted: int) -> dict[str, Any]:
    """The one row of a KPI (in a year)."""
    rows = table[table["kpi"] == kpi_id]
    for name, value in wanted.items():
        rows = rows[rows[name] == value]
    (row,) = rows.to_dict("records")
    return {str(name): value for name, value in row.items()}


# --- the planted truths come out -----------------------------------------------------------------


def test_own_effort_is_told_as_the_own_value(everything: Evidence) -> None:
    moved = only(findings.moves(everything, (2021, 2025)), "N15428")
    assert (moved["before"], moved["after"]) == ("red", "green")
    assert moved["own"] > 0.9 * moved["total"] > 0
    assert abs(moved["own"]) > 5 * abs(moved["others"])
    shifts = findings.shifts(everything)
    for year in (2023, 2025):
        row = only(shifts, "N15428", period=year)
        assert row["own"] > 5 * abs(row["others"])
        assert re.search(r"bättre: [\d,]+ bättre genom eget värde", row["reason"])


def test_when_the_others_fell_the_own_part_is_nothing(everything: Evidence) -> None:
    row = only(findings.shifts(everything), "N00090", period=2023)
    assert (row["before"], row["after"], row["own"]) == ("red", "yellow", 0.0)
    assert row["others"] == pytest.approx(row["total"])
    assert "eget värde" not in row["reason"]
    assert "0,5 bättre genom de andras värden" in row["reason"]
    moved = only(findings.moves(everything, (2022, 2025)), "N00090")
    assert moved["own"] == 0.0
    assert moved["others"] > 0.9 * moved["total"]


def test_a_shift_by_chance_is_said_not_to_have_lasted(everything: Evidence) -> None:
    row = only(findings.shifts(everything), "U21468", period=2023)
    assert (row["before"], row["after"], row["lasted"]) == ("red", "yellow", False)
    assert row["reason"].endswith("höll inte i sig: röd igen 2024")


@pytest.mark.parametrize("kpi_id", ["N31816", "N85054"])
def test_slow_and_immobile_measures_are_graded_slow_and_get_no_test(
    everything: Evidence, kpi_id: str
) -> None:
    assert only(findings.mobility(everything), kpi_id)["grade"] == "trögrörlig"
    row = only(findings.trends(everything), kpi_id)
    assert (row["verdict"], row["judgement"]) == ("slow", "")
    assert np.isnan(row["p_value"])
    shifts = findings.shifts(everything)
    assert shifts[(shifts["kpi"] == kpi_id) & (shifts["period"] > 2015)].empty


def test_what_does_not_move_has_no_slope_and_no_change(everything: Evidence) -> None:
    assert only(findings.trends(everything), "N85054")["slope_per_year"] == 0.0
    change = only(findings.changes(everything), "N85054")
    assert change["change"] == 0.0
    assert "andra är också oförändrade" in change["reason"]
    moved = only(findings.moves(everything), "N85054")
    assert moved["reason"] == (
        "lika långt från gränsen och fortfarande röd, från 0,6 (2021) till 0,6 (2025);"
        " läget mot den röda gränsen är oförändrat"
    )


@pytest.mark.parametrize("kpi_id", ["N00670", "N15814", "N21608", "N00973", "U07414"])
def test_the_greens_are_green_and_in_no_comparison_with_all_red(
    everything: Evidence, kpi_id: str
) -> None:
    assert only(everything.now, kpi_id)["colour"] == "green"
    assert only(sureness.agreements(everything), kpi_id)["alla"] == "green"
    assert only(sureness.certainties(everything), kpi_id)["colour"] == "green"


def test_the_ended_series_is_grey_and_counts_neither_as_red_nor_as_turned(
    exercise: Exercise, snapshot: Snapshot
) -> None:
    alone = evidence_of(exercise.model, snapshot, ["U21401"], year=2025)
    assert only(alone.now, "U21401")["reason"] == "serien upphörde 2024"
    assert overall.expected(alone)[["amount", "of"]].to_numpy().tolist() == [[0, 0]] * 3
    then = evidence_of(exercise.model, snapshot, ["U21401"], year=2020)
    table = overall.expected(then).set_index("what")
    assert table.loc["lämnade rött", ["amount", "of"]].tolist() == [1, 1]
    assert table.loc["lämnade rött", "reason"].startswith("av 1 rött lämnade 1 rött; ")


def test_nothing_is_stated_across_the_new_definition_of_the_exercise_world(
    everything: Evidence,
) -> None:
    shifts, moves = findings.shifts(everything), findings.moves(everything)
    broken = shifts[(shifts["kpi"] == "U07453") & (shifts["period"] >= 2024)]
    assert (broken["period_before"] >= 2024).all()
    assert only(moves, "U07453")["period_before"] == 2024
    across = findings.moves(everything, (2021, 2025))
    assert "U07453" not in set(across["kpi"])
    assert only(findings.trends(everything), "U07453")["reason"] == (
        "för få år för en trend: 2 av minst 5 sedan serien bröts 2024"
    )


# --- breaks ---------------------------------------------------------------------------------------

HIGH = np.arange(12.0)[:, None] * np.ones(6)


def turning(*own: float) -> Floats:
    """One KPI of twelve municipalities that stand still but for the own."""
    values = HIGH.copy()[:, : len(own)]
    values[0] = own
    return values[None]


def broken(period: int | None) -> Break:
    return Break("N00001", period, "unit", "enheten ändrades")


def test_no_shift_is_stated_across_a_break() -> None:
    e = evidence(turning(0.5, 0.5, 6.5, 6.5), [kpi(1)])
    assert findings.shifts(e)["period"].tolist() == [2018]
    parted = replace(e, changed=(broken(2018),))
    assert findings.shifts(parted).empty
    assert findings.moves(parted, (2016, 2019)).empty
    assert overall.expected(parted)["of"].tolist() == [1, 0, 1]
    assert overall.expected(replace(e, year=2018, changed=(broken(2018),)))["of"].tolist()[1] == 0


def test_whether_a_shift_lasted_is_not_read_across_a_break() -> None:
    e = evidence(turning(0.5, 6.5, 0.5, 0.5), [kpi(1)])
    assert findings.shifts(e)["lasted"].tolist() == [False, True]
    (row,) = findings.shifts(replace(e, changed=(broken(2018),))).to_dict("records")
    assert (row["period"], row["lasted"]) == (2017, None)
    assert "höll" not in row["reason"]


def test_a_break_without_a_year_parts_nothing() -> None:
    e = evidence(turning(0.5, 0.5, 6.5, 6.5), [kpi(1)], changed=(broken(None),))
    assert findings.shifts(e)["period"].tolist() == [2018]
    assert e.points("N00001") == [2016, 2017, 2018, 2019]


def test_four_years_back_stops_at_a_break() -> None:
    e = evidence(turning(0.5, 0.5, 6.5, 6.5, 6.5, 6.5), [kpi(1)], changed=(broken(2018),))
    (row,) = findings.moves(e).to_dict("records")
    assert (row["period_before"], row["period"]) == (2018, 2021)


def test_a_change_across_a_break_is_said_not_to_be_comparable() -> None:
    e = evidence(turning(1.0, 2.0, 3.0), [kpi(1)], changed=(broken(2018),))
    (row,) = findings.changes(e).to_dict("records")
    assert row["reason"] == "åren kan inte jämföras: enheten ändrades"


@pytest.mark.parametrize(
    ("margin", "persons", "said"),
    [
        (NAN, 20, "ryms i osäkerheten efter antalet personer"),
        (NAN, 20_000, ""),
        (20.0, 20_000, "ryms i felmarginalen"),
        (0.1, 20, ""),
    ],
)
def test_a_change_that_may_be_chance_says_what_holds_it(
    margin: float, persons: int, said: str
) -> None:
    """Kolada's own margin of error is asked before the number of persons, and both are named."""
    one = kpi(1, underlag="N00009")
    rows = [
        observed(turning(40.0, 60.0), [one.id], codes_of(12)),
        observed([[[margin, margin]], [[persons, persons]]], ["N00008", "N00009"], codes_of(1)),
    ]
    given = {"observations": pd.concat(rows), "margin_of": {one.id: "N00008"}}
    (row,) = findings.changes(evidence(turning(40.0, 60.0), [one], **given)).to_dict("records")
    last = row["reason"].rpartition("; ")[2]
    assert (last == said) if said else ("ryms" not in last)
    assert row["within_margin"] is bool(said)
    assert row["margin_from"] == ("antal" if np.isnan(margin) else "Kolada")


def test_a_break_after_the_newest_own_value_is_not_said_to_have_cut_the_series() -> None:
    e = evidence(turning(1.0, 2.0, 3.0, 4.0, NAN, NAN), [kpi(1)], changed=(broken(2020),))
    (row,) = findings.trends(e).to_dict("records")
    assert row["reason"] == "för få år för en trend: 4 av minst 5"


# --- what a row may be made of --------------------------------------------------------------------


def test_a_year_without_a_colour_is_not_compared_with() -> None:
    values = np.arange(20.0)[:, None] * np.ones(6)
    values[0] = 0.5
    values[8:, -1] = NAN  # eight of twenty have reported: grey
    e = evidence(values[None], [kpi(1)])
    assert only(e.now, "N00001")["colour"] == "grey"
    assert findings.moves(e).empty


def test_the_parts_are_of_the_border_that_the_reason_names() -> None:
    both = [5.0, 4.0, 6.0, 7.0]
    values = np.array([[one, one] for one in both] + [[8.0, NAN]] * 4)
    (row,) = findings.moves(evidence(values[None], [kpi(1)]), (2016, 2017)).to_dict("records")
    assert (row["before"], row["after"]) == ("yellow", "yellow")
    assert "läget mot den gröna gränsen" in row["reason"]
    areas = codes_of(8)
    before, after = (dict(zip(areas, column, strict=True)) for column in values.T)
    expected = decompose_shift(before, after, areas[0], "högt", border="green")
    assert row["total"] == pytest.approx(expected.total)


def test_when_the_own_value_was_not_told_at_first_nothing_is_said_of_the_distance() -> None:
    values = turning(0.5, 0.6)
    first = values.copy()
    first[0, 0] = NAN
    told = observed(first, ["N00001"], codes_of(12))
    (row,) = findings.moves(evidence(values, [kpi(1)], published=told), (2016, 2017)).to_dict(
        "records"
    )
    assert np.isnan(row["total"])
    assert row["reason"] == "fortfarande röd, från 0,5 (2016) till 0,6 (2017)"


@pytest.mark.parametrize(
    ("own", "said"),
    [
        ((0.5, 0.6), "bättre men fortfarande röd"),
        ((0.6, 0.5), "sämre och fortfarande röd"),
        ((5.5, 6.5), "bättre men fortfarande gul"),
        ((6.5, 5.5), "sämre men fortfarande gul"),
        ((11.5, 12.5), "bättre och fortfarande grön"),
        ((12.5, 11.5), "sämre men fortfarande grön"),
        ((5.5, 5.5), "lika långt från gränsen och fortfarande gul"),
    ],
)
def test_the_same_colour_is_said_with_which_way_it_went(
    own: tuple[float, float], said: str
) -> None:
    (row,) = findings.moves(evidence(turning(*own), [kpi(1)]), (2016, 2017)).to_dict("records")
    assert row["reason"].startswith(f"{said}, från ")


def test_a_turn_is_counted_among_those_with_a_value_in_both_years() -> None:
    """The own value stands still; only who has reported differs, so nobody has turned."""
    both = [5.0, 4.0, 6.0, 7.0]
    values = np.array([[one, one] for one in both] + [[NAN, 8.0]] * 4)
    e = evidence(values[None], [kpi(1)])
    assert e.scores["colour"].tolist() == ["yellow", "red"]
    assert findings.shifts(e).empty
    assert overall.expected(e)["amount"].tolist() == [1, 0, 0]


def test_a_measure_without_direction_is_said_to_have_none() -> None:
    e = evidence(turning(1, 2, 3, 4, 5), [kpi(1, "ingen")])
    said = "nyckeltalet saknar riktning, så ingen kommun är röd eller grön"
    assert findings.mobility(e)["reason"].tolist() == [said]
    assert findings.times(e)["reason"].tolist() == [said]
    assert sureness.agreements(e).empty
    assert sureness.certainties(e).empty


def test_a_measure_that_hardly_moves_is_said_in_one_breath() -> None:
    values = (np.arange(60.0)[:, None] + np.arange(6) / 100)[None].copy()
    values[0, 10, 1::2] = values[0, 12, 1::2] + 0.5
    (row,) = findings.mobility(evidence(values, [kpi(1)])).to_dict("records")
    assert row["grade"] == "trögrörlig"
    assert row["half_life"] > 100
    assert row["reason"].endswith("en skillnad i placering halveras på mer än 100 år")


def test_nearer_to_a_target_is_only_secured_when_the_closeness_is() -> None:
    """Rising for sure, but past the target and beyond it."""
    own = [40.0, 42.0, 44.0, 46.0, 48.0, 50.0, 52.0, 54.0]
    values = HIGH[:, :1] * 5 * np.ones(8)
    values[0] = own
    e = evidence(values[None], [kpi(1, "mål", mål=49)])
    (row,) = findings.trends(e).to_dict("records")
    assert (row["verdict"], row["judgement"]) == ("secured_up", "")
    assert row["reason"] == "har ökat med 2 om året 2016–2023 (säkerställt)"


@pytest.mark.parametrize("tail", [(51.0,), (50.0, 52.0)])
def test_secured_improvement_is_never_said_of_a_closeness_that_is_not(tail: tuple[float]) -> None:
    own = [41.0, 43.0, 45.0, 47.0, *tail]
    values = HIGH[:, :1] * 5 * np.ones(len(own))
    values[0] = own
    (row,) = findings.trends(evidence(values[None], [kpi(1, "mål", mål=48.5)])).to_dict("records")
    assert row["verdict"] == "secured_up"
    assert "säkerställd" not in row["reason"]


def test_the_newest_year_is_that_of_the_kpis_and_not_of_their_companions(
    exercise: Exercise, snapshot: Snapshot
) -> None:
    registry = tuple(
        one.model_copy(update={"base": "N01951"}) if one.id == "U21401" else one
        for one in exercise.model.kpis
    )
    model = exercise.model.model_copy(update={"kpis": registry})
    assert evidence_of(model, snapshot, ["U21401"]).year == 2024


# --- goals ----------------------------------------------------------------------------------------


def test_a_goal_is_missed_by_one_red_and_met_only_when_all_are_known() -> None:
    now = pd.DataFrame({"kpi": ["A", "B", "C"], "colour": ["red", "green", "grey"]})
    table = overall.goals(
        now, {"1": ["A", "C"], "2": ["B"], "3": ["B", "C"], "4": [], "5": ["B", "saknas"]}
    )
    assert table["state"].tolist() == ["missed", "met", "unknown", "unknown", "unknown"]
    assert table["red"].tolist() == [1, 0, 0, 0, 0]
    assert table["coloured"].tolist() == [1, 1, 1, 0, 1]
    assert overall.rolled_words(overall.rolled(table)) == (
        "2 av 5 mål går att bedöma: 1 utan och 1 med rött nyckeltal. Utan rött är mellan 20 och"
        " 80\u00a0% av målen"
    )


def test_one_figure_is_given_only_when_every_goal_is_known() -> None:
    now = pd.DataFrame({"kpi": ["A", "B"], "colour": ["red", "green"]})
    table = overall.goals(now, {"1": ["A"], "2": ["B"]})
    assert overall.rolled_words(overall.rolled(table)).endswith("Utan rött är 50\u00a0% av målen")
    assert overall.rolled_words(overall.rolled(table[:0])) == "det finns inga mål"


# --- the Swedish of every reason ------------------------------------------------------------------

FORBIDDEN = {
    "a cause": r"beror på|på grund av|tack vare|leder till|orsak",
    "per cent without a blank": r"[^ \u00a0]%",
    "an ASCII minus": r"-\d",
    "a decimal point": r"\d\.\d",
    "no number": r"\bnan\b|\bNone\b|\binf\b|<NA>|oändlig",
    "double blanks": r"  |^ | $",
    "a sign before nothing": r"−0(?:,0+)?\b(?![,\d])",
    "a full stop": r"\.$",
    "an English word": r"\b(?:red|green|yellow|grey)\b",
    "a clumsy size": r"omkring mer än",
}


def reasons(e: Evidence) -> set[str]:
    told = {reason for table in EVERY.values() for reason in table(e)["reason"]}
    told |= {reason for years in ((2018, 2022), (2021, 2025)) for reason in said_of(e, years)}
    return told | {reason for kind in e.groups for reason in e.scored(kind)["reason"]}


def said_of(e: Evidence, years: tuple[int, int]) -> list[str]:
    return [str(reason) for reason in findings.moves(e, years)["reason"]]


def bare(reason: str) -> str:
    """A reason without what it quotes, which is Kolada's own words."""
    return re.sub("”.*?”", "””", reason)


@pytest.fixture(scope="module")
def every_reason(everything: Evidence) -> set[str]:
    return reasons(everything)


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_reason_of_the_exercise_world_has(every_reason: set[str], what: str) -> None:
    told = every_reason
    assert len(told) > 1000
    assert [one for one in told if re.search(FORBIDDEN[what], bare(one))] == []


@pytest.mark.parametrize("year", [2012, 2021])
def test_no_reason_of_an_earlier_year_reads_badly_either(
    exercise: Exercise, snapshot: Snapshot, year: int
) -> None:
    focus = dict.fromkeys(one for each in exercise.model.committees for one in each.kpis)
    told = reasons(evidence_of(exercise.model, snapshot, list(focus), year=year))
    bad = "|".join(FORBIDDEN.values())
    assert [one for one in told if re.search(bad, bare(one))] == []


def test_only_a_secured_trend_has_the_sure_word(everything: Evidence) -> None:
    table = findings.trends(everything)
    sure = table["verdict"].str.startswith("secured")
    assert table["reason"].str.startswith("har ").equals(sure)
    weak = table["verdict"].str.startswith("direction")
    assert table["reason"].str.startswith("tycks ha ").equals(weak)


# --- properties over drawn lands ------------------------------------------------------------------

numbers = st.integers(-50, 150).map(lambda one: one / 2) | st.just(NAN)
steps = st.integers(-50, 50).map(float)
lands = st.integers(4, 9).flatmap(lambda years: arrays(np.float64, (2, 8, years), elements=numbers))
directions = st.lists(st.sampled_from(["högt", "lågt", "mål", "ingen"]), min_size=2, max_size=2)
MIRROR = {"högt": "lågt", "lågt": "högt", "mål": "mål", "ingen": "ingen"}
TURNED = {
    "trends": ["slope_per_year"],
    "shifts": ["value_before", "value"],
    "moves": ["value_before", "value"],
    "changes": ["change", "median", "z"],
    "certainties": ["value"],
    "usual": ["mean"],
}
ENDS = {
    f"{word}_{one}": f"{word}_{other}"
    for word in ("secured", "direction")
    for one, other in (("up", "down"), ("down", "up"))
}
OPPOSITE = {"trends": ["percentile"], "changes": ["percentile"]}


def measures(given: list[str], *, sign: int = 1) -> list[Any]:
    return [
        kpi(at, one if sign > 0 else MIRROR[one], title=f"Mått {at}, antal", **target(one, sign))
        for at, one in enumerate(given, 1)
    ]


def target(direction: str, sign: int) -> dict[str, float]:
    return {"mål": sign * 20.0} if direction == "mål" else {}


def told(e: Evidence) -> dict[str, pd.DataFrame]:
    return {name: table(e) for name, table in EVERY.items()}


@heavy_property_test(lands, directions)
def test_a_flipped_direction_with_negated_values_gives_mirrored_findings(
    values: Floats, given: list[str]
) -> None:
    one = told(evidence(values, measures(given)))
    other = told(evidence(-values, measures(given, sign=-1)))
    for name, table in one.items():
        mirror = other[name].copy()
        for column in TURNED.get(name, []):
            mirror[column] = -mirror[column]
        for column in OPPOSITE.get(name, []):
            mirror[column] = 1 - mirror[column]
        if name == "usual":
            mirror[["low", "high"]] = -mirror[["high", "low"]]
        if name == "trends":
            swap = {"upp": "ned", "ned": "upp"}
            mirror["way"] = mirror["way"].replace(swap)
            mirror["verdict"] = [ENDS.get(one, one) for one in mirror["verdict"]]
            mirror = mirror.astype(findings.TRENDS)
            undirected = [at for at, way in enumerate(given) if way == "ingen"]
            assert (table["judgement"].iloc[undirected] == "").all()
        signed = name in TURNED
        drop = ["reason"] if signed else []
        pd.testing.assert_frame_equal(
            table.drop(columns=drop), mirror.drop(columns=drop), atol=1e-9, obj=name
        )


@heavy_property_test(lands, directions, st.integers(1, 3))
def test_a_municipality_without_values_changes_no_finding(
    values: Floats, given: list[str], extra: int
) -> None:
    one = told(evidence(values, measures(given)))
    other = told(evidence(values, measures(given), extra=extra))
    for name, table in one.items():
        pd.testing.assert_frame_equal(table, other[name], obj=name)


@property_test(lands, directions)
def test_four_years_or_fewer_have_no_trend_word(values: Floats, given: list[str]) -> None:
    table = findings.trends(evidence(values, measures(given)))
    few = table[table["years"] <= 4]
    assert (few["verdict"] == "too_few").all()
    assert (few["way"] == "").all()
    assert (few["judgement"] == "").all()
    assert few["slope_per_year"].isna().all()
    assert few["reason"].str.startswith("för få år för en trend: ").all()
    assert not few["reason"].str.contains("ökat|minskat|oförändrad").any()


@heavy_property_test(lands, directions)
def test_the_inputs_are_never_changed(values: Floats, given: list[str]) -> None:
    e = evidence(values, measures(given))
    frames = ("observations", "catalogue", "municipalities", "municipality_groups")
    before = {name: getattr(e, name).copy(deep=True) for name in frames}
    told(e)
    for name, frame in before.items():
        pd.testing.assert_frame_equal(getattr(e, name), frame)


@heavy_property_test(lands, directions, st.data())
def test_a_colour_is_of_its_own_years_values_alone(
    values: Floats, given: list[str], data: st.DataObject
) -> None:
    """Other values the year before, as many as there were, change no colour of the year."""
    year = data.draw(st.integers(1, values.shape[2] - 1))
    moved = values.copy()
    moved[:, :, year - 1] += data.draw(arrays(np.float64, values.shape[:2], elements=steps))
    for kind in ("alla", "län", "liknande"):
        one, other = (evidence(cells, measures(given)).scored(kind) for cells in (values, moved))
        pd.testing.assert_frame_equal(
            one[one["period"] == FIRST + year], other[other["period"] == FIRST + year]
        )


@heavy_property_test(lands, directions)
def test_every_reason_of_any_land_reads_well(values: Floats, given: list[str]) -> None:
    bad = re.compile("|".join(FORBIDDEN.values()))
    e = evidence(values, measures(given))
    assert [one for one in reasons(e) if bad.search(bare(one))] == []


@heavy_property_test(lands, directions)
def test_the_parts_of_a_shift_sum_to_its_total(values: Floats, given: list[str]) -> None:
    e = evidence(values, measures(given))
    for table in (findings.shifts(e), findings.moves(e)):
        parts = table[["own", "others", "members", "revision"]].sum(axis=1)
        assert np.allclose(parts, table["total"])
        assert (table["revision"] == 0).all()
