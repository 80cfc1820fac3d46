"""Playing a recording: play, pause, speed and seek on the whole screen. Drawn as panes are, cell by cell."""

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from typing import ClassVar, Self

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.geometry import Size
from textual.screen import Screen as TextualScreen
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widgets import Static

from golfer_tui.model.errors import GolferError
from golfer_tui.model.figures import span
from golfer_tui.terminal.cells import Line
from golfer_tui.terminal.clean import one_line
from golfer_tui.terminal.modes import Cursor
from golfer_tui.terminal.playback import Cast, Playback
from golfer_tui.terminal.screen import Screen
from golfer_tui.tui.actions import in_place, keys_of
from golfer_tui.tui.keyed import Keyed, bindings
from golfer_tui.tui.keymap import keys_shown
from golfer_tui.tui.paint import strip_of, with_cursor

FRAME = 1 / 30
"""Seconds between two pictures."""

SLOWEST, FASTEST = 0.25, 64.0


class Picture(ScrollView, can_focus=False):
    """The recorded screen."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: list[Line] = []
        self._cursor: Cursor | None = None

    def take(self, screen: Screen) -> None:
        """Show what a screen shows now."""
        size = Size(screen.columns, screen.rows)
        rows = screen.dirty()
        if size != self.virtual_size or len(self._lines) != screen.rows:
            self.virtual_size, rows = size, set(range(screen.rows))
            self._lines = [()] * screen.rows
        for y in rows:
            self._lines[y] = screen.line(y)
        self._cursor = screen.cursor
        if rows:
            self.refresh()

    def forget(self) -> None:
        """The next screen is another one."""
        self._lines = []

    def render_line(self, y: int) -> Strip:
        x, top = self.scroll_offset
        width, style, cursor = self.size.width, self.rich_style, self._cursor
        if top + y >= len(self._lines):
            return Strip.blank(width, style)
        strip = strip_of(self._lines[top + y], self.virtual_size.width, style)
        if cursor is not None and cursor.visible and cursor.y == top + y:
            strip = with_cursor(strip, cursor.x)
        return strip.crop(x, x + width).adjust_cell_length(width, style)


class Playing(Keyed, TextualScreen[GolferError | None]):
    """One recording. It is dismissed with why it could not be played to the end, if it could not."""

    CSS = """
    Playing Picture { height: 1fr; background: $surface; color: $foreground; scrollbar-size: 1 1; }
    Playing #progress, Playing #keys { height: 1; background: $panel; padding: 0 1; }
    Playing #keys { color: $text-muted; }
    """
    PLACE = "player"
    BINDINGS: ClassVar[list[BindingType]] = bindings("player")

    def __init__(self, playback: Playback, *, title: str, at: float = 0.0) -> None:
        super().__init__()
        self._playback = playback
        # Held, not looked up: when the screen ends, they are gone before the reading is over.
        self._picture = Picture()
        self._progress = Static(id="progress", markup=False)
        self._file = one_line(title, 60)
        self._at = at
        """The moment that is wanted, in seconds."""
        self._playing = True
        self._speed = 1.0
        self._length: float | None = None
        self._marks: list[float] = []
        self._moved = asyncio.Event()
        self._leaving = False
        self._rolling: asyncio.Task[None] | None = None

    @classmethod
    async def of(cls, opened: Callable[[], Cast], *, title: str) -> Self:
        """The screen for this recording.

        Raises:
            UsageError: as `Cast` does.
        """
        return cls(await asyncio.to_thread(Playback, opened), title=title)

    def compose(self) -> ComposeResult:
        yield self._picture
        yield self._progress
        yield Static("  ".join(self._hints()), id="keys", markup=False)

    def _hints(self) -> Iterator[str]:
        for action in in_place("player"):
            if action.bar and (keys := keys_of(action, self.keymap)):
                yield f"{keys_shown(keys[:1])} {action.bar}"

    def on_mount(self) -> None:
        self._rolling = asyncio.create_task(self._roll(), name="player")

    async def on_unmount(self) -> None:
        self._leaving = True
        self._moved.set()
        self._playback.stop()
        if self._rolling is not None:
            await self._rolling
        self._playback.close()

    @property
    def at(self) -> float:
        """The moment that is shown or sought, in seconds since the beginning."""
        return self._at

    @property
    def playing(self) -> bool:
        return self._playing

    async def _roll(self) -> None:
        """Show the moment that is wanted, for ever; the recording is read in threads."""
        measuring = asyncio.create_task(asyncio.to_thread(self._playback.measure), name="measure")
        measuring.add_done_callback(lambda _: self._moved.set())
        try:
            await self._follow(measuring)
        except GolferError as error:
            self.dismiss(error)
        finally:
            self._playback.stop()
            await asyncio.gather(measuring, return_exceptions=True)

    async def _follow(self, measuring: "asyncio.Task[tuple[float, list[float]]]") -> None:
        clock = asyncio.get_running_loop().time
        last, shown = clock(), None
        while not self._leaving:
            if measuring.done() and self._length is None:
                self._length, self._marks = measuring.result()
            now = clock()
            if self._playing:
                self._at += (now - last) * self._speed
            last = now
            if self._length is not None and self._at >= self._length:
                self._at, self._playing = self._length, False
            shown = await self._show(self._at, shown)
            # Time passed while a far moment was sought is not played.
            last = clock() if clock() - now > 1 else last
            self._tell()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(FRAME if self._playing else None):
                    await self._moved.wait()
            if not self._playing:
                last = clock()
            self._moved.clear()

    async def _show(self, at: float, shown: Screen | None) -> Screen:
        """Bring the picture to this moment; returns the screen that it was taken from."""
        playback = self._playback
        if at < playback.time or (playback.upcoming is not None and playback.upcoming <= at) or shown is None:
            await asyncio.to_thread(playback.go, at)
        picture = self._picture
        if playback.screen is not shown:
            picture.forget()
        picture.take(playback.screen)
        return playback.screen

    def _tell(self) -> None:
        sign = "▶" if self._playing else "⏸"
        whole = "…" if self._length is None else span(self._length)
        left = f"{sign} {span(self._at)} / {whole}  {self._speed:g}×  "
        room = max(0, self.size.width - len(left) - len(self._file) - 4)
        done = round(room * min(1.0, self._at / self._length)) if self._length else 0
        bar = Text.assemble(left, ("━" * done, "bold"), ("─" * (room - done), "dim"), "  ", (self._file, "dim"))
        self._progress.update(bar)

    def _wish(self, at: float) -> None:
        """Seek, inside the recording as far as it is known."""
        self._at = max(0.0, at if self._length is None else min(at, self._length))
        self._moved.set()

    def action_play_or_pause(self) -> None:
        """Play or pause; at the end, begin again."""
        if not self._playing and self._length is not None and self._at >= self._length:
            self._at = 0.0
        self._playing = not self._playing
        self._moved.set()

    def action_seek(self, seconds: float) -> None:
        self._wish(self._at + seconds)

    def action_to_start(self) -> None:
        self._wish(0.0)

    def action_to_end(self) -> None:
        if self._length is not None:
            self._wish(self._length)

    def action_speed(self, factor: float) -> None:
        self._speed = min(max(self._speed * factor, SLOWEST), FASTEST)
        self._moved.set()

    def action_next_output(self) -> None:
        """Over a silence. The moment is that of the next event, so it needs no search."""
        if (upcoming := self._playback.upcoming) is not None:
            self._wish(max(upcoming, self._at))

    def action_mark(self, direction: int) -> None:
        """To the neighbouring mark; going back while it plays, a second counts as still at the mark."""
        if direction > 0:
            after = [mark for mark in self._marks if mark > self._at]
            if after:
                self._wish(after[0])
        else:
            slack = 1.0 if self._playing else 0.0
            before = [mark for mark in self._marks if mark < self._at - slack]
            self._wish(before[-1] if before else 0.0)

    def action_quit(self) -> None:
        self.dismiss(None)
