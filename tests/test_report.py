"""What a committee's report says, and what it refuses to say."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from conftest import Exercise

from malstyr_lib.errors import StoreEmpty, UsageError
from malstyr_lib.markup import paragraph
from malstyr_lib.model import SteeringModel
from malstyr_lib.ovning.stories import STORIES
from malstyr_lib.questions import pictures
from malstyr_lib.report import raised
from malstyr_lib.report.analysis import Analysis, analyse, committee_named, report_year
from malstyr_lib.report.committee import CommitteeReport, committee_report
from malstyr_lib.report.ending import END_MARKER
from malstyr_lib.report.frame import plain_page
from malstyr_lib.report.index import list_page
from malstyr_lib.report.judge import judge
from malstyr_lib.store import Snapshot, Store

PARTS = (
    "rubrik",
    "sammanfattning",
    "mal",
    "perspektiv",
    "roda",
    "roda_diagram",
    "gra",
    "andra_grupper",
    "kon",
    "fargbyten",
    "slutsatser",
    "att_besluta",
    "tackning",
    "malnivaer",
    "aktiviteter",
    "egna",
    "forvantningar",
    "anteckningar",
    "fragor",
    "kalender",
    "hall_i",
    "kallor",
)


@pytest.fixture(scope="module")
def snapshot(exercise: Exercise) -> Snapshot:
    return Store(exercise.place.store).open()


def report_of(
    exercise: Exercise, snapshot: Snapshot, committee: str, year: int = 2025
) -> CommitteeReport:
    return CommitteeReport(analyse(exercise.model, snapshot, committee, year))


@pytest.fixture(scope="module")
def on(exercise: Exercise, snapshot: Snapshot) -> CommitteeReport:
    """The care committee's report for 2025."""
    return report_of(exercise, snapshot, "on")


def with_kpi(model: SteeringModel, kpi: str, **changes: object) -> SteeringModel:
    """The model with one KPI of its registry changed."""
    kpis = tuple(k.model_copy(update=changes) if k.id == kpi else k for k in model.kpis)
    return model.model_copy(update={"kpis": kpis})


# --- planted truths --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "story", [story for story in STORIES if story.colours], ids=lambda story: story.name
)
def test_the_planted_truths_come_out_as_they_were_planted(
    exercise: Exercise, snapshot: Snapshot, story: object
) -> None:
    scores = judge(exercise.model, snapshot, [story.kpi], years="A")  # type: ignore[attr-defined]
    found = dict(zip(scores["period"], scores["colour"], strict=True))
    planted = dict(story.colours)  # type: ignore[attr-defined]
    assert {year: found[year] for year in planted} == planted


def test_a_half_collected_year_is_grey_and_a_mostly_collected_one_preliminary(
    on: CommitteeReport,
) -> None:
    now = on.analysis.now.set_index("kpi")
    assert now.loc["U33401", "colour"] == "grey"
    assert now.loc["U33401", "reason"].startswith("för få har lämnat uppgift: ")
    assert now.loc["U23401", "preliminary"]
    assert "Gul (preliminär)" in on.perspektiv.html
    assert "Preliminär färg: Väntetid" in on.gra.html


def test_the_gender_gap_is_shown_beside_the_total(exercise: Exercise, snapshot: Snapshot) -> None:
    women, men = (
        judge(exercise.model, snapshot, ["N15505"], years="2025", gender=gender)["value"].iloc[0]
        for gender in ("K", "M")
    )
    assert women - men > 40


# --- the parts -------------------------------------------------------------------------------


CAUSAL = re.compile(r"\b(beror på|tack vare|leder till|orsakas av|på grund av)\b", re.IGNORECASE)


@pytest.mark.parametrize(
    ("committee", "year"),
    [
        *(("ks", 2010), ("on", 2025)),
        pytest.param("bn", 2018, marks=pytest.mark.slow),
        *(pytest.param(one, 2025, marks=pytest.mark.slow) for one in ("ks", "bn", "msn")),
    ],
)
def test_every_part_of_every_committee_can_be_shown_and_claims_no_cause(
    exercise: Exercise, snapshot: Snapshot, committee: str, year: int
) -> None:
    report = report_of(exercise, snapshot, committee, year)
    parts = {part: getattr(report, part) for part in PARTS}
    assert [part for part, shown in parts.items() if not shown.html] == []
    assert [part for part, shown in parts.items() if CAUSAL.search(repr(shown))] == []


@pytest.mark.parametrize("year", [1999, 2026])
def test_a_year_that_the_snapshot_does_not_hold_is_refused(
    exercise: Exercise, snapshot: Snapshot, year: int
) -> None:
    message = f"Rapportår {year} finns inte i ögonblicksbilden: Övninge har värden från 2010 till"
    with pytest.raises(UsageError, match=message):
        report_of(exercise, snapshot, "bn", year)


def test_a_committee_without_any_value_is_explained_and_never_praised(on: CommitteeReport) -> None:
    report = CommitteeReport(_with(on.analysis, observations=on.analysis.evidence.observations[:0]))
    assert report.gra.html.count("inga värden till och med 2025") == 11
    assert report.slut.found["colours"] == {"red": 0, "yellow": 0, "green": 0, "grey": 11}
    nothing = "Inget av nämndens 11 nyckeltal har färg 2025. Skälen står i steg 4."
    for part in (
        "sammanfattning",
        "roda",
        "roda_diagram",
        "fargbyten",
        "slutsatser",
        "att_besluta",
    ):
        assert nothing in getattr(report, part).html
    assert "nyckeltal är rött" not in "".join(getattr(report, part).html for part in PARTS)


def test_no_red_is_said_beside_how_many_have_no_colour(on: CommitteeReport) -> None:
    kept = [kpi for kpi in on.analysis.kpis if kpi.id not in set(on.analysis.red["kpi"])]
    report = CommitteeReport(_with(on.analysis, kpis=tuple(kept)))
    assert repr(report.roda) == (
        "Inget av nämndens nyckeltal är rött. 3 nyckeltal saknar färg, se steg 4."
    )


def test_all_four_perspectives_are_shown_and_the_empty_one_is_a_remark(
    exercise: Exercise, snapshot: Snapshot
) -> None:
    html = report_of(exercise, snapshot, "msn").perspektiv.html
    assert re.findall("<h3>(.+?)</h3>", html) == [
        "Invånare",
        "Ekonomi",
        "Medarbetare",
        "Hållbar utveckling",
    ]
    assert (
        "Anmärkning: nämnden har varken mål eller nyckeltal i perspektivet Ekonomi."
        " Alla nämnder ska svara för alla perspektiv." in html
    )


def test_reds_are_ordered_by_their_distance_to_the_median(
    exercise: Exercise, snapshot: Snapshot
) -> None:
    for committee in ("ks", "bn", "on", "msn"):
        gaps = report_of(exercise, snapshot, committee).analysis.red["gap_iqr"]
        assert gaps.dropna().is_monotonic_decreasing
        assert gaps.isna().sort_values().tolist() == gaps.isna().tolist()


def test_every_red_has_a_trend_a_strip_and_the_border_in_words(on: CommitteeReport) -> None:
    html = on.roda_diagram.html
    reds = len(on.analysis.red)
    assert html.count('alt="Linjediagram över ') == html.count('alt="Punktdiagram över ') == reds
    assert html.count("<details>") == html.count("<img ")
    assert html.count("Gränsen till gult gick det året vid") == reds
    assert html.count("Måttet bygger på en enkät") == 1  # U21468, but not N31816


def test_women_stand_beside_men_under_a_red_where_both_are_published(on: CommitteeReport) -> None:
    html = on.roda_diagram.html
    shown = {
        kpi: f"Hantelbild över {' '.join(title.split())}" in html
        for kpi, title in on.analysis.evidence.titles.items()
    }
    assert [kpi for kpi, there in shown.items() if there] == ["N31816", "U21468"]


def test_the_border_in_words_is_where_the_colour_turns(on: CommitteeReport) -> None:
    row = on.analysis.red.iloc[0]
    kpi = on.analysis.model.kpi(row["kpi"])
    case = raised.case_of(on.analysis, on._asked, kpi)
    others = pictures.of_year(case, int(row["period"]))
    border = row["value"] - row["gap_to_yellow"]  # the first red, N31816, is better when lower
    moved = others.assign(value=others["value"].where(others["municipality"] != "9001", border))
    better = (moved["value"] < round(border, 9)).sum()
    assert 4 * better < 3 * len(moved)


def test_both_genders_are_hidden_when_one_is(exercise: Exercise, on: CommitteeReport) -> None:
    red = on.analysis.red["kpi"].iloc[0]
    table = on.analysis.evidence.observations.copy()
    men = (table["kpi"] == red) & (table["gender"] == "M") & (table["municipality"] == "9001")
    table.loc[men, "value"] = np.nan
    hidden = CommitteeReport(_with(on.analysis, observations=table))
    assert hidden.kon.html.count(">visas inte</td>") == 2
    assert "visas inte" not in on.kon.html


def test_a_measure_without_genders_is_said_to_have_none(on: CommitteeReport) -> None:
    analysis = on.analysis
    red, values = analysis.red["kpi"].iloc[0], analysis.evidence.observations
    total = (values["kpi"] != red) | (values["gender"] == "T")
    live = analysis.evidence.catalogue.assign(is_divided_by_gender=lambda t: t["id"] != red)
    plain = _with(analysis, observations=values[total], catalogue=live)
    assert CommitteeReport(plain).kon.html.count("redovisas inte per kön") == 2


def _with(analysis: Analysis, **changes: object) -> Analysis:
    own = {name: changes.pop(name) for name in ("committee", "snapshot") if name in changes}
    return replace(analysis, evidence=replace(analysis.evidence, **changes), **own)


def test_shifts_are_shown_both_ways_beside_how_common_they_were(on: CommitteeReport) -> None:
    assert on.analysis.shifts
    for shift in on.analysis.shifts:
        assert f"Av {sum(shift.peers.values())} andra kommuner som var" in on.fargbyten.html
    assert {"Förut", "Nu"} <= set(re.findall('<th scope="col"[^>]*>(.+?)</th>', on.fargbyten.html))


def test_the_first_page_tells_what_is_red_what_turned_what_is_asked_and_what_is_decided(
    exercise: Exercise, snapshot: Snapshot
) -> None:
    report = report_of(exercise, snapshot, "bn")
    words = repr(report.sammanfattning)
    heads = re.findall(r"<h3>(.+?)</h3>", report.sammanfattning.html)
    assert heads == [
        "Det som är rött",
        "Det som har bytt färg",
        "Det som frågas",
        "Det som är bestämt och görs",
    ]
    assert "Av nämndens 10 nyckeltal är 3 röda" in words
    for shift in report.analysis.shifts:
        assert f"Av {sum(shift.peers.values())} andra kommuner som var" in words
    assert "Analysgruppen: 2 frågor väntar på svar." in words
    assert "BN-F2 Är rutan om trygghet tom" in words
    assert "Av nämndens 6 målnivåer är 2 nådda. Nämnden har 10 aktiviteter 2026: 7 pågår" in words


def test_that_some_turns_are_not_on_the_first_page_is_said_there(on: CommitteeReport) -> None:
    analysis = replace(on.analysis)
    better = [one for one in analysis.shifts if one.better][:1] * 4
    vars(analysis)["shifts"] = better
    said = repr(CommitteeReport(analysis).sammanfattning)
    assert "4 nyckeltal har fått bättre färg" in said
    assert "Här visas 3 av de 4." in said
    assert "Här visas" not in repr(on.sammanfattning)


def test_a_target_that_cannot_be_judged_is_neither_met_nor_missed_on_the_first_page(
    on: CommitteeReport,
) -> None:
    values = on.analysis.evidence.observations
    report = CommitteeReport(_with(on.analysis, observations=values[:0]))
    assert "målnivåer går att bedöma." in repr(report.sammanfattning)
    assert " är 0 nådda" not in repr(report.sammanfattning)


def test_the_calendar_tells_when_figures_come_and_which_report_they_can_be_in(
    exercise: Exercise, snapshot: Snapshot
) -> None:
    words = repr(report_of(exercise, snapshot, "bn").kalender)
    assert "Årsredovisning 2026, stoppdag 12 februari 2027. Kan nästa värde komma med?" in words
    assert "12 februari 2027\tStoppdag\tÅrsredovisning 2026" in words
    assert "10 juni 2027\tPubliceras\tEffektivitetsindex kommunal grundskola F-9 (U15900)" in words
    assert "Delårsrapport 2026" not in words  # its stop day has passed


def test_unreviewed_directions_and_undecided_goals_are_said_at_once(on: CommitteeReport) -> None:
    words = repr(on.sammanfattning)
    assert "Ingen har ännu granskat om högt eller lågt är bra för nämndens nyckeltal." in words
    assert "Alla nämndens mål är exempel som kommunen inte har beslutat om." in words
    assert "(ej granskad)" in on.perspektiv.html
    assert "(exempel)" in on.mal.html


def test_a_reviewed_direction_is_no_longer_marked(exercise: Exercise, snapshot: Snapshot) -> None:
    model = exercise.model
    for kpi in committee_named(model, "on").kpis:
        model = with_kpi(model, kpi, reviewed="2026-11-23 Anna Andersson")
    report = CommitteeReport(analyse(model, snapshot, "on", 2025))
    assert "granskad" not in report.perspektiv.html + report.sammanfattning.html


def test_a_changed_title_blocks_the_colour_and_says_so(
    exercise: Exercise, snapshot: Snapshot
) -> None:
    model = with_kpi(exercise.model, "N31816", title="Vuxna biståndsmottagare, gammal rubrik")
    report = CommitteeReport(analyse(model, snapshot, "on", 2025))
    assert "N31816" not in set(report.analysis.red["kpi"])
    assert "rubriken har ändrats i Kolada sedan riktningen bestämdes" in report.gra.html


def test_a_kpi_that_is_gone_from_kolada_is_said_to_be(on: CommitteeReport) -> None:
    analysis = on.analysis
    rows = analysis.evidence.observations[analysis.evidence.observations["kpi"] != "N31816"]
    live = analysis.evidence.catalogue[analysis.evidence.catalogue["id"] != "N31816"]
    gone = CommitteeReport(_with(analysis, observations=rows, catalogue=live))
    assert "nyckeltalet finns inte i Kolada" in gone.gra.html


def test_markup_in_names_and_titles_is_shown_as_text(
    exercise: Exercise, snapshot: Snapshot
) -> None:
    bad = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'
    model = with_kpi(exercise.model, "N31816", title=f"{bad} (%)")
    live = snapshot.kpis.assign(
        title=lambda t: t["title"].where(t["id"] != "N31816", f"{bad} (%)"),
        description=f"{bad} Källa: {bad}",
    )
    committee = committee_named(model, "on").model_copy(update={"name": bad})
    analysis = _with(analyse(model, snapshot, "on", 2025), committee=committee, catalogue=live)
    report = CommitteeReport(analysis)
    html = "".join(getattr(report, part).html for part in PARTS)
    assert "<script" not in html
    assert "<img src=x" not in html
    assert "&lt;script&gt;" in html


def test_sources_are_kept_apart_and_name_the_snapshot(on: CommitteeReport) -> None:
    words = repr(on.kallor)
    assert on.analysis.snapshot.id in words
    assert "Källa: övningsvärlden" in words
    assert "egen bearbetning, inte Koladas" in words
    assert "ÖVNINGSDATA" in words


def test_figures_not_fetched_from_kolada_itself_say_so(on: CommitteeReport) -> None:
    real = on.analysis.evidence.municipalities.assign(
        id=lambda t: t["id"].where(t["type"] != "K", "2" + t["id"].str[1:])
    )
    stand_in = CommitteeReport(_with(on.analysis, municipalities=real))
    assert not stand_in.analysis.exercise
    assert "som inte är Koladas egen adress" in repr(stand_in.kallor)
    straight = replace(on.analysis.snapshot, base_url="https://api.kolada.se/v3")
    direct = CommitteeReport(_with(on.analysis, municipalities=real, snapshot=straight))
    assert "egen adress" not in repr(direct.kallor)
    assert "ÖVNINGSDATA" not in repr(direct.kallor)


def test_the_end_marker_says_what_was_found(on: CommitteeReport) -> None:
    found = on.slut._repr_mimebundle_()[END_MARKER]
    assert found["committee"] == "on"
    assert sum(found["colours"].values()) == found["kpis"] == 11


def test_a_chart_can_be_asked_for_by_id_and_another_id_is_refused(on: CommitteeReport) -> None:
    assert on.utveckling("n31816").alt.startswith("Linjediagram över Vuxna biståndsmottagare")
    assert on.alla_kommuner("u01421").alt.startswith("Punktdiagram över Brukarbedömning")
    with pytest.raises(UsageError, match="N99999 är inget av nämndens nyckeltal med värden"):
        on.utveckling("N99999")


# --- choosing --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["on", "ON", "Omsorgsnämnden", "omsorgsnämnden"])
def test_a_committee_answers_to_its_slug_code_and_name(
    steering_model: SteeringModel, name: str
) -> None:
    assert committee_named(steering_model, name).slug == "on"


def test_an_unknown_committee_is_named_with_the_nearest(steering_model: SteeringModel) -> None:
    with pytest.raises(UsageError, match="menade du 'Omsorgsnämnden'\\? Nämnderna är BN, KS"):
        committee_named(steering_model, "omsorgsnamnden")


def test_the_year_is_the_newest_that_half_of_the_kpis_have_reached(
    exercise: Exercise, snapshot: Snapshot
) -> None:
    assert report_year(exercise.model, snapshot) == 2025


def test_an_own_municipality_that_kolada_does_not_know_is_said(
    exercise: Exercise, snapshot: Snapshot
) -> None:
    other = exercise.model.municipality.model_copy(update={"code": "2083", "name": "Hedemora"})
    model = exercise.model.model_copy(update={"municipality": other})
    with pytest.raises(UsageError, match=r"Hedemora \(2083\) finns inte i ögonblicksbilden"):
        analyse(model, snapshot, "on", 2025)


def test_a_code_that_is_another_municipality_is_refused(
    exercise: Exercise, snapshot: Snapshot
) -> None:
    other = exercise.model.municipality.model_copy(update={"name": "Hedemora"})
    model = exercise.model.model_copy(update={"municipality": other})
    with pytest.raises(UsageError, match="kod 9001 är Övninge i Kolada, men namn är Hedemora"):
        analyse(model, snapshot, "on", 2025)


def test_a_region_is_no_municipality(exercise: Exercise, snapshot: Snapshot) -> None:
    other = exercise.model.municipality.model_copy(update={"code": "0000", "name": "Riket"})
    model = exercise.model.model_copy(update={"municipality": other})
    with pytest.raises(UsageError, match=r"Riket \(0000\) finns inte"):
        analyse(model, snapshot, "on", 2025)


def test_an_empty_store_says_how_to_get_one(
    exercise: Exercise, monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    monkeypatch.setenv("MALSTYR_PARAMS", str(exercise.place.params))
    monkeypatch.setenv("MALSTYR_STORE", str(tmp_path))
    with pytest.raises(StoreEmpty, match="Hämta värden med: malstyr hamta"):
        committee_report("on")


# --- judge -----------------------------------------------------------------------------------


def test_judge_answers_for_any_municipality_year_and_group(
    exercise: Exercise, snapshot: Snapshot
) -> None:
    areas = snapshot.municipalities
    name = areas.loc[areas["id"] == "9105", "title"].iloc[0]
    table = judge(
        exercise.model,
        snapshot,
        ["n15428", "N15505"],
        municipality=name.upper(),
        years="2020-2022,2024",
        group="län",
    )
    assert table["municipality"].unique().tolist() == ["9105"]
    assert table["period"].tolist() == [2020, 2021, 2022, 2024] * 2
    assert table["group"].unique().tolist() == ["län"]
    assert (table["n"] <= 29).all()


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"kpis": ["N99999", "U11111"]}, "N99999 och U11111 finns inte i Kolada"),
        ({"years": "20x"}, "År '20x' går inte att läsa"),
        ({"municipality": "Hedemorra"}, "ingen kommun 'Hedemorra'"),
        ({"gender": "X"}, "Okänt kön 'X'"),
        ({"group": "grannar"}, "Okänd jämförelsegrupp 'grannar'"),
    ],
)
def test_judge_says_what_is_wrong_with_a_question(
    exercise: Exercise, snapshot: Snapshot, asked: dict[str, object], message: str
) -> None:
    kpis = asked.pop("kpis", ["N15428"])
    with pytest.raises(UsageError, match=message):
        judge(exercise.model, snapshot, kpis, **asked)  # type: ignore[arg-type]


def test_a_kpi_outside_the_registry_has_a_value_but_no_colour(
    exercise: Exercise, snapshot: Snapshot
) -> None:
    kpis = tuple(kpi for kpi in exercise.model.kpis if kpi.id != "N15428")
    model = exercise.model.model_copy(update={"kpis": kpis})
    row = judge(model, snapshot, ["N15428"]).iloc[0]
    assert (row["colour"], row["reason"]) == (
        "grey",
        "nyckeltalet har ingen riktning och färgsätts inte",
    )
    assert pd.notna(row["value"])


def test_one_gender_is_never_shown_when_the_other_is_hidden(
    exercise: Exercise, snapshot: Snapshot
) -> None:
    values = snapshot.values(["N15505"])
    known = values[values["value"].notna() & (values["gender"] != "T")]
    sizes = known.groupby(["municipality", "period"]).size()
    area, year = sizes.index[sizes == 1][0]
    for gender in ("K", "M"):
        shown = judge(
            exercise.model,
            snapshot,
            ["N15505"],
            municipality=area,
            years=str(year),
            gender=gender,
        )
        assert shown["value"].isna().all()


# --- pages ----------------------------------------------------------------------------------


def test_a_committee_without_kpis_still_gets_its_report(
    exercise: Exercise, snapshot: Snapshot
) -> None:
    committee = exercise.model.committees[0].model_copy(update={"goals": ()})
    model = exercise.model.model_copy(update={"committees": (committee,)})
    report = CommitteeReport(analyse(model, snapshot, committee.slug, 2025))
    for part in PARTS:
        assert getattr(report, part).html


def test_an_empty_list_says_how_to_make_reports() -> None:
    assert "Gör dem med: malstyr rapport" in list_page([], "Övninge")


def test_a_page_is_swedish_whole_and_alone() -> None:
    page = plain_page(paragraph("hej"), title="Räksmörgås & <b>", exercise=False)
    assert page.startswith("<!doctype html>")
    assert '<html lang="sv">' in page
    assert "<title>Räksmörgås &amp; &lt;b&gt;</title>" in page
    assert '<a class="hoppa" href="#innehall">' in page
    assert "<script" not in page
    assert "http" not in page
    assert "ÖVNINGSDATA" not in page
