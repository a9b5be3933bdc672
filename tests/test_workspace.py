"""Which folders a command works in."""

from __future__ import annotations

from pathlib import Path

import pytest

from malstyr_lib import workspace
from malstyr_lib.errors import UsageError


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "min kommun å ä ö"
    (folder / "params").mkdir(parents=True)
    (folder / "params" / "kommun.yaml").touch()
    (folder / "notebooks").mkdir()
    return folder


def test_the_nearest_params_folder_is_found_from_anywhere_below(home: Path) -> None:
    (home / "notebooks" / "params").mkdir()  # has no kommun.yaml, so it is something else
    place = workspace.find(start=home / "notebooks")
    assert place == workspace.Workspace(home / "params", home / "lager", home / "output")


def test_no_params_folder_anywhere_is_a_sentence_with_the_cure(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"Ingen mapp 'params' .* ange den med --params MAPP\.$"):
        workspace.find(start=tmp_path)


def test_a_named_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"nope med styrparametrar finns inte"):
        workspace.find(params=tmp_path / "nope")


def test_what_is_given_wins_over_the_environment(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MALSTYR_STORE", str(tmp_path / "från miljön"))
    assert workspace.find(start=home).store == tmp_path / "från miljön"
    assert workspace.find(start=home, store=tmp_path / "given").store == tmp_path / "given"


def test_a_kernel_given_the_environment_finds_the_same_folders(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = workspace.find(start=home, store=tmp_path / "lager", output=tmp_path / "rapporter")
    for name, value in place.environment().items():
        monkeypatch.setenv(name, value)
    assert workspace.find(start=tmp_path) == place


def test_notebooks_and_params_come_along() -> None:
    assert (workspace.packaged("notebooks") / "namnd.ipynb").is_file()
    assert (workspace.packaged("params") / "kommun.yaml").is_file()
    with pytest.raises(UsageError, match="Mappen saknad finns inte i installationen"):
        workspace.packaged("saknad")
