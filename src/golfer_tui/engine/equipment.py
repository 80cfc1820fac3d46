"""What an engine works with and the store knows nothing of: the models' provider, and the library of skills."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

from golfer_tui.agents.prewarm import prewarm
from golfer_tui.agents.providers import Provider, resolve
from golfer_tui.model.secret import Secret
from golfer_tui.model.settings import Settings
from golfer_tui.skills.library import Library


class Equipment(NamedTuple):
    """Made by `equip`."""

    provider: Provider
    library: Library


@contextlib.asynccontextmanager
async def equip(
    settings: Settings, directory: Path, provider: Provider | None = None, *, key: Secret | None = None
) -> AsyncIterator[Equipment]:
    """Get it ready; a provider that is given is closed, too, in the end. `key`: of the models' server.

    Raises:
        UsageError: a setting or a skill is wrong.
    """
    if provider is None:
        provider = await asyncio.to_thread(resolve, settings, os.environ, key=key)
    try:
        await asyncio.to_thread(prewarm)
        yield Equipment(provider, await asyncio.to_thread(Library.open, directory, settings.skills))
    finally:
        await provider.close()
