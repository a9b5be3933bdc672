"""Theme F, who does better: similar ones, who has made the journey, their other figures (31–33)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from malstyr_lib import text
from malstyr_lib.questions.answer import Question, Reply, likely, sure, unsure
from malstyr_lib.questions.compared import NAMED, whose
from malstyr_lib.questions.journeys import journey
from malstyr_lib.questions.needs import DIRECTION, VALUE, Need
from malstyr_lib.questions.other_figures import other_figures
from malstyr_lib.questions.pictures import year_chart
from malstyr_lib.scoring.colour import significant

if TYPE_CHECKING:
    from malstyr_lib.questions.case import Case

PEERS: Final = Need(
    "liknande kommuner",
    "Varken Koladas liknande kommuner eller SKR:s kommungrupp är känd för {name} i {kpi}.",
    "Skriv vilket område av liknande kommuner som gäller på raden liknande i nyckeltal.yaml.",
    lambda case: len(case.members("liknande")) > 1 or len(case.members("kommungrupp")) > 1,
)
_KINDS: Final = {"liknande": "liknande", "kommungrupp": "SKR:s kommungrupp"}


@dataclass(frozen=True)
class Ahead:
    """A municipality with a better value now: whose group it is in, and how far ahead it is.

    since: the newest year that can be compared in which it was where the own municipality is now,
    or worse; None where it never was. then: its value that year.
    """

    at: int
    name: str
    group: str
    value: float
    gap: float
    since: int | None
    then: float


def ahead(case: Case, period: int) -> list[Ahead]:
    """Return those of the similar, then of SKR's group, with a better value, best journey first.

    Within a group those who have been where the own municipality is now come first, then the
    others, by name: whom to ring, not a table of places.
    """
    found: dict[int, Ahead] = {}
    for kind, group in _KINDS.items():
        for at in case.peers(kind):
            if at not in found and (one := _ahead(case, at, period, group=group)):
                found[at] = one
    order = list(_KINDS.values())
    return sorted(
        found.values(),
        key=lambda one: (order.index(one.group), one.since is None, text.by_name(one.name)),
    )


def _ahead(case: Case, at: int, period: int, *, group: str) -> Ahead | None:
    """Return how far ahead one municipality is; None when it is not, or has no value."""
    good = _good(case, at)
    own, now = _good(case, case.evidence.at)[period], good.get(period)
    if now is None or now <= own:
        return None
    been = [year for year in good if year < period and good[year] <= own]
    since = max((y for y in been if not case.evidence.broken(case.id, (y, period))), default=None)
    name = case.name_of(at)
    then = float("nan") if since is None else float(case.everyone(since)[at])
    return Ahead(at, name, group, float(case.everyone(period)[at]), now - own, since, then)


def _good(case: Case, at: int) -> dict[int, float]:
    """Return one municipality's values turned so that more is better, by year."""
    good = significant(case.good(case.values[at]))
    return {year: float(one) for year, one in zip(case.years, good, strict=True) if one == one}


def who_succeeds(case: Case) -> Reply:
    """Answer which similar ones have a better value; the wider group where none of them has."""
    if case.period is None:
        return unsure(f"{case.name} har inget värde för {case.id}.")
    every = ahead(case, case.period)
    nearest = [one for one in every if one.group == _KINDS["liknande"]]
    known = _known(case, "liknande", case.period)
    if not nearest and not every:
        return _nobody(case, case.period, known=known)
    said = _near(case, nearest, known) if nearest else _wider(case, every)
    shown = [*nearest, *(one for one in every if one.group != _KINDS["liknande"] and one.since)]
    reply = likely if _doubtful(case, nearest or every) else sure
    return reply(
        said,
        _why(case, every, known),
        underlag=_table(case, (shown if nearest else every)[:NAMED]),
        drawing=partial(year_chart, case, case.period),
    )


def _known(case: Case, kind: str, period: int) -> int:
    """Return how many others of a group have a value in a year."""
    return int((~np.isnan(case.everyone(period)[case.peers(kind)])).sum())


def _nobody(case: Case, period: int, *, known: int) -> Reply:
    wide = _known(case, "kommungrupp", period)
    if not known and not wide:
        why = "Ingen av de liknande kommunerna har något värde samma år. Vänta på deras uppgifter."
        return unsure(why)
    whom = [f"{text.count(known, 'liknande kommun', 'liknande kommuner')}"] if known else []
    whom += [f"{wide} andra i SKR:s kommungrupp"] if wide else []
    said = f"Ingen av {text.listing(whom)} har bättre värde än {case.name} {period}."
    return sure(said, "Samma års värden jämförs.", drawing=partial(year_chart, case, period))


def _near(case: Case, nearest: list[Ahead], known: int) -> str:
    """Return how many of the similar are ahead, which, and which of them have been here."""
    names = text.listing(sorted((one.name for one in nearest), key=text.by_name))
    better = f"bättre värde än {case.name}"
    those = text.count(known, "liknande kommun", "liknande kommuner")
    if len(nearest) == known:
        every = f"Alla {those}" if known > 1 else "Den enda liknande kommunen"
        return f"{every} med värde {case.period} har {better}: {names}. {_been(case, nearest)}"
    said = f"Av {those} med värde {case.period} har {len(nearest)} {better}: {names}."
    return f"{said} {_been(case, nearest)}"


def _been(case: Case, some: Sequence[Ahead]) -> str:
    """Return which of some municipalities have been where the own one is now."""
    been = [f"{one.name} ({one.since})" for one in some if one.since is not None]
    if been:
        return f"På {whose(case.name)} nivå eller sämre låg tidigare {text.listing(been[:NAMED])}."
    whom = "Ingen av dem" if len(some) > 1 else "Den kommunen"
    way = "har" if len(some) > 1 else "har inte"
    return f"{whom} {way} legat på {whose(case.name)} nivå tidigare under jämförbara år."


def _wider(case: Case, every: list[Ahead]) -> str:
    """Return that none of the similar is ahead, and who in SKR's group has come from here."""
    among = text.count(len(every), "kommun", "kommuner")
    return (
        f"Ingen av Koladas liknande kommuner har bättre värde än {case.name} {case.period}, men"
        f" {among} i SKR:s kommungrupp har det. {_been(case, every)}"
    )


def _doubtful(case: Case, some: Sequence[Ahead]) -> bool:
    """Return whether every lead may be no more than two margins of error of the own size."""
    error = case.evidence.margins.get(case.id, {}).get(case.period or 0)
    return error is not None and all(one.gap <= error * 2**0.5 for one in some)


def _why(case: Case, every: list[Ahead], known: int) -> str:
    wide = sum(one.group != _KINDS["liknande"] for one in every)
    words = (
        f"Liknande är Koladas för området ({known} med värde). SKR:s kommungrupp är tillagd som"
        f" egen bearbetning, med {wide or 'inga'} till som har bättre värde. Namnen är vilka man"
        " kan ringa, ingen rangordning."
    )
    if _doubtful(case, every):
        return f"{words} Skillnaderna ryms i felmarginalen och kan vara slump."
    return words


def _table(case: Case, some: Sequence[Ahead]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Kommun": [one.name for one in some],
            "Grupp": [one.group for one in some],
            f"Värde {case.period}": [one.value for one in some],
            f"Bättre än {case.name} med": [one.gap for one in some],
            "Senast på samma nivå eller sämre": pd.array(
                [one.since for one in some], dtype="Int64"
            ),
            "Värde då": [one.then for one in some],
        }
    )


QUESTIONS: Final[tuple[Question, ...]] = (
    Question(
        31,
        "vem lyckas bättre",
        "Vem liknar oss men lyckas bättre?",
        who_succeeds,
        needs=(VALUE, DIRECTION, PEERS),
    ),
    Question(
        32,
        "från rött till grönt",
        "Vem har gjort resan från rött till grönt, och stannat?",
        journey,
        needs=(DIRECTION,),
    ),
    Question(
        33,
        "deras andra siffror",
        "Hur ser deras andra siffror ut?",
        other_figures,
        needs=(VALUE, DIRECTION, PEERS),
    ),
)
