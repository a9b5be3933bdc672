"""Other municipalities' reports: a folder each, with the own parameters as the pattern."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from malstyr_lib import markup, params, tables, text
from malstyr_lib.batch.planning import Home, Wanted, jobs
from malstyr_lib.disk import put
from malstyr_lib.errors import UsageError
from malstyr_lib.manifest import LIST
from malstyr_lib.params import scaffold
from malstyr_lib.report.frame import plain_page
from malstyr_lib.store import Store
from malstyr_lib.workspace import PARAMS, Workspace

ALL: Final = "alla"
FOLDER: Final = "kommuner"
"""The folder in output in which every other municipality has one of its own."""


def codes(asked: str, place: Workspace) -> list[str]:
    """Return the codes of the municipalities that are asked for, each once.

    asked: "alla", a file with a code or name on each line, or codes and names with commas between.
    UsageError with every one that there is none of in the newest snapshot.
    """
    areas = Store(place.store).open().municipalities
    ids = tables.municipalities_only(areas)
    if asked.strip().casefold() == ALL:
        return list(ids)
    named = dict(zip(areas["title"].str.casefold(), areas["id"], strict=True))
    words = [*_words(asked)]
    found = [word if word in ids else named.get(word.casefold(), "") for word in words]
    unknown = [word for word, code in zip(words, found, strict=True) if code not in ids]
    if unknown or not found:
        raise UsageError(_unknown(unknown, asked, [*areas["title"]]))
    return list(dict.fromkeys(found))


def _words(asked: str) -> Iterator[str]:
    """Yield the codes and names of a file, or of the words themselves."""
    path = Path(asked)
    given = path.read_text(encoding="utf-8-sig").splitlines() if path.is_file() else [asked]
    for line in given:
        for word in line.partition("#")[0].replace(";", ",").split(","):
            if word.strip():
                yield word.strip()


def _unknown(words: Sequence[str], asked: str, names: Sequence[str]) -> str:
    if not words:
        return f"Det står ingen kommun i {asked}. Skriv en kod eller ett namn på varje rad."
    near = text.did_you_mean(words[0], names) or (
        ". Skriv koder eller namn, en fil med dem, eller alla."
    )
    quoted = [f"'{word}'" for word in words]
    return f"Det finns ingen kommun {text.listing(quoted)} bland de hämtade{near}"


def homes(found: Sequence[str], place: Workspace) -> list[Home]:
    """Return the municipalities with a folder each in output, made the first time it is asked for.

    The goals, committees and KPIs of the own parameters are the pattern; activities, notes,
    questions and own measures are the own municipality's, and left out. What lies in a folder from
    before is used as it is.
    """
    areas = Store(place.store).open().municipalities
    return [_home(code, scaffold.name_of(code, areas) or code, place) for code in found]


def _home(code: str, name: str, place: Workspace) -> Home:
    folder = place.output / FOLDER / code
    if not (folder / PARAMS).exists():
        scaffold.municipality(folder, code=code, name=name, source=place.params)
    own = Workspace(folder / PARAMS, place.store, folder)
    return Home(params.load(own.params), own)


def able(found: Sequence[Home], wanted: Wanted) -> tuple[list[Home], list[str]]:
    """Return the municipalities whose reports can be made, and why each of the others' can't.

    The first one's UsageError when there is none left, as when it is the same for all.
    """
    left: list[Home] = []
    why: list[UsageError] = []
    for home in found:
        try:
            jobs(home.model, home.place, wanted)
        except UsageError as error:
            why.append(UsageError(f"{home.model.municipality.name}: {error}"))
        else:
            left.append(home)
    if not left:
        raise why[0]
    return left, [str(one) for one in why]


def listed(found: Sequence[Home], place: Workspace) -> Path:
    """Write the page that leads to each municipality's list of reports; return where it lies.

    Those that have a list from before stand there too, by their names in the newest snapshot.
    """
    names = {home.model.municipality.code: home.model.municipality.name for home in found}
    areas = Store(place.store).open().municipalities
    titles = dict(zip(areas["id"], areas["title"], strict=True))
    there = [path.parent.name for path in (place.output / FOLDER).glob(f"*/{LIST}")]
    named = {code: names.get(code) or titles.get(code, code) for code in there}
    links = [
        markup.link(f"{code}/{LIST}", name)
        for code, name in sorted(named.items(), key=lambda one: one[::-1])
    ]
    content = markup.joined([markup.heading(1, "Kommuner"), markup.listed(links, "kommuner")])
    exercise = all(tables.is_exercise([code]) for code in named)
    page = plain_page(content, title="Kommuner", exercise=exercise)
    put(place.output / FOLDER, {LIST: page})
    return place.output / FOLDER / LIST
