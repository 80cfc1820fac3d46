"""What a person does with a shell of their own in a worker's sandbox: open it, go there and back, end it.

The agent works on beside it. The tile of the worker shows one of the two terminals; whoever types into one sees it.
"""

from textual import on

from golfer_tui.model import commands as cm
from golfer_tui.tui import dialogs
from golfer_tui.tui.acting import Acting
from golfer_tui.tui.fleet import Fleet
from golfer_tui.tui.keyboard import Keyboard, Seat
from golfer_tui.tui.layout import BESIDE_TWO
from golfer_tui.tui.tiles import BOTH
from golfer_tui.tui.watch import Changes, Watch


class ShellActions(Acting):
    """The main screen's actions for shells. A name that is not given is that of the selected worker."""

    _entering = ""
    """Worker whose shell is to have the keyboard as soon as it is open."""
    _over = ""
    """Worker whose shell has ended and still has the keyboard."""

    def action_worker_shell(self, name: str = "") -> None:
        """Type into the person's own shell there; opens it if there is none."""
        fleet, watch = self.query_one(Fleet), self._watch
        name = name or fleet.selected
        if watch is None or not name:
            return
        if name in watch.live.shells:
            self._enter(watch, name)
            return
        self._entering = name
        pane = watch.pane(name, "agent")
        size = (pane.columns, pane.rows) if pane is not None else (80, 24)
        self.command(cm.OpenShell(name, *size))

    def action_worker_end_shell(self, name: str = "") -> None:
        """End the shell, after a question."""
        name = name or self.query_one(Fleet).selected
        if self._watch is None or not name:
            return
        if name not in self._watch.live.shells:
            self.refuse(f"No shell of yours is open in {name}'s sandbox.")
            return
        self.app.push_screen(
            dialogs.confirm_end_shell(name), lambda yes: self.command(cm.CloseShell(name)) if yes else None
        )

    def action_worker_side(self, name: str = "") -> None:
        """Show the other of the two terminals: the agent's, or the shell."""
        name, watch = name or self.query_one(Fleet).selected, self._watch
        if watch is None or not name:
            return
        if watch.pane(name, "shell") is None:
            self.refuse(f"No shell of yours was opened in {name}'s sandbox.")
        else:
            self.show_terminal(watch, name, "agent" if watch.side(name) == "shell" else "shell")

    def show_terminal(self, watch: Watch, name: str, terminal: cm.Terminal) -> None:
        """Let the tile of a worker show this terminal."""
        if watch.side(name) != terminal:
            watch.turn(name, terminal)
            self.query_one(Fleet).rearrange()

    def shells_changed(self, watch: Watch, changes: Changes) -> None:
        """Shells were opened or have ended since the last frame."""
        keyboard = self.query_one(Keyboard)
        for name, is_open in changes.shells.items():
            if is_open and name == self._entering:
                self._enter(watch, name)
            elif not is_open:
                if keyboard.seat == Seat(name, "shell"):
                    self._over = name
                    keyboard.calm_down()
                else:
                    self.show_terminal(watch, name, "agent")
                self.app.notify(f"Your shell in {name}'s sandbox has ended.", timeout=3, markup=False)

    @on(Keyboard.Moved)
    def shell_left(self) -> None:
        """A shell that has ended is shown as long as it has the keyboard."""
        name, self._over = self._over, ""
        if self._watch is not None and name and name not in self._watch.live.shells:
            self.show_terminal(self._watch, name, "agent")

    def _enter(self, watch: Watch, name: str) -> None:
        self._entering = ""
        fleet = self.query_one(Fleet)
        fleet.selected = name
        # A list shows no terminal.
        fleet.zoomed = fleet.zoomed or not fleet.in_tiles
        self.show_terminal(watch, name, "shell")
        if fleet.zoomed and self.size.width >= BOTH and not self.room_for_details():
            # Both terminals are to be seen.
            self._details = False
            self.fit()
        self.query_one(Keyboard).hand_to(name, "shell")

    def room_for_details(self) -> bool:
        fleet = self.query_one(Fleet)
        if self._watch is None or self.size.width < BOTH or not self._watch.two(fleet.selected):
            return super().room_for_details()
        return self.size.width >= BESIDE_TWO
