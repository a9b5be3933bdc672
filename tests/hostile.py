"""Texts that would do harm if any of them came alive, and a world where every text is one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import cycle
from typing import Any, Final

import pandas as pd
from pydantic import BaseModel

from malstyr_lib.model import SteeringModel
from malstyr_lib.ovning.dataset import Dataset

HTML: Final = [
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "<ScRiPt src=//example.org/x.js></sCrIpT>",
    "<img src=x onerror=alert(1)>",
    '"><img src=x onerror=alert(1)>',
    "'><svg onload=alert(1)>",
    '" onmouseover="alert(1)" x="',
    "' onfocus='alert(1)' autofocus='",
    "<svg><script>alert(1)</script></svg>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data=data:text/html,x></object>",
    "<embed src=//example.org/x.swf>",
    "<link rel=stylesheet href=//example.org/x.css>",
    "<base href=//example.org/>",
    "<meta http-equiv=refresh content='0;url=//example.org'>",
    "<style>body{display:none}</style>",
    "</style><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "</td></tr></table><h1>Ny rubrik</h1>",
    "<!-- <script>alert(1)</script>",
    "--><script>alert(1)</script>",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<form action=//example.org><button>Klicka</button></form>",
    "<a href='javascript:alert(1)'>klicka</a>",
    "<math><mi xlink:href='javascript:alert(1)'>x</mi></math>",
    "<details open ontoggle=alert(1)>",
    "<video><source onerror=alert(1)></video>",
    "<input autofocus onfocus=alert(1)>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "<a href='https://example.org/?stulet=1'>hit</a>",
    "<<script>alert(1)//<</script>",
    "<img src='data:image/svg+xml;base64,PHN2Zy8+'>",
]
ADDRESSES: Final = [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
    "vbscript:msgbox(1)",
    "https://example.org/hamta?data=1",
    "file:///etc/passwd",
]
MARKDOWN: Final = [
    "[klicka](javascript:alert(1))",
    "![bild](https://example.org/spion.png)",
    "# Ny rubrik",
    "| a | b |",
    "```{=html} <script>alert(1)</script> ```",
    "<https://example.org>",
    "**fet** _kursiv_ ~~struken~~ `kod`",
]
TYPESETTING: Final = [
    r"\input{/etc/passwd}",
    r"\write18{touch kanarie}",
    r"$\href{javascript:alert(1)}{x}$",
    '#image("/etc/passwd")',
    '#link("https://example.org")[hit]',
    '#read("/etc/passwd")',
    '#eval("sys.inputs")',
    "#{7*7}",
]
FORMULAS: Final = [
    '=HYPERLINK("https://example.org";"klicka")',
    "=cmd|' /C calc'!A0",
    "+SUM(1+1)*cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)",
    '=WEBSERVICE("https://example.org")',
    "\uff1d1+1",
]
TEMPLATES: Final = [
    "{{7*7}}",
    "{{ config.items() }}",
    "{% include '/etc/passwd' %}",
    "{%- for x in ().__class__.__bases__ -%}{%- endfor -%}",
    "${7*7}",
    "<%= 7*7 %>",
    "{0.__class__.__init__.__globals__}",
    "%(kommun)s %n %s",
]
LETTERS: Final = [
    "\u202e txt.exe\u202c",
    "osynlig\u200b\u200d\u2060text",
    "\u2066vänd\u2069 om",
    "e\u0301\u0323" * 40,
    "Å" * 4000,
    "utan mellanslag" * 300,
]
PAYLOADS: Final = [
    *(*HTML, *ADDRESSES, *MARKDOWN, *TYPESETTING),
    *(*FORMULAS, *TEMPLATES, *LETTERS),
]
STEERING: Final = [
    "\x1b[2J\x1b[31mr\u00f6d",
    "ny\nrad",
    "tillbaka\rrad",
    "\u0085n\u00e4sta",
    "rad\u2028brytning",
    "$(touch kanarie)",
    "`touch kanarie`",
    "; touch kanarie",
    "-rf",
    "--till=kanarie",
    "con",
    "COM1",
    "slutar p\u00e5 punkt.",
    "slutar p\u00e5 blanksteg ",
]
"""Names that would steer a terminal, a shell or an option, or that one system or another keeps."""
NAMES: Final = [*(one for one in PAYLOADS if "/" not in one and len(one) < 200), *STEERING]
"""The payloads that can be a file's name, with its ending."""
FREE: Final = ("Text", "Name", "Signed")
NOT_FREE: Final = {"ou", "similar_area", "about", "code", "reviewed"}


def mark(number: int) -> str:
    """What follows the payload of a number, so that it can be found."""
    return f" ⟦{number}⟧"


def texts(start: int) -> Iterator[str]:
    """The payloads over and over, each with its mark, from one of them."""
    order = [*range(len(PAYLOADS))]
    first = start % len(order)
    for number in cycle(order[first:] + order[:first]):
        yield PAYLOADS[number] + mark(number)


def poisoned(model: SteeringModel, start: int = 0) -> SteeringModel:
    """The model with a payload in every text that a person can write."""
    found: SteeringModel = _poisoned(model, texts(start))
    return found


def _poisoned(value: Any, more: Iterator[str]) -> Any:
    if isinstance(value, tuple):
        return tuple(_poisoned(one, more) for one in value)
    if not isinstance(value, BaseModel):
        return value
    told = type(value).__annotations__
    changes = {}
    for name in type(value).model_fields:
        old = getattr(value, name)
        kind = str(told.get(name, "")).split(" ")[0]
        if kind in FREE and name not in NOT_FREE and isinstance(old, str):
            changes[name] = (old[:11] if kind == "Signed" else "") + next(more)
        elif isinstance(old, tuple | BaseModel):
            changes[name] = _poisoned(old, more)
    return value.model_copy(update=changes)


def poisoned_world(world: Dataset, model: SteeringModel, start: int = 0) -> Dataset:
    """The world with a payload in every title and description; titles as the model tells them."""
    titles = {kpi.id: kpi.title for kpi in model.kpis}
    own, more = model.municipality, texts(start)
    kpis = world.kpis.assign(
        title=[titles.get(kpi) or next(more) for kpi in world.kpis["id"]],
        description=[f"{next(more)} Källa: {next(more)}" for _ in world.kpis["id"]],
    )
    areas = world.municipalities.assign(
        title=[own.name if area == own.code else next(more) for area in world.municipalities["id"]]
    )
    ous = world.ous.assign(title=[next(more) for _ in world.ous["id"]])
    changed = {"kpis": kpis, "municipalities": areas, "ous": ous}
    return replace(
        world, **{name: frame.astype(_kinds(world, name)) for name, frame in changed.items()}
    )


def _kinds(world: Dataset, name: str) -> dict[str, Any]:
    frame: pd.DataFrame = getattr(world, name)
    return dict(frame.dtypes)
