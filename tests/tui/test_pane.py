"""A worker's pane: the tape's bytes with the commands above them, whatever the order in which both arrive."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.style import Style
from tui.stage import Stage

from golfer_tui.model import session_events as se
from golfer_tui.model import worker_events as we
from golfer_tui.terminal.cells import Run
from golfer_tui.terminal.cells import Style as CellStyle
from golfer_tui.tui.paint import strip_of
from golfer_tui.tui.pane import Pane
from golfer_tui.tui.panes import Panes

MUCH = 1 << 30


def playing() -> tuple[Stage, Pane]:
    """A worker that has just started, and its pane."""
    stage = Stage()
    stage.emit(se.SessionStarted(title="", backend="local", model="m"))
    stage.start("ann")
    pane = Pane(stage.state.workers["ann"], stage.tapes["ann"])
    pane.resize(40, 8)
    return stage, pane


def test_commands_stand_above_their_output_and_failures_below() -> None:
    stage, pane = playing()
    stage.run("ann", "make\nall", "one\ntwo", 3, 1.5)
    stage.run("ann", "true", "")
    stage.run("ann", "sleep 9", "waiting\n", None)
    pane.feed(MUCH)
    assert pane.text().splitlines() == [
        "❯ make all",
        "one",
        "two",
        "✗ exit 3 after 1.5 s",
        "❯ true",
        "❯ sleep 9",
        "waiting",
    ]
    pane.close()


def test_output_waits_for_the_event_that_names_its_command() -> None:
    stage, pane = playing()
    stage.tapes["ann"].append(b"early\r\n")
    assert pane.feed(MUCH) == 0
    stage.emit(we.WorkerCommand(command="run", id=1, offset=0), "ann")
    pane.feed(MUCH)
    assert pane.text().splitlines() == ["❯ run", "early"]
    stage.tapes["ann"].append(b"at once\r\n")
    pane.feed(MUCH)
    assert pane.text().splitlines()[-1] == "at once"
    pane.close()


def test_a_tape_that_went_on_without_the_pane_is_told_and_followed() -> None:
    stage, pane = playing()
    stage.run("ann", "cat", "\x1b[31mred \x1b]0;a title that never", None)
    pane.feed(MUCH)
    tape = stage.tapes["ann"]
    tape.skip(tape.end + 3_000_000)
    tape.append(b"the tail\r\n")
    pane.feed(MUCH)
    lines = pane.text().splitlines()
    assert lines[:2] == ["❯ cat", "red"]
    assert "".join(lines[2:-1]) == "… 2.9M came too fast, and are only in the recording …"
    assert lines[-1] == "the tail"
    pane.close()


@given(st.lists(st.integers(1, 40), max_size=40))
def test_the_picture_does_not_depend_on_how_bytes_are_cut(sizes: list[int]) -> None:
    stage, pane = playing()
    other = Pane(stage.state.workers["ann"], stage.tapes["ann"])
    other.resize(40, 8)
    for number in range(3):
        stage.run("ann", f"step {number}", f"\x1b[32mgrün {number}\x1b[0m\nprogress 1%\rprogress 100%\n", number % 2)
    pane.feed(MUCH)
    for size in sizes:
        other.feed(size)
    while other.feed(7):
        pass
    assert other.text() == pane.text()
    pane.close()
    other.close()


def test_a_command_that_leaves_the_full_screen_behind_does_not_hide_the_next() -> None:
    stage, pane = playing()
    stage.run("ann", "vim", "\x1b[?1049h\x1b[3;5r\x1b[31mfull screen", 137)
    stage.run("ann", "echo", "back\n")
    pane.feed(MUCH)
    assert pane.text().splitlines()[-2:] == ["❯ echo", "back"]
    pane.close()


def test_every_row_that_changed_is_dirty() -> None:
    stage, pane = playing()
    drawn: dict[int, str] = {}
    for number in range(30):
        stage.run("ann", f"say {number}", f"line {number}\n" * (number % 4), number % 3)
        pane.feed(MUCH)
        for y in pane.dirty():
            drawn[y] = pane.strip(y, 40, Style()).text.rstrip()
        now = [pane.strip(y, 40, Style()).text.rstrip() for y in range(pane.rows)]
        assert [drawn.get(y, "") for y in range(pane.rows)] == now
        pane.restyle()
        assert [pane.strip(y, 40, Style()).text.rstrip() for y in range(pane.rows)] == now
    pane.close()


def test_what_is_read_stays_in_place_while_more_comes() -> None:
    stage, pane = playing()
    stage.run("ann", "seq", "".join(f"{number}\n" for number in range(50)), None)
    pane.feed(MUCH)
    pane.dirty()
    assert pane.scroll(20)
    before = pane.text()
    stage.print("ann", "more\nand more\n")
    pane.feed(MUCH)
    pane.dirty()
    assert pane.text() == before
    assert pane.scroll(-MUCH)
    assert pane.back == 0
    assert pane.text().endswith("and more")
    assert not pane.scroll(-1)
    pane.close()


def test_a_flood_is_fed_in_portions_and_the_quiet_pane_first() -> None:
    stage = Stage()
    stage.emit(se.SessionStarted(title="", backend="local", model="m"))
    panes = Panes(stage.state.workers, stage.tape)
    for name in ("loud", "quiet"):
        stage.start(name)
        stage.run(name, "go", "", None)
    loud = panes.get("loud")
    assert loud is not None
    stage.tapes["loud"].append(b"x" * 79 * 40_000)
    stage.tapes["quiet"].append(b"here\r\n")
    for name in ("loud", "quiet"):
        panes.touch(name)
    dirty, more = panes.feed()
    assert "quiet" in dirty
    assert more
    assert loud.behind > 0
    while panes.feed()[1]:
        pass
    assert loud.behind == 0
    panes.close()
    assert not stage.tapes["loud"]._cursors


def test_a_pane_that_comes_late_shows_the_end_of_a_command_that_still_runs() -> None:
    stage, early = playing()
    early.close()
    stage.run("ann", "long", "", None)
    stage.tapes["ann"].append(b"".join(b"line %d\r\n" % number for number in range(400_000)))
    pane = Pane(stage.state.workers["ann"], stage.tapes["ann"])
    while pane.feed(MUCH):
        pass
    assert pane.text().endswith("line 399999")
    pane.close()


@pytest.mark.parametrize("text", ["ab", "日本", "e\u0301", "👩‍👩‍👧"])
def test_strips_have_the_emulators_columns(text: str) -> None:
    style = CellStyle(fg=2, bg=(1, 2, 3), bold=True, link="https://example.org")
    strip = strip_of((Run(text, style, 4), Run("x", CellStyle(hidden=True), 1)), 10, Style())
    assert strip.cell_length == 10
    assert "x" not in strip.text
    assert all(segment.style is None or segment.style.link is None for segment in strip)


def test_commands_are_jumped_to_wherever_their_lines_have_gone() -> None:
    stage, pane = playing()
    for number in range(700):
        stage.run("ann", f"step {number}", "line\n" * 20, number % 10 == 0)
    stage.run("ann", "vim", "\x1b[?1049h\x1b[2J\x1b[Hfull screen", 137)
    stage.run("ann", "last", "x\n" * 3)
    while pane.feed(MUCH):
        pass
    assert pane.jump(-1, failed=False)
    shown = pane.text().splitlines()[0]
    assert shown.startswith("❯ ")
    assert pane.jump(-1, failed=True)
    assert pane.text().splitlines()[0] == "❯ step 690"
    pane.resize(30, 6)
    assert pane.jump(-1, failed=True)
    assert pane.text().splitlines()[0] == "❯ step 680"
    # Those whose lines are gone are not found, and no line is taken for them.
    pane.scroll(MUCH)
    found = []
    while pane.jump(1, failed=False) and pane.back:
        found.append(pane.text().splitlines()[0])
    assert len(found) > 300
    assert all(line.startswith("❯ ") for line in found)
    assert len(set(found)) == len(found)
    pane.close()
