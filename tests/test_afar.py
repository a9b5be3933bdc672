"""Folders on object storage: copies to work in, and all that is made put where it belongs."""

from __future__ import annotations

import itertools
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import Exercise
from fsspec.implementations.memory import MemoryFileSystem
from pages import executed, make_quickly, remembered
from seasons import make_reports
from test_cluster import Net, reported, running, two_namespaces

from malstyr_lib import params, workspace
from malstyr_lib.batch import Home, Wanted, make_everywhere, making
from malstyr_lib.batch.cluster import on_worker
from malstyr_lib.batch.faraway import Faraway, store_copied, store_put
from malstyr_lib.batch.mirrored import mirrored
from malstyr_lib.cli import run as cli
from malstyr_lib.errors import ReportError, UsageError
from malstyr_lib.outcome import DONE
from malstyr_lib.ovning.dataset import Dataset
from malstyr_lib.ovning.server import serve
from malstyr_lib.store import Store, upkeep
from malstyr_lib.workspace import Workspace

STORE, OUTPUT = "memory://hink/lager", "memory://hink/ut"
SHEETS = Wanted(["enhet"], ["ks"], ["html", "json"])


MADE = remembered()


@pytest.fixture(autouse=True)
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[MemoryFileSystem]:
    """An empty object storage, and reports that are made in this process."""
    make_quickly(monkeypatch, MADE)
    system = MemoryFileSystem()
    _empty(system)
    yield system
    _empty(system)


def _empty(system: MemoryFileSystem) -> None:
    system.store.clear()
    system.pseudo_dirs[:] = [""]


@pytest.fixture
def filled(exercise: Exercise, bucket: MemoryFileSystem) -> MemoryFileSystem:
    """The storage with the exercise's store in it."""
    store_put(exercise.place.store, Faraway(STORE), {})
    return bucket


def command(exercise: Exercise, *more: str) -> list[str]:
    asked = ["rapport", "ks", "--typ", "enhet", "--form", "html", "--arbetare", "1", *more]
    return [*asked, "--params", str(exercise.place.params), "--lager", STORE, "--ut", OUTPUT]


def names(system: MemoryFileSystem, below: str) -> list[str]:
    return [name.removeprefix(f"/hink/{below}/") for name in system.find(f"/hink/{below}")]


def test_a_store_that_is_put_away_and_copied_back_is_whole_and_the_same(
    exercise: Exercise, filled: MemoryFileSystem, tmp_path: Path
) -> None:
    store_copied(Faraway(STORE), tmp_path / "lager")
    back = Store(tmp_path / "lager")
    assert back.snapshots() == Store(exercise.place.store).snapshots()
    assert [one.damage for one in upkeep.survey(back, verify=True)] == [()] * len(back.snapshots())
    assert [path.name for path in (tmp_path / "lager" / ".hämtas").rglob("*.*")] == []


@pytest.mark.parametrize("last", [0, 1, 50, 120])
def test_a_snapshot_is_put_after_all_that_it_holds(
    exercise: Exercise, bucket: MemoryFileSystem, monkeypatch: pytest.MonkeyPatch, last: int
) -> None:
    """Whatever write it is that fails, what lies there is whole: no snapshot lacks an object."""
    real, count = MemoryFileSystem.pipe_file, itertools.count()

    def put(self: object, *args: object) -> None:
        if next(count) == last:
            raise OSError("slut på plats")
        real(self, *args)

    monkeypatch.setattr(MemoryFileSystem, "pipe_file", put)
    with pytest.raises(ReportError, match=f"skriva {STORE} .OSError: slut på plats"):
        store_put(exercise.place.store, Faraway(STORE), {})
    assert names(bucket, "lager/snapshots") == []
    assert len(names(bucket, "lager")) == last
    store_put(exercise.place.store, Faraway(STORE), {})
    assert names(bucket, "lager/snapshots") != []


def test_the_reports_are_those_that_folders_give_and_the_copies_leave_nothing_here(
    exercise: Exercise, filled: MemoryFileSystem, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli(command(exercise)) == 0
    said = capsys.readouterr().out
    assert f"Listan: {OUTPUT}/index.html" in said
    near = replace(exercise.place, output=tmp_path / "ut")
    asked = replace(SHEETS, forms=["html"])
    made = make_reports(params.load(near.params), near, asked)
    assert made
    pages = {f"{one.folder}/rapport.html" for one in made}
    assert pages <= {*names(filled, "ut")}
    for page in pages:
        assert filled.cat(f"/hink/ut/{page}") == (near.output / page).read_bytes()
    assert not [name for name in names(filled, "ut") if Path(name).name.startswith(".")]


def test_what_stands_there_is_not_made_again_and_a_page_that_is_gone_is(
    exercise: Exercise, filled: MemoryFileSystem, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli(command(exercise)) == 0
    first = {name: filled.cat(f"/hink/ut/{name}") for name in names(filled, "ut")}
    capsys.readouterr()
    assert cli(command(exercise)) == 0
    assert "redan gjord" in "".join(capsys.readouterr())
    assert {name: filled.cat(f"/hink/ut/{name}") for name in names(filled, "ut")} == first
    gone = next(name for name in first if name.endswith("rapport.html"))
    filled.rm(f"/hink/ut/{gone}")
    assert cli(command(exercise)) == 0
    assert filled.cat(f"/hink/ut/{gone}") == first[gone]


def test_a_worker_needs_nothing_but_the_job(
    exercise: Exercise, filled: MemoryFileSystem, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it is sent is enough where none of the folders of who asks is there."""
    monkeypatch.setattr(making.notebook, "execute", executed)
    with mirrored(STORE, OUTPUT, everywhere=False) as far:
        assert far.store is not None
        assert far.output is not None
        place = Workspace(exercise.place.params, far.store.folder, far.output.folder)
        jobs = []

        def carry(todo: list, on_start: object) -> Iterator[tuple]:  # type: ignore[type-arg]
            nowhere = Workspace(*(tmp_path / "finns inte" / name for name in "abc"))
            for job in todo:
                jobs.append(job)
                yield job, on_worker(replace(job, place=nowhere))

        home = Home(params.load(place.params), place)
        made = make_everywhere([home], SHEETS, far.carry(carry))  # type: ignore[arg-type]
    assert [one.error for one in made] == [None] * len(made)
    assert [one.status for one in made] == [DONE] * len(jobs)
    for one in made:
        assert {f"{one.folder}/{name}" for name in one.files} <= {*names(filled, "ut")}
    listed = json.loads(filled.cat("/hink/ut/manifest.json"))["reports"]
    assert len(listed) == len(made)


def test_what_cannot_be_put_away_is_a_failed_report_that_is_made_the_next_time(
    exercise: Exercise,
    filled: MemoryFileSystem,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    real = MemoryFileSystem.pipe_file

    def full(self: object, path: str, *rest: object) -> None:
        if path.endswith("rapport.html"):
            raise PermissionError("får inte")
        real(self, path, *rest)

    monkeypatch.setattr(MemoryFileSystem, "pipe_file", full)
    assert cli(command(exercise)) == 1
    said = capsys.readouterr().out
    assert f"Det går inte att skriva {OUTPUT}/" in said
    assert "får inte" in said
    monkeypatch.setattr(MemoryFileSystem, "pipe_file", real)
    assert cli(command(exercise)) == 0
    assert "redan gjord" not in "".join(capsys.readouterr())


def test_a_fetch_puts_its_snapshot_at_the_address(
    exercise: Exercise, world: Dataset, bucket: MemoryFileSystem
) -> None:
    newest = replace(world, values=world.values[world.values["period"] == 2025])
    with serve(newest) as server:
        asked = ["hamta", "--params", str(exercise.place.params), "--url", server.url]
        assert cli([*asked, "--lager", STORE]) in (0, 4)
    assert len(names(bucket, "lager/snapshots")) == 1
    assert len(names(bucket, "lager/objects")) > 100


def test_a_fetch_that_cannot_be_put_there_is_kept_here_and_it_is_told_where(
    exercise: Exercise,
    world: Dataset,
    bucket: MemoryFileSystem,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def refused(*_: object) -> None:
        raise PermissionError("får inte")

    newest = replace(world, values=world.values[world.values["period"] == 2025])
    monkeypatch.setattr(MemoryFileSystem, "pipe_file", refused)
    with serve(newest) as server:
        asked = ["hamta", "--params", str(exercise.place.params), "--url", server.url]
        assert cli([*asked, "--lager", STORE]) == 1
    told = capsys.readouterr().err
    assert f"Det går inte att skriva {STORE} (PermissionError: får inte)" in told
    kept = Path(told.rpartition("ligger kvar i ")[2].strip().rstrip("."))
    assert len(Store(kept / "lager").snapshots()) == 1
    shutil.rmtree(kept)


def test_an_output_that_may_not_be_written_is_told_before_anything_is_made(
    exercise: Exercise,
    filled: MemoryFileSystem,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def refused(*_: object) -> None:
        raise PermissionError("får inte")

    monkeypatch.setattr(MemoryFileSystem, "pipe_file", refused)
    monkeypatch.setattr(making.notebook, "execute", pytest.fail)
    assert cli(command(exercise)) == 1
    assert f"Det går inte att skriva {OUTPUT} (Perm" in capsys.readouterr().err


def test_names_that_are_no_files_or_lead_out_of_the_folder_are_left_alone(
    exercise: Exercise, filled: MemoryFileSystem, tmp_path: Path
) -> None:
    hostile = ("a/../../../ut.txt", "..", "b\\..\\ut.txt", "C:ut.txt", "kommuner/", "./x")
    for name in hostile:
        filled.store[f"/hink/ut/{name}"] = filled.store[next(iter(filled.store))]
    filled.pipe_file("/hink/ut/2024/namnd/bn/rapport.html", b"</html>")
    assert [*Faraway(OUTPUT).sizes()] == ["2024/namnd/bn/rapport.html"]
    assert cli(command(exercise)) == 0


def test_parameters_that_were_put_in_part_are_made_anew(
    exercise: Exercise, filled: MemoryFileSystem
) -> None:
    asked = [*command(exercise), "--kommun", "9002"]
    assert cli(asked) == 0
    params_there = [name for name in names(filled, "ut") if "/params/" in name]
    assert len(params_there) > 10
    filled.rm("/hink/ut/kommuner/9002/params/kommun.yaml")
    filled.rm("/hink/ut/kommuner/9002/params/nyckeltal.yaml")
    assert cli(asked) == 0
    assert {*params_there} <= {*names(filled, "ut")}


def test_the_file_that_tells_that_parameters_are_whole_is_put_last(
    exercise: Exercise, filled: MemoryFileSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    put, real = [], MemoryFileSystem.pipe_file

    def noted(self: object, path: str, *rest: object) -> None:
        put.append(path)
        real(self, path, *rest)

    monkeypatch.setattr(MemoryFileSystem, "pipe_file", noted)
    assert cli([*command(exercise), "--kommun", "9002"]) == 0
    of_params = [path for path in put if "/params/" in path]
    assert of_params[-1].endswith("/params/kommun.yaml")
    pages = [path for path in put if path.count("/enhet/") and not path.endswith(".txt")]
    assert pages[-1].endswith("rapport.html")


def test_addresses_may_stand_in_the_environment(
    exercise: Exercise, filled: MemoryFileSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MALSTYR_STORE", STORE)
    monkeypatch.setenv("MALSTYR_UT", OUTPUT)
    assert cli([*command(exercise)[:-4]]) == 0
    assert "index.html" in names(filled, "ut")


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("finnsinte://hink/lager", "går inte att använda. Den ska börja med s3://"),
        ("sftp://värd/lager", "går inte att använda"),
        ("file:///srv/lager", "En mapp på en filserver anges som en vanlig sökväg"),
        ("simplecache::s3://hink/lager", "går inte att använda"),
        ("s3://", "går inte att använda"),
        ("s3://namn:hemligt@hink/lager", "Skriv inget lösenord i adressen"),
        ("memory://hink/tomt", "är tomt"),
    ],
)
def test_an_address_that_is_no_use_is_told_in_a_sentence(
    address: str, said: str, exercise: Exercise, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["rapport", "--params", str(exercise.place.params), "--lager", address]
    assert cli(asked) in (2, 3)
    told = capsys.readouterr().err
    assert said in told
    assert "hemligt" not in told
    assert "/malstyr-" not in told


def test_a_command_that_takes_no_address_says_which_do(
    exercise: Exercise, capsys: pytest.CaptureFixture[str]
) -> None:
    for asked in (["bedom", "--lager", STORE], ["lager", "--lager", STORE]):
        assert cli([*asked, "--params", str(exercise.place.params)]) == 2
        assert "Bara hamta, rapport och vakt tar adresser" in capsys.readouterr().err


def test_without_the_extra_it_is_told_which_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fsspec.core", None)
    with pytest.raises(UsageError, match="uv sync --extra kluster"):
        Faraway(STORE)


@pytest.mark.parametrize(
    ("asked", "is_one"),
    [
        ("s3://hink/lager", True),
        ("abfss://x@y/z", True),
        ("C:/malstyr/lager", False),
        ("C:\\malstyr", False),
        ("/srv/lager", False),
        ("lager", False),
        ("file:///srv/lager", True),
        ("simplecache::s3://hink", True),
        ("s3://", True),
    ],
)
def test_an_address_is_told_from_a_path(asked: str, is_one: bool) -> None:
    assert workspace.is_address(asked) is is_one


@contextmanager
def s3(folder: Path, net: Net) -> Iterator[str]:
    """An object storage as others run it, on the scheduler's side of a net: its address."""
    pytest.importorskip("s3fs", reason="s3fs finns inte här")
    pytest.importorskip("moto.server", reason="moto finns inte här")
    address = f"http://{net.host}:5577"
    command = [*net.scheduler, sys.executable, "-m", "moto.server", "-H", net.host, "-p", "5577"]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL, cwd=folder) as server:
        try:
            time.sleep(5)
            yield address
        finally:
            server.kill()


def filled_bucket(net: Net, store: Path) -> subprocess.CompletedProcess[str]:
    """Make a bucket and put a store into it, on the scheduler's side."""
    program = (
        "import sys, fsspec\n"
        "from pathlib import Path\n"
        "from malstyr_lib.batch.faraway import Faraway, store_put\n"
        "fsspec.filesystem('s3').mkdir('hink')\n"
        "store_put(Path(sys.argv[1]), Faraway('s3://hink/lager'), {})\n"
    )
    command = [*net.scheduler, sys.executable, "-c", program, str(store)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("ip") is None, reason="ip finns inte här")
def test_workers_in_another_network_without_the_folders_work_on_an_object_storage(
    exercise: Exercise, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They see nothing of the folders of who asks: those are hidden from them."""
    with two_namespaces() as net, s3(tmp_path, net) as address:
        for name, value in (
            ("AWS_ENDPOINT_URL", address),
            ("AWS_ACCESS_KEY_ID", "prov"),
            ("AWS_SECRET_ACCESS_KEY", "prov"),
            ("AWS_DEFAULT_REGION", "us-east-1"),
        ):
            monkeypatch.setenv(name, value)
        done = filled_bucket(net, exercise.place.store)
        assert done.returncode == 0, done.stderr
        ours, theirs = exercise.place.params.parent / "tmp", tmp_path / "tmp"
        for folder in (ours, theirs):
            folder.mkdir()
        monkeypatch.setenv("TMPDIR", str(ours))
        hidden = f'mount -t tmpfs none {exercise.place.params.parent} && exec "$@"'
        apart = replace(net, workers=(*net.workers, "unshare", "-m", "bash", "-c", hidden, "bash"))
        with running(tmp_path, 2, apart, {"TMPDIR": str(theirs)}) as (scheduler, _):
            place = replace(exercise.place, store="s3://hink/lager", output="s3://hink/ut")  # type: ignore[arg-type]
            code, said = reported(place, scheduler, net)
            assert code == 0, said
            code, said = reported(place, scheduler, net)
            assert code == 0, said
            assert "redan gjorda på samma underlag" in said
