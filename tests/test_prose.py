"""What a sentence that is to be signed may not say: a planted fault per rule, and what passes."""

from __future__ import annotations

import pytest
from prose import RULES, faults, sentence_faults

PLANTED = {
    "en orsak": [
        "Sjukfrånvaron är hög, vilket beror på ledarskapet.",
        "Andelen steg tack vare projektet.",
        "Lägre bemanning leder till fler klagomål.",
        "Det är en följd som orsakats av beslutet.",
        "Värdet är lägre på grund av pandemin.",
        "Ökningen är resultatet av vårt arbete.",
    ],
    "ett bevis": ["Det bevisar att arbetet hjälper.", "Skillnaden är signifikant."],
    "dramatik": ["Andelen har fallit dramatiskt.", "Tyvärr är värdet rött."],
    "procent utan blank": ["Andelen är 12%."],
    "ett ASCII-minus": ["Ändringen är -3,5."],
    "decimalpunkt": ["Värdet är 12.5."],
    "inget tal": ["Värdet är nan.", "Av None kommuner."],
    "dubbla blanka": ["Två  blanka.", "Slutar med en blank. "],
    "ett tomt minus": ["Ändringen är −0,0."],
    "engelska": ["Färgen är red."],
    "utropstecken": ["Bra jobbat!"],
    "dubbel punkt": ["Det stämmer..", "Är det så?.", "Ett blankt före punkt ."],
    "mall": ["Kommunen {name} har inget värde."],
}
SOUND = [
    "Hedemora är röd i 4 av 5 jämförelser 2022.",
    "Värdet var 8,8 år 2022, mot 7,4 i mediankommunen (n = 290).",
    "Ändringen är −1,2 procentenheter, från 12,5\u00a0% till 11,3\u00a0%.",
    "Det sammanfaller med att skolan bytte system 2021.",
    "Nästa värde, för 2026, publiceras 15 mars 2027.",
    "Verksamheten har antecknat: ”beror på att vi bytte system!”",
    "Serien går 2010–2022, och N00485 finns i ögonblicksbilden 20261123T120000Z-0123456789ab.",
    "malstyr 0.1.0 räknade fram svaret.",
]


def test_every_rule_has_a_planted_fault() -> None:
    assert PLANTED.keys() == RULES.keys()


@pytest.mark.parametrize("rule", PLANTED)
def test_a_planted_fault_is_found(rule: str) -> None:
    for words in PLANTED[rule]:
        assert rule in [one.rule for one in faults(words)], words


@pytest.mark.parametrize("words", SOUND)
def test_what_can_be_signed_has_no_fault(words: str) -> None:
    assert faults(words) == []


@pytest.mark.parametrize("words", ["utan stor bokstav.", "Utan punkt", "Slutar, med komma,"])
def test_a_sentence_begins_with_a_capital_and_ends_with_a_full_stop(words: str) -> None:
    assert [one.rule for one in sentence_faults(words, secured=True)] == ["ingen hel mening"]


def test_a_trend_is_claimed_only_when_it_is_secured() -> None:
    words = "Andelen har ökat med 2 om året."
    assert sentence_faults(words, secured=True) == []
    (found,) = sentence_faults(words, secured=False)
    assert found.words == "har ökat"
    assert sentence_faults("Andelen tycks ha ökat.", secured=False) == []
