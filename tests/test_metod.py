"""Every worked example of docs/metod.md comes out, and no number in one can be changed unseen."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from itertools import permutations, product
from math import nan, prod, sqrt
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
import pytest
from asking import ladder, planted
from conftest import ROOT
from scipy.stats import multivariate_normal, norm, spearmanr
from small_land import evidence
from small_land import kpi as small_kpi

from malstyr_lib import tables, text
from malstyr_lib.chain import Basis, precedent
from malstyr_lib.chain.expectations import came
from malstyr_lib.chain.targets import Aim, Precedent
from malstyr_lib.model import Kpi, Range, SteeringModel
from malstyr_lib.questions.raised import fragelista
from malstyr_lib.report import views
from malstyr_lib.report.levels import reached_words
from malstyr_lib.scoring import Group, colour, colours, cube, measured, paired, score, scores, slow
from malstyr_lib.scoring import breaks as leaps
from malstyr_lib.scoring import phrases as words
from malstyr_lib.scoring.agreement import agreement
from malstyr_lib.scoring.blind import OUTERMOST, blind_spots
from malstyr_lib.scoring.break_text import text_breaks
from malstyr_lib.scoring.breaks import level_breaks
from malstyr_lib.scoring.colour import CODES
from malstyr_lib.scoring.compare import NORMAL, compared_change
from malstyr_lib.scoring.decompose import Decomposition, decompose_shift
from malstyr_lib.scoring.distance import CAP, distance
from malstyr_lib.scoring.expected import red_band, rolled_up, shift_band
from malstyr_lib.scoring.intervals import BYAR_FROM, count_interval, newcombe, wilson
from malstyr_lib.scoring.limits import FEWEST as FEWEST_POINTS
from malstyr_lib.scoring.limits import REACH, SETTLED_FROM, limits
from malstyr_lib.scoring.margin import change_within_margin, persons, uncertain
from malstyr_lib.scoring.measured import window
from malstyr_lib.scoring.overall import goals, rolled_words
from malstyr_lib.scoring.points import independent
from malstyr_lib.scoring.privacy import small_groups
from malstyr_lib.scoring.scores import latest
from malstyr_lib.scoring.shift import Shift, moved
from malstyr_lib.scoring.slow import Mobility, rank_correlations
from malstyr_lib.scoring.spells import kaplan_meier, red_spells
from malstyr_lib.scoring.trend import (
    FALSE_SHARE,
    FEWEST_YEARS,
    WEAKEST,
    judgement,
    p_value,
    secured,
    slopes,
    slow_trend,
    trend,
)

METOD = (ROOT / "docs" / "metod.md").read_text("utf-8")
LETTERS = {"R": "red", "·": "yellow", "G": "green", "-": "grey"}
COLOUR_OF = {"röd": "red", "gul": "yellow", "grön": "green", "–": "grey"}
SPELLED = {
    "två": 2,
    "tre": 3,
    "fyra": 4,
    "fem": 5,
    "sex": 6,
    "sju": 7,
    "åtta": 8,
    "nio": 9,
    "tio": 10,
    "elva": 11,
    "tolv": 12,
    "tretton": 13,
    "sexton": 16,
    "tjugo": 20,
    "tjugoen": 21,
    "trettio": 30,
    "fyrtio": 40,
    "fyrtioen": 41,
    "femtio": 50,
}
DIGITS = r"[−±+]?\d+(?: \d{3})*(?:,\d+)?"


# --- how an example is read --------------------------------------------------------------------


def _examples() -> Mapping[str, str]:
    """The examples by name, each with its quotation marks taken away."""
    found = {}
    for block in re.findall(r"(?:^>.*\n)+", METOD, re.MULTILINE):
        bare = re.sub(r"^> ?", "", block, flags=re.MULTILINE)
        name = re.match(r"\*\*Exempel: (.+?)\.\*\*", bare)
        assert name, bare
        assert name[1] not in found
        found[name[1]] = bare
    return found


EXAMPLES = _examples()
CHECKS: dict[str, Callable[[str], None]] = {}


def example(name: str) -> Callable[[Callable[[str], None]], Callable[[str], None]]:
    """Let a function recompute the example of a name from its text."""

    def kept(check: Callable[[str], None]) -> Callable[[str], None]:
        CHECKS[name] = check
        return check

    return kept


def flat(part: str) -> str:
    """A text on one line, tables left out, with plain blanks."""
    lines = [line for line in part.splitlines() if not line.startswith("|")]
    return " ".join(" ".join(lines).split()).replace("\u00a0", " ")


def read(number: str) -> float:
    """A number as the document writes it."""
    if number.casefold() in SPELLED:
        return float(SPELLED[number.casefold()])
    return float(number.replace("−", "-").replace(" ", "").replace(",", ".").lstrip("±+"))


def numbers(cell: str) -> list[float]:
    return [read(one) for one in cell.replace(" och ", " ").replace(", ", " ").split()]


def wholes(cell: str) -> list[int]:
    return [int(one) for one in cell.split()]


def given(part: str, template: str) -> list[float]:
    """The numbers that stand at every {} of a sentence; an assertion that it is there."""
    number = rf"({DIGITS}|(?i:{'|'.join(SPELLED)}))"
    found = re.search(re.escape(template).replace(r"\{\}", number), flat(part))
    assert found, (template, flat(part))
    return [read(one) for one in found.groups()]


def listed(part: str, before: str, after: str) -> list[float]:
    """The numbers of a list between two pieces of a sentence."""
    found = re.search(re.escape(before) + r"(.+?)" + re.escape(after), flat(part))
    assert found, (before, after, flat(part))
    return numbers(found[1])


def says(part: str, sentence: str) -> None:
    """Assert that the example says a sentence, all of its words."""
    assert flat(sentence) in flat(part), (sentence, flat(part))


def rows(part: str, table: int = 0) -> list[list[str]]:
    """The rows of one of an example's tables, without its heading."""
    found = re.findall(r"(?:^\|.*\n?)+", part, re.MULTILINE)[table]
    cells = [[one.strip() for one in line.strip(" |").split("|")] for line in found.splitlines()]
    return [[one.replace("\u00a0", " ") for one in row] for row in cells[2:]]


def kpi(direction: str = "högt", **more: object) -> Kpi:
    return Kpi(id="N00001", title="Andel (%)", direction=direction, **more)  # type: ignore[arg-type]


def areas(amount: int) -> list[str]:
    return [f"{1000 + at}" for at in range(amount)]


def observed(years: Mapping[int, Sequence[float]]) -> pd.DataFrame:
    """Observations of one KPI's total: the values of the first areas, by year."""
    told = [
        (area, year, value)
        for year, values in years.items()
        for area, value in zip(areas(len(values)), values, strict=True)
    ]
    area, year, value = zip(*told, strict=True)
    same = {"kpi": ["N00001"] * len(told), "gender": ["T"] * len(told), "status": [""] * len(told)}
    return tables.frame(
        tables.OBSERVATIONS, same | {"municipality": area, "period": year, "value": value}
    )


def scored(years: Mapping[int, Sequence[float]]) -> pd.DataFrame:
    """The first area's scores against all."""
    everyone = areas(max(len(values) for values in years.values()))
    group = Group("alla", "alla kommuner", tuple(everyone))
    return score(
        observed(years), [kpi()], everyone[0], everyone=everyone, groups={"N00001": group}
    ).set_index("period")


# --- 1 and 2: colours and groups ---------------------------------------------------------------


@example("tre fjärdedelar")
def _(part: str) -> None:
    (n,) = given(part, "Har {} kommuner olika värden")
    found = colours(list(range(int(n))), "högt")
    red, yellow, green = (found.count(colour) for colour in ("red", "yellow", "green"))
    says(part, f"att {int(n) - red} är bättre")
    says(part, f"Då är {red} röda, {yellow} gula och {green} gröna.")


@example("nära ett mål")
def _(part: str) -> None:
    (target,) = given(part, "målet är {}.")
    for values, said in rows(part):
        expected = [LETTERS[one] for one in said.split()]
        assert colours(numbers(values), "mål", target) == expected


@example("preliminär färg")
def _(part: str) -> None:
    *before, usual = given(
        part, "{}, {} och {} kommuner hade värde de tre åren före. Normalt är {}."
    )
    assert usual == np.median(before)
    past = {2019 + at: [*range(int(n))] for at, n in enumerate(before)}
    for reported, share, said in rows(part):
        found = scored(past | {2022: [*range(int(reported))]}).loc[2022]
        assert share == f"{text.number(100 * int(reported) / usual, 0)} %"
        kind = "sätts inte" if found["colour"] == "grey" else "gäller"
        assert said == ("är preliminär" if found["preliminary"] else kind)


@example("röd i tre av fem")
def _(part: str) -> None:
    (own,) = given(part, "vi har värdet {}.")
    kinds = {"alla": "alla", "länet": "län", "liknande": "liknande"}
    kinds |= {"kommungruppen": "kommungrupp", "liknande utom en": "liknande utom en"}
    told = {kinds[row[0]]: row[1:] for row in rows(part)}
    everybody = [own, *numbers(told["alla"][0])]
    groups = {
        kind: np.array([0, *(everybody.index(value) for value in numbers(others))])
        for kind, (others, _, _) in told.items()
        if kind != "liknande utom en"
    }
    found = agreement(np.array(everybody), 0, groups, direction="högt")
    for kind, (others, better, said) in told.items():
        assert found.colours[kind] == COLOUR_OF[said]
        ahead = sum(value > own for value in numbers(others))
        if kind != "liknande utom en":
            assert better == f"{ahead} av {len(numbers(others)) + 1}"
        else:
            assert numbers(others) == numbers(told["liknande"][0])
            size = len(numbers(others))
            assert better == f"{ahead - 1} av {size}, {ahead} gånger av {size}"
    says(part, f"Det sägs: {found.sentence}.")


# --- 3: distance -------------------------------------------------------------------------------


def _others(last: float) -> list[float]:
    return [float(value) for value in range(1, int(last) + 1)]


@example("fyrtio kommuner")
def _(part: str) -> None:
    own, *first, last = given(part, "De har värdena {} (vi) och {}, {}, {} … {}, och högt är bra.")
    assert first == _others(len(first))
    values = [own, *_others(last)]
    found = distance(np.array(values))
    row = scored({2022: values}).loc[2022]
    (named,) = given(part, "Exempel: {} kommuner.")
    assert named == len(values)
    says(part, f"Vi är röda, plats {row['rank']} av {row['n']}.")
    assert row["colour"] == "red"
    assert row["reason"].endswith("sämre")
    yellow, median = (text.number(row[f"gap_to_{one}"]) for one in ("yellow", "median"))
    says(part, f"Till gult är {yellow}, till medianen {median}.")
    says(part, f"Kvartilbredden är {text.number(found.spread[0])}.")
    says(part, f"Till medianen är alltså {text.number(row['gap_iqr'], 2)} kvartilbredder")
    says(part, f"och till gult {text.number(found.yellow_in_iqr[0], 2)}: varken knappt eller djupt")


@example("knappt och djupt")
def _(part: str) -> None:
    amount, border = given(part, "De andra {} kommunerna är desamma, och gränsen är {}.")
    for own, gap, said in rows(part):
        row = scored({2022: [read(own), *_others(amount)]}).loc[2022]
        assert gap == text.number(row["gap_to_yellow"])
        assert read(own) + row["gap_to_yellow"] == border
        assert said == (row["reason"].partition("; ")[2] or "röd")


@example("personer")
def _(part: str) -> None:
    gap, base = given(part, "Till gult är {} procentenheter och andelen gäller {} elever:")
    exact = text.number(gap * base / 100, 2)
    more = persons(gap, base)
    assert more is not None
    says(
        part, f"{text.number(gap)} · {text.number(base, 0)} / 100 = {exact}, alltså {more} elever."
    )
    (fewer,) = given(part, "{} hade inte räckt.")
    assert fewer == more - 1


# --- 4: shifts ---------------------------------------------------------------------------------


@example("hur vanligt bytet var")
def _(part: str) -> None:
    before, after = (int(year) for year, _ in rows(part))
    values = {int(year): numbers(told) for year, told in rows(part)}
    (amount,) = given(part, "{} kommuner, vi först")
    assert {len(told) for told in values.values()} == {amount}
    everyone = areas(int(amount))
    table = observed(values)
    whole = cube(table, kpis=[kpi().id], areas=everyone)
    found = moved(whole, kpi(), everyone[0], years=(before, after))
    assert found is not None
    says(part, f"Det sägs: {words.base_rate_words(found)}.")


@example("två ordningar")
def _(part: str) -> None:
    told = {name: (read(one), read(two)) for name, one, two in rows(part)}
    before, after = ({name: both[at] for name, both in told.items()} for at in (0, 1))
    who = [re.findall(r"\b[A-D]\b", one) for one in _between(part, "båda åren: ", ".").split("det")]
    sides = {"members_before": who[0], "members_after": who[1]}
    found = decompose_shift(before, after, "Vi", "högt", **sides)
    as_was = decompose_shift(before, before, "Vi", "högt", **sides)
    as_became = decompose_shift(after, after, "Vi", "högt", **sides)
    was, became = before["Vi"], after["Vi"]
    start, end = _whole(was - found.before), _whole(became - found.after)
    says(part, f"Först är gränsen {start} och läget {_whole(found.before)}.")
    says(part, f"Sedan är gränsen {end} och läget {_whole(found.after)}.")
    own, total = _whole(found.own), _whole(found.total)
    says(part, f"Det har blivit {total} bättre. Vårt eget värde bidrar med {own} i varje ordning.")
    rest = found.total - found.own
    last, first = as_became.total, as_was.total  # what who is compared does, last and first
    middle = _whole(became - as_became.before), _whole(was - as_was.after)
    assert rows(part, 1) == [
        [
            "de andras värden först",
            f"{start} → {middle[0]} → {end}",
            _whole(rest - last),
            _whole(last),
        ],
        [
            "vilka som jämförs först",
            f"{start} → {middle[1]} → {end}",
            _whole(rest - first),
            _whole(first),
        ],
        ["medelvärdet", "", text.number(found.others), text.number(found.members)],
    ]
    assert found.members == pytest.approx((first + last) / 2)
    less = " − ".join(text.number(abs(one)) for one in (found.others, found.members))
    says(part, f"Summan är {own} − {less} = {total}.")
    compared = given(part, "Vi jämförs med {} andra")
    assert compared == [len(who[0])] == [len(who[1])]
    n, kth, rest = *given(part, "Med {} jämförda"), *given(part, "bästa av de {} andra"), 3
    assert (n, kth) == (rest + 1, rest)
    assert "den tredje bästa" in flat(part)


@example("delarna i ord")
def _(part: str) -> None:
    (decimals,) = given(part, "visas med {} decimal")
    for own, others, said in rows(part):
        moved_by = Decomposition(0.0, read(own) + read(others), read(own), read(others), 0.0, 0.0)
        one = Shift("N1", 2021, 1.0, "red", 2022, 2.0, "yellow", parts=moved_by)
        assert words.made_words(one, int(decimals)) == f"läget mot den röda gränsen {said}"


def _whole(value: float) -> str:
    return text.number(value, 0)


def _between(part: str, before: str, after: str) -> str:
    found = re.search(re.escape(before) + r"(.+?)" + re.escape(after), flat(part))
    assert found, (before, after)
    return found[1]


@example("höll det i sig")
def _(part: str) -> None:
    before, after = (int(year) for year in given(part, "Bytet var mellan {} och {}."))
    assert after == before + 1
    for first, then, next_, said in rows(part):
        one = Shift(
            kpi="N00001",
            period_before=before,
            value_before=nan,
            before=COLOUR_OF[first],
            period=after,
            value=nan,
            after=COLOUR_OF[then],
            later=((after + 1, COLOUR_OF[next_]),),
        )
        assert words.lasted_words(one) == [said]


# --- 5 and 6: years and privacy ----------------------------------------------------------------


@example("glesa mått")
def _(part: str) -> None:
    for when, year, said in rows(part):
        table = scored({one: [*range(8)] for one in wholes(when)}).reset_index()
        found = latest(table, int(year), [kpi()])
        assert (found["colour"].iloc[0] != "grey") == (said == "ja")


def _cell(told: str) -> float:
    return nan if told == "–" else read(told)


def _written(value: float) -> str:
    return text.number(value, 0)


@example("kvinnor och män")
def _(part: str) -> None:
    (amount,) = given(part, "{} kommuner samma år.")
    assert len(rows(part)) == amount
    told = [
        (area, gender, _cell(cell))
        for area, *cells in rows(part)
        for gender, cell in zip("TKM", cells[:3], strict=True)
    ]
    area, gender, value = zip(*told, strict=True)
    same = {"kpi": "N00001", "period": 2022, "status": ""}
    columns = {name: [one] * len(told) for name, one in same.items()}
    table = tables.frame(
        tables.OBSERVATIONS, columns | {"municipality": area, "gender": gender, "value": value}
    )
    shown = paired(table).set_index(["municipality", "gender"])["value"]
    for name, *_, women, men in rows(part):
        assert (women, men) == (_written(shown[name, "K"]), _written(shown[name, "M"]))


@example("enheter")
def _(part: str) -> None:
    told = rows(part)
    same = {"kpi": "N00001", "municipality": "1000", "period": 2022, "gender": "T", "status": ""}
    columns = {name: [one] * len(told) for name, one in same.items()}
    columns |= {"ou": [one for one, *_ in told], "value": [_cell(cell) for _, cell, _ in told]}
    shown = small_groups(tables.frame(tables.OU_OBSERVATIONS, columns))["value"]
    assert [_written(value) for value in shown] == [cell for *_, cell in told]


# --- 7: trends ---------------------------------------------------------------------------------


@example("lutning")
def _(part: str) -> None:
    told = given(part, "Värdena är {} ({}), {} ({}) och {} ({}).")
    values, years = told[::2], told[1::2]
    between = sorted(
        (values[b] - values[a]) / (years[b] - years[a]) for a in range(3) for b in range(a + 1, 3)
    )
    low, mid, high = (text.number(one, 0 if one % 1 == 0 else 1) for one in between)
    says(part, f"Mellan paren är lutningen {low}, {mid} och {high} om året.")
    says(part, f"Den mittersta är {_whole(float(slopes(np.array(values), years)))}.")


def _score(order: Sequence[float]) -> int:
    return sum(
        int(np.sign(later - first)) for at, first in enumerate(order) for later in order[at + 1 :]
    )


@example("p för hand")
def _(part: str) -> None:
    for series, score_, orders, p in rows(part):
        values = numbers(series)
        every = set(permutations(values))
        far = sum(abs(_score(one)) >= abs(_score(values)) for one in every)
        assert (score_, orders) == (str(_score(values)), f"{far} av {len(every)}")
        assert p_value(np.array(values)) == pytest.approx(far / len(every))
        assert p == text.number(far / len(every), 3)
    *factors, every_ = given(part, "{} · {} · {} · {} · {} = {} ordningar.")
    assert factors == [1, 2, 3, 4, 5]
    assert every_ == prod(factors)
    (different,) = given(part, "{} olika värden")
    assert different == len(factors)
    (straight,) = given(part, "Bara {} av dem går rakt uppåt eller rakt nedåt.")
    assert f"{int(straight)} av {int(every_)}" == rows(part)[0][2]


@example("tolv nyckeltal")
def _(part: str) -> None:
    (years,) = given(part, "Alla har {} år")
    up = trend([*range(int(years))], [*range(int(years))])
    flat_ = trend([*range(2019, 2024)], [3, 1, 4, 2, 3])
    assert up.p_value is not None
    says(part, f"ett som går rakt åt ett håll har p = {text.number(up.p_value, 3)}")
    enough, of, sure = given(
        part, "Går {} av {} rakt uppåt och resten inte åt något håll blir {} s"
    )
    few, of_too, none, leaning = given(
        part, "Går bara {} av {} rakt uppåt blir {} säkerställda, men {} har en riktning."
    )
    assert given(part, "Exempel: {} nyckeltal.") == [of] == [of_too]
    for amount, secure, weak in ((enough, sure, 0), (few, none, leaning)):
        judged = secured([up] * int(amount) + [flat_] * int(of - amount))
        verdicts = [one.verdict for one in judged]
        assert verdicts.count("secured_up") == secure
        assert verdicts.count("direction_up") == weak


@example("ord om utvecklingen")
def _(part: str) -> None:
    (start,) = given(part, "åren är {} och framåt")
    for series, said in rows(part):
        values = numbers(series)
        one = trend([int(start) + at for at in range(len(values))], values)
        judged = judgement(one, values, "lågt")
        assert words.trend_words(one, kpi("lågt"), judged, decimals=0, broken=None) == said


@example("vanliga gränser")
def _(part: str) -> None:
    values = listed(part, "har värdena ", ". Medelvärdet")
    found = limits(values)
    assert found is not None
    assert given(part, "{} år har värdena") == [len(values)]
    mean, low, high = (
        text.number(one, at)
        for one, at in zip((found.mean, found.low, found.high), (1, 2, 2), strict=True)
    )
    says(part, f"Medelvärdet är {mean}.")
    steps = np.abs(np.diff(values))
    many, small, large = given(part, "Stegen är {} {} och en {}, i medeltal")
    assert sorted(steps) == [small] * int(many) + [large]
    size = _whole(float(steps.mean()))
    says(part, f"i medeltal {size}. Gränserna är {mean} ± {text.number(REACH, 2)} · {size},")
    says(part, f"alltså {low} och {high}.")
    says(part, f"Det sista, {_whole(values[found.outside[0]])}, ligger utanför.")
    assert found.outside == (len(values) - 1,)


@example("vår ändring och andras")
def _(part: str) -> None:
    (_, first), (_, then) = rows(part)
    before, after = np.array(numbers(first)), np.array(numbers(then))
    found = compared_change(before, after, 0)
    assert given(part, "{} kommuner, vi först.") == [len(before)]
    changes = sorted((after - before)[1:])
    assert listed(part, "De andras är ", ", med medianen") == changes
    away = [abs(one - found.median) for one in changes]
    assert listed(part, "Avvikelserna från den är ", ", i mitten") == away
    mad, own, median = (_whole(one) for one in (float(np.median(away)), found.own, found.median))
    says(part, f"Vår ändring är {own}.")
    says(part, f"med medianen {median}.")
    says(
        part,
        f"i mitten {mad}. Alltså är z = ({own} − {median}) / ({text.number(NORMAL, 4)} · {mad})",
    )
    says(part, f" = {text.number(found.z, 2)}. ")
    says(part, f"vi gick {_whole(100 * found.same_way)} % av de {found.n} andra.")


# --- 8: breaks ---------------------------------------------------------------------------------


def _around(medians: Sequence[float], width: float, amount: int) -> np.ndarray:
    """Values of an odd number of municipalities by year, round medians and as wide every year."""
    apart = np.linspace(-width, width, amount)
    return np.column_stack([np.roll(apart, at) + one for at, one in enumerate(medians)])


@example("medianen hoppar")
def _(part: str) -> None:
    (amount,) = given(part, "{} kommuner har värde alla år.")
    (start,) = (int(year) for year in re.findall(r"Medianer (\d+) och framåt", part))
    for medians, width, steps, broken in rows(part):
        values = numbers(medians)
        years = [start + at for at in range(len(values))]
        found = level_breaks("N00001", _around(values, read(width), int(amount)), years)
        assert [one.period for one in found] == ([] if broken == "–" else [int(broken)])
        moves = np.abs(np.diff(values))
        assert steps == f"{_whole(moves[-1])} mot {_whole(float(np.median(moves[:-1])))}"


@example("vad beskrivningen säger")
def _(part: str) -> None:
    first, last = given(part, "Serien går från {} till {}.")
    years = range(int(first), int(last) + 1)
    for said, broken in rows(part):
        found = [one.period for one in text_breaks("N00001", "Titel", said, years)]
        assert found == ([] if broken == "–" else [int(broken)])


@example("åren som räknas")
def _(part: str) -> None:
    first, last = (int(year) for year in re.findall(r"varje år (\d+)–(\d+)\.", flat(part))[0])
    for said, broken, stood in rows(part):
        breaks = [] if broken == "–" else [int(broken)]
        found = independent(range(first, last + 1), breaks=breaks, window=window("Titel", said))
        assert found == wholes(stood)


# --- 9 and 10: slow measures, red spells -------------------------------------------------------


@example("samband mellan två år")
def _(part: str) -> None:
    amount, levels, each = given(part, "{} kommuner på {} nivåer, {} på varje.")
    before = listed(part, "Nivåerna ett år är ", ", och samma")
    after = listed(part, "har nästa år ", ". ")
    assert before == [*range(1, int(levels) + 1)]
    assert sorted(after) == before
    values = np.repeat(np.column_stack([before, after]), int(each), axis=0)
    assert len(values) == amount
    (rho,) = rank_correlations(values[np.newaxis])[0]
    assert rho == pytest.approx(spearmanr(before, after).statistic)
    apart = [abs(one - two) for one, two in zip(before, after, strict=True)]
    moved_, step = given(part, "{} nivåer har bytt plats, med {} steg var.")
    assert sorted(apart)[-int(moved_) :] == [step] * int(moved_)
    squares, n = _whole(sum(one**2 for one in apart)), int(levels)
    says(part, f"1 − 6 · {squares} / ({n} · {n * n - 1}) = {text.number(rho, 2)}.")
    assert sum(apart) == moved_ * step


@example("fem mått")
def _(part: str) -> None:
    assert given(part, "Exempel: {} mått.") == [len(rows(part))]
    for pairs, rho, stay, grade, half in rows(part):
        still, of = (int(one) for one in stay.split(" av "))
        counts = dict.fromkeys(product(("red", "yellow", "green"), repeat=2), 0)
        counts |= {("red", "red"): still, ("red", "yellow"): of - still}
        one = Mobility("N00001", int(pairs), read(rho), counts)
        assert (grade, half) == (one.grade, text.number(one.half_life))


@example("trögt men på väg")
def _(part: str) -> None:
    (own,) = given(part, "Vår lutning är {} om året")
    first, last = (int(year) for year in re.findall(r"om året (\d+)–(\d+), de", flat(part))[0])
    years = [*range(first, last + 1)]
    others = np.outer(listed(part, "de andras är ", ". Det"), np.arange(len(years))) + 100
    found = slow_trend(years, own * np.arange(len(years)), others)
    said = words.trend_words(found, kpi(), "", decimals=0, broken=None)
    says(part, f"Det sägs: {said}.")


def _spell(years: int, ended: bool, least: int) -> str:
    return f"{years} år till grönt" if ended else f"minst {least} år"


@example("röda perioder")
def _(part: str) -> None:
    (start,) = given(part, "Åren är {} och framåt")
    for _, told, said in rows(part):
        row = [CODES[LETTERS[one]] for one in told.split()]
        always = [CODES["yellow"]] * len(row)
        years = range(int(start), int(start) + len(row))
        found = red_spells(np.array([row, always], dtype=np.int8), years)
        spells = [
            _spell(length, ended, length)
            for length, ended in zip(found.years, found.ended, strict=True)
        ]
        assert said == ", sedan ".join(spells)


@example("Kaplan–Meier för hand")
def _(part: str) -> None:
    (amount,) = given(part, "{} röda perioder:")
    green = listed(part, "grönt efter ", " år, avbrutna")
    cut = listed(part, "avbrutna efter ", " år.")
    assert len(green) + len(cut) == amount
    lengths, ended = [*green, *cut], [True] * len(green) + [False] * len(cut)
    found = kaplan_meier(lengths, ended)
    left = 1.0
    for year, followed, became, without, has in rows(part):
        at = read(year)
        assert (int(followed), int(became)) == (
            sum(length >= at for length in lengths),
            green.count(at),
        )
        left *= 1 - int(became) / int(followed)
        within = found.within(at)
        assert within == pytest.approx(1 - left)
        assert (without, has) == (f"{_whole(100 * left)} %", f"{_whole(100 * (1 - left))} %")
    year, before, became, followed, after = given(part, "Efter {} år är {} % · {}/{} = {} % kvar.")
    row = next(row for row in rows(part) if row[0] == _whole(year))
    assert row[1:4] == [_whole(followed), _whole(became), f"{_whole(after)} %"]
    assert after == pytest.approx(before * (1 - became / followed))
    assert found.median is not None
    says(part, f"Hälften är gröna inom {_whole(found.median)} år.")
    (beyond,) = given(part, "Om {} år går inget att säga")
    assert found.within(beyond) is None
    assert found.within(beyond - 1) is not None


# --- 11 and 12: the whole ----------------------------------------------------------------------


@example("tjugoen kommuner")
def _(part: str) -> None:
    (coloured,) = given(part, "Alla har {} nyckeltal med färg.")
    reds = listed(part, "De har ", " röda,")
    assert given(part, "Exempel: {} kommuner.") == [len(reds)]
    codes = np.array(
        [
            [CODES["red"] if at < amount else CODES["yellow"] for amount in reds]
            for at in range(int(coloured))
        ],
        dtype=np.int8,
    )
    found = red_band(codes, len(reds) - 1)
    says(part, f"Väntat är {text.number(found.expected)}.")
    low, high, share = (_whole(100 * one) for one in (found.low, found.high, found.share))
    says(part, f"Bandet går från den näst lägsta till den näst högsta, {low}–{high} %.")
    says(part, f"Vi har {share} %: fler än vanligt.")
    assert found.beyond == "more"
    assert sorted(reds) == reds


@example("tre nyckeltal kan byta")
def _(part: str) -> None:
    rates = listed(part, "Andelarna är ", ". Väntat")
    assert given(part, "Exempel: {} nyckeltal kan byta.") == [len(rates)]
    found = shift_band(rates)
    says(part, f"Väntat är {text.number(found.expected)} byten.")
    at_most = 0.0
    for amount, chance, sum_ in rows(part):
        exactly = sum(
            prod(rate if turned else 1 - rate for rate, turned in zip(rates, turns, strict=True))
            for turns in product((True, False), repeat=len(rates))
            if sum(turns) == int(amount)
        )
        at_most += exactly
        assert (chance, sum_) == (text.number(exactly, 2), text.number(at_most, 2))
    none = " · ".join(text.number(1 - rate) for rate in rates)
    says(part, f"Ingen byter med chansen {none} = {rows(part)[0][1]}.")
    says(part, f"Från 5 till 95 procent är {found.low}–{found.high} byten.")


@example("röda som mäts igen")
def _(part: str) -> None:
    (of,) = given(part, "Av {} röda")
    quarter = norm.ppf(0.25)
    for rho, leave in rows(part):
        both = [[1, read(rho)], [read(rho), 1]]
        stay = multivariate_normal.cdf([quarter, quarter], cov=both) / 0.25
        assert leave == text.number(of * (1 - stay))


@example("mål och färger")
def _(part: str) -> None:
    said = {"met": "utan rött", "missed": "med rött", "unknown": "går inte att säga"}
    for told, state in rows(part):
        shown = [COLOUR_OF[one] for one in told.split()]
        ids = [f"N{at}" for at in range(len(shown))]
        now = pd.DataFrame({"kpi": ids, "colour": shown})
        (found,) = goals(now, {"mål": ids})["state"]
        assert said[found] == state


@example("tretton mål")
def _(part: str) -> None:
    met, missed, unknown = given(part, "{} är utan rött, {} med rött och {} går inte att säga.")
    found = rolled_up(["met"] * int(met) + ["missed"] * int(missed) + ["unknown"] * int(unknown))
    says(part, f"Det sägs: {rolled_words(found)}.")
    assert given(part, "Exempel: {} mål.") == [met + missed + unknown]


def _stands_out(values: list[float], own: int) -> bool:
    everyone = areas(len(values))
    whole = cube(observed({2022: values}), kpis=["N00001"], areas=everyone)
    found = blind_spots(
        whole, everyone[own], titles={"N00001": "Andel"}, directions={}, watched=(), year=2022
    )
    return len(found) == 1


@example("ytterst")
def _(part: str) -> None:
    for n, room in rows(part):
        values = [float(at) for at in range(int(n), 0, -1)]
        seen = [_stands_out(values, at) for at in (int(room) - 1, int(room)) if at >= 0]
        assert seen == ([True, False] if int(room) else [False])
    tied, n, room = given(
        part,
        "Delar {} av {} kommuner på det högsta värdet utmärker sig ingen av dem: de ryms inte"
        " bland {}.",
    )
    values = [1.0] * int(tied) + [0.0] * int(n - tied)
    assert not _stands_out(values, 0)
    assert [_whole(n), _whole(room)] == rows(part)[0]


# --- 13 and 14: margins and words --------------------------------------------------------------


@example("ryms ändringen")
def _(part: str) -> None:
    first, second = given(part, "Felmarginalerna är {} och {}.")
    squares = (text.number(one**2, 2) for one in (first, second))
    error = text.number(sqrt(first**2 + second**2), 2)
    says(part, f"Gränsen är √({' + '.join(squares)}) = {error}.")
    for before, after, said in rows(part):
        found = change_within_margin(read(before), read(after), first, second)
        assert said == ("ja" if found else "nej")


@example("osäker färg")
def _(part: str) -> None:
    (own,) = given(part, "vi har {} och")
    values = np.array([own, *listed(part, "de andra har ", ". Vi är")])
    assert colours(values, "högt")[0] == "red"
    for margin, said in rows(part):
        found = uncertain(values, 0, read(margin), direction="högt")
        assert words.certainty_words(found, "Kolada", error=read(margin), more=None) == said


@example("andelar och antal")
def _(part: str) -> None:
    for method, told, low, high in rows(part):
        amounts = [float(one) for one in re.findall(r"\d+", told)]
        if method in ("Byar", "Poisson"):
            found = count_interval(*amounts)
            assert (method == "Byar") == (amounts[0] >= 10)
            assert (low, high) == (text.number(found.low), text.number(found.high))
        else:
            found = (
                wilson(*amounts)
                if method == "Wilson"
                else newcombe((amounts[0], amounts[1]), (amounts[2], amounts[3]))
            )
            shares = [f"{text.number(100 * one)} %" for one in (found.low, found.high)]
            assert [low, high] == shares
    first, of, then, _ = (int(one) for one in re.findall(r"\d+", rows(part)[1][1]))
    before, after = (_whole(100 * one / of) for one in (first, then))
    says(part, f"Från {before} till {after} procent av {of} personer är alltså inte en säkerställd")
    (nothing,) = given(part, "{} ligger i intervallet.")
    within = newcombe((first, of), (then, of))
    assert nothing == 0
    assert within.low < nothing < within.high


@example("avrundning")
def _(part: str) -> None:
    for told, decimals, said in rows(part):
        number, _, gap = told.partition(" som ")
        write = text.gap if gap else text.number
        assert write(read(number), int(decimals)).replace("\u00a0", " ") == said


# --- 15: levels and expectations ---------------------------------------------------------------


@example("så stor förbättring")
def _(part: str) -> None:
    now, year, wanted, by, more, years = given(
        part, "Vi hade {} år {} och ska nå {} senast {}. Det är {} på {} år."
    )
    assert (wanted - now, by - year) == (more, years)
    names, *columns = zip(*rows(part), strict=True)
    *values, said = columns
    told = np.array([[read(one) for one in column] for column in values]).T
    assert told[0].tolist() == [now] * len(values)
    heads = [int(one) for one in re.findall(r"\b20\d\d\b", part.split("\n|", 1)[1].split("\n")[0])]
    assert heads == list(range(int(year) - len(values) + 1, int(year) + 1))
    land = evidence(told[None], [small_kpi(1)], first=heads[0])
    basis = Basis(SteeringModel.model_construct(kpis=land.kpis), date(2026, 1, 1), land)
    found = precedent(basis, small_kpi(1), Aim(int(year), now, wanted, False), int(by))
    assert found == Precedent(int(years), len(names), said.count("ja"))
    alone = [
        bool(
            max(
                row[b] - row[a]
                for a in range(len(row))
                for b in range(a + 1, len(row))
                if b - a <= years and a + years < len(row)
            )
            >= more
        )
        for row in told.tolist()
    ]
    assert [one == "ja" for one in said] == alone
    says(part, f"Det är {found.reached} av {found.known} kommuner.")
    (late,) = given(part, "men från {}, som inte har hela tiden framför sig.")
    at = heads.index(int(late))
    last = told[names.index("E")]
    assert at + years >= len(heads)
    assert last[at + 1] - last[at] == more


@example("förväntan och utfall")
def _(part: str) -> None:
    words_of = {"within": "som väntat", "better": "bättre än väntat", "worse": "sämre än väntat"}
    words_of |= {"above": "högre än väntat", "below": "lägre än väntat"}
    for direction, expected, value, said in rows(part):
        low, high = (read(one) for one in expected.split("–"))
        assert high - low == (4 if high > 50 else 1)
        found = came(kpi(direction), Range(low=low, high=high), read(value))
        assert words_of[found] == said
        assert read(value) in (high, high + 0.5, low - 0.5)


@example("fem frågor")
def _(part: str) -> None:
    before, now, low, high = given(
        part, "Vi hade {} två år och {} det tredje; de andra hade {} till {} varje år."
    )
    assert (low, high) == (1, 39)
    values = [ladder(40, 3, own=[before, before, now])]
    with TemporaryDirectory() as folder:
        case = planted(Path(folder), values, [small_kpi(1)], first=2022).case("N00001")
        found = fragelista(case)
    asked = [[str(one.question.number), str(one.rule or "–")] for one in found]
    assert asked == rows(part)
    red, of = given(part, "vi är röda i {} av {} jämförelser")
    assert f"Röd i {red:.0f} av {of:.0f} jämförelser" in found[1].why


@example("nådda målnivåer")
def _(part: str) -> None:
    whole, met, missed, unknown, year = given(
        part,
        "Av {} målnivåer är {} nådda med årets värde, {} är inte nådda än och {} har inget värde"
        " för {}.",
    )
    assert whole == met + missed + unknown
    states = ["met"] * int(met) + ["not_yet"] * int(missed) + ["unknown"] * int(unknown)
    said = reached_words(int(year), states, states).replace("\u00a0", " ")
    assert f'Det sägs: "{said}"' in flat(part)


# --- the examples, all of them -----------------------------------------------------------------

FIGURE = re.compile(rf"\d+(?:,\d+)?|\b(?i:{'|'.join(SPELLED)})\b")
FIGURES = {
    "tre fjärdedelar": "tre 290 218 72 146 72",
    "nära ett mål": "50 90 50 51 49 53 46 10 50 51 49 53 46",
    "preliminär färg": "74 70 72 tre 72 60 83 50 69 30 42",
    "röd i tre av fem": (
        "tre fem 1 0 2 3 4 5 6 7 8 9 10 11 0,5 10 13 2 3 4 3 4 0 2 3 4 5 6 7 6 8 0 0,5 2 3 2 5 "
        "0 2 3 4 5 6 7 5 7 6 7 3 5"
    ),
    "fyrtio kommuner": "fyrtio 0,5 1 2 3 39 40 40 9,5 19,0 19,5 0,97 0,49",
    "knappt och djupt": "39 10 9,5 0,5 5,5 4,5 14,5 24,5",
    "personer": "2,3 310 2,3 310 100 7,13 8 Sju",
    "hur vanligt bytet var": (
        "Sexton 2021 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 2022 7,5 2 3 9,5 5 6 7 8 9 10 11 "
        "12 13 14 15 16 3 2021 1 2022 33"
    ),
    "två ordningar": (
        "två tre fyra tre 10 13 12 15 20 22 30 30 16 14 12 2 14 1 1 3 två 12 15 14 3 1 12 16 "
        "14 2 4 0,5 1,5 3 0,5 1,5 1"
    ),
    "delarna i ord": (
        "1 1,5 0,5 1,0 1,5 0,5 0,25 0,25 0,50 0,25 0,25 0,333 0,333 0,7 0,3 0,3 2 1,999 2,0 2,0"
    ),
    "höll det i sig": "2021 2022 2023 2023 2023 2023 2023",
    "glesa mått": (
        "2021 2022 2023 2026 2021 2022 2023 2027 2014 2018 2022 2027 2014 2018 2022 2028"
    ),
    "kvinnor och män": "Tre 45 40 50 40 50 45 40 40 50",
    "enheter": "1 81 2 3 77 77 4 64 64",
    "lutning": "10 2019 11 2020 16 2022 1 2 2,5 2",
    "p för hand": (
        "Fem 1 2 3 4 5 120 två 0 1 2 3 4 5 10 2 120 0,017 1 2 3 5 4 8 10 120 0,083 1 2 2 3 4 9 "
        "2 60 0,033 2 1 3 5 4 6 28 120 0,233 1 2 3 4 6 2 24 0,083"
    ),
    "tolv nyckeltal": "tolv fem 0,017 5 12 5 3 12 0 3",
    "ord om utvecklingen": (
        "2019 10 11 12 13 14 1 2019 2023 10 11 12 14 13 1 2019 2023 14 13 12 11 10 1 2019 2023 "
        "10 13 11 14 9 2019 2023 5 10 11 12 13 4 5"
    ),
    "vanliga gränser": (
        "Tio 10 12 10 12 10 12 10 12 10 30 12,8 åtta 2 20 4 12,8 2,66 4 2,16 23,44 30"
    ),
    "vår ändring och andras": (
        "Sex 2021 10 20 30 40 50 60 2022 13 19 30 41 52 63 3 1 0 1 2 3 1 2 1 0 1 2 1 3 1 "
        "1,4826 1 1,35 60 5"
    ),
    "medianen hoppar": (
        "Fyrtioen 2015 10 11 10 11 10 20 8 10 1 2020 10 11 10 11 10 20 30 10 1 10 11 10 11 10 "
        "14 6 4 1 10 10 10 10 10 20 8 10 0 2020 10 10 10 10 10 20 12 10 0"
    ),
    "vad beskrivningen säger": "2010 2023 2019 2019 2018 2019 2019 20 2020 2015",
    "åren som räknas": (
        "2012 2023 2017 2017 2018 2019 2020 2021 2022 2023 2014 2017 2020 2023 2017 2017 2020 2023"
    ),
    "samband mellan två år": ("två Femtio fem tio 1 2 3 4 5 2 1 3 4 5 Två 1 1 6 2 5 24 0,90"),
    "fem mått": (
        "fem 8 0,97 62 70 22,8 8 0,95 50 70 13,5 8 0,75 40 70 2,4 8 0,50 30 70 1,0 3 0,97 62 "
        "70 22,8"
    ),
    "trögt men på väg": "1 2019 2023 1 0 0,5 2 2019 2023 1 75",
    "röda perioder": "2019 2 3 1 1",
    "Kaplan–Meier för hand": (
        "Fem 1 2 3 2 4 1 5 1 80 20 2 4 1 60 40 3 2 1 30 70 4 1 0 30 70 3 60 1 2 30 3 5"
    ),
    "tjugoen kommuner": ("tjugoen 10 0 1 1 1 2 2 2 2 2 2 2 2 2 2 3 3 3 3 4 5 6 2,5 10 50 60"),
    "tre nyckeltal kan byta": (
        "tre 0,1 0,2 0,5 0,8 0 0,36 0,36 1 0,49 0,85 2 0,14 0,99 3 0,01 1,00 0,9 0,8 0,5 0,36 "
        "5 95 0 2"
    ),
    "röda som mäts igen": "25 0,9 5,7 0,7 10,0 0,5 13,0",
    "mål och färger": "",
    "tretton mål": "tretton 4 3 6 7 13 4 3 31 77",
    "ytterst": "290 14 100 5 40 2 19 0 20 290 14",
    "ryms ändringen": "2,4 2,1 5,76 4,41 3,19 60,0 63,1 60,0 63,3",
    "osäker färg": "2 1 3 4 5 6 7 8 0,9 0,9 1,2 1,2",
    "andelar och antal": ("8 20 21,9 61,3 8 20 14 20 0,6 53,8 5 1,6 11,7 10 4,8 18,4 40 70 20 0"),
    "så stor förbättring": (
        "10 2021 13 2023 3 2 2018 2019 2020 2021 10 10 10 10 5 6 9 9 5 6 7 8 7 10 8 8 4 4 4 9 "
        "8 8 5 8 3 6 2020"
    ),
    "fem frågor": "fem Fyrtio 20,5 två 9,5 1 39 18 8 16 13 10 27 39 1 4",
    "nådda målnivåer": "10 4 3 3 2025 7 10 2025 4 3 40 70",
    "förväntan och utfall": "78 82 82 78 82 82,5 5 6 6,5 5 6 4,5",
    "avrundning": "2,45 1 2,5 2,45 1 2,5 12345,5 0 12 346 0,004 1 0,004",
}
"""The figures of every example in order, so that none is changed unseen where all stays true."""


def test_every_example_of_the_method_is_recomputed() -> None:
    assert set(CHECKS) == set(EXAMPLES)


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_example_comes_out(name: str) -> None:
    CHECKS[name](EXAMPLES[name])


@pytest.mark.parametrize("name", EXAMPLES)
def test_no_figure_of_an_example_is_changed_alone(name: str) -> None:
    assert FIGURE.findall(EXAMPLES[name]) == FIGURES[name].split()


def _with_another(part: str) -> Iterator[str]:
    """An example with one of its figures, or colours, another, the last one first."""
    for found in reversed([*re.finditer(r"\d+|\bgul\b", part)]):
        other = 3 * int(found[0]) + 7 if found[0].isdigit() else "röd"
        yield f"{part[: found.start()]}{other}{part[found.end() :]}"


def _fails(name: str, part: str) -> bool:
    with np.errstate(all="ignore"):  # what is changed may be nonsense to compute with
        try:
            CHECKS[name](part)
        except (AssertionError, LookupError, ValueError):
            return True
    return False


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_with_a_wrong_figure_does_not_come_out(name: str) -> None:
    assert any(_fails(name, part) for part in _with_another(EXAMPLES[name]))


# --- the rules in running text, and where one is led -------------------------------------------


def _percent(share: float) -> str:
    return text.number(100 * share, 0)


def _word(amount: int) -> str:
    return next(word for word, size in SPELLED.items() if size == amount)


RULES = [
    "minst tre fjärdedelar av kommunerna har ett strikt bättre värde",
    f"färre än {_word(colour.FEWEST)} kommuner har värde",
    f"färg när {_percent(scores.GREY_BELOW)}–{_percent(scores.PRELIMINARY_BELOW)} procent",
    f"avrundning till {_word(colour.DIGITS)} värdesiffror",
    f"undre och övre kvartil, högst {_whole(CAP)}.",
    f"**Knappt röd**: högst {text.number(scores.BARE_WITHIN)} kvartilbredd från gränsen.",
    f"äldre än {_word(scores.OLD_AFTER_YEARS)} år",
    f"Med färre än **{_word(FEWEST_YEARS)}** år",
    f"p är högst {text.number(WEAKEST, 2)}.",
    f"i genomsnitt högst {_percent(FALSE_SHARE)} procent vara det av en slump",
    f"Från {_word(FEWEST_POINTS)} år visas",
    f"medelvärdet ± {text.number(REACH, 2)} gånger",
    f"Under {_word(SETTLED_FROM)} år är gränserna preliminära",
    f"{text.number(NORMAL, 4)} gånger den mittersta avvikelsen",
    f"mer än {_word(int(leaps.LIMIT))} gånger så stort som det brukar",
    f"de ska vara minst {_word(leaps.FEWEST_MOVES)}.",
    f"Minst {_word(measured.FEWEST_AREAS)} kommuner ska ha värde båda åren.",
    f"när minst {_percent(measured.SAME_SHARE)} procent av kommunerna,",
    f"och minst {_word(measured.FEWEST_AREAS)}, har exakt samma värde",
    f"när minst {_word(slow.FEWEST_AREAS)} kommuner har värde båda åren",
    f"ρ̄ är minst {text.number(slow.SLOW_FROM)} och minst {_percent(slow.SLOW_STAY)} procent av",
    f"ρ̄ är under {text.number(slow.QUICK_BELOW)} |",
    f"färre än {_word(slow.FEWEST_PAIRS)} par av år",
    f"bland de {_percent(OUTERMOST)} procent som har högst eller lägst värde",
    f"Byars metod från {BYAR_FROM} och den exakta",
]


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_in_running_text_has_the_figure_that_the_library_computes_with(rule: str) -> None:
    assert rule in " ".join(METOD.replace("> ", "").split())


def test_the_words_for_parts_and_the_rule_of_decimals_are_true() -> None:
    assert leaps.FLOOR == 0.5
    assert "och mer än en halv kvartilbredd" in " ".join(METOD.split())
    assert scores.DEEP_BEYOND == 1
    assert "**Djupt röd**: mer än en kvartilbredd." in METOD
    assert [text.decimals_for([0.5, *more]) for more in ([1000], [1.9], [2])] == [0, 2, 1]
    assert text.decimals_for([1, 2, 3]) == 0


def test_the_sum_that_is_only_floating_noise_away_is_equal() -> None:
    (sum_,) = re.findall(r"så att ([\d,]+ \+ [\d,]+ är lika med [\d,]+)", " ".join(METOD.split()))
    one, other, whole = (read(number) for number in re.findall(r"[\d,]+", sum_))
    assert one + other != whole
    assert colours([one + other, whole, whole, whole], "högt") == ["yellow"] * 4


SECTIONS = dict(re.findall(r"^## (\d+)\. (.+)$", METOD, re.MULTILINE))
REFERENCE = re.compile(r"docs/metod\.md sections? (\d+(?:(?:, |–| and )\d+)*)")


def _led_to() -> Iterator[tuple[str, str]]:
    """Every section of the method that a module says it follows."""
    for path in sorted((ROOT / "malstyr_lib" / "scoring").glob("*.py")):
        for found in REFERENCE.findall(" ".join(path.read_text("utf-8").split())):
            yield from ((path.name, number) for number in re.findall(r"\d+", found))


def test_the_sections_are_numbered_in_order() -> None:
    assert list(SECTIONS) == [str(at) for at in range(1, 19)]


@pytest.mark.parametrize(("module", "number"), [*_led_to()])
def test_a_module_leads_to_a_section_that_exists(module: str, number: str) -> None:
    assert number in SECTIONS


def test_each_subject_is_led_to_from_the_module_that_computes_it() -> None:
    led = set(_led_to())
    expected = {
        ("colour.py", "1"),
        ("groups.py", "2"),
        ("agreement.py", "2"),
        ("distance.py", "3"),
        ("shift.py", "4"),
        ("decompose.py", "4"),
        ("scores.py", "5"),
        ("privacy.py", "6"),
        ("trend.py", "7"),
        ("compare.py", "7"),
        ("points.py", "7"),
        ("breaks.py", "8"),
        ("break_text.py", "8"),
        ("slow.py", "9"),
        ("spells.py", "10"),
        ("overall.py", "11"),
        ("blind.py", "12"),
        ("margin.py", "13"),
        ("phrases.py", "14"),
    }
    assert expected <= led


def _anchor(heading: str) -> str:
    """The address of a heading, as it is made where Markdown is shown."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def test_links_within_the_method_lead_to_a_heading() -> None:
    anchors = {_anchor(one) for one in re.findall(r"^#+ (.+)$", METOD, re.MULTILINE)}
    assert {*re.findall(r"\]\(#([^)]+)\)", METOD)} <= anchors


def test_every_section_that_computes_has_an_example() -> None:
    parts = re.split(r"^## \d+\. .+$", METOD, flags=re.MULTILINE)[1:]
    assert ["**Exempel: " in part for part in parts] == [True] * 17 + [False]


def test_the_command_of_every_view_is_named() -> None:
    told = {*re.findall(r"malstyr bedom [^`\n]*--vad (\w+)", METOD)}
    assert told | {"farg"} == {*views.NAMES}
    assert "--vad farg" in METOD


def test_the_library_never_says_that_one_thing_depends_on_another() -> None:
    told = [path.read_text("utf-8") for path in (ROOT / "malstyr_lib" / "scoring").glob("*.py")]
    assert not re.search(r"beror på|på grund av|tack vare", " ".join(told))
