"""Where the commands begin in a worker's terminal: their lines, found again wherever they have gone."""

from collections import deque

from golfer_tui.model.worker_commands import Command
from golfer_tui.terminal.ghostty import Anchor
from golfer_tui.terminal.screen import Screen
from golfer_tui.terminal.transcript import Transcript

HEADERS = 500
"""Commands that can be jumped to: the newest."""


class Headers:
    """Close it before the screen."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._anchors: deque[tuple[Command, Anchor]] = deque()

    def add(self, command: Command) -> None:
        """The header of this command is about to be written where the cursor is."""
        self._anchors.append((command, self._screen.anchor(0, self._screen.history + self._screen.cursor.y)))
        if len(self._anchors) > HEADERS:
            self._anchors.popleft()[1].close()

    def find(self, lines: Transcript, line: int, step: int, *, failed: bool) -> int | None:
        """The nearest header after a line (`step` 1) or before it (-1); of commands that failed, if only they count.

        Lines by their numbers, which have to be settled; None if there is no such header.
        """
        places = [(command, anchor.place) for command, anchor in self._anchors]
        found = [lines.first + place[1] for command, place in places if place and (not failed or _failed(command))]
        if step > 0:
            return min((number for number in found if number > line), default=None)
        return max((number for number in found if number < line), default=None)

    def close(self) -> None:
        while self._anchors:
            self._anchors.pop()[1].close()


def _failed(command: Command) -> bool:
    return command.ended and command.exit_code != 0
