"""The analysis group's report: all committees at once, as questions, and with nothing hidden."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from html import unescape
from typing import Any

import pandas as pd
import prose
import pytest
from conftest import EveryPage, Exercise
from whole_municipality import across_with, committee, model_with

from malstyr_lib.model import Question
from malstyr_lib.questions import Setting
from malstyr_lib.questions.raised import fragelista
from malstyr_lib.report import holes, to_ask, weightiest
from malstyr_lib.report.across import ALL, Across
from malstyr_lib.report.analysis_group import AnalysisGroupReport
from malstyr_lib.report.forms import Page
from malstyr_lib.report.opening import Opened
from malstyr_lib.store import Store

RED_ALWAYS, GREEN_ALWAYS, TURNED_GREEN = "N31816", "N00670", "N15428"
PARTS = (
    "rubrik",
    "sammanfattning",
    "varmekarta",
    "fler_eller_farre",
    "fargbyten",
    "viktigast",
    "blinda_flackar",
    "att_fraga_om",
    "tackning",
    "obesvarade",
    "dagordning",
    "gra",
    "kallor",
)


@pytest.fixture(scope="module")
def page(every_page: EveryPage) -> Page:
    return every_page["analysgrupp"]


@pytest.fixture(scope="module")
def across(exercise: Exercise) -> Across:
    return across_with(exercise, exercise.model)


def found(page: Page, name: str) -> pd.DataFrame:
    return pd.DataFrame(page.findings[name])


def read(html: str) -> str:
    """What a reader reads."""
    body = re.sub(r"<style>.*?</style>", "", html, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def section(page: Page, heading: str) -> str:
    """One part of a page, from its heading to the next."""
    return next(one for one in page.html.split("<h2 ")[1:] if f">{heading}</h2>" in one)


# ---- The whole report ----


def test_the_page_has_one_title_that_says_the_year_and_that_the_figures_are_invented(
    page: Page,
) -> None:
    assert re.findall(r"<h1.*?>(.*?)</h1>", page.html) == [
        "Analysgruppen: kommunens nyckeltal 2025"
    ]
    assert page.title == "Analysgruppen: kommunens nyckeltal 2025 – Övninge"
    assert page.exercise
    assert "ÖVNINGSDATA" in page.html


def test_what_stands_out_comes_first_with_what_is_usual_beside_it(page: Page) -> None:
    said = read(section(page, "Sammanfattning"))
    assert (
        "Av nämndernas 42 nyckeltal är 14 röda, 13 gula och 10 gröna, varav 1 preliminärt." in said
    )
    assert re.search(r"14 av 37 med färg är röda; en fjärdedel vore 9,3\. I nio av tio", said)
    assert re.search(r"blev 5 röda; hade de rört sig som i andra kommuner .* vore det 2,\d", said)
    assert re.search(
        r"lämnade 1 rött; hade de rört sig som i andra kommuner .* vore det 3,\d", said
    )
    assert "8 frågor väntar på svar. Den äldsta har väntat 14 dagar." in said


def test_no_sentence_says_what_may_not_be_signed(page: Page) -> None:
    for words in re.findall(r"<(?:p|li|figcaption|caption)\b[^>]*>(.*?)</", page.html):
        plain = unescape(re.sub(r"<[^>]+>", "", words))
        assert prose.faults(plain) == [], plain


def test_no_other_municipality_is_named_so_none_is_ranked(page: Page, exercise: Exercise) -> None:
    areas = Store(exercise.place.store).open().municipalities
    others = {*areas.loc[areas["type"] == "K", "title"]} - {"Övninge"}
    assert not [name for name in others if re.search(rf"\b{re.escape(name)}\b", read(page.html))]


def test_own_processing_is_never_called_koladas(page: Page) -> None:
    for caption in re.findall(r"<caption[^>]*>(.*?)</caption>", page.html):
        assert "Källa: Kolada" not in caption


# ---- Heatmap and shifts ----


def test_every_key_figure_is_in_a_heatmap_with_ten_years(page: Page, across: Across) -> None:
    shown = section(page, "Nyckeltal och år")
    assert shown.count("<figure>") == 4  # 42 are too many for one, so there is one per committee
    assert all(f"({kpi})" in shown for kpi in across.ids)
    assert all(f">{year}</th>" in shown for year in range(2016, 2026))


def test_the_planted_slow_red_is_red_in_every_year_of_the_heatmap(page: Page) -> None:
    row = re.search(
        rf"<tr><th[^>]*>[^<]*\({RED_ALWAYS}\)</th>(.*?)</tr>", section(page, "Nyckeltal och år")
    )
    assert row is not None
    assert row[1].count("▼") == 10
    assert f'data-kpi="{RED_ALWAYS}" data-period="2025"' in row[1]


def test_turns_are_told_both_ways_each_with_how_common_it_was(page: Page) -> None:
    shifts = found(page, "shifts").set_index("kpi")
    assert shifts.loc[TURNED_GREEN, ["before", "after"]].tolist() == ["yellow", "green"]
    assert set(shifts["after"]) == {"red", "yellow", "green"}
    told = read(section(page, "Det som har bytt färg"))
    assert "6 nyckeltal har fått sämre färg sedan den förra mätningen och 5 bättre." in told
    for kpi, row in shifts.iterrows():
        assert f"({kpi})" in told
        assert f"Av {row['peers']} andra kommuner" in told


def test_reds_stand_beside_the_usual_for_all_and_for_each_committee(page: Page) -> None:
    reds = found(page, "expected").query("what == 'röda'").set_index("whose")
    assert reds.loc[ALL, ["amount", "of", "verdict"]].tolist() == [14, 37, "inom"]
    assert reds["amount"].tolist() == [14, 3, 6, 3, 2]
    assert "6 av 11" in read(section(page, "Fler eller färre röda än vanligt"))


# ---- What weighs most ----


def test_what_weighs_most_is_told_by_administration_with_every_part(page: Page) -> None:
    told = read(section(page, "Det som väger tyngst"))
    assert "Bildningsnämnden, Bildningsförvaltningen" in told
    for head in ("Kvartilbredder", "Röd i jämförelser", "Lagkrav", "Mål", "Personer", "Tyngd"):
        assert head in told
    parts = found(page, "weights")
    assert parts[parts["committee"] == "bn"]["gap"].is_monotonic_decreasing
    known = parts.dropna(subset=["weight"])
    product = known["persons"] * known["gap"] * known["law"] * known["goal"]
    assert product.to_numpy() == pytest.approx(known["weight"].to_numpy())


def test_a_committee_with_two_administrations_has_each_red_where_it_is_worked_with(
    across: Across,
) -> None:
    (a,) = [one for one in across.analyses if one.committee.code == "ON"]
    placed = {place.name: [kpi.id for kpi in kpis] for place, kpis in weightiest.places(across, a)}
    assert placed == {
        "Omsorgsnämnden, Vård och omsorg": ["U21468"],
        "Omsorgsnämnden, Socialtjänst": ["N31816"],
    }


def test_a_red_that_no_activity_points_out_is_said_to_be_no_administrations(
    exercise: Exercise,
) -> None:
    on = next(one for one in exercise.model.committees if one.code == "ON")
    mine = committee("on", RED_ALWAYS, administrations=on.administrations)
    x = across_with(exercise, model_with(exercise, mine))
    told = read(weightiest.by_administration(x).html)
    assert "Onnämnden, ingen förvaltning utpekad" in told
    assert "ingen aktivitet säger vilken av dem som arbetar med det här" in told


# ---- What nobody follows or answers ----


def test_on_a_store_with_the_registry_only_the_search_says_how_to_see_the_rest(page: Page) -> None:
    told = read(section(page, "Det som ingen nämnd följer"))
    assert "Kommandot malstyr hamta --allt hämtar alla." in told
    spots = found(page, "blind_spots")
    assert f"i lagret är {len(spots)} röda utan att någon nämnd följer dem." in told
    assert not {*spots["kpi"]} & {*found(page, "now")["kpi"]}


def test_questions_wait_with_their_age_and_those_late_are_said_so(exercise: Exercise) -> None:
    asked = [
        _question("BN-F1", date(2026, 10, 1), due=date(2026, 11, 1)),
        _question("BN-F2", date(2026, 11, 22)),
        _question("BN-F3", date(2026, 9, 1), answer="Ja."),
    ]
    x = across_with(exercise, model_with(exercise, committee("bn"), questions=tuple(asked)))
    table = holes.waiting(x)
    assert table[["id", "days", "late"]].to_numpy().tolist() == [
        ["BN-F1", 53, True],
        ["BN-F2", 1, False],
    ]
    told = read(holes.questions(x).html)
    assert "2 frågor väntar på svar. Den äldsta har väntat 53 dagar. 1 av dem skulle redan" in told
    assert "1 november 2026 ○ Försenat" in told


def _question(name: str, day: date, **more: Any) -> Question:
    words = {"id": name, "fråga": "Varför?", "till": "chef", "ställd": day.isoformat()}
    return Question.model_validate(words).model_copy(update={"committee": "bn"} | more)


def test_coverage_counts_what_every_committee_has_in_every_perspective(page: Page) -> None:
    told = read(section(page, "De fyra perspektiven"))
    assert "Alla nämnder har mål, nyckeltal, aktivitet och återrapportering i alla" in told
    assert "– Registret har inget nyckeltal om nämndens ekonomi." in told  # its reason stands
    table = found(page, "coverage")
    assert len(table) == 4 * 4 * 4
    row = table.query("committee == 'bn' and perspective == 'invånare' and what == 'mål'")
    assert f"{row['amount'].iloc[0]} mål" in told


def test_coverage_names_what_is_lacking_without_a_reason(exercise: Exercise) -> None:
    x = across_with(exercise, model_with(exercise, committee("bn", RED_ALWAYS)))
    told = read(holes.coverage(x).html)
    assert "För 4 av 4 par av nämnd och perspektiv saknas" in told
    assert "1 mål och 1 nyckeltal. ○ Saknar aktivitet och återrapportering" in told
    assert "○ Saknar mål, nyckeltal, aktivitet och återrapportering" in told


# ---- What to ask ----


def test_what_committees_share_is_always_of_two_committees_and_asked_as_a_question(
    across: Across,
) -> None:
    found = to_ask.shared(across)
    assert {one.what for one in found} <= {"mål", "område", "år"}
    red = {*across.red["kpi"]}
    for one in found:
        codes = {code.code for kpi in one.kpis for code in across.following(kpi)}
        assert len(codes) > 1
        assert len(one.kpis) > 1
        assert "?" in one.question
        assert one.what == "år" or {*one.kpis} <= red


def test_reds_under_the_same_council_goal_in_two_committees_are_asked_about(
    exercise: Exercise,
) -> None:
    both = (committee("bn", RED_ALWAYS, goal="KF6"), committee("ks", "N85054", goal="KF6"))
    x = across_with(exercise, model_with(exercise, *both))
    (goal,) = [one for one in to_ask.shared(x) if one.what == "mål"]
    assert goal.name.startswith("Fullmäktiges mål KF6: ")
    assert set(goal.kpis) == {RED_ALWAYS, "N85054"}


def test_a_year_that_is_asked_about_says_how_common_each_turn_was(across: Across) -> None:
    html = read(to_ask.causes_to_ask(across).html)
    for year, turned in to_ask.became_red(across).items():
        if f"Blev röda {year} " in html:
            assert f"Hände något {year} som rör flera nämnder?" in html
            assert all(f"av {sum(one.peers.values())} andra kommuner" in html for one in turned)


def test_the_agenda_is_made_of_what_the_figures_themselves_raise(
    page: Page, asked: Setting
) -> None:
    agenda = found(page, "agenda")
    assert agenda["amount"].is_monotonic_decreasing
    top = agenda.iloc[0]
    for kpi in top["kpis"].split():
        raised = {one.question.number for one in fragelista(asked.case(kpi)) if one.rule}
        assert top["question"] in raised
    assert f"1. {top['words']}" in read(section(page, "Dagordning: de dumma frågorna"))


# ---- Where there is little or nothing ----


def words_of(report: AnalysisGroupReport) -> str:
    return " ".join(read(getattr(report, part).html) for part in PARTS)


def test_where_nothing_is_red_every_part_says_so_and_the_report_comes_to_its_end(
    exercise: Exercise,
) -> None:
    x = across_with(exercise, model_with(exercise, committee("ks", GREEN_ALWAYS)))
    report = AnalysisGroupReport(x)
    told = words_of(report)
    assert "Nämndernas enda nyckeltal är grönt." in told
    assert "Inget av nämndens nyckeltal är rött." in told
    assert "Inget nyckeltal är rött." in told
    assert "Analysgruppen har inte skrivit några frågor." in told
    assert report.slut.found["colours"] == {"red": 0, "yellow": 0, "green": 1, "grey": 0}


def test_a_committee_without_key_figures_is_named_beside_one_that_has_them(
    exercise: Exercise,
) -> None:
    both = committee("ks", RED_ALWAYS), committee("bn")
    report = AnalysisGroupReport(across_with(exercise, model_with(exercise, *both)))
    told = words_of(report)
    assert "Bnnämnden Nämnden har inga nyckeltal i styrparametrarna." in told
    assert "Det röda: Vuxna biståndsmottagare" in told
    assert "Det röda nyckeltalet har ingen aktivitet 2026." in told


def test_where_no_committee_has_any_key_figure_the_report_says_only_that(
    exercise: Exercise,
) -> None:
    report = AnalysisGroupReport(across_with(exercise, model_with(exercise, committee("bn"))))
    assert read(report.sammanfattning.html) == (
        "Nämnderna har inga nyckeltal i styrparametrarna, så inget kan bedömas."
    )
    assert report.slut.found["kpis"] == 0
    assert words_of(report)


# ---- The real figures ----


@pytest.mark.real
def test_hedemoras_figures_of_2022_are_thirteen_reds_and_within_the_usual(
    real_setting: Setting, exercise: Exercise
) -> None:
    place = replace(exercise.place)
    start = Opened(place, real_setting.model, real_setting.snapshot, None, real_setting.own_values)
    x = Across(start, 2022)
    assert x.counts(x.ids) == {"red": 13, "yellow": 18, "green": 6, "grey": 5}
    reds = x.expect("röda")
    assert (reds["amount"], reds["of"], reds["verdict"]) == (13, 37, "inom")
    assert x.expect("blev röda")["amount"] == 4
    assert x.expect("lämnade rött")["amount"] == 3
    assert x.red["kpi"].tolist()[:3] == ["N15814", "N31816", "U31804"]
    goals = {one.name.split(":")[0]: one.kpis for one in to_ask.shared(x) if one.what == "mål"}
    assert goals["Fullmäktiges mål KF5"] == ("N15814", "N00090")
    assert "1,6 kvartilbredder sämre än medianen 2022; röd i 4 av 5 jämförelser" in read(
        weightiest.by_administration(x).html
    )
