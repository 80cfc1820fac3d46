"""The addresses at which the exposed ports of a sandbox are reached."""

import asyncio
import contextlib
from collections.abc import Sequence

import modal

from golfer_tui.model.tunnels import Tunnel

WAIT = 30.0
"""Seconds for Modal to open the tunnels."""


async def tunnels_of(sandbox: modal.Sandbox, ports: Sequence[int]) -> tuple[Tunnel, ...]:
    """Each of these ports with its address, ascending; without one where Modal tells none: the worker can work."""
    if not ports:
        return ()
    opened = {}
    with contextlib.suppress(Exception):
        async with asyncio.timeout(WAIT):
            opened = await sandbox.tunnels.aio(timeout=int(WAIT))
    return tuple(Tunnel(port, opened[port].url if port in opened else "") for port in sorted(ports))
