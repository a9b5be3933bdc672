"""A property as two tests: a few cases by default, and ten thousand with `pytest --slow`."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import wraps
from inspect import Parameter, Signature
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings

FEW: Final = 25
MANY: Final = 10_000
HEAVY_FEW: Final = 8
HEAVY_MANY: Final = 1_000

SLOW: Final = "TESTS_SLOW"
"""The variable that conftest sets for `--slow`, before the tests are read."""

Rule = Callable[..., None]


def property_test(*strategies: Any, **named: Any) -> Callable[[Rule], Rule]:
    """Turn a rule over drawn values into a test of few cases and a slow one of many.

    strategies: as for hypothesis' `given`; the rule may use no fixtures.
    """
    return _both(FEW, MANY, given(*strategies, **named))


def heavy_property_test(*strategies: Any, **named: Any) -> Callable[[Rule], Rule]:
    """As `property_test`, of fewer cases, for a rule that takes tenths of a second for each."""
    return _both(HEAVY_FEW, HEAVY_MANY, given(*strategies, **named))


def some(few: int, many: int) -> settings:
    """Return settings for a rule that uses fixtures: few cases, many with `pytest --slow`."""
    return settings(max_examples=many if SLOW in os.environ else few, deadline=None)


def _both(few: int, many: int, drawn: Callable[[Rule], Rule]) -> Callable[[Rule], Rule]:
    def both(rule: Rule) -> Rule:
        runs = {cases: _cases(cases)(drawn(rule)) for cases in (few, many)}

        @pytest.mark.parametrize("cases", [few, pytest.param(many, marks=pytest.mark.slow)])
        @wraps(rule)
        def test(cases: int) -> None:
            runs[cases]()

        only = Parameter("cases", Parameter.POSITIONAL_OR_KEYWORD)
        test.__signature__ = Signature([only])  # type: ignore[attr-defined]
        return test

    return both


def _cases(most: int) -> settings:
    return settings(max_examples=most, deadline=None, suppress_health_check=[HealthCheck.too_slow])
