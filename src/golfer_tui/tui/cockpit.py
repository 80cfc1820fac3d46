"""The main screen: the chat at one side, the fleet at the other, and what the person may do with either."""

import asyncio
import datetime as dt
from collections.abc import Callable

from textual import on

from golfer_tui.model.look import SavedLook
from golfer_tui.model.worker_fold import Worker
from golfer_tui.terminal.clean import one_line
from golfer_tui.tui.approval_actions import ApprovalActions
from golfer_tui.tui.chat import Chat
from golfer_tui.tui.composer import Composer
from golfer_tui.tui.detail.detail import Detail
from golfer_tui.tui.detail_actions import DetailActions
from golfer_tui.tui.fleet import Fleet
from golfer_tui.tui.header import Header
from golfer_tui.tui.keybar import KeyBar
from golfer_tui.tui.keyboard import Keyboard
from golfer_tui.tui.log.log import Log
from golfer_tui.tui.pulse import Clocks, Pulse
from golfer_tui.tui.reading_actions import ReadingActions
from golfer_tui.tui.remembering import Remembering
from golfer_tui.tui.sizes import Sizes
from golfer_tui.tui.status import Status
from golfer_tui.tui.talk_actions import TalkActions
from golfer_tui.tui.watch import Changes, Watch


class Cockpit(Remembering, ApprovalActions, DetailActions, ReadingActions, TalkActions):
    """Shows one session. It owns no part of it: every change goes through the app to the engine."""

    def __init__(self, *, now: Callable[[], dt.datetime], typed: str = "") -> None:
        """`typed` is what the person typed before there was an input."""
        super().__init__(now=now)
        self._typed = typed
        self.furnished = asyncio.Event()
        """Set once all widgets are there."""
        self._sizes = Sizes(self, self._worker, lambda command: self.app.command(command, refused=lambda error: None))
        self._clocks = Clocks()
        self._pulse = Pulse(self, self._working, self._tick)

    def on_mount(self) -> None:
        self.query_one(Composer).insert(self._typed)
        self.furnished.set()

    # What is shown

    def show(self, watch: Watch, look: SavedLook) -> None:
        """The engine is open: begin to show it, as it looked before."""
        self._watch = watch
        self.look_out(watch)
        self.query_one(Header).show(watch.engine, self._now)
        self.query_one(Status).show(watch.state)
        self.query_one(Fleet).show(watch)
        self.query_one(Keyboard).show(watch)
        said = [entry.text for entry in watch.state.chat.entries if entry.kind == "user"]
        self.query_one(Composer).remember(said)
        self.take_look(look)
        self.fit()

    def closing(self) -> None:
        """The person leaves; the engine ends or keeps the workers."""
        self.query_one(Header).tell("closing")
        self.query_one(Composer).disabled = True

    def leave(self) -> None:
        """The engine is closed: its tapes are not read any more."""
        self._watch = None
        self.query_one(Detail).leave()
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
        if watch.pace.early:
            self.wake(watch.pace.delay)
            return
        watch.pace.begin()
        changes = watch.frame()
        chat = self.query_one(Chat)
        if changes.everything or changes.chat:
            chat.sync(watch.state.chat)
        if changes.deltas:
            chat.stream(changes.deltas)
        self._draw(watch, changes)
        self.tell_news(changes)
        self._pulse.start()
        watch.pace.end()
        if changes.everything or changes.chat:
            self.call_after_refresh(watch.pace.end)

    def _draw(self, watch: Watch, changes: Changes) -> None:
        fleet = self.query_one(Fleet)
        fleet.apply(changes)
        if changes.everything or changes.header:
            self.query_one(Header).refresh()
        if changes.everything or changes.roster:
            self.fit()
        for name in changes.started:
            fleet.tell_size(name)
        if changes.started:
            self.query_one(Keyboard).keep()
        self.shells_changed(watch, changes)
        self.approvals_changed(changes)
        self.query_one(Log).apply(changes)
        if changes.everything or changes.chat or changes.header:
            self.query_one(Status).update_status()
            self.refresh_bindings()
        if changes.everything or fleet.selected in changes.heads:
            self._show_detail()

    def _show_detail(self) -> None:
        fleet = self.query_one(Fleet)
        if self._watch is not None and (worker := self._worker(fleet.selected)):
            self.query_one(Detail).show(self._watch, worker)

    def _working(self) -> bool:
        """Anything is at work, so ages change."""
        if self._watch is None:
            return False
        state = self._watch.state
        return state.chat.turn is not None or any(worker.holds for worker in state.workers.values())

    def _tick(self) -> None:
        fleet = self.query_one(Fleet)
        if self._watch is not None:
            fleet.draw(self._clocks.due(self._watch.state.workers.values(), self._now(), fleet.selected))
        # What was spent grows by the second.
        self.query_one(Header).refresh()
        self.query_one(Log).tick()
        self.query_one(Chat).refresh_running()
        self.query_one(Status).update_status()

    # What the person does

    @on(Fleet.Selected)
    @on(Fleet.Zoomed)
    def shown_worker_changed(self) -> None:
        self._show_detail()

    @on(Fleet.PaneResized)
    def pane_resized(self, event: Fleet.PaneResized) -> None:
        self._sizes.changed(event.worker, event.terminal, event.columns, event.rows)

    @on(Fleet.ForProgram)
    def for_program(self, event: Fleet.ForProgram) -> None:
        self.query_one(Keyboard).send(event.data)

    @on(Keyboard.Moved)
    def keyboard_moved(self, event: Keyboard.Moved) -> None:
        """Show who has the keyboard, and where the next character goes."""
        fleet, seat = self.query_one(Fleet), event.seat
        fleet.typing = seat.worker
        fleet.refresh()
        who = f"your shell in {one_line(seat.worker)}" if seat.terminal == "shell" else one_line(seat.worker)
        self.query_one(KeyBar).tell(f"{who} has the keyboard" if seat.worker else "")

    @on(Keyboard.TakenBack)
    def keyboard_taken_back(self) -> None:
        self.query_one(Fleet).focus()

    def _worker(self, name: str) -> Worker | None:
        return self._watch.state.workers.get(name) if self._watch is not None else None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The keys that are shown are those that do something now."""
        working = self._watch is not None and self._watch.state.chat.turn is not None
        zoomed = self.is_mounted and self.query_one(Fleet).zoomed
        match action:
            case "interrupt":
                return working
            case "back" | "detail" | "wide":
                return zoomed
            case _:
                return super().check_action(action, parameters)
