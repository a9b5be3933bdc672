"""Charts as values: a table in, a `Chart` out; nothing is shown or saved here."""

from malstyr_lib.charts.chart import Chart, font_folder
from malstyr_lib.charts.dumbbell import dumbbell
from malstyr_lib.charts.flow import flow
from malstyr_lib.charts.funnel import funnel
from malstyr_lib.charts.heatmap import MOST_ROWS, HeatRow, heatmap
from malstyr_lib.charts.own import own_lines
from malstyr_lib.charts.slope import slope
from malstyr_lib.charts.small import Panel, small_trends
from malstyr_lib.charts.steps import steps
from malstyr_lib.charts.strip import SIMILAR_WORDS, strip
from malstyr_lib.charts.trend import trend

__all__ = [
    "MOST_ROWS",
    "SIMILAR_WORDS",
    "Chart",
    "HeatRow",
    "Panel",
    "dumbbell",
    "flow",
    "font_folder",
    "funnel",
    "heatmap",
    "own_lines",
    "slope",
    "small_trends",
    "steps",
    "strip",
    "trend",
]
