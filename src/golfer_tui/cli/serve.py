"""`golfer serve`: the cockpit in a browser."""

import os
import sys
from contextlib import AsyncExitStack, suppress
from typing import TYPE_CHECKING, Literal

import click

from golfer_tui.cli.attach import layout, remote_opener, runs_as_asked
from golfer_tui.cli.options import DEMO_PROMPT, new_session_options
from golfer_tui.cli.resuming import session_settings
from golfer_tui.model.errors import UsageError

if TYPE_CHECKING:
    from golfer_tui.tui.holding import OpenEngine

Workers = Literal["end", "keep", "leave"]

PORT = 8420

COCKPIT = (sys.executable, "-P", "-m", "golfer_tui", "attach")
"""Starts the cockpit of a tab; the session follows."""


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
    if not running and (problem := config.model_problem(settings, os.environ, key)):
        raise UsageError("model.none", problem)
    keymap_from(settings.keys)  # wrong keys are told here, and not in each tab
    log_to_file()
    opening = DEMO_PROMPT if settings.demo and session is None else ""
    if not is_loopback(host):
        click.echo(
            f"golfer: Other machines can reach {host}, and nothing is encrypted: whoever reads along can steer the "
            "session. Safer: leave --host out, and ssh -L from there.",
            err=True,
        )
    opener = remote_opener(settings, chosen, set_limits, key=key)
    asyncio.run(_serve(opener, opening if prompt is None else prompt, host, port, workers))


async def _serve(opener: "OpenEngine", prompt: str, host: str, port: int, workers: Workers) -> None:
    """Open the session, serve it until a signal or its own end, and tell what became of it."""
    import asyncio
    import signal

    from golfer_tui.attach.visiting import staying, stop
    from golfer_tui.model.commands import SendMessage
    from golfer_tui.web.server import listen, serving

    interrupted = asyncio.Event()
    async with AsyncExitStack() as stack:
        # First of all: with a port that is taken there is to be no session.
        sock = stack.enter_context(await asyncio.to_thread(listen, host, port))
        async with AsyncExitStack() as opening:
            engine = await opening.enter_async_context(await asyncio.to_thread(opener))
            session = engine.session
            if prompt:
                await engine.dispatch(SendMessage(prompt))
            ending = await stack.enter_async_context(staying(layout(), session))
        address = await stack.enter_async_context(serving([*COCKPIT, session], sock, host, f"golfer {session}"))
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, interrupted.set)
        click.echo(f"Session {session} is at\n\n  {address}\n\nKeep the address to yourself. Ctrl+C ends the server.")
        leaving = asyncio.create_task(interrupted.wait(), name="serve interrupted")
        await asyncio.wait({leaving, ending}, return_when=asyncio.FIRST_COMPLETED)
        leaving.cancel()
        closed = ending.done()
        if closed:
            await ending
    if not closed and workers != "leave":
        closed = await stop(layout(), session, workers)
    with suppress(OSError):  # the terminal may be gone
        if closed:
            click.echo(f"Session {session} is closed. golfer --resume {session} brings it back.")
        else:
            click.echo(f"Session {session} goes on in the background: golfer attach {session}")
