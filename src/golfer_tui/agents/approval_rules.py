"""Which wishes of agents wait for a person: the rules of `[approvals]`, less what a person has lifted. No I/O."""

from typing import Any, NamedTuple

from golfer_tui.costs.quotes import Quotes
from golfer_tui.model.approvals import Lifted
from golfer_tui.model.patterns import pattern
from golfer_tui.model.settings import ApprovalSettings
from golfer_tui.model.spending import money
from golfer_tui.model.workers import WorkerSpec


class Start(NamedTuple):
    """What a worker would lease and cost at most, and which rules want a person for it."""

    why: tuple[str, ...]
    """In words; empty if it may begin."""
    gpus: int
    dollars_per_hour: float | None
    """None: its GPUs have no price."""


class Rules:
    """The rules of one session."""

    def __init__(self, settings: ApprovalSettings, quotes: Quotes) -> None:
        """
        Raises:
            UsageError: a pattern is no regular expression.
        """
        self._settings = settings
        self._quotes = quotes
        self._patterns: dict[str, Any] = {text: pattern(text) for text in settings.commands}

    def start(self, spec: WorkerSpec, lifted: Lifted) -> Start:
        """The verdict on a new worker; of GPUs to choose from, the most and the dearest count."""
        requests = spec.gpu.alternatives if spec.gpu is not None else ()
        gpus = max((each.count for each in requests), default=0)
        leases = [{each.type: each.count} for each in requests] or [{}]
        prices = [self._quotes.lease(lease, spec.profile).per_hour for lease in leases]
        known = [price for price in prices if price is not None]
        dollars = max(known) if len(known) == len(prices) else None
        why = (*self._too_many(gpus, lifted), *self._too_dear(dollars, lifted))
        return Start(why, gpus, dollars)

    def command(self, text: str, lifted: Lifted) -> tuple[str, ...]:
        """The patterns that the command matches and a person has not lifted."""
        return tuple(name for name, each in self._patterns.items() if name not in lifted.patterns and each.search(text))

    def _too_many(self, gpus: int, lifted: Lifted) -> tuple[str, ...]:
        most = self._settings.spawn_gpus
        if most is None or gpus <= max(most, lifted.gpus):
            return ()
        return (f"it asks for {gpus} GPU{'s' if gpus != 1 else ''}, more than {most}",)

    def _too_dear(self, dollars: float | None, lifted: Lifted) -> tuple[str, ...]:
        most = self._settings.spawn_dollars_per_hour
        if most is None or (dollars is None and lifted.unpriced):
            return ()
        if dollars is None:
            return ("nobody knows what it costs: its GPUs have no price",)
        if dollars <= max(most, lifted.dollars_per_hour):
            return ()
        return (f"it costs {money(dollars)} an hour, more than ${most:,.2f}",)
