"""The cockpit on a real terminal with a stage behind it, for `test_canvas.py`.

It prints into its panes; on SIGUSR1 it wipes the terminal and lets the compositor draw all of it anew. Before and after
that it sets the terminal's title, by which the test knows that everything before has arrived.
"""

import asyncio
import signal
import sys
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tui.stage import Stage, crowd, on_gpus

from golfer_tui.model import worker_events as we
from golfer_tui.tui.app import CockpitApp
from golfer_tui.tui.canvas import Canvas
from golfer_tui.tui.cockpit import Cockpit
from golfer_tui.tui.fleet import Fleet
from golfer_tui.tui.keyboard import Keyboard

RED, TRUE = "\x1b[1;31mred\x1b[0m", "\x1b[38;2;10;200;30mtrue\x1b[0m"

OUTPUT = (
    "plain text, and text that is longer than the pane is wide " * 3 + "\n",
    f"{RED} {TRUE} \x1b[44mground\x1b[0m \x1b[7mreverse\x1b[0m \x1b[8mno\x1b[0m\n",
    "漢字かな 😀 e\u0301 \x1b]8;;https://example.org\x1b\\link\x1b]8;;\x1b\\ \x1b[2mdim\x1b[0m \x1b[9mgone\x1b[0m\n",
)
drawn = 0


def counted(put: Callable[[Canvas, int, int, str], None]) -> Callable[[Canvas, int, int, str], None]:
    def count(self: Canvas, x: int, y: int, text: str) -> None:
        global drawn
        drawn += 1
        put(self, x, y, text)

    return count


async def direct(app: CockpitApp, stage: Stage, scene: str) -> None:
    asked = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, asked.set)
    while not isinstance(app.screen, Cockpit) or not app.screen.names:
        await asyncio.sleep(0.01)
    screen, fleet = app.screen, app.screen.query_one(Fleet)
    await settled(app)
    fleet.focus()  # No cursor blinks there.
    match scene:
        case "typing":
            screen.query_one(Keyboard).hand_to("order-4")
        case "toast":
            app.notify("A toast that lies above the last panes.\n" * 4, timeout=60)
    await settled(app)
    before = drawn
    for number in range(15):
        for name in stage.tapes:
            stage.print(name, f"{number} {OUTPUT[number % len(OUTPUT)]}")
        stage.emit(we.WorkerMetric(name="val_bpb", value=2 + number / 100, step=40 + number), "order-4")
        await asyncio.sleep(0.02)
    await settled(app)
    # What is shown now was drawn straight, last of all the heads.
    fleet.draw(screen.names, {name: range(60) for name in screen.names})
    assert app._driver is not None
    app._driver.write(f"\x1b]2;drawn {drawn - before}\x07")
    await asked.wait()
    app._driver.write("\x1b[2J")
    screen.refresh()
    await settled(app)
    app._driver.write("\x1b]2;again\x07")


async def settled(app: CockpitApp) -> None:
    """Wait until nothing is drawn any more."""
    before = -1
    while before != drawn:
        before = drawn
        await asyncio.sleep(0.3)


async def main() -> None:
    stage = crowd(9)
    on_gpus(stage, "lr-high")
    Canvas._put = counted(Canvas._put)  # type: ignore[method-assign]
    app = CockpitApp(stage.open, now=stage.now, theme=sys.argv[2])  # type: ignore[arg-type]
    directing = asyncio.create_task(direct(app, stage, sys.argv[1]))
    await app.run_async()
    await directing


asyncio.run(main())
