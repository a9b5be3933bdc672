"""kill −9 at a random moment of a fetch: the store opens, and nothing acknowledged is lost."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from killing import WAYS, Trial, kill_once, stage

TIMES = 6


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX-signaler")
@pytest.mark.usefixtures("_plain_start")
def test_a_fetch_killed_at_random_moments_loses_nothing_and_leaves_nothing(tmp_path: Path) -> None:
    trials: list[Trial] = []
    with stage(tmp_path) as (url, base, right):
        for number in range(TIMES):
            way = WAYS[number % len(WAYS)]
            trials.append(kill_once(way, url, base, right[way]))
    assert [trial for trial in trials if trial.broken] == []
    assert sum(trial.killed for trial in trials) >= TIMES // 4
    assert any(trial.kept for trial in trials)


@pytest.fixture
def _plain_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the children find this folder, and not start as pytest does."""
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))
    monkeypatch.setattr(sys.modules["__main__"], "__spec__", None, raising=False)
