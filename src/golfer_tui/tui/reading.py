"""How a person reads in one terminal: which lines are seen, what is selected, what is looked for, where the cursor is.

All of it is tied to lines by their numbers, so that it stays where it is while the terminal goes on.
"""

from collections.abc import Iterator

from golfer_tui.terminal.screen import Screen
from golfer_tui.terminal.transcript import Spot
from golfer_tui.tui.copycursor import PAGES, CopyCursor, Way, newest
from golfer_tui.tui.finding import Finding
from golfer_tui.tui.marks import Link, Mark, Span, character, link_at, marks
from golfer_tui.tui.selection import By, Selection
from golfer_tui.tui.viewport import Viewport


class Reading:
    """Follows the output until something is read."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self.lines = screen.transcript()
        self.view = Viewport(self.lines, screen.rows)
        self.finding = Finding(self.lines)
        self.selection: Selection | None = None
        self.cursor: CopyCursor | None = None
        """Where the copy mode is; None if it is off."""
        self.link: Link | None = None
        """The hyperlink that is pointed at."""
        self._paused = False
        """The copy mode or the search keeps the view."""
        self._follow_again = True
        """The output was followed when that began."""
        self._top = 0
        """The first line that was shown then."""

    @property
    def busy(self) -> bool:
        """Anything is read, so that lines have to keep their numbers."""
        return bool(not self.view.following or self.selection or self.cursor or self.finding.on or self.link)

    def settle(self) -> None:
        """The terminal was fed: see what is left of what is read."""
        if not self.busy:
            return
        self.lines.settle()
        self.view.settle()
        if self.selection is not None and self.selection.range(self.lines) is None:
            self.selection = None
        if self.link is not None and self.link != link_at(self.lines, self.link.begin):
            self.link = None
        if self.cursor is not None:
            self.cursor.stay(self.lines)

    # The copy mode

    def begin_copying(self) -> None:
        """Bring up the cursor at the end of what is selected, or else where the terminal's own is, or on the last line
        that is shown and not empty."""
        self._pause()
        own = self._screen.cursor
        if self.selection is not None:
            spot = self.selection.end
        else:
            line = min(self.lines.active + own.y, self.view.top + self.view.rows - 1)
            spot = Spot(line, own.x if line == self.lines.active + own.y else 0)
            if not "".join(self.lines.cells(line)).strip():
                spot = Spot(newest(self.lines, line), 0)
        self.cursor = CopyCursor(self.lines, spot)
        self.view.show(self.cursor.spot.line)

    def move(self, way: Way) -> None:
        """Move the cursor; the selection goes with it."""
        if self.cursor is not None:
            before = self.cursor.spot.line
            self.cursor.move(self.lines, way, self.view.top, self.view.rows)
            if way in PAGES:
                self.view.shift(self.cursor.spot.line - before)
            self._moved()

    def select(self, by: By) -> None:
        """Begin to select at the cursor, or go on by cells or lines; the same again selects nothing."""
        if self.cursor is None:
            return
        if self.selection is not None and self.selection.by == by:
            self.selection = None
        else:
            origin = self.selection.origin if self.selection else self.cursor.spot
            self.selection = Selection(origin, self.cursor.spot, by)

    def exchange(self) -> None:
        """Go to the other end of what is selected."""
        if self.selection is not None and self.cursor is not None:
            before = self.selection
            self.cursor.go(self.lines, before.origin)
            self.selection = Selection(before.end, before.origin, before.by)
            self.view.show(self.cursor.spot.line)

    def end_copying(self) -> None:
        """Leave the copy mode; nothing is selected any more."""
        self.cursor = self.selection = None
        self._resume(follow=True)

    # The search

    def begin_finding(self) -> None:
        """Something is to be found from here on."""
        self._pause()
        self._top, self._follow_again = self.view.top, self._follow_again and self.view.at_end

    def find(self, text: str) -> None:
        """Look for another text, from where the search began upwards; for nothing if it is empty."""
        self.finding.begin(text, self._top + self.view.rows)

    def mark(self, text: str, *, most: int, seconds: float) -> None:
        """Mark where a text stands, and stay where it is; see `Finding.begin`."""
        self.finding.begin(text, None, most=most, seconds=seconds)

    def go_to(self, spot: Spot) -> None:
        """Show the match that begins there."""
        self._pause()
        self.finding.at = spot
        self._go(spot)

    def find_on(self, *, changed: bool) -> None:
        """Search a little further; `changed` if the screen may have."""
        if self.finding.on and self.finding.step(changed=changed) and self.finding.at is not None:
            self._go(self.finding.at)

    def go_to_match(self, by: int) -> bool:
        """Show the next match, or with -1 the one before. Returns whether there is any."""
        self._pause()
        edge = self.view.top if by > 0 else self.view.top + self.view.rows
        spot = self.finding.go(by, self.cursor.spot if self.cursor else Spot(edge, 0))
        if spot is not None:
            self._go(spot)
        return spot is not None

    def end_finding(self) -> None:
        """Look for nothing any more; what is shown stays, unless it is the end."""
        self.finding.end()
        self._resume(follow=self.view.at_end)

    def cancel_finding(self) -> None:
        """Look for nothing any more, and show what was shown before."""
        self.finding.end()
        if not self._follow_again:
            self.view.start_at(self._top)
        self._resume(follow=True)

    # What is marked

    def text(self) -> str:
        """The text that is selected."""
        found = self.selection.range(self.lines) if self.selection else None
        return self.lines.text(*found) if found else ""

    def marks(self, first: int, count: int) -> dict[int, tuple[Mark, ...]]:
        """What is marked on `count` lines from `first`, by row."""
        return marks(self._spans(first, first + count), first, count, self.lines.columns)

    def _spans(self, first: int, stop: int) -> Iterator[Span]:
        if self.link is not None:
            yield self.link.begin, self.link.end, "link"
        for match in self.finding.between(first, stop):
            at = self.finding.at == match[:2]
            yield Spot(match.line, match.x), Spot(match.end_line, match.end_x - 1), "current" if at else "match"
        if self.selection is not None and (span := self.selection.range(self.lines)):
            yield *span, "selection"
        if self.cursor is not None:
            yield *character(self.lines, self.cursor.spot), "cursor"

    # Another size

    def resize(self, columns: int, rows: int) -> None:
        """Give the screen another size; what is read stays what it is."""
        self.lines.settle()
        selection, cursor, new = self.selection, self.cursor, self.view.new
        anchors = self.lines.follow(
            [
                None if self.view.following else Spot(self.view.top, 0),
                cursor.spot if cursor else None,
                self.finding.at,
                selection.origin if selection else None,
                selection.end if selection else None,
            ]
        )
        self._screen.resize(columns, rows)
        self.lines.settle()
        top, at, self.finding.at, origin, end = self.lines.found(anchors)
        self.view.resized(rows, top.line if top else None, new)
        self.selection = Selection(origin, end, selection.by) if selection and origin and end else None
        self.link = None
        self.finding.again()
        if cursor is not None:
            cursor.go(self.lines, at or Spot(self.lines.active, 0))
            self.view.show(cursor.spot.line)

    def close(self) -> None:
        self.lines.close()

    def _go(self, spot: Spot) -> None:
        """Show this cell; the cursor, if there is one, goes there."""
        if self.cursor is not None:
            self.cursor.go(self.lines, spot)
            self._moved()
        self.view.show(spot.line)

    def _moved(self) -> None:
        if self.cursor is not None:
            if self.selection is not None:
                self.selection = Selection(self.selection.origin, self.cursor.spot, self.selection.by)
            self.view.show(self.cursor.spot.line, near=self.view.rows)

    def _pause(self) -> None:
        """Stop to follow the output, until nothing keeps the view any more."""
        if not self._paused:
            self._paused, self._follow_again, self._top = True, self.view.following, self.view.top
        self.view.hold()

    def _resume(self, *, follow: bool) -> None:
        if self.cursor is None and not self.finding.on:
            self._paused = False
            if follow and self._follow_again:
                self.view.follow()
