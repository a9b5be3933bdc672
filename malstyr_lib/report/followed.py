"""What the interim and the annual report share: title, first words, goals, sources, end.

Attributes are Swedish, since a coordinator meets them in the notebook.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

import pandas as pd

from malstyr_lib import chain, markup, tables, text
from malstyr_lib.markup import Html
from malstyr_lib.report import arrivals, findings, goals, parts, turns, wording, work
from malstyr_lib.report.ending import EndMarker
from malstyr_lib.report.follow_up import FollowUp
from malstyr_lib.report.thread import left_out

COUNTS: Final = {"what": "str", "amount": "int64"}


@dataclass(frozen=True, eq=False)
class FollowedReport:
    """What both reports show of the goals of a year; every attribute is one part."""

    f: FollowUp
    name: ClassVar[str]

    @property
    def rubrik(self) -> Html:
        """The title, what it rests on, and the mark of exercise figures."""
        return _title(self.f, self.name)

    @property
    def mal(self) -> Html:
        """The council's goals: whose goals serve them, levels, figures and work."""
        return goals.council_goals(self.f)

    @property
    def perspektiv(self) -> Html:
        """The perspectives side by side: goals, figures, levels, and how many are reached."""
        return goals.perspectives(self.f)

    @property
    def hushallning(self) -> Html:
        """God ekonomisk hushållning: the financial and the operational goals."""
        return goals.economy(self.f)

    @property
    def aktiviteter(self) -> Html:
        """The activities of the year, those done and those that are not."""
        return work.activities(self.f)

    @property
    def okant(self) -> Html:
        """What could not be known at the stop day, and when it comes."""
        return arrivals.unknown(self.f)

    @property
    def kallor(self) -> Html:
        """Sources, snapshot, method and versions: enough for someone else to compute the same."""
        return _sources(self.f)


def _title(f: FollowUp, words: str) -> Html:
    """Return the title, what it rests on, and the mark of exercise figures."""
    a = f.a
    facts = (
        f"{wording.municipality_words(a)}. Underlag för förvaltningsberättelsen:"
        f" {text.count(len(f.in_force), 'mål', 'mål')} i"
        f" {text.count(len(f.committees), 'nämnd', 'nämnder')} och {len(a.kpis)} nyckeltal, på"
        f" värden hämtade {text.day(a.fetched)}. {arrivals.stop_words(f)}"
    )
    return markup.joined(
        [
            markup.heading(1, f"{words} {f.year}: målen och nyckeltalen"),
            *markup.exercise(invented=a.exercise),
            markup.paragraph(facts),
        ]
    )


def summary(f: FollowUp, lines: Sequence[str]) -> Html:
    """Return what the council needs to know: what is known and how it stands, then the lines."""
    first = [
        f"{arrivals.coverage_words(f)} {arrivals.known_words(f)}",
        goals.levels_words(f, f.goals),
        _money_words(f),
        _colours_words(f),
    ]
    said = [one for one in [*first, *lines, *_reservations(f)] if one]
    return markup.bullets(said)


def _lower(words: str) -> str:
    return f"{words[:1].lower()}{words[1:]}"


def _money_words(f: FollowUp) -> str:
    """Return how far the financial levels are reached, as sentences."""
    mine = goals.of_economy(f, financial=True)
    if not mine:
        return "Inga finansiella mål är inskrivna."
    return f"De finansiella målen: {_lower(goals.levels_words(f, mine))}"


def _colours_words(f: FollowUp) -> str:
    """Return how many KPIs have each colour beside what is usual, as sentences."""
    a = f.a
    if not parts.coloured(a):
        return f"Inget av {len(a.kpis)} nyckeltal har färg."
    counts = parts.counts(a)
    grey = counts[tables.GREY]
    left = f" {grey} saknar färg." if grey else ""
    words = wording.counted_colours(counts)
    reds = text.sentence(a.expected["röda"]["reason"])
    return f"Av {len(a.kpis)} nyckeltal är {words}.{left} {reds}"


def _reservations(f: FollowUp) -> list[str]:
    examples = sum(goal.example for goal in f.goals)
    which = "Alla mål" if examples == len(f.goals) else f"{examples} av {len(f.goals)} mål"
    said = [f"{which} är exempel som kommunen inte har beslutat om." if examples else ""]
    return [*said, wording.ungraded_sentence(f.a).replace("nämndens nyckeltal", "nyckeltalen")]


def _sources(f: FollowUp) -> Html:
    """Return sources, snapshot, method and versions: enough to compute the same again."""
    a = f.a
    return markup.bullets(
        [
            *wording.origin(a, "sammanräkningar"),
            f"Stoppdag: {text.day(f.stop.day)}{' (antagen)' if f.stop.words else ''}."
            " Värden som enligt Koladas dagar kom efter stoppdagen räknas"
            " inte. Där ingen dag anges räknas värden för de år som då var slut.",
            f"Mål som gällde {f.year} följs. En målnivå prövas mot det senaste värde som var känt,"
            " och värdets år står alltid bredvid. Är värdet för gammalt går nivån inte att pröva.",
            "Mellan två gränser: den lägre räknar alla okända som inte nådda, den högre räknar dem"
            " som nådda.",
        ]
    )


def end(f: FollowUp, more: dict[str, pd.DataFrame]) -> EndMarker:
    """Return the mark that the report came to its end, with the tables that it is written from."""
    a, counts = f.a, parts.counts(f.a)
    early = int(a.now["preliminary"].sum())
    found = {
        "committee": "",
        "year": f.year,
        "snapshot": a.snapshot.id,
        "exercise": a.exercise,
        "kpis": len(a.kpis),
        "preliminary": early,
        "colours": counts,
        "stop": f.stop.day.isoformat(),
    }
    words = (
        f"Alla {len(f.in_force)} mål och {len(a.kpis)} nyckeltal finns med i rapporten,"
        f" {counts[tables.GREY]} nyckeltal utan färg och {early} med preliminär färg."
    )
    return EndMarker(found, words, _findings(f) | more, a.snapshot.reads)


def _findings(f: FollowUp) -> dict[str, pd.DataFrame]:
    return {
        **findings.of_analysis(f.a),
        **findings.of_own(f.model, f.model.measures, f.own_values),
        "targets": f.standings,
        "reached": pd.DataFrame(goals.counted(f)),
        "known": f.known,
        "newest_years": _newest_years(f),
        "expectations": f.expectations,
        "so_far": work.so_far_table(f),
        "amounts": _amounts(f),
    }


def _newest_years(f: FollowUp) -> pd.DataFrame:
    """Return how many KPIs have their newest known value from each year."""
    found = arrivals.newest_years(f)
    return pd.DataFrame({"year": [*found], "amount": [*found.values()]})


def _amounts(f: FollowUp) -> pd.DataFrame:
    """Return every other number that the sentences say, by what it counts (`COUNTS`)."""
    found: dict[str, Any] = {
        "nyckeltal": len(f.a.kpis),
        "mål": len(f.in_force),
        "nämnder": len(f.committees),
        **{f"färg {colour}": n for colour, n in parts.counts(f.a).items()},
        **{f"vid stoppdagen {answer}": n for answer, n in arrivals.counts(f).items()},
        **{f"aktiviteter {status}": n for status, n in work.counts(f).items()},
        "aktiviteter": len(f.activities),
        "aktiviteter andra år": left_out(f.model.activities, f.year),
        "målexempel": sum(goal.example for goal in f.goals),
        "saknar värde": int(f.known["newest"].isna().sum()),
        **{f"förväntan {state}": n for state, n in f.expectations["state"].value_counts().items()},
        "förväntningar prövade": int(f.expectations["state"].isin(chain.SCORED).sum()),
        "går bra": len(turns.doing_well(f.a)),
        "bättre färg": sum(one.better for one in turns.turned(f.a)),
        "sämre färg": sum(not one.better for one in turns.turned(f.a)),
    }
    return tables.frame(COUNTS, {"what": list(found), "amount": list(found.values())})
