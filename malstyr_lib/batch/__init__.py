"""Runs the notebooks and publishes their reports in every form; one that fails stops no other."""

from malstyr_lib.batch.job import Job
from malstyr_lib.batch.season import Followed, Plan, Wanted, jobs, make_reports
from malstyr_lib.outcome import DONE, FAILED, Outcome

__all__ = ["DONE", "FAILED", "Followed", "Job", "Outcome", "Plan", "Wanted", "jobs", "make_reports"]
