"""One worker's sandbox on Modal."""

import asyncio
import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import msgspec
from agents.sandbox.session import SandboxSession
from modal import exception as me

from golfer_tui.model.errors import SandboxError
from golfer_tui.model.gauges import Sample
from golfer_tui.model.tunnels import Tunnel
from golfer_tui.sandboxes.base import BaseSandbox
from golfer_tui.sandboxes.cleanup import cancelled, finish, told_to_end
from golfer_tui.sandboxes.modal.commands import Commands
from golfer_tui.sandboxes.modal.ending import terminate, terminate_by_id
from golfer_tui.sandboxes.modal.failures import explained
from golfer_tui.sandboxes.modal.gauges import Gauges
from golfer_tui.sandboxes.modal.own_shell import ModalShell
from golfer_tui.sandboxes.modal.recovering import running
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
LATER = 2.0
"""Seconds before the watch over it begins, unless it is ended sooner: the agent's first command comes first."""
WATCH = 5.0
"""Seconds before a failed watch over the sandbox begins again."""


class ModalSandbox(BaseSandbox[Commands]):
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
        tunnels: tuple[Tunnel, ...] = (),
        adopted: bool = False,
        recovered: tuple[tuple[int, str], ...] = (),
    ) -> None:
        """`timeout` is in seconds, for keeping the workspace; `folder` is the worker's on this machine."""
        super().__init__(commands, session, tape, workspace)
        self._client = client
        self._gauges = gauges
        self._persistence = persistence
        self._timeout = timeout
        self._folder = Path(folder)
        self._tunnels = tunnels
        self._ending = asyncio.Lock()
        self._asked = False
        self._stopped = False
        self._let_go_of = False
        self._adopted = adopted
        self._recovered = recovered
        self._unkept = ""
        self._state = ModalState(sandbox=self.id)
        self._over = asyncio.Event()
        """Set once Modal has said that it has ended."""
        self._ends = asyncio.Event()
        """Set once it is to be ended by us."""
        self._watch = asyncio.create_task(self._wait(), name=f"watch {self.id}")

    @property
    def id(self) -> str:
        return str(self._commands.sandbox.object_id)

    @property
    def tunnels(self) -> tuple[Tunnel, ...]:
        return self._tunnels

    @property
    def adopted(self) -> bool:
        return self._adopted

    @property
    def recovered(self) -> tuple[tuple[int, str], ...]:
        return self._recovered

    @property
    def unkept(self) -> str:
        return self._unkept

    @property
    def lost(self) -> SandboxError | None:
        ended = self._commands.ended
        # Once its end was asked for, that it is gone is nothing to tell; that its time was over before is.
        return None if ended is None or (self._asked and ended.code != "sandbox.lifetime") else ended

    def on_change(self, changed: Callable[[], None]) -> None:
        self._commands.changed = changed

    def own(self) -> None:
        self._adopted = False

    def state(self) -> bytes:
        now = msgspec.structs.replace(
            self._state,
            session=self._client.store(self._session),
            adopted=self._adopted,
            running=() if self._asked else running(self._commands),
            tape=self._tape.end,
        )
        return msgspec.json.encode(now)

    async def open_shell(self, tape: Tape, columns: int, rows: int, on_ended: Callable[[], None]) -> ModalShell:
        """See `sandboxes.offers.OffersShell`."""
        return await self._commands.open_shell(tape, columns, rows, on_ended)

    async def sample(self) -> Sample | None:
        return None if self._commands.ended else self._gauges.sample()

    async def look(self, argv: list[str], seconds: float) -> tuple[bytes, bytes, int]:
        """Run a small program in the workspace that is not shown: what it wrote to output and error, and its status.

        Raises:
            TimeoutError: it took longer than `seconds`.
            SandboxError: it could not be run, or the sandbox ended.
        """
        return await self._commands.exec(argv, seconds=seconds)

    async def snapshot(self) -> str:
        """Keep the whole file system as it is now; returns the id of the image.

        Raises:
            SandboxError: Modal refuses, or takes longer than `snapshot_timeout`.
        """
        self._commands.check()
        doing = f"The snapshot of the sandbox {self.id} was not made"
        try:
            async with asyncio.timeout(self._timeout):
                image = await self._commands.sandbox.snapshot_filesystem.aio(timeout=int(self._timeout))
        except (TimeoutError, me.TimeoutError) as error:
            hint = "Raise snapshot_timeout in [modal]."
            said = f"{doing}: it took longer than {self._timeout:g} seconds."
            raise SandboxError("snapshot.failed", said, hint=hint, retry=True) from error
        except Exception as error:
            raise explained(error, doing) from error
        self._state = msgspec.structs.replace(self._state, last=str(image.object_id))
        self._commands.changed()
        return self._state.last

    async def stop(self) -> None:
        async with self._ending:
            if self._stopped:
                return
            self._ends.set()
            if not self._asked:
                self._asked = True  # Once: ending the sandbox counts more than what it leaves.
                keeps = not self._adopted and self._persistence != "none"
                with contextlib.suppress(Exception):
                    async with asyncio.timeout(INTERRUPT):
                        if keeps or self._adopted or self._commands.shell.running:
                            await self._commands.look()
                            await self._commands.interrupt()
                if keeps:
                    await self._keep_or_say()
            if self._adopted:
                await self._let_go()
            elif self._let_go_of:
                await terminate_by_id(self.id)
            else:
                gauges = asyncio.create_task(self._gauges.close(), name=f"end gauges of {self.id}")
                try:
                    await terminate(self._commands.sandbox, self._over)
                    self._commands.lost(self._commands.sandbox.returncode)
                finally:  # One that cannot be ended keeps no reader and no connection open.
                    await finish(asyncio.gather(gauges, self._let_go()))
            self._stopped = True

    async def _keep_or_say(self) -> None:
        if self._commands.ended is not None:
            self._unkept = f"{self._commands.ended.message}{self._instead()}"
            return
        try:
            async with asyncio.timeout(self._timeout):
                await self._keep()
        except TimeoutError:
            self._unkept = f"that took longer than {self._timeout:g} seconds (modal.snapshot_timeout).{self._instead()}"
        except Exception as error:  # noqa: BLE001 - whatever it was, the sandbox is ended all the same
            self._unkept = explained(error.__cause__ or error, "no snapshot was made").message + self._instead()

    def _instead(self) -> str:
        return " It can go on from its newest snapshot." if self._state.last else ""

    async def _keep(self) -> None:
        """Keep the workspace beyond the sandbox's end."""
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
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LATER):
                await self._ends.wait()
        while not self._over.is_set():
            code = None
            try:
                await sandbox.wait.aio(raise_on_termination=False)
                code = sandbox.returncode
            except me.SandboxTimeoutError:
                code = 124
            except me.NotFoundError:
                pass
            except Exception:  # noqa: BLE001 - whatever keeps us from asking, the sandbox may well live
                if told_to_end():
                    return
                await asyncio.sleep(WATCH)
                continue
            self._commands.lost(code)
            self._over.set()

    async def _close_readers(self) -> None:
        await cancelled(self._watch)
        await self._gauges.close()
        await self._commands.close()

    async def _let_go(self) -> None:
        self._let_go_of = True
        await self._close_readers()
        with contextlib.suppress(Exception):
            await self._commands.sandbox.detach.aio()  # type: ignore[no-untyped-call]


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
