"""`golfer attach` and `golfer stop`: sessions that run in the background."""

import os
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from golfer_tui.model.errors import StoreError

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

    from golfer_tui.attach.remote import RemoteEngine
    from golfer_tui.model.commands import SetLimits
    from golfer_tui.model.settings import Settings
    from golfer_tui.store.layout import Layout


@click.command()
@click.argument("session", required=False)
def attach(*, session: str | None) -> int:
    """Open the cockpit of a session that runs in the background.

    Without SESSION, of the one with the newest event. A session that nobody has is resumed. Where another cockpit is
    attached already, this one watches until it takes over.
    """
    import asyncio

    from golfer_tui.cli.cockpit import open_cockpit

    wanted = session or asyncio.run(_newest()) or ""
    return open_cockpit(prompt=None, resume=wanted, backend=None, model=None, demo=None, limits={})


@click.command()
@click.argument("session")
@click.option("--keep", "workers", flag_value="keep", default="keep", help="Its workers wait for a resume (default).")
@click.option("--end", "workers", flag_value="end", help="Its workers are killed.")
def stop(*, session: str, workers: str) -> None:
    """Let a session in the background go.

    Every cockpit that is attached to it closes. `golfer --resume` brings the session back.
    """
    import asyncio

    name = asyncio.run(_stop(session, workers))
    click.echo(f"Session {name} is closed. golfer --resume {name} brings it back.")


def remote_opener(
    settings: "Settings", resume: str | None, limits: "SetLimits | None" = None
) -> "Callable[[], AbstractAsyncContextManager[RemoteEngine]]":
    """What opens an engine in a process of its own, or attaches to the one that runs."""

    def opened() -> "AbstractAsyncContextManager[RemoteEngine]":
        from pathlib import Path

        from golfer_tui.attach.launch import Wanted, launch

        return launch(Wanted(settings, _layout().home, Path.cwd(), resume, limits))

    return opened


def runs(session: str) -> bool:
    """True if an engine in the background has the session."""
    from golfer_tui.attach.address import holder

    return holder(_layout(), session) is not None


def _layout() -> "Layout":
    from golfer_tui import config
    from golfer_tui.store.layout import Layout

    return Layout(config.home(os.environ))


async def _newest() -> str | None:
    """The newest session that runs in the background."""
    import asyncio

    from golfer_tui.store.store import Store

    async with Store.open(_layout().home) as store:
        for row in await store.sessions.list():
            if await asyncio.to_thread(runs, row.id):
                return row.id
    return None


async def _stop(session: str, workers: str) -> str:
    from golfer_tui.attach.visiting import stop as let_go
    from golfer_tui.store.store import Store

    async with Store.open(_layout().home) as store:
        row = await store.sessions.get(session)
        if not await let_go(store.layout, row.id, "end" if workers == "end" else "keep"):
            if await store.sessions.held(row.id):
                # Whoever holds it has a terminal of its own.
                (await store.sessions.claim(row.id)).release()
            raise StoreError("session.stands", f"Session {row.id} does not run in the background.")
    return row.id
