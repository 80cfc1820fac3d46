"""Commands: all that a front end can ask of an engine. Each is answered by events, or by a `CommandError` at once."""

from typing import Literal

import msgspec

from golfer_tui.model.workers import WorkerSpec


class SendMessage(msgspec.Struct, frozen=True):
    """Say something to the orchestrator, or to one worker (the orchestrator is told)."""

    text: str
    worker: str | None = None


class InterruptTurn(msgspec.Struct, frozen=True):
    """Stop the orchestrator's turn; what its tools did is kept."""


class SpawnWorker(msgspec.Struct, frozen=True):
    """Start a worker, or queue it."""

    spec: WorkerSpec


class KillWorker(msgspec.Struct, frozen=True):
    """End a worker's run and every process it started, or take it out of the queue."""

    worker: str


class RestartWorker(msgspec.Struct, frozen=True):
    """Begin again from the same task, spec and skills, with a fresh memory and workspace."""

    worker: str


class ContinueWorker(msgspec.Struct, frozen=True):
    """Let a worker that stands still go on with the memory and the workspace it has."""

    worker: str


Terminal = Literal["agent", "shell"]
"""Of a worker's terminals: the newest one that a command of the agent's runs on, or the person's own shell."""


class OpenShell(msgspec.Struct, frozen=True):
    """Start a shell of the person's own in the worker's sandbox, beside what the agent does; one that runs is kept."""

    worker: str
    columns: int = 80
    rows: int = 24


class CloseShell(msgspec.Struct, frozen=True):
    """End the person's shell and all that it started."""

    worker: str


class TypeInto(msgspec.Struct, frozen=True):
    """Bytes that a person typed. The orchestrator and the worker's agent are told that somebody did."""

    worker: str
    data: bytes
    terminal: Terminal = "agent"


class ResizeTerminal(msgspec.Struct, frozen=True):
    """The pane of this worker has a new size, in cells."""

    worker: str
    columns: int
    rows: int
    terminal: Terminal = "agent"


class CloseSession(msgspec.Struct, frozen=True):
    """Let the session go: `end` kills the workers, `keep` suspends them until it is resumed."""

    workers: Literal["end", "keep"] = "end"


Command = (
    SendMessage
    | InterruptTurn
    | SpawnWorker
    | KillWorker
    | RestartWorker
    | ContinueWorker
    | OpenShell
    | CloseShell
    | TypeInto
    | ResizeTerminal
    | CloseSession
)
