"""The table of actions in Textual's palette: all that can be done here and now, or with one worker."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from textual.command import CommandPalette, DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.screen import Screen
from textual.types import IgnoreReturnCallbackType

from golfer_tui.terminal.clean import one_line
from golfer_tui.tui.actions import ACTIONS, BY_ID, Action, keys_of
from golfer_tui.tui.keyed import keymap_of
from golfer_tui.tui.keymap import keys_shown
from golfer_tui.tui.performing import on_offer, perform, possible

Command = tuple[str, str, IgnoreReturnCallbackType]
"""Its title, what it means, and what does it."""


class Commands(Provider):
    """All that can be done on the screen. With nothing typed, workers' actions stand for the selected one."""

    async def discover(self) -> Hits:
        for title, text, run in self._commands(everywhere=False):
            yield DiscoveryHit(title, run, help=text)

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for title, text, run in self._commands(everywhere=True):
            if (score := matcher.match(title)) > 0:
                yield Hit(score, matcher.highlight(title), run, help=text)

    def _commands(self, *, everywhere: bool) -> Iterator[Command]:
        from golfer_tui.tui.acting import Acting

        screen = self.screen
        chosen = [worker.name for worker in screen.chosen()] if isinstance(screen, Acting) else []
        selected = [worker.name for worker in screen.single()] if isinstance(screen, Acting) else []
        names = list(screen.names) if everywhere and isinstance(screen, Acting) else selected
        offered = list(on_offer(screen))
        if len(chosen) > 1:
            yield from for_many(screen, chosen)
        for action in offered:
            if action.subject != "worker":
                yield command(screen, action, ())
        for name in names:
            for action in offered:
                if action.subject == "worker":
                    yield command(screen, action, (name,))


def command(screen: Screen[Any], action: Action, names: Sequence[str]) -> Command:
    """One line of the palette."""
    title = " ".join([action.title, *map(one_line, names)])
    keys = keys_shown(keys_of(action, keymap_of(screen.app)))
    ways = [way for way in (keys, action.slash and f"/{action.slash}") if way]
    told = Content("  ·  ".join([action.help, *ways])).markup
    return title, told, partial(perform, screen, action, *names)


def for_many(screen: Screen[Any], names: Sequence[str]) -> Iterator[Command]:
    """What can be done with all marked workers at once."""
    for action in ACTIONS:
        # A message and limits go to all of them, too, if none is named.
        many = action.id in {"worker.message", "worker.limit"} or any(argument.many for argument in action.arguments)
        if action.subject == "worker" and many and action.id != "worker.mark" and possible(screen, action):
            title, told, run = command(screen, action, ())
            yield f"{title} {len(names)} marked: {', '.join(map(one_line, names))}", told, run


def open_menu(screen: Screen[Any], names: Sequence[str], *, asks: bool) -> None:
    """The palette with all that can be done with these workers; `asks`: the only one waits for an approval."""

    class Menu(Commands):
        def _commands(self, *, everywhere: bool) -> Iterator[Command]:
            if len(names) > 1:
                yield from for_many(screen, names)
                return
            if asks:
                _, told, run = command(screen, BY_ID["approval.answer"], names)
                yield f"Answer {one_line(names[0])}", told, run
            for action in ACTIONS:
                if action.subject == "worker" and action.palette and possible(screen, action):
                    yield command(screen, action, names)

    screen.app.push_screen(CommandPalette([Menu], placeholder=f"What to do with {', '.join(map(one_line, names))}"))
