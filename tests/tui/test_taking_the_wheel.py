"""The person types into a worker: every key goes to its terminal, and two take the keyboard back."""

from pathlib import Path

import pytest
from engine import small_scripts
from textual import events
from textual.pilot import Pilot
from tui.stage import Stage, research
from tui.waiting import SIZES, cockpit, opened, settled, shown, until

from golfer_tui.agents.scripted import Call, Say
from golfer_tui.model import commands as cm
from golfer_tui.model.errors import CommandError
from golfer_tui.tui.app import CockpitApp
from golfer_tui.tui.cockpit import Cockpit
from golfer_tui.tui.composer import Composer
from golfer_tui.tui.detail.detail import Detail
from golfer_tui.tui.fleet import Fleet
from golfer_tui.tui.keyboard import Keyboard


def typed(stage: Stage, worker: str) -> bytes:
    """All that was typed into a worker."""
    return b"".join(
        command.data for command in stage.dispatched if isinstance(command, cm.TypeInto) and command.worker == worker
    )


@pytest.mark.parametrize("size", SIZES)
async def test_every_key_goes_to_the_worker_until_it_is_taken_back(size: tuple[int, int]) -> None:
    stage = research()
    async with opened(stage, size) as (app, pilot):
        fleet = cockpit(app).query_one(Fleet)
        await pilot.press("alt+2", "i")
        await until(pilot, lambda: fleet.typing == "order-4")
        await settled(app, pilot)
        assert "order-4 has the keyboard" in shown(app)[-1]
        assert "ctrl+] take the keyboard back" in shown(app)[-1]
        assert "You type here" in "\n".join(shown(app))
        await pilot.press(*"q?K", "ctrl+c", "ctrl+q", "ctrl+p", "tab", "escape", "alt+1", "f1", "up", "enter")
        await until(pilot, lambda: typed(stage, "order-4").endswith(b"\r"))
        assert typed(stage, "order-4") == b"q?K\x03\x11\x10\t\x1b\x1b1\x1bOP\x1b[A\r"
        assert isinstance(app.screen, Cockpit)
        await pilot.press("ctrl+right_square_bracket")
        await until(pilot, lambda: fleet.typing == "")
        assert app.focused is fleet
        await settled(app, pilot)
        assert "You type here" not in "\n".join(shown(app))
        assert "has the keyboard" not in shown(app)[-1]


async def test_the_lease_on_the_agents_input_goes_with_the_keyboard() -> None:
    stage = research()
    async with opened(stage) as (app, pilot):
        fleet, keyboard = cockpit(app).query_one(Fleet), cockpit(app).query_one(Keyboard)

        def leases() -> list[cm.Command]:
            return [sent for sent in stage.dispatched if isinstance(sent, cm.TakeKeyboard | cm.GiveKeyboard)]

        await pilot.press("alt+2", "z", "i")
        await until(pilot, lambda: leases() == [cm.TakeKeyboard("order-4")])
        await settled(app, pilot)
        assert "the agent runs a command" in "\n".join(shown(app))
        keyboard.keep()
        await until(pilot, lambda: leases() == [cm.TakeKeyboard("order-4")] * 2)
        await pilot.press("x", "ctrl+g")
        await until(pilot, lambda: leases()[-1] == cm.GiveKeyboard("order-4"))
        order = [type(sent) for sent in stage.dispatched if not isinstance(sent, cm.ResizeTerminal)]
        assert order == [cm.TakeKeyboard, cm.TakeKeyboard, cm.TypeInto, cm.GiveKeyboard]
        # A worker without a sandbox says so at once.
        stage.refuse = CommandError("worker.stands", "baseline has no sandbox now.")
        await pilot.press("alt+1", "i")
        await until(pilot, lambda: fleet.typing == "" and app.focused is fleet)
        assert [note.message for note in app._notifications] == ["baseline has no sandbox now."]


async def test_keys_and_pastes_follow_the_modes_of_the_program() -> None:
    stage = research()
    async with opened(stage) as (app, pilot):
        fleet = cockpit(app).query_one(Fleet)
        stage.print("order-4", "\x1b[?1h\x1b[?2004h\x1b[?1004hready\n")
        await until(pilot, lambda: "ready" in "\n".join(shown(app)))
        await pilot.press("alt+2", "i", "up")
        app.post_message(events.Paste("two\nlines"))
        await pilot.press("ctrl+g")
        await until(pilot, lambda: fleet.typing == "")
        await until(pilot, lambda: typed(stage, "order-4").endswith(b"\x1b[O"))
        assert typed(stage, "order-4") == b"\x1b[I\x1bOA\x1b[200~two\nlines\x1b[201~\x1b[O"


async def test_a_worker_that_reads_no_keys_gives_the_keyboard_back() -> None:
    stage = research()
    async with opened(stage) as (app, pilot):
        fleet = cockpit(app).query_one(Fleet)
        await pilot.press("alt+1", "i")
        stage.refuse = CommandError("terminal.none", "Nothing that reads keys runs in this terminal.")
        await pilot.press(*"rm b")
        await until(pilot, lambda: fleet.typing == "" and app.focused is fleet)
        # What was typed on meanwhile was no command to the cockpit.
        assert isinstance(app.screen, Cockpit)
        ours = (cm.ResizeTerminal, cm.TakeKeyboard)
        assert not [command for command in stage.dispatched if not isinstance(command, ours)]
        told = [note.message for note in app._notifications]
        assert told == ["Nothing that reads keys runs in this terminal."]


async def test_a_click_into_the_zoomed_terminal_takes_the_wheel_and_one_elsewhere_leaves_it() -> None:
    stage = research()
    async with opened(stage) as (app, pilot):
        fleet = cockpit(app).query_one(Fleet)
        await pilot.press("alt+2", "z")
        await pilot.click(fleet, offset=(10, 1))
        assert fleet.typing == ""
        await pilot.click(fleet, offset=(10, 10))
        await until(pilot, lambda: fleet.typing == "order-4")
        await pilot.click(cockpit(app).query_one(Detail), offset=(5, 5))
        await until(pilot, lambda: fleet.typing == "")


async def test_a_click_into_the_selected_terminal_takes_the_wheel_and_stays_there() -> None:
    stage = research()
    async with opened(stage) as (app, pilot):
        fleet = cockpit(app).query_one(Fleet)
        await pilot.press("alt+2")
        place = fleet._places["order-4"]
        other = fleet._places["lr-high"]
        spot = (place.x + 10, place.y + 5)
        await pilot.click(fleet, offset=spot)
        await until(pilot, lambda: fleet.typing == "order-4")
        await pilot.click(fleet, offset=(place.x + 12, place.y + 4))
        await pilot.press("x")
        await until(pilot, lambda: typed(stage, "order-4") == b"x")
        # On another one it selects; the keyboard comes back.
        await pilot.click(fleet, offset=(other.x + 10, other.y + 5))
        await until(pilot, lambda: fleet.typing == "" and fleet.selected == "lr-high")
        # What is selected, but not where the keys go, is only gone to.
        cockpit(app).query_one(Composer).focus()
        await pilot.click(fleet, offset=(other.x + 14, other.y + 4))
        await until(pilot, lambda: app.focused is fleet)
        assert fleet.typing == ""


async def test_tab_never_leads_to_the_wheel_and_a_lost_window_keeps_it() -> None:
    stage = research()
    async with opened(stage) as (app, pilot):
        fleet = cockpit(app).query_one(Fleet)
        places = set()
        for _ in range(6):
            await pilot.press("tab")
            places.add(type(app.focused).__name__)
        assert places == {"Chat", "Composer", "Fleet"}
        await pilot.press("alt+2", "i")
        app.post_message(events.AppBlur())
        await until(pilot, lambda: app.focused is None)
        app.post_message(events.AppFocus())
        await until(pilot, lambda: app.focused is not None)
        await pilot.press("x")
        await until(pilot, lambda: typed(stage, "order-4") == b"x")
        assert fleet.typing == "order-4"


async def test_the_cursor_is_drawn_where_the_next_character_goes() -> None:
    stage = research()
    stage.start("shell")
    stage.run("shell", "python3", "\x1b[2J\x1b[H>>> pri", None)
    async with opened(stage) as (app, pilot):
        fleet = cockpit(app).query_one(Fleet)

        def reversed_cells() -> list[str]:
            return [
                segment.text
                for y in range(fleet.size.height)
                for segment in fleet.render_line(y)
                if segment.style is not None and segment.style.reverse
            ]

        await pilot.press("alt+6", "z")
        await settled(app, pilot)
        assert reversed_cells() == []
        await pilot.press("i")
        await until(pilot, lambda: reversed_cells() == [" "])
        stage.print("shell", "\x1b[3D")
        await until(pilot, lambda: reversed_cells() == ["p"])
        await pilot.press("ctrl+g")
        await until(pilot, lambda: reversed_cells() == [])


def on_a_terminal(history: small_scripts.History) -> Say:
    """Runs its task with the keyboard connected, waits for its end, and reports what it printed."""
    output = next((str(item["output"]) for item in reversed(history) if "output" in item), "")
    if "Process running with session ID" in output:
        number = int(output.split("session ID ")[1].split()[0])
        return [Call("write_stdin", {"session_id": number, "chars": "", "yield_time_ms": 5000})]
    if output:
        return [output]
    return [Call("exec_command", {"cmd": str(history[-1]["content"]), "yield_time_ms": 1000, "tty": True})]


async def test_what_a_person_types_reaches_the_program_and_its_answer_the_report(tmp_path: Path) -> None:
    prompt = "spawn w1: read -r x; echo got-$x-$((6*7))"
    app = CockpitApp(lambda: small_scripts.opened(tmp_path, worker=on_a_terminal), first_prompt=prompt)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot)
        await until(pilot, lambda: "❯ read -r x" in "\n".join(shown(app)))
        fleet = cockpit(app).query_one(Fleet)
        fleet.focus()
        await pilot.press("i", *"hello", "enter")
        await pilot.press("ctrl+g")
        worker = cockpit(app)._worker("w1")
        assert worker is not None
        await until(pilot, lambda: worker.state.final)
        assert "got-hello-42" in worker.summary
        await until(pilot, lambda: "got-hello-42" in "\n".join(shown(app)))


async def ready(app: CockpitApp, pilot: Pilot[int]) -> None:
    """Wait until the engine is open."""
    await until(pilot, lambda: any(isinstance(screen, Cockpit) for screen in app.screen_stack))
    await until(pilot, lambda: app.screen.query(Composer) and cockpit(app)._watch is not None)
