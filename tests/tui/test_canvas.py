"""What is drawn straight onto the terminal is, cell by cell, what Textual's compositor would have drawn there."""

import contextlib
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tui.outer import Outer, running

PLAYER = Path(__file__).with_name("canvas_player.py")

SCENES = {
    "plain": ((200, 60), "ansi-dark", {}),
    "typing": ((160, 50), "", {"NO_COLOR": "1"}),
    "toast": ((240, 60), "textual-light", {}),
}


@pytest.fixture(scope="module")
def players(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Outer]]:
    """All scenes, begun at once: most of the time each of them waits until nothing is drawn any more."""
    with contextlib.ExitStack() as stack:
        yield {
            scene: stack.enter_context(
                running(
                    [sys.executable, str(PLAYER), scene, theme],
                    size,
                    GOLFER_HOME=str(tmp_path_factory.mktemp(scene)),
                    **environ,
                )
            )
            for scene, (size, theme, environ) in SCENES.items()
        }


@pytest.mark.parametrize("scene", SCENES)
def test_both_ways_of_drawing_give_the_same_cells(scene: str, players: dict[str, Outer]) -> None:
    terminal, ((_, rows), _, _) = players[scene], SCENES[scene]
    terminal.until(lambda: terminal.screen.title.startswith("drawn"))
    assert int(terminal.screen.title.split()[1]) > 100, "hardly anything was drawn straight"
    straight = [terminal.screen.line(y) for y in range(rows)]
    terminal.process.send_signal(signal.SIGUSR1)
    terminal.until(lambda: terminal.screen.title == "again")
    composed = [terminal.screen.line(y) for y in range(rows)]
    assert straight == composed
    assert any("漢字" in run.text for line in straight for run in line)
