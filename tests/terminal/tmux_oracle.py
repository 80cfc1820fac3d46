"""tmux as the judge: bytes go into a pane of an exact size, its cells come back in our own terms.

The server is private (its own socket, no configuration) and only this server is ended.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple, Self

from widths import emulated_width, width

from golfer_tui.terminal.cells import Colour, Line, Style
from golfer_tui.terminal.screen import Screen

TMUX = shutil.which("tmux")
VERSION = subprocess.run([TMUX, "-V"], capture_output=True, text=True, check=True).stdout.strip() if TMUX else ""

# Runs in the pane: prints what comes over the socket and asks for the terminal's state; once tmux has answered as often
# as it was asked (the stream may ask itself), it has taken in everything.
PLAYER = """
import os, socket, sys, tty
tty.setraw(0)
server = socket.socket(socket.AF_UNIX)
server.connect(sys.argv[1])
size = int.from_bytes(server.recv(8, socket.MSG_WAITALL), "big")
data = server.recv(size, socket.MSG_WAITALL) + b"\\x1b[5n"
view = memoryview(data)
while view:
    view = view[os.write(1, view):]
heard, asked = b"", data.count(b"\\x1b[5n")
while heard.count(b"\\x1b[0n") < asked:
    heard += os.read(0, 65536)
server.sendall(b"done")
server.recv(1)
"""


class Cell(NamedTuple):
    """One cell: its text (empty for the right half of a wide character) and its look; no hyperlinks, tmux has none."""

    text: str
    style: Style | None
    """None where `capture-pane` tells nothing: it ends a row at the last cell that was printed in, so that the
    background of cells erased behind it stays unknown."""

    def agrees(self, other: "Cell") -> bool:
        return self.text == other.text and (self.style == other.style or self.style is None or other.style is None)


class Shown(NamedTuple):
    """What a terminal shows."""

    rows: list[list[Cell]]
    cursor: tuple[int, int]

    def text(self) -> list[str]:
        return ["".join(cell.text for cell in row).rstrip(" ") for row in self.rows]


class Tmux:
    """A tmux server of our own for as long as the context lasts."""

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory(prefix="golfer-tmux-")
        self._socket = Path(self._folder.name) / "tmux"
        self._meeting = Path(self._folder.name) / "meeting"
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(self._meeting))
        self._listener.listen()
        self._listener.settimeout(30)
        self._player = Path(self._folder.name) / "player.py"
        self._player.write_text(PLAYER)
        # An idle first session keeps the server alive between the streams.
        self._tmux("new-session", "-d", "-s", "idle", "-x", "80", "-y", "24", "exec sleep 3600")
        self._tmux("set-option", "-g", "status", "off")
        self._tmux("set-option", "-g", "remain-on-exit", "off")
        self._count = 0
        return self

    def __exit__(self, *error: object) -> None:
        subprocess.run([str(TMUX), "-S", str(self._socket), "kill-server"], capture_output=True, check=False)
        self._listener.close()
        self._folder.cleanup()

    def show(self, data: bytes, columns: int, rows: int) -> Shown:
        """What a pane of this size shows after `data`, which must end outside any sequence."""
        self._count += 1
        name = f"s{self._count}"
        command = f"exec {sys.executable} -I -S {self._player} {self._meeting}"
        self._tmux("new-session", "-d", "-s", name, "-x", str(columns), "-y", str(rows), command)
        peer, _ = self._listener.accept()
        with peer:
            peer.settimeout(30)
            peer.sendall(len(data).to_bytes(8, "big") + data)
            assert peer.recv(4, socket.MSG_WAITALL) == b"done"
            place = self._tmux(
                "display-message", "-p", "-t", name, "#{cursor_x} #{cursor_y} #{pane_width} #{pane_height}"
            )
            x, y, got_columns, got_rows = map(int, place.split())
            assert (got_columns, got_rows) == (columns, rows)
            captured = self._tmux("capture-pane", "-p", "-e", "-N", "-t", name)
            self._tmux("kill-session", "-t", name)
        lines = captured.split("\n")[:rows]
        parser = Captured(columns)
        return Shown([parser.row(line) for line in lines], (min(x, columns - 1), y))

    def _tmux(self, *arguments: str) -> str:
        environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TERM": "xterm-256color", "SHELL": "/bin/sh"}
        found = subprocess.run(
            [str(TMUX), "-S", str(self._socket), "-u", "-f", "/dev/null", *arguments],
            capture_output=True,
            check=True,
            env=environment,
            timeout=30,
        )
        return found.stdout.decode("utf-8")


LINE_DRAWING = dict(zip("`afgijklmnopqrstuvwxyz{|}~", "◆▒°±␉┘┐┌└┼⎺⎻─⎼⎽├┤┴┬│≤≥π≠£·", strict=False))
UNDERLINES = ("", "single", "double", "curly", "dotted", "dashed")


class Captured:
    """Reads the lines of `capture-pane -e`; the look of a cell goes on into the next line."""

    def __init__(self, columns: int) -> None:
        self._columns = columns
        self._style = Style()
        self._drawing = False

    def row(self, line: str) -> list[Cell]:
        cells: list[Cell] = []
        for sequence, character in re.findall(r"\x1b\[([0-9;:]*)m|([^\x1b])", line, re.DOTALL):
            if not character:
                self._graphics(sequence)
            elif character in "\x0e\x0f":
                self._drawing = character == "\x0e"
            else:
                if self._drawing:
                    character = LINE_DRAWING.get(character, character)
                size = width(character)
                joined = any(cell.text.endswith("\u200d") for cell in cells[-2:])
                if cells and (size == 0 or joined):
                    # Marks belong to the base, which may be the left half of a pair.
                    at = len(cells) - 1 - (not cells[-1].text)
                    cells[at] = Cell(cells[at].text + character, cells[at].style)
                else:
                    cells.append(Cell(character, self._style))
                    cells.extend([Cell("", self._style)] * (size - 1))
        return cells + [Cell(" ", None)] * (self._columns - len(cells))

    def _graphics(self, sequence: str) -> None:
        style = self._style
        parts = [part.split(":") for part in sequence.split(";")]
        flat = iter(parts)
        for part in flat:
            code = int(part[0] or 0)
            if code == 0:
                style = Style()
            elif part == ["5", "3"]:
                style = style._replace(overline=True)  # tmux 3.3 writes 53 so
            elif code in (38, 48, 58):
                colour: Colour
                rest = [int(value) for value in part[1:] if value] if len(part) > 1 else None
                kind = rest[0] if rest else int(next(flat)[0])
                if kind == 5:
                    colour = rest[1] if rest else int(next(flat)[0])
                else:
                    values = rest[-3:] if rest else [int(next(flat)[0]) for _ in range(3)]
                    colour = (values[0], values[1], values[2])
                style = style._replace(**{{38: "fg", 48: "bg", 58: "underline_colour"}[code]: colour})
            elif 30 <= code <= 37 or 90 <= code <= 97:
                style = style._replace(fg=code - 30 if code < 90 else code - 82)
            elif 40 <= code <= 47 or 100 <= code <= 107:
                style = style._replace(bg=code - 40 if code < 100 else code - 92)
            elif code == 4:
                style = style._replace(underline=UNDERLINES[int(part[1])] if len(part) > 1 else "single")
            else:
                style = style._replace(**CODES[code])
        self._style = style


CODES: dict[int, dict[str, object]] = {
    1: {"bold": True}, 2: {"dim": True}, 3: {"italic": True}, 5: {"blink": True}, 7: {"reverse": True},
    8: {"hidden": True}, 9: {"strike": True}, 53: {"overline": True}, 39: {"fg": None}, 49: {"bg": None},
    59: {"underline_colour": None}, 21: {"underline": "double"},
}  # fmt: skip


def cells(line: Line) -> list[Cell]:
    """Our own line, cell by cell."""
    found: list[Cell] = []
    for run in line:
        style = run.style._replace(link="")
        start = len(found)
        for character in run.text:
            size = emulated_width(character)
            if size == 0 and len(found) > start:
                at = len(found) - 1 - (not found[-1].text)
                found[at] = Cell(found[at].text + character, style)
            else:
                found.append(Cell(character, style))
                found.extend([Cell("", style)] * (size - 1))
        assert len(found) - start == run.cells, run
    return found


def ours(data: bytes, columns: int, rows: int, *, cuts: Sequence[int] = ()) -> Shown:
    """What our screen shows after `data`, fed in pieces if it is cut anywhere."""
    screen = Screen(columns, rows)
    for begin, end in pairwise([0, *cuts, len(data)]):
        screen.feed(data[begin:end])
    shown = Shown([cells(screen.line(y)) for y in range(rows)], screen.cursor[:2])
    screen.close()
    return shown


def differences(one: Shown, other: Shown) -> list[tuple[int, int, Cell, Cell]]:
    """Row, column and both cells wherever they are not the same."""
    found = []
    for y, (left, right) in enumerate(zip(one.rows, other.rows, strict=True)):
        assert len(left) == len(right), f"row {y} has {len(left)} and {len(right)} cells"
        found += [
            (y, x, mine, theirs)
            for x, (mine, theirs) in enumerate(zip(left, right, strict=True))
            if not mine.agrees(theirs)
        ]
    return found
