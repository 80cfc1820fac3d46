"""Leaving a session: what can become of it, when the person is asked, and what is told in the end."""

from typing import TYPE_CHECKING, Literal

from golfer_tui.model.errors import CommandError

if TYPE_CHECKING:
    from golfer_tui.attach.session import OpenSession

Farewell = Literal["end", "keep", "leave"]
"""What becomes of a session: its workers end, or wait until it is resumed, or all of it goes on without us."""


def at_work(engine: "OpenSession") -> int:
    """Number of workers about which the person has to be asked."""
    if not engine.attendance.writing:
        return 0
    workers = engine.state.workers.values()
    return sum(not worker.state.final and worker.state != "suspended" for worker in workers)


def unasked(engine: "OpenSession | None") -> Farewell:
    """What becomes of a session in which nobody is at work: while others are there, it is not ours to end."""
    alone = engine is None or (engine.attendance.writing and not engine.attendance.others)
    return "end" if alone else "leave"


async def part(engine: "OpenSession", farewell: Farewell | None) -> str:
    """Let the session go; without a `farewell` it ended by itself. Returns what is to be told on the terminal.

    Raises:
        StoreError: `engine.lost` if it ended unexpectedly, or what went wrong while it was closed.
    """
    if farewell in {"end", "keep"}:
        try:
            await engine.close("end" if farewell == "end" else "keep")
        except CommandError:
            pass  # another terminal steers it since this moment, and decides what becomes of it
        else:
            session, asked = engine.session, bool(engine.state.chat.entries or engine.state.workers)
            return f"Session {session} is closed. golfer --resume {session} brings it back." if asked else ""
    await engine.detach()
    if farewell is None:
        return f"Session {engine.session} was closed from another terminal."
    if engine.attendance.background:
        return f"Session {engine.session} goes on in the background: golfer attach {engine.session}"
    return ""
