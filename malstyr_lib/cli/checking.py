"""What `kontrollera` prints: that the files can be read, and all in the chain to look over."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from malstyr_lib import text
from malstyr_lib.cli import show
from malstyr_lib.cli.exits import REMARKS, WRONG

if TYPE_CHECKING:
    from collections.abc import Sequence

    from malstyr_lib.chain import Remark
    from malstyr_lib.model import SteeringModel
    from malstyr_lib.params import Places
    from malstyr_lib.workspace import Workspace

_HOW: Final = (
    "Det som ska stå som det är skrivs under undantag i samma nämnds fil, eller i styrmodell.yaml"
    " om det gäller hela kommunen: kod, gäller (ordet inom parentes) och varför.\n"
)


def say(
    place: Workspace,
    model: SteeringModel,
    places: Places,
    *,
    today: date,
    strict: bool,
    waived: bool,
    json: bool,
) -> int:
    """Print what to look over in the goal chain; return the exit code.

    strict: remarks are errors. waived: show those that somebody lets stand too. Exit code 2 for
    errors, 4 for remarks, 0 when there is nothing but what is waived.
    """
    found = _found(place, model, today)
    open_ones = [one for one in found if not one.waived]
    shown = found if waived or json else open_ones
    if json:
        from malstyr_lib.chain import table

        where = {number: _place(places, one) for number, one in enumerate(shown)}
        show.as_json(show.records(table(shown, where)))
    else:
        print(_head(place, model, len(open_ones)))
        for one in shown:
            print(line(places, one))
        print(_foot(found, shown_too=waived), end="")
    wrong = any(one.severity == "fel" for one in open_ones)
    return WRONG if wrong or (strict and open_ones) else REMARKS if open_ones else 0


def _found(place: Workspace, model: SteeringModel, today: date) -> list[Remark]:
    from malstyr_lib.chain import lint
    from malstyr_lib.grounds.chain_basis import chain_basis
    from malstyr_lib.store import Store

    store = Store(place.store)
    snapshot = store.open() if store.snapshots() else None
    return lint(chain_basis(model, snapshot, today=today, before=_before(place, today)))


def _before(place: Workspace, today: date) -> dict[str, dict[str, str]]:
    """Return the focus KPIs of the newest earlier report of every committee, and their colours."""
    from malstyr_lib import manifest

    told = manifest.last_told(manifest.read(place.output), lambda one: one.made < today.year)
    return {slug: dict(one.found["focus"]) for slug, one in told.items()}


def _place(places: Places, one: Remark) -> str:
    problem = places.problem(one.file, one.loc, "")
    return f"{problem.file} rad {problem.line}" if problem.line else problem.file


def _head(place: Workspace, model: SteeringModel, remarks: int) -> str:
    counts = [
        text.count(len(model.committees), "nämnd", "nämnder"),
        f"{len(model.council_goals)} mål från fullmäktige",
        f"{len(model.kpis)} nyckeltal",
        *([text.count(len(model.activities), "aktivitet", "aktiviteter")]),
        *([text.count(len(model.measures), "eget mått", "egna mått")] if model.measures else []),
    ]
    who = f"{model.municipality.name} ({model.municipality.code})"
    left = text.count(remarks, "anmärkning", "anmärkningar")
    found = f"Filerna i {place.params} går att läsa; {left} att se över." if remarks else ""
    return f"{who}: {', '.join(counts)}. {found or f'Inga fel i {place.params}.'}"


def line(places: Places, one: Remark) -> str:
    """Return a remark as it is printed: its code, where it is, what it is, and the cure."""
    head = f"{one.severity.capitalize()} {one.code} ({one.about}) {_place(places, one)}"
    said = f"{head}: {_ended(one.text)}"
    if one.waived:
        return f"{said} Undantaget: {one.waived}"
    return f"{said} {one.cure[:1].upper()}{one.cure[1:]}."


def _ended(words: str) -> str:
    return words if words.endswith(("?", ".")) else f"{words}."


def _foot(found: Sequence[Remark], *, shown_too: bool) -> str:
    """Return how to let a remark stand, and how many are let stand, where there are any."""
    amount = sum(bool(one.waived) for one in found)
    how = "" if amount == len(found) else _HOW
    if not amount or shown_too:
        return how
    noun = text.count(amount, "anmärkning är undantagen", "anmärkningar är undantagna")
    return f"{how}{noun} med skäl; visa dem med --undantag.\n"
