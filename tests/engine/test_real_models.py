"""The engine on a real model API: the same work over the Responses API and over chat completions, and what goes wrong.

The server is a loopback one that refuses what the API refuses: a history that it takes is one that the API takes.
"""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from engine.small_brain import brain
from loopback.faults import Drop
from loopback.openai_server import LoopbackOpenAI
from small_scripts import seen, settings

from golfer_tui.engine.engine import Engine
from golfer_tui.model import commands as cm
from golfer_tui.model.settings import ModelSettings
from golfer_tui.model.workers import WorkerState

MODEL = "gpt-5-mini"


@pytest.fixture(params=["responses", "chat"])
def api(request: pytest.FixtureRequest) -> Any:
    return request.param


@pytest.fixture
async def server(openai_server: LoopbackOpenAI, monkeypatch: pytest.MonkeyPatch) -> LoopbackOpenAI:
    openai_server.brain = brain
    for name, value in openai_server.environ.items():
        monkeypatch.setenv(name, value)
    return openai_server


def opened(tmp_path: Path, api: Any, name: str = MODEL, resume: str | None = None) -> Any:
    chosen = settings(model=ModelSettings(name=name, api=api))
    return Engine.open(chosen, home=tmp_path / "home", directory=tmp_path, resume=resume)


async def test_a_worker_runs_and_reports_on_either_api(tmp_path: Path, server: LoopbackOpenAI, api: Any) -> None:
    async with opened(tmp_path, api) as engine:
        assert not engine.state.scripted
        await engine.dispatch(cm.SendMessage("spawn w1: echo loss:1.5"))
        await engine.idle()
        worker = engine.state.workers["w1"]
        assert worker.state is WorkerState.DONE
        assert worker.summary == "loss:1.5"
        assert worker.tokens.input > 0
        assert engine.state.tokens.requests >= 4
        session = engine.session
    async with opened(tmp_path, api, resume=session) as engine:
        await engine.dispatch(cm.SendMessage("still there"))
        await engine.idle()
        assert engine.state.chat.entries[-1].text == "heard: still there"
    assert {request.status for request in server.requests} == {200}


async def test_an_interrupted_history_is_taken_again(tmp_path: Path, server: LoopbackOpenAI, api: Any) -> None:
    async with opened(tmp_path, api) as engine:
        up = asyncio.ensure_future(seen(engine, lambda event: event.type == "worker.output"))
        await asyncio.sleep(0)
        await engine.dispatch(cm.SendMessage("spawn w1: echo up; sleep 60"))
        await up
        await engine.dispatch(cm.SendMessage("wait"))
        with engine.subscribe() as subscription:
            while not any(call.text == "wait_for_workers" for call in engine.state.chat.open_calls.values()):
                await anext(subscription)
        finished = asyncio.ensure_future(seen(engine, lambda event: event.type == "turn.finished" and not event.worker))
        await asyncio.sleep(0)
        await engine.dispatch(cm.InterruptTurn())
        await finished
        await engine.dispatch(cm.KillWorker("w1"))
        await engine.dispatch(cm.SendMessage("hello again"))
        await engine.idle()
        assert engine.state.chat.entries[-1].text.startswith(("heard: hello again", "heard: Worker w1"))
    assert {request.status for request in server.requests if request.status} == {200}


async def test_a_refused_key_is_a_clear_sentence(
    tmp_path: Path, server: LoopbackOpenAI, api: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-wrong-00000000")
    async with opened(tmp_path, api) as engine:
        await engine.dispatch(cm.SendMessage("hello"))
        await engine.idle()
        notice = engine.state.chat.entries[-1]
        assert (notice.kind, notice.level) == ("notice", "error")
        assert "key" in notice.text
        session = engine.session
        await engine.close()
        assert engine.state.finished is not None
        assert engine.state.finished.state == "failed"
    monkeypatch.setenv("OPENAI_API_KEY", server.environ["OPENAI_API_KEY"])
    async with opened(tmp_path, api, resume=session) as engine:
        await engine.dispatch(cm.SendMessage("with the right one"))
        await engine.idle()
        assert engine.state.chat.entries[-1].text == "heard: with the right one"


async def test_an_unknown_model_is_a_clear_sentence(tmp_path: Path, server: LoopbackOpenAI, api: Any) -> None:
    async with opened(tmp_path, api, name="no-such-model") as engine:
        await engine.dispatch(cm.SendMessage("hello"))
        await engine.idle()
        notice = engine.state.chat.entries[-1]
        assert notice.kind == "notice"
        assert "no-such-model" in notice.text


async def test_a_dropped_connection_loses_nothing(tmp_path: Path, server: LoopbackOpenAI, api: Any) -> None:
    async with opened(tmp_path, api) as engine:
        await engine.dispatch(cm.SendMessage("first"))
        await engine.idle()
        # In mid-stream, after the answer has begun: before that the call is simply made again.
        server.inject(Drop(after=6 if api == "responses" else 2))
        await engine.dispatch(cm.SendMessage("second"))
        await engine.idle()
        notice = engine.state.chat.entries[-1]
        assert (notice.kind, notice.level) == ("notice", "error")
        await engine.dispatch(cm.SendMessage("third"))
        await engine.idle()
        assert engine.state.chat.entries[-1].text == "heard: third"
        said = [entry.text for entry in engine.state.chat.entries if entry.kind == "user"]
        assert said == ["first", "second", "third"]
    last = server.bodies()[-1]
    assert all(text in str(last) for text in ("first", "second", "third"))


async def test_a_worker_whose_model_fails_has_failed_and_says_why(
    tmp_path: Path, server: LoopbackOpenAI, api: Any
) -> None:
    chosen = settings(model=ModelSettings(name=MODEL, worker="no-such-model", api=api))
    async with Engine.open(chosen, home=tmp_path / "home", directory=tmp_path) as engine:
        await engine.dispatch(cm.SendMessage("spawn w1: echo hi"))
        await engine.idle()
        worker = engine.state.workers["w1"]
        assert worker.state is WorkerState.FAILED
        assert "no-such-model" in worker.summary
