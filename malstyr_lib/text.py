"""Swedish wording for readers: numbers, dates, lists and did-you-mean."""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from typing import Any, Final
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.numbers import format_decimal

MINUS = "\u2212"
NO_VALUE = "–"

ONE: Final = {"red": "röd", "yellow": "gul", "green": "grön", "grey": "utan färg"}
"""A colour as it is said of one municipality."""
MANY: Final = {"red": "röda", "yellow": "gula", "green": "gröna", "grey": "utan färg"}
"""A colour as it is said of several."""
NEUTER: Final = {"red": "rött", "yellow": "gult", "green": "grönt", "grey": "utan färg"}
"""A colour as it is said of a value or a key figure."""

PUBLISHED_VALUES = "Källa: Kolada"
OWN_PROCESSING = "Egen bearbetning"
EXERCISE = "ÖVNINGSDATA – påhittade kommuner och värden"
EXERCISE_VALUES = "Källa: övningsvärlden"
EXAMPLE = " (exempel)"
"""What ends the words of a goal, an activity or a question that nobody has decided."""


def coloured(colour: str, amount: int) -> str:
    """Return a colour as it is said of so many municipalities."""
    return ONE[colour] if amount == 1 else MANY[colour]


def coloured_values(colour: str, amount: int) -> str:
    """Return a colour as it is said of so many values or key figures."""
    return NEUTER[colour] if amount == 1 else MANY[colour]


def source(*, exercise: bool) -> str:
    """Return who published the values: Kolada, or nobody when they are invented."""
    return EXERCISE_VALUES if exercise else PUBLISHED_VALUES


def number(value: float | None, decimals: int = 1) -> str:
    """Return a number as a Swedish reader expects it, rounded half away from zero.

    Decimal comma, U+2212 as minus and U+00A0 between thousands; a missing value is "–".
    Rounding is done on the decimal text of the value, since babel alone rounds half to even.
    """
    if value is None or math.isnan(value):
        return NO_VALUE
    shown = rounded(value, decimals)
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    with localcontext(_WIDE):
        plain = format_decimal(abs(shown), format=pattern, locale="sv_SE")
    return (MINUS if shown < 0 else "") + plain


_WIDE: Final = Context(prec=400)
"""Digits enough for any float, so that a senseless value is told and not stumbled on."""


def rounded(value: float, decimals: int) -> Decimal:
    """Return a number as `number` shows it, rounded half away from zero."""
    step = Decimal(1).scaleb(-decimals)
    return Decimal(repr(float(value))).quantize(step, rounding=ROUND_HALF_UP, context=_WIDE)


def decimals_for(values: Iterable[float | None]) -> int:
    """Return how many decimals readers need for a KPI with these values: 0, 1 or 2."""
    column: Any = values  # of a table: thousands of them, again and again
    if getattr(getattr(values, "dtype", None), "kind", "") == "f":
        known = abs(column[column == column])
        largest, whole = known.max() if len(known) else 0.0, bool((known % 1 == 0).all())
    else:
        listed = [abs(float(one)) for one in values if one is not None and not math.isnan(one)]
        largest, whole = max(listed, default=0.0), all(one.is_integer() for one in listed)
    if largest >= 1000 or whole:
        return 0
    return 2 if largest < 2 else 1


def enough(decimals: int, most: int, told: Callable[[int], bool]) -> int:
    """Return the fewest decimals, from some on, that tell what they are to tell; else the most."""
    return next((places for places in range(decimals, most) if told(places)), most)


def exact(value: float) -> str:
    """Return a number that somebody wrote, with the decimals that it was written with."""
    return number(value, places(value))


def places(value: float) -> int:
    """Return how many decimals a number was written with."""
    return len(f"{value:.9f}".rstrip("0").partition(".")[2])


def apart(value: float, limits: Iterable[float], decimals: int) -> str:
    """Return a number with as many decimals as it takes to lie on the same side of every limit."""
    told = list(limits)

    def same_side(places: int) -> bool:
        shown = rounded(value, places)
        return not any(
            (shown > rounded(limit, places)) != (value > limit)
            or (shown < rounded(limit, places)) != (value < limit)
            for limit in told
        )

    return number(value, enough(decimals, decimals + 6, same_side))


def told_apart(values: Sequence[float | None], decimals: int, most: int) -> list[str]:
    """Return values with as many decimals, up to some, as it takes not to be written alike."""
    places = enough(decimals, most, lambda few: len({number(one, few) for one in values}) > 1)
    return [number(one, places) for one in values]


def gap(value: float | None, decimals: int = 1) -> str:
    """Return a distance with as many decimals as it takes not to be written as nothing."""
    if value is None or math.isnan(value) or not value:
        return number(value, decimals)
    size = abs(value)
    return number(value, enough(decimals, decimals + 3, lambda places: bool(rounded(size, places))))


def signed(value: float, decimals: int = 1) -> str:
    """Return a change with its sign, with as many decimals as it takes not to be nothing."""
    return ("+" if value > 0 else "") + gap(value, decimals)


def percent(share: float) -> str:
    """Return a share of one as whole per cent: 0.251 is "25 %"."""
    return f"{number(100 * share, 0)}\u00a0%"


def capital(words: str) -> str:
    """Return words with a capital letter, the rest as they are written."""
    return words[:1].upper() + words[1:]


def sentence(words: str) -> str:
    """Return words as a sentence: with a capital letter and a full stop."""
    return f"{capital(words)}."


def swedish(moment: datetime) -> datetime:
    """Return a moment as the clocks show it in Sweden."""
    return moment.astimezone(ZoneInfo("Europe/Stockholm"))


def day(moment: date | datetime | str) -> str:
    """Return a day in words, as "23 november 2026"; takes a date, a moment or ISO text.

    A moment that knows its time zone is told by the day it was in Sweden.
    """
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment)
    if isinstance(moment, datetime) and moment.tzinfo:
        moment = swedish(moment)
    return format_date(moment, format="d MMMM y", locale="sv_SE")


def months(first: date, last: date) -> str:
    """Return a span of months, as "mars–maj 2026" or "mars 2026–maj 2027"."""
    one, other = (format_date(when, "LLLL y", locale="sv") for when in (first, last))
    if one == other:
        return one
    return f"{one.rpartition(' ')[0]}–{other}" if first.year == last.year else f"{one}–{other}"


def moment(when: datetime) -> str:
    """Return a moment in Sweden, short, as "2026-11-23 kl. 13.05"."""
    local = swedish(when)
    return f"{local:%Y-%m-%d} kl. {local:%H.%M}"


def listing(items: Sequence[str]) -> str:
    """Return items as running text: "a", "a och b", "a, b och c"."""
    if len(items) < 2:
        return "".join(items)
    return ", ".join(items[:-1]) + f" och {items[-1]}"


def by_name(name: str) -> str:
    """Return a key by which names sort as Swedes sort them: å, ä, ö last, whatever the case."""
    return name.casefold().translate({ord("å"): "{", ord("ä"): "|", ord("ö"): "}"})


def count(amount: int, one: str, many: str) -> str:
    """Return an amount with its noun: "1 kommun", "3 kommuner"."""
    return f"{number(amount, 0)} {one if amount == 1 else many}"


def did_you_mean(word: str, known: Iterable[str], called: Callable[[str], str | None] = str) -> str:
    """Return "; menade du 'x'?" for the nearest known word, or nothing when none is near.

    called: what to write for a known word, when that is another word.
    """
    options = {option.casefold(): called(option) for option in known}
    near = difflib.get_close_matches(word.casefold(), options, n=1, cutoff=0.6)
    return f"; menade du '{options[near[0]]}'?" if near else ""
