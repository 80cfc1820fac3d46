"""A sandbox that Modal ends under a worker: a sentence, an event and a state, every byte kept, and the way back."""

from pathlib import Path

from loopback.modal_plane.plane import ModalPlane
from modal_proto import api_pb2
from modal_rig import until
from test_modal_profiles import opened

from golfer_tui.engine.engine import Engine
from golfer_tui.model import agent_events as ae
from golfer_tui.model import commands as cm
from golfer_tui.model.workers import WorkerSpec, WorkerState

TIMEOUT = api_pb2.GenericResult.GENERIC_STATUS_TIMEOUT


async def notices(engine: Engine) -> dict[str, str]:
    return {each.body.code: each.body.text for each in await engine.events() if isinstance(each.body, ae.Notice)}


async def test_the_lifetime_ends_and_the_worker_goes_on_from_its_newest_snapshot(
    plane: ModalPlane, tmp_path: Path
) -> None:
    async with opened(tmp_path) as engine:
        await engine.dispatch(cm.SpawnWorker(WorkerSpec("ada", "echo one > kept; echo begun; sleep 300")))
        await until(lambda: b"begun" in (tape.peek(0) if (tape := engine.tape("ada")) else b""))
        await engine.dispatch(cm.SnapshotWorker("ada"))
        [sandbox] = plane.alive
        await plane.sandboxes.terminate(sandbox, TIMEOUT)
        await engine.idle()
        told = await notices(engine)
        assert "The sandbox of ada is lost. The sandbox reached the end of its lifetime" in told["sandbox.lifetime"]
        assert "It can go on from its newest snapshot." in told["sandbox.not_kept"]
        assert engine.state.workers["ada"].state.final
        printed = engine.tape("ada")
        assert printed is not None
        assert printed.peek(0).endswith(b"begun\r\n")
        session = engine.session
    async with opened(tmp_path, resume=session) as engine:
        await engine.dispatch(cm.SendMessage("cat kept", worker="ada"))
        await engine.idle()
        assert engine.state.workers["ada"].summary == "one"
    assert plane.alive == []


async def test_without_a_snapshot_it_says_what_is_gone(plane: ModalPlane, tmp_path: Path) -> None:
    async with opened(tmp_path) as engine:
        await engine.dispatch(cm.SpawnWorker(WorkerSpec("ada", "echo begun; sleep 300")))
        await until(lambda: b"begun" in (tape.peek(0) if (tape := engine.tape("ada")) else b""))
        await plane.sandboxes.terminate(plane.alive[0], TIMEOUT)
        await engine.idle()
        assert {"sandbox.lifetime", "sandbox.not_kept"} <= set(await notices(engine))
        await engine.dispatch(cm.SendMessage("cat kept", worker="ada"))
        await engine.idle()
        worker = engine.state.workers["ada"]
        assert worker.state is WorkerState.FAILED
        assert "The workspace of ada is gone" in worker.summary
    assert plane.alive == []
