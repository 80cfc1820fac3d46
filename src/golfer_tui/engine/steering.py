"""Carries a person's commands to the rooms that they are for, and tells the orchestrator what the person did."""

from golfer_tui.agents.orchestrator import Orchestrator
from golfer_tui.agents.services import Services
from golfer_tui.agents.snapshots import fork, take
from golfer_tui.agents.spawning import spawn
from golfer_tui.costs.budget import limit
from golfer_tui.engine.answering import answer
from golfer_tui.engine.budget import BudgetKeeper
from golfer_tui.engine.limiting import limit as limit_worker
from golfer_tui.engine.limits import applied, changed, told
from golfer_tui.engine.pausing import go_on, pause
from golfer_tui.engine.recorder import Recorder
from golfer_tui.engine.shells import Shells, Typing
from golfer_tui.model import agent_events as ae
from golfer_tui.model import commands as cm
from golfer_tui.model import events as ev
from golfer_tui.model import session_events as se
from golfer_tui.model.errors import CommandError
from golfer_tui.sandboxes.contract import Sandbox
from golfer_tui.terminal.clean import one_line

TITLE = 80
"""Characters of the first message that become the session's title."""


class Steering:
    """Everything that can be asked of an open session, but to close it."""

    def __init__(
        self, services: Services, orchestrator: Orchestrator, recorder: Recorder, budget: BudgetKeeper
    ) -> None:
        self._services = services
        self._pool = services.pool
        self._orchestrator = orchestrator
        self._recorder = recorder
        self._budget = budget
        self._typing = Typing(self._typed)
        self.shells = Shells(services.signal)
        """The person's own shells, by worker."""

    async def carry(self, command: cm.Command) -> None:
        """Take a command.

        Raises:
            CommandError: it does not fit the state of the session; nothing was changed.
        """
        match command:
            case cm.SendMessage(worker=None):
                self._say(command.text)
            case cm.SendMessage(text=text, worker=str(worker)):
                self._pool.message(worker, text, "person")
                self._orchestrator.note(f"The person told worker {worker}: {text}")
            case cm.InterruptTurn():
                if not self._orchestrator.interrupt():
                    raise CommandError("turn.none", "The orchestrator is not working.")
            case cm.SpawnWorker(spec=spec):
                spawn(self._services, spec, "person")
                self._orchestrator.note(f"The person started worker {spec.name}: {spec.task}")
            case cm.KillWorker(worker=worker, adopted=adopted):
                await self._pool.kill(worker, "person", adopted=adopted)
                self._orchestrator.note(f"The person killed worker {worker}.")
            case cm.RestartWorker(worker=worker, task=task):
                await self._pool.restart(worker, "person", task)
                anew = f" with another task: {task.strip()}" if task.strip() else "."
                self._orchestrator.note(f"The person restarted worker {worker}{anew}")
            case cm.PauseWorker(worker=worker):
                await pause(self._services, self._orchestrator, worker)
            case cm.ContinueWorker(worker=worker):
                go_on(self._services, self._orchestrator, worker)
            case cm.SnapshotWorker(worker=worker):
                taken = await take(self._services, worker, "person")
                self._orchestrator.note(f"The person took the snapshot {taken.id} of worker {worker}.")
            case cm.ForkWorker(worker=worker):
                spec = await fork(self._services, command, "person")
                spawn(self._services, spec, "person")
                text = f"The person started worker {spec.name}, a copy of {worker} at {spec.snapshot}: {spec.task}"
                self._orchestrator.note(text)
            case cm.OpenShell():
                await self._open_shell(command)
            case cm.CloseShell(worker=worker):
                await self.shells.running(worker).close()
            case cm.TakeKeyboard(worker=worker):
                self._sandbox(worker).lease.take()
            case cm.GiveKeyboard(worker=worker):
                self._sandbox(worker).lease.give()
            case cm.TypeInto():
                await self._type(command)
            case cm.ResizeTerminal():
                await self._resize(command)
            case cm.LimitWorker():
                limit_worker(self._services, self._orchestrator, command)
            case cm.SetLimits():
                await self._set_limits(command)
            case cm.AnswerApproval():
                answer(self._services, self._orchestrator, command)
            case cm.RenameSession(title=title):
                self._rename(title)
            case cm.SetModel(model=model):
                self._set_model(model)
            case cm.CloseSession():
                raise AssertionError("the engine closes itself")

    def _say(self, text: str) -> None:
        self._orchestrator.say(text)
        if not self._services.state.title:
            self._services.emit(ev.Draft(se.SessionRenamed(title=one_line(text, TITLE)), by="person"))

    def _rename(self, title: str) -> None:
        if not (text := " ".join(title.split())):
            raise CommandError("title.empty", "The title is empty.", hint="Say what the session is about.")
        self._services.emit(ev.Draft(se.SessionRenamed(title=text), by="person"))

    def _set_model(self, model: str) -> None:
        if self._services.provider.scripted:
            raise CommandError(
                "model.scripted",
                "The scripted model answers in this session, and no other one can.",
                hint="Start golfer without --demo.",
            )
        if not (name := model.strip()):
            raise CommandError("model.unnamed", "No model is named.", hint="Say which one.")
        self._orchestrator.model = name
        self._services.emit(ev.Draft(se.ModelChanged(model=name), by="person"))

    async def _set_limits(self, command: cm.SetLimits) -> None:
        pool, budget = self._pool, self._budget
        now = changed(told(pool.limits, budget.max_dollars), command)
        self._services.emit(ev.Draft(now, by="person"))
        # First what holds back, then what lets in.
        budget.max_dollars = now.max_dollars
        pool.set_limits(applied(pool.limits, now))
        parts = [f"{count} {kind}" for kind, count in now.gpus.items()]
        parts += [] if now.max_gpus is None else [f"{now.max_gpus} GPUs in all"]
        parts += [] if now.max_local is None else [f"{now.max_local} local workers"]
        parts += [] if now.max_dollars is None else [f"{limit(now.max_dollars)} to spend"]
        self._orchestrator.note(f"The person set the limits: {', '.join(parts) or 'none'}.")
        await budget.check()

    async def _open_shell(self, command: cm.OpenShell) -> None:
        worker = command.worker
        if await self.shells.open(worker, self._sandbox(worker), command.columns, command.rows):
            text = f"The person opened a shell in {worker}'s sandbox."
            notice = ae.Notice(level="info", code="shell.opened", text=text)
            self._services.emit(ev.Draft(notice, worker, "person"))

    async def _type(self, command: cm.TypeInto) -> None:
        if command.terminal == "shell":
            self.shells.running(command.worker).type(command.data)
        else:
            sandbox = self._sandbox(command.worker)
            sandbox.lease.take()
            await sandbox.type(command.data)
        self._typing.typed(command.worker, command.terminal)

    async def _resize(self, command: cm.ResizeTerminal) -> None:
        if command.terminal == "shell":
            self.shells.running(command.worker).resize(command.columns, command.rows)
        else:
            await self._sandbox(command.worker).resize(command.columns, command.rows)
            self._recorder.resize(command.worker, command.columns, command.rows)

    def _typed(self, worker: str, terminal: cm.Terminal) -> None:
        where = "terminal" if terminal == "agent" else "sandbox, in a shell of their own"
        self._orchestrator.note(f"The person types into worker {worker}'s {where}.")
        yours = "terminal: not all that it shows comes from you" if terminal == "agent" else "sandbox, in another shell"
        self._pool.tell(worker, f"[The person types into your {yours}. Look before you go on; files may have changed.]")

    def _sandbox(self, worker: str) -> Sandbox:
        sandbox = self._pool.sandbox(worker)
        if sandbox is None:
            raise CommandError("worker.stands", f"{worker} has no sandbox now.", hint="Restart it or let it go on.")
        return sandbox
