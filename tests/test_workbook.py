"""Rules for activity plans in Excel: nothing is lost on the way, and every fault has its cell."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import unicodedata
import zipfile
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, time
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from properties import heavy_property_test, property_test
from test_params import FILES, NÄMND, write

from malstyr_lib import params
from malstyr_lib.cli import run, templates
from malstyr_lib.errors import ParamsError, UsageError
from malstyr_lib.model import Activity, SteeringModel
from malstyr_lib.params import template
from malstyr_lib.params._layout import COLUMNS, escaped, unescaped
from malstyr_lib.params.template import activities_workbook

UNITS = """\
förvaltningar:
  - id: skolan
    namn: Skolan
    enheter:
      - id: bergaskolan
        namn: Bergaskolan
      - id: dalskolan
        namn: Dalskolan
      - id: gamla
        namn: Gamla skolan
        till: 2020
"""
BN = {"namnder/bn.yaml": NÄMND + UNITS}
PLAN = """\
aktiviteter:
  - id: läs-1
    enhet: bergaskolan
    mål: BN1
    nyckeltal: [N00001, N00002]
    vad: Läsgrupper i åk 2.
    vem: rektor
    start: 2026-08-17
    slut: 2027-06-11
    status: pågår
"""
FILE = "aktiviteter/bn.xlsx"
YEAR = 2026
NEW_YEAR = datetime.combine(date(2026, 1, 2), time())  # a moment as Excel has it, of no time zone
SHEET = "Bergaskolan"


@cache
def small() -> SteeringModel:
    """The small municipality with a committee of three units."""
    with TemporaryDirectory() as place:
        return params.load(write(Path(place), BN))


def written(*activities: Activity) -> bytes:
    model = small().model_copy(update={"activities": activities})
    return activities_workbook(model, model.committees[0], YEAR)


def activity(**told: Any) -> Activity:
    usual = {
        "id": "läs-1",
        "unit": "bergaskolan",
        "goal": "BN1",
        "what": "Läsgrupper i åk 2.",
        "who": "rektor",
        "start": date(2026, 8, 17),
        "stop": date(2027, 6, 11),
        "status": "pågår",
        "committee": "bn",
    }
    return Activity(**usual | told)


def loaded(content: bytes) -> tuple[Activity, ...]:
    """The activities of the small municipality with an Excel file for its committee."""
    with TemporaryDirectory() as place:
        return params.load(write(Path(place), BN | {FILE: content})).activities


def faults(content: bytes, name: str = FILE) -> list[str]:
    with TemporaryDirectory() as place, pytest.raises(ParamsError) as refused:
        params.load(write(Path(place), BN | {name: content}))
    return [str(problem) for problem in refused.value.problems]


def saved(book: Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def edited(change: Callable[[Workbook], object], *activities: Activity) -> bytes:
    """A template that somebody has changed; with one activity unless others are given."""
    book = load_workbook(io.BytesIO(written(*(activities or (activity(),)))))
    change(book)
    return saved(book)


def with_cells(cells: dict[str, Any], sheet: str = SHEET) -> bytes:
    def change(book: Workbook) -> None:
        for name, value in cells.items():
            book[sheet][name] = value

    return edited(change)


def repacked(content: bytes, parts: dict[str, bytes | None]) -> bytes:
    """A workbook with parts of the package replaced, added, or left out (None)."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        kept = {name: old.read(name) for name in old.namelist()}
        for name, part in (kept | parts).items():
            if part is not None:
                new.writestr(name, part)
    return stream.getvalue()


def place(row: int, rest: str, sheet: str = SHEET) -> str:
    return f"{FILE} blad {sheet} rad {row}: {rest}"


# ---- The round trip

SIGNS = st.characters(exclude_categories=("Cs", "Cc"), include_characters="\n\t")
_PIECES = (
    "= + - @ ' =1+1 #N/A _x0041_ _x005F_ x005F_ _x0041 \ufffe å ä ö 🎉 12 1e5 TRUE 2026-01-01"
    " <b>&amp; _"
)
SPECIAL = st.sampled_from([*_PIECES.split(" "), "\n", "  "])


def texts(longest: int) -> st.SearchStrategy[str]:
    """Texts as the parameters can hold: composed, stripped, of no more than so many signs."""
    drawn = st.one_of(
        st.lists(st.one_of(SPECIAL, SIGNS), min_size=1, max_size=20).map("".join),
        st.integers(1, longest).map(lambda count: "å" * count),
    )
    composed = drawn.map(lambda one: unicodedata.normalize("NFC", one).strip()[:longest].strip())
    return composed.filter(bool)


IDS = st.one_of(
    st.from_regex(r"[A-Za-zÅÄÖåäö0-9][A-Za-zÅÄÖåäö0-9_-]{0,39}", fullmatch=True),
    st.sampled_from(["12", "007", "1e5", "1-2", "TRUE", "ja", "2026-01-01"]),
)
DAYS = st.dates(date(1, 1, 1), date(9999, 12, 31))


def activity_of(**drawn: st.SearchStrategy[Any]) -> st.SearchStrategy[Activity]:
    return st.fixed_dictionaries(drawn).map(lambda told: Activity(**told))


ACTIVITIES = st.lists(
    activity_of(
        id=IDS,
        unit=st.one_of(st.sampled_from(["bergaskolan", "dalskolan", "gamla", "finns-inte"]), IDS),
        goal=st.just("BN1"),
        kpis=st.lists(st.sampled_from(["N00001", "N00002"])).map(tuple),
        what=texts(2000),
        who=texts(200),
        start=DAYS,
        stop=st.just(date(9999, 12, 31)),
        status=st.sampled_from(["planerad", "pågår", "klar", "pausad", "avbruten"]),
        result=st.none() | texts(2000),
        check=st.none() | DAYS,
        committee=st.just("bn"),
        example=st.booleans(),
    ),
    max_size=4,
    unique_by=lambda one: one.id.casefold(),
)


@heavy_property_test(ACTIVITIES)
def test_what_is_written_to_excel_is_read_back_the_very_same(activities: list[Activity]) -> None:
    def by_id(one: Activity) -> str:
        return one.id

    assert sorted(loaded(written(*activities)), key=by_id) == sorted(activities, key=by_id)


@property_test(
    st.lists(st.one_of(SPECIAL, SIGNS, st.sampled_from("\x01\r\x1f\uffff"))).map("".join)
)
def test_what_xml_cannot_hold_is_escaped_and_back_again(text: str) -> None:
    assert unescaped(escaped(text)) == text
    assert not set(escaped(text)) & set("\x01\r\x1f\ufffe\uffff")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "=cmd|'/c calc'!A0", "#N/A"])
def test_a_text_is_never_a_formula_in_the_file(text: str) -> None:
    content = written(activity(what=text, who=text, result=text))
    sheet = load_workbook(io.BytesIO(content))[SHEET]
    assert [(sheet[f"{letter}5"].data_type, sheet[f"{letter}5"].value) for letter in "DEI"] == [
        ("s", text)
    ] * 3


def test_a_text_of_2000_signs_with_rows_and_emoji_is_whole() -> None:
    long = ("Åäö 🎉\n" * 400)[:2000].strip()
    assert [one.what for one in loaded(written(activity(what=long)))] == [long]


def test_a_day_is_a_day_in_excel_and_an_id_of_figures_is_text() -> None:
    sheet = load_workbook(io.BytesIO(written(activity(id="12"))))[SHEET]
    assert sheet["F5"].value.isoformat() == "2026-08-17T00:00:00"
    assert sheet["F5"].number_format == "yyyy-mm-dd"
    assert (sheet["A5"].value, sheet["A5"].data_type, sheet["A5"].number_format) == ("12", "s", "@")


def test_activities_of_units_that_are_no_more_or_never_were_get_sheets_too() -> None:
    content = written(activity(unit="gamla"), activity(id="b", unit="finns-inte"))
    titles = load_workbook(io.BytesIO(content)).sheetnames
    assert titles == [
        "Så här gör du",
        "Bergaskolan",
        "Dalskolan",
        "Gamla skolan",
        "finns-inte",
        "Listor",
    ]


# ---- What Excel makes of what people write


@pytest.mark.parametrize(
    ("cell", "value", "field", "meant"),
    [
        ("A5", 12, "id", "12"),
        ("A5", 12.0, "id", "12"),
        ("D5", 85.5, "what", "85,5"),
        ("D5", "  ett \r\n två ", "what", "ett \n två"),
        ("D5", "a\u030angest", "what", "ångest"),
        ("D5", "en_x000D_\nrad_x0021_", "what", "en\nrad!"),
        ("D5", True, "what", "ja"),
        ("F5", date(2026, 1, 2), "start", date(2026, 1, 2)),
        ("F5", NEW_YEAR, "start", date(2026, 1, 2)),
        ("F5", "2026-01-02", "start", date(2026, 1, 2)),
        ("K5", True, "example", True),
        ("K5", "Nej", "example", False),
        ("H5", "Klar ", "status", "klar"),
        ("C5", "N00002\nN00001", "kpis", ("N00002", "N00001")),
        ("C5", "N00002;N00001 ", "kpis", ("N00002", "N00001")),
        ("C5", None, "kpis", ()),
        ("I5", "   ", "result", None),
    ],
)
def test_a_cell_means_what_it_shows(cell: str, value: object, field: str, meant: object) -> None:
    assert getattr(loaded(with_cells({cell: value}))[0], field) == meant


def test_a_share_is_read_as_the_percent_that_is_shown() -> None:
    def change(book: Workbook) -> None:
        book[SHEET]["I5"] = 0.855
        book[SHEET]["I5"].number_format = "0.0%"

    assert loaded(edited(change))[0].result == "85,5 %"


def test_a_row_moved_to_another_units_sheet_belongs_to_that_unit() -> None:
    def move(book: Workbook) -> None:
        for cell in book[SHEET][5]:
            book["Dalskolan"][cell.coordinate].value = cell.value
            cell.value = None

    assert [one.unit for one in loaded(edited(move))] == ["dalskolan"]


def test_a_sheet_may_be_renamed_and_rows_left_empty() -> None:
    def change(book: Workbook) -> None:
        book[SHEET].title = "Vår skola"
        book["Vår skola"].move_range("A5:K5", rows=40)

    assert loaded(edited(change)) == (activity(),)


def test_columns_may_change_places() -> None:
    def swap(book: Workbook) -> None:
        for row in (4, 5):
            one, other = book[SHEET].cell(row, 4), book[SHEET].cell(row, 5)
            one.value, other.value = other.value, one.value

    assert loaded(edited(swap)) == (activity(),)


def test_a_template_without_activities_is_a_plan_without_activities() -> None:
    assert loaded(written()) == ()


def test_an_empty_sheet_is_passed_over_and_a_lock_file_too() -> None:
    content = edited(lambda book: book.create_sheet("Blad1"))
    with TemporaryDirectory() as folder:
        files = BN | {FILE: content, "aktiviteter/~$bn.xlsx": b"\x00anna"}
        assert params.load(write(Path(folder), files)).activities == (activity(),)


# ---- Every problem has its sheet, row and column

DAY = "är ingen dag; skriv år-månad-dag, till exempel 2026-11-23"
EMPTY = "är tom; skriv ett värde eller ta bort raden"
CELLS = [
    ({"H5": None}, 5, f"kolumn H (Status): 'status' {EMPTY}"),
    ({"A5": None}, 5, f"kolumn A (Id): 'id' {EMPTY}"),
    ({"F5": None}, 5, f"kolumn F (Start): 'start' {EMPTY}"),
    ({"F5": "i höst"}, 5, f"kolumn F (Start): 'i höst' {DAY}"),
    ({"F5": NEW_YEAR.replace(hour=13, minute=5)}, 5, f"kolumn F (Start): '2026-01-02 13:05' {DAY}"),
    ({"F5": time(13, 5)}, 5, f"kolumn F (Start): '13:05:00' {DAY}"),
    (
        {"H5": "nästan"},
        5,
        "kolumn H (Status): 'status' kan inte vara 'nästan';"
        " välj planerad, pågår, klar, pausad eller avbruten",
    ),
    ({"B5": "BN11"}, 5, "kolumn B (Mål): okänt mål 'BN11'; menade du 'BN1'?"),
    (
        {"C5": "N00001, N00009"},
        5,
        "kolumn C (Nyckeltal): okänt nyckeltal 'N00009'; det finns inte i nyckeltal.yaml",
    ),
    (
        {"G5": date(2025, 1, 1)},
        5,
        "kolumn G (Slut): 'slut' är 2025-01-01, före 'start' 2026-08-17",
    ),
    ({"K5": "kanske"}, 5, "kolumn K (Exempel): 'exempel' ska vara ja eller nej"),
    ({"D5": "x" * 2001}, 5, "kolumn D (Vad): 'vad' är för lång; högst 2000 tecken"),
    ({"D5": "=1+1"}, 5, "kolumn D (Vad): är en formel; skriv värdet"),
    ({"H5": "=HYPERLINK(A1)"}, 5, "kolumn H (Status): är en formel; skriv värdet"),
    ({"I5": "#N/A"}, 5, "kolumn I (Resultat): är ett fel (#N/A); skriv värdet"),
    (
        {"D5": "a_x0007_b"},
        5,
        "kolumn D (Vad): har ett tecken som inte går att visa; skriv om cellen",
    ),
    (
        {"D5": "a_xD800_b"},
        5,
        "kolumn D (Vad): har ett tecken som inte går att visa; skriv om cellen",
    ),
    (
        {"M9": "glöm inte"},
        9,
        "kolumn M: står utanför tabellen; flytta texten till en kolumn med rubrik eller ta bort"
        " den",
    ),
    ({"H4": "Statsu"}, 4, "kolumn H (Statsu): okänd rubrik; menade du 'Status'?"),
    ({"L4": "Budget"}, 4, "kolumn L (Budget): okänd rubrik; ta bort kolumnen"),
    ({"L4": "Vad"}, 4, "kolumn L: rubriken 'Vad' finns redan; ta bort den ena kolumnen"),
    (
        {"B1": "berga skolan"},
        1,
        "cell B1 (Enhetens id): 'berga skolan' är inget id; använd högst 40 bokstäver, siffror, -"
        " och _, utan blanksteg",
    ),
    ({"B1": None}, 1, f"cell B1 (Enhetens id): 'enhet' {EMPTY}"),
    ({"B1": "=A1"}, 1, "cell B1 (Enhetens id): är en formel; skriv värdet"),
]


@pytest.mark.parametrize(("cells", "row", "sentence"), CELLS)
def test_a_problem_is_told_by_sheet_row_and_column(
    cells: dict[str, object], row: int, sentence: str
) -> None:
    assert faults(with_cells(cells)) == [place(row, sentence)]


def test_a_missing_heading_is_told_once_and_not_for_every_row() -> None:
    assert faults(with_cells({"H4": None})) == [
        place(4, "rubriken 'Status' saknas; kopiera raden med rubriker från ett annat blad")
    ]


def test_every_problem_comes_in_one_answer() -> None:
    def change(book: Workbook) -> None:
        book[SHEET]["H5"] = "=A1"
        book["Dalskolan"]["A6"] = "b"
        book["Dalskolan"]["D6"] = "c"

    sentences = faults(edited(change))
    assert [one.rpartition(": ")[0] for one in sentences] == [
        f"{FILE} blad {SHEET} rad 5: kolumn H (Status)",
        *(
            f"{FILE} blad Dalskolan rad 6: kolumn {one}"
            for one in ["B (Mål)", "E (Vem)", "F (Start)", "G (Slut)", "H (Status)"]
        ),
    ]


def test_an_id_that_is_on_another_sheet_too_is_told_with_both_places() -> None:
    twins = edited(lambda book: None, activity(), activity(unit="dalskolan"))
    assert faults(twins) == [
        place(
            5,
            f"kolumn A (Id): id 'läs-1' finns redan i {FILE} blad {SHEET} rad 5",
            "Dalskolan",
        )
    ]


def test_a_sheet_of_notes_is_named_and_not_passed_over() -> None:
    def notes(book: Workbook) -> None:
        book.create_sheet("Möten")["C7"] = "onsdag kl. 9"

    assert faults(edited(notes)) == [
        f"{FILE} blad Möten: bladet är ingen enhets blad och läses inte; flytta det till en annan"
        " fil, eller kopiera ett blad som finns och skriv enhetens id"
    ]


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        (
            {"A1": None, "B1": None},
            "bladet säger inte vilken enhet det hör till; skriv 'Enhetens id' i A1 och enhetens id"
            " i B1",
        ),
        (
            dict.fromkeys(f"{letter}4" for letter in "ABCDEFGHIJK"),
            "raden med rubriker saknas; kopiera raden med rubriker från ett annat blad",
        ),
    ],
)
def test_a_sheet_that_lacks_its_unit_or_its_headings_is_told(
    cells: dict[str, object], sentence: str
) -> None:
    assert faults(with_cells(cells)) == [f"{FILE} blad {SHEET}: {sentence}"]


def test_a_workbook_without_any_units_sheet_is_told() -> None:
    assert faults(saved(Workbook())) == [
        f"{FILE}: filen har inget blad för en enhet; gör en ny med malstyr mall aktiviteter"
    ]


def test_a_plan_both_as_yaml_and_as_excel_is_refused() -> None:
    files = BN | {FILE: written(), "aktiviteter/bn.yaml": PLAN}
    with TemporaryDirectory() as folder, pytest.raises(ParamsError) as refused:
        params.load(write(Path(folder), files))
    assert [str(problem) for problem in refused.value.problems] == [
        "aktiviteter/bn.yaml: finns också som aktiviteter/bn.xlsx; ta bort eller flytta den ena"
    ]


@pytest.mark.parametrize(
    ("name", "cure"),
    [
        ("bn.xls", "spara om den som Excel-arbetsbok, bn.xlsx"),
        ("bn.xlsm", "spara om den som Excel-arbetsbok, bn.xlsx"),
        ("bn.ods", "spara om den som Excel-arbetsbok, bn.xlsx"),
        ("bn.csv", "spara om den som Excel-arbetsbok, bn.xlsx"),
        ("bn.XLSX", "döp om filen till bn.xlsx"),
    ],
)
def test_a_table_of_another_kind_is_told_and_not_skipped(name: str, cure: str) -> None:
    assert faults(b"x", f"aktiviteter/{name}") == [f"aktiviteter/{name}: läses inte; {cure}"]


def test_excel_is_read_only_where_the_plans_are() -> None:
    with TemporaryDirectory() as folder:
        params.load(write(Path(folder), BN | {"egna/sjuk.xlsx": b"x", "namnder/y.xlsx": b"x"}))


# ---- Files that anyone may have made

BROKEN = "filen är skadad och går inte att läsa; öppna den i Excel och spara om den, eller"
DECLARED = "filen innehåller en deklaration (DTD) som Excel aldrig skriver, och läses inte;"
ID = ' t="inlineStr"><is><t>läs-1</t></is>'.encode()
NINES = b"9" * 400
LOL = b"""<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "lol"><!ENTITY c "&b;&b;&b;&b;&b;&b;">]>
<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>&c;</t></si></sst>"""
OUTSIDE = (
    b"""<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>"""
)


@cache
def hostile() -> dict[str, tuple[bytes, str]]:
    plain = written(activity())
    sheet = "xl/worksheets/sheet2.xml"
    with zipfile.ZipFile(io.BytesIO(plain)) as package:
        xml = package.read(sheet)
    bomb = repacked(plain, {"xl/media/a.xml": b"<a>" + b" " * 60_000_000 + b"</a>"})
    steep = repacked(plain, {"xl/media/a.bin": b" " * 20_000_000})
    return {
        "empty": (b"", "filen är ingen Excelfil;"),
        "text": (b"id;vad", "filen är ingen Excelfil;"),
        "password": (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 99,
            "filen är skyddad med lösen",
        ),
        "half": (plain[: len(plain) // 2], BROKEN),
        "other zip": (repacked(plain, {"[Content_Types].xml": None}), "filen är ingen Excelfil;"),
        "no book": (repacked(plain, {"xl/workbook.xml": None}), BROKEN),
        "broken xml": (repacked(plain, {sheet: xml[:-20]}), BROKEN),
        "bad cell": (repacked(plain, {sheet: xml.replace(b'r="A5"', b'r="?"')}), BROKEN),
        "laughs": (repacked(plain, {"xl/sharedStrings.xml": LOL}), DECLARED),
        "entity": (repacked(plain, {sheet: OUTSIDE}), DECLARED),
        "utf-16": (repacked(plain, {sheet: OUTSIDE.decode().encode("utf-16")}), DECLARED),
        "macros": (repacked(plain, {"xl/vbaProject.bin": b"x"}), "filen innehåller makron"),
        "bomb": (bomb, "filen packas upp till orimligt mycket"),
        "steep": (steep, "filen packas upp till orimligt mycket"),
        "wide": (
            repacked(plain, {sheet: xml.replace(b"</row>", b"<c/>" * 1_100_000 + b"</row>", 1)}),
            "filen har för många celler;",
        ),
        "style": (
            repacked(
                plain,
                {sheet: xml.replace(ID, b"><v>1</v>").replace(b'r="A5" s="', b'r="A5" s="999')},
            ),
            BROKEN,
        ),
        "number": (repacked(plain, {sheet: xml.replace(ID, b"><v>" + NINES + b"</v>")}), BROKEN),
        "huge": (plain + b"\0" * 2_000_000, "filen är större än 2 MB;"),
    }


@pytest.mark.parametrize("name", hostile())
def test_a_hostile_or_broken_file_is_one_sentence(name: str) -> None:
    content, answer = hostile()[name]
    (sentence,) = faults(content)
    assert sentence.startswith(f"{FILE}: {answer}")


def test_a_file_that_another_program_holds_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError

    with TemporaryDirectory() as folder:
        root = write(Path(folder), BN | {FILE: written()})
        true_open = Path.open
        monkeypatch.setattr(
            Path,
            "open",
            lambda path, *a, **k: refuse() if path.suffix == ".xlsx" else true_open(path, *a, **k),
        )
        with pytest.raises(ParamsError, match="stäng den i Excel och andra program"):
            params.load(root)


PARTS = (
    "[Content_Types].xml",
    "_rels/.rels",
    "xl/workbook.xml",
    "xl/_rels/workbook.xml.rels",
    "xl/styles.xml",
    "xl/worksheets/sheet2.xml",
    "docProps/core.xml",
)
PLACES = st.integers(0, 10_000)


@property_test(st.sampled_from(PARTS), PLACES, st.binary(max_size=4), st.integers(0, 30))
def test_a_mutated_file_loads_or_is_a_params_error_and_nothing_else(
    part: str, at: int, new: bytes, gone: int
) -> None:
    plain = mutable()
    with zipfile.ZipFile(io.BytesIO(plain)) as package:
        body = package.read(part)
    at %= len(body)
    content = repacked(plain, {part: body[:at] + new + body[at + gone :]})
    with TemporaryDirectory() as place, suppress(ParamsError):
        params.load(write(Path(place), BN | {FILE: content}))


@cache
def mutable() -> bytes:
    return written(activity())


def far_down(book: Workbook) -> None:
    book[SHEET]["A5001"] = "x"


def far_right(book: Workbook) -> None:
    book[SHEET]["XFD7"] = "x"


def many_sheets(book: Workbook) -> None:
    for _ in range(100):
        book.create_sheet()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (far_down, place(5001, "bladet har text nedanför rad 5000; är det rätt fil?")),
        (
            far_right,
            place(
                7,
                "cell XFD7: cellen ligger för långt åt höger; flytta texten till tabellen eller ta"
                " bort den",
            ),
        ),
        (many_sheets, f"{FILE}: filen har fler än 100 blad; är det rätt fil?"),
    ],
)
def test_there_are_bounds_to_what_is_read(
    change: Callable[[Workbook], None], sentence: str
) -> None:
    assert faults(edited(change)) == [sentence]


def test_formatted_rows_without_text_far_down_are_nothing() -> None:
    def change(book: Workbook) -> None:
        book[SHEET]["A20000"].number_format = "@"

    assert loaded(edited(change)) == (activity(),)


def test_texts_shared_between_cells_are_read_as_they_are_stored() -> None:
    """Excel keeps its texts in a part of their own, where openpyxl would drop x005F_."""
    sst = (
        '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si>'
        "<t>_x005F_x0041_ x005F_</t></si><si><r><t>fet </t></r><r><t>text</t></r></si><si/></sst>"
    )
    plain = written(activity(what="WHAT", who="WHO"))
    with zipfile.ZipFile(io.BytesIO(plain)) as package:
        types = package.read("[Content_Types].xml").decode()
        xml = package.read("xl/worksheets/sheet2.xml").decode()
    for number, word in enumerate(("WHAT", "WHO")):
        was = f't="inlineStr"><is><t>{word}</t></is>'
        assert was in xml
        xml = xml.replace(was, f't="s"><v>{number}</v>')
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    if kind not in types:
        named = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}"/></Types>'
        types = types.replace("</Types>", named)
    parts = {
        "[Content_Types].xml": types,
        "xl/worksheets/sheet2.xml": xml,
        "xl/sharedStrings.xml": sst,
    }
    content = repacked(plain, {name: part.encode() for name, part in parts.items()})
    (one,) = loaded(content)
    assert (one.what, one.who) == ("_x0041_ x005F_", "fet text")


# ---- The template


@pytest.fixture(scope="module")
def book() -> Workbook:
    return load_workbook(io.BytesIO(written(activity())))


@pytest.fixture(scope="module")
def sheet(book: Workbook) -> Worksheet:
    return book[SHEET]


def test_a_template_has_a_sheet_for_each_unit_in_force(book: Workbook) -> None:
    assert book.sheetnames == ["Så här gör du", "Bergaskolan", "Dalskolan", "Listor"]
    assert (book["Dalskolan"]["A1"].value, book["Dalskolan"]["B1"].value) == (
        "Enhetens id",
        "dalskolan",
    )


def test_an_administration_that_has_ended_has_no_sheets_for_its_units(tmp_path: Path) -> None:
    ended = UNITS.replace("    enheter:", "    till: 2024\n    enheter:")
    model = params.load(write(tmp_path, {"namnder/bn.yaml": NÄMND + ended}))
    with pytest.raises(UsageError, match="BN har inga enheter"):
        activities_workbook(model, model.committees[0], YEAR)
    assert activities_workbook(model, model.committees[0], 2024)


def test_headings_are_locked_without_a_password_and_the_rows_below_are_open(
    sheet: Worksheet,
) -> None:
    assert (sheet.protection.sheet, sheet.protection.password) == (True, None)
    assert all(cell.protection.locked for row in sheet["A1:K4"] for cell in row)
    assert not any(cell.protection.locked for cell in sheet[5])
    assert not any(sheet.column_dimensions[one].protection.locked for one in "ABCDEFGHIJK")


def test_there_are_lists_to_choose_from_and_bounds(book: Workbook, sheet: Worksheet) -> None:
    rules = {str(rule.sqref)[0]: rule for rule in sheet.data_validations.dataValidation}
    assert {letter: rule.type for letter, rule in rules.items()} == {
        **dict.fromkeys("BCHK", "list"),
        **dict.fromkeys("FGJ", "date"),
        **dict.fromkeys("ADEI", "textLength"),
    }
    assert rules["B"].formula1 == "Listor!$A$2:$A$2"
    assert rules["C"].formula1 == "Listor!$D$2:$D$3"
    assert rules["H"].formula1 == '"planerad,pågår,klar,pausad,avbruten"'
    assert not rules["C"].showErrorMessage  # several may be written
    assert all(str(rule.sqref).endswith("5000") for rule in rules.values())
    assert [[cell.value for cell in row] for row in book["Listor"]["D1:E3"]] == [
        ["Nyckeltal", "Rubrik"],
        ["N00001", "Behöriga elever, andel (%)"],
        ["N00002", "Ordförandeposter, andel (%)"],
    ]


def test_the_headings_are_the_first_row_of_a_table_with_room_for_200_rows(
    sheet: Worksheet,
) -> None:
    assert [cell.value for cell in sheet[4]] == [one.heading for one in COLUMNS]
    assert [table.ref for table in sheet.tables.values()] == ["A4:K205"]
    assert (sheet.freeze_panes, sheet.print_title_rows) == ("B5", "$4:$4")


def test_empty_rows_are_for_days_and_text_that_wraps(sheet: Worksheet) -> None:
    formats = {one: sheet.column_dimensions[one].number_format for one in "ACDFGJ"}
    assert formats == dict.fromkeys("ACD", "@") | dict.fromkeys("FGJ", "yyyy-mm-dd")
    assert all(sheet.column_dimensions[one].alignment.wrap_text for one in "ADI")


def test_a_screen_reader_is_told_the_title_and_the_language(book: Workbook) -> None:
    about = book.properties
    assert (about.title, about.language) == ("Aktivitetsplan, Bildningsnämnden", "sv-SE")


def test_every_column_is_explained_on_the_first_sheet(book: Workbook) -> None:
    told = {row[0].value: row[1].value for row in book.worksheets[0].iter_rows()}
    assert all(told[column.heading].endswith(column.help) for column in COLUMNS)


@property_test(
    st.lists(st.one_of(st.text(min_size=1, max_size=60), st.sampled_from(["Listor", "a", "A"])))
)
def test_any_units_names_are_sheets_that_excel_takes(names: list[str]) -> None:
    titles = template._titles(names)
    assert len({title.casefold() for title in titles}) == len(names)
    for title in titles:
        assert 0 < len(title.encode("utf-16-le", "surrogatepass")) <= 62
        assert not set(title) & set("[]:*?/\\")
        assert title.strip("'") == title
        assert title.casefold() not in {"history", "listor", "så här gör du"}


def test_a_committee_without_units_gets_no_template() -> None:
    with TemporaryDirectory() as folder:
        model = params.load(write(Path(folder), FILES))
    with pytest.raises(UsageError, match=r"BN har inga enheter\. Skriv förvaltningar och enheter"):
        activities_workbook(model, model.committees[0], YEAR)


# ---- The command


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return write(tmp_path / "params", BN | {"aktiviteter/bn.yaml": PLAN})


def mall(home: Path, *more: str) -> int:
    return run(["mall", "aktiviteter", "--namnd", "BN", "--params", str(home), *more])


def test_the_command_writes_the_file_that_is_read_and_says_what_to_move(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = params.load(home).activities
    assert mall(home) == 4
    printed = capsys.readouterr().out
    assert "1 aktivitet är ifylld" in printed
    assert (
        "bn.yaml gäller tills du byter: flytta bort bn.yaml ur mappen aktiviteter, och lägg"
        " Excelfilen där som bn.xlsx.\n" in printed
    )
    assert params.load(home).activities == before  # nothing stops meanwhile
    (home / "aktiviteter" / "bn.yaml").unlink()
    (home.parent / "aktiviteter-bn.xlsx").rename(home / "aktiviteter" / "bn.xlsx")
    assert params.load(home).activities == before


def test_a_second_file_where_plans_are_read_is_said_to_stop_everything(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert mall(home, "--ut", str(home / "aktiviteter" / "bn.xlsx")) == 4
    said = capsys.readouterr().out
    assert "Fram till dess stannar malstyr, eftersom en nämnd bara får ha en fil.\n" in said


def test_a_file_that_is_there_is_never_written_over(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "aktiviteter" / "bn.yaml").unlink()
    assert mall(home) == 0
    file = home / "aktiviteter" / "bn.xlsx"
    before = file.read_bytes()
    capsys.readouterr()
    assert mall(home) == 2
    said = capsys.readouterr().err
    assert said == f"{file} finns redan och skrivs inte över. Ange en annan fil med --ut FIL.\n"
    assert file.read_bytes() == before
    assert [one.name for one in file.parent.iterdir()] == ["bn.xlsx"]


def test_another_file_may_be_named(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = home.parent / "Mål och styrning.xlsx"
    assert mall(home, "--ut", str(out), "--json") == 4
    assert json.loads(capsys.readouterr().out) == [
        {
            "file": str(out),
            "committee": "BN",
            "activities": 1,
            "taken_over": str(home / "aktiviteter" / "bn.yaml"),
        }
    ]
    assert out.exists()
    assert not (home / "aktiviteter" / "bn.xlsx").exists()


@pytest.mark.parametrize(
    ("out", "said"),
    [
        ("plan.xls", "plan.xls slutar inte på .xlsx"),
        ("finns-inte/plan.xlsx", "finns inte. Gör den, eller ange en annan med --ut."),
        (".", "är en mapp. Ange en fil"),
    ],
)
def test_a_place_that_cannot_be_is_told(
    home: Path, capsys: pytest.CaptureFixture[str], out: str, said: str
) -> None:
    assert mall(home, "--ut", str(home / out)) == 2
    assert said in capsys.readouterr().err


def test_a_file_that_comes_while_another_is_written_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "bn.xlsx"
    file.write_bytes(b"theirs")
    with pytest.raises(UsageError, match="finns redan"):
        templates._put(file, b"ours")
    assert [one.read_bytes() for one in tmp_path.iterdir()] == [b"theirs"]


# ---- Another program


def test_a_plan_saved_by_libreoffice_says_the_same(tmp_path: Path) -> None:
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("LibreOffice (soffice) finns inte på den här datorn")
    long = activity(
        id="12",
        what='=HYPERLINK("x")\n\n_x0041_ 🎉\t"åäö" <b>',
        result="'-1",
        kpis=("N00001", "N00002"),
        check=date(2027, 1, 15),
        example=True,
    )
    (tmp_path / "bn.xlsx").write_bytes(written(long, activity(id="b", unit="finns-inte")))
    profile = f"-env:UserInstallation={(tmp_path / 'profil').as_uri()}"
    order = [program, profile, "--headless", "--convert-to", "xlsx", "--outdir"]
    subprocess.run(
        [*order, str(tmp_path / "ut"), str(tmp_path / "bn.xlsx")],
        check=True,
        capture_output=True,
        timeout=120,
    )
    again = loaded((tmp_path / "ut" / "bn.xlsx").read_bytes())
    assert again == (long, activity(id="b", unit="finns-inte"))
