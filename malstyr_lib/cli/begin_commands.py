"""The commands to begin with: templates, a new committee or municipality, a stand-in Kolada."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from malstyr_lib.cli.exits import REMARKS
from malstyr_lib.cli.options import Json, ParamsFolder, StoreFolder, loaded


def aktiviteter(
    namnd: Annotated[str, typer.Option(metavar="NÄMND", help="Nämnden vars plan det är.")],
    ut: Annotated[
        Path | None, typer.Option(metavar="FIL", help="En annan fil än den som läses.")
    ] = None,
    params: ParamsFolder = None,
    json: Json = False,
) -> int:
    """Gör en Excelfil för aktivitetsplaner.

    Ett blad per enhet, med listor att välja ur och de aktiviteter som redan finns. Skrivs som
    aktiviteter/<nämnd>.xlsx bland styrparametrarna, och aldrig över en fil som finns. Har nämnden
    en YAML-fil skrivs den bredvid mappen med styrparametrar.
    """
    from malstyr_lib import clock
    from malstyr_lib.cli import templates

    place, model = loaded(params, None)
    written = templates.write_activities(model, place, namnd, ut, clock.today())
    return REMARKS if templates.say(written, json=json) else 0


def mall_word(params: ParamsFolder = None, json: Json = False) -> int:
    """Gör en Wordmall för rapporterna.

    Skrivs som mallar/referens.docx bland styrparametrarna, och aldrig över en fil som finns. Ändra
    typsnitt, färger, sidhuvud och sidfot i den: rapporterna får dess utseende.
    """
    from malstyr_lib import workspace
    from malstyr_lib.cli import templates

    written = templates.write_reference(workspace.find(params=params))
    templates.say_reference(written, json=json)
    return 0


def serve_command(
    data: Annotated[
        Path | None, typer.Option(metavar="MAPP", help="En mapp med verkliga värden.")
    ] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 tar en ledig port.")] = 8084,
    fel: Annotated[
        str | None,
        typer.Option(
            metavar="LÄGE", help="Spela ett fel, som e500once. Skriv lista för att se alla."
        ),
    ] = None,
    params: ParamsFolder = None,
) -> int:
    """Spela Kolada på den egna datorn.

    Svarar på 127.0.0.1, med övningsvärlden eller med en mapp av verkliga värden. Med --fel spelas
    ett fel i nätet eller i värdena, för att se att en hämtning då ger allt eller ett tydligt fel.
    """
    from contextlib import suppress
    from threading import Event

    from malstyr_lib.ovning import demo as exercise
    from malstyr_lib.ovning import faults
    from malstyr_lib.ovning.server import serve

    if fel == "lista":
        print(faults.sentences())
        return 0
    played = faults.named(fel) if fel else None
    dataset = exercise.dataset(data, params)
    for sentence in dataset.filled_in:
        print(sentence)
    with suppress(KeyboardInterrupt), serve(dataset, port, fel) as server:
        print(f"Svarar på {server.url} tills du trycker Ctrl+C.")
        if played:
            print(f"Spelar felet {played.name}: {played.sentence}.")
        print(f"Hämta därifrån med: malstyr hamta --url {server.url}", flush=True)
        Event().wait()
    return 0


def ny_namnd(
    kod: Annotated[str, typer.Argument(metavar="KOD", help="Nämndens kod, som KFN.")],
    namn: Annotated[
        str, typer.Argument(metavar="NAMN", help="Namnet, inom citattecken om det har blanksteg.")
    ],
    params: ParamsFolder = None,
    json: Json = False,
) -> int:
    """Börja på en ny nämnds fil.

    Skriver namnder/<kod>.yaml bland styrparametrarna, med ett mål att börja på. Inget som redan
    finns skrivs över.
    """
    from malstyr_lib.cli import scaffolding

    scaffolding.new_committee(params, kod, namn, json=json)
    return 0


def ny_kommun(
    kod: Annotated[str, typer.Option("--kod", metavar="NNNN", help="Kommunkoden, fyra siffror.")],
    mapp: Annotated[
        Path,
        typer.Argument(metavar="MAPP", help="Kommunens mapp; där läggs params. Annars här."),
    ] = Path(),
    namn: Annotated[
        str | None,
        typer.Option("--namn", metavar="NAMN", help="Namnet; annars det som koden står för."),
    ] = None,
    lager: StoreFolder = None,
    json: Json = False,
) -> int:
    """Börja på en ny kommuns styrparametrar.

    Skriver mappen params, med registret och med exempel på mål och nämnder. Allt skrivs eller
    inget, och inget som redan finns skrivs över.
    """
    from malstyr_lib.cli import scaffolding

    scaffolding.new_municipality(mapp, kod, namn, lager, json=json)
    return 0
