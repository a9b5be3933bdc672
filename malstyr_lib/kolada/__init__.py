"""The Kolada API v3: complete, checked tables, or an error; never part of an answer."""

from __future__ import annotations

from malstyr_lib.kolada.client import BASE_URL, KoladaClient

__all__ = ["BASE_URL", "KoladaClient"]
