"""The API page says what the code says, and its examples come out."""

from __future__ import annotations

import doctest
import importlib

import api_page
import pytest
from conftest import ROOT

PAGE = ROOT / "docs" / "api.md"


def test_the_page_is_made_of_the_docstrings_as_they_are(pytestconfig: pytest.Config) -> None:
    """Written anew with `pytest tests/test_api.py --golden`."""
    if pytestconfig.getoption("--golden"):
        PAGE.write_text(api_page.page(), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == api_page.page()


@pytest.mark.parametrize("function", api_page.SCIENCE, ids=lambda one: one.__name__)
def test_the_examples_of_the_science_come_out(function: object) -> None:
    """Those of the face are run on the exercise, by test_face."""
    module = importlib.import_module(function.__module__)
    (found,) = doctest.DocTestFinder(recurse=False).find(function, globs=vars(module).copy())
    assert found.examples, "no example"
    assert doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(found).failed == 0
