"""The exercise world: KPIs in, one invented Sweden as a `Dataset` out; same seed, same bytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import pandas as pd

from malstyr_lib import model, tables
from malstyr_lib.ovning import catalogue, names, units
from malstyr_lib.ovning.dataset import STATUSES, Dataset, category
from malstyr_lib.ovning.holes import with_holes
from malstyr_lib.ovning.land import YEARS, Array, Land, Mask, land, stream
from malstyr_lib.ovning.series import Series, headcount, margins, series
from malstyr_lib.ovning.similar import Retrieval, similar_groups
from malstyr_lib.ovning.skr import skr_groups

FILLED_IN: Final = (
    "ÖVNINGSDATA: kommuner, enheter och alla värden är påhittade; inget är hämtat från Kolada.",
    "Nyckeltalens id och rubriker är Koladas, men deras beskrivningar är påhittade.",
)
_GENDERS: Final = ("K", "M", "T")
_REVISED_EVERY: Final = 20  # every so many KPIs
_REVISED_SHARE: Final = 0.05
_REVISION: Final = 5


def exercise_world(
    kpis: Sequence[model.Kpi], seed: int = 2026, *, retrieval: Retrieval = 1
) -> Dataset:
    """Return the invented Sweden that a seed gives, with figures for the KPIs passed in.

    A KPI's figures do not depend on which others are passed in. `retrieval` 2 is the same world
    fetched later: a tenth of the groups of similar municipalities have changed members under the
    same id, and a few values are revised; never those of the exercise municipality.
    """
    where, titles = land(seed), catalogue.with_extras(kpis)
    everyone = _all_series(kpis, where, titles=titles)
    schools_and_homes = _units(everyone, where)
    for part in schools_and_homes:
        if part.kpi not in everyone:
            everyone[part.kpi] = units.pupil_series(part, everyone[catalogue.PUPILS_OF[0]])
    return Dataset(
        kpis=catalogue.kpi_table(titles),
        kpi_groups=catalogue.kpi_groups(titles),
        municipalities=_areas(),
        municipality_groups=_groups(where, retrieval),
        ous=units.ou_table(schools_and_homes),
        values=_observations(everyone, where, retrieval=retrieval),
        ou_values=units.ou_observations(schools_and_homes),
        filled_in=FILLED_IN,
    )


def _all_series(
    kpis: Sequence[model.Kpi], where: Land, *, titles: Mapping[str, str]
) -> dict[str, Series]:
    """Return every KPI's figures as collected; a margin follows its survey, a base the people."""
    full = {kpi.id: series(kpi, where) for kpi in kpis}
    made = {kpi: with_holes(full[kpi], titles[kpi], land=where) for kpi in full}
    survey, margin = catalogue.MARGIN_OF
    if survey in made:
        made[margin] = margins(made[survey], margin, land=where)
    bases = [kpi for kpi in catalogue.BASES if kpi in titles and kpi not in made]
    return made | {kpi: headcount(kpi, catalogue.BASES[kpi], land=where) for kpi in bases}


def _units(everyone: Mapping[str, Series], where: Land) -> list[units.Units]:
    """Return the units of the KPIs that have them and are passed in."""
    marks, pupils = catalogue.PUPILS_OF
    found = [*units.schools(everyone[marks], where, pupils=pupils)] if marks in everyone else []
    if catalogue.HOMES in everyone:
        found.append(units.homes(everyone[catalogue.HOMES], where))
    return found


def _groups(where: Land, retrieval: Retrieval) -> pd.DataFrame:
    """Return the groups of similar municipalities and SKR's, sorted by id."""
    parts = [similar_groups(where, retrieval), skr_groups(where)]
    return pd.concat(parts, ignore_index=True)


def _areas() -> pd.DataFrame:
    large = {tables.NATION: "Riket", **names.counties()}
    small = names.municipalities()
    columns = {
        "id": [*large, *small],
        "title": [*large.values(), *small.values()],
        "type": ["L"] * len(large) + ["K"] * len(small),
    }
    return tables.frame(tables.MUNICIPALITIES, columns)


def _observations(
    everyone: Mapping[str, Series], where: Land, *, retrieval: Retrieval
) -> pd.DataFrame:
    """Return all figures in long form, sorted by KPI, area, year and gender."""
    kpis, areas = sorted(everyone), [tables.NATION, *names.counties(), *where.codes]
    parts = []
    for number, kpi in enumerate(kpis):
        revise = retrieval == 2 and number % _REVISED_EVERY == 0
        values, there = _with_larger_areas(everyone[kpi], where)
        if revise:
            values = _revised(values, number, where=where, decimals=everyone[kpi].decimals)
        at = np.nonzero(there)
        parts.append((np.full(len(at[0]), number), *at, values[there]))
    which, area, year, gender, value = (np.concatenate(c) for c in zip(*parts, strict=True))
    return pd.DataFrame(
        {
            "kpi": category(which, kpis),
            "municipality": category(area, areas),
            "period": year.astype(np.int64) + YEARS[0],
            "gender": category(gender, _GENDERS),
            "value": value,
            "status": category(np.isnan(value), STATUSES),
        }
    )


def _with_larger_areas(one: Series, where: Land) -> tuple[Array, Mask]:
    """Return area × year × gender with Riket and the regions first, and which cells there are.

    They are means weighed by inhabitants. Regions have rows only of the KPIs that concern them.
    """
    local = np.stack([one.women, one.men, one.total], axis=2)
    known = np.where(one.there, local, np.nan)
    regions = known.reshape(len(names.counties()), names.PER_COUNTY, *known.shape[1:])
    people = where.population.reshape(regions.shape[:2])
    large = [_mean(known, where.population, axis=0)[None], _mean(regions, people, axis=1)]
    means = _totals_between(np.round(np.concatenate(large), one.decimals))
    large_there = ~np.isnan(means) & catalogue.for_the_nation(one.kpi)
    large_there[1:] &= catalogue.for_regions(one.kpi)
    return np.concatenate([means, local]), np.concatenate([large_there, one.there])


def _totals_between(means: Array) -> Array:
    """Return means whose total lies between women's and men's, though other areas were missing."""
    women, men, total = np.moveaxis(means, -1, 0)
    between = np.fmax(np.fmin(total, np.fmax(women, men)), np.fmin(women, men))
    return np.stack([women, men, np.where(np.isnan(total), total, between)], axis=-1)


def _mean(values: Array, people: Array, *, axis: int) -> Array:
    """Return means over one axis weighed by inhabitants, NaN where nobody has a value."""
    weights = people[..., None, None] * ~np.isnan(values)
    total = weights.sum(axis=axis)
    products = np.where(weights > 0, values, 0.0) * weights
    return np.asarray(
        np.divide(products.sum(axis=axis), total, out=np.full(total.shape, np.nan), where=total > 0)
    )


def _revised(values: Array, number: int, *, where: Land, decimals: int) -> Array:
    """Return one KPI's values as a later retrieval has them: a few rows of the last years lower."""
    chosen = stream(where.seed, _REVISION, number).random(values.shape[:2]) < _REVISED_SHARE
    chosen[:, :-2] = False
    chosen[: len(names.counties()) + 2] = False  # Riket, the regions and the own municipality
    lower = np.round(values - 2 * 10.0**-decimals, decimals)
    return np.where(chosen[:, :, None] & (values > 5), lower, values)
