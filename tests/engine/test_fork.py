"""A fork holds what the session held up to an event, closed properly, and goes its own way from there."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from engine.small_brain import brain
from loopback.openai_server import LoopbackOpenAI
from loopback.responses_items import Archive, check_items
from small_scripts import opened, seen, settings

from golfer_tui.engine.engine import Engine
from golfer_tui.engine.fork import fork
from golfer_tui.model import commands as cm
from golfer_tui.model.errors import UsageError
from golfer_tui.model.session import SessionState
from golfer_tui.model.session_events import SessionForked
from golfer_tui.model.settings import ModelSettings
from golfer_tui.model.worker_events import WorkerOutput
from golfer_tui.model.workers import WorkerSpec, WorkerState
from golfer_tui.store.store import Store


async def stored(tmp_path: Path, openai_server: LoopbackOpenAI, monkeypatch: pytest.MonkeyPatch) -> str:
    """A session with a finished worker, one that ran, and a turn that waits for it."""
    openai_server.brain = brain
    for name, value in openai_server.environ.items():
        monkeypatch.setenv(name, value)
    chosen = settings(model=ModelSettings(name="gpt-5-mini"))
    async with Engine.open(chosen, home=tmp_path / "home", directory=tmp_path) as engine:
        await engine.dispatch(cm.SendMessage("spawn quick: echo loss:1.5 > kept; cat kept"))
        await engine.idle()
        up = asyncio.ensure_future(seen(engine, lambda event: isinstance(event.body, WorkerOutput)))
        await asyncio.sleep(0)
        await engine.dispatch(cm.SpawnWorker(WorkerSpec("slow", "echo up; sleep 60")))
        await up
        await engine.dispatch(cm.SendMessage("wait"))
        with engine.subscribe() as subscription:
            while not any(call.text == "wait_for_workers" for call in engine.state.chat.open_calls.values()):
                await anext(subscription)
    return engine.session


async def test_after_every_event_a_fork_is_a_whole_session_with_a_history_that_the_api_takes(
    tmp_path: Path, openai_server: LoopbackOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = await stored(tmp_path, openai_server, monkeypatch)
    async with Store.open(tmp_path / "home") as store:
        before = await store.events(session, with_output=True)
        for at in range(1, len(before) + 1):
            row = await fork(store, session, at)
            events = await store.events(row.id, with_output=True)
            assert [event.seq for event in events] == list(range(1, row.events + 1))
            assert [event.body for event in events[:at]] == [event.body for event in before[:at]]
            assert SessionForked(parent=session, at=at) in [event.body for event in events]
            state = SessionState()
            for event in events:
                state.apply(event)
            assert state.chat.turn is None
            for worker in state.workers.values():
                assert worker.state.final
                assert worker.conversation.turn is None
                assert worker.leasing.open is None
            for agent in ("orchestrator", *state.workers):
                if items := await store.memory(row.id, agent).get_items():
                    check_items(items, Archive())
        assert await store.events(session, with_output=True) == before


async def test_a_fork_goes_on_and_its_workers_can(tmp_path: Path) -> None:
    async with opened(tmp_path) as engine:
        await engine.dispatch(cm.SendMessage("spawn w: echo one > file; echo printed"))
        await engine.idle()
        await engine.dispatch(cm.SendMessage("never said in the fork"))
        await engine.idle()
        at = next(entry.seq for entry in engine.state.chat.entries if entry.text.startswith("never")) - 1
        session = engine.session
    async with Store.open(tmp_path / "home") as store:
        row = await fork(store, session[-4:], at, workspaces=True)
    assert row.parent == session
    async with opened(tmp_path, resume=row.id) as engine:
        assert [entry.text for entry in engine.state.chat.entries if entry.kind == "user"] == [
            "spawn w: echo one > file; echo printed"
        ]
        tape = engine.tape("w")
        assert tape is not None
        assert tape.peek(0) == b"printed\r\n"
        await engine.dispatch(cm.SendMessage("cat file", "w"))
        await engine.idle()
        assert engine.state.workers["w"].state is WorkerState.DONE
        assert engine.state.workers["w"].summary == "one"
    async with opened(tmp_path, resume=session) as engine:
        assert any(entry.text.startswith("never") for entry in engine.state.chat.entries)


@pytest.mark.parametrize("at", [0, -1, 10_000])
async def test_no_fork_where_no_event_is(tmp_path: Path, at: Any) -> None:
    async with opened(tmp_path) as engine:
        session = engine.session
    async with Store.open(tmp_path / "home") as store:
        with pytest.raises(UsageError, match="none of them"):
            await fork(store, session, at)
        assert [row.id for row in await store.sessions.list()] == [session]
