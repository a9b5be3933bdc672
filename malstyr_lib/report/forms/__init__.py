"""The forms that a finished page is handed on in: one page in, the bytes of a file out.

Every form is made from the same page, so that none of them says anything else.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Final

from malstyr_lib import text
from malstyr_lib.errors import UsageError
from malstyr_lib.report.forms.page import Page

__all__ = ["FORMS", "Page", "chosen_forms", "file_name", "made"]

Make = Callable[[Page], bytes]


def _html(page: Page) -> bytes:
    return page.html.encode("utf-8")


def _docx(page: Page) -> bytes:
    from malstyr_lib.report.forms.word import word

    return word(page)


def _pdf(page: Page) -> bytes:
    from malstyr_lib.report.forms.pdf import pdf

    return pdf(page)


def _xlsx(page: Page) -> bytes:
    from malstyr_lib.report.forms.excel import workbook

    return workbook(page)


def _json(page: Page) -> bytes:
    from malstyr_lib.report.forms.data import data

    return data(page)


FORMS: Final[dict[str, Make]] = {
    "html": _html,
    "docx": _docx,
    "pdf": _pdf,
    "xlsx": _xlsx,
    "json": _json,
}
"""Every form by the ending of its file, in the order that they are made."""
_NAMES: Final = {"json": "data.json"}
"""The files that are not called rapport."""


def chosen_forms(names: Sequence[str]) -> tuple[str, ...]:
    """Return the forms to make: the page always, and those named, or all for none.

    UsageError for a form that there is none of.
    """
    unknown = [name for name in names if name not in FORMS]
    if unknown:
        near = text.did_you_mean(unknown[0], FORMS) or "."
        raise UsageError(f"Formen '{unknown[0]}' finns inte{near} Välj {' eller '.join(FORMS)}.")
    return tuple(form for form in FORMS if not names or form in {"html", *names})


def made(page: Page, forms: Collection[str]) -> dict[str, bytes]:
    """Return the files of a page by name, as "rapport.docx" and "data.json"."""
    return {file_name(form): FORMS[form](page) for form in FORMS if form in forms}


def file_name(form: str) -> str:
    """Return what the file of a form is called in the report's folder."""
    return _NAMES.get(form, f"rapport.{form}")
