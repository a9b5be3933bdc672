"""The interim report: the goals half-way, with what can and cannot be known at the stop day.

Attributes are Swedish, since a coordinator meets them in the notebook.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import pandas as pd

from malstyr_lib import markup, text
from malstyr_lib.markup import Html
from malstyr_lib.model import Committee, Kpi
from malstyr_lib.questions import Case, Setting
from malstyr_lib.questions.raised import Raised, fragelista
from malstyr_lib.report import arrivals, findings, followed, own, parts, work
from malstyr_lib.report.ending import EndMarker
from malstyr_lib.report.follow_up import FollowUp, follow_up
from malstyr_lib.report.opening import opened
from malstyr_lib.report.stop_day import INTERIM
from malstyr_lib.report.wording import label

Asked: TypeAlias = tuple[Committee, Case, Raised]
"""The question that a red KPI raises first, and the committee that it is put to."""
_NO_FORECAST = (
    "Rapporten räknar inte fram någon egen prognos: ett värde om året bär ingen. Det som går att"
    " säga är hur ofta rött förblir rött i landets kommuner."
)


@dataclass(frozen=True, eq=False)
class InterimReport(followed.FollowedReport):
    """The interim report of a year; every attribute is one part, ready to be shown."""

    name = "Delårsrapport"

    @property
    def sammanfattning(self) -> Html:
        """What the council needs to know, in half a page."""
        f = self.f
        return followed.summary(
            f,
            [
                work.activities_words(f),
                arrivals.first_to_come(f),
            ],
        )

    @property
    def kant(self) -> Html:
        """What could be known of the year at the stop day, and the values that were."""
        return arrivals.known(self.f)

    @property
    def egna(self) -> Html:
        """The municipality's own measures up to the stop day: fresher than Kolada's."""
        f = self.f
        if not f.model.measures:
            return markup.note("Kommunen har inga egna mått i styrparametrarna.")
        return markup.joined(
            own.own_measure(f.model, one, f.own_values) for one in f.model.measures
        )

    @property
    def prognos(self) -> Html:
        """What was expected beside what is known, and how often red stays red."""
        return markup.joined([work.forecast(self.f), *_base_rates(self.f)])

    @property
    def fragor(self) -> Html:
        """The question that each red figure raises, and those that still wait for an answer."""
        return markup.joined([_questions(self.f, self._raised), *_waiting(self.f)])

    @cached_property
    def _raised(self) -> list[Asked]:
        return _raised_by_reds(self.f)

    @cached_property
    def slut(self) -> EndMarker:
        """The mark that the report came to its end, which the batch looks for."""
        told = ((case, one) for _, case, one in self._raised)
        return followed.end(self.f, findings.of_raised(told))


def _base_rates(f: FollowUp) -> list[Html]:
    """Return how often red stays red among all municipalities, for the KPIs that are red."""
    a = f.a
    rows = [
        {
            "Rött nyckeltal": label(kpi),
            "Gäller år": str(row["period"]),
            "Hur ofta rött består": text.sentence(a.paces[kpi.id]["reason"]),
        }
        for kpi, row in parts.rows(a, a.red)
    ]
    if not rows:
        return [markup.note(f"Inget nyckeltal var rött {f.then}.")]
    caption = f"Hur ofta rött förblir rött. {text.OWN_PROCESSING}."
    return [markup.paragraph(_NO_FORECAST), markup.table(pd.DataFrame(rows), caption)]


def _questions(f: FollowUp, asked: Sequence[Asked]) -> Html:
    """Return the first question that each red KPI's figures raise, and why it is asked."""
    rows = [
        {
            "Nyckeltal": label(case.kpi),
            "Fråga": one.question.words,
            "Därför ställs den": one.why,
            "Till": owner.name,
        }
        for owner, case, one in asked
    ]
    if not rows:
        return markup.note(f"Inget nyckeltal var rött {f.then}, så inget rött väcker frågor.")
    return markup.table(pd.DataFrame(rows), "Frågan som varje rött nyckeltal väcker")


def _raised_by_reds(f: FollowUp) -> list[Asked]:
    """Return the first question to every red KPI, in the order of the reds."""
    reds = [(kpi, int(row["period"])) for kpi, row in parts.rows(f.a, f.a.red)]
    asked = {period: _asked(f, period) for period in {period for _, period in reds}}
    return [_first(f, kpi, asked[period]) for kpi, period in reds]


def _asked(f: FollowUp, period: int) -> Setting:
    """Return where questions are asked of what was known: up to a year."""
    a = f.a
    return Setting(a.model, a.snapshot, a.own, f.day, year=period, own_values=f.own_values)


def _first(f: FollowUp, kpi: Kpi, asked: Setting) -> Asked:
    """Return the first question to one red KPI, and the committee that it is put to."""
    owner = next(one for one in f.committees if kpi.id in one.kpis)
    case = asked.case_in(f.a.evidence, kpi, owner)
    (first,) = fragelista(case, 1)
    return owner, case, first


def _waiting(f: FollowUp) -> list[Html]:
    """Return the analysis group's questions that had no answer on the report's day."""
    rows = [
        {
            "Fråga": f"{one.id} {one.asked}{text.EXAMPLE if one.example else ''}",
            "Till": one.to,
            "Ställd": text.day(one.day),
            "Svar senast": text.day(one.due) if one.due else text.NO_VALUE,
        }
        for one in f.model.questions
        if one.day <= f.day and (one.answer is None or (one.answered or one.day) > f.day)
    ]
    if not rows:
        return []
    return [markup.table(pd.DataFrame(rows), "Analysgruppens frågor som väntar på svar")]


def interim_report(*, year: int | None = None, snapshot: str | None = None) -> InterimReport:
    """Return the interim report, from the folders that `workspace.find` finds.

    year: None is the newest year that half of the KPIs have reached. snapshot: its id; None is the
    newest. ParamsError with every problem, StoreEmpty with the cure, UsageError for a year that
    the snapshot does not hold.
    """
    return InterimReport(follow_up(opened(snapshot), INTERIM, year))
