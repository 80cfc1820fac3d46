"""The flags that several commands share, and the settings that come of them."""

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

    from golfer_tui.engine.engine import Engine
    from golfer_tui.headless.holding import OpenEngine
    from golfer_tui.model.settings import Settings

DEMO_PROMPT = "Play mini golf: find the settings with the lowest val_bpb, with five workers side by side."
"""What the demo is asked when a person gives no prompt of their own."""

Function = TypeVar("Function", bound=Callable[..., Any])

_SESSION = [
    click.option(
        "--resume",
        metavar="[SESSION]",
        is_flag=False,
        flag_value="",
        help="Go on with a stored session: its id or how the id begins; without one, the newest.",
    ),
    click.option("--backend", metavar="local|modal", help="Where workers run.  [default: local]"),
    click.option("--model", metavar="NAME", help="Which language model answers."),
    click.option(
        "--demo/--no-demo",
        default=None,
        help="Let the built-in scripted model answer: no account, no network, real training.",
    ),
]


def session_options(function: Function) -> Function:
    """Flags of the commands that open a session."""
    for option in reversed(_SESSION):
        function = option(function)
    return function


def settings_from(backend: str | None = None, model: str | None = None, demo: bool | None = None) -> "Settings":
    """The settings for the working directory, with the flags that were given.

    Raises:
        UsageError: see `config.load`.
    """
    from pathlib import Path

    from golfer_tui import config

    flags = {"backend": backend, "model.name": model, "demo": demo}
    return config.load(Path.cwd(), os.environ, flags)


def engine_opener(settings: "Settings", resume: str | None) -> "OpenEngine":
    """What opens the engine for a front end, which decides when: importing it takes seconds."""

    def opened() -> "AbstractAsyncContextManager[Engine]":
        from pathlib import Path

        from golfer_tui import config
        from golfer_tui.engine.engine import Engine

        return Engine.open(settings, home=config.home(os.environ), directory=Path.cwd(), resume=resume)

    return opened
