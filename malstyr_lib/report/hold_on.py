"""Slow measures among the reds: what can be expected when, beside what has been decided."""

from __future__ import annotations

import pandas as pd

from malstyr_lib import markup, text
from malstyr_lib.markup import Html
from malstyr_lib.model import Kpi
from malstyr_lib.report import parts
from malstyr_lib.report.analysis import Analysis
from malstyr_lib.report.wording import label


def slow_reds(a: Analysis) -> list[Kpi]:
    """Return the red KPIs that move slowly in all municipalities, in the order of the reds."""
    return [kpi for kpi, _ in parts.rows(a, a.red) if a.paces[kpi.id]["grade"] == "trögrörlig"]


def hold_on(a: Analysis, standings: pd.DataFrame) -> Html:
    """Return the slow reds: how long red lasts, how it went for others, and the target's year.

    standings: chain.TARGETS, of the goals that are followed.
    """
    rows = [
        {
            "Nyckeltal": label(kpi),
            "Hur rött brukar bestå": text.sentence(a.paces[kpi.id]["reason"]),
            "Så gick det för andra": text.sentence(a.times[kpi.id]["reason"]),
            "Beslutad målnivå": _targets(standings[standings["kpi"] == kpi.id]),
        }
        for kpi in slow_reds(a)
    ]
    if not rows:
        return parts.no_red(a, "Inget rött nyckeltal är trögrörligt.")
    words = (
        "De här måtten rör sig långsamt i alla kommuner. En insats som gör nytta kan dröja flera år"
        " innan den syns i siffran: håll i och håll ut."
    )
    caption = f"Röda nyckeltal som är trögrörliga. {text.OWN_PROCESSING}."
    return markup.joined([markup.paragraph(words), markup.table(pd.DataFrame(rows), caption)])


def _targets(found: pd.DataFrame) -> str:
    told = [f"{row['level']} senast {row['by']}" for row in found.to_dict("records")]
    return text.capital(text.listing(list(dict.fromkeys(told)))) if told else text.NO_VALUE
