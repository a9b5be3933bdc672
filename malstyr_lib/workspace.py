"""Where a municipality's folders lie: its parameters, its store of figures and its output."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from malstyr_lib.errors import UsageError

PARAMS_VARIABLE = "MALSTYR_PARAMS"
STORE_VARIABLE = "MALSTYR_STORE"
OUTPUT_VARIABLE = "MALSTYR_UT"
PARAMS: Final = "params"
STORE: Final = "lager"
OUTPUT: Final = "output"
MUNICIPALITY: Final = "kommun.yaml"
"""The file that makes a folder a params folder."""
SNAPSHOTS: Final = "snapshots"
"""The folder in a store that has a file for each snapshot."""
_ADDRESS = re.compile(r"[a-z][a-z0-9+.:-]+:/.*", re.IGNORECASE)


@dataclass(frozen=True)
class Workspace:
    """Three folders; only `params` must exist."""

    params: Path
    store: Path
    output: Path

    @property
    def reference(self) -> Path:
        """Where the municipality's own Word template lies, if there is one."""
        return self.params / "mallar" / "referens.docx"

    @property
    def held(self) -> Path:
        """The folder in output that a run holds while it is at work in it."""
        return self.output / ".korning"

    def environment(self) -> dict[str, str]:
        """Return the environment variables by which a notebook's kernel finds the same folders."""
        return {
            PARAMS_VARIABLE: str(self.params),
            STORE_VARIABLE: str(self.store),
            OUTPUT_VARIABLE: str(self.output),
        }


def find(
    *,
    params: Path | None = None,
    store: Path | None = None,
    output: Path | None = None,
    start: Path | None = None,
) -> Workspace:
    """Return the folders to work in, as absolute paths.

    What is given wins, then MALSTYR_PARAMS, MALSTYR_STORE and MALSTYR_UT, then the nearest `params`
    folder in `start` (the working folder) or above it, with `lager` and `output` beside it.
    UsageError when there is no parameter folder.
    """
    chosen = folder(params or _from(PARAMS_VARIABLE) or _nearest(start or Path.cwd()))
    if not chosen.is_dir():
        raise UsageError(f"Mappen {chosen} med styrparametrar finns inte. Ange den med --params.")
    home = chosen.parent
    return Workspace(
        params=chosen,
        store=folder(store or _from(STORE_VARIABLE) or home / STORE),
        output=folder(output or _from(OUTPUT_VARIABLE) or home / OUTPUT),
    )


def is_address(asked: str) -> bool:
    """Return whether a folder is named by an address, as s3://hink/lager, and not by a path."""
    return _ADDRESS.fullmatch(asked) is not None


def folder(path: Path) -> Path:
    """Return a folder's absolute path; UsageError for an address, of which a path is a ruin."""
    if is_address(path.as_posix()):
        scheme, _, rest = path.as_posix().partition(":")
        raise UsageError(
            f"{scheme}://{rest.strip('/')} är en adress, inte en mapp. Bara hamta, rapport och vakt"
            " tar adresser, i --lager och --ut. Kopiera hem det till en mapp och ange den."
        )
    return path.resolve()


def is_own(path: Path) -> bool:
    """Return whether a file is somebody's own, and not what a system or an editor leaves."""
    return path.name[0] not in ".~#"


def parameter_files(params: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the files of a params folder, by their path in it."""
    for path in sorted(params.rglob("*")):
        if path.is_file() and is_own(path):
            yield path.relative_to(params).as_posix(), path.read_bytes()


def packaged(name: str) -> Path:
    """Return a folder that comes along: notebooks or params, the project's own or the wheel's."""
    package = Path(__file__).resolve().parent
    for folder in (package.parent / name, package / "_med" / name):
        if folder.is_dir():
            return folder
    raise UsageError(f"Mappen {name} finns inte i installationen. Installera om malstyr.")


def _from(variable: str) -> Path | None:
    value = os.environ.get(variable)
    return Path(value) if value else None


def _nearest(start: Path) -> Path:
    for folder in (start, *start.parents):
        if (folder / PARAMS / MUNICIPALITY).is_file():
            return folder / PARAMS
    raise UsageError(
        f"Ingen mapp 'params' med kommun.yaml finns i {start} eller ovanför."
        " Gå till kommunens mapp, eller ange den med --params MAPP."
    )
