"""The notebooks: thin, without output, and runnable as they are."""

from __future__ import annotations

import ast
import re
import shutil
from pathlib import Path

import nbformat
import pytest
from conftest import ROOT, Exercise
from pages import run
from papermill.exceptions import PapermillExecutionError
from papermill.execute import execute_notebook

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
RKA_STEPS = [
    "1 Samla ihop informationen",
    "2 Fokusera",
    "3 Beskriv avvikelsen",
    "4 Granska statistiken",
    "5 Föreslå orsaker",
    "6 Addera annan information",
    "7 Sök mönster och samband",
    "8 Dra slutsatser",
    "9 Föreslå åtgärder",
    "10 Dokumentera analysen",
]


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request: pytest.FixtureRequest) -> nbformat.NotebookNode:
    return nbformat.read(request.param, as_version=4)


def code(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def test_a_notebook_is_kept_without_output(notebook: nbformat.NotebookNode) -> None:
    assert all(not cell.outputs and cell.execution_count is None for cell in code(notebook))


def test_a_notebook_has_at_most_four_parameters_each_with_a_comment(
    notebook: nbformat.NotebookNode,
) -> None:
    (cell,) = [cell for cell in code(notebook) if "parameters" in cell.metadata.get("tags", [])]
    lines = cell.source.splitlines()
    assert 1 <= len(lines) <= 4
    for line in lines:
        (statement,) = ast.parse(line).body
        assert isinstance(statement, ast.AnnAssign)
        assert isinstance(statement.value, ast.Constant)
        assert "  # " in line


def test_a_cell_is_a_sentence(notebook: nbformat.NotebookNode) -> None:
    forbidden = (ast.FunctionDef, ast.If, ast.For, ast.While, ast.With, ast.Try, ast.ClassDef)
    for cell in code(notebook):
        tree = ast.parse(cell.source)
        assert not [node for node in ast.walk(tree) if isinstance(node, forbidden)]
        assert len([node for node in tree.body if isinstance(node, ast.Expr)]) <= 1


def test_a_notebook_begins_with_its_title_its_reader_and_how_to_run_it(
    notebook: nbformat.NotebookNode,
) -> None:
    first = notebook.cells[0]
    assert first.source.startswith("# ")
    assert "För dig som är" in first.source
    assert "bara-notebook" in first.metadata["tags"]


def test_the_committee_notebook_has_rkas_ten_steps_as_its_headings() -> None:
    notebook = nbformat.read(ROOT / "notebooks" / "namnd.ipynb", as_version=4)
    prose = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    headings = [text.splitlines()[0][3:] for text in prose if text.startswith("## ")]
    assert headings == ["Sammanfattning", *RKA_STEPS]


def project(folder: Path, exercise: Exercise) -> Path:
    """A municipality's folder as it lies on a coordinator's disk, notebooks beside params."""
    shutil.copytree(exercise.place.params, folder / "params")
    shutil.copytree(ROOT / "notebooks", folder / "notebooks")
    return folder / "notebooks"


def test_run_with_its_defaults_it_works_from_its_own_folder(
    tmp_path: Path, exercise: Exercise
) -> None:
    place = project(tmp_path, exercise)
    shutil.copytree(exercise.place.store, tmp_path / "lager")
    done = execute_notebook(
        place / "namnd.ipynb", None, cwd=place, kernel_name="python3", progress_bar=False
    )
    title = done.cells[3].outputs[0]["data"]["text/html"]
    assert "Bildningsnämnden: nyckeltalen 2025" in title
    assert "ÖVNINGSDATA" in title


def test_run_on_an_empty_store_it_says_how_to_get_one_without_a_traceback(
    tmp_path: Path, exercise: Exercise
) -> None:
    place = project(tmp_path, exercise)
    with pytest.raises(PapermillExecutionError) as caught:
        execute_notebook(
            place / "namnd.ipynb", None, cwd=place, kernel_name="python3", progress_bar=False
        )
    assert "är tomt. Hämta värden med: malstyr hamta" in caught.value.evalue
    assert caught.value.traceback == [caught.value.evalue]


TOUR = ROOT / "notebooks" / "dumma_fragor.ipynb"


def test_the_tour_of_the_questions_runs_to_its_end_on_the_exercise(
    exercise: Exercise, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in exercise.place.environment().items():
        monkeypatch.setenv(name, value)
    done = nbformat.read(TOUR, as_version=4)
    run(done, {})  # in a kernel it is run by test_browser
    shown = [cell for cell in code(done) if "ms." in cell.source]
    assert len(shown) > 15
    for cell in shown:
        (output,) = cell.outputs
        assert output["output_type"] == "execute_result", cell.source
        assert "text/html" in output["data"], cell.source
        assert "traceback" not in output["data"]["text/plain"].casefold()


def test_the_tour_tells_no_values_of_its_own() -> None:
    notebook = nbformat.read(TOUR, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            prose = re.sub(r"`[^`]*`|^\d+\. ", "", cell.source, flags=re.MULTILINE)
            assert not re.search(r"\d", prose), prose


def test_the_tour_ends_with_how_to_ask_a_question_of_ones_own() -> None:
    notebook = nbformat.read(TOUR, as_version=4)
    prose = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    assert prose[-1].startswith("## Ställ din egen fråga")
    assert "malstyr fraga" in prose[-1]
