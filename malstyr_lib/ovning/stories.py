"""The stories planted for the exercise municipality, each with its truth, as frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, Literal

import numpy as np

from malstyr_lib.ovning.land import YEARS, Array
from malstyr_lib.tables import GREEN, RED, YELLOW

OWN: Final = "9001"

Kind = Literal[
    "own_effort",
    "others_fell",
    "by_chance",
    "slow",
    "gender_gap",
    "small_unit",
    "ended",
    "immobile",
    "green",
]


@dataclass(frozen=True)
class Story:
    """What was planted and is therefore true: `colours` are those of T against all municipalities.

    `own` gives the municipality's own value in a year, `places` the share of the others that do
    worse. A year with both has the others moved; with a place alone the own value is placed.
    `gap` is women minus men where the story sets it.
    """

    name: str
    kpi: str
    kind: Kind
    sentence: str
    years: tuple[int, ...]
    colours: Mapping[int, str]
    own: Mapping[int, float] = field(default_factory=lambda: MappingProxyType({}))
    places: Mapping[int, float] = field(default_factory=lambda: MappingProxyType({}))
    gap: float | None = None


def _from(first: int, *values: float) -> Mapping[int, float]:
    """Return values year by year from a first year."""
    return MappingProxyType(dict(zip(range(first, first + len(values)), values, strict=True)))


def _all(years: range, colour: str) -> Mapping[int, str]:
    return MappingProxyType(dict.fromkeys(years, colour))


def _green(kpi: str, committee: str) -> Story:
    """Return the story of a KPI that is green every year since 2018."""
    years = range(2018, 2026)
    return Story(
        name=f"grönt för {committee}",
        kpi=kpi,
        kind="green",
        sentence=f"Övninge hör till den bästa fjärdedelen varje år ({committee}).",
        years=tuple(years),
        colours=_all(years, GREEN),
        places=_from(2018, 0.88, 0.90, 0.89, 0.91, 0.90, 0.92, 0.91, 0.90),
    )


STORIES: Final = (
    Story(
        name="egen insats",
        kpi="N15428",
        kind="own_effort",
        sentence=(
            "Behörigheten steg av Övninges egen förbättring, från rött 2021 och 2022 till grönt "
            "2025; de andra kommunerna stod still."
        ),
        years=(2021, 2022, 2023, 2024, 2025),
        colours=MappingProxyType({2021: RED, 2022: RED, 2023: YELLOW, 2024: YELLOW, 2025: GREEN}),
        places=_from(2019, 0.16, 0.13, 0.07, 0.09, 0.40, 0.62, 0.90),
    ),
    Story(
        name="de andra föll",
        kpi="N00090",
        kind="others_fell",
        sentence=(
            "Sjukfrånvaron i Övninge är oförändrad 2022–2025; att den inte längre är röd beror på "
            "att den steg i de andra kommunerna."
        ),
        years=(2022, 2023, 2024, 2025),
        colours=MappingProxyType({2022: RED, 2024: YELLOW, 2025: YELLOW}),
        own=MappingProxyType(
            {
                **_from(2010, 7.6, 7.8, 7.5, 7.9, 8.2, 8.0, 8.4, 8.1),
                **_from(2018, 8.5, 8.2, 8.7, 8.5, 8.8, 8.8, 8.8, 8.8),
            }
        ),
        places=MappingProxyType(
            {
                **_from(2010, 0.14, 0.13, 0.15, 0.14, 0.13, 0.14, 0.15, 0.13),
                **_from(2018, 0.14, 0.15, 0.13, 0.14, 0.14, 0.27, 0.42, 0.52),
            }
        ),
    ),
    Story(
        name="slump",
        kpi="U21468",
        kind="by_chance",
        sentence=(
            "Nivån ligger hela tiden strax under den röda gränsen; 2023 lämnade Övninge rött av "
            "slump och föll tillbaka året därpå."
        ),
        years=(2018, 2019, 2020, 2021, 2022, 2023, 2024, 2025),
        colours=MappingProxyType({**_all(range(2018, 2026), RED), 2023: YELLOW}),
        places=_from(2016, 0.15, 0.14, 0.11, 0.15, 0.12, 0.14, 0.15, 0.41, 0.13, 0.14),
    ),
    Story(
        name="trögrörligt",
        kpi="N31816",
        kind="slow",
        sentence=(
            "Det långvariga biståndet minskar långsamt i Övninge men är rött varje år 2010–2025; "
            "måttet rör sig trögt i alla kommuner."
        ),
        years=tuple(YEARS),
        colours=_all(range(2010, 2026), RED),
        own=MappingProxyType(
            {
                **_from(2010, 2.06, 2.05, 2.01, 2.0, 1.97),
                **_from(2015, 1.95, 1.92, 1.9, 1.86, 1.83, 1.81, 1.77, 1.74, 1.72, 1.68, 1.65),
            }
        ),
    ),
    Story(
        name="könsskillnad",
        kpi="N15505",
        kind="gender_gap",
        sentence=(
            "Flickornas meritvärde ligger långt över pojkarnas, dubbelt så stor skillnad som i de "
            "andra kommunerna; totalen döljer att pojkarna är röda."
        ),
        years=tuple(range(2018, 2026)),
        colours=_all(range(2018, 2026), YELLOW),
        places=_from(2018, 0.38, 0.36, 0.40, 0.38, 0.37, 0.39, 0.38, 0.40),
        gap=62.0,
    ),
    Story(
        name="liten enhet",
        kpi="N15505",
        kind="small_unit",
        sentence=(
            "Lillåns skola har omkring tolv elever; dess meritvärde är lägst i kommunen 2025 och "
            "hoppar mellan åren av slump."
        ),
        years=(2025,),
        colours=MappingProxyType({}),
    ),
    Story(
        name="avslutad serie",
        kpi="U21401",
        kind="ended",
        sentence=(
            "Antalet personal per hemtjänsttagare gick från 22 (rött) 2018 till 16 (gult) 2024; "
            "sedan upphörde mätningen."
        ),
        years=tuple(range(2018, 2025)),
        colours=MappingProxyType({2018: RED, 2019: RED, 2023: YELLOW, 2024: YELLOW}),
        own=_from(2018, 22, 21, 19, 18, 17, 16, 16),
    ),
    Story(
        name="orörligt",
        kpi="N85054",
        kind="immobile",
        sentence="Den skyddade naturen är röd och rör sig inte alls, varken här eller i landet.",
        years=tuple(range(2015, 2026)),
        colours=_all(range(2015, 2026), RED),
        own=_from(2010, *[0.6] * len(YEARS)),
    ),
    _green("N00670", "kommunstyrelsen"),
    _green("N15814", "bildningsnämnden"),
    _green("N21608", "omsorgsnämnden, vård och omsorg"),
    _green("N00973", "omsorgsnämnden, socialtjänst"),
    _green("U07414", "miljö- och samhällsbyggnadsnämnden"),
)


def planted(kpi: str) -> Story | None:
    """Return the story that steers a KPI's values for the municipality as a whole, if any."""
    return next((s for s in STORIES if s.kpi == kpi and s.kind != "small_unit"), None)


def plant(story: Story, values: Array, *, good: int) -> Array:
    """Return a KPI's values (municipality × year) with the story true in the first row.

    `good` is 1 where high values are good and -1 where low ones are.
    """
    told = values.copy()
    for column, year in enumerate(YEARS):
        told[:, column] = _year(story, year, values=values[:, column], good=good)
    return told


def _year(story: Story, year: int, *, values: Array, good: int) -> Array:
    """Return one year's values with the story true; a year the story is silent on is unchanged."""
    own = story.own.get(year)
    if year not in story.places:
        return values if own is None else np.concatenate([[own], values[1:]])
    share = story.places[year] if good > 0 else 1 - story.places[year]
    border = float(np.quantile(values[1:], share))
    if own is None:
        return np.concatenate([[border], values[1:]])
    return np.concatenate([[own], values[1:] + own - border])
