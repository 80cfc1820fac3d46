"""One line of `golfer sessions`: what is stored of a session, and who has it now."""

import msgspec

from golfer_tui.attach.visiting import look
from golfer_tui.store.sessions import SessionRow
from golfer_tui.store.store import Store


class Listed(SessionRow, frozen=True, kw_only=True):
    """A stored session as it stands at this moment."""

    attached: int | None = None
    """Cockpits that are attached to it, if it runs in the background."""


async def listed(store: Store, row: SessionRow) -> Listed:
    """Look who has the session; one that nobody has any more does not run, whatever it said last."""
    row = Listed(**msgspec.structs.asdict(row))
    if row.state != "running":
        return row
    if not await store.sessions.held(row.id):
        return msgspec.structs.replace(row, state="interrupted")
    return msgspec.structs.replace(row, attached=await look(store.layout, row.id))
