"""The Excel workbook of a report: its tables, read back as Excel would."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from zipfile import ZipFile

import pandas as pd
import pytest
from openpyxl import Workbook, load_workbook

from malstyr_lib import markup, text
from malstyr_lib.markup import Source, number
from malstyr_lib.report.forms import Page, made

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154"
    "78da63fcffff3f0300050001ff5fa5d4d20000000049454e44ae426082"
)
PAYLOADS = [
    *("=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1+1", "\r=1+1", "|cmd"),
    *('=HYPERLINK("http://x","y")', "http://x.example", "{=1+1}", "=cmd|' /C calc'!A0"),
]
PAGE = Page("", "Bildningsnämnden: nyckeltalen 2025 – Övninge", True, {"snapshot": "20261123T1Z"})


def status(value: float, *, place: int = 3) -> pd.DataFrame:
    source = Source("N15428", 2025, "9001")
    words = markup.Number(f"{place} av 290", place, source)
    cells = {"Färg": "▼ Röd", "Värde": number(value, 1, source), "År": "2025", "Plats": words}
    return pd.DataFrame([{"Nyckeltal": "Behöriga elever (N15428)", **cells}])


def page(*pieces: markup.Html) -> Page:
    start = [markup.heading(1, "Bildningsnämnden: nyckeltalen 2025"), markup.paragraph("Tio tal.")]
    return replace(PAGE, html=f"<main>{markup.joined([*start, *pieces]).html}</main>")


def book(*pieces: markup.Html) -> Workbook:
    return load_workbook(BytesIO(made(page(*pieces), ["xlsx"])["rapport.xlsx"]))


@pytest.fixture(scope="module")
def two() -> Workbook:
    """A section with two tables of the same columns, one of others, and a chart."""
    chart = markup.figure(PNG, alt="Linjediagram över tal.", caption="Tal. Källa: övningsvärlden")
    return book(
        markup.heading(2, "1 Samla ihop informationen"),
        markup.heading(3, "Invånare"),
        markup.table(status(-81.449), "Läget i perspektivet Invånare."),
        markup.heading(3, "Ekonomi"),
        markup.table(status(1234.56), "Läget i perspektivet Ekonomi."),
        markup.table(pd.DataFrame({"Mål": ["BN1"], "Antal": [3]}), "Mål och antal"),
        chart,
    )


def test_the_first_sheet_says_what_it_is_and_links_to_every_other(two: Workbook) -> None:
    first = two["Innehåll"]
    assert two.sheetnames[0] == "Innehåll"
    assert first["A1"].value == "Bildningsnämnden: nyckeltalen 2025"
    assert first["A2"].value == text.EXERCISE
    assert first["A3"].value == "Tio tal."
    links = {cell.value: cell.hyperlink.location for cell in first["A"] if cell.hyperlink}
    assert links == {name: f"'{name}'!A1" for name in two.sheetnames[1:]}


def test_tables_of_the_same_columns_in_a_section_are_one_table(two: Workbook) -> None:
    assert two.sheetnames == [
        "Innehåll",
        "1 Läget i perspektivet",
        "1 Mål och antal",
        "1 Diagram",
    ]
    rows = list(two["1 Läget i perspektivet"].values)
    assert rows[3] == (
        *("Under rubriken", "Nyckeltal", "Färg", "Värde", "År", "Plats", "Tabellens rubrik"),
    )
    assert [row[0] for row in rows[4:]] == ["Invånare", "Ekonomi"]
    assert [row[-1] for row in rows[4:]] == [
        "Läget i perspektivet Invånare.",
        "Läget i perspektivet Ekonomi.",
    ]


def test_numbers_are_numbers_unrounded_and_shown_as_on_the_page(two: Workbook) -> None:
    sheet = two["1 Läget i perspektivet"]
    assert [sheet.cell(row, 4).value for row in (5, 6)] == [-81.449, 1234.56]
    assert sheet.cell(5, 4).number_format == "0.0"
    assert (sheet.cell(5, 5).value, sheet.cell(5, 5).number_format) == (2025, "0")
    assert (sheet.cell(5, 6).value, sheet.cell(5, 6).number_format) == (3, '0" av 290"')
    assert {sheet.cell(5, at).data_type for at in (4, 5, 6)} == {"n"}


def test_a_status_has_a_fill_and_its_symbol_and_word(two: Workbook) -> None:
    cell = two["1 Läget i perspektivet"].cell(5, 3)
    assert cell.value == "▼ Röd"
    assert (cell.fill.fgColor.rgb, cell.font.color.rgb) == ("FFF2C9CE", "FF6E0F1F")


def test_heads_stay_in_sight_and_are_printed_on_every_page_of_a4(two: Workbook) -> None:
    sheet = two["1 Läget i perspektivet"]
    assert sheet.freeze_panes == "B5"
    assert sheet.print_title_rows == "$1:$4"
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
    assert two.properties.title == PAGE.title


def test_every_sheet_says_that_the_figures_are_invented(two: Workbook) -> None:
    for name in ("1 Läget i perspektivet", "1 Mål och antal"):
        assert two[name]["A3"].value == text.EXERCISE


def test_a_chart_is_a_picture_with_its_alt_text() -> None:
    chart = markup.figure(PNG, alt="Linjediagram över <tal>.", caption="Tal")
    made_of = made(page(markup.heading(2, "3 Beskriv"), chart), ["xlsx"])["rapport.xlsx"]
    with ZipFile(BytesIO(made_of)) as parts:
        drawing = parts.read("xl/drawings/drawing1.xml").decode("utf-8")
    assert 'descr="Linjediagram över &lt;tal&gt;."' in drawing


@pytest.mark.parametrize("payload", PAYLOADS)
def test_nothing_that_comes_from_data_is_a_formula_or_a_link(payload: str) -> None:
    rows = pd.DataFrame({payload: [payload], "Värde": [payload]})
    told = book(
        markup.heading(2, payload),
        markup.heading(3, payload),
        markup.table(rows, payload),
        markup.figure(PNG, alt=payload, caption=payload),
    )
    for sheet in told:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f", (sheet.title, cell.coordinate)
                assert not cell.hyperlink or not cell.hyperlink.target


@pytest.mark.parametrize(
    "caption", ["a" * 60, "Med / och [tecken]: *?", "'citat'", "", "Mål och antal " * 5]
)
def test_sheets_have_names_that_excel_allows_and_no_two_are_the_same(caption: str) -> None:
    other = pd.DataFrame({"Annat": ["x"]})
    told = book(
        markup.heading(2, "2 Fokusera"),
        markup.table(status(1.0), caption),
        markup.table(other, caption),
    )
    assert len({name.casefold() for name in told.sheetnames}) == 3
    for name in told.sheetnames:
        assert 0 < len(name) <= 31
        assert not set(name) & set("[]:*?/\\'")
