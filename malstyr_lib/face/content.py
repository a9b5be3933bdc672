"""What the page says for what has been chosen on it: choices in, lists and pieces of HTML out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pandas as pd

from malstyr_lib import markup, tables, text
from malstyr_lib.markup import STATUS, Html
from malstyr_lib.model import Committee, Kpi
from malstyr_lib.questions import THEME_OF, Answer, Case, Question, Setting, answerable
from malstyr_lib.report import wording
from malstyr_lib.scoring.evidence import Evidence
from malstyr_lib.scoring.groups import GROUP_WORDS
from malstyr_lib.scoring.scores import latest

EVERY: Final = ""
"""The choice of all committees, where a committee's short name else stands."""
ASKING: Final = "fraga"
"""The anchor of the part where questions are asked."""
NEWEST: Final = 0
"""The choice of the newest year, where a year else stands."""
NOTHING: Final = "Det finns inga nyckeltal med hämtade värden att fråga om."
_YEARS: Final = 10
_ORDER: Final = {colour: at for at, colour in enumerate(tables.COLOURS)}

Choices = list[tuple[str, str]]
"""What can be chosen: the words that are seen, and what they stand for."""


@dataclass(frozen=True)
class Chosen:
    """Whose KPIs are shown: a committee's short name or EVERY, and a kind of comparison group."""

    committee: str
    group: str = "alla"


def committees(setting: Setting) -> Choices:
    """Return the committees of the year, and all of them together."""
    return [*((one.name, one.slug) for one in setting.committees), ("Alla nämnder", EVERY)]


def groups() -> Choices:
    """Return the kinds of comparison group for the colours."""
    return [(words, kind) for kind, words in GROUP_WORDS.items()]


def years(setting: Setting) -> list[tuple[str, int]]:
    """Return the years that can be looked back to, the newest first and unless another is said."""
    evidence = setting.whole
    known = sorted(
        {year for kpi in evidence.kpis for year in evidence.points(kpi.id)}, reverse=True
    )
    newest = f"Senaste ({known[0]})" if known else "Senaste"
    return [(newest, NEWEST), *((str(year), year) for year in known[1:_YEARS])]


def scores(setting: Setting, chosen: Chosen) -> pd.DataFrame:
    """Return the newest score of every KPI that is chosen, by colour, farthest from it first.

    tables.SCORES, against the comparison group that is chosen.
    """
    evidence = _evidence(setting, chosen)
    rows = latest(_scored(evidence, chosen.group), evidence.year, evidence.kpis)
    ranked = rows.assign(order=rows["colour"].map(_ORDER))
    return ranked.sort_values(
        ["order", "gap_iqr"], ascending=[True, False], na_position="last", kind="stable"
    ).drop(columns="order")


def _evidence(setting: Setting, chosen: Chosen) -> Evidence:
    committee = _committee(setting, chosen)
    return setting.whole if committee is None else setting.evidence(committee)


def _scored(evidence: Evidence, group: str) -> pd.DataFrame:
    return evidence.scores if group == "alla" else evidence.scored(group)


def _committee(setting: Setting, chosen: Chosen) -> Committee | None:
    return next((one for one in setting.committees if one.slug == chosen.committee), None)


def red_list(setting: Setting, chosen: Chosen, rows: pd.DataFrame) -> Html:
    """Return the red ones of `scores`, the one farthest from the median first, and a summary."""
    committee = _committee(setting, chosen)
    title = markup.heading(2, f"Rött: {committee.name if committee else 'Alla nämnder'}")
    if rows.empty:
        return markup.joined([title, markup.note(NOTHING)])
    red = rows[rows["colour"] == tables.RED]
    counted = {colour: int((rows["colour"] == colour).sum()) for colour in tables.COLOURS}
    grey = counted[tables.GREY]
    left = f" {text.count(grey, 'nyckeltal', 'nyckeltal')} saknar färg." if grey else ""
    said = f"{wording.counted_colours(counted).capitalize()} av {len(rows)} nyckeltal.{left}"
    pieces = [title, markup.paragraph(said)]
    if red.empty:
        return markup.joined([*pieces, markup.note("Inget av nyckeltalen är rött.")])
    against = GROUP_WORDS[chosen.group]
    caption = (
        f"Röda nyckeltal mot {against}, störst avstånd till medianen först. Välj ett för att fråga"
        f" om det. {text.OWN_PROCESSING}."
    )
    table = markup.table(_shown(setting, chosen, red), caption, numeric=("Värde", "År", "Plats"))
    return markup.joined([*pieces, table])


def _shown(setting: Setting, chosen: Chosen, red: pd.DataFrame) -> pd.DataFrame:
    evidence = _evidence(setting, chosen)
    kpis = {one.id: one for one in evidence.kpis}
    return pd.DataFrame(
        [
            {
                "Nyckeltal": markup.chooser(row["kpi"], wording.label(kpis[row["kpi"]])),
                "Färg": wording.colour_words(row),
                "Värde": text.number(row["value"], evidence.decimals(row["kpi"])),
                "År": str(row["period"]),
                "Plats": wording.place_words(row),
            }
            for row in red.to_dict("records")
        ]
    )


def kpis(setting: Setting, chosen: Chosen, rows: pd.DataFrame) -> Choices:
    """Return the KPIs that can be asked about, the red ones first, each with its colour."""
    evidence = _evidence(setting, chosen)
    known = {one.id: one for one in evidence.kpis if setting.held(one.id)}
    colours = dict(zip(rows["kpi"], rows["colour"], strict=True))
    ordered = [*(kpi for kpi in colours if kpi in known), *(k for k in known if k not in colours)]
    found = [(_named(known[kpi], colours.get(kpi)), kpi) for kpi in ordered]
    if chosen.committee != EVERY:
        return found
    others = [one for one in setting.model.kpis if one.id not in known and setting.held(one.id)]
    return [*found, *((_named(one, None), one.id) for one in others)]


def _named(kpi: Kpi, colour: str | None) -> str:
    return f"{STATUS[colour].label}: {wording.label(kpi)}" if colour else wording.label(kpi)


def standing(case: Case, group: str) -> Html:
    """Return where the municipality stands in a KPI, and what it measures."""
    pieces = [markup.paragraph(_stands(case, group))]
    if case.description:
        pieces.append(markup.folded("Vad nyckeltalet mäter", case.description))
    return markup.joined(pieces)


def _stands(case: Case, group: str) -> str:
    if case.period is None:
        return f"{case.name} har inget värde."
    said = case.had(case.value, case.period)
    rows = _scored(case.evidence, group)
    newest = latest(rows[rows["kpi"] == case.id], case.evidence.year, (case.kpi,))
    mine = newest[newest["period"] == case.period].to_dict("records")
    if not mine:
        return f"{said}."
    if mine[0]["colour"] == tables.GREY:
        return f"{said}. {STATUS[tables.GREY].label}: {mine[0]['reason']}."
    place = f"plats {wording.place_words(mine[0])} mot {GROUP_WORDS[group]}"
    return f"{said}: {wording.colour_words(mine[0])}, {place}."


@dataclass(frozen=True)
class Offered:
    """A question that can be asked on the page, and what its answer lacks; "" for nothing."""

    question: Question
    lacks: str = ""

    @property
    def words(self) -> str:
        """What its button says."""
        said = f"{self.question.number}. {self.question.words}"
        return f"{said} (underlag saknas)" if self.lacks else said


def offered(case: Case, theme: str) -> list[Offered]:
    """Return a theme's questions, each with what is lacking where it can't be answered now."""
    return [
        Offered(one.question, " ".join(need.words(case) for need in one.lacking))
        for one in answerable(case)
        if THEME_OF[one.question.number] == theme
    ]


def introduction(setting: Setting) -> Html:
    """Return whose page it is and what to do on it; invented figures are said to be so."""
    whose = f"{setting.name}. Värden hämtade {text.day(setting.snapshot.fetched)}."
    how = (
        "Välj en nämnd och ett nyckeltal, och ställ en fråga. Svaret säger hur säkert det är och"
        " vad det bygger på."
    )
    mark = markup.exercise(invented=setting.exercise)
    pieces = [*mark, markup.paragraph(whose), markup.paragraph(how)]
    return markup.boxed(markup.joined(pieces), "inledning", kommun=setting.name)


def answered(case: Case, found: Answer) -> Html:
    """Return an answer with its chart and numbers, and its text to copy."""
    invented = f"{text.EXERCISE}. " if case.setting.exercise else ""
    words = f"{invented}{about(case)}. {found.text}"
    pieces = [
        markup.boxed(markup.paragraph(about(case)), "galler"),
        found.html(level=2),
        markup.copied(words, "Svaret som text, att kopiera"),
    ]
    return markup.boxed(markup.joined(pieces), "svaret", fokus="ja")


def about(case: Case) -> str:
    """Return what an answer is about: the KPI with its id, and the municipality."""
    return f"{case.label}, {case.name}"


def announced(found: Answer) -> Html:
    """Return what is read aloud of an answer to those who don't see it come."""
    said = f"Svar på fråga {found.question.number}. {found.svar} {found.sure_words}."
    return markup.boxed(markup.paragraph(said), "dold")
