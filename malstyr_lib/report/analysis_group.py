"""The analysis group's report: all committees at once, as questions with the whole in view.

Attributes are Swedish, since a coordinator meets them in the notebook.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import pandas as pd

from malstyr_lib import chain, markup, text
from malstyr_lib.markup import Html
from malstyr_lib.report import holes, municipality, to_ask, weightiest
from malstyr_lib.report.across import ALL, across
from malstyr_lib.report.ending import EndMarker
from malstyr_lib.report.findings import of_raised

_VERDICTS: Final = {
    "fler": "Fler än vanligt",
    "färre": "Färre än vanligt",
    "inom": "Inom det vanliga",
    "": "För få färger att jämföra",
}


@dataclass(frozen=True)
class AnalysisGroupReport(municipality.AcrossReport):
    """The analysis group's report for a year; every attribute is one part, ready to be shown."""

    @property
    def rubrik(self) -> Html:
        """The title, what it rests on, and the mark of exercise figures."""
        words = f"Analysgruppen: kommunens nyckeltal {self.across.year}"
        return municipality.title(self.across, words, "Underlag för analysgruppen")

    @property
    def sammanfattning(self) -> Html:
        """What stands out first: reds beside the expected, turns both ways, what nobody answers."""
        x = self.across
        if not x.ids:
            return markup.note(municipality.NO_KPIS)
        return markup.joined(
            [
                markup.paragraph(municipality.situation(x)),
                *municipality.farthest(x),
                markup.paragraph("Det här sticker ut:"),
                markup.bullets([one for one in self._standing_out() if one]),
                markup.paragraph("Det här är det ingen som svarar på:"),
                markup.bullets([one for one in self._unanswered() if one]),
            ]
        )

    def _standing_out(self) -> list[str]:
        x = self.across
        reds = text.sentence(str(x.expect("röda")["reason"]))
        return [reds, *self._beyond(), *municipality.turned_sentences(x)]

    def _beyond(self) -> list[str]:
        """Return the committees that have more or fewer reds than is usual."""
        rows = self.across.expected
        rows = rows[(rows["what"] == "röda") & (rows["whose"] != ALL)]
        return [
            f"{row['whose']}: {row['reason']}."
            for row in rows.to_dict("records")
            if row["verdict"] in ("fler", "färre")
        ]

    def _unanswered(self) -> list[str]:
        x = self.across
        return [
            holes.waiting_sentence(holes.waiting(x)),
            holes.without_activity_sentence(x),
            *holes.spot_sentences(x, self._spots)[:1],
            holes.coverage_sentence(chain.coverage(x.basis)),
        ]

    @cached_property
    def _spots(self) -> pd.DataFrame:
        return holes.spots(self.across)

    @cached_property
    def _asked(self) -> Sequence[to_ask.Asked]:
        return to_ask.asked(self.across)

    @property
    def varmekarta(self) -> Html:
        """Every KPI and year with its value and colour, the perspectives together."""
        return municipality.heatmaps(self.across)

    @property
    def fler_eller_farre(self) -> Html:
        """The reds of every committee beside what is usual among all municipalities."""
        every = self.across.expected
        rows = every[every["what"] == "röda"].to_dict("records")
        table = [
            {
                "Vems": row["whose"],
                "Röda": f"{row['amount']} av {row['of']}",
                "En fjärdedel": markup.number(row["expected"], 1),
                "Röda, andel": _share(row["amount"], row["of"]),
                "I nio av tio kommuner": _span(row),
                "Bedömning": _VERDICTS[row["verdict"]],
            }
            for row in rows
        ]
        caption = (
            "Röda av dem som har färg, bredvid det som är vanligt i landets kommuner på samma"
            f" nyckeltal. {text.OWN_PROCESSING}."
        )
        numeric = ("Röda", "Röda, andel", "I nio av tio kommuner")
        return markup.table(pd.DataFrame(table), caption, numeric=numeric)

    @property
    def viktigast(self) -> Html:
        """The reds that matter most in every administration, with every part of why."""
        return weightiest.by_administration(self.across)

    @property
    def blinda_flackar(self) -> Html:
        """What is red, or stands out, and no committee follows."""
        return holes.blind_spots(self.across, self._spots)

    @property
    def att_fraga_om(self) -> Html:
        """What the reds of several committees share, as questions."""
        return to_ask.causes_to_ask(self.across)

    @property
    def tackning(self) -> Html:
        """What every committee has in every perspective, and what it lacks."""
        return holes.coverage(self.across)

    @property
    def obesvarade(self) -> Html:
        """The group's questions that wait for an answer, and for how long."""
        return holes.questions(self.across)

    @property
    def dagordning(self) -> Html:
        """The dumb questions that the figures raise most, as an agenda."""
        return to_ask.agenda(self.across, self._asked)

    @property
    def slut(self) -> EndMarker:
        """The mark that the report came to its end, which the batch looks for."""
        x = self.across
        found = municipality.found(x) | {
            "waiting": len(holes.waiting(x)),
            "blind_spots": len(self._spots),
            "without_activity": holes.without_activity(x),
        }
        findings = municipality.findings(x) | {
            "weights": weightiest.weights(x),
            "blind_spots": self._spots,
            "holes": holes.amounts(x, self._spots),
            "waiting": holes.waiting(x),
            "became_red": to_ask.became_red_table(x),
            **of_raised(to_ask.examples(x, self._asked)),
            "coverage": chain.coverage(x.basis),
            "shared": to_ask.shared_table(x),
            "agenda": to_ask.agenda_table(self._asked),
        }
        return EndMarker(found, municipality.ended(x), findings, x.opened.snapshot.reads)


def _share(amount: int, of: int) -> str:
    return text.percent(amount / of) if of else text.NO_VALUE


def _span(row: dict[Any, Any]) -> str:
    """Return between which shares of reds nine municipalities of ten lie."""
    if not row["of"] or row["low"] != row["low"]:
        return text.NO_VALUE
    low, high = (text.number(100 * row[end] / row["of"], 0) for end in ("low", "high"))
    return f"{low}–{high}\u00a0%"


def analysis_group_report(
    *, year: int | None = None, snapshot: str | None = None
) -> AnalysisGroupReport:
    """Return the analysis group's report, from the folders that `workspace.find` finds.

    year: None is the newest usual one. snapshot: its id; None is the newest. Errors as `across`.
    """
    return AnalysisGroupReport(across(year, snapshot))
