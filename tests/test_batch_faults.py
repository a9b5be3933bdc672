"""What can go wrong with a batch, fault by fault, each with a control: the guard taken away.

A control shows that the check would tell: without its guard the fault comes through as a report
that is said to be done and is not, a file that is half, a kernel that is left, a wait, a mess.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from threading import Event, Thread
from typing import Any
from unittest import mock

import pytest
import test_batch
import test_season
from conftest import ROOT, Exercise
from pages import make_quickly, remembered
from seasons import make_reports
from test_batch import GIVEN, MARK, write_notebook
from test_season import alive, leads, linux, strays, watched

from malstyr_lib import disk, params
from malstyr_lib.batch import (
    Followed,
    Outcome,
    Plan,
    Wanted,
    making,
    notebook,
    scratch,
    season,
    workers,
)
from malstyr_lib.batch import job as job_module
from malstyr_lib.charts import chart
from malstyr_lib.errors import ReportError
from malstyr_lib.manifest import read
from malstyr_lib.outcome import DONE, FAILED
from malstyr_lib.workspace import Workspace

SHEETS = Wanted(["enhet"], ["ks"], ["html"])
MADE = remembered()
posix = pytest.mark.skipif(os.name != "posix", reason="POSIX")


@pytest.fixture
def place(exercise: Exercise, tmp_path: Path) -> Workspace:
    return replace(exercise.place, output=tmp_path / "ut")


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run notebooks in this process, each once for all tests."""
    monkeypatch.setattr(making.notebook, "execute", MADE)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make each report once in a test."""
    make_quickly(monkeypatch, MADE)


def season_of(place: Workspace, wanted: Wanted = SHEETS, **more: Any) -> list[Outcome]:
    return make_reports(params.load(place.params), place, wanted, **more)


def pages(output: Path) -> dict[str, bytes]:
    """All that a reader of the reports meets, by path: pages, notebooks, the list."""
    return {
        path.relative_to(output).as_posix(): path.read_bytes()
        for path in sorted(output.rglob("*.html"))
    }


@pytest.fixture(scope="module")
def undisturbed(exercise: Exercise, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The sheets, made with nothing in the way."""
    place = replace(exercise.place, output=tmp_path_factory.mktemp("ostört") / "ut")
    with mock.patch.object(making.notebook, "execute", MADE):
        assert {one.status for one in season_of(place)} == {DONE}
    return place


# --- X1: a cell raises -------------------------------------------------------------------------


def first_raises(count: list[int]) -> Callable[..., Any]:
    def execute(*given: Any) -> Any:
        count.append(1)
        if len(count) == 1:
            raise ReportError("Cell 3 stannade: ValueError: prov.")
        return MADE(*given)

    return execute


def test_x1_a_report_that_raises_stops_no_other(
    place: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making.notebook, "execute", first_raises([]))
    made = season_of(place)
    assert [one.status for one in made] == [FAILED, *[DONE] * (len(made) - 1)]
    assert len(made) > 2


def test_control_x1_without_a_guard_no_other_is_made(
    place: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making.notebook, "execute", first_raises([]))

    def unguarded(job: Any) -> Outcome:
        given = job.of.given(job.subject, job.year, job.snapshot)
        making._published(job, making.notebook.execute(job.notebook, given, {}))
        return replace(job.outcome(), status=DONE)

    monkeypatch.setattr(workers, "carried_out", unguarded)
    with pytest.raises(ReportError, match="prov"):
        season_of(place)
    assert read(place.output) == []


# --- X2: a kernel that is killed, X3: one that leaves ------------------------------------------


@linux
@pytest.mark.slow
def test_x2_a_kernel_killed_in_any_cell_of_a_report_is_a_failed_report(
    exercise: Exercise, place: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In every cell in turn of the sheet's own notebook."""
    real = notebook.nbformat.read
    source = job_module.packaged("notebooks") / "enhetsblad.ipynb"
    cells = [n for n, one in enumerate(real(source, 4).cells) if one.cell_type == "code"]
    one = Wanted(["enhet"], ["ks"], ["html"], again=True)
    for number in cells:

        def killing(path: Path, as_version: int, number: int = number) -> Any:
            found = real(path, as_version)
            found.cells[
                number
            ].source += "\nimport os, signal; os.kill(os.getpid(), signal.SIGKILL)"
            return found

        monkeypatch.setattr(notebook.nbformat, "read", killing)
        made = season_of(place, one)
        assert {one.status for one in made} == {FAILED}, number
        assert {"kärna dog" in str(one.error) for one in made} == {True}
        assert not list(place.output.rglob("rapport.html"))
        monkeypatch.undo()


KILLED = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"


@linux
@pytest.mark.parametrize(
    "cells", [[KILLED, MARK], ["import sys; sys.exit(0)", MARK]], ids=["X2", "X3"]
)
def test_control_x2_x3_the_notebook_alone_proves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cells: list[str]
) -> None:
    """Without the guards a kernel that died, or left, has made a report like any other."""
    path = write_notebook(tmp_path, *cells)
    with pytest.raises(ReportError):
        notebook.execute(path, GIVEN, {})
    real = notebook.papermill.execute_notebook

    def whatever_comes(found: Any, *given: Any, **more: Any) -> Any:
        try:
            return real(found, *given, **more)
        except notebook.DeadKernelError:
            return found

    monkeypatch.setattr(notebook.papermill, "execute_notebook", whatever_comes)
    monkeypatch.setattr(notebook, "done", lambda ran: notebook.Done(ran, {}, {}, {}))
    assert len(notebook.execute(path, GIVEN, {}).notebook.cells) >= 3


# --- X4: killed midway -------------------------------------------------------------------------


class Killed(BaseException):
    """The process is gone: it does nothing more on the disk, whatever it had meant to do."""


@contextmanager
def killed_at(step: int) -> Iterator[list[int]]:
    """Let this process do a number of calls to the disk and none after them; tell the calls."""
    calls: list[int] = []

    def counted(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any, **more: Any) -> Any:
            if len(calls) >= step:
                raise Killed
            calls.append(1)
            return real(*given, **more)

        return call

    with ExitStack() as stack:
        for owner, name in (
            *((Path, name) for name in ("replace", "unlink", "mkdir", "chmod", "write_text")),
            (disk, "uuid4"),
            (disk.os, "fsync"),
        ):
            patched = mock.patch.object(owner, name, counted(getattr(owner, name)))
            stack.enter_context(patched)
        yield calls


@pytest.mark.parametrize(
    ("first", "every"), [(3, 23), pytest.param(0, 1, marks=pytest.mark.slow)], ids=["some", "all"]
)
def test_x4_killed_at_any_call_to_the_disk_the_same_command_makes_the_rest(
    undisturbed: Workspace, tmp_path: Path, quick: None, first: int, every: int
) -> None:
    """At calls in turn, until a run is through: every page is whole, and the rest is made."""
    kept_at_all = 0
    expected = without_times(pages(undisturbed.output))
    for step in range(first, 10_000, every):
        there = replace(undisturbed, output=tmp_path / f"ut{step}")
        with killed_at(step) as calls, suppress(Killed):
            season_of(there)
        kept = pages(there.output)
        assert all(page.rstrip().endswith(b"</html>") for page in kept.values()), step
        done = {one.slug for one in read(there.output)} if there.output.exists() else set()
        plans: list[Plan] = []
        made = season_of(there, followed=Followed(on_plan=plans.append))
        assert {one.status for one in made} == {DONE}
        assert {one.slug for one in plans[0].ready} >= done
        assert without_times(pages(there.output)) == expected
        assert strays(there.output) == []
        shutil.rmtree(there.output)
        kept_at_all += len(kept)
        if len(calls) < step:
            break
    assert step > 60
    assert kept_at_all > step / every


def without_times(found: dict[str, bytes]) -> dict[str, bytes]:
    """Pages without the list of them, which says when each was made."""
    return {name: page for name, page in found.items() if name != "index.html"}


def test_control_x4_without_sweeping_there_are_strays(
    undisturbed: Workspace, tmp_path: Path, quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    there, left = replace(undisturbed, output=tmp_path / "ut"), []
    for step in range(10, 40, 3):
        with killed_at(step), suppress(Killed):
            season_of(there)
        left = strays(there.output)
        if left:
            break
    assert left
    monkeypatch.setattr(season, "sweep", lambda _: None)
    season_of(there)
    assert strays(there.output) == left


@linux
def test_control_x4_without_following_its_parent_a_kernel_is_left(tmp_path: Path) -> None:
    """What ends the kernels of a command that is killed is that they look for it."""
    path = write_notebook(tmp_path, "import time; time.sleep(600)", MARK)
    for follows, left in ((True, False), (False, True)):
        mark = f"MÄRKE=x4-{tmp_path}-{follows}"
        program = (
            "from pathlib import Path\n"
            "from malstyr_lib.batch import kernel, notebook, warm\n"
            "warm.PRELOADED = ('ipykernel.kernelapp',)\n"
            "if __name__ == '__main__':\n"
            f"    notebook.execute(Path({str(path)!r}), {GIVEN!r}, {{}})\n"
        )
        if not follows:
            program = program.replace("if __name__", "warm._follow = lambda _: None\nif __name__")
        file = tmp_path / f"kör_{follows}.py"
        file.write_text(program, encoding="utf-8")
        name, _, value = mark.partition("=")
        environment = os.environ | {name: value, "PYTHONPATH": str(ROOT)}
        with subprocess.Popen([sys.executable, str(file)], env=environment) as victim:
            kernels = waited(lambda mark=mark: leaders(mark), 60)  # type: ignore[misc]
            victim.kill()
        assert kernels
        waited(lambda mark=mark: not leaders(mark), 10 if follows else 3)  # type: ignore[misc]
        assert bool(leaders(mark)) is left
        for pid in alive(mark):
            os.kill(pid, 9)


def leaders(mark: str) -> list[int]:
    """The processes with a mark that lead a session of their own: kernels."""
    return [pid for pid in alive(mark) if leads(pid)]


def waited(until: Callable[[], Any], seconds: float) -> Any:
    over = time.monotonic() + seconds
    while not (found := until()) and time.monotonic() < over:
        time.sleep(0.05)
    return found


# --- X5: a full disk, and a reader -------------------------------------------------------------


def carelessly(folder: Path, files: dict[str, Any]) -> None:
    """Put files into a folder the easy way, on a disk that takes its time: half of one is seen."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        body = content.encode() if isinstance(content, str) else content
        with (folder / name).open("wb") as file:
            for start in range(0, len(body), 4096):
                file.write(body[start : start + 4096])
                file.flush()
                time.sleep(0.0 if start else 0.05)


def test_control_x5_written_the_easy_way_a_full_disk_takes_the_earlier_report(
    undisturbed: Workspace, tmp_path: Path, here: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = replace(undisturbed, output=shutil.copytree(undisturbed.output, tmp_path / "ut"))

    def full(folder: Path, files: dict[str, Any]) -> None:
        carelessly(folder, {name: body[: len(body) // 2] for name, body in files.items()})
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(making, "put", full)
    made = season_of(there, replace(SHEETS, again=True))
    assert {one.status for one in made} == {FAILED}
    before, after = (without_times(pages(one.output)) for one in (undisturbed, there))
    assert before.keys() == after.keys()
    assert before != after


def test_control_reader_written_the_easy_way_half_a_page_is_seen(
    undisturbed: Workspace, tmp_path: Path, here: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    there, over, faults = replace(undisturbed, output=tmp_path / "ut"), Event(), []
    monkeypatch.setattr(making, "put", carelessly)
    watcher = Thread(target=lambda: faults.extend(watched(there.output, over)))
    watcher.start()
    for _ in range(10):
        season_of(there, replace(SHEETS, again=True))
        if faults:
            break
    over.set()
    watcher.join()
    assert [fault for fault in faults if fault.startswith("half a page")]


# --- X6: what may not be written ---------------------------------------------------------------

BOUND = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]
"""Without these root keeps to what files allow, as anybody else does."""
bound = pytest.mark.skipif(
    os.name != "posix" or (os.geteuid() == 0 and not shutil.which("setpriv")),
    reason="som root går allt att skriva utan setpriv",
)


def as_anybody(place: Workspace, home: Path, *more: str) -> subprocess.CompletedProcess[str]:
    words = [
        *(sys.executable, "-m", "malstyr_lib.cli", "rapport", "ks", "--typ", "enhet"),
        *("--form", "html", "--params", str(place.params), "--lager", str(place.store)),
        *("--ut", str(place.output), *more),
    ]
    left = ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "MPLCONFIGDIR", "XDG_CACHE_HOME")
    kept = {name: value for name, value in os.environ.items() if name not in left}
    return subprocess.run(
        [*(BOUND if os.geteuid() == 0 else []), *words],
        env=kept | {"HOME": str(home), "PYTHONPATH": str(ROOT)},
        cwd=home,
        capture_output=True,
        text=True,
        check=False,
    )


@contextmanager
def closed(*folders: Path) -> Iterator[None]:
    """Let nothing be written in folders and below them for a while."""
    inside = [path for one in folders for path in (one, *one.rglob("*")) if path.is_dir()]
    before = [(path, path.stat().st_mode) for path in inside]
    for path in inside:
        path.chmod(0o555)
    try:
        yield
    finally:
        for path, mode in before:
            path.chmod(mode)


@bound
def test_x6_an_output_that_may_not_be_written_is_told_before_anything_is_run(
    place: Workspace, tmp_path: Path
) -> None:
    place.output.mkdir()
    with closed(place.output):
        done = as_anybody(place, tmp_path)
    assert done.returncode == 1
    assert f"Det går inte att skriva i {place.output} (Permission denied)." in done.stderr
    assert "Traceback" not in done.stderr
    assert list(place.output.iterdir()) == []


@bound
def test_x6_a_store_and_a_home_that_may_not_be_written_are_enough_for_reports(
    place: Workspace, tmp_path: Path
) -> None:
    """No kernel, chart or page needs a folder of the user's; there is no ~/.ipython."""
    home = tmp_path / "hem"
    home.mkdir()
    with closed(home, place.store, place.params):
        done = as_anybody(place, home)
    assert done.returncode == 0, done.stderr
    assert list(home.iterdir()) == []
    assert len(list(place.output.rglob("rapport.html"))) > 2


def test_control_x6_without_looking_first_all_is_run_in_vain(
    place: Workspace, here: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(folder: Path, files: dict[str, Any]) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(making, "put", refused)
    monkeypatch.setattr(season, "put", refused)
    started: list[object] = []
    followed = Followed(on_start=started.append)
    with pytest.raises(ReportError, match="Permission denied"):
        season_of(place, followed=followed)
    assert started == []
    real = season._listed
    monkeypatch.setattr(season, "_listed", lambda home, new: real(home, new) if new else [])
    with pytest.raises(ReportError, match="Permission denied"):
        season_of(place, followed=followed)
    assert len(started) > 2


# --- X7: two at once ---------------------------------------------------------------------------


def test_control_x7_without_a_lock_two_runs_are_in_each_others_way(
    place: Workspace, here: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside: list[int] = []

    def meanwhile(_: object) -> None:
        if not inside:
            inside.append(1)
            season_of(place)

    with pytest.raises(ReportError, match="görs rapporter just nu av process"):
        season_of(place, followed=Followed(on_plan=meanwhile))
    inside.clear()
    monkeypatch.setattr(season, "_alone", lambda _: nullcontext())
    assert {one.status for one in season_of(place, followed=Followed(on_plan=meanwhile))} == {DONE}


def held(output: str) -> str:
    """Hold an output folder for a moment, or tell who does."""
    place = Workspace(Path(), Path(), Path(output))
    try:
        with season._alone(place):
            time.sleep(0.002)
            return "held"
    except ReportError as busy:
        return str(busy)


@posix
@pytest.mark.slow
def test_x7_of_fifty_pairs_of_starts_each_is_let_in_or_told_whose_it_is(tmp_path: Path) -> None:
    with get_context("fork").Pool(2) as pool:
        for _ in range(50):
            told = pool.map(held, [str(tmp_path)] * 2, chunksize=1)
            assert "held" in told
            for one in told:
                assert one == "held" or "görs rapporter just nu av " in one


# --- X8: sockets, and starts at once -----------------------------------------------------------


@posix
def test_control_x8_a_start_that_fails_is_a_failed_report_unless_it_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, real, tries = write_notebook(tmp_path, MARK), notebook.papermill.execute_notebook, []

    def at_first_not(*given: Any, **more: Any) -> Any:
        tries.append(1)
        if len(tries) % 2:
            raise RuntimeError("Kernel died before replying to kernel_info")
        return real(*given, **more)

    monkeypatch.setattr(notebook.papermill, "execute_notebook", at_first_not)
    assert notebook.execute(path, GIVEN, {}).found == {"ar": 2025}

    class Never(ReportError):
        """What nothing raises."""

    monkeypatch.setattr(notebook, "_NotStarted", Never)
    real_run = notebook._run

    def told_otherwise(*given: Any) -> Any:
        try:
            return real_run(*given)
        except Never as error:
            raise ReportError(str(error)) from error

    monkeypatch.setattr(notebook, "_run", told_otherwise)
    with pytest.raises(ReportError, match="kärna startade inte"):
        notebook.execute(path, GIVEN, {})


# --- X9: clocks --------------------------------------------------------------------------------


class Backwards:
    """A clock that goes back an hour each time that somebody looks."""

    looks = 0

    @classmethod
    def now(cls, zone: Any = None) -> datetime:
        cls.looks += 1
        return (datetime(2026, 1, 1, 0, 30, tzinfo=UTC) - timedelta(hours=cls.looks)).astimezone(
            zone
        )


def test_x9_a_clock_that_goes_back_over_new_year_changes_no_report_and_no_length(
    place: Workspace, undisturbed: Workspace, here: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_module, "datetime", Backwards)
    made = season_of(place)
    assert Backwards.looks > 2
    assert {one.status for one in made} == {DONE}
    assert all(one.seconds >= 0 for one in made)
    assert without_times(pages(place.output)) == without_times(pages(undisturbed.output))
    plans: list[Plan] = []
    season_of(place, followed=Followed(on_plan=plans.append))
    assert plans[0].todo == ()


@posix
def test_x9_moments_are_told_in_utc_wherever_the_computer_stands(
    place: Workspace, here: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Pacific/Kiritimati")
    time.tzset()
    try:
        made = season_of(place)
    finally:
        monkeypatch.undo()
        time.tzset()
    for one in made:
        told = datetime.fromisoformat(one.ran)
        assert told.utcoffset() == timedelta(0)
        assert abs(datetime.now(UTC) - told) < timedelta(minutes=10)


def test_control_x9_a_length_by_the_clock_on_the_wall_may_be_less_than_nothing(
    place: Workspace, here: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_the_wall = mock.Mock(monotonic=lambda: Backwards.now(UTC).timestamp())
    monkeypatch.setattr(making, "time", by_the_wall)
    assert all(one.seconds < 0 for one in season_of(place))


# --- X10: a notebook that is not what it should be ---------------------------------------------


def test_x10_the_kernel_that_a_notebook_names_is_of_no_account(tmp_path: Path) -> None:
    path = write_notebook(tmp_path, MARK)
    kept = json.loads(path.read_text(encoding="utf-8"))
    kept["metadata"]["kernelspec"] = {"name": "julia-1.9", "display_name": "Julia"}
    path.write_text(json.dumps(kept), encoding="utf-8")
    assert notebook.execute(path, GIVEN, {}).found == {"ar": 2025}


def test_control_x10_without_a_look_first_a_report_is_made_of_the_defaults(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The parameters go in before the cells that set them, and are then overwritten."""
    path = write_notebook(tmp_path, MARK, tagged=0)
    source = json.loads(path.read_text(encoding="utf-8"))
    cell = {"cell_type": "code", "source": "ar: int = 1999", "metadata": {}, "outputs": []}
    source["cells"].insert(0, cell | {"execution_count": None, "id": "forval"})
    path.write_text(json.dumps(source), encoding="utf-8")
    with pytest.raises(ReportError, match="precis en cell märkt 'parameters'"):
        notebook.execute(path, GIVEN, {})
    monkeypatch.setattr(notebook, "_check", lambda *_: None)
    assert notebook.execute(path, GIVEN, {}).found == {"ar": 1999}


# --- X11: paths --------------------------------------------------------------------------------


def deep(folder: Path) -> Path:
    """A folder with Swedish letters, blanks and a dash, deeper than Windows' 260 characters."""
    below = folder / "räksmörgås å ä ö" / "Kommunstyrelsen – 2024"
    while len(str(below)) < 280:
        below /= "en mapp till {med} #tecken & 100 % åäö"
    below.mkdir(parents=True)
    return below


@posix
def test_x11_a_long_path_of_swedish_letters_and_blanks_makes_no_difference(
    exercise: Exercise, undisturbed: Workspace, tmp_path: Path
) -> None:
    below = deep(tmp_path)
    shutil.copytree(exercise.place.params, below / "params")
    shutil.copytree(exercise.place.store, below / "lager")
    there = Workspace(below / "params", below / "lager", below / "ut")
    made = season_of(there, at_once=2)
    assert [one.error for one in made] == [None] * len(made)
    assert without_times(pages(there.output)) == without_times(pages(undisturbed.output))


@posix
def test_control_x11_a_socket_can_not_lie_in_a_long_path(tmp_path: Path) -> None:
    """That a kernel's own folder is short is what makes it start wherever the others lie."""
    with pytest.raises(OSError, match="too long"), socket.socket(socket.AF_UNIX) as one:
        one.bind(str(deep(tmp_path) / "k-1"))
    with scratch.folder() as short, socket.socket(socket.AF_UNIX) as one:
        one.bind(str(short / "k-1"))


# --- X12: another program meanwhile ------------------------------------------------------------


def test_control_x12_without_asking_what_is_installed_reports_of_two_programs_are_mixed(
    place: Workspace, here: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    versions = iter(["den gamla", "den gamla", *["den nya"] * 99])
    monkeypatch.setattr(making, "program", lambda: next(versions))
    monkeypatch.setattr("malstyr_lib.batch.season.program", lambda: "den gamla")
    made = season_of(place)
    assert [one.status for one in made[:3]] == [DONE, DONE, FAILED]
    assert "byttes ut medan rapporterna gjordes" in str(made[2].error)
    monkeypatch.setattr(making, "_same_program", lambda _: None)
    assert {one.status for one in season_of(place)} == {DONE}


# --- X13: no screen and no fonts ---------------------------------------------------------------

DRAWN = """
import sys, warnings
warnings.simplefilter("error")
import pandas as pd
from malstyr_lib.charts import chart
chart.LOOK["font.family"] = sys.argv[1]
figure, axes = chart.canvas(3, 1)
axes.set_title("åäöÅÄÖ – −")
sys.stdout.buffer.write(chart.Chart(figure, "", "", pd.DataFrame()).png())
"""


def drawn(folder: Path, family: str) -> subprocess.CompletedProcess[bytes]:
    """Draw Swedish letters in a process with no screen, no home and none of the system's fonts."""
    kept = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "MPLBACKEND": "TkAgg"}
    empty = {name: str(folder) for name in ("HOME", "XDG_DATA_HOME", "XDG_DATA_DIRS")}
    return subprocess.run(
        [sys.executable, "-c", DRAWN, family],
        env=kept | empty | {"LANG": "C"},
        capture_output=True,
        check=False,
    )


@posix
def test_x13_letters_are_drawn_with_no_screen_and_no_fonts(tmp_path: Path) -> None:
    done = drawn(tmp_path, chart.LOOK["font.family"])
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(b"\x89PNG")


@posix
def test_control_x13_a_font_without_the_letters_is_told_of(tmp_path: Path) -> None:
    done = drawn(tmp_path, "cmex10")
    assert done.returncode != 0
    assert b"missing from" in done.stderr


# --- every one ---------------------------------------------------------------------------------


ELSEWHERE = {
    "x3": test_batch.test_a_notebook_that_does_not_come_to_its_end_has_failed,
    "x5": test_season.test_a_full_disk_fails_the_report_and_leaves_the_earlier_one_as_it_was,
    "x8": test_season.test_twelve_kernels_can_start_at_once,
    "x12": test_season.test_a_run_with_another_program_than_it_was_planned_for_makes_nothing,
}
"""Tests of faults that lie with the others of what they are about."""


def test_every_fault_has_a_test_and_a_control() -> None:
    names = " ".join(name for name in globals() if name.startswith("test_"))
    for fault in (f"x{number}" for number in range(1, 14)):
        assert fault in ELSEWHERE or f"test_{fault}_" in names, fault
        assert re.search(rf"test_control_(x\d+_)*{fault}_", names), fault
