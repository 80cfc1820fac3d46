"""The styles in which the fleet is drawn, read from the style sheet once for each theme."""

import dataclasses as dc
from typing import ClassVar, Self

from rich.color import Color
from rich.style import Style
from textual.widget import Widget

from golfer_tui.model.workers import WorkerState
from golfer_tui.tui.look import ink
from golfer_tui.tui.marks import Kind

BLACK = Color.from_ansi(0)

HIGHLIGHTS: tuple[Kind, ...] = ("match", "current", "selection", "cursor")


@dc.dataclass(frozen=True)
class Inks:
    """One style for each component class of the fleet."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "fleet--title", "fleet--title-selected", "fleet--name", "fleet--body", "fleet--dim", "fleet--metric",
        "fleet--curve", "fleet--fill", "fleet--track", "fleet--memory", "fleet--sign", "fleet--alarm",
        *(f"fleet--{kind}" for kind in HIGHLIGHTS),
        *(f"fleet--{state}" for state in WorkerState),
    }  # fmt: skip

    title: Style
    title_selected: Style
    body: Style
    """Text and ground of a tile; the styles below are drawn on it."""
    sign: Style
    gap: Style
    """Where no tile is."""
    name: Style
    dim: Style
    metric: Style
    curve: Style
    fill: Style
    """Of bars and graphs."""
    track: Style
    """The rest of a bar."""
    memory: Style
    alarm: Style
    """Of what wants a person to look."""
    states: dict[WorkerState, Style]
    """The colour of each state."""
    highlights: dict[Kind, Style]
    """Of what the person has marked in a terminal."""

    @classmethod
    def of(cls, fleet: Widget) -> Self:
        """Read them from the widget that has the component classes."""
        ground = fleet.get_component_styles("fleet--body").background
        drawn = ("name", "dim", "metric", "curve", "fill", "track", "memory", "alarm")
        return cls(
            **{field: ink(fleet, f"fleet--{field}", ground) for field in drawn},
            title=fleet.get_component_rich_style("fleet--title"),
            title_selected=fleet.get_component_rich_style("fleet--title-selected"),
            body=fleet.get_component_rich_style("fleet--body"),
            sign=fleet.get_component_rich_style("fleet--sign"),
            gap=fleet.rich_style,
            states={state: ink(fleet, f"fleet--{state}", ground) for state in WorkerState},
            highlights={
                "link": Style(underline=True, bold=True),
                **{
                    kind: fleet.get_component_rich_style(f"fleet--{kind}") + Style(reverse=False) for kind in HIGHLIGHTS
                },
            },
        )

    @property
    def needs(self) -> Style:
        """Of the mark of what waits for a person."""
        return Style(color=self._written, bgcolor=self.alarm.color, bold=True)

    def badge(self, state: WorkerState) -> Style:
        """The colour of a state as a ground."""
        return Style(color=self._written, bgcolor=self.states[state].color, bold=True)

    @property
    def _written(self) -> Color | None:
        """What is written with on a colour: the ground, or black if that is the terminal's own."""
        ground = self.body.bgcolor
        return BLACK if ground is not None and ground.is_default else ground
