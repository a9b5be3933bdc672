"""A report read as a person reads it: its sentences, and the numbers in them."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from malstyr_lib import text
from malstyr_lib.model import MONTHS

_DAY = re.compile(rf"\b\d{{1,2}} (?:{'|'.join(MONTHS)}) \d{{4}}")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_NUMBER = re.compile(r"(?<![\w−])−?\d+(?:\u00a0\d{3})*(?:,\d+)?(?![\w])")


def sentences(html: str) -> list[str]:
    """The paragraphs and items of a page, outside its tables and its navigation."""
    prose = re.sub(r"<(table|nav|style|header|footer).*?</\1>", "", html, flags=re.DOTALL)
    found = re.findall(r"<(p|li)\b[^>]*>(.*?)</\1>", prose, flags=re.DOTALL)
    told = (unescape(re.sub(r"<[^>]+>", "", words)).strip() for _, words in found)
    return [words for words in told if words]


def numbers(words: str) -> set[str]:
    """The numbers in a sentence that are no days and no years."""
    return set(_NUMBER.findall(_YEAR.sub("", _DAY.sub("", words))))


def told(findings: Any) -> set[str]:
    """Every number of a report's findings, as readers may meet it."""
    values = [
        value
        for rows in findings.values()
        for row in rows
        for value in row.values()
        if isinstance(value, int | float) and not isinstance(value, bool)
    ]
    return {text.number(float(value), places) for value in values for places in range(3)}
