"""Names of running commands at Modal, and handles on them from another process.

modal gives no such name out: this leans on how its classes are made inside, and a test fails loudly when that changes.
"""

from typing import Any

import modal
from modal._utils.async_utils import synchronize_api, synchronizer
from modal.container_process import ContainerProcess, _ContainerProcess
from modal.stream_type import StreamType

Remote = ContainerProcess[bytes]


def exec_id(remote: Remote) -> str:
    """What Modal calls a command that was started."""
    return str(synchronizer._translate_in(remote)._process_id)  # type: ignore[no-untyped-call]  # noqa: SLF001


async def reach(sandbox: modal.Sandbox) -> None:
    """Wait until the sandbox has begun, and connect to it, so that the first command need not.

    Raises:
        modal.exception.Error: it has ended, or cannot be reached.
    """
    await _REACH.aio(sandbox)


async def attach(sandbox: modal.Sandbox, id_: str, *, typed: int) -> Remote:
    """A handle on a command that another process started; its stream is read from the beginning.

    Args:
        sandbox: Where it runs, or ran.
        id_: From `exec_id`.
        typed: Bytes of keys that it was sent: Modal passes over what it has already.

    Raises:
        modal.exception.Error: the sandbox has ended, or cannot be reached.
    """
    return await _ATTACH.aio(sandbox, id_, typed)  # type: ignore[no-any-return]


async def _attach(sandbox: Any, id_: str, typed: int) -> Any:
    """As modal's `exec` ends; runs where modal's own code runs."""
    task = await sandbox._get_task_id(raise_if_task_complete=True)  # noqa: SLF001
    router = await sandbox._get_command_router_client(task)  # noqa: SLF001
    client = sandbox._client  # noqa: SLF001
    pipe, none = StreamType.PIPE, StreamType.DEVNULL
    process: Any = _ContainerProcess(
        id_, task, client, command_router_client=router, stdout=pipe, stderr=none, text=False
    )
    process.stdin._impl._offset = typed  # noqa: SLF001
    return process


async def _reach(sandbox: Any) -> None:
    await sandbox._get_command_router_client(await sandbox._get_task_id(raise_if_task_complete=True))  # noqa: SLF001


_REACH: Any = synchronize_api(_reach)  # type: ignore[no-untyped-call]
_ATTACH: Any = synchronize_api(_attach)  # type: ignore[no-untyped-call]
