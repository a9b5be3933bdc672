"""The store over the years: listing, finding damage, and letting old snapshots go by a rule."""

from __future__ import annotations

import errno
import json
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest

from malstyr_lib import tables
from malstyr_lib.cli import run
from malstyr_lib.errors import StoreDamaged
from malstyr_lib.store import Store
from malstyr_lib.store.upkeep import prune, superfluous, survey

AREAS = tables.frame(tables.MUNICIPALITIES, {"id": ["9001"], "title": ["Övninge"], "type": ["K"]})


def write(store: Store, day: str, **values: float) -> str:
    """A snapshot of a day, with one value per KPI."""
    columns = {
        "kpi": list(values),
        "municipality": ["9001"] * len(values),
        "period": [2024] * len(values),
        "gender": ["T"] * len(values),
        "value": list(values.values()),
        "status": [""] * len(values),
    }
    return store.write(
        tables.frame(tables.OBSERVATIONS, columns),
        kpis=tables.empty(tables.KPIS),
        municipalities=AREAS,
        municipality_groups=tables.empty(tables.GROUPS),
        base_url="https://api.kolada.se/v3",
        fetched=datetime.fromisoformat(day).replace(tzinfo=UTC),
    )


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "lager å ä ö")


def objects(store: Store) -> set[str]:
    return {path.stem for path in store.path.glob("objects/*/*.parquet")}


def object_of(store: Store, snapshot: str, kpi: str) -> Path:
    digest = store.open(snapshot).manifest["values"][kpi]["object"]
    return store.path / "objects" / digest[:2] / f"{digest}.parquet"


def test_every_snapshot_is_listed_with_what_it_holds(store: Store) -> None:
    first = write(store, "2025-03-01", N00001=1.0)
    second = write(store, "2026-03-01", N00001=1.0, N00002=2.0)
    listed = survey(store)
    assert [(one.snapshot, one.kpis, one.rows) for one in listed] == [(first, 1, 1), (second, 2, 2)]
    assert all(one.size > 0 and one.damage == () for one in listed)


def test_an_empty_store_has_nothing_to_list(store: Store) -> None:
    assert survey(store, verify=True) == []
    assert superfluous(store, 1) == []


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (lambda path: path.write_bytes(path.read_bytes()[:-1] + b"x"), "N00001 är skadat"),
        (lambda path: path.unlink(), "N00001 saknas"),
    ],
    ids=["en ändrad byte", "borttagen fil"],
)
def test_damage_is_found_and_named_in_every_snapshot_that_has_it(
    store: Store, harm: object, said: str
) -> None:
    first = write(store, "2025-03-01", N00001=1.0)
    write(store, "2026-03-01", N00001=1.0, N00002=2.0)
    write(store, "2026-04-01", N00002=2.0)
    harm(object_of(store, first, "N00001"))  # type: ignore[operator]
    assert [one.damage for one in survey(store, verify=True)] == [(said,), (said,), ()]


def test_a_damaged_manifest_is_named_and_the_others_are_still_listed(store: Store) -> None:
    first = write(store, "2025-03-01", N00001=1.0)
    second = write(store, "2026-03-01", N00001=1.0)
    (store.path / "snapshots" / f"{first}.json").write_text("{", encoding="utf-8")
    damaged, whole = survey(store)
    assert damaged.fetched is None
    assert "är skadad" in damaged.damage[0]
    assert (whole.snapshot, whole.damage) == (second, ())


def test_the_newest_and_each_years_last_are_kept(store: Store) -> None:
    days = ["2024-05-01", "2024-11-01", "2025-02-01", "2026-01-01", "2026-02-01", "2026-03-01"]
    names = [write(store, day, N00001=float(at)) for at, day in enumerate(days)]
    assert superfluous(store, 2) == [names[0], names[3]]
    assert superfluous(store, 9) == []


def test_pruning_removes_what_no_other_snapshot_holds_and_only_that(store: Store) -> None:
    old = write(store, "2026-01-01", N00001=1.0, N00002=2.0)
    new = write(store, "2026-02-01", N00001=1.0, N00002=3.0)
    before = store.open(new).values()
    only_old = object_of(store, old, "N00002")
    size = only_old.stat().st_size
    assert prune(store, [old]) == size
    assert store.snapshots() == [new]
    assert not only_old.exists()
    pd.testing.assert_frame_equal(store.open(new).values(), before)
    assert survey(store, verify=True)[0].damage == ()


def test_pruning_also_removes_what_an_interrupted_write_left(store: Store) -> None:
    write(store, "2026-01-01", N00001=1.0)
    orphan = store.path / "objects" / "00" / f"{'0' * 64}.parquet"
    orphan.parent.mkdir(exist_ok=True)
    orphan.write_bytes(b"orphan")
    assert prune(store, []) == 6
    assert not orphan.exists()


def test_nothing_is_pruned_while_a_snapshot_that_stays_cannot_be_read(store: Store) -> None:
    old = write(store, "2026-01-01", N00001=1.0)
    new = write(store, "2026-02-01", N00001=2.0)
    (store.path / "snapshots" / f"{new}.json").write_text("{", encoding="utf-8")
    held = objects(store)
    with pytest.raises(StoreDamaged):
        prune(store, [old])
    assert objects(store) == held
    assert old in store.snapshots()


def test_the_command_lists_checks_and_prunes(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    old = write(store, "2026-01-01", N00001=1.0)
    new = write(store, "2026-02-01", N00001=2.0)
    words = ["lager", "--lager", str(store.path)]
    assert run(words) == 0
    printed = capsys.readouterr().out
    assert "2026-02-01 kl. 01.00" in printed
    assert "Från https://" in printed
    assert run([*words, "--kontrollera"]) == 0
    assert "Allt är helt: varje fil i 2 ögonblicksbilder" in capsys.readouterr().out
    object_of(store, old, "N00001").unlink()
    assert run([*words, "--kontrollera"]) == 3
    assert f"Skada i {old}: N00001 saknas" in capsys.readouterr().out
    assert run([*words, "--rensa", "1", "--json"]) == 0
    (left,) = json.loads(capsys.readouterr().out)
    assert (left["snapshot"], left["damage"]) == (new, None)


def test_a_damaged_snapshot_can_be_removed_by_its_id(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    old = write(store, "2026-01-01", N00001=1.0)
    new = write(store, "2026-02-01", N00001=2.0)
    manifest = store.path / "snapshots" / f"{old}.json"
    manifest.write_bytes(manifest.read_bytes()[:-9])
    words = ["lager", "--lager", str(store.path)]
    assert run(words) == 3
    assert f"malstyr lager --ta-bort {old}" in capsys.readouterr().out
    assert run([*words, "--ta-bort", "strunt"]) == 2
    assert "Det finns ingen ögonblicksbild 'strunt'" in capsys.readouterr().err
    assert run([*words, "--ta-bort", old]) == 0
    assert store.snapshots() == [new]


def test_an_empty_store_and_a_file_in_its_place_are_told(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["lager", "--lager", str(store.path)]) == 0
    assert "är tomt. Hämta värden med: malstyr hamta" in capsys.readouterr().out
    (tmp_path / "fil").write_text("")
    assert run(["lager", "--lager", str(tmp_path / "fil")]) == 2
    assert "är en fil, inte en mapp" in capsys.readouterr().err


def test_a_person_is_asked_before_anything_is_removed(
    store: Store, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write(store, "2026-01-01", N00001=1.0)
    write(store, "2026-02-01", N00001=2.0)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    for answer, code, left in (("n", 2, 2), ("j", 0, 1)):
        monkeypatch.setattr("builtins.input", lambda _, answer=answer: answer)
        assert run(["lager", "--lager", str(store.path), "--rensa", "1"]) == code
        assert len(store.snapshots()) == left
    assert "rapporter på dem kan inte göras om" in capsys.readouterr().err


def test_an_object_that_another_program_holds_open_is_left_for_the_next_pruning(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = write(store, "2026-01-01", N00001=1.0)
    new = write(store, "2026-02-01", N00001=2.0)
    real = Path.unlink

    def held(path: Path, **given: bool) -> None:
        if path.suffix == ".parquet":
            raise PermissionError(errno.EACCES, "used by another process")
        real(path, **given)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", held)
        assert prune(store, [old]) == 0
    assert store.snapshots() == [new]
    assert prune(store, []) > 0
    assert len(objects(store)) == len({*_digests_of(store)})


def _digests_of(store: Store) -> list[str]:
    manifest = store.open().manifest
    return [e["object"] for kind in ("values", "tables") for e in manifest[kind].values()]
