"""One worker's terminal as the cockpit keeps it: an emulator fed from the worker's tape, with the commands as headers.

Nothing of it is a widget: a pane goes on while nobody looks at it, and may be drawn in any size.
"""

from rich.style import Style
from textual.strip import Strip

from golfer_tui.model import figures
from golfer_tui.model.worker_commands import Command
from golfer_tui.model.worker_fold import Worker
from golfer_tui.terminal.cells import Line
from golfer_tui.terminal.clean import one_line
from golfer_tui.terminal.modes import Modes
from golfer_tui.terminal.screen import Screen
from golfer_tui.terminal.tape import Tape
from golfer_tui.terminal.transcript import Spot
from golfer_tui.tui.finding import Finding
from golfer_tui.tui.headers import Headers
from golfer_tui.tui.paneview import REVERSED, Highlights, PaneView
from golfer_tui.tui.reading import Reading

COLUMNS, ROWS = 80, 24
"""Cells of a pane that was not shown yet."""

HEADER = 400
"""Characters of a command that are shown above its output."""


class Pane:
    """Bytes in by `feed`, rows out by `strip`. Close it, or the tape waits for it."""

    def __init__(self, worker: Worker, tape: Tape, *, before: int = 0) -> None:
        """`before`: so many bytes before the oldest of the tape are to be given first."""
        self._worker = worker
        self._tape = tape
        self._cursor = tape.cursor()
        self._reached = self._cursor.offset
        self._earlier = b""
        """What was given and not fed yet."""
        self.missing = before
        """Bytes before the tape that were not fed yet."""
        self.begin = self.offset
        """Offset of the first byte that is shown."""
        self._screen = Screen(COLUMNS, ROWS)
        self._next = 0
        """Index of the first command without a header."""
        self._open: list[Command] = []
        """Commands with a header whose end was not drawn yet."""
        self.reading = Reading(self._screen)
        """What the person reads here."""
        self._headers = Headers(self._screen)
        self._view = PaneView(self._screen, self.reading)
        self._head: tuple[object, ...] = ("", Finding.NOTHING, True, True, True, 0, 0)
        """What stands above the terminal: its title, and what is read."""
        self.closed = False
        """Nothing of it can be used any more."""
        self._fed = False
        """There was output since rows were asked for."""

    @property
    def behind(self) -> int:
        """Bytes that wait to be fed."""
        return self._cursor.behind + self.missing

    @property
    def held(self) -> bool:
        """The person types here."""
        return self._view.held

    @property
    def columns(self) -> int:
        return self._screen.columns

    @property
    def rows(self) -> int:
        return self._screen.rows

    @property
    def back(self) -> int:
        """Rows scrolled back; 0 shows the newest output."""
        return self.reading.view.back

    @property
    def modes(self) -> Modes:
        """What the program asked of its keyboard."""
        return self._screen.modes

    @property
    def title(self) -> str:
        """What the program calls itself; empty if it said nothing."""
        return self._screen.title

    def head_changed(self) -> bool:
        """Whether what stands above the terminal is something else since the last call."""
        reading = self.reading
        view, now = reading.view, (self.title, reading.finding.told, reading.cursor is None, reading.selection is None)
        before, self._head = self._head, (*now, view.following, view.back, view.new)
        return before != self._head

    def hold(self, on: bool) -> None:
        """Show where the next character goes, or no longer."""
        self._view.hold(on)

    def spot(self, x: int, y: int) -> Spot:
        """The cell in column `x` of row `y` as it is shown, both clipped to what there is."""
        self.reading.lines.settle()
        y = min(max(y, 0), self.rows - 1)
        return Spot(self._view.number(y), min(max(x, 0), self.columns - 1))

    def scroll(self, rows: int) -> bool:
        """Go back by `rows`, or forward by a negative number. Returns whether anything moved."""
        return self.reading.view.scroll(rows)

    def jump(self, step: int, *, failed: bool) -> bool:
        """Scroll to the next command (`step` 1) or the one before (-1), or to one that failed. Returns whether there is
        one; after the last one the output is followed."""
        self.reading.lines.settle()
        view = self.reading.view
        line = self._headers.find(self.reading.lines, view.top, step, failed=failed)
        if line is not None:
            view.start_at(line)
        elif step > 0 and not failed and not view.following:
            view.follow()
            return True
        return line is not None

    def resize(self, columns: int, rows: int) -> bool:
        """Wrap everything anew. Returns whether the size is another one."""
        if (columns, rows) == (self._screen.columns, self._screen.rows):
            return False
        self.reading.resize(columns, rows)
        self._view.clear()
        return True

    def feed(self, limit: int) -> int:
        """Take up to `limit` bytes of the tape, with the headers on the way. Returns the bytes taken."""
        taken = 0
        while taken < limit:
            if self._cursor.offset > self._reached:
                self._screen.feed(self._leap())
            mark = self._mark()
            stop = self._stop() if mark is None else min(mark[0], self._tape.end)
            if self.offset < stop:
                data = self._read(min(limit - taken, stop - self.offset))
                if not data:
                    break
                self._reached = self._cursor.offset
                self._screen.feed(data)
                taken += len(data)
            elif mark is not None:
                self._screen.feed(mark[1])
                taken += len(mark[1])
            else:
                break
        if taken:
            self._fed = True
            self.reading.settle()
        return taken

    @property
    def offset(self) -> int:
        """Of the next byte to be fed."""
        return self._cursor.offset - self.missing

    def give(self, data: bytes) -> None:
        """The next of the bytes before the tape."""
        self._earlier += data[: self.missing - len(self._earlier)]

    def _read(self, size: int) -> bytes:
        if not self.missing:
            return self._cursor.read(size)
        data, self._earlier = self._earlier[:size], self._earlier[size:]
        self.missing -= len(data)
        return data

    def compact(self) -> None:
        """Let the history take less memory."""
        self._screen.compact()

    def rest(self) -> None:
        """Nothing was fed for a while: take less memory, and leave none of what was shown on the tape."""
        self.compact()
        self._tape.forget()

    def dirty(self) -> set[int]:
        """Rows that look different since the last call: for what was fed or what the person did. Searches on."""
        self.reading.find_on(changed=self._fed)
        self._fed = False
        return self._view.dirty()

    def strip(self, y: int, width: int, base: Style, highlights: Highlights = REVERSED) -> Strip:
        """Row `y` from the top of what is shown now."""
        return self._view.strip(y, width, base, highlights)

    def bare_line(self, y: int) -> Line | None:
        """The line in row `y`, if neither a cursor nor a mark is drawn there."""
        return self._view.bare_line(y)

    def restyle(self) -> None:
        """Forget what was drawn: the colours of the cockpit changed."""
        self._view.clear()

    def text(self) -> str:
        """What is shown now, as text."""
        return self._view.text()

    def close(self) -> None:
        self.closed = True
        self._cursor.close()
        self.reading.close()
        self._headers.close()
        self._screen.close()

    def _stop(self) -> int:
        """The offset up to which bytes may be fed now.

        Output comes at once, the event that names its command a moment later: while no command is known to run, only
        what the journal has already told of is fed, so that no output stands above its own header.
        """
        if any(not command.ended for command in self._open) or not self._worker.holds:
            return self._tape.end
        return min(self._tape.end, self._worker.tape_end)

    def _mark(self) -> tuple[int, bytes] | None:
        """The next header or end to be drawn with its offset; it is taken once the cursor has reached it."""
        commands = self._worker.commands
        while self._next < len(commands) and commands[self._next].offset < self.begin:
            # Its header is before what is still here, but perhaps not its end.
            passed = commands[self._next]
            if passed.end >= self.begin if passed.ended else self._worker.holds:
                self._open.append(passed)
            self._next += 1
        ended = min((command for command in self._open if command.ended), key=lambda command: command.end, default=None)
        begun = commands[self._next] if self._next < len(commands) else None
        if ended is not None and (begun is None or ended.end <= begun.offset):
            if self.offset >= min(ended.end, self._tape.end):
                self._open.remove(ended)
                return ended.end, self._footer(ended)
            return ended.end, b""
        if begun is None:
            return None
        if self.offset >= min(begun.offset, self._tape.end):
            self._next += 1
            self._open.append(begun)
            self._calm()
            self._headers.add(begun)
            return begun.offset, f"\x1b[1;32m❯\x1b[39m {one_line(begun.text, HEADER)}\x1b[0m\r\n".encode()
        return begun.offset, b""

    def _leap(self) -> bytes:
        """The tape has gone on without us: end what was begun, and say how much is missing."""
        missing, self._reached = self._cursor.offset - self._reached, self._cursor.offset
        ended = b"\x18\x1b\\"
        if self._screen.modes.alternate_screen:
            return ended
        told = f"\x1b[0;2m… {figures.size(missing)} came too fast, and are only in the recording …\x1b[0m\r\n"
        return ended + self._line_break() + told.encode()

    def _calm(self) -> None:
        """Begin a line of its own: the last command may have left colours, margins or the alternate screen behind."""
        if len(self._open) == 1 and self._screen.modes.alternate_screen:
            self._screen.feed(b"\x1b[?1049l")
        self._screen.feed(b"\x1b[!p\x1b[0m" + self._line_break())

    def _footer(self, command: Command) -> bytes:
        # The program that gave itself this title has ended.
        calm = b"\x1b]2;\x07" if self.title and not self._open else b""
        if not command.exit_code:
            return calm
        told = f"\x1b[0;31m✗ exit {command.exit_code}\x1b[0;2m after {figures.brief(command.seconds)}\x1b[0m\r\n"
        return calm + self._line_break() + told.encode()

    def _line_break(self) -> bytes:
        return b"\r\n" if self._screen.cursor.x else b""
