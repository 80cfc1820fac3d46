"""Approvals: what an agent may do only once a person has decided, in the words in which every front end shows it."""

import dataclasses as dc
import datetime as dt

from golfer_tui.model import agent_events as ae
from golfer_tui.model.spending import WITHOUT_PRICE, money


@dc.dataclass(frozen=True, slots=True)
class Approval:
    """One that waits."""

    asked: ae.ApprovalAsked
    worker: str | None
    """Whose command it is; None if the orchestrator wants to start a worker."""
    time: dt.datetime
    """Since when it waits, UTC."""

    @property
    def id(self) -> str:
        return self.asked.id

    @property
    def who(self) -> str:
        """Who asks."""
        return f"worker {self.worker}" if self.worker is not None else "the orchestrator"

    @property
    def title(self) -> str:
        """What is asked for, in a few words."""
        spec = self.asked.spec
        return f"start worker {spec.name}" if spec is not None else f"run: {self.asked.command}"

    @property
    def brief(self) -> str:
        """The same with whose it is, for a line of its own."""
        return self.title if self.worker is None else f"{self.worker}: {self.asked.command}"

    @property
    def what(self) -> str:
        """All of it: the command, or the task of the worker."""
        spec = self.asked.spec
        if spec is None:
            return self.asked.command
        parts = [f"gpu {spec.gpu}" if spec.gpu else "", f"profile {spec.profile}" if spec.profile else ""]
        head = ", ".join(part for part in (spec.name, *parts) if part)
        return f"{head}\n{spec.task}"

    @property
    def why(self) -> str:
        """Which rules say that a person decides."""
        return "; ".join(self.asked.why)

    @property
    def cost(self) -> str:
        """What it will cost, by estimate."""
        price = self.asked.dollars_per_hour
        told = f"{money(price)} an hour" if price is not None else f"{WITHOUT_PRICE}: there is no price for its GPUs"
        if self.asked.spec is None:
            return "nothing" if price == 0 else f"nothing by itself; the worker costs {told}, also while it waits"
        return f"{told}, with {self._gpus}" if self.asked.gpus else told

    @property
    def told(self) -> dict[str, str]:
        """All that a person needs to decide, by a word for it."""
        return {"who": self.who, "what": self.what, "why": self.why, "cost": self.cost}

    @property
    def always(self) -> str:
        """What approving it for the session means."""
        asked = self.asked
        if asked.spec is None:
            return f"commands that match {' or '.join(asked.patterns)} are not asked about again in this session"
        price = asked.dollars_per_hour
        most = f"up to {money(price)} an hour" if price is not None else "whatever they cost"
        gpus = f"with up to {self._gpus}" if asked.gpus else "without GPUs"
        return f"workers {gpus} for {most} are not asked about again in this session"

    @property
    def _gpus(self) -> str:
        return f"{self.asked.gpus} GPU{'s' if self.asked.gpus != 1 else ''}"


@dc.dataclass(slots=True)
class Lifted:
    """What a person has approved for the rest of the session."""

    gpus: int = 0
    """Workers with so many GPUs are not asked about."""
    dollars_per_hour: float = 0.0
    """Nor are those that cost so much."""
    unpriced: bool = False
    """Nor are those whose GPUs have no price."""
    patterns: set[str] = dc.field(default_factory=set)
    """Patterns of commands that do not count any more."""

    def lift(self, asked: ae.ApprovalAsked) -> None:
        """The like of this is approved from now on."""
        self.patterns.update(asked.patterns)
        if asked.spec is None:
            return
        self.gpus = max(self.gpus, asked.gpus)
        if asked.dollars_per_hour is None:
            self.unpriced = True
        else:
            self.dollars_per_hour = max(self.dollars_per_hour, asked.dollars_per_hour)
