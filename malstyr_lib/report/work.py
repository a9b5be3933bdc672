"""Work in a follow-up: activities done and not done, and expectations beside what came."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

import numpy as np
import pandas as pd

from malstyr_lib import chain, markup, periods, text
from malstyr_lib.markup import Html
from malstyr_lib.model import MONTHS, Activity
from malstyr_lib.report.follow_up import FollowUp
from malstyr_lib.report.stop_day import HELD
from malstyr_lib.report.thread import EXPECTED_WORDS, other_years
from malstyr_lib.report.wording import label

_SEVERAL: Final = {
    "klar": "klara",
    "pågår": "pågår",
    "planerad": "planerade",
    "pausad": "pausade",
    "avbruten": "avbrutna",
}
NO_PROOF: Final = (
    "Läget är det som står i aktivitetsplanerna. Att en aktivitet är klar visar inte att den har"
    " ändrat ett nyckeltal."
)


def counts(f: FollowUp) -> dict[str, int]:
    """Return how many activities of the year are in each state, and how many are late."""
    found: list[str] = [one.status for one in f.activities]
    return {status: found.count(status) for status in _SEVERAL} | {
        "försenad": sum(one.late(f.day) for one in f.activities)
    }


def activities_words(f: FollowUp) -> str:
    """Return how many of the year's activities are done and not done, as a sentence."""
    whole, found = len(f.activities), counts(f)
    if not whole:
        none = f"Inga aktiviteter {f.year} är inskrivna, så det går inte att säga vad som är gjort."
        return none + other_years(f.model.activities, f.year)
    late = found["försenad"]
    behind = f" Den {text.day(f.day)} var {late} {'försenade' if late > 1 else 'försenad'}."
    told = [f"{amount} {word}" for word, amount in statuses(f.activities).items() if amount]
    amount = text.count(whole, "aktivitet", "aktiviteter")
    return f"{amount} {f.year}: {text.listing(told)}.{behind if late else ''}"


def statuses(found: Sequence[Activity]) -> dict[str, int]:
    """Return how many activities are in each state, under the words for one or several."""
    states: list[str] = [one.status for one in found]
    amounts = {one: states.count(one) for one in _SEVERAL}
    return {_SEVERAL[one] if n > 1 else one: n for one, n in amounts.items()}


def activities(f: FollowUp) -> Html:
    """Return the activities of the year, those done first, then those that are not."""
    if not f.activities:
        return markup.note(activities_words(f))
    start = markup.paragraph(f"{activities_words(f)} {NO_PROOF}")
    done = [one for one in f.activities if one.status == "klar"]
    rest = sorted(
        (one for one in f.activities if one.status != "klar"),
        key=lambda one: (not one.late(f.day), list(_SEVERAL).index(one.status), one.id),
    )
    return markup.joined(
        [
            start,
            *_table(f, done, f"Aktiviteter {f.year} som är klara"),
            *_table(f, rest, f"Aktiviteter {f.year} som inte är klara, de försenade först"),
        ]
    )


def _table(f: FollowUp, chosen: Iterable[Activity], caption: str) -> list[Html]:
    rows = [_activity(f, one) for one in chosen]
    return [markup.table(pd.DataFrame(rows), caption)] if rows else []


def _activity(f: FollowUp, one: Activity) -> dict[str, object]:
    unit = f.model.parts.get(one.unit)
    late = f", skulle vara klar {text.day(one.stop)}" if one.late(f.day) else ""
    return {
        "Aktivitet": f"{one.id} {one.what}{text.EXAMPLE if one.example else ''}",
        "Enhet": unit.name if unit else f"{one.unit} (finns inte)",
        "Mål, nyckeltal": ", ".join([one.goal, *one.kpis]),
        "Tid": text.months(one.start, one.stop),
        "Läge": f"{text.capital(one.status)}{late}",
        "Resultat så långt": one.result or text.NO_VALUE,
    }


def expected_words(f: FollowUp) -> str:
    """Return how the expectations of the year came out, as sentences."""
    if f.expectations.empty:
        return (
            f"Ingen har skrivit ner vad som väntades för {f.year}, så det finns inget att hålla"
            " utfallet mot."
        )
    return f"{chain.ledger_words(f.expectations)}{_not_counted(f)}"


def _not_counted(f: FollowUp) -> str:
    amount = int((f.expectations["state"] == "hindsight").sum())
    if not amount:
        return ""
    words = text.count(amount, "förväntan skrevs", "förväntningar skrevs")
    return f" {words} när värdet redan var känt, och räknas inte."


def expectations(f: FollowUp) -> Html:
    """Return what was expected of the year beside what came."""
    if f.expectations.empty:
        return markup.note(expected_words(f))
    rows = [
        {
            "Nyckeltal": label(f.model.kpi(row["kpi"])),
            "Utfall": EXPECTED_WORDS[row["state"]],
            "Förväntan": text.capital(row["reason"]),
            "Varför": row["why"],
        }
        for row in f.expectations.to_dict("records")
    ]
    caption = f"Förväntningar på {f.year} och vad det blev"
    return markup.joined(
        [markup.paragraph(expected_words(f)), markup.table(pd.DataFrame(rows), caption)]
    )


def forecast(f: FollowUp) -> Html:
    """Return last year's expectations beside what is known so far; no forecast of our own.

    One value a year carries none; own measures of the same are told beside, as far as they go.
    """
    if f.expectations.empty:
        words = (
            f"Ingen har skrivit ner vad som väntas för {f.year}, så det finns inget att ställa en"
            " prognos mot."
        )
        return markup.note(words)
    rows = [_forecast(f, row) for row in f.expectations.to_dict("records")]
    caption = f"Vad som väntades för {f.year}, och vad som är känt så långt"
    return markup.table(pd.DataFrame(rows), caption)


def _forecast(f: FollowUp, row: dict[Any, Any]) -> dict[str, object]:
    answer = f.state(row["kpi"])["answer"] if row["kpi"] in set(f.known["kpi"]) else ""
    there = answer in HELD and row["state"] != "waiting"
    ends = f"{text.exact(row['low'])}–{text.exact(row['high'])}"
    return {
        "Nyckeltal": label(f.model.kpi(row["kpi"])),
        "Väntades": ends,
        "Varför": row["why"],
        "Känt så långt": EXPECTED_WORDS[row["state"]] if there else _awaited(f, row["kpi"]),
        "Egna siffror så långt": so_far(f, row["kpi"]),
    }


def _awaited(f: FollowUp, kpi: str) -> str:
    if kpi not in set(f.known["kpi"]):
        return "Målet gäller inte längre"
    row = f.state(kpi)
    return f"– Inget värde för {f.year} än: {row['reason']}"


def so_far(f: FollowUp, kpi: str) -> str:
    """Return the mean of the year's own values of the measure that a KPI names, and of which."""
    told = [
        words
        for one in f.model.measures
        if one.kpi == kpi and (words := _mean(f, one.id, example=one.example))
    ]
    return "; ".join(told) or text.NO_VALUE


def so_far_table(f: FollowUp) -> pd.DataFrame:
    """Return the means that `so_far` tells, with which own measures they are of."""
    named = [one for one in f.model.measures if one.kpi]
    means = [(one, _of_year(f, one.id)["value"].mean()) for one in named]
    rows = [(str(one.kpi), one.id, f.year, mean) for one, mean in means if pd.notna(mean)]
    return pd.DataFrame(rows, columns=["kpi", "measure", "period", "value"])


def _of_year(f: FollowUp, measure: str) -> pd.DataFrame:
    """Return the own values of a measure that are of the report's year, in order."""
    rows = f.own_series(measure)
    return rows[np.array([periods.year_of(one) == f.year for one in rows["period"]], dtype=bool)]


def _mean(f: FollowUp, measure: str, *, example: bool) -> str:
    mine = _of_year(f, measure)
    if mine.empty:
        return ""
    early = int(mine["provisional"].sum())
    mean = text.number(float(mine["value"].mean()), text.decimals_for(mine["value"]))
    words = f"medel {mean} {_span(mine['period'].tolist())}"
    words += f", varav {early} {'preliminärt' if early == 1 else 'preliminära'}" if early else ""
    return f"{words} (påhittade siffror)" if example else words


def _span(found: list[str]) -> str:
    """Return the months or quarters of one year in words, as "januari–augusti"."""
    first, last = found[0], found[-1]
    if first == last or len(first) != 7 or "K" in first:
        return (
            periods.words(last)
            if first == last
            else (f"{periods.words(first)}–{periods.words(last)}")
        )
    return f"{MONTHS[int(first[5:]) - 1]}–{MONTHS[int(last[5:]) - 1]} {last[:4]}"
