"""A worker's recording, played from the screen: also while it runs, and back to where the person was."""

import json
from pathlib import Path

from textual.pilot import Pilot
from tui.stage import Stage, research
from tui.waiting import cockpit, opened, shown, until

from golfer_tui.tui.app import CockpitApp
from golfer_tui.tui.cockpit import Cockpit
from golfer_tui.tui.composer import Composer
from golfer_tui.tui.playing import Playing


def recorded(tmp_path: Path, *more: str) -> Stage:
    """A stage with a recording of every worker, which may break off anywhere."""
    stage = research()
    events = [(0.0, "o", "first\r\n"), (100.0, "m", "half"), (0.0, "o", "second \x1b]0;evil\x07\r\n")]
    lines = [json.dumps({"version": 3, "term": {"cols": 20, "rows": 4}}), *(json.dumps(each) for each in events)]
    stage.recording_path = tmp_path / "w.cast"
    stage.recording_path.write_text("\n".join([*lines, *more]))
    return stage


def toasts(app: CockpitApp) -> list[str]:
    return [note.message for note in app._notifications]


async def playing(app: CockpitApp, pilot: Pilot[int]) -> Playing:
    await until(pilot, lambda: isinstance(app.screen, Playing))
    assert isinstance(app.screen, Playing)
    return app.screen


async def test_a_key_plays_what_a_running_worker_has_printed_so_far(tmp_path: Path) -> None:
    async with opened(recorded(tmp_path, '[1.0, "o", "cut')) as (app, pilot):
        await pilot.press("alt+2", "V")
        screen = await playing(app, pilot)
        await until(pilot, lambda: shown(app)[0].startswith("first") and "/ 1:40" in shown(app)[-2])
        assert "order-4, up to now" in shown(app)[-2]
        await pilot.press("end")
        await until(pilot, lambda: shown(app)[1].startswith("second"))
        assert screen.at == 100.0
        await pilot.press("space", "space", "h", "escape")
        await until(pilot, lambda: isinstance(app.screen, Cockpit))
        assert app.focused is not None
        assert app.focused.id == "fleet"
        cockpit(app).query_one(Composer).write("/replay lr-high")
        cockpit(app).query_one(Composer).focus()
        await pilot.press("enter")
        await playing(app, pilot)
        assert "lr-high" in shown(app)[-2]
        await pilot.press("q")
        await until(pilot, lambda: isinstance(app.screen, Cockpit))


async def test_what_cannot_be_played_is_told_in_the_cockpit(tmp_path: Path) -> None:
    stage = recorded(tmp_path, "no event", "\n")
    async with opened(stage) as (app, pilot):
        await pilot.press("alt+2", "V")
        await until(pilot, lambda: any("is no asciicast event" in told for told in toasts(app)))
        assert isinstance(app.screen, Cockpit)
        stage.recording_path = None
        await pilot.press("alt+2", "V")
        await until(pilot, lambda: any("printed nothing yet" in told for told in toasts(app)))
