"""One KPI's figures in the exercise world: municipality × year, for all, women and men."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from malstyr_lib import model
from malstyr_lib.ovning import stories
from malstyr_lib.ovning.catalogue import NEW_DEFINITION, operating_area
from malstyr_lib.ovning.land import YEARS, Array, Land, Mask, field, kpi_number, standard, stream
from malstyr_lib.ovning.levels import Level, level_of, published, values_at

_ECHO = 0.3  # how much of one year's chance is left the next
_STEP = (0.12, 0.17)  # how far the whole country moves in a year, in spreads
_JUMP = 1.6  # how far a new definition moves everybody, in spreads


@dataclass(frozen=True)
class Series:
    """Values by municipality (rows, the exercise municipality first) and year; NaN is a null.

    `there` tells which cells there are, as municipality × year × (women, men, total).
    """

    kpi: str
    decimals: int
    total: Array
    women: Array
    men: Array
    there: Mask


def series(kpi: model.Kpi, land: Land) -> Series:
    """Return a KPI's complete figures, story and all, before anything goes missing."""
    level, rng = level_of(kpi.id, kpi.title), stream(land.seed, kpi_number(kpi.id))
    story = stories.planted(kpi.id)
    scores = _scores(kpi, level, land=land, rng=rng) + _country(kpi.id, level, rng=rng)
    total = values_at(level, scores)
    if story:
        total = stories.plant(story, total, good=-1 if kpi.direction == "lågt" else 1)
    total = published(level, total)
    women, men = _genders(total, level, rng=rng, own_gap=story.gap if story else None)
    there = np.ones((*total.shape, 3), dtype=bool) & [level.divided, level.divided, True]
    return Series(kpi.id, level.decimals, total, women, men, there)


def margins(of: Series, kpi: str, *, land: Land) -> Series:
    """Return the margins of error of a survey: wide where few were asked, wider by gender."""
    answers = np.clip(land.population / 25, 180, 2_500)[:, None]
    share = np.clip(of.total, 0.5, 99.5)
    total = np.round(1.96 * np.sqrt(share * (100 - share) / answers), 1)
    wider = np.round(total * 1.4, 1)
    return replace(of, kpi=kpi, decimals=1, total=total, women=wider, men=wider)


def headcount(kpi: str, per_inhabitant: float, *, land: Land) -> Series:
    """Return how many persons there are: women and men who make up the total, every year."""
    rng = stream(land.seed, kpi_number(kpi))
    growth = rng.normal(0.003, 0.006, (len(land.codes), 1)) * np.arange(len(YEARS))
    total = np.round(per_inhabitant * land.population[:, None] * np.exp(growth))
    women = np.round(total * rng.uniform(0.47, 0.53, (len(total), 1)))
    there = np.ones((*total.shape, 3), dtype=bool)
    return Series(kpi, 0, total, women, total - women, there)


def _scores(kpi: model.Kpi, level: Level, *, land: Land, rng: np.random.Generator) -> Array:
    """Return standard scores: a lasting part, shared with neighbouring KPIs, and a passing one."""
    size = (len(land.codes), len(YEARS))
    shared = 0.45 * land.strength + 0.4 * field(land, operating_area(kpi.id)) + 0.2 * land.county
    sign = -1 if kpi.direction == "lågt" else 1
    lasting = standard(sign * shared + 0.75 * rng.standard_normal(size[0]))
    passing = _echoing(rng.standard_normal(size))
    weight = max(0.0, (level.persistence - _ECHO) / (1 - _ECHO))
    return np.asarray(np.sqrt(weight) * lasting[:, None] + np.sqrt(1 - weight) * passing)


def _echoing(chance: Array) -> Array:
    """Return chance with SD 1 in which a part of each year's is left the year after."""
    echoed = chance.copy()
    for year in range(1, chance.shape[1]):
        fresh = np.sqrt(1 - _ECHO**2) * chance[:, year]
        echoed[:, year] = _ECHO * echoed[:, year - 1] + fresh
    return echoed


def _country(kpi: str, level: Level, *, rng: np.random.Generator) -> Array:
    """Return how far the whole country lies from the centre each year, in spreads.

    A story needs a country that stands still: there the steps only go up and down.
    """
    steps = rng.uniform(*_STEP, len(YEARS)) * min(1.0, max(0.4, 4 * (1 - level.persistence)))
    signs = rng.choice([-1.0, 1.0], len(YEARS))
    if stories.planted(kpi):
        signs = np.resize([1.0, -1.0], len(YEARS))
    path = np.cumsum(steps * signs)
    jump = np.where(np.array(YEARS) >= NEW_DEFINITION[1], _JUMP, 0.0)
    return np.asarray(path - path.mean() + jump * (kpi == NEW_DEFINITION[0]))


def _genders(
    total: Array, level: Level, *, rng: np.random.Generator, own_gap: float | None
) -> tuple[Array, Array]:
    """Return women's and men's values, on either side of the total and weighing up to it."""
    women_share = rng.uniform(0.44, 0.56, (len(total), 1))
    lasting = rng.standard_normal((len(total), 1))
    gap = level.gap + level.spread * (0.15 * lasting + 0.1 * rng.standard_normal(total.shape))
    if own_gap is not None:
        gap[0] = own_gap + 0.03 * own_gap * rng.standard_normal(len(YEARS))
    women = published(level, total + (1 - women_share) * gap)
    return women, published(level, total - women_share * gap)
