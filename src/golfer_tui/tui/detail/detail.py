"""Beside the zoomed worker, or in its place: all that is known of it, on tabs."""

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import ContentSwitcher

from golfer_tui.model.worker_fold import Worker
from golfer_tui.tui.clipboard import copy
from golfer_tui.tui.detail.about import About
from golfer_tui.tui.detail.changes import ChangedFiles
from golfer_tui.tui.detail.files import Files
from golfer_tui.tui.detail.page import Page
from golfer_tui.tui.detail.tabbar import TabBar
from golfer_tui.tui.detail.talk import Talk
from golfer_tui.tui.keyed import Keyed, bindings

if TYPE_CHECKING:
    from golfer_tui.tui.watch import Watch

TABS = ("About", "Talk", "Files", "Changes")


class Detail(Keyed, Vertical, can_focus=True):
    """Shows one worker. Only the page that is seen reads anything."""

    PLACE = "detail"
    BINDINGS: ClassVar[list[BindingType]] = bindings("detail")

    tab: reactive[str] = reactive(TABS[0], init=False)
    """The page that is seen."""

    class TabChanged(Message):
        """Another page is seen."""

    def __init__(self, *, now: Callable[[], dt.datetime], id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._pages: dict[str, Page] = dict(
            zip(TABS, (About(now=now), Talk(now=now), Files(), ChangedFiles()), strict=True)
        )
        for title, page in self._pages.items():
            page.id = f"page-{title.lower()}"
            page.add_class("page")
        self._shown: tuple[Watch, Worker] | None = None

    def compose(self) -> ComposeResult:
        yield TabBar(TABS)
        with ContentSwitcher(initial=self.page.id):
            yield from self._pages.values()

    def on_mount(self) -> None:
        self.query_one(TabBar).shown = self.tab

    @property
    def page(self) -> Page:
        """The page that is seen."""
        return self._pages[self.tab]

    def show(self, watch: "Watch", worker: Worker) -> None:
        """Show this worker as it is now."""
        self._shown = watch, worker
        if self.display and self.size:
            self.page.show(watch, worker)

    def leave(self) -> None:
        """The session is closed: nothing more is read."""
        self._shown = None
        for page in self._pages.values():
            page.hide()

    def on_show(self) -> None:
        if self._shown is not None:
            self.page.show(*self._shown)

    def validate_tab(self, tab: str) -> str:
        return tab if tab in TABS else TABS[0]

    def watch_tab(self, before: str, now: str) -> None:
        self._pages[before].hide()
        self.query_one(ContentSwitcher).current = self.page.id
        self.query_one(TabBar).shown = now
        self.call_after_refresh(self.on_show)
        self.refresh_bindings()
        self.post_message(self.TabChanged())

    @on(TabBar.Chosen)
    def tab_chosen(self, event: TabBar.Chosen) -> None:
        self.tab = event.tab
        self.focus()

    # What the person does

    def action_tab(self, number: int) -> None:
        self.tab = TABS[min(number, len(TABS)) - 1]

    def action_beside(self, step: int) -> None:
        """The next tab, or the one before."""
        self.tab = TABS[(TABS.index(self.tab) + step) % len(TABS)]

    def action_rows(self, rows: int) -> None:
        self.page.move(rows)

    def action_pages(self, pages: int) -> None:
        self.page.turn(pages)

    def action_slide(self, columns: int) -> None:
        self.page.slide(columns)

    def action_ends(self, end: bool) -> None:
        self.page.ends(end)

    def action_open(self) -> None:
        self.page.open()

    def action_close(self) -> None:
        self.page.close()
        self.refresh_bindings()

    def action_reload(self) -> None:
        self.page.reload()

    def action_copy(self) -> None:
        if text := self.page.copied():
            copy(self.app, text)
        else:
            self.app.notify("There is nothing to copy here.", timeout=2)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        match action:
            case "open":
                return self.page.opens
            case "close":
                return self.page.closes
            case _:
                return True
