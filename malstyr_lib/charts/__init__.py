"""Charts as values: a table in, a `Chart` out; nothing is shown or saved here."""

from malstyr_lib.charts.chart import Chart, font_folder
from malstyr_lib.charts.dumbbell import dumbbell
from malstyr_lib.charts.funnel import funnel
from malstyr_lib.charts.own import own_lines
from malstyr_lib.charts.steps import steps
from malstyr_lib.charts.strip import SIMILAR_WORDS, strip
from malstyr_lib.charts.trend import trend

__all__ = [
    "SIMILAR_WORDS",
    "Chart",
    "dumbbell",
    "font_folder",
    "funnel",
    "own_lines",
    "steps",
    "strip",
    "trend",
]
