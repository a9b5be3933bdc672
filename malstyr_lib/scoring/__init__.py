"""Colours, ranks and gaps of key figures: pure, tables in and tables out (docs/metod.md)."""

from malstyr_lib.scoring.colour import colours
from malstyr_lib.scoring.cube import Cube, cube
from malstyr_lib.scoring.groups import Group, group, groups_of
from malstyr_lib.scoring.history import history
from malstyr_lib.scoring.privacy import paired
from malstyr_lib.scoring.scores import latest, score
from malstyr_lib.scoring.shift import Shift, shifts

__all__ = [
    "Cube",
    "Group",
    "Shift",
    "colours",
    "cube",
    "group",
    "groups_of",
    "history",
    "latest",
    "paired",
    "score",
    "shifts",
]
