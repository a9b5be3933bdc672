"""What output holds of the reports in its manifest, and the page that lists them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from malstyr_lib.model import SteeringModel
from malstyr_lib.outcome import Outcome
from malstyr_lib.report import index
from malstyr_lib.report.kinds import KINDS
from malstyr_lib.workspace import Workspace

PAGE: Final = "rapport.html"
NOTEBOOK: Final = "rapport.ipynb"


def there(outcome: Outcome, output: Path) -> tuple[str, ...]:
    """Return which of a report's files lie in its folder, the page first; none without the page."""
    names = [PAGE, *(name for name in outcome.files if name != PAGE)]
    found = tuple(name for name in names if (output / outcome.folder / name).is_file())
    return found if outcome.published and PAGE in found else ()


def listed_page(outcomes: Sequence[Outcome], place: Workspace, model: SteeringModel) -> str:
    """Return the page that lists reports, in the order of the kinds, with what lies there."""
    order = {name: number for number, name in enumerate(KINDS)}
    ordered = sorted(outcomes, key=lambda one: order.get(one.kind, len(order)))
    names = {one.slug: one.name for one in model.committees}
    entries = [_entry(one, there(one, place.output), names) for one in ordered]
    return index.list_page(entries, model.municipality.name)


def _entry(outcome: Outcome, files: tuple[str, ...], names: dict[str, str]) -> index.Entry:
    """Return a report as one line of the list. names: the committees' names by slug."""
    kind = KINDS.get(outcome.kind)
    return index.Entry(
        year=outcome.year,
        kind=kind.words if kind else outcome.kind,
        name=outcome.name,
        folder=outcome.folder,
        published=outcome.published,
        error=outcome.error,
        preliminary=int(outcome.found.get("preliminary", 0)),
        exercise=bool(outcome.found.get("exercise")),
        files=files,
        committees=tuple(names.get(slug, slug) for slug in outcome.committees),
        colours=dict(outcome.found.get("colours", {})),
    )
