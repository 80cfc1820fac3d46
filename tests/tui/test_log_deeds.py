"""What is done from the log: copying, running a command again, going back; and jumping in the terminal itself."""

import pytest
from tui.log_stage import busy, log_of, told
from tui.stage import research
from tui.waiting import cockpit, opened, settled, shown, until

from golfer_tui.model import commands as cm
from golfer_tui.model.errors import CommandError
from golfer_tui.tui.dialogs import Question
from golfer_tui.tui.fleet import Fleet
from golfer_tui.tui.log import copying
from golfer_tui.tui.log.log import Log


async def test_the_output_and_the_command_are_copied() -> None:
    async with opened(busy()) as (app, pilot):
        await log_of(app, pilot)
        await pilot.press("g", "n", "y")
        await until(pilot, lambda: app.clipboard.startswith("row-000"))
        assert app.clipboard.splitlines() == [f"row-{number:03}-{'x' * 20}" for number in range(400)]
        await pilot.press("Y")
        await until(pilot, lambda: app.clipboard == "seq 400 | sed s/^/row-/")


async def test_more_than_a_clipboard_takes_is_left_out_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copying, "LIMIT", 60)
    async with opened(busy()) as (app, pilot):
        await log_of(app, pilot)
        await pilot.press("g", "n", "y")
        await until(pilot, lambda: app.clipboard.endswith("row-399-" + "x" * 20))
        assert len(app.clipboard) <= 60
        assert "The first 398 lines are left out: more is too much for a clipboard." in told(app)


async def test_a_command_is_run_again_in_a_shell_of_ones_own_after_a_question() -> None:
    stage = busy()
    async with opened(stage, (100, 30)) as (app, pilot):
        await log_of(app, pilot)
        await pilot.press("E", "R")
        await until(pilot, lambda: isinstance(app.screen, Question))
        await until(pilot, lambda: "Type this into your shell in ann's sandbox" in "\n".join(shown(app)))
        assert "make" in "\n".join(shown(app))
        await pilot.press("n")
        await until(pilot, lambda: not isinstance(app.screen, Question))
        await pilot.press("R")
        await until(pilot, lambda: isinstance(app.screen, Question))
        await pilot.press("y")
        await until(pilot, lambda: cm.TypeInto("ann", b"make\r", "shell") in stage.dispatched)
        opened_at = next(index for index, each in enumerate(stage.dispatched) if isinstance(each, cm.OpenShell))
        assert opened_at < stage.dispatched.index(cm.TypeInto("ann", b"make\r", "shell"))
        assert sum(isinstance(each, cm.TypeInto) for each in stage.dispatched) == 1


async def test_where_no_shell_can_be_opened_the_reason_is_told() -> None:
    stage = busy()
    async with opened(stage) as (app, pilot):
        log = await log_of(app, pilot)
        stage.refuse = CommandError("worker.stands", "ann has no sandbox now.")
        await pilot.press("R")
        await until(pilot, lambda: isinstance(app.screen, Question))
        await pilot.press("y")
        await until(pilot, lambda: told(app) == ["ann has no sandbox now."])
        assert app.focused is log


async def test_keys_lead_back_to_the_terminal_and_the_log_goes_with_the_selection() -> None:
    stage = research()
    async with opened(stage) as (app, pilot):
        fleet, log = cockpit(app).query_one(Fleet), cockpit(app).query_one(Log)
        for key in ("escape", "L", "q"):
            fleet.focus()
            await pilot.press("1", "L")
            await until(pilot, lambda: log.worker == "baseline" and not fleet.display and log.display)
            await settled(app, pilot)
            assert fleet.zoomed
            await pilot.press(key)
            await until(pilot, lambda: not log.worker and fleet.display and app.focused is fleet)
            assert fleet.zoomed
        await pilot.press("L", "alt+2")
        await until(pilot, lambda: log.worker == "order-4" and app.focused is log)
        await pilot.press("alt+right")
        await until(pilot, lambda: log.worker != "order-4")
        await pilot.press("alt+2")
        await until(pilot, lambda: log.worker == "order-4")
        # Who types sees the terminal.
        cockpit(app).action_worker_type("order-4")
        await until(pilot, lambda: not log.worker and fleet.display and fleet.typing == "order-4")


async def test_in_the_terminal_the_same_keys_scroll_from_command_to_command() -> None:
    stage = busy()
    stage.print("ann", "".join(f"step {number}\n" for number in range(50)))
    async with opened(stage, (80, 24)) as (app, pilot):
        fleet = cockpit(app).query_one(Fleet)
        fleet.focus()
        await pilot.press("1", "z")
        await settled(app, pilot)

        def first() -> str:
            return fleet.pane().text().splitlines()[0]

        for key, line in (
            ("left_square_bracket", "❯ python train.py"),
            ("left_square_bracket", "❯ less notes"),
            ("left_curly_bracket", "❯ make"),
            ("left_square_bracket", "❯ seq 400 | sed s/^/row-/"),
            ("left_square_bracket", "❯ cat notes"),
            ("right_curly_bracket", "❯ make"),
            ("right_square_bracket", "❯ less notes"),
        ):
            await pilot.press(key)
            await until(pilot, lambda line=line: first() == line)
        await pilot.press("left_curly_bracket", "left_curly_bracket")
        await until(pilot, lambda: told(app) == ["There is no failed command above."])
        assert first() == "❯ make"
        # Wrapped anew, the commands are found all the same.
        await pilot.resize_terminal(60, 20)
        await settled(app, pilot)
        await pilot.press("home", "right_square_bracket")
        await until(pilot, lambda: first().startswith("❯ seq 400"))
        await pilot.press(*["right_square_bracket"] * 4)
        await until(pilot, lambda: (pane := fleet.pane()) is not None and pane.back == 0)
