"""Reads one YAML file: every value as text, every place by its line, one sentence when it cannot.

Nothing is typed (0114 stays "0114", `no` stays "no") and nothing is executed or expanded: the
parser's events are read directly, and tags, anchors and references are refused.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any, Final, TypeAlias

import yaml
from ruamel.yaml import YAML
from ruamel.yaml import events as pure
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.reader import ReaderError

from malstyr_lib.errors import Problem
from malstyr_lib.params.files import SHUT, Refused, content, decoded, in_sheet, shown

Tree: TypeAlias = "str | list[Tree] | dict[str, Tree]"
Loc: TypeAlias = tuple[int | str, ...]

MAX_DEPTH: Final = 8
MAX_EVENTS: Final = 50_000
_KEPT: Final = 64
"""How many files' documents are kept: parsing is the largest cost of a small report."""

_ODD: Final = re.compile(
    "[^\\n\\x20-\\x7e\\xa0-\\u2027\\u202a-\\ud7ff\\ue000-\\ufefe]|^%", re.MULTILINE
)
"""Signs that the two parsers may take differently: tabs, unusual breaks, directives."""
_ALIAS = (pure.AliasEvent, yaml.AliasEvent)
_MAPPING_END = (pure.MappingEndEvent, yaml.MappingEndEvent)
_SCALAR = (pure.ScalarEvent, yaml.ScalarEvent)
_LIST_END = (pure.SequenceEndEvent, yaml.SequenceEndEvent)
_LIST_START = (pure.SequenceStartEvent, yaml.SequenceStartEvent)
_STREAM_END = (pure.StreamEndEvent, yaml.StreamEndEvent)

_NOT_UTF8 = "filen är inte sparad som UTF-8; välj Spara som och kodningen UTF-8"
_HIDDEN = "ett tecken som inte går att visa; skriv om raden"
_SIGN = "tecknet {} först i en text betyder något särskilt; sätt texten inom citattecken"
_TAB = "raden är indragen med tabb; använd blanksteg"
_COLON = "kolon för mycket eller fel indrag; sätt text med kolon inom citattecken"
_OTHER = "raden går inte att läsa; se över indrag, kolon och citattecken"
_SIGNS = "*, & och ! först i en text betyder något särskilt; sätt texten inom citattecken"
_COMPLAINTS: Final = (  # words in the parser's complaint, whether its start is the place, ours
    ("mapping values are not allowed", False, _COLON),
    ("escape", False, "omvänt snedstreck inom dubbla citattecken; använd enkla citattecken"),
    ("quoted scalar", True, "citattecknet som börjar här avslutas aldrig"),
    ("simple key", True, "raden saknar kolon efter nyckeln"),
    ("flow", True, "klammern som börjar här avslutas inte rätt"),
    ("found character", False, _SIGN),
    ("an alias|an anchor|a tag", False, _SIGNS),
    ("block", False, "indraget stämmer inte med raderna ovanför"),
)


@dataclass(frozen=True)
class Document:
    """One file as read; `tree` is None when it could not be read, and `problems` says why.

    `sheets` and `columns`: where a place is in a workbook, besides its row in `lines`.
    """

    file: str
    tree: Tree | None
    lines: Mapping[Loc, int] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    sheets: Mapping[Loc, str] = field(default_factory=dict)
    columns: Mapping[Loc, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The file's name without its ending: what it defines or belongs to is named as it."""
        return PurePosixPath(self.file).stem

    def problem(self, loc: Loc, text: str) -> Problem:
        """Return a problem at the line of a place, or of the nearest place around it."""
        column = self.columns.get(loc)
        while loc and loc not in self.lines:
            loc = loc[:-1]
        sheet = next(
            (self.sheets[loc[:n]] for n in range(len(loc), 0, -1) if loc[:n] in self.sheets), ""
        )
        file = in_sheet(self.file, sheet)
        return Problem(file, self.lines.get(loc, 0), f"{column}: {text}" if column else text)


def read(folder: Path, file: str) -> Document:
    """Return a file of the params folder as a document; never raises for what it holds."""
    try:
        return _document(file, _content(folder / file))
    except Refused as reason:
        return unread(file, reason)


@lru_cache(maxsize=_KEPT)
def _document(file: str, held: bytes) -> Document:
    """Return a file's content as a document; the same content is not parsed again."""
    try:
        text = decoded(held, _NOT_UTF8)
        return _quickly(file, text) or _Reader(file, text, _events(text)).document()
    except Refused as reason:
        return unread(file, reason)


def _quickly(file: str, content: str) -> Document | None:
    """Return plain content that nothing is wrong with, by the quicker parser; None for any other.

    It complains in other words, and of YAML 1.1; so whatever it complains of is read again.
    """
    if _ODD.search(content.replace("\r\n", "\n")) or not yaml.__with_libyaml__:
        return None
    try:
        found = _Reader(file, content, yaml.parse(content, Loader=yaml.CSafeLoader)).document()
    except (Refused, yaml.YAMLError):
        return None
    return None if found.problems else found


def _events(content: str) -> Iterator[Any]:
    yield from YAML(typ="safe", pure=True).parse(content)


def unread(file: str, reason: Refused) -> Document:
    """Return a file that is not read as a document."""
    return Document(file, None, problems=(reason.problem(file),))


def _content(path: Path) -> bytes:
    try:
        if not path.is_file():
            raise Refused(f"filen saknas{_lookalike(path)}")
    except OSError:
        raise Refused(SHUT) from None
    return content(path)


def _lookalike(path: Path) -> str:
    names = [other.name for other in path.parent.iterdir()]
    near = difflib.get_close_matches(path.name, names, n=1, cutoff=0.8)
    return f"; döp om '{near[0]}' till '{path.name}'" if near else ""


def composed(tree: Tree) -> Tree:
    """Return a tree with every text composed (NFC), as one that is read from a file."""
    if isinstance(tree, dict):
        return {key: composed(value) for key, value in tree.items()}
    if isinstance(tree, list):
        return [composed(value) for value in tree]
    return unicodedata.normalize("NFC", tree)


class _Reader:
    """Builds the tree of one file from the parser's events, noting the line of every place."""

    def __init__(self, file: str, content: str, events: Iterable[Any]) -> None:
        self.file = file
        self.content = content
        self.line = 0
        self.lines: dict[Loc, int] = {}
        self.problems: list[Problem] = []
        self.events = self._counted(events)

    def document(self) -> Document:
        try:
            tree = self._only_document()
        except MarkedYAMLError as error:
            raise _broken(error, self.content) from None
        except ReaderError as error:
            line = self.content.count("\n", 0, error.position) + 1
            raise Refused(_HIDDEN, line) from None
        except (YAMLError, ValueError, OverflowError):
            raise Refused(_HIDDEN, self.line) from None
        return Document(self.file, tree, self.lines, tuple(self.problems))

    def _counted(self, events: Iterable[Any]) -> Iterator[Any]:
        for count, event in enumerate(events):
            self.line = event.start_mark.line + 1
            if count > MAX_EVENTS:
                raise Refused("filen har för många värden; är det rätt fil?", self.line)
            yield event

    def _only_document(self) -> Tree:
        next(self.events)
        if isinstance(next(self.events), _STREAM_END):
            raise Refused("filen är tom")
        tree = self._value(next(self.events), ())
        if tree == "":
            raise Refused("filen är tom")
        next(self.events)
        if not isinstance(next(self.events), _STREAM_END):
            raise Refused("en fil ska vara ett stycke; ta bort raden med ---", self.line)
        return tree

    def _value(self, event: Any, loc: Loc) -> Tree:
        self._refuse_special(event)
        if isinstance(event, _SCALAR):
            return self._text(event)
        if len(loc) >= MAX_DEPTH:
            raise Refused("för många nivåer; se över indragen", self.line)
        return self._list(loc) if isinstance(event, _LIST_START) else self._mapping(loc)

    def _list(self, loc: Loc) -> Tree:
        items: list[Tree] = []
        while not isinstance(event := next(self.events), _LIST_END):
            place = (*loc, len(items))
            self.lines.setdefault(place, self.line)
            items.append(self._value(event, place))
        return items

    def _mapping(self, loc: Loc) -> Tree:
        pairs: dict[str, Tree] = {}
        while not isinstance(event := next(self.events), _MAPPING_END):
            key = self._key(event)
            place, line = (*loc, key), self.line
            first = self.lines.setdefault(place, line)
            value = self._value(next(self.events), place)
            if key in pairs:
                twice = f"nyckeln '{shown(key)}' finns redan på rad {first}; ta bort den ena"
                self.problems.append(Problem(self.file, line, twice))
            pairs.setdefault(key, value)
        return pairs

    def _key(self, event: Any) -> str:
        self._refuse_special(event)
        if not isinstance(event, _SCALAR):
            raise Refused("nyckeln före kolon ska vara ett ord", self.line)
        return self._text(event)

    def _refuse_special(self, event: Any) -> None:
        if isinstance(event, _ALIAS):
            raise Refused(_SIGN.format("*"), self.line)
        if event.anchor:
            raise Refused(_SIGN.format("&"), self.line)
        if event.tag:
            raise Refused(_SIGN.format("!"), self.line)

    def _text(self, event: Any) -> str:
        value = str(event.value)
        if any(unicodedata.category(c) in {"Cc", "Cs"} and c not in "\n\t" for c in value):
            raise Refused(_HIDDEN, self.line)
        return value


def _broken(error: MarkedYAMLError, content: str) -> Refused:
    """Return the parser's complaint as one Swedish sentence at the line to look at."""
    mark = error.problem_mark
    lines = content.splitlines()
    row = lines[mark.line] if mark.line < len(lines) else ""
    if "\t" in row[: len(row) - len(row.lstrip())]:
        return Refused(_TAB, mark.line + 1)
    complaint = f"{error.problem} {error.context}"
    for words, at_start, sentence in _COMPLAINTS:
        if re.search(words, complaint):
            place = (error.context_mark or mark) if at_start else mark
            sign = row[mark.column : mark.column + 1]
            return Refused(sentence.format(sign), min(place.line + 1, len(lines)))
    return Refused(_OTHER, min(mark.line + 1, len(lines)))
