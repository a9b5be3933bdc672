"""A report read as a person reads it: its sentences."""

from __future__ import annotations

import re
from html import unescape


def sentences(html: str) -> list[str]:
    """The paragraphs and items of a page, outside its tables and its navigation."""
    prose = re.sub(r"<(table|nav|style|header|footer).*?</\1>", "", html, flags=re.DOTALL)
    found = re.findall(r"<(p|li)\b[^>]*>(.*?)</\1>", prose, flags=re.DOTALL)
    told = (unescape(re.sub(r"<[^>]+>", "", words)).strip() for _, words in found)
    return [words for words in told if words]
