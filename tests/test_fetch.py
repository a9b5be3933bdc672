"""Fetching into the store: what params need, everything with resumption, and changes."""

from __future__ import annotations

import errno
import io
import json
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import requests
from conftest import ROOT
from killing import named_by
from test_faults import KPIS, cut, files, objects
from test_store import fault_of

from malstyr_lib import fetch, tables
from malstyr_lib.cli import run
from malstyr_lib.errors import KoladaContractBroken, KoladaUnavailable, StoreError, UsageError
from malstyr_lib.fetch.job import merged
from malstyr_lib.kolada import KoladaClient
from malstyr_lib.model import Municipality, SteeringModel
from malstyr_lib.ovning.dataset import Dataset
from malstyr_lib.ovning.demo import prepare
from malstyr_lib.ovning.server import serve
from malstyr_lib.ovning.world import exercise_world
from malstyr_lib.store import Store, journal

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
Printed = pytest.CaptureFixture[str]
WAYS = ("fetch", "fetch_everything", "fetch_changes")


@pytest.fixture(scope="module")
def model(steering_model: SteeringModel) -> SteeringModel:
    kpis = tuple(kpi for kpi in steering_model.kpis if kpi.id in KPIS)
    own = Municipality(kod="9001", namn="Övninge")  # type: ignore[call-arg]
    return steering_model.model_copy(update={"kpis": kpis, "municipality": own})


@pytest.fixture(scope="module")
def small(model: SteeringModel) -> Dataset:
    return cut(exercise_world(model.kpis))


class Session(requests.Session):
    """A session that notes every address, and fails from the n-th question about values on."""

    def __init__(self, fails_from: int | None = None) -> None:
        super().__init__()
        self.asked: Counter[str] = Counter()
        self._fails_from = fails_from

    def send(self, request: requests.PreparedRequest, **given: Any) -> requests.Response:
        address = str(request.url).partition("/v3")[2]
        values = sum(count for one, count in self.asked.items() if one.startswith("/data"))
        last = self._fails_from is not None and values + 1 >= self._fails_from
        if last and address.startswith("/data"):
            raise requests.ConnectionError("avbrott")
        response = super().send(request, **given)
        self.asked[address] += 1
        return response


@contextmanager
def client(url: str, session: requests.Session | None = None) -> Iterator[KoladaClient]:
    given: dict[str, Any] = {"requests_per_s": None, "sleep": lambda _: None, "deadline_s": 20}
    with KoladaClient(url, session, connections=1, **given) as made:
        yield made


# --- everything --------------------------------------------------------------------------------


def test_everything_is_every_kpi_that_municipalities_have_and_the_registrys(
    small: Dataset, model: SteeringModel, tmp_path: Path
) -> None:
    store = Store(tmp_path)
    with serve(small) as server, client(server.url) as kolada:
        done = fetch.fetch_everything(model, kolada, store, now=NOW)
    kinds = small.kpis.set_index("id")["municipality_type"]
    municipal = {kpi for kpi, kind in kinds.items() if kind in ("K", "A")}
    snapshot = store.open()
    assert set(snapshot.manifest["asked"]["kpis"]) == municipal | {k.id for k in model.kpis}
    assert set(snapshot.manifest["values"]) == municipal & set(small.values["kpi"])
    assert done.rows == len(snapshot.values())
    assert done.remarks == ()
    assert not list(tmp_path.glob("pending/*"))


def test_parts_give_the_same_snapshot_as_one_call(
    small: Dataset, model: SteeringModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serve(small) as server, client(server.url) as kolada:
        fetch.fetch(model, kolada, Store(tmp_path / "1"), now=NOW)
        monkeypatch.setattr("malstyr_lib.fetch.job.PART_KPIS", 2)
        fetch.fetch(model, kolada, Store(tmp_path / "2"), now=NOW)
    one, parts = (Store(tmp_path / name).open() for name in ("1", "2"))
    assert objects(one) == objects(parts)
    assert one.manifest["fetch"]["rows"] == parts.manifest["fetch"]["rows"]
    assert one.manifest["missing"] == parts.manifest["missing"]


@pytest.mark.parametrize("answered", [0, 1, 4, 9])
def test_after_an_interruption_nothing_that_was_answered_is_asked_for_again(
    answered: int,
    small: Dataset,
    model: SteeringModel,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("malstyr_lib.fetch.job.PART_KPIS", 3)
    store, whole, told = Store(tmp_path / "lager"), Store(tmp_path / "hel"), []
    first, second, undisturbed = Session(answered + 1), Session(), Session()
    with serve(small) as server:
        with client(server.url, first) as kolada, pytest.raises(KoladaUnavailable):
            fetch.fetch_everything(model, kolada, store, now=NOW)
        assert store.snapshots() == []
        later = NOW + timedelta(hours=5)
        with client(server.url, second) as kolada:
            fetch.fetch_everything(model, kolada, store, now=later, on_step=told.append)
        with client(server.url, undisturbed) as kolada:
            fetch.fetch_everything(model, kolada, whole, now=NOW)
    assert not set(first.asked) & set(second.asked)
    assert first.asked + second.asked == undisturbed.asked
    assert objects(store.open()) == objects(whole.open())
    assert store.open().fetched == later
    assert store.open().manifest["asked"]["began"] == NOW.isoformat()
    assert any("Fortsätter hämtningen som började 23 november 2026" in words for words in told)
    assert not list(store.path.glob("pending/*"))


def test_control_without_the_journal_the_answers_would_be_asked_for_again(
    small: Dataset, model: SteeringModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("malstyr_lib.store.journal.Journal.get", lambda *_: None)
    store, first, second = Store(tmp_path), Session(3), Session()
    with serve(small) as server:
        with client(server.url, first) as kolada, pytest.raises(KoladaUnavailable):
            fetch.fetch_everything(model, kolada, store, now=NOW)
        with client(server.url, second) as kolada:
            fetch.fetch_everything(model, kolada, store, now=NOW)
    assert set(first.asked) <= set(second.asked)


def interrupted(small: Dataset, model: SteeringModel, store: Store) -> list[Path]:
    """Leave a fetch of everything after three answers; return the files they are kept in."""
    with (
        serve(small, port=0) as server,
        client(server.url, Session(4)) as kolada,
        pytest.raises(KoladaUnavailable),
    ):
        fetch.fetch_everything(model, kolada, store, now=NOW)
    return sorted(store.path.glob("pending/*/*.page"))


def test_an_answer_kept_with_a_damaged_byte_is_asked_for_again(
    small: Dataset, model: SteeringModel, tmp_path: Path
) -> None:
    store, second = Store(tmp_path / "lager"), Session()
    with serve(small) as server:
        with client(server.url, Session(4)) as kolada, pytest.raises(KoladaUnavailable):
            fetch.fetch_everything(model, kolada, store, now=NOW)
        for page in store.path.glob("pending/*/*.page"):
            body = page.read_bytes()
            page.write_bytes(body[:-9] + bytes([body[-9] ^ 1]) + body[-8:])
        with client(server.url, second) as kolada:
            fetch.fetch_everything(model, kolada, store, now=NOW)
        with client(server.url) as kolada:
            fetch.fetch_everything(model, kolada, Store(tmp_path / "hel"), now=NOW)
    assert objects(store.open()) == objects(Store(tmp_path / "hel").open())
    assert second.asked["/kpi"] == 1


def test_a_fetch_that_broke_off_more_than_a_day_ago_is_begun_anew_and_its_answers_are_swept(
    small: Dataset, model: SteeringModel, tmp_path: Path
) -> None:
    store = Store(tmp_path)
    assert interrupted(small, model, store)
    with serve(small) as server, client(server.url) as kolada:
        fetch.fetch(model, kolada, store, now=NOW + timedelta(hours=23))
        assert list(store.path.glob("pending/*/*.page"))
        fetch.fetch(model, kolada, store, now=NOW + timedelta(hours=25))
    assert not list(store.path.glob("pending/*"))


@pytest.mark.parametrize("fault", ["nan", "countlie"])
def test_an_answer_that_stays_broken_costs_no_answer_that_was_right(
    fault: str, small: Dataset, model: SteeringModel, tmp_path: Path
) -> None:
    with (
        serve(small, fault=fault) as server,
        client(server.url) as kolada,
        pytest.raises(KoladaContractBroken),
    ):
        fetch.fetch_everything(model, kolada, Store(tmp_path), now=NOW)
    assert list(tmp_path.glob("pending/*/*.page"))


def test_answers_that_contradict_each_other_are_not_kept(
    small: Dataset, model: SteeringModel, tmp_path: Path
) -> None:
    with (
        serve(small, fault="dupdiff") as server,
        client(server.url) as kolada,
        pytest.raises(KoladaContractBroken),
    ):
        fetch.fetch_everything(model, kolada, Store(tmp_path), now=NOW)
    assert not list(tmp_path.glob("pending/*"))


def test_a_fetch_in_between_is_older_than_the_one_that_goes_on(
    small: Dataset, model: SteeringModel, tmp_path: Path
) -> None:
    store = Store(tmp_path)
    with same_address(small) as turn:
        url = turn(0)
        with client(url, Session(4)) as kolada, pytest.raises(KoladaUnavailable):
            fetch.fetch_everything(model, kolada, store, now=NOW)
        with client(url) as kolada:
            needed = fetch.fetch(model, kolada, store, now=NOW + timedelta(hours=1))
            done = fetch.fetch_everything(model, kolada, store, now=NOW + timedelta(hours=2))
            assert store.open().id == done.snapshot
            assert done.before == needed.snapshot
            fetch.fetch_changes(model, kolada, store, now=NOW + timedelta(hours=3))
    asked = store.open().manifest["asked"]
    assert (asked["built_on"], asked["from_date"]) == (done.snapshot, "2026-11-22")


def test_a_journal_whose_snapshot_came_to_be_is_not_gone_on_with(
    small: Dataset, model: SteeringModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, session = Store(tmp_path), Session()
    with serve(small) as server, client(server.url, session) as kolada:
        with monkeypatch.context() as patch:
            patch.setattr("malstyr_lib.store.journal.Journal.discard", lambda _: None)
            fetch.fetch_everything(model, kolada, store, now=NOW)
        sent = sum(session.asked.values())
        fetch.fetch_everything(model, kolada, store, now=NOW + timedelta(hours=1))
    assert sum(session.asked.values()) == 2 * sent
    assert not list(store.path.glob("pending/*"))


def test_no_flipped_bit_of_a_kept_answer_is_read(tmp_path: Path) -> None:
    kept = journal.opened(tmp_path, "prov", NOW)
    kept.put("/x", [b'{"values": []}', b"andra sidan"])
    (file,) = kept.folder.glob("*.page")
    body = file.read_bytes()
    assert kept.get("/x") == [b'{"values": []}', b"andra sidan"]
    for place in range(8 * len(body)):
        flipped = bytearray(body)
        flipped[place // 8] ^= 1 << place % 8
        file.write_bytes(bytes(flipped))
        assert kept.get("/x") is None, place
    for length in range(len(body)):
        file.write_bytes(body[:length])
        assert kept.get("/x") is None


def test_threads_that_keep_the_same_answer_do_not_disturb_each_other(tmp_path: Path) -> None:
    kept = journal.opened(tmp_path, "prov", NOW)
    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(kept.put, "/x", [b"samma"]) for _ in range(300)]:
            done.result()
    assert kept.get("/x") == [b"samma"]
    assert {path.suffix for path in kept.folder.iterdir()} == {".page", ".json"}


def test_a_journal_from_the_future_is_not_gone_on_with(tmp_path: Path) -> None:
    journal.opened(tmp_path, "prov", NOW).put("/x", [b"svar"])
    assert journal.opened(tmp_path, "prov", NOW + timedelta(hours=1)).get("/x") == [b"svar"]
    assert journal.opened(tmp_path, "prov", NOW - timedelta(hours=1)).get("/x") is None


def test_half_written_answers_are_swept(tmp_path: Path) -> None:
    kept = journal.opened(tmp_path, "prov", NOW)
    kept.put("/x", [b"svar"])
    (kept.folder / "halv.tmp").write_bytes(b"ha")
    journal.sweep(tmp_path, NOW)
    assert not list(kept.folder.glob("*.tmp"))
    assert kept.get("/x") == [b"svar"]


# --- companions --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def based(model: SteeringModel) -> SteeringModel:
    """The model with shares of inhabitants and of employees, whose bases are in no registry."""
    more = {"N15428": "N01951", "U21401": "N01951", "N00090": "N00053"}
    kpis = tuple(kpi.model_copy(update={"base": more.get(kpi.id)}) for kpi in model.kpis)
    return model.model_copy(update={"kpis": kpis})


@pytest.mark.parametrize("way", WAYS)
def test_the_margins_and_bases_of_the_registry_come_along(
    way: str, model: SteeringModel, based: SteeringModel, tmp_path: Path
) -> None:
    store, few = Store(tmp_path), model.model_copy(update={"kpis": model.kpis[:1]})
    with serve(cut(exercise_world(based.kpis))) as server, client(server.url) as kolada:
        fetch.fetch(few, kolada, store, now=NOW)
        done = getattr(fetch, way)(based, kolada, store, now=NOW + timedelta(days=1))
    ids = {kpi.id for kpi in based.kpis}
    asked = {*store.open().asked_kpis}
    assert {"N01453", "N01951", "N00053"} <= asked
    assert asked - ids == {"N01453", "N01951", "N00053"} or way == "fetch_everything"
    assert {"N01453", "N01951", "N00053"} <= {*store.open().values()["kpi"].unique()}
    assert done.remarks == ()


def test_a_companion_that_did_not_come_is_a_remark_that_says_what_is_lost(
    based: SteeringModel, tmp_path: Path
) -> None:
    world, store = cut(exercise_world(based.kpis)), Store(tmp_path)
    values = world.values[~world.values["kpi"].isin(["N01453", "N01951"])]
    empty = values["value"].where(values["kpi"] != "N00053")
    less = replace(
        world,
        kpis=world.kpis[world.kpis["id"] != "N01951"].reset_index(drop=True),
        values=values.assign(value=empty).reset_index(drop=True),
    )
    with serve(less) as server, client(server.url) as kolada:
        done = fetch.fetch(based, kolada, store, now=NOW)
    persons = "så avståndet går inte att säga i antal personer"
    assert sorted(done.remarks) == [
        f"N00053, underlaget till N00090: rader men inga värden, {persons}",
        "N01453, osäkerhetstalet till N01452: inga rader för de här åren, så det går inte att säga"
        " vilka färger som är osäkra",
        f"N01951, underlaget till N15428 och U21401: nyckeltalet finns inte i Kolada, {persons}",
    ]
    assert fetch.remarks_of(based, store.open()) == done.remarks
    kinds = store.open().manifest["missing"]["kinds"]
    assert {kind: told["kpis"] for kind, told in kinds.items()} == {
        "not_found": ["N01951"],
        "no_row": ["N01453"],
        "no_value": ["N00053"],
    }


# --- units -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def schooled(model: SteeringModel) -> SteeringModel:
    """The model where the grades are a figure of the pupils, whose number has units too."""
    kpis = tuple(
        kpi.model_copy(update={"base": "N15809"}) if kpi.id == "N15505" else kpi
        for kpi in model.kpis
    )
    return model.model_copy(update={"kpis": kpis})


@pytest.mark.parametrize("way", WAYS)
def test_the_own_units_come_along_with_how_many_persons_they_have(
    way: str, small: Dataset, schooled: SteeringModel, tmp_path: Path
) -> None:
    store, few = Store(tmp_path), schooled.model_copy(update={"kpis": schooled.kpis[:1]})
    with serve(small) as server, client(server.url) as kolada:
        first = fetch.fetch(few, kolada, store, now=NOW)
        done = getattr(fetch, way)(schooled, kolada, store, now=NOW + timedelta(days=1))
    told = store.open().ou_values()
    own = small.ou_values[small.ou_values["municipality"] == "9001"]
    own = own[own["kpi"].isin(["N15505", "N15809"])]
    assert len(told) == len(own) == done.unit_rows > 0
    assert set(told["kpi"]) == {"N15505", "N15809"}
    assert set(told["municipality"]) == {"9001"}
    assert told["ou"].nunique() == done.units == 5
    assert first.unit_rows == 0
    assert store.open().manifest["asked"]["unit_kpis"] == ["N15505", "N15809"]
    assert done.rows == len(store.open().values())
    assert done.remarks == ()


@pytest.mark.parametrize("way", WAYS)
def test_units_are_asked_for_only_of_the_own_municipality_and_no_home_is_looked_up(
    way: str, small: Dataset, schooled: SteeringModel, tmp_path: Path
) -> None:
    session = Session()
    with serve(small) as server, client(server.url, session) as kolada:
        getattr(fetch, way)(schooled, kolada, Store(tmp_path), now=NOW)
    about = [one for one in session.asked if one.startswith("/oudata")]
    assert about
    assert all("/ou/V" in one and "V15E9002" not in one for one in about)
    assert not [one for one in session.asked if one.startswith("/ou/V15E")]


def test_a_unit_kpi_that_no_own_unit_has_a_row_of_is_noted_but_is_no_remark(
    small: Dataset, schooled: SteeringModel, tmp_path: Path
) -> None:
    others = small.ou_values[small.ou_values["municipality"] != "9001"].reset_index(drop=True)
    with serve(replace(small, ou_values=others)) as server, client(server.url) as kolada:
        done = fetch.fetch(schooled, kolada, Store(tmp_path), now=NOW)
    assert done.remarks == ()
    assert (done.unit_rows, done.units) == (0, 0)
    missing = Store(tmp_path).open().manifest["missing"]
    assert missing["units"] == {"kpis": ["N15505", "N15809"]}


def test_a_municipality_without_units_is_fetched_as_before(
    small: Dataset, schooled: SteeringModel, tmp_path: Path
) -> None:
    session, others = Session(), small.ous[small.ous["municipality"] != "9001"]
    without_own = replace(small, ous=others.reset_index(drop=True))
    with serve(without_own) as server, client(server.url, session) as kolada:
        fetch.fetch(schooled, kolada, Store(tmp_path), now=NOW)
    assert not [one for one in session.asked if one.startswith("/oudata")]
    assert Store(tmp_path).open().ou_values().empty


def test_units_that_fail_leave_no_snapshot_and_what_was_answered_is_not_asked_for_again(
    small: Dataset, schooled: SteeringModel, tmp_path: Path
) -> None:
    class UnitsFail(Session):
        def send(self, request: requests.PreparedRequest, **given: Any) -> requests.Response:
            if "/oudata" in str(request.url):
                raise requests.ConnectionError("avbrott")
            return super().send(request, **given)

    store, first, second = Store(tmp_path), UnitsFail(), Session()
    with serve(small) as server:
        with client(server.url, first) as kolada, pytest.raises(KoladaUnavailable):
            fetch.fetch_everything(schooled, kolada, store, now=NOW)
        assert store.snapshots() == []
        with client(server.url, second) as kolada:
            fetch.fetch_everything(schooled, kolada, store, now=NOW + timedelta(hours=1))
    assert not set(first.asked) & set(second.asked)
    assert any(one.startswith("/oudata") for one in second.asked)
    assert len(store.open().ou_values()) > 0


def test_the_command_says_how_much_came_of_own_units(
    small: Dataset, tmp_path: Path, capsys: Printed
) -> None:
    place, _ = prepare(tmp_path)
    given = ["hamta", "--params", str(place.params), "--lager", str(place.store)]
    with serve(small) as server:
        run([*given, "--url", server.url])
    assert "Egna enheter: 40 rader för 5 enheter." in capsys.readouterr().out


# --- changes -----------------------------------------------------------------------------------


def changed_cells(kolada: KoladaClient, kpis: list[str], since: str) -> pd.DataFrame:
    parts = kolada.changes_in_parts(kpis, since, at_a_time=len(kpis))
    return pd.concat(parts, ignore_index=True)


def unpublished(whole: Dataset, since: str) -> Dataset:
    """The data set as it was before the cells that the server says have changed since a day."""
    with serve(whole) as server, client(server.url) as kolada:
        changed = changed_cells(kolada, sorted(whole.values["kpi"].astype("str").unique()), since)
    assert 0 < len(changed) < len(whole.values) / 2
    cell = ["kpi", "municipality", "period", "gender"]
    plain = whole.values.astype(dict.fromkeys(["kpi", "municipality", "gender"], "str"))
    new = pd.MultiIndex.from_frame(plain[cell]).isin(pd.MultiIndex.from_frame(changed[cell]))
    half = new & (pd.util.hash_pandas_object(plain[cell], index=False) % 2 == 0).to_numpy()
    values = whole.values.copy()
    values.loc[new, "value"] = values.loc[new, "value"] + 1  # revised since
    return replace(whole, values=values[~half].reset_index(drop=True))  # half of them new since


@contextmanager
def same_address(
    *datasets: Dataset, faults: tuple[str | None, ...] = ()
) -> Iterator[Callable[[int], str]]:
    """Serve data sets one at a time at one address."""
    with serve(datasets[0]) as first:
        port = first.port
    opened: list[Any] = []

    def turn(number: int) -> str:
        if opened:
            opened.pop().__exit__(None, None, None)
        fault = faults[number] if faults else None
        opened.append(serve(datasets[number], port, fault))
        return str(opened[-1].__enter__().url)

    yield turn
    if opened:
        opened.pop().__exit__(None, None, None)


@pytest.mark.parametrize("at_a_time", [2, 200])
def test_changes_upon_a_snapshot_are_what_a_whole_fetch_gives(
    at_a_time: int,
    small: Dataset,
    model: SteeringModel,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("malstyr_lib.fetch.job.PART_KPIS", at_a_time)
    old = unpublished(small, "2026-01-04")
    store, whole, session = Store(tmp_path / "lager"), Store(tmp_path / "hel"), Session()
    with same_address(old, small) as turn:
        with client(turn(0)) as kolada:
            first = fetch.fetch(model, kolada, store, now=datetime(2026, 1, 5, 12, tzinfo=UTC))
        url = turn(1)
        with client(url, session) as kolada:
            done = fetch.fetch_changes(model, kolada, store, now=NOW)
        with client(url) as kolada:
            fetch.fetch(model, kolada, whole, now=NOW)
    assert objects(store.open(done.snapshot)) == objects(whole.open())
    assert objects(store.open(first.snapshot)) != objects(whole.open())
    assert done.rows == len(whole.open().values())
    asked = store.open().manifest["asked"]
    assert (asked["built_on"], asked["from_date"]) == (first.snapshot, "2026-01-04")
    assert done.before == first.snapshot
    about_values = [one for one in session.asked if one.startswith("/data")]
    assert all(one.endswith("from_date=2026-01-04") for one in about_values)
    assert fetch.last_whole(store.open()) == datetime(2026, 1, 5, 12, tzinfo=UTC)


def test_a_deleted_cell_is_gone_after_the_changes(
    small: Dataset, model: SteeringModel, tmp_path: Path
) -> None:
    store = Store(tmp_path)
    with same_address(small, small, faults=(None, "deleted")) as turn:
        with client(turn(0)) as kolada:
            a = fetch.fetch(model, kolada, store, now=datetime(2026, 1, 5, tzinfo=UTC)).snapshot
        with client(turn(1)) as kolada:
            deleted = changed_cells(kolada, KPIS, "2026-01-04")
            b = fetch.fetch_changes(model, kolada, store, now=NOW).snapshot
    gone = deleted[deleted["isdeleted"]]
    diff = store.diff(a, b)
    assert len(gone) > 0
    cell = ["kpi", "municipality", "period", "gender"]
    assert set(diff["change"]) == {"removed"}
    assert set(map(tuple, diff[cell].values)) <= set(map(tuple, gone[cell].values))


def test_nothing_changed_gives_the_same_objects(
    small: Dataset, model: SteeringModel, tmp_path: Path
) -> None:
    store = Store(tmp_path)
    quiet = replace(
        small, kpis=small.kpis.assign(publication_date="2020-01-01", publ_period="2019")
    )
    with same_address(quiet) as turn:
        url = turn(0)
        with client(url) as kolada:
            fetch.fetch(model, kolada, store, now=NOW)
            before = objects(store.open())
            fetch.fetch_changes(model, kolada, store, now=NOW + timedelta(days=1))
    assert objects(store.open()) == before
    assert len(store.snapshots()) == 2


def test_a_kpi_that_the_registry_has_got_since_is_fetched_whole(
    small: Dataset, model: SteeringModel, tmp_path: Path
) -> None:
    store, whole = Store(tmp_path / "lager"), Store(tmp_path / "hel")
    fewer = model.model_copy(update={"kpis": model.kpis[:3]})
    with same_address(small) as turn, client(turn(0)) as kolada:
        fetch.fetch(fewer, kolada, store, now=NOW)
        fetch.fetch_changes(model, kolada, store, now=NOW + timedelta(days=1))
        fetch.fetch(model, kolada, whole, now=NOW + timedelta(days=1))
    assert objects(store.open()) == objects(whole.open())


def without(dataset: Dataset, kpi: str) -> Dataset:
    """The same data set, from which a KPI has vanished."""
    return replace(
        dataset,
        kpis=dataset.kpis[dataset.kpis["id"] != kpi].reset_index(drop=True),
        values=dataset.values[dataset.values["kpi"] != kpi].reset_index(drop=True),
    )


@pytest.mark.parametrize("way", ["fetch", "fetch_everything"])
def test_a_kpi_that_vanished_and_came_back_is_fetched_whole(
    way: str, small: Dataset, model: SteeringModel, tmp_path: Path
) -> None:
    store = Store(tmp_path)
    registry = model.model_copy(update={"kpis": model.kpis[:3]})
    kpi = KPIS[-1] if way == "fetch_everything" else model.kpis[0].id
    with same_address(small, without(small, kpi), small) as turn:
        for number, work in enumerate((way, "fetch_changes", "fetch_changes")):
            with client(turn(number)) as kolada:
                moment = NOW + timedelta(days=number)
                getattr(fetch, work)(registry, kolada, store, now=moment)
    first, gone, back = (store.open(name) for name in store.snapshots())
    assert gone.values(kpi).empty
    assert back.values(kpi).equals(first.values(kpi))
    assert len(first.values(kpi)) > 100


def test_at_the_turn_of_the_year_everything_is_fetched(
    small: Dataset, model: SteeringModel, tmp_path: Path
) -> None:
    store, whole, told = Store(tmp_path / "lager"), Store(tmp_path / "hel"), []
    later = datetime(2027, 1, 10, tzinfo=UTC)
    with same_address(small) as turn, client(turn(0)) as kolada:
        fetch.fetch(model, kolada, store, now=datetime(2026, 12, 20, tzinfo=UTC))
        fetch.fetch_changes(model, kolada, store, now=later, on_step=told.append)
        fetch.fetch(model, kolada, whole, now=later)
    assert "Åren eller kommunerna är inte desamma som förra gången: allt hämtas" in told
    assert objects(store.open()) == objects(whole.open())
    assert "built_on" not in store.open().manifest["asked"]


@pytest.mark.parametrize("backwards", [False, True])
def test_when_the_municipalities_are_others_everything_is_fetched(
    backwards: bool, small: Dataset, model: SteeringModel, tmp_path: Path
) -> None:
    store, whole = Store(tmp_path / "lager"), Store(tmp_path / "hel")
    area = small.municipalities["id"].iloc[-1]
    fewer = replace(
        small,
        municipalities=small.municipalities[small.municipalities["id"] != area],
        values=small.values[small.values["municipality"] != area].reset_index(drop=True),
    )
    turns = (small, fewer) if backwards else (fewer, small)
    with same_address(*turns) as turn:
        with client(turn(0)) as kolada:
            fetch.fetch(model, kolada, store, now=NOW)
        with client(turn(1)) as kolada:
            fetch.fetch_changes(model, kolada, store, now=NOW + timedelta(days=1))
            fetch.fetch(model, kolada, whole, now=NOW + timedelta(days=1))
    assert objects(store.open()) == objects(whole.open())


def test_a_snapshot_from_the_future_is_told_before_anything_is_asked(
    small: Dataset, model: SteeringModel, tmp_path: Path
) -> None:
    store, session = Store(tmp_path), Session()
    with serve(small) as server:
        with client(server.url) as kolada:
            fetch.fetch(model, kolada, store, now=NOW + timedelta(days=365))
        with (
            client(server.url, session) as kolada,
            pytest.raises(StoreError, match=r"hämtad 23 november 2027, men datorns klocka säger"),
        ):
            fetch.fetch_changes(model, kolada, store, now=NOW)
    assert not session.asked


def test_changes_build_on_a_snapshot_that_does_not_say_what_was_asked_for(
    small: Dataset, model: SteeringModel, tmp_path: Path
) -> None:
    store, whole = Store(tmp_path / "lager"), Store(tmp_path / "hel")
    with same_address(small) as turn, client(turn(0)) as kolada:
        fetch.fetch(model, kolada, whole, now=NOW)
        first = whole.open()
        catalogues = {name: getattr(first, name) for name in first.manifest["tables"]}
        store.write(first.values(), **catalogues, base_url=first.base_url, fetched=NOW)
        fetch.fetch_changes(model, kolada, store, now=NOW + timedelta(days=1))
    assert objects(store.open())["values"] == objects(first)["values"]


def test_changes_in_an_empty_store_are_a_whole_fetch(
    small: Dataset, model: SteeringModel, tmp_path: Path
) -> None:
    told: list[str] = []
    with serve(small) as server, client(server.url) as kolada:
        fetch.fetch_changes(model, kolada, Store(tmp_path), now=NOW, on_step=told.append)
    assert "Lagret är tomt: allt hämtas" in told
    assert "built_on" not in Store(tmp_path).open().manifest["asked"]


def test_changes_from_another_source_are_refused(
    small: Dataset, model: SteeringModel, tmp_path: Path
) -> None:
    store = Store(tmp_path)
    with serve(small) as server, client(server.url) as kolada:
        fetch.fetch(model, kolada, store, now=NOW)
    before = files(tmp_path)
    with (
        client("http://127.0.0.1:9/v3") as kolada,
        pytest.raises(UsageError, match=r"kommer från http://127.0.0.1:\d+/v3, inte från"),
    ):
        fetch.fetch_changes(model, kolada, store, now=NOW)
    assert files(tmp_path) == before


def test_merging_keeps_replaces_adds_and_deletes() -> None:
    def rows(*cells: tuple[str, int, float, bool]) -> pd.DataFrame:
        kpi, period, value, gone = zip(*cells, strict=True)
        columns = {"kpi": kpi, "municipality": ["2083"] * len(kpi), "period": period}
        more = {"gender": ["T"] * len(kpi), "value": value, "status": [""] * len(kpi)}
        return tables.frame(tables.CHANGED_OBSERVATIONS, columns | more | {"isdeleted": gone})

    before = rows(("N1", 2020, 1, False), ("N1", 2021, 2, False), ("N1", 2022, 3, False))
    changed = rows(("N1", 2021, 20, False), ("N1", 2022, 0, True), ("N2", 2023, 4, False))
    after = merged(before[list(tables.OBSERVATIONS)], changed)
    cells = list(zip(after["kpi"], after["period"], after["value"], strict=True))
    assert cells == [("N1", 2020, 1), ("N1", 2021, 20), ("N2", 2023, 4)]
    assert {name: str(kind) for name, kind in after.dtypes.items()} == tables.OBSERVATIONS


# --- the store is ready before Kolada is asked ---------------------------------------------------


def test_a_store_that_another_writes_is_told_before_anything_is_asked(
    small: Dataset, model: SteeringModel, tmp_path: Path
) -> None:
    store, session = Store(tmp_path), Session()
    with (
        serve(small) as server,
        client(server.url, session) as kolada,
        store.drafting(),
        pytest.raises(StoreError, match="skrivs just nu av process"),
    ):
        fetch.fetch(model, kolada, store, now=NOW)
    assert not session.asked


def test_a_store_that_cannot_be_written_is_told_before_anything_is_asked(
    small: Dataset, model: SteeringModel, tmp_path: Path
) -> None:
    (tmp_path / "fil").write_text("")
    session = Session()
    with (
        serve(small) as server,
        client(server.url, session) as kolada,
        pytest.raises(StoreError, match="kunde inte skrivas"),
    ):
        fetch.fetch(model, kolada, Store(tmp_path / "fil" / "lager"), now=NOW)
    assert not session.asked


def test_readers_do_not_wait_for_a_fetch(
    small: Dataset, model: SteeringModel, tmp_path: Path
) -> None:
    store = Store(tmp_path)
    with serve(small) as server, client(server.url) as kolada:
        fetch.fetch(model, kolada, store, now=NOW)
    with store.drafting():
        assert len(store.open().values()) > 2000


def test_another_programs_fault_is_not_called_the_stores(
    small: Dataset, model: SteeringModel, tmp_path: Path
) -> None:
    def broken(_: str) -> None:
        raise BrokenPipeError(errno.EPIPE, "Broken pipe")

    with serve(small) as server, client(server.url) as kolada, pytest.raises(BrokenPipeError):
        fetch.fetch(model, kolada, Store(tmp_path / "lager"), now=NOW, on_step=broken)
    assert not (tmp_path / "lager").exists()


def test_exercise_figures_do_not_come_among_real_ones(
    small: Dataset, model: SteeringModel, tmp_path: Path
) -> None:
    store = Store(tmp_path)
    real = tables.frame(
        tables.MUNICIPALITIES, {"id": ["2083"], "title": ["Hedemora"], "type": ["K"]}
    )
    store.write(
        tables.empty(tables.OBSERVATIONS),
        kpis=tables.empty(tables.KPIS),
        municipalities=real,
        municipality_groups=tables.empty(tables.GROUPS),
        base_url="https://api.kolada.se/v3",
        fetched=NOW,
    )
    before = files(tmp_path)
    for way in (fetch.fetch, fetch.fetch_everything):
        with (
            serve(small) as server,
            client(server.url) as kolada,
            pytest.raises(UsageError, match=r"verkliga värden, och det som hämtas är övningsdata"),
        ):
            way(model, kolada, store, now=NOW + timedelta(days=1))
    assert {path: body for path, body in files(tmp_path).items() if "pending" not in path} == before


# --- what the command says ---------------------------------------------------------------------


@pytest.fixture
def words(tmp_path: Path) -> list[str]:
    return ["hamta", "--params", str(ROOT / "params"), "--lager", str(tmp_path / "lager")]


def test_the_command_says_what_is_new_since_the_fetch_before(
    small: Dataset, words: list[str], capsys: Printed
) -> None:
    titles = small.kpis.set_index("id")["title"]
    ended, gone = KPIS[0], KPIS[2]
    later = replace(
        small,
        kpis=small.kpis[small.kpis["id"] != gone].assign(
            title=lambda kpis: kpis["title"].where(kpis["id"] != ended, f"{titles[ended]} (-2024)")
        ),
        values=small.values[small.values["kpi"] != gone].reset_index(drop=True),
    )
    with same_address(small, later) as turn:
        run([*words, "--url", turn(0)])
        first = capsys.readouterr().out
        run([*words, "--url", turn(1)])
        second = capsys.readouterr().out
    assert "Sedan " not in first
    assert "1 borta" in second
    assert "1 avslutat" in second
    assert f"  Avslutade: {ended} {titles[ended]} (-2024)\n" in second
    assert f"  Försvunna: {gone} {titles[gone]}\n" in second
    (line,) = [one for one in second.splitlines() if "finns inte längre i Kolada: " in one]
    assert gone in line


def test_the_changes_and_everything_are_fetched_by_command(
    small: Dataset, words: list[str], capsys: Printed
) -> None:
    with same_address(small, small) as turn:
        url = turn(0)
        for flags in (["--allt"], ["--andrat"]):
            assert run([*words, *flags, "--url", url, "--json"]) == 4
            counts = json.loads(capsys.readouterr().out)[0]
            assert counts["rows"] > 2000
    assert counts["values_revised"] == counts["values_new"] == counts["values_removed"] == 0
    assert counts["kpis_gone"] == 0


# --- a disk that fails at any moment -------------------------------------------------------------


class Failing:
    """A function whose n-th call fails as on a full disk; the others do as `real`."""

    def __init__(self, real: Callable[..., Any], nth: int) -> None:
        self._real, self.left = real, nth

    def __call__(self, *given: Any, **more: Any) -> Any:
        self.left -= 1
        if self.left == 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        return self._real(*given, **more)


class Written:
    """A file whose writes are counted, and fail when it is their turn."""

    def __init__(self, file: Any, disk: Failing) -> None:
        self._file, self._disk = file, disk

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def __enter__(self) -> Written:
        return self

    def __exit__(self, *fault: object) -> None:
        self._file.close()

    def write(self, body: Any) -> int:
        self._disk()
        return int(self._file.write(body))


@contextmanager
def full_at(function: str, nth: int) -> Iterator[Failing]:
    """Let the n-th write, fsync, replace or mkdir fail as on a full disk."""
    with pytest.MonkeyPatch.context() as patch:
        if function != "write":
            disk = Failing(getattr(os, function), nth)
            patch.setattr(os, function, disk)
        else:
            disk, real = Failing(lambda: None, nth), io.open

            def opened(file: Any, mode: str = "r", *given: Any, **more: Any) -> Any:
                made = real(file, mode, *given, **more)
                return Written(made, disk) if "w" in mode else made

            patch.setattr(io, "open", opened)
        yield disk


@pytest.fixture(scope="module")
def tiny(small: Dataset, model: SteeringModel) -> tuple[Dataset, SteeringModel]:
    """Three KPIs of the last two years, so that a fetch writes a dozen files."""
    values = small.values
    values = values[values["kpi"].isin(KPIS[:3]) & (values["period"] >= values["period"].max() - 1)]
    kpis = small.kpis[small.kpis["id"].isin(KPIS[:3])].reset_index(drop=True)
    few = replace(small, kpis=kpis, values=values.reset_index(drop=True))
    return few, model.model_copy(update={"kpis": model.kpis[:3]})


CALLS = ("write", "fsync", "replace", "mkdir")
QUICK = [*((call, "fetch") for call in CALLS), ("fsync", "fetch_everything")]
EVERY_DISK = [
    pytest.param(call, way, marks=[] if (call, way) in QUICK else [pytest.mark.slow])
    for call in CALLS
    for way in WAYS
]


@pytest.mark.parametrize(("function", "way"), EVERY_DISK)
def test_a_full_disk_at_any_moment_of_a_fetch_loses_nothing_and_the_next_one_succeeds(
    way: str,
    function: str,
    tiny: tuple[Dataset, SteeringModel],
    tmp_path: Path,
) -> None:
    dataset, model = tiny
    work = getattr(fetch, way)
    base, right, failures = Store(tmp_path / "grund"), Store(tmp_path / "rätt"), 0
    old = replace(dataset, values=dataset.values.assign(value=dataset.values["value"] + 1))
    with same_address(old, dataset) as turn:
        with client(turn(0)) as kolada:
            first = fetch.fetch(model, kolada, base, now=datetime(2026, 1, 5, tzinfo=UTC)).snapshot
        shutil.copytree(base.path, right.path)
        with client(turn(1)) as kolada:
            work(model, kolada, right, now=NOW)
            for nth in range(1, 300):
                store = Store(shutil.copytree(base.path, tmp_path / str(nth)))
                with full_at(function, nth) as disk:
                    told = fault_of(lambda store=store: work(model, kolada, store, now=NOW))
                if disk.left > 0:
                    break
                failures += bool(told)
                assert not told or store.snapshots() == [first]
                assert store.open(first).values().equals(base.open(first).values())
                again = work(model, kolada, store, now=NOW)
                assert store.open(again.snapshot).values().equals(right.open().values())
                assert {path.name for path in store.path.rglob("*.*")} == named_by(store)
                shutil.rmtree(store.path)
    assert failures >= 2 or function == "mkdir"
