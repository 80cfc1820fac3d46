"""The mouse of a program that has the person's keyboard: in cells of its terminal, in a tile and in the zoom."""

import pytest
from textual import events
from textual.pilot import Pilot
from tui.stage import Stage, research
from tui.waiting import cockpit, opened, until

from golfer_tui.model import commands as cm
from golfer_tui.tui.app import CockpitApp
from golfer_tui.tui.fleet import Fleet
from golfer_tui.tui.gallery import MARGIN
from golfer_tui.tui.tile import HEAD


def typed(stage: Stage) -> bytes:
    return b"".join(sent.data for sent in stage.dispatched if isinstance(sent, cm.TypeInto))


async def with_mouse(stage: Stage, app: CockpitApp, pilot: Pilot[int], modes: str) -> Fleet:
    """order-4's program has these modes and the person's keyboard."""
    fleet = cockpit(app).query_one(Fleet)
    stage.print("order-4", f"{modes}ready\n")
    await until(pilot, lambda: fleet.pane("order-4") and "ready" in fleet.pane("order-4").text())  # type: ignore[union-attr]
    await pilot.press("alt+2", "i")
    await until(pilot, lambda: fleet.typing == "order-4")
    return fleet


class Mouse:
    """A mouse over the terminal of order-4, in its cells."""

    def __init__(self, fleet: Fleet, pilot: Pilot[int]) -> None:
        self._fleet = fleet
        self._pilot = pilot

    async def __call__(
        self, kind: type[events.MouseEvent], x: int, y: int, button: int = 0, *, shift: bool = False, ctrl: bool = False
    ) -> None:
        place, where = self._fleet._places["order-4"], self._fleet.region
        x, y = where.x + place.x + MARGIN + x, where.y + place.y + HEAD + y
        self._fleet.screen._forward_event(kind(None, x, y, 0, 0, button, shift, False, ctrl, screen_x=x, screen_y=y))
        await self._pilot.pause()


@pytest.mark.parametrize("zoomed", [False, True])
async def test_clicks_drags_and_the_wheel_go_to_the_program_that_asked(zoomed: bool) -> None:
    stage = research()
    async with opened(stage) as (app, pilot):
        if zoomed:
            await pilot.press("alt+2", "z")
        fleet = await with_mouse(stage, app, pilot, "\x1b[?1002h\x1b[?1006h")
        mouse, pane = Mouse(fleet, pilot), fleet.pane()
        assert pane is not None
        await mouse(events.MouseDown, 4, 2, 1)
        await mouse(events.MouseMove, 6, 3, 1)
        await mouse(events.MouseMove, -9, 999, 1)  # dragged out of it: the nearest cell
        await mouse(events.MouseUp, 6, 3, 1)
        await mouse(events.MouseScrollUp, 0, 0)
        await mouse(events.MouseScrollDown, pane.columns - 1, pane.rows - 1, ctrl=True)
        await mouse(events.MouseDown, 1, 1, 3)
        await mouse(events.MouseUp, 1, 1, 3)
        expected = (
            f"\x1b[<0;5;3M\x1b[<32;7;4M\x1b[<32;1;{pane.rows}M\x1b[<0;7;4m\x1b[<64;1;1M"
            f"\x1b[<81;{pane.columns};{pane.rows}M\x1b[<2;2;2M\x1b[<2;2;2m"
        )
        await until(pilot, lambda: typed(stage) == expected.encode())
        # Moving without a button is not wanted (1003 is not set); the keyboard stays where it is.
        await mouse(events.MouseMove, 1, 1)
        await pilot.press("x")
        await until(pilot, lambda: typed(stage) == expected.encode() + b"x")
        assert fleet.typing == "order-4"
        assert app.mouse_captured is None


async def test_with_shift_or_scrolled_back_the_mouse_stays_the_cockpits() -> None:
    stage = research()
    async with opened(stage) as (app, pilot):
        stage.print("order-4", "".join(f"line {n}\n" for n in range(200)))
        fleet = await with_mouse(stage, app, pilot, "\x1b[?1000h\x1b[?1006h")
        mouse, pane = Mouse(fleet, pilot), fleet.pane()
        assert pane is not None
        await mouse(events.MouseDown, 4, 2, 1, shift=True)
        await mouse(events.MouseUp, 4, 2, 1, shift=True)
        assert typed(stage) == b""
        pane.scroll(5)
        await mouse(events.MouseDown, 4, 2, 1)
        await mouse(events.MouseUp, 4, 2, 1)
        assert typed(stage) == b""


async def test_the_wheel_is_arrows_in_a_full_screen_program_without_a_mouse_and_scrolls_elsewhere() -> None:
    stage = research()
    async with opened(stage) as (app, pilot):
        fleet = await with_mouse(stage, app, pilot, "\x1b[?1049h\x1b[?1007h")
        mouse = Mouse(fleet, pilot)
        await mouse(events.MouseScrollDown, 3, 3)
        await until(pilot, lambda: typed(stage) == b"\x1b[B" * 3)
        stage.print("order-4", "\x1b[?1049l" + "".join(f"line {n}\n" for n in range(200)))
        pane = fleet.pane()
        assert pane is not None
        await until(pilot, lambda: "line 199" in pane.text())
        await mouse(events.MouseScrollUp, 3, 3)
        await until(pilot, lambda: not pane.reading.view.following)
        assert typed(stage) == b"\x1b[B" * 3


async def test_without_the_keyboard_no_program_gets_the_mouse() -> None:
    stage = research()
    async with opened(stage) as (app, pilot):
        fleet = await with_mouse(stage, app, pilot, "\x1b[?1003h\x1b[?1006h")
        await pilot.press("ctrl+g")
        await until(pilot, lambda: fleet.typing == "")
        mouse = Mouse(fleet, pilot)
        await mouse(events.MouseMove, 1, 1)
        await mouse(events.MouseScrollUp, 1, 1)
        assert typed(stage) == b""
