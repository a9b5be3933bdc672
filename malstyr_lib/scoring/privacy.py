"""What must be hidden beside what is hidden already, so that nothing hidden can be worked out.

Women's and men's values that stand alone, and units. Docs: docs/metod.md section 6.
"""

from __future__ import annotations

import pandas as pd

KEY = ["kpi", "municipality", "period"]
_NO_COUNTY = "00"
"""How Riket's and the regions' codes begin; a municipality's begins with that of its county."""


def paired(observations: pd.DataFrame) -> pd.DataFrame:
    """Return observations in which K and M are known together, and with T, or not at all.

    With the total and one gender known, the other gender could be worked out; and with both
    genders, a total that is hidden. A missing total counts as hidden when any other municipality
    has one for the KPI and year, so observations should be those of all municipalities; Riket and
    the regions do not tell. T is untouched.
    """
    gender, known = observations["gender"], observations["value"].notna()
    either, total = gender.isin(["K", "M"]), known & (gender == "T")
    local = ~observations["municipality"].astype("str").str.startswith(_NO_COUNTY)
    cells = observations[KEY].assign(either=known & either, total=total, usual=total & local)
    of_area = cells.groupby(KEY, observed=True)
    both = of_area["either"].transform("sum") == 2
    usual = cells.groupby(["kpi", "period"], observed=True)["usual"].transform("any")
    whole = of_area["total"].transform("any") | ~usual
    return observations.assign(value=observations["value"].where(~either | (both & whole)))


def small_groups(values: pd.DataFrame) -> pd.DataFrame:
    """Return units' values (tables.OU_OBSERVATIONS) in which no hidden unit is alone.

    Within a municipality, KPI, year and gender: when exactly one unit that has a row is hidden
    (NaN), it could be worked out from the municipality's value and the others, so one more is
    hidden. That is the known unit whose id comes first: the choice tells nothing of the values,
    is the same whatever the order of the rows, and is mostly the same from year to year. A unit
    that is the only one in its municipality has nobody to be hidden with.
    """
    hidden = values["value"].isna()
    units = values[[*KEY, "gender"]].assign(hidden=hidden, known=values["ou"].where(~hidden))
    group = units.astype({"known": "str"}).groupby([*KEY, "gender"], observed=True)
    alone = group["hidden"].transform("sum") == 1
    first = group["known"].transform("min")
    return values.assign(value=values["value"].mask(alone & (values["ou"].astype("str") == first)))
