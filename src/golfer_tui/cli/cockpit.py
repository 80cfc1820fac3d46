"""Opens the cockpit on the terminal, or says what to use where there is none."""

import os
import sys
from typing import TYPE_CHECKING

from golfer_tui.cli.attach import remote_opener, runs_as_asked
from golfer_tui.cli.options import DEMO_PROMPT, Flags
from golfer_tui.cli.resuming import session_settings
from golfer_tui.model.errors import UsageError

if TYPE_CHECKING:
    from golfer_tui.attach.shelf import Shelf


def open_cockpit(
    *, prompt: str | None, resume: str | None, backend: str | None, model: str | None, demo: bool | None, limits: Flags
) -> int:
    """Run the cockpit until it is closed; returns the exit code.

    Raises:
        UsageError: `terminal.none` without a terminal that can show it, or what the settings raise.
        StoreError: the session cannot be found or opened.
    """
    if not _drawable():
        raise UsageError(
            "terminal.none",
            "The cockpit needs a terminal, and this is none.",
            hint="Without one use: golfer run --prompt TEXT",
        )
    settings, session, set_limits = session_settings(resume, backend, model, demo, limits)
    running = runs_as_asked(session, backend, model, demo, *limits.values())

    import click
    import msgspec

    from golfer_tui import config
    from golfer_tui.cli.logs import log_to_file
    from golfer_tui.cli.setting_up import SettingUp
    from golfer_tui.tui.app import CockpitApp
    from golfer_tui.tui.keymap import keymap_from
    from golfer_tui.tui.running import run_cockpit

    keymap = keymap_from(settings.keys)

    log_to_file()
    # An engine that runs has its model, whatever is set up in this terminal.
    setup = SettingUp(
        settings, session, set_limits, ready=running or config.model_problem(settings, os.environ) is None
    )
    opening = DEMO_PROMPT if settings.demo and resume is None else ""
    app = CockpitApp(
        setup.opener() if setup.ready else None,
        open_demo=remote_opener(msgspec.structs.replace(settings, demo=True), session, set_limits),
        setup=setup,
        reopen=setup.reopen,
        open_other=setup.open_other,
        open_shelf=opened_shelf,
        first_prompt=opening if prompt is None else prompt,
        demo_prompt=DEMO_PROMPT,
        theme=settings.theme,
        keymap=keymap,
        notices=settings.notices,
    )
    code = run_cockpit(app)
    if app.parting:
        click.echo(app.parting)
    return code


def _drawable() -> bool:
    """There is a terminal, or a browser behind `golfer serve`."""
    if os.environ.get("TEXTUAL_DRIVER", "").endswith(":WebDriver"):
        return True
    return sys.stdin.isatty() and sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def opened_shelf() -> "Shelf":
    """The stored sessions."""
    from golfer_tui import config
    from golfer_tui.attach.shelf import Shelf

    return Shelf(config.home(os.environ))
