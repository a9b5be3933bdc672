"""The reports for notebooks: a function opens each, and its parts are shown by their names."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from malstyr_lib.report.committee import CommitteeReport
    from malstyr_lib.report.unit_sheet import UnitSheet


def namndrapport(namnd: str, ar: int = 0, ogonblicksbild: str = "") -> CommitteeReport:
    """Gör en nämnds rapport, vars delar visas genom att nämnas.

    namnd: nämndens kod, filnamn eller namn. ar: rapportår, 0 för det senaste år som hälften av
    nyckeltalen har nått. ogonblicksbild: en hämtnings id, "" för den senaste.

    Exempel: ms.namndrapport("bn").sammanfattning
    """
    from malstyr_lib.report.committee import committee_report

    return committee_report(namnd, year=ar or None, snapshot=ogonblicksbild or None)


def enhetsblad(enhet: str, ar: int = 0, ogonblicksbild: str = "") -> UnitSheet:
    """Gör en enhets blad för arbetsplatsträffen, vars delar visas genom att nämnas.

    enhet: enhetens id, namn eller mapp, som "bn-forskola-1". ar: rapportår, 0 för det senaste år
    som hälften av nyckeltalen har nått. ogonblicksbild: en hämtnings id, "" för den senaste.

    Exempel: ms.enhetsblad("grundskola-1").fragor
    """
    from malstyr_lib.report.unit_sheet import unit_sheet

    return unit_sheet(enhet, year=ar or None, snapshot=ogonblicksbild or None)
