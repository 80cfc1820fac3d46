"""Takes the pictures of these pages from the running demo: `make pictures`. Nothing in them is drawn by hand."""

import asyncio
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from golfer_tui.cli.options import DEMO_PROMPT, engine_opener
from golfer_tui.model.session import SessionState
from golfer_tui.model.settings import Settings
from golfer_tui.model.workers import WorkerState
from golfer_tui.tui.app import CockpitApp

HERE = Path(__file__).parent
SIZE = (150, 44)
PATIENCE = 300
"""Seconds for the demo to reach a moment."""


def halfway(state: SessionState) -> bool:
    """All five are there, most at work and with a curve."""
    running = [worker for worker in state.workers.values() if worker.state is WorkerState.RUNNING]
    return len(state.workers) == 5 and len(running) >= 3 and all(len(w.curves.get("val_bpb", ())) > 8 for w in running)


async def until(app: CockpitApp, there: Callable[[SessionState], bool]) -> None:
    """Wait for a moment of the session."""
    async with asyncio.timeout(PATIENCE):
        # Looked at now and then: a picture's moment need not be met at once.
        while (engine := app._engine) is None or not there(engine.state):  # noqa: ASYNC110, SLF001
            await asyncio.sleep(0.2)


async def main() -> None:
    """One demo, one picture."""
    app = CockpitApp(engine_opener(Settings(demo=True), None), first_prompt=DEMO_PROMPT)
    async with app.run_test(size=SIZE) as pilot:
        await until(app, halfway)
        await pilot.pause()
        (HERE / "cockpit.svg").write_text(app.export_screenshot(title="golfer --demo"))
        app.leave("end")
        await app.let_go()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as home:
        os.environ["GOLFER_HOME"] = home
        asyncio.run(main())
