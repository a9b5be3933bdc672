"""Past one machine: other municipalities' reports, and the same jobs on a cluster's workers."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from conftest import Exercise
from pages import executed, make_quickly
from seasons import bytes_of, make_reports

from malstyr_lib import params
from malstyr_lib.batch import (
    Followed,
    Home,
    Job,
    Wanted,
    cluster,
    homes,
    make_everywhere,
    making,
    workers,
)
from malstyr_lib.cli import run as cli
from malstyr_lib.errors import ReportError, UsageError
from malstyr_lib.manifest import read
from malstyr_lib.outcome import DONE
from malstyr_lib.workspace import Workspace

SHEETS = Wanted(["enhet"], ["ks", "on"], ["html"])
COMMAND = Path(sys.executable).parent


@pytest.fixture
def place(exercise: Exercise, tmp_path: Path) -> Workspace:
    return replace(exercise.place, output=tmp_path / "ut")


# --- which municipalities ----------------------------------------------------------------------


def test_codes_and_names_are_found_each_once_in_the_order_they_are_asked_for(
    place: Workspace, tmp_path: Path
) -> None:
    file = tmp_path / "kommuner.txt"
    file.write_text("\ufeff9003  # den tredje\n9002;9003\n\nÖvninge\n", encoding="utf-8")
    assert homes.codes(str(file), place) == ["9003", "9002", "9001"]
    assert homes.codes("övninge, 9002", place) == ["9001", "9002"]


def test_all_are_every_municipality_and_no_region_or_the_nation(place: Workspace) -> None:
    found = homes.codes("alla", place)
    assert len(found) > 200
    assert all(len(code) == 4 for code in found)
    assert "0000" not in found


def test_every_unknown_one_is_named_at_once(place: Workspace) -> None:
    with pytest.raises(UsageError, match=r"Det finns ingen kommun 'Övnige' och '1'.*Övninge"):
        homes.codes("Övnige, 9002, 1", place)


def test_a_municipality_gets_the_pattern_and_nothing_that_is_another_s_own(
    place: Workspace,
) -> None:
    (one,) = homes.homes(["9002"], place)
    own = params.load(place.params)
    assert one.model.municipality.code == "9002"
    assert [c.kpis for c in one.model.committees] == [c.kpis for c in own.committees]
    assert own.activities
    assert own.questions
    assert (one.model.activities, one.model.questions, one.model.notes) == ((), (), ())
    changed = one.place.params / "kommun.yaml"
    changed.write_text("kod: '9002'\nnamn: Eget namn\n", encoding="utf-8")
    assert homes.homes(["9002"], place)[0].model.municipality.name == "Eget namn"


def test_each_municipality_has_its_reports_and_its_list_and_one_page_leads_to_all(
    place: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making.notebook, "execute", executed)
    found = homes.homes(["9003", "9002"], place)
    wanted = Wanted(["enhet"], ["ks"], ["html"])
    made = make_everywhere(found, wanted, partial(workers.done, workers=1))
    assert {one.status for one in made} == {DONE}
    page = homes.listed(found, place).read_text(encoding="utf-8")
    for home in found:
        one = read(home.place.output)[0]
        name = home.model.municipality.name
        html = (home.place.output / one.folder / "rapport.html").read_text(encoding="utf-8")
        assert f"– {name}</title>" in html
        assert f'href="{home.model.municipality.code}/index.html"' in page
        assert (home.place.output / "index.html").is_file()


def test_a_municipality_that_cannot_have_its_reports_hinders_no_other_and_is_told_of(
    place: Workspace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    make_quickly(monkeypatch, executed)
    (one, odd) = homes.homes(["9002", "9003"], place)
    (odd.place.params / "kommun.yaml").write_text("kod: '9003'\nnamn: Annat\n", encoding="utf-8")
    asked = ["rapport", "ks", "--typ", "enhet", "--form", "html", "--arbetare", "1"]
    folders = ["--params", place.params, "--lager", place.store, "--ut", place.output]
    assert cli([*asked, "--kommun", "9002,9003", *map(str, folders)]) == 4
    said, lines = capsys.readouterr()
    assert lines.count(f"✓ {one.model.municipality.name}: enhet ") == 3
    assert "Anmärkning: Annat: kommun.yaml: kod 9003 är " in said
    assert "av 3 rapporter klara" in said
    assert cli([*asked, "--kommun", "9003", *map(str, folders)]) == 2
    page = place.output / "kommuner" / "index.html"
    assert page.read_text(encoding="utf-8").count('/index.html"') == 1
    assert cli([*asked, "--kommun", "9004", *map(str, folders)]) == 0
    assert page.read_text(encoding="utf-8").count('/index.html"') == 2  # the earlier one stands
    assert cli([*asked, "--kommun", "9002", "--ar", "2099", *map(str, folders)]) == 2
    assert "Rapportår 2099 finns inte" in capsys.readouterr().err


# --- on a cluster ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Net:
    """Where a cluster's processes run: what their commands begin with, and the address.

    scheduler, workers: words before a command, as those that put it in another network namespace.
    """

    scheduler: tuple[str, ...] = ()
    workers: tuple[str, ...] = ()
    host: str = "127.0.0.1"


@contextmanager
def running(
    folder: Path, number: int, net: Net | None = None, environment: Mapping[str, str] | None = None
) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A scheduler and some workers on this machine: its address, and the workers' processes."""
    net, told = net or Net(), folder / "schemalaggare.json"
    dask, where = str(COMMAND / "dask"), ["--scheduler-file", str(told), "--no-dashboard"]
    quiet: dict[str, Any] = {
        "stdout": subprocess.DEVNULL,
        "stderr": subprocess.DEVNULL,
        "cwd": folder,
        "env": os.environ | dict(environment or {}),
    }
    scheduler = [*net.scheduler, dask, "scheduler", "--host", net.host, "--port", "0", *where]
    worker = [*net.workers, dask, "worker", *where, "--nthreads", "1", "--no-nanny"]
    started = [subprocess.Popen(scheduler, **quiet)]
    try:
        waited_for(told.exists)
        workers_of = [subprocess.Popen(worker, **quiet) for _ in range(number)]
        started += workers_of
        yield json.loads(told.read_text())["address"], workers_of
    finally:
        for process in reversed(started):  # asked to end, a worker may wait for its scheduler
            process.kill()
            process.wait()


def waited_for(there: Callable[[], bool], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not there() and time.monotonic() < until:
        time.sleep(0.05)


@pytest.mark.skipif(shutil.which("dask", path=COMMAND) is None, reason="dask finns inte här")
def test_a_cluster_that_loses_a_worker_midway_makes_what_one_machine_makes_each_once(
    place: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, done = Home(params.load(place.params), place), []
    with running(tmp_path, 2) as (address, working):

        def kill_one(_: object) -> None:
            done.append(_)
            if len(done) == 2:
                os.kill(working[0].pid, signal.SIGKILL)

        carry = partial(cluster.done, address=address)
        made = make_everywhere([home], SHEETS, carry, followed=Followed(on_done=kill_one))
    assert [one.error for one in made] == [None] * len(made)
    assert len(done) == len(made) == len({one.key for one in done}) > 4
    monkeypatch.setattr(making.notebook, "execute", executed)
    alone = replace(place, output=tmp_path / "ensam")
    one = replace(SHEETS, committees=["ks"])
    make_reports(home.model, alone, one)
    both = bytes_of(place.output)
    assert {name: both[name] for name in bytes_of(alone.output)} == bytes_of(alone.output)
    assert [path.name for path in place.output.rglob(".ny-*")] == []


@contextmanager
def two_namespaces() -> Iterator[Net]:
    """Two network namespaces with a cable between them, and nothing else: here and there."""
    here, there = (f"malstyr-{os.getpid()}-{name}" for name in ("h", "d"))
    setup = [
        f"ip netns add {here}",
        f"ip netns add {there}",
        f"ip link add vh netns {here} type veth peer name vd netns {there}",
        *(f"ip -n {name} link set lo up" for name in (here, there)),
        f"ip -n {here} addr add 10.77.0.1/24 dev vh",
        f"ip -n {there} addr add 10.77.0.2/24 dev vd",
        f"ip -n {here} link set vh up",
        f"ip -n {there} link set vd up",
    ]
    try:
        for line in setup:
            done = subprocess.run(line.split(), capture_output=True, text=True, check=False)
            if done.returncode:
                pytest.skip(f"nätverksnamnrymder går inte att göra här: {done.stderr.strip()}")
        inside = ("ip", "netns", "exec")
        yield Net((*inside, here), (*inside, there), "10.77.0.1")
    finally:
        for name in (here, there):
            subprocess.run(["ip", "netns", "del", name], capture_output=True, check=False)


def reported(place: Workspace, address: str, net: Net) -> tuple[int, str]:
    """Run the command that makes the sheets on a cluster; its code, and what it said."""
    command = [
        *(*net.scheduler, sys.executable, "-m", "malstyr_lib.cli", "rapport", "ks", "on"),
        *("--typ", "enhet", "--form", "html", "--kluster", address),
        *("--params", str(place.params), "--lager", str(place.store), "--ut", str(place.output)),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("ip") is None, reason="ip finns inte här")
def test_workers_in_another_network_make_the_same_reports(place: Workspace, tmp_path: Path) -> None:
    with two_namespaces() as net, running(tmp_path, 2, net) as (address, _):
        assert address.startswith("tcp://10.77.0.1:")
        code, said = reported(place, address, net)
    assert code == 0, said
    alone = replace(place, output=tmp_path / "ensam")
    make_reports(params.load(place.params), alone, SHEETS, at_once=2)
    assert bytes_of(place.output) == bytes_of(alone.output) != {}


def test_a_cluster_that_does_not_answer_is_told_with_the_cure(
    place: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "ANSWERS_WITHIN_S", 1)
    told = Job("namnd", None, 2025, "", place, ())  # type: ignore[arg-type]
    with pytest.raises(
        ReportError, match=r"Inget kluster med arbetare svarar på tcp://127\.0\.0\.1:9"
    ):
        list(cluster.done([told], lambda _: None, address="tcp://127.0.0.1:9"))


def test_without_the_extra_it_is_told_which_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    told = Job("namnd", None, 2025, "", None, ())  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="uv sync --extra kluster"):
        list(cluster.done([told], lambda _: None, address="tcp://127.0.0.1:9"))
