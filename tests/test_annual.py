"""The annual report: the goals of a year, what turned both ways, and what nobody knows yet."""

from __future__ import annotations

import re
from datetime import date

import prose
import pytest
from conftest import ROOT, EveryPage, Exercise
from following import committee, followed, goal, planted, stops
from reading import sentences

from malstyr_lib import tables
from malstyr_lib.markup import Html
from malstyr_lib.model import Expectation
from malstyr_lib.questions import Setting
from malstyr_lib.report import turns
from malstyr_lib.report.annual import AnnualReport
from malstyr_lib.report.follow_up import FollowUp
from malstyr_lib.report.forms import Page
from malstyr_lib.report.opening import Opened
from malstyr_lib.report.stop_day import ANNUAL
from malstyr_lib.workspace import Workspace

KNOWN = stops("ars", 2025, date(2026, 12, 1))
"""A stop day after the fetch: whatever was fetched was known."""


@pytest.fixture(scope="module")
def page(every_page: EveryPage) -> Page:
    return every_page["ars"]


def section(page: Page, words: str) -> str:
    return page.html.partition(f"{words}</h2>")[2].partition("<h2")[0]


def report(exercise: Exercise, *goals: object, **more: object) -> AnnualReport:
    model = planted(exercise, committee("bn", *goals), **more)  # type: ignore[arg-type]
    return AnnualReport(followed(exercise, model))


def test_its_parts_come_in_order_the_summary_first(page: Page) -> None:
    heads = [one.partition("</h2>")[0].partition(">")[2] for one in page.html.split("<h2")[1:]]
    assert heads == [
        "Sammanfattning",
        "Fullmäktiges mål",
        "Perspektiven",
        "God ekonomisk hushållning",
        "Nyckeltal som har bytt färg",
        "Från första till senaste året",
        "Det som väntades, och vad det blev",
        "Aktiviteter",
        "Håll i: mått som rör sig långsamt",
        "Det går bra",
        "Det som fortfarande är okänt",
        "Källor och metod",
    ]


def test_the_levels_are_told_by_coverage_first_and_then_between_bounds(page: Page) -> None:
    assert (
        "12 av 27 målnivåer går att pröva med värden för 2025: 5 är nådda och 7 är inte nådda än."
        " Nådda är mellan 19 och 74\u00a0% av målnivåerna."
    ) in sentences(section(page, "Sammanfattning"))[1]


def test_that_colours_are_no_goal_fulfilment_is_said_once(page: Page) -> None:
    assert page.html.count("Den säger inte om ett mål är nått") == 1


def test_no_sentence_says_what_may_not_be_signed(page: Page) -> None:
    found = [(words, fault) for words in sentences(page.html) for fault in prose.faults(words)]
    assert found == []


def test_better_and_worse_colours_are_shown_alike_each_with_how_common_it_was(
    page: Page,
) -> None:
    turned = section(page, "Nyckeltal som har bytt färg")
    better, _, worse = turned.partition("Sämre färg</h3>")
    assert "Bättre färg</h3>" in better
    for part in (better, worse):
        rows = [row for row in repr(Html(part)).splitlines() if "→" in row]
        assert rows
        assert all(re.search(r"Av \d+ andra kommuner som var", row) for row in rows)


def test_the_flow_has_every_key_figure_once(exercise: Exercise) -> None:
    one = next(one for one in exercise.model.committees if one.code == "ON")
    f = followed(exercise, exercise.model.model_copy(update={"committees": (one,), "measures": ()}))
    moves = turns.moves(f.a)
    assert moves["kpi"].tolist() == [kpi.id for kpi in f.a.kpis]
    turned = {one.kpi: (one.before, one.after) for one in turns.turned(f.a)}
    shown = {
        row["kpi"]: (row["before"], row["after"])
        for row in moves.to_dict("records")
        if row["before"] != row["after"] and tables.GREY not in (row["before"], row["after"])
    }
    assert shown == turned


def test_a_planted_turn_from_yellow_to_green_is_told_with_its_base_rate(
    exercise: Exercise,
) -> None:
    told = repr(report(exercise, goal("BN1", kpis=("N15428",)), **KNOWN).fargbyten)
    assert "Sedan mätningen före har 1 nyckeltal fått bättre färg och inget sämre." in told
    assert re.search(r"◆ Gul\t▲ Grön\t.*Av \d+ andra kommuner som var gula 2024", told)


def test_the_list_of_what_goes_well_holds_the_planted_greens_and_no_red(
    exercise: Exercise,
) -> None:
    kpis = ("N15814", "N31816", "N85054", "N00670")
    made = report(exercise, goal("BN1", kpis=kpis), **KNOWN)
    shown = repr(made.det_gar_bra)
    assert "N15814" in shown
    assert "N00670" in shown
    assert "▼ Röd" not in shown or "säkerställd förbättring" in shown
    assert "N85054" not in shown
    assert "Grönt betyder bättre än de flesta andra, inte att ett mål är nått" in shown


def test_a_slow_red_figure_is_told_with_how_it_went_for_others(exercise: Exercise) -> None:
    told = repr(report(exercise, goal("ON4", kpis=("N31816", "N15428")), **KNOWN).trogrorliga)
    assert "N31816" in told
    assert "N15428" not in told
    assert "av de röda är röda också året efter" in told


def expecting(kpi: str, ends: str, written: str = "2025-02-10") -> Expectation:
    words = {"nyckeltal": kpi, "år": "2025", "mellan": ends, "skriven": written}
    return Expectation.model_validate(words | {"varför": "Vi tror det."})


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (expecting("N00090", "8 och 9"), "● Som väntat"),
        (expecting("N00090", "7 och 8"), "▼ Sämre än väntat"),
        (expecting("N00090", "9 och 10"), "▲ Bättre än väntat"),
        (expecting("N00090", "8 och 9", "2026-11-01"), "– Räknas inte"),
    ],
)
def test_what_was_expected_stands_beside_what_came(
    exercise: Exercise, one: Expectation, words: str
) -> None:
    made = report(exercise, goal("KS1", kpis=("N00090",), expectations=(one,)), **KNOWN)
    assert words in repr(made.forvantningar)


def test_what_is_not_known_at_the_stop_day_is_listed_with_when_it_comes(page: Page) -> None:
    rows = repr(Html(section(page, "Det som fortfarande är okänt")))
    assert re.search(r"\(N00090\)\t8,8\t2024\tEfter stoppdagen\tKommer den 10 juni 2026", rows)
    assert "(N15428)" not in rows


def test_without_any_goal_it_says_so_and_claims_nothing(exercise: Exercise) -> None:
    made = report(exercise)
    parts = ("rubrik", "sammanfattning", "mal", "perspektiv", "hushallning", "fargbyten")
    parts += ("utveckling", "forvantningar", "aktiviteter", "trogrorliga", "det_gar_bra")
    shown = "\n".join(repr(getattr(made, one)) for one in (*parts, "okant", "kallor"))
    assert "Inga nyckeltal följs." in shown
    assert made.slut.found["kpis"] == 0


def test_the_same_snapshot_gives_the_same_words_again(exercise: Exercise) -> None:
    one, other = (report(exercise, goal("BN1", kpis=("N15428",))) for _ in range(2))
    assert one.fargbyten.html == other.fargbyten.html
    assert one.sammanfattning.html == other.sammanfattning.html


# --- real figures ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def hedemora(real_setting: Setting) -> AnnualReport:
    place = Workspace(ROOT / "params", ROOT / "lager", ROOT / "output")
    start = Opened(
        place, real_setting.model, real_setting.snapshot, None, tables.empty(tables.OWN_VALUES)
    )
    return AnnualReport(FollowUp(start, 2022, ANNUAL))


@pytest.mark.real
def test_hedemora_2022_is_told_by_what_was_known_on_the_last_of_march(
    hedemora: AnnualReport,
) -> None:
    words = repr(hedemora.sammanfattning).splitlines()
    assert words[0] == (
        "Vid stoppdagen den 31 mars 2023 var värdet för 2022 känt för 20 av 42 nyckeltal (varav 2"
        " bara preliminärt och 5 utan känd dag). 20 får det först efter stoppdagen, 1 saknar det"
        " fast dagen har passerat och 1 har okänd dag. De senaste kända värdena: 20 från 2022, 16"
        " från 2021, 2 från 2020 och 1 från 2019. 3 nyckeltal saknar värde helt."
    )
    assert words[1] == (
        "15 av 27 målnivåer går att pröva med värden för 2022: 5 är nådda och 10 är inte nådda än."
        " Nådda är mellan 19 och 63\u00a0% av målnivåerna. Räknat på senaste kända värde, också"
        " äldre: 11 är nådda och 16 är inte nådda än."
    )
    assert words[2] == (
        "De finansiella målen: 1 av 2 målnivåer går att pröva med värden för 2022: 1 är nådd. Nådda"
        " är 1 eller 2. Räknat på senaste kända värde, också äldre: 2 är nådda."
    )
    assert hedemora.slut.found["colours"] == {"red": 13, "yellow": 13, "green": 10, "grey": 6}


@pytest.mark.real
def test_hedemoras_turns_of_2022_are_seven_better_and_four_worse(hedemora: AnnualReport) -> None:
    assert (
        "Sedan mätningen före har 7 nyckeltal fått bättre färg och 4 sämre."
        " Av 11 röda lämnade 4 rött;"
    ) in repr(hedemora.fargbyten)
