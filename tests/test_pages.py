"""Every kind of report and the list of them: built for everyone, told in words that hold."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import page_rules
import pytest
from conftest import ROOT, EveryPage, Exercise
from test_index import ENTRIES

from malstyr_lib.report.forms import FORMS
from malstyr_lib.report.index import list_page
from malstyr_lib.report.kinds import KINDS

LIST = "listan"


@pytest.fixture(scope="session")
def whole_pages(every_page: EveryPage) -> dict[str, page_rules.BeautifulSoup]:
    """Every kind's page and the list, read."""
    listed = list_page([replace(one, exercise=True) for one in ENTRIES], "Övninge")
    pages = {kind: every_page[kind].html for kind in KINDS} | {LIST: listed}
    return {name: page_rules.read(html) for name, html in pages.items()}


@pytest.mark.parametrize("rule", page_rules.RULES)
@pytest.mark.parametrize("kind", [*KINDS, LIST])
def test_a_page_keeps_the_rule(
    whole_pages: Mapping[str, page_rules.BeautifulSoup], kind: str, rule: str
) -> None:
    assert list(page_rules.RULES[rule](whole_pages[kind])) == []


def test_a_page_has_something_to_look_at(
    whole_pages: Mapping[str, page_rules.BeautifulSoup],
) -> None:
    for name, page in whole_pages.items():
        assert len(page_rules.blocks(page)) > 15, name
    assert len(whole_pages["namnd"].find_all("img")) >= 2


# --- positive controls: a page with one fault more is found ------------------------------------

TABLE = '<table><caption>{}</caption><tr><th scope="col">{}</th></tr><tr><th scope="row">A</th>{}'
FAULTS = {
    "language": ('<html lang="sv">', '<html lang="en">'),
    "one_first_heading": ("</main>", "<h1>Två</h1></main>"),
    "headings_in_order": ("</h1>", "</h1><h4>För djup</h4>"),
    "ids_once": ("</main>", '<p id="innehall">Två.</p></main>'),
    "links_land": ("</main>", '<a href="#ingenstans">hit</a></main>'),
    "links_named": ("</main>", '<a href="#innehall"></a></main>'),
    "pictures_told": ("</main>", '<img src="data:image/png;base64,AA" alt="diagram.png"></main>'),
    "tables_told": ("</main>", "<table><tr><th>A</th></tr></table></main>"),
    "nothing_from_outside": ("</main>", '<img src="https://example.org/a.png"></main>'),
    "exercise_said": ("påhittade kommuner", "riktiga kommuner"),
    "well_written": ("</main>", "<p>Det beror på att andelen är 3.4.</p></main>"),
    "whole_sentences": ("</main>", "<p>ingen mening</p></main>"),
    "no_trend_on_few_years": ("</main>", "<p>Andelen har ökat 2022–2025.</p></main>"),
    "shifts_with_base_rates": ("</main>", "<p>Färgen gick från gul till röd.</p></main>"),
    "sources_true": (
        "</main>",
        TABLE.format("Läget. Källa: Kolada.", "K", '<td class="red">▼ Röd</td>') + "</main>",
    ),
    "nobody_ranked": ("</main>", TABLE.format("x", 'Kommun</th><th scope="col">Plats', "</main>")),
}


@pytest.mark.parametrize("rule", page_rules.RULES)
def test_a_page_that_breaks_the_rule_is_found(every_page: EveryPage, rule: str) -> None:
    old, new = FAULTS[rule]
    html = every_page["namnd"].html
    assert old in html
    broken = page_rules.read(html.replace(old, new, 1))
    before = list(page_rules.RULES[rule](page_rules.read(html)))
    assert len(list(page_rules.RULES[rule](broken))) > len(before)


LONG = "x " * 40 + "."


@pytest.mark.parametrize(
    ("rule", "fault"),
    [
        ("pictures_told", '<img src="#" alt="">'),
        ("pictures_told", '<img src="#">'),
        (
            "pictures_told",
            f'<figure><img src="#" alt="{LONG}"><figcaption>{LONG}</figcaption></figure>',
        ),
        ("nothing_from_outside", '<p onclick="x()">Hej.</p>'),
        ("nothing_from_outside", '<a href="javascript:x()">hej</a>'),
        ("nothing_from_outside", '<a href="//example.org">hej</a>'),
        ("nothing_from_outside", '<p style="background:url(x)">Hej.</p>'),
        ("nothing_from_outside", '<meta http-equiv="refresh" content="0">'),
        ("well_written", "<li>Värdet är -3.</li>"),
        ("well_written", "<td>None</td>"),
        ("well_written", "<p>Vi har {antal} röda.</p>"),
        ("no_trend_on_few_years", "<p>Talet tycks ha minskat från 2023 till 2025.</p>"),
        ("whole_sentences", "<p>En mening utan slut</p>"),
    ],
)
def test_another_way_to_break_the_rule_is_found(rule: str, fault: str) -> None:
    frame = '<html lang="sv"><main id="innehall">{}</main>'
    assert list(page_rules.RULES[rule](page_rules.read(frame.format(fault)))) != []


# --- the same again ----------------------------------------------------------------------------

AGAIN = """
import hashlib, sys
from pathlib import Path
from conftest import Exercise
from malstyr_lib import params, workspace
from malstyr_lib.report.forms import FORMS
from pages import made_page
folder = Path(sys.argv[1])
place = workspace.find(params=folder / "params", store=folder / "lager", output=folder)
page = made_page(Exercise(place, params.load(place.params)), sys.argv[2])
for form in ("html", "json"):
    if form in FORMS:
        print(form, hashlib.sha256(FORMS[form](page)).hexdigest())
"""


def test_another_process_zone_and_hash_seed_give_the_same_bytes(
    exercise: Exercise, every_page: EveryPage
) -> None:
    kind = [*KINDS][-1]
    own = {
        "PYTHONHASHSEED": "7",
        "TZ": "Pacific/Auckland",
        "PYTHONPATH": str(ROOT / "tests"),
    }
    done = subprocess.run(
        [sys.executable, "-c", AGAIN, str(exercise.place.params.parent), kind],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | own,
        cwd=Path(__file__).parent,
    )
    page = every_page[kind]
    assert done.stdout.split("\n")[:-1] == [
        f"{form} {hashlib.sha256(FORMS[form](page)).hexdigest()}"
        for form in ("html", "json")
        if form in FORMS
    ]
