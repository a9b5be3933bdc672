"""The goal chain: every rule finds the fault that is planted, and nothing else of its kind."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import strategies as st
from properties import property_test
from small_land import catalogue, evidence, kpi

from malstyr_lib import params
from malstyr_lib.chain import (
    LEDGER,
    TARGETS,
    Basis,
    Remark,
    coverage,
    ledger,
    ledger_words,
    lint,
    standings,
)
from malstyr_lib.chain.expectations import came
from malstyr_lib.chain.rules import RULES, UNUSED
from malstyr_lib.model import Range, SteeringModel
from malstyr_lib.scoring.breaks import Break
from malstyr_lib.scoring.evidence import Evidence

TODAY = date(2026, 11, 26)
NAN = float("nan")

STYRMODELL = """\
perspektiv:
  - {id: invånare, namn: Invånare}
  - {id: ekonomi, namn: Ekonomi}
mål:
  - id: KF1
    text: Alla klarar skolan.
    perspektiv: invånare
    beslut: Kommunfullmäktige 2025-11-17 § 112
  - id: KF2
    text: Ekonomin håller.
    perspektiv: ekonomi
    beslut: Kommunfullmäktige 2025-11-17 § 112
undantag: []
"""
NYCKELTAL = "nyckeltal:\n" + "".join(
    f"  - id: N{at:05d}\n    rubrik: Mått {at}, andel (%)\n    riktning: högt\n"
    f"    granskad: 2026-01-10 Anna Berg\n    liknande: grundskola\n"
    for at in range(1, 11)
)
BN = """\
kod: BN
namn: Bildningsnämnden
förvaltningar:
  - id: bildning
    namn: Bildningsförvaltningen
    enheter:
      - {id: norr, namn: Norra skolan}
      - {id: gamla, namn: Gamla skolan, till: 2024}
mål:
  - id: BN1
    text: Fler klarar skolan.
    fullmäktigemål: KF1
    perspektiv: invånare
    nyckeltal: [N00001, N00002, N00003, N00004]
    beslut: Bildningsnämnden 2025-12-01 § 45
  - id: BN2
    text: Pengarna räcker.
    fullmäktigemål: KF2
    perspektiv: ekonomi
    nyckeltal: [N00005, N00006, N00007, N00008]
    beslut: Bildningsnämnden 2025-12-01 § 45
"""
AKTIVITETER = """\
aktiviteter:
  - id: A1
    enhet: norr
    mål: BN1
    nyckeltal: [N00001, N00002, N00003, N00004]
    vad: Läsa varje dag.
    vem: Rektor
    start: 2026-01-15
    slut: 2026-12-15
    status: pågår
    resultat: Alla klasser är igång.
    kontroll: 2026-12-01
  - id: A2
    enhet: norr
    mål: BN2
    nyckeltal: [N00005, N00006, N00007, N00008]
    vad: Följa budgeten månad för månad.
    vem: Rektor
    start: 2026-01-15
    slut: 2026-12-15
    status: klar
    resultat: Prognosen höll.
"""
WHOLE = {
    "kommun.yaml": "kod: 0110\nnamn: Lilla kommunen\n",
    "styrmodell.yaml": STYRMODELL,
    "nyckeltal.yaml": NYCKELTAL,
    "namnder/bn.yaml": BN,
    "aktiviteter/bn.yaml": AKTIVITETER,
    "anteckningar/bn.yaml": (
        "anteckningar:\n"
        "  - {nyckeltal: N00001, period: 2021, värde: '1', kommentar: Små årskullar.,"
        " skriven: 2026-02-01 Anna Berg}\n"
    ),
    "fragor/bn.yaml": (
        "frågor:\n"
        "  - {id: F1, fråga: Hur vet vi det?, till: Rektor, ställd: 2026-03-01,"
        " svar-senast: 2026-12-24}\n"
    ),
}

LAND = np.arange(1.0, 25.0)[:, None] * np.ones(6)
"""Twenty-four municipalities that stand still, 2016–2021; the own has 1, the lowest."""


def figures(change: dict[int, Any] | None = None, **more: Any) -> Evidence:
    """The evidence of eight KPIs; change: another table of values for some of them."""
    values = np.stack([(change or {}).get(at, LAND + 10 * (at > 1)) for at in range(1, 9)])
    values[1:, 0] = 20.5  # only the first KPI is red unless something else is said
    for at, one in (change or {}).items():
        values[at - 1] = one
    kpis = [kpi(at) for at in range(1, 9)]
    return evidence(values, kpis, **more)


def model_of(folder: Path, files: dict[str, str | None] | None = None) -> SteeringModel:
    for name, content in (WHOLE | (files or {})).items():
        if content is not None:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(content, encoding="utf-8")
    return params.load(folder)


def edited(name: str, old: str, new: str) -> dict[str, str]:
    """The chain with one thing changed in one file, which must be there to change."""
    assert old in WHOLE[name]
    return {name: WHOLE[name].replace(old, new, 1)}


def codes(found: list[Remark]) -> list[str]:
    return [one.code for one in found if not one.waived]


def test_a_whole_chain_has_nothing_to_look_over(tmp_path: Path) -> None:
    assert lint(Basis(model_of(tmp_path), TODAY, figures())) == []
    assert lint(Basis(model_of(tmp_path), TODAY)) == []


OF_FIGURES = ("MS101", "MS106", "MS108", "MS110", "MS111", "MS122", "MS128")
LEVEL = "    målnivåer:\n      - {{nyckeltal: {}, nivå: '{}', senast: {}}}\n"
GOAL = "    beslut: Bildningsnämnden 2025-12-01 § 45\n"

PLANTED: dict[str, tuple[dict[str, str], str]] = {
    "MS101": (
        edited("aktiviteter/bn.yaml", "[N00001, N00002", "[N00002"),
        "N00001 är rött 2021 men nämnden har ingen aktivitet 2026",
    ),
    "MS102": (
        edited(
            "aktiviteter/bn.yaml",
            "aktiviteter:\n",
            "aktiviteter:\n  - {id: A0, enhet: norr, mål: BN1, vad: Allt möjligt., vem: Rektor,"
            " start: 2026-01-15, slut: 2026-12-15, status: pågår}\n",
        ),
        "Aktiviteten A0 har inget nyckeltal",
    ),
    "MS103": (
        edited("aktiviteter/bn.yaml", "slut: 2026-12-15", "slut: 2026-10-15"),
        "Aktiviteten A1 skulle vara klar 15 oktober 2026 men har status pågår",
    ),
    "MS104": (
        edited("aktiviteter/bn.yaml", "kontroll: 2026-12-01", "kontroll: 2026-11-01"),
        "Aktiviteten A1 skulle ha kontrollerats 1 november 2026",
    ),
    "MS105": (
        edited("nyckeltal.yaml", "Mått 2, andel (%)", "Mått 2, andel (%) (-2020)"),
        "N00002 upphörde 2020, så målet får inga nya värden",
    ),
    "MS106": (
        edited("nyckeltal.yaml", "Mått 3, andel (%)", "Mått 3, antal"),
        "N00003 har ändrats i Kolada och färgsätts inte. I nyckeltal.yaml: ”Mått 3, antal”. I"
        " Kolada: ”Mått 3, andel (%)”. Enheten har ändrats från antal till %.",
    ),
    "MS107": (
        edited(
            "nyckeltal.yaml",
            "rubrik: Mått 4, andel (%)\n    riktning: högt",
            "rubrik: Mått 4, andel (%)\n    riktning: ingen",
        ),
        "N00004 har ingen riktning, så det går inte att säga om målet nås",
    ),
    "MS108": (
        edited("namnder/bn.yaml", "[N00001, N00002", "[N00009, N00001, N00002"),
        "N00009 finns inte i Kolada",
    ),
    "MS109": (
        {
            "namnder/on.yaml": BN.replace("BN", "ON")
            .replace("id: bildning", "id: omsorg")
            .replace("id: norr", "id: hem")
            .replace("id: gamla", "id: gammal")
            .replace("[N00001, N00002, N00003, N00004]", "[N00001]")
            .replace("[N00005, N00006, N00007, N00008]", "[N00009]")
        },
        "N00001 följs också av BN, så det är oklart vem som ansvarar",
    ),
    "MS110": (
        {
            "namnder/bn.yaml": BN
            + "  - {id: BN0, text: Förr., fullmäktigemål: KF1, perspektiv: invånare,"
            " nyckeltal: [N00010], till: 2025, exempel: ja}\n"
        },
        "N00010 följdes 2025, men inte 2026",
    ),
    "MS111": (
        {"namnder/bn.yaml": BN.replace(GOAL, LEVEL.format("N00001", "minst 30", 2026) + GOAL, 1)},
        "N00001: minst 30 senast 2026 kräver mer än någon kommun har gjort på 5 år"
        " (0 av 24 kommuner)",
    ),
    "MS112": (
        {"namnder/bn.yaml": BN.replace(GOAL, LEVEL.format("N00001", "minst 1", 2025) + GOAL, 1)},
        "N00001: målnivån skulle nås senast 2025",
    ),
    "MS113": (
        {
            "styrmodell.yaml": STYRMODELL.replace(
                "mål:\n", "  - {id: medarbetare, namn: Medarbetare}\nmål:\n"
            )
        },
        "BN har inget mål i perspektivet Medarbetare",
    ),
    "MS114": (
        edited("namnder/bn.yaml", "[N00005, N00006, N00007, N00008]", "[]")
        | edited("aktiviteter/bn.yaml", "[N00005, N00006, N00007, N00008]", "[N00001]"),
        "BN har inget nyckeltal i perspektivet Ekonomi",
    ),
    "MS115": (
        edited("aktiviteter/bn.yaml", "mål: BN2", "mål: BN1"),
        "BN har ingen aktivitet i perspektivet Ekonomi",
    ),
    "MS116": (
        edited("aktiviteter/bn.yaml", "    resultat: Prognosen höll.\n", ""),
        "BN har ingen återrapportering i perspektivet Ekonomi",
    ),
    "MS117": (
        {"namnder/bn.yaml": BN.replace(GOAL, "", 1)},
        "Målet BN1 saknar beslut",
    ),
    "MS118": (
        edited("aktiviteter/bn.yaml", "enhet: norr", "enhet: nor"),
        "Aktiviteten A1 hör till nor, som inte finns; menade du 'norr'?",
    ),
    "MS119": (
        edited("aktiviteter/bn.yaml", "enhet: norr", "enhet: gamla"),
        "Aktiviteten A1 ligger 2026, när Gamla skolan inte finns",
    ),
    "MS120": (
        edited("fragor/bn.yaml", "svar-senast: 2026-12-24", "svar-senast: 2026-04-01"),
        "Frågan F1 till Rektor skulle ha svar 1 april 2026",
    ),
    "MS121": (
        edited(
            "fragor/bn.yaml",
            "svar-senast: 2026-12-24",
            "svar: Det gör vi inte., besvarad: 2026-04-01, åtgärd: Mäta., klar-senast: 2026-10-01",
        ),
        "Åtgärden efter frågan F1 skulle vara klar 1 oktober 2026",
    ),
    "MS122": (
        edited("anteckningar/bn.yaml", "värde: '1'", "värde: 81"),
        "Anteckningen om N00001 2021 skrevs när värdet var 81, nu 1",
    ),
    "MS123": (
        {
            "namnder/bn.yaml": BN.replace(
                GOAL,
                "    förväntningar:\n      - {nyckeltal: N00001, år: 2021, mellan: 0 och 2,"
                " varför: Årskullen är liten., skriven: 2026-01-01}\n" + GOAL,
                1,
            )
        },
        "N00001: förväntan på 2021 skrevs 1 januari 2026, när värdet redan var känt;"
        " den räknas inte",
    ),
    "MS124": (
        edited("namnder/bn.yaml", "N00003, N00004]", "N00003]")
        | edited("aktiviteter/bn.yaml", "N00003, N00004]", "N00003]"),
        "BN har 7 fokusnyckeltal",
    ),
    "MS125": (
        {
            "styrmodell.yaml": STYRMODELL.replace(
                "undantag",
                "  - {id: KF3, text: Ren luft., perspektiv: ekonomi, exempel: nej,"
                " beslut: Kommunfullmäktige 2025-11-17 § 112}\nundantag",
            )
        },
        "Fullmäktiges mål KF3 har ingen nämnd som svarar för det",
    ),
    "MS126": (
        edited("nyckeltal.yaml", "granskad: 2026-01-10 Anna Berg", "granskad: nej"),
        "1 av 10 nyckeltal har en riktning som ingen har granskat",
    ),
    "MS127": (
        {"namnder/bn.yaml": BN.replace(GOAL, GOAL + "    exempel: ja\n", 1)},
        "1 av 4 mål är exempel som kommunen inte har beslutat om",
    ),
    "MS128": (
        edited("nyckeltal.yaml", "riktning: högt", "riktning: högt\n    underlag: N00077"),
        "N00001 har underlaget N00077 i nyckeltal.yaml, men det nyckeltalet finns inte i Kolada."
        " Avstånd sägs inte i antal personer",
    ),
    "MS129": (
        {
            "styrmodell.yaml": STYRMODELL.replace(
                "undantag: []", "undantag:\n  - {kod: MS103, gäller: A9, varför: Ingen vet.}"
            )
        },
        "Undantaget från MS103 för A9 gäller ingenting",
    ),
    "MS130": (
        edited("aktiviteter/bn.yaml", "Alla klasser är igång", "Stöd till 19121212-1212 är igång"),
        "En text ser ut att innehålla ett personnummer",
    ),
}


@pytest.mark.parametrize("code", PLANTED)
def test_every_planted_fault_is_found_alone_with_its_place_and_cure(
    tmp_path: Path, code: str
) -> None:
    files, said = PLANTED[code]
    (found,) = [
        one for one in lint(Basis(model_of(tmp_path, files), TODAY, figures())) if one.code == code
    ]
    assert found.text == said
    assert found.cure
    assert found.cure[:1] == found.cure[:1].lower()
    assert not found.cure.endswith(".")
    _, places = params.load_with_places(tmp_path)
    where = places.problem(found.file, found.loc, "")
    assert (tmp_path / where.file).is_file()
    assert where.line or code in ("MS126",)


@pytest.mark.parametrize("code", [one for one in PLANTED if one not in (*OF_FIGURES, "MS109")])
def test_what_needs_no_figures_is_found_without_them_and_brings_nothing_else(
    tmp_path: Path, code: str
) -> None:
    found = codes(lint(Basis(model_of(tmp_path, PLANTED[code][0]), TODAY)))
    assert [one for one in found if one == code] == [code]
    assert set(found) - {code} <= ({"MS124"} if code == "MS114" else set())


def test_every_rule_has_a_planted_fault() -> None:
    assert sorted(PLANTED) == sorted([*RULES, UNUSED[0]])


def test_a_lost_unit_and_a_persons_number_are_errors_and_the_rest_remarks(tmp_path: Path) -> None:
    for code, (files, _) in PLANTED.items():
        found = lint(Basis(model_of(tmp_path / code, files), TODAY, figures()))
        (one,) = [remark for remark in found if remark.code == code]
        assert (one.severity == "fel") == (code in ("MS118", "MS130"))


def test_a_waiver_lets_its_remark_stand_and_no_other(tmp_path: Path) -> None:
    late = edited("aktiviteter/bn.yaml", "slut: 2026-12-15", "slut: 2026-10-15")
    late["aktiviteter/bn.yaml"] = late["aktiviteter/bn.yaml"].replace(
        "status: klar", "status: pågår"
    )
    late["aktiviteter/bn.yaml"] = late["aktiviteter/bn.yaml"].replace(
        "slut: 2026-12-15", "slut: 2026-10-01"
    )
    waived = {
        "namnder/bn.yaml": BN
        + "undantag:\n  - {kod: MS103, gäller: a1, varför: Väntar på ny rektor.}\n"
    }
    found = lint(Basis(model_of(tmp_path, late | waived), TODAY, figures()))
    assert [(one.about, one.waived) for one in found] == [
        ("A1", "Väntar på ny rektor."),
        ("A2", ""),
    ]


def test_a_published_report_tells_the_colour_that_was_left(tmp_path: Path) -> None:
    basis = Basis(model_of(tmp_path), TODAY, figures(), before={"bn": {"N00010": "red"}})
    (found,) = lint(basis)
    assert (found.code, found.about) == ("MS110", "N00010")
    assert found.text == "N00010 följdes 2025, då rött, men inte 2026"


def test_a_unit_that_is_there_for_a_part_of_the_time_will_do_and_an_administration_too(
    tmp_path: Path,
) -> None:
    for unit in ("norr", "bildning"):
        files = edited("aktiviteter/bn.yaml", "enhet: norr", f"enhet: {unit}")
        assert lint(Basis(model_of(tmp_path / unit, files), TODAY)) == []
    short = edited("namnder/bn.yaml", "namn: Norra skolan}", "namn: Norra, från: 2025, till: 2025}")
    long = edited("aktiviteter/bn.yaml", "start: 2026-01-15", "start: 2024-01-15")
    found = lint(Basis(model_of(tmp_path / "kort", short | long), TODAY))
    assert [one.about for one in found if one.code == "MS119"] == ["A2"]


def test_a_unit_ends_with_its_administration(tmp_path: Path) -> None:
    files = edited("namnder/bn.yaml", "    enheter:\n", "    till: 2024\n    enheter:\n")
    found = lint(Basis(model_of(tmp_path, files), TODAY))
    assert [one.about for one in found if one.code == "MS119"] == ["A1", "A2"]


def test_a_kpi_that_has_not_been_fetched_is_not_said_to_have_no_value(tmp_path: Path) -> None:
    files = edited("namnder/bn.yaml", "[N00001, N00002", "[N00009, N00001, N00002")
    told = catalogue({f"N{at:05d}": f"Mått {at}, andel (%)" for at in range(1, 10)})
    (found,) = lint(Basis(model_of(tmp_path, files), TODAY, figures(catalogue=told)))
    assert (found.code, found.text) == ("MS108", "N00009 är inte hämtat")
    assert found.cure == "hämta på nytt med: malstyr hamta"


def test_a_kpi_that_was_fetched_and_came_without_values_is_not_to_be_fetched_again(
    tmp_path: Path,
) -> None:
    files = edited("namnder/bn.yaml", "[N00001, N00002", "[N00009, N00001, N00002")
    told = catalogue({f"N{at:05d}": f"Mått {at}, andel (%)" for at in range(1, 10)})
    basis = Basis(model_of(tmp_path, files), TODAY, figures(catalogue=told))
    (found,) = lint(replace(basis, asked=frozenset({"N00009"})))
    assert found.text == "N00009 har inget värde för kommunen i det hämtade"
    assert found.cure == "välj ett nyckeltal som publiceras"


@pytest.mark.parametrize(
    ("name", "old"),
    [("namnder/bn.yaml", "Fler klarar skolan"), ("styrmodell.yaml", "Alla klarar skolan")],
)
def test_a_persons_number_is_found_wherever_people_write(
    tmp_path: Path, name: str, old: str
) -> None:
    files = edited(name, old, "Se 640823-3234")
    assert "MS130" in codes(lint(Basis(model_of(tmp_path, files), TODAY)))


# --- coverage ------------------------------------------------------------------------------------


def test_every_cell_of_the_matrix_is_counted_or_has_its_reason(tmp_path: Path) -> None:
    files = PLANTED["MS113"][0] | {
        "namnder/bn.yaml": BN + "undantag:\n"
        "  - {kod: MS113, gäller: medarbetare, varför: Kommunstyrelsen svarar för det.}\n"
    }
    basis = Basis(model_of(tmp_path, files), TODAY)
    table = coverage(basis)
    assert len(table) == 3 * 4
    cells = table.set_index(["perspective", "what"])
    assert cells["amount"].to_dict() == {
        ("invånare", "mål"): 1,
        ("invånare", "nyckeltal"): 4,
        ("invånare", "aktivitet"): 1,
        ("invånare", "återrapportering"): 2,
        ("ekonomi", "mål"): 1,
        ("ekonomi", "nyckeltal"): 4,
        ("ekonomi", "aktivitet"): 1,
        ("ekonomi", "återrapportering"): 1,
        **{("medarbetare", what): 0 for what in ("mål", "nyckeltal", "aktivitet")},
        ("medarbetare", "återrapportering"): 0,
    }
    assert cells.loc[("medarbetare", "mål"), "waived"] == "Kommunstyrelsen svarar för det."
    assert codes(lint(basis)) == []


# --- levels --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("level", "state", "reason"),
    [
        ("minst 1", "met", "minst 1 senast 2026: nådd, 1 (2021)"),
        ("minst 1,5", "not_yet", "minst 1,5 senast 2026: inte nådd än, 1,0 (2021), 0,5 kvar"),
        ("lämna rött", "not_yet", "lämna rött senast 2026: inte nådd än, 1 (2021), 6 kvar"),
        ("bli grönt", "not_yet", "bli grönt senast 2026: inte nådd än, 1 (2021)"),
        (
            "median bland alla",
            "not_yet",
            "median bland alla senast 2026: inte nådd än, 1 (2021), 12 kvar",
        ),
    ],
)
def test_a_level_is_told_beside_the_newest_value(
    tmp_path: Path, level: str, state: str, reason: str
) -> None:
    files = {"namnder/bn.yaml": BN.replace(GOAL, LEVEL.format("N00001", level, 2026) + GOAL, 1)}
    basis = Basis(model_of(tmp_path, files), TODAY, figures())
    (row,) = standings(basis, basis.model.committees[0]).to_dict("records")
    assert list(row) == list(TARGETS)
    assert row["state"] == state
    assert row["reason"].partition(";")[0] == reason


def test_how_often_as_much_has_been_done_is_counted_in_the_land(tmp_path: Path) -> None:
    moving = LAND.copy()
    moving[5, 3:] += 4.0  # one municipality improves by four, once
    files = {"namnder/bn.yaml": BN.replace(GOAL, LEVEL.format("N00001", "minst 5", 2023) + GOAL, 1)}
    basis = Basis(model_of(tmp_path, files), TODAY, figures({1: moving}))
    (row,) = standings(basis, basis.model.committees[0]).to_dict("records")
    assert row["reason"].endswith(
        "; en så stor förbättring på 2 år har 1 av 24 kommuner gjort någon gång"
    )


@pytest.mark.parametrize(("by", "state", "year"), [(2018, "met", 2018), (2021, "late", 2021)])
def test_a_level_is_judged_on_its_own_year_and_not_on_a_later_one(
    tmp_path: Path, by: int, state: str, year: int
) -> None:
    values = LAND.copy()
    values[0] = [1, 1, 9, 1, 1, 1]
    files = {"namnder/bn.yaml": BN.replace(GOAL, LEVEL.format("N00001", "minst 8", by) + GOAL, 1)}
    basis = Basis(model_of(tmp_path, files), TODAY, figures({1: values}))
    (row,) = standings(basis, basis.model.committees[0]).to_dict("records")
    assert (row["state"], row["period"]) == (state, year)


def test_nothing_is_said_of_more_years_than_there_are_figures_of(tmp_path: Path) -> None:
    files = {
        "namnder/bn.yaml": BN.replace(GOAL, LEVEL.format("N00001", "minst 30", 2060) + GOAL, 1)
    }
    basis = Basis(model_of(tmp_path, files), TODAY, figures())
    (row,) = standings(basis, basis.model.committees[0]).to_dict("records")
    assert row["reason"] == "minst 30 senast 2060: inte nådd än, 1 (2021), 29 kvar"
    assert codes(lint(basis)) == []


def test_a_jump_across_a_break_is_no_improvement(tmp_path: Path) -> None:
    moving = LAND.copy()
    moving[5, 3:] += 4.0
    files = {"namnder/bn.yaml": BN.replace(GOAL, LEVEL.format("N00001", "minst 5", 2023) + GOAL, 1)}
    broken = (Break("N00001", 2019, "unit", "enheten ändrades"),)
    basis = Basis(model_of(tmp_path, files), TODAY, figures({1: moving}, changed=broken))
    (row,) = standings(basis, basis.model.committees[0]).to_dict("records")
    assert "har 0 av 24 kommuner gjort någon gång" in row["reason"]


def test_without_figures_a_level_is_only_said(tmp_path: Path) -> None:
    files = {"namnder/bn.yaml": BN.replace(GOAL, LEVEL.format("N00001", "minst 5", 2027) + GOAL, 1)}
    basis = Basis(model_of(tmp_path, files), TODAY)
    (row,) = standings(basis, basis.model.committees[0]).to_dict("records")
    assert (row["state"], row["reason"]) == ("unknown", "minst 5 senast 2027: inget värde än")


# --- expectations --------------------------------------------------------------------------------


TOLD = catalogue({f"N{at:05d}": f"Mått {at}, andel (%)" for at in range(1, 9)}).assign(
    publ_period="2021", publication_date="2022-03-01"
)


def expecting(*lines: str) -> dict[str, str]:
    items = "".join(f"      - {{nyckeltal: N00001, varför: Därför., {line}}}\n" for line in lines)
    return {"namnder/bn.yaml": BN.replace(GOAL, f"    förväntningar:\n{items}{GOAL}", 1)}


@pytest.mark.parametrize(
    ("line", "state", "reason"),
    [
        (
            "år: 2021, mellan: 0 och 2, skriven: 2022-02-01",
            "within",
            "2021 väntades 0–2, blev 1: som väntat",
        ),
        (
            "år: 2021, mellan: 2 och 3, skriven: 2022-02-01",
            "worse",
            "2021 väntades 2–3, blev 1: sämre än väntat",
        ),
        (
            "år: 2021, mellan: '0 och 0,5', skriven: 2022-02-01",
            "better",
            "2021 väntades 0–0,5, blev 1,0: bättre än väntat",
        ),
        (
            "år: 2027, mellan: 0 och 2, skriven: 2026-02-01",
            "waiting",
            "2027 väntades 0–2; värdet har inte kommit",
        ),
        (
            "år: 2021, mellan: 0 och 2, skriven: 2023-01-01",
            "hindsight",
            "2021 väntades 0–2; skrevs när värdet redan var känt, och räknas inte",
        ),
    ],
)
def test_an_expectation_is_scored_only_when_it_was_one(
    tmp_path: Path, line: str, state: str, reason: str
) -> None:
    basis = Basis(model_of(tmp_path, expecting(line)), TODAY, figures(catalogue=TOLD))
    (row,) = ledger(basis, basis.model.committees[0]).to_dict("records")
    assert list(row) == list(LEDGER)
    assert (row["state"], row["reason"]) == (state, reason)


@pytest.mark.parametrize("period", ["2021", "2022", "2024"])
def test_the_day_of_publication_decides_also_when_kolada_tells_that_of_a_later_year(
    tmp_path: Path, period: str
) -> None:
    day = f"{int(period) + 1}-03-01"
    told = TOLD.assign(publ_period=period, publication_date=day)
    lines = [f"år: 2021, mellan: 0 och 2, skriven: 2022-{on}" for on in ("02-28", "03-01")]
    basis = Basis(model_of(tmp_path, expecting(*lines)), TODAY, figures(catalogue=told))
    assert ledger(basis, basis.model.committees[0])["state"].tolist() == ["within", "hindsight"]


def test_without_a_day_only_what_was_written_within_the_year_counts(tmp_path: Path) -> None:
    lines = [f"år: 2021, mellan: 0 och 2, skriven: {on}" for on in ("2021-12-31", "2022-01-01")]
    basis = Basis(model_of(tmp_path, expecting(*lines)), TODAY, figures())
    assert ledger(basis, basis.model.committees[0])["state"].tolist() == ["within", "hindsight"]


def test_a_value_beside_its_range_is_never_rounded_onto_the_end(tmp_path: Path) -> None:
    values = LAND.copy()
    values[0] = 2.04
    line = "år: 2021, mellan: 0 och 2, skriven: 2021-02-01"
    basis = Basis(model_of(tmp_path, expecting(line)), TODAY, figures({1: values}))
    (row,) = ledger(basis, basis.model.committees[0]).to_dict("records")
    assert row["reason"] == "2021 väntades 0–2, blev 2,04: bättre än väntat"


def test_the_expectations_of_an_ended_goal_are_kept(tmp_path: Path) -> None:
    line = "år: 2021, mellan: 2 och 3, skriven: 2021-02-01"
    ended = expecting(line)["namnder/bn.yaml"].replace(GOAL, "    till: 2025\n" + GOAL, 1)
    basis = Basis(model_of(tmp_path, {"namnder/bn.yaml": ended}), TODAY, figures())
    assert ledger(basis, basis.model.committees[0])["state"].tolist() == ["worse"]


def test_the_ledger_says_how_many_held(tmp_path: Path) -> None:
    lines = (
        "år: 2020, mellan: 0 och 2, skriven: 2020-02-01",
        "år: 2021, mellan: 2 och 3, skriven: 2021-02-01",
        "år: 2027, mellan: 0 och 2, skriven: 2026-02-01",
        "år: 2019, mellan: 0 och 2, skriven: 2026-02-01",
    )
    basis = Basis(model_of(tmp_path, expecting(*lines)), TODAY, figures())
    table = ledger(basis, basis.model.committees[0])
    assert table["year"].tolist() == [2019, 2020, 2021, 2027]
    assert (
        ledger_words(table) == "Av 2 förväntningar som har prövats höll 1. 1 väntar på sitt värde."
    )
    assert ledger_words(table[:0]) == "Ingen förväntan har kunnat prövas än."


@property_test(st.floats(-50, 50), st.floats(0, 20), st.integers(-60, 60))
def test_what_lies_between_the_ends_is_as_expected_and_nothing_else(
    low: float, width: float, value: int
) -> None:
    said = came(kpi(1), Range(low=low, high=low + width), float(value))
    mirrored = came(kpi(1, "lågt"), Range(low=-low - width, high=-low), -float(value))
    assert said == mirrored
    assert (said == "within") == (low <= value <= low + width)
