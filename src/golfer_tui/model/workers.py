"""What a worker is asked to be, and the states of its life."""

import enum

import msgspec

from golfer_tui.model.gpus import GpuRequest


class WorkerState(enum.StrEnum):
    """`queued → starting → running → done | failed | killed`.

    `paused` is let go on by whoever paused it, or by a person; `suspended` goes on when the session is resumed.
    """

    QUEUED = "queued"
    STARTING = "starting"
    RUNNING = "running"
    PAUSED = "paused"
    SUSPENDED = "suspended"
    DONE = "done"
    FAILED = "failed"
    KILLED = "killed"

    @property
    def final(self) -> bool:
        """True once the worker will do nothing more unless it is restarted or sent a message."""
        return self in {WorkerState.DONE, WorkerState.FAILED, WorkerState.KILLED}

    @property
    def active(self) -> bool:
        """True while the worker is getting a sandbox or works in it."""
        return self in {WorkerState.STARTING, WorkerState.RUNNING}


class WorkerSpec(msgspec.Struct, frozen=True, omit_defaults=True):
    """All that is needed to start a worker, and to start it again."""

    name: str
    """Unique in its session; also the worker's id."""
    task: str
    skills: tuple[str, ...] = ()
    gpu: GpuRequest | None = None
    model: str = ""
    """Empty: the session's model."""
    profile: str = ""
    """Name of `[workers.NAME]` in the settings, whose gpu, model and skills are in here already; empty: none."""
    snapshot: str = ""
    """Id of the snapshot whose files it begins with; empty: with an empty workspace."""
    parent: str = ""
    """Worker whose conversation up to that snapshot it begins with; empty: with the task alone."""
    sandbox: str = ""
    """Id of a sandbox that somebody else made, to work in; it is not ended with the worker. Empty: one of its own."""
