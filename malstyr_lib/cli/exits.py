"""The exit codes; an error of ours that stops a command has its own."""

from __future__ import annotations

from typing import Final

SOME_FAILED: Final = 1
WRONG: Final = 2
STORE_FAULT: Final = 3
REMARKS: Final = 4
INTERRUPTED: Final = 130
