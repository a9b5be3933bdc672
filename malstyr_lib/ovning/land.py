"""Who lives in the exercise world: the size and the lasting circumstances of its municipalities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from malstyr_lib.ovning import names

Array = npt.NDArray[np.floating[Any]]
Counts = npt.NDArray[np.integer[Any]]
Mask = npt.NDArray[np.bool_]

YEARS: Final = tuple(range(2010, 2026))
_LAND_STREAM: Final = 0
_AREA_STREAM: Final = 1
_OWN_POPULATION: Final = 15_400.0


@dataclass(frozen=True)
class Land:
    """The 290 municipalities in the order of their codes; what is latent has mean 0 and SD 1.

    `strength` is how well off the people are, `county` what the county's municipalities share.
    """

    seed: int
    codes: tuple[str, ...]
    population: Array
    strength: Array
    county: Array


def stream(seed: int, *path: int) -> np.random.Generator:
    """Return the random numbers of one part of the world, independent of every other part."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, *path])))


def kpi_number(kpi: str) -> int:
    """Return a number of its own for a KPI id, to name its stream."""
    return ord(kpi[0]) * 100_000 + int(kpi[1:])


def land(seed: int) -> Land:
    """Return the municipalities of the world that a seed gives."""
    codes = tuple(names.municipalities())
    rng = stream(seed, _LAND_STREAM)
    size = standard(rng.standard_normal(len(codes)))
    county = standard(np.repeat(rng.standard_normal(len(names.counties())), names.PER_COUNTY))
    strength = standard(0.35 * size + 0.3 * county + 0.9 * rng.standard_normal(len(codes)))
    population = np.round(16_000 * np.exp(0.95 * size))
    population[0] = _OWN_POPULATION
    return Land(seed, codes, population, strength, county)


def standard(numbers: Array) -> Array:
    """Return numbers moved and scaled to mean 0 and SD 1."""
    return np.asarray((numbers - numbers.mean()) / numbers.std())


def field(land: Land, operating_area: str) -> Array:
    """Return how well the municipalities do in one operating area, whatever the KPI measures."""
    letters = list(operating_area.encode())
    return standard(stream(land.seed, _AREA_STREAM, *letters).standard_normal(len(land.codes)))
