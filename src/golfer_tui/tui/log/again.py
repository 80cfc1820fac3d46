"""A command of the agent's run again by the person: in a shell of their own in the same sandbox.

The agent's terminals are its own, and what ran there may have ended long ago. The shell is interactive, so the command
is written as a person would have to type it.
"""

import asyncio
import contextlib
from typing import TYPE_CHECKING

from golfer_tui.model import commands as cm

if TYPE_CHECKING:
    from golfer_tui.attach.session import OpenSession

PROMPT = 3.0
"""Seconds that a new shell has for its first sign of life."""

LITERAL = "\x16"
"""Control+V: terminals and line editors take the next character as it is."""


def keystrokes(command: str) -> bytes:
    """What has to be typed into an interactive shell so that it runs exactly this command."""
    text = command.strip("\n")
    if "\n" in text or "!" in text:
        # In quotes nothing runs before its end, and `!` does not look into the history.
        text = "eval '" + text.replace("'", "'\\''") + "'"
    typed = "".join(
        "\r" if character == "\n" else LITERAL + character if character < " " or character == "\x7f" else character
        for character in text
    )
    return typed.encode() + b"\r"


async def run_again(engine: "OpenSession", worker: str, command: str, columns: int, rows: int) -> None:
    """Open the person's shell in the worker's sandbox, unless it is open, and type the command there.

    Raises:
        CommandError: the worker has no sandbox now, or none with shells.
        SandboxError: the shell could not be started or does not read.
    """
    await engine.dispatch(cm.OpenShell(worker, columns, rows))
    tape = engine.shell_tape(worker)
    if tape is not None and not tape.end:
        # A shell that is not ready would leave some of the keys to the kernel, which understands fewer of them.
        ready = asyncio.Event()
        stop = tape.listen(ready.set)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PROMPT):
                await ready.wait()
        stop()
    await engine.dispatch(cm.TypeInto(worker, keystrokes(command), "shell"))
