"""Holes: questions that wait, reds nobody works with, perspectives left out, KPIs not followed."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd

from malstyr_lib import chain, companions, kpi_title, markup, tables, text
from malstyr_lib.grounds.basis import blind
from malstyr_lib.markup import STATUS, Html, Source
from malstyr_lib.model import Committee, Question
from malstyr_lib.report.across import Across
from malstyr_lib.report.wording import label

NAMED: Final = 3
"""How many reds without an activity are named in the summary."""
MOST_SPOTS: Final = 15
"""How many blind spots of each kind are listed."""
WAITING: Final = {
    "id": "str",
    "committee": "str",
    "asked": "str",
    "kpi": "str",
    "to": "str",
    "day": "str",
    "due": "str",
    "days": "int64",
    "late": "bool",
}
"""What `waiting` returns; days since it was asked, on the day that the figures were fetched."""
_ALL_CURE: Final = (
    "Lagret har bara registrets nyckeltal, så sökningen ser inte resten av Kolada. Kommandot"
    " malstyr hamta --allt hämtar alla."
)


def waiting(x: Across) -> pd.DataFrame:
    """Return the analysis group's questions without an answer (`WAITING`), the oldest first."""
    committees = {one.slug for one in x.model.committees}
    open_ones = [
        one for one in x.model.questions if one.answer is None and one.committee in committees
    ]
    rows = [_waiting(x, one) for one in sorted(open_ones, key=lambda one: (one.day, one.id))]
    return tables.of_rows(WAITING, rows)


def _waiting(x: Across, one: Question) -> dict[str, object]:
    return {
        "id": one.id,
        "committee": one.committee,
        "asked": one.asked,
        "kpi": one.kpi or "",
        "to": one.to,
        "day": one.day.isoformat(),
        "due": one.due.isoformat() if one.due else "",
        "days": max(0, (x.fetched - one.day).days),
        "late": one.due is not None and one.due < x.fetched,
    }


def questions(x: Across) -> Html:
    """Return the unanswered questions, committee by committee, the oldest first."""
    table = waiting(x)
    if table.empty:
        asked = len(x.model.questions)
        return markup.note(
            f"Inga frågor väntar: {_all_answered(asked)}"
            if asked
            else "Analysgruppen har inte skrivit några frågor."
        )
    shown = [
        _question(x, committee, row)
        for committee in x.model.committees
        for row in table[table["committee"] == committee.slug].to_dict("records")
    ]
    caption = f"Frågor som väntar på svar, {text.day(x.fetched)}"
    return markup.joined(
        [
            markup.paragraph(waiting_sentence(table)),
            markup.table(pd.DataFrame(shown), caption, numeric=("Har väntat",)),
        ]
    )


def _all_answered(asked: int) -> str:
    return "den enda frågan är besvarad." if asked == 1 else f"alla {asked} är besvarade."


def waiting_sentence(table: pd.DataFrame) -> str:
    """Return how many questions wait, how many of them are late, and the longest wait."""
    if table.empty:
        return "Ingen av analysgruppens frågor väntar på svar."
    waits = text.count(len(table), "fråga väntar", "frågor väntar")
    oldest = text.count(int(table["days"].max()), "dag", "dagar")
    late = int(table["late"].sum())
    which = f"{late} av dem skulle" if len(table) > 1 else "Den skulle"
    passed = f" {which} redan ha besvarats." if late else ""
    longest = (
        f" Den äldsta har väntat {oldest}." if len(table) > 1 else f" Den har väntat {oldest}."
    )
    return f"{waits} på svar.{longest}{passed}"


def _question(x: Across, committee: Committee, row: dict[Any, Any]) -> dict[str, object]:
    known = {one.id: one for one in x.model.questions}
    example = text.EXAMPLE if known[row["id"]].example else ""
    due = text.day(row["due"]) if row["due"] else text.NO_VALUE
    return {
        "Fråga": f"{row['id']} {' '.join(row['asked'].split())}{example}",
        "Nämnd": committee.code,
        "Till": row["to"],
        "Ställd": text.day(row["day"]),
        "Svar senast": f"{due} ○ Försenat" if row["late"] else due,
        "Har väntat": text.count(int(row["days"]), "dag", "dagar"),
    }


def without_activity(x: Across) -> list[str]:
    """Return the red KPIs that none of the committees that follow them has an activity for."""
    return [
        str(kpi)
        for kpi in x.red["kpi"]
        if not any(kpi in x.basis.worked(one) for one in x.following(kpi))
    ]


def without_activity_sentence(x: Across) -> str:
    """Return how many of the reds nobody works with; nothing when none is red."""
    left, of = without_activity(x), len(x.red)
    if not of:
        return ""
    if not left:
        return f"Alla röda nyckeltal har minst en aktivitet {x.day.year}."
    if of == 1:
        return f"Det röda nyckeltalet har ingen aktivitet {x.day.year}."
    which = "" if len(left) > NAMED else f": {text.listing([label(x.kpi(kpi)) for kpi in left])}"
    return f"{len(left)} av {of} röda nyckeltal har ingen aktivitet {x.day.year}{which}."


def coverage(x: Across) -> Html:
    """Return what every committee has in every perspective, and what it lacks."""
    table = chain.coverage(x.basis)
    rows = [
        {"Nämnd": one.name}
        | {part.name: _cell(table, one.slug, part.id) for part in x.model.perspectives}
        for one in x.model.committees
    ]
    caption = f"Vad nämnderna har i de {len(x.model.perspectives)} perspektiven, {text.day(x.day)}"
    return markup.joined(
        [
            markup.paragraph(coverage_sentence(table)),
            markup.table(pd.DataFrame(rows), caption),
        ]
    )


def coverage_sentence(table: pd.DataFrame) -> str:
    """Return in how many boxes of committee and perspective something is lacking."""
    whole = _boxes(table)
    lacking = whole.count(False)
    if not lacking:
        return (
            "Alla nämnder har mål, nyckeltal, aktivitet och återrapportering i alla perspektiv,"
            " eller ett skäl till att de saknas."
        )
    return (
        f"För {lacking} av {len(whole)} par av nämnd och perspektiv saknas mål, nyckeltal,"
        " aktivitet eller återrapportering, utan att ett skäl är skrivet."
    )


def _boxes(table: pd.DataFrame) -> list[bool]:
    """Return whether each box of committee and perspective has everything, or a reason."""
    boxes = table.groupby(["committee", "perspective"], sort=False)
    return [bool(((rows["amount"] > 0) | (rows["waived"] != "")).all()) for _, rows in boxes]


def _cell(table: pd.DataFrame, committee: str, perspective: str) -> str:
    """Return one box: what there is, then what is lacking with the reason that is given."""
    mine = table[(table["committee"] == committee) & (table["perspective"] == perspective)]
    cells = mine.to_dict("records")
    there = [f"{cell['amount']} {_many(cell)}" for cell in cells if cell["amount"]]
    lacking = [str(cell["what"]) for cell in cells if not cell["amount"] and not cell["waived"]]
    excused = {str(cell["waived"]): "" for cell in cells if not cell["amount"] and cell["waived"]}
    said = [
        text.capital(text.listing(there)) if there else "",
        f"○ Saknar {text.listing(lacking)}" if lacking else "",
        *(f"– {why.rstrip('.')}" for why in excused),
    ]
    return ". ".join(one for one in said if one)


def _many(cell: dict[Any, Any]) -> str:
    what, one = str(cell["what"]), cell["amount"] == 1
    plural = {"aktivitet": "aktiviteter", "återrapportering": "återrapporteringar"}
    return what if one else plural.get(what, what)


def spots(x: Across) -> pd.DataFrame:
    """Return what is red or stands out in the store and no committee follows (BLIND_SPOTS)."""
    return blind(x.model, x.opened.snapshot, year=x.year)


def has_all(x: Across) -> bool:
    """Return whether the store holds more of Kolada than the registry asks for."""
    snapshot = x.opened.snapshot
    asked = companions.wanted(x.model.kpis, snapshot.kpis)
    return bool({*snapshot.manifest["values"]} - {*asked})


def blind_spots(x: Across, found: pd.DataFrame) -> Html:
    """Return the blind spots: the reds first, then what stands out without a direction."""
    red = found[found["colour"] == tables.RED]
    other = found[found["colour"] != tables.RED]
    pieces = [markup.paragraph(" ".join(spot_sentences(x, found)))]
    if not has_all(x):
        pieces.append(markup.note(_ALL_CURE))
    if len(red):
        pieces.append(_spots(x, red, "Rött som ingen nämnd följer"))
    if len(other):
        pieces.append(_spots(x, other, "Bland de högsta eller lägsta, utan riktning"))
    return markup.joined(pieces)


def spot_sentences(x: Across, found: pd.DataFrame) -> list[str]:
    """Return how much has been searched, and what was found that nobody follows."""
    searched = text.count(len(x.opened.snapshot.manifest["values"]), "nyckeltal", "nyckeltal")
    red = int((found["colour"] == tables.RED).sum())
    other = len(found) - red
    said = [f"Av {searched} i lagret är {red or 'inget'} rött utan att någon nämnd följer det."]
    if red > 1:
        said = [f"Av {searched} i lagret är {red} röda utan att någon nämnd följer dem."]
    if other:
        said.append(
            f"{other} till hör till de högsta eller lägsta i landet, men saknar riktning: ingen har"
            " sagt vad som är bra, så det behöver inte vara dåligt."
        )
    return said


def amounts(x: Across, found: pd.DataFrame) -> pd.DataFrame:
    """Return how much has been searched, found and left without, by what it is."""
    red = int((found["colour"] == tables.RED).sum())
    boxes = _boxes(chain.coverage(x.basis))
    told = {
        "searched": len(x.opened.snapshot.manifest["values"]),
        "red": red,
        "other": len(found) - red,
        "shown": MOST_SPOTS,
        "waiting": len(waiting(x)),
        "oldest": int(waiting(x)["days"].max()) if len(waiting(x)) else 0,
        "late": int(waiting(x)["late"].sum()),
        "without_activity": len(without_activity(x)),
        "boxes": len(boxes),
        "boxes_lacking": boxes.count(False),
        "perspectives": len(x.model.perspectives),
        "year": x.day.year,
    }
    return pd.DataFrame({"what": [*told], "amount": [*told.values()]})


def _spots(x: Across, found: pd.DataFrame, words: str) -> Html:
    shown = found.head(MOST_SPOTS)
    left = len(found) - len(shown)
    cut = f" De {len(shown)} som ligger längst bort visas, av {len(found)}." if left else ""
    own = x.model.municipality.code
    rows = [
        {
            "Nyckeltal": kpi_title.labelled(row["title"], row["kpi"]),
            "År": str(row["period"]),
            "Värde": markup.number(
                row["value"],
                text.decimals_for([row["value"]]),
                Source(row["kpi"], int(row["period"]), own),
            ),
            "Färg": STATUS[row["colour"]].label,
            "Varför det är här": text.sentence(row["reason"]),
        }
        for row in shown.to_dict("records")
    ]
    caption = f"{words}.{cut} {text.OWN_PROCESSING}."
    return markup.table(pd.DataFrame(rows), caption, numeric=("År",))
