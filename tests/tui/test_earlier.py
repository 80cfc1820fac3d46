"""A pane's history from before the front end came: there soon after the first picture, and never in a reader's way."""

import pytest
from textual.app import App
from tui.stage import Stage

from golfer_tui.model import session_events as se
from golfer_tui.model import worker_events as we
from golfer_tui.terminal.printed import Printed
from golfer_tui.terminal.tape import Tape
from golfer_tui.tui import earlier
from golfer_tui.tui.canvas import Canvas
from golfer_tui.tui.earlier import bring_earlier
from golfer_tui.tui.panes import Panes

LINES = 3000
WHOLE = b"".join(b"line %d\r\n" % number for number in range(LINES))
CUT = WHOLE.index(b"line 2900")


def resumed() -> tuple[Stage, Panes]:
    """A worker that printed all of it, of which the tape has the end only, and its pane that has taken that."""
    stage = Stage()
    stage.emit(se.SessionStarted(title="", backend="local", model="m"))
    stage.start("ann")
    stage.emit(we.WorkerCommand(command="count", id=1, offset=0), "ann")
    stage.emit(we.WorkerOutput(text="", offset=0, size=len(WHOLE)), "ann")
    stage.tapes["ann"] = tape = Tape(CUT)
    tape.append(WHOLE[CUT:])
    stage.recorded["ann"] = [Printed(0, WHOLE, None, 80, 24)]
    panes = Panes(stage.state.workers, stage.tape)
    pane = panes.get("ann")
    assert pane is not None
    pane.resize(40, 8)
    while panes.feed()[1]:
        pass
    return stage, panes


def oldest(panes: Panes) -> list[str]:
    """The first lines of ann's pane, without being seen as a reader."""
    pane = panes.get("ann")
    assert pane is not None
    pane.scroll(1 << 20)
    text = pane.text().splitlines()
    pane.scroll(-(1 << 20))
    return text


async def test_the_whole_history_comes_behind_the_first_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(earlier, "PAUSE", 0)
    stage, panes = resumed()
    assert oldest(panes)[0] == "line 2900"
    asked: list[None] = []
    await bring_earlier(stage, panes, lambda: asked.append(None))
    assert oldest(panes)[:2] == ["❯ count", "line 0"]
    rows, _ = panes.feed()
    assert rows["ann"] == set(range(8))
    assert asked
    # What is printed from now on goes on below it.
    stage.tapes["ann"].append(b"and more\r\n")
    panes.touch("ann")
    panes.feed()
    pane = panes.get("ann")
    assert pane is not None
    assert pane.text().splitlines()[-2:] == ["line 2999", "and more"]
    panes.close()


async def test_it_is_bounded_and_begins_with_a_whole_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(earlier, "PAUSE", 0)
    monkeypatch.setattr(earlier, "EARLIER", 1002)
    stage, panes = resumed()
    await bring_earlier(stage, panes, lambda: None)
    before = CUT - 1002
    first = WHOLE[WHOLE.index(b"\n", before) + 1 :].split(b"\r\n")[0].decode()
    assert oldest(panes)[0] == first
    panes.close()


async def test_nobody_is_disturbed_who_reads() -> None:
    _, panes = resumed()

    async def fetch(offset: int, size: int) -> bytes:
        return WHOLE[offset : offset + size]

    pane = panes.get("ann")
    assert pane is not None
    pane.scroll(3)
    assert not await panes.lengthen("ann", 0, fetch)
    pane.scroll(-3)
    pane.hold(True)
    assert not await panes.lengthen("ann", 0, fetch)
    pane.hold(False)

    async def cut(offset: int, size: int) -> bytes:
        return WHOLE[offset : min(offset + size, CUT - 1)]

    assert not await panes.lengthen("ann", 0, cut), "it does not reach up to the tape"
    assert panes.get("ann") is pane
    assert not pane.closed
    assert await panes.lengthen("ann", 0, fetch)
    assert pane.closed
    panes.close()


def test_a_compressed_history_reads_as_before() -> None:
    _, panes = resumed()
    pane = panes.get("ann")
    assert pane is not None
    before = oldest(panes)
    assert panes.rest(), "it was fed just now"
    assert not panes.rest()
    assert oldest(panes) == before
    panes.close()


async def test_a_pane_at_rest_leaves_nothing_on_the_tape_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(earlier, "PAUSE", 0)
    stage, panes = resumed()
    tape = stage.tapes["ann"]
    panes.rest()
    panes.rest()
    assert (tape.start, tape.end) == (len(WHOLE), len(WHOLE))
    # What was not brought yet comes all the same, with what was on the tape.
    await bring_earlier(stage, panes, lambda: None)
    tape.append(b"and more\r\n")
    panes.touch("ann")
    panes.feed()
    assert oldest(panes)[:2] == ["❯ count", "line 0"]
    pane = panes.get("ann")
    assert pane is not None
    assert pane.text().splitlines()[-2:] == ["line 2999", "and more"]
    panes.close()


async def test_nothing_is_drawn_straight_while_the_app_keeps_what_it_displays(monkeypatch: pytest.MonkeyPatch) -> None:
    """What an app displays in the middle of a batch never comes to the terminal."""
    app: App[None] = App()
    async with app.run_test():
        monkeypatch.setattr(App, "is_headless", False)
        canvas = Canvas(app.screen)
        assert canvas.begin()
        with app.batch_update():
            assert not canvas.begin()
        assert canvas.begin()
        monkeypatch.undo()
