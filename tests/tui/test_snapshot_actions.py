"""Snapshots, forks and ports in the cockpit: by key, by `/` command, and in the details of a worker."""

import pytest
from tui.stage import Stage, research
from tui.test_commands import refusal, say
from tui.waiting import cockpit, opened, shown, until

from golfer_tui.model import commands as cm
from golfer_tui.model import worker_events as we
from golfer_tui.model.gpus import GpuRequest
from golfer_tui.model.snapshots import Kept
from golfer_tui.model.tunnels import Tunnel
from golfer_tui.model.workers import WorkerSpec
from golfer_tui.tui.fleet import Fleet

WORKER = "order-4"


def stage_with_ports() -> Stage:
    stage = research()
    tunnels = (Tunnel(6006, "https://board.example"), Tunnel(8000, ""))
    stage.emit(we.WorkerStarted(attempt=1, sandbox="sb-1", workspace="/w", tunnels=tunnels), WORKER)
    kept = Kept("workspace", "/home/ada/snap-3fa9c1", 2_500_000)
    stage.emit(we.WorkerSnapshot(id="snap-3fa9c1", attempt=1, kept=kept, items=4), WORKER)
    return stage


@pytest.mark.parametrize("size", [(120, 40), (200, 60)])
async def test_the_details_list_ports_and_snapshots(size: tuple[int, int]) -> None:
    async with opened(stage_with_ports(), size) as (app, pilot):
        fleet = cockpit(app).query_one(Fleet)
        fleet.selected, fleet.zoomed = WORKER, True
        await until(pilot, lambda: cockpit(app).query_one("#told").region)
        told = cockpit(app).query_one("#told")
        await until(pilot, lambda: "snap-3fa9c1" in str(told.content))  # type: ignore[attr-defined]
        text = str(told.content)  # type: ignore[attr-defined]
        assert "6006     https://board.example" in text
        assert "8000     no address was told" in text
        [line] = [line for line in text.splitlines() if line.startswith("snap-3fa9c1 ")]
        assert line.endswith(", 2.4M")
        assert all(len(row) == size[0] for row in shown(app))


async def test_keys_snapshot_fork_and_copy() -> None:
    stage = stage_with_ports()
    async with opened(stage) as (app, pilot):
        fleet = cockpit(app).query_one(Fleet)
        fleet.focus()
        fleet.selected = WORKER
        await pilot.press("p")
        await until(pilot, lambda: cm.SnapshotWorker(WORKER) in stage.dispatched)
        await pilot.press("F")
        await until(pilot, lambda: cm.ForkWorker(WORKER) in stage.dispatched)
        await pilot.press("u")
        await until(pilot, lambda: app.clipboard == "https://board.example")


async def test_commands_take_options_before_the_task() -> None:
    stage = stage_with_ports()
    async with opened(stage) as (_, pilot):
        await say(pilot, f"/snapshot {WORKER}")
        await until(pilot, lambda: cm.SnapshotWorker(WORKER) in stage.dispatched)
        await say(pilot, f"/fork {WORKER} --from snap-3fa9c1 --as fresh Try Adam.")
        fork = cm.ForkWorker(WORKER, "fresh", "Try Adam.", "snap-3fa9c1")
        await until(pilot, lambda: fork in stage.dispatched)
        await say(pilot, "/spawn eva --from snap-3fa9c1 --profile big --gpu H100:2 --model m Go on -- fast.")
        spec = WorkerSpec(
            "eva", "Go on -- fast.", gpu=GpuRequest("H100", 2), model="m", profile="big", snapshot="snap-3fa9c1"
        )
        await until(pilot, lambda: cm.SpawnWorker(spec) in stage.dispatched)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("/spawn eva --from", "--from needs a value."),
        ("/spawn eva --colour red Go.", "There is no option --colour."),
        ("/spawn eva --from snap-1", "Say what eva is to do."),
        ("/spawn eva --gpu H100:x Go.", "is no GPU request"),
        (f"/fork {WORKER} --profile big Go.", "There is no option --profile."),
        ("/ports mixing", "exposes no port"),
    ],
)
async def test_what_is_wrong_is_told_above_the_input(line: str, said: str) -> None:
    stage = stage_with_ports()
    before = len(stage.dispatched)
    async with opened(stage) as (app, pilot):
        line = line.replace("mixing", next(name for name in stage.state.workers if name != WORKER))
        await say(pilot, line)
        await until(pilot, lambda: said in refusal(app))
        assert not [each for each in stage.dispatched[before:] if isinstance(each, cm.SpawnWorker | cm.ForkWorker)]
