"""A worker's sandbox as it is asked for, and as the ledger has it from the intent to the confirmed end."""

import asyncio
import contextlib
import secrets
from collections.abc import Awaitable, Callable

from golfer_tui.model.agent_events import Notice
from golfer_tui.model.errors import SandboxError
from golfer_tui.model.events import Draft
from golfer_tui.pool.leases import Lease
from golfer_tui.pool.losing import Losing
from golfer_tui.pool.stopping import Stopper
from golfer_tui.pool.sweeping import ending_of
from golfer_tui.pool.wiring import Wiring
from golfer_tui.pool.worker import Worker
from golfer_tui.sandboxes.contract import CommandSink, Sandbox, SandboxSpec
from golfer_tui.sandboxes.inventory import Adopts, Inventory
from golfer_tui.sandboxes.offers import Outlives

UNREACHABLE = "modal.unreachable"
"""Code of the error after which a sandbox that may live is asked for again, and not given up."""


class Booking:
    """One attempt's sandbox in the books. Each step is to be waited for until it has really ended."""

    def __init__(self, worker: Worker, lease: Lease, wiring: Wiring, ready: Callable[[], Awaitable[None]]) -> None:
        """`ready` returns once no earlier sandbox of the worker is being ended any more."""
        self._worker = worker
        self._lease = lease
        self._wiring = wiring
        self._ready = ready
        self._request = secrets.token_hex(12)
        self._changed = asyncio.Event()
        self._losing = Losing(worker.name, wiring)
        self.row = ""
        """In the ledger; empty if there is none."""
        self.given_up = ""
        """Id of the sandbox of an earlier attempt that is ended, since this one could not go on in it."""

    def known(self) -> str:
        """Id of the sandbox that this attempt goes on in, if it is ours and may live."""
        backend = self._wiring.backend
        return backend.ours(self._worker.sandbox_state) if isinstance(backend, Adopts) else ""

    async def intend(self) -> None:
        """Write down that it will be asked for."""
        wiring, worker = self._wiring, self._worker
        self.row = await wiring.ledger.intend(
            wiring.session,
            worker.name,
            wiring.backend.name,
            request=self._request,
            gpu=str(self._lease.request or ""),
            adopted=bool(worker.spec.sandbox),
        )

    async def create(self, on_command: CommandSink) -> Sandbox:
        """Ask for it. One that may live is asked for until somebody answers."""
        worker, backend, tries = self._worker, self._wiring.backend, 0
        spec = self._spec()
        if worker.sandbox_state:
            await self._ready()
        while True:
            try:
                return await backend.create(spec, self._wiring.tape_of(worker.name), on_command)
            except SandboxError as error:
                if not self.known() or error.code != UNREACHABLE:
                    raise
                if tries == 0:
                    hint = "It is tried again until Modal answers. Kill the worker to give it up."
                    notice = Notice(level="warning", code="sandbox.unreachable", text=error.message, hint=hint)
                    self._wiring.emit(Draft(notice, worker=worker.name))
            pauses = self._wiring.timing.backoff
            await asyncio.sleep(pauses[min(tries, len(pauses) - 1)])
            tries += 1

    def _spec(self) -> SandboxSpec:
        worker, backend = self._worker, self._wiring.backend
        adopts = worker.spec.sandbox and not worker.sandbox_state and isinstance(backend, Adopts)
        return SandboxSpec(
            session=self._wiring.session,
            worker=worker.name,
            workspace=str(self._wiring.workspace_of(worker.name, worker.origin)),
            gpu=self._lease.request,
            devices=self._lease.ids,
            state=backend.adopt(worker.spec.sandbox)
            if adopts and isinstance(backend, Adopts)
            else worker.sandbox_state,
            profile=worker.spec.profile,
            snapshot=self._wiring.place_of(worker.spec.snapshot) if worker.spec.snapshot else "",
            request=self._request,
        )

    async def confirm(self, sandbox: Sandbox) -> None:
        """It is there: write down what finds it again, and that what was before it has ended."""
        before, ledger = self.known(), self._wiring.ledger
        self._worker.sandbox_state = sandbox.state()
        await ledger.confirm(self.row, sandbox.id, self._worker.sandbox_state)
        if before and before != sandbox.id:
            await ledger.gone(self._wiring.backend.name, before)

    async def keep(self, sandbox: Sandbox) -> None:
        """Write down what finds it again, whenever that changes; tell if it has ended without us."""
        if isinstance(sandbox, Outlives):
            sandbox.on_change(self._changed.set)
        while True:
            await self._changed.wait()
            self._changed.clear()
            self.look(sandbox)
            # A disk that refuses is told by the journal; the next change is tried again.
            with contextlib.suppress(Exception):
                self._worker.sandbox_state = sandbox.state()
                await self._wiring.ledger.confirm(self.row, sandbox.id, self._worker.sandbox_state)
            await asyncio.sleep(self._wiring.timing.store)

    def look(self, sandbox: Sandbox) -> None:
        """Tell, once, if it has ended without us."""
        self._losing.look(sandbox)

    async def settle(self, sandbox: Sandbox) -> None:
        """What it left behind to be found again, such as a snapshot, is known only after its end."""
        with contextlib.suppress(Exception):
            before, state = self._worker.sandbox_state, sandbox.state()
            self._worker.sandbox_state = state
            if self.row and state != before:
                await self._wiring.ledger.confirm(self.row, sandbox.id, state)

    def ending(self, *, uncertain: bool, kept: bool) -> Stopper | None:
        """What ends all that an attempt without a sandbox may have left; None if nothing can be left.

        Args:
            uncertain: What was asked for may be there.
            kept: The sandbox of the earlier attempt stays for the next one.
        """
        known = "" if kept else self.known()
        if not (uncertain or known) or not isinstance(self._wiring.backend, Inventory):
            return None
        self.given_up = known
        return ending_of(self._worker.name, known, self._request, self._wiring)

    async def close(self) -> None:
        """Nothing is left: say so in the ledger."""
        ledger, backend = self._wiring.ledger, self._wiring.backend.name
        try:
            await ledger.ended(self.row)
            if self.given_up:
                await ledger.gone(backend, self.given_up)
        except BaseException as error:  # noqa: BLE001 - the sandbox is gone: the next sweep clears the row
            text = f"The end of {self._worker.name}'s sandbox could not be written down: {error}"
            with contextlib.suppress(Exception):
                notice = Notice(level="warning", code="ledger.failed", text=text)
                self._wiring.emit(Draft(notice, worker=self._worker.name))
