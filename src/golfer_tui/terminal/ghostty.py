"""The one door to libghostty-vt: constants, the layout of its cells and the calls on a grid, under plain Python types.

The library publishes the layout of its packed cells at run time; it is read from there, so that a newer build with
other bit positions is still understood. The library is that of pyghostty; the binding itself is not imported, for it
parses all of its declarations, where `ghostty_abi` has their tables ready.
"""

import json
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from golfer_tui.terminal.ghostty_abi import VERSION
from golfer_tui.terminal.ghostty_abi import ffi as _ffi


def _library() -> Path:
    """Where pyghostty keeps the library.

    Raises:
        ImportError: pyghostty is not installed.
        OSError: it has no library.
    """
    spec = find_spec("pyghostty")
    if spec is None or spec.origin is None:
        raise ImportError("No module named 'pyghostty'")
    path = Path(spec.origin).with_name("_lib") / f"libghostty-vt.{'dylib' if sys.platform == 'darwin' else 'so'}"
    if not path.is_file():
        raise OSError(f"no such file: {path}")
    return path


ffi: Final[Any] = _ffi
lib: Final[Any] = ffi.dlopen(str(_library()))

CELL = (8, 16)
"""Width and height of a cell in pixels, for programs that count in them; nothing is drawn by it."""

_bits = json.loads(ffi.string(lib.ghostty_type_json()))["types"]["GhosttyCell"]["bits"]


def _field(name: str) -> tuple[int, int]:
    """Lowest bit and mask (in place) of a field of a packed cell."""
    low, width = _bits[name]["lsb"], _bits[name]["width"]
    return low, ((1 << width) - 1) << low


TAG_SHIFT, TAG_MASK = _field("content_tag")
CONTENT_SHIFT, CONTENT_MASK = _field("content")
STYLE_SHIFT, STYLE_MASK = _field("style_id")
WIDE_SHIFT, WIDE_MASK = _field("wide")
LINK_SHIFT, LINK_MASK = _field("hyperlink")

TEXT = lib.GHOSTTY_CELL_CONTENT_CODEPOINT << TAG_SHIFT
CLUSTER = lib.GHOSTTY_CELL_CONTENT_CODEPOINT_GRAPHEME << TAG_SHIFT
FILL_PALETTE = lib.GHOSTTY_CELL_CONTENT_BG_COLOR_PALETTE << TAG_SHIFT
WIDE = lib.GHOSTTY_CELL_WIDE_WIDE << WIDE_SHIFT
TAIL = lib.GHOSTTY_CELL_WIDE_SPACER_TAIL << WIDE_SHIFT
HEAD = lib.GHOSTTY_CELL_WIDE_SPACER_HEAD << WIDE_SHIFT
"""The last cell of a row, left empty because the wide character after it did not fit."""


class GhosttyError(RuntimeError):
    """The library refused a call; the only cause left to it is a lack of memory."""


def version() -> str:
    """The emulator and its binding with their versions, for people."""
    told = ffi.new("GhosttyString*")
    check(lib.ghostty_build_info(lib.GHOSTTY_BUILD_INFO_VERSION_STRING, told))
    library = ffi.string(ffi.cast("char*", told.ptr), told.len).decode("utf-8", "replace")
    return f"libghostty-vt {library}, by pyghostty {VERSION}"


def check(result: int) -> None:
    """Raise unless a call of the library succeeded."""
    if result:
        raise GhosttyError(f"libghostty-vt failed with code {result}")


def sized(name: str) -> Any:
    """A new structure of the library with its size fields filled in, in the structures inside it, too."""
    made = ffi.new(f"{name}*")
    _fill_sizes(made)
    return made


def _fill_sizes(pointer: Any) -> None:
    kind = ffi.typeof(pointer).item
    for name, field in kind.fields:
        if name == "size":
            pointer.size = ffi.sizeof(kind)
        elif field.type.kind == "struct":
            _fill_sizes(ffi.addressof(pointer[0], name))


def locate(terminal: Any, x: int, y: int, ref: Any) -> None:
    """Let `ref` point at a cell, its row counted from the oldest line. Valid until the terminal changes."""
    check(lib.ghostty_terminal_grid_ref(terminal, _point(x, y)[0], ref))


def _point(x: int, y: int) -> Any:
    point = ffi.new("GhosttyPointS*")
    point.tag, point.value.x, point.value.y = lib.GHOSTTY_POINT_TAG_SCREEN, x, y
    return point


class Anchor:
    """A cell that is followed wherever it goes: while lines come and go, and when all is wrapped anew."""

    __slots__ = ("_found", "_ref")

    def __init__(self, terminal: Any, x: int, y: int) -> None:
        """Column and row, which is counted from the oldest line. Close it before the terminal is freed."""
        ref = ffi.new("GhosttyTrackedGridRef*")
        check(lib.ghostty_terminal_grid_ref_track(terminal, _point(x, y)[0], ref))
        self._ref = ref[0]
        self._found = ffi.new("GhosttyPointCoordinate*")

    @property
    def place(self) -> tuple[int, int] | None:
        """Column and row now; None if its line is gone."""
        if lib.ghostty_tracked_grid_ref_point(self._ref, lib.GHOSTTY_POINT_TAG_SCREEN, self._found):
            return None
        return self._found.x, self._found.y

    def close(self) -> None:
        lib.ghostty_tracked_grid_ref_free(self._ref)


class Place:
    """A row of the grid whose cells can be asked one by one. Valid until the terminal changes."""

    __slots__ = ("_buffer", "_cell", "_count", "_found", "_point", "_ref", "_style", "_style_bytes", "_terminal")

    def __init__(self) -> None:
        self._point = ffi.new("GhosttyPointS*")
        self._ref = sized("GhosttyGridRef")
        self._cell = ffi.new("GhosttyCell*")
        self._style = sized("GhosttyStyle")
        self._style_bytes = ffi.buffer(self._style)
        self._count = ffi.new("size_t*")
        self._buffer = ffi.new("uint32_t[]", 64)
        self._terminal: Any = None
        self._found = False

    def move(self, terminal: Any, y: int, *, history: bool) -> None:
        """Go to row `y` of the screen, or of the history counted from its oldest line."""
        self._point.tag = lib.GHOSTTY_POINT_TAG_HISTORY if history else lib.GHOSTTY_POINT_TAG_ACTIVE
        self._point.value.y = y
        self._terminal, self._found = terminal, False

    def _at(self, x: int) -> Any:
        """The reference to a cell of the row. It is looked up when it is first asked for: plain rows never ask."""
        if not self._found:
            check(lib.ghostty_terminal_grid_ref(self._terminal, self._point[0], self._ref))
            self._found = True
        self._ref.x = x
        return self._ref

    def cells(self, columns: int) -> list[int]:
        """The packed cells of the row."""
        ref, cell, get = self._at(0), self._cell, lib.ghostty_grid_ref_cell
        found = []
        for x in range(columns):
            ref.x = x
            check(get(ref, cell))
            found.append(cell[0])
        return found

    def style(self, x: int) -> bytes:
        """The style of a cell, as the bytes of the library's structure."""
        check(lib.ghostty_grid_ref_style(self._at(x), self._style))
        return bytes(self._style_bytes)

    def cluster(self, x: int, limit: int) -> str:
        """Base and combining characters of a cell, at most `limit` code points."""
        ref = self._at(x)
        if lib.ghostty_grid_ref_graphemes(ref, self._buffer, len(self._buffer), self._count):
            self._buffer = ffi.new("uint32_t[]", self._count[0])
            check(lib.ghostty_grid_ref_graphemes(ref, self._buffer, len(self._buffer), self._count))
        return "".join(map(chr, self._buffer[0 : min(self._count[0], limit)]))

    def link(self, x: int, limit: int) -> bytes:
        """The hyperlink of a cell; empty if it has none or one of more than `limit` bytes."""
        ref = self._at(x)
        lib.ghostty_grid_ref_hyperlink_uri(ref, ffi.NULL, 0, self._count)
        size = self._count[0]
        if not 0 < size <= limit:
            return b""
        buffer = ffi.new("uint8_t[]", size)
        check(lib.ghostty_grid_ref_hyperlink_uri(ref, buffer, size, self._count))
        return bytes(ffi.buffer(buffer, size))
