"""`golfer export --scores` and `--plot`: the table and the curves of a stored session, and what cannot be had."""

import asyncio
import csv
import io
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from golfer_tui.cli import main
from golfer_tui.model import events as ev
from golfer_tui.model import session_events as se
from golfer_tui.model import worker_events as we
from golfer_tui.model.workers import WorkerSpec
from golfer_tui.store.moments import now
from golfer_tui.store.sessions import SessionRow
from golfer_tui.store.store import Store

SESSION = "20260101-0000-abcd"


@pytest.fixture
def session(isolated: Path) -> str:
    """A stored session: `ann` ran twice, at two learning rates, and `bob` once."""

    async def store_it() -> None:
        async with Store.open(isolated / "golfer") as store:
            await store.sessions.create(SessionRow(id=SESSION, backend="local", created=now(), updated=now()))
            async with store.journal(SESSION, lambda events: None) as journal:
                journal.emit(ev.Draft(se.SessionStarted(title="t", backend="local", model="m")))
                for name, runs in (("ann", ("--lr 0.1", "--lr 0.2")), ("bob", ("--lr 0.1 --name =cmd",))):
                    spec = WorkerSpec(name=name, task="Train.")
                    journal.emit(ev.Draft(we.WorkerQueued(spec=spec, attempt=1, position=1), name))
                    journal.emit(ev.Draft(we.WorkerStarted(attempt=1, sandbox="s", workspace="/w"), name))
                    for number, flags in enumerate(runs, 1):
                        journal.emit(ev.Draft(command(number, flags, ended=False), name))
                        for step in range(3):
                            body = we.WorkerMetric(
                                name="val_loss", value=3.0 - step / 10 - number, step=step, offset=100 * number + step
                            )
                            journal.emit(ev.Draft(body, name))
                        journal.emit(ev.Draft(command(number, flags, ended=True), name))
                body = we.WorkerMetric(name="accuracy", value=0.5, step=1, offset=101)
                journal.emit(ev.Draft(body, "ann"))

    asyncio.run(store_it())
    return SESSION


def command(number: int, flags: str, *, ended: bool) -> we.WorkerCommand:
    offset = 100 * number + 50 * ended
    return we.WorkerCommand(
        command=f"python train.py {flags}", id=number, offset=offset, ended=ended, exit_code=0 if ended else None
    )


def said(capfdbinary: pytest.CaptureFixture[bytes], *arguments: str) -> tuple[int, bytes, bytes]:
    code = main(["export", *arguments])
    return (code, *capfdbinary.readouterr())


def test_the_table_as_csv(session: str, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    code, out, err = said(capfdbinary, session, "--scores")
    assert (code, err) == (0, b"")
    rows = list(csv.DictReader(io.StringIO(out.decode(), newline="")))
    assert [(row["#"], row["run"], f"{float(row['val_loss']):.3g}", row["lr"]) for row in rows] == [
        ("1", "ann · 2", "0.8", "0.2"),
        ("2", "ann · 1", "1.8", "0.1"),
        ("3", "bob", "1.8", "0.1"),
    ]
    # What an agent wrote is no formula of a spreadsheet.
    assert [row["name"] for row in rows] == ["", "", "'=cmd"]
    assert {row["step"] for row in rows} == {"2"}
    path = tmp_path / "scores.csv"
    assert said(capfdbinary, session, "--scores", str(path), "--metric", "accuracy") == (0, b"", b"")
    [row] = csv.DictReader(io.StringIO(path.read_text(), newline=""))
    assert (row["run"], row["accuracy"]) == ("ann", "0.5")


@pytest.mark.parametrize("more", [(), ("--over", "time"), ("--log",)], ids=" ".join)
def test_the_curves_as_pictures(
    session: str, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes], more: tuple[str, ...]
) -> None:
    drawn, painted = tmp_path / "c.svg", tmp_path / "c.png"
    for path in (drawn, painted):
        assert said(capfdbinary, session, "--plot", str(path), *more) == (0, b"", b"")
    words = "".join(ET.fromstring(drawn.read_text()).itertext())
    assert all(name in words for name in ("val_loss", "ann · 1", "ann · 2", "bob"))
    assert ("time since the run began" in words) == ("time" in more)
    assert painted.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("arguments", "code", "expected"),
    [
        (("--scores", "--metric", "elo"), 2, "No worker printed 'elo'. There is val_loss, accuracy."),
        (("--plot", "c.gif"), 2, "--plot takes NAME.svg or NAME.png"),
        (("--plot", "no/such/c.svg"), 2, "cannot be written: no such file"),
        (("--scores", "--log"), 2, "--over and --log belong to --plot"),
        (("--jsonl", "--metric", "elo"), 2, "--metric belongs to --scores or --plot"),
        (("--scores", "--plot", "c.svg"), 2, "Say what to export"),
    ],
)
def test_what_cannot_be_exported_is_told(
    session: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfdbinary: pytest.CaptureFixture[bytes],
    arguments: tuple[str, ...],
    code: int,
    expected: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    done, out, err = said(capfdbinary, session, *arguments)
    assert (done, out) == (code, b"")
    assert expected in " ".join(err.decode().split())
    assert not [*tmp_path.glob("c.*")]


def test_without_any_metric_there_is_nothing_to_export(
    isolated: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    async def store_it() -> None:
        async with Store.open(isolated / "golfer") as store:
            await store.sessions.create(SessionRow(id=SESSION, backend="local", created=now(), updated=now()))

    asyncio.run(store_it())
    code, _, err = said(capfdbinary, SESSION, "--scores")
    assert code == 2
    assert b"No metric was read" in err
