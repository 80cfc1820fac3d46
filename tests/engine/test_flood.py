"""Workers that print more than anybody reads: every byte is recorded, memory is bounded, nobody else waits."""

import asyncio
import json
import os
import sqlite3
from pathlib import Path

import psutil
import pytest
from seat import until
from small_scripts import History, hand, opened, seen

from golfer_tui.agents.scripted import Call, Say
from golfer_tui.engine import bus
from golfer_tui.engine.engine import Engine
from golfer_tui.model import commands as cm
from golfer_tui.model import events as ev
from golfer_tui.model import signals as sg
from golfer_tui.model import worker_events as we
from golfer_tui.model.workers import WorkerSpec, WorkerState
from golfer_tui.sandboxes.capture import CAPTURE
from golfer_tui.store.store import Store
from golfer_tui.terminal import tape as tapes
from golfer_tui.terminal.playback import Cast, screen_at
from golfer_tui.terminal.screen import Screen

MUCH = 6_000_000
"""Bytes: more than a tape may be ahead of its readers."""


async def recorded(tmp_path: Path, engine: Engine, worker: str) -> bytes:
    async with Store.open(tmp_path / "home") as store, await store.recording(engine.session, worker) as recording:
        return await recording.read(0, recording.end)


def cast_of(tmp_path: Path, engine: Engine, worker: str) -> Cast:
    path = tmp_path / "home" / "sessions" / engine.session / "recordings" / f"{worker}.cast"
    return Cast(path.read_bytes().splitlines(keepends=True))


async def printed(engine: Engine, worker: str, size: int) -> tapes.Tape:
    """Return once so many bytes are on the tape."""
    with engine.subscribe() as subscription:
        while (tape := engine.tape(worker)) is None or tape.end < size:
            await anext(subscription)
    return tape


async def test_much_output_is_recorded_exactly_and_the_answer_is_capped(tmp_path: Path) -> None:
    answers: list[str] = []

    def script(history: History) -> Say:
        last = history[-1]
        if last.get("type") == "function_call_output":
            answers.append(str(last["output"]))
        said = hand(history)
        return said if isinstance(said[0], Call) else ["done"]  # The scripted model speaks at a person's pace.

    line = "step {n} loss=2.5 filler filler filler filler filler filler filler filler"
    count = MUCH // len(line)
    command = f"python3 -c \"for n in range({count}): print(f'{line}')\""
    async with opened(tmp_path, worker=script) as engine:
        await engine.dispatch(cm.SpawnWorker(WorkerSpec("w1", command)))
        tape = await printed(engine, "w1", 1)
        cursor, screen = tape.cursor(), Screen(100, 30)
        most = 0
        with engine.subscribe() as subscription:
            while not engine.state.workers["w1"].state.final:
                await anext(subscription)
                most = max(most, tape.end - tape.start)
                screen.feed(cursor.read())
        screen.feed(cursor.read())
        cursor.close()
        assert most <= tapes.BOUND + 2 * tapes.HISTORY + 64 * 1024
        await engine.idle()
        expected = "".join(line.replace("{n}", str(n)) + "\r\n" for n in range(count)).encode()
        assert tape.end == len(expected)
        assert line.replace("{n}", str(count - 1)) in "\n".join(screen.text())
        screen.close()
        assert max(map(len, answers)) < CAPTURE + 1000
        assert any("bytes omitted" in answer for answer in answers)
        worker = engine.state.workers["w1"]
        newest = worker.latest("loss")
        assert newest is not None
        assert newest.step == count - 1
        session = engine
    assert await recorded(tmp_path, session, "w1") == expected
    async with Store.open(tmp_path / "home") as store:
        events = await store.events(session.session)
    outputs = [event.body for event in events if isinstance(event.body, we.WorkerOutput)]
    assert [body.offset for body in outputs] == [sum(each.size for each in outputs[:n]) for n in range(len(outputs))]
    assert sum(body.size for body in outputs) == len(expected)


async def test_a_worker_that_prints_without_end_costs_little_and_keeps_nobody_waiting(tmp_path: Path) -> None:
    async with opened(tmp_path) as engine:
        await engine.dispatch(cm.SpawnWorker(WorkerSpec("warm", "echo up")))
        await printed(engine, "warm", 2)
        before = psutil.Process(os.getpid()).memory_info().rss
        await engine.dispatch(cm.SpawnWorker(WorkerSpec("loud", "yes")))
        tape = await printed(engine, "loud", MUCH)
        assert psutil.Process(os.getpid()).memory_info().rss - before < 64e6
        # While it prints on, what another one prints is journaled.
        told = asyncio.ensure_future(
            seen(engine, lambda event: event.worker == "new" and event.type == "worker.metric")
        )
        await asyncio.sleep(0)
        await engine.dispatch(cm.SpawnWorker(WorkerSpec("new", "echo loss:1.5; sleep 60")))
        await told
        assert engine.state.workers["loud"].state is WorkerState.RUNNING
        await engine.dispatch(cm.KillWorker("loud"))
        end, session = tape.end, engine
        assert end - tape.start <= tapes.BOUND + 2 * tapes.HISTORY + 64 * 1024
    data = await recorded(tmp_path, session, "loud")
    assert data == (b"y\r\n" * (end // 3 + 1))[:end]


async def test_the_recording_follows_the_size_of_the_terminal(tmp_path: Path) -> None:
    def script(history: History) -> Say:
        if history[-1].get("type") == "function_call_output":
            return ["done"]
        return [Call("exec_command", {"cmd": str(history[-1]["content"]), "tty": True, "yield_time_ms": 30000})]

    command = "printf 'one\\n'; read a; stty size; read b; stty size"
    async with opened(tmp_path, worker=script) as engine:
        await engine.dispatch(cm.SpawnWorker(WorkerSpec("w1", command)))
        tape = await printed(engine, "w1", 5)
        for columns, rows in ((101, 31), (60, 20)):
            await engine.dispatch(cm.ResizeTerminal("w1", columns, rows))
            await engine.dispatch(cm.TypeInto("w1", b"\n"))
            wanted = f"{rows} {columns}".encode()
            await seen_on(engine, tape, wanted)
        await engine.idle()
        session = engine
    sizes = [event.data for event in cast_of(tmp_path, session, "w1").events() if event.kind == "r"]
    assert sizes == [b"101x31", b"60x20"]
    screen = screen_at(cast_of(tmp_path, session, "w1"))
    assert (screen.columns, screen.rows) == (60, 20)
    assert "20 60" in screen.text()
    screen.close()


async def seen_on(engine: Engine, tape: tapes.Tape, wanted: bytes) -> None:
    with engine.subscribe() as subscription:
        while wanted not in tape.peek(tape.start):
            await anext(subscription)


async def test_a_slow_subscriber_gets_a_gap_before_it_holds_much_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bus, "BOUND_TEXT", 1000)
    channel = bus.Bus()
    line = {"v": 1, "seq": 1, "time": "2026-01-01T00:00:00Z", "session": "s", "type": "worker.output", "worker": "w"}
    slow, quick = channel.subscribe(), channel.subscribe()
    for seq in range(1, 30):
        event = ev.decode(json.dumps(line | {"seq": seq, "text": "x" * 100, "offset": 0, "size": 100}))
        channel.publish(event)
        assert await anext(quick) == event
    assert isinstance(await anext(slow), sg.Gap)
    channel.close()


async def test_bytes_go_to_the_disk_while_the_database_belongs_to_another_process(tmp_path: Path) -> None:
    count = 200_000
    go = tmp_path / "go"
    command = f"echo ready; until [ -e {go} ]; do sleep 0.02; done; seq {count}"
    async with opened(tmp_path, worker=hand) as engine:
        await engine.dispatch(cm.SpawnWorker(WorkerSpec("w1", command)))
        cast = tmp_path / "home" / "sessions" / engine.session / "recordings" / "w1.cast"
        await until(lambda: cast.is_file() and b"ready" in cast.read_bytes())
        other = sqlite3.connect(tmp_path / "home" / "golfer.db", isolation_level=None, timeout=20)
        try:
            other.execute("BEGIN IMMEDIATE")
            go.touch()
            # Much more than the recording's next mark, which goes into the database.
            await until(lambda: f"{count}\\r\\n".encode() in cast.read_bytes()[-200:])
            told = engine.state.workers["w1"].tape_end
            tape = engine.tape("w1")
            assert tape is not None
            assert told < tape.end
            other.execute("ROLLBACK")
        finally:
            other.close()
        await until(lambda: engine.state.workers["w1"].tape_end == tape.end)
