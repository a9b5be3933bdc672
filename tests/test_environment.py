"""The environment files say the same, and name every package that was asked for."""

from __future__ import annotations

import re
import tomllib

from conftest import ROOT
from ruamel.yaml import YAML

ASKED_FOR = {
    "jupyterlab",
    "pandas",
    "matplotlib",
    "seaborn",
    "requests",
    "papermill",
    "nbconvert",
    "pytest",
}
ONLY_CONDA = {"python", "pip"}


def parts(requirement: str) -> tuple[str, str]:
    """A requirement's name and its version, whichever of the two files it stands in."""
    found = re.fullmatch(r"([a-z0-9._-]+)\s*(.*)", requirement.strip().lower())
    assert found, requirement
    return found[1].replace("_", "-"), found[2].replace(" ", "")


def project() -> dict[str, object]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def runtime() -> dict[str, str]:
    return dict(parts(line) for line in project()["project"]["dependencies"])  # type: ignore[index]


def development() -> dict[str, str]:
    return dict(parts(line) for line in project()["dependency-groups"]["dev"])  # type: ignore[index]


def conda() -> dict[str, str]:
    """What conda installs, and what it lets pip install since conda-forge does not have it."""
    loaded = YAML(typ="safe").load(ROOT / "environment.yml")
    lines = [line for line in loaded["dependencies"] if isinstance(line, str)]
    (by_pip,) = [one["pip"] for one in loaded["dependencies"] if not isinstance(one, str)]
    return dict(parts(line) for line in [*lines, *by_pip] if not line.startswith("--"))


def test_conda_gets_every_runtime_package_at_the_same_versions() -> None:
    wanted = runtime() | {"pytest": development()["pytest"]}
    assert {name: v for name, v in conda().items() if name not in ONLY_CONDA} == wanted


def test_conda_gets_the_same_python() -> None:
    assert conda()["python"] == project()["project"]["requires-python"]  # type: ignore[index]


def test_the_page_needs_a_server_that_only_those_who_ask_for_it_get() -> None:
    extras = project()["project"]["optional-dependencies"]  # type: ignore[index]
    (app,) = [parts(line) for line in extras["app"]]
    assert app[0] == "voila"
    assert "voila" not in runtime()
    assert development()["voila"] == app[1]


def test_every_package_that_was_asked_for_is_there() -> None:
    assert not ASKED_FOR - set(conda())
    assert not ASKED_FOR - {*runtime(), *development()}


def test_the_lock_file_is_of_this_project() -> None:
    lock = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))
    locked = {package["name"] for package in lock["package"]}
    wanted = {name.replace(".", "-") for name in (*runtime(), *development(), "malstyr")}
    assert not wanted - locked
