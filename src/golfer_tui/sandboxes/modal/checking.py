"""Whether Modal takes the token of this machine: one call, which costs nothing and changes nothing.

Modal's client reads its token once for each process. So that a token counts that was made a moment ago, and the screen
does not wait for the client's import, this is also a program: `check` runs it, and `attempt` is what it does.
"""

import asyncio
import sys

import msgspec

from golfer_tui.model.errors import SandboxError

PATIENCE = 20.0
"""Seconds that the whole check may take, the client's import included."""

DOING = "Modal cannot be used"

PROGRAM = (sys.executable, "-P", "-m", "golfer_tui.sandboxes.modal.checking")


class Problem(msgspec.Struct, frozen=True):
    """What the program prints if Modal cannot be used."""

    code: str
    message: str
    hint: str
    retry: bool


async def check() -> None:
    """Ask Modal, in a process of its own.

    Raises:
        SandboxError: `modal.no_token`, `modal.token_refused`, `modal.unreachable` or `modal.error`.
    """
    process = await asyncio.create_subprocess_exec(
        *PROGRAM,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(PATIENCE):
            said, _ = await process.communicate()
    except TimeoutError:
        hint = "Check the network and https://status.modal.com, then try again."
        raise SandboxError("modal.unreachable", f"{DOING}: it does not answer.", hint=hint, retry=True) from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode != 0 or said:
        try:
            problem = msgspec.json.decode(said, type=Problem)
        except msgspec.DecodeError:
            raise SandboxError(
                "modal.error", f"{DOING}: its client does not start.", hint="Install golfer again."
            ) from None
        raise SandboxError(problem.code, problem.message, hint=problem.hint, retry=problem.retry)


async def attempt() -> Problem | None:
    """Ask Modal, in this process."""
    from golfer_tui.sandboxes.modal.connection import Connection
    from golfer_tui.sandboxes.modal.failures import explained

    connection = Connection()
    try:
        client = await connection.open()
        await client.hello.aio()  # type: ignore[no-untyped-call]
    except Exception as error:  # noqa: BLE001 - whatever went wrong is the answer
        told = explained(error, DOING)
        return Problem(told.code, told.message, told.hint, told.retry)
    finally:
        await connection.close()
    return None


if __name__ == "__main__":
    if (problem := asyncio.run(attempt())) is not None:
        print(msgspec.json.encode(problem).decode())
