"""Turns what pydantic refuses into Swedish sentences, each with the line where it stands."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final, Generic, NamedTuple, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from malstyr_lib import text
from malstyr_lib.errors import Problem
from malstyr_lib.model import CODE_PATTERN, ID_PATTERN, KPI_PATTERN, LINT_PATTERN
from malstyr_lib.params._yaml import Document, Loc, Tree
from malstyr_lib.params.files import shown

M = TypeVar("M", bound=BaseModel)

_SECRET = re.compile(r"token|lösenord|losenord|password|passwd|secret|hemlig|api.?key|api.?nyckel")
_EMPTY = "{subject} är tom; skriv ett värde eller ta bort raden"
_NUMBER = "'{value}' är inget tal; skriv bara talet, till exempel 50 eller 99,5"
_SENTENCES: Final = {
    "missing": "nyckeln {subject} saknas",
    "model_type": "{subject} ska vara nycklar med värden, inte {kind}",
    "string_type": "{subject} ska vara en text, inte {kind}",
    "string_too_short": _EMPTY,
    "string_too_long": "{subject} är för lång; högst {max_length} tecken",
    "literal_error": "{subject} kan inte vara '{value}'; välj {choices}",
    "tuple_type": "{subject} ska vara en lista, med ett värde per rad och '- ' framför",
    "too_short": "{subject} är en tom lista; den behöver minst ett värde",
    "float_type": "{subject} ska vara ett tal, inte {kind}",
    "float_parsing": _NUMBER,
    "finite_number": _NUMBER,
    "greater_than": "{subject} ska vara större än 0",
    "bool_type": "{subject} ska vara ja eller nej",
    "reviewed": "{subject} ska vara nej, eller dag och namn, till exempel 2026-11-23 Anna Berg",
    "number": _NUMBER,
    "signed": "{subject} ska vara dag och namn, till exempel 2026-11-23 Anna Berg",
    "day": "'{value}' är ingen dag; skriv år-månad-dag, till exempel 2026-11-23",
    "year": "'{value}' är inget år; skriv fyra siffror, till exempel 2026",
    "period": "'{value}' är ingen period; skriv 2026, 2026-K1 eller 2026-03",
    "decision": (
        "{subject} ska vara vem, dag och paragraf, till exempel Kommunfullmäktige 2026-11-23 § 112"
    ),
    "level": (
        "'{value}' är ingen målnivå; skriv minst 85, högst 5,5, lämna rött, bli grönt, eller median"
        " bland alla, bland liknande, i länet eller i kommungruppen"
    ),
    "influence": "{subject} kan inte vara '{value}'; skriv 1 (liten), 2 (viss) eller 3 (stor)",
    "two_readings": "{said}",
    "range": "'{value}' är inget spann; skriv det lägsta och det högsta, till exempel 78 och 82",
}
_PATTERNS: Final = {
    CODE_PATTERN: "ingen kommunkod; skriv fyra siffror, till exempel 0114",
    KPI_PATTERN: "inget nyckeltals id; skriv N eller U och fem siffror, till exempel N00090",
    ID_PATTERN: "inget id; använd högst 40 bokstäver, siffror, - och _, utan blanksteg",
    LINT_PATTERN: "ingen kod; skriv MS och tre siffror, som i anmärkningen, till exempel MS101",
}
_KINDS: Final[dict[type, str]] = {str: "en text", list: "en lista", dict: "nycklar med värden"}


class Checked(NamedTuple, Generic[M]):
    """What a document became: a value, or the problems that kept it from being one."""

    value: M | None
    problems: tuple[Problem, ...]


def checked(model: type[M], document: Document, given: dict[str, Tree] | None = None) -> Checked[M]:
    """Return a document as a model, with `given` keys besides its own; Swedish keys only."""
    tree = document.tree
    if tree is None:
        return Checked(None, document.problems)
    if isinstance(tree, dict) and given:
        tree = {**tree, **given}
    try:
        value = model.model_validate(tree, by_alias=True, by_name=False)
    except ValidationError as refused:
        return Checked(None, (*document.problems, *_problems(model, document, refused.errors())))
    return Checked(value, document.problems)


def _problems(
    model: type[BaseModel], document: Document, errors: Iterable[ErrorDetails]
) -> list[Problem]:
    """Return each refusal at its line; pydantic calls a list of only faulty items too short."""
    return [
        document.problem(error["loc"], sentence(model, error))
        for error in errors
        if not (error["type"] == "too_short" and error["input"])
    ]


def sentence(model: type[BaseModel], error: ErrorDetails) -> str:
    """Return one refusal of pydantic's in Swedish, without the value where it could be secret."""
    kind, value, loc = error["type"], error["input"], error["loc"]
    if kind == "extra_forbidden":
        return _unknown_key(model, loc)
    facts: dict[str, Any] = {"subject": _subject(loc), "value": shown(str(value))}
    given = error.get("ctx", {})
    facts |= {"kind": _KINDS.get(type(value), "något annat"), **given}
    facts["choices"] = str(given.get("expected", "")).replace("'", "").replace(" or ", " eller ")
    kind = given["kind"] if kind == "malstyr" else kind
    if isinstance(value, str) and not value.strip():
        return _EMPTY.format(**facts)
    if kind == "string_pattern_mismatch":
        return f"'{facts['value']}' är {_PATTERNS[facts['pattern']]}"
    return _SENTENCES.get(kind, "{subject} har ett värde som inte går att läsa").format(**facts)


def _subject(loc: Loc) -> str:
    """Return what a place is called: 'rubrik', 'mål' nummer 2, or the file as a whole."""
    if not loc:
        return "filen"
    last = loc[-1]
    return (
        f"'{shown(last)}'" if isinstance(last, str) else f"{_subject(loc[:-1])} nummer {last + 1}"
    )


def _unknown_key(model: type[BaseModel], loc: Loc) -> str:
    key = str(loc[-1])
    if _SECRET.search(key.casefold()):
        return f"nyckeln '{shown(key)}' ser ut som en inloggning; Kolada behöver ingen, ta bort den"
    return f"okänd nyckel '{shown(key)}'{text.did_you_mean(key, _keys(model, loc[:-1]))}"


def _keys(model: type[BaseModel], loc: Loc) -> list[str]:
    """Return the keys that may stand at a place; every model below another is in a tuple."""
    for step in (step for step in loc if isinstance(step, str)):
        fields = {field.alias or name: field for name, field in model.model_fields.items()}
        model = get_args(fields[step].annotation)[0]
    return [field.alias or name for name, field in model.model_fields.items()]
