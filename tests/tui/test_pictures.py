"""The looks. After a change that is meant: `pytest tests/tui/test_pictures.py --snapshot-update`; then look."""

import time
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input
from tui.memory_keyring import memory_keyring
from tui.stage import finished, research
from tui.test_approvals_screen import ask_command, ask_start
from tui.waiting import cockpit, settled, until

from golfer_tui.cli.setting_up import SettingUp
from golfer_tui.model.settings import Settings
from golfer_tui.tui.app import CockpitApp
from golfer_tui.tui.composer import Composer
from golfer_tui.tui.fleet import Fleet
from golfer_tui.tui.log.log import Log

Compare = Callable[..., bool]


@pytest.fixture(autouse=True)
def _in_utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Times of day are shown as the person's clock has them."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def showing(workers: int, *keys: str) -> Callable[[Pilot[int]], Awaitable[None]]:
    """Wait until so many workers are drawn, press the keys, wait until the picture stands."""

    async def ready(pilot: Pilot[int]) -> None:
        app: Any = pilot.app
        await until(pilot, lambda: len(app.screen_stack) > 1 and app.screen.query(Fleet))
        await until(pilot, lambda: len(cockpit(app).names) == workers)
        cockpit(app).query_one(Composer).cursor_blink = False
        for key in keys:
            await pilot.press(key)
        await settled(app, pilot)

    return ready


@pytest.mark.parametrize(("size", "theme"), [((80, 24), ""), ((120, 40), ""), ((120, 40), "golfer-light")])
def test_at_work(snap_compare: Compare, size: tuple[int, int], theme: str) -> None:
    stage = research()
    app = CockpitApp(stage.open, theme=theme, now=stage.now)  # type: ignore[arg-type]
    assert snap_compare(app, terminal_size=size, run_before=showing(5))


@pytest.mark.parametrize(("size", "theme"), [((80, 24), ""), ((120, 40), "golfer-light"), ((200, 60), "")])
def test_approval(snap_compare: Compare, size: tuple[int, int], theme: str) -> None:
    stage = research()
    ask_command(stage)
    ask_start(stage)
    app = CockpitApp(stage.open, theme=theme, now=stage.now)  # type: ignore[arg-type]
    assert snap_compare(app, terminal_size=size, run_before=showing(5, "f2"))


def test_zoomed(snap_compare: Compare) -> None:
    stage = finished()
    app = CockpitApp(stage.open, now=stage.now)  # type: ignore[arg-type]
    assert snap_compare(app, terminal_size=(120, 40), run_before=showing(5, "tab", "4", "z"))


def test_log(snap_compare: Compare) -> None:
    stage = finished()
    app = CockpitApp(stage.open, now=stage.now)  # type: ignore[arg-type]
    open_log = showing(5, "tab", "2", "L")

    async def ready(pilot: Pilot[int]) -> None:
        await open_log(pilot)
        await until(pilot, lambda: isinstance(app.focused, Log))
        await pilot.press("t")
        await settled(app, pilot)

    assert snap_compare(app, terminal_size=(120, 40), run_before=ready)


@pytest.mark.parametrize(("size", "key"), [((80, 24), ""), ((80, 24), "s"), ((120, 40), "k")])
def test_first_steps(size: tuple[int, int], key: str, snap_compare: Compare) -> None:
    async def ready(pilot: Pilot[int]) -> None:
        app: Any = pilot.app
        await until(pilot, lambda: len(app.screen_stack) > 1)
        if key:
            await pilot.press(key)
            await until(pilot, lambda: isinstance(app.focused, Input))
            app.focused.cursor_blink = False
        await settled(app, pilot)

    with memory_keyring():
        setup = SettingUp(Settings(), None, None)
        app = CockpitApp(None, open_demo=research().open, setup=setup)  # type: ignore[arg-type]
        assert snap_compare(app, terminal_size=size, run_before=ready)
