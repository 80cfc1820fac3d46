"""`golfer export`: recordings that any player shows, events as lines, and sentences for what cannot be written."""

import asyncio
import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from golfer_tui.cli import main
from golfer_tui.model import events as ev
from golfer_tui.model import session_events as se
from golfer_tui.model import worker_events as we
from golfer_tui.store.moments import now
from golfer_tui.store.sessions import SessionRow
from golfer_tui.store.store import Store

PRINTED = "é漢 one\r\n".encode() + b"\xff\x1b[31mtwo \xc2\x9bm\xf0\x9f"
"""What is no UTF-8, a control character beyond ASCII and half a character are in it."""


@pytest.fixture
def session(isolated: Path) -> str:
    """A stored session in which `w` has printed."""

    async def store_it() -> None:
        async with Store.open(isolated / "golfer") as store:
            row = SessionRow(id="20260101-0000-abcd", backend="local", created=now(), updated=now())
            await store.sessions.create(row)
            async with await store.recording(row.id, "w", columns=60, rows=20) as recording:
                await recording.append(PRINTED, 0)
            async with store.journal(row.id, lambda events: None) as journal:
                journal.emit(ev.Draft(se.SessionStarted(title="t", backend="local", model="m")))
                for start, stop in ((0, 2), (2, len(PRINTED))):
                    body = we.WorkerOutput(text="", offset=start, size=stop - start)
                    journal.emit(ev.Draft(body, "w", "worker"))

    asyncio.run(store_it())
    return "20260101-0000-abcd"


def said(capfdbinary: pytest.CaptureFixture[bytes], *arguments: str) -> tuple[int, bytes, bytes]:
    code = main(["export", *arguments])
    return (code, *capfdbinary.readouterr())


def test_a_recording_to_stdout_and_to_a_file(
    session: str, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    code, out, err = said(capfdbinary, "abcd", "--worker", "w", "--cast")
    assert (code, err) == (0, b"")
    lines = [json.loads(line) for line in out.splitlines() if not line.startswith(b"#")]
    assert (lines[0]["version"], lines[0]["term"]) == (3, {"cols": 60, "rows": 20})
    assert "".join(text for _, kind, text in lines[1:] if kind == "o") == PRINTED.decode("utf-8", "replace")
    path = tmp_path / "w.cast"
    assert said(capfdbinary, session, "--worker", "w", "--cast", str(path)) == (0, b"", b"")
    assert path.read_bytes() == out
    assert main(["replay", str(path), "--screen", "--at", "1e6"]) == 0
    assert capfdbinary.readouterr().out.decode().startswith("é漢 one\n\N{REPLACEMENT CHARACTER}two")
    code, out, err = said(capfdbinary, session, "--worker", "w", "--cast", str(path))
    assert (code, out) == (2, b"")
    assert b"is there already" in err


def test_a_torn_end_is_left_out(session: str, isolated: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    whole = said(capfdbinary, session, "--worker", "w", "--cast")[1]
    with (isolated / "golfer" / "sessions" / session / "recordings" / "w.cast").open("ab") as file:
        file.write(b"# bytes /w==\n[0.5, ")
    assert said(capfdbinary, session, "--worker", "w", "--cast")[1] == whole


def test_events_with_their_text(session: str, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    code, out, err = said(capfdbinary, session, "--jsonl")
    assert (code, err) == (0, b"")
    events = [ev.decode(line) for line in out.splitlines()]
    assert [event.seq for event in events] == [1, 2, 3]
    texts = [event.body.text for event in events if isinstance(event.body, we.WorkerOutput)]
    assert "".join(texts) == PRINTED[:-2].decode("utf-8", "replace")


@pytest.mark.parametrize(
    ("arguments", "code", "expected"),
    [
        (("abcd",), 2, "Say what to export"),
        (("abcd", "--jsonl", "--cast"), 2, "Say what to export"),
        (("abcd", "--cast"), 2, "--cast and --worker NAME belong together"),
        (("abcd", "--jsonl", "--worker", "w"), 2, "--cast and --worker NAME belong together"),
        (("nope", "--jsonl"), 1, 'There is no session "nope"'),
        (("abcd", "--worker", "x", "--cast"), 1, "There is one of w."),
        (("abcd", "--worker", "../w", "--cast"), 1, '"../w" cannot be the name'),
        (("abcd", "--worker", "w", "--cast", "no/such/folder.cast"), 2, "cannot be written: no such file"),
    ],
)
def test_what_cannot_be_exported_is_one_line(
    session: str, capfdbinary: pytest.CaptureFixture[bytes], arguments: tuple[str, ...], code: int, expected: str
) -> None:
    done, out, err = said(capfdbinary, *arguments)
    assert (done, out) == (code, b"")
    assert err.count(b"\n") == 1
    assert expected in err.decode()


def test_on_a_terminal_nothing_but_ascii_is_printed(session: str) -> None:
    ours, theirs = pty.openpty()
    golfer = str(Path(sys.executable).with_name("golfer"))
    done = subprocess.Popen([golfer, "export", session, "--jsonl"], stdout=theirs, stdin=subprocess.DEVNULL)
    os.close(theirs)
    data = b""
    while True:
        try:
            data += os.read(ours, 65536)
        except OSError:
            break
    os.close(ours)
    assert done.wait(30) == 0
    assert data.isascii()
    assert b"\x1b" not in data
    assert b"\\u009b" in data


@pytest.mark.parametrize(("flag", "beginning"), [("--html", b"<!doctype html>"), ("--markdown", b"# t\n")])
def test_a_report_to_read(
    session: str, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes], flag: str, beginning: bytes
) -> None:
    code, out, err = said(capfdbinary, session, flag)
    assert (code, err) == (0, b"")
    assert out.startswith(beginning)
    path = tmp_path / "report"
    assert said(capfdbinary, session, flag, str(path)) == (0, b"", b"")
    assert path.read_bytes() == out


def test_the_messages_of_a_session_and_a_fork_from_one_of_them(
    session: str, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert main(["sessions", "fork", session, "--at", "2"]) == 0
    forked = capfdbinary.readouterr().out.decode().strip()
    assert main(["sessions", "show", forked]) == 0
    assert f"Forked from session {session}, after its event 2." in capfdbinary.readouterr().out.decode()
    assert main(["sessions", "show", forked, "--json"]) == 0
    assert json.loads(capfdbinary.readouterr().out)["parent"] == session
    assert main(["sessions", "fork", session, "--at", "9"]) == 2
    assert "9 is none of them" in capfdbinary.readouterr().err.decode()
