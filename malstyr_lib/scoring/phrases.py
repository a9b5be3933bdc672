"""What a finding says, in Swedish, without a full stop: graded, and never a cause.

Docs: docs/metod.md section 14.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan
from typing import Final

from malstyr_lib import tables, text
from malstyr_lib.model import Kpi
from malstyr_lib.scoring.breaks import Break
from malstyr_lib.scoring.compare import Change
from malstyr_lib.scoring.margin import Certainty
from malstyr_lib.scoring.shift import Shift
from malstyr_lib.scoring.slow import Mobility
from malstyr_lib.scoring.spells import KaplanMeier
from malstyr_lib.scoring.trend import FEWEST_YEARS, Trend

WITHIN_YEARS: Final = (1, 2, 3, 5)

_SMALL: Final = 0.01
"""The share of all parts of a change below which one of them is not told."""
_NAMES: Final = {
    "own": "eget värde",
    "others": "de andras värden",
    "members": "vilka som jämförs",
    "revision": "ändrade uppgifter för det tidigare året",
}
_SUBJECTS: Final = _NAMES | {"own": "det egna värdet"}
_UP: Final = {True: "ökat", False: "minskat"}
_NO_DIRECTION: Final = "nyckeltalet saknar riktning, så ingen kommun är röd eller grön"


def direction_words(kpi: Kpi) -> str:
    """Return which way is good, and whether anyone has reviewed that."""
    words = {
        "högt": "Högre är bättre",
        "lågt": "Lägre är bättre",
        "mål": f"Närmare {target_words(kpi)} är bättre",
        "ingen": "Varken högt eller lågt är bra i sig",
    }[kpi.direction]
    return words if kpi.reviewed else f"{words} (ej granskad)"


def target_words(kpi: Kpi) -> str:
    """Return the value that a KPI is best near."""
    target = kpi.target or 0.0
    return text.number(target, text.decimals_for([target]))


def trend_words(one: Trend, kpi: Kpi, judged: str, *, decimals: int, broken: int | None) -> str:
    """Return a trend in words; judged: for better or worse; broken: where its series was cut."""
    if one.verdict == "too_few":
        return (
            f"för få år för en trend: {len(one.years)} av minst {FEWEST_YEARS}{since_words(broken)}"
        )
    span = f"{one.years[0]}–{one.years[-1]}"
    size = text.gap(abs(one.slope_per_year), decimals)
    if one.verdict == "slow":
        slope = f"{text.signed(one.slope_per_year, decimals)} om året"
        return f"trögrörligt mått, {span}: {slope_words(kpi, slope, one.percentile)}"
    moved = _UP[one.slope_per_year > 0]
    if one.verdict.startswith("secured"):
        ends = {"bättre": ": säkerställd förbättring", "sämre": ": säkerställd försämring"}
        return f"har {moved} med {size} om året {span}{ends.get(judged, ' (säkerställt)')}"
    if one.way:
        return f"tycks ha {moved}, omkring {size} om året {span}; inte säkerställt"
    return f"ingen säkerställd trend {span} ({len(one.years)} år)"


def slope_words(kpi: Kpi, slope: str, percentile: float | None) -> str:
    """Return a slow KPI's slope beside the others': of how many it is better, or worse, than.

    slope: in words. percentile: the share of the others with a lower slope; None when unknown.
    """
    if percentile is None:
        return slope
    ends = {"högt": ("en bättre utveckling", "en sämre utveckling")}
    ends["lågt"] = ends["högt"][::-1]
    above, below = ends.get(kpi.direction, ("högre", "lägre"))
    words, most = (above, percentile) if percentile >= 0.5 else (below, 1 - percentile)
    return f"{slope}, {words} än i {text.percent(most)} av de andra kommunerna"


def since_words(broken: int | None) -> str:
    """Return since when a series has not been broken, to end a sentence with; "" for always."""
    return f" sedan serien bröts {broken}" if broken else ""


def mobility_words(one: Mobility, kpi: Kpi) -> str:
    """Return how slowly a measure moves, and what that means for a reader."""
    if kpi.direction == "ingen":
        return _NO_DIRECTION
    if one.grade == "okänt":
        return (
            "för få år med egna mätningar, eller för få kommuner, för att säga hur snabbt"
            " måttet rör sig"
        )
    stay = text.percent(one.share(tables.RED, tables.RED))
    words = f"{stay} av de röda är röda också året efter"
    if one.grade == "rörlig":
        return f"{words}; platserna byts snabbt, så ett enstaka år säger lite"
    if isnan(one.half_life) or one.half_life < 2:
        return words
    years = f"omkring {text.number(one.half_life, 0)}" if one.half_life < 100 else "mer än 100"
    return f"{words}; en skillnad i placering halveras på {years} år"


def shift_words(one: Shift, decimals: int) -> list[str]:
    """Return what stands beside a shift: how common, what it is made of, and if it lasted."""
    return [base_rate_words(one), *parts_words(one, decimals), *lasted_words(one)]


def base_rate_words(one: Shift) -> str:
    """Return how common the same shift was among those with the same colour before."""
    others = sum(one.peers.values())
    if not others:
        return f"ingen annan kommun var {text.ONE[one.before]} {one.period_before}"
    same = one.peers[one.after]
    return (
        f"av {text.count(others, 'annan kommun', 'andra kommuner')} som var"
        f" {text.coloured(one.before, others)} {one.period_before} var {same}"
        f" {text.coloured(one.after, same)} {one.period} ({text.percent(one.base_rate)})"
    )


def parts_words(one: Shift, decimals: int) -> list[str]:
    """Return what a shift's change of distance to the border is made of, the largest part first.

    The parts are told so that they sum to the change as they are read, with one decimal more where
    that takes it; where not even that is enough, the change is said to be about so much. Those
    below a hundredth of them are not told at all.
    """
    if one.parts is None:
        return []
    found = _Parts.of(one, decimals)
    if not found.told or (len(found.told) == 1 and not found.whole):
        return [_mostly(one, found)]
    told = [f"{_better(part, found.decimals)} genom {_NAMES[name]}" for name, part in found.told]
    return [f"{_became(one, found)}: {text.listing(told)}"]


def made_words(one: Shift, decimals: int) -> str:
    """Return the same as `parts_words` as what each part made of it; one.parts may not be None."""
    found = _Parts.of(one, decimals)
    if len(found.told) < 2:
        return _mostly(one, found)
    (name, part), *rest = found.told
    first = f"{_SUBJECTS[name]} gjorde det {_better(part, found.decimals)}"
    others = [
        f"{'men' if other * part < 0 else 'och'} {_SUBJECTS[named]} gjorde det"
        f" {_better(other, found.decimals)}"
        for named, other in rest
    ]
    return f"{_became(one, found)}: {', '.join([first, *others])}"


@dataclass(frozen=True)
class _Parts:
    """A change of distance with the parts that are told, the largest first, and their decimals.

    whole: whether those are all of it. exact: whether they sum to it as they are read.
    """

    total: float
    told: list[tuple[str, float]]
    decimals: int
    whole: bool = True
    exact: bool = True

    @classmethod
    def of(cls, one: Shift, decimals: int) -> _Parts:
        """Return the parts as few and as short as they sum, or nearly sum."""
        total, every = _sorted_parts(one)
        large = _SMALL * sum(abs(part) for _, part in every)
        few = [(name, part) for name, part in every if abs(part) >= large]
        for told in (few, every):
            for enough in (decimals, decimals + 1):
                if _adds_up(total, [part for _, part in told], enough):
                    return cls(total, told, enough, whole=told == every)
        seen = [part for part in (total, *dict(few).values()) if text.rounded(part, decimals + 1)]
        enough = decimals if all(text.rounded(part, decimals) for part in seen) else decimals + 1
        told = [(name, part) for name, part in few if text.rounded(part, enough)]
        return cls(total, told, enough, whole=told == every, exact=False)

    @property
    def still(self) -> bool:
        """Whether the whole is nothing, as it is read."""
        return not text.rounded(self.total, self.decimals)


def _sorted_parts(one: Shift) -> tuple[float, list[tuple[str, float]]]:
    """Return a change of distance and its parts, the largest first; what is noise is nothing."""
    parts = {name: float(getattr(one.parts, name)) for name in _NAMES}
    noise = 1e-9 * max(abs(part) for part in (*parts.values(), one.value, one.value_before))
    every = sorted(parts.items(), key=lambda item: -abs(item[1]))
    told = [(name, part) for name, part in every if abs(part) > noise]
    total = sum(part for _, part in told)
    return total if abs(total) > noise else 0.0, told


def _adds_up(total: float, parts: list[float], decimals: int) -> bool:
    """Return whether rounded parts sum to the rounded total, and none of them is rounded away."""
    told = [text.rounded(part, decimals) for part in parts]
    lost = not all(told) or bool(total and not text.rounded(total, decimals))
    return not lost and (sum(told) == text.rounded(total, decimals) or len(told) == 1)


def _became(one: Shift, found: _Parts) -> str:
    where = f"läget mot den {'röda' if tables.RED in (one.before, one.after) else 'gröna'} gränsen"
    if not found.total:
        return f"{where} är oförändrat"
    if found.still:
        return f"{where} är nästan oförändrat"
    about = "" if found.exact else "ungefär "
    return f"{where} blev {about}{_better(found.total, found.decimals)}"


def _mostly(one: Shift, found: _Parts) -> str:
    """Return a change that no more than one part is told of."""
    if not found.told or found.still:
        return _became(one, found)
    amount = "allt" if found.whole else "nästan allt" if found.exact else "mest"
    return f"{_became(one, found)}, {amount} genom {_NAMES[found.told[0][0]]}"


def _better(part: float, decimals: int) -> str:
    """Return a change of distance as how much better or worse it is."""
    return f"{text.gap(abs(part), decimals)} {'bättre' if part > 0 else 'sämre'}"


def moved_words(one: Shift, decimals: int) -> str:
    """Return what became of a KPI between two years, also when its colour is the same."""
    if one.before == one.after:
        colours = _still(one)
    else:
        colours = f"från {text.ONE[one.before]} till {text.ONE[one.after]}"
    values = " till ".join(
        f"{text.number(value, decimals)} ({year})"
        for value, year in ((one.value_before, one.period_before), (one.value, one.period))
    )
    return "; ".join([f"{colours}, från {values}", *parts_words(one, decimals)])


def _still(one: Shift) -> str:
    """Return that a colour is the same although its distance to the border may have changed."""
    if one.parts is None:
        return f"fortfarande {text.ONE[one.after]}"
    total = one.parts.total
    if abs(total) <= 1e-9 * max(abs(one.value), abs(one.value_before)):
        return f"lika långt från gränsen och fortfarande {text.ONE[one.after]}"
    way, good = ("bättre", tables.GREEN) if total > 0 else ("sämre", tables.RED)
    joined = "och" if one.after == good else "men"
    return f"{way} {joined} fortfarande {text.ONE[one.after]}"


def lasted_words(one: Shift) -> list[str]:
    """Return whether a shift lasted; nothing when no later year is known."""
    if one.lasted is None:
        return []
    year, colour = one.later[0]
    if one.lasted:
        return [
            f"höll i sig: {text.ONE[colour]} även {year}"
            if colour == one.after
            else f"höll i sig: {text.ONE[colour]} {year}"
        ]
    again = "igen " if colour == one.before else ""
    return [f"höll inte i sig: {text.ONE[colour]} {again}{year}"]


def broken_words(broken: Break) -> str:
    """Return that two years can't be compared, and why."""
    return f"åren kan inte jämföras: {broken.reason}"


def change_words(
    one: Change,
    years: tuple[int, int],
    *,
    decimals: int,
    within: str,
    broken: Break | None,
) -> str:
    """Return a change beside the others', or why the years can't be compared.

    within: the source of the uncertainty that the change lies within, "" if within none.
    """
    if broken:
        return broken_words(broken)
    said = [f"{text.signed(one.own, decimals)} från {years[0]} till {years[1]}"]
    if one.n:
        said.append(f"medianen för de andra {text.signed(one.median, decimals)}")
        way = "åt samma håll" if one.own else "är också oförändrade"
        said.append(f"{text.percent(one.same_way)} av {one.n} andra {way}")
    if within:
        said.append(f"ryms i {_uncertainty(within)}")
    return "; ".join(said)


def certainty_words(one: Certainty, source: str, *, error: float, more: int | None) -> str:
    """Return how sure a colour is, and how many persons it would have taken not to be red."""
    if one.certain is None:
        said = "felmarginalen är okänd"
    elif one.certain:
        said = f"samma färg inom {_uncertainty(source)} ±{text.gap(error)}"
    else:
        said = one.words
    if more:
        return f"{said}; {text.count(more, 'person', 'personer')} från gult"
    return said


def _uncertainty(source: str) -> str:
    """Return what an uncertainty is called: Kolada's own, or one by the number of persons."""
    return "felmarginalen" if source == "Kolada" else "osäkerheten efter antalet personer"


def time_words(one: KaplanMeier, kpi: Kpi) -> str:
    """Return how long it took the others from red to green, in words."""
    if kpi.direction == "ingen":
        return _NO_DIRECTION
    if not one.n:
        return "ingen kommun har varit röd"
    known = [(years, one.within(years)) for years in WITHIN_YEARS]
    shares = [
        f"{text.percent(share)} inom {years} år" for years, share in known if share is not None
    ]
    if not shares:
        return f"för kort tid för att säga: {text.count(one.n, 'röd period', 'röda perioder')}"
    half = (
        f"hälften inom {one.median:.0f} år"
        if one.median is not None
        else "färre än hälften har setts bli gröna"
    )
    spells = text.count(one.n, "röd period", "röda perioder")
    return f"{spells} i alla kommuner: gröna {text.listing(shares)}; {half}"


def usual_words(outside: list[int], *, preliminary: bool) -> str:
    """Return which years lie outside what is usual for the series."""
    words = (
        f"utanför det vanliga: {text.listing([str(year) for year in outside])}"
        if outside
        else "alla år ligger inom det vanliga"
    )
    return f"{words} (preliminära gränser)" if preliminary else words
