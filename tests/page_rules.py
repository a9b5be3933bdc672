"""What every page has to keep to, as functions: a page in, its faults in words out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Final

import prose
from bs4 import BeautifulSoup, Tag

Rule = Callable[[BeautifulSoup], list[str]]
EXERCISE: Final = "ÖVNINGSDATA – påhittade kommuner och värden"
LEAST_ALT: Final = 60
PLACEHOLDER: Final = re.compile(
    r"(?:bild|figur|diagram|image|picture|plot|chart|alt|todo)?[\s\d.]*|.*\.(?:png|svg|jpe?g)", re.I
)
ADDRESSES: Final = ("src", "href", "action", "srcset", "poster", "data", "formaction", "background")
DEAD: Final = ("script", "iframe", "object", "embed", "link", "base", "applet", "frame", "portal")
SWEDISH: Final = ("red", "yellow", "green", "grey")
TREND: Final = re.compile(
    r"\b(?:(?:har|tycks ha) (?:ökat|minskat|stigit|sjunkit|förbättrats|försämrats)|trend\w*)\b",
    re.I,
)
SPAN: Final = re.compile(r"\b((?:19|20)\d\d)(?:–| till | och )((?:19|20)\d\d)\b")
SHIFT: Final = re.compile(
    r"\b(?:från (?:röd|gul|grön)\w*(?: \d{4})? till (?:röd|gul|grön)|bytte (?:senast )?färg"
    r"|gick från (?:röd|gul|grön))",
    re.I,
)
BASE_RATE: Final = re.compile(r"\bav (?:de )?[\d\u00a0]+ andra|av dem|vanligt samma byte", re.I)
RANKED: Final = re.compile(r"^(?:plats|rang|ranking|placering)\b", re.I)


def read(html: str) -> BeautifulSoup:
    return BeautifulSoup(html, "html.parser")


def words(tag: Tag) -> str:
    return tag.get_text()


# --- how it is built -------------------------------------------------------------------------


def language(page: BeautifulSoup) -> list[str]:
    return [] if page.html and page.html.get("lang") == "sv" else ["språket är inte sv"]


def one_first_heading(page: BeautifulSoup) -> list[str]:
    found = len(page.find_all("h1"))
    return [] if found == 1 else [f"{found} h1"]


def headings_in_order(page: BeautifulSoup) -> list[str]:
    tags = page.find_all(re.compile("^h[1-6]$"))
    levels = [int(tag.name[1]) for tag in tags]
    steps = zip([0, *levels], levels, tags, strict=False)
    return [words(tag) for before, now, tag in steps if now > before + 1 or not words(tag).strip()]


def ids_once(page: BeautifulSoup) -> list[str]:
    found = Counter(tag["id"] for tag in page.find_all(id=True))
    return [str(name) for name, times in found.items() if times > 1]


def links_land(page: BeautifulSoup) -> list[str]:
    ids = {tag["id"] for tag in page.find_all(id=True)}
    inside = [str(tag["href"]) for tag in page.find_all(href=re.compile("^#"))]
    return [link for link in inside if link[1:] not in ids]


def links_named(page: BeautifulSoup) -> list[str]:
    return [str(tag) for tag in page.find_all("a") if not words(tag).strip()]


def pictures_told(page: BeautifulSoup) -> list[str]:
    alts = [(tag, str(tag.get("alt", "")).strip()) for tag in page.find_all("img")]
    short = [f"för kort: {alt}" for _, alt in alts if len(alt) <= LEAST_ALT]
    empty = [f"säger inget: {alt}" for _, alt in alts if PLACEHOLDER.fullmatch(alt)]
    caption = [
        f"är bildtexten: {alt}"
        for tag, alt in alts
        if (figure := tag.find_parent("figure"))
        and (under := figure.find("figcaption"))
        and words(under).strip() == alt
    ]
    times = Counter(alt for _, alt in alts)
    return [*short, *empty, *caption, *(f"två gånger: {alt}" for alt, n in times.items() if n > 1)]


def tables_told(page: BeautifulSoup) -> Iterator[str] | list[str]:
    found = []
    for table in page.find_all("table"):
        caption = table.find("caption")
        if not caption or not words(caption).strip():
            found.append("en tabell utan rubrik")
        found += [f"utan scope: {words(th)}" for th in table.find_all("th") if not th.get("scope")]
        if not table.find("th", scope="col") or not table.find("th", scope="row"):
            found.append("en tabell utan kolumn- eller radhuvud")
    return found


def nothing_from_outside(page: BeautifulSoup) -> list[str]:
    found = [tag.name for tag in page.find_all(DEAD)]
    for tag in page.find_all(True):
        for name, value in tag.attrs.items():
            told = value if isinstance(value, str) else " ".join(value)
            if name.startswith("on") or (name in ADDRESSES and _outside(told)):
                found.append(f"{tag.name} {name}={told[:60]}")
            if name == "style" and "url(" in told:
                found.append(f"{tag.name} style={told[:60]}")
        if tag.name == "meta" and tag.get("http-equiv"):
            found.append(str(tag))
        if tag.name == "style" and re.search(r"url\(|@import", words(tag)):
            found.append("style hämtar")
    return found


def _outside(address: str) -> bool:
    inside = address.startswith(("#", "data:image/png;base64,", "data:image/svg+xml;base64,"))
    return not inside and bool(re.match(r"\s*(?:[a-z][a-z0-9+.-]*:|//)", address, re.I))


def exercise_said(page: BeautifulSoup) -> list[str]:
    band = page.find("header")
    return [] if band and words(band).strip() == EXERCISE else ["inget om att det är övningsdata"]


# --- what it says ----------------------------------------------------------------------------


def blocks(page: BeautifulSoup) -> list[str]:
    """The text of every paragraph, item, cell, caption and heading, each once."""
    names = ("p", "li", "td", "th", "caption", "figcaption", "summary", "h1", "h2", "h3", "h4")
    tags = page.main.find_all(names) if page.main else []
    inner = [tag for tag in tags if not tag.find(names)]
    return [told for tag in inner if (told := words(tag).strip())]


def sentences(page: BeautifulSoup) -> list[str]:
    return [part for block in blocks(page) for part in re.split(r"(?<=[.?]) (?=[A-ZÅÄÖ])", block)]


def well_written(page: BeautifulSoup) -> list[str]:
    """Nothing of `prose.RULES`: no cause, no drama, decimal comma, a true minus, no template."""
    return [
        f"{fault.rule}: {fault.words} i {told[:200]}"
        for told in blocks(page)
        for fault in prose.faults(told.replace("bevisar inte", "visar inte"))
    ]


def whole_sentences(page: BeautifulSoup) -> list[str]:
    """A paragraph is whole sentences, or leads up to what follows it with a colon."""
    tags = page.main.find_all("p") if page.main else []
    told = [words(tag).strip() for tag in tags if "ovning" not in (tag.get("class") or [])]
    return [one for one in told if not re.search(r"[.?:](?:”)?$", one) or not _begins(one)]


def _begins(sentence: str) -> bool:
    return bool(re.match(r"[”A-ZÅÄÖ0-9−+±▼◆▲–✓✗○]", sentence)) or sentence.startswith("malstyr")


def no_trend_on_few_years(page: BeautifulSoup) -> list[str]:
    return [
        one
        for one in sentences(page)
        if TREND.search(one)
        for first, last in SPAN.findall(one)
        if 0 <= int(last) - int(first) <= 3
    ]


def shifts_with_base_rates(page: BeautifulSoup) -> list[str]:
    """What tells of a shift tells how common it was, in the same row or paragraph or the next."""
    tags = page.main.find_all(("tr", "p", "li")) if page.main else []
    told = [" ".join(words(tag).split()) for tag in tags if not tag.find(("tr", "li"))]
    after = [*told[1:], ""]
    return [
        one[:300]
        for one, following in zip(told, after, strict=True)
        if SHIFT.search(one) and not BASE_RATE.search(f"{one} {following}")
    ]


def sources_true(page: BeautifulSoup) -> list[str]:
    """What has been worked on is not told as the publisher's own values."""
    found = []
    for table in page.find_all("table"):
        caption = words(table.caption) if table.caption else ""
        coloured = bool(table.find("td", class_=SWEDISH))
        own = "egen bearbetning" in caption.casefold() or "egna" in caption.casefold()
        if coloured and "Källa:" in caption and not own:
            found.append(caption)
    return found


def nobody_ranked(page: BeautifulSoup) -> list[str]:
    """No table puts municipalities in order of merit."""
    return [
        words(table.caption or table)[:100]
        for table in page.find_all("table")
        if table.find("th", scope="col")
        and words(table.find("th", scope="col")).strip().startswith("Kommun")
        and any(RANKED.match(words(th).strip()) for th in table.find_all("th", scope="col"))
    ]


RULES: Final[dict[str, Rule]] = {
    rule.__name__: rule  # type: ignore[misc, attr-defined]
    for rule in (
        *(language, one_first_heading, headings_in_order, ids_once, links_land, links_named),
        *(pictures_told, tables_told, nothing_from_outside, exercise_said),
        *(well_written, whole_sentences, no_trend_on_few_years, shifts_with_base_rates),
        *(sources_true, nobody_ranked),
    )
}
