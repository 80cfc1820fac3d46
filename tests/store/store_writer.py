"""A process that writes to a store until it is done or killed, for `test_store_processes`.

    store_writer.py HOME SESSION COUNT [--full]

It goes on with the session where it ended. Each message's text is its own number; the recording's bytes are a known
function of their offset. After each flush it prints the newest number on disk and the recording's end.
"""

import asyncio
import resource
import sys
from pathlib import Path

from golfer_tui.model import agent_events as ae
from golfer_tui.model import events as ev
from golfer_tui.model import worker_events as we
from golfer_tui.model.errors import StoreError
from golfer_tui.store.journal import Journal
from golfer_tui.store.recordings import Recording
from golfer_tui.store.store import Store

_UNIT = "".join(f"line {number} \x1b[3{number % 8}mé漢😀\x1b[0m\r\n" for number in range(997)).encode() + b"\xff\xfe"


def printed(begin: int, end: int) -> bytes:
    """What the worker prints between two offsets."""
    return (_UNIT * (end // len(_UNIT) + 1))[begin:end]


async def step(journal: Journal, recording: Recording, number: int) -> None:
    """One message and some output, whose size follows from the number."""
    begin = recording.end
    data = printed(begin, begin + 1 + number * 37 % 400)
    await recording.append(data, begin)
    journal.emit(ev.Draft(we.WorkerOutput(text="", offset=begin, size=len(data)), "w", "worker"))
    journal.emit(ev.Draft(ae.Message(role="user", text=str(number))))


async def write(store: Store, session: str, count: int) -> None:
    lease = await store.sessions.claim(session)
    number = (await store.sessions.get(session)).events
    async with (
        store.journal(session, lambda events: None) as journal,
        await store.recording(session, "w") as recording,
    ):
        while number < count:
            for _ in range(1 + number % 5):
                await step(journal, recording, number)
                number += 2
            if number % 3 == 0:
                await asyncio.sleep(0)
            else:
                await journal.flush()
                print(number, recording.end, flush=True)
    lease.release()


async def fill(store: Store, session: str) -> None:
    """Let the disk be full for a while."""
    async with (
        store.journal(session, lambda events: None) as journal,
        await store.recording(session, "w") as recording,
    ):
        await recording.append(printed(0, 1000), 0)
        hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
        limit = (await asyncio.to_thread((store.layout.home / "golfer.db-wal").stat)).st_size
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
        for number in range(0, 300, 2):
            journal.emit(ev.Draft(we.WorkerOutput(text="", offset=0, size=1), "w", "worker"))
            journal.emit(ev.Draft(ae.Message(role="user", text=str(number))))
        codes = []
        for write in (journal.flush(), recording.append(printed(1000, 2_000_000), 1000)):
            try:
                await write
            except StoreError as error:
                codes.append(error.code)
        print(*codes, flush=True)
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
        await journal.flush()
        await recording.append(printed(1000, 2_000_000), 1000)
        print(journal.pending, recording.end, flush=True)


async def main() -> None:
    home, session, count = sys.argv[1:4]
    async with Store.open(Path(home)) as store:
        if sys.argv[4:] == ["--full"]:
            await fill(store, session)
        else:
            await write(store, session, int(count))


if __name__ == "__main__":
    asyncio.run(main())
