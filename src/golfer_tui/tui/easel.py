"""Draws what changed of the fleet: straight onto the terminal where that is possible, by a refresh where it is not."""

from collections.abc import Iterable, Mapping

from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from golfer_tui.tui.arrangement import Place
from golfer_tui.tui.canvas import Canvas
from golfer_tui.tui.gallery import MARGIN, Gallery
from golfer_tui.tui.tile import HEAD


class Easel:
    """The rows of one fleet."""

    def __init__(self, widget: Widget) -> None:
        self._widget = widget
        self._canvas = Canvas(widget)

    def draw(self, gallery: Gallery, heads: Iterable[Place], rows: Mapping[Place, Iterable[int]]) -> None:
        """Draw these heads, or rows of the list, and these rows of terminals anew."""
        canvas = self._canvas
        straight = canvas.begin()
        tall = HEAD if gallery.arrangement.tiles else 1
        for place in heads:
            region = Region(place.x, place.y, place.width, tall)
            if straight and canvas.free(region):
                for y in range(tall):
                    canvas.strip(place.x, place.y + y, gallery.part(place, y))
            else:
                self._widget.refresh(region)
        for place, changed in rows.items():
            top, tall = place.y + HEAD, place.height - HEAD
            if straight and canvas.free(Region(place.x, top, place.width, tall)):
                self._draw_terminal(gallery, place, [y for y in changed if y < tall])
            else:
                self._widget.refresh(*[Region(place.x, top + y, place.width, 1) for y in changed if y < tall])
        if straight:
            canvas.end()

    def _draw_terminal(self, gallery: Gallery, place: Place, rows: Iterable[int]) -> None:
        canvas, x, top, width = self._canvas, place.x + MARGIN, place.y + HEAD, place.width - MARGIN
        pane = gallery.pane(place)
        for y in rows:
            line = pane.bare_line(y) if pane is not None and y < pane.rows else None
            if line is None:
                canvas.strip(place.x, top + y, gallery.part(place, HEAD + y))
            else:
                canvas.line(x, top + y, line, width, gallery.inks.body)

    def lines(self, gallery: Gallery, crop: Region) -> list[Strip]:
        """The same for the compositor, which comes when anything else changed."""
        self._canvas.erased(crop)
        lines = gallery.lines(crop)
        background = self._widget.background_colors[1]
        for line_filter in self._widget.get_line_filters():
            lines = [line.apply_filter(line_filter, background) for line in lines]
        return lines

    def forget(self) -> None:
        """The colours changed."""
        self._canvas.forget()
