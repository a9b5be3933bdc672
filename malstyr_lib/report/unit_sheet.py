"""The unit's sheet: one page for the workplace meeting, each part as a piece of HTML.

Attributes are Swedish, since a coordinator meets them in the notebook.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from malstyr_lib import markup, tables, text
from malstyr_lib.markup import Html
from malstyr_lib.model import Administration
from malstyr_lib.report import unit_expected, unit_findings, unit_parts
from malstyr_lib.report.analysis import report_year
from malstyr_lib.report.ending import EndMarker
from malstyr_lib.report.opening import opened
from malstyr_lib.report.unit_basis import UnitBasis
from malstyr_lib.report.unit_questions import ToTalk, three
from malstyr_lib.report.workplaces import workplace_named


@dataclass(frozen=True)
class UnitSheet:
    """A unit's sheet for a year; every attribute is one part, ready to be shown."""

    basis: UnitBasis

    @property
    def rubrik(self) -> Html:
        """The title, whose unit it is, what it took over, and the mark of exercise figures."""
        b = self.basis
        title = markup.heading(1, f"{b.place.name}: vårt arbete och siffrorna {b.year}")
        exercise = markup.exercise(invented=b.exercise)
        facts = markup.paragraph(
            " ".join([f"{self._whose} Underlag för arbetsplatsträffen.", *self._since])
        )
        return markup.boxed(markup.joined([title, *exercise, facts]), "enhetsblad")

    @property
    def _whose(self) -> str:
        b = self.basis
        mine = [one for one in b.committee.administrations if b.unit.id in _ids(one)]
        owner = mine[0].name
        return f"{owner}, {b.committee.name}."

    @property
    def _since(self) -> list[str]:
        """Return from whom the unit took over and when, and when it ends."""
        b, found = self.basis, []
        names = {name: part.name for name, part in b.opened.model.parts.items()}
        if b.unit.replaces:
            when = f" {b.unit.since}" if b.unit.since else ""
            before = text.listing([names.get(one, one) for one in b.unit.replaces])
            found.append(f"Enheten tog{when} över arbetet från {before}.")
        if b.unit.until:
            found.append(f"Enheten finns till och med {b.unit.until}.")
        return found

    @property
    def kedjan(self) -> Html:
        """The chain from the council's goal to what is done here."""
        return unit_parts.thread(self.basis)

    @property
    def siffrorna(self) -> Html:
        """The key figures that it is to be seen in."""
        return unit_parts.figures(self.basis)

    @property
    def egna(self) -> Html:
        """The municipality's own measures of the unit."""
        return unit_parts.own_measures(self.basis)

    @property
    def att_vanta(self) -> Html:
        """What can be expected, and when."""
        return unit_expected.expected(self.basis)

    @cached_property
    def _three(self) -> list[ToTalk]:
        return three(self.basis)

    @property
    def fragor(self) -> Html:
        """The three questions to talk about, and why each is asked."""
        items = [
            markup.joined([markup.paragraph(one.words), markup.note(one.why, kind="skal")])
            for one in self._three
        ]
        return markup.listed(items, "tre-fragor", ordered=True)

    @property
    def kallor(self) -> Html:
        """What the sheet rests on."""
        b = self.basis
        snapshot = b.opened.snapshot
        return markup.note(
            f"{text.source(exercise=b.exercise)}, hämtad {text.day(snapshot.fetched)}"
            f" ({snapshot.id}). Resten är egen bearbetning.",
            kind="kallor",
        )

    @property
    def slut(self) -> EndMarker:
        """The mark that the sheet came to its end, which the batch looks for."""
        b = self.basis
        colours = [case.colour for case in b.cases]
        early = sum(bool(case.now and case.now["preliminary"]) for case in b.cases)
        found = {
            "committee": b.committee.slug,
            "unit": b.unit.id,
            "year": b.year,
            "snapshot": b.opened.snapshot.id,
            "exercise": b.exercise,
            "activities": len(b.activities),
            "kpis": len(colours),
            "preliminary": early,
            "colours": {one: colours.count(one) for one in tables.COLOURS},
        }
        words = f"Hela bladet är med: {text.count(len(colours), 'nyckeltal', 'nyckeltal')}."
        told = unit_findings.tables(b, self._three)
        return EndMarker(found, words, told, b.opened.snapshot.reads)


def _ids(one: Administration) -> set[str]:
    return {unit.id for unit in one.units}


def unit_sheet(unit: str, *, year: int | None = None, snapshot: str | None = None) -> UnitSheet:
    """Return a unit's sheet, from the folders that `workspace.find` finds.

    unit: its slug, id or name. year: None is the newest year that half of the committees' KPIs
    have reached. snapshot: its id; None is the newest. ParamsError with every problem, StoreEmpty
    with the cure, UsageError for a unit that is not in force that year.
    """
    start = opened(snapshot)
    year = report_year(start.model, start.snapshot, year)
    return UnitSheet(UnitBasis(start, workplace_named(start.model, unit, year), year))
