"""The KPI objects of the exercise world: twelve fields each, as Kolada's catalogue has them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

import pandas as pd

from malstyr_lib import kpi_title, model, tables
from malstyr_lib.ovning.land import YEARS
from malstyr_lib.ovning.levels import level_of

MARGIN_OF: Final = ("N01452", "N01453")
PUPILS_OF: Final = ("N15505", "N15809")
BASES: Final = {"N01951": 1.0, "N00053": 0.08}
"""The bases that shares of persons can have, and how many of them there are per inhabitant."""
HOMES: Final = "U23471"
UNIT_KPIS: Final = (*PUPILS_OF, HOMES)
_EXTRA_TITLES: Final = {
    "N01453": "Osäkerhetstal - Invånare 16-84 år med allvarlig psykisk påfrestning, andel (%)",
    "N15809": "Elever i kommunal grundskola belägen i kommunen åk 1-9, antal",
    "N01951": "Invånare totalt, antal",
    "N00053": "Månadsavlönade totalt, kommun, antal",
}
_AREAS: Final = (
    (r".11", "Förskoleverksamhet"),
    (r".15", "Grundskola åk 0-9 inkl förskoleklass"),
    (r".17", "Gymnasieskola åk 1-3"),
    (r".18", "Vuxenutbildning"),
    (r".2", "Äldre och funktionshinder"),
    (r".3", "Individ- och familjeomsorg"),
    (r".09", "Kultur och fritid"),
    (r".01|.0092|.00957", "Hälso- och sjukvård"),
    (r".02|.039|.0097", "Arbetsmarknad"),
    (r".05", "Demokrati"),
    (r".07|.45|.85|.004|.005", "Infrastruktur, miljö- och hälsoskydd mm"),
    (r"", "Kommunen, övergripande"),
)
_FOR_REGIONS_TOO: Final = ("Hälso- och sjukvård", "Arbetsmarknad", "Demokrati")
# When the figures of a year come: how many years later, and which day; the first match counts.
_RHYTHM: Final = (
    (r"Brukarbedömning|Enhetsundersökningen", (0, "10-04")),
    (r"åk\.? ?[3689] |betygskriterierna", (0, "09-25")),
    (r"Invånare 1|Invånare med fetma|Medborgarundersökningen", (0, "12-16")),
    (r"\(%\)$|[Ii]ndex|antal", (1, "06-10")),
    (r"kr\b|kronor|Soliditet|Självfinansiering", (1, "08-28")),
    (r"", (1, "03-06")),
)
_OWN_MEASURE: Final = r"^(Väntetid|Utredningstid|Handläggningstid|Medarbetarengagemang|HME)"
NEW_DEFINITION: Final = ("U07453", 2024)


def with_extras(kpis: Sequence[model.Kpi]) -> dict[str, str]:
    """Return id → title of the KPIs, sorted, with those that belong to others among them."""
    titles = {kpi.id: kpi.title for kpi in kpis}
    extras = [extra for asked, extra in (MARGIN_OF, PUPILS_OF) if asked in titles]
    extras += [kpi.base for kpi in kpis if kpi.base in BASES]
    return dict(sorted(({extra: _EXTRA_TITLES[extra] for extra in extras} | titles).items()))


def operating_area(kpi: str) -> str:
    """Return the operating area that a KPI's id places it in."""
    return next(area for start, area in _AREAS if re.match(start, kpi))


def for_regions(kpi: str) -> bool:
    """Return whether regions have values of a KPI too."""
    return for_the_nation(kpi) and operating_area(kpi) in _FOR_REGIONS_TOO


def for_the_nation(kpi: str) -> bool:
    """Return whether a mean says something of a larger area: of a count or a margin it does not."""
    return kpi not in _EXTRA_TITLES


def kpi_table(titles: dict[str, str]) -> pd.DataFrame:
    """Return the KPI objects as a table."""
    return tables.of_rows(tables.KPIS, [_object(kpi, title) for kpi, title in titles.items()])


def kpi_groups(titles: dict[str, str]) -> pd.DataFrame:
    """Return Kolada-like groups of KPIs: one per operating area that has at least two."""
    areas: dict[str, list[str]] = {}
    for kpi in titles:
        areas.setdefault(operating_area(kpi), []).append(kpi)
    chosen = [area for area in sorted(areas) if len(areas[area]) > 1]
    rows = [
        {
            "id": f"G2KPI9{number:05d}",
            "title": f"Övning: {area}",
            "members": members((kpi, titles[kpi]) for kpi in areas[area]),
        }
        for number, area in enumerate(chosen)
    ]
    return tables.of_rows(tables.GROUPS, rows)


def members(pairs: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    """Return (id, title) pairs as the API writes members."""
    return [{"member_id": member, "member_title": title} for member, title in pairs]


def _object(kpi: str, title: str) -> dict[str, Any]:
    return {
        "id": kpi,
        "title": title,
        "description": _description(kpi, title),
        "is_divided_by_gender": _divided(kpi, title),
        "municipality_type": "A" if for_regions(kpi) else "K",
        "auspice": _auspice(title),
        "operating_area": operating_area(kpi),
        "perspective": _perspective(title),
        "prel_publication_date": None,
        "has_ou_data": kpi in UNIT_KPIS,
        **_publication(title),
    }


def _divided(kpi: str, title: str) -> bool:
    """Return whether a KPI has values of women and men; margins do, counts of pupils do not."""
    own = level_of(kpi, title).divided
    return {MARGIN_OF[1]: True, PUPILS_OF[1]: False, **dict.fromkeys(BASES, True)}.get(kpi, own)


def _description(kpi: str, title: str) -> str:
    """Return an invented description, marked as exercise data and as invented."""
    change = ""
    if kpi == NEW_DEFINITION[0]:
        change = f" Ny definition fr.o.m. {NEW_DEFINITION[1]}, inte jämförbar med tidigare år."
    if title.startswith("Osäkerhetstal"):
        change = " Värdet ± osäkerhetstalet ringar in det sanna värdet."
    basis = "\u00a0Uppgiften avser läsår.\\n" if kpi[1:3] == "15" else " "
    return f"ÖVNINGSDATA. Påhittade värden för {title}.{change}{basis}Källa: påhittad."


def _auspice(title: str) -> str:
    """Return who provides: E the municipality's own, T all it pays for, X not applicable."""
    if re.search(r"kommunal[at]? |bland anställda|, kommun,|kommunorganisationen", title):
        return "E"
    return "T" if re.search(r"hemkommun|hemtjänst|boende|LSS|bistånd", title) else "X"


def _perspective(title: str) -> str:
    """Return which of Kolada's four perspectives a title belongs to."""
    if re.search(r"[Kk]ostnad|kr\b|Soliditet|[Ss]jukfrånvaro|anställda|Resurs", title):
        return "Resurser"
    if re.search(r"antal/|[Aa]rbetslös|biståndsmottagare", title):
        return "Volymer"
    return "Övrigt" if "avvikelse" in title else "Kvalitet och resultat"


def _publication(title: str) -> dict[str, str | None]:
    """Return when the next year is published; own measures and ended series have no date."""
    if kpi_title.ended_year(title) or re.search(_OWN_MEASURE, title):
        return {"publication_date": None, "publ_period": None}
    later, day = next(when for kind, when in _RHYTHM if re.search(kind, title))
    following = YEARS[-1] + 1
    return {"publication_date": f"{following + later}-{day}", "publ_period": str(following)}
