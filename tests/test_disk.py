"""Files on disk: whole or not at all, whatever the disk refuses."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from malstyr_lib.disk import put, put_new


def files_of(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}


def test_files_are_put_in_place_whole_and_nothing_else_is_left(tmp_path: Path) -> None:
    put(tmp_path / "ny", {"rapport.html": "å ä ö\n", "rapport.ipynb": "{}"})
    assert files_of(tmp_path / "ny") == {"rapport.html": "å ä ö\n", "rapport.ipynb": "{}"}


@pytest.mark.parametrize("failing", [1, 2])
def test_a_disk_that_is_full_at_any_write_leaves_the_earlier_files_as_they_were(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: int
) -> None:
    put(tmp_path, {"a": "gammal a", "b": "gammal b"})
    real, calls = os.fsync, []

    def full(handle: int) -> None:
        calls.append(handle)
        if len(calls) == failing:
            raise OSError(errno.ENOSPC, "No space left on device")
        real(handle)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        put(tmp_path, {"a": "ny a", "b": "ny b"})
    assert files_of(tmp_path) == {"a": "gammal a", "b": "gammal b"}
    monkeypatch.undo()
    put(tmp_path, {"a": "ny a", "b": "ny b"})
    assert files_of(tmp_path) == {"a": "ny a", "b": "ny b"}


@pytest.mark.parametrize("links", [True, False], ids=["links", "no links"])
def test_a_new_file_is_whole_and_never_takes_anothers_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    def refuse(*_: object) -> None:
        raise OSError

    if not links:
        monkeypatch.setattr(Path, "hardlink_to", refuse)
    put_new(tmp_path / "a", b"mine")
    with pytest.raises(FileExistsError):
        put_new(tmp_path / "a", b"again")
    assert files_of(tmp_path) == {"a": "mine"}
