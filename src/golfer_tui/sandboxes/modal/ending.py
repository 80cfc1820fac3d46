"""Ending sandboxes at Modal, confirmed; also those of which nobody told us the id."""

import asyncio
import contextlib

import modal
from modal import exception as me

from golfer_tui.model.errors import SandboxError
from golfer_tui.sandboxes.cleanup import finish
from golfer_tui.sandboxes.modal.failures import explained

CONFIRM = 40.0
"""Seconds for one sandbox to have ended, once Modal was asked to end it."""
LIST = 15.0
"""Seconds for Modal to list sandboxes."""
PAUSES = (0.5, 1.0, 2.0, 5.0, 10.0)
"""Seconds between tries to reach Modal."""
GRACE = 5.0
"""Seconds that a sandbox which nobody wants any more may still take to become known, before it is looked for."""
LATE = 5.0
"""Seconds for which a request whose answer nobody heard is taken to be still on its way."""
HEARD = 0.5
"""Seconds for who watches a sandbox to hear of its end, before Modal is asked anew."""
SETTLE = 0.5
"""Seconds between two looks for a sandbox that may just be coming into being."""


async def terminate(sandbox: modal.Sandbox, over: asyncio.Event | None = None) -> None:
    """End a sandbox; returns once Modal says that it has ended.

    Args:
        sandbox: Which.
        over: Set as soon as Modal says so to who waits for that already.

    Raises:
        SandboxError: `sandbox.not_ended` if that could not be confirmed; it may be tried again.
    """
    try:
        async with asyncio.timeout(CONFIRM):
            with contextlib.suppress(me.NotFoundError, me.SandboxTimeoutError):
                await sandbox.terminate.aio()
                if over is not None:
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(HEARD):
                            await over.wait()
                            return
                await sandbox.wait.aio(raise_on_termination=False)
    except Exception as error:
        why = explained(error, f"The end of the sandbox {sandbox.object_id} is not confirmed")
        if not why.retry and await _has_ended(sandbox):
            return
        raise SandboxError("sandbox.not_ended", why.message, hint=why.hint, retry=True) from error


async def _has_ended(sandbox: modal.Sandbox) -> bool:
    """Whether Modal says so: who asks to end what has ended already may be refused."""
    with contextlib.suppress(Exception):
        async with asyncio.timeout(LIST):
            return await sandbox.poll.aio() is not None
    return False


async def terminate_by_id(id_: str, client: modal.Client | None = None) -> None:
    """The same for a sandbox without a handle; without a client, the process's own is used.

    Raises:
        SandboxError: as `terminate`.
    """
    try:
        async with asyncio.timeout(LIST):
            sandbox = await modal.Sandbox.from_id.aio(id_, client)
    except me.NotFoundError:
        return
    except Exception as error:
        why = explained(error, f"The end of the sandbox {id_} is not confirmed")
        raise SandboxError("sandbox.not_ended", why.message, hint=why.hint, retry=True) from error
    await terminate(sandbox)


async def sweep(client: modal.Client, tags: dict[str, str], *, late: bool = True) -> None:
    """End all sandboxes with these tags; returns once Modal lists no further one, twice in a row.

    Args:
        client: Modal's.
        tags: What they all carry.
        late: The request may have been cut off just now: what it makes can come for some time yet (`LATE`).

    Raises:
        SandboxError: `sandbox.not_ended` if Modal could not be asked, or one did not end.
    """
    clean = failed = 0
    ended: set[str] = set()
    loop = asyncio.get_running_loop()
    earliest = loop.time() + LATE if late else 0.0
    while clean < 2 or loop.time() < earliest:
        try:
            async with asyncio.timeout(LIST):
                found = [sandbox async for sandbox in modal.Sandbox.list.aio(tags=tags, client=client)]
            fresh = [sandbox for sandbox in found if sandbox.object_id not in ended]
            for sandbox in fresh:
                await terminate(sandbox)
                ended.add(sandbox.object_id)
            clean = 0 if fresh else clean + 1
        except Exception as error:
            if failed == len(PAUSES):
                why = explained(error, "It is not known whether Modal started a sandbox that nobody needs")
                raise SandboxError("sandbox.not_ended", why.message, hint=why.hint, retry=True) from error
            await asyncio.sleep(PAUSES[failed])
            failed += 1
        else:
            await asyncio.sleep(SETTLE)


async def end(sandbox: modal.Sandbox) -> None:
    """End a sandbox on the way out of a failure; raises `SandboxError` if that is not confirmed after several tries."""
    failures: list[SandboxError] = []

    async def work() -> None:
        for pause in PAUSES:
            try:
                await terminate(sandbox)
            except SandboxError as error:
                failures.append(error)
                await asyncio.sleep(pause)
            else:
                failures.clear()
                return

    await finish(work())
    if failures:
        raise failures[0]


async def abandon(asking: "asyncio.Task[modal.Sandbox]", client: modal.Client, tags: dict[str, str]) -> None:
    """End what an interrupted or failed request made, which carries these tags.

    Raises:
        SandboxError: `sandbox.not_ended` if that is not certain.
    """
    failures: list[SandboxError] = []

    async def work() -> None:
        await asyncio.wait((asking,), timeout=GRACE)
        told = asking.done() and not asking.cancelled() and asking.exception() is None
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        try:
            await sweep(client, tags, late=not told)
        except SandboxError as error:
            failures.append(error)

    await finish(work())
    if failures:
        raise failures[0]
