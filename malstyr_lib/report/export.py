"""An executed notebook as one accessible HTML page of our own."""

from __future__ import annotations

import re
from functools import cache

from nbconvert import HTMLExporter
from nbformat import NotebookNode

from malstyr_lib.report.frame import TEMPLATES, framed


def report_page(notebook: NotebookNode, *, title: str, exercise: bool) -> str:
    """Return an executed notebook as a page: its prose and outputs, without code.

    The page has lang="sv", one h1, a skip link and a table of contents; no script and no outside
    address. exercise: whether to say in a band that the figures are invented.
    """
    resources = {"malstyr": framed(title, exercise=exercise)}
    page, _ = _exporter().from_notebook_node(notebook, resources=resources)
    return _with_contents(page)


@cache
def _exporter() -> HTMLExporter:
    """Return the one exporter of this process: to read its templates takes as long as a page."""
    return HTMLExporter(
        template_name="malstyr",
        extra_template_basedirs=[str(TEMPLATES)],
        exclude_anchor_links=True,
    )


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
