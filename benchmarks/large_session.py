"""Makes a large session in a store, as a long day with many workers leaves it, for `large.py`."""

import datetime as dt
from pathlib import Path

from golfer_tui.engine.held import hold
from golfer_tui.model import agent_events as ae
from golfer_tui.model import events as ev
from golfer_tui.model import session_events as se
from golfer_tui.model import worker_events as we
from golfer_tui.model.workers import WorkerSpec
from golfer_tui.store.journal import Journal
from golfer_tui.store.sessions import SessionRow, new_id
from golfer_tui.store.store import Store

LINE = "step:{:08d}/20000 train_loss:2.345678 val_bpb:1.9345 tokens/s 123456\r\n"
LINES = 700
"""Lines of one batch of output."""


def names(workers: int) -> list[str]:
    return [f"w{number:02d}" for number in range(workers)]


def last_words(worker: str) -> str:
    """What a worker prints last."""
    return f"all-of-{worker}-is-here"


async def make(home: Path, events: int, megabytes: int, workers: int) -> str:
    """Make a session of about so many events and megabytes of recordings; returns its id."""
    now = dt.datetime.now(dt.UTC)
    row = SessionRow(
        id=new_id(now),
        backend="local",
        model="scripted",
        scripted=True,
        created=now,
        updated=now,
        directory=str(home),
    )
    async with Store.open(home) as store:
        await store.sessions.create(row)
        lease = await store.sessions.claim(row.id)
        async with store.journal(row.id, lambda written: None) as journal:
            started = se.SessionStarted(title="large", backend="local", model="scripted", scripted=True)
            journal.emit(ev.Draft(started))
            for worker in names(workers):
                journal.emit(ev.Draft(we.WorkerQueued(spec=WorkerSpec(worker, "train"), attempt=1, position=1), worker))
                journal.emit(ev.Draft(we.WorkerStarted(attempt=1, sandbox="s", workspace=str(home)), worker))
            printed = 0
            for worker in names(workers):
                printed += await _print(store, journal, row.id, worker, megabytes * 1024 * 1024 // workers)
            await _talk(journal, max(0, events - printed - 3 * workers - 2), workers)
            for worker in names(workers):
                journal.emit(ev.Draft(we.WorkerFinished(attempt=1, state="done", summary="ok"), worker))
                journal.emit(ev.Draft(we.ReportDelivered(attempt=1), worker))
            journal.emit(ev.Draft(se.SessionFinished(state="done")))
        lease.release()
        # As every golfer leaves a session that it had open.
        async with hold(store, row):
            pass
    return row.id


async def _print(store: Store, journal: Journal, session: str, worker: str, size: int) -> int:
    """Record so many bytes; returns how many events tell of them."""
    chunk = "".join(LINE.format(number) for number in range(LINES)).encode()
    chunks = [chunk] * (size // len(chunk)) + [f"{last_words(worker)}\r\n".encode()]
    async with await store.recording(session, worker) as recording:
        for data in chunks:
            offset = recording.end
            await recording.append(data, offset)
            journal.emit(ev.Draft(we.WorkerOutput(text="", offset=offset, size=len(data)), worker))
            await journal.ready()
    return len(chunks)


async def _talk(journal: Journal, count: int, workers: int) -> None:
    """What workers measure, run and say."""
    everybody = names(workers)
    for number in range(count):
        worker: str | None = everybody[number // 10 % workers]
        body: ev.AnyBody
        match number % 10:
            case 6:
                body = ae.ToolCalled(call=f"c{number}", name="exec_command", arguments={"cmd": "ls -la /tmp"})
            case 7:
                body = ae.ToolFinished(call=f"c{number - 1}", name="exec_command", output="x" * 200)
            case 8:
                body = we.WorkerCommand(command="python train.py", id=number, offset=0)
            case 9:
                worker = None if number % 50 == 9 else worker
                body = ae.Message(role="assistant", text="I try the next thing. " * 5)
            case kind:
                name = "train_loss" if kind % 2 else "val_bpb"
                body = we.WorkerMetric(name=name, value=3 - number / count, step=number, offset=number)
        journal.emit(ev.Draft(body, worker))
        if number % 500 == 0:
            await journal.ready()
