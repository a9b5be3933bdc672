"""Every command, registered under its name in the order that the help shows them."""

from __future__ import annotations

from typing import Annotated

import typer

from malstyr_lib.cli import ask_commands, begin_commands, keep_commands, make_commands

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


for _command in (
    make_commands.demo,
    make_commands.hamta,
    keep_commands.kontrollera,
    make_commands.rapport,
    make_commands.vakt,
    make_commands.paket,
    ask_commands.bedom,
    ask_commands.fraga,
    ask_commands.sok,
    ask_commands.kalender,
    keep_commands.lager,
    keep_commands.skillnad,
    ask_commands.labb,
):
    app.command()(_command)
app.command("app")(ask_commands.app_command)
ovning.command("serve")(begin_commands.serve_command)
mall.command()(begin_commands.aktiviteter)
mall.command("word")(begin_commands.mall_word)
ny.command("namnd")(begin_commands.ny_namnd)
ny.command("kommun")(begin_commands.ny_kommun)
