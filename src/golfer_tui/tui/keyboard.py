"""The person's keyboard while a worker's terminal has it: every key goes there, but those that take it back."""

import collections
import dataclasses as dc
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widget import Widget

from golfer_tui.model import commands as cm
from golfer_tui.model.errors import GolferError
from golfer_tui.terminal.keys import encode_focus, encode_key, encode_paste
from golfer_tui.terminal.modes import Modes
from golfer_tui.tui.pane import Pane
from golfer_tui.tui.watch import Watch

TAKES_BACK = ("ctrl+right_square_bracket", "ctrl+g")

WAITING = 256 * 1024
"""Bytes that may wait to be sent; a paste that does not fit is refused as a whole."""

PIECE = 4096
"""Bytes of one command."""

CALM = 0.7
"""Seconds that keys are swallowed after a refusal: what is still being typed is no command to the cockpit."""


class Keyboard(Widget, can_focus=True):
    """Draws nothing. It has the focus while the person types into a worker, so that no key means anything else."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(",".join(TAKES_BACK), "take_back", "Take the keyboard back", key_display="ctrl+]", priority=True),
    ]

    @dc.dataclass
    class Moved(Message):
        """Another worker has the keyboard, or with "" the cockpit."""

        worker: str

    @dc.dataclass
    class TakenBack(Message):
        """The person is done with the worker, or it cannot be typed into."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._watch: Watch | None = None
        self._holder = ""
        self._typed: collections.deque[tuple[str, bytes]] = collections.deque()
        """What is still to be sent, by worker, in order."""
        self._waiting = 0
        self._sending = False
        self._refused = False
        """The worker cannot be typed into; the keyboard is about to come back."""

    def show(self, watch: Watch | None) -> None:
        """Type into the workers of this watch, or of none any more."""
        self._watch = watch

    def hand_to(self, worker: str) -> None:
        """Let this worker's terminal have the keyboard."""
        self._move(worker)
        self.screen.set_focus(self, scroll_visible=False)

    def allow_focus(self) -> bool:
        """No place to go to by tab: only `hand_to` leads here."""
        return bool(self._holder)

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Takes the keys away from every binding of the screen and the app."""
        return key not in TAKES_BACK

    def on_key(self, event: events.Key) -> None:
        event.stop()
        event.prevent_default()
        self._send(encode_key(event.key, self._modes, event.character))

    def on_paste(self, event: events.Paste) -> None:
        event.stop()
        self._send(encode_paste(event.text, self._modes))

    def on_focus(self) -> None:
        self._send(encode_focus(True, self._modes))

    def on_blur(self) -> None:
        self._send(encode_focus(False, self._modes))
        if self.app.app_focus:
            # Otherwise the whole cockpit lost the focus, and it comes back here.
            self._move("")

    def action_take_back(self) -> None:
        self.post_message(self.TakenBack())

    @property
    def _pane(self) -> Pane | None:
        return self._watch.panes.get(self._holder) if self._watch is not None and self._holder else None

    @property
    def _modes(self) -> Modes:
        pane = self._pane
        return pane.modes if pane is not None else Modes()

    def _move(self, worker: str) -> None:
        self._refused = False
        if worker != self._holder:
            for name, on in ((self._holder, False), (worker, True)):
                self._holder = name
                if (pane := self._pane) is not None:
                    pane.hold(on)
            self.post_message(self.Moved(worker))

    def _send(self, data: bytes) -> None:
        if not data or not self._holder or self._refused:
            return
        if self._waiting + len(data) > WAITING:
            self.app.notify(f"{self._holder} reads too slowly: not sent.", severity="warning", markup=False)
            return
        if (pane := self._pane) is not None and pane.back:
            # Who types wants to see what comes of it.
            pane.scroll(-pane.back)
            self.post_message(self.Moved(self._holder))
        self._waiting += len(data)
        self._typed.extend((self._holder, data[start : start + PIECE]) for start in range(0, len(data), PIECE))
        if not self._sending:
            self._sending = True
            self.run_worker(self._send_all(), name="keyboard")

    def _refuse(self) -> None:
        if self._refused:
            self.post_message(self.TakenBack())

    async def _send_all(self) -> None:
        """Send one command at a time, so that keys arrive in the order in which they were pressed."""
        try:
            while self._typed and self._watch is not None:
                worker, data = self._typed.popleft()
                while self._typed and self._typed[0][0] == worker and len(data) + len(self._typed[0][1]) <= PIECE:
                    data += self._typed.popleft()[1]
                self._waiting -= len(data)
                await self._watch.engine.dispatch(cm.TypeInto(worker, data))
        except GolferError as error:
            self._typed.clear()
            self._waiting = 0
            if self._holder == worker:
                self._refused = True
                self.app.notify(str(error), severity="warning", markup=False)
                self.set_timer(CALM, self._refuse)
        finally:
            self._sending = False
