"""A session comes back from its JSON Lines as it was; a file that is not whole leaves nothing behind."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as rules
from hypothesis import strategies as st
from small_scripts import opened

from golfer_tui.cli import main
from golfer_tui.engine.importing import take_in
from golfer_tui.model import agent_events as ae
from golfer_tui.model import commands as cm
from golfer_tui.model import events as ev
from golfer_tui.model import session_events as se
from golfer_tui.model import worker_events as we
from golfer_tui.model.errors import UsageError
from golfer_tui.model.workers import WorkerSpec
from golfer_tui.store.store import Store

NOON = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)
ID = "20260101-1200-abcd"


def lines_of(drafts: list[ev.Draft], session: str = ID) -> list[bytes]:
    """A whole journal: `session.started` first, the outputs in order."""
    told, ends = [ev.Draft(se.SessionStarted(title="t", backend="local", model="m"))], dict[str, int]()
    for draft in drafts:
        body = draft.body
        if isinstance(body, we.WorkerOutput):
            offset = ends.get(draft.worker or "", 0)
            ends[draft.worker or ""] = offset + body.size
            body = we.WorkerOutput(text=body.text, offset=offset, size=body.size, data=body.data)
        told.append(ev.Draft(body, draft.worker, draft.by))
    return [
        ev.encode(
            ev.Event(
                seq=seq,
                time=NOON + dt.timedelta(milliseconds=seq),
                session=session,
                body=draft.body,
                worker=draft.worker,
                by=draft.by,
            )
        )
        for seq, draft in enumerate(told, 1)
    ]


def output(data: bytes) -> we.WorkerOutput:
    return we.WorkerOutput.of(data.decode(errors="replace"), 0, data)


names = st.sampled_from(["a", "b"])
words = st.text(max_size=12)
drafts = st.one_of(
    st.builds(ev.Draft, st.builds(ae.Message, role=st.sampled_from(["user", "assistant"]), text=words, id=words)),
    st.builds(ev.Draft, st.builds(ae.TurnStarted, turn=words, inputs=st.lists(words, max_size=2).map(tuple)), names),
    st.builds(ev.Draft, st.builds(ae.ToolCalled, call=words, name=words, arguments=st.just({"x": 1})), names),
    st.builds(lambda name: ev.Draft(we.WorkerQueued(spec=WorkerSpec(name, "t"), attempt=1, position=1), name), names),
    st.builds(ev.Draft, st.builds(we.WorkerMetric, name=words, value=st.floats(allow_infinity=False)), names),
    st.builds(lambda data, name: ev.Draft(output(data), name), st.binary(min_size=1, max_size=9), names),
)  # fmt: skip


async def exported(store: Store, session: str) -> list[bytes]:
    return [ev.encode(event) async for event in store.each_event(session, with_output=True)]


@rules(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(st.lists(drafts, max_size=12))
async def test_what_is_exported_again_is_what_was_imported(tmp_path: Path, journal: list[ev.Draft]) -> None:
    file = tmp_path / "in.jsonl"
    async with Store.open(tmp_path / "home") as store:
        lines = lines_of(journal)
        file.write_bytes(b"\n".join(lines))
        row = await take_in(store, file)
        again = await exported(store, row.id)
        ours, theirs = ([{**json.loads(line), "session": "", "text": ""} for line in each] for each in (lines, again))
        assert ours == theirs
        for worker in ("a", "b"):
            assert printed(lines, worker) == printed(again, worker)
        await store.sessions.delete(await store.sessions.claim(row.id))


def printed(lines: list[bytes], worker: str) -> bytes:
    found = [event for line in lines if (event := ev.decode(line)).worker == worker]
    return b"".join(event.body.printed() for event in found if isinstance(event.body, we.WorkerOutput))


async def test_a_real_session_comes_back_whole_and_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    async with opened(tmp_path) as engine:
        await engine.dispatch(cm.SendMessage(r"spawn w: printf 'loss:1.5\n\377\303'"))
        await engine.idle()
        session = engine.session
    async with Store.open(tmp_path / "home") as store:
        lines = await exported(store, session)
        file = tmp_path / "session.jsonl"
        file.write_bytes(b"\n".join(lines))
    async with Store.open(tmp_path / "other" / "home") as store:
        row = await take_in(store, file)
        assert row.id == session
        assert await exported(store, session) == lines
        twice = await take_in(store, file)
        assert twice.id != session
    async with opened(tmp_path / "other", resume=session) as engine:
        tape = engine.tape("w")
        assert tape is not None
        assert tape.peek(0) == b"loss:1.5\r\n\xff\xc3"
        await engine.dispatch(cm.SendMessage("hello"))
        await engine.idle()
        assert engine.state.chat.entries[-1].text == "heard: hello"


WHOLE = [json.loads(line) for line in lines_of([ev.Draft(we.WorkerOutput.of("abc", 0, b"abc"), "a")])]
WRONG: dict[str, tuple[Any, str]] = {
    "a gap": ([WHOLE[0], {**WHOLE[1], "seq": 3}], "line 2: the event has number 3, and 2 comes next"),
    "another session": ([WHOLE[0], {**WHOLE[1], "session": "other"}], "line 2: the event belongs to session"),
    "no beginning": ([{**WHOLE[1], "seq": 1}], "line 1: a session begins with session.started"),
    "no event": ([WHOLE[0], {"type": "what"}], "line 2: this is no event that this golfer knows"),
    "a hole": ([WHOLE[0], {**WHOLE[1], "offset": 7}], "line 2: the output begins at byte 7, and byte 0 comes next"),
    "a lie": ([WHOLE[0], {**WHOLE[1], "size": 9}], "line 2: the output is said to have 9 bytes, and has 3"),
    "a path": ([WHOLE[0], {**WHOLE[1], "worker": "../../x"}], "line 2: no worker can have the name"),
    "no time": ([{**WHOLE[0], "time": "2026-01-01T12:00:00"}], "line 1: the time has no zone"),
    "no base64": ([WHOLE[0], {**WHOLE[1], "data": "%"}], "line 2: `data` is no base64"),
}


@pytest.mark.parametrize("case", WRONG)
async def test_a_file_that_is_not_whole_is_refused_with_the_line(tmp_path: Path, case: str) -> None:
    values, sentence = WRONG[case]
    file = tmp_path / "wrong.jsonl"
    file.write_text("\n".join(json.dumps(value) for value in values))
    async with Store.open(tmp_path / "home") as store:
        with pytest.raises(UsageError) as raised:
            await take_in(store, file)
        assert sentence in raised.value.message
        assert await store.sessions.list() == []
        assert not list((tmp_path / "home" / "sessions").glob("*"))


def test_the_command_prints_the_id_or_one_sentence(
    isolated: Path, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    file = tmp_path / "s.jsonl"
    file.write_bytes(b"\n".join(lines_of([])))
    assert main(["import", str(file)]) == 0
    assert capfdbinary.readouterr().out.decode().strip() == ID
    assert main(["export", ID, "--jsonl"]) == 0
    assert capfdbinary.readouterr().out.splitlines() == lines_of([])
    assert main(["import", str(tmp_path / "none.jsonl")]) == 2
    assert b"cannot be read: no such file" in capfdbinary.readouterr().err
