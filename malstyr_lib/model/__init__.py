"""The steering model: what a municipality has decided to steer by, as frozen types.

From the council's goals down to a unit's activity, and back up by what is said of it.
"""

from malstyr_lib.model.fields import CODE_PATTERN, ID_PATTERN, KPI_PATTERN, LINT_PATTERN, Frozen
from malstyr_lib.model.followup import (
    MONTHS,
    OPEN,
    PERIOD_FORMS,
    Activity,
    Cause,
    Measure,
    Note,
    Pace,
    Question,
    Report,
    Status,
    pace_of,
)
from malstyr_lib.model.goals import CommitteeGoal, CouncilGoal, Expectation, Range, Target
from malstyr_lib.model.organisation import (
    FILE_NAME,
    Administration,
    Committee,
    Part,
    Unit,
    Waiver,
    in_force,
)
from malstyr_lib.model.steering import FocusArea, Kpi, Municipality, Perspective, SteeringModel

__all__ = [
    "CODE_PATTERN",
    "FILE_NAME",
    "ID_PATTERN",
    "KPI_PATTERN",
    "LINT_PATTERN",
    "MONTHS",
    "OPEN",
    "PERIOD_FORMS",
    "Activity",
    "Administration",
    "Cause",
    "Committee",
    "CommitteeGoal",
    "CouncilGoal",
    "Expectation",
    "FocusArea",
    "Frozen",
    "Kpi",
    "Measure",
    "Municipality",
    "Note",
    "Pace",
    "Part",
    "Perspective",
    "Question",
    "Range",
    "Report",
    "Status",
    "SteeringModel",
    "Target",
    "Unit",
    "Waiver",
    "in_force",
    "pace_of",
]
