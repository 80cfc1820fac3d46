"""Approvals without a screen: by a rule, at a terminal, and never for ever where nobody is."""

import asyncio
import os
import pty
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from engine.seat import until
from engine.small_scripts import History, leader, opened, settings

from golfer_tui.agents.scripted import Say
from golfer_tui.headless.approving import NOBODY, Policy
from golfer_tui.headless.chat import chat
from golfer_tui.headless.orders import order
from golfer_tui.headless.run import run_prompt
from golfer_tui.model import commands as cm
from golfer_tui.model.errors import CommandError
from golfer_tui.model.settings import ApprovalSettings, PriceSettings
from golfer_tui.model.workers import WorkerSpec

RULES = settings(
    approvals=ApprovalSettings(spawn_dollars_per_hour=1.0, commands=("^touch ",)),
    prices=PriceSettings(local_worker=2.0, as_of="2026-01-01"),
)


class Terminal:
    """A person's keyboard, and files for what is printed."""

    def __init__(self) -> None:
        self.keys, self.stdin = pty.openpty()
        self._files = [tempfile.TemporaryFile() for _ in range(2)]  # noqa: SIM115 - closed in `close`
        self.out, self.err = (file.fileno() for file in self._files)

    def type(self, text: str) -> None:
        os.write(self.keys, text.encode())

    def hang_up(self) -> None:
        os.close(self.keys)
        self.keys = -1

    @property
    def told(self) -> str:
        return os.pread(self.err, 1_000_000, 0).decode()

    @property
    def said(self) -> str:
        return os.pread(self.out, 1_000_000, 0).decode()

    def close(self) -> None:
        for fd in (self.keys, self.stdin):
            if fd >= 0:
                os.close(fd)
        for file in self._files:
            file.close()


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    made = Terminal()
    yield made
    made.close()


def heard(history: History) -> Say:
    """The leader; where a tool answered last, it says what all of them answered."""
    if "output" not in history[-1]:
        return leader(history)
    return ["told: " + " | ".join(str(item["output"]) for item in history if "output" in item)]


def prompt(
    tmp_path: Path, terminal: Terminal, text: str, approve: Policy, resume: str | None = None
) -> "asyncio.Task[int]":
    opens = lambda: opened(tmp_path, chosen=RULES, orchestrator=heard, resume=resume)  # noqa: E731
    stdin = terminal.stdin if approve == "ask" else None
    work = run_prompt(opens, text, stdout=terminal.out, stderr=terminal.err, approve=approve, stdin=stdin)
    return asyncio.create_task(work)


@pytest.mark.parametrize(
    ("approve", "said", "told"),
    [
        ("all", "", "approved: start worker w1"),
        ("none", f"It was not approved: {NOBODY}", f"refused ({NOBODY}): start worker w1"),
    ],
)
async def test_a_rule_answers_for_all(
    tmp_path: Path, terminal: Terminal, approve: Policy, said: str, told: str
) -> None:
    assert await prompt(tmp_path, terminal, "spawn w1: touch here; echo done", approve) == 0
    assert said in terminal.said
    assert told in terminal.told
    assert ("exit 0" in terminal.told) == (approve == "all")
    assert "needs you: wants to start worker w1 (it costs ≈$2.00 an hour" in terminal.told


async def test_the_person_at_the_terminal_is_asked_one_after_the_other(tmp_path: Path, terminal: Terminal) -> None:
    work = prompt(tmp_path, terminal, "spawn w1: touch here; echo done", "ask")
    await until(lambda: "Approve it?" in terminal.told, lambda: terminal.told)
    assert "  what    w1\n          touch here; echo done\n" in terminal.told
    assert "  cost    ≈$2.00 an hour\n" in terminal.told
    terminal.type("\n")
    await until(lambda: terminal.told.count("Approve it?") == 2)
    terminal.type("y\n")
    await until(lambda: terminal.told.count("Approve it?") == 3, lambda: terminal.told)
    assert "  why     it matches ^touch" in terminal.told
    terminal.type("not there\n")
    assert await work == 0
    assert "refused (not there): run: touch here; echo done" in terminal.told


async def test_a_terminal_that_hangs_up_refuses(tmp_path: Path, terminal: Terminal) -> None:
    work = prompt(tmp_path, terminal, "spawn w1: echo done", "ask")
    await until(lambda: "Approve it?" in terminal.told)
    terminal.hang_up()
    assert await work == 0
    assert f"refused ({NOBODY}): start worker w1" in terminal.told


async def test_what_cannot_be_started_any_more_is_refused(tmp_path: Path, terminal: Terminal) -> None:
    """Two with the same name: the second is no error that would wait for ever."""
    async with opened(tmp_path, chosen=RULES) as engine:
        await engine.dispatch(cm.SendMessage("spawn w1: echo done"))
        await until(lambda: engine.state.approvals)
        session = engine.session
        await engine.dispatch(cm.SpawnWorker(WorkerSpec("w1", "echo mine")))
        await engine.close("keep")
    assert await prompt(tmp_path, terminal, "", "all", resume=session) == 0
    assert "There is a worker 'w1' already" in terminal.told
    assert "refused (There is a worker" in terminal.told


async def test_the_chat_waits_for_an_order(tmp_path: Path, terminal: Terminal) -> None:
    opens = lambda: opened(tmp_path, chosen=RULES)  # noqa: E731
    work = asyncio.create_task(
        chat(opens, "spawn w1: echo done", stdin=terminal.stdin, stdout=terminal.out, stderr=terminal.err)
    )
    await until(lambda: "needs you" in terminal.told)
    terminal.type("/approve always\n")
    await until(lambda: "exit 0" in terminal.told, lambda: terminal.told)
    terminal.type("/approve\n")
    await until(lambda: "Nothing waits for you." in terminal.told)
    terminal.type("/quit\n")
    await work


async def test_a_chat_whose_lines_have_ended_does_not_wait(tmp_path: Path, terminal: Terminal) -> None:
    opens = lambda: opened(tmp_path, chosen=RULES)  # noqa: E731
    work = asyncio.create_task(
        chat(opens, "spawn w1: echo done", stdin=terminal.stdin, stdout=terminal.out, stderr=terminal.err)
    )
    await until(lambda: "needs you" in terminal.told)
    terminal.hang_up()
    assert await work == 0
    assert f"refused ({NOBODY}): start worker w1" in terminal.told


def test_orders_mean_what_waits_longest() -> None:
    assert order("/approve", ["a", "b"]) == cm.AnswerApproval("a", "approved")
    assert order("/approve always", ["a"]) == cm.AnswerApproval("a", "always")
    assert order("/refuse", ["a"]) == cm.AnswerApproval("a", "refused")
    assert order("/refuse not  today", ["a"]) == cm.AnswerApproval("a", "refused", "not  today")
    with pytest.raises(CommandError, match="Nothing waits for you"):
        order("/approve")
    with pytest.raises(CommandError, match="takes nothing or the word always"):
        order("/approve all", ["a"])
