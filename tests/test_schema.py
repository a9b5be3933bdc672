"""The schemas for editors: they accept what the loader accepts, and refuse what a key can tell."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT
from hypothesis import strategies as st
from jsonschema import Draft7Validator
from properties import property_test
from ruamel.yaml import YAML

from malstyr_lib import params
from malstyr_lib.cli import run
from malstyr_lib.params import _words, schema
from malstyr_lib.params.files import COMMITTEES

SHIPPED = sorted((ROOT / "params").rglob("*.yaml"))
SCHEMAS = {name: json.loads(text) for name, text in schema.schemas().items()}
KINDS = {name: kind for kind, name in schema.NAMES.items()}


def as_an_editor(text: str) -> Any:
    """What an editor sees of YAML 1.2: numbers are numbers, and days are texts."""
    return json.loads(json.dumps(YAML(typ="safe", pure=True).load(text), default=date.isoformat))


def complaints(name: str, text: str) -> list[str]:
    return [
        error.message
        for error in Draft7Validator(SCHEMAS[f"{name}.json"]).iter_errors(as_an_editor(text))
    ]


def name_of(path: Path) -> str:
    inside = path.relative_to(ROOT / "params").parent.name
    return schema.NAMES[inside or path.name]


# --- the files in the repository ---------------------------------------------------------------


def test_the_schemas_in_the_repository_are_those_of_the_types() -> None:
    there = {file.name: file.read_text("utf-8") for file in (ROOT / "params/schema").iterdir()}
    assert there == schema.schemas()


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_a_shipped_file_is_what_its_schema_says(path: Path) -> None:
    assert complaints(name_of(path), path.read_text("utf-8")) == []


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_a_shipped_file_names_its_schema_first_and_the_schema_is_there(path: Path) -> None:
    said, _, where = path.read_text("utf-8").partition("\n")[0].partition("$schema=")
    assert said == "# yaml-language-server: "
    assert (path.parent / where).resolve() == ROOT / "params" / "schema" / f"{name_of(path)}.json"


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_is_itself_valid(name: str) -> None:
    Draft7Validator.check_schema(SCHEMAS[name])


# --- keys ---------------------------------------------------------------------------------------


def keys(node: dict[str, Any], at: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    yield at, node
    inner = node if "properties" in node else node.get("items", {})
    for key, one in inner.get("properties", {}).items():
        yield from keys(one, f"{at}.{key}".lstrip("."))


@pytest.mark.parametrize("name", sorted(KINDS))
def test_every_key_has_a_swedish_description_and_no_description_lacks_a_key(name: str) -> None:
    found = dict(keys(SCHEMAS[f"{name}.json"]))
    assert set(found) == set(_words.DESCRIPTIONS[name])
    assert {at for at, node in found.items() if not node.get("description")} == set()


@pytest.mark.parametrize("name", sorted(KINDS))
def test_every_object_refuses_keys_it_does_not_know(name: str) -> None:
    for at, node in keys(SCHEMAS[f"{name}.json"]):
        inner = node if "properties" in node else node.get("items", {})
        assert inner.get("additionalProperties", False) is False, at


def test_no_schema_tells_of_what_is_not_written_in_files() -> None:
    everything = json.dumps(SCHEMAS, ensure_ascii=False)
    assert "(filens namn)" not in everything
    assert "null" not in everything


# --- what is accepted and what is not ------------------------------------------------------------

GOAL = "kod: BN\nnamn: B\nmål:\n  - {id: BN1, text: T, fullmäktigemål: KF1, perspektiv: p"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("kommun", "kod: 2083\nnamn: Hedemora\n"),
        ("kommun", "kod: 0114\nnamn: Upplands Väsby\n"),
        ("kommun", "kod: '0114'\nnamn: 2083\n"),
        ("nyckeltal", "nyckeltal: [{id: N00001, rubrik: x, riktning: mål, mål: 50}]"),
        ("nyckeltal", "nyckeltal: [{id: N00001, rubrik: x, riktning: mål, mål: '99,5'}]"),
        ("nyckeltal", "nyckeltal: [{id: N00001, rubrik: x, riktning: högt, granskad: nej}]"),
        ("namnd", "kod: 7\nnamn: B\n"),
        ("namnd", GOAL + ", exempel: ja, från: 2024, till: '2026'}\n"),
        ("namnd", GOAL + ", beslut: Nämnden 2026-11-23 § 45}\n"),
        (
            "styrmodell",
            "perspektiv: [{id: 1, namn: I}]\nmål: [{id: 2, text: t, perspektiv: 1}]\n"
            "rapporter: [{id: d, namn: D, år: 2026, stoppdag: 2026-09-11}]\n",
        ),
        (
            "anteckningar",
            "anteckningar:\n"
            "  - {nyckeltal: N00001, period: 2026, värde: 1.5, skriven: 2026-11-23 A}\n"
            "  - {nyckeltal: matt, period: 2026-K1, värde: '1,5', skriven: 2026-11-23 A}\n"
            "  - {nyckeltal: matt, period: 2026-03, skriven: 2026-11-23 A}\n",
        ),
        ("aktiviteter", "aktiviteter: []\n"),
    ],
)
def test_what_the_loader_accepts_is_accepted_as_an_editor_sees_it(name: str, text: str) -> None:
    assert complaints(name, text) == []


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("kommun", "kod: 2083\nnamn: H\nnamnn: x\n", "'namnn' was unexpected"),
        ("kommun", "namn: H\n", "'kod' is a required property"),
        ("kommun", "kod: 20830\nnamn: H\n", "20830 is greater than the maximum of 9999"),
        ("kommun", "kod: 20 83\nnamn: H\n", "'20 83' does not match"),
        ("nyckeltal", "nyckeltal: []", "[] should be non-empty"),
        ("nyckeltal", "nyckeltal: [{id: 1, rubrik: x, riktning: högt}]", "1 is not of type"),
        (
            "nyckeltal",
            "nyckeltal: [{id: N00001, rubrik: x, riktning: hög}]",
            "'hög' is not one of ['högt', 'lågt', 'mål', 'ingen']",
        ),
        ("nyckeltal", "nyckeltal: [{id: N00001, rubrik: x, riktning: mål, mål: halva}]", "halva"),
        ("namnd", GOAL + ", exempel: true}\n", "True is not one of ['ja', 'nej']"),
        ("namnd", GOAL + ", nyckeltall: [N00001]}\n", "'nyckeltall' was unexpected"),
        ("namnd", GOAL + ", nyckeltal: N00001}\n", "'N00001' is not of type 'array'"),
        (
            "aktiviteter",
            "aktiviteter: [{id: 1, enhet: e, mål: m, vad: v, vem: w, start: 2026-01-01,"
            " slut: 2026-02-01, status: kanske}]",
            "'kanske' is not one of",
        ),
    ],
)
def test_what_a_key_can_tell_is_refused(name: str, text: str, said: str) -> None:
    assert any(said in complaint for complaint in complaints(name, text))


WORDS = st.text("abåäö 019.:#'-", min_size=1, max_size=12)


@property_test(
    kod=st.integers(0, 9999).map("{:04}".format),
    namn=WORDS.filter(str.strip),
    style=st.sampled_from(["{}", "'{}'"]),
)
def test_a_municipality_that_the_loader_reads_passes_in_the_editor(
    kod: str, namn: str, style: str
) -> None:
    quoted = namn.replace("'", "''")
    text = f"kod: {style.format(kod)}\nnamn: '{quoted}'\n"
    assert complaints("kommun", text) == []
    bare = namn.strip("-:#'. ")
    if bare and not set(":#'") & set(bare):
        assert complaints("kommun", f"kod: {kod}\nnamn: {bare}\n") == []


# --- written for people ------------------------------------------------------------------------


def test_a_file_in_a_folder_finds_its_schema_one_step_up() -> None:
    assert schema.modeline(COMMITTEES) == "# yaml-language-server: $schema=../schema/namnd.json\n"
    assert schema.modeline("kommun.yaml").endswith("$schema=schema/kommun.json\n")


def test_schemas_are_written_anew_only_where_they_differ(tmp_path: Path) -> None:
    assert len(schema.write(tmp_path)) == 8
    assert schema.write(tmp_path) == []
    (tmp_path / "schema" / "namnd.json").write_text("{}", encoding="utf-8")
    assert schema.write(tmp_path, again=False) == []
    assert [file.name for file in schema.write(tmp_path)] == ["namnd.json"]
    assert len(list((tmp_path / "schema").iterdir())) == 8


def test_kontrollera_writes_the_schemas_when_asked_to(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "params"
    shutil.copytree(ROOT / "params", folder, ignore=shutil.ignore_patterns("schema"))
    assert run(["kontrollera", "--params", str(folder)]) in (0, 4)
    assert not (folder / "schema").exists()
    capsys.readouterr()
    assert run(["kontrollera", "--schema", "--params", str(folder)]) in (0, 4)
    assert f"8 scheman skrivna i {folder / 'schema'}" in capsys.readouterr().out
    assert params.load(folder).municipality.code == "2083"
