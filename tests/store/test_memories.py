"""Memories do what the SDK's protocol says, each agent's apart from the others'."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from agents import Agent, Runner, SQLiteSession
from agents.memory import SessionSettings
from agents.memory.session import Session
from agents.testing import ScriptedModel, assistant_message

from golfer_tui.model.errors import StoreError
from golfer_tui.store.store import Store

ITEMS = [{"role": "user", "content": f"{number}: é\ud800\n"} for number in range(5)]


async def test_it_is_a_session_of_the_sdk_and_answers_as_the_sdk_s_own(store: Store, session: str) -> None:
    ours, theirs = store.memory(session), SQLiteSession("x")
    assert isinstance(ours, Session)
    try:
        for memory in (ours, theirs):
            await memory.add_items([])
            await memory.add_items(ITEMS[:3])
            await memory.add_items(ITEMS[3:])
        for limit in (None, 0, 1, 3, 99):
            assert await ours.get_items(limit) == await theirs.get_items(limit)
        assert await ours.pop_item() == await theirs.pop_item() == ITEMS[4]
        assert await ours.get_items() == await theirs.get_items() == ITEMS[:4]
        ours.session_settings = theirs.session_settings = SessionSettings(limit=2)
        assert await ours.get_items() == await theirs.get_items() == ITEMS[2:4]
        for memory in (ours, theirs):
            await memory.clear_session()
            assert await memory.get_items() == []
            assert await memory.pop_item() is None
    finally:
        theirs.close()


async def test_agents_and_sessions_do_not_see_each_other(
    store: Store, session: str, new_session: Callable[..., Awaitable[str]]
) -> None:
    other = await new_session(store)
    memories = [store.memory(session), store.memory(session, "w1"), store.memory(other), store.memory(other, "w1")]
    for number, memory in enumerate(memories):
        await memory.add_items([ITEMS[number]])
    await memories[0].clear_session()
    assert [await memory.get_items() for memory in memories] == [[], [ITEMS[1]], [ITEMS[2]], [ITEMS[3]]]
    assert len({memory.session_id for memory in memories}) == 4


async def test_many_at_once_over_the_one_connection(store: Store, session: str) -> None:
    async def fill(agent: str) -> None:
        memory = store.memory(session, agent)
        for item in ITEMS:
            await memory.add_items([item])
        assert await memory.get_items() == ITEMS

    async with asyncio.TaskGroup() as group:
        for number in range(32):
            group.create_task(fill(f"w{number}"))


async def test_an_unknown_session_is_a_clear_error(store: Store) -> None:
    with pytest.raises(StoreError, match='no session "nobody"'):
        await store.memory("nobody").add_items(ITEMS)


async def test_a_runner_keeps_its_conversation_in_it(store: Store, session: str) -> None:
    memory = store.memory(session)
    agent = Agent(name="a", model=ScriptedModel([[assistant_message("one")], [assistant_message("two")]]))
    await Runner.run(agent, "first", session=memory)
    await Runner.run(agent, "second", session=memory)
    roles = [item["role"] for item in await memory.get_items()]
    assert roles == ["user", "assistant", "user", "assistant"]
