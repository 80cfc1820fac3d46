"""The looks of the scores. After a change that is meant: `pytest FILE --snapshot-update`; then look."""

from collections.abc import Callable
from typing import Any

import pytest
from textual.pilot import Pilot
from tui.score_stage import board, drawn, study
from tui.waiting import cockpit, until

from golfer_tui.tui.app import CockpitApp
from golfer_tui.tui.composer import Composer
from golfer_tui.tui.fleet import Fleet


@pytest.mark.parametrize(
    ("size", "theme", "keys"),
    [
        ((80, 24), "", ("down", "left", "left", "left")),
        ((120, 40), "golfer-light", ("a", "x", "g")),
        ((200, 60), "golfer-clear", ("plus", "space", "down", "space")),
    ],
)
def test_scores(snap_compare: Callable[..., bool], size: tuple[int, int], theme: str, keys: tuple[str, ...]) -> None:
    stage = study()
    app = CockpitApp(stage.open, theme=theme, now=stage.now)  # type: ignore[arg-type]

    async def ready(pilot: Pilot[int]) -> None:
        shown: Any = pilot.app
        await until(pilot, lambda: len(shown.screen_stack) > 1 and shown.screen.query(Fleet))
        await until(pilot, lambda: len(cockpit(shown).names) == 5)
        cockpit(shown).query_one(Composer).cursor_blink = False
        await board(shown, pilot)
        await pilot.press(*keys)
        await drawn(shown, pilot)

    assert snap_compare(app, terminal_size=size, run_before=ready)
