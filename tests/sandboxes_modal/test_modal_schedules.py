"""Random schedules of making, cancelling and ending, with faults and latency: nothing is left, whatever meets what."""

import asyncio
import random
from typing import Any

import pytest
from grpclib import Status
from loopback.modal_plane.faults import HangAfter, Refuse, RefuseAfter
from loopback.modal_plane.plane import ModalPlane
from modal_rig import Rig

from golfer_tui.model.errors import SandboxError

CALLS = (
    "SandboxCreate",
    "SandboxGetTaskId",
    "SandboxList",
    "SandboxTerminate",
    "SandboxWait",
    "TaskExecStart",
    "TaskExecStdioRead",
    "TaskExecWait",
    "TaskGetCommandRouterAccess",
)
FAULTS: tuple[Any, ...] = (
    HangAfter(),
    RefuseAfter(Status.UNAVAILABLE),
    *(Refuse(status) for status in (Status.UNAVAILABLE, Status.INTERNAL, Status.RESOURCE_EXHAUSTED, Status.ABORTED)),
)


async def life(rig: Rig, chance: random.Random) -> None:
    """Make a sandbox, perhaps cancel that, run a command in it, and end it."""
    if chance.random() < 0.5:
        assert rig.plane is not None
        rig.plane.inject(chance.choice(CALLS), chance.choice(FAULTS))
    making = asyncio.create_task(rig.create())
    await asyncio.sleep(chance.random() * 0.4)
    if chance.random() < 0.5:
        making.cancel()
    try:
        sandbox = await making
    except (asyncio.CancelledError, SandboxError):
        return
    running = asyncio.create_task(sandbox.session.pty_exec_start("echo on; sleep 300", yield_time_s=30))
    await asyncio.sleep(chance.random() * 0.3)
    for _ in range(5):  # As the pool does: again until it is confirmed.
        try:
            await sandbox.stop()
            break
        except SandboxError:
            continue
    await asyncio.gather(running, return_exceptions=True)


@pytest.mark.parametrize("seed", [1, 2])
async def test_nothing_is_left(plane: ModalPlane, rig: Rig, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    rig.reconfigure(workspace_persistence="none")
    await (await rig.create()).stop()
    from golfer_tui.sandboxes.modal import asking, commands, ending, maker

    limits = {
        commands: {"START": 1.0, "KILL": 1.0},
        ending: {"CONFIRM": 1.0, "GRACE": 0.2, "LATE": 0.5, "LIST": 1.0, "SETTLE": 0.05},
        asking: {"LOOKUP": 1.0},
        maker: {"START": 2.0},
    }
    for module, values in limits.items():
        for name, value in values.items():
            monkeypatch.setattr(module, name, value)
    plane.wire.latency = 0.005
    chance = random.Random(seed)
    await asyncio.gather(*(life(rig, chance) for _ in range(12)))
    assert plane.alive == []
