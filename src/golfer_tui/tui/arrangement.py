"""Where the tiles of the fleet go. Pure geometry: a number of workers and a size in, places out."""

import dataclasses as dc
from typing import Literal

from golfer_tui.model.commands import Terminal

MIN_WIDTH = 38
"""Columns below which a tile is no tile any more."""

MIN_HEIGHT = 6
"""Rows below which a tile is no tile any more: three of head, three of terminal."""

GOOD_WIDTH = 84
GOOD_HEIGHT = 20
"""Cells that a tile likes to have; more does little good."""

LIST_WIDTH = 74
"""Columns of one list row that shows everything; twice as much makes two columns."""

GUTTER = 1
"""Empty columns between two tiles."""

SIDE = 60
"""Columns that a terminal needs to stand beside the other one of its worker."""

View = Literal["auto", "tiles", "list"]


@dc.dataclass(frozen=True)
class Place:
    """The cells of one worker."""

    index: int
    x: int
    y: int
    width: int
    height: int
    terminal: Terminal | None = None
    """Which of the worker's terminals; None: the one that is turned to."""

    def holds(self, x: int, y: int) -> bool:
        return self.x <= x < self.x + self.width and self.y <= y < self.y + self.height


@dc.dataclass(frozen=True)
class Arrangement:
    """All that is seen at once."""

    tiles: bool
    """False: a list of one row for each worker."""
    columns: int
    top: int
    """The first row of workers that is seen."""
    places: tuple[Place, ...]
    above: int
    """Workers scrolled out at the top."""
    below: int
    """Workers scrolled out at the bottom."""

    def at(self, x: int, y: int) -> Place | None:
        return next((place for place in self.places if place.holds(x, y)), None)

    def beside(self, index: int, x: int, y: int, count: int) -> int:
        """The neighbour of a worker in that direction; itself where there is none."""
        target = index + x + y * self.columns
        if y > 0 and target >= count and index // self.columns < (count - 1) // self.columns:
            return count - 1
        return target if 0 <= target < count else index

    def of(self, index: int) -> Place | None:
        return next((place for place in self.places if place.index == index), None)


def arrange(
    count: int, width: int, height: int, *, selected: int = 0, top: int = 0, view: View = "auto"
) -> Arrangement:
    """Place `count` workers; scrolls from `top` only as far as it takes to see the selected one.

    Tiles are taken when all of them fit, unless `view` says otherwise; a list shows many more.
    """
    if count < 1 or width < 1 or height < 1:
        return Arrangement(False, 1, 0, (), 0, max(0, count))
    fits = _columns_that_fit(count, width, height)
    tiles = view == "tiles" or (view == "auto" and fits > 0)
    if tiles:
        columns = fits or min(count, max(1, (width + GUTTER) // (MIN_WIDTH + GUTTER)))
        visible = min(-(-count // columns), max(1, height // MIN_HEIGHT))
    else:
        columns = max(1, min(width // LIST_WIDTH, -(-count // height)))
        visible = min(-(-count // columns), height)
    rows = -(-count // columns)
    top = min(max(top, selected // columns - visible + 1), selected // columns, rows - visible)
    top = max(0, top)
    places: list[Place] = []
    for row in range(top, top + visible):
        y = _share(height, visible, row - top) if tiles else row - top
        tall = _share(height, visible, row - top + 1) - y if tiles else 1
        in_row = min(columns, count - row * columns)
        # The last row of tiles shares its width among those that are left; a list keeps its columns.
        across = in_row if tiles else columns
        for column in range(in_row):
            x = _share(width + GUTTER, across, column)
            wide = _share(width + GUTTER, across, column + 1) - x - GUTTER
            places.append(Place(row * columns + column, x, y, wide, tall))
    first, last = top * columns, min(count, (top + visible) * columns)
    return Arrangement(tiles, columns, top, tuple(places), first, count - last)


def alone(index: int, width: int, height: int, *, two: bool) -> Arrangement:
    """One worker has the whole place, with `two` terminals side by side where both have room."""
    if not two or width < 2 * SIDE:
        return Arrangement(True, 1, 0, (Place(index, 0, 0, width, height),), 0, 0)
    left = (width - GUTTER) // 2
    agent = Place(index, 0, 0, left, height, "agent")
    shell = Place(index, left + GUTTER, 0, width - GUTTER - left, height, "shell")
    return Arrangement(True, 2, 0, (agent, shell), 0, 0)


def _columns_that_fit(count: int, width: int, height: int) -> int:
    """The number of columns that gives the best tiles, or 0 if the tiles do not all fit."""
    best, best_score = 0, 0.0
    for columns in range(1, min(count, max(1, (width + GUTTER) // (MIN_WIDTH + GUTTER))) + 1):
        wide = (width + GUTTER) // columns - GUTTER
        tall = height // -(-count // columns)
        if wide < min(MIN_WIDTH, width) or tall < MIN_HEIGHT:
            continue
        score = min(wide / GOOD_WIDTH, 1.0) * min(tall / GOOD_HEIGHT, 1.0)
        if score > best_score:
            best, best_score = columns, score
    return best


def _share(total: int, parts: int, index: int) -> int:
    return total * index // parts
