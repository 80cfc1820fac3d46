"""Searching the store: titles, messages and output, the newest first, in bounded steps."""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

import pytest

from golfer_tui.model import agent_events as ae
from golfer_tui.model import events as ev
from golfer_tui.model.hits import Hit
from golfer_tui.store import searching
from golfer_tui.store.sessions import SessionRow
from golfer_tui.store.store import Store

NOON = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)
OLD, NEW = "20260101-1200-aaaa", "20260101-1300-bbbb"


async def fill(store: Store, session: str, title: str, said: str, printed: Mapping[str, bytes] = {}) -> None:
    moment = NOON + dt.timedelta(hours=session == NEW)
    await store.sessions.create(SessionRow(id=session, title=title, backend="local", created=moment, updated=moment))
    async with store.journal(session, lambda events: None) as journal:
        journal.emit(ev.Draft(ae.Message(role="user", text=said), by="person"))
        journal.emit(ev.Draft(ae.Message(role="assistant", text="the worker's own word"), worker="w1"))
    for worker, data in printed.items():
        async with await store.recording(session, worker) as recording:
            await recording.append(data, 0)


async def found(store: Store, text: str, *, output: bool = True) -> list[Hit]:
    search = store.searching(text, output=output)
    return [hit async for hit in search.hits(await store.sessions.list())]


async def test_titles_messages_and_output_are_found_the_newest_session_first(tmp_path: Path) -> None:
    async with Store.open(tmp_path) as store:
        await fill(store, OLD, "Loss curves", "Try a wider model", {"w1": b"step 1 loss 3.2\r\nstep 2 LOSS 2.9\r\n"})
        await fill(store, NEW, "", "first line\nlower the loss\nlast line", {"w2": b"\x1b[31mlo\x1b[0mss is nan\r\n"})
        told = [(hit.session, hit.kind, hit.who, hit.text) for hit in await found(store, "loss")]
        assert told == [
            (NEW, "message", "you", "lower the loss"),
            (NEW, "output", "w2", "loss is nan"),
            (OLD, "title", "", "Loss curves"),
            (OLD, "output", "w1", "step 2 LOSS 2.9"),
            (OLD, "output", "w1", "step 1 loss 3.2"),
        ]
        assert [hit.text for hit in await found(store, r"^step \d")] == ["step 2 LOSS 2.9", "step 1 loss 3.2"]
        assert [hit.text for hit in await found(store, "LOSS")] == ["step 2 LOSS 2.9"]
        assert [hit.session for hit in await found(store, "aaaa")] == [OLD]
        assert [(hit.who, hit.session) for hit in await found(store, "own word")] == [("w1", NEW), ("w1", OLD)]
        assert {hit.kind for hit in await found(store, "loss", output=False)} == {"title", "message"}
        # What is no regular expression is looked for as it stands.
        assert await found(store, "wider (") == []


async def test_lines_over_the_edges_of_chunks_are_whole_and_only_the_end_is_searched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "CHUNK", 64)
    monkeypatch.setattr(searching, "ENDLESS", 256)
    monkeypatch.setattr(searching, "LINES", 1000)
    lines = [f"line {number} " + "x" * (number % 90) + f" end{number}." for number in range(60)]
    data = "\r\n".join(lines).encode()
    async with Store.open(tmp_path) as store:
        await fill(store, OLD, "", "", {"w": data})
        assert [hit.text for hit in await found(store, r"^line \d+ x* end\d+\.$")] == lines[::-1]
        monkeypatch.setattr(searching, "END", 640)
        few = [hit.text for hit in await found(store, r"end\d+\.$")]
        assert 2 < len(few) < 30
        assert few == lines[::-1][: len(few)]
        endless = store.searching("needle")
        async with await store.recording(OLD, "endless") as recording:
            await recording.append(b"y" * 400 + b"needle" + b"y" * 100, 0)
        assert [hit.who async for hit in endless.hits(await store.sessions.list())] == ["endless"]


async def test_what_is_found_and_read_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "LINES", 3)
    async with Store.open(tmp_path) as store:
        await fill(store, OLD, "", "same\n" * 9, {"w1": b"same\r\n" * 9, "w2": b"same\r\n" * 9})
        assert [hit.who for hit in await found(store, "same")] == ["you"] * 3 + ["w1"] * 3
        monkeypatch.setattr(searching, "BUDGET", 10)
        search = store.searching("same")
        assert [hit.kind async for hit in search.hits(await store.sessions.list())] == ["message"] * 3
        assert search.cut


async def test_a_recording_that_cannot_be_read_hides_nothing_else(tmp_path: Path) -> None:
    async with Store.open(tmp_path) as store:
        await fill(store, OLD, "", "", {"a": b"needle\r\n", "b": b"needle\r\n"})
        store.layout.recording(OLD, "a").write_text("no recording\n")
        assert [hit.who for hit in await found(store, "needle")] == ["b"]
