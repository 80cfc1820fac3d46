"""The app: it paints first and opens the engine behind that, carries commands to it, and lets it go at the end."""

import asyncio
import datetime as dt
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal

from textual.app import App
from textual.binding import Binding, BindingType
from textual.reactive import Reactive
from textual.screen import Screen
from textual.types import CSSPathType

from golfer_tui.model import commands as cm
from golfer_tui.model.errors import CommandError, GolferError
from golfer_tui.tui.curtain import Curtain
from golfer_tui.tui.themes import ANSI, ANSI_LIGHT, DEFAULT, THEMES

if TYPE_CHECKING:
    from textual.command import Provider

    from golfer_tui.engine.engine import Engine
    from golfer_tui.tui.cockpit import Cockpit

# Whatever the curtain does not need is imported where it is used: the first paint waits for every import above.

OpenEngine = Callable[[], "AbstractAsyncContextManager[Engine]"]
"""Imports the engine and returns what opens it. Called in a thread: importing it takes seconds."""

SHEETS = [Path(__file__).with_name(name) for name in ("cockpit.tcss", "dialogs.tcss", "first_steps.tcss")]

Farewell = Literal["end", "keep"]

EARLY = 100
"""Commands that may wait until the engine is open."""


def utc_now() -> dt.datetime:
    """The time, as events have it."""
    return dt.datetime.now(dt.UTC)


def _commands() -> "type[Provider]":
    from golfer_tui.tui.palette import FleetCommands

    return FleetCommands


class CockpitApp(App[int]):
    """One session on one terminal. The session is the engine's: nothing is lost with the screen."""

    TITLE = "golfer"
    COMMANDS = App.COMMANDS | {_commands}

    # Whole paths, read once at the start: nothing is looked up on disk when a screen or a dialog opens.
    CSS_PATH: ClassVar[CSSPathType | None] = [*SHEETS]

    ansi_theme_dark = Reactive(ANSI, init=False)
    ansi_theme_light = Reactive(ANSI_LIGHT, init=False)

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "quit", "Quit", priority=True),
    ]

    def __init__(
        self,
        open_engine: OpenEngine | None,
        *,
        open_demo: OpenEngine | None = None,
        first_prompt: str = "",
        demo_prompt: str = "",
        theme: str = "",
        now: Callable[[], dt.datetime] = utc_now,
    ) -> None:
        """Without `open_engine` the first steps are shown, and `open_demo` is what they offer."""
        super().__init__()
        self._open_engine = open_engine
        self._open_demo = open_demo
        self._first_prompt = first_prompt
        self._demo_prompt = demo_prompt
        self._wanted_theme = theme
        self._now = now
        self._cockpit: Cockpit | None = None
        self._engine: Engine | None = None
        self._holder: asyncio.Task[None] | None = None
        self._leave = asyncio.Event()
        self._farewell: Farewell = "end"
        self._ending = False
        """The app ends already, for whatever reason."""
        self._early: list[tuple[cm.Command, str]] = []
        self.failure: GolferError | None = None
        """Why the engine could not be opened or ended early; None if all went well."""
        self._dress()

    def get_default_screen(self) -> Screen[None]:
        return Curtain()

    def _dress(self) -> None:
        """Take our theme without its watchers: they would parse all style sheets again before the first paint."""
        for ours in THEMES:
            self.register_theme(ours)
        self.set_reactive(App.theme, DEFAULT)
        self.stylesheet.set_variables(self.get_css_variables())

    def on_mount(self) -> None:
        if self._wanted_theme in self.available_themes:
            self.theme = self._wanted_theme
        elif self._wanted_theme:
            self.notify(f"There is no theme {self._wanted_theme}; ctrl+p lists them.", severity="warning", markup=False)
        if self._open_engine is not None:
            self.screen.call_after_refresh(self._begin, self._open_engine, self._first_prompt)
        else:
            self.screen.call_after_refresh(self._show_first_steps)

    def _show_first_steps(self) -> None:
        from golfer_tui.tui.first_steps import FirstSteps

        self.push_screen(FirstSteps(demo=self._open_demo is not None))

    def start_demo(self) -> None:
        """Leave the first steps for a session with the scripted model."""
        if self._open_demo is not None and self._holder is None:
            self._begin(self._open_demo, self._first_prompt or self._demo_prompt)

    # The engine

    def _begin(self, open_engine: OpenEngine, prompt: str) -> None:
        if prompt:
            self._early.insert(0, (cm.SendMessage(prompt), ""))
        self._holder = asyncio.create_task(self._hold(open_engine), name="cockpit engine")

    async def _hold(self, open_engine: OpenEngine) -> None:
        """Own the engine from its opening until the person leaves or it ends by itself."""
        try:
            await asyncio.to_thread(_import_cockpit)
            raised: asyncio.Future[Cockpit] = asyncio.get_running_loop().create_future()
            self.call_later(self._raise_curtain, raised)
            screen = await raised
            await screen.furnished.wait()
            opening = await asyncio.to_thread(open_engine)
            async with opening as engine:
                await self._follow(engine, screen)
        except GolferError as error:
            self.failure = error
            self.call_later(self._show_failure, error)
        except Exception as error:  # noqa: BLE001 - a fault of ours: Textual shows it and ends the app
            self.call_later(self._crash, error)
        finally:
            self._engine = None

    def _raise_curtain(self, raised: "asyncio.Future[Cockpit]") -> None:
        from golfer_tui.tui.cockpit import Cockpit

        typed = self.screen.typed if isinstance(self.screen, Curtain) else ""
        self._cockpit = Cockpit(now=self._now, typed=typed)
        self.push_screen(self._cockpit)
        raised.set_result(self._cockpit)

    async def _follow(self, engine: "Engine", screen: "Cockpit") -> None:
        from golfer_tui.tui.watch import Watch

        watch = Watch(engine, screen.wake)
        reading = asyncio.create_task(watch.run(), name="cockpit stream")
        leaving = asyncio.create_task(self._leave.wait(), name="cockpit leave")
        try:
            self._engine = engine
            screen.show(watch)
            early, self._early = self._early, []
            for command, told in early:
                self.command(command, told)
            await asyncio.wait({reading, leaving}, return_when=asyncio.FIRST_COMPLETED)
            await engine.close(self._farewell)
        finally:
            for task in (reading, leaving):
                task.cancel()
            results = await asyncio.gather(reading, leaving, return_exceptions=True)
            screen.leave()
            watch.close()
        if isinstance(results[0], Exception):
            raise results[0]
        if not self._ending:
            self.exit(0)

    def _crash(self, error: Exception) -> None:
        raise error

    def _show_failure(self, error: GolferError) -> None:
        from golfer_tui.tui.failure import Failure

        self.push_screen(Failure(error))

    def command(self, command: cm.Command, told: str = "", *, quiet: bool = False) -> None:
        """Send a command; `told` is shown once it was taken, a refusal always unless `quiet`."""
        if self._engine is not None and not self._leave.is_set():
            self.run_worker(self._dispatch(self._engine, command, told, quiet), exit_on_error=True)
        elif self._engine is None and isinstance(command, cm.SendMessage) and len(self._early) < EARLY:
            self._early.append((command, told))
            self.notify("Sent as soon as everything is loaded.", timeout=3)

    async def _dispatch(self, engine: "Engine", command: cm.Command, told: str, quiet: bool) -> None:
        try:
            await engine.dispatch(command)
        except CommandError as error:
            if not quiet:
                self.notify(str(error), severity="warning", markup=False)
        except GolferError as error:
            self.notify(str(error), severity="error", markup=False)
        else:
            if told:
                self.notify(told, timeout=3, markup=False)

    # The end

    async def action_quit(self) -> None:
        """Leave; asks first if workers are at work."""
        from golfer_tui.tui import dialogs

        if isinstance(self.screen, dialogs.Question) or self._leave.is_set():
            return
        active = 0
        if self._engine is not None:
            workers = self._engine.state.workers.values()
            active = sum(not worker.state.final and worker.state != "suspended" for worker in workers)
        if active:
            self.push_screen(dialogs.ask_quit(active), self._quit_answered)
        else:
            self.leave("end")

    def _quit_answered(self, answer: str | None) -> None:
        if answer is not None:
            self.leave("keep" if answer == "keep" else "end")

    def leave(self, workers: Farewell) -> None:
        """Close the engine, then the app."""
        self._farewell = workers
        self._leave.set()
        if self._engine is None:
            # Nothing is open yet, or nothing any more.
            self.exit(1 if self.failure else 0)
        elif self._cockpit is not None:
            self._cockpit.closing()

    async def let_go(self) -> None:
        """Wait until the engine is closed, whatever ended the app. A second call does nothing."""
        self._ending = True
        self._leave.set()
        holder, self._holder = self._holder, None
        if holder is None:
            return
        if self._engine is None:
            holder.cancel()
        await asyncio.gather(holder, return_exceptions=True)

    async def on_unmount(self) -> None:
        await self.let_go()


def _import_cockpit() -> None:
    import golfer_tui.tui.cockpit  # noqa: F401 - this is what takes its time
