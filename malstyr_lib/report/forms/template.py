"""The Word template as a municipality gets it: it shows every style, and says what to change."""

from __future__ import annotations

import pandas as pd

from malstyr_lib import markup
from malstyr_lib.markup import STATUSES, Html
from malstyr_lib.report.forms.page import Page
from malstyr_lib.report.forms.reference import style_name
from malstyr_lib.report.forms.word import word


def word_template() -> bytes:
    """Return the template, to be changed in Word; its text is never part of a report."""
    return word(Page(_content().html, title="Rapportens titel", exercise=False))


def _content() -> Html:
    return markup.joined(
        [
            markup.heading(1, "Wordmall för rapporterna"),
            markup.paragraph(
                "Ändra formatmallarna, sidhuvudet och sidfoten i det här dokumentet och spara det"
                " under samma namn. Rapporterna får samma utseende. Texten kommer inte med."
            ),
            markup.paragraph(
                "Rubrik 1 är rapportens titel, Rubrik 2 dess delar och Rubrik 3 det som står under"
                " dem. Texten har formatmallen Brödtext. Sidhuvudet hämtar titeln ur dokumentets"
                " egenskaper. Byt inte namn på någon formatmall."
            ),
            markup.heading(2, "Rubrik 2"),
            markup.paragraph("En inledning hålls ihop med det som följer:"),
            markup.bullets(["En punkt i en lista har formatmallen Compact."]),
            markup.heading(3, "Rubrik 3"),
            markup.note("En notis har formatmallen Notis."),
            markup.note("En rapport om påhittade värden säger det så här.", kind="ovning"),
            markup.table(_statuses(), "En tabells rubrik har formatmallen Table Caption"),
        ]
    )


def _statuses() -> pd.DataFrame:
    """Return every status, in the style that its cell has."""
    rows = [
        {"Formatmall": style_name(status), "Så här": status.label} for status in STATUSES.values()
    ]
    return pd.DataFrame(rows)
