"""What a server answers beside what our contract with Kolada v3 says, as rows to read.

Asked of the live API by `pytest -m natverk`, and of the stand-in by every run of the tests.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import requests

from malstyr_lib.kolada.query import _PARAMETERS as PARAMETERS

PAUSE_S: Final = 0.5
ENVELOPE: Final = {"values", "count", "next_url", "previous_url"}
KPI_FIELDS: Final = {
    "id", "title", "description", "is_divided_by_gender", "municipality_type", "auspice",
    "operating_area", "perspective", "prel_publication_date", "publication_date", "publ_period",
    "has_ou_data",
}  # fmt: skip
CELL_FIELDS: Final = {"gender", "count", "status", "value", "isdeleted"}
KNOWN_STATUSES: Final = {"", "Missing"}


@dataclass(frozen=True)
class Answer:
    """A status code and what came with it: JSON, or None for anything else."""

    status: int
    body: Any

    @property
    def values(self) -> list[Any]:
        """The rows, or none."""
        found = self.body.get("values") if isinstance(self.body, dict) else None
        return found if isinstance(found, list) else []


@dataclass(frozen=True)
class Seen:
    """One clause of the contract: what it says, what was seen, and whether that keeps it.

    guess: the contract does not know, so that whatever is seen is news and no fault.
    """

    clause: str
    said: str
    seen: str
    kept: bool
    guess: bool = False

    def __str__(self) -> str:
        mark = "ja " if self.kept else ("ny " if self.guess else "NEJ")
        return f"{mark} {self.clause}: avtalet {self.said}; sett {self.seen}"


Get = Callable[[str], Answer]
"""Asks for a path below the base, its query included."""


def asker(base: str) -> Get:
    """Return what asks a server politely, one question at a time, as a browser would see it."""
    session = requests.Session()
    session.headers["User-Agent"] = "malstyr-avtalsprov"

    def get(path: str) -> Answer:
        time.sleep(PAUSE_S if base.startswith("https") else 0)
        found = session.get(f"{base}{path}", timeout=(10, 120))
        try:
            return Answer(found.status_code, found.json())
        except ValueError:
            return Answer(found.status_code, None)

    return get


def observed(get: Get, *, kpis: Iterable[str], area: str, year: int) -> list[Seen]:
    """Return every clause that can be tried from outside, each with what was seen.

    kpis: 26 that exist, whose first has values for the area in the year.
    """
    ids = [*kpis]
    first = ids[0]
    return [
        *_refusals(get, ids, area, year),
        *_lists(get, first),
        *_rows(get, ids, area, year),
        *_areas(get),
    ]


def _refusals(get: Get, ids: list[str], area: str, year: int) -> list[Seen]:
    many = get(f"/data/kpi/{','.join(ids[:26])}/municipality/{area}/year/{year}")
    unknown, alone = get("/kpi/N99999"), get(f"/data/kpi/{ids[0]}")
    ignored = get(f"/kpi/{ids[0]}?finnsinte=1")
    empty = unknown.status == 404 or (unknown.status == 200 and not unknown.values)
    return [
        Seen("26 id i en lista", "400 eller 422", str(many.status), many.status in (400, 422)),
        Seen("okänt id", "200 utan rader, eller 404", _brief(unknown), empty),
        Seen("data med bara ett led", "404", str(alone.status), alone.status == 404),
        Seen("okänd parameter", "200, som utan den", _brief(ignored), len(ignored.values) == 1),
    ]


def _lists(get: Get, kpi: str) -> list[Seen]:
    page, one = get("/kpi?per_page=5001"), get(f"/kpi/{kpi}")
    told = page.body if isinstance(page.body, dict) else {}
    fields = {*one.values[0]} if one.values else set()
    count = told.get("count")
    whole = told.get("next_url") is None or str(told["next_url"]).startswith("http")
    return [
        Seen("per_page=5001", "högst 5000 rader", _brief(page), 0 < len(page.values) <= 5000),
        Seen("count", f"{len(page.values)}", f"{count}", count == len(page.values)),
        Seen("kuvertet", _listed(ENVELOPE), _listed(told), ENVELOPE - {"previous_url"} <= {*told}),
        Seen("next_url", "hel adress eller null", str(told.get("next_url")), whole),
        Seen("nyckeltalets fält", _listed(KPI_FIELDS), _listed(fields), fields == KPI_FIELDS),
    ]


def _rows(get: Get, ids: list[str], area: str, year: int) -> list[Seen]:
    rows = [
        row
        for kpi in ids[:3]
        for row in get(f"/data/kpi/{kpi}/municipality/{area}/year/{year}").values
        + get(f"/data/kpi/{kpi}/year/{year}").values
    ]
    cells = [cell for row in rows for cell in row["values"]]
    fields = {name for cell in cells for name in cell}
    statuses = {str(cell.get("status")) for cell in cells}
    genders = {str(cell["gender"]) for cell in cells}
    numbers = all(cell["value"] is None or isinstance(cell["value"], float | int) for cell in cells)
    return [
        Seen("rader", "minst en", str(len(rows)), bool(rows)),
        Seen("period", "heltal", _kinds(row["period"] for row in rows), _ints(rows)),
        Seen("cellens fält", _listed(CELL_FIELDS), _listed(fields), {"gender", "value"} <= fields),
        Seen("kön", "K, M, T", _listed(genders), genders <= {"K", "M", "T"}),
        Seen("värden", "tal eller null", "så" if numbers else "annat", numbers),
        Seen(
            "statusar", _listed(KNOWN_STATUSES), _listed(statuses), statuses <= KNOWN_STATUSES, True
        ),
    ]


def _areas(get: Get) -> list[Seen]:
    areas = get("/municipality").values
    kinds = {kind: sum(one["type"] == kind for one in areas) for kind in ("K", "L")}
    four = all(len(one["id"]) == 4 for one in areas)
    return [
        Seen("kommuner", "290", str(kinds["K"]), kinds["K"] == 290),
        Seen("regioner och riket", "22", str(kinds["L"]), kinds["L"] == 22, True),
        Seen("områdens id", "fyra tecken", "så" if four else "andra", four and bool(areas)),
    ]


def parameters(openapi: Mapping[str, Any]) -> list[Seen]:
    """Return, for every kind of path that we ask, whether the server tells of our parameters."""
    told: dict[str, set[str]] = {}
    for path, methods in openapi.get("paths", {}).items():
        kind = next((part for part in path.split("/") if part in PARAMETERS), None)
        if kind:
            told.setdefault(kind, set()).update(
                one["name"] for one in methods.get("get", {}).get("parameters", []) if "name" in one
            )
    return [
        Seen(
            f"parametrar till /{kind}",
            _listed(ours),
            _listed(told.get(kind, ())),
            kind in told and ours <= told[kind],
            True,
        )
        for kind, ours in PARAMETERS.items()
    ]


def compared(openapi: Mapping[str, Any], kept: Path) -> list[Seen]:
    """Compare the server's own contract with the one kept; keep it the first time."""
    clause = "openapi.json"
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps(openapi, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        return [Seen(clause, "inte sparat förut", f"sparat i {kept}", True)]
    before, now = _flat(json.loads(kept.read_text(encoding="utf-8"))), _flat(openapi)
    changed = sorted(
        name for name in before.keys() | now.keys() if before.get(name) != now.get(name)
    )
    return [Seen(clause, "det sparade", f"{one} är ändrat", False, True) for one in changed] or [
        Seen(clause, "det sparade", "detsamma", True)
    ]


def _flat(node: Any, at: str = "") -> dict[str, Any]:
    if isinstance(node, dict):
        return {k: v for name, one in node.items() for k, v in _flat(one, f"{at}/{name}").items()}
    if isinstance(node, list):
        return {k: v for n, one in enumerate(node) for k, v in _flat(one, f"{at}/{n}").items()}
    return {at: node}


def _brief(answer: Answer) -> str:
    return f"{answer.status}, {len(answer.values)} rader"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(one or "tomt" for one in sorted(names)) or "inga"


def _kinds(values: Iterable[Any]) -> str:
    return _listed({type(one).__name__ for one in values})


def _ints(rows: list[Any]) -> bool:
    return all(type(row["period"]) is int for row in rows)
