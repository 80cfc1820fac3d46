"""One worker's terminal as the cockpit keeps it: an emulator fed from the worker's tape, with the commands as headers.

Nothing of it is a widget: a pane goes on while nobody looks at it, and may be drawn in any size.
"""

from rich.style import Style
from textual.strip import Strip

from golfer_tui.model.session import Command, Worker
from golfer_tui.terminal.cells import Line, plain
from golfer_tui.terminal.clean import one_line
from golfer_tui.terminal.modes import Modes
from golfer_tui.terminal.screen import Screen
from golfer_tui.terminal.tape import Tape
from golfer_tui.tui import figures
from golfer_tui.tui.paint import strip_of, with_cursor

COLUMNS, ROWS = 80, 24
"""Cells of a pane that was not shown yet."""

HEADER = 400
"""Characters of a command that are shown above its output."""


class Pane:
    """Bytes in by `feed`, rows out by `strip`. Close it, or the tape waits for it."""

    def __init__(self, worker: Worker, tape: Tape) -> None:
        self._worker = worker
        self._tape = tape
        self._cursor = tape.cursor()
        self._begin = self._cursor.offset
        self._screen = Screen(COLUMNS, ROWS)
        self._next = 0
        """Index of the first command without a header."""
        self._open: list[Command] = []
        """Commands with a header whose end was not drawn yet."""
        self._strips: dict[int, Strip] = {}
        self._back = 0
        self._lift = 0
        self._held = False
        """The person types here: the cursor is drawn."""

    @property
    def behind(self) -> int:
        """Bytes that wait to be fed."""
        return self._cursor.behind

    @property
    def columns(self) -> int:
        return self._screen.columns

    @property
    def rows(self) -> int:
        return self._screen.rows

    @property
    def back(self) -> int:
        """Rows scrolled back; 0 follows the output."""
        return self._back

    @property
    def modes(self) -> Modes:
        """What the program asked of its keyboard."""
        return self._screen.modes

    def hold(self, on: bool) -> None:
        """Show where the next character goes, or no longer."""
        self._held = on
        self._lift = self._spare_row()
        self._strips.clear()

    def scroll(self, rows: int) -> bool:
        """Go back by `rows`, or forward by a negative number. Returns whether anything moved."""
        to = min(max(0, self._back + rows), self._screen.history)
        moved, self._back = to != self._back, to
        if moved:
            self._strips.clear()
        return moved

    def resize(self, columns: int, rows: int) -> bool:
        """Wrap everything anew. Returns whether the size is another one."""
        if (columns, rows) == (self._screen.columns, self._screen.rows):
            return False
        self._screen.resize(columns, rows)
        self._back, self._lift = min(self._back, self._screen.history), self._spare_row()
        self._strips.clear()
        return True

    def feed(self, limit: int) -> int:
        """Take up to `limit` bytes of the tape, with the headers on the way. Returns the bytes taken."""
        taken, before = 0, self._screen.history
        while taken < limit:
            mark = self._mark()
            stop = self._stop() if mark is None else min(mark[0], self._tape.end)
            if self._cursor.offset < stop:
                data = self._cursor.read(min(limit - taken, stop - self._cursor.offset))
                self._screen.feed(data)
                taken += len(data)
            elif mark is not None:
                self._screen.feed(mark[1])
                taken += len(mark[1])
            else:
                break
        if self._back and taken:
            # The lines that are being read stay where they are.
            self._back = min(self._back + max(0, self._screen.history - before), self._screen.history)
        return taken

    def dirty(self) -> set[int]:
        """Rows that look different since the last call."""
        rows, lift = self._screen.dirty(), self._spare_row()
        if lift != self._lift or (self._back and rows):
            rows = set(range(self._screen.rows))
        elif lift:
            # The first row shows the newest line of the history, which moves with all the others.
            rows = {y + lift for y in rows if y + lift < self._screen.rows} | ({0} if rows else set())
        self._lift = lift
        for y in rows:
            self._strips.pop(y, None)
        return rows

    def strip(self, y: int, width: int, base: Style) -> Strip:
        """Row `y` from the top of what is shown now."""
        strip = self._strips.get(y)
        if strip is None or strip.cell_length != width:
            strip = strip_of(self._line(y), width, base)
            cursor = self._screen.cursor if self._held else None
            if cursor is not None and cursor.visible and y == cursor.y + self._above:
                strip = with_cursor(strip, cursor.x)
            self._strips[y] = strip
        return strip

    def restyle(self) -> None:
        """Forget what was drawn: the colours of the cockpit changed."""
        self._strips.clear()

    def text(self) -> str:
        """What is shown now, as text."""
        return "\n".join(plain(self._line(y)) for y in range(self._screen.rows)).rstrip()

    def close(self) -> None:
        self._cursor.close()
        self._screen.close()

    @property
    def _above(self) -> int:
        """Lines of the history that are shown above the screen."""
        return min(self._back + self._lift, self._screen.history)

    def _line(self, y: int) -> Line:
        return self._screen.line(y - self._above)

    def _spare_row(self) -> int:
        """1 if the last row is only where the cursor waits: one more line of output is shown in its place."""
        if self._held:
            return 0
        x, y, *_ = self._screen.cursor
        last = self._screen.rows - 1
        return int(x == 0 and y == last > 0 and self._screen.history > 0 and not plain(self._screen.line(last)))

    def _stop(self) -> int:
        """The offset up to which bytes may be fed now.

        Output comes at once, the event that names its command a moment later: while no command is known to run, only
        what the journal has already told of is fed, so that no output stands above its own header.
        """
        if any(not command.ended for command in self._open) or not self._worker.state.active:
            return self._tape.end
        return min(self._tape.end, self._worker.tape_end)

    def _mark(self) -> tuple[int, bytes] | None:
        """The next header or end to be drawn with its offset; it is taken once the cursor has reached it."""
        commands = self._worker.commands
        while self._next < len(commands) and commands[self._next].offset < self._begin:
            # Its header is before what is still here, but perhaps not its end.
            if not commands[self._next].ended or commands[self._next].end >= self._begin:
                self._open.append(commands[self._next])
            self._next += 1
        ended = min((command for command in self._open if command.ended), key=lambda command: command.end, default=None)
        begun = commands[self._next] if self._next < len(commands) else None
        if ended is not None and (begun is None or ended.end <= begun.offset):
            if self._cursor.offset >= min(ended.end, self._tape.end):
                self._open.remove(ended)
                return ended.end, self._footer(ended)
            return ended.end, b""
        if begun is None:
            return None
        if self._cursor.offset >= min(begun.offset, self._tape.end):
            self._next += 1
            self._open.append(begun)
            return begun.offset, self._header(begun)
        return begun.offset, b""

    def _header(self, command: Command) -> bytes:
        # The last command may have left colours, margins or the alternate screen behind.
        calm = b"\x1b[!p\x1b[0m"
        if len(self._open) == 1 and self._screen.modes.alternate_screen:
            calm = b"\x1b[?1049l" + calm
        text = one_line(command.text, HEADER)
        return calm + self._line_break() + f"\x1b[1;32m❯\x1b[39m {text}\x1b[0m\r\n".encode()

    def _footer(self, command: Command) -> bytes:
        if not command.exit_code:
            return b""
        told = f"\x1b[0;31m✗ exit {command.exit_code}\x1b[0;2m after {figures.brief(command.seconds)}\x1b[0m\r\n"
        return self._line_break() + told.encode()

    def _line_break(self) -> bytes:
        return b"\r\n" if self._screen.cursor.x else b""
