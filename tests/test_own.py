"""Rules for own measures: what is read, how it is judged, and what the example was made to show."""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from math import isnan
from pathlib import Path
from tempfile import TemporaryDirectory
from unicodedata import normalize

import openpyxl
import pandas as pd
import pytest
from conftest import ROOT
from hypothesis import strategies as st
from properties import heavy_property_test, property_test

from malstyr_lib import own, params, periods, tables, text
from malstyr_lib.charts import Chart, own_lines
from malstyr_lib.errors import ParamsError
from malstyr_lib.markup import OWN_STATUS, STATUS
from malstyr_lib.model import (
    Administration,
    Committee,
    Kpi,
    Measure,
    Municipality,
    SteeringModel,
    Unit,
)
from malstyr_lib.model.goals import Level
from malstyr_lib.own.hidden import HIDDEN, chance_of
from malstyr_lib.own.succession import History
from malstyr_lib.params.own_values import own_values
from malstyr_lib.report.own import own_measure

Answer = Callable[..., list[str]]

TODAY = date(2026, 11, 23)
UNITS = (
    Unit(id="alm", name="Almskolan", until=2023),
    Unit(id="björk", name="Björkskolan", since=2024, replaces=("alm",)),
    Unit(id="gran", name="Granskolan"),
)
NAMES = {"": "Helheten", "alm": "Almskolan", "björk": "Björkskolan", "gran": "Granskolan"}
KPI = Kpi(id="N00090", title="Sjukfrånvaro", direction="lågt")


def measure(**given: object) -> Measure:
    fields = {
        "id": "frånvaro",
        "title": "Frånvaro",
        "unit": "%",
        "pace": "månad",
        "direction": "lågt",
        "committee": "BN",
        "perspective": "invånare",
        "source": "Skolsystemet",
    }
    return Measure.model_validate(fields | given, by_name=True)


def model(one: Measure, units: tuple[Unit, ...] = UNITS) -> SteeringModel:
    administration = Administration(id="skolan", name="Skolförvaltningen", units=units)
    committee = Committee(
        slug="bn", code="BN", name="Bildningsnämnden", administrations=(administration,)
    )
    return SteeringModel(
        municipality=Municipality(code="9001", name="Övninge"),
        perspectives=(),
        focus_areas=(),
        council_goals=(),
        kpis=(KPI,),
        committees=(committee,),
        measures=(one,),
    )


def lay(folder: Path, content: str | bytes, name: str = "frånvaro.csv") -> Path:
    (folder / "egna").mkdir(exist_ok=True)
    data = content.encode() if isinstance(content, str) else content
    (folder / "egna" / name).write_bytes(data)
    return folder


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., pd.DataFrame]:
    """Reads one file as the values of one measure."""

    def values(content: str | bytes, name: str = "frånvaro.csv", **given: object) -> pd.DataFrame:
        return own_values(lay(tmp_path, content, name), model(measure(**given)), today=TODAY)

    return values


@pytest.fixture
def faults(read: Callable[..., pd.DataFrame]) -> Answer:
    """Returns what reading a file answers, a sentence for each problem."""

    def answer(content: str | bytes, name: str = "frånvaro.csv", **given: object) -> list[str]:
        with pytest.raises(ParamsError) as refused:
            read(content, name, **given)
        return [
            str(problem).removeprefix("egna/frånvaro.csv") for problem in refused.value.problems
        ]

    return answer


def xlsx(rows: list[list[object]], **formats: str) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for cell, form in formats.items():
        book.active[cell].number_format = form
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


# ---- Reading


def test_a_swedish_csv_is_read_as_it_stands(read: Callable[..., pd.DataFrame]) -> None:
    content = "\ufeffperiod;del;kön;värde;preliminär\r\n2026-01;;;7,5;\r\n2026-01;gran;K;..;JA\r\n"
    values = read(content)
    assert values.dtypes.astype(str).to_dict() == tables.OWN_VALUES
    assert values.drop(columns="value").to_numpy().tolist() == [
        ["frånvaro", "", "2026-01", "T", False],
        ["frånvaro", "gran", "2026-01", "K", True],
    ]
    assert values["value"][0] == 7.5
    assert isnan(values["value"][1])


@pytest.mark.parametrize(
    "content",
    [
        "period;värde\n2026-01;7,5\n",
        "Period,Värde\n2026-01,7.5\n",
        'period,värde\n2026-01,"7,5"\n',
        "värde\tperiod\n7,5\t2026-01\n",
        "period;värde;;\n2026-01;7,5;;\n;;;\n",
        "period;värde\njan-26;7,5 %\n",
    ],
)
def test_separators_order_and_what_excel_makes_of_a_month_are_understood(
    read: Callable[..., pd.DataFrame], content: str
) -> None:
    assert read(content)[["period", "value"]].to_numpy().tolist() == [["2026-01", 7.5]]


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("1 234,5", 1234.5),
        ("1\u00a0234", 1234.0),
        ("−3", -3.0),
        ("0.125", 0.125),
        ("7,125", 7.125),
        ("12.5", 12.5),
    ],
)
def test_numbers_are_read_with_comma_or_point_and_blanks_between_thousands(
    read: Callable[..., pd.DataFrame], cell: str, value: float
) -> None:
    assert read(f"period;värde\n2026-01;{cell}\n", unit="antal")["value"].tolist() == [value]


@pytest.mark.parametrize("cell", ["", "-", "–", "..", "−"])
def test_an_empty_cell_and_a_dash_are_a_missing_value_and_not_zero(
    read: Callable[..., pd.DataFrame], cell: str
) -> None:
    assert isnan(read(f"period;del;värde\n2026-01;;{cell}\n")["value"][0])


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("2026-01;;;1,234.5;", "värde: '1,234.5' kan läsas på flera sätt; skriv utan tusental"),
        ("2026-01;;;1.234;", "värde: '1.234' kan läsas på två sätt; skriv 1234 eller 1,234, utan"),
        ("2026-01;;;1.234.567;", "värde: '1.234.567' kan läsas på två sätt; skriv 1234567, utan"),
        ("2026-01;;;sju;", "värde: 'sju' är inget tal; skriv till exempel 7,5"),
        ("2026-01;;;1.234,5;", "värde: '1.234,5' kan läsas på flera sätt"),
        ("2026-01;;;1,234,567;", "värde: '1,234,567' kan läsas på flera sätt"),
        ("2026-01;;;=1+1;", "värde: '=1+1' är inget tal"),
        ("2026-01;;;nan;", "värde: 'nan' är inget tal"),
        (f"2026-01;;;{'9' * 400};", "är inget tal"),
        ("2026-01;;;07-maj;", "värde: '07-maj' är ett datum; Excel kan ha gjort om talet"),
        ("2026-01;;;101;", "värde: '101' är ingen andel i procent; den ska vara mellan 0 och 100"),
        ("2026-01;;;-1;", "värde: '-1' är ingen andel i procent"),
        (";;;7,5;", "period: perioden saknas; skriv till exempel 2026-03"),
        ("2026-13;;;7,5;", "period: '2026-13' är ingen period; skriv som 2026-03"),
        ("202603;;;7,5;", "period: '202603' är ingen period; menade du '2026-03'?"),
        ("2026-3;;;7,5;", "period: '2026-3' är ingen period; menade du '2026-03'?"),
        ("2026-K1;;;7,5;", "period: '2026-K1' är ett kvartal, men måttets takt är månad"),
        ("2026-12;;;7,5;", "period: '2026-12' har inte börjat än; rätta perioden"),
        ("2062-03;;;7,5;", "period: '2062-03' har inte börjat än"),
        ("dec-26;;;7,5;", "period: 'dec-26' har inte börjat än"),
        ("2026;;;7,5;", "period: '2026' är ett år, men måttets takt är månad"),
        ("2026-01;grann;;7,5;", "del: okänd del 'grann'; menade du 'gran'?"),
        ("2026-01;Granskolan;;7,5;", "del: skriv id:t 'gran' i stället för namnet 'Granskolan'"),
        ("2026-01;Totalt;;7,5;", "del: 'Totalt' är ingen del; lämna cellen tom för helheten"),
        ("2026-01;alm;;7,5;", "del: 'alm' fanns inte 2026, den gäller till 2023"),
        ("2023-01;björk;;7,5;", "del: 'björk' fanns inte 2023, den gäller från 2024"),
        ("2026-01;;Q;7,5;", "kön: okänt kön 'Q'; skriv T (alla), K (kvinnor) eller M (män)"),
        ("2026-01;;;7,5;kanske", "preliminär: 'kanske' ska vara ja, nej eller tomt"),
        ("2026-01;;;7,5;;8", "fler celler än rubriker; står decimalkomma i en fil med komma"),
        ("2025-12;;T;7,5;", "2025-12, helheten finns redan på rad 2; ta bort den ena"),
    ],
)
def test_a_faulty_cell_is_told_by_line_column_and_cure(faults: Answer, row: str, said: str) -> None:
    (found,) = faults(f"period;del;kön;värde;preliminär\n2025-12;;;7;\n{row}\n")
    assert found.startswith(" rad 3: ")
    assert said in found


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", ": filen är tom; den första raden ska vara rubrikerna"),
        ("period;värde\n", " rad 1: det finns inga värden under rubrikerna"),
        ("period;varde\n2026-01;7\n", " rad 1: okänd rubrik 'varde'; menade du 'värde'?"),
        ("period;värde;zzz\n2026-01;7;\n", " rad 1: okänd rubrik 'zzz'; välj period, del, kön,"),
        ("period;värde;värde\n2026-01;7;\n", " rad 1: rubriken 'värde' står två gånger"),
        ("2026-01;7\n", " rad 1: rubriken 'period' saknas; den första raden ska vara period;del;"),
        ('period;värde\n2026-01;"7\n', " rad 2: raden går inte att läsa; se över citattecknen"),
    ],
)
def test_a_file_that_is_no_table_of_values_is_told_so(
    faults: Answer, content: str, said: str
) -> None:
    assert any(one.startswith(said) for one in faults(content))


def test_every_problem_is_told_at_once_and_a_flood_of_them_is_cut(faults: Answer) -> None:
    rows = "".join(f"{year};;sju\n" for year in range(1900, 2000))
    found = faults(f"period;del;värde\n{rows}")
    assert len(found) == 51
    assert found[-1] == " rad 101: och 150 fel till"


def test_values_that_are_missing_doubled_or_nobodys_are_told(tmp_path: Path) -> None:
    ours = model(measure())
    with pytest.raises(ParamsError, match=r"värdena saknas; lägg dem i frånvaro\.csv eller"):
        own_values(tmp_path, ours)
    lay(tmp_path, "period;värde\n2026-01;7\n")
    lay(tmp_path, b"", "frånvaro.xlsx")
    lay(tmp_path, "", "franvaro.csv")
    lay(tmp_path, "", "~$frånvaro.xlsx")
    with pytest.raises(ParamsError) as refused:
        own_values(tmp_path, ours)
    assert [str(one) for one in refused.value.problems] == [
        "egna/franvaro.csv: hör inte till något mått: filen franvaro.yaml finns inte;"
        " menade du 'frånvaro'?",
        "egna/frånvaro.csv: finns också som frånvaro.xlsx; behåll bara en",
    ]


@pytest.mark.parametrize(
    ("pace", "cell", "period"),
    [("kvartal", "2026-k1", "2026-K1"), ("år", "2026", "2026"), ("månad", "2026-03", "2026-03")],
)
def test_every_pace_has_its_form(
    read: Callable[..., pd.DataFrame], pace: str, cell: str, period: str
) -> None:
    assert read(f"period;värde\n{cell};7\n", pace=pace)["period"].tolist() == [period]


def test_a_unit_is_gone_with_its_administration(tmp_path: Path) -> None:
    ours = model(measure())
    (committee,) = ours.committees
    old = committee.administrations[0].model_copy(update={"since": 2020, "until": 2024})
    gone = committee.model_copy(update={"administrations": (old,)})
    ours = ours.model_copy(update={"committees": (gone,)})
    lay(tmp_path, "period;del;värde\n2025-01;gran;7\n2024-01;gran;7\n2019-01;gran;7\n")
    with pytest.raises(ParamsError) as refused:
        own_values(tmp_path, ours, today=TODAY)
    assert [str(one).partition(": ")[2] for one in refused.value.problems] == [
        "del: 'gran' fanns inte 2025, den gäller från 2020 till 2024",
        "del: 'gran' fanns inte 2019, den gäller från 2020 till 2024",
    ]
    assert [(one.since, one.until) for one in gone.units] == [
        (2020, 2023),
        (2024, 2024),
        (2020, 2024),
    ]
    assert list(ours.parts) == ["skolan", "alm", "björk", "gran"]


@pytest.mark.parametrize(
    ("cell", "period"), [("jan-98", "1998-01"), ("nov-26", "2026-11"), ("dec-27", "1927-12")]
)
def test_a_year_of_two_digits_is_never_one_that_is_to_come(
    read: Callable[..., pd.DataFrame], cell: str, period: str
) -> None:
    assert read(f"period;värde\n{cell};7\n")["period"].tolist() == [period]


@pytest.mark.parametrize(
    ("pace", "last", "next_one"),
    [("månad", "2026-11", "2026-12"), ("kvartal", "2026-K4", "2027-K1"), ("år", "2026", "2027")],
)
def test_the_period_that_has_begun_is_the_last_there_can_be_a_value_of(
    read: Callable[..., pd.DataFrame], faults: Answer, pace: str, last: str, next_one: str
) -> None:
    assert read(f"period;värde\n{last};7\n", pace=pace)["period"].tolist() == [last]
    assert faults(f"period;värde\n{next_one};7\n", pace=pace) == [
        f" rad 2: period: '{next_one}' har inte börjat än; rätta perioden"
    ]


# ---- Excel


def test_rows_of_other_sheets_and_cells_far_to_the_right_are_never_passed_over_in_silence(
    read: Callable[..., pd.DataFrame], faults: Answer
) -> None:
    book = openpyxl.load_workbook(io.BytesIO(xlsx([["period", "värde"], ["2025-01", 7.5]])))
    book.active["U2"], book.active["V2"] = "anmärkning", "till"
    for title, state in [("2026", "visible"), ("Lista", "hidden"), ("Tomt", "visible")]:
        sheet = book.create_sheet(title)
        sheet.sheet_state = state
        if title != "Tomt":
            sheet.append(["period", "värde"])
    stream = io.BytesIO()
    book.save(stream)
    where = "egna/frånvaro.xlsx blad Sheet"
    assert faults(stream.getvalue(), "frånvaro.xlsx")[:2] == [
        f"{where}: bladet '2026' läses inte; lägg alla rader i det första",
        f"{where} rad 2: cell U2 ligger för långt åt höger och läses inte; flytta den eller töm"
        " den",
    ]
    del book["2026"]
    book.active.delete_cols(21, 2)
    stream = io.BytesIO()
    book.save(stream)
    assert read(stream.getvalue(), "frånvaro.xlsx")["value"].tolist() == [7.5]
    book.active["DD2"] = "längst bort"
    stream = io.BytesIO()
    book.save(stream)
    (far,) = faults(stream.getvalue(), "frånvaro.xlsx")
    assert "cell DD2: cellen ligger för långt åt höger" in far


def test_excel_dates_numbers_and_percents_are_read_as_they_look(
    read: Callable[..., pd.DataFrame],
) -> None:
    rows: list[list[object]] = [
        ["period", "del", "värde", "preliminär"],
        [date(2026, 3, 1), "gran", 7.125, None],
        ["2026-04", None, 0.075, True],
        ["2026-05", None, "7,5", "nej"],
        ["2026-06", None, None, None],
    ]
    values = read(xlsx(rows, C3="0.0%"), "frånvaro.xlsx")
    assert values["period"].tolist() == ["2026-03", "2026-04", "2026-05", "2026-06"]
    assert values["value"].tolist()[:3] == [7.125, 7.5, 7.5]
    assert values["provisional"].tolist() == [False, True, False, False]


def test_a_name_in_excel_is_read_as_it_is_shown_however_it_was_typed(
    read: Callable[..., pd.DataFrame], faults: Answer
) -> None:
    rows: list[list[object]] = [["period", "del", "värde"], ["2026-03", "björk_x000D_", 7]]
    typed = [
        [normalize("NFD", one) if isinstance(one, str) else one for one in row] for row in rows
    ]
    assert read(xlsx(typed), "frånvaro.xlsx")["part"].tolist() == ["björk"]
    assert faults(xlsx([["period", "värde"], ["2026-03", "7_x0007_"]]), "frånvaro.xlsx") == [
        "egna/frånvaro.xlsx blad Sheet rad 2: cell B2 har ett tecken som inte går att visa;"
        " skriv om cellen"
    ]


def test_a_formula_in_excel_is_refused_by_its_cell_and_other_faults_by_their_row(
    faults: Answer,
) -> None:
    rows: list[list[object]] = [
        ["period", "värde"],
        ["2026-01", "=SUM(A1:A9)"],
        [date(2026, 2, 14), 7],
        ["2026-03", date(2026, 5, 7)],
    ]
    assert faults(xlsx(rows), "frånvaro.xlsx") == [
        "egna/frånvaro.xlsx blad Sheet rad 2: cell B2 är en formel; kopiera cellerna och klistra in"
        " dem som värden (Klistra in special)",
        "egna/frånvaro.xlsx blad Sheet rad 3: period: '2026-02-14' är ingen period;"
        " skriv som 2026-03",
        "egna/frånvaro.xlsx blad Sheet rad 4: värde: '2026-05-07' är ett datum; Excel kan ha gjort"
        " om talet, skriv det igen",
    ]


def repacked(content: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """A workbook with one of its parts changed."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for one in old.infolist():
            data = old.read(one)
            new.writestr(one.filename, change(data) if one.filename == part else data)
    return stream.getvalue()


SMALL = xlsx([["period", "värde"], ["2026-01", 7.5]])
SHEET = "xl/worksheets/sheet1.xml"
LAUGHS = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'


def bomb(_: bytes) -> bytes:
    return b"<worksheet>" + b" " * 100_000_000


def laughing(sheet: bytes) -> bytes:
    return LAUGHS + sheet[sheet.index(b"<worksheet") :].replace(b"2026-01", b"&b;")


def far_away(sheet: bytes) -> bytes:
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    return sheet.replace(b"</sheetData>", far)


HOSTILE = {
    "10 MB": ("frånvaro.csv", b"period;v\xc3\xa4rde\n" + b"2026-01;7\n" * 1_000_000),
    "50 001 rader": ("frånvaro.csv", "period;värde\n".encode() + b"2026-01;7\n" * 50_001),
    "en miljon tomma rader": ("frånvaro.csv", b"\n" * 1_000_000),
    "en enda cell": ("frånvaro.csv", "period;värde\n2026-01;".encode() + b"x" * 900_000),
    "UTF-16": ("frånvaro.csv", "period;värde\n2026-01;7\n".encode("utf-16")),
    "UTF-16 utan BOM": ("frånvaro.csv", "period;värde\n2026-01;7\n".encode("utf-16-le")),
    "latin-1": ("frånvaro.csv", "period;värde\n2026-01;7\n".encode("latin-1")),
    "skräp": ("frånvaro.xlsx", bytes(range(256)) * 100),
    "avhuggen": ("frånvaro.xlsx", SMALL[: len(SMALL) // 2]),
    "tom": ("frånvaro.xlsx", b""),
    "krypterad": ("frånvaro.xlsx", bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 4096),
    "gammal": ("frånvaro.xls", bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 4096),
    "stor": ("frånvaro.xlsx", SMALL + b"\0" * 10_000_000),
    "bomb": ("frånvaro.xlsx", repacked(SMALL, SHEET, bomb)),
    "entiteter": ("frånvaro.xlsx", repacked(SMALL, SHEET, laughing)),
    "cell långt bort": ("frånvaro.xlsx", repacked(SMALL, SHEET, far_away)),
    "en annan sorts zip": ("frånvaro.xlsx", repacked(SMALL, "[Content_Types].xml", bomb)[:0]),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_file_is_refused_in_one_sentence_within_a_second(
    faults: Answer, what: str
) -> None:
    name, content = HOSTILE[what]
    start = time.thread_time()  # others may share the processors, and the process
    found = faults(content, name)
    assert time.thread_time() - start < 1.0
    assert len(found) == 1
    assert len(found[0]) < 250


@pytest.mark.parametrize("what", ["UTF-16", "UTF-16 utan BOM", "latin-1"])
def test_another_coding_is_answered_with_how_to_save(faults: Answer, what: str) -> None:
    assert "välj Spara som i Excel och filtypen CSV UTF-8" in faults(HOSTILE[what][1])[0]


@property_test(st.binary(max_size=400))
def test_whatever_bytes_come_the_answer_is_values_or_problems(content: bytes) -> None:
    with TemporaryDirectory() as folder:
        for name in ("frånvaro.csv", "frånvaro.xlsx"):
            place = Path(folder) / name
            place.mkdir()
            with suppress(ParamsError):
                own_values(lay(place, content, name), model(measure()))


# ---- Judging


def rows(
    series: dict[str, list[float]],
    *,
    first: str = "2024-01",
    gender: str = "T",
    provisional: int = 0,
) -> pd.DataFrame:
    """Values of several parts, period by period from the first; the last few provisional."""
    pace = periods.pace_of(first)
    assert pace is not None
    told = [
        (
            part,
            periods.at(pace, periods.place(first) + step),
            value,
            step >= len(line) - provisional,
        )
        for part, line in series.items()
        for step, value in enumerate(line)
    ]
    return tables.frame(
        tables.OWN_VALUES,
        {
            "measure": ["frånvaro"] * len(told),
            "part": [one[0] for one in told],
            "period": [one[1] for one in told],
            "gender": [gender] * len(told),
            "value": [one[2] for one in told],
            "provisional": [one[3] for one in told],
        },
    )


def standing(values: pd.DataFrame, **given: object) -> pd.Series:
    return own.standings(measure(**given), values, names=NAMES).iloc[0]


def test_a_value_at_its_target_reaches_it_and_is_never_called_red() -> None:
    for kind, value, status in [
        ("högst", 6.0, "met"),
        ("högst", 6.1, "missed"),
        ("minst", 6.0, "met"),
        ("minst", 5.9, "missed"),
    ]:
        level = Level(kind=kind, value=6.0)  # type: ignore[arg-type]
        row = standing(rows({"": [value]}), level=level)
        assert row["status"] == status
        assert f"{'når' if status == 'met' else 'når inte'} målet {kind} 6;" in row["reason"]
    words = {one.word for one in OWN_STATUS.values()} | {one.symbol for one in OWN_STATUS.values()}
    assert not words & {"▼", "◆", "▲"}
    assert not {one.word for one in OWN_STATUS.values()} & {one.word for one in STATUS.values()}


@pytest.mark.parametrize(
    ("kind", "limit", "value", "said"),
    [
        ("högst", 6.0, 6.04, "6,04 (januari 2024); når inte målet högst 6;"),
        ("högst", 6.0, 6.0004, "6,0004 (januari 2024); når inte målet högst 6;"),
        ("minst", 6.0, 5.96, "5,96 (januari 2024); når inte målet minst 6;"),
        ("högst", 6.04, 6.04, "6,0 (januari 2024); når målet högst 6,04;"),
        ("högst", 6.0, 6.16, "6,2 (januari 2024); når inte målet högst 6;"),
    ],
)
def test_a_value_is_shown_on_its_own_side_of_the_target(
    kind: str, limit: float, value: float, said: str
) -> None:
    level = Level(kind=kind, value=limit)  # type: ignore[arg-type]
    assert standing(rows({"": [value]}), level=level)["reason"].startswith(said)


def test_the_same_value_as_a_year_ago_is_said_in_plain_words() -> None:
    said = standing(rows({"": [7.0] * 13}))["reason"]
    assert "; samma som samma månad året före (7);" in said


def test_a_level_against_others_is_said_to_need_kolada_and_none_to_be_none() -> None:
    row = standing(rows({"": [7.5]}), level=Level(kind="lämna rött"))
    assert row["status"] == "untargeted"
    assert "lämna rött jämför med andra kommuner, så den prövas i Kolada" in row["reason"]
    assert "; utan mål;" in standing(rows({"": [7.5]}))["reason"]


def test_a_month_is_held_against_the_same_month_the_year_before_and_no_other() -> None:
    values = rows({"": [7.0, *[9.5] * 11, 7.4]})
    assert standing(values)["reason"].startswith(
        "7,4 (januari 2025); utan mål; 0,4 högre än samma månad året före (7,0), sämre;"
        " för få tidigare sådana ändringar för att säga vad som är vanligt (0 av minst 10)"
    )
    gone = standing(rows({"": [float("nan"), *[9.5] * 11, 7.4]}))
    assert "inget värde för samma månad året före, så ändringen är okänd" in gone["reason"]


def test_seasons_are_not_unusual_but_a_change_beyond_earlier_changes_is() -> None:
    season = [9.5, 9.0, 8.0, 7.0, 6.5, 6.0, 4.0, 6.0, 7.0, 8.0, 8.5, 7.0]
    wobble = [0.1, -0.1] * 5
    second = [value + by for value, by in zip(season, [*wobble, 0.1], strict=False)]
    assert not standing(rows({"": [*season, *second]}))["unusual"]
    odd = standing(rows({"": [*season, *second[:10], season[10] + 2]}))
    assert odd["unusual"]
    assert (round(odd["usual_low"], 3), round(odd["usual_high"], 3)) == (-0.532, 0.532)
    assert "ändringen från året före är utanför det vanliga" in odd["reason"]


def test_a_yearly_measure_is_held_against_its_own_values() -> None:
    row = standing(rows({"": [10, 12] * 5 + [30.0]}, first="2010"), pace="år", unit="antal")
    assert (row["usual_low"], row["usual_high"]) == pytest.approx((5.68, 16.32))
    assert "värdet är utanför det vanliga" in row["reason"]
    assert "18 högre än året före (12), sämre" in row["reason"]


def test_a_provisional_value_is_marked_and_called_unsure() -> None:
    row = standing(rows({"": [7.5, 5.0]}, provisional=1), level=Level(kind="högst", value=6.0))
    assert row["provisional"]
    assert row["reason"].startswith("5,0 (februari 2024, preliminärt); når målet högst 6;")
    assert "kan ändras, så inget av detta är säkert" in row["reason"]


def test_a_part_that_lags_or_has_nothing_is_said_to() -> None:
    found = own.standings(
        measure(), rows({"": [7.0, 7.0], "gran": [7.0], "alm": [float("nan")]}), names=NAMES
    )
    reasons = dict(zip(found["part"], found["reason"], strict=True))
    assert reasons["gran"].endswith("andra har värden till och med februari 2024")
    assert reasons["alm"] == "inget värde ännu"
    assert found["status"].tolist() == ["untargeted", "unknown", "untargeted"]


# ---- What the average hides


def two_years(change: float, *, level: float = 7.5, odd: int = 0) -> list[float]:
    """Twenty-four months: the second year is changed, but `odd` months go the other way."""
    against = {1, 4, 7, 10} if odd == 4 else set(range(1, 3 * odd, 3))
    return [level] * 12 + [level - change if at in against else level + change for at in range(12)]


def hidden(values: pd.DataFrame, **given: object) -> pd.DataFrame:
    return own.hidden_by_average(measure(**given), values, names=NAMES).set_index("name")


@pytest.mark.parametrize(
    ("odd", "grade", "words"),
    [
        (0, "tydlig", "har stigit; 8,5 mot 7,5 året före; högre i 12 av 12 månader"),
        (2, "tydlig", "har stigit; 8,2 mot 7,5 året före; högre i 10 av 12 månader"),
        (3, "svag", "tycks ha stigit; 8,0 mot 7,5 året före; högre i 9 av 12 månader"),
        (4, "ingen", "ingen tydlig ändring; 7,8 mot 7,5 året före; högre i 8 av 12 månader"),
    ],
)
def test_how_clearly_a_part_moved_is_graded_by_chance(odd: int, grade: str, words: str) -> None:
    found = hidden(rows({"": [7.5] * 24, "gran": two_years(1.0, odd=odd)}))
    assert found.loc["Granskolan", "grade"] == grade
    assert found.loc["Granskolan", "reason"] == words
    assert found["hidden"].tolist() == [False, grade != "ingen"]


def test_chance_is_that_of_a_fair_coin_both_ways() -> None:
    assert [chance_of(*pair) for pair in [(12, 0), (10, 2), (9, 3), (4, 0), (1, 0), (3, 3)]] == [
        2 / 4096,
        158 / 4096,
        598 / 4096,
        2 / 16,
        1.0,
        1.0,
    ]


def test_a_part_that_goes_the_same_way_as_the_whole_is_not_hidden() -> None:
    found = hidden(rows({"": two_years(0.5), "gran": two_years(1.0), "björk": two_years(-0.1)}))
    assert found["hidden"].to_dict() == {
        "Helheten": False,
        "Björkskolan": True,
        "Granskolan": False,
    }


def test_women_and_men_are_beside_the_whole_too() -> None:
    values = pd.concat(
        [
            rows({"": [7.5] * 24}),
            rows({"": two_years(1.0)}, gender="K"),
            rows({"": two_years(-1.0)}, gender="M"),
        ]
    )
    found = hidden(values)
    assert found.index.tolist() == ["Helheten", "Helheten, kvinnor", "Helheten, män"]
    assert found["way"].tolist() == ["", "upp", "ned"]
    said = own.main_point(measure(), own.hidden_by_average(measure(), values, names=NAMES))
    assert ", men kvinnor har stigit och män har sjunkit. Siffrorna" in said


def test_one_year_against_another_is_never_called_unchanged_and_says_nothing_of_the_parts() -> None:
    values = rows({"": [5.1, 52.0], "gran": [5.0, 50.0], "björk": [7.0, 6.0]}, first="2024")
    found = own.hidden_by_average(measure(pace="år"), values, names=NAMES)
    assert own.main_point(measure(pace="år"), found) == (
        "Helheten 2025: 52,0 mot 5,1 året före; ett enda år kan inte säga om det är slump."
    )
    assert found["reason"][0] == "52,0 mot 5,1 året före; ett enda år kan inte säga om det är slump"
    first = own.hidden_by_average(measure(pace="år"), rows({"": [5.1]}, first="2025"), names=NAMES)
    assert own.main_point(measure(pace="år"), first) == (
        "Helheten har ett värde för 2025 men inget för året före."
    )
    long = {"": [10.0] * 11, "gran": [10, 12] * 5 + [30.0]}
    odd = hidden(rows(long, first="2010"), pace="år").loc["Granskolan"]
    assert not odd["hidden"]
    assert odd["reason"].endswith("; värdet är utanför det vanliga")


def test_months_of_mixed_signs_are_no_clear_change_however_far_apart_the_years_are() -> None:
    values = rows({"": two_years(5.0, odd=4), "gran": [7.5] * 24})
    said = own.main_point(measure(), own.hidden_by_average(measure(), values, names=NAMES))
    assert said == (
        "Helheten har ingen tydlig ändring året till och med december 2025 (9,2 mot 7,5 året"
        " före), och ingen del går tydligt åt ett annat håll."
    )


def test_years_that_moved_are_never_shown_as_the_same_number() -> None:
    found = hidden(rows({"": [7.5] * 24, "gran": two_years(0.01)}))
    assert found["reason"]["Granskolan"].startswith("har stigit; 7,51 mot 7,50 året före;")


def test_of_many_parts_some_can_stand_out_by_chance() -> None:
    many = {f"del{number}": two_years(1.0) for number in range(10)}
    values = rows({"": [7.5] * 24} | many)
    said = own.main_point(measure(), own.hidden_by_average(measure(), values, names=NAMES))
    assert said.endswith("inte varför. Bland 10 delar kan någon sticka ut av en slump.")


def test_provisional_months_are_left_out_and_gaps_are_counted() -> None:
    late = rows({"": [7.5] * 25, "gran": [*two_years(1.0), 0.0]}, provisional=1)
    assert hidden(late).loc["Granskolan", "last"] == "2025-12"
    gap = two_years(1.0)
    gap[3:6] = [float("nan")] * 3
    words = hidden(rows({"": [7.5] * 24, "gran": gap})).loc["Granskolan", "reason"]
    assert words.endswith("högre i 9 av 9 månader (3 månader saknas)")
    gap[6] = float("nan")
    assert (
        "för få värden båda åren" in hidden(rows({"": [7.5] * 24, "gran": gap})).iloc[1]["reason"]
    )


def test_a_total_is_never_made_from_parts() -> None:
    found = own.hidden_by_average(measure(), rows({"gran": two_years(1.0)}), names=NAMES)
    assert found.empty
    said = "Det finns inget värde för helheten, och den räknas inte ut ur delarna."
    assert own.main_point(measure(), found) == said


def test_one_whole_without_parts_hides_nothing() -> None:
    found = own.hidden_by_average(measure(), rows({"": two_years(1.0)}), names=NAMES)
    assert own.main_point(measure(), found) == (
        "Helheten har stigit året till och med december 2025 (8,5 mot 7,5 året före)."
        " Det finns inga delar att jämföra med."
    )


# ---- Two speeds


def kolada(values: dict[int, float]) -> pd.DataFrame:
    n = len(values)
    return tables.frame(
        tables.OBSERVATIONS,
        {
            "kpi": ["N00090"] * n,
            "municipality": ["9001"] * n,
            "period": list(values),
            "gender": ["T"] * n,
            "value": list(values.values()),
            "status": [""] * n,
        },
    )


def speeds(values: pd.DataFrame, published: dict[int, float], **given: object) -> own.TwoSpeeds:
    return own.two_speeds(measure(**given), values, kolada(published), kpi=KPI, municipality="9001")


QUARTERS = [6.0, 7.0, 8.0, 7.0] + [7.0] * 4 + [7.0, 8.0, 9.0, 8.0] + [9.0] * 4 + [9.5] * 2


def test_two_speeds_are_told_by_the_usual_difference_of_common_years() -> None:
    found = speeds(rows({"": QUARTERS}, first="2021-K1"), {2021: 7.5, 2022: 7.2, 2023: 8.4},
                   pace="kvartal")  # fmt: skip
    assert found.years["own"].tolist()[:4] == [7.0, 7.0, 8.0, 9.0]
    assert found.years["difference"].round(9).tolist()[:3] == [-0.5, -0.2, -0.4]
    assert (found.usual, found.lowest, found.highest) == pytest.approx((-0.4, -0.5, -0.2))
    assert found.sentences == (
        "Kolada har 8,4 för 2023. Egna siffror brukar ligga 0,40 under Koladas (mellan −0,50 och"
        " −0,20 de 3 år som båda har).",
        "Egna 9,0 för 2024 pekar mot 9,2–9,5 i Kolada, högre än 2023 års 8,4. Det är ingen"
        " prognos: Koladas värde kan bli ett annat.",
        "Hittills 2025 (2 kvartal) är medelvärdet 9,5, mot 9,0 samma del av 2024. Det är för lite"
        " av året för att ställas mot Kolada.",
    )


def test_two_common_years_are_too_few_to_point_anywhere() -> None:
    found = speeds(rows({"": QUARTERS}, first="2021-K1"), {2021: 7.5, 2022: 7.2}, pace="kvartal")
    assert isnan(found.usual)
    assert found.years["low"].isna().all()
    assert "2 gemensamma år, och det behövs minst 3" in found.sentences[0]
    assert found.years["reason"][3] == "för få gemensamma år: 2 av minst 3"


def test_a_year_with_a_gap_has_no_mean_and_one_with_provisional_values_does_not_count() -> None:
    values = rows({"": QUARTERS[:12]}, first="2021-K1", provisional=1)
    holed = values.assign(value=values["value"].where(values["period"] != "2021-K2"))
    found = speeds(holed, {2021: 7.5, 2022: 7.2, 2023: 8.4}, pace="kvartal")
    assert found.years["reason"].tolist() == [
        "året är inte komplett hos oss: 3 av 4 kvartal",
        "båda har värde",
        "båda har värde; egna värden är preliminära",
    ]
    assert found.common == 1


def test_a_range_that_holds_koladas_last_value_points_neither_way() -> None:
    values = rows({"": [7.0, 7.0, 7.0, 7.2]}, first="2021")
    found = speeds(values, {2021: 7.3, 2022: 7.0, 2023: 7.3}, pace="år")
    assert (
        "pekar mot 7,2–7,5 i Kolada, varken säkert högre eller lägre än 2023 års 7,3"
        in (found.sentences[1])
    )


def test_without_own_or_published_values_that_is_said() -> None:
    assert speeds(rows({"": [7.0]}, first="2021"), {}, pace="år").sentences == (
        "Kolada har inget värde för N00090 i kommunen, så inget kan ställas bredvid.",
    )
    assert speeds(rows({"gran": [7.0]}, first="2021"), {2021: 7.0}, pace="år").years.empty


# ---- Units that took over


def history(series: pd.DataFrame, *units: Unit) -> History:
    return own.with_history(model(measure(), units), series)


def test_a_unit_that_replaces_one_inherits_its_series() -> None:
    old, new = rows({"alm": [7.5] * 12}, first="2023-01"), rows({"björk": [8.5]}, first="2024-01")
    found = history(pd.concat([old, new]), *UNITS)
    assert set(found.values["part"]) == {"björk"}
    assert found.breaks.empty
    row = own.standings(measure(), found.values, names=NAMES).iloc[0]
    assert "1,0 högre än samma månad året före (7,5)" in row["reason"]


@pytest.mark.parametrize(
    ("units", "said"),
    [
        (
            (
                Unit(id="alm", name="Almskolan"),
                Unit(id="gran", name="Granskolan"),
                Unit(id="björk", name="Björkskolan", since=2024, replaces=("alm", "gran")),
            ),
            "Björkskolan ersätter Almskolan och Granskolan: deras värden går inte att lägga ihop,"
            " eftersom vikterna är okända",
        ),
        (
            (
                Unit(id="alm", name="Almskolan"),
                Unit(id="gran", name="Granskolan", replaces=("alm",)),
                Unit(id="björk", name="Björkskolan", since=2024, replaces=("alm",)),
            ),
            "Björkskolan ersätter Almskolan, som också ersätts av Granskolan: ingen av dem kan ärva"
            " serien",
        ),
    ],
)
def test_units_that_merge_or_split_break_the_series(units: tuple[Unit, ...], said: str) -> None:
    series = pd.concat([rows({"alm": [7.0] * 12}), rows({"björk": [8.0]}, first="2025-01")])
    found = history(series, *units)
    assert found.values["part"].tolist() == series["part"].tolist()
    assert found.breaks[["part", "since", "reason"]].to_numpy().tolist() == [
        ["björk", "2024", said]
    ]
    told = own.standings(measure(), found.values, names=NAMES, breaks=found.breaks)
    assert told.loc[told["part"] == "björk", "reason"].item().endswith(f"; brott 2024: {said}")


def test_two_that_had_values_at_the_same_time_are_not_one_series() -> None:
    found = history(rows({"alm": [7.0], "björk": [8.0]}, first="2023-12"), *UNITS)
    assert found.breaks["reason"].tolist() == [
        "Björkskolan ersätter Almskolan, men båda har värden för december 2023"
    ]


def test_a_chain_is_followed_and_a_circle_is_not() -> None:
    chain = (
        Unit(id="alm", name="Almskolan"),
        Unit(id="björk", name="Björkskolan", replaces=("alm",)),
        Unit(id="gran", name="Granskolan", replaces=("björk",)),
    )
    assert history(rows({"alm": [7.0]}), *chain).values["part"].tolist() == ["gran"]
    circle = (chain[1], Unit(id="alm", name="Almskolan", replaces=("björk",)))
    assert history(rows({"alm": [7.0]}), *circle).values["part"].tolist() == ["alm"]


# ---- Properties

LINE = st.lists(
    st.one_of(st.integers(0, 1000).map(lambda n: n / 10), st.just(float("nan"))),
    min_size=24,
    max_size=30,
)
THREE = st.fixed_dictionaries({"": LINE, "gran": LINE, "björk": LINE})


def judged(values: pd.DataFrame, one: Measure) -> list[pd.DataFrame]:
    return [
        own.standings(one, values, names=NAMES),
        own.hidden_by_average(one, values, names=NAMES),
        own.two_speeds(
            one, values, kolada({2023: 7.0, 2024: 8.0}), kpi=KPI, municipality="9001"
        ).years,
    ]


@heavy_property_test(THREE, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_changes_nothing(
    series: dict[str, list[float]], order: object
) -> None:
    values = rows(series)
    at = list(values.index)
    order.shuffle(at)  # type: ignore[attr-defined]
    mixed = values.loc[at].reset_index(drop=True)
    for one, other in zip(judged(values, measure()), judged(mixed, measure()), strict=True):
        pd.testing.assert_frame_equal(one, other)


@heavy_property_test(THREE)
def test_another_unit_of_measurement_scales_the_numbers_and_no_judgement(
    series: dict[str, list[float]],
) -> None:
    level = Level(kind="högst", value=50.0)
    eight = Level(kind="högst", value=400.0)
    plain = judged(rows(series), measure(level=level))
    scaled = judged(
        rows({part: [8 * value for value in line] for part, line in series.items()}),
        measure(level=eight),
    )
    for column in ("status", "unusual"):
        assert plain[0][column].tolist() == scaled[0][column].tolist()
    for column in ("grade", "way", "hidden", "up", "down", "of"):
        assert plain[1][column].tolist() == scaled[1][column].tolist()
    pd.testing.assert_series_equal(plain[0]["change"] * 8, scaled[0]["change"])


@heavy_property_test(THREE)
def test_a_part_that_is_missing_changes_nothing_for_the_others(
    series: dict[str, list[float]],
) -> None:
    same = {part: line[:24] for part, line in series.items()}
    with_it = own.hidden_by_average(measure(), rows(same), names=NAMES)
    without = own.hidden_by_average(
        measure(), rows({part: same[part] for part in ("", "gran")}), names=NAMES
    )
    left = with_it[with_it["part"] != "björk"].reset_index(drop=True)
    plain = ["part", "now", "before", "change", "grade", "unusual", "way", "hidden"]
    pd.testing.assert_frame_equal(left[plain], without[plain])


# ---- The example


@pytest.fixture(scope="module")
def example() -> tuple[SteeringModel, Measure, pd.DataFrame]:
    """The shipped example: its model, measure and values."""
    ours = params.load(ROOT / "params")
    return ours, ours.measures[0], own_values(ROOT / "params", ours)


def test_the_example_hides_what_it_was_made_to_hide(
    example: tuple[SteeringModel, Measure, pd.DataFrame],
) -> None:
    ours, one, values = example
    found = own.hidden_by_average(one, values, names=own.part_names(ours)).set_index("part")
    assert found["way"].to_dict() == {
        "": "",
        "bildningsforvaltningen": "ned",
        "kommunstyrelseforvaltningen": "ned",
        "samhallsbyggnad": "",
        "vard-omsorg": "upp",
        "socialtjanst": "ned",
    }
    assert own.main_point(one, found.reset_index()[list(HIDDEN)]) == (
        "Helheten har ingen tydlig ändring året till och med augusti 2026 (7,5 mot 7,5 året"
        " före), men Vård och omsorg har stigit och Bildningsförvaltningen,"
        " Kommunstyrelseförvaltningen och Socialtjänst har sjunkit. Siffrorna säger inte varför."
    )


def test_the_example_says_that_it_is_invented_and_opens_in_a_swedish_excel() -> None:
    content = (ROOT / "params" / "egna" / "sjukfranvaro.csv").read_bytes()
    assert content.startswith("\ufeffperiod;del;kön;värde;preliminär\r\n".encode())
    assert b"." not in content
    yaml = (ROOT / "params" / "egna" / "sjukfranvaro.yaml").read_text("utf-8")
    assert "exempel: ja" in yaml
    assert "påhittade" in yaml


# ---- Chart and report


def chart(values: pd.DataFrame, **given: object) -> Chart:
    more = {"pace": "månad", "target": 6.0, "target_words": "högst 6"} | given
    return own_lines(
        values, names=NAMES, title="Frånvaro (%)", point="Granskolan stiger.",
        hint="Lägre är bättre", decimals=1, **more,  # type: ignore[arg-type]
    )  # fmt: skip


def test_the_chart_says_its_point_first_and_carries_its_numbers() -> None:
    found = chart(rows({"": [7.0, 7.5], "gran": [8.0, float("nan")]}, provisional=1))
    assert found.alt == (
        "Linjediagram över Frånvaro (%), januari 2024 till februari 2024. Granskolan stiger."
        " Målet är högst 6. Senaste värden: Helheten 7,5 och Granskolan 8,0."
    )
    assert found.table["Period"].tolist() == ["februari 2024", "januari 2024"]
    assert found.table["Preliminärt"].tolist() == ["alla", "–"]
    assert found.table["Helheten"].tolist() == [7.5, 7.0]


def test_every_part_has_its_panel_by_name_and_the_target_is_in_each() -> None:
    figure = chart(rows({"": two_years(0), "gran": two_years(1), "björk": [7.0]})).figure
    assert [axes.get_title(loc="left") for axes in figure.axes] == [
        "Helheten",
        "Björkskolan",
        "Granskolan",
    ]
    for axes in figure.axes:
        assert any(set(line.get_ydata()) == {6.0} for line in axes.lines)


@pytest.mark.parametrize(
    ("first", "pace"), [("2020", "år"), ("2024-K1", "kvartal"), ("2024-01", "månad")]
)
def test_one_part_gaps_and_every_pace_can_be_drawn(first: str, pace: str) -> None:
    for line in ([7.0], [7.0, float("nan"), 8.0], [float("nan")]):
        assert chart(rows({"": line}, first=first), pace=pace).png()
    assert chart(rows({"": []}), pace=pace).alt == "Linjediagram över Frånvaro (%), utan värden."


def test_a_measures_part_of_a_report_is_whole_and_says_that_an_example_is_invented(
    example: tuple[SteeringModel, Measure, pd.DataFrame],
) -> None:
    ours, one, values = example
    published = kolada({2022: 7.7, 2023: 7.8, 2024: 7.6}).assign(municipality="2083")
    html = own_measure(ours, one, values, observations=published, level=4).html
    assert html.startswith('<h4 id="sjukfranvaro">Sjukfrånvaro bland anställda (%)</h4>')
    assert "EXEMPEL – påhittade siffror" in html
    assert "✗ Når inte målet (preliminärt)" in html
    assert "pekar mot 7,6–7,8 i Kolada" in html
    assert html.count("<table") == 4
    assert "Röd" not in html
    empty = own_measure(ours, one, values[:0])
    assert "Måttet har inga värden ännu." in empty.html


def test_the_handbook_shows_what_the_example_says(
    example: tuple[SteeringModel, Measure, pd.DataFrame], read: Callable[..., pd.DataFrame]
) -> None:
    ours, one, values = example
    page = (ROOT / "docs" / "handbok" / "egna-matt.md").read_text("utf-8")
    words = " ".join(page.replace("\n> ", " ").split())
    found = own.hidden_by_average(one, values, names=own.part_names(ours))
    assert own.main_point(one, found) in words
    for row in found[found["part"].isin(["", "vard-omsorg", "socialtjanst"])].to_dict("records"):
        said = row["reason"].split("; ")
        before, now = text.number(row["before"]), text.number(row["now"])
        assert f"| {row['name']} | {before} | {now} | {said[0]}; {said[2]} |" in page
    shown = page.split("```csv\n")[1].split("```")[0].replace("vard-omsorg", "gran")
    assert read(shown)["value"].tolist() == [7.3, 11.0, 7.6, 11.1]
    assert all(status.label in page for status in OWN_STATUS.values())
