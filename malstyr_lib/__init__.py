"""malstyr, "styr mot rött": the face for notebooks; everything is loaded when it is first used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from malstyr_lib.face import (
        analysgrupp,
        arsredovisning,
        blinda_flackar,
        delarsrapport,
        enhetsblad,
        fraga,
        fragor,
        jamfor,
        namndrapport,
        nyckeltal,
        nyckeltalsrapport,
        sok,
        varden,
    )

__all__ = [
    "analysgrupp",
    "arsredovisning",
    "blinda_flackar",
    "delarsrapport",
    "enhetsblad",
    "fraga",
    "fragor",
    "jamfor",
    "namndrapport",
    "nyckeltal",
    "nyckeltalsrapport",
    "sok",
    "varden",
]


def __getattr__(name: str) -> Any:
    """Return a function of the face, loaded when it is first named."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from malstyr_lib import face

    globals()[name] = found = getattr(face, name)
    return found


def __dir__() -> list[str]:
    """Return what tab completion shows: the face and nothing else."""
    return list(__all__)
