"""Theme G, how fast it can go: others' time, base rate, slow measures, targets (34–38)."""

from __future__ import annotations

from functools import partial
from itertools import groupby
from math import ceil, isnan
from typing import TYPE_CHECKING, Final

import pandas as pd

from malstyr_lib import charts, kpi_title, text
from malstyr_lib.questions.answer import Question, Reply, likely, sure, sure_unless, unsure
from malstyr_lib.questions.base_rate import gone_yellow_anyway
from malstyr_lib.questions.needs import DIRECTION, SIZED, VALUE
from malstyr_lib.questions.reachable import target_in_reach
from malstyr_lib.questions.untouched import if_nothing_is_done
from malstyr_lib.scoring import findings, phrases
from malstyr_lib.scoring.measured import FEWEST_AREAS, window

if TYPE_CHECKING:
    from malstyr_lib.questions.case import Case
    from malstyr_lib.scoring.spells import KaplanMeier

FEWEST_SPELLS: Final = 20
"""With fewer red spells the time to green is not said for sure."""
_SHOWN: Final = 20
_LONG: Final = 20.0


def years_to_green(case: Case) -> Reply:
    """Answer how long it took all municipalities from red to green, unended spells kept."""
    one = case.evidence.times[case.id]
    known = [
        (years, share) for years in phrases.WITHIN_YEARS if (share := one.within(years)) is not None
    ]
    if not known:
        return unsure(
            f"Bara {text.count(one.n, 'röd period', 'röda perioder')} har följts, och ingen så"
            " länge som ett år. Det krävs att måttet publiceras under fler år."
            if one.n
            else "Ingen kommun har varit röd i de värden som finns."
        )
    spells = text.count(one.n, "röd period", "röda perioder")
    if not one.events:
        longest = text.count(round(one.times[-1]), "år", "år")
        svar = (
            f"Av {spells} i alla kommuner {_span(case)} har ingen setts bli grön; den längsta har"
            f" följts i {longest}."
        )
        why = f"Perioder som inte har slutat räknas så länge de syns. {_doubt(case, one)}"
        return likely(svar, why.strip())
    told = f"Av {spells} i alla kommuner {_span(case)} blev {text.listing(_shares(known))}"
    svar = f"{told}; {_half(one)}."
    why = (
        "Perioder som inte har hunnit sluta räknas med så länge de syns. Gula år däremellan hör"
        " till perioden."
    )
    more = {"underlag": _staircase(one), "drawing": partial(_chart, case)}
    return sure_unless(_doubt(case, one), svar, why, **more)


def _shares(known: list[tuple[int, float]]) -> list[str]:
    """Return how many were green within how many years; what is written alike is said once."""
    none = [years for years, share in known if not share]
    said = [f"ingen grön inom {none[-1]} år"] if none else []
    alike = groupby((one for one in known if one[1]), key=lambda one: _percent(one[1]))
    for at, (share, found) in enumerate(alike):
        years = [year for year, _ in found]
        span = f"{years[0]}" if len(years) == 1 else f"{years[0]}–{years[-1]}"
        said.append(f"{share}{'' if at else ' gröna'} inom {span} år")
    return said


def years_with_colour(case: Case) -> tuple[int, int] | None:
    """Return the first and the last year in which any municipality has a colour, if any has."""
    seen = [year for year in case.years if (case.codes(year) >= 0).any()]
    return (seen[0], seen[-1]) if seen else None


def _span(case: Case) -> str:
    years = years_with_colour(case)
    return f"{years[0]}–{years[1]}" if years else ""


def _half(one: KaplanMeier) -> str:
    if one.median is not None:
        return f"hälften inom {text.number(one.median, 0)} år"
    return "färre än hälften har setts bli gröna"


def _doubt(case: Case, one: KaplanMeier) -> str:
    """Return why the time is not sure, in a sentence; "" when it is."""
    few = "Perioderna är få." if one.n < FEWEST_SPELLS else ""
    years = years_with_colour(case)
    parted = case.evidence.broken(case.id, years) if years else None
    if parted is None:
        return few
    broken = f"Serien bröts {parted.period}, och en del perioder går över brottet."
    return f"{few} {broken}".strip()


def _staircase(one: KaplanMeier) -> pd.DataFrame:
    """Return the share that was green within every number of years."""
    climbed = _climbed(one)[:_SHOWN]
    return pd.DataFrame(
        {
            "Inom (år)": [int(time) for time, _ in climbed],
            "Blev gröna (%)": [share for _, share in climbed],
        }
    )


def _climbed(one: KaplanMeier) -> list[tuple[float, float]]:
    """Return the years after the first and the share, in per cent, that was green within each."""
    steps = zip(one.times, one.survival, strict=True)
    return [(time, 100 * (1 - left)) for time, left in steps if time > 0]


def _chart(case: Case) -> charts.Chart:
    one = case.evidence.times[case.id]
    return charts.steps(
        pd.DataFrame(_climbed(one), columns=["years", "share"], dtype=float),
        title=kpi_title.plain(case.title),
        what="Andel av de röda perioderna som blev gröna inom så många år",
        n=one.n,
        exercise=case.setting.exercise,
    )


def slow_measure(case: Case) -> Reply:
    """Answer whether the measure moves slowly among all, and how many years to count on."""
    row = case.finding(findings.mobility)
    if row is None or row["grade"] == "okänt":
        return unsure(
            "Det är för få år med egna mätningar, eller för få kommuner, för att säga hur fort"
            " måttet rör sig. Det krävs minst fyra årspar med femtio kommuner."
        )
    years = _years(case, float(row["half_life"]))
    stay = f"{_percent(float(row['red_to_red']))} av de röda är röda också året efter"
    led = {
        "trögrörlig": f"Ja, måttet är trögrörligt: {stay}",
        "medel": f"Måttet är medelrörligt: {stay}",
        "rörlig": f"Nej, platserna byts snabbt: {stay}",
    }[str(row["grade"])]
    over = _over_breaks(case)
    return (likely if over else sure)(
        f"{led}. {years}",
        f"Placeringarna två år i följd är jämförda i alla kommuner, i"
        f" {row['pairs']} årspar; rangkorrelationen är i snitt {text.number(row['rho'], 2)}."
        f"{_covered(case)}{over}",
        underlag=_moves(row),
    )


def _over_breaks(case: Case) -> str:
    """Return that some pairs of years lie across a break, in a sentence; "" when none does."""
    enough = {year for year, n in case.reported.items() if n >= FEWEST_AREAS}
    parted = case.evidence.break_years(case.id)
    over = [str(year) for year in sorted({*parted}) if {year - 1, year} <= enough]
    if not over:
        return ""
    return f" Serien bröts {text.listing(over)}, och årspar som går över brott räknas med."


def _years(case: Case, half_life: float) -> str:
    """Return how many years to count on, in a sentence."""
    if isnan(half_life):
        return "Ett enstaka år säger lite."
    if half_life > _LONG:
        return "Räkna med mer än 20 år innan hälften av en skillnad i placering är borta."
    counted = text.count(years_to_count_on(case, half_life), "år", "år")
    return f"Räkna med omkring {counted} innan hälften av en skillnad i placering är borta."


def years_to_count_on(case: Case, half_life: float) -> int:
    """Return a half-life in whole years, rounded up, and no fewer than a value covers."""
    return max(1, ceil(half_life - 1e-9), window(case.title, case.description))


def _covered(case: Case) -> str:
    covers = window(case.title, case.description)
    return f" Varje värde gäller {covers} år tillsammans." if covers > 1 else ""


def _moves(row: dict[str, object]) -> pd.DataFrame:
    names = {
        "red_to_red": "Röda som är röda året efter (%)",
        "red_to_yellow": "Röda som är gula året efter (%)",
        "red_to_green": "Röda som är gröna året efter (%)",
        "rho": "Rangkorrelation mellan åren (100 är samma ordning)",
    }
    return pd.DataFrame(
        {
            "Mått": list(names.values()),
            "Tal": [100 * float(str(row[name])) for name in names],
        }
    )


def _percent(share: float) -> str:
    few = 0 < share < 0.005
    return f"{'under 1' if few else text.number(100 * share, 0)}\u00a0%"


QUESTIONS: Final[tuple[Question, ...]] = (
    Question(
        34,
        "tid till grönt",
        "Hur lång tid tog det för andra att gå från rött till grönt?",
        years_to_green,
        needs=(DIRECTION,),
    ),
    Question(35, "gult ändå", "Hade det blivit gult ändå?", gone_yellow_anyway, needs=(DIRECTION,)),
    Question(36, "trögrörligt mått", "Är måttet trögrörligt?", slow_measure, needs=(DIRECTION,)),
    Question(37, "rimligt mål", "Är målet rimligt?", target_in_reach, needs=(VALUE, DIRECTION)),
    Question(
        38,
        "om inget görs",
        "Vad händer om vi inte gör något?",
        if_nothing_is_done,
        needs=(VALUE, SIZED),
    ),
)
