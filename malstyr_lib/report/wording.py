"""The sentences that a committee report says about a KPI: numbers, places and borders in words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

import pandas as pd

from malstyr_lib import kpi_title, markup, tables, text
from malstyr_lib.kolada import BASE_URL
from malstyr_lib.markup import STATUS, Number, Source
from malstyr_lib.model import Kpi, Perspective
from malstyr_lib.report.analysis import Analysis
from malstyr_lib.scoring import Shift, phrases
from malstyr_lib.scoring.breaks import Break

Row = pd.Series | Mapping[Any, Any]
"""A row of tables.SCORES."""

_SURVEY = re.compile(r"enkät|medborgarundersökning|brukarundersökning|brukarbedömning|svarat", re.I)


def label(kpi: Kpi) -> str:
    """Return how a KPI is named to readers: its title and id."""
    return kpi_title.labelled(kpi.title, kpi.id)


def of(score: Row) -> Source:
    """Return which of Kolada's values a score is of."""
    return Source(score["kpi"], int(score["period"]), score["municipality"], score["gender"])


def value_words(a: Analysis, kpi: Kpi, row: pd.Series) -> str:
    """Return a value with its year, colour and place: "19,0 (2022), ▼ Röd, plats 193 av 233"."""
    value = text.number(row["value"], a.decimals(kpi))
    status = colour_words(row).replace(" ", "\u00a0", 1)
    return f"{value} ({row['period']}), {status}, plats {place_words(row)}"


def standing_sentence(a: Analysis, kpi: Kpi, row: pd.Series) -> str:
    """Return what the value is, where it stands and what its colour rests on."""
    value = text.number(row["value"], a.decimals(kpi))
    return (
        f"År {row['period']} hade {a.name} värdet {value}, plats {place_words(row)}:"
        f" {row['reason']}."
    )


def border_sentence(a: Analysis, kpi: Kpi, row: pd.Series) -> str:
    """Return what it would have taken not to be red, the others unchanged."""
    decimals = a.decimals(kpi)
    if kpi.direction == "mål":
        gap = text.gap(row["gap_to_yellow"], decimals)
        return f"Gränsen till gult låg {gap} närmare {phrases.target_words(kpi)}."
    sign = 1 if kpi.direction == "högt" else -1
    border = row["value"] + sign * row["gap_to_yellow"]
    told, _ = text.told_apart((border, row["value"]), decimals, 6)
    return f"Gränsen till gult gick det året vid {told}."


def survey_sentence(a: Analysis, kpi: Kpi) -> str:
    """Return the caution that a survey without a known margin asks for, or nothing."""
    if not _SURVEY.search(f"{kpi.title} {_described(a, kpi)}"):
        return ""
    certainty = a.certainties.get(kpi.id)
    if certainty and certainty["margin_from"]:
        return ""  # said with its margin
    return (
        "Måttet bygger på en enkät: värdet har en felmarginal som är okänd här, så färgen kan vara"
        " osäker."
    )


def break_sentence(one: Break) -> str:
    """Return where a series is broken, and what tells of it."""
    if one.period is None:
        return f"Osäkert: {one.reason}."
    return f"Inte före {one.period} med senare år: {one.reason}."


def trend_label(trend: Row | None) -> str:
    """Return a trend in a few words for a table: its judgement first, and how sure it is."""
    if trend is None:
        return text.NO_VALUE
    verdict, judged = str(trend["verdict"]), str(trend["judgement"])
    if verdict.startswith("secured"):
        return {"bättre": "säkerställt bättre", "sämre": "säkerställt sämre"}.get(
            judged, f"säkerställt {trend['way']}"
        )
    if verdict.startswith("direction"):
        return f"tycks gå {trend['way']}" + (f" ({judged})" if judged else "")
    return {"too_few": "för få år", "slow": "trögrörligt", "none": "ingen säkerställd"}[verdict]


def sure_colour_words(a: Analysis, score: Row) -> str:
    """Return a colour as symbol and word, and whether it is preliminary or uncertain."""
    certainty = a.certainties.get(str(score["kpi"]))
    unsure = certainty is not None and certainty["certain"] is False
    return f"{colour_words(score)} (osäker)" if unsure else colour_words(score)


def shift_sentence(a: Analysis, shift: Shift) -> str:
    """Return a change of colour: the values, how common it was, what it is made of, if it held."""
    decimals = a.decimals(a.model.kpi(shift.kpi))
    before, after = (text.number(value, decimals) for value in (shift.value_before, shift.value))
    moved = f"{before} ({shift.period_before}) → {after} ({shift.period})."
    said = [text.sentence(words) for words in phrases.shift_words(shift, decimals)]
    return " ".join([moved, *said])


def counted_colours(counts: dict[str, int]) -> str:
    """Return how many KPIs have each colour: "4 röda, 3 gula och 1 grönt"."""
    words = [
        f"{counts[colour]} {text.coloured_values(colour, counts[colour])}"
        for colour in (tables.RED, tables.YELLOW, tables.GREEN)
    ]
    return text.listing(words)


def shifts_sentence(better: int, worse: int) -> str:
    """Return how many KPIs changed colour each way since the measurement before."""
    since = "sedan den förra mätningen"
    if not better and not worse:
        return f"Inget nyckeltal har bytt färg {since}."
    if better and worse:
        return f"{better} nyckeltal har fått bättre färg {since} och {worse} sämre, se steg 7."
    amount, way, other = (better, "bättre", "sämre") if better else (worse, "sämre", "bättre")
    return f"{amount} nyckeltal har fått {way} färg {since}, inget {other}, se steg 7."


def expected_sentence(a: Analysis) -> str:
    """Return how many reds there are beside how many are usual."""
    return (
        f"{text.sentence(a.expected['röda']['reason'])} Rött betyder sämre än de flesta andra,"
        " inte att ett mål har missats."
    )


def turned_sentences(a: Analysis) -> list[str]:
    """Return how many left red and became red, beside what the others' rates would give."""
    rows = (a.expected[what] for what in ("lämnade rött", "blev röda"))
    return [text.sentence(row["reason"]) for row in rows if row["of"]]


def ungraded_sentence(a: Analysis) -> str:
    """Return how many directions nobody has reviewed, or nothing when all are."""
    amount, whole = sum(kpi.reviewed is None for kpi in a.kpis), len(a.kpis)
    if not amount:
        return ""
    which = "nämndens nyckeltal" if amount == whole else f"{amount} av {whole} nyckeltal"
    return (
        f"Ingen har ännu granskat om högt eller lågt är bra för {which}."
        " De är märkta ”ej granskad”."
    )


def example_sentence(a: Analysis) -> str:
    """Return how many goals are examples that nobody has decided, or nothing when none are."""
    goals = a.committee.goals
    amount = sum(goal.example for goal in goals)
    if not amount:
        return ""
    which = (
        "Alla nämndens mål" if amount == len(goals) else f"{amount} av nämndens {len(goals)} mål"
    )
    return f"{which} är exempel som kommunen inte har beslutat om."


def missing_value(known: pd.DataFrame, decimals: int) -> str:
    """Return that a value is missing, with the last known one."""
    return f"saknas, senast {latest_value(known, decimals)}" if len(known) else "saknas"


def municipality_words(a: Analysis) -> str:
    """Return the municipality as a report names it."""
    return f"{a.name} kommun" if not a.exercise else f"Övningskommunen {a.name}"


def empty_perspective(a: Analysis, perspective: Perspective) -> str:
    """Return the remark for a perspective that a committee does not answer for."""
    named = any(goal.perspective == perspective.id for goal in a.committee.goals)
    missing = "mål men inga nyckeltal" if named else "varken mål eller nyckeltal"
    return (
        f"Anmärkning: nämnden har {missing} i perspektivet {perspective.name}."
        " Alla nämnder ska svara för alla perspektiv."
    )


def colour_words(score: Row) -> str:
    """Return a colour as symbol and word, and whether it is preliminary."""
    words = STATUS[score["colour"]].label
    return f"{words} (preliminär)" if score["preliminary"] else words


def place_words(score: Row) -> str:
    """Return a place among those with a value: "193 av 233"."""
    if pd.isna(score["rank"]):
        return text.NO_VALUE
    few = " (få)" if score["n"] <= 7 else ""
    return f"{score['rank']} av {score['n']}{few}"


def place(score: Row) -> Number | str:
    """Return a place among those with a value, for a table."""
    words = place_words(score)
    return words if pd.isna(score["rank"]) else Number(words, float(score["rank"]), of(score))


def gap(score: Row, name: str, decimals: int) -> Number:
    """Return one of a score's distances, for a table."""
    return Number(text.gap(score[name], decimals), float(score[name]), of(score))


def in_iqr(score: Row) -> Number | str:
    """Return the distance to the median in quartile widths, or why there is none."""
    if pd.isna(score["gap_iqr"]):
        return "saknas: kvartilerna är lika"
    return markup.number(score["gap_iqr"], 1, of(score))


def in_group(scores: pd.DataFrame, row: pd.Series) -> str:
    """Return the colour and place of the same KPI and year against another group."""
    found = scores[(scores["kpi"] == row["kpi"]) & (scores["period"] == row["period"])]
    if found.empty:
        return STATUS[tables.GREY].label
    score = found.iloc[0]
    grey = f" ({score['reason']})" if score["colour"] == tables.GREY else f", {place_words(score)}"
    return STATUS[score["colour"]].label + grey


def no_values(a: Analysis, kpi: Kpi) -> str:
    """Return why a KPI has no score at all."""
    if kpi.id not in set(a.evidence.catalogue["id"]):
        return "nyckeltalet finns inte i Kolada"
    return f"inga värden till och med {a.year}"


def latest_value(known: pd.DataFrame, decimals: int) -> Number | str:
    """Return the last known value with its year, for a table."""
    if known.empty:
        return text.NO_VALUE
    last = known.iloc[-1]
    words = f"{text.number(last['value'], decimals)} ({last['period']})"
    return Number(words, float(last["value"]), of(last))


def latest_colour(coloured: pd.DataFrame) -> str:
    """Return the last colour with its year."""
    if coloured.empty:
        return text.NO_VALUE
    last = coloured.iloc[-1]
    return f"{STATUS[last['colour']].label} ({last['period']})"


def producer(a: Analysis, kpi: Kpi) -> str:
    """Return the original producer, which descriptions name after "Källa:"."""
    _, found, producer = _described(a, kpi).rpartition("Källa:")
    return producer.strip().rstrip(".") if found else text.NO_VALUE


def _described(a: Analysis, kpi: Kpi) -> str:
    """Return Kolada's description of a KPI; "" for none."""
    live = a.evidence.catalogue
    return " ".join(live.loc[live["id"] == kpi.id, "description"].dropna())


def origin(a: Analysis, last: str) -> list[str]:
    """Return whose the values are, what of it is worked out here (`last` comes last), and on what.

    The address is told apart when it is not Kolada's own.
    """
    directly = a.exercise or a.snapshot.base_url == BASE_URL
    return [
        f"Värden: {text.source(exercise=a.exercise)}, hämtade {text.day(a.fetched)} från"
        f" {a.snapshot.base_url}{'' if directly else ', som inte är Koladas egen adress'}."
        f" Färger, platser, avstånd och {last}: egen bearbetning, inte Koladas.",
        f"Ögonblicksbild: {a.snapshot.id}. Program: malstyr {version('malstyr')}.",
    ]


def documentation(a: Analysis) -> list[str]:
    """Return what someone else needs to compute the same."""
    return [
        *origin(a, "medelvärden"),
        "Röd: minst tre fjärdedelar av kommunerna har bättre värde samma år. Grön: minst tre"
        " fjärdedelar har sämre. Annars gul. Lika värden räknas varken som bättre eller sämre.",
        "Ingen färg när eget värde saknas, när färre än fyra kommuner har värde, när nyckeltalet"
        " saknar riktning, när serien har upphört, när rubriken har ändrats eller när färre än"
        " hälften av de kommuner som brukar har lämnat uppgift.",
        "Varje nyckeltal jämförs det år som står vid värdet, alltid med andra kommuners värden"
        " från samma år.",
    ]
