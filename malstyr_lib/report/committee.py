"""The committee report: each of its parts as a piece of HTML, in the words its readers use.

Attributes are Swedish, since a coordinator meets them in the notebook.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import numpy as np
import pandas as pd

from malstyr_lib import charts, markup, params, tables, text, workspace
from malstyr_lib.markup import STATUS, Html
from malstyr_lib.model import Kpi, Perspective
from malstyr_lib.report.analysis import Analysis, analyse
from malstyr_lib.report.wording import (
    border_sentence,
    direction_words,
    label,
    shift_sentence,
    standing_sentence,
    value_words,
)
from malstyr_lib.store import Store

END_MARKER = "application/vnd.malstyr.slut+json"
KOLADA = "https://api.kolada.se/"


@dataclass(frozen=True)
class EndMarker:
    """The last output of a report: that it came to its end, and what it found."""

    found: dict[str, Any]

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        words = f"Rapporten är komplett: {self.found['kpis']} nyckeltal redovisade."
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
            f"{_municipality(a)}. Analys av nämndens {len(a.kpis)} nyckeltal mot alla kommuner,"
            f" på värden hämtade {text.day(a.fetched)}."
        )
        return markup.joined([title, *self._exercise(), facts])

    def _exercise(self) -> list[Html]:
        return [markup.note(text.EXERCISE, kind="ovning")] if self.analysis.exercise else []

    @property
    def sammanfattning(self) -> Html:
        """The situation in a few sentences, with what they can't carry."""
        return markup.joined(
            [markup.bullets(self._situation()), markup.bullets(self._reservations())]
        )

    def _situation(self) -> list[str]:
        a = self.analysis
        counts = a.now["colour"].value_counts()
        amounts = [
            f"{counts.get(colour, 0)} {word}"
            for colour, word in (("red", "röda"), ("yellow", "gula"), ("green", "gröna"))
        ]
        grey = len(a.kpis) - int((a.now["colour"] != tables.GREY).sum())
        lines = [
            f"Av nämndens {len(a.kpis)} nyckeltal är {text.listing(amounts)}."
            f" {grey or 'Inget'} saknar färg{', se steg 4' if grey else ''}."
        ]
        lines += [
            f"{label(kpi)}: {value_words(self.analysis, kpi, row)}."
            for kpi, row in self._rows(a.red.head(3))
        ]
        better = sum(shift.better for shift in a.shifts)
        worse = len(a.shifts) - better
        lines.append(
            f"{str(better) if better else 'Inget'} nyckeltal har fått bättre färg och"
            f" {worse or 'inget'} sämre sedan mätningen före den senaste, se steg 7."
        )
        return lines

    def _reservations(self) -> list[str]:
        a = self.analysis
        unreviewed = sum(kpi.reviewed is None for kpi in a.kpis)
        examples = sum(goal.example for goal in a.committee.goals)
        lines = [
            "Färgerna jämför med andra kommuner samma år. I en genomsnittlig kommun är ungefär"
            " vart fjärde färgsatt nyckeltal rött, också när allt fungerar som det ska."
        ]
        if unreviewed:
            lines.append(
                f"För {unreviewed} av {len(a.kpis)} nyckeltal har ingen ännu granskat om högt eller"
                " lågt är bra. De är märkta ”ej granskad”."
            )
        if examples:
            lines.append(
                f"{examples} av nämndens {len(a.committee.goals)} mål är exempel som kommunen inte"
                " har beslutat om."
            )
        return lines

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
            return [title, markup.note(_empty_perspective(a, perspective))]
        rows = [self._status_row(a.model.kpi(kpi)) for kpi in dict.fromkeys(ids)]
        caption = f"Läget i perspektivet {perspective.name}. {text.OWN_PROCESSING}."
        return [
            title,
            markup.table(pd.DataFrame(rows), caption, numeric=("År", "Värde", "Plats", "Median")),
        ]

    def _status_row(self, kpi: Kpi) -> dict[str, object]:
        a = self.analysis
        found = a.now[a.now["kpi"] == kpi.id]
        row: dict[str, object] = {
            "Nyckeltal": self._linked(kpi),
            "Riktning": direction_words(kpi),
        }
        if found.empty:
            nothing = dict.fromkeys(("År", "Värde", "Färg", "Plats", "Median"), text.NO_VALUE)
            return row | nothing | {"Färg": STATUS[tables.GREY].label}
        score = found.iloc[0]
        places = a.decimals(kpi)
        return row | {
            "År": str(score["period"]),
            "Värde": text.number(score["value"], places),
            "Färg": _colour_words(score),
            "Plats": _place(score),
            "Median": text.number(self._median(kpi, score), places),
        }

    def _median(self, kpi: Kpi, score: pd.Series) -> float:
        series = self.analysis.history(kpi)
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
            return markup.note("Inget av nämndens nyckeltal är rött.")
        rows = [
            {
                "Nyckeltal": self._linked(kpi),
                "År": str(row["period"]),
                "Värde": text.number(row["value"], a.decimals(kpi)),
                "Färg": _colour_words(row),
                "Plats": _place(row),
                "Till gult": text.number(row["gap_to_yellow"], a.decimals(kpi)),
                "Till medianen": text.number(row["gap_to_median"], a.decimals(kpi)),
                "I kvartilbredder": text.number(row["gap_iqr"], 1),
            }
            for kpi, row in self._rows(a.red)
        ]
        numeric = ("År", "Värde", "Plats", "Till gult", "Till medianen", "I kvartilbredder")
        caption = (
            "Röda nyckeltal, störst avstånd till medianen först. Avstånden är i nyckeltalets egen"
            f" enhet. {text.OWN_PROCESSING}."
        )
        return markup.table(pd.DataFrame(rows), caption, numeric=numeric)

    @property
    def roda_diagram(self) -> Html:
        """Every red KPI by itself: what is said, its trend, and where all municipalities are."""
        reds = [self._portrait(kpi, row) for kpi, row in self._rows(self.analysis.red)]
        return markup.joined(reds or [markup.note("Det finns inget rött nyckeltal att beskriva.")])

    def _portrait(self, kpi: Kpi, row: pd.Series) -> Html:
        a = self.analysis
        sentences = [standing_sentence(a, kpi, row), border_sentence(a, kpi, row)]
        return markup.joined(
            [
                markup.heading(3, label(kpi), anchor=kpi.id),
                markup.paragraph(" ".join(sentences)),
                self.utveckling(kpi.id).html,
                self.alla_kommuner(kpi.id).html,
            ]
        )

    def utveckling(self, kpi_id: str) -> charts.Chart:
        """The trend chart of one of the committee's KPIs."""
        a, kpi = self.analysis, self.analysis.model.kpi(kpi_id)
        return charts.trend(
            a.history(kpi),
            title=label(kpi),
            name=a.name,
            colours=a.colours_of(kpi),
            hint=direction_words(kpi),
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
            similar=[area for area in a.group("liknande", kpi).members if area != a.own],
            period=period,
            hint=direction_words(kpi),
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
            return markup.joined([markup.note("Alla nämndens nyckeltal har en färg."), *notes])
        caption = f"Nyckeltal utan färg, och varför. {text.OWN_PROCESSING}."
        return markup.joined([markup.table(pd.DataFrame(rows), caption), *notes])

    def _is_grey(self, kpi: Kpi) -> bool:
        rows = self.analysis.now[self.analysis.now["kpi"] == kpi.id]
        return rows.empty or rows["colour"].iloc[0] == tables.GREY

    def _grey_row(self, kpi: Kpi) -> dict[str, object]:
        a = self.analysis
        scores = a.scores[a.scores["kpi"] == kpi.id]
        coloured = scores[scores["colour"] != tables.GREY]
        known = scores[scores["value"].notna()]
        now = a.now[a.now["kpi"] == kpi.id]
        reason = now["reason"].iloc[0] if len(now) else _no_values(a, kpi)
        return {
            "Nyckeltal": label(kpi),
            "Varför ingen färg": reason,
            "Senaste värde": _latest_value(known, a.decimals(kpi)),
            "Senaste färg": _latest_colour(coloured),
        }

    @property
    def andra_grupper(self) -> Html:
        """The red KPIs against the county and the similar municipalities as well."""
        a = self.analysis
        if a.red.empty:
            return markup.note("Inget rött nyckeltal att jämföra i andra grupper.")
        kinds = {kind: a.scored(kind) for kind in ("län", "liknande")}
        rows = [
            {
                "Nyckeltal": label(kpi),
                "År": str(row["period"]),
                "Mot alla": STATUS[row["colour"]].label,
                "Mot länet": _in_group(kinds["län"], row),
                "Mot liknande": _in_group(kinds["liknande"], row),
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
            return markup.note("Inget rött nyckeltal att dela upp på kvinnor och män.")
        caption = (
            f"Kvinnor och män i röda nyckeltal. {text.source(exercise=self.analysis.exercise)}."
        )
        return markup.table(pd.DataFrame(rows), caption, numeric=("År", "Kvinnor", "Män", "Totalt"))

    def _gender_row(self, kpi: Kpi, row: pd.Series) -> dict[str, object]:
        a = self.analysis
        rows = a.observations[
            (a.observations["kpi"] == kpi.id)
            & (a.observations["municipality"] == a.own)
            & (a.observations["period"] == row["period"])
        ]
        by_gender = dict(zip(rows["gender"], rows["value"], strict=True))
        women, men = by_gender.get("K", np.nan), by_gender.get("M", np.nan)
        hidden = np.isnan(women) or np.isnan(men)
        places = a.decimals(kpi)
        return {
            "Nyckeltal": label(kpi),
            "År": str(row["period"]),
            "Kvinnor": text.NO_VALUE if hidden else text.number(women, places),
            "Män": text.NO_VALUE if hidden else text.number(men, places),
            "Totalt": text.number(row["value"], places),
        }

    @property
    def fargbyten(self) -> Html:
        """What changed colour since the measurement before, both ways, beside the base rate."""
        a = self.analysis
        if not a.shifts:
            return markup.note("Inget nyckeltal har bytt färg sedan mätningen före den senaste.")
        rows = [
            {
                "Nyckeltal": label(a.model.kpi(shift.kpi)),
                "Förut": STATUS[shift.before].label,
                "Nu": STATUS[shift.after].label,
                "Vad som hände": shift_sentence(a, shift),
            }
            for shift in sorted(a.shifts, key=lambda shift: shift.better)
        ]
        caption = f"Färgbyten sedan mätningen före den senaste. {text.OWN_PROCESSING}."
        return markup.table(pd.DataFrame(rows), caption)

    @property
    def slutsatser(self) -> Html:
        """What can be said, and what can't, from these figures alone."""
        reds = [label(kpi) for kpi, _ in self._rows(self.analysis.red)]
        said = "Inget av nämndens nyckeltal är rött i jämförelsen med alla kommuner."
        if reds:
            said = f"Mest att vinna, jämfört med andra kommuner, finns i {text.listing(reds)}."
        return markup.bullets(
            [
                said,
                "Varför det är så går inte att säga av siffrorna. Det kan verksamheten svara på.",
                "Om en förändring mellan två år är säkerställd prövas inte i den här rapporten:"
                " ett enstaka färgbyte kan vara en tillfällighet.",
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
            return markup.note("Inget rött nyckeltal kräver beslut.")
        return markup.table(pd.DataFrame(rows), "Röda nyckeltal och de mål som de tjänar")

    @property
    def kallor(self) -> Html:
        """Sources, snapshot, method and versions: enough for someone else to compute the same."""
        a = self.analysis
        described = dict(zip(a.live_kpis["id"], a.live_kpis["description"], strict=True))
        rows = [
            {"Id": kpi.id, "Nyckeltal": label(kpi), "Uppgiftslämnare": _producer(described, kpi)}
            for kpi in a.kpis
        ]
        caption = "Nyckeltalen och vem som lämnat uppgifterna"
        producers = [markup.table(pd.DataFrame(rows), caption)] if rows else []
        return markup.joined([*self._exercise(), markup.bullets(_documentation(a)), *producers])

    @property
    def slut(self) -> EndMarker:
        """The mark that the report came to its end, which the batch looks for."""
        a = self.analysis
        counts = {colour: int((a.now["colour"] == colour).sum()) for colour in tables.COLOURS}
        counts[tables.GREY] += len(a.kpis) - len(a.now)
        return EndMarker(
            {
                "committee": a.committee.slug,
                "year": a.year,
                "snapshot": a.snapshot_id,
                "exercise": a.exercise,
                "kpis": len(a.kpis),
                "colours": counts,
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


def _municipality(a: Analysis) -> str:
    return f"{a.name} kommun" if not a.exercise else f"Övningskommunen {a.name}"


def _empty_perspective(a: Analysis, perspective: Perspective) -> str:
    named = any(goal.perspective == perspective.id for goal in a.committee.goals)
    missing = "mål men inga nyckeltal" if named else "varken mål eller nyckeltal"
    return (
        f"Anmärkning: nämnden har {missing} i perspektivet {perspective.name}."
        " Alla nämnder ska svara för alla perspektiv."
    )


def _colour_words(score: pd.Series) -> str:
    words = STATUS[score["colour"]].label
    return f"{words} (preliminär)" if score["preliminary"] else words


def _place(score: pd.Series) -> str:
    if pd.isna(score["rank"]):
        return text.NO_VALUE
    few = " (få)" if score["n"] <= 7 else ""
    return f"{score['rank']} av {score['n']}{few}"


def _in_group(scores: pd.DataFrame, row: pd.Series) -> str:
    found = scores[(scores["kpi"] == row["kpi"]) & (scores["period"] == row["period"])]
    if found.empty:
        return STATUS[tables.GREY].label
    score = found.iloc[0]
    grey = f" ({score['reason']})" if score["colour"] == tables.GREY else f", {_place(score)}"
    return STATUS[score["colour"]].label + grey


def _no_values(a: Analysis, kpi: Kpi) -> str:
    if kpi.id not in set(a.live_kpis["id"]):
        return "nyckeltalet finns inte i Kolada"
    return f"inga värden till och med {a.year}"


def _latest_value(known: pd.DataFrame, decimals: int) -> str:
    if known.empty:
        return text.NO_VALUE
    last = known.iloc[-1]
    return f"{text.number(last['value'], decimals)} ({last['period']})"


def _latest_colour(coloured: pd.DataFrame) -> str:
    if coloured.empty:
        return text.NO_VALUE
    last = coloured.iloc[-1]
    return f"{STATUS[last['colour']].label} ({last['period']})"


def _producer(descriptions: dict[str, str], kpi: Kpi) -> str:
    """Return the original producer, which descriptions name after "Källa:"."""
    _, found, producer = descriptions.get(kpi.id, "").rpartition("Källa:")
    return producer.strip().rstrip(".") if found else text.NO_VALUE


def _documentation(a: Analysis) -> list[str]:
    directly = a.exercise or a.base_url.startswith(KOLADA)
    return [
        f"Värden: {text.source(exercise=a.exercise)}, hämtade {text.day(a.fetched)} från"
        f" {a.base_url}{'' if directly else ', som inte är Koladas egen adress'}."
        " Färger, platser, avstånd och medelvärden: egen bearbetning, inte Koladas.",
        f"Ögonblicksbild: {a.snapshot_id}. Program: malstyr {version('malstyr')}.",
        "Röd: minst tre fjärdedelar av kommunerna har bättre värde samma år. Grön: minst tre"
        " fjärdedelar har sämre. Annars gul. Lika värden räknas varken som bättre eller sämre.",
        "Ingen färg när eget värde saknas, när färre än fyra kommuner har värde, när nyckeltalet"
        " saknar riktning, när serien har upphört, när rubriken har ändrats eller när färre än"
        " hälften av de kommuner som brukar har lämnat uppgift.",
        "Varje nyckeltal jämförs det år som står vid värdet, alltid med andra kommuners värden"
        " från samma år.",
    ]
