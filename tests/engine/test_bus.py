"""Every subscriber gets events in order and whole, or is told of one gap; signals are coalesced and never pile up."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from golfer_tui.engine.bus import Bus
from golfer_tui.model import agent_events as ae
from golfer_tui.model import events as ev
from golfer_tui.model import signals as sg
from golfer_tui.model.gauges import Sample

NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def event(seq: int) -> ev.Event:
    return ev.Event(seq=seq, time=NOW, session="s", body=ae.Message(role="user", text=str(seq)))


async def read(bus: Bus, subscription) -> list:  # type: ignore[no-untyped-def,type-arg]
    bus.close()
    return [item async for item in subscription]


async def test_events_come_in_order_to_everyone() -> None:
    bus = Bus()
    first, second = bus.subscribe(), bus.subscribe()
    for seq in (1, 2, 3):
        bus.publish(event(seq))
    bus.close()
    assert [item.seq async for item in first] == [1, 2, 3]
    assert [item.seq async for item in second] == [1, 2, 3]


async def test_text_is_joined_and_states_keep_only_the_newest() -> None:
    bus = Bus()
    subscription = bus.subscribe()
    for part in ("a", "b", "c"):
        bus.publish(sg.TextDelta(None, "text", part))
    for cpu in (1.0, 2.0):
        bus.publish(sg.Gauged("w", Sample(cpu, 1)))
        bus.publish(sg.TerminalChanged("w"))
    items = await read(bus, subscription)
    assert items == [sg.TextDelta(None, "text", "abc"), sg.Gauged("w", Sample(2.0, 1)), sg.TerminalChanged("w")]


@given(st.integers(1, 20), st.integers(0, 60), st.integers(0, 30))
def test_a_slow_reader_knows_what_it_missed(bound: int, before: int, after: int) -> None:
    import asyncio

    async def scene() -> None:
        bus = Bus()
        subscription = bus.subscribe(bound)
        for seq in range(1, before + 1):
            bus.publish(event(seq))
        seen, gaps = [], []
        for _ in range(min(before, 1)):
            item = await anext(subscription)
            (gaps if isinstance(item, sg.Gap) else seen).append(item.seq)
        for seq in range(before + 1, before + after + 1):
            bus.publish(event(seq))
        for item in await read(bus, subscription):
            (gaps if isinstance(item, sg.Gap) else seen).append(item.seq)
        assert seen == sorted(set(seen))
        missing = set(range(1, before + after + 1)) - set(seen)
        # What is missing lies after a gap marker, and nothing is missing without one.
        assert bool(missing) == bool(gaps)
        assert all(any(number > gap for gap in gaps) for number in missing)

    asyncio.run(scene())
