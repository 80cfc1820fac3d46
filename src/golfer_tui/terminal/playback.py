"""A recording played back: its events in order, and the screen at a moment. Lines come in, nothing is opened here."""

from collections.abc import Callable, Iterable, Iterator

from golfer_tui.model.errors import UsageError
from golfer_tui.terminal.cast import CastEvent, Parser, read_header, read_size
from golfer_tui.terminal.castindex import BACK, MARKS, Index, Whole
from golfer_tui.terminal.screen import Screen

FAR = 10.0
"""Seconds ahead from which on a place near the wanted moment is looked for."""


class Cast:
    """A recording: the size that it began with, and its events, read as they are asked for."""

    def __init__(self, lines: Iterable[bytes], name: str = "the recording", whole: Whole = b"") -> None:
        """Take the first line from `lines`; `name` stands in errors.

        `whole`: the same as bytes, if it is at hand. Then a far moment is found without playing all before it.

        Raises:
            UsageError: `cast.format` if this is no asciicast of version 2 or 3.
        """
        self._lines = iter(lines)
        self._name = name
        try:
            version, self.columns, self.rows = read_header(next(self._lines, b""))
            self._version = version
        except ValueError as error:
            raise UsageError(
                "cast.format",
                f"{name} is not an asciicast recording: its first line is no header.",
                hint="Recordings of workers come from golfer export --cast.",
            ) from error
        if version not in (2, 3):
            raise UsageError("cast.format", f"{name} is an asciicast of version {version}.", hint="2 and 3 are read.")
        self._parser = Parser(version)
        self._whole = whole
        self._leapt = False
        self.begins = b""
        """What brings a new terminal into its modes at the place where the events begin."""

    def index(self) -> Index | None:
        """Where the moments are; None if the recording is short, or not at hand as a whole."""
        return Index(self._whole, self._version) if len(self._whole) > 2 * BACK else None

    def leap(self, index: Index, moment: float, after: float = 0.0) -> bool:
        """Let the events begin shortly before a moment; False if that is no later than `after`, in seconds, too."""
        place = index.before(moment)
        if place is None or place.time <= after:
            return False
        self._parser, self._leapt = Parser(self._version, time=place.time), True
        self.begins = index.modes(place)
        self._lines = _lines_of(self._whole, place.position)
        if place.size is not None:
            self.columns, self.rows = place.size
        return True

    def events(self) -> Iterator[CastEvent]:
        """The events in order, once. An unfinished last line, as a crash leaves it, is left out.

        Raises:
            UsageError: `cast.line` for any other line that is no event.
        """
        for number, line in enumerate(self._lines, start=2):
            try:
                event = self._parser.feed(line)
            except ValueError as error:
                if not line.endswith(b"\n"):
                    return
                which = "A line" if self._leapt else f"Line {number}"
                raise UsageError("cast.line", f"{which} of {self._name} is no asciicast event.") from error
            if event is not None:
                yield event


def apply(screen: Screen, event: CastEvent, *, follow: bool = True) -> None:
    """Let a screen take in an event. Without `follow` it keeps its size, whatever the recorded terminal's was."""
    if event.kind == "o":
        screen.feed(event.data)
    elif event.kind == "r" and follow and (size := read_size(event.data)):
        screen.resize(*size)


def screen_at(cast: Cast, at: float | None = None, size: tuple[int, int] | None = None) -> Screen:
    """The screen `at` seconds after the beginning, at the end by default; the caller closes it.

    With a `size` (columns, rows) the recorded sizes are not followed. Takes the events of `cast`. Raises as they do.
    """
    if at is not None and (index := cast.index()) is not None:
        cast.leap(index, at)
    screen = Screen(*(size or (cast.columns, cast.rows)))
    try:
        screen.feed(cast.begins)
        for event in cast.events():
            if at is not None and event.time > at:
                break
            apply(screen, event, follow=size is None)
    except BaseException:
        screen.close()
        raise
    return screen


class Playback:
    """A recording with a moment that can be moved to and fro. Its methods block: one at a time, in a thread."""

    def __init__(self, opened: Callable[[], Cast], size: tuple[int, int] | None = None) -> None:
        """`opened` gives the recording from its beginning, each time that it is called.

        With a `size` (columns, rows) the recorded sizes are not followed.

        Raises:
            UsageError: as `Cast` does.
        """
        self._opened = opened
        self._size = size
        self._stopped = False
        self._index: Index | None = None
        self._looked = False
        """The index was asked for."""
        self.screen: Screen
        """As it was at `time`; another one after a leap."""
        self._begin(self._opened())

    def _begin(self, cast: Cast) -> None:
        self.screen = Screen(*(self._size or (cast.columns, cast.rows)))
        self.screen.feed(cast.begins)
        self.time = 0.0
        """Seconds since the beginning."""
        self._events = cast.events()
        self._next = next(self._events, None)

    @property
    def upcoming(self) -> float | None:
        """When the next event comes, in seconds since the beginning; None after the last."""
        return None if self._next is None else self._next.time

    def go(self, to: float) -> None:
        """Move to this moment, in seconds since the beginning.

        Raises:
            UsageError: `cast.line`, where a line on the way is no event.
        """
        if to < self.time or to > self.time + FAR:
            cast = self._opened()
            index = self._indexed(cast)
            leapt = index is not None and cast.leap(index, to, after=0.0 if to < self.time else self.time)
            if leapt or to < self.time:
                self.screen.close()
                self._begin(cast)
        while self._next is not None and self._next.time <= to and not self._stopped:
            apply(self.screen, self._next, follow=self._size is None)
            self._next = next(self._events, None)
        self.time = to

    def measure(self) -> tuple[float, list[float]]:
        """When the last event comes, and the marks: seconds since the beginning. May run beside `go`.

        Raises:
            UsageError: `cast.line`.
        """
        cast = self._opened()
        if (index := self._indexed(cast)) is not None:
            return index.length, index.marks
        last = 0.0
        marks: list[float] = []
        for event in cast.events():
            last = event.time
            if event.kind == "m" and len(marks) < MARKS:
                marks.append(event.time)
            if self._stopped:
                break
        return last, marks

    def _indexed(self, cast: Cast) -> Index | None:
        if not self._looked:
            self._index = cast.index()
            self._looked = True
        return self._index

    def stop(self) -> None:
        """Let a call that runs in another thread return soon."""
        self._stopped = True

    def close(self) -> None:
        self.screen.close()


def _lines_of(whole: Whole, position: int) -> Iterator[bytes]:
    """The lines from a place on."""
    while position < len(whole):
        end = whole.find(b"\n", position) + 1 or len(whole)
        yield whole[position:end]
        position = end
