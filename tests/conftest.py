"""What the tests share: where the real figures lie, and the command-line switch for slow runs."""

from __future__ import annotations

import os
from pathlib import Path

import matplotlib as mpl
import pytest

ROOT = Path(__file__).resolve().parent.parent
REAL_FIGURES = ROOT.parent / "shared" / "data"

mpl.use("Agg")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--slow", action="store_true", help="run the slow tests too")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--slow"):
        return
    for item in items:
        if "slow" in item.keywords:
            item.add_marker(pytest.mark.skip(reason="slow; run with --slow"))


@pytest.fixture(scope="session")
def real_figures() -> Path:
    """The folder of real Kolada figures, or a skip that says why."""
    if not (REAL_FIGURES / "values.parquet").exists():
        pytest.skip("de verkliga siffrorna (../shared/data) finns inte på den här datorn")
    return REAL_FIGURES


@pytest.fixture(autouse=True)
def _no_user_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep a developer's own environment from steering the tests."""
    for name in [name for name in os.environ if name.startswith("MALSTYR_")]:
        monkeypatch.delenv(name)
