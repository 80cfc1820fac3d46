"""What came back when a session was resumed, and what did not: the values of the receipt, and the receipt as text."""

from typing import TYPE_CHECKING

import msgspec

from golfer_tui.model.workers import WorkerState

if TYPE_CHECKING:
    from golfer_tui.model.session_events import SessionReceipt


class WorkerReceipt(msgspec.Struct, frozen=True, kw_only=True):
    """One worker, as it came back."""

    name: str
    state: WorkerState
    """Its state now."""
    items: int = 0
    """Items of its conversation."""
    mended: int = 0
    """Steps of a turn that was cut, which were brought back into the conversation."""
    output: int = 0
    """What it printed came back up to this byte."""
    workspace: str = ""
    """Path of its workspace; empty if it has none."""
    sandbox: str = ""
    """Id of the sandbox in which it can go on; empty if that is gone."""
    missing: tuple[str, ...] = ()
    """What did not come back, and why: one sentence each."""


class SandboxReceipt(msgspec.Struct, frozen=True, kw_only=True):
    """One sandbox whose end was not confirmed when the session was left."""

    worker: str
    backend: str
    sandbox: str = ""
    """Id at the backend; empty if it was asked for and never heard of."""
    ended: bool = True
    """True if nothing of it is left now."""


def described(receipt: "SessionReceipt") -> tuple[str, list[str]]:
    """The receipt for people: one line, and what unfolds below it."""
    whole = sum(not worker.missing for worker in receipt.workers)
    head = f"The session came back with {_count(len(receipt.workers), 'worker')}"
    head += f", {whole} of them whole" if whole < len(receipt.workers) else ""
    if receipt.approvals:
        head += f"; {_count(receipt.approvals, 'approval')} {'waits' if receipt.approvals == 1 else 'wait'} for you"
    lines = [f"orchestrator: {_count(receipt.items, 'item')} of conversation{_mended(receipt.mended)}"]
    for worker in receipt.workers:
        parts = [f"{_count(worker.items, 'item')} of conversation{_mended(worker.mended)}"]
        parts.append(f"output up to byte {worker.output:,}")
        if worker.workspace:
            parts.append(f"workspace {worker.workspace}")
        if worker.sandbox:
            parts.append(f"sandbox {worker.sandbox}")
        lines.append(f"{worker.name} ({worker.state}): {'; '.join(parts)}")
        lines += [f"  missing: {text}" for text in worker.missing]
    for sandbox in receipt.sandboxes:
        end = "ended" if sandbox.ended else "its end is not confirmed"
        lines.append(f"{sandbox.backend} sandbox {sandbox.sandbox or 'without an id'} of {sandbox.worker}: {end}")
    return f"{head}.", lines


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _mended(steps: int) -> str:
    return f" ({_count(steps, 'step')} of a cut turn brought back)" if steps else ""
