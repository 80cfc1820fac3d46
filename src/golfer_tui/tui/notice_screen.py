"""The notices so far: what was told in passing, when, how grave and about whom; a row leads to its worker."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen

from golfer_tui.terminal.clean import one_line
from golfer_tui.tui.hints import hint, hints
from golfer_tui.tui.keyed import Keyed, bindings
from golfer_tui.tui.notices import NoticeLog, Told
from golfer_tui.tui.results import Result, ResultList

REFRESH = 0.5
"""Seconds between two looks at what is new."""

NONE = "Nothing was told yet."

LEVELS = {"information": ("·", ""), "warning": ("!", "warning"), "error": ("✗", "error")}
"""A sign and a colour, so that neither stands alone."""


class _Rows:
    """Notices as rows of a list."""

    def __init__(self, told: list[Told]) -> None:
        self.told = told

    @property
    def count(self) -> int:
        return len(self.told)

    def row(self, index: int) -> Result:
        told = self.told[index]
        time = told.time.astimezone().strftime("%H:%M:%S")
        sign, level = LEVELS[told.level]
        return Result(one_line(told.worker), time, f"{sign} {one_line(told.text)}", level=level)


class Notices(Keyed, ModalScreen[str | None]):
    """Answers the name of the worker to go to, or None."""

    PLACE = "notices"
    BINDINGS: ClassVar[list[BindingType]] = bindings("notices")

    def __init__(self, log: NoticeLog) -> None:
        super().__init__()
        self._log = log
        self._total = log.total
        self._rows = _Rows(log.newest_first())

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog notices") as dialog:
            dialog.border_title = "Notices"
            goes = hint(self.app, "notices.go", "goes to the worker"), hint(self.app, "notices.close", "closes")
            dialog.border_subtitle = Content(hints(*goes)).markup
            yield ResultList(id="told")

    def on_mount(self) -> None:
        self._list.show(self._rows, NONE)
        self.set_interval(REFRESH, self._look)

    @property
    def _list(self) -> ResultList:
        return self.query_one(ResultList)

    def _look(self) -> None:
        """What came since then stands above; the cursor stays with its row."""
        if (new := self._log.total - self._total) and self.is_current:
            self._total, self._rows.told = self._log.total, self._log.newest_first()
            self._list.changed(self._list.cursor + new if self._list.cursor else 0)

    def action_row(self, by: int) -> None:
        """Move the cursor by so many rows."""
        self._list.move(by)

    def action_page(self, by: int) -> None:
        """Move the cursor by so many pages."""
        self._list.move(by * self._list.page)

    def action_go_there(self) -> None:
        """Answer the worker of the row; one about nobody leads nowhere."""
        if self._rows.told:
            self.dismiss(self._rows.told[self._list.cursor].worker or None)

    def action_close_notices(self) -> None:
        self.dismiss(None)

    @on(ResultList.Chosen)
    def chosen(self) -> None:
        self.action_go_there()
