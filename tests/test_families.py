"""KPIs of the same family, found by their titles alone."""

from __future__ import annotations

import pytest

from malstyr_lib.questions.families import HOME, PLACE, PRIVATE, PUBLIC, WHOLE, Titles, family

SCHOOLS = {
    "N15507": "Elever i åk 9, meritvärde, hemkommun, genomsnitt (17 ämnen)",
    "N15504": "Elever i åk. 9, meritvärde lägeskommun, genomsnitt (17 ämnen)",
    "N15505": "Elever i åk. 9, meritvärde kommunala skolor, genomsnitt (17 ämnen)",
    "N15506": "Elever i åk 9, meritvärde fristående skolor i kommunen, genomsnitt (17 ämnen)",
    "N15567": "Elever i åk 9 meritvärde kommunala skolor (exkl. nyinvandrade och okänd bakgrund),"
    " genomsnitt (17 ämnen)",
    "N15566": "Elever i åk 9 meritvärde lägeskommun (exkl. nyinvandrade och okänd bakgr.),"
    " genomsnitt (17 ämnen)",
    "N15419": "Elever i åk 9 som uppnått betygskriterierna i alla ämnen, kommunala skolor,"
    "  andel (%)",
}


def parts(kpi: str, kind: str, titles: dict[str, str]) -> dict[str, str]:
    found = family(kpi, kind, Titles(titles))  # type: ignore[arg-type]
    return {one.part: one.id for one in found.members} if found else {}


@pytest.mark.parametrize("kpi", ["N15505", "N15507", "N15506"])
def test_titles_alike_but_for_who_provides_are_a_family_however_they_are_written(kpi: str) -> None:
    assert parts(kpi, "huvudman", SCHOOLS) == {
        HOME: "N15507",
        PLACE: "N15504",
        PUBLIC: "N15505",
        PRIVATE: "N15506",
    }


def test_the_same_without_newly_arrived_is_a_family_of_its_own_and_a_part_of_another() -> None:
    assert parts("N15567", "huvudman", SCHOOLS) == {PLACE: "N15566", PUBLIC: "N15567"}
    assert parts("N15505", "nyinvandrade", SCHOOLS) == {
        WHOLE: "N15505",
        "utan nyinvandrade": "N15567",
    }


def test_a_kpi_alone_with_its_title_has_no_family() -> None:
    assert parts("N15419", "huvudman", SCHOOLS) == {}
    assert parts("N99999", "huvudman", SCHOOLS) == {}
    assert parts("N15419", "ålder", SCHOOLS) == {}


def test_ages_are_told_in_words_the_youngest_first_after_the_whole() -> None:
    titles = {
        "N00094": "Sjukfrånvaro bland anställda >49 år, kommun, andel (%)",
        "N00093": "Sjukfrånvaro bland anställda 30-49 år, kommun, andel (%)",
        "N00092": "Sjukfrånvaro bland anställda <30 år, kommun, andel (%)",
        "N00090": "Sjukfrånvaro totalt bland anställda, kommun, andel (%)",
        "N60030": "Sjukfrånvaro totalt bland anställda, region, andel (%)",
    }
    found = parts("N00093", "ålder", titles)
    assert list(found) == [WHOLE, "under 30 år", "30–49 år", "över 49 år"]
    assert found[WHOLE] == "N00090"


@pytest.mark.parametrize(
    ("kind", "titles", "told"),
    [
        (
            "ålder",
            {
                "N1": "Fallskador bland personer 80+, antal",
                "N2": "Fallskador bland personer 65+, antal",
            },
            ["65 år och äldre", "80 år och äldre"],
        ),
        (
            "årskurs",
            {"N1": "Elever i åk 8: trygga, (%)", "N2": "Elever i åk. 5: trygga, (%)"},
            ["åk 5", "åk 8"],
        ),
        (
            "födelseland",
            {
                "N1": "Arbetslöshet bland utrikes födda, 20-64 år, andel (%)",
                "N2": "Arbetslöshet bland inrikes födda, 20-64 år, andel (%)",
            },
            ["inrikes födda", "utrikes födda"],
        ),
        (
            "huvudman",
            {
                "N1": "Elever/lärare i kommunal grundskola åk 1-9, antal",
                "N2": "Elever/lärare i fristående grundskola åk 1-9, antal",
            },
            [PUBLIC, PRIVATE],
        ),
        (
            "huvudman",
            {
                "N1": "Inskrivna barn per årsarbetare i förskolan, enskild regi, antal",
                "N2": "Inskrivna barn per årsarbetare i förskolan, kommunal regi, antal",
            },
            [PUBLIC, PRIVATE],
        ),
    ],
)
def test_the_forms_that_kolada_has(kind: str, titles: dict[str, str], told: list[str]) -> None:
    assert list(parts("N1", kind, titles)) == told


def test_school_years_and_what_a_cost_is_divided_by_are_no_ages() -> None:
    titles = {
        "N1": "Lärare i grundskola åk 1-9, andel (%)",
        "N2": "Lärare i grundskola, andel (%)",
        "N3": "Nettokostnad ekonomiskt bistånd, kr/inv",
        "N4": "Nettokostnad ekonomiskt bistånd, kr/inv 18-64 år",
    }
    assert parts("N1", "ålder", titles) == {}
    assert parts("N4", "ålder", titles) == {}
    assert parts("N3", "ålder", titles) == {}


def test_series_that_have_ended_are_with_those_that_ended_the_same_year() -> None:
    titles = {
        "N1": "Elever med examen, hemkommun, andel (%)",
        "N2": "Elever med examen, kommunala skolor, andel (%) (-2019)",
        "N3": "Elever med examen, hemkommun, andel (%) (-2019)",
        "N4": "Elever med examen, kommunala skolor, andel (%)",
    }
    assert parts("N1", "huvudman", titles) == {HOME: "N1", PUBLIC: "N4"}
    assert parts("N2", "huvudman", titles) == {HOME: "N3", PUBLIC: "N2"}


def test_where_two_measure_the_same_part_the_one_asked_about_is_taken() -> None:
    titles = {
        "N1": "Elever med examen, hemkommun, andel (%)",
        "N2": "Elever med examen hemkommun, andel (%)",
        "N3": "Elever med examen, kommunala skolor, andel (%)",
    }
    assert parts("N2", "huvudman", titles)[HOME] == "N2"
    assert parts("N3", "huvudman", titles)[HOME] == "N1"
