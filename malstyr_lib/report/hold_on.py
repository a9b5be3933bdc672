"""Slow measures: what can be expected when, beside what has been decided or who follows them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pandas as pd

from malstyr_lib import markup, text
from malstyr_lib.markup import Html
from malstyr_lib.model import Kpi
from malstyr_lib.report import parts
from malstyr_lib.report.analysis import Analysis
from malstyr_lib.report.wording import label

NO_SLOW_RED: Final = "Inget rött nyckeltal är trögrörligt."
_WORDS: Final = (
    "De här måtten rör sig långsamt i alla kommuner. En insats som gör nytta kan dröja flera år"
    " innan den syns i siffran: håll i och håll ut."
)
Row = dict[str, object]


def is_slow(a: Analysis, kpi: Kpi) -> bool:
    """Return whether a KPI moves slowly in all municipalities."""
    return bool(a.paces[kpi.id]["grade"] == "trögrörlig")


def slow_reds(a: Analysis) -> list[Kpi]:
    """Return the red KPIs that are slow, in the order of the reds."""
    return [kpi for kpi, _ in parts.rows(a, a.red) if is_slow(a, kpi)]


def row(a: Analysis, kpi: Kpi, beside: Row) -> Row:
    """Return a slow KPI: what is said beside it, how long red lasts, how it went for others."""
    return {
        "Nyckeltal": label(kpi),
        **beside,
        "Hur rött brukar bestå": text.sentence(a.paces[kpi.id]["reason"]),
        "Så gick det för andra": text.sentence(a.times[kpi.id]["reason"]),
    }


def told(rows: Sequence[Row], caption: str) -> Html:
    """Return the rows of slow KPIs as a table, after what being slow means for an effort."""
    table = markup.table(pd.DataFrame(rows), f"{caption}. {text.OWN_PROCESSING}.")
    return markup.joined([markup.paragraph(_WORDS), table])


def hold_on(a: Analysis, standings: pd.DataFrame, *, none: Html) -> Html:
    """Return the slow reds with the targets that are decided; none: what is said without any.

    standings: chain.TARGETS, of the goals that are followed.
    """
    rows = [
        row(a, kpi, {}) | {"Beslutad målnivå": _targets(standings[standings["kpi"] == kpi.id])}
        for kpi in slow_reds(a)
    ]
    return told(rows, "Röda nyckeltal som är trögrörliga") if rows else none


def _targets(found: pd.DataFrame) -> str:
    said = [f"{row['level']} senast {row['by']}" for row in found.to_dict("records")]
    return text.capital(text.listing(list(dict.fromkeys(said)))) if said else text.NO_VALUE
