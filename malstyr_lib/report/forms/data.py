"""The page as data: every printed figure with its source, and the findings behind the sentences.

The same page gives the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from malstyr_lib.report.forms.contents import Cell, Table, contents
from malstyr_lib.report.forms.page import Page


def data(page: Page) -> bytes:
    """Return `report`, `figures` and `findings` as JSON (UTF-8); a missing value is null.

    figures: every figure of the tables in the order of the page, with its printed text, its value
    unrounded, and of which KPI, year, gender, area and snapshot it is or is worked out from.
    findings: the tables that the sentences are written from, as records by name.
    """
    told = {
        "report": {"title": page.title, "exercise": page.exercise, **page.about},
        "figures": [*figures(page)],
        "findings": dict(page.findings),
    }
    return (json.dumps(told, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode("utf-8")


def figures(page: Page) -> Iterator[dict[str, Any]]:
    """Return every figure of a page's tables, in order."""
    for table in contents(page.html).tables:
        for row in table.rows:
            for column, cell in zip(table.columns, row, strict=True):
                if cell.value is not None:
                    yield _figure(table, (row[0].words, column), cell) | _source(page, cell)


def _figure(table: Table, place: tuple[str, str], cell: Cell) -> dict[str, Any]:
    row, column = place
    return {
        "section": table.section,
        "heading": table.heading,
        "table": table.caption,
        "row": row,
        "column": column,
        "text": cell.words,
        "value": cell.value,
    }


def _source(page: Page, cell: Cell) -> dict[str, Any]:
    """Return where a figure is from, null where it has no single source."""
    told = cell.source
    return {
        "kpi": told.get("kpi"),
        "period": int(told["period"]) if told else None,
        "gender": told.get("gender"),
        "area": told.get("area") or None,
        "snapshot": page.about.get("snapshot") if told else None,
    }
