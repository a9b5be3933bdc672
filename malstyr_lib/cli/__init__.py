"""The command line: commands, exit codes and progress; heavy imports happen inside commands."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import cache
from typing import Any

from typer.main import get_command

from malstyr_lib.cli.commands import app
from malstyr_lib.cli.exits import INTERRUPTED, WRONG
from malstyr_lib.cli.usage import swedish_usage
from malstyr_lib.errors import MalstyrError, visible

__all__ = ["app", "main"]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command and exit: 0 done, 1 some report failed, 2 wrong use, 3 Kolada or the store,
    4 done with remarks."""
    sys.exit(run(sys.argv[1:] if arguments is None else arguments))


def run(arguments: Sequence[str]) -> int:
    """Return the exit code of a command; every known failure is one sentence on stderr."""
    try:
        with swedish_usage():
            result = _command()(list(arguments), prog_name="malstyr", standalone_mode=False)
    except MalstyrError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    except (KeyboardInterrupt, EOFError):
        return _interrupted()
    except BrokenPipeError:
        return 0
    except OSError as error:
        where = f": {visible(str(error.filename))}" if error.filename else "."
        print(f"Det gick inte ({error.strerror or error}){where}", file=sys.stderr)
        return WRONG
    if result == INTERRUPTED:  # typer has caught the Ctrl+C
        return _interrupted()
    return result if isinstance(result, int) else 0


@cache
def _command() -> Any:
    """Return the commands as they are read: once, however many are run in a process."""
    return get_command(app)


def _interrupted() -> int:
    print(
        "Avbrutet. Det som redan var klart finns kvar, också svaren på en hämtning med --allt:"
        " kör samma kommando igen inom ett dygn, så fortsätter den.",
        file=sys.stderr,
    )
    return INTERRUPTED
