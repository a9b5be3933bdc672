"""The committee report: each of its parts as a piece of HTML, in the words its readers use.

Attributes are Swedish, since a coordinator meets them in the notebook.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import pandas as pd

from malstyr_lib import chain, markup, tables, text
from malstyr_lib.charts import Chart
from malstyr_lib.markup import Html
from malstyr_lib.questions import Setting
from malstyr_lib.report import (
    days,
    findings,
    hold_on,
    notes,
    own,
    parts,
    raised,
    reds,
    status,
    summary,
    thread,
    wording,
)
from malstyr_lib.report.analysis import Analysis, analyse
from malstyr_lib.report.ending import EndMarker, all_told
from malstyr_lib.report.notes import Causes
from malstyr_lib.report.opening import opened


@dataclass(frozen=True)
class CommitteeReport:
    """A committee's report for a year; every attribute is one part, ready to be shown."""

    analysis: Analysis
    own_values: pd.DataFrame = field(default_factory=lambda: tables.empty(tables.OWN_VALUES))

    @cached_property
    def _asked(self) -> Setting:
        return raised.setting(self.analysis, self.own_values)

    @property
    def rubrik(self) -> Html:
        """The title, what it rests on, and the mark of exercise figures."""
        a = self.analysis
        title = markup.heading(1, f"{a.committee.name}: nyckeltalen {a.year}")
        facts = markup.paragraph(
            f"{wording.municipality_words(a)}. Underlag för analys: nämndens {len(a.kpis)} "
            f"nyckeltal mot alla kommuners, på värden hämtade {text.day(a.fetched)}."
        )
        return markup.joined([title, *markup.exercise(invented=a.exercise), facts])

    @property
    def sammanfattning(self) -> Html:
        """The first page: what is red, what turned, what is asked and what is decided."""
        return summary.summary(self.analysis, self._asked)

    @property
    def mal(self) -> Html:
        """The thread from council goal to the committee's goals and their KPIs."""
        return status.goals(self.analysis)

    @property
    def perspektiv(self) -> Html:
        """The status of every KPI, perspective by perspective, the empty ones too."""
        return status.perspectives(self.analysis)

    @property
    def gra(self) -> Html:
        """The KPIs without a colour, and why; and the colours that are preliminary."""
        return status.greys(self.analysis)

    @property
    def fargbyten(self) -> Html:
        """What changed colour since the measurement before, both ways, beside the base rate."""
        return status.turns(self.analysis)

    @property
    def kallor(self) -> Html:
        """Sources, snapshot, method and versions: enough for someone else to compute the same."""
        return status.sources(self.analysis)

    @property
    def roda(self) -> Html:
        """The red KPIs, the one farthest from the median first."""
        return reds.ranking(self.analysis)

    @property
    def roda_diagram(self) -> Html:
        """Every red KPI by itself: what is said, its trend, and where all municipalities are."""
        return reds.portraits(self.analysis, self._asked)

    @property
    def andra_grupper(self) -> Html:
        """The red KPIs against the county and the similar municipalities as well."""
        return reds.in_groups(self.analysis)

    @property
    def kon(self) -> Html:
        """Women's and men's values of the red KPIs; both hidden when one of them is."""
        return reds.by_gender(self.analysis)

    @property
    def slutsatser(self) -> Html:
        """What can be said, and what can't, from these figures alone."""
        return reds.conclusions(self.analysis)

    @property
    def att_besluta(self) -> Html:
        """The red KPIs beside the goals that they serve, for the committee's discussion."""
        return reds.to_decide(self.analysis)

    @property
    def tackning(self) -> Html:
        """What the committee has in every perspective: goals, KPIs, activities and reporting."""
        return thread.coverage(self.analysis)

    @property
    def malnivaer(self) -> Html:
        """How far the goals are to reach, and how the newest values stand to that."""
        return thread.levels(self.analysis)

    @property
    def aktiviteter(self) -> Html:
        """What the units do, and which red KPIs nobody does anything about."""
        return thread.activities(self.analysis)

    @property
    def hall_i(self) -> Html:
        """The slow measures among the reds: what can be expected when, beside what is decided."""
        a = self.analysis
        standings = chain.standings(a.basis, a.committee)
        return hold_on.hold_on(a, standings, none=parts.no_red(a, hold_on.NO_SLOW_RED))

    @property
    def egna(self) -> Html:
        """The municipality's own measures that the committee answers for, beside Kolada's."""
        return own.measures(self.analysis, self.own_values)

    @property
    def forvantningar(self) -> Html:
        """What was expected beside what came."""
        return thread.expectations(self.analysis)

    @property
    def anteckningar(self) -> Html:
        """What people have written of the KPIs, and whether the ground has moved since."""
        return thread.notes(self.analysis)

    @property
    def fragor(self) -> Html:
        """The analysis group's questions to the committee, the unanswered ones first."""
        return thread.questions(self.analysis)

    @property
    def kalender(self) -> Html:
        """When the committee's next figures come, and which report they can be in."""
        return days.days(self.analysis)

    def utveckling(self, kpi_id: str) -> Chart:
        """The trend chart of one of the committee's KPIs."""
        return reds.trend_chart(self.analysis, self._asked, kpi_id)

    def alla_kommuner(self, kpi_id: str) -> Chart:
        """The strip chart of one of the committee's KPIs, in its newest year."""
        return reds.strip_chart(self.analysis, self._asked, kpi_id)

    def anteckna(
        self, nyckeltal: str, period: int | str, kommentar: str, *, av: str, orsaker: Causes = ()
    ) -> Html:
        """Write a note about one of the committee's KPIs into the parameters, and say where.

        av: who writes. orsaker: causes as (what, trolig|möjlig|utesluten, why). The value that
        the note rests on and today's date are put with it; nothing that is there is changed.
        """
        return notes.write(self.analysis, nyckeltal, str(period), (kommentar, av, orsaker))

    @property
    def slut(self) -> EndMarker:
        """The mark that the report came to its end, which the batch looks for."""
        a = self.analysis
        counts, early = parts.counts(a), int(a.now["preliminary"].sum())
        found = {
            "committee": a.committee.slug,
            "year": a.year,
            "snapshot": a.snapshot.id,
            "exercise": a.exercise,
            "kpis": len(a.kpis),
            "preliminary": early,
            "colours": counts,
            "focus": {kpi.id: parts.colour(a, kpi) for kpi in a.kpis},
            "groups": parts.pinned(a),
        }
        words = all_told(len(a.kpis), grey=counts[tables.GREY], preliminary=early)
        told = findings.committee(a, self.own_values, self._asked)
        return EndMarker(found, words, told, a.snapshot.reads)


def committee_report(
    committee: str, *, year: int | None = None, snapshot: str | None = None
) -> CommitteeReport:
    """Return a committee's report, from the folders that `workspace.find` finds.

    committee: its code, file name or name. year: None is the newest year that half of the KPIs
    have reached. snapshot: its id; None is the newest. ParamsError with every problem,
    StoreEmpty with the cure, UsageError for an unknown committee.
    """
    start = opened(snapshot)
    analysis = analyse(start.model, start.snapshot, committee, year, start.earlier)
    return CommitteeReport(analysis, start.own_values)
