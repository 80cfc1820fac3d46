"""Makes a worker's sandbox on Modal, or brings it back: the living one by its id, else what was kept of it."""

import asyncio
import contextlib
import io
from pathlib import Path

from agents.sandbox.session import SandboxSession
from modal import exception as me

from golfer_tui.model.errors import SandboxError
from golfer_tui.model.settings import ModalSettings
from golfer_tui.sandboxes.cleanup import cancelled, finish
from golfer_tui.sandboxes.contract import CommandSink, SandboxSpec
from golfer_tui.sandboxes.local.environment import FIXED
from golfer_tui.sandboxes.modal.asking import Asker
from golfer_tui.sandboxes.modal.commands import Commands
from golfer_tui.sandboxes.modal.ending import end
from golfer_tui.sandboxes.modal.failures import explained
from golfer_tui.sandboxes.modal.gauges import Gauges
from golfer_tui.sandboxes.modal.handles import reach
from golfer_tui.sandboxes.modal.plans import Plans
from golfer_tui.sandboxes.modal.recovering import recover
from golfer_tui.sandboxes.modal.sandbox import ModalSandbox
from golfer_tui.sandboxes.modal.session import StreamedModalClient
from golfer_tui.sandboxes.modal.state import ModalState, decode
from golfer_tui.sandboxes.modal.tunnels import tunnels_of
from golfer_tui.terminal.tape import Tape

START = 120.0
"""Seconds for a new sandbox to answer its first commands."""


class Maker:
    """Makes sandboxes by the settings."""

    def __init__(self, plans: Plans, asker: Asker) -> None:
        self._plans = plans
        self._asker = asker
        self._opening = asyncio.Lock()
        """Sessions are begun one by one: each takes the event loop for a moment, and many would hold up its keys."""

    async def create(self, spec: SandboxSpec, tape: Tape, on_command: CommandSink) -> ModalSandbox:
        """See `Backend.create`."""
        doing, end_of_tape = f"The sandbox of {spec.worker} could not be made", tape.end
        plan = self._plans.plan(spec.profile, spec.worker)
        settings = plan.settings
        state = decode(spec.state, spec.worker) if spec.state else None
        living = await self._asker.find(state.sandbox, spec.worker) if state is not None else None
        if living is None and state is not None and not state.session:
            raise SandboxError("sandbox.gone", f"There is no living sandbox {state.sandbox} to be taken over.")
        sandbox = living or await self._asker.make(spec, plan, state, tape, doing)
        workspace = settings.workspace
        commands = Commands(sandbox, tape, on_command, workspace=workspace, environment={**FIXED, **spec.environment})
        reaching = asyncio.create_task(reach(sandbox), name=f"reach {sandbox.object_id}")
        try:
            client = StreamedModalClient(commands)
            recovered: tuple[tuple[int, str], ...] = ()
            async with asyncio.timeout(START if spec.state == b"" else START + settings.restore_timeout):
                if state is None:
                    await asyncio.sleep(0)  # The request is on its way while the session is made.
                else:
                    await reaching
                if living is not None and state is not None:
                    recovered = await recover(commands, state, end_of_tape)
                    # Whoever made it: from now on it is in our books. The ledger knows it without its tags, too.
                    with contextlib.suppress(me.Error):
                        tags, ours = await living.get_tags.aio(), self._asker.tags(spec)
                        if not ours.items() <= tags.items():
                            await living.set_tags.aio(tags | ours)
                session = await self._session(client, spec, settings, state, restore=living is None)
                await reaching
                tunnels = await tunnels_of(sandbox, settings.exposed_ports)
        except BaseException as error:
            await finish(cancelled(reaching))
            await commands.close()
            if living is None:  # A living one is ended by who knows it, if at all.
                await end(sandbox)
            if not isinstance(error, Exception):
                raise
            raise explained(error, doing) from error
        return ModalSandbox(
            commands,
            client,
            session,
            Gauges(sandbox, gpus=spec.gpu is not None),
            tape,
            workspace=workspace,
            persistence=settings.workspace_persistence,
            timeout=settings.snapshot_timeout,
            tunnels=tunnels,
            folder=spec.workspace,
            adopted=living is not None and state is not None and state.adopted,
            recovered=recovered,
        )

    async def _session(
        self,
        client: StreamedModalClient,
        spec: SandboxSpec,
        settings: ModalSettings,
        state: ModalState | None,
        *,
        restore: bool,
    ) -> SandboxSession:
        """The SDK's session on the sandbox, started and with its workspace."""
        async with self._opening:
            if state is None or not state.session:
                session = await client.make(settings.workspace, self._asker.options(spec, settings))
            else:
                session = client.again(state.session)
        await client.start()
        if state is None or not restore or state.image:
            return session
        if state.archive:
            kept = await asyncio.to_thread(_read, state.archive, spec.worker)
        elif state.snapshot:
            kept = state.snapshot.encode()
        else:
            raise SandboxError(
                "sandbox.workspace",
                f"The workspace of {spec.worker} is gone: its sandbox has ended and nothing was kept of it.",
                hint="Restart the worker to begin with an empty one; modal.workspace_persistence says what is kept.",
            )
        await session.hydrate_workspace(io.BytesIO(kept))
        return session


def _read(path: str, worker: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise SandboxError(
            "sandbox.workspace",
            f"The workspace of {worker} cannot be read back: {error}.",
            hint="Restart the worker to begin with an empty one.",
        ) from error
