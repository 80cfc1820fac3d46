"""Workers on Modal. Modal's client and the SDK's extension take seconds to import: not before the first sandbox."""

import asyncio
import functools
import gc
import importlib
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from golfer_tui.model.errors import SandboxError
from golfer_tui.model.files import Contents, Listing, Tree
from golfer_tui.model.profiles import MountSettings, ProfileSettings
from golfer_tui.model.settings import ModalSettings
from golfer_tui.model.snapshots import Kept
from golfer_tui.sandboxes.browsing import none
from golfer_tui.sandboxes.contract import CommandSink, Sandbox, SandboxSpec
from golfer_tui.sandboxes.inventory import Found
from golfer_tui.sandboxes.modal import browsing
from golfer_tui.sandboxes.modal import state as states
from golfer_tui.sandboxes.modal.plans import Plans
from golfer_tui.terminal.tape import Tape

if TYPE_CHECKING:
    from golfer_tui.sandboxes.modal.asking import Asker
    from golfer_tui.sandboxes.modal.inventory import Inventory
    from golfer_tui.sandboxes.modal.maker import Maker
    from golfer_tui.sandboxes.modal.sandbox import ModalSandbox

SWITCH = 0.001
"""Seconds for which another thread may keep the event loop waiting: modal's client works in one of its own."""


class ModalBackend:
    """See `sandboxes.contract`: `Backend`, `Inventory` and `Adopts`."""

    def __init__(
        self,
        settings: ModalSettings,
        store: str = "",
        *,
        profiles: Mapping[str, ProfileSettings] | None = None,
        mounts: tuple[MountSettings, ...] = (),
    ) -> None:
        """Ask nothing of Modal yet.

        Args:
            settings: `[modal]`.
            store: Identity of the store that has the ledger.
            profiles: `[workers.NAME]`, by name.
            mounts: `[[mounts]]`.
        """
        self._settings = settings
        self._plans = Plans(settings, profiles or {}, mounts)
        self._store = store
        self._loading = asyncio.Lock()
        self._asker: Asker | None = None
        self._maker: Maker
        self._inventory: Inventory

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
        await self._load()
        return await self._maker.create(spec, tape, on_command)

    async def find(self) -> list[Found]:
        await self._load()
        return await self._inventory.find()

    async def lives(self, sandbox: str) -> bool:
        await self._load()
        return await self._inventory.lives(sandbox)

    async def end(self, sandbox: str, request: str = "") -> None:
        await self._load()
        await self._inventory.end(sandbox, request)

    def adopt(self, sandbox: str) -> bytes:
        return states.adopted(sandbox)

    def ours(self, state: bytes) -> str:
        return states.ours(state)

    async def keep(self, sandbox: Sandbox | None, state: bytes, folder: str) -> Kept:
        """See `sandboxes.offers.Keeps`: an image at Modal; of a sandbox that has ended, the one made at its end."""
        del folder
        if sandbox is not None:
            return Kept("filesystem", await cast("ModalSandbox", sandbox).snapshot())
        if state and (image := states.decode(state, "the worker").image):
            return Kept("filesystem", image)
        raise SandboxError(
            "snapshot.nothing",
            "Its sandbox has ended, and no image of its files was kept.",
            hint="Take a snapshot while it runs, or set workspace_persistence in [modal] to snapshot_filesystem.",
        )

    def knows(self, place: str) -> bool:
        return place.startswith(states.IMAGE)

    async def list_folder(self, sandbox: Sandbox | None, state: bytes, folder: str) -> Listing:
        """See `sandboxes.browsing.Browses`."""
        return await browsing.list_folder(_living(sandbox, state), folder)

    async def read_file(self, sandbox: Sandbox | None, state: bytes, path: str) -> Contents:
        return await browsing.read_file(_living(sandbox, state), path)

    async def gather(self, sandbox: Sandbox | None, state: bytes) -> Tree:
        return await browsing.gather(_living(sandbox, state))

    def begins_empty(self, profile: str) -> bool:
        """Whoever makes an image of their own may have put files where the workspace is."""
        usual, plan = ModalSettings(), self._plans.plan(profile, "the worker").settings
        return all(getattr(plan, name) == getattr(usual, name) for name in ("image", "dockerfile", "commands"))

    async def close(self) -> None:
        """Let go of the connection to Modal; another backend in this process keeps its own."""
        if self._asker is not None:
            await self._asker.close()

    async def _load(self) -> None:
        async with self._loading:
            if self._asker is None:
                try:
                    asking, maker, inventory = await asyncio.to_thread(_modules)
                except ImportError as error:
                    raise SandboxError(
                        "modal.missing",
                        f"Modal's client cannot be loaded: {error}.",
                        hint="Install golfer-tui anew; it brings the right version along.",
                    ) from error
                asker = asking.Asker(self._settings, self._store)
                self._maker = maker.Maker(self._plans, asker)
                self._inventory = inventory.Inventory(asker, self._settings.app_name, self._store)
                self._asker = asker


def _living(sandbox: Sandbox | None, state: bytes) -> browsing.Run:
    if sandbox is not None:
        return cast("ModalSandbox", sandbox).look
    if not state:
        raise none()
    raise SandboxError(
        "files.gone",
        "The workspace was in its sandbox, and that has ended.",
        hint="Continue the worker, or start one with a snapshot of it: then its files can be seen.",
    )


@functools.cache
def _modules() -> tuple[Any, ...]:
    sys.setswitchinterval(SWITCH)
    names = ("asking", "maker", "inventory")
    found = tuple(importlib.import_module(f"golfer_tui.sandboxes.modal.{name}") for name in names)
    # What was imported stays: a full collection would look through all of it, and hold up the event loop meanwhile.
    gc.freeze()
    return found
