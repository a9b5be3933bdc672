"""What `malstyr lager` does and says: what there is, whether it is whole, and what is removed."""

from __future__ import annotations

import sys
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Final

from malstyr_lib import text
from malstyr_lib.cli import show
from malstyr_lib.errors import UsageError
from malstyr_lib.store import Store, upkeep
from malstyr_lib.store.journal import Journal
from malstyr_lib.store.upkeep import Entry

_HEADINGS: Final = ("Ögonblicksbild", "Hämtad", "Nyckeltal", "Rader", "Storlek", "")


def remove(store: Store, keep: int | None, one: str | None) -> None:
    """Remove the snapshots that a rule lets go, or one; say which, and ask a person first."""
    if one and one not in store.snapshots():
        raise UsageError(f"Det finns ingen ögonblicksbild '{one}'. Se alla med: malstyr lager")
    gone = [one] if one else upkeep.superfluous(store, keep or 1)
    screen = show.console()
    if not gone:
        screen.print("Inget att ta bort.")
        return
    screen.print("Tas bort, och rapporter på dem kan inte göras om:", markup=False)
    for name in gone:
        screen.print(f"  {name}", markup=False)
    if sys.stdin.isatty() and input("Ta bort? [j/N] ").strip().casefold() not in ("j", "ja"):
        raise UsageError("Inget togs bort.")
    freed = upkeep.prune(store, gone)
    amount = text.count(len(gone), "ögonblicksbild", "ögonblicksbilder")
    screen.print(f"{amount} borttagna, {text.number(freed / 1e6, 1)} MB frigjordes.", markup=False)


def say(store: Store, *, verify: bool, json: bool) -> bool:
    """Say what there is, and with verify if it is whole; return whether anything is damaged."""
    if store.path.exists() and not store.path.is_dir():
        raise UsageError(f"{store.path} är en fil, inte en mapp. Ange en annan mapp med --lager.")
    entries = upkeep.survey(store, verify=verify)
    if json:
        show.as_json([_flat(entry) for entry in entries])
    else:
        _for_people(store, entries, verify=verify)
    return any(entry.damage for entry in entries)


def _for_people(store: Store, entries: list[Entry], *, verify: bool) -> None:
    if entries:
        show.as_table(_HEADINGS, [_row(entry) for entry in entries])
    else:
        print(f"Lagret {store.path} är tomt. Hämta värden med: malstyr hamta")
    for source in dict.fromkeys(entry.base_url for entry in entries if entry.base_url):
        print(f"Från {source}")
    for entry in entries:
        for damage in entry.damage:
            print(f"Skada i {entry.snapshot}: {damage}")
    if verify and entries and not any(entry.damage for entry in entries):
        amount = text.count(len(entries), "ögonblicksbild", "ögonblicksbilder")
        print(f"Allt är helt: varje fil i {amount} är läst och stämmer.")
    if any(entry.damage for entry in entries):
        print(_CURE)
    for journal in upkeep.interrupted(store, datetime.now(UTC)):
        print(_not_done(journal))


_CURE: Final = (
    "Det som Kolada fortfarande har läks av en ny hämtning på samma sätt: malstyr hamta, eller"
    " malstyr hamta --allt. Annat kan bara återställas ur en säkerhetskopia av lagret; en bild som"
    " inte går att läsa tas bort med --ta-bort."
)


def _not_done(journal: Journal) -> str:
    amount = text.count(journal.answers(), "svar", "svar")
    return (
        f"En hämtning med --allt som började {text.moment(journal.started)} är inte klar: {amount}"
        " finns. Fortsätt inom ett dygn från början, med samma kommando: malstyr hamta --allt"
    )


def _flat(entry: Entry) -> dict[str, object]:
    """Return a snapshot as one flat object."""
    moment = entry.fetched.isoformat() if entry.fetched else None
    return asdict(entry) | {"fetched": moment, "damage": "; ".join(entry.damage) or None}


def _row(entry: Entry) -> list[str]:
    when = text.moment(entry.fetched) if entry.fetched else "okänt"
    amounts = [text.number(amount, 0) for amount in (entry.kpis, entry.rows)]
    size = f"{text.number(entry.size / 1e6, 1)} MB"
    return [entry.snapshot, when, *amounts, size, "skadad" if entry.damage else ""]
