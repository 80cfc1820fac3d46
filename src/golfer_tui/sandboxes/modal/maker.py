"""Makes sandboxes on Modal, or finds living ones again, so that none can be lost.

Modal starts a sandbox before it tells its id, so what is asked for carries a tag of its own; whoever is interrupted
before the answer came looks for that tag and ends what it finds.
"""

import asyncio
import io
import logging
import os
import secrets
from pathlib import Path
from typing import TypeVar

import modal
from agents.extensions.sandbox.modal import ModalSandboxClientOptions
from agents.sandbox.session import SandboxSession
from modal import exception as me

from golfer_tui.model.errors import SandboxError
from golfer_tui.model.settings import ModalSettings
from golfer_tui.sandboxes.cleanup import finish
from golfer_tui.sandboxes.contract import CommandSink, SandboxSpec
from golfer_tui.sandboxes.local.environment import FIXED
from golfer_tui.sandboxes.modal import images
from golfer_tui.sandboxes.modal.commands import Commands
from golfer_tui.sandboxes.modal.ending import PAUSES, sweep, terminate
from golfer_tui.sandboxes.modal.failures import explained
from golfer_tui.sandboxes.modal.gauges import Gauges
from golfer_tui.sandboxes.modal.sandbox import ModalSandbox
from golfer_tui.sandboxes.modal.session import StreamedModalClient
from golfer_tui.sandboxes.modal.state import ModalState, decode
from golfer_tui.terminal.tape import Tape

T = TypeVar("T")

SESSION, WORKER, REQUEST = "golfer-session", "golfer-worker", "golfer-request"
"""Tags of every sandbox."""
LOOKUP = 30.0
"""Seconds for Modal to tell the app, or whether a sandbox lives."""
START = 120.0
"""Seconds for a new sandbox to answer its first commands."""
REFUSALS = (
    me.AuthError,
    me.InvalidError,
    me.NotFoundError,
    me.PermissionDeniedError,
    me.RemoteError,
    me.ResourceExhaustedError,
)
"""Answers of Modal after which it is certain that nothing was made."""
GRACE = 5.0
"""Seconds that a sandbox which nobody wants any more may still take to become known, before it is looked for."""


# Its client would write warnings over the screen; who configures logging gets them all the same.
logging.getLogger("modal-client").handlers[:] = [logging.NullHandler()]


class Maker:
    """Makes sandboxes by the settings; knows the app and the image once they were asked for."""

    def __init__(self, settings: ModalSettings) -> None:
        self._settings = settings
        self._preparing = asyncio.Lock()
        self._client: modal.Client | None = None
        self._app: modal.App | None = None
        self._image: modal.Image | None = None
        if settings.image_builder_version:
            # modal reads it from here whenever it builds; set per build it would leak between concurrent ones.
            os.environ["MODAL_IMAGE_BUILDER_VERSION"] = settings.image_builder_version

    async def create(self, spec: SandboxSpec, tape: Tape, on_command: CommandSink) -> ModalSandbox:
        """See `Backend.create`."""
        doing = f"The sandbox of {spec.worker} could not be made"
        state = decode(spec.state, spec.worker) if spec.state else None
        await self._connect(doing)
        living = await self._find(state.sandbox, spec.worker) if state is not None else None
        if living is None and state is not None and not state.session:
            raise SandboxError("sandbox.gone", f"There is no living sandbox {state.sandbox} to be taken over.")
        sandbox = living or await self._make(spec, state, tape, doing)
        workspace = self._settings.workspace
        commands = Commands(sandbox, tape, on_command, workspace=workspace, environment={**FIXED, **spec.environment})
        try:
            client = StreamedModalClient(commands)
            async with asyncio.timeout(START if spec.state == b"" else START + self._settings.restore_timeout):
                await commands.hello()
                if living is not None:
                    # Commands of a cockpit that died may still run, with nobody to read them.
                    await commands.signal([""], "KILL")
                    # Whoever made it: from now on it is in our books.
                    tags = {SESSION: spec.session, WORKER: spec.worker}
                    await living.set_tags.aio(await living.get_tags.aio() | tags)
                session = await self._session(client, spec, state, restore=living is None)
        except BaseException as error:
            await commands.close()
            if living is None or not isinstance(error, Exception):
                await _end(sandbox)
            if not isinstance(error, Exception):
                raise
            raise explained(error, doing, gpu=str(spec.gpu or "")) from error
        return ModalSandbox(
            commands,
            client,
            session,
            Gauges(sandbox, gpus=spec.gpu is not None),
            tape,
            workspace=workspace,
            persistence=self._settings.workspace_persistence,
            timeout=self._settings.snapshot_timeout,
            folder=spec.workspace,
        )

    async def close(self) -> None:
        """Close the connection to Modal, which is one for the whole process."""
        if self._client is not None:
            await self._client._close.aio()  # noqa: SLF001 - modal itself closes it only when the interpreter ends
            self._client = None

    async def _connect(self, doing: str) -> None:
        try:
            self._client = await modal.Client.from_env.aio()
        except Exception as error:
            raise explained(error, doing) from error

    async def _session(
        self, client: StreamedModalClient, spec: SandboxSpec, state: ModalState | None, *, restore: bool
    ) -> SandboxSession:
        """The SDK's session on the sandbox, started and with its workspace."""
        if state is None or not state.session:
            session = await client.make(self._settings.workspace, self._options(spec))
        else:
            session = client.again(state.session)
        await session.start()
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

    def _options(self, spec: SandboxSpec) -> ModalSandboxClientOptions:
        settings = self._settings
        persistence = settings.workspace_persistence
        return ModalSandboxClientOptions(
            app_name=settings.app_name,
            sandbox_create_timeout_s=settings.create_timeout,
            workspace_persistence="tar" if persistence == "none" else persistence,
            snapshot_filesystem_timeout_s=settings.snapshot_timeout,
            snapshot_filesystem_restore_timeout_s=settings.restore_timeout,
            exposed_ports=settings.exposed_ports,
            gpu=None if spec.gpu is None else str(spec.gpu),
            timeout=settings.timeout,
            use_sleep_cmd=settings.use_sleep_cmd,
            image_builder_version=settings.image_builder_version or None,
            idle_timeout=settings.idle_timeout,
            cpu=_range(settings.cpu, settings.cpu_limit),
            memory=_range(settings.memory, settings.memory_limit),
        )

    async def _find(self, id_: str, worker: str) -> modal.Sandbox | None:
        """The sandbox if it lives; None only if Modal says that it does not."""
        doing = f"It cannot be told whether the sandbox {id_} of {worker} lives"
        for pause in (*PAUSES[:3], None):
            try:
                async with asyncio.timeout(LOOKUP):
                    sandbox = await modal.Sandbox.from_id.aio(id_)
                    return sandbox if await sandbox.poll.aio() is None else None
            except me.NotFoundError:
                return None
            except Exception as error:
                failure = explained(error, doing)
                if pause is None or not failure.retry:
                    raise failure from error
            await asyncio.sleep(pause)
        raise AssertionError("unreachable")

    async def _make(self, spec: SandboxSpec, state: ModalState | None, tape: Tape, doing: str) -> modal.Sandbox:
        """A new sandbox, tagged. What an interrupted or failed attempt made is ended."""
        request = secrets.token_hex(12)
        asking: asyncio.Task[modal.Sandbox] | None = None
        try:
            async with asyncio.timeout(self._settings.create_timeout):
                app = await self._get_app()
                image = modal.Image.from_id(state.image) if state and state.image else await self._get_image(app, tape)
                asking = asyncio.create_task(self._ask(spec, app, image, request), name=f"create for {spec.worker}")
                return await asyncio.shield(asking)
        except BaseException as error:
            if asking is not None and not isinstance(error, REFUSALS):
                await _abandon(asking, request)
            if isinstance(error, TimeoutError):
                raise SandboxError(
                    "sandbox.create_timeout",
                    f"{doing}: it was not there after {self._settings.create_timeout} seconds.",
                    hint="Raise create_timeout in [modal] if the image takes long to build or GPUs are scarce.",
                    retry=True,
                ) from error
            if not isinstance(error, Exception):
                raise
            raise explained(error, doing, gpu=str(spec.gpu or "")) from error

    async def _ask(self, spec: SandboxSpec, app: modal.App, image: modal.Image, request: str) -> modal.Sandbox:
        options = self._options(spec)
        return await modal.Sandbox.create.aio(
            app=app,
            image=image,
            tags={SESSION: spec.session, WORKER: spec.worker, REQUEST: request},
            workdir=self._settings.workspace,
            encrypted_ports=options.exposed_ports,
            gpu=options.gpu,
            cpu=options.cpu,
            memory=options.memory,
            timeout=options.timeout,
            idle_timeout=options.idle_timeout,
        )

    async def _get_app(self) -> modal.App:
        async with self._preparing:
            if self._app is None:
                async with asyncio.timeout(LOOKUP) as limit:
                    try:
                        self._app = await modal.App.lookup.aio(self._settings.app_name, create_if_missing=True)
                    except asyncio.CancelledError:
                        if limit.expired():
                            raise me.ConnectionError("no answer") from None
                        raise
            return self._app

    async def _get_image(self, app: modal.App, tape: Tape) -> modal.Image:
        """The image, built once for all; the log of the build goes to the tape of who asked first."""
        async with self._preparing:
            if self._image is None:
                image = await asyncio.to_thread(images.define, self._settings)
                with images.logging(tape.append):
                    await image.build.aio(app)
                self._image = image
            return self._image


async def _abandon(asking: "asyncio.Task[modal.Sandbox]", request: str) -> None:
    """End what an interrupted or failed request made.

    Raises:
        SandboxError: `sandbox.not_ended` if that is not certain.
    """
    failures: list[SandboxError] = []

    async def work() -> None:
        await asyncio.wait((asking,), timeout=GRACE)
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        try:
            await sweep({REQUEST: request})
        except SandboxError as error:
            failures.append(error)

    await finish(work())
    if failures:
        raise failures[0]


async def _end(sandbox: modal.Sandbox) -> None:
    """End a sandbox on the way out of a failure; raises `SandboxError` if that is not confirmed."""
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


def _range(request: T | None, limit: T | None) -> T | tuple[T, T] | None:
    return request if request is None or limit is None else (request, limit)


def _read(path: str, worker: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise SandboxError(
            "sandbox.workspace",
            f"The workspace of {worker} cannot be read back: {error}.",
            hint="Restart the worker to begin with an empty one.",
        ) from error
