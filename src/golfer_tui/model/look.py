"""How a session looked on the screen, so that it looks so again when it is opened."""

from typing import Literal

import msgspec


class SavedLook(msgspec.Struct, frozen=True, kw_only=True):
    """What a person has chosen to see."""

    layout: Literal["both", "fleet", "chat", "list"] = "both"
    """Chat and workers, the workers alone, the chat alone, or a list of workers with the details of the selected."""
    view: Literal["auto", "tiles", "list"] = "auto"
    """How the workers are shown; `auto`: as tiles if all of them fit."""
    selected: str = ""
    """Name of the selected worker; empty: the first one."""
    zoomed: bool = False
    """The selected worker has the whole place."""
    details: bool = False
    """The zoomed worker's details are shown."""
    wide: bool = False
    """The details have the place of its terminal."""
    tab: str = ""
    """Which of its details; empty: the first."""
    share: int = 0
    """Columns of the chat beside the workers; 0: what suits the terminal."""
