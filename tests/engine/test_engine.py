"""The engine, whole: real store, real pool, real local sandboxes, the scripted model with small scripts."""

import asyncio
import contextlib
from pathlib import Path

import pytest
from small_scripts import History, opened, seen

from golfer_tui.agents.scripted import Call, Say
from golfer_tui.agents.turn import Turn
from golfer_tui.engine.engine import Engine
from golfer_tui.model import agent_events as ae
from golfer_tui.model import commands as cm
from golfer_tui.model import events as ev
from golfer_tui.model import worker_events as we
from golfer_tui.model.errors import CommandError, StoreError
from golfer_tui.model.workers import WorkerSpec, WorkerState
from golfer_tui.store.store import Store


async def stored(tmp_path: Path, session: str) -> list[ev.Event]:
    async with Store.open(tmp_path / "home") as store:
        return await store.events(session, with_output=True)


async def running(engine: Engine, name: str, printed: str) -> None:
    """Return once the worker has printed this."""
    tape = engine.tape(name)
    with engine.subscribe() as subscription:
        while tape is None or printed.encode() not in tape.peek(tape.start):
            await anext(subscription)
            tape = engine.tape(name)


async def test_a_worker_is_spawned_works_and_reports(tmp_path: Path) -> None:
    async with opened(tmp_path) as engine:
        await engine.dispatch(cm.SendMessage("spawn w1: echo loss:2.5 && pwd"))
        await engine.idle()
        worker = engine.state.workers["w1"]
        assert worker.state is WorkerState.DONE
        assert worker.delivered
        assert worker.summary.startswith("loss:2.5")
        newest = worker.latest("loss")
        assert newest is not None
        assert newest.value == 2.5
        assert worker.commands[0].exit_code == 0
        assert engine.state.title.startswith("spawn w1")
        session = engine.session
    events = await stored(tmp_path, session)
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    kinds = [event.type for event in events]
    assert kinds[0] == "session.started"
    assert kinds[-1] == "session.finished"
    ordered = ["worker.queued", "worker.started", "worker.command", "worker.output", "worker.finished"]
    places = [kinds.index(kind) for kind in ordered]
    assert places == sorted(places)
    output = "".join(event.body.text for event in events if isinstance(event.body, we.WorkerOutput))
    assert "loss:2.5" in output
    assert str(tmp_path / "home" / "sessions" / session / "workspaces" / "w1") in output


async def test_the_report_comes_with_the_next_turn_when_nobody_waits(tmp_path: Path) -> None:
    async with opened(tmp_path) as engine:
        await engine.dispatch(cm.SendMessage("spawn w1: echo done-it"))
        await engine.idle()
        said = [entry.text for entry in engine.state.chat.entries if entry.kind == "assistant"]
        assert said[-1].startswith("heard: Worker w1 (attempt 1) is done. Its report:\ndone-it")


async def test_a_wait_ends_when_the_person_speaks(tmp_path: Path) -> None:
    async with opened(tmp_path) as engine:
        await engine.dispatch(cm.SendMessage("spawn w1: echo up && sleep 60"))
        await running(engine, "w1", "up")
        waiting = asyncio.ensure_future(
            seen(engine, lambda event: isinstance(event.body, ae.ToolCalled) and event.body.name == "wait_for_workers")
        )
        await asyncio.sleep(0)
        await engine.dispatch(cm.SendMessage("wait"))
        await waiting
        answered = asyncio.ensure_future(
            seen(engine, lambda event: isinstance(event.body, ae.Message) and event.body.text == "heard: hello")
        )
        await asyncio.sleep(0)
        await engine.dispatch(cm.SendMessage("hello"))
        await answered
        assert engine.state.workers["w1"].state is WorkerState.RUNNING


async def test_kill_restart_and_go_on(tmp_path: Path) -> None:
    async with opened(tmp_path) as engine:
        await engine.dispatch(cm.SpawnWorker(WorkerSpec("w1", "echo one >> log; cat log; sleep 60")))
        await running(engine, "w1", "one")
        await engine.dispatch(cm.KillWorker("w1"))
        worker = engine.state.workers["w1"]
        assert worker.state is WorkerState.KILLED
        await engine.dispatch(cm.SendMessage("echo two >> log; cat log", worker="w1"))
        await engine.idle()
        assert worker.state is WorkerState.DONE
        assert worker.summary.split() == ["one", "two"]
        assert worker.attempt == 2
        await engine.dispatch(cm.RestartWorker("w1"))
        tape = engine.tape("w1")
        assert tape is not None
        before = tape.end
        await running(engine, "w1", "one\r\none\r\ntwo\r\none\r\n")
        assert tape.end > before
        with pytest.raises(CommandError, match="nobody"):
            await engine.dispatch(cm.KillWorker("nobody"))


async def test_an_interrupted_turn_leaves_a_whole_memory(tmp_path: Path) -> None:
    histories: list[History] = []

    def script(history: History) -> Say:
        histories.append(history)
        if history[-1].get("content") == "go":
            return ["I wait.", Call("wait_for_workers", {})]
        return ["after"]

    async with opened(tmp_path, orchestrator=script) as engine:
        await engine.dispatch(cm.SpawnWorker(WorkerSpec("w1", "echo up; sleep 60")))
        await running(engine, "w1", "up")
        waiting = asyncio.ensure_future(seen(engine, lambda event: event.type == "tool.called" and not event.worker))
        await asyncio.sleep(0)
        await engine.dispatch(cm.SendMessage("go"))
        await waiting
        finished = asyncio.ensure_future(seen(engine, lambda event: event.type == "turn.finished" and not event.worker))
        await asyncio.sleep(0)
        await engine.dispatch(cm.InterruptTurn())
        event = await finished
        assert isinstance(event.body, ae.TurnFinished)
        assert event.body.state == "interrupted"
        await engine.dispatch(cm.KillWorker("w1"))
        await engine.dispatch(cm.SendMessage("and now"))
        await engine.idle()
        with pytest.raises(CommandError, match="not working"):
            await engine.dispatch(cm.InterruptTurn())
    last = histories[-1]
    calls = [item["call_id"] for item in last if item.get("type") == "function_call"]
    outputs = [item["call_id"] for item in last if item.get("type") == "function_call_output"]
    assert len(calls) == 1
    assert calls == outputs
    texts = [str(item.get("content")) for item in last]
    assert texts.count("go") == 1
    assert any("This turn was cut here" in text for text in texts)


async def test_an_engine_closes_also_if_a_turn_that_ends_takes_the_cancellation_for_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = asyncio.Event()

    class Ending(Turn):
        """Near its end, where it lets nothing interrupt it."""

        async def run(self, *details: object, **more: object) -> str:
            begun.set()
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.Event().wait()
            return "done"

    monkeypatch.setattr("golfer_tui.agents.orchestrator.Turn", Ending)
    async with opened(tmp_path) as engine:
        await engine.dispatch(cm.SendMessage("hello"))
        await begun.wait()
        async with asyncio.timeout(30):
            await engine.close("end")


async def test_tool_errors_are_answers(tmp_path: Path) -> None:
    async with opened(tmp_path) as engine:
        for line in (
            'call spawn_worker {"task": "x", "gpu": "H100:65"}',
            'call spawn_worker {"task": "x", "gpu": "H100"}',
            'call kill_worker {"name": "nobody"}',
            'call load_skill {"name": "nothing"}',
            "call no_such_tool",
        ):
            await engine.dispatch(cm.SendMessage(line))
            await engine.idle()
        tools = [entry for entry in engine.state.chat.entries if entry.kind == "tool"]
        assert len(tools) == 5
        assert all(tool.output for tool in tools)
        assert not any(tool.ok for tool in tools[:4])
        assert "can never fit" in str(tools[1].output)
        assert engine.state.workers == {}


async def test_kept_workers_go_on_with_the_next_resume(tmp_path: Path) -> None:
    async with opened(tmp_path) as engine:
        session = engine.session
        await engine.dispatch(cm.SpawnWorker(WorkerSpec("w1", "echo begun >> log; echo up; sleep 60")))
        await running(engine, "w1", "up")
        await engine.close("keep")
        assert engine.state.workers["w1"].state is WorkerState.SUSPENDED

    def goes_on(history: History) -> Say:
        if history[-1].get("type") == "function_call_output":
            return [str(history[-1]["output"]).split("Output:\n", 1)[-1].strip()]
        assert "Go on with your task" in str(history[-1]["content"])
        return [Call("exec_command", {"cmd": "cat log"})]

    async with opened(tmp_path, resume=session, worker=goes_on) as engine:
        assert engine.session == session
        tape = engine.tape("w1")
        assert tape is not None
        assert b"up" in tape.peek(tape.start)
        await engine.idle()
        worker = engine.state.workers["w1"]
        assert worker.state is WorkerState.DONE
        assert worker.summary == "begun"
        assert worker.delivered


async def test_a_session_has_one_owner(tmp_path: Path) -> None:
    async with opened(tmp_path) as engine:
        with pytest.raises(StoreError) as caught:
            async with opened(tmp_path, resume=engine.session):
                pass
        assert caught.value.code == "session.held"
        async with opened(tmp_path) as other:
            assert other.session != engine.session
            await other.dispatch(cm.SendMessage("both work"))
            await other.idle()


async def test_resume_names_what_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no session"):
        async with opened(tmp_path, resume=""):
            pass
    with pytest.raises(StoreError, match='no session "nope"'):
        async with opened(tmp_path, resume="nope"):
            pass
