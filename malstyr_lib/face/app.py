"""The page in a notebook: the folders are found, and what is wrong with them is said on it."""

from __future__ import annotations

from functools import cache
from typing import Any

from malstyr_lib import clock, markup, params, workspace
from malstyr_lib.errors import MalstyrError
from malstyr_lib.questions import Setting
from malstyr_lib.report.analysis import committee_named
from malstyr_lib.report.asking import setting_of
from malstyr_lib.store import Store


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

    place = workspace.find()
    model = params.load(place.params)
    store = Store(place.store)

    @cache
    def looking_back_to(year: int | None) -> Setting:
        return setting_of(place, model, store, today=clock.today(), year=year)

    first = committee_named(model, namnd).slug if namnd else ""
    return Page(looking_back_to, first).root
