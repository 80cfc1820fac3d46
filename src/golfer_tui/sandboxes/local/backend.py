"""Local sandboxes: workers run on this machine, isolated by bubblewrap where it works."""

import asyncio
import os
import uuid
from pathlib import Path

import msgspec

from golfer_tui.model.errors import SandboxError
from golfer_tui.model.files import Contents, Listing, Tree
from golfer_tui.model.settings import LocalSettings
from golfer_tui.model.snapshots import Kept
from golfer_tui.sandboxes import browsing
from golfer_tui.sandboxes.cleanup import finish
from golfer_tui.sandboxes.contract import CommandSink, Sandbox, SandboxSpec
from golfer_tui.sandboxes.gauges import GpuGauges, Nvml
from golfer_tui.sandboxes.inventory import Found
from golfer_tui.sandboxes.local import browsing as local_browsing
from golfer_tui.sandboxes.local import inventory, snapshots
from golfer_tui.sandboxes.local.commands import Commands
from golfer_tui.sandboxes.local.environment import environment, hide_own_environment, shell
from golfer_tui.sandboxes.local.isolation import bubblewrap_argv, find_bubblewrap, keeper_argv
from golfer_tui.sandboxes.local.launch import MARK
from golfer_tui.sandboxes.local.link import Keeper
from golfer_tui.sandboxes.local.sandbox import LocalSandbox, LocalState
from golfer_tui.sandboxes.local.session import LocalSandboxClient
from golfer_tui.terminal.tape import Tape

NO_ISOLATION = (
    "Commands of local workers run as you: they can read and change what you can, "
    "for bubblewrap is not used or does not work here."
)


class LocalBackend:
    """See `sandboxes.contract.Backend`."""

    def __init__(self, settings: LocalSettings, *, home: Path | None = None) -> None:
        """Find out what isolation works here. Blocks: call it off the event loop.

        Args:
            settings: `[local]`.
            home: What the product stores lies here; it is hidden from the workers.

        Raises:
            SandboxError: `sandbox.isolation` if bubblewrap is demanded and does not work.
        """
        self._settings = settings
        self._home = home
        self._bubblewrap = find_bubblewrap(settings.isolation)
        self._gpus = GpuGauges()
        if not self.isolated:
            hide_own_environment()

    @property
    def name(self) -> str:
        return "local"

    @property
    def isolated(self) -> bool:
        """True if workers see the machine read-only."""
        return self._bubblewrap is not None

    @property
    def notices(self) -> tuple[str, ...]:
        return () if self.isolated else (NO_ISOLATION,)

    async def create(self, spec: SandboxSpec, tape: Tape, on_command: CommandSink) -> LocalSandbox:
        """See the contract.

        Raises:
            SandboxError: `sandbox.workspace` if the folder cannot be made or, coming back, is not there;
                `sandbox.keeper`, `sandbox.create`.
        """
        # In a fork of a session the workspace is there already, as its worker had made it.
        if spec.snapshot and not spec.state and not await asyncio.to_thread(os.path.isdir, spec.workspace):
            await snapshots.begin(spec.snapshot, spec.workspace)
        workspace = await asyncio.to_thread(_workspace, spec)
        variables = environment(
            os.environ, workspace=workspace, passed=self._settings.pass_environment, devices=spec.devices
        )
        id_ = f"{spec.session}/{spec.worker}/{uuid.uuid4().hex[:8]}"
        variables |= {**spec.environment, MARK: id_}
        keeper = await Keeper.start(id_, await asyncio.to_thread(self._argv, workspace, spec.devices))
        try:
            commands = Commands(keeper, tape, on_command, cwd=workspace, environment=variables)
            interpreter = await asyncio.to_thread(shell, variables["PATH"])
            client = LocalSandboxClient(commands, interpreter)
            session = await client.make(workspace)
        except BaseException as error:
            await finish(keeper.close())
            if not isinstance(error, Exception):
                raise
            raise SandboxError("sandbox.create", f"The local sandbox could not be started: {error}") from error
        return LocalSandbox(
            workspace=workspace,
            keeper=keeper,
            commands=commands,
            session=session,
            tape=tape,
            devices=spec.devices,
            gpus=self._gpus,
            shell=interpreter,
        )

    async def find(self) -> list[Found]:
        return await asyncio.to_thread(inventory.find)

    async def lives(self, sandbox: str) -> bool:
        return any(found.sandbox == sandbox for found in await self.find())

    async def end(self, sandbox: str, request: str = "") -> None:
        """See `Inventory`; nothing on this machine is known by its request."""
        if sandbox:
            await asyncio.to_thread(inventory.end, sandbox)

    async def keep(self, sandbox: Sandbox | None, state: bytes, folder: str) -> Kept:
        """See `sandboxes.offers.Keeps`: a copy of the workspace, whether the sandbox still runs or not."""
        if not state:
            raise SandboxError("snapshot.nothing", "There is no workspace yet.", hint="Wait until the worker runs.")
        workspace = msgspec.json.decode(state, type=LocalState).workspace
        return Kept("workspace", folder, await snapshots.keep(workspace, folder, self._settings.snapshot_mib))

    def knows(self, place: str) -> bool:
        """Only what lies in our own home: what a snapshot says may come from a file of somebody else's."""
        path = os.path.normpath(place)
        return os.path.isabs(path) and (self._home is None or Path(path).is_relative_to(self._home))

    async def list_folder(self, sandbox: Sandbox | None, state: bytes, folder: str) -> Listing:
        """See `sandboxes.browsing.Browses`; the workspace stays when its sandbox has ended."""
        return await asyncio.to_thread(local_browsing.list_folder, _kept_workspace(state), folder)

    async def read_file(self, sandbox: Sandbox | None, state: bytes, path: str) -> Contents:
        return await asyncio.to_thread(local_browsing.read_file, _kept_workspace(state), path)

    async def gather(self, sandbox: Sandbox | None, state: bytes) -> Tree:
        return await asyncio.to_thread(local_browsing.gather, _kept_workspace(state))

    def begins_empty(self, profile: str) -> bool:
        return True

    async def close(self) -> None:
        await self._gpus.close()

    def _argv(self, workspace: str, devices: tuple[str, ...]) -> list[str]:
        if self._bubblewrap is None:
            return keeper_argv()
        hidden = () if self._home is None else (self._home,)
        gpus = _device_numbers(devices)
        return [*bubblewrap_argv(self._bubblewrap, workspace, hidden=hidden, gpus=gpus), *keeper_argv()]


def _kept_workspace(state: bytes) -> str:
    if not state:
        raise browsing.none()
    return msgspec.json.decode(state, type=LocalState).workspace


def _workspace(spec: SandboxSpec) -> str:
    try:
        if spec.state:
            workspace = msgspec.json.decode(spec.state, type=LocalState).workspace
            if not os.path.isdir(workspace):
                raise FileNotFoundError(f"{workspace} is not there any more")
        else:
            workspace = spec.workspace
            os.makedirs(workspace, exist_ok=True)
    except (OSError, msgspec.DecodeError) as error:
        raise SandboxError(
            "sandbox.workspace",
            f"The workspace of {spec.worker} cannot be used: {error}.",
            hint="Restart the worker to begin with an empty one.",
        ) from error
    return os.path.realpath(workspace)


def _device_numbers(devices: tuple[str, ...]) -> list[int] | None:
    """Numbers of the device files of these GPUs; None if one of them is not known to the driver."""
    if not devices:
        return []
    nvml = Nvml()
    known = {gpu.id: gpu.minor for gpu in nvml.gpus()}
    nvml.close()
    numbers = [known.get(device) for device in devices]
    return None if None in numbers else [number for number in numbers if number is not None]
