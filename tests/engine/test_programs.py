"""Programs that talk back, in a person's shell on a real PTY: each does its work, and leaves the terminal as it was."""

import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from seat import Seat, until
from small_scripts import opened, steady

from golfer_tui.model import commands as cm
from golfer_tui.model.workers import WorkerSpec, WorkerState

SIZE = (80, 24)
PROMPT = "ready>"


def needs(*programs: str) -> pytest.MarkDecorator:
    missing = [program for program in programs if shutil.which(program) is None]
    return pytest.mark.skipif(bool(missing), reason=f"{', '.join(missing)} is not installed")


@asynccontextmanager
async def seated(tmp_path: Path) -> AsyncIterator[tuple[Seat, Path]]:
    """At a shell beside a worker that is busy; with the worker's folder."""
    async with opened(tmp_path, worker=steady) as engine:
        await engine.dispatch(cm.SpawnWorker(WorkerSpec("w1", "sleep 300")))
        await until(lambda: engine.state.workers["w1"].state is WorkerState.RUNNING)
        await engine.dispatch(cm.OpenShell("w1", *SIZE))
        seat = Seat(engine, "w1", "shell", SIZE)
        try:
            await seat.run(f"PS1='{PROMPT} '; set +o histexpand; clear")
            await until(lambda: seat.look().startswith(PROMPT), seat.look)
            yield seat, Path(engine.state.workers["w1"].workspace)
        finally:
            seat.close()


@needs("vim")
async def test_vim_edits_follows_its_size_and_quits(tmp_path: Path) -> None:
    async with seated(tmp_path) as (seat, folder):
        (folder / "notes.txt").write_text("first line\nsecond line\n")
        await seat.run("vim -u NONE -i NONE -c 'set nocompatible ruler' notes.txt")
        await seat.shows("first line", "23 bytes")
        assert seat.screen.modes.alternate_screen
        await seat.press("down", "A", *" and more", "escape")
        await seat.shows("second line and more")
        await seat.resize(60, 15)
        await until(lambda: seat.look() and "2,20" in seat.screen.text()[14], seat.look)
        await seat.press("left", "left")
        await seat.shows("2,18")
        await seat.run(":set mouse=a ttymouse=sgr")
        await until(lambda: seat.look() and seat.screen.modes.mouse, seat.look)
        await seat.click(3, 0)
        await seat.shows("1,4")
        await seat.click(8, 1)
        await seat.shows("2,9")
        await seat.run(":wq")
        await seat.shows(PROMPT)
        assert not seat.screen.modes.alternate_screen
        assert (folder / "notes.txt").read_text() == "first line\nsecond line and more\n"
        await seat.run("stty size")
        await seat.shows("15 60")


@needs("less")
async def test_less_searches_and_quits(tmp_path: Path) -> None:
    async with seated(tmp_path) as (seat, folder):
        (folder / "log.txt").write_text("".join(f"line {number}\n" for number in range(500)))
        await seat.run("LESS= less log.txt")
        await seat.shows("line 0", "line 22")
        await seat.run("/line 321")
        await seat.shows("line 321", "line 340")
        await seat.press("G")
        await seat.shows("line 499", "(END)")
        await seat.press("q")
        await seat.lacks("line 499")
        await seat.shows(PROMPT)


@needs("top")
async def test_top_shows_the_processes_and_quits(tmp_path: Path) -> None:
    async with seated(tmp_path) as (seat, _):
        await seat.run("top -d 1")
        await seat.shows("PID", "%CPU")
        await seat.press("q")
        await seat.waits(PROMPT)
        await seat.run("echo ba''ck")
        await seat.shows("back")


@needs("htop")
async def test_htop_takes_function_keys_and_clicks(tmp_path: Path) -> None:
    async with seated(tmp_path) as (seat, _):
        await seat.run("htop -d 5")
        await seat.shows("F10", "Mem")
        assert seat.screen.modes.mouse
        await seat.press("f6")
        await seat.shows("Sort by")
        await seat.press("escape")
        await seat.shows("F10")
        bar = next(y for y, row in enumerate(seat.screen.text()) if "F10" in row)
        await seat.click(seat.screen.text()[bar].index("F10") + 3, bar)
        await seat.lacks("F10")
        await seat.shows(PROMPT)


async def test_the_python_prompt_and_its_debugger(tmp_path: Path) -> None:
    async with seated(tmp_path) as (seat, folder):
        await seat.run("python3 -q")
        await seat.waits(">>>")
        await seat.run("6 * 7")
        await seat.shows("\n42\n")
        await seat.waits(">>>")
        await seat.press("up", "backspace", "8", "enter")
        await seat.shows("\n48\n")
        await seat.waits(">>>")
        await seat.run("input('ask: ')")
        await seat.waits("ask:")
        await seat.press("ctrl+c")
        await seat.shows("KeyboardInterrupt")
        await seat.waits(">>>")
        await seat.press("ctrl+d")
        await seat.waits(PROMPT)
        await seat.clear()
        (folder / "steps.py").write_text("def double(x):\n    return 2 * x\n\nprint('sum', double(21))\n")
        await seat.run("python3 -m pdb steps.py")
        for command, shown in (
            ("b double", "Breakpoint 1"),
            ("c", "return 2 * x"),
            ("p x + 100", "121"),
            ("c", "sum 42"),
        ):
            await seat.waits("(Pdb)")
            await seat.run(command)
            await seat.shows(shown)
        await seat.waits("(Pdb)")
        await seat.run("q")
        await seat.waits(PROMPT)


BARS = """\
import time
from rich.console import Console
from rich.live import Live
from tqdm import tqdm

for _ in tqdm(range(200), desc="epoch", ascii=True):
    time.sleep(0.002)
with Live("round 0", console=Console(), refresh_per_second=50) as live:
    for number in range(1, 31):
        live.update(f"round {number}\\nof 30")
        time.sleep(0.002)
print("o" + "ver")
"""


async def test_bars_and_live_displays_are_drawn_in_place(tmp_path: Path) -> None:
    async with seated(tmp_path) as (seat, folder):
        (folder / "bars.py").write_text(BARS)
        await seat.clear()
        await seat.run(f"{sys.executable} bars.py")
        shown = await seat.shows("over")
        rows = [row for row in shown.splitlines() if row][1:]
        assert rows[0].startswith("epoch: 100%|####")
        assert "200/200" in rows[0]
        assert rows[1:4] == ["round 30", "of 30", "over"]


@needs("bash")
async def test_bash_edits_its_line_stops_jobs_and_takes_pastes_whole(tmp_path: Path) -> None:
    async with seated(tmp_path) as (seat, _):
        await seat.type("echo word lost")
        await seat.press("ctrl+w", *"found", "home", "ctrl+right", "right", *"every ", "enter")
        await seat.shows("\nevery word found")
        await seat.clear()
        await seat.run("echo sleep''ing; sleep 300; echo status $?")
        await seat.shows("sleeping\n")
        await seat.press("ctrl+c")
        await until(lambda: seat.look().rstrip().endswith(f"^C\n{PROMPT}"), seat.look)
        await seat.clear()
        # What is typed before it reads is still bash's.
        await seat.run("echo go''es; cat")
        await seat.shows("goes\n")
        await seat.run("typed")
        await seat.shows("typed\ntyped\n")
        await seat.press("ctrl+z")
        await seat.shows("Stopped")
        await seat.clear()
        await seat.run("fg")
        await seat.shows("\ncat\n")
        await seat.run("again")
        await seat.shows("again\nagain\n")
        await seat.press("ctrl+d")
        await seat.waits(PROMPT)
        await seat.run("bind 'set enable-bracketed-paste on'")
        await seat.clear()
        await until(lambda: seat.screen.modes.bracketed_paste, seat.look)
        await seat.paste("echo one''1\necho two''2\x1b[201~\n")
        # Nothing runs before enter, and the paste cannot end itself.
        await seat.press("end", "enter")
        await seat.shows("\none1\ntwo2")
