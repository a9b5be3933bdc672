"""A wheel installed in an empty environment, in an empty folder, holds all that it takes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from conftest import ROOT, Exercise

UV = os.environ.get("UV") or shutil.which("uv")
KEPT = {"PATH", "HOME", "SYSTEMROOT"}


@dataclass(frozen=True)
class Installed:
    """An environment with nothing but the wheel and what it asks for, by the lock's versions."""

    environment: Path
    folder: Path

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run malstyr in the empty folder, where nothing of the project can be found."""
        kept = {name: value for name, value in os.environ.items() if name in KEPT}
        found = self.environment / ("Scripts" if sys.platform == "win32" else "bin") / "malstyr"
        return subprocess.run(
            [found, *words], cwd=self.folder, env=kept, capture_output=True, text=True, check=False
        )


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The wheel, built and installed by uv."""
    if UV is None:
        pytest.skip("uv is not there to build the wheel")
    home = tmp_path_factory.mktemp("hjul")
    project = home / "projekt"
    told = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    for name in told.stdout.splitlines():
        if (ROOT / name).is_file():
            (project / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, project / name)
    locked = ["export", "--no-dev", "--no-emit-project", "--no-hashes", "--frozen", "-q"]
    quietly(project, *locked, "-o", str(home / "las.txt"))
    quietly(project, "build", "--wheel", "-q", "-o", str(home))
    quietly(home, "venv", "-q", "--python", sys.executable, str(home / "miljo"))
    (wheel,) = home.glob("malstyr-*.whl")
    into = ["--python", str(home / "miljo"), "-c", str(home / "las.txt"), str(wheel)]
    quietly(home, "pip", "install", "-q", *into)
    (home / "tom").mkdir()
    return Installed(home / "miljo", home / "tom")


def quietly(folder: Path, *words: str) -> None:
    command = [str(UV), *words]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_it_tells_the_version_that_the_project_declares(installed: Installed) -> None:
    told = installed.run("--version").stdout.splitlines()[0]
    assert f'version = "{told.removeprefix("malstyr ")}"' in (ROOT / "pyproject.toml").read_text()


def test_a_municipality_is_begun_and_found_right(installed: Installed) -> None:
    made = installed.run("ny", "kommun", "--kod", "2084", "min-kommun")
    assert (made.returncode, made.stderr) == (0, "")
    checked = installed.run("kontrollera", "--params", "min-kommun/params")
    assert checked.returncode in (0, 4), checked.stderr
    assert "Avesta (2084): 4 nämnder" in checked.stdout


def test_reports_are_made_in_every_form(installed: Installed, exercise: Exercise) -> None:
    for name in ("params", "lager"):
        source = exercise.place.params if name == "params" else exercise.place.store
        shutil.copytree(source, installed.folder / "kommun" / name)
    done = installed.run("rapport", "MSN", "--typ", "enhet", "--params", "kommun/params")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "rapporter klara" in done.stdout
    (first, *_) = (installed.folder / "kommun" / "output").glob("*/enhet/*/rapport.html")
    assert {"rapport.docx", "rapport.pdf", "rapport.xlsx", "data.json"} <= {
        path.name for path in first.parent.iterdir()
    }


@pytest.mark.slow
def test_the_demo_makes_every_report(installed: Installed) -> None:
    done = installed.run("demo")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "23 av 23 rapporter klara" in done.stdout
