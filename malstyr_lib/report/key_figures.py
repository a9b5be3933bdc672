"""The council's report on the key figures: the full set, with last year's colours twice over.

As they were published, and as they are counted today. Attributes are Swedish, since a coordinator
meets them in the notebook.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from malstyr_lib import markup, tables, text
from malstyr_lib.markup import STATUS, Html, Source
from malstyr_lib.model import Kpi
from malstyr_lib.report import hold_on, municipality, parts, published, wording
from malstyr_lib.report.across import ALL, Across, across
from malstyr_lib.report.analysis import Analysis
from malstyr_lib.report.ending import EndMarker
from malstyr_lib.report.wording import label


@dataclass(frozen=True)
class KeyFiguresReport(municipality.AcrossReport):
    """The council's report on the key figures of a year; every attribute is one part."""

    @property
    def rubrik(self) -> Html:
        """The title, what it rests on, and the mark of exercise figures."""
        words = f"Analysrapport över nyckeltal {self.across.year}"
        return municipality.title(self.across, words, "Till kommunfullmäktige")

    @cached_property
    def _compared(self) -> pd.DataFrame:
        return published.compared(self.across)

    @property
    def sammanfattning(self) -> Html:
        """What the council needs on one page: the situation, what turned, what to hold on to."""
        x = self.across
        if not x.ids:
            return markup.note(municipality.NO_KPIS)
        reds = text.sentence(str(x.expect("röda")["reason"]))
        meaning = (
            "Rött betyder sämre än de flesta andra kommuner, inte att ett mål har missats."
            " Siffrorna säger inte varför."
        )
        return markup.joined(
            [
                markup.paragraph(f"{municipality.situation(x)} {meaning}"),
                *municipality.farthest(x),
                markup.paragraph("Mot det vanliga, och mot förra gången:"),
                markup.bullets(
                    [reds, *municipality.turned_sentences(x), *self._against(), *self._held()]
                ),
                markup.paragraph("Nämnd för nämnd:"),
                markup.bullets([self._committee_sentence(a) for a in x.analyses]),
            ]
        )

    def _against(self) -> list[str]:
        """Return how the colours that were published stand today."""
        rows = self._compared
        reported = rows.loc[rows["report"].notna(), "committee"].unique()
        silent = [
            a.committee.name for a in self.across.analyses if a.committee.slug not in reported
        ]
        if not len(reported):
            return [
                "Ingen nämndanalys från ett tidigare år finns publicerad här, så förra årets färger"
                " visas bara som de räknas i dag."
            ]
        return [*_unpublished(silent), *_same(rows), *_left(rows)]

    def _held(self) -> list[str]:
        """Return how many of the reds are slow measures; nothing without any."""
        x = self.across
        slow = [kpi for kpi in x.red["kpi"] if hold_on.is_slow(x.of(kpi), x.kpi(kpi))]
        if not slow:
            return []
        amount = f"{len(slow)} av {len(x.red)} röda" if len(x.red) > 1 else "Det röda"
        verb = "är trögrörliga mått" if len(slow) > 1 else "är ett trögrörligt mått"
        return [
            f"{amount} {verb}, där förändringar brukar ta flera år: håll i det som är påbörjat."
        ]

    def _committee_sentence(self, a: Analysis) -> str:
        """Return one committee's colours, how it stands to the usual, and its turns."""
        if not a.kpis:
            return f"{a.committee.name} har inga nyckeltal."
        counts = self.across.counts([kpi.id for kpi in a.kpis])
        grey = counts[tables.GREY]
        left = f", {grey} utan färg" if grey else ""
        said = f"{a.committee.name}: {wording.counted_colours(counts)}{left}."
        better = sum(one.better for one in a.shifts)
        worse = len(a.shifts) - better
        if not a.shifts:
            return f"{said} Ingen färg har bytts sedan den förra mätningen."
        return (
            f"{said} Sedan den förra mätningen har {better or 'inget'} fått bättre färg och"
            f" {worse or 'inget'} sämre."
        )

    @property
    def i_tal(self) -> Html:
        """How many KPIs have each colour, committee by committee and perspective by perspective."""
        x = self.across
        by_committee = [(one.committee.name, [kpi.id for kpi in one.kpis]) for one in x.analyses]
        pieces = [
            _counted(x, "Nämnd", [*by_committee, (ALL, list(x.ids))]),
            _counted(x, "Perspektiv", [*_by_perspective(x), (ALL, list(x.ids))]),
        ]
        return markup.joined(pieces)

    @property
    def alla_nyckeltal(self) -> Html:
        """Every committee's KPIs: the colours before as published and today, and now."""
        return markup.joined(piece for a in self.across.analyses for piece in self._full_set(a))

    def _full_set(self, a: Analysis) -> list[Html]:
        title = markup.heading(3, a.committee.name)
        if not a.kpis:
            return [title, markup.note("Nämnden har inga nyckeltal i styrparametrarna.")]
        rows = self._compared[
            (self._compared["committee"] == a.committee.slug) & (self._compared["state"] != "left")
        ]
        before = published.Before(self.across, a)
        table = [_row(before, row) for row in rows.to_dict("records")]
        caption = f"{a.committee.name}. {_told(before)} {text.OWN_PROCESSING}."
        return [title, markup.table(pd.DataFrame(table), caption)]

    @property
    def skillnader(self) -> Html:
        """Where the colour that was published is another today, and what has changed since."""
        x, rows = self.across, self._compared
        said = markup.bullets(self._against())
        differs = rows[rows["state"].isin(["differs", "left"])]
        if differs.empty:
            return said
        table = [_difference(x, row) for row in differs.to_dict("records")]
        caption = (
            f"Färger som skiljer sig från dem som publicerades, och varför. {text.OWN_PROCESSING}."
        )
        return markup.joined([said, markup.table(pd.DataFrame(table), caption)])

    @property
    def hall_i(self) -> Html:
        """The slow measures, and how long it took others."""
        return municipality.slow(self.across)

    @property
    def slut(self) -> EndMarker:
        """The mark that the report came to its end, which the batch looks for."""
        x = self.across
        rows = self._compared
        found = municipality.found(x) | {
            "differs": rows.loc[rows["state"] == "differs", "kpi"].tolist(),
            "left": rows.loc[rows["state"] == "left", "kpi"].tolist(),
        }
        years = [(a.committee.slug, published.Before(x, a).year) for a in x.analyses]
        told = municipality.findings(x) | {
            "compared": rows,
            "compared_with": pd.DataFrame(years, columns=["committee", "year"]),
            "perspectives": _amounts(x),
        }
        return EndMarker(found, municipality.ended(x), told, x.opened.snapshot.reads)


def _unpublished(silent: Sequence[str]) -> list[str]:
    if not silent:
        return []
    return [
        f"Någon nämndanalys från ett tidigare år finns inte publicerad för {text.listing(silent)}."
    ]


def _same(rows: pd.DataFrame) -> list[str]:
    """Return how many of the colours that were published are the same today."""
    both = rows[rows["state"].isin(["same", "differs"])]
    if both.empty:
        return []
    years = text.listing([str(year) for year in sorted({*both["report"]})])
    differs, of = int((both["state"] == "differs").sum()), len(both)
    if of == 1:
        how = "en annan" if differs else "densamma"
        return [f"Den enda färgen i rapporten för {years} är {how} räknad på dagens uppgifter."]
    led = f"Av {of} färger i rapporterna för {years}"
    if not differs:
        return [f"{led} är alla desamma räknade på dagens uppgifter."]
    other = "en annan" if differs == 1 else f"{differs} andra"
    return [f"{led} är {other} när de räknas på dagens uppgifter."]


def _left(rows: pd.DataFrame) -> list[str]:
    """Return how many KPIs of the earlier reports the committees follow no more."""
    left = rows[rows["state"] == "left"]
    if left.empty:
        return []
    red = int((left["published"] == tables.RED).sum())
    among = f", varav {red} {'var rött' if red == 1 else 'var röda'}" if red else ""
    gone = text.count(len(left), "nyckeltal", "nyckeltal")
    return [f"{gone} i de rapporterna följs inte längre av nämnden{among}."]


def _counted(x: Across, head: str, kpis_of: Sequence[tuple[str, list[str]]]) -> Html:
    """Return how many KPIs of each part have each colour."""
    rows = []
    for name, kpis in kpis_of:
        counts = x.counts(kpis)
        colours = {STATUS[one].label: str(counts[one]) for one in tables.COLOURS}
        rows.append({head: name, "Nyckeltal": str(len(kpis)), **colours})
    shared = " Ett nyckeltal som flera följer räknas en gång i hela kommunen."
    caption = f"Nyckeltalen efter {head.lower()} och färg {x.year}.{shared} {text.OWN_PROCESSING}."
    return markup.table(pd.DataFrame(rows), caption, numeric=tuple(rows[0])[1:])


def _amounts(x: Across) -> pd.DataFrame:
    """Return how many KPIs of every perspective there are, and of each colour."""
    return pd.DataFrame(
        [
            {"perspective": name, "kpis": len(kpis), **x.counts(kpis)}
            for name, kpis in _by_perspective(x)
        ]
    )


def _by_perspective(x: Across) -> list[tuple[str, list[str]]]:
    """Return the KPIs of every perspective, by the goals that name them."""
    return [(one.name, parts.in_perspective(x.committees, one)) for one in x.model.perspectives]


def _told(before: published.Before) -> str:
    """Return what the columns of colours are of."""
    if before.report is None:
        return f"Ingen tidigare rapport är publicerad; {before.year} är räknat på dagens uppgifter."
    return (
        f"Färgerna i rapporten för {before.year} som de publicerades, samma rapport räknad på"
        " dagens uppgifter, och årets färger."
    )


def _row(before: published.Before, row: dict[Any, Any]) -> dict[str, object]:
    """Return one KPI of the full set; without the column of what nobody published."""
    a = before.analysis
    kpi = a.model.kpi(row["kpi"])
    then = STATUS[row["published"]].label if row["published"] else "följdes inte"
    reported = {f"Rapporten {before.year}": then} if before.report else {}
    return {
        "Nyckeltal": label(kpi),
        **reported,
        f"{before.year} räknat i dag": _coloured(row["recomputed"], row["period_then"]),
        **_now(a, kpi),
        "Utveckling": wording.trend_label(a.trends.get(kpi.id)),
    }


def _coloured(colour: str, period: Any) -> str:
    """Return a colour with the year that its value is of."""
    return STATUS[colour].label + ("" if pd.isna(period) else f" ({period})")


def _now(a: Analysis, kpi: Kpi) -> dict[str, object]:
    """Return the colour and the value that a KPI has now, beside the median of all."""
    found = a.now[a.now["kpi"] == kpi.id]
    if found.empty:
        grey = STATUS[tables.GREY].label
        return {"Nu": grey, "Värde": text.NO_VALUE, "Median": text.NO_VALUE}
    row = found.iloc[0]
    year, places = int(row["period"]), a.decimals(kpi)
    return {
        "Nu": f"{wording.sure_colour_words(a, row)} ({year})",
        "Värde": markup.number(row["value"], places, Source(kpi.id, year, a.own)),
        "Median": markup.number(parts.median(a, kpi, year), places, Source(kpi.id, year, "")),
    }


def _difference(x: Across, row: dict[Any, Any]) -> dict[str, object]:
    """Return one colour that is another today, or a KPI that is followed no more."""
    registry = {kpi.id: label(kpi) for kpi in x.model.kpis}
    committee = next(one for one in x.committees if one.slug == row["committee"])
    left = row["state"] == "left"
    return {
        "Nyckeltal": registry.get(row["kpi"], row["kpi"]),
        "Nämnd": committee.name,
        "Som publicerat": f"{STATUS[row['published']].label} (rapporten {row['report']})",
        "Räknat i dag": text.NO_VALUE if left else _coloured(row["recomputed"], row["period_then"]),
        "Vad som har ändrats": "Nämnden följer det inte längre." if left else row["why"],
    }


def key_figures_report(*, year: int | None = None, snapshot: str | None = None) -> KeyFiguresReport:
    """Return the council's report, from the folders that `workspace.find` finds.

    year: None is the newest usual one. snapshot: its id; None is the newest. Errors as `across`.
    """
    return KeyFiguresReport(across(year, snapshot))
