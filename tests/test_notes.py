"""Notes survive: one call adds one, and nothing that people have written is ever changed."""

from __future__ import annotations

import os
import shutil
import stat
import unicodedata
from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from conftest import Exercise
from hypothesis import strategies as st
from properties import property_test

from malstyr_lib import clock, params
from malstyr_lib.errors import UsageError
from malstyr_lib.model import Note
from malstyr_lib.params import NoteFile
from malstyr_lib.params._problems import checked
from malstyr_lib.params._yaml import read
from malstyr_lib.params.notes import add_note, note_of
from malstyr_lib.report.analysis import analyse
from malstyr_lib.report.committee import CommitteeReport
from malstyr_lib.store import Store

KEPT = """\
# Skrivet för hand. Ändra inte!
anteckningar:
    - nyckeltal: N15428   # vår viktigaste
      period: 2024
      kommentar: >
        Två årskullar
        var små.
      skriven: 2025-02-01 Anna Berg
"""


def note(**more: object) -> Note:
    plain = {"nyckeltal": "N15428", "period": "2025", "skriven": "2026-02-01 Bo Ek"}
    return note_of(plain | {"kommentar": "Färre elever."} | more)  # type: ignore[arg-type]


def noted(folder: Path) -> tuple[Note, ...]:
    """The notes of a folder, as the whole steering model gives them."""
    return tuple(one.model_copy(update={"committee": ""}) for one in params.load(folder).notes)


@pytest.fixture
def folder(exercise: Exercise, tmp_path: Path) -> Path:
    """The exercise parameters, without any note."""
    shutil.copytree(exercise.place.params, tmp_path / "params")
    shutil.rmtree(tmp_path / "params" / "anteckningar", ignore_errors=True)
    return tmp_path / "params"


def test_the_first_note_makes_a_file_that_explains_itself(folder: Path) -> None:
    file = add_note(folder, "bn", note())
    assert file == folder / "anteckningar" / "bn.yaml"
    assert (
        file.read_text(encoding="utf-8")
        .splitlines()[1]
        .startswith("# Anteckningar: vad människor säger")
    )
    assert noted(folder) == (note(),)


def test_what_was_written_by_hand_is_left_to_the_letter(folder: Path) -> None:
    (folder / "anteckningar").mkdir()
    file = folder / "anteckningar" / "bn.yaml"
    file.write_bytes(b"\xef\xbb\xbf" + KEPT.replace("\n", "\r\n").encode())
    before = file.read_bytes()
    add_note(folder, "bn", note())
    add_note(folder, "bn", note(period="2026-03", orsaker=[{"orsak": "X", "bedömning": "trolig"}]))
    assert file.read_bytes().startswith(before)
    first, *added = noted(folder)
    assert first.comment == "Två årskullar var små."
    assert [one.period for one in added] == ["2025", "2026-03"]


def test_the_line_ends_the_mode_and_a_link_are_those_of_the_file(
    folder: Path, tmp_path: Path
) -> None:
    (folder / "anteckningar").mkdir()
    real, file = tmp_path / "delad.yaml", folder / "anteckningar" / "bn.yaml"
    real.write_bytes(KEPT.replace("\n", "\r\n").encode())
    real.chmod(0o664)
    file.symlink_to(real)
    add_note(folder, "bn", note())
    assert file.is_symlink()
    assert stat.S_IMODE(real.stat().st_mode) == 0o664
    content = real.read_bytes()
    assert content.count(b"\n") == content.count(b"\r\n") > KEPT.count("\n")
    assert len(noted(folder)) == 2
    assert [one.name for one in tmp_path.iterdir() if one.name.startswith(".")] == []


def test_what_somebody_else_saves_meanwhile_is_never_lost(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = add_note(folder, "bn", note())
    theirs = file.read_bytes() + b"# Anna var har\n"

    def saved(*_: object) -> None:
        file.write_bytes(theirs)

    monkeypatch.setattr(os, "fsync", saved)
    with pytest.raises(UsageError, match="filen ändrades samtidigt; kör igen"):
        add_note(folder, "bn", note(period="2024"))
    assert file.read_bytes() == theirs
    assert [one.name for one in file.parent.iterdir()] == ["bn.yaml"]


def test_a_value_of_three_decimals_comes_back_as_it_was(folder: Path) -> None:
    add_note(folder, "bn", note(värde="1,234"))
    assert noted(folder)[0].value == Decimal("1.234")


@pytest.mark.parametrize(
    "content", ["anteckningar: []\n", "anteckningar: [{nyckeltal: N15428}]\n", "- fel\n", "a: [\n"]
)
def test_a_file_that_a_note_can_t_be_put_last_in_is_left_alone(folder: Path, content: str) -> None:
    (folder / "anteckningar").mkdir()
    file = folder / "anteckningar" / "bn.yaml"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(Exception, match=r"för hand|fel i styrparametrarna"):
        add_note(folder, "bn", note())
    assert file.read_text(encoding="utf-8") == content
    assert [one.name for one in file.parent.iterdir()] == ["bn.yaml"]


def test_everything_wrong_in_a_note_is_told_at_once() -> None:
    with pytest.raises(UsageError) as refused:
        note(period="i fjol", skriven="Bo", orsaker=[{"orsak": "X", "bedömning": "kanske"}])
    said = str(refused.value)
    assert "'i fjol' är ingen period; skriv 2026, 2026-K1 eller 2026-03" in said
    assert "'skriven' ska vara dag och namn" in said
    assert "'bedömning' kan inte vara 'kanske'; välj trolig, möjlig eller utesluten" in said


SIGNS = st.characters(exclude_categories=("Cs", "Cc", "Co", "Cn"))
WORDS = st.text(st.one_of(SIGNS, st.sampled_from("\n:#-'\"{}[]&*!|>%@`")), min_size=1, max_size=60)


@property_test(
    WORDS.filter(str.strip), st.lists(st.tuples(*[WORDS.filter(str.strip)] * 2), max_size=2)
)
def test_any_words_come_back_as_they_were_written(
    comment: str, causes: list[tuple[str, str]]
) -> None:
    listed = [{"orsak": one, "bedömning": "möjlig", "varför": why} for one, why in causes]
    plain = {"kommentar": comment, **({"orsaker": listed} if listed else {})}
    with TemporaryDirectory() as place:
        file = add_note(Path(place), "bn", note(**plain))
        (found,) = checked(NoteFile, read(file.parent, file.name)).value.items  # type: ignore[union-attr]
    assert found.comment == unicodedata.normalize("NFC", comment).strip()
    assert [one.why for one in found.causes] == [
        unicodedata.normalize("NFC", why).strip() for _, why in causes
    ]


# --- from the notebook ---------------------------------------------------------------------------


@pytest.fixture
def report(exercise: Exercise, folder: Path, monkeypatch: pytest.MonkeyPatch) -> CommitteeReport:
    monkeypatch.setenv("MALSTYR_PARAMS", str(folder))
    snapshot = Store(exercise.place.store).open()
    return CommitteeReport(analyse(exercise.model, snapshot, "bn", 2025))


def test_one_call_from_the_notebook_is_enough(report: CommitteeReport, folder: Path) -> None:
    said = report.anteckna(
        "n15428", 2025, "Färre elever.", av="Bo Ek", orsaker=[("Små kullar", "trolig")]
    )
    assert "Anteckningen om N15428 2025 finns nu i" in said.html
    (found,) = noted(folder)
    assert (found.comment, found.causes[0].judged) == ("Färre elever.", "trolig")
    own = report.analysis.evidence
    now = float(own.series("N15428")[own.whole.periods.index(2025)])
    assert float(found.value or 0) == pytest.approx(now, abs=0.051)


def test_a_note_has_the_day_that_it_is_in_sweden(
    report: CommitteeReport, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "today", lambda: date(2027, 1, 1))
    report.anteckna("N15428", 2025, "Färre elever.", av="Bo Ek")
    assert noted(folder)[0].written == "2027-01-01 Bo Ek"


def test_a_kpi_of_another_committee_is_refused_with_those_there_are(
    report: CommitteeReport, folder: Path
) -> None:
    with pytest.raises(UsageError, match=r"BN har inget nyckeltal eller eget mått 'N07403'"):
        report.anteckna("N07403", 2025, "Hej.", av="Bo Ek")
    assert not (folder / "anteckningar").exists()
