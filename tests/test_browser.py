"""The reports as a reader meets them, in a headless Chromium without any network."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import Exercise
from playwright.sync_api import Page, sync_playwright

from malstyr_lib.batch import Outcome

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium finns inte på den här datorn"),
]


class Reader:
    """A browser tab that keeps what it was asked to load."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.asked: list[str] = []
        page.on("request", lambda request: self.asked.append(request.url))

    def open(self, path: Path) -> Page:
        self.asked.clear()
        self.page.goto(path.as_uri())
        return self.page


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        context = browser.new_context(offline=True, locale="sv-SE")
        yield Reader(context.new_page())
        browser.close()


@pytest.fixture(scope="module")
def pages(exercise: Exercise, season: list[Outcome]) -> list[Path]:
    output = exercise.place.output
    return [output / "index.html", *(output / one.folder / "rapport.html" for one in season)]


def test_a_page_asks_for_nothing_but_itself(reader: Reader, pages: list[Path]) -> None:
    for path in pages:
        reader.open(path)
        assert [url for url in reader.asked if not url.startswith("data:")] == [path.as_uri()]


def test_every_chart_is_drawn(reader: Reader, pages: list[Path]) -> None:
    for path in pages[1:]:
        widths = reader.open(path).evaluate("[...document.images].map(i => i.naturalWidth)")
        assert widths
        assert all(width > 800 for width in widths)


def test_swedish_letters_are_read_as_they_were_written(reader: Reader, pages: list[Path]) -> None:
    page = reader.open(pages[0])
    assert page.title() == "Alla rapporter – Övninge"
    assert "Miljö- och samhällsbyggnadsnämnden" in page.inner_text("main")
    assert page.evaluate("document.documentElement.lang") == "sv"


def test_invented_figures_are_said_to_be_at_the_top_of_every_page(
    reader: Reader, pages: list[Path]
) -> None:
    for path in pages:
        band = reader.open(path).locator(".ovning").first
        assert band.inner_text() == "ÖVNINGSDATA – påhittade kommuner och värden"
        assert band.bounding_box()["y"] < 100  # type: ignore[index]


def test_the_list_leads_to_the_report_and_its_contents_to_the_steps(
    reader: Reader, pages: list[Path]
) -> None:
    page = reader.open(pages[0])
    page.get_by_role("link", name="Omsorgsnämnden").click()
    assert page.inner_text("h1") == "Omsorgsnämnden: nyckeltalen 2025"
    page.get_by_role("link", name="4 Granska statistiken").click()
    assert page.evaluate("document.querySelector(':target').innerText") == "4 Granska statistiken"


def test_the_keyboard_reaches_the_content_first(reader: Reader, pages: list[Path]) -> None:
    page = reader.open(pages[1])
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.innerText") == "Hoppa till innehållet"


def test_a_narrow_window_does_not_scroll_sideways(reader: Reader, pages: list[Path]) -> None:
    reader.page.set_viewport_size({"width": 380, "height": 800})
    for path in pages:
        wide = reader.open(path).evaluate("document.documentElement.scrollWidth")
        assert wide <= 380
    reader.page.set_viewport_size({"width": 1280, "height": 800})


def test_axe_finds_nothing_to_remark_on(reader: Reader, pages: list[Path]) -> None:
    for path in pages:
        found = Axe().run(reader.open(path))
        assert [one["id"] for one in found.response["violations"]] == []
