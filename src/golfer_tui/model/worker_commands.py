"""The commands of a worker's terminal, which are thousands in a long session: their numbers stand in columns."""

import datetime as dt
import sys
from collections.abc import Sequence
from typing import Any, Self, overload

from golfer_tui.model.columns import floats, integer, integers, micros, moment, told


class Command:
    """One command of a worker's terminal, as it is now."""

    __slots__ = ("_all", "_place")

    def __init__(self, commands: "Commands", place: int) -> None:
        self._all = commands
        self._place = place

    @property
    def id(self) -> int:
        return self._all.ids[self._place]

    @property
    def text(self) -> str:
        return self._all.texts[self._place]

    @property
    def started(self) -> dt.datetime:
        return moment(self._all.moments[self._place])

    @property
    def offset(self) -> int:
        """Byte offset in the tape where it began."""
        return self._all.offsets[self._place]

    @property
    def ended(self) -> bool:
        return bool(self._all.over[self._place])

    @property
    def end(self) -> int:
        """Byte offset in the tape where it ended; 0 before that."""
        return self._all.ends[self._place]

    @property
    def exit_code(self) -> int | None:
        return told(self._all.exits[self._place])

    @property
    def seconds(self) -> float:
        """How long it ran; 0 before its end."""
        return self._all.durations[self._place]


class Commands(Sequence[Command]):
    """In the order in which they began. `begin` and `end` alone change it; the columns are there for `Command`."""

    __slots__ = ("durations", "ends", "exits", "ids", "moments", "offsets", "over", "texts")

    def __init__(self) -> None:
        self.ids = integers()
        self.texts: list[str] = []
        self.moments = integers()
        self.offsets = integers()
        self.over = bytearray()
        self.ends = integers()
        self.exits = integers()
        self.durations = floats()

    @property
    def running(self) -> bool:
        """True if one of them has not ended."""
        return 0 in self.over

    def begin(self, number: int, text: str, offset: int, started: dt.datetime) -> None:
        """A command with this id begins; `offset` is where, in bytes of the tape."""
        self.ids.append(integer(number))
        # The same few commands are run again and again.
        self.texts.append(sys.intern(text))
        self.moments.append(micros(started))
        self.offsets.append(integer(offset))
        self.ends.append(0)
        self.exits.append(integer(None))
        self.durations.append(0.0)
        # Last: who reads in a thread sees it once it is whole.
        self.over.append(False)

    def end(self, number: int, exit_code: int | None, seconds: float, offset: int) -> None:
        """The newest command with this id that runs has ended; none may."""
        for place in reversed(range(len(self))):
            if self.ids[place] == number and not self.over[place]:
                self.over[place] = True
                self.ends[place], self.exits[place] = integer(offset), integer(exit_code)
                self.durations[place] = seconds
                return

    def __len__(self) -> int:
        return len(self.over)

    @overload
    def __getitem__(self, index: int) -> Command: ...
    @overload
    def __getitem__(self, index: slice) -> list[Command]: ...
    def __getitem__(self, index: int | slice) -> Command | list[Command]:
        places = range(len(self))[index]
        return Command(self, places) if isinstance(places, int) else [Command(self, place) for place in places]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Commands) and self.packed() == other.packed()

    __hash__ = None  # type: ignore[assignment]

    def packed(self) -> list[Any]:
        """All of it, to be kept or sent."""
        columns = (self.ids, self.moments, self.offsets, self.ends, self.exits, self.durations)
        return [self.texts, bytes(self.over), *[column.tobytes() for column in columns]]

    @classmethod
    def unpacked(cls, packed: Sequence[Any]) -> Self:
        """What was packed.

        Raises:
            ValueError: it is none.
        """
        commands = cls()
        texts, over, ids, moments, offsets, ends, exits, durations = packed
        commands.texts, commands.over = [sys.intern(text) for text in texts], bytearray(over)
        commands.ids, commands.moments, commands.offsets = integers(ids), integers(moments), integers(offsets)
        commands.ends, commands.exits, commands.durations = integers(ends), integers(exits), floats(durations)
        return commands
