"""malstyr, "styr mot rött": the face for notebooks; everything is loaded when it is first used."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from malstyr_lib.report.committee import CommitteeReport

__all__ = ["namndrapport"]


def namndrapport(namnd: str, ar: int = 0, ogonblicksbild: str = "") -> CommitteeReport:
    """Return a committee's report, whose parts are shown by naming them.

    namnd: the committee's code, file name or name. ar: the report's year, 0 for the newest year
    that half of the key figures have reached. ogonblicksbild: a snapshot's id, "" for the newest.
    """
    from malstyr_lib.report.committee import committee_report

    return committee_report(namnd, year=ar or None, snapshot=ogonblicksbild or None)
