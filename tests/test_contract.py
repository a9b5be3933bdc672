"""The contract with Kolada, tried on the stand-in always and on the live API when asked to."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import contract
import pytest
import requests
from conftest import ROOT
from contract import Answer, Get

from malstyr_lib.kolada.wire import BASE_URL
from malstyr_lib.model import SteeringModel
from malstyr_lib.ovning.dataset import Dataset
from malstyr_lib.ovning.server import serve

KEPT = ROOT / "tests" / "kolada" / "openapi.json"
YEAR = 2022


@pytest.fixture(scope="module")
def get(world: Dataset) -> Iterator[Get]:
    """Asks the stand-in, which speaks the contract."""
    with serve(world) as server:
        yield cache(contract.asker(server.url))


@pytest.fixture
def ids(steering_model: SteeringModel) -> list[str]:
    return ["N00090", *(one.id for one in steering_model.kpis if one.id != "N00090")][:26]


def test_the_stand_in_keeps_every_clause(get: Get, ids: list[str]) -> None:
    seen = contract.observed(get, kpis=ids, area="9001", year=YEAR)
    assert [str(one) for one in seen if not one.kept and not one.guess] == []
    assert len(seen) == 18


def first(body: Any, change: Callable[[Any], Any]) -> Any:
    """An answer whose first row is changed."""
    if not isinstance(body, dict) or not body.get("values"):
        return body
    row = json.loads(json.dumps(body["values"][0]))
    return body | {"values": [change(row) or row, *body["values"][1:]]}


def cell(**given: Any) -> Callable[[str, Answer], Answer]:
    def change(path: str, answer: Answer) -> Answer:
        if not path.startswith("/data"):
            return answer
        return replace(answer, body=first(answer.body, lambda row: row["values"][0].update(given)))

    return change


def status(part: str, code: int) -> Callable[[str, Answer], Answer]:
    return lambda path, answer: replace(answer, status=code) if part in path else answer


BROKEN: dict[str, Callable[[str, Answer], Answer]] = {
    "26 id i en lista": lambda path, answer: Answer(200, {}) if path.count(",") > 24 else answer,
    "okänt id": status("N99999", 500),
    "data med bara ett led": lambda path, answer: (
        Answer(200, {}) if path.startswith("/data") and path.count("/") == 3 else answer
    ),
    "okänd parameter": lambda path, answer: Answer(400, {}) if "finnsinte" in path else answer,
    "count": lambda path, answer: (
        replace(answer, body=answer.body | {"count": 1}) if "per_page" in path else answer
    ),
    "kuvertet": lambda path, answer: (
        replace(answer, body={"values": answer.body["values"], "count": answer.body["count"]})
        if "per_page" in path
        else answer
    ),
    "next_url": lambda path, answer: (
        replace(answer, body=answer.body | {"next_url": "/kpi?page=2"})
        if "per_page" in path
        else answer
    ),
    "nyckeltalets fält": lambda path, answer: (
        replace(answer, body=first(answer.body, lambda row: row.update(riktning="högt")))
        if path.startswith("/kpi/")
        else answer
    ),
    "period": lambda path, answer: (
        replace(answer, body=first(answer.body, lambda row: row.update(period="2022")))
        if path.startswith("/data")
        else answer
    ),
    "kön": cell(gender="X"),
    "värden": cell(value="12,5"),
    "statusar": cell(status="Private"),
    "rader": lambda path, answer: Answer(200, {}) if path.startswith("/data") else answer,
    "kommuner": lambda path, answer: (
        replace(answer, body=answer.body | {"values": answer.body["values"][:-40]})
        if path == "/municipality"
        else answer
    ),
}


@pytest.mark.parametrize("clause", BROKEN)
def test_control_a_server_that_breaks_a_clause_is_told_of(
    get: Get, ids: list[str], clause: str
) -> None:
    change = BROKEN[clause]
    seen = contract.observed(lambda path: change(path, get(path)), kpis=ids, area="9001", year=YEAR)
    assert clause in {one.clause for one in seen if not one.kept}


def test_a_contract_of_the_servers_own_is_kept_and_then_compared(tmp_path: Path) -> None:
    told = {"paths": {"/v3/kpi": {"get": {"parameters": [{"name": "page"}]}}}}
    kept = tmp_path / "kolada" / "openapi.json"
    assert [one.kept for one in contract.compared(told, kept)] == [True]
    assert [str(one) for one in contract.compared(told, kept)] == [
        "ja  openapi.json: avtalet det sparade; sett detsamma"
    ]
    (changed,) = contract.compared({"paths": {}} | {"info": 1}, kept)[1:]
    assert not changed.kept


def test_parameters_that_the_server_does_not_tell_of_are_named() -> None:
    told = {"paths": {"/v3/kpi/{id}": {"get": {"parameters": [{"name": "page"}]}}}}
    seen = {one.clause: one for one in contract.parameters(told)}
    assert not seen["parametrar till /kpi"].kept
    assert seen["parametrar till /ou"].seen == "inga"


@pytest.mark.natverk
def test_the_live_api_keeps_the_contract(
    ids: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Prints everything that was seen; fails on what the client does not survive."""
    live = contract.asker(os.environ.get("KOLADA_URL", BASE_URL))
    try:
        own = live("/openapi.json")
    except requests.ConnectionError as error:
        pytest.skip(f"Kolada can't be reached from here: {error}")
    seen = [
        *(contract.compared(own.body, KEPT) if own.status == 200 else []),
        *(contract.parameters(own.body) if own.status == 200 else []),
        *contract.observed(live, kpis=ids, area="2083", year=YEAR),
    ]
    with capsys.disabled():
        print(f"\nopenapi.json: {own.status}", *seen, sep="\n")
    assert [str(one) for one in seen if not one.kept and not one.guess] == []
