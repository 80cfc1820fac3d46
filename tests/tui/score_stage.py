"""A study for the scores: runs with settings that differ, each printed by a command, and curves of all kinds."""

import math

from textual.pilot import Pilot
from tui.stage import Stage
from tui.waiting import cockpit, settled, until

from golfer_tui.model import agent_events as ae
from golfer_tui.model import session_events as se
from golfer_tui.model import worker_events as we
from golfer_tui.tui.app import CockpitApp
from golfer_tui.tui.score_table import ScoreTable
from golfer_tui.tui.scores import Scores


def train(
    stage: Stage, worker: str, flags: str, values: list[float], *, metric: str = "val_loss", result: bool = True
) -> None:
    """One command that prints a value with each step, and the last one as its result; each ten seconds one."""
    tape = stage.tapes[worker]
    number = len(stage.state.workers[worker].commands) + 1
    command = f"python train.py {flags}"
    stage.emit(we.WorkerCommand(command=command, id=number, offset=tape.end), worker, "worker")
    for step, value in enumerate(values, 1):
        stage.pass_time(10)
        offset = tape.end
        stage.print(worker, f"step {step} {metric} {value:.4f}\n")
        stage.emit(we.WorkerMetric(name=metric, value=value, step=step, offset=offset), worker)
    if result:
        offset = tape.end
        stage.print(worker, f"final {metric}: {values[-1]:.4f}\n")
        stage.emit(we.WorkerMetric(name=metric, value=values[-1], offset=offset), worker)
        stage.emit(
            we.WorkerCommand(command=command, id=number, offset=tape.end, exit_code=0, ended=True, seconds=9.0), worker
        )


def falling(end: float, steps: int = 30) -> list[float]:
    """From about 2 above its end down to it."""
    return [end + 2 * math.exp(-step / (steps / 6)) + 0.02 * math.sin(step * 1.7) for step in range(steps)]


def study(workers: int = 5) -> Stage:
    """So many workers with a run each; the second has two, the third diverges, the fourth goes on."""
    stage = Stage()
    stage.emit(se.SessionStarted(title="A study of learning rates", backend="local", model="m", directory="/w"))
    for number in range(workers):
        name = f"lr-{number}"
        stage.start(name, f"Try number {number}.")
        values = falling(2 + 0.3 * number, 30 + number)
        if number == 2:
            values[20:] = [math.nan] * (len(values) - 20)
        train(stage, name, f"--lr {0.1 * (number + 1):.1f} --seed 0", values, result=number != 3)
        if number == 1:
            train(stage, name, "--lr 0.25 --seed 0 --wide", falling(1.8, 40))
    stage.emit(we.WorkerMetric(name="accuracy", value=0.4, step=1, offset=0), "lr-0")
    stage.emit(ae.Usage(model="m", input_tokens=5000, output_tokens=700, dollars=0.5), "lr-1")
    return stage


async def drawn(app: CockpitApp, pilot: Pilot[int]) -> None:
    """Wait until the scores have found and drawn what is to be seen, which they do in threads."""
    await pilot.pause()
    await until(pilot, lambda: all(each.is_finished for each in app.workers if each.group in {"scores", "plot"}))
    await settled(app, pilot)


async def board(app: CockpitApp, pilot: Pilot[int]) -> Scores:
    """The scores, open and drawn."""
    cockpit(app).query_one("#fleet").focus()
    await pilot.press("b")
    await until(pilot, lambda: isinstance(app.screen, Scores) and app.screen.query(ScoreTable))
    await drawn(app, pilot)
    assert isinstance(app.screen, Scores)
    return app.screen


def heads(app: CockpitApp) -> list[str]:
    """The heads of the columns after the marks, without the sign of the order."""
    columns = app.screen.query_one(ScoreTable).ordered_columns
    return [str(each.label).rstrip(" ▲▼") for each in columns][1:]


def column(app: CockpitApp, head: str) -> list[str]:
    """The texts of the column with this head."""
    table = app.screen.query_one(ScoreTable)
    index = ["mark", *heads(app)].index(head)
    return [str(table.get_row_at(row)[index]) for row in range(table.row_count)]
