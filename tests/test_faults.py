"""Every fault by name, through the real client: exact data or a named error, and an intact store.

L1, L2: an error leaves the store as it was, byte by byte. L3: the command says it and exits with
3. L4: the next fetch succeeds. L5: the same answers are the same objects. A positive control takes
a guard away and shows that wrong or less data would then have come through without a word.
"""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pandas as pd
import pytest
import requests
from conftest import ROOT

from malstyr_lib import scoring, tables
from malstyr_lib.cli import run
from malstyr_lib.errors import (
    KoladaContractBroken,
    KoladaError,
    KoladaRefused,
    KoladaUnavailable,
    UsageError,
)
from malstyr_lib.fetch import Fetched, fetch
from malstyr_lib.kolada import KoladaClient, decode
from malstyr_lib.kolada import client as client_module
from malstyr_lib.model import Municipality, SteeringModel
from malstyr_lib.ovning.answers import respond
from malstyr_lib.ovning.dataset import Dataset
from malstyr_lib.ovning.faults import FAULTS, NEW_AREA, Player, Reply, named
from malstyr_lib.ovning.holdings import holdings
from malstyr_lib.ovning.server import serve
from malstyr_lib.ovning.world import exercise_world
from malstyr_lib.report.judge import judge
from malstyr_lib.store import Snapshot, Store

WITHDRAWN = "N15505"
KPIS = ["N00090", "N01452", "N15428", "N15419", WITHDRAWN, "U21401", "U23401"]
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)

PASSING = (
    *("e500once", "e503burst", "e429sec", "e429date", "truncjson", "shortbody", "reset"),
    *("html200", "shrink"),
)
HARMLESS = ("duppage", "gender", "strangers", "newarea")
CHANGING = ("withdrawn", "unknown404", "revised", "deleted", "onlykm")
ERRORS: dict[str, tuple[type[KoladaError], str]] = {
    "e500p2": (KoladaUnavailable, r"svarar inte efter 5 försök \(500\) på /data/kpi/"),
    "e429day": (KoladaUnavailable, r"hinner inte svara inom 5 s \(på /data/kpi/.*senast: 429"),
    "html": (KoladaUnavailable, r"svaret är text/html, inte JSON\) på /data/kpi/"),
    "gzbomb": (KoladaContractBroken, r"svaret är större än 50000000 byte \(på /data/kpi/"),
    "slow": (KoladaUnavailable, r"hinner inte svara inom 1 s \(på /data/kpi/"),
    "gone410": (KoladaRefused, r"API har flyttat eller lagts ned \(410 på /kpi under http:"),
    "gone404": (KoladaRefused, r"API har flyttat eller lagts ned \(404 på /kpi under http:"),
    "moved301": (KoladaRefused, r"API har flyttat eller lagts ned \(301 på /kpi under http:"),
    "over25": (KoladaRefused, r"avvisar frågan \(400\) på /data/kpi/"),
    "toolong414": (KoladaRefused, r"avvisar frågan \(414\) på /data/kpi/"),
    "nextloop": (KoladaContractBroken, r"sidorna tar aldrig slut \(på /data/kpi/"),
    "nexthost": (KoladaContractBroken, r"annan adress, 'http://localhost:.* \(på /data/kpi/"),
    "dupdiff": (KoladaContractBroken, r"cell två gånger, olika: nyckeltal N00090, .*, kön T: "),
    "emptymid": (KoladaContractBroken, r"5 försök \(en tom sida mitt i svaret\) på /data/kpi/"),
    "countlie": (KoladaContractBroken, r"fick \d+ av \d+0 rader\) på /data/kpi/"),
    "nan": (KoladaContractBroken, r"inte är ett tal: nyckeltal N\d+, .*, kön T: nan"),
    "strnum": (KoladaContractBroken, r"inte är ett tal: nyckeltal N\d+, .*, kön T: '12,5'"),
}


def cut(whole: Dataset) -> Dataset:
    """The same world with Riket, two regions and 28 municipalities, from 2019."""
    areas = pd.concat(
        [whole.municipalities.head(3), whole.municipalities.query("type == 'K'")[:28]]
    )
    own = set(areas["id"])
    values = whole.values[whole.values["municipality"].isin(own) & (whole.values["period"] >= 2019)]
    members = [
        [member for member in group if member["member_id"] in own]
        for group in whole.municipality_groups["members"]
    ]
    groups = whole.municipality_groups.assign(members=members)
    return replace(
        whole,
        municipalities=areas.reset_index(drop=True),
        municipality_groups=groups[groups["members"].map(bool)].reset_index(drop=True),
        ous=whole.ous[whole.ous["municipality"].isin(own)].reset_index(drop=True),
        values=values.reset_index(drop=True),
    )


@pytest.fixture(scope="module")
def model(steering_model: SteeringModel) -> SteeringModel:
    kpis = tuple(kpi for kpi in steering_model.kpis if kpi.id in KPIS)
    own = Municipality(kod="9001", namn="Övninge")  # type: ignore[call-arg]
    return steering_model.model_copy(update={"kpis": kpis, "municipality": own})


@pytest.fixture(scope="module")
def small(model: SteeringModel) -> Dataset:
    return cut(exercise_world(model.kpis))


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (
        "http_proxy",
        "HTTP_PROXY",
        "https_proxy",
        "HTTPS_PROXY",
        "all_proxy",
        "ALL_PROXY",
    ):
        monkeypatch.delenv(name, raising=False)


Fetching = Callable[..., Fetched]


@pytest.fixture
def fetching(small: Dataset, model: SteeringModel) -> Fetching:
    """Fetch into a store from a server that plays a fault, or none; nobody sleeps."""

    def fetched(store: Store, fault: str | None = None, days: int = 0, **given: Any) -> Fetched:
        given = {"deadline_s": 1 if fault == "slow" else 5, "sleep": lambda _: None} | given
        moment = NOW + timedelta(days=days)
        with (
            serve(small, fault=fault) as server,
            KoladaClient(server.url, requests_per_s=None, **given) as client,
        ):
            return fetch(model, client, store, now=moment)

    return fetched


@pytest.fixture(scope="module")
def right(small: Dataset, model: SteeringModel, tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A store with one snapshot of the small world, fetched without any fault."""
    store = Store(tmp_path_factory.mktemp("rätt"))
    with serve(small) as server, KoladaClient(server.url, requests_per_s=None) as client:
        fetch(model, client, store, now=NOW)
    return store


@pytest.fixture
def store(right: Store, tmp_path: Path) -> Store:
    """A copy of that store, to fetch into."""
    return Store(shutil.copytree(right.path, tmp_path / "lager"))


def objects(snapshot: Snapshot) -> dict[str, Any]:
    """The digest of every table of a snapshot."""
    return {name: snapshot.manifest[name] for name in ("tables", "values", "ou_values")}


def files(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# --- the table of faults -----------------------------------------------------------------------


def test_every_fault_has_its_expected_outcome_written_out() -> None:
    assert Counter([*PASSING, *HARMLESS, *CHANGING, *ERRORS]) == Counter(list(FAULTS))


@pytest.mark.parametrize("name", FAULTS)
def test_every_fault_is_said_in_a_sentence_and_strikes_some_answer(
    name: str, small: Dataset
) -> None:
    data = f"/v3/data/kpi/{','.join(KPIS)}/municipality/{','.join(small.municipalities['id'][:25])}"
    held, player = holdings(small), Player(named(name))
    struck = []
    for address in ("/v3/kpi", "/v3/municipality", data, f"{data}?page=2&per_page=400"):
        answer = respond(held, address, base="http://127.0.0.1:1")
        plain = Reply(answer.status, answer.body)
        struck.append(player.reply(address, "http://127.0.0.1:1", plain) != plain)
    assert any(struck)
    assert len(FAULTS[name].sentence) > 10


def test_without_a_fault_the_server_answers_as_it_should(right: Store, small: Dataset) -> None:
    got = right.open().values()
    wanted = small.values[small.values["kpi"].isin(KPIS)].astype({"value": "float64"})
    assert len(got) == len(wanted) > 3000
    assert got["value"].sum() == pytest.approx(wanted["value"].sum())


# --- exact data --------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", [*PASSING, *HARMLESS])
def test_a_fault_that_passes_gives_exactly_the_same_objects(
    fault: str, fetching: Fetching, right: Store, tmp_path: Path
) -> None:
    store = Store(tmp_path)
    assert fetching(store, fault).remarks == ()
    same = objects(store.open())
    if fault == "newarea":
        same["tables"]["municipalities"] = objects(right.open())["tables"]["municipalities"]
    assert same == objects(right.open())


@pytest.mark.parametrize("fault", PASSING)
def test_control_without_another_attempt_every_passing_fault_would_be_an_error(
    fault: str, fetching: Fetching, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "ATTEMPTS", 1)
    with pytest.raises(KoladaError, match="efter 1 försök"):
        fetching(Store(tmp_path), fault)


@pytest.mark.parametrize(
    ("fault", "counter", "noted"),
    [
        ("duppage", "duplicates", lambda found: found > 0),
        ("gender", "set_aside", lambda found: found["X"] > 0),
        ("strangers", "unasked", lambda found: found > 0),
        ("deleted", "deleted", lambda found: found > 0),
    ],
)
def test_what_is_left_out_is_counted_in_the_manifest(
    fault: str, counter: str, noted: Callable[[Any], bool], fetching: Fetching, tmp_path: Path
) -> None:
    fetching(Store(tmp_path), fault)
    assert noted(Store(tmp_path).open().manifest["fetch"][counter])


# --- a named error -----------------------------------------------------------------------------


@pytest.mark.parametrize("fault", ERRORS)
def test_a_fault_that_stays_is_a_named_error_and_the_store_is_untouched(
    fault: str, fetching: Fetching, store: Store
) -> None:
    kind, sentence = ERRORS[fault]
    before = files(store.path)
    with pytest.raises(kind, match=sentence) as caught:
        fetching(store, fault, days=1)
    assert "Försök igen" in str(caught.value) or "Kontrollera" in str(caught.value)
    assert files(store.path) == before
    good = objects(store.open())
    fetching(store, days=2)
    assert len(store.snapshots()) == 2
    assert objects(store.open()) == good


def test_the_command_says_the_fault_exits_with_3_and_makes_no_store(
    small: Dataset, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["hamta", "--params", str(ROOT / "params"), "--lager", str(tmp_path / "lager")]
    with serve(small, fault="nextloop") as server:
        assert run([*words, "--url", server.url]) == 3
    assert "sidorna tar aldrig slut" in capsys.readouterr().err
    assert not (tmp_path / "lager").exists()


# --- positive controls: with the guard away, wrong data would come through -----------------------


def unguarded_page(body: bytes, decoder: Any) -> decode.Page[Any]:
    """Read a page as it comes, without looking at its count."""
    envelope = decoder.decode(body)
    return decode.Page(envelope.values, len(envelope.values), envelope.next_url)


@pytest.mark.parametrize("fault", ["shrink", "emptymid"])
def test_control_without_the_count_rows_would_be_lost_in_silence(
    fault: str, fetching: Fetching, right: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decode, "_page", unguarded_page)
    assert fetching(Store(tmp_path), fault).rows < len(right.open().values())


def test_control_without_the_conflict_check_two_values_would_pass_for_one(
    fetching: Fetching, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decode, "_refuse_conflicts", lambda *_: None)
    assert fetching(Store(tmp_path), "dupdiff").rows > 0


def test_control_without_the_filter_rows_of_groups_would_come_in(
    fetching: Fetching, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decode, "_wanted", lambda cells, *_: cells.period > 0)
    fetching(Store(tmp_path), "strangers")
    assert {"G99999", "0098"} <= set(Store(tmp_path).open().values()["municipality"])


def test_control_without_the_gender_filter_another_gender_would_pass_for_the_total(
    fetching: Fetching, right: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class AllTotals(dict[str, int]):
        def get(self, key: str, default: object = None) -> Any:
            return super().get(key, 0)

    monkeypatch.setattr(decode, "_GENDER_ORDER", AllTotals(T=0, K=1, M=2))
    with pytest.raises(KoladaContractBroken, match=r"cell två gånger.*kön T"):
        fetching(Store(tmp_path), "gender")


class Hosts(requests.Session):
    """A session that notes which hosts it is sent to."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str | None] = set()

    def send(self, request: requests.PreparedRequest, **given: Any) -> requests.Response:
        self.seen.add(requests.compat.urlsplit(str(request.url)).hostname)
        return super().send(request, **given)


def test_another_host_is_never_asked(fetching: Fetching, tmp_path: Path) -> None:
    with Hosts() as session, pytest.raises(KoladaContractBroken, match="annan adress"):
        fetching(Store(tmp_path), "nexthost", session=session)
    assert session.seen == {"127.0.0.1"}


def test_control_without_the_origin_check_another_host_would_be_asked(
    fetching: Fetching, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "_origin", lambda _: ("http", "samma", 80))
    with Hosts() as session:
        fetching(Store(tmp_path), "nexthost", session=session)
    assert session.seen == {"127.0.0.1", "localhost"}


def test_control_without_the_size_limit_the_bomb_would_be_read_to_its_end(
    small: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "ATTEMPTS", 1)
    with (
        serve(small, fault="gzbomb") as server,
        KoladaClient(server.url, max_bytes=10**9, sleep=lambda _: None) as client,
        pytest.raises(KoladaContractBroken, match="oläsbar JSON"),
    ):
        client.values("N00090", "9001", 2024)


# --- the data ----------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", CHANGING)
def test_the_same_answers_are_the_same_objects(
    fault: str, fetching: Fetching, right: Store, tmp_path: Path
) -> None:
    first, again = Store(tmp_path / "1"), Store(tmp_path / "2")
    fetching(first, fault)
    fetching(again, fault, connections=1)
    assert objects(first.open()) == objects(again.open()) != objects(right.open())


@pytest.mark.parametrize("fault", ["withdrawn", "unknown404"])
def test_a_withdrawn_key_figure_is_named_and_the_others_are_exact(
    fault: str, fetching: Fetching, right: Store, tmp_path: Path
) -> None:
    remarks = fetching(Store(tmp_path), fault).remarks
    assert len(remarks) == 1
    assert remarks[0].startswith(WITHDRAWN)
    assert remarks[0].endswith("nyckeltalet finns inte längre i Kolada")
    snapshot = Store(tmp_path).open()
    assert snapshot.manifest["missing"]["kpis"] == [WITHDRAWN]
    others = objects(right.open())["values"]
    del others[WITHDRAWN]
    assert snapshot.manifest["values"] == others


def changes(store: Store) -> pd.DataFrame:
    return store.diff(*store.snapshots())


def test_a_revised_value_is_told_with_both_values(fetching: Fetching, store: Store) -> None:
    before = store.open()
    fetching(store, "revised", days=1)
    found = changes(store)
    assert set(found["change"]) == {"revised"}
    assert list(found["after"]) == pytest.approx(list(found["before"] - 1))
    assert objects(store.open(before.id)) == objects(before)


@pytest.mark.parametrize("fault", ["deleted", "onlykm"])
def test_a_total_that_is_gone_is_missing_and_never_made_of_women_and_men(
    fault: str, fetching: Fetching, store: Store, model: SteeringModel
) -> None:
    fetching(store, fault, days=1)
    found = changes(store)
    assert set(zip(found["change"], found["gender"], strict=True)) == {("removed", "T")}
    now = store.open()
    gone = found[found["municipality"] >= "9001"].iloc[0]
    there = now.values(gone["kpi"]).query(
        "municipality == @gone.municipality and period == @gone.period"
    )
    assert "T" not in set(there["gender"])
    scores = judge(
        model, now, [gone["kpi"]], municipality=gone["municipality"], years=str(gone["period"])
    )
    assert scores["value"].notna().sum() == 0
    assert set(scores["colour"]) <= {tables.GREY}


def test_only_municipalities_are_counted_among_municipalities(
    fetching: Fetching, model: SteeringModel, tmp_path: Path
) -> None:
    fetching(Store(tmp_path), "strangers")
    snapshot = Store(tmp_path).open()
    values = snapshot.values("N00090").query("period == 2024 and gender == 'T'").dropna()
    known = set(values["municipality"])
    small = set(tables.municipalities_only(snapshot.municipalities))
    assert "0000" in known - small
    assert set(judge(model, snapshot, ["N00090"], years="2024")["n"]) == {len(known & small)}


def test_control_if_regions_were_of_type_k_they_would_be_counted(
    model: SteeringModel, right: Store
) -> None:
    snapshot, kpi = right.open(), model.kpi("N00090")

    def compared(areas: pd.DataFrame) -> int:
        known = {"municipalities": areas, "municipality_groups": snapshot.municipality_groups}
        groups = scoring.groups_of("alla", "9001", [kpi], **known)
        everyone = tables.municipalities_only(areas)
        values = snapshot.values(kpi.id)
        scores = scoring.score(
            values, [kpi], "9001", everyone=everyone, groups=groups, years=[2024]
        )
        return int(scores["n"].iloc[0])

    areas = snapshot.municipalities
    assert compared(areas.assign(type="K")) > compared(areas)


def test_a_new_municipality_without_values_is_told_as_missing(
    fetching: Fetching, tmp_path: Path
) -> None:
    fetching(Store(tmp_path), "newarea")
    snapshot = Store(tmp_path).open()
    assert snapshot.manifest["missing"]["municipalities"] == [NEW_AREA]
    assert NEW_AREA in tables.municipalities_only(snapshot.municipalities)


# --- no network at all -------------------------------------------------------------------------


def test_an_address_that_nobody_knows_is_told_as_no_connection(
    monkeypatch: pytest.MonkeyPatch, model: SteeringModel, tmp_path: Path
) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with (
        KoladaClient("http://kolada.invalid/v3", sleep=lambda _: None) as client,
        pytest.raises(KoladaUnavailable, match=r"5 försök \(ingen förbindelse\).*Kontrollera int"),
    ):
        fetch(model, client, Store(tmp_path / "lager"))
    assert not (tmp_path / "lager").exists()


@pytest.fixture
def self_signed(tmp_path: Path) -> Iterator[str]:
    """A server whose certificate nobody vouches for."""
    if not shutil.which("openssl"):
        pytest.skip("openssl finns inte på den här datorn")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    words = f"openssl req -x509 -newkey rsa:2048 -nodes -keyout {key} -out {certificate} -days 2"
    subprocess.run([*words.split(), "-subj", "/CN=127.0.0.1"], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)

    class Silent(HTTPServer):
        def handle_error(self, request: Any, client_address: Any) -> None:
            pass

    with Silent(("127.0.0.1", 0), BaseHTTPRequestHandler) as http:
        http.socket = context.wrap_socket(http.socket, server_side=True)
        thread = Thread(target=http.serve_forever, args=(0.02,))
        thread.start()
        yield f"https://127.0.0.1:{http.server_port}/v3"
        http.shutdown()
        thread.join()


def test_a_certificate_that_nobody_vouches_for_is_refused_at_once(self_signed: str) -> None:
    with (
        KoladaClient(self_signed) as client,
        pytest.raises(KoladaUnavailable, match=r"certifikatet godkänns inte.*ingen osäker väg"),
    ):
        client.kpis()


# --- the command -------------------------------------------------------------------------------


def test_an_unknown_fault_gives_the_nearest_and_all_the_names(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["ovning", "serve", "--fel", "e500onc"]) == 2
    printed = capsys.readouterr().err
    assert "Felläget 'e500onc' finns inte; menade du 'e500once'?" in printed
    assert all(f"  {name} " in printed for name in FAULTS)
    with pytest.raises(UsageError, match="Felläget '' finns inte"):
        named("")


def test_the_faults_are_listed_and_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["ovning", "serve", "--fel", "lista"]) == 0
    assert "nan        ett värde är NaN" in capsys.readouterr().out
    assert run(["ovning", "serve", "--help"]) == 0
    assert "att en hämtning då ger allt eller ett tydligt fel" in " ".join(
        capsys.readouterr().out.split()
    )
