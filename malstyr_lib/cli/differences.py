"""What `malstyr skillnad` compares and prints: two snapshots in, a summary and tables out."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from malstyr_lib import tables, text
from malstyr_lib.cli import show
from malstyr_lib.errors import StoreError

if TYPE_CHECKING:
    import pandas as pd

    from malstyr_lib.drift import Summary
    from malstyr_lib.store import Snapshot, Store

SHOWN = 20
CELLS = {"revised": "Ändrade värden", "new": "Nya värden", "removed": "Borttagna värden"}
KPIS = {
    "gone": "Nyckeltal som är borta",
    "ended": "Nyckeltal som har avslutats",
    "unit": "Nyckeltal med ny enhet under samma id",
    "renamed": "Nyckeltal med ny rubrik",
    "redescribed": "Nyckeltal med ny beskrivning",
    "new": "Nya nyckeltal",
}


class Differences(NamedTuple):
    """What differs from one snapshot to another; titles and names are the newest known.

    alone: the KPIs that were asked for in one of them only, whose values are not compared.
    """

    before: Snapshot
    after: Snapshot
    alone: frozenset[str]
    cells: pd.DataFrame
    kpis: pd.DataFrame
    similar: pd.DataFrame
    summary: Summary
    titles: dict[str, str]


def pair(store: Store, a: str | None, b: str | None) -> tuple[str, str]:
    """Return the snapshots to compare: those named, else the newest and the one before it.

    StoreEmpty when there is no snapshot at all, StoreError when there is only one to choose.
    """
    newest = store.open(b).id
    if a:
        return store.open(a).id, newest
    earlier = store.snapshots()
    earlier = earlier[: earlier.index(newest)]
    if not earlier:
        raise StoreError(
            f"Lagret {store.path} har bara en ögonblicksbild, och en skillnad behöver två."
            " Hämta en till med: malstyr hamta"
        )
    return earlier[-1], newest


def compare(store: Store, a: str, b: str) -> Differences:
    """Return all that differs from snapshot a to snapshot b; fetched KPIs stand first."""
    from malstyr_lib import drift

    before, after = store.open(a), store.open(b)
    fetched = {*before.manifest["values"], *after.manifest["values"]}
    old, new = before.kpis, after.kpis
    found = drift.kpi_changes(old, new)
    ours = found["kpi"].isin(fetched)
    alone = _alone(before, after)
    cells = store.diff(a, b)
    cells = cells[~cells["kpi"].isin(alone)].reset_index(drop=True)
    similar = drift.similar_changes(before.municipality_groups, after.municipality_groups)
    both = (*zip(old["id"], old["title"], strict=True), *zip(new["id"], new["title"], strict=True))
    return Differences(
        before=before,
        after=after,
        alone=alone,
        cells=cells,
        kpis=found.iloc[(~ours).to_numpy().argsort(kind="stable")].reset_index(drop=True),
        similar=similar,
        summary=drift.summary(cells, found, similar, before=old),
        titles=dict(both),
    )


def _alone(before: Snapshot, after: Snapshot) -> frozenset[str]:
    """Return the KPIs that were asked for in one snapshot only, as far as it says."""
    return frozenset(before.asked_kpis) ^ frozenset(after.asked_kpis)


def as_json(found: Differences) -> None:
    """Print every difference as a flat object."""
    from malstyr_lib import drift

    rows = drift.flat(found.cells, found.kpis, found.similar, titles=found.titles)
    show.as_json(show.records(rows))


def for_people(found: Differences, own: str | None = None) -> None:
    """Print a summary, and then a table of each kind of difference, cut at 20 rows.

    own: the id of the municipality whose cells are shown first.
    """
    print(f"Från {_told(found.before)} till {_told(found.after)}.")
    if found.before.base_url != found.after.base_url:
        sources = f"{found.before.base_url} och {found.after.base_url}"
        print(f"De kommer från olika källor ({sources}): det är inte Kolada som har ändrat.")
    print(found.summary.sentence)
    if found.alone:
        amount = text.count(len(found.alone), "nyckeltal", "nyckeltal")
        print(f"{amount} hämtades bara den ena gången; deras värden jämförs inte.")
    for kind, heading in CELLS.items():
        _cells(heading, found.cells[found.cells["change"] == kind], found, own)
    for kind, heading in KPIS.items():
        _kpis(heading, kind, found)
    headings = ("Grupp", "Rubrik", "Lämnade", "Kom till")
    _table("Liknande kommuner med andra medlemmar", headings, found.similar)


def _told(snapshot: Snapshot) -> str:
    return f"{snapshot.id} ({text.day(snapshot.fetched)})"


def _cells(heading: str, cells: pd.DataFrame, found: Differences, own: str | None) -> None:
    """Print changed cells, the own municipality's and the nation's before the others'."""
    import pandas as pd

    known = [found.before.municipalities, found.after.municipalities]
    areas = pd.concat(known).drop_duplicates("id", keep="last").set_index("id")["title"]
    others = ~cells["municipality"].isin([own, tables.NATION])
    first = cells.iloc[others.to_numpy().argsort(kind="stable")]
    rows = [
        (
            row["kpi"],
            areas.get(row["municipality"], row["municipality"]),
            str(row["period"]),
            row["gender"],
            *text.told_apart(values, text.decimals_for(values), 6),
        )
        for row in first.head(SHOWN).to_dict("records")
        for values in [(row["before"], row["after"])]
    ]
    headings = ("Nyckeltal", "Kommun", "År", "Kön", "Före", "Efter")
    _table(heading, headings, pd.DataFrame(rows, columns=headings), total=len(cells))


def _kpis(heading: str, kind: str, found: Differences) -> None:
    """Print the KPIs of one kind of change: their title, and before and after where they differ."""
    kpis = found.kpis[found.kpis["change"] == kind]
    titled = kpis.assign(title=kpis["kpi"].map(found.titles))
    if kind == "renamed":
        _table(heading, ("Nyckeltal", "Före", "Efter"), titled[["kpi", "before", "after"]])
    elif kind == "unit":
        columns = ["kpi", "title", "before", "after"]
        _table(heading, ("Nyckeltal", "Rubrik", "Före", "Efter"), titled[columns])
    else:
        _table(heading, ("Nyckeltal", "Rubrik"), titled[["kpi", "title"]])


def _table(
    heading: str, headings: tuple[str, ...], rows: pd.DataFrame, *, total: int | None = None
) -> None:
    """Print a heading, at most 20 rows and how many more there are; nothing when there are none."""
    amount = len(rows) if total is None else total
    if not amount:
        return
    print(f"\n{heading} ({text.number(amount, 0)})")
    show.as_table(headings, [[str(cell) for cell in row] for row in rows.head(SHOWN).to_numpy()])
    if amount > SHOWN:
        print(f"… och {text.number(amount - SHOWN, 0)} till; hela listan med --json")
