"""The two start scripts: found tools, prepared figures, and the tour open, step by step."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from conftest import ROOT

SHELL = shutil.which("sh")
SYNC = "uv sync --frozen --no-dev --inexact"
DEMO = "uv run --no-sync malstyr demo"
LABB = "uv run --no-sync malstyr labb --notebook dumma_fragor"
EXERCISE = "--params output/ovning/params --lager output/ovning/lager"
posix = pytest.mark.skipif(os.name != "posix" or SHELL is None, reason="bara där det finns ett sh")

RECORD = 'echo "{name} $*" >> "$HOME/anrop"\n'
MAKES_FIGURES = 'case "$*" in *demo) mkdir -p output/ovning/lager/snapshots;'
MAKES_FIGURES += " : > output/ovning/lager/snapshots/bild.json;; esac\n"


def tool(path: Path, commands: str) -> None:
    """A program that notes how it was called, and does as it is told."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n" + RECORD.format(name=path.name) + commands, encoding="utf-8")
    path.chmod(0o755)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A project's folder, with blanks in its name, and nothing on the path but what is needed."""
    folder = tmp_path / "min kommun"
    folder.mkdir()
    shutil.copy(ROOT / "starta.sh", folder)
    (tmp_path / "bin").mkdir()
    for name in ("dirname", "mkdir"):
        (tmp_path / "bin" / name).symlink_to(str(shutil.which(name)))
    return folder


def started(place: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """The script, run from elsewhere."""
    home = place.parent
    environment = {"PATH": str(home / "bin"), "HOME": str(home)} | more
    return subprocess.run(
        [str(SHELL), str(place / "starta.sh")],
        env=environment,
        cwd="/",
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def called(place: Path) -> list[str]:
    path = place.parent / "anrop"
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


def figures(folder: Path) -> None:
    (folder / "snapshots").mkdir(parents=True)
    (folder / "snapshots" / "bild.json").touch()


@posix
def test_the_shell_can_read_the_script() -> None:
    assert subprocess.run([str(SHELL), "-n", str(ROOT / "starta.sh")], check=False).returncode == 0
    assert os.access(ROOT / "starta.sh", os.X_OK)


@posix
def test_without_figures_the_exercise_is_made_and_the_tour_opened_on_it(place: Path) -> None:
    tool(place.parent / "bin" / "uv", MAKES_FIGURES)
    assert started(place).returncode == 0
    assert called(place) == [SYNC, DEMO, f"{LABB} {EXERCISE}"]


@posix
def test_the_exercise_is_made_only_once(place: Path) -> None:
    tool(place.parent / "bin" / "uv", MAKES_FIGURES)
    started(place)
    assert started(place).returncode == 0
    assert called(place)[3:] == [SYNC, f"{LABB} {EXERCISE}"]


@posix
def test_with_figures_of_ones_own_the_tour_is_opened_on_them(place: Path) -> None:
    tool(place.parent / "bin" / "uv", "")
    figures(place / "lager")
    assert started(place).returncode == 0
    assert called(place) == [SYNC, LABB]


@posix
def test_a_store_elsewhere_is_looked_for_there(place: Path) -> None:
    tool(place.parent / "bin" / "uv", "")
    figures(place.parent / "gemensamt lager")
    started(place, MALSTYR_STORE=str(place.parent / "gemensamt lager"))
    assert called(place) == [SYNC, LABB]


@posix
def test_an_active_conda_environment_is_used_as_it_is(place: Path) -> None:
    tool(place.parent / "conda" / "bin" / "malstyr", MAKES_FIGURES)
    tool(place.parent / "bin" / "uv", "")
    assert started(place, CONDA_PREFIX=str(place.parent / "conda")).returncode == 0
    assert called(place) == [
        "malstyr demo",
        f"malstyr labb --notebook dumma_fragor {EXERCISE}",
    ]


@posix
def test_a_conda_environment_without_malstyr_is_passed_over(place: Path) -> None:
    tool(place.parent / "bin" / "uv", "")
    figures(place / "lager")
    started(place, CONDA_PREFIX=str(place.parent / "miniconda3"))
    assert called(place) == [SYNC, LABB]


@posix
def test_a_uv_that_only_python_knows_is_found(place: Path) -> None:
    tool(place.parent / "bin" / "python3", "")
    figures(place / "lager")
    started(place)
    assert called(place)[1:] == [f"python3 -m {SYNC}", f"python3 -m {LABB}"]


@posix
def test_without_uv_it_says_how_to_get_it(place: Path) -> None:
    tool(place.parent / "bin" / "python3", "exit 1\n")
    ended = started(place)
    assert ended.returncode == 1
    assert "Programmet uv saknas. Hämta det så här: python3 -m pip install uv" in ended.stderr


@posix
def test_nothing_is_started_when_the_parts_cannot_be_fetched(place: Path) -> None:
    tool(place.parent / "bin" / "uv", "exit 2\n")
    ended = started(place)
    assert ended.returncode == 1
    assert "Programmets delar kunde inte hämtas." in ended.stderr
    assert called(place) == [SYNC]


@posix
def test_an_exercise_that_fails_is_said_and_nothing_opened(place: Path) -> None:
    tool(place.parent / "bin" / "uv", 'case "$*" in *demo) exit 3;; esac\n')
    ended = started(place)
    assert ended.returncode == 1
    assert "Övningen kunde inte göras i ordning." in ended.stderr
    assert called(place) == [SYNC, DEMO]


def windows() -> str:
    return (ROOT / "starta.cmd").read_bytes().decode("ascii")


def test_the_windows_script_is_in_ascii_and_ends_its_lines_as_windows_does() -> None:
    assert windows().count("\n") == windows().count("\r\n") > 50
    kept = (ROOT / ".gitattributes").read_text(encoding="utf-8")
    assert "*.cmd -text" in kept


def test_the_windows_script_takes_the_same_steps_in_the_same_order() -> None:
    steps = (
        r"CONDA_PREFIX",
        r"\buv saknas\.",
        r"sync --frozen --no-dev --inexact",
        r"MALSTYR_STORE",
        r"malstyr demo",
        r"malstyr labb --notebook dumma_fragor",
    )
    for script in (windows(), (ROOT / "starta.sh").read_text(encoding="utf-8")):
        found = [re.search(step, script) for step in steps]
        places = [one.start() for one in found if one]
        assert len(places) == len(steps)
        assert places == sorted(places)
    assert EXERCISE.replace("/", "\\") in windows()


def test_every_way_through_the_windows_script_ends_with_the_window_still_open() -> None:
    script = windows()
    labels = set(re.findall(r"^:(\w+)", script, re.MULTILINE))
    assert set(re.findall(r"(?:goto |call :)(\w+)", script)) <= labels
    main, _, helper = script.partition("\r\n:malstyr\r\n")
    assert re.findall(r"^(?:pause|exit).*", main, re.MULTILINE)[0].startswith("pause")
    assert main.rstrip().endswith("exit /b %KOD%")
    assert helper.rstrip().endswith("exit /b %errorlevel%")
