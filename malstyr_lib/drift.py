"""What Kolada changed between two retrievals: tables in, the changes as new tables out.

Kolada announces neither revisions nor removals, and a KPI or a group can change its meaning under
the same id.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from malstyr_lib import kpi_title, tables, text

KPI_CHANGES: Final = {"kpi": "str", "change": "str", "before": "str", "after": "str"}
"""What `kpi_changes` returns; `change` is one of `KINDS`."""
KINDS: Final = ("gone", "ended", "unit", "renamed", "redescribed", "new")
SIMILAR_CHANGES: Final = {"group": "str", "title": "str", "left": "str", "joined": "str"}
"""What `similar_changes` returns; left and joined are the members' names, with commas between."""
FLAT: Final = (
    "kind",
    "kpi",
    "title",
    "group",
    "municipality",
    "period",
    "gender",
    "before",
    "after",
)
"""The columns of `flat`."""

_SIMILAR: Final = "Liknande kommuner"
_CELLS: Final = (
    ("ändrat värde", "ändrade värden"),
    ("nytt värde", "nya värden"),
    ("borttaget värde", "borttagna värden"),
)
_KPIS: Final = (
    ("borta", "borta"),
    ("avslutat", "avslutade"),
    ("med ny enhet", "med ny enhet"),
    ("med ny rubrik", "med ny rubrik"),
    ("med ny beskrivning", "med ny beskrivning"),
    ("nytt", "nya"),
)


@dataclass(frozen=True)
class Summary:
    """How many of each change: cells, KPIs by kind of change, and groups of similar ones.

    municipal_before and municipal_gone: the municipal KPIs of the first catalogue, and those of
    them that the second one does not have.
    """

    revised: int
    new: int
    removed: int
    kpis: tuple[tuple[str, int], ...]
    municipal_before: int
    municipal_gone: int
    similar: int

    @property
    def differs(self) -> bool:
        """Whether anything at all differs."""
        amounts = (self.revised, self.new, self.removed, self.similar)
        return any((*amounts, *dict(self.kpis).values()))

    @property
    def sentence(self) -> str:
        """The counts in words, or that nothing differs; what is nought is left out."""
        if not self.differs:
            return "Inget skiljer: samma värden, nyckeltal och grupper."
        kinds = dict(self.kpis)
        said = [
            _counted((self.revised, self.new, self.removed), _CELLS, "Inga värden skiljer"),
            "Nyckeltal: " + _counted([kinds[kind] for kind in KINDS], _KPIS, "inga skiljer"),
        ]
        if self.municipal_gone:
            gone, ours = (text.number(n, 0) for n in (self.municipal_gone, self.municipal_before))
            said.append(f"Av de kommunala nyckeltalen är {gone} av {ours} borta")
        if self.similar:
            groups = text.count(self.similar, "grupp", "grupper")
            said.append(f"{groups} av liknande kommuner har bytt medlemmar")
        return ". ".join(said) + "."


def kpi_changes(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Return what differs between two catalogues (`tables.KPIS`) as `KPI_CHANGES`, by id.

    gone and new: the id is in one catalogue only, and its title is told. ended: the title is newly
    marked "(-2024)" or "(- 2024)" at its end. renamed: the title differs otherwise, a mark that
    was changed or taken away included. redescribed: the description differs. unit: `kpi_title.unit`
    reads one unit before and another after. Blanks never count, and a KPI may have several rows.
    """
    old, new = _by_id(before), _by_id(after)
    rows = []
    for kpi in sorted({*old, *new}):
        if kpi not in new:
            rows.append((kpi, "gone", old[kpi][0], ""))
        elif kpi not in old:
            rows.append((kpi, "new", "", new[kpi][0]))
        else:
            rows += [(kpi, *change) for change in _changed(old[kpi], new[kpi])]
    return _table(KPI_CHANGES, rows)


def similar_changes(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Return the groups of similar municipalities whose members changed under the same id.

    Takes two tables of groups (`tables.GROUPS`) and returns `SIMILAR_CHANGES`, with the newer
    title, by id. A group that only one of them has is no change of members.
    """
    earlier = {one: members for one, _, members in _similar(before)}
    rows = []
    for one, title, members in sorted(_similar(after), key=lambda group: group[0]):
        old = earlier.get(one, members)
        if set(old) != set(members):
            left = sorted(name for member, name in old.items() if member not in members)
            joined = sorted(name for member, name in members.items() if member not in old)
            rows.append((one, title, ", ".join(left), ", ".join(joined)))
    return _table(SIMILAR_CHANGES, rows)


def summary(
    cells: pd.DataFrame, kpis: pd.DataFrame, similar: pd.DataFrame, *, before: pd.DataFrame
) -> Summary:
    """Return the counts of changed cells (`store.CHANGES`), KPIs and groups.

    before: the first catalogue, which says which KPIs were municipal.
    """
    values, kinds = cells["change"].value_counts(), kpis["change"].value_counts()
    ours = tables.municipal_kpis(before)
    return Summary(
        revised=int(values.get("revised", 0)),
        new=int(values.get("new", 0)),
        removed=int(values.get("removed", 0)),
        kpis=tuple((kind, int(kinds.get(kind, 0))) for kind in KINDS),
        municipal_before=len(ours),
        municipal_gone=len(ours & set(kpis.loc[kpis["change"] == "gone", "kpi"])),
        similar=len(similar),
    )


def flat(
    cells: pd.DataFrame, kpis: pd.DataFrame, similar: pd.DataFrame, *, titles: dict[str, str]
) -> pd.DataFrame:
    """Return every change as one row of `FLAT`; what does not apply to a kind is None.

    kind: revised, new, removed (cells); ended, unit, renamed, redescribed, kpi_gone, kpi_new
    (KPIs); similar (groups, with those who left as before and those who joined as after).
    """
    parts = (
        cells.assign(kind=cells["change"], title=cells["kpi"].map(titles)),
        kpis.assign(
            kind=kpis["change"].replace({"gone": "kpi_gone", "new": "kpi_new"}),
            title=kpis["kpi"].map(titles),
        ),
        similar.rename(columns={"left": "before", "joined": "after"}).assign(kind="similar"),
    )
    rows = [row for part in parts for row in part.to_dict("records")]
    return pd.DataFrame(
        {name: pd.Series([row.get(name) for row in rows], dtype=object) for name in FLAT}
    )


def _counted(amounts: Sequence[int], nouns: Sequence[tuple[str, str]], nothing: str) -> str:
    """Return the amounts that are not 0 as running text, or what to say when all are."""
    counted = [text.count(n, *noun) for n, noun in zip(amounts, nouns, strict=True) if n]
    return text.listing(counted) or nothing


def _by_id(kpis: pd.DataFrame) -> dict[str, tuple[str, str]]:
    """Return each KPI's title and description, with single blanks."""
    columns = (kpis["id"], kpis["title"].fillna(""), kpis["description"].fillna(""))
    return {
        kpi: (" ".join(title.split()), " ".join(told.split()))
        for kpi, title, told in zip(*columns, strict=True)
    }


def _changed(old: tuple[str, str], new: tuple[str, str]) -> list[tuple[str, str, str]]:
    """Return the changes of a KPI that both catalogues have: kind, before and after."""
    (title, told), (title_now, told_now) = old, new
    marked, ended = bool(kpi_title.ended_year(title)), bool(kpi_title.ended_year(title_now))
    plain, plain_now = kpi_title.plain(title), kpi_title.plain(title_now)
    units = kpi_title.changed_unit(title, title_now)
    found = []
    if ended and not marked:
        found.append(("ended", title, title_now))
    if units:
        found.append(("unit", *units))
    if plain != plain_now or (marked and title != title_now):
        found.append(("renamed", title, title_now))
    if told != told_now:
        found.append(("redescribed", told, told_now))
    return found


def _similar(groups: pd.DataFrame) -> list[tuple[str, str, dict[str, str]]]:
    """Return the groups of similar municipalities: id, title, and names by member."""
    return [
        (one, title, {member["member_id"]: member["member_title"] for member in members})
        for one, title, members in zip(
            groups["id"], groups["title"], groups["members"], strict=True
        )
        if title.startswith(_SIMILAR)
    ]


def _table(contract: dict[str, str], rows: list[Any]) -> pd.DataFrame:
    return tables.of_rows(contract, (dict(zip(contract, row, strict=True)) for row in rows))
