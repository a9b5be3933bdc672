"""The commands that look after what there is: parameters, store and differences between fetches."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from malstyr_lib.cli.exits import STORE_FAULT
from malstyr_lib.cli.options import Json, OutputFolder, ParamsFolder, StoreFolder, loaded

if TYPE_CHECKING:
    from malstyr_lib.store import Store


def kontrollera(
    params: ParamsFolder = None,
    lager: StoreFolder = None,
    ut: OutputFolder = None,
    strikt: Annotated[
        bool, typer.Option("--strikt", help="Anmärkningar räknas som fel (slutkod 2).")
    ] = False,
    undantag: Annotated[
        bool, typer.Option("--undantag", help="Visa också det som är undantaget med skäl.")
    ] = False,
    schema: Annotated[
        bool,
        typer.Option("--schema", help="Skriv också scheman, så att editorn hjälper till."),
    ] = False,
    datum: Annotated[
        str | None, typer.Option(metavar="ÅÅÅÅ-MM-DD", help="Räkna som om det vore den dagen.")
    ] = None,
    json: Json = False,
) -> int:
    """Kontrollera styrparametrarna och målkedjan.

    Visar alla fel på en gång, med fil och rad, och sedan det som bör ses över, med kod och råd.
    Finns hämtade värden prövas kedjan också mot Kolada.
    """
    if schema:
        from malstyr_lib.cli import scaffolding

        scaffolding.write_schemas(params, quiet=json)
    from malstyr_lib import workspace
    from malstyr_lib.cli import checking, dates
    from malstyr_lib.params import load_with_places
    from malstyr_lib.params.own_values import own_values

    place = workspace.find(params=params, store=lager, output=ut)
    model, places = load_with_places(place.params)
    own_values(place.params, model)
    return checking.say(
        place, model, places, today=dates.chosen(datum), strict=strikt, waived=undantag, json=json
    )


def lager(
    kontrollera: Annotated[
        bool, typer.Option("--kontrollera", help="Läs allt och kontrollera att inget är skadat.")
    ] = False,
    rensa: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, help="Behåll de N senaste och varje års sista."),
    ] = None,
    lager: StoreFolder = None,
    ta_bort: Annotated[
        str | None, typer.Option(metavar="ID", help="Ta bort en ögonblicksbild, som en skadad.")
    ] = None,
    params: ParamsFolder = None,
    json: Json = False,
) -> int:
    """Visa, kontrollera eller rensa det hämtade.

    Utan flaggor visas alla ögonblicksbilder. Rensade bilder går inte att få tillbaka, och
    rapporter som bygger på dem kan inte göras om.
    """
    from malstyr_lib.cli import storing

    store = _store(params, lager)
    if rensa is not None or ta_bort:
        storing.remove(store, rensa, ta_bort)
    return STORE_FAULT if storing.say(store, verify=kontrollera, json=json) else 0


def skillnad(
    a: Annotated[
        str | None, typer.Argument(metavar="A", help="Den äldre ögonblicksbildens id.")
    ] = None,
    b: Annotated[
        str | None, typer.Argument(metavar="B", help="Den nyares; annars den senaste.")
    ] = None,
    params: ParamsFolder = None,
    lager: StoreFolder = None,
    json: Json = False,
) -> int:
    """Visa vad Kolada har ändrat mellan två hämtningar.

    Ändrade, nya och borttagna värden, nyckeltal som bytt rubrik, enhet eller beskrivning eller
    upphört, och liknande kommuner som bytts ut. Utan A och B jämförs de två senaste.
    """
    from malstyr_lib.cli import differences

    store = _store(params, lager)
    found = differences.compare(store, *differences.pair(store, a, b))
    if json:
        differences.as_json(found)
    else:
        differences.for_people(found, _own(params))
    return 0


def _own(params: Path | None) -> str | None:
    """Return the own municipality's code, or None where no parameters tell it."""
    from malstyr_lib.errors import MalstyrError

    try:
        return loaded(params, None)[1].municipality.code
    except MalstyrError:
        return None


def _store(params: Path | None, lager: Path | None) -> Store:
    """Return the store: the one named, which needs no parameters, or the municipality's own."""
    from malstyr_lib import workspace
    from malstyr_lib.store import Store

    return Store(workspace.folder(lager) if lager else workspace.find(params=params).store)
