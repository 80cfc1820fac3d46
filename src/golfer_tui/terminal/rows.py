"""From the emulator's packed cells to lines: the one hot path of reading a screen.

A row is remembered by its packed cells, with the styles that they named; so a line that only scrolled costs a look-up
and is the very object it was before. A new row is walked once; styles are shared objects.
"""

from typing import Any

from golfer_tui.terminal.cells import CLUSTER, LINK, PLAIN, Colour, Line, Run, Style, Underline, safe
from golfer_tui.terminal.ghostty import (
    CLUSTER as TAG_CLUSTER,
)
from golfer_tui.terminal.ghostty import (
    CONTENT_MASK,
    CONTENT_SHIFT,
    FILL_PALETTE,
    HEAD,
    LINK_MASK,
    STYLE_MASK,
    TAG_MASK,
    TAIL,
    WIDE,
    WIDE_MASK,
    Place,
    ffi,
    lib,
)
from golfer_tui.terminal.ghostty import TEXT as TAG_TEXT

LINES = 4096
"""Lines remembered over all screens."""

STYLES = 4096
"""Styles remembered over all screens."""

_NAMED = LINK_MASK | STYLE_MASK
_FILLED = _NAMED | TAG_MASK | CONTENT_MASK
_GLYPH = CONTENT_MASK | WIDE_MASK
_UNDERLINES: tuple[Underline, ...] = ("", "single", "double", "curly", "dotted", "dashed")

_lines: dict[bytes, tuple[Line, tuple[tuple[int, bytes], ...]]] = {}
_styles: dict[bytes, Style] = {}
_linked: dict[tuple[Style, bytes], Style] = {}
_fills: dict[int, Style] = {}
_shared: dict[Style, Style] = {PLAIN: PLAIN}


class _Characters(dict[int, str]):
    """Text by the content of a cell, made safe when it is met for the first time. There are no more than in Unicode."""

    def __missing__(self, glyph: int) -> str:
        codepoint, wide = (glyph & CONTENT_MASK) >> CONTENT_SHIFT, glyph & WIDE_MASK
        if wide == TAIL:
            return self.setdefault(glyph, "")
        text = safe(chr(codepoint)) if codepoint else " "
        # A wide cell can hold a narrow character: one that its character set has instead, or that was made safe.
        narrow = wide == WIDE and (text.isascii() or text == "\N{REPLACEMENT CHARACTER}")
        return self.setdefault(glyph, f"{text} " if narrow else text)


_characters = _Characters()


def line_of(view: Any, place: Place) -> Line:
    """The line of a row, from a view of its packed cells and the place of that row in the grid."""
    packed: bytes = ffi.buffer(view.ptr, view.len * 8)[:]
    known = _lines.get(packed)
    # A style's number means another style on another page of the grid, or later: what it meant is compared as well.
    if known is not None and all(place.style(x) == style for x, style in known[1]):
        return known[0]
    cells: list[int] = ffi.unpack(view.ptr, view.len)
    line = compose(cells, place)
    # What clusters and links say is not in the packed cells, so that such rows are not remembered.
    if not any(cell & LINK_MASK or cell & TAG_MASK == TAG_CLUSTER for cell in cells):
        if len(_lines) >= LINES:
            _lines.clear()
        first = {cell & STYLE_MASK: x for x, cell in enumerate(cells) if cell & STYLE_MASK}
        _lines[packed] = line, tuple((x, place.style(x)) for x in first.values())
    return line


def compose(cells: list[int], place: Place) -> Line:
    """The line of packed cells; `place` answers for what they only name: styles, clusters and links."""
    runs: list[Run] = []
    text: list[str] = []
    styles = {0: PLAIN}
    style, look = PLAIN, 0
    begin = 0
    for x, cell in enumerate(cells):
        tag = cell & TAG_MASK
        now = cell & _NAMED if tag <= TAG_CLUSTER else cell & _FILLED
        if now != look or now & LINK_MASK:
            look, other = now, styles.get(now)
            if other is None:
                other = _style(cell, x, place)
                if not now & LINK_MASK:
                    styles[now] = other
            if other is not style and other != style:
                if x > begin:
                    runs.append(Run("".join(text), style, x - begin))
                text, style, begin = [], other, x
        if cell & WIDE_MASK and not _whole(cells, x):
            text.append(" ")
        elif tag == TAG_TEXT:
            text.append(_characters[cell & _GLYPH])
        elif tag == TAG_CLUSTER:
            text.append(_cluster(place.cluster(x, CLUSTER)))
        else:
            text.append(_characters[cell & WIDE_MASK])
    runs.append(Run("".join(text), style, len(cells) - begin))
    return tuple(runs)


def glyphs(cells: list[int], place: Place) -> tuple[str, ...]:
    """The text of each cell: a blank for an empty one, nothing for the second half of a wide character.

    A last cell that is only empty because a wide character did not fit there is left out.
    """
    if cells[-1] & WIDE_MASK == HEAD:
        cells = cells[:-1]
    texts: list[str] = []
    for x, cell in enumerate(cells):
        tag, wide = cell & TAG_MASK, cell & WIDE_MASK
        if wide == TAIL and _whole(cells, x):
            texts.append("")
        elif tag > TAG_CLUSTER or (wide and not _whole(cells, x)):
            texts.append(" ")
        elif tag == TAG_CLUSTER:
            texts.append(_cluster(place.cluster(x, CLUSTER)))
        else:
            texts.append(_characters[cell & _GLYPH])
    return tuple(texts)


def _whole(cells: list[int], x: int) -> bool:
    """Whether a cell that has to do with a wide character may be drawn as it says: half of a pair is none."""
    wide = cells[x] & WIDE_MASK
    if wide == WIDE:
        return x + 1 < len(cells) and cells[x + 1] & WIDE_MASK == TAIL
    return wide == TAIL and x > 0 and cells[x - 1] & WIDE_MASK == WIDE


def _cluster(text: str) -> str:
    """A base and its marks; harmful marks are dropped, for a replacement would take a column of its own."""
    return safe(text[:1]) + "".join([mark for mark in text[1:] if safe(mark) == mark])


def _style(cell: int, x: int, place: Place) -> Style:
    """The style of one cell, which has some."""
    tag = cell & TAG_MASK
    if tag > TAG_CLUSTER:
        return _fill(cell & (TAG_MASK | CONTENT_MASK))
    style = _known(place.style(x)) if cell & STYLE_MASK else PLAIN
    if cell & LINK_MASK:
        address = place.link(x, LINK)
        key = (style, address)
        linked = _linked.get(key)
        if linked is None:
            if len(_linked) >= STYLES:
                _linked.clear()
            linked = _linked[key] = _one(style._replace(link=safe(address.decode("utf-8", "replace"))))
        return linked
    return style


def _fill(content: int) -> Style:
    """The style of an erased cell that keeps nothing but a background."""
    style = _fills.get(content)
    if style is None:
        if len(_fills) >= STYLES:
            _fills.clear()
        value = (content & CONTENT_MASK) >> CONTENT_SHIFT
        if content & TAG_MASK == FILL_PALETTE:
            style = Style(bg=value & 255)
        else:
            style = Style(bg=(value & 255, value >> 8 & 255, value >> 16 & 255))
        style = _fills[content] = _one(style)
    return style


def _known(packed: bytes) -> Style:
    style = _styles.get(packed)
    if style is None:
        if len(_styles) >= STYLES:
            _styles.clear()
        style = _styles[packed] = _one(_unpack(packed))
    return style


def _one(style: Style) -> Style:
    """The one object of all equal styles."""
    if len(_shared) >= STYLES:
        _shared.clear()
        _shared[PLAIN] = PLAIN
    return _shared.setdefault(style, style)


def _unpack(packed: bytes) -> Style:
    """A style out of the bytes of the library's structure."""
    found = ffi.from_buffer("GhosttyStyle*", packed)
    return Style(
        fg=_colour(found.fg_color),
        bg=_colour(found.bg_color),
        underline_colour=_colour(found.underline_color),
        bold=found.bold,
        dim=found.faint,
        italic=found.italic,
        underline=_UNDERLINES[found.underline] if found.underline < len(_UNDERLINES) else "single",
        blink=found.blink,
        reverse=found.inverse,
        hidden=found.invisible,
        strike=found.strikethrough,
        overline=found.overline,
    )


def _colour(found: Any) -> Colour:
    if found.tag == lib.GHOSTTY_STYLE_COLOR_PALETTE:
        return int(found.value.palette)
    if found.tag == lib.GHOSTTY_STYLE_COLOR_RGB:
        return found.value.rgb.r, found.value.rgb.g, found.value.rgb.b
    return None
