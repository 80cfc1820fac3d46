"""`golfer sessions`: what is stored, newest first, and the commands that tidy it up."""

import os
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import click

from golfer_tui.cli.sizes import readable, size_given
from golfer_tui.model.errors import UsageError

if TYPE_CHECKING:
    from golfer_tui.attach.listed import Listed
    from golfer_tui.attach.shelf import Shelf
    from golfer_tui.store.files import Size
    from golfer_tui.store.sessions import SessionRow
    from golfer_tui.store.store import Store

T = TypeVar("T")

confirmed = click.option("--yes", is_flag=True, help="Do not ask.")
one_session = click.argument("session")


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="One session per line, as JSON.")
@click.option("--all", "everything", is_flag=True, help="Archived ones, too.")
@click.option(
    "--search", "text", metavar="TEXT", default="", help="With this text in the title, or in what was said or printed."
)
@click.pass_context
def sessions(context: click.Context, *, as_json: bool, everything: bool, text: str) -> None:
    """List the stored sessions, newest first, or tidy them up.

    `golfer --resume ID` brings one back. A session is named by its id, or by how the id begins or ends.
    """
    if context.invoked_subcommand is not None:
        return
    from golfer_tui.cli.tables import json_lines, table

    rows = _at_rest(archived=everything) if not text else None
    if rows is None:
        rows = _run(lambda: _shelf().list(text, archived=everything))
    if as_json:
        json_lines(rows)
    elif not rows:
        click.echo("No session tells of that." if text else "No session is stored yet.", err=True)
    else:
        heads = ("SESSION", "LAST EVENT", "STATE", "WORKERS", "MODEL", "BACKEND", "TITLE")
        table(heads, [_cells(row) for row in rows])


@sessions.command()
@one_session
@click.argument("title")
def rename(*, session: str, title: str) -> None:
    """Give a session another title."""
    if not (text := " ".join(title.split())):
        raise UsageError("title.empty", "The title is empty.", hint="Say what the session is about.")

    _run(lambda: _shelf().rename(session, text))


@sessions.command()
@one_session
@click.option("--undo", is_flag=True, help="Take it back.")
def archive(*, session: str, undo: bool) -> None:
    """Put a session away: it stays, and is listed with --all only."""

    _run(lambda: _shelf().archive(session, archived=not undo))


@sessions.command()
@one_session
@confirmed
def delete(*, session: str, yes: bool) -> None:
    """Delete a session with its events, recordings and workspaces.

    Shows what would go, and asks.
    """

    async def work() -> None:
        async with _opened() as store:
            row = await store.sessions.get(session)
            await _delete(store, [row], yes=yes)

    _run(work)


@sessions.command()
@click.option("--older", metavar="DAYS", type=click.FloatRange(min=0), help="Whose last event is older than that.")
@click.option(
    "--larger", metavar="SIZE", callback=size_given, help="Whose files take more than that, such as 500M or 2G."
)
@confirmed
def prune(*, older: float | None, larger: int | None, yes: bool) -> None:
    """Delete old or large sessions.

    With both options, those that are old and large. Shows what would go, and asks. A session that is open in a golfer
    is left alone.
    """
    if older is None and larger is None:
        raise UsageError("prune.what", "Say what should go.", hint="Give --older DAYS, --larger SIZE or both.")

    async def work() -> None:
        import datetime as dt

        now = dt.datetime.now(dt.UTC)
        async with _opened() as store:
            chosen = []
            for row in await store.sessions.list():
                old = older is None or (now - row.updated).total_seconds() > older * 86400
                if old and (larger is None or (await store.sessions.size(row.id)).total > larger):
                    if await store.sessions.held(row.id):
                        click.echo(f"{row.id} is open in a golfer and stays.", err=True)
                    else:
                        chosen.append(row)
            if chosen:
                await _delete(store, chosen, yes=yes)
            else:
                click.echo("No session is that old or large.", err=True)

    _run(work)


async def _delete(store: "Store", rows: "list[SessionRow]", *, yes: bool) -> None:
    """Show what would go, ask, and delete it. The leases are held while the person thinks."""
    leases = []
    try:
        for row in rows:
            leases.append(await store.sessions.claim(row.id))
            click.echo(_would_go(row, await store.sessions.size(row.id)), err=True)
            for sandbox in await store.sandboxes.open(row.id):
                if sandbox.backend != "local":
                    what = f"{sandbox.backend} sandbox {sandbox.sandbox} of {sandbox.worker}"
                    click.echo(f"  {what} may still run: end it there", err=True)
        if not yes:
            if not sys.stdin.isatty():
                raise UsageError("delete.ask", "Nobody is there to be asked.", hint="Add --yes to delete without it.")
            import asyncio

            await asyncio.to_thread(click.confirm, "Delete this for ever?", abort=True, err=True)
        for lease in leases:
            await store.sessions.delete(lease)
    finally:
        for lease in leases:
            lease.release()


def _would_go(row: "SessionRow", size: "Size") -> str:
    title = f' "{row.title}"' if row.title else ""
    return (
        f"{row.id}{title}: {row.events:,} events, {row.workers:,} workers, "
        f"recordings {readable(size.recordings)}, workspaces {readable(size.workspaces)}"
    )


def _run(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    import asyncio

    return asyncio.run(work())


def _at_rest(*, archived: bool) -> "list[Listed] | None":
    """The list, if it can be had at once."""
    from golfer_tui import config
    from golfer_tui.attach.listed import at_rest

    found = at_rest(config.home(os.environ))
    return None if found is None else [row for row in found if archived or not row.archived]


def _shelf() -> "Shelf":
    from golfer_tui import config
    from golfer_tui.attach.shelf import Shelf

    return Shelf(config.home(os.environ))


@asynccontextmanager
async def _opened() -> "AsyncIterator[Store]":
    from golfer_tui import config
    from golfer_tui.store.store import Store

    async with Store.open(config.home(os.environ)) as store:
        yield store


def _cells(row: "Listed") -> tuple[str, ...]:
    when = row.updated.astimezone().strftime("%Y-%m-%d %H:%M")
    model = "scripted" if row.scripted else row.model or "default"
    return row.id, when, row.standing(), str(row.workers), model, row.backend, row.title
