"""Parts of a report on the whole municipality: title, heatmaps, turns, greys, slow ones, sources.

The words are the committee report's, with each committee beside its KPI. Attributes are Swedish,
since a coordinator meets them in the notebook.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from malstyr_lib import charts, markup, tables, text
from malstyr_lib.charts import Chart, HeatRow
from malstyr_lib.markup import STATUS, Html
from malstyr_lib.model import Kpi
from malstyr_lib.report import hold_on, parts, wording
from malstyr_lib.report.across import ALL, Across
from malstyr_lib.report.analysis import Analysis
from malstyr_lib.report.ending import all_told
from malstyr_lib.report.findings import of_analysis, reds, together
from malstyr_lib.report.wording import label
from malstyr_lib.scoring import phrases

NO_KPIS = "Nämnderna har inga nyckeltal i styrparametrarna, så inget kan bedömas."
_FARTHEST = 3


@dataclass(frozen=True)
class AcrossReport:
    """What both reports on all committees show of a year; every attribute is one part."""

    across: Across

    @property
    def fargbyten(self) -> Html:
        """What changed colour since the measurement before, both ways, beside the base rate."""
        return _turns(self.across)

    @property
    def gra(self) -> Html:
        """The KPIs without a colour, and why."""
        return _greys(self.across)

    @property
    def kallor(self) -> Html:
        """Sources, snapshot, method and versions."""
        return _sources(self.across)


def title(x: Across, words: str, purpose: str) -> Html:
    """Return the title, what the report rests on, and the mark of exercise figures."""
    name = x.model.municipality.name
    who = f"Övningskommunen {name}" if x.exercise else f"{name} kommun"
    committees = text.listing([f"{one.name} ({one.code})" for one in x.committees])
    facts = (
        f"{who}. {purpose}: sammanlagt {text.count(len(x.ids), 'nyckeltal', 'nyckeltal')} mot alla"
        f" kommuners, på värden hämtade {text.day(x.fetched)}. Nyckeltalen följs av {committees}."
    )
    note = markup.exercise(invented=x.exercise)
    return markup.joined([markup.heading(1, words), *note, markup.paragraph(facts)])


def situation(x: Across) -> str:
    """Return how many KPIs have each colour: "Av 42 nyckeltal är 13 röda, …"."""
    if not x.ids:
        return NO_KPIS
    if len(x.ids) == 1:
        return f"Nämndernas enda nyckeltal är {text.NEUTER[x.colour(x.ids[0])]}."
    counts = x.counts(x.ids)
    grey, early = counts[tables.GREY], int(x.now["preliminary"].sum())
    among = f", varav {early} {'preliminärt' if early == 1 else 'preliminära'}" if early else ""
    left = f" {text.count(grey, 'nyckeltal', 'nyckeltal')} saknar färg." if grey else ""
    return (
        f"Av nämndernas {len(x.ids)} nyckeltal är {wording.counted_colours(counts)}{among}.{left}"
    )


def farthest(x: Across) -> list[Html]:
    """Return the reds farthest from the median, in words; nothing when none is red."""
    reds = x.red.head(_FARTHEST)
    if reds.empty:
        return []
    lines = [
        f"{label(kpi)}, {x.committees_of(kpi.id)}: {wording.value_words(x.of(kpi.id), kpi, row)}"
        for kpi, row in rows(x, reds)
    ]
    of = len(x.red)
    led = (
        "Längst från medianen ligger:" if of > _FARTHEST else "De röda, längst från medianen först:"
    )
    return [markup.paragraph(led if of > 1 else "Det röda:"), markup.bullets(lines)]


def rows(x: Across, scores: pd.DataFrame) -> Iterator[tuple[Kpi, pd.Series]]:
    """Yield scores row by row, each beside its KPI."""
    for _, row in scores.iterrows():
        yield x.kpi(str(row["kpi"])), row


def turned_sentences(x: Across, whose: str = ALL) -> list[str]:
    """Return how many became red and how many left red, both ways beside the others' rates."""
    found = (x.expect(what, whose) for what in ("blev röda", "lämnade rött"))
    return [text.sentence(str(row["reason"])) for row in found if row["of"]]


def _turns(x: Across) -> Html:
    """Return every change of colour since the measurement before, both ways, with base rates."""
    if not x.shifts:
        return markup.note("Inget nyckeltal har bytt färg sedan den förra mätningen.")
    better = sum(one.better for _, one in x.shifts)
    worse = len(x.shifts) - better
    rows = [parts.shift_row(a, one, {"Nämnd": x.committees_of(one.kpi)}) for a, one in x.shifts]
    caption = f"Färgbyten sedan den förra mätningen, de sämre först. {text.OWN_PROCESSING}."
    counted = (
        f"{worse or 'Inget'} nyckeltal har fått sämre färg sedan den förra mätningen och"
        f" {better or 'inget'} bättre."
    )
    return markup.joined(
        [
            markup.paragraph(counted),
            markup.bullets(turned_sentences(x)),
            markup.table(pd.DataFrame(rows), caption),
        ]
    )


def _heat_charts(x: Across) -> list[Chart]:
    """Return one heatmap of all, or one per committee when there are too many for one."""
    if len(x.ids) <= charts.MOST_ROWS:
        kept = {kpi: x.of(kpi) for kpi in x.ids}
        every = [_heat_row(a, x.kpi(kpi), a.committee.name) for kpi, a in kept.items()]
        return [_heatmap(x, every, "Alla nämnder")] if every else []
    return [
        _heatmap(x, page, a.committee.name + (f", del {number}" if number > 1 else ""))
        for a in x.analyses
        for number, page in enumerate(_pages(_by_perspective(a)), 1)
    ]


def _heatmap(x: Across, page: list[HeatRow], words: str) -> Chart:
    title = f"{words}, nyckeltal för nyckeltal och år"
    return charts.heatmap(x.scores, page, title=title, last=x.year, exercise=x.exercise)


def _by_perspective(a: Analysis) -> list[HeatRow]:
    """Return a committee's KPIs under the perspective of the first goal that names them."""
    found: dict[str, HeatRow] = {}
    for perspective in a.model.perspectives:
        for kpi in parts.in_perspective([a.committee], perspective):
            found.setdefault(kpi, _heat_row(a, a.model.kpi(kpi), perspective.name))
    return list(found.values())


def _heat_row(a: Analysis, kpi: Kpi, group: str) -> HeatRow:
    return HeatRow(kpi.id, kpi.title, group, a.decimals(kpi), a.own)


def _pages(every: list[HeatRow]) -> list[list[HeatRow]]:
    most = charts.MOST_ROWS
    return [every[at : at + most] for at in range(0, len(every), most)]


def heatmaps(x: Across) -> Html:
    """Return the heatmaps with their numbers."""
    found = _heat_charts(x)
    return markup.joined([one.html for one in found] or [markup.note(NO_KPIS)])


def _greys(x: Across) -> Html:
    """Return the KPIs without a colour and why, and the colours that are preliminary."""
    grey = [
        parts.grey_row(x.of(kpi.id), kpi, {"Nämnd": x.committees_of(kpi.id)})
        for kpi in x.kpis
        if x.colour(kpi.id) == tables.GREY
    ]
    none = "Alla nyckeltal har en färg." if x.ids else NO_KPIS
    return parts.greys(grey, rows(x, x.now[x.now["preliminary"]]), none=none)


def slow(x: Across) -> Html:
    """Return the slow measures, the red first, and how long it took others to turn green."""
    found = [kpi for kpi in x.kpis if hold_on.is_slow(x.of(kpi.id), kpi)]
    if not found:
        return markup.note("Inget av nyckeltalen är trögrörligt, så långt det går att räkna.")
    rows = [
        hold_on.row(
            x.of(kpi.id),
            kpi,
            {"Nämnd": x.committees_of(kpi.id), "Färg nu": STATUS[x.colour(kpi.id)].label},
        )
        for kpi in sorted(found, key=lambda kpi: x.colour(kpi.id) != tables.RED)
    ]
    return hold_on.told(rows, "Trögrörliga mått, de röda först")


def _sources(x: Across) -> Html:
    """Return sources, snapshot, method and versions, and who produced every figure."""
    if not x.analyses:
        return markup.note(NO_KPIS)
    first = x.analyses[0]
    rows = [parts.source_row(first, kpi, _beside(x, kpi)) for kpi in x.kpis]
    return markup.joined(parts.sources(first, rows))


def _beside(x: Across, kpi: Kpi) -> dict[str, object]:
    return {"Nämnd": x.committees_of(kpi.id), "Riktning": phrases.direction_words(kpi)}


def found(x: Across) -> dict[str, object]:
    """Return what the manifest keeps of a report on the whole municipality."""
    counts = x.counts(x.ids)
    return {
        "year": x.year,
        "snapshot": x.opened.snapshot.id,
        "exercise": x.exercise,
        "kpis": len(x.ids),
        "preliminary": int(x.now["preliminary"].sum()),
        "colours": counts,
        "focus": {kpi: x.colour(kpi) for kpi in x.ids},
    }


def findings(x: Across) -> dict[str, pd.DataFrame]:
    """Return the tables that the shared parts are written from, by name."""
    told = together(of_analysis(a) for a in x.analyses)
    return told | {
        "reds": pd.concat([reds(x.setting.whole), told["reds"]], ignore_index=True),
        "now": x.now,
        "scores": x.scores,
        "shifts": x.shift_findings,
        "expected": x.expected,
        "amounts": _amounts(x),
    }


def _amounts(x: Across) -> pd.DataFrame:
    """Return how many KPIs there are, of each colour, preliminary and turned."""
    better = sum(one.better for _, one in x.shifts)
    found = {
        "kpis": len(x.ids),
        **x.counts(x.ids),
        "preliminary": int(x.now["preliminary"].sum()),
        "better": better,
        "worse": len(x.shifts) - better,
    }
    return pd.DataFrame({"what": [*found], "amount": [*found.values()]})


def ended(x: Across) -> str:
    """Return that all KPIs came with, how many without a colour, for the last line."""
    grey, early = x.counts(x.ids)[tables.GREY], int(x.now["preliminary"].sum())
    return all_told(len(x.ids), grey=grey, preliminary=early)
