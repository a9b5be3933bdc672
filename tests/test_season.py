"""A season of reports: several at once, none made twice, nothing lost and nothing left behind."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing import forkserver
from multiprocessing.queues import SimpleQueue
from pathlib import Path
from threading import Event, Thread

import pytest
from conftest import Exercise
from pages import remembered
from seasons import bytes_of, make_reports, plan_of
from test_batch import GIVEN, MARK, write_notebook

from malstyr_lib import params
from malstyr_lib.batch import Followed, Job, Outcome, Plan, Wanted, notebook, warm
from malstyr_lib.batch.making import carried_out
from malstyr_lib.cli import run as cli
from malstyr_lib.errors import ReportError
from malstyr_lib.manifest import read
from malstyr_lib.outcome import DONE, FAILED
from malstyr_lib.report.ending import END_MARKER
from malstyr_lib.workspace import Workspace

SHEETS = Wanted(["enhet"], ["ks"], ["html"])
SLOW_SEEDS = [pytest.param(one, marks=pytest.mark.slow) for one in range(2, 12)]
RUN = remembered()
linux = pytest.mark.skipif(not warm.FORKS, reason="kärnor förgrenas bara på Linux")


@dataclass(frozen=True)
class Made:
    """A run: what was made anew, what stood already, and how each went."""

    plan: Plan
    outcomes: list[Outcome]


def run(place: Workspace, wanted: Wanted = SHEETS, at_once: int = 2) -> Made:
    told: list[Plan] = []
    model = params.load(place.params)
    outcomes = make_reports(
        model, place, wanted, at_once=at_once, followed=Followed(on_plan=told.append)
    )
    return Made(told[0], outcomes)


@pytest.fixture(scope="module")
def place(exercise: Exercise, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The exercise municipality with parameters to change, and no reports yet."""
    folder = tmp_path_factory.mktemp("säsong")
    copied = shutil.copytree(exercise.place.params, folder / "params")
    return Workspace(copied, exercise.place.store, folder / "ut")


@pytest.fixture(scope="module")
def undisturbed(place: Workspace) -> Made:
    """All units' sheets, made two at a time."""
    return run(place)


# --- several at once ---------------------------------------------------------------------------


def test_made_two_at_a_time_they_are_what_they_are_made_one_at_a_time(
    place: Workspace, undisturbed: Made, tmp_path: Path
) -> None:
    assert {one.status for one in undisturbed.outcomes} == {DONE}
    alone = run(replace(place, output=tmp_path), at_once=1)
    assert len(alone.outcomes) > 2
    assert bytes_of(place.output) == bytes_of(tmp_path)


def test_outcomes_come_in_the_order_of_the_kinds_whoever_was_done_first(undisturbed: Made) -> None:
    names = [job.subject.slug for job in undisturbed.plan.todo]
    assert [one.slug for one in undisturbed.outcomes] == names


def test_every_report_has_a_log_of_its_cells(place: Workspace, undisturbed: Made) -> None:
    for one in undisturbed.outcomes:
        log = (place.output / one.folder / "logg.txt").read_text(encoding="utf-8")
        assert one.name in log.splitlines()[0]
        assert " s  blad.slut" in log
        assert "klar efter" in log


@linux
def test_nothing_of_one_report_is_left_in_the_next(tmp_path: Path) -> None:
    leave = """
import json, os, random, matplotlib, numpy, pandas
json.spår = pandas.spår = "kvar"
matplotlib.rcParams["font.size"] = 99
pandas.set_option("display.max_rows", 3)
os.environ["SPÅR"] = "kvar"
os.chdir("/")
numpy.random.seed(1)
random.seed(1)
"""
    look = """
from IPython.display import display
import json, os, random, matplotlib, numpy, pandas
found = {
    "modul": hasattr(json, "spår") or hasattr(pandas, "spår"),
    "rcParams": matplotlib.rcParams["font.size"],
    "rader": pandas.get_option("display.max_rows"),
    "miljö": os.environ.get("SPÅR"),
    "mapp": os.getcwd(),
    "slump": [random.random(), float(numpy.random.random())],
    "trådar": os.getpid(),
}
display({"application/vnd.malstyr.slut+json": found}, raw=True)
"""
    left, seen = write_notebook(tmp_path, leave, MARK), None
    notebook.execute(left, GIVEN, {})
    seen = write_notebook(tmp_path, look)
    first, second = (notebook.execute(seen, GIVEN, {}).found for _ in range(2))
    for found in (first, second):
        assert (found["modul"], found["rcParams"], found["miljö"]) == (False, 10.0, None)
        assert found["rader"] == 60
        assert found["mapp"] not in ("/", str(Path.cwd()))
    assert first["mapp"] != second["mapp"]
    assert not {*first["slump"]} & {*second["slump"]}
    assert not Path(first["mapp"]).exists()


@linux
@pytest.mark.parametrize("cell", [0, 1, 2, 3])
def test_a_kernel_that_is_killed_in_any_cell_is_a_failed_report(tmp_path: Path, cell: int) -> None:
    cells = ["1", "2", "3", MARK]
    cells[cell] = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
    with pytest.raises(ReportError, match="kärna dog"):
        notebook.execute(write_notebook(tmp_path, *cells), GIVEN, {})


def test_a_kernel_that_does_not_start_is_tried_once_more_and_no_cell_is_run_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, tries = notebook.papermill.execute_notebook, []

    def at_first_not(*given: object, **more: object) -> object:
        tries.append(given)
        if len(tries) == 1:
            raise RuntimeError("Kernel died before replying to kernel_info")
        return real(*given, **more)

    monkeypatch.setattr(notebook.papermill, "execute_notebook", at_first_not)
    assert notebook.execute(write_notebook(tmp_path, MARK), GIVEN, {}).found == {"ar": 2025}
    assert len(tries) == 2
    monkeypatch.setattr(notebook.papermill, "execute_notebook", real)
    counted = f"open({str(tmp_path / 'gånger')!r}, 'a').write('x'); 1/0"
    failing = write_notebook(tmp_path, counted, MARK)
    with pytest.raises(ReportError, match="Cell 3 stannade"):
        notebook.execute(failing, GIVEN, {})
    assert (tmp_path / "gånger").read_text() == "x"


def forked_from() -> tuple[int, int]:
    """Tell what process this one was forked from, and a child of its own."""
    seen = warm.context().SimpleQueue()
    child = warm.context().Process(target=told_parent, args=(seen,))  # type: ignore[attr-defined]
    child.start()
    found = seen.get()
    child.join()
    return os.getppid(), found


def shared_alone(address: str | None) -> None:
    """Share what is forked from; what is begun in the worker itself has nothing to import."""
    warm.PRELOADED = ()  # type: ignore[misc]
    warm.share(address)


def told_parent(seen: SimpleQueue[int]) -> None:
    seen.put(os.getppid())


@linux
@pytest.mark.parametrize("shares", [True, False])
def test_a_worker_forks_its_kernels_from_where_it_was_forked_itself_if_told(
    shares: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules["__main__"], "__spec__", None, raising=False)
    warm.warm_up()
    told = warm.shared() if shares else None
    own = ProcessPoolExecutor(
        1, mp_context=warm.context(), initializer=shared_alone, initargs=(told,)
    )
    with own as pool:
        worker, child = pool.submit(forked_from).result()
    assert (worker == child) is shares


def started(folder: str, number: int) -> int:
    """Run a notebook that tells its number, in a worker's process."""
    own = Path(folder) / str(number)
    own.mkdir()
    told = f"{{'{END_MARKER}': {{'nr': {number}}}}}"
    shown = f"from IPython.display import display; display({told}, raw=True)"
    found: int = notebook.execute(write_notebook(own, shown), GIVEN, {}).found["nr"]
    return found


@linux
@pytest.mark.slow
def test_twelve_kernels_can_start_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["__main__"], "__spec__", None, raising=False)
    warm.warm_up()
    with ProcessPoolExecutor(12, mp_context=warm.context()) as pool:
        assert [*pool.map(partial(started, str(tmp_path)), range(12))] == [*range(12)]


# --- none made twice ---------------------------------------------------------------------------


@pytest.fixture
def _here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run notebooks in this process, each once."""
    monkeypatch.setattr(notebook, "execute", RUN)


def test_what_stands_on_the_same_grounds_is_not_made_again(
    place: Workspace, undisturbed: Made
) -> None:
    again = run(place)
    assert again.plan.todo == ()
    assert again.outcomes == undisturbed.outcomes


def test_it_is_made_again_when_asked_to(place: Workspace, undisturbed: Made) -> None:
    anew = plan_of(place, replace(SHEETS, again=True))
    assert len(anew.todo) == len(undisturbed.outcomes)
    assert {job.because for job in anew.todo} == {"gjord förut, görs om"}


def test_a_form_that_is_not_there_is_made(place: Workspace, undisturbed: Made) -> None:
    more = plan_of(place, replace(SHEETS, forms=["html", "xlsx"]))
    assert len(more.todo) == len(undisturbed.outcomes)
    assert {job.because for job in more.todo} == {"alla former finns inte"}


@pytest.mark.usefixtures("_here")
def test_a_page_that_somebody_has_taken_away_is_made_again(
    place: Workspace, undisturbed: Made
) -> None:
    gone = undisturbed.outcomes[0]
    (place.output / gone.folder / "rapport.html").unlink()
    assert [job.subject.slug for job in run(place, at_once=1).plan.todo] == [gone.slug]
    assert run(place).plan.todo == ()


def test_a_change_in_one_committees_file_makes_only_its_own_reports_again(
    place: Workspace, undisturbed: Made
) -> None:
    both = replace(SHEETS, committees=["ks", "on"])
    file = place.params / "namnder" / "on.yaml"
    before = file.read_text(encoding="utf-8")
    file.write_text(before + "\n# en anteckning\n", encoding="utf-8")
    changed = plan_of(place, both)
    file.write_text(before, encoding="utf-8")
    assert {job.subject.committees for job in changed.todo} == {("on",)}
    assert {one.committees for one in changed.ready} == {("ks",)}


@pytest.mark.parametrize("name", ["styrmodell.yaml", "nyckeltal.yaml", "mallar/referens.docx"])
def test_a_change_in_what_all_share_makes_every_report_again(
    place: Workspace, undisturbed: Made, name: str
) -> None:
    file = place.params / name
    before = file.read_bytes() if file.exists() else None
    file.parent.mkdir(exist_ok=True)
    file.write_bytes((before or b"") + b"\n# en anteckning\n")
    changed = plan_of(place, SHEETS)
    file.unlink() if before is None else file.write_bytes(before)
    assert {job.because for job in changed.todo} == {f"ändrat i {name}"}
    assert changed.ready == ()


@pytest.mark.usefixtures("_here")
def test_a_failed_report_is_tried_again_and_its_reason_is_told(
    place: Workspace, undisturbed: Made, tmp_path: Path
) -> None:
    output = shutil.copytree(place.output, tmp_path / "ut")
    there = replace(place, output=output)
    broken = undisturbed.outcomes[0]
    target = output / broken.folder
    shutil.rmtree(target)
    target.write_text("en fil, ingen mapp", encoding="utf-8")
    first = run(there, at_once=1).outcomes[0]
    assert (first.status, first.slug) == (FAILED, broken.slug)
    assert first.error
    target.unlink()
    again = run(there, at_once=1)
    assert [job.subject.slug for job in again.plan.todo] == [broken.slug]
    assert {one.status for one in again.outcomes} == {DONE}
    assert bytes_of(output) == bytes_of(place.output)


def test_a_run_with_another_program_than_it_was_planned_for_makes_nothing(
    place: Workspace, undisturbed: Made, tmp_path: Path
) -> None:
    planned = undisturbed.plan.todo[0]
    other = replace(
        planned,
        inputs={**planned.inputs, "malstyr": "en annan"},
        place=replace(place, output=tmp_path),
    )
    assert "byttes ut medan rapporterna gjordes" in str(carried_out(other).error)


# --- nothing lost, nothing left ----------------------------------------------------------------


START = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
"""A shell may start what it runs in the background with Ctrl+C turned off."""


def command(place: Workspace) -> list[str]:
    return [
        *(sys.executable, "-c", f"{START}; from malstyr_lib.cli import main; main()"),
        *("rapport", "ks", "--typ", "enhet", "--form", "html", "--arbetare", "2"),
        *("--params", str(place.params), "--lager", str(place.store), "--ut", str(place.output)),
    ]


def alive(mark: str) -> list[int]:
    """The processes that have a mark in their environment."""
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            if mark.encode() in path.read_bytes():
                found.append(int(path.parent.name))
        except OSError:
            continue
    return found


def gone_within(mark: str, seconds: float) -> list[int]:
    """The processes with a mark that are still there after a while; none as soon as all left."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and alive(mark):
        time.sleep(0.1)
    return alive(mark)


def kernels_within(mark: str, seconds: float) -> list[int]:
    """As `gone_within`, of those that lead a session of their own, as kernels do."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and any(map(leads, alive(mark))):
        time.sleep(0.1)
    return [pid for pid in alive(mark) if leads(pid)]


def leads(pid: int) -> bool:
    try:
        return os.getsid(pid) == pid
    except ProcessLookupError:
        return False


def strays(output: Path) -> list[str]:
    return [path.name for path in output.rglob(".ny-*")]


@linux
@pytest.mark.parametrize(
    "seed", [1, *(pytest.param(one, marks=pytest.mark.slow) for one in range(2, 12))]
)
def test_killed_at_any_moment_the_same_command_gives_what_an_undisturbed_one_gives(
    place: Workspace, undisturbed: Made, tmp_path: Path, seed: int
) -> None:
    there, mark = replace(place, output=tmp_path / "ut"), f"MÄRKE={tmp_path}"
    with subprocess.Popen(
        command(there),
        env=os.environ | {"MÄRKE": str(tmp_path)},
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    ) as victim:
        time.sleep(random.Random(seed).uniform(2, 9))
        victim.kill()
    assert kernels_within(mark, 10) == []
    assert gone_within(mark, 60) == []  # the process to fork from ends when it has imported all
    kept = {one.slug for one in read(there.output)} if there.output.exists() else set()
    again = run(there)
    assert {one.slug for one in again.plan.ready} >= kept
    assert {one.status for one in again.outcomes} == {DONE}
    assert bytes_of(there.output) == bytes_of(place.output)
    assert strays(there.output) == []


@linux
def test_ctrl_c_ends_the_run_with_its_kernels_and_says_so(
    place: Workspace, undisturbed: Made, tmp_path: Path
) -> None:
    there, mark = replace(place, output=tmp_path / "ut"), f"MÄRKE={tmp_path}"
    with subprocess.Popen(
        command(there),
        env=os.environ | {"MÄRKE": str(tmp_path)},
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    ) as stopped:
        assert stopped.stderr
        for line in stopped.stderr:
            if line.startswith("✓"):
                break
        os.killpg(stopped.pid, signal.SIGINT)
        told = stopped.stderr.read()
    assert stopped.returncode == 130
    assert "Avbrutet." in told
    assert "Traceback" not in told
    assert gone_within(mark, 10) == []
    assert strays(there.output) == []
    assert {one.status for one in read(there.output)} <= {DONE}


@linux
def test_a_worker_that_is_killed_takes_no_report_with_it(place: Workspace, tmp_path: Path) -> None:
    there, killed = replace(place, output=tmp_path / "ut"), []

    def kill_one(_: Job) -> None:
        if not killed and (found := workers_of(os.getpid())):
            killed.append(found[0])
            os.kill(found[0], signal.SIGKILL)

    made = make_reports(
        params.load(place.params), there, SHEETS, at_once=2, followed=Followed(on_start=kill_one)
    )
    assert killed
    assert {one.status for one in made} == {DONE}


def workers_of(parent: int) -> list[int]:
    """The processes forked for this one that lead no session of their own: kernels do."""
    server = forkserver._forkserver._forkserver_pid  # type: ignore[attr-defined]
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            words = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        pid, its_parent, session = int(path.parent.name), int(words[1]), int(words[3])
        if its_parent == server and session != pid:
            found.append(pid)
    return found


def test_a_second_run_in_the_same_folder_is_told_whose_the_first_is(
    place: Workspace, undisturbed: Made
) -> None:
    told = []

    def meanwhile(_: Plan) -> None:
        with pytest.raises(ReportError) as refused:
            run(place)
        told.append(str(refused.value))

    model = params.load(place.params)
    make_reports(model, place, SHEETS, followed=Followed(on_plan=meanwhile))
    assert f"görs rapporter just nu av process {os.getpid()} sedan " in told[0]
    assert plan_of(place, SHEETS).todo == ()


@pytest.mark.usefixtures("_here")
def test_a_reader_never_sees_half_a_report_or_a_list_of_what_is_not_there(
    place: Workspace, tmp_path: Path
) -> None:
    there, over, faults = replace(place, output=tmp_path / "ut"), Event(), []
    watcher = Thread(target=lambda: faults.extend(watched(there.output, over)))
    watcher.start()
    run(there, at_once=1)
    run(there, replace(SHEETS, again=True), at_once=1)
    over.set()
    watcher.join()
    assert faults == []


def watched(output: Path, over: Event) -> Iterator[str]:
    """What is wrong with what lies in output, looked at again and again."""
    looks = 0
    while not over.wait(0.002):
        looks += 1
        for path in output.rglob("*.html"):
            if not path.read_text(encoding="utf-8").rstrip().endswith("</html>"):
                yield f"half a page: {path}"
        manifest = output / "manifest.json"
        if manifest.exists():
            for one in json.loads(manifest.read_text(encoding="utf-8"))["reports"]:
                folder = output / f"{one['year']}/{one['kind']}/{one['slug']}"
                yield from (
                    f"listed: {name}" for name in one["files"] if not (folder / name).exists()
                )
    if looks < 20:
        yield "looked too seldom"


@pytest.mark.skipif(sys.platform == "win32", reason="ulimit")
def test_a_full_disk_fails_the_report_and_leaves_the_earlier_one_as_it_was(
    place: Workspace, undisturbed: Made, tmp_path: Path
) -> None:
    there = replace(place, output=shutil.copytree(place.output, tmp_path / "ut"))
    done = subprocess.run(
        ["bash", "-c", 'ulimit -f 40; exec "$@"', "bash", *command(there), "--om"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert "Filerna gick inte att skriva i " in done.stdout
    assert "Den tidigare rapporten ligger kvar." in done.stderr
    assert "Traceback" not in done.stderr
    assert {one.status for one in read(there.output)} == {FAILED}
    assert bytes_of(there.output) == bytes_of(place.output)
    assert strays(there.output) == []
    again = plan_of(there, SHEETS)
    assert {job.because for job in again.todo} == {"misslyckades förra gången"}


# --- what is told ------------------------------------------------------------------------------


@pytest.mark.usefixtures("_here")
def test_the_command_tells_what_stands_what_failed_and_why(
    place: Workspace, undisturbed: Made, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    there = replace(place, output=shutil.copytree(place.output, tmp_path / "ut"))
    words = command(there)[3:]
    words[words.index("2")] = "1"
    assert cli([*words]) == 0
    told = capsys.readouterr()
    made = len(undisturbed.outcomes)
    assert f"Alla {made} rapporter är redan gjorda på samma underlag" in told.err
    assert f"{made} av {made} rapporter klara." in told.out
    broken = undisturbed.outcomes[0]
    shutil.rmtree(there.output / broken.folder)
    (there.output / broken.folder).write_text("en fil, ingen mapp", encoding="utf-8")
    assert cli([*words]) == 1
    told = capsys.readouterr()
    assert f"{made - 1} av {made} rapporter är redan gjorda" in told.err
    assert f"✗ enhet {broken.name} 2025 misslyckades: " in told.err
    assert f"{made - 1} av {made} rapporter klara." in told.out
    assert told.out.splitlines()[-1].startswith(f"  enhet {broken.name} 2025: ")


@pytest.mark.usefixtures("_here")
def test_machines_are_told_an_event_a_line_and_at_last_a_list(
    place: Workspace, undisturbed: Made, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    there = replace(place, output=shutil.copytree(place.output, tmp_path / "ut"))
    gone = undisturbed.outcomes[0]
    shutil.rmtree(there.output / gone.folder)
    words = command(there)[3:]
    words[words.index("2")] = "1"
    assert cli([*words, "--json"]) == 0
    told = capsys.readouterr()
    events = [json.loads(line) for line in told.err.splitlines()]
    assert [one["event"] for one in events] == ["plan", "start", "done"]
    assert (events[0]["todo"], events[0]["ready"]) == (1, len(undisturbed.outcomes) - 1)
    assert events[1] == {"event": "start", "kind": "enhet", "slug": gone.slug, "year": 2025}
    assert [one["slug"] for one in json.loads(told.out)] == [
        one.slug for one in undisturbed.outcomes
    ]
