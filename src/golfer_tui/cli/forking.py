"""`golfer sessions show` and `fork`: the messages of a session, and a new session from one of them on."""

import os
import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from golfer_tui.model.session import SessionState
    from golfer_tui.store.sessions import SessionRow

SHOWN = {"user": "you", "assistant": "orchestrator", "notice": "notice"}
"""Kinds of entries that are listed, and who said them."""

EXCERPT = 200
"""Characters of a message that are shown."""

one_session = click.argument("session")


@click.command()
@one_session
@click.option("--json", "as_json", is_flag=True, help="The session's row and its receipt as a line of JSON each.")
def show(*, session: str, as_json: bool) -> None:
    """Show a session's messages, with their numbers, and what came back when it was resumed last."""
    import asyncio

    from golfer_tui.cli.tables import json_lines, table

    row, state = asyncio.run(_read(session))
    if as_json:
        json_lines([row] if state.receipt is None else [row, state.receipt])
        return
    from golfer_tui.terminal.clean import one_line

    said = [entry for entry in state.chat.entries if entry.kind in SHOWN]
    cells = [
        (str(entry.seq), entry.time.astimezone().strftime("%H:%M:%S"), SHOWN[entry.kind], one_line(entry.text, EXCERPT))
        for entry in said
    ]
    table(("NUMBER", "TIME", "WHO", "MESSAGE"), cells)
    if state.receipt is not None:
        from golfer_tui.model.receipts import described

        head, lines = described(state.receipt)
        click.echo("\n".join(["", one_line(head), *("  " + one_line(line) for line in lines)]))


@click.command()
@one_session
@click.option("--at", metavar="NUMBER", type=click.IntRange(min=1), help="The last event that is copied; default: all.")
@click.option("--workspaces", is_flag=True, help="Copy the workers' folders too, as they are now.")
def fork(*, session: str, at: int | None, workspaces: bool) -> None:
    """Begin a new session with everything that this one holds up to an event, and print its id.

    `golfer sessions show` lists the messages with their numbers. The session itself is left as it is, and may run.
    In the copy no worker runs: those that did stand still, with the memory that they had.
    """
    import asyncio

    from golfer_tui import config

    async def work() -> str:
        from golfer_tui.engine.fork import fork
        from golfer_tui.store.store import Store

        async with Store.open(config.home(os.environ)) as store:
            return (await fork(store, session, at, workspaces=workspaces)).id

    click.echo(asyncio.run(work()))
    if sys.stdout.isatty():
        click.echo("golfer --resume with this id opens it.", err=True)


async def _read(session: str) -> "tuple[SessionRow, SessionState]":
    from golfer_tui import config
    from golfer_tui.model.session import SessionState
    from golfer_tui.store.store import Store

    async with Store.open(config.home(os.environ)) as store:
        row = await store.sessions.get(session)
        state = SessionState(session=row.id)
        async for event in store.each_event(row.id):
            state.apply(event)
        return row, state
