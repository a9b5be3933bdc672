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
    (
        r"Got unexpected extra argument\S* \((.+?)\)",
        "För många ord: {0}; skriv citattecken om text med blanksteg",
    ),
    (r"Option '(.+?)' requires an argument", "Flaggan {0} behöver ett värde"),
    (r"Invalid value for '(.+?)'.*valid integer", "Värdet för {0} ska vara ett heltal"),
    (r"Invalid value for '(.+?)'.*greater than or equal to (\S+)", "{0} ska vara minst {1}"),
    (r"Invalid value for '(.+?)'.*less than or equal to (\S+)", "{0} ska vara högst {1}"),
    (r"Invalid value for '(.+?)'", "Värdet för {0} går inte att använda"),
)

_PLAIN: Final = str.maketrans("åäöÅÄÖ", "aaoAAO")
"""Options are written without dots and rings."""


@contextmanager
def swedish_usage() -> Iterator[None]:
    """Turn typer's errors into UsageError with a Swedish sentence and the way to the help."""
    try:
        yield
    except _TyperError as error:
        said = error.format_message() if hasattr(error, "format_message") else str(error)
        if said.startswith("Usage:"):
            raise UsageError(said) from error
        where = getattr(getattr(error, "ctx", None), "command_path", "malstyr")
        raise UsageError(f"{_in_swedish(said)}{_meant(error, said)} Se: {where} --help") from error


def _meant(error: Exception, message: str) -> str:
    """Return what a misspelt command or option resembles, or the end of the sentence."""
    from malstyr_lib import text

    asked = re.search(r"No such (?:command|option):? ?'?([^\s']+?)'?\.?(?: |$)", message)
    command = getattr(getattr(error, "ctx", None), "command", None)
    if asked is None or command is None:
        return "."
    word = asked[1].translate(_PLAIN)
    if word in (f"--{one.name}" for one in command.params if one.param_type_name == "argument"):
        return f"; skriv värdet utan {word}."
    if word.startswith("-"):
        return text.did_you_mean(word, [name for one in command.params for name in one.opts]) or "."
    return text.did_you_mean(word, getattr(command, "commands", {})) or "."


def _in_swedish(message: str) -> str:
    for pattern, said in _SAID:
        if found := re.search(pattern, message):
            return said.format(*found.groups())
    return message.rstrip(".")
