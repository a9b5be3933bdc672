"""Question 10, is it new: how long the colour has been what it is, and how often it was red."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from malstyr_lib import tables, text
from malstyr_lib.markup import STATUS
from malstyr_lib.questions.answer import Reply, sure_unless, unsure
from malstyr_lib.questions.chance import doubt
from malstyr_lib.questions.pictures import trend_chart
from malstyr_lib.questions.turns import how_common

if TYPE_CHECKING:
    from malstyr_lib.questions.case import Case

FEWEST_SURE: Final = 5
"""With fewer years of colour, nothing is said for sure of what is new."""
_SHOWN: Final = 40


@dataclass(frozen=True)
class Run:
    """The years with a colour since the last break, oldest first; never empty."""

    years: tuple[int, ...]
    colours: tuple[str, ...]

    @property
    def reds(self) -> list[int]:
        """The red years."""
        return [y for y, c in zip(self.years, self.colours, strict=True) if c == tables.RED]

    @property
    def newest(self) -> str:
        """The newest colour."""
        return self.colours[-1]

    @property
    def current(self) -> tuple[int, ...]:
        """The newest years in a row that are all red, or all not red."""
        red = [colour == tables.RED for colour in self.colours]
        differ = (at for at in range(len(red) - 1, -1, -1) if red[at] != red[-1])
        return self.years[next(differ, -1) + 1 :]

    @property
    def span(self) -> str:
        """The years in words."""
        first, last = self.years[0], self.years[-1]
        return str(first) if first == last else f"{first}–{last}"


def since_when(case: Case) -> Reply:
    """Answer since when the colour is red, or when it last was, among the years that compare."""
    run = run_of(case)
    if run is None:
        return unsure(f"Inget år har någon färg. {_why_grey(case)}")
    more: dict[str, Any] = {"underlag": _table(case), "drawing": partial(trend_chart, case)}
    if case.colour == tables.GREY:
        svar = f"{case.name} har ingen färg nu; {_last(run)}, och {_often(run)}."
        return unsure(_why_grey(case), svar, **more)
    if len(run.years) == 1:
        svar = f"{case.name} är {_word(run)} {run.years[0]}, det enda år som går att jämföra."
        return unsure(f"Det behövs fler år med färg{_cut_words(case)}.", svar, **more)
    svar = f"{_said(case.name, run)}{_beside(case, run)}"
    return _graded(case, run, svar, more)


def run_of(case: Case) -> Run | None:
    """Return the coloured years that no break parts from the newest of them."""
    seen = list(case.coloured.items())
    if not seen:
        return None
    kept = [one for one in seen if not case.evidence.broken(case.id, (one[0], seen[-1][0]))]
    return Run(*(tuple(column) for column in zip(*kept, strict=True)))


def _said(name: str, run: Run) -> str:
    """Return since when it is red, or when it last was."""
    n, reds, in_row = len(run.years), len(run.reds), len(run.current)
    since = f"de {n} åren med färg {run.span}"
    if run.newest != tables.RED:
        if not reds:
            return f"{name} är {_word(run)} {run.years[-1]}, och inget av {since} är rött."
        return (
            f"{name} är {_word(run)} {run.years[-1]} och var senast röd {run.reds[-1]}; av"
            f" {since} är {_reds(reds)}."
        )
    if in_row == n:
        return f"Det är inte nytt: {name} är röd alla {n} år som går att jämföra, {run.span}."
    if reds == 1:
        return f"Det är nytt: {name} är röd {run.years[-1]} för första gången av {since}."
    if in_row == 1:
        earlier = f"som {reds - 1} av de {n - 1} tidigare åren med färg sedan {run.years[0]}"
        return f"{name} är röd {run.years[-1]}, {earlier}."
    long = f"{name} är röd sedan {run.current[0]}, {in_row} år i rad"
    return f"{long}; av {since} är {_reds(reds)}."


def _reds(amount: int) -> str:
    return "1 rött" if amount == 1 else f"{amount} röda"


def _beside(case: Case, run: Run) -> str:
    """Return how common the change into the present run was among the others; "" for none."""
    if len(run.current) == len(run.years):
        return ""
    before, after = run.years[-len(run.current) - 1], run.current[0]
    return f" {how_common(case, (before, after))}"


def _graded(case: Case, run: Run, svar: str, more: dict[str, Any]) -> Reply:
    why = (
        "Varje års färg är räknad mot samma års värden i alla kommuner"
        f"{_first(run)}{_cut_words(case)}."
    )
    return sure_unless(_doubts(case, run), svar, why, **more)


def _doubts(case: Case, run: Run) -> str:
    """Return why it is not sure, in a sentence; "" when it is."""
    if case.early:
        return "Den nyaste färgen är preliminär."
    if words := doubt(case).colour_words:
        return words
    if len(run.years) < FEWEST_SURE:
        return f"Det är bara {len(run.years)} år."
    return ""


def _first(run: Run) -> str:
    return f"; det första röda året är {run.reds[0]}" if run.reds else ""


def _last(run: Run) -> str:
    return f"{run.years[-1]}, det senaste året med färg, var den {_word(run)}"


def _often(run: Run) -> str:
    n = len(run.years)
    if n == 1:
        return "det är det enda året"
    return f"av {n} år {run.span} är {_reds(len(run.reds))}"


def _word(run: Run) -> str:
    return STATUS[run.newest].word.lower()


def _cut_words(case: Case) -> str:
    """Return from which year the series can be compared, where it was broken."""
    coloured, years = list(case.coloured), case.evidence.break_years(case.id)
    cut = max((year for year in years if coloured[0] < year <= coloured[-1]), default=None)
    return f"; serien bröts {cut}, och äldre år jämförs inte" if cut else ""


def _why_grey(case: Case) -> str:
    """Return why there is no colour now, in a sentence."""
    return text.sentence(case.reason) if case.reason else "Skälet står i svaret på fråga 9."


def _table(case: Case) -> pd.DataFrame:
    """Return the colour, the value and the place of every year."""
    rows: Sequence[dict[Any, Any]] = (
        case.scores.sort_values("period").tail(_SHOWN).to_dict("records")
    )
    return pd.DataFrame(
        {
            "År": [str(row["period"]) for row in rows],
            "Färg": [STATUS[row["colour"]].label for row in rows],
            "Värde": [float(row["value"]) for row in rows],
            "Plats": [_place(row) for row in rows],
        }
    )


def _place(row: dict[Any, Any]) -> str:
    return text.NO_VALUE if pd.isna(row["rank"]) else f"{row['rank']} av {row['n']}"
