"""The frame around every page: its title, the band that tells of invented figures, the version."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader

from malstyr_lib import text
from malstyr_lib.markup import Html

TEMPLATES: Final = Path(__file__).parent / "mall"


def plain_page(content: Html, *, title: str, exercise: bool, style: str = "") -> str:
    """Return ready-made content in the same frame as a report; style: more of it, for this page."""
    templates = Environment(loader=FileSystemLoader(TEMPLATES / "malstyr"))
    resources = {"malstyr": framed(title, exercise=exercise) | {"style": style}}
    frame = templates.get_template("ram.html.j2")
    return frame.render(resources=resources, main=content.html)


def framed(title: str, *, exercise: bool) -> dict[str, Any]:
    """Return what the frame says of a page. exercise: whether its figures are invented."""
    return {
        "title": title,
        "version": version("malstyr"),
        "exercise": text.EXERCISE if exercise else "",
    }
