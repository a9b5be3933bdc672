"""Groups of similar municipalities: seven of the nearest, in twelve areas, as Kolada makes them."""

from __future__ import annotations

from typing import Final, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from malstyr_lib import tables
from malstyr_lib.ovning import names
from malstyr_lib.ovning.catalogue import members
from malstyr_lib.ovning.land import YEARS, Land, field, standard, stream

Retrieval = Literal[1, 2]

AREAS: Final = (
    "ekonomiskt bistånd",
    "socioekonomi",
    "äldreomsorg",
    "arbetsmarknad",
    "räddningstjänst",
    "grundskola",
    "gymnasieskola",
    "IFO",
    "LSS",
    "fritidshem",
    "förskola",
    "övergripande",
)
SEVEN: Final = 7
_CHANGED: Final = 0.1
_ALWAYS_CHANGED: Final = ("grundskola", "övergripande")
_STREAM: Final = 3


def similar_groups(land: Land, retrieval: Retrieval) -> pd.DataFrame:
    """Return the groups of every area and municipality; a later retrieval has changed some."""
    titles = names.municipalities()
    rows = [
        {
            "id": f"G1{number:02d}{own:03d}",
            "title": _title(area, titles[land.codes[own]]),
            "members": members((land.codes[other], titles[land.codes[other]]) for other in nearest),
        }
        for number, area in enumerate(AREAS)
        for own, nearest in enumerate(_chosen(land, number, retrieval=retrieval))
    ]
    return tables.of_rows(tables.GROUPS, rows)


def _title(area: str, name: str) -> str:
    """Return a group's title as Kolada writes it: the overall area has a comma before it."""
    comma = "," if area == "övergripande" else ""
    return f"Liknande kommuner{comma} {area}, {name}, {YEARS[-1]}"


def _chosen(land: Land, area: int, *, retrieval: Retrieval) -> npt.NDArray[np.int64]:
    """Return the seven members of each municipality's group in one area, by code."""
    nearest = _nearest(land, AREAS[area])
    chosen = nearest[:, :SEVEN]
    if retrieval == 2:
        changed = stream(land.seed, _STREAM, area).random(len(chosen)) < _CHANGED
        changed[0] = AREAS[area] in _ALWAYS_CHANGED
        replaced = np.concatenate([nearest[:, : SEVEN - 2], nearest[:, SEVEN : SEVEN + 2]], axis=1)
        chosen = np.where(changed[:, None], replaced, chosen)
    return np.sort(chosen, axis=1)


def _nearest(land: Land, area: str) -> npt.NDArray[np.int64]:
    """Return every municipality's nearest others, itself left out, the very nearest first."""
    traits = (land.strength, standard(np.log(land.population)), field(land, area), land.county)
    apart = np.sum([np.subtract.outer(trait, trait) ** 2 for trait in traits], axis=0)
    np.fill_diagonal(apart, np.inf)
    return np.argsort(apart, axis=1, kind="stable")[:, : SEVEN + 2]
