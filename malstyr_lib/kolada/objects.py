"""Kolada's KPIs, areas, groups and units: a page of them in, and of all pages one table out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeVar

import msgspec
import pandas as pd

from malstyr_lib import tables
from malstyr_lib.errors import KoladaContradiction
from malstyr_lib.kolada import envelope
from malstyr_lib.kolada.envelope import CURE, Envelope, Page, left_out


class Kpi(msgspec.Struct, gc=False):
    """A key figure as the API has it."""

    id: str
    title: str
    is_divided_by_gender: bool
    municipality_type: str | None
    has_ou_data: bool
    description: str | None = None
    auspice: str | None = None
    operating_area: str | None = None
    perspective: str | None = None
    prel_publication_date: str | None = None
    publication_date: str | None = None
    publ_period: str | None = None


class Area(msgspec.Struct, gc=False):
    """A municipality (K), a region or the nation (L)."""

    id: str
    title: str
    type: str


class Member(msgspec.Struct, gc=False):
    """A member of a group: an area's or a key figure's id and title."""

    member_id: str
    member_title: str


class Group(msgspec.Struct, gc=False):
    """A group of areas or of key figures."""

    id: str
    title: str
    members: list[Member]


class Ou(msgspec.Struct, gc=False):
    """A unit: a school, a preschool, a home."""

    id: str
    title: str
    municipality: str


Item = TypeVar("Item", Kpi, Area, Group, Ou)
_KPIS: Final = msgspec.json.Decoder(Envelope[Kpi])
_AREAS: Final = msgspec.json.Decoder(Envelope[Area])
_GROUPS: Final = msgspec.json.Decoder(Envelope[Group])
_OUS: Final = msgspec.json.Decoder(Envelope[Ou])


def kpis(body: bytes) -> Page[list[Kpi]]:
    """Return a checked page of key figures."""
    return envelope.read(body, _KPIS)


def municipalities(body: bytes) -> Page[list[Area]]:
    """Return a checked page of areas."""
    return envelope.read(body, _AREAS)


def groups(body: bytes) -> Page[list[Group]]:
    """Return a checked page of groups."""
    return envelope.read(body, _GROUPS)


def ous(body: bytes) -> Page[list[Ou]]:
    """Return a checked page of units."""
    return envelope.read(body, _OUS)


def catalogue(pages: Sequence[Sequence[Item]], contract: Mapping[str, str]) -> pd.DataFrame:
    """Return objects as a table sorted by id, each once; `.attrs["fetch"]` counts duplicates.

    Raises KoladaContradiction when two objects have one id and differ.
    """
    objects = [item for page in pages for item in page]
    known: dict[str, Item] = {}
    for item in objects:
        if known.setdefault(item.id, item) != item:
            raise KoladaContradiction(f"Kolada gav två olika objekt med id {item.id}. {CURE}")
    frame = tables.of_rows(contract, [_cleaned(known[key]) for key in sorted(known)])
    duplicates = left_out("dubbletter", len(objects) - len(known))
    frame.attrs["fetch"] = {"rows": len(objects), "duplicates": duplicates}
    return frame


def _cleaned(item: Item) -> dict[str, Any]:
    raw: dict[str, Any] = msgspec.to_builtins(item)
    for member in raw.get("members", ()):
        member["member_title"] = title(member["member_title"])
    if raw.get("description"):
        raw["description"] = description(raw["description"])
    return raw | {"title": title(raw["title"])}


def title(raw: str) -> str:
    """Return a title on one line, without blanks around it; inner double blanks are kept."""
    return " ".join(description(raw).splitlines()).strip()


def description(raw: str) -> str:
    r"""Return a text with real line breaks for the two characters \n and blanks for U+00A0."""
    return raw.replace("\\n", "\n").replace("\u00a0", " ").strip()
