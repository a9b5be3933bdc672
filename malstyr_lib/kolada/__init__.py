"""The Kolada API v3: complete, checked tables, or an error; never part of an answer."""

from __future__ import annotations

from malstyr_lib.kolada.client import BASE_URL, KoladaClient
from malstyr_lib.kolada.patience import POLITE_PER_S

__all__ = ["BASE_URL", "POLITE_PER_S", "KoladaClient"]
