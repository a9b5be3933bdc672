"""The steps chart: its words, its numbers, and that nothing is drawn that is not there."""

from __future__ import annotations

import pandas as pd
import pytest

from malstyr_lib.charts import Chart, steps


def steps_of(years: list[int], share: list[float], **more: bool) -> Chart:
    table = pd.DataFrame({"years": years, "share": share}, dtype=float)
    return steps(table, title="Sjukfrånvaro", what="Andel som blev gröna", n=1_240, **more)


def test_a_staircase_says_where_it_passes_half_and_where_it_ends() -> None:
    assert steps_of([1, 2, 4], [12.0, 30.0, 55.0]).alt == (
        "Trappdiagram över Sjukfrånvaro. Andel som blev gröna, 1\u00a0240 fall."
        " Hälften inom 4 år, 55\u00a0% inom 4 år."
    )


def test_a_staircase_that_never_reaches_half_says_only_where_it_ends() -> None:
    assert steps_of([1, 3], [5.0, 20.0]).alt.endswith("1\u00a0240 fall. 20\u00a0% inom 3 år.")


def test_a_staircase_begins_at_nothing_and_carries_its_numbers() -> None:
    table = steps_of([1, 3], [5.0, 20.0]).table
    assert table["Inom år"].tolist() == ["0", "1", "3"]
    assert table["Andel (%)"].tolist() == [0.0, 5.0, 20.0]


def test_a_staircase_without_a_step_says_so() -> None:
    found = steps_of([], [])
    assert found.alt.endswith("Inget har setts hända.")
    assert found.png().startswith(b"\x89PNG")


@pytest.mark.parametrize("exercise", [True, False])
def test_invented_values_are_said_to_be_on_the_picture_itself(exercise: bool) -> None:
    found = steps_of([1], [50.0], exercise=exercise)
    assert ("ÖVNINGSDATA" in found.figure.axes[0].get_title(loc="right")) is exercise
    assert ("Kolada" in found.caption) is not exercise


def test_the_same_staircase_gives_the_same_bytes_and_leaves_its_table_alone() -> None:
    table = pd.DataFrame({"years": [1.0, 2.0], "share": [10.0, 60.0]})
    before = table.copy()
    one, other = (steps(table, title="T", what="V", n=9).png() for _ in range(2))
    assert one == other
    pd.testing.assert_frame_equal(table, before)
