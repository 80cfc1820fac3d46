"""A text of many lines, drawn line by line: a file, or what changed in files."""

from collections.abc import Sequence

from rich.segment import Segment
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

SLIDE = 8
"""Columns that one step to the side goes."""


class Lines(ScrollView, can_focus=False):
    """Shows strips; what is longer than a row is reached by sliding."""

    ALLOW_SELECT = False

    def __init__(self) -> None:
        super().__init__()
        self._strips: Sequence[Strip] = ()

    def show(self, strips: Sequence[Strip]) -> None:
        """Show these lines from the beginning."""
        self._strips = strips
        self.virtual_size = Size(max((strip.cell_length for strip in strips), default=0), len(strips))
        self.scroll_to(0, 0, animate=False)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        left, top = self.scroll_offset
        width, base = self.size.width, self.rich_style
        if top + y >= len(self._strips):
            return Strip.blank(width, base)
        strip = self._strips[top + y].crop(left, left + width).apply_style(base)
        if left + width < self._strips[top + y].cell_length and width > 1:
            strip = Strip([*strip.crop(0, width - 1), Segment("…", base)])
        return strip.adjust_cell_length(width, base)

    def slide(self, columns: int) -> None:
        self.scroll_relative(x=columns * SLIDE, animate=False)
