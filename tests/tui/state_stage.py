"""A stage with workers in every state that there is, in a session that came back and is watched from elsewhere."""

from tui.stage import Stage, research
from tui.test_approvals_screen import ask_command, ask_start

from golfer_tui.model import session_events as se
from golfer_tui.model import worker_events as we
from golfer_tui.model.prices import Rate
from golfer_tui.model.receipts import SandboxReceipt, WorkerReceipt
from golfer_tui.model.signals import Attendance
from golfer_tui.model.snapshots import Kept
from golfer_tui.model.tunnels import Tunnel
from golfer_tui.model.workers import WorkerState


def every_state() -> Stage:
    """Queued, starting, running, paused, suspended, done, failed and killed; two wait for a person."""
    stage = research()
    stage.queue("tiny-batch", "Halve the batch until the loss jumps.")
    for name, task in (
        ("warm-up", "Warm the learning rate up for ten steps."),
        ("drop-out", "Leave some context out."),
        ("cosine", "Let the learning rate fall as a cosine does."),
    ):
        stage.start(name, task)
    stage.emit(we.LeaseTaken(attempt=1, rate=Rate(gpus=3.95)), "warm-up")
    stage.emit(we.WorkerPaused(attempt=1, stopped=True), "warm-up", "person")
    stage.emit(we.WorkerSuspended(attempt=1), "drop-out")
    stage.finish("cosine", "killed", "Killed by you.")
    ask_command(stage)
    ask_start(stage)
    return stage


def resumed() -> Stage:
    """What a person sees who resumes: the receipt of what came back, and a worker with snapshots and ports."""
    stage = research()
    tunnels = (Tunnel(6006, "https://board.example"), Tunnel(8000, ""))
    stage.emit(we.WorkerStarted(attempt=1, sandbox="sb-1", workspace="/w", tunnels=tunnels), "order-4")
    kept = Kept("workspace", "/home/ada/snap-3fa9c1", 2_500_000)
    stage.emit(we.WorkerSnapshot(id="snap-3fa9c1", attempt=1, kept=kept, items=4), "order-4")
    stage.emit(
        se.SessionReceipt(
            items=41,
            mended=2,
            workers=(
                WorkerReceipt(name="order-4", state=WorkerState.RUNNING, items=18, output=52_311, sandbox="sb-1"),
                WorkerReceipt(name="lr-high", state=WorkerState.QUEUED, items=9, missing=("its workspace is gone",)),
            ),
            sandboxes=(SandboxReceipt(worker="lr-high", backend="local", sandbox="local-lr-high"),),
        )
    )
    stage.attendance = Attendance(writing=False, others=1, background=True)
    return stage
