"""An answer's files on the page: links that save it as Word and as Excel."""

from __future__ import annotations

import re
from typing import Final

from malstyr_lib import markup, text
from malstyr_lib.face import content
from malstyr_lib.markup import Html
from malstyr_lib.questions import Answer, Case
from malstyr_lib.report import documents

_LETTERS: Final = str.maketrans("åäöé", "aaoe")


def saved(case: Case, found: Answer) -> Html:
    """Return the links that save an answer; each says what kind of file it is and how big."""
    about, exercise = content.about(case), case.setting.exercise
    made = [
        ("Word", "docx", documents.WORD, documents.word(found, about, exercise=exercise)),
        ("Excel", "xlsx", documents.EXCEL, documents.excel(found, about, exercise=exercise)),
    ]
    links = [
        markup.download(
            f"{_named(case, found)}.{ending}",
            data,
            kind,
            f"Hämta svaret som {program} ({ending}, {_size(data)})",
        )
        for program, ending, kind, data in made
    ]
    return markup.joined(
        [markup.listed(links, "filer"), markup.link(f"#{content.ASKING}", "Ställ en ny fråga")]
    )


def _named(case: Case, found: Answer) -> str:
    """Return a file's name: municipality, KPI, and the question's number and name."""
    words = f"{case.name} {case.id} fraga {found.question.number} {found.question.name}"
    return re.sub(r"[^a-z0-9]+", "-", words.casefold().translate(_LETTERS)).strip("-")


def _size(data: bytes) -> str:
    return f"{text.number(max(1, round(len(data) / 1000)), 0)} kB"
