"""Checks of this machine: Python, the emulator, the store, skills, isolation, GPUs, the terminal."""

import asyncio
import codecs
import os
import platform
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from golfer_tui.doctor.finding import Finding
from golfer_tui.model.errors import SandboxError, StoreError
from golfer_tui.model.settings import Settings
from golfer_tui.sandboxes.gauges import Nvml
from golfer_tui.sandboxes.local.isolation import find_bubblewrap
from golfer_tui.skills.library import Library
from golfer_tui.store.store import Store

SPACE = 1024**3
"""Bytes of free disk under which recordings may soon not fit."""

WHEELS = "pyghostty has wheels for Linux with glibc 2.27 (x86-64, ARM64) and for macOS 13, or newer; not for musl."
"""Where the emulator runs. Elsewhere golfer cannot be installed: there is no slower emulator in its place."""

REINSTALL = "pip install --force-reinstall pyghostty"


def python() -> Finding:
    """The interpreter."""
    return Finding("python", "ok", f"{platform.python_implementation()} {platform.python_version()}, {sys.executable}")


def emulator() -> Finding:
    """The terminal emulator behind the panes: feed it a line and read it back."""
    try:
        from golfer_tui.terminal.ghostty import version
        from golfer_tui.terminal.screen import Screen

        screen = Screen(20, 2)
        try:
            screen.feed(b"\x1b[1mready\x1b[m")
            shown = screen.text()[0].strip()
        finally:
            screen.close()
    except (ImportError, OSError, RuntimeError) as error:
        text = f"the terminal emulator does not load, and there is no other: {error}"
        return Finding("emulator", "missing", text, f"{WHEELS} Then: {REINSTALL}", needed=True)
    if shown != "ready":
        return Finding("emulator", "missing", f"the terminal emulator shows {shown!r} for 'ready'", needed=True)
    return Finding("emulator", "ok", f"{version()}, draws the panes and answers programs")


async def store(home: Path) -> Finding:
    """The store: made if it is not there, opened, brought up to date."""
    try:
        async with Store.open(home) as opened:
            sessions = len(await opened.sessions.list())
    except StoreError as error:
        return Finding("store", "missing", error.message, error.hint, needed=True)
    free = (await asyncio.to_thread(shutil.disk_usage, home)).free
    count = f"{sessions} session{'' if sessions == 1 else 's'} in {home}"
    if free < SPACE:
        text = f"{count}, but only {free // 1024**2} MiB are free on its disk"
        return Finding("store", "warn", text, "Make room, or set GOLFER_HOME to a folder on another disk.")
    return Finding("store", "ok", count)


def isolation(settings: Settings) -> Finding:
    """Whether local workers are kept apart from the rest of this machine."""
    if settings.local.isolation == "none":
        return Finding("isolation", "warn", "switched off in the settings: commands of local workers run as you")
    try:
        program = find_bubblewrap("bubblewrap")
    except SandboxError as error:
        text = f"commands of local workers run as you: {error.message}"
        return Finding("isolation", "warn", text, "Install bubblewrap: apt install bubblewrap")
    return Finding("isolation", "ok", f"{program} shows local workers this machine read-only")


def skills(directory: Path, settings: Settings) -> Finding:
    """Whether all skills can be loaded."""
    library = Library.open(directory, settings.skills)
    names = ", ".join(skill.name for skill in library.skills)
    if library.problems:
        first = library.problems[0]
        return Finding("skills", "warn", f"{len(library.problems)} cannot be loaded: {first.message}", first.hint)
    if not names:
        return Finding("skills", "missing", "there are none, not even built in", "Install golfer again.", needed=True)
    return Finding("skills", "ok", names)


def gpus() -> Finding:
    """NVIDIA GPUs, as the driver tells."""
    nvml = Nvml()
    try:
        found = [gpu.type for gpu in nvml.gpus()]
    finally:
        nvml.close()
    if not found:
        hint = "Local workers run on the CPU; GPUs come with --backend modal, or with NVIDIA's driver here."
        return Finding("gpus", "warn", "this machine has no NVIDIA GPU, or no driver for it", hint)
    kinds = ", ".join(f"{found.count(kind)} x {kind}" for kind in dict.fromkeys(found))
    return Finding("gpus", "ok", kinds)


def terminal(environ: Mapping[str, str]) -> Finding:
    """The terminal that the cockpit would be drawn on."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return Finding("terminal", "warn", "this is no terminal", "Use golfer run here, or golfer in a terminal.")
    kind = environ.get("TERM", "")
    if kind in {"", "dumb"}:
        text = f"TERM is {kind or 'not set'}: the cockpit cannot be drawn"
        return Finding("terminal", "missing", text, "Use another terminal, or golfer run --interactive.")
    columns, rows = os.get_terminal_size()
    colours = "24-bit colour" if environ.get("COLORTERM") in {"truecolor", "24bit"} else "256 colours or fewer"
    text = f"{kind}, {columns}x{rows}, {colours}"
    if codecs.lookup(sys.stdout.encoding).name != "utf-8":
        return Finding("terminal", "warn", f"{text}, {sys.stdout.encoding}", "Set a UTF-8 locale: export LANG=C.UTF-8")
    if columns < 80 or rows < 24:
        return Finding("terminal", "warn", text, "Make it at least 80x24.")
    return Finding("terminal", "ok", text)
