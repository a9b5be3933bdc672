"""What a sentence that somebody is to sign may not say: causes, drama, and badly written numbers.

Pure text in, faults out. Tests hold all produced prose to it. Docs: docs/metod.md section 14.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_QUOTED: Final = re.compile("”[^”]*”")

RULES: Final = {
    "en orsak": r"\b(?:beror på|berodde på|på grund av|tack vare|till följd av|orsaka[rst]?\w*"
    r"|leder till|ledde till|har lett till|eftersom vi|genom vår|resultat(?:et)? av vår\w*)\b",
    "ett bevis": r"\b(?:bevisar|bevisat|signifikant\w*|garanter\w+)\b",
    "dramatik": r"\b(?:dramatisk\w*|kraftig\w*|alarmerande|katastrof\w*|rasa[rt]\w*"
    r"|skjutit i höjden|glädjande|tyvärr|oroväckande|lysande|usel\w*)\b",
    "procent utan blank": r"[^ \u00a0–(]%",
    "ett ASCII-minus": r"(?<![\w–-])-\d",
    "decimalpunkt": r"(?<![\d.-])(?<!kl\. )\d+\.\d+(?!\d|\.\d|-)",
    "inget tal": r"\bnan\b|\bNone\b|\binf\b|<NA>|oändlig",
    "dubbla blanka": r"[ \n]{2,}|^\s|\s$",
    "ett tomt minus": r"−0(?:,0+)?\b(?![,\d])",
    "engelska": r"\b(?:red|green|yellow|grey|gap|trend up|baseline)\b",
    "utropstecken": r"!",
    "dubbel punkt": r"\.\.(?!\.)|[?;,:]\.|\s[.,;:](?=\s|$)",
    "mall": r"\{\w*\}",
}
"""What is looked for, as regular expressions by what it would be."""
_RULES: Final = {what: re.compile(pattern, re.IGNORECASE) for what, pattern in RULES.items()}
_SECURED: Final = re.compile(r"\bhar (?:ökat|minskat|stigit|sjunkit|förbättrats|försämrats)\b")


@dataclass(frozen=True)
class Fault:
    """What a text says that it may not: which rule, and the words."""

    rule: str
    words: str


def faults(words: str) -> list[Fault]:
    """Return what a text may not say; what stands within ”…” is quoted and not looked at."""
    said = _QUOTED.sub("””", words)
    return [
        Fault(what, found.group(0))
        for what, pattern in _RULES.items()
        if (found := pattern.search(said))
    ]


def sentence_faults(words: str, *, secured: bool) -> list[Fault]:
    """Return the faults of whole sentences, which begin with a capital and end with a full stop.

    secured: whether a trend is statistically secured, without which nothing "har ökat".
    """
    found = faults(words)
    if not re.match(r"[”A-ZÅÄÖ0-9−+±]", words) or not re.search(r"[.?](?:”)?$", words):
        found.append(Fault("ingen hel mening", words[:20] + "…" + words[-20:]))
    if not secured and (claimed := _SECURED.search(_QUOTED.sub("””", words))):
        found.append(Fault("en trend som inte är säkerställd", claimed.group(0)))
    return found
