"""What a command that is not shown printed, whole, and its exit status."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from golfer_tui.model.errors import SandboxError
from golfer_tui.sandboxes.modal.handles import Remote

OUTPUT = 64 * 1024 * 1024
"""Bytes that it may print on each stream."""


async def result(process: Remote) -> tuple[bytes, bytes, int]:
    """Everything that it printed, and its exit status, asked for at once: each answer is a way to Modal and back.

    Raises:
        SandboxError: `command.output`: it printed too much.
    """
    out = asyncio.ensure_future(_all(process.stdout))
    err = asyncio.ensure_future(_all(process.stderr))
    status = asyncio.ensure_future(process.wait.aio())
    try:
        await asyncio.gather(out, err, status)
        return out.result(), err.result(), status.result()
    finally:
        for task in (out, err, status):
            task.cancel()
        await asyncio.gather(out, err, status, return_exceptions=True)


async def _all(stream: AsyncIterator[Any]) -> bytes:
    data = bytearray()
    async for chunk in stream:
        data += chunk
        if len(data) > OUTPUT:
            raise SandboxError("command.output", f"A hidden command printed more than {OUTPUT} bytes.")
    return bytes(data)
