"""The reports for notebooks: a function opens each, and its parts are shown by their names."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from malstyr_lib.report.analysis_group import AnalysisGroupReport
    from malstyr_lib.report.annual import AnnualReport
    from malstyr_lib.report.committee import CommitteeReport
    from malstyr_lib.report.interim import InterimReport
    from malstyr_lib.report.key_figures import KeyFiguresReport
    from malstyr_lib.report.unit_sheet import UnitSheet


def namndrapport(namnd: str, ar: int = 0, ogonblicksbild: str = "") -> CommitteeReport:
    """Gör en nämnds rapport, vars delar visas genom att nämnas.

    namnd: nämndens kod, filnamn eller namn. ar: rapportår, 0 för det senaste år som hälften av
    nyckeltalen har nått. ogonblicksbild: en hämtnings id, "" för den senaste.

    Exempel: ms.namndrapport("bn").sammanfattning
    """
    from malstyr_lib.report.committee import committee_report

    return committee_report(namnd, year=ar or None, snapshot=ogonblicksbild or None)


def analysgrupp(ar: int = 0, ogonblicksbild: str = "") -> AnalysisGroupReport:
    """Gör analysgruppens rapport om alla nämnder, vars delar visas genom att nämnas.

    ar: rapportår, 0 för det senaste år som hälften av nyckeltalen har nått. ogonblicksbild: en
    hämtnings id, "" för den senaste.

    Exempel: ms.analysgrupp().sammanfattning
    """
    from malstyr_lib.report.analysis_group import analysis_group_report

    return analysis_group_report(year=ar or None, snapshot=ogonblicksbild or None)


def nyckeltalsrapport(ar: int = 0, ogonblicksbild: str = "") -> KeyFiguresReport:
    """Gör analysrapporten över nyckeltal till fullmäktige, vars delar visas genom att nämnas.

    Den läser vilka färger som publicerades ett tidigare år ur manifestet i output. ar: rapportår, 0
    för det senaste år som hälften av nyckeltalen har nått. ogonblicksbild: en hämtnings id, "" för
    den senaste.

    Exempel: ms.nyckeltalsrapport().skillnader
    """
    from malstyr_lib.report.key_figures import key_figures_report

    return key_figures_report(year=ar or None, snapshot=ogonblicksbild or None)


def delarsrapport(ar: int = 0, ogonblicksbild: str = "") -> InterimReport:
    """Gör kommunens delårsrapport, vars delar visas genom att nämnas.

    ar: rapportår, 0 för det senaste år som hälften av nyckeltalen har nått. ogonblicksbild: en
    hämtnings id, "" för den senaste.

    Exempel: ms.delarsrapport(2025).sammanfattning
    """
    from malstyr_lib.report.interim import interim_report

    return interim_report(year=ar or None, snapshot=ogonblicksbild or None)


def arsredovisning(ar: int = 0, ogonblicksbild: str = "") -> AnnualReport:
    """Gör måluppföljningen i kommunens årsredovisning, vars delar visas genom att nämnas.

    ar: rapportår, 0 för det senaste år som hälften av nyckeltalen har nått. ogonblicksbild: en
    hämtnings id, "" för den senaste.

    Exempel: ms.arsredovisning(2025).sammanfattning
    """
    from malstyr_lib.report.annual import annual_report

    return annual_report(year=ar or None, snapshot=ogonblicksbild or None)


def enhetsblad(enhet: str, ar: int = 0, ogonblicksbild: str = "") -> UnitSheet:
    """Gör en enhets blad för arbetsplatsträffen, vars delar visas genom att nämnas.

    enhet: enhetens id, namn eller mapp, som "bn-forskola-1". ar: rapportår, 0 för det senaste år
    som hälften av nyckeltalen har nått. ogonblicksbild: en hämtnings id, "" för den senaste.

    Exempel: ms.enhetsblad("grundskola-1").fragor
    """
    from malstyr_lib.report.unit_sheet import unit_sheet

    return unit_sheet(enhet, year=ar or None, snapshot=ogonblicksbild or None)
