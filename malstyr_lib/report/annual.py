"""The annual report: the goals of a year followed up, what turned both ways, what goes well.

Attributes are Swedish, since a coordinator meets them in the notebook.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from malstyr_lib import markup
from malstyr_lib.markup import Html
from malstyr_lib.report import arrivals, followed, turns, wording, work
from malstyr_lib.report.ending import EndMarker
from malstyr_lib.report.follow_up import follow_up
from malstyr_lib.report.hold_on import NO_SLOW_RED, hold_on
from malstyr_lib.report.opening import opened
from malstyr_lib.report.stop_day import ANNUAL


@dataclass(frozen=True, eq=False)
class AnnualReport(followed.FollowedReport):
    """The annual report's goal follow-up; every attribute is one part, ready to be shown."""

    name = "Årsredovisning"

    @property
    def sammanfattning(self) -> Html:
        """What the council needs to know, in half a page."""
        f = self.f
        return followed.summary(
            f,
            [
                " ".join([turns.counted_words(f.a), *wording.turned_sentences(f.a)]),
                work.activities_words(f),
                work.expected_words(f),
                arrivals.first_to_come(f),
            ],
        )

    @property
    def fargbyten(self) -> Html:
        """What changed colour, both ways alike, each beside how common the same change was."""
        return turns.shifts(self.f)

    @property
    def utveckling(self) -> Html:
        """Where the figures of each perspective were against the median, and where they are."""
        return turns.slopes(self.f)

    @property
    def forvantningar(self) -> Html:
        """What was expected of the year beside what came."""
        return work.expectations(self.f)

    @property
    def trogrorliga(self) -> Html:
        """The red figures that move slowly everywhere, and how it went for others."""
        return hold_on(self.f.a, self.f.standings, none=markup.note(NO_SLOW_RED))

    @property
    def det_gar_bra(self) -> Html:
        """The short list of what goes well, with the same caution."""
        return turns.well(self.f)

    @cached_property
    def slut(self) -> EndMarker:
        """The mark that the report came to its end, which the batch looks for."""
        return followed.end(self.f, turns.findings(self.f))


def annual_report(*, year: int | None = None, snapshot: str | None = None) -> AnnualReport:
    """Return the annual report, from the folders that `workspace.find` finds.

    year: None is the newest year that half of the KPIs have reached. snapshot: its id; None is the
    newest. ParamsError with every problem, StoreEmpty with the cure, UsageError for a year that
    the snapshot does not hold.
    """
    return AnnualReport(follow_up(opened(snapshot), ANNUAL, year))
