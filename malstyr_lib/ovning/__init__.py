"""The exercise world and the stand-in Kolada server: what a demo, a course and the tests run on."""

from malstyr_lib.ovning.dataset import Dataset
from malstyr_lib.ovning.real import real_figures
from malstyr_lib.ovning.server import Server, serve
from malstyr_lib.ovning.stories import OWN, STORIES, Story
from malstyr_lib.ovning.world import exercise_world

__all__ = [
    "OWN",
    "STORIES",
    "Dataset",
    "Server",
    "Story",
    "exercise_world",
    "real_figures",
    "serve",
]
