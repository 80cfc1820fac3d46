"""`golfer attach` and `golfer stop`: sessions that run in the background."""

import os
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from golfer_tui.model.errors import StoreError, UsageError

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

    from golfer_tui.attach.remote import RemoteEngine
    from golfer_tui.model.commands import SetLimits
    from golfer_tui.model.secret import Secret
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
    settings: "Settings", resume: str | None, limits: "SetLimits | None" = None, *, key: "Secret | None" = None
) -> "Callable[[], AbstractAsyncContextManager[RemoteEngine]]":
    """What opens an engine in a process of its own, or attaches to the one that runs.

    Without a `key` of the models' server the one that is kept for it is taken.
    """

    def opened() -> "AbstractAsyncContextManager[RemoteEngine]":
        from pathlib import Path

        from golfer_tui.attach.launch import Wanted, launch

        found = key
        if found is None and not (resume is not None and runs(resume)):
            from golfer_tui.config.credentials import key_for

            found = key_for(settings, os.environ)
        return launch(Wanted(settings, layout().home, Path.cwd(), resume, limits, found))

    return opened


def runs(session: str) -> bool:
    """True if an engine in the background has the session."""
    from golfer_tui.attach.address import holder

    return holder(layout(), session) is not None


def runs_as_asked(session: str | None, *given: object) -> bool:
    """True if the session runs already; `given` are the values of flags that could only count for one that does not.

    Raises:
        UsageError: `attach.settings`.
    """
    if session is None or not runs(session):
        return False
    if any(value is not None for value in given):
        raise UsageError(
            "attach.settings",
            f"Session {session} runs already, with settings of its own.",
            hint="Leave the flags out to attach to it; limits can be changed in the cockpit.",
        )
    return True


def layout() -> "Layout":
    from golfer_tui import config
    from golfer_tui.store.layout import Layout

    return Layout(config.home(os.environ))


async def _newest() -> str | None:
    """The newest session that runs in the background."""
    import asyncio

    from golfer_tui.store.store import Store

    async with Store.open(layout().home) as store:
        for row in await store.sessions.list():
            if await asyncio.to_thread(runs, row.id):
                return row.id
    return None


async def _stop(session: str, workers: str) -> str:
    from golfer_tui.attach.visiting import stop as let_go
    from golfer_tui.store.store import Store

    async with Store.open(layout().home) as store:
        row = await store.sessions.get(session)
        if not await let_go(store.layout, row.id, "end" if workers == "end" else "keep"):
            if await store.sessions.held(row.id):
                # Whoever holds it has a terminal of its own.
                (await store.sessions.claim(row.id)).release()
            raise StoreError("session.stands", f"Session {row.id} does not run in the background.")
    return row.id
