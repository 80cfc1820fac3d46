"""The flags that several commands share, and the settings that come of them."""

import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

    from golfer_tui.engine.engine import Engine
    from golfer_tui.headless.holding import OpenEngine
    from golfer_tui.model.commands import SetLimits
    from golfer_tui.model.secret import Secret
    from golfer_tui.model.settings import Settings

DEMO_PROMPT = "Play mini golf: find the settings with the lowest val_bpb, with five workers side by side."
"""What the demo is asked when a person gives no prompt of their own."""

ASSIGNED = "assigned"
"""Name of the parameter with the settings that `--set` gives."""

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
    click.option("--max-gpus", metavar="N", help="GPUs that may be leased at once."),
    click.option("--gpus", metavar="TYPE=N,…", help="The same by type, such as H100=4,A100-80GB=2."),
    click.option("--max-local", metavar="N", help="Local workers that may run at once."),
    click.option("--max-dollars", metavar="N", help="Dollars that the session may spend, by estimate."),
]


def _assigned(context: click.Context, _option: click.Parameter, values: tuple[str, ...]) -> dict[str, str] | None:
    """The settings that `--set` gives, by dotted key; None without one."""
    for value in values:
        if not value.partition("=")[1]:
            raise click.UsageError(f"--set takes KEY=VALUE, such as modal.timeout=3600, not '{value}'.", context)
    return {key.strip(): text for key, _, text in (value.partition("=") for value in values)} or None


_SESSION.append(
    click.option(
        "--set",
        ASSIGNED,
        metavar="KEY=VALUE",
        multiple=True,
        callback=_assigned,
        help="Any other setting by its key, such as modal.timeout=3600; may be given again.",
    )
)

LIMITS = {"max_gpus": "pool.max_gpus", "gpus": "pool.gpus", "max_local": "pool.max_local",
          "max_dollars": "pool.max_dollars"}  # fmt: skip
"""Flags that limit a session, and their settings. For a resumed session they go over what it remembers."""

Flags = Mapping[str, object]
"""Values of the session's flags by the name of their parameter; None was not given."""


def session_options(function: Function) -> Function:
    """Flags of the commands that open a session."""
    for option in reversed(_SESSION):
        function = option(function)
    return function


def new_session_options(function: Function) -> Function:
    """The same without `--resume`, for a command that names sessions in its own way."""
    for option in reversed(_SESSION[1:]):
        function = option(function)
    return function


def settings_from(
    backend: str | None = None, model: str | None = None, demo: bool | None = None, limits: Flags | None = None
) -> "Settings":
    """The settings for the working directory, with the flags that were given.

    `limits` are the flags of `LIMITS`, and `ASSIGNED`.

    Raises:
        UsageError: see `config.load`.
    """
    from pathlib import Path

    from golfer_tui import config

    given = dict(limits or {})
    assigned = given.pop(ASSIGNED, None) or {}
    flags = {"backend": backend, "model.name": model, "demo": demo, **{LIMITS[name]: at for name, at in given.items()}}
    named = {key: value for key, value in flags.items() if value is not None}
    return config.load(Path.cwd(), os.environ, {**cast("Flags", assigned), **named})


def limits_from(settings: "Settings", limits: Flags) -> "SetLimits | None":
    """The command that sets the limits that were given as flags; None if none was."""
    from golfer_tui.model.commands import SetLimits

    assigned = cast("Flags", limits.get(ASSIGNED) or {})
    given = {
        name: getattr(settings.pool, name)
        for name, key in LIMITS.items()
        if limits.get(name) is not None or key in assigned
    }
    return SetLimits(**given) if given else None


def engine_opener(
    settings: "Settings", resume: str | None, limits: "SetLimits | None" = None, *, key: "Secret | None" = None
) -> "OpenEngine":
    """What opens the engine for a front end, which decides when: importing it takes seconds.

    `key` is the one of the models' server, where the environment has none.
    """

    def opened() -> "AbstractAsyncContextManager[Engine]":
        from pathlib import Path

        from golfer_tui import config
        from golfer_tui.engine.engine import Engine

        home = config.home(os.environ)
        return Engine.open(settings, home=home, directory=Path.cwd(), resume=resume, limits=limits, key=key)

    return opened
