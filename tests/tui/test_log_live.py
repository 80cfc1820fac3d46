"""The log over a real engine: real commands as they run, run again in a real shell, and all of it after a resume."""

import asyncio
from pathlib import Path

import pytest
from engine import small_scripts
from textual.pilot import Pilot
from tui.log_stage import headers, last, log_of, rows
from tui.waiting import cockpit, shown, until

from golfer_tui.agents.scripted import Call, Say
from golfer_tui.model import commands as cm
from golfer_tui.terminal.tape import Tape
from golfer_tui.tui.app import CockpitApp
from golfer_tui.tui.cockpit import Cockpit
from golfer_tui.tui.composer import Composer
from golfer_tui.tui.dialogs import Question
from golfer_tui.tui.log.again import keystrokes

COMMANDS = (
    "printf 'one\\r\\033[32mgreen\\033[0m\\n'",
    "seq 3000; exit 3",
    "echo go >> ran.txt; cat <<'END'\n\ttabbed it's \"hey!\"\nEND",
    "for i in 1 2 3; do echo part $i; sleep 0.2; done; echo ready; exec sleep 600",
)


def through_all(history: small_scripts.History) -> Say:
    """Runs one command after the other; the last one goes on."""
    done = sum(item.get("type") == "function_call_output" for item in history)
    if done < len(COMMANDS):
        return [Call("exec_command", {"cmd": COMMANDS[done], "yield_time_ms": 1000})]
    return [Call("write_stdin", {"session_id": _running(history), "chars": "", "yield_time_ms": 30_000})]


def _running(history: small_scripts.History) -> int:
    told = next(str(item["output"]) for item in reversed(history) if "session ID" in str(item.get("output", "")))
    return int(told.split("session ID ")[1].split()[0])


async def started(app: CockpitApp, pilot: Pilot[int]) -> Path:
    """Wait until the last command runs; returns the worker's folder."""
    await until(pilot, lambda: any(isinstance(screen, Cockpit) for screen in app.screen_stack))
    await until(pilot, lambda: app.screen.query(Composer) and cockpit(app)._watch is not None)
    await until(pilot, lambda: (worker := cockpit(app)._worker("w1")) and len(worker.commands) == len(COMMANDS))
    worker = cockpit(app)._worker("w1")
    assert worker is not None
    return Path(worker.workspace)


async def test_commands_of_an_agent_are_blocks_while_they_run_and_after_a_resume(tmp_path: Path) -> None:
    app = CockpitApp(lambda: small_scripts.opened(tmp_path, worker=through_all), first_prompt="spawn w1: go")
    async with app.run_test(size=(100, 30)) as pilot:
        await started(app, pilot)
        await log_of(app, pilot)
        await until(pilot, lambda: last(app) == "▏ ready")
        assert [row for row in rows(app) if " part " in row and row.startswith("▏")] == [
            "▏ part 1",
            "▏ part 2",
            "▏ part 3",
        ]
        assert headers(app)[0].startswith("▾ ✓ printf")
        assert headers(app)[1].startswith("▸ ✗ seq 3000; exit 3  ")
        assert "  3,000 lines · exit 3 · " in headers(app)[1]
        assert "▏ green" in rows(app)
        assert '▏         tabbed it\'s "hey!"' in rows(app)
        assert headers(app)[-1].startswith("▾ ◌ for i in 1 2 3")
        await pilot.press("t", "t")
        await until(pilot, lambda: last(app).startswith("▏ ") and last(app).endswith("s ready"))
        seconds = [float(row.split()[1][1:-1]) for row in rows(app) if " part " in row and row.startswith("▏")]
        assert 0 <= seconds[0] <= seconds[1] <= seconds[2] < 60
        assert seconds[2] - seconds[0] >= 0.3
        session = cockpit(app)._watch.engine.session
        times = [row.split()[-1] for row in headers(app)]
        await cockpit(app)._watch.engine.close("keep")
    again = CockpitApp(lambda: small_scripts.opened(tmp_path, resume=session, worker=lambda _: ["Nothing more."]))
    async with again.run_test(size=(100, 30)) as pilot:
        await started(again, pilot)
        await log_of(again, pilot)
        await until(pilot, lambda: [row.split()[-1] for row in headers(again)] == times)
        assert headers(again)[-1].startswith("▾ ✗ for i in 1 2 3")
        assert "▏ green" in rows(again)
        assert last(again) == "▏ ready"
        await pilot.press("t", "t")
        await until(pilot, lambda: last(again).endswith("s ready"))
        after = [float(row.split()[1][1:-1]) for row in rows(again) if " part " in row and row.startswith("▏")]
        assert after == pytest.approx(seconds, abs=0.25)
        # Long ago: only the recording has it.
        await pilot.press("g", "n", "enter")
        await until(pilot, lambda: any(row.startswith("▏") and row.endswith("s 2") for row in rows(again)))
        await pilot.press("y")
        await until(pilot, lambda: again.clipboard == "\n".join(map(str, range(1, 3001))))


async def test_a_command_is_run_again_as_it_was_in_the_persons_own_shell(tmp_path: Path) -> None:
    app = CockpitApp(lambda: small_scripts.opened(tmp_path, worker=through_all), first_prompt="spawn w1: go")
    async with app.run_test(size=(100, 30)) as pilot:
        folder = await started(app, pilot)
        await log_of(app, pilot)
        await until(pilot, lambda: len(headers(app)) == len(COMMANDS))
        await pilot.press("p", "R")
        await until(pilot, lambda: isinstance(app.screen, Question))
        await until(pilot, lambda: "cat <<'END'" in "\n".join(shown(app)))
        await pilot.press("y")
        await until(pilot, lambda: (folder / "ran.txt").read_text() == "go\ngo\n")
        # The shell is shown, and the keyboard is there: what it printed is what the agent's command printed.
        await until(pilot, lambda: any(row.rstrip().endswith('tabbed it\'s "hey!"') for row in shown(app)))
        await until(pilot, lambda: "your shell in w1 has the keyboard" in shown(app)[-1])


@pytest.mark.parametrize("shell", ["bash --norc", "sh"])
async def test_whatever_the_command_the_shell_runs_exactly_that(tmp_path: Path, shell: str) -> None:
    text = "printf '%s|' \"a\tb\" 'it'\\''s' \"x!y\" \\\n  '$HOME' > out.txt\ncat <<END >> out.txt\nmore\tof it\nEND"
    async with small_scripts.opened(tmp_path, worker=through_all) as engine:
        await engine.dispatch(cm.SendMessage("spawn w1: go"))
        await small_scripts.seen(engine, lambda event: event.body.__class__.__name__ == "WorkerCommand")
        folder = Path(engine.state.workers["w1"].workspace)
        await engine.dispatch(cm.OpenShell("w1"))
        tape = engine.shell_tape("w1")
        assert tape is not None
        await printed(tape, b" ")
        # What is typed before a shell reads is the kernel's, which understands fewer keys.
        await engine.dispatch(cm.TypeInto("w1", f"PS1='rea''dy> ' exec {shell}\r".encode(), "shell"))
        await printed(tape, b"ready> ")
        await engine.dispatch(cm.TypeInto("w1", keystrokes(text), "shell"))
        await engine.dispatch(cm.TypeInto("w1", b"echo do''ne\r", "shell"))
        await printed(tape, b"done")
        assert (folder / "out.txt").read_text() == "a\tb|it's|x!y|$HOME|more\tof it\n"
        await engine.close()


async def printed(tape: Tape, text: bytes) -> None:
    """Wait until a shell has printed this."""
    async with asyncio.timeout(20):
        while text not in tape.peek(tape.start):
            await asyncio.sleep(0.01)
