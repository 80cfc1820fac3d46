"""Holding a session: the app opens its engine behind the first picture, carries commands to it, and lets it go."""

import asyncio
import datetime as dt
import gc
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING

from textual.app import App

from golfer_tui.model import commands as cm
from golfer_tui.model.errors import CommandError, GolferError
from golfer_tui.tui.curtain import Curtain
from golfer_tui.tui.leaving import Farewell, at_work, part, unasked

if TYPE_CHECKING:
    from golfer_tui.attach.session import OpenSession
    from golfer_tui.tui.cockpit import Cockpit

# Whatever the curtain does not need is imported where it is used: the first paint waits for every import above.

OpenEngine = Callable[[], "AbstractAsyncContextManager[OpenSession]"]
"""Starts an engine, or finds the one that has the session, and returns what attaches to it. Called in a thread."""

Reopen = Callable[[str], OpenEngine]
"""What opens a stored session by its id."""

Refused = Callable[[CommandError], None]
"""Takes what the engine has refused."""

EARLY = 100
"""Commands that may wait until the engine is open."""


class Holding(App[int]):
    """Base of the app: one session at a time. The session is the engine's: nothing is lost with the screen."""

    def __init__(self, *, reopen: Reopen | None, open_other: Reopen | None, now: Callable[[], dt.datetime]) -> None:
        """`reopen` opens the session again whose engine has failed, `open_other` any other one."""
        super().__init__()
        self._reopen = reopen
        self._open_other = open_other
        self._now = now
        self._cockpit: Cockpit | None = None
        self._engine: OpenSession | None = None
        self._lost: str | None = None
        """Id of the session that was open last."""
        self._next: OpenEngine | None = None
        """Opens the session to go to once this one is let go."""
        self._look_for: tuple[str, str] | None = None
        """What is to be looked for in the next session, and where in it."""
        self._draft = ""
        """What is to stand in the next session's input."""
        self._holder: asyncio.Task[None] | None = None
        self._leave = asyncio.Event()
        self._farewell: Farewell = "leave"
        self._ending = False
        """The app ends already, for whatever reason."""
        self._early: list[tuple[cm.Command, str]] = []
        self.failure: GolferError | None = None
        """Why the engine could not be opened or ended early; None if all went well."""
        self.parting = ""
        """What is to be told on the terminal in the end."""

    # The engine

    def _begin(self, open_engine: OpenEngine, prompt: str) -> None:
        if prompt:
            self._early.insert(0, (cm.SendMessage(prompt), ""))
        self._holder = asyncio.create_task(self._hold(open_engine), name="cockpit engine")

    async def _hold(self, open_engine: OpenEngine) -> None:
        """Own the engine from its opening until the person leaves or it ends by itself."""
        # Both at once: another process loads the engine while this one builds the screen.
        raising = asyncio.create_task(self._raise(), name="cockpit screen")
        try:
            opening = await asyncio.to_thread(open_engine)
            async with opening as engine:
                await self._follow(engine, await raising)
        except GolferError as error:
            self.failure = error
            await asyncio.wait({raising})
            self.call_later(self._show_failure, error)
        except Exception as error:  # noqa: BLE001 - a fault of ours: Textual shows it and ends the app
            self.call_later(self._crash, error)
        finally:
            self._engine = None
            raising.cancel()
            await asyncio.gather(raising, return_exceptions=True)
        if self._next is not None and self.failure is None:
            self.call_later(self._turn_to_next)

    async def _raise(self) -> "Cockpit":
        """Show the cockpit, without a session yet."""
        await asyncio.to_thread(_import_cockpit)
        raised: asyncio.Future[Cockpit] = asyncio.get_running_loop().create_future()
        self.call_later(self._raise_curtain, raised)
        screen = await raised
        await screen.furnished.wait()
        return screen

    def _raise_curtain(self, raised: "asyncio.Future[Cockpit]") -> None:
        from golfer_tui.tui.cockpit import Cockpit

        typed = self.screen.typed if isinstance(self.screen, Curtain) else ""
        self._cockpit = Cockpit(now=self._now, typed=self._draft + typed)
        self._draft = ""
        self.push_screen(self._cockpit)
        raised.set_result(self._cockpit)

    async def _follow(self, engine: "OpenSession", screen: "Cockpit") -> None:
        from golfer_tui.tui.watch import Watch

        look = await engine.look()
        watch = Watch(engine, screen.wake)
        reading = asyncio.create_task(watch.run(), name="cockpit stream")
        leaving = asyncio.create_task(self._leave.wait(), name="cockpit leave")
        try:
            self._engine, self._lost = engine, engine.session
            self._tell_server(engine.session)
            screen.show(watch, look)
            wanted, self._look_for = self._look_for, None
            if wanted is not None:
                screen.action_search(*wanted)
            early, self._early = self._early, []
            for command, told in early:
                self.command(command, told)
            await asyncio.wait({reading, leaving}, return_when=asyncio.FIRST_COMPLETED)
            await screen.keep_look()
            self.parting = await part(engine, self._farewell if self._leave.is_set() else None)
        finally:
            for task in (reading, leaving):
                task.cancel()
            results = await asyncio.gather(reading, leaving, return_exceptions=True)
            screen.leave()
            watch.close()
        if isinstance(results[0], Exception):
            raise results[0]
        if not self._ending and self._next is None:
            self.exit(0)

    def _tell_server(self, session: str) -> None:
        """In a tab of a browser, whoever serves it hears which session this is."""
        # Only Textual's driver for browsers has it, and importing that takes longer than asking.
        if tell := getattr(self._driver, "write_meta", None):
            tell({"type": "golfer.opened", "session": session})

    def _crash(self, error: Exception) -> None:
        raise error

    def _show_failure(self, error: GolferError) -> None:
        from golfer_tui.tui.failure import Failure

        self.push_screen(Failure(error, resume=error.code == "engine.lost" and self._reopen is not None))

    def resume_lost(self) -> None:
        """Go on with the session whose engine was lost."""
        if self._reopen is not None and self._lost is not None and self._cockpit is not None:
            self._begin_anew(self._reopen(self._lost))

    def go_to(self, session: str, *, look_for: tuple[str, str] | None = None, draft: str = "") -> None:
        """Open another session, and let this one go, if one is open: what works here goes on in the background.

        With `look_for` a search begins there: in which place, and for what. `draft` stands in the input.
        """
        if self._open_other is None or self._leave.is_set():
            return
        self._look_for, self._draft = look_for, draft
        if self._engine is None:
            if self._holder is None:
                self._begin(self._open_other(session), "")
            return
        self._exchange(self._engine, self._open_other(session))

    def _exchange(self, engine: "OpenSession", opening: OpenEngine) -> None:
        """Let this session go for another one: what works here goes on in the background."""
        self._next = opening
        working = at_work(engine) > 0
        self.leave(("leave" if engine.attendance.background else "keep") if working else unasked(engine))

    def open_again(self, opening: OpenEngine) -> None:
        """Close this session and open it once more, such as with another model; its workers wait meanwhile."""
        self._next = opening
        self.leave("keep")

    def _turn_to_next(self) -> None:
        opening, self._next = self._next, None
        self._leave.clear()
        if self._farewell == "leave" and self.parting:
            self.notify(self.parting, markup=False)
        self.parting = ""
        if opening is not None and not self._ending:
            self._reopen = self._open_other
            self._begin_anew(opening)

    def _begin_anew(self, open_engine: OpenEngine) -> None:
        self.failure, self._cockpit = None, None
        # What is below is the curtain: the next cockpit is raised from there.
        while len(self.screen_stack) > 1:
            self.pop_screen()
        self._begin(open_engine, "")

    def command(self, command: cm.Command, told: str = "", *, refused: Refused | None = None) -> None:
        """Send a command; `told` is shown once it was taken, and what the engine refuses unless `refused` takes it."""
        if self._engine is not None and not self._leave.is_set():
            self.run_worker(self._dispatch(self._engine, command, told, refused), exit_on_error=True)
        elif self._engine is None and isinstance(command, cm.SendMessage) and len(self._early) < EARLY:
            self._early.append((command, told))
            self.notify("Sent as soon as everything is loaded.", timeout=3)

    async def _dispatch(self, engine: "OpenSession", command: cm.Command, told: str, refused: Refused | None) -> None:
        try:
            await engine.dispatch(command)
        except CommandError as error:
            if refused is not None:
                refused(error)
            else:
                self.notify(str(error), severity="warning", markup=False)
            if error.code == "session.watching" and isinstance(command, cm.SendMessage) and self._cockpit is not None:
                self._cockpit.give_back(command.text)
        except GolferError as error:
            self.notify(str(error), severity="error", markup=False)
        else:
            if told:
                self.notify(told, timeout=3, markup=False)

    def leave(self, farewell: Farewell) -> None:
        """Close or leave the session, then close the app."""
        self._farewell = farewell
        self._leave.set()
        if self._engine is None:
            # Nothing is open yet, or nothing any more.
            self.exit(1 if self.failure else 0)
        elif self._cockpit is not None:
            self._cockpit.closing()

    async def let_go(self) -> None:
        """Wait until the session is let go, whatever ended the app. A second call does nothing."""
        self._ending = True
        self._leave.set()
        holder, self._holder = self._holder, None
        if holder is None:
            return
        if self._engine is None:
            holder.cancel()
        await asyncio.gather(holder, return_exceptions=True)


def _import_cockpit() -> None:
    # A tenth of the time would go into looks through what is there to stay.
    gc.disable()
    try:
        import golfer_tui.tui.cockpit  # noqa: F401 - this is what takes its time
    finally:
        gc.enable()

    # What was imported stays: a full collection would look through all of it, and hold up the screen meanwhile.
    gc.freeze()
