"""One worker's sandbox on Modal."""

import asyncio
import contextlib
from pathlib import Path
from typing import Literal

import msgspec
from agents.sandbox.session import SandboxSession
from modal import exception as me

from golfer_tui.model.gauges import Sample
from golfer_tui.sandboxes.modal.commands import Commands
from golfer_tui.sandboxes.modal.ending import terminate
from golfer_tui.sandboxes.modal.gauges import Gauges
from golfer_tui.sandboxes.modal.session import StreamedModalClient
from golfer_tui.sandboxes.modal.state import ModalState
from golfer_tui.terminal.tape import Tape

Persistence = Literal["snapshot_filesystem", "snapshot_directory", "tar", "none"]

ARCHIVE = "workspace.tar"
"""Name of the file that holds a workspace, in the folder that the worker has on this machine."""
REFERENCE = b"MODAL_SANDBOX_"
"""How the SDK's reference to a snapshot begins; it keeps a workspace as a tar file where it cannot make one."""
INTERRUPT = 10.0
"""Seconds for running commands to be ended before the workspace is kept."""
WATCH = 5.0
"""Seconds before a failed watch over the sandbox begins again."""


class ModalSandbox:
    """See `sandboxes.contract.Sandbox`."""

    def __init__(
        self,
        commands: Commands,
        client: StreamedModalClient,
        session: SandboxSession,
        gauges: Gauges,
        tape: Tape,
        *,
        workspace: str,
        persistence: Persistence,
        timeout: float,
        folder: str,
    ) -> None:
        """`timeout` is in seconds, for keeping the workspace; `folder` is the worker's on this machine."""
        self._commands = commands
        self._client = client
        self._session = session
        self._gauges = gauges
        self._tape = tape
        self._workspace = workspace
        self._persistence = persistence
        self._timeout = timeout
        self._folder = Path(folder)
        self._ending = asyncio.Lock()
        self._asked = False
        self._stopped = False
        self._state = ModalState(sandbox=self.id, session=client.store(session))
        self._watch = asyncio.create_task(self._wait(), name=f"watch {self.id}")

    @property
    def id(self) -> str:
        return str(self._commands.sandbox.object_id)

    @property
    def workspace(self) -> str:
        return self._workspace

    @property
    def session(self) -> SandboxSession:
        return self._session

    @property
    def tape(self) -> Tape:
        return self._tape

    def state(self) -> bytes:
        return msgspec.json.encode(self._state)

    async def type(self, data: bytes) -> None:
        self._commands.shell.type(data)

    async def resize(self, columns: int, rows: int) -> None:
        self._commands.resize(rows, columns)

    async def sample(self) -> Sample | None:
        return None if self._commands.ended else self._gauges.sample()

    async def interrupt(self) -> None:
        await self._commands.interrupt()

    async def stop(self) -> None:
        async with self._ending:
            if self._stopped:
                return
            if not self._asked:
                self._asked = True  # Once: ending the sandbox counts more than what it leaves.
                with contextlib.suppress(Exception):
                    async with asyncio.timeout(INTERRUPT):
                        await self._commands.look()
                        await self._commands.interrupt()
                if self._commands.ended is None:
                    with contextlib.suppress(Exception):
                        async with asyncio.timeout(self._timeout):
                            await self._keep()
            await terminate(self._commands.sandbox)
            await self._let_go()
            self._stopped = True

    async def _keep(self) -> None:
        """Keep the workspace beyond the sandbox's end."""
        if self._persistence == "none":
            return
        kept = (await self._session.persist_workspace()).read()
        if kept.startswith(REFERENCE):
            self._state = msgspec.structs.replace(self._state, snapshot=kept.decode(), archive="")
            return
        archive = self._folder / ARCHIVE
        await asyncio.to_thread(_write, archive, kept)
        self._state = msgspec.structs.replace(self._state, snapshot="", archive=str(archive))

    async def _wait(self) -> None:
        """Notice that the sandbox has ended without us."""
        sandbox = self._commands.sandbox
        while self._commands.ended is None:
            try:
                await sandbox.wait.aio(raise_on_termination=False)
                self._commands.lost(sandbox.returncode)
            except me.SandboxTimeoutError:
                self._commands.lost(124)
            except me.NotFoundError:
                self._commands.lost(None)
            except Exception:  # noqa: BLE001 - whatever keeps us from asking, the sandbox may well live
                await asyncio.sleep(WATCH)

    async def _let_go(self) -> None:
        self._watch.cancel()
        await asyncio.gather(self._watch, return_exceptions=True)
        await self._gauges.close()
        await self._commands.close()
        with contextlib.suppress(Exception):
            await self._commands.sandbox.detach.aio()  # type: ignore[no-untyped-call]


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
