"""The texts that a new committee or a new municipality begins with, with gaps for values."""

from __future__ import annotations

from typing import Final

from malstyr_lib.params.files import ACTIVITIES, MEASURES, NOTES, QUESTIONS

MUNICIPALITY_FILE: Final = """\
# Kommunen som styr.
#
# Så ändrar du:
# - kod är kommunkoden med fyra siffror, som hos SCB och Kolada.
# - namn är namnet så som det ska stå i rapporterna, och som det står i Kolada.

kod: {code}
namn: {name}
"""

COMMITTEE_FILE: Final = """\
# {title}: nämndens mål och de nyckeltal som nämnden styr mot.
#
# Så ändrar du:
# - Filens namn, {slug}, blir mappens namn bland rapporterna. Byt det inte mitt under ett år.
# - Varje mål pekar ut ett av fullmäktiges mål och ett perspektiv, med id:n från styrmodell.yaml.
# - nyckeltal är id:n från nyckeltal.yaml. Texten efter # är bara till för den som läser här.
# - exempel: ja betyder att ingen har beslutat ordalydelsen. När målet är beslutat tar du bort raden
#   exempel och skriver till exempel:
#     beslut: Kommunfullmäktige 2026-11-23 § 45
# - Lagom är 8 till 12 nyckeltal för hela nämnden.
#
# Indrag görs med blanksteg, aldrig med tabb. Kontrollera efteråt med: malstyr kontrollera

kod: {code}
namn: {name}

# Ta bort "# " framför raderna nedan för att börja, och kopiera ett block för varje mål.

# förvaltningar:
#   - id: {administration}
#     namn: Förvaltningens namn
#     enheter:
#       - id: {unit}
#         namn: Enhetens namn

# mål:
#   - id: {goal}
#     text: Skriv målet här.
#     fullmäktigemål: {council_goal}
#     perspektiv: {perspective}
#     nyckeltal:
#       - {kpi}
#     exempel: ja
"""

_PER_COMMITTEE: Final = """\
{what}

En fil per nämnd, med samma namn som nämndens egen: {folder}/bn.yaml hör till namnder/bn.yaml.
Den här filen läses inte av malstyr. Så här kan en fil se ut:

# yaml-language-server: $schema=../schema/{schema}.json
{example}"""

READ_ME: Final = {
    ACTIVITIES: _PER_COMMITTEE.format(
        what="Nämndernas aktiviteter: vad enheterna gör för målen.",
        folder=ACTIVITIES,
        schema="aktiviteter",
        example="""\
aktiviteter:
  - id: BN1-1
    enhet: grundskola-1
    mål: BN1
    nyckeltal:
      - N15428
    vad: Läxhjälp två eftermiddagar i veckan.
    vem: rektor
    start: 2026-08-17
    slut: 2027-06-11
    status: planerad
    exempel: ja
""",
    ),
    NOTES: _PER_COMMITTEE.format(
        what="Det som människor säger om nyckeltalen: kommentarer och prövade orsaker.",
        folder=NOTES,
        schema="anteckningar",
        example="""\
anteckningar:
  - nyckeltal: N15428
    period: 2026
    kommentar: Skriv här vad ni ser.
    orsaker:
      - orsak: Skriv en tänkbar orsak.
        bedömning: möjlig
    skriven: 2026-11-23 Kvalitetssamordnaren
    exempel: ja
""",
    ),
    QUESTIONS: _PER_COMMITTEE.format(
        what="Analysgruppens frågor till nämnderna, och svaren.",
        folder=QUESTIONS,
        schema="fragor",
        example="""\
frågor:
  - id: F1
    fråga: Vad är annorlunda i de kommuner som är gröna?
    nyckeltal: N15428
    till: förvaltningschef
    ställd: 2026-11-23
    svar-senast: 2027-01-15
    exempel: ja
""",
    ),
    MEASURES: """\
Kommunens egna mått: sådant som inte finns i Kolada, eller som behövs tidigare.

En fil per mått. Värdena ligger bredvid, i en fil med samma namn.
Den här filen läses inte av malstyr. Så här kan egna/franvaro.yaml se ut:

# yaml-language-server: $schema=../schema/egna.json
rubrik: Elevfrånvaro i grundskolan, andel (%)
måttenhet: procent
takt: månad
riktning: lågt
nämnd: BN
perspektiv: invånare
källa: Elevregistret
exempel: ja
""",
}
"""What a folder is for and an example of a file in it, by folder; each lies there as LASMIG.txt."""
