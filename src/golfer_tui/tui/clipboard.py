"""The clipboards: the one of the person's terminal, by an escape sequence, and the one of this machine, by its tool.

Not every terminal takes the sequence, and a tool only helps where the screen is this machine's; so both are tried.
"""

import asyncio
import contextlib
import os
import shutil
import sys
from collections.abc import Mapping
from typing import Any

from textual.app import App

LIMIT = 1024 * 1024
"""Characters that are copied at most. Terminals take little more from a program."""

PATIENCE = 3.0
"""Seconds that a tool may take."""

TOOLS = (
    ("WAYLAND_DISPLAY", ("wl-copy",)),
    ("DISPLAY", ("xclip", "-selection", "clipboard")),
    ("DISPLAY", ("xsel", "--input", "--clipboard")),
)
"""What brings text to the clipboard where this variable is set. Some stay in the background to hand it out."""


def copy(app: App[Any], text: str) -> None:
    """Bring a text to both clipboards, and say how much it is."""
    copied = text[:LIMIT]
    app.copy_to_clipboard(copied)
    lines = copied.count("\n") + 1
    told = f"Copied {len(copied):,} character{'s' * (len(copied) != 1)}" + (f" in {lines:,} lines" if lines > 1 else "")
    if copied != text:
        app.notify(f"{told}, the first of {len(text):,}: more is too much.", severity="warning", markup=False)
    else:
        app.notify(f"{told}.", timeout=3, markup=False)


def tool(environment: Mapping[str, str]) -> tuple[str, ...] | None:
    """The command that takes a text for this machine's clipboard; None if there is none. Looks on the disk."""
    if sys.platform == "darwin":
        return ("pbcopy",)
    for variable, command in TOOLS:
        if environment.get(variable) and (path := shutil.which(command[0], path=environment.get("PATH"))):
            return (path, *command[1:])
    return None


async def give(text: str) -> bool:
    """Bring a text to this machine's clipboard. Returns whether its tool took it."""
    command = await asyncio.to_thread(tool, os.environ)
    if command is None:
        return False
    quiet = asyncio.subprocess.DEVNULL
    try:
        process = await asyncio.create_subprocess_exec(
            *command, stdin=asyncio.subprocess.PIPE, stdout=quiet, stderr=quiet, start_new_session=True
        )
    except OSError:
        return False
    try:
        async with asyncio.timeout(PATIENCE):
            await process.communicate(text.encode("utf-8", "replace"))
    except TimeoutError:
        return False
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    return process.returncode == 0
