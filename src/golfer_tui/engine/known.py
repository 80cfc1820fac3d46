"""What a person can name in a session, to be offered while they write: skills, models, other sessions."""

from golfer_tui.agents.services import Services
from golfer_tui.model.errors import GolferError
from golfer_tui.model.known import KnownKind
from golfer_tui.store.store import Store


async def known(kind: KnownKind, services: Services, store: Store) -> list[tuple[str, str]]:
    """Names of this kind, each with a word about it.

    Raises:
        StoreError: the sessions cannot be read.
    """
    match kind:
        case "skill":
            return [(skill.name, skill.description) for skill in services.library.skills]
        case "model":
            return [(name, "") for name in await _models(services)]
        case "session":
            rows = await store.sessions.list()
            own = services.state.session
            return [(row.id, row.title) for row in rows if not row.archived and row.id != own]


async def _models(services: Services) -> list[str]:
    """What the server lists, after the names that this session has used or was given."""
    own = [services.state.model, services.provider.name, services.settings.model.worker]
    try:
        offered = await services.provider.offered()
    except GolferError:
        # Not every server lists its models.
        offered = []
    return list(dict.fromkeys(name for name in (*own, *offered) if name))
