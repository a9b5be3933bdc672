"""One key figure of a municipality: what it is, where it stands, and what can be asked of it."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from malstyr_lib import tables, text
from malstyr_lib.charts import Chart
from malstyr_lib.face import answering, figures
from malstyr_lib.face.desk import Desk, desk
from malstyr_lib.face.named import Years, last_named
from malstyr_lib.face.shown import LABELS, Sheet, Shown, source_of
from malstyr_lib.markup import STATUS
from malstyr_lib.questions import Answer, Case, pictures
from malstyr_lib.report import wording
from malstyr_lib.scoring import findings, phrases

if TYPE_CHECKING:
    from malstyr_lib.face.answering import Answers, Askable
    from malstyr_lib.face.figures import Figures

_DESCRIBED: Final = 400
"""How many characters of a description are shown."""


def nyckeltal(nyckeltal: str, kommun: str | None = None, ar: Years = None) -> KeyFigure:
    """Visa ett nyckeltal: vad det mäter, senaste värde och färg, trend och vad det kan svara på.

    nyckeltal: id, som "N00090", eller rubriken. kommun: namn eller kod, den egna om inget sägs.
    ar: senaste år att se till, det nyaste om inget sägs. Svaret har bland annat `.diagram`,
    `.alla_kommuner`, `.varden()`, `.fragor` och `.fraga(16)`.

    Exempel: ms.nyckeltal("N00090").diagram
    """
    at = desk()
    setting = at.setting(kommun, last_named(ar))
    return KeyFigure(at, setting.case(at.kpi(nyckeltal)))


@dataclass(frozen=True, repr=False)
class KeyFigure(Shown):
    """Ett nyckeltal för en kommun. Skriv en punkt och tryck Tab för att se vad det har."""

    _desk: Desk = field(repr=False)
    _case: Case = field(repr=False)

    @property
    def id(self) -> str:
        """Nyckeltalets id i Kolada."""
        return self._case.id

    @property
    def rubrik(self) -> str:
        """Rubriken i Kolada."""
        return " ".join(self._case.title.split())

    @property
    def beskrivning(self) -> str:
        """Beskrivningen i Kolada; tom om det inte finns någon."""
        return self._case.description

    @property
    def riktning(self) -> str:
        """Åt vilket håll som är bra, i ord."""
        return phrases.direction_words(self._case.kpi)

    @property
    def namnd(self) -> str:
        """Nämnden som följer nyckeltalet; tom om ingen gör det."""
        return self._case.committee.name if self._case.committee else ""

    @property
    def kommun(self) -> str:
        """Kommunens namn."""
        return self._case.name

    @property
    def ar(self) -> int | None:
        """Året för det nyaste värdet; None om det inte finns något."""
        return self._case.period

    @property
    def varde(self) -> float:
        """Det nyaste värdet; NaN om det inte finns något."""
        return self._case.value

    @property
    def farg(self) -> str:
        """Färgen nu, i ord."""
        return STATUS[self._case.colour].word

    @property
    def plats(self) -> str:
        """Platsen bland dem som har värde samma år, som "193 av 233"."""
        return wording.place_words(self._case.now) if self._case.now else text.NO_VALUE

    @property
    def lage(self) -> str:
        """Värde, färg och plats i en mening."""
        return _standing(self._case)

    @cached_property
    def trend(self) -> str:
        """Åt vilket håll serien går, i en mening."""
        row = self._case.finding(findings.trends)
        return text.sentence(row["reason"]) if row else "För få år för att säga något om trend."

    @cached_property
    def diagram(self) -> Chart:
        """Utvecklingen, bredvid de andra kommunerna."""
        return pictures.trend_chart(self._case)

    @cached_property
    def alla_kommuner(self) -> Chart:
        """Alla kommuner som punkter det nyaste året, den egna och de liknande markerade."""
        return pictures.strip_chart(self._case, _year(self._case), self._case.members("liknande"))

    def varden(self, kommun: figures.Named = None, ar: Years = None, kon: str = "T") -> Figures:
        """Visa värdena, för den här kommunen om ingen annan sägs; se `ms.varden`."""
        return figures.figures(self._desk, [self.id], kommun or self._case.setting.own, ar, kon)

    @property
    def fragor(self) -> Askable:
        """Vilka av frågorna som går att besvara, och vad som saknas för de andra."""
        return answering.askable(self._case)

    @property
    def saknas(self) -> list[str]:
        """Vad som skulle göra fler frågor möjliga att besvara, en mening för var sak."""
        lacking = self.fragor.tabell["saknas"]
        return [words for words in dict.fromkeys(lacking) if words]

    def fraga(self, fraga: answering.Asked) -> Answer | Answers:
        """Ställ en fråga, med nummer eller ord; se `ms.fraga`."""
        return answering.asked(self._case, fraga)

    @cached_property
    def tabell(self) -> pd.DataFrame:
        """Värde, färg och plats år för år, bredvid medianen (en DataFrame)."""
        return _by_year(self._case)

    def _sheet(self) -> Sheet:
        case = self._case
        can, of = int(self.fragor.tabell["gar"].sum()), len(self.fragor.tabell)
        more = " Vad de andra saknar står i .fragor." if can < of else ""
        told = [
            textwrap.shorten(
                self.beskrivning, _DESCRIBED, placeholder=" … (resten i .beskrivning)"
            ),
            f"{self.riktning}. {_followed(case)}",
            self.lage,
            f"Trend: {self.trend}" if case.series else "",
            f"{can} av {of} frågor går att ställa om nyckeltalet.{more}",
        ]
        return Sheet(
            f"{self.rubrik} ({self.id}), {self.kommun}",
            source_of(case.setting),
            [one for one in told if one],
            _written(case, self.tabell),
            f"{wording.label(case.kpi)}: {self.kommun} år för år",
            numeric=("Värde", "Plats", "Median för alla kommuner"),
            exercise=case.setting.exercise,
        )


def _followed(case: Case) -> str:
    if not case.committee:
        return "Ingen nämnd följer nyckeltalet."
    return f"Nyckeltalet följs av {case.committee.name}."


def _year(case: Case) -> int:
    """Return the newest own year; without an own value the newest of anyone's."""
    known = case.rows[case.rows["value"].notna()]
    return case.period or int(known["period"].max())


def _standing(case: Case) -> str:
    """Return where the newest value stands, or that there is none."""
    if case.now is None or case.period is None:
        return f"{case.name} har inget värde."
    said = case.had(case.value, case.period)
    if case.now["period"] != case.period:
        return f"{said}. Nu saknas färg: {case.now['reason']}."
    if case.colour == tables.GREY:
        return f"{said}, utan färg: {case.now['reason']}."
    colour = wording.colour_words(case.now).replace(" ", "\u00a0", 1)
    place = wording.place_words(case.now)
    return f"{said}: {colour}, plats {place} ({case.now['reason']})."


def _by_year(case: Case) -> pd.DataFrame:
    """Return the years with an own value, with colour and place beside the others' median."""
    told = pictures.series(case)
    medians = dict(zip(told["period"], told["median"], strict=True))
    scores: dict[Any, Any] = {row["period"]: row for row in case.scores.to_dict("records")}
    years = list(case.series)
    return pd.DataFrame(
        {
            "ar": pd.Series(years, dtype="int64"),
            "varde": pd.Series(list(case.series.values()), dtype="float64"),
            "farg": pd.Series([STATUS[scores[year]["colour"]].word for year in years], dtype="str"),
            "plats": pd.Series([scores[year]["rank"] for year in years], dtype="Int64"),
            "antal": pd.Series([scores[year]["n"] for year in years], dtype="int64"),
            "median": pd.Series([medians.get(year) for year in years], dtype="float64"),
        }
    )


def _written(case: Case, table: pd.DataFrame) -> pd.DataFrame:
    """Return the years as readers see them, the newest first."""
    rows = table.iloc[::-1].to_dict("records")
    return pd.DataFrame(
        {
            "År": [str(row["ar"]) for row in rows],
            "Värde": [text.number(row["varde"], case.decimals) for row in rows],
            "Färg": [LABELS[row["farg"]] for row in rows],
            "Plats": [_place(row) for row in rows],
            "Median för alla kommuner": [text.number(row["median"], case.decimals) for row in rows],
        }
    )


def _place(row: dict[Any, Any]) -> str:
    return text.NO_VALUE if pd.isna(row["plats"]) else f"{row['plats']} av {row['antal']}"
