"""Who keeps watch: which workers have finished, failed or begun to need a person since the last look.

It compares states and hears no events: whatever of the stream was missed, nothing is told twice or forgotten.
"""

import dataclasses as dc
from collections.abc import Sequence
from typing import Literal

from golfer_tui.model.session import SessionState
from golfer_tui.model.worker_fold import Worker
from golfer_tui.model.workers import WorkerState
from golfer_tui.terminal.clean import one_line

Kind = Literal["needs", "failed", "finished"]
"""What a person wants to hear of; the most urgent first."""

KINDS: tuple[Kind, ...] = ("needs", "failed", "finished")

WORD = 100
"""Characters of a report that a notice repeats."""

NAMED = 3
"""Workers that one notice names."""


def need(worker: Worker) -> str:
    """Why this worker needs a person, in a few words; empty if it does not."""
    if worker.needs or not worker.idle_gpus:
        return worker.needs
    return f"gpu {' '.join(map(str, worker.idle_gpus))} did next to nothing for minutes"


def is_so(worker: Worker, kind: Kind) -> bool:
    """Whether this is the case for a worker now."""
    match kind:
        case "needs":
            return bool(need(worker))
        case "failed":
            return worker.state == WorkerState.FAILED
        case "finished":
            return worker.state == WorkerState.DONE


@dc.dataclass(frozen=True)
class News:
    """One thing of one kind that has happened, to one worker or several at once."""

    kind: Kind
    text: str
    """A sentence, cleaned."""
    worker: str
    """The first of them; empty if it is the orchestrator that needs a person."""


class Lookout:
    """Tells what is new since it was made, or since the last call of `news`."""

    def __init__(self, state: SessionState) -> None:
        self._state = state
        self._seen = self._now()

    def _now(self) -> dict[tuple[Kind, str], tuple[int, str]]:
        """By kind and worker (empty: the orchestrator): the attempt, and why a person is needed."""
        state = self._state
        now: dict[tuple[Kind, str], tuple[int, str]] = {
            (kind, worker.name): (worker.attempt, need(worker) if kind == "needs" else "")
            for worker in state.workers.values()
            for kind in KINDS
            if is_so(worker, kind)
        }
        if waiting := next((each for each in state.approvals.values() if each.worker is None), None):
            now["needs", ""] = 0, f"wants to {waiting.title}"
        return now

    def news(self) -> list[News]:
        """What has happened, the most urgent first; of each kind at most one sentence."""
        now = self._now()
        fresh = [key for key, value in now.items() if self._seen.get(key) != value]
        self._seen = now
        found = ((kind, [name for each, name in fresh if each == kind]) for kind in KINDS)
        return [News(kind, self._sentence(kind, names), names[0]) for kind, names in found if names]

    def _sentence(self, kind: Kind, names: Sequence[str]) -> str:
        if len(names) == 1:
            [name] = names
            word = self._seen[kind, name][1] if kind == "needs" else self._state.workers[name].summary
            verb = {"needs": "needs you", "failed": "has failed", "finished": "has finished"}[kind]
            told = one_line(word.strip().partition("\n")[0], WORD)
            return f"{_called(name)} {verb}" + (f": {told}" if told else ".")
        verb = {"needs": "need you", "failed": "have failed", "finished": "have finished"}[kind]
        named = [_called(name) for name in names[:NAMED]]
        rest = len(names) - len(named)
        return f"{', '.join(named)}{f' and {rest} more' if rest else ''} {verb}."


def _called(name: str) -> str:
    return one_line(name) or "The orchestrator"
