"""`golfer serve`: the cockpit in a browser."""

import os
import sys
from contextlib import AsyncExitStack, suppress
from typing import TYPE_CHECKING, Any, Literal, cast

import click

from golfer_tui.cli.attach import layout, remote_opener, runs_as_asked
from golfer_tui.cli.options import ASSIGNED, DEMO_PROMPT, LIMITS, new_session_options
from golfer_tui.cli.resuming import session_settings

if TYPE_CHECKING:
    from golfer_tui.tui.holding import OpenEngine

Workers = Literal["end", "keep", "leave"]

PORT = 8420

COCKPIT = (sys.executable, "-P", "-m", "golfer_tui", "attach")
"""Starts the cockpit of a tab; the session follows."""

FIRST_STEPS = (sys.executable, "-P", "-m", "golfer_tui")
"""Starts it where there is no model yet; the flags of the session follow."""


@click.command()
@click.option("--session", metavar="SESSION", help="One that is stored or runs already.  [default: a new one]")
@click.option("--prompt", metavar="TEXT", help="Send this as the first message.")
@click.option("--host", metavar="ADDRESS", default="127.0.0.1", show_default=True, help="Where to listen.")
@click.option(
    "--port", metavar="N", type=click.IntRange(0, 65535), default=PORT, show_default=True, help="0 takes a free one."
)
@click.option(
    "--leave", "workers", flag_value="leave", default="leave", help="In the end the session goes on (default)."
)
@click.option("--keep", "workers", flag_value="keep", help="In the end it is closed; its workers wait for a resume.")
@click.option("--end", "workers", flag_value="end", help="In the end it is closed, and its workers are killed.")
@new_session_options
def serve(
    *,
    session: str | None,
    prompt: str | None,
    host: str,
    port: int,
    workers: Workers,
    backend: str | None,
    model: str | None,
    demo: bool | None,
    **limits: str | None,
) -> None:
    """Show the cockpit in a browser.

    Prints the address to open. Whoever has it steers the session, so it is made anew at each start, and only this
    machine can reach it. Each tab is a cockpit of the same session. Ctrl+C ends the server.
    """
    import asyncio

    from golfer_tui import config
    from golfer_tui.cli.logs import log_to_file
    from golfer_tui.config.credentials import key_for
    from golfer_tui.tui.keymap import keymap_from
    from golfer_tui.web.door import is_loopback

    settings, chosen, set_limits = session_settings(session, backend, model, demo, limits)
    running = runs_as_asked(chosen, backend, model, demo, *limits.values())
    key = None if running else key_for(settings, os.environ)
    ready = running or config.model_problem(settings, os.environ, key) is None
    keymap_from(settings.keys)  # wrong keys are told here, and not in each tab
    log_to_file()
    opening = DEMO_PROMPT if settings.demo and session is None else ""
    if not is_loopback(host):
        click.echo(
            f"golfer: Other machines can reach {host}, and nothing is encrypted: whoever reads along can steer the "
            "session. Safer: leave --host out, and ssh -L from there.",
            err=True,
        )
    first_steps = [*FIRST_STEPS, *_flags(prompt, chosen, backend, model, limits)]
    opener = remote_opener(settings, chosen, set_limits, key=key) if ready else None
    asyncio.run(_serve(opener, opening if prompt is None else prompt, first_steps, host, port, workers))


def _flags(
    prompt: str | None, session: str | None, backend: str | None, model: str | None, limits: dict[str, str | None]
) -> list[str]:
    """The flags that were given, as the command without a subcommand takes them."""
    named = {"prompt": prompt, "resume": session, "backend": backend, "model": model}
    named |= {name.replace("_", "-"): limits.get(name) for name in LIMITS}
    assigned = cast("dict[str, str]", limits.get(ASSIGNED) or {})
    return [
        *(f"--{name}={value}" for name, value in named.items() if value is not None),
        *(f"--set={name}={value}" for name, value in assigned.items()),
    ]


async def _serve(
    opener: "OpenEngine | None", prompt: str, first_steps: list[str], host: str, port: int, workers: Workers
) -> None:
    """Serve a session until a signal or its own end, and tell what became of it; without an `opener` a tab opens it."""
    import asyncio
    import signal

    from golfer_tui.attach.visiting import staying, stop
    from golfer_tui.model.commands import SendMessage
    from golfer_tui.web.server import listen, serving

    loop = asyncio.get_running_loop()
    interrupted, session, closed = asyncio.Event(), "", False
    told: asyncio.Future[str] = loop.create_future()

    def opened(session: str) -> list[str]:
        """The first session that a tab opens is what all others show."""
        if not told.done():
            told.set_result(session)
        return [*COCKPIT, told.result()]

    async with AsyncExitStack() as stack:
        # First of all: with a port that is taken there is to be no session.
        sock = stack.enter_context(await asyncio.to_thread(listen, host, port))
        ending: asyncio.Task[None] | None = None
        if opener is not None:
            async with AsyncExitStack() as opening:
                engine = await opening.enter_async_context(await asyncio.to_thread(opener))
                session = engine.session
                told.set_result(session)
                if prompt:
                    await engine.dispatch(SendMessage(prompt))
                ending = await stack.enter_async_context(staying(layout(), session))
        argv = [*COCKPIT, session] if session else first_steps
        address = await stack.enter_async_context(serving(argv, sock, host, f"golfer {session}".strip(), opened))
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, interrupted.set)
        what = f"Session {session} is at" if session else "No model is set up yet; the first steps are at"
        click.echo(f"{what}\n\n  {address}\n\nKeep the address to yourself. Ctrl+C ends the server.")
        leaving = asyncio.create_task(interrupted.wait(), name="serve interrupted")
        stack.callback(leaving.cancel)
        first: set[asyncio.Future[Any]] = {leaving, told}
        await asyncio.wait(first, return_when=asyncio.FIRST_COMPLETED)
        if told.done() and ending is None:
            session = told.result()
            ending = await stack.enter_async_context(staying(layout(), session))
            click.echo(f"Session {session} is there now.")
        if ending is not None:
            await asyncio.wait({leaving, ending}, return_when=asyncio.FIRST_COMPLETED)
            closed = ending.done()
            if closed:
                await ending
    if not session:
        return
    if not closed and workers != "leave":
        closed = await stop(layout(), session, workers)
    with suppress(OSError):  # the terminal may be gone
        if closed:
            click.echo(f"Session {session} is closed. golfer --resume {session} brings it back.")
        else:
            click.echo(f"Session {session} goes on in the background: golfer attach {session}")
