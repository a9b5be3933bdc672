"""A KPI's description as sentences, and as much of one as can be quoted."""

from __future__ import annotations

import re
import textwrap
from typing import Final

LONGEST: Final = 160
"""How many characters a quote has at most, the dots for what was left out included."""

_DOTS: Final = 2
_LED_BY: Final = 60
_ABBREVIATED: Final = r"(?<!o\.m\.)(?<!o\. m\.)(?<!\btom\.)(?<!\bfrom\.)(?<!f\.om\.)(?<!t\.ex\.)"
_BETWEEN: Final = re.compile(
    rf"{_ABBREVIATED}(?<=[.!?])\s+(?=[A-ZÅÄÖ\"”(\d])"  # the common case
    r"|(?<=[a-zåäö)]\.)(?=[A-ZÅÄÖ][a-zåäö])"  # "exkluderas.Källa"
    r"|\s\.(?=[A-ZÅÄÖ])"  # "skolor .Från"
    r"|\\n"  # written out in some descriptions
)


def sentences(description: str) -> list[str]:
    """Return the sentences of a description, with single blanks; "fr.o.m. 2016" ends none."""
    parts = _BETWEEN.split(" ".join(description.split()))
    return [part.strip() for part in parts if part.strip(" .")]


def quote(sentence: str, start: int = 0, end: int = 0) -> str:
    """Return a sentence cut at words to what can be quoted, "…" for what was left out.

    start, end: where the words are that must be seen; when they come late in a long sentence it is
    quoted from a few words before them.
    """
    if len(sentence) > LONGEST and end > LONGEST - _DOTS:
        before = sentence[: max(start - _LED_BY, 0)]
        sentence = f"… {sentence[len(before.rsplit(' ', 1)[0]) :].strip()}"
    return textwrap.shorten(sentence, LONGEST, placeholder=" …")
