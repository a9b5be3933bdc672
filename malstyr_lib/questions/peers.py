"""Theme C, is it only us: others, other groups, who moved, conditions, the next colour (15–20)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from malstyr_lib import tables, text
from malstyr_lib.markup import STATUS
from malstyr_lib.questions.answer import Question, Reply, likely, sure, unsure
from malstyr_lib.questions.needs import COLOUR, DIRECTION, VALUE
from malstyr_lib.scoring import findings
from malstyr_lib.scoring.agreement import COMPARATORS

if TYPE_CHECKING:
    from malstyr_lib.questions.case import Case

_COMPARED: Final = {
    "alla": "alla kommuner",
    "län": "kommunerna i länet",
    "liknande": "liknande kommuner",
    "kommungrupp": "SKR:s kommungrupp",
    "liknande utom en": "liknande, en i taget utanför",
}


def against_all(case: Case) -> Reply:
    """Answer whether the value is red whoever it is compared with; mixed colours are no ja."""
    row = case.finding(findings.agreements)
    if row is None or not row["of"]:
        return unsure("Ingen av jämförelserna ger någon färg.")
    table = pd.DataFrame(
        {
            "Jämförelse": [_COMPARED[name].capitalize() for name in COMPARATORS],
            "Färg": [STATUS[row[name] or tables.GREY].label for name in COMPARATORS],
        }
    )
    red, of = int(row["red"]), int(row["of"])
    counted = f"{case.name} är röd i {red} av {of} jämförelser {row['period']}"
    why = (
        "Samma års värden jämförs i varje grupp, och liknande prövas också med en i taget utanför."
    )
    if red in (0, of):
        return sure(f"{counted}: färgen är densamma vilka vi än jämför med.", why, underlag=table)
    against = [_COMPARED[name] for name in COMPARATORS if row[name] == tables.RED]
    said = f"{counted}, mot {text.listing(against)}: rött hänger på vilka vi jämför med."
    return likely(said, why, underlag=table)


QUESTIONS: Final[tuple[Question, ...]] = (
    Question(
        16,
        "röda mot alla",
        "Är vi röda mot alla, eller bara mot våra liknande?",
        against_all,
        needs=(VALUE, DIRECTION, COLOUR),
    ),
)
