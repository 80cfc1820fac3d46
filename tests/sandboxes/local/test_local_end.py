"""Nothing outlives a local sandbox: not a kill, a cancel, a stop, nor our own violent death."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import uuid
from pathlib import Path

import psutil
import pytest
from outliving import COUNT, STUBBORN
from places import Place, marked, opened, until

from golfer_tui.model.errors import SandboxError
from golfer_tui.sandboxes.contract import CommandEnded, SandboxSpec
from golfer_tui.sandboxes.local.link import Keeper
from golfer_tui.terminal.tape import Tape

NOBODY = 65534
linux = pytest.mark.skipif(sys.platform != "linux", reason="daemons are found by what only Linux has")


async def test_stop_ends_everything_and_may_be_called_twice(place: Place) -> None:
    await place.run(STUBBORN)
    await place.run("cat", tty=True, seconds=0.25)
    await until(lambda: len(place.processes) >= COUNT + 1, "all processes")
    await asyncio.gather(place.sandbox.stop(), place.sandbox.stop())
    assert place.processes == []
    last = place.events[-1]
    assert isinstance(last, CommandEnded)
    assert (last.command, last.exit_code) == ("cat", None)
    await place.sandbox.stop()
    assert await place.sandbox.sample() is None
    with pytest.raises(SandboxError) as caught:
        await place.run("echo more")
    assert caught.value.code == "sandbox.gone"


async def test_interrupt_ends_all_commands_and_keeps_the_sandbox(place: Place) -> None:
    await place.run(STUBBORN)
    update = await place.run("echo begun; sleep 600", seconds=0.3)
    await place.sandbox.interrupt()
    assert [event.exit_code for event in place.events if isinstance(event, CommandEnded)][-1] is None
    assert (await place.type(update.process_id, "")).exit_code == -1
    assert await place.output("echo alive") == "alive\n"
    sample = await place.sandbox.sample()
    assert sample is not None
    assert sample.processes == 0


@linux
async def test_a_cancelled_tool_call_ends_its_command_and_no_other(place: Place) -> None:
    other = await place.run("sleep 700", seconds=0.25)
    before = len(place.processes)
    task = asyncio.create_task(place.run(f"{STUBBORN}\nsleep 608"))
    await until(lambda: len(place.processes) >= before + COUNT + 1, "the command's processes")
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert len(place.processes) == before
    task = asyncio.create_task(place.type(other.process_id, ""))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    ended = [event for event in place.events if isinstance(event, CommandEnded)]
    assert [event.exit_code for event in ended] == [None, None]


@linux
@pytest.mark.parametrize("user", ["ourselves", "plain user"])
async def test_nothing_outlives_our_own_sigkill(isolation: str, user: str) -> None:
    other = user == "plain user"
    if other and os.geteuid() != 0:
        pytest.skip("only root can become another user")
    mark = uuid.uuid4().hex
    with tempfile.TemporaryDirectory(prefix=mark) as folder:
        os.chmod(folder, 0o777)
        try:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                Path(__file__).with_name("outliving.py"),
                isolation,
                f"{folder}/home",
                mark,
                cwd="/",
                stdout=subprocess.PIPE,
                **({"user": NOBODY, "group": NOBODY, "extra_groups": []} if other else {}),
            )
        except PermissionError:
            pytest.skip("the interpreter lies where only root can read")
        try:
            assert process.stdout is not None
            assert await process.stdout.readline() == b"ready\n"
            assert len(marked(mark)) >= COUNT
        finally:
            process.send_signal(signal.SIGKILL)
            await process.wait()
        await until(lambda: not marked(mark), "the end of all processes")
        await until(lambda: not [pid for pid in psutil.pids() if mark in _command(pid)], "the end of the keeper")


@linux
async def test_a_keeper_that_is_killed_is_seen_and_what_it_left_is_ended(tmp_path: Path) -> None:
    backend = await opened("none", tmp_path / "home")
    place = Place(backend, tmp_path / "workspace")
    await place.create()
    waiting = asyncio.create_task(place.run("setsid sleep 600 & sleep 600"))
    await until(lambda: len(place.processes) >= 3, "the processes")
    os.kill(int(place.sandbox.id), signal.SIGKILL)
    assert (await waiting).exit_code == -1
    assert not await place.sandbox.session.running()
    await place.sandbox.stop()
    assert place.processes == []
    await backend.close()


async def test_a_create_that_is_cancelled_anywhere_leaves_nothing(isolation: str, tmp_path: Path) -> None:
    backend = await opened(isolation, tmp_path / "home")
    place = Place(backend, tmp_path / "workspace")
    created = 0
    for steps in range(0, 48, 4):
        task = asyncio.create_task(backend.create(place.spec(), Tape(), place.events.append))
        for _ in range(steps):
            await asyncio.sleep(0.002)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            sandbox = await task
            created += 1
            await sandbox.stop()
        assert psutil.Process().children() == []
    assert created < 12
    await backend.close()


async def test_a_keeper_that_cannot_be_started_says_why(tmp_path: Path) -> None:
    for argv in (["/no/such/program"], [sys.executable, "-c", "raise SystemExit('no luck')"]):
        with pytest.raises(SandboxError) as caught:
            await Keeper.start("id", argv)
        assert caught.value.code == "sandbox.keeper"
        assert "no luck" in caught.value.message or "No such file" in caught.value.message
    assert psutil.Process().children() == []


async def test_a_sandbox_comes_back_as_its_workspace(isolation: str, tmp_path: Path) -> None:
    backend = await opened(isolation, tmp_path / "home")
    place = Place(backend, tmp_path / "workspace")
    first = await place.create()
    await place.output("echo kept > note; sleep 600 &")
    state = first.state()
    await first.stop()
    again = await place.create(state=state)
    assert again.id != first.id
    assert await place.output("cat note; jobs") == "kept\n"
    assert again.state() == state
    await again.stop()
    (tmp_path / "workspace").rename(tmp_path / "elsewhere")
    with pytest.raises(SandboxError, match="not there any more") as caught:
        await place.create(state=state)
    assert caught.value.code == "sandbox.workspace"
    with pytest.raises(SandboxError, match="cannot be used"):
        await place.create(state=b'{"type":"modal"}')
    await backend.close()


async def test_a_workspace_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    backend = await opened("none", tmp_path / "home")
    with pytest.raises(SandboxError, match=str(tmp_path)) as caught:
        await backend.create(SandboxSpec("s", "w", str(tmp_path / "file" / "below")), Tape(), lambda event: None)
    assert caught.value.code == "sandbox.workspace"
    await backend.close()


async def test_children_inherit_three_descriptors_only(place: Place) -> None:
    held, other = os.pipe()
    os.set_inheritable(held, True)
    try:
        listing = "ls -1 /proc/$$/fd; true"
        assert await place.output(listing) == "0\n1\n2\n"
        assert (await place.sandbox.session.exec(listing)).stdout == b"0\n1\n2\n"
        assert (await place.run(listing, tty=True)).output == b"0\n1\n2\n"
    finally:
        os.close(held)
        os.close(other)


def _command(pid: int) -> str:
    with contextlib.suppress(psutil.Error, OSError):
        return " ".join(psutil.Process(pid).cmdline())
    return ""
