"""The log of a worker: each command of the agent with its output below it, drawn line by line beside the terminal."""

import dataclasses as dc
import datetime as dt
from collections.abc import Callable
from functools import partial
from typing import ClassVar

from textual import events
from textual.app import RenderResult
from textual.binding import BindingType
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from golfer_tui.model.worker_fold import Worker
from golfer_tui.terminal.clean import one_line
from golfer_tui.tui.hints import hint, hints
from golfer_tui.tui.keyed import Keyed, bindings
from golfer_tui.tui.log.body import LINES
from golfer_tui.tui.log.drawing import Drawing, LogInks
from golfer_tui.tui.log.view import View
from golfer_tui.tui.log.window import Spot
from golfer_tui.tui.look import Piece, row
from golfer_tui.tui.watch import Changes, Watch

WHEEL = 3
"""Rows that one notch of the wheel scrolls."""

GONE = f"That line is above the newest {LINES:,} of its command, which are what the log shows: the replay has it."


class Log(Keyed, Widget, can_focus=True):
    """Shows one worker at a time. It reads while it is open; closed, it holds nothing."""

    ALLOW_SELECT = False
    PLACE = "log"
    BINDINGS: ClassVar[list[BindingType]] = bindings("log")
    COMPONENT_CLASSES: ClassVar[set[str]] = LogInks.COMPONENT_CLASSES

    class Left(Message):
        """The person wants the terminal back."""

    @dc.dataclass
    class Wanted(Message):
        """Something is to be done with a command: `copy`, `copy command` or `run again`."""

        what: str
        worker: str
        command: str
        start: int
        """Offset of the first byte of its output."""
        end: int
        """Offset after its last byte so far."""

    def __init__(self, *, now: Callable[[], dt.datetime], id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._now = now
        self._watch: Watch | None = None
        self._view: View | None = None
        self._inks: LogInks | None = None

    # What is shown

    @property
    def worker(self) -> str:
        """The worker whose log is open; empty if none is."""
        return self._view.blocks.worker.name if self._view is not None else ""

    async def open(self, watch: Watch, worker: Worker) -> None:
        """Show the log of this worker, at its newest output."""
        await self.close()
        self._watch = watch
        read = partial(watch.engine.printed, worker.name)
        self._view = View(worker, self._tape_end(worker), read, self.refresh)
        self._view.start()
        self._fit()

    async def close(self) -> None:
        """Stop reading and forget everything."""
        view, self._view, self._watch = self._view, None, None
        if view is not None:
            await view.close()

    def go_to(self, offset: int) -> None:
        """Show the line that begins at an offset of the worker's tape."""
        if self._view is not None:
            told = hints(GONE, hint(self.app, "worker.replay", "plays it"))
            self._view.go_to(offset, lambda: self.app.notify(told, severity="warning"))

    def apply(self, changes: Changes) -> None:
        """A frame says what has changed."""
        if self._view is not None:
            worker = self._view.blocks.worker
            if changes.everything or worker.name in changes.printed or worker.name in changes.heads:
                self._view.sync(self._tape_end(worker))

    def tick(self) -> None:
        """A second has passed: commands that run show for how long."""
        if self._view is not None and self._view.blocks.worker.state.active:
            self.refresh()

    def _tape_end(self, worker: Worker) -> int:
        tape = self._watch.engine.tape(worker.name) if self._watch is not None else None
        return max(worker.tape_end, tape.end if tape is not None else 0)

    def _fit(self) -> None:
        if self._view is not None and self.size.width:
            self._view.fit(self.size.width, max(1, self.size.height - 1))

    # Drawing

    def render(self) -> RenderResult:
        return ""

    def render_line(self, y: int) -> Strip:
        inks = self._inks = self._inks or LogInks.of(self)
        width, view = self.size.width, self._view
        if view is None:
            return Strip.blank(width, inks.body)
        if y == 0:
            return self._title(view, inks)
        if y == self.size.height - 1 and not view.window.following and (below := view.window.below()):
            told = hints(f" ↓ {below:,} rows below", hint(self.app, "log.follow", "follows"))
            return row([(f"{told} ", inks.sign)], [], width, inks.body)
        if y > len(view.rows):
            return row([("  No commands yet", inks.dim)] if y == 1 else [], [], width, inks.body)
        drawing = Drawing(view.blocks, inks, width, self._now(), view.times, view.left)
        # The command of the first row is always told, though its header may be out of sight.
        index, at = self._spot(view, y)
        return drawing.line(index, at - 1) if at else drawing.header(index, current=index == view.current)

    @staticmethod
    def _spot(view: View, y: int) -> Spot:
        """What stands in row `y` of the widget."""
        spot = view.rows[y - 1]
        return Spot(spot.block, 0) if y == 1 else spot

    def _title(self, view: View, inks: LogInks) -> Strip:
        count = len(view.blocks)
        failed = sum(view.blocks.failed(index) for index in range(count))
        counted = f"  {count} command{'' if count == 1 else 's'}" + (f", {failed} failed" if failed else "")
        told = {"": "", "clock": "time of day", "since": "seconds since the start"}[view.times]
        shown = [told, "" if view.wrapped else f"unwrapped, from column {view.left + 1}"]
        shown.append(f"{view.current + 1}/{count}" if count else "")
        left: list[Piece] = [(" LOG ", inks.sign), (f" {one_line(self.worker)}{counted}", inks.title)]
        right = " · ".join(part for part in shown if part)
        return row(left, [(f"{right} ", inks.title)], self.size.width, inks.title)

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._inks = None

    # What the person does

    def on_resize(self) -> None:
        self._fit()

    async def on_unmount(self) -> None:
        await self.close()

    def action_close_log(self) -> None:
        self.post_message(self.Left())

    def action_jump(self, step: int, failed: bool) -> None:
        """Go to the next or previous command, or one that failed."""
        if self._view is not None and not self._view.jump(step, failed=failed):
            which = "failed command" if failed else "command"
            self.app.notify(f"There is no {which} {'below' if step > 0 else 'above'}.", timeout=2)

    def action_fold(self) -> None:
        if self._view is not None:
            self._view.fold()

    def action_fold_all(self) -> None:
        if self._view is not None:
            self._view.fold_all()

    def action_copy_output(self) -> None:
        self._want("copy")

    def action_copy_command(self) -> None:
        self._want("copy command")

    def action_rerun(self) -> None:
        self._want("run again")

    def _want(self, what: str) -> None:
        if self._view is not None and (block := self._view.chosen) is not None:
            self.post_message(self.Wanted(what, self.worker, block.command.text, block.span.start, block.end))

    def action_times(self) -> None:
        if self._view is not None:
            self._view.next_times()

    def action_wrap(self) -> None:
        if self._view is not None:
            self._view.wrap()

    def action_slide(self, steps: int) -> None:
        if self._view is not None:
            self._view.slide(steps)

    def action_scroll_rows(self, rows: int) -> None:
        if self._view is not None:
            self._view.scroll(rows)

    def action_scroll_pages(self, pages: int) -> None:
        self.action_scroll_rows(pages * max(1, self.size.height - 3))

    def action_oldest(self) -> None:
        if self._view is not None:
            self._view.oldest()

    def action_follow(self) -> None:
        if self._view is not None:
            self._view.follow()

    def on_click(self, event: events.Click) -> None:
        view = self._view
        if view is None or not 1 <= event.y <= len(view.rows):
            return
        if event.y == self.size.height - 1 and not view.window.following and view.window.below():
            view.follow()
            return
        spot = self._spot(view, event.y)
        view.choose(spot.block)
        if spot.row == 0:
            view.fold()

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        self._wheel(event, -1)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        self._wheel(event, 1)

    def on_mouse_scroll_left(self, event: events.MouseScrollLeft) -> None:
        event.stop()
        self.action_slide(-1)

    def on_mouse_scroll_right(self, event: events.MouseScrollRight) -> None:
        event.stop()
        self.action_slide(1)

    def _wheel(self, event: events.MouseEvent, direction: int) -> None:
        event.stop()
        if event.shift:
            self.action_slide(direction)
        else:
            self.action_scroll_rows(direction * WHEEL)
