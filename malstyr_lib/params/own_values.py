"""The values of own measures from CSV or Excel, as one checked table, or every problem there is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple

import pandas as pd

from malstyr_lib import clock, tables, text
from malstyr_lib.errors import ParamsError, Problem
from malstyr_lib.model import (
    MONTHS,
    PERIOD_FORMS,
    Measure,
    Pace,
    Part,
    SteeringModel,
    in_force,
    pace_of,
)
from malstyr_lib.model.fields import number_of, plain_number, two_readings
from malstyr_lib.params._csv import csv_grid
from malstyr_lib.params._grid import Fault, Grid, Row
from malstyr_lib.params.files import MEASURES, Refused, content, in_sheet, lying_in, shown

HEADINGS: Final = ("period", "del", "kön", "värde", "preliminär")
NEEDED: Final = ("period", "värde")
MISSING: Final = frozenset({"", "-", "–", "—", text.MINUS, "..", "…"})
MOST_TOLD: Final = 50
_MONTHS: Final = [name[:3] for name in MONTHS]
_WHOLE: Final = frozenset({"total", "totalt", "alla", "hela", "hela kommunen", "kommunen", "summa"})
_LOOSE: Final = re.compile(r"((?:19|20)[0-9]{2})[-/. ]?([KQ]?)([0-9]{1,2})")


def _workbook_grid(held: bytes) -> Grid:
    from malstyr_lib.params.sheet import sheet_grid  # noqa: PLC0415 (openpyxl takes half a second)

    return sheet_grid(held)


_READERS: Final[dict[str, Callable[[bytes], Grid]]] = {".csv": csv_grid, ".xlsx": _workbook_grid}


class _Wrong(Exception):
    """A cell that is not what its column should hold; the text says the cure."""


class _Read(NamedTuple):
    """What a file held: its rows as values, and every problem."""

    rows: tuple[dict[str, Any], ...]
    problems: tuple[Problem, ...]


def own_values(folder: Path, model: SteeringModel, *, today: date | None = None) -> pd.DataFrame:
    """Return the values of all own measures (tables.OWN_VALUES), in the order of their files.

    folder: the params folder, where they lie in egna/. today: the last day that there can be a
    value of, now in Sweden unless given. Raises ParamsError with every problem by file, line and
    column.
    """
    day = today or clock.today()
    found = _lying_in(folder)
    parts = model.parts
    read = [_measure(one, found.get(one.id.casefold(), []), parts, day) for one in model.measures]
    problems = [problem for one in read for problem in one.problems]
    problems += _strays(found, model)
    if problems:
        raise ParamsError(problems)
    rows = [row for one in read for row in one.rows]
    return tables.of_rows(tables.OWN_VALUES, rows)


def _lying_in(folder: Path) -> dict[str, list[Path]]:
    """Return the files that can hold values, by the measure they are named for."""
    found: dict[str, list[Path]] = {}
    for path in lying_in(folder, MEASURES):
        if path.suffix.casefold() in (*_READERS, ".xls"):
            found.setdefault(path.stem.casefold(), []).append(path)
    return found


def _strays(found: Mapping[str, list[Path]], model: SteeringModel) -> Iterator[Problem]:
    known = [one.id for one in model.measures]
    for stem in sorted(set(found) - {one.casefold() for one in known}):
        for path in found[stem]:
            near = text.did_you_mean(path.stem, known)
            said = f"hör inte till något mått: filen {path.stem}.yaml finns inte{near}"
            yield Problem(f"{MEASURES}/{path.name}", 0, said)


def _measure(measure: Measure, files: list[Path], parts: Mapping[str, Part], today: date) -> _Read:
    place = f"{MEASURES}/{measure.id}"
    if not files:
        said = f"värdena saknas; lägg dem i {measure.id}.csv eller {measure.id}.xlsx bredvid"
        return _Read((), (Problem(f"{place}.yaml", 0, said),))
    if len(files) > 1:
        said = f"finns också som {text.listing([one.name for one in files[1:]])}; behåll bara en"
        return _Read((), (Problem(f"{MEASURES}/{files[0].name}", 0, said),))
    file = f"{MEASURES}/{files[0].name}"
    try:
        grid = _grid(files[0])
    except Refused as reason:
        return _Read((), (reason.problem(file),))
    where = in_sheet(file, grid.sheet)
    table = _Table(measure, parts, today)
    rows = table.read(grid)
    faults = sorted({*grid.faults, *table.faults})
    problems = [Problem(where, *fault) for fault in faults[:MOST_TOLD]]
    if len(faults) > MOST_TOLD:
        problems.append(Problem(where, faults[-1].line, f"och {len(faults) - MOST_TOLD} fel till"))
    return _Read(tuple(rows), tuple(problems))


def _grid(path: Path) -> Grid:
    if path.suffix.casefold() not in _READERS:
        raise Refused("filer av den gamla sorten .xls läses inte; spara den som .xlsx")
    return _READERS[path.suffix.casefold()](content(path))


@dataclass
class _Table:
    """Reads one measure's grid row by row, gathering what is wrong."""

    measure: Measure
    parts: Mapping[str, Part]
    today: date
    faults: list[Fault] = field(default_factory=list)
    seen: dict[tuple[str, str, str], int] = field(default_factory=dict)

    def read(self, grid: Grid) -> list[dict[str, Any]]:
        """Return the rows that are right; the faults of the others are gathered."""
        if not grid.rows:
            self.faults.append(Fault(0, "filen är tom; den första raden ska vara rubrikerna"))
            return []
        places = self._headings(grid.rows[0])
        if any(name not in places for name in NEEDED):
            return []
        if len(grid.rows) == 1:
            self.faults.append(Fault(grid.rows[0].line, "det finns inga värden under rubrikerna"))
        readers = self._readers()
        told = [self._row(row, places, readers) for row in grid.rows[1:]]
        return [row for row in told if row is not None]

    def _headings(self, row: Row) -> dict[str, int]:
        """Return each heading's place; unknown, doubled and missing ones are faults."""
        places: dict[str, int] = {}
        for at, cell in enumerate(row.cells):
            name = cell.casefold()
            if name not in HEADINGS and cell:
                near = text.did_you_mean(cell, HEADINGS) or f"; välj {text.listing(HEADINGS)}"
                self.faults.append(Fault(row.line, f"okänd rubrik '{shown(cell)}'{near}"))
            elif name in places:
                self.faults.append(Fault(row.line, f"rubriken '{name}' står två gånger"))
            elif name:
                places[name] = at
        for name in NEEDED:
            if name not in places:
                said = f"rubriken '{name}' saknas; den första raden ska vara {';'.join(HEADINGS)}"
                self.faults.append(Fault(row.line, said))
        return places

    def _readers(self) -> dict[str, Callable[[str], Any]]:
        return {
            "period": partial(_period, self.measure.pace, self.today),
            "del": partial(_part, self.parts),
            "kön": _gender,
            "värde": partial(_value, share=_is_share(self.measure)),
            "preliminär": _provisional,
        }

    def _row(
        self, row: Row, places: Mapping[str, int], readers: Mapping[str, Callable[[str], Any]]
    ) -> dict[str, Any] | None:
        before = len(self.faults)
        if any(row.cells[max(places.values()) + 1 :]):
            said = "fler celler än rubriker; står decimalkomma i en fil med komma som skiljetecken?"
            self.faults.append(Fault(row.line, said))
        found: dict[str, Any] = {}
        for name, read in readers.items():
            at = places.get(name, len(row.cells))
            try:
                found[name] = read(row.cells[at] if at < len(row.cells) else "")
            except _Wrong as reason:
                self.faults.append(Fault(row.line, f"{name}: {reason}"))
        self._across(row.line, found)
        return None if len(self.faults) > before else self._told(found)

    def _across(self, line: int, found: Mapping[str, Any]) -> None:
        """Gather what no single cell can tell: a unit not there that year, a cell given twice."""
        if not {"period", "del", "kön"} <= set(found):
            return
        one, year = self.parts.get(found["del"]), int(found["period"][:4])
        if one and not in_force(one, year):
            self.faults.append(Fault(line, f"del: {_not_there(one, year)}"))
        cell = (found["period"], found["del"], found["kön"])
        first = self.seen.setdefault(cell, line)
        if first != line:
            said = f"{_cell_words(cell)} finns redan på rad {first}; ta bort den ena"
            self.faults.append(Fault(line, said))

    def _told(self, found: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "measure": self.measure.id,
            "part": found["del"],
            "period": found["period"],
            "gender": found["kön"],
            "value": found["värde"],
            "provisional": found["preliminär"],
        }


def _is_share(measure: Measure) -> bool:
    unit = measure.unit.casefold()
    return unit.startswith(("%", "procent")) and "enhet" not in unit


def _not_there(one: Part, year: int) -> str:
    ends = [f"från {one.since}" if one.since else "", f"till {one.until}" if one.until else ""]
    return f"'{one.id}' fanns inte {year}, den gäller {' '.join(filter(None, ends))}"


def _cell_words(cell: tuple[str, str, str]) -> str:
    period, part, gender = cell
    return ", ".join([period, part or "helheten", *([gender] if gender != "T" else [])])


def _period(pace: Pace, today: date, cell: str) -> str:
    """Return a period of the measure's pace; what Excel makes of 2026-03, mar-26, is read too."""
    period = _from_excel(cell, today) if pace == "månad" else cell.upper()
    other = pace_of(period)
    if other == pace:
        if _first_month(period) > (today.year, today.month):
            raise _Wrong(f"'{shown(cell)}' har inte börjat än; rätta perioden")
        return period
    form = PERIOD_FORMS[pace]
    if not cell:
        raise _Wrong(f"perioden saknas; skriv till exempel {form}")
    if other:
        said = f"'{shown(cell)}' är {_ONE[other]}, men måttets takt är {pace}; skriv som {form}"
        raise _Wrong(said + ", eller gör ett eget mått av den andra takten")
    raise _Wrong(f"'{shown(cell)}' är ingen period; {_near(pace, cell) or f'skriv som {form}'}")


_ONE: Final[dict[Pace, str]] = {"månad": "en månad", "kvartal": "ett kvartal", "år": "ett år"}


def _first_month(period: str) -> tuple[int, int]:
    """Return the year and month that a period begins in."""
    quarter, number = "K" in period, int(period[5:].lstrip("K") or 1)
    return int(period[:4]), 3 * number - 2 if quarter else number


def _from_excel(cell: str, today: date) -> str:
    """Return mar-26 as 2026-03; a year of two digits is this century's unless it is to come."""
    found = re.fullmatch(r"([a-z]{3})\.?-([0-9]{2})", cell.casefold())
    if found and found[1] in _MONTHS:
        century = 20 if int(found[2]) <= today.year % 100 else 19
        return f"{century}{found[2]}-{_MONTHS.index(found[1]) + 1:02}"
    return cell.upper()


def _near(pace: Pace, cell: str) -> str:
    """Return a did-you-mean for a period that is only written in another way."""
    found = _LOOSE.fullmatch(cell.upper())
    if not found:
        return ""
    year, quarter, number = found[1], found[2], int(found[3])
    guess = f"{year}-K{number}" if quarter or pace == "kvartal" else f"{year}-{number:02}"
    return f"menade du '{guess}'?" if pace_of(guess) == pace else ""


def _part(parts: Mapping[str, Part], cell: str) -> str:
    if cell == "" or cell in parts:
        return cell
    if cell.casefold() in _WHOLE:
        raise _Wrong(f"'{shown(cell)}' är ingen del; lämna cellen tom för helheten")
    named = {one.name.casefold(): one.id for one in parts.values()}
    if cell.casefold() in named:
        raise _Wrong(f"skriv id:t '{named[cell.casefold()]}' i stället för namnet '{shown(cell)}'")
    near = text.did_you_mean(cell, parts) or "; skriv id för en förvaltning eller en enhet"
    raise _Wrong(f"okänd del '{shown(cell)}'{near}")


def _gender(cell: str) -> str:
    gender = cell.upper() or "T"
    if gender not in tables.GENDERS:
        raise _Wrong(f"okänt kön '{shown(cell)}'; skriv T (alla), K (kvinnor) eller M (män)")
    return gender


def _provisional(cell: str) -> bool:
    if cell.casefold() not in ("", "ja", "nej"):
        raise _Wrong(f"'{shown(cell)}' ska vara ja, nej eller tomt")
    return cell.casefold() == "ja"


def _value(cell: str, *, share: bool) -> float:
    """Return a number, or NaN for a cell that says that there is none."""
    if cell in MISSING:
        return float("nan")
    plain = plain_number(cell)
    if share:
        plain = re.sub(r" ?%$", "", plain)
    value = number_of(plain)
    if value is None:
        raise _Wrong(two_readings(plain) or _no_number(cell, plain))
    if share and not 0 <= value <= 100:
        raise _Wrong(f"'{shown(cell)}' är ingen andel i procent; den ska vara mellan 0 och 100")
    return value


def _no_number(cell: str, plain: str) -> str:
    if "%" in plain and number_of(plain.rstrip(" %")) is not None:
        return f"'{shown(cell)}' är i procent, men måttenheten är det inte; skriv bara talet"
    if re.fullmatch(
        r"-?[0-9]{1,3}(?:[.,][0-9]{3})+[.,][0-9]+|-?[0-9]{1,3}(?:,[0-9]{3}){2,}", plain
    ):
        return f"'{shown(cell)}' kan läsas på flera sätt; skriv utan tusentalstecken, som 1234,5"
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}(-[0-9]{2})?|[0-9]{1,2}-[a-zåäö]{3}", plain.casefold()):
        return f"'{shown(cell)}' är ett datum; Excel kan ha gjort om talet, skriv det igen"
    return f"'{shown(cell)}' är inget tal; skriv till exempel 7,5, eller lämna cellen tom"
