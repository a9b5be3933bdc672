"""What a list shows can be chosen in the page itself, by style alone: no script has to run.

A row carries a mark per choice that it belongs to. Where a browser can't choose so, the choices are
not shown and every row is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import combinations, product
from typing import Final

from malstyr_lib.markup import Html

ROW: Final = "rad"
"""The class of a row that can be chosen away."""
HOLDER: Final = "samling"
"""The class of what holds rows, and goes when none of them is left."""
_NOTHING: Final = "Ingen rapport passar det du har valt. Välj Alla på någon rad, eller Visa alla."


@dataclass(frozen=True)
class Choice:
    """One thing to choose by: its name in the page, its words, and the options in order."""

    name: str
    words: str
    options: tuple[str, ...]

    def mark(self, option: str) -> str:
        """Return the class of the rows that belong to an option."""
        return f"{self.name}-{self.options.index(option) + 1}"

    def marks(self) -> list[str]:
        """Every option with its mark, in order."""
        return [self.mark(option) for option in self.options]


def offered(choices: Sequence[Choice]) -> Html:
    """Return the choices as a form, all of everything chosen; nothing when there is no choice."""
    sets = [_options(choice) for choice in _real(choices)]
    if not sets:
        return Html("")
    again = '<button type="reset">Visa alla</button>'
    nothing = f'<p class="inget" role="status">{_NOTHING}</p>'
    return Html(
        f'<form class="urval" method="dialog" aria-label="Välj rapporter">{"".join(sets)}{again}'
        f"</form>{nothing}"
    )


def style(choices: Sequence[Choice], rows: Sequence[Collection[str]]) -> str:
    """Return the style that lets a page's choices choose among its rows, given by their marks."""
    real = _real(choices)
    if not real:
        return ""
    rules = [*_alone(real), *_together(real), *_empty(real, rows)]
    return "@supports selector(:has(a)) {\n.urval { display: block; }\n" + "\n".join(rules) + "\n}"


def _real(choices: Sequence[Choice]) -> list[Choice]:
    """Return the choices that have more than one option."""
    return [choice for choice in choices if len(choice.options) > 1]


def _options(choice: Choice) -> str:
    marks = [f"{choice.name}-0", *choice.marks()]
    labels = "".join(
        f'<label><input type="radio" name="{choice.name}" id="{mark}"'
        f"{'' if number else ' checked'}> {escape(words)}</label>"
        for number, (mark, words) in enumerate(zip(marks, ("Alla", *choice.options), strict=True))
    )
    return f"<fieldset><legend>{escape(choice.words)}</legend>{labels}</fieldset>"


def _chosen(*marks: str) -> str:
    return "body" + "".join(f":has(#{mark}:checked)" for mark in marks)


def _alone(choices: Sequence[Choice]) -> Iterator[str]:
    """Yield what one choice hides: rows without its mark, and what holds none with it."""
    for mark in (mark for choice in choices for mark in choice.marks()):
        rows, holders = f".{ROW}:not(.{mark})", f".{HOLDER}:not(:has(.{mark}))"
        yield f"{_chosen(mark)} :is({rows}, {holders}) {{ display: none; }}"


def _together(choices: Sequence[Choice]) -> Iterator[str]:
    """Yield what two choices hide together: what holds no row with the marks of both."""
    for one, other in combinations(choices, 2):
        for marks in product(one.marks(), other.marks()):
            both = "".join(f".{mark}" for mark in marks)
            yield f"{_chosen(*marks)} .{HOLDER}:not(:has({both})) {{ display: none; }}"


def _empty(choices: Sequence[Choice], rows: Sequence[Collection[str]]) -> Iterator[str]:
    """Yield that nothing is left, for the fewest marks that no row has together."""
    found: list[set[str]] = []
    for size in range(2, len(choices) + 1):
        for chosen in combinations(choices, size):
            for marks in product(*(choice.marks() for choice in chosen)):
                known = any(fewer <= set(marks) for fewer in found)
                if not known and not any(set(marks) <= set(row) for row in rows):
                    found.append(set(marks))
                    yield f"{_chosen(*marks)} .inget {{ display: block; }}"
