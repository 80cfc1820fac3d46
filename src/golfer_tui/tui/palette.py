"""The commands of the cockpit in Textual's palette: everything that has a key, for every worker by name."""

from collections.abc import Iterator
from functools import partial

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.types import IgnoreReturnCallbackType

from golfer_tui.terminal.clean import one_line
from golfer_tui.tui.steering import WAYS


class FleetCommands(Provider):
    """Commands of the main screen."""

    async def discover(self) -> Hits:
        for title, text, run in self._commands():
            yield DiscoveryHit(title, run, help=text)

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for title, text, run in self._commands():
            if (score := matcher.match(title)) > 0:
                yield Hit(score, matcher.highlight(title), run, help=text)

    def _commands(self) -> Iterator[tuple[str, str, IgnoreReturnCallbackType]]:
        from golfer_tui.tui.cockpit import Cockpit

        screen = self.screen
        if not isinstance(screen, Cockpit):
            return
        yield "Interrupt the orchestrator", "Stop its turn; what its tools did is kept", screen.action_interrupt
        yield "Change the layout", "Chat and workers, workers only, chat only", screen.action_layout
        yield "Show the scores", "All runs by a metric, the best first, with their curves", screen.action_scores
        yield "Show all keys", "What every key does", screen.action_help
        for name in screen.names:
            for what, text in WAYS.items():
                yield f"{what.capitalize()} {one_line(name)}", text, partial(screen.steer, what, name)
