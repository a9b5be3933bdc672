"""Rules for the parameter files: what is read, and how every fault is answered."""

from __future__ import annotations

import csv
import json
import shutil
import tracemalloc
import unicodedata
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from malstyr_lib import params
from malstyr_lib.errors import ParamsError, Problem
from malstyr_lib.model import SteeringModel
from malstyr_lib.params import _yaml
from malstyr_lib.params._yaml import Document

SHIPPED = Path(__file__).resolve().parent.parent / "params"
SHIPPED_FILES = sorted(SHIPPED.rglob("*.yaml"))

KOMMUN = "kod: 2083\nnamn: Hedemora kommun\n"
STYRMODELL = """\
perspektiv:
  - id: invånare
    namn: Invånare
  - id: ekonomi
    namn: Ekonomi
fokusområden:
  - id: miljö
    namn: Miljö
    perspektiv: invånare
mål:
  - id: KF1
    text: Alla klarar skolan.
    perspektiv: invånare
    fokusområden: [miljö]
    exempel: ja
"""
NYCKELTAL = """\
nyckeltal:
  - id: N00001
    rubrik: Behöriga elever, andel (%)
    riktning: högt
    perspektiv: invånare
    fokusområde: miljö
    granskad: nej
  - id: N00002
    rubrik: Ordförandeposter, andel (%)
    riktning: mål
    mål: 50
"""
NÄMND = """\
kod: BN
namn: Bildningsnämnden
mål:
  - id: BN1
    text: Fler klarar skolan.
    fullmäktigemål: KF1
    perspektiv: invånare
    nyckeltal:
      - N00001
      - N00002
"""
BN = "namnder/bn.yaml"
FILES = {
    "kommun.yaml": KOMMUN,
    "styrmodell.yaml": STYRMODELL,
    "nyckeltal.yaml": NYCKELTAL,
    BN: NÄMND,
}

Load = Callable[..., SteeringModel]


def write(folder: Path, files: dict[str, str | bytes | None]) -> Path:
    for name, content in (FILES | files).items():
        if content is not None:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Loads the small files above with some of them replaced; None leaves a file out."""
    return lambda files=None: params.load(write(tmp_path / "params", files or {}))


@pytest.fixture
def faults(load: Load) -> Callable[..., list[str]]:
    """Returns what `load` answers, a sentence for each problem."""

    def answer(files: dict[str, str | bytes | None]) -> list[str]:
        with pytest.raises(ParamsError) as refused:
            load(files)
        return [str(problem) for problem in refused.value.problems]

    return answer


# ---- The shipped files


def test_the_shipped_params_load_without_problems_and_every_committee_has_8_to_12_focus_kpis():
    model = params.load(SHIPPED)
    assert model.municipality.code == "2083"
    assert [p.id for p in model.perspectives] == [
        "invånare",
        "ekonomi",
        "medarbetare",
        "hållbar-utveckling",
    ]
    assert [c.code for c in model.committees] == ["BN", "KS", "MSN", "ON"]
    assert len(model.kpis) == 144
    assert all(8 <= len(committee.kpis) <= 12 for committee in model.committees)


def test_nothing_shipped_claims_to_be_decided_or_reviewed_by_anyone():
    model = params.load(SHIPPED)
    goals = [*model.council_goals, *(g for c in model.committees for g in c.goals)]
    assert {(goal.example, goal.decision) for goal in goals} == {(True, None)}
    assert {kpi.reviewed for kpi in model.kpis} == {None}


def test_every_perspective_has_a_council_goal_and_at_most_one_committee_lacks_one():
    model = params.load(SHIPPED)
    wanted = {p.id for p in model.perspectives}
    assert {goal.perspective for goal in model.council_goals} == wanted
    gaps = [
        (committee.code, perspective)
        for committee in model.committees
        for perspective in wanted - {goal.perspective for goal in committee.goals}
    ]
    assert gaps == [("MSN", "ekonomi")]


def test_a_committee_has_at_most_one_focus_kpi_without_colour():
    model = params.load(SHIPPED)
    for committee in model.committees:
        neutral = [k for k in committee.kpis if model.kpi(k).direction == "ingen"]
        assert len(neutral) <= 1, committee.code


@pytest.mark.real
def test_the_registry_is_the_curated_list_with_koladas_own_titles(real_figures: Path):
    model = params.load(SHIPPED)
    with (real_figures / "kpi_curated.csv").open(encoding="utf-8") as lines:
        curated = {row["id"] for row in csv.DictReader(lines)}
    live = json.loads((real_figures / "kpi.json").read_text(encoding="utf-8"))
    titles = {kpi["id"]: kpi["title"] for kpi in live}
    assert {kpi.id for kpi in model.kpis} == curated
    assert {kpi.id: kpi.title for kpi in model.kpis} == {id_: titles[id_] for id_ in curated}


@pytest.mark.real
def test_every_similar_area_is_one_that_kolada_has_a_group_for(real_figures: Path):
    groups = json.loads((real_figures / "municipality_groups.json").read_text(encoding="utf-8"))
    titles = [group["title"] for group in groups]
    for area in {kpi.similar_area for kpi in params.load(SHIPPED).kpis}:
        starts = (f"Liknande kommuner {area}, Hedemora", f"Liknande kommuner, {area}, Hedemora")
        assert any(title.startswith(starts) for title in titles), area


# ---- Text stays text


@pytest.mark.parametrize("code", ["0114", "0127", "0860", "1080", "2083", "0000"])
def test_a_code_without_quotes_keeps_its_zeros(load: Load, code: str):
    assert load({"kommun.yaml": f"kod: {code}\nnamn: K\n"}).municipality.code == code


@pytest.mark.parametrize(
    "scalar",
    ["0114", "no", "NO", "yes", "null", "~", "true", "12:30", "1e3", "0x1F", "2026-11-23", "1.10"],
)
def test_a_value_is_the_very_text_that_was_written(load: Load, scalar: str):
    assert load({"kommun.yaml": f"kod: 2083\nnamn: {scalar}\n"}).municipality.name == scalar


def test_a_long_text_may_be_folded_over_lines(load: Load):
    folded = "kod: 2083\nnamn: >\n  Hedemora\n  kommun\n"
    assert load({"kommun.yaml": folded}).municipality.name == "Hedemora kommun"


@pytest.mark.parametrize("code", ["114", "02083", "20 83", "K083", "٠١١٤", "0o114"])
def test_a_code_that_is_not_four_digits_is_refused(faults, code: str):
    assert faults({"kommun.yaml": f"namn: K\nkod: {code}\n"}) == [
        f"kommun.yaml rad 2: '{code}' är ingen kommunkod; skriv fyra siffror, till exempel 0114"
    ]


@pytest.mark.parametrize(
    ("written", "meant"), [("50", 50.0), ("99,5", 99.5), ("99.5", 99.5), ("-1,5", -1.5), ("0", 0.0)]
)
def test_a_target_is_read_with_decimal_comma_or_point(load: Load, written: str, meant: float):
    model = load({"nyckeltal.yaml": NYCKELTAL.replace("mål: 50", f"mål: {written}")})
    assert model.kpi("N00002").target == meant


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("1.200", "'1.200' kan läsas på två sätt; skriv 1200 eller 1,200, utan punkt"),
        ("-12.500", "'-12.500' kan läsas på två sätt; skriv -12500 eller -12,500, utan punkt"),
        ("1.200.000", "'1.200.000' kan läsas på två sätt; skriv 1200000, utan punkt"),
    ],
)
def test_a_number_with_a_point_before_three_digits_is_refused_by_both_readings(
    faults, written: str, said: str
):
    told = f"      - {{nyckeltal: N00001, nivå: minst {written}, senast: 2027}}\n"
    between = f"{{nyckeltal: N00001, år: 2027, mellan: {written} och 1300, varför: Så."
    found = faults(
        {
            "nyckeltal.yaml": NYCKELTAL.replace("mål: 50", f"mål: {written}"),
            BN: f"{NÄMND}    målnivåer:\n{told}"
            f"    förväntningar:\n      - {between}, skriven: 2026-11-23}}\n",
        }
    )
    assert found == [
        f"namnder/bn.yaml rad 12: {said}",
        f"namnder/bn.yaml rad 14: {said}",
        f"nyckeltal.yaml rad 11: {said}",
    ]


def test_a_number_written_as_computers_do_is_still_a_number(load: Load):
    for written, meant in [("1e3", 1000.0), ("0.125", 0.125), ("1,200", 1.2), ("1.5", 1.5)]:
        files = {"nyckeltal.yaml": NYCKELTAL.replace("mål: 50", f"mål: {written}")}
        assert load(files).kpi("N00002").target == meant


EGET = """\
rubrik: Frånvaro
måttenhet: dagar
takt: månad
riktning: {way}
nämnd: BN
perspektiv: invånare
källa: Lön
målnivå: {kind} 6
"""


@pytest.mark.parametrize(
    ("way", "kind", "said"),
    [
        ("högt", "högst", "målnivån är högst, men höga värden är bra; skriv minst, eller ändra"),
        ("lågt", "minst", "målnivån är minst, men låga värden är bra; skriv högst, eller ändra"),
    ],
)
def test_a_level_that_goes_against_the_direction_is_refused(faults, way: str, kind: str, said: str):
    target = f"    målnivåer:\n      - {{nyckeltal: N00001, nivå: {kind} 6, senast: 2027}}\n"
    files = {
        "nyckeltal.yaml": NYCKELTAL.replace("högt", way),
        "egna/matt.yaml": EGET.format(way=way, kind=kind),
        BN: NÄMND + target,
    }
    assert faults(files) == [
        f"egna/matt.yaml rad 8: {said} riktningen",
        f"namnder/bn.yaml rad 12: {said} riktningen i nyckeltal.yaml",
    ]


@pytest.mark.parametrize(
    ("way", "kind"), [("högt", "minst"), ("lågt", "högst"), ("ingen", "högst"), ("ingen", "minst")]
)
def test_a_level_along_the_direction_or_without_one_is_read(load: Load, way: str, kind: str):
    model = load({"egna/matt.yaml": EGET.format(way=way, kind=kind)})
    assert model.measures[0].level is not None


def test_nej_or_nothing_is_nobody_and_a_day_with_a_name_is_a_review(load: Load):
    model = load({"nyckeltal.yaml": NYCKELTAL + "    granskad: 2026-11-23 Anna Berg\n"})
    assert [kpi.reviewed for kpi in model.kpis] == [None, "2026-11-23 Anna Berg"]
    assert load({}).kpi("N00002").reviewed is None


def test_a_kpi_named_twice_by_a_committee_is_one_focus_kpi(load: Load):
    model = load({BN: NÄMND + "      - N00001\n"})
    assert model.committees[0].kpis == ("N00001", "N00002")


def test_a_committee_without_kpis_or_goals_is_allowed(load: Load):
    model = load({BN: "kod: BN\nnamn: Bildningsnämnden\n"})
    assert (model.committees[0].slug, model.committees[0].kpis) == ("bn", ())


def test_a_committee_may_have_thousands_of_kpis(load: Load):
    ids = [f"N{number:05}" for number in range(5000)]
    registry = "".join(f"  - {{id: {id_}, rubrik: x, riktning: högt}}\n" for id_ in ids)
    goals = NÄMND + "".join(f"      - {id_}\n" for id_ in ids)
    model = load({"nyckeltal.yaml": f"nyckeltal:\n{registry}", BN: goals})
    assert set(model.committees[0].kpis) == set(ids)


# ---- One answer with every problem


def test_every_problem_of_every_file_comes_in_one_answer_by_file_and_line(faults):
    committee = NÄMND.replace("nyckeltal:", "nyckeltall:").replace("KF1", "KF11")
    assert faults(
        {
            "kommun.yaml": "kod: 83\n",
            "styrmodell.yaml": STYRMODELL.replace("[miljö]", "[miljo]"),
            "nyckeltal.yaml": NYCKELTAL.replace("riktning: högt", "riktning: hög"),
            BN: committee,
            "namnder/on.yaml": "kod: ON\n\tnamn: Omsorgsnämnden\n",
        }
    ) == [
        "kommun.yaml: nyckeln 'namn' saknas",
        "kommun.yaml rad 1: '83' är ingen kommunkod; skriv fyra siffror, till exempel 0114",
        "namnder/bn.yaml rad 6: okänt fullmäktigemål 'KF11'; menade du 'KF1'?",
        "namnder/bn.yaml rad 8: okänd nyckel 'nyckeltall'; menade du 'nyckeltal'?",
        "namnder/on.yaml rad 2: raden är indragen med tabb; använd blanksteg",
        "nyckeltal.yaml rad 4: 'riktning' kan inte vara 'hög'; välj högt, lågt, mål eller ingen",
        "styrmodell.yaml rad 14: okänt fokusområde 'miljo'; menade du 'miljö'?",
    ]


def test_problems_on_one_line_are_all_told(faults):
    assert faults(
        {BN: NÄMND.split("    nyckeltal:")[0] + "    nyckeltal: [N0001, N00009, U1]\n"}
    ) == [
        "namnder/bn.yaml rad 8: 'N0001' är inget nyckeltals id; "
        "skriv N eller U och fem siffror, till exempel N00090",
        "namnder/bn.yaml rad 8: 'U1' är inget nyckeltals id; "
        "skriv N eller U och fem siffror, till exempel N00090",
        "namnder/bn.yaml rad 8: okänt nyckeltal 'N00009'; det finns inte i nyckeltal.yaml",
    ]


def test_a_registry_that_cannot_be_read_does_not_make_every_kpi_unknown(faults):
    assert faults({"nyckeltal.yaml": "nyckeltal: [\n"}) == [
        "nyckeltal.yaml rad 1: klammern som börjar här avslutas inte rätt"
    ]


WRONG = [
    (
        ("kommun.yaml", "namn: Hedemora kommun", "namn: [a]"),
        "rad 2: 'namn' ska vara en text, inte en lista",
    ),
    (
        ("kommun.yaml", "namn: Hedemora kommun", "namn: {a: b}"),
        "rad 2: 'namn' ska vara en text, inte nycklar med värden",
    ),
    (
        ("kommun.yaml", "Hedemora kommun", ""),
        "rad 2: 'namn' är tom; skriv ett värde eller ta bort raden",
    ),
    (
        ("kommun.yaml", "Hedemora kommun", "'  '"),
        "rad 2: 'namn' är tom; skriv ett värde eller ta bort raden",
    ),
    (
        ("kommun.yaml", "Hedemora kommun", "x" * 201),
        "rad 2: 'namn' är för lång; högst 200 tecken",
    ),
    (
        ("kommun.yaml", KOMMUN, "- a\n"),
        ": filen ska vara nycklar med värden, inte en lista",
    ),
    (
        (BN, "id: BN1", "id: BN 1"),
        "rad 4: 'BN 1' är inget id; använd högst 40 bokstäver, siffror, - och _, utan blanksteg",
    ),
    (
        ("styrmodell.yaml", "exempel: ja", "exempel: kanske"),
        "rad 15: 'exempel' ska vara ja eller nej",
    ),
    (
        ("styrmodell.yaml", "exempel: ja", "exempel: yes"),
        "rad 15: 'exempel' ska vara ja eller nej",
    ),
    (
        ("styrmodell.yaml", "fokusområden: [miljö]", "fokusområden: miljö"),
        "rad 14: 'fokusområden' ska vara en lista, med ett värde per rad och '- ' framför",
    ),
    (
        ("styrmodell.yaml", "    text: Alla klarar skolan.\n", ""),
        "rad 11: nyckeln 'text' saknas",
    ),
    (
        ("nyckeltal.yaml", "mål: 50", "mål: 50 %"),
        "rad 11: '50 %' är inget tal; skriv bara talet, till exempel 50 eller 99,5",
    ),
    (
        ("nyckeltal.yaml", "mål: 50", "mål: inf"),
        "rad 11: 'inf' är inget tal; skriv bara talet, till exempel 50 eller 99,5",
    ),
    (
        ("nyckeltal.yaml", "granskad: nej", "granskad: ja"),
        "rad 7: 'granskad' ska vara nej, eller dag och namn, till exempel 2026-11-23 Anna Berg",
    ),
    (
        ("nyckeltal.yaml", "granskad: nej", "granskad: 2026-02-30 Anna"),
        "rad 7: 'granskad' ska vara nej, eller dag och namn, till exempel 2026-11-23 Anna Berg",
    ),
    (
        (BN, "      - N00002", "      - [N00002]"),
        "rad 10: 'nyckeltal' nummer 2 ska vara en text, inte en lista",
    ),
    (
        (BN, "kod: BN", "slug: bn\nkod: BN"),
        "rad 1: okänd nyckel 'slug'",
    ),
    (
        (BN, "perspektiv: invånare", "perspektiv: klimat"),
        "rad 7: okänt perspektiv 'klimat'; det finns inte i styrmodell.yaml",
    ),
]


@pytest.mark.parametrize(("change", "answer"), WRONG)
def test_a_wrong_value_gets_one_swedish_sentence(faults, change, answer: str):
    file, right, wrong = change
    assert FILES[file].count(right) == 1
    told = faults({file: FILES[file].replace(right, wrong)})
    assert told == [f"{file} {answer}".replace(" :", ":")]


def test_a_misspelt_key_is_both_unknown_and_missing(faults):
    assert faults({"kommun.yaml": KOMMUN.replace("namn:", "name:")}) == [
        "kommun.yaml: nyckeln 'namn' saknas",
        "kommun.yaml rad 2: okänd nyckel 'name'; menade du 'namn'?",
    ]


def test_a_list_that_must_hold_something_is_refused_when_empty(faults):
    assert faults({"nyckeltal.yaml": "nyckeltal: []\n"}) == [
        "nyckeltal.yaml rad 1: 'nyckeltal' är en tom lista; den behöver minst ett värde"
    ]


def test_a_target_that_is_no_text_at_all_is_refused(faults):
    assert faults({"nyckeltal.yaml": NYCKELTAL.replace("mål: 50", "mål: {a: b}")}) == [
        "nyckeltal.yaml rad 10: riktning är mål men 'mål' saknas; skriv till exempel mål: 50",
        "nyckeltal.yaml rad 11: 'mål' ska vara ett tal, inte nycklar med värden",
    ]


def test_a_goal_that_is_a_text_is_refused(faults):
    assert faults({BN: "kod: BN\nnamn: B\nmål:\n  - Fler klarar skolan.\n"}) == [
        "namnder/bn.yaml rad 4: 'mål' nummer 1 ska vara nycklar med värden, inte en text"
    ]


ODD = st.recursive(
    st.sampled_from(["", "x", "ja", "nej", "50", "mål", "N00001", "x" * 2001, "BN 1", "nan"]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["id", "text", "mål", "namn", "kod", "lösenord"]), inner)
    ),
    max_leaves=6,
)


@settings(max_examples=60, deadline=None)
@given(odd=ODD, key=st.sampled_from(["kod", "namn", "mål", "förvaltningar", "nyckeltal"]))
def test_no_fault_is_answered_in_english(odd: object, key: str):
    with TemporaryDirectory() as place:
        committee = f"{key}: {json.dumps(odd, ensure_ascii=False)}\n"
        with pytest.raises(ParamsError) as refused:
            params.load(write(Path(place), {BN: committee}))
    told = str(refused.value)
    assert not {"input", "should", "value", "error", "valid"} & set(told.casefold().split())
    assert "har ett värde som inte går att läsa" not in told


# ---- Between keys and between files


def test_a_key_that_stands_twice_is_refused_with_both_lines(faults):
    assert faults({"kommun.yaml": KOMMUN + "kod: 0114\n"}) == [
        "kommun.yaml rad 3: nyckeln 'kod' finns redan på rad 1; ta bort den ena"
    ]


def test_an_id_is_taken_once_also_across_files_and_whatever_its_case(faults):
    twins = "  - id: kf1\n    text: Igen.\n    perspektiv: ekonomi\n"
    assert faults(
        {
            "styrmodell.yaml": STYRMODELL + twins,
            "nyckeltal.yaml": NYCKELTAL + "  - {id: N00001, rubrik: x, riktning: lågt}\n",
            "namnder/on.yaml": NÄMND.replace("BN1", "ON1"),
            "namnder/x.yaml": NÄMND.replace("kod: BN", "kod: X"),
        }
    ) == [
        "namnder/on.yaml rad 1: kod 'BN' finns redan i namnder/bn.yaml rad 1",
        "namnder/x.yaml rad 4: id 'BN1' finns redan i namnder/bn.yaml rad 4",
        "nyckeltal.yaml rad 12: id 'N00001' finns redan på rad 2",
        "styrmodell.yaml rad 16: id 'kf1' finns redan på rad 11",
    ]


def test_a_perspective_or_focus_area_stands_once(faults):
    twice = STYRMODELL.replace("id: ekonomi", "id: invånare").replace(
        "mål:", "  - {id: miljö, namn: M, perspektiv: invånare}\nmål:"
    )
    assert faults({"styrmodell.yaml": twice}) == [
        "styrmodell.yaml rad 4: id 'invånare' finns redan på rad 2",
        "styrmodell.yaml rad 10: id 'miljö' finns redan på rad 7",
    ]


def test_a_target_stands_exactly_when_the_direction_is_mål(faults):
    registry = NYCKELTAL.replace("    mål: 50\n", "").replace(
        "riktning: högt\n", "riktning: högt\n    mål: 90\n"
    )
    assert faults({"nyckeltal.yaml": registry}) == [
        "nyckeltal.yaml rad 5: 'mål' får bara finnas när riktning är mål, inte högt",
        "nyckeltal.yaml rad 11: riktning är mål men 'mål' saknas; skriv till exempel mål: 50",
    ]


def test_an_underlag_is_the_id_of_another_kpi_which_need_not_be_in_the_registry(
    load: Load, faults: Callable[..., list[str]]
) -> None:
    def with_base(written: str) -> dict[str, str]:
        given = f"    granskad: nej\n    underlag: {written}\n"
        return {"nyckeltal.yaml": NYCKELTAL.replace("    granskad: nej\n", given)}

    assert [kpi.base for kpi in load(with_base("N01951")).kpis] == ["N01951", None]
    assert faults(with_base("N00001")) == [
        "nyckeltal.yaml rad 8: underlag kan inte vara nyckeltalet självt; skriv id för det"
        " nyckeltal som ger antalet personer som N00001 är en andel av, eller ta bort raden"
    ]
    assert faults(with_base("invånare")) == [
        "nyckeltal.yaml rad 8: 'invånare' är inget nyckeltals id; skriv N eller U och fem siffror,"
        " till exempel N00090"
    ]


def test_what_people_judge_of_a_kpi_is_read_in_their_own_words(load: Load) -> None:
    judged = "    påverkbarhet: 3\n    lagkrav: nej\n    kronor: 12 000,50\n    granskad: nej\n"
    model = load({"nyckeltal.yaml": NYCKELTAL.replace("    granskad: nej\n", judged)})
    told = [(kpi.influence, kpi.statutory, kpi.cost) for kpi in model.kpis]
    assert told == [(3, False, 12000.5), (None, None, None)]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            "påverkbarhet: 4",
            "'påverkbarhet' kan inte vara '4'; skriv 1 (liten), 2 (viss) eller 3 (stor)",
        ),
        ("lagkrav: kanske", "'lagkrav' ska vara ja eller nej"),
        ("kronor: 0", "'kronor' ska vara större än 0"),
        (
            "kronor: mycket",
            "'mycket' är inget tal; skriv bara talet, till exempel 50 eller 99,5",
        ),
    ],
)
def test_what_people_judge_of_a_kpi_is_refused_in_one_sentence(
    faults: Callable[..., list[str]], line: str, said: str
) -> None:
    registry = NYCKELTAL.replace("    granskad: nej\n", f"    granskad: nej\n    {line}\n")
    assert faults({"nyckeltal.yaml": registry}) == [f"nyckeltal.yaml rad 8: {said}"]


def test_a_fault_in_a_kpi_does_not_hide_that_committees_may_use_it(faults):
    assert faults({"nyckeltal.yaml": NYCKELTAL.replace("riktning: högt", "riktning: upp")}) == [
        "nyckeltal.yaml rad 4: 'riktning' kan inte vara 'upp'; välj högt, lågt, mål eller ingen"
    ]


@pytest.mark.parametrize(
    "key", ["token", "KOLADA_TOKEN", "Lösenord", "password", "api-key", "apinyckel", "hemlighet"]
)
def test_a_key_that_looks_like_a_login_is_refused_and_its_value_never_told(faults, key: str):
    told = faults({"kommun.yaml": f"{KOMMUN}{key}: kanariefågel\n"})
    assert told == [
        f"kommun.yaml rad 3: nyckeln '{key}' ser ut som en inloggning; "
        "Kolada behöver ingen, ta bort den"
    ]


# ---- Files and their names


@pytest.mark.parametrize("slug", ["a{b}", "bn ", "bn.", "åk", "BN1", "-bn", "a" * 41, "a b", "a'b"])
def test_a_committee_file_has_a_name_that_can_be_a_folder_anywhere(faults, slug: str):
    assert faults({BN: None, f"namnder/{slug}.yaml": NÄMND}) == [
        f"namnder/{slug}.yaml: filens namn får ha högst 40 tecken: a-z, 0-9, - och _; är den en"
        " kopia: flytta den ur mappen"
    ]


def test_a_copy_beside_a_file_is_one_problem_and_not_one_for_every_id_in_it(faults):
    (told,) = faults({"namnder/bn - kopia.yaml": NÄMND})
    assert told.startswith("namnder/bn - kopia.yaml: filens namn ")


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (NÄMND.replace("  - id", "\t- id"), "namnder/bn.yaml rad 4: raden är indragen med tabb"),
        (NÄMND.encode("latin-1"), "namnder/bn.yaml rad 2: filen är inte sparad som UTF-8"),
    ],
)
def test_what_a_file_that_cannot_be_read_defines_is_not_called_unknown(faults, broken, said):
    other = NÄMND.replace("BN", "KS").replace("Bildningsnämnden", "Kommunstyrelsen")
    plan = "aktiviteter:\n  - id: A1\n    mål: BN1\n"
    told = faults({BN: broken, "namnder/ks.yaml": other, "aktiviteter/bn.yaml": plan})
    assert [one for one in told if "okänt mål" in one] == []
    assert [one for one in told if one.startswith(said)]


@pytest.mark.parametrize("slug", ["con", "nul", "aux", "prn", "com1", "lpt9"])
def test_a_name_that_windows_keeps_for_itself_is_refused(faults, slug: str):
    assert faults({BN: None, f"namnder/{slug}.yaml": NÄMND}) == [
        f"namnder/{slug}.yaml: namnet är upptaget i Windows; döp om filen"
    ]


def test_files_whose_names_differ_only_in_case_are_refused(faults, tmp_path: Path):
    (tmp_path / "a").touch()
    if (tmp_path / "A").exists():
        pytest.skip("filsystemet skiljer inte på stora och små bokstäver")
    assert (
        "namnder/bn.yaml: namnet skiljer sig bara i stora bokstäver från namnder/BN.yaml"
        in faults({"namnder/BN.yaml": NÄMND})
    )


@pytest.mark.parametrize("ending", [".yml", ".YAML", ".yaml.txt", ".YML"])
def test_a_committee_under_another_ending_is_told_and_not_skipped(faults, ending: str):
    assert faults({f"namnder/on{ending}": NÄMND}) == [
        f"namnder/on{ending}: läses inte; döp om filen till on.yaml"
    ]


def test_what_systems_and_editors_leave_behind_is_passed_over(load: Load):
    left = dict.fromkeys([".DS_Store", "._bn.yaml", "~$bn.yaml", ".bn.yaml.swp", "bn.yaml~"], b"\0")
    model = load({f"namnder/{name}": content for name, content in left.items()})
    assert len(model.committees) == 1


@pytest.mark.parametrize("folder", [{}, {"namnder/LÄS MIG.txt": "hej"}])
def test_a_municipality_without_committees_is_refused(faults, folder: dict[str, str]):
    assert faults({BN: None, **folder}) == [
        "namnder: ingen nämnd finns; lägg en fil per nämnd i mappen, till exempel bn.yaml"
    ]


def test_a_missing_file_is_told_with_the_name_it_may_have_got(faults):
    assert faults({"kommun.yaml": None, "kommun.yaml.txt": KOMMUN, "nyckeltal.yaml": None}) == [
        "kommun.yaml: filen saknas; döp om 'kommun.yaml.txt' till 'kommun.yaml'",
        "nyckeltal.yaml: filen saknas",
    ]


def test_a_folder_that_does_not_exist_is_one_problem(tmp_path: Path):
    with pytest.raises(ParamsError, match="mappen finns inte; ange rätt mapp med --params MAPP"):
        params.load(tmp_path / "finns-inte")


# ---- Encodings


@pytest.mark.parametrize(
    "encoded",
    [
        pytest.param(lambda text: text.encode("utf-8-sig"), id="BOM"),
        pytest.param(lambda text: text.replace("\n", "\r\n").encode(), id="CRLF"),
        pytest.param(lambda text: unicodedata.normalize("NFD", text).encode(), id="macOS"),
    ],
)
def test_a_file_saved_on_another_system_means_the_same(load: Load, encoded):
    usual = load({})
    assert load({name: encoded(content) for name, content in FILES.items()}) == usual


@pytest.mark.parametrize(
    ("codec", "place"),
    [
        ("utf-16", ""),
        ("utf-16-le", ""),
        ("utf-32", ""),
        ("latin-1", " rad 2"),
        ("cp1252", " rad 2"),
    ],
)
def test_a_file_in_another_encoding_is_refused(faults, codec: str, place: str):
    assert faults({"kommun.yaml": "kod: 0114\nnamn: Väsby\n".encode(codec)}) == [
        f"kommun.yaml{place}: filen är inte sparad som UTF-8; välj Spara som och kodningen UTF-8"
    ]


def test_lines_are_counted_as_the_editor_does_also_with_windows_line_ends(faults):
    content = "kod: 2083\r\n# Kommentar\r\n\r\nnamn: []\r\n"
    assert faults({"kommun.yaml": content}) == [
        "kommun.yaml rad 4: 'namn' ska vara en text, inte en lista"
    ]


# ---- Broken and hostile files

BROKEN = [
    ("", 0, "filen är tom"),
    ("# bara en kommentar", 0, "filen är tom"),
    ("---", 0, "filen är tom"),
    ("kod: 2083\n\tnamn: H", 2, "raden är indragen med tabb; använd blanksteg"),
    ("namn: Bo: H", 1, "kolon för mycket eller fel indrag; sätt text med kolon inom citattecken"),
    ("namn: 'H", 1, "citattecknet som börjar här avslutas aldrig"),
    ("kod: 2083\nnamn H", 2, "raden saknar kolon efter nyckeln"),
    ("kod: [2083\nnamn: H", 1, "klammern som börjar här avslutas inte rätt"),
    ("  kod: 2083\n namn: H", 2, "indraget stämmer inte med raderna ovanför"),
    (
        "namn: @H",
        1,
        "tecknet @ först i en text betyder något särskilt; sätt texten inom citattecken",
    ),
    (
        "namn: *H",
        1,
        "tecknet * först i en text betyder något särskilt; sätt texten inom citattecken",
    ),
    (
        "namn: &h H",
        1,
        "tecknet & först i en text betyder något särskilt; sätt texten inom citattecken",
    ),
    (
        "namn: * H",
        1,
        "*, & och ! först i en text betyder något särskilt; sätt texten inom citattecken",
    ),
    (
        "namn: !!str H",
        1,
        "tecknet ! först i en text betyder något särskilt; sätt texten inom citattecken",
    ),
    (
        'namn: "C:\\Hedemora"',
        1,
        "omvänt snedstreck inom dubbla citattecken; använd enkla citattecken",
    ),
    ('namn: "\\e[31m"', 1, "ett tecken som inte går att visa; skriv om raden"),
    ('namn: "\\ud800"', 1, "ett tecken som inte går att visa; skriv om raden"),
    ('namn: "\\UFFFFFFFF"', 1, "ett tecken som inte går att visa; skriv om raden"),
    ("namn: \x07", 1, "ett tecken som inte går att visa; skriv om raden"),
    ("? [kod]\n: 2083", 1, "nyckeln före kolon ska vara ett ord"),
    ("kod: 2083\n---\nkod: 2083", 2, "en fil ska vara ett stycke; ta bort raden med ---"),
    (
        "%YAML 9.9\n---\nkod: 2083",
        1,
        "raden går inte att läsa; se över indrag, kolon och citattecken",
    ),
]


@pytest.mark.parametrize(("content", "line", "answer"), BROKEN)
def test_broken_yaml_is_one_sentence_with_its_line(faults, content: str, line: int, answer: str):
    assert faults({"kommun.yaml": content}) == [str(Problem("kommun.yaml", line, answer))]


def test_a_python_tag_is_refused_and_runs_nothing(faults, tmp_path: Path):
    trap = tmp_path / "fälla"
    tagged = f'kod: 2083\nnamn: !!python/object/apply:os.mkdir ["{trap.as_posix()}"]\n'
    assert faults({"kommun.yaml": tagged}) == [
        "kommun.yaml rad 2: tecknet ! först i en text betyder något särskilt; "
        "sätt texten inom citattecken"
    ]
    assert not trap.exists()


def lol() -> str:
    layers = [
        f"{b}: &{b} [{', '.join(['*' + a] * 9)}]"
        for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    ]
    return "\n".join(["a: &a [lol, lol]", *layers])


@pytest.mark.parametrize(
    ("content", "answer"),
    [
        (lol(), "rad 1: tecknet & först"),
        ("a: " + "[" * 10_000, "rad 1: för många nivåer; se över indragen"),
        ("kod: 2083\n" * 1_000_000, "filen är större än 1 MB; är det rätt fil?"),
        pytest.param(
            "a: [" + "a," * 400_000 + "]",
            "rad 1: filen har för många värden; är det rätt fil?",
            marks=pytest.mark.slow,
        ),
    ],
    ids=["billion laughs", "deep", "10 MB", "wide"],
)
def test_a_hostile_file_costs_little_memory(tmp_path: Path, content: str, answer: str):
    folder = write(tmp_path, {"kommun.yaml": content})
    tracemalloc.start()
    with pytest.raises(ParamsError, match=answer):
        params.load(folder)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 100_000_000


def test_a_long_or_invisible_word_is_shown_short_and_visible(faults):
    assert faults({"kommun.yaml": f"{KOMMUN}{'x' * 80}: a\nna\u00admn: b\n"}) == [
        f"kommun.yaml rad 3: okänd nyckel '{'x' * 59}…'",
        "kommun.yaml rad 4: okänd nyckel 'na\\u00admn'; menade du 'namn'?",
    ]


# ---- Mutated files


def dropped(lines: list[str], at: int) -> list[str]:
    return lines[:at] + lines[at + 1 :]


def doubled(lines: list[str], at: int) -> list[str]:
    return [*lines[: at + 1], *lines[at:]]


def misspelt(lines: list[str], at: int) -> list[str]:
    line = lines[at]
    return [*lines[:at], line[: len(line) // 2] + line[len(line) // 2 + 1 :], *lines[at + 1 :]]


def shifted(lines: list[str], at: int) -> list[str]:
    return [*lines[:at], " " + lines[at], *lines[at + 1 :]]


def odd_sign(lines: list[str], at: int) -> list[str]:
    return [*lines[:at], lines[at].replace(": ", ": *&![{'\"", 1), *lines[at + 1 :]]


MUTATIONS = st.tuples(
    st.sampled_from([dropped, doubled, misspelt, shifted, odd_sign]), st.integers(0, 10**6)
)


def load_mutated(file: Path, mutations: list[tuple[Callable[..., list[str]], int]]) -> None:
    lines = file.read_text(encoding="utf-8").splitlines()
    for mutate, number in mutations:
        lines = mutate(lines, number % len(lines))
    with TemporaryDirectory() as place:
        folder = Path(place) / "params"
        shutil.copytree(SHIPPED, folder)
        (folder / file.relative_to(SHIPPED)).write_text("\n".join(lines), encoding="utf-8")
        problems = problems_of(folder)
    mine = [p.line for p in problems if p.file == file.relative_to(SHIPPED).as_posix()]
    assert all(0 <= line <= len(lines) for line in mine)


def problems_of(folder: Path) -> tuple[Problem, ...]:
    try:
        params.load(folder)
    except ParamsError as refused:
        return refused.problems
    return ()


@settings(max_examples=15, deadline=None)
@given(st.sampled_from(SHIPPED_FILES), st.lists(MUTATIONS, min_size=1, max_size=4))
def test_a_mutated_file_loads_or_is_a_params_error_and_nothing_else(file, mutations):
    load_mutated(file, mutations)


def both_ways(content: str) -> tuple[Document, Document]:
    """A file's content as it is read, and as it is read without the quicker parser."""
    with TemporaryDirectory() as place:
        (Path(place) / "prov.yaml").write_text(content, encoding="utf-8")
        _yaml._document.cache_clear()
        first = _yaml.read(Path(place), "prov.yaml")
        _yaml._document.cache_clear()
        with patch.object(_yaml, "_quickly", return_value=None):
            return first, _yaml.read(Path(place), "prov.yaml")


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(SHIPPED_FILES), st.lists(MUTATIONS, max_size=4))
def test_the_quicker_parser_reads_a_file_as_the_other_does(file, mutations):
    lines = file.read_text(encoding="utf-8").splitlines()
    for mutate, number in mutations:
        lines = mutate(lines, number % len(lines))
    first, second = both_ways("\n".join(lines))
    assert first == second


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="ab:- \n'\"[]{}*&!|>#@?,\\å0~.", max_size=40))
def test_the_quicker_parser_reads_any_text_as_the_other_does(content):
    first, second = both_ways(content)
    assert first == second


@pytest.mark.parametrize("file", SHIPPED_FILES, ids=lambda file: file.name)
def test_every_shipped_file_is_read_by_the_quicker_parser(file):
    assert _yaml._quickly(file.name, file.read_text(encoding="utf-8")) is not None


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(st.sampled_from(SHIPPED_FILES), st.lists(MUTATIONS, min_size=1, max_size=8))
def test_many_mutated_files_load_or_are_params_errors(file, mutations):
    load_mutated(file, mutations)


@pytest.mark.slow
@settings(max_examples=1000, deadline=None)
@given(st.text(alphabet="ab:- \n\t'\"[]{}*&!|>#%@?,\\å\u2028\x85\ufeff0", max_size=60))
def test_any_text_at_all_loads_or_is_a_params_error(content: str):
    with TemporaryDirectory() as place, pytest.raises(ParamsError):
        params.load(write(Path(place), {"kommun.yaml": content}))
