"""Runs the notebooks and publishes their reports in every form; one that fails stops no other."""

from malstyr_lib.batch.season import Task, Wanted, make_reports, tasks
from malstyr_lib.outcome import DONE, FAILED, Outcome

__all__ = ["DONE", "FAILED", "Outcome", "Task", "Wanted", "make_reports", "tasks"]
