"""The exit codes of commands that came to their end; an error that stops one has its own."""

from __future__ import annotations

from typing import Final

SOME_FAILED: Final = 1
STORE_FAULT: Final = 3
REMARKS: Final = 4
