"""The store keeps what it was given, all of it or nothing, and never changes it."""

from __future__ import annotations

import errno
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from properties import some

from malstyr_lib import tables
from malstyr_lib.errors import StoreDamaged, StoreEmpty, StoreError, UsageError
from malstyr_lib.store import CHANGES, Store
from malstyr_lib.store.writing import writing

BASE = "https://api.kolada.se/v3"
NOON = datetime(2026, 11, 23, 12, 59, 59, tzinfo=UTC)
CATALOGUES: dict[str, pd.DataFrame] = {
    "kpis": tables.frame(
        tables.KPIS,
        {name: ["N00002", "N00001"] for name in tables.KPIS}
        | {"description": [None, "Två\nrader"], "publ_period": ["2025", None]}
        | {"is_divided_by_gender": [True, False], "has_ou_data": [False, True]},
    ),
    "municipalities": tables.frame(
        tables.MUNICIPALITIES,
        {"id": ["0000", "9001"], "title": ["Riket", "Åköping"], "type": ["L", "K"]},
    ),
    "municipality_groups": tables.frame(
        tables.GROUPS,
        {
            "id": ["G1000", "G1001"],
            "title": ["Liknande", "Tom"],
            "members": [[{"member_id": "9001", "member_title": "Åköping"}], []],
        },
    ),
}
Row = tuple[str, str, int, str, float]


def observations(*rows: Row) -> pd.DataFrame:
    names = ("kpi", "municipality", "period", "gender", "value")
    columns: dict[str, Any] = {name: [row[at] for row in rows] for at, name in enumerate(names)}
    return tables.frame(tables.OBSERVATIONS, columns | {"status": [""] * len(rows)})


def write(store: Store, *rows: Row, hours: int = 0, **more: Any) -> str:
    fetched = NOON + timedelta(hours=hours)
    return store.write(
        observations(*rows), base_url=BASE, **({"fetched": fetched} | CATALOGUES | more)
    )


def files(root: Path) -> dict[str, str]:
    """Every file of a store with the digest of its bytes."""
    return {
        str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "lager å ä ö")


cells = st.tuples(
    st.sampled_from(["N00001", "N00002", "U00001"]),
    st.sampled_from(["0000", "0114", "9001"]),
    st.integers(1994, 2030),
    st.sampled_from(tables.GENDERS),
)
numbers = st.floats(allow_infinity=False) | st.sampled_from([float("nan"), -0.0, 0.0, 5e-324])


# --- round trip --------------------------------------------------------------------------------


@some(15, 200)
@given(given_rows=st.dictionaries(cells, numbers, max_size=12), turn=st.randoms())
def test_what_is_written_is_read_back_bit_by_bit_sorted(
    tmp_path_factory: pytest.TempPathFactory, given_rows: dict[Any, float], turn: Any
) -> None:
    rows = [(*cell, value) for cell, value in given_rows.items()]
    store = Store(tmp_path_factory.mktemp("lager"))
    first = write(store, *rows)
    read = store.open().values()
    order = {gender: place for place, gender in enumerate("TKM")}
    expected = sorted(rows, key=lambda row: (*row[:3], order[row[3]]))
    assert {name: str(kind) for name, kind in read.dtypes.items()} == tables.OBSERVATIONS
    names = ["kpi", "municipality", "period", "gender"]
    assert list(read[names].itertuples(index=False, name=None)) == [row[:4] for row in expected]
    assert [v.hex() for v in read["value"]] == [row[4].hex() for row in expected]
    turn.shuffle(rows)
    assert write(store, *rows) == first


def test_the_order_of_rows_is_kpi_area_year_and_total_women_men(store: Store) -> None:
    write(store, *[("N00001", "9001", 2024, gender, 1.0) for gender in "MTK"])
    assert list(store.open().values()["gender"]) == ["T", "K", "M"]


def test_the_objects_of_the_api_are_read_back_sorted_by_id(store: Store) -> None:
    write(store)
    snapshot = store.open()
    assert list(snapshot.kpis["id"]) == ["N00001", "N00002"]
    assert list(snapshot.kpis["description"].fillna("saknas")) == ["Två\nrader", "saknas"]
    pd.testing.assert_frame_equal(snapshot.municipalities, CATALOGUES["municipalities"])
    assert snapshot.municipality_groups["members"].tolist() == [
        [{"member_id": "9001", "member_title": "Åköping"}],
        [],
    ]


def test_what_was_not_fetched_is_an_empty_table(store: Store) -> None:
    write(store)
    snapshot = store.open()
    for table, contract in (
        (snapshot.kpi_groups, tables.GROUPS),
        (snapshot.ous, tables.OUS),
        (snapshot.values(), tables.OBSERVATIONS),
        (snapshot.ou_values(), tables.OU_OBSERVATIONS),
    ):
        assert table.empty
        assert list(table) == list(contract)


def test_units_are_kept_beside_the_areas(store: Store) -> None:
    names = {"kpi": ["N15504"] * 2, "municipality": ["9001", None], "ou": ["V15E2", "V15E1"]}
    more = {"period": [2024] * 2, "gender": ["T"] * 2, "value": [1.0, np.nan], "status": [""] * 2}
    units = tables.frame(tables.OU_OBSERVATIONS, names | more)
    register = tables.frame(tables.OUS, {"id": ["V15E1"], "title": ["A"], "municipality": ["9001"]})
    write(store, ou_values=units, ous=register)
    read = store.open()
    assert list(read.ou_values("N15504")["ou"]) == ["V15E1", "V15E2"]
    assert list(read.ou_values()["municipality"].isna()) == [True, False]
    pd.testing.assert_frame_equal(read.ous, register)


def test_asking_for_some_kpis_says_which_are_not_there(store: Store) -> None:
    write(store, ("N00001", "9001", 2024, "T", 1.0), ("N00002", "9001", 2024, "T", 2.0))
    read = store.open().values(["N00002", "N00404", "N00002"])
    assert list(read["value"]) == [2.0]
    assert read.attrs["missing"] == {"kpis": ["N00404"]}
    assert list(store.open().values("N00001")["value"]) == [1.0]


def test_a_reader_that_changes_its_table_changes_no_other(store: Store) -> None:
    write(store)
    snapshot = store.open()
    mine = snapshot.municipalities
    mine.loc[0, "title"] = "Ändrad"
    assert list(snapshot.municipalities["title"]) == ["Riket", "Åköping"]


def test_writing_changes_no_argument(store: Store) -> None:
    values = observations(("N00002", "9001", 2024, "T", 1.0), ("N00001", "9001", 2024, "T", 2.0))
    before = values.copy()
    store.write(values, base_url=BASE, **CATALOGUES)
    pd.testing.assert_frame_equal(values, before)


# --- the manifest ------------------------------------------------------------------------------


def test_a_snapshot_says_when_whence_and_what(store: Store) -> None:
    values = observations(("N00001", "9001", 2024, "T", 1.0))
    values.attrs["missing"] = {"kpis": ["N00404"]}
    name = store.write(
        values, base_url=BASE, asked={"kpis": ["N00001", "N00404"]}, fetched=NOON, **CATALOGUES
    )
    snapshot = store.open()
    assert name.startswith("20261123T125959Z-")
    assert (snapshot.id, snapshot.fetched, snapshot.base_url) == (name, NOON, BASE)
    assert snapshot.manifest["asked"] == {"kpis": ["N00001", "N00404"]}
    assert snapshot.manifest["missing"] == {"kpis": ["N00404"]}
    assert snapshot.manifest["values"]["N00001"]["rows"] == 1
    assert {"malstyr", "pandas", "pyarrow", "python"} == set(snapshot.manifest["versions"])


def test_the_layout_is_objects_by_digest_and_manifests_by_time(store: Store) -> None:
    name = write(store, ("N00001", "9001", 2024, "T", 1.0))
    digest = store.open().manifest["values"]["N00001"]["object"]
    found = files(store.path)
    assert found[f"objects/{digest[:2]}/{digest}.parquet".replace("/", os.sep)] == digest
    assert f"snapshots{os.sep}{name}.json" in found
    assert not set(name) & set('<>:"/\\|?*')


def test_the_same_fetch_gives_the_same_bytes(tmp_path: Path) -> None:
    rows: list[Row] = [("N00001", "9001", 2024, "T", 1.0), ("N00002", "9001", 2024, "T", 2.0)]
    one, other = Store(tmp_path / "1"), Store(tmp_path / "2")
    assert write(one, *rows) == write(other, *reversed(rows))
    assert files(one.path) == files(other.path)


def test_a_kpi_that_did_not_change_is_the_same_object_whatever_stands_beside_it(
    store: Store,
) -> None:
    same: Row = ("N00002", "9001", 2024, "T", 2.0)
    write(store, ("N00001", "9001", 2024, "T", 1.0), same, ("N00003", "9001", 2024, "T", 1.0))
    before = files(store.path)
    write(store, same, hours=1)
    assert len(set(files(store.path)) - set(before)) == 1  # the manifest


def test_the_latest_snapshot_is_the_one_fetched_last(store: Store) -> None:
    assert store.snapshots() == []
    late, early = write(store, hours=5), write(store, hours=1)
    assert store.snapshots() == [early, late]
    assert store.open().id == late
    assert store.open(early).id == early


def test_snapshots_of_one_second_keep_their_order(store: Store) -> None:
    rows: list[Row] = [("N00001", "9001", 2024, "T", float(n)) for n in range(6)]
    written = [
        write(store, row, fetched=NOON + timedelta(microseconds=at)) for at, row in enumerate(rows)
    ]
    assert store.snapshots() == written


def test_a_time_without_a_zone_is_refused(store: Store) -> None:
    with pytest.raises(UsageError, match="saknar tidszon"):
        write(store, fetched=datetime(2026, 11, 23))  # noqa: DTZ001
    assert not store.path.exists()


def test_another_zone_is_written_as_utc(store: Store) -> None:
    local = datetime.fromisoformat("2026-11-24T00:30:00+01:00")
    assert write(store, fetched=local).startswith("20261123T233000Z-")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda frame: frame.drop(columns=["status", "value"]), "kolumnen value och status"),
        (lambda frame: frame.assign(value="12,5"), "håller inte sitt kontrakt"),
        (lambda frame: pd.concat([frame, frame]), "två gånger.*N00001, 9001, 2024, T"),
    ],
)
def test_values_that_break_the_contract_are_refused(
    store: Store, change: Callable[[pd.DataFrame], pd.DataFrame], told: str
) -> None:
    values = change(observations(("N00001", "9001", 2024, "T", 1.0)))
    with pytest.raises(UsageError, match=told):
        store.write(values, base_url=BASE, **CATALOGUES)
    assert store.snapshots() == []


# --- differences -------------------------------------------------------------------------------


def test_a_difference_names_the_cells_that_were_revised_new_or_removed(store: Store) -> None:
    nan = float("nan")
    a = write(
        store,
        ("N00001", "9001", 2023, "T", 71.2),
        ("N00001", "9001", 2023, "K", 5.0),
        ("N00001", "9001", 2022, "T", nan),
        ("N00001", "9002", 2022, "T", nan),
        ("N00002", "9001", 2023, "T", 3.0),
        ("N00003", "9001", 2023, "T", 4.0),
    )
    b = write(
        store,
        ("N00001", "9001", 2023, "T", 69.8),
        ("N00001", "9001", 2023, "K", nan),
        ("N00001", "9001", 2022, "T", 1.0),
        ("N00001", "9001", 2024, "T", 2.0),
        ("N00002", "9001", 2023, "T", 3.0),
        hours=1,
    )
    found = store.diff(a, b)
    assert {name: str(kind) for name, kind in found.dtypes.items()} == CHANGES
    assert list(found.fillna(-1).itertuples(index=False, name=None)) == [
        ("N00001", "9001", 2022, "T", -1, 1.0, "new"),
        ("N00001", "9001", 2023, "T", 71.2, 69.8, "revised"),
        ("N00001", "9001", 2023, "K", 5.0, -1, "removed"),
        ("N00001", "9001", 2024, "T", -1, 2.0, "new"),
        ("N00003", "9001", 2023, "T", 4.0, -1, "removed"),
    ]


def test_equal_snapshots_have_no_difference_and_no_object_is_read(store: Store) -> None:
    row: Row = ("N00001", "9001", 2024, "T", 1.0)
    a, b = write(store, row), write(store, row, hours=1)
    for damaged in (store.path / "objects").rglob("*.parquet"):
        damaged.unlink()
    found = store.diff(a, b)
    assert (list(found), len(found)) == (list(CHANGES), 0)


@some(12, 200)
@given(
    first=st.dictionaries(cells, numbers, max_size=8),
    second=st.dictionaries(cells, numbers, max_size=8),
    revised=st.lists(numbers, max_size=8),
)
def test_a_difference_is_what_comparing_cell_by_cell_gives(
    tmp_path_factory: pytest.TempPathFactory,
    first: dict[Any, float],
    second: dict[Any, float],
    revised: list[float],
) -> None:
    same_cells = first | dict(zip(first, revised, strict=False))
    store = Store(tmp_path_factory.mktemp("lager"))
    a, b, c = (
        write(store, *[(*cell, value) for cell, value in told.items()], hours=at)
        for at, told in enumerate((first, second, same_cells))
    )
    for other, told in ((b, second), (c, same_cells)):
        found = store.diff(a, other)
        assert {name: str(kind) for name, kind in found.dtypes.items()} == CHANGES
        rows = found.fillna(0.25).itertuples(index=False, name=None)
        assert list(rows) == compared(first, told)


def compared(first: dict[Any, float], second: dict[Any, float]) -> list[tuple[Any, ...]]:
    """The differences of two snapshots the plain way, 0.25 where there is no value."""
    nan = float("nan")
    rows = []
    for cell in sorted({*first, *second}, key=lambda cell: (*cell[:3], "TKM".index(cell[3]))):
        old, new = first.get(cell, nan), second.get(cell, nan)
        if old == new or (old != old and new != new):
            continue
        kind = "new" if old != old else "removed" if new != new else "revised"
        rows.append((*cell, *(0.25 if value != value else value for value in (old, new)), kind))
    return rows


def test_snapshots_of_an_earlier_encoding_are_read_and_compared(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows: list[Row] = [("N00001", "9001", 2024, gender, 1.5) for gender in "TKM"]
    rows += [("N00002", "0000", 2023, "T", float("nan"))]
    with monkeypatch.context() as patch:
        patch.setattr("malstyr_lib.store.writing.parquet", earlier_parquet)
        earlier = write(store, *rows)
    later = write(store, *rows, hours=1)
    objects = [store.open(name).manifest["values"]["N00001"]["object"] for name in (earlier, later)]
    assert objects[0] != objects[1]
    pd.testing.assert_frame_equal(store.open(earlier).values(), store.open(later).values())
    pd.testing.assert_frame_equal(store.open(earlier).kpis, store.open(later).kpis)
    assert store.diff(earlier, later).empty


def earlier_parquet(table: pa.Table) -> bytes:
    """An object as it was written until November 2026: plain years, and statistics."""
    kinds = pa.types.is_string, pa.types.is_floating
    texts, floats = ([part.name for part in table.schema if kind(part.type)] for kind in kinds)
    sink = io.BytesIO()
    how: dict[str, Any] = {"use_dictionary": texts, "use_byte_stream_split": floats}
    pq.write_table(table, sink, compression="zstd", store_schema=False, **how)
    return sink.getvalue()


def test_the_bytes_are_the_same_however_much_is_converted_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows: list[Row] = [
        (kpi, area, 2024, gender, 1.0)
        for gender in "MTK"
        for area in ("9002", "9001")
        for kpi in ("N00003", "N00001", "N00002")
    ]
    written = {}
    for size in (1, 4, 7, 1_000):
        monkeypatch.setattr("malstyr_lib.store.objects.BATCH", size)
        store = Store(tmp_path / str(size))
        write(store, *rows)
        written[size] = files(store.path)
    assert all(told == written[1] for told in written.values())


def test_texts_may_be_given_as_categories(store: Store) -> None:
    values = observations(("N00002", "9001", 2024, "T", 1.0), ("N00001", "9001", 2024, "T", 2.0))
    texts = {name: "category" for name, kind in tables.OBSERVATIONS.items() if kind == "str"}
    plain, coded = (
        store.write(given, base_url=BASE, fetched=NOON, **CATALOGUES)
        for given in (values, values.astype(texts))
    )
    assert plain == coded


# --- disks and folders -------------------------------------------------------------------------


def test_a_store_lies_in_any_folder(tmp_path: Path) -> None:
    store = Store(tmp_path / "Räksmörgås å ä ö – 2026")
    a = write(store, ("N00001", "9001", 2024, "T", 1.0))
    b = write(store, ("N00001", "9001", 2024, "T", 2.0), hours=1)
    assert store.open(a).values()["value"].tolist() == [1.0]
    assert len(store.diff(a, b)) == 1


def test_a_reader_does_not_wait_for_a_writer(store: Store) -> None:
    write(store, ("N00001", "9001", 2024, "T", 1.0))
    read: list[float] = []
    with writing(store.path):
        reader = threading.Thread(target=lambda: read.extend(store.open().values()["value"]))
        reader.start()
        reader.join(10)
        assert read == [1.0]


@pytest.mark.parametrize("function", ["mkdir", "fsync", "replace"])
@pytest.mark.parametrize(
    ("number", "told"),
    [
        (errno.ENOSPC, "disken är full: "),
        (errno.EROFS, "mappen får inte skrivas: "),
        (errno.EACCES, "mappen får inte skrivas: "),
        (errno.EIO, ""),
    ],
)
def test_a_store_that_cannot_be_written_says_why(
    store: Store, monkeypatch: pytest.MonkeyPatch, function: str, number: int, told: str
) -> None:
    def refused(*given: Any, **more: Any) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, function, refused)
    cause = re.escape(f"({told}{os.strerror(number)})")
    with pytest.raises(StoreError, match=f"kunde inte skrivas {cause}. Inget har ändrats"):
        write(store)


def is_root() -> bool:
    return sys.platform != "win32" and os.geteuid() == 0


def test_a_folder_without_rights_is_told() -> None:
    if sys.platform == "win32":
        pytest.skip("POSIX-rättigheter")
    code = (
        "import os, sys; from test_store import Store, fault_of, write\n"
        "store = Store(sys.argv[1])\n"
        "write(store); os.chmod(store.path, 0o555)\n"
        "if os.geteuid() == 0: os.setegid(65534); os.seteuid(65534)\n"
        "told = fault_of(lambda: write(store, ('N00001', '9001', 2024, 'T', 1.0), hours=1))\n"
        "print(told, len(store.snapshots()))"
    )
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        path = Path(folder) / "lager"
        done = subprocess.run(
            [sys.executable, "-c", code, str(path)],
            capture_output=True,
            cwd=Path(__file__).parent,
            encoding="utf-8",
            check=False,
            env=os.environ | {"PYTHONIOENCODING": "utf-8"},
        )
        path.chmod(0o755)
    assert "kunde inte skrivas (mappen får inte skrivas: Permission denied)" in done.stdout, done
    assert done.stdout.endswith(" 1\n")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own of one megabyte."""
    place = tmp_path / "liten disk"
    place.mkdir()
    mount = shutil.which("mount")
    if not mount or not is_root() or sys.platform != "linux":
        pytest.skip("bara root på Linux får montera en liten disk")
    command = [mount, "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place)]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("det går inte att montera en liten disk här")
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=True)


def test_a_disk_that_really_is_full_leaves_the_store_as_it_was(small_disk: Path) -> None:
    store = Store(small_disk / "lager")
    first = write(store, ("N00001", "9001", 2024, "T", 1.0))
    before = files(store.path)
    noise = iter(np.random.default_rng(1).random(200_000).tolist())
    rows: list[Row] = [
        (f"N{kpi:05}", f"{area:04}", year, "T", next(noise))
        for kpi in range(40)
        for area in range(1_000)
        for year in range(2020, 2025)
    ]
    with pytest.raises(StoreError, match="disken är full: No space left on device"):
        write(store, *rows, hours=1)
    assert files(store.path) == before
    assert store.snapshots() == [first]
    write(store, ("N00001", "9001", 2024, "T", 2.0), hours=2)


# --- failures ----------------------------------------------------------------------------------


def test_an_empty_store_says_how_to_fill_it(store: Store) -> None:
    with pytest.raises(StoreEmpty) as caught:
        store.open()
    assert str(caught.value) == (
        f"Lagret {store.path} är tomt. Hämta värden med: malstyr hamta. Övningsdata ger:"
        " malstyr demo"
    )


def test_an_unknown_snapshot_gets_a_suggestion(store: Store) -> None:
    name = write(store)
    with pytest.raises(StoreError, match=f"'{name[:-1]}' finns inte .*menade du '{name}'"):
        store.open(name[:-1])
    with pytest.raises(StoreError, match=f"'../x' finns inte .*den senaste är '{name}'"):
        store.open("../x")


@pytest.mark.parametrize(
    "damage",
    [
        Path.unlink,
        lambda path: path.write_bytes(b"PAR1"),
        lambda path: observations(("N00001", "9001", 2024, "T", 2.0)).to_parquet(path),
    ],
    ids=["missing", "cut short", "readable but other values"],
)
def test_a_damaged_object_is_named_and_the_next_write_heals_it(
    store: Store, damage: Callable[[Path], object]
) -> None:
    row: Row = ("N00001", "9001", 2024, "T", 1.0)
    write(store, row)
    whole = files(store.path)
    digest = store.open().manifest["values"]["N00001"]["object"]
    damage(store.path / "objects" / digest[:2] / f"{digest}.parquet")
    with pytest.raises(StoreDamaged, match=f"{digest[:12]}.*malstyr hamta"):
        store.open().values()
    assert len(store.open().kpis) == 2
    write(store, row)
    assert files(store.path) == whole


def test_a_changed_manifest_is_refused(store: Store) -> None:
    name = write(store)
    path = store.path / "snapshots" / f"{name}.json"
    told = json.loads(path.read_text("utf-8")) | {"base_url": "https://annan.example"}
    path.write_text(json.dumps(told), encoding="utf-8")
    with pytest.raises(StoreDamaged, match=f"{name} .*är skadad"):
        store.open()


class FullDisk:
    """An os function whose n-th call fails as on a full disk; the others work."""

    def __init__(self, name: str, nth: int) -> None:
        self._real = getattr(os, name)
        self._left = nth

    @property
    def failed(self) -> bool:
        return self._left <= 0

    def __call__(self, *args: Any, **more: Any) -> Any:
        self._left -= 1
        if self._left == 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        return self._real(*args, **more)


def fault_of(work: Callable[[], object]) -> str:
    """Return the sentence of the StoreError that work raises, or "" when it succeeds."""
    try:
        work()
    except StoreError as fault:
        return str(fault)
    return ""


@pytest.mark.parametrize("function", ["replace", "fsync", "mkdir"])
@pytest.mark.parametrize("begun", [False, True], ids=["first write", "later write"])
def test_a_disk_that_fills_at_any_moment_leaves_the_store_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, function: str, begun: bool
) -> None:
    def new(store: Store) -> str:
        rows: list[Row] = [("N00001", "9001", 2024, "T", 9.0), ("N00002", "9001", 2024, "T", 2.0)]
        return write(store, *rows, hours=1)

    told = []
    for nth in range(1, 60):
        store = Store(tmp_path / str(nth))
        if begun:
            write(store, ("N00001", "9001", 2024, "T", 1.0))
        before = files(store.path) | {"lock": hashlib.sha256(b"").hexdigest()}
        disk = FullDisk(function, nth)
        with monkeypatch.context() as patch:
            patch.setattr(os, function, disk)
            told.append(fault_of(lambda store=store: new(store)))
        if told[-1] and store.path.exists():
            assert files(store.path) | {"lock": before["lock"]} == before
            new(store)
        if not disk.failed:
            break
    failures = [sentence for sentence in told if sentence]
    assert len(store.snapshots()) == 1 + begun
    assert len(failures) >= (0 if function == "mkdir" and begun else 3)
    cause = "(disken är full: No space left on device). Inget har ändrats"
    assert all(cause in one for one in failures)


def test_an_interrupt_leaves_the_store_as_it_was(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(store)
    before = files(store.path)

    def interrupted(*args: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", interrupted)
        with pytest.raises(KeyboardInterrupt):
            write(store, ("N00001", "9001", 2024, "T", 1.0), hours=1)
    assert files(store.path) == before


def test_what_a_crash_left_half_written_is_no_snapshot_and_is_swept(store: Store) -> None:
    first = write(store)
    half = store.path / "tmp" / "halv.parquet"
    half.write_bytes(b"PAR1")
    assert store.snapshots() == [first]
    write(store, hours=1)
    assert not half.exists()


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "fil").write_text("")
    with pytest.raises(StoreError, match="kunde inte skrivas"):
        write(Store(tmp_path / "fil" / "lager"))


def test_a_second_writer_stops_and_names_the_first(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside, go_on = threading.Event(), threading.Event()
    real = os.fsync

    def slow(handle: int) -> None:
        inside.set()
        go_on.wait(5)
        real(handle)

    monkeypatch.setattr(os, "fsync", slow)
    first = threading.Thread(target=write, args=(store,))
    first.start()
    try:
        assert inside.wait(5)
        with pytest.raises(StoreError, match=rf"skrivs just nu av process {os.getpid()} sedan 20"):
            write(store, hours=1)
    finally:
        go_on.set()
        first.join()
    assert len(store.snapshots()) == 1
    write(store, hours=2)


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX-signaler")
def test_a_killed_writer_releases_the_lock(store: Store) -> None:
    write(store)
    code = (
        "import sys, pathlib, os, signal; from malstyr_lib.store.writing import writing\n"
        "with writing(pathlib.Path(sys.argv[1])): os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(store.path)], check=False)
    assert done.returncode == -9
    assert (store.path / "writer.json").exists()
    write(store, hours=1)
    assert not (store.path / "writer.json").exists()


@pytest.mark.parametrize("name", ["kpi", "municipality", "period", "gender"])
def test_a_cell_without_a_name_or_a_year_is_refused(store: Store, name: str) -> None:
    values = observations(("N00001", "9001", 2024, "T", 1.0), ("N00001", "9002", 2024, "T", 2.0))
    broken = values.astype({name: object})
    broken.loc[1, name] = None
    with pytest.raises(UsageError, match="skrevs inte"):
        store.write(broken, **CATALOGUES, base_url=BASE)
    assert store.snapshots() == []


def test_a_lock_that_cannot_be_taken_at_all_is_not_called_another_writer(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_locks(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr("malstyr_lib.lock._lock", no_locks)
    with pytest.raises(StoreError, match=r"kunde inte skrivas \(No locks available\)"):
        write(store)


def test_what_could_not_be_taken_back_goes_at_the_next_start(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(store)
    before = {path.name for path in store.path.glob("objects/*/*")}

    def held(path: Path, **_: bool) -> None:
        raise PermissionError(errno.EACCES, "used by another process")

    def fail(patch: pytest.MonkeyPatch) -> None:
        with store.drafting() as draft:
            draft.put(observations(("N00009", "9001", 2024, "T", 1.0)))
            patch.setattr(Path, "unlink", held)
            raise RuntimeError("det egentliga felet")

    with monkeypatch.context() as patch, pytest.raises(RuntimeError, match="det egentliga felet"):
        fail(patch)
    assert {path.name for path in store.path.glob("objects/*/*")} > before
    with store.drafting():
        assert {path.name for path in store.path.glob("objects/*/*")} == before


def test_no_object_is_swept_beside_a_manifest_with_a_flipped_bit(store: Store) -> None:
    name = write(store, ("N00001", "9001", 2024, "T", 1.0))
    manifest = store.path / "snapshots" / f"{name}.json"
    digest = next(iter(store.open().manifest["values"].values()))["object"]
    body = manifest.read_bytes().replace(digest[:8].encode(), b"00000000", 1)
    manifest.write_bytes(body)
    (store.path / "writer.json").write_text("{}")
    before = {path.name for path in store.path.glob("objects/*/*")}
    with store.drafting():
        assert {path.name for path in store.path.glob("objects/*/*")} == before


# --- values with ids as categories ---------------------------------------------------------------


def plain(coded: pd.DataFrame) -> pd.DataFrame:
    """Coded observations with the types that `values` has."""
    kinds = {name: tables.OBSERVATIONS[name] for name in coded}
    return coded.astype(kinds)


@some(12, 200)
@given(given_rows=st.dictionaries(cells, numbers, max_size=12), turn=st.randoms())
def test_coded_values_are_the_values_row_by_row_and_bit_by_bit(
    tmp_path_factory: pytest.TempPathFactory, given_rows: dict[Any, float], turn: Any
) -> None:
    rows = [(*cell, value) for cell, value in given_rows.items()]
    turn.shuffle(rows)
    store = Store(tmp_path_factory.mktemp("lager"))
    write(store, *rows)
    snapshot = store.open()
    asked = ["U00001", "N00002", "N00001", "N00002"]
    coded, values = snapshot.coded_values(asked), snapshot.values(asked)
    pd.testing.assert_frame_equal(plain(coded), values.drop(columns="status"), check_exact=True)
    assert [one.hex() for one in coded["value"]] == [one.hex() for one in values["value"]]


def test_coded_values_have_categories_of_all_that_was_found_in_the_order_of_the_store(
    store: Store,
) -> None:
    write(
        store,
        ("N00002", "9001", 2024, "M", 1.0),
        ("N00001", "9001", 2024, "T", 2.0),
        ("N00001", "0114", 2024, "K", float("nan")),
    )
    coded = store.open().coded_values(["N00002", "N00001", "N99999"])
    assert coded["kpi"].cat.categories.tolist() == ["N00001", "N00002"]
    assert coded["municipality"].cat.categories.tolist() == ["0114", "9001"]
    assert coded["gender"].cat.categories.tolist() == ["T", "K", "M"]
    assert [str(coded[name].dtype) for name in ("period", "value")] == ["int64", "float64"]
    assert coded["kpi"].tolist() == ["N00001", "N00001", "N00002"]
    assert coded["municipality"].tolist() == ["0114", "9001", "9001"]
    assert coded["gender"].tolist() == ["K", "T", "M"]


@pytest.mark.parametrize("asked", [[], ["N99999"], ["n00001"]])
def test_coded_values_of_nothing_are_an_empty_table_with_the_same_types(
    store: Store, asked: list[str]
) -> None:
    write(store, ("N00001", "9001", 2024, "T", 1.0))
    coded = store.open().coded_values(asked)
    assert coded.empty
    full = store.open().coded_values(["N00001"])
    assert list(coded.columns) == list(full.columns) == list(tables.OBSERVATIONS)[:-1]
    assert [type(kind) for kind in coded.dtypes] == [type(kind) for kind in full.dtypes]


@pytest.mark.parametrize("harm", ["changed", "cut", "gone"])
def test_a_damaged_object_of_coded_values_is_named(store: Store, harm: str) -> None:
    write(store, ("N00001", "9001", 2024, "T", 1.0), ("N00002", "9001", 2024, "T", 2.0))
    snapshot = store.open()
    digest = snapshot.manifest["values"]["N00002"]["object"]
    path = store.path / "objects" / digest[:2] / f"{digest}.parquet"
    body = path.read_bytes()
    path.unlink()
    if harm != "gone":
        path.write_bytes(body[:-1] + b"x" if harm == "changed" else body[: len(body) // 2])
    with pytest.raises(StoreDamaged, match=digest[:12]):
        snapshot.coded_values(["N00001", "N00002"])
    assert snapshot.coded_values(["N00001"])["value"].tolist() == [1.0]


def test_coded_values_of_many_kpis_are_read_by_several_threads_in_order(store: Store) -> None:
    rows = [(f"N{at:05d}", "9001", 2024, "T", float(at)) for at in range(1, 60)]
    write(store, *rows)
    snapshot = store.open()
    coded = snapshot.coded_values([row[0] for row in reversed(rows)])
    assert coded["kpi"].tolist() == [row[0] for row in rows]
    assert coded["value"].tolist() == [row[4] for row in rows]
