"""The reports as a reader meets them, in a headless Chromium without any network."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import Demo, EveryPage, Exercise
from playwright.sync_api import Browser, Page, sync_playwright
from test_index import ENTRIES

from malstyr_lib.batch import Outcome
from malstyr_lib.batch.lab import command, own_copy
from malstyr_lib.report.index import list_page
from malstyr_lib.report.kinds import KINDS
from malstyr_lib.workspace import Workspace

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


@pytest.fixture(scope="session")
def exercise(demo: Demo) -> Exercise:
    """The folders that the demo made, where its reports lie."""
    return demo.exercise


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def reader(browser: Browser) -> Reader:
    return Reader(browser.new_context(offline=True, locale="sv-SE").new_page())


@pytest.fixture(scope="module")
def pages(
    exercise: Exercise,
    every_page: EveryPage,
    season: list[Outcome],
    tmp_path_factory: pytest.TempPathFactory,
) -> list[Path]:
    """The list, a committee's report, and the first report of every other kind."""
    output, folder = exercise.place.output, tmp_path_factory.mktemp("sidor")
    found = [output / "index.html", output / season[0].folder / "rapport.html"]
    for kind in KINDS.keys() - {"namnd"}:
        found.append(folder / f"{kind}.html")
        found[-1].write_text(every_page[kind].html, encoding="utf-8")
    return found


def test_a_page_asks_for_nothing_but_itself(reader: Reader, pages: list[Path]) -> None:
    for path in pages:
        reader.open(path)
        assert [url for url in reader.asked if not url.startswith("data:")] == [path.as_uri()]


def test_every_chart_is_drawn(reader: Reader, pages: list[Path]) -> None:
    for path in pages[1:]:
        widths = reader.open(path).evaluate("[...document.images].map(i => i.naturalWidth)")
        assert widths or path != pages[1]
        assert all(width > 600 for width in widths)


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
    page.get_by_role("link", name="Omsorgsnämnden", exact=True).click()
    assert page.inner_text("h1") == "Omsorgsnämnden: nyckeltalen 2025"
    page.get_by_role("link", name="4 Granska statistiken").click()
    assert page.evaluate("document.querySelector(':target').innerText") == "4 Granska statistiken"


SEEN = "[...document.querySelectorAll('tr.rad')].filter(r => r.checkVisibility()).length"


def test_the_list_is_chosen_among_with_the_keyboard_and_without_a_script(
    browser: Browser, pages: list[Path]
) -> None:
    page = browser.new_context(offline=True, java_script_enabled=False).new_page()
    page.goto(pages[0].as_uri())
    assert page.evaluate(SEEN) == 4
    page.get_by_role("radio", name="Alla").focus()
    page.keyboard.press("ArrowRight")
    assert page.get_by_role("radio", name="Bildningsnämnden", exact=True).is_checked()
    assert page.evaluate(SEEN) == 1
    assert page.get_by_role("link", name="Bildningsnämnden", exact=True).is_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate(SEEN) == 4
    page.context.close()


def test_what_holds_nothing_that_was_chosen_goes_and_that_nothing_is_left_is_said(
    reader: Reader, tmp_path: Path
) -> None:
    path = tmp_path / "index.html"
    path.write_text(list_page(ENTRIES, "Övninge"), encoding="utf-8")
    page = reader.open(path)
    assert (page.evaluate(SEEN), page.locator("details").is_visible()) == (5, True)
    page.get_by_role("radio", name="2024", exact=True).check()
    assert page.locator("h2:visible").all_inner_texts() == ["2024"]
    page.get_by_role("radio", name="Enhetsblad", exact=True).check()
    assert page.locator("h2:visible").all_inner_texts() == []
    assert "Ingen rapport passar" in page.locator("main").inner_text()
    page.get_by_role("button", name="Visa alla").click()
    assert "Ingen rapport passar" not in page.locator("main").inner_text()
    page.get_by_role("radio", name="Hela kommunen", exact=True).check()
    assert page.locator("h3:visible").all_inner_texts() == ["Analysgrupp"]
    page.get_by_role("radio", name="Bildningsnämnden", exact=True).check()
    page.locator("summary").click()
    assert page.evaluate(SEEN) == 3
    assert [one["id"] for one in Axe().run(page).response["violations"]] == []


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


LAB = r"http://127\.0\.0\.1:\d+/lab\S*\?token=\w+"
PATIENCE_S = 120


@contextmanager
def lab(place: Workspace, notebook: Path) -> Iterator[str]:
    """The address of a JupyterLab that knows nothing of the developer's own settings."""
    own = {
        name: str(place.output / name.lower())
        for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTERLAB_WORKSPACES_DIR")
    }
    words = [*command(notebook, browser=False), "--allow-root"]
    environment = os.environ | place.environment() | own
    with subprocess.Popen(words, stderr=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stderr
        try:
            found = (re.search(LAB, line) for line in process.stderr)
            address = next(address.group(0) for address in found if address)
            wait_until_it_answers(address)  # it tells its address a moment before
            yield address
        finally:
            process.terminate()


def wait_until_it_answers(address: str) -> None:
    host, port = urlsplit(address).hostname, urlsplit(address).port
    stop = time.monotonic() + PATIENCE_S
    while time.monotonic() < stop:
        with suppress(OSError), socket.create_connection((str(host), int(port or 0)), timeout=5):
            return
        time.sleep(0.2)
    raise AssertionError(f"{address} never answered")


@pytest.mark.slow
def test_the_tour_is_run_from_the_menu_without_an_error(
    browser: Browser, exercise: Exercise, tmp_path: Path
) -> None:
    place = Workspace(exercise.place.params, exercise.place.store, tmp_path)
    path = own_copy(place, exercise.model.committees[0], notebook="dumma_fragor")
    page = browser.new_context(locale="sv-SE").new_page()
    with lab(place, path) as address:
        page.goto(address)
        page.get_by_role("heading", name="Dumma frågor: en rundtur").wait_for(timeout=60_000)
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        cells = saved(page, path)
        page.context.close()
    assert not [one for cell in cells for one in cell.outputs if one.output_type == "error"]
    assert any("image/png;base64" in str(cell.outputs) for cell in cells)


def saved(page: Page, path: Path) -> list[nbformat.NotebookNode]:
    """The code cells as the analyst's file keeps them, once the last one has been run."""
    stop = time.monotonic() + PATIENCE_S
    while time.monotonic() < stop:
        page.keyboard.press("Control+s")
        page.wait_for_timeout(1000)
        notebook = nbformat.read(path, as_version=4)
        cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
        if cells[-1].outputs:
            return cells
    raise AssertionError("the last cell was never run")
