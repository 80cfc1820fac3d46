"""A worker with commands of all kinds, its log in the cockpit, and what stands there."""

from textual import events
from textual.pilot import Pilot
from tui.stage import Stage
from tui.waiting import cockpit, settled, until

from golfer_tui.model import session_events as se
from golfer_tui.tui.app import CockpitApp
from golfer_tui.tui.fleet import Fleet
from golfer_tui.tui.log.log import Log


def busy() -> Stage:
    """One worker with five commands: short, long, failed, a full-screen one, and one that runs."""
    stage = Stage()
    stage.emit(se.SessionStarted(title="", backend="local", model="m"))
    stage.start("ann")
    stage.run("ann", "cat notes", "first note\nsecond note\n", seconds=0.1)
    stage.run("ann", "seq 400 | sed s/^/row-/", "".join(f"row-{number:03}-{'x' * 20}\n" for number in range(400)))
    stage.run("ann", "make", "\x1b[31merror:\x1b[0m no rule\n", 2, 1.5)
    stage.run("ann", "less notes", "\x1b[?1049h\x1b[2J\x1b[Hsecond page\x1b[?1049l", 0)
    stage.run("ann", "python train.py", "10%\r20%\rstep 1 " + "long " * 40 + "end\n", None)
    return stage


async def log_of(app: CockpitApp, pilot: Pilot[int]) -> Log:
    """The log of the first worker, open and read."""
    fleet = cockpit(app).query_one(Fleet)
    fleet.focus()
    await pilot.press("1", "L")
    log = cockpit(app).query_one(Log)
    await until(pilot, lambda: log.worker and app.focused is log)
    await settled(app, pilot)
    return log


def rows(app: CockpitApp) -> list[str]:
    """The rows of the log."""
    log = cockpit(app).query_one(Log)
    return ["".join(segment.text for segment in log.render_line(y)).rstrip() for y in range(log.size.height)]


def last(app: CockpitApp) -> str:
    """The last row of the log that is not empty."""
    return next(row for row in reversed(rows(app)) if row)


def told(app: CockpitApp) -> list[str]:
    """What was said in toasts."""
    return [note.message for note in app._notifications]


def headers(app: CockpitApp) -> list[str]:
    return [row for row in rows(app) if row[:1] in "▾▸" and row]


def wheel(kind: type[events.MouseEvent], log: Log, y: int, *, shift: bool = False) -> events.MouseEvent:
    return kind(log, 5, y, 0, 0, 0, shift, False, False, 5, y)
