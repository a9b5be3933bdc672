"""A run that asks what the last one did, of the very same files, is answered without a plan."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pages
import pytest
from conftest import Exercise

from malstyr_lib import lock, manifest, program, standing
from malstyr_lib.batch import Outcome, making, season
from malstyr_lib.cli import run
from malstyr_lib.outcome import DONE, FAILED
from malstyr_lib.workspace import Workspace

ASKED = "BN"
MADE = Outcome(
    "namnd", "bn", "BN", "Bildning", 2025, DONE, 1.0, "en", "nu", files=("rapport.html",)
)


@pytest.fixture
def place(tmp_path: Path) -> Workspace:
    """A municipality's folders as a run leaves them that has made a report."""
    found = Workspace(tmp_path / "params", tmp_path / "lager", tmp_path / "output")
    write(found.params / "kommun.yaml", "kod: 2083")
    write(found.store / "snapshots" / "en.json", "{}")
    write(found.output / MADE.folder / "rapport.html", "<p>")
    write(found.output / "index.html", "<p>")
    write(found.output / manifest.NAME, manifest.text([MADE]))
    write(found.held / "lock", "")
    standing.remember(found, ASKED, [MADE], standing.begun(found))
    return found


def write(path: Path, words: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(words, encoding="utf-8")


def test_when_nothing_is_changed_the_last_runs_reports_stand(place: Workspace) -> None:
    assert standing.standing(place, ASKED) == [MADE]


CHANGES: dict[str, Callable[[Workspace], object]] = {
    "a parameter": lambda place: write(place.params / "kommun.yaml", "kod: 2084"),
    "a parameter file more": lambda place: write(place.params / "egna" / "a.csv", "1"),
    "a parameter file less": lambda place: (place.params / "kommun.yaml").unlink(),
    "a word template": lambda place: write(place.reference, "mall"),
    "a snapshot more": lambda place: write(place.store / "snapshots" / "två.json", "{}"),
    "a snapshot less": lambda place: (place.store / "snapshots" / "en.json").unlink(),
    "a report's file gone": lambda place: (place.output / MADE.folder / "rapport.html").unlink(),
    "the list gone": lambda place: (place.output / "index.html").unlink(),
    "the manifest gone": lambda place: (place.output / manifest.NAME).unlink(),
    "another run's outcomes": lambda place: write(
        place.output / manifest.NAME, manifest.text([replace(MADE, ran="sedan")])
    ),
    "a broken manifest": lambda place: write(place.output / manifest.NAME, "{"),
    "a broken memory": lambda place: write(place.held / standing.NAME, "[]"),
    "no memory": lambda place: (place.held / standing.NAME).unlink(),
    "a run at work, or dead": lambda place: write(place.held / lock.HOLDER, "{}"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_has_changed_a_plan_has_to_tell(place: Workspace, change: str) -> None:
    CHANGES[change](place)
    assert standing.standing(place, ASKED) == []


def test_another_question_or_program_has_to_be_planned(
    place: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert standing.standing(place, "KS") == []
    monkeypatch.setattr(standing, "program", lambda: "en nyare")
    assert standing.standing(place, ASKED) == []


def test_an_editors_own_file_changes_nothing(place: Workspace) -> None:
    write(place.params / ".kommun.yaml.swp", "skräp")
    assert standing.standing(place, ASKED) == [MADE]


def test_a_run_with_a_failure_is_never_remembered(place: Workspace) -> None:
    (place.held / standing.NAME).unlink()
    outcomes = [MADE, replace(MADE, slug="ks", status=FAILED)]
    standing.remember(place, ASKED, outcomes, standing.begun(place))
    assert standing.standing(place, ASKED) == []


def test_what_is_changed_while_reports_are_made_is_never_taken_for_what_they_are_made_of(
    place: Workspace,
) -> None:
    (place.held / standing.NAME).unlink()
    before = standing.begun(place)
    write(place.params / "kommun.yaml", "kod: 2084")
    standing.remember(place, ASKED, [MADE], before)
    assert standing.standing(place, ASKED) == []


def test_the_programs_digest_is_of_all_its_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "program.py", "")
    monkeypatch.setattr(program, "__file__", str(tmp_path / "program.py"))
    before = program.program()
    write(tmp_path / "batch" / "ny.py", "1")
    assert program.program() != before


def test_the_command_says_the_same_with_and_without_a_plan(
    exercise: Exercise,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(making.notebook, "execute", pages.executed)
    at = exercise.place
    command = ["rapport", "--typ", "enhet", "MSN", "--form", "html", "--arbetare", "1"]
    command += ["--params", str(at.params), "--lager", str(at.store), "--ut", str(tmp_path)]
    assert run(command) == 0
    capsys.readouterr()
    (tmp_path / ".korning" / standing.NAME).unlink()
    assert run(command) == 0
    planned = capsys.readouterr()

    def never(*_: object, **__: object) -> None:
        raise AssertionError("a plan is made")

    monkeypatch.setattr(season, "jobs", never)
    assert run(command) == 0
    assert capsys.readouterr() == planned
    with pytest.raises(AssertionError):  # control: --om is planned
        run([*command, "--om"])
