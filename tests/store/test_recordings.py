"""Recordings: byte for byte what was printed, found again from any place, also after a crash or a full disk."""

import asyncio
import contextlib
import json
import sqlite3
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from golfer_tui.model import agent_events as ae
from golfer_tui.model import events as ev
from golfer_tui.model import worker_events as we
from golfer_tui.model.errors import StoreError
from golfer_tui.store import castfile
from golfer_tui.store.store import Store

NewSession = Callable[..., Awaitable[str]]
STREAM = ("step 12 \x1b[32mval_bpb\x1b[0m 1.2345 é漢😀\r\n" * 500).encode() + bytes(range(256)) * 8


def events_of(path: Path) -> list[list[object]]:
    """As a player reads it."""
    header, *lines = path.read_text("utf-8").splitlines()
    assert json.loads(header)["version"] == 3
    return [json.loads(line) for line in lines if not line.startswith("#")]


async def test_what_is_appended_comes_back_and_players_can_read_it(store: Store, session: str) -> None:
    path = store.layout.recording(session, "w")
    async with await store.recording(session, "w", columns=120, rows=40) as recording:
        assert (recording.end, recording.cut) == (0, 0)
        for offset in range(0, len(STREAM), 777):
            await recording.append(STREAM[offset : offset + 777], offset)
            if offset % 5 == 0:
                await recording.resize(100, 30)
        await recording.mark("end")
        assert recording.end == len(STREAM)
        assert await recording.read(0, len(STREAM) + 10) == STREAM
        assert await recording.read(1000, 50) == STREAM[1000:1050]
        assert await recording.read(len(STREAM), 5) == await recording.read(0, 0) == b""
        text = await asyncio.to_thread(path.read_text, "utf-8")
    assert json.loads(text.splitlines()[0])["term"] == {"cols": 120, "rows": 40}
    events = events_of(path)
    assert "".join(str(data) for _, code, data in events if code == "o") == STREAM.decode("utf-8", "replace")
    assert {str(data) for _, code, data in events if code == "r"} == {"100x30"}
    assert all(isinstance(interval, float) and interval >= 0 for interval, _, _ in events)


async def test_it_goes_on_after_it_was_closed(store: Store, session: str) -> None:
    for start in (0, 1000, 2001):
        async with await store.recording(session, "w") as recording:
            assert recording.end == start
            await recording.append(STREAM[start : {0: 1000, 1000: 2001, 2001: 9999}[start]], start)
    async with await store.recording(session, "w") as recording:
        assert await recording.read(0, 99999) == STREAM[:9999]
        await recording.close()


async def test_the_tail_begins_after_a_line_break(store: Store, session: str) -> None:
    async with await store.recording(session, "w") as recording:
        assert await recording.tail(100) == (0, b"")
        await recording.append(b"first line\nsecond line\nthird", 0)
        assert await recording.tail(100) == (0, b"first line\nsecond line\nthird")
        assert await recording.tail(20) == (11, b"second line\nthird")
        assert await recording.tail(3) == (25, b"ird")


async def test_what_is_recorded_already_is_left_out_and_what_is_missing_is_refused(store: Store, session: str) -> None:
    async with await store.recording(session, "w") as recording:
        await recording.append(b"abcd", 0)
        await recording.append(b"cdef", 2)
        await recording.append(b"ab", 0)
        with pytest.raises(StoreError, match="ends at byte 6, but output from byte 7") as caught:
            await recording.append(b"h", 7)
        assert caught.value.code == "recording.gap"
        assert await recording.read(0, 99) == b"abcdef"


async def test_a_cancelled_append_can_be_repeated(store: Store, session: str) -> None:
    async with await store.recording(session, "w") as recording:
        for offset in range(0, 5000, 100):
            task = asyncio.create_task(recording.append(STREAM[offset : offset + 100], offset))
            await asyncio.sleep(0)
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
            await recording.append(STREAM[offset : offset + 100], offset)
        assert await recording.read(0, 99999) == STREAM[:5000]


@given(cuts=st.lists(st.integers(0, 4000), max_size=8), kill=st.integers(0, 6000), step=st.sampled_from([200, 10**9]))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_torn_end_is_cut_off_and_the_rest_is_a_prefix(
    new_session: NewSession, cuts: list[int], kill: int, step: int
) -> None:
    """The file ends at any byte, as after SIGKILL or a loss of power; with marks and without."""
    stream = (STREAM[:500] + STREAM[-2100:]) * 2

    async def walk() -> None:
        with tempfile.TemporaryDirectory() as folder:
            async with Store.open(Path(folder)) as store:
                session = await new_session(store)
                recording = await store.recording(session, "w")
                for begin, end in zip([0, *sorted(cuts)], [*sorted(cuts), len(stream)], strict=True):
                    await recording.append(stream[begin:end], begin)
                path = store.layout.recording(session, "w")
                await asyncio.to_thread(_truncate, path, kill)
                again = await store.recording(session, "w")
                assert await again.read(0, again.end + 9) == stream[: again.end]
                await again.append(stream[again.end :], again.end)
                assert await again.read(0, len(stream) + 9) == stream
                assert await asyncio.to_thread(events_of, path)
                await again.close()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(castfile, "STEP", step)
        asyncio.run(walk())


def _truncate(path: Path, size: int) -> None:
    path.write_bytes(path.read_bytes()[:size])


async def test_a_torn_end_is_reported(store: Store, session: str) -> None:
    path = store.layout.recording(session, "w")
    async with await store.recording(session, "w") as recording:
        await recording.append(b"whole\n", 0)
    with path.open("ab") as file:
        file.write(b'[0.1, "o", "to')
    async with await store.recording(session, "w") as recording:
        assert (recording.end, recording.cut) == (6, 14)
    assert sorted(file.name for file in path.parent.iterdir()) == ["w.cast"]


async def test_damage_in_the_middle_is_kept_beside(store: Store, session: str) -> None:
    path = store.layout.recording(session, "w")
    async with await store.recording(session, "w") as recording:
        await recording.append(b"whole\n", 0)
    rest = b'\0\0\0\n[0.1, "o", "later"]\n'
    with path.open("ab") as file:
        file.write(rest)
    async with await store.recording(session, "w") as recording:
        assert (recording.end, recording.cut) == (6, len(rest))
    assert (path.parent / "w.cast.damaged-1").read_bytes() == rest


async def test_a_foreign_file_is_left_alone(store: Store, session: str) -> None:
    path = store.layout.recording(session, "w")
    path.parent.mkdir(parents=True)
    path.write_bytes(b"my notes\n")
    with pytest.raises(StoreError, match="no asciicast") as caught:
        await store.recording(session, "w")
    assert caught.value.code == "recording.foreign"
    assert path.read_bytes() == b"my notes\n"


async def test_a_file_that_cannot_be_made_is_a_clear_error(store: Store, session: str) -> None:
    folder = store.layout.recording(session, "w").parent
    folder.parent.mkdir(parents=True)
    folder.touch()
    with pytest.raises(StoreError, match="could not be") as caught:
        await store.recording(session, "w")
    assert caught.value.code == "recording.failed"


async def test_only_the_needed_part_of_a_long_recording_is_read(
    tmp_path: Path, store: Store, session: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    block = STREAM * 8
    async with await store.recording(session, "w") as recording:
        for number in range(20):
            await recording.append(block, number * len(block))
    lines = 0
    real = castfile.cast.Parser.feed

    def count(self: castfile.cast.Parser, line: bytes) -> bytes:
        nonlocal lines
        lines += 1
        return real(self, line)

    monkeypatch.setattr(castfile.cast.Parser, "feed", count)
    async with await store.recording(session, "w") as recording:
        assert lines == 0  # the marks tell where it ends
        at = 13 * len(block) + 5
        assert await recording.read(at, 1000) == block[5:1005]
        assert 0 < lines <= 2 * (2 * castfile.STEP // castfile.cast.CHUNK)  # of some 500
    with contextlib.closing(sqlite3.connect(tmp_path / "golfer.db")) as file, file:
        file.execute("DELETE FROM marks")
    async with await store.recording(session, "w") as recording:  # slower, and right
        assert recording.end == 20 * len(block)
        assert await recording.read(at, 1000) == block[5:1005]


async def test_events_get_their_text_from_the_recording(store: Store, session: str) -> None:
    shown: list[ev.Event] = []
    sizes = [1, 2, 3, 500, 3000, 1, 1, 1, 1, 70]
    async with (
        store.journal(session, shown.extend) as journal,
        await store.recording(session, "a") as one,
        await store.recording(session, "b") as two,
    ):
        offset = 0
        for size in sizes:
            data = STREAM[offset : offset + size]
            for worker, recording in (("a", one), ("b", two)):
                await recording.append(data, offset)
                output = we.WorkerOutput(text=data.decode("utf-8", "replace"), offset=offset, size=size)
                journal.emit(ev.Draft(output, worker, "worker"))
            journal.emit(ev.Draft(ae.Message(role="user", text="between")))
            offset += size
        await journal.flush()
        assert next(event.body.text for event in shown if isinstance(event.body, we.WorkerOutput)) == "s"

    bare = await store.events(session)
    assert {event.body.text for event in bare if isinstance(event.body, we.WorkerOutput)} == {""}
    full = await store.events(session, with_output=True)
    assert [event.seq for event in full] == [event.seq for event in shown]
    for worker in ("a", "b"):
        bodies = [event.body for event in full if event.worker == worker]
        assert "".join(body.text for body in bodies if isinstance(body, we.WorkerOutput)) == STREAM[:offset].decode()
    assert await store.events(session, after=len(shown) - 1, with_output=True) == shown[-1:]


async def test_events_without_a_recording_stay_without_text(store: Store, session: str) -> None:
    async with store.journal(session, lambda events: None) as journal:
        journal.emit(ev.Draft(we.WorkerOutput(text="lost", offset=0, size=4), "w", "worker"))
    (event,) = await store.events(session, with_output=True)
    assert event.body == we.WorkerOutput(text="", offset=0, size=4)
