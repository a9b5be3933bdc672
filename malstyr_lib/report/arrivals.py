"""What is known of the year at the stop day, what is not, and when the rest comes, in words."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

import pandas as pd

from malstyr_lib import markup, text
from malstyr_lib.markup import Html, Source
from malstyr_lib.report.follow_up import FollowUp
from malstyr_lib.report.stop_day import HELD
from malstyr_lib.report.wording import label

_COUNTED: Final = (
    "Kolada anger bara dagen för nästa värde. Dagar för andra år är räknade från den, och kan ha"
    " varit andra."
)
_STATES: Final = {
    "there": "hade sitt",
    "preliminary": "hade det bara preliminärt",
    "undated": "har det, men Kolada anger inte när det kom",
    "coming": "kan få det före stoppdagen",
    "after": "får det först efter stoppdagen",
    "missing": "saknar det fast dagen har passerat",
    "ended": "har upphört och får inget",
    "unclear": "har okänd dag",
}
_SHORT: Final = {
    "there": "Känt",
    "preliminary": "Preliminärt",
    "undated": "Känt, okänt sedan när",
    "coming": "Kan hinna",
    "after": "Efter stoppdagen",
    "missing": "Saknas",
    "ended": "Upphört",
    "unclear": "Går inte att säga",
}


def counts(f: FollowUp) -> dict[str, int]:
    """Return how many KPIs there are of each answer (stop_day.ANSWERS)."""
    found = f.known["answer"].tolist()
    return {answer: found.count(answer) for answer in _STATES if answer in found}


def stop_words(f: FollowUp) -> str:
    """Return which day the report stops at, and whether it is assumed."""
    return f.stop.words or f"Stoppdagen är {text.day(f.stop.day)}."


def coverage_words(f: FollowUp) -> str:
    """Return for how many KPIs the year's value was known at the stop day, and what of the rest."""
    found, whole = counts(f), len(f.known)
    if not whole:
        return "Inga nyckeltal följs."
    known = sum(found.get(answer, 0) for answer in HELD) or "inget"
    said = (
        f"{_when(f)} var värdet för {f.year} känt för {known} av"
        f" {text.count(whole, 'nyckeltal', 'nyckeltal')}"
    )
    early, undated = found.get("preliminary", 0), found.get("undated", 0)
    among = [
        f"{early} bara preliminärt" if early else "",
        f"{undated} utan känd dag" if undated else "",
    ]
    inside = text.listing([one for one in among if one])
    rest = [f"{amount} {_STATES[answer]}" for answer, amount in found.items() if answer not in HELD]
    left = f" {text.listing(rest)}." if rest else ""
    return f"{said}{f' (varav {inside})' if inside else ''}.{left}"


def _when(f: FollowUp) -> str:
    """Return the day that something was known, as the beginning of a sentence."""
    fetched, stop = f.at_stop.fetched, text.day(f.stop.day)
    if fetched < f.stop.day:
        return f"När värdena hämtades den {text.day(fetched)}, före stoppdagen den {stop},"
    return f"Vid stoppdagen den {stop}"


def newest_years(f: FollowUp) -> dict[int, int]:
    """Return how many KPIs have their newest known value from each year, the last year first."""
    years = f.known["newest"].dropna().astype(int).value_counts().sort_index(ascending=False)
    return {int(str(year)): int(amount) for year, amount in years.items()}


def known_words(f: FollowUp) -> str:
    """Return of which years the newest known values are, as a sentence."""
    told = [f"{amount} från {year}" for year, amount in newest_years(f).items()]
    none = int(f.known["newest"].isna().sum())
    lacking = f" {text.count(none, 'nyckeltal', 'nyckeltal')} saknar värde helt." if none else ""
    return f"De senaste kända värdena: {text.listing(told)}.{lacking}" if told else lacking.strip()


def known(f: FollowUp) -> Html:
    """Return what is known at the stop day: a sentence, and the KPIs whose value is there."""
    rows = f.known[f.known["answer"].isin(HELD)].to_dict("records")
    said = [coverage_words(f), known_words(f)]
    start = markup.paragraph(" ".join(filter(None, said)))
    if not rows:
        return start
    told = [_row(f, row) for row in rows]
    caption = f"Nyckeltal vars värde för {f.year} var känt. {text.OWN_PROCESSING}."
    return markup.joined(
        [start, markup.table(pd.DataFrame(told), caption), *_counted_note(f, HELD)]
    )


def unknown(f: FollowUp) -> Html:
    """Return what remains unknown, the first to come first, and when it comes."""
    rows = f.unknown.sort_values(["day", "kpi"], na_position="last", kind="stable")
    if rows.empty:
        return markup.note(f"Alla nyckeltal hade sitt värde för {f.year} {f.then}.")
    told = [_row(f, row) for row in rows.to_dict("records")]
    caption = f"Nyckeltal vars värde för {f.year} inte var känt {f.then}, och när det kommer."
    others = set(f.known["answer"]) - set(HELD)
    return markup.joined(
        [
            markup.table(pd.DataFrame(told), caption, numeric=("Gäller år",)),
            *_counted_note(f, others),
        ]
    )


def _row(f: FollowUp, row: dict[Any, Any]) -> dict[str, object]:
    kpi = f.model.kpi(row["kpi"])
    now = f.newest(kpi.id)
    value: object = text.NO_VALUE
    if now is not None:
        source = Source(kpi.id, int(now["period"]), f.a.own)
        value = markup.number(float(now["value"]), f.a.decimals(kpi), source)
    return {
        "Nyckeltal": label(kpi),
        "Senaste kända värde": value,
        "Gäller år": str(now["period"]) if now is not None else text.NO_VALUE,
        f"Värdet för {f.year}": _SHORT[row["answer"]],
        "När": text.capital(str(row["reason"])),
    }


def _counted_note(f: FollowUp, answers: Collection[str]) -> list[Html]:
    """Return that days are counted, where any of those shown is."""
    shown = f.known[f.known["answer"].isin([*answers])]
    return [markup.note(_COUNTED)] if shown["counted"].any() else []


def first_to_come(f: FollowUp) -> str:
    """Return when the next of the unknown values come, as a sentence, or nothing."""
    rows = f.unknown[(f.unknown["answer"] == "after") & f.unknown["day"].notna()]
    if rows.empty:
        return ""
    days = sorted(rows["day"])
    first, last = text.day(days[0]), text.day(days[-1])
    span = f"den {first}" if first == last else f"från den {first} till den {last}"
    amount = text.count(len(days), "värde", "värden")
    return f"{amount} för {f.year} kommer efter stoppdagen, {span}."
