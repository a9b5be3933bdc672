"""The page for those who write no code: choices, the red list, questions, and the answer.

Every widget has a label, and what happens is told in a live region; the page's template gives
the rest that a screen reader needs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

import ipywidgets as widgets

from malstyr_lib import markup
from malstyr_lib.errors import MalstyrError
from malstyr_lib.face import content, files
from malstyr_lib.face.content import Chosen, Offered
from malstyr_lib.markup import Html
from malstyr_lib.questions import THEMES, Case, Question, Setting, answer
from malstyr_lib.questions.raised import fragelista

COUNTING: Final = "Räknar …"
BROKEN: Final = "Det gick inte att räkna. Felet står i fönstret där malstyr app körs."


class Page:
    """The page's widgets, and what happens when one of them is used.

    setting_of: the setting that looks back to a year, None for the newest. committee: the short
    name of the one that is shown first; "" is the first there is.
    """

    def __init__(self, setting_of: Callable[[int | None], Setting], committee: str = "") -> None:
        self._setting_of = setting_of
        self._filling = False
        self.committee = _choice("Nämnd", content.committees(setting_of(None)))
        self.year = _choice("År", content.years(setting_of(None)))
        self.group = _choice("Jämför med", content.groups())
        self.kpi = _choice("Nyckeltal", []).add_class("nyckeltal")
        self.theme = _choice("Tema", [(words, name) for name, words in THEMES.items()])
        self.red, self.about = _html("rott"), _html("om")
        self.raised, self.offered = widgets.VBox(), widgets.VBox()
        self.status, self.answer, self.files = _html("lage"), _html("svar"), _html("hamta")
        if committee:
            self.committee.value = committee
        self._list()
        self._listen()

    @property
    def root(self) -> Any:
        """The whole page, to be shown."""
        choices = widgets.HBox([self.committee, self.year, self.group]).add_class("val")
        return widgets.VBox(
            [
                _html("", content.introduction(self.setting)),
                choices,
                self.red,
                _html("", markup.heading(2, "Ställ en fråga", anchor=content.ASKING)),
                self.kpi,
                self.about,
                self.raised,
                _html("", markup.heading(3, "Alla frågor")),
                self.theme,
                self.offered,
                self.status,
                self.answer,
                self.files,
            ]
        )

    @property
    def setting(self) -> Setting:
        """Where questions are asked, by the year that is chosen."""
        return self._setting_of(self.year.value or None)

    @property
    def chosen(self) -> Chosen:
        """Whose KPIs are shown, and against whom."""
        return Chosen(self.committee.value, self.group.value)

    def ask(self, question: Question) -> None:
        """Answer a question about the KPI that is chosen, and make the files of the answer."""
        with self._told():
            self.files.value = ""
            found = answer(self.case, question)
            self.answer.value = content.answered(self.case, found).html
            self.status.value = content.announced(found).html
            self.files.value = files.saved(self.case, found).html

    def _listen(self) -> None:
        for box, then in (
            (self.committee, self._list),
            (self.year, self._list),
            (self.group, self._list),
            (self.kpi, self._ask_about),
            (self.theme, self._offer),
        ):
            box.observe(self._heard(then), "value")

    def _list(self) -> None:
        """Show the red list of what is chosen, and the KPIs to ask about."""
        self._fill(self.committee, content.committees(self.setting))
        rows = content.scores(self.setting, self.chosen)
        self.red.value = content.red_list(self.setting, self.chosen, rows).html
        self._fill(self.kpi, content.kpis(self.setting, self.chosen, rows))
        self._ask_about()

    def _fill(self, box: Any, options: Sequence[tuple[str, Any]]) -> None:
        """Give a list other choices, and keep what is chosen where it is still there."""
        before = box.value
        self._filling = True
        box.options = options
        there = [value for _, value in options]
        box.value = before if before in there else next(iter(there), None)
        self._filling = False

    def _ask_about(self) -> None:
        """Show the KPI that is chosen, and its questions; the last answer is taken away."""
        self.answer.value = self.files.value = ""
        if self.kpi.value is None:
            self.about.value = ""
            self.raised.children = self.offered.children = ()
            return
        self.case: Case = self.setting.case(self.kpi.value)
        self.about.value = content.standing(self.case, self.group.value).html
        found = fragelista(self.case)
        buttons = [self._button(Offered(one.question), one.why) for one in found]
        title = [_html("", markup.heading(3, "Frågor som siffrorna väcker"))] if found else []
        self.raised.children = [*title, *(widget for pair in buttons for widget in pair)]
        self._offer()

    def _offer(self) -> None:
        """Show the questions of the theme that is chosen."""
        if self.kpi.value is None:
            return
        found = content.offered(self.case, self.theme.value)
        buttons = [self._button(one, one.lacks) for one in found]
        self.offered.children = [widget for pair in buttons for widget in pair]

    def _button(self, one: Offered, below: str) -> list[Any]:
        """Return a button that asks a question, and what is to be said below it."""
        button = widgets.Button(description=one.words, tooltip=one.words)
        if one.lacks:
            button.add_class("saknar")
        button.on_click(lambda _: self.ask(one.question))
        return [button, *([_html("skal", markup.paragraph(below))] if below else [])]

    def _heard(self, then: Callable[[], None]) -> Callable[[Any], None]:
        """Return what listens to a choice, and is deaf while the page itself fills it."""

        def heard(_: Any) -> None:
            if not self._filling:
                with self._told():
                    then()
                    self._say("")

        return heard

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Say that something is being computed, and whatever goes wrong, in a sentence."""
        self._say(COUNTING)
        try:
            yield
        except MalstyrError as error:
            self.status.value = markup.note(str(error), kind="fel").html
        except Exception:
            self.status.value = markup.note(BROKEN, kind="fel").html
            raise

    def _say(self, words: str) -> None:
        self.status.value = markup.paragraph(words).html


def _choice(label: str, options: Sequence[tuple[str, Any]]) -> Any:
    return widgets.Dropdown(description=label, options=options)


def _html(kind: str, content: Html | None = None) -> Any:
    """Return a widget that shows HTML; `kind` is its class."""
    widget = widgets.HTML(value=content.html if content else "")
    return widget.add_class(kind) if kind else widget
