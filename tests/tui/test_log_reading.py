"""Reading what the log shows: only what is looked at, within the bounds of memory, and never the same twice at once."""

import asyncio
import datetime as dt
from collections.abc import Callable

import pytest

from golfer_tui.model.worker_fold import Worker
from golfer_tui.model.workers import WorkerSpec, WorkerState
from golfer_tui.terminal.printed import Printed
from golfer_tui.terminal.sgr import bare
from golfer_tui.tui.log import block, blocks, reader
from golfer_tui.tui.log.view import View

START = dt.datetime(2026, 3, 1, 12, 0, tzinfo=dt.UTC)


class Tape:
    """A worker with commands, what they printed, and a log of it."""

    def __init__(self, outputs: list[bytes]) -> None:
        self.data = b""
        self.asked: list[tuple[int, int]] = []
        self.worker = Worker(WorkerSpec("w", "Train."), WorkerState.DONE, started=START)
        for number, output in enumerate(outputs):
            end = len(self.data) + len(output)
            self.worker.commands.begin(number, f"c{number}", len(self.data), START)
            self.worker.commands.end(number, 0, 0.0, end)
            self.data += output
        self._changed = asyncio.Event()
        self.view = View(self.worker, len(self.data), self.read, self._changed.set)
        self.view.fit(80, 24)
        self.view.start()

    async def read(self, offset: int, size: int) -> list[Printed]:
        self.asked.append((offset, size))
        data = self.data[offset : offset + size]
        return [Printed(offset, data, float(offset), 80, 24)] if data else []

    async def until(self, condition: Callable[[], object]) -> None:
        async with asyncio.timeout(20):
            while not condition():
                self._changed.clear()
                await self._changed.wait()

    def shown(self) -> list[str]:
        """The lines of output that are seen."""
        view = self.view
        found = [view.blocks[at.block].line_at(at.row - 1, view.blocks.width) for at in view.rows if at.row]
        return [bare(each[0].text) for each in found if each is not None]


def numbered(name: str, count: int) -> bytes:
    return "".join(f"{name}-{number}\r\n" for number in range(count)).encode()


async def test_only_what_is_looked_at_is_read() -> None:
    tape = Tape([numbered(str(number), 1000) for number in range(50)])
    await tape.until(lambda: tape.shown()[-1:] == ["49-999"])
    assert all(offset >= tape.worker.commands[49].offset for offset, _ in tape.asked)
    tape.view.oldest()
    tape.view.fold()
    await tape.until(lambda: tape.shown()[:1] == ["0-0"])
    # Of the others that are seen, which are folded, the lines are counted.
    tape.view.fold()
    await tape.until(lambda: [tape.view.blocks[index].counted for index in range(1, 23)] == [1000] * 22)
    await tape.view.close()


async def test_memory_is_let_go_of_what_was_not_seen_for_long_and_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "MEMORY", 20_000)
    monkeypatch.setattr(blocks, "NEAR", 0)
    tape = Tape([numbered(str(number), 1000) for number in range(20)])
    view = tape.view
    view.fold_all()
    view.oldest()
    for index in [*range(20), 3, 0]:
        while view.current != index:
            view.jump(1 if view.current < index else -1, failed=False)
        await tape.until(lambda index=index: tape.shown()[:1] == [f"{index}-0"])
        held = [each.body.size for each in (view.blocks[number] for number in range(20)) if each.at >= 0]
        assert sum(held) <= 20_000 + 2 * max(held)
    # What was let go of is as high as it was: nothing jumps.
    assert [view.blocks.height(index) for index in range(20)] == [1001] * 20
    await view.close()


async def test_of_a_huge_output_the_end_is_read_and_the_rest_counted_or_measured(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(block, "NEWEST", 30_000)
    monkeypatch.setattr(reader, "NEWEST", 30_000)
    monkeypatch.setattr(reader, "SHOWN", 10_000)
    tape = Tape([numbered("x", 10_000)])
    await tape.until(lambda: tape.shown()[-1:] == ["x-9999"])
    await tape.until(lambda: not tape.view.blocks[0].behind)
    body = tape.view.blocks[0].body
    assert body.skipped == len(tape.data) - 30_000
    # A line is cut by the place where reading began: it is counted for neither side, or for both.
    assert abs(body.above + body.count - tape.data[-30_000:].count(b"\n")) <= 1
    assert 10_000 // 8 <= body.count <= 10_000 // 8 + 30
    await tape.view.close()


async def test_where_the_view_is_does_not_jump_when_what_is_above_is_read() -> None:
    tape = Tape([numbered("old", 3000), numbered("new", 100)])
    view = tape.view
    await tape.until(lambda: tape.shown()[-1:] == ["new-99"])
    view.jump(-1, failed=False)
    view.jump(1, failed=False)
    view.scroll(40)
    first = tape.shown()
    view.blocks[0].folded = False
    view.settle()
    await tape.until(lambda: not view.blocks[0].behind)
    assert tape.shown() == first
    # Coming from below, one sees the end of what is above first.
    view.scroll(-60)
    assert tape.shown()[:3] == ["old-2980", "old-2981", "old-2982"]
    await view.close()


@pytest.mark.parametrize("number", [0, 1, 399, 700, 1999])
async def test_a_line_is_found_by_its_offset(number: int) -> None:
    tape = Tape([numbered("before", 30), numbered("here", 2000), numbered("after", 30)])
    missed: list[bool] = []
    offset = tape.data.index(f"here-{number}\r\n".encode())
    tape.view.go_to(offset, lambda: missed.append(True))
    await tape.until(lambda: tape.view.blocks[1].marked_row(80) is not None and not tape.view.blocks[1].behind)
    assert f"here-{number}" in tape.shown()
    row = tape.view.blocks[1].marked_row(80)
    assert row is not None
    found = tape.view.blocks[1].line_at(row, 80)
    assert found is not None
    assert found[0].text == f"here-{number}"
    assert tape.view.current == 1
    # It stays in sight when lines are wrapped at another width, and until the person moves on.
    tape.view.fit(20, 10)
    assert f"here-{number}" in tape.shown()
    tape.view.follow()
    await tape.until(lambda: tape.shown()[-1:] == ["after-29"])
    assert not missed
    await tape.view.close()


@pytest.mark.parametrize(
    ("output", "mark"),
    [
        (b"one\r\n\r\n\r\nloss 2\r\nend\r\n", b"loss 2"),
        (b"loss 1\rloss 2\rloss 3", b"loss 3"),
        (b"\x1b[31mred\x1b[0m\r\n" + b"x" * 200 + b"\r\nloss 4\r\n", b"loss 4"),
    ],
)
async def test_a_line_is_found_after_blank_ones_and_on_a_line_that_is_overwritten(output: bytes, mark: bytes) -> None:
    tape = Tape([output])
    tape.view.go_to(tape.data.index(mark), lambda: None)
    await tape.until(lambda: tape.view.blocks[0].marked_row(80) is not None and not tape.view.blocks[0].behind)
    found = tape.view.blocks[0].line_at(tape.view.blocks[0].marked_row(80) or 0, 80)
    assert found is not None
    assert bare(found[0].text) == mark.decode()
    await tape.view.close()


async def test_a_line_that_is_not_kept_is_told() -> None:
    tape = Tape([numbered("row", 40_000), numbered("end", 3)])
    missed: list[int] = []
    tape.view.go_to(0, lambda: missed.append(1))
    await tape.until(lambda: missed or not tape.view.blocks[0].behind)
    await tape.until(lambda: missed)
    tape.view.go_to(1 << 40, lambda: missed.append(2))
    assert missed == [1, 2]
    await tape.view.close()
