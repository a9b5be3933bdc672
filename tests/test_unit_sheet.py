"""The sheet of a unit for its workplace meeting: what it says, what it leaves out, and its size."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, cast
from zipfile import ZipFile

import pages
import pikepdf
import prose
import pytest
from conftest import ROOT, Exercise, plain

from malstyr_lib import params, text
from malstyr_lib.errors import UsageError
from malstyr_lib.ovning.dataset import Dataset
from malstyr_lib.params.own_values import own_values
from malstyr_lib.questions import Setting
from malstyr_lib.report.forms import FORMS, Page
from malstyr_lib.report.forms.reference import packaged, packed, unpacked
from malstyr_lib.report.opening import Opened
from malstyr_lib.report.unit_basis import UnitBasis
from malstyr_lib.report.unit_questions import three
from malstyr_lib.report.unit_sheet import UnitSheet
from malstyr_lib.report.workplaces import workplace_named, workplaces
from malstyr_lib.store import Store
from malstyr_lib.workspace import Workspace

if TYPE_CHECKING:
    from malstyr_lib.model import SteeringModel

OFFICE = shutil.which("soffice")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
SMALL, HIDDEN = "V15E900100501", "V15E900100401"
ACTIVITY = """
  - id: {id}
    enhet: {unit}
    mål: BN1
    nyckeltal: [N15505, N15428]
    vad: {what}
    vem: rektor
    start: 2026-01-12
    slut: {stop}
    status: {status}
"""
LONG = (
    "Varje elev i åk 9 får en egen plan för de ämnen där betyget är osäkert, och planen följs upp"
    " varje månad tillsammans med eleven, vårdnadshavarna, mentorn och de lärare som undervisar"
)


@dataclass(frozen=True)
class Units:
    """Units with planted truths, in an exercise municipality of their own."""

    place: Workspace
    model: SteeringModel
    made: dict[tuple[str, int], UnitSheet] = field(default_factory=dict)

    def sheet(self, unit: str, year: int = 2025) -> UnitSheet:
        if (unit, year) not in self.made:
            self.made[unit, year] = self._sheet(unit, year)
        return self.made[unit, year]

    def _sheet(self, unit: str, year: int) -> UnitSheet:
        snapshot, values = Store(self.place.store).open(), own_values(self.place.params, self.model)
        start = Opened(self.place, self.model, snapshot, None, values)
        return UnitSheet(UnitBasis(start, workplace_named(self.model, unit, year), year))

    @property
    def schools(self) -> list[str]:
        """The units of the committee that the planted truths are in."""
        return [one.unit.id for one in workplaces(self.model, 2025) if one.committee.slug == "bn"]

    def page(self, slug: str) -> Page:
        return pages.made_page(cast("Exercise", self), "enhet", slug, 2025)


def changed(path: Path, *pairs: tuple[str, str]) -> None:
    words = path.read_text(encoding="utf-8")
    for old, new in pairs:
        assert words.count(old) == 1, old
        words = words.replace(old, new)
    path.write_text(words, encoding="utf-8")


@pytest.fixture(scope="module")
def units(exercise: Exercise, world: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Units:
    """The exercise's units, some of them in Kolada, one that is full, two of the same name."""
    home = tmp_path_factory.mktemp("enheter")
    shutil.copytree(exercise.place.params, home / "params")
    place = Workspace(home / "params", home / "lager", home)
    changed(
        place.params / "namnder" / "bn.yaml",
        ("namn: Grundskola 1 (exempel)\n", f"namn: Grundskola 1\n        kolada: {SMALL}\n"),
        ("namn: Gymnasieskolan (exempel)\n", f"namn: Gymnasiet\n        kolada: {HIDDEN}\n"),
        (
            "namn: Vuxenutbildningen (exempel)\n",
            "namn: Gymnasiet\n      - id: ny\n        namn: Ny\n",
        ),
    )
    plan = place.params / "aktiviteter" / "bn.yaml"
    late = {"id": "BN-S1", "unit": "forskola-1", "what": "Vi läser varje dag.", "status": "pågår"}
    hidden = {"id": "BN-S2", "unit": "gymnasiet", "what": "Vi läser mer.", "status": "planerad"}
    full = {"unit": "grundskola-1", "what": LONG, "status": "pågår"}
    new = ACTIVITY.format(stop="2026-06-12", **late) + ACTIVITY.format(stop="2027-06-11", **hidden)
    new += "".join(ACTIVITY.format(id=f"BN-S{n}", stop="2027-05-31", **full) for n in (3, 4, 5))
    plan.write_text(plan.read_text(encoding="utf-8") + new, encoding="utf-8")
    own_measures(place.params / "egna")
    write_store(place, exercise, world)
    return Units(place, params.load(place.params))


def own_measures(folder: Path) -> None:
    """Three own measures of the full unit, its value far above the level of at most six."""
    about = (folder / "sjukfranvaro.yaml").read_text(encoding="utf-8")
    rows = "".join(
        f"{2024 + n // 12}-{n % 12 + 1:02};grundskola-1;;{8 + n % 3};\n" for n in range(30)
    )
    for number in (1, 2, 3):
        told = about.replace("bland anställda", f"bland anställda i köket och matsalen {number}")
        (folder / f"sjuk-{number}.yaml").write_text(told, encoding="utf-8")
        (folder / f"sjuk-{number}.csv").write_text(
            f"period;del;kön;värde;preliminär\n{rows}", encoding="utf-8"
        )


def write_store(place: Workspace, exercise: Exercise, world: Dataset) -> None:
    """The exercise's figures, and its units' own, where one school's newest value is hidden."""
    snapshot = Store(exercise.place.store).open()
    mine = plain(world.ou_values[world.ou_values["municipality"] == "9001"])
    gone = (mine["ou"] == HIDDEN) & (mine["kpi"] == "N15505") & (mine["period"] == 2025)
    assert gone.sum() == 1
    mine.loc[gone, ["value", "status"]] = [float("nan"), "Missing"]
    Store(place.store).write(
        snapshot.values(),
        kpis=snapshot.kpis,
        municipalities=snapshot.municipalities,
        municipality_groups=snapshot.municipality_groups,
        ous=snapshot.ous,
        ou_values=mine,
        base_url="http://127.0.0.1/v3",
        fetched=datetime(2026, 11, 23, 12, tzinfo=UTC),
    )


def words(sheet: UnitSheet) -> str:
    parts = (sheet.rubrik, sheet.kedjan, sheet.siffrorna, sheet.egna, sheet.att_vanta)
    return "\n".join(map(repr, (*parts, sheet.fragor, sheet.kallor)))


# --- the chain -------------------------------------------------------------------------------


def test_the_chain_goes_from_the_council_s_goal_to_what_is_done_here(units: Units) -> None:
    said = repr(units.sheet("grundskola-2").kedjan)
    assert "Barn och unga klarar skolan och är trygga där." in said
    assert "Fler elever klarar grundskolan och kan gå vidare till gymnasiet." in said
    assert "Ansvarig: speciallärare." in said
    assert "Pågår, mars 2026–maj 2027." in said


def test_at_most_two_activities_are_told_and_the_rest_counted(units: Units) -> None:
    sheet = units.sheet("grundskola-1")
    assert len(sheet.basis.activities) >= 4
    assert sheet.kedjan.html.count("<tr>") == 3
    assert f"{len(sheet.basis.activities) - 2} aktiviteter till" in repr(sheet.kedjan)


def test_an_activity_that_is_late_is_said_to_be_and_asked_about_first(units: Units) -> None:
    sheet = units.sheet("forskola-1")
    assert "Försenad: skulle vara klar 12 juni 2026 och är pågående." in repr(sheet.kedjan)
    asked = next(one for one in three(sheet.basis) if one.kind == "det vi gör")
    assert asked.words == "”Vi läser varje dag”: vad återstår, och när kan vi vara klara?"
    assert asked.why == "Aktiviteten skulle vara klar 12 juni 2026 men är inte klar."


def test_a_unit_without_activities_is_told_what_to_do_and_is_not_blamed(units: Units) -> None:
    sheet = units.sheet("ny")
    assert "Ny har ingen aktivitet 2026 i nämndens plan." in repr(sheet.kedjan)
    assert "Att ingen står där säger inget om vad som görs" in repr(sheet.kedjan)
    assert "Gör så här: välj ett mål" in repr(sheet.kedjan)
    assert "Ingen siffra i Kolada" in repr(sheet.siffrorna)
    assert [one.kind for one in three(sheet.basis)] == ["alltid"] * 3


# --- the figures -----------------------------------------------------------------------------


def test_a_unit_s_own_values_stand_below_those_of_the_whole_municipality(units: Units) -> None:
    html = units.sheet("grundskola-1").siffrorna.html
    assert "– därav Grundskola 1" in html
    assert f'<data value="149.4" data-kpi="N15505" data-period="2025" data-area="{SMALL}"' in html
    assert "jämförs inte" in html


def test_a_unit_that_is_not_in_kolada_has_no_row_of_its_own(units: Units) -> None:
    assert "därav" not in units.sheet("grundskola-2").siffrorna.html


def test_a_value_of_a_unit_that_is_hidden_is_not_shown_and_that_is_said(units: Units) -> None:
    sheet = units.sheet("gymnasiet")
    told = sheet.basis.unit_values["N15505"]
    assert told.hidden
    assert 2025 not in told.values
    assert "vårt senaste värde visas inte" in repr(sheet.siffrorna)
    assert f'data-period="2025" data-area="{HIDDEN}"' not in sheet.siffrorna.html


def test_at_most_two_own_measures_are_told_and_the_rest_counted(units: Units) -> None:
    said = repr(units.sheet("grundskola-1").egna)
    assert said.count("Vårt eget mått Sjukfrånvaro") == 2
    assert "når inte målet högst 6." in said
    assert "Och 1 eget mått till, i nämndens rapport." in said


def test_what_the_committee_expects_is_never_called_a_promise(units: Units) -> None:
    said = repr(units.sheet("grundskola-2").att_vanta)
    assert "Mål senast 2027: kommunen är inte röd längre." in said
    assert "Väntar sig 52–62 för 2026." in said
    assert "lova" not in said


# --- who it is about -------------------------------------------------------------------------


def test_a_unit_that_took_over_says_from_whom_and_when(units: Units) -> None:
    said = repr(units.sheet("grundskola-2").rubrik)
    assert "Enheten tog 2025 över arbetet från Grundskola 3 (exempel)." in said


def test_a_unit_that_ends_says_so_and_has_no_sheet_the_year_after(units: Units) -> None:
    said = repr(units.sheet("grundskola-3", year=2024).rubrik)
    assert "Enheten finns till och med 2024." in said
    with pytest.raises(UsageError, match="Det finns ingen enhet 'grundskola-3' 2025"):
        units.sheet("grundskola-3")


def test_two_units_with_the_same_name_are_told_apart(units: Units) -> None:
    names = {one.slug: one.name for one in workplaces(units.model, 2025)}
    assert names["bn-gymnasiet"] == "Gymnasiet (gymnasiet)"
    assert names["bn-vuxenutbildningen"] == "Gymnasiet (vuxenutbildningen)"
    assert len(set(names.values())) == len(names)


# --- the questions ---------------------------------------------------------------------------


def test_every_unit_has_three_questions_all_different(units: Units) -> None:
    for unit in units.schools:
        asked = three(units.sheet(unit).basis)
        assert len({question.words for question in asked}) == 3, unit
        assert all(question.why.endswith(".") for question in asked)


def test_what_the_analysis_group_still_waits_for_comes_first(units: Units) -> None:
    first, *rest = three(units.sheet("grundskola-2").basis)
    assert first.words.startswith("Analysgruppen undrar: ”Är rutan om trygghet tom")
    assert first.why.endswith("Svaret ska finnas 12 februari 2027.")
    assert "analysgruppen" not in {one.kind for one in rest}


def test_no_sheet_names_a_cause_or_anything_else_that_a_figure_cannot_show(units: Units) -> None:
    for unit in units.schools:
        for line in filter(None, re.split(r"[\n\t]", words(units.sheet(unit)))):
            assert prose.faults(line.strip()) == [], line


# --- its size --------------------------------------------------------------------------------


TYPICAL, FULLEST = "bn-grundskola-2", "bn-grundskola-1"


@pytest.mark.parametrize("slug", [TYPICAL, FULLEST])
def test_the_pdf_is_one_page(units: Units, slug: str) -> None:
    with pikepdf.open(BytesIO(FORMS["pdf"](units.page(slug)))) as made:
        assert len(made.pages) == 1


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="ingen Chromium på den här datorn")
@pytest.mark.parametrize("slug", [TYPICAL, FULLEST])
def test_the_page_prints_on_one_sheet(units: Units, slug: str, tmp_path: Path) -> None:
    page, printed = tmp_path / "blad.html", tmp_path / "blad.pdf"
    page.write_text(units.page(slug).html, encoding="utf-8")
    flags = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking")
    command = [str(CHROMIUM), *flags, f"--user-data-dir={tmp_path}", "--no-pdf-header-footer"]
    subprocess.run(
        [*command, f"--print-to-pdf={printed}", page.as_uri()],
        check=True,
        timeout=120,
        capture_output=True,
    )
    with pikepdf.open(printed) as made:
        assert len(made.pages) == 1


def of_word(docx: bytes, name: str) -> str:
    return ZipFile(BytesIO(docx)).read(f"word/{name}.xml").decode()


def test_the_word_sheet_has_no_list_of_contents_and_narrow_margins(units: Units) -> None:
    made = FORMS["docx"](units.page(TYPICAL))
    document = of_word(made, "document")
    assert "Innehåll" not in document
    assert "instrText" not in document
    (margins,) = re.findall(r"<w:pgMar [^>]*>", document)
    assert int(re.findall(r'w:left="(\d+)"', margins)[0]) < 800
    sizes = re.findall(r'<w:sz w:val="(\d+)"', of_word(made, "styles"))
    assert min(map(int, sizes)) == 17
    assert sizes.count("17") == 1, "only what stands above and below the page"


def test_a_municipality_s_own_margins_are_never_widened_for_a_sheet(
    units: Units, tmp_path: Path
) -> None:
    own = tmp_path / "referens.docx"
    parts = unpacked(packaged())
    document = parts["word/document.xml"].decode().replace('w:left="1134"', 'w:left="300"')
    own.write_bytes(packed({**parts, "word/document.xml": document.encode()}))
    made = FORMS["docx"](replace(units.page(TYPICAL), reference=own))
    (margins,) = re.findall(r"<w:pgMar [^>]*>", of_word(made, "document"))
    assert 'w:left="300"' in margins
    assert 'w:right="737"' in margins


@pytest.mark.slow
@pytest.mark.skipif(OFFICE is None, reason="inget LibreOffice på den här datorn")
@pytest.mark.parametrize("slug", [TYPICAL, FULLEST])
def test_the_word_sheet_is_one_page(units: Units, slug: str, tmp_path: Path) -> None:
    (tmp_path / "blad.docx").write_bytes(FORMS["docx"](units.page(slug)))
    home = f"-env:UserInstallation={(tmp_path / 'kontor').as_uri()}"
    command = [str(OFFICE), home, "--headless", "--convert-to", "pdf", "blad.docx"]
    subprocess.run(command, check=True, timeout=120, capture_output=True, cwd=tmp_path)
    with pikepdf.open(tmp_path / "blad.pdf") as made:
        assert len(made.pages) == 1


def test_nothing_on_the_sheet_is_smaller_than_nine_points(units: Units) -> None:
    with pikepdf.open(BytesIO(FORMS["pdf"](units.page(TYPICAL)))) as made:
        (page,) = made.pages
        sizes = {
            float(operands[1])
            for operands, operator in pikepdf.parse_content_stream(page)
            if str(operator) == "Tf"
        }
    assert min(sizes) == 9


# --- real figures ----------------------------------------------------------------------------


@pytest.mark.real
def test_hedemora_s_units_of_2022_say_that_nothing_is_planned_and_are_no_exercise(
    real_setting: Setting,
) -> None:
    model, snapshot = real_setting.model, real_setting.snapshot
    place = Workspace(ROOT / "params", ROOT / "lager", ROOT / "output")
    start = Opened(place, model, snapshot, None, real_setting.own_values)
    said = words(UnitSheet(UnitBasis(start, workplace_named(model, "grundskola-1", 2022), 2022)))
    assert "har ingen aktivitet 2023 i nämndens plan" in said
    assert "hör till andra år" in said or "hör till ett annat år" in said
    assert text.EXERCISE not in said
    assert "Källa: Kolada, hämtad 23 november 2026" in said
