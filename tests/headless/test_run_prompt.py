"""`run_prompt` over real pipes and real signals, with an engine whose answers are set."""

import asyncio
import os
import signal
from collections.abc import Iterator

import pytest
from headless.scripted_engine import ScriptedEngine

from golfer_tui.headless.run import run_prompt
from golfer_tui.model import agent_events as ae
from golfer_tui.model import events as ev
from golfer_tui.model import session_events as se
from golfer_tui.model import worker_events as we
from golfer_tui.model.workers import WorkerSpec


class Pipe:
    """A pipe whose reading end is drained in the background."""

    def __init__(self) -> None:
        self.read_fd, self.fd = os.pipe()

    async def text(self) -> str:
        """All that was written; closes the writing end."""
        os.close(self.fd)
        self.fd = -1
        with open(self.read_fd, "rb", closefd=False) as file:
            return (await asyncio.to_thread(file.read)).decode()

    def close(self) -> None:
        for fd in (self.read_fd, self.fd):
            if fd >= 0:
                os.close(fd)


@pytest.fixture
def out() -> Iterator[Pipe]:
    pipe = Pipe()
    yield pipe
    pipe.close()


@pytest.fixture
def err() -> Iterator[Pipe]:
    pipe = Pipe()
    yield pipe
    pipe.close()


def work(engine: ScriptedEngine, text: str) -> None:
    """A turn that spawns a worker, measures and answers."""
    engine.emit(ae.TurnStarted(turn="t"))
    engine.emit(ae.Message(role="assistant", text="I shall try.\x1b[2J"))
    engine.emit(ae.ToolCalled(call="c", name="spawn_worker", arguments={"name": "w1", "skills": [], "n": 2}))
    engine.emit(
        we.WorkerQueued(spec=WorkerSpec("w1", "train\x1b]0;x\x07"), attempt=1, position=1, reason="a place"), "w1"
    )
    engine.emit(we.WorkerStarted(attempt=1, sandbox="1", workspace="/w"), "w1")
    engine.emit(we.WorkerOutput(text="noise", offset=0, size=5), "w1")
    for step in range(100):
        engine.emit(we.WorkerMetric(name="val_loss", value=3.0, step=step, offset=step), "w1")
        engine.emit(we.WorkerMetric(name="val_bpb", value=4 - step / 100, step=step, offset=step), "w1")
    engine.emit(we.WorkerFinished(attempt=1, state="done", summary="best\x1b[31m 3.01"), "w1")
    engine.answer = f"You said {text}: \x1b[1m3.01"
    engine.emit(ae.Message(role="assistant", text=engine.answer))
    engine.emit(ae.TurnFinished(turn="t", state="done"))


async def test_json_is_every_event_in_order_and_nothing_else(out: Pipe, err: Pipe) -> None:
    engine = ScriptedEngine(work)
    assert await run_prompt(engine.open, "hi", stdout=out.fd, stderr=err.fd, json=True) == 0
    events = [ev.decode(line) for line in (await out.text()).splitlines()]
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert (events[0].type, events[-1].type) == ("session.started", "session.finished")
    assert len([event for event in events if event.type == "worker.metric"]) == 200
    assert await err.text() == ""


async def test_progress_goes_to_stderr_and_the_answer_to_stdout(out: Pipe, err: Pipe) -> None:
    engine = ScriptedEngine(work)
    assert await run_prompt(engine.open, "hi", stdout=out.fd, stderr=err.fd) == 0
    assert await out.text() == "You said hi: 3.01\n"
    progress = await err.text()
    assert "\x1b" not in progress
    lines = progress.splitlines()
    assert lines[0].startswith("golfer       session s1 started: the built-in scripted model")
    assert "I shall try." in lines
    assert "orchestrator spawn_worker(name=w1, n=2)" in lines
    assert "w1           queued: a place" in lines
    assert "w1           done: best 3.01" in lines
    # The first and the last values are told, and few between.
    measured = [line for line in lines if "val_bpb" in line]
    assert measured[0].endswith("step 0: val_loss 3, val_bpb 4")
    assert measured[-1].endswith("step 99: val_loss 3, val_bpb 3.01")
    assert len(measured) < 10
    assert lines[-1] == "golfer       session s1 done"
    assert not any("You said" in line or "noise" in line for line in lines)


async def test_colours_only_where_they_are_wanted(out: Pipe, err: Pipe) -> None:
    engine = ScriptedEngine(work)
    await run_prompt(engine.open, "hi", stdout=out.fd, stderr=err.fd, colour=True)
    assert "\x1b[32mw1           done: best 3.01\x1b[0m\n" in await err.text()


async def test_a_resumed_session_shows_only_what_is_new(out: Pipe, err: Pipe) -> None:
    engine = ScriptedEngine(work, before=7)
    await run_prompt(engine.open, "more", stdout=out.fd, stderr=err.fd, json=True)
    events = [ev.decode(line) for line in (await out.text()).splitlines()]
    assert events[0].type == "session.resumed"
    assert [event.seq for event in events] == list(range(8, 8 + len(events)))


async def test_a_slow_reader_misses_nothing(out: Pipe, err: Pipe) -> None:
    """More events than the subscription and the pipe hold: the gap is read from the journal."""

    def flood(engine: ScriptedEngine, text: str) -> None:
        for number in range(5000):
            engine.emit(we.WorkerOutput(text="x" * 500, offset=number, size=500), "w1")

    engine = ScriptedEngine(flood, bound=50)
    running = asyncio.create_task(run_prompt(engine.open, "hi", stdout=out.fd, stderr=err.fd, json=True))
    received = bytearray()
    while not received.endswith(b"\n") or b"session.finished" not in received[-500:]:
        received += await asyncio.to_thread(os.read, out.read_fd, 3000)
    assert await running == 0
    events = [ev.decode(line) for line in received.splitlines()]
    assert [event.seq for event in events] == list(range(1, 5004))


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
async def test_a_signal_closes_the_session_in_order(out: Pipe, err: Pipe, number: signal.Signals, code: int) -> None:
    def stuck(engine: ScriptedEngine, text: str) -> None:
        engine.busy(True)
        os.kill(os.getpid(), number)

    engine = ScriptedEngine(stuck)
    assert await run_prompt(engine.open, "hi", stdout=out.fd, stderr=err.fd, json=True) == code
    last = ev.decode((await out.text()).splitlines()[-1])
    assert last.body == se.SessionFinished(state="interrupted")


async def test_a_signal_while_the_session_opens_ends_it(out: Pipe, err: Pipe) -> None:
    closed = asyncio.Event()

    class Slow:
        async def __aenter__(self) -> ScriptedEngine:
            try:
                os.kill(os.getpid(), signal.SIGINT)
                await asyncio.Event().wait()
            finally:
                closed.set()
            raise AssertionError

        async def __aexit__(self, *exc: object) -> None: ...

    assert await run_prompt(Slow, "hi", stdout=out.fd, stderr=err.fd) == 130
    assert closed.is_set()


async def test_a_reader_that_goes_away_ends_the_run_quietly(out: Pipe, err: Pipe) -> None:
    def stuck(engine: ScriptedEngine, text: str) -> None:
        engine.busy(True)
        os.close(out.read_fd)
        out.read_fd = -1
        engine.emit(ae.Message(role="assistant", text="nobody reads this"))

    engine = ScriptedEngine(stuck)
    assert await run_prompt(engine.open, "hi", stdout=out.fd, stderr=err.fd, json=True) == 130
    assert await err.text() == ""


async def test_an_error_of_the_engine_comes_through_after_the_last_event(out: Pipe, err: Pipe) -> None:
    def fail(engine: ScriptedEngine, text: str) -> None:
        raise RuntimeError("broken")

    engine = ScriptedEngine(fail)
    with pytest.raises(RuntimeError, match="broken"):
        await run_prompt(engine.open, "hi", stdout=out.fd, stderr=err.fd, json=True)
    assert ev.decode((await out.text()).splitlines()[-1]).type == "session.finished"
