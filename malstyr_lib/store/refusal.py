"""What the disk refuses the store, as one sentence with the cure."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from malstyr_lib.errors import StoreError

_REASONS: Final = {
    errno.ENOSPC: "disken är full",
    errno.EDQUOT: "disken är full",
    errno.EROFS: "mappen får inte skrivas",
    errno.EACCES: "mappen får inte skrivas",
    errno.EPERM: "mappen får inte skrivas",
    errno.EEXIST: "det är en fil, inte en mapp",
    errno.ENOTDIR: "det är en fil, inte en mapp",
}


@contextmanager
def refused(root: Path) -> Iterator[None]:
    """Turn what the disk refuses within into a StoreError that names the store and the cure."""
    try:
        yield
    except OSError as fault:
        raise StoreError(
            f"Lagret {root} kunde inte skrivas ({_refusal(fault)}). Inget har ändrats; "
            "kontrollera utrymme och rättigheter och hämta igen med: malstyr hamta"
        ) from fault


def _refusal(fault: OSError) -> str:
    """Return why the disk refused, in words for which there is a cure, with the system's own."""
    reason = _REASONS.get(fault.errno or 0)
    told = fault.strerror or str(fault)
    return f"{reason}: {told}" if reason else told
