"""The app: it paints first and opens the engine behind that, carries commands to it, and lets it go at the end."""

import asyncio
import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import App
from textual.binding import Binding, BindingType
from textual.reactive import Reactive
from textual.screen import Screen
from textual.types import CSSPathType

from golfer_tui.model.errors import GolferError
from golfer_tui.model.settings import NoticeSettings
from golfer_tui.tui.actions import Keymap
from golfer_tui.tui.clipboard import give
from golfer_tui.tui.curtain import Curtain
from golfer_tui.tui.holding import Holding, OpenEngine, Reopen
from golfer_tui.tui.keyed import UNCHANGED, Keyed, bindings
from golfer_tui.tui.leaving import at_work, unasked
from golfer_tui.tui.notices import NoticeLog, Told
from golfer_tui.tui.themes import ANSI, ANSI_LIGHT, DEFAULT, THEMES, fitting

if TYPE_CHECKING:
    from textual.command import Provider
    from textual.notifications import SeverityLevel

    from golfer_tui.attach.session import OpenSession
    from golfer_tui.attach.shelf import Shelf
    from golfer_tui.tui.setup import Choice, Setup

# Whatever the curtain does not need is imported where it is used: the first paint waits for every import above.

SHEETS = [Path(__file__).with_name(f"{name}.tcss") for name in ("cockpit", "dialogs", "first_steps", "sixteen")]


def utc_now() -> dt.datetime:
    """The time, as events have it."""
    return dt.datetime.now(dt.UTC)


def _commands() -> "type[Provider]":
    from golfer_tui.tui.palette import Commands

    return Commands


class CockpitApp(Keyed, Holding):
    """One session on one terminal. The session is the engine's: nothing is lost with the screen."""

    TITLE = "golfer"
    COMMANDS: ClassVar["set[type[Provider] | Callable[[], type[Provider]]]"] = {_commands}

    # Whole paths, read once at the start: nothing is looked up on disk when a screen or a dialog opens.
    CSS_PATH: ClassVar[CSSPathType | None] = [*SHEETS]

    ansi_theme_dark = Reactive(ANSI, init=False)
    ansi_theme_light = Reactive(ANSI_LIGHT, init=False)

    PLACE = "app"
    BINDINGS: ClassVar[list[BindingType]] = bindings("app")

    def __init__(
        self,
        open_engine: OpenEngine | None,
        *,
        open_demo: OpenEngine | None = None,
        setup: "Setup | None" = None,
        reopen: Reopen | None = None,
        open_other: Reopen | None = None,
        open_shelf: "Callable[[], Shelf] | None" = None,
        first_prompt: str = "",
        demo_prompt: str = "",
        theme: str = "",
        keymap: Keymap = UNCHANGED,
        notices: NoticeSettings = NoticeSettings(),  # noqa: B008 - frozen
        now: Callable[[], dt.datetime] = utc_now,
    ) -> None:
        """Without `open_engine` and unless `setup` finds a model, the first steps are shown, which offer `open_demo`.

        `reopen` opens a stored session by its id, after its engine has failed; `open_other` any other one, which is
        chosen on the shelf.
        """
        super().__init__(reopen=reopen, open_other=open_other, now=now)
        self._open_engine = open_engine
        self._open_demo = open_demo
        self._setup = setup
        self.open_shelf = open_shelf
        """Opens the stored sessions; called in a thread. None if there are none to be opened."""
        self._first_prompt = first_prompt
        self._demo_prompt = demo_prompt
        self._wanted_theme = theme
        self.changed_keys = keymap
        """What `[keys]` of the settings says."""
        self.notice_settings = notices
        self.notices = NoticeLog()
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
        wanted = fitting(self._wanted_theme, self.console.color_system)
        if wanted in self.available_themes:
            self.theme = wanted
        else:
            self.notify(f"There is no theme {wanted}; /theme lists them.", severity="warning", markup=False)
        if self._open_engine is not None:
            self.screen.call_after_refresh(self._begin, self._open_engine, self._first_prompt)
        else:
            self.screen.call_after_refresh(lambda: self.run_worker(self._find_model(), name="find model"))

    async def _find_model(self) -> None:
        """Go on with a model that somebody keeps the key of; else with the first steps."""
        found = await asyncio.to_thread(self._setup.find) if self._setup is not None else None
        if found is not None:
            self._begin(found, self._first_prompt)
        else:
            await self._show_first_steps()

    async def _show_first_steps(self) -> None:
        from golfer_tui.tui.first_steps import FirstSteps

        keyring = await self._setup.keyring() if self._setup is not None else ""
        engine = self._engine
        demo = self._open_demo is not None and engine is None
        self.push_screen(FirstSteps(self._setup, demo=demo, keyring=keyring, behind=engine))

    async def action_setup(self) -> None:
        """Show the first steps again, for another model, key or place to run."""
        if self.check_action("setup", ()):
            await self._show_first_steps()

    async def start_with(self, setup: "Setup", choice: "Choice", *, keep: bool, here: bool) -> None:
        """Leave the first steps for a session with the model that was chosen there; `here`: the one that is open."""
        for told in await setup.choose(choice, keep=keep):
            self.notify(told, markup=False)
        if self._engine is not None:
            if here:
                self.open_again(setup.open_other(self._engine.session))
            else:
                self._exchange(self._engine, setup.open_new())
            self.pop_screen()
        elif self._holder is None:
            self._begin(setup.opener(), self._first_prompt)

    def start_demo(self) -> None:
        """Leave the first steps for a session with the scripted model."""
        if self._open_demo is not None and self._holder is None:
            self._begin(self._open_demo, self._first_prompt or self._demo_prompt)

    async def action_sessions(self) -> None:
        """Show the stored sessions, and open the one that is chosen."""
        if self.open_shelf is not None and not self._leave.is_set():
            shelf = await asyncio.to_thread(self.open_shelf)

            from golfer_tui.tui.stored import Stored

            own = self._engine.session if self._engine is not None else ""
            self.push_screen(Stored(shelf, own=own), lambda chosen: self.go_to(chosen) if chosen else None)

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: "SeverityLevel" = "information",
        timeout: float | None = None,
        markup: bool = True,
        worker: str = "",
    ) -> None:
        """As Textual does, and keep it in the list of notices; `worker` is whom it is about."""
        self.notices.add(Told(self._now(), severity, message, worker))
        super().notify(message, title=title, severity=severity, timeout=timeout, markup=markup)

    def copy_to_clipboard(self, text: str) -> None:
        """Bring a text to the clipboard of the terminal, and to this machine's."""
        super().copy_to_clipboard(text)
        self.run_worker(give(text), name="clipboard", group="clipboard", exclusive=True)

    def watch_app_focus(self, focus: bool) -> None:
        """Keys go where they would have gone, had the person not looked elsewhere while the screen came up."""
        screen = self.screen
        wanted = self.AUTO_FOCUS if screen.AUTO_FOCUS is None else screen.AUTO_FOCUS
        if focus and screen.focused is None and wanted:
            first = next((widget for widget in screen.query(wanted).results() if widget.focusable), None)
            screen.set_focus(first, scroll_visible=False)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Where no animation is wanted, the cursor of an input stands still, too."""
        if self.animation_level == "none" and hasattr(event.widget, "cursor_blink"):
            event.widget.cursor_blink = False

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "sessions":
            return self.open_shelf is not None
        if action == "take_over":
            return self._engine is not None and not self._engine.attendance.writing
        if action == "setup":
            here = getattr(self.screen, "PLACE", "")
            return here == "cockpit" and None not in (self._setup, self._engine) and not self._leave.is_set()
        return True

    def action_theme(self, name: str = "") -> None:
        """Take a theme, or let one be chosen."""
        if name:
            self.theme = name
        else:
            self.search_themes()

    def action_help(self) -> None:
        """Show all keys, those of the place where the person is first; or close them again."""
        from golfer_tui.tui import dialogs, helptext

        if isinstance(self.screen, dialogs.Help):
            self.pop_screen()
            return
        here = getattr(self.focused, "PLACE", "") or getattr(self.screen, "PLACE", "")
        self.push_screen(dialogs.Help(helptext.keys_for(here, self.changed_keys)))

    def get_key_display(self, binding: Binding) -> str:
        from golfer_tui.tui.keymap import key_shown

        return key_shown(binding.key)

    # The end

    async def action_quit(self) -> None:
        """Leave; asks first if workers are at work."""
        from golfer_tui.tui import dialogs

        if isinstance(self.screen, dialogs.Question) or self._leave.is_set():
            return
        engine = self._engine
        if engine is not None and (active := at_work(engine)):
            question = dialogs.ask_quit(active, background=engine.attendance.background)
            self.push_screen(question, lambda answer: self.leave(answer) if answer else None)
        else:
            self.leave(unasked(engine))

    def action_detach(self) -> None:
        """Leave, and let the session go on."""
        if not self._leave.is_set():
            self.leave("leave")

    def action_take_over(self) -> None:
        """Steer the session from here; whoever did it until now watches."""
        if self._engine is not None and not self._engine.attendance.writing:
            self.run_worker(self._take_over(self._engine), name="take over")

    async def _take_over(self, engine: "OpenSession") -> None:
        try:
            await engine.take_over()
        except GolferError as error:
            self.notify(str(error), severity="error", markup=False)
        else:
            self.notify("You steer this session now.", timeout=3)

    async def on_unmount(self) -> None:
        await self.let_go()
