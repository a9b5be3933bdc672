"""What a question needs to be answered: whether it is there, and what would make it so."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from malstyr_lib import tables

if TYPE_CHECKING:
    from malstyr_lib.questions.case import Case

_A_RATIO: Final = re.compile(
    r"/|\bper\b|medel(?:värde|tal)?\b|median|genomsnitt|snitt\b|\bsom en\b", re.I
)
"""Words in the title of what is told as a number but is as large in a small municipality."""


@dataclass(frozen=True)
class Need:
    """Something that must be there. lacking: that it isn't, cure: what to do, both sentences.

    lacking may name the KPI as {kpi} and the municipality as {name}.
    """

    name: str
    lacking: str
    cure: str
    met: Callable[[Case], bool] = field(repr=False)

    def words(self, case: Case) -> str:
        """Return that it is lacking, and the cure, for a case."""
        said = self.lacking.format(kpi=case.id, name=case.name)
        return f"{said} {self.cure}".strip()


def held(case: Case) -> bool:
    """Return whether the own municipality has any value."""
    return bool(case.series)


def plain_count(case: Case) -> bool:
    """Return whether the KPI is a plain count, which is larger the larger a municipality is."""
    return case.unit == "antal" and not _A_RATIO.search(case.title)


VALUE: Final = Need(
    "värde",
    "{name} har inget värde för {kpi}.",
    "Se fråga 9 om varför rutan är tom.",
    held,
)
TWO_VALUES: Final = Need(
    "två år",
    "{name} har inte värden för två år av {kpi}.",
    "Vänta på nästa publicering, eller hämta fler år.",
    lambda case: len(case.series) > 1,
)
DIRECTION: Final = Need(
    "riktning",
    "{kpi} har ingen riktning i nyckeltal.yaml, så det finns ingen färg att fråga om.",
    "Bestäm en riktning om det finns ett bättre och ett sämre håll.",
    lambda case: case.judged,
)
COLOUR: Final = Need(
    "färg",
    "{kpi} har ingen färg nu.",
    "Skälet står i rapportens steg 4 och i svaret på fråga 9.",
    lambda case: case.colour != tables.GREY,
)
BASE: Final = Need(
    "antal personer",
    "Hur många personer {kpi} är en andel av är inte känt.",
    "Skriv nyckeltalet med antalet som underlag i nyckeltal.yaml, om det finns ett i Kolada.",
    lambda case: bool(case.evidence.bases.get(case.id)),
)
HOME: Final = Need(
    "egna parametrar",
    "Styrparametrarna gäller en annan kommun än {name}.",
    "Fråga i den kommunens egen mapp med parametrar.",
    lambda case: case.setting.home,
)
COMMITTEE: Final = Need(
    "nämnd",
    "Ingen nämnd följer {kpi}.",
    "Lägg nyckeltalet under ett mål i nämndens fil, om nämnden ska svara för det.",
    lambda case: case.committee is not None,
)
SIZED: Final = Need(
    "jämförbar enhet",
    "{kpi} är ett antal, som följer hur stor en kommun är, så de andras ändringar säger inget om"
    " {name}.",
    "Se efter om Kolada har det per invånare eller som andel.",
    lambda case: not plain_count(case),
)
