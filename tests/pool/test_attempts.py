"""Restart, continue, messages to workers that stand still, suspend and restore: one attempt follows another."""

import asyncio

import pytest
from pool_fakes import House

from golfer_tui.model import worker_events as we
from golfer_tui.model.errors import CommandError
from golfer_tui.model.workers import WorkerState
from golfer_tui.pool.leases import Limits


async def finished(house: House, name: str, value: object = "done") -> None:
    await house.reaches(name, "running")
    house.order(name, value)
    await house.pool.wait([name])


async def test_restart_begins_afresh_in_a_new_workspace() -> None:
    house = House()
    house.spawn("a")
    await house.reaches("a", "running")
    house.pool.message("a", "for the first attempt", "person")
    await house.pool.restart("a", "person")
    assert house.types("a")[:3] == ["worker.queued", "worker.started", "worker.finished"]
    assert house.bodies(we.WorkerFinished)[0].summary == "Killed by the person. It begins again."
    await house.reaches("a", "running")
    live = house.live["a"]
    assert (live.attempt, live.fresh, live.by, live.spec.task) == (2, True, "person", "task of a")
    assert next(iter(house.backend.alive.values())).workspace == "/w/a/2"
    assert next(iter(house.backend.alive.values())).state == b""
    await finished(house, "a")
    await house.pool.restart("a", "orchestrator")
    await finished(house, "a")
    assert [body.attempt for body in house.bodies(we.WorkerFinished)] == [1, 2, 3]
    await house.pool.close()
    house.check_closed()


async def test_continue_keeps_memory_workspace_and_the_way_back_to_the_sandbox() -> None:
    house = House()
    house.spawn("a")
    await finished(house, "a")
    house.pool.continue_("a", "person", "try a wider layer")
    with pytest.raises(CommandError, match="it goes on already"):
        house.pool.continue_("a", "person")
    await house.reaches("a", "running")
    assert (house.live["a"].attempt, house.live["a"].fresh) == (2, False)
    spec = next(iter(house.backend.alive.values()))
    assert (spec.workspace, spec.state) == ("/w/a/1", b"fake-1 stopped")
    await house.until(lambda: house.heard["a"] == ["try a wider layer"])
    await finished(house, "a")
    assert house.bodies(we.WorkerQueued)[1].fresh is False
    worker = house.state.workers["a"]
    assert (worker.origin, worker.begun, worker.attempt) == (1, True, 2)
    await house.pool.close()


async def test_a_message_to_a_finished_worker_continues_it() -> None:
    house = House()
    house.spawn("a")
    await finished(house, "a", ValueError("no"))
    house.pool.message("a", "once more", "orchestrator")
    house.pool.message("a", "please", "person")
    await house.reaches("a", "running")
    await house.until(lambda: house.heard["a"] == ["once more", "please"])
    await house.pool.close()


@pytest.mark.parametrize("steps", range(12))
async def test_no_message_falls_between_a_report_and_the_end(steps: int) -> None:
    house = House()
    house.backend.plan("a").stop_failures = 1
    house.spawn("a")
    await house.reaches("a", "running")
    house.order("a", "first")
    for _ in range(steps):
        await asyncio.sleep(0)
    house.pool.message("a", "late", "person")
    await house.until(lambda: "late" in house.heard["a"] and (house.pool.states["a"] == "running" or not house.live))
    house.order("a", "second")
    await house.pool.wait()
    await house.pool.close()
    house.check_closed()
    assert house.pool.mailboxes == {"a": 0}


async def test_kill_cancels_a_restart_that_waits_for_the_end() -> None:
    house = House()
    house.backend.plan("a").stop_failures = 3
    house.spawn("a")
    await house.reaches("a", "running")
    restart = asyncio.create_task(house.pool.restart("a", "orchestrator"))
    await asyncio.sleep(0)
    await house.pool.kill("a", "person")
    await restart
    await house.reaches("a", "killed")
    await house.pool.close()


async def test_restart_of_a_queued_worker_takes_a_new_place() -> None:
    house = House(Limits(max_local=1))
    for name in "abc":
        house.spawn(name)
    house.pool.message("b", "what it will not remember", "person")
    await house.pool.restart("b", "person")
    assert house.pool.mailboxes["b"] == 0
    assert [name for name, _ in house.pool.waiting] == ["c", "b"]
    await house.pool.close()
    house.check_closed()


async def test_suspend_keeps_workers_for_the_next_time() -> None:
    house = House(Limits(max_local=1))
    house.spawn("done")
    await finished(house, "done", "report")
    house.spawn("a")
    house.spawn("b")
    await house.reaches("a", "running")
    await house.pool.suspend()
    house.check_closed()
    assert house.pool.states == {"done": "done", "a": "suspended", "b": "suspended"}
    for command in (lambda: house.spawn("c"), lambda: house.pool.message("a", "x", "person")):
        with pytest.raises(CommandError, match="is closing"):
            command()
    await house.pool.close()

    again = House(Limits(max_local=1))
    again.pool.restore(house.state, {"a": b"where it was"})
    assert again.pool.states == house.pool.states
    again.phases = dict(house.phases)
    again.pool.continue_("a", "engine")
    again.pool.continue_("b", "engine")
    await again.reaches("a", "running")
    spec = next(iter(again.backend.alive.values()))
    assert (spec.workspace, spec.state, again.live["a"].fresh) == ("/w/a/1", b"where it was", False)
    await again.pool.kill("a", "person")
    await again.reaches("b", "running")
    assert again.live["b"].fresh, "it never ran"
    assert again.live["b"].attempt == 2
    again.pool.message("done", "more", "person")
    await finished(again, "b")
    await again.reaches("done", "running")
    assert (again.live["done"].attempt, again.live["done"].fresh) == (2, False)
    await again.pool.close()
    again.check_closed()


async def test_a_suspended_worker_can_be_killed() -> None:
    house = House()
    house.spawn("a")
    await house.reaches("a", "running")
    await house.pool.suspend()
    again = House()
    again.pool.restore(house.state)
    again.phases = dict(house.phases)
    await again.pool.kill("a", "person")
    assert again.pool.states == {"a": WorkerState.KILLED}
    assert again.bodies(we.WorkerFinished)[0].attempt == 1
    await again.pool.close()


async def test_restore_takes_no_worker_that_still_runs() -> None:
    house = House()
    house.spawn("a")
    with pytest.raises(ValueError, match="it is queued"):
        House().pool.restore(house.state)
    await house.pool.close()
