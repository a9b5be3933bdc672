"""How long names are said on a sheet of one page: cut at a word, never in the middle of one."""

from __future__ import annotations

from textwrap import shorten
from typing import Final

from malstyr_lib.model import Kpi

NAME: Final = 38
"""How many letters of a key figure's title there is room for where it has been told before."""


def cut(words: str, most: int) -> str:
    """Return words as they are, or as many of them as there is room for and "…"."""
    return shorten(" ".join(words.split()), most, placeholder=" …")


def ended(words: str) -> str:
    """Return words that end as a sentence, or with "…" where they are cut."""
    return words if words.endswith((".", "!", "?", "…")) else f"{words}."


def short(kpi: Kpi) -> str:
    """Return a KPI's title, cut where it is long."""
    return cut(kpi.title, 80)
