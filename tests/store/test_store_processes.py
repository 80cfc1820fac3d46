"""Several processes on one store, processes that are killed while they write, and a disk that is full for a while."""

import asyncio
import random
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

from store.store_writer import printed

from golfer_tui.model import agent_events as ae
from golfer_tui.model import worker_events as we
from golfer_tui.store.moments import now
from golfer_tui.store.sessions import SessionRow
from golfer_tui.store.store import Store

NewSession = Callable[..., Awaitable[str]]
KILLS = 10


async def start(home: Path, session: str, count: int, *more: str) -> asyncio.subprocess.Process:
    writer = Path(__file__).with_name("store_writer.py")
    return await asyncio.create_subprocess_exec(
        *(sys.executable, str(writer), str(home), session, str(count), *more), stdout=subprocess.PIPE
    )


async def check(store: Store, session: str) -> int:
    """The session as it should be, whenever it was cut off; returns how many events it has."""
    events = await store.events(session)
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    kinds = [type(event.body) for event in events]
    assert kinds == [we.WorkerOutput if number % 2 == 0 else ae.Message for number in range(len(kinds))]
    messages = [event.body.text for event in events if isinstance(event.body, ae.Message)]
    assert messages == [str(2 * number) for number in range(len(messages))]
    return len(events)


async def test_a_killed_writer_leaves_a_whole_journal_and_a_prefix_of_the_output(
    tmp_path: Path, new_session: NewSession
) -> None:
    chance = random.Random(20261123)
    acknowledged = recorded = 0
    async with Store.open(tmp_path) as store:
        session = await new_session(store)
    for _ in range(KILLS):
        child = await start(tmp_path, session, 10**9)
        assert child.stdout is not None
        for _ in range(chance.randrange(1, 30)):
            line = await child.stdout.readline()
            acknowledged, recorded = map(int, line.split())
        await asyncio.sleep(chance.random() / 200)  # anywhere in what it does next
        child.kill()
        async for line in child.stdout:
            if line.endswith(b"\n"):
                acknowledged, recorded = map(int, line.split())
        await child.wait()
        async with Store.open(tmp_path) as store:
            found = await check(store, session)
            assert found >= acknowledged
            assert found % 2 == 0  # the two events of a step were emitted together
            assert (await store.sessions.get(session)).events == found
            assert not await store.sessions.held(session)
            async with await store.recording(session, "w") as recording:
                assert recording.end >= recorded - 3  # the beginning of one character may have waited for its rest
                assert await recording.read(0, recording.end + 1) == printed(0, recording.end)


async def test_processes_that_open_and_write_one_new_store_at_once_do_not_meet_a_lock(tmp_path: Path) -> None:
    names = ["a", "b", "c"]
    openers = [await asyncio.create_subprocess_exec(sys.executable, "-c", OPEN, str(tmp_path), name) for name in names]
    assert [await opener.wait() for opener in openers] == [0, 0, 0]
    writers = [await start(tmp_path, name, 400) for name in names]
    for writer in writers:
        await writer.communicate()
    assert [writer.returncode for writer in writers] == [0, 0, 0]
    async with Store.open(tmp_path) as store:
        for name in names:
            assert await check(store, name) >= 400


OPEN = """
import asyncio, sys
from pathlib import Path
from golfer_tui.store.moments import now
from golfer_tui.store.sessions import SessionRow
from golfer_tui.store.store import Store
async def main():
    for _ in range(5):
        async with Store.open(Path(sys.argv[1])) as store:
            if not [row for row in await store.sessions.list() if row.id == sys.argv[2]]:
                await store.sessions.create(SessionRow(id=sys.argv[2], backend="local", created=now(), updated=now()))
asyncio.run(main())
"""


async def test_a_disk_that_is_full_for_a_while_loses_nothing(tmp_path: Path) -> None:
    async with Store.open(tmp_path) as store:
        await store.sessions.create(SessionRow(id="s", backend="local", created=now(), updated=now()))
        child = await start(tmp_path, "s", 0, "--full")
        said, _ = await child.communicate()
        assert said.split() == [b"store.io", b"recording.failed", b"0", b"2000000"]
        assert await check(store, "s") == 300
        async with await store.recording("s", "w") as recording:
            assert recording.cut == 0
            assert await recording.read(0, 3_000_000) == printed(0, 2_000_000)
