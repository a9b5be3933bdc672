"""The council's report on the key figures: colours as they were published and as counted today."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from html import unescape
from pathlib import Path

import pandas as pd
import prose
import pytest
from conftest import EveryPage, Exercise
from whole_municipality import (
    JUNE,
    NOVEMBER,
    OWN,
    across_with,
    committee,
    model_with,
    published,
    rewritten,
)

from malstyr_lib import scoring
from malstyr_lib.outcome import Outcome
from malstyr_lib.questions import Setting
from malstyr_lib.report import published as before
from malstyr_lib.report.across import Across
from malstyr_lib.report.forms import Page
from malstyr_lib.report.key_figures import KeyFiguresReport
from malstyr_lib.report.opening import Opened
from malstyr_lib.store import Snapshot, Store

KPI, GREEN_ALWAYS, TURNED_GREEN = "N31816", "N00670", "N15428"
Change = Callable[[pd.DataFrame], pd.DataFrame]


@pytest.fixture(scope="module")
def page(every_page: EveryPage) -> Page:
    return every_page["nyckeltal"]


@pytest.fixture(scope="module")
def source(exercise: Exercise) -> Snapshot:
    return Store(exercise.place.store).open()


def read(html: str) -> str:
    """What a reader reads."""
    body = re.sub(r"<style>.*?</style>", "", html, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def section(page: Page, heading: str) -> str:
    return next(one for one in page.html.split("<h2 ")[1:] if f">{heading}</h2>" in one)


def found(page: Page, name: str) -> pd.DataFrame:
    return pd.DataFrame(page.findings[name])


# ---- The whole report, where nothing was published before ----


def test_the_summary_holds_what_the_council_needs_on_one_page(page: Page) -> None:
    said = read(section(page, "Sammanfattning"))
    assert "Av nämndernas 42 nyckeltal är 14 röda, 13 gula och 10 gröna, varav 1 prel" in said
    assert "Rött betyder sämre än de flesta andra kommuner, inte att ett mål har missats." in said
    assert "14 av 37 med färg är röda; en fjärdedel vore 9,3." in said
    assert "4 av 14 röda är trögrörliga mått" in said
    assert "Kommunstyrelsen: 6 röda, 3 gula och 2 gröna." in said
    assert len(said) < 2600


def test_where_no_earlier_report_was_published_it_says_so_and_shows_no_such_column(
    page: Page,
) -> None:
    assert "Ingen nämndanalys från ett tidigare år finns publicerad här" in read(page.html)
    assert "Rapporten 2024" not in page.html
    assert "2024 räknat i dag" in page.html
    assert set(found(page, "compared")["state"]) == {"none"}


def test_every_committees_whole_set_is_there_with_value_median_and_both_years(page: Page) -> None:
    rows = found(page, "compared")
    shown = section(page, "Alla nyckeltal")
    assert rows.groupby("committee")["kpi"].count().to_dict() == {
        "bn": 10,
        "ks": 11,
        "msn": 11,
        "on": 11,
    }
    assert all(f"({kpi})" in shown for kpi in rows["kpi"])
    turned = rows.set_index("kpi").loc[TURNED_GREEN]
    assert (turned["recomputed"], turned["now"]) == ("yellow", "green")
    assert re.search(rf'<data [^>]*data-kpi="{TURNED_GREEN}"[^>]*>92,7</data>', shown)


def test_counts_by_committee_and_by_perspective_sum_to_the_key_figures(page: Page) -> None:
    told = read(section(page, "Nämnder och perspektiv i tal"))
    assert "Hela kommunen 42 14 13 10 5" in told
    assert "Kommunstyrelsen 11 6 3 2 0" in told
    assert "Ekonomi 5 3 0 0 2" in told


def test_slow_measures_are_told_with_the_planted_one_among_the_reds(page: Page) -> None:
    told = read(section(page, "Håll i"))
    assert re.search(rf"\({KPI}\) ON ▼ Röd \d+ % av de röda är röda också året efter", told)
    assert "gröna" in told


def test_greys_are_told_with_their_reasons(page: Page) -> None:
    told = read(section(page, "Nyckeltal utan färg"))
    assert "serien upphörde 2024" in told
    assert "nyckeltalet har ingen riktning och färgsätts inte" in told


def test_no_sentence_says_what_may_not_be_signed(page: Page) -> None:
    for words in re.findall(r"<(?:p|li|figcaption|caption)\b[^>]*>(.*?)</", page.html):
        plain = unescape(re.sub(r"<[^>]+>", "", words))
        assert prose.faults(plain) == [], plain


def test_no_other_municipality_is_named_so_none_is_ranked(page: Page, source: Snapshot) -> None:
    areas = source.municipalities
    others = {*areas.loc[areas["type"] == "K", "title"]} - {"Övninge"}
    assert not [name for name in others if re.search(rf"\b{re.escape(name)}\b", read(page.html))]


# ---- What was published, and what has changed since ----


@dataclass(frozen=True)
class Then:
    """A report of 2024 on a snapshot of its own, and the same counted on today's."""

    x: Across

    @property
    def row(self) -> dict[str, object]:
        (row,) = before.compared(self.x).to_dict("records")
        return {str(name): value for name, value in row.items()}

    @property
    def report(self) -> KeyFiguresReport:
        return KeyFiguresReport(self.x)


@pytest.fixture
def then(exercise: Exercise, source: Snapshot, tmp_path: Path) -> Callable[..., Then]:
    """Make a report of one KPI: what the values and the catalogue were then, what was published."""

    def make(
        colour: str,
        values: Change = lambda rows: rows,
        catalogue: Change = lambda kpis: kpis,
        *,
        lost: bool = False,
    ) -> Then:
        store = Store(tmp_path / "lager")
        rows, kpis = source.values([KPI]), source.kpis
        old = rewritten(store, source, values(rows), day=JUNE, kpis=catalogue(kpis))
        rewritten(store, source, rows, day=NOVEMBER, kpis=kpis)
        told = published("on", {KPI: colour}, snapshot="borta" if lost else old)
        model = model_with(exercise, committee("on", KPI))
        return Then(across_with(exercise, model, reported=[told], store=store.path))

    return make


def test_a_colour_that_is_the_same_today_is_said_to_be(then: Callable[..., Then]) -> None:
    found = then("red")
    assert (found.row["state"], found.row["why"]) == ("same", "")
    assert "Av 1 färger" not in read(found.report.skillnader.html)
    assert "Den enda färgen i rapporten för 2024 är densamma" in read(found.report.skillnader.html)


def own_2024(rows: pd.DataFrame, value: float) -> pd.DataFrame:
    mine = (rows["municipality"] == OWN) & (rows["period"] == 2024) & (rows["gender"] == "T")
    return rows.assign(value=rows["value"].mask(mine, value))


def test_a_revised_own_value_is_told_with_both_values(then: Callable[..., Then]) -> None:
    row = then("green", lambda rows: own_2024(rows, 0.2)).row
    assert (row["published"], row["recomputed"], row["state"]) == ("green", "red", "differs")
    assert str(row["why"]).startswith("Det egna värdet för 2024 är ändrat från 0,2 till 1,7.")
    assert "genom eget värde" in str(row["why"])


def test_a_small_revision_is_told_with_decimals_enough_to_be_seen(
    then: Callable[..., Then],
) -> None:
    found = then("yellow", lambda rows: own_2024(rows, 1.679))
    assert "Det egna värdet för 2024 är ändrat från 1,679 till 1,680." in str(found.row["why"])


def test_more_municipalities_are_told_by_how_many_had_a_value(then: Callable[..., Then]) -> None:
    def fewer(rows: pd.DataFrame) -> pd.DataFrame:
        """The municipalities with better values had not told theirs."""
        year = (rows["period"] == 2024) & (rows["municipality"] != OWN)
        return rows[~(year & (rows["value"] < 1.68) & (rows["municipality"] > "9040"))]

    row = then("yellow", fewer).row
    assert row["state"] == "differs"
    assert re.search(r"Då hade \d+ kommuner värde, nu \d+\.", str(row["why"]))
    assert "eget värde" not in str(row["why"]).partition("Läget")[0]


def test_a_newer_year_is_told_as_such(then: Callable[..., Then]) -> None:
    found = then("green", lambda rows: own_2023_green(rows[rows["period"] < 2024]))
    assert found.row["why"] == (
        "Rapporten byggde på uppgifter för 2023; nu är 2024 det senaste året."
    )


def own_2023_green(rows: pd.DataFrame) -> pd.DataFrame:
    mine = (rows["municipality"] == OWN) & (rows["period"] == 2023) & (rows["gender"] == "T")
    return rows.assign(value=rows["value"].mask(mine, 0.1))


def test_a_changed_definition_is_told(then: Callable[..., Then]) -> None:
    def reworded(kpis: pd.DataFrame) -> pd.DataFrame:
        return kpis.assign(title=kpis["title"].mask(kpis["id"] == KPI, "Något helt annat"))

    why = str(then("grey", catalogue=reworded).row["why"])
    assert why.startswith("Kolada har ändrat rubriken.")
    assert "Då: rubriken har ändrats i Kolada" in why


def test_a_colour_that_the_same_figures_never_gave_is_laid_to_rules_or_parameters(
    then: Callable[..., Then],
) -> None:
    assert then("green").row["why"] == (
        "Räknat på rapportens uppgifter med dagens regler och styrparametrar är det rött:"
        " reglerna eller styrparametrarna har ändrats sedan rapporten."
    )


def test_where_the_reports_snapshot_is_gone_it_says_that_it_cannot_be_told(
    then: Callable[..., Then],
) -> None:
    found = then("green", lost=True)
    assert "finns inte kvar i lagret, så det går inte att säga" in str(found.row["why"])
    told = read(found.report.skillnader.html)
    assert "Den enda färgen i rapporten för 2024 är en annan räknad på dagens uppgifter." in told
    assert "▲ Grön (rapporten 2024) ▼ Röd (2024)" in told


def test_both_colours_stand_beside_todays_in_the_full_set(then: Callable[..., Then]) -> None:
    told = read(then("green", lost=True).report.alla_nyckeltal.html)
    assert "Rapporten 2024 2024 räknat i dag Nu Värde Median Utveckling" in told
    assert f"({KPI}) ▲ Grön ▼ Röd (2024) ▼ Röd (2025) 1,7 0,8 trögrörligt" in told


def earlier(exercise: Exercise, reported: list[Outcome], *kpis: str) -> KeyFiguresReport:
    model = model_with(exercise, committee("on", *kpis), committee("ks", GREEN_ALWAYS))
    return KeyFiguresReport(across_with(exercise, model, reported=reported))


def test_a_red_that_the_committee_has_left_does_not_vanish(exercise: Exercise) -> None:
    told = published("on", {KPI: "red", "U33401": "red"}, snapshot="borta")
    words = read(earlier(exercise, [told], KPI).skillnader.html)
    assert "1 nyckeltal i de rapporterna följs inte längre av nämnden, varav 1 var rött." in words
    assert "(U33401) Onnämnden ▼ Röd (rapporten 2024) – Nämnden följer det inte längre." in words


def test_a_committee_without_an_earlier_report_is_named(exercise: Exercise) -> None:
    told = published("on", {KPI: "red"}, snapshot="borta")
    words = read(earlier(exercise, [told], KPI).skillnader.html)
    assert "Någon nämndanalys från ett tidigare år finns inte publicerad för Ksnämnden." in words


def test_the_newest_earlier_report_counts_never_this_years_nor_a_failed_one(
    exercise: Exercise,
) -> None:
    told = [
        published("on", {KPI: "yellow"}, snapshot="a", year=2022),
        published("on", {KPI: "green"}, snapshot="b", year=2023),
        published("on", {KPI: "grey"}, snapshot="c", year=2025),
        replace(published("on", {KPI: "grey"}, snapshot="d"), published=None),
        replace(published("on", {KPI: "grey"}, snapshot="e"), kind="annat"),
    ]
    x = across_with(exercise, model_with(exercise, committee("on", KPI)), reported=told)
    (row,) = before.compared(x).to_dict("records")
    assert (row["report"], row["published"], row["period_then"]) == (2023, "green", 2023)


def test_last_years_colour_today_is_what_a_report_of_that_year_would_show(
    exercise: Exercise,
) -> None:
    x = across_with(exercise, model_with(exercise, committee("bn", TURNED_GREEN, KPI)))
    (a,) = x.analyses
    then = scoring.latest(a.scores, 2024, a.kpis).set_index("kpi")["colour"]
    assert before.compared(x).set_index("kpi")["recomputed"].to_dict() == then.to_dict()


# ---- Little or nothing ----


def test_one_green_key_figure_and_a_committee_without_any_make_a_whole_report(
    exercise: Exercise,
) -> None:
    model = model_with(exercise, committee("ks", GREEN_ALWAYS), committee("bn"))
    report = KeyFiguresReport(across_with(exercise, model))
    said = read(report.sammanfattning.html)
    assert "Nämndernas enda nyckeltal är grönt." in said
    assert "Bnnämnden har inga nyckeltal." in said
    assert "Nämnden har inga nyckeltal i styrparametrarna." in read(report.alla_nyckeltal.html)
    assert report.slut.found["colours"] == {"red": 0, "yellow": 0, "green": 1, "grey": 0}


def test_without_any_key_figure_the_report_says_only_that(exercise: Exercise) -> None:
    report = KeyFiguresReport(across_with(exercise, model_with(exercise, committee("bn"))))
    assert read(report.sammanfattning.html) == (
        "Nämnderna har inga nyckeltal i styrparametrarna, så inget kan bedömas."
    )
    assert report.slut.found["kpis"] == 0


# ---- The real figures ----


@pytest.mark.real
def test_hedemoras_report_of_2022_has_the_colours_of_both_years(
    real_setting: Setting, exercise: Exercise
) -> None:
    start = Opened(
        exercise.place, real_setting.model, real_setting.snapshot, None, real_setting.own_values
    )
    x = Across(start, 2022)
    rows = before.compared(x).set_index("kpi")
    assert rows.loc["N15505", ["recomputed", "now"]].tolist() == ["yellow", "red"]
    assert rows.loc["N17461", ["recomputed", "now"]].tolist() == ["red", "yellow"]
    assert rows.loc["N15814", ["recomputed", "now"]].tolist() == ["red", "red"]
    said = read(KeyFiguresReport(x).sammanfattning.html)
    assert "Av nämndernas 42 nyckeltal är 13 röda, 18 gula och 6 gröna, varav 1 prel" in said
    assert "plats 281 av 290" in said
