"""The red KPIs of a committee: in order, one by one, in other groups, by gender, to decide on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from malstyr_lib import charts, markup, scoring, tables, text
from malstyr_lib.errors import UsageError
from malstyr_lib.markup import STATUS, Html, Number, Source
from malstyr_lib.model import Kpi
from malstyr_lib.questions import Setting, pictures
from malstyr_lib.report import parts, raised, wording
from malstyr_lib.report.analysis import Analysis
from malstyr_lib.report.hold_on import slow_reds
from malstyr_lib.report.wording import label
from malstyr_lib.scoring import overall
from malstyr_lib.scoring.groups import SMALLER_GROUPS


def ranking(a: Analysis) -> Html:
    """Return the red KPIs, the one farthest from the median first."""
    if a.red.empty:
        return parts.no_red(a, "Inget av nämndens nyckeltal är rött.")
    rows = [
        {
            "Nyckeltal": parts.linked(a, kpi),
            "Färg": wording.sure_colour_words(a, row),
            "Värde": markup.number(row["value"], a.decimals(kpi), wording.of(row)),
            "År": str(row["period"]),
            "Plats": wording.place(row),
            "Till gult": wording.gap(row, "gap_to_yellow", a.decimals(kpi)),
            "Till medianen": wording.gap(row, "gap_to_median", a.decimals(kpi)),
            "I kvartilbredder": wording.in_iqr(row),
        }
        for kpi, row in parts.rows(a, a.red)
    ]
    caption = (
        "Röda nyckeltal, störst avstånd till medianen först. Avstånden är i nyckeltalets egen"
        f" enhet. {text.OWN_PROCESSING}."
    )
    return markup.table(pd.DataFrame(rows), caption, numeric=("År",))


def portraits(a: Analysis, asked: Setting) -> Html:
    """Return every red KPI by itself: five questions, what is said, its trend, and all others."""
    reds = [_portrait(a, asked, kpi, row) for kpi, row in parts.rows(a, a.red)]
    return markup.joined(reds or [parts.no_red(a, "Det finns inget rött nyckeltal att beskriva.")])


def _portrait(a: Analysis, asked: Setting, kpi: Kpi, row: pd.Series) -> Html:
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
            raised.five(a, asked, kpi),
            _said(a, kpi),
            _trend_or_not(a, asked, kpi),
            strip_chart(a, asked, kpi.id).html,
            *raised.pictures(a, asked, kpi),
        ]
    )


def _said(a: Analysis, kpi: Kpi) -> Html:
    """Return what the figures say of one red KPI, question by question."""
    nothing: dict[str, str] = {}
    told = {
        "Åt vilket håll går det?": a.trends.get(kpi.id, nothing),
        "Vad har hänt de senaste åren?": a.moves.get(kpi.id, nothing),
        "Är den senaste ändringen vår?": a.changes.get(kpi.id, nothing),
        "Är vi röda mot alla?": a.agreements.get(kpi.id, nothing),
        "Är färgen säker?": _known_certainty(a, kpi),
        "Hur trögrörligt är måttet?": a.paces.get(kpi.id, nothing),
        "Hur lång tid tog det för andra?": a.times.get(kpi.id, nothing),
    }
    rows = [
        {"Fråga": question, "Vad siffrorna säger": text.sentence(row["reason"])}
        for question, row in told.items()
        if row
    ]
    rows += [
        {"Fråga": "Kan åren jämföras?", "Vad siffrorna säger": wording.break_sentence(one)}
        for one in a.evidence.breaks[kpi.id]
    ]
    return markup.table(
        pd.DataFrame(rows), f"Vad siffrorna säger om {label(kpi)}. {text.OWN_PROCESSING}."
    )


def _known_certainty(a: Analysis, kpi: Kpi) -> dict[str, str]:
    """Return how sure a colour is, or nothing when no margin of error is known."""
    found = a.certainties.get(kpi.id)
    return found if found and found["margin_from"] else {}


def _trend_or_not(a: Analysis, asked: Setting, kpi: Kpi) -> Html:
    if len(parts.known(a, kpi)) < 2:
        return markup.note("Eget värde finns bara för ett år; ingen utveckling att visa.")
    return trend_chart(a, asked, kpi.id).html


def trend_chart(a: Analysis, asked: Setting, kpi_id: str) -> charts.Chart:
    """Return the trend chart of one of the committee's KPIs."""
    kpi = _own_kpi(a, kpi_id)
    chart = pictures.trend_chart(raised.case_of(a, asked, kpi))
    areas = {a.name: a.own, "Riket": tables.NATION}
    return chart.sourced(lambda row, column: Source(kpi.id, int(row["År"]), areas.get(column, "")))


def strip_chart(a: Analysis, asked: Setting, kpi_id: str) -> charts.Chart:
    """Return the strip chart of one of the committee's KPIs, in its newest year."""
    kpi = _own_kpi(a, kpi_id)
    period = int(a.now.loc[a.now["kpi"] == kpi.id, "period"].iloc[0])
    chart = pictures.year_chart(raised.case_of(a, asked, kpi), period)
    areas = {name: area for area, name in asked.names.items() if area in a.evidence.everyone}
    return chart.sourced(lambda row, _: Source(kpi.id, period, areas.get(row["Kommun"], "")))


def in_groups(a: Analysis) -> Html:
    """Return the red KPIs against other groups, and against how many of five they are red."""
    if a.red.empty:
        return parts.no_red(a, "Det finns inget rött nyckeltal att jämföra i andra grupper.")
    kinds = {kind: a.evidence.scored(kind) for kind in SMALLER_GROUPS}
    rows = [
        {
            "Nyckeltal": label(kpi),
            "År": str(row["period"]),
            "Mot alla": STATUS[row["colour"]].label,
            "Mot länet": wording.in_group(kinds["län"], row),
            "Mot liknande": wording.in_group(kinds["liknande"], row),
            "Mot kommungruppen": wording.in_group(kinds["kommungrupp"], row),
            "Sammantaget": text.sentence(a.agreements[kpi.id]["reason"]),
        }
        for kpi, row in parts.rows(a, a.red)
    ]
    caption = f"Röda nyckeltal mot olika jämförelsegrupper. {text.OWN_PROCESSING}."
    return markup.table(pd.DataFrame(rows), caption)


def by_gender(a: Analysis) -> Html:
    """Return women's and men's values of the red KPIs; both hidden when one of them is."""
    rows = [_gender_row(a, kpi, row) for kpi, row in parts.rows(a, a.red)]
    if not rows:
        return parts.no_red(a, "Det finns inget rött nyckeltal att dela upp på kvinnor och män.")
    caption = f"Kvinnor och män i röda nyckeltal. {text.source(exercise=a.exercise)}."
    return markup.table(pd.DataFrame(rows), caption, numeric=("År", "Kvinnor", "Män", "Totalt"))


def _gender_row(a: Analysis, kpi: Kpi, row: pd.Series) -> dict[str, object]:
    rows = scoring.paired(a.evidence.rows(kpi.id))
    rows = rows[(rows["municipality"] == a.own) & (rows["period"] == row["period"])]
    by_gender = dict(zip(rows["gender"], rows["value"], strict=True))
    women, men = by_gender.get("K", np.nan), by_gender.get("M", np.nan)
    places = a.decimals(kpi)
    shown: list[Number | str] = [
        markup.number(value, places, replace(wording.of(row), gender=gender))
        for gender, value in (("K", women), ("M", men))
    ]
    if np.isnan(women) or np.isnan(men):
        shown = ["visas inte" if _has_genders(a, kpi) else "redovisas inte per kön"] * 2
    return {
        "Nyckeltal": label(kpi),
        "År": str(row["period"]),
        "Kvinnor": shown[0],
        "Män": shown[1],
        "Totalt": markup.number(row["value"], places, wording.of(row)),
    }


def _has_genders(a: Analysis, kpi: Kpi) -> bool:
    live = a.evidence.catalogue
    return bool(live.loc[live["id"] == kpi.id, "is_divided_by_gender"].any())


def conclusions(a: Analysis) -> Html:
    """Return what can be said, and what can't, from these figures alone."""
    reds = [label(kpi) for kpi, _ in parts.rows(a, a.red)]
    goals = overall.goals(a.now, {goal.id: goal.kpis for goal in a.committee.goals})
    rolled = markup.paragraph(text.sentence(overall.rolled_words(overall.rolled(goals))))
    if not reds:
        none = "Inget av nämndens nyckeltal är rött i jämförelsen med alla kommuner."
        return markup.joined([parts.no_red(a, none), rolled])
    return markup.joined(
        [
            markup.paragraph("Längst efter andra kommuner ligger vi i:"),
            markup.bullets(reds),
            rolled,
            *_slow(a),
            markup.paragraph(
                "Siffrorna säger inte varför. Fråga verksamheten; en del av svaret kan ligga"
                " utanför kommunens makt."
            ),
        ]
    )


def _slow(a: Analysis) -> list[Html]:
    """Return how many of the reds are slow measures, or nothing without any."""
    amount = len(slow_reds(a))
    if not amount:
        return []
    are = "är ett mått" if amount == 1 else "är mått"
    words = f"{amount} av de röda {are} som rör sig långsamt i alla kommuner, se steg 9."
    return [markup.paragraph(words)]


def to_decide(a: Analysis) -> Html:
    """Return the red KPIs beside the goals that they serve, for the committee's discussion."""
    goals = a.committee.goals
    rows = [
        {"Rött nyckeltal": label(kpi), "Nämndens mål": goal.text}
        for kpi, _ in parts.rows(a, a.red)
        for goal in goals
        if kpi.id in goal.kpis
    ]
    if not rows:
        return parts.no_red(a, "Det finns inget rött nyckeltal att ta ställning till.")
    return markup.table(pd.DataFrame(rows), "Röda nyckeltal och de mål som de hör till")


def _own_kpi(a: Analysis, kpi_id: str) -> Kpi:
    """Return one of the committee's KPIs; UsageError for any other."""
    found = next((kpi for kpi in a.kpis if kpi.id == kpi_id.upper()), None)
    if found is None or found.id not in set(a.now["kpi"]):
        raise UsageError(
            f"{kpi_id} är inget av nämndens nyckeltal med värden till och med {a.year}."
        )
    return found
