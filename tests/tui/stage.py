"""A stage for the cockpit: events and tapes played by hand where an engine would make them. For pictures and layout."""

import asyncio
import contextlib
import datetime as dt
import math
from collections.abc import AsyncIterator
from pathlib import Path

from golfer_tui.model import agent_events as ae
from golfer_tui.model import commands as cm
from golfer_tui.model import events as ev
from golfer_tui.model import session_events as se
from golfer_tui.model import signals as sg
from golfer_tui.model import worker_events as we
from golfer_tui.model.errors import CommandError, GolferError, SandboxError
from golfer_tui.model.files import SHOWN, Contents, Difference, FileEntry, Listing, ordered
from golfer_tui.model.gauges import GpuSample, Sample
from golfer_tui.model.look import SavedLook
from golfer_tui.model.session import SessionState
from golfer_tui.model.settings import Settings
from golfer_tui.model.workers import WorkerSpec
from golfer_tui.pool.leases import Limits, Used
from golfer_tui.terminal.printed import Printed
from golfer_tui.terminal.tape import Tape

START = dt.datetime(2026, 3, 1, 12, 0, tzinfo=dt.UTC)
BOUND = 10_000
"""Items of one subscription."""


class Subscription:
    """The stream of one reader."""

    def __init__(self, stage: "Stage") -> None:
        self.queue: asyncio.Queue[ev.Event | sg.Signal | None] = asyncio.Queue(BOUND)
        self._stage = stage

    def __aiter__(self) -> "Subscription":
        return self

    async def __anext__(self) -> ev.Event | sg.Signal:
        item = await self.queue.get()
        if item is None:
            raise StopAsyncIteration
        return item

    def close(self) -> None:
        self._stage.subscriptions.discard(self)


class Stage:
    """Has what front ends use of an engine."""

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings or Settings(demo=True)
        self.state = SessionState()
        self.tapes: dict[str, Tape] = {}
        self.shell_tapes: dict[str, Tape] = {}
        self.open_shells: dict[str, bool] = {}
        """Whether the newest shell is open, by worker."""
        self.recorded: dict[str, list[Printed]] = {}
        """What every worker printed."""
        self.subscriptions: set[Subscription] = set()
        self.dispatched: list[cm.Command] = []
        self.closed: str | None = None
        self.refuse: CommandError | None = None
        self.lost: GolferError | None = None
        """Why the engine ended by itself."""
        self.clock = START
        self.limits = Limits()
        self.used = Used(workers=0, gpus=0, by_type={})
        self.max_dollars: float | None = None
        self.waiting: tuple[tuple[str, str], ...] = ()
        self.attendance = sg.Attendance()
        self.attendance = sg.Attendance(background=True)
        self.names = {
            "skill": [("mini-golf", "Small training runs."), ("parameter_golf", "Large ones.")],
            "model": [("scripted", ""), ("gpt-5", ""), ("gpt-5-mini", "")],
            "session": [("20260228-0900-k3f9", "Warm-up"), ("20260227-1730-p4wd", "First try")],
        }
        """What `known` answers."""
        self.folders: dict[str, tuple[FileEntry, ...]] = {"": ()}
        """What lies in every workspace, by folder."""
        self.contents: dict[str, bytes] = {}
        """By path."""
        self.difference = Difference(())
        """What every worker has changed."""
        self.recording_path: Path | None = None
        """Of every worker."""
        self.saved = SavedLook()
        self.journal: list[ev.Event] = []
        self.unheard: list[sg.Signal] = []
        """Signals given before anybody listened."""

    @property
    def session(self) -> str:
        return self.state.session

    def now(self) -> dt.datetime:
        return self.clock

    def pass_time(self, seconds: float) -> None:
        self.clock += dt.timedelta(seconds=seconds)

    def emit(self, body: ev.AnyBody, worker: str | None = None, by: ev.By = "engine") -> None:
        event = ev.Event(seq=self.state.seq + 1, time=self.clock, session="a1b2c3d4", body=body, worker=worker, by=by)
        self.state.apply(event)
        self.journal.append(event)
        self.signal(event)

    def signal(self, item: ev.Event | sg.Signal) -> None:
        if not self.subscriptions and not isinstance(item, ev.Event):
            self.unheard.append(item)
        for subscription in self.subscriptions:
            subscription.queue.put_nowait(item)

    def print(self, worker: str, text: str) -> None:
        data = text.replace("\n", "\r\n").encode()
        offset = self.tapes[worker].append(data)
        self.recorded.setdefault(worker, []).append(Printed(offset, data, self.clock.timestamp(), 80, 24))
        self.signal(sg.TerminalChanged(worker))
        self.emit(we.WorkerOutput(text=text, offset=offset, size=len(data)), worker)

    def run(self, worker: str, command: str, output: str, exit_code: int | None = 0, seconds: float = 2.0) -> None:
        """A command with its whole output; it goes on running if `exit_code` is None."""
        tape = self.tapes[worker]
        number = len(self.state.workers[worker].commands) + 1
        self.emit(we.WorkerCommand(command=command, id=number, offset=tape.end), worker, "worker")
        self.print(worker, output)
        if exit_code is not None:
            self.pass_time(seconds)
            self.emit(
                we.WorkerCommand(
                    command=command, id=number, offset=tape.end, exit_code=exit_code, ended=True, seconds=seconds
                ),
                worker,
            )

    def gauge(self, worker: str, *samples: Sample) -> None:
        for sample in samples:
            self.emit(we.WorkerGauge(sample=sample), worker)
            self.signal(sg.Gauged(worker, sample))

    def queue(self, name: str, task: str, *, reason: str = "", position: int = 0) -> None:
        self.tapes.setdefault(name, Tape())
        attempt = self.state.workers[name].attempt + 1 if name in self.state.workers else 1
        spec = WorkerSpec(name=name, task=task, skills=("mini-golf",))
        self.emit(we.WorkerQueued(spec=spec, attempt=attempt, position=position, reason=reason), name, "orchestrator")

    def start(self, name: str, task: str = "Train.", devices: tuple[str, ...] = ()) -> None:
        self.queue(name, task)
        self.emit(we.WorkerStarted(attempt=1, sandbox=f"local-{name}", workspace=f"/w/{name}", devices=devices), name)

    def finish(self, name: str, state: we.Final, summary: str) -> None:
        self.emit(we.WorkerFinished(attempt=1, state=state, summary=summary), name)

    # What front ends call

    async def dispatch(self, command: cm.Command) -> None:
        if self.refuse is not None:
            raise self.refuse
        self.dispatched.append(command)

    def subscribe(self) -> Subscription:
        subscription = Subscription(self)
        self.subscriptions.add(subscription)
        for item in self.unheard:
            subscription.queue.put_nowait(item)
        self.unheard.clear()
        return subscription

    def tape(self, worker: str) -> Tape | None:
        return self.tapes.get(worker)

    @property
    def shells(self) -> tuple[str, ...]:
        return tuple(name for name, is_open in self.open_shells.items() if is_open)

    def shell_tape(self, worker: str) -> Tape | None:
        return self.shell_tapes.get(worker)

    def open_shell(self, worker: str, shown: str = "$ ") -> None:
        """A shell of the person's that has printed something."""
        self.shell_tapes[worker], self.open_shells[worker] = Tape(), True
        self.shell_prints(worker, shown)

    def shell_prints(self, worker: str, shown: str) -> None:
        self.shell_tapes[worker].append(shown.encode())
        self.signal(sg.ShellChanged(worker, open=True))

    def end_shell(self, worker: str) -> None:
        self.open_shells[worker] = False
        self.signal(sg.ShellChanged(worker, open=False))

    async def printed(self, worker: str, offset: int, size: int) -> list[Printed]:
        found = []
        for piece in self.recorded.get(worker, []):
            begin, stop = max(offset, piece.offset), min(offset + size, piece.end)
            if begin < stop:
                found.append(piece._replace(offset=begin, data=piece.data[begin - piece.offset : stop - piece.offset]))
        return found

    async def recording(self, worker: str) -> str:
        if self.recording_path is None:
            raise CommandError("recording.none", f"{worker} has printed nothing yet.")
        return str(self.recording_path)

    async def files(self, worker: str, folder: str = "") -> Listing:
        if folder in self.folders:
            return ordered(list(self.folders[folder]))
        raise SandboxError("files.missing", f"There is no {folder or 'workspace'} any more that can be read.")

    async def read_file(self, worker: str, path: str) -> Contents:
        if path not in self.contents:
            raise SandboxError("files.missing", f"There is no {path} any more that can be read.")
        return Contents(self.contents[path][:SHOWN], len(self.contents[path]))

    async def diff(self, worker: str) -> Difference:
        return self.difference

    async def look(self) -> SavedLook:
        return self.saved

    async def set_look(self, look: SavedLook) -> None:
        self.saved = look

    async def events(self, after: int = 0, limit: int | None = None, *, output: bool = True) -> list[ev.Event]:
        return [event for event in self.journal if event.seq > after][:limit]

    async def known(self, kind: str) -> list[tuple[str, str]]:
        return self.names[kind]

    async def idle(self) -> None:
        return

    def attend(self, attendance: sg.Attendance) -> None:
        """Other cockpits come, go or take over."""
        self.attendance = attendance
        self.signal(attendance)

    async def take_over(self) -> None:
        self.attend(sg.Attendance(background=True, writing=True, others=self.attendance.others))

    async def detach(self) -> None:
        if self.lost is not None:
            raise self.lost
        await self.close("leave")

    async def close(self, workers: str = "end") -> None:
        self.closed = self.closed or workers
        for subscription in tuple(self.subscriptions):
            subscription.queue.put_nowait(None)

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator["Stage"]:
        try:
            yield self
        finally:
            await self.close()


ANSWER = """Five approaches, measured on the same split:

| worker | change | best `val_bpb` |
|---|---|---|
| **order-4** | context of 4 bytes | **2.413** |
| baseline | nothing | 2.871 |
| lr-high | learning rate x 4 | 2.702 |

The longer context wins by **0.458** at the same cost. Next I would combine it with the higher learning rate:

```sh
python train.py --order 4 --lr 0.4
```
"""


def log(first: int, last: int, start: float) -> str:
    return "".join(
        f"step:{step}/40 train_bpb:{start - 0.9 + 2.1 * math.exp(-step / 12):.4f} "
        f"val_bpb:{start + 1.9 * math.exp(-step / 12):.4f} \x1b[2mtime:{step * 0.31:.1f}s\x1b[0m\n"
        for step in range(first, last + 1)
    )


def research() -> Stage:
    """A session in full swing: five workers in five states, a chat with all kinds of lines."""
    stage = Stage()
    stage.emit(
        se.SessionStarted(
            title="Lower val_bpb on mini-golf",
            backend="local",
            model="scripted",
            scripted=True,
            directory="/home/ada/golf",
        )
    )
    stage.emit(ae.TurnStarted(turn="t1"))
    stage.emit(
        ae.Message(role="user", text="Find the best settings for mini-golf. Five approaches, in parallel."), by="person"
    )
    stage.emit(ae.Reasoning(text="**Planning**\n\nA baseline first, then one knob for each worker."))
    stage.emit(ae.ToolCalled(call="c1", name="load_skill", arguments={"name": "mini-golf"}), by="orchestrator")
    stage.emit(ae.SkillLoaded(name="mini-golf", path="skills/mini-golf/SKILL.md"))
    stage.emit(ae.ToolFinished(call="c1", name="load_skill", output="# mini-golf\n\nThe guide.", seconds=0.02))
    stage.emit(
        ae.Message(role="assistant", text="I run a **baseline** first and vary one knob in each of four workers.")
    )
    tasks = {
        "baseline": "Measure the defaults; change nothing.",
        "order-4": "Take a context of four bytes and see what it costs.",
        "lr-high": "Raise the learning rate step by step until the loss turns.",
        "wide-mix": "Mix several orders with learned weights.",
        "no-decay": "Switch the decay off.",
    }
    for number, (name, task) in enumerate(tasks.items()):
        call = f"s{number}"
        stage.emit(
            ae.ToolCalled(
                call=call, name="spawn_worker", arguments={"name": name, "task": task, "skills": ["mini-golf"]}
            )
        )
        if name == "no-decay":
            stage.queue(name, task, reason="waits for a free place: 4 of 4 local workers run", position=1)
            stage.signal(sg.QueueMoved((("no-decay", "waits for a free place: 4 of 4 local workers run"),)))
        elif name == "wide-mix":
            stage.queue(name, task)
        else:
            stage.start(name, task)
        stage.emit(ae.ToolFinished(call=call, name="spawn_worker", output=f"{name} is asked for.", seconds=0.11))
    stage.pass_time(20)
    stage.emit(we.WorkerStarted(attempt=1, sandbox="local-wide-mix", workspace="/w/wide-mix"), "wide-mix")
    for name, best, steps in (("baseline", 2.871, 40), ("order-4", 2.413, 31), ("lr-high", 2.702, 18)):
        running = None if name != "baseline" else 0
        stage.run(name, "cat skills/mini-golf/SKILL.md | head -3", "---\nname: mini-golf\n---\n", seconds=0.1)
        stage.run(name, f"python train.py --name {name} --seconds 20", log(1, steps, best), running, 12.4)
        for step in range(1, steps + 1):
            stage.emit(
                we.WorkerMetric(name="val_bpb", value=best + 1.9 * math.exp(-step / 12), step=step, offset=step), name
            )
        stage.gauge(
            name,
            *(
                Sample(cpu=60 + 40 * math.sin(tick / 7) ** 2, memory=int(3e7 + 3e5 * min(tick, 40)), processes=3)
                for tick in range(90)
            ),
        )
    stage.run(
        "wide-mix",
        "python train.py --orders 1,2,3 --mix",
        'Traceback (most recent call last):\n  File "train.py", line 88\nValueError: --mix needs a number\n',
        1,
        0.3,
    )
    stage.pass_time(42)
    stage.finish("baseline", "done", "Best val_bpb 2.871 after 40 steps; one run, seed 0.")
    stage.finish("wide-mix", "failed", "The sandbox's shell went away.")
    stage.emit(
        ae.Message(role="system", text="Report of baseline (done): Best val_bpb 2.871 after 40 steps; one run, seed 0.")
    )
    stage.emit(we.ReportDelivered(attempt=1), "baseline")
    stage.emit(
        ae.Notice(
            level="warning",
            code="local.isolation",
            text="bubblewrap is missing: commands run as you.",
            hint="Install bubblewrap.",
        )
    )
    stage.emit(
        ae.ToolCalled(call="w1", name="wait_for_workers", arguments={"names": ["order-4", "lr-high"], "timeout": 60})
    )
    stage.emit(ae.Usage(model="scripted", input_tokens=5210, output_tokens=812))
    stage.emit(ae.Usage(model="scripted", input_tokens=2100, output_tokens=312), "order-4")
    stage.pass_time(9)
    return stage


def on_gpus(stage: Stage, name: str) -> None:
    """Let a worker use two GPUs."""
    stage.gauge(
        name,
        *(
            Sample(
                cpu=140,
                memory=3_000_000_000,
                gpus=tuple(
                    GpuSample(index=i, utilization=50 + tick % 50, memory_used=61 << 30, memory_total=80 << 30)
                    for i in (0, 1)
                ),
            )
            for tick in range(60)
        ),
    )


def finished() -> Stage:
    """The same session at its end: an answer with a table, nothing at work."""
    stage = research()
    stage.emit(ae.ToolFinished(call="w1", name="wait_for_workers", output="all have ended", seconds=41.3))
    stage.emit(ae.Message(role="assistant", text=ANSWER))
    for name in ("order-4", "lr-high", "no-decay"):
        stage.finish(
            name,
            "done" if name != "no-decay" else "killed",
            "Measured twice." if name != "no-decay" else "Killed by you.",
        )
    stage.emit(ae.TurnFinished(turn="t1", state="done"))
    stage.signal(sg.QueueMoved(()))
    return stage


def crowd(count: int = 64) -> Stage:
    """Many workers."""
    stage = research()
    for number in range(count - len(stage.state.workers)):
        name = f"sweep-{number:02}"
        stage.start(name, f"Try learning rate {0.01 * (number + 1):.2f}.")
        stage.run(name, "python train.py", log(1, 5 + number % 20, 2.4 + number / 50), None)
        for step in range(1, 6 + number % 20):
            stage.emit(
                we.WorkerMetric(name="val_bpb", value=2.4 + number / 50 + 1.9 * math.exp(-step / 12), step=step), name
            )
        stage.gauge(name, *(Sample(cpu=50 + number % 50, memory=30_000_000 + number * 1_000_000) for _ in range(30)))
    return stage


def empty() -> Stage:
    """A session in which nothing was said yet."""
    stage = Stage()
    stage.emit(se.SessionStarted(title="", backend="local", model="gpt-5", directory="/home/ada/golf"))
    return stage
