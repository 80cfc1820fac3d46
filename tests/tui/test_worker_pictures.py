"""Pictures of one worker: its terminal, its log, its details, a shell beside it, and what was recorded."""

from pathlib import Path

from tui import test_detail
from tui.camera import PLAIN, Camera
from tui.log_stage import busy, log_of
from tui.stage import finished
from tui.test_replaying import recorded
from tui.test_two_terminals import zoomed_shell
from tui.waiting import cockpit, opened, settled, shown, until

from golfer_tui.model import agent_events as ae
from golfer_tui.tui.detail.detail import Detail
from golfer_tui.tui.playing import Playing


async def test_zoom(camera: Camera, tmp_path: Path) -> None:
    stage = recorded(tmp_path)
    async with opened(stage, camera.size) as (app, pilot):
        await pilot.press("alt+2", "enter")
        await camera(app, pilot, "terminal")
        await pilot.press("slash", *"step:1")
        await until(pilot, lambda: "/11" in "\n".join(shown(app)))
        await camera(app, pilot, "searched", themes=PLAIN)
        await pilot.press("escape", "pageup", "C", "k", "k", "V", "k")
        await camera(app, pilot, "copy mode")
        await pilot.press("escape", "G", "i")
        await camera(app, pilot, "keyboard", themes=PLAIN)
        await pilot.press("ctrl+g", "V")
        await until(pilot, lambda: isinstance(app.screen, Playing) and "/ 1:40" in shown(app)[-2])
        await pilot.press("end")
        await until(pilot, lambda: shown(app)[1].startswith("second"))
        await camera(app, pilot, "replay")
        await pilot.press("escape", "escape")
        await until(pilot, lambda: app.screen is cockpit(app))
        await zoomed_shell(stage, app, pilot)
        await camera(app, pilot, "shell beside the agent", themes=PLAIN)


async def test_details(camera: Camera) -> None:
    stage = test_detail.stage()
    stage.emit(ae.Message(role="user", text=stage.state.workers["order-4"].spec.task), "order-4")
    stage.emit(ae.Reasoning(text="**Planning**\n\nOne run with the default first."), "order-4")
    stage.emit(ae.ToolCalled(call="e1", name="exec_command", arguments={"cmd": "python train.py"}), "order-4")
    stage.emit(ae.ToolFinished(call="e1", name="exec_command", output="val_bpb 2.413", seconds=12.4), "order-4")
    stage.emit(ae.Message(role="assistant", text="A context of **four** bytes costs nothing."), "order-4")
    async with opened(stage, camera.size) as (app, pilot):
        await pilot.press("alt+2", "T")
        await until(pilot, lambda: app.focused is cockpit(app).query_one(Detail))
        await camera(app, pilot, "talk")
        await pilot.press("4")
        await until(pilot, lambda: "1 added" in "\n".join(shown(app)))
        await camera(app, pilot, "changes")
        await pilot.press("3")
        await until(pilot, lambda: "model.bin" in "\n".join(shown(app)))
        await camera(app, pilot, "files", themes=PLAIN)
        await pilot.press("right", "down", "enter", "w")
        await until(pilot, lambda: "def loss" in "\n".join(shown(app)))
        await camera(app, pilot, "file, wide")


async def test_log(camera: Camera) -> None:
    async with opened(busy(), camera.size) as (app, pilot):
        await log_of(app, pilot)
        await pilot.press("t", "E", "enter")
        await camera(app, pilot, "with times, one folded")
        await pilot.press("t", "t", "w", "g")
        await settled(app, pilot)
        await camera(app, pilot, "oldest, unwrapped", themes=PLAIN)


async def test_end(camera: Camera) -> None:
    async with opened(finished(), camera.size) as (app, pilot):
        await pilot.press("alt+4", "z")
        await camera(app, pilot, "of a failed one", themes=PLAIN)
