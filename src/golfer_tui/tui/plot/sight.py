"""What a person sees of the curves: which part of the plane, and where the cursor reads. It follows what is new until
the person has zoomed or moved. Pure.
"""

import bisect
from collections.abc import Sequence
from typing import NamedTuple

from golfer_tui.reports.frame import Frame, Points, Range, moved, scaled

STEP = 0.2
"""Share of a side that one key moves."""

CLOSER = 0.5
"""A side after one key that zooms in, as a share of what it was."""


class Seen(NamedTuple):
    """What a wish came to."""

    frame: Frame
    whole: Range
    """From the first to the last x of all curves."""


class Wish(NamedTuple):
    """Sides that the person has chosen; None for those that follow the curves."""

    x: Range | None
    y: Range | None
    log: bool

    def seen(self, curves: Sequence[Points]) -> Seen | None:
        """What is seen of these curves; None if there is nothing."""
        everything = Frame.around(curves, log=self.log)
        if everything is None:
            return None
        x, (low, high) = self.x, everything.x
        # Where nothing is any more, because the curves are others now, everything is seen.
        frame = Frame.around(curves, log=self.log, x=x) if x is not None and x[0] <= high and x[1] >= low else None
        frame = frame or everything
        if self.y is not None and (self.y[0] > 0 or not self.log):
            frame = Frame(frame.x, self.y, self.log)
        return Seen(frame, everything.x)


class Sight:
    """Of one plot. What is seen follows a moment after what is wished: curves are drawn in a thread."""

    def __init__(self) -> None:
        self.log = False
        self.cursor: float | None = None
        """The x that is read; None while there is no cursor."""
        self._x: Range | None = None
        self._y: Range | None = None
        self._whole: Range | None = None
        self._frame: Frame | None = None

    @property
    def whole(self) -> bool:
        """Everything is seen."""
        return self._x is None and self._y is None

    def wish(self) -> Wish:
        """What is to be seen."""
        return Wish(self._x, self._y, self.log)

    def got(self, seen: Seen | None) -> None:
        """This is seen now."""
        self._frame, self._whole = (None, None) if seen is None else (seen.frame, seen.whole)

    def reset(self) -> None:
        """See everything again."""
        self._x = self._y = None

    def scale_by_powers(self) -> None:
        """By powers of ten, or no longer."""
        self.log, self._y = not self.log, None

    def other_axis(self) -> None:
        """The curves go along something else."""
        self._x = self.cursor = None

    def zoom(self, steps: int, around: float | None = None) -> None:
        """Zoom along the horizontal axis: in, or out with a negative number.

        Args:
            steps: How often.
            around: Share of the width that stays where it is; by default where the cursor is, or the middle.
        """
        if self._whole is None:
            return
        x = self._x or self._whole
        if around is None:
            here = 0.5 if self.cursor is None else (self.cursor - x[0]) / (x[1] - x[0])
            around = here if 0 <= here <= 1 else 0.5
        side = scaled(x, CLOSER**steps, around)
        low, high = self._whole
        # Beyond all curves there is nothing to be seen.
        self._x = None if side[0] <= low and side[1] >= high else side

    def zoom_values(self, steps: int) -> None:
        """The same along the vertical axis."""
        if self._frame is not None:
            self._y = scaled(self._y or self._frame.y, CLOSER**steps, log=self.log)

    def move(self, x: int, y: int) -> None:
        """Move to the right and up, so many steps."""
        if self._frame is None or self._whole is None:
            return
        if x:
            old, (low, high) = self._x or self._whole, self._whole
            side = moved(old, x * STEP)
            # Some of the curves is always in sight.
            self._x = side if side[0] < high and side[1] > low else old
        if y:
            self._y = moved(self._y or self._frame.y, y * STEP, log=self.log)

    def read(self, columns: int, by: int) -> None:
        """Move the cursor by so many of the plot's columns; without one, it begins at an end."""
        frame = self._frame
        if frame is None or columns < 1:
            return
        here = None if self.cursor is None else frame.across(self.cursor)
        if here is None or not 0 <= here <= 1:
            share = 1.0 if by < 0 else 0.0
        else:
            share = min(1.0, max(0.0, (round(here * (columns - 1)) + by) / max(1, columns - 1)))
        self.cursor = frame.at(share)

    def read_at(self, share: float) -> None:
        """Put the cursor at a share of the width."""
        if self._frame is not None:
            self.cursor = self._frame.at(min(1.0, max(0.0, share)))


def value_at(points: Points, x: float, slack: float) -> float | None:
    """The value of a curve at the last of its points up to x; None where it has none.

    Args:
        points: In order, as steps and times are.
        x: Where it is read.
        slack: So far beyond its ends it still has their values.
    """
    if not points or not points[0][0] - slack <= x <= points[-1][0] + slack:
        return None
    return points[max(0, bisect.bisect_right(points, x, key=_x) - 1)][1]


def _x(point: tuple[float, float]) -> float:
    return point[0]
