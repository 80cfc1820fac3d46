"""Output read from anywhere in a recording, with the time of day and the size of the terminal that belong to it."""

import itertools
import re
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from golfer_tui.store import castfile
from golfer_tui.store.castfile import CastFile
from golfer_tui.store.castwriter import CastWriter
from golfer_tui.store.store import Store

NewSession = Callable[..., Awaitable[str]]


class Clock:
    """The two clocks that a recording is written by."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.now = 1_770_000_000.0
        self.beats = 5.0
        patch.setattr(time, "time", lambda: self.now)
        patch.setattr(time, "monotonic", lambda: self.beats)

    def go(self, seconds: float) -> None:
        self.now += seconds
        self.beats += seconds


@pytest.mark.parametrize("marked", [True, False])
def test_every_place_tells_when_it_was_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, marked: bool) -> None:
    monkeypatch.setattr(castfile, "STEP", 50)
    path, clock = tmp_path / "w.cast", Clock(monkeypatch)
    printed: list[tuple[float, tuple[int, int], int]] = []
    marks: list[castfile.Mark] = []
    for size in ((80, 24), (120, 40), (33, 7)):
        # Each time it is opened anew, long after the last time.
        clock.go(86_400)
        writer = CastWriter(path, marks, *size)
        writer.resize(*size)
        for number in range(30):
            clock.go(1.5)
            writer.append(b"line %02d\r\n" % number, writer.end)
            printed.append((clock.now, size, writer.end))
        writer.finish()
        marks = writer.marks if marked else []
    recording = CastFile(path, marks)
    for offset in range(0, printed[-1][2], 9):
        (piece,) = recording.printed(offset, 9)
        moment, size, end = printed[offset // 9]
        assert (piece.offset, piece.end, len(piece.data)) == (offset, end, 9)
        assert piece.time == pytest.approx(moment, abs=0.01)
        assert (piece.columns, piece.rows) == size


@settings(deadline=None)
@given(st.integers(0, 700), st.integers(1, 700))
def test_the_bytes_are_those_that_are_read_without_times(offset: int, size: int) -> None:
    recording = CastFile(SAMPLE)
    pieces = recording.printed(offset, size)
    assert b"".join(piece.data for piece in pieces) == recording.read(offset, size)
    assert all(one.end == other.offset for one, other in itertools.pairwise(pieces))
    assert not pieces or pieces[0].offset == offset


def test_a_recording_that_does_not_tell_the_time_is_read_all_the_same() -> None:
    pieces = CastFile(SAMPLE).printed(0, 1000)
    assert {piece.time for piece in pieces} == {None}
    assert [(piece.columns, piece.rows) for piece in pieces] == [(90, 20), (60, 10), (60, 10)]


async def test_what_a_person_reads_later_tells_when_it_came(store: Store, session: str) -> None:
    before = time.time()
    async with await store.recording(session, "w", columns=100, rows=30) as recording:
        await recording.append(b"one\r\n", 0)
        await recording.resize(60, 20)
        await recording.append("zwö".encode()[:-1], 5)
        first, second = await recording.printed(0, 99)
        assert (first.data, first.columns, first.rows) == (b"one\r\n", 100, 30)
        # Half a character is not on disk yet.
        assert (second.data, second.columns, second.rows) == (b"zw", 60, 20)
        assert first.time is not None
        assert second.time is not None
        assert before - 0.01 <= first.time <= second.time <= time.time() + 0.01
        assert await recording.printed(99, 5) == await recording.printed(0, 0) == []


def test_players_skip_what_is_told_about_the_time(tmp_path: Path) -> None:
    writer = CastWriter(tmp_path / "w.cast", (), 80, 24)
    writer.append(b"x", 0)
    lines = (tmp_path / "w.cast").read_text().splitlines()
    assert [line for line in lines if line.startswith("#")] == [lines[1]]
    assert re.fullmatch(r"# here \d+\.\d{3} 80x24", lines[1])


SAMPLE = Path(__file__).with_name("sample_without_times.cast")
