"""What `malstyr kalender` says: what can be in each report, then day by day, then what is late."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from malstyr_lib import clock, tables, text
from malstyr_lib.cli import show
from malstyr_lib.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd

    from malstyr_lib.grounds.calendar import Calendar
    from malstyr_lib.model import Committee, Report, SteeringModel
    from malstyr_lib.store import Snapshot

_TO_DO: Final = ("due", "late", "without_us", "unasked")
_NO_DAY: Final = ("here", "undated", "ended", "unknown")


@dataclass(frozen=True)
class Question:
    """What is asked of `kalender`: a committee, a report, a file to write, and from which day."""

    committee: str | None
    report: str | None
    ics: Path | None
    today: date


def chosen(day: str | None) -> date:
    """Return the day named, or today in Sweden; UsageError for what is no day."""
    from malstyr_lib.model.fields import day_of

    found = day_of(day) if day is not None else clock.today()
    if found is None:
        raise UsageError(f"'{day}' är ingen dag. Skriv år-månad-dag, till exempel 2026-11-23.")
    return found


def say(asked: Question, model: SteeringModel, snapshot: Snapshot, *, json: bool) -> None:
    """Print the calendar, and write it to a file when that is asked for."""
    from malstyr_lib.grounds.calendar import calendar

    found = calendar(
        model,
        snapshot,
        committees=_committees(asked, model),
        reports=_reports(asked, model),
        today=asked.today,
    )
    if asked.ics:
        _write(asked.ics, found, model, quiet=json)
    if json:
        show.as_json(show.records(_flat(found, asked.today)))
        return
    show.snapshot_line(snapshot)
    print("Koladas dagar är de som var angivna då, och kan flyttas.")
    for report in sorted(found.reports, key=lambda one: (one.stop, one.id)):
        _say_report(report, found, asked.today)
    if not found.reports:
        print("Inga rapporter med stoppdag finns. Skriv dem i styrmodell.yaml, under rapporter.")
    _say_days(found.events)
    followed = found.followed(asked.today.year)
    figures = found.figures[found.figures["kpi"].isin(followed)]
    _say_figures("Att hämta eller fråga om", figures[figures["state"].isin(_TO_DO)])
    _say_figures("Ingen ny dag är känd", figures[figures["state"].isin(_NO_DAY)])


def _committees(asked: Question, model: SteeringModel) -> Sequence[Committee]:
    from malstyr_lib.report.analysis import committee_named

    return [committee_named(model, asked.committee)] if asked.committee else model.committees


def _reports(asked: Question, model: SteeringModel) -> Sequence[Report]:
    """Return the report asked about, by its id or its name, or all of them."""
    if asked.report is None:
        return model.reports
    word = asked.report.casefold()
    for report in model.reports:
        if word in (report.id.casefold(), report.name.casefold()):
            return [report]
    ids = [report.id for report in model.reports]
    known = f"Rapporterna är {text.listing(ids)}" if ids else "Inga rapporter finns"
    raise UsageError(
        f"Det finns ingen rapport '{asked.report}'{text.did_you_mean(asked.report, ids) or '.'}"
        f" {known} i styrmodell.yaml."
    )


def _flat(found: Calendar, today: date) -> pd.DataFrame:
    """Return a row per committee, figure and report; without reports a row with none."""
    import pandas as pd

    within = found.within
    if not found.reports:
        pairs = [
            (one.code, kpi) for one in found.committees for kpi in one.in_force(today.year).kpis
        ]
        within = pd.DataFrame(pairs, columns=["committee", "kpi"], dtype="str")
        within = within.assign(report=None, answer=None, why=None)
    stops = {report.id: report.stop.isoformat() for report in found.reports}
    rows = within.assign(stop=within["report"].map(stops)).merge(found.figures, on="kpi")
    return rows[["report", "stop", "committee", *found.figures.columns, "answer", "why"]]


def _say_report(report: Report, found: Calendar, today: date) -> None:
    """Print which figures can be in a report: a line each, unless it is one of several and over."""
    from malstyr_lib.publication import ANSWER_WORDS

    left = (report.stop - today).days
    when = "i dag" if not left else f"om {text.count(left, 'dag', 'dagar')}"
    when = when if left >= 0 else "har passerat"
    print(f"\n{report.name}: stoppdag {text.day(report.stop)} ({when})")
    rows = found.within[found.within["report"] == report.id].merge(found.figures, on="kpi")
    counts = [f"{(rows['answer'] == key).sum()} {word}" for key, word in ANSWER_WORDS.items()]
    print(f"Kan nästa värde komma med? Av {len(rows)} nyckeltal: {text.listing(counts)}.")
    if left < 0 and len(found.reports) > 1:
        return
    headings = ("Nämnd", "Id", "Nyckeltal", "Har", "Med", "Varför")
    lines = [
        [
            *(row[name] for name in ("committee", "kpi", "title")),
            _newest(row["newest"]),
            ANSWER_WORDS[row["answer"]],
            row["why"],
        ]
        for row in rows.to_dict("records")
    ]
    if lines:
        show.as_table(headings, lines)


def _say_days(events: pd.DataFrame) -> None:
    from malstyr_lib.publication import EVENT_WORDS

    print(f"\nDag för dag: {len(events)}")
    rows = [
        [row["day"], EVENT_WORDS["stop"], row["title"], ""]
        if row["kind"] == "stop"
        else [row["day"], EVENT_WORDS[row["kind"]], _about(row), row["committees"]]
        for row in events.to_dict("records")
    ]
    if rows:
        show.as_table(("Dag", "Vad", "Vilket", "Nämnd"), rows)


def _about(row: dict[Any, Any]) -> str:
    return f"{row['about']} {row['title']}, för {_newest(row['period'])}"


def _say_figures(heading: str, figures: pd.DataFrame) -> None:
    if figures.empty:
        return
    print(f"\n{heading}: {len(figures)}")
    rows = [[row["kpi"], row["title"], row["reason"]] for row in figures.to_dict("records")]
    show.as_table(("Id", "Nyckeltal", "Varför"), rows)


def _newest(year: object) -> str:
    return str(year) if isinstance(year, int) else text.NO_VALUE


def _write(file: Path, found: Calendar, model: SteeringModel, *, quiet: bool) -> None:
    """Write the days to a calendar file, whole, over an earlier calendar file and nothing else."""
    from malstyr_lib.disk import put
    from malstyr_lib.publication import ics

    _refuse(file)
    own = model.municipality
    content = ics(
        found.events,
        municipality=own.code,
        name=f"{own.name}: Kolada och stoppdagar",
        stamp=datetime.now(UTC),
        exercise=tables.is_exercise([own.code]),
    )
    put(file.parent, {file.name: content})
    if not quiet:
        amount = text.count(len(found.events), "dag", "dagar")
        show.console().print(f"Skrev {file} med {amount}.", markup=False)


def _refuse(file: Path) -> None:
    """Refuse a file that no calendar program would open, or that holds something else."""
    if file.suffix.lower() != ".ics":
        raise UsageError(f"En kalenderfil ska sluta på .ics: {file.with_suffix('.ics')}")
    if file.is_dir():
        raise UsageError(f"{file} är en mapp. Ange en fil, till exempel kalender.ics.")
    if not file.exists():
        return
    with file.open("rb") as stream:
        start = stream.read(100).removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start.upper().startswith(b"BEGIN:VCALENDAR"):
        raise UsageError(f"{file} är ingen kalenderfil och skrivs inte över. Ange en annan fil.")
