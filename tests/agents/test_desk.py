"""Nothing leaves the orchestrator's desk unread, and nothing is read twice."""

import asyncio

from golfer_tui.agents.desk import Desk
from golfer_tui.pool.mailbox import Mail


async def test_what_lies_there_is_taken_in_order_at_once() -> None:
    desk = Desk()
    desk.note(Mail("n", "note"))
    desk.say(Mail("1", "first"))
    desk.say(Mail("2", "second"))
    desk.report("w", 1, "report")
    messages, reports = await desk.take()
    assert [message.id for message in messages] == ["n", "1", "2"]
    assert reports == [("w", 1, "report")]
    assert desk.empty


async def test_a_note_alone_asks_for_no_turn() -> None:
    desk = Desk()
    desk.note(Mail("n", "note"))
    taking = asyncio.ensure_future(desk.take())
    await asyncio.sleep(0)
    assert not taking.done()
    desk.report("w", 1, "report")
    messages, _ = await taking
    assert [message.id for message in messages] == ["n"]


async def test_a_report_that_a_tool_handed_over_is_not_told_again() -> None:
    desk = Desk()
    desk.report("w", 1, "report")
    desk.hand("w", 1)
    assert desk.empty
    desk.report("w", 1, "report")
    assert desk.empty
    desk.report("w", 2, "the next attempt")
    assert not desk.empty


async def test_a_message_is_known_until_it_is_taken() -> None:
    desk = Desk()
    desk.say(Mail("1", "wait"))
    assert desk.spoken.is_set()
    await desk.take()
    assert not desk.spoken.is_set()
