"""Damaged and strange bodies: our tables are what a plain reading of the bytes says, or an error.

The reference reader below is slow and plain: Python's own json, and the contract in loops. A true
body of each kind is mutated, byte by byte or in its structure, and goes through the real client.
"""

from __future__ import annotations

import io
import json
import math
import random
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import msgspec
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from malstyr_lib.errors import KoladaError
from malstyr_lib.kolada import KoladaClient, observations
from malstyr_lib.kolada import cells as columns
from malstyr_lib.kolada import envelope as pages
from malstyr_lib.model import SteeringModel
from malstyr_lib.ovning.answers import respond
from malstyr_lib.ovning.holdings import Holdings, holdings
from malstyr_lib.ovning.world import exercise_world

BASE = "http://127.0.0.1:1/v3"
KPIS = ("N15505", "N15428", "N15419", "U21401")
AREAS = ("0000", "9001")
YEARS = (2023, 2024)
KINDS = ("kpi", "municipality", "groups", "ou", "data", "oudata")
END = b'{"values": [], "count": 0, "next_url": null}'


# --- a true body of each kind, and a client that is given bodies ---------------------------------


class Truth:
    """The true body of a kind, the ids its question names, and what the client says of a body."""

    def __init__(self, bodies: Mapping[str, bytes], ous: tuple[str, ...]) -> None:
        self.bodies, self.ous = bodies, ous

    def read(self, kind: str, body: bytes) -> pd.DataFrame:
        session = Given(kind, body, self.bodies)
        with KoladaClient(
            BASE,
            session,
            connections=1,
            requests_per_s=None,
            sleep=lambda _: None,  # type: ignore[arg-type]
        ) as client:
            return self.asked(client)[kind]()

    def asked(self, client: KoladaClient) -> dict[str, Callable[[], pd.DataFrame]]:
        return {
            "kpi": client.kpis,
            "municipality": client.municipalities,
            "groups": client.municipality_groups,
            "ou": client.ous,
            "data": lambda: client.values(KPIS, AREAS, YEARS),
            "oudata": lambda: client.ou_values(KPIS, self.ous, YEARS),
        }


class Given:
    """A session without a network: the body for the first question of its kind.

    Its next pages are empty, and questions of other kinds get true answers.
    """

    def __init__(self, kind: str, body: bytes, bodies: Mapping[str, bytes]) -> None:
        self.kind, self.body, self.bodies, self.first = kind, body, bodies, ""

    def get(self, url: str, **_: object) -> Answer:
        assert url.startswith(f"{BASE}/"), url
        endpoint = url.removeprefix(f"{BASE}/").partition("/")[0]
        kind = {"municipality_groups": "groups"}.get(endpoint, endpoint)
        if self.first and kind in self.bodies and kind != self.kind:
            return Answer(self.bodies[kind])
        self.first = self.first or url
        return Answer(self.body if url == self.first else END)


class Answer:
    """A 200 with JSON."""

    status_code = 200
    headers: Mapping[str, str] = {"Content-Type": "application/json"}

    def __init__(self, body: bytes) -> None:
        self.raw = self
        self._body = io.BytesIO(body)

    def read1(self, most: int, **_: object) -> bytes:
        return self._body.read(most)

    def __enter__(self) -> Answer:
        return self

    def __exit__(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def truth(steering_model: SteeringModel) -> Truth:
    held = holdings(exercise_world([kpi for kpi in steering_model.kpis if kpi.id in KPIS]))
    ous = tuple(row["ou"] for row in cut(held, f"/oudata/kpi/{KPIS[0]}/year/2024", 3)["values"])
    ids = ",".join(KPIS)
    answers = {
        "kpi": cut(held, "/kpi", 4),
        "municipality": cut(held, "/municipality", 6),
        "groups": cut(held, "/municipality_groups", 3),
        "ou": cut(held, f"/ou/{','.join(ous)}", 3),
        "data": cut(held, f"/data/kpi/{ids}/municipality/{','.join(AREAS)}/year/2023,2024", 6),
        "oudata": cut(held, f"/oudata/kpi/{KPIS[0]}/ou/{','.join(ous)}/year/2024", 3),
    }
    for group in answers["groups"]["values"]:
        del group["members"][3:]
    return Truth({kind: json.dumps(answer).encode() for kind, answer in answers.items()}, ous)


def cut(held: Holdings, path: str, rows: int) -> dict[str, Any]:
    """The first rows of a true answer, as one whole page."""
    body = respond(held, f"/v3{path}", base="http://127.0.0.1:1").body
    answer: dict[str, Any] = json.loads(body)
    assert len(answer["values"]) >= rows, path
    return answer | {"values": answer["values"][:rows], "count": rows, "next_url": None}


# --- the reference: what the bytes say, read in the plainest way ---------------------------------


class Unreadable(Exception):
    """Bytes that break the contract."""


def demand(kept: object) -> None:
    if not kept:
        raise Unreadable


def is_text(value: object) -> bool:
    return isinstance(value, str)


def is_text_or_null(value: object) -> bool:
    return value is None or isinstance(value, str)


def is_truth(value: object) -> bool:
    return isinstance(value, bool)


def is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


MUST, MAY = (is_text, True), (is_text_or_null, False)
FIELDS: dict[str, dict[str, tuple[Callable[[object], bool], bool]]] = {
    "kpi": {
        **dict.fromkeys(("id", "title"), MUST),
        **dict.fromkeys(("is_divided_by_gender", "has_ou_data"), (is_truth, True)),
        "municipality_type": (is_text_or_null, True),
        **dict.fromkeys(("description", "auspice", "operating_area"), MAY),
        **dict.fromkeys(("perspective", "publ_period"), MAY),
        **dict.fromkeys(("prel_publication_date", "publication_date"), MAY),
    },
    "municipality": dict.fromkeys(("id", "title", "type"), MUST),
    "groups": dict.fromkeys(("id", "title"), MUST),
    "member": dict.fromkeys(("member_id", "member_title"), MUST),
    "ou": dict.fromkeys(("id", "title", "municipality"), MUST),
    "data": dict.fromkeys(("kpi", "municipality"), MUST),
    "oudata": {
        **dict.fromkeys(("kpi", "ou"), MUST),
        "municipality": MAY,
    },
}


def fields(item: object, kind: str) -> dict[str, Any]:
    """The known fields of an object; others may be there and are nobody's concern."""
    demand(isinstance(item, dict))
    assert isinstance(item, dict)
    found = {}
    for name, (fits, required) in FIELDS[kind].items():
        demand(name in item or not required)
        found[name] = item.get(name)
        demand(fits(found[name]))
    return found


def envelope(body: bytes) -> list[Any]:
    """The values of a body whose envelope is whole and that says nothing but itself is a page."""
    try:
        answer = json.loads(body.decode("utf-8"), parse_int=whole)
    except (ValueError, RecursionError):
        raise Unreadable from None
    demand(isinstance(answer, dict) and isinstance(answer.get("values"), list))
    demand(is_whole(answer.get("count")) and answer["count"] == len(answer["values"]))
    following = answer.get("next_url")
    demand(is_text_or_null(following))
    demand(answer["values"] or not following)
    values: list[Any] = answer["values"]
    return values


def whole(digits: str) -> float:
    """A number of any length; Python's own int stops at 4300 digits."""
    return int(digits) if len(digits) < 400 else math.inf


def number(value: object) -> float | None:
    if value is None:
        return None
    demand(isinstance(value, int | float) and not isinstance(value, bool))
    assert isinstance(value, int | float)
    try:
        read = float(value)
    except OverflowError:
        raise Unreadable from None
    demand(math.isfinite(read))
    return read


def line(raw: str) -> str:
    return " ".join(paragraph(raw).splitlines()).strip()


def paragraph(raw: str) -> str:
    return raw.replace("\\n", "\n").replace("\xa0", " ").strip()


def objects(body: bytes, kind: str) -> list[dict[str, Any]]:
    """The objects of a body, each once, by id."""
    found: dict[str, dict[str, Any]] = {}
    for item in envelope(body):
        read = fields(item, kind)
        if kind == "groups":
            demand(isinstance(item.get("members"), list))
            read["members"] = [fields(member, "member") for member in item["members"]]
        demand(found.setdefault(read["id"], read) == read)
    for read in found.values():
        read["title"] = line(read["title"])
        if read.get("description"):
            read["description"] = paragraph(read["description"])
        for member in read.get("members", []):
            member["member_title"] = line(member["member_title"])
    return [found[key] for key in sorted(found)]


Key = tuple[str, str | None, str, int, str]


def cells(body: bytes, kind: str, truth: Truth) -> dict[Key, tuple[float | None, str]]:
    """The cells of a body by kpi, municipality, unit, year and gender: those asked for, alive."""
    homes = {unit["id"]: unit["municipality"] for unit in objects(truth.bodies["ou"], "ou")}
    told: dict[Key, tuple[float | None, str, bool]] = {}
    for row in envelope(body):
        read = fields(row, kind)
        period = row.get("period")
        demand(is_whole(period) and 1000 <= period <= 9999)
        demand(isinstance(row.get("values"), list))
        ou = read.get("ou") or ""
        area = read["municipality"]
        if kind == "oudata" and area is None:
            area = homes.get(ou)
        for cell in row["values"]:
            demand(isinstance(cell, dict) and is_text(cell.get("gender")) and "value" in cell)
            demand(is_text_or_null(cell.get("status")))
            demand(cell.get("isdeleted") is None or is_truth(cell["isdeleted"]))
            one = (number(cell["value"]), cell.get("status") or "", bool(cell.get("isdeleted")))
            asked_for = (ou in truth.ous) if kind == "oudata" else (area in AREAS)
            if not (asked_for and read["kpi"] in KPIS and period in YEARS):
                continue
            if cell["gender"] in ("T", "K", "M"):
                demand(told.setdefault((read["kpi"], area, ou, period, cell["gender"]), one) == one)
    return {key: (value, status) for key, (value, status, gone) in told.items() if not gone}


def missing_as_none(value: Any) -> Any:
    return None if isinstance(value, float) and math.isnan(value) else value


def same(table: pd.DataFrame, kind: str, body: bytes, truth: Truth) -> bool:
    """Whether our table says exactly what the reference reads in the same bytes."""
    if kind not in ("data", "oudata"):
        read = objects(body, kind)
        ours = [
            {name: missing_as_none(value) for name, value in row.items()}
            for row in table.to_dict("records")
        ]
        return ours == [{name: item[name] for name in table.columns} for item in read]
    told = cells(body, kind, truth)
    names = [name for name in ("kpi", "municipality", "ou", "period", "gender") if name in table]
    ours = {
        tuple(missing_as_none(row[name]) for name in names): (
            missing_as_none(row["value"]),
            row["status"],
        )
        for row in table.to_dict("records")
    }
    theirs = {key if kind == "oudata" else (*key[:2], *key[3:]): cell for key, cell in told.items()}
    return len(table) == len(told) and ours == theirs


def verdict(kind: str, body: bytes, truth: Truth) -> str:
    """What becomes of a body: exact, refused, or an AssertionError that shows it."""
    try:
        table = truth.read(kind, body)
    except KoladaError as error:
        sentence = str(error)
        assert "Kolada" in sentence
        assert "Försök igen" in sentence or "Kontrollera" in sentence
        return "refused"
    try:
        assert same(table, kind, body, truth), body
    except Unreadable:
        raise AssertionError(f"accepted, but unreadable: {body!r}") from None
    return "exact"


# --- mutations -----------------------------------------------------------------------------------


class Raw(str):
    """JSON as it stands."""


class Pairs(list[Any]):
    """An object as its pairs, so that a key can come twice."""


def parsed(body: bytes) -> Any:
    return json.loads(body, object_pairs_hook=Pairs)


def written(node: Any) -> str:
    if isinstance(node, Raw):
        return str(node)
    if isinstance(node, Pairs):
        return (
            "{" + ", ".join(f"{json.dumps(name)}: {written(value)}" for name, value in node) + "}"
        )
    if isinstance(node, list):
        return "[" + ", ".join(map(written, node)) + "]"
    return json.dumps(node)


TOKENS = [
    *("NaN", "Infinity", "-Infinity", "1e309", "-1e400", "1e-400", "-0", "-0.0", "01", "+1", "1."),
    *(".5", "0x10", "9007199254740993", "18446744073709551616", "2024.0", "2.024e3", "1E2", "1e"),
    *("true", "false", "null", "nul", "None", "undefined", "", "{}", "[]", "[[]]", "[null]"),
    *('"\\ud800"', '"\\udc00\\ud800"', '"\\u0000"', '"\\u00a0"', '"\\n"', '"\n"', '"\\x"', "'T'"),
    *('"T"', '"t"', '" T"', '"K"', '"X"', '"12,5"', '"12.5"', '"1 234"', '""', '" "', '"2024"'),
    *(
        '"N15428"',
        '"N15428 "',
        '"9001"',
        '" 9001"',
        '"0000"',
        "9001",
        "1999",
        "2024",
        "99999",
        "-5",
    ),
    *("9" * 25, "9" * 400, "9" * 5000, "0." + "3" * 400, "1" + "0" * 308, "179769313486231580e291"),
    *("[" * 600 + "]" * 600, "[" * 20_000 + "]" * 20_000, '{"a":' * 600 + "1" + "}" * 600),
    *('"åäö"', '"\\u00e5"', '"\\ud83d\\ude00"', '"a\\\\nb"', '"\\ufeff"', '"\\u2028"'),
    *('"http://127.0.0.1:1/v3/x"', '"//127.0.0.1:1/v3/\\ud83d\\ude00"', '"/v3/x?page=2"', '"?"'),
    *('"http://127.0.0.1:1/v3/%zz\\u0000"', '"http://[::1"', '"http://example.org/v3/kpi"'),
]
SWAPS = [
    (b"null", b"0"),
    (b"null", b"NaN"),
    (b'"T"', b"null"),
    (b'"T"', b'"K"'),
    (b"false", b"true"),
    (b"2024", b"2023"),
    (b"2024", b'"2024"'),
    (b".", b","),
    (b": ", b":"),
    (b", ", b",,"),
    (b"}", b"},"),
    (b'"', b"'"),
    (b'"value"', b'"count"'),
    (b'"next_url"', b'"next_page"'),
    (b"{", b"\xef\xbb\xbf{"),
]
ENCODINGS = ["utf-8-sig", "utf-16", "utf-16-le", "utf-32", "latin-1", "cp1252", "cp500"]


def slots(node: Any) -> list[tuple[list[Any], int]]:
    """Every place in a tree where something stands: a list or pairs, and which of them."""
    found = []
    for place, child in enumerate(node if isinstance(node, list) else []):
        found.append((node, place))
        found += slots(child[1] if isinstance(node, Pairs) else child)
    return found


def restructured(body: bytes, chance: random.Random) -> bytes:
    """Change the tree in one place: another value, one less, one twice, another order or name."""
    tree = parsed(body)
    holder, place = chance.choice(slots(tree))
    named = isinstance(holder, Pairs)
    other = Raw(chance.choice(TOKENS))
    what = chance.choice(("value", "value", "value", "remove", "repeat", "swap", "more", "name"))
    if what == "value":
        holder[place] = (holder[place][0], other) if named else other
    elif what == "remove":
        del holder[place]
    elif what == "repeat":
        again = (holder[place][0], other) if named and chance.random() < 0.6 else holder[place]
        holder.insert(chance.randint(0, len(holder)), again)
    elif what == "swap":
        another = chance.randrange(len(holder))
        holder[place], holder[another] = holder[another], holder[place]
    elif what == "more" and not named:
        holder.insert(place, other)
    elif named:
        name = chance.choice(("extra", "count", "values", "value", "id", "gender", "", "Kpi"))
        holder.insert(place, (name, other)) if what == "more" else None
        holder[place] = (name, holder[place][1])
    return recounted(tree, chance)


def recounted(tree: Any, chance: random.Random) -> bytes:
    """Write a tree, mostly with a count that is true again, so that the rows are looked at."""
    found = dict(tree) if isinstance(tree, Pairs) else {}
    if chance.random() < 0.8 and isinstance(found.get("values"), list):
        count = len(found["values"])
        tree[:] = [(name, count if name == "count" else value) for name, value in tree]
    return written(tree).encode()


def damaged(body: bytes, chance: random.Random) -> bytes:
    """Change bytes: flip, cut, insert, double, swap a word, or write in another code."""
    start = chance.randrange(len(body) + 1)
    end = min(len(body), start + chance.choice((1, 1, 1, 2, 5, 50)))
    what = chance.choice(("flip", "cut", "remove", "insert", "double", "word", "word", "code"))
    if what == "flip" and start < len(body):
        return body[:start] + bytes([body[start] ^ (1 << chance.randrange(8))]) + body[start + 1 :]
    if what == "cut":
        return body[:start]
    if what == "remove":
        return body[:start] + body[end:]
    if what == "insert":
        new = chance.choice((bytes([chance.randrange(256)]), chance.choice(TOKENS).encode()))
        return body[:start] + new + body[start:]
    if what == "double":
        return body[:end] + body[start:]
    if what == "word":
        return reworded(body, chance)
    return recoded(body, chance)


def reworded(body: bytes, chance: random.Random) -> bytes:
    old, new = chance.choice(SWAPS)
    pieces = body.split(old)
    place = chance.randrange(len(pieces))
    return old.join(pieces[: place + 1]) + new + old.join(pieces[place + 1 :])


def recoded(body: bytes, chance: random.Random) -> bytes:
    """Write a body with its letters as they are, in another encoding."""
    plain = re.sub(
        r"\\u00([0-9a-f]{2})", lambda code: chr(int(code[1], 16)), body.decode("latin-1")
    )
    return plain.encode(chance.choice(ENCODINGS), errors="replace")


def mutated(body: bytes, seed: int) -> bytes:
    """A body with one to three changes."""
    chance = random.Random(seed)
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        try:
            body = chance.choice((restructured, restructured, damaged))(body, chance)
        except (ValueError, RecursionError, IndexError):  # no longer a tree, or nothing in it
            body = damaged(body, chance)
    return body


QUICK = settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
SEEDS = st.integers(0, 2**64)


# --- the rules -----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_a_true_body_is_read_exactly(kind: str, truth: Truth) -> None:
    assert verdict(kind, truth.bodies[kind], truth) == "exact"
    assert len(truth.read(kind, truth.bodies[kind])) >= 3


@pytest.mark.parametrize("kind", KINDS)
@QUICK
@given(seed=SEEDS)
def test_a_mutated_body_is_read_exactly_or_refused_with_a_sentence(
    kind: str, seed: int, truth: Truth
) -> None:
    verdict(kind, mutated(truth.bodies[kind], seed), truth)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
@settings(QUICK, max_examples=10_000)
@given(seed=SEEDS)
def test_ten_thousand_mutated_bodies_are_read_exactly_or_refused(
    kind: str, seed: int, truth: Truth
) -> None:
    verdict(kind, mutated(truth.bodies[kind], seed), truth)


# --- what must be read, and what must be refused, one by one -------------------------------------


def rows(body: bytes, change: Callable[[list[Any]], object]) -> bytes:
    """A body whose rows were changed in place, with a true count."""
    answer = json.loads(body)
    change(answer["values"])
    return json.dumps(answer | {"count": len(answer["values"])}).encode()


def shuffled(node: Any, chance: random.Random) -> Any:
    """The same JSON with its rows, cells and keys in another order, and keys nobody knows."""
    if isinstance(node, dict):
        pairs = [(name, shuffled(value, chance)) for name, value in node.items()]
        pairs.append((f"x{chance.random()}", [1e300, None, {"value": "NaN"}]))
        return dict(chance.sample(pairs, len(pairs)))
    if isinstance(node, list) and "member_id" not in str(node[:1])[:20]:  # members have an order
        return [shuffled(item, chance) for item in chance.sample(node, len(node))]
    return node


@pytest.mark.parametrize("kind", KINDS)
@settings(QUICK, max_examples=30)
@given(seed=SEEDS)
def test_order_unknown_fields_blanks_and_repeated_rows_change_nothing(
    kind: str, seed: int, truth: Truth
) -> None:
    chance = random.Random(seed)
    answer = shuffled(json.loads(truth.bodies[kind]), chance)
    answer["values"] += chance.sample(answer["values"], chance.randint(0, 2))
    answer["count"] = len(answer["values"])
    body = json.dumps(answer, indent=chance.choice((None, 1)), ensure_ascii=chance.random() < 0.5)
    table = truth.read(kind, f"\n{body} \t".encode())
    assert table.equals(truth.read(kind, truth.bodies[kind]))


CELL = b'"value": 65.0'
ROW = b'"period": 2023'
NAMED = {
    "a value beyond 2^53": (CELL, b'"value": 9007199254740993', "exact"),
    "a whole number of 300 digits": (CELL, b'"value": ' + b"9" * 300, "exact"),
    "a whole number of 400 digits": (CELL, b'"value": ' + b"9" * 400, "refused"),
    "a whole number of 5000 digits": (CELL, b'"value": ' + b"9" * 5000, "refused"),
    "minus zero": (CELL, b'"value": -0', "exact"),
    "too small for a float": (CELL, b'"value": 1e-400', "exact"),
    "1e400": (CELL, b'"value": 1e400', "refused"),
    "the key value twice": (CELL, b'"value": 1, "value": 2', "exact"),
    "the key value twice, then null": (CELL, b'"value": 1, "value": null', "exact"),
    "the key values twice": (ROW, b'"values": [], ' + ROW, "exact"),
    "true for a value": (CELL, b'"value": true', "refused"),
    "a list for a value": (CELL, b'"value": [1]', "refused"),
    "no value at all": (CELL, b'"velue": 1', "refused"),
    "a year as text": (ROW, b'"period": "2023"', "refused"),
    "a year with decimals": (ROW, b'"period": 2023.0', "refused"),
    "a year of another kind": (ROW, b'"period": 2023e0', "refused"),
    "a year nobody asked for": (ROW, b'"period": 1066', "exact"),
    "no year": (ROW, b'"year": 2023', "refused"),
    "gender null": (b'"gender": "M"', b'"gender": null', "refused"),
    "gender in a small letter": (b'"gender": "M"', b'"gender": "m"', "exact"),
    "status null": (b'"status": ""', b'"status": null', "exact"),
    "no status": (b'"status": ""', b'"stat": ""', "exact"),
    "status as a number": (b'"status": ""', b'"status": 0', "refused"),
    "isdeleted null": (b'"isdeleted": false', b'"isdeleted": null', "exact"),
    "isdeleted as text": (b'"isdeleted": false', b'"isdeleted": "false"', "refused"),
    "isdeleted as 1": (b'"isdeleted": false', b'"isdeleted": 1', "refused"),
    "an id with blanks": (b'"kpi": "N15419"', b'"kpi": "N15419 "', "exact"),
    "an id as a number": (b'"municipality": "0000"', b'"municipality": 0', "refused"),
    "an area null": (b'"municipality": "0000"', b'"municipality": null', "refused"),
    "count as text": (b'"count": 6', b'"count": "6"', "refused"),
    "count with decimals": (b'"count": 6', b'"count": 6.0', "refused"),
    "count true": (b'"count": 6', b'"count": true', "refused"),
    "count null": (b'"count": 6', b'"count": null', "refused"),
    "count twice": (b'"count": 6', b'"count": 5, "count": 6', "exact"),
    "no count": (b'"count": 6', b'"number": 6', "refused"),
    "half a letter": (b'"status": ""', b'"status": "\\ud800"', "refused"),
    "no letter": (b'"status": ""', b'"status": "\xff"', "refused"),
    "no letter in a field nobody reads": (b'"status": ""', b'"more": "\xff"', "refused"),
    "a letter of four bytes": (b'"status": ""', '"status": "🎓"'.encode(), "exact"),
    "a byte order mark": (b'{"values"', b'\xef\xbb\xbf{"values"', "refused"),
    "two bodies": (b"null}", b"null}{}", "refused"),
    "100 000 brackets": (CELL, b'"value": 1, "more": ' + b"[" * 10**5 + b"]" * 10**5, "refused"),
    "a next page that is a number": (b'"next_url": null', b'"next_url": 2', "refused"),
    "a next page that is empty": (b'"next_url": null', b'"next_url": ""', "refused"),
    "no next page": (b'"next_url": null', b'"next": 2', "exact"),
}


def changed_once(body: bytes, old: bytes, new: bytes) -> bytes:
    assert old in body, body
    start = body.rindex(old) if old in (b'"count": 6', b"null}") else body.index(old)
    return body[:start] + new + body[start + len(old) :]


@pytest.mark.parametrize("name", NAMED)
def test_a_strange_body_has_its_written_verdict(name: str, truth: Truth) -> None:
    old, new, expected = NAMED[name]
    assert verdict("data", changed_once(truth.bodies["data"], old, new), truth) == expected


def test_a_body_in_another_encoding_is_refused(truth: Truth) -> None:
    plain = json.dumps(json.loads(truth.bodies["kpi"]), ensure_ascii=False)
    found = {code: verdict("kpi", plain.encode(code), truth) for code in ("utf-8", *ENCODINGS)}
    assert found == {"utf-8": "exact", **dict.fromkeys(ENCODINGS, "refused")}


def test_a_cell_that_is_both_deleted_and_not_is_refused_whatever_the_order(truth: Truth) -> None:
    def both(found: list[Any], *, first: bool) -> None:
        gone = [cell | {"isdeleted": True, "value": None} for cell in found[0]["values"]]
        found.insert(0 if first else len(found), found[0] | {"values": gone})

    for first in (True, False):
        body = rows(truth.bodies["data"], lambda found, first=first: both(found, first=first))
        with pytest.raises(KoladaError, match=r"cell två gånger, olika: .*borttagen"):
            truth.read("data", body)


# --- positive controls: a decoder that misreads is caught ----------------------------------------


def first_cell_only(patch: pytest.MonkeyPatch) -> None:
    read = columns._cells

    def first(found: Any, *more: Any) -> columns.Cells:
        return read([msgspec.structs.replace(row, values=row.values[:1]) for row in found], *more)

    patch.setattr(columns, "_cells", first)


def null_is_zero(patch: pytest.MonkeyPatch) -> None:
    read = columns._cells

    def zeroed(found: Any, *more: Any) -> columns.Cells:
        told = read(found, *more)
        return replace(told, value=np.nan_to_num(told.value))

    patch.setattr(columns, "_cells", zeroed)


def deleted_is_alive(patch: pytest.MonkeyPatch) -> None:
    read = columns._cells

    def alive(found: Any, *more: Any) -> columns.Cells:
        told = read(found, *more)
        return replace(told, deleted=np.zeros_like(told.deleted))

    patch.setattr(columns, "_cells", alive)


def text_is_number(patch: pytest.MonkeyPatch) -> None:
    lax = msgspec.json.Decoder(pages.Envelope[columns._AreaRow], strict=False)
    patch.setattr(columns, "_AREA_ROWS", lax)


def count_is_nothing(patch: pytest.MonkeyPatch) -> None:
    def page(body: bytes, decoder: Any) -> pages.Page[Any]:
        try:
            read = decoder.decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as fault:
            raise pages.BrokenPage("oläsbar JSON") from fault
        return pages.Page(read.values, len(read.values), read.next_url)

    patch.setattr(pages, "read", page)


def last_value_wins(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(observations, "_refuse_conflicts", lambda *_: None)


def bad_letters_replaced(patch: pytest.MonkeyPatch) -> None:
    read = pages.read
    patch.setattr(
        pages, "read", lambda body, how: read(body.decode(errors="replace").encode(), how)
    )


def no_explanation(patch: pytest.MonkeyPatch) -> None:
    """Let a broken page be a fault of the program's own, with a traceback."""
    patch.setattr(pages, "_explained", lambda _, fault: ValueError(str(fault)))


def many_verdicts(kind: str, truth: Truth) -> None:
    for seed in range(2000):
        verdict(kind, mutated(truth.bodies[kind], seed), truth)


@pytest.mark.parametrize(
    "misread",
    [
        *(first_cell_only, null_is_zero, deleted_is_alive, text_is_number, count_is_nothing),
        *(last_value_wins, bad_letters_replaced, no_explanation),
    ],
)
def test_control_a_decoder_that_misreads_is_caught(
    misread: Callable[[pytest.MonkeyPatch], None], truth: Truth, monkeypatch: pytest.MonkeyPatch
) -> None:
    misread(monkeypatch)
    with pytest.raises((AssertionError, ValueError)):
        many_verdicts("data", truth)
