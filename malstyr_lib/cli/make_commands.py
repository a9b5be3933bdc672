"""The commands that fetch and make: the exercise, the fetch, reports, the watch, the package."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from malstyr_lib.cli import show
from malstyr_lib.cli.exits import REMARKS
from malstyr_lib.cli.options import (
    Again,
    Json,
    OutputFolder,
    OutputPlace,
    ParamsFolder,
    ReportForms,
    ReportKinds,
    SnapshotId,
    StorePlace,
    Url,
    Workers,
    loaded,
)
from malstyr_lib.errors import UsageError
from malstyr_lib.workspace import OUTPUT


def demo(
    ut: OutputFolder = None,
    oppna: Annotated[bool, typer.Option("--oppna", help="Öppna listan i webbläsaren.")] = False,
    om: Again = False,
    arbetare: Workers = None,
    json: Json = False,
) -> int:
    """Prova allt på övningsvärlden.

    Hämtar från en ställföreträdande Kolada på den egna datorn och gör alla rapporter; inget
    internet och inga egna inställningar behövs.
    """
    from malstyr_lib.batch import warm
    from malstyr_lib.cli import fetching
    from malstyr_lib.ovning.demo import prepare

    place, model = prepare(ut or Path(OUTPUT) / "ovning")
    warm.warm_up()  # it imports while the figures are fetched
    with show.progress(quiet=json) as steps:
        from malstyr_lib.ovning.server import serve
        from malstyr_lib.ovning.world import exercise_world

        steps.step("Bygger övningsvärlden")
        with serve(exercise_world(model.kpis)) as server:
            fetching.fetched(fetching.NEEDED, model, place, server.url, None, steps)
    from malstyr_lib.batch import Wanted
    from malstyr_lib.cli import reporting
    from malstyr_lib.cli.places import At

    return reporting.own(
        At(place, model),
        Wanted(again=om),
        carried=reporting.Carried(arbetare),
        as_json=json,
        to_open=oppna,
    )


def hamta(
    url: Url = None,
    params: ParamsFolder = None,
    lager: StorePlace = None,
    allt: Annotated[
        bool, typer.Option("--allt", help="Alla nyckeltal som en kommun kan ha, omkring 4 800.")
    ] = False,
    andrat: Annotated[
        bool, typer.Option("--andrat", help="Bara det som ändrats sedan förra hämtningen.")
    ] = False,
    plan: Annotated[
        bool, typer.Option("--plan", help="Säg vad hämtningen kostar; skicka inget.")
    ] = False,
    takt: Annotated[
        str | None,
        typer.Option(metavar="N", help="Högst så många frågor i sekunden, som 2 eller 0,5."),
    ] = None,
    json: Json = False,
) -> int:
    """Hämta nyckeltalens värden från Kolada.

    Allt som styrparametrarna behöver, från 1998, till en ny ögonblicksbild i lagret. En avbruten
    hämtning med --allt fortsätter där den var om den körs igen inom ett dygn.
    """
    from malstyr_lib.cli import fetching, places

    how, per_s = fetching.chosen(allt=allt, andrat=andrat), fetching.pace(takt)
    with places.opened(params, lager) as at:
        if plan:
            return fetching.say_plan(how, at.model, at.place, per_s, json=json)
        with show.progress(quiet=json) as steps:
            fetched = fetching.fetched(how, at.model, at.place, url, per_s, steps)
        return REMARKS if fetching.say(fetched, at.model, at.place, json=json) else 0


def rapport(
    namnd: Annotated[
        list[str] | None, typer.Argument(metavar="NÄMND", help="Nämnder; annars alla.")
    ] = None,
    typ: ReportKinds = None,
    form: ReportForms = None,
    ar: Annotated[
        int | None, typer.Option(metavar="ÅÅÅÅ", min=1990, max=2100, help="Rapportår.")
    ] = None,
    bild: SnapshotId = None,
    om: Again = False,
    kommun: Annotated[
        str | None,
        typer.Option(
            metavar="alla|FIL|NAMN",
            help="Andra kommuner: alla, en fil med en per rad, eller namn med komma emellan.",
        ),
    ] = None,
    arbetare: Workers = None,
    kluster: Annotated[
        str | None,
        typer.Option(metavar="ADRESS", help="Ett Daskklusters schemaläggare, tcp://…:8786."),
    ] = None,
    params: ParamsFolder = None,
    lager: StorePlace = None,
    ut: OutputPlace = None,
    json: Json = False,
) -> int:
    """Gör årets rapporter, i alla former.

    På den senaste ögonblicksbilden, eller på en tidigare som då ger samma rapport igen; nätet
    behövs inte. En rapport som misslyckas hindrar ingen annan, och den tidigare ligger kvar. Det
    som redan är gjort på samma underlag görs inte om.
    """
    from malstyr_lib.cli import places, reporting

    asked = repr((typ, namnd, form, ar, bild))
    if not om and kommun is None and reporting.stand(params, lager, ut, asked, as_json=json):
        return 0
    _refuse_unknown(typ, form)
    _refuse_year_among(namnd or ())
    from malstyr_lib.batch import Wanted

    wanted = Wanted(typ or (), namnd or (), form or (), ar, bild, again=om)
    with places.opened(params, lager, ut, everywhere=kommun is not None) as at:
        carried = reporting.Carried(arbetare, kluster, at.far)
        if kommun is not None:
            return reporting.elsewhere(kommun, at, wanted, carried=carried, as_json=json)
        return reporting.own(at, wanted, carried=carried, as_json=json, asked=asked)


def vakt(
    url: Url = None,
    typ: ReportKinds = None,
    form: ReportForms = None,
    arbetare: Workers = None,
    params: ParamsFolder = None,
    lager: StorePlace = None,
    ut: OutputPlace = None,
    json: Json = False,
) -> int:
    """Hämta, och gör bara om de rapporter som ändras.

    För en schemalagd körning. Säger vilka rapporter som gjordes om och varför. En rapport som inget
    nytt värde rör står kvar som den är, på den hämtning som den gjordes av.
    """
    _refuse_unknown(typ, form)
    from malstyr_lib.batch import Wanted
    from malstyr_lib.cli import places, watching

    wanted = Wanted(typ or (), (), form or (), changed=True)
    with places.opened(params, lager, ut) as at:
        return watching.say(watching.Watch(url, wanted, arbetare), at, as_json=json)


def paket(
    ar: Annotated[
        int | None, typer.Option(metavar="ÅÅÅÅ", min=1990, max=2100, help="Ett år; annars alla.")
    ] = None,
    typ: ReportKinds = None,
    till: Annotated[
        Path | None, typer.Option(metavar="FIL.zip", help="Filen att skriva; annars i output.")
    ] = None,
    med_notebooks: Annotated[
        bool, typer.Option("--med-notebooks", help="Ta med de körda notebookarna.")
    ] = False,
    params: ParamsFolder = None,
    ut: OutputFolder = None,
    json: Json = False,
) -> int:
    """Packa rapporterna i en zip-fil att skicka eller lägga undan.

    Listan, rapporterna i alla former och vad de bygger på. Packa upp filen och öppna index.html.
    Samma rapporter ger samma fil.
    """
    from malstyr_lib.cli import packing

    place, model = loaded(params, None, ut)
    asked = packing.Asked(ar, typ or (), till, notebooks=med_notebooks)
    packing.say(asked, place, model, json=json)
    return 0


def _refuse_year_among(committees: Sequence[str]) -> None:
    """Raise UsageError for a year where committees are named, before anything is read."""
    for word in committees:
        if word.isdecimal():
            raise UsageError(f"'{word}' är ingen nämnd. Ett år skrivs så här: --ar {word}")


def _refuse_unknown(kinds: list[str] | None, forms: list[str] | None) -> None:
    """Raise UsageError for a kind or a form that there is none of, before anything is read."""
    from malstyr_lib.report.forms import chosen_forms
    from malstyr_lib.report.kinds import kinds_named

    kinds_named(kinds or ())
    chosen_forms(forms or ())
