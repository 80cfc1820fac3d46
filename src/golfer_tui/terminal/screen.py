"""The screen: a terminal emulator behind one small interface. Bytes go in, lines come out; it does no I/O.

Not thread-safe: its owner sees to it that one call runs at a time. `feed` and `resize` may run in a worker thread (they
give up the GIL) as long as nothing else is asked of the same screen meanwhile; different screens are independent.
"""

import re
import weakref
from collections.abc import Callable
from typing import Any

from golfer_tui.terminal import callbacks
from golfer_tui.terminal.cells import Line, plain, safe
from golfer_tui.terminal.ghostty import CELL, Anchor, Place, check, ffi, lib, sized
from golfer_tui.terminal.modes import Cursor, Modes, MouseFormat, MouseTracking
from golfer_tui.terminal.rows import compose, line_of
from golfer_tui.terminal.transcript import Transcript

SCROLLBACK = 10_000
"""Lines of history kept by default. The emulator keeps them in pages: it may hold some hundred fewer."""

SCROLLBACK_BYTES = 16 * 1024 * 1024
"""Bytes of memory that the history may take, however long its lines are."""

LARGEST = 4096
"""Columns and rows are clipped to this."""

ROWS = 2
"""Rows at least: the emulator's library crashes when a screen of one row gets another number of columns."""

TITLE = 256
"""Characters of a title that are kept."""

FOREGROUND = (229, 229, 229)
BACKGROUND = (0, 0, 0)
"""What programs hear that ask for the default colours: light on dark, as the cockpit is."""

_EXTENDING = re.compile(rb"(?:\x1b\[[0-9;:]*m)*[\x80-\xff]")
"""May begin with a mark for a character that was printed before; the emulator does not tell that its row changed."""

_TRACKING: tuple[tuple[int, MouseTracking], ...] = ((1003, "motion"), (1002, "drag"), (1000, "click"), (9, "press"))
_FORMATS: tuple[tuple[int, MouseFormat], ...] = ((1016, "pixels"), (1006, "sgr"), (1015, "urxvt"), (1005, "utf8"))


class Screen:
    """One emulated terminal with its history."""

    def __init__(
        self,
        columns: int,
        rows: int,
        *,
        scrollback_lines: int = SCROLLBACK,
        on_reply: Callable[[bytes], None] | None = None,
    ) -> None:
        """`on_reply` gets what the terminal answers to the program (device attributes, cursor reports, colours), in the
        thread that feeds or resizes and at the end of the call. `terminal.answers` decides which screen is asked."""
        self._columns, self._rows = _clip(columns), _clip(rows, ROWS)
        self._on_reply = on_reply
        self._replies = bytearray()
        handle = ffi.new("GhosttyTerminal*")
        check(lib.ghostty_terminal_new(ffi.NULL, handle, self._columns, self._rows))
        self._terminal = handle[0]
        self._free = weakref.finalize(self, lib.ghostty_terminal_free, handle[0])
        self._new_state()
        self._scrollback = max(0, scrollback_lines)
        self._set("SCROLLBACK_MAX_LINES", ffi.new("size_t*", self._scrollback))
        self._set("SCROLLBACK_MAX_BYTES", ffi.new("size_t*", SCROLLBACK_BYTES))
        # Images are not drawn; refusing them also keeps their memory and the reading of files away.
        self._set("KITTY_IMAGE_STORAGE_LIMIT", ffi.new("uint64_t*", 0))
        self._set("COLOR_FOREGROUND", ffi.new("GhosttyColorRgb*", FOREGROUND))
        self._set("COLOR_BACKGROUND", ffi.new("GhosttyColorRgb*", BACKGROUND))
        self._size = [self._columns, self._rows]
        self._asked = {
            "WRITE_PTY": callbacks.collector(self._replies),
            "SIZE": callbacks.measure(self._size),
            "COLOR_SCHEME": callbacks.scheme(),
        }
        if on_reply is not None:
            # Otherwise nothing is answered, and nothing is kept for it.
            for option, callback in self._asked.items():
                self._set(option, callback)
        self._view = ffi.new("GhosttyCellsView*")
        self._row = ffi.new("uint16_t*")
        self._place = Place()
        self._reached = -1
        """Row at which the iterator stands."""
        self._dirty: set[int] = set()
        self._modes: Modes | None = None

    @property
    def columns(self) -> int:
        return self._columns

    @property
    def rows(self) -> int:
        return self._rows

    def feed(self, data: bytes) -> None:
        """Let the terminal take in what the program printed, cut anywhere."""
        if b"\x7f" in data:
            data = data.replace(b"\x7f", b"")  # terminals ignore DEL; the emulator would print it
        lib.ghostty_terminal_vt_write(self._terminal, data, len(data))
        if _EXTENDING.match(data):
            self._forget_rows()
        self._stale, self._modes = True, None
        self._reply()

    def resize(self, columns: int, rows: int) -> None:
        """Change the size; the main screen and its history are wrapped anew. The owner tells the PTY."""
        self._columns, self._rows = _clip(columns), _clip(rows, ROWS)
        self._size[:] = self._columns, self._rows
        check(lib.ghostty_terminal_resize(self._terminal, self._columns, self._rows, *CELL))
        self._stale, self._modes = True, None
        self._reply()  # Some programs ask to be told of their size in their input.

    def dirty(self) -> set[int]:
        """Rows that changed since the last call, the cursor's old and new place among them."""
        self._sync()
        dirty, self._dirty = self._dirty, set()
        return dirty

    def line(self, y: int) -> Line:
        """Row `y` of the screen from the top; a negative one reads the history, -1 being its newest line.

        Raises IndexError where there is no such line.
        """
        if y < 0:
            history = self.history
            if -y > history:
                raise IndexError(f"The history has {history} lines; line {y} is not among them.")
            self._place.move(self._terminal, history + y, history=True)
            return compose(self._place.cells(self._columns), self._place)
        if y >= self._rows:
            raise IndexError(f"The screen has {self._rows} rows; row {y} is not among them.")
        self._sync()
        self._seek(y)
        check(
            lib.ghostty_render_state_row_get(self._iterator[0], lib.GHOSTTY_RENDER_STATE_ROW_DATA_CELLS_RAW, self._view)
        )
        self._place.move(self._terminal, y, history=False)
        return line_of(self._view, self._place)

    def text(self) -> list[str]:
        """The rows as plain text without trailing blanks."""
        return [plain(self.line(y)) for y in range(self._rows)]

    def transcript(self) -> Transcript:
        """A reader of the same lines by number. Whoever asks for it closes it before the screen."""
        return Transcript(self, self._terminal)

    @property
    def history(self) -> int:
        """Lines that have scrolled off the top and are still kept; none on the alternate screen."""
        return int(self._get("SCROLLBACK_ROWS", "size_t"))

    @property
    def cursor(self) -> Cursor:
        self._sync()
        found = sized("GhosttyRenderStateCursor")
        check(lib.ghostty_render_state_get(self._state, lib.GHOSTTY_RENDER_STATE_DATA_CURSOR, found))
        shapes = {
            lib.GHOSTTY_RENDER_STATE_CURSOR_VISUAL_STYLE_BAR: "bar",
            lib.GHOSTTY_RENDER_STATE_CURSOR_VISUAL_STYLE_UNDERLINE: "underline",
        }
        return Cursor(
            x=found.viewport_x,
            y=found.viewport_y,
            visible=bool(found.visible and found.viewport_has_value),
            shape=shapes.get(found.visual_style, "block"),  # type: ignore[arg-type]
            blink=bool(found.blinking),
        )

    @property
    def title(self) -> str:
        """What the program calls itself, made harmless and short; empty if it said nothing."""
        found = ffi.new("GhosttyString*")
        check(lib.ghostty_terminal_get(self._terminal, lib.GHOSTTY_TERMINAL_DATA_TITLE, found))
        if not found.len:
            return ""
        return safe(bytes(ffi.buffer(found.ptr, found.len)).decode("utf-8", "replace")[:TITLE])

    @property
    def modes(self) -> Modes:
        if self._modes is None:
            self._modes = Modes(
                alternate_screen=self._get("ACTIVE_SCREEN", "int") == lib.GHOSTTY_TERMINAL_SCREEN_ALTERNATE,
                application_cursor=self._mode(1),
                application_keypad=self._mode(66),
                backarrow=self._mode(67),
                bracketed_paste=self._mode(2004),
                focus_events=self._mode(1004),
                mouse=next((name for mode, name in _TRACKING if self._mode(mode)), ""),
                mouse_format=next((name for mode, name in _FORMATS if self._mode(mode)), "x10"),
                alternate_scroll=self._mode(1007),
                synchronized=self._mode(2026),
                kitty_keyboard=int(self._get("KITTY_KEYBOARD_FLAGS", "uint8_t")),
            )
        return self._modes

    def compact(self) -> None:
        """Compress the history in memory; for a screen that has been quiet. It is unpacked again where it is read.

        The rows are forgotten as they were read last, which take a hundred bytes a cell: all of them are dirty next.
        """
        result = ffi.new("GhosttyTerminalCompressionResult*")
        check(lib.ghostty_terminal_compress(self._terminal, lib.GHOSTTY_TERMINAL_COMPRESSION_MODE_FULL, result))
        self._forget_rows()

    def anchor(self, x: int, y: int) -> Anchor:
        """Follow a cell wherever it goes, its row counted from the oldest line. Close the anchor before the screen."""
        return Anchor(self._terminal, x, y)

    def forget(self) -> int:
        """Drop what the emulator can of its history: whole pages of some hundred lines. Returns how many it dropped."""
        before = self.history
        self._set("SCROLLBACK_MAX_LINES", ffi.new("size_t*", 0))
        self._set("SCROLLBACK_MAX_LINES", ffi.new("size_t*", self._scrollback))
        return before - self.history

    def close(self) -> None:
        """Free the emulator; the screen cannot be used any more. Harmless when called again."""
        self._free_state()
        self._free()
        self._terminal = self._state = None

    def _forget_rows(self) -> None:
        self._free_state()
        self._new_state()

    def _new_state(self) -> None:
        """What the rows are read from; it is filled when they are."""
        state = ffi.new("GhosttyRenderState*")
        check(lib.ghostty_render_state_new(ffi.NULL, state))
        iterator = ffi.new("GhosttyRenderStateRowIterator*")
        check(lib.ghostty_render_state_row_iterator_new(ffi.NULL, iterator))
        self._state, self._iterator, self._stale = state[0], iterator, True
        self._free_state: Callable[[], object] = weakref.finalize(self, _free_state, state[0], iterator[0])

    def _reply(self) -> None:
        """Pass on what the emulator answered."""
        if self._replies:
            replies = bytes(self._replies)
            self._replies.clear()
            if self._on_reply is not None:
                self._on_reply(replies)

    def _sync(self) -> None:
        """Bring the render state up to date and note the rows that changed."""
        if not self._stale:
            return
        check(lib.ghostty_render_state_update(self._state, self._terminal))
        self._rewind()
        row, step = self._row, lib.ghostty_render_state_row_iterator_next_dirty
        while step(self._iterator[0], row):
            self._dirty.add(row[0])
        check(lib.ghostty_render_state_clean(self._state))
        self._rewind()
        self._stale = False

    def _rewind(self) -> None:
        check(lib.ghostty_render_state_get(self._state, lib.GHOSTTY_RENDER_STATE_DATA_ROW_ITERATOR, self._iterator))
        self._reached = -1

    def _seek(self, y: int) -> None:
        if y < self._reached:
            self._rewind()
        while self._reached < y:
            lib.ghostty_render_state_row_iterator_next(self._iterator[0])
            self._reached += 1

    def _set(self, option: str, value: Any) -> None:
        check(lib.ghostty_terminal_set(self._terminal, getattr(lib, f"GHOSTTY_TERMINAL_OPT_{option}"), value))

    def _get(self, data: str, kind: str) -> Any:
        value = ffi.new(f"{kind}*")
        check(lib.ghostty_terminal_get(self._terminal, getattr(lib, f"GHOSTTY_TERMINAL_DATA_{data}"), value))
        return value[0]

    def _mode(self, number: int) -> bool:
        mode = ffi.new("GhosttyTerminalModeConfig*", {"mode": number})
        check(lib.ghostty_terminal_get(self._terminal, lib.GHOSTTY_TERMINAL_DATA_MODE, mode))
        return bool(mode.value)


def _clip(size: int, least: int = 1) -> int:
    return min(max(size, least), LARGEST)


def _free_state(state: Any, iterator: Any) -> None:
    lib.ghostty_render_state_row_iterator_free(iterator)
    lib.ghostty_render_state_free(state)
