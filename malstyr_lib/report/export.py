"""An executed notebook, or ready-made content, as one accessible HTML page of our own."""

from __future__ import annotations

import re
from importlib.metadata import version
from pathlib import Path
from typing import Any

from nbconvert import HTMLExporter
from nbformat import NotebookNode

from malstyr_lib import text
from malstyr_lib.markup import Html

TEMPLATES = Path(__file__).parent / "mall"


def report_page(notebook: NotebookNode, *, title: str, exercise: bool) -> str:
    """Return an executed notebook as a page: its prose and outputs, without code.

    The page has lang="sv", one h1, a skip link and a table of contents; no script and no outside
    address. exercise: whether to say in a band that the figures are invented.
    """
    resources = {"malstyr": _frame(title, exercise)}
    page, _ = _exporter().from_notebook_node(notebook, resources=resources)
    return _with_contents(page)


def plain_page(content: Html, *, title: str, exercise: bool, style: str = "") -> str:
    """Return ready-made content in the same frame as a report; style: more of it, for this page."""
    frame = _exporter().environment.get_template("ram.html.j2")
    resources = {"malstyr": _frame(title, exercise) | {"style": style}}
    page: str = frame.render(resources=resources, main=content.html)
    return page


def _exporter() -> HTMLExporter:
    return HTMLExporter(
        template_name="malstyr",
        extra_template_basedirs=[str(TEMPLATES)],
        exclude_anchor_links=True,
    )


def _frame(title: str, exercise: bool) -> dict[str, Any]:
    return {
        "title": title,
        "version": version("malstyr"),
        "exercise": text.EXERCISE if exercise else "",
    }


_H2 = re.compile(r'<h2(?: id="[^"]*")?>(?P<words>.*?)</h2>', re.DOTALL)


def _with_contents(page: str) -> str:
    """Return the page with numbered anchors on its h2 and a list of them before the first."""
    words = [found["words"] for found in _H2.finditer(page)]
    numbers = iter(range(1, len(words) + 1))
    page = _H2.sub(lambda found: f'<h2 id="del-{next(numbers)}">{found["words"]}</h2>', page)
    links = "".join(
        f'<li><a href="#del-{number}">{re.sub("<[^>]+>", "", word)}</a></li>'
        for number, word in enumerate(words, start=1)
    )
    contents = f'<nav aria-label="Innehåll"><ul>{links}</ul></nav>'
    return page.replace('<h2 id="del-1">', f'{contents}\n<h2 id="del-1">', 1)
