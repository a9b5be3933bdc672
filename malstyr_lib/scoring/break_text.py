"""What a KPI's title and description say of breaks in its series, and from which year.

The wordings are those of Kolada's catalogue of March 2026. Docs: docs/metod.md section 8.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from malstyr_lib.scoring.breaks import Break
from malstyr_lib.scoring.sentences import quote, sentences

_YEAR: Final = (
    r"(?:den\s+)?(?:(?:läsår|inkomstår|kalenderår|år)(?:et|en)?\s+)?"
    r"(?P<year>(?:19|20)\d\d)\b(?P<school>/\d{2,4})?(?!\s?[-–]\s?\d)"
)
_FROM: Final = (
    r"(?:(?<!resultatet )\bfrån(?:\s+och\s+med)?|\bf(?:r\.?)?\s?\.?o\.?\s?m\.?|\bsedan)\s+"
)
_UNTIL: Final = r"(?:\bfram\s?till(?:\s+och\s+med)?|\btill\s+och\s+med|\bt\.?\s?o\.?\s?m\.?)\s+"
_WAS: Final = r"(?:avs|ingick|redovisades|exkluderades|användes|mättes|beräknades|räknades|var\b)"
_IS: Final = r"(?:avse|avså|ingick|hämta|använd|ställdes|är\b)"


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_STARTS_THEN: Final = (
    _words(_FROM + _YEAR),
    _words(rf"\b(?:innan|före)\s+{_YEAR}\s+(?:\w+\s+)?{_WAS}"),
    _words(rf"{_YEAR}\s+och\s+efter\b"),
    _words(rf"\b(?P<year>(?:19|20)\d\d)(?P<school>)[-–](?:19|20)\d\d\s+(?:så\s+)?{_IS}"),
)
"""Words whose year is the first one of what is new."""
_ENDS_THEN: Final = (
    _words(_UNTIL + _YEAR),
    _words(rf"{_YEAR}\s+och\s+(?:tidigare|bakåt)\b(?!\s+år)"),
    _words(rf"(?<=\d\d[-–]){_YEAR}\s+(?:så\s+)?{_IS}"),
)
"""Words whose year is the last one of what was before."""
_ONLY_THEN: Final = _words(rf"{_YEAR}\s+exkludera(?:de)?s\b")
"""Words whose year differs both from those before and from those after it."""
_REVISED_BACK: Final = _words(rf"\breviderats\s+från\s+{_YEAR}")
"""Words that place the break of a revised series, whatever other years the sentence names."""

_METHOD: Final = r"\w*(?:definition|metod|modell|redovisningsprincip|avgränsning)\w*"
_IN_TIME: Final = (
    r"(?:tidigare\s+(?:år|mät|resultat|undersök|uppgift|värde)|föregående år|andra år|över tid"
    r"|mellan\s+(?:åren|(?:19|20)\d\d)|(?:mot|med|för|nivå)\s+(?:år\s+)?(?:19|20)\d\d|tidsserie)"
)
_CHANGE: Final = _words(
    rf"\b(?:ny(?:a|tt)?|(?:för)?ändra(?:[dt]e?|des|ts)|reviderad\w*|gamla|tidigare)\s+{_METHOD}"
    r"|\b(?:metod|definitions)(?:för)?ändring|\bpå (?:ett )?nytt sätt\b|\bny beräkning"
    r"|\b(?:ändring|förändring|skillnad)(?:ar)?\s+(?:i|av)\s+(?:de(?:n|t)?\s+)?(?:\w+\s+)?"
    rf"(?:{_METHOD}|nyckeltalen)"
    rf"|\b{_METHOD}[^.]{{0,70}}\b(?:(?:för|upp)?ändra|uppdatera)(?:ts|t|des|de|d)\b"
    r"|\benkäten gjordes om\b|\bhar ändrats och kan påverka\b|\bår (?:19|20)\d\d ersattes\b"
    r"|\btrendbrott|\btidsseriebrott|\bbrott i (?:tids)?serien"
    rf"|\b(?:inte|ej)\s+(?:\w+\s+)?jämförbar(?=.*{_IN_TIME})"
    rf"|{_IN_TIME}.*\b(?:inte|ej)\s+(?:\w+\s+)?jämförbar"
    r"|\bpåverkar?\s+(?:jämförbarhet|jämförelse|tidsserie)\w*"
    rf"|\bjämförelser?\b(?=.*{_IN_TIME})(?=.*(?:försiktig|varsam|missvisande|vansklig|besvärlig))"
)
"""Words of a change, placed in the year that the sentence names, if it does."""

_NO_CHANGE: Final = _words(
    r"\bersätt(?:er|s)\b|\bmellan (?:alla )?kommuner|\bpublicera|\bvart(?:annat|\s\w+)\s+år\b"
    r"|\bolika nyckeltal|\bnyckeltalen är inte|\brevideras\b|\bkan kommuner\b|\bny lag\b"
)
"""Words of sentences on how often, when and under which id a KPI is published, or on the law."""
_ONLY_A_START: Final = _words(
    rf"^\W*(?:data|uppgift(?:er)?|statistik|värden|mätning\w*|(?:nytt )?nyckeltal\w*)\b"
    rf"(?:\s+(?:finns|redovisas|samlas in|mäts))?\s+{_FROM}{_YEAR}\W*$"
)
_FOLLOWS: Final = _words(r"\b(?:därför|därmed|detta)\b")
"""Words by which a sentence speaks of the one before it."""
_ANY_YEAR: Final = _words(r"\b(?:19|20)\d\d\b")


@dataclass(frozen=True)
class _Said:
    """A sentence that tells of a break, the years of it, none when it names none."""

    quote: str
    years: tuple[int, ...]


def text_breaks(kpi: str, title: str, description: str, periods: Sequence[int]) -> list[Break]:
    """Return the breaks that the title and the description tell of, one a year, the undated last.

    periods: the years in which the KPI has values. A year up to the first of them, or after the
    last, is no break in the series. "från och med 2019" is a break in 2019 and "till och med 2018"
    too; a school year is its later year; "2016 exkluderades" breaks in 2016 and again in 2017.
    When a series starts, how often it is published, that it replaces another KPI and how
    municipalities compare are no breaks. A sentence without a year that says "därför" or "detta"
    has that of the sentence before it, if it names one only; else it is an undated break (period
    None), but only when nothing in the text is dated.
    """
    said = [*_told(title, "titeln"), *_told(description, "beskrivningen")]
    dated: dict[int, Break] = {}
    for reason, years in said:
        for year in years:
            if periods and min(periods) < year <= max(periods):
                dated.setdefault(year, Break(kpi, year, "text", reason))
    if said and not any(years for _, years in said):
        return [Break(kpi, None, "text", said[0][0])]
    return [dated[year] for year in sorted(dated)]


def _told(words: str, where: str) -> list[tuple[str, tuple[int, ...]]]:
    """Return the reason and the years of every sentence that tells of a break."""
    return [(f"{where} säger: ”{one.quote}”", one.years) for one in _sentences_of(words)]


def _sentences_of(words: str) -> Iterator[_Said]:
    """Yield the sentences that tell of a break; one without a year may borrow the one before."""
    before = ""
    for sentence in sentences(words):
        said = _said(sentence)
        if said and not said.years and _FOLLOWS.search(sentence):
            said = _said(before) or _with_year(before) or said
        if said:
            yield said
        before = sentence


def _with_year(sentence: str) -> _Said | None:
    """Return a sentence as telling of a break in the only year that it names, if it does."""
    years = {int(year) for year in _ANY_YEAR.findall(sentence)}
    return _Said(quote(sentence), tuple(years)) if len(years) == 1 else None


def _said(sentence: str) -> _Said | None:
    """Return what a sentence tells of a break by itself, None when it tells of none."""
    if _NO_CHANGE.search(sentence) or _ONLY_A_START.search(sentence):
        return None
    if found := _REVISED_BACK.search(sentence):
        return _Said(_quoted(sentence, [found]), (int(found["year"]),))
    starts = [found for words in _STARTS_THEN for found in words.finditer(sentence)]
    ends = [found for words in _ENDS_THEN for found in words.finditer(sentence)]
    if starts or ends:
        years = {int(found["year"]) + bool(found["school"]) for found in starts}
        years |= {int(found["year"]) + 1 for found in ends}  # a school year's later one too
        return _Said(_quoted(sentence, starts + ends), tuple(sorted(years)))
    if found := _ONLY_THEN.search(sentence):
        return _Said(_quoted(sentence, [found]), (int(found["year"]), int(found["year"]) + 1))
    if found := _CHANGE.search(sentence):
        years = {int(year) for year in _ANY_YEAR.findall(sentence)}
        return _Said(_quoted(sentence, [found]), (max(years),) if years else ())
    return None


def _quoted(sentence: str, found: list[re.Match[str]]) -> str:
    """Return the sentence to quote, with the first of the words found in it."""
    first = min(found, key=lambda match: match.start())
    return quote(sentence, first.start(), first.end())
