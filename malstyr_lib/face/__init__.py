"""The face for analysts, and the page for those who write no code.

`import malstyr_lib as ms` brings these, each on its first use.

Names and docstrings are Swedish, since analysts meet them by tab completion and `ms.sok?`.
"""

from malstyr_lib.face.answering import fraga, fragor
from malstyr_lib.face.comparing import jamfor
from malstyr_lib.face.figures import varden
from malstyr_lib.face.finding import sok
from malstyr_lib.face.key_figure import nyckeltal
from malstyr_lib.face.reports import (
    analysgrupp,
    arsredovisning,
    delarsrapport,
    enhetsblad,
    namndrapport,
    nyckeltalsrapport,
)
from malstyr_lib.face.unwatched import blinda_flackar

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
