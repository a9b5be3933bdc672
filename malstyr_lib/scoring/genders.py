"""Women's and men's values: one that stands alone is hidden, so that no other can be derived.

Docs: docs/metod.md section 6.
"""

from __future__ import annotations

import pandas as pd

KEY = ["kpi", "municipality", "period"]


def paired(observations: pd.DataFrame) -> pd.DataFrame:
    """Return observations in which K and M are known together or not at all; T is untouched.

    With the total and one gender known, the other gender could be worked out.
    """
    either = observations["gender"].isin(["K", "M"])
    known = observations[either & observations["value"].notna()]
    amounts = known.groupby(KEY, observed=True).size()
    of_each = amounts.reindex(pd.MultiIndex.from_frame(observations[KEY])).to_numpy()
    return observations.assign(value=observations["value"].where(~either | (of_each == 2)))
