"""One word for one thing: what the glossary says not to write stands nowhere that users read."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator

import pytest
from conftest import ROOT
from rooms import FILES, tree

GLOSSARY = ROOT / "docs" / "ordlista.md"
ROW = re.compile(r"^\| (?P<word>[^|]+) \| (?P<means>[^|]+) \|(?P<never>[^|]*)\|$", re.MULTILINE)
ENGLISH = re.compile(r"^## For who carries on.*", re.DOTALL | re.MULTILINE)
SWEDISH = re.compile("[åäöÅÄÖ].* | .*[åäöÅÄÖ]")
NAMED = re.compile(r"\{[^}]*\}|\([a-z]+\)|mapp snapshots")
"""What stands in a sentence as a name and not as a word: a place for a value, a parameter."""
CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)


def glossary() -> dict[str, list[str]]:
    """Every term with the words that are not to be used for it."""
    rows = ROW.finditer(GLOSSARY.read_text(encoding="utf-8"))
    return {
        row["word"]: [word.strip() for word in row["never"].split(",") if word.strip()]
        for row in rows
        if row["word"] != "Ord" and not row["word"].startswith("-")
    }


def read_by_users() -> Iterator[tuple[str, str]]:
    """Everything in Swedish that users read, by where it stands: pages, notebooks, sentences."""
    handbook = [ROOT / "docs" / "handbok.md", *sorted((ROOT / "docs" / "handbok").glob("*.md"))]
    for path in [ROOT / "README.md", ROOT / "docs" / "metod.md", *handbook]:
        text = ENGLISH.sub("", path.read_text(encoding="utf-8"))
        yield path.name, CODE.sub("", text)
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        words = ["".join(one["source"]) for one in cells if one["cell_type"] == "markdown"]
        yield path.name, CODE.sub("", "\n".join(words))
    for path in FILES:
        yield path.name, "\n".join(sentences(tree(path)))


def sentences(node: ast.Module) -> Iterator[str]:
    """The texts of a module that hold a word with å, ä or ö: what it says to users."""
    told = {id(one.value) for one in ast.walk(node) if isinstance(one, ast.Expr)}
    for one in ast.walk(node):
        if isinstance(one, ast.Constant) and isinstance(one.value, str) and id(one) not in told:
            yield from [NAMED.sub("", one.value)] if SWEDISH.search(one.value) else []


TEXTS = [*read_by_users()]
NEVER = sorted({word for words in glossary().values() for word in words})


def used(word: str, text: str) -> bool:
    ending = "(?:en|et|er|ar|or|n|t|s|erna|arna|ns|ens|ets)?"
    return re.search(rf"(?<![\w-]){re.escape(word)}{ending}(?![\w-])", text, re.I) is not None


@pytest.mark.parametrize("word", NEVER)
def test_a_word_that_is_not_to_be_used_is_used_nowhere(word: str) -> None:
    assert sorted({name for name, text in TEXTS if used(word, text)}) == []


def test_no_word_is_both_to_be_used_and_not() -> None:
    terms = {part.strip(" ▼▲◆–") for word in glossary() for part in word.split(",")}
    assert not terms & set(NEVER)
    assert len(glossary()) > 50


def test_every_term_is_used_somewhere() -> None:
    everything = "\n".join(text for _, text in TEXTS).casefold()
    terms = [part.strip(" ▼▲◆–()") for word in glossary() for part in word.split(",")]
    assert [one for one in terms if one.split()[0][:6].casefold() not in everything] == []


def test_control_a_word_is_found_in_its_forms_and_not_inside_another() -> None:
    assert used("mock", "en mocken till")
    assert not used("mock", "hammock")
