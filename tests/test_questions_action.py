"""Theme H: do we do anything about it?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from asking import ladder, planted
from prose import sentence_faults
from small_land import kpi

from malstyr_lib.model import (
    Activity,
    Administration,
    Cause,
    Committee,
    CommitteeGoal,
    Expectation,
    Note,
    Range,
    Report,
    Unit,
)
from malstyr_lib.questions import Answer, Setting, answer

RED = [0.0, 0.0, 0.0]
GREEN = [50.0, 50.0, 50.0]
REPORT = Report(id="ars", name="Årsredovisning 2026", year=2026, stop=date(2027, 2, 12))
SCHOOL = Administration(
    id="forvaltning", name="Skolförvaltningen", units=(Unit(id="norra", name="Norra skolan"),)
)


def goal(**more: Any) -> CommitteeGoal:
    given = {"id": "BN1", "text": "Fler klarar sig.", "council_goal": "KF1"}
    return CommitteeGoal(**given | {"perspective": "invånare", "kpis": ("N00001",)} | more)


def committee(*goals: CommitteeGoal) -> Committee:
    words = {"slug": "bn", "code": "BN", "name": "Bildningsnämnden"}
    return Committee(**words, administrations=(SCHOOL,), goals=goals or (goal(),))


def activity(start: date = date(2026, 3, 2), **more: Any) -> Activity:
    given = {
        "id": "BN-A1",
        "unit": "norra",
        "goal": "BN1",
        "kpis": ("N00001",),
        "what": "Läxhjälp.",
    }
    given |= {"who": "rektor", "start": start, "stop": date(2027, 6, 11), "status": "pågår"}
    return Activity(**given | {"committee": "bn"} | more)


def note(*causes: Cause, **more: Any) -> Note:
    given = {"kpi": "N00001", "period": "2025", "written": "2026-11-02 Anna Berg"}
    return Note(**given | {"causes": causes, "committee": "bn"} | more)


@pytest.fixture
def land(tmp_path: Path) -> Callable[..., Setting]:
    """A land of forty municipalities 2023–2025, with a committee that follows its only KPI."""

    def made(
        values: list[float] = RED, *, days: Any = None, title: str = "", **more: Any
    ) -> Setting:
        fields = {"committees": (committee(),), "reports": (REPORT,)}
        fields |= {name: more.pop(name) for name in ("activities", "notes") if name in more}
        fields |= {name: more.pop(name) for name in ("committees", "reports") if name in more}
        told = {"N00001": days} if days else None
        one = kpi(1, title=title)
        cells = [ladder(40, len(values), own=values)]
        given = {"first": 2026 - len(values), "published": told, "model": fields} | more
        return planted(tmp_path, cells, [one], **given)

    return made


def reply(setting: Setting, number: int) -> Answer:
    return answer(setting.case("N00001"), number)


# --- 39 who owns it, and what is done ---------------------------------------------------------


def test_the_owner_is_told_with_the_work_its_unit_and_the_role(
    land: Callable[..., Setting],
) -> None:
    found = reply(land(activities=(activity(),)), 39)
    assert found.svar == (
        "Bildningsnämnden (mål BN1) följer nyckeltalet. 1 aktivitet är inskriven för det 2026:"
        " BN-A1 pågår vid Norra skolan med rektor som ansvarig."
    )
    assert found.sakerhet == "ja"
    assert found.underlag["Tid"].tolist() == ["mars 2026–juni 2027"]


def test_a_red_that_nobody_does_anything_about_is_said_plainly(
    land: Callable[..., Setting],
) -> None:
    other = activity(id="BN-A2", kpis=())
    found = reply(land(RED, activities=(other,)), 39)
    assert "Nyckeltalet är rött 2025, men ingen aktivitet är inskriven för det 2026." in found.svar
    assert "För samma mål finns 1 aktivitet till." in found.varfor


def test_a_green_that_nobody_works_for_is_not_called_red(land: Callable[..., Setting]) -> None:
    found = reply(land(GREEN), 39)
    assert found.svar.endswith("följer nyckeltalet. Ingen aktivitet är inskriven för det 2026.")


def test_paused_work_on_a_red_is_no_work_going_on(land: Callable[..., Setting]) -> None:
    found = reply(land(RED, activities=(activity(status="pausad"),)), 39)
    assert "Nyckeltalet är rött 2025, och inget arbete pågår: 1 aktivitet" in found.svar


def test_work_past_its_day_is_told_with_the_day(land: Callable[..., Setting]) -> None:
    late = activity(date(2024, 1, 8), stop=date(2025, 6, 11))
    found = reply(land(activities=(late,)), 39)
    assert "fast den skulle vara klar den 11 juni 2025" in found.svar


def test_much_work_is_counted_by_how_it_goes(land: Callable[..., Setting]) -> None:
    four = [activity(id=f"BN-A{at}") for at in range(3)] + [activity(id="BN-A3", status="klar")]
    found = reply(land(activities=tuple(four)), 39)
    assert "4 aktiviteter är inskrivna för det 2026: 3 pågår och 1 är klar." in found.svar
    assert len(found.underlag) == 4


def test_invented_examples_are_no_sure_answer(land: Callable[..., Setting]) -> None:
    found = reply(land(activities=(activity(example=True),)), 39)
    assert found.sakerhet == "troligen"
    assert found.svar.startswith("Aktiviteterna som visas är exempel, som ingen har beslutat. ")


def test_what_is_all_an_example_says_so_before_the_committee(land: Callable[..., Setting]) -> None:
    bare = {"committees": (committee(goal(example=True)),)}
    for more in (bare, bare | {"activities": (activity(example=True),)}):
        found = reply(land(**more), 39)
        assert found.svar.startswith(
            "Det som visas är exempel, som ingen har beslutat. Bildningsnämnden (mål BN1) följer"
        )
        assert found.sakerhet == "troligen"


def test_some_examples_among_others_are_told_last(land: Callable[..., Setting]) -> None:
    two = (activity(), activity(id="BN-A2", example=True))
    found = reply(land(activities=two), 39)
    assert found.svar.startswith("Bildningsnämnden (mål BN1) följer")
    assert "En del av det är exempel, som ingen har beslutat." in found.varfor


def test_what_no_committee_follows_has_no_owner(land: Callable[..., Setting]) -> None:
    found = reply(land(committees=()), 39)
    assert found.sakerhet == "går inte att säga"
    assert "Ingen nämnd följer N00001. Lägg nyckeltalet under ett mål" in found.varfor


# --- 40 whether the work can be seen in time --------------------------------------------------


def test_work_whose_first_figure_comes_after_the_stop_day_cannot_be_seen(
    land: Callable[..., Setting],
) -> None:
    found = reply(land(activities=(activity(),), days=("2026", "2027-06-01", None)), 40)
    assert found.sakerhet == "ja"
    assert found.svar == (
        "Aktiviteten BN-A1 började den 2 mars 2026, så det första värde som gäller bara tiden"
        " därefter är det för 2027. Det väntas omkring den 1 juni 2028, efter stoppdagen för"
        " Årsredovisning 2026 den 12 februari 2027, så arbetet hinner inte synas där."
    )


def test_work_whose_first_figure_comes_before_the_stop_day_may_be_seen(
    land: Callable[..., Setting],
) -> None:
    early = activity(date(2026, 1, 12))
    found = reply(land(activities=(early,), days=("2026", "2027-01-16", None)), 40)
    assert found.sakerhet == "troligen"
    assert "Det väntas omkring den 16 januari 2027, före stoppdagen" in found.svar
    assert "kan hinna synas där" in found.svar
    assert found.underlag["Första rapporten"].tolist() == ["Årsredovisning 2026"]


def test_a_figure_of_the_year_that_work_began_in_is_of_it_only_in_part(
    land: Callable[..., Setting],
) -> None:
    found = reply(land(activities=(activity(),), days=("2026", "2027-01-16", None)), 40)
    assert found.sakerhet == "troligen"
    assert "hinner inte synas där" in found.svar
    assert "Där kan värdet för 2026 komma med, som bara till en del gäller" in found.varfor


def test_a_mean_of_three_years_takes_two_years_more(land: Callable[..., Setting]) -> None:
    title = "Fallskador, treårsmedelvärde, andel (%)"
    setting = land(activities=(activity(),), days=("2026", "2027-06-01", None), title=title)
    assert "är det för 2029. Det väntas omkring den 1 juni 2030" in reply(setting, 40).svar


def test_work_that_began_long_ago_has_had_time_to_be_seen(land: Callable[..., Setting]) -> None:
    old = activity(date(2023, 8, 14))
    found = reply(land(activities=(old,), days=("2026", "2027-06-01", None)), 40)
    assert "är det för 2024. Det värdet finns redan" in found.svar
    assert found.varfor.startswith("Siffran visar hur det är, inte vad av det som arbetet")


def test_without_a_day_for_the_figure_it_cannot_be_said_and_whom_to_ask_is(
    land: Callable[..., Setting],
) -> None:
    told = {"N00001": "Källa: Egen undersökning i kommunen."}
    early = activity(date(2026, 1, 12))
    found = reply(land(activities=(early,), described=told), 40)
    assert found.sakerhet == "går inte att säga"
    assert "När det kommer är okänt" in found.svar
    assert "fråga den som lämnar uppgiften till Kolada" in found.varfor


def test_a_figure_that_should_have_come_is_to_be_fetched(land: Callable[..., Setting]) -> None:
    early = activity(date(2026, 1, 12))
    found = reply(land(activities=(early,), days=("2026", "2026-10-01", None)), 40)
    assert found.sakerhet == "går inte att säga"
    assert "skulle ha kommit omkring den 1 oktober 2026" in found.svar


def test_a_series_that_has_ended_shows_nothing_that_is_done_now(
    land: Callable[..., Setting],
) -> None:
    setting = land(activities=(activity(),), title="Behöriga, andel (%) (-2025)")
    found = reply(setting, 40)
    assert found.svar == "Nej, serien upphörde 2025, så inget som görs nu kan synas i den."


def test_without_work_there_is_nothing_to_be_seen(land: Callable[..., Setting]) -> None:
    found = reply(land(activities=(activity(status="avbruten"),)), 40)
    assert "Ingen aktivitet för N00001 är inskriven" in found.varfor
    assert "i mappen aktiviteter" in found.varfor


# --- 41 whether the figure is in time ----------------------------------------------------------


def test_a_figure_before_the_stop_day_is_in_time_and_the_last_usable_year_is_its(
    land: Callable[..., Setting],
) -> None:
    found = reply(land(days=("2026", "2027-01-16", None)), 41)
    assert found.svar == (
        "I Årsredovisning 2026 (stoppdag den 12 februari 2027) hinner nästa siffra med: värdet för"
        " 2026 väntas den 16 januari 2027. Det sista året som kan användas där är 2026."
    )
    assert found.sakerhet == "troligen"


def test_a_figure_after_the_stop_day_is_not_and_the_last_usable_year_is_the_one_before(
    land: Callable[..., Setting],
) -> None:
    found = reply(land(days=("2026", "2027-06-01", None)), 41)
    assert "hinner nästa siffra inte med: värdet för 2026 väntas den 1 juni 2027." in found.svar
    assert found.svar.endswith("Det sista året som kan användas där är 2025.")
    assert found.sakerhet == "ja"


def test_a_day_just_after_the_stop_day_may_still_move(land: Callable[..., Setting]) -> None:
    found = reply(land(days=("2026", "2027-02-20", None)), 41)
    assert found.sakerhet == "troligen"
    assert "hinner nästa siffra inte med" in found.svar


def test_a_preliminary_figure_in_time_is_said_to_be_no_more(land: Callable[..., Setting]) -> None:
    found = reply(land(days=("2026", "2027-06-01", "2027-01-16")), 41)
    assert "hinner nästa siffra bara med preliminärt" in found.svar


def test_every_report_to_come_has_its_answer(land: Callable[..., Setting]) -> None:
    later = Report(id="delar", name="Delårsrapport 2027", year=2027, stop=date(2027, 9, 10))
    past = Report(id="d26", name="Delårsrapport 2026", year=2026, stop=date(2026, 9, 11))
    found = reply(land(days=("2026", "2027-06-01", None), reports=(later, past, REPORT)), 41)
    assert found.underlag["Rapport"].tolist() == ["Årsredovisning 2026", "Delårsrapport 2027"]
    assert found.underlag["Hinner siffran med"].tolist() == ["Nej", "Ja"]


def test_without_a_stop_day_to_come_the_cure_is_to_write_one(land: Callable[..., Setting]) -> None:
    found = reply(land(reports=()), 41)
    assert found.sakerhet == "går inte att säga"
    assert "Skriv nästa rapport och dess stoppdag i styrmodell.yaml" in found.varfor


# --- 42 the next figure ------------------------------------------------------------------------


def test_the_next_figure_is_told_with_its_day_and_that_days_move(
    land: Callable[..., Setting],
) -> None:
    found = reply(land(days=("2026", "2027-06-01", "2027-01-16")), 42)
    assert found.svar == (
        "Värdet för 2026 väntas preliminärt den 16 januari 2027 och slutligt den 1 juni 2027."
    )
    assert (found.sakerhet, "kan flyttas" in found.varfor) == ("troligen", True)


def test_what_the_municipality_counts_itself_comes_when_nobody_knows(
    land: Callable[..., Setting],
) -> None:
    found = reply(land(described={"N00001": "Källa: Egen undersökning i kommunen."}), 42)
    assert found.sakerhet == "går inte att säga"
    assert found.svar == (
        "Det är okänt när nästa värde kommer: Ort 0110 räknar själv, och Kolada anger ingen dag."
    )


def test_no_more_figures_come_of_a_series_that_has_ended(land: Callable[..., Setting]) -> None:
    found = reply(land(title="Behöriga, andel (%) (-2025)"), 42)
    assert (found.sakerhet, found.svar) == (
        "ja",
        "Ingen mer siffra kommer: serien upphörde 2025.",
    )


def test_a_figure_that_is_late_is_not_waited_for_but_asked_for(
    land: Callable[..., Setting],
) -> None:
    found = reply(land(days=("2026", "2026-10-01", None)), 42)
    assert found.svar == (
        "Värdet för 2026 skulle ha kommit den 1 oktober 2026 men finns inte för någon kommun i"
        " det hämtade."
    )
    assert found.varfor == "Hämta på nytt med malstyr hamta."


def test_the_next_figure_is_told_of_other_municipalities_too(land: Callable[..., Setting]) -> None:
    found = reply(land(days=("2026", "2027-06-01", None), own="0111"), 42)
    assert found.svar == "Värdet för 2026 väntas den 1 juni 2027."


# --- 43 the last expectation --------------------------------------------------------------------


def expecting(year: int, low: float, high: float, written: date) -> Committee:
    one = Expectation(
        kpi="N00001", year=year, between=Range(low=low, high=high), why="Som förr.", written=written
    )
    return committee(goal(expectations=(one,)))


def test_an_expectation_that_held_is_told_beside_what_came(land: Callable[..., Setting]) -> None:
    held = expecting(2025, 10, 20, date(2025, 2, 10))
    found = reply(land([15.0, 15.0, 15.0], committees=(held,)), 43)
    assert (found.sakerhet, found.svar) == ("ja", "2025 väntades 10–20, blev 15: som väntat.")
    assert found.underlag["Utfall"].tolist() == ["Som väntat"]


def test_an_expectation_that_did_not_hold_is_told_as_plainly(land: Callable[..., Setting]) -> None:
    missed = expecting(2025, 10, 20, date(2025, 2, 10))
    found = reply(land([15.0, 15.0, 5.0], committees=(missed,)), 43)
    assert found.svar == "2025 väntades 10–20, blev 5: sämre än väntat."


def test_an_expectation_written_in_hindsight_is_none(land: Callable[..., Setting]) -> None:
    late = expecting(2025, 10, 20, date(2026, 6, 1))
    found = reply(land([15.0, 15.0, 15.0], committees=(late,)), 43)
    assert found.sakerhet == "går inte att säga"
    assert "skrevs när värdet redan var känt, och räknas inte" in found.svar
    assert found.underlag["Blev"].isna().all()


def test_an_expectation_of_a_year_to_come_waits(land: Callable[..., Setting]) -> None:
    waits = expecting(2026, 10, 20, date(2026, 2, 10))
    found = reply(land(committees=(waits,)), 43)
    assert found.svar == (
        "Ingen förväntan har kunnat prövas än: 2026 väntades 10–20; värdet har inte kommit."
    )


def test_without_an_expectation_the_cure_is_to_write_one(land: Callable[..., Setting]) -> None:
    found = reply(land(), 43)
    assert "Ingen förväntan på N00001 är skriven." in found.varfor
    assert "innan nästa värde kommer" in found.varfor


# --- 44 the causes that are ruled out -------------------------------------------------------------


def test_a_cause_that_was_ruled_out_is_quoted_and_never_claimed(
    land: Callable[..., Setting],
) -> None:
    out = Cause(what="Allt beror på fel i betygen.", judged="utesluten", why="De är avstämda.")
    maybe = Cause(what="En liten årskull", judged="möjlig")
    found = reply(land(notes=(note(out, maybe),)), 44)
    assert found.svar == (
        "2 orsaker har prövats, och ”Allt beror på fel i betygen” är utesluten. 1 är möjlig."
    )
    assert not sentence_faults(found.svar, secured=False)
    assert found.sakerhet == "troligen"
    assert "senast Anna Berg den 2 november 2026" in found.varfor
    assert found.underlag["Varför"].tolist() == ["De är avstämda.", "–"]


def test_where_nothing_is_ruled_out_that_is_the_answer(land: Callable[..., Setting]) -> None:
    found = reply(land(notes=(note(Cause(what="En liten årskull", judged="trolig")),)), 44)
    assert found.svar == "1 orsak har prövats, ”En liten årskull”, och den är trolig."


def test_a_note_written_on_another_value_says_so(land: Callable[..., Setting]) -> None:
    cause = Cause(what="En liten årskull", judged="trolig")
    found = reply(land(notes=(note(cause, value="81,2"),)), 44)
    assert "Anteckningen skrevs när värdet var 81,2, nu 0,0." in found.varfor


def test_a_note_without_causes_has_ruled_out_nothing(land: Callable[..., Setting]) -> None:
    found = reply(land(notes=(note(comment="Liten årskull."),)), 44)
    assert found.sakerhet == "går inte att säga"
    assert "ingen orsak är prövad" in found.svar


def test_without_a_note_the_cure_is_to_write_one(land: Callable[..., Setting]) -> None:
    assert "Ingen har skrivit någon anteckning om N00001." in reply(land(), 44).varfor


# --- all of them --------------------------------------------------------------------------------


def test_another_municipality_is_not_told_what_these_parameters_say(
    land: Callable[..., Setting],
) -> None:
    setting = land(activities=(activity(),), notes=(note(comment="Vårt."),), own="0111")
    for number in (39, 40, 41, 43, 44):
        found = reply(setting, number)
        assert found.sakerhet == "går inte att säga"
        assert "Styrparametrarna gäller en annan kommun än Ort 0111." in found.varfor
        assert found.underlag.empty


def test_the_exercise_municipalitys_expectation_of_grades_is_held_against_what_came(
    asked: Setting,
) -> None:
    found = answer(asked.case("N15428"), 43)
    assert found.svar.startswith("2025 väntades 78–86, blev ")
    assert "förväntan" in found.svar
