"""The science of red: pure, tables in and tables out (docs/metod.md).

From one series (`colours`, `trend`) to one municipality (`score`, `Evidence`, `findings`) and all
of them (`sweep`, `mobilities`).
"""

from malstyr_lib.scoring import findings, overall
from malstyr_lib.scoring.agreement import Agreement, agreement
from malstyr_lib.scoring.blind import blind_spots
from malstyr_lib.scoring.breaks import Break
from malstyr_lib.scoring.colour import colours
from malstyr_lib.scoring.compare import Change, compared_change
from malstyr_lib.scoring.cube import Cube, cube
from malstyr_lib.scoring.decompose import Decomposition, decompose_shift
from malstyr_lib.scoring.evidence import Evidence
from malstyr_lib.scoring.expected import RedBand, RollUp, ShiftBand, red_band, rolled_up, shift_band
from malstyr_lib.scoring.groups import Group, group, groups_of, pinned
from malstyr_lib.scoring.history import history
from malstyr_lib.scoring.intervals import Interval, count_interval, newcombe, wilson
from malstyr_lib.scoring.limits import Limits, limits
from malstyr_lib.scoring.margin import Certainty, uncertain
from malstyr_lib.scoring.privacy import paired, small_groups
from malstyr_lib.scoring.scores import latest, score
from malstyr_lib.scoring.shift import Shift, every_shift
from malstyr_lib.scoring.slow import Mobility, mobilities
from malstyr_lib.scoring.spells import KaplanMeier, kaplan_meier, red_spells
from malstyr_lib.scoring.sweep import Sweep
from malstyr_lib.scoring.trend import Trend, secured, slopes, slow_trend, trend

__all__ = [
    "Agreement",
    "Break",
    "Certainty",
    "Change",
    "Cube",
    "Decomposition",
    "Evidence",
    "Group",
    "Interval",
    "KaplanMeier",
    "Limits",
    "Mobility",
    "RedBand",
    "RollUp",
    "Shift",
    "ShiftBand",
    "Sweep",
    "Trend",
    "agreement",
    "blind_spots",
    "colours",
    "compared_change",
    "count_interval",
    "cube",
    "decompose_shift",
    "every_shift",
    "findings",
    "group",
    "groups_of",
    "history",
    "kaplan_meier",
    "latest",
    "limits",
    "mobilities",
    "newcombe",
    "overall",
    "paired",
    "pinned",
    "red_band",
    "red_spells",
    "rolled_up",
    "score",
    "secured",
    "shift_band",
    "slopes",
    "slow_trend",
    "small_groups",
    "trend",
    "uncertain",
    "wilson",
]
