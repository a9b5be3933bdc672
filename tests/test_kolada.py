"""The Kolada client over real loopback HTTP, against a small server that plays a script."""

from __future__ import annotations

import gzip
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from malstyr_lib import tables
from malstyr_lib.errors import (
    KoladaContractBroken,
    KoladaError,
    KoladaRefused,
    KoladaUnavailable,
    UsageError,
)
from malstyr_lib.kolada import KoladaClient, objects, query
from malstyr_lib.kolada.cells import area_cells

AREAS = [
    {"id": "0000", "title": "Riket", "type": "L"},
    {"id": "9001", "title": "Norrby", "type": "K"},
    {"id": "9002", "title": "Söderby", "type": "K"},
]
ENDPOINTS = ("kpis", "municipalities", "municipality_groups", "kpi_groups", "ous")


@dataclass(frozen=True)
class Answer:
    """One scripted answer."""

    body: bytes = b""
    status: int = 200
    kind: str | None = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    length: int | None = None
    drip_s: float = 0.0


@dataclass
class Server:
    """A running server: where it is, what it was asked and what it answers."""

    base: str
    answer: Callable[[str], Answer]
    asked: list[str] = field(default_factory=list)
    agents: set[str] = field(default_factory=set)

    def plays(self, *script: Answer) -> None:
        """Answer with these in turn, the last one for ever; areas are always there."""
        left = list(script)
        lock = threading.Lock()

        def answer(path: str) -> Answer:
            if path == "/municipality":
                return page(AREAS)
            with lock:
                return left.pop(0) if len(left) > 1 else left[0]

        self.answer = answer


def page(values: list[Any], next_url: str | None = None, **more: Any) -> Answer:
    return Answer(
        json.dumps({"values": values, "count": len(values), "next_url": next_url} | more).encode()
    )


def row(kpi: str, area: str, year: int, **genders: Any) -> dict[str, Any]:
    cells = [{"gender": name, "value": value, "status": ""} for name, value in genders.items()]
    return {"kpi": kpi, "municipality": area, "period": year, "values": cells}


def kpi(number: int, title: str = "Titel") -> dict[str, Any]:
    names = ("auspice", "operating_area", "perspective", "prel_publication_date")
    return dict.fromkeys((*names, "publication_date", "publ_period")) | {
        "id": f"N{number:05}",
        "title": title,
        "description": "",
        "is_divided_by_gender": False,
        "municipality_type": "K",
        "has_ou_data": False,
    }


def full(path: str) -> Answer:
    """Answer a data question as Kolada would: every kpi, area and year has 1.0 for T."""
    if path == "/municipality":
        return page(AREAS)
    parts = path.strip("/").split("/")
    kpis, areas = parts[2].split(","), parts[4].split(",")
    years = parts[6].split(",") if len(parts) > 6 else ["2023", "2024"]
    return page([row(k, a, int(y), T=1.0) for k in kpis for a in areas for y in years])


class _Quiet(ThreadingHTTPServer):
    """Says nothing about clients that hang up, as some tests make them do."""

    def handle_error(self, request: object, client_address: object) -> None:
        pass


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Any

    def do_GET(self) -> None:
        played: Server = self.server.played
        path = self.path.removeprefix("/v3")
        played.asked.append(path)
        played.agents.add(self.headers["User-Agent"])
        answer = played.answer(path)
        self.send_response_only(answer.status)
        length = len(answer.body) if answer.length is None else answer.length
        kind = {} if answer.kind is None else {"Content-Type": answer.kind}
        for name, value in ({"Content-Length": str(length)} | kind | answer.headers).items():
            self.send_header(name, value)
        self.end_headers()
        self._send(answer)
        self.close_connection = length != len(answer.body)

    def _send(self, answer: Answer) -> None:
        try:
            for byte in answer.body if answer.drip_s else ():
                self.wfile.write(bytes([byte]))
                time.sleep(answer.drip_s)
            if not answer.drip_s:
                self.wfile.write(answer.body)
        except OSError:
            self.close_connection = True

    def log_message(self, *args: object) -> None:
        pass


@contextmanager
def running(answer: Callable[[str], Answer] = full) -> Iterator[Server]:
    with _Quiet(("127.0.0.1", 0), _Handler) as http:
        played = Server(f"http://127.0.0.1:{http.server_port}/v3", answer)
        http.played = played  # type: ignore[attr-defined]
        thread = threading.Thread(target=http.serve_forever, args=(0.01,))
        thread.start()
        yield played
        http.shutdown()
        thread.join()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with running() as played:
        yield played


@pytest.fixture
def slept() -> list[float]:
    return []


@pytest.fixture
def client(server: Server, slept: list[float]) -> Iterator[KoladaClient]:
    with KoladaClient(server.base, requests_per_s=None, sleep=slept.append) as made:
        yield made


def missing(table: pd.DataFrame) -> dict[str, Any]:
    """What no row came for, by dimension, without the kinds."""
    return {name: ids for name, ids in table.attrs["missing"].items() if name != "kinds"}


def one(client: KoladaClient) -> pd.DataFrame:
    return client.values(["N00001"], ["9001"], [2024])


ONE = page([row("N00001", "9001", 2024, T=1.5)])


# --- composing ---------------------------------------------------------------------------------


@given(kpis=st.integers(0, 60), areas=st.integers(0, 60), years=st.none() | st.integers(1, 60))
def test_every_list_has_at_most_25_and_every_answer_fits_a_page_and_nothing_is_lost(
    kpis: int, areas: int, years: int | None
) -> None:
    wanted = query.asked(
        kpis=[f"N{n:05}" for n in range(kpis)],
        municipalities=[f"{n:04}" for n in range(areas)],
        years=None if years is None else range(1960, 1960 + years),
    )
    covered = []
    for request in query.values(wanted):
        lists = request.lists
        assert all(len(ids) <= 25 for ids in lists.values())
        spans = lists.get("year", ("",))
        assert (
            len(lists["kpi"]) * len(lists["municipality"]) * (35 if years is None else len(spans))
            <= 4999
        )
        covered += [(k, m, y) for k in lists["kpi"] for m in lists["municipality"] for y in spans]
    assert len(covered) == len(set(covered)) == kpis * areas * (years or 1)


def test_whole_lists_go_by_25_key_figures_25_areas_and_7_years() -> None:
    wanted = query.asked(
        kpis=[f"N{n:05}" for n in range(25)],
        municipalities=[f"{n:04}" for n in range(25)],
        years=range(2010, 2024),
    )
    assert [len(request.lists["year"]) for request in query.values(wanted)] == [7, 7]


def test_a_misspelt_parameter_never_reaches_the_server() -> None:
    with pytest.raises(UsageError, match=r"'from_dat' för /data/kpi/N00001.*'from_date'"):
        query.Request("/data/kpi/N00001/municipality/9001", (("from_dat", "2026-01-01"),))


def test_every_bad_id_is_named_at_once(client: KoladaClient, server: Server) -> None:
    with pytest.raises(UsageError) as caught:
        client.values(["N1", "N00001", "n00002"], ["83", "2083"], [24, 2024], "i går")
    assert str(caught.value) == (
        "Frågan till Kolada ställdes inte. Ogiltigt: 'N1' och 'n00002'; nyckeltal skrivs N eller U "
        "och fem siffror, som N00945. Ogiltigt: '83'; områden skrivs som text med fyra siffror, "
        "som '2083'. Ogiltigt: 24; år skrivs som heltal med fyra siffror, som 2024. "
        "Ogiltigt: 'i går'; from_date skrivs som 2026-01-31."
    )
    assert server.asked == []


@pytest.mark.parametrize("bad", ["../kpi", "N00001,N2", "N٠٠٠٠١", "", "N00001\n", 7, None])
def test_an_id_that_could_change_the_path_is_refused(client: KoladaClient, bad: Any) -> None:
    with pytest.raises(UsageError, match="Ogiltigt"):
        client.values([bad], ["9001"], [2024])


@pytest.mark.parametrize("base", ["", "api.kolada.se/v3", "ftp://x/v3", "http://", "http://x:y/"])
def test_an_address_that_is_no_address_is_refused(base: str) -> None:
    with pytest.raises(UsageError, match="är ingen Kolada-adress"):
        KoladaClient(base)


# --- whole answers -----------------------------------------------------------------------------


def test_key_figures_on_two_pages_are_all_there_sorted(
    client: KoladaClient, server: Server
) -> None:
    def answer(path: str) -> Answer:
        last = parse_qs(urlsplit(path).query).get("page") == ["2"]
        numbers = range(1099) if last else range(1099, 6099)
        return page([kpi(n) for n in numbers], None if last else f"{server.base}/kpi?page=2")

    server.answer = answer
    table = client.kpis()
    assert list(table["id"]) == [f"N{n:05}" for n in range(6099)]
    assert list(table) == list(tables.KPIS)
    assert server.asked == ["/kpi", "/kpi?page=2", "/kpi"]
    assert table.attrs["fetch"] == {"requests": 3, "rows": 6099, "duplicates": 0}


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_every_endpoint_is_walked_to_its_last_page(
    client: KoladaClient, server: Server, endpoint: str
) -> None:
    member = {"member_id": "9001", "member_title": "Norrby"}

    def thing(number: int) -> dict[str, Any]:
        more = {"type": "K", "members": [member], "municipality": "9001"}
        return kpi(number) | more | {"id": f"{number:04}"}

    server.answer = lambda path: (
        page([thing(3)])
        if path.endswith("page=3")
        else page([thing(2)], server.base + path.replace("page=2", "page=3"))
        if "page=2" in path
        else page([thing(1)], f"{server.base}{path}?page=2")
    )
    assert list(getattr(client, endpoint)()["id"]) == ["0001", "0002", "0003"]


def test_a_data_answer_is_walked_to_its_last_page(client: KoladaClient, server: Server) -> None:
    server.answer = lambda path: (
        page([row("N00001", "9001", 2024, T=2)])
        if path.endswith("page=2")
        else page([row("N00001", "9001", 2023, T=1)], f"{server.base}/data/x?page=2")
    )
    assert list(client.values("N00001", "9001", [2023, 2024])["value"]) == [1.0, 2.0]


def test_a_missing_next_url_is_the_end(client: KoladaClient, server: Server) -> None:
    server.plays(Answer(b'{"values": [], "count": 0}'))
    assert one(client).empty


def test_many_ids_and_years_are_cut_and_put_together_again(
    client: KoladaClient, server: Server
) -> None:
    kpis = [f"N{n:05}" for n in range(26)]
    areas = [f"{n:04}" for n in range(26)]
    table = client.values(kpis, areas, range(1990, 2020))
    assert len(table) == 26 * 26 * 30
    assert len(server.asked) == 2 * 2 * 2
    assert max(len(ids.split(",")) for path in server.asked for ids in path.split("/")) == 15
    assert missing(table) == {"kpis": [], "municipalities": [], "years": []}
    keys = table[["kpi", "municipality", "period"]]
    assert keys.equals(keys.sort_values(list(keys), ignore_index=True))


def test_without_areas_every_area_is_named_and_the_list_is_fetched_once(
    client: KoladaClient, server: Server
) -> None:
    assert list(client.values("N00001", years=2024)["municipality"]) == ["0000", "9001", "9002"]
    client.values("N00001")
    assert server.asked == [
        "/municipality",
        "/data/kpi/N00001/municipality/0000,9001,9002/year/2024",
        "/data/kpi/N00001/municipality/0000,9001,9002",
    ]


def test_from_date_goes_along(client: KoladaClient, server: Server) -> None:
    server.plays(ONE)
    client.values("N00001", "9001", from_date="2026-01-31")
    assert server.asked == ["/data/kpi/N00001/municipality/9001?from_date=2026-01-31"]


def test_nothing_asked_for_is_an_empty_table_and_no_request(
    client: KoladaClient, server: Server
) -> None:
    for table in (
        client.values([]),
        client.values("N00001", []),
        client.values("N00001", "9001", []),
        client.kpis([]),
        client.ou_values("N00001", [], [2024]),
    ):
        assert table.empty
    assert [path for path in server.asked if path != "/municipality"] == []


def test_genders_go_by_letter_and_not_by_place(client: KoladaClient, server: Server) -> None:
    server.plays(
        page([row("N00001", "9001", 2024, M=3, T=1, K=2), row("N00001", "9001", 2023, K=5, M=7)])
    )
    table = client.values("N00001", "9001", [2023, 2024])
    cells = list(zip(table["period"], table["gender"], table["value"], strict=True))
    assert cells == [(2023, "K", 5), (2023, "M", 7), (2024, "T", 1), (2024, "K", 2), (2024, "M", 3)]
    assert {name: str(kind) for name, kind in table.dtypes.items()} == tables.OBSERVATIONS


def test_null_is_missing_and_zero_and_minus_are_values(
    client: KoladaClient, server: Server
) -> None:
    server.plays(page([row("N00001", "9001", 2024, T=None, K=0, M=-1.5e-7)]))
    values = one(client)["value"]
    assert [str(value) for value in values] == ["nan", "0.0", "-1.5e-07"]


def test_what_no_row_came_for_is_reported(client: KoladaClient, server: Server) -> None:
    rows = page([row("N00001", "9001", 2024, T=None)])
    server.answer = lambda path: known(path) or rows
    table = client.values(["N00001", "N00002", "N00404"], ["9404", "9002", "9001"], [2023, 2024])
    assert len(table) == 1
    assert table.attrs["missing"] == {
        "kpis": ["N00002", "N00404"],
        "municipalities": ["9404", "9002"],
        "years": [2023],
        "kinds": {
            "not_found": {"kpis": ["N00404"], "municipalities": ["9404"], "years": []},
            "no_row": {"kpis": ["N00002"], "municipalities": ["9002"], "years": [2023]},
            "no_value": {"kpis": ["N00001"], "municipalities": ["9001"], "years": [2024]},
        },
    }


def known(path: str) -> Answer | None:
    """Answer what areas and key figures there are: N00001 and N00002."""
    if path.startswith("/kpi/"):
        return page([kpi(number) for number in (1, 2) if f"N{number:05}" in path])
    return page(AREAS) if path == "/municipality" else None


def test_what_has_not_changed_is_not_called_unknown_and_costs_no_question(
    client: KoladaClient, server: Server
) -> None:
    server.plays(page([]))
    table = client.values("N00001", "9001", from_date="2026-01-31")
    assert table.attrs["missing"]["kinds"]["not_found"] == {
        "kpis": [],
        "municipalities": [],
        "years": [],
    }
    assert len(server.asked) == 1


@pytest.mark.parametrize("given", [["N00001", "N00002"], iter(["N00001", "N00002"])])
def test_ids_are_read_once_whatever_they_come_in(
    client: KoladaClient, server: Server, given: Any
) -> None:
    assert list(client.values(given, (a for a in ["9001"]), [2024])["kpi"]) == ["N00001", "N00002"]


def test_an_unknown_key_figure_is_reported(client: KoladaClient, server: Server) -> None:
    server.plays(page([kpi(1)]))
    table = client.kpis(["N00001", "N00404"])
    assert list(table["id"]) == ["N00001"]
    assert table.attrs["missing"] == {"kpis": ["N00404"]}


def test_rows_that_nobody_asked_for_are_left_out_and_counted(
    client: KoladaClient, server: Server
) -> None:
    server.plays(page([row("N00001", "9001", 2024, T=1), row("N00001", "G12345", 2024, T=2, K=2)]))
    table = one(client)
    assert list(table["municipality"]) == ["9001"]
    assert table.attrs["fetch"]["unasked"] == 2


def test_texts_are_cleaned_but_double_blanks_in_titles_stay(
    client: KoladaClient, server: Server
) -> None:
    raw = kpi(1, " Mängd\u00a0avfall,  andel\n(%) ") | {"description": "Ett.\\n\\nTvå\u00a0tre."}
    server.plays(page([raw]))
    table = client.kpis()
    assert list(table["title"]) == ["Mängd avfall,  andel (%)"]
    assert list(table["description"]) == ["Ett.\n\nTvå tre."]
    assert table["publ_period"].isna().all()


def test_members_of_groups_are_kept(client: KoladaClient, server: Server) -> None:
    member = {"member_id": "9001", "member_title": "Norrby"}
    server.plays(page([{"id": "G1234", "title": "Liknande", "members": [member]}]))
    assert client.municipality_groups()["members"][0] == [member]


# --- units -------------------------------------------------------------------------------------


def ou_row(ou: str, year: int, value: float, **more: str) -> dict[str, Any]:
    cells = [{"gender": "T", "value": value}]
    return {"kpi": "N00001", "ou": ou, "period": year, "values": cells} | more


def test_units_get_their_municipality_from_the_register(
    client: KoladaClient, server: Server
) -> None:
    answers = {
        "/oudata/kpi/N00001/ou/V15E9001,V15E9002/year/2024": page(
            [ou_row("V15E9002", 2024, 2), ou_row("V15E9001", 2024, 1)]
        ),
        "/ou/V15E9001,V15E9002": page([{"id": "V15E9001", "title": "A", "municipality": "9001"}]),
    }
    server.answer = answers.__getitem__
    table = client.ou_values("N00001", ["V15E9001", "V15E9002"], 2024)
    assert table[["ou", "value"]].to_dict("list") == {
        "ou": ["V15E9002", "V15E9001"],
        "value": [2.0, 1.0],
    }
    assert table["municipality"].fillna("okänd").tolist() == ["okänd", "9001"]
    assert list(table) == list(tables.OU_OBSERVATIONS)


def test_all_units_are_asked_for_by_key_figure_and_year(
    client: KoladaClient, server: Server
) -> None:
    server.answer = lambda path: page([ou_row("V15E9001", int(path[-4:]), 1, municipality="9001")])
    table = client.ou_values("N00001", years=[2023, 2024])
    assert sorted(server.asked) == [f"/oudata/kpi/N00001/year/{y}" for y in (2023, 2024)]
    assert list(table["period"]) == [2023, 2024]
    with pytest.raises(UsageError, match=r"Ange två av nyckeltal \(kpis\), enheter \(ous\) och år"):
        client.ou_values("N00001")


def test_all_key_figures_of_units_are_asked_for_by_unit_and_year(
    client: KoladaClient, server: Server
) -> None:
    server.answer = lambda path: page([ou_row("V15E9001", 2024, 1, municipality="9001")])
    table = client.ou_values(None, "V15E9001", 2024, from_date="2026-01-31")
    assert server.asked == ["/oudata/ou/V15E9001/year/2024?from_date=2026-01-31"]
    assert list(table["kpi"]) == ["N00001"]


def test_all_key_figures_of_areas_are_asked_for_by_area_and_year(
    client: KoladaClient, server: Server
) -> None:
    server.answer = lambda path: page([row("N00001", path.split("/")[3], int(path[-4:]), T=1.0)])
    table = client.values(None, ["9001", "9002"], [2023, 2024])
    assert sorted(server.asked) == [
        f"/data/municipality/{area}/year/{year}" for area in (9001, 9002) for year in (2023, 2024)
    ]
    assert len(table) == 4
    assert missing(table)["kpis"] == []
    with pytest.raises(UsageError, match="Ange nyckeltal"):
        client.values(None, "9001")


def test_where_every_area_is_wanted_the_question_without_areas_is_asked_when_it_is_cheaper(
    client: KoladaClient, server: Server
) -> None:
    areas = [{"id": f"{n:04}", "title": f"Ort {n}", "type": "K"} for n in range(60)]

    def answer(path: str) -> Answer:
        rows = [row("N00001", one["id"], int(path[-4:]), T=1.0) for one in areas if "data" in path]
        group = row("N00001", "G99999", 2024, T=2.0)
        return page([*rows, group]) if rows else page(areas)

    server.answer = answer
    table = client.values("N00001", years=[2023, 2024])
    assert sorted(server.asked) == [
        "/data/kpi/N00001/year/2023",
        "/data/kpi/N00001/year/2024",
        "/municipality",
    ]
    assert len(table) == 120
    assert table.attrs["fetch"]["unasked"] == 2


def test_data_in_parts_are_the_same_rows_and_progress_is_told_over_them_all(
    server: Server,
) -> None:
    told: list[tuple[int, ...]] = []
    kpis = [f"N{n:05}" for n in range(7)]
    with KoladaClient(
        server.base, requests_per_s=None, progress=lambda *far: told.append(far)
    ) as client:
        parts = list(client.values_in_parts(kpis, range(2020, 2025), at_a_time=3))
        whole = client.values(kpis, years=range(2020, 2025))
    assert [sorted(set(part["kpi"])) for part in parts] == [kpis[:3], kpis[3:6], kpis[6:]]
    assert pd.concat(parts, ignore_index=True).equals(whole)
    assert told[0] == (0, 3, 0)
    assert (3, 3, 7 * 3 * 5) in told


def test_changes_come_with_what_was_deleted(client: KoladaClient, server: Server) -> None:
    gone = row("N00001", "9001", 2024, T=None)
    gone["values"][0]["isdeleted"] = True
    server.plays(page([gone, row("N00001", "9002", 2023, T=2.0)]))
    table = pd.concat(client.changes_in_parts(["N00001"], "2026-01-31", at_a_time=9))
    cells = table[["municipality", "period", "isdeleted"]]
    assert cells.values.tolist() == [["9001", 2024, True], ["9002", 2023, False]]
    assert server.asked[1:] == ["/data/kpi/N00001/municipality/0000,9001,9002?from_date=2026-01-31"]


class Shelf(dict[str, list[bytes]]):
    """Kept answers, in memory."""

    put = dict.__setitem__


def test_a_kept_answer_is_not_asked_for_again(client: KoladaClient, server: Server) -> None:
    shelf = Shelf()
    asked = (["N00001", "N00002"], [f"{n:04}" for n in range(30)], [2024])
    first = client.keeping(shelf).values(*asked)
    sent = len(server.asked)
    assert sent == len(shelf) == 2
    assert client.keeping(shelf).values(*asked).equals(first)
    assert len(server.asked) == sent
    assert client.values(*asked).equals(first)
    assert len(server.asked) == 2 * sent


def test_a_refused_answer_is_not_kept(client: KoladaClient, server: Server) -> None:
    shelf = Shelf()
    server.plays(page([row("N00001", "9001", 2024, T="1,5")]))
    with pytest.raises(KoladaContractBroken):
        one(client.keeping(shelf))
    assert not shelf


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_words_in_the_title_go_along_and_hold_even_if_the_server_ignores_them(
    client: KoladaClient, server: Server, endpoint: str
) -> None:
    more = {"type": "K", "municipality": "9001", "members": []}
    objects = [kpi(n, title) | more for n, title in enumerate(["En SKOLA", "Ett hem"])]
    server.plays(page(objects))
    table = getattr(client, endpoint)(title="skola")
    assert server.asked[0].endswith("?title=skola")
    assert list(table["title"]) == ["En SKOLA"]


@pytest.mark.parametrize(
    ("endpoint", "path", "one"),
    [
        ("municipalities", "/municipality/9001", "9001"),
        ("municipality_groups", "/municipality_groups/G176263", "G176263"),
        ("kpi_groups", "/kpi_groups/G2KPI115967", "G2KPI115967"),
    ],
)
def test_objects_are_asked_for_by_id(
    client: KoladaClient, server: Server, endpoint: str, path: str, one: str
) -> None:
    server.plays(page([{"id": one, "title": "Titel", "type": "K", "members": []}]))
    assert list(getattr(client, endpoint)([one])["id"]) == [one]
    assert server.asked == [path]
    with pytest.raises(UsageError, match=r"Ogiltigt: '\.\./x'"):
        getattr(client, endpoint)("../x")


def test_units_are_asked_for_by_id_in_a_municipality(client: KoladaClient, server: Server) -> None:
    units = [{"id": f"V15E{a}", "title": "Skola", "municipality": a} for a in ("9002", "9001")]
    server.plays(page(units))
    assert list(client.ous("9001", ids=["V15E9001", "V15E9002"])["id"]) == ["V15E9001"]
    assert server.asked == ["/ou/V15E9001,V15E9002"]


def test_units_of_other_municipalities_are_left_out(client: KoladaClient, server: Server) -> None:
    units = [{"id": f"V{a}", "title": "Skola", "municipality": a} for a in ("9002", "9001")]
    server.plays(page(units))
    table = client.ous("9001")
    assert list(table["id"]) == ["V9001"]
    assert server.asked == ["/ou?municipality=9001"]
    assert table.attrs["missing"] == {"municipalities": []}


# --- faults that pass --------------------------------------------------------------------------

PASSING = {
    "500": Answer(status=500),
    "503": Answer(status=503, kind="text/html"),
    "429": Answer(status=429),
    "a maintenance page with 200": Answer(b"<html>Underhall</html>", kind="text/html"),
    "no content type": Answer(ONE.body, kind=None),
    "half the JSON": Answer(ONE.body[:40]),
    "a short body": Answer(ONE.body[:40], length=len(ONE.body)),
    "no envelope": Answer(b'{"detail": "busy"}'),
    "a lying count": page([row("N00001", "9001", 2024, T=1.5)], count=870),
    "an empty page in the middle": page([], "http://127.0.0.1/v3/x"),
    "broken gzip": Answer(b"not gzip", headers={"Content-Encoding": "gzip"}),
}


@pytest.mark.parametrize("fault", PASSING)
def test_a_passing_fault_gives_the_same_data_in_the_end(
    client: KoladaClient, server: Server, slept: list[float], fault: str
) -> None:
    server.plays(PASSING[fault], PASSING[fault], ONE)
    assert list(one(client)["value"]) == [1.5]
    assert len(slept) == 2
    assert slept[0] <= 0.5
    assert slept[1] <= 1.0


@pytest.mark.parametrize("fault", PASSING)
def test_a_fault_that_stays_fails_the_call_after_five_attempts(
    client: KoladaClient, server: Server, fault: str
) -> None:
    server.plays(PASSING[fault])
    with pytest.raises(KoladaError, match=r"efter 5 försök \(.*\) på /data/kpi/N00001/"):
        one(client)
    assert len(server.asked) == 5


def test_the_sentence_says_what_where_and_the_cure(client: KoladaClient, server: Server) -> None:
    server.plays(Answer(status=503))
    with pytest.raises(KoladaUnavailable) as caught:
        client.values([f"N{n:05}" for n in range(20)], "9001", 2024)
    assert str(caught.value) == (
        "Kolada svarar inte efter 5 försök (503) på "
        "/data/kpi/N00000,N00001,N00002,N00003,N00004,N00005,N00006,… "
        "Försök igen senare, eller kör rapporten på en tidigare ögonblicksbild."
    ).replace(",… ", ",…. ")


def test_a_lying_count_is_told_with_its_numbers(client: KoladaClient, server: Server) -> None:
    server.plays(PASSING["a lying count"])
    with pytest.raises(KoladaContractBroken, match="fick 1 av 870 rader"):
        one(client)


def test_a_page_that_stays_broken_fails_the_pages_before_it_too(
    client: KoladaClient, server: Server
) -> None:
    first = page([row("N00001", "9001", 2024, T=1)], f"{server.base}/data/x?page=2")
    server.plays(first, Answer(status=500))
    with pytest.raises(KoladaUnavailable, match="500"):
        one(client)


def test_one_failing_chunk_fails_them_all(client: KoladaClient, server: Server) -> None:
    server.answer = lambda path: Answer(status=500) if "0030" in path else full(path)
    with pytest.raises(KoladaUnavailable, match="500"):
        client.values("N00001", [f"{n:04}" for n in range(100)], 2024)


def test_no_server_is_told_as_no_connection(slept: list[float]) -> None:
    with running() as gone:
        pass
    with (
        KoladaClient(gone.base, requests_per_s=None, sleep=slept.append) as client,
        pytest.raises(KoladaUnavailable, match=r"5 försök \(ingen förbindelse\)"),
    ):
        one(client)
    assert len(slept) == 4


@pytest.mark.parametrize(
    ("retry_after", "seconds"),
    [("7", 7.0), ("Mon, 23 Nov 2026 12:00:09 GMT", 9.0), ("Mon, 23 Nov 2026 11:00:00 GMT", None)],
)
def test_retry_after_is_honoured_in_seconds_and_as_a_date(
    client: KoladaClient,
    server: Server,
    slept: list[float],
    retry_after: str,
    seconds: float | None,
) -> None:
    headers = {"Retry-After": retry_after, "Date": "Mon, 23 Nov 2026 12:00:00 GMT"}
    server.plays(Answer(status=429, headers=headers), ONE)
    assert list(one(client)["value"]) == [1.5]
    assert slept == ([] if seconds is None else [seconds])


def test_a_retry_after_beyond_the_deadline_ends_the_call_at_once(
    client: KoladaClient, server: Server, slept: list[float]
) -> None:
    server.plays(Answer(status=429, headers={"Retry-After": "86400"}))
    with pytest.raises(KoladaUnavailable, match=r"inom 600 s \(på .*; senast: 429\)"):
        one(client)
    assert (len(server.asked), slept) == (1, [])


def test_a_nonsense_retry_after_is_as_none(
    client: KoladaClient, server: Server, slept: list[float]
) -> None:
    server.plays(Answer(status=503, headers={"Retry-After": "snart"}), ONE)
    assert list(one(client)["value"]) == [1.5]
    assert slept[0] <= 0.5


def test_a_slow_drip_is_stopped_by_the_deadline(server: Server) -> None:
    server.plays(Answer(ONE.body, drip_s=0.02))
    begun = time.monotonic()
    with (
        KoladaClient(server.base, deadline_s=0.3) as client,
        pytest.raises(KoladaUnavailable, match=r"inom 0.3 s"),
    ):
        one(client)
    assert time.monotonic() - begun < 1


def test_a_failure_ends_the_waiting_of_the_other_connections(server: Server) -> None:
    waiting = threading.Event()

    def answer(path: str) -> Answer:
        if "0040" in path:
            waiting.set()
            return Answer(status=503, headers={"Retry-After": "60"})
        waiting.wait(5)
        time.sleep(0.1)
        return Answer(status=400)

    server.answer = answer
    begun = time.monotonic()
    with (
        KoladaClient(server.base, requests_per_s=None) as client,
        pytest.raises(KoladaRefused, match="400"),
    ):
        client.values("N00001", [f"{n:04}" for n in range(50)], 2024)
    for thread in threading.enumerate():
        if thread.name.startswith("kolada"):
            thread.join(2)
    assert time.monotonic() - begun < 2


def test_requests_keep_the_pace_over_all_connections(server: Server, slept: list[float]) -> None:
    with KoladaClient(
        server.base, requests_per_s=5, clock=lambda: 100.0, sleep=slept.append
    ) as client:
        client.values("N00001", [f"{n:04}" for n in range(100)], 2024)
    assert sorted(slept) == pytest.approx([0.2, 0.4, 0.6])


# --- faults that stay --------------------------------------------------------------------------


@pytest.mark.parametrize("status", [400, 401, 403, 414, 422])
def test_other_4xx_are_not_tried_again(client: KoladaClient, server: Server, status: int) -> None:
    server.plays(Answer(status=status))
    with pytest.raises(KoladaRefused, match=rf"avvisar frågan \({status}\) på /data/kpi/N00001/"):
        one(client)
    assert len(server.asked) == 1


@pytest.mark.parametrize("status", [301, 308, 404, 410])
@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_a_retired_api_is_told_in_one_sentence(
    client: KoladaClient, server: Server, endpoint: str, status: int
) -> None:
    with running() as other:
        server.answer = lambda path: Answer(status=status, headers={"Location": other.base})
        with pytest.raises(KoladaRefused, match=rf"har flyttat eller lagts ned \({status} på /"):
            getattr(client, endpoint)()
        assert (len(server.asked), other.asked) == (1, [])


def test_a_404_for_data_of_a_retired_api_is_not_an_empty_answer(
    client: KoladaClient, server: Server
) -> None:
    server.answer = lambda path: Answer(status=404)
    with pytest.raises(KoladaRefused, match="har flyttat eller lagts ned"):
        one(client)


def strict(path: str) -> Answer:
    """Answer 404 as soon as one id or year is unknown, else as Kolada would."""
    unknown = ("N00404", "9404", "G9404", "2099")
    if any(word in path for word in unknown):
        return Answer(status=404)
    if path.startswith("/kpi/"):
        return page([kpi(int(one[1:])) for one in path.removeprefix("/kpi/").split(",")])
    return full(path)


def test_one_unknown_id_costs_no_other_its_values(client: KoladaClient, server: Server) -> None:
    server.answer = strict
    kpis = [f"N{n:05}" for n in range(400, 410)]
    table = client.values(kpis, ["9001", "9404", "9002", "G9404"], [2024, 2099])
    assert missing(table) == {
        "kpis": ["N00404"],
        "municipalities": ["9404", "G9404"],
        "years": [2099],
    }
    not_found = {"kpis": ["N00404"], "municipalities": ["9404", "G9404"], "years": []}
    assert table.attrs["missing"]["kinds"]["not_found"] == not_found
    assert len(table) == 9 * 2
    assert client.kpis(kpis).attrs["missing"] == {"kpis": ["N00404"]}


def test_a_404_for_one_unknown_id_is_an_empty_answer(client: KoladaClient, server: Server) -> None:
    server.answer = strict
    table = client.values("N00404", "9001", 2024)
    assert table.empty
    assert table.attrs["missing"]["kpis"] == ["N00404"]


def test_a_path_that_is_not_found_though_its_ids_are_known_is_asked_in_the_other_form(
    client: KoladaClient, server: Server
) -> None:
    def answer(path: str) -> Answer:
        if path.startswith("/data/?"):
            return page([row("N00001", "9001", 2024, T=7.0)])
        return known(path) or Answer(status=404)

    server.answer = answer
    assert list(client.values("N00001", ["9001", "9002"], 2024)["value"]) == [7.0]
    asked = parse_qs(urlsplit(server.asked[-1]).query)
    assert asked == {"kpi_id": ["N00001"], "municipality_id": ["9001", "9002"], "year": ["2024"]}


def test_a_404_on_a_later_page_is_an_error(client: KoladaClient, server: Server) -> None:
    first = page([row("N00001", "9001", 2024, T=1)], f"{server.base}/data/x?page=2")
    server.plays(first, Answer(status=404))
    with pytest.raises(KoladaRefused, match="404"):
        one(client)


def test_pages_in_a_ring_end_with_an_error(client: KoladaClient, server: Server) -> None:
    server.plays(page([row("N00001", "9001", 2024, T=1)], f"{server.base}/data/x?page=2"))
    with pytest.raises(KoladaContractBroken, match="sidorna tar aldrig slut"):
        one(client)
    assert len(server.asked) == 2


@pytest.mark.parametrize(
    "address", ["https://127.0.0.1:{port}/v3", "http://localhost:{port}/v3", "//[", "ftp:x", ""]
)
def test_a_next_page_at_another_address_is_refused(
    client: KoladaClient, server: Server, address: str
) -> None:
    port = urlsplit(server.base).port
    server.plays(page([row("N00001", "9001", 2024, T=1)], address.format(port=port)))
    with pytest.raises(KoladaContractBroken, match=r"annan adress|tar aldrig slut"):
        one(client)
    assert len(server.asked) == 1


def test_a_server_on_another_port_is_never_asked(client: KoladaClient, server: Server) -> None:
    with running() as other:
        server.plays(page([row("N00001", "9001", 2024, T=1)], f"{other.base}/x"))
        with pytest.raises(KoladaContractBroken, match="nästa sida ligger på en annan adress"):
            one(client)
        assert other.asked == []


@pytest.mark.parametrize(
    ("raw", "named"),
    [
        ("NaN", "nan"),
        ("Infinity", "inf"),
        ("-Infinity", "-inf"),
        ("1e309", "inf"),
        ('"12,5"', "'12,5'"),
        ('"12.5"', "'12.5'"),
        ('""', "''"),
        ("true", "True"),
        ("[1]", r"\[1\]"),
    ],
)
def test_a_value_that_is_no_number_refuses_the_page_and_names_the_cell(
    client: KoladaClient, server: Server, raw: str, named: str
) -> None:
    fine = row("N00001", "9001", 2024, T=1, K=777)
    server.plays(Answer(page([fine]).body.replace(b"777", raw.encode())))
    cell = f"nyckeltal N00001, område 9001, år 2024, kön K: {named}"
    with pytest.raises(KoladaContractBroken, match=cell):
        one(client)
    assert len(server.asked) == 1


def test_a_cell_without_a_value_is_named(client: KoladaClient, server: Server) -> None:
    bad = row("N00001", "9001", 2024, T=1)
    del bad["values"][0]["value"]
    server.plays(page([bad]))
    with pytest.raises(KoladaContractBroken, match="kön T: saknas"):
        one(client)


def test_an_object_of_the_wrong_form_is_refused(client: KoladaClient, server: Server) -> None:
    server.plays(page([kpi(1) | {"title": None}]))
    with pytest.raises(KoladaContractBroken, match=r"values\[0\]\.title"):
        client.kpis()


def test_cells_of_an_unknown_gender_are_set_aside_and_counted(
    client: KoladaClient, server: Server
) -> None:
    server.plays(page([row("N00001", "9001", 2024, X=9, T=1)]))
    table = one(client)
    assert list(table["value"]) == [1.0]
    assert table.attrs["fetch"]["set_aside"] == {"X": 1}


def test_deleted_cells_are_dropped_and_counted(client: KoladaClient, server: Server) -> None:
    both = row("N00001", "9001", 2024, T=None, K=2)
    both["values"][0]["isdeleted"] = True
    server.plays(page([both]))
    table = one(client)
    assert list(table["gender"]) == ["K"]
    assert table.attrs["fetch"] == {
        "requests": 1,
        "rows": 1,
        "deleted": 1,
        "set_aside": {},
        "unasked": 0,
        "duplicates": 0,
    }


@pytest.mark.parametrize("value", [1.5, None])
def test_identical_duplicates_are_dropped_and_counted(
    client: KoladaClient, server: Server, value: float | None
) -> None:
    twice = [row("N00001", "9001", 2024, T=value)]
    server.plays(page(twice, f"{server.base}/data/x?page=2"), page(twice))
    table = one(client)
    assert len(table) == 1
    assert table.attrs["fetch"]["duplicates"] == 1


@pytest.mark.parametrize(("other", "told"), [(2.5, "1,5000 och 2,5000"), (None, "1,5000 och –")])
def test_conflicting_duplicates_are_an_error_that_names_the_cell(
    client: KoladaClient, server: Server, other: float | None, told: str
) -> None:
    server.plays(page([row("N00001", "9001", 2024, T=1.5), row("N00001", "9001", 2024, T=other)]))
    with pytest.raises(KoladaContractBroken, match=f"år 2024, kön T: {told}"):
        one(client)


def test_two_objects_with_one_id_are_an_error(client: KoladaClient, server: Server) -> None:
    server.plays(page([kpi(1, "a"), kpi(1, "a"), kpi(1, "b")]))
    with pytest.raises(KoladaContractBroken, match="två olika objekt med id N00001"):
        client.kpis()


def test_a_gzip_bomb_is_refused_under_the_limit(server: Server) -> None:
    bomb = gzip.compress(b" " * 20_000_000)
    server.plays(Answer(bomb, headers={"Content-Encoding": "gzip"}))
    with (
        KoladaClient(server.base, max_bytes=100_000) as client,
        pytest.raises(KoladaContractBroken, match="större än 100000 byte"),
    ):
        one(client)


def test_a_gzipped_answer_is_read(client: KoladaClient, server: Server) -> None:
    server.plays(Answer(gzip.compress(ONE.body), headers={"Content-Encoding": "gzip"}))
    assert list(one(client)["value"]) == [1.5]


# --- manners -----------------------------------------------------------------------------------


def test_the_program_tells_its_name(client: KoladaClient, server: Server) -> None:
    one(client)
    assert all(agent.startswith("malstyr/") for agent in server.agents)


def test_progress_is_told_from_the_calling_thread(server: Server) -> None:
    told: list[tuple[int, ...]] = []

    def progress(done: int, total: int, rows: int) -> None:
        told.append((done, total, rows, threading.get_ident()))

    with KoladaClient(server.base, requests_per_s=None, progress=progress) as client:
        client.values("N00001", [f"{n:04}" for n in range(60)], 2024)
    mine = threading.get_ident()
    assert told == [(done, 3, 20 * done, mine) for done in range(4)]


def test_the_order_of_pages_and_cells_changes_nothing(client: KoladaClient, server: Server) -> None:
    rows = [row("N00001", a, y, T=1, K=2) for a in ("9001", "9002") for y in (2023, 2024)]
    found = []
    for order in (rows, rows[::-1], rows[2:] + rows[:2]):
        first = page(order[:2], f"{server.base}/data/x?page=2")
        server.plays(first, page(order[2:]), first)
        found.append(client.values("N00001", ["9001", "9002"], [2023, 2024]))
    for other in found[1:]:
        pd.testing.assert_frame_equal(found[0], other)


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1))
def test_every_number_comes_through_bit_by_bit(numbers: list[float]) -> None:
    body = page([row("N00001", f"{n:04}", 2024, T=v) for n, v in enumerate(numbers)]).body
    cells = area_cells(body).content
    assert [v.hex() for v in cells.value] == [v.hex() for v in numbers]


@pytest.mark.real
def test_the_real_objects_keep_the_contract(real_figures: Path) -> None:
    def body(name: str) -> bytes:
        return page(json.loads((real_figures / name).read_text("utf-8"))).body

    kpis = objects.catalogue([objects.kpis(body("kpi.json")).content], tables.KPIS)
    areas = objects.municipalities(body("municipality.json")).content
    groups = objects.groups(body("municipality_groups.json")).content
    assert (len(kpis), len(areas), len(groups)) == (6099, 312, 3630)
    assert not kpis["title"].str.contains("\u00a0").any()
    assert not kpis["description"].str.contains("\\n", regex=False).any()
    assert area_cells(body("data_sample.json")).content.rows > 0
