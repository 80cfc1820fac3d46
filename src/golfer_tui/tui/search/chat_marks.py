"""Marks of a search on the widgets of the chat, and the way to one: older entries brought back, lines unfolded."""

import asyncio
import weakref
from collections.abc import Iterator
from typing import TYPE_CHECKING

from textual.content import Content
from textual.geometry import Region
from textual.widget import Widget
from textual.widgets import Static

from golfer_tui.terminal.search import Query
from golfer_tui.tui.entries import Line
from golfer_tui.tui.search.marking import lines_with, marked

if TYPE_CHECKING:
    from golfer_tui.tui.chat import Chat


FRAME, TRIES, STILL = 0.02, 50, 3
"""Seconds between two looks where a line is, how many there are at most, and how many have to be the same."""


class ChatMarks:
    """Of one chat. Nothing is marked until a query is given."""

    def __init__(self, chat: "Chat") -> None:
        self._chat = chat
        self._query: Query | None = None
        self._drawn: weakref.WeakKeyDictionary[Static, tuple[Content, Content]] = weakref.WeakKeyDictionary()
        """Texts with marks: as they were, and as they are drawn now."""
        self._current: tuple[weakref.ref[Widget], int] | None = None
        """The text in which the person is, and the number of its line."""

    def mark(self, query: Query | None) -> None:
        """Mark where this stands; nothing with None."""
        self._query, self._current = query, None
        self._draw()

    def mark_new(self) -> None:
        """Mark what was added or written anew since then."""
        if self._query is not None:
            self._draw(only_new=True)

    def go(self, index: int, number: int) -> None:
        """Show the line with this number of those with a match in an entry, by its index, and mark it as the one that
        the person is at."""
        self._chat.run_worker(self._go(index, number), group="chat search", exclusive=True)

    async def _go(self, index: int, number: int) -> None:
        chat = self._chat
        widget = await chat.bring(index)
        if widget is None or self._query is None:
            return
        chat.release_anchor()
        if isinstance(widget, Line):
            widget.fold(False)
        # What was brought back is laid out bit by bit: it is there once its place stays the same.
        tops = [-1]
        for _ in range(TRIES):
            await asyncio.sleep(FRAME)
            if self._query is None or not widget.is_attached:
                return
            tops.append(self._scroll_to(widget, number))
            if tops[-1] >= 0 and len({*tops[-STILL:]}) == 1:
                return

    def _scroll_to(self, widget: Widget, number: int) -> int:
        """Scroll to a line of an entry as far as it is known where it is. Returns its row; -1 before that."""
        assert self._query is not None
        pattern = self._query.pattern
        places = [
            (text, line, place)
            for text in _texts(widget)
            for place, line in enumerate(lines_with(self._plain(text), pattern))
        ]
        if isinstance(widget, Line) and not (widget.entry.kind == "tool" and pattern.search(widget.entry.text)):
            # The first line of an unfolded one only repeats what stands below it.
            places = [each for each in places if each[1]] or places
        if not places:
            return -1
        text, line, place = places[min(number, len(places) - 1)]
        self._current = weakref.ref(text), line
        self._draw()
        if not text.region:
            return -1
        rows = [y for y in range(text.size.height) if pattern.search(text.render_line(y).text)]
        y = rows[min(place, len(rows) - 1)] if rows else 0
        top = text.region.y + y - self._chat.content_region.y + round(self._chat.scroll_y)
        self._chat.scroll_to_region(Region(0, top, 1, 1), animate=False, center=True, immediate=True)
        return top

    def _draw(self, *, only_new: bool = False) -> None:
        for entry in self._chat.shown:
            for text in _texts(entry):
                current = self._current[1] if self._current is not None and self._current[0]() is text else None
                if isinstance(text, Line):
                    text.mark(None if self._query is None else self._query.pattern, current)
                elif isinstance(text, Static) and not (only_new and self._is_drawn(text)):
                    self._draw_static(text, current)

    def _draw_static(self, text: Static, current: int | None) -> None:
        if not isinstance(text.content, Content):
            return
        plain = self._drawn[text][0] if self._is_drawn(text) else text.content
        fresh = plain if self._query is None else marked(plain, self._query.pattern, current)
        if not fresh.is_same(text.content):
            text.update(fresh, layout=False)
        if self._query is None:
            self._drawn.pop(text, None)
        else:
            self._drawn[text] = plain, text.content

    def _is_drawn(self, text: Static) -> bool:
        return text in self._drawn and text.content is self._drawn[text][1]

    def _plain(self, text: Widget) -> str:
        content = text.plain if isinstance(text, Line) else getattr(text, "content", None)
        return content.plain if isinstance(content, Content) else ""


def _texts(entry: Widget) -> Iterator[Widget]:
    """The widgets of an entry that hold text, from its beginning to its end."""
    if isinstance(entry, Line):
        yield entry
    else:
        yield from (each for each in entry.walk_children(Static, with_self=True) if isinstance(each.content, Content))
