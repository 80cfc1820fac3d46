"""Which parts of the main screen are seen, and how large they are. Pure; the style sheet does the rest."""

import dataclasses as dc
from typing import Literal

SMALLEST = (40, 12)
"""Columns and rows below which nothing useful can be shown."""

WIDE = 104
"""Columns from which chat and fleet stand side by side."""

DETAIL = 116
"""Columns from which the zoomed worker's details stand beside it."""

BESIDE_TWO = 178
"""The same, where two of its terminals stand side by side."""

TALL = 34
"""Rows from which the fleet above the chat has room for tiles."""

CHAT = (52, 96)
"""Columns that the chat takes beside the fleet: at least, at most."""

REST = 30
"""Columns that neither of the two loses to the other when the divider is dragged."""

BARS = 2
"""Rows of header and keys."""

Layout = Literal["both", "fleet", "chat", "list"]

LAYOUTS: tuple[Layout, ...] = ("both", "fleet", "chat", "list")


@dc.dataclass(frozen=True)
class Plan:
    """What the screen is to look like."""

    classes: frozenset[str]
    """Classes of the screen that the style sheet knows."""
    talk: int | None
    """Columns of the chat; None for all."""
    fleet: int | None
    """Rows of the fleet; None for all."""
    complaint: str
    """What stands alone on a terminal that is too small."""


def fit(
    width: int,
    height: int,
    layout: Layout,
    *,
    workers: int,
    zoomed: bool,
    details: bool,
    share: int | None,
    log: bool = False,
    widened: bool = False,
) -> Plan:
    """Plan the screen; `share` is the width of the chat that the person has chosen.

    `log` says that the zoomed worker's log is shown in place of its terminal, `widened` that the details are.
    """
    wide = width >= WIDE
    seen = {
        "-small": width < SMALLEST[0] or height < SMALLEST[1],
        "-narrow": not wide,
        "-zoomed": zoomed,
        "-no-workers": not workers,
        "-details": details,
        "-log": zoomed and log,
        "-widened": zoomed and details and widened,
        f"-{layout}": layout != "list" or not zoomed,
    }
    talk = fleet = None
    if layout == "both" and wide:
        chosen = share or min(max(CHAT[0], width * 38 // 100), CHAT[1])
        talk = min(max(chosen, REST), width - REST)
    elif layout == "both" and not zoomed:
        room = height - BARS
        fleet = room // 2 if height >= TALL else min(workers, max(3, room // 3))
    elif layout == "list" and not wide and not zoomed:
        fleet = min(max(1, workers), (height - BARS) // 2)
    return Plan(
        frozenset(name for name, on in seen.items() if on),
        talk,
        fleet,
        f"Terminal too small\n{width}x{height}, needed {SMALLEST[0]}x{SMALLEST[1]}",
    )
