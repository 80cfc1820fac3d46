"""One line of `golfer sessions`: what is stored of a session, and who has it now.

What asks an engine is imported where one is asked: nobody waits for it to see a list of sessions at rest.
"""

import dataclasses as dc
from pathlib import Path
from typing import TYPE_CHECKING

from golfer_tui.store.glance import glance
from golfer_tui.store.layout import Layout
from golfer_tui.store.locks import Lease
from golfer_tui.store.sessionrow import SessionRow

if TYPE_CHECKING:
    from golfer_tui.store.store import Store


@dc.dataclass(frozen=True, kw_only=True)
class Listed(SessionRow):
    """A stored session as it stands at this moment."""

    attached: int | None = None
    """Cockpits that are attached to it, if it runs in the background."""
    excerpt: str = ""
    """A line with the text that was looked for; empty if it stands in the title alone, or none was looked for."""

    def standing(self, here: str = "") -> str:
        """How it stands, in words: `here` or whether somebody has it or how it ended, and what waits for a person."""
        state = here or ("attached" if self.attached else self.state)
        return f"{state}, {self.approvals} approval{'s' * (self.approvals != 1)}" if self.approvals else state


async def listed(store: "Store", row: SessionRow, excerpt: str = "") -> Listed:
    """Look who has the session; one that nobody has any more does not run, whatever it said last."""
    from golfer_tui.attach.visiting import look

    here = Listed(**vars(row), excerpt=excerpt)
    if row.state != "running":
        return here
    if not await store.sessions.held(row.id):
        return dc.replace(here, state="interrupted")
    return dc.replace(here, attached=await look(store.layout, row.id))


def at_rest(home: Path) -> list[Listed] | None:
    """All sessions, archived ones too, newest first, if none of them runs and the store needs nothing. Blocks."""
    layout = Layout(home)
    found = []
    for row in glance(layout) or ():
        here = Listed(**vars(row))
        if row.state == "running":
            if Lease(row.id, layout.lock(row.id)).taken():
                return None
            here = dc.replace(here, state="interrupted")
        found.append(here)
    return found or None
