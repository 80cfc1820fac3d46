"""Workers on Modal. Modal's client and the SDK's extension take seconds to import: not before the first sandbox."""

import asyncio
import importlib
from typing import TYPE_CHECKING

from golfer_tui.model.errors import SandboxError
from golfer_tui.model.settings import ModalSettings
from golfer_tui.sandboxes.contract import CommandSink, SandboxSpec
from golfer_tui.terminal.tape import Tape

if TYPE_CHECKING:
    from golfer_tui.sandboxes.modal.maker import Maker
    from golfer_tui.sandboxes.modal.sandbox import ModalSandbox


class ModalBackend:
    """See `sandboxes.contract.Backend`."""

    def __init__(self, settings: ModalSettings) -> None:
        """`settings` are `[modal]`."""
        self._settings = settings
        self._loading = asyncio.Lock()
        self._maker: Maker | None = None

    @property
    def name(self) -> str:
        return "modal"

    @property
    def notices(self) -> tuple[str, ...]:
        return ()

    async def create(self, spec: SandboxSpec, tape: Tape, on_command: CommandSink) -> "ModalSandbox":
        """See the contract.

        Raises:
            SandboxError: `modal.no_token`, `modal.token_refused`, `modal.gpu_type`, `modal.quota`, `modal.image`,
                `modal.unreachable`, `sandbox.create_timeout`, `sandbox.state`, `sandbox.workspace`, `sandbox.create`.
        """
        return await (await self._load()).create(spec, tape, on_command)

    async def close(self) -> None:
        """Close the connection to Modal."""
        if self._maker is not None:
            await self._maker.close()

    async def _load(self) -> "Maker":
        async with self._loading:
            if self._maker is None:
                try:
                    module = await asyncio.to_thread(importlib.import_module, "golfer_tui.sandboxes.modal.maker")
                except ImportError as error:
                    raise SandboxError(
                        "modal.missing",
                        f"Modal's client cannot be loaded: {error}.",
                        hint="Install golfer-tui anew; it brings the right version along.",
                    ) from error
                self._maker = module.Maker(self._settings)
            return self._maker
