"""What a municipality's conditions ask for: costs over the expected, and where 19 says more.

Net cost deviations are counted against the own expected cost, never against others' kronor.
"""

from __future__ import annotations

import re
from math import isnan
from typing import TYPE_CHECKING, Final

import pandas as pd

from malstyr_lib import kpi_title, text
from malstyr_lib.questions.answer import Reply, sure, unsure
from malstyr_lib.questions.conditions import rests_on

if TYPE_CHECKING:
    from malstyr_lib.questions.case import Case

DEVIATION: Final = re.compile(r"nettokostnadsavvikelse", re.IGNORECASE)
_UNIT: Final = re.compile(r",?\s*(?:andel\s*)?(?:\(%\)|miljoner kronor|mnkr)\s*$", re.IGNORECASE)


def over_expected(case: Case) -> Reply | None:
    """Return a net cost deviation in millions of kronor; None for any other KPI."""
    if not DEVIATION.search(case.title):
        return None
    told = case.id if case.unit == "mnkr" else _in_millions(case)
    amount = case.own(told).get(int(case.period or 0), float("nan")) if told else float("nan")
    if isnan(amount):
        return unsure(
            f"{case.id} är i procent, och samma avvikelse i miljoner kronor finns inte i lagret."
            " Hämta nyckeltalet som heter likadant men slutar på miljoner kronor.",
            f"{case.name} ligger {case.said(abs(case.value))}"
            f" {'över' if case.value > 0 else 'under'} den förväntade"
            f" kostnaden {case.period}, men kronorna går inte att säga.",
        )
    table = pd.DataFrame(
        {"Mått": [case.title], "År": [case.period], "Miljoner kronor": [float(amount)]}
    )
    why = (
        "Förväntad kostnad är Koladas beräkning av vad kommunen skulle ha kostat med genomsnittlig"
        " ambition efter sina förutsättningar; andra kommuners kronor jämförs inte."
    )
    if not amount:
        said = f"{case.name} hade precis den förväntade nettokostnaden {case.period}."
        return sure(said, why, underlag=table)
    said = (
        f"{case.name} hade en nettokostnad som var {text.gap(abs(amount))} mnkr"
        f" {'högre' if amount > 0 else 'lägre'} än den förväntade {case.period}."
    )
    return sure(said, why, underlag=table)


def _in_millions(case: Case) -> str | None:
    """Return the KPI with the same deviation in millions of kronor, by its title."""
    stem = _stem(case.title)
    for kpi in case.setting.snapshot.manifest["values"]:
        title = case.setting.told(kpi, "title")
        if DEVIATION.search(title) and _stem(title) == stem and kpi_title.unit(title) == "mnkr":
            return str(kpi)
    return None


def _stem(title: str) -> str:
    return re.sub(r"[\s,]+", "", _UNIT.sub("", kpi_title.plain(title)).casefold())


def structural(case: Case) -> str:
    """Return where more is said of the conditions, when question 19 has an answer; else nothing."""
    model = rests_on(case)
    if not model:
        return ""
    return f" Hur mycket förutsättningarna betyder står i svaret på fråga 19 ({model})."


def words_of(title: str) -> set[str]:
    """Return the long words of a title, which tell what it is about."""
    return {word for word in re.findall(r"\w+", title.casefold()) if len(word) > 6} - _COMMON


_COMMON: Final = {"hemkommun", "kommunala", "lägeskommun", "avvikelse", "kommunal", "kommunen"}
