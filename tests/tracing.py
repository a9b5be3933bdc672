"""Where a report's printed numbers come from: each in the prose is looked for in data.json."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from bs4 import BeautifulSoup, Tag

from malstyr_lib.model import SteeringModel

MONTHS = "januari|februari|mars|april|maj|juni|juli|augusti|september|oktober|november|december"
NUMBER = re.compile(r"(?<![\w,])\d{1,3}(?:\u00a0\d{3})+(?:,\d+)?|(?<![\w])\d+(?:,\d+)?")
PERCENT = re.compile(r"\A(?:[–-]\d+(?:,\d+)?| och \d+(?:,\d+)?)?\u00a0?\s?%")
KPI = re.compile(r"\b[NU]\d{5}\b")

ALLOWED = (
    (r"\bsteg \d+", "a step of the report itself"),
    (rf"\b\d{{1,2}} (?:{MONTHS}) \d{{4}}", "a day, of the params or of the fetch"),
    (rf"(?:{MONTHS})(?: \d{{4}})?–(?:{MONTHS}) \d{{4}}|(?:{MONTHS}) \d{{4}}", "a span of months"),
    (r"\b[A-ZÅÄÖ]{1,5}(?:-[A-ZÅÄÖ]+)*-?\d+[a-z]?\b", "the id of a KPI, a goal, an activity"),
    (r"\binom [1235] år\b", "the spans that the method asks of (1, 2, 3 and 5 years)"),
    (r"\A\d{1,2}\.? (?=[A-ZÅÄÖ])", "the number of a step or a question"),
    (r"Ögonblicksbild: \S+|malstyr \d[\d.]*|https?://\S+", "names of what the report rests on"),
)
"""The numbers of the prose that are no figures, and why."""
SINGLE = (
    *("now", "trends", "moves", "changes", "certainties", "agreements", "mobility", "times"),
    *("usual", "runs", "gender_gaps", "changes_beside", "activities", "publication", "turned"),
)
"""The findings with one row per KPI, which the answers about it are written from."""


@dataclass(frozen=True)
class Saying:
    """A piece of prose with the KPI that it is about, as far as its place says so."""

    words: str
    kpis: frozenset[str]
    section: str
    place: str


@dataclass(frozen=True)
class Found:
    """A printed number and where it was found: record, kpi, report, elsewhere or nowhere."""

    number: str
    saying: Saying
    where: str
    percent: bool = False
    at: int = 0
    words: str = ""


def sayings(page: str) -> Iterator[Saying]:
    """Every paragraph, list item, note, cell of words, caption and alt text of a page."""
    main = BeautifulSoup(page, "html.parser").main
    assert main is not None
    portrait, section = frozenset[str](), ""
    for one in main.find_all(["h1", "h2", "h3", "h4", "p", "li", "td", "th", "caption", "img"]):
        words = str(one["alt"]) if one.name == "img" else one.get_text()
        if one.name in ("h2", "h3", "h4"):
            portrait = frozenset(KPI.findall(words))
            section = words if one.name == "h2" else section
        if one.find_parent("nav") or (one.find("data") and one.name == "td"):
            continue
        named = frozenset(KPI.findall(_row(one) if one.name in ("td", "th") else words))
        yield Saying(words, portrait or named, section, one.name)


def _row(cell: Tag) -> str:
    row = cell.find_parent("tr")
    return row.get_text(" ") if row else ""


def written(model: SteeringModel) -> list[str]:
    """What people have written in the parameters, as far as there is a number in it."""
    told: set[str] = set()
    _texts(vars(model), told)
    return sorted(one for one in told if re.search(r"\d", one) and re.search(r"[a-zåäö]{2}", one))


def _texts(one: Any, told: set[str]) -> None:
    if isinstance(one, str):
        told |= {one, " ".join(one.split())}
    elif isinstance(one, dict):
        _texts(list(one.values()), told)
    elif isinstance(one, list | tuple | frozenset | set):
        for part in one:
            _texts(part, told)
    elif hasattr(one, "__dataclass_fields__"):
        _texts({name: getattr(one, name) for name in one.__dataclass_fields__}, told)
    elif hasattr(type(one), "model_fields"):
        _texts({name: getattr(one, name) for name in type(one).model_fields}, told)


class Tracer:
    """data.json, asked for one printed number at a time."""

    def __init__(self, data: dict[str, Any], own_words: Sequence[str]) -> None:
        self.own_words = own_words
        self.found = {"figures": data["figures"], **data["findings"], "report": [data["report"]]}
        now = {one["kpi"]: one["period"] for one in self.found["now"]}
        self.found["turned"] = [
            one for one in self.found["shifts"] if one["period"] == now[one["kpi"]]
        ]
        self.every = [one for rows in self.found.values() for one in rows]
        self.report = [
            one
            for name, rows in self.found.items()
            for one in rows
            if name != "figures" and not one.get("kpi")
        ]
        self.texts = [
            (str(one[key]).casefold(), [one, *self._beside(name, one)])
            for name, rows in self.found.items()
            for one in rows
            for key in ("reason", "svar", "varfor", "why")
            if one.get(key)
        ]

    def _beside(self, name: str, one: dict[str, Any]) -> list[dict[str, Any]]:
        """The records that hold the numbers of a record's words, beside itself."""
        beside = {
            "answers": [("answer_figures", ("kpi", "question")), *((n, ("kpi",)) for n in SINGLE)],
            "now": [("counts", ("kpi", "period"))],
            "expected": [("reds", ())],
        }.get(name, [])
        return [
            other
            for table, keys in beside
            for other in self.found.get(table, [])
            if all(other[key] == one[key] for key in keys)
        ]

    def traced(self, saying: Saying) -> Iterator[Found]:
        """Every number of a saying with where it was found."""
        for number, percent, at, words in self._numbers(saying.words):
            where = self.where(saying, number, percent, at, words)
            yield Found(number, saying, where, percent, at, words)

    def _numbers(self, words: str) -> Iterator[tuple[str, bool, int, str]]:
        others = [*_spans(words, self.own_words)]
        others += [one.span() for pattern, _ in ALLOWED for one in re.finditer(pattern, words)]
        for found in NUMBER.finditer(words):
            if not any(start <= found.start() < end for start, end in others):
                percent = bool(PERCENT.match(words[found.end() :]))
                yield found[0], percent, found.start(), words

    def where(self, saying: Saying, number: str, percent: bool, at: int, words: str) -> str:
        told = words.casefold()
        spans = [
            records
            for text, records in self.texts
            if any(start <= at < end for start, end in _spans(told, [text]))
        ]
        if spans:
            pool = [one for records in spans for one in records]
            return self._in([("record", pool)], number, percent) or self._rest(
                saying, number, percent
            )
        return self._in([("near", self._near(saying))], number, percent) or self._rest(
            saying, number, percent
        )

    def _near(self, saying: Saying) -> list[dict[str, Any]]:
        """The scores that the report shows of the KPIs named, and the figures beside."""
        if not saying.kpis:
            return self.report
        now = {one["kpi"]: one["period"] for one in self.found["now"]}
        mine = [
            one
            for name in ("now", "counts", "groups", "breaks", "turned", "latest", "notes")
            for one in self.found.get(name, [])
            if one["kpi"] in saying.kpis
            and (name in ("latest", "notes") or one["period"] in (now.get(one["kpi"]), None))
        ]
        return mine + [
            one
            for one in self.found["figures"]
            if one["kpi"] in saying.kpis and one["section"] == saying.section
        ]

    def _rest(self, saying: Saying, number: str, percent: bool) -> str:
        mine = [one for one in self.every if one.get("kpi") in saying.kpis]
        pools = [("kpi", mine), ("elsewhere", self.every)]
        return self._in(pools, number, percent) or "nowhere"

    @staticmethod
    def _in(pools: Iterable[tuple[str, list[dict[str, Any]]]], number: str, percent: bool) -> str:
        return next(
            (where for where, pool in pools if any(_holds(one, number, percent) for one in pool)),
            "",
        )


def _spans(words: str, parts: Iterable[str]) -> Iterator[tuple[int, int]]:
    """Where in a text each of some parts stands."""
    for part in parts:
        start = words.find(part)
        while start >= 0:
            yield start, start + len(part)
            start = words.find(part, start + 1)


def _holds(record: dict[str, Any], number: str, percent: bool) -> bool:
    return any(rounds(value, number, percent=percent) for value in _values(record))


def _values(record: dict[str, Any]) -> Iterable[float]:
    return (
        value
        for value in record.values()
        if isinstance(value, int | float) and not isinstance(value, bool)
    )


def rounds(value: float, number: str, *, percent: bool = False) -> bool:
    """Whether a value, sign aside, is written so when it is rounded half away from zero."""
    decimals = len(number.partition(",")[2])
    shown = Decimal(number.replace("\u00a0", "").replace(",", "."))
    step = Decimal(1).scaleb(-decimals)
    sizes = [Decimal(repr(abs(float(value))))]
    sizes += [Decimal(repr(float(100 * abs(value))))] if percent else []
    return any(one.quantize(step, rounding=ROUND_HALF_UP) == shown for one in sizes)
