"""The committee report: each of its parts as a piece of HTML, in the words its readers use.

Attributes are Swedish, since a coordinator meets them in the notebook.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from malstyr_lib import charts, markup, params, scoring, tables, text, workspace
from malstyr_lib.markup import STATUS, Html
from malstyr_lib.model import Kpi, Perspective
from malstyr_lib.report import wording
from malstyr_lib.report.analysis import Analysis, analyse
from malstyr_lib.report.wording import label
from malstyr_lib.store import Store

END_MARKER = "application/vnd.malstyr.slut+json"


@dataclass(frozen=True)
class EndMarker:
    """The last output of a report: that it came to its end, and what it found."""

    found: dict[str, Any]

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        grey, early = self.found["colours"][tables.GREY], self.found["preliminary"]
        words = (
            f"Alla {self.found['kpis']} nyckeltal finns med i rapporten, {grey} utan färg och"
            f" {early} med preliminär färg."
        )
        return {"text/html": markup.note(words, kind="slut").html, END_MARKER: self.found}


@dataclass(frozen=True)
class CommitteeReport:
    """A committee's report for a year; every attribute is one part, ready to be shown."""

    analysis: Analysis

    @property
    def rubrik(self) -> Html:
        """The title, what it rests on, and the mark of exercise figures."""
        a = self.analysis
        title = markup.heading(1, f"{a.committee.name}: nyckeltalen {a.year}")
        facts = markup.paragraph(
            f"{wording.municipality_words(a)}. Underlag för analys: nämndens {len(a.kpis)} "
            f"nyckeltal mot alla kommuners, på värden hämtade {text.day(a.fetched)}."
        )
        return markup.joined([title, *self._exercise(), facts])

    def _exercise(self) -> list[Html]:
        return [markup.note(text.EXERCISE, kind="ovning")] if self.analysis.exercise else []

    @property
    def sammanfattning(self) -> Html:
        """The situation in a few sentences, with what they can't carry."""
        a = self.analysis
        return markup.joined(
            [
                markup.paragraph(self._situation()),
                *self._worst(),
                markup.paragraph(self._turned()) if a.shifts else Html(""),
                markup.bullets(list(filter(None, self._reservations()))),
                *([markup.note(self._nothing())] if not self._coloured else []),
            ]
        )

    @property
    def _coloured(self) -> int:
        return int((self.analysis.now["colour"] != tables.GREY).sum())

    def _nothing(self) -> str:
        a = self.analysis
        if not a.kpis:
            return "Nämnden har inga nyckeltal i styrparametrarna, så inget kan bedömas."
        return f"Inget av nämndens {len(a.kpis)} nyckeltal har färg {a.year}. Skälen står i steg 4."

    def _situation(self) -> str:
        """How many KPIs have each colour, and how many have none."""
        a, counts = self.analysis, self.counts
        grey = counts[tables.GREY]
        early = int(a.now["preliminary"].sum())
        words = f"Av nämndens {len(a.kpis)} nyckeltal är {wording.counted_colours(counts)}"
        words += (
            f", varav {early} preliminärt."
            if early == 1
            else f", varav {early} preliminära."
            if early
            else "."
        )
        return words + (f" {grey} nyckeltal saknar färg, se steg 4." if grey else "")

    def _turned(self) -> str:
        better = sum(shift.better for shift in self.analysis.shifts)
        return wording.shifts_sentence(better, len(self.analysis.shifts) - better)

    def _worst(self) -> list[Html]:
        """The reds that lie farthest from the median, at most three."""
        red = self.analysis.red
        if red.empty:
            return []
        which = (
            "De röda:"
            if len(red) <= 3
            else f"De tre som ligger längst från medianen, av {len(red)} röda:"
        )
        lines = [
            f"{label(kpi)}: {wording.value_words(self.analysis, kpi, row)}"
            for kpi, row in self._rows(red.head(3))
        ]
        return [markup.paragraph(which), markup.bullets(lines)]

    def _reservations(self) -> list[str]:
        a = self.analysis
        reds = wording.expected_sentence(len(a.red), self._coloured) if self._coloured else ""
        return [reds, wording.ungraded_sentence(a), wording.example_sentence(a)]

    @property
    def counts(self) -> dict[str, int]:
        """How many of the committee's KPIs have each colour; those without any score are grey."""
        now = self.analysis.now["colour"]
        counts = {colour: int((now == colour).sum()) for colour in tables.COLOURS}
        return counts | {tables.GREY: len(self.analysis.kpis) - self._coloured}

    @property
    def mal(self) -> Html:
        """The thread from council goal to the committee's goals and their KPIs."""
        a = self.analysis
        council = {goal.id: goal for goal in a.model.council_goals}
        names = {one.id: one.name for one in a.model.perspectives}
        rows = [
            {
                "Nämndens mål": goal.text + (" (exempel)" if goal.example else ""),
                "Fullmäktiges mål": council[goal.council_goal].text
                + (" (exempel)" if council[goal.council_goal].example else ""),
                "Perspektiv": names[goal.perspective],
                "Nyckeltal": text.listing([label(a.model.kpi(kpi)) for kpi in goal.kpis])
                or text.NO_VALUE,
            }
            for goal in a.committee.goals
        ]
        if not rows:
            return markup.note("Nämnden har inga mål i styrparametrarna.")
        return markup.table(pd.DataFrame(rows), "Från fullmäktiges mål till nämndens nyckeltal")

    @property
    def perspektiv(self) -> Html:
        """The status of every KPI, perspective by perspective, the empty ones too."""
        return markup.joined(
            piece
            for perspective in self.analysis.model.perspectives
            for piece in self._perspective(perspective)
        )

    def _perspective(self, perspective: Perspective) -> list[Html]:
        a = self.analysis
        ids = [
            kpi
            for goal in a.committee.goals
            if goal.perspective == perspective.id
            for kpi in goal.kpis
        ]
        title = markup.heading(3, perspective.name)
        if not ids:
            return [title, markup.note(wording.empty_perspective(a, perspective))]
        rows = [self._status_row(a.model.kpi(kpi)) for kpi in dict.fromkeys(ids)]
        caption = f"Läget i perspektivet {perspective.name}. {text.OWN_PROCESSING}."
        return [
            title,
            markup.table(pd.DataFrame(rows), caption, numeric=("År", "Värde", "Plats", "Median")),
        ]

    def _status_row(self, kpi: Kpi) -> dict[str, object]:
        a = self.analysis
        found = a.now[a.now["kpi"] == kpi.id]
        nothing = dict.fromkeys(("Färg", "Värde", "År", "Plats", "Median"), text.NO_VALUE)
        row: dict[str, object] = {"Nyckeltal": self._linked(kpi), **nothing}
        if found.empty:
            colour = {"Färg": STATUS[tables.GREY].label}
            return row | colour | {"Riktning": wording.direction_words(kpi)}
        score, places = found.iloc[0], a.decimals(kpi)
        return row | {
            "Färg": wording.colour_words(score),
            "Värde": self._value_words(kpi, score),
            "År": str(score["period"]),
            "Plats": wording.place_words(score),
            "Median": text.number(self._median(kpi, score), places),
            "Riktning": wording.direction_words(kpi),
        }

    def _value_words(self, kpi: Kpi, score: pd.Series) -> str:
        """Return a value for a table; a missing one with the last known."""
        places = self.analysis.decimals(kpi)
        if pd.notna(score["value"]):
            return text.number(score["value"], places)
        return wording.missing_value(self._known(kpi), places)

    def _known(self, kpi: Kpi) -> pd.DataFrame:
        scores = self.analysis.scores
        return scores[(scores["kpi"] == kpi.id) & scores["value"].notna()]

    def _median(self, kpi: Kpi, score: pd.Series) -> float:
        series = self.analysis.histories[kpi.id]
        at = series.loc[series["period"] == score["period"], "median"]
        return float(at.iloc[0]) if len(at) else np.nan

    def _linked(self, kpi: Kpi) -> Html | str:
        """Return a KPI's label, as a link to its own part when it is red."""
        if kpi.id in set(self.analysis.red["kpi"]):
            return markup.link(f"#{kpi.id}", label(kpi))
        return label(kpi)

    @property
    def roda(self) -> Html:
        """The red KPIs, the one farthest from the median first."""
        a = self.analysis
        if a.red.empty:
            return self._no_red("Inget av nämndens nyckeltal är rött.")
        rows = [
            {
                "Nyckeltal": self._linked(kpi),
                "Färg": wording.colour_words(row),
                "Värde": text.number(row["value"], a.decimals(kpi)),
                "År": str(row["period"]),
                "Plats": wording.place_words(row),
                "Till gult": text.gap(row["gap_to_yellow"], a.decimals(kpi)),
                "Till medianen": text.gap(row["gap_to_median"], a.decimals(kpi)),
                "I kvartilbredder": wording.iqr_words(row),
            }
            for kpi, row in self._rows(a.red)
        ]
        numeric = ("År", "Värde", "Plats", "Till gult", "Till medianen", "I kvartilbredder")
        caption = (
            "Röda nyckeltal, störst avstånd till medianen först. Avstånden är i nyckeltalets egen"
            f" enhet. {text.OWN_PROCESSING}."
        )
        return markup.table(pd.DataFrame(rows), caption, numeric=numeric)

    def _no_red(self, words: str) -> Html:
        """Say that there is no red, or that nothing could be judged: two different things."""
        grey = self.counts[tables.GREY]
        left = (
            f" {text.count(grey, 'nyckeltal', 'nyckeltal')} saknar färg, se steg 4." if grey else ""
        )
        return markup.note(words + left if self._coloured else self._nothing())

    @property
    def roda_diagram(self) -> Html:
        """Every red KPI by itself: what is said, its trend, and where all municipalities are."""
        reds = [self._portrait(kpi, row) for kpi, row in self._rows(self.analysis.red)]
        return markup.joined(reds or [self._no_red("Det finns inget rött nyckeltal att beskriva.")])

    def _portrait(self, kpi: Kpi, row: pd.Series) -> Html:
        a = self.analysis
        sentences = [
            wording.standing_sentence(a, kpi, row),
            wording.border_sentence(a, kpi, row),
            wording.survey_sentence(a, kpi),
            f"Att veta: {kpi.note}" if kpi.note else "",
        ]
        return markup.joined(
            [
                markup.heading(3, label(kpi), anchor=kpi.id),
                markup.paragraph(" ".join(filter(None, sentences))),
                self._trend_or_not(kpi),
                self.alla_kommuner(kpi.id).html,
            ]
        )

    def _trend_or_not(self, kpi: Kpi) -> Html:
        if len(self._known(kpi)) < 2:
            return markup.note("Eget värde finns bara för ett år; ingen utveckling att visa.")
        return self.utveckling(kpi.id).html

    def utveckling(self, kpi_id: str) -> charts.Chart:
        """The trend chart of one of the committee's KPIs."""
        a, kpi = self.analysis, self.analysis.model.kpi(kpi_id)
        return charts.trend(
            a.histories[kpi.id],
            title=label(kpi),
            name=a.name,
            colours=a.colours_of(kpi),
            hint=wording.direction_words(kpi),
            decimals=a.decimals(kpi),
            exercise=a.exercise,
        )

    def alla_kommuner(self, kpi_id: str) -> charts.Chart:
        """The strip chart of one of the committee's KPIs, in its newest year."""
        a, kpi = self.analysis, self.analysis.model.kpi(kpi_id)
        period = int(a.now.loc[a.now["kpi"] == kpi_id, "period"].iloc[0])
        return charts.strip(
            a.year_of(kpi, period),
            title=label(kpi),
            name=a.name,
            own=a.own,
            similar=[area for area in a.similar[kpi.id].members if area != a.own],
            period=period,
            hint=wording.direction_words(kpi),
            decimals=a.decimals(kpi),
            exercise=a.exercise,
        )

    @property
    def gra(self) -> Html:
        """The KPIs without a colour, and why; and the colours that are preliminary."""
        a = self.analysis
        rows = [self._grey_row(kpi) for kpi in a.kpis if self._is_grey(kpi)]
        early = a.now[a.now["preliminary"]]
        notes = [
            markup.note(f"Preliminär färg: {label(kpi)}: {row['reason']}.")
            for kpi, row in self._rows(early)
        ]
        if not rows:
            words = "Alla nämndens nyckeltal har en färg." if a.kpis else self._nothing()
            return markup.joined([markup.note(words), *notes])
        caption = f"Nyckeltal utan färg, och varför. {text.OWN_PROCESSING}."
        return markup.joined([markup.table(pd.DataFrame(rows), caption), *notes])

    def _is_grey(self, kpi: Kpi) -> bool:
        rows = self.analysis.now[self.analysis.now["kpi"] == kpi.id]
        return rows.empty or rows["colour"].iloc[0] == tables.GREY

    def _grey_row(self, kpi: Kpi) -> dict[str, object]:
        a = self.analysis
        scores = a.scores[a.scores["kpi"] == kpi.id]
        coloured = scores[scores["colour"] != tables.GREY]
        now = a.now[a.now["kpi"] == kpi.id]
        reason = now["reason"].iloc[0] if len(now) else wording.no_values(a, kpi)
        return {
            "Nyckeltal": label(kpi),
            "Varför ingen färg": reason,
            "Senaste värde": wording.latest_value(self._known(kpi), a.decimals(kpi)),
            "Senaste färg": wording.latest_colour(coloured),
        }

    @property
    def andra_grupper(self) -> Html:
        """The red KPIs against the county and the similar municipalities as well."""
        a = self.analysis
        if a.red.empty:
            return self._no_red("Det finns inget rött nyckeltal att jämföra i andra grupper.")
        kinds = {kind: a.scored(kind) for kind in ("län", "liknande")}
        rows = [
            {
                "Nyckeltal": label(kpi),
                "År": str(row["period"]),
                "Mot alla": STATUS[row["colour"]].label,
                "Mot länet": wording.in_group(kinds["län"], row),
                "Mot liknande": wording.in_group(kinds["liknande"], row),
            }
            for kpi, row in self._rows(a.red)
        ]
        caption = f"Röda nyckeltal mot olika jämförelsegrupper. {text.OWN_PROCESSING}."
        return markup.table(pd.DataFrame(rows), caption)

    @property
    def kon(self) -> Html:
        """Women's and men's values of the red KPIs; both hidden when one of them is."""
        rows = [self._gender_row(kpi, row) for kpi, row in self._rows(self.analysis.red)]
        if not rows:
            return self._no_red("Det finns inget rött nyckeltal att dela upp på kvinnor och män.")
        caption = (
            f"Kvinnor och män i röda nyckeltal. {text.source(exercise=self.analysis.exercise)}."
        )
        return markup.table(pd.DataFrame(rows), caption, numeric=("År", "Kvinnor", "Män", "Totalt"))

    def _gender_row(self, kpi: Kpi, row: pd.Series) -> dict[str, object]:
        a = self.analysis
        rows = scoring.paired(a.by_kpi[kpi.id])
        rows = rows[(rows["municipality"] == a.own) & (rows["period"] == row["period"])]
        by_gender = dict(zip(rows["gender"], rows["value"], strict=True))
        women, men = by_gender.get("K", np.nan), by_gender.get("M", np.nan)
        places = a.decimals(kpi)
        shown = [text.number(value, places) for value in (women, men)]
        if np.isnan(women) or np.isnan(men):
            shown = ["visas inte" if self._by_gender(kpi) else "redovisas inte per kön"] * 2
        return {
            "Nyckeltal": label(kpi),
            "År": str(row["period"]),
            "Kvinnor": shown[0],
            "Män": shown[1],
            "Totalt": text.number(row["value"], places),
        }

    def _by_gender(self, kpi: Kpi) -> bool:
        live = self.analysis.live_kpis
        return bool(live.loc[live["id"] == kpi.id, "is_divided_by_gender"].any())

    @property
    def fargbyten(self) -> Html:
        """What changed colour since the measurement before, both ways, beside the base rate."""
        a = self.analysis
        if not a.shifts:
            return self._no_red("Inget nyckeltal har bytt färg sedan den förra mätningen.")
        rows = [
            {
                "Nyckeltal": label(a.model.kpi(shift.kpi)),
                "Förut": STATUS[shift.before].label,
                "Nu": STATUS[shift.after].label,
                "Vad som hände": wording.shift_sentence(a, shift),
            }
            for shift in sorted(a.shifts, key=lambda shift: shift.better)
        ]
        caption = f"Färgbyten sedan den förra mätningen. {text.OWN_PROCESSING}."
        return markup.table(pd.DataFrame(rows), caption)

    @property
    def slutsatser(self) -> Html:
        """What can be said, and what can't, from these figures alone."""
        reds = [label(kpi) for kpi, _ in self._rows(self.analysis.red)]
        if not reds:
            return self._no_red(
                "Inget av nämndens nyckeltal är rött i jämförelsen med alla kommuner."
            )
        return markup.joined(
            [
                markup.paragraph("Längst efter andra kommuner ligger vi i:"),
                markup.bullets(reds),
                markup.paragraph(
                    "Siffrorna säger inte varför. Fråga verksamheten; en del av svaret kan ligga"
                    " utanför kommunens makt."
                ),
            ]
        )

    @property
    def att_besluta(self) -> Html:
        """The red KPIs beside the goals that they serve, for the committee's discussion."""
        goals = self.analysis.committee.goals
        rows = [
            {"Rött nyckeltal": label(kpi), "Nämndens mål": goal.text}
            for kpi, _ in self._rows(self.analysis.red)
            for goal in goals
            if kpi.id in goal.kpis
        ]
        if not rows:
            return self._no_red("Det finns inget rött nyckeltal att ta ställning till.")
        return markup.table(pd.DataFrame(rows), "Röda nyckeltal och de mål som de hör till")

    @property
    def kallor(self) -> Html:
        """Sources, snapshot, method and versions: enough for someone else to compute the same."""
        a = self.analysis
        described = dict(zip(a.live_kpis["id"], a.live_kpis["description"], strict=True))
        rows = [
            {
                "Nyckeltal": label(kpi),
                "Uppgiftslämnare": wording.producer(described, kpi),
                "Att veta": kpi.note or text.NO_VALUE,
            }
            for kpi in a.kpis
        ]
        caption = "Nyckeltalen och vem som lämnat uppgifterna"
        producers = [markup.table(pd.DataFrame(rows), caption)] if rows else []
        return markup.joined(
            [*self._exercise(), markup.bullets(wording.documentation(a)), *producers]
        )

    @property
    def slut(self) -> EndMarker:
        """The mark that the report came to its end, which the batch looks for."""
        a = self.analysis
        return EndMarker(
            {
                "committee": a.committee.slug,
                "year": a.year,
                "snapshot": a.snapshot_id,
                "exercise": a.exercise,
                "kpis": len(a.kpis),
                "preliminary": int(a.now["preliminary"].sum()),
                "colours": self.counts,
            }
        )

    def _rows(self, scores: pd.DataFrame) -> list[tuple[Kpi, pd.Series]]:
        return [(self.analysis.model.kpi(row["kpi"]), row) for _, row in scores.iterrows()]


def committee_report(
    committee: str, *, year: int | None = None, snapshot: str | None = None
) -> CommitteeReport:
    """Return a committee's report, from the folders that `workspace.find` finds.

    committee: its code, file name or name. year: None is the newest year that half of the KPIs
    have reached. snapshot: its id; None is the newest. ParamsError with every problem,
    StoreEmpty with the cure, UsageError for an unknown committee.
    """
    place = workspace.find()
    model = params.load(place.params)
    return CommitteeReport(analyse(model, Store(place.store).open(snapshot), committee, year))
