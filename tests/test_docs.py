"""What the documents say is so: commands exist, examples come out, nothing has rotted."""

from __future__ import annotations

import ast
import re
import shlex

import pytest
from conftest import ROOT
from rooms import FILES, tree
from typer.main import get_command

from malstyr_lib.cli import app, run
from malstyr_lib.scoring import colours

DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
LETTER = {"red": "R", "yellow": "·", "green": "G", "grey": "-"}
WORDS = re.compile(
    r"malstyr ((?:demo|vakt|hamta|kontrollera|rapport|paket|bedom|fraga|sok|lager|skillnad|labb|app"
    r"|ovning|kalender|mall|ny)\b[^`\n]*)"
)


def commands() -> list[str]:
    found = [line for path in DOCUMENTS for line in WORDS.findall(path.read_text("utf-8"))]
    return sorted({line.strip() for line in found})


@pytest.mark.parametrize("line", commands())
def test_every_command_in_the_documents_is_there_with_its_options(
    line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    words = shlex.split(line)
    names = words[:2] if words[0] in ("ovning", "mall", "ny") else words[:1]
    assert run([*names, "--help"]) == 0
    printed = capsys.readouterr().out
    assert all(word in printed for word in words if word.startswith("--"))


def test_the_worked_examples_of_the_method_come_out() -> None:
    text = (ROOT / "docs" / "metod.md").read_text("utf-8")
    rows = re.findall(r"^\| ([0-9 ]+) \| ([RG·-]+) \|$", text, re.MULTILINE)
    assert len(rows) == 5
    for values, said in rows:
        found = colours([float(value) for value in values.split()], "högt")
        assert "".join(LETTER[colour] for colour in found) == said


def test_the_readmes_example_of_colours_comes_out() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    (call, said) = re.findall(r"^(colours\(.+\))  # (\[.+\])$", text, re.MULTILINE)[0]
    assert str(eval(call, {"colours": colours})) == said


def test_the_library_names_sections_that_the_method_has() -> None:
    text = (ROOT / "docs" / "metod.md").read_text("utf-8")
    there = set(re.findall(r"^## ([0-9]+)\. ", text, re.MULTILINE))
    for path in sorted((ROOT / "malstyr_lib").rglob("*.py")):
        words = " ".join(path.read_text("utf-8").split())
        for where, told in re.findall(
            r"(\S*metod\.md) sections? ([0-9]+(?:(?:–|, | and )[0-9]+)*)", words
        ):
            assert where == "docs/metod.md", f"{path.name}: {where} section {told}"
            assert set(re.findall("[0-9]+", told)) <= there, f"{path.name}: section {told}"


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_between_documents_lead_somewhere(path: object) -> None:
    text = path.read_text("utf-8")  # type: ignore[attr-defined]
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        if "://" not in target:
            assert (path.parent / target).exists(), target  # type: ignore[attr-defined]


def test_no_instruction_opens_jupyter_to_others() -> None:
    for path in DOCUMENTS:
        text = path.read_text("utf-8")
        assert "0.0.0.0" not in text
        assert "token=''" not in text


def said_by_the_program() -> str:
    """Every sentence in the code, a place for a value in it as three dots."""
    parts = []
    for path in FILES:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.JoinedStr):
                told = (one.value if isinstance(one, ast.Constant) else "…" for one in node.values)
                parts.append("".join(map(str, told)))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                parts.append(node.value)
    return "\n".join(parts)


def common_errors() -> list[str]:
    """The sentences that the page of common errors quotes, but for those of the shell."""
    text = (ROOT / "docs" / "handbok" / "vanliga-fel.md").read_text("utf-8")
    rows = re.findall(r"^\| (`[^|]+`) \|", text, re.MULTILINE)
    ours = [row.strip("`") for row in rows if " eller `" not in row]
    return [row for row in ours if not row.startswith("Failed")]


@pytest.mark.parametrize("sentence", common_errors())
def test_an_error_is_quoted_as_the_program_says_it(sentence: str) -> None:
    parts = [re.escape(part.strip()) for part in sentence.split("…")]
    assert re.search("[^\n]*".join(parts), said_by_the_program())
    assert len(common_errors()) > 20


def test_every_command_is_in_the_list_of_commands() -> None:
    text = (ROOT / "docs" / "handbok" / "kommandon.md").read_text("utf-8")
    names = [
        f"{name} {one}".strip()
        for name, command in get_command(app).commands.items()  # type: ignore[attr-defined]
        for one in getattr(command, "commands", {"": None})
    ]
    assert [name for name in names if f"malstyr {name}" not in text] == []
    assert len(names) > 18
