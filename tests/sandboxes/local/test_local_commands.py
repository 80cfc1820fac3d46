"""Commands of a local sandbox as the shell tool runs them: output, exit status, terminals, typing, limits."""

import asyncio
import os
import re

import pytest
from agents.sandbox.errors import ExecTimeoutError, ExecTransportError, PtySessionNotFoundError
from places import Place, until

from golfer_tui.model.errors import SandboxError
from golfer_tui.sandboxes.capture import CAPTURE
from golfer_tui.sandboxes.contract import CommandEnded, CommandStarted


async def test_output_folder_and_exit_status(place: Place) -> None:
    update = await place.run("pwd; echo oops >&2; exit 3")
    assert update.output.decode() == f"{place.sandbox.workspace}\noops\n"
    assert (update.exit_code, update.process_id) == (3, None)


async def test_a_background_job_stays_in_the_workspace(place: Place) -> None:
    await place.output("true & pwd > front.txt; (pwd > back.txt) & wait")
    folder = place.folder
    text = await place.output("cat front.txt back.txt")
    assert text == f"{place.sandbox.workspace}\n" * 2
    assert sorted(path.name for path in folder.iterdir()) == ["back.txt", "front.txt"]


async def test_children_in_the_background_outlive_their_command_and_keep_printing(place: Place) -> None:
    update = await place.run("(while [ ! -e go ]; do sleep 0.02; done; echo late) & echo early")
    assert update.exit_code == 0
    assert update.output == b"early\n"
    await place.output("touch go")
    await until(lambda: b"late\r\n" in place.printed, "what the child prints later")


async def test_commands_are_announced_as_the_model_wrote_them(place: Place) -> None:
    await place.output("mkdir sub")
    await place.output("cd sub || exit\npwd")
    await place.run("exit 7")
    _, _, started, ended, _, last = place.events
    assert isinstance(started, CommandStarted)
    assert isinstance(ended, CommandEnded)
    assert started.command == ended.command == "pwd"
    printed = place.tape.peek(started.offset, ended.offset - started.offset)
    assert printed == f"{place.sandbox.workspace}/sub\r\n".encode()
    assert started.id == ended.id
    assert isinstance(last, CommandEnded)
    assert last.exit_code == 7
    assert last.seconds > 0


async def test_a_signal_of_its_own_is_told_as_shells_do(place: Place) -> None:
    assert (await place.run("kill -SEGV $$")).exit_code == 128 + 11


async def test_a_program_that_is_not_there_is_an_answer(place: Place) -> None:
    update = await place.sandbox.session.pty_exec_start("echo", shell=["/no/such/shell", "-lc"], yield_time_s=1)
    assert update.exit_code == 127
    assert b"/no/such/shell" in update.output
    assert isinstance(place.events[-1], CommandEnded)


async def test_the_tape_has_every_byte(place: Place) -> None:
    await place.output("head -c 3000000 /dev/urandom > noise")
    noise = await asyncio.to_thread((place.folder / "noise").read_bytes)
    start = place.tape.end
    cursor = place.tape.cursor()
    taken = bytearray()

    async def read() -> None:
        while len(taken) < len(noise):
            taken.extend(cursor.read(50_000))
            await asyncio.sleep(0)

    cursor.read()
    reader = asyncio.create_task(read())
    # Without the terminal's one change, "\n" to "\r\n".
    await place.output("stty -opost < /dev/stdout; cat noise")
    await reader
    cursor.close()
    assert place.tape.end - start == len(noise)
    assert bytes(taken) == noise


async def test_a_reader_that_does_not_read_stops_the_command_not_the_loop(place: Place) -> None:
    cursor = place.tape.cursor()
    update = await place.run("yes | head -c 3000000; echo done", seconds=0.3)
    await until(lambda: place.tape.full, "a full tape")
    end = place.tape.end
    assert (await place.sandbox.session.exec("echo still here")).stdout == b"still here\n"
    assert place.tape.end == end
    assert update.exit_code is None
    while isinstance(place.events[-1], CommandStarted):
        cursor.read()
        await asyncio.sleep(0.001)
    assert place.tape.end == 3_000_000 * 3 // 2 + len("done\r\n")
    assert (await place.type(update.process_id, "\x03")).exit_code == 0
    cursor.close()


async def test_a_flood_is_answered_short_with_an_exact_count(place: Place) -> None:
    update = await place.run("seq 1 2500000", seconds=30)
    printed = sum(len(str(number)) + 2 for number in range(1, 2_500_001))
    assert place.tape.end == printed > 20_000_000
    assert len(update.output) <= CAPTURE + 100
    text = update.output.decode()
    match = re.search(r"\n\[\.\.\. (\d+) bytes omitted \.\.\.\]\n", text)
    assert match is not None
    head, tail = text[: match.start() + 1], text[match.end() :]
    assert head.startswith("1\n2\n3\n")
    assert tail.endswith("\n2500000\n")
    shown = len((head + tail).replace("\n", "\r\n"))
    assert int(match[1]) == printed - shown


async def test_the_models_own_limit_is_kept(place: Place) -> None:
    session = place.sandbox.session
    update = await session.pty_exec_start("seq 1 100000", yield_time_s=10, max_output_tokens=50)
    assert len(update.output) < 50 * 4 + 60
    assert update.original_token_count == place.tape.end // 4


async def test_colours_and_progress_bars_are_text_for_the_model(place: Place) -> None:
    update = await place.run(r"printf '\033[31mred\033[0m\n10%%\r50%%\r100%%\033[K\ndone\n'")
    assert update.output == b"red\n100%\ndone\n"
    assert b"\x1b[31mred" in place.printed


async def test_a_command_without_a_keyboard(place: Place) -> None:
    text = await place.output("test -t 0 || echo no keys; test -t 1 && echo a terminal; cat; : < /dev/tty || true")
    assert text.startswith("no keys\na terminal\n")
    update = await place.run("sleep 600", seconds=0.3)
    with pytest.raises(RuntimeError, match="stdin is not available for this process"):
        await place.type(update.process_id, "hello")
    update = await place.type(update.process_id, "\x03", seconds=10)
    assert update.exit_code == 128 + 2


async def test_an_interactive_program(place: Place) -> None:
    update = await place.run("python3 -q", tty=True, seconds=0.3)
    assert update.exit_code is None
    await place.see(update.process_id, "print(6 * 7)\n", "42\r\n")
    await place.see(update.process_id, "print('go' + 'ing'); import time; time.sleep(600)\n", "going")
    await place.see(update.process_id, "\x03", "KeyboardInterrupt")
    update = await place.type(update.process_id, "exit(5)\n", seconds=20)
    assert (update.exit_code, update.process_id) == (5, None)
    with pytest.raises(PtySessionNotFoundError):
        await place.type(1000, "")


async def test_a_person_types_into_the_newest_terminal_and_takes_nothing_from_the_model(place: Place) -> None:
    with pytest.raises(SandboxError, match="Nothing that reads keys") as caught:
        await place.sandbox.type(b"x")
    assert caught.value.code == "terminal.none"
    older = await place.run("cat", tty=True, seconds=0.3)
    newer = await place.run("cat", tty=True, seconds=0.3)
    await place.sandbox.type("grün\n".encode())
    await until(lambda: place.printed.count("grün\r\n".encode()) == 2, "echo and answer")
    assert (await place.type(newer.process_id, "\x04", seconds=10)).output.decode() == "grün\ngrün\n"
    assert (await place.type(older.process_id, "\x04", seconds=10)).output == b""


async def test_a_program_that_does_not_read_its_keys_blocks_nobody(place: Place) -> None:
    update = await place.run("stty raw -echo; echo ready; sleep 600", tty=True, seconds=0.3)
    await until(lambda: b"ready" in place.printed, "raw mode")

    async def type_for_ever() -> None:
        while True:
            await place.sandbox.type(b"k" * 20_000)
            await asyncio.sleep(0)

    with pytest.raises(SandboxError, match="does not read its keys") as caught:
        await type_for_ever()
    assert caught.value.code == "terminal.full"
    assert b"nothing was typed" in (await place.type(update.process_id, "k" * 300_000)).output
    assert (await place.sandbox.session.exec("echo", "free")).stdout == b"free\n"


async def test_size_and_resize(place: Place) -> None:
    assert await place.output("stty size < /dev/stdout") == "24 80\n"
    update = await place.run("trap 'stty size' WINCH; echo set; while :; do sleep 0.02; done", tty=True, seconds=0.3)
    await until(lambda: b"set" in place.printed, "the trap")
    await place.sandbox.resize(columns=132, rows=43)
    await until(lambda: b"43 132" in place.printed, "the new size")
    assert await place.output("stty size < /dev/stdout") == "43 132\n"
    assert update.exit_code is None


async def test_yielding_and_polling(place: Place) -> None:
    update = await place.run("echo one; while [ ! -e go ]; do sleep 0.02; done; echo two; exit 4", seconds=0.3)
    assert (update.exit_code, update.output) == (None, b"one\n")
    await place.output("touch go")
    update = await place.type(update.process_id, "")
    assert (update.exit_code, update.output, update.process_id) == (4, b"two\n", None)


async def test_idle_terminals_cost_nothing_and_block_nobody(place: Place) -> None:
    threads = len(os.listdir("/proc/self/task")) if os.path.isdir("/proc/self/task") else 0
    updates = await asyncio.gather(*(place.run("cat", tty=True, seconds=0.25) for _ in range(40)))
    assert all(update.exit_code is None for update in updates)
    assert (await place.run("echo next", tty=True)).output == b"next\n"
    assert (await place.sandbox.session.exec("echo exec")).stdout == b"exec\n"
    if threads:
        assert len(os.listdir("/proc/self/task")) <= threads + 1


async def test_at_most_64_processes_then_the_least_recent_goes(place: Place) -> None:
    first = await place.run("sleep 601", seconds=0.25)
    await asyncio.gather(*(place.run("sleep 600", seconds=0.25) for _ in range(64)))
    with pytest.raises(PtySessionNotFoundError):
        await place.type(first.process_id, "")
    assert sum(isinstance(event, CommandEnded) for event in place.events) == 1


async def test_terminals_held_by_children_in_the_background_are_bounded_too(place: Place) -> None:
    for _ in range(66):
        await place.output("sleep 600 &")
    running = (await place.sandbox.session.exec("ps -A | grep -c sleep || true")).stdout
    assert int(running) <= 64 or place.backend.isolated is False


async def test_exec_is_exact_and_not_shown(place: Place) -> None:
    result = await place.sandbox.session.exec("printf 'a\\r\\n\\033[1m\\0'; printf err >&2; exit 9")
    assert (result.stdout, result.stderr, result.exit_code) == (b"a\r\n\x1b[1m\0", b"err", 9)
    assert place.tape.end == 0
    assert place.events == []
    result = await place.sandbox.session.exec("cat", shell=False)
    assert (result.stdout, result.exit_code) == (b"", 0)
    result = await place.sandbox.session.exec("sleep 600 & echo left")
    assert result.stdout == b"left\n"


async def test_exec_that_takes_too_long_or_is_not_there(place: Place) -> None:
    with pytest.raises(ExecTimeoutError):
        await place.sandbox.session.exec("setsid sleep 600 & sleep 600", timeout=0.3)
    assert len(place.processes) == 0 or place.backend.isolated
    with pytest.raises(ExecTransportError, match="no-such-program"):
        await place.sandbox.session.exec("no-such-program", shell=False)


async def test_a_cancelled_exec_leaves_nothing(place: Place) -> None:
    task = asyncio.create_task(place.sandbox.session.exec("setsid sleep 600 & sleep 600"))
    await until(lambda: len(place.processes) >= 2, "the processes")
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await until(lambda: not [pid for pid in place.processes if "sleep" in _name(pid)], "their end")


def _name(pid: int) -> str:
    try:
        with open(f"/proc/{pid}/comm") as file:
            return file.read()
    except OSError:
        return ""
