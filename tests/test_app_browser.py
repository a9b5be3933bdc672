"""The page for those who write no code, in a headless Chromium: by keyboard, and for everyone."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from zipfile import ZipFile

import pytest
import requests
from axe_playwright_python.sync_playwright import Axe
from conftest import Exercise
from playwright.sync_api import BrowserContext, Page, expect, sync_playwright

from malstyr_lib.face.server import HOST, Served, serving

FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
NOBODY = "00000000-0000-0000-0000-000000000000"
PATIENCE_MS = 180_000
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium finns inte på den här datorn"),
]


@pytest.fixture(scope="module")
def served(exercise: Exercise) -> Iterator[Served]:
    """The exercise municipality's page, on a port that was free."""
    with serving(exercise.place) as page:
        yield page


@pytest.fixture(scope="module")
def context() -> Iterator[BrowserContext]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser.new_context(locale="sv-SE", accept_downloads=True)
        browser.close()


@pytest.fixture(scope="module")
def asked_for() -> list[str]:
    """Every address that the page has asked for."""
    return []


@pytest.fixture(scope="module")
def page(served: Served, context: BrowserContext, asked_for: list[str]) -> Page:
    """The page, opened and ready, as a module shares it: starting it takes a while."""
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)
    page.on("request", lambda request: asked_for.append(request.url))
    page.goto(served.address, timeout=PATIENCE_MS)
    expect(page.get_by_role("heading", name="Rött: Bildningsnämnden")).to_be_visible()
    return page


def violations(page: Page) -> list[str]:
    return [
        f"{one['id']}: {[node['html'] for node in one['nodes']]}"
        for one in Axe().run(page).response["violations"]
    ]


def tabbed_to(page: Page, name: str) -> None:
    """Press Tab until what has the focus is called something that begins so."""
    for _ in range(60):
        page.keyboard.press("Tab")
        called = page.evaluate(
            "(e => e.labels?.[0]?.textContent || e.ariaLabel || e.textContent || '')"
            "(document.activeElement)"
        )
        if called.strip().startswith(name):
            return
    raise AssertionError(f"Tab never came to {name}")


@pytest.mark.parametrize("address", ["", "?token=fel", "voila/api/contents"])
def test_without_the_token_only_a_form_that_asks_for_it_is_shown(
    served: Served, address: str
) -> None:
    shown = requests.get(f"http://{HOST}:{served.port}/{address}", timeout=60).text
    assert 'type="password"' in shown
    assert "rendered_cells" not in shown


@pytest.mark.parametrize(
    "address",
    [f"api/kernels/{NOBODY}", f"api/kernels/{NOBODY}/channels", f"voila/api/shutdown/{NOBODY}"],
)
def test_without_the_token_no_kernel_is_reached(served: Served, address: str) -> None:
    refused = requests.get(f"http://{HOST}:{served.port}/{address}", timeout=60)
    assert refused.status_code == 403


def test_the_page_is_not_reached_at_the_computers_other_addresses(served: Served) -> None:
    with socket.socket() as other, pytest.raises(ConnectionRefusedError):
        other.connect(("127.0.0.2", served.port))


def test_the_page_has_its_language_its_title_and_one_first_heading(page: Page) -> None:
    assert page.evaluate("document.documentElement.lang") == "sv"
    assert page.title() == "Dumma frågor om Övninge – malstyr"
    assert page.locator("h1").all_inner_texts() == ["Dumma frågor"]
    assert page.get_by_role("main").count() == 1


def test_invented_figures_are_said_to_be_at_the_top(page: Page) -> None:
    band = page.locator(".ovning").first
    assert band.inner_text() == "ÖVNINGSDATA – påhittade kommuner och värden"
    assert band.bounding_box()["y"] < 200  # type: ignore[index]


def test_axe_finds_nothing_to_remark_on_when_the_page_opens(page: Page) -> None:
    assert violations(page) == []


def test_a_question_is_answered_and_saved_with_the_keyboard_only(page: Page) -> None:
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.innerText") == "Hoppa till innehållet"
    page.keyboard.press("Enter")
    tabbed_to(page, "Nämnd")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    page.keyboard.type("Bild")
    expect(page.get_by_role("heading", name="Rött: Bildningsnämnden")).to_be_visible()
    tabbed_to(page, "Nyckeltal")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".om")).to_contain_text("56,2")
    tabbed_to(page, "Tema")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("button", name="16. Är vi röda mot alla").first).to_be_visible()
    tabbed_to(page, "16. ")
    page.keyboard.press("Enter")
    answer = page.get_by_role("heading", name="16. Är vi röda mot alla")
    expect(answer).to_be_focused()
    expect(page.get_by_role("status").last).to_contain_text("Svar på fråga 16. Övninge är röd i")
    tabbed_to(page, "Svaret som text, att kopiera")
    assert page.evaluate("document.activeElement.value").startswith("ÖVNINGSDATA")
    expect(page.get_by_role("link", name="Hämta svaret som Word")).to_be_visible()
    tabbed_to(page, "Hämta svaret som Word")
    with page.expect_download() as saved:
        page.keyboard.press("Enter")
    assert saved.value.suggested_filename == "ovninge-n15452-fraga-16-roda-mot-alla.docx"
    assert "word/document.xml" in ZipFile(saved.value.path()).namelist()
    assert violations(page) == []  # with the answer there


def test_a_red_key_figure_is_chosen_in_the_table(page: Page) -> None:
    page.get_by_role("button", name="Effektivitetsindex").click()
    expect(page.locator(".om")).to_contain_text("22,4")
    assert page.evaluate("document.activeElement.labels[0].innerText") == "Nyckeltal"


def test_a_narrow_window_does_not_scroll_sideways(page: Page) -> None:
    page.set_viewport_size({"width": 380, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 380
    page.set_viewport_size({"width": 1280, "height": 800})


def test_the_page_asks_for_nothing_from_outside(
    page: Page, served: Served, asked_for: list[str]
) -> None:
    own = (f"http://{HOST}:{served.port}/", "data:", "blob:")
    assert asked_for
    assert [url for url in asked_for if not url.startswith(own)] == []


@pytest.mark.skipif(os.name != "posix", reason="Ctrl+C skickas på ett annat sätt i Windows")
def test_ctrl_c_ends_the_command_its_server_and_its_kernels(exercise: Exercise) -> None:
    words = [sys.executable, "-m", "malstyr_lib.cli", "app", "--ej-oppna"]
    process = subprocess.Popen(
        words,
        env=os.environ | exercise.place.environment(),
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    lines = [process.stdout.readline() for _ in range(3)]
    assert lines[1].startswith("Sidan finns på http://127.0.0.1:")
    os.killpg(process.pid, signal.SIGINT)
    rest, _ = process.communicate(timeout=60)
    assert rest == "Sidan är avslutad.\n"
    assert process.returncode == 0
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)
