"""The options that several commands take, and what most of them load."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from malstyr_lib.model import SteeringModel
    from malstyr_lib.workspace import Workspace

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
Town = Annotated[str | None, typer.Option(help="Kommunens namn eller kod; annars den egna.")]
Url = Annotated[
    str | None, typer.Option(envvar="MALSTYR_KOLADA_URL", help="En annan adress än Koladas.")
]


def loaded(
    params: Path | None, lager: Path | None, ut: Path | None = None
) -> tuple[Workspace, SteeringModel]:
    """Return the folders to work in and the checked parameters."""
    from malstyr_lib import workspace
    from malstyr_lib.params import load

    place = workspace.find(params=params, store=lager, output=ut)
    return place, load(place.params)
