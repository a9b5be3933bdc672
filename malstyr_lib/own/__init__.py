"""Own measures judged: the municipality's fresh figures, pure, with a reason in every row.

`with_history` first, then `standings` (newest value against target, year before and the usual),
`hidden_by_average` (parts that go another way than the whole) and `two_speeds` (beside Kolada).
An own measure is never red: it reaches its target, or does not, or has none.
"""

from malstyr_lib.own.hidden import hidden_by_average, main_point
from malstyr_lib.own.lines import part_names
from malstyr_lib.own.speeds import TwoSpeeds, two_speeds
from malstyr_lib.own.standings import standings
from malstyr_lib.own.succession import with_history

__all__ = [
    "TwoSpeeds",
    "hidden_by_average",
    "main_point",
    "part_names",
    "standings",
    "two_speeds",
    "with_history",
]
