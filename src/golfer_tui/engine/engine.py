"""The engine: it opens or resumes a session, takes commands, publishes events, and owns everything that runs.

Nothing lives in a front end. The way of an event: emitted by a room, written by the journal, folded into `state`,
published on the bus. The way of a command: `dispatch`, and what it causes comes back as events.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Literal, Self

from golfer_tui.agents.providers import Provider
from golfer_tui.engine.backends import limits_for, make_backend
from golfer_tui.engine.bus import Subscription
from golfer_tui.engine.equipment import Equipment, equip
from golfer_tui.engine.held import Held, fresh, hold, meant
from golfer_tui.engine.known import known
from golfer_tui.engine.runtime import Runtime
from golfer_tui.model import commands as cm
from golfer_tui.model import events as ev
from golfer_tui.model import signals as sg
from golfer_tui.model.errors import CommandError
from golfer_tui.model.files import Contents, Difference, Listing
from golfer_tui.model.known import KnownKind
from golfer_tui.model.look import SavedLook
from golfer_tui.model.secret import Secret
from golfer_tui.model.settings import Settings
from golfer_tui.pool.leases import Limits, Used
from golfer_tui.store.store import Store
from golfer_tui.terminal.printed import Printed
from golfer_tui.terminal.tape import Tape


class Engine:
    """One session, open. Made by `Engine.open`; front ends use nothing else of the house."""

    attendance = sg.Attendance()
    """There is one front end, in this process."""

    def __init__(self, settings: Settings, held: Held, runtime: Runtime) -> None:
        self.settings = settings
        self.session = held.session
        """Id of the session."""
        self.state = held.state
        """The live fold of all events; to be read only."""
        self.before = held.before
        """Number of the last event from before it was opened here; 0 in a new session."""
        self._held = held
        self._runtime = runtime

    @classmethod
    @contextlib.asynccontextmanager
    async def open(
        cls,
        settings: Settings,
        *,
        home: Path,
        directory: Path,
        resume: str | None = None,
        provider: Provider | None = None,
        limits: cm.SetLimits | None = None,
        key: Secret | None = None,
    ) -> AsyncIterator[Self]:
        """Open a new session, or a stored one.

        Args:
            settings: What was asked for.
            home: Where everything is stored.
            directory: Where the person works: project skills are found here.
            resume: Id of a session or the beginning of one; "" for the newest; None for a new session.
            provider: Where the models come from; by default what the settings and the environment name.
            limits: Set before anything runs, also over what a stored session remembers.
            key: Of the models' server, where the environment has none.

        Raises:
            UsageError: a setting, a skill or the session's id is wrong.
            StoreError: the store cannot be used, or another cockpit holds the session.
        """
        async with equip(settings, directory, provider, key=key) as equipment, Store.open(home) as store:
            if resume is None:
                provider = equipment.provider
                row = await fresh(store, directory, settings, model=provider.name, scripted=provider.scripted)
            else:
                row = await meant(store, resume, directory)
            async with hold(store, row) as held, cls.wake(settings, held, equipment, limits) as engine:
                yield engine

    @classmethod
    @contextlib.asynccontextmanager
    async def wake(
        cls, settings: Settings, held: Held, equipment: Equipment, limits: cm.SetLimits | None = None
    ) -> AsyncIterator[Self]:
        """The engine of a session that this process holds. Arguments and errors as those of `open`."""
        identity = await held.store.sandboxes.identity()
        backend = await asyncio.to_thread(make_backend, settings, held.store.layout.home, identity)
        try:
            most = await asyncio.to_thread(limits_for, settings)
            runtime = Runtime(settings, held, backend, equipment, most)
            try:
                await runtime.start(limits)
                yield cls(settings, held, runtime)
            finally:
                await runtime.close("end")
        finally:
            await backend.close()

    def subscribe(self) -> Subscription:
        """All events and signals from now on; close it when it is no longer read."""
        return self._held.bus.subscribe()

    async def events(self, after: int = 0, limit: int | None = None, *, output: bool = True) -> list[ev.Event]:
        """Events with numbers above `after`, in order, from the journal: what came before a subscription, or its gap.

        At most `limit`; without `output` the text of `worker.output` is left out, which is much faster.

        Raises:
            StoreError: the journal cannot be read.
        """
        return await self._held.store.events(self.session, after, limit, with_output=output)

    async def known(self, kind: KnownKind) -> list[tuple[str, str]]:
        """What a person can name: skills, models, or other sessions, each with a word about it.

        Raises:
            StoreError: the sessions cannot be read.
        """
        return await known(kind, self._runtime.services, self._held.store)

    def tape(self, worker: str) -> Tape | None:
        """What a worker printed, over all its attempts; after a resume, the end of what was recorded."""
        return self._held.recorder.tape(worker)

    async def printed(self, worker: str, offset: int, size: int) -> list[Printed]:
        """What a worker printed from an offset of its tape on, at most `size` bytes, with times; also of long ago.

        Empty if there is nothing there. A piece may hold less than a line, and cut a character.

        Raises:
            StoreError: the recording cannot be read.
        """
        return await self._held.recorder.printed(worker, offset, size)

    async def recording(self, worker: str) -> str:
        """Path of the asciicast of what a worker has printed up to now; it grows while the worker prints.

        Raises:
            CommandError: `recording.none` if it has printed nothing.
            StoreError: it cannot be written.
        """
        return await self._held.recording(worker)

    async def files(self, worker: str, folder: str = "") -> Listing:
        """What a folder of a worker's workspace holds, by its path below that.

        Raises:
            CommandError: `worker.unknown`, `files.outside`, `files.not_here`.
            SandboxError: `files.…`, see `sandboxes.browsing.Browses`.
        """
        return await self._runtime.files.list_folder(worker, folder)

    async def read_file(self, worker: str, path: str) -> Contents:
        """The beginning of a file in a worker's workspace; errors as those of `files`."""
        return await self._runtime.files.read(worker, path)

    async def diff(self, worker: str) -> Difference:
        """What is different in a worker's workspace since it began; errors as those of `files`.

        Raises:
            CommandError: `files.no_start` if it is not known what it began with.
        """
        return await self._runtime.files.diff(worker)

    async def look(self) -> SavedLook:
        """How the session looked on the screen when `set_look` was called last."""
        return await self._held.look()

    async def set_look(self, look: SavedLook) -> None:
        """Remember how the session looks.

        Raises:
            StoreError: `look.failed`.
        """
        await self._held.set_look(look)

    @property
    def limits(self) -> Limits:
        """How many GPUs and workers may be leased at once."""
        return self._runtime.pool.limits

    @property
    def used(self) -> Used:
        """What is leased now."""
        return self._runtime.pool.used

    @property
    def max_dollars(self) -> float | None:
        """What may be spent; None without a limit. What is spent tells `state.bill`."""
        return self._runtime.budget.max_dollars

    @property
    def waiting(self) -> tuple[tuple[str, str], ...]:
        """The queue, front first: worker, and what it waits for."""
        return self._runtime.pool.waiting

    async def dispatch(self, command: cm.Command) -> None:
        """Take a command.

        Raises:
            CommandError: it does not fit the state of the session; nothing was changed.
            SandboxError: a snapshot could not be taken.
        """
        if self._runtime.closed:
            raise CommandError("session.closed", "The session is closed.")
        if isinstance(command, cm.CloseSession):
            await self.close(command.workers)
            return
        await self._runtime.steering.carry(command)
        if not isinstance(command, cm.TakeKeyboard | cm.GiveKeyboard | cm.TypeInto | cm.ResizeTerminal):
            # What the command caused is on disk and in `state` when it returns; keys tell of nothing, and do not wait.
            await self._held.journal.flush()

    def shell_tape(self, worker: str) -> Tape | None:
        """What the person's own shell in the worker's sandbox printed; None if none was opened. It is not recorded."""
        return self._runtime.steering.shells.tape(worker)

    @property
    def shells(self) -> tuple[str, ...]:
        """Workers in whose sandboxes a shell of the person's is open."""
        return self._runtime.steering.shells.names

    @property
    def active(self) -> bool:
        """True while a worker has a sandbox, if only paused, or waits for its place and not for a larger budget."""
        return self._runtime.active

    async def idle(self) -> None:
        """Wait until no turn runs, no worker goes on without a word, and every report was read."""
        await self._runtime.idle()

    async def take_over(self) -> None:
        """Nothing to do: an engine in the front end's own process has no other one."""

    async def detach(self) -> None:
        """The front end goes, and this process with it: the workers are kept."""
        await self.close("keep")

    async def close(self, workers: Literal["end", "keep"] = "end") -> None:
        """Let the session go. A second call does nothing; a cancellation waits until it is done.

        Args:
            workers: `end` kills those that still run; `keep` suspends them, and they go on with the next resume.
        """
        await self._runtime.close(workers)
