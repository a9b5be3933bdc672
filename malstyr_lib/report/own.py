"""An own measure as a part of a report: what it says in a sentence, its chart and its tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from malstyr_lib import charts, markup, own, tables, text
from malstyr_lib.markup import OWN_STATUS, Html, Source
from malstyr_lib.model import Measure, SteeringModel
from malstyr_lib.own.standings import target_words
from malstyr_lib.report import wording
from malstyr_lib.report.analysis import Analysis

EXAMPLE = "EXEMPEL – påhittade siffror"
_OTHER_WAY = "Åt annat håll än helheten"
_HINTS = {
    "högt": "Högre är bättre",
    "lågt": "Lägre är bättre",
    "ingen": "Varken högt eller lågt är bra",
}


def measures(a: Analysis, values: pd.DataFrame) -> Html:
    """Return the own measures of a committee, each beside the KPI that measures the same."""
    mine = [one for one in a.model.measures if one.committee == a.committee.code]
    if not mine:
        return markup.note("Nämnden har inga egna mått i styrparametrarna.")
    there = set(a.evidence.observations["kpi"])
    return markup.joined(
        own_measure(
            a.model,
            one,
            values,
            observations=a.evidence.observations if one.kpi in there else None,
            level=4,
        )
        for one in mine
    )


def own_measure(
    model: SteeringModel,
    measure: Measure,
    values: pd.DataFrame,
    *,
    observations: pd.DataFrame | None = None,
    level: int = 3,
) -> Html:
    """Return one own measure: heading, main point, chart, standings, parts, and beside Kolada.

    values: tables.OWN_VALUES as `params.own_values` returns them. observations:
    tables.OBSERVATIONS with the KPI that the measure names; without them Kolada is left out.
    level: of the heading. Needs no other parts of a report.
    """
    history = own.with_history(model, values[values["measure"] == measure.id])
    start = [
        markup.heading(level, title(measure), anchor=measure.id),
        *([markup.note(EXAMPLE, kind="ovning")] if measure.example else []),
    ]
    if history.values["value"].notna().sum() == 0:
        return markup.joined([*start, markup.note("Måttet har inga värden ännu.")])
    names = own.part_names(model)
    hidden = own.hidden_by_average(measure, history.values, names=names)
    said = [own.main_point(measure, hidden), f"Att veta: {measure.note}" if measure.note else ""]
    pieces = [*start, markup.paragraph(" ".join(filter(None, said)))]
    pieces += _picture(model, measure, history.values, hidden)
    pieces.append(
        _standings(
            measure, own.standings(measure, history.values, names=names, breaks=history.breaks)
        )
    )
    pieces += _parts(measure, hidden)
    if observations is not None and measure.kpi:
        pieces += _beside_kolada(model, measure, history.values, observations)
    return markup.joined(pieces)


def title(measure: Measure) -> str:
    """Return a measure's title with its unit, as "Sjukfrånvaro bland anställda (%)"."""
    return f"{measure.title} ({measure.unit})"


def own_chart(
    model: SteeringModel, measure: Measure, values: pd.DataFrame, *, point: str
) -> charts.Chart:
    """Return the chart of a measure's parts, women and men together; `point` is what it shows."""
    level = measure.level
    return charts.own_lines(
        values[(values["measure"] == measure.id) & (values["gender"] == "T")],
        names=own.part_names(model),
        title=title(measure),
        pace=measure.pace,
        point=point,
        hint=f"{measure.unit}. {_HINTS[measure.direction]}",
        decimals=text.decimals_for(values["value"]),
        target=level.value if level else None,
        target_words=target_words(measure),
        source=measure.source,
        invented=EXAMPLE if measure.example else "",
    )


def _picture(
    model: SteeringModel, measure: Measure, values: pd.DataFrame, hidden: pd.DataFrame
) -> list[Html]:
    """Return the chart, or nothing when no value is of women and men together."""
    if values.loc[values["gender"] == tables.GENDERS[0], "value"].notna().sum() == 0:
        return []
    return [own_chart(model, measure, values, point=own.main_point(measure, hidden)).html]


def _standings(measure: Measure, rows: pd.DataFrame) -> Html:
    told = [
        {
            "Del": row["name"],
            "Mot eget mål": _status(row),
            "Vad siffrorna säger": text.sentence(row["reason"]),
        }
        for row in rows.to_dict("records")
    ]
    caption = (
        f"{title(measure)}, senaste värdet mot eget mål, året före och det vanliga."
        f" {text.OWN_PROCESSING}; jämförs inte med andra kommuner."
    )
    return markup.table(pd.DataFrame(told), caption)


def _status(row: Mapping[Any, Any]) -> str:
    label = OWN_STATUS[str(row["status"])].label
    return f"{label} (preliminärt)" if row["provisional"] else label


def _parts(measure: Measure, hidden: pd.DataFrame) -> list[Html]:
    """Return what every part did in the newest year beside the whole; nothing without parts."""
    if len(hidden) < 2:
        return []
    told = pd.DataFrame(
        {
            "Del": hidden["name"],
            _OTHER_WAY: hidden["hidden"].map({True: "ja", False: "nej"}),
            "Vad siffrorna säger": hidden["reason"].map(text.sentence),
        }
    )
    told.loc[told.index[0], _OTHER_WAY] = text.NO_VALUE
    if measure.pace == "år":  # one year can't tell which way anything goes
        told = told.drop(columns=_OTHER_WAY)
    caption = (
        f"{title(measure)}: vad medelvärdet döljer, det senaste året mot året före. Preliminära"
        f" värden är inte med. {text.OWN_PROCESSING}."
    )
    return [markup.table(told, caption)]


def _beside_kolada(
    model: SteeringModel, measure: Measure, values: pd.DataFrame, observations: pd.DataFrame
) -> list[Html]:
    kpi = model.kpi(str(measure.kpi))
    found = own.two_speeds(
        measure, values, observations, kpi=kpi, municipality=model.municipality.code
    )
    if found.years.empty:
        return []
    decimals = text.decimals_for([*found.years["own"], *found.years["kolada"]])
    told = [
        {
            "År": str(row["year"]),
            "Egna siffror": markup.number(row["own"], decimals),
            "Kolada": markup.number(
                row["kolada"],
                decimals,
                Source(kpi.id, row["year"], model.municipality.code),
            ),
            "Skillnad": markup.number(row["difference"], decimals + 1),
            "Vad siffrorna säger": text.sentence(row["reason"]),
        }
        for row in found.years.to_dict("records")
    ]
    caption = (
        f"Egna siffror bredvid Koladas: {wording.label(kpi)}. Egna siffror är medelvärdet av årets"
        f" värden. {text.OWN_PROCESSING}."
    )
    invented = "Egna siffror är påhittade, så skillnaden mot Kolada säger inget om verkligheten."
    return [
        *([markup.note(invented, kind="ovning")] if measure.example else []),
        markup.paragraph(" ".join(found.sentences)),
        markup.table(pd.DataFrame(told), caption),
    ]
