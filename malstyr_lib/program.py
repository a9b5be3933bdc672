"""Which program makes the reports: this one's own files, and the packages beside it by version."""

from __future__ import annotations

import hashlib
import platform
import sys
from importlib import metadata
from pathlib import Path
from typing import Final

PROGRAM: Final = "malstyr"
"""The name among a job's inputs of the program that it is to be made by."""
MATTER: Final = (
    "jupyterlab",
    "ipykernel",
    "papermill",
    "nbconvert",
    "pandas",
    "numpy",
    "pyarrow",
    "matplotlib",
    "seaborn",
    "requests",
    "typst",
    "pypandoc_binary",
)
"""The packages whose versions can change what a report holds or how it is made."""
_LENGTH: Final = 16


def versions() -> str:
    """Return the versions of this program, Python, the packages that matter and the system."""
    told = [("malstyr", metadata.version("malstyr")), ("Python", platform.python_version())]
    told += [(name, metadata.version(name)) for name in MATTER]
    told.append((platform.system(), f"{platform.release()} {platform.machine()}"))
    return "\n".join(f"{name} {version}" for name, version in told)


def digest(content: bytes) -> str:
    """Return what tells content apart from any other, in short."""
    return hashlib.sha256(content).hexdigest()[:_LENGTH]


def program() -> str:
    """Return the digest of this program and of every package beside it, by name and version."""
    root = Path(__file__).resolve().parent
    own = sorted(path for path in root.rglob("*") if path.is_file() and path.suffix != ".pyc")
    told = [f"{path.relative_to(root)} {digest(path.read_bytes())}" for path in own]
    beside = sorted({path.name for path in _site().glob("*.dist-info")})
    return digest("\n".join([sys.version, *told, *beside]).encode())


def _site() -> Path:
    return Path(str(metadata.distribution("pandas").locate_file("")))
