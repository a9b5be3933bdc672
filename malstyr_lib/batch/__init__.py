"""Runs the notebooks and publishes their reports in every form; one that fails stops no other."""

from malstyr_lib.batch.job import Job
from malstyr_lib.batch.planning import Home, Plan, Wanted, jobs
from malstyr_lib.batch.season import Followed, make_everywhere
from malstyr_lib.outcome import Outcome

__all__ = ["Followed", "Home", "Job", "Outcome", "Plan", "Wanted", "jobs", "make_everywhere"]
