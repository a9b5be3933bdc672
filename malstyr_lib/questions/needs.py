"""What a question needs to be answered: whether it is there, and what would make it so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from malstyr_lib import tables

if TYPE_CHECKING:
    from malstyr_lib.questions.case import Case


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
GENDERS: Final = Need(
    "könsuppdelning",
    "{kpi} är inte uppdelat på kvinnor och män för {name}.",
    "Fråga verksamheten om den har uppgiften för kvinnor och män i egna system.",
    lambda case: bool(case.own(case.id, "K")) and bool(case.own(case.id, "M")),
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
EARLIER: Final = Need(
    "tidigare hämtning",
    "Lagret har ingen hämtning från ett tidigare år att jämföra med.",
    "Spara ögonblicksbilderna år för år, så går frågan att besvara nästa gång.",
    lambda case: case.setting.earlier is not None,
)
