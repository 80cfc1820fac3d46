"""Pictures of the scores: table and curves, one of them alone, a filter, the question where to export, none yet."""

from tui.camera import PLAIN, Camera
from tui.score_stage import board, drawn, study
from tui.stage import empty
from tui.waiting import opened, until

from golfer_tui.tui.dialogs import Question


async def test_scores(camera: Camera) -> None:
    async with opened(study(), camera.size) as (app, pilot):
        await board(app, pilot)
        await pilot.press("down", "space", "left", "left")
        await drawn(app, pilot)
        await camera(app, pilot, "one marked, values read")
        await pilot.press("escape", "v", "x", "g", "plus")
        await drawn(app, pilot)
        await camera(app, pilot, "over time, by powers, alone", themes=PLAIN)
        await pilot.press("v", "v", "slash", *"lr=0.2")
        await drawn(app, pilot)
        await camera(app, pilot, "filtered", themes=PLAIN)
        await pilot.press("enter", "e")
        await until(pilot, lambda: isinstance(app.screen, Question))
        await camera(app, pilot, "export", themes=PLAIN)


async def test_nothing_yet(camera: Camera) -> None:
    async with opened(empty(), camera.size) as (app, pilot):
        await board(app, pilot)
        await camera(app, pilot, "none", themes=PLAIN)
