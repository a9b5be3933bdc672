"""Where a report's printed numbers come from: each in the prose is looked for in data.json."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import takewhile
from typing import Any

from bs4 import BeautifulSoup, Tag

from malstyr_lib import kpi_title
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
    (r"minst 5 mätningar i rad", "how many reds in a row a heatmap tells of"),
    (r"av 12 månader", "the months of a year"),
    (r"av minst \d+", "the fewest that the method asks for"),
    (r"senaste 12 månader", "the months of a year"),
    (r"mer än (?:20|100) år", "the longest time that the method tells"),
    (r"dumma frågan nummer 28: .*", "how a weight is counted, with the weights chosen"),
    (r"\b\d{8}T\d{6}Z-\w+|malstyr \d[\d.]*|https?://\S+", "names of what the report rests on"),
)
"""The numbers of the prose that are no figures, and why."""
SINGLE = (
    *("now", "trends", "moves", "changes", "certainties", "agreements", "mobility", "times"),
    *("usual", "runs", "gender_gaps", "changes_beside", "activities", "publication", "turned"),
    *("counted", "spells"),
)
"""The findings with one row per KPI, which the answers about it are written from."""


NEAR = (
    *("now", "counts", "groups", "breaks", "turned", "latest", "notes", "kpis", "known", "so_far"),
    *("targets", "expectations", "agreements", "weights", "became_red", "blind_spots", "coming"),
    *("slopes", "raised", "agenda", "own_standings", "own_parts", "compared", "beside_kolada"),
    "beside_usual",
)
"""The findings that what is said of a KPI or an own measure may rest on."""
YEARLY = ("now", "counts", "groups", "breaks", "turned")
"""Those of them of which only the year that the report shows counts."""


@dataclass(frozen=True)
class Saying:
    """A piece of prose with the KPI or own measure that it is about, as its place says.

    table: the caption of its table or picture. context: its words and those around that may name a
    committee.
    """

    words: str
    about: frozenset[str]
    section: str
    place: str
    table: str = ""
    context: str = ""


@dataclass(frozen=True)
class Found:
    """A printed number and where it was found: record, kpi, report, elsewhere or nowhere."""

    number: str
    saying: Saying
    where: str
    percent: bool = False
    at: int = 0


def sayings(page: str) -> Iterator[Saying]:
    """Every paragraph, list item, note, cell of words, caption and alt text of a page."""
    main = BeautifulSoup(page, "html.parser").main
    assert main is not None
    portrait, section, heading = frozenset[str](), "", ""
    for one in main.find_all(["h1", "h2", "h3", "h4", "p", "li", "td", "th", "caption", "img"]):
        words = str(one["alt"]) if one.name == "img" else one.get_text()
        if one.name in ("h2", "h3", "h4"):
            portrait, heading = frozenset([*KPI.findall(words), str(one.get("id"))]), words
            section = words if one.name == "h2" else section
        if one.find_parent("nav") or (one.find("data") and one.name == "td"):
            continue
        beside = _row(one) if one.name in ("td", "th") else words
        named = frozenset(KPI.findall(beside))
        about = portrait if KPI.search(heading) or not named else named
        yield Saying(words, about, section, one.name, _caption(one), f"{heading} {beside}")


def _row(cell: Tag) -> str:
    row = cell.find_parent("tr")
    return row.get_text(" ") if row else ""


def _caption(one: Tag) -> str:
    """The caption of the table that a cell stands in, or of a picture."""
    around = one.find_parent(["table", "figure"])
    caption = around.find(["caption", "figcaption"]) if around else None
    return caption.get_text() if caption else ""


def written(model: SteeringModel) -> list[str]:
    """What people have written in the parameters, as far as there is a number in it.

    Without its last full stop, which a sentence around it may leave out.
    """
    told: set[str] = set()
    _texts(vars(model), told)
    told = {one.removesuffix(".") for one in told}
    return sorted(one for one in told if re.search(r"\d", one) and re.search(r"[a-zåäö]{2}", one))


def _texts(one: Any, told: set[str]) -> None:
    if isinstance(one, str):
        told |= {one, " ".join(one.split()), *one.split(". ")}
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

    def __init__(self, data: dict[str, Any], model: SteeringModel) -> None:
        self.own_words = written(model)
        spots = data["findings"].get("blind_spots", [])
        self.titles = {kpi.id: kpi.title for kpi in model.kpis}
        self.titles |= {one["kpi"]: " ".join(one["title"].split()) for one in spots}
        self._read: dict[str, list[tuple[int, int, list[dict[str, Any]]]]] = {}
        self._nearby: dict[Saying, list[dict[str, Any]]] = {}
        self.measures = {one.id for one in model.measures}
        self.scopes = {
            **{name: one.slug for one in model.committees for name in (one.code, one.name)},
            **{one.name: f"perspektiv {one.id}" for one in model.perspectives},
            **{one.id: one.id for one in model.council_goals},
            **{name: name.casefold() for name in ("Finansiella mål", "Verksamhetsmål")},
            **{name: name for name in ("finansiella mål", "verksamhetsmål")},
        }
        self.found = {"figures": data["figures"], **data["findings"], "report": [data["report"]]}
        now = {one["kpi"]: one["period"] for one in self.found.get("now", [])}
        self.found["turned"] = [
            one for one in self.found.get("shifts", []) if one["period"] == now[one["kpi"]]
        ]
        self.now = now
        self.every = [one for rows in self.found.values() for one in rows]
        self.report = [
            one
            for name, rows in self.found.items()
            for one in rows
            if name in ("waiting", "shared") or (name != "figures" and not _about(one))
        ]
        self.texts: dict[str, list[dict[str, Any]]] = {}
        for name, rows in self.found.items():
            for one in rows:
                for key in ("reason", "svar", "varfor", "why"):
                    if one.get(key):
                        told = self.texts.setdefault(str(one[key]).casefold(), [])
                        told += [one, *self._beside(name, one)]

    def _beside(self, name: str, one: dict[str, Any]) -> list[dict[str, Any]]:
        """The records that hold the numbers of a record's words, beside itself."""
        answers = [("answer_figures", ("kpi", "question")), *((n, ("kpi",)) for n in SINGLE)]
        beside = {
            "answers": answers,
            "raised": [*answers, ("breaks", ("kpi",))],
            "questions": [(n, ()) for n in (*SINGLE, "amounts")],
            "beside_kolada": [("beside_usual", ("measure",))],
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
        for number, percent, at in self._numbers(saying.words):
            where = self.where(saying, number, percent, at)
            yield Found(number, saying, where, percent, at)

    def _numbers(self, words: str) -> Iterator[tuple[str, bool, int]]:
        others = [*_spans(words, self.own_words), *self._titled(words)]
        others += [one.span() for pattern, _ in ALLOWED for one in re.finditer(pattern, words)]
        for found in NUMBER.finditer(words):
            if not any(start <= found.start() < end for start, end in others):
                percent = bool(PERCENT.match(words[found.end() :]))
                yield found[0], percent, found.start()

    def _titled(self, words: str) -> Iterator[tuple[int, int]]:
        """Where in a text the beginnings of KPIs' titles stand, and of own words that are cut."""
        for title in (*self.titles.values(), *(self.own_words if "…" in words else ())):
            for start, end in _spans(words, [title[:20]]):
                pairs = zip(title, words[start:], strict=False)
                same = [*takewhile(lambda pair: pair[0] == pair[1], pairs)]
                yield start, max(end, start + len(same))

    def where(self, saying: Saying, number: str, percent: bool, at: int) -> str:
        """Where a number of a saying is found: record, near, kpi, elsewhere or nowhere."""
        reasons = [span for span in self._reasons(saying.words) if span[0] <= at < span[1]]
        first = [one for *_, records in reasons for one in records]
        pools = [
            ("record", first) if reasons else ("near", self._near(saying)),
            ("kpi", self._of(self._about(saying))),
            ("elsewhere", self.every),
        ]
        held = (name for name, pool in pools if _holds(pool, number, percent=percent))
        return next(held, "nowhere")

    def _of(self, about: frozenset[str]) -> Iterator[dict[str, Any]]:
        """Every record of what is named."""
        return (one for one in self.every if _about(one) & about)

    def _reasons(self, words: str) -> list[tuple[int, int, list[dict[str, Any]]]]:
        """Where in a text the reasons of records stand, and what each rests on."""
        if words not in self._read:
            told = words.casefold()
            self._read[words] = [
                (start, end, records)
                for text, records in self.texts.items()
                for start, end in _spans(told, [text])
            ]
        return self._read[words]

    def _near(self, saying: Saying) -> list[dict[str, Any]]:
        """The scores that the report shows of what is named, and the figures beside."""
        if saying not in self._nearby:
            self._nearby[saying] = self._found_near(saying)
        return self._nearby[saying]

    def _found_near(self, saying: Saying) -> list[dict[str, Any]]:
        titled = frozenset() if self._about(saying) else self._titled_of(saying)
        about = self._about(saying) or titled
        shown = [one for one in self.found["figures"] if one["table"] == saying.table != ""]
        if not about:
            pictured = saying.place == "img"
            columns = [one for one in shown if pictured or one["column"] == saying.words]
            return self._of_report(saying) + _periods(columns)
        near = [
            one
            for name in NEAR
            for one in self.found.get(name, [])
            if self._is_of(about, name, one)
        ]
        near += [
            one
            for one in self.found["figures"]
            if _about(one) & about and one["section"] == saying.section
        ]
        near += self.found["report"]  # its year
        near += [{"ended": kpi_title.ended_year(self.titles.get(one, ""))} for one in about]
        if re.match(r"\d{4}(?:, \d{4})*(?: och \d{4})?: ", saying.words):
            rows = [one for one in self.found.get("scores", []) if _about(one) & about]
            near += _periods(one for one in rows if one["colour"] == "grey")
        near += [one for one in self.found.get("times", []) if _about(one) & titled]
        if saying.place == "img":
            near += self._of_report(saying) + _periods(shown) + self._ends(about)
        return near

    def _ends(self, about: frozenset[str]) -> list[dict[str, Any]]:
        """The first and the last of the values that a picture of a unit's sheet shows."""
        series = [one for one in self.found.get("series", []) if one["own"] is not None]
        every = [[one for one in series if one["kpi"] == kpi] for kpi in about]
        return [one for rows in every for one in (*rows[:1], *rows[-1:])]

    def _about(self, saying: Saying) -> frozenset[str]:
        """The KPIs and own measures that are named, or that the heading is of."""
        return frozenset(one for one in saying.about if KPI.fullmatch(one) or one in self.measures)

    def _is_of(self, about: frozenset[str], table: str, one: dict[str, Any]) -> bool:
        """Whether a record is of what is named, in the year that the report shows of it."""
        return any(
            table not in YEARLY or one["period"] in (self.now.get(kpi), None)
            for kpi in _about(one) & about
        )

    def _titled_of(self, saying: Saying) -> frozenset[str]:
        """The KPIs of a picture, or whose titles are cut, by the titles' beginnings."""
        if saying.place != "img" and "…" not in saying.words:
            return frozenset()
        return frozenset(kpi for kpi in self.now if self.titles[kpi][:20] in saying.words)

    def _of_report(self, saying: Saying) -> list[dict[str, Any]]:
        """What is of no KPI; of one committee, perspective or goal only where that is named."""
        named = {scope for name, scope in self.scopes.items() if _named(name, saying.context)}
        mine = named | {"", "alla", *(str(one.get("slug")) for one in self.found["report"])}
        return [one for one in self.report if self._scope(one) in mine]

    def _scope(self, one: dict[str, Any]) -> str:
        """Which committee, perspective or goal a record is of."""
        told = next((one[name] for name in ("whose", "committee", "group") if one.get(name)), "")
        return self.scopes.get(told, "" if told == "Hela kommunen" else str(told))


def _spans(words: str, parts: Iterable[str]) -> Iterator[tuple[int, int]]:
    """Where in a text each of some parts stands."""
    for part in parts:
        start = words.find(part)
        while start >= 0:
            yield start, start + len(part)
            start = words.find(part, start + 1)


def _about(record: dict[str, Any]) -> frozenset[str]:
    """The KPIs or the own measure that a record is of."""
    told = (record.get("kpi"), record.get("kpis"), record.get("measure"))
    return frozenset(name for one in told if isinstance(one, str) for name in one.split())


def _named(name: str, words: str) -> bool:
    """Whether a name begins a word of a text: Bildningsnämnden in Bildningsnämndens."""
    return re.search(rf"(?<!\w){re.escape(name)}", words) is not None


def _periods(records: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The years alone of some records."""
    return [{"period": one["period"]} for one in records]


def _holds(pool: Iterable[dict[str, Any]], number: str, *, percent: bool) -> bool:
    return any(rounds(value, number, percent=percent) for one in pool for value in _values(one))


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
    sizes = [abs(float(value)), *([float(100 * abs(value))] if percent else [])]
    near = [one for one in sizes if abs(one - float(shown)) <= step]
    return any(Decimal(repr(one)).quantize(step, rounding=ROUND_HALF_UP) == shown for one in near)
