"""Tables and figures that everybody can read, and that nothing can be smuggled into."""

from __future__ import annotations

from collections.abc import Callable
from html.parser import HTMLParser

import pandas as pd
import pytest

from malstyr_lib import markup

PAYLOADS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "<a href='javascript:alert(1)'>x</a>",
    "</td></tr></table><iframe src=//x>",
    "<svg/onload=alert(1)>",
    "{{ 7*7 }}",
    "<style>*{display:none}</style>",
    "&lt;b&gt;",
]


class Tags(HTMLParser):
    """Collects the tags and attributes of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.words = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.words += data


def parsed(html: str) -> Tags:
    tags = Tags()
    tags.feed(html)
    return tags


ROWS = pd.DataFrame({"Nyckeltal": ["A"], "Färg": ["▼ Röd"], "Värde": [81.25], "Antal": [3]})


def test_a_table_has_a_caption_scopes_and_a_name() -> None:
    html = markup.table(ROWS, "Röda nyckeltal").html
    assert ">Röda nyckeltal</caption>" in html
    assert html.count('<th scope="col"') == 4
    assert '<th scope="row" style="text-align:left">A</th>' in html
    assert 'role="region"' in html
    assert 'aria-label="Röda nyckeltal"' in html


def test_a_status_has_symbol_word_and_class_never_colour_alone() -> None:
    look = "text-align:left;color:#6E0F1F;background:#F2C9CE"
    assert f'<td class="red" style="{look}">▼ Röd</td>' in markup.table(ROWS, "x").html


def test_numbers_are_written_in_swedish_and_set_to_the_right() -> None:
    html = markup.table(ROWS, "x").html
    assert '<td class="tal" style="text-align:right"><data value="81.25">81,3</data></td>' in html
    assert '<td class="tal" style="text-align:right">3</td>' in html


def test_a_missing_value_is_a_dash() -> None:
    rows = pd.DataFrame({"a": ["x"], "b": [float("nan")], "c": [None], "d": [pd.NA]})
    assert markup.table(rows, "x").html.count(">–</td>") == 3


@pytest.mark.parametrize("payload", PAYLOADS)
def test_whatever_is_written_is_shown_as_text(payload: str) -> None:
    rows = pd.DataFrame({payload: [payload], "b": [payload]})
    pieces = [
        markup.table(rows, payload),
        markup.figure(b"png", alt=payload, caption=payload),
        markup.paragraph(payload),
        markup.heading(2, payload, anchor=payload),
        markup.note(payload),
        markup.bullets([payload]),
        markup.link("#x", payload),
    ]
    page = parsed(markup.joined(pieces).html)
    assert not {"script", "iframe", "svg", "style"} & set(page.tags)
    assert page.tags.count("img") == 1
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    assert page.words.count(payload) >= 6


def test_a_piece_reads_as_plain_text_where_there_is_no_html() -> None:
    assert (
        repr(markup.table(ROWS, "Röda")) == "Röda\nNyckeltal\tFärg\tVärde\tAntal\nA\t▼ Röd\t81,3\t3"
    )


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours by WCAG 2.1."""

    def light(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("colour", markup.STATUS)
def test_a_status_can_be_read_against_its_fill_and_against_white(colour: str) -> None:
    status = markup.STATUS[colour]
    assert contrast(status.ink, status.fill) >= 4.5
    assert contrast(status.ink, "#FFFFFF") >= 4.5


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize(
    ("piece", "own"),
    [
        (lambda words: markup.chooser(words, words), {"span"}),
        (lambda words: markup.folded(words, words), {"details", "summary", "p"}),
        (lambda words: markup.download(words, b"fil", "text/plain", words), {"a"}),
        (lambda words: markup.copied(words, words), {"label", "textarea", "button"}),
        (lambda words: markup.boxed(markup.paragraph(words), words, namn=words), {"div", "p"}),
        (lambda words: markup.listed([markup.paragraph(words)], words), {"ul", "li", "p"}),
        (
            lambda words: markup.picture(words, alt=words, caption=words),
            {"figure", "img", "figcaption"},
        ),
    ],
)
def test_nothing_is_smuggled_into_the_pieces_of_the_page(
    payload: str, piece: Callable[[str], markup.Html], own: set[str]
) -> None:
    found = parsed(piece(payload).html)
    assert set(found.tags) == own
    assert not [name for name, _ in found.attributes if name.startswith("on")]
