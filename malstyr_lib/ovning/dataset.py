"""What a Kolada server holds: five tables and the two long tables of values, frozen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

STATUSES: Final = ("", "Missing")  # of a cell that has a value, and of one that has none


@dataclass(frozen=True)
class Dataset:
    """Everything one retrieval of Kolada would give, each table under its contract in `tables`.

    In `values` and `ou_values` the text columns are categories, which hold the same text in a
    twentieth of the memory. `members` of a group is a list of {"member_id", "member_title"}.
    `filled_in` says, in Swedish sentences, what was filled in rather than published.
    """

    kpis: pd.DataFrame
    kpi_groups: pd.DataFrame
    municipalities: pd.DataFrame
    municipality_groups: pd.DataFrame
    ous: pd.DataFrame
    values: pd.DataFrame
    ou_values: pd.DataFrame
    filled_in: tuple[str, ...]


def category(codes: npt.NDArray[Any], words: Sequence[str]) -> pd.Categorical:
    """Return codes as the words they stand for: 0 is the first word."""
    return pd.Categorical.from_codes(codes.astype(np.int64), pd.Index(list(words), dtype="str"))
