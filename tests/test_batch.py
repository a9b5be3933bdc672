"""The batch: the runner alone decides what succeeded, and nothing half-made is ever published."""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pytest
import requests
from conftest import Demo, Exercise, straight
from pages import executed
from requests.adapters import HTTPAdapter
from seasons import make_reports
from urllib3.util import Retry

from malstyr_lib.batch import Followed, Home, Outcome, Wanted, making, notebook
from malstyr_lib.batch import season as batch
from malstyr_lib.batch.lab import command, own_copy
from malstyr_lib.disk import put
from malstyr_lib.errors import ReportError, StoreEmpty, UsageError
from malstyr_lib.manifest import merged, read
from malstyr_lib.outcome import DONE, FAILED
from malstyr_lib.ovning.dataset import Dataset
from malstyr_lib.report.analysis import committee_named
from malstyr_lib.report.ending import END_MARKER
from malstyr_lib.report.forms import FORMS, file_name
from malstyr_lib.report.kinds import KINDS
from malstyr_lib.store import Store
from malstyr_lib.workspace import Workspace

PARAMETERS = 'namnd: str = "bn"\nar: int = 0\nogonblicksbild: str = ""'
GIVEN = {"namnd": "on", "ar": 2025, "ogonblicksbild": ""}
MARK = f"from IPython.display import display; display({{'{END_MARKER}': {{'ar': ar}}}}, raw=True)"


@pytest.fixture(scope="session")
def exercise(demo: Demo) -> Exercise:
    """The folders that the demo made, where its reports lie."""
    return demo.exercise


def write_notebook(folder: Path, *cells: str, tagged: int = 1) -> Path:
    """A notebook with a parameters cell (or several) and code cells."""
    top = [nbformat.v4.new_code_cell(PARAMETERS) for _ in range(tagged)]
    for cell in top:
        cell.metadata["tags"] = ["parameters"]
    made = nbformat.v4.new_notebook(cells=[*top, *map(nbformat.v4.new_code_cell, cells)])
    path = folder / "prov {räksmörgås}.ipynb"
    nbformat.write(made, path)
    return path


# --- one notebook ----------------------------------------------------------------------------


def test_a_notebook_that_comes_to_its_end_gives_what_its_marker_says(tmp_path: Path) -> None:
    path = write_notebook(tmp_path, "import os; os.environ['MALSTYR_PROV']", MARK)
    done = notebook.execute(path, GIVEN, {"MALSTYR_PROV": "från miljön"})
    assert done.found == {"ar": 2025}
    assert "från miljön" in json.dumps(done.notebook.cells, ensure_ascii=False)
    assert "MALSTYR_PROV" not in os.environ


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        (["1/0", MARK], "division by zero"),
        (["import sys; sys.exit(0)", MARK], "utan slutmärke"),
        (["import os; os.kill(os.getpid(), 9)", MARK], "kärna dog"),
        (["1 + 1"], "utan slutmärke"),
    ],
    ids=["en cell som faller", "sys.exit(0)", "dödad kärna", "inget slutmärke"],
)
def test_a_notebook_that_does_not_come_to_its_end_has_failed(
    tmp_path: Path, cells: list[str], message: str
) -> None:
    with pytest.raises(ReportError, match=message):
        notebook.execute(write_notebook(tmp_path, *cells), GIVEN, {})


def test_a_cell_that_never_ends_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notebook, "CELL_TIMEOUT_S", 1)
    with pytest.raises(ReportError, match="En cell tog mer än 1 sekunder"):
        notebook.execute(write_notebook(tmp_path, "while True: pass"), GIVEN, {})


@pytest.mark.parametrize("tagged", [0, 2])
def test_a_notebook_without_one_parameters_cell_is_refused_before_it_runs(
    tmp_path: Path, tagged: int
) -> None:
    with pytest.raises(ReportError, match="precis en cell märkt 'parameters'"):
        notebook.execute(write_notebook(tmp_path, MARK, tagged=tagged), GIVEN, {})


def test_a_parameter_that_the_notebook_does_not_have_is_refused_before_it_runs(
    tmp_path: Path,
) -> None:
    hostile = {"x = __import__('os').system('touch kanarie')  #": "1"}
    with pytest.raises(ReportError, match="saknar parametern"):
        notebook.execute(write_notebook(tmp_path, MARK), hostile, {})
    assert not list(tmp_path.rglob("kanarie"))


# --- the season ------------------------------------------------------------------------------


class Page(HTMLParser):
    """What a page refers to and holds."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.images: list[dict[str, str | None]] = []
        self.links: list[str] = []
        self.ids: set[str] = set()
        self.text = path.read_text(encoding="utf-8")
        self.feed(self.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.tags.append(tag)
        self.ids.add(found.get("id") or "")
        self.links += [value or "" for name, value in attrs if name in ("href", "src", "action")]
        if tag == "img":
            self.images.append(found)


def page_of(exercise: Exercise, outcome: Outcome) -> Page:
    return Page(exercise.place.output / outcome.folder / "rapport.html")


def test_the_demo_goes_the_whole_way_and_says_where_the_reports_are(demo: Demo) -> None:
    assert demo.code == 0, demo.told
    listed = demo.exercise.place.output / "index.html"
    assert f"4 av 4 rapporter klara. Listan: {listed}" in demo.said
    assert len(list(listed.parent.rglob("rapport.html"))) == 4
    assert "Traceback" not in demo.told
    assert len([line for line in demo.told.splitlines() if line.startswith("✓")]) == 4


@pytest.mark.slow
def test_the_whole_demo_makes_every_kind_of_report_in_every_form(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "malstyr_lib.cli", "demo", "--ut", "mina övningar"]
    done = subprocess.run(words, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    output = tmp_path / "mina övningar"
    outcomes = read(output)
    assert {one.kind for one in outcomes} == set(KINDS)
    for one in outcomes:
        assert one.files == tuple(map(file_name, FORMS))
        assert all((output / one.folder / name).stat().st_size > 500 for name in one.files)


def test_the_exercise_of_the_other_tests_is_what_the_demo_fetched(
    demo: Demo, world: Dataset, tmp_path: Path
) -> None:
    fetched, written = (
        Store(place.store).open().manifest
        for place in (demo.exercise.place, straight(tmp_path, world).place)
    )
    told = {"base_url", "fetched", "fetch"}
    assert fetched.keys() == written.keys()
    assert {name: fetched[name] for name in fetched.keys() - told} == {
        name: written[name] for name in written.keys() - told
    }


def test_every_committee_gets_its_report(exercise: Exercise, season: list[Outcome]) -> None:
    assert [(one.slug, one.status, one.year) for one in season] == [
        ("bn", DONE, 2025),
        ("ks", DONE, 2025),
        ("msn", DONE, 2025),
        ("on", DONE, 2025),
    ]
    assert len({one.snapshot for one in season}) == 1


def test_a_report_loads_nothing_and_runs_nothing(exercise: Exercise, season: list[Outcome]) -> None:
    for outcome in season:
        page = page_of(exercise, outcome)
        assert not {"script", "link", "iframe", "object"} & set(page.tags)
        assert all(link.startswith(("#", "data:image/png;base64,")) for link in page.links)
        assert all(link[1:] in page.ids for link in page.links if link.startswith("#"))


def test_a_report_is_swedish_with_one_h1_and_the_ten_steps(
    exercise: Exercise, season: list[Outcome]
) -> None:
    for outcome in season:
        page = page_of(exercise, outcome)
        assert '<html lang="sv">' in page.text
        assert page.tags.count("h1") == 1
        headings = re.findall(r"<h2 id=[^>]+>(.+?)</h2>", page.text)
        assert [heading[:2].strip() for heading in headings] == ["Sa", *map(str, range(1, 11))]


def test_no_report_claims_a_cause(exercise: Exercise, season: list[Outcome]) -> None:
    causal = r"(?i)\b(beror på|tack vare|leder till|orsakas av|på grund av)\b"
    for outcome in season:
        words = re.sub(r"<[^>]+>", " ", page_of(exercise, outcome).text)
        assert re.findall(causal, words) == []


def test_every_picture_in_a_report_has_a_text_of_its_own(
    exercise: Exercise, season: list[Outcome]
) -> None:
    for outcome in season:
        alts = [image["alt"] or "" for image in page_of(exercise, outcome).images]
        own = sum(one.committee == outcome.code for one in exercise.model.measures)
        kinds = ("Linjediagram", "Punktdiagram")  # women and men, and units, only where known
        assert sum(alt.startswith(kinds) for alt in alts) == (
            2 * outcome.found["colours"]["red"] + own
        )
        assert all(len(alt) > 60 for alt in alts)
        assert len(set(alts)) == len(alts)


def test_a_report_shows_no_code_and_no_instructions_for_the_notebook(
    exercise: Exercise, season: list[Outcome]
) -> None:
    for outcome in season:
        text = page_of(exercise, outcome).text
        assert "namndrapport" not in text
        assert "så här kör du" not in text
        assert "&lt;h2&gt;" not in text


def test_every_page_of_invented_figures_says_so(exercise: Exercise, season: list[Outcome]) -> None:
    pages = [page_of(exercise, outcome) for outcome in season]
    for page in [*pages, Page(exercise.place.output / "index.html")]:
        assert "ÖVNINGSDATA – påhittade kommuner och värden" in page.text


def test_the_list_leads_to_every_report(exercise: Exercise, season: list[Outcome]) -> None:
    page = Page(exercise.place.output / "index.html")
    reports = {link for link in page.links if link.endswith("rapport.html")}
    assert len(reports) == 4
    assert all((exercise.place.output / link).is_file() for link in reports)


def test_the_manifest_keeps_what_was_run_on_what(exercise: Exercise, season: list[Outcome]) -> None:
    assert read(exercise.place.output) == season
    assert all(one.published == one.ran and one.error is None for one in season)


def test_an_older_snapshot_gives_the_same_report_again_and_is_named_in_it(
    exercise: Exercise, season: list[Outcome], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notebook, "execute", executed)
    store = Store(shutil.copytree(exercise.place.store, tmp_path / "lager"))
    first = store.open()
    revised = first.values(committee_named(exercise.model, "MSN").kpis)
    revised["value"] = revised["value"] * 2
    catalogues = {name: getattr(first, name) for name in first.manifest["tables"]}
    store.write(revised, **catalogues, base_url=first.base_url)
    place = replace(exercise.place, store=store.path, output=tmp_path / "ut")
    earlier = next(outcome for outcome in season if outcome.code == "MSN")
    (again,) = make_reports(
        exercise.model,
        place,
        Wanted(["namnd"], ["MSN"], ["html"], year=earlier.year, snapshot=first.id),
    )
    assert again.error is None
    assert again.snapshot == first.id != store.open().id
    pages = [
        (place.output / again.folder / "rapport.html").read_text(encoding="utf-8")
        for place in (exercise.place, place)
    ]
    assert pages[0] == pages[1]
    assert first.id in pages[1]


def test_one_failing_committee_stops_no_other_and_keeps_its_earlier_report(
    exercise: Exercise,
    season: list[Outcome],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = {one.slug: page_of(exercise, one).text for one in season}
    bad = write_notebook(tmp_path, "if namnd == 'ks':\n    raise ValueError(namnd)", MARK)
    found = season[0].found
    monkeypatch.setattr("malstyr_lib.batch.job.packaged", lambda _: bad.parent)
    monkeypatch.setitem(KINDS, "namnd", replace(KINDS["namnd"], notebook=bad.name))
    monkeypatch.setattr(making, "report_page", lambda *_, **__: "<p>ny</p>")
    real = notebook.execute
    monkeypatch.setattr(notebook, "execute", lambda *given: replace(real(*given), found=found))
    place = Workspace(exercise.place.params, exercise.place.store, tmp_path / "ut")
    for slug in ("ks", "on"):
        put(place.output / f"2025/namnd/{slug}", {"rapport.html": before[slug]})
    kept = [one for one in season if one.slug in ("ks", "on")]
    batch._listed(Home(exercise.model, place), kept)

    outcomes = make_reports(exercise.model, place, Wanted(["namnd"], ["KS", "on"], ["html"]))

    assert [(one.slug, one.status) for one in outcomes] == [("ks", FAILED), ("on", DONE)]
    assert outcomes[0].error == "Cell 3 stannade: ValueError: ks."
    assert outcomes[0].published == kept[0].published
    ks, on = (place.output / f"2025/namnd/{slug}/rapport.html" for slug in ("ks", "on"))
    assert ks.read_text(encoding="utf-8") == before["ks"]
    assert on.read_text(encoding="utf-8") == "<p>ny</p>"
    assert outcomes[0].found == kept[0].found  # the earlier report still lies there
    assert "Misslyckades: Cell 3 stannade: ValueError: ks." in (
        place.output / "index.html"
    ).read_text(encoding="utf-8")


def test_nothing_is_run_for_an_unknown_committee_or_an_empty_store(
    exercise: Exercise, tmp_path: Path
) -> None:
    place = Workspace(exercise.place.params, tmp_path / "tomt", tmp_path / "ut")
    with pytest.raises(StoreEmpty):
        make_reports(exercise.model, place)
    place = Workspace(exercise.place.params, exercise.place.store, tmp_path / "ut")
    with pytest.raises(UsageError, match="Det finns ingen nämnd 'xx'"):
        make_reports(exercise.model, place, Wanted(committees=["on", "xx"]))
    assert not (tmp_path / "ut").exists()


def test_an_output_folder_that_cannot_be_written_is_said_before_anything_is_run(
    exercise: Exercise, tmp_path: Path
) -> None:
    (tmp_path / "ut").write_text("en fil, ingen mapp", encoding="utf-8")
    place = Workspace(exercise.place.params, exercise.place.store, tmp_path / "ut")
    started: list[object] = []
    with pytest.raises(ReportError, match="Det går inte att skriva i "):
        make_reports(exercise.model, place, followed=Followed(on_start=started.append))
    assert started == []


def test_a_committee_named_twice_is_run_once_and_a_list_that_fails_once_is_tried_again(
    exercise: Exercise, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []

    def put_but_once_not(folder: Path, files: dict[str, str]) -> None:
        calls.append(folder.name)
        if len(calls) == 2:
            raise PermissionError(errno.EACCES, "Permission denied")
        put(folder, files)

    made = Outcome("namnd", "on", "ON", "Omsorgsnämnden", 2025, DONE, 1.0, "s", "2026-11-23")
    monkeypatch.setattr(batch, "LISTED_EVERY_S", 0.0)
    monkeypatch.setattr(making, "carried_out", lambda _: made)
    monkeypatch.setattr(batch, "put", put_but_once_not)
    place = Workspace(exercise.place.params, exercise.place.store, tmp_path)
    assert make_reports(exercise.model, place, Wanted(["namnd"], ["on", "ON"])) == [made]
    assert read(tmp_path) == [made]


def test_what_another_batch_has_listed_meanwhile_is_kept(
    exercise: Exercise, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = Workspace(exercise.place.params, exercise.place.store, tmp_path)
    other = outcome("ks", 2025, "2026-11-23")

    def meanwhile(*_: object) -> Outcome:
        batch._listed(Home(exercise.model, place), [other])
        return outcome("on", 2025, "2026-11-24")

    monkeypatch.setattr(making, "carried_out", meanwhile)
    make_reports(exercise.model, place, Wanted(["namnd"], ["on"]))
    assert [one.slug for one in read(tmp_path)] == ["ks", "on"]


def test_the_lab_works_in_a_copy_of_its_own_for_the_committee(
    exercise: Exercise, tmp_path: Path
) -> None:
    place = Workspace(exercise.place.params, exercise.place.store, tmp_path)
    path = own_copy(place, exercise.model.committees[3])
    assert path == tmp_path / "labb" / "namnd-on.ipynb"
    assert 'namnd: str = "on"' in path.read_text(encoding="utf-8").replace('\\"', '"')
    path.write_text("mina egna prov", encoding="utf-8")
    assert own_copy(place, exercise.model.committees[3]).read_text("utf-8") == "mina egna prov"


def test_the_lab_opens_the_tour_in_a_copy_that_is_the_same_for_every_committee(
    exercise: Exercise, tmp_path: Path
) -> None:
    place = Workspace(exercise.place.params, exercise.place.store, tmp_path)
    for committee in exercise.model.committees[:2]:
        path = own_copy(place, committee, notebook="dumma_fragor")
        assert path == tmp_path / "labb" / "dumma_fragor.ipynb"
    assert nbformat.read(path, as_version=4).cells[0].source.startswith("# Dumma frågor")


def test_a_notebook_that_does_not_come_along_is_refused(exercise: Exercise, tmp_path: Path) -> None:
    place = Workspace(exercise.place.params, exercise.place.store, tmp_path)
    with pytest.raises(UsageError, match="'dumma_frågor'; menade du 'dumma_fragor'"):
        own_copy(place, exercise.model.committees[0], notebook="dumma_frågor")
    with pytest.raises(
        UsageError,
        match=r"'x'\. Välj analysgrupp eller .*dumma_fragor eller .* eller nyckeltal\.",
    ):
        own_copy(place, exercise.model.committees[0], notebook="x")


def test_only_committees_reports_are_made_of_notebooks(season: list[Outcome]) -> None:
    assert {(one.kind, one.code) for one in season} == {
        ("namnd", code) for code in ("KS", "BN", "ON", "MSN")
    }


def outcome(slug: str, year: int, ran: str) -> Outcome:
    return Outcome("namnd", slug, slug.upper(), slug, year, DONE, 1.0, "s", ran, ran)


def test_a_new_run_takes_the_place_of_the_same_report_only() -> None:
    kept = [outcome("bn", 2024, "1"), outcome("bn", 2025, "1"), outcome("ks", 2025, "1")]
    found = merged(kept, [outcome("bn", 2025, "2")])
    assert [(one.slug, one.year, one.ran) for one in found] == [
        ("bn", 2025, "2"),
        ("ks", 2025, "1"),
        ("bn", 2024, "1"),
    ]


def test_a_manifest_that_cannot_be_read_is_named_with_the_cure(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text("{", encoding="utf-8")
    with pytest.raises(ReportError, match="Flytta undan filen"):
        read(tmp_path)


def test_the_lab_opens_the_notebook_on_this_machine_only_behind_a_token(tmp_path: Path) -> None:
    write_notebook(tmp_path, MARK).rename(tmp_path / "namnd.ipynb")
    words = [*command(tmp_path / "namnd.ipynb", browser=False), "--allow-root"]
    with subprocess.Popen(words, stderr=subprocess.PIPE, text=True, cwd=tmp_path) as lab:
        assert lab.stderr
        address = next(found for line in lab.stderr if (found := re.search(LAB, line)))
        try:
            url = f"http://127.0.0.1:{address['port']}/api/contents/namnd.ipynb"
            assert answered(url) == 403
            assert answered(f"{url}?token={address['token']}") == 200
        finally:
            lab.terminate()


LAB = r"http://127\.0\.0\.1:(?P<port>\d+)/lab\S*\?token=(?P<token>\w+)"


def answered(url: str) -> int:
    """The status of an address, once the server listens."""
    with requests.Session() as session:
        session.mount("http://", HTTPAdapter(max_retries=Retry(connect=8, backoff_factor=0.2)))
        return session.get(url, timeout=10).status_code
