"""The science of red: pure, tables in and tables out (docs/metod.md).

From one series (`colours`, `trend`) to one municipality (`score`, `Evidence`, `findings`) and all
of them (`sweep`, `mobilities`).
"""

from malstyr_lib.scoring.colour import colours
from malstyr_lib.scoring.cube import cube
from malstyr_lib.scoring.decompose import decompose_shift
from malstyr_lib.scoring.evidence import Evidence
from malstyr_lib.scoring.groups import Group, groups_of, pinned
from malstyr_lib.scoring.history import history
from malstyr_lib.scoring.privacy import paired, small_groups
from malstyr_lib.scoring.scores import latest, score
from malstyr_lib.scoring.shift import Shift
from malstyr_lib.scoring.spells import kaplan_meier
from malstyr_lib.scoring.trend import trend

__all__ = [
    "Evidence",
    "Group",
    "Shift",
    "colours",
    "cube",
    "decompose_shift",
    "groups_of",
    "history",
    "kaplan_meier",
    "latest",
    "paired",
    "pinned",
    "score",
    "small_groups",
    "trend",
]
