"""The commands of the pool, one by one, and what goes wrong in a worker's life."""

import asyncio
import dataclasses as dc
from collections.abc import Callable
from typing import Any

import pytest
from pool_fakes import QUICK, FakeSandbox, House

from golfer_tui.model import agent_events as ae
from golfer_tui.model import events as ev
from golfer_tui.model import worker_events as we
from golfer_tui.model.errors import CommandError, ModelError
from golfer_tui.model.workers import WorkerState
from golfer_tui.pool.leases import Device, Limits
from golfer_tui.pool.mailbox import MAILBOX


async def test_a_worker_lives_from_the_queue_to_its_report() -> None:
    house = House(Limits(devices=(Device("7", "H100"),)))
    house.spawn("a", "H100")
    assert house.pool.states == {"a": WorkerState.STARTING}
    await house.reaches("a", "running")
    live = house.live["a"]
    assert (live.attempt, live.fresh, live.by, live.devices) == (1, True, "orchestrator", ("7",))
    assert house.pool.sandbox("a") is live.sandbox
    assert house.backend.alive[1].devices == ("7",)
    assert house.backend.alive[1].workspace == "/w/a/1"
    assert isinstance(live.sandbox, FakeSandbox)
    live.sandbox.command()
    await house.until(lambda: len(house.samples) > 3)
    house.order("a", "val_bpb 1.2")
    assert await house.pool.wait() == {"a": WorkerState.DONE}
    assert house.types() == ["worker.queued", "worker.started", "worker.command", "worker.command", "worker.finished"]
    assert house.bodies(we.WorkerStarted)[0] == we.WorkerStarted(
        attempt=1, sandbox="fake-1", workspace="/w/a/1", devices=("7",)
    )
    assert house.bodies(we.WorkerCommand)[1].exit_code == 0
    assert house.bodies(we.WorkerFinished)[0] == we.WorkerFinished(attempt=1, state="done", summary="val_bpb 1.2")
    assert house.pool.sandbox("a") is None
    house.check_closed()
    await house.pool.close()


async def test_the_queue_is_told_with_places_and_reasons() -> None:
    house = House(Limits(max_local=1))
    for name in "abc":
        house.spawn(name)
    queued = house.bodies(we.WorkerQueued)
    assert [(body.position, bool(body.reason)) for body in queued] == [(1, False), (1, True), (2, True)]
    assert queued[1].reason == "needs a place, and the one place for local workers is taken"
    assert [name for name, _ in house.queues[-1]] == ["b", "c"]
    await house.pool.kill("b", "person")
    assert house.bodies(we.WorkerFinished, "b") == [
        we.WorkerFinished(attempt=1, state="killed", summary="Killed by the person.")
    ]
    await house.reaches("a", "running")
    house.order("a", "done")
    await house.reaches("c", "running")
    assert house.queues[-1] == ()
    await house.pool.close()
    house.check_closed()


@pytest.mark.parametrize(
    ("name", "gpu", "code"),
    [
        ("", "", "worker.name"),
        ("../x", "", "worker.name"),
        ("Big", "", "worker.name"),
        ("a" * 41, "", "worker.name"),
        ("a\n", "", "worker.name"),
        ("there", "", "worker.exists"),
        ("b", "H100:8", "gpu.never_fits"),
    ],
)
async def test_what_cannot_become_a_worker_is_refused_at_once(name: str, gpu: str, code: str) -> None:
    async with House(Limits(gpus={"H100": 4})).pool as pool:
        house = House(Limits(gpus={"H100": 4}))
        house.spawn("there")
        with pytest.raises(CommandError) as caught:
            house.spawn(name, gpu)
        assert caught.value.code == code
        assert house.types() == ["worker.queued"]
        await house.pool.close()
    assert pool.states == {}


async def test_the_number_of_workers_is_bounded() -> None:
    house = House(max_workers=2)
    house.spawn("a")
    house.spawn("b")
    with pytest.raises(CommandError) as caught:
        house.spawn("c")
    assert caught.value.code == "pool.full"
    await house.pool.close()


@pytest.mark.parametrize(
    "call",
    [
        lambda pool: pool.kill("x", "person"),
        lambda pool: pool.restart("x", "person"),
        lambda pool: pool.wait(["x"]),
        lambda pool: asyncio.to_thread(pool.message, "x", "hello", "person"),
        lambda pool: asyncio.to_thread(pool.continue_, "x", "person"),
    ],
)
async def test_an_unknown_worker_is_named(call: Callable[[Any], Any]) -> None:
    house = House()
    house.spawn("a")
    with pytest.raises(CommandError, match=r"There is no worker 'x'\. Workers: a\."):
        await call(house.pool)
    await house.pool.close()


@pytest.mark.parametrize(
    ("error", "summary"),
    [
        (ModelError("model.refused", "The key was refused.", hint="Check it."), "The key was refused. Check it."),
        (ValueError("bad"), "Its run ended with an error: ValueError: bad"),
        (RuntimeError(), "Its run ended with an error: RuntimeError"),
        (asyncio.CancelledError(), "Its run was cancelled from within, not by a kill."),
        (SystemExit(3), "Its run ended with an error: SystemExit: 3"),
        (GeneratorExit(), "Its run ended with an error: GeneratorExit"),
    ],
)
async def test_whatever_a_run_raises_only_its_worker_fails(error: BaseException, summary: str) -> None:
    house = House()
    house.spawn("bad")
    house.spawn("good")
    await house.reaches("bad", "running")
    await house.reaches("good", "running")
    house.order("bad", error)
    assert await house.pool.wait(["bad", "good"], mode="any") == {"bad": "failed", "good": "running"}
    assert house.bodies(we.WorkerFinished, "bad")[0].summary == summary
    house.order("good", "fine")
    assert await house.pool.wait() == {"good": "done"}
    house.check_closed()
    await house.pool.close()


async def test_a_sandbox_that_cannot_be_made_fails_the_worker_and_frees_its_place() -> None:
    house = House(Limits(max_local=1))
    house.backend.plan("a").broken = True
    house.spawn("a")
    house.spawn("b")
    await house.reaches("b", "running")
    assert house.types("a") == ["worker.queued", "worker.finished"]
    assert house.bodies(we.WorkerFinished, "a")[0].summary == "No sandbox today. Try tomorrow."
    house.backend.plan("a").broken = False
    house.pool.continue_("a", "person")
    assert house.bodies(we.WorkerQueued, "a")[1].fresh, "its agent never ran: there is nothing to go on with"
    await house.pool.close()
    house.check_closed()


@pytest.mark.parametrize("verb", ["intend", "confirm", "ended"])
async def test_a_ledger_that_refuses_leaves_no_sandbox(verb: str) -> None:
    house = House()
    house.ledger.refuses = {verb}
    house.spawn("a")
    await house.until(lambda: house.live or house.pool.states["a"].final)
    house.order("a", "done")
    await house.pool.wait()
    assert house.backend.alive == {}
    assert house.pool.leases == ()
    assert house.pool.states["a"] == ("done" if verb == "ended" else "failed")
    assert [body.code for body in house.bodies(ae.Notice)] == (["ledger.failed"] if verb == "ended" else [])
    await house.pool.close()


@pytest.mark.parametrize("late", [False, True])
async def test_kill_during_create_ends_what_was_made(late: bool) -> None:
    house = House()
    plan = house.backend.plan("a")
    plan.slow, plan.late = True, late
    house.spawn("a")
    await house.until(lambda: "a" in house.backend.doors)
    await house.pool.kill("a", "orchestrator")
    assert len(house.backend.made) == late
    assert house.types("a") == ["worker.queued", "worker.finished"]
    assert house.bodies(we.WorkerFinished)[0].summary == "Killed by the orchestrator."
    house.check_closed()
    await house.pool.close()


async def test_kill_before_create_asks_for_no_sandbox() -> None:
    house = House()
    house.spawn("a")
    await house.pool.kill("a", "person")
    assert house.backend.asked == 0
    house.check_closed()
    await house.pool.close()


async def test_kill_in_every_step_of_a_start() -> None:
    for steps in range(30):
        house = House()
        house.backend.plan("a").late = steps % 2 == 0
        house.spawn("a")
        for _ in range(steps):
            await asyncio.sleep(0)
        await house.pool.kill("a", "person")
        assert house.pool.states == {"a": "killed"}
        house.check_closed()
        await house.pool.close()


async def test_a_lease_is_kept_until_the_end_is_confirmed() -> None:
    house = House(Limits(max_local=1))
    house.backend.plan("a").stop_failures = 3
    house.backend.plan("a").stop_hangs = 1
    house.spawn("a")
    house.spawn("b")
    await house.reaches("a", "running")
    kill = asyncio.create_task(house.pool.kill("a", "person"))
    await house.until(lambda: house.bodies(ae.Notice))
    notice = house.bodies(ae.Notice)[0]
    assert notice.code == "sandbox.not_ended"
    assert "it did not answer within 0.05 seconds" in notice.text
    assert [lease.worker for lease in house.pool.leases] == ["a"]
    assert house.pool.states["b"] == "queued"
    await kill
    assert len(house.bodies(ae.Notice)) == 1, "one notice, however often it is tried"
    await house.reaches("b", "running")
    await house.pool.close()
    house.check_closed()


async def test_a_kill_is_answered_once_the_end_has_failed_and_it_is_tried_on() -> None:
    house = House()
    house.backend.plan("a").stop_failures = 10**9
    house.spawn("a")
    await house.reaches("a", "running")
    await house.pool.kill("a", "person")
    assert house.pool.states == {"a": "running"}
    [told] = house.bodies(we.WorkerStopping, "a")
    assert "it is still there" in told.reason
    await house.pool.kill("a", "orchestrator")
    assert [lease.worker for lease in house.pool.leases] == ["a"]
    house.backend.made[0].plan.stop_failures = 0
    await house.reaches("a", "killed")
    await house.pool.close()
    house.check_closed()


async def test_a_kill_is_answered_when_the_end_takes_long() -> None:
    house = House(timing=dc.replace(QUICK, answer=0.01, stop=0.2))
    house.backend.plan("a").stop_hangs = 1
    house.spawn("a")
    await house.reaches("a", "running")
    await house.pool.kill("a", "person")
    assert [each.reason for each in house.bodies(we.WorkerStopping, "a")] == ["It has not ended after 0.01 seconds."]
    await house.reaches("a", "killed")
    await house.pool.close()
    house.check_closed()


async def test_close_gives_up_a_sandbox_that_never_ends_and_leaves_its_row() -> None:
    house = House()
    house.gives_up = True
    house.backend.plan("a").stop_failures = 10**9
    house.spawn("a")
    house.spawn("b")
    await house.reaches("a", "running")
    await house.pool.close()
    assert house.pool.states == {"a": "killed", "b": "killed"}
    assert "could not be confirmed" in house.bodies(we.WorkerFinished, "a")[0].summary
    assert list(house.ledger.rows.values()) == ["a"]
    assert [lease.worker for lease in house.pool.leases] == ["a"]
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_kill_ends_a_run_that_swallows_its_cancellation() -> None:
    house = House()
    cancels = 0

    async def stubborn(live: object) -> str:
        nonlocal cancels
        while True:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                cancels += 1
                assert cancels < 2 or not house.backend.alive, "its sandbox is ended under it"
                if cancels == 3:
                    return "I was not impressed."

    house.run = stubborn
    house.spawn("a")
    await house.reaches("a", "running")
    await house.pool.kill("a", "person")
    assert house.bodies(we.WorkerFinished)[0].state == "killed"
    house.check_closed()
    await house.pool.close()


async def test_kill_of_what_has_ended_says_so() -> None:
    house = House()
    house.spawn("a")
    await house.reaches("a", "running")
    await asyncio.gather(house.pool.kill("a", "person"), house.pool.kill("a", "orchestrator"))
    assert len(house.bodies(we.WorkerFinished)) == 1
    with pytest.raises(CommandError, match="a is killed already"):
        await house.pool.kill("a", "person")
    await house.pool.close()


async def test_a_cancelled_kill_still_kills() -> None:
    house = House()
    house.backend.plan("a").stop_failures = 2
    house.spawn("a")
    await house.reaches("a", "running")
    kill = asyncio.create_task(house.pool.kill("a", "person"))
    await asyncio.sleep(0)
    kill.cancel()
    await house.reaches("a", "killed")
    house.check_closed()
    await house.pool.close()


async def test_a_journal_that_refuses_keeps_no_sandbox_alive() -> None:
    house = House()
    house.spawn("a")
    await house.reaches("a", "running")
    house.backend.made[0].plan.stop_failures = 1
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: None)

    def refuse(draft: ev.Draft) -> None:
        raise OSError("no space")

    object.__setattr__(house.pool._crew._wiring, "emit", refuse)
    await house.pool.close()
    house.check_gone()


async def test_when_the_loop_is_torn_down_the_sandboxes_end() -> None:
    for steps in range(40):
        house = House(timing=QUICK)
        house.backend.plan("b").stop_failures = 2
        house.spawn("a")
        house.spawn("b")
        for _ in range(steps):
            await asyncio.sleep(0)
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
        if steps % 3 == 0:
            await asyncio.sleep(0)
            for task in asyncio.all_tasks() - {asyncio.current_task()}:
                task.cancel()
        await house.until(lambda: all(state.final for state in house.pool.states.values()))  # noqa: B023
        await house.pool.close()
        # A row may be left: who sweeps the ledger finds that there is no such sandbox.
        house.ledger.rows.clear()
        house.check_closed()


async def test_set_limits_lets_in_and_holds_back() -> None:
    house = House(Limits(gpus={"H100": 1}))
    house.spawn("a", "H100")
    house.spawn("b", "H100")
    await house.reaches("a", "running")
    house.pool.set_limits(Limits(gpus={"H100": 2}))
    assert house.pool.limits == Limits(gpus={"H100": 2})
    await house.reaches("b", "running")
    house.pool.set_limits(Limits(gpus={"H100": 0}))
    assert house.pool.used.by_type == {"H100": 2}
    for call in (house.pool.restart("a", "person"),):
        with pytest.raises(CommandError, match="H100 can never fit: the limit is 0 H100"):
            await call
    assert house.pool.states["a"] == "running", "a restart that cannot come up again kills nothing"
    await house.pool.close()
    house.check_closed()


async def test_wait_for_all_any_and_no_longer_than_asked() -> None:
    house = House()
    assert await house.pool.wait() == {}
    house.spawn("a")
    house.spawn("b")
    assert await house.pool.wait(timeout=0.001) == {"a": house.pool.states["a"], "b": house.pool.states["b"]}
    await house.reaches("a", "running")
    everybody = asyncio.create_task(house.pool.wait(["a", "b"]))
    house.order("a", "done")
    assert (await house.pool.wait(mode="any"))["a"] == "done"
    assert not everybody.done()
    await house.reaches("b", "running")
    house.order("b", ValueError())
    assert await everybody == {"a": "done", "b": "failed"}
    await house.pool.close()


async def test_a_full_mailbox_says_so_and_loses_nothing() -> None:
    house = House(Limits(max_local=1))
    house.spawn("a")
    house.spawn("b")
    for i in range(MAILBOX):
        house.pool.message("b", f"message {i}", "person")
    with pytest.raises(CommandError) as caught:
        house.pool.message("b", "one more", "person")
    assert (caught.value.code, caught.value.retry) == ("mailbox.full", True)
    assert house.pool.mailboxes == {"a": 0, "b": MAILBOX}
    await house.reaches("a", "running")
    house.order("a", "done")
    await house.reaches("b", "running")
    await house.until(lambda: house.heard.get("b") == [f"message {i}" for i in range(MAILBOX)])
    assert house.pool.mailboxes == {"a": 0, "b": 0}
    await house.pool.close()
    house.check_closed()
