"""The page in a notebook: the folders are found, and what is wrong with them is said on it."""

from __future__ import annotations

from typing import Any

from malstyr_lib import markup
from malstyr_lib.errors import MalstyrError
from malstyr_lib.face.desk import desk
from malstyr_lib.report.analysis import committee_named


def sida(namnd: str = "") -> Any:
    """Return the page of the folders that `workspace.find` finds, to be shown in a notebook.

    namnd: the committee that is shown first, by its code, file name or name; "" is the first.
    What is wrong is one sentence instead of the page.
    """
    try:
        return _page(namnd)
    except MalstyrError as error:
        return markup.note(str(error), kind="fel")


def _page(namnd: str) -> Any:
    from malstyr_lib.face.page import Page

    at = desk()
    first = committee_named(at.model, namnd).slug if namnd else ""
    return Page(lambda year: at.setting(year=year), first).root
