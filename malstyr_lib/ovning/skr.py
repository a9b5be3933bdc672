"""SKR's nine groups of municipalities in the exercise world: every municipality is in one."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from malstyr_lib import tables
from malstyr_lib.ovning import names
from malstyr_lib.ovning.catalogue import members
from malstyr_lib.ovning.land import Counts, Land, stream

# Title, how many municipalities, and what puts a municipality there before those not yet placed.
_CLASSES: Final = (
    ("Storstäder", 3, "people"),
    ("Större stad", 23, "people"),
    ("Pendlingskommun nära storstad", 43, "commuters"),
    ("Mindre stad/tätort", 27, "people"),
    ("Pendlingskommun nära större stad", 63, "commuters"),
    ("Lågpendlingskommun nära större stad", 24, "commuters"),
    ("Pendlingskommun nära mindre tätort", 51, "people"),
    ("Landsbygdskommun med besöksnäring", 21, "visitors"),
    ("Landsbygdskommun, ej nära större stad", 35, "people"),
)
_FIRST_ID: Final = 199_000
_STREAM: Final = 6


def skr_groups(land: Land) -> pd.DataFrame:
    """Return the nine groups, as large as in Sweden; no retrieval changes them."""
    titles, placed = names.municipalities(), _placed(land)
    rows = []
    for number, (title, _, _) in enumerate(_CLASSES):
        codes = [land.codes[at] for at in np.flatnonzero(placed == number)]
        told = members((code, titles[code]) for code in codes)
        rows.append(
            {"id": f"G{_FIRST_ID + number}", "title": f"{title} (ovägt medel)", "members": told}
        )
    return tables.of_rows(tables.GROUPS, rows)


def _placed(land: Land) -> Counts:
    """Return which of the nine groups each municipality is in, by code."""
    rng = stream(land.seed, _STREAM)
    reasons = {
        "people": land.population,
        "commuters": rng.standard_normal(len(land.codes)),
        "visitors": rng.standard_normal(len(land.codes)),
    }
    placed = np.full(len(land.codes), -1)
    for number, (_, size, reason) in enumerate(_CLASSES):
        most = np.argsort(-reasons[reason], kind="stable")
        placed[most[placed[most] < 0][:size]] = number
    return placed
