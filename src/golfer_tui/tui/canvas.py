"""Rows of one widget drawn straight onto the terminal, without the round through Textual's compositor.

The compositor is made for screens that seldom change: for each row of a log it would put many others together anew.
What is drawn here are the same cells: same styles, same filters (`NO_COLOR`, ANSI themes), in the same place. Where
that is not certain (a dialog or a toast lies above, nothing was laid out yet) `begin` and `free` say so, and the widget
asks for a refresh like any other. The widget must keep no old lines: when the compositor comes, it makes them anew.
"""

from typing import Any

from rich.console import Console
from rich.segment import Segment
from rich.style import Style as RichStyle
from textual._compositor import CompositorUpdate  # the one kind of output that `App._display` takes whole
from textual.color import Color
from textual.filter import LineFilter
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from golfer_tui.terminal.cells import Line, Style
from golfer_tui.tui.paint import STYLES, on, shown, strip_of

DRAWN = 4096
"""Pieces that are remembered as they stand on the terminal."""

RESET = "\x1b[0m"


class Canvas:
    """`begin`, any number of `line` and `strip`, `end`."""

    def __init__(self, widget: Widget) -> None:
        self._widget = widget
        self._region = Region()
        self._above: list[Region] = []
        """What lies above the widget."""
        self._filters: list[LineFilter] = []
        self._background = Color(0, 0, 0)
        self._codes: dict[RichStyle, str] = {}
        self._looks: dict[int, tuple[Style, RichStyle, str]] = {}
        """By the identity of a terminal's style, which lines share: that style, what it is drawn on, its codes."""
        self._parts: list[str] = []
        self._drawn: dict[tuple[int, int], str] = {}
        """What was drawn last, by column and row."""

    def begin(self) -> bool:
        """True if the widget's rows can be drawn now. Places are relative to the widget."""
        widget = self._widget
        app, screen = widget.app, widget.screen
        if screen is not app.screen or app.is_headless or not screen.is_current:
            return False
        if app._batch_count:  # noqa: SLF001 - what is displayed meanwhile is left out; a refresh comes after it
            return False
        visible = screen._compositor.visible_widgets  # noqa: SLF001 - nothing public tells what lies above what
        if widget not in visible:
            return False
        self._region = visible[widget][0]
        own = {widget, *widget.ancestors}
        self._above = [
            region for other, (region, clip) in visible.items() if other not in own and self._region.overlaps(region)
        ]
        filters, background = list(widget.get_line_filters()), widget.background_colors[1]
        if (filters, background) != (self._filters, self._background):
            self._filters, self._background = filters, background
            self.forget()
        self._parts.clear()
        return True

    def free(self, region: Region) -> bool:
        """True if nothing lies above this part of the widget and all of it is seen."""
        there = region.translate(self._region.offset)
        return self._region.contains_region(there) and not any(there.overlaps(each) for each in self._above)

    def line(self, x: int, y: int, line: Line, width: int, base: RichStyle) -> None:
        """Draw a terminal's line in exactly `width` columns."""
        parts, left = [], width
        for text, style, cells in shown(line):
            if cells > left:
                self.strip(x, y, strip_of(line, width, base))
                return
            known = self._looks.get(id(style))
            if known is None or known[0] is not style or known[1] is not base:
                known = self._look(style, base)
            parts.append(f"{known[2]}{text}{RESET}")
            left -= cells
        if left:
            parts.append(f"{self._code(base)}{' ' * left}{RESET}")
        self._put(x, y, "".join(parts))

    def strip(self, x: int, y: int, strip: Strip) -> None:
        """Draw a strip."""
        for line_filter in self._filters:
            strip = strip.apply_filter(line_filter, self._background)
        self._put(x, y, strip.render(self._widget.app.console))

    def end(self) -> None:
        """Bring to the terminal what was drawn since `begin`."""
        if self._parts:
            update: Any = _Rows("".join(self._parts))
            self._widget.app._display(self._widget.screen, update)  # noqa: SLF001 - as one update, and the cursor back
            self._parts.clear()

    def erased(self, crop: Region) -> None:
        """The compositor draws these rows: what was drawn there before counts no more."""
        if self._drawn:
            rows = crop.line_range
            self._drawn = {place: text for place, text in self._drawn.items() if place[1] not in rows}

    def forget(self) -> None:
        """The colours changed."""
        self._codes.clear()
        self._looks.clear()
        self._drawn.clear()

    def _put(self, x: int, y: int, text: str) -> None:
        if self._drawn.get((x, y)) == text:
            return
        if len(self._drawn) >= DRAWN:
            self._drawn.clear()
        self._drawn[x, y] = text
        self._parts.append(f"\x1b[{self._region.y + y + 1};{self._region.x + x + 1}H{text}")

    def _look(self, style: Style, base: RichStyle) -> tuple[Style, RichStyle, str]:
        if len(self._looks) >= STYLES:
            self._looks.clear()
        known = self._looks[id(style)] = style, base, self._code(on(base, style))
        return known

    def _code(self, style: RichStyle) -> str:
        """The sequence that begins text of this style."""
        code = self._codes.get(style)
        if code is None:
            strip = Strip([Segment("x", style)], 1)
            for line_filter in self._filters:
                strip = strip.apply_filter(line_filter, self._background)
            code = self._codes[style] = strip.render(self._widget.app.console).partition("x")[0]
        return code


class _Rows(CompositorUpdate):
    """Sequences that are ready to be written."""

    def __init__(self, text: str) -> None:
        self._text = text

    def render_segments(self, console: Console) -> str:
        return self._text
