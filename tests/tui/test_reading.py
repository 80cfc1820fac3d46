"""Reading in a terminal: scrolled back, searched, selected and copied, by keys and mouse, while output goes on."""

import os
import stat
from pathlib import Path

import pytest
from textual import events
from textual.pilot import Pilot
from tui.stage import Stage
from tui.waiting import cockpit, opened, settled, shown, until

from golfer_tui.model import commands as cm
from golfer_tui.model import session_events as se
from golfer_tui.model import worker_events as we
from golfer_tui.tui.app import CockpitApp
from golfer_tui.tui.composer import Composer
from golfer_tui.tui.copymode import CopyMode
from golfer_tui.tui.dialogs import Help
from golfer_tui.tui.findbar import FindInput
from golfer_tui.tui.fleet import Fleet
from golfer_tui.tui.pane import Pane
from golfer_tui.tui.tile import HEAD

LINES = 600
LONG = "A line that is far too long for the terminal it is printed in, so that it is wrapped here and there, needle."
LINK = "https://example.org/runs/42?view=curves"


def reader() -> Stage:
    """A session in which a worker has printed a lot, and is still at it."""
    stage = Stage()
    stage.emit(se.SessionStarted(title="", backend="local", model="gpt-5"))
    stage.start("other")
    stage.start("reader", "Print a lot.")
    printed = "".join(f"line {number}: val_bpb {3 - number / 500:.3f}\n" for number in range(LINES))
    linked = f"see \x1b]8;;{LINK}\x07the run\x1b]8;;\x07 there\n"
    wide = "日本語 and e\N{COMBINING ACUTE ACCENT} end\n"
    stage.run("reader", "python show.py", f"{printed}{LONG} {LONG}\n{wide}{linked}", None)
    return stage


async def at_reader(app: CockpitApp, pilot: Pilot[int], *, zoomed: bool = True) -> tuple[Fleet, Pane]:
    """Go to that worker's terminal."""
    fleet = cockpit(app).query_one(Fleet)
    await pilot.press("alt+2", *["z"] * zoomed)
    await settled(app, pilot)
    pane = fleet.pane("reader")
    assert pane is not None
    return fleet, pane


def head(app: CockpitApp) -> str:
    """The row above the terminal."""
    fleet = cockpit(app).query_one(Fleet)
    place = fleet._places["reader"]
    return fleet.render_line(place.y + HEAD - 1).text[place.x : place.x + place.width]


def marked(app: CockpitApp, component: str) -> list[str]:
    """The texts that are drawn in the style of one of the fleet's component classes."""
    fleet = cockpit(app).query_one(Fleet)
    wanted = fleet.get_component_rich_style(f"fleet--{component}")
    found = []
    for y in range(fleet._places[fleet.selected].y + HEAD, fleet.size.height):
        text = "".join(
            segment.text if segment.style and segment.style.bgcolor == wanted.bgcolor else "\0"
            for segment in fleet.render_line(y)
        )
        found += [part for part in text.split("\0") if part]
    return found


def told(app: CockpitApp) -> list[str]:
    return [note.message for note in app._notifications]


def cell(fleet: Fleet, text: str, worker: str = "reader") -> tuple[int, int]:
    """Where a text begins in the fleet."""
    place = fleet._places[worker]
    for y in range(place.y + HEAD, place.y + place.height):
        row = fleet.render_line(y).text[place.x : place.x + place.width]
        if text in row:
            return place.x + row.index(text), y
    raise AssertionError(f"{text} is not shown")


async def drag(
    pilot: Pilot[int], fleet: Fleet, begin: tuple[int, int], *ways: tuple[int, int], shift: bool = False
) -> None:
    """Press the button in one cell, move through others, and let it go in the last."""
    await pilot._post_mouse_events([events.MouseDown], fleet, begin, button=1, shift=shift)
    for way in ways:
        await pilot._post_mouse_events([events.MouseMove], fleet, way, button=1, shift=shift)
    await pilot._post_mouse_events([events.MouseUp], fleet, ways[-1], button=1, shift=shift)


async def look_for(app: CockpitApp, pilot: Pilot[int], text: str, *keys: str) -> None:
    """Open the search and paste what is to be found; then press these keys."""
    await pilot.press("slash")
    app.post_message(events.Paste(text))
    await until(pilot, lambda: cockpit(app).query_one(FindInput).value == text)
    await pilot.press(*keys)


# Scrolled back


@pytest.mark.parametrize(("size", "zoomed"), [((80, 24), True), ((120, 40), False), ((200, 60), False)])
async def test_what_is_read_stays_and_the_sign_says_how_much_is_new(size: tuple[int, int], zoomed: bool) -> None:
    stage = reader()
    async with opened(stage, size) as (app, pilot):
        fleet, pane = await at_reader(app, pilot, zoomed=zoomed)
        for key in ("pageup", "home", "pagedown", "pageup", "end", "pageup", "pageup"):
            await pilot.press(key)
        place = fleet._places["reader"]
        await pilot._post_mouse_events([events.MouseScrollUp], fleet, (place.x + 5, place.y + HEAD + 1))
        before = pane.text()
        assert "rows back" in head(app)
        assert "f follows" in head(app)
        for number in range(3):
            stage.print("reader", f"later {number}\n" * 5)
            await until(pilot, lambda number=number: f"{5 * number + 5} new" in head(app))  # type: ignore[misc]
            assert pane.text() == before
        await pilot.press("f")
        await until(pilot, lambda: "later 2" in "\n".join(shown(app)))
        assert "follows" not in head(app)


async def test_what_is_read_stays_when_the_history_is_full_and_follows_when_it_is_gone() -> None:
    stage = reader()
    async with opened(stage) as (app, pilot):
        _, pane = await at_reader(app, pilot)
        stage.print("reader", "".join(f"early {number}\n" for number in range(9_400)))
        await until(pilot, lambda: "early 9399" in pane.text())
        await pilot.press("pageup")
        before = pane.text()
        for number in range(20):
            stage.print("reader", f"later {number}\n" * 200)
            await until(pilot, lambda: pane.behind == 0)
        assert pane.text() == before
        stage.print("reader", "\x1b[?1049h\x1b[Hfull screen")
        await until(pilot, lambda: pane.text() == "full screen")
        assert "follows" not in head(app)


async def test_a_click_on_the_sign_follows_again() -> None:
    async with opened(reader()) as (app, pilot):
        fleet, pane = await at_reader(app, pilot)
        await pilot.press("pageup")
        await settled(app, pilot)
        place = fleet._places["reader"]
        await pilot.click(fleet, offset=(place.x + place.width - 4, place.y + HEAD - 1))
        await until(pilot, lambda: pane.back == 0)
        assert fleet.typing == ""


# Searching


@pytest.mark.parametrize("size", [(80, 24), (200, 60)])
async def test_matches_are_counted_marked_and_gone_through(size: tuple[int, int]) -> None:
    async with opened(reader(), size) as (app, pilot):
        fleet, pane = await at_reader(app, pilot)
        await look_for(app, pilot, "line 1[0-9]5:", "enter")
        await until(pilot, lambda: " 10/10 " in head(app))
        assert marked(app, "current") == ["line 195:"]
        assert set(marked(app, "match")) <= {"line 185:", "line 175:"}
        assert app.focused is fleet
        await pilot.press("N")
        assert " 9/10 " in head(app)
        assert marked(app, "current") == ["line 185:"]
        await pilot.press("n", "n")
        assert " 1/10 " in head(app)
        assert marked(app, "current") == ["line 105:"]
        back = pane.back
        await pilot.press("escape")
        assert not marked(app, "current")
        assert fleet.zoomed
        assert pane.back == back
        await pilot.press("escape")
        assert not fleet.zoomed


async def test_a_search_follows_the_typing_and_can_be_given_up() -> None:
    async with opened(reader()) as (app, pilot):
        _, pane = await at_reader(app, pilot)
        await pilot.press("slash", *"line 30")
        await until(pilot, lambda: " 11/11 " in shown(app)[-1])
        await pilot.press("0")
        await until(pilot, lambda: " 1/1 " in shown(app)[-1])
        assert marked(app, "current") == ["line 300"]
        await pilot.press("up", "down", "backspace", "8")
        await until(pilot, lambda: marked(app, "current") == ["line 308"])
        await pilot.press("escape")
        assert pane.back == 0
        assert not marked(app, "current")
        assert "line 308" not in pane.text()


async def test_a_search_begins_anew_with_each_letter_and_goes_back_to_what_was_followed() -> None:
    stage = reader()
    async with opened(stage) as (app, pilot):
        _, pane = await at_reader(app, pilot)
        await pilot.press("slash", *"line 3")
        await until(pilot, lambda: marked(app, "current") == ["line 3"])
        assert pane.back > 100
        await pilot.press("backspace", "5")
        await until(pilot, lambda: " 111/111 " in shown(app)[-1])
        assert "line 599" in pane.text()
        stage.print("reader", "and more\n" * 5)
        await until(pilot, lambda: "new" in head(app))
        await pilot.press("ctrl+u", "escape")
        assert "follows" not in head(app)
        assert pane.text().endswith("and more")
        await pilot.press("pageup", "pageup")
        before = pane.text()
        await pilot.press("slash", *"line 3")
        await until(pilot, lambda: marked(app, "current") == ["line 3"])
        await pilot.press("escape")
        assert pane.text() == before
        await pilot.press("slash", "ctrl+u", "enter")
        assert pane.text() == before


async def test_what_is_no_pattern_is_searched_as_text_and_says_so() -> None:
    stage = reader()
    stage.print("reader", "f(x) is here\n")
    async with opened(stage) as (app, pilot):
        await at_reader(app, pilot)
        await look_for(app, pilot, "f(x", "enter")
        await until(pilot, lambda: marked(app, "current") == ["f(x"])
        assert "as plain text: missing )" in head(app)
        await look_for(app, pilot, "no such thing")
        await until(pilot, lambda: "–/0 " in shown(app)[-1])


async def test_a_match_over_the_end_of_a_row_is_marked_in_both() -> None:
    async with opened(reader(), (80, 24)) as (app, pilot):
        _, pane = await at_reader(app, pilot)
        await look_for(app, pilot, "there, needle. A line", "enter")
        await until(pilot, lambda: "".join(marked(app, "current")) == "there, needle. A line")
        # In another size it is somewhere else, and still the same.
        await pilot.resize_terminal(120, 30)
        await until(pilot, lambda: pane.columns > 80)
        await until(pilot, lambda: "".join(marked(app, "current")) == "there, needle. A line")
        assert " 1/1 " in head(app)


async def test_a_search_goes_on_while_output_comes() -> None:
    stage = reader()
    async with opened(stage) as (app, pilot):
        _, pane = await at_reader(app, pilot)
        await look_for(app, pilot, "val_bpb 2[.]9", "enter")
        await until(pilot, lambda: " 50/50 " in head(app))
        before = pane.text()
        for number in range(4):
            stage.print("reader", f"again val_bpb 2.9{number}\n" * 50)
            await until(pilot, lambda number=number: f" 50/{100 + 50 * number} " in head(app))  # type: ignore[misc]
        assert pane.text() == before
        await pilot.press("n")
        assert " 51/250 " in head(app)


async def test_a_search_can_be_asked_for_by_its_command() -> None:
    async with opened(reader()) as (app, pilot):
        await at_reader(app, pilot, zoomed=False)
        cockpit(app).query_one(Composer).focus()
        await pilot.press(*"/find line 59[0-9]", "enter")
        await until(pilot, lambda: " 10/10 " in head(app))


# Copying with keys


async def test_the_copy_mode_selects_with_the_keys_of_an_editor() -> None:
    stage = reader()
    async with opened(stage) as (app, pilot):
        fleet, pane = await at_reader(app, pilot)
        await pilot.press("C")
        assert isinstance(app.focused, CopyMode)
        await settled(app, pilot)
        assert "esc leave" in shown(app)[-1]
        assert marked(app, "cursor") == ["s"]
        await pilot.press("0", "w", "w", "v", "e")
        assert marked(app, "selection") + marked(app, "cursor") == ["ru", "n"]
        # Letters that are no keys of it mean nothing, least of all what they mean elsewhere.
        await pilot.press("x", "K", "r", "i", "z", "1")
        assert stage.dispatched == [command for command in stage.dispatched if isinstance(command, cm.ResizeTerminal)]
        await pilot.press("y")
        assert app.clipboard == "run"
        assert told(app)[-1] == "Copied 3 characters."
        assert app.focused is fleet
        assert pane.back == 0
        assert not marked(app, "selection")


async def test_whole_lines_are_copied_without_the_breaks_of_their_wrapping() -> None:
    async with opened(reader()) as (app, pilot):
        await at_reader(app, pilot)
        await pilot.press("C", "k", "k", "V", "k", "enter")
        assert app.clipboard == f"{LONG} {LONG}"
        await pilot.press("C", "k", "y")
        assert app.clipboard == "日本語 and e\N{COMBINING ACUTE ACCENT} end"
        await pilot.press("C", "k", "space", "k", "escape")
        assert app.clipboard.startswith("日本語")
        await pilot.press("C", "g", "V", "G", "y")
        assert app.clipboard.startswith("❯ python show.py\nline 0: val_bpb 3.000\n")
        assert app.clipboard.rstrip().endswith("see the run there")
        assert "in 604 lines" in told(app)[-1]


async def test_the_copy_mode_moves_over_wide_characters_and_through_pages() -> None:
    async with opened(reader()) as (app, pilot):
        _, pane = await at_reader(app, pilot)
        await pilot.press("C", "k", "0", "l")
        assert marked(app, "cursor") == ["本"]
        await pilot.press("v", "l", "y")
        assert app.clipboard == "本語"
        await pilot.press("C", "pageup", "pageup")
        assert pane.back > pane.rows
        await pilot.press("g")
        assert "❯ python show.py" in pane.text()
        await look_for(app, pilot, "line 77:", "enter")
        await until(pilot, lambda: marked(app, "cursor") == ["l"])
        assert isinstance(app.focused, CopyMode)
        await pilot.press("v", "dollar_sign", "y")
        assert app.clipboard == f"line 77: val_bpb {3 - 77 / 500:.3f}"


async def test_help_is_at_hand_in_the_copy_mode_and_other_places_end_it() -> None:
    async with opened(reader()) as (app, pilot):
        await at_reader(app, pilot)
        await pilot.press("C", "question_mark")
        assert isinstance(app.screen, Help)
        await settled(app, pilot)
        assert "Copy mode of a terminal" in "\n".join(shown(app)[:15])
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.focused, CopyMode))
        app.post_message(events.AppBlur())
        await until(pilot, lambda: app.focused is None)
        app.post_message(events.AppFocus())
        await until(pilot, lambda: isinstance(app.focused, CopyMode))
        await pilot.press("alt+1")
        await until(pilot, lambda: not marked(app, "cursor"))
        assert not isinstance(app.focused, CopyMode)


# Copying with the mouse


@pytest.mark.parametrize("zoomed", [False, True])
async def test_a_drag_selects_whole_characters_and_copies(zoomed: bool) -> None:
    stage = reader()
    async with opened(stage, (160, 50)) as (app, pilot):
        fleet, pane = await at_reader(app, pilot, zoomed=zoomed)
        x, y = cell(fleet, "日本語")
        # In the middle of a wide character, and back over a line.
        await drag(pilot, fleet, (x + 3, y), (x, y), (x + 1, y))
        assert app.clipboard == "日本"
        assert marked(app, "selection") == ["日本"]
        assert fleet.typing == ""
        stage.print("reader", "more\n" * 2)
        await until(pilot, lambda: "more" in pane.text())
        assert pane.back == 0
        assert marked(app, "selection") == ["日本"]
        x, y = cell(fleet, "日本語")
        await drag(pilot, fleet, (x + 5, y + 1), (x + 1, y))
        assert app.clipboard == "日本語 and e\N{COMBINING ACUTE ACCENT} end\nsee th"
        await pilot.click(fleet, offset=(x, y - 1))
        assert not marked(app, "selection")


async def test_presses_in_a_row_select_words_and_lines() -> None:
    async with opened(reader()) as (app, pilot):
        fleet, _ = await at_reader(app, pilot)
        x, y = cell(fleet, "val_bpb")
        await pilot.click(fleet, offset=(x + 2, y), times=2)
        assert app.clipboard == "val_bpb"
        x, y = cell(fleet, "A line that")
        await pilot.click(fleet, offset=(x + 3, y), times=3)
        assert app.clipboard == f"{LONG} {LONG}"


async def test_a_drag_beyond_the_edge_scrolls_and_one_on_the_scrolled_stays() -> None:
    async with opened(reader()) as (app, pilot):
        fleet, pane = await at_reader(app, pilot)
        x, y = cell(fleet, "日本語")
        await pilot._post_mouse_events([events.MouseDown], fleet, (x, y), button=1)
        await pilot._post_mouse_events([events.MouseMove], fleet, (x, 0), button=1)
        await until(pilot, lambda: pane.back > 30)
        await pilot._post_mouse_events([events.MouseUp], fleet, (x, 0), button=1)
        assert app.clipboard.endswith("日")
        assert app.clipboard.count("\n") > 30
        back = pane.back
        x, y = cell(fleet, "val_bpb")
        await drag(pilot, fleet, (x, y), (x + 6, y))
        assert app.clipboard == "val_bpb"
        assert pane.back == back


async def test_shift_takes_the_mouse_from_the_program() -> None:
    stage = reader()
    async with opened(stage) as (app, pilot):
        fleet, _ = await at_reader(app, pilot)
        stage.print("reader", "\x1b[?1002h\x1b[?1006hpaint\n")
        await pilot.press("i")
        await until(pilot, lambda: fleet.typing == "reader" and "paint" in "\n".join(shown(app)))
        x, y = cell(fleet, "val_bpb")
        await drag(pilot, fleet, (x, y), (x + 6, y))
        assert app.clipboard == ""
        await drag(pilot, fleet, (x, y), (x + 6, y), shift=True)
        assert app.clipboard == "val_bpb"
        assert fleet.typing == "reader"


# Hyperlinks, the title and the cursor


async def test_a_hyperlink_is_shown_told_and_copied_and_never_passed_on() -> None:
    async with opened(reader()) as (app, pilot):
        fleet, _ = await at_reader(app, pilot)
        x, y = cell(fleet, "the run")
        underlined = [s.text for s in fleet.render_line(y) if s.style is not None and s.style.underline]
        assert underlined == ["the run"]
        assert all(s.style is None or s.style.link is None for s in fleet.render_line(y))
        await pilot.hover(fleet, offset=(x + 2, y))
        await until(pilot, lambda: LINK in shown(app)[-1])
        await pilot.hover(fleet, offset=(x - 3, y))
        await until(pilot, lambda: LINK not in shown(app)[-1])
        await pilot.click(fleet, offset=(x + 2, y))
        assert app.clipboard == LINK
        assert fleet.typing == ""
        app._clipboard = ""
        await pilot.press("C", "0", "w")
        await until(pilot, lambda: LINK in shown(app)[-1])
        await pilot.press("u")
        assert app.clipboard == LINK
        await pilot.press("b", "b", "u", "q")
        assert told(app)[-1] == "There is no hyperlink at the cursor."


async def test_the_title_of_the_program_stands_in_the_head_until_its_command_ends() -> None:
    stage = reader()
    async with opened(stage) as (app, pilot):
        fleet, _ = await at_reader(app, pilot)

        def title() -> str:
            return fleet.render_line(0).text

        stage.print("reader", "\x1b]2;train.py \u202eepoch\x9b31m 3\x07")
        await until(pilot, lambda: "train.py" in title())
        assert "\u202e" not in title()
        assert "\x9b" not in title()
        stage.print("reader", "\x1b]2;" + "very long " * 60 + "\x07")
        await until(pilot, lambda: "very long" in title())
        assert len(title()) <= fleet.size.width
        end = stage.tapes["reader"].end
        stage.emit(we.WorkerCommand(command="x", id=1, offset=end, exit_code=0, ended=True, seconds=1.0), "reader")
        await until(pilot, lambda: "very long" not in title())


@pytest.mark.parametrize(
    ("asked", "style"),
    [
        ("\x1b[2 q", "reverse"),
        ("\x1b[4 q", "underline"),
        ("\x1b[6 q", "reverse"),
        ("\x1b[6 q\x1b[C", "bar"),
        ("\x1b[?25l", ""),
    ],
)
async def test_the_cursor_has_the_shape_that_the_program_asked_for(asked: str, style: str) -> None:
    stage = Stage()
    stage.emit(se.SessionStarted(title="", backend="local", model="gpt-5"))
    stage.start("shell")
    stage.run("shell", "python3", f"\x1b[2J\x1b[H>>> pri\x1b[D{asked}", None)
    async with opened(stage) as (app, pilot):
        fleet = cockpit(app).query_one(Fleet)
        await pilot.press("alt+1", "z", "i")
        await until(pilot, lambda: fleet.typing == "shell")
        await settled(app, pilot)
        cells = [s for s in fleet.render_line(HEAD) if s.text in ("i", "▏") and s.style is not None]
        drawn = {s.text: s.style for s in cells}
        if style == "bar":
            assert "▏" in drawn
        elif style:
            assert getattr(drawn["i"], style)
        else:
            assert "i" not in drawn
            assert not any(s.style is not None and s.style.reverse for s in fleet.render_line(HEAD))


# The clipboards


async def test_a_copy_goes_to_the_terminal_and_to_the_tool_of_this_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool = tmp_path / "xclip"
    kept = f"{tmp_path}/kept"
    tool.write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/asked\ncat > {kept}.part && mv {kept}.part {kept}\n')
    tool.chmod(tool.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setenv("DISPLAY", ":0")
    written: list[str] = []
    async with opened(reader()) as (app, pilot):
        await at_reader(app, pilot)
        assert app._driver is not None
        monkeypatch.setattr(app._driver, "write", written.append)
        await pilot.press("C", "k", "y")
        await until(pilot, (tmp_path / "kept").exists)
        assert (tmp_path / "kept").read_text().startswith("日本語 and e")
        assert (tmp_path / "asked").read_text() == "-selection clipboard\n"
        assert any(text.startswith("\x1b]52;c;") for text in written)


async def test_a_tool_that_hangs_or_fails_holds_nothing_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from golfer_tui.tui import clipboard

    for name, body in (("wl-copy", "exec sleep 60"), ("xsel", "exit 3")):
        (tmp_path / name).write_text(f"#!/bin/sh\n{body}\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path) + os.pathsep + os.environ["PATH"])
    monkeypatch.setattr(clipboard, "PATIENCE", 0.1)
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    assert not await clipboard.give("text")
    monkeypatch.delenv("WAYLAND_DISPLAY")
    assert not await clipboard.give("text")
    monkeypatch.delenv("DISPLAY")
    assert not await clipboard.give("text")


async def test_finding_begins_where_it_was_left() -> None:
    async with opened(reader()) as (app, pilot):
        await at_reader(app, pilot)
        await look_for(app, pilot, "line 42", "escape")
        await pilot.press("slash")
        entry = cockpit(app).query_one(FindInput)
        await until(pilot, lambda: entry.value == "line 42")
        await until(pilot, lambda: " 11/11 " in shown(app)[-1])


async def test_a_terminal_that_goes_away_ends_what_was_done_in_it() -> None:
    stage = reader()
    async with opened(stage) as (app, pilot):
        fleet, _ = await at_reader(app, pilot)
        watch = fleet._watch
        assert watch is not None
        await look_for(app, pilot, "line", "enter", "C")
        watch.panes.drop("reader")
        await pilot.press("k", "y")
        await until(pilot, lambda: app.focused is fleet)
        stage.print("reader", "is back\n")
        await until(pilot, lambda: "is back" in "\n".join(shown(app)))
        x, y = cell(fleet, "is back")
        await pilot._post_mouse_events([events.MouseDown], fleet, (x, y), button=1)
        await pilot._post_mouse_events([events.MouseMove], fleet, (x, 0), button=1)
        watch.panes.drop("reader")
        await pilot._post_mouse_events([events.MouseMove], fleet, (x + 1, 0), button=1)
        await pilot._post_mouse_events([events.MouseUp], fleet, (x + 1, 0), button=1)
        assert app.mouse_captured is None
        assert app.clipboard == ""


async def test_another_place_takes_the_focus_from_the_search_and_it_goes_on() -> None:
    async with opened(reader()) as (app, pilot):
        await at_reader(app, pilot, zoomed=False)
        await look_for(app, pilot, "line 300")
        await until(pilot, lambda: " 1/1 " in head(app))
        await pilot.click(Composer)
        await until(pilot, lambda: "enter send" in shown(app)[-1])
        assert isinstance(app.focused, Composer)
        assert " 1/1 " in head(app)
