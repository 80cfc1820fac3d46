"""The looks of what finds things: the list of what was found, the filter, the notices. As `test_pictures.py`."""

import datetime as dt
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from textual.pilot import Pilot
from tui.stage import START, finished, research
from tui.waiting import cockpit, settled, until

from golfer_tui.tui.app import CockpitApp
from golfer_tui.tui.composer import Composer
from golfer_tui.tui.findbar import FindBar, FindInput
from golfer_tui.tui.fleet import Fleet
from golfer_tui.tui.notices import Told
from golfer_tui.tui.results import ResultList

Compare = Callable[..., bool]


@pytest.fixture(autouse=True)
def _in_utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Times of day are shown as the person's clock has them."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def writing(*keys: str, text: str = "", found: int = 0) -> Callable[[Pilot[int]], Awaitable[None]]:
    """Press the keys, write what is to be found, and wait until so much of it is."""

    async def ready(pilot: Pilot[int]) -> None:
        app: Any = pilot.app
        await until(pilot, lambda: len(app.screen_stack) > 1 and app.screen.query(Fleet))
        await until(pilot, lambda: len(cockpit(app).names) == 5)
        cockpit(app).query_one(Composer).cursor_blink = False
        entry = cockpit(app).query_one(FindInput)
        entry.cursor_blink = False
        await pilot.press(*keys)
        if text:
            entry.value = text
            told = cockpit(app).query_one(FindBar).query_one("#find-told")
            await until(pilot, lambda: f"/{found} " in str(told.render()) or f" {found} " in str(told.render()))
        await settled(app, pilot)

    return ready


@pytest.mark.parametrize(("size", "theme"), [((80, 24), ""), ((120, 40), "golfer-light"), ((200, 60), "golfer-clear")])
def test_found_in_all_panes(snap_compare: Compare, size: tuple[int, int], theme: str) -> None:
    stage = research()
    app = CockpitApp(stage.open, theme=theme, now=stage.now)  # type: ignore[arg-type]
    ready = writing("alt+2", "backslash", text=r"step:\d*[05]/", found=17)
    assert snap_compare(app, terminal_size=size, run_before=ready)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_found_in_the_chat(snap_compare: Compare, size: tuple[int, int]) -> None:
    stage = finished()
    app = CockpitApp(stage.open, now=stage.now)  # type: ignore[arg-type]
    ready = writing("shift+tab", "slash", text="rate", found=3)
    assert snap_compare(app, terminal_size=size, run_before=ready)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_filtered(snap_compare: Compare, size: tuple[int, int]) -> None:
    stage = research()
    app = CockpitApp(stage.open, now=stage.now)  # type: ignore[arg-type]
    assert snap_compare(app, terminal_size=size, run_before=writing("alt+2", "ampersand", "R", "F", "enter"))


@pytest.mark.parametrize(("size", "theme"), [((80, 24), "golfer-clear"), ((120, 40), ""), ((200, 60), "golfer-light")])
def test_notices(snap_compare: Compare, size: tuple[int, int], theme: str) -> None:
    stage = research()
    app = CockpitApp(stage.open, theme=theme, now=stage.now)  # type: ignore[arg-type]
    for minute, (level, text, worker) in enumerate(
        [
            ("information", "Copied 12 characters.", ""),
            ("information", "baseline has finished: Best val_bpb 2.871 after 40 steps; one run, seed 0.", "baseline"),
            ("error", "wide-mix has failed: The sandbox's shell went away.", "wide-mix"),
            ("warning", "order-4 needs you: gpu 0 did next to nothing for minutes", "order-4"),
        ]
    ):
        app.notices.add(Told(START + dt.timedelta(minutes=minute), level, text, worker))

    async def ready(pilot: Pilot[int]) -> None:
        await writing("alt+2", "ctrl+n", "down")(pilot)
        await until(pilot, lambda: pilot.app.screen.query(ResultList))
        await settled(pilot.app, pilot)  # type: ignore[arg-type]

    assert snap_compare(app, terminal_size=size, run_before=ready)
