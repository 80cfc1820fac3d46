"""The main screen through the keyboard and the mouse: state first, then the picture as text."""

from typing import Any

import pytest
from textual import events
from textual.screen import Screen
from tui.stage import crowd, empty, finished, research
from tui.waiting import SIZES, cockpit, opened, settled, shown, until

from golfer_tui.model import agent_events as ae
from golfer_tui.model import commands as cm
from golfer_tui.model import signals as sg
from golfer_tui.model.errors import CommandError
from golfer_tui.pool.leases import Limits, Used
from golfer_tui.tui.chat import Chat
from golfer_tui.tui.composer import Composer
from golfer_tui.tui.detail.detail import Detail
from golfer_tui.tui.dialogs import Help, Letter, Question
from golfer_tui.tui.entries import Line
from golfer_tui.tui.fleet import Fleet


@pytest.mark.parametrize("size", SIZES)
async def test_everything_of_a_session_is_on_the_screen(size: tuple[int, int]) -> None:
    async with opened(research(), size) as (app, pilot):
        picture = "\n".join(shown(app))
        assert "scripted model" in picture
        for name, letter in (("baseline", "D"), ("order-4", "R"), ("wide-mix", "F"), ("no-decay", "Q")):
            assert f" {letter}  {name}" in picture
        assert "val_bpb 2.556" in picture
        assert "wait_for_workers" in picture
        assert "queue 1" in picture
        assert all(len(row) == size[0] for row in shown(app))
        await pilot.pause()


@pytest.mark.parametrize("size", SIZES)
async def test_keys_reach_input_and_fleet_by_focus(size: tuple[int, int]) -> None:
    async with opened(research(), size) as (app, pilot):
        composer, fleet = cockpit(app).query_one(Composer), cockpit(app).query_one(Fleet)
        assert app.focused is composer
        await pilot.press("x", "r", "1", "?")
        assert composer.text == "xr1?"
        await pilot.press("tab")
        assert app.focused is fleet
        await pilot.press("3")
        assert fleet.selected == "lr-high"
        await pilot.press("home", "h", "alt+left", "alt+left", "alt+left", "alt+left")
        assert composer.text == "xr1?"


async def test_a_key_that_suggests_nothing_lays_nothing_out_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(empty(), SIZES[0]) as (app, pilot):
        await pilot.press("a")
        await settled(app, pilot)
        laid_out: list[Screen[object]] = []
        layout = Screen._refresh_layout

        def counted(screen: Screen[object], *args: Any, **options: Any) -> None:
            laid_out.append(screen)
            layout(screen, *args, **options)

        monkeypatch.setattr(Screen, "_refresh_layout", counted)
        await pilot.press(*"bcd", "backspace")
        await settled(app, pilot)
        assert cockpit(app).query_one(Composer).text == "abc"
        assert laid_out == []
        cockpit(app).query_one(Composer).write("/zo")
        await until(pilot, lambda: bool(laid_out))


async def test_enter_sends_and_the_history_comes_back() -> None:
    stage = empty()
    async with opened(stage) as (app, pilot):
        await pilot.press(*"one", "enter", *"two", "enter", "up")
        assert cockpit(app).query_one(Composer).text == "two"
        await pilot.press("up")
        assert cockpit(app).query_one(Composer).text == "one"
        await pilot.press("down", "down")
        assert cockpit(app).query_one(Composer).text == ""
        await until(pilot, lambda: len(stage.dispatched) == 2)
        assert stage.dispatched == [cm.SendMessage("one"), cm.SendMessage("two")]


async def test_keys_that_come_all_at_once_keep_their_order() -> None:
    stage = empty()
    async with opened(stage) as (app, pilot):
        for number in range(5):
            for key in f"all at once {number}":
                app.post_message(events.Key(key, key))
            app.post_message(events.Key("enter", "\r"))
        await until(pilot, lambda: len(stage.dispatched) == 5)
        assert stage.dispatched == [cm.SendMessage(f"all at once {number}") for number in range(5)]


async def test_lines_are_kept_and_a_worker_can_be_addressed() -> None:
    stage = research()
    async with opened(stage) as (_, pilot):
        await pilot.press(*"@order-4", "space", *"stop", "ctrl+j", *"now", "enter")
        await until(pilot, lambda: cm.SendMessage("stop\nnow", "order-4") in stage.dispatched)


async def test_a_worker_is_killed_after_a_question_only() -> None:
    stage = research()
    async with opened(stage) as (app, pilot):
        await pilot.press("alt+2", "K")
        assert isinstance(app.screen, Question)
        await pilot.press("escape")
        assert cm.KillWorker("order-4") not in stage.dispatched
        await pilot.press("K", "y")
        await until(pilot, lambda: cm.KillWorker("order-4") in stage.dispatched)


async def test_restart_continue_and_message() -> None:
    stage = research()
    async with opened(stage) as (app, pilot):
        await pilot.press("alt+1", "r")
        await until(pilot, lambda: cm.RestartWorker("baseline") in stage.dispatched)
        await pilot.press("2", "r")
        assert isinstance(app.screen, Question)
        await pilot.press("y")
        await until(pilot, lambda: cm.RestartWorker("order-4") in stage.dispatched)
        await pilot.press("1", "c")
        await until(pilot, lambda: cm.ContinueWorker("baseline") in stage.dispatched)
        await pilot.press("m")
        assert isinstance(app.screen, Letter)
        await pilot.press(*"hello", "enter")
        await until(pilot, lambda: cm.SendMessage("hello", "baseline") in stage.dispatched)


async def test_zoom_shows_one_worker_with_its_details_and_escape_leaves() -> None:
    async with opened(research()) as (app, pilot):
        fleet, detail = cockpit(app).query_one(Fleet), cockpit(app).query_one(Detail)
        await pilot.press("alt+4", "enter")
        await settled(app, pilot)
        assert fleet.zoomed
        assert fleet.selected == "wide-mix"
        picture = "\n".join(shown(app))
        assert "✗ exit 1" in picture
        assert "Mix several orders" in picture
        assert detail.display
        await pilot.press("d")
        assert not detail.display
        await pilot.press("escape")
        assert not fleet.zoomed


async def test_escape_interrupts_the_turn_and_says_so_only_while_one_runs() -> None:
    stage = research()
    async with opened(stage) as (app, pilot):
        assert "esc interrupt" in shown(app)[-1]
        await pilot.press("escape")
        await until(pilot, lambda: cm.InterruptTurn() in stage.dispatched)
        stage.emit(ae.TurnFinished(turn="t1", state="interrupted"))
        await until(pilot, lambda: "esc interrupt" not in shown(app)[-1])
        stage.dispatched.clear()
        await pilot.press("escape")
        assert stage.dispatched == []


async def test_a_refused_command_is_told() -> None:
    stage = research()
    stage.refuse = CommandError("worker.unknown", "There is no such worker.")
    async with opened(stage) as (app, pilot):
        await pilot.press("alt+1", "c")
        await until(pilot, lambda: [note.message for note in app._notifications])
        assert "There is no such worker." in [note.message for note in app._notifications]


async def test_help_names_the_keys_of_the_place_first() -> None:
    async with opened(research()) as (app, pilot):
        await pilot.press("f1")
        assert isinstance(app.screen, Help)
        await until(pilot, lambda: "Anywhere in the cockpit" in "\n".join(shown(app)).partition("  Input")[2])
        await pilot.press("escape", "alt+1", "question_mark")
        await until(pilot, lambda: "  Workers" in "\n".join(shown(app)))
        picture = "\n".join(shown(app))
        assert "  Workers" in picture
        assert "  Chat" not in picture.partition("  Workers")[0]


async def test_text_streams_and_becomes_the_message() -> None:
    stage = empty()
    async with opened(stage) as (app, pilot):
        chat = cockpit(app).query_one(Chat)
        stage.emit(ae.TurnStarted(turn="t1"))
        for piece in ("The **best** ", "run is ", "order-4."):
            stage.signal(sg.TextDelta(None, "text", piece))
        await until(pilot, lambda: "The best run is order-4." in "\n".join(shown(app)))
        stage.signal(sg.TextDelta(None, "text", " Again."))
        stage.emit(ae.Message(role="assistant", text="The **best** run is order-4. Again."))
        stage.emit(ae.TurnFinished(turn="t1", state="done"))
        await until(pilot, lambda: "order-4. Again." in "\n".join(shown(app)))
        assert len(chat.query("Said")) == 1


async def test_tool_lines_unfold_by_key_and_by_mouse() -> None:
    async with opened(finished()) as (app, pilot):
        chat = cockpit(app).query_one(Chat)
        chat.focus()
        await pilot.press("p", "enter")
        await until(pilot, lambda: "→ all have ended" in "\n".join(shown(app)))
        await pilot.press("enter")
        await until(pilot, lambda: "→ all have ended" not in "\n".join(shown(app)))
        line = chat.query(Line).last()
        await pilot.click(line)
        assert line.unfolded


async def test_output_scrolls_back_and_follows_again() -> None:
    stage = research()
    async with opened(stage) as (app, pilot):
        await pilot.press("alt+2", "pageup")
        pane = cockpit(app).query_one(Fleet).pane()
        assert pane is not None
        await settled(app, pilot)
        assert pane.back > 0
        assert "f follows" in "\n".join(shown(app))
        before = pane.back
        stage.print("order-4", "one more line\n")
        await until(pilot, lambda: pane.back == before + 1)
        await pilot.press("f")
        await settled(app, pilot)
        assert pane.back == 0
        assert "one more line" in "\n".join(shown(app))


async def test_the_mouse_selects_zooms_and_scrolls() -> None:
    async with opened(research()) as (app, pilot):
        fleet = cockpit(app).query_one(Fleet)
        await pilot.click(fleet, offset=(10, 8))
        assert fleet.selected == "order-4"
        assert app.focused is fleet
        await pilot._post_mouse_events([events.MouseScrollUp], fleet, (10, 12))
        pane = fleet.pane()
        assert pane is not None
        await until(pilot, lambda: pane.back == 3)
        await pilot.click(fleet, offset=(10, 8), times=2)
        await until(pilot, lambda: fleet.zoomed)


@pytest.mark.parametrize("size", SIZES)
async def test_sixty_four_workers_can_all_be_reached(size: tuple[int, int]) -> None:
    stage = crowd(64)
    async with opened(stage, size) as (app, pilot):
        fleet = cockpit(app).query_one(Fleet)
        await pilot.press("tab")
        for _ in range(64):
            await pilot.press("down")
        for _ in range(8):
            await pilot.press("right")
        await settled(app, pilot)
        assert fleet.selected == "sweep-58"
        picture = "\n".join(shown(app))
        assert "R  sweep-58" in picture
        await pilot.press("v")
        await settled(app, pilot)
        assert "R  sweep-58" in "\n".join(shown(app))


async def test_new_output_and_states_appear() -> None:
    stage = research()
    async with opened(stage) as (app, pilot):
        stage.run("lr-high", "echo over", "over and out\n")
        await until(pilot, lambda: "over and out" in "\n".join(shown(app)))
        stage.finish("lr-high", "failed", "It diverged.")
        await until(pilot, lambda: " F  lr-high" in "\n".join(shown(app)))
        assert "It diverged." in "\n".join(shown(app))


async def test_layouts_take_turns() -> None:
    async with opened(research()) as (app, pilot):
        screen = cockpit(app)
        await pilot.press("ctrl+l")
        assert (screen.query_one("#talk").display, screen.query_one(Fleet).display) == (False, True)
        await pilot.press("ctrl+l")
        assert (screen.query_one("#talk").display, screen.query_one(Fleet).display) == (True, False)
        await pilot.press("ctrl+l")
        assert (screen.query_one("#talk").display, screen.query_one(Detail).display) == (False, True)
        await pilot.press("ctrl+l")
        assert (screen.query_one("#talk").display, screen.query_one(Fleet).display) == (True, True)


async def test_a_terminal_that_is_too_small_is_told_and_recovers() -> None:
    async with opened(research(), (39, 11)) as (app, pilot):
        assert "Terminal too small" in "\n".join(shown(app))
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: "baseline" in "\n".join(shown(app)))


async def test_nothing_that_was_written_steers_the_terminal() -> None:
    stage = research()
    evil = "\x1b]0;owned\x07\x1b[31mred\x9b2Jgone‮back [bold]@click[/]"
    async with opened(stage) as (app, pilot):
        stage.start("evil", evil)
        stage.emit(ae.ToolCalled(call="e1", name="tool" + evil, arguments={"a" + evil: evil}))
        stage.emit(ae.Message(role="user", text=evil))
        stage.emit(ae.Notice(level="error", code="evil", text=evil))
        stage.print("evil", evil + "\n")
        await until(pilot, lambda: " R  evil" in "\n".join(shown(app)))
        await settled(app, pilot)
        picture = "".join(shown(app))
        assert not any(character in picture for character in "\x1b\x07\x9b\u202e")
        assert "[bold]@click[/]" in picture


async def test_an_idle_cockpit_has_no_timer() -> None:
    async with opened(finished()) as (app, pilot):
        cockpit(app).query_one(Fleet).focus()
        await settled(app, pilot)
        # What it looks like is kept once, a moment after the start.
        await until(pilot, lambda: not [timer for timer in cockpit(app)._timers if timer._active.is_set()])
        await settled(app, pilot)
        assert [timer for timer in cockpit(app)._timers if timer._active.is_set()] == []


async def test_the_header_tells_of_the_gpus_that_are_leased() -> None:
    stage = research()
    stage.limits, stage.used = Limits(max_gpus=8), Used(workers=2, gpus=3, by_type={"H100": 3})
    async with opened(stage) as (app, pilot):
        assert "gpus 3/8" in shown(app)[0]
        stage.used = Used(workers=1, gpus=0, by_type={})
        stage.finish("lr-high", "done", "Over.")
        await until(pilot, lambda: "gpus 0/8" in shown(app)[0])
