"""Every sentence that a coordinator can meet, kept as prose: a change of words is seen and read.

Rewrite the files with `pytest tests/test_golden.py --golden`, and read the difference.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import ROOT
from test_chain import BN, NYCKELTAL, PLANTED, STYRMODELL, TODAY, WHOLE, figures, model_of

from malstyr_lib import params
from malstyr_lib.chain import Basis, lint
from malstyr_lib.cli.checking import line
from malstyr_lib.errors import ParamsError

GOLDEN = ROOT / "tests" / "golden"

BROKEN: dict[str, dict[str, str | None]] = {
    "tomt": {"kommun.yaml": ""},
    "saknas": {"styrmodell.yaml": None, "namnder/bn.yaml": None},
    "indrag med tabb": {"kommun.yaml": "kod: 0110\n\tnamn: Lilla kommunen\n"},
    "kod, namn och okänd nyckel": {"kommun.yaml": "kod: 76\nnamnn: Lilla kommunen\n"},
    "beslut": {"styrmodell.yaml": STYRMODELL.replace("2025-11-17 § 112", "i november", 1)},
    "dag som inte finns": {"styrmodell.yaml": STYRMODELL.replace("11-17", "11-31", 1)},
    "nivå och spann": {
        "namnder/bn.yaml": BN.replace(
            "    beslut",
            "    målnivåer:\n"
            "      - {nyckeltal: N00001, nivå: bättre, senast: nästa år}\n"
            "      - {nyckeltal: N00005, nivå: minst 1, senast: 2027}\n"
            "    förväntningar:\n"
            "      - {nyckeltal: N00001, år: 2026, mellan: 5 och 3, skriven: i går}\n"
            "    beslut",
            1,
        )
    },
    "organisation": {
        "namnder/bn.yaml": BN.replace("id: gamla", "id: bildning").replace(
            "till: 2024", "från: 2025, till: 2024"
        )
    },
    "aktivitet": {
        "aktiviteter/bn.yaml": "aktiviteter:\n  - {id: A1, enhet: norr, mål: BN9,"
        " nyckeltal: N00001, vad: Läsa., vem: '', start: 15/1, slut: 2026-12-15, status: igång}\n"
    },
    "slut före start": {
        "aktiviteter/bn.yaml": WHOLE["aktiviteter/bn.yaml"].replace(
            "slut: 2026-12-15", "slut: 2025-12-15"
        )
    },
    "ingen sådan nämnd": {"aktiviteter/bm.yaml": "aktiviteter: []\n"},
    "fel ändelse": {"fragor/bn.yml": "frågor: []\n"},
    "anteckning": {
        "anteckningar/bn.yaml": "anteckningar:\n  - {nyckeltal: N99999, period: våren,"
        " värde: många, orsaker: [{orsak: X, bedömning: säker}], skriven: Anna}\n"
    },
    "fråga": {
        "fragor/bn.yaml": "frågor:\n  - {id: F1, fråga: Hur?, till: Rektor, ställd: 2026-03-01,"
        " besvarad: 2026-02-01, svar: Så., klar: 2026-01-01}\n"
    },
    "eget mått": {
        "egna/matt.yaml": "rubrik: Frånvaro\nmåttenhet: '%'\ntakt: vecka\nriktning: lågt\n"
        "nämnd: XX\nperspektiv: trivsel\nkälla: Lön\nkolada: N77777\n"
    },
    "undantag": {"styrmodell.yaml": STYRMODELL.replace("[]", "[{kod: 101, varför: ''}]")},
    "nyckeltal": {
        "nyckeltal.yaml": NYCKELTAL.replace("riktning: högt", "riktning: hög", 1).replace(
            "granskad: 2026-01-10 Anna Berg", "granskad: ja", 1
        )
    },
}


def kept(name: str, said: str, *, rewrite: bool) -> str:
    """What a golden file holds, after writing what is said now into it when that is asked for."""
    file = GOLDEN / name
    if rewrite:
        GOLDEN.mkdir(exist_ok=True)
        file.write_text(said, encoding="utf-8", newline="\n")
    return file.read_text(encoding="utf-8")


@pytest.fixture
def rewrite(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--golden"))


def test_the_remarks_of_the_goal_chain_read_as_they_were_reviewed(
    tmp_path: Path, rewrite: bool
) -> None:
    said = []
    for code, (files, _) in sorted(PLANTED.items()):
        folder = tmp_path / code
        model = model_of(folder, files)
        _, places = params.load_with_places(folder)
        found = lint(Basis(model, TODAY, figures()))
        said += [line(places, one) for one in found if one.code == code]
    assert "\n".join(said) + "\n" == kept("kedjan.txt", "\n".join(said) + "\n", rewrite=rewrite)


def test_the_errors_of_the_parameters_read_as_they_were_reviewed(
    tmp_path: Path, rewrite: bool
) -> None:
    said = []
    for name, files in BROKEN.items():
        folder = tmp_path / name
        whole = {one: text for one, text in (WHOLE | files).items() if text is not None}
        for path, text in whole.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, encoding="utf-8")
        with pytest.raises(ParamsError) as refused:
            params.load(folder)
        said.append(f"# {name}\n" + "\n".join(str(one) for one in refused.value.problems))
    text = "\n\n".join(said) + "\n"
    assert text == kept("styrparametrar.txt", text, rewrite=rewrite)
