"""Waiting for a state of the cockpit, never for a time."""

import contextlib
import time
from collections.abc import AsyncIterator, Callable

from textual.pilot import Pilot
from tui.stage import Stage

from golfer_tui.tui.actions import Keymap
from golfer_tui.tui.app import CockpitApp
from golfer_tui.tui.cockpit import Cockpit
from golfer_tui.tui.fleet import Fleet
from golfer_tui.tui.keyed import UNCHANGED

PATIENCE = 20.0
"""Seconds after which a state that does not come fails the test."""

SIZES = ((80, 24), (120, 40), (240, 60))


async def until(pilot: Pilot[int], condition: Callable[[], object]) -> None:
    """Wait until the condition holds."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "the state that the test waits for did not come"
        await pilot.pause(0.01)


def cockpit(app: CockpitApp) -> Cockpit:
    """The main screen, also while a dialog is in front of it."""
    return next(screen for screen in app.screen_stack if isinstance(screen, Cockpit))


def shown(app: CockpitApp) -> list[str]:
    """What stands on the screen, row by row."""
    return ["".join(segment.text for segment in line) for line in app.screen._compositor.render_strips()]


@contextlib.asynccontextmanager
async def opened(
    stage: Stage,
    size: tuple[int, int] = (120, 40),
    *,
    first_prompt: str = "",
    theme: str = "",
    keymap: Keymap = UNCHANGED,
    toasts: bool = False,
) -> AsyncIterator[tuple[CockpitApp, Pilot[int]]]:
    """The cockpit on this stage, once the engine is open and everything is drawn; without `toasts` unless wanted."""
    app = CockpitApp(stage.open, first_prompt=first_prompt, theme=theme, keymap=keymap, now=stage.now)  # type: ignore[arg-type]
    async with app.run_test(size=size, notifications=toasts) as pilot:
        await until(pilot, lambda: any(isinstance(screen, Cockpit) for screen in app.screen_stack))
        await until(pilot, lambda: cockpit(app).names == tuple(stage.state.workers) and cockpit(app).query(Fleet))
        await settled(app, pilot)
        yield app, pilot


async def settled(app: CockpitApp, pilot: Pilot[int]) -> None:
    """Wait until the picture stays the same."""
    before: list[str] = []
    await pilot.pause()
    while before != (now := shown(app)):
        before = now
        await pilot.pause(0.05)
