"""The tape: every reader gets every byte once and in order, and the pump waits instead of losing any."""

import asyncio

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, rule

from golfer_tui.terminal.tape import Cursor, Tape


class TapeMachine(RuleBasedStateMachine):
    """A tape beside the plain string of everything ever appended."""

    cursors = Bundle("cursors")

    @initialize(bound=st.integers(1, 64), history=st.integers(1, 64), start=st.integers(0, 100))
    def begin(self, bound: int, history: int, start: int) -> None:
        self.tape = Tape(start, bound=bound, history=history)
        self.bound, self.history, self.first = bound, history, start
        self.forgotten = start
        self.printed = b""
        self.open: dict[Cursor, int] = {}
        self.heard = 0
        self.tape.listen(self.hear)

    def hear(self) -> None:
        self.heard += 1

    def part(self, begin: int, end: int) -> bytes:
        """What was printed between two offsets."""
        return self.printed[max(begin - self.first, 0) : max(end - self.first, 0)]

    @rule(data=st.binary(max_size=80))
    def append(self, data: bytes) -> None:
        heard = self.heard
        assert self.tape.append(data) == self.first + len(self.printed)
        self.printed += data
        assert self.heard == heard + 1

    @rule(target=cursors, offset=st.none() | st.integers(-10, 400))
    def cursor(self, offset: int | None) -> Cursor:
        cursor = self.tape.cursor(offset)
        wanted = self.tape.start if offset is None else offset
        assert cursor.offset == min(max(wanted, self.tape.start), self.tape.end)
        self.open[cursor] = cursor.offset
        return cursor

    @rule(cursor=cursors, limit=st.integers(-1, 100))
    def read(self, cursor: Cursor, limit: int) -> None:
        begin = self.open[cursor]
        end = self.tape.end if limit < 0 else min(begin + limit, self.tape.end)
        assert cursor.read(limit) == self.part(begin, end)
        self.open[cursor] = end
        assert (cursor.offset, cursor.behind) == (end, self.tape.end - end)

    @rule(cursor=consumes(cursors))
    def close(self, cursor: Cursor) -> None:
        cursor.close()
        cursor.close()
        del self.open[cursor]

    @rule(offset=st.integers(0, 400), limit=st.integers(-1, 100))
    def peek(self, offset: int, limit: int) -> None:
        end = self.tape.end if limit < 0 else offset + limit
        assert self.tape.peek(offset, limit) == self.part(max(offset, self.tape.start), end)

    @rule()
    def forget(self) -> None:
        self.tape.forget()
        self.forgotten = min(self.open.values(), default=self.tape.end)
        assert self.tape.start == self.forgotten

    @invariant()
    def keeps_what_is_owed(self) -> None:
        assert self.tape.end == self.first + len(self.printed)
        slowest = min(self.open.values(), default=self.tape.end)
        assert self.tape.start <= slowest
        assert self.tape.start <= max(self.tape.end - self.history, self.forgotten)
        assert self.tape.peek(self.tape.start) == self.part(self.tape.start, self.tape.end)
        assert self.tape.full == (self.tape.end - slowest >= self.bound)

    @invariant()
    def keeps_no_more_than_its_bounds(self) -> None:
        slowest = min(self.open.values(), default=self.tape.end)
        kept = self.tape.end - self.tape.start
        assert kept <= max(self.tape.end - slowest, self.history) + self.history


TapeMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
test_tape_behaves_like_the_string_of_all_bytes = TapeMachine.TestCase


async def test_the_pump_waits_for_the_slowest_reader() -> None:
    tape = Tape(bound=100, history=10)
    fast, slow = tape.cursor(), tape.cursor()
    tape.append(b"x" * 100)
    assert tape.full
    waiting = asyncio.create_task(tape.room())
    fast.read()
    await asyncio.sleep(0)
    assert not waiting.done()
    slow.read(1)
    await waiting
    tape.append(b"y")
    assert tape.full
    slow.close()  # a reader that leaves holds nobody up
    await tape.room()


def test_a_listener_can_stop() -> None:
    tape, heard = Tape(), []
    stop = tape.listen(lambda: heard.append(tape.end))
    tape.append(b"ab")
    stop()
    tape.append(b"c")
    assert heard == [2]


async def test_a_tape_that_is_a_copy_can_go_on_further_down() -> None:
    tape = Tape(bound=10)
    behind, late = tape.cursor(), tape.cursor()
    tape.append(b"0123456789")
    assert tape.full
    tape.skip(5)  # nothing is thrown away that is here already
    assert behind.read(3) == b"012"
    tape.skip(100)
    assert (tape.start, tape.end, behind.offset, late.offset, tape.full) == (100, 100, 100, 100, False)
    assert tape.append(b"tail") == 100
    assert behind.read() == late.read() == b"tail"
    assert tape.peek(0) == b"tail"
