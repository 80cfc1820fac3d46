"""The details of a worker: tabs by key and mouse, its conversation, files and changes, whatever they are called."""

from pathlib import Path

import pytest
from textual.pilot import Pilot
from tui.stage import Stage, research
from tui.waiting import SIZES, cockpit, opened, settled, shown, until

from golfer_tui.model import agent_events as ae
from golfer_tui.model import worker_fold
from golfer_tui.model.files import Change, Difference, FileEntry
from golfer_tui.tui.app import CockpitApp
from golfer_tui.tui.composer import Composer
from golfer_tui.tui.detail import past
from golfer_tui.tui.detail.detail import TABS, Detail
from golfer_tui.tui.detail.files import FileTree
from golfer_tui.tui.detail.tabbar import TabBar
from golfer_tui.tui.entries import Line
from golfer_tui.tui.fleet import Fleet
from golfer_tui.tui.log.log import Log

ORDERS = 130
"""Messages to a worker: more than the state keeps."""

CODE = "def loss(x):\n\treturn x * 2  # \x1b]0;evil\x07[red]not red[/red]\n"


def stage() -> Stage:
    made = research()
    made.folders = {
        "": (
            FileEntry("src", "folder"),
            FileEntry("link", "link"),
            FileEntry("model.bin", "file", 5_000_000),
            FileEntry("\x1b[2J[bold]odd\u202e", "file", 3),
        ),
        "src": (FileEntry("fit.py", "file", len(CODE)),),
    }
    made.contents = {"src/fit.py": CODE.encode(), "model.bin": b"\0" * 300_000, "\x1b[2J[bold]odd\u202e": b"abc"}
    made.difference = Difference(
        (
            Change("src/fit.py", "changed", 60, "@@ -1,2 +1,2 @@\n def loss(x):\n-\treturn x\n+\treturn x * 2"),
            Change("model.bin", "added", 5_000_000, untold="binary"),
            Change("[red]old\x1b[31m", "deleted", 9, "@@ -1 +0,0 @@\n-gone"),
        ),
        left_out=7,
    )
    return made


def text(app: CockpitApp) -> str:
    return "\n".join(shown(app))


def colour(app: CockpitApp, wanted: str) -> str:
    """In which colour a text stands on the screen."""
    lines = app.screen._compositor.render_strips()
    [style] = {piece.style for line in lines for piece in line if wanted in piece.text}
    return str(style and style.color)


def detail(app: CockpitApp) -> Detail:
    return cockpit(app).query_one(Detail)


async def at(app: CockpitApp, pilot: Pilot[int], key: str) -> Detail:
    """Go to a tab of order-4 by its key, from the fleet."""
    await pilot.press("alt+2", key)
    await until(pilot, lambda: app.focused is detail(app))
    return detail(app)


@pytest.mark.parametrize("size", SIZES[:2])
async def test_every_tab_is_reached_by_keys_and_by_the_mouse(size: tuple[int, int]) -> None:
    async with opened(stage(), size) as (app, pilot):
        view = await at(app, pilot, "W")
        assert view.tab == "Files"
        for key, tab in (("1", "About"), ("2", "Talk"), ("4", "Changes"), ("right_square_bracket", "About")):
            await pilot.press(key)
            assert view.tab == tab
        await pilot.press("left_square_bracket")
        assert view.tab == "Changes"
        await settled(app, pilot)
        at_x = 1
        for tab in TABS:
            await pilot.click(TabBar, offset=(at_x, 0))
            assert view.tab == tab
            at_x += len(tab) + 2
        for key, tab in (("T", "Talk"), ("M", "Changes"), ("W", "Files")):
            await pilot.press(key)
            assert view.tab == tab
        await pilot.press("escape")
        assert not cockpit(app).query_one(Fleet).zoomed


async def test_files_are_browsed_and_shown_with_nothing_in_them_obeyed() -> None:
    async with opened(stage(), (200, 60)) as (app, pilot):
        await at(app, pilot, "W")
        await until(pilot, lambda: "model.bin" in text(app))
        assert "[bold]odd" in text(app)
        assert "\x1b" not in text(app)
        assert "4.8MB" in text(app)
        await pilot.press("right")
        await until(pilot, lambda: "fit.py" in text(app))
        await pilot.press("down", "enter")
        await until(pilot, lambda: "def loss(x):" in text(app))
        assert "1 def loss" in text(app)
        assert "    return x * 2  # [red]not red[/red]" in text(app)
        assert "\x1b" not in text(app)
        await pilot.press("y")
        assert app.clipboard.startswith("def loss(x):\n    return")
        await pilot.press("right", "left", "end", "home", "pagedown", "pageup", "down", "up", "U")
        await settled(app, pilot)
        assert "def loss" in text(app)
        await pilot.press("escape")
        await until(pilot, lambda: "model.bin" in text(app))
        assert cockpit(app).query_one(Fleet).zoomed
        await pilot.press("left", "left")
        await until(pilot, lambda: "fit.py" not in text(app))
        await pilot.press("end")
        tree = cockpit(app).query_one(FileTree)
        assert tree.cursor_line == tree.last_line
        await pilot.press("home", "down", "space")
        await until(pilot, lambda: "odd" in text(app) and "3B" in text(app) and "1 abc" in text(app))


async def test_what_cannot_be_shown_is_told() -> None:
    async with opened(stage()) as (app, pilot):
        await at(app, pilot, "W")
        tree = cockpit(app).query_one(FileTree)
        await until(pilot, lambda: tree.last_line == 3)
        labels = [str(tree.get_node_at_line(line).label) for line in range(4)]  # type: ignore[union-attr]
        tree.cursor_line = next(line for line, label in enumerate(labels) if "model.bin" in label)
        await pilot.press("enter")
        await until(pilot, lambda: "binary, 293KB: not shown" in text(app))
        await pilot.press("y", "backspace")
        tree.cursor_line = next(line for line, label in enumerate(labels) if "link" in label)
        await pilot.press("enter")
        await until(pilot, lambda: "followed." in text(app))


async def test_files_that_are_gone_are_told() -> None:
    played = stage()
    played.folders.clear()
    async with opened(played) as (app, pilot):
        await at(app, pilot, "W")
        await until(pilot, lambda: "There is no workspace any more" in " ".join(text(app).split()))


async def test_changes_stand_below_each_other() -> None:
    async with opened(stage(), (200, 60)) as (app, pilot):
        await at(app, pilot, "M")
        await until(pilot, lambda: "1 added, 1 changed, 1 deleted" in text(app))
        assert " M  src/fit.py  +1 -1" in text(app)
        assert "+   return x * 2" in text(app)
        assert " A  model.bin  binary, 4.8MB" in text(app)
        assert " D  [red]old  +0 -1" in text(app)
        assert "7 more files have changed." in text(app)
        assert colour(app, "+   return x * 2") != colour(app, "-   return x")
        await pilot.press("y")
        assert "changed src/fit.py" in app.clipboard
        assert "\x1b" not in app.clipboard


async def test_enter_goes_from_changed_file_to_changed_file() -> None:
    played = stage()
    long = "\n".join(["@@ -0,0 +1,200 @@", *(f"+{n}" for n in range(200))])
    played.difference = Difference(tuple(Change(f"f{n}", "added", 900, long) for n in range(3)))
    async with opened(played, (80, 24)) as (app, pilot):
        await at(app, pilot, "M")
        for name in ("f0", "f1", "f2", "f0"):
            await until(pilot, lambda name=name: f" A  {name} " in shown(app)[3])
            await pilot.press("enter")
        await pilot.press("end")
        await until(pilot, lambda: "+199" in text(app))


async def test_a_conversation_is_unfolded_followed_and_read_back_to_its_beginning(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(worker_fold, "ENTRIES", 40)
    monkeypatch.setattr(past, "PAGE", 40)
    played = stage()
    for number in range(ORDERS):
        played.emit(ae.Message(role="user", text=f"order {number}"), "order-4", "person")
        if number % 10 == 0:
            played.emit(ae.Message(role="user", text="something else"), "lr-high", "person")
    call = {"cmd": "ls\x1b[31m"}
    played.emit(ae.ToolCalled(call="x", name="exec_command", arguments=call), "order-4", "worker")
    async with opened(played) as (app, pilot):
        view = await at(app, pilot, "T")
        await until(pilot, lambda: "exec_command" in text(app))
        assert f"order {ORDERS - 1}" in text(app)
        await pilot.press("enter")
        await until(pilot, lambda: "cmd: ls" in text(app))
        played.emit(ae.ToolFinished(call="x", name="exec_command", output="a.txt", seconds=1), "order-4", "worker")
        played.emit(ae.Message(role="assistant", text="All **done**."), "order-4", "worker")
        await until(pilot, lambda: "→ a.txt" in text(app) and "All done." in text(app))
        await pilot.press("y")
        assert "a.txt" in app.clipboard
        await pilot.press("down", "y")
        assert app.clipboard == "All **done**."
        await pilot.press("up", "up", "y")
        assert app.clipboard == f"order {ORDERS - 1}"
        await pilot.press("end", "y")
        assert app.clipboard == "All **done**."
        await pilot.press("space")
        page = view.page
        seen = [f"order {ORDERS - 1}"]

        def oldest() -> str:
            return next(each.written for each in page.query("Asked").results())  # type: ignore[attr-defined,no-any-return]

        while seen[-1] != "order 0":
            await pilot.press("home", "pageup")
            await until(pilot, lambda: oldest() != seen[-1])
            seen.append(oldest())
        numbers = [int(each.written.split()[1]) for each in page.query("Asked").results()]  # type: ignore[attr-defined]
        assert numbers == list(range(ORDERS))
        assert not any(line.running for line in page.query(Line))


async def test_the_details_follow_the_selection_and_read_only_what_is_seen() -> None:
    async with opened(stage(), (200, 60)) as (app, pilot):
        await at(app, pilot, "W")
        await until(pilot, lambda: "model.bin" in text(app))
        await pilot.press("down", "enter")
        await until(pilot, lambda: "1 abc" in text(app))
        await pilot.press("alt+3")
        await until(pilot, lambda: cockpit(app).query_one(Fleet).selected == "lr-high")
        await until(pilot, lambda: "model.bin" in text(app))
        await pilot.press("d")
        await settled(app, pilot)
        assert "model.bin" not in text(app)


@pytest.mark.parametrize("size", SIZES)
async def test_the_details_take_the_place_of_the_terminal_and_give_it_back(size: tuple[int, int]) -> None:
    async with opened(stage(), size) as (app, pilot):
        view, fleet = await at(app, pilot, "M"), cockpit(app).query_one(Fleet)
        before = view.size.width
        await pilot.press("w")
        await until(pilot, lambda: view.size.width >= size[0] - 2)
        assert not fleet.display
        await pilot.press("w")
        await until(pilot, lambda: view.size.width == before)
        await pilot.press("w", "d")
        await until(pilot, lambda: fleet.display and not view.display)
        await pilot.press("alt+2", "L")
        await until(pilot, lambda: app.focused is cockpit(app).query_one(Log))


async def test_slash_commands_lead_to_tabs(tmp_path: Path) -> None:
    async with opened(stage()) as (app, pilot):
        composer = cockpit(app).query_one(Composer)
        for command, tab in (("files", "Files"), ("changes", "Changes"), ("talk", "Talk")):
            composer.focus()
            composer.write(f"/{command} lr-high")
            await pilot.press("enter")
            await until(pilot, lambda tab=tab: detail(app).tab == tab and app.focused is detail(app))
            assert cockpit(app).query_one(Fleet).selected == "lr-high"
            await pilot.press("escape")
