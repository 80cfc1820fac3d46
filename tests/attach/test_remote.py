"""A front end in front of a connection sees what one in front of the engine sees, and can ask for the same."""

import asyncio
import contextlib
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from attach.hosted import attached, connected, hosted, knocked, serving, until
from engine.small_scripts import hand, leader, opened, settings

from golfer_tui.agents.scripted import ScriptedProvider
from golfer_tui.attach.feeds import WINDOW
from golfer_tui.attach.host import Host
from golfer_tui.attach.messages import Goodbye, Knock, Looked, Refused, Taken, TapeBytes, TapeOpened, TapeSkipped
from golfer_tui.attach.remote import RemoteEngine
from golfer_tui.attach.session import CALLS, OpenSession
from golfer_tui.attach.waking import Waking
from golfer_tui.attach.wire import frame, receive
from golfer_tui.engine.bus import Bus, Subscription
from golfer_tui.engine.engine import Engine
from golfer_tui.engine.equipment import equip
from golfer_tui.engine.held import hold
from golfer_tui.model import agent_events as ae
from golfer_tui.model import commands as cm
from golfer_tui.model import events as ev
from golfer_tui.model import signals as sg
from golfer_tui.model import worker_events as we
from golfer_tui.model.errors import CommandError, StoreError
from golfer_tui.model.session import SessionState
from golfer_tui.model.settings import Settings
from golfer_tui.model.workers import WorkerSpec, WorkerState
from golfer_tui.pool.leases import Limits, Used
from golfer_tui.store.store import Store
from golfer_tui.terminal.printed import Printed
from golfer_tui.terminal.tape import Tape


def test_the_front_ends_side_needs_neither_the_sdk_nor_modal() -> None:
    code = (
        "import sys, golfer_tui.attach.launch, golfer_tui.attach.remote\n"
        "print(*sorted({'agents', 'openai', 'modal', 'textual', 'sqlite3'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_both_engines_have_all_that_front_ends_use() -> None:
    names = {name for name in vars(OpenSession) if not name.startswith("_")}
    of_instances = {"session", "settings", "before", "state"}
    assert names - of_instances <= set(dir(Engine))
    assert names - of_instances - {"attendance"} <= set(dir(RemoteEngine))
    assert {"dispatch", "events", "idle", "close", "take_over"} <= CALLS.keys()


async def test_it_sees_what_the_engine_has(tmp_path: Path) -> None:
    async with hosted(tmp_path) as (engine, host), attached(host) as remote:
        assert (remote.session, remote.settings, remote.before) == (engine.session, engine.settings, engine.before)
        assert remote.attendance == sg.Attendance(background=True, writing=True, others=0)
        with remote.subscribe() as stream:
            await remote.dispatch(cm.SendMessage("spawn w1: seq 3; sleep 0.3; seq 4 9"))
            # What a command caused is in the state when it returns.
            assert remote.state.chat.entries[-1].text.startswith("spawn")
            assert remote.state.title.startswith("spawn")
            await remote.idle()
            await until(lambda: remote.state.seq == engine.state.seq)
            assert remote.state == engine.state
            assert remote.state.workers["w1"].state is WorkerState.DONE
            heard = [await anext(stream) for _ in range(5)]
        assert any(isinstance(item, ev.Event) for item in heard)
        there = engine.tape("w1")
        assert there is not None
        await until(lambda: (tape := remote.tape("w1")) is not None and tape.end == there.end)
        here = remote.tape("w1")
        assert here is not None
        assert here.peek(0) == there.peek(0)
        assert await remote.events() == await engine.events()
        assert [event.seq for event in await remote.events(3, 4)] == [4, 5, 6, 7]
        assert await remote.printed("w1", 0, 100) == await engine.printed("w1", 0, 100)
        assert (remote.limits, remote.used, remote.waiting) == (engine.limits, engine.used, engine.waiting)
        assert (remote.tape("nobody"), remote.shell_tape("w1")) == (None, None)


async def test_a_stored_session_is_seen_before_its_engine_is_there(tmp_path: Path) -> None:
    async with opened(tmp_path) as engine:
        await engine.dispatch(cm.SendMessage("spawn w: echo loss:1.5"))
        await engine.idle()
        session = engine.session
    host = Host(alone=0)
    async with (
        Store.open(tmp_path / "home") as store,
        hold(store, await store.sessions.get(session)) as held,
        equip(settings(), tmp_path, ScriptedProvider(leader, hand)) as equipment,
    ):
        waking = Waking(held, settings())
        host.show(waking)
        async with attached(host) as remote:
            assert remote.attendance.waking
            assert [entry.text for entry in remote.state.chat.entries if entry.kind == "user"] != []
            await until(lambda: (tape := remote.tape("w")) is not None and tape.peek(0) == b"loss:1.5\r\n")
            # What is asked for waits for the engine, in order.
            early = [asyncio.create_task(remote.dispatch(cm.SendMessage(f"early {number}"))) for number in range(3)]
            assert len(await remote.events(0, 5)) == 5
            async with Engine.wake(settings(), held, equipment) as engine:
                waking.wake(engine)
                serve = asyncio.create_task(host.serve(waking))
                await asyncio.gather(*early)
                await until(lambda: not remote.attendance.waking)
                said = [entry.text for entry in remote.state.chat.entries if entry.kind == "user"]
                assert said[-3:] == ["early 0", "early 1", "early 2"]
                assert remote.state.receipt is not None
                await remote.idle()
                host.stop("end")
                await serve
                await host.close()


async def test_who_leaves_while_the_engine_is_loaded_does_not_wait_for_it(tmp_path: Path) -> None:
    host = Host(alone=0)
    loading = asyncio.create_task(asyncio.Event().wait())
    host.stop("keep")
    assert not await host.stays(loading)
    assert loading.cancelled()
    await host.close()


async def test_the_persons_own_shell_is_mirrored_too(tmp_path: Path) -> None:
    async with hosted(tmp_path) as (_, host), attached(host) as remote:
        await remote.dispatch(cm.SendMessage("spawn w1: sleep 60"))
        await until(lambda: remote.state.workers.get("w1") and remote.state.workers["w1"].commands)
        await remote.dispatch(cm.OpenShell("w1"))
        await remote.dispatch(cm.TypeInto("w1", b"echo sh$((40+2))\n", "shell"))
        await until(lambda: (tape := remote.shell_tape("w1")) is not None and b"sh42" in tape.peek(0))
        first = remote.shell_tape("w1")
        await remote.dispatch(cm.CloseShell("w1"))
        await remote.dispatch(cm.OpenShell("w1"))
        # A new shell is a new tape.
        await until(lambda: remote.shell_tape("w1") is not first)


async def test_refusals_are_the_engines_own(tmp_path: Path) -> None:
    async with hosted(tmp_path) as (_, host), attached(host) as remote:
        with pytest.raises(CommandError) as refused:
            await remote.dispatch(cm.InterruptTurn())
        assert refused.value.code == "turn.none"
        with pytest.raises(CommandError):
            await remote.dispatch(cm.KillWorker("nobody"))


async def test_one_writes_and_the_others_watch(tmp_path: Path) -> None:
    async with hosted(tmp_path) as (_, host), attached(host) as first, attached(host) as second:
        assert (first.attendance.writing, second.attendance.writing) == (True, False)
        await until(lambda: first.attendance.others == 1)
        for command in (cm.SendMessage("no"), cm.ResizeTerminal("w1", 80, 24)):
            with pytest.raises(CommandError) as refused:
                await second.dispatch(command)
            assert refused.value.code == "session.watching"
        with pytest.raises(CommandError):
            await second.close("end")
        with first.subscribe() as stream:
            await second.take_over()
            # The one who wrote is told.
            async for item in stream:
                if isinstance(item, sg.Attendance) and not item.writing:
                    break
        assert (first.attendance.writing, second.attendance.writing) == (False, True)
        await second.dispatch(cm.SendMessage("yes"))
        with pytest.raises(CommandError):
            await first.dispatch(cm.SendMessage("no"))
        # Who watches sees all of it.
        await until(lambda: any(entry.text == "heard: yes" for entry in first.state.chat.entries))


async def test_when_the_writer_leaves_the_next_who_does_something_writes(tmp_path: Path) -> None:
    async with hosted(tmp_path) as (_, host), attached(host) as watcher_first:
        # The order matters: the writer comes first and leaves first.
        async with attached(host) as other:
            await other.take_over()
            await until(lambda: not watcher_first.attendance.writing)
        await until(lambda: watcher_first.attendance.others == 0)
        with pytest.raises(CommandError):  # a size is nothing that a person did
            await watcher_first.dispatch(cm.ResizeTerminal("w1", 80, 24))
        assert not watcher_first.attendance.writing
        await watcher_first.dispatch(cm.SendMessage("mine now"))
        await until(lambda: watcher_first.attendance.writing)


async def test_who_stays_keeps_the_session_and_is_not_counted(tmp_path: Path) -> None:
    async with contextlib.AsyncExitStack() as stack:
        async with hosted(tmp_path, alone=0.01) as (engine, host):
            connection = await stack.enter_async_context(connected(host))
            assert await knocked(connection, Knock(_version(), "stay")) == Looked(_version(), 0)
            async with attached(host) as person:
                assert person.attendance == sg.Attendance(background=True, writing=True, others=0)
            # Nothing was asked for and nobody watches: without the one who stays it would go.
            async with connected(host) as other:
                assert await knocked(other, Knock(_version(), "look")) == Looked(_version(), 0)
            async with attached(host) as person:
                await person.dispatch(cm.SendMessage("still here"))
                await until(lambda: any(entry.text == "heard: still here" for entry in person.state.chat.entries))
            assert not engine.state.finished
        assert await receive(connection[0]) == Goodbye()


async def test_when_the_last_who_stays_hangs_up_an_untouched_session_goes(tmp_path: Path) -> None:
    async with hosted(tmp_path) as (engine, host):
        async with connected(host) as connection:
            await knocked(connection, Knock(_version(), "stay"))
            async with attached(host):
                pass
            assert not engine.state.finished
        await until(lambda: engine.state.finished)


async def test_the_end_is_told_to_everybody_once_the_session_is_free(tmp_path: Path) -> None:
    async with hosted(tmp_path) as (engine, host), attached(host) as first, attached(host) as second:
        stream = second.subscribe()
        closing = asyncio.create_task(first.close("keep"))
        await until(lambda: engine.state.finished)
        assert not closing.done()
        saying = asyncio.create_task(host.close())
        await closing
        await saying
        async for _ in stream:
            pass
        await second.detach()
        with pytest.raises(CommandError) as closed:
            await second.dispatch(cm.SendMessage("too late"))
        assert closed.value.code == "session.closed"
        host.close = _nothing  # type: ignore[method-assign]


async def _nothing() -> None:
    return


async def test_another_version_is_refused_with_a_way_out(tmp_path: Path) -> None:
    async with hosted(tmp_path) as (engine, host), connected(host) as connection:
        answer = await knocked(connection, Knock("99.0"))
        assert isinstance(answer, Refused)
        told = str(answer.problem.error())
        assert "99.0" in told
        assert f"golfer stop {engine.session} --keep" in told


async def test_any_version_may_look_and_stop(tmp_path: Path) -> None:
    async with hosted(tmp_path) as (engine, host):
        async with attached(host), connected(host) as connection:
            assert await knocked(connection, Knock("99.0", "look")) == Looked(_version(), 1)
        async with connected(host) as connection:
            stopping = asyncio.create_task(knocked(connection, Knock("99.0", "keep")))
            await until(lambda: engine.state.finished)
            saying = asyncio.create_task(host.close())
            assert await stopping == Goodbye(None)
            await saying
            host.close = _nothing  # type: ignore[method-assign]


def _version() -> str:
    from golfer_tui.version import __version__

    return __version__


async def test_noise_costs_nobody_but_who_makes_it(tmp_path: Path) -> None:
    async with hosted(tmp_path) as (_, host), attached(host) as remote:
        async with connected(host) as (reader, writer):
            writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            assert await reader.read() == b""
        await remote.dispatch(cm.SendMessage("still here"))


async def test_a_session_that_nobody_needs_is_let_go(tmp_path: Path) -> None:
    async with hosted(tmp_path, alone=0.05) as (engine, host):
        async with attached(host) as remote:
            await remote.dispatch(cm.SendMessage("spawn w1: sleep 0.5"))
            await until(lambda: "w1" in remote.state.workers)
        # A worker is at work: the session goes on, and is let go after that.
        assert engine.state.finished is None
        await until(lambda: engine.state.finished)
        assert engine.state.workers["w1"].state is WorkerState.DONE


async def test_a_session_in_which_nothing_was_asked_does_not_stay(tmp_path: Path) -> None:
    async with hosted(tmp_path, alone=600) as (engine, host):
        async with attached(host):
            pass
        await until(lambda: engine.state.finished)


class Flooded:
    """An engine as far as its stream and tapes go, which the test plays by hand."""

    session = "s"
    settings = Settings()
    before = 0
    limits = Limits()
    used = Used(workers=0, gpus=0, by_type={})
    waiting: tuple[tuple[str, str], ...] = ()
    active = False
    max_dollars = None
    shells: tuple[str, ...] = ()
    attendance = sg.Attendance()

    def __init__(self, bound: int = 100) -> None:
        self.state = SessionState(session="s")
        self.bus = Bus()
        self.bound = bound
        self.journal: list[ev.Event] = []
        self.tapes = {"w1": Tape()}
        self.emit(we.WorkerQueued(spec=WorkerSpec(name="w1", task="t"), attempt=1, position=0), "w1")

    def emit(self, body: ev.AnyBody, worker: str | None = None) -> None:
        from datetime import UTC, datetime

        event = ev.Event(seq=self.state.seq + 1, time=datetime.now(UTC), session="s", body=body, worker=worker)
        self.journal.append(event)
        self.state.apply(event)
        self.bus.publish(event)

    def print(self, data: bytes) -> None:
        tape = self.tapes["w1"]
        tape.append(data)
        self.bus.publish(sg.TerminalChanged("w1"))

    def subscribe(self) -> Subscription:
        return self.bus.subscribe(self.bound)

    def tape(self, worker: str) -> Tape | None:
        return self.tapes.get(worker)

    def shell_tape(self, worker: str) -> Tape | None:
        return None

    async def events(self, after: int = 0, limit: int | None = None, *, output: bool = True) -> list[ev.Event]:
        await asyncio.sleep(0)
        return self.journal[after:][:limit]

    async def dispatch(self, command: cm.Command) -> None:
        return

    async def printed(self, worker: str, offset: int, size: int) -> list[Printed]:
        return []

    async def idle(self) -> None:
        return

    async def take_over(self) -> None:
        return

    async def detach(self) -> None:
        return

    async def close(self, workers: str = "end") -> None:
        self.bus.close()


async def test_who_does_not_read_holds_up_nobody_and_goes_on_with_the_tail() -> None:
    engine, printed = Flooded(), 8 * 1024 * 1024
    async with serving(engine) as host, connected(host) as (reader, writer):
        await knocked((reader, writer))
        tape = engine.tapes["w1"]
        while tape.end < printed:
            assert not tape.full
            engine.print(b"".join(b"%07d\n" % (at // 8) for at in range(tape.end, tape.end + 64 * 1024, 8)))
            await asyncio.sleep(0)
        opened = await receive(reader)
        assert isinstance(opened, TapeOpened)
        skipped, place, unread = 0, opened.start, 0
        while place < tape.end:
            message = await receive(reader)
            if isinstance(message, TapeSkipped):
                assert message.offset > place
                skipped, place, unread = skipped + message.offset - place, message.offset, 0
                continue
            assert isinstance(message, TapeBytes)
            assert message.offset == place
            place, unread = place + len(message.data), unread + len(message.data)
            assert unread <= WINDOW
            if unread == WINDOW:  # all that comes before somebody has taken it
                writer.write(frame(Taken(opened.tape, place)))
                unread = 0
            # What is still there can be compared; the end of it always is.
            if message.offset >= tape.start:
                assert message.data == tape.peek(message.offset, len(message.data))
        assert skipped > 0
        assert place == printed


@pytest.fixture
async def flooded() -> AsyncIterator[tuple[Flooded, RemoteEngine]]:
    engine = Flooded()
    async with serving(engine) as host, attached(host) as remote:
        yield engine, remote


async def test_a_reader_that_is_behind_is_waited_for_and_not_the_session(
    flooded: tuple[Flooded, RemoteEngine],
) -> None:
    engine, remote = flooded
    engine.print(b"first")
    await until(lambda: remote.tape("w1"))
    tape = remote.tape("w1")
    assert tape is not None
    cursor = tape.cursor()
    for _ in range(64):
        engine.print(b"x" * 65536)
        await asyncio.sleep(0)
    engine.emit(ae.Message(role="assistant", text="meanwhile"))
    await until(lambda: remote.state.seq == engine.state.seq)
    assert tape.end - cursor.offset <= 2 * WINDOW
    while cursor.offset < engine.tapes["w1"].end:
        assert cursor.read() or True
        await asyncio.sleep(0.001)
    assert tape.end == engine.tapes["w1"].end
    assert tape.peek(tape.end - 100) == engine.tapes["w1"].peek(tape.end - 100)
    cursor.close()


async def test_events_that_fell_out_of_the_stream_come_from_the_journal(
    flooded: tuple[Flooded, RemoteEngine],
) -> None:
    engine, remote = flooded
    with remote.subscribe() as stream:
        for number in range(5000):
            engine.emit(ae.Message(role="assistant", text=str(number)))
        await until(lambda: remote.state.seq == engine.state.seq)
        assert remote.state == engine.state
        seen = [item.seq for _ in range(5000) if isinstance(item := await anext(stream), ev.Event)]
    assert seen == list(range(2, 5002))


async def test_a_lost_engine_is_told_to_whoever_asks(tmp_path: Path) -> None:
    engine = Flooded()
    async with serving(engine) as host, connected(host) as connection:
        welcome = await knocked(connection)
        async with RemoteEngine.over(*connection, welcome) as remote:  # type: ignore[arg-type]
            stream = remote.subscribe()
            waiting = asyncio.create_task(remote.idle())
            await waiting
            connection[1].transport.abort()
            async for _ in stream:
                pass
            with pytest.raises(StoreError) as lost:
                await remote.detach()
            assert lost.value.code == "engine.lost"
            assert "golfer --resume s" in str(lost.value)
            with pytest.raises(StoreError):
                await remote.close("end")
