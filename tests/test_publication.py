"""When the next figures come, which reports they can be in, and the calendar file of it."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from conftest import Exercise
from hypothesis import strategies as st
from icalendar import Calendar
from properties import heavy_property_test, property_test

from malstyr_lib import publication, tables
from malstyr_lib.cli import run
from malstyr_lib.model import Committee, CommitteeGoal, Kpi, Report
from malstyr_lib.publication import FIGURES, STATES, ics

OWN, OTHER, REGION = "2083", "0114", "0020"
FETCHED, TODAY = date(2026, 6, 1), date(2026, 9, 1)
DELAR = Report(id="delar", name="Delårsrapport 2026", year=2026, stop=date(2026, 9, 11))
ARS = Report(id="ars", name="Årsredovisning 2026", year=2026, stop=date(2027, 2, 12))
STAMP = datetime(2026, 9, 1, 6, 30, tzinfo=UTC)
Printed = pytest.CaptureFixture[str]


def catalogue(
    day: str | None = None,
    period: str | None = None,
    prel: str | None = None,
    *,
    title: str = "Behöriga elever, andel (%)",
) -> pd.DataFrame:
    columns: dict[str, list[Any]] = {name: [None] for name in tables.KPIS}
    columns |= {"id": ["N00001"], "title": [title], "has_ou_data": [False]}
    columns |= {"is_divided_by_gender": [False], "publication_date": [day]}
    columns |= {"prel_publication_date": [prel], "publ_period": [period]}
    return tables.frame(tables.KPIS, columns)


def values(*told: tuple[str, int, float]) -> pd.DataFrame:
    rows = [("N00001", area, year, "T", value, "") for area, year, value in told]
    columns = zip(*rows, strict=True) if rows else [()] * 6
    return tables.frame(
        tables.OBSERVATIONS, dict(zip(tables.OBSERVATIONS, map(list, columns), strict=True))
    )


def figure(
    live: pd.DataFrame,
    *told: tuple[str, int, float],
    fetched: date = FETCHED,
    today: date = TODAY,
    asked: tuple[str, ...] = ("N00001",),
) -> dict[str, Any]:
    (row,) = table(live, *told, fetched=fetched, today=today, asked=asked).to_dict("records")
    return row


def table(
    live: pd.DataFrame,
    *told: tuple[str, int, float],
    fetched: date = FETCHED,
    today: date = TODAY,
    asked: tuple[str, ...] = ("N00001",),
) -> pd.DataFrame:
    return publication.figures(
        live,
        values(*told),
        kpis=[Kpi(id="N00001", title="Behöriga elever, andel (%)", direction="högt")],
        municipality=OWN,
        areas=[OWN, OTHER],
        asked=asked,
        fetched=fetched,
        today=today,
    )


def committee(**goal: Any) -> Committee:
    one = CommitteeGoal(
        id="BN1", text="T", council_goal="KF1", perspective="p", kpis=("N00001",), **goal
    )
    return Committee(slug="bn", code="BN", name="Bildningsnämnden", goals=(one,))


def answer(
    figures: pd.DataFrame,
    report: Report = DELAR,
    fetched: date = FETCHED,
    today: date = TODAY,
) -> tuple[str, str]:
    rows = publication.in_reports(
        figures, reports=[report], committees=[committee()], fetched=fetched, today=today
    )
    ((said, why),) = rows[["answer", "why"]].itertuples(index=False, name=None)
    return said, why


# --- what is known of the next figure ------------------------------


@pytest.mark.parametrize(
    ("live", "told", "state", "reason"),
    [
        (
            catalogue("2026-09-25", "2026"),
            [(OWN, 2025, 80.0)],
            "coming",
            "värdet för 2026 väntas 2026-09-25",
        ),
        (
            catalogue("2026-09-25", "2026"),
            [(OWN, 2025, 80.0), (OTHER, 2026, 70.0)],
            "coming",
            "värdet för 2026 väntas 2026-09-25; 1 annan kommun har redan ett",
        ),
        (
            catalogue("2026-12-01", "2025", "2026-10-01"),
            [],
            "coming",
            "värdet för 2025 väntas preliminärt 2026-10-01 och slutligt 2026-12-01",
        ),
        (
            catalogue("2026-12-01", "2025", "2026-08-01"),
            [],
            "coming",
            "värdet för 2025 väntas slutligt 2026-12-01; skulle komma preliminärt 2026-08-01,"
            " efter hämtningen; hämta på nytt",
        ),
        (
            catalogue("2026-12-01", "2025", "2026-04-01"),
            [],
            "coming",
            "värdet för 2025 väntas slutligt 2026-12-01; skulle ha kommit preliminärt 2026-04-01"
            " men finns inte i det hämtade",
        ),
        (
            catalogue(None, "2025", "2026-10-01"),
            [],
            "coming",
            "värdet för 2025 väntas preliminärt 2026-10-01; ingen slutlig dag är angiven",
        ),
        (
            catalogue("2026-09-25", "2025/26"),
            [(OWN, 2025, 80.0)],
            "coming",
            "ett värde för ett okänt år väntas 2026-09-25",
        ),
        (
            catalogue("2026-03-01", "2025"),
            [(OWN, 2025, 80.0), (OWN, 2024, 79.0)],
            "here",
            "värdet för 2025 finns; Kolada säger inte när nästa kommer",
        ),
        (
            catalogue("2026-08-28", "2025", "2026-04-01"),
            [(OWN, 2025, 80.0)],
            "here",
            "värdet för 2025 finns redan, och kan ändras när det publiceras 2026-08-28",
        ),
        (
            catalogue("2026-03-01", "2024"),
            [(OWN, 2025, 80.0)],
            "here",
            "värdet för 2025 finns; Kolada säger inte när nästa kommer",
        ),
        (
            catalogue("2026-08-28", "2025"),
            [(OWN, 2024, 80.0), (OTHER, 2025, 70.0)],
            "due",
            "värdet för 2025 skulle ha kommit 2026-08-28, efter hämtningen 2026-06-01;"
            " hämta på nytt",
        ),
        (
            catalogue("2026-06-01", "2025"),
            [],
            "due",
            "värdet för 2025 skulle komma 2026-06-01, samma dag som hämtningen; hämta på nytt",
        ),
        (
            catalogue("2026-09-01", "2025"),
            [],
            "due",
            "värdet för 2025 väntas i dag, 2026-09-01, efter hämtningen 2026-06-01; hämta på nytt",
        ),
        (
            catalogue(None, "2025", "2026-08-01"),
            [],
            "due",
            "värdet för 2025 skulle ha kommit preliminärt 2026-08-01, efter hämtningen"
            " 2026-06-01; hämta på nytt",
        ),
        (
            catalogue("2026-05-31", "2025"),
            [(OWN, 2024, 80.0)],
            "late",
            "värdet för 2025 skulle ha kommit 2026-05-31 men finns inte för någon kommun"
            " i det hämtade; hämta igen om en tid",
        ),
        (
            catalogue("2026-05-31", "2025"),
            [(OWN, 2024, 80.0), (OTHER, 2025, 70.0)],
            "without_us",
            "värdet för 2025 skulle ha kommit 2026-05-31 men finns inte i det hämtade, fast 1"
            " annan kommun har ett; hämta på nytt, eller se om våra uppgifter är lämnade",
        ),
        (catalogue(), [], "undated", "Kolada säger inte när nästa värde kommer"),
        (
            catalogue("2026-05-31", "hösten"),
            [],
            "undated",
            "Kolada anger 2026-05-31, men inte för vilket år",
        ),
        (
            catalogue(None, "2025", "2026-04-01"),
            [],
            "undated",
            "skulle ha kommit preliminärt 2026-04-01; ingen slutlig dag är angiven",
        ),
        (
            catalogue("2026-02-30", "2025"),  # there is no such day
            [],
            "undated",
            "Kolada säger inte när nästa värde kommer",
        ),
        (catalogue("29 aug", "2025"), [], "undated", "Kolada säger inte när nästa värde kommer"),
        (
            catalogue(title="Behöriga elever, andel (%) (-2022)"),
            [(OWN, 2022, 80.0)],
            "ended",
            "serien upphörde 2022",
        ),
    ],
)
def test_the_next_figure_is_told_with_its_reason(
    live: pd.DataFrame, told: list[tuple[str, int, float]], state: str, reason: str
) -> None:
    row = figure(live, *told)
    assert (row["state"], row["reason"]) == (state, reason)


def test_a_day_after_the_stop_of_february_is_read_in_a_leap_year_only() -> None:
    assert figure(catalogue("2028-02-29", "2027"))["day"] == "2028-02-29"
    assert figure(catalogue("2027-02-29", "2026"))["state"] == "undated"


def test_a_kpi_that_kolada_does_not_have_keeps_its_own_title() -> None:
    row = figure(tables.empty(tables.KPIS))
    assert (row["state"], row["reason"]) == ("unknown", "finns inte i Kolada")
    assert row["title"] == "Behöriga elever, andel (%)"


def test_a_kpi_that_was_not_fetched_is_not_called_late() -> None:
    row = figure(catalogue("2026-01-31", "2025"), asked=())
    assert (row["state"], row["reason"]) == ("unasked", "är inte hämtat; hämta på nytt")


def test_the_newest_own_value_is_a_total_that_is_there() -> None:
    told = values((OWN, 2023, 80.0), (OWN, 2024, float("nan")), (OTHER, 2025, 70.0))
    women = told.assign(gender="K", period=2025, municipality=OWN, value=1.0)
    found = publication.figures(
        catalogue("2026-09-25", "2026"),
        pd.concat([told, women]),
        kpis=[Kpi(id="N00001", title="x", direction="högt")],
        municipality=OWN,
        areas=[OWN, OTHER],
        asked=["N00001"],
        fetched=FETCHED,
        today=TODAY,
    )
    assert list(found["newest"]) == [2023]


def test_a_region_does_not_count_among_other_municipalities() -> None:
    row = figure(catalogue("2026-05-31", "2025"), (REGION, 2025, 70.0), ("0000", 2025, 1.0))
    assert (row["others"], row["state"]) == (0, "late")


def test_the_tables_keep_their_contracts() -> None:
    found = table(catalogue("2026-09-25", "2026"))
    assert {name: str(dtype) for name, dtype in found.dtypes.items()} == FIGURES
    none = publication.in_reports(
        found, reports=[], committees=[committee()], fetched=FETCHED, today=TODAY
    )
    assert list(none) == list(publication.IN_REPORTS)
    assert none.empty


DAYS = st.none() | st.dates(date(2026, 1, 1), date(2027, 6, 30)).map(date.isoformat)
PERIODS = st.sampled_from([None, "2024", "2025", "2026", "", "2025/26", "20255", "år 2025"])


@heavy_property_test(
    day=DAYS,
    prel=DAYS,
    period=PERIODS,
    told=st.lists(st.tuples(st.sampled_from([OWN, OTHER]), st.integers(2023, 2026)), max_size=4),
    fetched=st.dates(date(2026, 1, 1), date(2026, 12, 31)),
    wait=st.integers(0, 300),
)
def test_whatever_kolada_says_there_is_one_state_a_reason_and_an_answer(
    day: str | None,
    prel: str | None,
    period: str | None,
    told: list[tuple[str, int]],
    fetched: date,
    wait: int,
) -> None:
    today = fetched + timedelta(days=wait)
    values_ = sorted({(area, year, 1.0) for area, year in told})
    found = table(catalogue(day, period, prel), *values_, fetched=fetched, today=today)
    (row,) = found.to_dict("records")
    assert row["state"] in STATES
    assert row["reason"][-1] != "."
    for report in (DELAR, ARS):
        said, why = answer(found, report, fetched, today)
        assert said in publication.ANSWERS
        assert why[-1] != "."
        if said == "yes" and row["state"] in ("coming", "due"):
            assert row["day"] <= report.stop.isoformat()  # a preliminary day is never a yes
        if report.stop < today and row["state"] != "here":
            assert said == "no"


# --- which reports it can be in ------------------------------


@pytest.mark.parametrize(
    ("live", "told", "said", "why"),
    [
        (
            catalogue("2026-09-10", "2025"),
            [],
            "yes",
            "värdet för 2025 väntas 2026-09-10; 1 dag före stoppdagen",
        ),
        (
            catalogue("2026-09-11", "2025"),
            [],
            "yes",
            "värdet för 2025 väntas 2026-09-11; på själva stoppdagen",
        ),
        (
            catalogue("2026-09-12", "2025"),
            [],
            "no",
            "värdet för 2025 väntas 2026-09-12; efter stoppdagen",
        ),
        (
            catalogue("2026-09-30", "2025", "2026-09-05"),
            [],
            "preliminary",
            "bara preliminärt 2026-09-05, 6 dagar före stoppdagen; slutligt först 2026-09-30",
        ),
        (
            catalogue(None, "2025", "2026-09-05"),
            [],
            "preliminary",
            "bara preliminärt 2026-09-05, 6 dagar före stoppdagen; ingen slutlig dag är angiven",
        ),
        (
            catalogue("2026-09-30", "2025", "2026-05-05"),  # and at the fetch it was not there
            [],
            "no",
            "värdet för 2025 väntas slutligt 2026-09-30; skulle ha kommit preliminärt 2026-05-05"
            " men finns inte i det hämtade; efter stoppdagen",
        ),
        (
            catalogue("2026-03-01", "2025"),
            [(OWN, 2025, 1.0)],
            "there",
            "värdet för 2025 finns; Kolada säger inte när nästa kommer",
        ),
        (
            catalogue("2026-09-30", "2025"),
            [(OWN, 2025, 1.0)],
            "preliminary",
            "värdet för 2025 finns, och kan ändras 2026-09-30, efter stoppdagen",
        ),
        (
            catalogue("2026-08-28", "2025"),
            [],
            "yes",
            "värdet för 2025 skulle ha kommit 2026-08-28, efter hämtningen 2026-06-01;"
            " hämta på nytt",
        ),
        (
            catalogue("2026-05-31", "2025"),
            [],
            "unclear",
            "värdet för 2025 skulle ha kommit 2026-05-31 men finns inte för någon kommun"
            " i det hämtade; hämta igen om en tid",
        ),
        (catalogue(), [], "unclear", "Kolada säger inte när nästa värde kommer"),
        (tables.empty(tables.KPIS), [], "unclear", "finns inte i Kolada"),
        (
            catalogue(title="x (-2022)"),
            [],
            "no",
            "serien upphörde 2022; inget mer värde kommer",
        ),
    ],
)
def test_a_figure_can_be_in_a_report_by_its_stop_day(
    live: pd.DataFrame, told: list[tuple[str, int, float]], said: str, why: str
) -> None:
    assert answer(table(live, *told)) == (said, why)


def test_a_value_that_came_after_the_stop_day_is_not_in_that_report() -> None:
    later = {"fetched": date(2026, 11, 1), "today": date(2026, 11, 2)}
    found = table(catalogue("2026-09-25", "2026"), (OWN, 2026, 1.0), **later)
    assert answer(found, DELAR, **later) == (
        "no",
        "värdet för 2026 kom 2026-09-25, efter stoppdagen",
    )
    assert answer(found, ARS, **later)[0] == "there"


def test_when_the_stop_day_has_passed_what_is_not_there_cannot_come() -> None:
    later = {"fetched": date(2026, 6, 1), "today": date(2026, 9, 12)}
    found = table(catalogue("2026-08-28", "2025"), **later)
    why = "stoppdagen har passerat, och värdet finns inte i det hämtade"
    assert answer(found, DELAR, **later) == ("no", why)


def test_a_goal_that_is_not_in_force_the_reports_year_asks_for_nothing() -> None:
    found = table(catalogue("2026-09-25", "2026"))
    rows = publication.in_reports(
        found, reports=[DELAR], committees=[committee(until=2025)], fetched=FETCHED, today=TODAY
    )
    assert rows.empty


def test_reports_come_in_the_order_of_their_stop_days() -> None:
    rows = publication.in_reports(
        table(catalogue()),
        reports=[ARS, DELAR],
        committees=[committee()],
        fetched=FETCHED,
        today=TODAY,
    )
    assert list(rows["report"]) == ["delar", "ars"]


# --- day by day ------------------------------


def days(live: pd.DataFrame, *told: tuple[str, int, float], **goal: Any) -> pd.DataFrame:
    return publication.events(
        table(live, *told),
        reports=[ARS, DELAR],
        committees=[committee(**goal)],
        fetched=FETCHED,
        today=TODAY,
    )


def test_days_come_in_order_with_preliminary_and_final_told_apart() -> None:
    found = days(catalogue("2026-11-30", "2025", "2026-09-11"))
    assert found[["day", "kind", "about"]].to_numpy().tolist() == [
        ["2026-09-11", "stop", "delar"],
        ["2026-09-11", "preliminary", "N00001"],
        ["2026-11-30", "final", "N00001"],
        ["2027-02-12", "stop", "ars"],
    ]


def test_days_that_have_passed_and_goals_that_have_ended_are_left_out() -> None:
    assert list(days(catalogue("2026-08-28", "2025"))["kind"]) == ["stop", "stop"]
    assert list(days(catalogue("2026-10-28", "2025"), until=2025)["kind"]) == ["stop", "stop"]


def test_a_value_that_is_there_has_a_day_only_while_it_may_change() -> None:
    assert "final" in set(days(catalogue("2026-10-28", "2025"), (OWN, 2025, 1.0))["kind"])
    assert "final" not in set(days(catalogue("2026-10-28", "2024"), (OWN, 2025, 1.0))["kind"])


# --- the calendar file ------------------------------


def file_of(events: pd.DataFrame, *, exercise: bool = False) -> Calendar:
    made = ics(events, municipality=OWN, name="Hedemora", stamp=STAMP, exercise=exercise)
    read = Calendar.from_ical(made)
    assert isinstance(read, Calendar)
    assert read.errors == []
    return read


def test_an_event_is_a_whole_day_in_swedish() -> None:
    first, second, *_ = file_of(days(catalogue("2026-10-28", "2025"))).walk("VEVENT")
    assert first["SUMMARY"] == "Stoppdag: Delårsrapport 2026"
    assert (first.decoded("DTSTART"), first.decoded("DTEND")) == (
        date(2026, 9, 11),
        date(2026, 9, 12),
    )
    assert first["DTSTART"].params["VALUE"] == "DATE"
    assert first.decoded("DTSTAMP") == STAMP
    assert second["SUMMARY"] == "Kolada: N00001 Behöriga elever, andel (%), för 2025"
    assert second["DESCRIPTION"] == (
        "Värdet för 2025 väntas 2026-10-28.\nFöljs av BN.\n"
        "Dagen är den som var angiven vid hämtningen, och kan flyttas.\nKälla: Kolada"
    )
    assert (first["STATUS"], second["STATUS"]) == ("CONFIRMED", "TENTATIVE")


def test_a_preliminary_day_says_so_first() -> None:
    events = file_of(days(catalogue(None, "2025", "2026-10-28"))).walk("VEVENT")
    assert events[1]["SUMMARY"].startswith("Preliminärt i Kolada: N00001")


def test_the_day_after_the_twenty_eighth_of_february_is_right_in_a_leap_year() -> None:
    leap = Report(id="r", name="R", year=2027, stop=date(2028, 2, 28))
    events = publication.events(
        table(catalogue("2028-02-29", "2027")),
        reports=[leap],
        committees=[committee()],
        fetched=FETCHED,
        today=TODAY,
    )
    ends = [event.decoded("DTEND") for event in file_of(events).walk("VEVENT")]
    assert ends == [date(2028, 2, 29), date(2028, 3, 1)]


def test_an_event_keeps_its_id_when_its_day_moves_and_no_two_share_one() -> None:
    ids = [
        [event["UID"] for event in file_of(days(catalogue(day, "2025", prel))).walk("VEVENT")]
        for day, prel in (("2026-10-28", "2026-10-01"), ("2026-11-30", "2026-10-02"))
    ]
    assert ids[0] == ids[1]
    assert len(set(ids[0])) == 4


def test_the_same_days_at_the_same_moment_are_the_same_bytes() -> None:
    events = days(catalogue("2026-10-28", "2025"))
    made = [ics(events, municipality=OWN, name="H", stamp=STAMP) for _ in range(2)]
    assert made[0] == made[1]
    assert ics(events, municipality=OTHER, name="H", stamp=STAMP) != made[0]


def test_invented_days_are_marked_in_every_event() -> None:
    found = file_of(days(catalogue("2026-10-28", "2025")), exercise=True)
    assert all(event["SUMMARY"].startswith("ÖVNING: ") for event in found.walk("VEVENT"))
    assert "Kolada\n" not in found.walk("VEVENT")[1]["DESCRIPTION"]


# The library takes a backslash and a capital N for a line break, also in a text that has them.
TITLES = st.text(st.characters(exclude_categories=("C",)), min_size=1, max_size=200)


@property_test(TITLES.filter(lambda title: "\\N" not in title))
def test_any_title_comes_back_from_the_file(title: str) -> None:
    named = Report(id="r", name=f"R{title}R", year=2026, stop=date(2026, 10, 1))
    events = publication.events(
        table(catalogue()), reports=[named], committees=[], fetched=FETCHED, today=TODAY
    )
    (event,) = file_of(events).walk("VEVENT")
    assert event["SUMMARY"] == f"Stoppdag: {named.name}"


def test_no_days_are_a_calendar_without_events() -> None:
    none = publication.events(
        table(catalogue()), reports=[], committees=[], fetched=FETCHED, today=TODAY
    )
    assert file_of(none).walk("VEVENT") == []


# --- the command ------------------------------


@pytest.fixture
def at(exercise: Exercise, monkeypatch: pytest.MonkeyPatch) -> Exercise:
    for name, value in exercise.place.environment().items():
        monkeypatch.setenv(name, value)
    return exercise


DAY = ["--datum", "2026-11-25"]


def test_the_command_tells_per_report_then_by_day_and_what_is_late(
    at: Exercise, capsys: Printed
) -> None:
    assert run(["kalender", "--namnd", "BN", *DAY]) == 0
    printed = capsys.readouterr().out
    assert "Delårsrapport 2026: stoppdag 11 september 2026 (har passerat)" in printed
    assert "Årsredovisning 2026: stoppdag 12 februari 2027 (om 79 dagar)" in printed
    order = ["Delårsrapport 2026", "Årsredovisning 2026", "Dag för dag", "Att hämta eller fråga om"]
    assert [printed.index(word) for word in order] == sorted(printed.index(word) for word in order)


def test_as_json_there_is_a_flat_row_per_report_committee_and_figure(
    at: Exercise, capsys: Printed
) -> None:
    assert run(["kalender", "--rapport", "ARS-2026", "--json", *DAY]) == 0
    rows = json.loads(capsys.readouterr().out)
    pairs = [(one.code, kpi) for one in at.model.committees for kpi in one.kpis]
    assert [(row["committee"], row["kpi"]) for row in rows] == pairs
    assert {row["report"] for row in rows} == {"ars-2026"}
    assert {row["stop"] for row in rows} == {"2027-02-12"}
    assert list(rows[0]) == ["report", "stop", "committee", *FIGURES, "answer", "why"]


def test_a_calendar_file_is_written_whole_and_over_itself(
    at: Exercise, tmp_path: Path, capsys: Printed
) -> None:
    file = tmp_path / "ny mapp" / "kalender.ics"
    for _ in range(2):
        assert run(["kalender", "--ics", str(file), "--json", *DAY]) == 0
        json.loads(capsys.readouterr().out)
    assert len(Calendar.from_ical(file.read_bytes()).walk("VEVENT")) > 10
    assert [entry.name for entry in file.parent.iterdir()] == ["kalender.ics"]
    assert b"\r\r\n" not in file.read_bytes()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("kalender.txt", None, "En kalenderfil ska sluta på .ics"),
        ("kalender.ics", "mitt brev", "är ingen kalenderfil och skrivs inte över"),
        ("kalender.ics", "", "är ingen kalenderfil och skrivs inte över"),
    ],
)
def test_what_is_no_calendar_file_is_not_written_over(
    at: Exercise, tmp_path: Path, capsys: Printed, name: str, content: str | None, said: str
) -> None:
    if content is not None:
        (tmp_path / name).write_text(content, encoding="utf-8")
    assert run(["kalender", "--ics", str(tmp_path / name), *DAY]) == 2
    assert said in capsys.readouterr().err
    assert [file.read_text("utf-8") for file in tmp_path.iterdir()] == (
        [] if content is None else [content]
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--rapport", "ars-2025"], "ingen rapport 'ars-2025'; menade du 'ars-2026'?"),
        (["--namnd", "XYZ"], "Det finns ingen nämnd 'XYZ'"),
        (["--datum", "2027-02-29"], "'2027-02-29' är ingen dag"),
        (["--datum", "i dag"], "'i dag' är ingen dag. Skriv år-månad-dag"),
    ],
)
def test_wrong_use_is_one_sentence(
    at: Exercise, capsys: Printed, words: list[str], said: str
) -> None:
    assert run(["kalender", *words]) == 2
    assert said in capsys.readouterr().err


def test_without_reports_the_days_are_told_all_the_same(
    at: Exercise, tmp_path: Path, capsys: Printed
) -> None:
    folder = tmp_path / "params"
    folder.mkdir()
    for file in at.place.params.rglob("*.yaml"):
        place = folder / file.relative_to(at.place.params)
        place.parent.mkdir(exist_ok=True)
        content = file.read_text("utf-8")
        place.write_text(content.partition("\nrapporter:")[0] + "\n", encoding="utf-8")
    words = ["--params", str(folder), "--lager", str(at.place.store), *DAY]
    assert run(["kalender", *words]) == 0
    assert "Inga rapporter med stoppdag finns" in capsys.readouterr().out
    assert run(["kalender", "--json", *words]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert {row["report"] for row in rows} == {None}
    assert run(["kalender", "--rapport", "x", *words]) == 2
    assert "Inga rapporter finns i styrmodell.yaml" in capsys.readouterr().err
