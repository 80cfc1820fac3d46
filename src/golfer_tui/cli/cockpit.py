"""Opens the cockpit on the terminal, or says what to use where there is none."""

import os
import sys

from golfer_tui.cli.options import DEMO_PROMPT, engine_opener
from golfer_tui.cli.resuming import session_settings
from golfer_tui.model.errors import UsageError


def open_cockpit(
    *, prompt: str | None, resume: str | None, backend: str | None, model: str | None, demo: bool | None
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
    settings, session = session_settings(resume, backend, model, demo)

    import msgspec

    from golfer_tui import config
    from golfer_tui.cli.logs import log_to_file
    from golfer_tui.tui.app import CockpitApp
    from golfer_tui.tui.running import run_cockpit

    log_to_file()
    ready = config.model_problem(settings, os.environ) is None
    opening = DEMO_PROMPT if settings.demo and resume is None else ""
    app = CockpitApp(
        engine_opener(settings, session) if ready else None,
        open_demo=engine_opener(msgspec.structs.replace(settings, demo=True), session),
        first_prompt=opening if prompt is None else prompt,
        demo_prompt=DEMO_PROMPT,
        theme=settings.theme,
    )
    return run_cockpit(app)
