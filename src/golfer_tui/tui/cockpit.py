"""The main screen: the chat at one side, the fleet at the other, and what the person may do with either."""

import asyncio
import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.reactive import reactive
from textual.screen import Screen
from textual.widgets import Static

from golfer_tui.model import commands as cm
from golfer_tui.model.session import Worker
from golfer_tui.terminal.clean import one_line
from golfer_tui.tui import dialogs, helptext
from golfer_tui.tui.chat import Chat
from golfer_tui.tui.composer import Composer
from golfer_tui.tui.detail import Detail
from golfer_tui.tui.divider import Divider
from golfer_tui.tui.fleet import Fleet
from golfer_tui.tui.header import Header
from golfer_tui.tui.keybar import KeyBar
from golfer_tui.tui.layout import DETAIL, LAYOUTS, Layout, fit
from golfer_tui.tui.status import Status
from golfer_tui.tui.steering import Steering
from golfer_tui.tui.watch import Changes, Watch

if TYPE_CHECKING:
    from golfer_tui.tui.app import CockpitApp

TICK = 1.0
"""Seconds between two updates of ages, while anything is at work."""

SETTLE = 0.2
"""Seconds after the first change of a pane's size until the workers are told of all of them."""


class Cockpit(Screen[None]):
    """Shows one session. It owns no part of it: every change goes through the app to the engine."""

    AUTO_FOCUS = "#composer"

    app: "CockpitApp"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("alt+left", "go(-1,0)", "Left", show=False, priority=True),
        Binding("alt+right", "go(1,0)", "Right", show=False, priority=True),
        Binding("alt+up", "go(0,-1)", "Up", show=False, priority=True),
        Binding("alt+down", "go(0,1)", "Down", show=False, priority=True),
        *(Binding(f"alt+{digit}", f"worker({digit})", f"Worker {digit}", show=False) for digit in range(1, 10)),
        Binding("escape", "unzoom", "Back"),
        Binding("escape,x", "interrupt", "Interrupt"),
        Binding("d", "detail", "Details"),
        Binding("tab", "app.focus_next", "Next", key_display="tab"),
        Binding("shift+tab", "app.focus_previous", "Previous place", show=False),
        Binding("ctrl+l", "layout", "Layout"),
        Binding("question_mark", "help", "Help", key_display="?"),
        Binding("f1", "help", "Help"),
    ]

    arrangement: reactive[Layout] = reactive[Layout]("both")

    def __init__(self, *, now: Callable[[], dt.datetime], typed: str = "") -> None:
        """`typed` is what the person typed before there was an input."""
        super().__init__()
        self._now = now
        self._typed = typed
        self.furnished = asyncio.Event()
        """Set once all widgets are there."""
        self._watch: Watch | None = None
        self._steering = Steering(self.app, self._worker)
        self._sizes: dict[str, tuple[int, int]] = {}
        """Panes whose new size the workers do not know yet, in cells."""
        self._ticking = False
        self._details = False
        """The zoomed worker's details are shown."""
        self._share: int | None = None
        """Columns of the chat, once the person has dragged the divider."""

    def compose(self) -> ComposeResult:
        yield Header()
        with Horizontal(id="body"):
            with Vertical(id="talk"):
                yield Chat(now=self._now, id="chat")
                yield Status(now=self._now)
                yield Composer("Tell the orchestrator; @name tells a worker", id="composer")
            yield Divider()
            yield Fleet(now=self._now, id="fleet")
            yield Detail(now=self._now, id="detail")
        yield Static("", id="small")
        yield KeyBar()

    def on_mount(self) -> None:
        self.query_one(Composer).insert(self._typed)
        self.furnished.set()

    # What is shown

    def show(self, watch: Watch) -> None:
        """The engine is open: begin to show it."""
        self._watch = watch
        self.query_one(Header).show(watch.state, watch.engine.settings)
        self.query_one(Status).show(watch.state)
        self.query_one(Fleet).show(watch)
        said = [entry.text for entry in watch.state.chat.entries if entry.kind == "user"]
        self.query_one(Composer).remember(said)
        self._fit()

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all workers."""
        return tuple(self._watch.state.workers) if self._watch is not None else ()

    def closing(self) -> None:
        """The person leaves; the engine ends or keeps the workers."""
        self.query_one(Header).tell("closing")
        self.query_one(Composer).disabled = True

    def leave(self) -> None:
        """The engine is closed: its tapes are not read any more."""
        self._watch = None

    def wake(self, delay: float) -> None:
        """Draw a frame after so many seconds."""
        if delay > 0:
            self.set_timer(delay, self.frame)
        else:
            self.call_later(self.frame)

    def frame(self) -> None:
        """Draw what changed since the last frame."""
        watch = self._watch
        if watch is None:
            return
        changes = watch.frame()
        chat = self.query_one(Chat)
        if changes.everything or changes.chat:
            chat.sync(watch.state.chat)
        if changes.deltas:
            chat.stream(changes.deltas)
        self._draw(watch, changes)
        for notice in changes.notices:
            if notice.level != "info":
                self.app.notify(one_line(f"{notice.text} {notice.hint}"), severity=notice.level, markup=False)
        self._tick_on()

    def _draw(self, watch: Watch, changes: Changes) -> None:
        fleet = self.query_one(Fleet)
        fleet.apply(changes)
        if changes.everything or changes.header:
            self.query_one(Header).refresh()
        if changes.everything or changes.roster:
            self._fit()
        for name in changes.started:
            fleet.tell_size(name)
        if changes.everything or changes.chat or changes.header:
            self.query_one(Status).update_status()
            self.refresh_bindings()
        if fleet.zoomed and (changes.everything or fleet.selected in changes.heads):
            self._show_detail()

    def _show_detail(self) -> None:
        fleet = self.query_one(Fleet)
        if worker := self._worker(fleet.selected):
            self.query_one(Detail).show(worker)

    def _tick_on(self) -> None:
        """One more tick in a second if anything is at work; an idle cockpit has no timer."""
        watch = self._watch
        if self._ticking or watch is None:
            return
        if watch.state.chat.turn is not None or any(worker.state.active for worker in watch.state.workers.values()):
            self._ticking = True
            self.set_timer(TICK, self._tick)

    def _tick(self) -> None:
        self._ticking = False
        if self._watch is None:
            return
        fleet = self.query_one(Fleet)
        for worker in self._watch.state.workers.values():
            if worker.state.active:
                fleet.refresh_head(worker.name)
        self.query_one(Chat).refresh_running()
        self.query_one(Status).update_status()
        self._tick_on()

    # Where things are

    def on_resize(self, event: events.Resize) -> None:
        self._fit()

    def watch_arrangement(self) -> None:
        self._fit()

    def _fit(self) -> None:
        width, height = self.size
        if not width or not self.is_mounted:
            return
        fleet = self.query_one(Fleet)
        seen = {"zoomed": fleet.zoomed, "details": self._details}
        plan = fit(width, height, self.arrangement, workers=len(self.names), share=self._share, **seen)
        if plan.classes != self.classes:
            # At once: each change of a class matches the style sheet anew.
            self.set_classes(plan.classes)
        self.query_one("#small", Static).update(plan.complaint)
        self.query_one("#talk").styles.width = plan.talk or "1fr"
        fleet.styles.height = plan.fleet or "1fr"

    @on(Divider.Dragged)
    def dragged(self, event: Divider.Dragged) -> None:
        self._share = event.x
        self._fit()

    @on(Fleet.Zoomed)
    def zoomed(self, event: Fleet.Zoomed) -> None:
        self._details = self.size.width >= DETAIL
        self._fit()
        self._show_detail()
        self.refresh_bindings()

    @on(Fleet.Selected)
    def selected(self) -> None:
        self._show_detail()

    # What the person does

    @on(Composer.Sent)
    def sent(self, event: Composer.Sent) -> None:
        """Say it to the orchestrator, or with `@name` to one worker."""
        name, _, text = event.text.removeprefix("@").partition(" ")
        if event.text.startswith("@") and name in self.names:
            self._steering.write(name, text)
            return
        if self._watch is not None and self._watch.state.chat.turn is not None:
            self.app.notify("The orchestrator reads it after what it does now.", timeout=3)
        self.query_one(Chat).action_follow()
        self.app.command(cm.SendMessage(event.text))

    @on(Fleet.Asked)
    def asked(self, event: Fleet.Asked) -> None:
        self.steer(event.what, event.worker)

    @on(Fleet.PaneResized)
    def pane_resized(self, event: Fleet.PaneResized) -> None:
        """Tell the worker's terminals, once the person is done with dragging."""
        if not self._sizes:
            self.set_timer(SETTLE, self._send_sizes)
        self._sizes[event.worker] = (event.columns, event.rows)

    def _send_sizes(self) -> None:
        sizes, self._sizes = self._sizes, {}
        for name, (columns, rows) in sizes.items():
            worker = self._worker(name)
            if worker is not None and worker.state.active:
                self.app.command(cm.ResizeTerminal(name, columns, rows), quiet=True)

    def _worker(self, name: str) -> Worker | None:
        return self._watch.state.workers.get(name) if self._watch is not None else None

    def steer(self, what: str, name: str) -> None:
        """Do one of `steering.WAYS` with a worker."""
        if what == "zoom":
            fleet = self.query_one(Fleet)
            fleet.selected, fleet.zoomed = name, True
            fleet.focus()
        else:
            self._steering.act(what, name)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The keys that are shown are those that do something now."""
        working = self._watch is not None and self._watch.state.chat.turn is not None
        zoomed = self.is_mounted and self.query_one(Fleet).zoomed
        match action:
            case "interrupt":
                return working
            case "unzoom" | "detail":
                return zoomed
            case _:
                return True

    def action_unzoom(self) -> None:
        self.query_one(Fleet).zoomed = False

    def action_interrupt(self) -> None:
        self.app.command(cm.InterruptTurn(), "The turn is interrupted.")

    def action_detail(self) -> None:
        self._details = not self._details
        self._fit()

    def action_layout(self) -> None:
        self.arrangement = LAYOUTS[(LAYOUTS.index(self.arrangement) + 1) % len(LAYOUTS)]
        self.query_one(Fleet).zoomed = False
        self.query_one("#fleet" if self.arrangement == "fleet" else "#composer").focus()

    def action_go(self, x: int, y: int) -> None:
        """Move between the places of the screen, and inside the fleet."""
        fleet, chat, composer = self.query_one(Fleet), self.query_one(Chat), self.query_one(Composer)
        if self.focused is fleet:
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

    def action_help(self) -> None:
        place = self.focused.id if self.focused is not None else None
        self.app.push_screen(dialogs.Help(helptext.keys_for(place or "")))
