"""A person's own shell in a Modal sandbox, and a terminal that answers its programs there."""

import asyncio

import pytest
from loopback.modal_plane.faults import CutAfter
from loopback.modal_plane.plane import ModalPlane
from modal_rig import Rig, until

from golfer_tui.model.errors import SandboxError
from golfer_tui.sandboxes.modal.own_shell import ModalShell
from golfer_tui.sandboxes.offers import OffersShell
from golfer_tui.terminal.tape import Tape


async def opened(rig: Rig) -> tuple[ModalShell, Tape, asyncio.Event]:
    """A shell, what it prints, and its end."""
    sandbox = rig.made[0] if rig.made else await rig.create()
    assert isinstance(sandbox, OffersShell)
    tape, ended = Tape(), asyncio.Event()
    return await sandbox.open_shell(tape, 77, 21, ended.set), tape, ended


def printed(tape: Tape) -> bytes:
    return tape.peek(0)


async def test_a_shell_is_on_a_terminal_of_its_own_and_streams(rig: Rig) -> None:
    shell, tape, ended = await opened(rig)
    shell.type(b"stty size; tty >/dev/null && echo on''tty; echo pager=$PAGER.; pwd\r")
    await until(lambda: b"pager=." in printed(tape) and b"ontty" in printed(tape))
    assert b"21 77" in printed(tape)
    shell.type(b"echo sle''eping; sleep 300\r")
    await until(lambda: b"sleeping" in printed(tape))
    shell.type(b"\x03echo inter''rupted\r")
    await until(lambda: b"interrupted" in printed(tape))
    assert rig.printed == b""
    assert rig.commands == []
    shell.type(b"exit\r")
    async with asyncio.timeout(20):
        await ended.wait()
    assert not shell.open
    with pytest.raises(SandboxError, match="has ended"):
        shell.type(b"x")


async def test_its_size_follows_the_pane(rig: Rig) -> None:
    shell, tape, _ = await opened(rig)
    shell.type(b"trap 'stty size' WINCH; echo rea''dy\r")
    await until(lambda: b"ready" in printed(tape))
    for columns in (50, 51, 52):
        shell.resize(columns, 12)
    await until(lambda: b"12 52\r\n" in printed(tape) or shell.type(b"\r"))


async def test_closing_ends_all_that_it_started_and_nothing_else(rig: Rig) -> None:
    shell, tape, ended = await opened(rig)
    sandbox = rig.made[0]
    await sandbox.session.pty_exec_start("sleep 777", tty=True, yield_time_s=0.25)
    shell.type(b"sleep 888 & echo start''ed\r")
    await until(lambda: b"started" in printed(tape))
    await shell.close()
    await shell.close()
    assert ended.is_set()
    left = (await sandbox.session.exec("cat /proc/[0-9]*/cmdline | tr '\\0' ' '")).stdout
    assert b"sleep 777" in left
    assert b"sleep 888" not in left


async def test_it_ends_with_the_sandbox(rig: Rig) -> None:
    shell, _, ended = await opened(rig)
    again, _, again_ended = await opened(rig)
    await again.close()
    assert again_ended.is_set()
    await rig.made[0].stop()
    assert ended.is_set()
    assert not shell.open


ASK = r"""python3 -c "
import os, tty
tty.setraw(0)
os.write(1, b'\x1b[3;4H\x1b[6n\x1b[c')
got = b''
while not got.endswith(b'c'): got += os.read(0, 99)
print(repr(got).replace(chr(27), ''), 'heard', end='\r\n')
" """


async def test_questions_are_answered_once_also_after_a_stream_that_broke_off(plane: ModalPlane, rig: Rig) -> None:
    sandbox = await rig.create()
    for _ in range(4):
        plane.inject("TaskExecStdioRead", CutAfter(10))
    answer = await sandbox.session.pty_exec_start(ASK, tty=True, yield_time_s=20)
    assert b"b'\\x1b[3;4R\\x1b[?62;22c' heard" in answer.output
    assert answer.exit_code == 0
    shell, tape, _ = await opened(rig)
    shell.type(ASK.encode().replace(b"\n", b"\r"))
    shell.type(b"\r")
    await until(lambda: b"62;22c' heard" in printed(tape))


async def test_no_keyboard_no_answers(rig: Rig) -> None:
    sandbox = await rig.create()
    answer = await sandbox.session.pty_exec_start(r"printf '\033[6n'; cat; echo done", yield_time_s=20)
    assert answer.output == b"done\n"
