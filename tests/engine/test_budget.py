"""Limits and budgets through the engine's own door: commands in, events out, across a resume."""

import asyncio
import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from small_scripts import History, opened

from golfer_tui.agents.scripted import Call, Say
from golfer_tui.engine.engine import Engine
from golfer_tui.model import agent_events as ae
from golfer_tui.model import commands as cm
from golfer_tui.model.errors import CommandError
from golfer_tui.model.settings import LocalSettings, PoolSettings, PriceSettings, Settings
from golfer_tui.model.workers import WorkerSpec, WorkerState

PER_SECOND = 100.0
"""Dollars that a local worker costs in these tests."""


def dear(**pool: Any) -> Settings:
    """Local workers that cost much, so that no test has to wait for money."""
    return Settings(
        local=LocalSettings(isolation="none"),
        pool=PoolSettings(max_local=4, **pool),
        prices=PriceSettings(local_worker=PER_SECOND * 3600),
    )


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(30):
        while not condition():
            await asyncio.sleep(0.02)


def state_of(engine: Engine, worker: str) -> WorkerState:
    return engine.state.workers[worker].state


def told(engine: Engine, text: str) -> bool:
    """Whether the person was told so in the chat."""
    return any(entry.kind == "notice" and text in entry.text for entry in engine.state.chat.entries)


async def test_limits_are_changed_while_it_runs_and_stay_with_the_session(tmp_path: Path) -> None:
    async with opened(tmp_path) as engine:
        session = engine.session
        for name in ("a", "b"):
            await engine.dispatch(cm.SpawnWorker(WorkerSpec(name, "sleep 60")))
        await engine.dispatch(cm.SetLimits(max_local=1, gpus={"h100": 2}, max_dollars=5.0))
        assert engine.used.workers == 2, "lower limits end nothing"
        assert engine.limits.max_local == 1
        await engine.dispatch(cm.SpawnWorker(WorkerSpec("c", "echo done")))
        assert engine.waiting == (("c", "needs a place, and the one place for local workers is taken"),)
        await engine.dispatch(cm.KillWorker("a"))
        assert state_of(engine, "c") is WorkerState.QUEUED, "two drain to one first"
        with pytest.raises(CommandError, match="cannot be below 0"):
            await engine.dispatch(cm.SetLimits(max_dollars=-1))
        await engine.dispatch(cm.SetLimits(max_local=2))
        await until(lambda: state_of(engine, "c").final)
    async with opened(tmp_path, resume=session) as engine:
        assert (engine.limits.max_local, engine.limits.gpus, engine.max_dollars) == (2, {"H100": 2}, 5.0)
    async with opened(tmp_path, resume=session, limits=cm.SetLimits(max_dollars=None, gpus={"H100": None})) as engine:
        assert (engine.limits.max_local, engine.limits.gpus, engine.max_dollars) == (2, {}, None)


async def test_a_spent_budget_queues_what_is_new_and_lets_it_go_once_it_is_raised(tmp_path: Path) -> None:
    async with opened(tmp_path, chosen=dear(max_dollars=1.0)) as engine:
        session = engine.session
        await engine.dispatch(cm.SpawnWorker(WorkerSpec("first", "sleep 60")))
        await until(lambda: state_of(engine, "first") is WorkerState.RUNNING)
        await until(lambda: told(engine, "The budget of $1 is spent"))
        await engine.dispatch(cm.SpawnWorker(WorkerSpec("second", "echo hello")))
        [(name, reason)] = engine.waiting
        assert name == "second"
        assert reason.startswith("the budget of $1 is spent (≈$")
        assert state_of(engine, "first") is WorkerState.RUNNING, "what runs goes on"
        await engine.dispatch(cm.KillWorker("first"))
        await engine.idle()
        assert state_of(engine, "second") is WorkerState.QUEUED, "nobody waits for ever for what only a person can do"
        await engine.close("keep")
    async with opened(tmp_path, resume=session, chosen=dear(max_dollars=1.0)) as engine:
        await engine.idle()
        assert state_of(engine, "second") is WorkerState.QUEUED, "the budget holds across a resume"
        await engine.dispatch(cm.SetLimits(max_dollars=100_000))
        await engine.idle()
        assert state_of(engine, "second") is WorkerState.DONE


@pytest.mark.parametrize("action", ["pause", "end"])
async def test_what_runs_is_paused_or_ended_as_asked(tmp_path: Path, action: Any) -> None:
    def worker(history: History) -> Say:
        last = history[-1]
        if last.get("type") == "function_call_output":
            return [str(last["output"]).split("Output:\n", 1)[-1].strip()]
        return [Call("exec_command", {"cmd": "echo x >> log; sleep $((30 - 30 * ($(wc -l < log) > 1))); cat log"})]

    async with opened(tmp_path, chosen=dear(max_dollars=1.0, on_max_dollars=action), worker=worker) as engine:
        await engine.dispatch(cm.SpawnWorker(WorkerSpec("w", "work")))
        ended = WorkerState.PAUSED if action == "pause" else WorkerState.KILLED
        await until(lambda: state_of(engine, "w") is ended and engine.used.workers == 0)
        await engine.idle()
        if action == "pause":
            assert engine.state.workers["w"].paused_by == "engine"
            await engine.dispatch(cm.SetLimits(max_dollars=100_000))
            await engine.idle()
            assert state_of(engine, "w") is WorkerState.DONE
            assert engine.state.workers["w"].attempt == 2, "with the workspace it had"


async def test_a_warning_comes_before_the_end_of_the_money(tmp_path: Path) -> None:
    chosen = Settings(
        local=LocalSettings(isolation="none"),
        pool=PoolSettings(max_local=4, max_dollars=10.0),
        prices=PriceSettings(local_worker=1.0),
    )
    async with opened(tmp_path, chosen=chosen) as engine:
        await engine.dispatch(cm.SpawnWorker(WorkerSpec("w", "sleep 60")))
        lease = engine.state.workers["w"].leasing.open
        assert lease is not None
        hours = 7.9
        engine._runtime.budget._now = lambda: lease.begun + dt.timedelta(hours=hours)
        await engine._runtime.budget.check()
        await engine.dispatch(cm.SendMessage("flush"))
        assert not told(engine, "of the budget of $10")
        hours = 8.0
        for _ in range(3):
            await engine._runtime.budget.check()
        await engine.dispatch(cm.SendMessage("flush"))
        entries = [entry.text for entry in engine.state.chat.entries if "80% of the budget of $10" in entry.text]
        assert len(entries) == 2, "once for the person and once for the orchestrator"
        hours = 10.0
        await engine.dispatch(cm.SpawnWorker(WorkerSpec("over", "echo hello")))
        assert [name for name, _ in engine.waiting] == ["over"], "the gate needs no tick"


async def test_tokens_of_a_worker_are_counted_for_its_own_model_and_scripted_ones_cost_nothing(tmp_path: Path) -> None:
    async with opened(tmp_path) as engine:
        await engine.dispatch(cm.SendMessage("spawn w: echo hello"))
        await engine.dispatch(cm.SpawnWorker(WorkerSpec("other", "echo hello", model="gpt-5.4")))
        await engine.idle()
        used = [event for event in await engine.events() if isinstance(event.body, ae.Usage)]
        assert {event.worker for event in used} == {None, "w", "other"}
        assert all(event.body.dollars == 0.0 for event in used)
        assert {event.body.model for event in used if event.worker == "other"} == {"gpt-5.4"}
        bill = engine.state.bill(engine.state.started)
        assert (str(bill), bill.unpriced) == ("$0", ())


async def test_the_bill_of_an_export_is_that_of_the_session(tmp_path: Path) -> None:
    async with opened(tmp_path, chosen=dear()) as engine:
        session = engine.session
        await engine.dispatch(cm.SpawnWorker(WorkerSpec("w", "sleep 0.2")))
        await engine.idle()
        await engine.close()
        finished = engine.state.finished
        assert finished is not None
        assert finished.dollars > 0.2 * PER_SECOND
    async with opened(tmp_path, resume=session) as engine:
        bill = engine.state.bill(engine.state.started)
        assert round(bill.dollars, 6) == finished.dollars, "with other prices, too: they stand in the events"


async def test_the_orchestrator_reads_limits_and_costs_and_cannot_change_them(tmp_path: Path) -> None:
    async with opened(tmp_path, chosen=dear(max_dollars=50_000.0)) as engine:
        await engine.dispatch(cm.SpawnWorker(WorkerSpec("w", "sleep 0.2")))
        await until(lambda: state_of(engine, "w").final)
        await engine.dispatch(cm.SendMessage("call check_budget"))
        await engine.idle()
        [tool] = [entry for entry in engine.state.chat.entries if entry.text == "check_budget"]
        for words in ('"max_dollars": 50000.0', '"spent": "≈$', '"max_local": 4', '"queue": []'):
            assert words in str(tool.output)
        await engine.dispatch(cm.SendMessage("call check_workers"))
        await engine.idle()
        [tool] = [entry for entry in engine.state.chat.entries if entry.text == "check_workers"]
        assert '"spent": "≈$' in str(tool.output)
