"""One row of the log: a header, a line of output, or a sign that stands for lines. Values in, strips out."""

import dataclasses as dc
import datetime as dt
from typing import ClassVar, Self

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from golfer_tui.model import figures
from golfer_tui.terminal.clean import one_line
from golfer_tui.tui.log import times
from golfer_tui.tui.log.block import Block
from golfer_tui.tui.log.blocks import Blocks
from golfer_tui.tui.log.lines import line_of, wrapped
from golfer_tui.tui.look import Piece, ink, row
from golfer_tui.tui.paint import strip_of

LEAST = 3
"""Facts in a header however narrow the log is: how it ended, how long it took, when it began."""

EDGE = 2
"""Columns before a line: the edge of its block and a blank."""


@dc.dataclass(frozen=True)
class LogInks:
    """The styles of the log, read from the style sheet once for each theme."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "log--title", "log--body", "log--header", "log--current", "log--command", "log--dim", "log--ok", "log--failed",
        "log--running", "log--sign",
    }  # fmt: skip

    title: Style
    body: Style
    header: Style
    current: Style
    """The header of the block that keys mean."""
    sign: Style
    command: Style
    dim: Style
    ok: Style
    failed: Style
    running: Style

    @classmethod
    def of(cls, widget: Widget) -> Self:
        """Read them from the widget that has the component classes."""
        ground = widget.get_component_styles("log--body").background
        whole = ("title", "body", "header", "current", "sign")
        drawn = ("command", "dim", "ok", "failed", "running")
        return cls(
            **{name: widget.get_component_rich_style(f"log--{name}") for name in whole},
            **{name: ink(widget, f"log--{name}", ground) for name in drawn},
        )


@dc.dataclass(frozen=True)
class Drawing:
    """All that the rows of one picture are drawn from."""

    blocks: Blocks
    inks: LogInks
    width: int
    now: dt.datetime
    times: times.Times
    left: int
    """Columns that are out of sight at the left."""

    def header(self, index: int, *, current: bool) -> Strip:
        """How the command ended, the command, when it began and how long it took; how much of it is folded."""
        block, inks = self.blocks[index], self.inks
        command = block.command
        sign, style, told = self._ending(index)
        fold = "▸" if block.folded else "▾"
        left: list[Piece] = [(f"{fold} ", inks.dim), (f"{sign} ", style), (one_line(command.text), inks.command)]
        seconds = command.seconds if command.ended else figures.since(command.started, self.now)
        facts: list[Piece] = [(self._amount(block), inks.dim)] * (block.folded and block.size > 0)
        facts += [("beside others", inks.dim)] * block.span.shared
        facts.append((told, style))
        facts += [(figures.brief(seconds), inks.dim)] * (command.ended or self.blocks.runs(index))
        facts.append((f"{command.started.astimezone():%H:%M:%S}", inks.dim))
        while len(facts) > LEAST and sum(len(text) + 3 for text, _ in facts) > self.width // 2:
            del facts[0]
        right = [piece for fact in facts for piece in ((" · ", inks.dim), fact)][1:]
        return row(left, [*right, (" ", inks.dim)], self.width, inks.current if current else inks.header)

    def line(self, index: int, y: int) -> Strip:
        """Row `y` below the header."""
        block, inks = self.blocks[index], self.inks
        _, style, _ = self._ending(index)
        edge = [Segment("▏ ", inks.body + style)]
        marked = block.marked_row(self.blocks.width)
        found = block.line_at(y, self.blocks.width)
        if found is None:
            return row([("▏ ", style), (self._sign(block, y), inks.dim)], [], self.width, inks.body)
        line, part = found
        if marked is not None and marked == y - part:
            edge = [Segment("▶", inks.sign), Segment(" ", inks.body)]
        moment = times.told(self.times, line.time if part == 0 else None, block.command.started)
        if moment:
            edge.append(Segment(moment, inks.body + inks.dim))
        room = self.width - EDGE - len(moment)
        if self.blocks.width is not None:
            strip = strip_of(wrapped(line.text, self.blocks.width)[part], room, inks.body)
        else:
            whole = strip_of(line_of(line.text), max(line.cells, self.left + room), inks.body)
            strip = whole.crop(self.left, self.left + room)
        return Strip([*edge, *strip], self.width)

    def _ending(self, index: int) -> tuple[str, Style, str]:
        command, inks = self.blocks[index].command, self.inks
        if self.blocks.runs(index):
            return "◌", inks.running, "runs"
        if not command.ended:
            return "✗", inks.failed, "cut off"
        if command.exit_code is None:
            return "✗", inks.failed, "ended without a status"
        return ("✗", inks.failed, f"exit {command.exit_code}") if command.exit_code else ("✓", inks.ok, "exit 0")

    def _amount(self, block: Block) -> str:
        """How much output is folded away."""
        if block.at >= 0 and not block.body.skipped and not block.behind:
            count = block.body.above + block.body.count
        elif block.counted is not None:
            count = block.counted
        else:
            return f"{figures.size(block.size)} bytes"
        return "1 line" if count == 1 else f"{count:,} lines"

    def _sign(self, block: Block, y: int) -> str:
        """What stands where no line is."""
        if block.at < 0:
            return "…"
        if y or not block.body.cut:
            return block.failure
        above = [f"{block.body.above:,} lines"] * bool(block.body.above)
        above += [f"{figures.size(block.body.skipped)} bytes"] * bool(block.body.skipped)
        return f"… {' and '.join(above)} above are in the recording"
