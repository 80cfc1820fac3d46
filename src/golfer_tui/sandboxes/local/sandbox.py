"""One worker's sandbox on this machine."""

import asyncio
import contextlib
from collections.abc import Callable

import msgspec
from agents.sandbox.session import SandboxSession

from golfer_tui.model.errors import SandboxError
from golfer_tui.model.gauges import Sample
from golfer_tui.sandboxes.base import BaseSandbox
from golfer_tui.sandboxes.gauges import CpuMeter, GpuGauges
from golfer_tui.sandboxes.local.commands import Commands
from golfer_tui.sandboxes.local.link import END, Keeper
from golfer_tui.sandboxes.local.own_shell import LocalShell
from golfer_tui.terminal.tape import Tape


class LocalState(msgspec.Struct, frozen=True, tag="local"):
    """What is needed to come back: the folder. Processes never outlive the cockpit."""

    workspace: str


class LocalSandbox(BaseSandbox[Commands]):
    """See `sandboxes.contract.Sandbox`."""

    def __init__(
        self,
        *,
        workspace: str,
        keeper: Keeper,
        commands: Commands,
        session: SandboxSession,
        tape: Tape,
        devices: tuple[str, ...],
        gpus: GpuGauges,
        shell: str,
    ) -> None:
        super().__init__(commands, session, tape, workspace)
        self._keeper = keeper
        self._devices = devices
        self._gpus = gpus
        self._shell = shell
        self._meter = CpuMeter()
        self._ending = asyncio.Lock()
        self._stopped = False

    @property
    def id(self) -> str:
        return str(self._keeper.pid)

    def state(self) -> bytes:
        return msgspec.json.encode(LocalState(self._workspace))

    async def open_shell(self, tape: Tape, columns: int, rows: int, on_ended: Callable[[], None]) -> LocalShell:
        """See `sandboxes.offers.OffersShell`."""
        return await self._commands.open_shell(self._shell, tape, columns, rows, on_ended)

    async def sample(self) -> Sample | None:
        try:
            usage = await self._keeper.sample()
        except SandboxError:
            return None
        gpus = await self._gpus.read(self._devices)
        return Sample(
            cpu=self._meter.percent(usage.cpu),
            memory=usage.memory,
            processes=usage.processes,
            gpus=gpus,
            gpu_note="" if gpus or not self._devices else "the driver tells nothing of them",
        )

    async def pause(self) -> None:
        """See `sandboxes.offers.Pauses`."""
        await self._commands.pause()

    def go_on(self) -> None:
        self._commands.go_on()

    async def stop(self) -> None:
        async with self._ending:
            if self._stopped:
                return
            # Asked nicely first, so that each command's end is told; the keeper's end settles what is left.
            with contextlib.suppress(Exception):
                async with asyncio.timeout(END):
                    await self._commands.interrupt()
                    await self._session.aclose()
            try:
                await self._keeper.close()
            finally:
                self._commands.close()
            self._stopped = True
