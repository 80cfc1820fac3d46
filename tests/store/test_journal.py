"""The journal: in order, without gaps, on disk before it is shown, and nothing lost whatever happens around it."""

import asyncio
import concurrent.futures
import contextlib
import math
import sqlite3
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from golfer_tui.model import agent_events as ae
from golfer_tui.model import events as ev
from golfer_tui.model import worker_events as we
from golfer_tui.model.errors import StoreError
from golfer_tui.store import journal as journal_module
from golfer_tui.store.store import Store

NewSession = Callable[..., Awaitable[str]]


def say(text: str) -> ev.Draft:
    return ev.Draft(ae.Message(role="user", text=text), by="person")


def texts(events: list[ev.Event]) -> list[str]:
    return [event.body.text for event in events if isinstance(event.body, ae.Message)]


def numbers(events: list[ev.Event]) -> list[int]:
    return [event.seq for event in events]


@contextlib.contextmanager
def locked(home: Path) -> Iterator[None]:
    """Another program holds the file: a disk that refuses, and can be asked to stop doing so."""
    with contextlib.closing(sqlite3.connect(home / "golfer.db", isolation_level=None, timeout=60)) as file:
        file.execute("BEGIN IMMEDIATE")
        yield
        file.execute("ROLLBACK")


async def test_what_is_shown_is_what_is_stored(store: Store, session: str) -> None:
    shown: list[ev.Event] = []
    async with store.journal(session, shown.extend) as journal:
        for number in range(5):
            journal.emit(say(f"é{number}"))
        await journal.flush()
        assert len(shown) == 5
        journal.emit(ev.Draft(we.WorkerMetric(name="val_bpb", value=1.25, step=3), worker="w", by="worker"))
    assert numbers(shown) == [1, 2, 3, 4, 5, 6]
    assert await store.events(session) == shown
    assert await store.events(session, after=2, limit=3) == shown[2:5]
    assert await store.events(session, limit=0) == await store.events(session, after=6) == []
    assert (shown[5].worker, shown[5].by, shown[0].by, shown[0].session) == ("w", "worker", "person", session)


async def test_events_are_on_disk_when_they_are_shown(tmp_path: Path, store: Store, session: str) -> None:
    def newest() -> int:
        with contextlib.closing(sqlite3.connect(tmp_path / "golfer.db")) as file:
            return int(file.execute("SELECT max(seq) FROM events").fetchone()[0])

    def look(events: list[ev.Event]) -> None:
        seen.append((events[-1].seq, thread.submit(newest).result()))

    seen: list[tuple[int, int]] = []
    with concurrent.futures.ThreadPoolExecutor() as thread:
        async with store.journal(session, look) as journal:
            for number in range(50):
                journal.emit(say(str(number)))
                if number % 7 == 0:
                    await asyncio.sleep(0)
    assert seen[-1] == (50, 50)
    assert all(stored >= shown for shown, stored in seen)


async def test_numbers_go_on_where_they_ended_and_more_than_a_page_is_read(store: Store, session: str) -> None:
    for _ in range(2):
        async with store.journal(session, lambda events: None) as journal:
            for number in range(1250):
                journal.emit(say(str(number)))
    events = await store.events(session)
    assert numbers(events) == list(range(1, 2501))
    assert texts(events) == [str(number) for number in range(1250)] * 2


async def test_an_unknown_session_has_no_journal(store: Store) -> None:
    with pytest.raises(StoreError, match="no session"):
        async with store.journal("nobody", lambda events: None):
            pass


async def test_a_closed_journal_takes_nothing(store: Store, session: str) -> None:
    async with store.journal(session, lambda events: None) as journal:
        pass
    await journal.close()
    await journal.flush()
    with pytest.raises(StoreError, match="is closed"):
        journal.emit(say("late"))


async def test_text_that_utf8_cannot_hold_is_stored_and_shown_alike(store: Store, session: str) -> None:
    shown: list[ev.Event] = []
    async with store.journal(session, shown.extend) as journal:
        journal.emit(say("half \ud83d of one"))
        journal.emit(ev.Draft(we.WorkerOutput(text="\udcff", offset=0, size=1), worker="w"))
    assert texts(shown) == texts(await store.events(session)) == ["half ? of one"]
    assert shown[1].body == we.WorkerOutput(text="?", offset=0, size=1)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 1e308, -0.0])
async def test_every_number_is_stored_as_it_is(store: Store, session: str, value: float) -> None:
    async with store.journal(session, lambda events: None) as journal:
        journal.emit(ev.Draft(we.WorkerMetric(name="loss", value=value, step=3), "w", "worker"))
    (event,) = await store.events(session)
    assert isinstance(event.body, we.WorkerMetric)
    assert (repr(event.body.value), event.body.step) == (repr(value), 3)


async def test_an_event_that_could_not_be_read_back_is_refused_at_once(store: Store, session: str) -> None:
    async with store.journal(session, lambda events: None) as journal:
        with pytest.raises(ValueError, match="could not be read back"):
            journal.emit(say(3))  # type: ignore[arg-type]
        journal.emit(say("next"))
    assert texts(await store.events(session)) == ["next"]


async def test_an_event_of_a_newer_version_is_a_clear_error(tmp_path: Path, store: Store, session: str) -> None:
    async with store.journal(session, lambda events: None) as journal:
        journal.emit(say("one"))
    with contextlib.closing(sqlite3.connect(tmp_path / "golfer.db")) as file, file:
        file.execute("""UPDATE events SET body = '{"type": "from.the.future"}'""")
    with pytest.raises(StoreError, match=rf"Event 1 of session {session} cannot be read"):
        await store.events(session)


async def test_a_listener_that_fails_does_not_stop_the_journal(store: Store, session: str) -> None:
    told: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: told.append(context["exception"]))

    def fail(events: list[ev.Event]) -> None:
        raise LookupError(events[0].seq)

    async with store.journal(session, fail) as journal:
        journal.emit(say("one"))
        await journal.flush()
        journal.emit(say("two"))
        await journal.flush()
    assert [type(error) for error in told] == [LookupError, LookupError]
    assert texts(await store.events(session)) == ["one", "two"]


async def test_the_disk_refuses_and_nothing_is_lost(tmp_path: Path, new_session: NewSession) -> None:
    shown: list[ev.Event] = []
    errors: list[StoreError] = []
    async with Store.open(tmp_path, busy_timeout=0.01) as store:
        session = await new_session(store)
        async with store.journal(session, shown.extend, errors.append) as journal:
            journal.emit(say("before"))
            await journal.flush()
            with locked(tmp_path):
                journal.emit(say("during"))
                for _ in range(3):
                    with pytest.raises(StoreError, match="locked"):
                        await journal.flush()
                journal.emit(say("also"))
                assert texts(shown) == ["before"]
                assert journal.pending == 2
                assert journal.failure is not None
                assert [error.code for error in errors] == ["store.locked"]
            journal.emit(say("after"))
            await journal.flush()
            assert journal.failure is None
        assert texts(shown) == ["before", "during", "also", "after"]
        assert await store.events(session) == shown


async def test_the_disk_is_tried_again_without_being_asked(
    tmp_path: Path, new_session: NewSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_module, "RETRY", 0.01)
    written = asyncio.Event()
    refused = asyncio.Event()
    async with Store.open(tmp_path, busy_timeout=0.01) as store:
        session = await new_session(store)
        async with store.journal(session, lambda _: written.set(), lambda _: refused.set()) as journal:
            with locked(tmp_path):
                journal.emit(say("one"))
                await refused.wait()
            await written.wait()
            assert journal.pending == 0


async def test_closing_while_the_disk_refuses_says_how_much_is_lost(tmp_path: Path, new_session: NewSession) -> None:
    async with Store.open(tmp_path, busy_timeout=0.01) as store:
        session = await new_session(store)
        with locked(tmp_path):
            journal = await store.journal(session, lambda events: None).__aenter__()
            journal.emit(say("one"))
            journal.emit(say("two"))
            with pytest.raises(StoreError, match=f"2 events of session {session} could not be stored") as caught:
                await journal.__aexit__(None, None, None)
            assert caught.value.code == "store.locked"
            # What went wrong in the block itself is not hidden.
            assert await journal.__aexit__(LookupError, LookupError(), None) is None


async def test_producers_wait_while_too_much_waits_for_the_disk(
    tmp_path: Path, new_session: NewSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_module, "BOUND_EVENTS", 3)
    monkeypatch.setattr(journal_module, "BOUND_BYTES", 1000)
    async with Store.open(tmp_path, busy_timeout=0.01) as store:
        session = await new_session(store)
        async with store.journal(session, lambda events: None) as journal:
            for drafts in ([say("x")] * 3, [say("x" * 1000)]):
                with locked(tmp_path):
                    for draft in drafts:
                        await journal.ready()
                        journal.emit(draft)
                    with pytest.raises(StoreError):
                        await journal.flush()
                    ready = asyncio.create_task(journal.ready())
                    await asyncio.sleep(0)
                    assert not ready.done()
                    journal.emit(say("taken all the same"))
                await journal.flush()
                await ready


async def test_two_journals_of_one_store_do_not_mix(store: Store, new_session: NewSession) -> None:
    sessions = [await new_session(store) for _ in range(2)]

    async def write(session: str) -> None:
        async with store.journal(session, lambda events: None) as journal:
            for number in range(100):
                journal.emit(say(f"{session} {number}"))
                if number % 9 == 0:
                    await journal.flush()

    await asyncio.gather(*map(write, sessions))
    for session in sessions:
        events = await store.events(session)
        assert numbers(events) == list(range(1, 101))
        assert texts(events) == [f"{session} {number}" for number in range(100)]


STEPS = st.lists(
    st.sampled_from(
        ["emit", "emit", "emit many", "turn", "flush", "drop flush", "lock", "unlock", "cancel all", "wait"]
    ),
    max_size=40,
)


@given(STEPS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_order_of_things_loses_doubles_or_swaps_an_event(new_session: NewSession, steps: list[str]) -> None:
    """Emitters, refused writes, dropped waiters and tasks that are cancelled from outside, as by the end of a loop."""
    asyncio.run(_walk(new_session, steps))


async def _walk(new_session: NewSession, steps: list[str]) -> None:
    emitted: list[str] = []
    shown: list[ev.Event] = []
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        async with Store.open(Path(folder), busy_timeout=0.001) as store:
            session = await new_session(store)
            async with store.journal(session, shown.extend) as journal:
                waiters: list[asyncio.Task[None]] = []
                before = asyncio.all_tasks()
                for step in steps:
                    match step:
                        case "emit" | "emit many":
                            for _ in range(1 if step == "emit" else 30):
                                emitted.append(str(len(emitted)))
                                journal.emit(say(emitted[-1]))
                        case "turn":
                            await asyncio.sleep(0)
                        case "wait":
                            await asyncio.sleep(0.002)
                        case "flush":
                            target = len(emitted)
                            with contextlib.suppress(StoreError):
                                await journal.flush()
                                assert len(shown) >= target
                        case "drop flush":
                            waiters.append(asyncio.create_task(journal.flush()))
                            await asyncio.sleep(0)
                            waiters[-1].cancel()
                        case "lock":
                            stack.pop_all().close()
                            stack.enter_context(locked(Path(folder)))
                        case "unlock":
                            stack.pop_all().close()
                        case "cancel all":
                            for task in asyncio.all_tasks() - before:
                                task.cancel()
                await asyncio.gather(*waiters, return_exceptions=True)
                stack.pop_all().close()
                with contextlib.suppress(StoreError):  # a writer that was just cancelled says that it was stopped
                    await journal.flush()
                await journal.flush()
            assert texts(shown) == emitted
            assert numbers(shown) == list(range(1, len(emitted) + 1))
            assert await store.events(session) == shown
            assert (await store.sessions.get(session)).events == len(emitted)
