"""Makes a sandbox full of processes that try to outlive it, says so, and waits to be killed.

Run as a program by the tests: `outliving.py ISOLATION FOLDER MARK`.
"""

import asyncio
import sys
import time
from pathlib import Path

from golfer_tui.model.settings import LocalSettings
from golfer_tui.sandboxes.contract import SandboxSpec
from golfer_tui.sandboxes.local.backend import LocalBackend
from golfer_tui.terminal.tape import Tape

STUBBORN = """
trap '' HUP TERM INT
sleep 601 &
setsid sleep 602 &
nohup sleep 603 > /dev/null 2>&1 &
(setsid sh -c 'sleep 604 & sleep 605 &' &)
python3 -c '
import os, time
for _ in range(2):
    if os.fork():
        os._exit(0)
    os.setsid()
os.execvp("sleep", ["sleep", "606"])'
"""
"""Leaves six processes, in every way known to get away, and returns."""
COUNT = 6


async def main(isolation: str, folder: str, mark: str) -> None:
    backend = await asyncio.to_thread(lambda: LocalBackend(LocalSettings(isolation=isolation), home=Path(folder)))
    spec = SandboxSpec("session", "worker", f"{folder}/workspace", environment={"GOLFER_TEST": mark})
    sandbox = await backend.create(spec, Tape(), lambda event: None)
    await sandbox.session.pty_exec_start(STUBBORN, yield_time_s=10)
    await sandbox.session.pty_exec_start("trap '' HUP TERM; cat", tty=True, yield_time_s=0.25)
    print("ready", flush=True)
    await asyncio.to_thread(time.sleep, 600)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
