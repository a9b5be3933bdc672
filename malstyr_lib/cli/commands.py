"""Every command: what it takes, what it calls, and what it prints."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from malstyr_lib.cli import show
from malstyr_lib.cli.exits import REMARKS, STORE_FAULT

if TYPE_CHECKING:
    from malstyr_lib.model import SteeringModel
    from malstyr_lib.store import Store
    from malstyr_lib.workspace import Workspace


app = typer.Typer(
    help="Styr mot rött: nämndernas nyckeltal i Kolada, från mål till rapport.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["--help", "-h"]},
)
ovning = typer.Typer(help="Öva utan Kolada.", no_args_is_help=True)
app.add_typer(ovning, name="ovning")
mall = typer.Typer(
    help="Gör Excelfiler att fylla i, och en Wordmall att ändra.", no_args_is_help=True
)
app.add_typer(mall, name="mall")
ny = typer.Typer(help="Börja på en ny nämnd eller en ny kommun.", no_args_is_help=True)
app.add_typer(ny, name="ny")

ParamsFolder = Annotated[
    Path | None, typer.Option("--params", metavar="MAPP", help="Mappen med styrparametrar.")
]
StoreFolder = Annotated[
    Path | None, typer.Option("--lager", metavar="MAPP", help="Mappen med hämtade värden.")
]
OutputFolder = Annotated[
    Path | None, typer.Option("--ut", metavar="MAPP", help="Mappen där rapporterna läggs.")
]
StorePlace = Annotated[
    str | None,
    typer.Option("--lager", metavar="MAPP", help="Mappen med hämtade värden, eller dess adress."),
]
OutputPlace = Annotated[
    str | None,
    typer.Option("--ut", metavar="MAPP", help="Mappen för rapporterna, eller dess adress."),
]
SnapshotId = Annotated[
    str | None,
    typer.Option("--bild", metavar="ID", help="En tidigare ögonblicksbild; annars den senaste."),
]
ReportKinds = Annotated[
    list[str] | None,
    typer.Option(
        "--typ",
        metavar="TYP",
        help="namnd, analysgrupp, delar, ars, nyckeltal eller enhet; får upprepas. Annars alla.",
    ),
]
ReportForms = Annotated[
    list[str] | None,
    typer.Option(
        "--form",
        metavar="FORM",
        help="html, docx, pdf, xlsx eller json; får upprepas. Annars alla.",
    ),
]
Again = Annotated[
    bool, typer.Option("--om", help="Gör om också det som är gjort på samma underlag.")
]
Workers = Annotated[
    int | None,
    typer.Option(metavar="N", min=1, max=64, help="Hur många rapporter som görs samtidigt."),
]
Json = Annotated[bool, typer.Option("--json", help="Skriv resultatet som JSON.")]


@app.callback(invoke_without_command=True)
def _version(
    version: Annotated[
        bool, typer.Option("--version", help="Visa versionen, och de av paketen som spelar roll.")
    ] = False,
) -> None:
    if version:
        from malstyr_lib.program import versions

        print(versions())
        raise typer.Exit


@app.command()
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

    place, model = prepare(ut or Path("output") / "ovning")
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


@app.command()
def hamta(
    url: Annotated[
        str | None, typer.Option(envvar="MALSTYR_KOLADA_URL", help="En annan adress än Koladas.")
    ] = None,
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


@app.command()
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


@app.command()
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
    from malstyr_lib.report.forms import chosen_forms
    from malstyr_lib.report.kinds import kinds_named

    kinds_named(typ or ())
    chosen_forms(form or ())
    from malstyr_lib.batch import Wanted

    wanted = Wanted(typ or (), namnd or (), form or (), ar, bild, again=om)
    with places.opened(params, lager, ut, everywhere=kommun is not None) as at:
        carried = reporting.Carried(arbetare, kluster, at.far)
        if kommun is not None:
            return reporting.elsewhere(kommun, at, wanted, carried=carried, as_json=json)
        return reporting.own(at, wanted, carried=carried, as_json=json, asked=asked)


@app.command()
def vakt(
    url: Annotated[
        str | None, typer.Option(envvar="MALSTYR_KOLADA_URL", help="En annan adress än Koladas.")
    ] = None,
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
    from malstyr_lib.report.forms import chosen_forms
    from malstyr_lib.report.kinds import kinds_named

    kinds_named(typ or ())
    chosen_forms(form or ())
    from malstyr_lib.batch import Wanted
    from malstyr_lib.cli import places, watching

    wanted = Wanted(typ or (), (), form or (), changed=True)
    with places.opened(params, lager, ut) as at:
        return watching.say(watching.Watch(url, wanted, arbetare), at, as_json=json)


@app.command()
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

    place, model = _load(params, None, ut)
    asked = packing.Asked(ar, typ or (), till, notebooks=med_notebooks)
    packing.say(asked, place, model, json=json)
    return 0


@app.command()
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
    kommun: Annotated[
        str | None, typer.Option(help="Kommunens namn eller kod; annars den egna.")
    ] = None,
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

    place, model = _load(params, lager)
    store = Store(place.store)
    asked = judging.Question(vad, kpi or [], namnd, kommun, ar, grupp, kon)
    judging.say(asked, model, store.open(bild), store.open(forra) if forra else None, json=json)
    return 0


@app.command()
def fraga(
    kpi: Annotated[
        str | None,
        typer.Argument(metavar="NYCKELTAL", help="Id, som U21401, eller ord ur rubriken."),
    ] = None,
    fragan: Annotated[
        str | None,
        typer.Argument(metavar="FRÅGA", help="Nummer, kort namn eller ord, som 'är det slump'."),
    ] = None,
    kommun: Annotated[
        str | None, typer.Option(help="Kommunens namn eller kod; annars den egna.")
    ] = None,
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
    place, model = _load(params, lager, ut)
    asking.say(asked, place, model, Store(place.store), json=json)
    return 0


@app.command()
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
    from malstyr_lib.cli import asking
    from malstyr_lib.store import Store

    place, model = _load(params, lager)
    snapshot = Store(place.store).open(bild)
    words = " ".join(ord_)
    asking.say_found(words, model, snapshot, most=antal, every=alla_register, json=json)
    return 0


@app.command()
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
    place, model = _load(params, lager)
    asked = dates.Question(namnd, rapport, ics, today)
    dates.say(asked, model, Store(place.store).open(), json=json)
    return 0


@app.command()
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


@app.command()
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


@app.command()
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

    place, model = _load(params, lager)
    committee = committee_named(model, namnd) if namnd else model.committees[0]
    return open_lab(place, committee, browser=webblasare, notebook=notebook)


@app.command("app")
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

    place, _ = _load(params, lager)
    serving.serve(place, port, browser=not ej_oppna)
    return 0


@mall.command()
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

    place, model = _load(params, None)
    written = templates.write_activities(model, place, namnd, ut, clock.today())
    return REMARKS if templates.say(written, json=json) else 0


@mall.command("word")
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


@ovning.command("serve")
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


@ny.command("namnd")
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


@ny.command("kommun")
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


def _own(params: Path | None) -> str | None:
    """Return the own municipality's code, or None where no parameters tell it."""
    from malstyr_lib.errors import MalstyrError

    try:
        return _load(params, None)[1].municipality.code
    except MalstyrError:
        return None


def _store(params: Path | None, lager: Path | None) -> Store:
    """Return the store: the one named, which needs no parameters, or the municipality's own."""
    from malstyr_lib import workspace
    from malstyr_lib.store import Store

    return Store(workspace.folder(lager) if lager else workspace.find(params=params).store)


def _load(
    params: Path | None, lager: Path | None, ut: Path | None = None
) -> tuple[Workspace, SteeringModel]:
    """Return the folders to work in and the checked parameters."""
    from malstyr_lib import workspace
    from malstyr_lib.params import load

    place = workspace.find(params=params, store=lager, output=ut)
    return place, load(place.params)
