"""How sessions looked on the screen: one small file for each. A hint: without it a session looks as new."""

import asyncio
from pathlib import Path

import msgspec

from golfer_tui.model.errors import StoreError
from golfer_tui.model.look import SavedLook
from golfer_tui.store.layout import Layout

LARGEST = 64 * 1024
"""Bytes of a file beyond which it is none of ours."""


class Looks:
    """The looks of one store's sessions. They go with their sessions."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout

    async def get(self, session: str) -> SavedLook:
        """How it looked; the usual look if that was not kept or cannot be understood."""
        return await asyncio.to_thread(_read, self._layout.look(session))

    async def keep(self, session: str, look: SavedLook) -> None:
        """Keep this one in the place of an earlier one.

        Raises:
            StoreError: `look.failed`.
        """
        await asyncio.to_thread(_write, self._layout.look(session), look)


def _read(path: Path) -> SavedLook:
    try:
        with path.open("rb") as file:
            return msgspec.json.decode(file.read(LARGEST), type=SavedLook)
    except (OSError, msgspec.DecodeError):
        return SavedLook()


def _write(path: Path, look: SavedLook) -> None:
    partial = path.with_suffix(".part")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        partial.write_bytes(msgspec.json.encode(look))
        partial.replace(path)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise StoreError("look.failed", f"How the session looks cannot be kept: {path}: {reason}.") from error
