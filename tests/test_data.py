"""data.json: every printed number and where it came from, traced from the prose of a report."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from conftest import ROOT, Exercise
from pages import made_page
from tracing import Found, Saying, Tracer, sayings

from malstyr_lib import text
from malstyr_lib.batch import Wanted, jobs
from malstyr_lib.markup import Source, number, table
from malstyr_lib.questions import Setting
from malstyr_lib.report.ending import records
from malstyr_lib.report.forms import Page, file_name, made
from malstyr_lib.report.kinds import KINDS
from malstyr_lib.workspace import Workspace

TRACED = {"record", "near"}
FULL_SHEET = "bn-grundskola-1"
"""A unit with activities, key figures and values of its own."""
MISSED = {"namnd": 0.2, "analysgrupp": 0.2, "delar": 0.3, "ars": 0.25, "nyckeltal": 0.1}
"""How great a share of wrong last digits may be found by chance, by kind."""
Told = Callable[[str], dict[str, Any]]


@pytest.fixture(scope="module")
def told(every_page: Mapping[str, Page]) -> Told:
    """What reads the first report of a kind's data.json, once."""
    return cache(lambda kind: read(every_page[kind]))


@pytest.fixture(scope="module")
def page(every_page: Mapping[str, Page]) -> Page:
    """The education committee's report of the exercise municipality."""
    return every_page["namnd"]


@pytest.fixture(scope="module")
def data(told: Told) -> dict[str, Any]:
    return told("namnd")


@pytest.fixture(scope="module")
def tracer_of(told: Told, exercise: Exercise) -> Callable[[str], Tracer]:
    """What asks the first report of a kind's data.json for numbers."""
    return cache(lambda kind: Tracer(told(kind), exercise.model))


@pytest.fixture(scope="module")
def found_in(
    every_page: Mapping[str, Page], tracer_of: Callable[[str], Tracer]
) -> Callable[[str], list[Found]]:
    """What traces every number of the first report of a kind, once."""
    return cache(lambda kind: traced(every_page[kind], tracer_of(kind)))


def read(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(made(page, ["json"])["data.json"])
    return found


def traced(page: Page, tracer: Tracer) -> list[Found]:
    return [found for saying in sayings(page.html) for found in tracer.traced(saying)]


def untraced(found: list[Found]) -> list[str]:
    return [
        f"{one.number} ({one.where}): {one.saying.words[:200]}"
        for one in found
        if one.where not in TRACED
    ]


FEWEST = {"namnd": 400, "analysgrupp": 500, "delar": 350, "ars": 550, "nyckeltal": 350, "enhet": 10}
"""How many numbers there are at least in the prose of the first report of each kind."""


@pytest.mark.parametrize("kind", KINDS)
def test_every_number_in_the_prose_is_found_in_the_record_or_the_scores_that_it_is_said_of(
    found_in: Callable[[str], list[Found]], kind: str
) -> None:
    assert untraced(found_in(kind)) == []
    assert len(found_in(kind)) > FEWEST[kind]


@pytest.mark.parametrize(
    ("kind", "slug"),
    [
        ("enhet", FULL_SHEET),
        pytest.param("namnd", "ks", marks=pytest.mark.slow),  # own measures beside Kolada's
        pytest.param("namnd", "msn", marks=pytest.mark.slow),
        pytest.param("namnd", "on", marks=pytest.mark.slow),
    ],
)
def test_every_number_of_more_reports_is_found_too(
    exercise: Exercise, kind: str, slug: str
) -> None:
    one = made_page(exercise, kind, slug)
    assert untraced(traced(one, Tracer(read(one), exercise.model))) == []


@pytest.mark.slow
def test_every_number_of_every_unit_is_found_too(exercise: Exercise) -> None:
    units = jobs(exercise.model, exercise.place, Wanted(["enhet"], year=2025))
    assert len(units) > 5
    for one in (made_page(exercise, "enhet", job.subject.slug) for job in units):
        assert untraced(traced(one, Tracer(read(one), exercise.model))) == [], one.title


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_every_number_in_the_prose_of_the_real_reports_is_found_too(
    real_setting: Setting, tmp_path: Path, kind: str
) -> None:
    place = Workspace(ROOT / "params", real_setting.snapshot._root, tmp_path)
    real = made_page(Exercise(place, real_setting.model), kind, year=2022)
    found = traced(real, Tracer(read(real), real_setting.model))
    assert untraced(found) == []
    assert len(found) > FEWEST[kind] / 2


@pytest.mark.parametrize(
    "sentence",
    [
        "År 2025 hade Övninge värdet 987,6 i N15428.",
        "Röd i 417 jämförelser.",
        "Nyckeltalet N15428 har ökat med 43 % på 13 år.",
    ],
)
def test_an_invented_number_is_caught(
    page: Page, tracer_of: Callable[[str], Tracer], sentence: str
) -> None:
    planted = page.html.replace("</h1>", f"</h1><p>{sentence}</p>", 1)
    (saying,) = [one for one in sayings(planted) if one.words == sentence]
    assert untraced([*tracer_of("namnd").traced(saying)]) != []


@pytest.mark.parametrize(("kind", "most"), MISSED.items())
def test_most_numbers_with_decimals_are_caught_when_their_last_digit_is_changed(
    found_in: Callable[[str], list[Found]],
    tracer_of: Callable[[str], Tracer],
    kind: str,
    most: float,
) -> None:
    tracer = tracer_of(kind)
    found = [one for one in found_in(kind) if "," in one.number]
    wrong = Counter(
        tracer.where(one.saying, _next(one.number), one.percent, one.at) in TRACED for one in found
    )
    assert wrong[True] < most * len(found), wrong


def _next(shown: str) -> str:
    """A number with its last digit one higher, 9 becoming 8."""
    return shown[:-1] + ("8" if shown[-1] == "9" else str(int(shown[-1]) + 1))


def test_a_record_is_found_only_under_its_own_kpi(data: dict[str, Any], exercise: Exercise) -> None:
    tracer = Tracer(data, exercise.model)
    one, other = data["findings"]["now"][:2]
    words = f"Värdet är {text.number(one['value'], 4)}."
    where = {
        kpi: [found.where for found in tracer.traced(Saying(words, frozenset({kpi}), "", "p"))]
        for kpi in (one["kpi"], other["kpi"])
    }
    assert where == {one["kpi"]: ["near"], other["kpi"]: ["elsewhere"]}


def test_every_figure_of_a_page_is_there_with_its_source(page: Page) -> None:
    rows = pd.DataFrame(
        [
            {"Nyckeltal": "Ett", "Värde": number(-81.449, 1, Source("N15428", 2024, "9001", "K"))},
            {"Nyckeltal": "Två", "Värde": number(1234.5, 0)},
        ]
    )
    shown = f"<main><h2>2 Fokusera</h2>{table(rows, 'Röda nyckeltal').html}</main>"
    assert read(replace(page, html=shown))["figures"] == [
        {
            "section": "2 Fokusera",
            "heading": "",
            "table": "Röda nyckeltal",
            "row": "Ett",
            "column": "Värde",
            "text": "\u221281,4",
            "value": -81.449,
            "kpi": "N15428",
            "period": 2024,
            "gender": "K",
            "area": "9001",
            "snapshot": page.about["snapshot"],
        },
        {
            "section": "2 Fokusera",
            "heading": "",
            "table": "Röda nyckeltal",
            "row": "Två",
            "column": "Värde",
            "text": "1\u00a0235",
            "value": 1234.5,
            "kpi": None,
            "period": None,
            "gender": None,
            "area": None,
            "snapshot": None,
        },
    ]


def test_the_red_kpis_values_say_which_kpi_year_and_municipality_they_are_of(
    data: dict[str, Any],
) -> None:
    red = [
        one
        for one in data["figures"]
        if one["table"].startswith("Röda nyckeltal, störst") and one["column"] == "Värde"
    ]
    assert len(red) == 3
    for one in red:
        assert one["kpi"] in one["row"]
        assert (one["period"], one["gender"], one["area"]) == (2025, "T", "9001")


def test_the_same_page_gives_the_same_bytes(page: Page) -> None:
    assert made(page, ["json"]) == made(replace(page, title=page.title), ["json"])
    assert file_name("json") == "data.json"


def test_a_record_keeps_every_number_as_it_is_and_a_missing_one_as_null() -> None:
    rows = pd.DataFrame({"kpi": ["N1", "N2"], "value": [2.4499999999999997, float("nan")]})
    assert records(rows) == [
        {"kpi": "N1", "value": 2.4499999999999997},
        {"kpi": "N2", "value": None},
    ]
