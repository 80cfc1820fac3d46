"""The places of the main screen: what is where, how much of it is seen, and the ways from one place to another."""

import datetime as dt
from collections.abc import Callable, Iterable
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.reactive import reactive
from textual.screen import Screen
from textual.widgets import Static

from golfer_tui.tui import layout
from golfer_tui.tui.actions import Argument
from golfer_tui.tui.chat import Chat
from golfer_tui.tui.composer import Composer
from golfer_tui.tui.compositing import NearCompositor
from golfer_tui.tui.copymode import CopyMode
from golfer_tui.tui.detail.detail import Detail
from golfer_tui.tui.divider import Divider
from golfer_tui.tui.findbar import FindBar
from golfer_tui.tui.fleet import Fleet
from golfer_tui.tui.header import Header
from golfer_tui.tui.keybar import KeyBar
from golfer_tui.tui.keyboard import Keyboard
from golfer_tui.tui.keyed import Keyed, bindings
from golfer_tui.tui.layout import DETAIL, LAYOUTS, Layout
from golfer_tui.tui.log.log import Log
from golfer_tui.tui.status import Status
from golfer_tui.tui.suggestions import Suggestions


class Places(Keyed, Screen[None]):
    """The widgets of the main screen, without what they show."""

    AUTO_FOCUS = "#composer"
    PLACE = "cockpit"
    BINDINGS: ClassVar[list[BindingType]] = bindings("cockpit")

    arrangement: reactive[Layout] = reactive[Layout]("both")

    def __init__(self, *, now: Callable[[], dt.datetime]) -> None:
        super().__init__()
        self._compositor = NearCompositor()
        self._now = now
        self._details = False
        """The zoomed worker's details are shown."""
        self._details_next: bool | None = None
        """Whether they are shown with the next zoom; None: if there is room beside the terminal."""
        self._widened = False
        """The details have the place of the terminal."""
        self._share: int | None = None
        """Columns of the chat, once the person has dragged the divider."""
        self.log_shown = False
        """The zoomed worker's log is in the place of its terminal."""

    def compose(self) -> ComposeResult:
        yield Header()
        with Horizontal(id="body"):
            with Vertical(id="talk"):
                yield Chat(now=self._now, id="chat")
                yield Status(now=self._now)
                suggestions = Suggestions(self.candidates)
                yield suggestions
                yield Composer("Tell the orchestrator; @worker, /command", suggestions, id="composer")
            yield Divider()
            yield Fleet(now=self._now, id="fleet")
            yield Log(now=self._now, id="log")
            yield Detail(now=self._now, id="detail")
        yield Static("", id="small")
        yield Keyboard(id="terminal")
        yield CopyMode(id="copying")
        yield KeyBar()
        yield FindBar()

    def candidates(self, argument: Argument) -> Iterable[tuple[str, str]]:
        """What an argument of a `/` command may be now, each with a word about it."""
        return ()

    def on_resize(self, event: events.Resize) -> None:
        self.fit()

    def watch_arrangement(self) -> None:
        self.fit()

    def fit(self) -> None:
        """Place everything anew."""
        width, height = self.size
        if not width or not self.is_mounted:
            return
        fleet = self.query_one(Fleet)
        seen = {
            "zoomed": fleet.zoomed,
            "details": self._details,
            "log": self.log_shown,
            "widened": self._widened,
        }
        plan = layout.fit(width, height, self.arrangement, workers=fleet.count, share=self._share, **seen)
        if plan.classes != self.classes:
            # At once: each change of a class matches the style sheet anew.
            self.set_classes(plan.classes)
        self.query_one("#small", Static).update(plan.complaint)
        self.query_one("#talk").styles.width = plan.talk or "1fr"
        fleet.styles.height = plan.fleet or "1fr"
        fleet.listed = self.arrangement == "list"

    @on(Divider.Dragged)
    def dragged(self, event: Divider.Dragged) -> None:
        self._share = event.x
        self.fit()

    @on(Fleet.Zoomed)
    def zoomed(self, event: Fleet.Zoomed) -> None:
        chosen, self._details_next = self._details_next, None
        self._details = event.on and (self.room_for_details() if chosen is None else chosen)
        self._widened = self._widened and self._details
        self.fit()
        self.refresh_bindings()

    def room_for_details(self) -> bool:
        """They fit beside what is shown of the zoomed worker."""
        return self.size.width >= DETAIL

    def action_detail(self) -> None:
        self._details = not self._details
        self._widened = False
        self.fit()

    def action_wide(self) -> None:
        """Let the details have the place of the terminal, or give it back."""
        self._widened = not (self._widened and self._details)
        self._details = True
        self.fit()

    def action_move_divider(self, columns: int) -> None:
        """Move the divider by so many columns, as far as it goes."""
        talk = self.query_one("#talk")
        if self.arrangement == "both" and talk.display and self.size.width >= layout.WIDE:
            self._share = min(max(talk.size.width + columns, layout.REST), self.size.width - layout.REST)
            self.fit()

    def action_back(self) -> None:
        self.query_one(Fleet).zoomed = False

    def action_layout(self, wanted: str = "") -> None:
        """Take this layout, or the next one."""
        following = LAYOUTS[(LAYOUTS.index(self.arrangement) + 1) % len(LAYOUTS)]
        self.arrangement = next((layout for layout in LAYOUTS if layout == wanted), following)
        self.query_one(Fleet).zoomed = False
        self.query_one("#fleet" if self.arrangement in {"fleet", "list"} else "#composer").focus()

    def action_go(self, x: int, y: int) -> None:
        """Move between the places of the screen, and inside the fleet."""
        fleet, chat, composer = self.query_one(Fleet), self.query_one(Chat), self.query_one(Composer)
        if self.focused in (fleet, self.query_one(Log)):
            before = fleet.selected
            fleet.action_move(x, y)
            if fleet.selected == before and x < 0 and not fleet.zoomed:
                composer.focus()
        elif x > 0:
            fleet.focus()
        elif y < 0:
            chat.focus()
        else:
            composer.focus()

    def action_worker(self, number: int) -> None:
        fleet = self.query_one(Fleet)
        fleet.action_pick(number)
        fleet.focus()
