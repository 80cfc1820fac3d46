"""The person's keyboard while a terminal has it: every key goes there, but those that take it back.

The terminal is the one of the worker's agent, or the person's own shell beside it. Typing into the agent's needs the
lease on its input: it is taken with the keyboard, kept while the keyboard is there, and given back with it.
"""

import dataclasses as dc
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.message import Message
from textual.widget import Widget

from golfer_tui.model import commands as cm
from golfer_tui.model.errors import GolferError
from golfer_tui.terminal.keys import encode_focus, encode_key, encode_paste
from golfer_tui.terminal.modes import Modes
from golfer_tui.tui.keyed import Keyed, bindings
from golfer_tui.tui.outbox import Outbox, Sent
from golfer_tui.tui.pane import Pane
from golfer_tui.tui.watch import Watch

KEEP = 10.0
"""Seconds after which the lease on the agent's input is taken again; it runs for thirty."""

CALM = 0.7
"""Seconds that keys are swallowed once a terminal takes none: what is typed on is no command to the cockpit."""


@dc.dataclass(frozen=True)
class Seat:
    """A terminal to type into."""

    worker: str = ""
    """Empty: none."""
    terminal: cm.Terminal = "agent"


NOWHERE = Seat()


class Keyboard(Keyed, Widget, can_focus=True):
    """Draws nothing. It has the focus while the person types into a terminal, so that no key means anything else."""

    PLACE = "terminal"
    BINDINGS: ClassVar[list[BindingType]] = bindings("terminal")

    @dc.dataclass
    class Moved(Message):
        """Another terminal has the keyboard, or with `NOWHERE` the cockpit."""

        seat: Seat

    @dc.dataclass
    class TakenBack(Message):
        """The person is done with the terminal, or it cannot be typed into."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._watch: Watch | None = None
        self._seat = NOWHERE
        self._outbox = Outbox(self._dispatch, self._take_refusal)
        self._refused = False
        """The terminal cannot be typed into; the keyboard is about to come back."""

    def on_mount(self) -> None:
        self.set_interval(KEEP, self.keep)

    def show(self, watch: Watch | None) -> None:
        """Type into the workers of this watch, or of none any more."""
        self._watch = watch

    @property
    def seat(self) -> Seat:
        """The terminal that has the keyboard."""
        return self._seat

    def hand_to(self, worker: str, terminal: cm.Terminal = "agent") -> None:
        """Let this terminal have the keyboard."""
        self._move(Seat(worker, terminal))
        self.screen.set_focus(self, scroll_visible=False)

    def keep(self) -> None:
        """Take the lease on the agent's input once more, where the keyboard is."""
        if self._seat != NOWHERE and self._seat.terminal == "agent" and not self._refused:
            self._start(self._outbox.put(cm.TakeKeyboard(self._seat.worker)))

    def send(self, data: bytes) -> None:
        """Send bytes to the terminal that has the keyboard: keys, or the mouse."""
        if not data or self._seat == NOWHERE or self._refused:
            return
        if not self._outbox.room(data):
            self.app.notify(f"{self._seat.worker} reads too slowly: not sent.", severity="warning", markup=False)
            return
        if (pane := self._pane) is not None and not pane.reading.view.following:
            # Who types wants to see what comes of it.
            pane.reading.view.follow()
            self.post_message(self.Moved(self._seat))
        if self._watch is not None:
            self._watch.pace.hurry(self._seat.worker)
        self._start(self._outbox.type(self._seat.worker, self._seat.terminal, data))

    def calm_down(self) -> None:
        """The terminal has ended: take the keyboard back in a moment, and let no key come there before."""
        self._refused = True
        self.set_timer(CALM, self._give_up)

    def allow_focus(self) -> bool:
        """No place to go to by tab: only `hand_to` leads here."""
        return self._seat != NOWHERE

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Takes the keys away from every binding of the screen and the app."""
        return key not in self.keys_of("terminal.leave")

    def on_key(self, event: events.Key) -> None:
        event.stop()
        event.prevent_default()
        self.send(encode_key(event.key, self._modes, event.character))

    def on_paste(self, event: events.Paste) -> None:
        event.stop()
        self.send(encode_paste(event.text, self._modes))

    def on_focus(self) -> None:
        self.send(encode_focus(True, self._modes))

    def on_blur(self) -> None:
        self.send(encode_focus(False, self._modes))
        if self.app.app_focus:
            # Otherwise the whole cockpit lost the focus, and it comes back here.
            self._move(NOWHERE)

    def action_take_back(self) -> None:
        self.post_message(self.TakenBack())

    @property
    def _pane(self) -> Pane | None:
        if self._watch is None or self._seat == NOWHERE:
            return None
        return self._watch.pane(self._seat.worker, self._seat.terminal)

    @property
    def _modes(self) -> Modes:
        pane = self._pane
        return pane.modes if pane is not None else Modes()

    def _move(self, seat: Seat) -> None:
        self._refused = False
        if seat == self._seat:
            return
        for each, on in ((self._seat, False), (seat, True)):
            self._seat = each
            if (pane := self._pane) is not None:
                pane.hold(on)
            if each != NOWHERE and each.terminal == "agent":
                self._start(self._outbox.put(cm.TakeKeyboard(each.worker) if on else cm.GiveKeyboard(each.worker)))
        self.post_message(self.Moved(seat))

    def _start(self, sending: bool) -> None:
        if sending:
            self.run_worker(self._outbox.send_all(), name="keyboard")

    async def _dispatch(self, command: Sent) -> None:
        if self._watch is not None:
            await self._watch.engine.dispatch(command)

    def _take_refusal(self, error: GolferError, command: Sent) -> None:
        """The terminal cannot be typed into: take the keyboard back in a moment."""
        terminal = command.terminal if isinstance(command, cm.TypeInto) else "agent"
        here = self._seat == Seat(command.worker, terminal)
        if here and not self._refused and not isinstance(command, cm.GiveKeyboard):
            self.app.notify(str(error), severity="warning", markup=False)
            self.calm_down()

    def _give_up(self) -> None:
        if self._refused:
            self.post_message(self.TakenBack())
