"""The same suite against Modal itself: `pytest -m modal`, with `MODAL_TOKEN_ID` and `MODAL_TOKEN_SECRET` set.

It costs a few cents. Only this can show how Modal behaves: builds, capacity, gVisor's terminals and signals, what a
snapshot holds, what counts as idle, and the time a command takes from here.
"""

import io
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from modal_rig import Rig
from test_modal_commands import (  # noqa: F401 - collected here as well, with this module's `rig`
    test_a_child_in_the_background_delays_no_answer_and_is_still_read,
    test_a_hidden_command_that_times_out_is_killed_and_the_sandbox_lives,
    test_a_terminal_streams_takes_keys_and_ends,
    test_control_c_ends_what_has_no_keyboard,
    test_exact_bytes_also_when_the_reader_is_slow,
    test_files,
    test_interrupt_ends_commands_with_their_children_and_keeps_the_sandbox,
    test_sizes_reach_running_and_later_terminals,
    test_the_shell_tool_gets_clean_answers_and_the_tape_every_byte,
)

from golfer_tui.model.errors import SandboxError
from golfer_tui.model.gpus import GpuRequest
from golfer_tui.terminal.tape import Tape

pytestmark = [pytest.mark.modal, pytest.mark.timeout(900)]


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    """A backend on the person's account, whose image is built already; nothing of it is left there."""
    import modal

    from golfer_tui.sandboxes.modal.asking import SESSION

    rig = Rig(None, tmp_path, app_name="golfer-tests", timeout=600, idle_timeout=120)
    await (await rig.create()).stop()
    rig.made.clear()
    rig.tape = Tape()
    yield rig
    for sandbox in rig.made:
        await sandbox.stop()
    left = [sandbox.object_id async for sandbox in modal.Sandbox.list.aio(tags={SESSION: "s1"})]
    await rig.close()
    assert left == []


@pytest.mark.parametrize("persistence", ["snapshot_filesystem", "snapshot_directory", "tar"])
async def test_the_workspace_comes_back(rig: Rig, persistence: str) -> None:
    rig.reconfigure(app_name="golfer-tests", timeout=600, workspace_persistence=persistence)
    first = await rig.create()
    await first.session.write(Path("kept"), io.BytesIO(b"kept"))
    assert (await rig.create(state=first.state())).id == first.id
    await first.stop()
    second = await rig.create(state=first.state())
    assert (await second.session.read(Path("kept"))).read() == b"kept"


async def test_a_snapshot_is_the_beginning_of_another_sandbox(rig: Rig) -> None:
    first = await rig.create()
    await first.session.write(Path("kept"), io.BytesIO(b"kept"))
    kept = await rig.backend.keep(first, first.state(), "")
    second = await rig.create(snapshot=kept.place)
    assert second.id != first.id
    assert (await second.session.read(Path("kept"))).read() == b"kept"


async def test_an_exposed_port_has_an_address(rig: Rig) -> None:
    rig.reconfigure(app_name="golfer-tests", timeout=600, exposed_ports=(8000,))
    sandbox = await rig.create()
    assert [(each.port, each.address[:8]) for each in sandbox.tunnels] == [(8000, "https://")]


async def test_a_gpu_type_that_modal_has_not(rig: Rig) -> None:
    with pytest.raises(SandboxError) as caught:
        await rig.create(gpu=GpuRequest("H900", 1))
    assert caught.value.code == "modal.gpu_type"
