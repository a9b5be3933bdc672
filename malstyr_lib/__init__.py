"""malstyr, "styr mot rött": the face for notebooks; everything is loaded when it is first used."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:  # for editors, which run nothing
    from malstyr_lib.face.answering import fraga as fraga
    from malstyr_lib.face.answering import fragor as fragor
    from malstyr_lib.face.comparing import jamfor as jamfor
    from malstyr_lib.face.figures import varden as varden
    from malstyr_lib.face.finding import sok as sok
    from malstyr_lib.face.key_figure import nyckeltal as nyckeltal
    from malstyr_lib.face.reports import analysgrupp as analysgrupp
    from malstyr_lib.face.reports import arsredovisning as arsredovisning
    from malstyr_lib.face.reports import delarsrapport as delarsrapport
    from malstyr_lib.face.reports import enhetsblad as enhetsblad
    from malstyr_lib.face.reports import namndrapport as namndrapport
    from malstyr_lib.face.reports import nyckeltalsrapport as nyckeltalsrapport
    from malstyr_lib.face.unwatched import blinda_flackar as blinda_flackar

_HOMES: Final = {
    "analysgrupp": "reports",
    "arsredovisning": "reports",
    "blinda_flackar": "unwatched",
    "delarsrapport": "reports",
    "enhetsblad": "reports",
    "fraga": "answering",
    "fragor": "answering",
    "jamfor": "comparing",
    "namndrapport": "reports",
    "nyckeltal": "key_figure",
    "nyckeltalsrapport": "reports",
    "sok": "finding",
    "varden": "figures",
}
"""The functions of the face, each with the module of malstyr_lib.face that it is loaded from."""

__all__ = [*_HOMES]


def __getattr__(name: str) -> Any:
    """Return a function of the face, loaded when it is first named."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = found = getattr(import_module(f"malstyr_lib.face.{_HOMES[name]}"), name)
    return found


def __dir__() -> list[str]:
    """Return what tab completion shows: the face and nothing else."""
    return list(__all__)
