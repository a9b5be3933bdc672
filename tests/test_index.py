"""The list of all reports: every year, kind and form, and choosing without a script."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from malstyr_lib.report.index import Entry, list_page

MADE = "2026-11-23T10:00:00+00:00"
ALL = ("rapport.html", "rapport.docx", "rapport.pdf", "rapport.xlsx", "data.json")


def entry(kind: str, name: str, year: int = 2025, **more: object) -> Entry:
    """A report that lies there in every form."""
    folder = f"{year}/{kind.lower()}/{name.lower()}"
    found = Entry(year, kind, name, folder, MADE, files=ALL, committees=(name,))
    return replace(found, **more)  # type: ignore[arg-type]


BN = entry("Nämndanalys", "Bildningsnämnden", colours={"red": 3, "green": 2}, preliminary=1)
ON = entry("Nämndanalys", "Omsorgsnämnden", error="Kärnan dog <b>", files=(), published=None)
GONE = entry("Nämndanalys", "Kommunstyrelsen", files=())
OLD = entry("Nämndanalys", "Omsorgsnämnden", 2024, error="Cellen tog för lång tid")
WHOLE = entry("Analysgrupp", "Övninge", committees=())
UNITS = [
    entry("Enhetsblad", f"Skola {number}", committees=("Bildningsnämnden",)) for number in (1, 2)
]
ENTRIES = [BN, ON, GONE, OLD, WHOLE, *UNITS]


class Read(HTMLParser):
    """A page's links with the words that are read out, its rows with their marks, and the rest."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.page = page
        self.links: dict[str, str] = {}
        self.rows: list[str] = []
        self.ids: list[str] = []
        self._open = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.ids += [str(found["id"])] if "id" in found else []
        if tag == "a":
            self._open = str(found["href"])
            self.links.setdefault(self._open, "")
        if tag == "tr" and found.get("class"):
            self.rows.append(str(found["class"]))

    def handle_endtag(self, tag: str) -> None:
        self._open = "" if tag == "a" else self._open

    def handle_data(self, data: str) -> None:
        if self._open:
            self.links[self._open] += data


def test_every_form_of_a_report_is_linked_by_a_name_that_needs_no_table_around_it() -> None:
    links = Read(list_page([UNITS[0]], "Övninge")).links
    assert [words for link, words in links.items() if link.startswith("2025/enhetsblad/")] == [
        "Skola 1Enhetsblad Skola 1 2025 som webbsida",
        "Enhetsblad Skola 1 2025 som Word",
        "Enhetsblad Skola 1 2025 som PDF",
        "Enhetsblad Skola 1 2025 som Excel",
        "Enhetsblad Skola 1 2025 som data",
    ]


def test_a_link_is_relative_and_escaped_as_an_address() -> None:
    odd = entry("Nämndanalys", "Å", folder="2025/namnd/å ä#?%", files=("rapport.html",))
    assert 'href="2025/namnd/%C3%A5%20%C3%A4%23%3F%25/rapport.html"' in list_page([odd], "Övninge")


def test_a_state_says_when_why_not_and_what_lies_there_instead() -> None:
    page = list_page(ENTRIES, "Övninge")
    assert "Klar 23 november 2026, 1 preliminär färg<" in page
    assert "Misslyckades: Kärnan dog &lt;b&gt;.<" in page
    assert "Rapporten är borttagen. Gör den igen med: malstyr rapport" in page
    assert (
        "Misslyckades: Cellen tog för lång tid. Rapporten som visas är från 23 november 2026."
        in page
    )
    assert "5 rapporter, den senaste gjord 23 november 2026. 2 körningar misslyckades" in page


def test_years_come_newest_first_and_kinds_in_the_order_given() -> None:
    page = list_page(ENTRIES, "Övninge")
    assert re.findall("<h([23])>([^<]+)</h", page) == [
        ("2", "2025"),
        ("3", "Nämndanalys"),
        ("3", "Analysgrupp"),
        ("3", "Enhetsblad"),
        ("2", "2024"),
        ("3", "Nämndanalys"),
    ]


def test_colours_are_counted_where_a_kind_has_them_and_nowhere_else() -> None:
    page = list_page([BN, WHOLE], "Övninge")
    assert page.count('<th scope="col" class="tal" style="text-align:right">▼ Röd</th>') == 1
    assert "Nämndanalys 2025, antal nyckeltal per färg. Egen bearbetning." in page


def test_several_reports_of_one_kind_for_a_committee_are_folded_behind_their_number() -> None:
    page = list_page([*UNITS, ON], "Övninge")
    assert "<summary>Bildningsnämnden: 2 rapporter</summary>" in page
    assert page.count("<details") == 1
    failed = replace(UNITS[1], error="x")
    assert "2 rapporter, 1 misslyckades</summary>" in list_page([UNITS[0], failed], "Övninge")


def test_an_empty_list_says_how_to_make_reports_and_offers_no_choice() -> None:
    page = list_page([], "Övninge")
    assert "Gör dem med: malstyr rapport" in page
    assert "<form" not in page


# --- choosing --------------------------------------------------------------------------------


def test_what_can_be_chosen_is_what_there_is_and_all_is_chosen_first() -> None:
    page = list_page(ENTRIES, "Övninge")
    assert re.findall(r'id="([\w-]+)" checked> (\w+)', page) == [
        ("ar-0", "Alla"),
        ("typ-0", "Alla"),
        ("namnd-0", "Alla"),
    ]
    assert re.findall(r'id="namnd-[1-9]"> ([^<]+)<', page) == [
        *("Bildningsnämnden", "Kommunstyrelsen", "Omsorgsnämnden", "Hela kommunen"),
    ]
    assert 'type="reset"' in page


def test_a_row_carries_the_marks_of_its_year_kind_and_committee() -> None:
    rows = Read(list_page(ENTRIES, "Övninge")).rows
    assert rows[0] == "rad ar-1 typ-1 namnd-1"
    assert rows[3] == "rad ar-1 typ-2 namnd-4"
    assert rows[-1] == "rad ar-2 typ-1 namnd-3"


def test_where_there_is_one_of_each_nothing_is_offered() -> None:
    assert "<form" not in list_page([BN], "Övninge")


def test_what_no_report_fits_is_said_for_exactly_those_choices() -> None:
    page = list_page([BN, OLD], "Övninge")
    told = re.findall(r"(body\S+) \.inget \{ display: block; \}", page)
    assert told == [
        "body:has(#ar-1:checked):has(#namnd-2:checked)",
        "body:has(#ar-2:checked):has(#namnd-1:checked)",
    ]


def test_without_the_power_to_choose_everything_is_shown_and_no_dead_choice() -> None:
    page = list_page(ENTRIES, "Övninge")
    style = page[page.index("<style>") : page.index("</style>")]
    assert ".urval, .inget { display: none; }" in style
    inside = style[style.index("@supports selector(:has(a)) {") :]
    assert style.count(":has(#") == inside.count(":has(#") > 0


@pytest.mark.parametrize("name", ["</style><script>alert(1)</script>", "} body { display: none"])
def test_no_name_gets_into_the_style(name: str) -> None:
    page = list_page([BN, entry("Nämndanalys", name)], name)
    assert "<script>" not in page
    assert name not in page[: page.index("</style>")].partition("<style>")[2]
