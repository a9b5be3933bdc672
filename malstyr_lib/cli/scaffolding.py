"""What `malstyr ny` and `kontrollera --schema` write, and what they say is next."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from malstyr_lib import text, workspace
from malstyr_lib.cli import show
from malstyr_lib.errors import MalstyrError, UsageError


def new_committee(params: Path | None, code: str, name: str, *, json: bool) -> None:
    """Write a committee's file, and say what to do next."""
    from malstyr_lib.params import scaffold

    folder = workspace.find(params=params).params
    written = scaffold.committee(folder, code=code, name=name)
    if json:
        _as_json(written)
        return
    print(f"Skrev {written[0]}")
    _say_schemas(written[1:])
    print(f"Öppna {written[0].name}, skriv nämndens mål och pröva med: malstyr kontrollera")


def new_municipality(
    home: Path, code: str, name: str | None, store: Path | None, *, json: bool
) -> None:
    """Write a municipality's params folder, and say what to do next."""
    from malstyr_lib.params import scaffold

    home = home.resolve()
    told = _name_in_store(code, home, store)
    if name is None and told is None:
        near = text.did_you_mean(code, scaffold.codes(), scaffold.codes().get) or "."
        raise UsageError(
            f"Ingen känd kommun har koden {code}{near} Koden har fyra siffror. Rätta den, eller"
            " ange också namnet: --namn NAMN"
        )
    chosen = name if name is not None else str(told)
    written = scaffold.municipality(
        home, code=code, name=chosen, source=workspace.packaged(workspace.PARAMS)
    )
    if json:
        _as_json(written)
        return
    if told is not None and scaffold.one_line(chosen) != told:
        print(f"Anmärkning: i Kolada heter kommunen {told}. Namnen behöver vara desamma.")
    _say_municipality(home / workspace.PARAMS, written)


def write_schemas(params: Path | None, *, quiet: bool) -> None:
    """Write the schemas of the parameter files beside them, as they are now."""
    from malstyr_lib.params import schema

    folder = workspace.find(params=params).params
    written = schema.write(folder)
    if not quiet:
        _say_schemas(written)
        if not written:
            print(f"Alla scheman i {folder / schema.FOLDER} är redan de rätta.")


def _say_municipality(params: Path, written: list[Path]) -> None:
    from malstyr_lib.params.files import COMMITTEES

    committees = sum(file.parent.name == COMMITTEES for file in written)
    amount = text.count(len(written), "fil", "filer")
    print(f"Skrev {params} med {amount}.")
    print(
        f"Målen, {committees} nämnder och rapporternas stoppdagar är exempel: ändra dem, ta bort"
        " de nämnder ni inte har, och lägg till andra med: malstyr ny namnd KOD NAMN"
    )
    print(f"Gå sedan till {params.parent} och pröva med: malstyr kontrollera")


def _say_schemas(written: list[Path]) -> None:
    if written:
        print(f"{text.count(len(written), 'schema', 'scheman')} skrivna i {written[0].parent}")


def _as_json(written: Iterable[Path]) -> None:
    show.as_json([{"file": str(file)} for file in written])


def _name_in_store(code: str, home: Path, named: Path | None) -> str | None:
    """Return a municipality's name from the first store that has been fetched to, or as known."""
    from malstyr_lib.params.scaffold import name_of
    from malstyr_lib.store import Store

    for place in _stores(home, named):
        store = Store(place)
        if store.snapshots():
            return name_of(code, store.open().municipalities)
    return name_of(code, None)


def _stores(home: Path, named: Path | None) -> Iterator[Path]:
    """Yield where a store may be: the one named, beside the new folder, or one's own."""
    if named is not None:
        yield named
        return
    yield home / workspace.STORE
    try:
        yield workspace.find().store
    except MalstyrError:
        return
