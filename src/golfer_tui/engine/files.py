"""The files of workers as front ends ask for them: folders, contents, and what changed since the workspace began."""

import asyncio

from golfer_tui.agents.services import Services
from golfer_tui.agents.skill_tools import FOLDER
from golfer_tui.engine.differing import compare
from golfer_tui.model import agent_events as ae
from golfer_tui.model import events as ev
from golfer_tui.model.errors import CommandError, GolferError
from golfer_tui.model.files import COMPARED, Contents, Difference, FileState, Listing, Tree
from golfer_tui.model.worker_fold import Worker
from golfer_tui.model.workers import WorkerSpec
from golfer_tui.pool.worker import LiveWorker
from golfer_tui.sandboxes.browsing import Browses
from golfer_tui.sandboxes.contract import Backend
from golfer_tui.store.starts import Starts

BEGIN = 15.0
"""Seconds that a worker waits at most for its workspace to be looked at before it begins."""


class Files:
    """Of one session. A workspace began empty, or it is looked at before the agent's first step."""

    def __init__(self, backend: Backend, services: Services, starts: Starts) -> None:
        self._backend = backend
        self._services = services
        self._starts = starts

    async def begin(self, live: LiveWorker) -> None:
        """Keep what a worker's fresh workspace has in it. If that fails, a notice says so, and the worker begins."""
        backend = self._backend
        if not live.fresh or not isinstance(backend, Browses) or self._empty(backend, live.spec):
            return
        try:
            async with asyncio.timeout(BEGIN):
                tree = await backend.gather(live.sandbox, live.sandbox.state())
                await self._starts.keep(self._services.state.session, live.name, live.attempt, tree)
        except (GolferError, TimeoutError) as error:
            text = f"What {live.name}'s workspace begins with could not be kept: its changes cannot be shown."
            notice = ae.Notice(level="warning", code="files.no_start", text=text, hint=str(error))
            self._services.emit(ev.Draft(notice, live.name))

    async def list_folder(self, worker: str, folder: str) -> Listing:
        """See `Engine.files`."""
        return await self._browser().list_folder(*self._services.pool.place(worker), folder)

    async def read(self, worker: str, path: str) -> Contents:
        """See `Engine.read_file`."""
        return await self._browser().read_file(*self._services.pool.place(worker), path)

    async def diff(self, worker: str) -> Difference:
        """See `Engine.diff`."""
        backend = self._browser()
        now = await backend.gather(*self._services.pool.place(worker))
        known = self._services.state.workers[worker]
        before = await self._began(backend, known)
        return await asyncio.to_thread(self._compare, before, now)

    def _compare(self, before: Tree, now: Tree) -> Difference:
        """What a skill brought along is no work of the worker's: it is told where that was changed."""
        given: dict[str, FileState] = {}
        for skill in self._services.library.skills:
            for path, data in skill.files():
                place = str(FOLDER / skill.name / path)
                if (state := now.files.get(place)) is not None:
                    small = data if len(data) <= COMPARED else None
                    given[place] = FileState(len(data), state.stamp if state.size == len(data) else 0, small)
        return compare(Tree(given | before.files, before.whole), now)

    async def _began(self, backend: Browses, worker: Worker) -> Tree:
        if self._empty(backend, worker.spec):
            return Tree({})
        kept = await self._starts.get(self._services.state.session, worker.name, worker.origin)
        if kept is None:
            raise CommandError(
                "files.no_start",
                f"What {worker.name}'s workspace began with was not kept, so its changes cannot be told.",
                hint="Its files can be looked at.",
            )
        return kept

    @staticmethod
    def _empty(backend: Browses, spec: WorkerSpec) -> bool:
        return not (spec.snapshot or spec.sandbox) and backend.begins_empty(spec.profile)

    def _browser(self) -> Browses:
        if not isinstance(self._backend, Browses):
            raise CommandError("files.not_here", f"Files of {self._backend.name} workers cannot be shown.")
        return self._backend
