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
    adopted: bool = False
    """End its sandbox even if somebody else made it."""


class RestartWorker(msgspec.Struct, frozen=True):
    """Begin again from the same task, spec and skills, with a fresh memory and workspace."""

    worker: str
    task: str = ""
    """Takes the place of its task; empty: the same task."""


class PauseWorker(msgspec.Struct, frozen=True):
    """Let a worker's agent do nothing more, and stop its processes where they are, until it is continued.

    On Modal its processes go on. One that waits for its place leaves the queue.
    """

    worker: str | None = None
    """None: all that wait or run."""


class ContinueWorker(msgspec.Struct, frozen=True):
    """Let a worker that is paused or stands still go on with the memory and the workspace it has."""

    worker: str | None = None
    """None: all that are paused."""


class SnapshotWorker(msgspec.Struct, frozen=True):
    """Keep the worker's files as they are now, and its conversation, for new workers to begin with."""

    worker: str


class ForkWorker(msgspec.Struct, frozen=True):
    """Start a new worker with the files and the conversation that this one had at a snapshot."""

    worker: str
    name: str = ""
    """Of the new worker; empty: one is made up."""
    task: str = ""
    """What the new one does; empty: the same task."""
    snapshot: str = ""
    """Id of one of the worker's snapshots; empty: one is taken now."""


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


class TakeKeyboard(msgspec.Struct, frozen=True):
    """Take the input of the agent's terminal: what the agent would type is refused, for 30 s or until it is given back.

    Whoever keeps it takes it again and again; every key does so, too.
    """

    worker: str


class GiveKeyboard(msgspec.Struct, frozen=True):
    """Let the agent type again."""

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


class SetLimits(msgspec.Struct, frozen=True, kw_only=True):
    """Change how much may run at once and may be spent; what is left out stays, None is no limit.

    Lower limits end nothing that runs. Only a person may set them.
    """

    max_gpus: int | msgspec.UnsetType | None = msgspec.UNSET
    """GPUs in all."""
    gpus: dict[str, int | None] = {}
    """GPUs by type."""
    max_local: int | msgspec.UnsetType | None = msgspec.UNSET
    """Local workers that run at once."""
    max_dollars: float | msgspec.UnsetType | None = msgspec.UNSET


class AnswerApproval(msgspec.Struct, frozen=True):
    """Decide what waits for a person."""

    id: str
    """Of its `approval.asked`."""
    answer: Literal["approved", "always", "refused"]
    """`always`: approve it, and do not ask about the like again in this session."""
    reason: str = ""
    """For a refusal: what the agent is told."""


class LimitWorker(msgspec.Struct, frozen=True):
    """Change what one worker may do, also while it runs; what is left out stays. It keeps them over restarts."""

    worker: str
    turns: int | msgspec.UnsetType | None = msgspec.UNSET
    """Model calls in one turn of its agent; None: as many as the settings say."""
    timeout: float | msgspec.UnsetType | None = msgspec.UNSET
    """Seconds that one of its commands may run before it is ended; None: any time."""


class RenameSession(msgspec.Struct, frozen=True):
    """Give the session another title."""

    title: str


class SetModel(msgspec.Struct, frozen=True):
    """Let another model answer the orchestrator's next turns, until the session is closed."""

    model: str


class CloseSession(msgspec.Struct, frozen=True):
    """Let the session go: `end` kills the workers, `keep` suspends them until it is resumed."""

    workers: Literal["end", "keep"] = "end"


Command = (
    SendMessage
    | InterruptTurn
    | SpawnWorker
    | KillWorker
    | RestartWorker
    | PauseWorker
    | ContinueWorker
    | SnapshotWorker
    | ForkWorker
    | OpenShell
    | CloseShell
    | TakeKeyboard
    | GiveKeyboard
    | TypeInto
    | ResizeTerminal
    | SetLimits
    | LimitWorker
    | AnswerApproval
    | RenameSession
    | SetModel
    | CloseSession
)
