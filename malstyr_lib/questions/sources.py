"""Who has counted, and whether the municipality's own figures say the same; questions 7–8."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from malstyr_lib import own, text
from malstyr_lib.model import Measure
from malstyr_lib.questions.answer import Question, Reply, likely, sure, unsure
from malstyr_lib.questions.needs import HOME, Need

if TYPE_CHECKING:
    from malstyr_lib.questions.case import Case

_SOURCE: Final = re.compile(r"K[äa]lla\b:?\s*(?!.*K[äa]lla\b)(.+)$", re.S)
_OWN: Final = re.compile(r"\beg(?:en|na) (?:under|upp)", re.I)
_COMPUTED: Final = re.compile(r"\bRKA|SALSA|beräkning", re.I)
_SURVEY: Final = re.compile(
    r"enkät|(?<!valdeltagande)undersökning|brukarbedömning|servicemätning|\bHLV\b|svarat", re.I
)
_NATIONAL: Final = re.compile(
    r"SCB|Skolverket|Skolinspektionen|Socialstyrelsen|Folkhälsomyndigheten|Försäkringskassan"
    r"|Arbetsförmedlingen|\bBR[ÅA]\b|Brå\b|Energimyndigheten|\bCSN\b|Valmyndigheten|Post- och tele"
    r"|Länsstyrels|Kungliga biblioteket|Tillväxt|Migrationsverket|Kulturrådet|verket\b|[Mm]yndighet"
    r"|emissionsdatabasen|\bMSB\b|Trafikanalys|[Rr]egist",
)


def counted_by(case: Case) -> Reply:
    """Answer who has counted: the municipality itself, a survey, an authority or somebody else."""
    source = source_of(case.description)
    if not source:
        return unsure("Koladas beskrivning nämner ingen källa. Fråga RKA, som svarar för Kolada.")
    said, why = _classed(source, f"{case.title} {case.description}")
    kind = said.partition(":")[0]
    table = pd.DataFrame({"Slag": [kind], "Källa enligt Kolada": [source]})
    return sure(f"{said} ”{source}”.", why, underlag=table)


def source_of(description: str) -> str:
    """Return the source that a description ends with, without full stop; "" when it names none."""
    found = _SOURCE.search(" ".join(description.replace("\\n", " ").split()))
    return found[1].strip(" .") if found else ""


def _classed(source: str, words: str) -> tuple[str, str]:
    """Return the beginning of the answer and what it means, by the words of the source."""
    if _OWN.search(source):
        return (
            "Kommunerna har räknat själva: källan är",
            "Egna uppgifter kan vara räknade på olika sätt; fråga hur det gick till här innan ni"
            " jämför.",
        )
    if _COMPUTED.search(source):
        return (
            "Siffran är framräknad ur andra uppgifter: källan är",
            "Ett framräknat mått flyttar sig när modellen eller uppgifterna under den gör det.",
        )
    if _SURVEY.search(source) or _SURVEY.search(words):
        return (
            "Siffran kommer ur en enkät eller undersökning: källan är",
            "Svaren har en felmarginal, och vilka som svarar kan skilja sig mellan kommunerna.",
        )
    if _NATIONAL.search(source):
        return (
            "Siffran är nationell statistik: källan är",
            "Reglerna är desamma för alla kommuner, men uppgifterna kan komma från kommunerna.",
        )
    return (
        "En organisation utanför kommunen har samlat in uppgiften: källan är",
        "Fråga källan hur uppgiften är insamlad, och om alla kommuner måste lämna den.",
    )


def _measure(case: Case) -> Measure | None:
    """Return the first own measure that names the KPI, one that is no example if there is one."""
    mine = [one for one in case.setting.model.measures if one.kpi == case.id]
    return min(mine, key=lambda one: one.example, default=None)


MEASURE: Final = Need(
    "eget mått",
    "Inget eget mått säger att det mäter samma sak som {kpi}.",
    "Lägg ett mått ur det egna systemet i mappen egna, med nyckeltalets id på raden kolada.",
    lambda case: not case.setting.home or _measure(case) is not None,
)


def made_up(case: Case, measure: Measure) -> str:
    """Return that an own measure's figures are invented beside real ones; "" when they aren't."""
    if not measure.example or case.setting.exercise:
        return ""
    return (
        f"Det egna måttet ”{measure.title}” är ett påhittat exempel. Byt siffrorna mot era"
        " egna i mappen egna, och ta bort raden exempel."
    )


def same_thing(case: Case) -> Reply:
    """Answer whether the own figures say the same as Kolada's, and which are newer."""
    measure = _measure(case)
    if measure is None:
        return unsure(MEASURE.words(case))
    if made_up(case, measure):
        return unsure(made_up(case, measure))
    values = case.setting.own_values
    history = own.with_history(case.setting.model, values[values["measure"] == measure.id])
    found = own.two_speeds(
        measure,
        history.values,
        case.rows,
        kpi=case.kpi,
        municipality=case.setting.own,
    )
    both = found.years[found.years["difference"].notna()]
    if both.empty:
        return unsure(
            f"”{measure.title}” och Kolada har inget år gemensamt att jämföra.",
            underlag=_table(found.years),
            sources=(_source(measure),),
        )
    return _compared(case, measure, found)


def _compared(case: Case, measure: Measure, found: own.TwoSpeeds) -> Reply:
    """Answer with the newest common year and the usual difference."""
    both = found.years[found.years["difference"].notna()].to_dict("records")
    last, common = both[-1], found.common
    enough = max(case.decimals, text.decimals_for([last["own"], last["kolada"]]))
    ours, theirs = (text.number(last[name], enough) for name in ("own", "kolada"))
    said = (
        f"Egna siffror gav {ours} för {last['year']} och Kolada {theirs}:"
        f" {_apart(case, last['difference'])}.{_newer(case, found)}"
    )
    years = text.count(len(both), "gemensamt år", "gemensamma år")
    if found.usual == found.usual:
        ends = [text.gap(one, case.decimals) for one in (found.lowest, found.highest)]
        why = f"Skillnaden, egna minus Kolada, är mellan {ends[0]} och {ends[1]} de {common} åren."
        near = abs(last["difference"]) <= max(abs(found.lowest), abs(found.highest))
    else:
        why, near = f"Det finns bara {years}, för få för att säga vad som är vanligt.", False
    settled = near and not last["provisional"]
    mark = " Det egna värdet är preliminärt." if last["provisional"] else ""
    reply = sure if settled else likely
    return reply(said, f"{why}{mark}", underlag=_table(found.years), sources=(_source(measure),))


def _apart(case: Case, difference: float) -> str:
    if abs(difference) < 1e-9:
        return "de är lika"
    way = "högre" if difference > 0 else "lägre"
    return f"de egna är {case.far(difference)} {way}"


def _newer(case: Case, found: own.TwoSpeeds) -> str:
    """Return which of the two has the newest figure."""
    ahead = found.years[(found.years["known"] > 0) & found.years["kolada"].isna()]
    newest = max(case.series, default=0)
    later = [int(year) for year in ahead["year"] if year > newest]
    if later:
        return f" De egna är nyare och når {max(later)}."
    return " Kolada är lika ny eller nyare."


def _source(measure: Measure) -> str:
    return f"Egna siffror: {measure.source.rstrip('.')}."


def _table(years: pd.DataFrame) -> pd.DataFrame:
    columns: dict[str, Any] = {
        "År": years["year"],
        "Egna siffror": years["own"],
        "Kolada": years["kolada"],
        "Skillnad": years["difference"],
        "Preliminärt": years["provisional"].map({True: "ja", False: "nej"}),
    }
    return pd.DataFrame(columns)


SAME_THING: Final = Question(
    7,
    "eget system",
    "Mäter olika källor samma sak?",
    same_thing,
    needs=(HOME, MEASURE),
)
COUNTED_BY: Final = Question(8, "vem har räknat", "Vem har räknat?", counted_by)
