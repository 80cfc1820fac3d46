"""The first row: what session this is, who answers, where it runs, and how much of it."""

import collections
from typing import TYPE_CHECKING, ClassVar

from rich.style import Style
from textual.app import RenderResult
from textual.strip import Strip
from textual.widget import Widget

from golfer_tui.model.session import SessionState
from golfer_tui.model.settings import Settings
from golfer_tui.model.workers import WorkerState
from golfer_tui.terminal.clean import one_line
from golfer_tui.tui import figures
from golfer_tui.tui.look import LETTERS, Piece, ink, row, width_of

if TYPE_CHECKING:
    from golfer_tui.engine.engine import Engine


class Header(Widget):
    """One line; where it is narrow, the least important parts go first."""

    ALLOW_SELECT = False

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "header--product", "header--title", "header--dim", "header--scripted", "header--note",
        *(f"header--{state}" for state in WorkerState),
    }  # fmt: skip

    def __init__(self) -> None:
        super().__init__()
        self._state = SessionState()
        self._settings = Settings()
        self._engine: Engine | None = None
        self._note = "opening"

    def show(self, engine: "Engine") -> None:
        """Tell of this session from now on."""
        self._engine, self._state, self._settings, self._note = engine, engine.state, engine.settings, ""
        self.refresh()

    def tell(self, note: str) -> None:
        """A word about the cockpit itself, such as that it closes."""
        self._note = note
        self.refresh()

    def render(self) -> RenderResult:
        return ""

    def render_line(self, y: int) -> Strip:
        state, width = self._state, self.size.width
        dim = self._style("dim")
        left: list[Piece] = [(" ⚑ golfer ", self._style("product")), (" ", dim)]
        if state.scripted or (self._settings.demo and not state.session):
            left += [(" scripted model ", self._style("scripted")), (" ", dim)]
        if self._note:
            left.append((f"{self._note} …", self._style("note")))
        counts = self._counts()
        fleet = f"  {self._gpus()}" if self._gpus() else ""
        tokens = state.tokens.input + state.tokens.output
        model = "" if state.scripted else one_line(state.model)
        where = "  ".join(part for part in (model, one_line(state.backend)) if part)
        spent: list[Piece] = [(f"  {figures.tally(tokens)} tokens", dim)] if tokens else []
        place: list[Piece] = [(f"  {where}{fleet}", dim)] if where else []
        for right in ([*place, *spent, *counts], [*place, *counts], counts):
            if width_of(right) + width_of(left) + 8 <= width:
                break
        right = [*right, (" ", dim)]
        title = one_line(state.title) or one_line(state.session)
        if state.session and state.title:
            title = f"{title}  {state.session[:8]}"
        return row([*left, (title, self._style("title"))], right, width, self.rich_style)

    def _counts(self) -> list[Piece]:
        counted = collections.Counter(worker.state for worker in self._state.workers.values())
        pieces: list[Piece] = []
        for state in LETTERS:
            if counted[state]:
                pieces += [("  ", self._style("dim")), (f"{LETTERS[state]}{counted[state]}", self._style(state))]
        return pieces

    def _gpus(self) -> str:
        """GPUs that are leased of those that may be; nothing where there are none."""
        if self._engine is None:
            return ""
        used, limit = self._engine.used.gpus, self._engine.limits.max_gpus
        if not used and not limit:
            return ""
        return f"gpus {used}" if limit is None else f"gpus {used}/{limit}"

    def _style(self, name: str) -> Style:
        if name in {"product", "scripted"}:
            return self.get_component_rich_style(f"header--{name}")
        return ink(self, f"header--{name}", self.styles.background)
