"""The interim report: half-way, with what can and cannot be known at the stop day."""

from __future__ import annotations

from datetime import date

import prose
import pytest
from conftest import Exercise
from following import committee, followed, goal, planted, stops
from pages import made_page
from reading import sentences

from malstyr_lib.markup import Html
from malstyr_lib.model import Expectation
from malstyr_lib.report.forms import Page
from malstyr_lib.report.interim import InterimReport
from malstyr_lib.report.stop_day import INTERIM


@pytest.fixture(scope="module")
def page(exercise: Exercise) -> Page:
    """The interim report of the year that had begun when the figures were fetched."""
    return made_page(exercise, "delar", year=2026)


def report(exercise: Exercise, *goals: object, year: int = 2025, **more: object) -> InterimReport:
    model = planted(exercise, committee("bn", *goals), **more)  # type: ignore[arg-type]
    return InterimReport(followed(exercise, model, INTERIM, year))


def test_its_parts_come_in_order_the_summary_first(page: Page) -> None:
    heads = [one.partition("</h2>")[0].partition(">")[2] for one in page.html.split("<h2")[1:]]
    assert heads == [
        "Sammanfattning",
        "Det som går att veta vid stoppdagen",
        "Fullmäktiges mål",
        "Perspektiven",
        "God ekonomisk hushållning",
        "Egna mått",
        "Aktiviteter",
        "Prognos mot det som väntades",
        "Frågor att ställa",
        "Det som inte går att veta än",
        "Källor och metod",
    ]


def test_it_says_first_for_how_many_the_years_value_is_known(page: Page) -> None:
    words = " ".join(sentences(page.html))
    assert (
        "Vid stoppdagen den 11 september 2026 var värdet för 2026 känt för inget av 42 nyckeltal."
    ) in words
    assert "Ingen av 27 målnivåer går att pröva med ett värde för 2026." in words


def test_no_sentence_says_what_may_not_be_signed(page: Page) -> None:
    found = [(words, fault) for words in sentences(page.html) for fault in prose.faults(words)]
    assert found == []


def test_every_shown_value_keeps_its_key_figure_year_and_area(page: Page) -> None:
    shown = 'data-area="9001" data-gender="T" data-kpi="N03102" data-period="2025" value="0.3"'
    assert shown in page.html


def test_activities_are_counted_and_those_that_are_not_done_shown_beside_those_that_are(
    page: Page,
) -> None:
    words = " ".join(sentences(page.html))
    assert "41 aktiviteter 2026: 7 klara, 27 pågår, 4 planerade, 1 pausad och 2 avbrutna." in words
    assert page.html.index("som är klara") < page.html.index("som inte är klara, de försenade")


def test_own_measures_stop_at_the_stop_day_and_stand_beside_what_was_expected(
    page: Page,
) -> None:
    assert "medel 7,5 januari–augusti 2026 (påhittade siffror)" in page.html
    own = page.html.partition("Egna mått</h2>")[2].partition("<h2")[0]
    assert "augusti 2026" in own
    assert "september 2026" not in own


def test_without_an_expectation_there_is_no_forecast(exercise: Exercise) -> None:
    told = repr(report(exercise, goal("BN1", kpis=("N31816",))).prognos)
    assert "Ingen har skrivit ner vad som väntas för 2025" in told
    assert "Rapporten räknar inte fram någon egen prognos" in told
    assert "av de röda är röda också året efter" in told


def expecting(kpi: str) -> Expectation:
    words = {"nyckeltal": kpi, "år": "2025", "mellan": "80 och 85", "skriven": "2025-02-10"}
    return Expectation.model_validate(words | {"varför": "Vi tror det."})


def test_what_came_after_the_stop_day_is_no_outcome_of_an_expectation(
    exercise: Exercise,
) -> None:
    one = goal("BN1", kpis=("N15428",), expectations=(expecting("N15428"),))  # 25 September
    early = repr(report(exercise, one).prognos)
    assert "Inget värde för 2025 än: kommer den 25 september 2025" in early
    late = stops(INTERIM, 2025, date(2025, 9, 30))
    assert "▲ Bättre än väntat" in repr(report(exercise, one, **late).prognos)


def test_every_red_figure_raises_one_question_with_why_and_to_whom(page: Page) -> None:
    asked = page.html.partition("Frågor att ställa</h2>")[2].partition("<h2")[0]
    rows = repr(Html(asked)).splitlines()
    reds = [row for row in page.findings["now"] if row["colour"] == "red"]
    assert len([one for one in rows if one.count("\t") >= 3]) >= len(reds)
    assert "Analysgruppens frågor som väntar på svar" in asked


def test_without_any_goal_it_says_so_and_claims_nothing(exercise: Exercise) -> None:
    made = report(exercise)
    parts = ("rubrik", "sammanfattning", "kant", "okant", "mal", "perspektiv", "hushallning")
    parts += ("egna", "aktiviteter", "prognos", "fragor", "kallor")
    page = "\n".join(repr(getattr(made, one)) for one in parts)
    assert "Inga nyckeltal följs." in page
    assert "Ingen nämnd har ett finansiellt mål 2025." in page
    assert made.slut.found["kpis"] == 0
