"""Ending sandboxes at Modal, confirmed; also those of which nobody told us the id."""

import asyncio
import contextlib

import modal
from modal import exception as me

from golfer_tui.model.errors import SandboxError
from golfer_tui.sandboxes.modal.failures import explained

CONFIRM = 40.0
"""Seconds for one sandbox to have ended, once Modal was asked to end it."""
LIST = 15.0
"""Seconds for Modal to list sandboxes."""
PAUSES = (0.5, 1.0, 2.0, 5.0, 10.0)
"""Seconds between tries to reach Modal."""
SETTLE = 0.5
"""Seconds between two looks for a sandbox that may just be coming into being."""


async def terminate(sandbox: modal.Sandbox) -> None:
    """End a sandbox; returns once Modal says that it has ended.

    Raises:
        SandboxError: `sandbox.not_ended` if that could not be confirmed; it may be tried again.
    """
    try:
        async with asyncio.timeout(CONFIRM):
            with contextlib.suppress(me.NotFoundError, me.SandboxTimeoutError):
                await sandbox.terminate.aio()
                await sandbox.wait.aio(raise_on_termination=False)
    except Exception as error:
        why = explained(error, f"The end of the sandbox {sandbox.object_id} is not confirmed")
        raise SandboxError("sandbox.not_ended", why.message, hint=why.hint, retry=True) from error


async def sweep(tags: dict[str, str]) -> None:
    """End all sandboxes with these tags; returns once Modal lists none, twice in a row.

    Raises:
        SandboxError: `sandbox.not_ended` if Modal could not be asked, or one did not end.
    """
    clean = failed = 0
    while clean < 2:
        try:
            async with asyncio.timeout(LIST):
                found = [sandbox async for sandbox in modal.Sandbox.list.aio(tags=tags)]
            for sandbox in found:
                await terminate(sandbox)
            clean = 0 if found else clean + 1
        except Exception as error:
            if failed == len(PAUSES):
                why = explained(error, "It is not known whether Modal started a sandbox that nobody needs")
                raise SandboxError("sandbox.not_ended", why.message, hint=why.hint, retry=True) from error
            await asyncio.sleep(PAUSES[failed])
            failed += 1
        else:
            await asyncio.sleep(0 if clean == 2 else SETTLE)
