"""Commands in a Modal sandbox: every byte on the tape as it comes, keys, sizes, ends and interruptions."""

import asyncio
import io
from pathlib import Path

import pytest
from agents.sandbox.errors import ExecTimeoutError
from grpclib import Status
from loopback.modal_plane.faults import CutAfter, Refuse
from loopback.modal_plane.plane import ModalPlane
from modal_rig import Rig, until

from golfer_tui.model.errors import SandboxError


async def test_the_shell_tool_gets_clean_answers_and_the_tape_every_byte(rig: Rig) -> None:
    session = (await rig.create()).session
    answer = await session.pty_exec_start(r"printf 'a\033[31mb\033[0m\nc\n'; echo oops >&2; exit 3", yield_time_s=10)
    assert (answer.output, answer.exit_code, answer.process_id) == (b"ab\nc\noops\n", 3, None)
    assert rig.printed == b"a\x1b[31mb\x1b[0m\r\nc\r\noops\r\n"
    started, ended = rig.commands
    assert (started.command, ended.command, ended.exit_code) == (started.command,) * 2 + (3,)
    assert ended.offset == rig.tape.end


async def test_a_terminal_streams_takes_keys_and_ends(rig: Rig) -> None:
    sandbox = await rig.create()
    script = "tty >/dev/null && echo on a terminal; while read line; do echo got $line; [ $line = bye ] && exit 7; done"
    answer = await sandbox.session.pty_exec_start(script, tty=True, yield_time_s=0.3)
    assert answer.process_id is not None
    await until(lambda: b"on a terminal\r\n" in rig.printed)
    await sandbox.type(b"one\r")
    await until(lambda: b"got one\r\n" in rig.printed)
    last = await sandbox.session.pty_write_stdin(session_id=answer.process_id, chars="bye\n", yield_time_s=10)
    assert last.exit_code == 7
    assert last.output.endswith(b"got bye\n")
    with pytest.raises(SandboxError, match="Nothing that reads keys"):
        await sandbox.type(b"x")


async def test_exact_bytes_also_when_the_reader_is_slow(rig: Rig) -> None:
    """5 MiB of all bytes but one that a terminal would change, with a cursor that falls behind the tape's bound."""
    sandbox = await rig.create()
    cursor = rig.tape.cursor()
    make = "import sys; sys.stdout.buffer.write((bytes(range(256)) * 20480).replace(b'\\n', b''))"
    answer = asyncio.create_task(sandbox.session.pty_exec_start(f'python3 -c "{make}"', yield_time_s=20))
    wanted = (bytes(range(256)) * 20480).replace(b"\n", b"")
    await until(lambda: rig.tape.full)
    read = bytearray()
    async with asyncio.timeout(20):
        while len(read) < len(wanted) or not answer.done():
            read += cursor.read(1 << 20)
            await asyncio.sleep(0)
    cursor.close()
    assert (await answer).exit_code == 0
    assert bytes(read).endswith(wanted)


async def test_sizes_reach_running_and_later_terminals(rig: Rig) -> None:
    sandbox = await rig.create()
    await sandbox.resize(100, 40)
    script = "stty size; trap 'stty size' WINCH; echo ready; while :; do sleep 0.05; done"
    await sandbox.session.pty_exec_start(script, tty=True, yield_time_s=0.3)
    await until(lambda: b"40 100\r\nready\r\n" in rig.printed)
    await sandbox.resize(70, 20)
    await until(lambda: rig.printed.endswith(b"20 70\r\n"))


async def test_a_stream_that_breaks_off_goes_on_where_it_was(plane: ModalPlane, rig: Rig) -> None:
    sandbox = await rig.create()
    for _ in range(12):  # More often than modal's own client tries again.
        plane.inject("TaskExecStdioRead", CutAfter(1000))
    answer = await sandbox.session.pty_exec_start("seq 1 4000", yield_time_s=30)
    assert answer.exit_code == 0
    assert rig.printed == b"".join(b"%d\r\n" % number for number in range(1, 4001))


async def test_interrupt_ends_commands_with_their_children_and_keeps_the_sandbox(rig: Rig) -> None:
    sandbox = await rig.create()
    await sandbox.session.pty_exec_start("sh -c 'sleep 300' & setsid sleep 300 & sleep 300", yield_time_s=0.3)
    await sandbox.session.pty_exec_start("sleep 300", tty=True, yield_time_s=0.3)
    await sandbox.interrupt()
    assert [end.exit_code for end in rig.ends()] == [None, None]
    left = await sandbox.session.exec("cat /proc/[0-9]*/cmdline | tr '\\0' ' '")
    assert b"sleep 300" not in left.stdout


async def test_an_interrupt_ends_nothing_of_other_sandboxes_that_can_be_seen(rig: Rig) -> None:
    sandbox = await rig.create()
    theirs = "GOLFER_COMMAND=sb-other:1 setsid sleep 301 >/dev/null 2>&1 & sleep 302"
    await sandbox.session.pty_exec_start(theirs, yield_time_s=0.3)
    look = "cat /proc/[0-9]*/cmdline | tr '\\0' ' '"
    while b"sleep 302" not in (await sandbox.session.exec(look)).stdout:
        await asyncio.sleep(0.01)
    await sandbox.interrupt()
    left = (await sandbox.session.exec(look)).stdout
    assert (b"sleep 301" in left, b"sleep 302" in left) == (True, False)


async def test_control_c_ends_what_has_no_keyboard(rig: Rig) -> None:
    session = (await rig.create()).session
    script = "trap 'echo caught; exit 9' INT; while :; do sleep 0.05; done"
    answer = await session.pty_exec_start(script, yield_time_s=0.3)
    assert answer.process_id is not None
    last = await session.pty_write_stdin(session_id=answer.process_id, chars="\x03", yield_time_s=10)
    assert (last.output, last.exit_code) == (b"caught\n", 9)
    again = await session.pty_exec_start("sleep 300", yield_time_s=0.3)
    with pytest.raises(RuntimeError, match="stdin is not available"):
        await session.pty_write_stdin(session_id=again.process_id or 0, chars="x")


async def test_a_command_that_is_cancelled_is_killed(plane: ModalPlane, rig: Rig) -> None:
    sandbox = await rig.create()
    task = asyncio.create_task(sandbox.session.pty_exec_start("echo on; sleep 300", yield_time_s=30))
    await until(lambda: rig.printed == b"on\r\n")
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert [end.exit_code for end in rig.ends()] == [None]


async def test_a_child_in_the_background_delays_no_answer_and_is_still_read(rig: Rig) -> None:
    session = (await rig.create()).session
    script = "(while [ ! -e go ]; do sleep 0.05; done; echo late) & echo now"
    answer = await session.pty_exec_start(script, yield_time_s=20)
    assert (answer.output, answer.exit_code) == (b"now\n", 0)
    await session.write(Path("go"), io.BytesIO(b""))
    await until(lambda: rig.printed == b"now\r\nlate\r\n")


async def test_a_hidden_command_that_times_out_is_killed_and_the_sandbox_lives(rig: Rig) -> None:
    sandbox = await rig.create()
    await sandbox.session.write(Path("kept"), io.BytesIO(b"still here"))
    with pytest.raises(ExecTimeoutError):
        await sandbox.session.exec("sleep 299", timeout=0.2)
    assert (await sandbox.session.read(Path("kept"))).read() == b"still here"
    left = await sandbox.session.exec("cat /proc/[0-9]*/cmdline | tr '\\0' ' '")
    assert b"sleep 299" not in left.stdout.replace(b"tr", b"")


async def test_files(rig: Rig) -> None:
    session = (await rig.create()).session
    data = bytes(range(256)) * 4096
    await session.write(Path("deep/er/data.bin"), io.BytesIO(data))
    assert (await session.read(Path("deep/er/data.bin"))).read() == data
    assert [entry.path.rpartition("/")[2] for entry in await session.ls("deep/er")] == ["data.bin"]
    await session.rm("deep", recursive=True)
    with pytest.raises(Exception, match=r"data\.bin"):
        await session.read(Path("deep/er/data.bin"))


async def test_a_sandbox_that_reaches_its_lifetime_says_so(plane: ModalPlane, rig: Rig) -> None:
    rig.reconfigure(timeout=2)
    sandbox = await rig.create()
    answer = await sandbox.session.pty_exec_start("echo begun; sleep 300", yield_time_s=20)
    assert answer.output == b"begun\n"
    assert answer.exit_code in (137, -1)  # As Modal tells it, or not at all.
    with pytest.raises(SandboxError, match="lifetime") as caught:
        await sandbox.session.pty_exec_start("echo more")
    assert caught.value.code == "sandbox.lifetime"
    assert await sandbox.sample() is None
    assert await sandbox.session.running() is False
    assert len(plane.sandboxes.everything) == 1


async def test_a_lost_command_is_an_error_not_a_new_sandbox(plane: ModalPlane, rig: Rig) -> None:
    sandbox = await rig.create()
    plane.inject("TaskExecStart", Refuse(Status.FAILED_PRECONDITION, "container is gone"))
    with pytest.raises(SandboxError, match="container is gone"):
        await sandbox.session.pty_exec_start("echo")
    await plane.sandboxes.terminate(plane.alive[0])
    with pytest.raises(SandboxError) as caught:
        await sandbox.session.pty_exec_start("echo")
    assert caught.value.code == "sandbox.gone"
    assert plane.wire.count("SandboxCreate") == 1
