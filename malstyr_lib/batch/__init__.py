"""Runs committees' notebooks and publishes their reports; one that fails stops no other."""

from malstyr_lib.batch.season import make_reports
from malstyr_lib.outcome import DONE, FAILED, Outcome

__all__ = ["DONE", "FAILED", "Outcome", "make_reports"]
