"""What an agent goes through, the orchestrator or a worker: turns, messages, tool calls, approvals, tokens, notices."""

from typing import Any, Literal

from golfer_tui.model.body import Body
from golfer_tui.model.workers import WorkerSpec

Level = Literal["info", "warning", "error"]


class TurnStarted(Body, frozen=True, kw_only=True, tag="turn.started"):
    """An agent began to answer. Without a worker it is the orchestrator."""

    turn: str
    """Id of the turn."""
    inputs: tuple[str, ...] = ()
    """Ids of the messages that this turn answers."""
    items: int = 0
    """Items in the agent's memory before it began: what came later belongs to this turn."""


class TurnFinished(Body, frozen=True, kw_only=True, tag="turn.finished"):
    """The agent stopped, with all of the turn in its memory."""

    turn: str
    state: Literal["done", "failed", "interrupted"]
    error: str = ""


class Message(Body, frozen=True, kw_only=True, tag="message"):
    """A whole message. Without a worker it belongs to the orchestrator's conversation."""

    role: Literal["user", "assistant", "system"]
    """`system`: the engine told the agent something, such as the report of a worker."""
    text: str
    id: str = ""
    """Set on what an agent is told, so that `turn.started` can say when it was taken up."""


class Reasoning(Body, frozen=True, kw_only=True, tag="reasoning"):
    """A summary of what the model thought, where the model gives one."""

    text: str


class ToolCalled(Body, frozen=True, kw_only=True, tag="tool.called"):
    call: str
    """Id that `tool.finished` repeats."""
    name: str
    arguments: dict[str, Any]
    """Parsed; a custom tool's free text stands under `input`."""
    kind: Literal["function", "custom"] = "function"


class ToolFinished(Body, frozen=True, kw_only=True, tag="tool.finished"):
    call: str
    name: str
    output: str
    """What the model was told, capped."""
    ok: bool = True
    seconds: float = 0.0


class SkillLoaded(Body, frozen=True, kw_only=True, tag="skill.loaded"):
    name: str
    path: str
    """Where the skill was read from."""


class ApprovalAsked(Body, frozen=True, kw_only=True, tag="approval.asked"):
    """An agent waits for a person: what it wants to do is above a limit of `[approvals]`, or matches a pattern there.

    With a worker it is a command of that worker's; without one, the orchestrator wants to start a worker.
    """

    id: str
    """What `approval.answered` names."""
    call: str
    """Id of the tool call that waits."""
    why: tuple[str, ...]
    """Which rules say so, in words."""
    command: str = ""
    """The command; empty if a worker is to be started."""
    patterns: tuple[str, ...] = ()
    """Those of `commands` in the settings that the command matches."""
    spec: WorkerSpec | None = None
    """The worker that is to be started; null for a command."""
    gpus: int = 0
    """GPUs that the worker would lease, at most."""
    dollars_per_hour: float | None = 0.0
    """An estimate of what the worker would cost, or costs while its command waits; null if its GPUs have no price."""


class ApprovalAnswered(Body, frozen=True, kw_only=True, tag="approval.answered"):
    """What waited for a person waits no longer."""

    id: str
    answer: Literal["approved", "always", "refused", "withdrawn"]
    """`always`: the like is not asked about again in this session. `withdrawn`: nobody answered; its agent was
    stopped or ended, or no rule holds it back any more."""
    reason: str = ""
    """The person's word for a refusal; the agent is told."""


class Usage(Body, frozen=True, kw_only=True, tag="usage"):
    """Tokens of one model response."""

    model: str
    input_tokens: int
    output_tokens: int
    cached_tokens: int = 0
    reasoning_tokens: int = 0
    dollars: float | None = None
    """An estimate from list prices; null if the model has no price."""


class Notice(Body, frozen=True, kw_only=True, tag="notice"):
    """Something a person should know."""

    level: Level
    code: str
    text: str
    hint: str = ""
