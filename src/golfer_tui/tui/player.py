"""The player of recordings as a program of its own: `golfer replay`."""

import asyncio
import functools
import signal
from collections.abc import Callable

from textual.app import App
from textual.reactive import Reactive

from golfer_tui.model.errors import GolferError
from golfer_tui.terminal.playback import Cast, Playback
from golfer_tui.tui.actions import Keymap
from golfer_tui.tui.keyed import UNCHANGED
from golfer_tui.tui.playing import Playing
from golfer_tui.tui.themes import ANSI, DEFAULT, THEMES, fitting


class Player(App[None]):
    """One recording on one terminal."""

    TITLE = "golfer replay"
    ENABLE_COMMAND_PALETTE = False

    ansi_theme_dark = Reactive(ANSI, init=False)

    def __init__(self, playback: Playback, *, title: str, at: float = 0.0, keymap: Keymap = UNCHANGED) -> None:
        super().__init__()
        self.changed_keys = keymap
        self.playing = Playing(playback, title=title, at=at)
        """The screen that plays it."""
        self.failure: GolferError | None = None
        """Why it could not be played to the end."""
        for ours in THEMES:
            self.register_theme(ours)
        self.set_reactive(App.theme, DEFAULT)

    def on_mount(self) -> None:
        self.theme = fitting("", self.console.color_system)
        self.push_screen(self.playing, self._played)

    def _played(self, failure: GolferError | None) -> None:
        self.failure = failure
        self.exit()


def play(
    opened: Callable[[], Cast],
    *,
    title: str,
    at: float = 0.0,
    size: tuple[int, int] | None = None,
    keymap: Keymap = UNCHANGED,
) -> None:
    """Play a recording on this terminal until the person leaves.

    Args:
        opened: Gives the recording from its beginning.
        title: Its name.
        at: Where to begin, in seconds.
        size: Columns and rows to keep; by default the recorded sizes are followed.
        keymap: Keys that the person has changed.

    Raises:
        UsageError: `cast.…`, before or after the screen was shown.
    """
    player = Player(Playback(opened, size), title=title, at=at, keymap=keymap)
    asyncio.run(_run(player))
    if player.failure is not None:
        raise player.failure


async def _run(player: Player) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, functools.partial(player.exit))
    await player.run_async()
