"""What agents may do only once a person has approved it: asked, answered, refused, lifted, and across restarts."""

import asyncio
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from engine.seat import until
from engine.small_brain import brain
from loopback.openai_server import LoopbackOpenAI
from small_scripts import History, opened, settings

from golfer_tui.agents.scripted import Call, Say
from golfer_tui.engine.engine import Engine
from golfer_tui.engine.fork import fork
from golfer_tui.model import agent_events as ae
from golfer_tui.model import commands as cm
from golfer_tui.model.approvals import Approval
from golfer_tui.model.errors import CommandError, UsageError
from golfer_tui.model.receipts import described
from golfer_tui.model.settings import ApprovalSettings, ModelSettings, PriceSettings
from golfer_tui.model.workers import WorkerSpec, WorkerState
from golfer_tui.store.store import Store

DEAR = settings(
    approvals=ApprovalSettings(spawn_dollars_per_hour=1.0), prices=PriceSettings(local_worker=2.0, as_of="2026-01-01")
)
"""Every worker costs $2 an hour, and more than $1 waits."""

MARKED = settings(approvals=ApprovalSettings(commands=("rm -r", "^touch ")))


async def waits(engine: Engine, count: int = 1) -> list[Approval]:
    """What waits for a person, once it is so much."""
    await until(lambda: len(engine.state.approvals) == count, lambda: engine.state.approvals)
    return list(engine.state.approvals.values())


async def answer(engine: Engine, approval: Approval, said: str, reason: str = "") -> None:
    await engine.dispatch(cm.AnswerApproval(approval.id, said, reason))  # type: ignore[arg-type]


def said(engine: Engine) -> str:
    """All that the orchestrator said."""
    return "\n".join(entry.text for entry in engine.state.chat.entries if entry.kind == "assistant")


async def test_a_dear_worker_starts_once_it_was_approved(tmp_path: Path) -> None:
    async with opened(tmp_path, chosen=DEAR) as engine:
        await engine.dispatch(cm.SendMessage("spawn w1: echo hello"))
        [approval] = await waits(engine)
        assert approval.who == "the orchestrator"
        assert approval.title == "start worker w1"
        assert approval.what == "w1\necho hello"
        assert approval.why == "it costs ≈$2.00 an hour, more than $1.00"
        assert approval.cost == "≈$2.00 an hour"
        assert not engine.state.workers
        await answer(engine, approval, "approved")
        await engine.idle()
        assert engine.state.workers["w1"].summary == "hello"
        assert "answer: Worker w1 was started" in said(engine)
        assert not engine.state.approvals
        [entry] = [entry for entry in engine.state.chat.entries if entry.kind == "approval"]
        assert (entry.text, entry.output, entry.ok) == ("start worker w1", "approved", True)
        # The next one is asked about again.
        await engine.dispatch(cm.SendMessage("spawn w2: echo hello"))
        [approval] = await waits(engine)
        with pytest.raises(CommandError, match="This waits no longer"):
            await engine.dispatch(cm.AnswerApproval("nothing", "approved"))
        await answer(engine, approval, "refused", "w1 has\n measured it")
        await engine.idle()
        assert "w2" not in engine.state.workers
        assert "answer: Error: It was not approved: w1 has measured it" in said(engine)


async def test_what_a_person_starts_is_not_asked_about(tmp_path: Path) -> None:
    async with opened(tmp_path, chosen=DEAR) as engine:
        await engine.dispatch(cm.SpawnWorker(WorkerSpec("mine", "echo mine")))
        await engine.idle()
        assert engine.state.workers["mine"].summary == "mine"
        await engine.dispatch(cm.SendMessage('call restart_worker {"name": "mine"}'))
        await engine.idle()
        assert engine.state.workers["mine"].attempt == 2
        assert not [entry for entry in engine.state.chat.entries if entry.kind == "approval"]


async def test_always_holds_for_the_session_and_over_a_resume(tmp_path: Path) -> None:
    async with opened(tmp_path, chosen=DEAR) as engine:
        await engine.dispatch(cm.SendMessage("spawn w1: echo hello"))
        [approval] = await waits(engine)
        assert (
            approval.always == "workers without GPUs for up to ≈$2.00 an hour are not asked about again in this session"
        )
        await answer(engine, approval, "always")
        await engine.dispatch(cm.SendMessage("spawn w2: echo hello"))
        await engine.idle()
        assert engine.state.workers["w2"].summary == "hello"
        session = engine.session
    async with opened(tmp_path, chosen=DEAR, resume=session) as engine:
        await engine.dispatch(cm.SendMessage("spawn w3: echo hello"))
        await engine.idle()
        assert engine.state.workers["w3"].summary == "hello"


async def test_a_fork_of_the_orchestrators_waits_too(tmp_path: Path) -> None:
    async with opened(tmp_path, chosen=DEAR) as engine:
        await engine.dispatch(cm.SpawnWorker(WorkerSpec("w1", "echo one")))
        await engine.idle()
        await engine.dispatch(cm.SendMessage('call fork_worker {"name": "w1", "task": "echo two"}'))
        [approval] = await waits(engine)
        assert approval.title == "start worker w1-2"
        await answer(engine, approval, "approved")
        await engine.idle()
        assert engine.state.workers["w1-2"].state is WorkerState.DONE
        # What cannot be started is refused before anybody is asked.
        await engine.dispatch(cm.SendMessage("spawn w1: echo again"))
        await engine.idle()
        assert "There is a worker 'w1' already" in said(engine)


async def test_several_wait_side_by_side(tmp_path: Path) -> None:
    def three(history: History) -> Say:
        if history[-1].get("content") == "go":
            return [Call("spawn_worker", {"task": f"echo {number}"}) for number in range(3)]
        return ["told: " + " | ".join(str(item["output"]) for item in history if "output" in item)]

    async with opened(tmp_path, chosen=DEAR, orchestrator=three) as engine:
        await engine.dispatch(cm.SendMessage("go"))
        first, second, third = await waits(engine, 3)
        assert [each.title for each in (first, second, third)] == [f"start worker worker-{n}" for n in (1, 2, 3)]
        await answer(engine, second, "refused", "two are enough")
        await answer(engine, first, "approved")
        await answer(engine, third, "approved")
        await until(lambda: len(engine.state.workers) == 2)
        await engine.idle()
        assert sorted(engine.state.workers) == ["worker-1", "worker-3"]
        told = next(entry.text for entry in engine.state.chat.entries if entry.text.startswith("told: "))
        assert "It was not approved: two are enough" in told


async def test_always_lets_those_begin_that_wait_beside_it(tmp_path: Path) -> None:
    def both(history: History) -> Say:
        if history[-1].get("content") != "go":
            return ["fine"]
        return [
            Call("spawn_worker", {"task": task}) for task in ("touch a; echo 1", "rm -r b; echo 2", "touch c; echo 3")
        ]

    async with opened(tmp_path, chosen=MARKED, orchestrator=both) as engine:
        await engine.dispatch(cm.SendMessage("go"))
        for approval in await waits(engine, 3):
            if "touch a" in approval.what:
                await answer(engine, approval, "always")
        [left] = await waits(engine)
        assert left.what == "rm -r b; echo 2"
        await answer(engine, left, "refused")
        await engine.idle()
        assert sorted(each.summary for each in engine.state.workers.values())[:2] == ["1", "3"]


async def test_only_so_much_waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("golfer_tui.agents.approvals.BOUND", 1)
    async with opened(tmp_path, chosen=MARKED) as engine:
        await engine.dispatch(cm.SpawnWorker(WorkerSpec("w1", "touch a; echo done")))
        [approval] = await waits(engine)
        await engine.dispatch(cm.SpawnWorker(WorkerSpec("w2", "touch b; echo done")))
        await until(lambda: engine.state.workers["w2"].state is WorkerState.DONE)
        assert "1 things wait for the person's approval already." in engine.state.workers["w2"].summary
        await answer(engine, approval, "approved")
        await engine.idle()


async def test_a_command_that_matches_starts_once_it_was_approved(tmp_path: Path) -> None:
    async with opened(tmp_path, chosen=MARKED) as engine:
        await engine.dispatch(cm.SpawnWorker(WorkerSpec("w1", "touch here; echo done")))
        [approval] = await waits(engine)
        worker = engine.state.workers["w1"]
        assert approval.who == "worker w1"
        assert approval.title == "run: touch here; echo done"
        assert approval.what == "touch here; echo done"
        assert approval.why == "it matches ^touch "
        assert worker.needs == "wants to run: touch here; echo done"
        assert not worker.commands
        assert not (Path(worker.workspace) / "here").exists()
        await answer(engine, approval, "approved")
        await engine.idle()
        assert worker.summary == "done"
        assert worker.needs == ""
        assert (Path(worker.workspace) / "here").exists()


async def test_a_refused_command_never_runs_and_the_worker_reads_why(tmp_path: Path) -> None:
    def stubborn(history: History) -> Say:
        output = next((str(item["output"]) for item in history if "output" in item), "")
        return [f"told: {output}"] if output else [Call("exec_command", {"cmd": "rm -rf work"})]

    async with opened(tmp_path, chosen=MARKED, worker=stubborn) as engine:
        await engine.dispatch(cm.SpawnWorker(WorkerSpec("w1", "clean up")))
        [approval] = await waits(engine)
        await answer(engine, approval, "refused", "keep it")
        await engine.idle()
        worker = engine.state.workers["w1"]
        assert worker.summary == "told: Error: It was not approved: keep it"
        assert not worker.commands
        assert "The person refused worker w1 a command: keep it" in "".join(
            entry.text for entry in engine.state.chat.entries if entry.kind == "system"
        )


async def test_a_pattern_is_lifted_for_all_workers(tmp_path: Path) -> None:
    async with opened(tmp_path, chosen=MARKED) as engine:
        await engine.dispatch(cm.SpawnWorker(WorkerSpec("w1", "touch a; echo done")))
        [approval] = await waits(engine)
        assert approval.always == "commands that match ^touch  are not asked about again in this session"
        await answer(engine, approval, "always")
        await engine.dispatch(cm.SpawnWorker(WorkerSpec("w2", "touch b; echo done")))
        await engine.idle()
        assert engine.state.workers["w2"].summary == "done"
        await engine.dispatch(cm.SpawnWorker(WorkerSpec("w3", "rm -r b; echo done")))
        [approval] = await waits(engine)
        assert approval.worker == "w3"
        await answer(engine, approval, "approved")
        await engine.idle()


async def test_who_is_ended_waits_no_longer(tmp_path: Path) -> None:
    async with opened(tmp_path, chosen=MARKED) as engine:
        await engine.dispatch(cm.SpawnWorker(WorkerSpec("w1", "touch here")))
        [approval] = await waits(engine)
        await engine.dispatch(cm.KillWorker("w1"))
        await waits(engine, 0)
        assert engine.state.workers["w1"].needs == ""
        with pytest.raises(CommandError, match="This waits no longer"):
            await answer(engine, approval, "approved")
        told = await engine.events()
        assert [event.body.answer for event in told if isinstance(event.body, ae.ApprovalAnswered)] == ["withdrawn"]


async def test_a_paused_worker_runs_nothing_that_is_approved_meanwhile(tmp_path: Path) -> None:
    async with opened(tmp_path, chosen=MARKED) as engine:
        await engine.dispatch(cm.SpawnWorker(WorkerSpec("w1", "touch here; echo done")))
        [approval] = await waits(engine)
        worker = engine.state.workers["w1"]
        await engine.dispatch(cm.PauseWorker("w1"))
        await answer(engine, approval, "approved")
        await waits(engine, 0)
        assert worker.state is WorkerState.PAUSED
        assert not worker.commands
        await engine.dispatch(cm.ContinueWorker("w1"))
        await engine.idle()
        assert worker.summary == "done"


async def test_an_interrupted_orchestrator_waits_no_longer(tmp_path: Path) -> None:
    async with opened(tmp_path, chosen=DEAR) as engine:
        await engine.dispatch(cm.SendMessage("spawn w1: echo hello"))
        await waits(engine)
        await engine.dispatch(cm.InterruptTurn())
        await waits(engine, 0)
        await engine.idle()
        # Its memory is whole: it answers as before.
        await engine.dispatch(cm.SendMessage("still there"))
        await engine.idle()
        assert "heard: still there" in said(engine)


async def test_a_message_is_read_before_the_answer_comes(tmp_path: Path) -> None:
    """Whoever waits for a person can still be spoken to; what is approved later is done, and told."""
    async with opened(tmp_path, chosen=DEAR) as engine:
        await engine.dispatch(cm.SendMessage("spawn w1: echo hello"))
        [approval] = await waits(engine)
        await engine.dispatch(cm.SendMessage("why?"))
        await until(lambda: "heard: why?" in said(engine))
        assert list(engine.state.approvals) == [approval.id]
        # The same again is the same approval, another one with that name is none.
        await engine.dispatch(cm.SendMessage("spawn w1: echo other"))
        await engine.idle()
        assert "waits for the person's approval already" in said(engine)
        await engine.dispatch(cm.SendMessage("spawn w1: echo hello"))
        await until(lambda: engine.state.chat.open_calls)
        assert list(engine.state.approvals) == [approval.id]
        await engine.dispatch(cm.SendMessage("and now?"))
        await until(lambda: "heard: and now?" in said(engine))
        await answer(engine, approval, "approved")
        await engine.idle()
        assert engine.state.workers["w1"].summary == "hello"
        assert any("approved the start of worker w1" in entry.text for entry in engine.state.chat.entries)


async def test_a_worker_reads_a_message_before_the_answer_comes(tmp_path: Path) -> None:
    def asker(history: History) -> Say:
        last = history[-1]
        if "output" in last:
            return [f"told: {last['output']}"]
        text = str(last["content"])
        return [Call("exec_command", {"cmd": "touch here"})] if "touch" in text else [f"heard: {text}"]

    async with opened(tmp_path, chosen=MARKED, worker=asker) as engine:
        await engine.dispatch(cm.SpawnWorker(WorkerSpec("w1", "touch here")))
        [approval] = await waits(engine)
        worker = engine.state.workers["w1"]
        await engine.dispatch(cm.SendMessage("what is it?", worker="w1"))
        await engine.idle()
        assert worker.summary == "heard: what is it?"
        # Its attempt ended, and what it waited for with it.
        assert not engine.state.approvals
        with pytest.raises(CommandError, match="This waits no longer"):
            await answer(engine, approval, "approved")


async def test_a_session_that_is_ended_leaves_nothing_waiting(tmp_path: Path) -> None:
    async with opened(tmp_path, chosen=DEAR) as engine:
        await engine.dispatch(cm.SendMessage("spawn w1: echo hello"))
        await waits(engine)
        session = engine.session
    async with opened(tmp_path, chosen=DEAR, resume=session) as engine:
        assert not engine.state.approvals


async def test_a_kept_session_waits_on(tmp_path: Path) -> None:
    """The worker goes on by itself and asks again: it is the same approval. A fork of the session has none."""
    async with opened(tmp_path, chosen=MARKED) as engine:
        await engine.dispatch(cm.SpawnWorker(WorkerSpec("w1", "touch here; echo done")))
        [before] = await waits(engine)
        session = engine.session
        await engine.close("keep")
    async with Store.open(tmp_path / "home") as store:
        copy = await fork(store, session)
        assert {row.id: row.approvals for row in await store.sessions.list()} == {session: 1, copy.id: 0}

    histories: list[History] = []

    def again(history: History) -> Say:
        histories.append(history)
        last = history[-1]
        return ["done"] if "output" in last else [Call("exec_command", {"cmd": "touch here; echo done"})]

    async with opened(tmp_path, chosen=MARKED, resume=session, worker=again) as engine:
        await until(lambda: engine.state.workers["w1"].conversation.open_calls)
        [after] = await waits(engine)
        assert (after.id, after.time) == (before.id, before.time)
        receipt = engine.state.receipt
        assert receipt is not None
        assert receipt.approvals == 1
        assert described(receipt)[0] == "The session came back with 1 worker; 1 approval waits for you."
        assert "it was not done" in str(histories[0])
        # Who answers before the agent has come to ask again is asked once more.
        idle = asyncio.create_task(engine.idle())
        while not idle.done():
            for waiting in tuple(engine.state.approvals.values()):
                await answer(engine, waiting, "approved")
            await asyncio.sleep(0.01)
        assert engine.state.workers["w1"].summary == "done"
        assert len(engine.state.workers["w1"].commands) == 1
    async with opened(tmp_path, chosen=MARKED, resume=copy.id) as engine:
        assert not engine.state.approvals


async def test_what_no_rule_holds_back_any_more_is_done_once(tmp_path: Path) -> None:
    async with opened(tmp_path, chosen=MARKED) as engine:
        await engine.dispatch(cm.SpawnWorker(WorkerSpec("w1", "touch here; echo done")))
        await waits(engine)
        session = engine.session
        await engine.close("keep")

    def again(history: History) -> Say:
        return ["done"] if "output" in history[-1] else [Call("exec_command", {"cmd": "touch here; echo done"})]

    async with opened(tmp_path, resume=session, worker=again) as engine:
        await engine.idle()
        assert engine.state.workers["w1"].summary == "done"
        assert not engine.state.approvals
        told = [event.body for event in await engine.events() if isinstance(event.body, ae.ApprovalAnswered)]
        assert [body.answer for body in told] == ["withdrawn"]


VICTIM = """
import asyncio, sys
from pathlib import Path
sys.path[:0] = {support!r}
from small_scripts import opened
from test_approvals import BOTH, waits
from golfer_tui.model import commands as cm
from golfer_tui.model.workers import WorkerSpec

async def main():
    async with opened(Path({home!r}), chosen=BOTH) as engine:
        await engine.dispatch(cm.SpawnWorker(WorkerSpec("w1", "touch here; echo done")))
        await waits(engine, 1)
        await engine.dispatch(cm.SendMessage("spawn w2: echo hello"))
        await waits(engine, 2)
        print(engine.session, flush=True)
        await asyncio.sleep(300)

asyncio.run(main())
"""

BOTH = settings(
    approvals=ApprovalSettings(spawn_dollars_per_hour=1.0, commands=("^touch ",)),
    prices=PriceSettings(local_worker=2.0, as_of="2026-01-01"),
)


@pytest.mark.parametrize("verdict", ["approved", "refused"])
async def test_what_waits_survives_sigkill(tmp_path: Path, verdict: str) -> None:
    here = Path(__file__).parent
    source = VICTIM.format(support=[str(here), str(here.parent)], home=str(tmp_path))
    victim = subprocess.Popen([sys.executable, "-c", source], stdout=subprocess.PIPE, text=True)
    assert victim.stdout is not None
    session = victim.stdout.readline().strip()
    victim.stdout.close()
    victim.send_signal(signal.SIGKILL)
    victim.wait()
    assert session

    heard: list[History] = []

    def listener(history: History) -> Say:
        heard.append(history)
        return ["understood"]

    def obedient(history: History) -> Say:
        last = history[-1]
        if "output" in last:
            return [str(last["output"]).split("Output:\n", 1)[-1].strip()]
        said, _, command = str(last["content"]).partition("\n")
        return [Call("exec_command", {"cmd": command})] if "approved this command" in said else [said]

    async with opened(tmp_path, chosen=BOTH, resume=session, orchestrator=listener, worker=obedient) as engine:
        command, start = await waits(engine, 2)
        assert command.what == "touch here; echo done"
        assert start.title == "start worker w2"
        worker = engine.state.workers["w1"]
        assert worker.needs == "wants to run: touch here; echo done"
        assert worker.state is WorkerState.FAILED
        # Its calls were cut, and both agents know that nothing was done.
        await engine.idle()
        assert "it was not done" in str(heard[-1])
        assert "w2" not in engine.state.workers
        assert not (Path(worker.workspace) / "here").exists()
        await answer(engine, start, verdict, "not now")
        await answer(engine, command, verdict, "not now")
        await engine.idle()
        assert not engine.state.approvals
        assert (Path(worker.workspace) / "here").exists() == (verdict == "approved")
        assert ("w2" in engine.state.workers) == (verdict == "approved")
        if verdict == "approved":
            assert worker.summary == "done"
            assert [each.text for each in worker.commands] == ["touch here; echo done"]
            assert engine.state.workers["w2"].attempt == 1
            assert "approved the start of worker w2" in str(heard[-1])
        else:
            assert worker.summary == "[The person refused this command of yours: not now]"
            assert "refused the start of worker w2: not now" in str(heard[-1])
        told = [event.body for event in await engine.events() if isinstance(event.body, ae.ApprovalAnswered)]
        assert [body.answer for body in told] == [verdict, verdict]
    async with opened(tmp_path, chosen=BOTH, resume=session) as engine:
        assert not engine.state.approvals


@pytest.mark.parametrize("api", ["responses", "chat"])
async def test_a_real_api_takes_what_follows(
    tmp_path: Path, openai_server: LoopbackOpenAI, monkeypatch: pytest.MonkeyPatch, api: str
) -> None:
    openai_server.brain = brain
    for name, value in openai_server.environ.items():
        monkeypatch.setenv(name, value)
    chosen = settings(approvals=BOTH.approvals, prices=BOTH.prices, model=ModelSettings(name="gpt-5-mini", api=api))  # type: ignore[arg-type]
    async with Engine.open(chosen, home=tmp_path / "home", directory=tmp_path) as engine:
        await engine.dispatch(cm.SendMessage("spawn w1: touch here && echo done"))
        [approval] = await waits(engine)
        await answer(engine, approval, "approved")
        await until(lambda: "w1" in engine.state.workers)
        [approval] = await waits(engine)
        await engine.dispatch(cm.SendMessage("hello"))
        session = engine.session
        await engine.close("keep")
    async with Engine.open(chosen, home=tmp_path / "home", directory=tmp_path, resume=session) as engine:
        await waits(engine)
        await engine.dispatch(cm.SendMessage("spawn w2: echo two"))
        both = await waits(engine, 2)
        for each in both:
            await answer(engine, each, "refused", "no")
        await engine.idle()
    assert {request.status for request in openai_server.requests} == {200}


async def test_a_wrong_pattern_is_told_at_the_start(tmp_path: Path) -> None:
    chosen = settings(approvals=ApprovalSettings(commands=("rm (",)))
    with pytest.raises(UsageError, match=r"approvals.commands: 'rm \(' is no regular expression"):
        async with opened(tmp_path, chosen=chosen):
            pass
