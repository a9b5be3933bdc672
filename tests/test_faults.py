"""Every fault by name, through the real client: exact data or a named error, and an intact store.

L1, L2: an error leaves the store as it was, byte by byte. L3: the command says it and exits with
3. L4: the next fetch succeeds. L5: the same answers are the same objects. A positive control takes
a guard away and shows what would then have come through: wrong or less data without a word, a
question to a stranger, a wait or a walk without end. Every fault has one, which a test counts.
"""

from __future__ import annotations

import gzip
import json
import re
import shutil
import socket
import sys
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import msgspec
import numpy as np
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
from malstyr_lib.fetch import Fetched, fetch, job
from malstyr_lib.kolada import (
    KoladaClient,
    asking,
    cells,
    client,
    envelope,
    observations,
    query,
    wire,
)
from malstyr_lib.kolada.asking import Asker
from malstyr_lib.kolada.patience import Call
from malstyr_lib.kolada.wire import Wire
from malstyr_lib.model import Municipality, SteeringModel
from malstyr_lib.ovning import network_faults
from malstyr_lib.ovning.answer_faults import NEW_AREA
from malstyr_lib.ovning.answers import respond
from malstyr_lib.ovning.dataset import Dataset
from malstyr_lib.ovning.fault import Player, Reply
from malstyr_lib.ovning.faults import FAULTS, named
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
CHANGING = ("withdrawn", "unknown404", "revised", "deleted", "onlykm", "shift")
ERRORS: dict[str, tuple[type[KoladaError], str]] = {
    "nohost": (KoladaUnavailable, r"5 försök \(ingen förbindelse\) på /kpi\. Kontrollera internet"),
    "closed": (KoladaUnavailable, r"5 försök \(ingen förbindelse\) på /kpi\. Kontrollera internet"),
    "conntimeout": (KoladaUnavailable, r"5 försök \(tiden för svar gick ut\) på /kpi\. Kontroll"),
    "readtimeout": (KoladaUnavailable, r"5 försök \(tiden för svar gick ut\) på /data/kpi/"),
    "proxy407": (KoladaUnavailable, r"proxy kräver inloggning \(407 på /kpi\).* HTTPS_PROXY"),
    "portal302": (
        KoladaUnavailable,
        r"Nätet svarar i Koladas ställe \(302 på /kpi, vidare till 'http://localhost:\d+/login'\)",
    ),
    "portal200": (KoladaUnavailable, r"text/html, inte JSON\) på /kpi\. .*nätet kräva inloggning"),
    "selfsigned": (KoladaUnavailable, r"certifikatet godkänns inte\. .* REQUESTS_CA_BUNDLE"),
    "expired": (KoladaUnavailable, r"certifikatet godkänns inte\. .*datorns klocka"),
    "e500p2": (KoladaUnavailable, r"svarar inte efter 5 försök \(500\) på /data/kpi/"),
    "e429day": (KoladaUnavailable, r"hinner inte svara inom 30 s \(på /data/kpi/.*senast: 429"),
    "html": (KoladaUnavailable, r"svaret är text/html, inte JSON\) på /data/kpi/"),
    "gzbomb": (KoladaContractBroken, r"svaret är större än 50000000 byte \(på /data/kpi/"),
    "slow": (KoladaUnavailable, r"hinner inte svara inom 1 s \(på /data/kpi/"),
    "gone410": (KoladaRefused, r"API har flyttat eller lagts ned \(410 på /kpi under http:"),
    "gone404": (KoladaRefused, r"API har flyttat eller lagts ned \(404 på /kpi under http:"),
    "moved301": (KoladaRefused, r"API har flyttat eller lagts ned \(301 på /kpi under http:"),
    "over25": (KoladaRefused, r"avvisar frågan \(400\) på /data/kpi/"),
    "toolong414": (KoladaRefused, r"avvisar frågan \(414\) på /data/kpi/"),
    "nextloop": (KoladaContractBroken, r"sidorna tar aldrig slut \(på /data/kpi/"),
    "nextendless": (KoladaContractBroken, r"sidorna tar aldrig slut \(på /data/kpi/"),
    "restless": (KoladaContractBroken, r"raderna byter sida medan de läses, 5 gånger \(på /data/k"),
    "nexthost": (KoladaContractBroken, r"annan adress, 'http://localhost:.* \(på /data/kpi/"),
    "dupdiff": (KoladaContractBroken, r"cell två gånger, olika: nyckeltal N00090, .*, kön T: "),
    "emptymid": (KoladaContractBroken, r"5 försök \(en tom sida mitt i svaret\) på /data/kpi/"),
    "countlie": (KoladaContractBroken, r"fick \d+ av \d+0 rader\) på /data/kpi/"),
    "nan": (KoladaContractBroken, r"inte är ett tal: nyckeltal N\d+, .*, kön T: nan"),
    "infinity": (KoladaContractBroken, r"inte är ett tal: nyckeltal N\d+, .*, kön T: inf"),
    "huge": (KoladaContractBroken, r"inte är ett tal: nyckeltal N\d+, .*, kön T: inf"),
    "strnum": (KoladaContractBroken, r"inte är ett tal: nyckeltal N\d+, .*, kön T: '12,5'"),
    "strdot": (KoladaContractBroken, r"inte är ett tal: nyckeltal N\d+, .*, kön T: '12\.5'"),
    "strblank": (KoladaContractBroken, r"inte är ett tal: nyckeltal N\d+, .*, kön T: '1 234'"),
    "strempty": (KoladaContractBroken, r"inte är ett tal: nyckeltal N\d+, .*, kön T: ''"),
}


SHORTER: dict[str, dict[str, float]] = {
    "conntimeout": {"CONNECT_S": 0.1},
    "readtimeout": {"READ_S": 0.3},
    "nextendless": {"MAX_PAGES": 20},
}
"""Limits of the client made shorter for some faults, so that no test waits for nothing."""


def cut(whole: Dataset) -> Dataset:
    """The same world with Riket, two regions, 24 municipalities and 40 groups, from 2020."""
    areas = pd.concat(
        [whole.municipalities.head(3), whole.municipalities.query("type == 'K'")[:24]]
    )
    own = set(areas["id"])
    values = whole.values[whole.values["municipality"].isin(own) & (whole.values["period"] >= 2020)]
    members = [
        [member for member in group if member["member_id"] in own]
        for group in whole.municipality_groups["members"]
    ]
    groups = whole.municipality_groups.assign(members=members)
    ous = whole.ous[whole.ous["municipality"].isin(own)]
    of_units = whole.ou_values[whole.ou_values["ou"].isin(ous["id"])]
    return replace(
        whole,
        municipalities=areas.reset_index(drop=True),
        municipality_groups=groups[groups["members"].map(bool)].head(40).reset_index(drop=True),
        ous=ous.reset_index(drop=True),
        values=values.reset_index(drop=True),
        ou_values=of_units.reset_index(drop=True),
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
def _own_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep this computer's proxy, certificates and name server out of the tests."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "requests_ca_bundle", "curl_ca_bundle"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    known = socket.getaddrinfo

    def told(host: Any, *args: Any, **given: Any) -> Any:
        if str(host).endswith(".invalid"):
            raise socket.gaierror(-2, "Name or service not known")
        return known(host, *args, **given)

    monkeypatch.setattr(socket, "getaddrinfo", told)


def playable(fault: str | None) -> None:
    """Skip a fault that this system cannot play."""
    if fault == "conntimeout" and not sys.platform.startswith("linux"):
        pytest.skip("bara Linux låter en full kö tiga")


Fetching = Callable[..., Fetched]


def limited(patch: pytest.MonkeyPatch, name: str, limit: float) -> None:
    """Set one of the client's limits, wherever it is looked up."""
    for module in (asking, wire):
        patch.setattr(module, name, limit, raising=module is wire and name != "MAX_PAGES")


@pytest.fixture
def fetching(small: Dataset, model: SteeringModel) -> Fetching:
    """Fetch into a store from a server that plays a fault, or none; nobody sleeps."""

    def fetched(store: Store, fault: str | None = None, days: int = 0, **given: Any) -> Fetched:
        playable(fault)
        given = {"deadline_s": 1 if fault == "slow" else 30, "sleep": lambda _: None} | given
        moment = NOW + timedelta(days=days)
        with pytest.MonkeyPatch.context() as patch:
            for name, limit in SHORTER.get(fault or "", {}).items():
                limited(patch, name, limit)
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
    struck = FAULTS[name].wire != "plain"
    for address in ("/v3/kpi", "/v3/municipality", data, f"{data}?page=2&per_page=400"):

        def right(target: str) -> Reply:
            answer = respond(held, target, base="http://127.0.0.1:1")
            return Reply(answer.status, answer.body)

        struck |= player.reply(address, "http://127.0.0.1:1", right) != right(address)
    assert struck
    assert len(FAULTS[name].sentence) > 10


def test_every_fault_of_the_network_and_of_the_data_can_be_played() -> None:
    played = {fault.number for fault in FAULTS.values()}
    assert played == {f"N{n}" for n in range(1, 18)} | {f"D{n}" for n in range(1, 9)}


def test_a_number_of_the_list_is_answered_with_the_faults_that_play_it() -> None:
    with pytest.raises(UsageError, match=r"N13 är ett nummer.*: shrink, shift, restless och empty"):
        named("n13")
    with pytest.raises(UsageError, match="Felläget 'N99' finns inte"):
        named("N99")


def test_without_a_fault_the_server_answers_as_it_should(right: Store, small: Dataset) -> None:
    got = right.open().values()
    asked = [*KPIS, "N01453"]  # with the margin of error of N01452
    wanted = small.values[small.values["kpi"].isin(asked)].astype({"value": "float64"})
    assert len(got) == len(wanted) > 1500
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


@pytest.mark.parametrize("fault", ERRORS)
def test_the_command_says_the_fault_exits_with_3_and_makes_no_store(
    fault: str,
    small: Dataset,
    model: SteeringModel,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    playable(fault)
    monkeypatch.setattr("malstyr_lib.params.load", lambda _: model)
    limits = {"deadline_s": 1 if fault == "slow" else 30, "sleep": lambda _: None}
    monkeypatch.setattr("malstyr_lib.kolada.KoladaClient", partial(KoladaClient, **limits))
    monkeypatch.setattr("malstyr_lib.kolada.POLITE_PER_S", None)
    for name, limit in SHORTER.get(fault, {}).items():
        limited(monkeypatch, name, limit)
    words = ["hamta", "--params", str(ROOT / "params"), "--lager", str(tmp_path / "lager")]
    with serve(small, fault=fault) as server:
        assert run([*words, "--url", server.url]) == 3
    told = " ".join(capsys.readouterr().err.split())
    assert re.search(ERRORS[fault][1], told)
    assert "Traceback" not in told
    assert not (tmp_path / "lager").exists()


# --- rows that move between pages ----------------------------------------------------------------


def identities(values: pd.DataFrame) -> set[tuple[Any, ...]]:
    return set(values[["kpi", "municipality", "period"]].itertuples(index=False, name=None))


class Watched(requests.Session):
    """A session that notes what it asks and whom, and never asks more than 60 times."""

    trusting = False

    def __init__(self) -> None:
        super().__init__()
        self.verify = not self.trusting
        self.asked: list[str] = []

    def send(self, request: requests.PreparedRequest, **given: Any) -> requests.Response:
        self.asked.append(str(request.url))
        if len(self.asked) > 60:
            raise Endless
        return super().send(request, **given)

    @property
    def hosts(self) -> set[str]:
        return {urlsplit(url).netloc for url in self.asked}


class Endless(Exception):
    """More questions than any fetch of the small world needs."""


def vanished(small: Dataset, asked: list[str]) -> set[tuple[Any, ...]]:
    """The rows that `shift` takes: the first of every question of more than one page."""
    held = holdings(small)
    gone = set()
    for url in {url.partition("?")[0] for url in asked if "/data/" in url and "page=2" in url}:
        body = respond(held, urlsplit(url).path, base="http://127.0.0.1:1").body
        first = json.loads(body)["values"][0]
        gone.add((first["kpi"], first["municipality"], first["period"]))
    return gone


def test_a_row_that_goes_while_pages_are_read_takes_no_other_with_it(
    fetching: Fetching, right: Store, small: Dataset, tmp_path: Path
) -> None:
    with Watched() as session:
        fetching(Store(tmp_path), "shift", session=session)
    gone = vanished(small, session.asked)
    assert gone
    now, then = Store(tmp_path).open().values(), right.open().values()
    kept = [row not in gone for row in zip(then.kpi, then.municipality, then.period, strict=True)]
    pd.testing.assert_frame_equal(now, then[kept].reset_index(drop=True), check_names=False)


def test_a_question_of_one_page_is_asked_once(fetching: Fetching, tmp_path: Path) -> None:
    with Watched() as session:
        fetching(Store(tmp_path), session=session)
    assert not any("page=" in url for url in session.asked)
    areas = [url for url in session.asked if url.endswith("/municipality")]
    assert len(areas) == 2  # once for the snapshot, once for the values
    assert len(set(session.asked)) == len(session.asked) - 1


# --- positive controls: with its guard away, every fault would do harm --------------------------


@dataclass(frozen=True)
class Outcome:
    """What came of a fetch with a guard away; `running` when it had not ended in time."""

    store: Store
    good: Store
    session: Watched
    waited: list[float]
    error: BaseException | None
    running: bool

    @property
    def values(self) -> pd.DataFrame:
        assert self.error is None
        return self.store.open().values()

    @property
    def manifest(self) -> dict[str, Any]:
        assert self.error is None
        return self.store.open().manifest


def fails(got: Outcome) -> bool:
    """No data at all, where the guard would have given all of it."""
    return isinstance(got.error, KoladaError)


def passes(got: Outcome) -> bool:
    """A snapshot, and not a word."""
    return bool(got.manifest)


def loses(got: Outcome) -> bool:
    """A snapshot with fewer rows, and not a word."""
    return len(got.values) < len(got.good.open().values())


def differs(got: Outcome) -> bool:
    """A snapshot with other values, and not a word."""
    return objects(got.store.open()) != objects(got.good.open())


def strays(got: Outcome) -> bool:
    """A question to somebody else than the server."""
    return len(got.session.hosts) > 1


def never_ends(got: Outcome) -> bool:
    return isinstance(got.error, Endless) or got.running


def waits_for_days(got: Outcome) -> bool:
    return sum(got.waited) >= 86400


def reads_to_the_end(got: Outcome) -> bool:
    """The whole bomb in memory, which turned out to be no JSON."""
    return "oläsbar JSON" in str(got.error)


def stopped_by_the_store(got: Outcome) -> bool:
    """One cell twice, and nothing but the store's own guard between it and a report."""
    return "En cell finns två gånger och inget skrevs" in str(got.error)


def tells_nothing_missing(got: Outcome) -> bool:
    return not any(got.manifest["missing"][name] for name in ("kpis", "municipalities"))


def loses_what_is_there(got: Outcome) -> bool:
    """Rows gone of key figures that Kolada has."""
    there = got.good.open().values().query("kpi != @WITHDRAWN")
    return not identities(there) <= identities(got.values)


def keeps_a_deleted_cell(got: Outcome) -> bool:
    return len(got.values) == len(got.good.open().values())


def makes_a_total_up(got: Outcome) -> bool:
    """As many totals as before, although Kolada no longer gave one of them."""
    totals = [(store.open().values()["gender"] == "T").sum() for store in (got.store, got.good)]
    return bool(totals[0] == totals[1])


def tells_no_change(got: Outcome) -> bool:
    return objects(got.store.open())["values"] == objects(got.good.open())["values"]


def no_second_attempt(patch: pytest.MonkeyPatch) -> None:
    limited(patch, "ATTEMPTS", 1)


def lenient_page(body: bytes, decoder: Any) -> envelope.Page[Any]:
    """Read a page as it comes, without looking at its count; one that is no JSON is empty."""
    try:
        told = decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return envelope.Page([], 0, None)
    return envelope.Page(told.values, len(told.values), told.next_url)


def no_count(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(envelope, "read", lenient_page)


def any_answer(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(envelope, "read", lenient_page)
    patch.setattr(Wire, "_check", lambda *_: None)


def swallowed(patch: pytest.MonkeyPatch) -> None:
    """Let a question that fails be one without rows."""
    asked = Asker._answer

    def answer(self: Asker, *question: Any) -> list[Any]:
        try:
            return asked(self, *question)
        except KoladaError:
            return []

    patch.setattr(Asker, "_answer", answer)


def no_time_limit(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Call, "left", lambda *_: 3600.0)
    limited(patch, "CONNECT_S", 3600.0)
    limited(patch, "READ_S", 3600.0)


def no_deadline_for_pauses(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Call, "pause", lambda call, seconds, *_: call._sleep(seconds))


def no_size_limit(patch: pytest.MonkeyPatch) -> None:
    small_bomb = gzip.compress(b" " * 1_000_000, mtime=0) * 60
    patch.setattr(network_faults, "_blanks", lambda: small_bomb)
    limited(patch, "ATTEMPTS", 1)
    pieces = Wire._pieces

    def unlimited(self: Wire, *given: Any) -> Iterator[bytes]:
        self._max_bytes = 10**9
        return pieces(self, *given)

    patch.setattr(Wire, "_pieces", unlimited)


def redirects_followed(patch: pytest.MonkeyPatch) -> None:
    def got(self: Watched, url: str, **given: Any) -> requests.Response:
        return requests.Session.get(self, url, **given | {"allow_redirects": True})

    patch.setattr(Watched, "get", got)


def any_certificate(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Watched, "trusting", True)


def any_origin(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(wire, "origin", lambda _: ("http", "samma", 80))


def pages_without_memory(patch: pytest.MonkeyPatch) -> None:
    def pages(self: Asker, call: Any, request: Any, decoder: Any) -> Iterator[Any]:
        url: str | None = request.url(self._wire.base_url)
        while url is not None:
            page, body = self._wire.page(call, url, request, decoder, first=False)
            yield url, page, body
            url = page.next_url

    patch.setattr(Asker, "_pages", pages)


def pages_not_read_again(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(cells, "alike", lambda *_: True)


def lists_not_cut(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(query, "MAX_IDS", 1000)


def duplicates_kept(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(observations, "_repeated", lambda keys: np.zeros(len(keys), dtype=bool))


def conflicts_accepted(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(observations, "_refuse_conflicts", lambda *_: None)


def every_gender_a_total(patch: pytest.MonkeyPatch) -> None:
    class AllTotals(dict[str, int]):
        def get(self, key: str, default: object = None) -> Any:
            return super().get(key, 0)

    patch.setattr(cells, "_GENDER_ORDER", AllTotals(T=0, K=1, M=2))
    duplicates_kept(patch)


def unasked_kept(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(observations, "_wanted", lambda cells, *_: cells.period > 0)


def missing_unsaid(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(job, "_missing", lambda *_: {"kpis": [], "municipalities": []})


def unknown_ids_taken_for_all(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Asker, "_smaller", lambda *_: [])


def deletions_unread(patch: pytest.MonkeyPatch) -> None:
    joined = cells.joined

    def undeleted(pages: Any) -> cells.Cells:
        told = joined(pages)
        return replace(told, deleted=np.zeros_like(told.deleted))

    patch.setattr(cells, "joined", undeleted)


def mean_for_a_missing_total(patch: pytest.MonkeyPatch) -> None:
    read = observations.observations

    def filled(*given: Any) -> pd.DataFrame:
        table = read(*given)
        keys = ["kpi", "municipality", "period"]
        lacking = table.groupby(keys)["gender"].transform(lambda told: "T" not in set(told))
        made = table[lacking].groupby(keys, as_index=False).agg({"value": "mean", "status": "min"})
        whole = pd.concat([table, made.assign(gender="T")], ignore_index=True)
        whole.attrs = table.attrs
        return whole

    patch.setattr(client, "observations", filled)


def numbers_guessed(patch: pytest.MonkeyPatch) -> None:
    """Read a value as many clients would: text as the digits in it, and anything as a float."""

    def guessed(value: Any) -> Any:
        if not isinstance(value, str):
            return value
        return float(re.sub(r"[^0-9.]", "", value.replace(",", ".")) or 0)

    class Guessing:
        def decode(self, body: str) -> Any:
            answer = json.loads(body)
            for row in answer["values"]:
                for cell in row["values"]:
                    cell["value"] = guessed(cell["value"])
            return msgspec.convert(answer, envelope.Envelope[cells._AreaRow])

    patch.setattr(cells, "_AREA_ROWS", Guessing())


def nothing(patch: pytest.MonkeyPatch) -> None:
    """Take nothing away."""


@dataclass(frozen=True)
class Control:
    """Which guard is taken away, what then comes of the fault, and the fault if another one."""

    guard: str
    away: Callable[[pytest.MonkeyPatch], None]
    harm: Callable[[Outcome], bool]
    plays: dict[str, str | None] = field(default_factory=dict)


AGAIN = Control("another attempt is made", no_second_attempt, fails)
COUNTED = Control("the count of a page must be true", no_count, loses)
STATUS = Control("only a 200 with JSON is an answer", any_answer, loses)
WHOLE = Control("one failing question fails them all", swallowed, loses)
TIME = Control("every wait has an end", no_time_limit, never_ends)
REDIRECT = Control("nobody is sent on elsewhere", redirects_followed, strays)
TRUST = Control("somebody must vouch for the certificate", any_certificate, passes)
NUMBER = Control("a value is a number or null", numbers_guessed, differs)
MOVED = Control("earlier pages are read again", pages_not_read_again, loses_what_is_there)
TOLD = Control("what did not come is told", missing_unsaid, tells_nothing_missing)
CONTROLS: dict[str, Control] = {
    **dict.fromkeys(("e500once", "e503burst", "e429sec", "e429date", "truncjson"), AGAIN),
    **dict.fromkeys(("shortbody", "reset", "html200"), AGAIN),
    **dict.fromkeys(("nohost", "closed", "e500p2", "toolong414"), WHOLE),
    **dict.fromkeys(("conntimeout", "readtimeout", "slow"), TIME),
    **dict.fromkeys(("html", "gone410", "gone404", "proxy407", "portal200"), STATUS),
    **dict.fromkeys(("portal302", "moved301"), REDIRECT),
    **dict.fromkeys(("selfsigned", "expired"), TRUST),
    **dict.fromkeys(
        ("nan", "infinity", "huge", "strnum", "strdot", "strblank", "strempty"), NUMBER
    ),
    **dict.fromkeys(("shrink", "emptymid"), COUNTED),
    **dict.fromkeys(("withdrawn", "newarea"), TOLD),
    "e429day": Control("no pause outlasts the call", no_deadline_for_pauses, waits_for_days),
    "gzbomb": Control("a body has a largest size", no_size_limit, reads_to_the_end),
    "over25": Control(
        "lists are cut at 25, which a faithful server demands",
        lists_not_cut,
        fails,
        {"over25": None},
    ),
    "nextloop": Control("no address is read twice in a walk", pages_without_memory, never_ends),
    "nextendless": Control("a walk has a last page", pages_without_memory, never_ends),
    "nexthost": Control("the next page has the same origin", any_origin, strays),
    "duppage": Control("the same cell is kept once", duplicates_kept, stopped_by_the_store),
    "dupdiff": Control("a cell has one value", conflicts_accepted, passes),
    "shift": MOVED,
    "restless": replace(MOVED, harm=passes),
    "countlie": replace(COUNTED, harm=passes),
    "unknown404": Control(
        "the known ids of a 404 are asked for again", unknown_ids_taken_for_all, loses_what_is_there
    ),
    "revised": Control(
        "a change is told by comparison: without the fault there is none",
        nothing,
        tells_no_change,
        {"revised": None},
    ),
    "deleted": Control("a deleted cell is left out", deletions_unread, keeps_a_deleted_cell),
    "gender": Control("an unknown gender is set aside", every_gender_a_total, stopped_by_the_store),
    "onlykm": Control("a total is never computed", mean_for_a_missing_total, makes_a_total_up),
    "strangers": Control("only what was asked for is kept", unasked_kept, differs),
}


def test_every_fault_has_a_positive_control() -> None:
    assert set(CONTROLS) == set(FAULTS)


Controlled = Callable[..., Outcome]


@pytest.fixture
def controlled(
    small: Dataset,
    model: SteeringModel,
    right: Store,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Controlled:
    """Fetch from a server that plays a fault, with a guard away, for as long as it may take."""

    def outcome(fault: str | None, away: Callable[[pytest.MonkeyPatch], None]) -> Outcome:
        playable(fault)
        waited: list[float] = []
        errors: list[BaseException] = []
        store, session = Store(tmp_path / "kontroll"), Watched
        away(monkeypatch)

        def fetched(url: str, watched: Watched) -> None:
            given: dict[str, Any] = {"deadline_s": 30, "session": watched, "sleep": waited.append}
            try:
                with KoladaClient(url, requests_per_s=None, **given) as client:
                    fetch(model, client, store, now=NOW)
            except BaseException as error:
                errors.append(error)

        with warnings.catch_warnings(), session() as watched:
            warnings.simplefilter("ignore")  # of certificates that a control does not check
            with serve(small, fault=fault) as server:
                thread = Thread(target=fetched, args=(server.url, watched))
                thread.start()
                thread.join(1.5 if away is no_time_limit else 60)
                running = thread.is_alive()
            thread.join()
        return Outcome(store, right, watched, waited, next(iter(errors), None), running)

    return outcome


@pytest.mark.parametrize("fault", CONTROLS)
def test_control_without_its_guard_every_fault_would_do_harm(
    fault: str, controlled: Controlled
) -> None:
    control = CONTROLS[fault]
    got = controlled(control.plays.get(fault, fault), control.away)
    assert control.harm(got), f"{control.guard}: {got.error!r}"


@pytest.mark.parametrize("fault", ["nexthost", "moved301", "portal302"])
def test_nobody_else_than_the_server_is_ever_asked(
    fault: str, fetching: Fetching, tmp_path: Path
) -> None:
    with Watched() as session, pytest.raises(KoladaError):
        fetching(Store(tmp_path), fault, session=session)
    assert len(session.hosts) == 1


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
    assert "nan          D4   ett värde är NaN" in capsys.readouterr().out
    assert run(["ovning", "serve", "--help"]) == 0
    assert "att en hämtning då ger allt eller ett tydligt fel" in " ".join(
        capsys.readouterr().out.split()
    )
