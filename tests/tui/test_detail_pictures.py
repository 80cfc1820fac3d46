"""Pictures of what belongs to one worker: a file, its changes, its conversation, and two terminals side by side."""

from collections.abc import Callable

import pytest
from textual.pilot import Pilot
from tui import test_detail
from tui.stage import research
from tui.test_two_terminals import zoomed_shell
from tui.waiting import cockpit, settled, shown, until

from golfer_tui.tui.app import CockpitApp
from golfer_tui.tui.fleet import Fleet

Compare = Callable[..., bool]


@pytest.mark.parametrize(
    ("size", "theme", "keys", "wanted"),
    [
        ((80, 24), "", ("ctrl+l", "ctrl+l", "ctrl+l", "down", "M"), "1 added"),
        ((120, 40), "golfer-light", ("alt+2", "W", "w"), "model.bin"),
        ((200, 60), "", ("alt+2", "T"), "Talk"),
    ],
    ids=("changes beside a list", "files in place of the terminal", "conversation"),
)
def test_tabs(snap_compare: Compare, size: tuple[int, int], theme: str, keys: tuple[str, ...], wanted: str) -> None:
    stage = test_detail.stage()
    app = CockpitApp(stage.open, theme=theme, now=stage.now)  # type: ignore[arg-type]

    async def ready(pilot: Pilot[int]) -> None:
        await until(pilot, lambda: len(app.screen_stack) > 1 and cockpit(app).names)
        await pilot.press(*keys)
        await until(pilot, lambda: wanted in "\n".join(shown(app)))
        await settled(app, pilot)

    assert snap_compare(app, terminal_size=size, run_before=ready)


def test_two_terminals(snap_compare: Compare) -> None:
    stage = research()
    app = CockpitApp(stage.open, now=stage.now)  # type: ignore[arg-type]

    async def ready(pilot: Pilot[int]) -> None:
        await until(pilot, lambda: len(app.screen_stack) > 1 and cockpit(app).names and cockpit(app).query(Fleet))
        await zoomed_shell(stage, app, pilot)

    assert snap_compare(app, terminal_size=(160, 40), run_before=ready)
