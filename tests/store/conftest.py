"""A store on real files."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from golfer_tui.store.moments import now
from golfer_tui.store.sessions import SessionRow, new_id
from golfer_tui.store.store import Store


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with Store.open(tmp_path) as opened:
        yield opened


@pytest.fixture
def new_session() -> Callable[..., Awaitable[str]]:
    async def create(store: Store, **columns: object) -> str:
        moment = now()
        row = SessionRow(**{"id": new_id(moment), "backend": "local", "created": moment, "updated": moment} | columns)
        await store.sessions.create(row)
        return row.id

    return create


@pytest.fixture
async def session(store: Store, new_session: Callable[..., Awaitable[str]]) -> str:
    return await new_session(store)
