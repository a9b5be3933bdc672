"""Breaks in a series and the points a trend may stand on: docs/metod.md sections 7 and 8."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from malstyr_lib.scoring.break_text import text_breaks
from malstyr_lib.scoring.breaks import Break, changed_breaks, level_breaks
from malstyr_lib.scoring.measured import repeated, window
from malstyr_lib.scoring.points import independent
from malstyr_lib.scoring.sentences import LONGEST, quote, sentences

YEARS = tuple(range(2010, 2023))
SPREAD = np.arange(-30.0, 31.0)  # 61 municipalities around the median; 30 between the quartiles


def table(medians: list[float], spread: np.ndarray = SPREAD / 10) -> np.ndarray:
    return np.add.outer(spread, np.array(medians, dtype=float))


def unrepeated(medians: list[float]) -> np.ndarray:
    """Every other year turned upside down, so that no year repeats the one before it."""
    return np.column_stack([SPREAD * (-1) ** at + level for at, level in enumerate(medians)])


def leaps(medians: list[float], periods: tuple[int, ...] = YEARS) -> list[int | None]:
    return [one.period for one in level_breaks("N1", table(medians), periods[: len(medians)])]


def told(
    description: str, periods: tuple[int, ...] = YEARS, title: str = "Titel"
) -> list[int | None]:
    return [one.period for one in text_breaks("N1", title, description, periods)]


# --- the figures ---------------------------------------------------------------------------


def test_a_median_that_leaps_is_a_break_in_the_year_after_the_leap() -> None:
    found = level_breaks("N1", table([50, 51, 50, 51, 50, 55, 56]), YEARS[:7])
    reason = "medianen för alla kommuner ändrades 2015 mer än fyra gånger så mycket som den brukar"
    assert found == [Break("N1", 2015, "level", reason)]


def test_exactly_four_times_the_usual_move_is_no_break() -> None:
    assert leaps([50, 51, 50, 51, 50, 54, 55]) == []
    assert leaps([50, 51, 50, 51, 50, 54.5, 55.5]) == [2015]


def test_a_small_move_after_quiet_years_is_no_break() -> None:
    quiet = [50, 50.1, 50, 50.1, 50]
    assert leaps([*quiet, 51.5]) == []  # half of the three between the quartiles
    assert leaps([*quiet, 51.6]) == [2015]


def test_a_break_does_not_hide_itself_in_what_is_usual() -> None:
    assert leaps([0, 1, 4, 16, 17, 20]) == [2013]  # 12 > 4 × 2; with itself the usual one is 3


def test_two_breaks_are_both_found() -> None:
    assert leaps([50, 51, 52, 53, 70, 71, 72, 73, 90, 91]) == [2014, 2018]


def test_without_four_other_moves_nothing_is_usual() -> None:
    assert leaps([50, 51, 50, 51, 90]) == []
    assert leaps([50, 51, 50, 51, 50, 90]) == [2015]


def test_a_move_over_several_years_counts_for_each_year() -> None:
    moved = [50, 51, 50, 51, 50, 58]
    assert leaps(moved, (2010, 2011, 2012, 2013, 2014, 2015)) == [2015]
    assert leaps(moved, (2010, 2011, 2012, 2013, 2014, 2016)) == []
    assert leaps([50, 51, 50, 51, 50, 59], (2010, 2011, 2012, 2013, 2014, 2016)) == [2016]


def test_a_median_that_stands_still_leaps_when_it_moves_more_than_the_middle_half() -> None:
    for move, years in ((30, []), (30.5, [2015])):
        found = level_breaks("N1", unrepeated([0, 0, 0, 0, 0, move]), YEARS[:6])
        assert [one.period for one in found] == years
    assert found[0].reason == "medianen för alla kommuner ändrades 2015, fast den brukar stå stilla"


def test_floating_noise_is_not_what_is_usual() -> None:
    noise = [0.3, 0.1 + 0.2, 0.3, 0.1 + 0.2, 0.3, 0.4]
    assert level_breaks("N1", unrepeated(noise), YEARS[:6]) == []


def test_who_has_reported_is_no_break() -> None:
    values = table([50, 51, 50, 51, 50, 51, 50], SPREAD)
    values[:25, 4:] = np.nan  # those with the lowest values stop reporting
    assert np.nanmedian(values[:, 4]) - np.nanmedian(values[:, 3]) > 3
    assert level_breaks("N1", values, YEARS[:7]) == []


def test_a_year_with_fewer_than_thirty_municipalities_is_stepped_over() -> None:
    values = table([50, 51, 50, 51, 90, 51, 50, 51])
    values[29:, 4] = np.nan
    assert level_breaks("N1", values, YEARS[:8]) == []
    values = table([50, 51, 50, 51, 90, 51, 50, 51])
    values[30:, 4] = np.nan
    assert [one.period for one in level_breaks("N1", values, YEARS[:8])] == [2014, 2015]


def test_half_of_the_municipalities_in_turn_give_no_step_to_judge() -> None:
    values = table([50, 51, 50, 51, 50, 99, 50, 51])
    values[:30, ::2] = values[30:, 1::2] = np.nan
    assert level_breaks("N1", values, YEARS[:8]) == []


def test_an_election_is_no_break_because_the_years_between_repeat_it() -> None:
    turnout = [80, 80, 80, 80, 82, 82, 82, 82, 83, 83, 83, 83, 81]
    assert leaps(turnout) == []


def test_no_values_give_no_breaks() -> None:
    assert level_breaks("N1", np.full((61, 13), np.nan), YEARS) == []
    assert level_breaks("N1", np.empty((61, 0)), ()) == []


@given(st.lists(st.integers(0, 60), min_size=6, max_size=13), st.integers(1, 9))
def test_level_breaks_are_those_of_a_plain_slow_count(medians: list[int], unit: int) -> None:
    values = unrepeated(medians)
    moves = [abs(b - a) for a, b in pairwise(medians)]
    expected = []
    for at, move in enumerate(moves):
        usual = np.median(moves[:at] + moves[at + 1 :])
        leapt = move > max(4 * usual, 15) if usual else move > 30  # 30 between the quartiles
        if len(moves) > 4 and leapt:
            expected.append(YEARS[at + 1])
    found = level_breaks("N1", values * 2.0**unit, YEARS[: len(medians)])
    assert [one.period for one in found] == expected


# --- the words -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sentence", "years"),
    [
        ("Från och med år 2021 exkluderas IB elever.", [2021]),
        ("Från och med 2019 beräknas nettokostnadsavvikelse på ett nytt sätt.", [2019]),
        ("Fr.o.m. 2016 ingår inte elever som tagit examen i svenska utlandsskolor.", [2016]),
        ("Fr.o.m 2011 skapad med det nya hushållsbegreppet (tidigare familjer).", [2011]),
        ("Asylsökande/ensamkommande är f.om. 2018 inkluderade.", [2018]),
        ("Inklusive integrerade elever (from 2020) samt elever i skolor.", [2020]),
        ("Mottagningsbesök, dagsjukvårdsbesök (fr om 2015).", [2015]),
        ("Den utökade skalan tillämpas fr.o.m. inkomstår 2011.", [2011]),
        ("Från och med läsåret 2014/15 har elever uteslutits från måttet.", [2015]),
        ("Från och med 2020 års insamling ingår ensamkommande flyktingar.", [2020]),
        ("Ny definition av sammanslaget (totalt) NKI från 2022.", [2022]),
        ("Sedan 2019 använder sig SCB av månatliga uppgifter som datakälla.", [2019]),
        ("Siffrorna från år 2020 kommer från SCB.", [2020]),
        ("Innan 2022 avsågs både elever med examen och med studiebevis.", [2022]),
        ("Till och med 2018 avsåg nyckeltalet åldersgruppen 18-64 år.", [2019]),
        ("Avser anställda 18-66 år (t.o.m. 2013 avsågs 18-64 år).", [2014]),
        ("Fram t.o.m. 2011 krävdes godkända betyg i svenska.", [2012]),
        ("Fram till 2017 mättes tid från första kontakt till beslut.", [2018]),
        ("Avser fram till 2020 ett snitt av årets månader, från 2021 en median.", [2021]),
        ("Uppgiften avser läsår, tom 2012 (dvs läsåret 2012/2013), därefter kalenderår.", [2013]),
        ("2018 och tidigare ingick även vinterväghållning, vilket kan ge trendbrott 2019.", [2019]),
        ("2014-2016 ingick endast barn med fullständigt personnummer.", [2014, 2017]),
        ("2016 exkluderades elever med okänd bakgrund.", [2016, 2017]),
        ("Ny metod och definition av tätorter 2015 kan påverka jämförelse över tid.", [2015]),
        ("Definitionen av fritidshus ändrades något år 2015.", [2015]),
        ("2019 ändrades definitionen för låg inkomst.", [2019]),
        ("Observera att modellen har uppdaterats from 2020.", [2020]),
        ("Enkäten gjordes om 2022 vilket medförde nya formuleringar.", [2022]),
        ("Jämförelser mellan 2022 och tidigare år bör göras varsamt.", [2022]),
        ("Grundläggande nivå 2020 är därför inte helt jämförbar med tidigare år.", [2020]),
        ("Reviderad metod från 2021 men data har reviderats från år 2017.", [2017]),
        ("Tidsseriebrott 2018.", [2018]),
        ("Metodförändring 2018.", [2018]),
        ("Metodändring 2018.", [2018]),
        ("Ändrad definition 2018.", [2018]),
    ],
)
def test_kolada_tells_of_a_break_with_its_year(sentence: str, years: list[int]) -> None:
    assert told(f"Antal per invånare. {sentence} Källa: SCB.") == years


@pytest.mark.parametrize(
    "sentence",
    [
        "Jämförelser kan vara besvärliga eftersom gränsen har ändrats över tid.",
        "Värdena är inte jämförbara med tidigare år.",
        "Uppgifterna är ej jämförbara över tid.",
        "Ny definition.",
        "Metodförändring i undersökningen.",
        "Ändrad definition av låg inkomst.",
        "Det finns ett tidsseriebrott.",
        "I den gamla definitionen av måttet inkluderades även osäker ställning.",
    ],
)
def test_a_break_that_cannot_be_placed_has_no_year(sentence: str) -> None:
    assert told(f"Antal per invånare. {sentence} Källa: SCB.") == [None]


@pytest.mark.parametrize(
    "sentence",
    [
        "Data fr.o.m. 2012.",
        "Nytt nyckeltal fr.o.m. 2022.",
        "Uppgifter finns från och med 2015.",
        "Från och med 2022 publiceras data vart tredje år.",
        "Från och med 2022 genomförs undersökningen vartannat år.",
        "Fr.o.m. 2020 ersätts detta nyckeltal med N00488, på grund av ändring i definition.",
        "Ersätter men ej jämförbart med tidigare nyckeltalet N20031.",
        "Avvikelse från värdet (detta nyckeltal ersätter U00488 och är inte jämförbara).",
        "Gammal definition av totalt NKI.",
        "Avser alla barn från och med höstterminen det år de fyller 6 år.",
        "Räknas som flykting från och med det år hon/han har fått uppehållstillstånd.",
        "Från och med 1 juli 2020 är undersköterska en skyddad yrkestitel.",
        "Från och med år 2013 kan kommuner reservera medel i en resultatutjämningsreserv.",
        "Vid uppdatering av emissionsdata revideras tidsserien bakåt.",
        "Notera att jämförbarheten haltar mellan kommunerna.",
        "Därför är Koladas totalposter inte direkt jämförbara med SCB:s siffror.",
        "Måttet är inte direkt jämförbart mellan kommunerna på grund av olika ämnen.",
        "Två olika undersökningar med jämförbara resultat är inkluderade.",
        "Socialstyrelsens definition av hushåll.",
        "Exkl. pensionsåtaganden intjänade före 2015.",
        "För de som saknar värde för år 2020 används resultatet från år 2021.",
        "2023 innefattar åren 2018-2023, 2022 innefattar åren 2017-2022 o.s.v.",
        "Enligt föreskrifter och allmänna råd (SOSFS 2014:2).",
        "Avser pedagogisk omsorg (tidigare familjedaghem).",
        "Dividerat med antal invånare 31/12 2015.",
    ],
)
def test_what_only_looks_like_a_break_is_none(sentence: str) -> None:
    assert told(f"Antal per invånare. {sentence} Källa: SCB.") == []


def test_a_year_before_the_second_or_after_the_last_value_is_no_break_in_the_series() -> None:
    sentence = "Från och med {} ingår även solkraft."
    periods = (2015, 2016, 2018)
    said = {year: told(sentence.format(year), periods) for year in range(2014, 2020)}
    expected = {2014: [], 2015: [], 2016: [2016], 2017: [2017], 2018: [2018], 2019: []}
    assert said == expected


def test_words_about_a_dated_break_are_no_break_of_their_own() -> None:
    start = "Från och med {} beräknas avvikelsen på ett nytt sätt. "
    about = "Detta påverkar jämförbarheten med tidigare år."
    assert told(start.format(2019) + about) == [2019]
    assert told(start.format(1995) + about) == []  # before the series, and so no matter


def test_therefore_points_to_the_year_of_the_sentence_before() -> None:
    description = (
        "På grund av korrigering i utbildningsregistret 2022 räknas fler kurser in. "
        "Jämförelser mot tidigare år ska därför göras med försiktighet."
    )
    (found,) = text_breaks("N1", "Titel", description, YEARS)
    assert found.period == 2022
    assert found.reason.startswith("beskrivningen säger: ”På grund av korrigering")


def test_a_sentence_about_the_one_before_adds_no_year_to_it() -> None:
    assert told("Till och med 2018 ingick vatten. Detta påverkar jämförelser över tid.") == [2019]


def test_two_sentences_of_the_same_year_are_one_break_and_years_rise() -> None:
    description = (
        "Från och med 2021 avser det befolkning. Till och med 2014 avsågs hushåll. "
        "Från och med 2021 ingår även vatten."
    )
    found = text_breaks("N07900", "Titel", description, YEARS)
    assert [(one.kpi, one.period, one.kind) for one in found] == [
        ("N07900", 2015, "text"),
        ("N07900", 2021, "text"),
    ]
    assert found[1].reason == "beskrivningen säger: ”Från och med 2021 avser det befolkning.”"


def test_a_title_can_tell_too() -> None:
    (found,) = text_breaks("N1", "Elever, fr.o.m. 2015 inkl. fristående", "", YEARS)
    assert found.period == 2015
    assert found.reason == "titeln säger: ”Elever, fr.o.m. 2015 inkl. fristående”"


def test_the_year_of_from_and_including_is_in_its_own_sentence() -> None:
    assert sentences("Avser läsår. Fr.o.m. 2016 ingår alla. T.o.m. 2014 ej.Källa: SCB .Från A") == [
        "Avser läsår.",
        "Fr.o.m. 2016 ingår alla.",
        "T.o.m. 2014 ej.",
        "Källa: SCB",
        "Från A",
    ]


def test_a_quote_that_would_lose_its_words_starts_a_little_before_them() -> None:
    sentence = "ord " * 60 + "(från och med 2019 ingår alla)"
    start = sentence.index("från")
    shown = quote(sentence, start, start + 17)
    assert shown.startswith("… ord ord")
    assert shown.endswith("(från och med 2019 ingår alla)")
    assert quote("ord " * 60, 0, 3).endswith("ord …")


@given(st.text("abc åäö.,()", max_size=400), st.integers(0, 300), st.integers(0, 40))
def test_a_quote_is_never_too_long(sentence: str, start: int, length: int) -> None:
    assert len(quote(sentence, start, start + length)) <= LONGEST


@given(st.lists(st.integers(1995, 2030), max_size=5), st.lists(st.integers(1994, 2023), max_size=9))
def test_a_dated_break_always_lies_between_two_values(years: list[int], periods: list[int]) -> None:
    description = " ".join(f"Från och med {year} ingår även annat." for year in years)
    for period in told(description, tuple(sorted(set(periods)))):
        assert period in years
        assert period is not None
        assert min(periods) < period <= max(periods)


# --- what changed between two retrievals ---------------------------------------------------


def test_a_changed_unit_title_or_description_is_a_break_from_the_year_the_caller_gives() -> None:
    changes = pd.DataFrame(
        [
            ("N1", "unit", "kr/inv", "tkr"),
            ("N2", "renamed", "Elever i särskola", "Elever i anpassad skola"),
            ("N3", "redescribed", "Avser läsår. Källa: SCB.", "Avser kalenderår. Källa: SCB."),
            ("N4", "redescribed", "Avser läsår. Källa: SCB.", "Källa: SCB."),
            ("N5", "ended", "Elever", "Elever (-2022)"),
            ("N6", "gone", "Elever", ""),
            ("N7", "new", "", "Elever"),
        ],
        columns=["kpi", "change", "before", "after"],
    )
    title = "titeln ändrades från ”Elever i särskola” till ”Elever i anpassad skola”"
    assert changed_breaks(changes, 2022) == [
        Break("N1", 2022, "unit", "enheten ändrades från kr/inv till tkr"),
        Break("N2", 2022, "title", title),
        Break("N3", 2022, "text", "beskrivningen ändrades: ”Avser kalenderår.”"),
        Break("N4", 2022, "text", "beskrivningen ändrades: den säger mindre än förut"),
    ]


def test_no_changes_are_no_breaks() -> None:
    none = pd.DataFrame({name: [] for name in ("kpi", "change", "before", "after")})
    assert changed_breaks(none, 2022) == []


# --- repeated measurements -----------------------------------------------------------------


def test_a_year_where_nine_in_ten_have_the_very_same_value_repeats_the_year_before() -> None:
    values = np.column_stack([SPREAD[:60], SPREAD[:60], SPREAD[:60]])
    values[:6, 1] += 1  # 54 of 60 are the same
    values[:7, 2] = values[:7, 1] + 1  # 53 of 60
    assert repeated(values, (2018, 2019, 2020)) == {2019}


def test_a_repetition_is_seen_across_years_without_values() -> None:
    values = np.column_stack([SPREAD, np.full(61, np.nan), SPREAD, SPREAD + 1])
    assert repeated(values, (2018, 2019, 2020, 2021)) == {2020}


def test_a_repetition_needs_thirty_municipalities_with_both_values() -> None:
    values = np.column_stack([SPREAD, SPREAD])
    values[30:, 1] = np.nan
    assert repeated(values, (2018, 2019)) == {2019}
    values[29:, 1] = np.nan
    assert repeated(values, (2018, 2019)) == frozenset()


def test_one_and_the_same_value_for_all_repeats_nothing() -> None:
    assert repeated(np.ones((60, 3)), (2018, 2019, 2020)) == frozenset()


def test_a_nought_that_stays_a_nought_says_nothing_of_those_that_are_none() -> None:
    values = np.zeros((100, 2))
    values[:5] = [[1, 2], [2, 3], [3, 4], [4, 5], [5, 6]]
    assert repeated(values, (2018, 2019)) == frozenset()
    values[:5, 1] = values[:5, 0]
    assert repeated(values, (2018, 2019)) == {2019}


def test_floating_noise_does_not_hide_a_repetition() -> None:
    assert repeated(np.column_stack([SPREAD, SPREAD * (1 + 1e-12)]), (2018, 2019)) == {2019}


@given(st.integers(0, 61), st.integers(0, 3))
def test_repetition_agrees_with_a_plain_count(changed: int, gaps: int) -> None:
    after = SPREAD.copy()
    after[:changed] += 100
    after[61 - gaps :] = np.nan
    same = sum(a == b for a, b in zip(SPREAD, after, strict=True))
    expected = {2019} if same >= 0.9 * (61 - gaps) else set()
    assert repeated(np.column_stack([SPREAD, after]), (2018, 2019)) == expected


# --- windows of several years --------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "description", "years"),
    [
        ("Nya tillsvidareanställda under året (treårsmedelvärde), andel (%)", "", 3),
        ("Fallskador bland personer 80+, 3-årsm", "Avser genomsnitt år T-2 till år T.", 3),
        ("", "Statistiken redovisas som ett medelvärde för treårsperioder (dvs 3 år).", 3),
        ("", "Andelen som rullande treårsmedelvärde.", 3),
        ("", "Rullande treårs genomsnitt.", 3),
        ("", "Genomsnitt för de tre senaste åren.", 3),
        ("", "Avser ett glidande medelvärde av år T-2 till T.", 3),
        ("", "Genomsnittligt antal räddningsinsatser till trafikolyckor år T till år T-2.", 3),
        ("", "Genomsnittligt deltagande bland befolkningen, perioden år T, T-1 och T-2.", 3),
        (
            "HME, senaste mätning",
            "Visar senast uppmätta värde under den senaste treårsperioden.",
            3,
        ),
        ("Incidens av hjärtinfarkter, fyraårsmedelvärde", "", 4),
        ("", "Värden presenteras som icke åldersstandardiserade 4-årsmedelvärden.", 4),
        ("", "Urval på invånare 16-84 år, avser år T-3 till T.", 4),
        ("", "Ett glidande flerårsmedelvärde för åren T till T-3.", 4),
        ("", "Folkbokförda det aktuella året och de tre föregående åren.", 4),
        ("", "Värdet räknas ut för avslutad mandatperiod, och avser således t-4 till t.", 4),
        ("", "Femårsmedelvärde (år T-4 till år T).", 5),
        ("", "Medellivslängd under ett fem-årsintervall.", 5),
        ("Befolkningsförändring under senaste femårsperioden, procent", "", 5),
        ("", "Värden för perioden det aktuella året och de fem föregående åren.", 6),
        ("Överklagade detaljplaner under de senaste två åren, andel (%)", "", 2),
        ("", "Antal bostäder under de senaste två åren (T och T-1).", 2),
        ("", "Resultatet för 2021 och 2022 slås ihop och publiceras under året 2022.", 2),
    ],
)
def test_words_of_a_window_tell_how_many_years_it_has(
    title: str, description: str, years: int
) -> None:
    assert window(title, description) == years


@pytest.mark.parametrize(
    ("title", "description"),
    [
        ("Arbetslöshet 16-24 år, årsmedelvärde, andel (%) av bef.", "Avser årsmedelvärde år T."),
        ("Stressrelaterade sjukfall, årsgenomsnittlig andel", "Beräknas som årsmedelvärden."),
        ("", "Beräknas som ett årsmedel av ett rullande månadsmedelvärde med 3 månader."),
        ("", "Rullande medelvärde över 12 månader."),
        ("", "Ett medelvärde av mätningarna 15 oktober innevarande och närmast föregående år."),
        ("", "Dividerat med genomsnittligt antal inskrivna barn år t-1 och år t."),
        ("", "Dividerat med antal inskrivna i förskola, medelvärde för åren T och T-1."),
        ("", "Totalindex formas som ett medelvärde av de nio frågorna."),
        ("", "Avser andra halvåret år T-1 och första halvåret år T."),
        ("", "Mäts per läsår T-1 till T."),
        ("", "Mätperioden avser juni T-1 till juni T där värdet ligger på år T."),
        ("", "Antal elever år T-2 som var folkbokförda och år T var etablerade."),
        ("", "Skatteunderlaget enligt taxeringen år t-1 avseende inkomsterna år t-2."),
        ("", "Nyinvandrade elever har kommit till Sverige de senaste fyra åren."),
        ("", "Oro för brott är referensperioden de senaste tolv månaderna."),
        ("Uppfattar att antalet brott har ökat under de senaste tre åren, andel (%)", ""),
        ("", "Programvalsfaktorn utgörs av ett medelvärde av de två senaste åren."),
        ("", "Nybörjare två år tidigare."),
        ("Gymnasieelever med examen inom 3 år, andel (%)", "Började för tre år sedan."),
        ("Invånare 65-79 år, andel (%)", "Barn 1-5 år."),
        ("", "Så under en cykel över två år deltar alla skolor i landet."),
        ("", ""),
    ],
)
def test_other_words_of_years_and_means_are_no_window(title: str, description: str) -> None:
    assert window(title, description) == 1


# --- points for a trend --------------------------------------------------------------------


def test_a_trend_starts_at_the_last_break() -> None:
    assert independent(range(2015, 2023), breaks=[2017, 2019]) == [2019, 2020, 2021, 2022]


def test_a_break_at_or_before_the_first_year_or_after_the_last_one_cuts_nothing() -> None:
    years = [2019, 2020, 2022]
    assert independent(years, breaks=[2018, 2019, 2023]) == years


def test_a_break_in_a_year_without_own_value_still_cuts() -> None:
    assert independent([2018, 2019, 2021, 2022], breaks=[2020]) == [2021, 2022]


def test_repeated_years_are_no_points() -> None:
    years = range(2014, 2023)
    again = {2015, 2016, 2017, 2019, 2020, 2021}
    assert independent(years, repeated=again) == [2014, 2018, 2022]


def test_windows_are_counted_back_from_the_newest() -> None:
    assert independent(range(2014, 2023), window=3) == [2016, 2019, 2022]
    assert independent([2014, 2015, 2018, 2020, 2022], window=3) == [2015, 2018, 2022]


def test_without_values_there_are_no_points() -> None:
    assert independent([], breaks=[2019], window=3) == []


ANY_YEARS = st.sets(st.integers(1994, 2026), max_size=25)


@given(ANY_YEARS, ANY_YEARS, ANY_YEARS, st.integers(1, 6))
def test_points_are_own_years_apart_and_on_one_side_of_every_break(
    own: set[int], again: set[int], breaks: set[int], years: int
) -> None:
    points = independent(own, breaks=breaks, repeated=again, window=years)
    assert set(points) <= own - again
    assert points == sorted(points)
    assert all(b - a >= years for a, b in pairwise(points))
    assert not any(points[0] < year <= points[-1] for year in breaks if points)


@given(ANY_YEARS, ANY_YEARS, st.integers(1, 6))
def test_no_further_point_could_be_had(own: set[int], breaks: set[int], years: int) -> None:
    points = independent(own, breaks=breaks, window=years)
    start = max((year for year in breaks if own and year <= max(own)), default=0)
    for year in own - set(points):
        assert year < start or any(abs(year - point) < years for point in points)


# --- the real catalogue --------------------------------------------------------------------


@pytest.mark.real
def test_the_real_catalogue_has_known_breaks_and_windows(real_figures: Path) -> None:
    kpis = {one["id"]: one for one in json.loads((real_figures / "kpi.json").read_text("utf-8"))}

    def years(kpi: str) -> list[int | None]:
        one = kpis[kpi]
        return [
            found.period
            for found in text_breaks(kpi, one["title"], one["description"], range(1998, 2023))
        ]

    assert years("N15436") == [2012, 2016, 2017]
    assert years("N00097") == [2015, 2019]
    assert years("N17467") == [2021]
    assert years("U21401") == []
    windows = {
        kpi: window(kpis[kpi]["title"], kpis[kpi]["description"])
        for kpi in ("N00925", "N20402", "U01405", "N07924", "N17625", "N03921", "N11020")
    }
    assert windows == {
        "N00925": 5,
        "N20402": 3,
        "U01405": 4,
        "N07924": 2,
        "N17625": 1,
        "N03921": 1,
        "N11020": 1,
    }
