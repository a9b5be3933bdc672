"""Theme I, questions to the report itself: goals, reds, what was dropped, reproduction (45–48)."""

from __future__ import annotations

from hashlib import sha256
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from malstyr_lib import scoring, text
from malstyr_lib.chain import Basis, coverage
from malstyr_lib.questions.answer import Question, Reply, likely, sure, sure_unless, unsure
from malstyr_lib.questions.chosen import chosen
from malstyr_lib.questions.followers import committees, evidence_of, followed, of_them, theirs
from malstyr_lib.questions.needs import HOME, Need
from malstyr_lib.scoring import overall
from malstyr_lib.scoring.expected import RedBand

if TYPE_CHECKING:
    from malstyr_lib.model import CommitteeGoal
    from malstyr_lib.questions.case import Case

_FEW: Final = 8
"""With fewer KPIs that have a colour, one more or less turns the share much."""
_STATES: Final = {"met": "utan rött", "missed": "med rött", "unknown": "går inte att bedöma"}
_YES: Final = {
    "more": "Ja, fler är röda än vanligt",
    "within": "Nej, det är inom det vanliga",
    "fewer": "Nej, färre är röda än vanligt",
}
GOALS: Final = Need(
    "mål",
    "Det finns inga mål i styrparametrarna för den som frågan gäller.",
    "Skriv nämndens mål med sina nyckeltal i nämndens fil.",
    lambda case: any(one.goals for one in committees(case)),
)
FOLLOWED: Final = Need(
    "fokusnyckeltal",
    "Ingen nämnd följer något nyckeltal.",
    "Lägg nyckeltal under målen i nämndernas filer.",
    lambda case: bool(followed(case)),
)


def goals_known(case: Case) -> Reply:
    """Answer how many goals anything is known of, with bounds for those without red."""
    goals = [goal for one in committees(case) for goal in one.goals]
    now = evidence_of(case).now
    table = overall.goals(now, {goal.id: goal.kpis for goal in goals})
    found = overall.rolled(table)
    known, whole = found.met + found.missed, len(goals)
    amount = "alla" if known == whole > 1 else known or "inget"
    said = f"Av {of_them(case)} {text.count(whole, 'mål', 'mål')} går {amount} att bedöma"
    low, high = (text.number(100 * share, 0) for share in (found.lower, found.upper))
    span = f"{low}\u00a0%" if low == high else f"mellan {low} och {high}\u00a0%"
    split = f": {found.met} utan rött nyckeltal och {found.missed} med" if known else ""
    early = _early(now, goals)
    why = (
        "Ett mål är med rött när något av dess nyckeltal är rött, utan när alla har färg och inget"
        f" är rött.{_reserved(found.unknown, early=early)}{_uncovered(case)}"
    )
    answer = f"{said}{split}. Utan rött är {span} av målen."
    give = likely if early else sure
    return give(answer, why, underlag=_goals_table(goals, table))


def _reserved(unknown: int, *, early: bool) -> str:
    """Return what the bounds are, and that a colour may change, where it is so."""
    bounds = " Gränserna visar om alla okända vore med rött eller utan." if unknown else ""
    return f"{bounds} Någon färg är preliminär." if early else bounds


def _early(now: pd.DataFrame, goals: list[CommitteeGoal]) -> bool:
    """Return whether a colour that a goal rests on is preliminary."""
    kpis = {kpi for goal in goals for kpi in goal.kpis}
    return bool(now.loc[now["kpi"].isin(kpis), "preliminary"].any())


def _goals_table(goals: list[CommitteeGoal], table: pd.DataFrame) -> pd.DataFrame:
    words = {goal.id: f"{goal.id} {goal.text}" for goal in goals}
    return pd.DataFrame(
        {
            "Mål": [words[goal] for goal in table["goal"]],
            "Nyckeltal": table["kpis"].to_list(),
            "Med färg": table["coloured"].to_list(),
            "Röda": table["red"].to_list(),
            "Läge": [_STATES[state] for state in table["state"]],
        }
    )


def _uncovered(case: Case) -> str:
    """Return in which perspectives a committee has no goal at all, unless somebody lets it be."""
    slugs, names = {one.slug for one in committees(case)}, case.setting.model.perspectives
    table = coverage(Basis(case.setting.model, case.setting.today))
    empty = table[
        table["committee"].isin(slugs)
        & (table["what"] == "mål")
        & (table["amount"] == 0)
        & (table["waived"] == "")
    ]
    lacking = [one.name for one in names if one.id in set(empty["perspective"])]
    return f" Mål saknas i {text.listing(lacking)}." if lacking else ""


def redder(case: Case) -> Reply:
    """Answer whether there are more reds than a quarter, and than is usual elsewhere."""
    band = overall.band(evidence_of(case))
    reds, of, table = band.reds, band.coloured, _band_table(band)
    if band.beyond is None:
        return unsure(
            f"För få av {of_them(case)} nyckeltal har färg för att jämföra med andra kommuner."
            " Skälen står i rapportens steg 4.",
            underlag=table,
        )
    low, high, share = (text.number(100 * one, 0) for one in (band.low, band.high, band.share))
    said = (
        f"{_YES[band.beyond]}: av {theirs(case, f'{of} nyckeltal med färg')} är {reds or 'inget'}"
        f" {'rött' if reds < 2 else 'röda'}, {share}\u00a0%."
        f" I nio av tio kommuner är {low}–{high}\u00a0% av samma nyckeltal röda"
        f"{_usual(band, share)}."
    )
    quarter = text.number(band.expected, 0 if band.expected % 1 == 0 else 1)
    why = (
        f"En fjärdedel vore {quarter} av {of}; bandet är räknat på {band.areas} kommuner,"
        " samma nyckeltal och samma år."
    )
    few = "Så få nyckeltal väger ett enda tungt." if of < _FEW else ""
    return sure_unless(few, said, why, underlag=table)


def _usual(band: RedBand, share: str) -> str:
    """Return that a share above a quarter is nothing unusual, where it may look so."""
    if band.beyond != "within" or band.share <= band.expected / band.coloured:
        return ""
    few = " med så få nyckeltal" if band.coloured < _FEW else ""
    return f", så {share}\u00a0% är inget ovanligt{few}"


def _band_table(band: RedBand) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Vad": ["Röda här", "En fjärdedel", "Lägst i nio av tio", "Högst i nio av tio"],
            "Antal": [
                float(band.reds),
                band.expected,
                band.low * band.coloured,
                band.high * band.coloured,
            ],
            "Av": [band.coloured] * 4,
            "Procent": [100 * one for one in (band.share, 0.25, band.low, band.high)],
        }
    )


def reproducible(case: Case) -> Reply:
    """Answer what somebody else needs to compute the same: snapshot, version, parameters, peers."""
    setting = case.setting
    day = text.day(setting.snapshot.fetched)
    said = (
        f"Ja, med ögonblicksbilden {setting.snapshot.id} från {day}, samma version av malstyr och"
        " samma styrparametrar blir alla siffror desamma."
    )
    why = (
        "Version och kontrollsumma står i underlaget, och vilka som jämförs ligger fast i"
        " ögonblicksbilden. Den som hämtar på nytt kan få andra värden, för Kolada rättar bakåt."
    )
    facts = _facts(case, version("malstyr"))
    table = pd.DataFrame({"Vad": list(facts), "Värde": [str(one) for one in facts.values()]})
    return sure(said, why, underlag=table)


def _facts(case: Case, program: str) -> dict[str, Any]:
    setting, e = case.setting, evidence_of(case)
    pinned = [row for row in scoring.pinned(e.groups["liknande"]) if " " in row["members"]]
    earlier = setting.earlier.id if setting.earlier else "ingen"
    return {
        "Ögonblicksbild": setting.snapshot.id,
        "Hämtad": text.moment(setting.snapshot.fetched),
        "Källa": setting.snapshot.base_url,
        "Ögonblicksbild från ett tidigare år": earlier,
        "Programversion": program,
        "Kommun": f"{setting.name} ({setting.own})",
        "Till och med år": setting.year or e.year,
        "Frågat den": setting.today.isoformat(),
        "Nyckeltal som följs": len(e.kpis),
        "Nyckeltal med fastlagda liknande kommuner": len(pinned),
        "Styrparametrarnas kontrollsumma": _fingerprint(case),
    }


def _fingerprint(case: Case) -> str:
    """Return twelve signs that differ as soon as anything in the parameters does."""
    return sha256(case.setting.model.model_dump_json().encode()).hexdigest()[:12]


QUESTIONS: Final[tuple[Question, ...]] = (
    Question(
        45,
        "vad vet vi",
        "Hur många mål vet vi egentligen något om?",
        goals_known,
        needs=(HOME, GOALS),
        about="rapport",
    ),
    Question(
        46,
        "rödare än väntat",
        "Är vi rödare än väntat?",
        redder,
        needs=(FOLLOWED,),
        about="rapport",
    ),
    Question(
        47, "valda mått", "Har vi valt måtten som passar?", chosen, needs=(HOME,), about="rapport"
    ),
    Question(
        48, "räkna om", "Kan någon annan räkna fram samma sak?", reproducible, about="rapport"
    ),
)
