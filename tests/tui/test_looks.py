"""How a session looks is kept with it: layout, divider, selected worker, zoom and details come back."""

import pytest
from textual.events import MouseMove
from textual.pilot import Pilot
from tui.stage import Stage, research
from tui.waiting import SIZES, cockpit, opened, settled, shown, until

from golfer_tui.model.look import SavedLook
from golfer_tui.model.signals import Attendance
from golfer_tui.tui.app import CockpitApp
from golfer_tui.tui.composer import Composer
from golfer_tui.tui.detail.detail import Detail
from golfer_tui.tui.divider import Divider
from golfer_tui.tui.fleet import Fleet


def again(stage: Stage) -> Stage:
    """The session in another cockpit."""
    later = research()
    later.saved = stage.saved
    return later


def talk(app: CockpitApp) -> int:
    """Columns of the chat."""
    return cockpit(app).query_one("#talk").size.width


async def kept(pilot: Pilot[int], stage: Stage, **wanted: object) -> None:
    await until(pilot, lambda: {name: getattr(stage.saved, name) for name in wanted} == wanted)


async def test_everything_that_was_chosen_comes_back() -> None:
    stage = research()
    async with opened(stage, (160, 40)) as (app, pilot):
        before = talk(app)
        await pilot.press("alt+3", "v", "less_than_sign", "less_than_sign")
        await kept(pilot, stage, selected="lr-high", view="list", share=before - 8, zoomed=False)
        assert talk(app) == before - 8
        await pilot.press("greater_than_sign")
        await kept(pilot, stage, share=before - 4)
        await pilot.press("W", "w")
        await kept(pilot, stage, zoomed=True, details=True, wide=True, tab="Files")
    async with opened(again(stage), (160, 40)) as (app, pilot):
        fleet, detail = cockpit(app).query_one(Fleet), cockpit(app).query_one(Detail)
        await until(pilot, lambda: fleet.zoomed and detail.display and not fleet.display)
        assert (fleet.selected, fleet.view, detail.tab) == ("lr-high", "list", "Files")
        await pilot.press("w")
        await until(pilot, lambda: fleet.display)
        fleet.focus()
        await pilot.press("escape")
        await settled(app, pilot)
        assert talk(app) == before - 4


@pytest.mark.parametrize(
    ("layout", "focus"), [("fleet", "fleet"), ("list", "fleet"), ("chat", "composer"), ("both", "composer")]
)
async def test_layouts_come_back_with_the_focus_where_it_belongs(layout: str, focus: str) -> None:
    stage = research()
    async with opened(stage) as (app, pilot):
        composer = cockpit(app).query_one(Composer)
        for wanted in ("chat" if layout == "both" else "both", layout):
            cockpit(app).action_layout(wanted)
            await pilot.pause()
        await kept(pilot, stage, layout=layout)
        assert composer.display
    async with opened(again(stage)) as (app, _):
        assert cockpit(app).arrangement == layout
        assert app.focused is not None
        assert app.focused.id == focus


async def test_what_was_chosen_last_is_kept_on_the_way_out() -> None:
    stage = research()
    async with opened(stage) as (app, pilot):
        await pilot.press("alt+2")
        await until(pilot, lambda: cockpit(app).query_one(Fleet).selected == "order-4")
        app.leave("end")
        await until(pilot, lambda: stage.closed)
    assert stage.saved.selected == "order-4"


async def test_who_only_watches_changes_nothing() -> None:
    stage = research()
    stage.attendance = Attendance(writing=False, others=1, background=True)
    async with opened(stage) as (app, pilot):
        await pilot.press("alt+2", "v")
        await cockpit(app).keep_look()
    assert stage.saved == SavedLook()


async def test_a_worker_that_is_not_there_any_more_is_not_looked_for() -> None:
    stage = research()
    stage.saved = SavedLook(selected="gone", zoomed=True, details=True, tab="Nonsense", share=5000)
    async with opened(stage) as (app, _):
        fleet = cockpit(app).query_one(Fleet)
        assert (fleet.selected, fleet.zoomed) == ("baseline", False)
        assert cockpit(app).query_one(Detail).tab == "About"
        assert fleet.size.width >= 29


async def test_the_divider_goes_as_far_as_it_can_and_no_farther() -> None:
    async with opened(research(), (120, 40)) as (app, pilot):
        cockpit(app).query_one(Fleet).focus()
        await pilot.press(*["less_than_sign"] * 8)
        assert talk(app) == 30
        await pilot.press(*["greater_than_sign"] * 17)
        assert talk(app) == 90
        await pilot.mouse_down(Divider)
        await pilot._post_mouse_events([MouseMove], "#talk", offset=(50, 10))
        await pilot.mouse_up("#talk", offset=(50, 10))
        await until(pilot, lambda: talk(app) == 50)


@pytest.mark.parametrize("size", SIZES)
async def test_a_list_of_workers_stands_beside_the_details_of_the_selected_one(size: tuple[int, int]) -> None:
    async with opened(research(), size) as (app, pilot):
        screen = cockpit(app)
        fleet, detail = screen.query_one(Fleet), screen.query_one(Detail)
        await pilot.press(*["ctrl+l"] * 3)
        assert screen.arrangement == "list"
        assert app.focused is fleet
        await settled(app, pilot)
        assert not fleet.in_tiles
        assert not fleet.region.overlaps(detail.region)
        assert not screen.query_one("#talk").display
        assert "Measure the defaults" in "\n".join(shown(app))
        await pilot.press("down")
        await until(pilot, lambda: "Take a context of four bytes and" in "\n".join(shown(app)))
        await pilot.press("T")
        await until(pilot, lambda: app.focused is detail)
        assert not fleet.zoomed
        fleet.focus()
        await pilot.press("enter")
        await until(pilot, lambda: fleet.zoomed and fleet.in_tiles)
        await pilot.press("escape", "ctrl+l")
        await settled(app, pilot)
        assert screen.arrangement == "both"
        assert not detail.display
