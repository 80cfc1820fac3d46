"""How much may run at once and be spent, as the header and the budget's screen tell it. Pure: values in, texts out."""

import datetime as dt
from collections.abc import Iterator, Sequence

from golfer_tui.costs.budget import limit
from golfer_tui.costs.list_prices import SOURCE
from golfer_tui.model.session import SessionState
from golfer_tui.model.spending import money
from golfer_tui.pool.leases import Limits, Used
from golfer_tui.terminal.clean import one_line

NAME = 18
"""Columns of a worker's name."""

Part = tuple[str, str]
MUTED = "$foreground 65%"


def taken(used: Used, limits: Limits) -> str:
    """GPUs in use of those that may be, such as `gpus 6/8 H100 6/4, drains`; empty where there are none."""
    parts = []
    over = False
    if used.gpus or limits.max_gpus:
        parts.append(f"gpus {_share(used.gpus, limits.max_gpus)}")
        over = limits.max_gpus is not None and used.gpus > limits.max_gpus
    for kind, bound in limits.gpus.items():
        count = used.counted(kind)
        parts.append(f"{kind} {_share(count, bound)}")
        over = over or count > bound
    return " ".join(parts) + (", drains" if over else "")


def described(
    state: SessionState,
    used: Used,
    limits: Limits,
    waiting: Sequence[tuple[str, str]],
    *,
    max_dollars: float | None,
    prices_as_of: str,
    now: dt.datetime,
) -> Iterator[Part]:
    """All that there is to say about limits, queue and costs."""
    bill = state.bill(now)
    yield "In use   ", "bold $secondary"
    places = _share(used.workers, limits.max_local)
    local = ", drains" if limits.max_local is not None and used.workers > limits.max_local else ""
    yield f"{taken(used, limits) or 'no gpus'}; workers {places}{local}\n", ""
    yield "Spent    ", "bold $secondary"
    yield f"{bill}" + (f" of {limit(max_dollars)}" if max_dollars is not None else ", no limit"), ""
    yield f"   {money(bill.per_hour)} an hour now", MUTED
    yield (f", {bill.gpu_hours:.2f} GPU hours" if bill.gpu_hours else "") + "\n", MUTED
    yield f"         sandboxes {money(bill.sandboxes)}, models {money(bill.models)} for {bill.tokens:,} tokens\n", MUTED
    if bill.unpriced:
        yield f"         no price is known for {', '.join(map(one_line, bill.unpriced))}\n", "$warning"
    yield f"         Estimates from list prices of {one_line(prices_as_of)}; check {SOURCE}.\n", MUTED
    if waiting:
        yield "\nQueue\n", "bold $secondary"
    for place, (name, reason) in enumerate(waiting, 1):
        yield f"{place:>3}  {one_line(name, NAME):<{NAME}} ", ""
        yield f"{one_line(reason)}\n", MUTED
    spenders = [(worker, cost) for worker in state.workers.values() if any((cost := worker.bill(now))[:5])]
    if spenders:
        yield "\nWorkers\n", "bold $secondary"
    for worker, cost in spenders:
        yield f"     {one_line(worker.name, NAME):<{NAME}} {cost!s:<18} ", ""
        hours = f"{cost.gpu_hours:.2f} GPU hours, " if cost.gpu_hours else ""
        yield f"{hours}model {money(cost.models)}, {cost.tokens:,} tokens\n", MUTED


def _share(count: int, bound: int | None) -> str:
    return str(count) if bound is None else f"{count}/{bound}"
