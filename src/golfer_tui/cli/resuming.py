"""A resumed session goes on as it was: on the same backend, and with the scripted model if that one had answered."""

import os
from typing import TYPE_CHECKING

from golfer_tui.cli.options import Flags, limits_from, settings_from

if TYPE_CHECKING:
    from golfer_tui.model.commands import SetLimits
    from golfer_tui.model.settings import Settings
    from golfer_tui.store.sessions import SessionRow


def session_settings(
    resume: str | None, backend: str | None, model: str | None, demo: bool | None, limits: Flags
) -> "tuple[Settings, str | None, SetLimits | None]":
    """The settings for a new session, or for the stored one that `resume` means, with its id and limits to set in it.

    Flags win over what is stored.

    Raises:
        UsageError: see `config.load`.
        StoreError: there is no such session, or the store cannot be opened.
    """
    settings = settings_from(backend, model, demo, limits)
    if resume is None:
        return settings, None, None
    row = _seen(resume)
    if row is None:
        import asyncio

        row = asyncio.run(_stored(resume))
    if demo is None and model is None and row.scripted:
        demo = True
    settings = settings_from(backend or row.backend, model, demo, limits)
    return settings, row.id, limits_from(settings, limits)


def _seen(resume: str) -> "SessionRow | None":
    """The session, if a glance at the store shows which one is meant: the first picture waits for it."""
    from golfer_tui import config
    from golfer_tui.store.glance import glance
    from golfer_tui.store.layout import Layout

    rows = glance(Layout(config.home(os.environ))) or []
    if resume:
        exact = [row for row in rows if row.id == resume]
        found = exact or [row for row in rows if row.id.startswith(resume) or row.id.endswith(f"-{resume}")]
        return found[0] if len(found) == 1 else None
    here = os.getcwd()
    known = [row for row in rows if not row.archived]
    return next((row for row in known if row.directory == here), known[0] if known else None)


async def _stored(resume: str) -> "SessionRow":
    from pathlib import Path

    from golfer_tui import config
    from golfer_tui.model.errors import StoreError
    from golfer_tui.store.store import Store

    async with Store.open(config.home(os.environ)) as store:
        if resume:
            return await store.sessions.get(resume)
        row = await store.sessions.latest(Path.cwd()) or await store.sessions.latest()
        if row is None:
            raise StoreError("session.none", "There is no session to resume.", hint="Start one with golfer.")
        return row
