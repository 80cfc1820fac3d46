"""The rows of the log: lines cut to a width, blocks within bounds, a window that stays in place, spans of commands."""

import datetime as dt
import itertools
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from golfer_tui.model.worker_fold import Worker
from golfer_tui.model.workers import WorkerSpec, WorkerState
from golfer_tui.terminal.cells import Run, Style
from golfer_tui.terminal.printout import Row
from golfer_tui.terminal.sgr import bare
from golfer_tui.tui.log import body as body_module
from golfer_tui.tui.log import times
from golfer_tui.tui.log.again import keystrokes
from golfer_tui.tui.log.body import Body
from golfer_tui.tui.log.lines import LogLine, line_of, wrapped
from golfer_tui.tui.log.spans import TAPE_END, spans_of
from golfer_tui.tui.log.window import Spot, Window

START = dt.datetime(2026, 3, 1, 12, 0, tzinfo=dt.UTC)
pieces = st.text("ab cdé日語👩", max_size=12) | st.sampled_from(["\x1b[31m", "\x1b[0m"])
styled = st.lists(pieces, max_size=8).map("".join)
widths = st.none() | st.integers(2, 30)


@settings(deadline=None)
@given(styled, st.integers(2, 30))
def test_a_wrapped_line_has_all_its_text_in_rows_that_fit(text: str, width: int) -> None:
    rows = wrapped(text, width)
    assert "".join(run.text for row in rows for run in row) == bare(text)
    assert looks(run for row in rows for run in row) == looks(line_of(text))
    assert all(sum(run.cells for run in row) <= width for row in rows)
    assert line(text).rows(width) == len(rows)
    if bare(text).isascii():
        # No row ends before it is full.
        assert all(sum(run.cells for run in row) == width for row in rows[:-1])


def line(text: str) -> LogLine:
    return LogLine.of(Row(text, None))


def looks(runs: Iterable[Run]) -> list[tuple[str, Style]]:
    """Each character with its style."""
    return [(character, run.style) for run in runs for character in run.text]


@settings(deadline=None)
@given(st.lists(st.tuples(st.lists(styled, max_size=9), st.lists(styled, max_size=4)), max_size=9), widths, widths)
def test_a_body_keeps_the_newest_lines_and_finds_each_of_their_rows(
    takes: list[tuple[list[str], list[str]]], width: int | None, other: int | None
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(body_module, "LINES", 10)
        body, everything, rest = Body(), list[str](), list[str]()
        for done, rest in takes:
            above = body.above
            gone = body.take(map(line, done), map(line, rest), width)
            everything += done
            assert gone == sum(line(text).rows(width) for text in everything[above : body.above])
        assert body.count - len(rest) <= 12
        assert body.above + body.count == len(everything) + len(rest)
        shown = (everything + rest)[body.above :]
        for asked in (width, other, width):
            rows = [body.line_at(row, asked) for row in range(body.rows(asked))]
            expected = [(text, part) for text in shown for part in range(line(text).rows(asked))]
            assert [(found.text, part) for found, part in rows] == expected
            for row, (_, part) in enumerate(rows):
                assert body.row_of(body.number_at(row, asked), asked) == row - part
        with pytest.raises(IndexError):
            body.line_at(body.rows(width), width)


class Column:
    """Blocks of these heights."""

    def __init__(self, heights: list[int]) -> None:
        self.heights = heights

    def __len__(self) -> int:
        return len(self.heights)

    def height(self, index: int) -> int:
        return self.heights[index]

    def rows(self) -> list[Spot]:
        return [Spot(block, row) for block, height in enumerate(self.heights) for row in range(height)]


columns = st.lists(st.integers(1, 9), max_size=9).map(Column)


@given(columns, st.integers(1, 12), st.lists(st.integers(-99, 99), max_size=9))
def test_the_window_stays_on_the_blocks_and_tells_what_is_below(column: Column, room: int, moves: list[int]) -> None:
    window = Window(column)
    window.room = room
    window.settle()
    every = column.rows()
    at = last = max(0, len(every) - room)
    for move in moves:
        window.scroll(move)
        at = min(max(at + move, 0), last)
        assert window.spots() == every[at : at + room]
        assert window.below() == max(0, len(every) - at - room)
        assert window.following == (at == last)


@given(columns, st.integers(1, 12), st.integers(0, 80), st.data())
def test_what_is_read_stays_in_place_when_blocks_grow(column: Column, room: int, up: int, data: st.DataObject) -> None:
    window = Window(column)
    window.room = room
    window.settle()
    window.scroll(-up)
    if not column.heights:
        return
    following, top = window.following, window.top
    grown = data.draw(st.integers(0, len(column) - 1))
    more = data.draw(st.integers(0, 50))
    column.heights[grown] += more
    window.settle()
    if following:
        assert window.spots()[-1:] == column.rows()[-1:]
    else:
        assert window.top == top
    if not following and grown == top.block and top.row:
        window.grew(grown, more)
        window.settle()
        assert window.top == Spot(grown, top.row + more)


def worker_of(commands: list[tuple[int, int | None]], state: WorkerState = WorkerState.RUNNING) -> Worker:
    """A worker with commands from one offset to another; None for one that has not ended."""
    worker = Worker(WorkerSpec("w", "Train."), state, started=START)
    for number, (start, end) in enumerate(commands):
        worker.commands.begin(number, f"c{number}", start, START)
        if end is not None:
            worker.commands.end(number, 0, 0.0, end)
    return worker


lengths = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 20) | st.none()), max_size=9)


@given(lengths, st.sampled_from([WorkerState.RUNNING, WorkerState.DONE]))
def test_every_byte_after_the_first_command_belongs_to_some_command(
    steps: list[tuple[int, int | None]], state: WorkerState
) -> None:
    starts = list(itertools.accumulate(step for step, _ in steps))
    commands = [(start, None if size is None else start + size) for start, (_, size) in zip(starts, steps, strict=True)]
    spans = spans_of(worker_of(commands, state))
    assert [span.start for span in spans] == starts
    for (start, end), span in zip(commands, spans, strict=True):
        assert span.end >= (start if end is None else end)
    covered = 0 if not starts else starts[0]
    for span in sorted(spans):
        assert span.start <= covered, "bytes between two commands are nobody's"
        covered = max(covered, span.end)
    assert covered == (TAPE_END if spans else 0)
    alone = [(span, other) for span, other in itertools.combinations(spans, 2) if not (span.shared or other.shared)]
    assert all(min(span.end, other.end) <= max(span.start, other.start) for span, other in alone)


def test_output_after_the_end_of_a_command_is_shown_below_it() -> None:
    spans = spans_of(worker_of([(0, 10), (30, 40)]))
    assert [tuple(span) for span in spans] == [(0, 30, False), (30, TAPE_END, False)]


def test_commands_side_by_side_share_what_is_printed_meanwhile() -> None:
    spans = spans_of(worker_of([(0, None), (10, 20), (20, 30)]))
    assert [tuple(span) for span in spans] == [(0, TAPE_END, True), (10, 20, True), (20, 30, True)]


def test_a_command_that_a_crash_cut_off_ends_where_the_next_begins() -> None:
    worker = worker_of([(0, None), (25, 40)])
    worker.started = START + dt.timedelta(hours=1)
    assert spans_of(worker)[0] == (0, 25, False)


def test_times_are_told_in_one_width_or_not_at_all() -> None:
    moment = START.timestamp() + 3725.25
    assert times.told("", moment, START) == ""
    assert times.told("since", moment, START) == "  +3725.2s "
    assert times.told("clock", moment, START).endswith(f"{START.astimezone() + dt.timedelta(seconds=3725):%H:%M:%S}.2 ")
    assert times.told("clock", None, START) == times.told("since", None, START) == " " * times.WIDTH


def test_a_command_is_written_as_a_person_would_have_to_type_it() -> None:
    assert keystrokes("ls -l\n") == b"ls -l\r"
    assert keystrokes("printf 'a\tb'") == b"printf 'a\x16\tb'\r"
    assert keystrokes("echo 'it'\nls") == b"eval 'echo '\\''it'\\''\rls'\r"
    assert keystrokes('echo "hey!"') == b"eval 'echo \"hey!\"'\r"
