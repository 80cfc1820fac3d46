"""`golfer sessions`: what is stored, newest first."""

import os
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from golfer_tui.store.sessions import SessionRow


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One session per line, as JSON.")
def sessions(*, as_json: bool) -> None:
    """List the stored sessions, newest first.

    `golfer --resume ID` brings one back.
    """
    import asyncio

    from golfer_tui.cli.tables import json_lines, table

    rows = asyncio.run(_stored())
    if as_json:
        json_lines(rows)
    elif not rows:
        click.echo("No session is stored yet.", err=True)
    else:
        heads = ("SESSION", "LAST EVENT", "STATE", "WORKERS", "MODEL", "BACKEND", "TITLE")
        table(heads, [_cells(row) for row in rows])


async def _stored() -> "list[SessionRow]":
    """All sessions; one that nobody has any more does not run, whatever it said last."""
    import msgspec

    from golfer_tui import config
    from golfer_tui.store.store import Store

    async with Store.open(config.home(os.environ)) as store:
        return [
            msgspec.structs.replace(row, state="interrupted")
            if row.state == "running" and not await store.sessions.held(row.id)
            else row
            for row in await store.sessions.list()
        ]


def _cells(row: "SessionRow") -> tuple[str, ...]:
    when = row.updated.astimezone().strftime("%Y-%m-%d %H:%M")
    model = "scripted" if row.scripted else row.model or "default"
    return row.id, when, row.state, str(row.workers), model, row.backend, row.title
