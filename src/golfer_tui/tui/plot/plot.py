"""The plot: curves, axes, a legend, and a cursor that reads values; zoomed and moved with keys and with the mouse."""

import asyncio
import dataclasses as dc
from collections.abc import Sequence
from functools import partial
from typing import ClassVar

from rich.style import Style
from textual import events
from textual.app import RenderResult
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from golfer_tui.tui.look import Piece, clip, ink, row, shorten, width_of
from golfer_tui.tui.plot.axes import laid_out
from golfer_tui.tui.plot.picture import INKS, LETTERS, Curve
from golfer_tui.tui.plot.plan import Plan, Told, planned
from golfer_tui.tui.plot.sight import Sight, value_at


class Plot(Widget):
    """Shows the curves that it was given last."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "plot--title", "plot--axis", "plot--name", "plot--chosen", "plot--cursor", "plot--sign",
        *(f"plot--ink-{number}" for number in range(INKS)),
        *(f"plot--front-{number}" for number in range(INKS)),
    }  # fmt: skip

    @dc.dataclass
    class Picked(Message):
        """The person clicked on a curve's name."""

        key: str

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.sight = Sight()
        self._curves: Sequence[Curve] = ()
        self._told: Told | None = None
        self._front = ""
        self._plan: Plan | None = None
        self._stale = False
        """What is seen is not what is to be seen."""
        self._drawing = False
        self._styles: dict[str, Style] = {}
        self._held = False
        """The mouse holds the cursor."""

    def show(self, curves: Sequence[Curve], told: Told) -> None:
        """Draw these."""
        same = self._told is not None and curves == self._curves and self._told.title == told.title
        self._curves, self._told = curves, told
        if not same:
            self.redraw()

    def bring(self, key: str) -> None:
        """Let the curve with this key lie above the others; without one, the first."""
        if key != self._front:
            self._front = key
            self.redraw()

    def redraw(self) -> None:
        """Something else of the curves is to be seen: it is drawn in a thread, since they may be many and long."""
        self._stale = True
        if not self._drawing and self.is_attached:
            self._drawing = True
            self.run_worker(self._redraw(), name="plot", group="plot")

    async def _redraw(self) -> None:
        try:
            while self._stale:
                self._stale = False
                work = partial(planned, self._curves, self.sight.wish(), *self.size, self._front)
                self._plan = await asyncio.to_thread(work)
                self.sight.got(self._plan.seen if self._plan is not None else None)
                self.refresh()
        finally:
            self._drawing = False

    def read(self, by: int) -> None:
        """Move the cursor that reads values by so many columns."""
        self.sight.read(self._plan.columns if self._plan is not None else 0, by)
        self.refresh()

    @property
    def letters(self) -> dict[str, tuple[str, Style]]:
        """The letter of each curve that is to be drawn and its style, by key."""
        return {
            curve.key: (LETTERS[number % len(LETTERS)], self._style(f"ink-{number % INKS}"))
            for number, curve in enumerate(self._curves)
        }

    # Drawing

    def render(self) -> RenderResult:
        return ""

    def on_resize(self) -> None:
        self.redraw()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._styles = {}

    def render_line(self, y: int) -> Strip:
        width, told = self.size.width, self._told
        plan = self._plan
        empty = not (self._curves and self._drawing) and y == self.size.height // 2
        if told is None or (plan is None and not empty):
            return Strip.blank(width, self.rich_style)
        if plan is None:
            return row([(f"  {told.nothing}", self._style("axis"))], [], width, self.rich_style)
        if y == 0:
            return self._head(told, plan)
        if y <= plan.rows:
            return self._body(told, plan, y - 1)
        axis = self._style("axis")
        if y == plan.rows + 1:
            marks = {tick.at for tick in plan.places}
            line = "".join("┴" if column in marks else "─" for column in range(plan.columns))
            return row([(" " * plan.gutter + "└" + line, axis)], [], width, self.rich_style)
        numbers = " " * (plan.gutter + 1) + laid_out(plan.places, plan.columns)
        return row([(f"{numbers}  {told.axis}" if plan.legend else numbers, axis)], [], width, self.rich_style)

    def _head(self, told: Told, plan: Plan) -> Strip:
        left: list[Piece] = [(f" {told.title}", self._style("title"))]
        left += [(" · powers of ten", self._style("axis"))] if self.sight.log else []
        left += [(" · a part", self._style("sign"))] if not self.sight.whole else []
        x = self.sight.cursor
        right = [(f"{told.x(x)} ", self._style("title"))] if x is not None else []
        if not plan.legend:
            right.insert(0, (f"{told.axis} ", self._style("axis")))
        return row(left, right, self.size.width, self.rich_style)

    def _body(self, told: Told, plan: Plan, y: int) -> Strip:
        axis = self._style("axis")
        tick = plan.levels.get(y)
        label = f"{tick.label:>{plan.gutter - 1}} ┤" if tick is not None else " " * plan.gutter + "│"
        pieces: list[Piece] = [(label, axis)]
        cursor, reading = self._cursor_column(plan), self.get_component_rich_style("plot--cursor")
        reading = Style(bgcolor=reading.bgcolor)
        for column, (character, number) in enumerate(plan.cells[y]):
            style = self._ink(plan, number) if number >= 0 else axis
            if column == cursor:
                style = style + reading
                character = "│" if character == " " else character
            if pieces[-1][1] is style or (column and character == " " and pieces[-1][0].isspace()):
                pieces[-1] = (pieces[-1][0] + character, pieces[-1][1])
            else:
                pieces.append((character, style))
        if plan.legend:
            pieces += [(" ", axis), *self._entry(told, plan, y)]
        return row(pieces, [], self.size.width, self.rich_style)

    def _cursor_column(self, plan: Plan) -> int:
        """The column that the cursor is in; -1 if it is out of sight."""
        if self.sight.cursor is None:
            return -1
        share = plan.frame.across(self.sight.cursor)
        return round(share * (plan.columns - 1)) if 0 <= share <= 1 else -1

    def _entry(self, told: Told, plan: Plan, y: int) -> list[Piece]:
        """One row of the legend."""
        hidden = len(plan.curves) - plan.rows
        if y == plan.rows - 1 and hidden > 0:
            return [(f"and {hidden + 1} more", self._style("axis"))]
        if y >= len(plan.curves):
            return []
        curve = plan.curves[y]
        value = curve.value
        if self.sight.cursor is not None:
            slack = (plan.frame.x[1] - plan.frame.x[0]) / plan.columns
            at = value_at(curve.points, self.sight.cursor, slack)
            value = "—" if at is None else told.y(at)
        name = self._style("chosen" if curve.key == plan.front else "name")
        right = [(f" {value}", name)]
        left = clip([(shorten(curve.name, plan.legend), name)], plan.legend - 3 - width_of(right))
        gap = plan.legend - 3 - width_of(left) - width_of(right)
        pick = Style.from_meta({"curve": curve.key})
        pieces = [(f"{LETTERS[y % len(LETTERS)]} ", self._ink(plan, y)), *left, (" " * gap, name), *right]
        return [(text, style + pick) for text, style in pieces]

    def _style(self, name: str) -> Style:
        if (style := self._styles.get(name)) is None:
            style = self._styles[name] = ink(self, f"plot--{name}", self.background_colors[1])
        return style

    def _ink(self, plan: Plan, number: int) -> Style:
        front = plan.curves[number].key == plan.front
        return self._style(f"front-{number % INKS}" if front else f"ink-{number % INKS}")

    # What the mouse does; keys are the screen's

    def on_mouse_down(self, event: events.MouseDown) -> None:
        plan = self._plan
        if (key := event.style.meta.get("curve")) is not None:
            self.post_message(self.Picked(key))
        elif plan is not None and plan.gutter < event.x <= plan.gutter + plan.columns:
            self._held = True
            self.capture_mouse()
            self._read_at(plan, event.x)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        plan = self._plan
        if plan is not None and self._held:
            self._read_at(plan, event.x)

    def on_mouse_up(self) -> None:
        if self._held:
            self._held = False
            self.release_mouse()

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        self._wheel(event, 1)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        self._wheel(event, -1)

    def _wheel(self, event: events.MouseEvent, steps: int) -> None:
        event.stop()
        if (plan := self._plan) is None:
            return
        if event.shift:
            self.sight.move(-steps, 0)
        else:
            self.sight.zoom(steps, min(1.0, max(0.0, (event.x - plan.gutter - 1) / max(1, plan.columns - 1))))
        self.redraw()

    def _read_at(self, plan: Plan, x: int) -> None:
        self.sight.read_at((x - plan.gutter - 1) / max(1, plan.columns - 1))
        self.refresh()
