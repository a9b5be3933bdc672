"""The Kolada API v3: complete, checked tables, or an error; never part of an answer."""

from __future__ import annotations

from malstyr_lib.kolada.client import KoladaClient
from malstyr_lib.kolada.patience import POLITE_PER_S
from malstyr_lib.kolada.wire import BASE_URL

__all__ = ["BASE_URL", "POLITE_PER_S", "KoladaClient"]
