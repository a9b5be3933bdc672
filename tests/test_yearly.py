"""Which years tell how slowly a measure moves: those that measure it anew, in enough places."""

from __future__ import annotations

import numpy as np

from malstyr_lib.model import Kpi
from malstyr_lib.scoring.cube import Cube
from malstyr_lib.scoring.slow import mobilities, yearly

KPI = Kpi(id="N05401", title="Valdeltagande, andel (%)", direction="högt")


def cube_of(values: np.ndarray) -> Cube:
    areas = tuple(str(number) for number in range(values.shape[0]))
    return Cube((KPI.id,), areas, tuple(range(2000, 2000 + values.shape[1])), values[None])


def test_an_election_that_is_told_again_every_year_has_no_grade() -> None:
    elections = np.random.default_rng(1).random((100, 3))
    told = np.repeat(elections, 4, axis=1)  # pure chance every fourth year, repeated between
    assert mobilities(cube_of(told), [KPI])[KPI.id].grade == "medel"
    found = mobilities(yearly(cube_of(told)), [KPI])[KPI.id]
    assert (found.pairs, found.grade, set(found.transitions.values())) == (0, "okänt", {0})


def test_a_measure_that_is_measured_every_year_keeps_all_its_years() -> None:
    whole = cube_of(np.random.default_rng(2).random((100, 6)))
    assert np.array_equal(yearly(whole).values, whole.values)


def test_colours_among_fewer_than_fifty_are_not_counted() -> None:
    values = np.random.default_rng(3).random((100, 7))
    values[49:, :2] = np.nan
    one = mobilities(yearly(cube_of(values)), [KPI])[KPI.id]
    assert (one.pairs, sum(one.transitions.values())) == (4, 400)


def test_the_cube_is_not_changed() -> None:
    told = np.repeat(np.arange(100.0)[:, None], 4, axis=1)
    yearly(whole := cube_of(told))
    assert not np.isnan(whole.values).any()
