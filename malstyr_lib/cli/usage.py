"""The command line's own complaints (a misspelt option, a missing value), said in Swedish."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, cast

import typer

from malstyr_lib.errors import UsageError

_TyperError: Final = cast(type[Exception], typer.BadParameter.__mro__[2])  # parent of them all

_SAID: Final = (
    (r"No such option: ?(\S+?)\.?(?: |$)", "Flaggan {0} finns inte"),
    (r"No such command '(.+?)'", "Kommandot '{0}' finns inte"),
    (r"Missing command", "Ange ett kommando"),
    (r"Missing argument '(.+?)(?:\.\.\.)?'", "Ange {0}"),
    (r"Missing option '(.+?)'", "Ange {0}"),
    (r"Got unexpected extra argument\S* \((.+?)\)", "För många ord: {0}"),
    (r"Option '(.+?)' requires an argument", "Flaggan {0} behöver ett värde"),
    (r"Invalid value for '(.+?)'.*valid integer", "Värdet för {0} ska vara ett heltal"),
    (r"Invalid value for '(.+?)'.*greater than or equal to (\S+)", "{0} ska vara minst {1}"),
    (r"Invalid value for '(.+?)'.*less than or equal to (\S+)", "{0} ska vara högst {1}"),
    (r"Invalid value for '(.+?)'", "Värdet för {0} går inte att använda"),
)


@contextmanager
def swedish_usage() -> Iterator[None]:
    """Turn typer's errors into UsageError with a Swedish sentence and the way to the help."""
    try:
        yield
    except _TyperError as error:
        said = error.format_message() if hasattr(error, "format_message") else str(error)
        shows_help = said.startswith("Usage:")
        raise UsageError(
            said if shows_help else f"{_in_swedish(said)}{_meant(error, said)} Se: malstyr --help"
        ) from error


def _meant(error: Exception, message: str) -> str:
    """Return the command that a misspelt one resembles, or the end of the sentence."""
    from malstyr_lib import text

    asked = re.search(r"No such command '(.+?)'", message)
    command = getattr(getattr(error, "ctx", None), "command", None)
    names = getattr(command, "commands", {})
    return (text.did_you_mean(asked[1], names) if asked else "") or "."


def _in_swedish(message: str) -> str:
    for pattern, said in _SAID:
        if found := re.search(pattern, message):
            return said.format(*found.groups())
    return message.rstrip(".")
