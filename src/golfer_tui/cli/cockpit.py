"""Opens the cockpit on the terminal, or says what to use where there is none."""

import os
import sys
from typing import TYPE_CHECKING

from golfer_tui.cli.attach import remote_opener, runs
from golfer_tui.cli.options import DEMO_PROMPT, Flags
from golfer_tui.cli.resuming import session_settings
from golfer_tui.model.errors import UsageError

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

    from golfer_tui.attach.session import OpenSession
    from golfer_tui.attach.shelf import Shelf
    from golfer_tui.tui.holding import OpenEngine


def open_cockpit(
    *, prompt: str | None, resume: str | None, backend: str | None, model: str | None, demo: bool | None, limits: Flags
) -> int:
    """Run the cockpit until it is closed; returns the exit code.

    Raises:
        UsageError: `terminal.none` without a terminal that can show it, or what the settings raise.
        StoreError: the session cannot be found or opened.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()) or os.environ.get("TERM") == "dumb":
        raise UsageError(
            "terminal.none",
            "The cockpit needs a terminal, and this is none.",
            hint="Without one use: golfer run --prompt TEXT",
        )
    settings, session, set_limits = session_settings(resume, backend, model, demo, limits)
    running = session is not None and runs(session)
    if running and any(value is not None for value in (backend, model, demo, *limits.values())):
        raise UsageError(
            "attach.settings",
            f"Session {session} runs already, with settings of its own.",
            hint="Leave the flags out to attach to it; limits can be changed in the cockpit.",
        )

    import click
    import msgspec

    from golfer_tui import config
    from golfer_tui.cli.logs import log_to_file
    from golfer_tui.tui.app import CockpitApp
    from golfer_tui.tui.keymap import keymap_from
    from golfer_tui.tui.running import run_cockpit

    keymap = keymap_from(settings.keys)

    log_to_file()
    # An engine that runs has its model, whatever is set up in this terminal.
    ready = running or config.model_problem(settings, os.environ) is None
    opening = DEMO_PROMPT if settings.demo and resume is None else ""
    app = CockpitApp(
        remote_opener(settings, session, set_limits) if ready else None,
        open_demo=remote_opener(msgspec.structs.replace(settings, demo=True), session, set_limits),
        # Without a model it can only have been the demo.
        reopen=lambda lost: remote_opener(settings, lost) if ready else opener_of(lost),
        open_other=opener_of,
        open_shelf=opened_shelf,
        first_prompt=opening if prompt is None else prompt,
        demo_prompt=DEMO_PROMPT,
        theme=settings.theme,
        keymap=keymap,
    )
    code = run_cockpit(app)
    if app.parting:
        click.echo(app.parting)
    return code


def opened_shelf() -> "Shelf":
    """The stored sessions."""
    from golfer_tui import config
    from golfer_tui.attach.shelf import Shelf

    return Shelf(config.home(os.environ))


def opener_of(session: str) -> "OpenEngine":
    """What opens a stored session as it was, whatever the flags of this start were."""

    def opened() -> "AbstractAsyncContextManager[OpenSession]":
        settings, found, limits = session_settings(session, None, None, None, {})
        return remote_opener(settings, found, limits)()

    return opened
