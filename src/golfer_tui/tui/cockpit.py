"""The main screen: the chat at one side, the fleet at the other, and what the person may do with either."""

import asyncio
import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType

from golfer_tui.model import commands as cm
from golfer_tui.model.session import Worker
from golfer_tui.terminal.clean import one_line
from golfer_tui.tui import dialogs, helptext
from golfer_tui.tui.chat import Chat
from golfer_tui.tui.composer import Composer
from golfer_tui.tui.detail import Detail
from golfer_tui.tui.fleet import Fleet
from golfer_tui.tui.header import Header
from golfer_tui.tui.keybar import KeyBar
from golfer_tui.tui.keyboard import Keyboard
from golfer_tui.tui.places import Places
from golfer_tui.tui.pulse import Pulse
from golfer_tui.tui.scores import Scores
from golfer_tui.tui.sizes import Sizes
from golfer_tui.tui.status import Status
from golfer_tui.tui.steering import Steering
from golfer_tui.tui.watch import Changes, Watch

if TYPE_CHECKING:
    from golfer_tui.tui.app import CockpitApp


class Cockpit(Places):
    """Shows one session. It owns no part of it: every change goes through the app to the engine."""

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
        Binding("b", "scores", "Scores"),
        Binding("tab", "app.focus_next", "Next", key_display="tab"),
        Binding("shift+tab", "app.focus_previous", "Previous place", show=False),
        Binding("ctrl+l", "layout", "Layout"),
        Binding("question_mark", "help", "Help", key_display="?"),
        Binding("f1", "help", "Help"),
    ]

    def __init__(self, *, now: Callable[[], dt.datetime], typed: str = "") -> None:
        """`typed` is what the person typed before there was an input."""
        super().__init__(now=now)
        self._typed = typed
        self.furnished = asyncio.Event()
        """Set once all widgets are there."""
        self._watch: Watch | None = None
        self._steering = Steering(self.app, self._worker)
        self._sizes = Sizes(self, self._worker, lambda command: self.app.command(command, quiet=True))
        self._pulse = Pulse(self, self._working, self._tick)

    def on_mount(self) -> None:
        self.query_one(Composer).insert(self._typed)
        self.furnished.set()

    # What is shown

    def show(self, watch: Watch) -> None:
        """The engine is open: begin to show it."""
        self._watch = watch
        self.query_one(Header).show(watch.engine)
        self.query_one(Status).show(watch.state)
        self.query_one(Fleet).show(watch)
        self.query_one(Keyboard).show(watch)
        said = [entry.text for entry in watch.state.chat.entries if entry.kind == "user"]
        self.query_one(Composer).remember(said)
        self.fit()

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
        self.query_one(Keyboard).show(None)

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
        self._pulse.start()

    def _draw(self, watch: Watch, changes: Changes) -> None:
        fleet = self.query_one(Fleet)
        fleet.apply(changes)
        if changes.everything or changes.header:
            self.query_one(Header).refresh()
        if changes.everything or changes.roster:
            self.fit()
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

    def _working(self) -> bool:
        """Anything is at work, so ages change."""
        if self._watch is None:
            return False
        state = self._watch.state
        return state.chat.turn is not None or any(worker.state.active for worker in state.workers.values())

    def _tick(self) -> None:
        fleet = self.query_one(Fleet)
        for name in self.names:
            if (worker := self._worker(name)) and worker.state.active:
                fleet.refresh_head(name)
        self.query_one(Chat).refresh_running()
        self.query_one(Status).update_status()

    # What the person does

    @on(Fleet.Selected)
    @on(Fleet.Zoomed)
    def chosen(self) -> None:
        self._show_detail()

    @on(Composer.Sent)
    def sent(self, event: Composer.Sent) -> None:
        if not self._steering.say(event.text, self.names):
            return
        if self._watch is not None and self._watch.state.chat.turn is not None:
            self.app.notify("The orchestrator reads it after what it does now.", timeout=3)
        self.query_one(Chat).action_follow()

    @on(Fleet.Asked)
    def asked(self, event: Fleet.Asked) -> None:
        self.steer(event.what, event.worker)

    @on(Fleet.PaneResized)
    def pane_resized(self, event: Fleet.PaneResized) -> None:
        self._sizes.changed(event.worker, event.columns, event.rows)

    @on(Keyboard.Moved)
    def keyboard_moved(self, event: Keyboard.Moved) -> None:
        """Show who has the keyboard, and where the next character goes."""
        fleet = self.query_one(Fleet)
        fleet.typing = event.worker
        fleet.refresh()
        self.query_one(KeyBar).tell(f"{one_line(event.worker)} has the keyboard" if event.worker else "")

    @on(Keyboard.TakenBack)
    def keyboard_taken_back(self) -> None:
        self.query_one(Fleet).focus()

    def _worker(self, name: str) -> Worker | None:
        return self._watch.state.workers.get(name) if self._watch is not None else None

    def steer(self, what: str, name: str) -> None:
        """Do one of `steering.WAYS` with a worker."""
        fleet = self.query_one(Fleet)
        match what:
            case "zoom":
                fleet.selected, fleet.zoomed = name, True
                fleet.focus()
            case "type into":
                fleet.selected = name
                # A list shows no terminal.
                fleet.zoomed = fleet.zoomed or not fleet.in_tiles
                self.query_one(Keyboard).hand_to(name)
            case _:
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

    def action_scores(self) -> None:
        if self._watch is not None:
            board = Scores(self._watch.state, now=self._now)
            self.app.push_screen(board, lambda name: self.steer("zoom", name) if name else None)

    def action_help(self) -> None:
        place = self.focused.id if self.focused is not None else None
        self.app.push_screen(dialogs.Help(helptext.keys_for(place or "")))
