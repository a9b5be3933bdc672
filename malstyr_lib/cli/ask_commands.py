"""The commands that ask: judgements, questions, search, calendar, a notebook and the page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from malstyr_lib.cli.options import (
    Json,
    OutputFolder,
    ParamsFolder,
    SnapshotId,
    StoreFolder,
    Town,
    loaded,
)


def bedom(
    kpi: Annotated[
        list[str] | None,
        typer.Argument(metavar="NYCKELTAL", help="Id, som U21401; annars nämndernas."),
    ] = None,
    vad: Annotated[
        str,
        typer.Option(
            help="farg, trend, byten, avstand, andring, grupper, sakerhet, trog, tid, vanligt,"
            " brott; vantat, mal och blinda gäller helheten."
        ),
    ] = "farg",
    namnd: Annotated[
        str | None, typer.Option(metavar="NÄMND", help="Alla nyckeltal i en nämnd.")
    ] = None,
    kommun: Town = None,
    ar: Annotated[
        str | None,
        typer.Option(metavar="ÅR", help="2022, 2018-2022, 2018,2020 eller A för alla."),
    ] = None,
    grupp: Annotated[
        str | None, typer.Option(help="alla, län, liknande eller kommungrupp; bara för farg.")
    ] = None,
    kon: Annotated[
        str | None, typer.Option(help="T totalt, K kvinnor, M män; bara för farg.")
    ] = None,
    bild: SnapshotId = None,
    forra: Annotated[
        str | None,
        typer.Option(metavar="ID", help="En bild att se vad som ändrats i efterhand mot."),
    ] = None,
    params: ParamsFolder = None,
    lager: StoreFolder = None,
    json: Json = False,
) -> int:
    """Bedöm nyckeltal, med skälet bredvid.

    Visar värde, färg, plats och avstånd för en kommun, det senaste året utan --ar. Med --vad
    visas annat: trend, färgbyten, hur trögrörligt måttet är, hur lång tid andra behövde, vad som
    är väntat för helheten, eller det röda som ingen nämnd följer (blinda).
    """
    from malstyr_lib.cli import judging
    from malstyr_lib.store import Store

    place, model = loaded(params, lager)
    store = Store(place.store)
    asked = judging.Question(vad, kpi or [], namnd, kommun, ar, grupp, kon)
    judging.say(asked, model, store.open(bild), store.open(forra) if forra else None, json=json)
    return 0


def fraga(
    kpi: Annotated[
        str | None,
        typer.Argument(metavar="NYCKELTAL", help="Id, som U21401, eller ord ur rubriken."),
    ] = None,
    fragan: Annotated[
        str | None,
        typer.Argument(metavar="FRÅGA", help="Nummer, kort namn eller ord, som 'är det slump'."),
    ] = None,
    kommun: Town = None,
    ar: Annotated[
        int | None,
        typer.Option(metavar="ÅÅÅÅ", min=1990, max=2100, help="Det sista året att se på."),
    ] = None,
    alla: Annotated[bool, typer.Option("--alla", help="Svara på alla 48 frågor.")] = False,
    lista: Annotated[
        bool, typer.Option("--lista", help="Visa frågorna; inget nyckeltal behövs.")
    ] = False,
    underlag: Annotated[
        bool, typer.Option("--underlag", help="Med --json: talen bakom svaren, rad för rad.")
    ] = False,
    bild: SnapshotId = None,
    datum: Annotated[
        str | None, typer.Option(metavar="ÅÅÅÅ-MM-DD", help="Svara som om det vore den dagen.")
    ] = None,
    params: ParamsFolder = None,
    lager: StoreFolder = None,
    ut: OutputFolder = None,
    json: Json = False,
) -> int:
    """Ställ de dumma frågorna om ett nyckeltal.

    Varje svar är en mening som går att skriva under, hur säker den är, varför, och talen bakom.
    Utan fråga visas vilka av de 48 som går att besvara nu, och vad som skulle göra de andra
    möjliga.
    """
    from malstyr_lib.cli import asking, dates
    from malstyr_lib.store import Store

    today = dates.chosen(datum)
    asked = asking.Asked(kpi, fragan, kommun, ar, bild, today, every=alla, rows=underlag)
    asking.refuse(asked, listed=lista, json=json)
    if lista:
        asking.say_list(json=json)
        return 0
    place, model = loaded(params, lager, ut)
    asking.say(asked, place, model, Store(place.store), json=json)
    return 0


def sok(
    ord_: Annotated[
        list[str], typer.Argument(metavar="ORD", help="Ord eller början av ord, eller ett id.")
    ],
    alla_register: Annotated[
        bool,
        typer.Option("--alla-register", help="Sök bland alla nyckeltal i Kolada."),
    ] = False,
    antal: Annotated[
        int, typer.Option(metavar="N", min=1, max=10000, help="Hur många som visas.")
    ] = 20,
    bild: SnapshotId = None,
    params: ParamsFolder = None,
    lager: StoreFolder = None,
    json: Json = False,
) -> int:
    """Sök nyckeltal på ord i rubrik, beskrivning och id.

    Visar vilken nämnd som följer det, riktningen, och det senaste egna värdet med färg. Utan
    --alla-register söks bara bland dem som det finns värden för i lagret.
    """
    from malstyr_lib import clock
    from malstyr_lib.cli import asking
    from malstyr_lib.report.asking import setting_of
    from malstyr_lib.store import Store

    place, model = loaded(params, lager)
    setting = setting_of(place, model, Store(place.store), today=clock.today(), snapshot=bild)
    asking.say_found(" ".join(ord_), setting, most=antal, every=alla_register, json=json)
    return 0


def kalender(
    namnd: Annotated[
        str | None, typer.Option("--namnd", metavar="NÄMND", help="En nämnd; annars alla.")
    ] = None,
    rapport: Annotated[
        str | None, typer.Option("--rapport", metavar="ID", help="En rapport; annars alla.")
    ] = None,
    ics: Annotated[
        Path | None, typer.Option("--ics", metavar="FIL", help="Skriv också en kalenderfil.")
    ] = None,
    datum: Annotated[
        str | None, typer.Option("--datum", metavar="ÅÅÅÅ-MM-DD", help="En annan dag än i dag.")
    ] = None,
    params: ParamsFolder = None,
    lager: StoreFolder = None,
    json: Json = False,
) -> int:
    """Visa när nästa värden kommer, och vad som hinner med i rapporterna.

    Koladas publiceringsdagar mot rapporternas stoppdagar i styrmodell.yaml, för nämndernas
    nyckeltal, och vad som är försenat. Koladas dagar kan flyttas.
    """
    from malstyr_lib.cli import dates
    from malstyr_lib.store import Store

    today = dates.chosen(datum)
    place, model = loaded(params, lager)
    asked = dates.Question(namnd, rapport, ics, today)
    dates.say(asked, model, Store(place.store).open(), json=json)
    return 0


def labb(
    namnd: Annotated[str | None, typer.Argument(metavar="NÄMND")] = None,
    notebook: Annotated[
        str,
        typer.Option(
            metavar="NAMN", help="Vilken: namnd, eller dumma_fragor för rundturen bland frågorna."
        ),
    ] = "namnd",
    params: ParamsFolder = None,
    lager: StoreFolder = None,
    webblasare: Annotated[
        bool, typer.Option("--webblasare/--ingen-webblasare", help="Öppna webbläsaren.")
    ] = True,
) -> int:
    """Öppna en notebook i JupyterLab.

    En egen kopia att pröva i, på den egna datorn (127.0.0.1) och bakom ett lösenord som bara
    gäller den här gången. Det som ändras i den ändrar ingen rapport.
    """
    from malstyr_lib.batch.lab import open_lab
    from malstyr_lib.report.analysis import committee_named

    place, model = loaded(params, lager)
    committee = committee_named(model, namnd) if namnd else model.committees[0]
    return open_lab(place, committee, browser=webblasare, notebook=notebook)


def app_command(
    port: Annotated[
        int | None,
        typer.Option(min=1024, max=65535, help="En viss port; annars en som är ledig."),
    ] = None,
    ej_oppna: Annotated[bool, typer.Option("--ej-oppna", help="Öppna inte webbläsaren.")] = False,
    params: ParamsFolder = None,
    lager: StoreFolder = None,
) -> int:
    """Öppna sidan där man ställer frågor utan att skriva kod.

    En webbsida på den egna datorn (127.0.0.1), bakom ett lösenord som bara gäller den här gången:
    välj nämnd, nyckeltal och fråga, och spara svaret som Word eller Excel. Avsluta med Ctrl+C.
    """
    from malstyr_lib.cli import serving

    place, _ = loaded(params, lager)
    serving.serve(place, port, browser=not ej_oppna)
    return 0
