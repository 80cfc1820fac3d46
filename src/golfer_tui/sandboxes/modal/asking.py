"""Asks Modal for sandboxes, so that none can be lost, and for living ones again.

Modal starts a sandbox before it tells its id, so what is asked for carries a tag of its own; whoever is interrupted
before the answer came looks for that tag and ends what it finds. So does who got no answer, before it asks again.
"""

import asyncio
import logging
import os
import secrets
from typing import TypeVar

import modal
from agents.extensions.sandbox.modal import ModalSandboxClientOptions
from modal import exception as me

from golfer_tui.model.errors import SandboxError
from golfer_tui.model.settings import ModalSettings
from golfer_tui.sandboxes.contract import SandboxSpec
from golfer_tui.sandboxes.modal import attempts, certificates, images
from golfer_tui.sandboxes.modal.connection import Connection
from golfer_tui.sandboxes.modal.ending import PAUSES, abandon
from golfer_tui.sandboxes.modal.failures import explained
from golfer_tui.sandboxes.modal.mounts import volumes
from golfer_tui.sandboxes.modal.plans import Plan
from golfer_tui.sandboxes.modal.state import ModalState
from golfer_tui.terminal.tape import Tape

T = TypeVar("T")

SESSION, WORKER, REQUEST, STORE = "golfer-session", "golfer-worker", "golfer-request", "golfer-store"
"""Tags of every sandbox."""
LOOKUP = 15.0
"""Seconds for Modal to be reached, to tell the app, or whether a sandbox lives."""
TRIES = 3
"""Requests for a sandbox in all while no answer comes; before each further one it is certain that there is none."""
REFUSALS = (
    me.AuthError,
    me.InvalidError,
    me.NotFoundError,
    me.PermissionDeniedError,
    me.RemoteError,
    me.ResourceExhaustedError,
)
"""Answers of Modal after which it is certain that nothing was made."""

# Its client would write warnings over the screen; who configures logging gets them all the same.
logging.getLogger("modal-client").handlers[:] = [logging.NullHandler()]


class Asker:
    """Asks by the settings; knows the app and the image once they were asked for."""

    def __init__(self, settings: ModalSettings, store: str) -> None:
        """`store` is the identity of the store that has the ledger."""
        attempts.once()
        certificates.share()
        self._settings = settings
        self._store = store
        self._connection = Connection()
        self._preparing = asyncio.Lock()
        self._app: modal.App | None = None
        self._images: dict[ModalSettings, modal.Image] = {}
        if settings.image_builder_version:
            # modal reads it from here whenever it builds; set per build it would leak between concurrent ones.
            os.environ["MODAL_IMAGE_BUILDER_VERSION"] = settings.image_builder_version

    async def connected(self, doing: str) -> modal.Client:
        """Modal's client.

        Raises:
            SandboxError: there is no token; `doing` begins the sentence.
        """
        try:
            async with asyncio.timeout(LOOKUP):
                return await self._connection.open()
        except Exception as error:
            raise explained(error, doing) from error

    async def close(self) -> None:
        """Let go of the connection."""
        await self._connection.close()

    def tags(self, spec: SandboxSpec) -> dict[str, str]:
        """What says whose sandbox it is."""
        return {SESSION: spec.session, WORKER: spec.worker} | ({STORE: self._store} if self._store else {})

    def options(self, spec: SandboxSpec, settings: ModalSettings) -> ModalSandboxClientOptions:
        """The settings of this sandbox as the SDK names them."""
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

    async def find(self, id_: str, worker: str) -> modal.Sandbox | None:
        """The sandbox if it lives; None only if Modal says that it does not."""
        doing = f"It cannot be told whether the sandbox {id_} of {worker} lives"
        client = await self.connected(doing)
        for pause in (*PAUSES[:2], None):
            try:
                async with asyncio.timeout(LOOKUP):
                    sandbox = await modal.Sandbox.from_id.aio(id_, client)
                    return sandbox if await sandbox.poll.aio() is None else None
            except me.NotFoundError:
                return None
            except Exception as error:
                failure = explained(error, doing)
                if pause is None or not failure.retry:
                    raise failure from error
            await asyncio.sleep(pause)
        raise AssertionError("unreachable")

    async def make(
        self, spec: SandboxSpec, plan: Plan, state: ModalState | None, tape: Tape, doing: str
    ) -> modal.Sandbox:
        """A new sandbox, tagged. What an interrupted or failed attempt made is ended."""
        for left in reversed(range(TRIES)):
            try:
                return await self._make(spec, plan, state, tape, doing)
            except SandboxError as error:
                if not left or not isinstance(error.__cause__, attempts.UnansweredError):
                    raise
        raise AssertionError("unreachable")

    async def _make(
        self, spec: SandboxSpec, plan: Plan, state: ModalState | None, tape: Tape, doing: str
    ) -> modal.Sandbox:
        request = spec.request or secrets.token_hex(12)
        client = await self.connected(doing)
        asking: asyncio.Task[modal.Sandbox] | None = None
        try:
            async with asyncio.timeout(self._settings.create_timeout):
                app = await self._get_app(client)
                whole = state.image if state else spec.snapshot
                known = modal.Image.from_id(whole, client=client) if whole else None
                image = known or await self._get_image(app, plan.settings, tape)
                work = self._ask(spec, plan, app, image, request)
                asking = asyncio.create_task(work, name=f"create for {spec.worker}")
                return await asyncio.shield(asking)
        except BaseException as error:
            if asking is not None and not isinstance(error, REFUSALS):
                await abandon(asking, client, {REQUEST: request})
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

    async def _ask(
        self, spec: SandboxSpec, plan: Plan, app: modal.App, image: modal.Image, request: str
    ) -> modal.Sandbox:
        options = self.options(spec, plan.settings)
        return await modal.Sandbox.create.aio(
            app=app,
            image=image,
            tags=self.tags(spec) | {REQUEST: request},
            workdir=self._settings.workspace,
            encrypted_ports=options.exposed_ports,
            volumes=volumes(plan.mounts),
            gpu=options.gpu,
            cpu=options.cpu,
            memory=options.memory,
            timeout=options.timeout,
            idle_timeout=options.idle_timeout,
        )

    async def _get_app(self, client: modal.Client) -> modal.App:
        async with self._preparing:
            if self._app is None:
                async with asyncio.timeout(LOOKUP) as limit:
                    try:
                        name = self._settings.app_name
                        self._app = await modal.App.lookup.aio(name, create_if_missing=True, client=client)
                    except asyncio.CancelledError:
                        if limit.expired():
                            raise me.ConnectionError("no answer") from None
                        raise
            return self._app

    async def _get_image(self, app: modal.App, settings: ModalSettings, tape: Tape) -> modal.Image:
        """An image, built once for all whom it suits; the log of the build goes to the tape of who asked first."""
        recipe = images.recipe(settings)
        async with self._preparing:
            if recipe not in self._images:
                image = await asyncio.to_thread(images.define, recipe)
                with images.logging(tape.append):
                    await image.build.aio(app)
                self._images[recipe] = image
            return self._images[recipe]


def _range(request: T | None, limit: T | None) -> T | tuple[T, T] | None:
    return request if request is None or limit is None else (request, limit)
